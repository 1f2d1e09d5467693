//! dig's command line, `~/.digrc` and batch lines: none panics, whatever the words.
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
    if let Plan::Batch(plan) = options.plan {
        let mut defaults = plan.defaults.clone();
        for line in digrc.split(|octet| *octet == b'\n') {
            let _ = defaults.read(&batch::words(line), &mut resolve);
        }
    }
});
