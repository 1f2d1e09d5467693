complete -c dig -s b -d 'Send from this address and port' -r
complete -c dig -s c -d 'Ask in this class: IN, CH, HS, CLASS300' -r
complete -c dig -s f -d 'Look up what each line of the file says; - is standard input' -r
complete -c dig -s k -d 'Sign queries with the key of this file' -r
complete -c dig -s p -d 'Ask at this port, not at 53' -r
complete -c dig -s q -d 'Ask for this name, even if it looks like something else' -r
complete -c dig -s t -d 'Ask for this type: A, MX, TYPE65280' -r
complete -c dig -s x -d 'Ask for the name of this address, or of part of it' -r
complete -c dig -s y -d 'Sign queries with this key' -r
complete -c dig -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c dig -s 4 -d 'Use IPv4 only'
complete -c dig -s 6 -d 'Use IPv6 only'
complete -c dig -s i -d 'Do nothing: ip6.int is gone'
complete -c dig -s m -d 'Do nothing: there is no memory to report on'
complete -c dig -s n -d 'Do nothing: bit-string labels are gone'
complete -c dig -s r -d 'Do not read ~/.digrc'
complete -c dig -s u -d 'Tell times in microseconds'
complete -c dig -s v -d 'Print the version on standard error, as dig does'
complete -c dig -s h -l help -d 'Print this help'
complete -c dig -l version -d 'Print the version'
complete -c dig -l explain -d 'Show the working, step by step'
complete -c dig -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
