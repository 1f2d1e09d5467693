//! All that can be said of one address.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::addr::{IpText, Zone, ipv6_scope};
use sockeye_common::escape::escape;
use sockeye_common::hex;
use sockeye_common::order::{ByteOrder, Net32};
use sockeye_common::sockaddr::Sockaddr;
use sockeye_common::special;

use crate::bits;
use crate::embedded::{self, Embedded, Forms};
use crate::given::{self, Address, Notation};
use crate::mac::Eui64;
use crate::multicast::{self, Multicast};
use crate::readings::Readings;
use crate::reverse;
use crate::sheet::Sheet;

/// An address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Always `address`.
    pub kind: &'static str,
    /// The text as it was given.
    pub input: String,
    /// How that was written.
    pub notation: Notation,
    /// RFC 5952 text, with the zone.
    pub text: String,
    /// AF_INET or AF_INET6.
    pub family: &'static str,
    /// The zone.
    pub zone: Option<String>,
    /// The port of a socket address.
    pub port: Option<u16>,
    /// All groups, no zero left out (IPv6).
    pub expanded: Option<String>,
    /// The number, in decimal.
    pub decimal: String,
    /// The octets in hexadecimal, as they are sent.
    pub hex: String,
    /// The bits, with a dot between octets (IPv4) or a colon between groups (IPv6).
    pub binary: String,
    /// The number in octal, as inet_aton(3) reads it (IPv4).
    pub octal: Option<String>,
    /// The shortest text of numbers and dots that inet_aton(3) reads so (IPv4).
    pub short: Option<String>,
    /// What this host makes of the four octets without ntohl(3) (IPv4).
    pub without_ntohl: Option<u32>,
    /// The class that it had before CIDR (IPv4).
    pub class: Option<char>,
    /// The name in the DNS.
    pub reverse: String,
    /// What IANA reserved it for.
    pub special: Option<Special>,
    /// How far it means the same host or group (IPv6).
    pub scope: Option<&'static str>,
    /// What it says as the address of a group.
    pub multicast: Option<Multicast>,
    /// The IPv4 address inside.
    pub embedded: Option<Embedded>,
    /// The IPv6 forms of an IPv4 address.
    pub ipv6_forms: Option<Forms>,
    /// The second half, no group shortened (IPv6, no group).
    pub interface_id: Option<String>,
    /// The MAC address that the second half was made of.
    pub mac: Option<String>,
    /// The group for neighbour solicitations (IPv6).
    pub solicited_node: Option<String>,
    /// Where frames to that group go.
    pub solicited_node_mac: Option<String>,
    /// Of an IPv4 address that looks like one: the length of it as a mask.
    pub as_mask: Option<u8>,
    /// What the calls of the C library make of the text.
    pub readings: Readings,
    /// What bind(2) and connect(2) take.
    pub sockaddr: SockaddrReport,
    /// The address itself.
    #[serde(skip)]
    pub ip: IpAddr,
}

/// A row of IANA's registries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Special {
    /// The name in the registry.
    pub name: &'static str,
    /// The range.
    pub prefix: String,
    /// Where it is specified.
    pub rfc: &'static str,
    /// May be the source of a packet.
    pub source: Option<bool>,
    /// May be the destination of a packet.
    pub destination: Option<bool>,
    /// May be forwarded by a router.
    pub forwardable: Option<bool>,
    /// May leave its administrative domain.
    pub globally_reachable: Option<bool>,
    /// Special by IP itself.
    pub reserved_by_protocol: Option<bool>,
}

impl Special {
    /// The most specific range that `addr` is in.
    pub fn of(addr: IpAddr) -> Option<Self> {
        special::lookup(addr).map(Self::from)
    }

    /// The range, and what the registry says of it.
    pub(crate) fn rows(&self, sheet: &mut Sheet) {
        sheet.row(["special", &format!("{} {} ({})", self.prefix, self.name, self.rfc)]);
        let words = self.words();
        if !words.is_empty() {
            sheet.row(["", &words]);
        }
    }

