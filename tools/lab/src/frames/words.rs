//! A frame in a line, as a ladder has it.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv6Addr};

use sockeye_capture::details::{Arp, Neighbour, TcpOption};
use sockeye_common::addr::Host;
use sockeye_common::escape::{escape, escape_octets};
use sockeye_common::words::counted;

use super::Annotated;
use super::application::{Application, TlsRecord};
use super::flow::{Part, Segment};
use super::packet::{Body, Flags, Icmp, Packet, Tcp};
use crate::record::Fate;

/// The most octets of data that a line quotes, and fewer for where it does not fit.
pub const QUOTED_LENS: [usize; 4] = [24, 16, 10, 5];

/// How a frame is shown: by colour, where there is one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// It opens a connection.
    Opens,
    /// It has data.
    Data,
    /// It acknowledges, and nothing else.
    Plain,
    /// It closes a connection.
    Closes,
    /// It refuses or complains.
    Complains,
    /// It finds or presents a neighbour.
    Neighbours,
}

impl Annotated<'_> {
    /// What it is, in a line without anything that could act on a terminal.
    pub fn words(&self) -> String {
        let [most, ..] = QUOTED_LENS;
        self.words_quoting(most)
    }

    /// The same, with at most so many octets of data.
    pub fn words_quoting(&self, quoted_len: usize) -> String {
        let mut words = match (&self.packet.body, &self.segment) {
            (Body::Tcp(tcp), Some(segment)) => self.segment_words(tcp, segment, quoted_len),
            _ => self.packet.words_quoting(&self.frame.octets, quoted_len),
        };
        let remarks = self.remarks();
        if !remarks.is_empty() {
            let _ = write!(words, " ({})", remarks.join(", "));
        }
        words
    }

    /// What is to be said of it besides: its part in a connection, what was there before, and what became of it.
    fn remarks(&self) -> Vec<String> {
        let mut remarks: Vec<String> = Vec::new();
        if let Some(segment) = &self.segment {
            remarks.extend(part_words(segment.part).map(str::to_owned));
            remarks.extend(segment.remarks.iter().map(|remark| remark.words().to_owned()));
        }
        if let Some(fragment) = self.packet.ip.and_then(|ip| ip.fragment) {
            let last = if fragment.more { "" } else { ", the last" };
            remarks.push(format!("fragment from octet {}{last}", fragment.offset));
        }
        remarks.extend(fate_words(self.frame.fate).map(str::to_owned));
        remarks
    }

    fn segment_words(&self, tcp: &Tcp, segment: &Segment, quoted_len: usize) -> String {
        let Segment { sequence, acknowledgment, .. } = segment;
        let data = self.packet.data_words(&self.frame.octets, quoted_len);
        let flags = Flags(tcp.flags.0 & !Flags::PSH).names();
        match (&data, flags.as_str()) {
            (Some(data), "ACK") => format!("{data}, seq {sequence}, ack {acknowledgment}"),
            (None, "ACK") => format!("ACK {acknowledgment}"),
            (data, flags) => {
                let mut words = flags.to_owned();
                if !tcp.flags.has(Flags::RST) || !tcp.flags.has(Flags::ACK) {
                    let _ = write!(words, ", seq {sequence}");
                }
                if tcp.flags.has(Flags::ACK) {
                    let _ = write!(words, ", ack {acknowledgment}");
                }
                if let Some(data) = data {
                    let _ = write!(words, ", {data}");
                }
                words
            }
        }
    }

    /// How it is shown.
    pub fn look(&self) -> Look {
        match (&self.packet.body, &self.segment) {
            (Body::Arp(_), _) => Look::Neighbours,
            (Body::Icmp(icmp), _) if icmp.neighbour.is_some() => Look::Neighbours,
            (Body::Icmp(_), _) if self.packet.quoted.is_some() => Look::Complains,
            (Body::Icmp(_) | Body::Udp { .. } | Body::FragmentData, _) => Look::Data,
            (Body::Tcp(tcp), Some(segment)) => match segment.part {
                Part::Syn | Part::SynAck | Part::Opens => Look::Opens,
                Part::FirstFin | Part::SecondFin | Part::AcksFin | Part::LastAck => Look::Closes,
                Part::Refuses | Part::Resets => Look::Complains,
                Part::Goes if tcp.len > 0 => Look::Data,
                Part::Goes => Look::Plain,
            },
            _ => Look::Plain,
        }
    }

    /// Whether its octets were on this link before.
    pub fn is_retransmission(&self) -> bool {
        self.segment.as_ref().is_some_and(|segment| segment.remarks.contains(&super::flow::Remark::Retransmission))
    }
}

