//! Zone transfers that go well, and that do not: the first label of the zone's name says how.

use sockeye_dig::tsig::{Signature, Signer};

use super::{now_s, signature};

/// What a server does over one connection.
pub(super) enum Act {
    Send(Vec<u8>),
    /// Octets as they are: no length in front.
    Raw(Vec<u8>),
    Close,
}

const REFUSED: u16 = 0x8505;
const SERVFAIL: u16 = 0x8502;
const GOOD: u16 = 0x8500;

/// `192.0.2.N` for the zone's name.
fn a(number: u8) -> Vec<u8> {
    vec![0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, number]
}

fn soa(serial: u32) -> Vec<u8> {
    let mut record = b"\xc0\x0c\0\x06\0\x01\0\0\0\x3c\0\x18\xc0\x0c\xc0\x0c".to_vec();
    for number in [serial, 1, 2, 3, 4] {
        record.extend(number.to_be_bytes());
    }
    record
}

/// Serials and, for 0, address records.
fn records(shape: &[u32]) -> Vec<Vec<u8>> {
    (1..).zip(shape).map(|(number, serial)| if *serial == 0 { a(number) } else { soa(*serial) }).collect()
}

fn question_len(query: &[u8]) -> usize {
    query[12..].iter().position(|octet| *octet == 0).unwrap() + 5
}

fn message(query: &[u8], flags: u16, records: &[Vec<u8>]) -> Vec<u8> {
    let count = u16::try_from(records.len()).unwrap();
    let mut octets = query[..2].to_vec();
    octets.extend([flags, 1, count, 0, 0].map(u16::to_be_bytes).concat());
    octets.extend(&query[12..12 + question_len(query)]);
    octets.extend(records.concat());
    octets
}

/// What answers a query for a transfer.
pub(super) fn acts(query: &[u8], what: &str) -> Vec<Act> {
    let of = |shape: &[u32]| message(query, GOOD, &records(shape));
    let send = |shapes: &[&[u32]]| shapes.iter().map(|shape| Act::Send(of(shape))).collect::<Vec<_>>();
    if let Some(acts) = shape(what).map(&send) {
        return acts;
    }
    let first = Act::Send(of(&[3, 0]));
    let changed = |at: usize, bits: u8| {
        let mut octets = of(&[0, 3]);
        octets[at] ^= bits;
        Act::Send(octets)
    };
    match what {
        "refused" => vec![Act::Send(message(query, REFUSED, &[]))],
        "refusedrecords" => vec![Act::Send(message(query, REFUSED, &records(&[3, 0, 3])))],
        "servfail" => vec![Act::Send(message(query, SERVFAIL, &[]))],
        "formerr" => vec![Act::Send(message(query, 0x8501, &[]))],
        "midrcode" => vec![first, Act::Send(message(query, REFUSED, &[]))],
        "midrcoderecords" => vec![first, Act::Send(message(query, SERVFAIL, &records(&[0, 3])))],
        "midempty" => vec![first, Act::Send(of(&[]))],
        "midid" => vec![first, changed(0, 1), Act::Send(of(&[0, 3]))],
        "midquestion" => vec![first, changed(13, 1), Act::Send(of(&[0, 3]))],
        "midqr" => vec![first, changed(2, 0x80)],
        "midopcode" => vec![first, changed(2, 0x28), Act::Send(of(&[0, 3]))],
        "midcut" => {
            let mut octets = of(&[0, 3]);
            octets.truncate(octets.len() - 3);
            vec![first, Act::Send(octets)]
        }
        "midbad" => {
            let mut octets = of(&[0, 3]);
            let at = 12 + question_len(query);
            octets[at] = 0x80;
            vec![first, Act::Send(octets)]
        }
        "midshort" => vec![first, Act::Send(query[..8].to_vec())],
        "midextra" => vec![first, Act::Send([of(&[0, 3]), b"abc".to_vec()].concat())],
        "mideof" => vec![first, Act::Close],
        "midhalf" => vec![first, Act::Raw(b"\0\x20abc".to_vec()), Act::Close],
        "midtc" => vec![first, changed(2, 2)],
        "midclass" => {
            let mut octets = of(&[0, 3]);
            let at = 12 + question_len(query) + 5;
            octets[at] = 5;
            vec![first, Act::Send(octets)]
        }
        "tc" => vec![Act::Send(message(query, 0x8700, &records(&[3, 0, 3])))],
        "eof" => vec![Act::Close],
        "half" => vec![Act::Raw(b"\0\x20abc".to_vec()), Act::Close],
        "noquestion" => {
            let mut octets = of(&[]);
            octets.truncate(12);
            octets[5] = 0;
            octets[7] = 1;
            octets.extend(b"\x01x\0\0\x01\0\x01\0\0\0\x3c\0\x04\xc0\0\x02\x09");
            vec![first, Act::Send(octets), Act::Send(of(&[3]))]
        }
        "authority" => {
            let mut octets = of(&[3, 0, 3]);
            octets[9] = 1;
            octets.extend(a(99));
            vec![Act::Send(octets)]
        }
        "big" => {
            let many = |start: u32| {
                let mut shape = vec![0; 200];
                shape.splice(..0, (start == 0).then_some(3));
                shape
            };
            let mut acts: Vec<Act> = (0..20).map(|number| Act::Send(of(&many(number)))).collect();
            acts.push(Act::Send(of(&[3])));
            acts
        }
        _ => signed(query, what),
    }
}

