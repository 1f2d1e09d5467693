//! Upper layers with a checksum, good and bad each, over IPv4 and IPv6 where they exist there.

use super::{
    DST4, Specimen, Stored, UDP, ether_type, ethernet, fill, ip, ipv4_with, ipv6, pseudo, rows, slow_sum, udp_to,
};

const BOTH: &[bool] = &[false, true];
const V4: &[bool] = &[false];
const V6: &[bool] = &[true];

/// A message in the field table of its protocol, its checksum zero.
struct Message {
    name: &'static str,
    protocol: &'static str,
    number: u8,
    over: &'static [bool],
    octets: Vec<u8>,
    /// Where the checksum is.
    at: usize,
    /// What is covered, from where to where; the rest is not.
    covered: Vec<std::ops::Range<usize>>,
    /// The length in the pseudo-header, if there is one over IPv4 and over IPv6.
    pseudo_len: [Option<usize>; 2],
    /// The verdicts of a packet in it.
    carries: &'static [(&'static str, &'static str)],
    /// What tshark calls the protocol, and why; without a word it has no status for this.
    tshark: Option<(Option<&'static str>, &'static str)>,
}

impl Message {
    /// All of the message is covered, and no pseudo-header.
    fn plain(name: &'static str, protocol: &'static str, number: u8, octets: &[u8], at: usize) -> Self {
        let covered = std::iter::once(0..octets.len()).collect();
        let octets = octets.to_vec();
        Self {
            name,
            protocol,
            number,
            over: V4,
            octets,
            at,
            covered,
            pseudo_len: [None; 2],
            carries: &[],
            tshark: None,
        }
    }

    fn over(self, over: &'static [bool]) -> Self {
        Self { over, ..self }
    }

    fn pseudo(self, v4: bool, v6: bool) -> Self {
        let len = self.octets.len();
        Self { pseudo_len: [v4.then_some(len), v6.then_some(len)], ..self }
    }

    fn covered(self, covered: &[std::ops::Range<usize>]) -> Self {
        Self { covered: covered.to_vec(), ..self }
    }

    /// Covered are the first `len` octets.
    fn first(self, len: usize) -> Self {
        Self { covered: std::iter::once(0..len).collect(), ..self }
    }

    fn no_status(self, reason: &'static str) -> Self {
        Self { tshark: Some((None, reason)), ..self }
    }

    fn packet(&self, v6: bool, stored: Stored) -> Vec<u8> {
        let mut octets = self.octets.clone();
        let covered: Vec<u8> = self.covered.iter().flat_map(|range| octets[range.clone()].to_vec()).collect();
        let mut front = self.pseudo_len[usize::from(v6)].map_or(vec![], |len| pseudo(v6, self.number, len));
        if self.protocol == "udplite" {
            // The pseudo-header has the whole length, however much is covered.
            front = pseudo(v6, self.number, octets.len());
        }
        let right = !slow_sum(&[&front, &covered]);
        let value = match stored {
            Stored::Right => right,
            _ => right ^ 1,
        };
        octets[self.at..self.at + 2].copy_from_slice(&value.to_be_bytes());
        ip(v6, self.number, &octets)
    }
}

pub(super) fn specimens() -> Vec<Specimen> {
    let mut all = Vec::new();
    for message in messages() {
        for v6 in message.over {
            for (stored, verdict) in [(Stored::Right, "good"), (Stored::Wrong, "bad")] {
                let version = if *v6 { "v6" } else { "v4" };
                let name = format!("{} over {version}, {verdict}", message.name);
                let octets = message.packet(*v6, stored);
                let ours = [rows(*v6, &[(message.protocol, verdict)]), message.carries.to_vec()].concat();
                let found = ethernet(name, ether_type(*v6), &octets, &ours);
                all.push(match message.tshark {
                    None => found,
                    Some((theirs, reason)) => {
                        let row = theirs.map(|protocol| (protocol, verdict));
                        found.but_tshark(&rows(*v6, row.as_slice()), reason)
                    }
                });
            }
        }
    }
    all.extend(sctp());
    all.extend(zeros());
    all.extend(odd_ones());
    all
}

fn messages() -> Vec<Message> {
    let mut all = routing_messages();
    all.extend(transport_messages());
    all.extend(mobility_messages());
    all
}

