//! The name that belongs to an address: `-x`.

use std::fmt::Write as _;
use std::net::Ipv6Addr;

/// The text of the reverse name: nibbles under `ip6.arpa` for an IPv6 address, and whatever stands between the dots,
/// turned round, under `in-addr.arpa.` for anything else. Part of an IPv4 address is a name too: `192.0.2`.
///
/// dig and host write the one with its last dot and the other without, and so look for the latter in the search list too.
///
/// # Source
/// RFC 1035 section 3.5, RFC 3596 section 2.5.
pub fn name(text: &str) -> String {
    let mut name = String::new();
    if let Ok(addr) = text.parse::<Ipv6Addr>() {
        for octet in addr.octets().iter().rev() {
            // Writing to a String cannot fail.
            let _ = write!(name, "{:x}.{:x}.", octet & 0xf, octet >> 4);
        }
        name.push_str("ip6.arpa");
        return name;
    }
    for part in text.rsplit('.') {
        name.push_str(part);
        name.push('.');
    }
    name.push_str("in-addr.arpa.");
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_parts_and_anything() {
        assert_eq!(name("192.0.2.80"), "80.2.0.192.in-addr.arpa.");
        assert_eq!(name("192.0.2"), "2.0.192.in-addr.arpa.");
        assert_eq!(name("nonsense"), "nonsense.in-addr.arpa.");
        assert_eq!(name("1..2"), "2..1.in-addr.arpa.");
        assert_eq!(name("2001:db8::80"), "0.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa");
    }
}
