//! Our codec against two others, domain and hickory-proto: what all of them read, they read alike; and what one of the others
//! reads, ours reads too, but for rdata that are mere octets to it, and the cases in [`is_stricter`].

use domain::base::iana::Rtype;
use domain::base::name::{ParsedName, ToName as _};
use domain::base::rdata::ComposeRecordData as _;
use domain::rdata::AllRecordData;
use hickory_proto::rr::RData;
use proptest::prelude::*;

use crate::fault::{Fault, FaultKind};
use crate::message::tests::answer;
use crate::message::{Message, Section};

/// A message as any of the three sees it. OPT and TSIG are left out: each keeps them elsewhere.
#[derive(Debug, Default, PartialEq)]
struct View {
    id: u16,
    /// QDCOUNT to ARCOUNT as the header has them.
    counts: [u16; 4],
    /// Name, type, class.
    questions: Vec<(Vec<u8>, u16, u16)>,
    records: Vec<Seen>,
}

impl View {
    /// Whether there are rdata in which this codec finds no faults though there may be some: octets to it, keys that begin
    /// with a name, and an A record of class CH, which is a name and a number to dig.
    fn is_opaque(&self) -> bool {
        self.records.iter().any(|record| record.opaque || KEYS.contains(&record.rtype) || record.class != 1)
    }
}

/// A record: owner, type, class, TTL, and its rdata with whole names.
#[derive(Debug, PartialEq)]
struct Seen {
    owner: Vec<u8>,
    rtype: u16,
    class: u16,
    ttl: u32,
    rdata: Vec<u8>,
    /// The rdata are octets and nothing else to this codec: it finds neither names nor faults in them.
    opaque: bool,
}

/// Keys and signatures: with algorithm 253 they begin with a name, at which the others do not look.
const KEYS: [u16; 6] = [24, 25, 46, 48, 57, 60];

const PSEUDO: [u16; 2] = [41, 250];

fn ours(octets: &[u8]) -> Result<View, Option<Fault>> {
    let message = Message::parse(octets).map_err(|_| None)?;
    if let Some(fault) = message.fault {
        return Err(Some(fault));
    }
    let header = message.header;
    let records = [Section::Answer, Section::Authority, Section::Additional]
        .into_iter()
        .flat_map(|section| message.section(section));
    Ok(View {
        id: header.id,
        counts: [header.qdcount, header.ancount, header.nscount, header.arcount],
        questions: message
            .questions
            .iter()
            .map(|question| (question.qname.as_wire().to_vec(), question.qtype.0, question.qclass.0))
            .collect(),
        records: records
            .filter(|record| !PSEUDO.contains(&record.rtype.0))
            .map(|record| Seen {
                owner: record.owner.as_wire().to_vec(),
                rtype: record.rtype.0,
                class: record.class.0,
                ttl: record.ttl,
                rdata: record.rdata.uncompressed().into_owned(),
                opaque: false,
            })
            .collect(),
    })
}

/// What domain sees; `None` if it cannot read all of it.
fn domains(octets: &[u8]) -> Option<View> {
    let message = domain::base::Message::from_octets(octets).ok()?;
    let counts = message.header_counts();
    let mut view = View {
        id: message.header().id(),
        counts: [counts.qdcount(), counts.ancount(), counts.nscount(), counts.arcount()],
        ..View::default()
    };
    for question in message.question() {
        let question = question.ok()?;
        let name: domain::base::Name<Vec<u8>> = question.qname().to_name();
        view.questions.push((name.as_slice().to_vec(), question.qtype().to_int(), question.qclass().to_int()));
    }
    for section in [message.answer().ok()?, message.authority().ok()?, message.additional().ok()?] {
        for record in section {
            let record = record.ok()?;
            let rtype: Rtype = record.rtype();
            if PSEUDO.contains(&rtype.to_int()) {
                continue;
            }
            let owner: domain::base::Name<Vec<u8>> = record.owner().to_name();
            let (class, ttl) = (record.class().to_int(), record.ttl().as_secs());
            let whole = record.to_any_record::<AllRecordData<_, ParsedName<_>>>().ok()?;
            let opaque = matches!(whole.data(), AllRecordData::Unknown(_));
            let mut rdata = Vec::new();
            whole.data().compose_rdata(&mut rdata).ok()?;
            view.records.push(Seen {
                owner: owner.as_slice().to_vec(),
                rtype: rtype.to_int(),
                class,
                ttl,
                rdata,
                opaque,
            });
        }
    }
    Some(view)
}

