//! Routing tables as text: what `ip route` and `ip -6 route` print, what `route -n` prints, and plain lines `PREFIX VIA`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_common::prefix::Prefix;

use crate::given::{Fault, parse_ip, parse_network};

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// The destination.
    #[serde(serialize_with = "as_text")]
    pub prefix: Prefix,
    /// Where packets go: the rest of the line.
    pub via: String,
    /// Which of two routes to one destination wins: the lower one.
    pub metric: u32,
    /// The line of the file, or which `--route`, from 1.
    pub line: u64,
    /// The table it is in, as the kernel asks them: 0 local, 1 main, 2 default, which IPv6 does not ask.
    #[serde(skip)]
    pub table: u8,
    /// Why the kernel passes it by for an ordinary packet.
    #[serde(skip)]
    pub aside: Option<String>,
}

impl Route {
    /// A route of the main table.
    pub fn new(prefix: Prefix, via: String, metric: u32, line: u64) -> Self {
        Self { prefix, via, metric, line, table: 1, aside: None }
    }

    /// Whether it ends the search of its table as though nothing had matched.
    pub fn throws(&self) -> bool {
        self.via.split_whitespace().next() == Some("throw")
    }

    /// Why a packet is not sent though this route matches: what the sender gets instead.
    ///
    /// # Source
    /// ip-route(8), the types of routes.
    pub fn refusal(&self) -> Option<&'static str> {
        Some(match self.via.split_whitespace().next()? {
            "unreachable" => "unreachable: refused (No route to host; ICMP host unreachable)",
            "prohibit" => "prohibit: refused (Permission denied; ICMP administratively prohibited)",
            "blackhole" => "blackhole: dropped without a word (Invalid argument to a sender on this host)",
            "throw" => "throw: ends the search of this table, as though nothing matched (Network is unreachable)",
            _ => return None,
        })
    }
}

fn as_text<S: serde::Serializer>(prefix: &Prefix, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(prefix)
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// A route.
    Route(Route),
    /// A route to everywhere, of a family that the line does not say.
    Default(Route),
    /// One more next hop of the route before.
    NextHop(String),
    /// A heading.
    Nothing,
}

/// The types of routes that stand before the destination.
///
/// # Source
/// ip-route(8).
const TYPES: [&str; 10] =
    ["unicast", "unreachable", "blackhole", "prohibit", "local", "broadcast", "throw", "nat", "anycast", "multicast"];

/// What `ip -6 route` means where it prints no metric.
const IPV6_METRIC: u32 = 1024;

/// Reads a line, without blanks at its ends.
///
/// # Errors
/// [`Fault`] if the destination is no network.
pub fn parse(text: &str, line: u64) -> Result<Line, Fault> {
    let words: Vec<&str> = text.split_whitespace().collect();
    match words.as_slice() {
        [] | ["Kernel" | "Destination" | "RTNETLINK", ..] => Ok(Line::Nothing),
        ["nexthop", rest @ ..] => Ok(Line::NextHop(rest.join(" "))),
        [kind, dest, rest @ ..] if TYPES.contains(kind) => route(dest, &[&[*kind], rest].concat(), line),
        // Destination Gateway Genmask Flags Metric Ref Use Iface
        [dest, gateway, mask, flags, metric, _, _, interface]
            if mask.parse::<Ipv4Addr>().is_ok() && flags.starts_with(['U', '!']) =>
        {
            let prefix = parse_network(&format!("{dest}/{mask}"))?.prefix;
            let via = match *gateway {
                "0.0.0.0" => format!("dev {interface}"),
                // With the flag `!`: a route that refuses.
                "-" => "unreachable".to_owned(),
                gateway => format!("via {gateway} dev {interface}"),
            };
            Ok(Line::Route(Route::new(prefix, via, metric.parse().unwrap_or(0), line)))
        }
        [dest, rest @ ..] => route(dest, rest, line),
    }
}

/// A route of `ip route`, or a plain one.
fn route(dest: &str, rest: &[&str], line: u64) -> Result<Line, Fault> {
    let behind = |word| behind(word, rest);
    let metric = behind("metric").and_then(|metric| metric.parse().ok());
    let via = rest.join(" ");
    let (table, aside) = (table(behind("table")), aside(rest));
    let made = |prefix: Prefix| {
        let implied = if prefix.first().is_ipv6() && rest.contains(&"dev") { IPV6_METRIC } else { 0 };
        let route = Route::new(prefix, via.clone(), metric.unwrap_or(implied), line);
        Route { table: table.unwrap_or(route.table), aside: aside.clone(), ..route }
    };
    if dest == "default" {
        // `via inet6 fe80::1`: an IPv4 route through an IPv6 router.
        let gateway = match behind("via") {
            Some("inet6") => None,
            Some(gateway) => parse_ip(gateway).ok(),
            None => rest.first().and_then(|gateway| parse_ip(gateway).ok()),
        };
        return Ok(match gateway {
            Some(gateway) => Line::Route(made(everywhere(gateway.is_ipv4()))),
            None if behind("via").is_some() => Line::Route(made(everywhere(true))),
            None => Line::Default(made(everywhere(true))),
        });
    }
    parse_network(dest).map(|network| Line::Route(made(network.prefix)))
}

