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

  def "nu-complete lab show color" [] {
    [ "auto" "always" "never" ]
  }

  # Show what an experiment is: its network, what is typed, its question
  export extern "lab show" [
    --answer                  # Show the answer too, and what must be seen in each step
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab show color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    experiment: string        # The experiment: a name of the list, or a lab file
  ]

  def "nu-complete lab check color" [] {
    [ "auto" "always" "never" ]
  }

  # Check that a lab file is well written, without running it
  export extern "lab check" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab check color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    file: path                # The lab file; - is standard input
  ]

  def "nu-complete lab run color" [] {
    [ "auto" "always" "never" ]
  }

  # Run an experiment, and check what is seen
  export extern "lab run" [
    --fast                    # Take less time, where the experiment allows it
    --seed: string            # The chances of the wires: the same number, the same losses
    --pcap: path              # Keep what was sent: a capture of each link in this folder
    --html: path              # Write all of it as a page that needs nothing else: to be printed, or handed in
    --answer                  # Put the answer to the question on the page
    --keep-going              # Go on after a step that could not be done
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab run color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    experiment: string        # The experiment: a name of the list, or a lab file
  ]

  def "nu-complete lab verify color" [] {
    [ "auto" "always" "never" ]
  }

  # Run experiments, each in a process of its own, and say which showed what theory says
  export extern "lab verify" [
    --jobs: string            # How many at a time
    --skip-impossible         # Pass even if this machine cannot do some of them
    --seed: string            # The chances of the wires: the same number, the same losses
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab verify color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...experiments: string    # The experiments: names of the list, or lab files; all of the list if there is none
  ]

  def "nu-complete lab shell color" [] {
    [ "auto" "always" "never" ]
  }

  # Open a shell on a host of an experiment, to do it by hand
  export extern "lab shell" [
    --seed: string            # The chances of the wires: the same number, the same losses
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab shell color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    experiment: string        # The experiment: a name of the list, or a lab file
    host?: string             # The host; the first if none is named
  ]

  def "nu-complete lab clean color" [] {
    [ "auto" "always" "never" ]
  }

  # Remove what a lab that was killed has left: processes and working folders
  export extern "lab clean" [
    --dry-run                 # Only say what would be removed
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab clean color" # Use colour: on a terminal, always or never
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

  def "nu-complete lab calls color" [] {
    [ "auto" "always" "never" ]
  }

  # Perform socket calls as typed, and show each with what it returned
  export extern "lab calls" [
    --stop                    # End with the first call that fails, with status 1
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab calls color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...script: string         # The calls, with ; between them; without, each line of standard input has some
  ]

  def "nu-complete lab serve color" [] {
    [ "auto" "always" "never" ]
  }

  # Be a server that an experiment needs
  export extern "lab serve" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab serve color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete lab serve http tls" [] {
    [ "valid" "expired" "wrong-name" "self-signed" ]
  }

  def "nu-complete lab serve http color" [] {
    [ "auto" "always" "never" ]
  }

  # A web server with one page, over HTTP/1.0, one client after another
  export extern "lab serve http" [
    --page: path              # The page; without, one that says that it works
    --tls: string@"nu-complete lab serve http tls" # Over TLS, with a certificate that is like this
    --name: string            # Whose certificate it is
    --issuer: string          # What the authority calls itself
    --authority: path         # Where the certificate of the authority is written, as PEM, for those who shall trust it
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab serve http color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    addr?: string             # Where it listens: ADDR:PORT or PORT; 80, or 443 over TLS
  ]

  def "nu-complete lab serve dns color" [] {
    [ "auto" "always" "never" ]
  }

  # A name server for zones of files, or a resolver that asks its way from the root
  export extern "lab serve dns" [
    --listen: string          # Where it waits: ADDR:PORT or PORT
    --hints: path             # Resolve names: ask the root servers of this file, and those to whom they refer, and remember the answers
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab serve dns color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...zones: path            # Files of zones, each with a SOA record
  ]

  def "nu-complete lab serve upper-lossy color" [] {
    [ "auto" "always" "never" ]
  }

  # A server that answers datagrams in capitals, and loses some of them
  export extern "lab serve upper-lossy" [
    --loss: string            # How many of a hundred it loses
    --seed: string            # The same number, the same losses
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab serve upper-lossy color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    addr?: string             # Where it waits: ADDR:PORT or PORT
  ]

  def "nu-complete lab serve echo model" [] {
    [ "zombies" "waitpid" "sigchld" "sigchld-once" "ignored" ]
  }

  def "nu-complete lab serve echo color" [] {
    [ "auto" "always" "never" ]
  }

  # A server that gives each client a process, and learns in one of several ways that one has ended, or never
  export extern "lab serve echo" [
    --model: string@"nu-complete lab serve echo model" # Who waits for the processes
    --quiet                   # Say nothing of clients and processes
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab serve echo color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    addr?: string             # Where it listens: ADDR:PORT or PORT
  ]

  def "nu-complete lab client color" [] {
    [ "auto" "always" "never" ]
  }

  # Be a client that an experiment needs
  export extern "lab client" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab client color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
  ]

  def "nu-complete lab client knock-knock color" [] {
    [ "auto" "always" "never" ]
  }

  # Hear a joke to its end
  export extern "lab client knock-knock" [
    --jokes: string           # How many jokes
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab client knock-knock color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    addr: string              # The server: ADDR:PORT
  ]

  def "nu-complete lab client udp-ping color" [] {
    [ "auto" "always" "never" ]
  }

  # Ask over UDP, wait for each answer as long as it may, and measure the round-trip times
  export extern "lab client udp-ping" [
    --count: string           # How many questions
    --timeout: string         # How long an answer may take, in seconds
    --interval: string        # How long to wait between two questions, in seconds
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab client udp-ping color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    addr: string              # The server: ADDR:PORT
  ]

  def "nu-complete lab client census color" [] {
    [ "auto" "always" "never" ]
  }

  # Say what a server of this host and its children take: processes, threads, zombies, memory
  export extern "lab client census" [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab client census color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    addr: string              # The server: ADDR:PORT
  ]

  def "nu-complete lab client load color" [] {
    [ "auto" "always" "never" ]
  }

  # Be many clients of an echo server at once, and say what that took
  export extern "lab client load" [
    --clients: string         # How many clients; several numbers, as in 1,10,100, come one after another
    --hold: string            # How long each that was served stays at least, in seconds
    --stay: string            # How long each that was served waits for the others at most, in seconds
    --limit: string           # When those that were not served are given up, in seconds
    --name: string            # Make one line of a table for each number of clients, which begins with this
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete lab client load color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    addr: string              # The server: ADDR:PORT
  ]

}

export use completions *
