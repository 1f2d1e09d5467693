//! Frames built octet by octet, one per link type and header; then every prefix of them, and anything at all.
#![expect(clippy::cast_possible_truncation, reason = "the lengths of these frames are small")]

mod carried;

use proptest::prelude::*;
use sockeye_common::checksum::Sum;

use super::*;

const ETHERNET_IPV4: [u8; 14] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x08, 0x00];
const ETHERNET_IPV6: [u8; 14] = [2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 0x86, 0xdd];
/// 5000 to 6000, "ABCDE": with f752 it is right between 10.0.0.1 and 10.0.0.2 (reference/netsum.md, B1).
const UDP: [u8; 13] = [0x13, 0x88, 0x17, 0x70, 0, 13, 0xf7, 0x52, b'A', b'B', b'C', b'D', b'E'];
/// The same between fd00::1 and fd00::2.
const UDP_V6: [u8; 13] = [0x13, 0x88, 0x17, 0x70, 0, 13, 0x11, 0x51, b'A', b'B', b'C', b'D', b'E'];

fn v6(last: u8) -> Ipv6Addr {
    Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last.into())
}

fn join(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

/// An IPv4 packet with a right header checksum.
fn ipv4_with(total_length: u16, fragment: u16, protocol: u8, options: &[u8], payload: &[u8]) -> Vec<u8> {
    let ihl = 0x45 + (options.len() / 4) as u8;
    let [length_high, length_low] = total_length.to_be_bytes();
    let [fragment_high, fragment_low] = fragment.to_be_bytes();
    let fixed = [ihl, 0, length_high, length_low, 0xab, 0xcd, fragment_high, fragment_low, 64, protocol, 0, 0];
    let mut header = join(&[&fixed, &[10, 0, 0, 1, 10, 0, 0, 2], options]);
    let checksum = sockeye_common::checksum::compute(&header).to_be_bytes();
    header[10..12].copy_from_slice(&checksum);
    join(&[&header, payload])
}

fn ipv4(protocol: u8, payload: &[u8]) -> Vec<u8> {
    ipv4_with(20 + payload.len() as u16, 0, protocol, &[], payload)
}

fn ipv6_with(payload_length: u16, next_header: u8, payload: &[u8]) -> Vec<u8> {
    let [high, low] = payload_length.to_be_bytes();
    join(&[&[0x60, 0, 0, 0, high, low, next_header, 64], &v6(1).octets(), &v6(2).octets(), payload])
}

fn ipv6(next_header: u8, payload: &[u8]) -> Vec<u8> {
    ipv6_with(payload.len() as u16, next_header, payload)
}

fn walk(link_type: LinkType, octets: &[u8], original_len: usize) -> (Vec<Layer>, Stop) {
    let mut layers = dissect(link_type, octets, original_len);
    let found = layers.by_ref().collect();
    (found, layers.stop())
}

fn whole(link_type: LinkType, octets: &[u8]) -> Vec<Layer> {
    walk(link_type, octets, octets.len()).0
}

fn udp_of(layers: &[Layer]) -> Udp {
    match layers.last().map(|layer| layer.header) {
        Some(Header::Udp(udp)) => udp,
        other => panic!("no UDP but {other:?}"),
    }
}

/// Whether the sum over what `layer`'s checksum covers is all ones.
fn adds_up(layer: &Layer, frame: &[u8]) -> bool {
    let checksum = layer.checksum().unwrap();
    assert_eq!(checksum.covered.presence, Presence::Whole);
    let width = checksum.algorithm.width();
    assert_eq!(frame[checksum.offset..checksum.offset + width], checksum.stored.to_be_bytes()[4 - width..]);
    let mut sum = checksum.pseudo_header.map_or(Sum::new(), |pseudo| pseudo.sum());
    sum.add(checksum.covered.of(frame)).folded() == 0xffff
}

/// Every link type and link header that leads to IP: name, link type, octets in front of the packet, how many layers.
fn link_headers(v6: bool) -> Vec<(&'static str, LinkType, Vec<u8>, usize)> {
    let [high, low] = if v6 { [0x86, 0xdd] } else { [0x08, 0x00] };
    let ethernet = |ether_type: [u8; 2]| join(&[&ETHERNET_IPV4[..12], &ether_type]);
    let ppp = if v6 { 0x57 } else { 0x21 };
    let ip_len = if v6 { 53 } else { 33 };
    let mut headers = vec![
        ("Ethernet", LinkType::ETHERNET, ethernet([high, low]), 1),
        ("802.1Q", LinkType::ETHERNET, join(&[&ethernet([0x81, 0]), &[0xa0, 7, high, low]]), 2),
        ("QinQ", LinkType::ETHERNET, join(&[&ethernet([0x88, 0xa8]), &[0, 9, 0x81, 0, 0, 7, high, low]]), 3),
        ("SNAP", LinkType::ETHERNET, join(&[&ethernet([0, 8 + ip_len]), &[0xaa, 0xaa, 3, 0, 0, 0, high, low]]), 2),
        ("PPPoE", LinkType::ETHERNET, join(&[&ethernet([0x88, 0x64]), &[0x11, 0, 0, 5, 0, 2 + ip_len, 0, ppp]]), 3),
        ("MPLS", LinkType::ETHERNET, join(&[&ethernet([0x88, 0x47]), &[0, 1, 0x00, 64, 0, 2, 0x01, 64]]), 3),
        ("SLL", LinkType::LINUX_SLL, join(&[&[0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0], &[high, low]]), 1),
        ("SLL2", LinkType::LINUX_SLL2, join(&[&[high, low, 0, 0, 0, 0, 0, 3, 0, 1, 4, 6, 2, 0, 0, 0, 0, 1, 0, 0]]), 1),
        (
            "SLL with SNAP",
            LinkType::LINUX_SLL,
            join(&[&[0, 4, 0, 1, 0, 6, 2, 0, 0, 0, 0, 1, 0, 0, 0, 4], &[0xaa, 0xaa, 3, 0, 0, 0, high, low]]),
            2,
        ),
        ("PPP", LinkType::PPP, vec![0xff, 3, 0, ppp], 1),
        ("PPP without framing", LinkType::PPP, vec![0, ppp], 1),
        ("PPP compressed", LinkType::PPP, vec![ppp], 1),
        ("PPP in HDLC", LinkType::PPP_HDLC, vec![0xff, 3, 0, ppp], 1),
        ("PPP MPLS", LinkType::PPP, vec![0x02, 0x81, 0, 2, 0x01, 64], 2),
        ("PPPoE alone", LinkType::PPP_ETHER, vec![0x11, 0, 0, 5, 0, 2 + ip_len, 0, ppp], 2),
        ("RAW", LinkType::RAW, vec![], 0),
        ("RAW 12", LinkType::RAW_12, vec![], 0),
        ("RAW 14", LinkType::RAW_14, vec![], 0),
        ("RAW of one version", if v6 { LinkType::IPV6 } else { LinkType::IPV4 }, vec![], 0),
    ];
    for family in if v6 { &[10, 23, 24, 28, 30][..] } else { &[2] } {
        headers.push(("NULL big-endian", LinkType::NULL, vec![0, 0, 0, *family], 1));
        headers.push(("NULL little-endian", LinkType::NULL, vec![*family, 0, 0, 0], 1));
        headers.push(("LOOP", LinkType::LOOP, vec![0, 0, 0, *family], 1));
    }
    headers
}

#[test]
fn every_link_header_leads_to_the_same_datagram() {
    for (packet, is_v6) in [(ipv4(17, &UDP), false), (ipv6(17, &UDP_V6), true)] {
        for (name, link_type, header, depth) in link_headers(is_v6) {
            // Padding behind the packet, as Ethernet's least length asks for, is nobody's.
            let frame = join(&[&header, &packet, &[0xee; 9]]);
            let (layers, stop) = walk(link_type, &frame, frame.len());
            assert_eq!((layers.len(), stop), (depth + 2, Stop::Payload), "{name}: {layers:?}");
            let udp = layers.last().unwrap();
            assert_eq!(udp.payload.of(&frame), b"ABCDE", "{name}");
            assert!(adds_up(udp, &frame), "{name}");
            assert_eq!(udp_of(&layers).upper.segment.len, 13, "{name}");
            if !is_v6 {
                assert!(adds_up(&layers[depth], &frame), "{name}");
            }
            // Each header starts where the last one ended.
            let mut at = 0;
            for layer in &layers {
                assert_eq!(layer.offset, at, "{name}");
                at = layer.header_range().end;
                assert_eq!(layer.payload.start, at, "{name}");
            }
        }
    }
}

#[test]
fn link_fields() {
    let frames = link_headers(false);
    let first = |name: &str, index: usize| {
        let (_, link_type, header, _) = frames.iter().find(|(frame, ..)| *frame == name).unwrap();
        whole(*link_type, &join(&[header, &ipv4(17, &UDP)]))[index].header
    };
    assert_eq!(
        first("Ethernet", 0),
        Header::Ethernet(Ethernet { dst: [2, 0, 0, 0, 0, 2], src: [2, 0, 0, 0, 0, 1], ether_type: 0x800 })
    );
    assert_eq!(first("802.1Q", 1), Header::Vlan(Vlan { priority: 5, drop_eligible: false, id: 7, ether_type: 0x800 }));
    assert_eq!(first("PPPoE", 1), Header::Pppoe { session: 5, length: 35 });
    assert_eq!(first("PPP compressed", 0), Header::Ppp { protocol: 0x21 });
    assert_eq!(first("MPLS", 2), Header::Mpls(Mpls { label: 0x20, traffic_class: 0, bottom: true, ttl: 64 }));
    assert_eq!(first("NULL little-endian", 0), Header::Loopback { family: 2 });
    let cooked = LinuxSll { packet_type: 4, arphrd: 1, protocol: 0x800, interface_index: None };
    assert_eq!(first("SLL", 0), Header::LinuxSll(cooked));
    assert_eq!(first("SLL2", 0), Header::LinuxSll(LinuxSll { interface_index: Some(3), ..cooked }));
}

#[test]
fn what_is_not_ip_says_what_it_is() {
    let ethernet = |rest: &[u8]| join(&[&ETHERNET_IPV4[..12], rest]);
    for (link_type, octets, expected) in [
        (LinkType(147), vec![1], Stop::LinkType(LinkType(147))),
        (LinkType::ETHERNET, ethernet(&[8, 6, 0, 1]), Stop::EtherType(0x806)),
        (LinkType::ETHERNET, ethernet(&[0, 3, 0x42, 0x42, 3]), Stop::Llc { dsap: 0x42, ssap: 0x42 }),
        (LinkType::NULL, vec![0, 0, 0, 7, 1], Stop::Family(7)),
        (LinkType::PPP, vec![0xff, 3, 0xc0, 0x21, 1], Stop::PppProtocol(0xc021)),
        (LinkType::PPP_HDLC, vec![0x0f, 0, 0x20, 0], Stop::EtherType(0x2000)),
        (LinkType::RAW, vec![0x50], Stop::Malformed { header: "IP", field: "Version", offset: 0, found: 5 }),
        (
            LinkType::PPP_ETHER,
            vec![0x22, 0, 0, 0, 0, 0],
            Stop::Malformed { header: "PPPoE", field: "VER and TYPE", offset: 0, found: 0x22 },
        ),
        // A pseudowire with a control word.
        (LinkType::ETHERNET, ethernet(&[0x88, 0x47, 0, 0x10, 1, 64, 0, 0, 0, 0]), Stop::Payload),
    ] {
        assert_eq!(walk(link_type, &octets, octets.len()).1, expected);
    }
}

#[test]
fn ipv4_fields_and_options() {
    // Router alert, then no-operations: no source route.
    let packet = ipv4_with(24 + 13, 0x4000, 17, &[0x94, 4, 0, 0], &UDP);
    let layers = whole(LinkType::RAW, &packet);
    let expected = Ipv4 {
        src: [10, 0, 0, 1].into(),
        dst: [10, 0, 0, 2].into(),
        protocol: 17,
        total_length: 37,
        identification: 0xabcd,
        fragment: None,
        ttl: 64,
        checksum: u16::from_be_bytes([packet[10], packet[11]]),
    };
    assert_eq!((layers[0].header, layers[0].header_len), (Header::Ipv4(expected), 24));
    assert!(adds_up(&layers[0], &packet) && adds_up(&layers[1], &packet));
}

#[test]
fn a_source_route_gives_the_final_destination() {
    let route = |pointer| [131, 11, pointer, 10, 0, 0, 7, 10, 0, 0, 9, 0];
    for (pointer, dst) in [(4, [10, 0, 0, 9]), (8, [10, 0, 0, 9]), (12, [10, 0, 0, 2])] {
        let packet = ipv4_with(32 + 13, 0, 17, &route(pointer), &UDP);
        assert_eq!(udp_of(&whole(LinkType::RAW, &packet)).upper.dst, IpAddr::from(dst), "pointer {pointer}");
    }
    for options in [[131, 1, 4, 0], [131, 3, 4, 0], [137, 40, 4, 0], [1, 1, 0, 131]] {
        let packet = ipv4_with(24 + 13, 0, 17, &options, &UDP);
        assert_eq!(udp_of(&whole(LinkType::RAW, &packet)).upper.dst, IpAddr::from([10, 0, 0, 2]), "{options:?}");
    }
}

#[test]
fn malformed_ip_lengths() {
    let mut packet = ipv4(17, &UDP);
    packet[0] = 0x44;
    let stop = |packet: &[u8]| walk(LinkType::IPV4, packet, packet.len()).1;
    assert_eq!(stop(&packet), Stop::Malformed { header: "IPv4", field: "IHL", offset: 0, found: 4 });
    packet[0] = 0x65;
    assert_eq!(stop(&packet), Stop::Malformed { header: "IPv4", field: "Version", offset: 0, found: 6 });
    packet[0] = 0x45;
    packet[3] = 19;
    let (layers, stop) = walk(LinkType::IPV4, &packet, packet.len());
    assert_eq!(stop, Stop::Malformed { header: "IPv4", field: "Total Length", offset: 0, found: 19 });
    let [header] = &layers[..] else { panic!("{layers:?}") };
    assert_eq!((header.payload.len, header.payload.presence), (0, Presence::Inconsistent));
    assert!(!adds_up(header, &packet), "the header is judged all the same");
    let packet = ipv4_with(19, 0, 17, &[], &UDP);
    assert!(adds_up(&whole(LinkType::IPV4, &packet)[0], &packet));
}

#[test]
fn a_total_length_of_zero_is_the_rest_of_the_frame() {
    let packet = ipv4_with(0, 0, 17, &[], &UDP);
    let layers = whole(LinkType::ETHERNET, &join(&[&ETHERNET_IPV4, &packet]));
    assert_eq!((layers[1].payload.len, layers[1].payload.presence), (13, Presence::Whole));
    let packet = ipv6_with(0, 17, &UDP_V6);
    assert_eq!(whole(LinkType::ETHERNET, &join(&[&ETHERNET_IPV6, &packet]))[1].payload.len, 13);
    let (layers, stop) = walk(LinkType::RAW, &ipv6_with(0, 59, &[1; 7]), 47);
    assert_eq!((layers[0].payload.len, stop), (0, Stop::Payload));
}

#[test]
fn a_jumbogram_says_its_length_in_an_option() {
    // Hop-by-Hop: PadN of nothing, then Jumbo Payload of 8 + 13; three octets of padding follow the datagram.
    let hop_by_hop = [17, 0, 0xc2, 4, 0, 0, 0, 21];
    let packet = ipv6_with(0, 0, &join(&[&hop_by_hop, &UDP_V6, &[0xee; 3]]));
    let layers = whole(LinkType::RAW, &packet);
    assert_eq!(layers[0].payload.len, 21);
    assert!(adds_up(&layers[2], &packet));
    // A UDP Length of zero is the rest where 16 bits would not do.
    let large = 70_000_u32;
    let mut datagram = vec![0; large as usize];
    datagram[..8].copy_from_slice(&[0, 1, 0, 2, 0, 0, 0, 0]);
    let mut hop_by_hop = hop_by_hop;
    hop_by_hop[4..].copy_from_slice(&(8 + large).to_be_bytes());
    let packet = ipv6_with(0, 0, &join(&[&hop_by_hop, &datagram]));
    let udp = udp_of(&whole(LinkType::RAW, &packet));
    assert_eq!((udp.length, udp.datagram.len, udp.datagram.presence), (0, 70_000, Presence::Whole));
}

#[test]
fn fragments() {
    // The first has the header, the others have data; both say where they belong.
    let first = ipv4_with(20 + 8, 0x2000, 17, &[], &UDP[..8]);
    let layers = whole(LinkType::RAW, &first);
    let fragment = Some(Fragment { identification: 0xabcd, offset: 0, more: true });
    let udp = udp_of(&layers);
    assert_eq!((udp.upper.fragment, udp.datagram.presence, udp.datagram.len), (fragment, Presence::Fragment, 13));
    assert!(adds_up(&layers[0], &first), "the IP header is judged all the same");
    let last = ipv4_with(20 + 5, 1, 17, &[], &UDP[8..]);
    let layers = whole(LinkType::RAW, &last);
    let Header::FragmentData(upper) = layers[1].header else { panic!("{layers:?}") };
    assert_eq!(upper.fragment, Some(Fragment { identification: 0xabcd, offset: 8, more: false }));
    assert_eq!((upper.segment.presence, layers[1].payload.of(&last)), (Presence::Fragment, &UDP[8..]));
    assert_eq!(layers[1].checksum(), None);
    // Eight octets are allowed, which is not a whole TCP header.
    let tiny = ipv4_with(20 + 8, 0x2000, 6, &[], &[0; 8]);
    let (layers, stop) = walk(LinkType::RAW, &tiny, tiny.len());
    assert_eq!(layers.len(), 1);
    let presence = Presence::Fragment;
    assert_eq!(stop, Stop::Truncated { header: "TCP", offset: 20, needed: 20, available: 8, presence });

    let header = |offset_and_more: u8| [17, 0, 0, offset_and_more, 1, 2, 3, 4];
    let fragment = |offset, more| Some(Fragment { identification: 0x0102_0304, offset, more });
    let packet = ipv6(44, &join(&[&header(1), &UDP_V6[..8]]));
    assert_eq!(udp_of(&whole(LinkType::RAW, &packet)).upper.fragment, fragment(0, true));
    let packet = ipv6(44, &join(&[&header(8), &UDP_V6[8..]]));
    let layers = whole(LinkType::RAW, &packet);
    assert!(matches!(layers[2].header, Header::FragmentData(upper) if upper.fragment == fragment(8, false)));
    // An atomic fragment is a whole datagram.
    let packet = ipv6(44, &join(&[&header(0), &UDP_V6]));
    let layers = whole(LinkType::RAW, &packet);
    assert_eq!(udp_of(&layers).upper.fragment, None);
    assert!(adds_up(&layers[2], &packet));
}

#[test]
fn extension_headers() {
    let routing = [60, 2, 4, 1, 0, 0, 0, 0];
    let authentication = [17, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9];
    let chain = join(&[
        &[43, 0, 5, 2, 0, 0, 1, 0],
        &routing,
        &v6(2).octets(),
        &[51, 1, 1, 12, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
        &authentication,
        &UDP_V6,
    ]);
    let mut packet = ipv6(0, &chain);
    // On its way the packet has the next hop for a destination; the pseudo-header has the last one.
    packet[24..40].copy_from_slice(&v6(99).octets());
    let layers = whole(LinkType::RAW, &packet);
    let kinds: Vec<(u8, usize)> = layers
        .iter()
        .filter_map(|layer| match layer.header {
            Header::Extension(extension) => Some((extension.kind, layer.header_len)),
            _ => None,
        })
        .collect();
    assert_eq!(kinds, [(0, 8), (43, 24), (60, 16), (51, 24)]);
    assert!(matches!(layers[0].header, Header::Ipv6(ip) if ip.dst == v6(99)));
    assert_eq!(udp_of(&layers).upper.dst, IpAddr::from(v6(2)));
    assert!(adds_up(&layers[5], &packet));
    // In IPv4 only the Authentication Header is followed.
    let packet = ipv4(51, &join(&[&authentication, &UDP]));
    let layers = whole(LinkType::RAW, &packet);
    assert!(layers.len() == 3 && adds_up(&layers[2], &packet));
    for number in [0, 43, 44, 60, 58] {
        assert!(
            matches!(whole(LinkType::RAW, &ipv4(number, &chain))[1].header, Header::Other(upper) if upper.protocol == number)
        );
    }
}

#[test]
fn a_home_address_stands_for_the_source() {
    let src = |options: &[u8]| {
        let packet = ipv6(60, &join(&[&[17, 2], options, &UDP_V6]));
        udp_of(&whole(LinkType::RAW, &packet)).upper.src
    };
    let home = v6(7).octets();
    assert_eq!(src(&join(&[&[1, 2, 0, 0, 0xc9, 16], &home])), IpAddr::from(v6(7)));
    assert_eq!(src(&join(&[&[0, 0, 0, 0, 0xc9, 15], &home])), IpAddr::from(v6(1)), "an octet too short");
    assert_eq!(src(&join(&[&[1, 2, 0, 0, 0xc9, 17], &home])), IpAddr::from(v6(1)), "beyond the header");
    assert_eq!(src(&join(&[&[1, 2, 0, 0, 0x09, 16], &home])), IpAddr::from(v6(1)), "another option");
}

#[test]
fn where_a_routing_header_ends() {
    let last = |header: &[u8], addresses: &[u8]| {
        let packet = ipv6(43, &join(&[header, addresses, &UDP_V6]));
        let IpAddr::V6(dst) = udp_of(&whole(LinkType::RAW, &packet)).upper.dst else { panic!("IPv6 packet") };
        dst
    };
    let two = join(&[&v6(7).octets(), &v6(9).octets()]);
    assert_eq!(last(&[17, 4, 0, 1, 0, 0, 0, 0], &two), v6(9), "type 0 ends with the last");
    assert_eq!(last(&[17, 4, 0, 0, 0, 0, 0, 0], &two), v6(2), "none left: it has arrived");
    assert_eq!(last(&[17, 2, 2, 1, 0, 0, 0, 0], &two[16..]), v6(9), "type 2 has one");
    assert_eq!(last(&[17, 4, 4, 1, 1, 0, 0, 0], &two), v6(7), "type 4 is in reverse");
    // Type 3: 15 octets left out of each, the last octet of each, six of padding.
    assert_eq!(last(&[17, 1, 3, 1, 0xff, 0x60, 0, 0], &[7, 9, 0, 0, 0, 0, 0, 0]), v6(9));
    assert_eq!(last(&[17, 1, 3, 1, 0x00, 0xf0, 0, 0], &[0; 8]), v6(2), "more padding than addresses");
    assert_eq!(last(&[17, 0, 0, 1, 0, 0, 0, 0], &[]), v6(2), "no address at all");
    assert_eq!(last(&[17, 4, 253, 1, 0, 0, 0, 0], &two), v6(2), "unknown type");
}

#[test]
fn udp_lengths() {
    let with_length = |length: u16, payload: &[u8]| {
        let mut datagram = UDP[..8].to_vec();
        datagram[4..6].copy_from_slice(&length.to_be_bytes());
        let packet = ipv4(17, &join(&[&datagram, payload]));
        let layers = whole(LinkType::RAW, &packet);
        let udp = udp_of(&layers);
        (udp.datagram.len, udp.datagram.captured, udp.datagram.presence, layers[1].payload.captured)
    };
    assert_eq!(with_length(13, b"ABCDE"), (13, 13, Presence::Whole, 5));
    assert_eq!(with_length(10, b"ABCDE"), (10, 10, Presence::Whole, 2), "the rest belongs to IP");
    assert_eq!(with_length(14, b"ABCDE"), (14, 13, Presence::Inconsistent, 5));
    assert_eq!(with_length(7, b"ABCDE"), (7, 7, Presence::Inconsistent, 0));
    assert_eq!(with_length(0, b"ABCDE"), (0, 0, Presence::Inconsistent, 0));
    let layers = whole(LinkType::RAW, &ipv4(17, &UDP));
    let pseudo = layers[1].checksum().unwrap().pseudo_header;
    let (src, dst) = ([10, 0, 0, 1].into(), [10, 0, 0, 2].into());
    assert_eq!(pseudo, Some(PseudoHeader::V4 { src, dst, protocol: 17, length: 13 }));
}

#[test]
fn tcp_and_icmp_fields() {
    let segment =
        [0, 80, 0x1f, 0x90, 0, 0, 0, 1, 0, 0, 0, 2, 0x60, 0x12, 0xff, 0xff, 0xab, 0xcd, 0, 0, 2, 4, 5, 0xb4, b'x'];
    let packet = ipv4(6, &segment);
    let layers = whole(LinkType::RAW, &packet);
    let Header::Tcp(tcp) = layers[1].header else { panic!("{layers:?}") };
    assert_eq!((tcp.src_port, tcp.dst_port, tcp.sequence, tcp.acknowledgment), (80, 8080, 1, 2));
    assert_eq!((tcp.data_offset, tcp.flags, tcp.window, tcp.checksum), (24, 0x12, 0xffff, 0xabcd));
    assert_eq!((layers[1].payload.of(&packet), layers[1].checksum().unwrap().offset), (&b"x"[..], 36));

    let mut damaged = segment;
    damaged[12] = 0x40;
    let (layers, stop) = walk(LinkType::RAW, &ipv4(6, &damaged), 45);
    assert_eq!(layers[1].header_len, 20);
    assert_eq!(stop, Stop::Malformed { header: "TCP", field: "Data Offset", offset: 20, found: 4 });
    damaged[12] = 0xf0;
    assert_eq!(whole(LinkType::RAW, &ipv4(6, &damaged))[1].payload.captured, 0, "options past the segment");

    // Echo requests, and their checksums by hand: 0800 + 0001 + 0002, and with the pseudo-header of IPv6.
    let packet = ipv4(1, &[8, 0, 0xf7, 0xfc, 0, 1, 0, 2]);
    let layers = whole(LinkType::RAW, &packet);
    assert!(matches!(layers[1].header, Header::Icmp(icmp) if (icmp.icmp_type, icmp.code) == (8, 0)));
    assert!(adds_up(&layers[1], &packet));
    let sum = 0x8000_u32 + 1 + 2 + 0xfd00 + 1 + 0xfd00 + 2 + 8 + 58;
    let [high, low] = (!(((sum & 0xffff) + (sum >> 16)) as u16)).to_be_bytes();
    let packet = ipv6(58, &[128, 0, high, low, 0, 1, 0, 2]);
    let layers = whole(LinkType::RAW, &packet);
    assert!(matches!(layers[1].header, Header::Icmpv6(icmp) if icmp.icmp_type == 128));
    assert!(adds_up(&layers[1], &packet));
}

#[test]
fn a_cut_by_the_capture_is_told_from_a_length_that_lies() {
    let frame = join(&[&ETHERNET_IPV4, &ipv4(17, &UDP)]);
    let cut = &frame[..frame.len() - 3];
    let (layers, _) = walk(LinkType::ETHERNET, cut, frame.len());
    let udp = udp_of(&layers);
    assert_eq!((udp.datagram.presence, udp.datagram.captured, udp.datagram.len), (Presence::Cut, 10, 13));
    assert_eq!((layers[2].payload.presence, layers[2].payload.of(cut)), (Presence::Cut, &b"AB"[..]));
    // The same octets, when there never were more.
    let layers = whole(LinkType::ETHERNET, cut);
    assert_eq!(udp_of(&layers).datagram.presence, Presence::Inconsistent);
    assert_eq!(layers[1].payload.presence, Presence::Inconsistent);
    for (original_len, presence) in [(frame.len(), Presence::Cut), (38, Presence::Inconsistent)] {
        let (layers, stop) = walk(LinkType::ETHERNET, &frame[..38], original_len);
        let (header, offset, needed, available) = ("UDP", 34, 8, 4);
        assert_eq!((layers.len(), stop), (2, Stop::Truncated { header, offset, needed, available, presence }));
    }
}

#[test]
fn padding_is_nobodys() {
    // A header, a length and a rest of the frame that would fit only with the padding.
    let padded = |packet: &[u8]| walk(LinkType::ETHERNET, &join(&[&ETHERNET_IPV4, packet, &[0xee; 9]]), 0);
    let (header, offset, needed, available) = ("UDP", 34, 8, 4);
    let presence = Presence::Inconsistent;
    let stop = Stop::Truncated { header, offset, needed, available, presence };
    assert_eq!(padded(&ipv4(17, &UDP[..4])).1, stop);
    let mut datagram = UDP;
    datagram[5] += 1;
    let udp = udp_of(&padded(&ipv4(17, &datagram)).0);
    assert_eq!((udp.datagram.captured, udp.datagram.presence), (13, Presence::Inconsistent));
    let offloaded = ipv4_with(0, 0, 17, &[], &UDP);
    for header in [&[0x88, 0x64, 0x11, 0, 0, 5, 0, 35, 0, 0x21][..], &[0, 8 + 33, 0xaa, 0xaa, 3, 0, 0, 0, 8, 0]] {
        let frame = join(&[&ETHERNET_IPV4[..12], header, &offloaded, &[0xee; 9]]);
        assert_eq!(udp_of(&whole(LinkType::ETHERNET, &frame)).upper.segment.len, 13);
    }
}

#[test]
fn headers_stacked_without_end_are_left() {
    let labels = join(&[&ETHERNET_IPV4[..12], &[0x88, 0x47], &[0; 4000]]);
    let (layers, stop) = walk(LinkType::ETHERNET, &labels, labels.len());
    assert_eq!((layers.len(), stop), (usize::from(MAX_DEPTH), Stop::TooDeep));
}

#[test]
fn a_segment_longer_than_the_pseudo_header_can_say() {
    let upper = Upper {
        src: [10, 0, 0, 1].into(),
        dst: [10, 0, 0, 2].into(),
        protocol: 6,
        segment: Extent { start: 0, len: 0, captured: 0, presence: Presence::Whole },
        fragment: None,
    };
    assert!(matches!(upper.pseudo_header(0x1_0004), PseudoHeader::V4 { length: 5, .. }));
}

/// Frames that together reach every header.
fn seeds() -> Vec<(LinkType, Vec<u8>)> {
    let mut seeds = vec![];
    for is_v6 in [false, true] {
        let packet = if is_v6 { ipv6(17, &UDP_V6) } else { ipv4(17, &UDP) };
        for (_, link_type, header, _) in link_headers(is_v6) {
            seeds.push((link_type, join(&[&header, &packet])));
        }
    }
    let extensions = join(&[
        &[43, 0, 5, 2, 0, 0, 1, 0],
        &[44, 2, 3, 1, 0xff, 0x60, 0, 0],
        &[7; 16],
        &[6, 0, 0, 1, 1, 2, 3, 4],
        &[0x55; 24],
    ]);
    seeds.push((LinkType::RAW, ipv6(0, &extensions)));
    seeds.push((LinkType::RAW, ipv6_with(0, 0, &extensions)));
    seeds.push((LinkType::RAW, ipv4_with(32 + 13, 0, 6, &[131, 11, 4, 10, 0, 0, 7, 10, 0, 0, 9, 0], &[0x55; 24])));
    seeds.push((LinkType::RAW, ipv4(1, &[8; 9])));
    seeds.push((LinkType::RAW, ipv6(58, &[128; 9])));
    seeds
}

/// What must hold of any octets: every range is inside the frame, and what says to be whole is.
fn check(link_type: LinkType, octets: &[u8], original_len: usize) -> Result<(), TestCaseError> {
    let (layers, stop) = walk(link_type, octets, original_len);
    prop_assert_ne!(stop, Stop::NotYet);
    for layer in layers {
        prop_assert!(octets.get(layer.header_range()).is_some(), "{layer:?}");
        let mut extents = vec![layer.payload];
        if let Some(checksum) = layer.checksum() {
            let width = checksum.algorithm.width();
            let stored = checksum.stored.to_be_bytes();
            prop_assert_eq!(octets.get(checksum.offset..checksum.offset + width), Some(&stored[4 - width..]));
            extents.push(checksum.covered);
        }
        if let Header::Other(upper) | Header::FragmentData(upper) = layer.header {
            extents.push(upper.segment);
        }
        for extent in extents {
            prop_assert!(octets.get(extent.range()).is_some(), "{extent:?} in {layer:?}");
            prop_assert!(extent.captured <= extent.len, "{extent:?} in {layer:?}");
            prop_assert!(
                extent.presence != Presence::Whole || extent.captured == extent.len,
                "{extent:?} in {layer:?}"
            );
            prop_assert!(extent.presence != Presence::Cut || extent.captured < extent.len, "{extent:?} in {layer:?}");
        }
    }
    Ok(())
}

#[test]
fn every_prefix_of_every_frame() {
    for (link_type, frame) in seeds() {
        for cut in 0..=frame.len() {
            check(link_type, &frame[..cut], frame.len()).unwrap();
            check(link_type, &frame[..cut], cut).unwrap();
        }
    }
}

proptest! {
    #[test]
    fn no_octets_panic(link_type in 0_u16..300, octets: Vec<u8>, original_len in 0_usize..300) {
        check(LinkType(link_type), &octets, original_len)?;
    }

    #[test]
    fn no_damage_to_a_frame_panics(
        seed: prop::sample::Index,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut: prop::sample::Index,
        original_len in 0_usize..200,
    ) {
        let (link_type, mut frame) = seed.get(&seeds()).clone();
        for (at, octet) in damage {
            let at = at.index(frame.len());
            frame[at] = octet;
        }
        frame.truncate(cut.index(frame.len()) + 1);
        check(link_type, &frame, original_len)?;
    }
}
