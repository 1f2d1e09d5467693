//! `+compare`: every source is asked.

#![expect(clippy::disallowed_methods, reason = "the shell: files, clocks, and threads that wait for the C library")]

use std::io::{self, PipeReader, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::ScopedJoinHandle;
use std::time::{Duration, Instant};

use sockeye_cli::progress::Progress;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::addrinfo::{self, AiFlags, Hints};
use sockeye_sys::{Family, SockType, fork, locale, nss};

use super::dialogue::{self, Outcome, Word};
use super::{route, scoped};
use crate::compare::{
    self, Addr, Addresses, DnsAnswer, File, Found, Listed, NameFound, Silent, SourceFound, ViewFound, letter,
};
use crate::exchange::{Task, Timeouts};
use crate::explain::Event;
use crate::gai::report::ShownError;
use crate::options::{Globals, Lookup, Server};
use crate::query::{self, QueryError};
use crate::registry::Type;
use crate::stub::{self, Candidate, StubConf, Surroundings};
use crate::transport::Transport;
use crate::{hosts, idn, nsswitch, resolv_conf};

const HOSTS: &str = "/etc/hosts";
const NSSWITCH_CONF: &str = "/etc/nsswitch.conf";
/// Where glibc looks for nscd, a cache.
const NSCD: &str = "/var/run/nscd/socket";
const HOST_NAME: &str = "/proc/sys/kernel/hostname";

pub(super) fn run(
    globals: &Globals,
    lookup: &Lookup,
    hints: &Hints,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    if hints.flags.intersects(AiFlags::IDN | AiFlags::CANONIDN) {
        locale::adopt_characters();
    }
    let (found, events) = look(globals, lookup, hints);
    for event in &events {
        output.event(event)?;
    }
    output.narrate(|explain| compare::explain(&found, explain))?;
    let report = compare::judge(&found);
    let status = report.getaddrinfo.error.as_ref().map_or(0, |error| crate::gai::status_of(error.code));
    output.result(&report)?;
    Ok(Status(status))
}

fn look(globals: &Globals, lookup: &Lookup, hints: &Hints) -> (Found, Vec<Event>) {
    let name = lookup.name.as_str();
    let numeric = crate::gai::is_numeric(name);
    let hosts = read(HOSTS, hosts::parse);
    let nsswitch = read(NSSWITCH_CONF, nsswitch::parse);
    let resolv_conf = read(super::RESOLV_CONF, stub_conf);
    let dig_servers = read(super::RESOLV_CONF, |text| resolv_conf::parse(text).unwrap_or_default());
    let servers = servers(globals, lookup, &resolv_conf.content);
    // Before there are threads.
    let services = nsswitch.content.services.iter().filter(|_| !numeric && nss::is_switchable());
    let inquiries: Vec<Inquiry> = services.map(|service| Inquiry::start(service, name, hints)).collect();
    let arrivals = Arrivals { count: AtomicU64::new(0), line: Progress::start("+compare: answers so far", None) };
    // The C library's own calls wait for its servers as ours do: all at once.
    let waiting = &arrivals;
    let (answer, views, sources, log) = std::thread::scope(|scope| {
        let answer = scope.spawn(|| waiting.after(|| timed(|| ask(name, hints))));
        let asking =
            |own: &'static (Family, AiFlags)| scope.spawn(move || waiting.after(|| ask(name, &view_hints(*own))));
        let views: Vec<_> =
            views(numeric).iter().map(|view| (view, view.hints.iter().map(asking).collect::<Vec<_>>())).collect();
        let sources: Vec<_> =
            inquiries.into_iter().map(|inquiry| scope.spawn(move || waiting.after(|| inquiry.end()))).collect();
        let mut log = Log::default();
        if !numeric {
            log.ask_names(globals, lookup, &resolv_conf.content, &servers.0, waiting);
        }
        let views: Vec<ViewFound> = views.into_iter().map(|(view, asking)| view_found(view, asking)).collect();
        let sources: Vec<Inquired> = sources.into_iter().filter_map(|source| source.join().ok()).collect();
        (answer.join().unwrap_or_else(|_| timed(|| ask(name, hints))), views, sources, log)
    });
    drop(arrivals);
    // After them: what is set for one source in this process holds for all of it.
    let sources = sources.into_iter().map(|source| source.unwrap_or_else(|service| ask_source(&service, name, hints)));
    let sources = sources.collect();
    let (answer, answer_took) = answer;
    let host = route::Host::look();
    let addresses = answer.as_ref().map(|listed| listed.addresses.as_slice()).unwrap_or_default();
    let destinations = addresses.iter().map(|addr| host.destination(addr.0)).collect();
    let gai_conf = route::gai_conf();
    let found = Found {
        name: name.to_owned(),
        numeric,
        hosts,
        nsswitch,
        switchable: nss::is_switchable(),
        sources,
        resolv_conf,
        servers,
        dig_servers: dig_servers.content.servers.iter().map(|server| server.1).collect(),
        names: log.names,
        silent: log.silent,
        destinations,
        answer,
        answer_took,
        gai_conf,
        configured: (host.is_configured(true), host.is_configured(false)),
        nscd: UnixStream::connect(NSCD).is_ok(),
        views,
    };
    (found, log.events)
}

/// How many have answered, on a terminal.
struct Arrivals {
    count: AtomicU64,
    line: Progress,
}

impl Arrivals {
    fn after<T>(&self, work: impl FnOnce() -> T) -> T {
        let done = work();
        self.line.position(self.count.fetch_add(1, Ordering::Relaxed).saturating_add(1));
        done
    }
}

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    (work(), start.elapsed())
}

