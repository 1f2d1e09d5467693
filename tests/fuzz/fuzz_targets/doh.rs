//! What a server of DNS over HTTP sends: HTTP/2 in pieces as they come, and the stream of an answer in HTTP/3.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_dig::doh::http2::Client;
use sockeye_dig::doh::{Request, http3};

fuzz_target!(|octets: &[u8]| {
    let whole = answered(octets, octets.len().max(1));
    // How the octets come in pieces is not the server's word: the same comes of it.
    for size in [1, 7] {
        assert_eq!(answered(octets, size), whole, "pieces of {size}");
    }
    if let Ok(response) = http3::response(octets) {
        assert!(response.message().map_or(0, |message| message.len()) <= 65535);
    }
});

/// The message or the status, or what is broken.
fn answered(octets: &[u8], size: usize) -> Option<Result<Vec<u8>, Option<u16>>> {
    let mut client = Client::new();
    client.request(&Request::new(b"query", true, false, "ns.test:443", "/dns-query"));
    for piece in octets.chunks(size) {
        client.receive(piece).ok()?;
        // Answers to PING and SETTINGS may not outgrow what asked for them by much.
        assert!(client.take_output().len() <= 200 + 5 * (piece.len() + 16384));
    }
    let message = client.take_response()?.message().map_err(|refused| refused.status);
    assert!(message.as_ref().map_or(0, Vec::len) <= 65535);
    Some(message)
}