const fn part_words(part: Part) -> Option<&'static str> {
    Some(match part {
        Part::Opens => "opens",
        Part::FirstFin => "first FIN",
        Part::SecondFin => "second FIN",
        Part::AcksFin => "acknowledges the FIN",
        Part::LastAck => "last ACK",
        Part::Refuses => "refused",
        Part::Resets => "reset",
        Part::Syn | Part::SynAck | Part::Goes => return None,
    })
}

const fn fate_words(fate: Fate) -> Option<&'static str> {
    Some(match fate {
        Fate::Arrived => return None,
        Fate::Lost => "lost",
        Fate::Cut => "lost: cut",
        Fate::QueueFull => "lost: the queue is full",
        Fate::Duplicate => "duplicate",
    })
}

impl Packet {
    /// What it is by itself.
    pub fn words(&self, octets: &[u8]) -> String {
        let [most, ..] = QUOTED_LENS;
        self.words_quoting(octets, most)
    }

    fn words_quoting(&self, octets: &[u8], quoted_len: usize) -> String {
        match &self.body {
            Body::Arp(arp) => arp_words(arp),
            Body::Udp { dst_port, .. } => match (self.application_words(), self.data_words(octets, quoted_len)) {
                (Some(application), _) => application,
                (None, Some(data)) => format!("UDP to {dst_port}, {data}"),
                (None, None) => format!("UDP to {dst_port}, empty"),
            },
            Body::Icmp(icmp) => self.icmp_words(icmp, octets),
            Body::Tcp(tcp) => format!("TCP {}, {} octets", tcp.flags.names(), tcp.len),
            Body::FragmentData => format!("{} octets", self.payload.len()),
            Body::Upper(number) => format!("IP protocol {number}"),
            Body::EtherType(number) => format!("EtherType 0x{number:04x}"),
            Body::Unknown => "unreadable".to_owned(),
        }
    }

    /// How many octets of data it has, and the first of them.
    fn data_words(&self, octets: &[u8], quoted_len: usize) -> Option<String> {
        if let Some(application) = self.application_words() {
            return Some(application);
        }
        let payload = self.payload_of(octets);
        let announced = self.tcp().map_or(payload.len(), |tcp| usize::try_from(tcp.len).unwrap_or(usize::MAX));
        if announced == 0 {
            return None;
        }
        Some(format!("{} {}", counted(announced, "octet"), quotation(payload, quoted_len)))
    }

    fn application_words(&self) -> Option<String> {
        Some(match self.application.as_ref()? {
            Application::Dns(dns) => escape(&dns.to_string()).into_owned(),
            Application::Http { line, .. } => {
                format!("HTTP \"{}\", {} octets", escape(&shortened(line, 60)), self.payload.len())
            }
            Application::Tls(records) => {
                format!("TLS {}", records.iter().map(TlsRecord::words).collect::<Vec<_>>().join(" + "))
            }
        })
    }

    fn icmp_words(&self, icmp: &Icmp, octets: &[u8]) -> String {
        let v6 = self.is_v6();
        if let Some(neighbour) = &icmp.neighbour {
            return neighbour_words(neighbour, self.ip.map(|ip| ip.src));
        }
        if let Some(asks) = icmp.echo(v6) {
            let [_, _, high, low] = icmp.rest;
            let number = u16::from_be_bytes([high, low]);
            return format!("ICMP echo {} {number}", if asks { "request" } else { "reply" });
        }
        let mut words = format!("ICMP {}", icmp_name(icmp, v6));
        if let Some(quoted) = &self.quoted {
            let _ = write!(words, " ({})", quoted.quoted_words(octets));
        }
        words
    }

    /// What a quotation is about: where the packet was to go.
    fn quoted_words(&self, octets: &[u8]) -> String {
        let addr = self.ip.map_or_else(String::new, |ip| addr_text(ip.dst));
        match self.body {
            Body::Tcp(Tcp { dst_port, .. }) => format!("TCP to {addr} port {dst_port}"),
            Body::Udp { dst_port, .. } => format!("UDP to {addr} port {dst_port}"),
            Body::Icmp(_) => format!("{} to {addr}", self.words(octets)),
            _ => format!("to {addr}"),
        }
    }
}

/// An address, as RFC 5952 has it.
pub fn addr_text(addr: IpAddr) -> String {
    Host::from(addr).to_string()
}

