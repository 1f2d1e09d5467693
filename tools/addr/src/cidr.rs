//! Blocks of addresses as sets: cutting, joining, comparing.

use std::net::IpAddr;

use serde::Serialize;
use sockeye_common::prefix::Prefix;

use crate::bits;

/// A run of addresses, both ends included. Both are of one family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// The first.
    pub first: IpAddr,
    /// The last, which is not before the first.
    pub last: IpAddr,
}

impl Run {
    /// The run from one address to another; `None` if they are of two families or the wrong way round.
    pub fn new(first: IpAddr, last: IpAddr) -> Option<Self> {
        (first.is_ipv4() == last.is_ipv4() && first <= last).then_some(Self { first, last })
    }

    /// How many addresses, in decimal.
    pub fn count(self) -> String {
        bits::count(bits::number(self.first), bits::number(self.last))
    }
}

impl From<Prefix> for Run {
    fn from(prefix: Prefix) -> Self {
        Self { first: prefix.first(), last: prefix.last() }
    }
}

/// One block of a run, and what made it as large as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Block {
    /// The block.
    pub prefix: Prefix,
    /// How many zeros the first address ends in: a block cannot be larger.
    pub zeros: u8,
    /// The largest power of two that is left of the run: a block cannot be larger.
    pub room: u8,
}

/// The fewest blocks that are exactly a run, in order.
pub fn blocks(run: Run) -> Vec<Block> {
    let width = bits::width(run.first);
    let last = bits::number(run.last);
    let mut blocks = Vec::new();
    let mut next = Some(bits::number(run.first));
    while let Some(first) = next.filter(|first| *first <= last) {
        let short = |count: u32| u8::try_from(count).unwrap_or(width).min(width);
        let zeros = if first == 0 { width } else { short(first.trailing_zeros()) };
        // Of as many addresses as there are: one more than the difference, whose own power of two may be beyond 2^127.
        let left = last - first;
        let room = match left.checked_add(1) {
            Some(count) => short(count.ilog2()),
            None => width,
        };
        let size = zeros.min(room);
        let Some(prefix) = Prefix::new(bits::address(run.first, first), width - size) else { break };
        blocks.push(Block { prefix, zeros, room });
        next = bits::number(prefix.last()).checked_add(1);
    }
    blocks
}

/// The fewest blocks that hold the same addresses, sorted, IPv4 first.
pub fn aggregate(prefixes: &[Prefix]) -> Vec<Prefix> {
    runs(prefixes).into_iter().flat_map(blocks).map(|block| block.prefix).collect()
}

/// The same addresses as runs with a gap between each two, sorted.
pub fn runs(prefixes: &[Prefix]) -> Vec<Run> {
    let mut sorted: Vec<Run> = prefixes.iter().map(|prefix| Run::from(*prefix)).collect();
    sorted.sort_by_key(|run| (run.first, run.last));
    let mut runs: Vec<Run> = Vec::new();
    for run in sorted {
        match runs.last_mut() {
            Some(before) if touches(*before, run) => before.last = before.last.max(run.last),
            _ => runs.push(run),
        }
    }
    runs
}

/// Whether `after`, which does not begin earlier, begins within `before` or right behind it.
fn touches(before: Run, after: Run) -> bool {
    before.last.is_ipv4() == after.first.is_ipv4()
        && bits::number(after.first) <= bits::number(before.last).saturating_add(1)
}

/// What of `whole` is in none of `parts`.
pub fn holes(whole: Prefix, parts: &[Prefix]) -> Vec<Run> {
    let inside: Vec<Prefix> = parts.iter().filter(|part| whole.covers(**part)).copied().collect();
    let family = whole.first();
    let mut holes = Vec::new();
    let mut next = Some(bits::number(whole.first()));
    for run in runs(&inside) {
        let first = bits::number(run.first);
        if let Some(from) = next.filter(|from| *from < first) {
            holes.extend(Run::new(bits::address(family, from), bits::address(family, first - 1)));
        }
        next = bits::number(run.last).checked_add(1);
    }
    let last = bits::number(whole.last());
    if let Some(from) = next.filter(|from| *from <= last) {
        holes.extend(Run::new(bits::address(family, from), whole.last()));
    }
    holes
}

