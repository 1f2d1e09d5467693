//! Key files, key pairs and `-y`: none panics or reads for ever, and what is a key says so in one line.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_dig::tsig::{key, keyfile, keypair};

fuzz_target!(|octets: &[u8]| {
    // Every include finds the first half of the file.
    let half = octets[..octets.len() / 2].to_vec();
    let mut includes = 0;
    let mut load = |_: &str| {
        includes += 1;
        if includes < 100 { Ok(half.clone()) } else { Err("file not found") }
    };
    let text = String::from_utf8_lossy(octets);
    let of_file = keyfile::parse(octets.to_vec(), &mut load).ok();
    for given in [of_file, key::parse_line(&text)].into_iter().flatten() {
        let Ok(spec) = given.spec() else { continue };
        match given.key(spec) {
            Ok(key) => assert!(key.mac_len.is_none_or(|length| (1..=key.algorithm.digest_len()).contains(&length))),
            Err(fault) => assert!(fault.to_string().starts_with(";; Couldn't create key ")),
        }
    }
    assert!(text.starts_with(key::as_shown(&text)));
    let (public, private) = text.split_at(text.char_indices().nth(text.chars().count() / 2).map_or(0, |(at, _)| at));
    let _ = keypair::parse(public, private);
    let _ = keypair::paths(&text);
});
