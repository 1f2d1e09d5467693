//! All that can be said of one network.

use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::addr::IpText;
use sockeye_common::escape::escape;
use sockeye_common::hex;
use sockeye_common::number::grouped;
use sockeye_common::prefix::Prefix;
use sockeye_common::special;

use crate::address::{Special, class, class_words, family};
use crate::bits;
use crate::given::{MaskForm, Network};
use crate::reverse;
use crate::sheet::Sheet;

/// How many reverse zones are listed; JSON has all.
const ZONES: usize = 8;

/// A network.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Always `network`.
    pub kind: &'static str,
    /// The text as it was given.
    pub input: String,
    /// The address and the length: `192.0.2.33/27`.
    pub text: String,
    /// AF_INET or AF_INET6.
    pub family: &'static str,
    /// The address that was given.
    pub address: String,
    /// What the address is in the network.
    pub address_is: Place,
    /// How many bits are the network's.
    pub prefix_length: u8,
    /// How the length was written.
    pub mask_form: MaskForm,
    /// The network: `192.0.2.32/27`.
    pub network: String,
    /// The mask.
    pub mask: String,
    /// The mask in hexadecimal.
    pub mask_hex: String,
    /// The mask turned round.
    pub wildcard: String,
    /// The first address.
    pub first: String,
    /// The last address.
    pub last: String,
    /// The broadcast address; `None` where there is none: IPv6, /31 and /32, groups.
    pub broadcast: Option<String>,
    /// The first address that a host may have.
    pub first_usable: String,
    /// The last address that a host may have.
    pub last_usable: String,
    /// How many bits are the hosts'.
    pub host_bits: u8,
    /// How many addresses, in decimal: it may be more than numbers of JSON hold.
    pub addresses: String,
    /// How many a host may have.
    pub usable: String,
    /// The class before CIDR (IPv4).
    pub class: Option<char>,
    /// The range of IANA that all of it is in.
    pub special: Option<Special>,
    /// The ranges of IANA that are in it.
    pub special_inside: Vec<String>,
    /// The zones of the DNS that have its names: up to 128.
    pub reverse_zones: Vec<String>,
    /// The zone to which the names of a part of a /24 are delegated: RFC 2317.
    pub classless_zone: Option<String>,
    /// The network of the same length before it.
    pub previous: Option<String>,
    /// The network of the same length behind it.
    pub next: Option<String>,
    /// The network that is twice as large.
    pub parent: Option<String>,
    /// What is to be known of such a network.
    pub notes: Vec<&'static str>,
    /// The network itself.
    #[serde(skip)]
    pub given: Network,
}

/// What an address is in its network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    /// The first address, which names the network.
    Network,
    /// The last, which all hosts hear.
    Broadcast,
    /// The first of IPv6, which some router answers.
    SubnetRouterAnycast,
    /// One that a host may have.
    Host,
    /// That of a group.
    Group,
}

impl Place {
    fn words(self) -> &'static str {
        match self {
            Self::Network => "the address of the network: no host has it",
            Self::Broadcast => "the broadcast address: no host has it",
            Self::SubnetRouterAnycast => "the subnet-router anycast address (RFC 4291 section 2.6.1)",
            Self::Host => "a host's",
            Self::Group => "a group's: no host has it",
        }
    }
}

/// Whether all of its addresses are those of groups: then none names the network, and none is heard by all hosts.
fn is_of_groups(prefix: Prefix) -> bool {
    prefix.first().is_multicast() && prefix.last().is_multicast()
}

/// The addresses that a host may have: first, last. Of groups all.
///
/// # Source
/// RFC 3021 for /31, RFC 6164 for /127, RFC 4291 section 2.6.1 for the first address of IPv6.
pub fn usable(prefix: Prefix) -> (IpAddr, IpAddr) {
    let (first, last) = (bits::number(prefix.first()), bits::number(prefix.last()));
    let address = |number| bits::address(prefix.first(), number);
    if prefix.width() - prefix.length() <= 1 || is_of_groups(prefix) {
        return (prefix.first(), prefix.last());
    }
    let last = if prefix.first().is_ipv4() { last.saturating_sub(1) } else { last };
    (address(first.saturating_add(1)), address(last))
}

/// The broadcast address, where there is one.
pub fn broadcast(prefix: Prefix) -> Option<IpAddr> {
    (prefix.first().is_ipv4() && prefix.length() < 31 && !is_of_groups(prefix)).then(|| prefix.last())
}

