//! Servers of HTTP/2 without TLS that misbehave: each port in its own way.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::servers::{answer, raw};

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
const PADDED: u8 = 8;

const DNS: (&str, &str) = ("content-type", "application/dns-message");
/// Longer than any client here waits.
const LONG: Duration = Duration::from_secs(60);

/// Starts them all.
pub(super) fn start() {
    raw(9500, |stream| serve(stream, |query| whole("200", &[DNS], &answer(query))));
    raw(9501, |stream| serve(stream, |query| whole("404", &[DNS], &answer(query))));
    raw(9502, |stream| serve(stream, |query| whole("200", &[], &answer(query))));
    raw(9503, |stream| serve(stream, |query| whole("200", &[("content-type", "text/html")], &answer(query))));
    raw(9504, |stream| serve(stream, |_| whole("200", &[DNS], b"")));
    raw(9505, |stream| serve(stream, |_| frame(RST_STREAM, 0, 1, &[0, 0, 0, 2])));
    raw(9506, |stream| serve(stream, |_| frame(GOAWAY, 0, 0, &[0, 0, 0, 0, 0, 0, 0, 2])));
    raw(9507, |stream| serve(stream, in_pieces));
    raw(9508, |stream| {
        serve(stream, |query| {
            let body = answer(query);
            let length = body.len().to_string();
            [
                frame(HEADERS, END_HEADERS, 1, &fields(&[(":status", "200"), DNS, ("content-length", &length)])),
                frame(DATA, 0, 1, &body),
                frame(HEADERS, END_HEADERS | END_STREAM, 1, &fields(&[("trailer", "x")])),
            ]
            .concat()
        });
    });
    raw(9509, |stream| {
        serve(stream, |query| [half(query), frame(RST_STREAM, 0, 1, &[0, 0, 0, 2])].concat());
    });
    raw(9510, |stream| serve(stream, |query| whole("200", &[DNS], &[answer(query), vec![0; 60000]].concat())));
    raw(9511, |stream| {
        serve(stream, |query| whole("200", &[DNS, ("x-long", &"x".repeat(15000))], &answer(query)));
    });
    raw(9512, |stream| serve(stream, |_| Vec::new()));
    raw(9513, |stream| serve(stream, half));
    raw(9514, |stream| serve(stream, |query| whole("200", &[DNS, ("content-length", "5000")], &answer(query))));
    raw(9515, |stream| serve(stream, |query| whole("200", &[DNS, ("content-length", "10")], &answer(query))));
    raw(9516, |stream| {
        serve(stream, |query| whole("206", &[("content-type", "Application/dns-message; charset=x")], &answer(query)));
    });
    raw(9517, |stream| serve(stream, |query| whole("500", &[DNS], &answer(query))));
    raw(9518, |stream| serve(stream, |query| whole("301", &[DNS, ("location", "/x")], &answer(query))));
    raw(9519, |stream| serve(stream, |_| whole("200", &[DNS], b"12345678")));
    raw(9520, |stream| serve(stream, |query| whole("200", &[DNS], &[&[0, 0], &answer(query)[2..]].concat())));
    raw(9521, |stream| serve(stream, |_| b"\xff\xff\xff\0\0\0\0\0\x01".to_vec()));
    raw(9522, |stream| serve_slowly(stream, |query| whole("200", &[DNS], &answer(query))));
    // What dig does not take, and we do.
    raw(9540, |stream| {
        serve(stream, |query| {
            let head = frame(HEADERS, END_HEADERS, 1, &fields(&[(":status", "200"), DNS]));
            [head, frame(DATA, END_STREAM, 1, &answer(query))].concat()
        });
    });
    raw(9541, |stream| {
        serve(stream, |query| {
            let hint = frame(HEADERS, END_HEADERS, 1, &fields(&[(":status", "103"), ("link", "x")]));
            [hint, whole("200", &[DNS], &answer(query))].concat()
        });
    });
}

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut octets = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    octets.extend([kind, flags]);
    octets.extend(stream.to_be_bytes());
    octets.extend(payload);
    octets
}

