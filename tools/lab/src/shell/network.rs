//! Hosts and what lies between them, made: network namespaces, veth pairs, bridges, and wires of our own.
//!
//! They vanish with the processes that are in them and with the handles here; nothing has a name on the machine.
//!
//! - [`host`]: a node, and how commands get onto it
//! - [`settings`]: what a kernel is told so that it behaves as a book says

pub mod host;
pub mod settings;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sockeye_cli::Failure;
use sockeye_sys::{CallError, interface, link};

pub use host::Host;

use super::wire::{self, Held, OnFrame, Passed, Wire};
use crate::explain::Event;
use crate::model::{self, Address, Condition, End, Medium, NodeKind, Route, Setting};

/// The kernel looks at the carrier of a new link when it has time for it.
const LINK_DEADLINE: Duration = Duration::from_secs(10);
/// The interface of a switch that has the others as its ports.
const BRIDGE: &str = "bridge";

/// What a network needs besides its description.
#[derive(Clone, Default)]
pub struct Setup {
    /// From where the chances of all wires come: the same seed, the same fates.
    pub seed: u64,
    /// Where the files of the hosts are kept; needed if there are any.
    pub folder: Option<PathBuf>,
    /// Who is told of each frame on a wire, as soon as the network is made. Called on the threads of the wires: it must not wait.
    pub on_frame: Option<OnFrame>,
}

impl Setup {
    /// The same, but nobody is told of frames before the network is ready: they go to interfaces that are not up yet.
    fn waiting_for(&self, ready: &Arc<AtomicBool>) -> Self {
        let on_frame = self.on_frame.clone().map(|on_frame| -> OnFrame {
            let ready = Arc::clone(ready);
            Arc::new(move |passed| {
                if ready.load(Ordering::Acquire) {
                    on_frame(passed);
                }
            })
        });
        Self { on_frame, ..self.clone() }
    }
}

impl fmt::Debug for Setup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Setup").field("seed", &self.seed).field("folder", &self.folder).finish_non_exhaustive()
    }
}

/// The hosts of an experiment, and what lies between them. Dropping it removes all of it.
#[derive(Debug)]
pub struct Network {
    // The wires end before the interfaces that they hold.
    wires: BTreeMap<String, Wire>,
    hosts: Vec<Host>,
    /// The links by name.
    links: Vec<model::Link>,
    /// What each interface has been given, for when it comes up again.
    given: Mutex<Given>,
    /// Whether frames on wires are told of: not while all this is made, or removed.
    told: Arc<AtomicBool>,
}

impl Drop for Network {
    /// The processes have ended by now, but not all of their connections: what has no process any more may try for minutes to
    /// reach its peer, and would keep its namespace alive for as long.
    fn drop(&mut self) {
        self.told.store(false, Ordering::Release);
        self.hosts.iter().for_each(Host::forget_orphans);
    }
}

/// Addresses and routes as they are now.
#[derive(Debug, Default)]
struct Given {
    addresses: Vec<(String, String, Address)>,
    routes: Vec<Route>,
}

impl Network {
    /// Makes the hosts and links of `description`, ready to carry packets. Needs `CAP_SYS_ADMIN` ([`super::privilege`]).
    ///
    /// Checksums are computed by the hosts, not left to hardware that is not there, so that a capture shows what a real
    /// wire would carry. IPv6 addresses are left out where the kernel has no IPv6. The order is: nodes, links, addresses,
    /// settings, routes.
    ///
    /// # Errors
    /// [`Failure`] of the first thing that failed, with the call and what it was about.
    pub fn build(description: &model::Network, setup: &Setup, explain: &mut dyn FnMut(Event)) -> Result<Self, Failure> {
        let mut network = Self::empty();
        let setup = &setup.waiting_for(&network.told);
        for (index, node) in description.nodes.iter().enumerate() {
            let host = Host::create(node, index, description, setup.folder.as_deref())?;
            if node.kind == NodeKind::Switch {
                host.at(|| link::create_bridge(BRIDGE).and_then(|()| interface::bring_up(BRIDGE)))?;
            }
            network.hosts.push(host);
            explain(Event::Host { host: node.name.clone() });
        }
        for link in &description.links {
            network.lay(link, setup)?;
            for end in &link.ends {
                let addresses = network.configure(end)?;
                let (host, interface) = (end.node.clone(), end.interface.clone());
                explain(Event::Plugged { host, interface, addresses, tx_checksum_offload: false });
            }
        }
        for link in &description.links {
            network.wait(link)?;
        }
        for setting in &description.settings {
            network.set(setting)?;
        }
        for route in &description.routes {
            network.route(route, true)?;
        }
        network.told.store(true, Ordering::Release);
        Ok(network)
    }