/// What `addr` is in `prefix`.
pub fn place(addr: IpAddr, prefix: Prefix) -> Place {
    let (first, last) = usable(prefix);
    match addr {
        _ if addr.is_multicast() => Place::Group,
        _ if addr < first && addr.is_ipv6() => Place::SubnetRouterAnycast,
        _ if addr < first => Place::Network,
        _ if addr > last => Place::Broadcast,
        _ => Place::Host,
    }
}

/// Says all of a network.
pub fn report(input: &str, given: &Network) -> Report {
    let prefix = given.prefix;
    let text = |addr: IpAddr| IpText(addr).to_string();
    let (first_usable, last_usable) = usable(prefix);
    let mask = bits::number(prefix.mask());
    let host_bits = prefix.width() - prefix.length();
    let beside = |number: Option<u128>| {
        let number = number.filter(|number| *number <= bits::highest(prefix.first()))?;
        Prefix::new(bits::address(prefix.first(), number), prefix.length()).map(|beside| beside.to_string())
    };
    let special_inside = special::all()
        .filter(|range| prefix.covers(range.prefix) && prefix != range.prefix)
        .map(|range| format!("{} {}", range.prefix, range.name));
    Report {
        kind: "network",
        input: input.to_owned(),
        text: given.text(),
        family: family(prefix.first()),
        address: text(given.ip),
        address_is: place(given.ip, prefix),
        prefix_length: prefix.length(),
        mask_form: given.form,
        network: prefix.to_string(),
        mask: text(prefix.mask()),
        mask_hex: hex::encode(&bits::octets(prefix.mask())),
        wildcard: text(bits::address(prefix.first(), !mask)),
        first: text(prefix.first()),
        last: text(prefix.last()),
        broadcast: broadcast(prefix).map(text),
        first_usable: text(first_usable),
        last_usable: text(last_usable),
        host_bits,
        addresses: bits::power_of_two(host_bits),
        usable: bits::count(bits::number(first_usable), bits::number(last_usable)),
        class: class_of(prefix),
        special: special::all()
            .filter(|range| range.prefix.covers(prefix))
            .max_by_key(|range| range.prefix.length())
            .map(Special::from),
        special_inside: special_inside.collect(),
        reverse_zones: reverse::zones(prefix),
        classless_zone: reverse::classless_zone(prefix),
        previous: beside(bits::number(prefix.first()).checked_sub(1)),
        next: beside(bits::number(prefix.last()).checked_add(1)),
        parent: prefix
            .length()
            .checked_sub(1)
            .and_then(|length| Prefix::new(prefix.first(), length))
            .map(|parent| parent.to_string()),
        notes: notes(prefix, given.form),
        given: given.clone(),
    }
}

/// The class that all of it was in; `None` if it takes in several.
fn class_of(prefix: Prefix) -> Option<char> {
    match (prefix.first(), prefix.last()) {
        (IpAddr::V4(first), IpAddr::V4(last)) => Some(class(first)).filter(|of_first| *of_first == class(last)),
        _ => None,
    }
}

fn notes(prefix: Prefix, form: MaskForm) -> Vec<&'static str> {
    let mut notes = Vec::new();
    if form == MaskForm::Wildcard {
        notes.push("given as a wildcard: its zeros are the network's bits");
    }
    if is_of_groups(prefix) {
        notes.push("groups (multicast), and no network of hosts: no broadcast address");
    }
    notes.extend(match (prefix.width(), prefix.length()) {
        (32, 32) => Some("a /32 is one address: no network, no broadcast"),
        (32, 31) => Some("both addresses of a /31 are hosts': a link between two (RFC 3021)"),
        (32, 25..=30) => Some("less than a zone of the DNS: its names are delegated by CNAME records (RFC 2317)"),
        (128, 128) => Some("a /128 is one address"),
        (128, 127) => Some("both addresses of a /127 are hosts': a link between two routers (RFC 6164)"),
        (128, 65..=126) => Some("longer than /64: no stateless autoconfiguration here (RFC 4862)"),
        _ => None,
    });
    notes
}

