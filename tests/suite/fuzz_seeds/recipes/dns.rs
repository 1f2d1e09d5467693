//! Messages of DNS, and what carries them.

use sockeye_common::hex;
use sockeye_dig::registry::Type;

use super::{Seeds, file, framed, octets, texts};

/// DNS messages: those of the tests, and one for each rdata and each EDNS option of the vectors.
pub(super) fn messages() -> Seeds {
    const HEADER: &[u8] = b"\x12\x34\x85\x80\0\x01\0\x01\0\0\0\0\x01a\x04test\0\0\xff\0\x01";
    let places = ["tools/dig/src", "tests/suite/dig.rs", "tests/suite/dig_wire.rs", "tests/netns/dig"];
    let mut all: Seeds = octets(&places).into_iter().filter(|octets| octets.len() >= 12).collect();
    all.extend(rdata().into_iter().map(|(rtype, class, rdata)| {
        let fixed = [rtype.to_be_bytes(), class.to_be_bytes(), [0, 0], [14, 16]].concat();
        [HEADER, b"\xc0\x0c", &fixed, &framed(&rdata)].concat()
    }));
    for line in file("tests/vectors/dns/edns-options.txt").lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<&str> = line.split(' ').collect();
        let [code, _, data] = words[..] else { continue };
        let option =
            [&code.parse::<u16>().unwrap().to_be_bytes()[..], &framed(&hex::decode(data).unwrap_or_default())].concat();
        let mut octets = [HEADER, b"\0\0\x29\x04\xd0\0\0\x80\0", &framed(&option)].concat();
        octets[7] = 0;
        octets[11] = 1;
        all.push(octets);
    }
    all
}

/// Type, class and octets of the vectors.
fn rdata() -> Vec<(u16, u16, Vec<u8>)> {
    let text = file("tests/vectors/dns/rdata.txt") + &file("tests/vectors/dns/rdata-odd.txt");
    let rows = text.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let rtype: Type = words.next()?.parse().ok()?;
        Some((rtype.0, words.next()?.parse().ok()?, hex::decode(words.next()?).ok()?))
    });
    rows.collect()
}

pub(super) fn rdata_text() -> Seeds {
    let mut all = Vec::new();
    for (rtype, class, rdata) in rdata() {
        let [high, low] = rtype.to_be_bytes();
        let class = u8::from(class == 3);
        for switches in [0, 1, 2, 7, 8, 16, 32, 64] {
            all.push([&[high, low, class, switches, 44], rdata.as_slice()].concat());
        }
    }
    all
}

/// What is asked by the first octet of `answers`, modulo eight.
const ASKED: [u8; 8] = [1, 28, 6, 252, 251, 255, 2, 48];

pub(super) fn answers() -> Seeds {
    // To the question that is asked.
    let to = |how: u8, mut message: Vec<u8>| {
        if let Some(qtype) = message.get_mut(21).filter(|qtype| **qtype == 255) {
            *qtype = ASKED[usize::from(how & 7)];
        }
        framed(&message)
    };
    let messages: Seeds = messages().into_iter().filter(|message| message.len() < 600).collect();
    let hows = (0..=255).cycle().zip([0, 1, 0, 4].into_iter().cycle());
    // Not all of them, for none of those below may be one too many.
    let mut all: Seeds = messages
        .iter()
        .step_by(4)
        .zip(hows)
        .map(|(message, (how, more))| [&[how, more], to(how, message.clone()).as_slice()].concat())
        .collect();
    // Transfers have several.
    for (how, group) in [3, 4, 11, 12].into_iter().cycle().zip(messages.chunks(9)) {
        all.push([vec![how, 0], group.iter().flat_map(|message| to(how, message.clone())).collect()].concat());
    }
    all.extend(transfers());
    all.extend(denials());
    all.extend(negotiations());
    all
}

