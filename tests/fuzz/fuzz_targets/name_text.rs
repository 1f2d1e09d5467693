//! Domain names as text: none panics, and what is printed parses to the same name.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_dig::name::Name;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    if let Ok(name) = text.parse::<Name>() {
        assert!(name.as_wire().len() <= 255);
        assert_eq!(name.to_string().parse::<Name>().as_ref(), Ok(&name));
    }
});
