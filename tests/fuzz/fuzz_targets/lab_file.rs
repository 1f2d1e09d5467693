//! Lab files: no text panics, a mistake is where the text is, and what was read is shown, drawn and judged without a panic.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_lab::draw::draw;
use sockeye_lab::judge::judge;
use sockeye_lab::language::parse;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    match parse(&text) {
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                assert!(!mistake.message.is_empty());
                let line =
                    text.lines().nth(mistake.line.checked_sub(1).expect("lines are counted from 1")).unwrap_or("");
                let columns = line.chars().count() + 1;
                assert!((1..=columns).contains(&mistake.column), "{mistake} in {line:?}");
            }
        }
        Ok(lab) => {
            assert!(lab.fast > 0 && !lab.steps.is_empty());
            draw(&lab.network, 80);
            for (index, step) in lab.steps.iter().enumerate() {
                for action in &step.actions {
                    assert!(!action.to_string().is_empty());
                }
                for verdict in judge(&lab, index + 1, &[], lab.fast) {
                    assert!(!verdict.check.is_empty());
                }
            }
        }
    }
});