/// The first octets, in quotation marks: as text if most of it is.
fn quotation(payload: &[u8], quoted_len: usize) -> String {
    let [most, ..] = QUOTED_LENS;
    let first = payload.get(..quoted_len).unwrap_or(payload);
    let dots = if first.len() < payload.len() { "…" } else { "" };
    // One octet again and again is said in short.
    if let (Some(octet), true) = (payload.first(), payload.len() > most)
        && payload.iter().all(|other| other == octet)
    {
        return format!("\"{}\" × {}", escape_octets(&[*octet]), payload.len());
    }
    format!("\"{}\"{dots}", escape_octets(first))
}

fn shortened(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

/// A MAC address.
pub fn mac_text(mac: [u8; 6]) -> String {
    mac.map(|octet| format!("{octet:02x}")).join(":")
}

fn arp_words(arp: &Arp) -> String {
    match arp.operation {
        1 if arp.sender.is_unspecified() => format!("ARP is {} in use?", arp.target),
        1 if arp.sender == arp.target => format!("ARP {} is here", arp.sender),
        1 => format!("ARP who has {}? Tell {}", arp.target, arp.sender),
        2 => format!("ARP {} is at {}", arp.sender, mac_text(arp.sender_mac)),
        other => format!("ARP operation {other}"),
    }
}

fn neighbour_words(neighbour: &Neighbour, src: Option<IpAddr>) -> String {
    match neighbour {
        Neighbour::RouterSolicitation => "ND is there a router?".to_owned(),
        Neighbour::RouterAdvertisement => "ND I am a router".to_owned(),
        Neighbour::Solicitation(target) => {
            let target = addr_text((*target).into());
            match src.filter(|src| *src != IpAddr::from(Ipv6Addr::UNSPECIFIED)) {
                Some(src) => format!("ND who has {target}? Tell {}", addr_text(src)),
                None => format!("ND is {target} in use?"),
            }
        }
        Neighbour::Advertisement { target, mac } => {
            let at = mac.map_or_else(|| "here".to_owned(), |mac| format!("at {}", mac_text(mac)));
            format!("ND {} is {at}", addr_text((*target).into()))
        }
    }
}

/// The name of an ICMP message.
///
/// # Source
/// IANA, ICMP Parameters and ICMPv6 Parameters.
pub fn icmp_name(icmp: &Icmp, v6: bool) -> String {
    if let Some(mtu) = icmp.mtu(v6) {
        return format!("{}, MTU {mtu}", if v6 { "packet too big" } else { "fragmentation needed" });
    }
    let name = match (v6, icmp.icmp_type, icmp.code) {
        (false, 3, 0) => "network unreachable",
        (false, 3, 1) => "host unreachable",
        (false, 3, 2) => "protocol unreachable",
        (false, 3, 3) | (true, 1, 4) => "port unreachable",
        (false, 3, 6) => "network unknown",
        (false, 3, 9 | 10 | 13) | (true, 1, 1) => "administratively prohibited",
        (false, 3, _) | (true, 1, _) if icmp.code > 6 => "unreachable",
        (false, 4, _) => "source quench",
        (false, 5, _) | (true, 137, _) => "redirect",
        (false, 11, 0) | (true, 3, 0) => "time exceeded in transit",
        (false, 11, 1) | (true, 3, 1) => "time exceeded in reassembly",
        (false, 12, _) | (true, 4, _) => "parameter problem",
        (true, 1, 0) => "no route",
        (true, 1, 3) => "address unreachable",
        (true, 130, _) => "multicast listener query",
        (true, 131 | 143, _) => "multicast listener report",
        (true, 132, _) => "multicast listener done",
        (_, icmp_type, code) => return format!("type {icmp_type}, code {code}"),
    };
    name.to_owned()
}

/// The options of a SYN in a line.
pub fn options_words(options: &[TcpOption]) -> String {
    let words: Vec<String> = options
        .iter()
        .map(|option| match option {
            TcpOption::MaximumSegmentSize(size) => format!("MSS {size}"),
            TcpOption::WindowScale(shift) => format!("window scale {shift} (× {})", 1_u32 << (*shift).min(14)),
            TcpOption::SackPermitted => "SACK permitted".to_owned(),
            TcpOption::Sack(blocks) => {
                let blocks: Vec<_> = blocks.iter().map(|(from, to)| format!("{from}–{to}")).collect();
                format!("SACK {}", blocks.join(" "))
            }
            TcpOption::Timestamps(own, echoed) => format!("timestamp {own}, echoes {echoed}"),
            TcpOption::Other(kind) => format!("option {kind}"),
        })
        .collect();
    words.join(", ")
}
