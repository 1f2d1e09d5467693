//! `+diff`: what several servers say to one question, and in what they differ.

use std::collections::BTreeSet;
use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::hex;
use sockeye_common::words::counted;

use crate::edns::OptionCode;
use crate::exchange::Answer;
use crate::message::Message;
use crate::options::Server;
use crate::printer;
use crate::record::Record;
use crate::registry::{Class, Rcode, Type};
use crate::style::Style;

/// Something in which servers can differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The rcode, or that nothing came.
    Status,
    /// The header's flags.
    Flags,
    /// The records of the answer, TTLs aside.
    Records,
    /// The smallest TTL of the answer.
    Ttl,
    /// The serial number of the SOA record in the answer or beside a negative one.
    Serial,
    /// The server's identifier.
    Nsid,
}

impl Field {
    fn words(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Flags => "flags",
            Self::Records => "records",
            Self::Ttl => "TTL",
            Self::Serial => "serial",
            Self::Nsid => "NSID",
        }
    }
}

/// What one server said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reply {
    /// Its address.
    pub server: String,
    /// Its port.
    pub server_port: u16,
    /// As it was written, or its name.
    pub server_as_written: String,
    /// How long the answer took.
    pub rtt_us: Option<u64>,
    /// The rcode.
    pub rcode: Option<Rcode>,
    /// Why nothing came.
    pub failure: Option<String>,
    /// The flags, as dig prints them.
    pub flags: Vec<&'static str>,
    /// The answer, in order of the text.
    pub records: BTreeSet<String>,
    /// The smallest TTL in it.
    pub ttl_s: Option<u32>,
    /// The zone's serial number.
    pub serial: Option<u32>,
    /// The identifier, in hex.
    pub nsid: Option<String>,
}

impl Reply {
    /// A server that said nothing.
    pub fn nothing(server: &Server, failure: &str) -> Self {
        Self {
            server: printer::address(server.addr),
            server_port: server.addr.port(),
            server_as_written: server.written.clone(),
            rtt_us: None,
            rcode: None,
            failure: Some(failure.to_owned()),
            flags: Vec::new(),
            records: BTreeSet::new(),
            ttl_s: None,
            serial: None,
            nsid: None,
        }
    }

    /// A server that answered.
    pub fn new(answer: &Answer) -> Self {
        let message = &answer.message;
        let nsid = message.edns.as_ref().and_then(|edns| edns.option(OptionCode::NSID));
        Self {
            rtt_us: Some(u64::try_from(answer.rtt.as_micros()).unwrap_or(u64::MAX)),
            rcode: Some(message.rcode()),
            failure: None,
            flags: message.header.shown_flags().collect(),
            records: message.answer.iter().map(text).collect(),
            ttl_s: message.answer.iter().map(|record| record.ttl).min(),
            serial: serial(message),
            nsid: nsid.map(|option| hex::encode(&option.data)),
            ..Self::nothing(&answer.server, "")
        }
    }
}

/// A record without its TTL and class.
fn text(record: &Record) -> String {
    format!("{} {} {}", record.owner, record.rtype, record.rdata.text(&Style::default()))
}

fn serial(message: &Message) -> Option<u32> {
    let mut records = message.answer.iter().chain(&message.authority);
    records.find(|record| record.rtype == Type::SOA).and_then(|soa| soa.rdata.number("SERIAL"))
}

/// All replies, and in what they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename = "diff")]
pub struct Comparison {
    /// What was asked for.
    pub qname: String,
    /// The type.
    pub qtype: Type,
    /// The class.
    pub qclass: Class,
    /// In what they differ.
    pub differences: Vec<Field>,
    /// What each said, in the order of the servers.
    pub replies: Vec<Reply>,
}

impl Comparison {
    /// Compares the replies.
    pub fn new(qname: String, qtype: Type, qclass: Class, replies: Vec<Reply>) -> Self {
        let differ = |same: &dyn Fn(&Reply, &Reply) -> bool| {
            replies.first().is_some_and(|first| replies.iter().any(|reply| !same(first, reply)))
        };
        // One that said nothing differs in that, and not in all that it did not say.
        let both = |a: &Reply, b: &Reply| a.rcode.is_some() && b.rcode.is_some();
        let answered: Vec<&Reply> = replies.iter().filter(|reply| reply.rcode.is_some()).collect();
        let differ_in = |same: &dyn Fn(&Reply, &Reply) -> bool| {
            answered.first().is_some_and(|first| answered.iter().any(|reply| both(first, reply) && !same(first, reply)))
        };
        let mut differences = Vec::new();
        for (field, found) in [
            (Field::Status, differ(&|a, b| a.rcode == b.rcode && a.failure == b.failure)),
            (Field::Flags, differ_in(&|a, b| a.flags == b.flags)),
            (Field::Records, differ_in(&|a, b| a.records == b.records)),
            (Field::Ttl, differ_in(&|a, b| a.ttl_s == b.ttl_s)),
            (Field::Serial, differ_in(&|a, b| a.serial == b.serial)),
            (Field::Nsid, differ_in(&|a, b| a.nsid == b.nsid)),
        ] {
            if found {
                differences.push(field);
            }
        }
        Self { qname, qtype, qclass, differences, replies }
    }

