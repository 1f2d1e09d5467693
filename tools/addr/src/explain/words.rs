//! The steps as a person reads them.

use std::io;

use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::hex;
use sockeye_common::words::counted;

use super::{Column, Division, Drawn, Event, OctetBits, Part, Purpose, Term};
use crate::bits;
use crate::sheet::Sheet;

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::Confined(confined) => text.prose("confined: ", &confined.words()),
            Self::Weighed { terms, sum } => weighed(text, terms, *sum),
            Self::Filled { parts } => filled(text, parts),
            Self::TakenApart { steps } => taken_apart(text, steps),
            Self::Bits { octets } => octet_bits(text, octets),
            Self::Ordered { value, network, host, misread } => ordered(text, (network, *value), (host, *misread)),
            Self::Shortened { expanded, without_zeros, gap, text: shortened } => {
                title(text, "The text of RFC 5952")?;
                let mut sheet = Sheet::new(2);
                sheet.row([expanded, "all digits"]);
                sheet.row([without_zeros, "zeros in front of a group go"]);
                sheet.row([shortened, &why_shortened(without_zeros, *gap, shortened)]);
                sheet.render(text)
            }
            Self::And { address, mask, network, columns } => {
                title(text, "The network: address AND mask; a bit is set where both have it")?;
                operation(text, [("", "address", address), ("AND", "mask", mask), ("=", "network", network)], columns)
            }
            Self::Or { network, wildcard, last, columns } => {
                title(text, "The last address: network OR wildcard; a bit is set where one has it")?;
                operation(text, [("", "network", network), ("OR", "wildcard", wildcard), ("=", "last", last)], columns)
            }
            Self::Counted { width, length, addresses, reserved, usable } => {
                title(text, "How many")?;
                let mut sheet = Sheet::new(2);
                let bits = width - length;
                sheet.row(["bits of hosts", &format!("{width} - {length} = {bits}")]);
                sheet.row(["addresses", &format!("2^{bits} = {addresses}")]);
                let besides = match (width, reserved) {
                    (_, 0) if bits > 1 => "groups: no address is set aside",
                    (_, 0) => "no address is set aside in a network so small",
                    (32, _) => "the network and the broadcast address",
                    _ => "the subnet-router anycast address",
                };
                sheet.row(["hosts", &format!("{addresses} - {reserved} = {usable} ({besides})")]);
                sheet.render(text)
            }
            Self::Extended { mac, filled, first, eui64 } => {
                modified(text, &[("MAC address", mac), ("ff:fe in the middle", filled)], *first, eui64)
            }
            Self::Turned { identifier, first, eui64 } => modified(text, &[("EUI-64", identifier)], *first, eui64),
            Self::Carried { purpose, from, bits, binary, base, to } => {
                title(
                    text,
                    match purpose {
                        Purpose::GroupFrames => "The MAC address of frames to the group",
                        Purpose::SolicitedNode => "The group that neighbour solicitations for it go to",
                    },
                )?;
                let mut sheet = Sheet::new(2);
                sheet.row(["address", from]);
                sheet.row([&format!("its last {bits} bits"), binary]);
                sheet.row(["behind", base]);
                sheet.row(["result", to]);
                sheet.render(text)
            }
            Self::Divided { wanted, bits, made, from, to, step } => {
                title(text, "How long the subnets are")?;
                let mut sheet = Sheet::new(2);
                sheet.pair("wanted", wanted.map(|wanted| wanted.to_string()));
                sheet.row(["bits that number them", &format!("{bits}, since 2^{bits} = {made}")]);
                sheet.row(["length", &format!("{from} + {bits} = {to}")]);
                sheet.row(["each begins", &format!("{step} behind the one before")]);
                sheet.render(text)
            }
            Self::Sized { name, hosts, besides, bits, length } => {
                text.prose(&format!("{}: ", escape(name)), &size(*hosts, *besides, *bits, *length))
            }
            Self::Taken { block, zeros, room } => text.prose(
                &format!("{block:<18} "),
                &format!("{} at the end, room for 2^{room}: 2^{}", counted(*zeros, "zero"), zeros.min(room)),
            ),
            Self::Aligned { networks, common } => aligned(text, networks, *common),
            Self::LookedUp { address, bits } => {
                title(text, "The first bits of the address and of each network, the longest network first")?;
                text.line(format!("  {address:<18} {}", bits.as_deref().unwrap_or_default()).trim_end())
            }
            Self::Compared { route, length, bits, alike, .. } => {
                let bits = bits.as_ref().map_or_else(String::new, |bits| format!("{bits:<36} "));
                let verdict = match length {
                    0 => "matches all".to_owned(),
                    length if alike >= length => format!("{length} alike: matches"),
                    _ => format!("{alike} alike: no"),
                };
                text.line(format!("  {route:<18} {bits}{verdict}"))
            }
        }
    }
}

