//! A name server that misbehaves: the first label of the name says how.

use std::io::{Read, Write};
use std::net::TcpStream;

use socket2::SockRef;

use super::scripted::{self, framed};

/// `192.0.2.1` for the name of the question, for 60 seconds.
const A: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";
/// An SOA record of the name of the question.
const SOA: &[u8] = b"\xc0\x0c\0\x06\0\x01\0\0\0\x3c\0\x16\0\0\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05";
/// An OPT record without options.
const OPT: &[u8] = b"\0\0\x29\x04\xd0\0\0\0\0\0\0";

/// Listens on 127.0.0.1:5300 over UDP and TCP, until the test ends.
pub(crate) fn start() {
    scripted::start(|query| answers(query, false), converse);
}

/// One connection. Whatever goes wrong with it ends it.
fn converse(mut stream: TcpStream) {
    let Some(query) = scripted::message(&mut stream) else { return };
    let half: &[u8] = match behaviour(&query) {
        "eof" => b"",
        "cutlen" => b"\x01",
        "cutmsg" => b"\0\x20abc",
        "rst" => {
            let _ = SockRef::from(&stream).set_linger(Some(std::time::Duration::ZERO));
            return;
        }
        _ => {
            let octets: Vec<Vec<u8>> = answers(&query, true).iter().map(|answer| framed(answer)).collect();
            let _ = stream.write_all(&octets.concat());
            // Until the client has had enough.
            let _ = stream.read(&mut [0]);
            return;
        }
    };
    let _ = stream.write_all(half);
}

fn behaviour(query: &[u8]) -> &str {
    let length = usize::from(query[12]);
    std::str::from_utf8(&query[13..13 + length]).unwrap_or("")
}

/// A response to be changed.
struct Response {
    id: u16,
    flags: u16,
    counts: [u16; 4],
    question: Vec<u8>,
    records: Vec<u8>,
}

