//! From a lookup's options to the query that goes out.

use sockeye_common::hex;

use crate::edns::{self, Edns, EdnsOption, OptionCode};
use crate::header::{self, Header};
use crate::message::Query;
use crate::name::{Name, NameError};
use crate::options::{Cookie, Lookup, UDP_SIZE};
use crate::question::Question;

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
    let mut header = Header::default();
    let flags = &lookup.flags;
    for (flag, on) in [
        (header::AA, flags.aa),
        (header::TC, flags.tc),
        (header::RD, flags.rd),
        (header::RA, flags.ra),
        (header::Z, flags.z),
        (header::AD, flags.ad),
        (header::CD, flags.cd),
    ] {
        header.set(flag, on);
    }
    // DNSSEC OK and a size have no other place than EDNS.
    let needed = lookup.dnssec || lookup.udp_size.is_some();
    let edns = match lookup.edns.or(needed.then_some(0)) {
        None => None,
        Some(version) => Some(Edns {
            udp_size: lookup.udp_size.unwrap_or(UDP_SIZE),
            extended_rcode: 0,
            version,
            flags: if lookup.dnssec { edns::DO } else { 0 },
            options: options(lookup, random_cookie)?,
        }),
    };
    Ok(Query { header, question: Question::new(qname, lookup.qtype, lookup.qclass), edns })
}

/// The options in dig's order.
fn options(lookup: &Lookup, random_cookie: [u8; 8]) -> Result<Vec<EdnsOption>, QueryError> {
    let mut options = Vec::new();
    if lookup.nsid {
        options.push(EdnsOption::new(OptionCode::NSID, Vec::new()));
    }
    match &lookup.cookie {
        Cookie::No => {}
        Cookie::Random => options.push(EdnsOption::new(OptionCode::COOKIE, random_cookie.to_vec())),
        Cookie::Given(text) => {
            let octets = hex::decode(text).map_err(|_| QueryError::Cookie)?;
            options.push(EdnsOption::new(OptionCode::COOKIE, octets));
        }
    }
    Ok(options)
}
