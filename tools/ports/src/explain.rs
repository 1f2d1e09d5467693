//! The working as data: what was asked of the kernel, how the owners were found, and what the states mean.

use std::io;

use serde::Serialize;
use sockeye_cli::Confined;
use sockeye_cli::escape::escape;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_sys::sock_diag::{Dumped, Request, StateMask};

use crate::filter::{Filter, Program, Query};
use crate::record::Coded;
use crate::state::State;

/// One step of the working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What is not needed any more was given up.
    Confined(Box<Confined>),
    /// A filter was read, and its names were looked up.
    FilterRead {
        /// As it was written.
        text: String,
        /// As it was understood, with all brackets; null if it is nothing but states.
        expression: Option<String>,
        /// The state bits that it allows; null if it says nothing of states.
        states: Option<u32>,
        /// The program for the kernel, in octets; null if the kernel can test nothing of it.
        program: Option<String>,
        /// The program, an operation a line.
        operations: Vec<String>,
        /// Whether the program says all that the filter does, the states apart.
        exact: bool,
    },
    /// A dump was asked for and came.
    Dumped {
        /// The protocol.
        protocol: Coded,
        /// The address family.
        family: Coded,
        /// The state bits of the request: bit N is state N.
        states: u32,
        /// The extension bits of the request.
        extensions: u8,
        /// The octets that were sent: struct nlmsghdr and struct inet_diag_req_v2.
        request: String,
        /// How many sockets came.
        rows: usize,
        /// The table changed while it was read, so that a row may be missing or twice there.
        interrupted: bool,
    },
    /// A dump of a family that has no protocols was asked for and came.
    FamilyDumped {
        /// The address family.
        family: Coded,
        /// The state bits of the request; null of families without states.
        states: Option<u32>,
        /// How many sockets came.
        rows: usize,
        /// The table changed while it was read, so that a row may be missing or twice there.
        interrupted: bool,
    },
    /// The kernel does not take a filter's program: it is older than an operation, or there is no privilege for one.
    ProgramRefused {
        /// What was asked for, and the kernel's answer.
        answer: String,
    },
    /// The kernel does not list these sockets over netlink.
    NotListed {
        /// What was asked for, and the kernel's answer.
        answer: String,
    },
    /// A list of `/proc/net` was read, because the kernel does not list these sockets over netlink.
    ProcRead {
        /// The list.
        path: String,
        /// How many sockets it had.
        rows: usize,
        /// What the kernel answered; null where no kernel lists them.
        answer: Option<String>,
    },
    /// The descriptors of all processes were read.
    OwnersSearched(OwnerSearch),
    /// What one state of the listing means. Comes behind the listing.
    StateMeans {
        /// The state.
        state: State,
        /// How many sockets of the listing are in it.
        sockets: usize,
        /// What it means.
        meaning: &'static str,
        /// Who must act.
        next: &'static str,
    },
}

/// How the search for owners went.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct OwnerSearch {
    /// Different sockets whose owner was wanted.
    pub wanted: usize,
    /// Of these, how many were found.
    pub found: usize,
    /// Processes that /proc lists.
    pub listed: usize,
    /// Processes that were looked into.
    pub processes: usize,
    /// Descriptors that were read.
    pub descriptors: usize,
    /// Threads that did it.
    pub threads: usize,
    /// Processes whose descriptors we may not read.
    pub denied: usize,
    /// Processes that ended meanwhile.
    pub gone: usize,
    /// Processes that could not be read for another reason: too many open files, no memory.
    pub unread: usize,
    /// Every socket had an owner before every process was looked into, and one was enough.
    pub stopped_early: bool,
}

impl OwnerSearch {
    /// Why an owner may be missing, and whether root would find it.
    pub fn why_hidden(&self) -> (String, bool) {
        let processes = |count| counted(count, "process", "processes");
        let denied = || format!("{} may not be looked into", processes(self.denied));
        let unread = || format!("{} could not be read (too many open files?)", processes(self.unread));
        match (self.denied, self.unread) {
            (0, 0) if self.listed == 0 => ("/proc lists no process: it is not mounted".to_owned(), false),
            (0, 0) => ("/proc hides other users' processes".to_owned(), true),
            (0, _) => (unread(), false),
            (_, 0) => (denied(), true),
            (_, _) => (format!("{}, {}", denied(), unread()), true),
        }
    }
}

impl Event {
    /// The event of a filter.
    pub fn filter_read(query: &Query, filter: &Filter) -> Self {
        let program = filter.program();
        Self::FilterRead {
            text: query.text.clone(),
            expression: query.expression.as_ref().map(ToString::to_string),
            states: filter.states.map(|states| states.0),
            operations: program.as_ref().map(Program::lines).unwrap_or_default(),
            exact: program.as_ref().is_some_and(|program| program.exact),
            program: program.map(|program| sockeye_common::hex::encode(&program.octets)),
        }
    }

