//! `-r`: the routes of `/proc/net/route` and `/proc/net/ipv6_route`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_cli::escape::escape_octets;
use sockeye_cli::output::{Render, Text};
use sockeye_common::addr::IpText;

use super::table::{fields, hex, ipv4, ipv6};
use crate::cli::{Detail, RouteTables};
use crate::names::Names;

/// The line above the routes of IPv6, and above their cache.
const HEADING_IPV6: &str = "Destination                    Next Hop                   Flag Met Ref  Use If";

/// `RTF_GATEWAY`.
const GATEWAY: u32 = 0x2;
/// `RTF_REJECT`: whoever goes there is refused.
const REJECT: u32 = 0x200;
/// `RTF_CACHE`: not of the table, but learnt on the way.
const CACHE: u32 = 0x0100_0000;
/// The letters of the flags in netstat's order, those of IPv6 last.
///
/// # Source
/// Linux, include/uapi/linux/route.h and ipv6_route.h; netstat(8), route(8).
const LETTERS: [(u32, char); 9] = [
    (GATEWAY, 'G'),
    (0x4, 'H'),
    (0x8, 'R'),
    (0x10, 'D'),
    (0x20, 'M'),
    (0x0004_0000, 'A'),
    (CACHE, 'C'),
    (0x0020_0000, 'n'),
    (0x0040_0000, 'e'),
];

/// A route.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Route {
    /// Where it leads.
    pub destination: IpAddr,
    /// How many bits of that are the network's.
    pub prefix_length: u8,
    /// Through whom; `None` if directly.
    pub gateway: Option<IpAddr>,
    /// Out of which interface; `None` if out of none.
    pub interface: Option<String>,
    /// `RTF_` flags.
    pub flags: u32,
    /// The less, the better. The kernel prints -1 for the worst of all.
    pub metric: u32,
    /// How many use it.
    pub references: u32,
    /// How often it was looked up.
    pub uses: u32,
    /// The largest segment, of IPv4.
    pub mss_octets: Option<u32>,
    /// The largest window, of IPv4.
    pub window_octets: Option<u32>,
    /// The first estimate of the round trip, of IPv4; in the kernel's units.
    pub initial_rtt: Option<u32>,
}

/// The routes of `route`. A line that cannot be read is passed over.
///
/// # Source
/// proc_pid_net(5), `/proc/net/route`.
pub fn parse_ipv4(list: &str) -> Vec<Route> {
    let row = |line: &str| {
        let mut fields = fields(line);
        let mut field = || fields.next();
        let interface = field()?;
        let (destination, gateway) = (ipv4(field()?)?, ipv4(field()?)?);
        let flags = hex(field()?)?;
        let mut decimal = || field()?.parse::<u32>().ok();
        let (references, uses, metric) = (decimal()?, decimal()?, decimal()?);
        let mask = ipv4(field()?)?;
        let mut decimal = || field()?.parse::<u32>().ok();
        let (mss_octets, window_octets, initial_rtt) = (decimal(), decimal(), decimal());
        Some(Route {
            destination: destination.into(),
            prefix_length: u8::try_from(mask.to_bits().count_ones()).ok()?,
            gateway: (flags & GATEWAY != 0).then_some(gateway.into()),
            interface: (interface != "*").then(|| escape_octets(interface.as_bytes())),
            flags,
            metric,
            references,
            uses,
            mss_octets,
            window_octets,
            initial_rtt,
        })
    };
    list.lines().filter_map(row).collect()
}

/// The routes of `ipv6_route`, without those that the kernel has learnt on the way.
///
/// # Source
/// Linux, net/ipv6/route.c, ipv6_route_native_seq_show(): destination, prefix, source, prefix, gateway, metric,
/// references, uses, flags, interface.
pub fn parse_ipv6(list: &str) -> Vec<Route> {
    let row = |line: &str| {
        let mut fields = fields(line);
        let mut field = || fields.next();
        let destination = ipv6(field()?)?;
        let prefix_length = u8::try_from(hex(field()?)?).ok()?;
        let (_, _) = (field()?, field()?);
        let gateway = ipv6(field()?)?;
        let mut number = || hex(field()?);
        let (metric, references, uses, flags) = (number()?, number()?, number()?, number()?);
        Some(Route {
            destination: destination.into(),
            prefix_length,
            gateway: (flags & GATEWAY != 0).then_some(gateway.into()),
            interface: field().map(|name| escape_octets(name.as_bytes())),
            flags,
            metric,
            references,
            uses,
            mss_octets: None,
            window_octets: None,
            initial_rtt: None,
        })
    };
    list.lines().filter_map(row).filter(|route| route.flags & CACHE == 0).collect()
}

