//! Destroy what keeps a port: TIME-WAIT, connection requests and orphans, after asking.
//!
//! What a process holds is never destroyed: its end is the process's own affair, and a destroyed socket would keep the port
//! until its descriptor is closed.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::addr::{Host, mapped_v4};
use sockeye_sys::sock_diag::Extensions;
use sockeye_sys::{Protocol, TcpState};

use crate::cli::{Free, WantedOwners};
use crate::endpoint;
use crate::explain::{Event, counted};
use crate::names::Names;
use crate::owners::{self, Holders, Ownership};
use crate::record::Record;
use crate::shell;
use crate::socket::Socket;
use crate::state::State;
use crate::wait::is_on;
use crate::why::{all_sockets, link_of, port_of};

/// What becomes of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It is destroyed.
    Destroy,
    /// A process holds it.
    Held,
    /// It waits for accept(2): it ends with its listener.
    NotAccepted,
}

/// What becomes of a socket: only what no process can act on any more is destroyed.
pub fn fate(socket: &Socket) -> Fate {
    let waits = socket.state == State::Tcp(TcpState::TimeWait);
    match (waits || socket.is_half_open() || socket.is_orphan(), socket.waits_for_accept()) {
        (true, _) => Fate::Destroy,
        (false, true) => Fate::NotAccepted,
        (false, false) => Fate::Held,
    }
}

/// Runs `ports free`: yes if nothing keeps the port afterwards.
///
/// # Errors
/// [`Failure`] if it cannot be done, or the user cannot be asked.
pub fn run(job: &Free, output: &mut Output<'_>) -> Result<Status, Failure> {
    shell::confine::to_listing(false, output)?;
    let place = Place {
        port: port_of(&job.target.service, Protocol::TCP)?,
        host: job.target.host.clone(),
        link: link_of(job.target.host.as_ref())?,
    };
    let mut sockets = place.look(output)?;
    let names = shell::names(&sockets, true);
    let is_doomed = |socket: &Socket| fate(socket) == Fate::Destroy;
    let shown: Vec<Socket> = sockets.iter().filter(|socket| is_doomed(socket)).cloned().collect();
    let asked = !shown.is_empty() && !job.dry_run && !job.yes;
    if asked {
        confirm(&shown, &names, output)?;
        sockets = place.look(output)?;
    }
    let (doomed, kept) = doomed(sockets, &shown);
    let (mut destroyed, mut remaining) = (0, 0);
    if !doomed.is_empty() && !job.dry_run {
        destroyed = shell::free::destroy(&doomed)?;
        remaining = place.look(output)?.iter().filter(|socket| is_among(socket, &doomed)).count();
    }
    let (owners, search) = shell::holders(&kept, WantedOwners::All);
    output.event(&Event::OwnersSearched(search))?;
    let (owners, names) = (&owners, &names);
    let report = Report { place, dry_run: job.dry_run, doomed, kept, destroyed, remaining, owners, names, asked };
    output.result(&report)?;
    Ok(if report.is_free() { Status::YES } else { Status::NO })
}

/// Whether a socket is one of `others`: a cookie names it for as long as the kernel runs.
fn is_among(socket: &Socket, others: &[Socket]) -> bool {
    others.iter().any(|other| other.cookie == socket.cookie)
}

/// What of `now` is destroyed, and what stays: only what was shown is destroyed, and only if nothing can act on it still. While
/// a question stands on the terminal, a connection request can become a connection, under the same cookie.
fn doomed(now: Vec<Socket>, shown: &[Socket]) -> (Vec<Socket>, Vec<Socket>) {
    now.into_iter().partition(|socket| fate(socket) == Fate::Destroy && is_among(socket, shown))
}

/// Where the port is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    port: u16,
    /// `None` is at every address.
    host: Option<Host>,
    /// The interface that the address names.
    link: Option<u32>,
}

impl Place {
    fn address(&self) -> Option<IpAddr> {
        self.host.as_ref().and_then(Host::ip)
    }

