//! What is shown of a message that was given: a line of a list, dig's text, JSON.

use std::fmt::Write as _;
use std::io;
use std::time::Duration;

use serde::Serialize;
use sockeye_cli::{Render, Text};
use sockeye_common::hex;

use super::{Item, Origin};
use crate::exchange::Answer;
use crate::explain::Event;
use crate::fault::Fault;
use crate::header::{self, Header};
use crate::json;
use crate::message::{Message, Query};
use crate::name::Name;
use crate::options::{Lookup, Server, Show};
use crate::printer;
use crate::question::Question;
use crate::registry::{Class, Rcode, Type};
use crate::transport::{Timing, Transport};
use crate::yaml::{Passage, Way};

/// A given message as JSON.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "given")]
pub struct Result<'a> {
    source: &'a str,
    /// The frame of a capture, or which of several messages.
    frame: u64,
    from: Option<String>,
    from_port: Option<u16>,
    to: Option<String>,
    to_port: Option<u16>,
    transport: Option<Transport>,
    /// Since 1970.
    time_us: Option<i64>,
    length_octets: usize,
    /// How many octets of it were not captured.
    missing_octets: usize,
    /// Null if the message cannot be read.
    rcode: Option<Rcode>,
    fault: Option<Fault>,
    edns: Option<json::Edns>,
    message: Option<json::Dns<'a>>,
    /// All octets, if the message cannot be read.
    message_hex: Option<String>,
}

impl<'a> Result<'a> {
    /// The result of a message of `source`; `None` for one that has no whole header.
    pub fn new(source: &'a str, item: &Item, message: Option<&'a Message>) -> Self {
        let origin = item.origin;
        let readable = message.filter(|message| message.fault.is_none_or(|fault| fault.is_recoverable()));
        Self {
            source,
            frame: item.number,
            from: origin.map(|origin| origin.src.ip().to_string()),
            from_port: origin.map(|origin| origin.src.port()),
            to: origin.map(|origin| origin.dst.ip().to_string()),
            to_port: origin.map(|origin| origin.dst.port()),
            transport: origin.map(|origin| origin.transport),
            time_us: origin
                .and_then(|origin| origin.time)
                .map(|time| time.seconds.saturating_mul(1_000_000).saturating_add(i64::from(time.nanoseconds / 1000))),
            length_octets: item.octets.len(),
            missing_octets: item.missing,
            rcode: readable.map(Message::rcode),
            fault: message.and_then(|message| message.fault),
            edns: readable.and_then(|message| message.edns.as_ref()).map(json::Edns::new),
            message: readable.map(json::Dns),
            message_hex: readable.is_none().then(|| hex::encode(&item.octets)),
        }
    }
}

/// A line of the list of messages.
pub struct Listed<'a> {
    /// The message.
    pub item: &'a Item,
    /// When it was seen, in local time.
    pub time: Option<String>,
}

impl Render for Listed<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self { item, time } = self;
        let mut line = format!("{:>6}", item.number);
        if let Some(time) = time {
            // Writing to a String cannot fail.
            let _ = write!(line, "  {time}");
        }
        if let Some(Origin { src, dst, transport, .. }) = item.origin {
            let [src, dst] = [src, dst].map(printer::socket);
            let _ = write!(line, "  {:3}  {src:21} -> {dst:21}", transport.name());
        }
        let _ = write!(line, "  {:>5} octets  {}", item.octets.len(), about(&item.octets));
        text.line(line)
    }
}

/// What a message is, in a line: `id 4660 query web.lab.test. IN A`.
fn about(octets: &[u8]) -> String {
    let Ok(message) = Message::parse(octets) else { return "no whole header".to_owned() };
    let header = &message.header;
    let opcode = header.opcode();
    let what = match (header.has(header::QR), opcode.0) {
        (false, 0) => "query".to_owned(),
        (true, 0) => format!("answer {}", message.rcode()),
        (false, _) => opcode.to_string(),
        (true, _) => format!("{opcode} {}", message.rcode()),
    };
    let question =
        message.questions.first().map(|question| format!(" {} {} {}", question.qname, question.qclass, question.qtype));
    let fault = message.fault.map(|fault| format!(", breaks at octet {}", fault.offset)).unwrap_or_default();
    format!("id {:<5}  {what}{}{fault}", header.id, question.unwrap_or_default())
}

