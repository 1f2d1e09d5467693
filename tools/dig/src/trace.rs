//! `+trace`: from the root down, one referral after the other, as dig goes.
//!
//! [`Walk`] looks at each answer and says whom to ask next; it owns no socket and resolves no name.

use crate::header;
use crate::message::Message;
use crate::name::Name;
use crate::nssearch;
use crate::record::Record;
use crate::registry::Type;

/// How many referrals dig follows before it says that they are too many.
pub const MOST_REFERRALS: u32 = 32;

/// What dig says and does about one referral, in this order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// The referral leads up or aside. Said once, and its servers are left alone.
    Bad,
    /// The referral leads back to the zone of the server that gave it. Said once, and followed all the same.
    Horizontal,
    /// There have been too many referrals: dig ends here.
    TooMany,
    /// A server of the zone: resolve its name and ask it.
    Server(Name),
}

/// A walk from the root to whoever knows the answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    zone: Name,
    /// The answer that comes next is the one about the root's servers.
    at_start: bool,
    referrals: u32,
}

impl Default for Walk {
    fn default() -> Self {
        Self::new()
    }
}

impl Walk {
    /// A walk that has not begun: the first thing to ask is who serves the root.
    pub fn new() -> Self {
        Self { zone: Name::root(), at_start: true, referrals: 0 }
    }

    /// The zone whose servers are being asked.
    pub fn zone(&self) -> &Name {
        &self.zone
    }

    /// Takes an answer: whom to ask next. Nobody, if there is no server among the items.
    pub fn follow(&mut self, message: &Message) -> Vec<Item> {
        if std::mem::take(&mut self.at_start) {
            let mut items = self.read(&message.answer, false);
            if items.is_empty() {
                items = self.read(&message.authority, false);
            }
            items.truncate(nssearch::MOST);
            return items;
        }
        // Whatever else the server says: an answer ends the walk, be it about another name.
        if message.header.ancount > 0 { Vec::new() } else { self.read(&message.authority, true) }
    }

    /// The servers that a section names, up to an SOA record: that one says that there is no referral.
    fn read(&mut self, section: &[Record], suspicious: bool) -> Vec<Item> {
        let mut items = Vec::new();
        let mut next: Option<Name> = None;
        let (mut bad, mut horizontal) = (false, false);
        for record in section.iter().take_while(|record| record.rtype != Type::SOA) {
            let Some(target) = record.rdata.target().filter(|_| record.rtype == Type::NS) else { continue };
            if suspicious && record.owner.matches(&self.zone) {
                if !std::mem::replace(&mut horizontal, true) {
                    items.push(Item::Horizontal);
                }
            } else if suspicious && !record.owner.is_below(&self.zone) {
                if !std::mem::replace(&mut bad, true) {
                    items.push(Item::Bad);
                }
                continue;
            }
            if next.is_none() {
                next = Some(record.owner.clone());
                self.referrals += 1;
                if self.referrals > MOST_REFERRALS {
                    items.push(Item::TooMany);
                    return items;
                }
            }
            items.push(Item::Server(target.clone()));
        }
        if let Some(next) = next {
            self.zone = next;
        }
        items
    }
}

/// Whether the message is a referral: no answer, no authority, and servers that know better.
pub fn is_referral(message: &Message) -> bool {
    message.answer.is_empty()
        && !message.header.has(header::AA)
        && message.authority.iter().any(|record| record.rtype == Type::NS)
        && !message.authority.iter().any(|record| record.rtype == Type::SOA)
}

#[cfg(test)]
pub(crate) mod tests;
