//! `-s`: the counters of `/proc/net/snmp`, `/proc/net/netstat`, `/proc/net/snmp6` and `/proc/net/sctp/snmp`, by the
//! kernel's names.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape_octets;
use sockeye_cli::output::{Render, Text};

use super::table::fields;
use crate::kind::Kind;

/// The groups of `snmp6` and `sctp/snmp`, whose counters start with the group's name.
const PREFIXES: [&str; 5] = ["Icmp6", "Ip6", "UdpLite6", "Udp6", "Sctp"];

/// A counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counter {
    /// What it belongs to: `Tcp`, `TcpExt`, `Ip6`.
    pub group: String,
    /// The kernel's name.
    pub name: String,
    /// How often. Some are limits, and -1 is none.
    pub value: i64,
}

/// The counters of `snmp` and `netstat`: a line of names, then one of values.
///
/// # Source
/// RFC 4293, RFC 4022, RFC 4113; Linux, net/ipv4/proc.c.
pub fn parse_pairs(list: &str) -> Vec<Counter> {
    let mut counters = Vec::new();
    let mut lines = list.lines();
    while let (Some(names), Some(values)) = (lines.next(), lines.next()) {
        let (Some((group, names)), Some((_, values))) = (names.split_once(':'), values.split_once(':')) else {
            continue;
        };
        for (name, value) in fields(names).zip(fields(values)) {
            push(&mut counters, group, name, value);
        }
    }
    counters
}

/// The counters of `snmp6`, and of `sctp/snmp`: a name and a value a line.
pub fn parse_lines(list: &str) -> Vec<Counter> {
    let mut counters = Vec::new();
    for line in list.lines() {
        let mut fields = fields(line);
        if let (Some(long), Some(value)) = (fields.next(), fields.next())
            && let Some(group) = PREFIXES.into_iter().find(|group| long.starts_with(group))
        {
            push(&mut counters, group, long.strip_prefix(group).unwrap_or(long), value);
        }
    }
    counters
}

fn push(counters: &mut Vec<Counter>, group: &str, name: &str, value: &str) {
    if let Ok(value) = value.parse() {
        let (group, name) = (escape_octets(group.as_bytes()), escape_octets(name.as_bytes()));
        counters.push(Counter { group, name, value });
    }
}

/// Whether a group is about one of these kinds; without any, it is.
pub fn is_about(group: &str, kinds: &[Kind]) -> bool {
    let about = |kind: &Kind| match kind {
        Kind::Tcp => matches!(group, "Tcp" | "TcpExt" | "MPTcpExt"),
        Kind::Udp => matches!(group, "Udp" | "Udp6"),
        Kind::UdpLite => matches!(group, "UdpLite" | "UdpLite6"),
        Kind::Raw => matches!(group, "Ip" | "IpExt" | "Icmp" | "IcmpMsg" | "Ip6" | "Icmp6"),
        Kind::Sctp => group == "Sctp",
        _ => false,
    };
    kinds.is_empty() || kinds.iter().any(about)
}

/// The counters, group by group; those that are zero only if they are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics {
    /// In the kernel's order.
    pub counters: Vec<Counter>,
    /// Also those that are zero.
    pub zeros: bool,
}

impl Render for Statistics {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut group = "";
        for counter in self.counters.iter().filter(|counter| self.zeros || counter.value != 0) {
            if counter.group != group {
                group = &counter.group;
                text.line(format!("{group}:"))?;
            }
            text.line(format!("    {}: {}", counter.name, counter.value))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(counters: &[Counter]) -> Vec<String> {
        counters.iter().map(|counter| format!("{} {} {}", counter.group, counter.name, counter.value)).collect()
    }

    #[test]
    fn counters_by_the_names_of_the_kernel() {
        let list = "Ip: Forwarding DefaultTTL\nIp: 2 64\nTcp: MaxConn X\nTcp: -1 bad\nodd\n";
        assert_eq!(shown(&parse_pairs(list)), ["Ip Forwarding 2", "Ip DefaultTTL 64", "Tcp MaxConn -1"]);
        let list = "Ip6InReceives   \t631\nIcmp6OutMsgs 8\nUdpLite6InErrors 1\nUdp6InErrors 2\nOther 3\n";
        assert_eq!(
            shown(&parse_lines(list)),
            ["Ip6 InReceives 631", "Icmp6 OutMsgs 8", "UdpLite6 InErrors 1", "Udp6 InErrors 2"]
        );
        assert_eq!(shown(&parse_lines("SctpCurrEstab 0\n")), ["Sctp CurrEstab 0"]);
    }

    #[test]
    fn each_group_has_its_option() {
        let about = |kind| {
            let groups = ["Ip", "Icmp", "Tcp", "TcpExt", "Udp", "UdpLite", "Udp6", "UdpLite6", "Ip6", "Sctp"];
            groups.into_iter().filter(|group| is_about(group, &[kind])).collect::<Vec<_>>()
        };
        assert_eq!(about(Kind::Tcp), ["Tcp", "TcpExt"]);
        assert_eq!(about(Kind::Udp), ["Udp", "Udp6"]);
        assert_eq!(about(Kind::UdpLite), ["UdpLite", "UdpLite6"]);
        assert_eq!(about(Kind::Raw), ["Ip", "Icmp", "Ip6"]);
        assert_eq!(about(Kind::Sctp), ["Sctp"]);
        assert!(is_about("Anything", &[]));
    }
}
