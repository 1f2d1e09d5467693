//! The arithmetic, one line at a time, as a student would do it on paper.

mod words;

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_cli::Confined;
use sockeye_common::addr::{IpText, inet_aton};
use sockeye_common::hex;
use sockeye_common::prefix::Prefix;

use crate::bits;
use crate::mac::{Eui64, Mac};
use crate::multicast;
use crate::network::drawn;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What the run does not need was given up.
    Confined(Box<Confined>),
    /// An IPv4 address as a number: each octet times its weight.
    Weighed {
        /// The octets with their weights and the products.
        terms: Vec<Term>,
        /// Their sum.
        sum: u32,
    },
    /// The parts of a text that inet_aton(3) takes, and the octets that each fills.
    Filled {
        /// The parts.
        parts: Vec<Part>,
    },
    /// A number is taken apart into octets, the last one first.
    TakenApart {
        /// The steps.
        steps: Vec<Division>,
    },
    /// Each octet is a sum of powers of two.
    Bits {
        /// The octets.
        octets: Vec<OctetBits>,
    },
    /// The eight groups of an IPv6 address, and how RFC 5952 shortens them.
    Shortened {
        /// All groups with four digits.
        expanded: String,
        /// Without the zeros in front of each.
        without_zeros: String,
        /// Which groups become `::`, from 0, the end excluded; `None` if no two zeros stand together.
        gap: Option<(usize, usize)>,
        /// The text.
        text: String,
    },
    /// The address and the mask are combined bit by bit.
    And {
        /// The address.
        address: String,
        /// The mask.
        mask: String,
        /// What both have.
        network: String,
        /// The rows of each: the octets (IPv4) or groups (IPv6) with the bits where mask and address are mixed.
        columns: Vec<Column>,
    },
    /// The bits behind the boundary are all set.
    Or {
        /// The network.
        network: String,
        /// The mask turned round.
        wildcard: String,
        /// What one of them has.
        last: String,
        /// The rows.
        columns: Vec<Column>,
    },
    /// How many addresses there are.
    Counted {
        /// How many bits the address has.
        width: u8,
        /// How many of them are the network's.
        length: u8,
        /// 2 to what is left.
        addresses: String,
        /// How many no host has.
        reserved: u8,
        /// What is left.
        usable: String,
    },
    /// A MAC address becomes the second half of an IPv6 address.
    Extended {
        /// The MAC address.
        mac: String,
        /// With ff:fe in the middle.
        filled: String,
        /// The first octet before and after its universal/local bit is turned.
        first: (u8, u8),
        /// The result.
        eui64: String,
    },
    /// An EUI-64 becomes the second half of an IPv6 address.
    Turned {
        /// The EUI-64.
        identifier: String,
        /// The first octet before and after its universal/local bit is turned.
        first: (u8, u8),
        /// The result.
        eui64: String,
    },
    /// The last bits of an address go into another one.
    Carried {
        /// What for.
        purpose: Purpose,
        /// The address.
        from: String,
        /// How many of its last bits.
        bits: u8,
        /// Those bits.
        binary: String,
        /// What they are put behind.
        base: &'static str,
        /// The result.
        to: String,
    },
    /// Subnets are counted.
    Divided {
        /// How many are wanted; `None` if their length is.
        wanted: Option<u128>,
        /// How many bits number that many.
        bits: u8,
        /// How many there are then.
        made: String,
        /// The length before.
        from: u8,
        /// The length of each.
        to: u8,
        /// How many addresses each has: where the next one begins.
        step: String,
    },
    /// A subnet gets its size.
    Sized {
        /// What it is called.
        name: String,
        /// How many hosts.
        hosts: u128,
        /// How many addresses besides.
        besides: u8,
        /// The power of two that is enough.
        bits: u8,
        /// The length; `None` if an address has fewer bits.
        length: Option<u8>,
    },
    /// One block of a range is chosen.
    Taken {
        /// The block.
        block: String,
        /// How many zeros its first address ends in.
        zeros: u8,
        /// The power of two that is left.
        room: u8,
    },
    /// Addresses are put below each other, and begin alike.
    Aligned {
        /// The networks.
        networks: Vec<Drawn>,
        /// How many bits they have in common.
        common: u8,
    },
    /// A number and its octets in both orders.
    Ordered {
        /// The number.
        value: u64,
        /// Its octets as they are sent.
        network: Vec<u8>,
        /// What this host keeps.
        host: Vec<u8>,
        /// What the octets as they are sent mean to it.
        misread: u64,
    },
    /// An address is looked up.
    LookedUp {
        /// The address.
        address: String,
        /// Its bits (IPv4).
        bits: Option<String>,
    },
    /// An address and a route are compared.
    Compared {
        /// The address.
        address: String,
        /// The destination of the route.
        route: String,
        /// How many bits the route has.
        length: u8,
        /// The bits of the destination (IPv4).
        bits: Option<String>,
        /// How many of the first bits are alike.
        alike: u8,
    },
}

