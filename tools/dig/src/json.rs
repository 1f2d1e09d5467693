//! Answers as JSON: RFC 8427's names for the message, the suite's own for what is around it.

use std::io;
use std::time::Duration;

use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};
use sockeye_cli::{Render, Text};
use sockeye_common::hex;

use crate::cookie::Verdict;
use crate::dns64;
use crate::edns;
use crate::exchange::{Answer, BadPacket};
use crate::explain::Transport;
use crate::fault::Fault;
use crate::header::{self, Flag};
use crate::message::Message;
use crate::options::Server;
use crate::question::Question;
use crate::record::Record;
use crate::registry::Rcode;
use crate::style::Style;
use crate::transport;

/// A value that only exists as JSON.
pub struct Only<'a, T>(pub &'a T);

impl<T: Serialize> Serialize for Only<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<T> Render for Only<'_, T> {
    fn render(&self, _: &mut Text<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// What came of one lookup: an answer, or a message that cannot be read.
#[derive(Serialize)]
#[serde(tag = "kind", rename = "answer")]
pub struct Result<'a> {
    server: String,
    server_port: u16,
    server_as_written: &'a str,
    transport: Transport,
    rtt_us: u64,
    length_octets: usize,
    /// How long each part took; null if the message cannot be read.
    timing: Option<Timing>,
    /// Null if the message cannot be read.
    rcode: Option<Rcode>,
    /// Null if no cookie was sent or none came back.
    cookie: Option<Verdict>,
    /// Where the message breaks, or null.
    fault: Option<Fault>,
    edns: Option<Edns>,
    /// The prefixes that `+dns64prefix` finds; null without it.
    dns64_prefixes: Option<Vec<String>>,
    /// RFC 8427, section 2. Null if the message cannot be read.
    message: Option<Dns<'a>>,
    /// All octets, if the message cannot be read.
    message_hex: Option<String>,
}

/// Null is a part that there was not.
#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "the names of the JSON members tell their unit")]
struct Timing {
    connect_us: Option<u64>,
    tls_us: Option<u64>,
    first_octet_us: u64,
    whole_us: u64,
}

impl Timing {
    fn new(timing: &transport::Timing) -> Self {
        let us = |time: Duration| u64::try_from(time.as_micros()).unwrap_or(u64::MAX);
        Self {
            connect_us: timing.connect.map(us),
            tls_us: timing.tls.map(us),
            first_octet_us: us(timing.first),
            whole_us: us(timing.whole),
        }
    }
}

#[derive(Serialize)]
pub(crate) struct Edns {
    version: u8,
    udp_size_octets: u16,
    dnssec_ok: bool,
    options: Vec<EdnsOption>,
}

#[derive(Serialize)]
struct EdnsOption {
    code: u16,
    name: Option<&'static str>,
    data: String,
}

impl<'a> Result<'a> {
    /// The result of an answer.
    pub fn new(answer: &'a Answer) -> Self {
        let message = &answer.message;
        Self {
            timing: Some(Timing::new(&answer.timing)),
            rcode: Some(message.rcode()),
            cookie: answer.cookie,
            fault: message.fault,
            edns: message.edns.as_ref().map(Edns::new),
            message: Some(Dns(message)),
            ..Self::from(&answer.server, answer.transport, answer.rtt, answer.octets.len())
        }
    }

    /// The same with the prefixes of DNS64.
    #[must_use]
    pub fn with_dns64_prefixes(mut self, answer: &Answer) -> Self {
        let prefixes = dns64::prefixes(&answer.message);
        self.dns64_prefixes = Some(prefixes.iter().map(|(prefix, length)| format!("{prefix}/{length}")).collect());
        self
    }

    /// The result of a message that cannot be read.
    pub fn unreadable(packet: &'a BadPacket) -> Self {
        Self {
            fault: Some(packet.fault),
            message_hex: Some(hex::encode(&packet.octets)),
            ..Self::from(&packet.server, packet.transport, packet.rtt, packet.octets.len())
        }
    }

    /// What is known of every message.
    fn from(server: &'a Server, transport: Transport, rtt: Duration, length_octets: usize) -> Self {
        Self {
            server: server.addr.ip().to_string(),
            server_port: server.addr.port(),
            server_as_written: &server.written,
            transport,
            rtt_us: u64::try_from(rtt.as_micros()).unwrap_or(u64::MAX),
            length_octets,
            timing: None,
            rcode: None,
            cookie: None,
            fault: None,
            edns: None,
            dns64_prefixes: None,
            message: None,
            message_hex: None,
        }
    }
}

