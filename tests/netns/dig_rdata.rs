//! The text of every type and every EDNS option beside the real dig's: from a named with a zone of all of them, and
//! from a server that sends whatever octets a test wants.

use std::net::UdpSocket;
use std::path::Path;
use std::str::FromStr as _;
use std::sync::Arc;
use std::thread;

use sockeye_test_support::{Case, Net, peer, run, tool};

use crate::dig::{compare, normalised, start_named, words};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_rdata::zones_in_every_style", &["dig", "named"], zones),
        Case::new("dig_rdata::every_type_in_every_style", &["dig"], styles),
        Case::new("dig_rdata::rdata_that_is_cut_or_changed", &["dig"], malformed),
        Case::new("dig_rdata::rdata_at_the_limits", &["dig"], limits),
        Case::new("dig_rdata::every_number_with_a_name", &["dig"], numbers),
        Case::new("dig_rdata::edns_options", &["dig"], options),
        Case::new("dig_rdata::names_in_unicode", &["dig"], unicode),
    ]
}

/// The ways to write records.
const STYLES: &[&str] = &[
    "",
    "+multiline",
    "+multiline +norrcomments",
    "+rrcomments",
    "+multiline +nocrypto",
    "+nocrypto +rrcomments",
    "+unknownformat",
    "+unknownformat +multiline",
    "+nosplit",
    "+nosplit +multiline",
    "+split=8",
    "+split=20 +multiline",
    "+split=3",
    "+ttlunits",
    "+ttlunits +multiline",
    "+nottlid",
    "+noclass",
    "+nottlid +noclass",
    "+nottlid +noclass +multiline",
    "+expandaaaa",
    "+short",
    "+short +multiline",
    "+short +nocrypto +nosplit",
    "+short +rrcomments",
    "+short +expandaaaa",
    "+short +unknownformat",
    "+onesoa",
];

/// Every name of the zones, in every style, with and without DNSSEC.
fn zones(net: &Net) {
    let _named = start_named(net);
    let zone = std::fs::read_to_string(net.dir().join("named/every-type.zone")).unwrap();
    let mut questions: Vec<String> = zone
        .lines()
        .filter(|line| line.contains("\tIN "))
        .map(|line| {
            let mut parts = line.split_ascii_whitespace();
            let (owner, rtype) = (parts.next().unwrap(), parts.nth(1).unwrap());
            if owner == "@" { format!("types.test {rtype}") } else { format!("{owner}.types.test {rtype}") }
        })
        .collect();
    assert!(questions.len() > 100, "{} questions", questions.len());
    questions.extend(
        [
            "nsec.test ANY",
            "nsec.test DNSKEY",
            "nsec.test SOA",
            "nosuch.nsec.test A",
            "a.wild.nsec.test A",
            "many.nsec.test ANY",
            "child.nsec.test DS",
            "x.unsigned.nsec.test A",
            "nsec3.test ANY",
            "nsec3.test NSEC3PARAM",
            "nosuch.nsec3.test A",
            "a.wild.nsec3.test A",
            "many.nsec3.test TYPE65280",
            "x.child.nsec3.test A",
            "lab.test ANY",
        ]
        .map(str::to_owned),
    );
    let lines: Vec<Vec<String>> = STYLES
        .iter()
        .flat_map(|style| ["", "+dnssec"].map(|dnssec| (style, dnssec)))
        .map(|(style, dnssec)| {
            words(&format!("+tcp +nocmd +nocookie @127.0.0.1 {dnssec} {style} {}", questions.join(" ")))
        })
        .collect();
    compare(&lines);
}

/// One message to send: a record as the only answer, or an OPT record.
struct Served {
    rtype: u16,
    class: u16,
    ttl: u32,
    rdata: Vec<u8>,
}

impl Served {
    fn new(rtype: u16, class: u16, rdata: &[u8]) -> Self {
        Self { rtype, class, ttl: 3600, rdata: rdata.to_vec() }
    }

    /// The lines of a file of vectors.
    fn read(file: &str) -> Vec<Self> {
        lines(file)
            .map(|line| {
                let [rtype, class, octets] = line[..] else { panic!("{line:?}") };
                Self::new(number(rtype), class.parse().unwrap(), &hex(octets))
            })
            .collect()
    }

