//! How many suffixes there are, without making one.
//!
//! A suffix adds 256·H + L to the sum, H and L being the sums of its octets in high and low halves of words. Neither is
//! more than 32·255, far below 65535: so of all octets only the two sums matter, the ways to each are counted octet by
//! octet, and those to each H are multiplied by those to the one L, if any, that leaves the wanted residue.

use super::big::{Count, Ways};

/// Ones' complement addition is addition modulo this: 10000 and 1 are the same (RFC 1071 section 2).
pub const MODULUS: u32 = 0xffff;

/// The most octets of a suffix: with more, counts need more limbs.
pub const MAX_LEN: usize = 64;

/// The halves that are still to be filled, and what they must add.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Task {
    /// Octets in high halves.
    pub high: usize,
    /// Octets in low halves.
    pub low: usize,
    /// What 256·H + L must be, modulo 65535.
    pub residue: u32,
}

impl Task {
    /// A suffix of `len` octets, the first of them in a high half or not.
    pub fn of_suffix(len: usize, starts_high: bool, residue: u32) -> Self {
        let (more, less) = (len.div_ceil(2), len / 2);
        let (high, low) = if starts_high { (more, less) } else { (less, more) };
        Self { high, low, residue: residue % MODULUS }
    }

    /// What is left when the next octet, in a high half or not, is `octet`.
    #[must_use]
    pub fn after(self, octet: u8, is_high: bool) -> Self {
        let (high, low, added) = if is_high {
            (self.high.saturating_sub(1), self.low, u32::from(octet) << 8)
        } else {
            (self.high, self.low.saturating_sub(1), u32::from(octet))
        };
        let residue = (self.residue + MODULUS - added) % MODULUS;
        Self { high, low, residue }
    }
}

/// In how many ways so many octets of a set come to each sum.
#[derive(Clone, Debug)]
pub struct Sums {
    /// By number of octets, then by sum.
    tables: Vec<Vec<Ways>>,
    /// The octets, in ascending order.
    octets: Vec<u8>,
}

impl Sums {
    /// The tables for suffixes of at most `longest` octets out of `octets`, which are in ascending order, each once.
    pub fn new(octets: Vec<u8>, longest: usize) -> Self {
        let runs = runs(&octets);
        let mut tables = vec![vec![Ways::from(1)]];
        for _ in 0..longest.min(MAX_LEN).div_ceil(2) {
            if let Some(last) = tables.last() {
                let next = one_octet_more(last, &runs);
                tables.push(next);
            }
        }
        Self { tables, octets }
    }

    /// The set.
    pub fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// How many ways do `task`.
    pub fn count(&self, task: Task) -> Count {
        let mut count = Count::ZERO;
        for (high, low) in self.pairs(task) {
            count.add_product(high.1, low.1);
        }
        count
    }

    /// Whether any does.
    pub fn is_possible(&self, task: Task) -> bool {
        self.pairs(task).next().is_some()
    }

    /// The sums of high and low halves that do `task`, each with the ways to it.
    fn pairs(&self, task: Task) -> impl Iterator<Item = ((usize, &Ways), (usize, &Ways))> {
        let (high, low) = (self.table(task.high), self.table(task.low));
        let (most_high, most_low) = (high.len().saturating_sub(1), low.len().saturating_sub(1));
        // Every total with this residue that 256·H + L can be, and for each the few H that leave an L in reach.
        let totals = (task.residue as usize..=256 * most_high + most_low).step_by(MODULUS as usize);
        let sums = totals.flat_map(move |total| {
            let least = total.saturating_sub(most_low).div_ceil(256);
            (least..=(total / 256).min(most_high)).map(move |sum| (sum, total - 256 * sum))
        });
        sums.filter_map(move |(high_sum, low_sum)| {
            let (high, low) = (high.get(high_sum)?, low.get(low_sum)?);
            (!high.is_zero() && !low.is_zero()).then_some(((high_sum, high), (low_sum, low)))
        })
    }

