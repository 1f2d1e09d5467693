//! HTTP/3 (RFC 9114), the client's side of one request: octets for the streams of QUIC, and what comes back.

use super::{Broken, Request, Response, fields};

/// The longest response that is taken, in octets: a message, and fields around it.
pub const MAX_RESPONSE: usize = 512 * 1024;

const DATA: u64 = 0;
const HEADERS: u64 = 1;
const SETTINGS: u64 = 4;
/// The type of the stream that begins with our settings.
const CONTROL_STREAM: u64 = 0;

/// What our control stream begins with: no settings, so no dynamic table (RFC 9204, section 5).
pub fn control() -> Vec<u8> {
    let mut octets = Vec::new();
    for value in [CONTROL_STREAM, SETTINGS, 0] {
        push_varint(&mut octets, value);
    }
    octets
}

/// What the stream of a request has in it.
pub fn request(request: &Request) -> Vec<u8> {
    let mut octets = Vec::new();
    push_frame(&mut octets, HEADERS, &fields::qpack(&request.fields()));
    if !request.body.is_empty() {
        push_frame(&mut octets, DATA, &request.body);
    }
    octets
}

/// Reads what the server has sent on the stream of the request, all of it.
///
/// # Errors
/// [`Broken`] if it is not what HTTP/3 allows.
pub fn response(octets: &[u8]) -> Result<Response, Broken> {
    let mut response = Response::default();
    let mut rest = octets;
    while !rest.is_empty() {
        let kind = varint(&mut rest)?;
        let length = usize::try_from(varint(&mut rest)?).map_err(|_| Broken("frame: too long"))?;
        let (payload, more) = rest.split_at_checked(length).ok_or(Broken("frame: cut off"))?;
        rest = more;
        match kind {
            HEADERS => response.take_fields(&fields::read_qpack(payload)?)?,
            DATA if response.status.is_none() => return Err(Broken("DATA: before the status")),
            DATA => response.take_body(payload)?,
            // Nobody promises us anything on this stream, and the rest is reserved (section 7.2.8).
            _ => {}
        }
    }
    Ok(response)
}

fn push_frame(octets: &mut Vec<u8>, kind: u64, payload: &[u8]) {
    push_varint(octets, kind);
    push_varint(octets, u64::try_from(payload.len()).unwrap_or(u64::MAX));
    octets.extend_from_slice(payload);
}

/// Writes an integer as QUIC does (RFC 9000, section 16), in four octets at most.
fn push_varint(octets: &mut Vec<u8>, value: u64) {
    match u32::try_from(value).unwrap_or(u32::MAX) {
        small @ ..0x40 => octets.extend(small.to_be_bytes().iter().skip(3)),
        middle @ ..0x4000 => octets.extend((0x4000 | middle).to_be_bytes().iter().skip(2)),
        large => octets.extend((0x8000_0000 | large).to_be_bytes()),
    }
}

fn varint(rest: &mut &[u8]) -> Result<u64, Broken> {
    const CUT: Broken = Broken("integer: cut off");
    let (first, more) = rest.split_first().ok_or(CUT)?;
    // The first two bits say how many octets follow: none, one, three or seven.
    let following = (1_usize << (first >> 6)) - 1;
    let (octets, more) = more.split_at_checked(following).ok_or(CUT)?;
    *rest = more;
    Ok(octets.iter().fold(u64::from(first & 0x3f), |value, octet| value << 8 | u64::from(*octet)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn varints() {
        // RFC 9000, appendix A.1.
        for (hex, value) in [
            ("c2197c5eff14e88c", 151_288_809_941_952_652),
            ("9d7f3e7d", 494_878_333),
            ("7bbd", 15293),
            ("25", 37),
            ("4025", 37),
        ] {
            let octets = sockeye_common::hex::decode(hex).unwrap();
            assert_eq!(varint(&mut octets.as_slice()), Ok(value), "{hex}");
            assert!(varint(&mut &octets[..octets.len() - 1]).is_err(), "{hex}");
        }
        for value in [0, 63, 64, 16383, 16384, 0x3fff_ffff] {
            let mut octets = Vec::new();
            push_varint(&mut octets, value);
            assert_eq!(varint(&mut octets.as_slice()), Ok(value));
        }
    }

    #[test]
    fn a_response_and_what_may_be_around_it() {
        let mut octets = Vec::new();
        // A reserved frame, an interim response, the response, its body in two, trailers.
        push_frame(&mut octets, 0x21, b"grease");
        push_frame(&mut octets, HEADERS, &fields::qpack(&[(":status", "103")]));
        push_frame(
            &mut octets,
            HEADERS,
            &fields::qpack(&[(":status", "200"), ("content-type", "application/dns-message")]),
        );
        push_frame(&mut octets, DATA, b"mess");
        push_frame(&mut octets, DATA, b"age");
        push_frame(&mut octets, HEADERS, &fields::qpack(&[("x", "y")]));
        assert_eq!(response(&octets).unwrap().message().unwrap(), b"message");
        assert_eq!(response(b"").unwrap().message().unwrap_err().status, None);
        let mut early = Vec::new();
        push_frame(&mut early, DATA, b"x");
        assert_eq!(response(&early), Err(Broken("DATA: before the status")));
        let mut long = Vec::new();
        push_frame(&mut long, HEADERS, &fields::qpack(&[(":status", "200")]));
        push_frame(&mut long, DATA, &vec![0; 65536]);
        assert!(response(&long).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(octets in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = response(&octets);
        }
    }
}
