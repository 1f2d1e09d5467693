//! The sockets of a selection, as the kernel lists them.

use std::collections::HashMap;

use sockeye_cli::Failure;
use sockeye_sys::sock_diag::{DumpError, PacketShow, Request, SockDiag, StateMask, UnixName, UnixShow, UnixSocket};
use sockeye_sys::{Family, Protocol};

use crate::entry::{Entry, NetlinkEntry, PacketEntry, UnixEntry, VsockEntry};
use crate::explain::Event;
use crate::kind::{Kind, Kinds};
use crate::record::Coded;
use crate::selection::Selection;
use crate::socket::Socket;

/// The sockets of a selection, as the kernel lists them, in no particular order.
///
/// # Errors
/// [`Failure`] if the kernel does not list TCP or UDP. Kinds that a kernel may lack are then empty.
pub fn dump(selection: &Selection, explain: &mut dyn FnMut(Event)) -> Result<Vec<Entry>, Failure> {
    let diag = SockDiag::open().map_err(|error| unopened(&error))?;
    let mut dump = Dump { diag, entries: Vec::new(), selection, explain };
    for (kind, request) in selection.requests() {
        dump.inet(kind, &request)?;
    }
    if selection.kinds.intersects(Kinds::UNIX) {
        dump.unix()?;
    }
    if selection.kinds.intersects(Kinds::PACKET) && selection.states.intersects(StateMask::CLOSED) {
        dump.packet()?;
    }
    if selection.kinds.intersects(Kinds::NETLINK) && selection.states.intersects(StateMask::CLOSED) {
        dump.netlink()?;
    }
    if selection.kinds.intersects(Kinds::VSOCK) {
        dump.vsock()?;
    }
    Ok(dump.entries)
}

/// A dump on its way.
struct Dump<'a> {
    diag: SockDiag,
    entries: Vec<Entry>,
    selection: &'a Selection,
    explain: &'a mut dyn FnMut(Event),
}

impl Dump<'_> {
    fn inet(&mut self, kind: Kind, request: &Request) -> Result<(), Failure> {
        let details = !request.extensions.is_empty();
        let entries = &mut self.entries;
        let dumped = self.diag.dump(request, &mut |row| entries.push(Entry::Inet(Socket::new(kind, row, details))));
        match dumped {
            Ok(dumped) => (self.explain)(Event::dumped(request, dumped)),
            // Nothing has come, and without the program more comes than is wanted, never less.
            Err(error) if !request.bytecode.is_empty() && matches!(error, DumpError::Refused { .. }) => {
                (self.explain)(Event::ProgramRefused { answer: error.to_string() });
                return self.inet(kind, &Request { bytecode: Vec::new(), ..request.clone() });
            }
            Err(error) if error.is_unsupported() && !Kinds::TCP_UDP.contains(kind) => self.not_listed(&error),
            Err(error) => return Err(refused(request.protocol, &error)),
        }
        Ok(())
    }

    /// Every Unix-domain socket is asked for, also those that are not wanted: one may be the peer of another.
    fn unix(&mut self) -> Result<(), Failure> {
        let show = UnixShow(u32::MAX);
        let mut rows: Vec<UnixSocket> = Vec::new();
        let dumped = self.diag.dump_unix(StateMask(u32::MAX), show, &mut |row| rows.push(row));
        let about = (Family::UNIX, Some(StateMask::ALL));
        if !self.told(about, dumped)? {
            return Ok(());
        }
        let names: HashMap<u32, UnixName> = rows
            .iter()
            .filter_map(|row| Some((row.inode, row.name.clone()?)))
            .filter(|(inode, _)| *inode != 0)
            .collect();
        for row in rows {
            if self.selection.wants(Kind::unix(row.socket_type), row.state.into()) {
                let peer_name = row.peer.and_then(|peer| names.get(&peer).cloned());
                self.entries.push(Entry::Unix(UnixEntry { row: Box::new(row), peer_name }));
            }
        }
        Ok(())
    }

    fn packet(&mut self) -> Result<(), Failure> {
        let (kinds, entries) = (self.selection.kinds, &mut self.entries);
        let dumped = self.diag.dump_packet(PacketShow(u32::MAX), &mut |row| {
            if kinds.contains(Kind::packet(row.socket_type)) {
                entries.push(Entry::Packet(PacketEntry { row: Box::new(row) }));
            }
        });
        self.told((Family::PACKET, None), dumped).map(drop)
    }

    fn netlink(&mut self) -> Result<(), Failure> {
        let entries = &mut self.entries;
        let dumped = self.diag.dump_netlink(&mut |row| {
            entries.push(Entry::Netlink(NetlinkEntry { row: Box::new(row) }));
        });
        self.told((Family::NETLINK, None), dumped).map(drop)
    }

    fn vsock(&mut self) -> Result<(), Failure> {
        let (selection, entries) = (self.selection, &mut self.entries);
        let states = selection.states;
        let dumped = self.diag.dump_vsock(states, &mut |row| {
            if selection.wants(Kind::vsock(row.socket_type), row.state.into()) {
                entries.push(Entry::Vsock(VsockEntry { row: Box::new(row) }));
            }
        });
        self.told((Family::VSOCK, Some(states)), dumped).map(drop)
    }

    /// Explains how a dump of a family went. A family that the kernel lacks has no sockets.
    fn told(
        &mut self,
        (family, states): (Family, Option<StateMask>),
        dumped: Result<sockeye_sys::sock_diag::Dumped, DumpError>,
    ) -> Result<bool, Failure> {
        match dumped {
            Ok(dumped) => {
                let states = states.map(|states| states.0);
                let (rows, interrupted) = (dumped.rows, dumped.interrupted);
                (self.explain)(Event::FamilyDumped { family: Coded::family(family), states, rows, interrupted });
                Ok(true)
            }
            Err(error) if error.is_unsupported() => {
                self.not_listed(&error);
                Ok(false)
            }
            Err(error) => Err(Failure::host(error.to_string())),
        }
    }

    fn not_listed(&mut self, error: &DumpError) {
        (self.explain)(Event::NotListed { answer: error.to_string() });
    }
}

fn unopened(error: &DumpError) -> Failure {
    let failure = Failure::host(error.to_string());
    if error.is_unsupported() {
        failure.hint("this kernel has no sock_diag, and /proc/net is not read")
    } else {
        failure
    }
}

fn refused(protocol: Protocol, error: &DumpError) -> Failure {
    let failure = Failure::host(error.to_string());
    match (error.is_unsupported(), Kind::of_protocol(protocol)) {
        (true, Some(kind)) => {
            let module = kind.netid();
            failure.hint(format!("needs the kernel module {module}_diag: try modprobe {module}_diag as root"))
        }
        _ => failure,
    }
}

#[cfg(test)]
mod tests {
    use sockeye_cli::Status;
    use sockeye_sys::sock_diag::About;

    use super::*;

    #[test]
    fn a_kernel_without_udp_diag_is_told_apart_from_a_denial() {
        let about = About { family: Family::INET6, protocol: Some(Protocol::UDP) };
        let failure = |errno| refused(Protocol::UDP, &DumpError::Refused { about, errno });
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
