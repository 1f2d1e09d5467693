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
    --table                   # Print the sum as a table
    --jumbo                   # Compute a jumbogram, whose Length is 0, where there is too much data for a datagram over IPv6
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum udp color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    source: string            # Source address and port: 10.0.0.1:5000 or [fd00::1]:5000
    destination: string       # Destination address and port, of the same family
    data: string              # What it carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing. text: in front takes the rest as it stands, whatever it begins with
  ]

  def "nu-complete netsum udplite color" [] {
    [ "auto" "always" "never" ]
  }

  # The checksum of a UDP-Lite datagram, which may cover less than all of it
  export extern "netsum udplite" [
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --coverage: string        # How many octets are covered, the 8 of the header included; 0 is all of them
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum udplite color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    source: string            # Source address and port: 10.0.0.1:5000 or [fd00::1]:5000
    destination: string       # Destination address and port, of the same family
    data: string              # What it carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing. text: in front takes the rest as it stands, whatever it begins with
  ]

  def "nu-complete netsum tcp color" [] {
    [ "auto" "always" "never" ]
  }

  # The checksum of a TCP segment
  export extern "netsum tcp" [
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --seq: string             # Sequence Number
    --ack: string             # Acknowledgment Number
    --flags: string           # Control bits: names with commas (syn,ack), letters (SA), a number, or none
    --window: string          # Window
    --urgent: string          # Urgent Pointer
    --options: string         # Options, in words of four octets: 020405b4 for a maximum segment size of 1460
    --jumbo                   # Compute a segment that is larger than any packet but a jumbogram
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum tcp color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    source: string            # Source address and port: 10.0.0.1:5000 or [fd00::1]:5000
    destination: string       # Destination address and port, of the same family
    data: string              # What it carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing. text: in front takes the rest as it stands, whatever it begins with
  ]

  def "nu-complete netsum icmp color" [] {
    [ "auto" "always" "never" ]
  }

  # The checksum of an ICMP message, which knows no addresses
  export extern "netsum icmp" [
    --type: string            # Type
    --code: string            # Code
    --rest: string            # The four octets behind the checksum: of an echo, identifier and sequence number
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum icmp color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    data?: string             # What follows the 8 octets of the header: text as it stands, hex:4142, @FILE, or - for standard input
  ]

  def "nu-complete netsum icmpv6 color" [] {
    [ "auto" "always" "never" ]
  }

  # The checksum of an ICMPv6 message
  export extern "netsum icmpv6" [
    --type: string            # Type
    --code: string            # Code
    --rest: string            # The four octets behind the checksum: of an echo, identifier and sequence number
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum icmpv6 color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    source: string            # Source address
    destination: string       # Destination address
    data?: string             # What follows the 8 octets of the header: text as it stands, hex:4142, @FILE, or - for standard input
  ]

  def "nu-complete netsum igmp color" [] {
    [ "auto" "always" "never" ]
  }

  # The checksum of an IGMP message
  export extern "netsum igmp" [
    --type: string            # Type: 0x11 query, 0x16 report, 0x17 leave
    --max-resp: string        # Max Resp Time, in tenths of a second
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum igmp color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    group: string             # Group Address; 0.0.0.0 for a general query
    data?: string             # What follows: text as it stands, hex:4142, @FILE, or - for standard input
  ]

  def "nu-complete netsum ip color" [] {
    [ "auto" "always" "never" ]
  }

  # The checksum of an IPv4 header
  export extern "netsum ip" [
    --tos: string             # Type of Service: DSCP and ECN
    --length: string          # Total Length, header included; without it, that of the header
    --id: string              # Identification
    --flags: string           # df, mf, both with a comma, or none
    --offset: string          # Fragment Offset in octets, a multiple of 8
    --ttl: string             # Time to Live
    --protocol: string        # Protocol: a number, or udp, tcp, icmp and the like
    --options: string         # Options, in words of four octets
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum ip color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    source: string            # Source address
    destination: string       # Destination address
  ]

  def "nu-complete netsum sctp color" [] {
    [ "auto" "always" "never" ]
  }

  # The CRC32c of an SCTP packet, octet by octet
  export extern "netsum sctp" [
    --tag: string             # Verification Tag
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum sctp color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    source: string            # Source address and port: 10.0.0.1:5000 or [fd00::1]:5000. The address is not part of the CRC
    destination: string       # Destination address and port, of the same family
    chunks: string            # The chunks, each filled up to words of four octets: text as it stands, hex:0100.., @FILE, or - for standard input
  ]

  def "nu-complete netsum raw color" [] {
    [ "auto" "always" "never" ]
  }

  # The checksum of any octets
  export extern "netsum raw" [
    --crc32c                  # Compute SCTP's CRC32c instead of the sum
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum raw color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    data: string              # The octets: text as it stands, hex:4142, @FILE, or - for standard input
  ]

  def "nu-complete netsum packet color" [] {
    [ "auto" "always" "never" ]
  }

  # Every checksum of a packet that is given in hex
  export extern "netsum packet" [
    --link: string            # What it begins with: ethernet, raw (IP), sll, sll2, null, loop, ppp, pppoe, or a LINKTYPE_ number. Without it, IP if it begins like IP, and Ethernet if not
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum packet color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    packet: string            # The packet in hex, as bare digits or as a dump of tcpdump -x, xxd or Wireshark; @FILE for the same from a file, which may also hold the packet as it is; - for standard input
  ]

  def "nu-complete netsum frame color" [] {
    [ "auto" "always" "never" ]
  }

  # Every checksum of one frame of a capture
  export extern "netsum frame" [
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum frame color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    file: string              # A pcap or pcapng file, or - for standard input
    number: string            # The frame's number, as Wireshark, tcpdump and netsum verify count: the first is 1
  ]

  def "nu-complete netsum update color" [] {
    [ "auto" "always" "never" ]
  }

  # Bring a checksum up to date after a few words changed
  export extern "netsum update" [
    --ttl: string             # TTL
    --id: string              # Identification of IPv4
    --src: string             # Source address; those of IPv6 in brackets
    --dst: string             # Destination address
    --sport: string           # Source port
    --dport: string           # Destination port
    --word: string            # A word of 16 bits in hex; may be given several times
    --hex: string             # An even number of octets in hex, from an even place on; may be given several times
    --packet: string          # The packet before the change, in hex, @FILE or -: its checksums are summed afresh as well
    --link: string            # What the packet begins with, as for netsum packet
    --quiet(-q)               # Print the checksum and nothing else
    --table                   # Print the sum as a table
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum update color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...olds: string           # The old checksum in hex; with a protocol in front, ip:66c9 or udp:f752, only what that covers changes it. Without any, those of --packet
  ]

  def "nu-complete netsum verify only" [] {
    [ "good" "bad" "partial" "none" "illegal" "unverified" "ip" "udp" "tcp" "icmp" "icmpv6" "icmp.ext" "igmp" "sctp" "dccp" "udplite" "gre" "ospf" "eigrp" "pim" "vrrp" "carp" "rsvp" "pgm" "mipv6" "hip" "shim6" ]
  }

  def "nu-complete netsum verify color" [] {
    [ "auto" "always" "never" ]
  }

  # Judge every checksum of a capture, or of several
  export extern "netsum verify" [
    --all(-a)                 # List every checksum, however many there are
    --summary(-s)             # List no checksum, only the table of counts
    --only: string@"nu-complete netsum verify only" # List only checksums with these verdicts, of these protocols: bad,illegal, or bad,udp for what is both. The table and the exit status are of all
    --tsv                     # Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -, verdict, with tabs between them
    --with-filename(-H)       # With --tsv, put the name of the file in front of each line
    --live: string            # Judge the frames of an interface when they pass, instead of a file's; any is all interfaces. Needs CAP_NET_RAW
    --count(-c): string       # End after so many frames
    --seconds: string         # End after so many seconds, which may have a fraction
    --promiscuous             # Also judge frames to other hosts that reach the interface
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum verify color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    ...files: string          # Pcap or pcapng files, which may be compressed with gzip or zstd; - is standard input
  ]

  def "nu-complete netsum solve protocol" [] {
    [ "udp" "tcp" "icmp" "icmpv6" "raw" ]
  }

  def "nu-complete netsum solve color" [] {
    [ "auto" "always" "never" ]
  }

  # Find what may be attached to DATA, or put into it, without changing its checksum
  export extern "netsum solve" [
    --length(-k): string      # Suffixes of K octets, or of each length from one to another: 6, 1-8; up to 64
    --set: string             # Octets that a suffix may have: printable, upper, lower, alpha, alnum, digits, any, hex:2d2e, or characters, among which A-F is a range
    --number(-n): string      # List the first N suffixes of each length, in lexicographic order [default: 10 of one length, 1 of several]
    --count                   # Only count
    --sample: string          # Draw suffixes at random instead of listing the first, each as likely as the other; one seed draws the same ones
    --protocol: string@"nu-complete netsum solve protocol" # What carries DATA: how often its length is summed depends on it
    --src: string             # Source address and port of a UDP datagram, so that its checksum is known
    --dst: string             # Destination address and port
    --from: string            # The checksum that the packet has now, in hex, where it is known from elsewhere
    --force: string           # Make this the checksum, in hex, instead of keeping the one that it has
    --at: string              # Overwrite the two octets at this offset of DATA, from 0, instead of attaching a suffix
    --insert                  # Insert two octets there instead of overwriting
    --quiet(-q)               # Print the suffixes or words and nothing else, as DATA is written; with --count the numbers
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum solve color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    data: string              # What the packet carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing
  ]

  def "nu-complete netsum same protocol" [] {
    [ "udp" "tcp" "icmp" "icmpv6" "raw" ]
  }

  def "nu-complete netsum same color" [] {
    [ "auto" "always" "never" ]
  }

  # Say whether two payloads have one checksum, and why
  export extern "netsum same" [
    --protocol: string@"nu-complete netsum same protocol" # What carries them: how often their lengths are summed depends on it
    --quiet(-q)               # Print nothing: the exit status tells
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum same color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    a: string                 # One payload, written as DATA: text as it stands, hex:4142, @FILE, or - for standard input
    b: string                 # The other one
  ]

  def "nu-complete netsum fix color" [] {
    [ "auto" "always" "never" ]
  }

  # Write a copy of a capture in which the bad checksums are right
  export extern "netsum fix" [
    --fill-partial            # Complete partial checksums too, which a sender left to its network interface
    --quoted                  # Repair the packets too that ICMP errors quote
    --make-bad: string        # Damage good checksums instead, for an exercise: all, or about one in N. They are listed
    --seed: string            # What decides which ones, and how: the same number damages the same file in the same way
    --verbose(-v)             # List each checksum that is rewritten
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete netsum fix color" # Use colour: on a terminal, always or never
    --help(-h)                # Print help (see more with '--help')
    input: string             # A pcap or pcapng file, which may be compressed with gzip or zstd; - is standard input
    out: string               # The file to write, in place of an older one; - is standard output
  ]

}

export use completions *
