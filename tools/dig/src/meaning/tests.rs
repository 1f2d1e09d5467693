use std::time::Duration;

use super::*;
use crate::cookie::Verdict;
use crate::edns::{Edns, EdnsOption};
use crate::header::Header;
use crate::message::Query;
use crate::options::Server;
use crate::question::Question;
use crate::registry::{Class, ExtendedError, Opcode};
use crate::transport::Timing;

/// 2026-11-21 08:00:00 UTC.
const NOW: u64 = 1_795_248_000;

fn wire(name: &str) -> Vec<u8> {
    name.parse::<Name>().unwrap().as_wire().to_vec()
}

fn record(owner: &str, rtype: u16, rdata: &[u8]) -> Vec<u8> {
    let mut octets = wire(owner);
    octets.extend(rtype.to_be_bytes());
    octets.extend([0, 1, 0, 0, 0x0e, 0x10]);
    octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
    octets.extend(rdata);
    octets
}

/// What is being built: a message and what is known of its query.
struct Case {
    bits: u16,
    question: (&'static str, u16),
    sections: [Vec<Vec<u8>>; 3],
    edns: Option<Edns>,
    asked_with_edns: bool,
    cookie: Option<Verdict>,
    transport: Transport,
    behind: &'static [u8],
}

impl Default for Case {
    fn default() -> Self {
        Self {
            bits: 0x8180,
            question: ("web.lab.", 1),
            sections: Default::default(),
            edns: None,
            asked_with_edns: false,
            cookie: None,
            transport: Transport::Udp,
            behind: b"",
        }
    }
}

fn edns(flags: u16, options: &[(u16, &[u8])]) -> Edns {
    let options = options.iter().map(|(code, data)| EdnsOption::new(OptionCode(*code), data.to_vec())).collect();
    Edns { udp_size: 1232, extended_rcode: 0, version: 0, flags, options }
}

impl Case {
    fn sentences(&self) -> Vec<String> {
        let mut octets = vec![0, 1];
        octets.extend(self.bits.to_be_bytes());
        octets.extend([0, 1]);
        for (index, section) in self.sections.iter().enumerate() {
            let more = u16::from(index == 2 && self.edns.is_some());
            octets.extend((u16::try_from(section.len()).unwrap() + more).to_be_bytes());
        }
        octets.extend(wire(self.question.0));
        octets.extend(self.question.1.to_be_bytes());
        octets.extend([0, 1]);
        self.sections.iter().flatten().for_each(|record| octets.extend(record));
        if let Some(edns) = &self.edns {
            let mut writer = sockeye_common::wire::Writer::new();
            edns.emit(&mut writer);
            octets.extend(writer.into_octets());
        }
        octets.extend(self.behind);
        let message = Message::parse(&octets).unwrap();
        assert_eq!(message.fault, None);
        let mut header = Header { id: 1, ..Header::default() };
        header.set(header::RD, true);
        header.set(header::AD, true);
        let question = Question::new(self.question.0.parse().unwrap(), Type(self.question.1), Class::IN);
        let query = Query::new(header, question, self.asked_with_edns.then(|| edns(0, &[])));
        let answer = Answer {
            message,
            octets,
            server: Server { addr: ([127, 0, 0, 1], 53).into(), written: String::new() },
            transport: self.transport,
            rtt: Duration::ZERO,
            cookie: self.cookie,
            timing: Timing::default(),
            signature: None,
            transfer: None,
            query,
        };
        let mut sentences = Vec::new();
        explain(&answer, NOW, &mut |event| {
            sentences.push(event.sentence());
            Ok::<(), ()>(())
        })
        .unwrap();
        for sentence in &sentences {
            assert!(!sentence.chars().any(char::is_control), "{sentence:?} acts on a terminal");
        }
        sentences
    }

    fn says(&self, expected: &str) {
        let sentences = self.sentences();
        assert!(
            sentences.iter().any(|sentence| sentence == expected),
            "{expected}\nis not in\n{}",
            sentences.join("\n")
        );
    }

