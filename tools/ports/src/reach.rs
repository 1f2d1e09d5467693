//! Say from where each listener can be reached.
//!
//! By the address that it is bound to, by those that the interfaces have, and of UDP by the groups that they have joined. Of a
//! firewall is said whether there is one; what it lets through is not read.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::addr::{IpText, mapped_v4};
use sockeye_common::special;
use sockeye_sys::addresses::InterfaceAddress;
use sockeye_sys::sock_diag::Extensions;
use sockeye_sys::{Protocol, TcpState};

use crate::cli::{Reach, WantedOwners};
use crate::endpoint;
use crate::explain::{Event, counted};
use crate::names::Names;
use crate::netstat::groups::Group;
use crate::owners::{self, Holders, Ownership};
use crate::record::Record;
use crate::shell;
use crate::socket::{Socket, protocol_label};
use crate::state::State;
use crate::watch::layout::{self, Part};
use crate::why::{all_sockets, host};

/// How far away somebody may be who reaches a listener.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposure {
    /// On this machine.
    Machine,
    /// On the same link.
    Link,
    /// In a private network: RFC 1918, unique local addresses, and what else IANA keeps out of the Internet.
    Private,
    /// Anywhere.
    Everyone,
}

impl Exposure {
    fn words(self) -> &'static str {
        match self {
            Self::Machine => "this machine",
            Self::Link => "the link",
            Self::Private => "private network",
            Self::Everyone => "everyone",
        }
    }

    fn role(self) -> Role {
        match self {
            Self::Machine => Role::Good,
            Self::Link | Self::Private => Role::Warning,
            Self::Everyone => Role::Bad,
        }
    }
}

/// One address by which a listener is reached.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Way {
    /// The address.
    pub address: String,
    /// The interface that has it; null where none has.
    pub interface: Option<String>,
    /// Who may use it.
    pub exposure: Exposure,
    /// The name of IANA's registry for such addresses; null for those of the Internet.
    pub range: Option<&'static str>,
}

/// What this host has, as far as it decides.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// The addresses of the interfaces.
    pub addresses: &'a [InterfaceAddress],
    /// The interfaces by index, with names that are safe for a terminal.
    pub interfaces: &'a [(u32, String)],
    /// The multicast groups that the interfaces have joined, without those that every host is in.
    pub groups: &'a [Group],
}

/// Which packet filters are loaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Firewall {
    /// Only root may see that.
    Unknown,
    /// These, by family or program and name.
    Loaded(Vec<String>),
}

impl Firewall {
    /// What is said of it, where somebody else may reach something.
    fn sentence(&self) -> String {
        let known = match self {
            Self::Unknown => "whether a firewall is loaded only root may see".to_owned(),
            Self::Loaded(tables) if tables.is_empty() => "no table of nftables or iptables is loaded here".to_owned(),
            Self::Loaded(tables) => {
                let count = counted(tables.len(), "table of a firewall is", "tables of a firewall are");
                format!("{count} loaded and not read, and may let less through ({})", tables.join(", "))
            }
        };
        format!("as far as addresses go: {known}, and what routers let through is not known")
    }
}

/// Whether a group is one that somebody here asked for: not all hosts, and not what finds the neighbours.
///
/// # Source
/// RFC 1112 section 4 (224.0.0.1); RFC 4291 section 2.7.1 (all nodes, solicited nodes).
fn is_asked_for(group: IpAddr) -> bool {
    match group {
        IpAddr::V4(v4) => v4 != Ipv4Addr::new(224, 0, 0, 1),
        IpAddr::V6(v6) => match v6.segments() {
            [0xff01 | 0xff02, 0, 0, 0, 0, 0, 0, 1] => false,
            [0xff02, 0, 0, 0, 0, 1, solicited, _] => solicited >> 8 != 0xff,
            _ => true,
        },
    }
}

impl Here<'_> {
    fn is_loopback(&self, interface: &str) -> bool {
        self.addresses.iter().any(|own| own.addr.is_loopback() && self.interface(own.index) == interface)
    }

    fn interface(&self, index: u32) -> String {
        let known = self.interfaces.iter().find(|(known, _)| *known == index);
        known.map_or_else(|| index.to_string(), |(_, name)| name.clone())
    }
}