/// The answer to a question for a.test: its header behind the id, and its records by section.
fn answer(header: [u8; 2], qtype: u8, sections: [&[Vec<u8>]; 3]) -> Vec<u8> {
    let counts = sections.map(|section| [0, u8::try_from(section.len()).unwrap()]).concat();
    let question = [b"\x01a\x04test\0\0".as_slice(), &[qtype, 0, 1]].concat();
    let records: Vec<u8> = sections.concat().concat();
    [b"\x12\x34".as_slice(), &header, b"\0\x01", &counts, &question, &records].concat()
}

/// A whole zone, its differences, one that has not changed, and one whose second message is somebody else's.
fn transfers() -> Seeds {
    let soa = |serial: u8| record(b"\xc0\x0c", 6, &[b"\0\0\0\0\0".as_slice(), &[serial], &[0; 16]].concat());
    let address = |last: u8| record(b"\xc0\x0c", 1, &[192, 0, 2, last]);
    let message = |qtype: u8, records: &[Vec<u8>]| framed(&answer([0x84, 0], qtype, [records, &[], &[]]));
    let differences = [soa(3), soa(1), address(1), soa(2), address(2), soa(2), address(2), soa(3), address(3), soa(3)];
    let (one, two) = differences.split_at(4);
    let mut strange = message(252, &[address(2), soa(3)]);
    strange[2] ^= 1;
    [
        [vec![11, 0], message(252, &[soa(3), address(1)]), message(252, &[address(2), soa(3)])].concat(),
        [vec![11, 0], message(252, &[soa(3), address(1)]), strange].concat(),
        [vec![12, 0], message(251, &differences)].concat(),
        [vec![12, 0], message(251, one), message(251, two)].concat(),
        [vec![12, 4], message(251, &[soa(1)])].concat(),
        [vec![4, 0], message(251, &[soa(3), address(1), soa(3)])].concat(),
    ]
    .to_vec()
}

/// Proofs that there is no a.test, and no such type there: by hashes (RFC 5155) and by names (RFC 4034 section 4).
fn denials() -> Seeds {
    // SHA-1 without salt and once.
    const OF_A: &[u8] = b"egsha6ge3ji35edojbk05a41a4e2jkr9";
    const OF_TEST: &[u8] = b"5u2i2h5co0ebb4r9hipbku7pea6ggpsv";
    let nsec3 = |owner: &[u8], types: &[u8]| {
        let owner = [&[32], owner, b"\xc0\x0e"].concat();
        record(&owner, 50, &[&[1, 0, 0, 0, 0, 20], [0xff; 20].as_slice(), types].concat())
    };
    let nsec = |next: &[u8]| record(b"\xc0\x0c", 47, &[next, &[0, 1, 0x22]].concat());
    let before_a = nsec3(b"e0000000000000000000000000000000", &[0, 1, 0x40]);
    let before_all = nsec3(b"00000000000000000000000000000000", &[]);
    let (of_a, of_test) = (nsec3(OF_A, &[0, 1, 0x22]), nsec3(OF_TEST, &[0, 1, 0x22]));
    let proofs: [&[Vec<u8>]; 7] = [
        &[of_test.clone(), before_a.clone()],
        &[before_a.clone(), of_test.clone(), before_all.clone()],
        std::slice::from_ref(&of_a),
        &[of_a.clone(), of_test],
        &[before_all, before_a],
        &[nsec(b"\x01b\x04test\0")],
        &[nsec(b"\xc0\x0e")],
    ];
    let mut all = Seeds::new();
    for (proof, rcode) in proofs.iter().flat_map(|proof| [(proof, 0x80), (proof, 0x83)]) {
        all.push([vec![0, 0], framed(&answer([0x84, rcode], 1, [&[], proof, &[]]))].concat());
    }
    all
}

