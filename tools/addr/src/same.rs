//! `addr same`: whether two texts are one address, and whether two hosts think that they are on one network.

use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::addr::Zone;
use sockeye_common::prefix::Prefix;

use crate::cli::Same;
use crate::embedded;
use crate::explain::Event;
use crate::given::{self, Address, Fault, Given, Network, Thing};
use crate::network;
use crate::plan::wrong;
use crate::sheet::Sheet;
use crate::shell;

/// Two addresses compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Report {
    /// The answer: one address, or, where a mask is given, both think that the other is on their network.
    same: bool,
    /// Whether both are one address.
    same_address: bool,
    /// One is an IPv6 form of the other, an IPv4 address.
    same_by: Option<&'static str>,
    /// The two, with what each thinks of the other; `None` where no mask is given.
    first: Side,
    /// The other.
    second: Side,
    /// What follows, in a sentence.
    verdict: String,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Side {
    /// The address.
    address: String,
    /// The network that its mask puts it in.
    network: Option<String>,
    /// The network that the same mask puts the other in.
    other_network: Option<String>,
    /// Whether it thinks that the other is on its network, and so sends to it without a router.
    thinks_local: Option<bool>,
    /// What the other's address is in the network of this one; `None` if it is not in it.
    other_place: Option<network::Place>,
    /// What is wrong with the address for a host.
    note: Option<&'static str>,
}

struct Host {
    ip: IpAddr,
    /// The zone as it was written.
    zone: Option<Zone>,
    /// The index of its interface, if there is such an interface here.
    scope: Option<u32>,
    prefix: Option<Prefix>,
}

/// What the zones of two addresses say.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Zones {
    /// Nothing: they are one, or neither has one.
    Same,
    /// Two interfaces.
    Differ,
    /// One address has none.
    OneOnly,
}

impl Host {
    fn new(ip: IpAddr, zone: Option<Zone>, prefix: Option<Prefix>) -> Self {
        Self { ip, scope: zone.as_ref().and_then(shell::zone_index), zone, prefix }
    }

    /// The length of a mask for this one: its own, or that of the other if only that has one.
    fn length(&self, other: &Self) -> Option<u8> {
        if self.zones(other) == Zones::Differ {
            // Two interfaces are on two networks, whatever their masks say.
            return None;
        }
        let others = other.prefix.filter(|_| self.ip.is_ipv4() == other.ip.is_ipv4());
        self.prefix.or(others).map(Prefix::length)
    }

    fn zones(&self, other: &Self) -> Zones {
        match (&self.zone, &other.zone) {
            (None, None) => Zones::Same,
            (Some(own), Some(others)) => {
                let same = own == others || self.scope.is_some() && self.scope == other.scope;
                if same { Zones::Same } else { Zones::Differ }
            }
            _ => Zones::OneOnly,
        }
    }
}

fn host(text: &str) -> Result<Host, Failure> {
    let given = Given::parse(text).map_err(|fault| wrong(text, &fault))?;
    match given.thing {
        // Two ports make two sockets of one address: the answer would be of something else than was asked.
        Thing::Address(Address { port: Some(_), .. }) => Err(wrong(text, &Fault::Port)),
        Thing::Address(Address { ip, zone, .. }) => Ok(Host::new(ip, zone, None)),
        Thing::Network(Network { ip, zone, prefix, .. }) => Ok(Host::new(ip, zone, Some(prefix))),
        Thing::Mac(_) | Thing::Eui64(_) => Err(wrong(text, &Fault::NotAnAddress)),
    }
}

/// Compares.
///
/// # Errors
/// [`Failure`] if one is no address, or standard output does not take the answer.
pub fn run(job: &Same, output: &mut Output<'_>) -> Result<Status, Failure> {
    let (first, second) = (host(&job.first)?, host(&job.second)?);
    // A mask that only one has is taken for both: the question is then whether the other is on that network.
    let lengths = (first.length(&second), second.length(&first));
    let one = side(&first, &second, lengths.0);
    let two = side(&second, &first, lengths.1);
    for text in [&job.first, &job.second] {
        // What four decimal octets mean needs no words.
        if let Some(filled) = Event::filled(text).filter(|_| text.parse::<IpAddr>().is_err()) {
            output.event(&filled)?;
        }
    }
    for (own, other, length) in [(&first, &second, lengths.0), (&second, &first, lengths.1)] {
        for addr in [own.ip, other.ip].into_iter().filter(|addr| addr.is_ipv4() == own.ip.is_ipv4()) {
            if let Some(prefix) = length.and_then(|length| Prefix::new(addr, length)) {
                output.event(&Event::and(addr, prefix))?;
            }
        }
        if lengths.0 == lengths.1 {
            break;
        }
    }
    let report = judge(&first, &second, one, two);
    let same = report.same;
    output.result(&report)?;
    Ok(if same { Status::YES } else { Status::NO })
}