    /// The answer to a query. An NSEC3 has an owner that an NSEC3 may have.
    fn answer(&self, query: &[u8]) -> Vec<u8> {
        const OPT: u16 = 41;
        let is_edns = self.rtype == OPT && self.class != 1;
        let end = 12 + query[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
        let counts: &[u8] = if is_edns { b"\0\x01\0\0\0\0\0\x01" } else { b"\0\x01\0\x01\0\0\0\0" };
        let owner: &[u8] = match self.rtype {
            OPT if is_edns => b"\0",
            50 => b"\x202t7b4g4vsa5smi47k61mv5bv1a22bojr\xc0\x0c",
            _ => b"\xc0\x0c",
        };
        let mut message = [&query[..2], b"\x85\x80", counts, &query[12..end], owner].concat();
        message.extend(self.rtype.to_be_bytes());
        message.extend(self.class.to_be_bytes());
        message.extend(self.ttl.to_be_bytes());
        message.extend(u16::try_from(self.rdata.len()).unwrap().to_be_bytes());
        message.extend(&self.rdata);
        message
    }
}

/// The words of each line of a file of vectors that is no comment.
fn lines(file: &str) -> impl Iterator<Item = Vec<&'static str>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/dns").join(file);
    let text: &'static str = std::fs::read_to_string(path).unwrap().leak();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split(' ').collect())
}

fn number(rtype: &str) -> u16 {
    sockeye_dig::registry::Type::from_str(rtype).unwrap().0
}

