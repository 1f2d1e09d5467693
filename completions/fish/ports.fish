# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ports_global_optspecs
    string join \n t/tcp u/udp U/udplite w/raw ping M/mptcp S/sctp d/dccp x/unix 0/packet netlink vsock A/query= f/family= 4/ipv4 6/ipv6 l/listening a/all B/bound N/netns= n/numeric r/resolve p/processes first-owner o= timers columns= e/extended m/memory i/info O/one-line sort= H/no-header s/summary csv explain json color= h/help V/version
end

function __fish_ports_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_ports_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_ports_global_optspecs) -- $cmd[1..-2] 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_ports_using_subcommand
    set -l cmd (__fish_ports_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c ports -n "__fish_ports_needs_command" -s A -l query -d 'Kinds by name, with commas: tcp, udp, raw, inet, unix, packet, netlink, vsock, all' -r
complete -c ports -n "__fish_ports_needs_command" -s f -l family -d 'A family: inet, inet6, unix, link, netlink, vsock' -r -f -a "inet\t'IPv4'
inet6\t'IPv6'
unix\t'Unix domain'
link\t'Frames of interfaces'
netlink\t'Netlink'
vsock\t'Between a virtual machine and its host'"
complete -c ports -n "__fish_ports_needs_command" -s N -l netns -d 'Look into another network namespace: its name, a process in it, its file, or all; may be given again' -r
complete -c ports -n "__fish_ports_needs_command" -s o -d 'Timers; with a list such as local,peer,state these columns, with +timer,rtt these too (-o help lists them)' -r
complete -c ports -n "__fish_ports_needs_command" -l columns -d 'Columns, as -o; without a list, say which there are' -r
complete -c ports -n "__fish_ports_needs_command" -l sort -d 'Order by columns, such as state,-recvq; - puts the greatest first' -r
complete -c ports -n "__fish_ports_needs_command" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_needs_command" -s t -l tcp -d 'TCP sockets (without any kind: TCP and UDP)'
complete -c ports -n "__fish_ports_needs_command" -s u -l udp -d 'UDP sockets'
complete -c ports -n "__fish_ports_needs_command" -s U -l udplite -d 'UDP-Lite sockets'
complete -c ports -n "__fish_ports_needs_command" -s w -l raw -d 'Raw sockets'
complete -c ports -n "__fish_ports_needs_command" -l ping -d 'Ping sockets: ICMP echo without privilege'
complete -c ports -n "__fish_ports_needs_command" -s M -l mptcp -d 'Multipath TCP connections'
complete -c ports -n "__fish_ports_needs_command" -s S -l sctp -d 'SCTP endpoints and associations'
complete -c ports -n "__fish_ports_needs_command" -s d -l dccp -d 'DCCP sockets'
complete -c ports -n "__fish_ports_needs_command" -s x -l unix -d 'Unix-domain sockets'
complete -c ports -n "__fish_ports_needs_command" -s 0 -l packet -d 'Packet sockets: frames of an interface'
complete -c ports -n "__fish_ports_needs_command" -l netlink -d 'Netlink sockets'
complete -c ports -n "__fish_ports_needs_command" -l vsock -d 'Sockets between a virtual machine and its host'
complete -c ports -n "__fish_ports_needs_command" -s 4 -l ipv4 -d 'Sockets of the IPv4 family (without -4 and -6: both)'
complete -c ports -n "__fish_ports_needs_command" -s 6 -l ipv6 -d 'Sockets of the IPv6 family, those that carry IPv4 included'
complete -c ports -n "__fish_ports_needs_command" -s l -l listening -d 'Those that wait for peers: LISTEN, and sockets without states that are not connected'
complete -c ports -n "__fish_ports_needs_command" -s a -l all -d 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l'
complete -c ports -n "__fish_ports_needs_command" -s B -l bound -d 'TCP sockets that have a port and neither listen nor connect'
complete -c ports -n "__fish_ports_needs_command" -s n -l numeric -d 'Ports as numbers, not as the names of services(5). Addresses are always numbers'
complete -c ports -n "__fish_ports_needs_command" -s r -l resolve -d 'Ask for the names of the peers\' hosts: this may send questions to name servers'
complete -c ports -n "__fish_ports_needs_command" -s p -l processes -d 'Every process and descriptor that holds the socket'
complete -c ports -n "__fish_ports_needs_command" -l first-owner -d 'One owner a socket, and no further search once each has one; implies -p'
complete -c ports -n "__fish_ports_needs_command" -l timers -d 'Timers, as -o alone'
complete -c ports -n "__fish_ports_needs_command" -s e -l extended -d 'User, inode and cookie'
complete -c ports -n "__fish_ports_needs_command" -s m -l memory -d 'Memory in use, its limits, and drops'
complete -c ports -n "__fish_ports_needs_command" -s i -l info -d 'What TCP knows of the connection: times, windows, what was sent and received'
complete -c ports -n "__fish_ports_needs_command" -s O -l one-line -d 'One line a socket on a terminal too, however long'
complete -c ports -n "__fish_ports_needs_command" -s H -l no-header -d 'Leave out the line of headings'
complete -c ports -n "__fish_ports_needs_command" -s s -l summary -d 'How many sockets there are of each kind, family and state, instead of a list'
complete -c ports -n "__fish_ports_needs_command" -l csv -d 'Print comma-separated values'
complete -c ports -n "__fish_ports_needs_command" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_needs_command" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_needs_command" -s V -l version -d 'Print version'
complete -c ports -n "__fish_ports_needs_command" -a "why" -d 'Say why a port is not to be had, and what helps'
complete -c ports -n "__fish_ports_needs_command" -a "free" -d 'Destroy what keeps a port: TIME-WAIT and orphans, after asking'
complete -c ports -n "__fish_ports_needs_command" -a "wait" -d 'Wait until a port is in a state'
complete -c ports -n "__fish_ports_needs_command" -a "reach" -d 'Say from where each listener can be reached'
complete -c ports -n "__fish_ports_needs_command" -a "options" -d 'Show the socket options of another process'
complete -c ports -n "__fish_ports_needs_command" -a "watch" -d 'Show each change of state as it happens'
complete -c ports -n "__fish_ports_needs_command" -a "log" -d 'Show each connection as it closes'
complete -c ports -n "__fish_ports_needs_command" -a "explain" -d 'Explain a state, or the sockets of a process or port'
complete -c ports -n "__fish_ports_needs_command" -a "backlog" -d 'Show how full the accept queues are'
complete -c ports -n "__fish_ports_using_subcommand why" -l device -d 'As if SO_BINDTODEVICE were set to this interface before bind' -r
complete -c ports -n "__fish_ports_using_subcommand why" -l limit -d 'How many sockets are shown; those that differ in the peer alone count as one. JSON has all' -r
complete -c ports -n "__fish_ports_using_subcommand why" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand why" -s t -l tcp -d 'TCP: the default'
complete -c ports -n "__fish_ports_using_subcommand why" -s u -l udp -d 'UDP'
complete -c ports -n "__fish_ports_using_subcommand why" -l reuseaddr -d 'As if SO_REUSEADDR were set before bind'
complete -c ports -n "__fish_ports_using_subcommand why" -l reuseport -d 'As if SO_REUSEPORT were set before bind'
complete -c ports -n "__fish_ports_using_subcommand why" -l v6only -d 'As if IPV6_V6ONLY were set before bind'
complete -c ports -n "__fish_ports_using_subcommand why" -l no-trial -d 'Judge by the list of sockets alone, and bind nothing'
complete -c ports -n "__fish_ports_using_subcommand why" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand why" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand why" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand free" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand free" -s y -l yes -d 'Do not ask'
complete -c ports -n "__fish_ports_using_subcommand free" -s n -l dry-run -d 'Show what would be destroyed, and destroy nothing'
complete -c ports -n "__fish_ports_using_subcommand free" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand free" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand free" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand wait" -s s -l state -d 'The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it' -r
complete -c ports -n "__fish_ports_using_subcommand wait" -l timeout -d 'Give up after so many seconds, which may have a fraction' -r
complete -c ports -n "__fish_ports_using_subcommand wait" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand wait" -s t -l tcp -d 'TCP: the default'
complete -c ports -n "__fish_ports_using_subcommand wait" -s u -l udp -d 'UDP'
complete -c ports -n "__fish_ports_using_subcommand wait" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand wait" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand wait" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand reach" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand reach" -s t -l tcp -d 'TCP listeners (without -t and -u: both)'
complete -c ports -n "__fish_ports_using_subcommand reach" -s u -l udp -d 'UDP sockets that take datagrams from anybody'
complete -c ports -n "__fish_ports_using_subcommand reach" -s e -l exposed -d 'Only what others can reach: status 1 if there is nothing'
complete -c ports -n "__fish_ports_using_subcommand reach" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand reach" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand reach" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand options" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand options" -s c -l changed -d 'Only what differs from a new socket of the same kind'
complete -c ports -n "__fish_ports_using_subcommand options" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand options" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand options" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand watch" -s c -l count -d 'End after so many lines' -r
complete -c ports -n "__fish_ports_using_subcommand watch" -l duration -d 'End after so many seconds, which may have a fraction' -r
complete -c ports -n "__fish_ports_using_subcommand watch" -l interval -d 'List the sockets so often, whatever it costs; without it every 0.05 s, and less often where that takes much of a processor' -r
complete -c ports -n "__fish_ports_using_subcommand watch" -l countdown -d 'Say every so many seconds how long each TIME-WAIT goes on' -r
complete -c ports -n "__fish_ports_using_subcommand watch" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand watch" -s t -l tcp -d 'TCP sockets (without -t and -u: both)'
complete -c ports -n "__fish_ports_using_subcommand watch" -s u -l udp -d 'UDP sockets'
complete -c ports -n "__fish_ports_using_subcommand watch" -s 4 -l ipv4 -d 'Sockets of the IPv4 family (without -4 and -6: both)'
complete -c ports -n "__fish_ports_using_subcommand watch" -s 6 -l ipv6 -d 'Sockets of the IPv6 family'
complete -c ports -n "__fish_ports_using_subcommand watch" -l no-trace -d 'Use no trace events, even as root'
complete -c ports -n "__fish_ports_using_subcommand watch" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand watch" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand log" -s c -l count -d 'End after so many lines' -r
complete -c ports -n "__fish_ports_using_subcommand log" -l duration -d 'End after so many seconds, which may have a fraction' -r
complete -c ports -n "__fish_ports_using_subcommand log" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand log" -s t -l tcp -d 'TCP sockets (without -t and -u: both)'
complete -c ports -n "__fish_ports_using_subcommand log" -s u -l udp -d 'UDP sockets'
complete -c ports -n "__fish_ports_using_subcommand log" -s 4 -l ipv4 -d 'Sockets of the IPv4 family (without -4 and -6: both)'
complete -c ports -n "__fish_ports_using_subcommand log" -s 6 -l ipv6 -d 'Sockets of the IPv6 family'
complete -c ports -n "__fish_ports_using_subcommand log" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand log" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand explain" -l limit -d 'How many sockets of a port or process are explained' -r
complete -c ports -n "__fish_ports_using_subcommand explain" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand explain" -l no-drawing -d 'Leave out the drawing of the state machine'
complete -c ports -n "__fish_ports_using_subcommand explain" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand explain" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand backlog" -l interval -d 'Look every so many seconds, which may have a fraction' -r
complete -c ports -n "__fish_ports_using_subcommand backlog" -l count -d 'End after so many changes' -r
complete -c ports -n "__fish_ports_using_subcommand backlog" -l duration -d 'End after so many seconds' -r
complete -c ports -n "__fish_ports_using_subcommand backlog" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand backlog" -s f -l follow -d 'Go on, and show each change as it is seen'
complete -c ports -n "__fish_ports_using_subcommand backlog" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand backlog" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand backlog" -s h -l help -d 'Print help (see more with \'--help\')'
