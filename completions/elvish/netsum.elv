
use builtin;
use str;

set edit:completion:arg-completer[netsum] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'netsum'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'netsum'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand udp 'Work out the checksum of a UDP datagram, by hand and on paper'
            cand udplite 'The checksum of a UDP-Lite datagram, which may cover less than all of it'
            cand tcp 'The checksum of a TCP segment'
            cand icmp 'The checksum of an ICMP message, which knows no addresses'
            cand icmpv6 'The checksum of an ICMPv6 message'
            cand igmp 'The checksum of an IGMP message'
            cand ip 'The checksum of an IPv4 header'
            cand sctp 'The CRC32c of an SCTP packet, octet by octet'
            cand raw 'The checksum of any octets'
            cand verify 'Judge every checksum of a capture, or of several'
        }
        &'netsum;udp'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --jumbo 'Compute a jumbogram, whose Length is 0, where there is too much data for a datagram over IPv6'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;udplite'= {
            cand --coverage 'How many octets are covered, the 8 of the header included; 0 is all of them'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;tcp'= {
            cand --seq 'Sequence Number'
            cand --ack 'Acknowledgment Number'
            cand --flags 'Control bits: names with commas (syn,ack), letters (SA), a number, or none'
            cand --window 'Window'
            cand --urgent 'Urgent Pointer'
            cand --options 'Options, in words of four octets: 020405b4 for a maximum segment size of 1460'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --jumbo 'Compute a segment that is larger than any packet but a jumbogram'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;icmp'= {
            cand --type 'Type'
            cand --code 'Code'
            cand --rest 'The four octets behind the checksum: of an echo, identifier and sequence number'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;icmpv6'= {
            cand --type 'Type'
            cand --code 'Code'
            cand --rest 'The four octets behind the checksum: of an echo, identifier and sequence number'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;igmp'= {
            cand --type 'Type: 0x11 query, 0x16 report, 0x17 leave'
            cand --max-resp 'Max Resp Time, in tenths of a second'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;ip'= {
            cand --tos 'Type of Service: DSCP and ECN'
            cand --length 'Total Length, header included; without it, that of the header'
            cand --id 'Identification'
            cand --flags 'df, mf, both with a comma, or none'
            cand --offset 'Fragment Offset in octets, a multiple of 8'
            cand --ttl 'Time to Live'
            cand --protocol 'Protocol: a number, or udp, tcp, icmp and the like'
            cand --options 'Options, in words of four octets'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;sctp'= {
            cand --tag 'Verification Tag'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;raw'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand --crc32c 'Compute SCTP''s CRC32c instead of the sum'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;verify'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -a 'List every checksum, however many there are'
            cand --all 'List every checksum, however many there are'
            cand -s 'List no checksum, only the table of counts'
            cand --summary 'List no checksum, only the table of counts'
            cand --tsv 'Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -, verdict, with tabs between them'
            cand -H 'With --tsv, put the name of the file in front of each line'
            cand --with-filename 'With --tsv, put the name of the file in front of each line'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