/// Who may reach an address.
///
/// # Source
/// IANA's special-purpose registries; RFC 4291 sections 2.5.6 and 2.7, RFC 3927 (link-local addresses), RFC 5771 section 4
/// (no router forwards 224.0.0.0/24).
pub fn exposure_of(addr: IpAddr) -> (Exposure, Option<&'static str>) {
    let addr = plain(addr);
    let range = special::lookup(addr);
    let name = range.map(|range| range.name);
    let link = match addr {
        IpAddr::V4(v4) => v4.is_link_local() || v4.is_broadcast() || matches!(v4.octets(), [224, 0, 0, _]),
        IpAddr::V6(v6) => v6.is_unicast_link_local() || scope_of_group(v6) == Some(2),
    };
    let machine = addr.is_loopback() || matches!(addr, IpAddr::V6(v6) if scope_of_group(v6) == Some(1));
    let exposure = match range {
        _ if machine => Exposure::Machine,
        _ if link => Exposure::Link,
        // How far other groups go only the routers know.
        _ if addr.is_multicast() => Exposure::Private,
        Some(range) if range.globally_reachable == Some(false) => Exposure::Private,
        _ => Exposure::Everyone,
    };
    (exposure, name)
}

/// How far a multicast group of IPv6 goes: 1 is the interface (for loopback), 2 the link.
///
/// # Source
/// RFC 4291, section 2.7.
fn scope_of_group(addr: Ipv6Addr) -> Option<u8> {
    let [first, second, ..] = addr.octets();
    (first == 0xff).then_some(second & 0x0f)
}

/// An IPv4-mapped address is one of IPv4.
fn plain(addr: IpAddr) -> IpAddr {
    match addr {
        IpAddr::V6(v6) => mapped_v4(v6).map_or(addr, IpAddr::V4),
        IpAddr::V4(_) => addr,
    }
}

/// The addresses by which a listener is reached, widest first.
pub fn ways(socket: &Socket, here: &Here<'_>) -> Vec<Way> {
    let bound = plain(socket.local.ip());
    let on_device = |own: &&InterfaceAddress| socket.interface.is_none_or(|device| device == own.index);
    // The kernel takes what comes in on one interface for the address of another, but for those of loopback and of a link.
    let comes_in = |own: &&InterfaceAddress| {
        let elsewhere = || {
            socket.interface.is_some_and(|device| here.is_loopback(&here.interface(device))) || own.addr.is_loopback()
        };
        let link = || matches!(own.addr, IpAddr::V6(v6) if v6.is_unicast_link_local());
        on_device(own) || !(elsewhere() || link())
    };
    let way = |addr: IpAddr, interface: Option<u32>| {
        let (exposure, range) = exposure_of(addr);
        let interface = interface.map(|index| here.interface(index));
        Way { address: IpText(addr).to_string(), interface, exposure, range }
    };
    let mut ways: Vec<Way> = if bound.is_unspecified() {
        let both = socket.is_dual_stack_wildcard();
        let family = |own: &&InterfaceAddress| both || own.addr.is_ipv4() == bound.is_ipv4();
        here.addresses.iter().filter(comes_in).filter(family).map(|own| way(own.addr, Some(own.index))).collect()
    } else {
        let own = here.addresses.iter().filter(comes_in).find(|own| own.addr == bound);
        // Every address of 127.0.0.0/8 is there, though the interface has but one.
        let loopback = || {
            let first = IpAddr::V4(Ipv4Addr::LOCALHOST);
            here.addresses.iter().filter(|_| bound.is_ipv4() && bound.is_loopback()).find(|own| own.addr == first)
        };
        let index = own.or_else(loopback).map(|own| own.index).or(socket.interface);
        match here.addresses.iter().filter(on_device).find(|own| broadcast_of(own) == Some(bound)) {
            Some(own) => vec![Way { exposure: Exposure::Link, ..way(bound, Some(own.index)) }],
            None => vec![way(bound, index)],
        }
    };
    if socket.protocol == Protocol::UDP {
        let joined: Vec<Way> = groups_of(socket, bound, here).collect();
        if bound.is_multicast() && !joined.is_empty() {
            ways.clear();
        }
        ways.extend(joined);
    }
    ways.sort_by_key(|way| std::cmp::Reverse(way.exposure));
    ways
}

