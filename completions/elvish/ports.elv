
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
        }
    ]
    $completions[$command]
}
