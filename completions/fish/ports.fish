# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_ports_global_optspecs
    string join \n t/tcp u/udp l/listening a/all 4/ipv4 6/ipv6 n/numeric p/processes first-owner H/no-header explain json color= h/help V/version
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

complete -c ports -n "__fish_ports_needs_command" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_needs_command" -s t -l tcp -d 'TCP sockets (without -t and -u: both)'
complete -c ports -n "__fish_ports_needs_command" -s u -l udp -d 'UDP sockets'
complete -c ports -n "__fish_ports_needs_command" -s l -l listening -d 'Those that wait for peers: LISTEN, and UDP sockets that are not connected'
complete -c ports -n "__fish_ports_needs_command" -s a -l all -d 'All states, also listening, only bound, half-open and TIME-WAIT; wins over -l'
complete -c ports -n "__fish_ports_needs_command" -s 4 -l ipv4 -d 'Sockets of the IPv4 family (without -4 and -6: both)'
complete -c ports -n "__fish_ports_needs_command" -s 6 -l ipv6 -d 'Sockets of the IPv6 family, those that carry IPv4 included'
complete -c ports -n "__fish_ports_needs_command" -s n -l numeric -d 'Ports as numbers, not as the names of services(5). Addresses are always numbers'
complete -c ports -n "__fish_ports_needs_command" -s p -l processes -d 'Every process and descriptor that holds the socket'
complete -c ports -n "__fish_ports_needs_command" -l first-owner -d 'One owner a socket, and no further search once each has one; implies -p'
complete -c ports -n "__fish_ports_needs_command" -s H -l no-header -d 'Leave out the line of headings'
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
complete -c ports -n "__fish_ports_using_subcommand free" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand free" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand free" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand wait" -s s -l state -d 'The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it' -r
complete -c ports -n "__fish_ports_using_subcommand wait" -l timeout -d 'Give up after so many seconds' -r
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
complete -c ports -n "__fish_ports_using_subcommand reach" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand reach" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand reach" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand options" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand options" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand options" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand options" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand watch" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand watch" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand watch" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand watch" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand log" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand log" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand log" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand log" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand explain" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand explain" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand explain" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand explain" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c ports -n "__fish_ports_using_subcommand backlog" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c ports -n "__fish_ports_using_subcommand backlog" -l explain -d 'Show the working, step by step'
complete -c ports -n "__fish_ports_using_subcommand backlog" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c ports -n "__fish_ports_using_subcommand backlog" -s h -l help -d 'Print help (see more with \'--help\')'
