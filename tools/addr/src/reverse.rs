//! The names under which the DNS keeps addresses.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sockeye_common::prefix::Prefix;

/// The name of an address: `1.2.0.192.in-addr.arpa`.
///
/// # Source
/// RFC 1035 section 3.5, RFC 3596 section 2.5.
pub fn name(addr: IpAddr) -> String {
    match addr {
        IpAddr::V4(addr) => {
            let [a, b, c, d] = addr.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa")
        }
        IpAddr::V6(addr) => {
            let nibbles = (0..32).map(|index| format!("{:x}.", addr.to_bits() >> (4 * index) & 0xf));
            format!("{}ip6.arpa", nibbles.collect::<String>())
        }
    }
}

/// The zones that hold the names of a network: one if its length ends where a label does, and otherwise the ones that it fills.
/// Of no more than 256 zones of IPv4 and 16 of IPv6 that is.
pub fn zones(prefix: Prefix) -> Vec<String> {
    let (step, suffix) = if prefix.first().is_ipv4() { (8, "in-addr.arpa") } else { (4, "ip6.arpa") };
    // What is smaller than a label is a part of the zone above: RFC 2317 has names for those.
    let labels = if prefix.length() == prefix.width() {
        prefix.width() / step
    } else if prefix.length() > prefix.width() - step {
        prefix.width() / step - 1
    } else {
        prefix.length().div_ceil(step)
    };
    let filled = 1_u128 << u32::from((labels * step).saturating_sub(prefix.length()));
    let first = crate::bits::number(prefix.first());
    let size = u32::from(prefix.width() - labels * step);
    (0..filled)
        .map(|index| {
            let addr = crate::bits::address(prefix.first(), first | index.checked_shl(size).unwrap_or(0));
            let whole = name(addr);
            // The labels of what is left to the hosts stand in front.
            let hosts = usize::from((prefix.width() - labels * step) / step);
            let zone: Vec<&str> = whole.trim_end_matches(suffix).split_terminator('.').skip(hosts).collect();
            if zone.is_empty() { suffix.to_owned() } else { format!("{}.{suffix}", zone.join(".")) }
        })
        .collect()
}

/// What a name says: an address, or a network if labels are left out. `None` if it ends otherwise.
///
/// # Errors
/// What is wrong with its labels.
pub fn parse(text: &str) -> Option<Result<Prefix, &'static str>> {
    let lower = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let under = |suffix: &str| {
        let rest = lower.strip_suffix(suffix)?;
        match rest.strip_suffix('.') {
            None => rest.is_empty().then(String::new),
            // A dot with nothing before it is an empty label.
            Some("") => Some(".".to_owned()),
            Some(labels) => Some(labels.to_owned()),
        }
    };
    if let Some(labels) = under("in-addr.arpa") {
        return Some(octets(&labels));
    }
    under("ip6.arpa").map(|labels| nibbles(&labels))
}

/// The name of the zone to which the names of a network of 25 to 31 bits are delegated: `32/27.2.0.192.in-addr.arpa`.
///
/// # Source
/// RFC 2317 section 4.
pub fn classless_zone(prefix: Prefix) -> Option<String> {
    let IpAddr::V4(addr) = prefix.first() else { return None };
    let [a, b, c, d] = addr.octets();
    (25..=31).contains(&prefix.length()).then(|| format!("{d}/{}.{c}.{b}.{a}.in-addr.arpa", prefix.length()))
}

/// The network of such a name; `None` for any other text.
pub fn classless(text: &str) -> Option<Prefix> {
    let (first, rest) = text.split_once('/')?;
    let (length, rest) = rest.split_once('.')?;
    let Ok(above) = parse(rest)? else { return None };
    let named = parse(&format!("{first}.{rest}"))?.ok()?;
    let plain = length.len() == 2 && length.bytes().all(|digit| digit.is_ascii_digit());
    let prefix = Prefix::new(named.first(), length.parse().ok().filter(|_| plain)?)?;
    let whole = above.first().is_ipv4() && above.length() == 24 && prefix.first() == named.first();
    (whole && (25..=31).contains(&prefix.length())).then_some(prefix)
}

fn octets(labels: &str) -> Result<Prefix, &'static str> {
    let mut octets = [0; 4];
    let mut count = 0_u8;
    let labels: Vec<&str> = labels.split('.').filter(|_| !labels.is_empty()).collect();
    if labels.len() > 4 {
        return Err("more than four labels before in-addr.arpa");
    }
    for (octet, label) in octets.iter_mut().zip(labels.iter().rev()) {
        let plain = label.bytes().all(|digit| digit.is_ascii_digit()) && (label.len() == 1 || !label.starts_with('0'));
        *octet = label.parse().ok().filter(|_| plain).ok_or("a label before in-addr.arpa is no decimal octet")?;
        count += 8;
    }
    Prefix::new(IpAddr::V4(Ipv4Addr::from(octets)), count).ok_or("more labels than an address has octets")
}

