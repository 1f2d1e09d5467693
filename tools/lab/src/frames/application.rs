//! What applications say, as far as its first octets tell.

use std::fmt;

use sockeye_common::wire::{Reader, Truncated};

/// The port of DNS.
const DNS: u16 = 53;
/// The most labels that a name is followed through: no name has more, and pointers can go in circles.
const MAX_LABELS: usize = 128;

/// The beginning of what an application says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Application {
    /// A DNS message.
    Dns(Dns),
    /// TLS records, each by its type and, if it is a handshake message in the clear, what that is.
    Tls(Vec<TlsRecord>),
    /// The first line of an HTTP message.
    Http {
        /// The line, without its end.
        line: String,
        /// Whether it is a request.
        request: bool,
    },
}

/// What of a DNS message matters here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dns {
    /// ID.
    pub id: u16,
    /// Whether it is a response.
    pub response: bool,
    /// Whether who answers is an authority for it.
    pub authoritative: bool,
    /// Whether it was cut to fit.
    pub truncated: bool,
    /// Whether recursion is wanted.
    pub recursion_desired: bool,
    /// The response code.
    pub rcode: u8,
    /// The name of the first question.
    pub name: Option<String>,
    /// Its type.
    pub qtype: u16,
    /// How many records the answer, authority and additional sections have.
    pub counts: [u16; 3],
}

/// A TLS record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsRecord {
    /// The content type.
    pub content_type: u8,
    /// The types of the handshake messages that begin in it; none where it is encrypted.
    pub handshake: Vec<u8>,
    /// Its length in octets, without the header.
    pub len: u16,
}

impl Application {
    /// What `payload` is, from or to one of these ports.
    pub fn parse(ports: (u16, u16), tcp: bool, payload: &[u8]) -> Option<Self> {
        if payload.is_empty() {
            return None;
        }
        if ports.0 == DNS || ports.1 == DNS {
            // Over TCP a length of two octets stands in front.
            let message = if tcp { payload.get(2..)? } else { payload };
            return Dns::parse(message).ok().map(Self::Dns);
        }
        if !tcp {
            return None;
        }
        tls(payload).map(Self::Tls).or_else(|| http(payload))
    }
}

impl Dns {
    /// Reads a message up to its first question.
    fn parse(message: &[u8]) -> Result<Self, Truncated> {
        let mut reader = Reader::new(message);
        let id = reader.u16("ID")?;
        let [high, low] = reader.array("flags")?;
        let questions = reader.u16("QDCOUNT")?;
        let counts = [reader.u16("ANCOUNT")?, reader.u16("NSCOUNT")?, reader.u16("ARCOUNT")?];
        let (mut name, mut qtype) = (None, 0);
        if questions > 0
            && let Some(found) = domain_name(message, &mut reader)
        {
            qtype = reader.u16("QTYPE")?;
            name = Some(found);
        }
        Ok(Self {
            id,
            response: high & 0x80 != 0,
            authoritative: high & 4 != 0,
            truncated: high & 2 != 0,
            recursion_desired: high & 1 != 0,
            rcode: low & 0xf,
            name,
            qtype,
            counts,
        })
    }

    /// Its type in letters, or `TYPEn`.
    pub fn type_name(&self) -> String {
        let name = match self.qtype {
            1 => "A",
            2 => "NS",
            5 => "CNAME",
            6 => "SOA",
            12 => "PTR",
            15 => "MX",
            16 => "TXT",
            28 => "AAAA",
            33 => "SRV",
            43 => "DS",
            48 => "DNSKEY",
            65 => "HTTPS",
            252 => "AXFR",
            255 => "ANY",
            other => return format!("TYPE{other}"),
        };
        name.to_owned()
    }

    /// Its response code in letters, or as a number.
    pub fn rcode_name(&self) -> String {
        match self.rcode {
            0 => "NOERROR".to_owned(),
            1 => "FORMERR".to_owned(),
            2 => "SERVFAIL".to_owned(),
            3 => "NXDOMAIN".to_owned(),
            4 => "NOTIMP".to_owned(),
            5 => "REFUSED".to_owned(),
            other => format!("RCODE{other}"),
        }
    }
}

