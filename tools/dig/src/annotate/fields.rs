//! Rdata, field by field.

use super::Walk;
use super::words::{self, duration};
use crate::rdata::{Field, Rdata, Value};
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
            if matches!(field.value, Value::Name(_)) && self.name(field.name, end).is_ok() {
                continue;
            }
            self.fill(field.span.end(), field.name, &words(rtype, field));
        }
        let rest = self.octets.get(self.at..end).unwrap_or_default();
        self.fill(end, "RDATA", &super::option::shown(rest));
    }
}

/// What a field says: its value as dig writes it, and what that means where it is not plain.
fn words(rtype: Type, field: &Field) -> String {
    let Value::Number(number) = field.value else { return text(field) };
    let purpose = match (rtype, field.name) {
        (Type::SOA, "REFRESH") => "until a secondary asks again",
        (Type::SOA, "RETRY") => "until it asks again after no answer",
        (Type::SOA, "EXPIRE") => "without an answer, and it forgets the zone",
        (Type::SOA, "MINIMUM") => "that a no may be remembered at most",
        _ => return text(field),
    };
    format!("{number} s: {} {purpose}", duration(number.into()))
}

/// The field alone, as it stands in a zone file.
fn text(field: &Field) -> String {
    let alone = Rdata { span: field.span, octets: Vec::new(), fields: Some(vec![field.clone()]) };
    let text = alone.text(&Style { split: Some(0), ..Style::default() });
    match &field.value {
        Value::Text(octets) => format!("{text}, {}", words::octets(octets.len())),
        _ => text,
    }
}