/// The word behind `word`.
fn behind<'a>(word: &str, rest: &[&'a str]) -> Option<&'a str> {
    rest.iter().skip_while(|found| **found != word).nth(1).copied()
}

/// The place of a table in the rules that every kernel has; `None` for one that no such rule names.
///
/// # Source
/// ip-rule(8): local (255), main (254), default (253), the last for IPv4 alone.
fn table(name: Option<&str>) -> Option<u8> {
    match name? {
        "local" | "255" => Some(0),
        "main" | "254" => Some(1),
        "default" | "253" => Some(2),
        _ => None,
    }
}

/// Why a route is not for an ordinary packet: it wants a type of service, its interface is dead, or only a rule leads to its table.
fn aside(rest: &[&str]) -> Option<String> {
    if let Some(tos) = behind("tos", rest).filter(|tos| !matches!(*tos, "0" | "0x0" | "0x00" | "default")) {
        return Some(format!("only for packets of type of service {tos}"));
    }
    if let Some(name) = behind("table", rest).filter(|name| table(Some(*name)).is_none()) {
        return Some(by_rule(name));
    }
    (rest.contains(&"dead") && rest.contains(&"dev")).then(|| "dead: its interface is down".to_owned())
}

/// Why a route of a table that no rule of every kernel names is passed by.
fn by_rule(table: &str) -> String {
    format!("in table {table}, to which only a rule leads (ip rule)")
}

