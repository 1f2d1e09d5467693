//! What rows are printed with: names of hosts, ports, users and processes.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr};

use sockeye_cli::escape::escape_octets;

use crate::cli::Detail;
use crate::entry::Entry;
use crate::names::Names;
use crate::owners::{Holders, Ownership};

/// How wide the column of holders is. One that is cut leaves the last place free, as in netstat.
const PROGRAM_WIDTH: usize = 20;

/// What is known beside the rows themselves. All text in it is safe for a terminal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lore {
    /// What is to be shown.
    pub detail: Detail,
    /// Interfaces, services, hosts and users.
    pub names: Names,
    /// Protocols by their numbers.
    pub protocols: HashMap<u8, String>,
    /// How often each Unix-domain socket is held, by inode.
    pub references: HashMap<u32, u32>,
    /// How often those are held that no process has yet, or has no more, in the order of the kernel's list.
    pub references_of_pending: Vec<u32>,
    /// Who holds the sockets, if that was asked for.
    pub holders: Option<Holders>,
}

impl Lore {
    /// Appends the column of holders: the first, or with `-W` each, as `812/nginx`; `-` where none is known.
    pub fn push_programs(&self, line: &mut String, inode: Option<u32>) {
        let mut shown = String::new();
        for (pid, command) in self.programs(inode) {
            if !shown.is_empty() {
                shown.push(',');
            }
            // Writing to a String cannot fail.
            let _ = write!(shown, "{pid}/{command}");
            if !self.detail.wide {
                break;
            }
        }
        if shown.is_empty() {
            shown.push('-');
        }
        if !self.detail.wide {
            shown = shown.chars().take(PROGRAM_WIDTH - 1).collect();
        }
        let _ = write!(line, " {shown:<PROGRAM_WIDTH$}");
    }

    /// Each process once.
    fn programs(&self, inode: Option<u32>) -> impl Iterator<Item = (u32, &str)> {
        let mut before = None;
        let owners = self.holders.iter().flat_map(move |holders| holders.of(inode));
        owners.filter(move |owner| before.replace(owner.pid) != Some(owner.pid)).map(|owner| (owner.pid, owner.command))
    }

    /// Whether the owner of any of these may be hidden.
    pub fn hides_any(&self, entries: &[Entry]) -> bool {
        let Some(holders) = &self.holders else { return false };
        entries.iter().any(|entry| holders.ownership(entry.inode()) == Ownership::Hidden)
    }

    /// Whether any of these has holders that are not shown.
    pub fn shortens_any(&self, entries: &[Entry]) -> bool {
        !self.detail.wide && entries.iter().any(|entry| self.programs(entry.inode()).nth(1).is_some())
    }
}

/// hosts(5): addresses with their canonical names.
pub fn hosts(database: &[u8]) -> impl Iterator<Item = (IpAddr, String)> {
    lines(database).filter_map(|fields| match fields.as_slice() {
        [address, name, ..] => Some((parsed(address)?, String::from_utf8_lossy(name).into_owned())),
        _ => None,
    })
}

/// The inode and the reference count of each line of `/proc/net/unix`.
///
/// # Source
/// proc_pid_net(5): `Num RefCount Protocol Flags Type St Inode Path`.
pub fn references(list: &[u8]) -> impl Iterator<Item = (u32, u32)> {
    let count = |line: &[u8]| {
        let text = String::from_utf8_lossy(line);
        let mut fields = text.split_ascii_whitespace();
        let references = u32::from_str_radix(fields.nth(1)?, 16).ok()?;
        Some((fields.nth(4)?.parse().ok()?, references))
    };
    list.split(|octet| *octet == b'\n').filter_map(count)
}

/// networks(5): networks with their names. Octets that are left out at the end are zero.
pub fn networks(database: &[u8]) -> impl Iterator<Item = (Ipv4Addr, String)> {
    lines(database).filter_map(|fields| match fields.as_slice() {
        [name, network, ..] => {
            let mut octets = [0; 4];
            let mut numbers = network.split(|octet| *octet == b'.');
            for (place, number) in octets.iter_mut().zip(&mut numbers) {
                *place = parsed(number)?;
            }
            numbers.next().is_none().then(|| (octets.into(), escape_octets(name)))
        }
        _ => None,
    })
}

/// The fields of each line, without comments.
fn lines(database: &[u8]) -> impl Iterator<Item = Vec<&[u8]>> {
    database.split(|octet| *octet == b'\n').map(move |line| {
        let text = line.split(|octet| *octet == b'#').next().unwrap_or_default();
        text.split(u8::is_ascii_whitespace).filter(|field| !field.is_empty()).collect()
    })
}

fn parsed<T: std::str::FromStr>(field: &[u8]) -> Option<T> {
    std::str::from_utf8(field).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owners::Holding;

    #[test]
    fn databases_as_their_manuals_describe_them() {
        let hosts: Vec<String> = hosts(b"127.0.0.1 localhost lo # no\n::1 ip6-localhost\n192.0.2.1\nx y\n")
            .map(|(ip, name)| format!("{ip} {name}"))
            .collect();
        assert_eq!(hosts, ["127.0.0.1 localhost", "::1 ip6-localhost"]);
        let list =
            b"Num RefCount ...\n0000: 00000003 00000000 00010000 0001 01 42 /run/x y\nbad\n0000: 0000000a 0 0 0 0 43\n";
        assert_eq!(references(list).collect::<Vec<_>>(), [(42, 3), (43, 10)]);
        let networks: Vec<String> = networks(b"loopback 127.0.0.0 lo\nlab 10.77 # no\nbad 10.0.0.0.1\nworse x\nnone\n")
            .map(|(network, name)| format!("{network} {name}"))
            .collect();
        assert_eq!(networks, ["127.0.0.0 loopback", "10.77.0.0 lab"]);
    }

    fn programs(wide: bool, inode: u32) -> String {
        let holding = |inode, pid, fd| Holding { inode, pid, fd };
        let found = vec![holding(7, 10, 3), holding(7, 10, 4), holding(7, 11, 3), holding(9, 1_234_567, 3)];
        let commands = [(10, "nginx"), (11, "nginx"), (1_234_567, "fifteen-letters")].map(|(p, n)| (p, n.to_owned()));
        let holders = Some(Holders::new(found, commands.into(), false));
        let lore = Lore { detail: Detail { wide, ..Detail::default() }, holders, ..Lore::default() };
        let mut line = String::new();
        lore.push_programs(&mut line, Some(inode));
        line
    }

    #[test]
    fn one_holder_in_the_column_and_all_of_them_when_wide() {
        assert_eq!(programs(false, 7), " 10/nginx            ");
        assert_eq!(programs(true, 7), " 10/nginx,11/nginx   ");
        assert_eq!(programs(false, 8), " -                   ");
        assert_eq!(programs(false, 9), " 1234567/fifteen-let ");
        assert_eq!(programs(true, 9), " 1234567/fifteen-letters");
    }
}