/// The routes of the families that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routes {
    /// Of IPv4, if asked for.
    pub ipv4: Option<Vec<Route>>,
    /// Of IPv6, if asked for.
    pub ipv6: Option<Vec<Route>>,
    /// Which tables are asked for.
    pub tables: RouteTables,
    /// What is shown of each.
    pub detail: Detail,
    /// Names of hosts.
    pub names: Names,
    /// Names of networks.
    pub networks: HashMap<Ipv4Addr, String>,
}

impl Routes {
    /// All of them. The cache has none.
    pub fn all(&self) -> impl Iterator<Item = &Route> {
        let (first, second) = if self.tables.ipv6_first { (&self.ipv6, &self.ipv4) } else { (&self.ipv4, &self.ipv6) };
        first.iter().chain(second).flatten().filter(|_| self.tables.routes)
    }

    /// A host: as long as its name is where that is wanted.
    fn host(&self, addr: IpAddr) -> String {
        match self.names.host(addr).filter(|_| !addr.is_unspecified() && !self.detail.numeric_hosts) {
            Some(name) => name.to_owned(),
            None => IpText(addr).to_string(),
        }
    }

    /// Where a route of IPv4 leads: everywhere, to a host, or to a network.
    fn destination(&self, route: &Route) -> String {
        let network = match route.destination {
            IpAddr::V4(addr) if !addr.is_unspecified() && !self.detail.numeric_hosts => self.networks.get(&addr),
            _ => None,
        };
        match route.prefix_length {
            0 if !self.detail.numeric_hosts => "default".to_owned(),
            32 => self.host(route.destination),
            _ => network.map_or_else(|| route.destination.to_string(), Clone::clone),
        }
    }
}

impl Render for Routes {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if self.tables.ipv6_first {
            self.render_ipv6(text)?;
            return self.render_ipv4(text);
        }
        self.render_ipv4(text)?;
        self.render_ipv6(text)
    }
}

impl Routes {
    fn render_ipv4(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Some(routes) = &self.ipv4 else { return Ok(()) };
        if self.tables.routes {
            text.line("Kernel IP routing table")?;
            text.line(heading(self.detail))?;
            routes.iter().try_for_each(|route| text.line(self.row(route)))?;
        }
        if self.tables.cache {
            text.line("Kernel IP routing cache")?;
            text.line(cache_heading(self.detail))?;
        }
        Ok(())
    }

    fn render_ipv6(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Some(routes) = &self.ipv6 else { return Ok(()) };
        if self.tables.routes {
            text.line("Kernel IPv6 routing table")?;
            text.line(HEADING_IPV6)?;
            routes.iter().try_for_each(|route| text.line(self.row_ipv6(route)))?;
        }
        if self.tables.cache {
            text.line("Kernel IPv6 routing cache")?;
            text.line(HEADING_IPV6)?;
        }
        Ok(())
    }
}

const fn heading(detail: Detail) -> &'static str {
    match detail.extended {
        0 => "Destination     Gateway         Genmask         Flags   MSS Window  irtt Iface",
        1 => "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface",
        _ => "Destination     Gateway         Genmask         Flags Metric Ref    Use Iface    MSS   Window irtt",
    }
}

/// That of the cache, which Linux has no longer: nothing stands below it.
const fn cache_heading(detail: Detail) -> &'static str {
    match detail.extended {
        0 => "Source          Destination     Gateway         Flags   MSS Window  irtt Iface",
        1 => "Source          Destination     Gateway         Flags Metric Ref    Use Iface",
        _ => {
            "Source          Destination     Gateway         Flags Metric Ref    Use Iface    MSS   Window irtt  TOS HHRef \
             HHUptod     SpecDst"
        }
    }
}

impl Routes {
    fn row(&self, route: &Route) -> String {
        let refused = route.flags & REJECT != 0;
        let dash = |number: Option<u32>| match number {
            Some(number) if !refused => number.to_string(),
            _ => "-".to_owned(),
        };
        let gateway = match (refused, route.gateway) {
            (true, _) => "-".to_owned(),
            (false, gateway) => self.host(gateway.unwrap_or(Ipv4Addr::UNSPECIFIED.into())),
        };
        let mask = u32::MAX.checked_shl(32_u32.saturating_sub(route.prefix_length.into())).unwrap_or(0);
        // Where packets are dropped without a word, there is no interface either.
        let nowhere = if refused { "-" } else { "*" };
        let (flags, interface) = (flags(route.flags), route.interface.as_deref().unwrap_or(nowhere));
        let (mss, window, rtt) = (dash(route.mss_octets), dash(route.window_octets), dash(route.initial_rtt));
        let (destination, mask) = (self.destination(route), Ipv4Addr::from_bits(mask).to_string());
        let mut line = format!("{destination:<15.15} {gateway:<15.15} {mask:<15} ");
        // Writing to a String cannot fail.
        let _ = if self.detail.extended == 0 {
            write!(line, "{flags:<6}{mss:>5} {window:<5} {rtt:>6} {interface}")
        } else {
            let (metric, references) = (route.metric.cast_signed(), dash(Some(route.references)));
            write!(line, "{flags:<5} {metric:<6} {references:<2} {:>7} ", route.uses)
        };
        let _ = match self.detail.extended {
            0 => Ok(()),
            1 => write!(line, "{interface}"),
            _ => write!(line, "{interface:<8} {mss:<5} {window:<6} {rtt}"),
        };
        line
    }