/// The destination of a default route.
pub fn everywhere(ipv4: bool) -> Prefix {
    let addr = if ipv4 { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { IpAddr::V6(Ipv6Addr::UNSPECIFIED) };
    // No length is shorter.
    Prefix::new(addr, 0).unwrap_or_else(|| Prefix::host(addr))
}

/// Reads what `--route` takes: `PREFIX=VIA`.
///
/// # Errors
/// [`Fault`] if the destination is no network.
pub fn parse_option(text: &str, line: u64) -> Result<Line, Fault> {
    let (dest, via) = text.split_once('=').unwrap_or((text, ""));
    let words: Vec<&str> = via.split_whitespace().collect();
    route(dest.trim(), &words, line)
}

/// A table as it is read, line by line.
#[derive(Clone, Debug, Default)]
pub struct Table {
    routes: Vec<Route>,
    /// Routes to everywhere whose family shows only when the others are known.
    open: Vec<Route>,
}

impl Table {
    /// Takes a line.
    pub fn push(&mut self, line: Line) {
        match line {
            Line::Route(route) => self.routes.push(route),
            Line::Default(route) => self.open.push(route),
            Line::NextHop(hop) => {
                let before = self.routes.last_mut().into_iter().chain(self.open.last_mut());
                if let Some(route) = before.max_by_key(|route| route.line) {
                    route.via = if route.via.is_empty() { hop } else { format!("{}, or {hop}", route.via) };
                }
            }
            Line::Nothing => {}
        }
    }

    /// The routes in the order of the table.
    pub fn finish(mut self) -> Vec<Route> {
        let ipv4 = self.routes.first().is_none_or(|route| route.prefix.first().is_ipv4());
        for route in &mut self.open {
            route.prefix = everywhere(ipv4);
            if !ipv4 && route.metric == 0 && route.via.split_whitespace().any(|word| word == "dev") {
                route.metric = IPV6_METRIC;
            }
        }
        self.routes.append(&mut self.open);
        // IPv6 has rules for the tables local and main alone.
        for route in self.routes.iter_mut().filter(|route| route.table == 2 && route.prefix.first().is_ipv6()) {
            route.aside.get_or_insert_with(|| by_rule("default"));
        }
        self.routes.sort_by_key(|route| route.line);
        self.routes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn table(text: &str) -> Vec<String> {
        let mut table = Table::default();
        for (line, number) in text.lines().zip(1..) {
            table.push(parse(line.trim(), number).unwrap());
        }
        table.finish().iter().map(|route| format!("{} {} | {}", route.prefix, route.via, route.metric)).collect()
    }

    #[test]
    fn what_ip_route_prints() {
        let said = "\
default via 10.0.2.2 dev eth0 proto dhcp src 10.0.2.15 metric 100
10.0.2.0/24 dev eth0 proto kernel scope link src 10.0.2.15 metric 100
unreachable 10.9.0.0/16
198.51.100.7 via 10.0.2.9 dev eth0
default proto static metric 5
\tnexthop via 10.0.2.3 dev eth0 weight 1
\tnexthop via 10.0.2.4 dev eth0 weight 1
default via inet6 fe80::1 dev eth0";
        assert_eq!(
            table(said),
            [
                "0.0.0.0/0 via 10.0.2.2 dev eth0 proto dhcp src 10.0.2.15 metric 100 | 100",
                "10.0.2.0/24 dev eth0 proto kernel scope link src 10.0.2.15 metric 100 | 100",
                "10.9.0.0/16 unreachable | 0",
                "198.51.100.7/32 via 10.0.2.9 dev eth0 | 0",
                "0.0.0.0/0 proto static metric 5, or via 10.0.2.3 dev eth0 weight 1, or via 10.0.2.4 dev eth0 weight 1 | 5",
                "0.0.0.0/0 via inet6 fe80::1 dev eth0 | 0",
            ]
        );
    }

    #[test]
    fn some_are_not_for_ordinary_packets_and_some_refuse() {
        let Ok(Line::Route(tos)) = parse("10.9.0.0/16 tos 0x10 via 10.0.0.2 dev p1", 1) else { panic!() };
        assert!(tos.aside.unwrap().contains("0x10"));
        let Ok(Line::Route(other)) = parse("10.9.0.0/24 via 10.0.0.2 dev p1 table 100", 1) else { panic!() };
        assert!(other.aside.unwrap().contains("table 100"));
        let Ok(Line::Route(down)) = parse("10.9.0.0/24 dev p1 scope link dead linkdown", 1) else { panic!() };
        assert!(down.aside.is_some() && down.refusal().is_none());
        let Ok(Line::Route(local)) = parse("local 10.0.0.1 dev p1 table local proto kernel", 1) else { panic!() };
        assert_eq!((local.table, local.aside), (0, None));
        let reject = "10.8.0.0  -  255.255.0.0  !  0  -  0  -";
        for line in
            ["throw 10.8.0.0/16", "unreachable 10.8.0.0/16", "blackhole 10.8.0.0/16", "prohibit 10.8.0.0/16", reject]
        {
            let Ok(Line::Route(route)) = parse(line, 1) else { panic!("{line}") };
            assert!(route.refusal().is_some() && route.aside.is_none(), "{line}");
        }
    }

    #[test]
    fn what_ip_6_route_prints() {
        let said = "\
2001:db8::/64 dev eth0 proto kernel metric 256 pref medium
fe80::/64 dev eth0 proto kernel pref medium
default dev tun0 metric 1 pref medium
default dev tun1 pref medium
default via fe80::1 dev eth0";
        assert_eq!(
            table(said),
            [
                "2001:db8::/64 dev eth0 proto kernel metric 256 pref medium | 256",
                "fe80::/64 dev eth0 proto kernel pref medium | 1024",
                "::/0 dev tun0 metric 1 pref medium | 1",
                "::/0 dev tun1 pref medium | 1024",
                "::/0 via fe80::1 dev eth0 | 1024",
            ]
        );
    }

    #[test]
    fn what_route_n_prints_and_plain_lines() {
        let said = "\
Kernel IP routing table
Destination     Gateway         Genmask         Flags Metric Ref    Use Iface
0.0.0.0         10.0.2.2        0.0.0.0         UG    100    0        0 eth0
10.0.2.0        0.0.0.0         255.255.255.0   U     0      0        0 eth0
192.0.2.0/24 router-a
2001:db8::/32
default 10.0.0.1";
        assert_eq!(
            table(said),
            [
                "0.0.0.0/0 via 10.0.2.2 dev eth0 | 100",
                "10.0.2.0/24 dev eth0 | 0",
                "192.0.2.0/24 router-a | 0",
                "2001:db8::/32  | 0",
                "0.0.0.0/0 10.0.0.1 | 0",
            ]
        );
        assert!(parse("no-network via 10.0.0.1", 1).is_err());
        assert!(matches!(parse_option("default=::1", 1), Ok(Line::Route(route)) if route.prefix == everywhere(false)));
        assert!(matches!(parse_option("10.0.0.0/8=r1 metric 7", 1), Ok(Line::Route(route)) if route.metric == 7));
    }

    proptest! {
        #[test]
        fn no_text_panics(text: String, likely in "(default|10.0.0.0/8|::/0|nexthop|local) ?(via|dev|metric)? ?[0-9a-f:.]{0,9} ?[a-z0-9]{0,4}") {
            let _ = (parse(&text, 1), parse_option(&text, 1), parse(&likely, 1));
        }
    }
}
