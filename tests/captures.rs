//! Frames with known checksums, made octet by octet, for the tests of everything that judges captures.
//!
//! The sums here are done the slow way, by code that shares nothing with what is tested.

use sockeye_capture::{LinkType, Timestamp, pcap};

#[path = "captures/links.rs"]
mod links;
#[path = "captures/quotations.rs"]
mod quotations;
#[path = "captures/tunnels.rs"]
mod tunnels;
#[path = "captures/uppers.rs"]
mod uppers;

const SRC4: [u8; 4] = [10, 0, 0, 1];
const DST4: [u8; 4] = [10, 0, 0, 2];
const SRC6: [u8; 16] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];
const DST6: [u8; 16] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];
const VIA6: [u8; 16] = [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9];
const UDP: u8 = 17;
const TCP: u8 = 6;
const ICMP: u8 = 1;
const ICMPV6: u8 = 58;

/// Protocol and verdict, from the outside in.
pub(crate) type Verdicts = Vec<(&'static str, &'static str)>;

/// A frame and what is to be said of its checksums.
pub(crate) struct Specimen {
    pub(crate) name: String,
    pub(crate) link_type: LinkType,
    pub(crate) octets: Vec<u8>,
    /// Octets on the wire, where the capture kept less.
    pub(crate) original_len: usize,
    pub(crate) verdicts: Verdicts,
    /// What tshark says instead, and why it is not followed: the verdicts above rest on the slow sums here then.
    pub(crate) tshark: Option<(Verdicts, &'static str)>,
}

impl Specimen {
    /// The same where tshark says something else.
    fn but_tshark(self, verdicts: &[(&'static str, &'static str)], reason: &'static str) -> Self {
        Self { tshark: Some((verdicts.to_vec(), reason)), ..self }
    }
}

/// What the checksum field of a segment holds.
#[derive(Clone, Copy)]
enum Stored {
    Right,
    /// The right one with its lowest bit turned over.
    Wrong,
    /// The pseudo-header's sum, as a sender with checksum offload leaves it.
    Partial,
    Zero,
}

/// The classic pcap file of those specimens that have `link_type`.
pub(crate) fn pcap_of(specimens: &[&Specimen], link_type: LinkType) -> Vec<u8> {
    let mut writer = pcap::Writer::new(Vec::new(), link_type, pcap::Format::default()).unwrap();
    for specimen in specimens {
        writer.write(Timestamp::default(), specimen.original_len, &specimen.octets).unwrap();
    }
    writer.into_inner()
}

/// The specimens, by link type: a classic pcap file has one.
pub(crate) fn by_link_type(specimens: &[Specimen]) -> Vec<(LinkType, Vec<&Specimen>)> {
    let mut groups: Vec<(LinkType, Vec<&Specimen>)> = Vec::new();
    for specimen in specimens {
        match groups.iter_mut().find(|(link_type, _)| *link_type == specimen.link_type) {
            Some((_, group)) => group.push(specimen),
            None => groups.push((specimen.link_type, vec![specimen])),
        }
    }
    groups
}

/// Every case that a verdict is defined for.
pub(crate) fn specimens() -> Vec<Specimen> {
    let mut all = over_ethernet();
    all.extend(oddities());
    all.extend(over_other_links());
    all.extend(links::specimens());
    all.extend(tunnels::specimens());
    all.extend(uppers::specimens());
    all.extend(quotations::specimens());
    all
}

/// Those with one upper layer each: what is repaired inside of a tunnel changes what the outer checksum covers, and what is
/// quoted stays as it is.
pub(crate) fn flat_specimens() -> Vec<Specimen> {
    let mut flat = specimens();
    flat.retain(|specimen| {
        let count = |ip: bool| specimen.verdicts.iter().filter(|(protocol, _)| (*protocol == "ip") == ip).count();
        count(true) <= 1 && count(false) <= 1
    });
    flat
}

/// Link types that tshark 4.0 and its companions cannot read from a file.
pub(crate) const UNREAD_BY_TSHARK: [LinkType; 2] = [LinkType::PPP_WITH_DIR, LinkType::MPLS];

fn over_ethernet() -> Vec<Specimen> {
    use Stored::{Partial, Right, Wrong, Zero};
    let v4 = |name: &str, packet: Vec<u8>, verdicts: &[(&'static str, &'static str)]| {
        ethernet(name, 0x0800, &packet, verdicts)
    };
    let v6 = |name: &str, packet: Vec<u8>, verdicts: &[(&'static str, &'static str)]| {
        ethernet(name, 0x86dd, &packet, verdicts)
    };
    vec![
        v4("udp over v4", ipv4(UDP, &udp4(b"ABCDE", Right)), &[("ip", "good"), ("udp", "good")]),
        v4("udp over v4, bad", ipv4(UDP, &udp4(b"ABCDE", Wrong)), &[("ip", "good"), ("udp", "bad")]),
        v4("udp over v4, partial", ipv4(UDP, &udp4(b"ABCDE", Partial)), &[("ip", "good"), ("udp", "partial")]),
        v4("udp over v4, none", ipv4(UDP, &udp4(b"ABCDE", Zero)), &[("ip", "good"), ("udp", "none")]),
        // The sum is ffff and its complement 0: reference/netsum.md, B5.
        v4("udp over v4, zero as ffff", ipv4(UDP, &udp4(&[0xc0, 0xdf], Right)), &[("ip", "good"), ("udp", "good")]),
        v4("udp over v4, no data", ipv4(UDP, &udp4(b"", Right)), &[("ip", "good"), ("udp", "good")]),
        v6("udp over v6", ipv6(UDP, &udp6(b"ABCDEUQUQUQ", Right)), &[("udp", "good")]),
        v6("udp over v6, bad", ipv6(UDP, &udp6(b"ABCDE", Wrong)), &[("udp", "bad")]),
        v6("udp over v6, partial", ipv6(UDP, &udp6(b"ABCDE", Partial)), &[("udp", "partial")]),
        v6("udp over v6, illegal", ipv6(UDP, &udp6(b"ABCDE", Zero)), &[("udp", "illegal")]),
        v4("tcp over v4", ipv4(TCP, &tcp4(b"odd", Right)), &[("ip", "good"), ("tcp", "good")]),
        v4("tcp over v4, bad", ipv4(TCP, &tcp4(b"even", Wrong)), &[("ip", "good"), ("tcp", "bad")]),
        v4("tcp over v4, partial", ipv4(TCP, &tcp4(b"", Partial)), &[("ip", "good"), ("tcp", "partial")]),
        v4("tcp over v4, zero", ipv4(TCP, &tcp4(b"zero is nothing special", Zero)), &[("ip", "good"), ("tcp", "bad")]),
        v6("tcp over v6", ipv6(TCP, &tcp6(b"odd", Right)), &[("tcp", "good")]),
        v6("tcp over v6, bad", ipv6(TCP, &tcp6(b"", Wrong)), &[("tcp", "bad")]),
        v6("tcp over v6, partial", ipv6(TCP, &tcp6(b"odd", Partial)), &[("tcp", "partial")]),
        v4("icmp", ipv4(ICMP, &icmp(&[], 8, Right)), &[("ip", "good"), ("icmp", "good")]),
        v4("icmp, bad", ipv4(ICMP, &icmp(&[], 8, Wrong)), &[("ip", "good"), ("icmp", "bad")]),
        v6("icmpv6", ipv6(ICMPV6, &icmpv6(Right)), &[("icmpv6", "good")]),
        v6("icmpv6, bad", ipv6(ICMPV6, &icmpv6(Wrong)), &[("icmpv6", "bad")]),
    ]
}

fn oddities() -> Vec<Specimen> {
    use Stored::Right;
    let v4 = |name: &str, packet: Vec<u8>, verdicts: &[(&'static str, &'static str)]| {
        ethernet(name, 0x0800, &packet, verdicts)
    };
    let v6 = |name: &str, packet: Vec<u8>, verdicts: &[(&'static str, &'static str)]| {
        ethernet(name, 0x86dd, &packet, verdicts)
    };
    let mut bad_header = ipv4(UDP, &udp4(b"ABCDE", Right));
    bad_header[8] -= 1; // a router that forgot to update after the TTL
    let whole = udp4(&[b'x'; 64], Right);
    let mut truncated = v4("udp over v4, truncated", ipv4(UDP, &whole), &[("ip", "good"), ("udp", "unverified")]);
    truncated.octets.truncate(60);
    let mut header_cut = v4("udp over v4, header truncated", ipv4(UDP, &whole), &[("ip", "good")]);
    header_cut.octets.truncate(38);
    let mut beyond = udp4(b"ABCDE", Right);
    beyond[5] += 8;
    let mut surplus = udp4(b"ABCDE", Right);
    surplus.extend_from_slice(b"not UDP's");
    let mut away = ipv6(60, &at_home(UDP, &udp6(b"ABCDE", Right)));
    away[8..24].copy_from_slice(&VIA6);
    vec![
        v4("ip header, bad", bad_header, &[("ip", "bad"), ("udp", "good")]),
        v4("ip options", ipv4_with(&[1, 1, 1, 0], 0, UDP, &udp4(b"AB", Right)), &[("ip", "good"), ("udp", "good")]),
        v4("first fragment", ipv4_with(&[], 0x2000, UDP, &whole[..40]), &[("ip", "good"), ("udp", "unverified")]),
        v4("last fragment", of_another(ipv4_with(&[], 5, UDP, &whole[40..])), &[("ip", "good")]),
        v6(
            "first fragment over v6",
            ipv6(44, &fragment6(UDP, 1, &udp6(&[b'x'; 64], Right)[..40])),
            &[("udp", "unverified")],
        ),
        truncated,
        header_cut,
        v4("udp length beyond the packet", ipv4(UDP, &beyond), &[("ip", "good"), ("udp", "unverified")]),
        v4("octets behind the datagram", ipv4(UDP, &surplus), &[("ip", "good"), ("udp", "good")]),
        v6("routing header", ipv6_to(VIA6, 43, &routed(UDP, &udp6(b"ABCDE", Right))), &[("udp", "good")]),
        v6("home address option", away, &[("udp", "good")]),
        ethernet("arp", 0x0806, &[0; 28], &[]),
    ]
}

fn over_other_links() -> Vec<Specimen> {
    use Stored::{Right, Wrong};
    let good4: &[(&str, &str)] = &[("ip", "good"), ("udp", "good")];
    let good6: &[(&str, &str)] = &[("udp", "good")];
    let (v4, v6) = (ipv4(UDP, &udp4(b"ABCDE", Right)), ipv6(UDP, &udp6(b"ABCDE", Right)));
    let tagged = |tags: &[u8], packet: &[u8]| [tags, packet].concat();
    let sll = |ether_type: u16, packet: &[u8]| {
        [&[0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], &ether_type.to_be_bytes()[..], packet].concat()
    };
    let null = |family: u32, packet: &[u8]| [&family.to_le_bytes()[..], packet].concat();
    vec![
        ethernet("vlan", 0x8100, &tagged(&[0, 7, 8, 0], &v4), good4),
        ethernet("vlan in vlan", 0x88a8, &tagged(&[0, 7, 0x81, 0, 0, 8, 0x86, 0xdd], &v6), good6),
        specimen("raw v4", LinkType::RAW, v4.clone(), good4),
        specimen("raw v6", LinkType::RAW, v6.clone(), good6),
        specimen("raw v4, bad", LinkType::RAW, ipv4(UDP, &udp4(b"ABCDE", Wrong)), &[("ip", "good"), ("udp", "bad")]),
        specimen("cooked v4", LinkType::LINUX_SLL, sll(0x0800, &v4), good4),
        specimen("cooked v6", LinkType::LINUX_SLL, sll(0x86dd, &v6), good6),
        specimen("BSD loopback v4", LinkType::NULL, null(2, &v4), good4),
        specimen("BSD loopback v6", LinkType::NULL, null(24, &v6), good6),
    ]
}

fn specimen(
    name: impl Into<String>,
    link_type: LinkType,
    octets: Vec<u8>,
    verdicts: &[(&'static str, &'static str)],
) -> Specimen {
    let (name, original_len) = (name.into(), octets.len());
    Specimen { name, link_type, original_len, octets, verdicts: verdicts.to_vec(), tshark: None }
}

/// An Ethernet frame, padded to 60 octets with what must not be summed.
fn ethernet(
    name: impl Into<String>,
    ether_type: u16,
    payload: &[u8],
    verdicts: &[(&'static str, &'static str)],
) -> Specimen {
    specimen(name, LinkType::ETHERNET, frame(ether_type, payload), verdicts)
}

/// The octets of an Ethernet frame, padded like that.
fn frame(ether_type: u16, payload: &[u8]) -> Vec<u8> {
    let mut octets = vec![2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1];
    octets.extend_from_slice(&ether_type.to_be_bytes());
    octets.extend_from_slice(payload);
    while octets.len() < 60 {
        octets.push(0x5a);
    }
    octets
}

fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ipv4_with(&[], 0, protocol, payload)
}

