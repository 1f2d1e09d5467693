//! The `netstat` dialect: net-tools' netstat by its options, columns and words.
//!
//! - [`lore`]: the names that rows are printed with
//! - [`inet`], [`unix`]: the two tables of sockets
//! - [`routes`], [`interfaces`], [`groups`], [`statistics`]: what else netstat prints

pub mod groups;
pub mod inet;
pub mod interfaces;
pub mod lore;
pub mod routes;
mod sentences;
pub mod statistics;
mod table;
pub mod unix;

use std::io;

use sockeye_cli::output::{Render, Text};
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::interface::InterfaceFlags;
use sockeye_sys::sock_diag::StateMask;

use self::interfaces::Interfaces;
use self::lore::Lore;
use self::statistics::Statistics;
use crate::cli::{Display, Netstat};
use crate::columns::cell::Context;
use crate::entry::Entry;
use crate::explain::{self, Event};
use crate::kind::{Kind, Kinds};
use crate::record::Record;
use crate::selection::{Selection, Which};
use crate::shell;

/// The kinds of Internet sockets in the order in which netstat prints them.
const KINDS: [Kind; 5] = [Kind::Tcp, Kind::Sctp, Kind::Udp, Kind::UdpLite, Kind::Raw];

/// Runs `netstat`.
///
/// # Errors
/// [`Failure`] if the kernel does not tell what was asked for.
pub fn run(job: &Netstat, output: &mut Output<'_>) -> Result<Status, Failure> {
    if let Some(operand) = job.operands.first() {
        output.note(format!("{operand}: not looked at: netstat takes no filter (ports and ss do)"));
    }
    shell::confine::to_listing(true, output)?;
    loop {
        let status = once(job, output)?;
        let Some(pause) = job.every else { return Ok(status) };
        output.flush()?;
        if !shell::clock::pause(pause) {
            return Ok(status);
        }
    }
}

fn once(job: &Netstat, output: &mut Output<'_>) -> Result<Status, Failure> {
    match job.display {
        Display::Sockets => sockets(job, output),
        Display::Routes => routes(job, output),
        Display::Interfaces => interfaces(job, output),
        Display::Groups => {
            let (ipv4, ipv6) = job.families();
            let groups = shell::netstat::groups(ipv4, ipv6, job.detail)?;
            output.list(&groups, &groups.list)?;
            Ok(Status::YES)
        }
        Display::Statistics => counters(job, output),
    }
}

/// Without a family, those of IPv4, as netstat does.
fn routes(job: &Netstat, output: &mut Output<'_>) -> Result<Status, Failure> {
    let routes = shell::netstat::routes(job.ipv4 || !job.ipv6, job.ipv6, job.tables, job.detail)?;
    output.list(&routes, routes.all())?;
    Ok(Status::YES)
}

fn interfaces(job: &Netstat, output: &mut Output<'_>) -> Result<Status, Failure> {
    if job.detail.extended > 0 {
        return Err(Failure::new(Status(1), "-ie: what ifconfig prints is not printed: use ip -s address"));
    }
    let mut interfaces = shell::netstat::interfaces()?;
    interfaces
        .retain(|interface| job.which == Which::All || InterfaceFlags(interface.flags).contains(InterfaceFlags::UP));
    let labels = shell::netstat::labels()?;
    if let Some(doubt) = labels.doubt {
        output.note(doubt);
    }
    let interfaces = Interfaces { list: interfaces, labels: labels.rows };
    output.list(&interfaces, &interfaces.list)?;
    Ok(Status::YES)
}

/// Without a family those of IPv4, as netstat does; with IPv6 also those of TCP, which has the same for both.
fn counters(job: &Netstat, output: &mut Output<'_>) -> Result<Status, Failure> {
    if job.unix {
        return Err(Failure::new(Status(1), "unix: the kernel keeps no statistics of this family"));
    }
    let mut counters = shell::netstat::counters(job.ipv4 || !job.ipv6, job.ipv6)?;
    counters.retain(|counter| statistics::is_shown(&counter.group, &job.kinds));
    let statistics = Statistics(counters);
    output.list(&statistics, &statistics.0)?;
    Ok(Status::YES)
}

/// What netstat lists of each kind. Its connections are all that have a peer, also half-open ones and TIME-WAIT; its
/// Unix-domain sockets, all that do not listen.
fn states(which: Which, unix: bool) -> StateMask {
    let idle = if unix { StateMask::EMPTY } else { StateMask::CLOSED | StateMask::BOUND_INACTIVE };
    match which {
        Which::All => StateMask::ALL,
        Which::Listening => StateMask::LISTEN | if unix { StateMask::EMPTY } else { StateMask::CLOSED },
        Which::Connections => StateMask::ALL.without(StateMask::LISTEN | idle),
    }
}

