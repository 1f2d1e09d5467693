//! `+nssearch`: the servers that a zone is said to have.

use crate::message::Message;
use crate::name::Name;
use crate::record::Record;
use crate::registry::Type;

/// The servers that an answer about NS records names: in its answer section or, if there are none, in a referral.
pub fn servers(message: &Message) -> Vec<Name> {
    let answered = names(&message.answer);
    if answered.is_empty() { names(&message.authority) } else { answered }
}

/// The servers that a section names, up to an SOA record: that one says that the zone is another.
fn names(section: &[Record]) -> Vec<Name> {
    section
        .iter()
        .take_while(|record| record.rtype != Type::SOA)
        .filter(|record| record.rtype == Type::NS)
        .filter_map(|record| record.rdata.target().cloned())
        .collect()
}
