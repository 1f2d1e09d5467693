
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
            cand -A 'Kinds by name, with commas: tcp, udp, raw, inet, unix, packet, netlink, vsock, all'
            cand --query 'Kinds by name, with commas: tcp, udp, raw, inet, unix, packet, netlink, vsock, all'
            cand -f 'A family: inet, inet6, unix, link, netlink, vsock'
            cand --family 'A family: inet, inet6, unix, link, netlink, vsock'
            cand -N 'Look into another network namespace: its name, a process in it, its file, or all; may be given again'
            cand --netns 'Look into another network namespace: its name, a process in it, its file, or all; may be given again'
            cand -o 'Timers; with a list such as local,peer,state these columns, with +timer,rtt these too (-o help lists them)'
            cand --columns 'Columns, as -o; without a list, say which there are'
            cand --sort 'Order by columns, such as state,-recvq; - puts the greatest first'
            cand --color 'Use colour: on a terminal, always or never'
            cand -t 'TCP sockets (without any kind: TCP and UDP)'
            cand --tcp 'TCP sockets (without any kind: TCP and UDP)'
            cand -u 'UDP sockets'
            cand --udp 'UDP sockets'
            cand -U 'UDP-Lite sockets'
            cand --udplite 'UDP-Lite sockets'
            cand -w 'Raw sockets'
            cand --raw 'Raw sockets'
            cand --ping 'Ping sockets: ICMP echo without privilege'
            cand -M 'Multipath TCP connections'
            cand --mptcp 'Multipath TCP connections'
            cand -S 'SCTP endpoints and associations'
            cand --sctp 'SCTP endpoints and associations'
            cand -d 'DCCP sockets'
            cand --dccp 'DCCP sockets'
            cand -x 'Unix-domain sockets'
            cand --unix 'Unix-domain sockets'
            cand -0 'Packet sockets: frames of an interface'
            cand --packet 'Packet sockets: frames of an interface'
            cand --netlink 'Netlink sockets'
            cand --vsock 'Sockets between a virtual machine and its host'
            cand -4 'Sockets of the IPv4 family (without -4 and -6: both)'
            cand --ipv4 'Sockets of the IPv4 family (without -4 and -6: both)'
            cand -6 'Sockets of the IPv6 family, those that carry IPv4 included'
            cand --ipv6 'Sockets of the IPv6 family, those that carry IPv4 included'
            cand -l 'Those that wait for peers: LISTEN, and sockets without states that are not connected'
            cand --listening 'Those that wait for peers: LISTEN, and sockets without states that are not connected'
            cand -a 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l'
            cand --all 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l'
            cand -B 'TCP sockets that have a port and neither listen nor connect'
            cand --bound 'TCP sockets that have a port and neither listen nor connect'
            cand -n 'Ports as numbers, not as the names of services(5). Addresses are always numbers'
            cand --numeric 'Ports as numbers, not as the names of services(5). Addresses are always numbers'
            cand -r 'Ask for the names of the peers'' hosts: this may send questions to name servers'
            cand --resolve 'Ask for the names of the peers'' hosts: this may send questions to name servers'
            cand -p 'Every process and descriptor that holds the socket'
            cand --processes 'Every process and descriptor that holds the socket'
            cand --first-owner 'One owner a socket, and no further search once each has one; implies -p'
            cand --timers 'Timers, as -o alone'
            cand -e 'User, inode and cookie'
            cand --extended 'User, inode and cookie'
            cand -m 'Memory in use, its limits, and drops'
            cand --memory 'Memory in use, its limits, and drops'
            cand -i 'What TCP knows of the connection: times, windows, what was sent and received'
            cand --info 'What TCP knows of the connection: times, windows, what was sent and received'
            cand -O 'One line a socket on a terminal too, however long'
            cand --one-line 'One line a socket on a terminal too, however long'
            cand -H 'Leave out the line of headings'
            cand --no-header 'Leave out the line of headings'
            cand -s 'How many sockets there are of each kind, family and state, instead of a list'
            cand --summary 'How many sockets there are of each kind, family and state, instead of a list'
            cand --csv 'Print comma-separated values'
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
            cand -y 'Do not ask'
            cand --yes 'Do not ask'
            cand -n 'Show what would be destroyed, and destroy nothing'
            cand --dry-run 'Show what would be destroyed, and destroy nothing'
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
            cand -t 'TCP listeners (without -t and -u: both)'
            cand --tcp 'TCP listeners (without -t and -u: both)'
            cand -u 'UDP sockets that take datagrams from anybody'
            cand --udp 'UDP sockets that take datagrams from anybody'
            cand -e 'Only what others can reach: status 1 if there is nothing'
            cand --exposed 'Only what others can reach: status 1 if there is nothing'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;options'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -c 'Only what differs from a new socket of the same kind'
            cand --changed 'Only what differs from a new socket of the same kind'
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
            cand --limit 'How many sockets of a port or process are explained'
            cand --color 'Use colour: on a terminal, always or never'
            cand --no-drawing 'Leave out the drawing of the state machine'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'ports;backlog'= {
            cand --interval 'How often to look, in milliseconds'
            cand --count 'End after so many changes'
            cand --duration 'End after so many seconds'
            cand --color 'Use colour: on a terminal, always or never'
            cand -f 'Go on, and show each change as it is seen'
            cand --follow 'Go on, and show each change as it is seen'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
