//! The frames of every link type, tunnel and protocol, cut and damaged at every octet: what is said of them stays inside.

use std::collections::BTreeSet;

use sockeye_capture::layers::{Checksum, Presence, Stop};
use sockeye_capture::{LinkType, dissect};

use crate::captures::{UNREAD_BY_TSHARK, specimens};

/// Walks a frame; everything found must lie in it.
fn walk(name: &str, link_type: LinkType, octets: &[u8], original_len: usize) {
    let mut layers = dissect(link_type, octets, original_len);
    for layer in layers.by_ref() {
        assert!(octets.get(layer.header_range()).is_some(), "{name}: {layer:?}");
        assert!(octets.get(layer.payload.range()).is_some(), "{name}: {layer:?}");
        let Some(checksum) = layer.checksum() else { continue };
        let width = checksum.algorithm.width();
        let field = octets.get(checksum.offset..checksum.offset + width);
        assert_eq!(field, checksum.stored.to_be_bytes().get(4 - width..), "{name}: {checksum:?}");
        let or_covered = checksum.or_covered.map(|(extent, _)| extent);
        for extent in [checksum.covered].into_iter().chain(or_covered) {
            assert!(octets.get(extent.range()).is_some(), "{name}: {checksum:?}");
        }
    }
    assert_ne!(layers.stop(), Stop::NotYet, "{name}");
}

#[test]
fn no_cut_and_no_damage_leads_outside_of_a_frame() {
    for specimen in specimens() {
        let mut octets = specimen.octets;
        for len in 0..=octets.len() {
            for original_len in [len, specimen.original_len] {
                walk(&specimen.name, specimen.link_type, &octets[..len], original_len);
            }
        }
        for at in 0..octets.len() {
            let right = octets[at];
            for wrong in [0, 1, 0x7f, 0x80, 0xff, right ^ 1, right.wrapping_add(1), right.wrapping_sub(1)] {
                octets[at] = wrong;
                walk(&specimen.name, specimen.link_type, &octets, specimen.original_len);
            }
            octets[at] = right;
        }
    }
}

/// What is cut off cannot be told: what is left of a checksum's octets covers the same as in the whole frame, or says that
/// it is not whole.
#[test]
fn a_cut_makes_nothing_bad() {
    for specimen in specimens() {
        let checksums = |octets: &[u8]| {
            dissect(specimen.link_type, octets, specimen.original_len)
                .filter_map(|layer| layer.checksum())
                .collect::<Vec<_>>()
        };
        let whole = checksums(&specimen.octets);
        for len in 0..specimen.octets.len() {
            for cut in checksums(&specimen.octets[..len]) {
                let reason = format!("{} cut to {len}: {cut:?}, {whole:?}", specimen.name);
                let is_whole = |checksum: &Checksum| checksum.covered.presence == Presence::Whole;
                let or_covered = cut.or_covered.filter(|(extent, _)| extent.presence == Presence::Whole);
                let same = |checksum: &Checksum| {
                    Checksum { or_covered: cut.or_covered, ..*checksum } == cut
                        && (or_covered.is_none() || or_covered == checksum.or_covered)
                };
                assert!(!is_whole(&cut) || whole.iter().any(same), "{reason}");
            }
        }
    }
}

#[test]
fn frames_have_names_of_their_own_and_departures_from_tshark_reasons() {
    let mut names = BTreeSet::new();
    for specimen in specimens() {
        if let Some((theirs, reason)) = &specimen.tshark {
            assert!(*theirs != specimen.verdicts && reason.len() > 10, "{}: {reason}", specimen.name);
        }
        assert!(names.insert(specimen.name.clone()), "{} twice", specimen.name);
    }
    assert!(names.len() > 600);
    // What tshark is not asked about stands here with sums of its own.
    for link_type in UNREAD_BY_TSHARK {
        assert!(specimens().iter().any(|specimen| specimen.link_type == link_type), "{link_type}");
    }
}
