//! The working as data: socket calls, probes octet by octet, answers taken apart.

use std::io;
use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Confined, Render, Text};

use crate::answer::{Answer, Says};
use crate::message::{Header, Upper};
use crate::options::{Family, Protocol};

/// By which way an answer came to this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// As data of the socket.
    Data,
    /// From the queue of errors (MSG_ERRQUEUE).
    ErrorQueue,
    /// As a whole ICMP message, on a raw socket.
    Raw,
    /// As the outcome of connect(2).
    Connect,
}

/// What happened, as facts.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What is not needed any more was given up.
    Confined(Box<Confined>),
    /// getaddrinfo(3) has answered.
    Resolved {
        /// The name.
        host: String,
        /// Its addresses, in the order of the answer: the first is taken.
        addrs: Vec<IpAddr>,
    },
    /// socket(2).
    Socket {
        /// `AF_INET`.
        family: &'static str,
        /// `SOCK_DGRAM`.
        socktype: &'static str,
        /// `IPPROTO_ICMP`.
        protocol: &'static str,
        /// Why not, if it failed.
        error: Option<String>,
    },
    /// setsockopt(2).
    SocketOption {
        /// The option's name in C.
        name: &'static str,
        /// The value.
        value: i32,
        /// What it is for.
        meaning: &'static str,
    },
    /// bind(2).
    Bind {
        /// The address.
        addr: SocketAddr,
    },
    /// connect(2) of a datagram socket.
    Connect {
        /// To whom.
        addr: SocketAddr,
        /// The address and port that the system chose for this end.
        local: Option<SocketAddr>,
    },
    /// A probe went out.
    Probe {
        /// Its number.
        seq: u16,
        /// Its TTL or hop limit; null is the system's.
        ttl: Option<u8>,
        /// What it is.
        protocol: Protocol,
        /// The family.
        family: Family,
        /// From which port, or the identifier of ICMP, where the system does not choose it.
        src_port: Option<u16>,
        /// To which port, of UDP and TCP.
        dst_port: Option<u16>,
        /// What the kernel was given: an ICMP message, the data of a datagram, nothing for TCP.
        octets: String,
        /// How many octets that is.
        length_octets: usize,
    },
    /// The kernel did not take it.
    Refused {
        /// Its number.
        seq: u16,
        /// Why.
        error: String,
        /// The MTU that it exceeds.
        mtu_octets: Option<u32>,
    },
    /// An answer.
    Came {
        /// About which probe; null if it does not say.
        seq: Option<u16>,
        /// Whence.
        via: Via,
        /// The answer.
        answer: Answer,
        /// The IP header that it quotes.
        quoted: Option<Header>,
        /// And the header behind that.
        quoted_upper: Option<Upper>,
    },
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let line = match self {
            Self::Resolved { host, addrs } => {
                let addrs: Vec<String> = addrs.iter().map(IpAddr::to_string).collect();
                format!("getaddrinfo {}: {}", escape(host), addrs.join(", "))
            }
            Self::Socket { family, socktype, protocol, error } => {
                let outcome = error.as_deref().unwrap_or("ok");
                format!("socket({family}, {socktype}, {protocol}): {outcome}")
            }
            Self::SocketOption { name, value, meaning } => format!("setsockopt {name} = {value}: {meaning}"),
            Self::Confined(confined) => confined.line(),
            Self::Bind { addr } => format!("bind {addr}"),
            Self::Connect { addr, local } => {
                let local = local.map_or_else(String::new, |local| format!(" from {local}"));
                format!("connect {addr}{local}: sends nothing, settles where datagrams go and come from")
            }
            Self::Probe { .. } => self.probe(),
            Self::Refused { seq, error, mtu_octets } => {
                let mtu = mtu_octets.map_or_else(String::new, |mtu| format!(", MTU {mtu}"));
                format!("probe {seq} did not go out: {error}{mtu}")
            }
            Self::Came { .. } => self.came(),
        };
        let mark = text.paint(Role::Dim, "|");
        text.prose(&format!("{mark} "), &line)
    }
}

