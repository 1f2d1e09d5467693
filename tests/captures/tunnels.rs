//! The same datagrams in every tunnel, over IPv4 and IPv6.

use super::{
    Inner, Specimen, Stored, UDP, Verdicts, ether_type, ethernet, fill, frame, inners, ip, ipv4_with, rows, udp_to,
};

pub(super) fn specimens() -> Vec<Specimen> {
    let mut all = Vec::new();
    for inner in inners() {
        for v6 in [false, true] {
            all.extend(over_udp(&inner, v6));
            all.extend(over_ip(&inner, v6));
        }
    }
    all.extend(zero_checksums());
    all.extend(no_tunnels());
    all.push(fragment_of_a_tunnel());
    all
}

fn be(number: u16) -> [u8; 2] {
    number.to_be_bytes()
}

fn over(v6: bool) -> &'static str {
    if v6 { "v6" } else { "v4" }
}

fn both(outer: Verdicts, inner: &Inner) -> Verdicts {
    [outer, inner.verdicts.clone()].concat()
}

/// Tunnels over UDP: name, port, what stands in front of a frame (true) or of a packet.
fn headers_over_udp(v6: bool) -> Vec<(&'static str, u16, bool, Vec<u8>)> {
    let kind = be(ether_type(v6));
    let next = if v6 { 2 } else { 1 };
    let ppp = if v6 { 0x57 } else { 0x21 };
    vec![
        ("VXLAN", 4789, true, vec![8, 0, 0, 0, 0, 0, 42, 0]),
        ("VXLAN of Linux", 8472, true, vec![8, 0, 0, 0, 0, 0, 42, 0]),
        ("VXLAN with a group", 4789, true, vec![0x88, 0, 0, 9, 0, 0, 42, 0]),
        ("VXLAN-GPE", 4790, false, vec![0x0c, 0, 0, next, 0, 0, 42, 0]),
        ("VXLAN-GPE with Ethernet", 4790, true, vec![0x0c, 0, 0, 3, 0, 0, 42, 0]),
        ("Geneve", 6081, true, vec![0, 0, 0x65, 0x58, 0, 0, 42, 0]),
        ("Geneve with options", 6081, false, [&[2, 0x40][..], &kind, &[0, 0, 42, 0, 1, 2, 3, 1, 5, 6, 7, 8]].concat()),
        ("MPLS over UDP", 6635, false, vec![0, 2, 1, 64]),
        ("GRE over UDP", 4754, false, [&[0, 0][..], &kind].concat()),
        ("LISP", 4341, false, vec![0x08, 0, 0, 0, 0, 0, 0, 0]),
        ("L2TP", 1701, false, vec![0, 2, 0, 5, 0, 6, 0xff, 3, 0, ppp]),
        ("L2TP with offset", 1701, false, vec![0x0a, 2, 0, 5, 0, 6, 0, 1, 0, 2, 0, 2, 0, 0, 0xff, 3, 0, ppp]),
    ]
}

fn over_udp(inner: &Inner, v6: bool) -> Vec<Specimen> {
    let whole = frame(ether_type(inner.v6), &inner.packet);
    let mut all: Vec<(String, u16, Vec<u8>)> = headers_over_udp(inner.v6)
        .into_iter()
        .map(|(name, port, bridged, header)| {
            (name.to_owned(), port, [&header[..], if bridged { &whole } else { &inner.packet }].concat())
        })
        .collect();
    let length = u16::try_from(inner.packet.len()).unwrap();
    all.push(("GTP-U".to_owned(), 2152, [&[0x30, 0xff][..], &be(length), &[0, 0, 0, 7], &inner.packet].concat()));
    // A sequence number, and one extension header of four octets.
    let extended = [&[0x36, 0xff][..], &be(length + 8), &[0, 0, 0, 7, 0, 1, 0, 0x40, 1, 0, 80, 0], &inner.packet];
    all.push(("GTP-U with an extension".to_owned(), 2152, extended.concat()));
    all.into_iter()
        .map(|(name, port, data)| {
            let datagram = udp_to(v6, port, &data, Stored::Right);
            let name = format!("{name} over {}, {}", over(v6), inner.name);
            ethernet(name, ether_type(v6), &ip(v6, UDP, &datagram), &both(rows(v6, &[("udp", "good")]), inner))
        })
        .collect()
}

