//! What /proc tells of this network namespace and its processes, besides the sockets.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc")]

use std::fs;
use std::io;
use std::ops::RangeInclusive;
use std::path::Path;
use std::str::FromStr;

use sockeye_cli::escape::escape;
use sockeye_sys::{Listed, nftables};

use crate::byte_order;
use crate::lesson::facts::Limits;
use crate::netstat::groups::{self, Group};
use crate::reach::Firewall;
use crate::why::range;

/// What is set under `/proc/sys/net`: `ipv4/tcp_syn_retries`.
pub fn setting(name: &str) -> Option<String> {
    fs::read_to_string(format!("/proc/sys/net/{name}")).ok()
}

/// The same, where it is a number.
pub fn number<N: FromStr>(name: &str) -> Option<N> {
    setting(name)?.trim().parse().ok()
}

/// The ports that the kernel hands out by itself; the usual ones if it does not say.
pub fn ephemeral() -> RangeInclusive<u16> {
    setting("ipv4/ip_local_port_range")
        .and_then(|text| range::ephemeral(&text))
        .unwrap_or(byte_order::DEFAULT_EPHEMERAL)
}

/// How often TCP tries here. What cannot be read is unknown.
pub fn limits() -> Limits {
    // Since Linux 6.5.
    let linear = number::<u8>("ipv4/tcp_syn_linear_timeouts").unwrap_or(0);
    Limits {
        syn_retries: number("ipv4/tcp_syn_retries").filter(|_| linear == 0),
        orphan_retries: number("ipv4/tcp_orphan_retries"),
        synack_retries: number("ipv4/tcp_synack_retries"),
        retries2: number("ipv4/tcp_retries2"),
    }
}

/// The counters of TCP, as the kernel writes them. Empty if they cannot be read.
pub fn tcp_counters() -> String {
    // That of the process would be the namespace of its first thread.
    fs::read_to_string("/proc/thread-self/net/netstat").unwrap_or_default()
}

/// The multicast groups that the interfaces have joined. A list that cannot be read has none.
pub fn groups() -> Vec<Group> {
    let list = |name| fs::read_to_string(format!("/proc/thread-self/net/{name}")).unwrap_or_default();
    [groups::parse_ipv4(&list("igmp")), groups::parse_ipv6(&list("igmp6"))].concat()
}

/// Which packet filters are loaded in this network namespace; nothing of their rules is read.
pub fn firewall() -> Firewall {
    let mut loaded = match nftables::tables() {
        Ok(Listed { doubt: Some(_), .. }) | Err(_) => return Firewall::Unknown,
        Ok(Listed { rows, doubt: None }) => {
            let name = |table: nftables::Table| format!("{} {}", table.family, escape(&table.name));
            rows.into_iter().map(name).collect::<Vec<_>>()
        }
    };
    // Those of the older iptables; its successor makes tables of nftables.
    for (list, program) in [("ip_tables_names", "iptables"), ("ip6_tables_names", "ip6tables")] {
        match fs::read_to_string(format!("/proc/thread-self/net/{list}")) {
            Ok(names) => loaded.extend(names.lines().map(|name| format!("{program} {}", escape(name)))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(_) => return Firewall::Unknown,
        }
    }
    Firewall::Loaded(loaded)
}

/// Why no socket of this network namespace was found with a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Without {
    /// There is no such process.
    Process,
    /// We may not look into it.
    Permission,
    /// It is in another network namespace.
    Namespace,
    /// It has none.
    Socket,
}

/// Why no socket of this network namespace was found with a process.
pub fn without_sockets(pid: u32) -> Without {
    let namespace = |process: &str| fs::read_link(format!("/proc/{process}/ns/net"));
    match fs::read_dir(format!("/proc/{pid}/fd")) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Without::Permission,
        Err(_) => Without::Process,
        Ok(_) => match (namespace(&pid.to_string()), namespace("thread-self")) {
            (Ok(its), Ok(ours)) if its != ours => Without::Namespace,
            _ => Without::Socket,
        },
    }
}

/// Whether there is a process with this number.
pub fn process_exists(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}
