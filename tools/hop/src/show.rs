//! Numbers and addresses as text.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use sockeye_cli::escape::escape;

/// A time in milliseconds with three digits behind the point, as ping(8) and traceroute(8) show it.
pub fn ms(us: f64) -> String {
    format!("{:.3}", us / 1000.0)
}

/// A time in microseconds, to the nanosecond.
pub fn us(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e9).round() / 1e3
}

/// A number without a fraction where it has none.
pub fn short(number: f64) -> String {
    let text = format!("{number:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// An address with its name, if it has one: text from the network.
pub fn named(addr: IpAddr, name: Option<&str>) -> String {
    match name {
        Some(name) => format!("{} ({addr})", escape(name)),
        None => addr.to_string(),
    }
}

/// What was typed, and the address that it stands for where that is not the same.
pub fn host(typed: &str, addr: IpAddr) -> String {
    if typed.parse() == Ok(addr) { addr.to_string() } else { format!("{} ({addr})", escape(typed)) }
}

/// Why the system did not take a probe to `target`, where that can be told from the error.
pub fn why_not_sent(errno: i32, target: IpAddr) -> Option<&'static str> {
    const EPERM: i32 = 1;
    const EACCES: i32 = 13;
    const EINVAL: i32 = 22;
    let is_of_link = match target {
        IpAddr::V6(v6) => v6.is_unicast_link_local() || v6.octets().starts_with(&[0xff, 0x02]),
        IpAddr::V4(_) => false,
    };
    match errno {
        EPERM => Some("a packet filter of this host drops it"),
        EACCES => Some("to a broadcast address goes only ping -b; or a route of this host prohibits it"),
        EINVAL if is_of_link => Some("the address is of one link: say which one, as in fe80::1%eth0"),
        _ => None,
    }
}

/// The loopback address in place of the unspecified one.
pub fn loopback_for_none(addr: IpAddr) -> IpAddr {
    match addr {
        IpAddr::V4(v4) if v4.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(v6) if v6.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        addr => addr,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits() {
        assert_eq!((ms(1234.5678), ms(0.4)), ("1.235".to_owned(), "0.000".to_owned()));
        assert_eq!((short(50.0), short(33.333), short(0.0)), ("50".to_owned(), "33.3".to_owned(), "0".to_owned()));
        assert_eq!(us(Duration::from_nanos(1501)).to_string(), "1.501");
        let addr = "192.0.2.1".parse().unwrap();
        assert_eq!(host("192.0.2.1", addr), "192.0.2.1");
        assert_eq!(host("a\u{1b}", addr), "a\\x1b (192.0.2.1)");
        assert_eq!(named(addr, None), "192.0.2.1");
    }

    #[test]
    fn why_a_probe_was_not_sent() {
        let why = |errno, addr: &str| why_not_sent(errno, addr.parse().unwrap()).unwrap_or_default();
        assert!(why(22, "fe80::1").contains("fe80::1%eth0") && why(22, "ff02::1").contains("%eth0"));
        assert_eq!((why(22, "2001:db8::1"), why(22, "192.0.2.1")), ("", ""));
        assert!(why(13, "192.0.2.255").contains("broadcast") && why(1, "192.0.2.1").contains("packet filter"));
    }

    #[test]
    fn no_address_is_this_host() {
        for (typed, meant) in [("0.0.0.0", "127.0.0.1"), ("::", "::1"), ("192.0.2.1", "192.0.2.1")] {
            assert_eq!(loopback_for_none(typed.parse().unwrap()), meant.parse::<IpAddr>().unwrap());
        }
    }
}