/// The groups that lead to a UDP socket: of one that is bound to a group that one, and of one on every address all of its
/// families, whoever has joined them, since IP_MULTICAST_ALL is on unless it was turned off.
fn groups_of<'a>(socket: &'a Socket, bound: IpAddr, here: &'a Here<'_>) -> impl Iterator<Item = Way> {
    let takes = move |group: &&Group| match group.group {
        group if !bound.is_unspecified() => group == bound,
        IpAddr::V4(_) => bound.is_ipv4() || socket.is_dual_stack_wildcard(),
        IpAddr::V6(_) => bound.is_ipv6(),
    };
    let on_device = |group: &&Group| socket.interface.is_none_or(|device| here.interface(device) == group.interface);
    here.groups.iter().filter(takes).filter(on_device).map(|group| {
        let (exposure, range) = exposure_of(group.group);
        let exposure = if here.is_loopback(&group.interface) { Exposure::Machine } else { exposure };
        Way { address: IpText(group.group).to_string(), interface: Some(group.interface.clone()), exposure, range }
    })
}

/// The broadcast address of an interface's network; one of two addresses has none (RFC 3021).
fn broadcast_of(own: &InterfaceAddress) -> Option<IpAddr> {
    let IpAddr::V4(at) = own.addr else { return None };
    let host_bits = u32::MAX.checked_shr(own.prefix_length.into()).unwrap_or(0);
    (own.prefix_length < 31 && !at.is_loopback()).then(|| Ipv4Addr::from_bits(at.to_bits() | host_bits).into())
}

/// A listener and who reaches it.
#[derive(Clone, Debug)]
struct Reached<'a> {
    socket: &'a Socket,
    ways: Vec<Way>,
    owners: &'a Holders,
    names: &'a Names,
}

impl Reached<'_> {
    /// The widest way; a socket that no address leads to is reached by nobody but this machine.
    fn exposure(&self) -> Exposure {
        self.ways.first().map_or(Exposure::Machine, |way| way.exposure)
    }

    fn local(&self) -> String {
        let mut local = String::new();
        endpoint::push_local(&mut local, self.socket, self.names);
        local
    }

    /// What stands behind the address, unless this machine alone reaches it.
    fn through(&self) -> Option<String> {
        if self.exposure() == Exposure::Machine {
            return None;
        }
        let outside = self.ways.iter().filter(|way| way.exposure != Exposure::Machine);
        let each: Vec<String> = outside
            .map(|way| {
                let on = way.interface.as_ref().map_or_else(String::new, |interface| format!("{interface} "));
                let gone = match self.socket.local.ip() {
                    _ if way.interface.is_some() => "",
                    IpAddr::V4(v4) if v4.is_broadcast() => "",
                    group if group.is_multicast() => ": no interface has joined it",
                    _ => ": no interface has it now",
                };
                let range = way.range.map_or_else(|| gone.to_owned(), |range| format!(" ({range}{gone})"));
                format!("{on}{}{range}", way.address)
            })
            .collect();
        Some(each.join(", "))
    }
}

impl Serialize for Reached<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Object<'a> {
            exposure: Exposure,
            ways: &'a [Way],
            #[serde(flatten)]
            socket: Record<'a>,
        }
        let socket = Record::new(self.socket, self.names, Some(self.owners));
        Object { exposure: self.exposure(), ways: &self.ways, socket }.serialize(serializer)
    }
}

/// Every listener.
struct Listeners<'a>(Vec<Reached<'a>>);

