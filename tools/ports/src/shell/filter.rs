//! What a filter asks of this host: names, the range of ephemeral ports, who chose a port, who holds a socket.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /etc/passwd, /proc and the control groups")]

use std::collections::HashSet;
use std::fs;
use std::net::IpAddr;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use sockeye_cli::{Failure, Output};
use sockeye_sys::addrinfo::{self, Hints};
use sockeye_sys::sock_diag::{DumpError, Request, SockDiag, StateMask};
use sockeye_sys::{Family, Protocol, SockType, interface};

use crate::cli::WantedOwners;
use crate::doubts::Doubts;
use crate::entry::Entry;
use crate::explain::{Event, OwnerSearch, counted};
use crate::filter::{Facts, Filter, LookUp, Program, Query};
use crate::names;
use crate::owners::Holders;
use crate::selection::Selection;
use crate::shell::dump::steady;
use crate::shell::{Gathered, Survey, cgroups, settings};
use crate::summary::{Counts, Tally};

/// Looks up the names in a query, in the network namespace of this thread.
///
/// # Errors
/// [`Failure`] for a name that stands for nothing, and for marks without the privilege to see them.
pub fn resolve(query: &Query) -> Result<Filter, Failure> {
    let filter = query.resolve(&mut Host { absent: None })?;
    if filter.needs().marks { may_see_marks().map(|()| filter) } else { Ok(filter) }
}

/// [`resolve`] in one namespace of several: an interface that is not there is one that no socket is bound to. Says also why
/// [`resolve`] would have failed.
///
/// # Errors
/// As [`resolve`], but for names of interfaces.
pub fn resolve_among(query: &Query) -> Result<(Filter, Option<Failure>), Failure> {
    match resolve(query) {
        Ok(filter) => Ok((filter, None)),
        Err(fault) => match query.resolve(&mut Host { absent: Some(NO_INTERFACE) }) {
            Ok(filter) if !filter.needs().marks || may_see_marks().is_ok() => Ok((filter, Some(fault))),
            _ => Err(fault),
        },
    }
}

/// The kernel numbers interfaces from one, in a signed number.
const NO_INTERFACE: u32 = u32::MAX;

/// [`resolve`] with all that is to be said: the warnings of the query, and how it was read.
///
/// # Errors
/// As [`resolve`], and if standard output does not take the explanation.
pub fn prepare(query: &Query, output: &mut Output<'_>) -> Result<Filter, Failure> {
    for warning in &query.warnings {
        output.note(format!("filter: {warning}"));
    }
    let filter = resolve(query)?;
    if !query.is_empty() {
        output.event(&Event::filter_read(query, &filter))?;
    }
    Ok(filter)
}

/// What came, and how the search for owners went, if the filter needed one.
#[derive(Debug, Default)]
pub struct Selected {
    /// What is wanted, in no particular order.
    pub entries: Vec<Entry>,
    /// How many sockets were left out or taken in without knowing their owners, and how these were searched.
    pub hidden: Option<(usize, OwnerSearch)>,
    /// What is doubtful about the list.
    pub doubts: Doubts,
}

/// The sockets of a selection that a filter wants.
///
/// # Errors
/// As [`super::survey`].
pub fn select(selection: &Selection, filter: &Filter, explain: &mut dyn FnMut(Event)) -> Result<Selected, Failure> {
    selected(super::survey(&filter.narrow(selection), explain)?, filter)
}

/// What of a survey a filter wants.
///
/// # Errors
/// As [`sift`].
pub fn selected(survey: Survey, filter: &Filter) -> Result<Selected, Failure> {
    let Survey { mut entries, doubts } = survey;
    let hidden = sift(&mut entries, filter)?;
    Ok(Selected { entries, hidden, doubts })
}

/// Counts the sockets of a selection that a filter wants, without keeping them where it can be told one by one. What comes
/// back beside the counts has no entries.
///
/// # Errors
/// As [`super::listing`] and [`sift`].
pub fn tally(
    selection: &Selection,
    filter: &Filter,
    explain: &mut dyn FnMut(Event),
) -> Result<(Selected, Counts), Failure> {
    let (needs, selection) = (filter.needs(), filter.narrow(selection));
    if needs.holders {
        // Whose a socket is, a search tells for all of them.
        let mut selected = selected(super::listing(&selection, explain)?, filter)?;
        let mut counts = Counts::default();
        for entry in std::mem::take(&mut selected.entries) {
            counts.add(&entry);
        }
        return Ok((selected, counts));
    }
    let bound = needs.bound.then(bound).transpose()?;
    let tally = Tally::new(filter, Facts { holders: None, bound: bound.as_ref() });
    let Gathered { gatherer, doubts } = super::gather(&selection, true, tally, explain)?;
    Ok((Selected { doubts, ..Selected::default() }, gatherer.counts))
}

