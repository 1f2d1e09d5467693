//! What numbers of a message mean, in a few words each.

use std::fmt::Write as _;

use sockeye_common::wire::Reader;
use sockeye_common::words::counted;

use super::Bits;
use crate::edns::{CO, DO};
use crate::fault::{Fault, FaultKind};
use crate::header::{self, Header};
use crate::name::Name;
use crate::printer::spelled_out;
use crate::rdata::quoted;
use crate::registry::{Class, Opcode, Rcode, Type};

/// How many pointers of a chain are shown.
const HOPS: usize = 4;

/// `1 octet`, `2 octets`
pub(super) fn octets(count: usize) -> String {
    counted(count, "octet")
}

/// `label "web", 3 octets`
pub(super) fn label(label: &[u8]) -> String {
    let mut text = "label ".to_owned();
    quoted(&mut text, label);
    let _ = write!(text, ", {}", octets(label.len()));
    text
}

/// Where a pointer leads, from pointer to pointer, and which name that is. `whole` is the name that ends with the pointer,
/// `labels_before` whether labels stand in front of it.
pub(super) fn pointer(message: &[u8], at: usize, whole: &Name, labels_before: bool) -> String {
    let mut text = String::new();
    let mut next = Some(at);
    for hop in 0..=HOPS {
        let Some(target) = next.and_then(|at| target(message, at)) else { break };
        if hop == HOPS {
            text.push_str("-> ... ");
            break;
        }
        let _ = write!(text, "-> 0x{target:04x} ");
        next = Some(target);
    }
    let suffix = target(message, at)
        .and_then(|target| Reader::at(message, target))
        .and_then(|mut reader| Name::parse(&mut reader).ok())
        .map(|name| name.to_string())
        .unwrap_or_default();
    text.push_str(&suffix);
    if labels_before {
        let _ = write!(text, ", makes {whole}");
    }
    text
}

/// What a pointer at this place points to, if there is one.
fn target(message: &[u8], at: usize) -> Option<usize> {
    let pointer = Reader::at(message, at)?.u16("compression pointer").ok()?;
    (pointer >= 0xc000).then_some(usize::from(pointer & 0x3fff))
}

pub(super) fn flags_summary(bits: u16) -> String {
    let header = Header { bits, ..Header::default() };
    let names: Vec<&str> = header.shown_flags().collect();
    format!("0x{bits:04x}: {}", if names.is_empty() { "no flag set".to_owned() } else { names.join(" ") })
}

/// Every bit of the header's second word.
///
/// # Source
/// RFC 1035 section 4.1.1; RFC 4035 sections 3.1.6 and 3.2 for AD and CD; RFC 2136 section 2.2 for updates.
pub(super) fn flags(bits: u16) -> Vec<Bits> {
    let header = Header { bits, ..Header::default() };
    let opcode = header.opcode();
    let mut rows = Vec::with_capacity(10);
    let mut flag = |flag: header::Flag, field, set: &str, clear: &str| {
        let value = if header.has(flag) { format!("1: {set}") } else { format!("0: {clear}") };
        rows.push(Bits { mask: flag.mask, field, value });
    };
    flag(header::QR, "QR", "a response", "a query");
    flag(header::AA, "AA", "an authority for the name speaks", "no authority speaks");
    flag(header::TC, "TC", "truncated: there is more than this", "not truncated");
    flag(header::RD, "RD", "recursion desired", "no recursion desired");
    flag(header::RA, "RA", "recursion available", "no recursion available");
    flag(header::Z, "Z", "reserved, has to be 0", "reserved");
    // A query that has it set wants to be told (RFC 6840 section 5.7).
    if header.has(header::QR) {
        flag(header::AD, "AD", "authentic data: it was validated", "not validated");
    } else {
        flag(header::AD, "AD", "say whether it was validated", "not asked whether it was validated");
    }
    flag(header::CD, "CD", "checking disabled: do not validate", "the server may validate");
    rows.insert(1, Bits { mask: 0x7800, field: "Opcode", value: format!("{}: {opcode}", opcode.0) });
    let rcode = Rcode(header.rcode_low());
    rows.push(Bits { mask: 0x000f, field: "RCODE", value: format!("{}: {rcode}", rcode.0) });
    rows
}

/// The flags of EDNS.
///
/// # Source
/// RFC 6891 section 6.1.4; RFC 9824 section 5.1 for CO.
pub(super) fn edns_flags(flags: u16) -> Vec<Bits> {
    let flag = |mask, field, set: &str, clear: &str| Bits {
        mask,
        field,
        value: if flags & mask == 0 { format!("0: {clear}") } else { format!("1: {set}") },
    };
    let reserved = flags & !(DO | CO);
    vec![
        flag(DO, "DO", "DNSSEC OK: send signatures too", "no DNSSEC records wanted"),
        flag(CO, "CO", "compact answers OK", "no compact answers wanted"),
        Bits {
            mask: !(DO | CO),
            field: "Z",
            value: if reserved == 0 {
                "0: reserved".to_owned()
            } else {
                format!("0x{reserved:04x}: reserved, has to be 0")
            },
        },
    ]
}

