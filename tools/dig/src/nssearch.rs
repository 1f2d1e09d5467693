//! `+nssearch`: the servers that a zone is said to have.

use crate::message::Message;
use crate::name::Name;
use crate::record::Record;
use crate::registry::Type;

/// How many servers of a zone are asked, as with BIND's dig and host.
pub const MOST: usize = 20;

/// The servers that an answer about NS records names: in its answer section or, if there are none, in a referral.
pub fn servers(message: &Message) -> Vec<Name> {
    let mut named = names(&message.answer);
    if named.is_empty() {
        named = names(&message.authority);
    }
    named.truncate(MOST);
    named
}

/// Adds the servers that the answer section of the next message of a transfer names, whatever stands between them.
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
    fn no_more_servers_are_asked_than_dig_asks_however_long_a_transfer_is() {
        let next = message(&["x. NS a.", "x. SOA", "y. NS b."], &[]);
        let mut known = Vec::new();
        add_servers(&mut known, &next);
        assert_eq!(known.iter().map(ToString::to_string).collect::<Vec<_>>(), ["a.", "b."]);
        for _ in 0..MOST {
            add_servers(&mut known, &next);
        }
        assert_eq!(known.len(), MOST);
        assert_eq!(servers(&message(&["x. NS a."; 30], &[])).len(), MOST);
        assert_eq!(servers(&message(&[], &["x. NS a."; 30])).len(), MOST);
    }
}
