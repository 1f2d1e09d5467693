//! What is to be found: the residue that must be added to a sum, and what the checksum is then.

use clap::ValueEnum;
use serde::Serialize;
use sockeye_cli::Failure;
use sockeye_common::checksum::{self, Sum};

use super::sums::{MODULUS, Task};
use crate::form::octets;

/// The most octets of a plain sum, which are held in memory: a file or a pipe may have no end.
const MAX_RAW: usize = 1 << 28;

/// What DATA is carried by, which decides what of its length is summed beside it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    /// UDP, which sums the length twice: in the pseudo-header and as Length (RFC 768)
    #[default]
    Udp,
    /// TCP, which sums the length once: in the pseudo-header (RFC 9293)
    Tcp,
    /// ICMP, which sums no length (RFC 792)
    Icmp,
    /// ICMPv6, which sums the length once: in the pseudo-header (RFC 4443)
    Icmpv6,
    /// The octets and nothing else
    Raw,
}

impl Carrier {
    /// How often the length of DATA is part of the sum.
    pub const fn lengths(self) -> u32 {
        match self {
            Self::Udp => 2,
            Self::Tcp | Self::Icmpv6 => 1,
            Self::Icmp | Self::Raw => 0,
        }
    }

    /// Its name in a table, on the command line and in data.
    pub const fn keyword(self) -> &'static str {
        match self {
            Self::Udp => "udp",
            Self::Tcp => "tcp",
            Self::Icmp => "icmp",
            Self::Icmpv6 => "icmpv6",
            Self::Raw => "raw",
        }
    }

    /// Its name in a sentence.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Icmp => "ICMP",
            Self::Icmpv6 => "ICMPv6",
            Self::Raw => "the plain sum",
        }
    }

    /// The most octets of DATA in one packet: behind an IPv6 header, whose length does not count, and the shortest header
    /// of the protocol itself.
    pub const fn max_data(self) -> usize {
        match self {
            Self::Udp => 65_527,
            Self::Tcp => 65_515,
            // RFC 792 is of IPv4 alone: 65,535 less 20 and 8.
            Self::Icmp => 65_507,
            Self::Icmpv6 => 65_531,
            Self::Raw => MAX_RAW,
        }
    }

    /// Refuses what has `len` octets, where more than `limit` were found: how many more nobody has counted.
    ///
    /// # Errors
    /// [`Failure`] that names `what`.
    pub fn check_length(self, what: &str, len: usize, limit: usize) -> Result<(), Failure> {
        if len <= limit {
            return Ok(());
        }
        Err(Failure::usage(format!("{what} is longer than the {} {} can carry", octets(limit), self.name())))
    }

    /// What `data` adds to a sum, modulo 65535, its length included.
    pub fn residue(self, data: &[u8]) -> u32 {
        self.with_length(residue(data), data.len())
    }

    /// What words that come to `sum` and are `len` octets add, modulo 65535.
    pub fn with_length(self, sum: u32, len: usize) -> u32 {
        let length = u32::try_from(len % 0xffff).unwrap_or(0);
        (sum + length * self.lengths()) % MODULUS
    }
}

/// The sum of the words of `data`, modulo 65535.
pub fn residue(data: &[u8]) -> u32 {
    u32::from(Sum::new().add(data).folded()) % MODULUS
}

/// A checksum that is to stay or to change, and the data that it covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is covered.
    pub data: Vec<u8>,
    /// What carries it.
    pub carrier: Carrier,
    /// The checksum now, where it is known.
    pub now: Option<u16>,
    /// The checksum that is wanted; none if it is to stay. Known only together with `now`.
    pub wanted: Option<u16>,
    /// Whether `data` is all that is summed, so that the sum of zeros alone is possible.
    pub alone: bool,
}

impl Problem {
    /// Whether the first octet behind the data falls in the high half of a word.
    pub fn starts_high(&self) -> bool {
        self.data.len().is_multiple_of(2)
    }

    /// What must be added to the sum, modulo 65535. The sum is the checksum's complement: what one gains, the other loses.
    pub fn change(&self) -> u32 {
        match (self.now, self.wanted) {
            (Some(now), Some(wanted)) => (MODULUS + u32::from(now) - u32::from(wanted)) % MODULUS,
            _ => 0,
        }
    }

    /// The task of a suffix of `len` octets: the change, less what the longer length adds by itself.
    pub fn task(&self, len: usize) -> Task {
        Task::of_suffix(len, self.starts_high(), self.change_by(len))
    }

