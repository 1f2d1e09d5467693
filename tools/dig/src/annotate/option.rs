//! EDNS options, field by field.

use sockeye_common::wire::Reader;
use sockeye_common::words::counted;

use super::words::octets;
use super::{RowKind, Walk};
use crate::edns::OptionCode;
use crate::fault::{Fault, FaultKind};
use crate::printer::{spelled_out, visible};
use crate::rdata::quoted;
use crate::registry::ExtendedError;

impl Walk<'_> {
    /// One option: its code, its length, and its data. `end` is where the rdata ends, `fault` what is wrong with the options.
    pub(super) fn option(&mut self, end: usize, fault: Option<Fault>) -> Result<(), Fault> {
        let input = self.octets.get(..end).unwrap_or(self.octets);
        let mut reader = Reader::at(input, self.at).unwrap_or(Reader::new(&[]));
        let code = OptionCode(reader.u16("OPTION-CODE")?);
        self.row(2, "OPTION-CODE", RowKind::Plain, option_words(code));
        let length = usize::from(reader.u16("OPTION-LENGTH")?);
        self.row(2, "OPTION-LENGTH", RowKind::Length, format!("{} of data", octets(length)));
        let data = reader.octets(length, "OPTION-DATA")?;
        if let Some(fault) = fault.filter(|fault| fault.kind == FaultKind::BadOption && fault.offset == self.at) {
            return Err(fault);
        }
        let end = self.at.saturating_add(length);
        self.option_data(code, data, end);
        // What the definition does not name.
        self.fill(end, "OPTION-DATA", &shown(data));
        Ok(())
    }

    fn option_data(&mut self, code: OptionCode, data: &[u8], end: usize) {
        match (code, data) {
            (OptionCode::LLQ, _) => self.llq(end),
            (OptionCode::NSID, _) => self.fill(end, "NSID", &shown(data)),
            (OptionCode(5..=7), _) => {
                let numbers: Vec<String> = data.iter().map(u8::to_string).collect();
                self.fill(end, "LIST", &format!("algorithms that the client understands: {}", numbers.join(", ")));
            }
            (OptionCode::CLIENT_SUBNET, [high, low, source, scope, address @ ..]) => {
                self.subnet(u16::from_be_bytes([*high, *low]), *source, *scope, address);
            }
            (OptionCode::EXPIRE, [_, _, _, _]) => {
                self.number(end, "EXPIRE", |seconds| {
                    format!("{seconds} s: in {} a secondary forgets the zone", spelled_out(seconds))
                });
            }
            (OptionCode::COOKIE, _) => self.cookie(data, end),
            (OptionCode::KEEPALIVE, [_, _]) => {
                self.number(end, "TIMEOUT", |tenths| {
                    format!("{tenths} x 100 ms: an idle connection stays for {}.{} s", tenths / 10, tenths % 10)
                });
            }
            (OptionCode::PADDING, _) => {
                let words =
                    if data.iter().all(|octet| *octet == 0) { "zeros, to hide the length" } else { "not all zero" };
                self.fill(end, "PADDING", words);
            }
            (OptionCode(13), _) => drop(self.name("CLOSEST TRUST POINT", end)),
            (OptionCode::KEY_TAG, _) => {
                while self.at.saturating_add(2) <= end {
                    self.number(self.at.saturating_add(2), "KEY-TAG", |tag| {
                        format!("{tag}: a trust anchor of the client")
                    });
                }
            }
            (OptionCode::EDE, [high, low, text @ ..]) => {
                let code = ExtendedError(u16::from_be_bytes([*high, *low]));
                self.row(
                    2,
                    "INFO-CODE",
                    RowKind::Plain,
                    format!("{}: {}", code.0, code.name().unwrap_or("no name for this number")),
                );
                self.fill(end, "EXTRA-TEXT", &format!("\"{}\"", visible(text)));
            }
            (OptionCode::CLIENT_TAG | OptionCode::SERVER_TAG, [_, _]) => self.number(end, "TAG", |tag| tag.to_string()),
            (OptionCode(18), _) => drop(self.name("AGENT DOMAIN", end)),
            (OptionCode(19), [_, _, ..]) => {
                self.number(self.at.saturating_add(1), "LABELCOUNT", |labels| {
                    format!("{}: of the zone's name", counted(usize::try_from(labels).unwrap_or_default(), "label"))
                });
                self.number(self.at.saturating_add(1), "TYPE", |number| match number {
                    0 => "0: SOA serial".to_owned(),
                    other => other.to_string(),
                });
                self.number(end, "VERSION", |serial| serial.to_string());
            }
            _ => {}
        }
    }

    /// All up to `end`, unless a row has it already.
    pub(super) fn fill(&mut self, end: usize, field: &'static str, words: &str) {
        self.row(end.saturating_sub(self.at), field, RowKind::Plain, words);
    }

    /// The number of up to four octets that ends there.
    pub(super) fn number(&mut self, end: usize, field: &'static str, words: impl FnOnce(u32) -> String) {
        let octets = self.octets.get(self.at..end).unwrap_or_default();
        if octets.len() > 4 {
            return;
        }
        let number = octets.iter().fold(0, |number, octet| number << 8 | u32::from(*octet));
        self.fill(end, field, &words(number));
    }

    /// # Source
    /// RFC 8764 section 3.2.
    fn llq(&mut self, end: usize) {
        let mut at = self.at;
        for (length, field) in [(2, "VERSION"), (2, "LLQ-OPCODE"), (2, "ERROR-CODE"), (8, "LLQ-ID"), (4, "LEASE-LIFE")]
        {
            at = at.saturating_add(length).min(end);
            if field == "LLQ-ID" {
                self.fill(at, field, "ties the messages of one query together");
            } else {
                self.number(at, field, |number| number.to_string());
            }
        }
    }

    /// # Source
    /// RFC 7871 section 6.
    fn subnet(&mut self, family: u16, source: u8, scope: u8, address: &[u8]) {
        let (name, width) = match family {
            1 => (": IPv4", 4),
            2 => (": IPv6", 16),
            _ => ("", 0),
        };
        self.row(2, "FAMILY", RowKind::Plain, format!("{family}{name}"));
        self.row(1, "SOURCE PREFIX", RowKind::Length, format!("{source} bits of the address are told"));
        self.row(1, "SCOPE PREFIX", RowKind::Length, format!("{scope} bits of it the answer is for"));
        let mut whole = [0; 16];
        for (octet, told) in whole.iter_mut().zip(address) {
            *octet = *told;
        }
        let text = match (width, whole) {
            (4, [a, b, c, d, ..]) => std::net::Ipv4Addr::new(a, b, c, d).to_string(),
            (16, _) => std::net::Ipv6Addr::from(whole).to_string(),
            _ => octets(address.len()),
        };
        self.row(address.len(), "ADDRESS", RowKind::Plain, format!("{text}/{source}"));
    }

    /// # Source
    /// RFC 7873 section 4; RFC 9018 section 4 for the server cookies that most servers make.
    fn cookie(&mut self, data: &[u8], end: usize) {
        self.row(data.len().min(8), "Client Cookie", RowKind::Plain, "from the client, comes back as it is");
        match data.get(8..) {
            Some([1, 0, 0, 0, a, b, c, d, hash @ ..]) if hash.len() == 8 => {
                self.row(1, "Cookie Version", RowKind::Plain, "1: the server's part is of RFC 9018");
                self.row(3, "Reserved", RowKind::Plain, "0");
                let time = u32::from_be_bytes([*a, *b, *c, *d]);
                self.row(4, "Timestamp", RowKind::Plain, format!("{time}: when it was made, in s after 1970"));
                self.fill(end, "Hash", "over this, the address and a secret");
            }
            _ => self.fill(end, "Server Cookie", "from the server, for the next query"),
        }
    }
}

