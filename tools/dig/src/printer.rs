//! dig's text, byte for byte: the message, the footer, the warnings.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::time::Duration;

use crate::dns64;
use crate::exchange::Answer;
use crate::explain::{Event, Transport};
use crate::fault::Fault;
use crate::header;
use crate::message::{Message, Section};
use crate::options::{Lookup, Show};
use crate::registry::{Opcode, Rcode, Type};
use crate::style::Style;
use crate::transport::{Timing, TlsFailure};
use crate::xfr::Progress;

pub mod colour;
mod columns;
mod options;
mod records;

use options::pseudosection;
pub use options::visible;
pub(crate) use options::{agent, keepalive, llq, printable, spelled_out, subnet, tag};
pub(crate) use records::{push_question, push_rdata};
pub use records::{push_record, short};

/// The header, the sections and the empty lines between them, as dig prints an answer.
pub fn answer(lookup: &Lookup, answer: &Answer) -> String {
    let message = &answer.message;
    let mut text = String::new();
    if lookup.show.comments {
        text.push_str(";; Got answer:\n");
        heading(&mut text, message);
        if message.header.has(header::RD) && !message.header.has(header::RA) {
            text.push_str(";; WARNING: recursion requested but not available\n");
        }
        if message.unread > 0 {
            // dig writes "bytes" for one too.
            let _ = writeln!(text, ";; WARNING: Message has {} extra bytes at end", message.unread);
        }
        edns_refused(&mut text, lookup, answer);
        text.push('\n');
    }
    let verdict = answer.cookie.map(|verdict| format!(" ({verdict})")).unwrap_or_default();
    body(&mut text, &lookup.show, &without_last_soa(lookup, answer), &verdict);
    text
}

/// A query as dig shows it before it goes out: padding is filled only then. `None` if the octets have no header.
pub fn sent(lookup: &Lookup, octets: &[u8]) -> Option<Message> {
    let mut message = Message::parse_own(octets).ok()?;
    if lookup.padding > 0
        && let Some(padding) = message.edns.as_mut().and_then(|edns| edns.options.last_mut())
    {
        padding.data.clear();
    }
    Some(message)
}

/// The query before it goes out: `+qr`.
pub fn query(lookup: &Lookup, octets: &[u8]) -> String {
    let mut text = String::new();
    let Some(message) = sent(lookup, octets) else { return text };
    if lookup.show.comments {
        text.push_str(";; Sending:\n");
        heading(&mut text, &message);
        text.push('\n');
    }
    body(&mut text, &lookup.show, &message, "");
    text + &query_size(lookup, octets)
}

/// The footer of a query.
pub fn query_size(lookup: &Lookup, octets: &[u8]) -> String {
    if lookup.show.stats { format!(";; QUERY SIZE: {}\n\n", octets.len()) } else { String::new() }
}

/// `+onesoa`: of all SOA records of a transfer only the first is shown.
pub(crate) fn without_last_soa<'a>(lookup: &Lookup, answer: &'a Answer) -> Cow<'a, Message> {
    let progress = answer.transfer.filter(|_| lookup.show.one_soa && lookup.qtype == Type::AXFR);
    let Some(progress) = progress else { return Cow::Borrowed(&answer.message) };
    let mut message = answer.message.clone();
    let mut seen = progress.messages > 1;
    message.answer.retain(|record| record.rtype != Type::SOA || !std::mem::replace(&mut seen, true));
    Cow::Owned(message)
}

fn heading(text: &mut String, message: &Message) {
    let header = &message.header;
    let _ =
        writeln!(text, ";; ->>HEADER<<- opcode: {}, status: {}, id: {}", header.opcode(), message.rcode(), header.id);
    text.push_str(";; flags:");
    for flag in header.shown_flags() {
        let _ = write!(text, " {flag}");
    }
    if header.has(header::Z) {
        text.push_str("; MBZ: 0x4");
    }
    let _ = writeln!(
        text,
        "; QUERY: {}, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}",
        header.qdcount, header.ancount, header.nscount, header.arcount
    );
}

/// A server that could not read the query may only have stumbled over EDNS.
fn edns_refused(text: &mut String, lookup: &Lookup, answer: &Answer) {
    let rcode = answer.message.rcode();
    if answer.message.edns.is_none() && answer.query.edns.is_some() && matches!(rcode, Rcode::FORMERR | Rcode::NOTIMP) {
        let dnssec = if lookup.dnssec { "+nodnssec " } else { "" };
        let _ = writeln!(text, "\n;; WARNING: EDNS query returned status {rcode} - retry with '{dnssec}+noedns'");
    }
}