/// GRE and its like: name, protocol number, what stands in front, and whether a frame or a packet follows.
fn headers_over_ip(v6: bool) -> Vec<(&'static str, u8, Vec<u8>, bool)> {
    let kind = be(ether_type(v6));
    vec![
        ("IP in IP", if v6 { 41 } else { 4 }, vec![], false),
        ("MPLS in IP", 137, vec![0, 2, 1, 64], false),
        ("EtherIP", 97, vec![0x30, 0], true),
        ("Ethernet in IP", 143, vec![], true),
        ("GRE", 47, [&[0, 0][..], &kind].concat(), false),
        ("GRE with key and sequence", 47, [&[0x30, 0][..], &kind, &[0, 0, 0, 9, 0, 0, 0, 1]].concat(), false),
        ("GRE with Ethernet", 47, vec![0, 0, 0x65, 0x58], true),
        ("GRE with MPLS", 47, vec![0, 0, 0x88, 0x47, 0, 2, 1, 64], false),
        ("ERSPAN I", 47, vec![0, 0, 0x88, 0xbe], true),
        ("ERSPAN II", 47, vec![0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 1, 0, 7, 0, 0, 0, 2], true),
        ("ERSPAN III", 47, vec![0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 1, 0, 7, 0, 0, 0, 2, 0, 0, 0x80, 0x00], true),
    ]
}

fn over_ip(inner: &Inner, v6: bool) -> Vec<Specimen> {
    let whole = frame(ether_type(inner.v6), &inner.packet);
    let mut all = Vec::new();
    for (name, protocol, header, bridged) in headers_over_ip(inner.v6) {
        let payload = [&header[..], if bridged { &whole } else { &inner.packet }].concat();
        let name = format!("{name} over {}, {}", over(v6), inner.name);
        all.push(ethernet(name, ether_type(v6), &ip(v6, protocol, &payload), &both(rows(v6, &[]), inner)));
    }
    let ppp = if inner.v6 { 0x57 } else { 0x21 };
    let length = be(u16::try_from(inner.packet.len() + 4).unwrap());
    let pptp =
        [&[0x30, 0x81, 0x88, 0x0b][..], &length, &[0, 9, 0, 0, 0, 1, 0, 0, 0, 2, 0xff, 3, 0, ppp], &inner.packet]
            .concat();
    let name = format!("PPTP over {}, {}", over(v6), inner.name);
    all.push(ethernet(name, ether_type(v6), &ip(v6, 47, &pptp), &both(rows(v6, &[]), inner)));
    for (stored, verdict) in [(Stored::Right, "good"), (Stored::Wrong, "bad")] {
        let header = [&[0x80, 0][..], &be(ether_type(inner.v6)), &[0, 0, 0, 0], &inner.packet].concat();
        let packet = ip(v6, 47, &fill(&[], header, 4, stored, false));
        let name = format!("GRE with a {verdict} checksum over {}, {}", over(v6), inner.name);
        all.push(ethernet(name, ether_type(v6), &packet, &both(rows(v6, &[("gre", verdict)]), inner)));
    }
    all
}

/// A tunnel may leave the outer checksum out, over IPv6 too; other datagrams may not.
fn zero_checksums() -> Vec<Specimen> {
    let inner = &inners()[0];
    let whole = frame(0x0800, &inner.packet);
    let data = [&[8, 0, 0, 0, 0, 0, 42, 0][..], &whole].concat();
    [false, true]
        .into_iter()
        .map(|v6| {
            let datagram = udp_to(v6, 4789, &data, Stored::Zero);
            let ours = both(rows(v6, &[("udp", "none")]), inner);
            let found =
                ethernet(format!("VXLAN, zero over {}", over(v6)), ether_type(v6), &ip(v6, UDP, &datagram), &ours);
            if v6 {
                let theirs = both(rows(v6, &[("udp", "illegal")]), inner);
                found.but_tshark(&theirs, "tshark 4.0 does not know RFC 6935")
            } else {
                found
            }
        })
        .collect()
}

/// What comes to the port of a tunnel and is none is data.
fn no_tunnels() -> Vec<Specimen> {
    [1701, 2152, 4341, 4754, 4789, 4790, 6081, 6635, 8472, 9899]
        .into_iter()
        .flat_map(|port| {
            [&b"no tunnel at all, whatever the port says"[..], b"?", b""].map(|data| {
                let datagram = udp_to(false, port, data, Stored::Right);
                let name = format!("{} octets of data to port {port}", data.len());
                let ours = rows(false, &[("udp", "good")]);
                let found = ethernet(name, 0x0800, &ip(false, UDP, &datagram), &ours);
                let takes_all = match (port, data.len()) {
                    (4754, 40) => ("gre", "unverified"),
                    (9899, 40) => ("sctp", "bad"),
                    _ => return found,
                };
                found.but_tshark(
                    &[ours, vec![takes_all]].concat(),
                    "tshark takes whatever comes to the port for the tunnel's",
                )
            })
        })
        .collect()
}

/// The first fragment of a tunnel's packet: what is inside is not all there either.
fn fragment_of_a_tunnel() -> Specimen {
    let inner = &inners()[0];
    let packet = ipv4_with(&[], 0x2000, 4, &inner.packet[..32]);
    ethernet("first fragment of a tunnel", 0x0800, &packet, &[("ip", "good"), ("ip", "good"), ("udp", "unverified")])
}