    /// The five answers in words; nothing, where the registry has none.
    pub fn words(&self) -> String {
        let answers = [
            ("source", self.source),
            ("destination", self.destination),
            ("forwardable", self.forwardable),
            ("global", self.globally_reachable),
            ("reserved by IP", self.reserved_by_protocol),
        ];
        if answers.iter().all(|(_, answer)| answer.is_none()) {
            return String::new();
        }
        let word = |answer| match answer {
            Some(true) => "yes",
            Some(false) => "no",
            None => "n/a",
        };
        answers.map(|(name, answer)| format!("{name} {}", word(answer))).join(", ")
    }
}

impl From<&special::Range> for Special {
    fn from(range: &special::Range) -> Self {
        Self {
            name: range.name,
            prefix: range.prefix.to_string(),
            rfc: range.rfc,
            source: range.source,
            destination: range.destination,
            forwardable: range.forwardable,
            globally_reachable: range.globally_reachable,
            reserved_by_protocol: range.reserved_by_protocol,
        }
    }
}

/// A socket address, field by field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SockaddrReport {
    /// sockaddr_in or sockaddr_in6.
    pub structure: &'static str,
    /// All octets in hexadecimal, as they lie in this host's memory.
    pub hex: String,
    /// How many they are.
    pub length_octets: usize,
    /// The fields.
    pub fields: Vec<FieldReport>,
}

/// A field of a structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldReport {
    /// The name in C.
    pub name: &'static str,
    /// Where it starts, in octets.
    pub offset: usize,
    /// Its octets.
    pub octets: String,
    /// What they mean.
    pub meaning: String,
}

impl SockaddrReport {
    /// The structure of a socket address.
    pub fn of(addr: SocketAddr) -> Self {
        let sockaddr = Sockaddr::from(addr);
        let octets = sockaddr.emit();
        let field = |field: sockeye_common::layout::Field| FieldReport {
            name: field.name,
            offset: field.offset,
            octets: hex::spaced(&field.octets),
            meaning: field.meaning,
        };
        Self {
            structure: if addr.is_ipv4() { "sockaddr_in" } else { "sockaddr_in6" },
            hex: hex::encode(&octets),
            length_octets: octets.len(),
            fields: sockaddr.fields().into_iter().map(field).collect(),
        }
    }

    /// Says of a scope id of 0 which interface there is none of, where the text names one.
    #[must_use]
    fn in_zone(mut self, zone: Option<&Zone>) -> Self {
        let scope = self.fields.iter_mut().find(|field| field.name == "sin6_scope_id");
        if let Some((field, zone)) = scope.zip(zone).filter(|(field, _)| field.octets == "00 00 00 00") {
            field.meaning = match zone.as_str().strip_prefix("25").filter(|name| !name.is_empty()) {
                // A URL has the octets of a % escaped: RFC 6874 section 2.
                Some(name) => format!("0: no interface {} here; %25 is % in URLs alone: write %{name}", zone.as_str()),
                None => format!("0: no interface {} here (host order)", zone.as_str()),
            };
        }
        self
    }
}

