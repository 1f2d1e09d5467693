//! What a message answers with.

use sockeye_common::wire::Reader;

use crate::fault::{Fault, FaultKind};
use crate::name::Name;
use crate::rdata::{self, Rdata};
use crate::registry::{Class, Type};
use crate::span::Span;

/// One resource record.
///
/// # Source
/// RFC 1035 section 4.1.3.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// NAME.
    pub owner: Name,
    /// TYPE.
    pub rtype: Type,
    /// CLASS. Of an OPT record: the sender's UDP payload size.
    pub class: Class,
    /// TTL, in seconds. Of an OPT record: extended rcode, version and flags.
    pub ttl: u32,
    /// RDATA.
    pub rdata: Rdata,
    /// Where NAME lies. TYPE, CLASS, TTL and RDLENGTH follow with 2, 2, 4 and 2 octets.
    pub owner_span: Span,
}

impl Record {
    /// Reads one record.
    ///
    /// # Errors
    /// [`Fault`]: what is wrong, and where. The reader has consumed what could be read: the owner if the ten octets
    /// behind it are incomplete, all before the rdata if that is wrong.
    pub fn parse(reader: &mut Reader<'_>) -> Result<Self, Fault> {
        let (owner, owner_span) = Name::parse_spanned(reader)?;
        let fixed_at = reader.offset();
        let mut fixed = Reader::new(reader.octets(10, "TYPE, CLASS, TTL and RDLENGTH").map_err(Fault::end)?);
        let rtype = Type(fixed.u16("TYPE").map_err(Fault::end)?);
        let class = Class(fixed.u16("CLASS").map_err(Fault::end)?);
        let ttl = fixed.u32("TTL").map_err(Fault::end)?;
        let length = usize::from(fixed.u16("RDLENGTH").map_err(Fault::end)?);
        let span = Span { offset: reader.offset(), length };
        if length > reader.remaining() {
            return Err(Fault::new(FaultKind::UnexpectedEnd, "RDATA", span.offset));
        }
        if rtype.0 == 0 {
            return Err(Fault::new(FaultKind::FormErr, "TYPE", fixed_at));
        }
        let rdata = Rdata::parse(reader.input(), span, rtype, class)?;
        if !rdata::may_own(&owner, rtype) {
            return Err(Fault::new(FaultKind::BadOwner, "NAME", owner_span.offset));
        }
        reader.skip(length, "RDATA").map_err(Fault::end)?;
        Ok(Self { owner, rtype, class, ttl, rdata, owner_span })
    }
}