impl Edns {
    pub(crate) fn new(edns: &edns::Edns) -> Self {
        let option = |option: &edns::EdnsOption| EdnsOption {
            code: option.code.0,
            name: option.code.name(),
            data: hex::encode(&option.data),
        };
        Self {
            version: edns.version,
            udp_size_octets: edns.udp_size,
            dnssec_ok: edns.dnssec_ok(),
            options: edns.options.iter().map(option).collect(),
        }
    }
}

/// A message by RFC 8427's names.
pub(crate) struct Dns<'a>(pub(crate) &'a Message);

impl Serialize for Dns<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let message = self.0;
        let header = &message.header;
        let bit = |flag: Flag| u8::from(header.has(flag));
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("ID", &header.id)?;
        map.serialize_entry("QR", &bit(header::QR))?;
        map.serialize_entry("Opcode", &header.opcode().0)?;
        for (name, flag) in [
            ("AA", header::AA),
            ("TC", header::TC),
            ("RD", header::RD),
            ("RA", header::RA),
            ("AD", header::AD),
            ("CD", header::CD),
        ] {
            map.serialize_entry(name, &bit(flag))?;
        }
        map.serialize_entry("RCODE", &message.rcode().0)?;
        map.serialize_entry("QDCOUNT", &header.qdcount)?;
        map.serialize_entry("ANCOUNT", &header.ancount)?;
        map.serialize_entry("NSCOUNT", &header.nscount)?;
        map.serialize_entry("ARCOUNT", &header.arcount)?;
        // The usual single question stands out of its list too, as RFC 8427 allows; null if there is none.
        let question = message.questions.first();
        map.serialize_entry("QNAME", &question.map(|question| question.qname.to_string()))?;
        map.serialize_entry("QTYPE", &question.map(|question| question.qtype.0))?;
        map.serialize_entry("QTYPEname", &question.map(|question| question.qtype.to_string()))?;
        map.serialize_entry("QCLASS", &question.map(|question| question.qclass.0))?;
        map.serialize_entry("QCLASSname", &question.map(|question| question.qclass.to_string()))?;
        map.serialize_entry("questionRRs", &Questions(&message.questions))?;
        map.serialize_entry("answerRRs", &Records(&message.answer, None))?;
        map.serialize_entry("authorityRRs", &Records(&message.authority, None))?;
        map.serialize_entry("additionalRRs", &Records(&message.additional, message.tsig.as_ref()))?;
        map.end()
    }
}

struct Questions<'a>(&'a [Question]);

impl Serialize for Questions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(self.0.len()))?;
        for question in self.0 {
            list.serialize_element(&QuestionRr(question))?;
        }
        list.end()
    }
}

struct QuestionRr<'a>(&'a Question);

impl Serialize for QuestionRr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(5))?;
        map.serialize_entry("NAME", &self.0.qname.to_string())?;
        map.serialize_entry("TYPE", &self.0.qtype.0)?;
        map.serialize_entry("TYPEname", &self.0.qtype.to_string())?;
        map.serialize_entry("CLASS", &self.0.qclass.0)?;
        map.serialize_entry("CLASSname", &self.0.qclass.to_string())?;
        map.end()
    }
}

/// The records of a section, and one that stands behind them.
struct Records<'a>(&'a [Record], Option<&'a Record>);

impl Serialize for Records<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for record in self.0.iter().chain(self.1) {
            list.serialize_element(&Rr(record))?;
        }
        list.end()
    }
}

struct Rr<'a>(&'a Record);

impl Serialize for Rr<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let record = self.0;
        let mut map = serializer.serialize_map(Some(9))?;
        map.serialize_entry("NAME", &record.owner.to_string())?;
        map.serialize_entry("TYPE", &record.rtype.0)?;
        map.serialize_entry("TYPEname", &record.rtype.to_string())?;
        map.serialize_entry("CLASS", &record.class.0)?;
        map.serialize_entry("CLASSname", &record.class.to_string())?;
        map.serialize_entry("TTL", &record.ttl)?;
        if record.rdata.fields.is_some() {
            // "rdataA", "rdataMX": the text as in a zone file.
            map.serialize_entry(
                &format!("rdata{}", record.rtype),
                &record.rdata.text(&Style { split: Some(0), ..Style::default() }),
            )?;
        }
        map.serialize_entry("RDLENGTH", &record.rdata.octets.len())?;
        map.serialize_entry("RDATAHEX", &hex::encode(&record.rdata.octets))?;
        map.end()
    }
}
