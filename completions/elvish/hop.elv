
use builtin;
use str;

set edit:completion:arg-completer[hop] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'hop'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'hop'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -4 'Use IPv4'
            cand --ipv4 'Use IPv4'
            cand -6 'Use IPv6'
            cand --ipv6 'Use IPv6'
            cand --names 'Show the names of addresses too, which asks the resolver'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand ping 'Send probes to a host again and again, and count what comes back'
            cand trace 'Find the routers on the way to a host'
        }
        &'hop;ping'= {
            cand -c 'End after this many probes'
            cand --count 'End after this many probes'
            cand -i 'Seconds between probes: 1 if nothing is said; less than 0.002 is for root, and 0 is as fast as -f'
            cand --interval 'Seconds between probes: 1 if nothing is said; less than 0.002 is for root, and 0 is as fast as -f'
            cand -l 'Send this many probes at once at first; more than 3 is for root'
            cand --preload 'Send this many probes at once at first; more than 3 is for root'
            cand -W 'Seconds to wait for the last answers'
            cand --wait 'Seconds to wait for the last answers'
            cand -w 'End after this many seconds; with -c, wait for that many answers'
            cand --deadline 'End after this many seconds; with -c, wait for that many answers'
            cand -s 'Octets of data behind the ICMP or UDP header: 56 if nothing is said'
            cand --payload 'Octets of data behind the ICMP or UDP header: 56 if nothing is said'
            cand -t 'TTL of IPv4, hop limit of IPv6'
            cand --ttl 'TTL of IPv4, hop limit of IPv6'
            cand -M 'What becomes of probes that are longer than a link carries'
            cand --fragment 'What becomes of probes that are longer than a link carries'
            cand -I 'Send from this address, or by this interface'
            cand --source 'Send from this address, or by this interface'
            cand -p 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP'
            cand --port 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP'
            cand --sport 'Source port of UDP and TCP probes'
            cand --flow 'Whether routers that balance load see one flow or many'
            cand --tos 'Type of service of IPv4, traffic class of IPv6'
            cand --color 'Use colour: on a terminal, always or never'
            cand --icmp 'Send ICMP echo requests, and nothing else if the system refuses'
            cand -U 'Send UDP datagrams; an ICMP port unreachable of the host counts as an answer'
            cand --udp 'Send UDP datagrams; an ICMP port unreachable of the host counts as an answer'
            cand -T 'Open TCP connections; a refusal counts as an answer'
            cand --tcp 'Open TCP connections; a refusal counts as an answer'
            cand -f 'Send the next probe as soon as the one before is answered, or after 10 ms, and show the summary only; for root'
            cand --flood 'Send the next probe as soon as the one before is answered, or after 10 ms, and show the summary only; for root'
            cand -b 'Let probes go to a broadcast address, from where many may answer'
            cand --broadcast 'Let probes go to a broadcast address, from where many may answer'
            cand -q 'Show the summary only'
            cand --quiet 'Show the summary only'
            cand -D 'Begin each line with the time, in seconds since 1970'
            cand --timestamps 'Begin each line with the time, in seconds since 1970'
            cand -4 'Use IPv4'
            cand --ipv4 'Use IPv4'
            cand -6 'Use IPv6'
            cand --ipv6 'Use IPv6'
            cand -n 'Show addresses only, which is what happens anyhow'
            cand --names 'Show the names of addresses too, which asks the resolver'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'hop;trace'= {
            cand -q 'Probes a hop'
            cand --queries 'Probes a hop'
            cand -m 'The last hop to ask, 255 at most'
            cand --max 'The last hop to ask, 255 at most'
            cand -f 'The first hop to ask'
            cand --first 'The first hop to ask'
            cand -N 'Probes under way at the same time, 16 at most'
            cand --parallel 'Probes under way at the same time, 16 at most'
            cand -w 'Seconds to wait for an answer; HERE times the round trip of the same hop and NEAR times that of a later one at most'
            cand --wait 'Seconds to wait for an answer; HERE times the round trip of the same hop and NEAR times that of a later one at most'
            cand --size 'Octets of a whole packet: 60, and 80 over IPv6'
            cand -s 'Send from this address'
            cand --source 'Send from this address'
            cand -i 'Send by this interface'
            cand --interface 'Send by this interface'
            cand -p 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP'
            cand --port 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP'
            cand --sport 'Source port of UDP and TCP probes'
            cand --flow 'Whether routers that balance load see one flow or many'
            cand --tos 'Type of service of IPv4, traffic class of IPv6'
            cand --color 'Use colour: on a terminal, always or never'
            cand -I 'Send ICMP echo requests'
            cand --icmp 'Send ICMP echo requests'
            cand -U 'Send UDP datagrams, which is what happens if nothing is said'
            cand --udp 'Send UDP datagrams, which is what happens if nothing is said'
            cand -T 'Open TCP connections'
            cand --tcp 'Open TCP connections'
            cand --mtu 'Find the path MTU: the longest packets, never fragmented, one after the other'
            cand -F 'Never fragment probes'
            cand --dont-fragment 'Never fragment probes'
            cand -4 'Use IPv4'
            cand --ipv4 'Use IPv4'
            cand -6 'Use IPv6'
            cand --ipv6 'Use IPv6'
            cand -n 'Show addresses only, which is what happens anyhow'
            cand --names 'Show the names of addresses too, which asks the resolver'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
