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
complete -c netsum -n "__fish_netsum_needs_command" -f -a "verify" -d 'Judge every checksum of a capture'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand udp" -s q -l quiet -d 'Print the checksum and nothing else'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand udp" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c netsum -n "__fish_netsum_using_subcommand verify" -s a -l all -d 'List every checksum, however many there are'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -s s -l summary -d 'List no checksum, only the table of counts'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l tsv -d 'Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -, verdict, with tabs between them'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l explain -d 'Show the working, step by step'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c netsum -n "__fish_netsum_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