/// Of routing protocols and their like.
fn routing_messages() -> Vec<Message> {
    const NO_STATUS: &str = "tshark has no status field for it";
    let ospf2 = |auth_type: u8, auth: &[u8; 8]| {
        let mut hello = vec![2, 1, 0, 44, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, auth_type];
        hello.extend_from_slice(auth);
        hello.extend_from_slice(&[255, 255, 255, 0, 0, 10, 2, 1, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0]);
        hello
    };
    let ospf3 = [
        3, 1, 0, 36, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 1, 0, 0, 0x13, 0, 10, 0, 40, 0, 0, 0, 0, 0, 0, 0,
        0,
    ];
    let register = [&[0x21, 0, 0, 0, 0, 0, 0, 0][..], &ip(false, UDP, &super::udp4(b"ABCDE", Stored::Right))].concat();
    let vrrp3 = [0x31, 1, 100, 1, 0, 100, 0, 0];
    let eigrp = [2, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1, 0, 12, 1, 0, 1, 0, 0, 0, 0, 15];
    let carp = [&[0x21, 1, 0, 7, 0, 1, 0, 0][..], &[0x5c; 28]].concat();
    vec![
        Message::plain("IGMP", "igmp", 2, &[0x16, 0, 0, 0, 239, 1, 2, 3], 2),
        Message::plain("IGMP of version 3", "igmp", 2, &[0x22, 0, 0, 0, 0, 0, 0, 1, 4, 0, 0, 0, 239, 1, 2, 3], 2),
        Message::plain("OSPF", "ospf", 89, &ospf2(0, &[0; 8]), 12).covered(&[0..16, 24..44]).no_status(NO_STATUS),
        Message::plain("OSPF with a password", "ospf", 89, &ospf2(1, b"password"), 12)
            .covered(&[0..16, 24..44])
            .no_status(NO_STATUS),
        Message::plain("OSPF", "ospf", 89, &ospf3, 12).over(V6).pseudo(false, true).no_status(NO_STATUS),
        Message::plain("PIM", "pim", 103, &[0x20, 0, 0, 0, 0, 1, 0, 2, 0, 105], 2).over(BOTH).pseudo(false, true),
        Message {
            pseudo_len: [None, Some(8)],
            carries: &[("ip", "good"), ("udp", "good")],
            ..Message::plain("PIM Register", "pim", 103, &register, 2).over(BOTH).first(8)
        },
        Message::plain("VRRP", "vrrp", 112, &[0x21, 1, 100, 1, 0, 1, 0, 0, 10, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0], 6),
        Message::plain("VRRP of version 3", "vrrp", 112, &[&vrrp3[..], &DST4].concat(), 6).pseudo(true, false),
        Message::plain("VRRP of version 3", "vrrp", 112, &[&vrrp3[..], &super::DST6].concat(), 6)
            .over(V6)
            .pseudo(false, true),
        Message {
            tshark: Some((Some("vrrp"), "tshark takes it for VRRP, which is computed alike")),
            ..Message::plain("CARP", "carp", 112, &carp, 6)
        },
        Message::plain("EIGRP", "eigrp", 88, &eigrp, 2).over(BOTH),
        Message::plain("RSVP", "rsvp", 46, &[0x10, 20, 0, 0, 1, 0, 0, 20, 0, 12, 22, 1, 0, 0, 0, 1, 0, 0, 0, 2], 2)
            .over(BOTH)
            .no_status(NO_STATUS),
    ]
}

fn transport_messages() -> Vec<Message> {
    let dccp = |coverage: u8| {
        let mut data = vec![0x13, 0x88, 0x17, 0x70, 4, coverage, 0, 0, 5, 0, 0, 0, 0, 0, 0, 1];
        data.extend_from_slice(b"nine octs");
        data
    };
    let lite = |coverage: u8| {
        let mut datagram = vec![0x13, 0x88, 0x17, 0x70, 0, coverage, 0, 0];
        datagram.extend_from_slice(b"ABCDE");
        datagram
    };
    let pgm = [
        0x13, 0x88, 0x17, 0x70, 4, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 5, 0, 0, 0, 1, 0, 0, 0, 1, b'A', b'B', b'C', b'D',
        b'E',
    ];
    let covering = |name: &'static str, coverage: u8, covered: usize| {
        Message::plain(name, "udplite", 136, &lite(coverage), 6).over(BOTH).first(covered)
    };
    vec![
        Message::plain("DCCP", "dccp", 33, &dccp(0), 6).over(BOTH).pseudo(true, true),
        Message::plain("DCCP, header covered", "dccp", 33, &dccp(1), 6).over(BOTH).pseudo(true, true).first(16),
        Message::plain("DCCP, four octets covered", "dccp", 33, &dccp(2), 6).over(BOTH).pseudo(true, true).first(20),
        covering("UDP-Lite", 0, 13),
        covering("UDP-Lite, all covered", 13, 13),
        covering("UDP-Lite, header covered", 8, 8),
        covering("UDP-Lite, eleven octets covered", 11, 11),
        Message::plain("PGM", "pgm", 113, &pgm, 6),
    ]
}