fn weighed(text: &mut Text<'_>, terms: &[Term], sum: u32) -> io::Result<()> {
    title(text, "As one number: each octet times its weight")?;
    let mut sheet = Sheet::new(2);
    for Term { octet, power, product } in terms {
        sheet.row([octet.to_string(), format!("x 2^{power}"), "=".to_owned(), product.to_string()]);
    }
    sheet.row([String::new(), "sum".to_owned(), "=".to_owned(), sum.to_string()]);
    sheet.right(&[0, 3]).render(text)
}

fn filled(text: &mut Text<'_>, parts: &[Part]) -> io::Result<()> {
    title(text, "The parts as inet_aton(3) reads them; the last fills the octets that are left")?;
    let mut sheet = Sheet::new(2);
    for Part { text, base, value, octets } in parts {
        let kind = match base {
            16 => "hexadecimal, 0x in front",
            8 => "octal, 0 in front",
            _ => "decimal",
        };
        sheet.row([escape(text).as_ref(), kind, &format!("= {value}"), octets]);
    }
    sheet.render(text)
}

fn taken_apart(text: &mut Text<'_>, steps: &[Division]) -> io::Result<()> {
    title(text, "The number as octets: divided by 256, the rests are the octets, last one first")?;
    let mut sheet = Sheet::new(2);
    for Division { number, quotient, rest } in steps {
        let (number, quotient, rest) = (number.to_string(), quotient.to_string(), rest.to_string());
        sheet.row([number.as_str(), "/ 256 =", &quotient, "rest", &rest]);
    }
    sheet.right(&[0, 2, 4]).render(text)
}

fn octet_bits(text: &mut Text<'_>, octets: &[OctetBits]) -> io::Result<()> {
    title(text, "Each octet as a sum of powers of two, and so its bits")?;
    let mut sheet = Sheet::new(2);
    for OctetBits { octet, powers, binary } in octets {
        let sum = powers.iter().map(u8::to_string).collect::<Vec<_>>().join(" + ");
        let sum = if sum.is_empty() { "0".to_owned() } else { sum };
        sheet.row([octet.to_string(), format!("= {sum}"), binary.clone()]);
    }
    sheet.right(&[0]).render(text)
}

/// Octets in both orders, each with the number that they are.
fn ordered(text: &mut Text<'_>, network: (&[u8], u64), host: (&[u8], u64)) -> io::Result<()> {
    title(text, "Network order has the most significant octet first")?;
    let mut sheet = Sheet::new(2);
    for (label, (octets, value)) in [("as sent", network), ("turned", host)] {
        let terms = octets.iter().zip((0..octets.len()).rev()).map(|(octet, weight)| match weight {
            0 => octet.to_string(),
            _ => format!("{octet} x 256^{weight}"),
        });
        let sum = terms.collect::<Vec<_>>().join(" + ");
        sheet.row([label, &hex::spaced(octets), &format!("{sum} = {value}")]);
    }
    sheet.render(text)
}

