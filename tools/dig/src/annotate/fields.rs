//! Rdata, field by field.

use super::Walk;
use super::words;
use crate::printer::spelled_out;
use crate::rdata::{Field, Form, Rdata};
use crate::registry::Type;
use crate::style::Style;

impl Walk<'_> {
    /// The rows of rdata that was read: each field, and whatever no field has.
    pub(super) fn rdata(&mut self, rtype: Type, rdata: &Rdata) {
        let end = rdata.span.end();
        for field in rdata.fields.iter().flatten() {
            // Fields follow each other. Should one not, its octets are told here and not twice.
            if field.span.offset < self.at || field.span.end() > end {
                continue;
            }
            self.fill(field.span.offset, "RDATA", "");
            if field.target.is_some() && self.name(field.name, end).is_ok() {
                continue;
            }
            self.fill(field.span.end(), field.name, &words(rtype, rdata, field));
        }
        let rest = self.octets.get(self.at..end).unwrap_or_default();
        self.fill(end, "RDATA", &super::option::shown(rest));
    }
}

/// What a field says: its value as dig writes it, and what that means where it is not plain.
fn words(rtype: Type, rdata: &Rdata, field: &Field) -> String {
    let purpose = match (rtype, field.name) {
        (Type::SOA, "REFRESH") => "until a secondary asks again",
        (Type::SOA, "RETRY") => "until it asks again after no answer",
        (Type::SOA, "EXPIRE") => "without an answer, and it forgets the zone",
        (Type::SOA, "MINIMUM") => "that a no may be remembered at most",
        _ => return text(rdata, field),
    };
    let number = rdata.number(field.name).unwrap_or_default();
    format!("{number} s: {} {purpose}", spelled_out(number))
}

/// The field alone, as it stands in a zone file.
fn text(rdata: &Rdata, field: &Field) -> String {
    let text = rdata.field_text(field, &Style::default());
    match field.form {
        Form::Text => format!("{text}, {}", words::octets(field.span.length.saturating_sub(1))),
        Form::Rest => format!("{text}, {}", words::octets(field.span.length)),
        Form::Count | Form::Count16 => {
            rdata.octets_of(field).iter().fold(0_u32, |sum, octet| sum << 8 | u32::from(*octet)).to_string()
        }
        _ => text,
    }
}
