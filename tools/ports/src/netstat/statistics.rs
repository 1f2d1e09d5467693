//! `-s`: the counters of `/proc/net/snmp`, `/proc/net/netstat`, `/proc/net/snmp6` and `/proc/net/sctp/snmp`.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape_octets;
use sockeye_cli::output::{Render, Text};

use super::sentences::{self, Place};
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
    /// How often, in 64 bits without a sign. Some are limits, and -1 is none.
    pub value: i128,
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

/// Whether netstat prints a group where these kinds are asked for; without any, each. Groups that belong to none of its
/// kinds come always, also that of UDP-Lite.
pub fn is_shown(group: &str, kinds: &[Kind]) -> bool {
    let kind = match group {
        "Ip" | "Ip6" | "Icmp" | "Icmp6" => Kind::Raw,
        "Tcp" | "TcpExt" => Kind::Tcp,
        "Udp" | "Udp6" => Kind::Udp,
        "Sctp" => Kind::Sctp,
        _ => return true,
    };
    kinds.is_empty() || kinds.contains(&kind)
}

/// The counters, group by group, in the kernel's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statistics(pub Vec<Counter>);

/// How far a line is indented: below a histogram farther, until a sentence comes that belongs to none. What stands in
/// `IcmpMsg` is part of the last histogram.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Group,
    Received,
    Sent,
}

impl Level {
    const fn indent(self) -> &'static str {
        match self {
            Self::Group => "    ",
            Self::Received | Self::Sent => "        ",
        }
    }

    /// The line that opens it.
    const fn title(self) -> Option<&'static str> {
        match self {
            Self::Group => None,
            Self::Received => Some("ICMP input histogram:"),
            Self::Sent => Some("ICMP output histogram:"),
        }
    }
}

impl Render for Statistics {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (mut group, mut level) = ("", Level::Group);
        for counter in &self.0 {
            if counter.group != group {
                group = &counter.group;
                level = if group == "IcmpMsg" { level } else { Level::Group };
                text.line(format!("{group}:"))?;
            }
            let Some((place, sentence)) = sentences::find(group, &counter.name) else {
                if counter.value != 0 {
                    text.line(format!("{}{}: {}", level.indent(), counter.kernels_name(), counter.value))?;
                }
                continue;
            };
            let now = match place {
                Place::Hidden => continue,
                Place::Always | Place::Counted => Level::Group,
                Place::Received => Level::Received,
                Place::Sent => Level::Sent,
            };
            if let Some(title) = now.title().filter(|_| now != level) {
                text.line(format!("{}{title}", level.indent()))?;
            }
            level = now;
            if counter.value != 0 || place == Place::Always {
                text.line(format!("{}{}", level.indent(), sentence.replace("{}", &counter.value.to_string())))?;
            }
        }
        Ok(())
    }
}

impl Counter {
    /// The name as it stands in the kernel's list: those of IPv6 and SCTP have the group in front.
    fn kernels_name(&self) -> String {
        let prefix = if PREFIXES.contains(&self.group.as_str()) { self.group.as_str() } else { "" };
        format!("{prefix}{}", self.name)
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
        let list = "Ip: Forwarding DefaultTTL\nIp: 2 64\nTcp: MaxConn X\nTcp: -1 bad\nIpExt: InOctets\n\
            IpExt: 18446744073709551615\nodd\n";
        assert_eq!(
            shown(&parse_pairs(list)),
            ["Ip Forwarding 2", "Ip DefaultTTL 64", "Tcp MaxConn -1", "IpExt InOctets 18446744073709551615"]
        );
        let list = "Ip6InReceives   \t631\nIcmp6OutMsgs 8\nUdpLite6InErrors 1\nUdp6InErrors 2\nOther 3\n";
        assert_eq!(
            shown(&parse_lines(list)),
            ["Ip6 InReceives 631", "Icmp6 OutMsgs 8", "UdpLite6 InErrors 1", "Udp6 InErrors 2"]
        );
        assert_eq!(shown(&parse_lines("SctpCurrEstab 0\n")), ["Sctp CurrEstab 0"]);
    }

    #[test]
    fn each_group_has_its_option() {
        let shown = |kind| {
            let groups = ["Ip", "Icmp", "Tcp", "TcpExt", "Udp", "Udp6", "Ip6", "Sctp", "UdpLite", "IpExt"];
            groups.into_iter().filter(|group| is_shown(group, &[kind])).collect::<Vec<_>>()
        };
        assert_eq!(shown(Kind::Tcp), ["Tcp", "TcpExt", "UdpLite", "IpExt"]);
        assert_eq!(shown(Kind::Udp), ["Udp", "Udp6", "UdpLite", "IpExt"]);
        assert_eq!(shown(Kind::UdpLite), ["UdpLite", "IpExt"]);
        assert_eq!(shown(Kind::Raw), ["Ip", "Icmp", "Ip6", "UdpLite", "IpExt"]);
        assert_eq!(shown(Kind::Sctp), ["Sctp", "UdpLite", "IpExt"]);
        assert!(is_shown("Ip", &[]));
    }
}
