//! What the fields of `--get` are of each kind of thing.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use sockeye_cli::escape::escape;
use sockeye_common::addr::{IpText, ipv6_scope};
use sockeye_common::{hex, special};

use crate::address::SockaddrReport;
use crate::given::{Address, Network, Thing};
use crate::mac::Eui64;
use crate::readings::Readings;
use crate::{address, bits, embedded, given, link, multicast, network, reverse};

/// Something that was given, and its fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shown<'a> {
    /// An address.
    Address(OfAddress<'a>),
    /// A network.
    Network(Box<network::Report>),
    /// A MAC address or an EUI-64.
    Link(Box<link::Report>),
}

/// An address, of which only the fields that are asked for are worked out: there may be millions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfAddress<'a> {
    /// The text as it was given.
    pub input: &'a str,
    /// The address.
    pub address: &'a Address,
    /// The index of its zone; 0 if it has none.
    pub scope_id: u32,
    /// What the C library reads, where that is asked for.
    pub readings: Option<Readings>,
}

impl Shown<'_> {
    /// All of what needs nobody; `None` for an address, which has readings of the C library.
    pub fn of(input: &str, thing: &Thing) -> Option<Self> {
        match thing {
            Thing::Address(_) => None,
            Thing::Network(network) => Some(Self::Network(Box::new(network::report(input, network)))),
            Thing::Mac(mac) => Some(Self::Link(Box::new(link::of_mac(input, *mac, &[])))),
            Thing::Eui64(eui64) => Some(Self::Link(Box::new(link::of_eui64(input, *eui64, &[])))),
        }
    }

    /// Adds a field to a line, safe for a terminal; nothing if there is none of that name.
    ///
    /// Those that lists are made of are written in place, and only what was given can hold what must be escaped.
    pub fn add(&self, name: &str, line: &mut String) {
        if let Self::Address(OfAddress { address, .. }) = self {
            let written = match (name, &address.zone) {
                ("text" | "address", None) => write!(line, "{}", IpText(address.ip)),
                ("decimal", _) => write!(line, "{}", bits::number(address.ip)),
                ("hex", _) if address.ip.is_ipv4() => write!(line, "{:08x}", bits::number(address.ip)),
                ("hex", _) => write!(line, "{:032x}", bits::number(address.ip)),
                ("special", _) => write!(line, "{}", special::lookup(address.ip).map_or("", |range| range.name)),
                _ => Err(fmt::Error),
            };
            // Writing to a String cannot fail: these are the other fields.
            if written.is_ok() {
                return;
            }
        }
        if let Some(value) = self.field(name) {
            line.push_str(&escape(&value));
        }
    }

    /// A field by its name.
    pub fn field(&self, name: &str) -> Option<String> {
        match self {
            Self::Address(address) => address.field(name),
            Self::Network(report) => of_network(report, name),
            Self::Link(report) => of_link(report, name),
        }
    }
}

impl OfAddress<'_> {
    /// A field by its name: what [`address::report`] has there.
    pub fn field(&self, name: &str) -> Option<String> {
        let ip = self.address.ip;
        let v6 = match ip {
            IpAddr::V4(_) => None,
            IpAddr::V6(addr) => Some(addr),
        };
        let unicast = v6.filter(|addr| !addr.is_multicast());
        let reading = |call: &str| {
            let calls = &self.readings.as_ref()?.calls;
            calls.iter().find(|reading| reading.call.starts_with(call) && reading.address.is_some())?.address.clone()
        };
        match name {
            "input" => Some(self.input.to_owned()),
            "kind" => Some("address".to_owned()),
            "text" => Some(given::host(ip, self.address.zone.as_ref()).to_string()),
            "family" => Some(address::family(ip).to_owned()),
            "address" => Some(IpText(ip).to_string()),
            "zone" => self.address.zone.as_ref().map(ToString::to_string),
            "port" => self.address.port.map(|port| port.to_string()),
            "decimal" => Some(bits::number(ip).to_string()),
            "hex" => Some(hex::encode(&bits::octets(ip))),
            "binary" => Some(address::binary(ip)),
            "expanded" => v6.map(address::expanded),
            "reverse" => Some(reverse::name(ip)),
            "special" => special::lookup(ip).map(|range| range.name.to_owned()),
            "rfc" => special::lookup(ip).map(|range| range.rfc.to_owned()),
            "scope" => match multicast::of(ip) {
                Some(group) => group.scope.map(str::to_owned),
                None => v6.and_then(ipv6_scope).map(str::to_owned),
            },
            "v4" => match v6 {
                Some(addr) => embedded::of(addr).map(|inside| inside.v4.to_string()),
                None => Some(ip.to_string()),
            },
            "mac" => match multicast::mac(ip) {
                Some(mac) => Some(mac.to_string()),
                None => unicast.and_then(|addr| Eui64::of_address(addr).mac()).map(|mac| mac.to_string()),
            },
            "eui64" => unicast.map(|addr| Eui64::of_address(addr).groups()),
            "solicited_node" => multicast::text(v6.and_then(multicast::solicited_node)),
            "sockaddr" => Some(SockaddrReport::of(address::socket_addr(self.address, self.scope_id)).hex),
            "aton" => reading("inet_aton"),
            "pton" => reading("inet_pton"),
            "getaddrinfo" => reading("getaddrinfo"),
            _ => None,
        }
    }
}

