//! Which verdicts and protocols are listed where not all are wanted.

use crate::protocol::Protocol;
use crate::verdict::{Check, Verdict};

/// The verdicts and the protocols that are wanted: a checksum is if both of its own are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Only {
    /// A bit for each verdict, in the order of their declaration.
    verdicts: u32,
    /// A bit for each protocol.
    protocols: u32,
}

impl Only {
    /// All of them.
    pub const ALL: Self = Self { verdicts: u32::MAX, protocols: u32::MAX };

    /// The words for what can be wanted: verdicts, then protocols.
    pub fn words() -> impl Iterator<Item = &'static str> {
        Verdict::ALL.iter().map(|verdict| verdict.name()).chain(Protocol::ALL.iter().map(|protocol| protocol.name()))
    }

    /// What is wanted by `words`, each of [`Only::words`]. Without a verdict all verdicts are, and likewise with protocols.
    pub fn of(words: &[impl AsRef<str>]) -> Self {
        let named = |name: &str| words.iter().any(|word| word.as_ref() == name);
        let verdicts = Verdict::ALL.into_iter().filter(|verdict| named(verdict.name())).map(bit_of_verdict);
        let protocols = Protocol::ALL.into_iter().filter(|protocol| named(protocol.name())).map(bit_of_protocol);
        let or_all = |bits: u32| if bits == 0 { u32::MAX } else { bits };
        Self { verdicts: or_all(verdicts.fold(0, set)), protocols: or_all(protocols.fold(0, set)) }
    }

    /// What has `verdict`, of whatever protocol.
    #[cfg(test)]
    pub(crate) const fn of_verdict(verdict: Verdict) -> Self {
        Self { verdicts: bit_of_verdict(verdict), ..Self::ALL }
    }

    /// Whether it is all.
    pub fn is_all(self) -> bool {
        self == Self::ALL
    }

    /// Whether anything with `verdict` is wanted.
    pub fn has(self, verdict: Verdict) -> bool {
        self.verdicts & bit_of_verdict(verdict) != 0
    }

    /// Whether `check` is wanted.
    pub fn takes(self, check: &Check) -> bool {
        self.has(check.verdict) && self.protocols & bit_of_protocol(check.protocol) != 0
    }
}

const fn bit_of_verdict(verdict: Verdict) -> u32 {
    1 << verdict as u32
}

const fn bit_of_protocol(protocol: Protocol) -> u32 {
    1 << protocol as u32
}

const fn set(bits: u32, bit: u32) -> u32 {
    bits | bit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_told_apart_and_bits_fit() {
        let mut words: Vec<_> = Only::words().collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), Verdict::ALL.len() + Protocol::ALL.len());
        assert!(Protocol::ALL.iter().all(|protocol| (*protocol as u32) < u32::BITS));
        assert!(Only::of(&[""; 0]).is_all());
        let only = Only::of(&["bad", "illegal"]);
        assert!(only.has(Verdict::Bad) && only.has(Verdict::Illegal) && !only.has(Verdict::Good));
        assert!(Only::of(&["udp"]).has(Verdict::Good));
    }
}
