module completions {

  def "nu-complete url color" [] {
    [ "auto" "always" "never" ]
  }

  # Take a URL apart as a browser does, and show what a socket gets from it
  export extern url [
    --resolve                 # Ask getaddrinfo(3) for the addresses of each host
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete url color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    ...urls: string           # The URLs to take apart
  ]

}

export use completions *