fn of_network(report: &network::Report, name: &str) -> Option<String> {
    let Network { ip, zone, prefix, .. } = &report.given;
    let octets = || bits::octets(*ip);
    let text = |text: &str| Some(text.to_owned());
    match name {
        "input" => text(&report.input),
        "kind" => text(report.kind),
        "text" => text(&report.text),
        "family" => text(report.family),
        "address" => text(&report.address),
        "zone" => zone.as_ref().map(ToString::to_string),
        "decimal" => Some(bits::number(*ip).to_string()),
        "hex" => Some(hex::encode(&octets())),
        "binary" => Some(network::drawn(*ip, prefix.length()).join(" ")),
        "reverse" => report.reverse_zones.first().cloned(),
        "special" => report.special.as_ref().and_then(|special| text(special.name)),
        "rfc" => report.special.as_ref().and_then(|special| text(special.rfc)),
        "network" => text(&report.network),
        "length" => Some(report.prefix_length.to_string()),
        "mask" => text(&report.mask),
        "wildcard" => text(&report.wildcard),
        "broadcast" => report.broadcast.clone(),
        "first" => text(&report.first),
        "last" => text(&report.last),
        "first_usable" => text(&report.first_usable),
        "last_usable" => text(&report.last_usable),
        "addresses" => text(&report.addresses),
        "usable" => text(&report.usable),
        _ => None,
    }
}

fn of_link(report: &link::Report, name: &str) -> Option<String> {
    let text = |text: &str| Some(text.to_owned());
    match name {
        "input" => text(&report.input),
        "kind" => text(report.kind),
        "text" => text(&report.text),
        "hex" => text(&report.hex),
        "mac" => report.mac.clone().or_else(|| (report.kind == "mac").then(|| report.text.clone())),
        "eui64" => report.modified_eui64.clone(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use proptest::prelude::*;

    use super::*;
    use crate::given::{Given, Notation};
    use crate::template::FIELDS;

    #[test]
    fn every_field_is_somebody_s() {
        let answers = |text: &str, shown: &Shown| -> Vec<&str> {
            let found: Vec<&str> =
                FIELDS.iter().map(|(name, _)| *name).filter(|name| shown.field(name).is_some()).collect();
            assert!(found.contains(&"text") && found.contains(&"input"), "{text}");
            found
        };
        let mut found = vec!["aton", "pton", "getaddrinfo"];
        for text in ["192.0.2.33/27", "fe80::1%lo/64", "52:54:00:12:34:56", "50-54-00-ff-fe-12-34-56"] {
            let given = Given::parse(text).unwrap();
            found.extend(answers(text, &Shown::of(text, &given.thing).unwrap()));
        }
        for text in ["[fe80::5054:ff:fe12:3456%lo]:80", "ff02::1", "192.0.2.1"] {
            let Thing::Address(address) = Given::parse(text).unwrap().thing else { panic!() };
            found.extend(answers(
                text,
                &Shown::Address(OfAddress { input: text, address: &address, scope_id: 1, readings: None }),
            ));
        }
        for (name, _) in FIELDS {
            assert!(found.contains(name), "{name} is nobody's");
        }
    }

    proptest! {
        /// The short way to a field and the whole report.
        #[test]
        fn a_field_is_what_the_report_has(addr: IpAddr, low in 0_u128..0x1_0000_0000, kind in 0_usize..6, port: Option<u16>) {
            let bases = [0, 0xffff << 32, 0xff02 << 112, 0xfe80 << 112 | 0xff_fe00_0000, 0x2002 << 112, 0x64_ff9b << 96];
            for ip in [addr, IpAddr::V6(Ipv6Addr::from_bits(bases[kind] | low))] {
                let address = Address { ip, zone: None, port, notation: Notation::Number };
                let readings = Readings { text: String::new(), calls: Vec::new(), differ: false };
                let report = address::report("in", &address, readings, 7);
                let fields = OfAddress { input: "in", address: &address, scope_id: 7, readings: None };
                let group = report.multicast.as_ref();
                for (name, expected) in [
                    ("text", Some(report.text.clone())),
                    ("family", Some(report.family.to_owned())),
                    ("port", report.port.map(|port| port.to_string())),
                    ("decimal", Some(report.decimal)),
                    ("hex", Some(report.hex)),
                    ("binary", Some(report.binary)),
                    ("expanded", report.expanded),
                    ("reverse", Some(report.reverse)),
                    ("special", report.special.as_ref().map(|special| special.name.to_owned())),
                    ("rfc", report.special.as_ref().map(|special| special.rfc.to_owned())),
                    ("scope", group.map_or(report.scope, |group| group.scope).map(str::to_owned)),
                    ("v4", report.embedded.map(|inside| inside.v4.to_string()).or(ip.is_ipv4().then(|| ip.to_string()))),
                    ("mac", group.map(|group| group.mac.clone()).or(report.mac)),
                    ("eui64", report.interface_id),
                    ("solicited_node", report.solicited_node),
                    ("sockaddr", Some(report.sockaddr.hex)),
                ] {
                    prop_assert_eq!(fields.field(name), expected.clone(), "{} of {}", name, ip);
                    let mut line = String::from("-");
                    Shown::Address(fields.clone()).add(name, &mut line);
                    prop_assert_eq!(line, format!("-{}", expected.unwrap_or_default()), "{} of {}", name, ip);
                }
            }
        }
    }
}
