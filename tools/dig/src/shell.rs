//! The shell: files, clocks and the order of things. Sockets are in `wire`.

#![expect(clippy::disallowed_methods, reason = "the shell: clocks and /etc/resolv.conf")]

use std::io::IsTerminal as _;
use std::net::{IpAddr, Ipv6Addr, SocketAddr, SocketAddrV6};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use sockeye_cli::{Exit, Failure, Output, Status};
use sockeye_sys::addrinfo::{self, AiFlags, Hints};
use sockeye_sys::gai::GaiCode;
use sockeye_sys::{Family, SockType, interface, local_time, random};

use crate::annotate::{Annotation, Direction, Wire};
use crate::args::Asked;
use crate::exchange::{Answer, Ask, Task, Timeouts};
use crate::explain::{Event, ServerSource};
use crate::name::Name;
use crate::options::{Globals, Lookup, Options, Plan, Refusal, Server};
use crate::query::{self, QueryError};
use crate::registry::Rcode;
use crate::resolv_conf::{self, ResolvConf};
use crate::search::{Place, Try};
use crate::transport::{TlsFailure, Transport};
use crate::tsig::Signing;
use crate::xfr::State;
use crate::{cli, idn, json, meaning, outcome, printer, search};

mod bulk;
mod compare;
mod confine;
mod dialogue;
mod diff;
mod given;
mod host;
mod key;
mod library;
mod nssearch;
mod route;
mod trace;
mod tree;
mod validate;
mod watch;
mod wire;
mod yaml;

use dialogue::{Outcome, Told};

const RESOLV_CONF: &str = "/etc/resolv.conf";
/// How often dig asks, unless somebody says otherwise.
const TRIES: u32 = 3;

/// Any answer came.
const ANSWERED: Status = Status(0);
/// No answer came.
const NO_ANSWER: Status = Status(9);
/// The name is none.
const BAD_NAME: Status = Status(10);

/// Does what the options say.
///
/// # Errors
/// [`Failure`] with dig's statuses.
pub fn run(options: &Options, output: &mut Output<'_>) -> Result<Status, Failure> {
    for warning in &options.warnings {
        output.stderr_text(warning);
    }
    if output.is_json() {
        options.preamble.lines().for_each(|line| output.stderr_line(line));
    } else {
        output.raw(options.preamble.as_bytes())?;
    }
    match &options.plan {
        Plan::Refuse(refusal) => refuse(refusal, output),
        Plan::Tell(asked) => tell(*asked, output),
        // Of a command line there is nothing to pass over.
        Plan::Skip(why) => Err(Failure::new(Status(1), why)),
        Plan::AddressInfo(request) => library::run(request, output),
        Plan::Compare(globals, lookup, hints) => compare::run(globals, lookup, hints, output),
        Plan::Batch(batch) => bulk::run(batch, output),
        Plan::Decode(globals, lookup, source) => given::run(globals, lookup, source, output),
        Plan::Host(request) => host::run(request, output),
        Plan::Lookups(globals, lookups) => {
            let key = key::load(globals, output)?;
            let mut session = Session::new(globals, key)?;
            session.read_conf()?;
            confine::confine(&confine::for_lookups(globals, lookups), output)?;
            for lookup in lookups {
                session.lookup(lookup, output).map_err(|failure| session.after_others(failure))?;
            }
            Ok(session.status)
        }
    }
}

/// A text that was asked for.
fn tell(asked: Asked, output: &mut Output<'_>) -> Result<Status, Failure> {
    match cli::text(asked) {
        Exit::Text { text, on_stderr: true, status } => {
            output.stderr_text(text);
            Ok(status)
        }
        Exit::Text { text, on_stderr: false, status } => output.raw(text.as_bytes()).map(|()| status),
        Exit::Failure(failure) => Err(failure),
    }
}

fn refuse(refusal: &Refusal, output: &mut Output<'_>) -> Result<Status, Failure> {
    if output.is_json() {
        return Err(Failure::new(refusal.status, refusal.sentence()));
    }
    output.raw(refusal.stdout.as_bytes())?;
    for line in &refusal.stderr {
        output.stderr_line(line);
    }
    match &refusal.message {
        Some(message) => Err(Failure::new(refusal.status, message)),
        None => Err(Failure::Silent(refusal.status)),
    }
}

