//! What a text is: an address, a network, or a link-layer address, in whatever notation it is written.
//!
//! # What was decided where texts are ambiguous
//! - A number is an IPv4 address where inet_aton(3) takes it. Otherwise twelve hexadecimal digits are a MAC address and
//!   sixteen an EUI-64, even where all of them are decimal; what is left is the number of an IPv6 address.
//! - Eight groups with colons are an IPv6 address and no EUI-64, which is written with hyphens.
//! - What is short is read as inet_aton(3) does: `127.1` is 127.0.0.1, `010.0.0.1` is 8.0.0.1. Before a prefix it is refused:
//!   `10/8` means 10.0.0.0/8 to a person, and 0.0.0.10/8 to the C library.
//! - The mask `0.0.0.0` is that of /0, and no wildcard.
//! - `0/25.2.0.192.in-addr.arpa` is the network of a classless delegation (RFC 2317), and no address with a mask.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_common::addr::{AddrError, Endpoint, Host, Service, Zone, inet_aton};
use sockeye_common::escape::escape;
use sockeye_common::number::{behind_0x, digits};
use sockeye_common::prefix::Prefix;

use crate::mac::{self, Eui64, Mac};
use crate::reverse;

/// How long a text may be, in octets: the longest reverse name with a mask behind it is shorter.
const LONGEST: usize = 256;

/// A text, and what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// The text.
    pub input: String,
    /// What it is.
    pub thing: Thing,
}

/// What a text can be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Thing {
    /// An address.
    Address(Address),
    /// A network, and perhaps an address in it.
    Network(Network),
    /// A MAC address.
    Mac(Mac),
    /// An EUI-64 as IEEE gives it, its universal/local bit not turned.
    Eui64(Eui64),
}

/// An address of the Internet protocols.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub ip: IpAddr,
    /// The zone of an IPv6 address.
    pub zone: Option<Zone>,
    /// The port, if the text was that of a socket address.
    pub port: Option<u16>,
    /// How it was written.
    pub notation: Notation,
}

/// How an address was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Notation {
    /// Four decimal octets.
    DottedQuad,
    /// Numbers and dots that inet_aton(3) takes, but not four decimal octets.
    Classic,
    /// Groups and colons.
    Ipv6,
    /// One number, or digits.
    Number,
    /// A name under in-addr.arpa or ip6.arpa.
    Reverse,
}

impl Notation {
    /// In words.
    pub fn words(self) -> &'static str {
        match self {
            Self::DottedQuad => "dotted decimal",
            Self::Classic => "numbers as inet_aton(3) reads them",
            Self::Ipv6 => "IPv6 text",
            Self::Number => "a number",
            Self::Reverse => "the name of a reverse zone",
        }
    }
}

/// A network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// The address that was written: perhaps a host in it.
    pub ip: IpAddr,
    /// Its zone.
    pub zone: Option<Zone>,
    /// The network that the address is in.
    pub prefix: Prefix,
    /// How the length was written.
    pub form: MaskForm,
}

impl Network {
    /// The network of `prefix`, with no host in it.
    pub fn of_prefix(prefix: Prefix) -> Self {
        Self { ip: prefix.first(), zone: None, prefix, form: MaskForm::Length }
    }

    /// The text with the zone: `fe80::1%eth0/64`.
    pub fn text(&self) -> String {
        format!("{}/{}", host(self.ip, self.zone.as_ref()), self.prefix.length())
    }
}

/// An address with its zone.
pub fn host(ip: IpAddr, zone: Option<&Zone>) -> Host {
    match ip {
        IpAddr::V4(addr) => Host::V4(addr),
        IpAddr::V6(addr) => Host::V6 { addr, zone: zone.cloned() },
    }
}

/// How the length of a prefix was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MaskForm {
    /// As a number of bits.
    Length,
    /// As a mask: ones, then zeros.
    Mask,
    /// As a wildcard: zeros, then ones.
    Wildcard,
    /// Not at all: a reverse name has it by its labels, and an address by itself is one.
    Implied,
}

impl Given {
    /// Reads a text.
    ///
    /// # Errors
    /// [`Fault`] that says why it is nothing that is known.
    pub fn parse(input: &str) -> Result<Self, Fault> {
        let thing = thing(input)?;
        Ok(Self { input: input.to_owned(), thing })
    }
}

