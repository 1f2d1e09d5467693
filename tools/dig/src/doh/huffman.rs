//! The Huffman code of header fields (RFC 7541, appendix B), the same in HTTP/2 and HTTP/3.

use super::Broken;

/// How many bits a code has, and the octets whose codes have so many. The code is canonical: from the shortest to the
/// longest, and in the order of the octets, each code is the next number.
const CODES: &[(u8, &[u8])] = &[
    (5, b"012aceiost"),
    (6, b" %-./3456789=A_bdfghlmnpru"),
    (7, b":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
    (8, b"&*,;XZ"),
    (10, b"!\"()?"),
    (11, b"'+|"),
    (12, b"#>"),
    (13, b"\0$@[]~"),
    (14, b"^}"),
    (15, b"<`{"),
    (19, b"\\\xc3\xd0"),
    (20, b"\x80\x82\x83\xa2\xb8\xc2\xe0\xe2"),
    (21, b"\x99\xa1\xa7\xac\xb0\xb1\xb3\xd1\xd8\xd9\xe3\xe5\xe6"),
    (22, b"\x81\x84\x85\x86\x88\x92\x9a\x9c\xa0\xa3\xa4\xa9\xaa\xad\xb2\xb5\xb9\xba\xbb\xbd\xbe\xc4\xc6\xe4\xe8\xe9"),
    (23, b"\x01\x87\x89\x8a\x8b\x8c\x8d\x8f\x93\x95\x96\x97\x98\x9b\x9d\x9e\xa5\xa6\xa8\xae\xaf\xb4\xb6\xb7\xbc\xbf\xc5\xe7\xef"),
    (24, b"\t\x8e\x90\x91\x94\x9f\xab\xce\xd7\xe1\xec\xed"),
    (25, b"\xc7\xcf\xea\xeb"),
    (26, b"\xc0\xc1\xc8\xc9\xca\xcd\xd2\xd5\xda\xdb\xee\xf0\xf2\xf3\xff"),
    (27, b"\xcb\xcc\xd3\xd4\xd6\xdd\xde\xdf\xf1\xf4\xf5\xf6\xf7\xf8\xfa\xfb\xfc\xfd\xfe"),
    (28, b"\x02\x03\x04\x05\x06\x07\x08\x0b\x0c\x0e\x0f\x10\x11\x12\x13\x14\x15\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f\x7f\xdc\xf9"),
    (30, b"\n\r\x16"),
];

/// The octets behind a Huffman code.
///
/// # Errors
/// [`Broken`] if it has the end symbol in it, or ends in anything but the first bits of that (RFC 7541, section 5.2).
pub(super) fn decode(coded: &[u8]) -> Result<Vec<u8>, Broken> {
    let mut octets = Vec::with_capacity(coded.len().saturating_mul(8) / 5);
    let mut code = Code::default();
    let mut padding_is_ones = true;
    for bit in coded.iter().flat_map(|octet| (0..8).rev().map(move |shift| octet >> shift & 1)) {
        padding_is_ones &= bit == 1;
        if let Some(octet) = code.push(bit)? {
            octets.push(octet);
            code = Code::default();
            padding_is_ones = true;
        }
    }
    if code.length < 8 && padding_is_ones { Ok(octets) } else { Err(Broken("Huffman padding")) }
}

/// The bits since the last octet, and the first code of the length that they have.
#[derive(Default)]
struct Code {
    bits: u32,
    length: u8,
    first: u32,
    /// Which row of [`CODES`] has the next length.
    row: usize,
}

impl Code {
    fn push(&mut self, bit: u8) -> Result<Option<u8>, Broken> {
        self.bits = self.bits << 1 | u32::from(bit);
        self.first <<= 1;
        self.length += 1;
        let Some((length, octets)) = CODES.get(self.row) else { return Err(Broken("Huffman code")) };
        if *length != self.length {
            return Ok(None);
        }
        self.row += 1;
        let index = self.bits.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
        if let Some(octet) = index.and_then(|index| octets.get(index)) {
            return Ok(Some(*octet));
        }
        self.first = self.first.saturating_add(u32::try_from(octets.len()).unwrap_or(u32::MAX));
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors() {
        for (source, hex, text) in [
            ("RFC 7541 C.4.1", "f1e3c2e5f23a6ba0ab90f4ff", "www.example.com"),
            ("RFC 7541 C.4.2", "a8eb10649cbf", "no-cache"),
            ("RFC 7541 C.4.3", "25a849e95bb8e8b4bf", "custom-value"),
            ("RFC 7541 C.6.1", "6402", "302"),
            ("RFC 7541 C.6.1", "d07abe941054d444a8200595040b8166e082a62d1bff", "Mon, 21 Oct 2013 20:13:21 GMT"),
            ("RFC 7541 C.6.1", "9d29ad171863c78f0b97c8e9ae82ae43d3", "https://www.example.com"),
            ("nothing", "", ""),
        ] {
            let coded = sockeye_common::hex::decode(hex).unwrap();
            assert_eq!(decode(&coded).unwrap(), text.as_bytes(), "{source}");
        }
    }

    #[test]
    fn wrong_ends() {
        // Eight bits of padding, padding of zeros, the end symbol.
        for coded in [&b"\xff"[..], b"\x10", b"\xff\xff\xff\xff", b"\xff\xff\xff\xfc"] {
            assert!(decode(coded).is_err(), "{coded:?}");
        }
    }

    #[test]
    fn every_octet_has_one_code() {
        let mut octets: Vec<u8> = CODES.iter().flat_map(|(_, octets)| octets.iter().copied()).collect();
        octets.sort_unstable();
        assert_eq!(octets, (0..=255).collect::<Vec<u8>>());
        // With the end symbol's 30 bits the code is complete (Kraft).
        let sum: u64 = CODES.iter().map(|(length, octets)| (octets.len() as u64) << (30 - length)).sum();
        assert_eq!(sum + 1, 1 << 30);
    }
}