/// Servers that want to be asked otherwise, and what is no message.
fn negotiations() -> Seeds {
    let opt = |extended: u8, version: u8, options: &[u8]| {
        [b"\0\0\x29\x04\xd0".as_slice(), &[extended, version, 0, 0], &framed(options)].concat()
    };
    // Our cookie and one of the server's.
    let cookie = [b"\0\x0a\0\x10".as_slice(), &[7; 8], &[9; 8]].concat();
    let with = |header: [u8; 2], opt: Vec<u8>| framed(&answer(header, 1, [&[], &[], &[opt]]));
    let bad_cookie = with([0x80, 7], opt(1, 0, &cookie));
    let good =
        framed(&answer([0x84, 0x80], 1, [&[record(b"\xc0\x0c", 1, &[192, 0, 2, 1])], &[], &[opt(0, 0, &cookie)]]));
    let other = [b"\xff\x05".as_slice(), &good[2..]].concat();
    [
        [vec![0, 1], bad_cookie.clone(), good.clone()].concat(),
        [vec![0, 1], bad_cookie.clone(), bad_cookie.clone(), good.clone()].concat(),
        [vec![32, 1], bad_cookie, good.clone()].concat(),
        [vec![0, 3], with([0x80, 0], opt(1, 0, &[])), good.clone()].concat(),
        [vec![0, 1], with([0x82, 0], opt(0, 0, &cookie)), good.clone()].concat(),
        [vec![0, 4], good.clone()].concat(),
        [vec![128, 1], with([0x80, 2], opt(0, 0, &cookie)), good.clone()].concat(),
        [vec![0, 1], other].concat(),
        [&[0, 0, 0xff, 0, 0xff, 0], good.as_slice()].concat(),
        [&[0, 0, 0xff, 1, 0xff, 2], good.as_slice()].concat(),
        vec![8, 0, 0xff, 1, 0xff, 1, 0xff, 1],
        vec![8, 0, 0xff, 3],
        vec![8, 0, 0xff, 4, 0xff, 12],
    ]
    .to_vec()
}

/// Lookups that are begun and asked, what comes for them, and what becomes of the others.
pub(super) fn bulk() -> Seeds {
    const START: u8 = 0;
    const SEND: u8 = 2;
    const ARRIVE: u8 = 3;
    let short = |octets: &[u8]| {
        let octets = octets.get(..255).unwrap_or(octets);
        [&[u8::try_from(octets.len()).unwrap()], octets].concat()
    };
    let names = texts(&["tools/dig/src/bulk", "tests/netns/dig_bulk.rs"]);
    let names = names.chunks(3).map(|names| {
        let begun = names.iter().zip(1..).flat_map(|(name, id)| [&[START, 0], &short(name)[..], &[SEND, id]].concat());
        begun.chain([ARRIVE, 0, 0, 4, 2, SEND, 9, 5, 7, 7, 1]).collect()
    });
    // An id of zero and what comes with it; then the same with the question that is out.
    let came = |message: Vec<u8>| {
        let begun =
            [&[START, 0], &short(b"a.test")[..], &[SEND, 0, ARRIVE, 1], &short(&message), &[ARRIVE, 0]].concat();
        [&begun[..], &short(&message)].concat()
    };
    names.chain(messages().into_iter().step_by(8).map(came)).collect()
}

pub(super) fn tsig() -> Seeds {
    let mut all: Seeds = octets(&["tools/dig/src/tsig"]).into_iter().chain(messages().into_iter().take(60)).collect();
    all = all
        .iter()
        .zip((0..6).cycle())
        .map(|(message, which)| [&[which, 0, 0], framed(message).as_slice()].concat())
        .collect();
    all
}

pub(super) fn lab_names() -> Seeds {
    let query =
        |qtype: u8| [b"\x12\x34\x01\0\0\x01\0\0\0\0\0\0\x03www\x03lab\x04test\0\0".as_slice(), &[qtype, 0, 1]].concat();
    let zones = ["192.0.2.zone", "every-type.zone", "lab.test.zone", "root.zone"];
    let zones = zones.iter().map(|name| file(&format!("tests/vectors/dns/{name}")).into_bytes());
    let zones: Seeds = zones.chain(texts(&["tools/lab/src/names", "tests/suite/lab_serve.rs"])).collect();
    let types = [1, 2, 5, 6, 15, 16, 28, 255];
    let questions =
        zones.iter().zip(types.into_iter().cycle()).map(|(zone, qtype)| [zone, query(qtype).as_slice()].join(&0));
    // Without a zone, and with answers: to each question the next of them, and then from the first one on.
    let answered = [vec![referral(false)], vec![referral(true)], vec![referral(true), alias(), referral(false)]];
    let answered = answered.iter().map(|answers| [b"\0".as_slice(), &query(1), &answers.concat()].concat());
    questions.chain(answered).collect()
}