fn thing(text: &str) -> Result<Thing, Fault> {
    // Nearly all that come by the million are one of these, and nothing else can be.
    if let Ok(addr) = text.parse::<Ipv4Addr>() {
        return Ok(address(IpAddr::V4(addr), Notation::DottedQuad));
    }
    if let Ok(addr) = text.parse::<Ipv6Addr>() {
        return Ok(address(IpAddr::V6(addr), Notation::Ipv6));
    }
    plain_network(text).map_or_else(|| by_trial(text), |network| Ok(Thing::Network(network)))
}

/// A plain address, a slash and a length.
fn plain_network(text: &str) -> Option<Network> {
    let (addr, length) = text.split_once('/')?;
    let ip = addr.parse().ok()?;
    let digits = length.bytes().all(|digit| digit.is_ascii_digit());
    let prefix = Prefix::new(ip, length.parse().ok().filter(|_| digits)?)?;
    Some(Network { ip, zone: None, prefix, form: MaskForm::Length })
}

/// What is no plain address: every notation is tried.
fn by_trial(text: &str) -> Result<Thing, Fault> {
    if text.len() > LONGEST {
        return Err(Fault::TooLong { octets: text.len() });
    }
    if text.starts_with(char::is_whitespace) {
        return Err(Fault::BlankFirst);
    }
    if text.contains("://") {
        return Err(Fault::Url);
    }
    if let Some(prefix) = reverse::classless(text) {
        let form = MaskForm::Implied;
        return Ok(Thing::Network(Network { form, ..Network::of_prefix(prefix) }));
    }
    if let Some((addr, mask)) = text.split_once('/') {
        return network(addr, mask).map(Thing::Network);
    }
    if let Some((addr, mask)) = text.split_once([' ', '\t']) {
        return match (network(addr, mask.trim_start()), inet_aton(addr)) {
            (Err(Fault::NotAMask { .. }), Some(read)) => Err(Fault::Trailing { read }),
            (found, _) => found.map(Thing::Network),
        };
    }
    // Eight groups with colons are an IPv6 address, whatever they look like.
    let link = link_layer(text).filter(|thing| !matches!(thing, Thing::Eui64(_)) || !text.contains(':'));
    if let Some(found) = link.clone().filter(|_| text.contains([':', '-', '.'])) {
        return Ok(found);
    }
    match reverse::parse(text) {
        Some(Ok(prefix)) if prefix.length() < prefix.width() => {
            let form = MaskForm::Implied;
            return Ok(Thing::Network(Network { form, ..Network::of_prefix(prefix) }));
        }
        Some(Ok(prefix)) => return Ok(address(prefix.first(), Notation::Reverse)),
        Some(Err(why)) => return Err(Fault::Reverse { why }),
        None => {}
    }
    let strict = match text.parse::<Endpoint>() {
        Ok(Endpoint { host: Host::Name(_), .. }) => None,
        Ok(Endpoint { port: Some(Service::Name(name)), .. }) => return Err(Fault::ServiceName { name }),
        Ok(Endpoint { host, port }) => return Ok(socket_address(host, port.and_then(|port| port.number()))),
        Err(error) => Some(error),
    };
    if let Some(addr) = inet_aton(text) {
        let notation = if text.contains('.') { Notation::Classic } else { Notation::Number };
        return Ok(address(IpAddr::V4(addr), notation));
    }
    if let Some(found) = link {
        return Ok(found);
    }
    if let Some(addr) = number(text) {
        return Ok(address(addr, Notation::Number));
    }
    if is_number(text) {
        return Err(Fault::TooLarge);
    }
    Err(strict.map_or_else(|| Fault::Name { name: text.to_owned() }, Fault::Address))
}

/// A MAC address or an EUI-64.
pub fn link_layer(text: &str) -> Option<Thing> {
    let mac = mac::parse(text).map(|octets| Thing::Mac(Mac(octets)));
    mac.or_else(|| mac::parse(text).map(|octets| Thing::Eui64(Eui64(octets))))
}

fn address(ip: IpAddr, notation: Notation) -> Thing {
    Thing::Address(Address { ip, zone: None, port: None, notation })
}