    /// The event of a dump.
    pub fn dumped(request: &Request, dumped: Dumped) -> Self {
        Self::Dumped {
            protocol: Coded::protocol(request.protocol),
            family: Coded::family(request.family),
            states: request.states.0,
            extensions: request.extensions.0,
            request: sockeye_common::hex::encode(&request.emit()),
            rows: dumped.rows,
            interrupted: dumped.interrupted,
        }
    }
}

/// An event for each different state, in the order of the listing.
pub fn states(states: impl IntoIterator<Item = State>) -> Vec<Event> {
    let mut seen: Vec<(State, usize)> = Vec::new();
    for state in states {
        match seen.iter_mut().find(|(known, _)| *known == state) {
            Some((_, count)) => *count += 1,
            None => seen.push((state, 1)),
        }
    }
    seen.into_iter()
        .map(|(state, sockets)| {
            let (meaning, next) = state.meaning();
            Event::StateMeans { state, sockets, meaning, next }
        })
        .collect()
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::Dumped { protocol, family, states, extensions, request: _, rows, interrupted } => {
                let states = states_by_name(*states);
                text.line(format!(
                    "asked NETLINK_SOCK_DIAG for {family} {protocol}: {states}, extensions {extensions:#x}"
                ))?;
                came(text, *rows, *interrupted)
            }
            Self::FamilyDumped { family, states, rows, interrupted } => {
                let states = states.map_or(String::new(), |states| format!(": {}", states_by_name(states)));
                text.line(format!("asked NETLINK_SOCK_DIAG for {family}{states}"))?;
                came(text, *rows, *interrupted)
            }
            Self::Confined(confined) => text.line(confined.line()),
            Self::FilterRead { expression, states, operations, exact, .. } => {
                filter_read(text, expression.as_deref(), *states, operations, *exact)
            }
            Self::ProgramRefused { answer } => {
                text.line(format!("  the kernel does not take the program, so that every socket comes: {answer}"))
            }
            Self::NotListed { answer } => text.line(format!("not listed by this kernel: {answer}")),
            Self::ProcRead { path, rows, answer } => {
                let why = answer.as_deref().unwrap_or("sock_diag has none of them");
                text.line(format!("read {path}: {why}"))?;
                came(text, *rows, false)
            }
            Self::OwnersSearched(search) => search.render(text),
            Self::StateMeans { state, sockets, meaning, next } => {
                text.blank()?;
                let name = text.paint(Role::Strong, state.name().unwrap_or("unknown"));
                text.line(format!("{name} ({sockets}): {meaning}"))?;
                text.line(format!("  next: {next}"))
            }
        }
    }
}

impl Render for OwnerSearch {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if self.wanted == 0 {
            return text.line("no owner to look for: no process can hold any of the sockets");
        }
        let stopped = if self.stopped_early { ", and stopped there" } else { "" };
        text.line(format!(
            "read {} of {} in /proc/PID/fd with {}: found owners of {} of {}{stopped}",
            counted(self.descriptors, "descriptor", "descriptors"),
            counted(self.processes, "process", "processes"),
            counted(self.threads, "thread", "threads"),
            self.found,
            counted(self.wanted, "socket", "sockets"),
        ))?;
        if self.denied > 0 {
            text.line(format!("  no permission for {}", counted(self.denied, "process", "processes")))?;
        }
        if self.gone > 0 {
            text.line(format!("  {} ended meanwhile", counted(self.gone, "process", "processes")))?;
        }
        if self.unread > 0 {
            text.line(format!("  {} could not be read", counted(self.unread, "process", "processes")))?;
        }
        let incomplete = self.denied > 0 || self.unread > 0 || self.stopped_early;
        if self.found < self.wanted && !incomplete {
            text.line(
                "  nobody seen here holds the others: they are the kernel's own or of another PID namespace, or were closed \
                 meanwhile",
            )?;
        }
        Ok(())
    }
}

fn filter_read(
    text: &mut Text<'_>,
    expression: Option<&str>,
    states: Option<u32>,
    operations: &[String],
    exact: bool,
) -> io::Result<()> {
    let read = expression.map_or_else(|| "states alone".to_owned(), |expression| escape(expression).into_owned());
    text.line(format!("filter: {read}"))?;
    if let Some(states) = states {
        let some = if matches!(StateMask(states), StateMask::ALL | StateMask::EMPTY) { "" } else { "the states " };
        text.line(format!("  in {some}{}", states_by_name(states)))?;
    }
    match (operations, exact) {
        ([], _) if expression.is_none() => return Ok(()),
        ([], _) => return text.line("  no program for the kernel: it could keep no socket back"),
        (_, true) => text.line("  as a program for the kernel (INET_DIAG_REQ_BYTECODE):")?,
        (_, false) => text.line("  what the kernel can test of it, as a program (INET_DIAG_REQ_BYTECODE):")?,
    }
    operations.iter().try_for_each(|operation| text.line(format!("    {operation}")))
}

/// `LISTEN (0x400)`.
fn states_by_name(states: u32) -> String {
    match StateMask(states) {
        StateMask::ALL => format!("every state ({states:#x})"),
        StateMask::EMPTY => format!("no state ({states:#x})"),
        some => format!("{} ({states:#x})", some.names().collect::<Vec<_>>().join(" ")),
    }
}

