//! One lookup's dialogue with its servers: retries, the next server, TCP after truncation, and which message counts.
//!
//! Owns no socket and reads no clock: [`Exchange::start`] and [`Exchange::handle`] say what to do next.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::cookie::{self, Verdict};
use crate::edns::{EdnsOption, OptionCode};
use crate::explain::{Event, Transport};
use crate::fault::Fault;
use crate::header::{self, Header};
use crate::message::{Message, Query};
use crate::options::{Lookup, Server};
use crate::registry::Rcode;
use crate::transport::{Timing, TlsFailure};
use crate::tsig::{Conversation, Signing, VerifyError};
use crate::xfr::{Progress, State, Transfer};

/// What to ask, whom, and how stubbornly.
#[derive(Clone, Debug)]
pub struct Task {
    /// The query; its id is replaced.
    pub query: Query,
    /// The name as it was written, for messages.
    pub name: String,
    /// Whom to ask, in order.
    pub servers: Vec<Server>,
    /// How often in all; at least once a server.
    pub tries: u32,
    /// How long one try may take.
    pub timeouts: Timeouts,
    /// How to ask from the start.
    pub transport: Transport,
    /// Take a truncated answer as it is.
    pub ignore_truncation: bool,
    /// Ask again with the server's cookie on BADCOOKIE.
    pub retry_bad_cookie: bool,
    /// Show the BADCOOKIE before asking again.
    pub show_bad_cookie: bool,
    /// Ask again with the server's version on BADVERS.
    pub negotiate_edns: bool,
    /// Show what can be read of a broken message.
    pub best_effort: bool,
    /// On SERVFAIL ask the next server, if there is one.
    pub skip_servfail: bool,
    /// The id of every query, in place of random ones.
    pub qid: Option<u16>,
    /// Sign what goes out, and verify what comes in.
    pub signing: Option<Signing>,
}

/// How long one try may take, by how it travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From a datagram to its answer.
    pub datagram: Duration,
    /// From connecting to the answer, or to the next message of a transfer.
    pub connection: Duration,
}

impl Timeouts {
    /// What was said of both; without that what dig waits.
    pub fn of(said_s: Option<u32>) -> Self {
        const DATAGRAM_S: u32 = 5;
        const CONNECTION_S: u32 = 10;
        let seconds = |or: u32| Duration::from_secs(said_s.unwrap_or(or).max(1).into());
        Self { datagram: seconds(DATAGRAM_S), connection: seconds(CONNECTION_S) }
    }
}