fn socket_address(host: Host, port: Option<u16>) -> Thing {
    match host {
        Host::V6 { addr, zone } => {
            Thing::Address(Address { ip: IpAddr::V6(addr), zone, port, notation: Notation::Ipv6 })
        }
        Host::V4(addr) => {
            Thing::Address(Address { ip: IpAddr::V4(addr), zone: None, port, notation: Notation::DottedQuad })
        }
        // Names were sorted out before.
        Host::Name(_) => address(IpAddr::V4(Ipv4Addr::UNSPECIFIED), Notation::DottedQuad),
    }
}

/// A number that inet_aton(3) does not take: hexadecimal without `0x`, or more than 32 bits.
fn number(text: &str) -> Option<IpAddr> {
    let v6 = |number: u128| IpAddr::V6(Ipv6Addr::from_bits(number));
    if let Some(digits) = behind_0x(text) {
        return (9..=32).contains(&digits.len()).then(|| hex_number(digits).map(v6)).flatten();
    }
    match text.len() {
        8 if text.contains(|digit: char| digit.is_ascii_alphabetic()) => {
            let number = hex_number(text)?;
            Some(crate::bits::address(IpAddr::V4(Ipv4Addr::UNSPECIFIED), number))
        }
        32 => hex_number(text).map(v6),
        _ if text.bytes().all(|digit| digit.is_ascii_digit()) => {
            let number = text.parse::<u128>().ok()?;
            (number > u128::from(u32::MAX)).then(|| v6(number))
        }
        _ => None,
    }
}

/// Whether it is one number, however large.
fn is_number(text: &str) -> bool {
    digits(text).is_some()
}

fn hex_number(digits: &str) -> Option<u128> {
    // What from_str_radix takes besides digits is a sign.
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u128::from_str_radix(digits, 16).ok()).flatten()
}

/// Reads a network: `10.0.0.0/8`, `10.0.0.1/255.0.0.0`, `10.0.0.0/0.255.255.255`, `2001:db8::/32`; or an address, which is
/// a network of one.
///
/// # Errors
/// [`Fault`] that says why it is none.
pub fn parse_network(text: &str) -> Result<Network, Fault> {
    match thing(text)? {
        Thing::Network(network) => Ok(network),
        Thing::Address(Address { ip, zone, port: None, notation }) if notation != Notation::Classic => {
            Ok(Network { ip, zone, prefix: Prefix::host(ip), form: MaskForm::Implied })
        }
        Thing::Address(Address { notation: Notation::Classic, ip, .. }) => {
            Err(Fault::ShortNetwork { text: text.to_owned(), mask: None, read: ip })
        }
        Thing::Address(_) => Err(Fault::Port),
        Thing::Mac(_) | Thing::Eui64(_) => Err(Fault::NotANetwork),
    }
}

/// Reads one address, and nothing else: a port or a zone would be passed over.
///
/// # Errors
/// [`Fault`] that says why it is none.
pub fn parse_ip(text: &str) -> Result<IpAddr, Fault> {
    match thing(text)? {
        Thing::Address(Address { port: Some(_), .. }) => Err(Fault::Port),
        Thing::Address(Address { zone: Some(_), .. }) => Err(Fault::Zone),
        Thing::Address(Address { ip, .. }) => Ok(ip),
        Thing::Network(_) | Thing::Mac(_) | Thing::Eui64(_) => Err(Fault::NotAnAddress),
    }
}

fn network(addr: &str, mask: &str) -> Result<Network, Fault> {
    let (ip, zone) = match addr.parse::<Host>() {
        Ok(Host::V4(addr)) => (IpAddr::V4(addr), None),
        Ok(Host::V6 { addr, zone }) => (IpAddr::V6(addr), zone),
        Ok(Host::Name(_)) | Err(_) => match thing(addr)? {
            Thing::Address(Address { port: Some(_), .. }) => return Err(Fault::Port),
            // A whole number in hexadecimal, and what inet_aton(3) does not take, is read in one way alone.
            Thing::Address(Address { ip, zone, notation, .. })
                if inet_aton(addr).is_none() || notation == Notation::Number && behind_0x(addr).is_some() =>
            {
                (ip, zone)
            }
            Thing::Address(Address { ip, .. }) => {
                mask_length(ip, mask)?;
                return Err(Fault::ShortNetwork { text: addr.to_owned(), mask: Some(mask.to_owned()), read: ip });
            }
            Thing::Network(_) | Thing::Mac(_) | Thing::Eui64(_) => return Err(Fault::NotANetwork),
        },
    };
    let (length, form) = mask_length(ip, mask)?;
    let width = crate::bits::width(ip);
    let prefix = Prefix::new(ip, length).ok_or(Fault::PrefixTooLong { length: u32::from(length), width })?;
    Ok(Network { ip, zone, prefix, form })
}

