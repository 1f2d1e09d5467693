//! From what is written to numbers: names are asked for here, through the caller.

use std::net::IpAddr;

use sockeye_common::addr::Zone;
use sockeye_sys::Family;
use sockeye_sys::sock_diag::Extensions;

use super::Query;
use super::condition::{Filter, Side, Test};
use super::fault::Fault;
use super::host::{self, Address, HostPattern};
use super::predicate::{End, Field, PortPattern, Predicate, Relation, Term};
use super::tree::Tree;
use crate::selection::Selection;

/// Who knows what names stand for. Each says in words why it does not know.
pub trait LookUp {
    /// The addresses of a host.
    ///
    /// # Errors
    /// Why there are none.
    fn host(&mut self, name: &str) -> Result<Vec<IpAddr>, String>;
    /// The ports of a service: they may differ between protocols.
    ///
    /// # Errors
    /// Why there are none.
    fn service(&mut self, name: &str) -> Result<Vec<u16>, String>;
    /// The index of an interface.
    ///
    /// # Errors
    /// Why there is none.
    fn interface(&mut self, name: &str) -> Result<u32, String>;
    /// The number of a user.
    ///
    /// # Errors
    /// Why there is none.
    fn user(&mut self, name: &str) -> Result<u32, String>;
    /// The number of a control group.
    ///
    /// # Errors
    /// Why there is none.
    fn cgroup(&mut self, path: &str) -> Result<u64, String>;
    /// The ports from which the kernel chooses, the first and the last.
    fn ephemeral(&mut self) -> (u16, u16);
}

/// What a filter looks at beside the plain rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// [`super::Facts::holders`].
    pub holders: bool,
    /// [`super::Facts::bound`].
    pub bound: bool,
    /// Marks, which the kernel tells only to those who have CAP_NET_ADMIN.
    pub marks: bool,
    /// Control groups.
    pub cgroups: bool,
}

impl Filter {
    /// A filter that every socket passes.
    pub fn everything() -> Self {
        Self { states: None, condition: Tree::constant(true) }
    }

    /// What must be there for it to judge rightly.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        self.condition.each_leaf(&mut |test| match test {
            Test::Process(_) | Test::Number { field: Field::Pid, .. } => needs.holders = true,
            Test::PortNotBound => needs.bound = true,
            Test::Mark { .. } => needs.marks = true,
            Test::Cgroup(_) => needs.cgroups = true,
            _ => {}
        });
        needs
    }
}

impl Filter {
    /// The least that must be asked for: every socket that is wanted is among what this brings, and others too.
    #[must_use]
    pub fn narrow(&self, selection: &Selection) -> Selection {
        let needs = self.needs();
        // Rows are kept whole if any extension is asked for, and this is the smallest.
        let whole = (needs.marks || needs.cgroups) && selection.extensions.is_empty();
        Selection {
            states: self.states.unwrap_or(selection.states),
            // Whoever asks for a state does not ask for what has none.
            stateless: selection.stateless && self.states.is_none(),
            extensions: if whole { Extensions::SHUTDOWN } else { selection.extensions },
            bytecode: self.program().map(|program| program.octets).unwrap_or_default(),
            ..selection.clone()
        }
    }
}

impl Query {
    /// Looks up what the names in the query stand for.
    ///
    /// # Errors
    /// [`Fault`] at the first test whose name is not known.
    pub fn resolve(&self, names: &mut dyn LookUp) -> Result<Filter, Fault> {
        let condition = match &self.expression {
            None => Tree::constant(true),
            Some(expression) => expression.try_map(&mut |term: &Term| {
                resolve(&term.predicate, names)
                    .map_err(|message| Fault::new(&self.text, term.value.clone(), message).of_value())
            })?,
        };
        Ok(Filter { states: self.states, condition })
    }
}

type Resolved = Result<Tree<Test>, String>;

fn resolve(predicate: &Predicate, names: &mut dyn LookUp) -> Resolved {
    let leaf = |test, equal| Ok(Tree::Leaf(test).negated_unless(equal));
    match predicate {
        Predicate::State { states, .. } => leaf(Test::States(*states), true),
        Predicate::Host { end, equal, host } => {
            let one = |side| host_test(side, host, names);
            Ok(either(*end, one)?.negated_unless(*equal))
        }
        Predicate::Port { end, relation, port } => {
            let (ranges, equal) = ports(port, *relation, names)?;
            let one = |side| Ok(Tree::any(ranges.iter().map(|(first, last)| ports_test(side, *first, *last))));
            Ok(either(*end, one)?.negated_unless(equal))
        }
        Predicate::Device { equal, device } => leaf(Test::Device(interface(device, names)?), *equal),
        Predicate::Mark { equal, mark, mask } => leaf(Test::Mark { mark: *mark, mask: *mask }, *equal),
        Predicate::Cgroup { equal, path } => leaf(Test::Cgroup(names.cgroup(path)?), *equal),
        Predicate::Autobound => {
            let (first, last) = names.ephemeral();
            Ok(Tree::All(vec![Tree::Leaf(Test::PortNotBound), ports_test(Side::Local, first, last)]))
        }
        Predicate::Number { field, relation, value } => Ok(number_test(*field, *relation, *value)),
        Predicate::User { equal, user } => {
            let uid = u64::from(names.user(user)?);
            leaf(Test::Number { field: Field::Uid, first: uid, last: uid }, *equal)
        }
        Predicate::Process { equal, pattern } => leaf(Test::Process(pattern.clone()), *equal),
        Predicate::Family { equal, family } => leaf(Test::Family(*family), *equal),
    }
}