fn read<T>(path: &'static str, parse: impl FnOnce(&str) -> T) -> File<T> {
    let (octets, error) = match std::fs::read(path) {
        Ok(octets) => (octets, None),
        Err(error) => (Vec::new(), Some(format!("open {path}: {}", sockeye_cli::failure::errno_text(&error)))),
    };
    File { path, error, content: parse(&String::from_utf8_lossy(&octets)) }
}

fn stub_conf(text: &str) -> StubConf {
    let variable = |name: &str| std::env::var(name).ok();
    let (localdomain, res_options) = (variable("LOCALDOMAIN"), variable("RES_OPTIONS"));
    let host_name = std::fs::read(HOST_NAME).unwrap_or_default();
    let around = Surroundings {
        localdomain: localdomain.as_deref(),
        res_options: res_options.as_deref(),
        host_name: String::from_utf8_lossy(&host_name).trim().to_owned(),
    };
    stub::parse(text, &around)
}

/// The addresses that getaddrinfo(3) returns, each once.
fn ask(name: &str, hints: &Hints) -> Addresses {
    let entries = addrinfo::lookup(Some(name), None, hints).map_err(|error| ShownError::new(&error))?;
    let mut listed = Listed::default();
    for entry in entries {
        let addr = Addr(entry.addr);
        if !listed.addresses.contains(&addr) {
            listed.addresses.push(addr);
        }
        listed.canonname = listed.canonname.or(entry.canonname);
    }
    Ok(listed)
}

/// A source that is being asked by itself, as `getent -s` asks it.
///
/// Which one that is holds for a whole process: each has a process of its own, so that all of them wait at once.
struct Inquiry {
    service: nsswitch::Service,
    /// Where the answer comes from; `None` if there is no module that could be asked.
    reply: Option<io::Result<PipeReader>>,
}

/// A source with its answer; without one if it has to be asked in this process.
type Inquired = Result<SourceFound, nsswitch::Service>;

impl Inquiry {
    fn start(service: &nsswitch::Service, name: &str, hints: &Hints) -> Self {
        let reply = nss::is_installed(&service.name).then(|| {
            let (reader, mut writer) = io::pipe()?;
            fork::fork(move || {
                if nss::ask_only(&service.name).is_err() {
                    return 1;
                }
                let (answer, took) = timed(|| ask(name, hints));
                i32::from(writer.write_all(letter::write(&answer, took).as_bytes()).is_err())
            })?;
            Ok(reader)
        });
        Self { service: service.clone(), reply }
    }

    /// Waits for the answer. A module that brings its process down has none.
    fn end(self) -> Inquired {
        let Self { service, reply } = self;
        let mut text = String::new();
        let installed = reply.is_some();
        match reply {
            Some(Err(_)) => return Err(service),
            Some(Ok(mut reader)) => _ = reader.read_to_string(&mut text),
            None => {}
        }
        let (answer, took) = letter::read(&text).unzip();
        Ok(SourceFound { service, installed, answer, took: took.unwrap_or_default() })
    }
}

/// The same in this process, where no other could be made.
fn ask_source(service: &nsswitch::Service, name: &str, hints: &Hints) -> SourceFound {
    let askable = nss::ask_only(&service.name).is_ok();
    let (answer, took) = timed(|| askable.then(|| ask(name, hints)));
    SourceFound { service: service.clone(), installed: true, answer, took }
}

/// A program, how it asks, and the hints that come one after the other until one finds something.
struct View {
    program: &'static str,
    asks: &'static str,
    hints: &'static [(Family, AiFlags)],
}