impl Render for Listeners<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let widest = |length: &dyn Fn(&Reached<'_>) -> usize| self.0.iter().map(length).max().unwrap_or(0);
        let reach = widest(&|reached| reached.exposure().words().len());
        let local = widest(&|reached| reached.local().len());
        for reached in &self.0 {
            let exposure = reached.exposure();
            let mut parts = vec![Part::new(0, Some(exposure.role()), format!("{:reach$}", exposure.words()))];
            let protocol = protocol_label(reached.socket.protocol, reached.socket.family);
            let mut owner = String::new();
            match reached.owners.ownership(reached.socket.inode) {
                Ownership::Held => owners::push_owners(&mut owner, reached.owners.of(reached.socket.inode)),
                Ownership::Hidden => owner.push('?'),
                Ownership::Nobody => owner.push('-'),
            }
            parts.push(Part::new(2, None, format!("{protocol:4}")));
            parts.push(Part::new(2, None, format!("{:local$}", reached.local())));
            parts.extend(layout::listed(2, None, &owner));
            layout::write_within(text, &parts, 4)?;
            if let Some(through) = reached.through() {
                crate::why::report::wrapped(text, "    ", &through)?;
            }
        }
        Ok(())
    }
}

/// Runs `ports reach`.
///
/// # Errors
/// [`Failure`] if the kernel does not list its sockets or addresses.
pub fn run(job: &Reach, output: &mut Output<'_>) -> Result<Status, Failure> {
    // Where the confinement is, netlink has no packet filters any more.
    let firewall = shell::settings::firewall();
    shell::confine::to_listing(false, output)?;
    let mut sockets = all_sockets(Extensions::EMPTY, output)?;
    sockets.retain(|socket| is_wanted(socket, job));
    let (owners, search) = shell::holders(&sockets, WantedOwners::All);
    output.event(&Event::OwnersSearched(search))?;
    let names = shell::names(&sockets, true);
    let host = host(output)?;
    let mut groups = shell::settings::groups();
    groups.retain(|group| is_asked_for(group.group));
    let here = Here { addresses: &host.addresses, interfaces: &host.interfaces, groups: &groups };
    let mut all: Vec<Reached<'_>> = sockets
        .iter()
        .map(|socket| Reached { socket, ways: ways(socket, &here), owners: &owners, names: &names })
        .filter(|reached| !job.exposed || reached.exposure() != Exposure::Machine)
        .collect();
    // The widest first; among equals the order of a listing.
    all.sort_by_key(|reached| std::cmp::Reverse(reached.exposure()));
    let shown: Vec<Socket> = all.iter().map(|reached| reached.socket.clone()).collect();
    let listeners = Listeners(all);
    output.list(&listeners, &listeners.0)?;
    if listeners.0.iter().any(|reached| reached.exposure() != Exposure::Machine) {
        output.flush()?;
        output.note(firewall.sentence());
    }
    output.flush()?;
    crate::note_hidden(&shown, &owners, &search, output);
    if listeners.0.is_empty() {
        output.note(nothing(job, sockets.len()));
    }
    Ok(if job.exposed && listeners.0.is_empty() { Status::NO } else { Status::YES })
}

/// What is said where there is nothing to show, of so many sockets that were looked at.
fn nothing(job: &Reach, sockets: usize) -> String {
    let nobody = match (job.tcp, job.udp) {
        (true, false) => "nothing listens on TCP in this network namespace",
        (false, true) => "no UDP socket takes datagrams from anybody in this network namespace",
        _ => "nothing listens on TCP in this network namespace, and no UDP socket takes datagrams from anybody",
    };
    match sockets {
        0 => nobody.to_owned(),
        _ => format!("this machine alone reaches what listens: {}", counted(sockets, "socket", "sockets")),
    }
}