/// What the header's counts are called.
pub(super) fn counts(opcode: Opcode) -> [&'static str; 4] {
    if opcode == Opcode::UPDATE {
        ["ZOCOUNT", "PRCOUNT", "UPCOUNT", "ADCOUNT"]
    } else {
        ["QDCOUNT", "ANCOUNT", "NSCOUNT", "ARCOUNT"]
    }
}

pub(super) fn count(count: u16, section: &str) -> String {
    match section {
        "question" => counted(count, "question"),
        "zone" => counted(count, "zone"),
        _ => format!("{} in the {section} section", counted(count, "record")),
    }
}

pub(super) fn rtype(rtype: Type) -> String {
    match type_words(rtype) {
        Some(words) => format!("{rtype} ({}): {words}", rtype.0),
        None if rtype.name().is_some() => format!("{rtype} ({})", rtype.0),
        None => format!("{rtype}: no name for this number"),
    }
}

/// What records of a type hold.
pub(crate) fn type_words(rtype: Type) -> Option<&'static str> {
    Some(match rtype.0 {
        1 => "an IPv4 address",
        2 => "a name server of the zone",
        5 => "the name is an alias",
        6 => "the start of a zone's authority",
        12 => "a pointer to a name",
        13 => "a host's hardware and system",
        15 => "a mail exchange",
        16 => "text",
        17 => "the person responsible",
        24 => "a signature",
        25 => "a public key",
        28 => "an IPv6 address",
        29 => "a location on the globe",
        33 => "the server of a service",
        35 => "a rule that rewrites names",
        37 => "a certificate",
        39 => "a subtree under another name",
        41 => "EDNS, about the message",
        42 => "lists of address prefixes",
        43 => "a digest of the child zone's key",
        44 => "a fingerprint of an SSH key",
        45 => "a key for IPsec",
        46 => "a signature over an RRset",
        47 => "proof that something is not there",
        48 => "a public key of the zone",
        50 => "the same with hashed names",
        51 => "how names are hashed for NSEC3",
        52 => "which certificate a TLS server has",
        53 => "which certificate a mail address has",
        59 => "the DS records that the child wants",
        60 => "the keys from which the child wants DS records",
        61 => "an OpenPGP key",
        62 => "what the parent should copy from the child",
        63 => "a digest of the whole zone",
        64 => "how to reach a service",
        65 => "how to reach an HTTPS server",
        108 => "a MAC address of 48 bits",
        109 => "a MAC address of 64 bits",
        249 => "making a key between client and server",
        250 => "a signature over the message",
        251 => "what changed in a zone",
        252 => "the whole zone",
        255 => "every type",
        256 => "a URI",
        257 => "who may issue certificates",
        _ => return None,
    })
}

pub(super) fn class(class: Class) -> String {
    let words = match class {
        Class::IN => "the Internet",
        Class::CH => "Chaosnet, for questions about the server",
        Class::HS => "Hesiod",
        Class(254) => "none, in updates",
        Class::ANY => "every class",
        _ => return format!("{class}: no name for this number"),
    };
    format!("{class} ({}): {words}", class.0)
}

/// # Source
/// RFC 2181 section 8: a TTL with its first bit set counts as zero.
pub(super) fn ttl(ttl: u32) -> String {
    match ttl {
        0 => "0: not to be cached".to_owned(),
        0x8000_0000.. => format!("{ttl}: the first bit is set, counts as 0"),
        _ => format!("{ttl} s: {} in a cache at most", spelled_out(ttl)),
    }
}

/// Where a message breaks and why. `at` is the first octet that has no row.
pub(super) fn fault(fault: &Fault, at: usize, left: usize) -> String {
    let why = match fault.kind {
        FaultKind::UnexpectedEnd if left == 0 => "the message ends before it",
        FaultKind::UnexpectedEnd => "too few octets are left for it",
        FaultKind::BadPointer => "does not point backwards to a name",
        FaultKind::TooManyPointers => "leads through more pointers than any name needs",
        FaultKind::BadLabelType => "begins with the bits 01 or 10, as none may",
        FaultKind::NameTooLong => "longer than 255 octets",
        FaultKind::ExtraData => "octets behind the last field of the rdata",
        FaultKind::FormErr => "a value that its type does not allow",
        FaultKind::Syntax => "a text that is not of the kind that its type wants",
        FaultKind::OutOfRange => "a number that its type does not allow",
        FaultKind::BadBitmap => "a bitmap that is too long, or longer than need be",
        FaultKind::NotImplemented => "a variant that nobody has defined",
        FaultKind::BadOwner => "an owner that a record of this type cannot have",
        FaultKind::BadOption => "an EDNS option that is not as its definition says",
    };
    let led = if fault.offset < at { ", to which a pointer led" } else { "" };
    format!("the message breaks at 0x{:04x}{led}: {}: {why}", fault.offset, fault.field)
}