/// The servers of lab.test, a to z, which lie in it, with an address for one of them or with none.
fn referral(glue: bool) -> Vec<u8> {
    const QUESTION: &[u8] = b"\x03www\x03lab\x04test\0\0\x01\0\x01";
    let header = [b"\x12\x34\x80\0\0\x01\0\0\0\x1a\0".as_slice(), &[u8::from(glue)]].concat();
    let servers =
        (b'a'..=b'z').map(|letter| record(b"\xc0\x10", 2, &[1, letter, 0xc0, 0x10])).collect::<Seeds>().concat();
    let address = if glue { record(b"\x01b\xc0\x10", 1, &[192, 0, 2, 53]) } else { Vec::new() };
    [header.as_slice(), QUESTION, &servers, &address].concat()
}

/// www.lab.test is an alias of a name below it.
fn alias() -> Vec<u8> {
    const HEAD: &[u8] = b"\x12\x34\x80\0\0\x01\0\x01\0\0\0\0\x03www\x03lab\x04test\0\0\x01\0\x01";
    [HEAD, &record(b"\xc0\x0c", 5, b"\x01x\xc0\x0c")].concat()
}

/// A record that is remembered for an hour.
pub(super) fn record(owner: &[u8], rtype: u8, rdata: &[u8]) -> Vec<u8> {
    [owner, &[0, rtype, 0, 1, 0, 0, 14, 16], &framed(rdata)].concat()
}

/// Frames of HTTP/2 and HTTP/3 that answer a query, and what the tests of their codings have.
pub(super) fn doh() -> Seeds {
    let frame = |kind: u8, flags: u8, stream: u8, payload: &[u8]| {
        [&[0, 0, u8::try_from(payload.len()).unwrap(), kind, flags, 0, 0, 0, stream], payload].concat()
    };
    // :status 200 and content-type: RFC 7541 appendix A, RFC 9204 appendix A.
    let hpack = [b"\x88\x0f\x10\x17application/dns-message".as_slice(), b"\x0f\x0d\x026c"].concat();
    let message = &messages()[0];
    let hello = frame(4, 0, 0, &[0, 3, 0, 0, 0, 1]);
    let whole = [hello.clone(), frame(4, 1, 0, &[]), frame(1, 4, 1, &hpack), frame(0, 1, 1, message)].concat();
    let pings = [hello.clone(), frame(6, 0, 0, &[7; 8]), frame(8, 0, 0, &[0, 0, 1, 0])].concat();
    let (start, end) = hpack.split_at(4);
    let pieces = [
        hello.clone(),
        frame(1, 0, 1, start),
        frame(9, 4, 1, end),
        frame(0, 8, 1, &[1, b'x', 0]),
        frame(0, 1, 1, message),
    ]
    .concat();
    let ended = [hello.clone(), frame(7, 0, 0, &[0; 8])].concat();
    let reset = [hello, frame(3, 0, 1, &[0, 0, 0, 8])].concat();
    let len = u8::try_from(message.len()).unwrap();
    let http3 = [b"\x01\x04\0\0\xd9\xec\0".as_slice(), &[0x40, len], message].concat();
    let mut all = vec![whole, pings, pieces, ended, reset, http3, b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()];
    for fields in octets(&["tools/dig/src/doh"]).into_iter().filter(|fields| fields.len() < 200) {
        all.push([frame(4, 0, 0, &[]), frame(1, 5, 1, &fields)].concat());
        all.push(fields);
    }
    all
}