/// IPv4 with `options` (a multiple of four octets), and flags and offset as they are in the header.
fn ipv4_with(options: &[u8], fragment: u16, protocol: u8, payload: &[u8]) -> Vec<u8> {
    let header_len = 20 + options.len();
    let total = u16::try_from(header_len + payload.len()).unwrap();
    let mut header = vec![0x40 | u8::try_from(header_len / 4).unwrap(), 0];
    header.extend_from_slice(&total.to_be_bytes());
    header.extend_from_slice(&[0, 1]);
    header.extend_from_slice(&fragment.to_be_bytes());
    header.extend_from_slice(&[64, protocol, 0, 0]);
    header.extend_from_slice(&SRC4);
    header.extend_from_slice(&DST4);
    header.extend_from_slice(options);
    let checksum = !slow_sum(&[&header]);
    header[10..12].copy_from_slice(&checksum.to_be_bytes());
    [&header, payload].concat()
}

fn ipv6(next_header: u8, payload: &[u8]) -> Vec<u8> {
    ipv6_to(DST6, next_header, payload)
}

fn ipv6_to(dst: [u8; 16], next_header: u8, payload: &[u8]) -> Vec<u8> {
    let mut packet = vec![0x60, 0, 0, 0];
    packet.extend_from_slice(&u16::try_from(payload.len()).unwrap().to_be_bytes());
    packet.extend_from_slice(&[next_header, 64]);
    packet.extend_from_slice(&SRC6);
    packet.extend_from_slice(&dst);
    packet.extend_from_slice(payload);
    packet
}

