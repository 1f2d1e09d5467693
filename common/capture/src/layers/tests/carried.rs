//! Rare links, tunnels, the upper layers of which the checksum is read, and what ICMP errors quote.

use super::*;

fn carrier(layer: &Layer) -> (&'static str, u32, u32) {
    match layer.header {
        Header::Carrier(Carrier { name, carries, id }) => (name, carries, id),
        other => panic!("{other:?}"),
    }
}

/// The layers behind a UDP header to `port` between the usual hosts.
fn over_udp(port: u16, data: &[u8]) -> (Vec<Layer>, Stop) {
    let length = (8 + data.len() as u16).to_be_bytes();
    let datagram = join(&[&[0xc3, 0x50], &port.to_be_bytes(), &length, &[0, 0], data]);
    let packet = ipv4(17, &datagram);
    let (layers, stop) = walk(LinkType::RAW, &packet, packet.len());
    (layers[2..].to_vec(), stop)
}

#[test]
fn what_rare_links_say() {
    let packet = ipv4(17, &UDP);
    let first = |link_type, header: &[u8]| {
        let layers = whole(link_type, &join(&[header, &packet]));
        assert!(matches!(layers.last().unwrap().header, Header::Udp(_)), "{layers:?}");
        (carrier(&layers[0]), layers[0].header_len)
    };
    assert_eq!(first(LinkType::C_HDLC, &[0x8f, 0, 8, 0]), (("Cisco HDLC", 0x800, 0), 4));
    assert_eq!(first(LinkType::FRELAY, &[0x18, 0x41, 3, 0xcc]), (("Frame Relay", 0, 100), 3));
    assert_eq!(first(LinkType::FRELAY, &[0x18, 0x40, 0x00, 0x01, 8, 0]), (("Frame Relay", 0x800, 100), 6));
    assert_eq!(first(LinkType::PPP_WITH_DIR, &[1, 0x21]), (("direction", 0, 1), 1));
    let ipoib = join(&[&[0; 40], &[8, 0, 0, 0]]);
    assert_eq!(first(LinkType::IPOIB, &ipoib), (("IPoIB", 0x800, 0), 44));
    // In either order, and a time stamp in front of the packet.
    for (stamp, payload) in [([20, 0, 3, 0], [37, 0, 9, 0]), ([0, 20, 0, 3], [0, 37, 0, 9])] {
        let nflog = join(&[&[2, 0, 0, 7], &stamp, &[0; 16], &payload]);
        assert_eq!(first(LinkType::NFLOG, &nflog), (("NFLOG", 2, 7), 28));
    }
    assert_eq!(first(LinkType::PFLOG, &join(&[&[61, 2], &[0; 62]])), (("PFLOG", 2, 0), 64));
    assert_eq!(first(LinkType::ENC, &[0, 0, 0, 2, 0, 0, 1, 0, 0, 0, 0, 0]), (("ENC", 2, 0x100), 12));
}

#[test]
fn what_is_not_followed_says_what_it_is() {
    let ethernet = |rest: &[u8]| join(&[&ETHERNET_IPV4[..12], rest]);
    let malformed = |header, field, found| Stop::Malformed { header, field, offset: 0, found };
    for (link_type, octets, expected) in [
        (LinkType::ATM_RFC1483, vec![0xfe, 0xfe, 3, 0x81], Stop::Nlpid(0x81)),
        (LinkType::ATM_RFC1483, vec![0xaa, 0xaa, 3, 0, 0, 0x0c, 0x20, 0], Stop::Llc { dsap: 0xaa, ssap: 0xaa }),
        (LinkType::NFLOG, vec![7, 0, 0, 0, 4, 0, 9, 0], Stop::Family(7)),
        (LinkType::NFLOG, vec![2, 1, 0, 0], malformed("NFLOG", "Version", 1)),
        (LinkType::PFLOG, vec![4, 99, 0, 0], Stop::Family(99)),
        (LinkType::PFLOG, vec![0, 2, 0, 0], malformed("PFLOG", "Length", 0)),
        (LinkType::ENC, vec![0; 12], Stop::Family(0)),
        (LinkType::FRELAY, vec![0, 0, 0, 0], malformed("Frame Relay", "address", 0)),
        // Encrypted; of another version.
        (LinkType::ETHERNET, ethernet(&[0x88, 0xe5, 0x0c, 0, 0, 0, 0, 1]), Stop::EtherType(0x88e5)),
        (LinkType::ETHERNET, ethernet(&[0x88, 0xe5, 0x80, 0, 0, 0, 0, 1]), Stop::EtherType(0x88e5)),
        // Encrypted, without data, a beacon; a tone of FDDI.
        (LinkType::IEEE802_11, vec![0x08, 0x40], Stop::Payload),
        (LinkType::IEEE802_11, vec![0x48, 0], Stop::Payload),
        (LinkType::IEEE802_11, vec![0x80, 0], Stop::Payload),
        (LinkType::FDDI, vec![0x41; 13], Stop::Payload),
    ] {
        assert_eq!(walk(link_type, &octets, octets.len()).1, expected, "{link_type} {octets:02x?}");
    }
}

