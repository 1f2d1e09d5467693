# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_hop_global_optspecs
    string join \n 4/ipv4 6/ipv6 names explain json color= h/help V/version
end

function __fish_hop_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_hop_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_hop_global_optspecs) -- $cmd[1..-2] 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_hop_using_subcommand
    set -l cmd (__fish_hop_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c hop -n "__fish_hop_needs_command" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c hop -n "__fish_hop_needs_command" -s 4 -l ipv4 -d 'Use IPv4'
complete -c hop -n "__fish_hop_needs_command" -s 6 -l ipv6 -d 'Use IPv6'
complete -c hop -n "__fish_hop_needs_command" -l names -d 'Show the names of addresses too, which asks the resolver'
complete -c hop -n "__fish_hop_needs_command" -l explain -d 'Show the working, step by step'
complete -c hop -n "__fish_hop_needs_command" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c hop -n "__fish_hop_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hop -n "__fish_hop_needs_command" -s V -l version -d 'Print version'
complete -c hop -n "__fish_hop_needs_command" -a "ping" -d 'Send probes to a host again and again, and count what comes back'
complete -c hop -n "__fish_hop_needs_command" -a "trace" -d 'Find the routers on the way to a host'
complete -c hop -n "__fish_hop_using_subcommand ping" -s c -l count -d 'End after this many probes' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -s i -l interval -d 'Seconds between probes: 1 if nothing is said; less than 0.002 is for root, and 0 is as fast as -f' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -s l -l preload -d 'Send this many probes at once at first; more than 3 is for root' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -s W -l wait -d 'Seconds to wait for the last answers' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -s w -l deadline -d 'End after this many seconds; with -c, wait for that many answers' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -s s -l payload -d 'Octets of data behind the ICMP or UDP header: 56 if nothing is said' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -s t -l ttl -d 'TTL of IPv4, hop limit of IPv6' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -s M -l fragment -d 'What becomes of probes that are longer than a link carries' -r -f -a "do\t'Never fragmented: it is refused, here or on the way'
want\t'Never fragmented on the way; this host fragments to the path MTU that it knows'
dont\t'Fragmented wherever it must be'
probe\t'Never fragmented, and what this host knows of the path is ignored'"
complete -c hop -n "__fish_hop_using_subcommand ping" -s I -l source -d 'Send from this address, or by this interface' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -s p -l port -d 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -l sport -d 'Source port of UDP and TCP probes' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -l flow -d 'Whether routers that balance load see one flow or many' -r -f -a "fixed\t'One: addresses, protocol, ports and what routers hash of ICMP stay the same'
vary\t'Many: each probe has a port, or an ICMP checksum, of its own'"
complete -c hop -n "__fish_hop_using_subcommand ping" -l tos -d 'Type of service of IPv4, traffic class of IPv6' -r
complete -c hop -n "__fish_hop_using_subcommand ping" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c hop -n "__fish_hop_using_subcommand ping" -l icmp -d 'Send ICMP echo requests, and nothing else if the system refuses'
complete -c hop -n "__fish_hop_using_subcommand ping" -s U -l udp -d 'Send UDP datagrams; an ICMP port unreachable of the host counts as an answer'
complete -c hop -n "__fish_hop_using_subcommand ping" -s T -l tcp -d 'Open TCP connections; a refusal counts as an answer'
complete -c hop -n "__fish_hop_using_subcommand ping" -s f -l flood -d 'Send the next probe as soon as the one before is answered, or after 10 ms, and show the summary only; for root'
complete -c hop -n "__fish_hop_using_subcommand ping" -s b -l broadcast -d 'Let probes go to a broadcast address, from where many may answer'
complete -c hop -n "__fish_hop_using_subcommand ping" -s q -l quiet -d 'Show the summary only'
complete -c hop -n "__fish_hop_using_subcommand ping" -s D -l timestamps -d 'Begin each line with the time, in seconds since 1970'
complete -c hop -n "__fish_hop_using_subcommand ping" -s 4 -l ipv4 -d 'Use IPv4'
complete -c hop -n "__fish_hop_using_subcommand ping" -s 6 -l ipv6 -d 'Use IPv6'
complete -c hop -n "__fish_hop_using_subcommand ping" -s n -d 'Show addresses only, which is what happens anyhow'
complete -c hop -n "__fish_hop_using_subcommand ping" -l names -d 'Show the names of addresses too, which asks the resolver'
complete -c hop -n "__fish_hop_using_subcommand ping" -l explain -d 'Show the working, step by step'
complete -c hop -n "__fish_hop_using_subcommand ping" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c hop -n "__fish_hop_using_subcommand ping" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c hop -n "__fish_hop_using_subcommand trace" -s q -l queries -d 'Probes a hop' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -s m -l max -d 'The last hop to ask, 255 at most' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -s f -l first -d 'The first hop to ask' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -s N -l parallel -d 'Probes under way at the same time, 16 at most' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -s w -l wait -d 'Seconds to wait for an answer; HERE times the round trip of the same hop and NEAR times that of a later one at most' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -l size -d 'Octets of a whole packet: 60, and 80 over IPv6' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -s s -l source -d 'Send from this address' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -s i -l interface -d 'Send by this interface' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -s p -l port -d 'Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -l sport -d 'Source port of UDP and TCP probes' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -l flow -d 'Whether routers that balance load see one flow or many' -r -f -a "fixed\t'One: addresses, protocol, ports and what routers hash of ICMP stay the same'
vary\t'Many: each probe has a port, or an ICMP checksum, of its own'"
complete -c hop -n "__fish_hop_using_subcommand trace" -l tos -d 'Type of service of IPv4, traffic class of IPv6' -r
complete -c hop -n "__fish_hop_using_subcommand trace" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c hop -n "__fish_hop_using_subcommand trace" -s I -l icmp -d 'Send ICMP echo requests'
complete -c hop -n "__fish_hop_using_subcommand trace" -s U -l udp -d 'Send UDP datagrams, which is what happens if nothing is said'
complete -c hop -n "__fish_hop_using_subcommand trace" -s T -l tcp -d 'Open TCP connections'
complete -c hop -n "__fish_hop_using_subcommand trace" -l mtu -d 'Find the path MTU: the longest packets, never fragmented, one after the other'
complete -c hop -n "__fish_hop_using_subcommand trace" -s F -l dont-fragment -d 'Never fragment probes'
complete -c hop -n "__fish_hop_using_subcommand trace" -s 4 -l ipv4 -d 'Use IPv4'
complete -c hop -n "__fish_hop_using_subcommand trace" -s 6 -l ipv6 -d 'Use IPv6'
complete -c hop -n "__fish_hop_using_subcommand trace" -s n -d 'Show addresses only, which is what happens anyhow'
complete -c hop -n "__fish_hop_using_subcommand trace" -l names -d 'Show the names of addresses too, which asks the resolver'
complete -c hop -n "__fish_hop_using_subcommand trace" -l explain -d 'Show the working, step by step'
complete -c hop -n "__fish_hop_using_subcommand trace" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c hop -n "__fish_hop_using_subcommand trace" -s h -l help -d 'Print help (see more with \'--help\')'