    /// The TCP sockets that are there now.
    fn look(&self, output: &mut Output<'_>) -> Result<Vec<Socket>, Failure> {
        let mut sockets = all_sockets(Extensions::EMPTY, output)?;
        sockets.retain(|socket| self.meets(socket));
        Ok(sockets)
    }

    /// Whether a TCP socket is in the way of a bind of the port to the address, if one is given: to a wildcard every address
    /// of its families is, and `[::]` without IPV6_V6ONLY is of both.
    fn meets(&self, socket: &Socket) -> bool {
        let of_ipv4 = match socket.local.ip() {
            IpAddr::V4(_) => true,
            // What is not known of a wildcard is taken for the default.
            IpAddr::V6(v6) => mapped_v4(v6).is_some() || (v6.is_unspecified() && socket.v6only != Some(true)),
        };
        let is_on = |address| is_on(socket, Protocol::TCP, self.port, address);
        socket.shares_link(self.link)
            && match self.address() {
                Some(IpAddr::V4(Ipv4Addr::UNSPECIFIED)) => of_ipv4 && is_on(None),
                Some(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => is_on(None),
                address => is_on(address),
            }
    }
}

/// Asks on the terminal.
fn confirm(doomed: &[Socket], names: &Names, output: &mut Output<'_>) -> Result<(), Failure> {
    let mut question = String::new();
    for socket in doomed {
        question.push_str("  ");
        question.push_str(&line(socket, names, true));
        question.push('\n');
    }
    question = format!("{question}destroy {}? [y/N] ", counted(doomed.len(), "socket", "sockets"));
    output.flush()?;
    match shell::free::ask(&question, &mut |text| output.stderr_text(text)) {
        Some(true) => Ok(()),
        Some(false) => {
            output.note("nothing was destroyed");
            Err(Failure::Silent(Status::NO))
        }
        None => {
            Err(Failure::usage("there is no terminal to ask on").hint("--yes destroys without asking, --dry-run shows"))
        }
    }
}

/// A socket in a line: while it is there, with the time that it has left.
fn line(socket: &Socket, names: &Names, there: bool) -> String {
    let mut line = String::new();
    endpoint::push_local(&mut line, socket, names);
    if socket.has_peer() {
        line.push_str(" - ");
        endpoint::push_peer(&mut line, socket, names);
    }
    line.push(' ');
    line.push_str(socket.state.name().unwrap_or("unknown"));
    if let Some(left) = socket.expires_ms().filter(|_| there) {
        line.push_str(", ends by itself in ");
        line.push_str(&left.div_ceil(1000).to_string());
        line.push_str(" s");
    }
    line
}

/// What was done.
#[derive(Clone, Debug)]
struct Report<'a> {
    place: Place,
    dry_run: bool,
    doomed: Vec<Socket>,
    kept: Vec<Socket>,
    destroyed: usize,
    remaining: usize,
    owners: &'a Holders,
    names: &'a Names,
    /// Then the doomed stand on the terminal already.
    asked: bool,
}

impl Report<'_> {
    fn is_free(&self) -> bool {
        self.kept.is_empty() && self.remaining == 0 && (self.doomed.is_empty() || !self.dry_run)
    }

    /// Which port it is, and at which address if not at all.
    fn place(&self) -> String {
        let at = self.place.host.as_ref().map_or_else(String::new, |host| format!(" at {}", escape(&host.to_string())));
        format!("port {}{at}", self.place.port)
    }

    /// What helps where a socket stays.
    fn stays(&self, socket: &Socket) -> String {
        match fate(socket) {
            Fate::NotAccepted => return "waits for accept(2), and ends with its listener".to_owned(),
            Fate::Destroy => return "came meanwhile: it was not shown, and is left alone".to_owned(),
            Fate::Held => {}
        }
        let mut pids: Vec<u32> = self.owners.of(socket.inode).map(|owner| owner.pid).collect();
        pids.dedup();
        match self.owners.ownership(socket.inode) {
            Ownership::Held => {
                let mut who = String::new();
                owners::push_owners(&mut who, self.owners.of(socket.inode));
                let pids: Vec<String> = pids.iter().map(u32::to_string).collect();
                format!("held by {who}: let it close, or kill {}", pids.join(" "))
            }
            Ownership::Hidden => "held by a process that may not be looked into: ask as root".to_owned(),
            Ownership::Nobody => "held outside this PID namespace".to_owned(),
        }
    }
}

