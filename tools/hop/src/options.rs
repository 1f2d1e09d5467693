//! What the command line comes to.

use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;
use sockeye_cli::Presentation;

/// How many sockets with one probe each are kept at most.
pub const OWN_SOCKETS: u32 = 64;

/// What a probe is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Protocol {
    /// ICMP or ICMPv6 echo requests.
    Icmp,
    /// UDP datagrams.
    Udp,
    /// TCP connections, closed as soon as they are answered.
    Tcp,
}

impl Protocol {
    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Icmp => "ICMP",
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
        }
    }
}

/// IPv4 or IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// IPv4.
    Ipv4,
    /// IPv6.
    Ipv6,
}

impl Family {
    /// That of an address.
    pub fn of(addr: IpAddr) -> Self {
        if addr.is_ipv4() { Self::Ipv4 } else { Self::Ipv6 }
    }

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ipv4 => "IPv4",
            Self::Ipv6 => "IPv6",
        }
    }

    /// The length of its header without options or extensions, in octets.
    pub fn header_len(self) -> usize {
        match self {
            Self::Ipv4 => 20,
            Self::Ipv6 => 40,
        }
    }
}

/// Whether routers that balance load see one flow or many.
#[derive(clap::ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Flow {
    /// One: addresses, protocol, ports and what routers hash of ICMP stay the same
    #[default]
    Fixed,
    /// Many: each probe has a port, or an ICMP checksum, of its own
    Vary,
}

/// What becomes of a probe that is longer than a link carries.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fragment {
    /// Never fragmented: it is refused, here or on the way
    Do,
    /// Never fragmented on the way; this host fragments to the path MTU that it knows
    Want,
    /// Fragmented wherever it must be
    Dont,
    /// Never fragmented, and what this host knows of the path is ignored
    Probe,
}

/// What both commands are told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Common {
    /// The host, as typed.
    pub host: String,
    /// Its family, if one was asked for.
    pub family: Option<Family>,
    /// What probes are made of, if that was said.
    pub protocol: Option<Protocol>,
    /// The destination port, if one was given.
    pub port: Option<u16>,
    /// The source port, if one was given.
    pub src_port: Option<u16>,
    /// The interface that probes leave by.
    pub interface: Option<String>,
    /// The address that they come from.
    pub source: Option<IpAddr>,
    /// Type of service, or traffic class.
    pub tos: u8,
    /// One flow or many.
    pub flow: Flow,
    /// What happens to probes that are too long.
    pub fragment: Option<Fragment>,
    /// Whether addresses are shown with their names.
    pub names: bool,
    /// Whether probes may go to a broadcast address.
    pub broadcast: bool,
}

/// `hop ping`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ping {
    /// What it has in common with a trace.
    pub common: Common,
    /// After how many probes it ends.
    pub count: Option<u64>,
    /// From one probe to the next.
    pub interval: Duration,
    /// How long the last answer is waited for.
    pub wait: Duration,
    /// After which time it ends.
    pub deadline: Option<Duration>,
    /// Octets behind the header of ICMP or UDP.
    pub payload: u16,
    /// TTL or hop limit, if not the system's.
    pub ttl: Option<u8>,
    /// How many probes go out at once at first, and are under way in a flood.
    pub preload: u32,
    /// Whether only the summary is shown.
    pub quiet: bool,
    /// Whether each line begins with the time of day.
    pub stamps: bool,
}

/// How long an answer is waited for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wait {
    /// At most.
    pub most: Duration,
    /// As many times the round trip of another probe of the same hop; 0 is no limit.
    pub here: f64,
    /// As many times the round trip of a hop behind it; 0 is no limit.
    pub near: f64,
}

/// `hop trace`.
#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// What it has in common with pings.
    pub common: Common,
    /// The first TTL.
    pub first: u8,
    /// The last TTL.
    pub most: u8,
    /// Probes a hop.
    pub queries: u8,
    /// Probes under way at the same time.
    pub parallel: u8,
    /// How long an answer is waited for.
    pub wait: Wait,
    /// Octets of a whole packet, if given.
    pub size: Option<u16>,
    /// Whether the path MTU is searched for.
    pub mtu: bool,
}

/// What the command line says.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// How things are shown.
    pub presentation: Presentation,
    /// What is to be done.
    pub job: Job,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Job {
    /// A trace, then a few pings.
    Both(Box<Trace>, Box<Ping>),
    /// Pings.
    Ping(Box<Ping>),
    /// A trace.
    Trace(Box<Trace>),
}
