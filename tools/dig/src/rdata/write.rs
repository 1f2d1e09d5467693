//! Fields to text, on one line or on several.

use std::fmt::Write as _;
use std::net::Ipv6Addr;

use super::digits::{self, Words};
use super::layout::{Form, Shape};
use super::{Field, Rdata, big_endian, bitmap, dnskey, location, push_number, service, time};
use crate::name::Name;
use crate::registry::Type;
use crate::style::Style;

/// Where the rdata begins with `+multiline`.
const NEXT_LINE: &str = "\n\t\t\t\t";
/// Digits a word, unless `+split` says otherwise.
const WORD: u16 = 56;
/// Digits a word, with `+multiline`.
const MULTILINE_WORD: u16 = 44;

/// BIND's own type for keys that it watches.
const KEYDATA: u16 = 65533;

/// How one rdata is written.
struct Writer<'a> {
    text: &'a mut String,
    style: &'a Style,
    rdata: &'a Rdata,
    fields: &'a [Field],
}

/// Appends the text of an rdata.
pub(super) fn rdata(rdata: &Rdata, text: &mut String, style: &Style) {
    match &rdata.fields {
        Some(fields) if !style.unknown_format => Writer { text, style, rdata, fields }.shape(),
        _ => Writer { text, style, rdata, fields: &[] }.generic(),
    }
}

/// Appends the text of one field.
pub(super) fn field(rdata: &Rdata, field: &Field, text: &mut String, style: &Style) {
    let style = &Style { multiline: false, split: Some(0), ..*style };
    Writer { text, style, rdata, fields: rdata.fields.as_deref().unwrap_or_default() }.field(field);
}

