//! Rdata, taken apart by a table of layouts: one row a type, one word a field.
//!
//! The same row gives the check, the text, and where each field lies. A type without a row keeps its octets and is
//! written as RFC 3597 says.
//!
//! - [`layout`]: the table
//! - `parse`: octets to fields
//! - `write`: fields to text, on one line or on several
//! - `bitmap`, `digits`, `dnskey`, `location`, `naptr`, `service`, `time`: what one kind of field needs

use std::borrow::Cow;

use crate::fault::Fault;
use crate::name::Name;
use crate::registry::{Class, Type};
use crate::span::Span;
use crate::style::Style;

mod bitmap;
mod digest;
mod digits;
pub(crate) mod dnskey;
pub mod layout;
mod location;
mod naptr;
mod parse;
mod service;
pub(crate) mod time;
mod write;

pub(crate) use digits::from_base32_hex;
pub use layout::{Form, Layout, Shape};
pub(crate) use time::spelled_out as push_duration;
pub use time::ttl_units;
pub use write::quoted;
pub(crate) use write::{ipv6 as push_ipv6, push_name};

/// One field as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The field, as the specification spells it.
    pub name: &'static str,
    /// Where it lies in the message.
    pub span: Span,
    /// What it holds, and how that is written.
    pub form: Form,
    /// The whole name, if the field is one: the octets in the message may be compressed.
    pub target: Option<Name>,
}

/// The rdata of one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rdata {
    /// Where it lies in the message.
    pub span: Span,
    /// The octets as they came; compressed names in them point into the message.
    pub octets: Vec<u8>,
    /// The fields, if the type has a layout here.
    pub fields: Option<Vec<Field>>,
    /// How the fields stand together.
    shape: Shape,
}

impl Rdata {
    /// Reads the rdata that takes `span` of `message`.
    ///
    /// # Errors
    /// [`Fault`] if the octets are not what the layout of the type says.
    pub fn parse(message: &[u8], span: Span, rtype: Type, class: Class) -> Result<Self, Fault> {
        let input = message.get(..span.end()).unwrap_or(message);
        let octets = input.get(span.offset..).unwrap_or_default().to_vec();
        let Some(row) = layout::row(rtype, class) else {
            return Ok(Self { span, octets, fields: None, shape: Shape::Line });
        };
        // What a reader of the input up to the end of the rdata can see is the rdata and all that stands before it.
        let fields = parse::fields(input, span, &row)?;
        Ok(Self { span, octets, fields: Some(fields), shape: row.shape })
    }

    /// The text as dig writes it, a blank between two fields; or `\# length hex`. With `+multiline`, several lines.
    pub fn text(&self, style: &Style) -> String {
        let mut text = String::with_capacity(32);
        self.write(&mut text, style);
        text
    }

    /// Appends what [`Self::text`] gives.
    pub fn write(&self, text: &mut String, style: &Style) {
        write::rdata(self, text, style);
    }

    /// One field as [`Self::text`] has it, for annotated dumps. Empty if the field has no text of its own.
    pub fn field_text(&self, field: &Field, style: &Style) -> String {
        let mut text = String::new();
        write::field(self, field, &mut text, style);
        text
    }

    /// The octets of a field as they came.
    pub fn octets_of(&self, field: &Field) -> &[u8] {
        let start = field.span.offset.saturating_sub(self.span.offset);
        self.octets.get(start..start.saturating_add(field.span.length)).unwrap_or_default()
    }

    /// The octets with every name whole: what RFC 3597 writes.
    pub fn uncompressed(&self) -> Cow<'_, [u8]> {
        let fields = self.fields.as_deref().unwrap_or_default();
        let is_whole = |field: &Field| field.target.as_ref().is_none_or(|name| name.as_wire() == self.octets_of(field));
        if fields.iter().all(is_whole) {
            return Cow::Borrowed(&self.octets);
        }
        let mut octets = Vec::with_capacity(self.octets.len());
        for field in fields {
            octets.extend_from_slice(field.target.as_ref().map_or_else(|| self.octets_of(field), Name::as_wire));
        }
        Cow::Owned(octets)
    }

    /// The first name among the fields: the target of a CNAME, the exchange of an MX.
    pub fn target(&self) -> Option<&Name> {
        self.fields.as_deref()?.iter().find_map(|field| field.target.as_ref())
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.as_deref()?.iter().find(|field| field.name == name)
    }

    /// The octets of the field of that name, as they came.
    pub fn octets_named(&self, name: &str) -> Option<&[u8]> {
        self.field(name).map(|field| self.octets_of(field))
    }

    /// The types of the window bitmap that NSEC and NSEC3 have.
    pub(crate) fn types(&self) -> impl Iterator<Item = Type> {
        bitmap::types(self.octets_named("Type Bit Maps").unwrap_or_default())
    }

    /// The number in the field of that name.
    pub fn number(&self, name: &str) -> Option<u32> {
        let field = self.field(name)?;
        let octets = self.octets_of(field);
        match field.form {
            Form::U8 | Form::U16 | Form::U32 | Form::Time => u32::try_from(big_endian(octets)).ok(),
            _ => None,
        }
    }
}

/// Whether a record of that type may have that owner: an NSEC3 belongs to a hash.
///
/// # Source
/// RFC 5155 section 3.
pub(crate) fn may_own(owner: &Name, rtype: Type) -> bool {
    const NSEC3: Type = Type(50);
    rtype != NSEC3 || owner.labels().next().is_some_and(digits::is_base32_hex)
}

/// Up to eight octets as a number, in network order.
fn big_endian(octets: &[u8]) -> u64 {
    octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet))
}

/// Appends a number. Every record has some: this is quicker than what formats anything.
pub(crate) fn push_number(text: &mut String, number: u64) {
    if number > 9 {
        push_number(text, number / 10);
    }
    let digit = u8::try_from(number % 10).unwrap_or_default();
    text.push(char::from(b'0' + digit));
}

#[cfg(test)]
mod tests;
