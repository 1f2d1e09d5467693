//! `-f`: the lookups of a file, many at a time.
//!
//! One thread asks and listens. What is more than a query and a plain answer to it goes to the threads of [`workers`].

#![expect(clippy::disallowed_methods, reason = "the shell: the file, sockets, clocks, threads")]

use std::collections::VecDeque;
use std::io::{self, IsTerminal, PipeReader, Read};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sockeye_cli::failure::errno_text;
use sockeye_cli::progress::Progress;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::datagrams::{self, BATCH};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::signals;

use super::{ANSWERED, NO_ANSWER, footer, key};
use crate::args::batch::Defaults;
use crate::bulk::{AfterFailure, Arrival, LineUp, Opening, Ticket, Window};
use crate::exchange::Answer;
use crate::explain::{Event, Transport};
use crate::message::Message;
use crate::options::{Batch, Options};
use crate::transport::Timing;
use crate::{cookie, outcome, printer};

mod kind;
mod lines;
mod reading;
mod sockets;
mod workers;

use kind::Kind;
use lines::{Lines, Next};
use sockets::Sockets;
use workers::{Done, Look, Said, Workers};

/// The file cannot be read.
const NO_FILE: Status = Status(8);
/// Room for one datagram, in octets; a longer one is asked for again by itself.
const SLOT: usize = 4096;
/// How long output may lie here while nothing else is to be done.
const LINGER: Duration = Duration::from_millis(5);
/// How long to wait when the system has no room for a datagram.
const NO_ROOM: Duration = Duration::from_millis(1);

/// Asks for the names of the line, then for those of the file.
///
/// # Errors
/// [`Failure`] with dig's statuses.
pub(super) fn run(batch: &Batch, output: &mut Output<'_>) -> Result<Status, Failure> {
    let lines = match Lines::open(&batch.file) {
        Ok(lines) => lines,
        Err(error) => {
            // As perror(3): without a name there is no colon.
            let name = if batch.file.is_empty() { String::new() } else { format!("{}: ", batch.file) };
            output.stderr_line(name + &errno_text(&error));
            return Err(Failure::new(NO_FILE, "couldn't open specified batch file"));
        }
    };
    super::confine::confine(&super::confine::for_a_batch(), output)?;
    Engine::new(batch, lines, output)?.run(batch)
}

/// A lookup of the batch.
pub(super) struct Job {
    /// Its place in the order.
    number: u64,
    kind: Arc<Kind>,
    name: String,
    banner: Banner,
    /// What its line says before anything is asked.
    preface: Option<Box<Preface>>,
    /// What was said of tries that failed.
    notices: String,
}

/// The banner that stands in front of a lookup's answer.
enum Banner {
    None,
    /// That of a line with the name alone.
    OfName,
    Made(String),
}

/// What a line says before anything is asked.
struct Preface {
    stdout: String,
    stderr: Vec<String>,
}

impl Preface {
    fn of(options: &Options) -> Option<Box<Self>> {
        let said = !options.preamble.is_empty() || !options.warnings.is_empty();
        said.then(|| Box::new(Self { stdout: options.preamble.clone(), stderr: options.warnings.clone() }))
    }

    fn say(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        for warning in &self.stderr {
            output.stderr_text(warning);
        }
        if output.is_json() {
            self.stdout.lines().for_each(|line| output.stderr_line(line));
            return Ok(());
        }
        output.raw(self.stdout.as_bytes())
    }
}

impl Job {
    fn banner(&self) -> Option<String> {
        match &self.banner {
            Banner::None => None,
            Banner::OfName => Some(Defaults::later_banner(&self.name)),
            Banner::Made(text) => Some(text.clone()),
        }
    }
}

