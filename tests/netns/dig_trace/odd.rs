//! Servers that say what they are told: the label below `odd.test` says what.

use std::net::UdpSocket;
use std::thread;

const REFUSES: &str = "ns-refuse.zone.test";
const CLOSED: &str = "ns-closed.zone.test";
const NOBODY: &str = "ns.nowhere.test";
const NO_ADDRESS: &str = "ns-nodata.zone.test";

/// What comes back: flags and rcode, and the records of the answer, authority and additional sections, `OWNER NS TARGET`
/// or `OWNER A`, `OWNER SOA`, `OWNER CNAME TARGET`, `OWNER CH NS TARGET`.
type Script = (u16, &'static str, &'static str);

const REFERRAL: u16 = 0x8000;
const AUTHORITY: u16 = 0x8400;

/// `@` stands for the name below odd.test, R, C, N and M for the servers above, `*` for 30 at whose addresses nobody
/// listens.
const SCRIPTS: &[(&str, Script)] = &[
    ("sideways", (REFERRAL, "", "other.odd.test NS R")),
    ("deeper", (REFERRAL, "", "x.y.@ NS R")),
    ("twoowners", (REFERRAL, "", "test NS R;@ NS R")),
    ("twobad", (REFERRAL, "", "test NS R;arpa NS R;odd.test NS R;zodd.test NS R")),
    ("root", (REFERRAL, "", ". NS R")),
    ("both", (AUTHORITY, "@ A", "@ NS R")),
    ("cnameref", (REFERRAL, "@ CNAME www.zone.test", "zone.test NS R")),
    ("ansns", (AUTHORITY, "@ NS R", "")),
    ("soa", (AUTHORITY, "", "odd.test SOA")),
    ("nxns", (0x8003, "", "@ NS R")),
    ("refns", (0x8005, "", "@ NS R")),
    ("servfail", (0x8002, "", "")),
    ("sfns", (0x8002, "", "@ NS R")),
    ("none", (REFERRAL, "", "")),
    ("soans", (REFERRAL, "", "odd.test SOA;@ NS R")),
    ("nsthensoa", (REFERRAL, "", "@ NS R;odd.test SOA;@ NS C")),
    ("afirst", (REFERRAL, "", "zz.test A;@ NS R")),
    ("gone2", (REFERRAL, "", "@ NS N;@ NS M")),
    ("gone3", (REFERRAL, "", "@ NS M;@ NS N;@ NS R")),
    ("dup", (REFERRAL, "", "@ NS R;DUP.odd.test NS R;@ NS R")),
    ("upper", (REFERRAL, "", "UPPER.Odd.test NS NS-REFUSE.zone.test")),
    ("class", (REFERRAL, "", "@ CH NS R")),
    ("notqr", (0, "", "@ NS R")),
    ("aans", (AUTHORITY, "", "@ NS R")),
    ("tc", (0x8200, "", "@ NS R")),
    ("number", (REFERRAL, "", "@ NS 127.0.0.9")),
    ("half", (REFERRAL, "", "@ NS 1.2.3")),
    ("escaped", (REFERRAL, "", "@ NS *.zone\\.x.test")),
    ("nsroot", (REFERRAL, "", "@ NS .")),
    ("many", (AUTHORITY, "@ NS *", "")),
];

/// The last octets of the servers' addresses, behind 127.0.0.
const ROOT_SERVERS: [u8; 7] = [14, 15, 16, 17, 18, 19, 21];

/// What each of [`ROOT_SERVERS`] says about the root.
const ROOTS: &[Script] = &[
    (AUTHORITY, "", ". NS a.root-servers.test"),
    (AUTHORITY, "test NS ns1.test", ""),
    (AUTHORITY, ". NS ns.nowhere.test", ""),
    (AUTHORITY, ". NS a.root-servers.test", "test NS R"),
    (0x8403, ". NS a.root-servers.test", ""),
    (AUTHORITY, ". A", ". NS a.root-servers.test"),
    (AUTHORITY, ". NS *", ""),
];

/// The labels that have a script.
pub(super) fn labels() -> impl Iterator<Item = &'static str> {
    SCRIPTS.iter().map(|(label, _)| *label)
}