/// The smallest block that holds all of them; `None` if there are none, or some of each family.
pub fn supernet(prefixes: &[Prefix]) -> Option<Prefix> {
    let first = prefixes.first()?;
    let shortest = prefixes.iter().map(|prefix| prefix.length()).min()?;
    let mut common = shortest;
    for prefix in prefixes {
        if prefix.width() != first.width() {
            return None;
        }
        let differ = bits::number(prefix.first()) ^ bits::number(first.first());
        let equal = (differ << (128 - u32::from(first.width()))).leading_zeros();
        common = common.min(u8::try_from(equal).unwrap_or(common));
    }
    Prefix::new(first.first(), common)
}

/// The blocks of `length` bits in `whole`, in order; none if `length` is less than its own or more than the family has.
pub fn split(whole: Prefix, length: u8) -> impl Iterator<Item = Prefix> {
    let size = whole.width().checked_sub(length).filter(|_| length >= whole.length());
    let last = bits::number(whole.last());
    let mut next = size.map(|_| bits::number(whole.first()));
    std::iter::from_fn(move || {
        let first = next.filter(|first| *first <= last)?;
        next = 1_u128.checked_shl(u32::from(size?)).and_then(|step| first.checked_add(step));
        Prefix::new(bits::address(whole.first(), first), length)
    })
}

/// How one block lies to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Relation {
    /// The same addresses.
    Equal,
    /// The first holds the second.
    Contains,
    /// The first is in the second.
    Inside,
    /// No address in common.
    Disjoint,
}

impl Relation {
    /// How `first` lies to `second`. Blocks never overlap in part.
    pub fn of(first: Prefix, second: Prefix) -> Self {
        match (first.covers(second), second.covers(first)) {
            (true, true) => Self::Equal,
            (true, false) => Self::Contains,
            (false, true) => Self::Inside,
            (false, false) => Self::Disjoint,
        }
    }