fn mobility_messages() -> Vec<Message> {
    let hip = [&[59, 4, 1, 0x21, 0, 0, 0, 0][..], &[0x20; 32]].concat();
    vec![
        Message::plain("Mobile IPv6", "mipv6", 135, &[59, 0, 0, 0, 0, 0, 0, 0], 4)
            .over(V6)
            .pseudo(false, true)
            .no_status("tshark has no status field for it"),
        Message::plain("HIP", "hip", 139, &hip, 4).over(BOTH).pseudo(true, true),
        Message::plain("Shim6", "shim6", 140, &[59, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2], 4).over(V6),
    ]
}

/// CRC32c a bit at a time, as it goes into the field.
fn slow_crc(octets: &[u8]) -> [u8; 4] {
    let mut crc = u32::MAX;
    for octet in octets {
        crc ^= u32::from(*octet);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 };
        }
    }
    (!crc).to_le_bytes()
}

/// A COOKIE ACK, with what is right, what is not, and nothing in its checksum; the same in a datagram.
fn sctp() -> Vec<Specimen> {
    let mut all = Vec::new();
    let mut packet = vec![0x13, 0x88, 0x17, 0x70, 1, 2, 3, 4, 0, 0, 0, 0, 11, 0, 0, 4];
    let right = slow_crc(&packet);
    let [a, b, c, d] = right;
    for (stored, verdict, theirs) in
        [(right, "good", "good"), ([a, b, c, d ^ 1], "bad", "bad"), ([0; 4], "none", "bad")]
    {
        packet[8..12].copy_from_slice(&stored);
        for v6 in [false, true] {
            let version = if v6 { "v6" } else { "v4" };
            let datagram = udp_to(v6, 9899, &packet, Stored::Right);
            for (name, number, payload, front) in
                [("SCTP", 132, &packet, &[][..]), ("SCTP over UDP", UDP, &datagram, &[("udp", "good")])]
            {
                let ours = [rows(v6, front), vec![("sctp", verdict)]].concat();
                let found = ethernet(
                    format!("{name} over {version}, {verdict}"),
                    ether_type(v6),
                    &ip(v6, number, payload),
                    &ours,
                );
                all.push(if theirs == verdict {
                    found
                } else {
                    let theirs = [rows(v6, front), vec![("sctp", theirs)]].concat();
                    found.but_tshark(&theirs, "tshark 4.0 takes no zero for one that was left out")
                });
            }
        }
    }
    all
}

/// Zero where it says that there is none, and where it may not be.
fn zeros() -> Vec<Specimen> {
    let v4 = |name: &str, number: u8, octets: &[u8], row| {
        ethernet(name, 0x0800, &ip(false, number, octets), &rows(false, &[row]))
    };
    let lite = [0x13, 0x88, 0x17, 0x70, 0, 0, 0, 0, b'A'];
    let rsvp = [0x10, 20, 0, 0, 1, 0, 0, 20, 0, 12, 22, 1, 0, 0, 0, 1, 0, 0, 0, 2];
    let pgm = [0x13, 0x88, 0x17, 0x70, 4, 0, 0, 0, 1, 2, 3, 4, 5, 6, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, b'A'];
    let mut cryptographic = vec![2, 1, 0, 44, 10, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 1, 16, 0, 0, 0, 9];
    cryptographic.extend_from_slice(&[255, 255, 255, 0, 0, 10, 2, 1, 0, 0, 0, 40, 0, 0, 0, 0, 0, 0, 0, 0]);
    cryptographic.extend_from_slice(&[0xd1; 16]);
    vec![
        v4("UDP-Lite, zero", 136, &lite, ("udplite", "illegal")),
        v4("RSVP, zero", 46, &rsvp, ("rsvp", "none")).but_tshark(&rows(false, &[]), "no status field"),
        v4("PGM, zero", 113, &pgm, ("pgm", "none"))
            .but_tshark(&rows(false, &[("pgm", "bad"), ("pgm", "bad")]), "tshark 4.0 does not know that zero is none"),
        ethernet("OSPF, signed", 0x0800, &ip(false, 89, &cryptographic), &rows(false, &[])),
    ]
}