impl fmt::Display for Dns {
    /// `DNS A www.example. ?`, `DNS NXDOMAIN www.example. A`; what of it may act on a terminal is not made safe yet.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name.as_deref().unwrap_or("?");
        let qtype = self.type_name();
        if !self.response {
            return write!(f, "DNS {qtype} {name}?");
        }
        let [answers, authorities, _] = self.counts;
        write!(f, "DNS {qtype} {name}: ")?;
        match (self.rcode, answers, authorities) {
            (0, 0, 0) => write!(f, "no data")?,
            (0, 0, _) if !self.authoritative => write!(f, "referral")?,
            (0, 0, _) => write!(f, "no data")?,
            (0, 1, _) => write!(f, "1 answer")?,
            (0, many, _) => write!(f, "{many} answers")?,
            _ => write!(f, "{}", self.rcode_name())?,
        }
        if self.truncated { write!(f, ", truncated") } else { Ok(()) }
    }
}

/// A name at the reader, which is left behind it.
fn domain_name<'a>(message: &'a [u8], reader: &mut Reader<'a>) -> Option<String> {
    let mut name = String::new();
    let mut jumped: Option<Reader<'a>> = None;
    for _ in 0..MAX_LABELS {
        let at = jumped.as_mut().unwrap_or(&mut *reader);
        match at.u8("label length").ok()? {
            0 => {
                if name.is_empty() {
                    name.push('.');
                }
                return Some(name);
            }
            length @ 1..=63 => {
                let label = at.octets(length.into(), "label").ok()?;
                name.push_str(&String::from_utf8_lossy(label));
                name.push('.');
            }
            high @ 192.. => {
                let low = at.u8("pointer").ok()?;
                jumped = Reader::at(message, usize::from(u16::from_be_bytes([high & 0x3f, low])));
                jumped.as_ref()?;
            }
            _ => return None,
        }
    }
    None
}

impl TlsRecord {
    /// `ClientHello`, `ServerHello + Certificate`, `application data, 48 octets`.
    pub fn words(&self) -> String {
        let name = match self.content_type {
            20 => "ChangeCipherSpec",
            21 => "Alert",
            22 if self.handshake.is_empty() => "Handshake",
            22 => return self.handshake.iter().filter_map(|kind| message(*kind)).collect::<Vec<_>>().join(" + "),
            _ => return format!("application data, {} octets", self.len),
        };
        name.to_owned()
    }
}

/// The handshake messages that may be sent in the clear: RFC 5246 section 7.4, RFC 5077 section 3.3, RFC 6066 section 8.
const fn message(kind: u8) -> Option<&'static str> {
    Some(match kind {
        1 => "ClientHello",
        2 => "ServerHello",
        4 => "NewSessionTicket",
        11 => "Certificate",
        12 => "ServerKeyExchange",
        13 => "CertificateRequest",
        14 => "ServerHelloDone",
        15 => "CertificateVerify",
        16 => "ClientKeyExchange",
        22 => "CertificateStatus",
        _ => return None,
    })
}

/// The types of the handshake messages that begin in a record, up to one that is none.
fn messages(record: &[u8]) -> Vec<u8> {
    let mut reader = Reader::new(record);
    let mut kinds = Vec::new();
    while let Some(kind) = reader.rest().first().copied().filter(|kind| message(*kind).is_some()) {
        kinds.push(kind);
        let Ok([_, high, middle, low]) = reader.array::<4>("message header") else { break };
        let len = u32::from_be_bytes([0, high, middle, low]);
        // The rest of a longer one is in the next record.
        if usize::try_from(len).map_or(true, |len| reader.skip(len, "message").is_err()) {
            break;
        }
    }
    kinds
}

/// The TLS records at the start of a segment: RFC 8446 section 5.1.
fn tls(payload: &[u8]) -> Option<Vec<TlsRecord>> {
    let mut records = Vec::new();
    let mut reader = Reader::new(payload);
    let mut encrypted = false;
    while let Ok([content_type @ 20..=23, 3, 0..=4, high, low]) = reader.array::<5>("record header") {
        let len = u16::from_be_bytes([high, low]);
        let record = reader.rest().get(..len.into()).unwrap_or(reader.rest());
        // Behind ChangeCipherSpec even a handshake message is encrypted.
        let handshake = if content_type == 22 && !encrypted { messages(record) } else { Vec::new() };
        encrypted |= content_type == 20;
        records.push(TlsRecord { content_type, handshake, len });
        if reader.skip(len.into(), "record").is_err() {
            break;
        }
    }
    (!records.is_empty()).then_some(records)
}