/// Which groups became `::`, and why these.
fn why_shortened(without_zeros: &str, gap: Option<(usize, usize)>, shortened: &str) -> String {
    let Some((from, to)) = gap else { return "no two groups of zeros stand together".to_owned() };
    let groups: Vec<&str> = without_zeros.split(':').collect();
    let mut others = groups.get(to..).unwrap_or_default().windows(to.saturating_sub(from).max(1));
    // RFC 5952 section 4.2.3: of two the first.
    let twice = others.any(|run| run.iter().all(|group| *group == "0"));
    let run = if twice { "the first of the longest runs of zeros" } else { "the longest run of zeros" };
    // Section 5: the prefixes that are known to hold an IPv4 address.
    let mixed = if shortened.contains('.') { "; the last two hold an IPv4 address" } else { "" };
    format!("groups {} to {to}, {run}{mixed}", from + 1)
}

/// How many addresses hosts take, and the power of two that is enough.
fn size(hosts: u128, besides: u8, bits: u8, length: Option<u8>) -> String {
    let needed = hosts.saturating_add(u128::from(besides));
    let smaller = bits
        .checked_sub(1)
        .map_or_else(String::new, |bits| format!("2^{bits} = {} is too few, ", bits::power_of_two(bits)));
    let enough = bits::power_of_two(bits);
    let length = length.map_or_else(|| ", and more than all addresses".to_owned(), |length| format!(": /{length}"));
    format!("{hosts} + {besides} = {needed} addresses; {smaller}2^{bits} = {enough} is enough{length}")
}

fn aligned(text: &mut Text<'_>, networks: &[Drawn], common: u8) -> io::Result<()> {
    title(text, &format!("The first {common} bits are alike, up to the stroke"))?;
    let mut sheet = Sheet::new(2);
    for Drawn { text: network, bits } in networks {
        for (index, row) in bits.iter().enumerate() {
            sheet.row([if index == 0 { network } else { "" }, row]);
        }
    }
    sheet.render(text)
}

fn title(text: &mut Text<'_>, words: &str) -> io::Result<()> {
    let words = text.paint(Role::Dim, words);
    text.prose("", &words)
}

/// Three rows below each other: of IPv4 whole; of IPv6 the group in which the boundary lies, since the others are plain.
fn operation(text: &mut Text<'_>, rows: [(&str, &str, &String); 3], columns: &[Column]) -> io::Result<()> {
    let mut sheet = Sheet::new(2);
    let is_v4 = columns.len() == 4;
    let mixed = |column: &Column| column.second.contains('0') && column.second.contains('1');
    let group = columns.iter().position(mixed);
    for (index, (sign, name, addr)) in rows.into_iter().enumerate() {
        let bits = |column: &Column| {
            let of = match index {
                0 => &column.first,
                1 => &column.second,
                _ => &column.result,
            };
            of.clone()
        };
        if is_v4 {
            let joined = columns.iter().map(bits).collect::<Vec<_>>().join(" ");
            sheet.row([sign, name, addr, &joined]);
        } else {
            let shown = group.and_then(|group| columns.get(group)).map(bits).unwrap_or_default();
            sheet.row([sign, name, addr, &shown]);
        }
    }
    sheet.render(text)?;
    match group {
        Some(group) if !is_v4 => {
            text.line(format!("  The bits are those of group {}, where the boundary lies.", group + 1))
        }
        _ => Ok(()),
    }
}

/// What it is made of, the first octet before and after its universal/local bit is turned, and what it makes.
fn modified(
    text: &mut Text<'_>,
    made_of: &[(&str, &String)],
    (before, after): (u8, u8),
    eui64: &str,
) -> io::Result<()> {
    title(text, "The modified EUI-64 (RFC 4291 appendix A)")?;
    let mut sheet = Sheet::new(2);
    for (label, octets) in made_of {
        sheet.row([label, octets.as_str()]);
    }
    sheet.row(["first octet", &format!("{before:08b} = {before:02x}")]);
    sheet.row(["", "      ^   the universal/local bit is turned"]);
    sheet.row(["", &format!("{after:08b} = {after:02x}")]);
    sheet.row(["result", eui64]);
    sheet.render(text)
}
