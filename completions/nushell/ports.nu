module completions {

  def "nu-complete ports color" [] {
    [ "auto" "always" "never" ]
  }

  # List sockets, their states and owners
  export extern ports [
    --tcp(-t)                 # TCP sockets (without -t and -u: both)
    --udp(-u)                 # UDP sockets
    --listening(-l)           # Those that wait for peers: LISTEN, and UDP sockets that are not connected
    --all(-a)                 # All states, also listening, only bound, half-open and TIME-WAIT; wins over -l
    --ipv4(-4)                # Sockets of the IPv4 family (without -4 and -6: both)
    --ipv6(-6)                # Sockets of the IPv6 family, those that carry IPv4 included
    --numeric(-n)             # Ports as numbers, not as the names of services(5). Addresses are always numbers
    --processes(-p)           # Every process and descriptor that holds the socket
    --first-owner             # One owner a socket, and no further search once each has one; implies -p
    --no-header(-H)           # Leave out the line of headings
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    ...operands: string       # Taken only to be refused with a sentence
  ]

}

export use completions *
