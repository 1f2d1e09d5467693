//! Header fields as HTTP/2 (HPACK, RFC 7541) and HTTP/3 (QPACK, RFC 9204) write them, without a dynamic table.
//!
//! We allow the peer a table of no octets, so that every field stands where it is used.

use super::{Broken, huffman};

/// A field: its name and its value.
pub(super) type Field = (Vec<u8>, Vec<u8>);

/// The octets of a block that have not been read.
pub(super) struct Block<'a>(pub(super) &'a [u8]);

impl Block<'_> {
    pub(super) fn next_octet(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// An integer whose first octet is `first`, with so many bits in it (RFC 7541, section 5.1).
    pub(super) fn integer(&mut self, first: u8, bits: u32) -> Result<usize, Broken> {
        const ENDLESS: Broken = Broken("integer");
        let limit = (1_usize << bits) - 1;
        let mut value = usize::from(first) & limit;
        if value < limit {
            return Ok(value);
        }
        // Four octets are 28 bits: more than any block here has octets.
        for shift in [0, 7, 14, 21] {
            let octet = self.next_octet().ok_or(ENDLESS)?;
            value += (usize::from(octet) & 0x7f) << shift;
            if octet & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(ENDLESS)
    }

    /// A string whose first octet is `first`: a bit says whether it is coded, so many behind it begin its length.
    pub(super) fn string_from(&mut self, first: u8, bits: u32) -> Result<Vec<u8>, Broken> {
        let length = self.integer(first, bits)?;
        let (octets, rest) = self.0.split_at_checked(length).ok_or(Broken("string"))?;
        self.0 = rest;
        if first >> bits & 1 == 1 { huffman::decode(octets) } else { Ok(octets.to_vec()) }
    }

    pub(super) fn string(&mut self) -> Result<Vec<u8>, Broken> {
        let first = self.next_octet().ok_or(Broken("string"))?;
        self.string_from(first, 7)
    }
}

/// Writes an integer behind the bits that are set in `first`.
pub(super) fn push_integer(block: &mut Vec<u8>, first: u8, bits: u32, value: usize) {
    let limit = (1_usize << bits) - 1;
    if value < limit {
        block.push(first | u8::try_from(value).unwrap_or(u8::MAX));
        return;
    }
    block.push(first | u8::try_from(limit).unwrap_or(u8::MAX));
    let mut rest = value - limit;
    while rest >= 0x80 {
        block.push(0x80 | u8::try_from(rest & 0x7f).unwrap_or_default());
        rest >>= 7;
    }
    block.push(u8::try_from(rest).unwrap_or_default());
}

/// A block for HTTP/2: every field as a literal with its name, never to be remembered.
pub(super) fn hpack(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            push_integer(&mut block, 0, 7, text.len());
            block.extend_from_slice(text.as_bytes());
        }
    }
    block
}

/// Reads a block of HTTP/2.
///
/// # Errors
/// [`Broken`], also for what only a dynamic table could hold.
pub(super) fn read_hpack(octets: &[u8]) -> Result<Vec<Field>, Broken> {
    let mut block = Block(octets);
    let mut fields = Vec::new();
    while let Some(first) = block.next_octet() {
        match first {
            0x80.. => {
                let (name, value) = hpack_static(block.integer(first, 7)?)?;
                fields.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
            }
            // A new size of the table, which is none in any case.
            0x20..0x40 => {
                block.integer(first, 5)?;
            }
            _ => {
                let bits = if first >= 0x40 { 6 } else { 4 };
                let name = match block.integer(first, bits)? {
                    0 => block.string()?,
                    index => hpack_static(index)?.0.as_bytes().to_vec(),
                };
                fields.push((name, block.string()?));
            }
        }
    }
    Ok(fields)
}

fn hpack_static(index: usize) -> Result<(&'static str, &'static str), Broken> {
    index.checked_sub(1).and_then(|index| HPACK.get(index)).copied().ok_or(Broken("index of a field"))
}