    fn table(&self, octets: usize) -> &[Ways] {
        self.tables.get(octets).map_or(&[], Vec::as_slice)
    }

    /// One suffix that does `task`, each as likely as the other; none if there is none.
    pub fn sample(&self, task: Task, starts_high: bool, random: &mut dyn FnMut() -> u64) -> Option<Vec<u8>> {
        let count = self.count(task);
        if count.is_zero() {
            return None;
        }
        let mut place = count.pick_below(random);
        let (mut high_sum, mut low_sum) = (0, 0);
        for ((high, high_ways), (low, low_ways)) in self.pairs(task) {
            let mut here = Count::ZERO;
            here.add_product(high_ways, low_ways);
            (high_sum, low_sum) = (high, low);
            if place.is_below(&here) {
                break;
            }
            place = place.minus(&here);
        }
        let high = self.sample_half(task.high, high_sum, random);
        let low = self.sample_half(task.low, low_sum, random);
        let (first, second) = if starts_high { (high, low) } else { (low, high) };
        let mut second = second.into_iter();
        Some(first.into_iter().flat_map(|octet| [Some(octet), second.next()]).flatten().collect())
    }

    /// So many octets with this sum, each sequence as likely as the other.
    fn sample_half(&self, octets: usize, sum: usize, random: &mut dyn FnMut() -> u64) -> Vec<u8> {
        let mut rest = sum;
        let mut half = Vec::with_capacity(octets);
        for left in (0..octets).rev() {
            let shorter = self.table(left);
            let continued = |octet: u8| rest.checked_sub(octet.into()).and_then(|rest| shorter.get(rest));
            let all = self.octets.iter().filter_map(|octet| continued(*octet)).fold(Ways::ZERO, Ways::plus);
            let mut place = all.pick_below(random);
            let chosen = self.octets.iter().copied().find(|octet| {
                let Some(ways) = continued(*octet) else { return false };
                let here = place.is_below(ways);
                if !here {
                    place = place.minus(ways);
                }
                here
            });
            let Some(octet) = chosen else { break };
            half.push(octet);
            rest = rest.saturating_sub(octet.into());
        }
        half
    }
}

/// The ways with one octet more: each run of neighbours is a window that slides over the ways before.
fn one_octet_more(before: &[Ways], runs: &[(u8, u8)]) -> Vec<Ways> {
    let most = runs.last().map_or(0, |run| usize::from(run.1));
    let mut after = vec![Ways::ZERO; before.len() + most];
    for (first, last) in runs {
        let enters = std::iter::repeat_n(None, usize::from(*first)).chain(before.iter().map(Some));
        let leaves = std::iter::repeat_n(None, usize::from(*last) + 1).chain(before.iter().map(Some));
        let none = || std::iter::repeat(None);
        let mut window = Ways::ZERO;
        for (ways, (enter, leave)) in after.iter_mut().zip(enters.chain(none()).zip(leaves.chain(none()))) {
            window = enter.map_or(window, |enter| window.plus(enter));
            window = leave.map_or(window, |leave| window.minus(leave));
            *ways = ways.plus(&window);
        }
    }
    after
}

/// The first and the last octet of each run of neighbours.
fn runs(octets: &[u8]) -> Vec<(u8, u8)> {
    octets
        .chunk_by(|octet, next| octet.checked_add(1) == Some(*next))
        .filter_map(|run| Some((*run.first()?, *run.last()?)))
        .collect()
}

/// Every suffix that does a task, in lexicographic order. No step is taken that leads nowhere.
pub struct Walk<'a> {
    sums: &'a Sums,
    starts_high: bool,
    len: usize,
    /// What is left to do, before each octet and after the last.
    tasks: Vec<Task>,
    /// The octets so far.
    path: Vec<u8>,
    started: bool,
}