/// A network by its text, its bits and its length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Drawn {
    /// The text.
    pub text: String,
    /// The bits of its first address, 32 in a row.
    pub bits: Vec<String>,
}

/// A part of a text that inet_aton(3) takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The part.
    pub text: String,
    /// Its base: 8, 10 or 16.
    pub base: u32,
    /// Its value.
    pub value: u32,
    /// The octets that it fills, in hexadecimal.
    pub octets: String,
}

/// A division by 256.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Division {
    /// What is divided.
    pub number: u32,
    /// How often 256 goes into it.
    pub quotient: u32,
    /// What is left: the octet.
    pub rest: u8,
}

/// What bits are carried over for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The MAC address of the frames to a group.
    GroupFrames,
    /// The group that a neighbour solicitation goes to.
    SolicitedNode,
}

/// An octet and its bits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OctetBits {
    /// The octet.
    pub octet: u8,
    /// The powers of two that it is the sum of.
    pub powers: Vec<u8>,
    /// The bits.
    pub binary: String,
}

/// An octet times its weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Term {
    /// The octet.
    pub octet: u8,
    /// Its weight: 2 to this power.
    pub power: u32,
    /// The product.
    pub product: u32,
}

/// One octet or group of an operation, in binary.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Column {
    /// Of the first operand.
    pub first: String,
    /// Of the second.
    pub second: String,
    /// Of the result.
    pub result: String,
}

impl Event {
    /// A text that inet_aton(3) takes; `None` for one that it does not.
    pub fn filled(text: &str) -> Option<Self> {
        let count = text.split('.').count();
        inet_aton(text)?;
        let part = |(index, text): (usize, &str)| {
            // The last part fills what the others leave.
            let width = if index + 1 == count { 5_usize.checked_sub(count)? } else { 1 };
            let base = match text.as_bytes() {
                [b'0', b'x' | b'X', ..] => 16,
                [b'0', _, ..] => 8,
                _ => 10,
            };
            let value = inet_aton(text)?.to_bits();
            let octets = value.to_be_bytes();
            let octets = hex::spaced(octets.get(octets.len().checked_sub(width)?..)?);
            Some(Part { text: text.to_owned(), base, value, octets })
        };
        let parts = text.split('.').enumerate().map(part).collect::<Option<_>>()?;
        Some(Self::Filled { parts })
    }

    /// A number as four octets.
    pub fn taken_apart(addr: Ipv4Addr) -> Self {
        let mut number = addr.to_bits();
        let steps = addr.octets().into_iter().rev().map(|rest| {
            let step = Division { number, quotient: number / 256, rest };
            number = step.quotient;
            step
        });
        Self::TakenApart { steps: steps.collect() }
    }

    /// The octets of an address as sums of powers of two.
    pub fn bits(addr: Ipv4Addr) -> Self {
        let octet = |octet: u8| OctetBits {
            octet,
            powers: (0..8).rev().map(|bit| 1 << bit).filter(|power| octet & power != 0).collect(),
            binary: format!("{octet:08b}"),
        };
        Self::Bits { octets: addr.octets().into_iter().map(octet).collect() }
    }

    /// An IPv4 address as a number.
    pub fn weighed(addr: Ipv4Addr) -> Self {
        let terms = addr.octets().into_iter().zip([24, 16, 8, 0]).map(|(octet, power)| Term {
            octet,
            power,
            product: u32::from(octet) << power,
        });
        Self::Weighed { terms: terms.collect(), sum: addr.to_bits() }
    }

    /// The text of an IPv6 address.
    pub fn shortened(addr: Ipv6Addr) -> Self {
        let groups = addr.segments();
        let joined = |text: &dyn Fn(&u16) -> String| groups.iter().map(text).collect::<Vec<_>>().join(":");
        Self::Shortened {
            expanded: joined(&|group| format!("{group:04x}")),
            without_zeros: joined(&|group| format!("{group:x}")),
            gap: gap(groups),
            text: IpText(IpAddr::V6(addr)).to_string(),
        }
    }

    /// The address and the mask.
    pub fn and(addr: IpAddr, prefix: Prefix) -> Self {
        Self::And {
            address: IpText(addr).to_string(),
            mask: IpText(prefix.mask()).to_string(),
            network: IpText(prefix.first()).to_string(),
            columns: columns(addr, prefix.mask(), prefix.first()),
        }
    }

    /// The last address of a network.
    pub fn or(prefix: Prefix) -> Self {
        let wildcard = bits::address(prefix.first(), !bits::number(prefix.mask()));
        Self::Or {
            network: IpText(prefix.first()).to_string(),
            wildcard: IpText(wildcard).to_string(),
            last: IpText(prefix.last()).to_string(),
            columns: columns(prefix.first(), wildcard, prefix.last()),
        }
    }