/// RFC 7541, appendix A, from index 1 on.
const HPACK: [(&str, &str); 61] = [
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    (":status", "200"),
    (":status", "204"),
    (":status", "206"),
    (":status", "304"),
    (":status", "400"),
    (":status", "404"),
    (":status", "500"),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    ("accept-language", ""),
    ("accept-ranges", ""),
    ("accept", ""),
    ("access-control-allow-origin", ""),
    ("age", ""),
    ("allow", ""),
    ("authorization", ""),
    ("cache-control", ""),
    ("content-disposition", ""),
    ("content-encoding", ""),
    ("content-language", ""),
    ("content-length", ""),
    ("content-location", ""),
    ("content-range", ""),
    ("content-type", ""),
    ("cookie", ""),
    ("date", ""),
    ("etag", ""),
    ("expect", ""),
    ("expires", ""),
    ("from", ""),
    ("host", ""),
    ("if-match", ""),
    ("if-modified-since", ""),
    ("if-none-match", ""),
    ("if-range", ""),
    ("if-unmodified-since", ""),
    ("last-modified", ""),
    ("link", ""),
    ("location", ""),
    ("max-forwards", ""),
    ("proxy-authenticate", ""),
    ("proxy-authorization", ""),
    ("range", ""),
    ("referer", ""),
    ("refresh", ""),
    ("retry-after", ""),
    ("server", ""),
    ("set-cookie", ""),
    ("strict-transport-security", ""),
    ("transfer-encoding", ""),
    ("user-agent", ""),
    ("vary", ""),
    ("via", ""),
    ("www-authenticate", ""),
];

/// A block for HTTP/3: every field as a literal with its name (RFC 9204, section 4.5.6).
pub(super) fn qpack(fields: &[(&str, &str)]) -> Vec<u8> {
    // No dynamic table is needed to read it.
    let mut block = vec![0, 0];
    for (name, value) in fields {
        push_integer(&mut block, 0x20, 3, name.len());
        block.extend_from_slice(name.as_bytes());
        push_integer(&mut block, 0, 7, value.len());
        block.extend_from_slice(value.as_bytes());
    }
    block
}

/// Reads a block of HTTP/3. Static names that have nothing to do with DNS come out empty.
///
/// # Errors
/// [`Broken`], also for what only a dynamic table could hold.
pub(super) fn read_qpack(octets: &[u8]) -> Result<Vec<Field>, Broken> {
    const DYNAMIC: Broken = Broken("field of a dynamic table");
    let mut block = Block(octets);
    let required = block.next_octet().ok_or(Broken("field section"))?;
    if block.integer(required, 8)? != 0 {
        return Err(DYNAMIC);
    }
    let base = block.next_octet().ok_or(Broken("field section"))?;
    block.integer(base, 7)?;
    let mut fields = Vec::new();
    while let Some(first) = block.next_octet() {
        match first {
            // Indexed, static.
            0xc0.. => {
                let (name, value) = qpack_static(block.integer(first, 6)?);
                fields.push((name.as_bytes().to_vec(), value.as_bytes().to_vec()));
            }
            // A literal with a name of the static table.
            0x40..0x80 if first & 0x10 != 0 => {
                let (name, _) = qpack_static(block.integer(first, 4)?);
                fields.push((name.as_bytes().to_vec(), block.string()?));
            }
            // A literal with its name.
            0x20..0x40 => {
                let name = block.string_from(first, 3)?;
                fields.push((name, block.string()?));
            }
            _ => return Err(DYNAMIC),
        }
    }
    Ok(fields)
}

