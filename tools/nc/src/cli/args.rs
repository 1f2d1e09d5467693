//! The table of options, from which `--help`, the man page and the completions are made.

use clap::{ArgAction, Parser};
use sockeye_cli::Presentation;

/// Connect, listen, scan and relay over TCP, UDP, Unix-domain sockets and TLS, and see how it is done
#[derive(Parser, Debug)]
#[command(
    name = "nc",
    version,
    disable_help_flag = true,
    args_override_self = true,
    infer_long_args = true,
    disable_version_flag = true,
    override_usage = "nc [OPTIONS] DESTINATION PORT...\n       nc -l [OPTIONS] [ADDRESS] PORT"
)]
pub(crate) struct Args {
    /// Speak as openbsd, ncat or traditional do, whatever the name; only as the first option. NC_COMPAT does the same
    #[arg(long, value_name = "DIALECT", value_parser = ["openbsd", "ncat", "traditional"])]
    pub(super) compat: Option<String>,
    /// Use IPv4 only
    #[arg(short = '4', long, overrides_with = "ipv6")]
    pub(super) ipv4: bool,
    /// Use IPv6 only
    #[arg(short = '6', long, overrides_with = "ipv4")]
    pub(super) ipv6: bool,
    /// Print a summary of the options on standard error
    #[arg(short = 'h', long)]
    pub(super) summary: bool,
    /// Listen for a connection instead of making one
    #[arg(short = 'l', long)]
    pub(super) listen: bool,
    /// Resolve nothing: addresses and ports in numbers only
    #[arg(short = 'n', long)]
    pub(super) nodns: bool,
    /// The local port; with -l, the port to listen on
    #[arg(short = 'p', long, value_name = "PORT", allow_hyphen_values = true)]
    pub(super) source_port: Option<String>,
    /// The local address to send from; with -l and -p, the address to listen on
    #[arg(short = 's', long, value_name = "ADDRESS", allow_hyphen_values = true)]
    pub(super) source: Option<String>,
    /// Say on standard error what happens; -vv is the same
    #[arg(short = 'v', long, action = ArgAction::Count)]
    pub(super) verbose: u8,
    /// Only find out who is there: connect to each port and send nothing
    #[arg(short = 'z', long)]
    pub(super) scan: bool,
    /// Take the ports in random order
    #[arg(short = 'r', long)]
    pub(super) shuffle: bool,
    /// Tell failed connections although there is no -v
    #[arg(long)]
    pub(super) errors: bool,
    /// With -u: exit 0 answered, 3 closed, 5 silent
    #[arg(long)]
    pub(super) status: bool,
    /// Taken as ncat takes it, and without effect: how nsock waits
    #[arg(long, value_name = "ENGINE", hide = true)]
    pub(super) nsock_engine: Option<String>,
    /// Say what the rest of the line means here and in the other netcats, and do nothing
    #[arg(long)]
    pub(super) what: bool,

    /// Use UDP instead of TCP
    #[arg(short = 'u', long, help_heading = "Transport")]
    pub(super) udp: bool,
    /// Use Unix-domain sockets: a path, or @NAME in the abstract namespace; with -u datagrams
    #[arg(short = 'U', long, help_heading = "Transport")]
    pub(super) unixsock: bool,
    /// Use vsock(7): a CID and a port
    #[arg(long, help_heading = "Transport")]
    pub(super) vsock: bool,
    /// Use SCTP instead of TCP
    #[arg(long, help_heading = "Transport")]
    pub(super) sctp: bool,
    /// Refused: Linux has no DCCP any more
    #[arg(short = 'Z', long, help_heading = "Transport")]
    pub(super) dccp: bool,