fn nibbles(labels: &str) -> Result<Prefix, &'static str> {
    let mut bits = 0_u128;
    let mut count = 0_u8;
    let labels: Vec<&str> = labels.split('.').filter(|_| !labels.is_empty()).collect();
    if labels.len() > 32 {
        return Err("more than 32 labels before ip6.arpa");
    }
    for label in labels.iter().rev() {
        let digit = label.chars().next().filter(|_| label.len() == 1).and_then(|digit| digit.to_digit(16));
        count += 4;
        bits |= u128::from(digit.ok_or("a label before ip6.arpa is no hexadecimal digit")?)
            .checked_shl(128 - u32::from(count))
            .unwrap_or(0);
    }
    Prefix::new(IpAddr::V6(Ipv6Addr::from_bits(bits)), count).ok_or("more labels than an address has digits")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::given::parse_network;

    #[test]
    fn names_and_back() {
        let addr: IpAddr = "2001:db8::567:89ab".parse().unwrap();
        // RFC 3596 section 2.5 has 4321:0:1:2:3:4:567:89ab.
        let example: IpAddr = "4321:0:1:2:3:4:567:89ab".parse().unwrap();
        assert_eq!(name(example), "b.a.9.8.7.6.5.0.4.0.0.0.3.0.0.0.2.0.0.0.1.0.0.0.0.0.0.0.1.2.3.4.ip6.arpa");
        assert_eq!(parse(&name(addr)).unwrap().unwrap(), Prefix::host(addr));
        assert_eq!(parse("2.0.192.IN-ADDR.ARPA.").unwrap().unwrap().to_string(), "192.0.2.0/24");
        assert_eq!(parse("in-addr.arpa").unwrap().unwrap().to_string(), "0.0.0.0/0");
        assert!(parse("example.com").is_none());
        for text in [
            "1.2.3.4.5.in-addr.arpa",
            "256.in-addr.arpa",
            "01.in-addr.arpa",
            "10.ip6.arpa",
            "..ip6.arpa",
            ".ip6.arpa",
            ".in-addr.arpa",
        ] {
            assert!(parse(text).unwrap().is_err(), "{text}");
        }
    }

    #[test]
    fn classless_delegations_are_named_and_read() {
        // RFC 2317 section 4.
        for (name, network) in [
            ("0/25.2.0.192.in-addr.arpa", "192.0.2.0/25"),
            ("128/26.2.0.192.in-addr.arpa", "192.0.2.128/26"),
            ("192/26.2.0.192.in-addr.arpa", "192.0.2.192/26"),
        ] {
            let prefix = parse_network(network).unwrap().prefix;
            assert_eq!(classless_zone(prefix).as_deref(), Some(name));
            assert_eq!(classless(name), Some(prefix), "{name}");
        }
        for text in [
            "1/25.2.0.192.in-addr.arpa",
            "0/24.2.0.192.in-addr.arpa",
            "0/32.2.0.192.in-addr.arpa",
            "0/25.0.192.in-addr.arpa",
            "0/25.1.2.0.192.in-addr.arpa",
            "0/+5.2.0.192.in-addr.arpa",
            "0/25.8.b.d.0.ip6.arpa",
            "192.0.2.0/25",
        ] {
            assert_eq!(classless(text), None, "{text}");
        }
        assert_eq!(classless_zone(parse_network("192.0.2.0/24").unwrap().prefix), None);
    }

    #[test]
    fn zones_end_where_labels_do() {
        let zones = |text: &str| zones(parse_network(text).unwrap().prefix).join(" ");
        assert_eq!(zones("192.0.2.0/24"), "2.0.192.in-addr.arpa");
        assert_eq!(zones("192.0.2.32/27"), "2.0.192.in-addr.arpa");
        assert_eq!(zones("192.0.2.1/32"), "1.2.0.192.in-addr.arpa");
        assert_eq!(zones("10.0.2.0/23"), "2.0.10.in-addr.arpa 3.0.10.in-addr.arpa");
        assert_eq!(zones("0.0.0.0/0"), "in-addr.arpa");
        assert_eq!(zones("2001:db8::/32"), "8.b.d.0.1.0.0.2.ip6.arpa");
        assert_eq!(zones("2001:db8::/31"), "8.b.d.0.1.0.0.2.ip6.arpa 9.b.d.0.1.0.0.2.ip6.arpa");
        assert_eq!(zones("::/0"), "ip6.arpa");
    }
}
