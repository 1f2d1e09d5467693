//! From a lookup's options to the query that goes out.

use std::net::IpAddr;

use sockeye_common::hex;

use crate::edns::{self, Edns, EdnsOption, OptionCode};
use crate::header::{self, Header};
use crate::message::Query;
use crate::name::{Name, NameError};
use crate::options::{Cookie, Lookup, Subnet, UDP_SIZE};
use crate::question::Question;
use crate::registry::Type;

/// Why a lookup cannot be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum QueryError {
    /// The name is none.
    Name(NameError),
    /// The cookie is not hex.
    Cookie,
}

/// The query of a lookup, without an id. `random_cookie` is the client cookie of this run.
///
/// # Errors
/// [`QueryError`] for a name that is none and a cookie that is not hex.
pub fn build(lookup: &Lookup, random_cookie: [u8; 8]) -> Result<Query, QueryError> {
    let qname: Name = lookup.name.parse().map_err(QueryError::Name)?;
    build_for(lookup, qname, random_cookie)
}

/// The query of a lookup, for another name.
///
/// # Errors
/// [`QueryError::Cookie`] for a cookie that is not hex.
pub fn build_for(lookup: &Lookup, qname: Name, random_cookie: [u8; 8]) -> Result<Query, QueryError> {
    let mut header = Header::default();
    header.set_opcode(lookup.opcode);
    let flags = &lookup.flags;
    let is_transfer = matches!(lookup.qtype, Type::AXFR | Type::IXFR);
    for (flag, on) in [
        (header::AA, flags.aa),
        (header::TC, flags.tc),
        // A zone is not looked for elsewhere.
        (header::RD, flags.rd && !is_transfer),
        (header::RA, flags.ra),
        (header::Z, flags.z),
        (header::AD, flags.ad && lookup.qtype != Type::IXFR),
        (header::CD, flags.cd),
    ] {
        header.set(flag, on);
    }
    // DNSSEC OK, a size and a client's subnet have no other place than EDNS.
    let needed = lookup.dnssec || lookup.udp_size.is_some() || lookup.subnet.is_some();
    let edns = match lookup.edns.or(needed.then_some(0)) {
        None => None,
        Some(version) => Some(Edns {
            udp_size: lookup.udp_size.unwrap_or(UDP_SIZE),
            extended_rcode: 0,
            version,
            flags: edns_flags(lookup),
            options: options(lookup, random_cookie)?,
        }),
    };
    Ok(Query {
        header,
        question: Question::new(qname, lookup.qtype, lookup.qclass),
        header_only: lookup.header_only,
        ixfr_serial: (lookup.qtype == Type::IXFR).then_some(lookup.ixfr_serial),
        padding: lookup.padding,
        signature_len: 0,
        edns,
    })
}

fn edns_flags(lookup: &Lookup) -> u16 {
    let of = |on: bool, flag: u16| if on { flag } else { 0 };
    // What has an option of its own is not set by a number.
    lookup.edns_flags & !(edns::DO | edns::CO) | of(lookup.dnssec, edns::DO) | of(lookup.compact_ok, edns::CO)
}

/// The options in dig's order.
fn options(lookup: &Lookup, random_cookie: [u8; 8]) -> Result<Vec<EdnsOption>, QueryError> {
    let mut options = Vec::new();
    if lookup.nsid {
        options.push(EdnsOption::new(OptionCode::NSID, Vec::new()));
    }
    if let Some(subnet) = &lookup.subnet {
        options.push(client_subnet(subnet));
    }
    match &lookup.cookie {
        Cookie::No => {}
        Cookie::Random => options.push(EdnsOption::new(OptionCode::COOKIE, random_cookie.to_vec())),
        Cookie::Given(text) => {
            let octets = hex::decode(text).map_err(|_| QueryError::Cookie)?;
            options.push(EdnsOption::new(OptionCode::COOKIE, octets));
        }
    }
    if lookup.expire {
        options.push(EdnsOption::new(OptionCode::EXPIRE, Vec::new()));
    }
    if lookup.keepalive {
        options.push(EdnsOption::new(OptionCode::KEEPALIVE, Vec::new()));
    }
    options.extend(lookup.edns_options.iter().map(|(code, data)| EdnsOption::new(OptionCode(*code), data.clone())));
    if lookup.padding > 0 {
        // Filled when the rest of the message is there.
        options.push(EdnsOption::new(OptionCode::PADDING, Vec::new()));
    }
    Ok(options)
}

/// FAMILY (1 is IPv4, 2 is IPv6), SOURCE and SCOPE PREFIX-LENGTH, and the octets that the prefix needs.
///
/// # Source
/// RFC 7871 section 6; IANA, Address Family Numbers.
fn client_subnet(subnet: &Subnet) -> EdnsOption {
    let (family, address) = match subnet.addr {
        None => (0_u16, Vec::new()),
        Some(IpAddr::V4(v4)) => (1, v4.octets().to_vec()),
        Some(IpAddr::V6(v6)) => (2, v6.octets().to_vec()),
    };
    let mut data = family.to_be_bytes().to_vec();
    data.extend([subnet.prefix, 0]);
    data.extend(address.into_iter().take(usize::from(subnet.prefix.div_ceil(8))));
    EdnsOption::new(OptionCode::CLIENT_SUBNET, data)
}
