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

/// All servers that the answer section names, whatever stands between them.
pub fn all_servers(message: &Message) -> Vec<Name> {
    targets(message.answer.iter())
}

/// The servers that a section names, up to an SOA record: that one says that the zone is another.
fn names(section: &[Record]) -> Vec<Name> {
    targets(section.iter().take_while(|record| record.rtype != Type::SOA))
}

fn targets<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<Name> {
    records.filter(|record| record.rtype == Type::NS).filter_map(|record| record.rdata.target().cloned()).collect()
}
