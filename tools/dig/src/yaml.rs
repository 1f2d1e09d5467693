//! `+yaml`: a message as dig writes it for programs, a list item each.
//!
//! What cannot be shown as a message is an item of type `DIG_ERROR`; warnings are not shown at all.

use std::fmt::Write as _;
use std::net::SocketAddr;

use sockeye_common::hex;

use crate::cookie::{CLIENT_LEN, Verdict};
use crate::edns::{self, Edns, EdnsOption, OptionCode};
use crate::explain::Event;
use crate::header;
use crate::message::{Message, Section};
use crate::name::Name;
use crate::options::{Compat, Show};
use crate::printer;
use crate::question::Question;
use crate::rdata::push_name;
use crate::record::Record;
use crate::registry::{Opcode, Rcode, Type};
use crate::style::Style;
use crate::transport::Transport;

mod option;
mod time;

/// How a message travelled, and when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Which way.
    pub way: Way,
    /// The server.
    pub server: SocketAddr,
    /// How.
    pub transport: Transport,
    /// `-b`: what the socket was bound to, if anything was said about that.
    pub source: Option<SocketAddr>,
    /// When the query went out, in microseconds since 1970.
    pub sent_us: u64,
    /// The length of the message, in octets.
    pub length: usize,
}

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// To the server.
    Query,
    /// From the server.
    Response {
        /// When it came, in microseconds since 1970.
        received_us: u64,
        /// What its cookie is worth.
        cookie: Option<Verdict>,
    },
}

/// The item of a failure. dig has one text for all of them.
pub fn error(text: &str) -> String {
    format!("- type: DIG_ERROR\n  message: |\n    {text}\n")
}

/// What is said about an event: only that nobody answered.
pub fn notice(event: &Event) -> Option<String> {
    matches!(event, Event::NoServers).then(|| error("no servers could be reached"))
}

/// The item of a message: how it travelled, its header, and of the rest what `show` says.
///
/// With `short` there is no rest: the rdata stand behind the item as they stand without `+yaml`.
pub fn message(passage: &Passage, message: &Message, show: &Show, short: bool, compat: Compat) -> String {
    let mut text = String::with_capacity(1024);
    travel(&mut text, passage, message, show.usec);
    heading(&mut text, passage, message);
    if short {
        return text;
    }
    let page = Page { show, style: style(&show.style), compat };
    page.body(&mut text, passage, message);
    text
}

/// How rdata is written here: on one line, whatever was said about comments, units and omissions.
fn style(asked: &Style) -> Style {
    Style { rr_comments: Some(false), split: asked.split, idn_out: asked.idn_out, yaml: true, ..Style::default() }
}

fn travel(text: &mut String, passage: &Passage, message: &Message, usec: bool) {
    let header = &message.header;
    // A server that does not recurse gives no recursive response, whatever was desired.
    let recursive = header.has(header::RD) && (passage.way == Way::Query || header.has(header::RA));
    let who = if recursive { "RECURSIVE" } else { "AUTH" };
    let what = if passage.way == Way::Query { "QUERY" } else { "RESPONSE" };
    let _ = writeln!(text, "- type: MESSAGE\n  message:\n    type: {who}_{what}");
    let _ = writeln!(text, "    query_time: !!timestamp {}", time::text(passage.sent_us, usec));
    if let Way::Response { received_us, .. } = passage.way {
        let _ = writeln!(text, "    response_time: !!timestamp {}", time::text(received_us, usec));
    }
    let (family, anywhere) = if passage.server.is_ipv4() { ("INET", "0.0.0.0") } else { ("INET6", "::") };
    let protocol = if passage.transport.is_datagrams() { "UDP" } else { "TCP" };
    let source = passage.source.map_or(anywhere.to_owned(), |source| source.ip().to_string());
    let _ = write!(
        text,
        "    message_size: {}b\n    socket_family: {family}\n    socket_protocol: {protocol}\n    \
         response_address: \"{}\"\n    response_port: {}\n    query_address: \"{}\"\n    query_port: {}\n",
        passage.length,
        closed(printer::address(passage.server)),
        passage.server.port(),
        closed(source),
        passage.source.map_or(0, |source| source.port()),
    );
}

/// An IPv6 address that ends in two colons gets a zero behind them: YAML would read a key.
fn closed(mut address: String) -> String {
    if address.ends_with(':') {
        address.push('0');
    }
    address
}

fn heading(text: &mut String, passage: &Passage, message: &Message) {
    let header = &message.header;
    let what = if passage.way == Way::Query { "query" } else { "response" };
    let _ = write!(
        text,
        "    {what}_message_data:\n      opcode: {}\n      status: {}\n      id: {}\n      flags:",
        header.opcode(),
        status(message.rcode()),
        header.id
    );
    for flag in header.shown_flags() {
        let _ = write!(text, " {flag}");
    }
    text.push('\n');
    if header.has(header::Z) {
        text.push_str("      MBZ: 0x4\n");
    }
    let counts = [header.qdcount, header.ancount, header.nscount, header.arcount];
    for (name, count) in names(header.opcode()).into_iter().zip(counts) {
        let _ = writeln!(text, "      {name}: {count}");
    }
}

/// An rcode without a name is the bare number here.
fn status(rcode: Rcode) -> String {
    rcode.to_string().trim_start_matches('?').to_owned()
}

/// What the four sections are called.
fn names(opcode: Opcode) -> [&'static str; 4] {
    match opcode {
        Opcode::UPDATE => ["ZONE", "PREREQ", "UPDATE", "ADDITIONAL"],
        _ => ["QUESTION", "ANSWER", "AUTHORITY", "ADDITIONAL"],
    }
}

