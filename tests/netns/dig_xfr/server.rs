//! A name server that signs and transfers as the first label of the name says.

use std::io::Write;
use std::net::TcpStream;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use sockeye_dig::message::Message;
use sockeye_dig::tsig::{Algorithm, BADKEY, BADSIG, BADTIME, BADTRUNC, Key, Signature, Signer};

use crate::dig::scripted::{self, framed};

mod transfer;

use transfer::Act;

const SECRET: &[u8] = b"secretsecretsecret";
const SECRET_TEXT: &str = "c2VjcmV0c2VjcmV0c2VjcmV0";

/// `192.0.2.1` for the name of the question, for 60 seconds.
const A: &[u8] = b"\xc0\x0c\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x01";

/// Writes the files that the command lines name: `KEY` in them is a secret.
pub(super) fn write_keys(folder: &Path) {
    for (name, text) in KEY_FILES {
        std::fs::write(folder.join(name), text.replace("KEY", SECRET_TEXT)).unwrap();
    }
    std::fs::create_dir(folder.join("folder")).unwrap();
}

/// What key files may be like.
const KEY_FILES: &[(&str, &str)] = &[
    ("good", "key \"k\" { algorithm hmac-sha256; secret \"KEY\"; };\n"),
    ("md5", "key \"k\" { algorithm hmac-md5; secret \"KEY\"; };\n"),
    ("sha1", "key \"k\" { algorithm hmac-sha1; secret \"KEY\"; };\n"),
    ("sha224", "key \"k\" { algorithm hmac-sha224; secret \"KEY\"; };\n"),
    ("sha384", "key \"k\" { algorithm hmac-sha384; secret \"KEY\"; };\n"),
    ("sha512", "key \"k\" { algorithm hmac-sha512; secret \"KEY\"; };\n"),
    ("bits", "key k { algorithm hmac-sha256-128; secret \"KEY\"; };\n"),
    ("bits192", "key k { algorithm hmac-sha256-192; secret \"KEY\"; };\n"),
    ("bits64", "key k { algorithm hmac-sha256-64; secret \"KEY\"; };\n"),
    ("bits100", "key k { algorithm hmac-sha512-100; secret \"KEY\"; };\n"),
    ("manybits", "key k { algorithm hmac-sha256-999; secret \"KEY\"; };\n"),
    ("oddbits", "key k { algorithm hmac-sha256-x; secret \"KEY\"; };\n"),
    ("comments", "/* c */ // d\n# e\nkey \"k\" { /* x */ algorithm \"hmac-sha256\"; # y\n secret \"KEY\"; // z\n};\n"),
    ("upper", "key K.Example. { ALGORITHM HMAC-SHA256; SECRET \"KEY\"; };\n"),
    ("spaces", "key \"k j\" { algorithm hmac-sha256; secret \"KEY KEY\"; };\n"),
    ("empty", ""),
    ("noalgorithm", "key k { secret \"KEY\"; };\n"),
    ("nosecret", "key k { algorithm hmac-sha256; };\n"),
    ("nothing", "key k { };\n"),
    ("emptysecret", "key k { algorithm hmac-sha256; secret \"\"; };\n"),
    ("badbase64", "key k { algorithm hmac-sha256; secret \"abc\"; };\n"),
    ("badalgorithm", "key k { algorithm hmac-foo; secret \"KEY\"; };\n"),
    ("longalgorithm", "key k { algorithm hmac-md5.sig-alg.reg.int; secret \"KEY\"; };\n"),
    ("badname", "key a..b { algorithm hmac-sha256; secret \"KEY\"; };\n"),
    ("noname", "key \"\" { algorithm hmac-sha256; secret \"KEY\"; };\n"),
    ("short", "key k { algorithm hmac-sha256; secret \"YWJj\"; };\n"),
    ("nosemicolon", "key k { algorithm hmac-sha256; secret \"KEY\"; }\n"),
    ("two", "key k { algorithm hmac-sha256; secret \"KEY\"; };\nkey j { algorithm hmac-sha1; secret \"KEY\"; };\n"),
    ("twosecrets", "key k { algorithm hmac-sha256; secret \"KEY\"; secret \"KEY\"; };\n"),
    ("unknown", "key k { algorithm hmac-sha256; foo bar; secret \"KEY\"; };\n"),
    ("unfinished", "key k { algorithm hmac-sha256; secret \"KEY\"\n"),
    ("openquote", "key k { algorithm hmac-sha256; secret \"KEY\n"),
    ("opencomment", "/* c \nkey k {};"),
    ("noinclude", "include \"/nosuch/file\";\n"),
    ("stray", "key k { algorithm hmac-sha256; secret \"KEY\"; }; }\n"),
    ("Kk.+163+1.key", "k. IN KEY 512 3 163 KEY\n"),
    ("Kk.+163+1.private", "Private-key-format: v1.3\nAlgorithm: 163 (HMAC_SHA256)\nKey: KEY\nBits: AAA=\n"),
    ("Kk.+157+2.key", "k. 3600 IN KEY 512 3 157 KEY\n"),
    ("Kk.+157+2.private", "Private-key-format: v1.2\nAlgorithm: 157 (HMAC_MD5)\nKey: KEY\nBits: AFA=\n"),
    ("Kk.+163+3.key", "k. IN KEY 512 3 163 KEY\n"),
];

