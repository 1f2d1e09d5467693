//! The filters of lab's frames: none panics, a wrong word is where the text is, and what was read is read again.
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
            let again = Filter::parse(&filter.text).expect("what was read is read again");
            assert_eq!(format!("{again:?}"), format!("{filter:?}"));
        }
        Err(wrong) => {
            assert!(text.get(wrong.span.clone()).is_some(), "{:?} in {text:?}", wrong.span);
            assert!(!wrong.message.is_empty());
        }
    }
});
