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

  def "nu-complete ports why color" [] {
    [ "auto" "always" "never" ]
  }

  # Say why a port is not to be had, and what helps
  export extern "ports why" [
    --tcp(-t)                 # TCP: the default
    --udp(-u)                 # UDP
    --reuseaddr               # As if SO_REUSEADDR were set before bind
    --reuseport               # As if SO_REUSEPORT were set before bind
    --v6only                  # As if IPV6_V6ONLY were set before bind
    --device: string          # As if SO_BINDTODEVICE were set to this interface before bind
    --no-trial                # Judge by the list of sockets alone, and bind nothing
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports why color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    port: string              # The port, by number or by service name; 0 for one that the kernel chooses. Also 53/udp, 127.0.0.1:8080
    addr?: string             # The address to bind, as in 127.0.0.1, ::1 or fe80::1%eth0 (default: every address, of IPv4 and of both families)
  ]

  def "nu-complete ports free color" [] {
    [ "auto" "always" "never" ]
  }

  # Destroy what keeps a port: TIME-WAIT and orphans, after asking
  export extern "ports free" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports free color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete ports wait color" [] {
    [ "auto" "always" "never" ]
  }

  # Wait until a port is in a state
  export extern "ports wait" [
    --tcp(-t)                 # TCP: the default
    --udp(-u)                 # UDP
    --state(-s): string       # The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it
    --timeout: string         # Give up after so many seconds
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports wait color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    port: string              # The local port, by number or by service name. Also 53/udp, 127.0.0.1:8080
  ]

  def "nu-complete ports reach color" [] {
    [ "auto" "always" "never" ]
  }

  # Say from where each listener can be reached
  export extern "ports reach" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports reach color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete ports options color" [] {
    [ "auto" "always" "never" ]
  }

  # Show the socket options of another process
  export extern "ports options" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports options color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete ports watch color" [] {
    [ "auto" "always" "never" ]
  }

  # Show each change of state as it happens
  export extern "ports watch" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports watch color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete ports log color" [] {
    [ "auto" "always" "never" ]
  }

  # Show each connection as it closes
  export extern "ports log" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports log color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete ports explain color" [] {
    [ "auto" "always" "never" ]
  }

  # Explain a state, or the sockets of a process or port
  export extern "ports explain" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports explain color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete ports backlog color" [] {
    [ "auto" "always" "never" ]
  }

  # Show how full the accept queues are
  export extern "ports backlog" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports backlog color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

}

export use completions *