#[expect(clippy::cast_possible_truncation, reason = "seven bits at a time")]
fn fields(fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in fields {
        block.push(0);
        for text in [name, value] {
            // An integer of seven bits and more (RFC 7541, section 5.1).
            let mut length = text.len();
            if length < 127 {
                block.push(length as u8);
            } else {
                block.push(127);
                length -= 127;
                while length > 0x7f {
                    block.push(0x80 | (length & 0x7f) as u8);
                    length >>= 7;
                }
                block.push(length as u8);
            }
            block.extend(text.as_bytes());
        }
    }
    block
}

/// A response with its length, unless the fields have one.
fn whole(status: &str, more: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let length = body.len().to_string();
    let mut all = vec![(":status", status)];
    all.extend(more);
    if !more.iter().any(|(name, _)| *name == "content-length") {
        all.push(("content-length", &length));
    }
    let mut octets = frame(HEADERS, END_HEADERS, 1, &fields(&all));
    for chunk in body.chunks(16000) {
        octets.extend(frame(DATA, 0, 1, chunk));
    }
    octets.extend(frame(DATA, END_STREAM, 1, b""));
    octets
}

/// The same in small and padded frames.
fn in_pieces(query: &[u8]) -> Vec<u8> {
    let body = answer(query);
    let length = body.len().to_string();
    let block = fields(&[(":status", "200"), DNS, ("content-length", &length)]);
    let mut octets = frame(HEADERS, PADDED, 1, &[&[4], &block[..5], &[0; 4]].concat());
    // More than eight are a flood to dig.
    for chunk in block[5..].chunks(20) {
        octets.extend(frame(CONTINUATION, 0, 1, chunk));
    }
    octets.extend(frame(CONTINUATION, END_HEADERS, 1, b""));
    for octet in body {
        octets.extend(frame(DATA, PADDED, 1, &[2, octet, 0, 0]));
    }
    octets.extend(frame(DATA, END_STREAM, 1, b""));
    octets
}

/// The beginning of a response.
fn half(query: &[u8]) -> Vec<u8> {
    let body = answer(query);
    let length = body.len().to_string();
    [
        frame(HEADERS, END_HEADERS, 1, &fields(&[(":status", "200"), DNS, ("content-length", &length)])),
        frame(DATA, 0, 1, &body[..10]),
    ]
    .concat()
}

fn serve(mut stream: TcpStream, respond: fn(&[u8]) -> Vec<u8>) {
    let query = query(&mut stream);
    let _ = stream.write_all(&respond(&query));
    wait_for_end(&mut stream);
}

/// Each octet in a write of its own.
fn serve_slowly(mut stream: TcpStream, respond: fn(&[u8]) -> Vec<u8>) {
    let _ = stream.set_nodelay(true);
    let query = query(&mut stream);
    for octet in respond(&query) {
        let _ = stream.write_all(&[octet]);
    }
    wait_for_end(&mut stream);
}

/// Greets, and reads a request by POST; its body.
fn query(stream: &mut TcpStream) -> Vec<u8> {
    let _ = stream.write_all(&frame(SETTINGS, 0, 0, &[]));
    let mut preface = [0; 24];
    let mut body = Vec::new();
    if stream.read_exact(&mut preface).is_err() {
        return body;
    }
    let mut header = [0; 9];
    while stream.read_exact(&mut header).is_ok() {
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
        let mut payload = vec![0; usize::try_from(length).unwrap()];
        if stream.read_exact(&mut payload).is_err() {
            break;
        }
        if header[3] == DATA {
            body.extend(payload);
            if header[4] & END_STREAM != 0 {
                break;
            }
        }
    }
    body
}

/// Reads until the client has gone, so that no reset overtakes what it has not read.
fn wait_for_end(stream: &mut TcpStream) {
    let _ = stream.set_read_timeout(Some(LONG));
    while matches!(stream.read(&mut [0; 4096]), Ok(length) if length > 0) {}
}
