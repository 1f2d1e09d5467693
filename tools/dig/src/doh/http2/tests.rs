use proptest::prelude::*;

use super::*;
use crate::doh::Refused;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let mut octets = u32::try_from(payload.len()).unwrap().to_be_bytes()[1..].to_vec();
    octets.extend([kind, flags]);
    octets.extend(stream.to_be_bytes());
    octets.extend(payload);
    octets
}

fn hello() -> Vec<u8> {
    frame(SETTINGS, 0, 0, &[])
}

fn ok_fields() -> Vec<u8> {
    fields::hpack(&[(":status", "200"), ("content-type", "application/dns-message")])
}

fn asked(query: &[u8], get: bool) -> Client {
    let mut client = Client::new();
    client.request(&Request::new(query, true, get, "ns.test:443", "/dns-query"));
    client
}

/// The frames of our output, behind the preface.
fn sent(output: &[u8]) -> Vec<(u8, u8, u32, Vec<u8>)> {
    let mut rest = output.strip_prefix(PREFACE).unwrap_or(output);
    let mut frames = Vec::new();
    while let Some((frame, more)) = Frame::parse(rest).unwrap() {
        frames.push((frame.kind, frame.flags, frame.stream, frame.payload.to_vec()));
        rest = more;
    }
    assert!(rest.is_empty());
    frames
}

/// Gives the octets to a client that has asked.
fn answered(octets: &[Vec<u8>]) -> Result<Option<Response>, Broken> {
    let mut client = asked(b"query", false);
    client.receive(&octets.concat())?;
    Ok(client.take_response())
}

#[test]
fn a_post_goes_out() {
    let mut client = asked(b"query", false);
    let output = client.take_output();
    assert!(output.starts_with(PREFACE));
    let frames = sent(&output);
    let kinds: Vec<_> = frames.iter().map(|(kind, flags, stream, _)| (*kind, *flags, *stream)).collect();
    assert_eq!(kinds, [(SETTINGS, 0, 0), (HEADERS, END_HEADERS, 1), (DATA, END_STREAM, 1)]);
    assert_eq!(frames[0].3, [0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0]);
    let fields = fields::read_hpack(&frames[1].3).unwrap();
    let has = |name: &str, value: &str| fields.contains(&(name.into(), value.into()));
    assert!(has(":method", "POST") && has(":scheme", "https") && has(":authority", "ns.test:443"));
    assert!(has(":path", "/dns-query") && has("content-type", "application/dns-message") && has("content-length", "5"));
    assert_eq!(frames[2].3, b"query");
}

#[test]
fn a_get_goes_out() {
    // RFC 8484, section 4.1.1, with the id of a query of ours.
    let query =
        sockeye_common::hex::decode("00000100000100000000000003777777076578616d706c6503636f6d0000010001").unwrap();
    let frames = sent(&asked(&query, true).take_output());
    assert_eq!((frames.len(), frames[1].1), (2, END_HEADERS | END_STREAM));
    let fields = fields::read_hpack(&frames[1].3).unwrap();
    let path = "/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB";
    assert!(fields.contains(&(b":path".to_vec(), path.as_bytes().to_vec())));
    assert!(!fields.iter().any(|(name, _)| name == b"content-type"));
}

#[test]
fn a_long_query_is_cut_into_frames() {
    // The fields of a GET go on in CONTINUATION, the body of a POST in DATA.
    let get = sent(&asked(&vec![0; 40000], true).take_output());
    let kinds: Vec<_> = get.iter().map(|(kind, flags, ..)| (*kind, *flags)).collect();
    assert_eq!(kinds[1..], [(HEADERS, END_STREAM), (CONTINUATION, 0), (CONTINUATION, 0), (CONTINUATION, END_HEADERS)]);
    let post = sent(&asked(&vec![0; 40000], false).take_output());
    let lengths: Vec<_> = post[2..].iter().map(|frame| (frame.1, frame.3.len())).collect();
    assert_eq!(lengths, [(0, MAX_PAYLOAD), (0, MAX_PAYLOAD), (END_STREAM, 40000 - 2 * MAX_PAYLOAD)]);
}

