//! The OPT pseudo-record: what a message says about itself that the header has no room for.

use sockeye_common::wire::{Reader, Writer};

use crate::fault::{Fault, FaultKind};
use crate::record::Record;
use crate::registry::{ExtendedError, Type};
use crate::span::Span;

/// DNSSEC OK.
pub const DO: u16 = 0x8000;
/// Compact answers OK (RFC 9824).
pub const CO: u16 = 0x4000;

/// The code of an option.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OptionCode(pub u16);

impl OptionCode {
    /// Long-lived queries (RFC 8764).
    pub const LLQ: Self = Self(1);
    /// Name server identifier (RFC 5001).
    pub const NSID: Self = Self(3);
    /// The network that asks (RFC 7871).
    pub const CLIENT_SUBNET: Self = Self(8);
    /// When a secondary's copy of a zone expires (RFC 7314).
    pub const EXPIRE: Self = Self(9);
    /// DNS cookie (RFC 7873).
    pub const COOKIE: Self = Self(10);
    /// How long a TCP connection may idle (RFC 7828).
    pub const KEEPALIVE: Self = Self(11);
    /// Padding (RFC 7830).
    pub const PADDING: Self = Self(12);
    /// The trust anchors of the client (RFC 8145).
    pub const KEY_TAG: Self = Self(14);
    /// Extended DNS error (RFC 8914).
    pub const EDE: Self = Self(15);
    /// A client's tag (draft-bellis-dnsop-edns-tags).
    pub const CLIENT_TAG: Self = Self(16);
    /// A server's tag (draft-bellis-dnsop-edns-tags).
    pub const SERVER_TAG: Self = Self(17);
    /// Where to report errors to (RFC 9567).
    pub const REPORT_CHANNEL: Self = Self(18);

    /// What it is called here.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::LLQ => "LLQ",
            Self::NSID => "NSID",
            Self::CLIENT_SUBNET => "CLIENT-SUBNET",
            Self::EXPIRE => "EXPIRE",
            Self::COOKIE => "COOKIE",
            Self::KEEPALIVE => "TCP-KEEPALIVE",
            Self::PADDING => "PADDING",
            Self::KEY_TAG => "KEY-TAG",
            Self::EDE => "EDE",
            Self::CLIENT_TAG => "CLIENT-TAG",
            Self::SERVER_TAG => "SERVER-TAG",
            _ => return None,
        })
    }
}

/// One option.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EdnsOption {
    /// OPTION-CODE.
    pub code: OptionCode,
    /// OPTION-DATA.
    pub data: Vec<u8>,
    /// Where the data lies; code and length stand in the four octets before it.
    pub span: Span,
}

impl EdnsOption {
    /// An option of our own.
    pub fn new(code: OptionCode, data: Vec<u8>) -> Self {
        Self { code, data, span: Span::default() }
    }

    /// The code and the text of an extended DNS error.
    pub fn extended_error(&self) -> Option<(ExtendedError, &[u8])> {
        let (code, text) = self.data.split_first_chunk::<2>().filter(|_| self.code == OptionCode::EDE)?;
        Some((ExtendedError(u16::from_be_bytes(*code)), text))
    }
}

/// An OPT pseudo-record.
///
/// # Source
/// RFC 6891 section 6.1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edns {
    /// The largest datagram that the sender takes, in octets.
    pub udp_size: u16,
    /// The upper eight bits of the rcode.
    pub extended_rcode: u8,
    /// The version of EDNS.
    pub version: u8,
    /// DO, and fifteen bits without a meaning.
    pub flags: u16,
    /// The options in their order.
    pub options: Vec<EdnsOption>,
}

impl Edns {
    /// Reads the fields of an OPT record that was found in `message`.
    ///
    /// # Errors
    /// [`Fault`] if the options do not fill the rdata, or one is not what its definition says.
    pub fn parse(record: &Record, message: &[u8]) -> Result<Self, Fault> {
        Self::read(record, message, is_well_formed)
    }

    /// The same, whatever the options hold.
    ///
    /// # Errors
    /// [`Fault`] if the options do not fill the rdata.
    pub fn parse_unjudged(record: &Record, message: &[u8]) -> Result<Self, Fault> {
        Self::read(record, message, |_, _| true)
    }

