//! `addr overlap`: which of some networks have addresses in common.

use std::io;
use std::ops::Range;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::number::grouped;
use sockeye_common::prefix::Prefix;

use super::networks;
use crate::bits;
use crate::cidr::Relation;
use crate::cli::Overlap;
use crate::explain::Event;
use crate::sheet::Sheet;

/// So many pairs are listed unless `--limit` says otherwise: a few thousand networks that are all alike make millions.
const MANY: usize = 65_536;

/// Networks compared in pairs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Report {
    /// Whether any two overlap.
    overlap: bool,
    /// The pairs: those that overlap, or all. No more than the limit.
    pairs: Vec<Pair>,
    /// How many pairs there are.
    pairs_total: usize,
    /// How many of them overlap.
    overlapping_total: usize,
    /// How many pairs would be listed without a limit.
    #[serde(skip)]
    listed_total: usize,
}

/// Two networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Pair {
    /// One.
    first: String,
    /// What it does to the other.
    relation: Relation,
    /// The other.
    second: String,
    /// How many addresses they have in common, in decimal.
    common_addresses: String,
}

/// Compares networks.
///
/// # Errors
/// [`Failure`] if one is none, or standard output does not take the pairs.
pub fn run(job: &Overlap, output: &mut Output<'_>) -> Result<Status, Failure> {
    let networks = networks(&job.networks, &job.files)?;
    if networks.len() < 2 {
        return Err(Failure::usage("two networks at least are compared"));
    }
    let limit = job.limit.map_or(MANY, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    let pairs_total = networks.len().saturating_mul(networks.len().saturating_sub(1)) / 2;
    let (overlapping_total, found) = overlapping(&networks, limit);
    let all = job.all || networks.len() == 2;
    let chosen: Box<dyn Iterator<Item = (usize, usize)>> = if all {
        let count = networks.len();
        Box::new((0..count).flat_map(move |first| (first + 1..count).map(move |second| (first, second))).take(limit))
    } else {
        Box::new(found.into_iter())
    };
    let mut pairs = Vec::new();
    for (first, second) in chosen {
        let (Some(first), Some(second)) = (networks.get(first), networks.get(second)) else { continue };
        if first.width() == second.width() {
            let (larger, smaller) =
                if first.length() <= second.length() { (*first, *second) } else { (*second, *first) };
            output.event(&Event::looked_up(smaller.first()))?;
            output.event(&Event::compared(smaller.first(), larger))?;
        }
        pairs.push(Pair::of(*first, *second));
    }
    let overlap = overlapping_total > 0;
    let listed_total = if all { pairs_total } else { overlapping_total };
    output.result(&Report { overlap, pairs, pairs_total, overlapping_total, listed_total })?;
    Ok(if overlap { Status::YES } else { Status::NO })
}

/// How many pairs overlap, and the first `limit` of them by their places in the list, sorted.
///
/// Two blocks overlap only where one holds the other. Sorted, what holds a block comes before it, and what it holds stands right
/// behind it: so each has its pairs in one run of the sorted list, and in the blocks around it. A pair that is met for a second
/// time was listed the first time, so that no more is looked at than twice what is listed, be all networks alike.
fn overlapping(networks: &[Prefix], limit: usize) -> (usize, Vec<(usize, usize)>) {
    let mut order: Vec<(Prefix, usize)> = networks.iter().copied().zip(0..).collect();
    order.sort_unstable();
    let mut nested = vec![Nested::default(); networks.len()];
    let mut total = 0_usize;
    let mut around: Vec<(Prefix, usize)> = Vec::new();
    for (place, (prefix, index)) in order.iter().enumerate() {
        while let Some((_, ended)) = around.pop_if(|(larger, _)| !larger.covers(*prefix)) {
            end(&mut nested, ended, place);
        }
        total = total.saturating_add(around.len());
        if let Some(own) = nested.get_mut(*index) {
            *own = Nested { inside: place + 1..order.len(), around: around.last().map(|(_, larger)| *larger) };
        }
        around.push((*prefix, *index));
    }
    let mut first = Vec::new();
    for (index, own) in nested.iter().enumerate() {
        let inside = order.get(own.inside.clone()).unwrap_or_default().iter().map(|(_, other)| *other);
        let outside = std::iter::successors(own.around, |larger| nested.get(*larger)?.around);
        let mut others: Vec<usize> = inside.chain(outside).filter(|other| *other > index).collect();
        others.sort_unstable();
        first.extend(others.into_iter().map(|other| (index, other)).take(limit - first.len()));
        if first.len() >= limit {
            break;
        }
    }
    (total, first)
}

/// Where the networks stand that one has addresses in common with.
#[derive(Clone, Debug, Default)]
struct Nested {
    /// Those in it, by their places in the sorted list.
    inside: Range<usize>,
    /// The smallest around it.
    around: Option<usize>,
}

/// What stands from `place` on is no longer in the network `index`.
fn end(nested: &mut [Nested], index: usize, place: usize) {
    if let Some(own) = nested.get_mut(index) {
        own.inside.end = place;
    }
}

impl Pair {
    fn of(first: Prefix, second: Prefix) -> Self {
        let relation = Relation::of(first, second);
        let smaller = if first.length() > second.length() { first } else { second };
        let common_addresses = match relation {
            Relation::Disjoint => "0".to_owned(),
            _ => bits::power_of_two(smaller.width() - smaller.length()),
        };
        Self { first: first.to_string(), relation, second: second.to_string(), common_addresses }
    }
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut sheet = Sheet::new(0);
        for Pair { first, relation, second, common_addresses } in &self.pairs {
            let common = match relation {
                Relation::Disjoint => String::new(),
                _ => format!("{} in common", grouped(common_addresses)),
            };
            let role = if *relation == Relation::Disjoint { Role::Dim } else { Role::Warning };
            sheet.marked(role, [first, relation.word(), second, &common]);
        }
        sheet.render(text)?;
        if self.listed_total > self.pairs.len() {
            let total = grouped(&self.listed_total.to_string());
            text.line(format!("and so on: {} of {total} are shown (--limit)", grouped(&self.pairs.len().to_string())))?;
        }
        if self.overlap {
            return Ok(());
        }
        let good = text.paint(Role::Good, "no two overlap");
        let plural = if self.pairs_total == 1 { "" } else { "s" };
        text.line(format!("{good} ({} pair{plural})", grouped(&self.pairs_total.to_string())))
    }
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    /// Five thousand million pairs, of which three are looked for.
    #[test]
    fn networks_that_are_all_alike() {
        let networks = vec![Prefix::host(Ipv4Addr::LOCALHOST.into()); 100_000];
        assert_eq!(overlapping(&networks, 3), (4_999_950_000, vec![(0, 1), (0, 2), (0, 3)]));
    }

    proptest! {
        /// Against the plainest reading: every pair.
        #[test]
        fn as_the_naive_search(
            networks in prop::collection::vec((any::<[u8; 2]>(), 0_u8..=34, any::<bool>()), 0..40),
            limit in 0_usize..30,
        ) {
            let networks: Vec<Prefix> = networks.into_iter().map(|([a, b], length, v4)| {
                let addr = if v4 {
                    IpAddr::from(Ipv4Addr::new(a & 3, b & 3, 0, a))
                } else {
                    IpAddr::from(Ipv6Addr::new(u16::from(a & 3), u16::from(b & 3), 0, 0, 0, 0, 0, 0))
                };
                Prefix::new(addr, length.min(if v4 { 32 } else { 34 })).unwrap()
            }).collect();
            let mut naive = Vec::new();
            for (first, one) in networks.iter().enumerate() {
                for (second, other) in networks.iter().enumerate().skip(first + 1) {
                    if Relation::of(*one, *other) != Relation::Disjoint {
                        naive.push((first, second));
                    }
                }
            }
            let total = naive.len();
            naive.truncate(limit);
            prop_assert_eq!(overlapping(&networks, limit), (total, naive));
        }
    }
}
