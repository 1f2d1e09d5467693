//! `netsum same`: whether two payloads have one checksum, and why.
//!
//! Both are thought to be sent with the same addresses, ports and header fields. What these add is the same on both sides,
//! so only the sums of the octets count, and how often their lengths are summed beside them.

pub mod report;

use sockeye_cli::{Failure, Output, Status};
use sockeye_common::checksum;

use crate::cli::Same;
use crate::set_apart;
use crate::shell;
use crate::solve::problem::{Carrier, residue};
use crate::solve::report::Half;
use crate::solve::show::swapped;
use crate::solve::sums::MODULUS;
use report::{Event, Reason, Report, Row, Side};

/// All of them: those that sum the length twice, once and not at all.
const CARRIERS: [Carrier; 5] = [Carrier::Udp, Carrier::Tcp, Carrier::Icmpv6, Carrier::Raw, Carrier::Icmp];

/// Compares what `job` names.
///
/// # Errors
/// [`Failure`] if a payload cannot be read or is too long, or if standard output does not take the result.
pub fn run(job: &Same, output: &mut Output<'_>) -> Result<Status, Failure> {
    let limit = job.carrier.max_data();
    let [a, b] = [("A", &job.a), ("B", &job.b)].map(|(name, source)| {
        let data = shell::load(source.clone(), limit)?;
        job.carrier.check_length(name, data.len(), limit)?;
        Ok::<_, Failure>(data)
    });
    let (a, b) = (a?, b?);
    shell::confine::confine_briefly(output)?;
    let report = compare(&a, &b, job.carrier);
    if !job.quiet {
        if output.is_explained() {
            output.narrate(|explain| word_by_word(&a, &b, explain))?;
            set_apart(output)?;
        }
        output.result(&report)?;
    }
    Ok(if report.same { Status::YES } else { Status::NO })
}

/// Whether `a` and `b` have one checksum when `carrier` carries them.
pub fn compare(a: &[u8], b: &[u8], carrier: Carrier) -> Report {
    // Each is summed once: payloads may be long.
    let (a_side, b_side) = (Side::of(a), Side::of(b));
    let row = |carrier| row(carrier, &a_side, &b_side);
    let same = row(carrier).same;
    Report {
        protocol: carrier,
        same,
        reason: if same { why_same(a, b, carrier) } else { why_different(a, b, carrier, row(Carrier::Raw).same) },
        // What a header adds is not zero, so only a plain sum can be 0000.
        other_zero: same && carrier == Carrier::Raw && a_side.sum != b_side.sum,
        protocols: CARRIERS.map(row).to_vec(),
        a: a_side,
        b: b_side,
    }
}

fn row(carrier: Carrier, a: &Side, b: &Side) -> Row {
    let [a, b] = [a, b].map(|side| carrier.with_length(u32::from(side.sum), side.length_octets));
    Row {
        protocol: carrier,
        lengths_summed: carrier.lengths(),
        a,
        b,
        difference: (b + MODULUS - a) % MODULUS,
        same: a == b,
    }
}

fn why_same(a: &[u8], b: &[u8], carrier: Carrier) -> Reason {
    if a == b {
        return Reason::Identical;
    }
    if let Some((base, suffix)) = attached(a, b) {
        return Reason::neutral(carrier, base, suffix);
    }
    if a.len() == b.len() && are_alike(checksum::words(a), checksum::words(b)) {
        return Reason::Reordered;
    }
    Reason::SumsMeet { lengths_differ: a.len() != b.len() }
}

fn why_different(a: &[u8], b: &[u8], carrier: Carrier, words_meet: bool) -> Reason {
    if let Some((base, suffix)) = attached(a, b) {
        // Behind the other parity: the halves exchanged.
        let half = Half::at(base.len());
        let elsewhere = carrier.residue(suffix);
        let elsewhere = if half == Half::High { exchanged(elsewhere, suffix) } else { elsewhere };
        return if elsewhere == 0 {
            let swapped = suffix.len().is_multiple_of(2).then(|| swapped(suffix));
            Reason::trap(carrier, base, suffix, swapped)
        } else {
            Reason::not_neutral(carrier, base, suffix)
        };
    }
    if words_meet {
        return Reason::LengthsDiffer { more: a.len().abs_diff(b.len()) };
    }
    let turned = checksum::words(a).map(u16::swap_bytes);
    if a.len() == b.len() && a.len().is_multiple_of(2) && are_alike(turned, checksum::words(b)) {
        return Reason::HalvesExchanged;
    }
    Reason::SumsDiffer
}

