//! Repairs: whatever the capture, its copy is as long, differs only where a change was told, and needs no second repair.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_capture::Rewriter;
use sockeye_netsum::fix::frame::{Damage, Editor, Plan};

/// The copy, and where the fields of its changes are.
fn edited(octets: &[u8], plan: Plan) -> (Vec<u8>, Vec<(u64, usize)>) {
    let mut rewriter = Rewriter::new(octets, Vec::new());
    let mut editor = Editor::new(plan);
    let mut places = Vec::new();
    while let Ok(Some(frame)) = rewriter.next_frame() {
        editor.edit(&frame);
        for change in &editor.changes {
            places.push((frame.file_offset + change.check.offset as u64, change.check.algorithm.width()));
        }
        if let Some(octets) = editor.octets() {
            rewriter.octets_mut().copy_from_slice(octets);
        }
    }
    (rewriter.finish().expect("a Vec takes everything"), places)
}

fuzz_target!(|octets: &[u8]| {
    let last = octets.last().copied().unwrap_or(0);
    let damage = (last & 4 != 0).then_some(Damage { one_in: 2, seed: last.into() });
    let plan = Plan { fill_partial: last & 1 != 0, quoted: last & 2 != 0, damage };
    let (copy, places) = edited(octets, plan);
    assert_eq!(copy.len(), octets.len());
    for (at, (before, after)) in octets.iter().zip(&copy).enumerate() {
        let at = at as u64;
        assert!(before == after || places.iter().any(|(start, len)| (*start..start + *len as u64).contains(&at)));
    }
    if damage.is_none() {
        let (again, places) = edited(&copy, plan);
        assert!(again == copy && places.is_empty());
    }
});
