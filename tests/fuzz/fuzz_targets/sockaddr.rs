//! Socket addresses as octets: none panics, and what parses is emitted as it was.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_common::sockaddr::Sockaddr;

fuzz_target!(|octets: &[u8]| {
    if let Ok(sockaddr) = Sockaddr::parse(octets) {
        let _ = (sockaddr.to_string(), sockaddr.fields());
        let emitted = sockaddr.emit();
        assert_eq!(Sockaddr::parse(&emitted).as_ref(), Ok(&sockaddr));
    }
});