/// Keeps what a filter wants, and says how many owners it would have had to know.
///
/// # Errors
/// [`Failure`] if the kernel does not say who chose the ports, where that is asked for.
pub fn sift(entries: &mut Vec<Entry>, filter: &Filter) -> Result<Option<(usize, OwnerSearch)>, Failure> {
    if filter.states.is_none() && filter.condition.as_constant() == Some(true) {
        return Ok(None);
    }
    let needs = filter.needs();
    let bound = needs.bound.then(bound).transpose()?;
    let searched: Option<(Holders, OwnerSearch)> = needs.holders.then(|| super::holders(entries, WantedOwners::All));
    let holders = searched.as_ref().map(|(holders, _)| holders);
    let facts = Facts { holders, bound: bound.as_ref() };
    let is_hidden = |entry: &Entry| holders.is_some_and(|holders| holders.hides(entry.inode()));
    let hidden = entries.iter().filter(|entry| is_hidden(entry)).count();
    entries.retain(|entry| filter.matches(entry, &facts));
    Ok(searched.map(|(_, search)| (hidden, search)).filter(|(hidden, _)| *hidden > 0))
}

impl Selected {
    /// What is to be said on standard error: of a list that did not keep still, and of owners that the filter asked for
    /// and that are hidden.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let hidden = self.hidden.as_ref().map(|(hidden, search)| {
            let (why, _) = search.why_hidden();
            let sockets = counted(*hidden, "socket", "sockets");
            format!("filter: owners of {sockets} are hidden, so that it can tell neither whose they are nor whose not: {why}")
        });
        self.doubts.notes().chain(hidden)
    }
}

/// The cookies of all sockets whose port bind(2) chose: the kernel tells by which sockets pass a program.
fn bound() -> Result<HashSet<u64>, Failure> {
    let fail = |error: DumpError| Failure::host(error.to_string());
    let mut diag = SockDiag::open().map_err(fail)?;
    let mut cookies = Vec::new();
    let bytecode = Program::bound().map(|program| program.octets).unwrap_or_default();
    for protocol in [Protocol::TCP, Protocol::UDP, Protocol::UDPLITE, Protocol::SCTP] {
        for family in [Family::INET, Family::INET6] {
            let request = Request { bytecode: bytecode.clone(), ..Request::new(family, protocol) };
            let list = &mut |cookies: &mut Vec<u64>| diag.dump(&request, &mut |row| cookies.push(row.cookie));
            match steady(&mut cookies, list) {
                Ok(_) => {}
                Err(error) if error.is_unsupported() => {}
                Err(error) => return Err(fail(error)),
            }
        }
    }
    Ok(cookies.into_iter().collect())
}

/// Asks the kernel whether it would tell a mark.
fn may_see_marks() -> Result<(), Failure> {
    let fail = |error: DumpError| Failure::host(error.to_string());
    let condition = crate::filter::Condition::Leaf(crate::filter::Test::Mark { mark: 0, mask: 0 });
    let bytecode = Program::new(&condition).map(|program| program.octets).unwrap_or_default();
    let states = StateMask::LISTEN;
    let request = Request { states, bytecode, ..Request::new(Family::INET, Protocol::TCP) };
    match SockDiag::open().map_err(fail)?.dump(&request, &mut |_| {}) {
        Err(DumpError::Refused { errno: EPERM, .. }) => {
            Err(Failure::host("filter: the kernel tells no mark to this user").hint("fwmark needs CAP_NET_ADMIN"))
        }
        // What else is wrong shows when the sockets are asked for.
        _ => Ok(()),
    }
}

/// "Operation not permitted".
const EPERM: i32 = 1;

/// This host, in the network namespace of this thread.
struct Host {
    /// What stands for an interface that is not there.
    absent: Option<u32>,
}

