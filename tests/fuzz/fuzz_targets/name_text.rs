//! Domain names as text: none panics, and what is printed parses to the same name. What a name in Unicode is on the wire is
//! ASCII, and remains what it is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_dig::idn;
use sockeye_dig::name::Name;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    if let Ok(name) = text.parse::<Name>() {
        assert!(name.as_wire().len() <= 255);
        assert_eq!(name.to_string().parse::<Name>().as_ref(), Ok(&name));
    }
    match idn::to_wire(&text) {
        Ok(wire) => {
            assert!(wire.is_ascii(), "{wire:?}");
            assert_eq!(idn::to_wire(&wire).as_ref(), Ok(&wire), "{text:?}");
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
});