/// The packet with the next Identification: its first fragment is in no capture.
fn of_another(mut packet: Vec<u8>) -> Vec<u8> {
    packet[5] += 1;
    packet[11] -= 1;
    packet
}

/// A Fragment header with offset 0, and more to come if `more` is 1.
fn fragment6(next_header: u8, more: u8, payload: &[u8]) -> Vec<u8> {
    [&[next_header, 0, 0, more, 0, 0, 0, 7], payload].concat()
}

/// A type 2 routing header with one segment left: the final destination is in it.
fn routed(next_header: u8, payload: &[u8]) -> Vec<u8> {
    [&[next_header, 2, 2, 1, 0, 0, 0, 0], &DST6[..], payload].concat()
}

/// Destination Options with a Home Address: the sender is a mobile node away from there.
fn at_home(next_header: u8, payload: &[u8]) -> Vec<u8> {
    [&[next_header, 2, 1, 2, 0, 0, 0xc9, 16], &SRC6[..], payload].concat()
}

fn udp4(data: &[u8], stored: Stored) -> Vec<u8> {
    fill(&pseudo4(UDP, 8 + data.len()), udp(data), 6, stored, true)
}

fn udp6(data: &[u8], stored: Stored) -> Vec<u8> {
    fill(&pseudo6(UDP, 8 + data.len()), udp(data), 6, stored, true)
}