    /// How many addresses.
    pub fn counted(prefix: Prefix) -> Self {
        let (first, last) = crate::network::usable(prefix);
        let reserved = u8::from(first != prefix.first()) + u8::from(last != prefix.last());
        Self::Counted {
            width: prefix.width(),
            length: prefix.length(),
            addresses: bits::power_of_two(prefix.width() - prefix.length()),
            reserved,
            usable: bits::count(bits::number(first), bits::number(last)),
        }
    }

    /// The modified EUI-64 of a MAC address.
    pub fn extended(mac: Mac) -> Self {
        let eui64 = mac.modified_eui64();
        let (Mac([first, ..]), [turned, rest @ ..]) = (mac, eui64.0);
        let filled = format!("{first:02x}:{}", hex::spaced(&rest).replace(' ', ":"));
        Self::Extended { mac: mac.colons(), filled, first: (first, turned), eui64: eui64.groups() }
    }

    /// The modified EUI-64 of an EUI-64.
    pub fn turned(eui64: Eui64) -> Self {
        let (Eui64([before, ..]), Eui64([after, ..])) = (eui64, eui64.turned());
        Self::Turned { identifier: eui64.hyphens(), first: (before, after), eui64: eui64.turned().groups() }
    }

    /// The frames to a group; `None` for what is no group.
    pub fn group_frames(addr: IpAddr) -> Option<Self> {
        let mac = multicast::mac(addr)?;
        // RFC 1112 section 6.4, RFC 2464 section 7.
        let (bits, base) = if addr.is_ipv4() { (23, "01:00:5e:00:00:00") } else { (32, "33:33:00:00:00:00") };
        Some(Self::carried(Purpose::GroupFrames, addr, bits, base, mac.to_string()))
    }

    /// The solicited-node group of an address; `None` where there is none.
    pub fn solicited_node(addr: Ipv6Addr) -> Option<Self> {
        let group = multicast::text(multicast::solicited_node(addr))?;
        Some(Self::carried(Purpose::SolicitedNode, IpAddr::V6(addr), 24, "ff02::1:ff00:0", group))
    }

    fn carried(purpose: Purpose, addr: IpAddr, bits: u8, base: &'static str, to: String) -> Self {
        let mask = u128::MAX >> (128 - u32::from(bits));
        let width = usize::from(bits);
        let binary = format!("{:0width$b}", bits::number(addr) & mask);
        Self::Carried { purpose, from: IpText(addr).to_string(), bits, binary, base, to }
    }

    /// Networks below each other.
    pub fn aligned(prefixes: &[Prefix], common: u8) -> Self {
        let network = |prefix: &Prefix| Drawn { text: prefix.to_string(), bits: drawn(prefix.first(), common) };
        Self::Aligned { networks: prefixes.iter().map(network).collect(), common }
    }

    /// An address that is looked up.
    pub fn looked_up(addr: IpAddr) -> Self {
        Self::LookedUp { address: IpText(addr).to_string(), bits: addr.is_ipv4().then(|| drawn(addr, 0).concat()) }
    }

    /// An address and a route's destination, of one family.
    pub fn compared(addr: IpAddr, route: Prefix) -> Self {
        let differ = bits::number(addr) ^ bits::number(route.first());
        let alike = (differ << (128 - u32::from(route.width()))).leading_zeros().min(u32::from(route.width()));
        Self::Compared {
            address: IpText(addr).to_string(),
            route: route.to_string(),
            length: route.length(),
            bits: route.first().is_ipv4().then(|| drawn(route.first(), route.length()).concat()),
            alike: u8::try_from(alike).unwrap_or(u8::MAX),
        }
    }
}

/// The first of the longest runs of two zero groups or more.
///
/// # Source
/// RFC 5952 sections 4.2.2 and 4.2.3.
fn gap(groups: [u16; 8]) -> Option<(usize, usize)> {
    let mut longest: Option<(usize, usize)> = None;
    let mut start = 0;
    for (index, group) in groups.iter().chain([&1]).enumerate() {
        if *group == 0 {
            continue;
        }
        if index - start >= 2 && longest.is_none_or(|(from, to)| index - start > to - from) {
            longest = Some((start, index));
        }
        start = index + 1;
    }
    longest
}

