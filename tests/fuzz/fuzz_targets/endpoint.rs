//! Endpoints, hosts and zones: no text panics, and what is printed parses to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_common::addr::{Endpoint, Host};

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    if let Ok(endpoint) = text.parse::<Endpoint>() {
        assert_eq!(endpoint.to_string().parse::<Endpoint>().as_ref(), Ok(&endpoint));
    }
    if let Ok(host) = text.parse::<Host>() {
        assert_eq!(host.to_string().parse::<Host>().as_ref(), Ok(&host));
    }
});