#[test]
fn the_fields_of_gre() {
    let packet = ipv4(17, &UDP);
    let header = [0xb0, 0, 8, 0, 0x12, 0x34, 0, 0, 0, 0, 0, 9, 0, 0, 0, 1];
    let layers = whole(LinkType::RAW, &ipv4(47, &join(&[&header, &packet])));
    let Header::Gre(gre) = layers[1].header else { panic!("{layers:?}") };
    assert_eq!((gre.version, gre.protocol, gre.key, gre.sequence), (0, 0x800, Some(9), Some(1)));
    let checksum = layers[1].checksum().unwrap();
    assert_eq!((checksum.offset, checksum.stored, checksum.covered.len), (24, 0x1234, 16 + 33));
    assert!(matches!(layers[3].header, Header::Udp(_)));
    // Without the bit there is none.
    let layers = whole(LinkType::RAW, &ipv4(47, &join(&[&[0, 0, 8, 0], &packet])));
    assert!(layers.len() == 4 && layers[1].checksum().is_none());
    // PPTP: an acknowledgment alone carries nothing.
    let layers = whole(LinkType::RAW, &ipv4(47, &[0x20, 0x81, 0x88, 0x0b, 0, 0, 0, 9, 0, 0, 0, 2]));
    assert!(matches!(layers[..], [_, Layer { header: Header::Gre(Gre { version: 1, key: Some(9), .. }), .. }]));
}

#[test]
fn a_port_leads_into_a_tunnel_only_if_the_octets_do_too() {
    let packet = ipv4(17, &UDP);
    let (layers, stop) = over_udp(4790, &join(&[&[0x0c, 0, 0, 1, 0, 0, 42, 0], &packet]));
    assert_eq!((carrier(&layers[0]), layers.len(), stop), (("VXLAN-GPE", 1, 42), 3, Stop::Payload));
    // NSH with a context header of sixteen octets in between.
    let nsh = join(&[&[0x0c, 0, 0, 4, 0, 0, 42, 0], &[0x0f, 0xc6, 2, 1, 0, 0, 9, 255], &[0; 16], &packet]);
    let (layers, _) = over_udp(4790, &nsh);
    assert_eq!((carrier(&layers[1]), layers[1].header_len, layers.len()), (("NSH", 1, 9), 24, 4));
    for (port, data) in [
        (4789, &[0, 0, 0, 0, 0, 0, 42, 0][..]),
        (4789, &[0xf7, 0, 0, 3, 0, 0, 42, 0]),
        (4789, &[8, 0, 0]),
        (4790, &[0x0c, 0, 0, 99, 0, 0, 42, 0]),
        (6081, &[0x40, 0, 8, 0, 0, 0, 42, 0]),
        (6081, &[0, 0x80, 8, 0, 0, 0, 42, 0]),
        (2152, &[0x30, 1, 0, 0, 0, 0, 0, 7]),
        (2152, &[0x20, 0xff, 0, 0, 0, 0, 0, 7]),
        (1701, &[0xc8, 2, 0, 12, 0, 5, 0, 6]),
        (1701, &[0, 3, 0, 5, 0, 6]),
        (9899, &[0x13, 0x88, 0x17, 0x70, 1, 2, 3, 4, 0, 0, 0, 0, 1, 0, 0, 3]),
        (9899, &[0x13, 0x88, 0x17, 0x70, 1, 2, 3, 4, 0, 0, 0, 0, 1, 0, 0, 5]),
        (4754, &[0x40, 0, 8, 0, 0x45]),
        (5000, &[8, 0, 0, 0, 0, 0, 42, 0]),
    ] {
        assert_eq!(over_udp(port, data), (vec![], Stop::Payload), "{port} {data:02x?}");
    }
    // The tunnel's header is there, and what follows is no IP: still data, unless IP was found before.
    let (layers, stop) = over_udp(6635, &[0, 2, 1, 64, 0x44, 0, 0, 20]);
    assert_eq!((layers.len(), stop), (1, Stop::Payload));
    let mut inner = ipv4(4, &packet);
    inner[20] = 0x44;
    let (layers, stop) = over_udp(6635, &join(&[&[0, 2, 1, 64], &inner]));
    assert_eq!(layers.len(), 2);
    assert!(matches!(stop, Stop::Malformed { header: "IPv4", field: "IHL", .. }));
}