/// Listens on 127.0.0.1:5300 over UDP and TCP, until the test ends.
pub(super) fn start() {
    scripted::start(|query| answers(query, false), converse);
}

/// One connection: each query and what answers it. Whatever goes wrong with it ends it.
fn converse(mut stream: TcpStream) {
    while let Some(query) = scripted::message(&mut stream) {
        for act in acts(&query) {
            let octets = match act {
                Act::Send(message) => framed(&message),
                Act::Raw(octets) => octets,
                Act::Close => return,
            };
            if stream.write_all(&octets).is_err() {
                return;
            }
        }
    }
}

/// What is done over a connection.
fn acts(query: &[u8]) -> Vec<Act> {
    match (qtype(query), first_label(query)) {
        (251 | 252, what) => transfer::acts(query, what),
        _ => answers(query, true).into_iter().map(Act::Send).collect(),
    }
}

fn first_label(query: &[u8]) -> &str {
    std::str::from_utf8(&query[13..13 + usize::from(query[12])]).unwrap_or("")
}

fn qtype(query: &[u8]) -> u16 {
    let end = 12 + query[12..].iter().position(|octet| *octet == 0).unwrap();
    u16::from_be_bytes([query[end + 1], query[end + 2]])
}

/// What is sent back, one message after the other.
fn answers(query: &[u8], tcp: bool) -> Vec<Vec<u8>> {
    let what = first_label(query);
    if qtype(query) == 251 {
        let messages = transfer::acts(query, what).into_iter();
        return messages.filter_map(|act| if let Act::Send(octets) = act { Some(octets) } else { None }).collect();
    }
    vec![signed_answer(query, what, tcp)]
}