/// The message as the answer to a query that nobody saw: of it only what the message tells is known.
pub fn as_answer(source: &str, item: &Item, message: Message) -> Answer {
    let unknown = std::net::SocketAddr::from(([0, 0, 0, 0], 0));
    let question = message.questions.first().cloned().unwrap_or(Question::new(Name::root(), Type(0), Class(0)));
    let mut header = Header { id: message.header.id, ..Header::default() };
    header.set(header::RD, message.header.has(header::RD));
    Answer {
        query: Query::new(header, question, None),
        octets: item.octets.clone(),
        server: Server { addr: item.origin.map_or(unknown, |origin| origin.src), written: source.to_owned() },
        transport: item.origin.map_or(Transport::Udp, |origin| origin.transport),
        rtt: Duration::ZERO,
        cookie: None,
        timing: Timing::default(),
        signature: None,
        transfer: None,
        message,
    }
}

/// dig's text of the message: an answer as an answer, a query as with `+qr`, and octets if it cannot be read.
pub fn text(lookup: &Lookup, answer: &Answer) -> String {
    let message = &answer.message;
    let comments = lookup.show.comments;
    if let Some(fault) = message.fault.filter(|fault| !fault.is_recoverable()) {
        return printer::bad_packet(&fault, &answer.octets);
    }
    let mut text = String::new();
    if !message.is_well_formed() {
        text.extend(printer::notice(&Event::Malformed { fault: message.fault }, comments));
    }
    if message.header.has(header::QR) {
        text += &printer::answer(lookup, answer);
    } else {
        let without_stats = Lookup { show: Show { stats: false, ..lookup.show }, ..lookup.clone() };
        text += &printer::query(&without_stats, &answer.octets).replacen(";; Sending:", ";; Got query:", 1);
    }
    text
}

/// How it travelled, as far as that is known, for YAML.
pub fn passage(item: &Item, answer: &Answer) -> Passage {
    let time = item.origin.and_then(|origin| origin.time).unwrap_or_default();
    let us = u64::try_from(time.seconds).unwrap_or_default().saturating_mul(1_000_000);
    let us = us.saturating_add(u64::from(time.nanoseconds / 1000));
    let way = if answer.message.header.has(header::QR) {
        Way::Response { received_us: us, cookie: None }
    } else {
        Way::Query
    };
    // A query's server is where it goes.
    let ends = item.origin.map(|origin| (origin.src, origin.dst));
    let (server, source) = match (ends, way) {
        (None, _) => (answer.server.addr, None),
        (Some((src, dst)), Way::Query) => (dst, Some(src)),
        (Some((src, dst)), Way::Response { .. }) => (src, Some(dst)),
    };
    Passage { way, server, transport: answer.transport, source, sent_us: us, length: answer.octets.len() }
}

/// In place of dig's footer: where the message is from.
pub fn footer(source: &str, item: &Item, several: bool, when: Option<&str>) -> String {
    let source = sockeye_cli::escape::escape(source);
    let frame = if several { format!(", frame {}", item.number) } else { String::new() };
    let mut text = format!(";; GIVEN: {source}{frame}\n");
    if let Some(Origin { src, dst, transport, .. }) = item.origin {
        let _ = writeln!(text, ";; FROM: {} TO: {} ({})", printer::socket(src), printer::socket(dst), transport.name());
    }
    if let Some(when) = when {
        let _ = writeln!(text, ";; WHEN: {when}");
    }
    let missing = if item.missing > 0 { format!(" ({} more were not captured)", item.missing) } else { String::new() };
    let _ = write!(text, ";; MSG SIZE  rcvd: {}{missing}\n\n", item.octets.len());
    text
}