#[test]
fn what_a_tunnel_reserves_is_ignored() {
    let packet = ipv4(17, &UDP);
    let frame = join(&[&ETHERNET_IPV4, &packet]);
    for (port, header, inner) in [
        (4789, [0x88, 0x08, 0, 5, 0, 0, 42, 0], &frame),
        (4789, [0x08, 1, 2, 3, 0, 0, 42, 0xff], &frame),
        // As Scapy writes it, with a Next Protocol: Ethernet, IPv4, and none that is known.
        (4789, [0x0c, 0, 0, 3, 0, 0, 42, 0], &frame),
        (4789, [0x0c, 0, 0, 1, 0, 0, 42, 0], &packet),
        (4789, [0x0c, 0, 0, 99, 0, 0, 42, 0], &frame),
        (6081, [0, 0x7f, 0x65, 0x58, 0, 0, 42, 9], &frame),
    ] {
        let (layers, stop) = over_udp(port, &join(&[&header, inner]));
        assert_eq!((carrier(&layers[0]).2, stop), (42, Stop::Payload), "{header:02x?}");
        assert!(matches!(layers.last().unwrap().header, Header::Udp(_)), "{header:02x?}: {layers:?}");
    }
}

#[test]
fn only_tunnels_may_leave_the_checksum_out_over_ipv6() {
    let zero = |port: u16| {
        let mut datagram = UDP_V6;
        datagram[2..4].copy_from_slice(&port.to_be_bytes());
        whole(LinkType::RAW, &ipv6(17, &datagram))[1].checksum().unwrap().zero
    };
    for port in [4789, 8472, 4790, 6081, 6635, 4754, 2152, 4341] {
        assert_eq!(zero(port), Zero::Absent, "{port}");
    }
    for port in [53, 1701, 9899, 4788] {
        assert_eq!(zero(port), Zero::Forbidden, "{port}");
    }
}

/// Destination Unreachable with `quoted` behind it.
fn unreachable(quoted: &[u8]) -> Vec<u8> {
    ipv4(1, &join(&[&[3, 3, 0, 0, 0, 0, 0, 0], quoted]))
}

