//! The filters of lab's frames: none panics, a wrong word is where it stands, whatever stands before it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_lab::filter::Filter;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    match Filter::parse(&text) {
        Ok(filter) => {
            for node in filter.nodes() {
                // A backslash in quotation marks is not part of it.
                assert!(text.contains(node) || text.contains('\\'), "{node}");
            }
            // What follows is a word of its own, and the one that is wrong.
            let wrong = Filter::parse(&format!("{text} nonsense")).expect_err("there is no such word");
            assert_eq!(wrong.span, text.len() + 1..text.len() + 9, "{text:?}");
        }
        Err(wrong) => {
            assert!(text.get(wrong.span.clone()).is_some(), "{:?} in {text:?}", wrong.span);
            assert!(!wrong.message.is_empty());
            let behind = Filter::parse(&format!("arp {text}")).expect_err("it is still wrong");
            assert_eq!(behind.message, wrong.message);
            assert_eq!(behind.span, wrong.span.start + 4..wrong.span.end + 4, "{text:?}");
        }
    }
});
