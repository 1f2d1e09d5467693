//! What a server on this host, and its children, take: read from /proc.

use std::collections::BTreeSet;
use std::fs;
use std::net::SocketAddr;

use sockeye_sys::sock_diag::{self, Request, StateMask};
use sockeye_sys::{Family, Protocol};

use crate::apps::report::Census;

/// The processes that hold the socket which listens on `addr`. None if it does not listen in this network namespace, or
/// belongs to somebody whom we may not look at.
pub fn servers(addr: SocketAddr) -> Vec<u32> {
    let family = if addr.is_ipv4() { Family::INET } else { Family::INET6 };
    let request = Request { states: StateMask::LISTEN, ..Request::new(family, Protocol::TCP) };
    let mut inodes = BTreeSet::new();
    let dumped = sock_diag::dump(&request, &mut |row| {
        let here = row.local.ip() == addr.ip() || row.local.ip().is_unspecified();
        if row.local.port() == addr.port() && here {
            inodes.insert(format!("socket:[{}]", row.inode));
        }
    });
    if dumped.is_err() || inodes.is_empty() {
        return Vec::new();
    }
    processes().into_iter().filter(|pid| holds(*pid, &inodes)).collect()
}

/// Counts those processes and all of their descendants.
pub fn count(servers: &[u32]) -> Option<Census> {
    if servers.is_empty() {
        return None;
    }
    let all: Vec<Stat> = processes().into_iter().filter_map(stat).collect();
    let mut family: BTreeSet<u32> = servers.iter().copied().collect();
    // A child has a greater number than its parent only as long as numbers do not start again: so until nobody joins.
    loop {
        let before = family.len();
        family.extend(all.iter().filter(|stat| family.contains(&stat.parent)).map(|stat| stat.pid).collect::<Vec<_>>());
        if family.len() == before {
            break;
        }
    }
    let mut census = Census::default();
    for stat in all.iter().filter(|stat| family.contains(&stat.pid)) {
        if stat.state == 'Z' {
            census.zombies += 1;
            continue;
        }
        census.processes += 1;
        census.threads += stat.threads;
        census.memory_kib += memory(stat.pid);
        let descriptors = fs::read_dir(format!("/proc/{}/fd", stat.pid)).map_or(0, Iterator::count);
        census.descriptors += u32::try_from(descriptors).unwrap_or(u32::MAX);
    }
    Some(census)
}

fn processes() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

fn holds(pid: u32, inodes: &BTreeSet<String>) -> bool {
    let Ok(entries) = fs::read_dir(format!("/proc/{pid}/fd")) else { return false };
    entries.flatten().any(|entry| {
        fs::read_link(entry.path()).is_ok_and(|link| link.to_str().is_some_and(|link| inodes.contains(link)))
    })
}

/// What is not mapped from a file, with what is shared in parts: how much of a program's file counts depends on who else runs
/// it. Where the kernel does not tell that, all of Pss, else the resident set.
fn memory(pid: u32) -> u64 {
    let kib = |text: &str, name: &str| {
        let line = text.lines().find_map(|line| line.strip_prefix(name).map(str::to_owned))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let rollup = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    kib(&rollup, "Pss_Anon:").or_else(|| kib(&rollup, "Pss:")).unwrap_or_else(|| {
        let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        kib(&status, "VmRSS:").unwrap_or(0)
    })
}

/// What /proc/PID/stat says.
#[derive(Debug, PartialEq, Eq)]
struct Stat {
    pid: u32,
    state: char,
    parent: u32,
    threads: u32,
}

fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// The name of a process may have blanks and brackets in it: what counts begins behind the last one.
fn parse(text: &str) -> Option<Stat> {
    let (pid, _) = text.split_once(' ')?;
    let (_, rest) = text.rsplit_once(") ")?;
    let mut words = rest.split(' ');
    let state = words.next()?.chars().next()?;
    let parent = words.next()?.parse().ok()?;
    let threads = words.nth(15)?.parse().ok()?;
    Some(Stat { pid: pid.parse().ok()?, state, parent, threads })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_hides_nothing() {
        let text = "42 (a) S (b) Z 7 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 3 0 100 0 0";
        assert_eq!(parse(text), Some(Stat { pid: 42, state: 'Z', parent: 7, threads: 3 }));
        assert_eq!(parse("42 (x) S"), None);
        let own = stat(std::process::id()).unwrap();
        assert_eq!((own.pid, own.threads > 0), (std::process::id(), true));
    }

    #[test]
    fn who_listens_is_found_and_counted() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let addr = listener.local_addr().unwrap();
        let found = servers(addr);
        assert_eq!(found, [std::process::id()]);
        let census = count(&found).unwrap();
        assert!(census.processes >= 1 && census.memory_kib > 100 && census.descriptors > 3, "{census:?}");
        drop(listener);
        assert_eq!(count(&[]), None);
    }
}
