complete -c nc -s p -d 'The local port; with -l, the port to listen on' -r
complete -c nc -s q -d 'Leave this long after the input has ended, and shut down the sending direction then; a negative time is never' -r
complete -c nc -s s -d 'The local address to send from; with -l and -p, the address to listen on' -r
complete -c nc -s w -d 'Give up a connection that is not made in this time, or on which nothing moves for this time' -r
complete -c nc -l color -d 'Use colour: on a terminal, always or never' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Even into a file or a pipe'
never\t'Not even on a terminal'"
complete -c nc -s 4 -d 'Use IPv4 only'
complete -c nc -s 6 -d 'Use IPv6 only'
complete -c nc -s h -d 'Print a summary of the options on standard error'
complete -c nc -s k -d 'With -l: when a peer has left, wait for the next'
complete -c nc -s l -d 'Listen for a connection instead of making one'
complete -c nc -s N -d 'When the input ends, shut down the sending direction of the connection'
complete -c nc -s n -d 'Resolve nothing: addresses and ports in numbers only'
complete -c nc -s u -d 'Use UDP instead of TCP'
complete -c nc -s v -d 'Say on standard error what happens'
complete -c nc -l help -d 'Print this help'
complete -c nc -l version -d 'Print name and version'
complete -c nc -l explain -d 'Show the working, step by step'
complete -c nc -l json -d 'Print JSON Lines: one object a line, with "schema", "type" and "data"'