    fn is_silent_about(&self, start: &str) {
        let sentences = self.sentences();
        assert!(
            !sentences.iter().any(|sentence| sentence.starts_with(start)),
            "{start} is in\n{}",
            sentences.join("\n")
        );
    }
}

#[test]
fn each_flag_of_an_answer() {
    let case = |bits| Case { bits, ..Case::default() };
    let all = case(0x8000);
    all.says("qr is set: this is a response");
    all.says("aa is clear: the server is no authority for the name: it has this from a cache, from other servers, or refers to them");
    all.says("rd is clear: the query wanted recursion, and the answer does not repeat that, as it should");
    all.says("ra is clear: the server does not ask other servers for us, though rd in the query wanted it");
    case(0x8400).says("aa is set: the server is an authority for the name: this does not come from a cache");
    case(0x8200).says("tc is set: the answer was cut to fit into a datagram");
    Case { transport: Transport::Tcp, ..case(0x8200) }
        .says("tc is set: cut even over TCP, which is a fault of the server");
    case(0x8100).says("rd is set: the query wanted recursion, and the answer repeats that");
    case(0x8180).says("ra is set: the server asks other servers for us, as rd in the query wanted");
    case(0x8180).says(
        "ad is clear: the server does not say that it has validated this: the zone is not signed, or it does not validate",
    );
    case(0x81a0)
        .says("ad is set: the server says that it has validated this with DNSSEC; trust that as far as the path to it");
    case(0x8190).says("cd is set: the server was told not to validate");
    case(0x81c0).says("z is set: a reserved bit, which has to be clear");
}

#[test]
fn a_query_says_what_it_wants() {
    let query = Case { bits: 0x0120, edns: Some(edns(0x8000, &[(3, b""), (10, b"12345678")])), ..Case::default() };
    query.says("qr is clear: this is a query");
    query.says("rd is set: ask other servers for me, please");
    query.says("ad is set: say whether the answer has been validated, please");
    query.says("question for web.lab. IN A: records of type A: an IPv4 address");
    query.says("EDNS: version 0; the client takes datagrams of up to 1232 octets");
    query.says("do is set: DNSSEC records are wanted too");
    query.says("NSID: which of its servers answers, please");
    query.says("COOKIE: eight octets that the answer has to bring back, and the wish for the server's own");
    query.is_silent_about("status");
}

#[test]
fn every_rcode_opcode_and_extended_error_has_a_sentence_of_its_own() {
    for number in (0..=11).chain(16..=23) {
        assert_ne!(words::rcode(Rcode(number)), words::rcode(Rcode(3000)), "rcode {number}");
    }
    Case { bits: 0x8183, ..Case::default() }.says("status NXDOMAIN: there is no such name");
    Case { bits: 0x8185, ..Case::default() }.says("status REFUSED: the server will not answer this, or not to us");
    assert_eq!(words::opcode(Opcode(0)), None);
    for number in [1, 2, 4, 5, 6, 7] {
        assert!(words::opcode(Opcode(number)).is_some());
    }
    Case { bits: 0xa400, ..Case::default() }
        .says("opcode NOTIFY: a primary tells a secondary that the zone has changed");
    for number in 0..=30 {
        assert_ne!(
            words::extended_error(ExtendedError(number)),
            words::extended_error(ExtendedError(3000)),
            "{number}"
        );
    }
}

#[test]
fn edns_and_each_option() {
    for (code, data, sentence) in [
        (3, &b"ns\x1b1"[..], "NSID: the server that answered calls itself ns.1"),
        (8, b"\0\x01\x18\0\xc0\0\x02", "CLIENT-SUBNET: the answer is the same for every client, whatever the address"),
        (
            8,
            b"\0\x01\x18\x10\xc0\0\x02",
            "CLIENT-SUBNET: the answer is for clients of the same first 16 bits of the address",
        ),
        (
            8,
            b"\0\x01\x08\x10\xc0",
            "CLIENT-SUBNET: the answer is for clients of the same first 16 bits, but only 8 were told",
        ),
        (8, b"\0\x01\0\0", "CLIENT-SUBNET: nothing is told about the client's address, and nobody should tell it on"),
        (9, b"\0\x01\x51\x80", "EXPIRE: a secondary with this copy of the zone forgets it in 1 day"),
        (11, b"\0\x64", "TCP-KEEPALIVE: a connection may idle for 10.0 s before the server closes it"),
        (12, b"\0\0", "PADDING: 2 octets that say nothing, so that the length of the message tells nothing either"),
        (14, b"\x4f\x66", "KEY-TAG: the client trusts the keys 20326 of the zone"),
        (15, b"\0\x07", "EDE: 7: a signature is past its time: the zone was not signed again"),
        (65001, b"\x01\x02", "option 65001: 2 octets that have no meaning here"),
    ] {
        let case = Case { edns: Some(edns(0, &[(code, data)])), ..Case::default() };
        case.says("EDNS: version 0; the server takes datagrams of up to 1232 octets");
        case.says(sentence);
    }
    let cookie =
        |cookie| Case { cookie: Some(cookie), edns: Some(edns(0, &[(10, b"12345678abcdefgh")])), ..Case::default() };
    cookie(Verdict::Good)
        .says("COOKIE: ours came back with the server's: this is no forgery by somebody who does not see the queries");
    cookie(Verdict::Bad).says("COOKIE: it does not begin with ours: forged, or a server that does not do cookies well");
    cookie(Verdict::Echoed)
        .says("COOKIE: ours came back and nothing with it: the server copies what it does not understand");
    Case { edns: Some(edns(0xc001, &[])), ..Case::default() }
        .says("EDNS flags 0x0001: bits that have no meaning and have to be clear");
    let without = |bits| Case { bits, asked_with_edns: true, ..Case::default() };
    without(0x8181).says("EDNS: the server may have stumbled over it: ask again with +noedns");
    without(0x8180).says(
        "EDNS: the query had it, the answer has not: the server does not speak it, or something on the way removes it",
    );
    Case::default().is_silent_about("EDNS");
}

#[test]
fn warnings_about_the_message() {
    Case { behind: b"abc", ..Case::default() }
        .says("extra octets: 3 stand behind the last record: padding in the wrong place, or counts that are too low");
    let opt = b"\0\0\x29\x04\xd0\0\0\0\0\0\0".to_vec();
    Case { sections: [vec![opt], vec![], vec![]], ..Case::default() }
        .says("octet 25: a second OPT record, or one that is not in the additional section");
}

/// RRSIG of an A record, by key 12345 of `lab.`.
fn rrsig(owner: &str, labels: u8, begins: u64, ends: u64) -> Vec<u8> {
    let seconds = |time: u64| u32::try_from(time & 0xffff_ffff).unwrap().to_be_bytes();
    let mut rdata = vec![0, 1, 13, labels, 0, 0, 0x0e, 0x10];
    rdata.extend(seconds(ends));
    rdata.extend(seconds(begins));
    rdata.extend(12345_u16.to_be_bytes());
    rdata.extend(wire("lab."));
    rdata.extend([7; 64]);
    record(owner, 46, &rdata)
}

#[test]
fn signatures_and_the_time() {
    let case = |owner, labels, begins, ends| Case {
        sections: [vec![rrsig(owner, labels, begins, ends)], vec![], vec![]],
        ..Case::default()
    };
    let by = "RRSIG of web.lab. A: signed by key 12345 of lab. with ECDSAP256SHA256 (13)";
    case("web.lab.", 2, NOW - 1, NOW + 12 * 86_400)
        .says(&format!("{by}, expires in 12 days, at 2026-12-03 08:00:00 UTC"));
    case("web.lab.", 2, NOW - 9, NOW - 7200).says(&format!("{by}, EXPIRED 2 hours ago, at 2026-11-21 06:00:00 UTC"));
    case("web.lab.", 2, NOW + 60, NOW + 120)
        .says(&format!("{by}, NOT YET VALID: begins in 1 minute, at 2026-11-21 08:01:00 UTC"));
    case("a.b.lab.", 1, NOW, NOW + 60).says(
        "RRSIG of a.b.lab. A: signed by key 12345 of lab. with ECDSAP256SHA256 (13), expires in 1 minute, at \
         2026-11-21 08:01:00 UTC; Labels is 1 and the name has 3: the record was made from the wildcard *.lab.",
    );
}

#[test]
fn keys_and_digests() {
    let case = |rtype, rdata: &[u8]| Case {
        sections: [vec![record("lab.", rtype, rdata)], vec![], vec![]],
        ..Case::default()
    };
    let digest = |number, length| [&[0x30, 0x39, 13, number][..], &vec![1; length]].concat();
    case(43, &digest(2, 32))
        .says("DS of lab.: the parent vouches of key 12345, ECDSAP256SHA256 (13): digest type 2 is SHA-256");
    case(43, &digest(1, 20)).says(
        "DS of lab.: the parent vouches of key 12345, ECDSAP256SHA256 (13): digest type 1 is SHA-1, which validators take \
         but nobody should make any more",
    );
    case(59, &[0, 0, 0, 0, 0])
        .says("CDS of lab.: the child asks its parent to remove the DS records: the zone stops being signed");
    let key = |flags: u8, role: u8| [&[flags, role, 3, 13][..], &[9; 64]].concat();
    let ksk = key(1, 1);
    let tag = crate::rdata::dnskey::tag(&ksk);
    case(48, &ksk).says(&format!(
        "DNSKEY of lab.: key {tag}, ECDSAP256SHA256 (13): signs the zone's keys, and the parent's DS record is of it (KSK)"
    ));
    let revoked = key(1, 0x80);
    let tag = crate::rdata::dnskey::tag(&revoked);
    case(48, &revoked).says(&format!(
        "DNSKEY of lab.: key {tag}, ECDSAP256SHA256 (13): signs the records of the zone (ZSK); revoked: not to be trusted any more"
    ));
    case(51, &[1, 0, 0, 12, 4, 0xaa, 0xbb, 0xcc, 0xdd]).says(
        "NSEC3PARAM of lab.: names are hashed with SHA-1 and 12 more iterations, where 0 is what RFC 9276 wants, salt AABBCCDD",
    );
}

/// Types A, RRSIG, NSEC.
const TYPES: &[u8] = &[0, 6, 0x40, 0, 0, 0, 0, 3];

fn nsec(owner: &str, next: &str) -> Vec<u8> {
    record(owner, 47, &[wire(next), TYPES.to_vec()].concat())
}

#[test]
fn what_an_nsec_record_proves() {
    let case = |qname, qtype, bits, owner, next| Case {
        bits,
        question: (qname, qtype),
        sections: [vec![], vec![nsec(owner, next)], vec![]],
        ..Case::default()
    };
    case("web.lab.", 28, 0x8180, "WEB.lab.", "x.lab.")
        .says("NSEC of WEB.lab.: proves that the name has no AAAA record: its types are A RRSIG NSEC");
    case("n.lab.", 1, 0x8183, "mail.lab.", "web.lab.")
        .says("NSEC of mail.lab.: proves that n.lab. does not exist: there is no name between it and web.lab.");
    // The last name of the zone, behind which the first comes again.
    case("z.lab.", 1, 0x8183, "web.lab.", "lab.")
        .says("NSEC of web.lab.: proves that z.lab. does not exist: there is no name between it and lab.");
    case("n.lab.", 1, 0x8183, "lab.", "a.lab.").says(
        "NSEC of lab.: proves that no wildcard *.lab. could have answered: there is no name between it and a.lab.",
    );
    case("n.lab.", 28, 0x8180, "*.lab.", "a.lab.")
        .says("NSEC of *.lab.: is the wildcard itself: it has no record of type AAAA (A RRSIG NSEC)");
    case("web.lab.", 1, 0x8180, "x.lab.", "y.lab.")
        .says("NSEC of x.lab.: the name exists, with A RRSIG NSEC; the next one is y.lab.");
}

#[test]
fn what_an_nsec3_record_proves() {
    // The hashes of RFC 5155 appendix A: salt aabbccdd, 12 iterations.
    let hash = |text: &[u8]| {
        let digit = |digit: &u8| u32::from(if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 });
        let five = |eight: &[u8]| {
            let number = eight.iter().fold(0_u64, |number, letter| number << 5 | u64::from(digit(letter)));
            number.to_be_bytes()[3..].to_vec()
        };
        text.chunks(8).flat_map(five).collect::<Vec<u8>>()
    };
    let nsec3 = |owner: &str, flags: u8, next: &[u8]| {
        let mut rdata = vec![1, flags, 0, 12, 4, 0xaa, 0xbb, 0xcc, 0xdd, 20];
        rdata.extend(hash(next));
        rdata.extend(TYPES);
        record(&format!("{owner}.example."), 50, &rdata)
    };
    let case = |qname, qtype, bits, nsec3| Case {
        bits,
        question: (qname, qtype),
        sections: [vec![], vec![nsec3], vec![]],
        ..Case::default()
    };
    // Appendix B.1: a name error for a.c.x.w.example.
    let all = Case {
        bits: 0x8183,
        question: ("a.c.x.w.example.", 1),
        sections: [
            vec![],
            vec![
                nsec3("0p9mhaveqvm6t7vbl5lop2u3t2rp3tom", 1, b"2t7b4g4vsa5smi47k61mv5bv1a22bojr"),
                nsec3("b4um86eghhds6nea196smvmlo4ors995", 1, b"gjeqe526plbf1g8mklp59enfd789njgi"),
                nsec3("35mthgpgcu1qg68fab165klnsnk3dpvl", 1, b"b4um86eghhds6nea196smvmlo4ors995"),
            ],
            vec![],
        ],
        ..Case::default()
    };
    all.says(
        "NSEC3 of b4um86eghhds6nea196smvmlo4ors995.example.: is the hash of x.w.example.: that name exists, and is the \
         closest one above a.c.x.w.example.",
    );
    all.says(
        "NSEC3 of 0p9mhaveqvm6t7vbl5lop2u3t2rp3tom.example.: proves that c.x.w.example. does not exist (or that it is an \
         unsigned delegation: opt-out): its hash would lie between this one and the next",
    );
    all.says("NSEC3 of 35mthgpgcu1qg68fab165klnsnk3dpvl.example.: proves that no wildcard *.x.w.example. could have answered");
    // Appendix B.2: no MX at ns1.example.
    let no_data = nsec3("2t7b4g4vsa5smi47k61mv5bv1a22bojr", 1, b"2vptu5timamqttgl4luu9kg21e0aor3s");
    case("ns1.example.", 15, 0x8180, no_data).says(
        "NSEC3 of 2t7b4g4vsa5smi47k61mv5bv1a22bojr.example.: is the hash of ns1.example. and proves that the name has no MX \
         record: its types are A RRSIG NSEC",
    );
}