fn hex(digits: &str) -> Vec<u8> {
    let digits = digits.trim_start_matches('-').as_bytes().chunks(2);
    digits.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// Serves the messages by their number, for as long as the test lasts: `17.` asks for the one with index 17.
fn serve(messages: Vec<Served>) -> Arc<Vec<Served>> {
    let socket = UdpSocket::bind("127.0.0.1:5300").unwrap();
    let messages = Arc::new(messages);
    let served = Arc::clone(&messages);
    thread::spawn(move || {
        let mut query = [0; 512];
        while let Ok((length, from)) = socket.recv_from(&mut query) {
            let label = &query[13..13 + usize::from(query[12])];
            let index: usize = std::str::from_utf8(label).unwrap().parse().unwrap();
            let _ = socket.send_to(&messages[index].answer(&query[..length]), from);
        }
    });
    served
}

/// Asks for all messages with both, and compares the texts.
fn same(net: &Net, messages: &[Served], style: &str) {
    let file = net.dir().join("names");
    let names: Vec<String> = (0..messages.len()).map(|index| format!("{index}.")).collect();
    std::fs::write(&file, names.join("\n") + "\n").unwrap();
    let line = words(&format!("-r @127.0.0.1 -p 5300 +nocookie {style} -f"));
    let theirs = run(peer("dig").args(&line).arg(&file));
    let ours = run(tool("dig").args(&line).arg(&file));
    assert_eq!(ours.status, theirs.status, "{style}");
    let (theirs, ours) = (normalised(&theirs.stdout), normalised(&ours.stdout));
    assert!(theirs.lines().count() >= messages.len(), "{theirs}");
    if theirs != ours {
        let (theirs, ours): (Vec<&str>, Vec<&str>) = (theirs.lines().collect(), ours.lines().collect());
        let at = theirs.iter().zip(&ours).position(|(theirs, ours)| theirs != ours);
        let at = at.unwrap_or(theirs.len().min(ours.len()));
        let near = |lines: &[&str]| lines[at.saturating_sub(2)..lines.len().min(at + 3)].join("\n");
        panic!("dig {style}: differs in line {at}, theirs first:\n{}\n---\n{}", near(&theirs), near(&ours));
    }
}

fn styles(net: &Net) {
    let messages = serve(Served::read("rdata.txt"));
    let mut seen: Vec<u16> = messages.iter().map(|message| message.rtype).collect();
    seen.dedup();
    assert!(seen.len() > 90, "{} types", seen.len());
    for style in STYLES {
        same(net, &messages, &format!("+noall +answer +question {style}"));
    }
}

/// Each prefix of good rdata, octets behind its end, another class, and octets in it changed.
fn malformed(net: &Net) {
    let mut messages = Vec::new();
    for Served { rtype, class, rdata, .. } in Served::read("rdata.txt") {
        let mut put = |class: u16, rdata: &[u8]| messages.push(Served::new(rtype, class, rdata));
        for end in 0..rdata.len() {
            put(class, &rdata[..end]);
        }
        for behind in [b"\0".as_slice(), b"x", b"\x01\x01"] {
            put(class, &[&rdata, behind].concat());
        }
        for other in [1, 3, 4, 255, 300] {
            // The octets of an IPv4 address read as a name would lead into the header, where the id is.
            if (rtype, other) != (1, 3) {
                put(other, &rdata);
            }
        }
        for at in 0..rdata.len().min(40) {
            for octet in [0, 1, 0x3f, 0x80, 0xff, rdata[at] ^ 1] {
                let mut changed = rdata.clone();
                changed[at] = octet;
                put(class, &changed);
            }
        }
    }
    assert!(messages.len() > 20_000, "{}", messages.len());
    same(net, &serve(messages), "+noall +answer +question");
}

fn limits(net: &Net) {
    let messages = serve(Served::read("rdata-odd.txt"));
    for style in ["", "+multiline", "+unknownformat"] {
        same(net, &messages, &format!("+noall +answer +question {style}"));
    }
}

/// Types, algorithms, rcodes, kinds of certificates, schemes, keys of services, times.
fn numbers(net: &Net) {
    let mut messages = Vec::new();
    let mut put = |rtype, rdata: &[&[u8]]| messages.push(Served::new(rtype, 1, &rdata.concat()));
    for covered in (0..600_u16).chain([32767, 32768, 32769, 32770, 65280, 65533, 65535]) {
        for signature in [24, 46] {
            put(signature, &[&covered.to_be_bytes(), b"\x08\x01\0\0\0\x01\0\0\0\0\0\0\0\0\0\x09\0sig"]);
        }
    }
    for octet in 0..=255_u8 {
        let algorithm = [octet];
        put(48, &[b"\x01\0\x03", &algorithm, b"\x01a\0key"]);
        put(25, &[b"\x01\0\x03", &algorithm, b"\x01a\0key"]);
        put(37, &[&[0, octet], b"\0\x01", &algorithm, b"cert"]);
        put(66, &[&[0, octet], &algorithm, b"\0\x35\x01a\0"]);
        put(249, &[b"\x01a\0\0\0\0\0\0\0\0\0\0\0\0", &algorithm, b"\0\0\0\0"]);
        put(64, &[b"\0\x01\x01a\0\0", &algorithm, b"\0\x01x"]);
        put(64, &[b"\0\x01\x01a\0\0", &algorithm, b"\0\0"]);
        put(45, &[b"\x0a", &algorithm, b"\x02\x01a\0key and more octets"]);
        put(260, &[b"\x0a", &algorithm, b"\x01a\0"]);
    }
    for time in (0..u32::MAX).step_by(0x0123_4567).chain([951_782_399, 951_782_400, 951_868_800, 0x7fff_ffff, u32::MAX])
    {
        put(46, &[b"\0\x01\x08\x01\0\0\0\x01", &time.to_be_bytes(), &time.to_be_bytes(), b"\0\x09\0sig"]);
        put(6, &[b"\x01a\0\x01b\0", &[time.to_be_bytes(); 5].concat()]);
    }
    let messages = serve(messages);
    same(net, &messages, "+noall +answer +question +rrcomments");
    same(net, &messages, "+noall +answer +question +multiline");
}

fn options(net: &Net) {
    let messages = lines("edns-options.txt").map(|line| {
        let [code, ttl, data] = line[..] else { panic!("{line:?}") };
        let (code, data): (u16, _) = (code.parse().unwrap(), hex(data));
        let length = u16::try_from(data.len()).unwrap();
        let rdata = [&code.to_be_bytes()[..], &length.to_be_bytes(), &data].concat();
        Served { rtype: 41, class: 1232, ttl: ttl.parse().unwrap(), rdata }
    });
    let messages = serve(messages.collect());
    same(net, &messages, "");
    same(net, &messages, "+multiline +nocmd +nostats");
}

/// Names that are Unicode in disguise, beside others in the same name.
fn unicode(net: &Net) {
    let names = [
        "xn--bcher-kva.test",
        "XN--BCHER-KVA.Test",
        "xn--bcher-kva.o\\k\"",
        "xn--fiqs8s",
        "Foo.xn--bcher-kva.BAR",
        "a@b.xn--bcher-kva",
        "xn--strae-oqa.de",
        "xn--e1afmkfd.xn--p1ai",
        "_x.xn--nxasmm1c",
        "xn--ls8h.la",
        "*.xn--bcher-kva",
        "xn--mgbh0fb.xn--kgbechtv",
        "plain.test",
    ];
    let wire = |name: &str| {
        let labels =
            name.split('.').flat_map(|label| [&[u8::try_from(label.len()).unwrap()], label.as_bytes()].concat());
        labels.chain([0]).collect::<Vec<u8>>()
    };
    let mut messages = Vec::new();
    for name in names {
        let name = wire(name);
        messages.push(Served::new(5, 1, &name));
        messages.push(Served::new(6, 1, &[&name[..], &name, &[0; 20]].concat()));
        messages.push(Served::new(16, 1, &[&[u8::try_from(name.len()).unwrap()], &name[..]].concat()));
    }
    let messages = serve(messages);
    for style in ["+idnout", "+noidnout", "", "+idnout +multiline", "+idnout +short"] {
        same(net, &messages, &format!("+noall +answer {style}"));
    }
}
