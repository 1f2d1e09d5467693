//! `-g`: the multicast groups of `/proc/net/igmp` and `/proc/net/igmp6`.

use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_cli::escape::escape_octets;
use sockeye_cli::output::{Render, Text};
use sockeye_common::addr::IpText;

use super::table::{fields, ipv4, ipv6};
use crate::names::Names;

/// A group that an interface belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The interface.
    pub interface: String,
    /// How many asked for it.
    pub references: u32,
    /// The group.
    pub group: IpAddr,
}

/// The groups of `igmp`: a line of an interface, then an indented one of each group.
///
/// # Source
/// Linux, net/ipv4/igmp.c, igmp_mc_seq_show().
pub fn parse_ipv4(list: &str) -> Vec<Group> {
    let (mut groups, mut interface) = (Vec::new(), String::new());
    for line in list.lines() {
        let mut words = fields(line);
        if !line.starts_with('\t') {
            // A colon stands behind the name, and touches one that fills its field.
            let name = words.nth(1).map(|name| name.strip_suffix(':').unwrap_or(name));
            interface = name.map(|name| escape_octets(name.as_bytes())).unwrap_or_default();
        } else if let (Some(group), Some(references)) = (words.next().and_then(ipv4), words.next()) {
            let references = references.parse().unwrap_or(0);
            groups.push(Group { interface: interface.clone(), references, group: group.into() });
        }
    }
    groups
}

/// The groups of `igmp6`: `index interface group users flags timer`.
///
/// # Source
/// Linux, net/ipv6/mcast.c, igmp6_mc_seq_show().
pub fn parse_ipv6(list: &str) -> Vec<Group> {
    let row = |line: &str| {
        let mut fields = fields(line).skip(1);
        let interface = escape_octets(fields.next()?.as_bytes());
        let group = ipv6(fields.next()?)?;
        Some(Group { interface, references: fields.next()?.parse().ok()?, group: group.into() })
    };
    list.lines().filter_map(row).collect()
}

/// The table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Groups {
    /// Its rows.
    pub list: Vec<Group>,
    /// Names of hosts: some groups have one.
    pub names: Names,
}

impl Render for Groups {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line("IPv6/IPv4 Group Memberships")?;
        text.line("Interface       RefCnt Group")?;
        text.line("--------------- ------ ---------------------")?;
        self.list.iter().try_for_each(|Group { interface, references, group }| {
            let group = self.names.host(*group).map_or_else(|| IpText(*group).to_string(), str::to_owned);
            text.line(format!("{interface:<15} {references:<6} {group}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_of_both_families() {
        // Linux 6.18.
        let list = "Idx\tDevice    : Count Querier\tGroup    Users Timer\tReporter\n1\tlo        :     1      V3\n\
            \t\t\t\t010000E0     1 0:00000000\t\t0\n4\teth0      :     1      V3\n\t\t\t\tFB0000E0     2 0:00000000\t\t0\n\
            5\tfifteen-letters:     1      V3\n\t\t\t\t010000E0     1 0:00000000\t\t0\n";
        let shown = |groups: &[Group]| {
            let show = |group: &Group| format!("{} {} {}", group.interface, group.references, group.group);
            groups.iter().map(show).collect::<Vec<_>>()
        };
        if cfg!(target_endian = "little") {
            assert_eq!(
                shown(&parse_ipv4(list)),
                ["lo 1 224.0.0.1", "eth0 2 224.0.0.251", "fifteen-letters 1 224.0.0.1"]
            );
        }
        let list = "1    lo              ff020000000000000000000000000001     1 0000000C 0\nbad\n";
        assert_eq!(shown(&parse_ipv6(list)), ["lo 1 ff02::1"]);
    }
}