fn side(own: &Host, other: &Host, length: Option<u8>) -> Side {
    // A mask of IPv4 says nothing of IPv6.
    let network = |addr: IpAddr| {
        length.filter(|_| addr.is_ipv4() == own.ip.is_ipv4()).and_then(|length| Prefix::new(addr, length))
    };
    let (prefix, others) = (network(own.ip), network(other.ip));
    let note = prefix.map(|prefix| network::place(own.ip, prefix)).and_then(|place| match place {
        network::Place::Network => Some("the address of its network, which no host has"),
        network::Place::Broadcast => Some("the broadcast address of its network, which no host has"),
        network::Place::SubnetRouterAnycast | network::Place::Host | network::Place::Group => None,
    });
    Side {
        address: given::host(own.ip, own.zone.as_ref()).to_string(),
        network: prefix.map(|prefix| prefix.to_string()),
        other_network: others.map(|prefix| prefix.to_string()),
        thinks_local: prefix.and(others).map(|others| Some(others) == prefix),
        other_place: prefix.filter(|prefix| prefix.contains(other.ip)).map(|prefix| network::place(other.ip, prefix)),
        note,
    }
}

fn judge(first: &Host, second: &Host, one: Side, two: Side) -> Report {
    let zones = first.zones(second);
    let same_address = first.ip == second.ip && zones == Zones::Same;
    let inner = |addr: IpAddr| match addr {
        IpAddr::V6(addr) => embedded::of(addr).map(|found| (IpAddr::V4(found.v4), found.kind)),
        IpAddr::V4(_) => None,
    };
    let forms = [(first.ip, second.ip), (second.ip, first.ip)];
    let same_by =
        forms.into_iter().find_map(|(v6, v4)| inner(v6).filter(|(addr, _)| *addr == v4)).map(|(_, kind)| kind);
    let families = first.ip.is_ipv4() == second.ip.is_ipv4();
    let (a, b) = (&one.address, &two.address);
    let asks = |who: &str, whom: &str| {
        let how = if first.ip.is_ipv4() { "ARP" } else { "neighbour discovery" };
        format!("{who} asks for {whom} by {how} and sends to it directly")
    };
    let (same, verdict) = match (one.thinks_local, two.thinks_local) {
        _ if same_address => (true, "The same address.".to_owned()),
        _ if zones == Zones::Differ => {
            let words = "Two addresses on two interfaces: what stands behind % is a part of the address, and each interface has its \
own network.";
            (false, words.to_owned())
        }
        _ if first.ip == second.ip => {
            (false, "The same but for the interface: only one says on which it is (behind %).".to_owned())
        }
        _ if !families => {
            let words = match same_by {
                Some(kind) => format!("Two families; one is the {kind} form of the other."),
                None => "Two families: not the same, and on no network together.".to_owned(),
            };
            (false, words)
        }
        (None, _) | (_, None) => {
            (false, "Two addresses. With a mask (A/24) addr says whether they share a network.".to_owned())
        }
        _ if first.ip.is_loopback() && second.ip.is_loopback() => (
            true,
            "Both are loopback: what is sent to them stays on its host, and nobody is asked for them.".to_owned(),
        ),
        _ if let Some(words) = not_asked_for(first, a).or_else(|| not_asked_for(second, b)) => (false, words),
        _ if let Some(words) = no_host(&one, b).or_else(|| no_host(&two, a)) => (false, words),
        (Some(true), Some(true)) if one.network != two.network => {
            let words = "Both think so, and yet their masks differ: one of them is wrong. They reach each other, but the broadcasts of \
one are not the other's, and each has other neighbours.";
            (true, words.to_owned())
        }
        (Some(true), Some(true)) => (true, format!("Both think so: {}, and it answers the same way.", asks(a, b))),
        (Some(false), Some(false)) => (false, "Neither thinks so: each sends to its router.".to_owned()),
        (Some(true), Some(false)) => (false, one_sided(&asks(a, b), b, a)),
        (Some(false), Some(true)) => (false, one_sided(&asks(b, a), a, b)),
    };
    Report { same, same_address, same_by, first: one, second: two, verdict }
}

/// What is said of an address for which no neighbour is asked, whatever the masks say.
///
/// # Source
/// RFC 1122 section 3.2.1.3, RFC 4291 sections 2.5.2, 2.5.3 and 2.7.
fn not_asked_for(host: &Host, text: &str) -> Option<String> {
    if host.ip.is_multicast() {
        return Some(format!("{text} is a group's address, and no host's: nobody is asked for it, whatever the mask."));
    }
    if host.ip.is_loopback() {
        return Some(format!("{text} is loopback: nobody but its own host reaches it."));
    }
    host.ip.is_unspecified().then(|| format!("{text} stands for no address: no host is asked for it."))
}

/// What happens where the other's address is none that a host has, by the mask of `own`.
///
/// # Source
/// Linux 6.1, asked: connect(2) is ENETUNREACH, sendto(2) EACCES without SO_BROADCAST; and what answers the other's SYN goes the
/// same way. Of the first address of a network so before 5.14; RFC 1812 section 4.2.3.1 and RFC 1122 section 3.2.1.3.
fn no_host(own: &Side, other: &str) -> Option<String> {
    let (who, network) = (&own.address, own.network.as_deref().unwrap_or_default());
    match own.other_place? {
        network::Place::Broadcast => Some(format!(
            "{other} is the broadcast address of {network}, where {who} is: {who} asks for no host of that address and opens nothing \
to it, and its answers do not go there either. TCP works in neither direction."
        )),
        network::Place::Network => Some(format!(
            "{other} is the first address of {network}, where {who} is, which no host should have: many systems take it for a \
broadcast address and open nothing to it (Linux before 5.14)."
        )),
        network::Place::SubnetRouterAnycast | network::Place::Host | network::Place::Group => None,
    }
}

