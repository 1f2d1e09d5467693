//! dig's command line, `~/.digrc` and batch lines: none panics, whatever the words; the short way for a line with nothing but a
//! name reads the same name; a batch is its lines.
#![no_main]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use libfuzzer_sys::fuzz_target;
use sockeye_dig::options::Plan;
use sockeye_dig::{args, batch};

fuzz_target!(|octets: &[u8]| {
    let (line, digrc) = octets.split_at(octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len()));
    let words: Vec<String> =
        line.split(|octet| *octet == b' ').map(|word| args::argument(OsStr::from_bytes(word))).collect();
    for word in &words {
        assert!(!word.chars().any(char::is_control), "{word:?} reaches the terminal as it is");
    }
    let mut resolve = |_: &str, _: &sockeye_dig::options::Globals| Err("not found".to_owned());
    let options = args::parse(&words, &String::from_utf8_lossy(digrc), &mut resolve);
    let mut defaults = match options.plan {
        Plan::Batch(plan) => Some(plan.defaults),
        _ => None,
    };
    let mut rest = digrc;
    while let Some(len) = batch::line_len(rest, true) {
        let (line, behind) = rest.split_at(len);
        rest = behind;
        if let Some(name) = batch::plain_name(line) {
            assert_eq!(batch::words(line), [name]);
        }
        if let Some(defaults) = &mut defaults {
            let _ = defaults.read(&batch::words(line), &mut resolve);
        }
    }
    assert!(rest.is_empty(), "{rest:?} is in no line");
});