fn came(text: &mut Text<'_>, rows: usize, interrupted: bool) -> io::Result<()> {
    let doubt = if interrupted { "; the table changed meanwhile (NLM_F_DUMP_INTR)" } else { "" };
    text.line(format!("  {} came{doubt}", counted(rows, "socket", "sockets")))
}

/// A number with its noun.
pub fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use sockeye_sys::TcpState;

    use super::*;
    use crate::kind::{Kind, Kinds};
    use crate::selection::{Selection, Which};

    fn shown(event: &Event) -> String {
        let mut octets = Vec::new();
        event.render(&mut Text::plain(&mut octets)).unwrap();
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn a_dump_says_what_was_asked() {
        let selection =
            Selection { ipv6: false, states: Which::Listening.mask(), ..Selection::new(Kinds::of(Kind::Tcp)) };
        let (_, request) = selection.requests().remove(0);
        let event = Event::dumped(&request, Dumped { rows: 1, interrupted: true });
        assert_eq!(
            shown(&event),
            "asked NETLINK_SOCK_DIAG for AF_INET tcp: LISTEN (0x400), extensions 0x0\n  1 socket came; \
             the table changed meanwhile (NLM_F_DUMP_INTR)\n"
        );
    }

    #[test]
    fn the_search_says_how_it_went() {
        let search =
            OwnerSearch { wanted: 3, found: 2, processes: 1, descriptors: 9, threads: 1, ..OwnerSearch::default() };
        assert_eq!(
            shown(&Event::OwnersSearched(search)),
            "read 9 descriptors of 1 process in /proc/PID/fd with 1 thread: found owners of 2 of 3 sockets\n  nobody seen here \
             holds the others: they are the kernel's own or of another PID namespace, or were closed meanwhile\n"
        );
        let none = Event::OwnersSearched(OwnerSearch::default());
        assert_eq!(shown(&none), "no owner to look for: no process can hold any of the sockets\n");
        let search = OwnerSearch { denied: 1, gone: 2, found: 3, stopped_early: true, ..search };
        assert!(shown(&Event::OwnersSearched(search)).ends_with(
            "3 of 3 sockets, and stopped there\n  no permission for 1 process\n  2 processes ended meanwhile\n"
        ));
    }

    #[test]
    fn what_hides_owners_is_told_as_it_is() {
        let why =
            |denied, unread, listed| OwnerSearch { listed, denied, unread, ..OwnerSearch::default() }.why_hidden();
        assert_eq!(why(1, 0, 9), ("1 process may not be looked into".to_owned(), true));
        assert_eq!(why(0, 0, 9), ("/proc hides other users' processes".to_owned(), true));
        // Root would find no more.
        assert_eq!(why(0, 2, 9), ("2 processes could not be read (too many open files?)".to_owned(), false));
        let both = "3 processes may not be looked into, 1 process could not be read (too many open files?)";
        assert_eq!(why(3, 1, 9), (both.to_owned(), true));
        assert_eq!(why(0, 0, 0), ("/proc lists no process: it is not mounted".to_owned(), false));
        let search = OwnerSearch { wanted: 1, unread: 2, ..OwnerSearch::default() };
        assert!(shown(&Event::OwnersSearched(search)).ends_with("\n  2 processes could not be read\n"));
    }

    #[test]
    fn a_filter_is_shown_with_its_brackets_and_its_program() {
        let told = |query: &str| {
            let query = crate::filter::parse(&[query]).unwrap();
            let filter = crate::shell::filter::resolve(&query).unwrap();
            shown(&Event::filter_read(&query, &filter))
        };
        assert_eq!(
            told("state listening sport 1 or sport < 3 dport 4"),
            "filter: sport = :1 or (sport < :3 and dport = :4)\n  in the states LISTEN (0x400)\n  \
             as a program for the kernel (INET_DIAG_REQ_BYTECODE):\n       0 S_COND port 1, else 16\n      \
             12 JMP to accept\n      16 S_LE 2, else refuse\n      24 D_COND port 4, else refuse\n"
        );
        assert_eq!(told("state time-wait"), "filter: states alone\n  in the states TIME-WAIT (0x40)\n");
        assert_eq!(told("state all"), "filter: states alone\n  in every state (0x3ffe)\n");
        assert_eq!(told("state listening exclude listening"), "filter: states alone\n  in no state (0x0)\n");
        assert_eq!(
            told("process nc"),
            "filter: process = nc\n  no program for the kernel: it could keep no socket back\n"
        );
        assert!(told("pid 1 dport 2").contains("\n  what the kernel can test of it, as a program ("));
    }

    #[test]
    fn each_state_is_explained_once() {
        let events = states([TcpState::Listen, TcpState::CloseWait, TcpState::Listen].map(State::Tcp));
        assert_eq!(events.len(), 2);
        assert!(shown(&events[0]).starts_with("\nLISTEN (2): "));
        assert!(shown(&events[1]).contains("\n  next: the process here must close(2)"));
    }
}