/// The port of whom this lookup asks.
fn port(globals: &Globals, lookup: &Lookup) -> u16 {
    if globals.explicit_port { globals.port } else { Transport::of(lookup).port() }
}

/// The addresses of a server that the line names. The error is dig's word.
///
/// # Errors
/// `not found` if there is no such name, `failure` otherwise.
pub fn resolve(written: &str, globals: &Globals) -> Result<Vec<SocketAddr>, String> {
    if let Ok(addr) = written.parse::<IpAddr>() {
        return Ok(vec![SocketAddr::new(addr, 0)]);
    }
    if let Some((addr, zone)) = written.split_once('%')
        && let Ok(addr) = addr.parse::<Ipv6Addr>()
    {
        return match scoped(addr.into(), Some(zone), 0) {
            SocketAddr::V6(v6) if v6.scope_id() != 0 => Ok(vec![v6.into()]),
            _ => Err("failure".to_owned()),
        };
    }
    // One socket type, or every address comes three times.
    // As in dig: without -4 and -6, no address of a family in which this host can reach nobody.
    let (family, flags) = match (globals.ipv4, globals.ipv6) {
        (true, false) => (Family::INET, AiFlags::EMPTY),
        (false, true) => (Family::INET6, AiFlags::EMPTY),
        _ => (Family::UNSPEC, AiFlags::ADDRCONFIG),
    };
    let hints = Hints { family, socktype: SockType::STREAM, flags, ..Hints::default() };
    match addrinfo::lookup(Some(written), None, &hints) {
        Ok(found) => Ok(found.into_iter().map(|info| info.addr).collect()),
        Err(error) if matches!(error.code, GaiCode::NONAME | GaiCode::NODATA) => Err("not found".to_owned()),
        Err(_) => Err("failure".to_owned()),
    }
}

/// The text of `~/.digrc`, empty if there is none.
pub fn digrc() -> String {
    let home = std::env::var_os("HOME").filter(|home| !home.is_empty());
    let text = home.and_then(|home| std::fs::read(Path::new(&home).join(".digrc")).ok()).unwrap_or_default();
    String::from_utf8_lossy(&text).into_owned()
}

/// Seconds since 1970, as far as 32 bits go.
fn seconds() -> Option<u32> {
    u32::try_from(unix_s()).ok()
}

/// What the lookups of one call share.
struct Session<'a> {
    globals: &'a Globals,
    /// Read when a lookup first needs it.
    conf: Option<ResolvConf>,
    /// The client cookie: one for the whole call, as dig does.
    cookie: [u8; 8],
    greeting: Option<String>,
    dialler: wire::Dialler,
    status: Status,
    /// What queries are signed with.
    key: key::Loaded,
    /// How often a server may be asked for the next name of a search: what failed for one name counts for the others, too.
    tries_left: Option<u32>,
    /// [`Lookup::tcp`] of the next name of a search, if another one went before.
    tcp: Option<bool>,
    /// A signature that was no good has come: dig does not forget that.
    saw_bad_signature: bool,
}

impl<'a> Session<'a> {
    fn new(globals: &'a Globals, key: key::Loaded) -> Result<Self, Failure> {
        let mut cookie = [0; 8];
        fill(&mut cookie)?;
        let dialler = wire::Dialler::new(globals.source, globals.keep_open);
        let greeting = globals.greeting.clone();
        Ok(Self {
            globals,
            conf: None,
            cookie,
            greeting,
            dialler,
            status: ANSWERED,
            key,
            tries_left: None,
            tcp: None,
            saw_bad_signature: false,
        })
    }