/// How many bits a mask has, and how it was written.
///
/// # Errors
/// [`Fault`] if it is no mask of `family`'s family.
pub fn mask_length(family: IpAddr, mask: &str) -> Result<(u8, MaskForm), Fault> {
    let width = crate::bits::width(family);
    let bad = || Fault::NotAMask { mask: mask.to_owned() };
    if !mask.is_empty() && mask.bytes().all(|digit| digit.is_ascii_digit()) {
        let length: u32 = mask.parse().map_err(|_| Fault::PrefixTooLong { length: u32::MAX, width })?;
        return match u8::try_from(length) {
            Ok(length) if length <= width => Ok((length, MaskForm::Length)),
            _ => Err(Fault::PrefixTooLong { length, width }),
        };
    }
    let hexadecimal = || {
        let digits = behind_0x(mask)?;
        (digits.len() == usize::from(width) / 4).then(|| hex_number(digits)).flatten()
    };
    let bits = match (hexadecimal(), mask.parse::<IpAddr>()) {
        (Some(bits), _) => bits,
        (None, Ok(mask)) if mask.is_ipv4() == family.is_ipv4() => crate::bits::number(mask),
        (None, Ok(_)) => return Err(Fault::OtherFamily { mask: mask.to_owned() }),
        (None, Err(_)) => return Err(bad()),
    };
    // In the top bits of 128, where what follows does not depend on the family.
    let top = bits << (128 - u32::from(width));
    let ones = top.leading_ones();
    let short = |count: u32| u8::try_from(count).unwrap_or(width);
    if bits.count_ones() == ones {
        return Ok((short(ones), MaskForm::Mask));
    }
    if bits.trailing_ones() == bits.count_ones() {
        return Ok((width.saturating_sub(short(bits.count_ones())), MaskForm::Wildcard));
    }
    let zeros = (!top).leading_zeros();
    Err(Fault::Gaps { mask: mask.to_owned(), bit: zeros.saturating_add(1) })
}

/// Whether a word behind an address is meant for its mask: one that begins with 255, as no address in use does. It need not be a
/// good one.
pub fn is_mask_word(word: &str) -> bool {
    let family = IpAddr::V4(Ipv4Addr::UNSPECIFIED);
    let begins = word.starts_with("255.") || word.starts_with("0xff") || word.starts_with("0xFF");
    begins && matches!(mask_length(family, word), Ok((_, MaskForm::Mask)) | Err(Fault::Gaps { .. }))
}

/// Four octets for a short form: what a person means by it where its numbers are decimal, and otherwise what the C library reads.
fn whole(text: &str, read: IpAddr) -> String {
    let mut octets: Vec<&str> = text.split('.').collect();
    octets.resize(octets.len().max(4), "0");
    let padded = octets.join(".");
    if padded.parse::<Ipv4Addr>().is_ok() { padded } else { read.to_string() }
}

/// Whether it is two addresses with a hyphen between them.
fn is_range(text: &str) -> bool {
    text.split_once('-').is_some_and(|(first, last)| parse_ip(first).is_ok() && parse_ip(last).is_ok())
}

/// Why a text is none of the things that are known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It would be an address but for this.
    Address(AddrError),
    /// It is a name.
    Name {
        /// The name.
        name: String,
    },
    /// It is too long for any notation.
    TooLong {
        /// How long.
        octets: usize,
    },
    /// A blank stands before it.
    BlankFirst,
    /// It is a URL.
    Url,
    /// It is a number of more than 128 bits.
    TooLarge,
    /// A port, where it would be passed over.
    Port,
    /// A zone, where it would be passed over.
    Zone,
    /// The port is a name.
    ServiceName {
        /// The name.
        name: String,
    },
    /// It ends as a reverse name does, and is none.
    Reverse {
        /// What is wrong.
        why: &'static str,
    },
    /// The prefix is longer than the address.
    PrefixTooLong {
        /// The prefix.
        length: u32,
        /// The address.
        width: u8,
    },
    /// What stands behind the slash is neither a length nor a mask.
    NotAMask {
        /// The text.
        mask: String,
    },
    /// An address, a blank, and something else.
    Trailing {
        /// What inet_aton(3) reads.
        read: Ipv4Addr,
    },
    /// A mask with a one behind a zero.
    Gaps {
        /// The mask.
        mask: String,
        /// The first zero, from 1.
        bit: u32,
    },
    /// A mask of IPv4 for an address of IPv6, or the other way round.
    OtherFamily {
        /// The mask.
        mask: String,
    },
    /// A short form before a prefix.
    ShortNetwork {
        /// The text.
        text: String,
        /// What stands behind the slash.
        mask: Option<String>,
        /// What inet_aton(3) reads.
        read: IpAddr,
    },
    /// Something else, where a network is wanted.
    NotANetwork,
    /// Something else, where an address is wanted.
    NotAnAddress,
    /// Something else, where a link-layer address is wanted.
    NotAMac,
}

