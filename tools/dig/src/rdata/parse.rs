//! Octets to fields.

use sockeye_common::wire::Reader;

use super::layout::{Form, Row, Shape};
use super::{Field, bitmap, digest, dnskey, location, naptr, service};
use crate::fault::{Fault, FaultKind};
use crate::name::Name;
use crate::span::Span;

/// Reads the fields of a layout from the rdata at `span`, behind which `input` ends.
///
/// # Errors
/// [`Fault`] at the first field that is not what its form says.
pub(super) fn fields(input: &[u8], span: Span, row: &Row) -> Result<Vec<Field>, Fault> {
    let Row { layout, strict, .. } = *row;
    let reader = Reader::at(input, span.offset).ok_or(Fault::new(FaultKind::UnexpectedEnd, "RDATA", span.offset))?;
    match row.shape {
        // Edns reads them.
        Shape::Opt => return Ok(Vec::new()),
        // Another version is another layout.
        Shape::Loc if reader.rest().first().is_some_and(|version| *version != 0) => {
            return Ok(vec![Field { name: "RDATA", span, form: Form::Opaque, target: None }]);
        }
        _ => {}
    }
    let mut parser = Parser { reader, start: span.offset, strict, fields: Vec::with_capacity(layout.len()) };
    for &(name, form) in layout {
        parser.field(name, form)?;
    }
    if !parser.reader.is_empty() {
        let kind = if strict { FaultKind::FormErr } else { FaultKind::ExtraData };
        return Err(Fault::new(kind, "RDATA", parser.reader.offset()));
    }
    Ok(parser.fields)
}

/// Both bits in KEY's flags: there is no key.
const NO_KEY: u8 = 0xc0;
/// NSEC3's only hash algorithm.
const SHA1: u8 = 1;
/// How many octets it gives.
const SHA1_LEN: usize = 20;

struct Parser<'a> {
    reader: Reader<'a>,
    /// Where the rdata begins.
    start: usize,
    /// Whether a field that is cut is a format error; a name never is.
    strict: bool,
    fields: Vec<Field>,
}

impl<'a> Parser<'a> {
    /// Reads what stands for one word of the layout: mostly one field.
    fn field(&mut self, name: &'static str, form: Form) -> Result<(), Fault> {
        match form {
            // One at least: none is a truncation.
            Form::Texts => loop {
                self.one(name, Form::Text)?;
                if self.reader.is_empty() {
                    return Ok(());
                }
            },
            Form::MaybeText if self.reader.is_empty() => Ok(()),
            Form::MaybeText => self.one(name, Form::Text),
            Form::Names => {
                while !self.reader.is_empty() {
                    self.one(name, Form::Name)?;
                }
                Ok(())
            }
            Form::Prefixes => {
                while !self.reader.is_empty() {
                    self.one(name, form)?;
                }
                Ok(())
            }
            Form::Params => {
                let first = self.reader.offset();
                let mut last = None;
                while !self.reader.is_empty() {
                    last = Some(service::check(&self.reader, last)?);
                    self.one(name, form)?;
                }
                let params = self.reader.input().get(first..).unwrap_or_default();
                let complete = service::has_what_is_mandatory(params);
                if complete { Ok(()) } else { Err(Fault::new(FaultKind::FormErr, name, first)) }
            }
            // The name is part of the key, and like every name it may be compressed.
            Form::Key | Form::MaybeKey if self.is_private(form) => {
                self.one("Algorithm Name", Form::PrivateName)?;
                self.one(name, Form::MaybeBase64)
            }
            // No prefix: no name.
            Form::PrefixName if self.octet_at(0) == 0 => Ok(()),
            _ => self.one(name, form),
        }
    }

    fn one(&mut self, field: &'static str, form: Form) -> Result<(), Fault> {
        let start = self.reader.offset();
        let form = self.resolved(form, start)?;
        let target = match form {
            Form::Signer => {
                let name = Name::parse(&mut self.reader)?;
                if name.labels().count() > usize::from(self.octet_at(3)) {
                    return Err(Fault::new(FaultKind::FormErr, field, start));
                }
                Some(name)
            }
            Form::Name | Form::PrefixName | Form::PrivateName => Some(Name::parse(&mut self.reader)?),
            _ => {
                self.pass(field, form).map_err(|fault| match fault.kind {
                    FaultKind::UnexpectedEnd if self.strict => Fault { kind: FaultKind::FormErr, ..fault },
                    _ => fault,
                })?;
                None
            }
        };
        self.fields.push(Field { name: field, span: Span::between(start, self.reader.offset()), form, target });
        Ok(())
    }