/// Listens on UDP port 53 of all [`ROOT_SERVERS`], until the test ends.
pub(super) fn start() {
    for (last, root) in ROOT_SERVERS.iter().zip(ROOTS) {
        let socket = UdpSocket::bind(format!("127.0.0.{last}:53")).unwrap();
        thread::spawn(move || {
            let mut query = vec![0; 65535];
            while let Ok((length, from)) = socket.recv_from(&mut query) {
                // A client that has gone away is no fault of the server.
                let _ = socket.send_to(&answer(&query[..length], *root), from);
            }
        });
    }
}

/// Listens on 127.0.0.21:5353: the first answer is 192.0.2.1 and all others 192.0.2.2, for a second each.
pub(super) fn start_counter() {
    let socket = UdpSocket::bind("127.0.0.21:5353").unwrap();
    thread::spawn(move || {
        let mut query = vec![0; 65535];
        let mut last = 1;
        while let Ok((_, from)) = socket.recv_from(&mut query) {
            let mut octets = query[..2].to_vec();
            octets.extend([0x84, 0, 0, 1, 0, 1, 0, 0, 0, 0]);
            octets.extend(b"\x05count\x04test\0\0\x01\0\x01\xc0\x0c\0\x01\0\x01\0\0\0\x01\0\x04\xc0\0\x02");
            octets.push(last);
            last = 2;
            // A client that has gone away is no fault of the server.
            let _ = socket.send_to(&octets, from);
        }
    });
}

fn answer(query: &[u8], root: Script) -> Vec<u8> {
    let mut labels = Vec::new();
    let mut at = 12;
    while query[at] != 0 {
        let length = usize::from(query[at]);
        labels.push(String::from_utf8_lossy(&query[at + 1..=at + length]).to_ascii_lowercase());
        at += length + 1;
    }
    let label = labels.len().checked_sub(3).map_or("", |index| labels[index].as_str());
    let found = SCRIPTS.iter().find(|(name, _)| *name == label).map(|(_, script)| *script);
    let (bits, answer, authority) = if labels.is_empty() { root } else { found.unwrap_or((0x8005, "", "")) };
    let (answer, authority) = (records(answer, label), records(authority, label));
    let mut octets = query[..2].to_vec();
    for number in [bits, 1, u16::try_from(answer.len()).unwrap(), u16::try_from(authority.len()).unwrap(), 0] {
        octets.extend(number.to_be_bytes());
    }
    octets.extend(&query[12..at + 5]);
    octets.extend(answer.concat());
    octets.extend(authority.concat());
    octets
}

fn records(text: &str, label: &str) -> Vec<Vec<u8>> {
    let mut records = Vec::new();
    for text in text.split(';').filter(|record| !record.is_empty()) {
        match text.strip_suffix('*') {
            Some(before) => records.extend((30..60).map(|last| record(&format!("{before}127.0.0.{last}"), label))),
            None => records.push(record(text, label)),
        }
    }
    records
}

fn record(text: &str, label: &str) -> Vec<u8> {
    let words: Vec<&str> = text.split(' ').collect();
    let (class, words) = match words.as_slice() {
        [owner, "CH", rest @ ..] => (3, [&[*owner], rest].concat()),
        _ => (1_u16, words),
    };
    let target = || match words[2] {
        "R" => REFUSES,
        "C" => CLOSED,
        "N" => NOBODY,
        "M" => NO_ADDRESS,
        other => other,
    };
    let (rtype, rdata) = match words[1] {
        "NS" => (2_u16, name(target())),
        "CNAME" => (5, name(target())),
        "SOA" => (6, [name("a"), name("b"), vec![0; 20]].concat()),
        _ => (1, vec![192, 0, 2, 1]),
    };
    let mut octets = name(&words[0].replace('@', &format!("{label}.odd.test")));
    octets.extend(rtype.to_be_bytes());
    octets.extend(class.to_be_bytes());
    octets.extend([0, 0, 0, 60]);
    octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
    octets.extend(rdata);
    octets
}

/// A backslash keeps the dot behind it in its label.
fn name(text: &str) -> Vec<u8> {
    let mut octets = Vec::new();
    for label in text.replace("\\.", "\0").split('.').filter(|label| !label.is_empty()) {
        octets.push(u8::try_from(label.len()).unwrap());
        octets.extend(label.replace('\0', ".").bytes());
    }
    octets.push(0);
    octets
}