fn sockets(job: &Netstat, output: &mut Output<'_>) -> Result<Status, Failure> {
    let (mut entries, mut status) = (Vec::new(), Status::YES);
    if job.wants_internet() {
        for kind in KINDS.into_iter().filter(|kind| job.kinds.is_empty() || job.kinds.contains(kind)) {
            let listed = internet(job, kind, &mut entries, output)?;
            if !listed && job.kinds.contains(&kind) {
                status = Status(1);
            }
        }
    }
    if job.wants_unix() {
        let selection = Selection { states: states(job.which, true), ..Selection::new(Kinds::UNIX) };
        take(&selection, &mut entries, output)?;
    }
    let unix = if job.wants_unix() { shell::netstat::unix() } else { Vec::new() };
    if job.which != Which::Listening {
        entries.extend(unix::pending(&unix));
    }
    let (lore, search) = shell::netstat::lore(&entries, job.detail, &unix);

    if let Some(search) = search {
        output.event(&Event::OwnersSearched(search))?;
    }
    note_hidden(&entries, &lore, output);
    let sheet = Sheet { job, entries: &entries, lore: &lore };
    let context = Context { names: &lore.names, holders: lore.holders.as_ref(), netns: None };
    output.list(&sheet, entries.iter().map(|entry| Record::of(entry, context)))?;
    if output.is_explained() {
        explain::states(entries.iter().map(Entry::state)).iter().try_for_each(|event| output.event(event))?;
    }
    Ok(status)
}

/// Lists one kind of Internet sockets; whether the kernel has them.
fn internet(job: &Netstat, kind: Kind, entries: &mut Vec<Entry>, output: &mut Output<'_>) -> Result<bool, Failure> {
    let (ipv4, ipv6) = job.families();
    let selection = Selection { ipv4, ipv6, states: states(job.which, false), ..Selection::new(Kinds::of(kind)) };
    let missing = take(&selection, entries, output)?;
    let listed = missing < usize::from(ipv4) + usize::from(ipv6);
    if !listed && (job.kinds.contains(&kind) || job.detail.verbose) {
        output.note(format!("this kernel has no {} sockets", kind.netid()));
    }
    Ok(listed)
}

/// Lists sockets; how many families the kernel does not know.
fn take(selection: &Selection, entries: &mut Vec<Entry>, output: &mut Output<'_>) -> Result<usize, Failure> {
    let mut missing = 0;
    let survey = output.narrate(|explain| {
        shell::survey(selection, &mut |event| {
            missing += usize::from(matches!(event, Event::NotListed { .. }));
            explain(event);
        })
    })??;
    survey.doubts.notes().for_each(|note| output.note(note));
    entries.extend(survey.entries);
    Ok(missing)
}

/// Says on standard error that owners are missing, in the words that people know from netstat, and that there are more
/// holders than the column shows.
fn note_hidden(entries: &[Entry], lore: &Lore, output: &mut Output<'_>) {
    if lore.hides_any(entries) {
        output.stderr_line("(Not all processes could be identified, non-owned process info");
        output.stderr_line(" will not be shown, you would have to be root to see it all.)");
    }
    if lore.shortens_any(entries) {
        output.note("some sockets have more holders than the one that is shown: -W names them all");
    }
}

/// Both tables.
struct Sheet<'a> {
    job: &'a Netstat,
    entries: &'a [Entry],
    lore: &'a Lore,
}

impl Render for Sheet<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut line = String::new();
        if self.job.wants_internet() {
            text.line(format!("Active Internet connections ({})", scope(self.job.which)))?;
            text.line(inet::heading(self.job.detail))?;
            for socket in self.entries.iter().filter_map(Entry::as_inet) {
                line.clear();
                inet::push(&mut line, socket, self.lore);
                text.line(&line)?;
            }
        }
        if self.job.wants_unix() {
            text.line(format!("Active UNIX domain sockets ({})", scope(self.job.which)))?;
            text.line(unix::heading(self.job.detail))?;
            let mut waiting = self.lore.references_of_pending.iter().copied();
            for entry in self.entries {
                let Entry::Unix(socket) = entry else { continue };
                let inode = socket.row.inode;
                let references = if inode == 0 { waiting.next() } else { self.lore.references.get(&inode).copied() };
                line.clear();
                unix::push(&mut line, &socket.row, references, self.lore);
                text.line(&line)?;
            }
        }
        Ok(())
    }
}

/// What stands in brackets behind the title of a table.
const fn scope(which: Which) -> &'static str {
    match which {
        Which::All => "servers and established",
        Which::Listening => "only servers",
        Which::Connections => "w/o servers",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_as_netstat_chooses_them() {
        let connections = states(Which::Connections, false);
        assert!(connections.contains(StateMask::TIME_WAIT | StateMask::SYN_RECEIVED | StateMask::ESTABLISHED));
        assert!(!connections.intersects(StateMask::LISTEN | StateMask::CLOSED | StateMask::BOUND_INACTIVE));
        assert_eq!(states(Which::Listening, false), StateMask::LISTEN | StateMask::CLOSED);
        assert_eq!(states(Which::Listening, true), StateMask::LISTEN);
        assert!(states(Which::Connections, true).contains(StateMask::CLOSED));
        assert_eq!(states(Which::All, false), StateMask::ALL);
    }
}
