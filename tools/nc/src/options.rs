//! What a command line says, in the same words for every dialect.

use std::time::Duration;

use sockeye_cli::Presentation;

use crate::port::PortSpec;

/// Whose letters, texts and exit statuses are used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    /// OpenBSD's nc: under the names `nc`, `netcat` and any that is not known.
    #[default]
    OpenBsd,
    /// Nmap's ncat: under the name `ncat`.
    Ncat,
    /// Hobbit's nc of 1996, as Debian has it.
    Traditional,
}

impl Dialect {
    /// The name that `--compat` and NC_COMPAT know.
    pub fn name(self) -> &'static str {
        match self {
            Self::OpenBsd => "openbsd",
            Self::Ncat => "ncat",
            Self::Traditional => "traditional",
        }
    }
}

/// A whole command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How things are shown.
    pub presentation: Presentation,
    /// Whose words are said.
    pub dialect: Dialect,
    /// Whether what happens is said: how often `-v` was there, which makes no other difference.
    pub verbose: u8,
    /// A failed connection is told although nobody asked with `-v` (`--errors`).
    pub errors: bool,
    /// The exit status tells what became of UDP: closed, answered or silent (`--status`).
    pub status: bool,
    /// What ncat would wait with (`--nsock-engine`), which we do not.
    pub nsock_engine: Option<String>,
    /// Which side of the conversation we are.
    pub role: Role,
    /// What carries it.
    pub transport: Transport,
    /// Which address family names are resolved to.
    pub family: FamilyChoice,
    /// Nothing is resolved, forwards or backwards (`-n`).
    pub numeric: bool,
    /// The longest wait for a connection (`-w`).
    pub connect_timeout: Option<Duration>,
    /// The longest time in which nothing moves on a connection (OpenBSD's `-w`, ncat's `-i`).
    pub idle_timeout: Option<Duration>,
    /// How octets move, and when that ends.
    pub traffic: Traffic,
    /// What sockets are told.
    pub socket: SocketOptions,
    /// TLS (`--ssl`).
    pub tls: Option<Tls>,
    /// A proxy between us and the peer (`--proxy`, `-x`).
    pub proxy: Option<Proxy>,
}

/// Which side we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The one that connects.
    Connect(Connect),
    /// The one that waits.
    Listen(Box<Listen>),
    /// Neither: says what a line means (`--what`).
    What(Vec<String>),
}

/// The one that connects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Connect {
    /// A name, an address, or the path of a Unix-domain socket (`@name` for an abstract one).
    pub host: String,
    /// One after the other; none for Unix-domain sockets.
    pub ports: Vec<PortSpec>,
    /// The local address (`-s`), as it was given.
    pub local_host: Option<String>,
    /// The local port (`-p`), as it was given.
    pub local_port: Option<String>,
    /// Only find out who is there (`-z`).
    pub scan: bool,
    /// Ports in random order (`-r`).
    pub shuffle: bool,
    /// A program that has the conversation instead of the standard streams (`-e`, `-c`).
    pub program: Option<Program>,
    /// Pass the connected socket out over standard output, which is a Unix-domain socket (`-F`).
    pub pass_socket: bool,
}

/// The one that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listen {
    /// Where; every address if not given. A path for Unix-domain sockets.
    pub host: Option<String>,
    /// A port or the name of a service. Empty for Unix-domain sockets.
    pub port: String,
    /// Wait for the next peer when one has left (`-k`).
    pub keep_open: bool,
    /// So many connections at the same time (`--max-conns`); serves them at once if given.
    pub max_conns: Option<usize>,
    /// Leave when so many clients have been served (`--max-clients`).
    pub max_clients: Option<u64>,
    /// Who may connect.
    pub access: Access,
    /// What a client finds.
    pub service: Service,
    /// How several clients are served (`--serve`).
    pub model: Option<Model>,
    /// With [`Model::Fork`]: children that have ended are not waited for, and stay as zombies (`--no-reap`).
    pub leave_zombies: bool,
    /// How many connections may wait for accept(2) (`--backlog`).
    pub backlog: Option<i32>,
    /// Wait between bind(2) and listen(2).
    pub delay_listen: Option<Duration>,
    /// Wait between listen(2) and the first accept(2).
    pub delay_accept: Option<Duration>,
    /// The port goes to bind(2) as if htons(3) had been forgotten (`--host-order-port`).
    pub host_order_port: bool,
    /// Who gets the input of a UDP listener that keeps open (`--reply`).
    pub reply: Option<Reply>,
}