impl Render for Report<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let place = self.place();
        if self.doomed.is_empty() && self.kept.is_empty() {
            let nothing = match self.place.address() {
                None | Some(IpAddr::V6(Ipv6Addr::UNSPECIFIED)) => "no socket has it",
                Some(_) => "nothing is in the way at that address",
            };
            return text.line(format!("{place} is free: {nothing}"));
        }
        let doomed = counted(self.doomed.len(), "socket", "sockets");
        match (self.doomed.is_empty(), self.dry_run) {
            (true, _) if self.asked => {
                text.line("nothing was destroyed: what was shown has ended, or is a connection by now")?;
            }
            (true, _) => text.line(format!("nothing on {place} may be destroyed"))?,
            (false, true) => text.line(format!("would destroy {doomed}:"))?,
            (false, false) => text.line(format!("destroyed {} of {doomed}", self.destroyed))?,
        }
        if !self.asked {
            let line = |socket| format!("  {}", line(socket, self.names, self.dry_run));
            self.doomed.iter().try_for_each(|socket| text.line(line(socket)))?;
        }
        if self.remaining > 0 {
            let left = counted(self.remaining, "socket is", "sockets are");
            text.line(text.paint(Role::Bad, &format!("{left} still there")))?;
        }
        for socket in &self.kept {
            let line = text.paint(Role::Warning, &line(socket, self.names, true));
            text.line(format!("  stays: {line}"))?;
            text.line(format!("    {}", self.stays(socket)))?;
        }
        if self.is_free() {
            text.line(format!("{place} is {}", text.paint(Role::Good, "free")))?;
        }
        Ok(())
    }
}

/// A socket that stays, as JSON.
#[derive(Serialize)]
struct Kept<'a> {
    #[serde(flatten)]
    socket: Record<'a>,
    fate: Fate,
    why: String,
}

