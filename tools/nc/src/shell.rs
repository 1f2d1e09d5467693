//! The shell: sockets, descriptors, names and clocks. What it decides, [`crate::relay`] has decided.

#![expect(clippy::disallowed_methods, reason = "the shell: reads the clock and looks at the standard streams")]

mod access;
mod confine;
mod connect;
mod converse;
mod gateway;
mod holder;
mod listen;
mod local;
mod names;
mod pass;
mod program;
mod proxy;
mod scan;
mod serve;
mod shortcut;
mod sockopt;
mod stdio;
mod taps;
mod terminal;
mod tls;
mod wire;

use std::io::IsTerminal;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::confine::{Profile, Removes};

use crate::access::Lists;
use crate::address::Address;
use crate::explain::tcp::Moment;
use crate::explain::{Event, Step};
use crate::generate::{Account, Judge};
use crate::options::{Dialect, Options, Role, Traffic, Transport};
use crate::relay::Policy;
use crate::report::Ledger;
use crate::shell::stdio::{Input, Sink};

/// The status of everything that did not come about, as OpenBSD's.
const FAILED: Status = Status(1);
/// `--status`: ICMP said that nobody listens there.
const CLOSED: Status = Status(3);
/// `--status`: nothing came back.
const SILENT: Status = Status(5);

/// NC_COMPAT: the dialect, whatever the name.
pub(crate) fn compat() -> Option<String> {
    std::env::var("NC_COMPAT").ok()
}

/// One run.
struct Session<'run, 'out> {
    options: &'run Options,
    output: &'run mut Output<'out>,
    start: Instant,
    input: Input,
    sink: Sink,
    /// What the datagrams of the last conversation came to.
    ledger: Ledger,
    /// What `--ssl` needs, once for all connections.
    tls: Option<Arc<tls::Setup>>,
    /// Who may connect. `None` is everybody.
    lists: Option<Lists>,
    /// Where we listen, if that is no IP address, and what is said of it.
    listens_at: Option<(Address, String)>,
    /// What becomes of somebody's `--generate`.
    judge: Option<Judge>,
    /// The key that TCP segments are signed with (`-S`).
    md5_key: Option<String>,
    /// Copies of what goes past.
    taps: Option<taps::Taps>,
    /// Other peers are connected to when this one has left.
    goes_on: bool,
    /// Where socket files of ours are, which go when we do.
    socket_files: Removes,
    /// What was given up last.
    confined_to: Option<Profile>,
}

/// Does what the options say.
///
/// # Errors
/// [`Failure`] if it came to nothing.
pub(crate) fn run(options: &Options, output: &mut Output<'_>) -> Result<Status, Failure> {
    if let Role::What(words) = &options.role {
        return output.result(&crate::what::what(options.dialect, words)).map(|()| Status::YES);
    }
    let input = Input::open(options.traffic.generate)
        .map_err(|error| Failure::call(FAILED, "dup", "standard input", &error))?;
    let sink = Sink::open().map_err(|error| Failure::call(FAILED, "dup", "standard output", &error))?;
    if options.dialect == Dialect::Ncat {
        // Under whatever name it was called.
        output.rename("Ncat");
    }
    let mut session = Session {
        options,
        output,
        start: Instant::now(),
        input,
        sink,
        ledger: Ledger::default(),
        tls: None,
        lists: None,
        judge: options.traffic.expect.then(|| Judge::new(options.transport.is_datagram())),
        md5_key: None,
        taps: None,
        goes_on: false,
        socket_files: Removes::Nothing,
        confined_to: None,
        listens_at: None,
    };
    if options.dialect == Dialect::Ncat {
        session.say(format!("Version {} ( Sockeye )", env!("CARGO_PKG_VERSION")));
    }
    if let Some(engine) = &options.nsock_engine {
        session.say(format!("--nsock-engine {engine} has no effect: there is no nsock here, but poll(2) and epoll(7)"));
    }
    session.prepare().map_err(|failure| failure.with_status(session.fatal()))?;
    let status = match &options.role {
        Role::Connect(_) => connect::run(&mut session),
        Role::Listen(_) => listen::run(&mut session),
        Role::What(_) => Ok(Status::YES),
    }?;
    session.pass_judgement(status)
}