impl Fault {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Name { name } if is_range(name) => "addr range takes ranges".to_owned(),
            Self::Name { .. } => "addr asks no resolver: dig +compare NAME does".to_owned(),
            Self::ServiceName { .. } => "write its number: addr port NAME tells it".to_owned(),
            Self::Url => "url URL takes it apart".to_owned(),
            Self::Zone => "leave out what begins with %".to_owned(),
            Self::ShortNetwork { text, mask, read } => {
                let mask = mask.as_ref().map_or_else(String::new, |mask| format!("/{mask}"));
                format!("write four octets: {}{}", escape(&whole(text, *read)), escape(&mask))
            }
            Self::NotAMac => "as in 52:54:00:12:34:56, 52-54-00-12-34-56, 5254.0012.3456 or 525400123456".to_owned(),
            Self::Trailing { read } => format!("inet_aton(3) of glibc takes it as {read}: it stops at the blank"),
            Self::NotAMask { .. } | Self::Gaps { .. } => "as in /24, /255.255.255.0 or /0.0.0.255".to_owned(),
            _ => return None,
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(error) => write!(f, "{error}"),
            Self::Name { .. } => f.write_str("no address, no network and no MAC address"),
            Self::TooLong { octets } => write!(f, "{octets} octets: no address is as long"),
            Self::BlankFirst => f.write_str("a blank stands before it"),
            Self::Url => f.write_str("a URL, and no address"),
            Self::TooLarge => f.write_str("a number of more than 128 bits"),
            Self::Port => f.write_str("an address without a port is wanted"),
            Self::Zone => f.write_str("an address without a zone is wanted"),
            Self::ServiceName { name } => write!(f, "the port is the name {}", escape(name)),
            Self::Reverse { why } => f.write_str(why),
            Self::PrefixTooLong { length: u32::MAX, width } => write!(f, "the prefix is longer than {width} bits"),
            Self::PrefixTooLong { length, width } => {
                write!(f, "a prefix of {length} bits, and the address has {width}")
            }
            Self::NotAMask { mask } => {
                write!(f, "\"{}\" is neither the length of a prefix nor a mask", escape(mask))
            }
            Self::Trailing { .. } => f.write_str("what stands behind the blank is no mask"),
            Self::Gaps { mask, bit } => {
                write!(f, "the mask {} has a one behind a zero (bit {bit} from the left)", escape(mask))
            }
            Self::OtherFamily { mask } => write!(f, "the mask {} is of the other family", escape(mask)),
            Self::ShortNetwork { read, .. } => {
                write!(f, "what inet_aton(3) reads as {read} does not stand for a network")
            }
            Self::NotANetwork => f.write_str("not a network"),
            Self::NotAnAddress => f.write_str("not an address"),
            Self::NotAMac => f.write_str("neither a MAC address nor an EUI-64"),
        }
    }
}

impl std::error::Error for Fault {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::addr::IpText;

    use super::*;

