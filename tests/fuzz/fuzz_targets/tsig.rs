//! Signatures: no octets verify but those that were signed, none panics, and what is signed verifies, message by message.
//!
//! The first octet says the algorithm, the next two how many bits of it; each message has its length in front.
#![no_main]

use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use sockeye_dig::message::Message;
use sockeye_dig::tsig::{Algorithm, Conversation, Key, Signature, Signer};

const NOW: u64 = 1_700_000_000;

fn messages(mut octets: &[u8]) -> Vec<&[u8]> {
    let mut messages = Vec::new();
    while let Some((len, rest)) = octets.split_first_chunk::<2>() {
        let (message, rest) = rest.split_at(usize::from(u16::from_be_bytes(*len)).min(rest.len()));
        messages.push(message);
        octets = rest;
    }
    messages
}

fuzz_target!(|octets: &[u8]| {
    let Some((&[which, high, low], octets)) = octets.split_first_chunk::<3>() else { return };
    let (bits, messages) = (u16::from_be_bytes([high, low]), messages(octets));
    let algorithm = Algorithm::ALL[usize::from(which) % Algorithm::ALL.len()];
    let key = Arc::new(Key::new(&"k".parse().unwrap(), algorithm, bits.into(), b"a secret".to_vec()));
    let mut strange = Conversation::new(Arc::clone(&key), vec![7; 16]);
    let mut begun = false;
    for octets in &messages {
        let Ok(message) = Message::parse(octets) else { continue };
        let verdict = strange.verify(octets, &message, NOW);
        // Behind the first, messages without a signature wait for the next one that has one.
        assert!(verdict.is_err() || (begun && message.tsig.is_none()));
        begun = true;
    }
    // Long enough to be a signature at all.
    if bits != 0 && usize::from(bits).div_ceil(8) < (algorithm.digest_len() / 2).max(10) {
        return;
    }
    let (_, mut conversation) = Conversation::begin(Arc::clone(&key), b"query", NOW);
    let (_, mac) = sockeye_dig::tsig::sign(b"query", &key, NOW);
    let mut signer = Signer::answering(&key, &mac);
    for octets in messages.iter().filter(|octets| octets.len() >= 12 && octets.len() < 60_000) {
        // A header that counts nothing, and then whatever comes, would not end with the signature.
        let mut bare = octets[..4].to_vec();
        bare.extend([0; 8]);
        let signed = signer.sign(&bare, &Signature::by(&key, NOW));
        assert_eq!(conversation.verify(&signed, &Message::parse(&signed).unwrap(), NOW), Ok(()));
    }
});
