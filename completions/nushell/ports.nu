module completions {

  def "nu-complete ports family" [] {
    [ "inet" "inet6" "unix" "link" "netlink" "vsock" ]
  }

  def "nu-complete ports color" [] {
    [ "auto" "always" "never" ]
  }

  # List sockets, their states and owners
  export extern ports [
    --tcp(-t)                 # TCP sockets (without any kind: TCP and UDP)
    --udp(-u)                 # UDP sockets
    --udplite(-U)             # UDP-Lite sockets
    --raw(-w)                 # Raw sockets
    --ping                    # Ping sockets: ICMP echo without privilege
    --mptcp(-M)               # Multipath TCP connections
    --sctp(-S)                # SCTP endpoints and associations
    --dccp(-d)                # DCCP sockets
    --unix(-x)                # Unix-domain sockets
    --packet(-0)              # Packet sockets: frames of an interface
    --netlink                 # Netlink sockets
    --vsock                   # Sockets between a virtual machine and its host
    --query(-A): string       # Kinds by name, with commas: tcp, udp, raw, inet, unix, packet, netlink, vsock, all
    --family(-f): string@"nu-complete ports family" # A family: inet, inet6, unix, link, netlink, vsock
    --ipv4(-4)                # Sockets of the IPv4 family (without -4 and -6: both)
    --ipv6(-6)                # Sockets of the IPv6 family, those that carry IPv4 included
    --listening(-l)           # Those that wait for peers: LISTEN, and sockets without states that are not connected
    --all(-a)                 # All states, also listening, only bound, half-open and TIME-WAIT; wins over -l
    --bound(-B)               # TCP sockets that have a port and neither listen nor connect
    --netns(-N): string       # Look into another network namespace: its name, a process in it, its file, or all; may be given again
    --numeric(-n)             # Ports as numbers, not as the names of services(5). Addresses are always numbers
    --resolve(-r)             # Ask for the names of the peers' hosts: this may send questions to name servers
    --processes(-p)           # Every process and descriptor that holds the socket
    --first-owner             # One owner a socket, and no further search once each has one; implies -p
    -o: string                # Timers; with a list such as local,peer,state these columns, with +timer,rtt these too (-o help lists them)
    --timers                  # Timers, as -o alone
    --columns: string         # Columns, as -o; without a list, say which there are
    --extended(-e)            # User, inode and cookie
    --memory(-m)              # Memory in use, its limits, and drops
    --info(-i)                # What TCP knows of the connection: times, windows, what was sent and received
    --one-line(-O)            # One line a socket on a terminal too, however long
    --sort: string            # Order by columns, such as state,-recvq; - puts the greatest first
    --no-header(-H)           # Leave out the line of headings
    --summary(-s)             # How many sockets there are of each kind, family and state, instead of a list
    --csv                     # Print comma-separated values
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
    ...filter: string         # Which of them, in the language of ss(8): state established '( sport = :80 or dst 10/8 )'
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
    --limit: string           # How many sockets are shown; those that differ in the peer alone count as one. JSON has all
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
    --yes(-y)                 # Do not ask
    --dry-run(-n)             # Show what would be destroyed, and destroy nothing
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports free color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    port: string              # The local port, by number or by service name. Also 127.0.0.1:8080
  ]

  def "nu-complete ports wait color" [] {
    [ "auto" "always" "never" ]
  }

  # Wait until a port is in a state
  export extern "ports wait" [
    --tcp(-t)                 # TCP: the default
    --udp(-u)                 # UDP
    --state(-s): string       # The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it
    --timeout: string         # Give up after so many seconds, which may have a fraction
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
    --tcp(-t)                 # TCP listeners (without -t and -u: both)
    --udp(-u)                 # UDP sockets that take datagrams from anybody
    --exposed(-e)             # Only what others can reach: status 1 if there is nothing
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
    --changed(-c)             # Only what differs from a new socket of the same kind
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports options color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...whose: string          # A process (4711), one of its descriptors (4711/3), or a local port (:8080) and everybody who has it
  ]

  def "nu-complete ports watch color" [] {
    [ "auto" "always" "never" ]
  }

  # Show each change of state as it happens
  export extern "ports watch" [
    --tcp(-t)                 # TCP sockets (without -t and -u: both)
    --udp(-u)                 # UDP sockets
    --ipv4(-4)                # Sockets of the IPv4 family (without -4 and -6: both)
    --ipv6(-6)                # Sockets of the IPv6 family
    --count(-c): string       # End after so many lines
    --duration: string        # End after so many seconds, which may have a fraction
    --interval: string        # List the sockets so often, whatever it costs; without it every 0.05 s, and less often where that takes much of a processor
    --countdown: string       # Say every so many seconds how long each TIME-WAIT goes on
    --no-trace                # Use no trace events, even as root
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports watch color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...filter: string         # Only these sockets: ss's filter language, as in `sport = :80 or dst 10.0.0.0/8`
  ]

  def "nu-complete ports log color" [] {
    [ "auto" "always" "never" ]
  }

  # Show each connection as it closes
  export extern "ports log" [
    --tcp(-t)                 # TCP sockets (without -t and -u: both)
    --udp(-u)                 # UDP sockets
    --ipv4(-4)                # Sockets of the IPv4 family (without -4 and -6: both)
    --ipv6(-6)                # Sockets of the IPv6 family
    --count(-c): string       # End after so many lines
    --duration: string        # End after so many seconds, which may have a fraction
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports log color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...filter: string         # Only these sockets: ss's filter language, as in `sport = :80 or dst 10.0.0.0/8`
  ]

  def "nu-complete ports explain color" [] {
    [ "auto" "always" "never" ]
  }

  # Explain a state, or the sockets of a process or port
  export extern "ports explain" [
    --limit: string           # How many sockets of a port or process are explained
    --no-drawing              # Leave out the drawing of the state machine
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports explain color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    what?: string             # A state as RFC 9293, ss or netstat spells it, a port (80, http, 53/udp, 127.0.0.1:80), or a process (pid:812)
  ]

  def "nu-complete ports backlog color" [] {
    [ "auto" "always" "never" ]
  }

  # Show how full the accept queues are
  export extern "ports backlog" [
    --follow(-f)              # Go on, and show each change as it is seen
    --interval: string        # Look every so many seconds, which may have a fraction
    --count: string           # End after so many changes
    --duration: string        # End after so many seconds
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete ports backlog color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...ports: string          # Only listeners on these ports: 80, http, 127.0.0.1:80
  ]

}

export use completions *
