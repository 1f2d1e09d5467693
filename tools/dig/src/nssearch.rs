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

/// The most servers that are kept of a whole transfer: a zone has no more, and a transfer need not end.
const MOST: usize = 4096;

/// Adds all servers that the answer section of the next message of a transfer names, whatever stands between them.
pub fn add_servers(known: &mut Vec<Name>, message: &Message) {
    let room = MOST.saturating_sub(known.len());
    known.extend(targets(message.answer.iter()).into_iter().take(room));
}

/// The servers that a section names, up to an SOA record: that one says that the zone is another.
fn names(section: &[Record]) -> Vec<Name> {
    targets(section.iter().take_while(|record| record.rtype != Type::SOA))
}

fn targets<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<Name> {
    records.filter(|record| record.rtype == Type::NS).filter_map(|record| record.rdata.target().cloned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trace::tests::message;

    #[test]
    fn a_transfer_without_end_names_no_more_servers_than_can_be_kept() {
        let next = message(&["x. NS a.", "x. SOA", "y. NS b."], &[]);
        let mut known = Vec::new();
        add_servers(&mut known, &next);
        assert_eq!(known.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a.", "b."]);
        for _ in 0..MOST {
            add_servers(&mut known, &next);
        }
        assert_eq!(known.len(), MOST);
    }
}