/// What `suffix` adds in the other halves: its own sum with the octets of each word exchanged, and the same length.
fn exchanged(sum: u32, suffix: &[u8]) -> u32 {
    let own = residue(suffix);
    let lengths = (sum + MODULUS - own) % MODULUS;
    (own * 256 + lengths) % MODULUS
}

/// The shorter of two payloads and what the longer one has behind it, if it begins with the shorter one.
fn attached<'a>(a: &'a [u8], b: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let (short, long) = if a.len() < b.len() { (a, b) } else { (b, a) };
    let suffix = long.strip_prefix(short)?;
    (!suffix.is_empty()).then_some((short, suffix))
}

/// Whether these are the same words, in whatever order.
fn are_alike(a: impl Iterator<Item = u16>, b: impl Iterator<Item = u16>) -> bool {
    // Payloads may be long, and there are no more words than these.
    let mut surplus = vec![0_i64; 1 << 16];
    for (word, change) in a.map(|word| (word, 1)).chain(b.map(|word| (word, -1))) {
        if let Some(surplus) = surplus.get_mut(usize::from(word)) {
            *surplus += change;
        }
    }
    surplus.iter().all(|surplus| *surplus == 0)
}

/// The words of both side by side, with the totals.
fn word_by_word(a: &[u8], b: &[u8], explain: &mut dyn FnMut(Event)) {
    let (mut a_total, mut b_total) = (0, 0);
    let mut words = (a.chunks(2), b.chunks(2));
    let mut offset = 0_usize;
    loop {
        let (a, b) = (words.0.next(), words.1.next());
        if a.is_none() && b.is_none() {
            return;
        }
        a_total += a.map_or(0, checksum::plain_sum);
        b_total += b.map_or(0, checksum::plain_sum);
        explain(Event::words(offset, [a, b], [a_total, b_total]));
        offset = offset.saturating_add(2);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::solve::tests::datagram;

    fn reason(a: &str, b: &str, carrier: Carrier) -> (bool, String) {
        let report = compare(a.as_bytes(), b.as_bytes(), carrier);
        (report.same, report.reason.words(carrier))
    }

    #[test]
    fn the_experiment_of_the_course() {
        let (same, why) = reason("ABCDE", "ABCDEQUQUQU", Carrier::Udp);
        assert!(same && why.contains("256*255 + 243 + 12 = 65535"), "{why}");
        for (a, b) in [("ABCDE", "ABCDEUQUQUQ"), ("ABCDEUQUQUQ", "ABCDE")] {
            let (same, why) = reason(a, b, Carrier::Udp);
            assert!(!same && why.contains("\"UQUQUQ\" is neutral only behind an even number of octets"), "{why}");
            assert!(why.contains("Behind 5 it would be \"QUQUQU\""), "{why}");
        }
        let (same, why) = reason("ABCD", "ABCDUQUQUQ", Carrier::Udp);
        assert!(same, "{why}");
        // Behind an even number, the other one is the trap.
        let (same, why) = reason("ABCD", "ABCDQUQUQU", Carrier::Udp);
        assert!(!same && why.contains("Behind 4 it would be \"UQUQUQ\""), "{why}");
        // TCP sums the length once.
        let (same, why) = reason("ABCDE", "ABCDEQUQUQU", Carrier::Tcp);
        assert!(!same && why.contains("6 short of 65535"), "{why}");
    }

    #[test]
    fn a_long_suffix_is_told_of_by_its_length() {
        let longer = [b"A".to_vec(), vec![0xff; 300_001]].concat();
        let why = compare(b"A", &longer, Carrier::Raw).reason.words(Carrier::Raw);
        assert!(why.starts_with("the suffix of 300001 octets is not neutral behind 1 octet: 256*38250000 + "), "{why}");
        let (_, why) = reason("ABCD", &format!("ABCD{}", "QU".repeat(99)), Carrier::Udp);
        let trap = "the suffix of 198 octets is neutral only behind an odd number of octets. Behind 4 it would be the same \
                    with its octets swapped in pairs: high";
        assert!(why.starts_with(trap), "{why}");
    }

    #[test]
    fn every_reason() {
        let of = |a: &[u8], b: &[u8], carrier| compare(a, b, carrier).reason;
        assert_eq!(of(b"A", b"A", Carrier::Udp), Reason::Identical);
        assert_eq!(of(b"ABCD", b"CDAB", Carrier::Udp), Reason::Reordered);
        assert_eq!(of(b"ABCD", b"BADC", Carrier::Udp), Reason::HalvesExchanged);
        assert_eq!(of(b"\x01\x02", b"\x00\x01\x01\x01", Carrier::Raw), Reason::SumsMeet { lengths_differ: true });
        assert_eq!(of(b"\x01\x02", b"\x00\x01\x01\x01", Carrier::Udp), Reason::LengthsDiffer { more: 2 });
        assert_eq!(
            of(b"\x01\x02\x02\x00", b"\x02\x02\x01\x00", Carrier::Raw),
            Reason::SumsMeet { lengths_differ: false }
        );
        assert_eq!(of(b"ABCD", b"ABCE", Carrier::Udp), Reason::SumsDiffer);
        assert!(matches!(of(b"ABCD", b"ABCDE", Carrier::Udp), Reason::NotNeutral { .. }));
        assert!(matches!(of(b"ABCD", b"ABCD\0", Carrier::Raw), Reason::NeutralSuffix { .. }));
    }

    #[test]
    fn the_two_zeros() {
        let report = compare(&[0, 0], &[0xff, 0xff], Carrier::Raw);
        assert!(report.same && report.other_zero);
        assert!(!compare(&[0xff, 0xff], &[0xff, 0xff], Carrier::Raw).other_zero);
        // UDP sums its protocol number beside the data, ICMP the Type of an echo request.
        for carrier in [Carrier::Udp, Carrier::Icmp] {
            assert!(!compare(&[0, 0], &[0xff, 0xff], carrier).other_zero, "{carrier:?}");
        }
        assert_eq!(datagram("10.0.0.1", "10.0.0.2", &[0, 0]), datagram("10.0.0.1", "10.0.0.2", &[0xff, 0xff]));
    }

    proptest! {
        #[test]
        fn as_datagrams_compare(a in prop::collection::vec(0_u8..4, 0..5), b in prop::collection::vec(0_u8..4, 0..5), edge: bool) {
            let b = if edge { [a.as_slice(), &[0xfb, 0xff]].concat() } else { b };
            for (src, dst) in [("10.0.0.1", "10.0.0.2"), ("fd00::1", "fd00::2")] {
                prop_assert_eq!(compare(&a, &b, Carrier::Udp).same, datagram(src, dst, &a) == datagram(src, dst, &b));
            }
        }

        #[test]
        fn a_trap_is_one(base: Vec<u8>, suffix in prop::sample::select(vec!["UQUQUQ", "QUQUQU", "\u{0}"])) {
            let suffix = suffix.as_bytes();
            let report = compare(&base, &[&base, suffix].concat(), Carrier::Udp);
            let neutral = report.same;
            if let Reason::ParityTrap { swapped_octets: Some(other), .. } = &report.reason {
                let other = sockeye_common::hex::decode(other).unwrap();
                prop_assert!(compare(&base, &[&base, other.as_slice()].concat(), Carrier::Udp).same);
            }
            let is_trap = matches!(report.reason, Reason::ParityTrap { .. });
            prop_assert_eq!(is_trap, suffix.len() == 6 && !neutral);
        }
    }
}