    /// What `len` more octets must add besides their number.
    pub fn change_by(&self, len: usize) -> u32 {
        let lengths = u32::try_from(len).unwrap_or(0) * self.carrier.lengths() % MODULUS;
        (self.change() + MODULUS - lengths) % MODULUS
    }

    /// Whether nothing but zeros is summed: no other sum has this complement.
    pub fn is_of_zeros(&self) -> bool {
        self.alone && self.now == Some(0xffff)
    }

    /// The checksum when the data has become `data`, which does what is wanted; none if it is not known now either.
    pub fn checksum_of(&self, data: &[u8]) -> Option<u16> {
        self.checksum_where(self.alone && is_zeros(data))
    }

    /// The same when `suffix` stands behind the data.
    pub fn checksum_with(&self, suffix: &[u8]) -> Option<u16> {
        self.checksum_where(self.is_of_zeros() && is_zeros(suffix))
    }

    fn checksum_where(&self, only_zeros: bool) -> Option<u16> {
        let sum = (2 * MODULUS - u32::from(self.now?) + self.change()) % MODULUS;
        // Where anything that is not zero is summed, the sum is ffff and not 0000.
        let sum = if sum == 0 && !only_zeros { MODULUS } else { sum };
        let complement = u16::try_from(MODULUS - sum).unwrap_or(0);
        Some(if self.carrier == Carrier::Udp { checksum::udp_transmitted(complement) } else { complement })
    }

    /// The words at `at` that do what is wanted: one, or both zeros. None if two octets from there reach past the end.
    pub fn words(&self, at: usize, inserted: bool) -> Option<Vec<[u8; 2]>> {
        let is_high = at.is_multiple_of(2);
        let oriented = |octets: [u8; 2]| if is_high { u16::from_be_bytes(octets) } else { u16::from_le_bytes(octets) };
        let wanted = if inserted {
            self.data.get(at..)?;
            self.change_by(2)
        } else {
            let old = <[u8; 2]>::try_from(self.data.get(at..at.checked_add(2)?)?).ok()?;
            (u32::from(oriented(old)) + self.change()) % MODULUS
        };
        let word = u16::try_from(wanted).unwrap_or(0);
        let octets = if is_high { word.to_be_bytes() } else { word.to_le_bytes() };
        Some(if word == 0 { vec![octets, [0xff; 2]] } else { vec![octets] })
    }

    /// The data with `word` at `at`.
    pub fn with_word(&self, at: usize, inserted: bool, word: [u8; 2]) -> Vec<u8> {
        let (before, behind) = self.data.split_at_checked(at).unwrap_or((&self.data, &[]));
        let behind = if inserted { behind } else { behind.get(2..).unwrap_or(&[]) };
        [before, &word, behind].concat()
    }
}

