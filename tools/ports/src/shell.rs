//! Where the sockets come from: sock_diag, /proc and the services database.
#![expect(clippy::disallowed_methods, reason = "the shell: reads the services database")]

mod processes;

use sockeye_cli::Failure;
use sockeye_sys::Family;
use sockeye_sys::interface;
use sockeye_sys::sock_diag::{DumpError, Request, SockDiag};

use crate::cli::WantedOwners;
use crate::explain::{Event, OwnerSearch};
use crate::names::Names;
use crate::owners::Holders;
use crate::selection::Selection;
use crate::socket::{Socket, protocol_label};

/// The services database.
///
/// # Source
/// services(5).
const SERVICES: &str = "/etc/services";

/// The sockets of a selection, as the kernel lists them.
///
/// # Errors
/// [`Failure`] if the kernel does not list them. Nothing is then known of the others either.
pub fn dump(selection: &Selection, explain: &mut dyn FnMut(Event)) -> Result<Vec<Socket>, Failure> {
    let mut diag = SockDiag::open().map_err(|error| unopened(&error))?;
    let mut sockets = Vec::new();
    for request in selection.requests() {
        let dumped = diag
            .dump(&request, &mut |row| sockets.push(Socket::new(&row)))
            .map_err(|error| refused(&request, &error))?;
        explain(Event::dumped(&request, dumped));
    }
    Ok(sockets)
}

fn unopened(error: &DumpError) -> Failure {
    let failure = Failure::host(error.to_string());
    if error.is_unsupported() {
        failure.hint("this kernel has no sock_diag, and /proc/net is not read")
    } else {
        failure
    }
}

fn refused(request: &Request, error: &DumpError) -> Failure {
    let failure = Failure::host(error.to_string());
    if error.is_unsupported() {
        let protocol = protocol_label(request.protocol, Family::INET);
        failure.hint(format!("needs the kernel module {protocol}_diag: try modprobe {protocol}_diag as root"))
    } else {
        failure
    }
}

/// The names that a listing of `sockets` needs. A missing services database is an empty one.
pub fn names(sockets: &[Socket], numeric: bool) -> Names {
    let mut names = Names::default();
    let mut indices: Vec<u32> = sockets.iter().filter_map(|socket| socket.interface).collect();
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

/// Who holds the sockets, and how the search for that went.
pub fn holders(sockets: &[Socket], wanted: WantedOwners) -> (Holders, OwnerSearch) {
    let mut inodes: Vec<u32> = sockets.iter().filter_map(|socket| socket.inode).collect();
    inodes.sort_unstable();
    inodes.dedup();
    processes::search(&inodes, wanted)
}

/// Whether this is root, at least of its user namespace: more privilege is then not to be had.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0)
}

#[cfg(test)]
mod tests {
    use sockeye_cli::Status;
    use sockeye_sys::Protocol;

    use super::*;

    #[test]
    fn a_kernel_without_udp_diag_is_told_apart_from_a_denial() {
        let request = Request::new(Family::INET6, Protocol::UDP);
        let failure = |errno| refused(&request, &DumpError::Refused { request, errno });
        // ENOENT, EACCES.
        assert_eq!(
            failure(2).to_string(),
            "sock_diag AF_INET6 IPPROTO_UDP: No such file or directory (needs the kernel module udp_diag: try modprobe \
             udp_diag as root)"
        );
        assert_eq!(failure(13).to_string(), "sock_diag AF_INET6 IPPROTO_UDP: Permission denied");
        assert_eq!(failure(13).status(), Status::HOST);
    }
}
