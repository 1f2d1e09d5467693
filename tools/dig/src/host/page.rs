//! host's text, octet for octet.

use std::fmt::Write as _;

use super::{Origin, Settings};
use crate::exchange::Answer;
use crate::message::{Message, Section};
use crate::name::Name;
use crate::options::{Server, Show};
use crate::printer;
use crate::record::Record;
use crate::registry::{Rcode, Type};
use crate::style::Style;

/// What a lookup begins with, with `-v`.
pub fn trying(settings: &Settings, name: &Name) -> String {
    if settings.verbose { format!("Trying \"{}\"\n", name.without_last_dot()) } else { String::new() }
}

/// Who was asked, if the line names a server. It stands in front of the first answer.
pub fn server(server: &Server) -> String {
    format!("Using domain server:\nName: {}\nAddress: {}\nAliases: \n\n", server.written, printer::socket(server.addr))
}

/// How long the message was, who sent it and when, with `-v`.
pub fn received(settings: &Settings, answer: &Answer) -> String {
    if !settings.verbose {
        return String::new();
    }
    let (length, from) = (answer.octets.len(), printer::socket(answer.server.addr));
    format!("Received {length} bytes from {from} in {} ms\n", answer.rtt.as_millis())
}

/// How often [`received`] stands behind an answer to such a name.
pub fn receipts(from: Origin, rcode: Rcode) -> usize {
    match (from, rcode) {
        // Once for the name and once for the list that has no other.
        (Origin::LineInVain, Rcode::NXDOMAIN) => 2,
        (Origin::List, Rcode::NOERROR | Rcode::NXDOMAIN)
        | (Origin::Line | Origin::LineFirst | Origin::LineInVain, _) => 1,
        (Origin::List, _) => 0,
    }
}

/// An answer: its records in words, all of it with `-v`, or why there is none. `written` is the name as it was written.
pub fn answer(settings: &Settings, written: &str, answer: &Answer) -> String {
    let message = &answer.message;
    let asked = &answer.query.question.qname;
    let rcode = message.rcode();
    if rcode != Rcode::NOERROR {
        let name = if rcode == Rcode::NXDOMAIN { written.to_owned() } else { asked.without_last_dot() };
        let server = printer::address(answer.server.addr);
        let who = if settings.compare { format!("Nameserver {server}:\n\t") } else { "Host ".to_owned() };
        return format!("{who}{name} not found: {}\n", code(rcode));
    }
    let mut page = Page { settings, asked: answer.query.question.qtype, answer, text: String::new() };
    if settings.verbose {
        page.whole(message);
    } else {
        page.words(message);
        if !settings.defaults && message.answer.is_empty() {
            let _ = writeln!(page.text, "{} has no {} record", asked.without_last_dot(), answer.query.question.qtype);
        }
    }
    page.text
}

/// `3(NXDOMAIN)`. host does not know the names of those that only EDNS and signatures have.
fn code(rcode: Rcode) -> String {
    if rcode.0 > Rcode::BADVERS.0 { format!("{0}(?{0})", rcode.0) } else { format!("{}({rcode})", rcode.0) }
}

struct Page<'a> {
    settings: &'a Settings,
    /// Which type was asked for.
    asked: Type,
    answer: &'a Answer,
    text: String,
}

impl Page<'_> {
    /// The answer section, a sentence a record.
    fn words(&mut self, message: &Message) {
        let (settings, asked) = (self.settings, self.asked);
        for record in message.answer.iter().filter(|record| settings.shows(asked, record.rtype)) {
            if self.settings.compare {
                let server = printer::address(self.answer.server.addr);
                let _ = write!(self.text, "Nameserver {server}:\n\t");
            }
            self.text.push_str(&sentence(record));
        }
    }

    fn whole(&mut self, message: &Message) {
        let header = &message.header;
        let (opcode, rcode, id) = (header.opcode(), message.rcode(), header.id);
        let _ = writeln!(self.text, ";; ->>HEADER<<- opcode: {opcode}, status: {rcode}, id: {id}");
        self.text.push_str(";; flags:");
        for flag in header.shown_flags() {
            let _ = write!(self.text, " {flag}");
        }
        let _ = writeln!(
            self.text,
            "; QUERY: {}, ANSWER: {}, AUTHORITY: {}, ADDITIONAL: {}",
            header.qdcount, header.ancount, header.nscount, header.arcount
        );
        if let Some(edns) = &message.edns {
            let _ = writeln!(self.text, ";; EDNS: version: {}, udp={}", edns.version, edns.udp_size);
        }
        if message.tsig.is_some() {
            self.text.push_str(";; PSEUDOSECTIONS: TSIG\n");
        }
        self.questions(message);
        for (name, section) in
            [("ANSWER", Section::Answer), ("AUTHORITY", Section::Authority), ("ADDITIONAL", Section::Additional)]
        {
            self.section(name, message.section(section));
        }
        if let Some(tsig) = &message.tsig {
            self.section("PSEUDOSECTION TSIG", std::slice::from_ref(tsig));
        }
        self.text.push('\n');
    }

    fn questions(&mut self, message: &Message) {
        if message.questions.is_empty() {
            return;
        }
        self.text.push_str("\n;; QUESTION SECTION:\n");
        for question in &message.questions {
            if self.settings.shows(self.asked, question.qtype) {
                printer::push_question(&mut self.text, &Show::default(), question);
            } else {
                // What is not shown of a transfer is not shown here either, but for the mark in front of it.
                self.text.push(';');
            }
        }
    }

    fn section(&mut self, name: &str, records: &[Record]) {
        if records.is_empty() {
            return;
        }
        let _ = writeln!(self.text, "\n;; {name} SECTION:");
        let (settings, asked) = (self.settings, self.asked);
        for record in records.iter().filter(|record| settings.shows(asked, record.rtype)) {
            printer::push_record(&mut self.text, &Show::default(), record);
        }
    }
}

/// `web.lab.test has address 192.0.2.80`
fn sentence(record: &Record) -> String {
    let says = match record.rtype {
        Type(1) => "has address",
        Type(2) => "name server",
        Type(5) => "is an alias for",
        Type(11) => "has well known services",
        Type(12) => "domain name pointer",
        Type(13) => "host information",
        Type(15) => "mail is handled by",
        Type(16) => "descriptive text",
        Type(19) => "x25 address",
        Type(20) => "ISDN address",
        Type(24) => "has signature",
        Type(25) => "has key",
        Type(28) => "has IPv6 address",
        Type(29) => "location",
        other => &format!("has {other} record"),
    };
    let mut text = format!("{} {says} ", record.owner.without_last_dot());
    printer::push_rdata(&mut text, &Style::default(), record);
    text
}