fn either(end: End, mut one: impl FnMut(Side) -> Resolved) -> Resolved {
    match end {
        End::Local => one(Side::Local),
        End::Peer => one(Side::Peer),
        End::Either => Ok(Tree::any([one(Side::Local)?, one(Side::Peer)?])),
    }
}

fn number_test(field: Field, relation: Relation, value: u64) -> Tree<Test> {
    match relation.range(value, u64::MAX) {
        (Some((first, last)), equal) => Tree::Leaf(Test::Number { field, first, last }).negated_unless(equal),
        (None, _) => Tree::constant(false),
    }
}

/// Ranges of ports, and whether the test is for them or for all others.
fn ports(port: &PortPattern, relation: Relation, names: &mut dyn LookUp) -> Result<(Vec<(u16, u16)>, bool), String> {
    let numbers = match port {
        PortPattern::Any => return Ok((vec![(0, u16::MAX)], relation != Relation::Unequal)),
        PortPattern::Range(first, last) if first != last => {
            return Ok((vec![(*first, *last)], relation != Relation::Unequal));
        }
        PortPattern::Range(port, _) => vec![*port],
        PortPattern::Name(name) => names.service(name)?,
    };
    let narrow = |number: u64| u16::try_from(number).unwrap_or(u16::MAX);
    let ranges = numbers.iter().filter_map(|port| {
        let (range, _) = relation.range((*port).into(), u16::MAX.into());
        range.map(|(first, last)| (narrow(first), narrow(last)))
    });
    Ok((ranges.collect(), relation != Relation::Unequal))
}

/// The whole range is no test at all: sockets without ports match too, as they do in ss.
fn ports_test(side: Side, first: u16, last: u16) -> Tree<Test> {
    if (first, last) == (0, u16::MAX) {
        return Tree::constant(true);
    }
    Tree::Leaf(Test::Ports { side, first, last })
}

fn interface(name: &str, names: &mut dyn LookUp) -> Result<u32, String> {
    match host::number(name) {
        Some(index) => u32::try_from(index).map_err(|_| format!("{index} is no index of an interface")),
        None => names.interface(name),
    }
}

fn host_test(side: Side, host: &HostPattern, names: &mut dyn LookUp) -> Resolved {
    Ok(match host {
        HostPattern::Inet { family, address, port } => {
            let (ranges, _) = ports(port, Relation::Equal, names)?;
            let family = family.filter(|_| !matches!(address, Address::Prefix { .. }));
            let address = address_test(side, address, family, names)?;
            let ports = Tree::any(ranges.iter().map(|(first, last)| ports_test(side, *first, *last)));
            let family = family.map_or(Tree::constant(true), |family| Tree::Leaf(Test::Family(family)));
            Tree::all([family, address, ports])
        }
        HostPattern::Unix(pattern) => Tree::Leaf(Test::Unix { side, pattern: pattern.clone() }),
        HostPattern::Link { protocol, device } => {
            let interface = device.as_ref().map(|device| interface(device, names)).transpose()?;
            Tree::Leaf(Test::Packet { protocol: *protocol, interface })
        }
        HostPattern::Netlink { protocol, port } => Tree::Leaf(Test::Netlink { side, protocol: *protocol, port: *port }),
        HostPattern::Vsock { cid, port } => Tree::Leaf(Test::Vsock { side, cid: *cid, port: *port }),
    })
}

fn address_test(side: Side, address: &Address, family: Option<Family>, names: &mut dyn LookUp) -> Resolved {
    Ok(match address {
        Address::Any => Tree::constant(true),
        Address::Prefix { ip, length, zone } => {
            let prefix = Tree::Leaf(Test::Prefix { side, ip: *ip, length: *length });
            match zone {
                None => prefix,
                Some(zone) => {
                    let interface = interface(Zone::as_str(zone), names)?;
                    Tree::All(vec![prefix, Tree::Leaf(Test::Zone { side, interface })])
                }
            }
        }
        Address::Name(name) => {
            let wanted = |ip: &IpAddr| family.is_none_or(|family| ip.is_ipv4() == (family == Family::INET));
            let found: Vec<IpAddr> = names.host(name)?.into_iter().filter(wanted).collect();
            if found.is_empty() {
                return Err(format!("{name} has no such address"));
            }
            Tree::any(found.into_iter().map(|ip| {
                let length = if ip.is_ipv4() { 32 } else { 128 };
                Tree::Leaf(Test::Prefix { side, ip, length })
            }))
        }
    })
}