/// The bits of an address with a stroke behind the first `length`: one row of 32 bits for IPv4, four for IPv6.
pub fn drawn(addr: IpAddr, length: u8) -> Vec<String> {
    let width = bits::width(addr);
    let number = bits::number(addr) << (128 - u32::from(width));
    let (step, between) = if addr.is_ipv4() { (8, '.') } else { (16, ' ') };
    let mut rows = vec![String::new(); usize::from(width / 32)];
    for bit in 0..width {
        let stroke = bit == length && length > 0;
        // Between two rows it ends the upper one, so that the bits stay below each other.
        let upper = if stroke && bit % 32 == 0 { (bit / 32).saturating_sub(1) } else { bit / 32 };
        if let Some(row) = rows.get_mut(usize::from(upper)).filter(|_| stroke) {
            row.push('|');
        }
        let Some(row) = rows.get_mut(usize::from(bit / 32)) else { break };
        if stroke {
            // It stands between two octets or groups as well as their separator would.
        } else if bit % step == 0 && bit % 32 != 0 {
            row.push(between);
        }
        row.push(if number >> (127 - u32::from(bit)) & 1 == 1 { '1' } else { '0' });
    }
    rows
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let strong = text.paint(Role::Strong, &escape(&self.text));
        let family = if self.given.ip.is_ipv4() { "IPv4" } else { "IPv6" };
        let purpose = self.special.as_ref().map_or_else(String::new, |special| format!(", {}", special.name));
        text.line(format!("{strong}  {family} network{purpose}"))?;
        if self.given.ip.is_ipv4() {
            self.bits(text)?;
        }
        let mut sheet = Sheet::new(2);
        if self.given.ip.is_ipv6() {
            for (index, row) in drawn(self.given.ip, self.prefix_length).into_iter().enumerate() {
                sheet.row([if index == 0 { "bits" } else { "" }, &row]);
            }
        }
        if self.input != self.text {
            sheet.row(["given as", &escape(&self.input)]);
        }
        if self.given.form != MaskForm::Implied || self.given.ip != self.given.prefix.first() {
            sheet.row(["role", self.address_is.words()]);
        }
        if self.given.ip.is_ipv6() {
            sheet.row(["network", &self.network]);
            sheet.row(["first", &self.first]);
            sheet.row(["last", &self.last]);
        }
        let hosts = !is_of_groups(self.given.prefix);
        if hosts {
            sheet.row(["usable", &format!("{} to {}", self.first_usable, self.last_usable)]);
        }
        sheet.row(["addresses", &format!("2^{} = {}", self.host_bits, grouped(&self.addresses))]);
        if hosts {
            sheet.row(["for hosts", &grouped(&self.usable)]);
        }
        sheet.row(["mask", &format!("/{} = 0x{}", self.prefix_length, self.mask_hex)]);
        sheet.pair("class", self.class.map(class_words));
        if let Some(special) = &self.special {
            special.rows(&mut sheet);
        }
        for (index, inside) in self.special_inside.iter().take(4).enumerate() {
            sheet.row([if index == 0 { "in it" } else { "" }, inside]);
        }
        if self.special_inside.len() > 4 {
            sheet.row(["", &format!("and {} more (addr special)", self.special_inside.len() - 4)]);
        }
        // A name of all 128 bits would be wider than a terminal behind a label.
        let (short, long): (Vec<&String>, Vec<&String>) =
            self.reverse_zones.iter().take(ZONES).partition(|zone| zone.len() < 66);
        for (index, zone) in short.iter().enumerate() {
            sheet.row([if index == 0 { "reverse" } else { "" }, zone]);
        }
        match self.reverse_zones.len().saturating_sub(ZONES) {
            0 => {}
            more => {
                let last = self.reverse_zones.last().map_or("", String::as_str);
                sheet.row(["", &format!("and {more} more, to {last}")]);
            }
        }
        sheet.pair("delegated", self.classless_zone.as_deref());
        sheet.pair("before it", self.previous.as_deref());
        sheet.pair("behind it", self.next.as_deref());
        sheet.pair("half of", self.parent.as_deref());
        for (index, note) in self.notes.iter().enumerate() {
            sheet.row([if index == 0 { "note" } else { "" }, note]);
        }
        sheet.render(text)?;
        long.iter().try_for_each(|zone| text.line(format!("  {zone}")))
    }
}