/// The first line of an HTTP message of version 1: RFC 9112 section 2.1.
fn http(payload: &[u8]) -> Option<Application> {
    const METHODS: [&[u8]; 7] = [b"GET ", b"HEAD ", b"POST ", b"PUT ", b"DELETE ", b"OPTIONS ", b"CONNECT "];
    let request = METHODS.iter().any(|method| payload.starts_with(method));
    if !request && !payload.starts_with(b"HTTP/1.") {
        return None;
    }
    let line = payload.split(|octet| matches!(octet, b'\r' | b'\n')).next().unwrap_or_default();
    Some(Application::Http { line: String::from_utf8_lossy(line).into_owned(), request })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query() -> Vec<u8> {
        let mut message = vec![0xbe, 0xef, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0];
        message.extend(b"\x03www\x07example\x00\x00\x01\x00\x01");
        message
    }

    #[test]
    fn a_question_and_its_answers() {
        let mut message = query();
        let shown = |message: &[u8]| match Application::parse((40000, 53), false, message) {
            Some(Application::Dns(dns)) => dns.to_string(),
            other => format!("{other:?}"),
        };
        assert_eq!(shown(&message), "DNS A www.example.?");
        message[2] = 0x84;
        message[7] = 2;
        assert_eq!(shown(&message), "DNS A www.example.: 2 answers");
        message[7] = 0;
        message[9] = 1;
        assert_eq!(shown(&message), "DNS A www.example.: no data");
        message[2] = 0x82;
        assert_eq!(shown(&message), "DNS A www.example.: referral, truncated");
        message[3] = 3;
        assert_eq!(shown(&message), "DNS A www.example.: NXDOMAIN, truncated");
        for len in 0..12 {
            assert_eq!(Application::parse((53, 1), false, &message[..len]), None);
        }
        let framed = [&[0, 29][..], &query()].concat();
        assert!(matches!(Application::parse((1, 53), true, &framed), Some(Application::Dns(_))));
        assert_eq!(Application::parse((1, 54), false, &query()), None);
    }

    #[test]
    fn pointers_in_a_circle_end() {
        let message = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 192, 12, 0, 1];
        let Some(Application::Dns(dns)) = Application::parse((53, 1), false, &message) else { panic!("no DNS") };
        assert_eq!(dns.name, None);
    }

    #[test]
    fn tls_records_until_they_are_encrypted() {
        let octets = [22, 3, 1, 0, 2, 2, 0, 20, 3, 3, 0, 1, 1, 22, 3, 3, 0, 1, 1, 23, 3, 3, 0, 48, 9];
        let Some(Application::Tls(records)) = Application::parse((443, 1), true, &octets) else { panic!("no TLS") };
        let words: Vec<_> = records.iter().map(TlsRecord::words).collect();
        assert_eq!(words, ["ServerHello", "ChangeCipherSpec", "Handshake", "application data, 48 octets"]);
        // Several messages in a record; the last one goes on in the next segment, or is none.
        for (last, expected) in [
            (&[12, 0, 1, 0, 7][..], "ServerHello + Certificate + ServerKeyExchange"),
            (&[14][..], "ServerHello + Certificate + ServerHelloDone"),
            (&[99, 0, 0, 0][..], "ServerHello + Certificate"),
        ] {
            let octets = [&[22, 3, 3, 0, 200, 2, 0, 0, 1, 9, 11, 0, 0, 2, 8, 7][..], last].concat();
            let Some(Application::Tls(records)) = Application::parse((443, 1), true, &octets) else { panic!("no TLS") };
            assert_eq!(records.iter().map(TlsRecord::words).collect::<Vec<_>>(), [expected]);
        }
    }

    #[test]
    fn the_first_line_of_http() {
        let of = |text: &str| Application::parse((80, 1), true, text.as_bytes());
        assert_eq!(
            of("GET / HTTP/1.0\r\nHost: a\r\n"),
            Some(Application::Http { line: "GET / HTTP/1.0".into(), request: true })
        );
        assert!(matches!(of("HTTP/1.1 200 OK\r\n"), Some(Application::Http { request: false, .. })));
        assert_eq!(of("knock knock\n"), None);
        assert_eq!(of(""), None);
    }
}
