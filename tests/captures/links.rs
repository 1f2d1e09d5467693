//! Every link type and link header, in front of the same datagrams.

use sockeye_capture::LinkType;

use super::{Inner, Specimen, ether_type, frame, inners, specimen};

pub(super) fn specimens() -> Vec<Specimen> {
    let mut all = Vec::new();
    for inner in inners() {
        for (name, link_type, octets) in with_headers(&inner) {
            all.push(specimen(format!("{name}, {}", inner.name), link_type, octets, &inner.verdicts));
        }
        let family: &[u32] = if inner.v6 { &[10, 24, 28, 30] } else { &[2] };
        for family in family {
            for (link_type, octets) in [
                (LinkType::NULL, family.to_le_bytes()),
                (LinkType::NULL, family.to_be_bytes()),
                (LinkType::LOOP, family.to_be_bytes()),
            ] {
                let name = format!("{link_type} of {octets:02x?}, {}", inner.name);
                let found = specimen(name, link_type, [&octets, &inner.packet[..]].concat(), &inner.verdicts);
                all.push(if *family == 10 {
                    found.but_tshark(&[], "tshark knows no system with this number that writes such captures")
                } else {
                    found
                });
            }
        }
    }
    all
}

fn be(number: u16) -> [u8; 2] {
    number.to_be_bytes()
}

/// The packet of `inner` behind `header`.
fn behind(header: &[&[u8]], inner: &Inner) -> Vec<u8> {
    [&header.concat(), &inner.packet[..]].concat()
}

fn with_headers(inner: &Inner) -> Vec<(&'static str, LinkType, Vec<u8>)> {
    let mut all = over_ethernet(inner);
    all.extend(over_llc(inner));
    all.extend(over_points(inner));
    all.extend(on_hosts(inner));
    all
}

fn over_ethernet(inner: &Inner) -> Vec<(&'static str, LinkType, Vec<u8>)> {
    let kind = be(ether_type(inner.v6));
    let ppp = if inner.v6 { 0x57 } else { 0x21 };
    let length = u16::try_from(inner.packet.len()).unwrap();
    let whole = frame(ether_type(inner.v6), &inner.packet);
    let icv = [0xa5; 16];
    let over = |outer: u16, header: &[&[u8]]| frame(outer, &behind(header, inner));
    let bridged = |outer: u16, header: &[u8]| frame(outer, &[header, &whole].concat());
    vec![
        ("VLAN", over(0x8100, &[&[0xa0, 7], &kind])),
        ("QinQ", over(0x88a8, &[&[0, 9, 0x81, 0, 0, 7], &kind])),
        ("three tags", over(0x9100, &[&[0, 9, 0x81, 0, 0, 7, 0x81, 0, 0, 6], &kind])),
        ("PPPoE", over(0x8864, &[&[0x11, 0, 0, 5], &be(length + 2), &[0, ppp]])),
        ("MPLS", over(0x8847, &[&[0, 1, 0, 64, 0, 2, 1, 64]])),
        ("MPLS multicast", over(0x8848, &[&[0, 2, 1, 64]])),
        ("pseudowire with a control word", bridged(0x8847, &[0, 0x20, 1, 64, 0, 0, 0, 7])),
        ("pseudowire", bridged(0x8847, &[0, 0x30, 1, 64])),
        ("802.1ah", bridged(0x88e7, &[0, 0, 0, 7])),
        ("MACsec", frame(0x88e5, &[&[0, 0, 0, 0, 0, 1][..], &kind, &inner.packet, &icv].concat())),
        (
            "MACsec with an SCI",
            frame(0x88e5, &[&[0x20, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 1, 0, 1][..], &kind, &inner.packet, &icv].concat()),
        ),
        ("SNAP", over(length + 8, &[&[0xaa, 0xaa, 3, 0, 0, 0], &kind])),
        ("802.1H", over(length + 8, &[&[0xaa, 0xaa, 3, 0, 0, 0xf8], &kind])),
        ("VLAN with SNAP", over(0x8100, &[&[0, 7], &be(length + 8), &[0xaa, 0xaa, 3, 0, 0, 0], &kind])),
    ]
    .into_iter()
    .map(|(name, octets)| (name, LinkType::ETHERNET, octets))
    .collect()
}

fn over_llc(inner: &Inner) -> Vec<(&'static str, LinkType, Vec<u8>)> {
    let kind = be(ether_type(inner.v6));
    let nlpid = if inner.v6 { 0x8e } else { 0xcc };
    let snap = [&[0xaa, 0xaa, 3, 0, 0, 0][..], &kind].concat();
    let whole = frame(ether_type(inner.v6), &inner.packet);
    let (dst, src) = ([2, 0, 0, 0, 0, 2], [2, 0, 0, 0, 0, 1]);
    let routed = [0x82, 0, 0, 0, 0, 1];
    vec![
        ("ATM with SNAP", LinkType::ATM_RFC1483, behind(&[&snap], inner)),
        ("ATM with NLPID", LinkType::ATM_RFC1483, behind(&[&[0xfe, 0xfe, 3, nlpid]], inner)),
        ("ATM, bridged", LinkType::ATM_RFC1483, [&[0xaa, 0xaa, 3, 0, 0x80, 0xc2, 0, 7, 0, 0][..], &whole].concat()),
        ("FDDI", LinkType::FDDI, behind(&[&[0x50], &dst, &src, &snap], inner)),
        ("Token Ring", LinkType::TOKEN_RING, behind(&[&[0x10, 0x40], &dst, &src, &snap], inner)),
        (
            "Token Ring with a route",
            LinkType::TOKEN_RING,
            behind(&[&[0x10, 0x40], &dst, &routed, &[6, 0x10, 0, 0x12, 0, 0x20], &snap], inner),
        ),
        ("802.11", LinkType::IEEE802_11, behind(&[&wireless(0x08, 0), &snap], inner)),
        ("802.11 to an access point", LinkType::IEEE802_11, behind(&[&wireless(0x08, 1), &snap], inner)),
        ("802.11 between two", LinkType::IEEE802_11, behind(&[&wireless(0x08, 3), &[2, 0, 0, 0, 0, 4], &snap], inner)),
        ("802.11 QoS", LinkType::IEEE802_11, behind(&[&wireless(0x88, 2), &[0, 0], &snap], inner)),
        (
            "radiotap",
            LinkType::IEEE802_11_RADIOTAP,
            behind(&[&[0, 0, 8, 0, 0, 0, 0, 0], &wireless(0x08, 2), &snap], inner),
        ),
        ("radiotap with FCS", LinkType::IEEE802_11_RADIOTAP, {
            let radiotap = [0, 0, 26, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x10, 0];
            [behind(&[&radiotap, &wireless(0x08, 2), &snap], inner), vec![0xde, 0xad, 0xbe, 0xef]].concat()
        }),
    ]
}