    /// What ends dig once it has begun leaves the status that a lookup before it has set.
    fn after_others(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Fault { status: Status(1), message, hint, excerpt } if self.status != ANSWERED => {
                Failure::Fault { status: self.status, message, hint, excerpt }
            }
            failure => failure,
        }
    }

    fn lookup(&mut self, lookup: &Lookup, output: &mut Output<'_>) -> Result<(), Failure> {
        self.read_conf()?;
        let lookup = styled(self.globals, lookup);
        let tries = self.tries(&lookup)?;
        self.tries_left = None;
        self.tcp = lookup.tcp;
        let last = tries.len().saturating_sub(1);
        for (index, next) in tries.into_iter().enumerate() {
            let name = match &next.place {
                Place::Domain(domain) => in_domain(&lookup, &next, domain)?,
                _ => next.name,
            };
            let search = Search { place: next.place, more: index < last, written: lookup.name.clone() };
            if !self.look_up(&Lookup { name, tcp: self.tcp, ..lookup.clone() }, &search, output)? {
                break;
            }
        }
        Ok(())
    }

    /// The names to ask for until one exists.
    fn tries(&self, lookup: &Lookup) -> Result<Vec<Try>, Failure> {
        let name = in_ascii(lookup, &lookup.name)?;
        let conf = self.conf.clone().unwrap_or_default();
        let mut domains = search::domains(self.globals.search, self.globals.domain.as_deref(), &conf);
        if lookup.trace {
            domains.clear();
        }
        Ok(search::tries(&name, &domains, self.globals.ndots.or(conf.ndots)))
    }

    /// Asks for one name. Says whether the search goes on.
    fn look_up(&mut self, lookup: &Lookup, search: &Search, output: &mut Output<'_>) -> Result<bool, Failure> {
        if !lookup.trace {
            // dig looks at the name before all else, and in a trace when it is its turn.
            let written = if matches!(search.place, Place::Domain(_)) { &lookup.name } else { &search.written };
            query::build(lookup, self.cookie).map_err(|error| not_a_query(written, &error))?;
        }
        let Some(servers) = self.acceptable_servers(lookup, output)? else { return Ok(false) };
        if self.globals.diff {
            return self.diff(lookup, servers, output).map(|()| false);
        }
        if let Some(rounds) = lookup.watch {
            return self.watch(lookup, &servers, rounds, output).map(|()| false);
        }
        if lookup.nssearch {
            return self.nssearch(lookup, servers, output).map(|()| false);
        }
        if lookup.tree {
            return self.tree(lookup, servers, output).map(|()| false);
        }
        if lookup.trace {
            return self.trace(lookup, servers, output).map(|()| false);
        }
        let mut task = Task { name: search.written.clone(), ..self.new_task(lookup, servers)? };
        task.tries = self.tries_left.unwrap_or(task.tries);
        self.converse(lookup, search, task, output)
    }

    /// The servers that the options allow to ask; `None`, and said so, if they allow none.
    fn acceptable_servers(&mut self, lookup: &Lookup, output: &mut Output<'_>) -> Result<Option<Vec<Server>>, Failure> {
        let (servers, source) = self.servers(lookup);
        let (skipped, servers): (Vec<Server>, Vec<Server>) =
            servers.into_iter().partition(|server| !self.globals.allows(server.addr.ip()));
        let mut events: Vec<Event> =
            skipped.iter().map(|server| Event::ServerSkipped { server: server.addr }).collect();
        if servers.is_empty() {
            events.push(Event::NoAcceptableServers);
            self.tell(&events, true, false, output)?;
            self.only_json(output, "no acceptable nameservers");
            return Ok(None);
        }
        self.tell(&events, true, false, output)?;
        output.event(&Event::ServersChosen { source, servers: servers.iter().map(|server| server.addr).collect() })?;
        Ok(Some(servers))
    }

    /// What to ask these servers, and how stubbornly.
    fn new_task(&self, lookup: &Lookup, servers: Vec<Server>) -> Result<Task, Failure> {
        let query = query::build(lookup, self.cookie).map_err(|error| not_a_query(&lookup.name, &error))?;
        let conf = self.conf.clone().unwrap_or_default();
        Ok(Task {
            query,
            name: lookup.name.clone(),
            servers,
            tries: lookup.tries.or(conf.attempts).unwrap_or(TRIES).max(1),
            timeouts: Timeouts::of(self.globals.timeout_s.or(conf.timeout_s)),
            transport: Transport::of(lookup),
            ignore_truncation: lookup.ignore_truncation,
            retry_bad_cookie: lookup.retry_bad_cookie,
            show_bad_cookie: lookup.show_bad_cookie,
            negotiate_edns: lookup.edns_negotiation,
            best_effort: lookup.best_effort,
            skip_servfail: !lookup.fail,
            qid: lookup.qid,
            signing: self.signing(lookup),
        })
    }

    fn signing(&self, lookup: &Lookup) -> Option<Signing> {
        let key = Arc::clone(self.key.key.as_ref()?);
        Some(Signing { key, unix_s: unix_s(), at: Instant::now(), fuzz_time_s: lookup.fuzz_time })
    }

    /// What the footer says about signatures.
    fn signature_warning(&self) -> Option<&'static str> {
        if self.saw_bad_signature {
            Some("Some TSIG could not be validated")
        } else if self.key.is_unusable {
            Some("TSIG key was not used.")
        } else {
            None
        }
    }

    /// Reads resolv.conf once: its servers, and how long and how often to ask.
    fn read_conf(&mut self) -> Result<(), Failure> {
        if self.conf.is_none() {
            // Without the file, dig asks this host.
            let text = std::fs::read(RESOLV_CONF).unwrap_or_default();
            let conf = resolv_conf::parse(&String::from_utf8_lossy(&text))
                .map_err(|_| Failure::new(Status(1), format!("parse of {RESOLV_CONF} failed")))?;
            self.conf = Some(conf);
        }
        Ok(())
    }

    fn servers(&self, lookup: &Lookup) -> (Vec<Server>, ServerSource) {
        let port = port(self.globals, lookup);
        let with_port = |server: &Server| {
            let mut server = server.clone();
            server.addr.set_port(port);
            server
        };
        if !lookup.servers.is_empty() {
            return (lookup.servers.iter().map(with_port).collect(), ServerSource::CommandLine);
        }
        let from_conf: Vec<Server> = self
            .conf
            .iter()
            .flat_map(|conf| &conf.servers)
            .filter(|(_, addr, _)| self.globals.speaks(*addr))
            .map(|(written, addr, zone)| Server {
                addr: scoped(*addr, zone.as_deref(), port),
                written: written.clone(),
            })
            .collect();
        if !from_conf.is_empty() {
            return (from_conf, ServerSource::ResolvConf);
        }
        let loopback = [IpAddr::from(Ipv6Addr::LOCALHOST), IpAddr::from([127, 0, 0, 1])]
            .into_iter()
            .filter(|addr| self.globals.speaks(*addr))
            .map(|addr| Server { addr: SocketAddr::new(addr, port), written: addr.to_string() })
            .collect();
        (loopback, ServerSource::Loopback)
    }

    /// Holds the dialogue about one name. Says whether the search goes on.
    fn converse(
        &mut self,
        lookup: &Lookup,
        search: &Search,
        task: Task,
        output: &mut Output<'_>,
    ) -> Result<bool, Failure> {
        match self.hold(lookup, task, output)? {
            Outcome::Answer(answer) => {
                self.opt_missing(lookup, &answer, output)?;
                self.tcp = answer.tcp_from_here(lookup);
                self.show_found(lookup, search, &answer, output)
            }
            outcome => self.no_answer(&outcome, output).map(|()| false),
        }
    }

    /// Shows the answer about a name of the list as dig does. Says whether the search goes on.
    ///
    /// Where a name comes before the list, dig prints a footer whether it prints the answer or not, and another one with an
    /// NXDOMAIN that it prints. Where it comes from a domain of the list, an error other than that has no footer.
    fn show_found(
        &mut self,
        lookup: &Lookup,
        search: &Search,
        answer: &Answer,
        output: &mut Output<'_>,
    ) -> Result<bool, Failure> {
        let rcode = answer.message.rcode();
        let no_name = rcode == Rcode::NXDOMAIN;
        let goes_on = no_name && search.more;
        let comes_first = search.place == Place::First;
        let is_shown = !goes_on || self.globals.show_search;
        if is_shown {
            let from_list = matches!(search.place, Place::Domain(_));
            let mut lookup = lookup.clone();
            if from_list && !no_name && rcode != Rcode::NOERROR && !self.globals.short {
                lookup.show.stats = false;
                lookup.show.identify = false;
            }
            self.show(&lookup, answer, output)?;
        }
        if comes_first && no_name {
            self.show_footer(lookup, answer, output)?;
        }
        if goes_on && (is_shown || !comes_first) {
            // Each of the answers has its banner.
            self.greeting = self.globals.greeting.clone();
        }
        Ok(goes_on)
    }

    /// Holds a dialogue and tells what happens on the way.
    fn hold(&mut self, lookup: &Lookup, task: Task, output: &mut Output<'_>) -> Result<Outcome, Failure> {
        let mut dialler = std::mem::take(&mut self.dialler);
        let mut tries_left = task.tries;
        let outcome = dialogue::hold(task, lookup, &mut dialler, &mut |told| match told {
            // Before a failure's last words dig prints the banner.
            Told::Events { events, gave_up } => {
                let failures = u32::try_from(events.iter().filter_map(Event::failure).count()).unwrap_or(u32::MAX);
                tries_left = tries_left.saturating_sub(failures).max(1);
                self.tell(events, lookup.show.comments, gave_up, output)
            }
            Told::Asking(_) => Ok(()),
            Told::Sending(ask) => {
                self.announce(lookup, ask, output)?;
                self.wire(lookup, Direction::Sent, ask, &ask.octets, output)?;
                output.flush()
            }
            Told::Received(ask, octets) => self.wire(lookup, Direction::Received, ask, octets, output),
            Told::Answered(answer) => self.show(lookup, answer, output),
        });
        self.dialler = dialler;
        self.tries_left = Some(tries_left);
        outcome
    }

    /// What there is to say when there is no answer.
    fn no_answer(&mut self, outcome: &Outcome, output: &mut Output<'_>) -> Result<(), Failure> {
        match outcome {
            Outcome::Answer(_) => {}
            Outcome::BadPacket(packet) => {
                self.status = ANSWERED;
                let text = self.bad_packet(packet);
                return show(output, &text, &json::Result::unreadable(packet));
            }
            Outcome::Dropped(why) => self.only_json(output, why),
            Outcome::GaveUp => self.give_up(output),
        }
        Ok(())
    }

    /// `+wire`: a message octet by octet.
    fn wire(
        &mut self,
        lookup: &Lookup,
        direction: Direction,
        ask: &Ask,
        octets: &[u8],
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        if !lookup.wire {
            return Ok(());
        }
        if !output.is_json() {
            self.greet(false, output)?;
        }
        let (peer, transport) = (Some(ask.server.addr), Some(ask.transport));
        output.step(&Wire { direction, peer, transport, annotation: Annotation::new(octets) })
    }

    /// Prints events in dig's words, and explains them if that was asked for.
    fn tell(
        &mut self,
        events: &[Event],
        comments: bool,
        gave_up: bool,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        for event in events {
            if !output.is_json() {
                if gave_up && matches!(event, Event::NoServers) {
                    self.greet(true, output)?;
                }
                if let Some(notice) = self.notice(event, comments) {
                    output.raw(notice.as_bytes())?;
                }
                if let Event::TlsFailed { failure: TlsFailure::Context { log: Some(log), .. }, .. } = event {
                    output.stderr_line(format!("{} {log}", log_time()));
                }
            }
            output.event(event)?;
        }
        Ok(())
    }

    /// Prints the banner, once. After a failure dig prints it even where `+nocmd` or `+short` came behind the name.
    fn greet(&mut self, after_failure: bool, output: &mut Output<'_>) -> Result<(), Failure> {
        let Some(greeting) = self.greeting.take() else { return Ok(()) };
        if after_failure || (self.globals.banner && !self.globals.short) {
            output.raw(greeting.as_bytes())?;
        }
        Ok(())
    }

    /// `+qr`: the query before it goes out. Of `+short` dig prints its size nevertheless, where statistics are wanted.
    fn announce(&mut self, lookup: &Lookup, ask: &Ask, output: &mut Output<'_>) -> Result<(), Failure> {
        if !lookup.show.query || output.is_json() {
            return Ok(());
        }
        self.greet(false, output)?;
        let text = if self.globals.yaml {
            self.yaml_query(lookup, ask)
        } else if self.globals.short {
            printer::query_size(lookup, &ask.octets)
        } else {
            printer::query(lookup, &ask.octets)
        };
        output.raw(text.as_bytes())
    }

    fn show(&mut self, lookup: &Lookup, answer: &Answer, output: &mut Output<'_>) -> Result<(), Failure> {
        self.status = if self.globals.status { outcome::status(&answer.message) } else { ANSWERED };
        self.saw_bad_signature |= matches!(answer.signature, Some(Err(_)));
        let mut text = String::new();
        if !output.is_json() {
            output.raw(self.missing_question(lookup, answer).as_bytes())?;
            self.greet(false, output)?;
            if self.globals.yaml {
                text = self.yaml_answer(lookup, answer);
            }
            if lookup.dns64prefix && !self.globals.yaml {
                text = printer::dns64(lookup, answer);
                text += &footer(lookup, answer, self.signature_warning());
            } else if self.globals.short {
                if lookup.show.answer && lookup.show.identify {
                    text += &printer::short_identified(&lookup.show, answer);
                } else if lookup.show.answer {
                    text += &printer::short(&lookup.show.style, &answer.message);
                }
            } else if !self.globals.yaml {
                text = printer::answer(lookup, answer);
                if lookup.timing {
                    text += &printer::timing(&answer.timing);
                }
                text += &footer(lookup, answer, self.signature_warning());
                if output.has_colour() {
                    text = printer::colour::painted(&text, &|role, words| output.paint(role, words));
                }
            }
        }
        let progress = answer.transfer.as_ref();
        if let Some(State::Failed(failure)) = progress.map(|progress| progress.state).filter(|_| !output.is_json()) {
            text += &failure.to_string();
            text.push('\n');
        }
        // Of a zone's records there is no more to say than that they are.
        if output.is_explained() && progress.is_none_or(|progress| progress.state != State::More) {
            meaning::explain(answer, unix_s(), &mut |event| output.event(&event))?;
        }
        let mut result = json::Result::new(answer);
        if lookup.dns64prefix {
            result = result.with_dns64_prefixes(answer);
        }
        show(output, &text, &result)?;
        match &lookup.validate {
            Some(anchors) => self.validate(lookup, answer, anchors.as_deref(), output),
            None => Ok(()),
        }
    }

    /// dig's footer once more: it comes twice where there was a list to search, and the name was not one for it.
    fn show_footer(&self, lookup: &Lookup, answer: &Answer, output: &mut Output<'_>) -> Result<(), Failure> {
        if output.is_json() || self.globals.short || self.globals.yaml {
            return Ok(());
        }
        output.raw(footer(lookup, answer, self.signature_warning()).as_bytes())
    }

    fn give_up(&mut self, output: &mut Output<'_>) {
        self.status = NO_ANSWER;
        // The banner goes with its lookup, shown or not.
        self.greeting = None;
        self.only_json(output, "no servers could be reached");
    }

    /// An error object where dig's text has said it already, or says nothing.
    fn only_json(&self, output: &mut Output<'_>, message: &str) {
        if output.is_json() {
            output.failure(&Failure::new(self.status, message));
        }
    }
}