/// The flags of `getent ahosts` and its kin.
const GETENT: AiFlags = AiFlags::V4MAPPED.union(AiFlags::ADDRCONFIG);

const VIEWS: &[View] = &[
    View {
        program: "getent hosts",
        asks: "AF_INET6, then AF_INET",
        hints: &[(Family::INET6, AiFlags::EMPTY), (Family::INET, AiFlags::EMPTY)],
    },
    View { program: "getent ahosts", asks: "AF_UNSPEC, AI_ADDRCONFIG", hints: &[(Family::UNSPEC, GETENT)] },
    View { program: "getent ahostsv4", asks: "AF_INET, AI_ADDRCONFIG", hints: &[(Family::INET, GETENT)] },
    View { program: "getent ahostsv6", asks: "AF_INET6, AI_V4MAPPED|AI_ADDRCONFIG", hints: &[(Family::INET6, GETENT)] },
];

fn views(numeric: bool) -> &'static [View] {
    if numeric { &[] } else { VIEWS }
}

fn view_hints((family, flags): (Family, AiFlags)) -> Hints {
    Hints { family, flags, socktype: SockType::STREAM, ..Hints::default() }
}

/// The first that finds something, or what the last one says.
fn view_found(view: &View, asking: Vec<ScopedJoinHandle<'_, Addresses>>) -> ViewFound {
    let mut answer = Ok(Listed::default());
    for said in asking.into_iter().filter_map(|asking| asking.join().ok()) {
        answer = said;
        if answer.is_ok() {
            break;
        }
    }
    ViewFound { program: view.program, asks: view.asks, answer }
}

/// The servers to ask, and whether the command line names them.
fn servers(globals: &Globals, lookup: &Lookup, conf: &StubConf) -> (Vec<SocketAddr>, bool) {
    let port = super::port(globals, lookup);
    let given: Vec<SocketAddr> = lookup
        .servers
        .iter()
        .map(|server| {
            let mut addr = server.addr;
            addr.set_port(port);
            addr
        })
        .collect();
    if !given.is_empty() {
        return (given, true);
    }
    let mut servers: Vec<SocketAddr> =
        conf.servers.iter().map(|(addr, zone)| scoped(*addr, zone.as_deref(), port)).collect();
    if servers.is_empty() {
        // As glibc does without a nameserver line.
        servers.push(SocketAddr::new(IpAddr::from([127, 0, 0, 1]), port));
    }
    (servers, false)
}

/// What comes of asking the name servers.
#[derive(Default)]
struct Log {
    names: Vec<NameFound>,
    silent: Vec<Silent>,
    events: Vec<Event>,
}

impl Log {
    /// Asks for the names of the search list until one has an address, and for the name as it is, which dig asks for.
    fn ask_names(
        &mut self,
        globals: &Globals,
        lookup: &Lookup,
        conf: &StubConf,
        servers: &[SocketAddr],
        arrivals: &Arrivals,
    ) {
        let mut candidates = conf.candidates(&lookup.name);
        let mut listed = candidates.len();
        if candidates.iter().all(|candidate| candidate.suffix.is_some()) {
            let as_it_is = StubConf::default().candidates(&lookup.name).into_iter().find(|name| name.suffix.is_none());
            candidates.extend(as_it_is);
        }
        let (mut open, mut only_as_it_is) = (true, false);
        for candidate in candidates {
            open &= listed > 0;
            listed = listed.saturating_sub(1);
            let tried = open && (candidate.suffix.is_none() || !only_as_it_is);
            let mut name = NameFound { candidate, tried, a: None, aaaa: None };
            // As dig does on a terminal; the C library does not without AI_IDN.
            name.candidate.name = idn::to_wire(&name.candidate.name).unwrap_or(name.candidate.name);
            if tried || name.candidate.suffix.is_none() {
                let answers = arrivals.after(|| self.ask_dns(globals, lookup, conf, servers, &name.candidate));
                let mut answers = answers.into_iter();
                (name.a, name.aaaa) = (answers.next(), answers.next());
                open &= !name.ends_search();
                // When a server is silent glibc, seen with 2.36, asks for no further name of the list, but for the name
                // as it is.
                only_as_it_is |= name.candidate.suffix.is_some() && name.is_silent();
            }
            self.names.push(name);
        }
    }

