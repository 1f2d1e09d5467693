//! Rdata, taken apart by a table of layouts: one row a type, one word a field.
//!
//! The same row gives the check, the text, and where each field lies. A type without a row keeps its octets and is
//! written as RFC 3597 says.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use sockeye_common::wire::Reader;

use crate::fault::{Fault, FaultKind};
use crate::name::Name;
use crate::registry::{Class, Type};
use crate::span::Span;
use crate::style::Style;

/// How a field is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// One octet, in decimal.
    U8,
    /// Two octets, in decimal.
    U16,
    /// Four octets, in decimal.
    U32,
    /// Two octets, in octal.
    Octal,
    /// Four octets, an IPv4 address.
    Ipv4,
    /// Sixteen octets, an IPv6 address.
    Ipv6,
    /// A name, which may be compressed.
    Name,
    /// A character-string, quoted.
    Text,
    /// One character-string or more up to the end, each quoted.
    Texts,
    /// A length octet and letters or digits, without quotes.
    Tag,
    /// All octets up to the end, quoted.
    Rest,
}

/// One field of a layout: its name in the specification, and its form.
pub type Layout = &'static [(&'static str, Form)];

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A number.
    Number(u32),
    /// A number that is written in octal.
    Octal(u16),
    /// An IPv4 address.
    Ipv4(Ipv4Addr),
    /// An IPv6 address.
    Ipv6(Ipv6Addr),
    /// A name.
    Name(Name),
    /// Octets in quotes.
    Text(Vec<u8>),
    /// Letters and digits.
    Tag(String),
}

/// One field as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The field, as the specification spells it.
    pub name: &'static str,
    /// Where it lies in the message.
    pub span: Span,
    /// What it holds.
    pub value: Value,
}

/// The layout of a type, or `None` if its octets are all that we know.
///
/// AAAA and SRV mean something only in class IN, and A something else in class CH.
///
/// # Source
/// RFC 1035 sections 3.3 and 3.4.1, RFC 1034 section 3.6 (A in class CH), RFC 3596 (AAAA), RFC 2782 (SRV), RFC 6672 (DNAME), RFC 8659 (CAA).
pub fn layout(rtype: Type, class: Class) -> Option<Layout> {
    Some(match (rtype, class) {
        (Type::A, Class::IN | Class::HS) => &[("ADDRESS", Form::Ipv4)],
        (Type::A, Class::CH) => &[("domain name", Form::Name), ("Chaos address", Form::Octal)],
        (Type::AAAA, Class::IN) => &[("address", Form::Ipv6)],
        (Type::NS, _) => &[("NSDNAME", Form::Name)],
        (Type::CNAME, _) => &[("CNAME", Form::Name)],
        (Type::PTR, _) => &[("PTRDNAME", Form::Name)],
        (Type::DNAME, _) => &[("target", Form::Name)],
        (Type::SOA, _) => &[
            ("MNAME", Form::Name),
            ("RNAME", Form::Name),
            ("SERIAL", Form::U32),
            ("REFRESH", Form::U32),
            ("RETRY", Form::U32),
            ("EXPIRE", Form::U32),
            ("MINIMUM", Form::U32),
        ],
        (Type::MX, _) => &[("PREFERENCE", Form::U16), ("EXCHANGE", Form::Name)],
        (Type::TXT | Type::SPF, _) => &[("TXT-DATA", Form::Texts)],
        (Type::HINFO, _) => &[("CPU", Form::Text), ("OS", Form::Text)],
        (Type::SRV, Class::IN) => {
            &[("Priority", Form::U16), ("Weight", Form::U16), ("Port", Form::U16), ("Target", Form::Name)]
        }
        (Type::CAA, _) => &[("Flags", Form::U8), ("Tag", Form::Tag), ("Value", Form::Rest)],
        _ => return None,
    })
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
}

impl Rdata {
    /// Reads the rdata that takes `span` of `message`.
    ///
    /// # Errors
    /// [`Fault`] if the octets are not what the layout of the type says.
    pub fn parse(message: &[u8], span: Span, rtype: Type, class: Class) -> Result<Self, Fault> {
        let input = message.get(..span.end()).unwrap_or(message);
        let octets = input.get(span.offset..).unwrap_or_default().to_vec();
        let Some(layout) = layout(rtype, class) else { return Ok(Self { span, octets, fields: None }) };
        // What a reader of the input up to the end of the rdata can see is the rdata and all that stands before it.
        let mut reader =
            Reader::at(input, span.offset).ok_or(Fault::new(FaultKind::UnexpectedEnd, "RDATA", span.offset))?;
        if rtype == Type::CAA && span.length < 3 {
            return Err(Fault::new(FaultKind::FormErr, "Tag", span.offset));
        }
        let mut fields = Vec::with_capacity(layout.len());
        for &(name, form) in layout {
            let start = reader.offset();
            let value = match form {
                Form::Texts => {
                    texts(&mut reader, name, &mut fields)?;
                    continue;
                }
                Form::U8 => Value::Number(reader.u8(name).map_err(Fault::end)?.into()),
                Form::U16 => Value::Number(reader.u16(name).map_err(Fault::end)?.into()),
                Form::U32 => Value::Number(reader.u32(name).map_err(Fault::end)?),
                Form::Octal => Value::Octal(reader.u16(name).map_err(Fault::end)?),
                Form::Ipv4 => Value::Ipv4(reader.array::<4>(name).map_err(Fault::end)?.into()),
                Form::Ipv6 => Value::Ipv6(reader.array::<16>(name).map_err(Fault::end)?.into()),
                Form::Name => Value::Name(Name::parse(&mut reader)?),
                Form::Text => Value::Text(text(&mut reader, name)?),
                Form::Tag => Value::Tag(tag(&mut reader, name)?),
                Form::Rest => Value::Text(reader.octets(reader.remaining(), name).map_err(Fault::end)?.to_vec()),
            };
            fields.push(Field { name, span: Span::between(start, reader.offset()), value });
        }
        if !reader.is_empty() {
            return Err(Fault::new(FaultKind::ExtraData, "RDATA", reader.offset()));
        }
        Ok(Self { span, octets, fields: Some(fields) })
    }