/// What happens where one mask is wrong.
fn one_sided(asks: &str, other: &str, first: &str) -> String {
    format!(
        "Only one thinks so: {asks}, but {other} answers through its router. That works one way round if the router knows \
the way to {first}; without a router {other} can answer nothing (Network is unreachable)."
    )
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut sheet = Sheet::new(2);
        for own in [&self.first, &self.second] {
            let (Some(network), Some(other_network)) = (&own.network, &own.other_network) else { continue };
            let local = match own.thinks_local {
                Some(true) => "the same network",
                _ => "another network, behind its router",
            };
            sheet.row([escape(&own.address).as_ref(), &format!("puts itself in {network}")]);
            sheet.row(["", &format!("and the other in {other_network}: {local}")]);
        }
        let heading = format!("{} and {}", self.first.address, self.second.address);
        let strong = text.paint(if self.same { Role::Good } else { Role::Warning }, &escape(&heading));
        text.line(strong)?;
        sheet.render(text)?;
        for side in [&self.first, &self.second] {
            if let Some(note) = side.note {
                text.line(format!("  {} is {note}", escape(&side.address)))?;
            }
        }
        text.prose("  ", &escape(&self.verdict))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn compared(first: &str, second: &str) -> Report {
        let (first, second) = (host(first).unwrap(), host(second).unwrap());
        let lengths = (first.length(&second), second.length(&first));
        judge(&first, &second, side(&first, &second, lengths.0), side(&second, &first, lengths.1))
    }

    #[test]
    fn who_thinks_that_who_is_local() {
        for (first, second, same, one, two) in [
            ("10.0.0.1/24", "10.0.0.2/24", true, Some(true), Some(true)),
            ("10.0.0.1/24", "10.0.1.2/24", false, Some(false), Some(false)),
            ("10.0.0.1/16", "10.0.1.2/24", false, Some(true), Some(false)),
            ("10.0.0.1/24", "10.0.1.2/16", false, Some(false), Some(true)),
            ("10.0.0.1/24", "10.0.0.2", true, Some(true), Some(true)),
            ("10.0.0.1", "10.0.0.2", false, None, None),
            ("127.1", "127.0.0.1", true, None, None),
            ("2001:db8::1/64", "2001:db8::2/64", true, Some(true), Some(true)),
            ("2001:DB8:0::1", "2001:db8::1", true, None, None),
            ("10.0.0.1/24", "2001:db8::1/64", false, None, None),
            ("10.0.0.1/24", "2001:db8::1", false, None, None),
            ("fe80::1%1", "fe80::1%2", false, None, None),
            ("fe80::1%1", "fe80::1", false, None, None),
            ("fe80::1%1", "fe80::1%1", true, None, None),
            ("fe80::1%1/64", "fe80::2%2/64", false, None, None),
            ("10.0.0.127/24", "10.0.0.1/25", false, Some(true), Some(true)),
            ("10.0.0.1/24", "10.0.0.255/24", false, Some(true), Some(true)),
            ("10.0.0.1/24", "10.0.0.0/25", false, Some(true), Some(true)),
            ("10.0.0.1/31", "10.0.0.0/31", true, Some(true), Some(true)),
            ("127.0.0.1/8", "127.0.0.2/8", true, Some(true), Some(true)),
        ] {
            let found = compared(first, second);
            let thinks = (found.first.thinks_local, found.second.thinks_local);
            assert_eq!((found.same, thinks), (same, (one, two)), "{first} {second}");
        }
        assert_eq!(compared("::ffff:192.0.2.1", "192.0.2.1").same_by, Some("IPv4-mapped"));
        assert!(!compared("::ffff:192.0.2.1", "192.0.2.1").same);
        assert!(compared("10.0.0.255/24", "10.0.0.1/24").first.note.unwrap().contains("broadcast"));
        assert_eq!(compared("fe80::1%1", "fe80::1%2").first.address, "fe80::1%1");
        assert!(compared("fe80::1%1", "fe80::1%2").verdict.contains("two interfaces"));
        let wrong = compared("10.0.0.127/24", "10.0.0.1/25").verdict;
        assert!(wrong.contains("10.0.0.127 is the broadcast address of 10.0.0.0/25"), "{wrong}");
        assert!(!compared("127.0.0.1/8", "127.0.0.2/8").verdict.contains("ARP"));
        let differ = compared("10.0.0.1/16", "10.0.0.2/24");
        assert!(differ.same && differ.verdict.contains("their masks differ"));
        assert!(compared("10.0.0.1/16", "10.0.1.2/24").verdict.contains("10.0.1.2 answers through its router"));
    }
}