/// Lengths that do not fit, fragments, and what is cut off.
fn odd_ones() -> Vec<Specimen> {
    const NO_STATUS: &str = "tshark remarks on the length and gives no status";

    let igmp = fill(&[], vec![0x16, 0, 0, 0, 239, 1, 2, 3, 0, 0, 0, 0, 0, 0, 0, 0], 2, Stored::Right, false);
    let mut lite = vec![0x13, 0x88, 0x17, 0x70, 0, 7, 0x12, 0x34, b'A', b'B'];
    let short = ethernet(
        "UDP-Lite, coverage below its header",
        0x0800,
        &ip(false, 136, &lite),
        &rows(false, &[("udplite", "unverified")]),
    )
    .but_tshark(&rows(false, &[]), NO_STATUS);
    lite[5] = 99;
    let long = ethernet(
        "UDP-Lite, coverage beyond the datagram",
        0x0800,
        &ip(false, 136, &lite),
        &rows(false, &[("udplite", "unverified")]),
    )
    .but_tshark(&rows(false, &[]), NO_STATUS);
    let fragment = ethernet(
        "first fragment of IGMP",
        0x0800,
        &ipv4_with(&[], 0x2000, 2, &igmp[..8]),
        &rows(false, &[("igmp", "unverified")]),
    );
    let mut cut = ethernet("EIGRP, truncated", 0x86dd, &ipv6(88, &[2; 80]), &rows(true, &[("eigrp", "unverified")]))
        .but_tshark(&rows(true, &[("eigrp", "bad")]), "tshark sums what was captured");
    cut.octets.truncate(14 + 40 + 32);
    let mut all = vec![short, long, fragment, cut];
    all.extend(registers());
    // No sender leaves these to its interface.
    for (name, number, at, mut octets) in [
        ("udplite", 136, 6, vec![0x13, 0x88, 0x17, 0x70, 0, 8, 0, 0, b'A', b'B']),
        ("dccp", 33, 6, vec![0x13, 0x88, 0x17, 0x70, 4, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 1]),
    ] {
        octets = fill(&pseudo(false, number, octets.len()), octets, at, Stored::Partial, false);
        let found = rows(false, &[(name, "bad")]);
        all.push(ethernet(format!("{name}, the pseudo-header's sum"), 0x0800, &ip(false, number, &octets), &found));
    }
    all
}

/// PIM's Register with a sum over all of it, as some routers have it.
fn registers() -> impl Iterator<Item = Specimen> {
    const SHORT: &str = "tshark sums the first eight octets alone; RFC 7761 section 4.9 has both accepted";

    [false, true].into_iter().flat_map(|v6| {
        let inner = ip(false, UDP, &super::udp4(b"ABCDE", Stored::Right));
        let register = [&[0x21, 0, 0, 0, 0, 0, 0, 0][..], &inner].concat();
        let prefix = if v6 { pseudo(true, 103, register.len()) } else { Vec::new() };
        [(Stored::Right, "good"), (Stored::Wrong, "bad")].map(|(stored, verdict)| {
            let octets = fill(&prefix, register.clone(), 2, stored, false);
            let uppers = |pim| rows(v6, &[("pim", pim), ("ip", "good"), ("udp", "good")]);
            let name = format!("PIM Register over {}, summed whole, {verdict}", if v6 { "v6" } else { "v4" });
            let found = ethernet(&name, if v6 { 0x86dd } else { 0x0800 }, &ip(v6, 103, &octets), &uppers(verdict));
            if verdict == "bad" { found } else { found.but_tshark(&uppers("bad"), SHORT) }
        })
    })
}