/// The loop and all that it needs.
struct Engine<'o, 'w> {
    output: &'o mut Output<'w>,
    cookie: [u8; 8],
    /// Loaded once for all lines, as dig does.
    key: key::Loaded,
    lines: Lines,
    defaults: Defaults,
    /// The kind of a line with a name alone, as long as no line changes what holds for all.
    plain: Option<Arc<Kind>>,
    /// The last one of another line: the next is often the same.
    last: Option<Arc<Kind>>,
    ready: VecDeque<Job>,
    window: Window<Job>,
    line_up: LineUp<Said>,
    in_order: bool,
    opening: Opening,
    sockets: Sockets,
    workers: Workers,
    /// Lookups that have more to say than can be held, each until its turn.
    long: Vec<Job>,
    ids: Ids,
    clock: Clock,
    signals: Option<PipeReader>,
    progress: Option<Progress>,
    /// No more lines are read.
    ended: bool,
    /// dig would end here.
    stop: Option<Failure>,
    /// The number of the lookup that the status comes from, and the status.
    status: (u64, Status),
    /// There is output that was not handed to the system.
    dirty: bool,
    /// A socket that takes no more at the moment.
    full: Option<u16>,
    text: String,
    octets: Vec<u8>,
    room: Vec<u8>,
}

impl<'o, 'w> Engine<'o, 'w> {
    fn new(batch: &Batch, lines: Lines, output: &'o mut Output<'w>) -> Result<Self, Failure> {
        let mut cookie = [0; 8];
        super::fill(&mut cookie)?;
        let host = |call: &'static str| move |error: io::Error| Failure::call(Status::HOST, call, "", &error);
        let workers = Workers::new(Look::of(output)).map_err(host("pipe"))?;
        // A progress line would be in the way of results on the same terminal.
        let progress = (!io::stdout().is_terminal()).then(|| Progress::start("looking up", lines.len()));
        Ok(Self {
            output,
            cookie,
            key: key::Loaded::default(),
            lines,
            defaults: batch.defaults.clone(),
            plain: None,
            last: None,
            ready: VecDeque::new(),
            window: Window::default(),
            line_up: LineUp::default(),
            in_order: !batch.globals.bulk,
            opening: Opening::new(batch.globals.parallel.into()),
            sockets: Sockets::default(),
            workers,
            long: Vec::new(),
            ids: Ids::default(),
            clock: Clock::default(),
            signals: signals::catch_endings().ok(),
            progress,
            ended: false,
            stop: None,
            status: (0, ANSWERED),
            dirty: false,
            full: None,
            text: String::new(),
            octets: Vec::new(),
            room: vec![0; BATCH * SLOT],
        })
    }

    fn run(mut self, batch: &Batch) -> Result<Status, Failure> {
        if let Some(status) = self.read_first_line(batch)? {
            return Ok(status);
        }
        loop {
            self.begin()?;
            self.send(Instant::now())?;
            if self.is_done() {
                break;
            }
            if let Some(signal) = self.wait()? {
                self.output.flush()?;
                return Ok(Status(128 + signal));
            }
            self.hear()?;
            while let Some((number, done)) = self.workers.take() {
                match done {
                    Done::Said(said) => self.say(number, said)?,
                    Done::TooLong(job) => self.long.push(job),
                }
            }
            self.give_up_waiting(Instant::now())?;
            self.say_long()?;
        }
        match self.stop {
            Some(failure) => Err(failure),
            None => Ok(self.status.1),
        }
    }

    fn in_flight(&self) -> usize {
        self.window.len() + self.workers.busy()
    }

    /// In order, what comes behind the end that dig would make is not waited for: it was not to be asked.
    fn is_done(&self) -> bool {
        if self.in_order && self.stop.is_some() {
            return true;
        }
        self.ended && self.ready.is_empty() && self.in_flight() == 0 && self.long.is_empty()
    }

    // Beginning.

    fn wants_lines(&self) -> bool {
        !self.ended && self.ready.is_empty() && self.in_flight() < self.opening.width() && self.line_up.has_room()
    }

    /// Begins lookups as long as there is room.
    fn begin(&mut self) -> Result<(), Failure> {
        loop {
            while self.in_flight() < self.opening.width() && self.line_up.has_room() {
                let Some(job) = self.ready.pop_front() else { break };
                self.start(job);
            }
            if !self.wants_lines() {
                return Ok(());
            }
            match self.lines.next() {
                Next::Line => self.read_line()?,
                Next::Wait => return Ok(()),
                Next::End => self.ended = true,
            }
        }
    }