/// A header of 24 octets with the first two, which say what follows.
fn wireless(control: u8, flags: u8) -> Vec<u8> {
    let mut header = vec![control, flags, 0, 0];
    for address in [2, 3, 1] {
        header.extend_from_slice(&[2, 0, 0, 0, 0, address]);
    }
    header.extend_from_slice(&[0x10, 0]);
    header
}

fn over_points(inner: &Inner) -> Vec<(&'static str, LinkType, Vec<u8>)> {
    let kind = be(ether_type(inner.v6));
    let ppp = if inner.v6 { 0x57 } else { 0x21 };
    let nlpid = if inner.v6 { 0x8e } else { 0xcc };
    let length = u16::try_from(inner.packet.len()).unwrap();
    vec![
        ("PPP", LinkType::PPP, behind(&[&[0xff, 3, 0, ppp]], inner)),
        ("PPP without framing", LinkType::PPP, behind(&[&[0, ppp]], inner)),
        ("PPP compressed", LinkType::PPP, behind(&[&[ppp]], inner)),
        ("PPP with MPLS", LinkType::PPP, behind(&[&[0xff, 3, 2, 0x81, 0, 2, 1, 64]], inner)),
        ("PPP in HDLC", LinkType::PPP_HDLC, behind(&[&[0xff, 3, 0, ppp]], inner)),
        ("PPP with a direction", LinkType::PPP_WITH_DIR, behind(&[&[1, 0xff, 3, 0, ppp]], inner)),
        ("PPPoE alone", LinkType::PPP_ETHER, behind(&[&[0x11, 0, 0, 5], &be(length + 2), &[0, ppp]], inner)),
        ("Cisco HDLC", LinkType::C_HDLC, behind(&[&[0x0f, 0], &kind], inner)),
        ("Cisco HDLC, multicast", LinkType::C_HDLC, behind(&[&[0x8f, 0], &kind], inner)),
        ("Cisco HDLC in HDLC", LinkType::PPP_HDLC, behind(&[&[0x0f, 0], &kind], inner)),
        ("Frame Relay", LinkType::FRELAY, behind(&[&[0x18, 0x41, 3, nlpid]], inner)),
        ("Frame Relay with SNAP", LinkType::FRELAY, behind(&[&[0x18, 0x41, 3, 0, 0x80, 0, 0, 0], &kind], inner)),
        ("MPLS alone", LinkType::MPLS, behind(&[&[0, 2, 1, 64]], inner)),
        ("IPoIB", LinkType::IPOIB, behind(&[&[0; 40], &kind, &[0, 0]], inner)),
    ]
}

fn on_hosts(inner: &Inner) -> Vec<(&'static str, LinkType, Vec<u8>)> {
    let kind = be(ether_type(inner.v6));
    let (linux, bsd) = if inner.v6 { (10, 24) } else { (2, 2) };
    let length = u16::try_from(inner.packet.len()).unwrap() + 4;
    let of_one_version = if inner.v6 { LinkType::IPV6 } else { LinkType::IPV4 };
    let snap = [&[0xaa, 0xaa, 3, 0, 0, 0][..], &kind].concat();
    let cooked = [0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0];
    let mut pflog = [&[61, bsd, 0, 0][..], &[0; 60]].concat();
    pflog[4..7].copy_from_slice(b"em0");
    vec![
        ("cooked", LinkType::LINUX_SLL, behind(&[&cooked, &kind], inner)),
        ("cooked with a tag", LinkType::LINUX_SLL, behind(&[&cooked, &[0x81, 0, 0, 7], &kind], inner)),
        ("cooked with SNAP", LinkType::LINUX_SLL, behind(&[&cooked, &[0, 4], &snap], inner)),
        (
            "cooked, version 2",
            LinkType::LINUX_SLL2,
            behind(&[&kind, &[0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0]], inner),
        ),
        ("raw", LinkType::RAW, inner.packet.clone()),
        ("raw 12", LinkType::RAW_12, inner.packet.clone()),
        ("raw 14", LinkType::RAW_14, inner.packet.clone()),
        ("raw of one version", of_one_version, inner.packet.clone()),
        (
            "netfilter's log",
            LinkType::NFLOG,
            // A prefix of three octets, padded to a word, then the packet.
            behind(&[&[linux, 0, 0, 30, 7, 0, 10, 0, b'i', b'n', 0, 0], &length.to_le_bytes(), &[9, 0]], inner),
        ),
        ("packet filter's log", LinkType::PFLOG, behind(&[&pflog], inner)),
        ("enc", LinkType::ENC, behind(&[&[bsd, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0]], inner)),
    ]
}
