//! Hosts and links, made: network namespaces and veth pairs.
//!
//! They vanish with the processes that are in them and with the handles here; nothing has a name on the machine.

use std::process::Command;
use std::time::Duration;

use sockeye_cli::Failure;
use sockeye_sys::{CallError, NetNs, interface, link, namespace};

use crate::explain::Event;
use crate::topology::{Address, End, Topology};

/// The kernel looks at the carrier of a new link when it has time for it.
const LINK_DEADLINE: Duration = Duration::from_secs(10);

/// A host.
#[derive(Debug)]
pub struct Host {
    /// Its name.
    pub name: &'static str,
    /// Its network, or `None` if that is the network of this process.
    netns: Option<NetNs>,
}

impl Host {
    /// Makes `command` run here, and end no later than this thread does.
    ///
    /// # Errors
    /// [`CallError`] if there are no more file descriptors.
    pub fn adopt<'a>(&self, command: &'a mut Command) -> Result<&'a mut Command, CallError> {
        let command = namespace::die_with_parent(command);
        match &self.netns {
            Some(netns) => namespace::command_in(command, netns),
            None => Ok(command),
        }
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
}

/// The hosts of an experiment.
#[derive(Debug)]
pub struct Network {
    hosts: Vec<Host>,
}

impl Network {
    /// Makes the hosts and links of `topology`, ready to carry packets. Needs `CAP_SYS_ADMIN` ([`super::privilege`]).
    ///
    /// Checksums are computed by the hosts, not left to hardware that is not there, so that a capture shows what a real
    /// wire would carry. IPv6 addresses are left out where the kernel has no IPv6.
    ///
    /// # Errors
    /// [`CallError`] of the first call that failed.
    pub fn build(topology: &Topology, explain: &mut dyn FnMut(Event)) -> Result<Self, CallError> {
        let mut network = Self { hosts: Vec::new() };
        for name in topology.hosts {
            network.hosts.push(Host { name, netns: Some(NetNs::create()?) });
            explain(Event::Host { host: name });
        }
        for cable in topology.links {
            network.plug(&cable.ends)?;
            for end in cable.ends {
                let addresses = network.configure(&end)?;
                let End { host, interface, .. } = end;
                explain(Event::Plugged { host, interface, addresses, tx_checksum_offload: false });
            }
            for end in cable.ends {
                network.at(end.host, || link::wait_until_running(end.interface, LINK_DEADLINE))?;
            }
        }
        Ok(network)
    }

    /// Lets the hosts of `topology` all be this machine.
    pub fn loopback(topology: &Topology) -> Self {
        Self { hosts: topology.hosts.iter().map(|name| Host { name, netns: None }).collect() }
    }

    /// The host of that name.
    ///
    /// # Errors
    /// [`Failure`] if the topology has none: a mistake of the experiment.
    pub fn host(&self, name: &str) -> Result<&Host, Failure> {
        let unknown = || Failure::host(format!("host {name}: not in this network"));
        self.hosts.iter().find(|host| host.name == name).ok_or_else(unknown)
    }

    fn plug(&self, ends: &[End; 2]) -> Result<(), CallError> {
        let [near, far] = ends;
        let peer = self.hosts.iter().find(|host| host.name == far.host).and_then(|host| host.netns.as_ref());
        self.at(near.host, || link::create_veth(near.interface, far.interface, peer))
    }

    fn configure(&self, end: &End) -> Result<Vec<Address>, CallError> {
        let End { host, interface, addresses } = *end;
        self.at(host, || {
            interface::set_tx_checksum_offload(interface, false)?;
            interface::bring_up(interface)?;
            let mut given = Vec::new();
            for address in addresses {
                match link::add_address(interface, address.addr, address.prefix) {
                    Ok(()) => given.push(*address),
                    Err(_) if address.addr.is_ipv6() => {}
                    Err(error) => return Err(error),
                }
            }
            Ok(given)
        })
    }

    fn at<T: Send>(&self, host: &str, work: impl FnOnce() -> Result<T, CallError> + Send) -> Result<T, CallError> {
        match self.hosts.iter().find(|known| known.name == host) {
            Some(host) => host.run(work)?,
            // A test holds topologies to naming only hosts that they have.
            None => work(),
        }
    }
}