/// Messages of SOA serials and, for 0, address records.
fn shape(what: &str) -> Option<&'static [&'static [u32]]> {
    Some(match what {
        "one" => &[&[3, 0, 3]],
        "many" => &[&[3, 0], &[0, 0], &[3]],
        "each" => &[&[3], &[0], &[0], &[3]],
        "behind" => &[&[3, 0, 3, 0, 0]],
        "messagebehind" => &[&[3, 0, 3], &[0, 0]],
        "otherend" => &[&[3, 0, 4]],
        "soas" => &[&[3, 3, 3, 3]],
        "nosoa" => &[&[0, 3]],
        "nosoamany" => &[&[0, 0], &[3]],
        "empty" => &[&[]],
        "silent" => &[],
        "midsilent" => &[&[3, 0]],
        "onlysoa" => &[&[3]],
        "ixfr" => &[&[3, 1, 0, 2, 0, 0, 2, 0, 3, 0, 3]],
        "ixfrmany" => &[&[3, 1, 0], &[2, 0], &[2], &[0, 3], &[0, 3]],
        "ixfrone" => &[&[3, 1, 0, 3, 0, 3]],
        "ixfrnothing" => &[&[3, 1, 3, 3]],
        "ixfrbehind" => &[&[3, 1, 0, 3, 0, 3, 0]],
        "ixfrodd" => &[&[3, 1, 0, 3, 0], &[9, 0], &[3]],
        "ixfrtwo" => &[&[3, 3]],
        "ixfrtwobehind" => &[&[3, 3, 0], &[3]],
        "ixfrup" => &[&[9, 5, 0, 7, 0], &[9, 0, 9]],
        "ixfrzero" => &[&[3, 0], &[0], &[3]],
        _ => return None,
    })
}

/// Transfers with signatures, where the query has one.
fn signed(query: &[u8], what: &str) -> Vec<Act> {
    let of = |shape: &[u32]| message(query, GOOD, &records(shape));
    let Some((theirs, key)) = signature(query) else { return vec![Act::Send(of(&[3, 0, 3]))] };
    let like = Signature::by(&key, now_s());
    let mut signer = Signer::answering(&key, &theirs.mac);
    let octets = match what {
        "sfirst" => {
            // Only the first and the last are signed.
            let between = vec![of(&[0]), of(&[0, 0])];
            let first = signer.sign(&of(&[3, 0]), &like);
            let last = signer.sign_behind(&between, &of(&[0, 3]), &like);
            vec![first, between[0].clone(), between[1].clone(), last]
        }
        "sunsignedlast" => vec![signer.sign(&of(&[3, 0]), &like), of(&[0]), of(&[0, 3])],
        "sunsignedfirst" => vec![of(&[3, 0]), signer.sign(&of(&[0, 3]), &like)],
        "sunsigned" => vec![of(&[3, 0]), of(&[0]), of(&[3])],
        "smissing" => {
            let first = signer.sign(&of(&[3, 0]), &like);
            let _ = signer.sign(&of(&[0, 0]), &like);
            vec![first, signer.sign(&of(&[0]), &like), signer.sign(&of(&[3]), &like)]
        }
        "schanged" => {
            let mut octets: Vec<_> =
                [&[3, 0][..], &[0, 0], &[0], &[3]].into_iter().map(|shape| signer.sign(&of(shape), &like)).collect();
            let at = of(&[0, 0]).len() - 1;
            octets[1][at] ^= 1;
            octets
        }
        "schangedbetween" => {
            let between = vec![of(&[0])];
            let first = signer.sign(&of(&[3, 0]), &like);
            let last = signer.sign_behind(&between, &of(&[3]), &like);
            vec![first, of(&[0, 0]), last]
        }
        "spast" => {
            let past = Signature { time_s: now_s() - 1000, ..like.clone() };
            vec![signer.sign(&of(&[3, 0]), &like), signer.sign(&of(&[0]), &past), signer.sign(&of(&[3]), &like)]
        }
        "serror" => {
            let error = Signature { error: 16, ..like.clone() };
            vec![signer.sign(&of(&[3, 0]), &like), signer.sign(&of(&[0]), &error), signer.sign(&of(&[3]), &like)]
        }
        // Every message.
        _ => [&[3, 0][..], &[0, 0], &[0], &[3]].into_iter().map(|shape| signer.sign(&of(shape), &like)).collect(),
    };
    octets.into_iter().map(Act::Send).collect()
}