    fn ip(text: &str) -> (String, Notation) {
        match thing(text).unwrap() {
            Thing::Address(address) => (IpText(address.ip).to_string(), address.notation),
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn every_notation_is_read() {
        for (text, addr, notation) in [
            ("127.0.0.1", "127.0.0.1", Notation::DottedQuad),
            ("127.1", "127.0.0.1", Notation::Classic),
            ("0x7f.1", "127.0.0.1", Notation::Classic),
            ("010.0.0.1", "8.0.0.1", Notation::Classic),
            ("017700000001", "127.0.0.1", Notation::Number),
            ("2130706433", "127.0.0.1", Notation::Number),
            ("0x7f000001", "127.0.0.1", Notation::Number),
            ("c0a80001", "192.168.0.1", Notation::Number),
            ("1.0.0.127.in-addr.arpa", "127.0.0.1", Notation::Reverse),
            ("::1", "::1", Notation::Ipv6),
            ("[::1]", "::1", Notation::Ipv6),
            ("2001:DB8:0:0::1", "2001:db8::1", Notation::Ipv6),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.1", Notation::Ipv6),
            ("20010db8000000000000000000000001", "2001:db8::1", Notation::Number),
            ("0x20010db8000000000000000000000001", "2001:db8::1", Notation::Number),
            ("42540766411282592856903984951653826561", "2001:db8::1", Notation::Number),
        ] {
            assert_eq!(ip(text), (addr.to_owned(), notation), "{text}");
        }
        assert!(matches!(thing("525400123456"), Ok(Thing::Mac(_))));
        assert!(matches!(thing("5254001234ab"), Ok(Thing::Mac(_))));
        assert!(matches!(thing("505400fffe123456"), Ok(Thing::Eui64(_))));
        assert!(matches!(thing("50-54-00-ff-fe-12-34-56"), Ok(Thing::Eui64(_))));
        assert_eq!(ip("50:54:00:ff:fe:12:34:56").1, Notation::Ipv6);
    }

    #[test]
    fn socket_addresses_keep_their_ports_and_zones() {
        let Thing::Address(address) = thing("[fe80::1%eth0]:80").unwrap() else { panic!() };
        assert_eq!((address.port, address.zone.unwrap().as_str()), (Some(80), "eth0"));
        let Thing::Address(address) = thing("10.0.0.1:8080").unwrap() else { panic!() };
        assert_eq!(address.port, Some(8080));
    }

    #[test]
    fn networks_by_length_mask_and_wildcard() {
        for (text, network, form) in [
            ("192.0.2.33/27", "192.0.2.32/27", MaskForm::Length),
            ("192.0.2.33/255.255.255.224", "192.0.2.32/27", MaskForm::Mask),
            ("192.0.2.33 255.255.255.224", "192.0.2.32/27", MaskForm::Mask),
            ("192.0.2.33/0xffffffe0", "192.0.2.32/27", MaskForm::Mask),
            ("192.0.2.33/0.0.0.31", "192.0.2.32/27", MaskForm::Wildcard),
            ("192.0.2.33/0.0.0.0", "0.0.0.0/0", MaskForm::Mask),
            ("192.0.2.33/255.255.255.255", "192.0.2.33/32", MaskForm::Mask),
            ("2001:db8::1/64", "2001:db8::/64", MaskForm::Length),
            ("2001:db8::1/ffff:ffff::", "2001:db8::/32", MaskForm::Mask),
            ("fe80::1%eth0/64", "fe80::/64", MaskForm::Length),
            ("2.0.192.in-addr.arpa", "192.0.2.0/24", MaskForm::Implied),
            ("8.b.d.0.1.0.0.2.ip6.arpa.", "2001:db8::/32", MaskForm::Implied),
            ("0/25.2.0.192.in-addr.arpa", "192.0.2.0/25", MaskForm::Implied),
            ("192/26.2.0.192.IN-ADDR.ARPA.", "192.0.2.192/26", MaskForm::Implied),
            ("192.0.2.1", "192.0.2.1/32", MaskForm::Implied),
            ("0xc0000201/24", "192.0.2.0/24", MaskForm::Length),
            ("0XC0000201/24", "192.0.2.0/24", MaskForm::Length),
            ("c0a80001/24", "192.168.0.0/24", MaskForm::Length),
            ("1.2.0.192.in-addr.arpa/24", "192.0.2.0/24", MaskForm::Length),
            ("42540766411282592856903984951653826561/32", "2001:db8::/32", MaskForm::Length),
        ] {
            let found = parse_network(text).unwrap();
            assert_eq!((found.prefix.to_string(), found.form), (network.to_owned(), form), "{text}");
        }
    }

    #[test]
    fn refusals_say_why() {
        for (text, words) in [
            ("192.0.2.1/33", "a prefix of 33 bits, and the address has 32"),
            ("192.0.2.1/99999999999", "longer than 32 bits"),
            ("192.0.2.1/255.0.255.0", "a one behind a zero (bit 9"),
            ("192.0.2.1/ffff::", "of the other family"),
            ("192.0.2.1/x", "\"x\" is neither"),
            ("192.0.2.1/", "\"\" is neither"),
            ("10/8", "reads as 0.0.0.10"),
            ("0x10.1/8", "reads as 16.0.0.1"),
            ("10/x", "\"x\" is neither"),
            ("10/64", "a prefix of 64 bits"),
            ("example.com", "no address, no network"),
            ("", "the host is missing"),
            ("256.0.0.1", "256"),
            ("1.2.3.4.5", "1.2.3.4.5"),
            ("10.0.0.1:http", "the port is the name http"),
            ("x.in-addr.arpa", "label"),
        ] {
            let fault = thing(text).unwrap_err();
            assert!(fault.to_string().contains(words) || words == "1.2.3.4.5", "{text}: {fault}");
        }
        for (text, words) in [
            (" 192.0.2.1", "a blank stands before it"),
            ("http://192.0.2.1/", "a URL"),
            ("340282366920938463463374607431768211456", "more than 128 bits"),
            ("0x100000000000000000000000000000000", "more than 128 bits"),
            ("10.0.0.1:80/24", "without a port"),
        ] {
            let fault = thing(text).unwrap_err();
            assert!(fault.to_string().contains(words), "{text}: {fault}");
        }
        assert_eq!(thing(&"1".repeat(300)).unwrap_err(), Fault::TooLong { octets: 300 });
        assert_eq!((parse_ip("[::1]:80"), parse_ip("fe80::1%lo")), (Err(Fault::Port), Err(Fault::Zone)));
        assert_eq!(parse_network("10.0.0.1:80"), Err(Fault::Port));
        for text in ["1.2.3.4 foo", "1.2.3.4 ", "1.2.772 foo"] {
            assert!(thing(text).unwrap_err().hint().unwrap().contains("takes it as 1.2.3.4"), "{text}");
        }
        assert_eq!(thing("10/8").unwrap_err().hint().unwrap(), "write four octets: 10.0.0.0/8");
        assert_eq!(thing("0/0").unwrap_err().hint().unwrap(), "write four octets: 0.0.0.0/0");
        // Whoever follows the hint is understood.
        assert_eq!(thing("010.1/8").unwrap_err().hint().unwrap(), "write four octets: 8.0.0.1/8");
        assert_eq!(thing("10.0.0.1-10.0.0.9").unwrap_err().hint().unwrap(), "addr range takes ranges");
        assert!(is_mask_word("255.255.255.0") && is_mask_word("0xffffff00") && is_mask_word("255.0.255.0"));
        assert!(!is_mask_word("10.0.0.0") && !is_mask_word("0.0.0.255") && !is_mask_word("255.256.0.0"));
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read(addr: IpAddr, length in 0_u8..=128) {
            prop_assert_eq!(parse_ip(&IpText(addr).to_string()).unwrap(), addr);
            prop_assert_eq!(parse_ip(&reverse::name(addr)).unwrap(), addr);
            if let Some(prefix) = Prefix::new(addr, length) {
                prop_assert_eq!(parse_network(&prefix.to_string()).unwrap().prefix, prefix);
                let by_mask = format!("{}/{}", prefix.first(), prefix.mask());
                prop_assert_eq!(parse_network(&by_mask).unwrap().prefix, prefix);
            }
            let number = crate::bits::number(addr);
            if addr.is_ipv4() {
                prop_assert_eq!(parse_ip(&number.to_string()).unwrap(), addr);
                prop_assert_eq!(parse_ip(&format!("{number:#x}")).unwrap(), addr);
            }
        }

        #[test]
        fn the_short_way_reads_what_the_trials_read(addr: IpAddr, text in "[0-9a-f:.]{1,40}(/\\+?[0-9]{0,3})?", length in 0..200) {
            for text in [IpText(addr).to_string(), text, format!("{}/{length}", IpText(addr)), format!("{addr}/0{length}")] {
                prop_assert_eq!(thing(&text), by_trial(&text), "{}", text);
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = thing(&text);
        }

        #[test]
        fn no_likely_text_panics(text in "[0-9a-fx:./% ]{0,24}(\\.in-addr\\.arpa|\\.ip6\\.arpa)?") {
            let _ = thing(&text);
        }
    }
}
