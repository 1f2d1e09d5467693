//! The order of the rows.

use std::cmp::Ordering;
use std::net::{IpAddr, SocketAddr};

use super::Section;
use crate::columns::cell::Row;
use crate::columns::sort::{Key, SortBy};
use crate::entry::Entry;

/// Where a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    section: u32,
    row: u32,
}

impl Place {
    /// The row at this place.
    pub fn row<'a>(self, sections: &[Section<'a>]) -> Option<Row<'a>> {
        let section = sections.get(usize::try_from(self.section).ok()?)?;
        let entry = section.entries.get(usize::try_from(self.row).ok()?)?;
        Some(Row::new(entry, section.context))
    }
}

/// The first that [`Entry::listing_order`] looks at, as one number that has the same order.
fn key(entry: &Entry) -> u128 {
    let socket = match entry {
        Entry::Inet(socket) => socket,
        other => return u128::from(other.kind() as u8) << 112 | u128::from(other.state().rank()) << 104,
    };
    // Of an IPv6 address the first octets alone; what comes behind it must not decide before the others have.
    let (first, rest) = match (socket.local.ip(), socket.peer) {
        (IpAddr::V4(local), SocketAddr::V4(peer)) => {
            (local.to_bits(), u64::from(peer.ip().to_bits()) << 16 | u64::from(peer.port()))
        }
        (IpAddr::V4(local), SocketAddr::V6(_)) => (local.to_bits(), 0),
        (IpAddr::V6(local), _) => (u32::try_from(local.to_bits() >> 96).unwrap_or(0), 0),
    };
    let family = u8::try_from(socket.family.0).unwrap_or(u8::MAX);
    u128::from(socket.kind as u8) << 112
        | u128::from(socket.state.rank()) << 104
        | u128::from(socket.local.port()) << 88
        | u128::from(family) << 80
        | u128::from(first) << 48
        | u128::from(rest)
}

/// Every row: namespace by namespace, each in the order of a listing; or by the columns that are asked for.
pub fn places(sections: &[Section<'_>], sort: &[SortBy]) -> Vec<Place> {
    let mut places = Vec::with_capacity(sections.iter().map(|section| section.entries.len()).sum());
    for (index, section) in (0..).zip(sections) {
        // The sockets stay where they are: what is moved about is a key, which decides nearly always.
        let mut keyed: Vec<(u128, u32)> = section.entries.iter().map(key).zip(0..).collect();
        let of = |row: u32| usize::try_from(row).ok().and_then(|row| section.entries.get(row));
        keyed.sort_unstable_by(|(one, row), (other, next)| {
            one.cmp(other).then_with(|| match (of(*row), of(*next)) {
                (Some(row), Some(next)) => row.listing_order(next),
                _ => Ordering::Equal,
            })
        });
        places.extend(keyed.into_iter().map(|(_, row)| Place { section: index, row }));
    }
    if sort.is_empty() {
        return places;
    }
    // All keys in one list, as many of each row as there are columns to sort by.
    let count = sort.len();
    let mut keys: Vec<Option<Key>> = Vec::with_capacity(places.len().saturating_mul(count));
    for row in places.iter().filter_map(|place| place.row(sections)) {
        keys.extend(sort.iter().map(|by| by.key(&row)));
    }
    let keys_of = |index: u32| {
        let start = usize::try_from(index).unwrap_or(usize::MAX).saturating_mul(count);
        keys.get(start..start.saturating_add(count)).unwrap_or_default()
    };
    let mut keyed: Vec<(u32, Place)> = (0..).zip(places).collect();
    // Stable: what is equal stays in the order of a listing.
    keyed.sort_by(|(one, _), (other, _)| {
        let orders = sort.iter().zip(keys_of(*one).iter().zip(keys_of(*other)));
        orders
            .map(|(by, (one, other))| by.compare(one.as_ref(), other.as_ref()))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    keyed.into_iter().map(|(_, place)| place).collect()
}

#[cfg(test)]
mod tests {
    use sockeye_sys::{Protocol, TcpState};

    use super::*;
    use crate::samples::socket;

    #[test]
    fn the_key_never_contradicts_the_order() {
        let ends = ["127.0.0.1:80", "127.0.0.2:80", "10.0.0.1:81", "[::1]:80", "[::2]:80", "[2001:db8::1]:80"];
        let mut entries = Vec::new();
        for protocol in [Protocol::UDP, Protocol::TCP] {
            for state in [TcpState::Closed, TcpState::Established, TcpState::Listen] {
                for local in ends {
                    for peer in ends.iter().filter(|peer| peer.starts_with('[') == local.starts_with('[')) {
                        entries.push(Entry::Inet(socket(protocol, state, local, peer)));
                    }
                }
            }
        }
        for one in &entries {
            for other in &entries {
                let by_key = key(one).cmp(&key(other));
                assert!(by_key.is_eq() || by_key == one.listing_order(other), "{one:?} {other:?}");
            }
        }
        assert_ne!(key(&entries[0]), key(&entries[1]), "it decides");
    }
}