/// Says all of an address. `scope_id` is the index of its zone, 0 if it has none or that is no interface here.
pub fn report(input: &str, address: &Address, readings: Readings, scope_id: u32) -> Report {
    let Address { ip, zone, port, notation } = address;
    let octets = bits::octets(*ip);
    let number = bits::number(*ip);
    let (v4, v6) = match *ip {
        IpAddr::V4(addr) => (Some(addr), None),
        IpAddr::V6(addr) => (None, Some(addr)),
    };
    let unicast_v6 = v6.filter(|addr| !addr.is_multicast());
    let solicited_node = v6.and_then(multicast::solicited_node);
    Report {
        kind: "address",
        input: input.to_owned(),
        notation: *notation,
        text: given::host(*ip, zone.as_ref()).to_string(),
        family: family(*ip),
        zone: zone.as_ref().map(|zone| zone.as_str().to_owned()),
        port: *port,
        expanded: v6.map(expanded),
        decimal: number.to_string(),
        hex: hex::encode(&octets),
        binary: binary(*ip),
        octal: v4.map(|_| if number == 0 { "0".to_owned() } else { format!("0{number:o}") }),
        short: v4.map(short),
        without_ntohl: v4.map(|addr| Net32::from_octets(addr.octets()).without_ntohl()),
        class: v4.map(class),
        reverse: reverse::name(*ip),
        special: Special::of(*ip),
        scope: v6.and_then(ipv6_scope),
        multicast: multicast::of(*ip),
        embedded: v6.and_then(embedded::of),
        ipv6_forms: v4.map(embedded::forms),
        interface_id: unicast_v6.map(|addr| Eui64::of_address(addr).groups()),
        mac: unicast_v6.and_then(|addr| Eui64::of_address(addr).mac()).map(|mac| mac.to_string()),
        solicited_node: multicast::text(solicited_node),
        solicited_node_mac: solicited_node.and_then(|addr| multicast::mac(addr.into())).map(|mac| mac.to_string()),
        as_mask: v4.filter(|addr| addr.octets().starts_with(&[255])).and_then(mask_length),
        readings,
        sockaddr: SockaddrReport::of(socket_addr(address, scope_id)).in_zone(zone.as_ref()),
        ip: *ip,
    }
}

/// The family by its name in C.
pub fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "AF_INET" } else { "AF_INET6" }
}

/// What bind(2) and connect(2) take; without a port that is 0.
pub fn socket_addr(address: &Address, scope_id: u32) -> SocketAddr {
    let port = address.port.unwrap_or(0);
    match address.ip {
        IpAddr::V4(addr) => SocketAddr::V4(SocketAddrV4::new(addr, port)),
        IpAddr::V6(addr) => SocketAddr::V6(SocketAddrV6::new(addr, port, 0, scope_id)),
    }
}

/// The bits: a dot between octets (IPv4), or a colon between groups (IPv6).
pub fn binary(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(addr) => bits::binary(&addr.octets(), "."),
        IpAddr::V6(addr) => addr.segments().map(|group| format!("{group:016b}")).join(":"),
    }
}

/// All eight groups with their four digits.
pub fn expanded(addr: Ipv6Addr) -> String {
    addr.segments().map(|group| format!("{group:04x}")).join(":")
}

/// The shortest text that inet_aton(3) reads as `addr`, of numbers and dots.
fn short(addr: Ipv4Addr) -> String {
    match addr.octets() {
        [a, 0, 0, d] => format!("{a}.{d}"),
        [a, b, 0, d] => format!("{a}.{b}.{d}"),
        _ => addr.to_string(),
    }
}

fn mask_length(addr: Ipv4Addr) -> Option<u8> {
    let ones = addr.to_bits().leading_ones();
    (addr.to_bits().count_ones() == ones).then(|| u8::try_from(ones).ok()).flatten()
}

/// The class of an address before CIDR.
///
/// # Source
/// RFC 791 section 3.2 for A to C, RFC 1112 section 4 for D and E; made history by RFC 1519.
pub fn class(addr: Ipv4Addr) -> char {
    match addr.octets() {
        [0..=127, ..] => 'A',
        [128..=191, ..] => 'B',
        [192..=223, ..] => 'C',
        [224..=239, ..] => 'D',
        _ => 'E',
    }
}

/// What a class meant.
pub fn class_words(class: char) -> String {
    let meant = match class {
        'A' => "networks of /8",
        'B' => "networks of /16",
        'C' => "networks of /24",
        'D' => return "D: multicast".to_owned(),
        _ => return "E: reserved".to_owned(),
    };
    format!("{class}: {meant}, until CIDR came in 1993")
}