/// The lookup with what its text depends on beside the options.
fn styled(globals: &Globals, lookup: &Lookup) -> Lookup {
    let mut lookup = lookup.clone();
    lookup.show.style.idn_out = lookup.idn_out.unwrap_or_else(terminal_takes_unicode) && locale_is_utf8();
    lookup.show.style.split = globals.split;
    lookup.show.style.compat = globals.compat;
    lookup.show.style.now = seconds();
    lookup
}

/// Text that is already in its final form, or the same as JSON.
fn show<R: serde::Serialize>(output: &mut Output<'_>, text: &str, result: &R) -> Result<(), Failure> {
    if output.is_json() {
        return output.result(&json::Only(result));
    }
    output.raw(text.as_bytes())?;
    output.flush()
}

/// `warning` is what there is to be said about signatures.
fn footer(lookup: &Lookup, answer: &Answer, warning: Option<&str>) -> String {
    if answer.transfer.is_some_and(|progress| progress.state != State::Complete) {
        return String::new();
    }
    if lookup.show.stats {
        printer::stats(&lookup.show, answer, &when(), warning)
    } else if lookup.show.identify {
        printer::received(&lookup.show, answer)
    } else {
        String::new()
    }
}

/// A name as it goes into a query: Unicode as RFC 5891 writes it in ASCII, where that is wanted.
fn in_ascii(lookup: &Lookup, name: &str) -> Result<String, Failure> {
    if lookup.idn_in.unwrap_or_else(terminal_takes_unicode) {
        let to_wire = if name.is_ascii() || locale_is_utf8() { idn::to_wire(name) } else { Err(idn::not_utf8(name)) };
        to_wire.map_err(|error| Failure::new(Status(1), error.to_string()))
    } else {
        Ok(name.to_owned())
    }
}

