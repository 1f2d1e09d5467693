module completions {

  def "nu-complete nc compat" [] {
    [ "openbsd" "ncat" "traditional" ]
  }

  def "nu-complete nc serve" [] {
    [ "iterative" "fork" "thread" "event" ]
  }

  def "nu-complete nc color" [] {
    [ "auto" "always" "never" ]
  }

  # Connect, listen, scan and relay over TCP, UDP, Unix-domain sockets and TLS, and see how it is done
  export extern nc [
    --compat: string@"nu-complete nc compat" # Speak as openbsd, ncat or traditional do, whatever the name; only as the first option. NC_COMPAT does the same
    --ipv4(-4)                # Use IPv4 only
    --ipv6(-6)                # Use IPv6 only
    --summary(-h)             # Print a summary of the options on standard error
    --listen(-l)              # Listen for a connection instead of making one
    --nodns(-n)               # Resolve nothing: addresses and ports in numbers only
    --source-port(-p): string # The local port; with -l, the port to listen on
    --source(-s): string      # The local address to send from; with -l and -p, the address to listen on
    --verbose(-v)             # Say on standard error what happens; -vv is the same
    --scan(-z)                # Only find out who is there: connect to each port and send nothing
    --shuffle(-r)             # Take the ports in random order
    --errors                  # Tell failed connections although there is no -v
    --status                  # With -u: exit 0 answered, 3 closed, 5 silent
    --nsock-engine: string    # Taken as ncat takes it, and without effect: how nsock waits
    --what                    # Say what the rest of the line means here and in the other netcats, and do nothing
    --udp(-u)                 # Use UDP instead of TCP
    --unixsock(-U)            # Use Unix-domain sockets: a path, or @NAME in the abstract namespace; with -u datagrams
    --vsock                   # Use vsock(7): a CID and a port
    --sctp                    # Use SCTP instead of TCP
    --dccp(-Z)                # Refused: Linux has no DCCP any more
    --shutdown(-N)            # When the input ends, shut down the sending direction of the connection
    --no-shutdown             # When the input ends, leave the sending direction open
    --quit(-q): string        # Leave this long after the input has ended, and shut down the sending direction then; a negative time is never
    --timeout(-w): string     # Give up a connection that is not made in this time, or on which nothing moves for this time
    --wait: string            # Give up a connection that is not made in this time
    --idle-timeout: string    # Give up a connection on which nothing moves for this time
    --interval(-i): string    # Wait this long between lines that are sent, and between ports that are scanned
    --delay: string           # Wait this long between reads and writes
    --no-stdin(-d)            # Do not read standard input
    --send-only               # Only send: what comes is dropped, and the end of the input ends all
    --recv-only               # Only receive: nothing is sent
    --receive-limit(-W): string # Leave when this many reads from the peer have brought something
    --crlf(-C)                # Send a line feed as carriage return and line feed
    --telnet(-t)              # Answer Telnet negotiations with a refusal
    --datagram: string        # What one datagram is: a read of the input, a line, so many octets, or the whole file
    --read-size: string       # Read at most this many octets at once from the peer; what is left of a longer datagram is lost, and told
    --generate: string        # Send messages AA.., BB.., CC.. of this size instead of standard input
    --expect                  # Judge what comes as messages of --generate: received, lost, duplicated, reordered, cut
    --segments                # Show each read and each datagram on a line of its own, with time, length and a preview
    --escape                  # Make control octets visible when standard output is a terminal
    --output(-o): string      # Write a copy of everything that moves to this file
    --hex-dump: string        # Copy everything that moves to a file as a hex dump
    --append-output           # Add to these files instead of replacing them
    --keep-open(-k)           # With -l: when a peer has left, wait for the next
    --max-conns: string       # Serve at most this many clients at the same time
    --max-clients: string     # Leave when this many clients have been served
    --allow: string           # Serve only these hosts: addresses, networks (CIDR), ranges, names; separated by commas
    --allowfile: string       # Serve only the hosts in a file, separated by blanks or lines
    --deny: string            # Serve all hosts but these
    --denyfile: string        # Serve all but the hosts in a file
    --broker                  # Send what one client says to all others
    --chat                    # Send what one client says to all others, with a name in front of each line
    --exec(-e): string        # Run a program for the connection; its words are separated by spaces
    --sh-exec(-c): string     # Run a line of /bin/sh for the connection
    --lua-exec: string        # Refused: no Lua in here
    --app: string             # A built-in service: echo, discard, daytime, chargen, upper, knock-knock or lossy-echo=PROBABILITY
    --serve: string@"nu-complete nc serve" # How several clients are served: iterative, fork, thread or event
    --no-reap                 # With --serve fork: do not wait for children that have ended, so that they stay as zombies
    --reply: string           # Who gets the input of a UDP listener with -k: last, each, or one ADDRESS:PORT
    --backlog: string         # How many connections may wait for accept(2)
    --delay-listen: string    # Wait between bind(2) and listen(2)
    --delay-accept: string    # Wait between listen(2) and accept(2)
    --host-order-port         # Forget htons(3): give the port to bind(2) in host order, and say which one that is
    --broadcast(-b)           # Let a socket send to broadcast addresses
    --debug-socket(-D)        # Set SO_DEBUG
    --keepalive               # Set SO_KEEPALIVE
    --receive-buffer(-I): string # Size of the receive buffer in octets
    --send-buffer(-O): string # Size of the send buffer in octets
    --tos(-T): string         # Type of service or traffic class: lowcost, lowdelay, throughput, reliability, ef, af11 to af43, cs0 to cs7, or a number
    --ttl(-M): string         # Time to live, or hop limit, of what goes out
    --min-ttl(-m): string     # Drop what comes with a lower time to live
    --tcp-md5(-S)             # Sign segments with TCP MD5 (RFC 2385)
    --routing-table(-V): string # Refused: Linux has no alternate routing tables for a socket
    --linger: string          # Set SO_LINGER: what close(2) does with octets that are not sent yet; 0 sends a RST
    --no-reuseaddr            # Do not set SO_REUSEADDR
    --multicast: string       # Join a multicast group, on one interface if it is named
    --source-route(-g): string # Hops of a loose source route of IPv4, separated by commas, at most 8
    --source-route-pointer(-G): string # Where in it the packet is: 4, its start, is what Linux accepts
    --pass-socket(-F)         # Pass the first connected socket over standard output, a Unix-domain socket, and end (ssh's ProxyUseFdpass)
    --proxy-address(-x): string # Connect through the proxy at this address (SOCKS 5 unless --proxy-protocol says something else)
    --proxy-protocol(-X): string # What that proxy speaks: 4, 5 or connect
    --proxy-user(-P): string  # The user name for that proxy; the password is asked for on the terminal
    --proxy: string           # Connect through the proxy at this address (HTTP unless --proxy-type says something else)
    --proxy-type: string      # What the proxy speaks: http, socks4 or socks5; with -l http makes this a proxy
    --proxy-auth: string      # User and password for the proxy; with -l those that clients must give
    --proxy-dns: string       # Who looks up the destination: local, remote, both or none
    --ssl                     # Use TLS
    --ssl-cert: string        # The certificate to show: a file in PEM
    --ssl-key: string         # Its private key: a file in PEM
    --ssl-verify              # Check the certificate and the name of the peer; a client does so unless --no-ssl-verify, but not as ncat
    --no-ssl-verify           # Do not check the certificate of the peer
    --ssl-trustfile: string   # Trust the certificates in this file (PEM) and no others
    --ssl-ciphers: string     # Cipher suites to use
    --ssl-servername: string  # The name to ask for (SNI) and to check
    --ssl-alpn: string        # Application protocols (ALPN), separated by commas, the best first
    --help                    # Print this help
    --version                 # Print name and version
    --explain                 # Show the working, step by step
    --json                    # Print JSON Lines: one object a line, with "schema", "type" and "data"
    --color: string@"nu-complete nc color" # Use colour: on a terminal, always or never
    ...operands: string       # Where to connect to: a name or an address, and ports, ranges of ports or names of services. With -l: an address to listen on, if not on all, and a port. With -U: a path
  ]

}

export use completions *
