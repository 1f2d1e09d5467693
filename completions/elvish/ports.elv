
use builtin;
use str;

set edit:completion:arg-completer[ports] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'ports'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'ports'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -t 'TCP sockets (without -t and -u: both)'
            cand --tcp 'TCP sockets (without -t and -u: both)'
            cand -u 'UDP sockets'
            cand --udp 'UDP sockets'
            cand -l 'Those that wait for peers: LISTEN, and UDP sockets that are not connected'
            cand --listening 'Those that wait for peers: LISTEN, and UDP sockets that are not connected'
            cand -a 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l'
            cand --all 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l'
            cand -4 'Sockets of the IPv4 family (without -4 and -6: both)'
            cand --ipv4 'Sockets of the IPv4 family (without -4 and -6: both)'
            cand -6 'Sockets of the IPv6 family, those that carry IPv4 included'
            cand --ipv6 'Sockets of the IPv6 family, those that carry IPv4 included'
            cand -n 'Ports as numbers, not as the names of services(5). Addresses are always numbers'
            cand --numeric 'Ports as numbers, not as the names of services(5). Addresses are always numbers'
            cand -p 'Every process and descriptor that holds the socket'
            cand --processes 'Every process and descriptor that holds the socket'
            cand --first-owner 'One owner a socket, and no further search once each has one; implies -p'
            cand -H 'Leave out the line of headings'
            cand --no-header 'Leave out the line of headings'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand why 'Say why a port is not to be had, and what helps'
            cand free 'Destroy what keeps a port: TIME-WAIT and orphans, after asking'
            cand wait 'Wait until a port is in a state'
            cand reach 'Say from where each listener can be reached'
            cand options 'Show the socket options of another process'
            cand watch 'Show each change of state as it happens'
            cand log 'Show each connection as it closes'
            cand explain 'Explain a state, or the sockets of a process or port'
            cand backlog 'Show how full the accept queues are'
        }
        &'ports;why'= {
            cand --device 'As if SO_BINDTODEVICE were set to this interface before bind'
            cand --color 'Use colour: on a terminal, always or never'
            cand -t 'TCP: the default'
            cand --tcp 'TCP: the default'
            cand -u 'UDP'
            cand --udp 'UDP'
            cand --reuseaddr 'As if SO_REUSEADDR were set before bind'
            cand --reuseport 'As if SO_REUSEPORT were set before bind'
            cand --v6only 'As if IPV6_V6ONLY were set before bind'
            cand --no-trial 'Judge by the list of sockets alone, and bind nothing'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;free'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;wait'= {
            cand -s 'The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it'
            cand --state 'The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it'
            cand --timeout 'Give up after so many seconds'
            cand --color 'Use colour: on a terminal, always or never'
            cand -t 'TCP: the default'
            cand --tcp 'TCP: the default'
            cand -u 'UDP'
            cand --udp 'UDP'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;reach'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;options'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;watch'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;log'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;explain'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;backlog'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