/// What of a message is shown, and how.
struct Page<'a> {
    show: &'a Show,
    style: Style,
    compat: Compat,
}

impl Page<'_> {
    fn body(&self, text: &mut String, passage: &Passage, message: &Message) {
        let [question, mut answer, authority, additional] = names(message.header.opcode());
        if message.header.opcode() == Opcode::UPDATE {
            // Short in the header, whole above the records.
            answer = "PREREQUISITE";
        }
        if self.show.comments
            && let Some(edns) = &message.edns
        {
            let verdict = match passage.way {
                Way::Response { cookie, .. } => cookie,
                Way::Query => None,
            };
            self.pseudosection(text, edns, verdict);
        }
        // dig has put a name there also when the query that goes out has none.
        let named = !message.questions.is_empty() || message.cut_question.is_some() || passage.way == Way::Query;
        if self.show.question && named {
            let _ = writeln!(text, "      {question}_SECTION:");
            for question in &message.questions {
                push_item(text, "        ", &self.question(question));
            }
        }
        for (shown, name, section) in [
            (self.show.answer, answer, Section::Answer),
            (self.show.authority, authority, Section::Authority),
            (self.show.additional, additional, Section::Additional),
        ] {
            let records = message.section(section);
            if !shown || records.is_empty() {
                continue;
            }
            let _ = writeln!(text, "      {name}_SECTION:");
            for record in records {
                push_item(text, "        ", &self.record(record));
            }
        }
        if let Some(tsig) = message.tsig.as_ref().filter(|_| self.show.additional) {
            text.push_str("      TSIG_PSEUDOSECTION:\n");
            push_item(text, "      ", &self.record(tsig));
            text.push('\n');
        }
    }

    fn question(&self, question: &Question) -> String {
        format!("{} {} {}", self.name(&question.qname), question.qclass, question.qtype)
    }

    fn name(&self, name: &Name) -> String {
        let mut text = String::new();
        push_name(&mut text, name, &self.style);
        text
    }

    fn record(&self, record: &Record) -> String {
        let mut text = self.name(&record.owner);
        let _ = write!(text, " {} {} {} ", record.ttl, record.class, record.rtype);
        if record.rtype != Type::OPT || !record.rdata.octets.is_empty() {
            text.push_str(&record.rdata.text(&self.style));
        }
        text
    }

    fn pseudosection(&self, text: &mut String, edns: &Edns, verdict: Option<Verdict>) {
        let _ = write!(text, "      OPT_PSEUDOSECTION:\n        EDNS:\n          version: {}\n", edns.version);
        text.push_str("          flags:");
        for (flag, name) in [(edns::DO, " do"), (edns::CO, " co")] {
            if edns.flags & flag != 0 {
                text.push_str(name);
            }
        }
        text.push('\n');
        let unknown = edns.flags & !(edns::DO | edns::CO);
        if unknown != 0 {
            let _ = writeln!(text, "          MBZ: 0x{unknown:04x}");
        }
        let _ = writeln!(text, "          udp: {}", edns.udp_size);
        for option in &edns.options {
            self.option(text, option, verdict);
        }
    }

    fn option(&self, text: &mut String, option: &EdnsOption, verdict: Option<Verdict>) {
        match option.code {
            OptionCode::COOKIE if !option.data.is_empty() => self.cookie(text, &option.data, verdict),
            OptionCode::EDE if option.data.len() >= 2 => self.extended_error(text, option),
            _ => {
                let name = option::name(option.code, self.compat);
                let value = option::value(option, self.compat);
                let _ = writeln!(text, "          {name}:{value}");
            }
        }
    }

    fn cookie(&self, text: &mut String, octets: &[u8], verdict: Option<Verdict>) {
        let verdict_behind = |before: &str, behind: &str| {
            verdict.map(|verdict| format!("{before}{verdict}{behind}")).unwrap_or_default()
        };
        if self.compat == Compat::V9_18 {
            let _ = writeln!(text, "          COOKIE: {}{}", hex::encode(octets), verdict_behind(" (", ")"));
            return;
        }
        let (client, server) = octets.split_at_checked(CLIENT_LEN).unwrap_or((octets, &[]));
        let _ = write!(text, "          COOKIE:\n            CLIENT: {}\n", hex::encode(client));
        if !server.is_empty() {
            let _ = writeln!(text, "            SERVER: {}", hex::encode(server));
        }
        text.push_str(&verdict_behind("            STATUS: ", "\n"));
    }

    fn extended_error(&self, text: &mut String, option: &EdnsOption) {
        let Some((code, said)) = option.extended_error() else { return };
        let _ = write!(text, "          EDE:\n            INFO-CODE: {}", code.0);
        if let Some(name) = code.name() {
            let _ = write!(text, " ({name})");
        }
        let mut said = printer::visible(said);
        if self.compat == Compat::V9_20 {
            said = said.replace('\\', "\\\\").replace('"', "\\\"");
        }
        // dig leaves an empty line where there is no text.
        let quoted = if said.is_empty() { String::new() } else { format!("            EXTRA-TEXT: \"{said}\"") };
        let _ = write!(text, "\n{quoted}\n");
    }
}

/// One element of a list, in single quotes. A quote inside is doubled, as YAML has it.
fn push_item(text: &mut String, indent: &str, line: &str) {
    let _ = writeln!(text, "{indent}- '{}'", line.replace('\'', "''"));
}

#[cfg(test)]
mod tests;