#[test]
fn aliases_and_both_kinds_of_no() {
    let soa = record(
        "lab.",
        6,
        &[wire("ns.lab."), wire("admin.lab."), vec![0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 4, 0, 0, 1, 44]]
            .concat(),
    );
    let alias = record("web.lab.", 5, &wire("real.lab."));
    let with =
        |bits, answer: Vec<Vec<u8>>| Case { bits, sections: [answer, vec![soa.clone()], vec![]], ..Case::default() };
    let remember = "; caches may remember that for 300 s (the SOA record's TTL or MINIMUM, whichever is smaller)";
    with(0x8583, vec![]).says(&format!("web.lab. does not exist, with any type{remember}"));
    with(0x8580, vec![]).says(&format!("NODATA: web.lab. exists, but has no record of this type{remember}"));
    let chained = with(0x8580, vec![alias.clone()]);
    chained.says("web.lab. is an alias (CNAME) of real.lab.");
    chained.says(&format!("NODATA: real.lab. exists, but has no record of this type{remember}"));
    let back = record("real.lab.", 5, &wire("web.lab."));
    with(0x8580, vec![alias, back]).says("the aliases lead back to web.lab.: a loop, in which no record can be");
    let dname = record("lab.", 39, &wire("test."));
    with(0x8580, vec![dname]).says(
        "DNAME of lab.: names below it are looked up under the other name; a CNAME record made from it may stand beside it",
    );
    let ns = record("child.lab.", 2, &wire("ns.child.lab."));
    Case { bits: 0x8000, sections: [vec![], vec![ns], vec![]], question: ("x.child.lab.", 1), ..Case::default() }
        .says("a referral: the servers of child.lab. know, ask ns.child.lab.");
}
