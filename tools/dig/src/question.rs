//! What a message asks.

use sockeye_common::wire::{Reader, Writer};

use crate::fault::Fault;
use crate::name::Name;
use crate::registry::{Class, Type};
use crate::span::Span;

/// One entry of the question section.
///
/// # Source
/// RFC 1035 section 4.1.2.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// QNAME.
    pub qname: Name,
    /// QTYPE.
    pub qtype: Type,
    /// QCLASS.
    pub qclass: Class,
    /// Where QNAME lies; QTYPE and QCLASS follow with two octets each.
    pub qname_span: Span,
}

impl Question {
    /// A question of our own.
    pub fn new(qname: Name, qtype: Type, qclass: Class) -> Self {
        Self { qname, qtype, qclass, qname_span: Span::default() }
    }

    /// Whether both ask the same: the name in either case, the type and the class.
    pub fn matches(&self, other: &Self) -> bool {
        self.qtype == other.qtype && self.qclass == other.qclass && self.qname.matches(&other.qname)
    }

    /// Reads QTYPE and QCLASS behind a name.
    ///
    /// # Errors
    /// [`Fault`] if fewer than four octets are left; nothing is consumed then.
    pub fn parse_behind(qname: Name, qname_span: Span, reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let mut fixed = Reader::new(reader.octets(4, "QTYPE and QCLASS").map_err(Fault::end)?);
        let (qtype, qclass) = (fixed.u16("QTYPE").map_err(Fault::end)?, fixed.u16("QCLASS").map_err(Fault::end)?);
        Ok(Self { qname, qtype: Type(qtype), qclass: Class(qclass), qname_span })
    }

    /// Writes the question without compression.
    pub fn emit(&self, writer: &mut Writer) {
        writer.octets(self.qname.as_wire()).u16(self.qtype.0).u16(self.qclass.0);
    }
}