#[test]
fn the_window_is_kept() {
    let mut client = asked(&vec![7; 65535], false);
    client.receive(&hello()).unwrap();
    client.take_output();
    // Nothing is left of the connection's window; the stream has one of its own.
    client.request(&Request::new(b"abcdef", true, false, "a", "/"));
    assert_eq!(sent(&client.take_output()).len(), 1);
    client.receive(&frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 4])).unwrap();
    assert_eq!(sent(&client.take_output()), [(DATA, 0, 3, b"abcd".to_vec())]);
    client.receive(&frame(WINDOW_UPDATE, 0, 0, &[0, 0, 0, 9])).unwrap();
    assert_eq!(sent(&client.take_output()), [(DATA, END_STREAM, 3, b"ef".to_vec())]);
    // Settings that leave a stream less than it has sent, and give it back.
    client.receive(&frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0])).unwrap();
    client.request(&Request::new(b"x", true, false, "a", "/"));
    client.take_output();
    client.receive(&frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 1])).unwrap();
    assert_eq!(sent(&client.take_output())[1], (DATA, END_STREAM, 5, b"x".to_vec()));
}

#[test]
fn an_answer_comes_whole() {
    let octets = [
        hello(),
        frame(SETTINGS, ACK, 0, &[]),
        frame(HEADERS, END_HEADERS, 1, &fields::hpack(&[(":status", "103")])),
        frame(0xee, 0xff, 1, b"of a kind that nobody knows"),
        frame(PING, 0, 0, b"12345678"),
        frame(HEADERS, PADDED | PRIORITY, 1, &[&[3][..], &[0; 5], &ok_fields()[..9], &[0; 3]].concat()),
        frame(CONTINUATION, END_HEADERS, 1, &ok_fields()[9..]),
        frame(DATA, PADDED, 1, b"\x02messxx"),
        frame(DATA, 0, 9, b"another stream"),
        frame(DATA, 0, 1, b"age"),
        frame(HEADERS, END_HEADERS | END_STREAM, 1, &fields::hpack(&[("trailer", "x")])),
    ]
    .concat();
    // All at once, and octet by octet.
    for size in [octets.len(), 1] {
        let mut client = asked(b"query", false);
        client.take_output();
        let mut output = Vec::new();
        for chunk in octets.chunks(size) {
            assert_eq!(client.take_response(), None);
            client.receive(chunk).unwrap();
            output.extend(client.take_output());
        }
        assert_eq!(client.take_response().unwrap().message().unwrap(), b"message");
        let frames = sent(&output);
        assert!(frames.contains(&(SETTINGS, ACK, 0, Vec::new())));
        assert!(frames.contains(&(PING, ACK, 0, b"12345678".to_vec())));
        let windows = frames.iter().filter(|frame| frame.0 == WINDOW_UPDATE && frame.2 == 0);
        let given: u32 = windows.map(|frame| u32::from_be_bytes(frame.3[..].try_into().unwrap())).sum();
        assert_eq!(given, 7 + 14 + 3);
    }
}