impl Listen {
    /// Several clients have the standard streams at the same time: always in ncat's dialect, else if asked for.
    pub fn shares_streams(&self, dialect: Dialect) -> bool {
        let together = (dialect == Dialect::Ncat && self.model != Some(Model::Iterative))
            || self.max_conns.is_some()
            || self.model == Some(Model::Event);
        self.service == Service::Relay && self.keep_open && together
    }
}

/// Who may connect: the lists of `--allow`, `--deny` and their files, each entry as it was given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Access {
    /// Entries of `--allow`.
    pub allow: Vec<String>,
    /// Files of `--allowfile`.
    pub allow_files: Vec<String>,
    /// Entries of `--deny`.
    pub deny: Vec<String>,
    /// Files of `--denyfile`.
    pub deny_files: Vec<String>,
}

/// What a client of a listener finds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Service {
    /// The standard streams.
    #[default]
    Relay,
    /// A program for each client (`-e`, `-c`).
    Program(Program),
    /// Something built in (`--app`).
    App(App),
    /// What one client sends goes to all others (`--broker`).
    Broker,
    /// The same, with names in front (`--chat`).
    Chat,
    /// An HTTP proxy (`-l --proxy-type http`).
    HttpProxy {
        /// `user:password` that a client must have (`--proxy-auth`).
        auth: Option<String>,
    },
}

/// A program to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// Words separated by spaces, the first a file (`-e`).
    Exec(String),
    /// A line for /bin/sh (`-c`).
    Shell(String),
}

/// What is built in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum App {
    /// Sends back what comes (RFC 862).
    Echo,
    /// Takes everything (RFC 863).
    Discard,
    /// Says the time and ends (RFC 867).
    Daytime,
    /// Sends a pattern without end (RFC 864).
    Chargen,
    /// Sends back what comes in capitals.
    Upper,
    /// The joke.
    KnockKnock,
    /// An echo that loses so many datagrams, or reads of a stream, in a million.
    LossyEcho {
        /// Of a million.
        loss_ppm: u32,
    },
}

/// The server models of a socket course.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Model {
    /// One client after the other.
    Iterative,
    /// A process for each client.
    Fork,
    /// A thread for each client.
    Thread,
    /// One process, epoll(7).
    Event,
}

/// Who gets what a UDP listener has to say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// Whoever sent last.
    Last,
    /// Everybody who has sent.
    Each,
    /// This one, as it was given.
    Peer(String),
}

/// What carries the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// An octet stream.
    Tcp,
    /// Datagrams.
    Udp,
    /// An SCTP association used as a stream, one to one (RFC 9260).
    Sctp,
    /// A Unix-domain stream (`-U`).
    UnixStream,
    /// Unix-domain datagrams (`-U -u`).
    UnixDatagram,
    /// A stream between virtual machine and host (vsock(7)).
    VsockStream,
    /// Datagrams between virtual machine and host.
    VsockDatagram,
}

impl Transport {
    /// As the older tool writes it in its messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
            Self::Sctp => "sctp",
            Self::UnixStream | Self::UnixDatagram => "unix",
            Self::VsockStream | Self::VsockDatagram => "vsock",
        }
    }

    /// Each write is a message of its own, and each read brings one.
    pub fn is_datagram(self) -> bool {
        matches!(self, Self::Udp | Self::UnixDatagram | Self::VsockDatagram)
    }

    /// The peer is a path or a name in the abstract namespace.
    pub fn is_unix(self) -> bool {
        matches!(self, Self::UnixStream | Self::UnixDatagram)
    }

    /// The peer has a CID instead of an address.
    pub fn is_vsock(self) -> bool {
        matches!(self, Self::VsockStream | Self::VsockDatagram)
    }
}

/// `-4`, `-6` or neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FamilyChoice {
    /// Whatever the name resolves to.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}