#[test]
fn a_quotation_is_marked_and_ends_where_it_ends() {
    let whole_quoted = unreachable(&ipv4(17, &UDP));
    let layers = whole(LinkType::RAW, &whole_quoted);
    assert_eq!(layers.iter().map(|layer| layer.quoted).collect::<Vec<_>>(), [false, false, true, true]);
    let checksums: Vec<bool> = layers.iter().map(|layer| layer.checksum().unwrap().quoted).collect();
    assert_eq!(checksums, [false, false, true, true]);
    assert!(adds_up(&layers[2], &whole_quoted) && adds_up(&layers[3], &whole_quoted));

    let cut = unreachable(&ipv4(17, &UDP)[..28]);
    let presence = |layers: &[Layer]| udp_of(layers).datagram.presence;
    assert_eq!(presence(&whole(LinkType::RAW, &cut)), Presence::Quoted);
    // The capture ends before the quotation does.
    assert_eq!(presence(&walk(LinkType::RAW, &whole_quoted[..58], whole_quoted.len()).0), Presence::Cut);
    let (layers, stop) = walk(LinkType::RAW, &unreachable(&ipv4(6, &[0; 40])[..28]), 56);
    assert_eq!(layers.len(), 3);
    assert!(matches!(stop, Stop::Truncated { header: "TCP", presence: Presence::Quoted, .. }));
    // An echo quotes nothing, and what an error quotes may be no IP.
    let echo = whole(LinkType::RAW, &ipv4(1, &join(&[&[8, 0, 0, 0, 0, 0, 0, 0], &ipv4(17, &UDP)])));
    assert_eq!((echo.len(), echo[1].header_len), (2, 4));
    let (layers, stop) = walk(LinkType::RAW, &unreachable(&[0; 28]), 56);
    assert_eq!((layers.len(), stop), (2, Stop::Payload));
}

#[test]
fn an_extension_structure_stands_behind_the_quotation() {
    let mut quoted = ipv4(17, &UDP);
    quoted.resize(128, 0);
    let structure = [0x20, 0, 0xbe, 0xdd, 0, 8, 1, 1, 0, 0x10, 1, 64];
    let with = |length: u8, structure: &[u8]| {
        let packet = ipv4(1, &join(&[&[11, 0, 0, 0, 0, length, 0, 0], &quoted, structure]));
        let layers = whole(LinkType::RAW, &packet);
        let ours = |layer: &Layer| layer.checksum().is_some_and(|found| found.protocol == Protocol::IcmpExt);
        let at = layers.iter().find(|layer| ours(layer)).map(|layer| layer.offset);
        (at, layers.len(), udp_of(&layers).datagram.presence)
    };
    assert_eq!(with(32, &structure), (Some(20 + 8 + 128), 5, Presence::Whole));
    // Without a length, only a right checksum tells.
    assert_eq!(with(0, &structure), (None, 4, Presence::Whole));
    let mut right = structure;
    let sum = sockeye_common::checksum::compute(&[&structure[..2], &[0, 0], &structure[4..]].concat()).to_be_bytes();
    right[2..4].copy_from_slice(&sum);
    assert_eq!(with(0, &right), (Some(20 + 8 + 128), 5, Presence::Whole));
    // A length without a structure ends the quotation all the same.
    assert_eq!(with(32, &[]), (None, 4, Presence::Whole));
    assert_eq!(with(7, &structure), (None, 4, Presence::Quoted));
}

#[test]
fn what_a_fragment_carries_is_a_fragment_too() {
    let inner = ipv4(17, &UDP);
    let packet = ipv4_with(20 + 32, 0x2000, 4, &[], &inner[..32]);
    let layers = whole(LinkType::RAW, &packet);
    assert_eq!(
        (layers[1].payload.presence, udp_of(&layers).datagram.presence),
        (Presence::Fragment, Presence::Fragment)
    );
    assert_eq!(udp_of(&layers).upper.fragment, None, "the inner packet was sent whole");
}

/// Protocol, field, octets covered, what is left out, the pseudo-header's length.
type Rules = (Protocol, usize, usize, Option<(usize, usize)>, Option<usize>);