/// What hickory-proto sees. Of rdata it shows the names, in the order of the fields.
fn hickorys(octets: &[u8]) -> Option<(View, Vec<Vec<Vec<u8>>>)> {
    let message = hickory_proto::op::Message::from_vec(octets).ok()?;
    let wire = |name: &hickory_proto::rr::Name| {
        let mut octets = Vec::new();
        for label in name {
            octets.push(u8::try_from(label.len()).unwrap());
            octets.extend_from_slice(label);
        }
        octets.push(0);
        octets
    };
    let mut view = View { id: message.metadata.id, ..View::default() };
    for query in &message.queries {
        view.questions.push((wire(query.name()), query.query_type().into(), query.query_class().into()));
    }
    let mut names = Vec::new();
    for record in message.answers.iter().chain(&message.authorities).chain(&message.additionals) {
        if PSEUDO.contains(&u16::from(record.record_type())) {
            continue;
        }
        names.push(match &record.data {
            RData::CNAME(name) => vec![wire(&name.0)],
            RData::NS(name) => vec![wire(&name.0)],
            RData::PTR(name) => vec![wire(&name.0)],
            RData::MX(mx) => vec![wire(&mx.exchange)],
            RData::SRV(srv) => vec![wire(&srv.target)],
            RData::SOA(soa) => vec![wire(&soa.mname), wire(&soa.rname)],
            _ => Vec::new(),
        });
        view.records.push(Seen {
            owner: wire(&record.name),
            rtype: record.record_type().into(),
            class: record.dns_class.into(),
            ttl: record.ttl,
            rdata: Vec::new(),
            opaque: matches!(record.data, RData::Unknown { .. }),
        });
    }
    Some((view, names))
}

/// Where ours reads less than the others: dig does so too, and its answers are what ours have to be.
fn is_stricter(fault: Fault) -> bool {
    match fault.kind {
        // domain looks at an option when it is asked for; dig looks at all of them, and so at CAA's tag, the bitmaps of
        // NSEC, the lengths of keys and digests, the hash that owns an NSEC3 record, and a type of zero.
        FaultKind::BadOption | FaultKind::FormErr | FaultKind::BadOwner => true,
        // A digest, a key, a string that is shorter or longer than its type allows, and rdata of nothing.
        FaultKind::ExtraData | FaultKind::UnexpectedEnd => fault.field != "label" && fault.field != "label length",
        _ => false,
    }
}

/// What holds of every message.
fn hold(octets: &[u8]) {
    let ours = ours(octets);
    match (&ours, domains(octets)) {
        (Ok(ours), Some(mut theirs)) => {
            // A, AAAA, SRV and others are what they are in class IN only, to dig and to us; domain takes no notice. Of
            // rdata that it does not know it cannot tell names.
            let differing = |ours: &Seen, theirs: &Seen| ours.class != 1 || theirs.opaque;
            for (ours, theirs) in
                ours.records.iter().zip(&mut theirs.records).filter(|(ours, theirs)| differing(ours, theirs))
            {
                theirs.rdata.clone_from(&ours.rdata);
                theirs.opaque = false;
            }
            assert_eq!(*ours, theirs, "domain");
        }
        (Err(Some(fault)), Some(theirs)) => {
            // A pointer has to lead to before the name that it ends, to dig and to us; to domain, before itself.
            let lenient = theirs.is_opaque() || fault.kind == FaultKind::BadPointer;
            assert!(lenient || is_stricter(*fault), "domain reads it, ours does not: {fault}");
        }
        (Err(None), Some(_)) => panic!("domain reads a message without a header"),
        (_, None) => {}
    }
    match (&ours, hickorys(octets)) {
        (Ok(ours), Some((theirs, names))) => {
            assert_eq!((ours.id, &ours.questions), (theirs.id, &theirs.questions), "hickory");
            assert_eq!(ours.records.len(), theirs.records.len(), "hickory");
            for ((ours, theirs), names) in ours.records.iter().zip(&theirs.records).zip(names) {
                assert_eq!(
                    (&ours.owner, ours.rtype, ours.class, ours.ttl),
                    (&theirs.owner, theirs.rtype, theirs.class, theirs.ttl),
                    "hickory"
                );
                for name in names.into_iter().filter(|_| ours.class == 1) {
                    assert!(
                        ours.rdata.windows(name.len()).any(|part| part == name),
                        "hickory has {name:?}, ours {:?}",
                        ours.rdata
                    );
                }
            }
        }
        (Err(Some(fault)), Some((theirs, _))) => {
            assert!(theirs.is_opaque() || is_stricter(*fault), "hickory reads it, ours does not: {fault}");
        }
        (Err(None), Some(_)) => panic!("hickory reads a message without a header"),
        (_, None) => {}
    }
}