impl Report {
    /// How the text is written. One that is a little too large for IPv4 is IPv6 without any sign of it.
    fn notation_words(&self) -> &'static str {
        match self.notation {
            Notation::Number if self.ip.is_ipv6() => "a number of more than 32 bits: IPv6",
            notation => notation.words(),
        }
    }

    /// The same words wherever an address is named: its family and what it is for.
    fn heading(&self) -> String {
        let family = if self.ip.is_ipv4() { "IPv4" } else { "IPv6" };
        match &self.special {
            Some(special) => format!("{family}, {}", special.name),
            None if self.scope == Some("Site-Local") => format!("{family}, site-local, deprecated (RFC 3879)"),
            None if self.embedded.as_ref().is_some_and(|inside| inside.kind == embedded::COMPATIBLE) => {
                format!("{family}, {}, deprecated (RFC 4291)", embedded::COMPATIBLE)
            }
            None if self.ip.is_ipv6() && bits::number(self.ip) >> 125 != 1 => {
                format!("{family}, not assigned to anybody (2000::/3 is global unicast)")
            }
            None => format!("{family}, global unicast"),
        }
    }
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        // A zone may be any word without blanks.
        let strong = text.paint(Role::Strong, &escape(&self.text));
        text.line(format!("{strong}  {}", self.heading()))?;
        let mut sheet = Sheet::new(2);
        if self.input != self.text {
            sheet.row(["given as", &format!("{} ({})", escape(&self.input), self.notation_words())]);
        }
        sheet.pair("expanded", self.expanded.as_deref());
        sheet.row(["decimal", &self.decimal]);
        sheet.row(["hex", &format!("0x{}", self.hex)]);
        sheet.pair("octal", self.octal.as_deref());
        sheet.pair("short", self.short.as_deref().filter(|short| *short != self.text));
        if self.ip.is_ipv4() {
            sheet.row(["binary", &self.binary]);
        } else {
            for (index, row) in self.binary.split(':').collect::<Vec<_>>().chunks(2).enumerate() {
                sheet.row([if index == 0 { "binary" } else { "" }, &row.join(" ")]);
            }
        }
        sheet.row(["octets", &format!("{}  (network order)", hex::spaced(&bits::octets(self.ip)))]);
        if let Some(read) = self.without_ntohl {
            let order = ByteOrder::HOST.name();
            sheet.row(["no ntohl", &format!("{read:#010x} = {read}  (as this {order} host reads it)")]);
        }
        sheet.pair("reverse", self.ip.is_ipv4().then_some(self.reverse.as_str()));
        sheet.pair("class", self.class.map(class_words));
        if let Some(special) = &self.special {
            special.rows(&mut sheet);
        }
        sheet.pair("scope", self.scope.filter(|_| self.multicast.is_none()));
        if let Some(Multicast { scope, group, flags, unicast_prefix, rendezvous_point, mac }) = &self.multicast {
            sheet.row(["scope", scope.unwrap_or("reserved or not assigned")]);
            sheet.pair("group", *group);
            sheet.pair("flags", (!flags.is_empty()).then(|| flags.join("; ")));
            sheet.pair("made of", unicast_prefix.as_deref().map(|prefix| format!("{prefix} (RFC 3306)")));
            sheet.pair("routers meet", rendezvous_point.as_deref().map(|addr| format!("at {addr} (RFC 3956)")));
            sheet.row(["frames to", mac]);
        }
        if let Some(Embedded { kind, v4, octets: (from, to), rfc, server, port }) = &self.embedded {
            sheet.row(["IPv4 inside", &format!("{v4}, octets {from} to {} ({kind}, {rfc})", to - 1)]);
            if let (Some(server), Some(port)) = (server, port) {
                sheet.row(["", &format!("and port {port} outside its NAT, octets 10 to 11; both are stored inverted")]);
                sheet.row(["", &format!("Teredo server {server}, octets 4 to 7")]);
            }
            sheet.pair("", embedded::forbidden(kind, *v4));
        }
        if let Some(Forms { mapped, nat64, six_to_four }) = &self.ipv6_forms {
            sheet.row(["in IPv6", &format!("{}  (mapped)", IpText((*mapped).into()))]);
            if let (Some(nat64), Some(six_to_four)) = (nat64, six_to_four) {
                sheet.row(["", &format!("{}  (NAT64)", IpText((*nat64).into()))]);
                sheet.row(["", &format!("{}/48  (6to4)", IpText((*six_to_four).into()))]);
            }
        }
        match (&self.interface_id, &self.mac) {
            (Some(id), Some(mac)) => {
                sheet.row(["interface", &format!("{id}, of the MAC address {mac}")]);
            }
            (id, _) => {
                sheet.pair("interface", id.as_deref());
            }
        }
        if let (Some(group), Some(mac)) = (&self.solicited_node, &self.solicited_node_mac) {
            sheet.row(["solicited", &format!("{group}, frames to {mac}")]);
        }
        if let Some(length) = self.as_mask {
            sheet.row(["as a mask", &format!("/{length}")]);
        }
        sheet.render(text)?;
        if self.ip.is_ipv6() {
            // Behind a label it would be wider than a terminal.
            text.line(format!("  {}", self.reverse))?;
        }
        self.readings.render(text)?;
        self.sockaddr.render(text)
    }
}

