module completions {

  def "nu-complete addr color" [] {
    [ "auto" "always" "never" ]
  }

  # Show addresses and networks in every notation, with the arithmetic
  export extern addr [
    --file(-f): string        # Take them from a file, one a line; - is standard input
    --get(-g): string         # Print one line each: text with fields in braces, as {text} or {network}
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    ...texts: string          # An address, a network (A/24, A/255.255.255.0, A 255.255.255.0) or a MAC address
  ]

  def "nu-complete addr port color" [] {
    [ "auto" "always" "never" ]
  }

  # A port in network and host order, and what a forgotten htons makes of it
  export extern "addr port" [
    --udp(-u)                 # Services of UDP, where they differ from those of TCP
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr port color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...ports: string          # A port, or the name of a service
  ]

  def "nu-complete addr order bits" [] {
    [ "16" "32" "64" ]
  }

  def "nu-complete addr order color" [] {
    [ "auto" "always" "never" ]
  }

  # A number in network and host order
  export extern "addr order" [
    --bits(-b): string@"nu-complete addr order bits" # How many bits it has: the fewest that hold it otherwise
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr order color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...values: string         # A number, in decimal or behind 0x in hexadecimal
  ]

  def "nu-complete addr split color" [] {
    [ "auto" "always" "never" ]
  }

  # Cut a network into equal ones
  export extern "addr split" [
    --count(-n): string       # Into so many networks at least: the next power of two
    --prefix(-p): string      # Into networks of this length
    --limit: string           # List no more than so many
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr split color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    network: string           # The network to cut
  ]

  def "nu-complete addr vlsm color" [] {
    [ "auto" "always" "never" ]
  }

  # Plan subnets of different sizes in a network, the largest first
  export extern "addr vlsm" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr vlsm color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    network: string           # The network to plan in
    ...sizes: string          # How many hosts, as 500 or lan=500; or a length, as /26 or lan=/26
  ]

  def "nu-complete addr supernet color" [] {
    [ "auto" "always" "never" ]
  }

  # The smallest network around some, and what they are joined
  export extern "addr supernet" [
    --file(-f): string        # Take networks from a file, one a line; - is standard input
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr supernet color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...networks: string       # A network, or an address
  ]

  def "nu-complete addr range color" [] {
    [ "auto" "always" "never" ]
  }

  # The fewest networks that are exactly a range of addresses
  export extern "addr range" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr range color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    first: string             # The first address; or both, as FIRST-LAST
    last?: string             # The last address
  ]

  def "nu-complete addr overlap color" [] {
    [ "auto" "always" "never" ]
  }

  # Say which networks overlap
  export extern "addr overlap" [
    --file(-f): string        # Take networks from a file, one a line; - is standard input
    --all(-a)                 # Show pairs without an address in common too
    --limit: string           # List no more pairs than so many
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr overlap color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...networks: string       # A network, or an address; two at least
  ]

  def "nu-complete addr same color" [] {
    [ "auto" "always" "never" ]
  }

  # Say whether two are one address, or two hosts on one network by the masks of both
  export extern "addr same" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr same color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    first: string             # An address, with its mask if you like
    second: string            # The other
  ]

  def "nu-complete addr lpm color" [] {
    [ "auto" "always" "never" ]
  }

  # Longest prefix match: which route wins, and why the others lose
  export extern "addr lpm" [
    --route(-r): string       # A route, in place of a table
    --file(-f): string        # Take addresses from a file, one a line; - is standard input
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr lpm color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...words: string          # A file with the table, - for standard input; then addresses. With --route addresses alone
  ]

  def "nu-complete addr if color" [] {
    [ "auto" "always" "never" ]
  }

  # The interfaces of this machine and their addresses
  export extern "addr if" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr if color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...names: string          # An interface by name or index; all otherwise
  ]

  def "nu-complete addr mac color" [] {
    [ "auto" "always" "never" ]
  }

  # A MAC address or EUI-64: its bits, its notations, its IPv6 addresses
  export extern "addr mac" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr mac color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...texts: string          # A MAC address or an EUI-64
  ]

  def "nu-complete addr eui64 color" [] {
    [ "auto" "always" "never" ]
  }

  # The IPv6 address that a MAC address makes in a network of 64 bits
  export extern "addr eui64" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr eui64 color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    mac: string               # A MAC address or an EUI-64
    ...networks: string       # A network of IPv6
  ]

  def "nu-complete addr special color" [] {
    [ "auto" "always" "never" ]
  }

  # The special-purpose registries of IANA, or what they say of a network
  export extern "addr special" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete addr special color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...networks: string       # A network, or an address: the ranges around it and in it
  ]

}

export use completions *