impl Serialize for Report<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let record = |socket| Record::new(socket, self.names, Some(self.owners));
        let doomed: Vec<Record<'_>> = self.doomed.iter().map(record).collect();
        let kept: Vec<Kept<'_>> = self
            .kept
            .iter()
            .map(|socket| Kept { socket: record(socket), fate: fate(socket), why: self.stays(socket) })
            .collect();
        let mut object = serializer.serialize_struct("Freed", 7)?;
        object.serialize_field("local_port", &self.place.port)?;
        object.serialize_field("dry_run", &self.dry_run)?;
        object.serialize_field("free", &self.is_free())?;
        object.serialize_field("destroyed", &self.destroyed)?;
        object.serialize_field("remaining", &self.remaining)?;
        object.serialize_field("leftovers", &doomed)?;
        object.serialize_field("stays", &kept)?;
        object.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::socket;

    #[test]
    fn only_what_no_process_can_act_on_is_destroyed() {
        let fate_of =
            |state, inode| fate(&Socket { inode, ..socket(Protocol::TCP, state, "127.0.0.1:80", "127.0.0.1:4000") });
        for state in [TcpState::FinWait1, TcpState::FinWait2, TcpState::Closing, TcpState::LastAck] {
            assert_eq!(fate_of(state, None), Fate::Destroy, "{state:?}");
            assert_eq!(fate_of(state, Some(7)), Fate::Held, "{state:?}: shutdown(2) without close(2)");
        }
        assert_eq!(fate_of(TcpState::TimeWait, None), Fate::Destroy);
        assert_eq!(fate_of(TcpState::SynReceived, None), Fate::Destroy);
        for state in [TcpState::Established, TcpState::CloseWait] {
            assert_eq!(fate_of(state, None), Fate::NotAccepted, "{state:?}");
            assert_eq!(fate_of(state, Some(7)), Fate::Held, "{state:?}");
        }
        for state in [TcpState::Listen, TcpState::BoundInactive, TcpState::SynSent] {
            assert_eq!(fate_of(state, Some(7)), Fate::Held, "{state:?}");
        }
    }

    #[test]
    fn a_wildcard_meets_every_address_of_its_families() {
        let meets = |local: &str, v6only, address: &str| {
            let peer = if local.starts_with('[') { "[::1]:4000" } else { "127.0.0.1:4000" };
            let there = Socket { v6only, ..socket(Protocol::TCP, TcpState::TimeWait, local, peer) };
            Place { port: 80, host: Some(address.parse().unwrap()), link: None }.meets(&there)
        };
        for local in ["127.0.0.1:80", "[::ffff:127.0.0.1]:80"] {
            assert!(meets(local, None, "0.0.0.0") && meets(local, None, "::") && meets(local, None, "127.0.0.1"));
            assert!(!meets(local, None, "127.0.0.2"), "{local}");
        }
        assert!(meets("[::1]:80", None, "::") && !meets("[::1]:80", None, "0.0.0.0"));
        assert!(meets("[::]:80", Some(false), "0.0.0.0") && !meets("[::]:80", Some(true), "0.0.0.0"));
        assert!(!meets("127.0.0.1:81", None, "0.0.0.0") && !meets("127.0.0.1:81", None, "::"));
    }

    #[test]
    fn of_a_link_only_what_is_on_it_or_on_every_one() {
        let at = |link| Place { port: 80, host: Some("fe80::1".parse().unwrap()), link };
        let on = |interface| Socket {
            interface,
            ..socket(Protocol::TCP, TcpState::TimeWait, "[fe80::1]:80", "[fe80::2]:4000")
        };
        assert!(at(Some(2)).meets(&on(Some(2))) && at(None).meets(&on(Some(2))) && at(Some(2)).meets(&on(None)));
        assert!(!at(Some(3)).meets(&on(Some(2))));
    }

    #[test]
    fn only_what_was_shown_and_is_still_nobodys_is_destroyed() {
        let at = |cookie, state, inode| Socket {
            inode,
            cookie,
            ..socket(Protocol::TCP, state, "127.0.0.1:80", "127.0.0.1:4000")
        };
        let shown =
            [at(1, TcpState::SynReceived, None), at(2, TcpState::FinWait2, None), at(3, TcpState::TimeWait, None)];
        let now = vec![
            // Became a connection while the question stood there, and somebody accepted it.
            at(1, TcpState::Established, Some(7)),
            at(2, TcpState::TimeWait, None),
            at(4, TcpState::TimeWait, None),
        ];
        let (doomed, kept) = doomed(now, &shown);
        assert_eq!(doomed.iter().map(|socket| socket.cookie).collect::<Vec<_>>(), [2]);
        assert_eq!(kept.iter().map(|socket| socket.cookie).collect::<Vec<_>>(), [1, 4]);
    }

    #[test]
    fn what_is_said_is_of_the_address_and_of_now() {
        let (owners, names) = (Holders::default(), Names::default());
        let mut report = Report {
            place: Place { port: 80, host: None, link: None },
            dry_run: false,
            doomed: Vec::new(),
            kept: Vec::new(),
            destroyed: 0,
            remaining: 0,
            owners: &owners,
            names: &names,
            asked: false,
        };
        let said = |report: &Report<'_>| {
            let mut shown = Vec::new();
            report.render(&mut Text::plain(&mut shown)).unwrap();
            String::from_utf8(shown).unwrap()
        };
        assert_eq!(said(&report), "port 80 is free: no socket has it\n");
        report.place.host = Some("127.0.0.2".parse().unwrap());
        assert_eq!(said(&report), "port 80 at 127.0.0.2 is free: nothing is in the way at that address\n");
        let mut waits = socket(Protocol::TCP, TcpState::TimeWait, "127.0.0.2:80", "127.0.0.1:4000");
        waits.timer.kind = sockeye_sys::sock_diag::TimerKind::TimeWait;
        waits.timer.expires_ms = 60_000;
        (report.doomed, report.destroyed, report.dry_run) = (vec![waits], 1, true);
        assert!(said(&report).contains("TIME-WAIT, ends by itself in 60 s\n"));
        report.dry_run = false;
        assert!(said(&report).contains("TIME-WAIT\n"), "it has ended");
    }
}
