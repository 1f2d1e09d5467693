# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_addr_global_optspecs
    string join \n f/file= g/get= explain json color= h/help V/version
end

function __fish_addr_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_addr_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_addr_global_optspecs) -- $cmd[1..-2] 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_addr_using_subcommand
    set -l cmd (__fish_addr_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c addr -n "__fish_addr_needs_command" -s f -l file -d 'Take them from a file, one a line; - is standard input' -r
complete -c addr -n "__fish_addr_needs_command" -s g -l get -d 'Print one line each: text with fields in braces, as {text} or {network}' -r
complete -c addr -n "__fish_addr_needs_command" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_needs_command" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_needs_command" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_needs_command" -s V -l version -d 'Print version'
complete -c addr -n "__fish_addr_needs_command" -a "port" -d 'A port in network and host order, and what a forgotten htons makes of it'
complete -c addr -n "__fish_addr_needs_command" -a "order" -d 'A number in network and host order'
complete -c addr -n "__fish_addr_needs_command" -a "split" -d 'Cut a network into equal ones'
complete -c addr -n "__fish_addr_needs_command" -a "vlsm" -d 'Plan subnets of different sizes in a network, the largest first'
complete -c addr -n "__fish_addr_needs_command" -a "supernet" -d 'The smallest network around some, and what they are joined'
complete -c addr -n "__fish_addr_needs_command" -a "range" -d 'The fewest networks that are exactly a range of addresses'
complete -c addr -n "__fish_addr_needs_command" -a "overlap" -d 'Say which networks overlap'
complete -c addr -n "__fish_addr_needs_command" -a "same" -d 'Say whether two are one address, or two hosts on one network by the masks of both'
complete -c addr -n "__fish_addr_needs_command" -a "lpm" -d 'Longest prefix match: which route wins, and why the others lose'
complete -c addr -n "__fish_addr_needs_command" -a "if" -d 'The interfaces of this machine and their addresses'
complete -c addr -n "__fish_addr_needs_command" -a "mac" -d 'A MAC address or EUI-64: its bits, its notations, its IPv6 addresses'
complete -c addr -n "__fish_addr_needs_command" -a "eui64" -d 'The IPv6 address that a MAC address makes in a network of 64 bits'
complete -c addr -n "__fish_addr_needs_command" -a "special" -d 'The special-purpose registries of IANA, or what they say of a network'
complete -c addr -n "__fish_addr_using_subcommand port" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand port" -s u -l udp -d 'Services of UDP, where they differ from those of TCP'
complete -c addr -n "__fish_addr_using_subcommand port" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand port" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand port" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand order" -s b -l bits -d 'How many bits it has: the fewest that hold it otherwise' -r -f -a "16\t''
32\t''
64\t''"
complete -c addr -n "__fish_addr_using_subcommand order" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand order" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand order" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand order" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand split" -s n -l count -d 'Into so many networks at least: the next power of two' -r
complete -c addr -n "__fish_addr_using_subcommand split" -s p -l prefix -d 'Into networks of this length' -r
complete -c addr -n "__fish_addr_using_subcommand split" -l limit -d 'List no more than so many' -r
complete -c addr -n "__fish_addr_using_subcommand split" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand split" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand split" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand split" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand vlsm" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand vlsm" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand vlsm" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand vlsm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand supernet" -s f -l file -d 'Take networks from a file, one a line; - is standard input' -r
complete -c addr -n "__fish_addr_using_subcommand supernet" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand supernet" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand supernet" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand supernet" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand range" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand range" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand range" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand range" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand overlap" -s f -l file -d 'Take networks from a file, one a line; - is standard input' -r
complete -c addr -n "__fish_addr_using_subcommand overlap" -l limit -d 'List no more pairs than so many' -r
complete -c addr -n "__fish_addr_using_subcommand overlap" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand overlap" -s a -l all -d 'Show pairs without an address in common too'
complete -c addr -n "__fish_addr_using_subcommand overlap" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand overlap" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand overlap" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand same" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand same" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand same" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand same" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand lpm" -s r -l route -d 'A route, in place of a table' -r
complete -c addr -n "__fish_addr_using_subcommand lpm" -s f -l file -d 'Take addresses from a file, one a line; - is standard input' -r
complete -c addr -n "__fish_addr_using_subcommand lpm" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand lpm" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand lpm" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand lpm" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand if" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand if" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand if" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand if" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand mac" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand mac" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand mac" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand mac" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand eui64" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand eui64" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand eui64" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand eui64" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c addr -n "__fish_addr_using_subcommand special" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c addr -n "__fish_addr_using_subcommand special" -l explain -d 'Show the working, step by step'
complete -c addr -n "__fish_addr_using_subcommand special" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c addr -n "__fish_addr_using_subcommand special" -s h -l help -d 'Print help (see more with \'--help\')'
