//! Kernel settings of a network namespace: files under /proc/sys, as the calling thread sees them.

use std::{fs, io};

use sockeye_cli::{Failure, Status};
use sockeye_sys::interface;

use crate::model::NodeKind;

/// So that a new address can be used at once, and nothing is on the wire that nobody asked for. What a kernel does not
/// have it does not do either.
const QUIET: [(&str, &str); 15] = [
    // IPv4 settings of a new namespace are those of the machine: here they are the kernel's own.
    ("net.ipv4.conf.all.rp_filter", "0"),
    ("net.ipv4.conf.default.rp_filter", "0"),
    ("net.ipv4.conf.all.accept_redirects", "1"),
    ("net.ipv4.conf.default.accept_redirects", "1"),
    ("net.ipv4.conf.all.send_redirects", "1"),
    ("net.ipv4.conf.default.send_redirects", "1"),
    ("net.ipv4.conf.all.log_martians", "0"),
    ("net.ipv4.conf.default.log_martians", "0"),
    // That of the books, and the one that every kernel has and lets every namespace use.
    ("net.ipv4.tcp_congestion_control", "reno"),
    // No duplicate address detection, which takes a second or two.
    ("net.ipv6.conf.default.accept_dad", "0"),
    ("net.ipv6.conf.default.dad_transmits", "0"),
    // Nobody answers router solicitations here.
    ("net.ipv6.conf.default.router_solicitations", "0"),
    ("net.ipv6.conf.default.accept_ra", "0"),
    // An interface speaks IPv6 when it is given an IPv6 address.
    ("net.ipv6.conf.default.disable_ipv6", "1"),
    ("net.ipv6.conf.lo.disable_ipv6", "0"),
];

/// Makes the namespace of the calling thread one for such a node.
pub(super) fn prepare(kind: NodeKind) -> Result<(), Failure> {
    be_silent();
    // Any user may send echo requests. Inside a user namespace there is one group.
    if write("net.ipv4.ping_group_range", "0 2147483647").is_err() {
        let _ = write("net.ipv4.ping_group_range", "0 0");
    }
    if kind == NodeKind::Router {
        set("net.ipv4.ip_forward", "1")?;
        if has_ipv6() {
            set("net.ipv6.conf.all.forwarding", "1")?;
        }
    }
    Ok(())
}

/// Lets the namespace of the calling thread send nothing of its own.
pub(in crate::shell) fn be_silent() {
    for (name, value) in QUIET {
        let _ = write(name, value);
    }
}

/// Sets `name`, with dots as sysctl(8) has it; `offload.eth0` says whether that interface is left to compute checksums.
pub(super) fn set(name: &str, value: &str) -> Result<(), Failure> {
    if let Some(interface) = name.strip_prefix("offload.") {
        let done = interface::set_tx_checksum_offload(interface, value == "on");
        return done.map_err(|error| Failure::host(error.to_string()));
    }
    write(name, value).map_err(|error| Failure::call(Status::HOST, "write", path(name), &error))
}

/// Whether the kernel has IPv6.
pub(super) fn has_ipv6() -> bool {
    fs::exists(path("net.ipv6.conf.all.forwarding")).unwrap_or(false)
}

/// Lets an interface speak IPv6. Where the kernel has none, the address is refused.
pub(super) fn enable_ipv6(interface: &str) {
    let _ = write(&format!("net.ipv6.conf.{interface}.disable_ipv6"), "0");
}

fn write(name: &str, value: &str) -> io::Result<()> {
    fs::write(path(name), value)
}

fn path(name: &str) -> String {
    format!("/proc/sys/{}", name.replace('.', "/"))
}
