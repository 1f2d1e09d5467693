//! Octets as people give them: dumps of xxd, od and tcpdump, packets of netsum, sets of octets. None panics, no octet is made
//! up, and octets that are written in hex are read as they were.
#![no_main]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use libfuzzer_sys::fuzz_target;
use sockeye_common::{hex, hex_text};
use sockeye_netsum::data::Source;
use sockeye_netsum::packet::{Given, link_type};
use sockeye_netsum::solve::set::Set;
use sockeye_netsum::update::change::addresses;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    if let Ok(dumps) = hex_text::parse(&text) {
        // An asterisk stands for lines like the one before it.
        let whole = dumps.iter().map(|dump| dump.octets.len()).sum::<usize>();
        assert!(text.contains('*') || whole <= text.len() / 2);
        // Asterisks can stand for megabytes, of which a second is gone before they are written and read.
        for dump in dumps.iter().filter(|dump| (1..=65_536).contains(&dump.octets.len())) {
            let again =
                hex_text::parse(&hex::spaced(&dump.octets)).map(|dumps| dumps.into_iter().map(|dump| dump.octets));
            assert!(again.is_ok_and(|again| again.eq([dump.octets.clone()])), "{dump:?}");
        }
    }
    if let Ok(Given::Octets(given)) = Given::read(octets.to_vec()) {
        assert_eq!(given, octets);
    }
    if let Ok(Source::Octets(given)) = Source::parse(&OsStr::from_bytes(octets).to_owned()) {
        assert!(given.len() <= octets.len());
    }
    if let Ok(set) = Set::parse(OsStr::from_bytes(octets)) {
        assert!(!set.octets.is_empty() && set.octets.is_sorted_by(|one, other| one < other));
    }
    let _ = addresses(&text);
    let _ = link_type(&text);
});