impl Session<'_, '_> {
    /// Reads and opens what the options name, before anybody is connected to or waited for.
    fn prepare(&mut self) -> Result<(), Failure> {
        self.prepare_tls()?;
        self.prepare_lists()?;
        self.prepare_taps()?;
        self.prepare_signature()
    }

    /// Shows a step of the working, if that was asked for.
    fn explain(&mut self, event: impl FnOnce() -> Event) {
        if self.output.is_explained() {
            let at_us = u64::try_from(self.start.elapsed().as_micros()).unwrap_or(u64::MAX);
            // Standard error is gone: no reason to end a transfer.
            let _ = self.output.event(&Step { event: event(), at_us });
        }
    }

    /// Shows the TCP state of a socket. Of other sockets there is none.
    fn explain_state(&mut self, when: Moment, socket: &socket2::Socket) {
        if self.output.is_explained()
            && self.options.transport == Transport::Tcp
            && let Ok(info) = sockeye_sys::socket::tcp_info(socket)
            && let Some(event) = Event::tcp_state(when, &info)
        {
            self.explain(|| event);
        }
    }

    /// Shows what the kernel knows about a connection at its end.
    fn explain_info(&mut self, socket: &socket2::Socket) {
        if self.output.is_explained()
            && self.options.transport == Transport::Tcp
            && let Ok(info) = sockeye_sys::socket::tcp_info(socket)
        {
            self.explain(|| Event::tcp_info(&info));
        }
    }

    /// Says a sentence of `-v`. With JSON the events say it, and standard error stays JSON Lines.
    fn say(&mut self, sentence: impl AsRef<str>) {
        if self.options.verbose > 0 && !self.output.is_json() {
            match self.options.dialect {
                Dialect::Ncat => self.output.stderr_line(format!("Ncat: {}", sentence.as_ref())),
                Dialect::OpenBsd | Dialect::Traditional => self.output.stderr_line(sentence),
            }
        }
    }

    /// Says what somebody should know even without `-v`. With JSON an event says it.
    fn warn(&mut self, sentence: impl AsRef<str>) {
        if !self.output.is_json() {
            self.output.note(sentence);
        }
    }

    /// Whether a failed connection is told: to somebody who asked, or who sits there. A script's standard error stays
    /// as silent as OpenBSD nc leaves it.
    fn is_loud(&self) -> bool {
        let Options { verbose, errors, dialect, role, .. } = self.options;
        let scans = matches!(role, Role::Connect(connect) if connect.scan);
        (*dialect == Dialect::Ncat && !scans)
            || *verbose > 0
            || *errors
            || self.output.is_explained()
            || std::io::stderr().is_terminal()
    }

    /// Says what `--expect` has found. What is not as it should be is a failure.
    fn pass_judgement(&mut self, status: Status) -> Result<Status, Failure> {
        let Some(judge) = self.judge.take() else { return Ok(status) };
        let accounts = judge.accounts();
        if accounts.is_empty() {
            return Err(Failure::new(FAILED, "--expect: nothing came"));
        }
        let good = accounts.iter().all(Account::is_good);
        for account in accounts {
            if self.output.is_json() {
                self.explain(|| Event::Account(Box::new(account)));
            } else {
                self.output.note(account.line());
            }
        }
        if good { Ok(status) } else { Err(Failure::Silent(FAILED)) }
    }

    /// The status of what was wrong before there was a peer: ncat tells it from a failed connection.
    fn fatal(&self) -> Status {
        if self.options.dialect == Dialect::Ncat { Status(2) } else { FAILED }
    }

    /// How long a connection may take. A time of zero waits as long as the kernel does.
    fn connect_limit(&self) -> Option<Duration> {
        self.options.connect_timeout.filter(|limit| !limit.is_zero())
    }

    /// How conversations end.
    fn policy(&self) -> Policy {
        let Traffic {
            ignore_input,
            shutdown_at_eof,
            quit_after_eof,
            leave_with_peer,
            send_only: drop_received,
            receive_limit,
            recv_only,
            ..
        } = self.options.traffic;
        Policy {
            ignore_input,
            shutdown_at_eof,
            shutdown_at_answer: ignore_input && !recv_only && self.options.dialect != Dialect::Ncat,
            quit_after_eof,
            idle: self.options.idle_timeout,
            leave_with_peer,
            drop_received,
            receive_limit,
        }
    }
}