impl Render for Readings {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(format!("The C library reads \"{}\"", escape(&self.text)))?;
        let mut sheet = Sheet::new(2);
        let other =
            if self.text.contains(':') { ["inet_aton", "inet_pton AF_INET"] } else { ["inet_pton AF_INET6"; 2] };
        for reading in self.calls.iter().filter(|reading| !other.contains(&reading.call)) {
            let address = reading.address.as_deref().unwrap_or("refused");
            sheet.row([reading.call, address, &escape(reading.why.as_deref().unwrap_or_default())]);
        }
        sheet.render(text)?;
        if self.differ {
            let warning = "The calls differ: a program that checks with one and connects with another is a hole.";
            let lead = text.paint(Role::Warning, "  ! ");
            text.prose(&lead, warning)?;
        }
        Ok(())
    }
}

impl Render for SockaddrReport {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(format!("struct {}, {} octets", self.structure, self.length_octets))?;
        let mut sheet = Sheet::new(2);
        sheet.headings(["offset", "field", "octets", "meaning"]).right(&[0]);
        for field in &self.fields {
            // Sixteen octets of an address in rows of four: 80 columns are enough for its text beside them.
            let octets: Vec<&str> = field.octets.split(' ').collect();
            for (index, octets) in octets.chunks(if octets.len() > 8 { 4 } else { 8 }).enumerate() {
                let octets = octets.join(" ");
                if index == 0 {
                    sheet.row([&field.offset.to_string(), field.name, &octets, &escape(&field.meaning)]);
                } else {
                    sheet.row(["", "", &octets, ""]);
                }
            }
        }
        sheet.render(text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::addr::inet_aton;

    use super::*;

    #[test]
    fn classes_before_cidr() {
        for (text, expected) in [
            ("10.0.0.1", 'A'),
            ("127.0.0.1", 'A'),
            ("128.0.0.1", 'B'),
            ("192.0.2.1", 'C'),
            ("224.0.0.1", 'D'),
            ("255.255.255.255", 'E'),
        ] {
            assert_eq!(class(text.parse().unwrap()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn the_short_text_means_the_same(addr: Ipv4Addr) {
            prop_assert_eq!(inet_aton(&short(addr)), Some(addr));
        }

        #[test]
        fn the_expanded_text_means_the_same(addr: Ipv6Addr) {
            prop_assert_eq!(expanded(addr).parse(), Ok(addr));
        }
    }
}
