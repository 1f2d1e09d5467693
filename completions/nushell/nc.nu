module completions {

  def "nu-complete nc color" [] {
    [ "auto" "always" "never" ]
  }

  # Connect and listen over TCP and UDP, and see how it is done
  export extern nc [
    -4                        # Use IPv4 only
    -6                        # Use IPv6 only
    -h                        # Print a summary of the options on standard error
    -k                        # With -l: when a peer has left, wait for the next
    -l                        # Listen for a connection instead of making one
    -N                        # When the input ends, shut down the sending direction of the connection
    -n                        # Resolve nothing: addresses and ports in numbers only
    -p: string                # The local port; with -l, the port to listen on
    -q: string                # Leave this long after the input has ended, and shut down the sending direction then; a negative time is never
    -s: string                # The local address to send from; with -l and -p, the address to listen on
    -u                        # Use UDP instead of TCP
    -v                        # Say on standard error what happens
    -w: string                # Give up a connection that is not made in this time, or on which nothing moves for this time
    --help                    # Print this help
    --version                 # Print name and version
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete nc color" # Use colour: on a terminal, always or never
    ...operands: string       # Where to connect to: a name or an address, and ports, ranges of ports or names of services. With -l: an address to listen on, if not on all, and a port
  ]

}

export use completions *