fn body(text: &mut String, show: &Show, message: &Message, verdict: &str) {
    if show.comments
        && let Some(edns) = &message.edns
    {
        pseudosection(text, edns, verdict, show.style.compat);
    }
    if show.question {
        questions(text, show, message);
    }
    let [answer, authority] = match message.header.opcode() {
        Opcode::UPDATE => ["PREREQUISITE", "UPDATE"],
        _ => ["ANSWER", "AUTHORITY"],
    };
    let sections = [
        (show.answer, answer, Section::Answer),
        (show.authority, authority, Section::Authority),
        (show.additional, "ADDITIONAL", Section::Additional),
    ];
    for (_, name, section) in sections.into_iter().filter(|(shown, ..)| *shown) {
        let records = message.section(section);
        if records.is_empty() {
            continue;
        }
        if show.comments {
            let _ = writeln!(text, ";; {name} SECTION:");
        }
        for record in records {
            push_record(text, show, record);
        }
        if show.comments {
            text.push('\n');
        }
    }
    if let Some(tsig) = message.tsig.as_ref().filter(|_| show.additional) {
        if show.comments {
            text.push_str(";; TSIG PSEUDOSECTION:\n");
        }
        push_record(text, show, tsig);
        if show.comments {
            text.push('\n');
        }
    }
}

fn questions(text: &mut String, show: &Show, message: &Message) {
    // dig has put the question of +header-only into its message, and then leaves it out.
    let left_out = message.header.qdcount == 0 && !message.header.has(header::QR);
    if message.questions.is_empty() && message.cut_question.is_none() && !left_out {
        return;
    }
    if show.comments {
        let name = if message.header.opcode() == Opcode::UPDATE { "ZONE" } else { "QUESTION" };
        let _ = writeln!(text, ";; {name} SECTION:");
    }
    for question in &message.questions {
        push_question(text, show, question);
    }
    if show.comments {
        text.push('\n');
    }
}

/// `+short +identify`: the same, and who said so.
pub fn short_identified(show: &Show, answer: &Answer) -> String {
    let who = by_whom(show, answer) + "\n";
    short(&show.style, &answer.message).lines().flat_map(|line| [line, who.as_str()]).collect()
}

/// `+dns64prefix`: the prefixes in place of the records.
pub fn dns64(lookup: &Lookup, answer: &Answer) -> String {
    let mut text = String::new();
    if lookup.show.comments {
        text.push('\n');
    }
    if lookup.show.answer {
        text += &dns64::text(&dns64::prefixes(&answer.message));
    }
    text
}

/// `+short` in a trace: the type and the rdata of each record, and who said so.
pub fn short_typed(show: &Show, answer: &Answer) -> String {
    let who = if show.identify { by_whom(show, answer) } else { String::new() };
    let style = Style { multiline: false, ..show.style };
    let mut text = String::new();
    for record in &answer.message.answer {
        let _ = writeln!(text, "{} {}{who}", record.rtype, record.rdata.text(&style));
    }
    text
}

/// ` from server 192.0.2.53 in 3 ms.`
fn by_whom(show: &Show, answer: &Answer) -> String {
    format!(" from server {} in {}.", address(answer.server.addr), round_trip(show, answer))
}

/// How long the answer took, in short.
fn round_trip(show: &Show, answer: &Answer) -> String {
    let rtt = answer.rtt;
    if show.usec { format!("{} us", rtt.as_micros()) } else { format!("{} ms", rtt.as_millis()) }
}

/// How long the answer took, as `-u` wants it.
fn query_time(show: &Show, rtt: Duration) -> String {
    if show.usec { format!("{} usec", rtt.as_micros()) } else { format!("{} msec", rtt.as_millis()) }
}

/// Who answered, in one line: `+identify` in place of the footer, and each step of `+trace`.
pub fn received(show: &Show, answer: &Answer) -> String {
    let octets = u64::try_from(answer.octets.len()).unwrap_or(u64::MAX);
    format!(
        ";; Received {} bytes from {}({}) in {}\n\n",
        answer.transfer.map_or(octets, |progress| progress.octets),
        socket(answer.server.addr),
        answer.server.written,
        round_trip(show, answer),
    )
}

/// The footer. `when` is the local time as dig writes it; `warning` is what there is to be said about signatures.
pub fn stats(show: &Show, answer: &Answer, when: &str, warning: Option<&str>) -> String {
    let size = answer.transfer.map_or_else(
        || format!("MSG SIZE  rcvd: {}", answer.octets.len()),
        |Progress { records, messages, octets, .. }| {
            format!("XFR size: {records} records (messages {messages}, bytes {octets})")
        },
    );
    let warning = warning.map(|words| format!(";; WARNING -- {words}\n")).unwrap_or_default();
    format!(
        ";; Query time: {}\n;; SERVER: {}({}) ({})\n;; WHEN: {when}\n;; {size}\n{warning}\n",
        query_time(show, answer.rtt),
        socket(answer.server.addr),
        answer.server.written,
        answer.transport.name(),
    )
}

/// `+timing`: how long each part took.
pub fn timing(timing: &Timing) -> String {
    let ms = |time: Duration| format!("{}.{:03} ms", time.as_millis(), time.subsec_micros() % 1000);
    let mut parts = Vec::new();
    parts.extend(timing.connect.map(|time| format!("connect {}", ms(time))));
    parts.extend(timing.tls.map(|time| format!("TLS {}", ms(time))));
    parts.push(format!("first octet {}", ms(timing.first)));
    parts.push(format!("whole answer {}", ms(timing.whole)));
    format!(";; TIMING: {}\n", parts.join(", "))
}

