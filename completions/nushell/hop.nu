module completions {

  def "nu-complete hop color" [] {
    [ "auto" "always" "never" ]
  }

  # Trace the way to a host, and ping it
  export extern hop [
    --ipv4(-4)                # Use IPv4
    --ipv6(-6)                # Use IPv6
    --names                   # Show the names of addresses too, which asks the resolver
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete hop color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    host?: string             # Trace the way to this host, then ping it four times
  ]

  def "nu-complete hop ping fragment" [] {
    [ "do" "want" "dont" "probe" ]
  }

  def "nu-complete hop ping flow" [] {
    [ "fixed" "vary" ]
  }

  def "nu-complete hop ping color" [] {
    [ "auto" "always" "never" ]
  }

  # Send probes to a host again and again, and count what comes back
  export extern "hop ping" [
    --icmp                    # Send ICMP echo requests, and nothing else if the system refuses
    --udp(-U)                 # Send UDP datagrams; an ICMP port unreachable of the host counts as an answer
    --tcp(-T)                 # Open TCP connections; a refusal counts as an answer
    --count(-c): string       # End after this many probes
    --interval(-i): string    # Seconds between probes: 1 if nothing is said; less than 0.002 is for root, and 0 is as fast as -f
    --flood(-f)               # Send the next probe as soon as the one before is answered, or after 10 ms, and show the summary only; for root
    --preload(-l): string     # Send this many probes at once at first; more than 3 is for root
    --broadcast(-b)           # Let probes go to a broadcast address, from where many may answer
    --wait(-W): string        # Seconds to wait for the last answers
    --deadline(-w): string    # End after this many seconds; with -c, wait for that many answers
    --payload(-s): string     # Octets of data behind the ICMP or UDP header: 56 if nothing is said
    --ttl(-t): string         # TTL of IPv4, hop limit of IPv6
    --fragment(-M): string@"nu-complete hop ping fragment" # What becomes of probes that are longer than a link carries
    --source(-I): string      # Send from this address, or by this interface
    --quiet(-q)               # Show the summary only
    --timestamps(-D)          # Begin each line with the time, in seconds since 1970
    --ipv4(-4)                # Use IPv4
    --ipv6(-6)                # Use IPv6
    --port(-p): string        # Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP
    --sport: string           # Source port of UDP and TCP probes
    --flow: string@"nu-complete hop ping flow" # Whether routers that balance load see one flow or many
    --tos: string             # Type of service of IPv4, traffic class of IPv6
    -n                        # Show addresses only, which is what happens anyhow
    --names                   # Show the names of addresses too, which asks the resolver
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete hop ping color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    host: string              # The host: a name or an address
  ]

  def "nu-complete hop trace flow" [] {
    [ "fixed" "vary" ]
  }

  def "nu-complete hop trace color" [] {
    [ "auto" "always" "never" ]
  }

  # Find the routers on the way to a host
  export extern "hop trace" [
    --icmp(-I)                # Send ICMP echo requests
    --udp(-U)                 # Send UDP datagrams, which is what happens if nothing is said
    --tcp(-T)                 # Open TCP connections
    --queries(-q): string     # Probes a hop
    --max(-m): string         # The last hop to ask, 255 at most
    --first(-f): string       # The first hop to ask
    --parallel(-N): string    # Probes under way at the same time, 16 at most
    --wait(-w): string        # Seconds to wait for an answer; HERE times the round trip of the same hop and NEAR times that of a later one at most
    --size: string            # Octets of a whole packet: 60, and 80 over IPv6
    --mtu                     # Find the path MTU: the longest packets, never fragmented, one after the other
    --dont-fragment(-F)       # Never fragment probes
    --source(-s): string      # Send from this address
    --interface(-i): string   # Send by this interface
    --ipv4(-4)                # Use IPv4
    --ipv6(-6)                # Use IPv6
    --port(-p): string        # Destination port of UDP and TCP probes: 33434 for UDP, 80 for TCP
    --sport: string           # Source port of UDP and TCP probes
    --flow: string@"nu-complete hop trace flow" # Whether routers that balance load see one flow or many
    --tos: string             # Type of service of IPv4, traffic class of IPv6
    -n                        # Show addresses only, which is what happens anyhow
    --names                   # Show the names of addresses too, which asks the resolver
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete hop trace color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    host: string              # The host: a name or an address
  ]

}

export use completions *
