//! Compressed captures: no octets panic the unpacking, and it ends the same way however it is read. In front of damage more
//! may come out if less is read at once.
#![no_main]

use std::io::Read;

use libfuzzer_sys::fuzz_target;
use sockeye_capture::Unpacked;

/// Small data may unpack to very much; more than this is not asked for.
const LIMIT: u64 = 1 << 20;

fn unpacked(stream: impl Read) -> (Vec<u8>, Option<String>) {
    let mut out = Vec::new();
    let fault = Unpacked::new(stream).take(LIMIT).read_to_end(&mut out).err();
    (out, fault.map(|fault| fault.to_string()))
}

/// Gives one octet at a time.
struct Trickle<'a>(&'a [u8]);

impl Read for Trickle<'_> {
    fn read(&mut self, space: &mut [u8]) -> std::io::Result<usize> {
        let len = space.len().min(1);
        self.0.read(&mut space[..len])
    }
}

fuzz_target!(|octets: &[u8]| {
    let (at_once, fault) = unpacked(octets);
    let (bit_by_bit, same_fault) = unpacked(Trickle(octets));
    assert_eq!(fault, same_fault);
    assert!(bit_by_bit.starts_with(&at_once) && (fault.is_some() || at_once.len() == bit_by_bit.len()));
});