/// The name in a domain of the list. dig reads the two by themselves.
fn in_domain(lookup: &Lookup, next: &Try, domain: &str) -> Result<String, Failure> {
    let name = in_ascii(lookup, &lookup.name)?;
    let domain = in_ascii(lookup, domain)?;
    for part in [&name, &domain] {
        part.parse::<Name>()
            .map_err(|fault| Failure::new(Status(1), format!("'{part}' is not in legal name syntax ({fault})")))?;
    }
    // One with a dot at its end is in no domain.
    let is_absolute = next.name == name;
    Ok(if is_absolute { name } else { search::with_domain(&name, &domain) })
}

/// A name of a search.
struct Search {
    place: Place,
    /// Another name follows if this one does not exist.
    more: bool,
    /// What the line says, by which dig tells of a server that takes no connection.
    written: String,
}

/// dig speaks Unicode to a terminal, unless IDN_DISABLE is set.
fn terminal_takes_unicode() -> bool {
    std::io::stdout().is_terminal() && std::env::var_os("IDN_DISABLE").is_none()
}

/// Whether the characters of the user's locale are UTF-8, by the variables that setlocale(3) reads.
fn locale_is_utf8() -> bool {
    let set = |name: &&str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(set).unwrap_or_default().to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

fn not_a_query(name: &str, error: &QueryError) -> Failure {
    match error {
        QueryError::Name(fault) => Failure::new(BAD_NAME, format!("'{name}' is not a legal name ({fault})")),
        QueryError::Cookie => Failure::new(Status(1), "isc_hex_decodestring: bad hex encoding"),
    }
}

fn scoped(addr: IpAddr, zone: Option<&str>, port: u16) -> SocketAddr {
    match (addr, zone) {
        (IpAddr::V6(v6), Some(zone)) => {
            let scope = zone.parse().ok().or_else(|| interface::index(zone).ok()).unwrap_or(0);
            SocketAddrV6::new(v6, port, 0, scope).into()
        }
        _ => SocketAddr::new(addr, port),
    }
}

/// The time of day, in seconds since 1970.
fn unix_s() -> u64 {
    since_1970().as_secs()
}

fn since_1970() -> Duration {
    SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default()
}

fn when() -> String {
    let seconds = i64::try_from(unix_s()).unwrap_or_default();
    local_time::format(seconds, "%a %b %d %H:%M:%S %Z %Y").unwrap_or_default()
}

/// The time as dig's log has it.
fn log_time() -> String {
    let since = since_1970();
    let seconds = i64::try_from(since.as_secs()).unwrap_or_default();
    let time = local_time::format(seconds, "%d-%b-%Y %H:%M:%S").unwrap_or_default();
    format!("{time}.{:03}", since.subsec_millis())
}

fn id() -> Result<u16, Failure> {
    let mut octets = [0; 2];
    fill(&mut octets)?;
    Ok(u16::from_ne_bytes(octets))
}

fn fill(octets: &mut [u8]) -> Result<(), Failure> {
    random::fill(octets).map_err(|error| Failure::call(BAD_NAME, "getrandom", "for ids and cookies", &error))
}
