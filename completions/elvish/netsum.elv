
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
            cand packet 'Every checksum of a packet that is given in hex'
            cand frame 'Every checksum of one frame of a capture'
            cand update 'Bring a checksum up to date after a few words changed'
            cand verify 'Judge every checksum of a capture, or of several'
            cand solve 'Find what may be attached to DATA, or put into it, without changing its checksum'
            cand same 'Say whether two payloads have one checksum, and why'
            cand fix 'Write a copy of a capture in which the bad checksums are right'
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
        &'netsum;packet'= {
            cand --link 'What it begins with: ethernet, raw (IP), sll, sll2, null, loop, ppp, pppoe, or a LINKTYPE_ number. Without it, IP if it begins like IP, and Ethernet if not'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;frame'= {
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;update'= {
            cand --ttl 'TTL'
            cand --id 'Identification of IPv4'
            cand --src 'Source address; those of IPv6 in brackets'
            cand --dst 'Destination address'
            cand --sport 'Source port'
            cand --dport 'Destination port'
            cand --word 'A word of 16 bits in hex; may be given several times'
            cand --hex 'An even number of octets in hex, from an even place on; may be given several times'
            cand --packet 'The packet before the change, in hex, @FILE or -: its checksums are summed afresh as well'
            cand --link 'What the packet begins with, as for netsum packet'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print the checksum and nothing else'
            cand --quiet 'Print the checksum and nothing else'
            cand --table 'Print the sum as a table'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;verify'= {
            cand --only 'List only checksums with these verdicts, of these protocols: bad,illegal, or bad,udp for what is both. The table and the exit status are of all'
            cand --live 'Judge the frames of an interface when they pass, instead of a file''s; any is all interfaces. Needs CAP_NET_RAW'
            cand -c 'End after so many frames'
            cand --count 'End after so many frames'
            cand --seconds 'End after so many seconds, which may have a fraction'
            cand --color 'Use colour: on a terminal, always or never'
            cand -a 'List every checksum, however many there are'
            cand --all 'List every checksum, however many there are'
            cand -s 'List no checksum, only the table of counts'
            cand --summary 'List no checksum, only the table of counts'
            cand --tsv 'Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -, verdict, with tabs between them'
            cand -H 'With --tsv, put the name of the file in front of each line'
            cand --with-filename 'With --tsv, put the name of the file in front of each line'
            cand --promiscuous 'Also judge frames to other hosts that reach the interface'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;solve'= {
            cand -k 'Suffixes of K octets, or of each length from one to another: 6, 1-8; up to 64'
            cand --length 'Suffixes of K octets, or of each length from one to another: 6, 1-8; up to 64'
            cand --set 'Octets that a suffix may have: printable, upper, lower, alpha, alnum, digits, any, hex:2d2e, or characters, among which A-F is a range'
            cand -n 'List the first N suffixes of each length, in lexicographic order [default: 10 of one length, 1 of several]'
            cand --number 'List the first N suffixes of each length, in lexicographic order [default: 10 of one length, 1 of several]'
            cand --sample 'Draw suffixes at random instead of listing the first, each as likely as the other; one seed draws the same ones'
            cand --protocol 'What carries DATA: how often its length is summed depends on it'
            cand --src 'Source address and port of a UDP datagram, so that its checksum is known'
            cand --dst 'Destination address and port'
            cand --from 'The checksum that the packet has now, in hex, where it is known from elsewhere'
            cand --force 'Make this the checksum, in hex, instead of keeping the one that it has'
            cand --at 'Overwrite the two octets at this offset of DATA, from 0, instead of attaching a suffix'
            cand --color 'Use colour: on a terminal, always or never'
            cand --count 'Only count'
            cand --insert 'Insert two octets there instead of overwriting'
            cand -q 'Print the suffixes or words and nothing else, as DATA is written; with --count the numbers'
            cand --quiet 'Print the suffixes or words and nothing else, as DATA is written; with --count the numbers'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;same'= {
            cand --protocol 'What carries them: how often their lengths are summed depends on it'
            cand --color 'Use colour: on a terminal, always or never'
            cand -q 'Print nothing: the exit status tells'
            cand --quiet 'Print nothing: the exit status tells'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'netsum;fix'= {
            cand --make-bad 'Damage good checksums instead, for an exercise: all, or about one in N. They are listed'
            cand --seed 'What decides which ones, and how: the same number damages the same file in the same way'
            cand --color 'Use colour: on a terminal, always or never'
            cand --fill-partial 'Complete partial checksums too, which a sender left to its network interface'
            cand --quoted 'Repair the packets too that ICMP errors quote'
            cand -v 'List each checksum that is rewritten'
            cand --verbose 'List each checksum that is rewritten'
            cand --explain 'Show the working, step by step'
            cand --json 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
    ]
    $completions[$command]
}