fn is_wanted(socket: &Socket, job: &Reach) -> bool {
    match (socket.protocol, socket.state) {
        (Protocol::TCP, State::Tcp(TcpState::Listen)) => job.tcp,
        (Protocol::UDP, State::Unconnected) => job.udp,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::addresses::AddressFlags;

    use super::*;
    use crate::samples::socket;

    fn addresses() -> Vec<InterfaceAddress> {
        [("127.0.0.1", 1), ("::1", 1), ("10.0.0.7", 2), ("198.51.100.9", 3), ("2a00:1450::7", 2), ("fe80::7", 2)]
            .map(|(addr, index)| InterfaceAddress {
                addr: addr.parse().unwrap(),
                prefix_length: 24,
                index,
                flags: AddressFlags(0x80),
            })
            .to_vec()
    }

    fn found(local: &str, v6only: Option<bool>, interface: Option<u32>) -> Vec<(String, Option<String>, Exposure)> {
        found_of(Protocol::TCP, local, v6only, interface)
    }

    fn found_of(
        protocol: Protocol,
        local: &str,
        v6only: Option<bool>,
        interface: Option<u32>,
    ) -> Vec<(String, Option<String>, Exposure)> {
        let peer = if local.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
        let listener = Socket { interface, v6only, ..socket(protocol, TcpState::Closed, local, peer) };
        let interfaces = [(1, "lo".to_owned()), (2, "eth0".to_owned()), (3, "wan".to_owned())];
        let group = |interface: &str, group: &str| Group {
            interface: interface.to_owned(),
            references: 1,
            group: group.parse().unwrap(),
        };
        let groups = [
            group("eth0", "224.0.0.251"),
            group("wan", "239.1.2.3"),
            group("eth0", "ff02::fb"),
            group("lo", "239.7.7.7"),
        ];
        let here = Here { addresses: &addresses(), interfaces: &interfaces, groups: &groups };
        ways(&listener, &here).into_iter().map(|way| (way.address, way.interface, way.exposure)).collect()
    }

    fn way(address: &str, interface: &str, exposure: Exposure) -> (String, Option<String>, Exposure) {
        (address.to_owned(), Some(interface.to_owned()), exposure)
    }

    #[test]
    fn who_reaches_an_address() {
        for (addr, expected) in [
            ("127.9.9.9", Exposure::Machine),
            ("::1", Exposure::Machine),
            ("::ffff:127.0.0.1", Exposure::Machine),
            ("fe80::1", Exposure::Link),
            ("169.254.1.1", Exposure::Link),
            ("10.1.2.3", Exposure::Private),
            ("100.64.0.1", Exposure::Private),
            ("fd00::1", Exposure::Private),
            ("2001:db8::1", Exposure::Private),
            ("::ffff:192.168.0.1", Exposure::Private),
            ("224.0.0.251", Exposure::Link),
            ("224.0.1.1", Exposure::Private),
            ("239.255.0.1", Exposure::Private),
            ("ff01::1", Exposure::Machine),
            ("ff02::fb", Exposure::Link),
            ("ff12::1", Exposure::Link),
            ("ff05::1:3", Exposure::Private),
            ("1.1.1.1", Exposure::Everyone),
            ("2a00:1450::1", Exposure::Everyone),
        ] {
            assert_eq!(exposure_of(addr.parse().unwrap()).0, expected, "{addr}");
        }
        assert_eq!(exposure_of("10.0.0.1".parse().unwrap()).1, Some("Private-Use"));
    }

    #[test]
    fn one_address_is_one_way() {
        assert_eq!(found("127.0.0.1:80", None, None), [way("127.0.0.1", "lo", Exposure::Machine)]);
        assert_eq!(found("127.0.0.53:53", None, None), [way("127.0.0.53", "lo", Exposure::Machine)]);
        assert_eq!(found("10.0.0.7:80", None, None), [way("10.0.0.7", "eth0", Exposure::Private)]);
        assert_eq!(found("[::ffff:10.0.0.7]:80", None, None), [way("10.0.0.7", "eth0", Exposure::Private)]);
        assert_eq!(found("[fe80::7]:80", Some(false), Some(2)), [way("fe80::7", "eth0", Exposure::Link)]);
        // Bound while it was there, and gone since.
        assert_eq!(found("10.9.9.9:80", None, None), [("10.9.9.9".to_owned(), None, Exposure::Private)]);
    }

    #[test]
    fn a_udp_wildcard_takes_what_comes_for_the_groups_of_its_interfaces() {
        let groups = |local: &str, v6only, interface| {
            let ways = found_of(Protocol::UDP, local, v6only, interface);
            let is_group = |way: &&(String, Option<String>, Exposure)| way.0.parse::<IpAddr>().unwrap().is_multicast();
            ways.iter().filter(is_group).map(|way| way.0.clone()).collect::<Vec<_>>()
        };
        assert_eq!(groups("0.0.0.0:5353", None, None), ["239.1.2.3", "224.0.0.251", "239.7.7.7"]);
        assert_eq!(groups("0.0.0.0:5353", None, Some(2)), ["224.0.0.251"]);
        assert_eq!(groups("[::]:5353", Some(false), Some(2)), ["224.0.0.251", "ff02::fb"]);
        assert_eq!(groups("[::]:5353", Some(true), None), ["ff02::fb"]);
        assert_eq!(groups("10.0.0.7:5353", None, None), [""; 0], "an address of its own");
        // Bound to a group it takes that one.
        assert_eq!(groups("224.0.0.251:5353", None, None), ["224.0.0.251"]);
        assert!(found("0.0.0.0:80", None, None).iter().all(|way| way.0 != "224.0.0.251"), "TCP has no groups");
        let of = |local: &str| found_of(Protocol::UDP, local, None, None);
        assert_eq!(of("224.0.0.251:5353"), [way("224.0.0.251", "eth0", Exposure::Link)]);
        assert_eq!(of("239.9.9.9:5353"), [("239.9.9.9".to_owned(), None, Exposure::Private)], "nobody joined it");
        assert!(of("0.0.0.0:5353").contains(&way("239.7.7.7", "lo", Exposure::Machine)), "joined on lo alone");
        assert_eq!(of("10.0.0.255:5353"), [way("10.0.0.255", "eth0", Exposure::Link)], "a broadcast address");
    }

    #[test]
    fn groups_of_every_host_are_left_out() {
        let asked = |group: &str| is_asked_for(group.parse().unwrap());
        for everybodys in ["224.0.0.1", "ff01::1", "ff02::1", "ff02::1:ff00:7"] {
            assert!(!asked(everybodys), "{everybodys}");
        }
        for asked_for in ["224.0.0.251", "239.0.0.1", "ff02::fb", "ff02::1:3", "ff05::1:3"] {
            assert!(asked(asked_for), "{asked_for}");
        }
    }

    #[test]
    fn what_is_known_of_a_firewall() {
        assert!(Firewall::Unknown.sentence().contains("only root may see"));
        assert!(Firewall::Loaded(Vec::new()).sentence().contains("no table of nftables or iptables is loaded"));
        let two = Firewall::Loaded(["inet filter", "iptables nat"].map(str::to_owned).to_vec()).sentence();
        assert!(
            two.contains("2 tables of a firewall are loaded and not read")
                && two.contains("(inet filter, iptables nat)")
        );
    }

    #[test]
    fn a_wildcard_is_every_address_of_its_families_and_its_device() {
        let everyone = |found: &[(String, Option<String>, Exposure)]| {
            found.iter().filter(|way| way.2 == Exposure::Everyone).map(|way| way.0.clone()).collect::<Vec<_>>()
        };
        let dual = found("[::]:80", Some(false), None);
        assert_eq!((dual.len(), everyone(&dual)), (6, vec!["2a00:1450::7".to_owned()]));
        assert_eq!(dual[0].2, Exposure::Everyone, "the widest first");
        let v6 = found("[::]:80", Some(true), None);
        assert!(v6.len() == 3 && v6.iter().all(|way| way.0.contains(':')));
        assert_eq!(found("0.0.0.0:80", None, None).len(), 3);
        // What comes in on eth0 may be for the address of wan.
        let on_eth0 = [way("10.0.0.7", "eth0", Exposure::Private), way("198.51.100.9", "wan", Exposure::Private)];
        assert_eq!(found("0.0.0.0:80", None, Some(2)), on_eth0);
        let v6 = [way("2a00:1450::7", "eth0", Exposure::Everyone)];
        assert_eq!(found("[::]:80", Some(true), Some(3)), v6, "an address of a link is not on another");
        assert_eq!(found("0.0.0.0:80", None, Some(1)), [way("127.0.0.1", "lo", Exposure::Machine)]);
    }
}