/// An answer to the query without a signature.
fn answer(query: &[u8], flags: u16, records: &[&[u8]]) -> Vec<u8> {
    let end = 12 + query[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
    let count = u16::try_from(records.len()).unwrap();
    let mut octets = query[..2].to_vec();
    octets.extend([flags, 1, count, 0, 0].map(u16::to_be_bytes).concat());
    octets.extend(&query[12..end]);
    octets.extend(records.concat());
    octets
}

/// The signature of a query, and the key that it was made with if there is one of that name.
fn signature(query: &[u8]) -> Option<(Signature, Key)> {
    let record = Message::parse(query).unwrap().tsig?;
    let signature = Signature::parse(query, &record).unwrap();
    let algorithm = Algorithm::ALL.into_iter().find(|known| known.wire_name().matches(&signature.algorithm))?;
    Some((signature, Key::new(&record.owner, algorithm, 0, SECRET.to_vec())))
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn signed_answer(query: &[u8], what: &str, tcp: bool) -> Vec<u8> {
    let good = answer(query, 0x8580, &[A]);
    let Some((theirs, key)) = signature(query) else {
        let key = Key::new(&"k".parse().unwrap(), Algorithm::Sha256, 0, SECRET.to_vec());
        let like = Signature::by(&key, now_s());
        return if what == "signed" { Signer::new(&key).sign(&good, &like) } else { good };
    };
    let like = Signature::by(&key, now_s());
    let sign = |octets: &[u8], like: &Signature| Signer::answering(&key, &theirs.mac).sign(octets, like);
    let with_bits = |bits| {
        let short = Key::new(&key.name, key.algorithm, bits, SECRET.to_vec());
        Signer::answering(&short, &theirs.mac).sign(&good, &like)
    };
    // A signature without a MAC, as a server gives that could not make one.
    let with_mac = |octets: &[u8], like: &Signature, mac: &[u8]| {
        let mut octets = octets.to_vec();
        octets[11] += 1;
        let original_id = u16::from_be_bytes([query[0], query[1]]);
        octets.extend(Signature { mac: mac.to_vec(), original_id, ..like.clone() }.emit_record(&key.name));
        octets
    };
    let refused = answer(query, 0x8589, &[]);
    let error = |error| Signature { error, ..like.clone() };
    match what {
        "unsigned" => good,
        "changed" => {
            let mut octets = sign(&good, &like);
            let at = good.len() - 1;
            octets[at] ^= 1;
            octets
        }
        "badmac" => {
            let mut octets = sign(&good, &like);
            let at = octets.len() - 8;
            octets[at] ^= 1;
            octets
        }
        "othername" => {
            let other = Key::new(&"j".parse().unwrap(), key.algorithm, 0, SECRET.to_vec());
            Signer::answering(&other, &theirs.mac).sign(&good, &like)
        }
        "otheralgorithm" => {
            let other = if key.algorithm == Algorithm::Sha1 { Algorithm::Sha512 } else { Algorithm::Sha1 };
            let other = Key::new(&key.name, other, 0, SECRET.to_vec());
            Signer::answering(&other, &theirs.mac).sign(&good, &Signature::by(&other, now_s()))
        }
        "othersecret" => {
            let other = Key::new(&key.name, key.algorithm, 0, b"other".to_vec());
            Signer::answering(&other, &theirs.mac).sign(&good, &like)
        }
        "badsig" => with_mac(&refused, &error(BADSIG), &[]),
        "badkey" => with_mac(&refused, &error(BADKEY), &[]),
        "badsigsigned" => sign(&refused, &error(BADSIG)),
        "badkeysigned" => sign(&refused, &error(BADKEY)),
        "badtime" => {
            let other = now_s().to_be_bytes()[2..].to_vec();
            sign(&refused, &Signature { time_s: theirs.time_s, other, ..error(BADTIME) })
        }
        "badtrunc" => sign(&refused, &error(BADTRUNC)),
        "badtruncunsigned" => with_mac(&refused, &error(BADTRUNC), &[]),
        "error5" => sign(&refused, &error(5)),
        "error4000" => sign(&refused, &error(4000)),
        "past" => sign(&good, &Signature { time_s: now_s() - 1000, ..like.clone() }),
        "future" => sign(&good, &Signature { time_s: now_s() + 1000, ..like.clone() }),
        "nofudge" => sign(&good, &Signature { time_s: now_s() - 100, fudge_s: 0, ..like.clone() }),
        "pastbadmac" => {
            let mut octets = sign(&good, &Signature { time_s: now_s() - 1000, ..like.clone() });
            let at = octets.len() - 8;
            octets[at] ^= 1;
            octets
        }
        "pastbadtime" => sign(&good, &Signature { time_s: now_s() - 1000, ..error(BADTIME) }),
        "pastbadkey" => with_mac(&refused, &Signature { time_s: now_s() - 1000, ..error(BADKEY) }, &[]),
        "bits128" => with_bits(128),
        "bits88" => with_bits(88),
        "bits80" => with_bits(80),
        "bits72" => with_bits(72),
        "bits8" => with_bits(8),
        "nomac" => with_mac(&good, &like, &[]),
        "longmac" => with_mac(&good, &like, &[7; 100]),
        "wronglongmac" => with_mac(&good, &like, &[7; 32]),
        "cut" => {
            let mut octets = sign(&good, &like);
            octets.truncate(octets.len() - 1);
            octets
        }
        "notlast" => {
            let mut octets = sign(&good, &like);
            octets[11] += 1;
            octets.extend(A);
            octets
        }
        "otherclass" => {
            let mut octets = sign(&good, &like);
            octets[good.len() + 6] = 1;
            octets
        }
        "ttl" => {
            let mut octets = sign(&good, &like);
            octets[good.len() + 8] = 1;
            octets
        }
        "emptyrdata" => {
            let mut octets = answer(query, 0x8580, &[A]);
            octets[11] = 1;
            octets.extend(b"\x01k\0\0\xfa\0\xff\0\0\0\0\0\0");
            octets
        }
        "inanswer" => {
            let mut octets = sign(&good, &like);
            octets[7] += 1;
            octets[11] = 0;
            octets
        }
        "two" => {
            let once = sign(&good, &like);
            sign(&once, &like)
        }
        "servfail" => sign(&answer(query, 0x8582, &[]), &like),
        "servfailunsigned" => answer(query, 0x8582, &[]),
        "tc" if !tcp => answer(query, 0x8780, &[]),
        "tcsigned" if !tcp => sign(&answer(query, 0x8780, &[]), &like),
        "otherid" => {
            // The id of the query is in the signature.
            let mut octets = sign(&good, &like);
            octets[0] ^= 0xff;
            octets
        }
        "wrongquestion" => {
            let mut octets = sign(&good, &like);
            octets[14] ^= 1;
            octets
        }
        "extra" => {
            let mut octets = sign(&good, &like);
            octets.extend(b"abc");
            octets
        }
        _ => sign(&good, &like),
    }
}