/// RFC 9204, appendix A: what says how a request for a message went.
fn qpack_static(index: usize) -> (&'static str, &'static str) {
    match index {
        4 => ("content-length", "0"),
        24 => (":status", "103"),
        25 => (":status", "200"),
        26 => (":status", "304"),
        27 => (":status", "404"),
        28 => (":status", "503"),
        44 => ("content-type", "application/dns-message"),
        45..=54 => ("content-type", "of something else"),
        63 => (":status", "100"),
        64 => (":status", "204"),
        65 => (":status", "206"),
        66 => (":status", "302"),
        67 => (":status", "400"),
        68 => (":status", "403"),
        69 => (":status", "421"),
        70 => (":status", "425"),
        71 => (":status", "500"),
        _ => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(hex: &str) -> Vec<u8> {
        sockeye_common::hex::decode(hex).unwrap()
    }

    fn texts(fields: Vec<Field>) -> Vec<(String, String)> {
        let text = |octets| String::from_utf8(octets).unwrap();
        fields.into_iter().map(|(name, value)| (text(name), text(value))).collect()
    }

    fn expected(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn integers() {
        for (source, bits, value, hex) in [
            ("RFC 7541 C.1.1", 5, 10, "0a"),
            ("RFC 7541 C.1.2", 5, 1337, "1f9a0a"),
            ("RFC 7541 C.1.3", 8, 42, "2a"),
            ("the limit itself", 5, 31, "1f00"),
        ] {
            let octets = block(hex);
            let mut written = Vec::new();
            push_integer(&mut written, 0, bits, value);
            assert_eq!(written, octets, "{source}");
            assert_eq!(Block(&octets[1..]).integer(octets[0], bits).unwrap(), value, "{source}");
        }
        assert!(Block(&[0xff; 40]).integer(0x1f, 5).is_err());
    }

    #[test]
    fn hpack_vectors() {
        for (source, hex, fields) in [
            (
                "RFC 7541 C.4.1",
                "828684418cf1e3c2e5f23a6ba0ab90f4ff",
                &[(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")][..],
            ),
            (
                "RFC 7541 C.2.1",
                "400a637573746f6d2d6b65790d637573746f6d2d686561646572",
                &[("custom-key", "custom-header")],
            ),
            ("RFC 7541 C.2.2", "040c2f73616d706c652f70617468", &[(":path", "/sample/path")]),
            ("RFC 7541 C.2.3", "100870617373776f726406736563726574", &[("password", "secret")]),
            (
                "RFC 7541 C.6.1, its first field",
                "488264025885aec3771a4b",
                &[(":status", "302"), ("cache-control", "private")],
            ),
            ("a size update in front", "2088", &[(":status", "200")]),
        ] {
            assert_eq!(texts(read_hpack(&block(hex)).unwrap()), expected(fields), "{source}");
        }
        for hex in ["80", "be", "ff", "40", "4001", "400161", "3f"] {
            assert!(read_hpack(&block(hex)).is_err(), "{hex}");
        }
    }

    #[test]
    fn qpack_vectors() {
        for (source, hex, fields) in [
            ("RFC 9204 B.1", "0000510b2f696e6465782e68746d6c", &[("", "/index.html")][..]),
            ("appendix A", "0000d9ec", &[(":status", "200"), ("content-type", "application/dns-message")]),
            ("appendix A, 63 and more", "0000ff00ff08", &[(":status", "100"), (":status", "500")]),
        ] {
            assert_eq!(texts(read_qpack(&block(hex)).unwrap()), expected(fields), "{source}");
        }
        // With a dynamic table, or cut off.
        for hex in ["", "00", "0100", "000080", "000040", "000010", "00002f", "00005402"] {
            assert!(read_qpack(&block(hex)).is_err(), "{hex}");
        }
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(fields in prop::collection::vec(("[a-z-]{1,300}", "[ -~]{0,300}"), 0..5)) {
            let written: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            prop_assert_eq!(texts(read_hpack(&hpack(&written)).unwrap()), fields.clone());
            prop_assert_eq!(texts(read_qpack(&qpack(&written)).unwrap()), fields);
        }

        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read_hpack(&octets);
            let _ = read_qpack(&octets);
        }
    }
}