/// How octets move, and when that ends.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Standard input is not read (OpenBSD's `-d`).
    pub ignore_input: bool,
    /// What comes is dropped, and the end of the input ends all (`--send-only`).
    pub send_only: bool,
    /// Nothing is sent (`--recv-only`).
    pub recv_only: bool,
    /// Shut down the sending direction when the input ends (`-N`; ncat's default).
    pub shutdown_at_eof: bool,
    /// Leave this long after the input has ended (`-q`).
    pub quit_after_eof: Option<Duration>,
    /// Leave when the peer has ended, whether the input has or not.
    pub leave_with_peer: bool,
    /// Leave when so many reads from the peer have brought something (`-W`).
    pub receive_limit: Option<u64>,
    /// Wait so long between the lines that are sent, and between the ports of a scan (OpenBSD's `-i`).
    pub interval: Option<Duration>,
    /// Wait so long between reads and writes (ncat's `-d`).
    pub delay: Option<Duration>,
    /// A line feed goes out as carriage return and line feed (`-C`).
    pub crlf: bool,
    /// Telnet negotiations are answered (`-t`).
    pub telnet: bool,
    /// What one datagram is (`--datagram`).
    pub datagram: DatagramCut,
    /// Room for one read from the peer, in octets (`--read-size`).
    pub read_size: Option<usize>,
    /// Messages of our own instead of standard input (`--generate`).
    pub generate: Option<Generate>,
    /// Judge what comes as messages of `--generate` (`--expect`).
    pub expect: bool,
    /// Each read and datagram on a line of its own (`--segments`).
    pub segments: bool,
    /// Control octets are made visible on a terminal (`--escape`).
    pub escape: bool,
    /// A copy of everything that moves (`-o`).
    pub output_file: Option<String>,
    /// The same in hex (`-x` of ncat).
    pub hex_file: Option<String>,
    /// Add to these files instead of replacing them (`--append-output`).
    pub append: bool,
}

/// What one datagram is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DatagramCut {
    /// What one read of the input brings.
    #[default]
    Read,
    /// A line, without its line feed.
    Line,
    /// So many octets, the last one what is left.
    Size(usize),
    /// The whole input.
    File,
}

/// Messages AA.., BB.., CC.. of one size.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Generate {
    /// Octets of a message.
    pub size: usize,
    /// How many.
    pub count: u64,
    /// From one to the next.
    pub interval: Option<Duration>,
}

/// What sockets are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SocketOptions {
    /// SO_BROADCAST (`-b`).
    pub broadcast: bool,
    /// SO_DEBUG (`-D`).
    pub debug: bool,
    /// SO_KEEPALIVE (`-k` of the traditional nc).
    pub keepalive: bool,
    /// SO_RCVBUF in octets (`-I`).
    pub receive_buffer: Option<usize>,
    /// SO_SNDBUF in octets (`-O`).
    pub send_buffer: Option<usize>,
    /// IP_TOS or IPV6_TCLASS (`-T`).
    pub tos: Option<u8>,
    /// IP_TTL or IPV6_UNICAST_HOPS (`-M`).
    pub ttl: Option<u8>,
    /// IP_MINTTL or IPV6_MINHOPCOUNT (`-m`).
    pub min_ttl: Option<u8>,
    /// TCP_MD5SIG (`-S`).
    pub md5: bool,
    /// SO_LINGER (`--linger`).
    pub linger: Option<Duration>,
    /// SO_REUSEADDR is not set (`--no-reuseaddr`).
    pub no_reuse_address: bool,
    /// Multicast groups to join, as they were given (`--multicast`).
    pub multicast: Vec<String>,
    /// Hops of a loose source route (`-g`), as they were given.
    pub source_route: Vec<String>,
    /// Where in it we are (`-G`): 4, 8, 12 ...
    pub source_route_pointer: Option<u8>,
}

/// TLS.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// The peer's certificate must be good.
    pub verify: bool,
    /// Our certificate: a file in PEM.
    pub cert: Option<String>,
    /// Its key: a file in PEM.
    pub key: Option<String>,
    /// Certificates that are trusted instead of the system's: a file in PEM.
    pub trust_file: Option<String>,
    /// The name that we ask for and that the certificate must have.
    pub server_name: Option<String>,
    /// Application protocols (ALPN), best first.
    pub alpn: Vec<String>,
    /// Cipher suites (`--ssl-ciphers`), as they were given.
    pub ciphers: Option<String>,
}

/// A proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// What it speaks.
    pub kind: ProxyKind,
    /// Where it is: host, or host and port, as it was given.
    pub address: String,
    /// `user` or `user:password` (`--proxy-auth`, `-P`).
    pub auth: Option<String>,
    /// `auth` is the user, and the password is asked for on the terminal (`-P`).
    pub asks_for_password: bool,
    /// Who looks up the name of the peer (`--proxy-dns`).
    pub dns: ProxyDns,
}

/// What a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProxyKind {
    /// SOCKS version 4, and 4a for names.
    Socks4,
    /// SOCKS version 5 (RFC 1928).
    Socks5,
    /// HTTP CONNECT (RFC 9110 section 9.3.6).
    Http,
}

/// Who looks up the name of the peer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProxyDns {
    /// We do (`local`).
    Local,
    /// The proxy does (`remote`).
    #[default]
    Remote,
    /// Both may (`both`).
    Both,
    /// Nobody: addresses in numbers only (`none`).
    None,
}