    /// Lets the hosts of `description` all be this machine.
    pub fn loopback(description: &model::Network) -> Self {
        let mut network = Self::empty();
        network.hosts = description.nodes.iter().map(Host::this_machine).collect();
        network
    }

    fn empty() -> Self {
        Self {
            wires: BTreeMap::new(),
            hosts: Vec::new(),
            links: Vec::new(),
            given: Mutex::default(),
            told: Arc::new(AtomicBool::new(false)),
        }
    }

    /// The nodes, as they were described.
    pub fn hosts(&self) -> &[Host] {
        &self.hosts
    }

    /// The host of that name.
    ///
    /// # Errors
    /// [`Failure`] if the network has none: a mistake of the experiment.
    pub fn host(&self, name: &str) -> Result<&Host, Failure> {
        let unknown = || Failure::host(format!("host {name}: not in this network"));
        self.hosts.iter().find(|host| host.name == name).ok_or_else(unknown)
    }

    /// Lets nothing through a wire any more, and loses what is on it. The interfaces at its ends stay up.
    ///
    /// # Errors
    /// [`Failure`] if it is no wire.
    pub fn cut(&self, link: &str) -> Result<(), Failure> {
        self.wire(link)?.cut(true);
        Ok(())
    }

    /// Ends that.
    ///
    /// # Errors
    /// [`Failure`] if it is no wire.
    pub fn restore(&self, link: &str) -> Result<(), Failure> {
        self.wire(link)?.cut(false);
        Ok(())
    }

    /// The frames that are on wires at this moment. About all others somebody was told by the time `meanwhile` is called, and
    /// about none of these before it returns.
    pub fn under_way(&self, meanwhile: impl FnOnce()) -> Vec<Passed> {
        let held: Vec<Held<'_>> = self.wires.values().map(Wire::hold).collect();
        let under_way = held.iter().flat_map(Held::under_way).collect();
        meanwhile();
        under_way
    }

    /// Changes what a wire does with frames from `from`, or from both ends. Frames that are on their way are not affected.
    ///
    /// # Errors
    /// [`Failure`] if it is no wire, or has no end at `from`.
    pub fn change(&self, link: &str, from: Option<&str>, conditions: &[Condition]) -> Result<(), Failure> {
        let wire = self.wire(link)?;
        let described = self.links.iter().find(|known| known.name == link);
        let ends = described.map(|link| link.ends.each_ref().map(|end| end.node.as_str())).unwrap_or_default();
        let meant = ends.map(|node| from.is_none_or(|from| from == node));
        if let (Some(from), false) = (from, meant.contains(&true)) {
            return Err(Failure::host(format!("wire {link}: has no end at {from}")));
        }
        wire.change(meant, conditions);
        Ok(())
    }

    /// Takes an interface down, or brings it up.
    ///
    /// Linux forgets the global IPv6 addresses and the routes of an interface that goes down. When it comes up again here,
    /// it gets back what it was given, as from a network manager.
    ///
    /// # Errors
    /// [`Failure`] with the call.
    pub fn interface(&self, node: &str, interface: &str, up: bool) -> Result<(), Failure> {
        let host = self.host(node)?;
        if !up {
            return host.at(|| interface::take_down(interface));
        }
        host.at(|| interface::bring_up(interface))?;
        let given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        let addresses =
            given.addresses.iter().filter(|(owner, name, _)| (owner.as_str(), name.as_str()) == (node, interface));
        for (_, _, address) in addresses {
            already(host.give(interface, *address))?;
        }
        for route in given.routes.iter().filter(|route| route.node == node) {
            // Those through other interfaces are there; those through what is still down cannot be.
            let _ = host.route(route, true);
        }
        Ok(())
    }