/// The octets of IPv4, or the groups of IPv6, in binary.
fn columns(first: IpAddr, second: IpAddr, result: IpAddr) -> Vec<Column> {
    let binary = |addr: IpAddr| -> Vec<String> {
        match addr {
            IpAddr::V4(addr) => addr.octets().iter().map(|octet| format!("{octet:08b}")).collect(),
            IpAddr::V6(addr) => addr.segments().iter().map(|group| format!("{group:016b}")).collect(),
        }
    };
    let (first, second, result) = (binary(first), binary(second), binary(result));
    let pairs = first.into_iter().zip(second).zip(result);
    pairs.map(|((first, second), result)| Column { first, second, result }).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use sockeye_cli::{Render, Text};

    use super::*;

    fn shown(event: &Event) -> String {
        let mut written = Vec::new();
        event.render(&mut Text::plain(&mut written)).unwrap();
        String::from_utf8(written).unwrap()
    }

    #[test]
    fn the_mask_is_applied_octet_by_octet() {
        let prefix = Prefix::new("192.0.2.33".parse().unwrap(), 27).unwrap();
        assert_eq!(
            shown(&Event::and("192.0.2.33".parse().unwrap(), prefix)),
            "\
The network: address AND mask; a bit is set where both have it
       address  192.0.2.33       11000000 00000000 00000010 00100001
  AND  mask     255.255.255.224  11111111 11111111 11111111 11100000
  =    network  192.0.2.32       11000000 00000000 00000010 00100000
"
        );
        assert!(shown(&Event::or(prefix)).ends_with("192.0.2.63  11000000 00000000 00000010 00111111\n"));
        assert!(shown(&Event::counted(prefix)).contains("32 - 2 = 30"));
    }

    #[test]
    fn the_bit_is_turned_where_the_mark_stands() {
        let said = shown(&Event::extended(Mac([0x34, 0x56, 0x78, 0x9a, 0xbc, 0xde])));
        assert!(said.contains("00110100 = 34\n") && said.contains("00110110 = 36\n"), "{said}");
        let rows: Vec<&str> = said.lines().collect();
        let column = rows.iter().find(|row| row.contains('^')).unwrap().find('^').unwrap();
        let bit = |octet: &str| rows.iter().find(|row| row.ends_with(octet)).unwrap().as_bytes()[column];
        assert_eq!((bit("= 34"), bit("= 36")), (b'0', b'1'));
    }

    #[test]
    fn numbers_and_parts_become_octets() {
        assert_eq!(
            shown(&Event::filled("0x7f.010.258").unwrap()),
            "\
The parts as inet_aton(3) reads them; the last fills the octets that are left
  0x7f  hexadecimal, 0x in front  = 127  7f
  010   octal, 0 in front         = 8    08
  258   decimal                   = 258  01 02
"
        );
        assert_eq!(Event::filled("::1"), None);
        assert_eq!(Event::filled("1.2.3.4.5"), None);
        let said = shown(&Event::taken_apart("127.0.0.1".parse().unwrap()));
        assert!(
            said.contains("  2130706433  / 256 =  8323072  rest    1\n") && said.ends_with("rest  127\n"),
            "{said}"
        );
        let said = shown(&Event::bits("192.0.2.255".parse().unwrap()));
        assert!(said.contains("  192  = 128 + 64                            11000000\n"), "{said}");
        assert!(said.contains("    0  = 0  "), "{said}");
    }

    #[test]
    fn the_last_bits_are_carried_over() {
        let said = shown(&Event::group_frames("239.255.255.250".parse().unwrap()).unwrap());
        assert!(said.contains("its last 23 bits  11111111111111111111010\n"), "{said}");
        assert!(said.contains("01:00:5e:00:00:00") && said.ends_with("01:00:5e:7f:ff:fa\n"), "{said}");
        let said = shown(&Event::solicited_node("4037::1:800:200e:8c6c".parse().unwrap()).unwrap());
        assert!(said.ends_with("ff02::1:ff0e:8c6c\n"), "{said}");
        assert_eq!(Event::group_frames("10.0.0.1".parse().unwrap()), None);
        assert_eq!(Event::solicited_node("::1".parse().unwrap()), None);
    }

    #[test]
    fn the_longest_run_becomes_the_gap() {
        for (text, expected) in [
            ("2001:db8::1", Some((2, 7))),
            ("2001:0:0:1:0:0:0:1", Some((4, 7))),
            ("2001:db8:0:0:1:0:0:1", Some((2, 4))),
            ("::", Some((0, 8))),
            ("1:0:2:0:3:0:4:0", None),
        ] {
            assert_eq!(gap(text.parse::<Ipv6Addr>().unwrap().segments()), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_route_matches_where_all_its_bits_are_alike(addr: IpAddr, other: IpAddr, length in 0_u8..=128) {
            let Some(route) = Prefix::new(other, length).filter(|_| other.is_ipv4() == addr.is_ipv4()) else { return Ok(()) };
            let Event::Compared { alike, .. } = Event::compared(addr, route) else { panic!() };
            prop_assert_eq!(alike >= length, route.contains(addr));
        }
    }
}
