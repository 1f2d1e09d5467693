# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_lab_global_optspecs
    string join \n explain json color= h/help V/version
end

function __fish_lab_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_lab_global_optspecs) -- $cmd 2>/dev/null
    or argparse -s (__fish_lab_global_optspecs) -- $cmd[1..-2] 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_lab_using_subcommand
    set -l cmd (__fish_lab_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c lab -n "__fish_lab_needs_command" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_needs_command" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_needs_command" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_needs_command" -s V -l version -d 'Print version'
complete -c lab -n "__fish_lab_needs_command" -f -a "tour" -d 'See the suite at work: a datagram from its URL to the wire, and a TCP connection'
complete -c lab -n "__fish_lab_needs_command" -f -a "list" -d 'List the experiments'
complete -c lab -n "__fish_lab_needs_command" -f -a "probe" -d 'Try whether hosts can be made here; if not, say why and what helps'
complete -c lab -n "__fish_lab_using_subcommand tour" -l pcap -d 'Keep the capture of what was sent' -r -F
complete -c lab -n "__fish_lab_using_subcommand tour" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand tour" -l loopback -d 'Stay on the loopback interface, even where two hosts could be made'
complete -c lab -n "__fish_lab_using_subcommand tour" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand tour" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand tour" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand list" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand list" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand list" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand probe" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand probe" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand probe" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand probe" -s h -l help -d 'Print help (see more with \'--help\')'