    /// In a word: what the first does to the second.
    pub fn word(self) -> &'static str {
        match self {
            Self::Equal => "equals",
            Self::Contains => "contains",
            Self::Inside => "is inside",
            Self::Disjoint => "is disjoint from",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::prelude::*;

    use super::*;
    use crate::given::parse_network;

    fn prefix(text: &str) -> Prefix {
        parse_network(text).unwrap().prefix
    }

    fn prefixes(text: &str) -> Vec<Prefix> {
        text.split_whitespace().map(prefix).collect()
    }

    fn texts(prefixes: &[Prefix]) -> String {
        prefixes.iter().map(Prefix::to_string).collect::<Vec<_>>().join(" ")
    }

    fn range(first: &str, last: &str) -> String {
        let run = Run::new(first.parse().unwrap(), last.parse().unwrap()).unwrap();
        texts(&blocks(run).iter().map(|block| block.prefix).collect::<Vec<_>>())
    }

    #[test]
    fn runs_become_the_fewest_blocks() {
        assert_eq!(range("192.0.2.0", "192.0.2.255"), "192.0.2.0/24");
        assert_eq!(range("192.0.2.1", "192.0.2.6"), "192.0.2.1/32 192.0.2.2/31 192.0.2.4/31 192.0.2.6/32");
        assert_eq!(range("0.0.0.0", "255.255.255.255"), "0.0.0.0/0");
        assert_eq!(range("::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"), "::/0");
        assert_eq!(range("255.255.255.255", "255.255.255.255"), "255.255.255.255/32");
        assert_eq!(range("2001:db8::", "2001:db8::2"), "2001:db8::/127 2001:db8::2/128");
        assert!(Run::new("1.2.3.4".parse().unwrap(), "1.2.3.3".parse().unwrap()).is_none());
        assert!(Run::new("1.2.3.4".parse().unwrap(), "::1".parse().unwrap()).is_none());
    }

    #[test]
    fn joined_and_around() {
        assert_eq!(texts(&aggregate(&prefixes("10.0.0.0/24 10.0.1.0/24 10.0.1.128/25"))), "10.0.0.0/23");
        assert_eq!(texts(&aggregate(&prefixes("10.0.1.0/24 10.0.2.0/24"))), "10.0.1.0/24 10.0.2.0/24");
        assert_eq!(texts(&aggregate(&prefixes("::/1 8000::/1 10.0.0.0/8"))), "10.0.0.0/8 ::/0");
        assert_eq!(supernet(&prefixes("10.0.1.0/24 10.0.2.0/24")).unwrap().to_string(), "10.0.0.0/22");
        assert_eq!(supernet(&prefixes("0.0.0.0/1 128.0.0.0/1")).unwrap().to_string(), "0.0.0.0/0");
        assert_eq!(supernet(&prefixes("2001:db8::/48 2001:db8:1::/48")).unwrap().to_string(), "2001:db8::/47");
        assert_eq!(supernet(&prefixes("10.0.0.0/8 ::/0")), None);
        assert_eq!(supernet(&[]), None);
        let holes = holes(prefix("10.0.0.0/22"), &prefixes("10.0.1.0/24 10.0.2.0/24"));
        assert_eq!(holes.len(), 2);
        assert_eq!((holes[1].first.to_string(), holes[1].count()), ("10.0.3.0".to_owned(), "256".to_owned()));
    }

    #[test]
    fn split_at_the_ends_of_the_families() {
        assert_eq!(texts(&split(prefix("0.0.0.0/0"), 1).collect::<Vec<_>>()), "0.0.0.0/1 128.0.0.0/1");
        assert_eq!(texts(&split(prefix("::/0"), 1).collect::<Vec<_>>()), "::/1 8000::/1");
        assert_eq!(texts(&split(prefix("::/0"), 0).collect::<Vec<_>>()), "::/0");
        assert_eq!(texts(&split(prefix("255.255.255.252/30"), 32).skip(3).collect::<Vec<_>>()), "255.255.255.255/32");
        assert_eq!(split(prefix("10.0.0.0/8"), 7).count(), 0);
        assert_eq!(split(prefix("10.0.0.0/8"), 33).count(), 0);
        assert_eq!(split(prefix("2001:db8::/32"), 64).take(3).count(), 3);
    }

    /// A block in a small corner of the family, so that blocks meet.
    fn small() -> impl Strategy<Value = Prefix> {
        (any::<u8>(), 24_u8..=32)
            .prop_map(|(low, length)| Prefix::new(IpAddr::V4(Ipv4Addr::new(10, 0, 0, low)), length).unwrap())
    }

    fn members(prefixes: &[Prefix]) -> Vec<u8> {
        let inside =
            |low: &u8| prefixes.iter().any(|prefix| prefix.contains(IpAddr::V4(Ipv4Addr::new(10, 0, 0, *low))));
        (0..=255).filter(inside).collect()
    }

    proptest! {
        #[test]
        fn a_split_covers_exactly(addr: IpAddr, length in 0_u8..=128, more in 0_u8..8) {
            let Some(whole) = Prefix::new(addr, length) else { return Ok(()) };
            let parts: Vec<Prefix> = split(whole, length + more).collect();
            if length + more <= whole.width() {
                prop_assert_eq!(parts.len(), 1 << more);
                prop_assert_eq!(aggregate(&parts), vec![whole]);
                prop_assert!(parts.windows(2).all(|pair| Relation::of(pair[0], pair[1]) == Relation::Disjoint));
            } else {
                prop_assert!(parts.is_empty());
            }
        }

        #[test]
        fn the_aggregate_of_a_run_is_the_run(first: IpAddr, length in 0_u128..100_000) {
            let last = bits::number(first).saturating_add(length).min(bits::highest(first));
            let run = Run::new(first, bits::address(first, last)).unwrap();
            let made: Vec<Prefix> = blocks(run).iter().map(|block| block.prefix).collect();
            prop_assert_eq!(runs(&made), vec![run]);
            prop_assert_eq!(aggregate(&made), made);
        }

        #[test]
        fn sets_stay_sets(blocks in prop::collection::vec(small(), 0..12)) {
            let joined = aggregate(&blocks);
            prop_assert_eq!(members(&joined), members(&blocks));
            prop_assert_eq!(aggregate(&joined), joined);
            if let Some(around) = supernet(&blocks) {
                prop_assert!(blocks.iter().all(|block| around.covers(*block)));
                // No half of it does.
                prop_assert!(split(around, around.length() + 1).all(|half| !blocks.iter().all(|block| half.covers(*block))));
                let outside: Vec<Prefix> = holes(around, &blocks).into_iter().flat_map(super::blocks).map(|block| block.prefix).collect();
                prop_assert_eq!(members(&outside).len() + members(&blocks).len(), members(&[around]).len());
                prop_assert!(members(&outside).iter().all(|low| !members(&blocks).contains(low)));
            }
        }
    }
}