    /// What a form that depends on other octets comes to.
    fn resolved(&self, form: Form, at: usize) -> Result<Form, Fault> {
        let unknown = Fault::new(FaultKind::NotImplemented, "gateway", at);
        let exactly = |form, octets| {
            if self.reader.remaining() == octets { Ok(form) } else { Err(Fault::new(FaultKind::FormErr, "relay", at)) }
        };
        Ok(match (form, self.octet_at(1)) {
            (Form::Gateway, 0) => Form::Nothing,
            (Form::Gateway, 1) => Form::Ipv4,
            (Form::Gateway, 2) => Form::Ipv6,
            (Form::Gateway, 3) => Form::Name,
            (Form::Gateway, _) => return Err(unknown),
            (Form::Relay, kind) => match kind & 0x7f {
                0 => exactly(Form::Nothing, 0)?,
                1 => exactly(Form::Ipv4, 4)?,
                2 => exactly(Form::Ipv6, 16)?,
                3 => Form::Name,
                _ => Form::Opaque,
            },
            (form, _) => form,
        })
    }

    /// Goes past a field and looks whether it is one.
    fn pass(&mut self, name: &'static str, form: Form) -> Result<(), Fault> {
        let at = self.reader.offset();
        let all = self.reader.remaining();
        let fault = |kind| Fault::new(kind, name, at);
        let length = match form {
            Form::U8 | Form::Algorithm | Form::Scheme | Form::Count | Form::RelayType | Form::Version | Form::Size => 1,
            Form::U16
            | Form::NoFlags
            | Form::Octal
            | Form::Type
            | Form::OldType
            | Form::CertType
            | Form::Rcode
            | Form::Count16 => 2,
            Form::U32 | Form::Time | Form::Ipv4 | Form::Latitude | Form::Longitude | Form::Altitude => 4,
            Form::U48 | Form::Eui48 => 6,
            Form::Eui64 | Form::Locator => 8,
            Form::Ipv6 => 16,
            Form::Text | Form::Psdn | Form::Regexp | Form::Salt | Form::Hash => self.counted(1, name)?,
            Form::Sized => self.counted(2, name)?,
            Form::Tag => self.tag_length(name)?,
            Form::MaybeKey if self.octet_at(0) & NO_KEY == NO_KEY => 0,
            Form::Base64 | Form::Hex | Form::Key | Form::MaybeKey | Form::Signature | Form::Nsap => all.max(1),
            Form::Atm => all.max(2),
            Form::Digest => digest::of_key(self.octet_at(3)).unwrap_or(all.max(1)),
            Form::ZoneDigest => digest::of_zone(self.octet_at(5)).unwrap_or(all.max(digest::SHORTEST_OF_ZONE)),
            Form::Rest
            | Form::Opaque
            | Form::Base64Word
            | Form::MaybeBase64
            | Form::Types
            | Form::SomeTypes
            | Form::OldTypes
            | Form::Ports
            | Form::Fingerprint
            | Form::SomeSignature => all,
            Form::HostIdentity => usize::from(self.octet_at(0)),
            Form::HostKey => usize::from(u16::from_be_bytes([self.octet_at(2), self.octet_at(3)])),
            Form::Suffix => 16_usize.saturating_sub(usize::from(self.octet_at(0)) / 8),
            Form::Prefixes => self.prefix_length(name)?,
            Form::Params => service::length(&self.reader),
            // The rest has no octets, has been resolved, or is read elsewhere.
            Form::Nothing
            | Form::Name
            | Form::PrefixName
            | Form::PrivateName
            | Form::Signer
            | Form::Names
            | Form::MaybeText
            | Form::Texts
            | Form::Gateway
            | Form::Relay => 0,
        };
        let octets = self.reader.octets(length, name).map_err(Fault::end)?;
        self.check(form, octets).map_err(fault)
    }

    /// The length of a field that begins with the count of its octets, in `width` octets.
    fn counted(&self, width: usize, name: &'static str) -> Result<usize, Fault> {
        let mut reader = self.reader.clone();
        let count = match width {
            1 => reader.u8(name).map(usize::from),
            _ => reader.u16(name).map(usize::from),
        };
        Ok(count.map_err(Fault::end)?.saturating_add(width))
    }

    /// The length of a tag: like a character-string, only that dig has its own words for one that is cut.
    fn tag_length(&self, name: &'static str) -> Result<usize, Fault> {
        let length = self.counted(1, name)?;
        if length > self.reader.remaining() {
            return Err(Fault::new(FaultKind::FormErr, name, self.reader.offset()));
        }
        Ok(length)
    }