fn tcp4(data: &[u8], stored: Stored) -> Vec<u8> {
    fill(&pseudo4(TCP, 20 + data.len()), tcp(data), 16, stored, false)
}

fn tcp6(data: &[u8], stored: Stored) -> Vec<u8> {
    fill(&pseudo6(TCP, 20 + data.len()), tcp(data), 16, stored, false)
}

fn icmpv6(stored: Stored) -> Vec<u8> {
    let message = icmp(&pseudo6(ICMPV6, 13), 128, stored);
    assert_eq!(message.len(), 13, "the pseudo-header says so");
    message
}

fn icmp(pseudo: &[u8], icmp_type: u8, stored: Stored) -> Vec<u8> {
    let echo = [&[icmp_type, 0, 0, 0, 0, 1, 0, 1][..], b"hello"].concat();
    fill(pseudo, echo, 2, stored, false)
}

fn udp(data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(8 + data.len()).unwrap();
    [&[0x13, 0x88, 0x17, 0x70][..], &length.to_be_bytes(), &[0, 0], data].concat()
}

fn tcp(data: &[u8]) -> Vec<u8> {
    [&[0x13, 0x88, 0x17, 0x70, 0, 0, 0, 1, 0, 0, 0, 2, 0x50, 0x18, 0x20, 0, 0, 0, 0, 0][..], data].concat()
}