fn is_zeros(octets: &[u8]) -> bool {
    octets.iter().all(|octet| *octet == 0)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::solve::tests::datagram;

    fn udp(data: &[u8], wanted: Option<u16>) -> Problem {
        Problem {
            data: data.to_vec(),
            carrier: Carrier::Udp,
            now: Some(datagram("10.0.0.1", "10.0.0.2", data)),
            wanted,
            alone: false,
        }
    }

    fn raw(data: &[u8], wanted: Option<u16>) -> Problem {
        let now = Some(checksum::compute(data));
        Problem { data: data.to_vec(), carrier: Carrier::Raw, now, wanted, alone: true }
    }

    #[test]
    fn lengths_of_the_reference() {
        // Six octets behind ABCDE: 65535 less twice six.
        assert_eq!(udp(b"ABCDE", None).task(6), Task { high: 3, low: 3, residue: 65_523 });
        assert_eq!(Carrier::Udp.residue(b"ABCDE"), Carrier::Udp.residue(b"ABCDEQUQUQU"));
        assert_ne!(Carrier::Udp.residue(b"ABCDE"), Carrier::Udp.residue(b"ABCDEUQUQUQ"));
        assert_ne!(Carrier::Tcp.residue(b"ABCDE"), Carrier::Tcp.residue(b"ABCDEQUQUQU"));
    }

    #[test]
    fn both_zeros_are_answers() {
        // 4142 is wanted less, so nothing of it is left: 0000 and ffff are the same number.
        let problem = raw(b"ABCD", Some(!0x4344));
        assert_eq!(problem.words(0, false), Some(vec![[0, 0], [0xff, 0xff]]));
        for word in [[0, 0], [0xff, 0xff]] {
            assert_eq!(problem.checksum_of(&problem.with_word(0, false, word)), Some(!0x4344));
        }
    }

    #[test]
    fn a_sum_of_zeros_alone() {
        // Only zeros have the checksum ffff; the other zero has 0000.
        let problem = raw(b"AB", Some(0xffff));
        let words = problem.words(0, false).unwrap();
        let checksums: Vec<_> =
            words.iter().map(|word| problem.checksum_of(&problem.with_word(0, false, *word)).unwrap()).collect();
        assert_eq!((words, checksums), (vec![[0, 0], [0xff, 0xff]], vec![0xffff, 0x0000]));
    }

    #[test]
    fn what_is_too_long_is_refused() {
        let refused =
            |carrier: Carrier, len| carrier.check_length("DATA", len, carrier.max_data()).unwrap_err().to_string();
        assert_eq!(refused(Carrier::Tcp, 70_000), "DATA is longer than the 65515 octets TCP can carry");
        // A device may have no end.
        assert_eq!(
            refused(Carrier::Raw, MAX_RAW + 1),
            "DATA is longer than the 268435456 octets the plain sum can carry"
        );
        assert!(Carrier::Raw.check_length("DATA", MAX_RAW, Carrier::Raw.max_data()).is_ok());
    }

    #[test]
    fn a_suffix_behind_zeros() {
        for (data, suffix) in [(&[0, 0][..], [0, 0]), (&[0, 0], [0xff, 0xff]), (&[], [0, 0]), (&[0, 1], [0, 0])] {
            let all = [data, &suffix].concat();
            assert_eq!(raw(data, None).checksum_with(&suffix), Some(checksum::compute(&all)), "{all:?}");
        }
    }

    #[test]
    fn udp_never_sends_zero() {
        let problem = udp(b"ABCD", Some(0));
        let word = problem.words(0, false).unwrap()[0];
        let data = problem.with_word(0, false, word);
        assert_eq!((problem.checksum_of(&data), datagram("10.0.0.1", "10.0.0.2", &data)), (Some(0xffff), 0xffff));
    }

    #[test]
    fn no_word_past_the_end() {
        let problem = raw(b"ABC", None);
        assert_eq!(problem.words(2, false), None);
        assert_eq!(problem.words(usize::MAX, false), None);
        assert_eq!(problem.words(4, true), None);
        assert!(problem.words(3, true).is_some() && problem.words(1, false) == Some(vec![*b"BC"]));
    }

    proptest! {
        #[test]
        fn a_forced_word_forces(data in prop::collection::vec(any::<u8>(), 2..12), at: prop::sample::Index, wanted: u16, inserted: bool) {
            let at = at.index(data.len() - 1);
            let problem = udp(&data, Some(wanted));
            for word in problem.words(at, inserted).unwrap() {
                let changed = problem.with_word(at, inserted, word);
                prop_assert_eq!(changed.len(), data.len() + if inserted { 2 } else { 0 });
                prop_assert_eq!(datagram("10.0.0.1", "10.0.0.2", &changed), checksum::udp_transmitted(wanted));
                prop_assert_eq!(problem.checksum_of(&changed), Some(datagram("10.0.0.1", "10.0.0.2", &changed)));
            }
            let problem = raw(&data, Some(wanted));
            for word in problem.words(at, inserted).unwrap() {
                let changed = problem.with_word(at, inserted, word);
                prop_assert_eq!(checksum::compute(&changed) % 0xffff, wanted % 0xffff);
                prop_assert_eq!(problem.checksum_of(&changed), Some(checksum::compute(&changed)));
            }
        }

    }

    proptest! {
        // Each case tries every word.
        #![proptest_config(ProptestConfig::with_cases(16))]

        #[test]
        fn no_other_word_does(data in prop::collection::vec(any::<u8>(), 4), at in 0_usize..3, wanted: u16) {
            let problem = raw(&data, Some(wanted));
            let words = problem.words(at, false).unwrap();
            let brute: Vec<[u8; 2]> = (0..=u16::MAX).map(u16::to_be_bytes)
                .filter(|word| residue(&problem.with_word(at, false, *word)) == u32::from(!wanted) % MODULUS)
                .collect();
            prop_assert_eq!(words, brute);
        }
    }
}