impl Writer<'_> {
    fn shape(&mut self) {
        if let [Field { form: Form::Opaque, .. }] = self.fields {
            return self.generic();
        }
        match self.rdata.shape {
            Shape::Line | Shape::Aaaa => self.line(self.fields),
            Shape::Tail => self.tail(false),
            Shape::SecretTail => self.tail(!self.style.crypto),
            Shape::Whole => self.whole("( ", false),
            Shape::SecretWhole => self.whole("( ", !self.style.crypto),
            Shape::Tag => self.whole(" (", false),
            Shape::Soa => self.soa(),
            Shape::Key => self.key(false),
            Shape::DnsKey => self.key(true),
            Shape::Sig => self.signature(5, false),
            Shape::Rrsig => self.signature(4, !self.style.crypto),
            Shape::Nsec3 => self.nsec3(),
            Shape::Dhcid => self.dhcid(),
            Shape::Hip => self.hip(),
            Shape::IpsecKey => self.ipseckey(),
            Shape::AmtRelay => self.line_or_generic(self.fields.iter().all(|field| field.form != Form::Opaque)),
            Shape::Apl => self
                .line_or_generic(self.fields.iter().all(|field| matches!(self.rdata.octets_of(field), [0, 1 | 2, ..]))),
            Shape::Atma => self.line_or_generic(matches!(self.rdata.octets.first(), Some(0 | 1))),
            Shape::A6 => self.a6(),
            Shape::Loc => location::write(self.text, self.rdata, self.fields),
            Shape::Opt => self.opt(),
            Shape::Tkey => self.tkey(),
            Shape::Tsig => self.tsig(),
        }
    }

    fn push(&mut self, words: &str) {
        self.text.push_str(words);
    }

    /// The next line, or a blank.
    fn between(&self) -> &'static str {
        if self.style.multiline { NEXT_LINE } else { " " }
    }

    /// A parenthesis on several lines, nothing on one.
    fn if_lines(&mut self, words: &str) {
        if self.style.multiline {
            self.push(words);
        }
    }

    fn words(&self) -> Words<'static> {
        let digits = self.style.split.unwrap_or(if self.style.multiline { MULTILINE_WORD } else { WORD });
        Words { digits: digits.into(), between: self.between() }
    }

    /// Whether each record is explained.
    fn comments(&self) -> bool {
        self.style.rr_comments.unwrap_or(self.style.multiline)
    }

    /// `\# length hex`
    ///
    /// # Source
    /// RFC 3597 section 5.
    fn generic(&mut self) {
        let octets = self.rdata.uncompressed();
        let _ = write!(self.text, "\\# {}", octets.len());
        if octets.is_empty() {
            return;
        }
        self.push(" ");
        self.if_lines("( ");
        self.words().hex(self.text, &octets);
        self.if_lines(" )");
    }

    fn line(&mut self, fields: &[Field]) {
        for (index, field) in fields.iter().enumerate() {
            // It is written with the key behind it.
            if field.form == Form::PrivateName {
                continue;
            }
            // Nothing at all leaves no blank either.
            let may_be_nothing = matches!(field.form, Form::Types | Form::OldTypes | Form::Ports);
            if may_be_nothing && field.span.length == 0 {
                continue;
            }
            if index > 0 {
                self.push(" ");
            }
            self.field(field);
        }
    }

    /// One after the other, unless the octets have no meaning that could be written.
    fn line_or_generic(&mut self, is_known: bool) {
        if is_known { self.line(self.fields) } else { self.generic() }
    }

    /// `12892 5 2 ( 5EBB... )`
    fn tail(&mut self, omit: bool) {
        let Some((last, head)) = self.fields.split_last() else { return };
        self.line(head);
        if last.span.length == 0 {
            return;
        }
        self.if_lines(" (");
        self.push(self.between());
        self.secret(last, omit);
        self.if_lines(" )");
    }

    fn whole(&mut self, open: &str, omit: bool) {
        self.if_lines(open);
        for field in self.fields {
            self.secret(field, omit);
        }
        self.if_lines(" )");
    }

    fn secret(&mut self, field: &Field, omit: bool) {
        if omit { self.push("[omitted]") } else { self.field(field) }
    }

    fn soa(&mut self) {
        if !self.style.multiline {
            return self.line(self.fields);
        }
        let Some((names, numbers)) = self.fields.split_at_checked(2) else { return };
        self.line(names);
        self.push(" (");
        for (field, what) in numbers.iter().zip(["serial", "refresh", "retry", "expire", "minimum"]) {
            self.push(NEXT_LINE);
            let number = u32::try_from(big_endian(self.rdata.octets_of(field))).unwrap_or_default();
            if !self.comments() {
                push_number(self.text, number.into());
                continue;
            }
            let _ = write!(self.text, "{number:<10} ; {what}");
            if what != "serial" {
                self.push(" (");
                time::spelled_out(self.text, number);
                self.push(")");
            }
        }
        if self.comments() {
            self.push(NEXT_LINE);
        }
        self.push(")");
    }

    /// A public key, and what it is for. A KEY that says that there is none ends with its algorithm.
    fn key(&mut self, dnssec: bool) {
        const NO_KEY: u8 = 0xc0;
        const REVOKE: u8 = 0x80;
        const SECURE_ENTRY_POINT: u8 = 0x01;
        let octets = &self.rdata.uncompressed();
        let Some((&[flags_high, flags_low, _, algorithm], _)) = octets.split_first_chunk::<4>() else { return };
        let Some((last, head)) = self.fields.split_last() else { return };
        if !dnssec && flags_high & NO_KEY == NO_KEY {
            return self.line(head);
        }
        self.line(head);
        self.if_lines(" (");
        self.push(self.between());
        if self.style.crypto {
            self.behind_private_name(last);
        } else {
            let _ = write!(self.text, "[key id = {}]", dnskey::tag(octets));
        }
        if !self.comments() {
            return self.if_lines(" )");
        }
        self.push(self.between());
        self.if_lines(")");
        if dnssec {
            self.push(match (flags_low & SECURE_ENTRY_POINT != 0, flags_low & REVOKE != 0) {
                (false, _) => " ; ZSK",
                (true, false) => " ; KSK",
                (true, true) => " ; revoked KSK",
            });
        }
        self.push("; alg = ");
        match self.private_name() {
            Some(name) => self.push(&name.without_last_dot()),
            None => self.algorithm(algorithm),
        }
        let _ = write!(self.text, " ; key id = {}", dnskey::tag(octets));
    }

    fn private_name(&self) -> Option<&Name> {
        self.fields.iter().find(|field| field.form == Form::PrivateName)?.target.as_ref()
    }

    /// The last field of a key, with the name that it begins with.
    fn behind_private_name(&mut self, last: &Field) {
        match self.private_name() {
            Some(name) => {
                let whole = [name.as_wire(), self.rdata.octets_of(last)].concat();
                self.words().base64(self.text, &whole);
            }
            None => self.field(last),
        }
    }

    fn algorithm(&mut self, number: u8) {
        match dnskey::algorithm(number) {
            Some(name) => self.push(name),
            None => push_number(self.text, number.into()),
        }
    }

    /// A signature; the first line ends behind `first` fields.
    fn signature(&mut self, first: usize, omit: bool) {
        let Some((head, rest)) = self.fields.split_at_checked(first) else { return };
        let Some((last, middle)) = rest.split_last() else { return };
        self.line(head);
        self.if_lines(" (");
        self.push(self.between());
        self.line(middle);
        self.push(self.between());
        self.secret(last, omit);
        self.if_lines(" )");
    }

    fn nsec3(&mut self) {
        let [head @ .., hash, types] = self.fields else { return };
        self.line(head);
        self.if_lines(" (");
        self.push(self.between());
        self.field(hash);
        // dig begins a line for each window of 256 types.
        for window in bitmap::windows(self.rdata.octets_of(types)) {
            self.push(self.between());
            self.list(window);
        }
        self.if_lines(" )");
    }

    fn dhcid(&mut self) {
        self.whole("( ", false);
        if self.style.multiline
            && let Some(([high, low, digest], rest)) = self.rdata.octets.split_first_chunk::<3>()
        {
            let _ = write!(self.text, " ; {} {digest} {}", u16::from_be_bytes([*high, *low]), rest.len());
        }
    }

    /// The counts are not written, and the algorithm stands before the tag.
    fn hip(&mut self) {
        let [_, algorithm, _, tag, rest @ ..] = self.fields else { return };
        self.if_lines("( ");
        self.field(algorithm);
        self.push(" ");
        self.field(tag);
        for field in rest {
            self.push(self.between());
            self.field(field);
        }
        self.if_lines(" )");
    }

    fn ipseckey(&mut self) {
        let Some((key, head)) = self.fields.split_last() else { return };
        self.if_lines("( ");
        self.line(head);
        self.push(self.between());
        self.field(key);
        self.if_lines(" )");
    }

    /// The suffix as an address; nothing for a suffix without octets.
    fn a6(&mut self) {
        let [length, suffix, rest @ ..] = self.fields else { return };
        self.field(length);
        self.push(" ");
        let octets = self.rdata.octets_of(suffix);
        let mut addr = [0_u8; 16];
        for (to, from) in addr.iter_mut().rev().zip(octets.iter().rev()) {
            *to = *from;
        }
        if !octets.is_empty() {
            self.ipv6(addr.into());
        }
        if !rest.is_empty() {
            self.push(" ");
            self.line(rest);
        }
    }

    /// `!1:10.0.0.1/32`
    fn prefix(&mut self, octets: &[u8]) {
        let Some((&[family_high, family_low, bits, count], address)) = octets.split_first_chunk::<4>() else { return };
        let mut whole = [0; 16];
        for (to, from) in whole.iter_mut().zip(address) {
            *to = *from;
        }
        let family = u16::from_be_bytes([family_high, family_low]);
        let negation = if count & 0x80 == 0 { "" } else { "!" };
        let _ = write!(self.text, "{negation}{family}:");
        match family {
            1 => ipv4(self.text, whole.get(..4).unwrap_or_default()),
            _ => self.ipv6(whole.into()),
        }
        let _ = write!(self.text, "/{bits}");
    }

    fn ipv6(&mut self, addr: Ipv6Addr) {
        ipv6(self.text, addr);
        // YAML would take the two colons at the end for a key.
        if self.style.yaml && self.text.ends_with(':') {
            self.text.push('0');
        }
    }

    fn tkey(&mut self) {
        let [head @ .., key, other] = self.fields else { return };
        self.line(head);
        self.push(" ");
        self.sized(key);
        self.push(" ");
        if self.rdata.octets_of(other).len() > 2 { self.sized(other) } else { self.push("0") }
    }

    fn tsig(&mut self) {
        let Some((head, [mac, rest @ .., other])) = self.fields.split_at_checked(3) else { return };
        self.line(head);
        self.push(" ");
        if self.rdata.octets_of(mac).len() > 2 {
            self.sized(mac);
        } else {
            self.push("0");
        }
        self.push(" ");
        self.line(rest);
        self.push(" ");
        let octets = self.rdata.octets_of(other).get(2..).unwrap_or_default();
        push_number(self.text, octets.len().try_into().unwrap_or_default());
        self.push(" ");
        Words { digits: WORD.into(), between: " " }.base64(self.text, octets);
    }

    /// Options with code, length and data.
    fn opt(&mut self) {
        let mut rest = self.rdata.octets.as_slice();
        while let Some((&[code_high, code_low, high, low], behind)) = rest.split_first_chunk::<4>() {
            let (code, length) = (u16::from_be_bytes([code_high, code_low]), u16::from_be_bytes([high, low]));
            let Some((data, behind)) = behind.split_at_checked(length.into()) else { return };
            let blank = if rest.len() < self.rdata.octets.len() { " " } else { "" };
            let _ = write!(self.text, "{blank}{code} {length}");
            if !data.is_empty() {
                self.if_lines(" (");
                self.push(self.between());
                self.words().base64(self.text, data);
                self.if_lines(" )");
            }
            rest = behind;
        }
    }

    /// A length, and the octets on lines of their own.
    fn sized(&mut self, field: &Field) {
        let octets = self.rdata.octets_of(field).get(2..).unwrap_or_default();
        push_number(self.text, octets.len().try_into().unwrap_or_default());
        self.if_lines(" (");
        self.push(self.between());
        self.words().base64(self.text, octets);
        self.if_lines(" )");
    }

    /// One field, whatever stands around it.
    fn field(&mut self, field: &Field) {
        if let Some(name) = &field.target {
            return push_name(self.text, name, self.style);
        }
        let octets = self.rdata.octets_of(field);
        let behind_count = octets.get(1..).unwrap_or_default();
        let number = || big_endian(octets);
        match field.form {
            Form::U8 | Form::U16 | Form::NoFlags | Form::U32 | Form::U48 => push_number(self.text, number()),
            Form::Ipv4 => ipv4(self.text, octets),
            Form::Ipv6 if self.style.expand_aaaa && self.rdata.shape == Shape::Aaaa => expanded(self.text, octets),
            Form::Ipv6 => {
                self.ipv6(octets.first_chunk::<16>().copied().unwrap_or_default().into());
            }
            Form::Text | Form::Psdn | Form::Regexp => quoted(self.text, behind_count),
            Form::Rest => quoted(self.text, octets),
            Form::Tag => push_escaped(self.text, behind_count),
            Form::Base64 | Form::MaybeBase64 | Form::Key | Form::MaybeKey | Form::Signature | Form::SomeSignature => {
                self.words().base64(self.text, octets);
            }
            Form::Hex | Form::Digest | Form::Fingerprint | Form::ZoneDigest => self.words().hex(self.text, octets),
            Form::HostIdentity | Form::Opaque => digits::hex(self.text, octets),
            Form::Base64Word | Form::Salt if matches!((field.form, octets), (Form::Salt, [0]) | (_, [])) => {
                self.push("-");
            }
            Form::HostKey | Form::Base64Word => Words::ONE.base64(self.text, octets),
            Form::Salt => digits::hex(self.text, behind_count),
            Form::Hash => digits::base32_hex(self.text, behind_count),
            Form::Sized => self.sized(field),
            Form::Types | Form::SomeTypes => self.list(bitmap::types(octets)),
            Form::OldTypes => {
                for (index, bit) in bitmap::set(octets).enumerate() {
                    let blank = if index > 0 { " " } else { "" };
                    let rtype = Type(u16::try_from(bit).unwrap_or_default());
                    let _ = match rtype.name() {
                        Some(name) => write!(self.text, "{blank}{name}"),
                        None => write!(self.text, "{blank}{bit}"),
                    };
                }
            }
            Form::Ports => self.list(bitmap::set(octets)),
            Form::Params => service::write(self.text, octets),
            Form::Prefixes => self.prefix(octets),
            Form::Nothing => self.push("."),
            Form::Version | Form::Size | Form::Latitude | Form::Longitude | Form::Altitude => {
                location::field(self.text, field.form, octets);
            }
            _ => self.rare(field.form, octets),
        }
    }

    /// The forms that only one type has.
    fn rare(&mut self, form: Form, octets: &[u8]) {
        let number = u32::try_from(big_endian(octets)).unwrap_or_default();
        let half = u16::try_from(number).unwrap_or_default();
        let _ = match form {
            Form::Time => {
                time::stamp(self.text, number, self.style.now);
                Ok(())
            }
            // A private type has no name and still counts as known.
            Form::OldType if Type(half).name().is_none() && half != KEYDATA => write!(self.text, "{number}"),
            Form::Type | Form::OldType => write!(self.text, "{}", Type(half)),
            Form::Octal => write!(self.text, "{number:o}"),
            Form::Algorithm => {
                self.algorithm(u8::try_from(number).unwrap_or_default());
                Ok(())
            }
            Form::CertType => match cert_type(half) {
                Some(name) => self.text.write_str(name),
                None => write!(self.text, "{number}"),
            },
            Form::Rcode => match tsig_error(half) {
                Some(name) => self.text.write_str(name),
                None => write!(self.text, "{number}"),
            },
            Form::Scheme if number == 1 => self.text.write_str("NOTIFY"),
            Form::Scheme => write!(self.text, "{number}"),
            Form::RelayType => write!(self.text, "{} {}", number >> 7, number & 0x7f),
            Form::Eui48 | Form::Eui64 => {
                digits::small_hex(self.text, octets, "-");
                Ok(())
            }
            Form::Locator => {
                for (index, group) in octets.chunks(2).enumerate() {
                    let colon = if index > 0 { ":" } else { "" };
                    let _ = write!(self.text, "{colon}{:x}", big_endian(group));
                }
                Ok(())
            }
            Form::Nsap => {
                self.push("0x");
                digits::small_hex(self.text, octets, "");
                Ok(())
            }
            Form::Atm => {
                atm(self.text, octets);
                Ok(())
            }
            _ => Ok(()),
        };
    }

    fn list<T: std::fmt::Display>(&mut self, items: impl Iterator<Item = T>) {
        for (index, item) in items.enumerate() {
            let blank = if index > 0 { " " } else { "" };
            let _ = write!(self.text, "{blank}{item}");
        }
    }
}

