//! What the `netstat` dialect wants to know beyond the sockets.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc and /etc")]

use std::fs;
use std::path::Path;

use sockeye_cli::Failure;
use sockeye_sys::{Listed, addresses, interface};

use crate::cli::{Detail, RouteTables, WantedOwners};
use crate::entry::Entry;
use crate::explain::OwnerSearch;
use crate::names::{self, Names};
use crate::netstat::groups::{self, Groups};
use crate::netstat::interfaces::{self, Interface};
use crate::netstat::lore::{self, Lore};
use crate::netstat::routes::{self, Routes};
use crate::netstat::statistics::{self, Counter};

/// The lists of this thread's network namespace.
const NET: &str = "/proc/thread-self/net";

/// What rows need for their words, and how the search for owners went. `unix` is the list that [`unix()`] reads. A database
/// that is missing is an empty one.
pub fn lore(entries: &[Entry], detail: Detail, unix: &[u8]) -> (Lore, Option<OwnerSearch>) {
    let mut lore = Lore { detail, names: super::names(entries, detail.numeric_ports), ..Lore::default() };
    for (inode, references) in lore::references(unix) {
        if inode == 0 {
            lore.references_of_pending.push(references);
        } else {
            lore.references.insert(inode, references);
        }
    }
    if !detail.numeric_ports {
        lore.protocols = names::protocols(&read("/etc/protocols"));
    }
    add_hosts(&mut lore.names, detail);
    if detail.extended > 0 && !detail.numeric_users {
        super::lookups::add_users(&mut lore.names);
    }
    if !detail.programs {
        return (lore, None);
    }
    let (holders, search) = super::holders(entries, WantedOwners::All);
    lore.holders = Some(holders);
    (lore, Some(search))
}

/// A database. One that is missing is an empty one.
fn read(path: &str) -> Vec<u8> {
    fs::read(path).unwrap_or_default()
}

/// Takes in the names of hosts, if they are wanted. Where the file has several for an address, the first holds.
fn add_hosts(names: &mut Names, detail: Detail) {
    if detail.numeric_hosts {
        return;
    }
    for (ip, name) in lore::hosts(&read("/etc/hosts")) {
        if names.host(ip).is_none() {
            names.add_host(ip, &name);
        }
    }
}

/// The list of Unix-domain sockets, for what sock_diag does not tell of them. One that is missing is an empty one.
pub fn unix() -> Vec<u8> {
    fs::read(Path::new(NET).join("unix")).unwrap_or_default()
}

/// The routes of these families.
///
/// # Errors
/// [`Failure`] if the kernel does not list them. Without IPv6 it has no routes of IPv6.
pub fn routes(ipv4: bool, ipv6: bool, tables: RouteTables, detail: Detail) -> Result<Routes, Failure> {
    let ipv4 = if ipv4 { Some(routes::parse_ipv4(&list("route")?)) } else { None };
    let ipv6 = ipv6.then(|| routes::parse_ipv6(&list("ipv6_route").unwrap_or_default()));
    let mut routes = Routes { ipv4, ipv6, tables, detail, ..Routes::default() };
    add_hosts(&mut routes.names, detail);
    if !detail.numeric_hosts {
        for (network, name) in lore::networks(&read("/etc/networks")) {
            routes.networks.entry(network).or_insert(name);
        }
    }
    Ok(routes)
}

/// The multicast groups of these families.
///
/// # Errors
/// [`Failure`] if the kernel does not list them. Without IPv6 it has no groups of IPv6.
pub fn groups(ipv4: bool, ipv6: bool, detail: Detail) -> Result<Groups, Failure> {
    let mut groups = Groups::default();
    if ipv4 {
        groups.list.extend(groups::parse_ipv4(&list("igmp")?));
    }
    if ipv6 {
        groups.list.extend(groups::parse_ipv6(&list("igmp6").unwrap_or_default()));
    }
    add_hosts(&mut groups.names, detail);
    Ok(groups)
}

/// Every interface. One that has gone meanwhile is left out.
///
/// # Errors
/// [`Failure`] if the kernel does not list them.
pub fn interfaces() -> Result<Vec<Interface>, Failure> {
    let mut listed = interfaces::parse(&list("dev")?);
    listed.retain_mut(|interface| {
        let Ok((flags, mtu)) = interface::flags_and_mtu(&interface.name) else { return false };
        (interface.flags, interface.mtu_octets) = (flags.0, mtu);
        true
    });
    Ok(listed)
}

/// The labels of addresses.
///
/// # Errors
/// [`Failure`] if the kernel does not list them.
pub fn labels() -> Result<Listed<String>, Failure> {
    addresses::labels().map_err(|error| Failure::host(error.to_string()))
}

/// The counters of these families. TCP has its own for both.
///
/// # Errors
/// [`Failure`] if the kernel does not list them. What it does not have has no counters.
pub fn counters(ipv4: bool, ipv6: bool) -> Result<Vec<Counter>, Failure> {
    let mut counters = Vec::new();
    if ipv6 {
        counters.extend(statistics::parse_lines(&list("snmp6").unwrap_or_default()));
    }
    let of_ipv4 = statistics::parse_pairs(&list("snmp")?);
    counters.extend(of_ipv4.into_iter().filter(|counter| ipv4 || counter.group == "Tcp"));
    if ipv4 {
        counters.extend(statistics::parse_pairs(&list("netstat").unwrap_or_default()));
        counters.extend(statistics::parse_lines(&list("sctp/snmp").unwrap_or_default()));
    }
    Ok(counters)
}

/// A list of `/proc/net`.
fn list(name: &str) -> Result<String, Failure> {
    let path = Path::new(NET).join(name);
    let octets = fs::read(&path)
        .map_err(|error| Failure::host(format!("{}: {}", path.display(), sockeye_sys::error::cause(&error))))?;
    Ok(String::from_utf8_lossy(&octets).into_owned())
}
