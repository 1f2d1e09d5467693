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
complete -c lab -n "__fish_lab_needs_command" -f -a "show" -d 'Show what an experiment is: its network, what is typed, its question'
complete -c lab -n "__fish_lab_needs_command" -f -a "check" -d 'Check that a lab file is well written, without running it'
complete -c lab -n "__fish_lab_needs_command" -f -a "run" -d 'Run an experiment, and check what is seen'
complete -c lab -n "__fish_lab_needs_command" -f -a "verify" -d 'Run experiments, each in a process of its own, and say which showed what theory says'
complete -c lab -n "__fish_lab_needs_command" -f -a "shell" -d 'Open a shell on a host of an experiment, to do it by hand'
complete -c lab -n "__fish_lab_needs_command" -f -a "clean" -d 'Remove what a lab that was killed has left: processes and working folders'
complete -c lab -n "__fish_lab_needs_command" -f -a "probe" -d 'Try whether hosts can be made here; if not, say why and what helps'
complete -c lab -n "__fish_lab_needs_command" -f -a "calls" -d 'Perform socket calls as typed, and show each with what it returned'
complete -c lab -n "__fish_lab_needs_command" -f -a "serve" -d 'Be a server that an experiment needs'
complete -c lab -n "__fish_lab_needs_command" -f -a "client" -d 'Be a client that an experiment needs'
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
complete -c lab -n "__fish_lab_using_subcommand show" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand show" -l answer -d 'Show the answer too, and what must be seen in each step'
complete -c lab -n "__fish_lab_using_subcommand show" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand show" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand check" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand check" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand check" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand run" -l seed -d 'The chances of the wires: the same number, the same losses' -r
complete -c lab -n "__fish_lab_using_subcommand run" -l pcap -d 'Keep what was sent: a capture of each link in this folder' -r -F
complete -c lab -n "__fish_lab_using_subcommand run" -l html -d 'Write all of it as a page that needs nothing else: to be printed, or handed in' -r -F
complete -c lab -n "__fish_lab_using_subcommand run" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand run" -l fast -d 'Take less time, where the experiment allows it'
complete -c lab -n "__fish_lab_using_subcommand run" -l answer -d 'Put the answer to the question on the page'
complete -c lab -n "__fish_lab_using_subcommand run" -l keep-going -d 'Go on after a step that could not be done'
complete -c lab -n "__fish_lab_using_subcommand run" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand run" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand verify" -l jobs -d 'How many at a time' -r
complete -c lab -n "__fish_lab_using_subcommand verify" -l seed -d 'The chances of the wires: the same number, the same losses' -r
complete -c lab -n "__fish_lab_using_subcommand verify" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand verify" -l skip-impossible -d 'Pass even if this machine cannot do some of them'
complete -c lab -n "__fish_lab_using_subcommand verify" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand verify" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand shell" -l seed -d 'The chances of the wires: the same number, the same losses' -r
complete -c lab -n "__fish_lab_using_subcommand shell" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand shell" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand shell" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand shell" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand clean" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand clean" -l dry-run -d 'Only say what would be removed'
complete -c lab -n "__fish_lab_using_subcommand clean" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand clean" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand clean" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand probe" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand probe" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand probe" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand probe" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand calls" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand calls" -l stop -d 'End with the first call that fails, with status 1'
complete -c lab -n "__fish_lab_using_subcommand calls" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand calls" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand calls" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand serve; and not __fish_seen_subcommand_from http dns upper-lossy echo" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand serve; and not __fish_seen_subcommand_from http dns upper-lossy echo" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand serve; and not __fish_seen_subcommand_from http dns upper-lossy echo" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand serve; and not __fish_seen_subcommand_from http dns upper-lossy echo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand serve; and not __fish_seen_subcommand_from http dns upper-lossy echo" -f -a "http" -d 'A web server with one page, over HTTP/1.0, one client after another'
complete -c lab -n "__fish_lab_using_subcommand serve; and not __fish_seen_subcommand_from http dns upper-lossy echo" -f -a "dns" -d 'A name server for zones of files, or a resolver that asks its way from the root'
complete -c lab -n "__fish_lab_using_subcommand serve; and not __fish_seen_subcommand_from http dns upper-lossy echo" -f -a "upper-lossy" -d 'A server that answers datagrams in capitals, and loses some of them'
complete -c lab -n "__fish_lab_using_subcommand serve; and not __fish_seen_subcommand_from http dns upper-lossy echo" -f -a "echo" -d 'A server that gives each client a process, and learns in one of several ways that one has ended, or never'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -l page -d 'The page; without, one that says that it works' -r -F
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -l tls -d 'Over TLS, with a certificate that is like this' -r -f -a "valid\t'Signed by the authority, for the name, valid now'
expired\t'Signed by the authority, for the name, and its time is over'
wrong-name\t'Signed by the authority, for another name'
self-signed\t'Signed by itself'"
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -l name -d 'Whose certificate it is' -r
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -l issuer -d 'What the authority calls itself' -r
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -l authority -d 'Where the certificate of the authority is written, as PEM, for those who shall trust it' -r -F
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from http" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from dns" -l listen -d 'Where it waits: ADDR:PORT or PORT' -r
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from dns" -l hints -d 'Resolve names: ask the root servers of this file, and those to whom they refer, and remember the answers' -r -F
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from dns" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from dns" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from dns" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from dns" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from upper-lossy" -l loss -d 'How many of a hundred it loses' -r
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from upper-lossy" -l seed -d 'The same number, the same losses' -r
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from upper-lossy" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from upper-lossy" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from upper-lossy" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from upper-lossy" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from echo" -l model -d 'Who waits for the processes' -r -f -a "zombies\t'It never asks: they stay as zombies'
waitpid\t'It asks with waitpid when the next client comes: the last ones stay as zombies until then'
sigchld\t'It asks with waitpid when a SIGCHLD comes, until there is none left that has ended'
sigchld-once\t'It asks once with waitpid for each SIGCHLD: when several end together, some stay'
ignored\t'It ignores SIGCHLD, and never asks: none becomes a zombie'"
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from echo" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from echo" -l quiet -d 'Say nothing of clients and processes'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from echo" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from echo" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand serve; and __fish_seen_subcommand_from echo" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand client; and not __fish_seen_subcommand_from knock-knock udp-ping census load" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand client; and not __fish_seen_subcommand_from knock-knock udp-ping census load" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand client; and not __fish_seen_subcommand_from knock-knock udp-ping census load" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand client; and not __fish_seen_subcommand_from knock-knock udp-ping census load" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand client; and not __fish_seen_subcommand_from knock-knock udp-ping census load" -f -a "knock-knock" -d 'Hear a joke to its end'
complete -c lab -n "__fish_lab_using_subcommand client; and not __fish_seen_subcommand_from knock-knock udp-ping census load" -f -a "udp-ping" -d 'Ask over UDP, wait for each answer as long as it may, and measure the round-trip times'
complete -c lab -n "__fish_lab_using_subcommand client; and not __fish_seen_subcommand_from knock-knock udp-ping census load" -f -a "census" -d 'Say what a server of this host and its children take: processes, threads, zombies, memory'
complete -c lab -n "__fish_lab_using_subcommand client; and not __fish_seen_subcommand_from knock-knock udp-ping census load" -f -a "load" -d 'Be many clients of an echo server at once, and say what that took'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from knock-knock" -l jokes -d 'How many jokes' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from knock-knock" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from knock-knock" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from knock-knock" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from knock-knock" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from udp-ping" -l count -d 'How many questions' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from udp-ping" -l timeout -d 'How long an answer may take, in seconds' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from udp-ping" -l interval -d 'How long to wait between two questions, in seconds' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from udp-ping" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from udp-ping" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from udp-ping" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from udp-ping" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from census" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from census" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from census" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from census" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -l clients -d 'How many clients; several numbers, as in 1,10,100, come one after another' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -l hold -d 'How long each that was served stays at least, in seconds' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -l stay -d 'How long each that was served waits for the others at most, in seconds' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -l limit -d 'When those that were not served are given up, in seconds' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -l name -d 'Make one line of a table for each number of clients, which begins with this' -r
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -l explain -d 'Show the working, step by step'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c lab -n "__fish_lab_using_subcommand client; and __fish_seen_subcommand_from load" -s h -l help -d 'Print help (see more with \'--help\')'