#[test]
fn what_a_response_is_worth() {
    let message = |fields: &[(&str, &str)], body: &[u8]| {
        let block = fields::hpack(fields);
        let octets = [hello(), frame(HEADERS, END_HEADERS, 1, &block), frame(DATA, END_STREAM, 1, body)];
        answered(&octets).unwrap().unwrap().message()
    };
    let dns = ("content-type", "application/dns-message");
    for (fields, expected) in [
        (&[(":status", "200"), dns][..], Ok(b"body".to_vec())),
        (&[(":status", "200")], Ok(b"body".to_vec())),
        (&[(":status", "203"), ("content-type", "Application/DNS-Message; x=y")], Ok(b"body".to_vec())),
        (&[(":status", "200"), ("content-type", "text/html")], Ok(Vec::new())),
        (&[(":status", "200"), dns, ("content-length", "2")], Ok(b"bo".to_vec())),
        (&[(":status", "200"), dns, ("content-length", "99")], Ok(b"body".to_vec())),
        (&[(":status", "404"), dns], Err(Refused { status: Some(404) })),
        (&[(":status", "301"), dns], Err(Refused { status: Some(301) })),
    ] {
        assert_eq!(message(fields, b"body"), expected, "{fields:?}");
    }
    let reset = answered(&[hello(), frame(RST_STREAM, 0, 1, &[0, 0, 0, 7])]).unwrap().unwrap();
    assert_eq!(reset.message(), Err(Refused { status: None }));
}

#[test]
fn what_is_not_http() {
    let fields = ok_fields();
    let head = || frame(HEADERS, END_HEADERS, 1, &fields);
    for (name, octets) in [
        ("an older HTTP", vec![b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n".to_vec()]),
        ("no greeting", vec![head()]),
        ("a frame too long", vec![hello(), b"\0\x40\x01\0\0\0\0\0\x01".to_vec()]),
        ("a body before the status", vec![hello(), frame(DATA, 0, 1, b"x")]),
        ("a body too long", [vec![hello(), head()], vec![frame(DATA, 0, 1, &vec![0; 16000]); 5]].concat()),
        (
            "fields without end",
            [vec![hello(), frame(HEADERS, 0, 1, b"")], vec![frame(CONTINUATION, 0, 1, &vec![0; 16384]); 17]].concat(),
        ),
        ("a flood", [vec![hello(), frame(HEADERS, 0, 1, &fields)], vec![frame(CONTINUATION, 0, 1, b""); 9]].concat()),
        ("fields that do not go on", vec![hello(), frame(HEADERS, 0, 1, &fields), frame(DATA, 0, 1, b"")]),
        ("a continuation of nothing", vec![hello(), frame(CONTINUATION, END_HEADERS, 1, &fields)]),
        ("no status", vec![hello(), frame(HEADERS, END_HEADERS, 1, &fields::hpack(&[("a", "b")]))]),
        ("a promise", vec![hello(), frame(PUSH_PROMISE, END_HEADERS, 1, &[0; 4])]),
        ("broken settings", vec![frame(SETTINGS, 0, 0, &[0; 5])]),
        ("padding only", vec![hello(), head(), frame(DATA, PADDED, 1, b"\x09x")]),
        ("a short ping", vec![hello(), frame(PING, 0, 0, b"1")]),
        ("a short goodbye", vec![hello(), frame(GOAWAY, 0, 0, &[0; 3])]),
    ] {
        assert!(answered(&octets).is_err(), "{name}");
    }
    let left_out = answered(&[hello(), frame(GOAWAY, 0, 0, &[0; 8])]).unwrap().unwrap();
    assert_eq!(left_out.message(), Err(Refused { status: None }));
    // Served before the server goes away.
    let goodbye = [hello(), frame(GOAWAY, 0, 0, &[0, 0, 0, 1, 0, 0, 0, 0]), head(), frame(DATA, END_STREAM, 1, b"x")];
    assert_eq!(answered(&goodbye).unwrap().unwrap().message().unwrap(), b"x");
}

proptest! {
    #[test]
    fn nothing_panics(frames in prop::collection::vec((0..12_u8, any::<u8>(), 0..4_u32, prop::collection::vec(any::<u8>(), 0..40)), 0..20)) {
        let mut client = asked(b"query", false);
        client.receive(&hello()).unwrap();
        for (kind, flags, stream, payload) in frames {
            if client.receive(&frame(kind, flags, stream, &payload)).is_err() {
                break;
            }
        }
        let _ = client.take_response();
    }
}