#[test]
fn what_the_checksums_of_upper_layers_cover() {
    let found = |v6: bool, number: u8, octets: &[u8]| -> Option<Rules> {
        let packet = if v6 { ipv6(number, octets) } else { ipv4(number, octets) };
        let start = packet.len() - octets.len();
        let checksum = whole(LinkType::RAW, &packet).get(1)?.checksum()?;
        let pseudo_len = checksum.pseudo_header.map(|pseudo| match pseudo {
            PseudoHeader::V4 { length, .. } => length.into(),
            PseudoHeader::V6 { length, .. } => length as usize,
        });
        let left_out = checksum.left_out.map(|(at, len)| (at - start, len));
        Some((checksum.protocol, checksum.offset - start, checksum.covered.len, left_out, pseudo_len))
    };
    let ospf =
        |version: u8, len: u8, auth_type: u8| join(&[&[version, 1, 0, len], &[0; 10], &[0, auth_type], &[0; 28]]);
    let starting = |front: &[u8]| join(&[front, &vec![0; 44 - front.len()]]);
    for (v6, number, octets, expected) in [
        (false, 2, starting(&[0x16]), Some((Protocol::Igmp, 2, 44, None, None))),
        (true, 2, starting(&[0x16]), None),
        (false, 33, starting(&[0, 0, 0, 0, 5, 3]), Some((Protocol::Dccp, 6, 28, None, Some(44)))),
        (false, 46, starting(&[0x10, 1, 0, 0, 1, 0, 0, 20]), Some((Protocol::Rsvp, 2, 20, None, None))),
        (true, 88, starting(&[2]), Some((Protocol::Eigrp, 2, 44, None, None))),
        (false, 89, ospf(2, 44, 0), Some((Protocol::Ospf, 12, 44, Some((16, 8)), None))),
        (false, 89, ospf(2, 44, 2), None),
        (true, 89, ospf(3, 36, 0), Some((Protocol::Ospf, 12, 36, None, Some(36)))),
        (true, 89, ospf(2, 44, 0), None),
        (false, 103, starting(&[0x20]), Some((Protocol::Pim, 2, 44, None, None))),
        (true, 103, starting(&[0x21]), Some((Protocol::Pim, 2, 8, None, Some(8)))),
        (false, 103, starting(&[0x10]), None),
        (false, 112, starting(&[0x21]), Some((Protocol::Vrrp, 6, 44, None, None))),
        (false, 112, starting(&[0x31]), Some((Protocol::Vrrp, 6, 44, None, Some(44)))),
        (false, 112, join(&[&[0x21, 1, 0, 7], &[0; 32]]), Some((Protocol::Carp, 6, 36, None, None))),
        (false, 132, starting(&[]), Some((Protocol::Sctp, 8, 44, None, None))),
        (true, 135, starting(&[59, 1]), Some((Protocol::Mipv6, 4, 16, None, Some(16)))),
        (false, 136, starting(&[0, 0, 0, 0, 0, 9]), Some((Protocol::UdpLite, 6, 9, None, Some(44)))),
        (false, 139, starting(&[59, 4]), Some((Protocol::Hip, 4, 40, None, Some(40)))),
        (true, 140, starting(&[59, 1, 1]), Some((Protocol::Shim6, 4, 16, None, None))),
        // The payload extension header: addresses that are not in the packet.
        (true, 140, starting(&[59, 0, 0x80]), None),
    ] {
        assert_eq!(found(v6, number, &octets), expected, "{number}, IPv6: {v6}, {octets:02x?}");
    }
}

#[test]
fn a_length_of_an_upper_layer_that_cannot_be() {
    let presence = |v6: bool, number: u8, octets: &[u8]| {
        let packet = if v6 { ipv6(number, octets) } else { ipv4(number, octets) };
        whole(LinkType::RAW, &packet)[1].checksum().unwrap().covered.presence
    };
    assert_eq!(presence(false, 136, &[0, 0, 0, 0, 0, 7, 0, 0, 0]), Presence::Inconsistent);
    assert_eq!(presence(false, 136, &[0, 0, 0, 0, 0, 10, 0, 0, 0]), Presence::Inconsistent);
    assert_eq!(presence(false, 33, &join(&[&[0, 0, 0, 0, 4, 2], &[0; 10]])), Presence::Inconsistent);
    assert_eq!(presence(false, 89, &join(&[&[2, 1, 0, 23], &[0; 40]])), Presence::Inconsistent);
    assert_eq!(presence(true, 135, &[59, 1, 0, 0, 0, 0, 0, 0]), Presence::Inconsistent);
}
