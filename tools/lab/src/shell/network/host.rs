//! A node of a network: its namespace, and how commands get into it.

use std::fs;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::path::{Path, PathBuf};
use std::process::Command;

use sockeye_cli::{Failure, Status};
use sockeye_sys::sock_diag::{Request, SockDiag, SocketId};
use sockeye_sys::{CallError, Family, NetNs, Protocol, interface, link, namespace, route};

use super::{BRIDGE, failure, settings};
use crate::model::{self, Address, End, Node, NodeKind, Route};

/// A host, router or switch.
#[derive(Debug)]
pub struct Host {
    /// Its name.
    pub name: String,
    /// What it does with what is not for it.
    pub kind: NodeKind,
    /// Its network, or `None` if that is the network of this process.
    netns: Option<NetNs>,
    /// Its place among the nodes, from 1; part of its MAC addresses.
    number: u16,
    /// What its processes see in place of the machine's files: where it is kept, and where it appears.
    files: Vec<(PathBuf, PathBuf)>,
}

impl Host {
    /// Makes the node that is at `index`, with its loopback interface up.
    pub(super) fn create(
        node: &Node,
        index: usize,
        network: &model::Network,
        folder: Option<&Path>,
    ) -> Result<Self, Failure> {
        let netns = NetNs::create().map_err(failure)?;
        netns.run(|| settings::prepare(node.kind)).map_err(failure)??;
        let mut files = Vec::new();
        for file in network.files.iter().filter(|file| file.node == node.name) {
            files.push(keep(folder, &file.node, &file.path, &file.text)?);
        }
        let number = u16::try_from(index.saturating_add(1)).unwrap_or(0);
        Ok(Self { name: node.name.clone(), kind: node.kind, netns: Some(netns), number, files })
    }

    /// A node that is this machine.
    pub(super) fn this_machine(node: &Node) -> Self {
        Self { name: node.name.clone(), kind: node.kind, netns: None, number: 0, files: Vec::new() }
    }

    /// Makes `command` run here, with the files of this host, and end no later than this thread does.
    ///
    /// # Errors
    /// [`CallError`] if there are no more file descriptors.
    pub fn adopt<'a>(&self, command: &'a mut Command) -> Result<&'a mut Command, CallError> {
        let command = namespace::die_with_parent(command);
        let Some(netns) = &self.netns else { return Ok(command) };
        let command = namespace::command_in(command, netns)?;
        if self.files.is_empty() { Ok(command) } else { namespace::command_with_files(command, &self.files) }
    }

    /// Calls `work` here, on a thread made for that.
    ///
    /// # Errors
    /// [`CallError`] if the namespace cannot be entered.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, CallError> {
        match &self.netns {
            Some(netns) => netns.run(work),
            None => Ok(work()),
        }
    }

    /// Its network namespace, if it has one of its own.
    pub fn netns(&self) -> Option<&NetNs> {
        self.netns.as_ref()
    }

    /// As [`Host::run`], for what makes one system call.
    pub(super) fn at<T: Send>(&self, work: impl FnOnce() -> Result<T, CallError> + Send) -> Result<T, Failure> {
        self.run(work).and_then(|done| done).map_err(failure)
    }

    /// Brings an interface up, as an end of a link: no offload, a MAC address that is always the same.
    pub(super) fn prepare(&self, end: &End) -> Result<(), Failure> {
        let interface = end.interface.as_str();
        self.at(|| {
            // Not every kind of interface has these switches; one that has none does not do it.
            let _ = interface::set_tx_checksum_offload(interface, false);
            let _ = interface::set_segmentation_offload(interface, false);
            if let Some(addr) = self.hardware_address(interface) {
                link::set_hardware_address(interface, addr)?;
            }
            if let Some(mtu) = end.mtu {
                link::set_mtu(interface, mtu)?;
            }
            if self.kind == NodeKind::Switch {
                link::set_master(interface, BRIDGE)?;
            }
            interface::bring_up(interface)
        })
    }

    /// Gives an interface an address.
    pub(super) fn give(&self, interface: &str, address: Address) -> Result<(), CallError> {
        self.run(|| {
            if address.addr.is_ipv6() {
                settings::enable_ipv6(interface);
            }
            link::add_address(interface, address.addr, address.prefix)
        })?
    }

    /// Adds a route, or removes one.
    pub(super) fn route(&self, described: &Route, add: bool) -> Result<(), CallError> {
        let everywhere = match described.via {
            Some(IpAddr::V6(_)) => IpAddr::from(Ipv6Addr::UNSPECIFIED),
            _ => Ipv4Addr::UNSPECIFIED.into(),
        };
        let to = described.to.map_or((everywhere, 0), |to| (to.addr, to.prefix));
        let route = route::Route { to, via: described.via, interface: described.interface.as_deref() };
        self.run(|| if add { route::add(&route) } else { route::remove(&route) })?
    }

    /// Destroys the TCP sockets that no process has. Where the kernel cannot, they end when their timers have run out.
    pub(super) fn forget_orphans(&self) {
        let Some(netns) = &self.netns else { return };
        let forget = || {
            let mut diag = SockDiag::open().ok()?;
            let mut orphans = Vec::new();
            let request = Request::new(Family::UNSPEC, Protocol::TCP);
            diag.dump(&request, &mut |row| orphans.extend((row.inode == 0).then(|| SocketId::from(&row)))).ok()?;
            for orphan in &orphans {
                let _ = diag.destroy(orphan);
            }
            Some(())
        };
        let _ = netns.run(forget);
    }

    /// Locally administered, with the number of the node and of the interface: 02:00:00:00:01:00 is eth0 of the first.
    fn hardware_address(&self, interface: &str) -> Option<[u8; 6]> {
        let digits = interface.trim_start_matches(|letter: char| !letter.is_ascii_digit());
        let port = if digits.is_empty() { 0 } else { digits.parse().ok()? };
        let [high, low] = self.number.to_be_bytes();
        (self.number > 0).then_some([0x02, 0, 0, high, low, port])
    }
}

/// Writes a file of a host where it can be mounted from.
fn keep(folder: Option<&Path>, node: &str, path: &str, text: &str) -> Result<(PathBuf, PathBuf), Failure> {
    let folder = folder.ok_or_else(|| Failure::host(format!("file {node} {path}: there is no folder for it")))?;
    let target = PathBuf::from(path);
    if !fs::exists(&target).unwrap_or(false) {
        let failure = Failure::host(format!("file {node} {path}: this machine has no such file to put it over"));
        return Err(failure.hint("make an empty one, or use another path"));
    }
    let source = folder.join(format!("{node}{}", path.replace('/', "_")));
    let failed = |error: io::Error| Failure::call(Status::HOST, "write", source.display(), &error);
    fs::write(&source, text).map_err(failed)?;
    Ok((source, target))
}