    fn row_ipv6(&self, route: &Route) -> String {
        let shown = |addr: IpAddr| match addr {
            IpAddr::V6(addr) if addr.is_unspecified() && !self.detail.numeric_hosts => "[::]".to_owned(),
            addr => self.host(addr),
        };
        let destination = format!("{}/{}", shown(route.destination), route.prefix_length);
        let gateway = shown(route.gateway.unwrap_or(Ipv6Addr::UNSPECIFIED.into()));
        let (flags, interface) = (flags(route.flags), route.interface.as_deref().unwrap_or("-"));
        let (metric, references, uses) = (route.metric.cast_signed(), route.references, route.uses);
        format!("{destination:<30} {gateway:<26} {flags:<4} {metric:<3} {references:<3} {uses:>4} {interface}")
    }
}

fn flags(flags: u32) -> String {
    let first = if flags & REJECT != 0 { Some('!') } else { (flags & 1 != 0).then_some('U') };
    first
        .into_iter()
        .chain(LETTERS.into_iter().filter(|(flag, _)| flags & flag != 0).map(|(_, letter)| letter))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    // Linux 6.18, in a namespace of its own; what netstat 2.10 prints of it stands below.
    const IPV4: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT   \n\
        veth0\t00000000\t030200C0\t0003\t0\t0\t7\t00000000\t1240\t777\t100   \n\
        veth1\t0909090A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0  \n\
        *\t007100CB\t00000000\t0201\t0\t0\t0\t00FFFFFF\t0\t0\t0 \n\
        bad\tx\n";

    fn lines(extended: u8, numeric_hosts: bool) -> Vec<String> {
        let detail = Detail { numeric_hosts, extended, ..Detail::default() };
        let mut all = Routes { detail, ..Routes::default() };
        all.names.add_host("192.0.2.3".parse().unwrap(), "a-gateway-of-the-lab");
        all.names.add_host("10.9.9.9".parse().unwrap(), "nine");
        all.networks.insert("203.0.113.0".parse().unwrap(), "testnet".to_owned());
        parse_ipv4(IPV4).iter().map(|route| all.row(route)).collect()
    }

    #[test]
    fn ipv4_as_netstat_prints_it() {
        if cfg!(target_endian = "big") {
            return;
        }
        assert_eq!(
            lines(0, true),
            [
                "0.0.0.0         192.0.2.3       0.0.0.0         UG     1240 777      100 veth0",
                "10.9.9.9        0.0.0.0         255.255.255.255 UH        0 0          0 veth1",
                "203.0.113.0     -               255.255.255.0   !         - -          - -",
            ]
        );
        assert_eq!(
            lines(1, true),
            [
                "0.0.0.0         192.0.2.3       0.0.0.0         UG    7      0        0 veth0",
                "10.9.9.9        0.0.0.0         255.255.255.255 UH    0      0        0 veth1",
                "203.0.113.0     -               255.255.255.0   !     0      -        0 -",
            ]
        );
        assert_eq!(
            lines(2, false),
            [
                "default         a-gateway-of-th 0.0.0.0         UG    7      0        0 veth0    1240  777    100",
                "nine            0.0.0.0         255.255.255.255 UH    0      0        0 veth1    0     0      0",
                "testnet         -               255.255.255.0   !     0      -        0 -        -     -      -",
            ]
        );
    }

    #[test]
    fn ipv6_as_netstat_prints_it() {
        let none = "00000000000000000000000000000000";
        let list = format!(
            "20010db8000900000000000000000000 30 {none} 00 fe800000000000000000000000000005 000f4240 00000002 00000000 \
             00400003    veth0\n\
             {none} 00 {none} 00 {none} ffffffff 00000001 00000000 00200200       lo\n\
             {none} 00 {none} 00 {none} 00000001 00000001 00000000 01000001       lo\n\
             bad\n"
        );
        let routes = parse_ipv6(&list);
        let shown = |numeric_hosts| {
            let all = Routes { detail: Detail { numeric_hosts, ..Detail::default() }, ..Routes::default() };
            routes.iter().map(|route| all.row_ipv6(route)).collect::<Vec<_>>()
        };
        assert_eq!(
            shown(true),
            [
                "2001:db8:9::/48                fe80::5                    UGe  1000000 2      0 veth0",
                "::/0                           ::                         !n   -1  1      0 lo",
            ]
        );
        assert!(shown(false)[1].starts_with("[::]/0                         [::]   "));
    }
}
