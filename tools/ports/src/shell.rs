//! Where the sockets come from: sock_diag, /proc and the services database.
#![expect(clippy::disallowed_methods, reason = "the shell: reads the services database")]

pub mod bind;
mod cgroups;
pub mod clock;
mod closes;
pub mod confine;
mod dump;
pub mod elsewhere;
pub mod filter;
pub mod free;
pub mod lookups;
pub mod netns;
pub mod netstat;
mod processes;
pub mod resolve;
pub mod settings;
pub mod sockopts;
pub mod ss;
mod trace;
pub mod wait;
pub mod watch;

use sockeye_common::addr::Service;
use sockeye_sys::{Protocol, interface};

use crate::cli::WantedOwners;
use crate::entry::Listed;
use crate::explain::OwnerSearch;
use crate::names::Names;
use crate::owners::Holders;
use crate::target::Target;

pub use dump::{Gathered, Survey, gather, listing, survey};

/// The services database.
///
/// # Source
/// services(5).
const SERVICES: &str = "/etc/services";

/// The names that a listing of `sockets` needs. A missing services database is an empty one.
pub fn names<T: Listed>(sockets: &[T], numeric: bool) -> Names {
    let mut names = Names::default();
    let mut indices: Vec<u32> = sockets.iter().filter_map(Listed::interface).collect();
    indices.sort_unstable();
    indices.dedup();
    for index in indices {
        if let Some(name) = interface::name(index) {
            names.add_interface(index, &name);
        }
    }
    if !numeric && let Ok(database) = std::fs::read(SERVICES) {
        names.add_services(&database);
    }
    names
}

/// Who holds the sockets and their peers, and how the search for that went.
pub fn holders<T: Listed>(sockets: &[T], wanted: WantedOwners) -> (Holders, OwnerSearch) {
    let mut inodes: Vec<u32> =
        sockets.iter().flat_map(|socket| [socket.inode(), socket.peer_inode()]).flatten().collect();
    inodes.sort_unstable();
    inodes.dedup();
    processes::search(&inodes, wanted)
}

/// The port that a target means for a protocol, looked up in the services database if it has a name.
pub fn port_of(target: &Target, protocol: Protocol) -> Option<u16> {
    match &target.service {
        Service::Number(port) => Some(*port),
        Service::Name(name) => bind::service(protocol, name),
    }
}

/// Whether this is root, at least of its user namespace: more privilege is then not to be had.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}