impl Report {
    /// The addresses that make the network, with their bits and the boundary.
    fn bits(&self, text: &mut Text<'_>) -> io::Result<()> {
        let prefix = self.given.prefix;
        let mut sheet = Sheet::new(2);
        let mut row = |label: &str, addr: IpAddr| {
            let drawn = drawn(addr, self.prefix_length).concat();
            sheet.row([label, addr.to_string().as_str(), &drawn]);
        };
        row("address", self.given.ip);
        row("mask", prefix.mask());
        row("wildcard", bits::address(prefix.first(), !bits::number(prefix.mask())));
        row("network", prefix.first());
        match broadcast(prefix) {
            Some(broadcast) => row("broadcast", broadcast),
            None => row("last", prefix.last()),
        }
        sheet.render(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::parse_network;

    fn of(text: &str) -> Report {
        report(text, &parse_network(text).unwrap())
    }

    #[test]
    fn usable_addresses_at_the_ends() {
        for (text, first, last, usable, broadcast) in [
            ("192.0.2.33/27", "192.0.2.33", "192.0.2.62", "30", Some("192.0.2.63")),
            ("192.0.2.0/30", "192.0.2.1", "192.0.2.2", "2", Some("192.0.2.3")),
            ("192.0.2.0/31", "192.0.2.0", "192.0.2.1", "2", None),
            ("255.255.255.255/32", "255.255.255.255", "255.255.255.255", "1", None),
            ("0.0.0.0/0", "0.0.0.1", "255.255.255.254", "4294967294", Some("255.255.255.255")),
            ("2001:db8::/64", "2001:db8::1", "2001:db8::ffff:ffff:ffff:ffff", "18446744073709551615", None),
            ("2001:db8::/127", "2001:db8::", "2001:db8::1", "2", None),
            ("::1/128", "::1", "::1", "1", None),
            ("224.0.0.0/4", "224.0.0.0", "239.255.255.255", "268435456", None),
            ("239.1.2.0/24", "239.1.2.0", "239.1.2.255", "256", None),
            ("224.0.0.0/3", "224.0.0.1", "255.255.255.254", "536870910", Some("255.255.255.255")),
            ("ff02::/120", "ff02::", "ff02::ff", "256", None),
            ("::/0", "::1", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "340282366920938463463374607431768211455", None),
        ] {
            let found = of(text);
            assert_eq!((found.first_usable.as_str(), found.last_usable.as_str()), (first, last), "{text}");
            assert_eq!((found.usable.as_str(), found.broadcast.as_deref()), (usable, broadcast), "{text}");
        }
        assert_eq!(of("2001:db8::/64").addresses, "18446744073709551616", "2^64 to the last digit");
        assert_eq!(of("::/0").addresses, "340282366920938463463374607431768211456");
    }

    #[test]
    fn what_the_address_is() {
        for (text, is) in [
            ("192.0.2.32/27", Place::Network),
            ("192.0.2.63/27", Place::Broadcast),
            ("192.0.2.33/27", Place::Host),
            ("192.0.2.1/31", Place::Host),
            ("::1/128", Place::Host),
            ("2001:db8::/64", Place::SubnetRouterAnycast),
            ("224.0.0.0/24", Place::Group),
            ("239.255.255.255/3", Place::Group),
            ("255.255.255.255/3", Place::Broadcast),
            ("ff02::/16", Place::Group),
        ] {
            assert_eq!(of(text).address_is, is, "{text}");
        }
    }

    #[test]
    fn neighbours_parents_and_ranges() {
        let found = of("192.0.2.33/27");
        assert_eq!((found.previous.as_deref(), found.next.as_deref()), (Some("192.0.2.0/27"), Some("192.0.2.64/27")));
        assert_eq!(found.parent.as_deref(), Some("192.0.2.0/26"));
        let all = of("0.0.0.0/0");
        assert_eq!((all.previous, all.next, all.parent), (None, None, None));
        assert!(all.special_inside.len() > 20 && all.special.is_none());
        assert_eq!(of("10.1.0.0/16").special.unwrap().name, "Private-Use");
        assert_eq!(of("10.0.0.0/7").special, None, "half of it is private");
        assert_eq!(of("192.0.0.0/24").special.unwrap().prefix, "192.0.0.0/24");
        let class = |text: &str| of(text).class;
        assert_eq!((class("0.0.0.0/1"), class("10.0.0.0/8")), (Some('A'), Some('A')));
        assert_eq!((class("0.0.0.0/0"), class("128.0.0.0/1"), class("224.0.0.0/3")), (None, None, None));
        assert_eq!(of("192.0.2.33/27").classless_zone.as_deref(), Some("32/27.2.0.192.in-addr.arpa"));
        assert_eq!(
            (of("192.0.2.1/0.0.0.255").mask_form, of("192.0.2.1/0.0.0.255").prefix_length),
            (MaskForm::Wildcard, 24)
        );
    }

    #[test]
    fn the_boundary_is_drawn_where_it_is() {
        let shown = |text: &str| {
            let network = parse_network(text).unwrap();
            drawn(network.ip, network.prefix.length())
        };
        assert_eq!(shown("192.0.2.33/27"), ["11000000.00000000.00000010.001|00001"]);
        assert_eq!(shown("192.0.2.33/24"), ["11000000.00000000.00000010|00100001"]);
        assert_eq!(shown("192.0.2.33/32"), ["11000000.00000000.00000010.00100001"]);
        assert_eq!(shown("192.0.2.33/0"), ["11000000.00000000.00000010.00100001"]);
        let zeros = "0000000000000000 0000000000000000";
        assert_eq!(shown("2001:db8::/32"), ["0010000000000001 0000110110111000|", zeros, zeros, zeros]);
    }
}
