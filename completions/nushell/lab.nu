module completions {

  def "nu-complete lab color" [] {
    [ "auto" "always" "never" ]
  }

  # Run the experiments of a socket-programming course, and check what is seen
  export extern lab [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
  ]

  def "nu-complete lab tour color" [] {
    [ "auto" "always" "never" ]
  }

  # See the suite at work: a datagram from its URL to the wire, and a TCP connection
  export extern "lab tour" [
    --loopback                # Stay on the loopback interface, even where two hosts could be made
    --pcap: path              # Keep the capture of what was sent
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab tour color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete lab list color" [] {
    [ "auto" "always" "never" ]
  }

  # List the experiments
  export extern "lab list" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab list color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete lab probe color" [] {
    [ "auto" "always" "never" ]
  }

  # Try whether hosts can be made here; if not, say why and what helps
  export extern "lab probe" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab probe color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

}

export use completions *