    /// When the input ends, shut down the sending direction of the connection
    #[arg(short = 'N', long, help_heading = "Traffic")]
    pub(super) shutdown: bool,
    /// When the input ends, leave the sending direction open
    #[arg(long, help_heading = "Traffic")]
    pub(super) no_shutdown: bool,
    /// Leave this long after the input has ended, and shut down the sending direction then; a negative time is never
    #[arg(short = 'q', long, value_name = "SECONDS", allow_hyphen_values = true, help_heading = "Traffic")]
    pub(super) quit: Option<String>,
    /// Give up a connection that is not made in this time, or on which nothing moves for this time
    #[arg(short = 'w', long, value_name = "SECONDS", allow_hyphen_values = true, help_heading = "Traffic")]
    pub(super) timeout: Option<String>,
    /// Give up a connection that is not made in this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Traffic")]
    pub(super) wait: Option<String>,
    /// Give up a connection on which nothing moves for this time
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Traffic")]
    pub(super) idle_timeout: Option<String>,
    /// Wait this long between lines that are sent, and between ports that are scanned
    #[arg(short = 'i', long, value_name = "SECONDS", allow_hyphen_values = true, help_heading = "Traffic")]
    pub(super) interval: Option<String>,
    /// Wait this long between reads and writes
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, help_heading = "Traffic")]
    pub(super) delay: Option<String>,
    /// Do not read standard input
    #[arg(short = 'd', long, help_heading = "Traffic")]
    pub(super) no_stdin: bool,
    /// Only send: what comes is dropped, and the end of the input ends all
    #[arg(long, conflicts_with = "recv_only", help_heading = "Traffic")]
    pub(super) send_only: bool,
    /// Only receive: nothing is sent
    #[arg(long, help_heading = "Traffic")]
    pub(super) recv_only: bool,
    /// Leave when this many reads from the peer have brought something
    #[arg(short = 'W', long, value_name = "COUNT", allow_hyphen_values = true, help_heading = "Traffic")]
    pub(super) receive_limit: Option<String>,
    /// Send a line feed as carriage return and line feed
    #[arg(short = 'C', long, help_heading = "Traffic")]
    pub(super) crlf: bool,
    /// Answer Telnet negotiations with a refusal
    #[arg(short = 't', long, help_heading = "Traffic")]
    pub(super) telnet: bool,
    /// What one datagram is: a read of the input, a line, so many octets, or the whole file
    #[arg(long, value_name = "read|line|SIZE|file", help_heading = "Traffic")]
    pub(super) datagram: Option<String>,
    /// Read at most this many octets at once from the peer; what is left of a longer datagram is lost, and told
    #[arg(long, value_name = "OCTETS", help_heading = "Traffic")]
    pub(super) read_size: Option<String>,
    /// Send messages AA.., BB.., CC.. of this size instead of standard input
    #[arg(long, value_name = "SIZExCOUNT[@INTERVAL]", help_heading = "Traffic")]
    pub(super) generate: Option<String>,
    /// Judge what comes as messages of --generate: received, lost, duplicated, reordered, cut
    #[arg(long, help_heading = "Traffic")]
    pub(super) expect: bool,
    /// Show each read and each datagram on a line of its own, with time, length and a preview
    #[arg(long, help_heading = "Traffic")]
    pub(super) segments: bool,
    /// Make control octets visible when standard output is a terminal
    #[arg(long, help_heading = "Traffic")]
    pub(super) escape: bool,
    /// Write a copy of everything that moves to this file
    #[arg(short = 'o', long, value_name = "FILE", help_heading = "Traffic")]
    pub(super) output: Option<String>,
    /// Copy everything that moves to a file as a hex dump
    #[arg(long, value_name = "FILE", help_heading = "Traffic")]
    pub(super) hex_dump: Option<String>,
    /// Add to these files instead of replacing them
    #[arg(long, help_heading = "Traffic")]
    pub(super) append_output: bool,

    /// With -l: when a peer has left, wait for the next
    #[arg(short = 'k', long, help_heading = "Listening")]
    pub(super) keep_open: bool,
    /// Serve at most this many clients at the same time
    #[arg(long, value_name = "COUNT", allow_hyphen_values = true, help_heading = "Listening")]
    pub(super) max_conns: Option<String>,
    /// Leave when this many clients have been served
    #[arg(long, value_name = "COUNT", help_heading = "Listening")]
    pub(super) max_clients: Option<String>,
    /// Serve only these hosts: addresses, networks (CIDR), ranges, names; separated by commas
    #[arg(long, value_name = "HOSTS", help_heading = "Listening")]
    pub(super) allow: Vec<String>,
    /// Serve only the hosts in a file, separated by blanks or lines
    #[arg(long, value_name = "FILE", help_heading = "Listening")]
    pub(super) allowfile: Vec<String>,
    /// Serve all hosts but these
    #[arg(long, value_name = "HOSTS", help_heading = "Listening")]
    pub(super) deny: Vec<String>,
    /// Serve all but the hosts in a file
    #[arg(long, value_name = "FILE", help_heading = "Listening")]
    pub(super) denyfile: Vec<String>,
    /// Send what one client says to all others
    #[arg(long, help_heading = "Listening")]
    pub(super) broker: bool,
    /// Send what one client says to all others, with a name in front of each line
    #[arg(long, help_heading = "Listening")]
    pub(super) chat: bool,
    /// Run a program for the connection; its words are separated by spaces
    #[arg(short = 'e', long, value_name = "COMMAND", help_heading = "Listening")]
    pub(super) exec: Option<String>,
    /// Run a line of /bin/sh for the connection
    #[arg(short = 'c', long, value_name = "COMMAND", help_heading = "Listening")]
    pub(super) sh_exec: Option<String>,
    /// Refused: no Lua in here
    #[arg(long, value_name = "FILE", hide = true, help_heading = "Listening")]
    pub(super) lua_exec: Option<String>,
    /// A built-in service: echo, discard, daytime, chargen, upper, knock-knock or lossy-echo=PROBABILITY
    #[arg(long, value_name = "NAME", help_heading = "Listening")]
    pub(super) app: Option<String>,
    /// How several clients are served: iterative, fork, thread or event
    #[arg(long, value_name = "MODEL", value_parser = ["iterative", "fork", "thread", "event"], help_heading = "Listening")]
    pub(super) serve: Option<String>,
    /// With --serve fork: do not wait for children that have ended, so that they stay as zombies
    #[arg(long, help_heading = "Listening")]
    pub(super) no_reap: bool,
    /// Who gets the input of a UDP listener with -k: last, each, or one ADDRESS:PORT
    #[arg(long, value_name = "last|each|PEER", help_heading = "Listening")]
    pub(super) reply: Option<String>,
    /// How many connections may wait for accept(2)
    #[arg(long, value_name = "COUNT", allow_hyphen_values = true, help_heading = "Listening")]
    pub(super) backlog: Option<String>,
    /// Wait between bind(2) and listen(2)
    #[arg(long, value_name = "TIME", help_heading = "Listening")]
    pub(super) delay_listen: Option<String>,
    /// Wait between listen(2) and accept(2)
    #[arg(long, value_name = "TIME", help_heading = "Listening")]
    pub(super) delay_accept: Option<String>,
    /// Forget htons(3): give the port to bind(2) in host order, and say which one that is
    #[arg(long, help_heading = "Listening")]
    pub(super) host_order_port: bool,

    /// Let a socket send to broadcast addresses
    #[arg(short = 'b', long, help_heading = "Socket options")]
    pub(super) broadcast: bool,
    /// Set SO_DEBUG
    #[arg(short = 'D', long, help_heading = "Socket options")]
    pub(super) debug_socket: bool,
    /// Set SO_KEEPALIVE
    #[arg(long, help_heading = "Socket options")]
    pub(super) keepalive: bool,
    /// Size of the receive buffer in octets
    #[arg(short = 'I', long, value_name = "OCTETS", allow_hyphen_values = true, help_heading = "Socket options")]
    pub(super) receive_buffer: Option<String>,
    /// Size of the send buffer in octets
    #[arg(short = 'O', long, value_name = "OCTETS", allow_hyphen_values = true, help_heading = "Socket options")]
    pub(super) send_buffer: Option<String>,
    /// Type of service or traffic class: lowcost, lowdelay, throughput, reliability, ef, af11 to af43, cs0 to cs7, or a number
    #[arg(short = 'T', long, value_name = "KEYWORD", allow_hyphen_values = true, help_heading = "Socket options")]
    pub(super) tos: Option<String>,
    /// Time to live, or hop limit, of what goes out
    #[arg(short = 'M', long, value_name = "TTL", allow_hyphen_values = true, help_heading = "Socket options")]
    pub(super) ttl: Option<String>,
    /// Drop what comes with a lower time to live
    #[arg(short = 'm', long, value_name = "TTL", allow_hyphen_values = true, help_heading = "Socket options")]
    pub(super) min_ttl: Option<String>,
    /// Sign segments with TCP MD5 (RFC 2385)
    #[arg(short = 'S', long, help_heading = "Socket options")]
    pub(super) tcp_md5: bool,
    /// Refused: Linux has no alternate routing tables for a socket
    #[arg(short = 'V', long, value_name = "TABLE", allow_hyphen_values = true, help_heading = "Socket options")]
    pub(super) routing_table: Option<String>,
    /// Set SO_LINGER: what close(2) does with octets that are not sent yet; 0 sends a RST
    #[arg(long, value_name = "SECONDS", help_heading = "Socket options")]
    pub(super) linger: Option<String>,
    /// Do not set SO_REUSEADDR
    #[arg(long, help_heading = "Socket options")]
    pub(super) no_reuseaddr: bool,
    /// Join a multicast group, on one interface if it is named
    #[arg(long, value_name = "GROUP[%IFACE]", help_heading = "Socket options")]
    pub(super) multicast: Vec<String>,
    /// Hops of a loose source route of IPv4, separated by commas, at most 8
    #[arg(short = 'g', long, value_name = "HOPS", help_heading = "Socket options")]
    pub(super) source_route: Vec<String>,
    /// Where in it the packet is: 4, its start, is what Linux accepts
    #[arg(short = 'G', long, value_name = "POINTER", help_heading = "Socket options")]
    pub(super) source_route_pointer: Option<String>,
    /// Pass the first connected socket over standard output, a Unix-domain socket, and end (ssh's ProxyUseFdpass)
    #[arg(short = 'F', long, help_heading = "Socket options")]
    pub(super) pass_socket: bool,

    /// Connect through the proxy at this address (SOCKS 5 unless --proxy-protocol says something else)
    #[arg(short = 'x', long, value_name = "ADDRESS[:PORT]", help_heading = "Proxy")]
    pub(super) proxy_address: Option<String>,
    /// What that proxy speaks: 4, 5 or connect
    #[arg(short = 'X', long, value_name = "PROTOCOL", help_heading = "Proxy")]
    pub(super) proxy_protocol: Option<String>,
    /// The user name for that proxy; the password is asked for on the terminal
    #[arg(short = 'P', long, value_name = "USER", help_heading = "Proxy")]
    pub(super) proxy_user: Option<String>,
    /// Connect through the proxy at this address (HTTP unless --proxy-type says something else)
    #[arg(long, value_name = "ADDRESS[:PORT]", help_heading = "Proxy")]
    pub(super) proxy: Option<String>,
    /// What the proxy speaks: http, socks4 or socks5; with -l http makes this a proxy
    #[arg(long, value_name = "TYPE", help_heading = "Proxy")]
    pub(super) proxy_type: Option<String>,
    /// User and password for the proxy; with -l those that clients must give
    #[arg(long, value_name = "USER:PASSWORD", help_heading = "Proxy")]
    pub(super) proxy_auth: Option<String>,
    /// Who looks up the destination: local, remote, both or none
    #[arg(long, value_name = "WHERE", help_heading = "Proxy")]
    pub(super) proxy_dns: Option<String>,

    /// Use TLS
    #[arg(long, help_heading = "TLS")]
    pub(super) ssl: bool,
    /// The certificate to show: a file in PEM
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    pub(super) ssl_cert: Option<String>,
    /// Its private key: a file in PEM
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    pub(super) ssl_key: Option<String>,
    /// Check the certificate and the name of the peer; a client does so unless --no-ssl-verify, but not as ncat
    #[arg(long, overrides_with = "no_ssl_verify", help_heading = "TLS")]
    pub(super) ssl_verify: bool,
    /// Do not check the certificate of the peer
    #[arg(long, help_heading = "TLS")]
    pub(super) no_ssl_verify: bool,
    /// Trust the certificates in this file (PEM) and no others
    #[arg(long, value_name = "FILE", help_heading = "TLS")]
    pub(super) ssl_trustfile: Option<String>,
    /// Cipher suites to use
    #[arg(long, value_name = "LIST", help_heading = "TLS")]
    pub(super) ssl_ciphers: Option<String>,
    /// The name to ask for (SNI) and to check
    #[arg(long, value_name = "NAME", help_heading = "TLS")]
    pub(super) ssl_servername: Option<String>,
    /// Application protocols (ALPN), separated by commas, the best first
    #[arg(long, value_name = "LIST", help_heading = "TLS")]
    pub(super) ssl_alpn: Option<String>,

    /// Print this help
    #[arg(long, action = ArgAction::HelpLong)]
    pub(super) help: Option<bool>,
    /// Print name and version
    #[arg(long, action = ArgAction::Version)]
    pub(super) version: Option<bool>,
    #[command(flatten)]
    pub(super) presentation: Presentation,
    /// Where to connect to: a name or an address, and ports, ranges of ports or names of services. With -l: an address
    /// to listen on, if not on all, and a port. With -U: a path
    #[arg(value_name = "OPERAND")]
    pub(super) operands: Vec<String>,
}