    fn start(&mut self, job: Job) {
        let mut question = std::mem::take(&mut self.octets);
        match &job.kind.fast {
            Some(fast) if fast.question(&job.name, &mut question) => {
                let patience = fast.patience;
                self.window.start(job, &question, patience, Instant::now());
            }
            _ => self.workers.submit(job),
        }
        self.octets = question;
    }

    // Sending.

    fn send(&mut self, now: Instant) -> Result<(), Failure> {
        while self.full.is_none()
            && let Some(first) = self.window.next_to_send()
        {
            let Some((flight, _)) = self.window.get(first) else { return Ok(()) };
            let kind = Arc::clone(&flight.job.kind);
            let server = kind.fast.as_ref().and_then(|fast| fast.servers.get(flight.server)).map(|server| server.addr);
            let socket = server.map(|server| self.sockets.next(server, kind.globals.source));
            let (Some(server), Some(Ok(socket))) = (server, socket) else {
                // A session says why.
                self.hand_over(first);
                continue;
            };
            let tickets = self.take_batch(socket, server, &kind, now)?;
            self.send_batch(socket, &tickets)?;
        }
        Ok(())
    }

    /// Puts the next queries to that server together, and takes them for sent.
    fn take_batch(
        &mut self,
        socket: u16,
        server: std::net::SocketAddr,
        kind: &Arc<Kind>,
        now: Instant,
    ) -> Result<Vec<(Ticket, usize)>, Failure> {
        let mut batch = Vec::with_capacity(BATCH);
        self.octets.clear();
        while batch.len() < BATCH
            && let Some(ticket) = self.window.next_to_send()
            && let Some((flight, question)) = self.window.get(ticket)
            && let Some(fast) = &flight.job.kind.fast
            && fast.servers.get(flight.server).is_some_and(|wanted| wanted.addr == server)
            && flight.job.kind.globals.source == kind.globals.source
        {
            let id = self.ids.next()?;
            let before = self.octets.len();
            fast.form.emit(id, question, &mut self.octets);
            if self.window.send(socket, id, now) {
                batch.push((ticket, self.octets.len() - before));
            } else {
                self.octets.truncate(before);
            }
        }
        Ok(batch)
    }

    fn send_batch(&mut self, socket: u16, tickets: &[(Ticket, usize)]) -> Result<(), Failure> {
        let mut rest = self.octets.as_slice();
        let mut pieces: Vec<&[u8]> = Vec::with_capacity(tickets.len());
        for (_, len) in tickets {
            let (piece, behind) = rest.split_at_checked(*len).unwrap_or((rest, &[]));
            pieces.push(piece);
            rest = behind;
        }
        let Some(line) = self.sockets.get(socket) else { return Ok(()) };
        let mut sent = datagrams::send_many(&line.udp, pieces.iter().copied());
        let mut count = *sent.as_ref().unwrap_or(&0);
        let mut lost_error = false;
        if (1..pieces.len()).contains(&count) {
            // sendmmsg(2) stops at an error and does not say which. If there is none now, then it was what had come back for
            // an earlier query: nobody listens there.
            sent = datagrams::send_many(&line.udp, pieces.iter().skip(count).copied());
            lost_error = sent.is_ok();
            count += *sent.as_ref().unwrap_or(&0);
        }
        self.sockets.sent(socket, count);
        for (ticket, _) in tickets.iter().skip(count).rev() {
            self.window.unsend(*ticket);
        }
        if lost_error {
            return self.refused(socket);
        }
        match sent.map_err(|error| (error.kind(), error)) {
            Ok(_) => {}
            Err((io::ErrorKind::ConnectionRefused, _)) => self.refused(socket)?,
            Err((io::ErrorKind::WouldBlock, _)) => self.full = Some(socket),
            Err((_, error)) if error.raw_os_error() == Some(ENOBUFS) => std::thread::sleep(NO_ROOM),
            Err(_) => {
                if let Some((ticket, _)) = tickets.get(count) {
                    self.hand_over(*ticket);
                }
            }
        }
        Ok(())
    }

    // Waiting and hearing.