/// RFC 4398 section 2.1.
fn cert_type(number: u16) -> Option<&'static str> {
    Some(match number {
        1 => "PKIX",
        2 => "SPKI",
        3 => "PGP",
        4 => "IPKIX",
        5 => "ISPKI",
        6 => "IPGP",
        7 => "ACPKIX",
        8 => "IACPKIX",
        253 => "URI",
        254 => "OID",
        _ => return None,
    })
}

/// RFC 8945 section 3, and the rcodes of every message.
fn tsig_error(number: u16) -> Option<&'static str> {
    const NAMES: [&str; 23] = [
        "NOERROR",
        "FORMERR",
        "SERVFAIL",
        "NXDOMAIN",
        "NOTIMP",
        "REFUSED",
        "YXDOMAIN",
        "YXRRSET",
        "NXRRSET",
        "NOTAUTH",
        "NOTZONE",
        "RESERVED11",
        "RESERVED12",
        "RESERVED13",
        "RESERVED14",
        "RESERVED15",
        "BADSIG",
        "BADKEY",
        "BADTIME",
        "BADMODE",
        "BADNAME",
        "BADALG",
        "BADTRUNC",
    ];
    NAMES.get(usize::from(number)).copied()
}

/// A number that can be dialled, or hex.
fn atm(text: &mut String, octets: &[u8]) {
    match octets {
        [0, rest @ ..] => digits::small_hex(text, rest, ""),
        [1, rest @ ..] => {
            text.push('+');
            text.extend(rest.iter().copied().map(char::from));
        }
        _ => {}
    }
}