/// An address as dig writes it: IPv6 with the number of its scope.
pub(crate) fn address(addr: std::net::SocketAddr) -> String {
    match addr {
        std::net::SocketAddr::V6(v6) if v6.scope_id() != 0 => format!("{}%{}", v6.ip(), v6.scope_id()),
        other => other.ip().to_string(),
    }
}

/// The same with the port: `192.0.2.53#53`.
pub(crate) fn socket(addr: std::net::SocketAddr) -> String {
    format!("{}#{}", address(addr), addr.port())
}

/// A message that cannot be read: why, and its octets.
pub fn bad_packet(fault: &Fault, octets: &[u8]) -> String {
    let mut text = format!(";; Got bad packet: {}\n{} bytes\n", fault.kind, octets.len());
    for line in octets.chunks(16) {
        for octet in line {
            let _ = write!(text, "{octet:02x} ");
        }
        let missing = 16_usize.saturating_sub(line.len());
        // Here, and nowhere else, a blank is a dot too, and a tilde.
        let _ = writeln!(text, "{:1$}         {2}", "", missing * 3, printable(line).replace([' ', '~'], "."));
    }
    text
}

/// What dig says about an event. The friendlier ones are left out where comments are.
pub fn notice(event: &Event, comments: bool) -> Option<String> {
    let line = match event {
        Event::ServerSkipped { server } => {
            format!(";; Skipping mapped address '::ffff:{}'", server.ip())
        }
        Event::NoAcceptableServers => ";; No acceptable nameservers".to_owned(),
        Event::SetupFailed { transport, server, name, reason } => {
            let what = match transport {
                Transport::Udp => "UDP setup with",
                _ => "Connection to",
            };
            format!(";; {what} {}({}) for {name} failed: {reason}.", socket(*server), address(*server))
        }
        Event::TlsFailed { server, failure } => match failure {
            TlsFailure::HalfIdentity => {
                // Not a slip of ours.
                ";; both TLS client certificate and key file must be specified a the same time".to_owned()
            }
            TlsFailure::Context { .. } => ";; TLS context cannot be created".to_owned(),
            TlsFailure::Certificate { reason } => {
                format!(";; TLS peer certificate verification for {} failed: {reason}", socket(*server))
            }
            // dig says nothing at all.
            TlsFailure::Handshake { .. } => return None,
        },
        Event::CommunicationsError { server, reason } => {
            format!(";; communications error to {}: {reason}", socket(*server))
        }
        Event::NoServers => ";; no servers could be reached".to_owned(),
        Event::ServFail { server, is_last } if comments => {
            let next = if *is_last { "" } else { ", trying next server" };
            format!(";; Got SERVFAIL reply from {}{next}", address(*server))
        }
        Event::Truncated if comments => ";; Truncated, retrying in TCP mode.".to_owned(),
        Event::BadVersion { version } if comments => format!(";; BADVERS, retrying with EDNS version {version}."),
        Event::BadCookie { in_tcp } if comments => {
            format!(";; BADCOOKIE, retrying{}.", if *in_tcp { " in TCP mode" } else { "" })
        }
        Event::IdMismatch { expected, got, transport } => {
            let mark = if *transport == Transport::Udp { "Warning" } else { "ERROR" };
            format!(";; {mark}: ID mismatch: expected ID {expected}, got {got}")
        }
        Event::IdMismatchInTransfer { expected, got } => {
            format!(";; WARNING: ID mismatch: expected ID {expected}, got {got}")
        }
        // Not a slip: dig has its mark twice.
        Event::QuestionMismatch { got } => format!(";; ;; Question section mismatch: got {got}"),
        Event::OpcodeMismatch { expected, got } => {
            format!(";; Warning: Opcode mismatch: expected {expected}, got {got}")
        }
        Event::ResponseBitClear => ";; Warning: query response not set".to_owned(),
        Event::ShortMessage { transport: Transport::Udp, .. } => {
            ";; Warning: short (< header size) message received".to_owned()
        }
        Event::ShortMessage { .. } => ";; ERROR: short (< header size) message".to_owned(),
        Event::Malformed { .. } => ";; Warning: Message parser reports malformed message packet.".to_owned(),
        Event::BadReferral => ";; BAD REFERRAL".to_owned(),
        Event::HorizontalReferral => ";; BAD (HORIZONTAL) REFERRAL".to_owned(),
        Event::ServerUnknown { name, reason } => format!("couldn't get address for '{name}': {reason}"),
        Event::OptMissing { .. } => ";; expected opt record in response".to_owned(),
        Event::NoZoneServers => ";; NS servers could not be reached".to_owned(),
        Event::ClientCookieMismatch => ";; Warning: Client COOKIE mismatch".to_owned(),
        Event::SignatureBad { error } => format!(";; Couldn't verify signature: {error}"),
        _ => return None,
    };
    Some(line + "\n")
}

#[cfg(test)]
mod tests;