    /// The fields as dig writes them, a blank between two; or `\# length hex`.
    pub fn text(&self, style: &Style) -> String {
        let mut text = String::with_capacity(32);
        let Some(fields) = &self.fields else {
            generic(&mut text, &self.octets, style.split.unwrap_or(56).into());
            return text;
        };
        for (index, field) in fields.iter().enumerate() {
            if index > 0 {
                text.push(' ');
            }
            // Writing to a String cannot fail.
            let _ = match &field.value {
                Value::Number(number) => write!(text, "{number}"),
                Value::Octal(number) => write!(text, "{number:o}"),
                Value::Ipv4(addr) => write!(text, "{addr}"),
                Value::Ipv6(addr) => {
                    ipv6(&mut text, *addr);
                    // YAML would take the two colons at the end for a key.
                    if style.yaml && text.ends_with(':') {
                        text.push('0');
                    }
                    Ok(())
                }
                Value::Name(name) => write!(text, "{name}"),
                Value::Tag(tag) => write!(text, "{tag}"),
                Value::Text(octets) => {
                    quoted(&mut text, octets);
                    Ok(())
                }
            };
        }
        text
    }

    /// The first name among the fields: the target of a CNAME, the exchange of an MX.
    pub fn target(&self) -> Option<&Name> {
        self.fields.as_deref()?.iter().find_map(|field| match &field.value {
            Value::Name(name) => Some(name),
            _ => None,
        })
    }

    /// The number in the field of that name.
    pub fn number(&self, name: &str) -> Option<u32> {
        self.fields.as_deref()?.iter().find(|field| field.name == name).and_then(|field| match field.value {
            Value::Number(number) => Some(number),
            _ => None,
        })
    }
}

fn text(reader: &mut Reader<'_>, name: &'static str) -> Result<Vec<u8>, Fault> {
    let length = reader.u8(name).map_err(Fault::end)?;
    Ok(reader.octets(usize::from(length), name).map_err(Fault::end)?.to_vec())
}

fn texts(reader: &mut Reader<'_>, name: &'static str, fields: &mut Vec<Field>) -> Result<(), Fault> {
    // One at least: none is a truncation.
    loop {
        let start = reader.offset();
        let value = Value::Text(text(reader, name)?);
        fields.push(Field { name, span: Span::between(start, reader.offset()), value });
        if reader.is_empty() {
            return Ok(());
        }
    }
}

fn tag(reader: &mut Reader<'_>, name: &'static str) -> Result<String, Fault> {
    let start = reader.offset();
    let octets = text(reader, name).map_err(|fault| Fault { kind: FaultKind::FormErr, ..fault })?;
    if octets.is_empty() || !octets.iter().all(u8::is_ascii_alphanumeric) {
        return Err(Fault::new(FaultKind::FormErr, name, start));
    }
    Ok(octets.into_iter().map(char::from).collect())
}

/// An IPv6 address as dig writes it: `::1.2.3.4` for the old compatible form too, which RFC 5952 leaves out.
fn ipv6(text: &mut String, addr: Ipv6Addr) {
    let segments = addr.segments();
    let _ = match segments {
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => {
            let [a, b] = high.to_be_bytes();
            let [c, d] = low.to_be_bytes();
            write!(text, "::{a}.{b}.{c}.{d}")
        }
        _ => write!(text, "{addr}"),
    };
}

/// A character-string in quotes: a backslash before `"` and `\`, `\DDD` for all that is not printable ASCII.
pub fn quoted(text: &mut String, octets: &[u8]) {
    text.push('"');
    for &octet in octets {
        match octet {
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(octet));
            }
            0x20..=0x7e => text.push(char::from(octet)),
            _ => {
                let _ = write!(text, "\\{octet:03}");
            }
        }
    }
    text.push('"');
}

/// `\# length hex`: capitals, a blank after every `split` digits.
///
/// # Source
/// RFC 3597 section 5.
fn generic(text: &mut String, octets: &[u8], split: usize) {
    let _ = write!(text, "\\# {}", octets.len());
    if octets.is_empty() {
        return;
    }
    let step = if split < 2 { octets.len() } else { split / 2 };
    for word in octets.chunks(step) {
        text.push(' ');
        for octet in word {
            let _ = write!(text, "{octet:02X}");
        }
    }
}

#[cfg(test)]
mod tests;
