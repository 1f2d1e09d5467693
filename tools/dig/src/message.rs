//! A whole message: lenient to read, exact to write.

use sockeye_common::wire::{Reader, Truncated, Writer};

use crate::edns::Edns;
use crate::fault::{Fault, FaultKind};
use crate::header::Header;
use crate::name::Name;
use crate::question::Question;
use crate::record::Record;
use crate::registry::{Class, Opcode, Rcode, Type};

/// A section that holds records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Section {
    /// What was asked for.
    Answer,
    /// Who knows better, or who says no.
    Authority,
    /// What may help.
    Additional,
}

/// A message as far as it can be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The header.
    pub header: Header,
    /// The question section.
    pub questions: Vec<Question>,
    /// The name of a question that ends behind its name.
    pub cut_question: Option<Name>,
    /// The answer section.
    pub answer: Vec<Record>,
    /// The authority section.
    pub authority: Vec<Record>,
    /// The additional section, without the OPT and TSIG pseudo-records.
    pub additional: Vec<Record>,
    /// The OPT pseudo-record.
    pub edns: Option<Edns>,
    /// The TSIG pseudo-record, if it stands where it may.
    pub tsig: Option<Record>,
    /// The first thing that could not be read. Nothing behind it was.
    pub fault: Option<Fault>,
    /// What could be read and should not be there: the second OPT record, a record of another class.
    pub irregularities: Vec<Fault>,
    /// How many octets were not read.
    pub unread: usize,
    /// How many octets the message has.
    pub length: usize,
}

impl Message {
    /// Reads a message as far as it can be read.
    ///
    /// # Errors
    /// [`Truncated`] if not even a header is there. Any later fault is in [`Message::fault`].
    ///
    /// # Source
    /// RFC 1035 section 4.1.
    pub fn parse(octets: &[u8]) -> Result<Self, Truncated> {
        Self::read(octets, Edns::parse)
    }

    /// Reads a message of our own, in which an option may hold what its definition does not allow: `+ednsopt`.
    ///
    /// # Errors
    /// As [`Self::parse`].
    pub fn parse_own(octets: &[u8]) -> Result<Self, Truncated> {
        Self::read(octets, Edns::parse_unjudged)
    }

    fn read(octets: &[u8], parse_edns: ParseEdns) -> Result<Self, Truncated> {
        let mut reader = Reader::new(octets);
        let header = Header::parse(&mut reader)?;
        let mut message = Self { length: octets.len(), ..Self::empty(header) };
        message.fault = message.parse_sections(&mut reader, parse_edns).err();
        message.unread = reader.remaining();
        Ok(message)
    }

    fn empty(header: Header) -> Self {
        Self {
            header,
            questions: Vec::new(),
            cut_question: None,
            answer: Vec::new(),
            authority: Vec::new(),
            additional: Vec::new(),
            edns: None,
            tsig: None,
            fault: None,
            irregularities: Vec::new(),
            unread: 0,
            length: 0,
        }
    }

    fn parse_sections(&mut self, reader: &mut Reader<'_>, parse_edns: ParseEdns) -> Result<(), Fault> {
        let mut class: Option<Class> = None;
        for _ in 0..self.header.qdcount {
            let (qname, span) = Name::parse_spanned(reader)?;
            let question = match Question::parse_behind(qname.clone(), span, reader) {
                Ok(question) => question,
                Err(fault) => {
                    self.cut_question = Some(qname);
                    return Err(fault);
                }
            };
            if *class.get_or_insert(question.qclass) != question.qclass {
                self.irregular("QCLASS", span.offset);
            }
            // Two names are no message, and neither is the same question twice: more is at most another type.
            let (first, last) = (self.questions.first(), self.questions.last());
            if first.is_some_and(|first| !first.qname.matches(&question.qname))
                || [first, last].into_iter().flatten().any(|other| other.matches(&question))
            {
                self.irregular("QNAME", span.offset);
            }
            self.questions.push(question);
        }
        let counts = [
            (Section::Answer, self.header.ancount),
            (Section::Authority, self.header.nscount),
            (Section::Additional, self.header.arcount),
        ];
        for (section, count) in counts {
            for index in 0..count {
                let start = reader.offset();
                let before = reader.clone();
                let record = match Record::parse(reader) {
                    Ok(record) => record,
                    Err(fault) => {
                        self.check_class(before, class);
                        return Err(fault);
                    }
                };
                if let Err(fault) =
                    self.place(record, section, index + 1 == count, &mut class, (before.input(), parse_edns))
                {
                    // What is wrong in the rdata leaves the rdata unread, as dig counts.
                    if let Some(at) = Reader::at(before.input(), self.rdata_offset(start, before.input())) {
                        *reader = at;
                    }
                    return Err(fault);
                }
            }
        }
        Ok(())
    }

    /// Notes that a record that cannot be read is of another class than those before it: dig looks at that first.
    fn check_class(&mut self, mut reader: Reader<'_>, expected: Option<Class>) {
        let at = reader.offset();
        let mut read = || {
            Name::parse(&mut reader).ok()?;
            Some((Type(reader.u16("TYPE").ok()?), Class(reader.u16("CLASS").ok()?)))
        };
        let (Some((rtype, class)), Some(expected)) = (read(), expected) else { return };
        let of_any_class = matches!(rtype, Type::OPT | Type::TSIG | Type(24 | 46 | 249));
        if !of_any_class && self.header.opcode() != Opcode::UPDATE && expected != Class::ANY && expected != class {
            self.irregular("CLASS", at);
        }
    }