    /// Whether anybody answered.
    pub fn is_answered(&self) -> bool {
        self.replies.iter().any(|reply| reply.rcode.is_some())
    }
}

impl Render for Comparison {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let names: Vec<&str> = self.differences.iter().map(|field| field.words()).collect();
        let verdict = if names.is_empty() {
            text.paint(Role::Good, "the same from all")
        } else {
            text.paint(Role::Bad, &format!("they differ in {}", names.join(", ")))
        };
        let servers = counted(self.replies.len(), "server");
        text.line(format!("{} {} {}, asked of {servers}: {verdict}", self.qname, self.qclass, self.qtype))?;
        let answered = self.replies.iter().filter(|reply| reply.rcode.is_some());
        let common =
            answered.map(|reply| reply.records.clone()).reduce(|all, records| &all & &records).unwrap_or_default();
        for reply in &self.replies {
            reply.render(text)?;
            for record in &reply.records {
                if common.contains(record) {
                    text.line(format!("    {record}"))?;
                } else {
                    text.line(format!("  ! {}", text.paint(Role::Warning, record)))?;
                }
            }
        }
        Ok(())
    }
}

impl Reply {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut parts = vec![format!("{}#{}({})", self.server, self.server_port, self.server_as_written)];
        match (&self.rcode, &self.failure) {
            (Some(rcode), _) => parts.extend([rcode.to_string(), self.flags.join(" ")]),
            (None, failure) => parts.push(text.paint(Role::Bad, failure.as_deref().unwrap_or_default())),
        }
        parts.extend(self.ttl_s.map(|ttl| format!("ttl {ttl}")));
        parts.extend(self.serial.map(|serial| format!("serial {serial}")));
        let nsid = self.nsid.as_ref().map(|nsid| printer::visible(&hex::decode(nsid).unwrap_or_default()));
        parts.extend(nsid.map(|nsid| format!("nsid \"{nsid}\"")));
        parts.extend(self.rtt_us.map(|rtt| format!("{}.{:03} ms", rtt / 1000, rtt % 1000)));
        text.line(parts.join("  "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(change: impl FnOnce(&mut Reply)) -> Reply {
        let server = Server { addr: "127.0.0.1:53".parse().unwrap(), written: "a".into() };
        let mut reply = Reply::nothing(&server, "");
        reply.failure = None;
        reply.rcode = Some(Rcode::NOERROR);
        reply.flags = vec!["qr", "aa"];
        reply.records = ["x. A 192.0.2.1".to_owned()].into();
        reply.ttl_s = Some(60);
        change(&mut reply);
        reply
    }

    fn differences(replies: Vec<Reply>) -> Vec<Field> {
        Comparison::new("x.".into(), Type::A, Class::IN, replies).differences
    }

    #[test]
    fn each_field_by_itself() {
        type Case = (fn(&mut Reply), &'static [Field]);
        let cases: [Case; 8] = [
            (|_| {}, &[]),
            (|reply| reply.rtt_us = Some(7), &[]),
            (|reply| reply.rcode = Some(Rcode::REFUSED), &[Field::Status]),
            (|reply| reply.flags = vec!["qr"], &[Field::Flags]),
            (|reply| reply.records.clear(), &[Field::Records]),
            (|reply| reply.ttl_s = Some(59), &[Field::Ttl]),
            (|reply| reply.serial = Some(1), &[Field::Serial]),
            (|reply| reply.nsid = Some("00".into()), &[Field::Nsid]),
        ];
        for (change, expected) in cases {
            assert_eq!(differences(vec![reply(|_| {}), reply(change)]), expected);
        }
    }

    #[test]
    fn who_says_nothing_differs_in_that_alone() {
        let silent = || {
            reply(|reply| {
                reply.rcode = None;
                reply.flags.clear();
                reply.records.clear();
                reply.failure = Some("timed out".into());
            })
        };
        assert_eq!(differences(vec![silent(), reply(|_| {})]), [Field::Status]);
        assert_eq!(differences(vec![silent(), silent()]), []);
        assert_eq!(differences(Vec::new()), []);
    }
}