impl Response {
    /// An empty answer with a good header.
    fn to(query: &[u8]) -> Self {
        let end = 12 + query[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
        Self {
            id: u16::from_be_bytes([query[0], query[1]]),
            flags: 0x8580,
            counts: [1, 0, 0, 0],
            question: query[12..end].to_vec(),
            records: Vec::new(),
        }
    }

    fn flags(mut self, flags: u16) -> Self {
        self.flags = flags;
        self
    }

    fn answer(mut self, record: &[u8]) -> Self {
        self.counts[1] += 1;
        self.records.extend(record);
        self
    }

    fn additional(mut self, record: &[u8]) -> Self {
        self.counts[3] += 1;
        self.records.extend(record);
        self
    }

    fn claim(mut self, section: usize, count: u16) -> Self {
        self.counts[section] = count;
        self
    }

    fn octets(&self) -> Vec<u8> {
        let mut octets = [self.id.to_be_bytes(), self.flags.to_be_bytes()].concat();
        octets.extend(self.counts.iter().flat_map(|count| count.to_be_bytes()));
        octets.extend(&self.question);
        octets.extend(&self.records);
        octets
    }

    fn cut(&self, octets: usize) -> Vec<u8> {
        let mut whole = self.octets();
        whole.truncate(whole.len() - octets);
        whole
    }
}

/// An OPT record with one option; `above` is the extended rcode and the version.
fn opt(above: [u8; 2], flags: u16, code: u16, data: &[u8]) -> Vec<u8> {
    let length = u16::try_from(data.len()).unwrap();
    let mut record = b"\0\0\x29\x04\xd0".to_vec();
    record.extend(above);
    record.extend(flags.to_be_bytes());
    record.extend((length + 4).to_be_bytes());
    record.extend(code.to_be_bytes());
    record.extend(length.to_be_bytes());
    record.extend(data);
    record
}

/// A record of the name of the question.
fn record(rtype: u16, class: u16, ttl: u32, rdata: &[u8]) -> Vec<u8> {
    let mut record = b"\xc0\x0c".to_vec();
    record.extend(rtype.to_be_bytes());
    record.extend(class.to_be_bytes());
    record.extend(ttl.to_be_bytes());
    record.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
    record.extend(rdata);
    record
}

/// The client's cookie, or zeros if there is none of eight octets.
fn cookie(query: &[u8]) -> Vec<u8> {
    let at = query.windows(4).position(|window| window == b"\0\x0a\0\x08");
    at.map_or(vec![0; 8], |at| query[at + 4..at + 12].to_vec())
}

/// What is sent back, one message after the other.
fn answers(query: &[u8], tcp: bool) -> Vec<Vec<u8>> {
    let empty = || Response::to(query);
    let good = || empty().answer(A);
    let what = behaviour(query);
    if let Some(messages) = mismatches(what, query) {
        return messages;
    }
    if let Some(option) = edns_option(what, query) {
        return vec![good().additional(&option).octets()];
    }
    if let Some(rdata) = odd_record(what) {
        return vec![empty().answer(&rdata).octets()];
    }
    let message = match what {
        "silent" => return Vec::new(),
        "noq" => {
            let mut response = empty().claim(0, 0);
            response.question.clear();
            response.octets()
        }
        "twoq" => {
            let mut response = empty().claim(0, 2);
            response.question = response.question.repeat(2);
            response.octets()
        }
        "hdr" => [&query[..2], b"\x85\x80\0\0\0\0\0\0\0\0"].concat(),
        "garbage" => [&query[..2], b"\x85\x80\0\x01\0\x01\0\0\0\0", &[0xff; 30]].concat(),
        "cutrr" => good().cut(3),
        "cuthead" => good().cut(8),
        "cutname" => good().cut(17),
        "twocut" => good().answer(A).claim(1, 3).octets(),
        "anc2" => good().claim(1, 2).octets(),
        "extra" => [good().octets(), b"abc".to_vec()].concat(),
        "extra1" => [good().octets(), b"a".to_vec()].concat(),
        "mbz" => good().flags(0x85c0).octets(),
        "twoopt" => good().additional(OPT).additional(OPT).octets(),
        "optans" => empty().answer(OPT).octets(),
        "optname" => good().additional(&[b"\x01x", OPT].concat()).octets(),
        "opttrunc" => good().additional(b"\0\0\x29\x04\xd0\0\0\0\0\0\x06\0\x03\0\x09ab").octets(),
        "tsig0" => {
            let rdata = [b"\x0bhmac-sha256\0\0\0\0\0\0\x01\x01\x2c\0\x04abcd".as_slice(), &query[..2], b"\0\0\0\0"];
            let mut record = b"\x03key\0\0\xfa\0\xff\0\0\0\0\0\x21".to_vec();
            record.extend(rdata.concat());
            good().additional(&record).octets()
        }
        "tsig" => good().additional(b"\0\0\xfa\0\xff\0\0\0\0\0\0").octets(),
        "formerr" => empty().flags(0x8581).octets(),
        "servfail" => empty().flags(0x8582).octets(),
        "notimp" => empty().flags(0x8584).octets(),
        "rc11" => empty().flags(0x858b).octets(),
        "rc3841" => empty().flags(0x8581).additional(&opt([240, 0], 0, 65001, b"")).octets(),
        "badvers" => empty().additional(&opt([1, 0], 0, 3, b"ns")).octets(),
        "badcookie" => {
            let cookie = [cookie(query), b"01234567".to_vec()].concat();
            empty().flags(0x8587).additional(&opt([1, 0], 0, 10, &cookie)).octets()
        }
        "tc" | "tcnx" | "tcns" if !tcp => empty().flags(0x8780).octets(),
        "tcnx" => empty().flags(0x8583).octets(),
        "tcns" if query.windows(5).any(|window| window == b"\0\0\x06\0\x01") => empty().answer(SOA).octets(),
        "tcns" => {
            // One server only is not waited for by the real dig.
            let server = record(2, 1, 60, b"\x03127\x010\x010\x011\0");
            empty().answer(&server).answer(&server).octets()
        }
        "tctcp" => good().flags(0x8780).octets(),
        "mixed" => good().answer(&record(16, 1, 1, b"\x02ab")).answer(A).octets(),
        "otherq" => {
            let mut response = good().claim(0, 2);
            response.question.extend(b"\x05other\0\0\x01\0\x01");
            response.octets()
        }
        "mixedclass" => good().answer(&record(1, 3, 60, &[1, 2, 3, 4])).octets(),
        "qcase" => {
            let mut response = good();
            response.question.make_ascii_uppercase();
            response.octets()
        }
        _ => good().octets(),
    };
    vec![message]
}

/// Messages that are not the answer, and then mostly the answer.
fn mismatches(what: &str, query: &[u8]) -> Option<Vec<Vec<u8>>> {
    let good = || Response::to(query).answer(A);
    let wrong_id = || {
        let mut response = good();
        response.id ^= 0xffff;
        response.octets()
    };
    let update = || good().flags(0xad80).octets();
    let wrong_question = || {
        let mut response = good();
        response.question = b"\x05wrong\x03odd\x04test\0\0\x01\0\x01".to_vec();
        response.octets()
    };
    Some(match what {
        "wrongid" => vec![wrong_id(), good().octets()],
        "onlywrongid" => vec![wrong_id()],
        "wrongq" => vec![wrong_question(), good().octets()],
        "noqr" => vec![good().flags(0x0500).octets(), good().octets()],
        "opcode" => vec![update(), good().octets()],
        "update" => vec![update()],
        "short" => vec![query[..8].to_vec(), good().octets()],
        "empty" => vec![Vec::new()],
        _ => return None,
    })
}

fn edns_option(what: &str, query: &[u8]) -> Option<Vec<u8>> {
    let plain = |code, data: &[u8]| opt([0, 0], 0, code, data);
    Some(match what {
        "cookiebad" => plain(10, b"zzzzzzzz01234567"),
        "cookieecho" => plain(10, &cookie(query)),
        "ede" => plain(15, b"\0\x12"),
        "edetext" => plain(15, b"\0\x16some \"text\"\x01\xc3\xbc"),
        "edeunk" => plain(15, b"\x27\x0ftext"),
        "edeshort" => plain(15, b"\0"),
        "edenul" => plain(15, b"\0\x12abc\0"),
        "nsid" => plain(3, b"ns-odd\x01\""),
        "nsid0" => plain(3, b""),
        "unkopt" => plain(65001, b"\x01\x02abc\xff"),
        "opt4" => plain(4, b""),
        "keepalive" => plain(11, b"\0\x64"),
        "pad" => plain(12, &[0; 8]),
        "pad0" => plain(12, b""),
        "keepalive0" => plain(11, b""),
        "keepalive3" => plain(11, b"\x01\x02\x03"),
        "edebom" => plain(15, b"\0\x01\xef\xbb\xbfa"),
        "edelatin" => plain(15, b"\0\x01\xe9"),
        "llq" => plain(1, b"12"),
        "ul" => plain(2, b"12"),
        "expire" => plain(9, b"12"),
        "keytag" => plain(14, b"123"),
        "clienttag" => plain(16, b"1"),
        "servertag" => plain(17, b"123"),
        "ecs" => plain(8, b"\0\x01\x18\0\xc0\0"),
        "ecsbits" => plain(8, b"\0\x01\x14\0\xc0\0\x0f"),
        "ecsfamily" => plain(8, b"\0\x03\x08\0\x0a"),
        "ecsbig" => plain(8, b"\0\x01\x08\x21\x0a"),
        "ecszero" => plain(8, b"\0\0\0\x01"),
        "optco" => opt([0, 0], 0x4000, 3, b"x"),
        "optflags" => opt([0, 0], 0x8070, 3, b"x"),
        "optver" => opt([0, 5], 0, 3, b"x"),
        _ => return None,
    })
}

fn odd_record(what: &str) -> Option<Vec<u8>> {
    const IN: u16 = 1;
    Some(match what {
        "ptrloop" => [b"\xc0\x1c", &A[2..]].concat(),
        "ptrfwd" => [b"\xc0\xff", &A[2..]].concat(),
        "badlabel" => [b"\x80", &A[2..]].concat(),
        "badlen" => record(1, IN, 60, &[1, 2, 3]),
        "badlen5" => record(1, IN, 60, &[1, 2, 3, 4, 5]),
        "class300" => record(1, 300, 60, &[192, 0, 2, 1]),
        "clsany" => record(1, 255, 1, &[1, 2, 3, 4]),
        "clsnone" => record(1, 254, 1, &[1, 2, 3, 4]),
        "chaosa" => record(1, 3, 60, b"\xc0\x0c\x01\xff"),
        "chaosacut" => record(1, 3, 60, b"\xc0\x0c\x01"),
        "elsewhere" => record(5, IN, 60, b"\x05other\0"),
        "ttlneg" => record(1, IN, 0x8000_0001, &[192, 0, 2, 1]),
        "emptya" => record(1, IN, 1, b""),
        "emptytxt" => record(16, IN, 1, b""),
        "badtxt" => record(16, IN, 1, b"\x05ab"),
        "mxcut" => record(15, IN, 1, &[0]),
        "mxextra" => record(15, IN, 1, &[0, 1, 0, 0]),
        "srvptr" => record(33, IN, 1, b"\0\x01\0\x02\0\x03\xc0\x0c"),
        "caa" => record(257, IN, 1, b"\0\x05issue;ab\"\x01"),
        "caabad" => record(257, IN, 1, b"\0\x05is-ue;ab\"\x01"),
        "caa0" => record(257, IN, 1, b"\0\0"),
        "soafull" => {
            let numbers = [u32::MAX, 1, 2, 3, 0x8000_0000].map(u32::to_be_bytes).concat();
            record(6, IN, 1, &[b"\xc0\x0c\xc0\x0c".to_vec(), numbers].concat())
        }
        "any" => record(255, IN, 1, &[1, 2, 3, 4]),
        "t0" => record(0, IN, 1, &[1, 2, 3, 4]),
        _ => return None,
    })
}