    /// Waits for something to do. The number of the signal, if one came that ends the run.
    fn wait(&mut self) -> Result<Option<u8>, Failure> {
        let now = Instant::now();
        let mut timeout = self.window.check_at().map(|at| at.saturating_duration_since(now));
        if self.dirty {
            timeout = Some(timeout.map_or(LINGER, |timeout| timeout.min(LINGER)));
        }
        let wants_lines = self.wants_lines();
        let mut fds = vec![
            self.signals.as_ref().map_or(PollFd::idle(), |signals| PollFd::new(signals.as_fd(), Events::IN)),
            if wants_lines { PollFd::new(self.lines.as_fd(), Events::IN) } else { PollFd::idle() },
            if self.workers.busy() > 0 { PollFd::new(self.workers.as_fd(), Events::IN) } else { PollFd::idle() },
        ];
        for (number, line) in self.sockets.waiting() {
            let events = if self.full == Some(number) { Events::IN | Events::OUT } else { Events::IN };
            fds.push(PollFd::new(line.udp.as_fd(), events));
        }
        if let Some(number) = self.full
            && let Some(line) = self.sockets.get(number).filter(|line| line.waiting == 0)
        {
            fds.push(PollFd::new(line.udp.as_fd(), Events::OUT));
        }
        let ready =
            poll(&mut fds, timeout).map_err(|error| Failure::call(Status::HOST, "poll", "for answers", &error))?;
        let came = |place: usize| fds.get(place).is_some_and(|fd| !fd.ready().is_empty());
        let (signal, more) = (came(0), came(1));
        drop(fds);
        self.full = None;
        if ready == 0 && self.dirty {
            self.output.flush()?;
            self.dirty = false;
        }
        if more {
            self.lines.read();
        }
        if !signal {
            return Ok(None);
        }
        let mut number = [0];
        let read = self.signals.as_mut().map(|signals| signals.read(&mut number));
        Ok(matches!(read, Some(Ok(1))).then_some(number[0]))
    }

    /// Takes what has come on the sockets.
    fn hear(&mut self) -> Result<(), Failure> {
        let waiting: Vec<u16> = self.sockets.waiting().map(|(number, _)| number).collect();
        let mut room = std::mem::take(&mut self.room);
        let mut came = Vec::with_capacity(BATCH);
        for socket in waiting {
            let Some(line) = self.sockets.get(socket) else { continue };
            let server = line.server();
            match datagrams::receive_many(&line.udp, &mut room, SLOT, &mut came) {
                Ok(()) => {
                    let now = Instant::now();
                    for (datagram, slot) in came.iter().zip(room.chunks_exact(SLOT)) {
                        let octets = slot.get(..datagram.len).unwrap_or_default();
                        if datagram.peer.is_none_or(|peer| peer == server) {
                            self.take(socket, octets, datagram.full_len > datagram.len, now)?;
                        }
                    }
                }
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => self.refused(socket)?,
                // The next wait tells, or the time that passes.
                Err(_) => {}
            }
        }
        self.room = room;
        Ok(())
    }

    fn take(&mut self, socket: u16, octets: &[u8], cut: bool, now: Instant) -> Result<(), Failure> {
        let ticket = match self.window.arrival(socket, octets) {
            Arrival::Answer(ticket) if !cut => ticket,
            Arrival::Answer(ticket) | Arrival::Odd(ticket) => {
                self.hand_over(ticket);
                return Ok(());
            }
            Arrival::Stray => return Ok(()),
        };
        if !self.show(ticket, octets, now)? {
            self.hand_over(ticket);
        }
        Ok(())
    }