impl LookUp for Host {
    fn host(&mut self, name: &str) -> Result<Vec<IpAddr>, String> {
        let hints = Hints { socktype: SockType::STREAM, ..Hints::default() };
        let found = addrinfo::lookup(Some(name), None, &hints).map_err(|error| format!("{name}: {error}"))?;
        let mut addresses: Vec<IpAddr> = found.into_iter().map(|entry| entry.addr.ip()).collect();
        addresses.dedup();
        Ok(addresses)
    }

    fn service(&mut self, name: &str) -> Result<Vec<u16>, String> {
        let found = addrinfo::lookup(None, Some(name), &Hints::default());
        let found = found.map_err(|_| format!("no service is called {name}"))?;
        let mut ports: Vec<u16> = found.into_iter().map(|entry| entry.addr.port()).collect();
        ports.sort_unstable();
        ports.dedup();
        Ok(ports)
    }

    fn interface(&mut self, name: &str) -> Result<u32, String> {
        interface::index(name)
            .or_else(|_| self.absent.ok_or(()))
            .map_err(|()| format!("no interface is called {name} here"))
    }

    fn user(&mut self, name: &str) -> Result<u32, String> {
        let users = fs::read("/etc/passwd").map_err(|error| format!("/etc/passwd: {error}"))?;
        names::uid_of(&users, name).ok_or_else(|| format!("no user is called {name} in /etc/passwd"))
    }

    fn cgroup(&mut self, path: &str) -> Result<u64, String> {
        let root = cgroups::mount().ok_or("cgroup2 is not mounted")?;
        let path = Path::new(path);
        // With and without the mount point before it.
        let whole =
            if path.starts_with(&root) { path.to_owned() } else { root.join(path.strip_prefix("/").unwrap_or(path)) };
        fs::metadata(&whole).map(|folder| folder.ino()).map_err(|_| format!("no control group {}", whole.display()))
    }

    fn ephemeral(&mut self) -> (u16, u16) {
        settings::ephemeral().into_inner()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_in_doubt_says_so_before_its_hidden_owners() {
        assert_eq!(Selected::default().notes().count(), 0);
        let search = OwnerSearch { listed: 9, denied: 2, ..OwnerSearch::default() };
        let doubts = Doubts::of(true);
        let selected = Selected { doubts, hidden: Some((1, search)), ..Selected::default() };
        let notes: Vec<String> = selected.notes().collect();
        let [changed, hidden] = notes.as_slice() else { panic!("{notes:?}") };
        assert_eq!(changed, "the list changed each time that it was read: a socket may be missing, or there twice");
        assert!(hidden.starts_with("filter: owners of 1 socket are hidden"), "{hidden}");
    }

    #[test]
    fn an_interface_that_another_namespace_has_matches_nothing_here() {
        let query = |text: &str| crate::filter::parse(&[text]).unwrap();
        for text in ["dev = nosuch0", "src fe80::abcd%nosuch0", "dst link:ip:nosuch0"] {
            assert!(resolve(&query(text)).is_err(), "{text}");
            let (filter, fault) = resolve_among(&query(text)).unwrap();
            assert!(fault.is_some_and(|fault| fault.to_string().contains("nosuch0")) && filter.condition.has(|_| true));
        }
        assert!(resolve_among(&query("dev = lo")).unwrap().1.is_none());
        assert!(
            resolve_among(&query("user no-such-user or dev = nosuch0")).is_err(),
            "other names are the same everywhere"
        );
    }

    #[test]
    fn the_host_knows_itself() {
        let mut host = Host { absent: None };
        assert_eq!(host.interface("lo"), Ok(1));
        assert_eq!(host.interface("nosuch0"), Err("no interface is called nosuch0 here".to_owned()));
        assert_eq!(Host { absent: Some(NO_INTERFACE) }.interface("nosuch0"), Ok(NO_INTERFACE));
        assert!(host.host("localhost").is_ok_and(|found| found.iter().all(IpAddr::is_loopback) && !found.is_empty()));
        assert_eq!(host.service("7"), Ok(vec![7]));
        assert!(host.service("no-such-service").is_err());
        assert_eq!(host.user("root"), Ok(0));
        let (first, last) = host.ephemeral();
        assert!(first <= last);
    }
}