fn option_words(code: OptionCode) -> String {
    let words = match code.0 {
        1 => "LLQ: a query that stays",
        3 => "NSID: which server of many this is",
        5 => "DAU: DNSSEC algorithms understood",
        6 => "DHU: DS digests understood",
        7 => "N3U: NSEC3 hashes understood",
        8 => "CLIENT-SUBNET: for whom a resolver asks",
        9 => "EXPIRE: how long a secondary keeps the zone",
        10 => "COOKIE: shows whose address it is",
        11 => "TCP-KEEPALIVE: how long a connection may idle",
        12 => "PADDING",
        13 => "CHAIN: send the whole DNSSEC chain",
        14 => "KEY-TAG: the trust anchors of the client",
        15 => "EDE: why it went so",
        16 => "CLIENT-TAG",
        17 => "SERVER-TAG",
        18 => "REPORT-CHANNEL: whom to tell about errors",
        19 => "ZONEVERSION: of which state the zone is",
        _ => return format!("{}: no name for this number", code.0),
    };
    format!("{} = {words}", code.0)
}

/// Octets as a text in quotes, if they look like one.
pub(super) fn shown(data: &[u8]) -> String {
    if !data.is_empty() && data.iter().all(|octet| (0x20..0x7f).contains(octet)) {
        let mut text = String::new();
        quoted(&mut text, data);
        return text;
    }
    octets(data.len())
}