    /// Shows a plain answer. `false` if it is none.
    fn show(&mut self, ticket: Ticket, octets: &[u8], now: Instant) -> Result<bool, Failure> {
        let Some((flight, _)) = self.window.get(ticket) else { return Ok(true) };
        let job = &flight.job;
        let (kind, server) = (Arc::clone(&job.kind), flight.server);
        let Some(fast) = &kind.fast else { return Ok(false) };
        let Ok(message) = Message::parse(octets) else { return Ok(false) };
        if !fast.is_content_with(&message, &kind.lookup) {
            return Ok(false);
        }
        let cookie = fast.judge(&message);
        if cookie == Some(cookie::Verdict::Bad) {
            return Ok(false);
        }
        let status = if kind.globals.status { outcome::status(&message) } else { ANSWERED };
        self.text.clear();
        let show = &kind.lookup.show;
        if kind.globals.short && !show.answer {
            // Nothing is wanted.
        } else if kind.globals.short && !show.identify {
            self.text += &printer::short(&show.style, &message);
        } else {
            let answer = Answer {
                message,
                octets: octets.to_vec(),
                server: fast.servers.get(server).cloned().ok_or(Failure::Silent(NO_ANSWER))?,
                transport: Transport::Udp,
                rtt: now.saturating_duration_since(flight.sent),
                cookie,
                query: fast.query.clone(),
                timing: Timing::default(),
                signature: None,
                transfer: None,
            };
            if kind.globals.short {
                self.text += &printer::short_identified(show, &answer);
            } else {
                let banner = if kind.globals.banner { job.banner() } else { None };
                self.text += &banner.unwrap_or_default();
                let mut shown = printer::answer(&kind.lookup, &answer);
                shown += &if show.stats {
                    printer::stats(show, &answer, self.clock.text(), None)
                } else {
                    footer(&kind.lookup, &answer, None)
                };
                if self.output.has_colour() {
                    shown = printer::colour::painted(&shown, &|role, words| self.output.paint(role, words));
                }
                self.text += &shown;
            }
        }
        self.opening.answered();
        let Some(job) = self.close(ticket) else { return Ok(true) };
        let text = std::mem::take(&mut self.text);
        self.say_text(&job, &text, status)?;
        self.text = text;
        Ok(true)
    }

    /// Takes a lookup out of the window.
    fn close(&mut self, ticket: Ticket) -> Option<Job> {
        let flight = self.window.finish(ticket)?;
        if let Some(socket) = flight.socket() {
            self.sockets.done(socket);
        }
        Some(flight.job)
    }

    /// Has a session ask again from the start: it knows what to do with answers of every kind.
    fn hand_over(&mut self, ticket: Ticket) {
        if let Some(job) = self.close(ticket) {
            self.workers.submit(job);
        }
    }

    fn give_up_waiting(&mut self, now: Instant) -> Result<(), Failure> {
        let late = self.window.overdue(now);
        if !late.is_empty() {
            self.opening.lost();
        }
        for ticket in late {
            self.failed(ticket, "timed out")?;
        }
        Ok(())
    }

    /// Nobody listens there: that is said of a socket, not of a query.
    fn refused(&mut self, socket: u16) -> Result<(), Failure> {
        for ticket in self.window.on_socket(socket) {
            self.failed(ticket, "connection refused")?;
        }
        Ok(())
    }

    fn failed(&mut self, ticket: Ticket, reason: &str) -> Result<(), Failure> {
        let Some((flight, _)) = self.window.get(ticket) else { return Ok(()) };
        let (kind, server, socket) = (Arc::clone(&flight.job.kind), flight.server, flight.socket());
        let comments = kind.lookup.show.comments;
        let server = kind.fast.as_ref().and_then(|fast| fast.servers.get(server));
        let notice = server.and_then(|server| {
            let event = Event::CommunicationsError { server: server.addr, reason: reason.to_owned() };
            printer::notice(&event, comments)
        });
        if let (Some(notice), Some(job)) = (notice, self.window.job_mut(ticket)) {
            job.notices += &notice;
        }
        let after = self.window.fail(ticket);
        if let Some(socket) = socket {
            self.sockets.done(socket);
        }
        if after == AfterFailure::GiveUp
            && let Some(flight) = self.window.finish(ticket)
        {
            let job = flight.job;
            let banner = job.banner().unwrap_or_default();
            let text = banner + &printer::notice(&Event::NoServers, comments).unwrap_or_default();
            self.say_text(&job, &text, NO_ANSWER)?;
        }
        Ok(())
    }

    // Showing.