    /// Where the rdata of the record at `start` begins.
    fn rdata_offset(&self, start: usize, input: &[u8]) -> usize {
        Reader::at(input, start)
            .and_then(|mut reader| Name::parse(&mut reader).ok().map(|_| reader.offset() + 10))
            .unwrap_or(self.length)
    }

    /// Puts a record where it belongs, and notes what should not be.
    fn place(
        &mut self,
        record: Record,
        section: Section,
        last: bool,
        class: &mut Option<Class>,
        (input, parse_edns): (&[u8], ParseEdns),
    ) -> Result<(), Fault> {
        let at = record.owner_span.offset;
        match record.rtype {
            Type::OPT => {
                let edns = parse_edns(&record, input)?;
                if section == Section::Additional && record.owner.is_root() && self.edns.is_none() {
                    self.edns = Some(edns);
                    return Ok(());
                }
                self.irregular("OPT", at);
            }
            Type::TSIG => {
                if section == Section::Additional
                    && last
                    && record.class == Class::ANY
                    && !record.rdata.octets.is_empty()
                {
                    self.tsig = Some(record);
                    return Ok(());
                }
                self.irregular("TSIG", at);
            }
            // A signature of nothing is SIG(0), which does not stand here.
            Type(24 | 46) if record.rdata.octets.starts_with(&[0, 0]) => self.irregular("type covered", at),
            // TKEY travels in class ANY.
            Type(249) => {}
            _ => {
                let expected = *class.get_or_insert(record.class);
                if self.header.opcode() != Opcode::UPDATE && expected != Class::ANY && expected != record.class {
                    self.irregular("CLASS", at);
                }
            }
        }
        match section {
            Section::Answer => self.answer.push(record),
            Section::Authority => self.authority.push(record),
            Section::Additional => self.additional.push(record),
        }
        Ok(())
    }

    fn irregular(&mut self, field: &'static str, offset: usize) {
        self.irregularities.push(Fault::new(FaultKind::FormErr, field, offset));
    }

    /// The records of a section.
    pub fn section(&self, section: Section) -> &[Record] {
        match section {
            Section::Answer => &self.answer,
            Section::Authority => &self.authority,
            Section::Additional => &self.additional,
        }
    }

    /// The whole rcode: the header's four bits and the eight of EDNS.
    pub fn rcode(&self) -> Rcode {
        let high = self.edns.as_ref().map_or(0, |edns| u16::from(edns.extended_rcode));
        Rcode(high << 4 | self.header.rcode_low())
    }

    /// Whether all of it was read and is where it should be.
    pub fn is_well_formed(&self) -> bool {
        self.fault.is_none() && self.irregularities.is_empty()
    }
}

/// How strictly the options of an OPT record are read.
type ParseEdns = fn(&Record, &[u8]) -> Result<Edns, Fault>;

/// A query of our own: one question, no compression.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// ID and flags; the counts are filled in.
    pub header: Header,
    /// The question.
    pub question: Question,
    /// The question stays at home.
    pub header_only: bool,
    /// The serial of the zone that the client has, in an SOA record of the authority section (RFC 1995 section 3).
    pub ixfr_serial: Option<u32>,
    /// The message is padded to a multiple of this many octets, by a PADDING option that is the last; 0 pads nothing.
    pub padding: u16,
    /// How many octets a signature will take behind the message: padding counts them.
    pub signature_len: usize,
    /// The OPT pseudo-record.
    pub edns: Option<Edns>,
}

impl Query {
    /// A query with nothing but a question and perhaps EDNS.
    pub fn new(header: Header, question: Question, edns: Option<Edns>) -> Self {
        Self { header, question, header_only: false, ixfr_serial: None, padding: 0, signature_len: 0, edns }
    }

    /// The message.
    pub fn emit(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        let count = |there: bool| u16::from(there);
        let (qdcount, nscount) = (count(!self.header_only), count(self.ixfr_serial.is_some()));
        Header { qdcount, ancount: 0, nscount, arcount: count(self.edns.is_some()), ..self.header }.emit(&mut writer);
        if !self.header_only {
            self.question.emit(&mut writer);
        }
        if let Some(serial) = self.ixfr_serial {
            self.emit_soa(serial, &mut writer);
        }
        if let Some(edns) = &self.edns {
            let octets = writer.len() + edns.emitted_len() + self.signature_len;
            let missing = match usize::from(self.padding) {
                0 => 0,
                block => octets.next_multiple_of(block) - octets,
            };
            edns.emit_padded(missing, &mut writer);
        }
        writer.into_octets()
    }

    /// An SOA record of which only the serial counts.
    fn emit_soa(&self, serial: u32, writer: &mut Writer) {
        const TTL: u32 = 0;
        const RDLENGTH: u16 = 22;
        // The name of the question, unless that is shorter than a pointer or not there.
        if self.header_only || self.question.qname.is_root() {
            writer.octets(self.question.qname.as_wire());
        } else {
            writer.u16(0xc00c);
        }
        writer.u16(Type::SOA.0).u16(self.question.qclass.0).u32(TTL).u16(RDLENGTH);
        // MNAME and RNAME are the root; REFRESH, RETRY, EXPIRE and MINIMUM say nothing.
        writer.u8(0).u8(0).u32(serial).u32(0).u32(0).u32(0).u32(0);
    }
}

#[cfg(test)]
pub(crate) mod tests;