impl Event {
    fn probe(&self) -> String {
        let Self::Probe { seq, ttl, protocol, family, src_port, dst_port, octets, length_octets } = self else {
            return String::new();
        };
        let ttl_name = if *family == Family::Ipv4 { "TTL" } else { "hop limit" };
        let ttl = ttl.map_or_else(|| "of the system".to_owned(), |ttl| ttl.to_string());
        let what = match (protocol, src_port, dst_port) {
            (Protocol::Icmp, Some(id), _) => format!("ICMP echo request, identifier {id}, sequence number {seq}"),
            (Protocol::Icmp, ..) => {
                format!("ICMP echo request, identifier chosen by the kernel, sequence number {seq}")
            }
            (_, src, dst) => {
                let port = |port: &Option<u16>| port.map_or_else(|| "?".to_owned(), |port| port.to_string());
                format!("{} {} to {}", protocol.name(), port(src), port(dst))
            }
        };
        let octets = match octets.as_str() {
            "" => String::new(),
            octets => format!(", {length_octets} octets: {}", abridged(octets)),
        };
        format!("probe {seq}: {} {ttl_name} {ttl}, {what}{octets}", family.name())
    }

    fn came(&self) -> String {
        let Self::Came { seq, via, answer, quoted, quoted_upper } = self else { return String::new() };
        let about = seq.map_or_else(|| "an unknown probe".to_owned(), |seq| format!("probe {seq}"));
        let how = match via {
            Via::Data => "as data",
            Via::ErrorQueue => "by the queue of errors",
            Via::Raw => "by the raw socket",
            Via::Connect => "by connect",
        };
        let says = match answer.says {
            Says::Echo { octets, intact } => {
                format!("echo reply of {octets} octets, {}", if intact { "data as sent" } else { "data changed" })
            }
            Says::Datagram { octets, .. } => format!("a datagram of {octets} octets"),
            Says::Connected => "SYN-ACK: the connection is open".to_owned(),
            Says::Refused => "RST: nobody listens there, but the host answers".to_owned(),
            Says::Icmp { kind, mtu_octets } => {
                let mtu = mtu_octets.map_or_else(String::new, |mtu| format!(", MTU {mtu}"));
                let (icmp_type, code) = (kind.icmp_type, kind.code);
                format!("ICMP type {icmp_type} code {code}, {}{mtu}: {}", kind.words(), kind.meaning())
            }
        };
        let ttl = answer.ttl.map_or_else(String::new, |ttl| format!("; came with TTL {ttl}"));
        let quoted = quoted.map_or_else(String::new, |header| {
            let Header { src, dst, ttl, length_octets, .. } = header;
            format!("; quotes {src} to {dst}, TTL {ttl}, {length_octets} octets")
        });
        let upper = match quoted_upper {
            Some(Upper::Icmp { id, seq }) => format!(", identifier {id}, sequence number {seq}"),
            Some(Upper::Udp { src_port, dst_port, checksum }) => {
                format!(", UDP {src_port} to {dst_port}, checksum {checksum:04x}")
            }
            Some(Upper::Tcp { src_port, dst_port, sequence }) => {
                format!(", TCP {src_port} to {dst_port}, sequence number {sequence}")
            }
            Some(Upper::Unknown) | None => String::new(),
        };
        let mut line = format!("{} about {about}, {how}: {says}{ttl}{quoted}{upper}", answer.from);
        for object in &answer.extensions {
            line.push_str("; ");
            line.push_str(&escape(&object.to_string()));
        }
        line
    }
}

/// The first octets in groups of two, and a sign that there are more.
fn abridged(octets: &str) -> String {
    const SHOWN: usize = 48;
    let mut text = String::new();
    for (index, digit) in octets.chars().take(SHOWN).enumerate() {
        if index > 0 && index % 4 == 0 {
            text.push(' ');
        }
        text.push(digit);
    }
    if octets.len() > SHOWN {
        text.push_str(" ...");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(event: &Event) -> String {
        let mut written = Vec::new();
        event.render(&mut Text::plain(&mut written)).unwrap();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn calls_read_as_in_c() {
        let refused = Event::Socket {
            family: "AF_INET",
            socktype: "SOCK_DGRAM",
            protocol: "IPPROTO_ICMP",
            error: Some("Permission denied".to_owned()),
        };
        assert_eq!(line(&refused), "| socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP): Permission denied\n");
    }

    #[test]
    fn a_probe_shows_its_first_octets() {
        let probe = Event::Probe {
            seq: 3,
            ttl: Some(2),
            protocol: Protocol::Udp,
            family: Family::Ipv4,
            src_port: Some(5000),
            dst_port: Some(33434),
            octets: "0003c0ff".to_owned(),
            length_octets: 4,
        };
        assert_eq!(line(&probe), "| probe 3: IPv4 TTL 2, UDP 5000 to 33434, 4 octets: 0003 c0ff\n");
        assert!(abridged(&"0".repeat(100)).ends_with("0000 ..."));
    }
}