/// What happened.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// A datagram arrived.
    Datagram(SocketAddr, &'a [u8]),
    /// A whole message arrived over the connection.
    Message(&'a [u8]),
    /// Time is up.
    TimedOut,
    /// The socket could not be made, bound or connected; dig's word for why.
    SetupFailed(&'a str),
    /// Sending or receiving failed; dig's word for why.
    Failed(&'a str),
    /// There is no TLS with the server.
    TlsFailed(&'a TlsFailure),
    /// The server's response of HTTP has no message; its status, if there was one.
    HttpRefused(Option<u16>),
}

/// What to do next.
#[derive(Clone, Debug)]
pub enum Step {
    /// Send the octets on a new socket and wait until then.
    Ask(Ask),
    /// Go on waiting on the same socket until then.
    Wait(Instant),
    /// This is one message of a transfer: show it, and wait for the next one on the same connection until then.
    ShowAndWait(Box<Answer>, Instant),
    /// This is the answer.
    Answer(Box<Answer>),
    /// This was answered, and the server wants to be asked otherwise.
    ShowAndAsk(Box<Answer>, Ask),
    /// This came instead of an answer, and cannot be read.
    BadPacket(Box<BadPacket>),
    /// A message came over the connection that was not ours, or there is no TLS: dig leaves it at that.
    Dropped,
    /// Nobody answered.
    GiveUp {
        /// The last failure was one of setting up: dig prints no banner then.
        in_setup: bool,
    },
}

/// One query on its way.
#[derive(Clone, Debug)]
pub struct Ask {
    /// To whom.
    pub server: Server,
    /// How.
    pub transport: Transport,
    /// The message; over TCP its length goes in front.
    pub octets: Vec<u8>,
    /// Until when to wait.
    pub until: Instant,
}

/// An answer that belongs to the question.
#[derive(Clone, Debug)]
pub struct Answer {
    /// What it says.
    pub message: Message,
    /// Its octets.
    pub octets: Vec<u8>,
    /// Who answered.
    pub server: Server,
    /// How.
    pub transport: Transport,
    /// From sending the query to this.
    pub rtt: Duration,
    /// What its cookie is worth.
    pub cookie: Option<Verdict>,
    /// The query that it answers.
    pub query: Query,
    /// How long each part took.
    pub timing: Timing,
    /// How far the transfer has come whose message this is.
    pub transfer: Option<Progress>,
    /// What its signature is worth, if the query had one.
    pub signature: Option<Result<(), VerifyError>>,
}

impl Answer {
    /// What [`Lookup::tcp`] is where one goes on from this answer to `asked`: once it has taken a connection to get an
    /// answer, dig does not go back to datagrams.
    pub fn tcp_from_here(&self, asked: &Lookup) -> Option<bool> {
        if self.transport.is_datagrams() { asked.tcp } else { Some(true) }
    }
}

/// A message in place of an answer that cannot be read.
#[derive(Clone, Debug)]
pub struct BadPacket {
    /// Where it breaks.
    pub fault: Fault,
    /// Its octets.
    pub octets: Vec<u8>,
    /// Who sent it.
    pub server: Server,
    /// How.
    pub transport: Transport,
    /// From sending the query to this.
    pub rtt: Duration,
}

/// The dialogue.
#[derive(Clone, Debug)]
pub struct Exchange {
    task: Task,
    /// Which server is being asked.
    server: usize,
    tries_left: u32,
    transport: Transport,
    seen_bad_cookie: bool,
    /// The transfer that the query that was last sent asks for.
    transfer: Option<Transfer>,
    /// What verifies the answers to the query that was last sent.
    conversation: Option<Conversation>,
    sent: Instant,
    until: Instant,
    timing: Timing,
}

/// Where events go.
pub type Explain<'a> = &'a mut dyn FnMut(Event);

impl Exchange {
    /// A dialogue that has not begun.
    pub fn new(mut task: Task, now: Instant) -> Self {
        task.query.signature_len = task.signing.as_ref().map_or(0, |signing| signing.key.signature_len());
        let transport = task.transport;
        let tries_left = task.tries.max(1);
        Self {
            task,
            server: 0,
            tries_left,
            transport,
            seen_bad_cookie: false,
            transfer: None,
            conversation: None,
            sent: now,
            until: now,
            timing: Timing::default(),
        }
    }

    /// The query as it was last sent.
    pub fn query(&self) -> &Query {
        &self.task.query
    }

    /// Asks the first server, with what was learnt so far. `id` is a fresh random id.
    pub fn start(&mut self, id: u16, now: Instant, explain: Explain<'_>) -> Step {
        // Over QUIC a stream has one query, and its id tells nothing (RFC 9250, section 4.2.1).
        let id = if self.transport == Transport::Quic { 0 } else { id };
        self.task.query.header.id = self.task.qid.unwrap_or(id);
        self.server = 0;
        self.ask(now, explain)
    }

    /// Takes when the query went out, behind all handshakes, and how long each part took until now.
    pub fn clocked(&mut self, sent: Instant, timing: Timing) {
        self.sent = sent;
        self.timing = timing;
    }

    /// Takes what happened. `fresh_id` is a random id, for the case that a new query is needed.
    pub fn handle(&mut self, input: &Input<'_>, fresh_id: u16, now: Instant, explain: Explain<'_>) -> Step {
        let Some(server) = self.task.servers.get(self.server).cloned() else {
            return Step::GiveUp { in_setup: false };
        };
        match input {
            Input::Datagram(from, _) if *from != server.addr => {
                explain(Event::SourceMismatch { expected: server.addr, got: *from });
                Step::Wait(self.until)
            }
            Input::Datagram(_, octets) | Input::Message(octets) => {
                self.handle_message(octets, server, fresh_id, now, explain)
            }
            Input::TimedOut => self.failed(&server, "timed out", now, explain),
            Input::Failed(reason) => self.failed(&server, reason, now, explain),
            Input::SetupFailed(reason) => self.setup_failed(&server, reason, now, explain),
            Input::HttpRefused(status) => {
                explain(Event::HttpRefused { server: server.addr, status: *status });
                self.failed(&server, "failure", now, explain)
            }
            Input::TlsFailed(failure) => {
                explain(Event::TlsFailed { server: server.addr, failure: (*failure).clone() });
                Step::Dropped
            }
        }
    }

    fn ask(&mut self, now: Instant, explain: Explain<'_>) -> Step {
        let Some(server) = self.task.servers.get(self.server).cloned() else {
            explain(Event::NoServers);
            return Step::GiveUp { in_setup: true };
        };
        let octets = self.sign(self.task.query.emit(), now);
        self.transfer = Transfer::of(&self.task.query, self.transport);
        let question = &self.task.query.question;
        explain(Event::Asked {
            qname: question.qname.to_string(),
            qtype: question.qtype,
            qclass: question.qclass,
            server: server.addr,
            transport: self.transport,
            id: self.task.query.header.id,
            length_octets: octets.len(),
            timeout_ms: u64::try_from(self.timeout().as_millis()).unwrap_or(u64::MAX),
        });
        self.sent = now;
        self.until = now.checked_add(self.timeout()).unwrap_or(now);
        Step::Ask(Ask { server, transport: self.transport, octets, until: self.until })
    }

    fn timeout(&self) -> Duration {
        let Timeouts { datagram, connection } = self.task.timeouts;
        if self.transport.is_datagrams() { datagram } else { connection }
    }

    /// Signs the query, if there is a key.
    fn sign(&mut self, octets: Vec<u8>, now: Instant) -> Vec<u8> {
        let Some(signing) = &self.task.signing else { return octets };
        let (signed, conversation) = Conversation::begin(Arc::clone(&signing.key), &octets, signing.time_s(now));
        self.conversation = Some(conversation);
        signed
    }

    /// Verifies the next message that answers the query, if that was signed.
    fn verify(
        &mut self,
        octets: &[u8],
        message: &Message,
        now: Instant,
        explain: Explain<'_>,
    ) -> Option<Result<(), VerifyError>> {
        let (signing, conversation) = (self.task.signing.as_ref()?, self.conversation.as_mut()?);
        let verdict = conversation.verify(octets, message, signing.clock_s(now));
        explain(match verdict {
            Ok(()) => Event::SignatureGood { key: signing.key.name.to_string(), signed: message.tsig.is_some() },
            Err(error) => Event::SignatureBad { error },
        });
        Some(verdict)
    }

    /// The same server again, or the next one; `None` if nobody is left.
    fn ask_on(&mut self, now: Instant, explain: Explain<'_>) -> Option<Step> {
        if self.tries_left > 1 {
            self.tries_left -= 1;
        } else {
            self.server += 1;
            if self.server >= self.task.servers.len() {
                return None;
            }
        }
        Some(self.ask(now, explain))
    }

    fn failed(&mut self, server: &Server, reason: &str, now: Instant, explain: Explain<'_>) -> Step {
        explain(Event::CommunicationsError { server: server.addr, reason: reason.to_owned() });
        if let Some(step) = self.ask_on(now, explain) {
            return step;
        }
        explain(Event::NoServers);
        Step::GiveUp { in_setup: false }
    }

    fn setup_failed(&mut self, server: &Server, reason: &str, now: Instant, explain: Explain<'_>) -> Step {
        explain(Event::SetupFailed {
            transport: self.transport,
            server: server.addr,
            name: self.task.name.clone(),
            reason: reason.to_owned(),
        });
        // dig says so for every try but the one that goes on to the next server.
        if self.tries_left > 1 || self.server + 1 >= self.task.servers.len() {
            explain(Event::NoServers);
        }
        self.ask_on(now, explain).unwrap_or(Step::GiveUp { in_setup: true })
    }

    fn handle_message(
        &mut self,
        octets: &[u8],
        server: Server,
        fresh_id: u16,
        now: Instant,
        explain: Explain<'_>,
    ) -> Step {
        let Ok(message) = Message::parse(octets) else {
            explain(Event::ShortMessage { length_octets: octets.len(), transport: self.transport });
            return self.wait_on();
        };
        if !self.is_ours(&message.header, explain) {
            return self.wait_on();
        }
        if let Some(fault) = self.unreadable(&message) {
            let (octets, rtt) = (octets.to_vec(), now.saturating_duration_since(self.sent));
            return Step::BadPacket(Box::new(BadPacket { fault, octets, server, transport: self.transport, rtt }));
        }
        if !message.is_well_formed() {
            explain(Event::Malformed { fault: message.fault });
        }
        if message.header.opcode() != self.task.query.header.opcode() {
            let expected = self.task.query.header.opcode();
            explain(Event::OpcodeMismatch { expected, got: message.header.opcode() });
            return Step::Wait(self.until);
        }
        if !self.is_about_our_question(&message, explain) {
            return self.wait_on();
        }
        let sent = self.sent;
        if let Some(step) = self.ask_again_because(&message, fresh_id, now, explain) {
            return match step {
                Step::Ask(ask) if self.task.show_bad_cookie && message.rcode() == Rcode::BADCOOKIE => {
                    let mut answer = self.answer(message, octets, server, now);
                    answer.rtt = now.saturating_duration_since(sent);
                    Step::ShowAndAsk(answer, ask)
                }
                step => step,
            };
        }
        if message.rcode() == Rcode::SERVFAIL && self.task.skip_servfail {
            let is_last = self.server + 1 >= self.task.servers.len();
            explain(Event::ServFail { server: server.addr, is_last });
            if !is_last {
                self.server += 1;
                return self.ask(now, explain);
            }
        }
        self.accept(message, octets, server, now, explain)
    }

    /// The message is the answer, or one of those of a transfer.
    fn accept(&mut self, message: Message, octets: &[u8], server: Server, now: Instant, explain: Explain<'_>) -> Step {
        let signature = self.verify(octets, &message, now, explain);
        let cookie = self.judge_cookie(&message);
        if cookie == Some(Verdict::Bad) {
            explain(Event::ClientCookieMismatch);
        }
        let rtt = now.saturating_duration_since(self.sent);
        explain(Event::Answered {
            server: server.addr,
            transport: self.transport,
            rtt_us: u64::try_from(rtt.as_micros()).unwrap_or(u64::MAX),
            length_octets: octets.len(),
        });
        let mut answer = self.answer(message, octets, server, now);
        answer.signature = signature;
        answer.transfer = self.transfer.as_mut().map(|transfer| transfer.take(&answer.message, octets.len()));
        if answer.transfer.is_some_and(|progress| progress.state == State::More) {
            self.until = now.checked_add(self.timeout()).unwrap_or(now);
            return Step::ShowAndWait(answer, self.until);
        }
        let is_unsigned = self.conversation.as_ref().is_some_and(Conversation::ends_unsigned);
        if is_unsigned && answer.transfer.is_some_and(|progress| progress.messages > 1) {
            explain(Event::TransferEndsUnsigned);
        }
        Step::Answer(answer)
    }

    fn answer(&self, message: Message, octets: &[u8], server: Server, now: Instant) -> Box<Answer> {
        Box::new(Answer {
            cookie: self.judge_cookie(&message),
            message,
            octets: octets.to_vec(),
            server,
            transport: self.transport,
            rtt: now.saturating_duration_since(self.sent),
            query: self.task.query.clone(),
            timing: self.timing,
            signature: None,
            transfer: None,
        })
    }

    /// Why there is nothing to show of a message: with the best effort, only what stands in the way of reading on.
    fn unreadable(&self, message: &Message) -> Option<Fault> {
        if self.task.best_effort {
            return message.fault.filter(|fault| !fault.is_recoverable());
        }
        // What should not be there comes before what could not be read behind it.
        message.irregularities.first().copied().or(message.fault)
    }

    fn is_ours(&self, header: &Header, explain: Explain<'_>) -> bool {
        let expected = self.task.query.header.id;
        if header.id != expected && self.is_in_transfer() {
            explain(Event::IdMismatchInTransfer { expected, got: header.id });
        } else if header.id != expected {
            explain(Event::IdMismatch { expected, got: header.id, transport: self.transport });
        }
        if !header.has(header::QR) {
            // dig takes it for an answer nevertheless.
            explain(Event::ResponseBitClear);
        }
        header.id == expected || self.is_in_transfer()
    }

    /// Whether the first message of a transfer has come.
    fn is_in_transfer(&self) -> bool {
        self.transfer.as_ref().is_some_and(Transfer::has_begun)
    }

    fn is_about_our_question(&self, message: &Message, explain: Explain<'_>) -> bool {
        let mut ours = true;
        for question in message.questions.iter().filter(|question| !question.matches(&self.task.query.question)) {
            let got = format!("{}/{}/{}", question.qname.without_last_dot(), question.qtype, question.qclass);
            explain(Event::QuestionMismatch { got });
            ours = false;
        }
        ours
    }

    /// After a message that is not ours: another datagram may be, another message of the connection will not.
    fn wait_on(&self) -> Step {
        match self.transport {
            Transport::Udp => Step::Wait(self.until),
            _ => Step::Dropped,
        }
    }

    /// What the server wants otherwise: an older EDNS, TCP, its cookie.
    fn ask_again_because(
        &mut self,
        message: &Message,
        fresh_id: u16,
        now: Instant,
        explain: Explain<'_>,
    ) -> Option<Step> {
        if let (Rcode::BADVERS, Some(theirs)) = (message.rcode(), &message.edns)
            && self.task.negotiate_edns
            && let Some(ours) = self.task.query.edns.as_mut().filter(|ours| theirs.version < ours.version)
        {
            ours.version = theirs.version;
            explain(Event::BadVersion { version: theirs.version });
            return Some(self.start(fresh_id, now, explain));
        }
        if self.transport != Transport::Udp {
            return None;
        }
        if message.header.has(header::TC) && !self.task.ignore_truncation {
            self.learn_cookie(message);
            explain(Event::Truncated);
            self.transport = Transport::Tcp;
            return Some(self.start(fresh_id, now, explain));
        }
        if message.rcode() == Rcode::BADCOOKIE
            && self.task.retry_bad_cookie
            && self.judge_cookie(message) == Some(Verdict::Good)
        {
            self.learn_cookie(message);
            explain(Event::BadCookie { in_tcp: self.seen_bad_cookie });
            if std::mem::replace(&mut self.seen_bad_cookie, true) {
                self.transport = Transport::Tcp;
            }
            return Some(self.start(fresh_id, now, explain));
        }
        None
    }

    fn judge_cookie(&self, message: &Message) -> Option<Verdict> {
        let ours = self.task.query.edns.as_ref()?.option(OptionCode::COOKIE)?;
        let theirs = message.edns.as_ref()?.option(OptionCode::COOKIE)?;
        Some(cookie::judge(&ours.data, &theirs.data))
    }

    /// Takes the server's cookie along in the next query.
    fn learn_cookie(&mut self, message: &Message) {
        if self.judge_cookie(message) != Some(Verdict::Good) {
            return;
        }
        let theirs = message.edns.as_ref().and_then(|edns| edns.option(OptionCode::COOKIE)).cloned();
        let ours = self.task.query.edns.as_mut();
        if let (Some(theirs), Some(ours)) = (theirs, ours) {
            for option in ours.options.iter_mut().filter(|option| option.code == OptionCode::COOKIE) {
                *option = EdnsOption::new(OptionCode::COOKIE, theirs.data.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests;
