use proptest::prelude::*;

use super::*;

fn key(algorithm: Algorithm, bits: usize) -> Arc<Key> {
    Arc::new(Key::new(&"Key.Example".parse().unwrap(), algorithm, bits, b"0123456789abcdef".to_vec()))
}

/// A message of a header and a question.
fn message(id: u16) -> Vec<u8> {
    let mut octets = id.to_be_bytes().to_vec();
    octets.extend(b"\x01\0\0\x01\0\0\0\0\0\0\x01a\x04test\0\0\x01\0\x01");
    octets
}

fn verify(conversation: &mut Conversation, octets: &[u8], now_s: u64) -> Result<(), VerifyError> {
    conversation.verify(octets, &Message::parse(octets).unwrap(), now_s)
}

const NOW: u64 = 1_700_000_000;

/// RFC 2202 section 2 and 3 test case 2, RFC 4231 section 4.3: key "Jefe", data "what do ya want for nothing?".
#[test]
fn digests_of_the_rfcs() {
    for (algorithm, hex) in [
        (Algorithm::Md5, "750c783e6ab0b503eaa86e310a5db738"),
        (Algorithm::Sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        (Algorithm::Sha224, "a30e01098bc6dbbf45690f3a7e9e6d0f8bbea2a39e6148008fd05e44"),
        (Algorithm::Sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
        (
            Algorithm::Sha384,
            "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
        ),
        (
            Algorithm::Sha512,
            "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
        ),
    ] {
        let mut digest = Digest::new(algorithm, b"Jefe");
        digest.update(b"what do ya ");
        digest.update(b"want for nothing?");
        let mac = digest.clone().finish();
        assert_eq!(sockeye_common::hex::encode(&mac), hex, "{algorithm:?}");
        assert_eq!(mac.len(), algorithm.digest_len());
        assert!(digest.clone().matches(&mac) && digest.clone().matches(&mac[..8]) && !digest.matches(&[0; 8]));
    }
}

/// RFC 4231 section 4.7: a key of 131 octets, more than a block.
#[test]
fn a_long_key_is_digested_first() {
    let mut digest = Digest::new(Algorithm::Sha256, &[0xaa; 131]);
    digest.update(b"Test Using Larger Than Block-Size Key - Hash Key First");
    assert_eq!(
        sockeye_common::hex::encode(&digest.finish()),
        "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
    );
}

#[test]
fn a_signed_query_ends_with_its_signature() {
    let key = key(Algorithm::Md5, 0);
    let (signed, mac) = sign(&message(7), &key, NOW);
    let parsed = Message::parse(&signed).unwrap();
    assert!(parsed.is_well_formed());
    assert_eq!(signed.len(), message(7).len() + key.signature_len());
    assert_eq!((parsed.header.arcount, parsed.unread), (1, 0));
    let record = parsed.tsig.unwrap();
    assert_eq!((record.owner.to_string().as_str(), record.class, record.ttl), ("key.example.", Class::ANY, 0));
    let signature = Signature::parse(&signed, &record).unwrap();
    assert_eq!(signature.algorithm.to_string(), "hmac-md5.sig-alg.reg.int.");
    assert_eq!((signature.time_s, signature.fudge_s, signature.original_id), (NOW, 300, 7));
    assert_eq!((signature.mac, signature.error, signature.other), (mac, 0, Vec::new()));
}

/// A query and the signer of its answers.
fn dialogue(key: &Arc<Key>) -> (Conversation, Signer<'_>) {
    let (_, mac) = sign(&message(7), key, NOW);
    (Conversation::new(Arc::clone(key), mac.clone()), Signer::answering(key, &mac))
}

#[test]
fn what_is_signed_verifies_with_every_algorithm() {
    for algorithm in Algorithm::ALL {
        for bits in [0_usize, 80, 100, 128] {
            // Less than half of a MAC is none, whatever was agreed on.
            let enough = bits == 0 || bits.div_ceil(8) >= (algorithm.digest_len() / 2).max(10);
            let key = key(algorithm, bits);
            let (mut conversation, mut signer) = dialogue(&key);
            let answer = signer.sign(&message(7), &Signature::by(&key, NOW));
            let verdict = if enough { Ok(()) } else { Err(VerifyError::FormErr) };
            assert_eq!(verify(&mut conversation, &answer, NOW), verdict, "{algorithm:?} {bits}");
        }
    }
}

#[test]
fn another_id_on_the_way_is_no_fault() {
    let key = key(Algorithm::Sha256, 0);
    let (mut conversation, mut signer) = dialogue(&key);
    let mut answer = signer.sign(&message(7), &Signature::by(&key, NOW));
    answer[1] = 8;
    assert_eq!(verify(&mut conversation, &answer, NOW), Ok(()));
}

#[test]
fn every_flipped_bit_fails() {
    let key = key(Algorithm::Sha256, 0);
    let (conversation, mut signer) = dialogue(&key);
    let answer = signer.sign(&message(7), &Signature::by(&key, NOW));
    assert_eq!(verify(&mut conversation.clone(), &answer, NOW), Ok(()));
    let owner = Message::parse(&answer).unwrap().tsig.unwrap().owner_span.offset;
    for bit in 0..answer.len() * 8 {
        let mut flipped = answer.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let Ok(message) = Message::parse(&flipped) else { continue };
        let verdict = conversation.clone().verify(&flipped, &message, NOW);
        // The id is the one of the query's signature, and in names a letter's case is none.
        let case = flipped[bit / 8].eq_ignore_ascii_case(&answer[bit / 8]) && bit / 8 >= owner;
        if bit / 8 >= 2 && !case {
            assert!(verdict.is_err(), "bit {bit}");
        }
    }
}

#[test]
fn faults_in_their_order() {
    let key = key(Algorithm::Sha256, 0);
    let (conversation, signer) = dialogue(&key);
    let judge =
        |like: Signature, now_s| verify(&mut conversation.clone(), &signer.clone().sign(&message(7), &like), now_s);
    let like = || Signature::by(&key, NOW);
    assert_eq!(judge(like(), NOW + 300), Ok(()));
    assert_eq!(judge(like(), NOW - 301), Err(VerifyError::ClockSkew));
    assert_eq!(judge(like(), NOW + 301), Err(VerifyError::ClockSkew));
    assert_eq!(judge(Signature { error: BADTIME, ..like() }, NOW), Err(VerifyError::ClockSkew));
    assert_eq!(judge(Signature { error: BADTRUNC, ..like() }, NOW), Err(VerifyError::Indicated(BADTRUNC)));
    assert_eq!(judge(Signature { algorithm: Algorithm::Md5.wire_name(), ..like() }, NOW), Err(VerifyError::Failure));
    assert_eq!(verify(&mut conversation.clone(), &message(7), NOW), Err(VerifyError::Expected));
    // A server that does not know the key signs nothing.
    for (error, verdict) in [(BADKEY, VerifyError::Indicated(BADKEY)), (0, VerifyError::Failure)] {
        let mut unsigned = message(7);
        unsigned[11] = 1;
        unsigned.extend(Signature { error, ..like() }.emit_record(&key.name));
        assert_eq!(verify(&mut conversation.clone(), &unsigned, NOW), Err(verdict));
    }
}

#[test]
fn a_shorter_mac_than_agreed_on_is_no_signature() {
    let (whole, short) = (key(Algorithm::Sha256, 0), key(Algorithm::Sha256, 128));
    let (_, mac) = sign(&message(7), &whole, NOW);
    let answer = Signer::answering(&short, &mac).sign(&message(7), &Signature::by(&short, NOW));
    let mut conversation = Conversation::new(whole, mac);
    assert_eq!(verify(&mut conversation, &answer, NOW), Err(VerifyError::Truncated));
}

#[test]
fn a_transfer_with_messages_without_signatures_in_between() {
    let key = key(Algorithm::Sha512, 0);
    let (mut conversation, mut signer) = dialogue(&key);
    let like = Signature::by(&key, NOW);
    let first = signer.sign(&message(7), &like);
    let between = vec![message(7), message(7)];
    let last = signer.sign_behind(&between, &message(7), &like);
    assert_eq!(verify(&mut conversation, &first, NOW), Ok(()));
    let mut short = conversation.clone();
    for octets in &between {
        assert!(verify(&mut conversation, octets, NOW).is_ok() && conversation.ends_unsigned());
    }
    assert_eq!(verify(&mut conversation, &last, NOW), Ok(()));
    assert!(!conversation.ends_unsigned());
    // One of them is missing.
    assert_eq!(verify(&mut short, &message(7), NOW), Ok(()));
    assert_eq!(verify(&mut short, &last, NOW), Err(VerifyError::Failure));
}

proptest! {
    #[test]
    fn no_octets_panic(octets: Vec<u8>, now: u64) {
        let key = key(Algorithm::Sha1, 0);
        let (mut conversation, _) = dialogue(&key);
        if let Ok(message) = Message::parse(&octets) {
            prop_assert!(conversation.verify(&octets, &message, now).is_err());
        }
    }

    #[test]
    fn no_rdata_panics(rdata: Vec<u8>, now: u64) {
        let key = key(Algorithm::Sha1, 0);
        let (mut conversation, _) = dialogue(&key);
        let mut octets = message(7);
        octets[11] = 1;
        octets.extend(b"\x03key\x07example\0\0\xfa\0\xff\0\0\0\0");
        octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
        octets.extend(&rdata);
        let message = Message::parse(&octets).unwrap();
        prop_assert!(conversation.verify(&octets, &message, now).is_err());
    }

    #[test]
    fn rdata_is_read_back(time in 0_u64..1 << 48, fudge_s: u16, mac: Vec<u8>, original_id: u16, error: u16, other: Vec<u8>) {
        let signature = Signature {
            algorithm: Algorithm::Sha1.wire_name(), time_s: time, fudge_s, mac, original_id, error, other,
        };
        let mut octets = message(7);
        octets[11] = 1;
        octets.extend(signature.emit_record(&"k".parse().unwrap()));
        let record = Message::parse(&octets).unwrap().tsig.unwrap();
        prop_assert_eq!(Signature::parse(&octets, &record).unwrap(), signature);
    }
}
