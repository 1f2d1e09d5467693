//! Where a message breaks, and in which way.

use std::fmt;

use serde::Serialize;
use sockeye_common::wire::Truncated;

/// The first thing in a message that cannot be read. What stands before it was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// In which way.
    pub kind: FaultKind,
    /// The field, as the specification spells it.
    pub field: &'static str,
    /// Its first octet, from the start of the message.
    pub offset: usize,
}

/// The ways in which a message breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// The message, or the rdata, ends before the field does.
    UnexpectedEnd,
    /// A compression pointer that does not point backwards.
    BadPointer,
    /// A name that leads through more compression pointers than any name needs.
    TooManyPointers,
    /// A label that is neither a label nor a pointer: the first two bits are 01 or 10.
    BadLabelType,
    /// A name of more than 255 octets.
    NameTooLong,
    /// Rdata with octets behind its last field.
    ExtraData,
    /// A value that the type does not allow.
    FormErr,
    /// An EDNS option that its definition does not allow.
    BadOption,
    /// A text that is not of the kind that the type wants.
    Syntax,
    /// A number that the type does not allow.
    OutOfRange,
    /// A bitmap of types that is too long, or longer than need be.
    BadBitmap,
    /// A variant that nobody has defined.
    NotImplemented,
    /// An owner that a record of that type cannot have.
    BadOwner,
}

impl Fault {
    pub(crate) fn new(kind: FaultKind, field: &'static str, offset: usize) -> Self {
        Self { kind, field, offset }
    }

    pub(crate) fn end(truncated: Truncated) -> Self {
        Self::new(FaultKind::UnexpectedEnd, truncated.field, truncated.offset)
    }

    /// Whether dig shows what could be read before the fault, and not only a dump.
    pub fn is_recoverable(&self) -> bool {
        self.kind == FaultKind::UnexpectedEnd
    }
}

/// dig's words for the kind.
impl fmt::Display for FaultKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::UnexpectedEnd => "unexpected end of input",
            Self::BadPointer => "bad compression pointer",
            Self::TooManyPointers => "too many hops",
            Self::BadLabelType => "bad label type",
            Self::NameTooLong => "name too long",
            Self::ExtraData => "extra input data",
            Self::FormErr => "FORMERR",
            Self::BadOption => "malformed OPT option",
            Self::Syntax => "syntax error",
            Self::OutOfRange => "out of range",
            Self::BadBitmap => "bad bitmap",
            Self::NotImplemented => "not implemented",
            Self::BadOwner => "bad owner name (check-names)",
        })
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at octet {} ({})", self.kind, self.offset, self.field)
    }
}

impl std::error::Error for Fault {}