    /// Shows the result of a lookup at its turn.
    fn say_text(&mut self, job: &Job, text: &str, status: Status) -> Result<(), Failure> {
        if self.in_order && self.stop.is_some() {
            // dig would have ended before it.
            return Ok(());
        }
        if job.preface.is_none() && (!self.in_order || self.line_up.pass(job.number)) {
            self.output.raw(job.notices.as_bytes())?;
            self.output.raw(text.as_bytes())?;
            self.note_status(job.number, status);
            self.dirty = true;
            return self.say_on();
        }
        let mut said = Said { status: Some(status), ..Said::default() };
        if let Some(preface) = &job.preface {
            said.stdout.extend_from_slice(preface.stdout.as_bytes());
            said.stderr.extend_from_slice(preface.stderr.concat().as_bytes());
        }
        said.stdout.extend_from_slice(job.notices.as_bytes());
        said.stdout.extend_from_slice(text.as_bytes());
        self.say(job.number, said)
    }

    fn say(&mut self, number: u64, said: Said) -> Result<(), Failure> {
        if !self.in_order {
            return self.write(number, said);
        }
        let octets = said.stdout.len() + said.stderr.len();
        self.line_up.put(number, said, octets);
        self.say_on()
    }

    /// Shows all whose turn it is.
    fn say_on(&mut self) -> Result<(), Failure> {
        while self.in_order && self.stop.is_none() {
            let number = self.line_up.turn();
            let Some(said) = self.line_up.take() else { break };
            self.write(number, said)?;
        }
        Ok(())
    }

    /// Looks up once more, and shows as it comes, what could not be held.
    fn say_long(&mut self) -> Result<(), Failure> {
        while self.stop.is_none()
            && let Some(place) = self.long.iter().position(|job| !self.in_order || job.number == self.line_up.turn())
        {
            let job = self.long.swap_remove(place);
            match workers::alone(&job, self.output) {
                Ok(status) => self.note_status(job.number, status),
                Err(failure) => self.end_with(failure),
            }
            self.dirty = true;
            self.line_up.pass(job.number);
            self.say_on()?;
        }
        Ok(())
    }

    /// dig would end here.
    fn end_with(&mut self, failure: Failure) {
        self.stop.get_or_insert(failure);
        self.ended = true;
        self.ready.clear();
    }

    fn write(&mut self, number: u64, said: Said) -> Result<(), Failure> {
        self.output.raw(&said.stdout)?;
        self.dirty = true;
        if !said.stderr.is_empty() {
            self.output.stderr_text(&said.stderr);
        }
        if let Some(status) = said.status {
            self.note_status(number, status);
        }
        if let Some(failure) = said.stop {
            self.end_with(failure);
        }
        Ok(())
    }

    /// The last lookup of the input decides, in whatever order the answers came.
    fn note_status(&mut self, number: u64, status: Status) {
        if number >= self.status.0 {
            self.status = (number, status);
        }
    }

    /// Ends the input with what a line says instead of a lookup.
    fn stop_at(&mut self, mut said: Said) -> Result<(), Failure> {
        said.stop.get_or_insert(Failure::Silent(said.status.unwrap_or(ANSWERED)));
        let number = self.line_up.number();
        self.say(number, said)
    }
}

/// No buffer space available.
const ENOBUFS: i32 = 105;

/// The time of day for footers, which changes once a second.
#[derive(Default)]
struct Clock {
    second: Option<u32>,
    text: String,
}

impl Clock {
    fn text(&mut self) -> &str {
        let now = super::seconds();
        if self.text.is_empty() || now != self.second {
            self.second = now;
            self.text = super::when();
        }
        &self.text
    }
}

/// Random ids, many from the system at once.
#[derive(Default)]
struct Ids {
    octets: Vec<u8>,
}

impl Ids {
    const AT_ONCE: usize = 4096;

    fn next(&mut self) -> Result<u16, Failure> {
        if self.octets.len() < 2 {
            self.octets.resize(Self::AT_ONCE, 0);
            super::fill(&mut self.octets)?;
        }
        let (high, low) = (self.octets.pop().unwrap_or_default(), self.octets.pop().unwrap_or_default());
        Ok(u16::from_be_bytes([high, low]))
    }
}
