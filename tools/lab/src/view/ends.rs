//! Who sends to whom, by the addresses in the frames. The arrows of a ladder go along links: a router in between and a
//! switch are ends of them, and neither the sender nor the receiver of what they pass on.

use std::collections::BTreeSet;
use std::net::IpAddr;

use sockeye_common::addr::Host;

use crate::frames::Annotated;
use crate::frames::packet::{Body, Packet};
use crate::frames::words::addr_text;
use crate::model::{Lab, NodeKind};

/// The most connections that are named below a ladder.
const MOST: usize = 12;

/// The addresses in the frames of a ladder, and whose they are.
pub(super) struct Ends<'a> {
    seen: Vec<Seen<'a>>,
    switches: Vec<&'a str>,
    /// Each connection with the endpoints of the first frame of it that is shown.
    connections: Vec<(usize, [String; 2])>,
}

/// An address of a node, with the ports that it is seen with.
struct Seen<'a> {
    node: &'a str,
    addr: IpAddr,
    ports: BTreeSet<u16>,
}

/// Who has an address.
#[derive(Clone, Copy, PartialEq)]
enum Who<'a> {
    Node(&'a str, IpAddr),
    /// A broadcast or multicast address.
    All,
    /// Nobody of the network.
    Stranger(IpAddr),
    /// An address that every interface has, or none: the node at the end of the link.
    Here,
}