fn ipv4(text: &mut String, octets: &[u8]) {
    for (index, octet) in octets.iter().enumerate() {
        if index > 0 {
            text.push('.');
        }
        push_number(text, (*octet).into());
    }
}

/// An IPv6 address as dig writes it: `::1.2.3.4` for the old compatible form too, which RFC 5952 leaves out.
pub(crate) fn ipv6(text: &mut String, addr: Ipv6Addr) {
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

/// `2001:0db8:0000:...`
fn expanded(text: &mut String, octets: &[u8]) {
    for (index, group) in octets.chunks(2).enumerate() {
        if index > 0 {
            text.push(':');
        }
        digits::small_hex(text, group, "");
    }
}

/// A name, in Unicode if the style says so.
pub(crate) fn push_name(text: &mut String, name: &Name, style: &Style) {
    if style.idn_out && name.push_unicode(text) {
        return;
    }
    name.push(text);
}

/// A character-string in quotes.
pub fn quoted(text: &mut String, octets: &[u8]) {
    text.push('"');
    push_escaped(text, octets);
    text.push('"');
}

/// A backslash before `"` and `\`, `\DDD` for all that is not printable ASCII.
pub(super) fn push_escaped(text: &mut String, octets: &[u8]) {
    text.reserve(octets.len());
    let mut rest = octets;
    while !rest.is_empty() {
        let plain = rest.iter().take_while(|octet| matches!(octet, 0x20..=0x7e) && !matches!(octet, b'"' | b'\\'));
        let (run, behind) = rest.split_at_checked(plain.count()).unwrap_or((rest, &[]));
        text.push_str(std::str::from_utf8(run).unwrap_or_default());
        rest = match behind.split_first() {
            None => return,
            Some((octet @ (b'"' | b'\\'), behind)) => {
                text.push('\\');
                text.push(char::from(*octet));
                behind
            }
            Some((octet, behind)) => {
                let _ = write!(text, "\\{octet:03}");
                behind
            }
        };
    }
}