fn pseudo4(protocol: u8, len: usize) -> Vec<u8> {
    let length = u16::try_from(len).unwrap().to_be_bytes();
    [&SRC4[..], &DST4, &[0, protocol], &length].concat()
}

fn pseudo6(next_header: u8, len: usize) -> Vec<u8> {
    let length = u32::try_from(len).unwrap().to_be_bytes();
    [&SRC6[..], &DST6, &length, &[0, 0, 0, next_header]].concat()
}

/// Puts what is to be stored into the field at `at`, which is zero.
fn fill(pseudo: &[u8], mut segment: Vec<u8>, at: usize, stored: Stored, zero_is_none: bool) -> Vec<u8> {
    let right = match !slow_sum(&[pseudo, &segment]) {
        0 if zero_is_none => 0xffff,
        right => right,
    };
    let value = match stored {
        Stored::Right => right,
        Stored::Wrong => right ^ 1,
        Stored::Partial => slow_sum(&[pseudo]),
        Stored::Zero => 0,
    };
    segment[at..at + 2].copy_from_slice(&value.to_be_bytes());
    segment
}

/// A datagram to another port than [`udp4`] and [`udp6`] have.
fn udp_to(v6: bool, port: u16, data: &[u8], stored: Stored) -> Vec<u8> {
    let mut datagram = udp(data);
    // No port of a tunnel.
    datagram[..2].copy_from_slice(&50_000_u16.to_be_bytes());
    datagram[2..4].copy_from_slice(&port.to_be_bytes());
    fill(&pseudo(v6, UDP, datagram.len()), datagram, 6, stored, true)
}

fn pseudo(v6: bool, protocol: u8, len: usize) -> Vec<u8> {
    if v6 { pseudo6(protocol, len) } else { pseudo4(protocol, len) }
}

/// A packet of either version between the usual hosts.
fn ip(v6: bool, protocol: u8, payload: &[u8]) -> Vec<u8> {
    if v6 { ipv6(protocol, payload) } else { ipv4(protocol, payload) }
}

const fn ether_type(v6: bool) -> u16 {
    if v6 { 0x86dd } else { 0x0800 }
}

/// The verdicts of a packet with one upper layer: the IPv4 header's is good.
fn rows(v6: bool, upper: &[(&'static str, &'static str)]) -> Verdicts {
    let header: &[_] = if v6 { &[] } else { &[("ip", "good")] };
    [header, upper].concat()
}

/// A datagram in a packet, to be put behind a link header or into a tunnel.
struct Inner {
    name: &'static str,
    v6: bool,
    packet: Vec<u8>,
    verdicts: Verdicts,
}

fn inners() -> Vec<Inner> {
    let inner = |name, v6, stored, verdict| {
        let datagram = if v6 { udp6(b"ABCDE", stored) } else { udp4(b"ABCDE", stored) };
        Inner { name, v6, packet: ip(v6, UDP, &datagram), verdicts: rows(v6, &[("udp", verdict)]) }
    };
    vec![
        inner("v4", false, Stored::Right, "good"),
        inner("v4, bad", false, Stored::Wrong, "bad"),
        inner("v6", true, Stored::Right, "good"),
        inner("v6, bad", true, Stored::Wrong, "bad"),
    ]
}

/// The ones' complement sum, a word at a time with the carry brought round at once.
fn slow_sum(parts: &[&[u8]]) -> u16 {
    let mut octets = parts.concat();
    if octets.len() % 2 == 1 {
        octets.push(0);
    }
    let mut sum = 0_u32;
    for pair in octets.chunks(2) {
        sum += u32::from(pair[0]) << 8 | u32::from(pair[1]);
        if sum > 0xffff {
            sum -= 0xffff;
        }
    }
    u16::try_from(sum).unwrap()
}
