module completions {

  def "nu-complete netsum color" [] {
    [ "auto" "always" "never" ]
  }

  # Compute, explain and verify Internet checksums
  export extern netsum [
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    --version(-V)             # Print version
  ]

  def "nu-complete netsum udp color" [] {
    [ "auto" "always" "never" ]
  }

  # Work out the checksum of a UDP datagram, by hand and on paper
  export extern "netsum udp" [
    --quiet(-q)               # Print the checksum and nothing else
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum udp color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    source: string            # Source address and port: 10.0.0.1:5000 or [fd00::1]:5000
    destination: string       # Destination address and port, of the same family
    data: string              # What the datagram carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing. text: in front takes the rest as it stands, whatever it begins with
  ]

  def "nu-complete netsum verify color" [] {
    [ "auto" "always" "never" ]
  }

  # Judge every checksum of a capture
  export extern "netsum verify" [
    --all(-a)                 # List every checksum, however many there are
    --summary(-s)             # List no checksum, only the table of counts
    --tsv                     # Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -, verdict, with tabs between them
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum verify color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    file: string              # A pcap or pcapng file, or - for standard input
  ]

}

export use completions *