/// A message of these records, whose names point to the question's where they can.
fn built(records: &[(u8, u8, u32)]) -> Vec<u8> {
    let mut octets = b"\x12\x34\x85\x80\0\x01".to_vec();
    octets.extend(u16::try_from(records.len()).unwrap().to_be_bytes());
    octets.extend(b"\0\0\0\0\x03wEb\x03lab\x04test\0\0\x01\0\x01");
    for (kind, name, ttl) in records {
        octets.extend([&b"\xc0\x0c"[..], b"\xc0\x10", b"\x01a\xc0\x14", b"\0"][usize::from(name % 4)]);
        let (rtype, rdata): (u16, &[u8]) = [
            (1, &b"\xc0\0\x02\x01"[..]),
            (2, b"\x02ns\xc0\x10"),
            (5, b"\xc0\x14"),
            (6, b"\x02ns\xc0\x10\x05admin\xc0\x10\0\0\0\x01\0\0\0\x02\0\0\0\x03\0\0\0\x04\0\0\0\x05"),
            (12, b"\x01x\x01y\0"),
            (15, b"\0\x0a\x04mail\xc0\x10"),
            (16, b"\x03one\0\x02\"\\"),
            (28, b"\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01"),
            (33, b"\0\x01\0\x02\0\x35\x03web\xc0\x10"),
            (65280, b"\x01\x02\x03"),
        ][usize::from(kind % 10)];
        octets.extend(rtype.to_be_bytes());
        octets.extend([0, 1]);
        octets.extend(ttl.to_be_bytes());
        octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
        octets.extend(rdata);
    }
    octets
}

#[test]
fn an_answer_is_the_same_to_all() {
    for octets in [answer(), built(&(0..10).map(|kind| (kind, kind, 3600)).collect::<Vec<_>>())] {
        assert!(domains(&octets).is_some() && hickorys(&octets).is_some() && ours(&octets).is_ok());
        hold(&octets);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn messages_are_the_same_to_all(records in proptest::collection::vec(any::<(u8, u8, u32)>(), 0..12)) {
        let octets = built(&records);
        prop_assert!(ours(&octets).is_ok() && domains(&octets).is_some());
        hold(&octets);
    }

    #[test]
    fn changed_messages_are_too(records in proptest::collection::vec(any::<(u8, u8, u32)>(), 1..6), at: proptest::sample::Index, octet: u8, end: proptest::sample::Index) {
        let mut octets = built(&records);
        let place = at.index(octets.len());
        octets[place] = octet;
        if end.index(4) == 0 {
            octets.truncate(end.index(octets.len()));
        }
        hold(&octets);
    }

    #[test]
    fn records_of_every_type_are_too(rtype in 1_u16..300, rdata in proptest::collection::vec(any::<u8>(), 0..60)) {
        let mut octets = b"\x12\x34\x85\x80\0\0\0\x01\0\0\0\0\x03web\x03lab\0".to_vec();
        octets.extend(rtype.to_be_bytes());
        octets.extend(b"\0\x01\0\0\x0e\x10");
        octets.extend(u16::try_from(rdata.len()).unwrap().to_be_bytes());
        octets.extend(rdata);
        hold(&octets);
    }
}