    /// Sets a kernel setting.
    ///
    /// # Errors
    /// [`Failure`] that names the file under /proc/sys.
    pub fn set(&self, setting: &Setting) -> Result<(), Failure> {
        let host = self.host(&setting.node)?;
        host.run(|| settings::set(&setting.name, &setting.value)).map_err(failure)?
    }

    /// Adds a route, or removes one.
    ///
    /// # Errors
    /// [`Failure`] with the call.
    pub fn route(&self, route: &Route, add: bool) -> Result<(), Failure> {
        self.host(&route.node)?.route(route, add).map_err(failure)?;
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given.routes.retain(|known| known != route);
        if add {
            given.routes.push(route.clone());
        }
        Ok(())
    }

    /// Gives an interface an address, or takes it away.
    ///
    /// # Errors
    /// [`Failure`] with the call.
    pub fn address(&self, node: &str, interface: &str, address: Address, add: bool) -> Result<(), Failure> {
        let host = self.host(node)?;
        if add {
            host.give(interface, address).map_err(failure)?;
        } else {
            host.at(|| link::remove_address(interface, address.addr, address.prefix))?;
        }
        let mut given = self.given.lock().unwrap_or_else(PoisonError::into_inner);
        given
            .addresses
            .retain(|(owner, name, known)| (owner.as_str(), name.as_str(), *known) != (node, interface, address));
        if add {
            given.addresses.push((node.to_owned(), interface.to_owned(), address));
        }
        Ok(())
    }

    /// Waits until a link carries frames. The interface of a TAP device does at once, and never says so.
    fn wait(&self, link: &model::Link) -> Result<(), Failure> {
        if self.wires.get(&link.name).is_some_and(Wire::is_tap) {
            return Ok(());
        }
        for end in &link.ends {
            self.host(&end.node)?.at(|| link::wait_until_running(&end.interface, LINK_DEADLINE))?;
        }
        Ok(())
    }

    fn wire(&self, link: &str) -> Result<&Wire, Failure> {
        let none = || Failure::host(format!("link {link}: no wire (==) of this network has that name"));
        self.wires.get(link).ok_or_else(none)
    }

    /// Makes a link, without addresses.
    fn lay(&mut self, link: &model::Link, setup: &Setup) -> Result<(), Failure> {
        let [near, far] = &link.ends;
        let (here, there) = (self.host(&near.node)?, self.host(&far.node)?);
        match link.medium {
            Medium::Cable => {
                let peer = there.netns();
                here.at(|| link::create_veth(&near.interface, &far.interface, peer))?;
            }
            Medium::Wire(conditions) => {
                let wire = wire::lay(link, [here, there], conditions, setup.seed, setup.on_frame.clone())?;
                self.wires.insert(link.name.clone(), wire);
            }
        }
        self.links.push(link.clone());
        Ok(())
    }

    /// Brings an end of a link up and gives it its addresses. Returns those that it took.
    fn configure(&self, end: &End) -> Result<Vec<Address>, Failure> {
        let host = self.host(&end.node)?;
        host.prepare(end)?;
        let mut given = Vec::new();
        for address in &end.addresses {
            match self.address(&end.node, &end.interface, *address, true) {
                Ok(()) => given.push(*address),
                Err(_) if address.addr.is_ipv6() && !settings::has_ipv6() => {}
                Err(failure) => return Err(failure),
            }
        }
        Ok(given)
    }
}

/// What is there already need not be added.
fn already(result: Result<(), CallError>) -> Result<(), Failure> {
    match result {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
        other => other.map_err(failure),
    }
}

/// A call that failed, as a reason to end.
#[expect(clippy::needless_pass_by_value, reason = "so that map_err takes it")]
fn failure(error: CallError) -> Failure {
    Failure::host(error.to_string())
}