    /// What the DNS says of the addresses of a name: A, then AAAA, asked side by side.
    fn ask_dns(
        &mut self,
        globals: &Globals,
        lookup: &Lookup,
        conf: &StubConf,
        servers: &[SocketAddr],
        candidate: &Candidate,
    ) -> Vec<DnsAnswer> {
        let types = [Type::A, Type::AAAA];
        let mut tasks = Vec::new();
        for qtype in types {
            let lookup = Lookup { name: candidate.name.clone(), qtype, ..lookup.clone() };
            match task(globals, &lookup, conf, servers) {
                Ok(task) => tasks.push(task),
                Err(answer) => return types.map(|_| (*answer).clone()).to_vec(),
            }
        }
        let mut answers = types.map(|_| silence("failure"));
        let mut waits = types.map(|_| Wait { since: Instant::now(), silent: Vec::new() });
        let told = dialogue::hold_all(tasks, lookup, globals.source, &mut |index, word| {
            let (Some(answer), Some(wait)) = (answers.get_mut(index), waits.get_mut(index)) else { return Ok(()) };
            match word {
                Word::Events(happened) => {
                    if let Some((_, reason)) = happened.iter().rev().find_map(Event::failure) {
                        *answer = silence(reason);
                    }
                    wait.note(&happened);
                    self.events.extend(happened);
                }
                Word::Ended(Ok(Outcome::Answer(came))) => *answer = DnsAnswer::new(&came),
                Word::Ended(Ok(Outcome::BadPacket(packet))) => {
                    *answer = silence(&format!("unreadable: {}", packet.fault));
                }
                Word::Ended(Ok(Outcome::Dropped(why))) => *answer = silence(why),
                _ => {}
            }
            Ok(())
        });
        self.add_silence(waits);
        if told.is_err() {
            return types.map(|_| silence("failure")).to_vec();
        }
        answers.to_vec()
    }

    /// Two questions that went out together were waited for together.
    fn add_silence(&mut self, waits: [Wait; 2]) {
        let mut together: Vec<Silent> = Vec::new();
        for silent in waits.into_iter().flat_map(|wait| wait.silent) {
            match together.iter_mut().find(|known| known.server == silent.server) {
                Some(known) => {
                    known.questions = known.questions.saturating_add(silent.questions);
                    known.waited_us = known.waited_us.max(silent.waited_us);
                }
                None => together.push(silent),
            }
        }
        for silent in together {
            add(&mut self.silent, silent);
        }
    }
}

/// Adds what one server did not say to what it did not say before.
fn add(all: &mut Vec<Silent>, silent: Silent) {
    match all.iter_mut().find(|known| known.server == silent.server) {
        Some(known) => {
            known.questions = known.questions.saturating_add(silent.questions);
            known.waited_us = known.waited_us.saturating_add(silent.waited_us);
        }
        None => all.push(silent),
    }
}

/// How long one dialogue waits for whom.
struct Wait {
    since: Instant,
    silent: Vec<Silent>,
}

impl Wait {
    fn note(&mut self, events: &[Event]) {
        for (server, reason) in events.iter().filter_map(Event::failure) {
            let waited_us = compare::micros(self.since.elapsed());
            self.since = Instant::now();
            if reason == TIMED_OUT {
                add(&mut self.silent, Silent { server, questions: 1, waited_us });
            }
        }
    }
}

/// dig's word for a server that did not answer.
const TIMED_OUT: &str = "timed out";

fn silence(why: &str) -> DnsAnswer {
    DnsAnswer::failed(compare::Outcome::Silence, why)
}

/// The question, or why it cannot be asked.
fn task(globals: &Globals, lookup: &Lookup, conf: &StubConf, servers: &[SocketAddr]) -> Result<Task, Box<DnsAnswer>> {
    let mut cookie = [0; 8];
    super::fill(&mut cookie).map_err(|_| Box::new(silence("failure")))?;
    let query = query::build(lookup, cookie).map_err(|error| match error {
        QueryError::Name(fault) => Box::new(DnsAnswer::failed(compare::Outcome::BadName, fault.to_string())),
        QueryError::Cookie => Box::new(silence("bad cookie")),
    })?;
    Ok(Task {
        query,
        name: lookup.name.clone(),
        servers: servers.iter().map(|addr| Server { addr: *addr, written: addr.ip().to_string() }).collect(),
        tries: lookup.tries.unwrap_or(conf.attempts).max(1),
        timeouts: Timeouts::of(globals.timeout_s.or(Some(conf.timeout_s))),
        transport: Transport::of(lookup),
        ignore_truncation: lookup.ignore_truncation,
        retry_bad_cookie: lookup.retry_bad_cookie,
        show_bad_cookie: false,
        negotiate_edns: lookup.edns_negotiation,
        best_effort: lookup.best_effort,
        // As the C library does.
        skip_servfail: true,
        qid: lookup.qid,
        signing: None,
    })
}