    /// Reads option by option: the first that is wrong is what is wrong.
    fn read(record: &Record, message: &[u8], is_good: fn(OptionCode, &[u8]) -> bool) -> Result<Self, Fault> {
        let [extended_rcode, version, flags @ ..] = record.ttl.to_be_bytes();
        let end = record.rdata.span.end();
        let mut options = Vec::new();
        let mut reader = message
            .get(..end)
            .and_then(|input| Reader::at(input, record.rdata.span.offset))
            .ok_or(Fault::new(FaultKind::UnexpectedEnd, "RDATA", record.rdata.span.offset))?;
        while !reader.is_empty() {
            let code = OptionCode(reader.u16("OPTION-CODE").map_err(Fault::end)?);
            let length = usize::from(reader.u16("OPTION-LENGTH").map_err(Fault::end)?);
            let span = Span { offset: reader.offset(), length };
            let data = reader.octets(length, "OPTION-DATA").map_err(Fault::end)?.to_vec();
            if !is_good(code, &data) {
                return Err(Fault::new(FaultKind::BadOption, "OPTION-DATA", span.offset));
            }
            options.push(EdnsOption { code, data, span });
        }
        let udp_size = record.class.0;
        Ok(Self { udp_size, extended_rcode, version, flags: u16::from_be_bytes(flags), options })
    }

    /// Whether DNSSEC records are wanted, or were thought of.
    pub fn dnssec_ok(&self) -> bool {
        self.flags & DO != 0
    }

    /// The first option with that code.
    pub fn option(&self, code: OptionCode) -> Option<&EdnsOption> {
        self.options.iter().find(|option| option.code == code)
    }

    /// How many octets [`Self::emit`] writes.
    pub fn emitted_len(&self) -> usize {
        const FIXED: usize = 11;
        self.options.iter().fold(FIXED, |octets, option| octets + 4 + option.data.len())
    }

    /// Writes the pseudo-record, `padding` zero octets in its last option if that is PADDING.
    pub fn emit_padded(&self, padding: usize, writer: &mut Writer) {
        match self.options.split_last() {
            Some((last, _)) if padding > 0 && last.code == OptionCode::PADDING => {
                let mut padded = self.clone();
                if let Some(last) = padded.options.last_mut() {
                    last.data.resize(last.data.len() + padding, 0);
                }
                padded.emit(writer);
            }
            _ => self.emit(writer),
        }
    }

    /// Writes the pseudo-record.
    pub fn emit(&self, writer: &mut Writer) {
        let [flags_high, flags_low] = self.flags.to_be_bytes();
        writer.u8(0).u16(Type::OPT.0).u16(self.udp_size);
        writer.octets(&[self.extended_rcode, self.version, flags_high, flags_low]);
        let length_at = writer.len();
        writer.u16(0);
        for option in &self.options {
            // Options of our own are far below 64 KiB.
            let length = u16::try_from(option.data.len()).unwrap_or(u16::MAX);
            writer.u16(option.code.0).u16(length).octets(option.data.get(..usize::from(length)).unwrap_or_default());
        }
        let length = writer.len().saturating_sub(length_at + 2);
        writer.patch_u16(length_at, u16::try_from(length).unwrap_or(u16::MAX));
    }
}

/// Whether the definition of the option allows this data, as far as dig looks.
fn is_well_formed(code: OptionCode, data: &[u8]) -> bool {
    let length = data.len();
    match code {
        OptionCode::LLQ => length == 18,
        OptionCode::CLIENT_SUBNET => is_subnet(data),
        OptionCode::EXPIRE => matches!(length, 0 | 4),
        OptionCode::COOKIE => length == 8 || (16..=40).contains(&length),
        OptionCode::KEY_TAG => length > 0 && length.is_multiple_of(2),
        // UTF-8 without a byte order mark: RFC 8914 section 2, RFC 5198.
        OptionCode::EDE => data
            .split_first_chunk::<2>()
            .is_some_and(|(_, text)| std::str::from_utf8(text).is_ok_and(|text| !text.starts_with('\u{feff}'))),
        OptionCode::CLIENT_TAG | OptionCode::SERVER_TAG => length == 2,
        _ => true,
    }
}

/// FAMILY, two prefix lengths that the family has, and as many octets as the first of them needs, zero behind it.
///
/// # Source
/// RFC 7871 section 6.
fn is_subnet(data: &[u8]) -> bool {
    let Some(([family_high, family_low, source, scope], address)) = data.split_first_chunk::<4>() else { return false };
    let most = match u16::from_be_bytes([*family_high, *family_low]) {
        0 => 0,
        1 => 32,
        2 => 128,
        _ => return false,
    };
    let spare = (8 - u32::from(*source % 8)) % 8;
    *source <= most
        && *scope <= most
        && address.len() == usize::from(source.div_ceil(8))
        && address.last().is_none_or(|last| last.trailing_zeros() >= spare)
}