impl<'a> Ends<'a> {
    /// Those of these frames.
    pub(super) fn new(frames: &[&Annotated<'a>], lab: &'a Lab) -> Self {
        let nodes = lab.network.nodes.iter().filter(|node| node.kind == NodeKind::Switch);
        let switches = nodes.map(|node| node.name.as_str()).collect();
        let mut ends = Self { seen: Vec::new(), switches, connections: Vec::new() };
        for frame in frames {
            let ports = ports(&frame.packet);
            for (who, port) in ends.who(frame).into_iter().flatten().zip(ports) {
                ends.see(who, port);
            }
        }
        for frame in frames {
            let Some(segment) = &frame.segment else { continue };
            if !ends.connections.iter().any(|(number, _)| *number == segment.connection)
                && let Some(endpoints) = ends.endpoints(frame)
            {
                ends.connections.push((segment.connection, endpoints));
            }
        }
        ends.connections.sort_unstable();
        ends
    }

    /// `carol → bob`, `r1 10.0.1.254 → alice`: an address stands there where the name alone leaves open which one it is.
    /// `None` where the arrow says all of it.
    pub(super) fn words(&self, frame: &Annotated<'a>) -> Option<String> {
        let [src, dst] = self.who(frame)?;
        if self.is_plain(src, &frame.frame.from) && (dst == Who::All || self.is_plain(dst, &frame.frame.to)) {
            return None;
        }
        Some(format!("{} → {}", self.name(src, &frame.frame.from), self.name(dst, &frame.frame.to)))
    }

    /// The addresses of a node, each with its port if there is but one.
    pub(super) fn addresses(&self, node: &str) -> Vec<String> {
        let of_node = self.seen.iter().filter(|seen| seen.node == node);
        of_node
            .map(|Seen { addr, ports, .. }| match (ports.first(), ports.len()) {
                (Some(port), 1) => endpoint(*addr, *port),
                _ => addr_text(*addr),
            })
            .collect()
    }

    /// `alice 10.0.1.1`: the nodes that send or receive something here and have no column.
    pub(super) fn others(&self, columns: &[&str]) -> Vec<String> {
        let mut nodes: Vec<&str> = Vec::new();
        for Seen { node, .. } in &self.seen {
            if !columns.contains(node) && !nodes.contains(node) {
                nodes.push(node);
            }
        }
        nodes.iter().map(|node| format!("{node} {}", self.addresses(node).join(", "))).collect()
    }

    /// Whether several connections must be told apart.
    pub(super) fn has_several_connections(&self) -> bool {
        self.connections.len() > 1
    }

    /// `[1] alice:40000 – bob:7000`: what the numbers of connections stand for, if there are several.
    pub(super) fn connections(&self) -> Vec<String> {
        if !self.has_several_connections() {
            return Vec::new();
        }
        let first = self.connections.iter().take(MOST);
        let mut lines: Vec<String> =
            first.map(|(number, [one, other])| format!("[{number}] {one} – {other}")).collect();
        if let Some(more @ 1..) = self.connections.len().checked_sub(MOST) {
            lines.push(format!("and {more} more"));
        }
        lines
    }

    fn who(&self, frame: &Annotated<'a>) -> Option<[Who<'a>; 2]> {
        let [src, dst] = frame.packet.addresses()?;
        let [senders, receivers] = &frame.parties;
        let to_all = frame.packet.ethernet.is_some_and(|ethernet| {
            let [first, ..] = ethernet.dst;
            first & 1 == 1
        });
        let receiver = if to_all || is_group(dst) { Who::All } else { self.owner(dst, receivers, &frame.frame.to) };
        Some([self.owner(src, senders, &frame.frame.from), receiver])
    }

    /// Whose address it is. Where several have it, the one at the end of the link is meant.
    fn owner(&self, addr: IpAddr, owners: &[&'a str], end: &str) -> Who<'a> {
        match owners {
            [owner] => Who::Node(owner, addr),
            [] if is_everywhere(addr) && !self.switches.contains(&end) => Who::Here,
            several => {
                several.iter().find(|owner| **owner == end).map_or(Who::Stranger(addr), |owner| Who::Node(owner, addr))
            }
        }
    }

    fn see(&mut self, who: Who<'a>, port: Option<u16>) {
        let Who::Node(node, addr) = who else { return };
        if let Some(seen) = self.seen.iter_mut().find(|seen| seen.node == node && seen.addr == addr) {
            seen.ports.extend(port);
        } else {
            self.seen.push(Seen { node, addr, ports: port.into_iter().collect() });
        }
    }

    /// Whether a node has but one address of this version here, so that its name says which.
    fn is_single(&self, node: &str, addr: IpAddr) -> bool {
        let of_node = self.seen.iter().filter(|seen| seen.node == node && seen.addr.is_ipv4() == addr.is_ipv4());
        of_node.count() < 2
    }

    fn is_plain(&self, who: Who<'_>, end: &str) -> bool {
        match who {
            Who::Node(node, addr) => node == end && self.is_single(node, addr),
            Who::Here => true,
            Who::All | Who::Stranger(_) => false,
        }
    }

    fn name(&self, who: Who<'_>, end: &str) -> String {
        match who {
            Who::Node(node, addr) if self.is_single(node, addr) => node.to_owned(),
            Who::Node(node, addr) => format!("{node} {}", addr_text(addr)),
            Who::All => "all".to_owned(),
            Who::Stranger(addr) => addr_text(addr),
            Who::Here => end.to_owned(),
        }
    }

    fn endpoints(&self, frame: &Annotated<'a>) -> Option<[String; 2]> {
        let ([src, dst], [src_port, dst_port]) = (self.who(frame)?, ports(&frame.packet));
        let text = |who: Who<'a>, port: u16, end: &str| match who {
            Who::Stranger(addr) => endpoint(addr, port),
            _ => format!("{}:{port}", self.name(who, end)),
        };
        Some([text(src, src_port?, &frame.frame.from), text(dst, dst_port?, &frame.frame.to)])
    }
}

fn ports(packet: &Packet) -> [Option<u16>; 2] {
    match &packet.body {
        Body::Tcp(tcp) => [Some(tcp.src_port), Some(tcp.dst_port)],
        Body::Udp { src_port, dst_port } => [Some(*src_port), Some(*dst_port)],
        _ => [None, None],
    }
}

/// An address and a port, as RFC 5952 section 6 has them.
fn endpoint(addr: IpAddr, port: u16) -> String {
    match addr {
        IpAddr::V4(addr) => format!("{addr}:{port}"),
        IpAddr::V6(_) => format!("[{}]:{port}", Host::from(addr)),
    }
}

fn is_group(addr: IpAddr) -> bool {
    addr.is_multicast() || matches!(addr, IpAddr::V4(addr) if addr.is_broadcast())
}

/// Whether it says nothing about who has it: none at all, or one for a single link.
fn is_everywhere(addr: IpAddr) -> bool {
    addr.is_unspecified()
        || match addr {
            IpAddr::V4(addr) => addr.is_link_local(),
            IpAddr::V6(addr) => addr.is_unicast_link_local(),
        }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::frames::annotate;
    use crate::frames::sample::{ALICE, arp, connection, icmp, ipv4, sent, udp};
    use crate::record::{Record, What};

    const NETWORK: &str = "host alice bob\nrouter r1 r2\nswitch s1\n\
                           link alice:e0 10.0.0.1/24 -- s1:p1\nlink s1:p2 -- r1:e0 10.0.0.254/24\n\
                           link r1:e1 10.0.1.1/24 == r2:e0 10.0.1.2/24 as middle\n\
                           link r2:e1 10.0.2.254/24 -- bob:e0 10.0.0.2/24";

    fn lab() -> Lab {
        let text = format!("experiment x\ntitle x\n{NETWORK}\nstep x\n  alice$ ports\n");
        crate::language::parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
    }

    /// The same frame between two other nodes.
    fn between(from: &str, to: &str, octets: Vec<u8>) -> Record {
        let mut record = sent(1, 1, octets);
        if let What::Frame(frame) = &mut record.what {
            (frame.link, frame.from, frame.to) = (format!("{from}-{to}"), from.to_owned(), to.to_owned());
        }
        record
    }

    /// An ICMP error of a router to Alice.
    fn error(src: [u8; 4]) -> Vec<u8> {
        let packet = ipv4(src.into(), ALICE, 1, &[11, 0, 0xf4, 0xff, 0, 0, 0, 0]);
        [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, 8, 0][..], &packet].concat()
    }

    fn told(records: &[Record]) -> Vec<String> {
        let lab = lab();
        let frames = annotate(records, &lab);
        let frames: Vec<&Annotated<'_>> = frames.iter().collect();
        let ends = Ends::new(&frames, &lab);
        frames.iter().map(|frame| ends.words(frame).unwrap_or_default()).collect()
    }

    #[test]
    fn what_a_router_passes_on_is_of_whoever_sent_it() {
        let ping = || icmp(true, [8, 0, 0, 0, 0, 1, 0, 1], b"");
        let records = [between("r1", "r2", ping()), between("r2", "r1", icmp(false, [0, 0, 0, 0, 0, 1, 0, 1], b""))];
        assert_eq!(told(&records), ["alice → bob", "bob → alice"]);
        // Where both are at the ends of the link, the arrow says it.
        assert_eq!(told(&[between("alice", "bob", ping())]), [""]);
        let stranger = ipv4([10, 9, 9, 9].into(), ALICE, 17, &[0; 8]);
        let stranger = [&[2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, 8, 0][..], &stranger].concat();
        assert_eq!(told(&[between("r1", "alice", stranger)]), ["10.9.9.9 → alice"]);
    }

    #[test]
    fn a_router_in_between_has_addresses_of_its_own() {
        let near = || between("r1", "alice", error([10, 0, 0, 254]));
        assert_eq!(told(&[near()]), [""]);
        let far = between("r1", "alice", error([10, 0, 1, 2]));
        assert_eq!(told(&[near(), far]), ["", "r2 → alice"]);
        // Two addresses of one node are told apart.
        let other = between("r1", "alice", error([10, 0, 1, 1]));
        assert_eq!(told(&[near(), other]), ["r1 10.0.0.254 → alice", "r1 10.0.1.1 → alice"]);
    }

    #[test]
    fn a_switch_sends_nothing_itself() {
        let records = [
            between("alice", "s1", udp(true, 6000, b"a")),
            between("s1", "alice", arp(2)),
            between("s1", "alice", [&[0xff; 6], &arp(1)[6..]].concat()),
            between("alice", "s1", [&[0xff; 6], &arp(1)[6..]].concat()),
        ];
        assert_eq!(told(&records), ["alice → bob", "bob → alice", "alice → all", ""]);
    }

    #[test]
    fn addresses_and_connections() {
        let lab = lab();
        let mut records: Vec<Record> = connection().into_iter().map(|octets| between("r1", "r2", octets)).collect();
        records.push(between("r1", "alice", error([10, 0, 1, 2])));
        let frames = annotate(&records, &lab);
        let frames: Vec<&Annotated<'_>> = frames.iter().collect();
        let ends = Ends::new(&frames, &lab);
        assert_eq!(ends.addresses("alice"), ["10.0.0.1:40000"]);
        assert_eq!(ends.addresses("r1"), [""; 0]);
        assert_eq!(ends.others(&["r1", "r2"]), ["alice 10.0.0.1:40000", "bob 10.0.0.2:7000"]);
        // There is but one.
        assert_eq!(ends.connections(), [""; 0]);
        let mut other = connection();
        for octets in &mut other {
            let at = if octets[29] == 1 { 34 } else { 36 };
            octets[at + 1] ^= 1;
        }
        records.extend(other.into_iter().map(|octets| between("r1", "r2", octets)));
        let frames = annotate(&records, &lab);
        let frames: Vec<&Annotated<'_>> = frames.iter().collect();
        let ends = Ends::new(&frames, &lab);
        assert_eq!(ends.connections(), ["[1] alice:40000 – bob:7000", "[2] alice:40001 – bob:7000"]);
        assert_eq!(ends.addresses("alice"), ["10.0.0.1"]);
    }
}