    /// The length of an address prefix: family, bits, and the octets that the last seven bits of the fourth count.
    fn prefix_length(&self, name: &'static str) -> Result<usize, Fault> {
        let head = self.reader.clone().octets(4, name).map_err(Fault::end)?;
        Ok(head.last().map_or(4, |last| usize::from(last & 0x7f).saturating_add(4)))
    }

    /// Whether the octets of a field mean something.
    fn check(&self, form: Form, octets: &[u8]) -> Result<(), FaultKind> {
        let ok = |good: bool, kind| if good { Ok(()) } else { Err(kind) };
        match form {
            Form::Psdn => {
                let digits = octets.get(1..).unwrap_or_default();
                ok(digits.len() >= 4 && digits.iter().all(u8::is_ascii_digit), FaultKind::FormErr)
            }
            Form::Fingerprint => {
                let length = digest::of_fingerprint(self.octet_at(1));
                ok(length.is_none_or(|length| octets.len() == length), FaultKind::FormErr)
            }
            Form::Tag => {
                let tag = octets.get(1..).unwrap_or_default();
                ok(!tag.is_empty() && tag.iter().all(u8::is_ascii_alphanumeric), FaultKind::FormErr)
            }
            Form::Regexp => ok(naptr::is_substitution(octets.get(1..).unwrap_or_default()), FaultKind::Syntax),
            Form::SomeSignature | Form::SomeTypes if octets.is_empty() => Err(FaultKind::FormErr),
            Form::Types | Form::SomeTypes => ok(bitmap::is_sound(octets), FaultKind::FormErr),
            Form::Ports => ok(octets.last() != Some(&0), FaultKind::FormErr),
            Form::Atm => atm(octets),
            Form::OldTypes => ok(bitmap::is_sound_old(octets), FaultKind::BadBitmap),
            Form::Hash => {
                let good = if self.octet_at(0) == SHA1 { octets.len() == SHA1_LEN + 1 } else { octets.len() > 1 };
                ok(good, FaultKind::FormErr)
            }
            Form::Suffix if self.octet_at(0) > 128 => Err(FaultKind::OutOfRange),
            // The bits that the prefix covers are not for the suffix.
            Form::Suffix => {
                let covered = octets.first().map_or(0, |first| first & !(0xff >> (self.octet_at(0) % 8)));
                ok(covered == 0, FaultKind::FormErr)
            }
            Form::Prefixes => prefix(octets),
            Form::HostIdentity | Form::HostKey => ok(!octets.is_empty(), FaultKind::FormErr),
            Form::Altitude => location::check(self.rdata()),
            Form::NoFlags => ok(octets == [0, 0], FaultKind::FormErr),
            _ => Ok(()),
        }
    }

    /// Whether a key begins with a name.
    fn is_private(&self, form: Form) -> bool {
        let has_key = form == Form::Key || self.octet_at(0) & NO_KEY != NO_KEY;
        has_key && self.octet_at(3) == dnskey::PRIVATE_DNS
    }

    fn rdata(&self) -> &'a [u8] {
        self.reader.input().get(self.start..).unwrap_or_default()
    }

    /// An octet of the rdata, or 0 behind its end.
    fn octet_at(&self, index: usize) -> u8 {
        self.reader.input().get(self.start.saturating_add(index)).copied().unwrap_or_default()
    }
}

/// Whether a number that can be dialled has digits only.
fn atm(octets: &[u8]) -> Result<(), FaultKind> {
    match octets {
        [1, number @ ..] if !number.iter().all(u8::is_ascii_digit) => Err(FaultKind::FormErr),
        _ => Ok(()),
    }
}

/// Whether the octets of one address prefix say what they should.
///
/// # Source
/// RFC 3123 section 4.
fn prefix(octets: &[u8]) -> Result<(), FaultKind> {
    let Some(([family_high, family_low, bits, _], address)) = octets.split_first_chunk::<4>() else {
        return Err(FaultKind::UnexpectedEnd);
    };
    let most: u8 = match u16::from_be_bytes([*family_high, *family_low]) {
        1 => 32,
        2 => 128,
        _ => u8::MAX,
    };
    if most < u8::MAX && (*bits > most || address.len() > usize::from(most / 8)) {
        return Err(FaultKind::OutOfRange);
    }
    if address.last() == Some(&0) { Err(FaultKind::FormErr) } else { Ok(()) }
}
