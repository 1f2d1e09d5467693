//! The order of the rows.

use std::cmp::Ordering;

use super::Section;
use crate::columns::cell::Row;
use crate::columns::sort::{Key, SortBy};

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
        Some(Row { entry, context: section.context })
    }
}

/// Every row: namespace by namespace, each in the order of a listing; or by the columns that are asked for.
pub fn places(sections: &[Section<'_>], sort: &[SortBy]) -> Vec<Place> {
    let mut places = Vec::with_capacity(sections.iter().map(|section| section.entries.len()).sum());
    for (index, section) in (0..).zip(sections) {
        // The sockets stay where they are: what is moved about is eight octets each.
        let start = places.len();
        places.extend((0..).zip(section.entries).map(|(row, _)| Place { section: index, row }));
        let of = |place: &Place| usize::try_from(place.row).ok().and_then(|row| section.entries.get(row));
        if let Some(own) = places.get_mut(start..) {
            own.sort_unstable_by(|one, other| match (of(one), of(other)) {
                (Some(one), Some(other)) => one.listing_order(other),
                _ => Ordering::Equal,
            });
        }
    }
    if sort.is_empty() {
        return places;
    }
    let mut keyed: Vec<(Vec<Option<Key>>, Place)> = places
        .into_iter()
        .filter_map(|place| {
            let row = place.row(sections)?;
            Some((sort.iter().map(|by| by.key(&row)).collect(), place))
        })
        .collect();
    // Stable: what is equal stays in the order of a listing.
    keyed.sort_by(|(one, _), (other, _)| {
        let orders = sort.iter().zip(one.iter().zip(other));
        orders
            .map(|(by, (one, other))| by.compare(one.as_ref(), other.as_ref()))
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    });
    keyed.into_iter().map(|(_, place)| place).collect()
}
