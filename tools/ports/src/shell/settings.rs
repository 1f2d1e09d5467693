//! What /proc tells of this network namespace and its processes, besides the sockets.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc")]

use std::fs;
use std::path::Path;

use crate::lesson::facts::Limits;

/// How often TCP tries here. What cannot be read is unknown.
pub fn limits() -> Limits {
    let number = |name: &str| fs::read_to_string(format!("/proc/sys/net/ipv4/{name}")).ok()?.trim().parse().ok();
    Limits {
        syn_retries: number("tcp_syn_retries"),
        synack_retries: number("tcp_synack_retries"),
        retries2: number("tcp_retries2"),
    }
}

/// The counters of TCP, as the kernel writes them. Empty if they cannot be read.
pub fn tcp_counters() -> String {
    // That of the process would be the namespace of its first thread.
    fs::read_to_string("/proc/thread-self/net/netstat").unwrap_or_default()
}

/// Whether there is a process with this number.
pub fn process_exists(pid: u32) -> bool {
    Path::new("/proc").join(pid.to_string()).exists()
}
