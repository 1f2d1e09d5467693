complete -c url -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c url -l resolve -d 'Ask getaddrinfo(3) for the addresses of each host'
complete -c url -l explain -d 'Show the working, step by step'
complete -c url -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
complete -c url -s h -l help -d 'Print help (see more with \'--help\')'
complete -c url -s V -l version -d 'Print version'