impl<'a> Walk<'a> {
    /// All that do `task`, the first octet being in a high half or not.
    pub fn new(sums: &'a Sums, task: Task, starts_high: bool) -> Self {
        let len = task.high + task.low;
        Self { sums, starts_high, len, tasks: vec![task], path: Vec::new(), started: false }
    }

    /// The least octet, above `above` if that is given, behind which the task can still be done.
    fn step(&self, above: Option<u8>) -> Option<(u8, Task)> {
        let task = *self.tasks.last()?;
        let is_high = self.starts_high == self.path.len().is_multiple_of(2);
        let candidates = self.sums.octets.iter().copied().filter(|octet| above.is_none_or(|above| *octet > above));
        candidates.map(|octet| (octet, task.after(octet, is_high))).find(|(_, task)| self.sums.is_possible(*task))
    }

    fn back(&mut self) -> Option<u8> {
        self.tasks.pop();
        self.path.pop()
    }
}

impl Iterator for Walk<'_> {
    type Item = Vec<u8>;

    fn next(&mut self) -> Option<Vec<u8>> {
        let mut above = if self.started { Some(self.back()?) } else { None };
        if !self.started && !self.tasks.last().is_some_and(|task| self.sums.is_possible(*task)) {
            return None;
        }
        self.started = true;
        while self.path.len() < self.len {
            if let Some((octet, task)) = self.step(above) {
                self.path.push(octet);
                self.tasks.push(task);
                above = None;
            } else {
                above = Some(self.back()?);
            }
        }
        Some(self.path.clone())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use sockeye_common::random::Random;

    fn range(from: u8, to: u8) -> Vec<u8> {
        (from..=to).collect()
    }

    /// What a suffix adds: by addition alone.
    fn residue(suffix: &[u8], starts_high: bool) -> u32 {
        let weights = if starts_high { [256, 1] } else { [1, 256] };
        suffix.iter().zip(weights.iter().cycle()).map(|(octet, weight)| u32::from(*octet) * weight).sum::<u32>()
            % MODULUS
    }

    /// UDP: the length counts twice.
    fn neutral(len: usize, starts_high: bool) -> Task {
        let lengths = u32::try_from(len).unwrap() * 2;
        Task::of_suffix(len, starts_high, MODULUS - lengths)
    }

    fn counts(octets: Vec<u8>, starts_high: bool, lens: std::ops::RangeInclusive<usize>) -> Vec<String> {
        let sums = Sums::new(octets, *lens.end());
        lens.map(|len| sums.count(neutral(len, starts_high)).digits()).collect()
    }

    /// reference/netsum.md, B1: k = 5 and 6 by counting triples, 1 to 4 by brute force.
    #[test]
    fn the_printable_suffixes_of_the_reference() {
        let printable = range(0x20, 0x7e);
        let odd = counts(printable.clone(), false, 1..=8);
        let even = counts(printable, true, 1..=8);
        assert_eq!(odd[..6], ["0", "0", "0", "0", "0", "43394185"]);
        assert_eq!(even[..6], ["0", "0", "0", "0", "51560", "43394185"]);
        // 1.60e9 behind odd, 2.24e9 behind even, 7.85e10 of eight.
        for (count, about) in [(&odd[6], "160"), (&even[6], "224"), (&odd[7], "785"), (&even[7], "785")] {
            assert!(
                count.parse::<f64>().unwrap() / 10_f64.powi(i32::try_from(count.len()).unwrap() - 3)
                    - about.parse::<f64>().unwrap()
                    < 0.5,
                "{count} {about}"
            );
        }
    }

    #[test]
    fn the_other_sets_of_the_reference() {
        assert_eq!(counts(range(b'A', b'Z'), false, 6..=6), ["53992"]);
        let alnum = [range(b'0', b'9'), range(b'A', b'Z'), range(b'a', b'z')].concat();
        assert_eq!(counts(alnum, false, 6..=6), ["5071306"]);
        for starts_high in [false, true] {
            assert_eq!(counts(range(0, 255), starts_high, 1..=4), ["0", "1", "256", "65537"]);
        }
    }

    #[test]
    fn one_in_65535_of_the_longest() {
        let sums = Sums::new(range(0, 255), MAX_LEN);
        let count = sums.count(neutral(MAX_LEN, false)).to_f64();
        assert!((2_f64.powi(512) / count - 65535.0).abs() < 1.0, "{count}");
    }

    #[test]
    fn the_only_pair() {
        let sums = Sums::new(range(0, 255), 2);
        assert_eq!(Walk::new(&sums, neutral(2, false), false).collect::<Vec<_>>(), [[0xfb, 0xff]]);
        assert_eq!(Walk::new(&sums, neutral(2, true), true).collect::<Vec<_>>(), [[0xff, 0xfb]]);
    }

    #[test]
    fn nothing_out_of_nothing() {
        let sums = Sums::new(vec![], 4);
        let task = neutral(4, false);
        assert!(sums.count(task).is_zero() && Walk::new(&sums, task, false).next().is_none());
        let empty = Task::of_suffix(0, false, 0);
        assert_eq!(Walk::new(&sums, empty, false).collect::<Vec<_>>(), [Vec::<u8>::new()]);
    }

    #[test]
    fn a_walk_through_64_octets() {
        let sums = Sums::new(range(0, 255), MAX_LEN);
        let task = neutral(MAX_LEN, false);
        let found: Vec<Vec<u8>> = Walk::new(&sums, task, false).take(300).collect();
        assert!(found.is_sorted() && found.len() == 300);
        assert!(found.iter().all(|suffix| residue(suffix, false) == task.residue && suffix.len() == MAX_LEN));
    }

    #[test]
    fn samples_are_solutions_and_differ() {
        let sums = Sums::new(range(0x20, 0x7e), 64);
        for len in [6, 7, 33, 64] {
            for starts_high in [false, true] {
                let task = neutral(len, starts_high);
                let mut random = Random::new(1);
                let mut draw = || sums.sample(task, starts_high, &mut || random.draw()).unwrap();
                let (one, other) = (draw(), draw());
                assert_ne!(one, other);
                for suffix in [one, other] {
                    assert_eq!((suffix.len(), residue(&suffix, starts_high)), (len, task.residue));
                }
            }
        }
    }

    #[test]
    fn every_solution_is_sampled() {
        let sums = Sums::new(range(0, 255), 3);
        let task = neutral(3, false);
        let mut random = Random::new(7);
        let mut seen: Vec<Vec<u8>> =
            (0..4000).filter_map(|_| sums.sample(task, false, &mut || random.draw())).collect();
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 256);
    }

    fn brute(octets: &[u8], len: usize) -> Vec<Vec<u8>> {
        (0..len).fold(vec![vec![]], |all, _| {
            all.iter()
                .flat_map(|prefix| octets.iter().map(move |octet| [prefix.as_slice(), &[*octet]].concat()))
                .collect()
        })
    }

    proptest! {
        #[test]
        fn as_brute_force_finds(
            octets in prop::collection::btree_set(any::<u8>(), 0..7),
            len in 0_usize..5,
            starts_high: bool,
            wanted in any::<prop::sample::Index>(),
        ) {
            let octets: Vec<u8> = octets.into_iter().collect();
            let all = brute(&octets, len);
            // A residue that occurs, if any does: a random one never would.
            let target = if all.is_empty() { 0 } else { residue(wanted.get(all.as_slice()).as_slice(), starts_high) };
            let expected: Vec<Vec<u8>> = all.into_iter().filter(|suffix| residue(suffix, starts_high) == target).collect();
            let sums = Sums::new(octets, len);
            let task = Task::of_suffix(len, starts_high, target);
            prop_assert_eq!(sums.count(task).digits(), expected.len().to_string());
            prop_assert_eq!(Walk::new(&sums, task, starts_high).collect::<Vec<_>>(), expected);
        }
    }
}
