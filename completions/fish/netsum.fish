# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_netsum_global_optspecs
    string join \n explain json color= h/help V/version
end

function __fish_netsum_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_netsum_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_netsum_global_optspecs) -- $cmd[1..-2] 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_netsum_using_subcommand
    set -l cmd (__fish_netsum_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c netsum -n "__fish_netsum_needs_command" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_needs_command" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_needs_command" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_needs_command" -s V -l version -d 'Print version'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "udp" -d 'Work out the checksum of a UDP datagram, by hand and on paper'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "udplite" -d 'The checksum of a UDP-Lite datagram, which may cover less than all of it'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "tcp" -d 'The checksum of a TCP segment'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "icmp" -d 'The checksum of an ICMP message, which knows no addresses'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "icmpv6" -d 'The checksum of an ICMPv6 message'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "igmp" -d 'The checksum of an IGMP message'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "ip" -d 'The checksum of an IPv4 header'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "sctp" -d 'The CRC32c of an SCTP packet, octet by octet'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "raw" -d 'The checksum of any octets'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "packet" -d 'Every checksum of a packet that is given in hex'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "frame" -d 'Every checksum of one frame of a capture'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "update" -d 'Bring a checksum up to date after a few words changed'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "verify" -d 'Judge every checksum of a capture, or of several'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "solve" -d 'Find what may be attached to DATA, or put into it, without changing its checksum'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "same" -d 'Say whether two payloads have one checksum, and why'
complete -c netsum -n "__fish_netsum_needs_command" -f -a "fix" -d 'Write a copy of a capture in which the bad checksums are right'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand udp" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -l jumbo -d 'Compute a jumbogram, whose Length is 0, where there is too much data for a datagram over IPv6'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand udplite" -l coverage -d 'How many octets are covered, the 8 of the header included; 0 is all of them' -r
complete -c netsum -n "__fish_netsum_using_subcommand udplite" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand udplite" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand udplite" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand udplite" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand udplite" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand udplite" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l seq -d 'Sequence Number' -r
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l ack -d 'Acknowledgment Number' -r
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l flags -d 'Control bits: names with commas (syn,ack), letters (SA), a number, or none' -r
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l window -d 'Window' -r
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l urgent -d 'Urgent Pointer' -r
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l options -d 'Options, in words of four octets: 020405b4 for a maximum segment size of 1460' -r
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l jumbo -d 'Compute a segment that is larger than any packet but a jumbogram'
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand tcp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -l type -d 'Type' -r
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -l code -d 'Code' -r
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -l rest -d 'The four octets behind the checksum: of an echo, identifier and sequence number' -r
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand icmp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -l type -d 'Type' -r
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -l code -d 'Code' -r
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -l rest -d 'The four octets behind the checksum: of an echo, identifier and sequence number' -r
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand icmpv6" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand igmp" -l type -d 'Type: 0x11 query, 0x16 report, 0x17 leave' -r
complete -c netsum -n "__fish_netsum_using_subcommand igmp" -l max-resp -d 'Max Resp Time, in tenths of a second' -r
complete -c netsum -n "__fish_netsum_using_subcommand igmp" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand igmp" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand igmp" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand igmp" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand igmp" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand igmp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l tos -d 'Type of Service: DSCP and ECN' -r
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l length -d 'Total Length, header included; without it, that of the header' -r
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l id -d 'Identification' -r
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l flags -d 'df, mf, both with a comma, or none' -r
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l offset -d 'Fragment Offset in octets, a multiple of 8' -r
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l ttl -d 'Time to Live' -r
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l protocol -d 'Protocol: a number, or udp, tcp, icmp and the like' -r
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l options -d 'Options, in words of four octets' -r
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand ip" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand ip" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand ip" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand sctp" -l tag -d 'Verification Tag' -r
complete -c netsum -n "__fish_netsum_using_subcommand sctp" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand sctp" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand sctp" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand sctp" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand sctp" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand sctp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand raw" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand raw" -l crc32c -d 'Compute SCTP\'s CRC32c instead of the sum'
complete -c netsum -n "__fish_netsum_using_subcommand raw" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand raw" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand raw" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand raw" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand raw" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand packet" -l link -d 'What it begins with: ethernet, raw (IP), sll, sll2, null, loop, ppp, pppoe, or a LINKTYPE_ number. Without it, IP if it begins like IP, and Ethernet if not' -r
complete -c netsum -n "__fish_netsum_using_subcommand packet" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand packet" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand packet" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand packet" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand packet" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand packet" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand frame" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand frame" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand frame" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand frame" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand frame" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand frame" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand update" -l ttl -d 'TTL' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l id -d 'Identification of IPv4' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l src -d 'Source address; those of IPv6 in brackets' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l dst -d 'Destination address' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l sport -d 'Source port' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l dport -d 'Destination port' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l word -d 'A word of 16 bits in hex; may be given several times' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l hex -d 'An even number of octets in hex, from an even place on; may be given several times' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l packet -d 'The packet before the change, in hex, @FILE or -: its checksums are summed afresh as well' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l link -d 'What the packet begins with, as for netsum packet' -r
complete -c netsum -n "__fish_netsum_using_subcommand update" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand update" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand update" -l table -d 'Print the sum as a table'
complete -c netsum -n "__fish_netsum_using_subcommand update" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand update" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand update" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l only -d 'List only checksums with these verdicts, of these protocols: bad,illegal, or bad,udp for what is both. The table and the exit status are of all' -r -f -a "good\t''
bad\t''
partial\t''
none\t''
illegal\t''
unverified\t''
ip\t''
udp\t''
tcp\t''
icmp\t''
icmpv6\t''
icmp.ext\t''
igmp\t''
sctp\t''
dccp\t''
udplite\t''
gre\t''
ospf\t''
eigrp\t''
pim\t''
vrrp\t''
carp\t''
rsvp\t''
pgm\t''
mipv6\t''
hip\t''
shim6\t''"
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l live -d 'Judge the frames of an interface when they pass, instead of a file\'s; any is all interfaces. Needs CAP_NET_RAW' -r
complete -c netsum -n "__fish_netsum_using_subcommand verify" -s c -l count -d 'End after so many frames' -r
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l seconds -d 'End after so many seconds, which may have a fraction' -r
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand verify" -s a -l all -d 'List every checksum, however many there are'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -s s -l summary -d 'List no checksum, only the table of counts'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l tsv -d 'Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -, verdict, with tabs between them'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -s H -l with-filename -d 'With --tsv, put the name of the file in front of each line'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l promiscuous -d 'Also judge frames to other hosts that reach the interface'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand solve" -s k -l length -d 'Suffixes of K octets, or of each length from one to another: 6, 1-8; up to 64' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l set -d 'Octets that a suffix may have: printable, upper, lower, alpha, alnum, digits, any, hex:2d2e, or characters, among which A-F is a range' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -s n -l number -d 'List the first N suffixes of each length, in lexicographic order [default: 10 of one length, 1 of several]' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l sample -d 'Draw suffixes at random instead of listing the first, each as likely as the other; one seed draws the same ones' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l protocol -d 'What carries DATA: how often its length is summed depends on it' -r -f -a "udp\t'UDP, which sums the length twice: in the pseudo-header and as Length (RFC 768)'
tcp\t'TCP, which sums the length once: in the pseudo-header (RFC 9293)'
icmp\t'ICMP, which sums no length (RFC 792)'
icmpv6\t'ICMPv6, which sums the length once: in the pseudo-header (RFC 4443)'
raw\t'The octets and nothing else'"
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l src -d 'Source address and port of a UDP datagram, so that its checksum is known' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l dst -d 'Destination address and port' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l from -d 'The checksum that the packet has now, in hex, where it is known from elsewhere' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l force -d 'Make this the checksum, in hex, instead of keeping the one that it has' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l at -d 'Overwrite the two octets at this offset of DATA, from 0, instead of attaching a suffix' -r
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l count -d 'Only count'
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l insert -d 'Insert two octets there instead of overwriting'
complete -c netsum -n "__fish_netsum_using_subcommand solve" -s q -l quiet -d 'Print the suffixes or words and nothing else, as DATA is written; with --count the numbers'
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand solve" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand solve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand same" -l protocol -d 'What carries them: how often their lengths are summed depends on it' -r -f -a "udp\t'UDP, which sums the length twice: in the pseudo-header and as Length (RFC 768)'
tcp\t'TCP, which sums the length once: in the pseudo-header (RFC 9293)'
icmp\t'ICMP, which sums no length (RFC 792)'
icmpv6\t'ICMPv6, which sums the length once: in the pseudo-header (RFC 4443)'
raw\t'The octets and nothing else'"
complete -c netsum -n "__fish_netsum_using_subcommand same" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand same" -s q -l quiet -d 'Print nothing: the exit status tells'
complete -c netsum -n "__fish_netsum_using_subcommand same" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand same" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand same" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand fix" -l make-bad -d 'Damage good checksums instead, for an exercise: all, or about one in N. They are listed' -r
complete -c netsum -n "__fish_netsum_using_subcommand fix" -l seed -d 'What decides which ones, and how: the same number damages the same file in the same way' -r
complete -c netsum -n "__fish_netsum_using_subcommand fix" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand fix" -l fill-partial -d 'Complete partial checksums too, which a sender left to its network interface'
complete -c netsum -n "__fish_netsum_using_subcommand fix" -l quoted -d 'Repair the packets too that ICMP errors quote'
complete -c netsum -n "__fish_netsum_using_subcommand fix" -s v -l verbose -d 'List each checksum that is rewritten'
complete -c netsum -n "__fish_netsum_using_subcommand fix" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand fix" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand fix" -s h -l help -d 'Print help (see more with \'--help\')'
