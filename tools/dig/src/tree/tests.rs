use super::*;
use crate::trace::tests::{message, name, record_of};

fn said(text: &str, message: &Message) -> (Said, Option<Message>) {
    let (verdict, referral) = judge(&name("test."), message);
    let mut said = Said::nothing(&name(text), Some(([127, 0, 0, 1].into(), AddressFrom::Glue)), verdict, "");
    said.referral = referral.map(|zone| zone.to_string());
    said.rcode = Some(message.rcode());
    said.authoritative = Some(message.header.has(header::AA));
    (said, Some(message.clone()))
}

fn tree() -> Tree {
    Tree {
        qname: "www.x.test.".into(),
        qtype: Type::A,
        qclass: Class::IN,
        resolver: "127.0.0.1".into(),
        zones: Vec::new(),
        outcome: None,
        records: Vec::new(),
    }
}

fn authoritative(mut message: Message) -> Message {
    message.header.set(header::AA, true);
    message
}

#[test]
fn verdicts() {
    let refused = |mut message: Message| {
        message.header.bits |= 5;
        message
    };
    for (message, verdict) in [
        (message(&["www.x.test. A"], &[]), Verdict::Answer),
        (message(&[], &["x.test. NS a."]), Verdict::Referral),
        (message(&[], &["test. NS a."]), Verdict::HorizontalReferral),
        (message(&[], &[". NS a."]), Verdict::BadReferral),
        (message(&[], &[]), Verdict::Lame),
        (authoritative(message(&[], &["test. SOA"])), Verdict::NoData),
        (refused(message(&[], &[])), Verdict::Refused),
    ] {
        assert_eq!(judge(&name("test."), &message).0, verdict);
    }
}

#[test]
fn the_first_server_that_tells_something_is_followed_and_who_differs_is_marked() {
    let mut tree = tree();
    let referral = message(&[], &["x.test. NS a.", "x.test. NS b."]);
    let other = message(&[], &["x.test. NS a."]);
    let next = tree.take(
        &name("test."),
        Security::unknown(),
        vec![
            (Said::nothing(&name("dead."), None, Verdict::NoAddress, "not found"), None),
            said("ns1.", &other),
            said("ns2.", &referral),
            said("ns3.", &referral),
        ],
    );
    let next = next.unwrap();
    assert_eq!((next.zone, next.servers.len()), (name("x.test."), 1));
    let differs: Vec<bool> = tree.zones[0].servers.iter().map(|said| said.differs).collect();
    assert_eq!(differs, [false, true, false, false]);

    let answer = authoritative(message(&["www.x.test. A"], &[]));
    assert_eq!(tree.take(&name("x.test."), Security::unknown(), vec![said("a.", &answer)]), None);
    assert_eq!(tree.outcome, Some(Verdict::Answer));
    assert_eq!(tree.records, ["www.x.test. 60 IN A 192.0.2.1"]);

    let mut drawn = Vec::new();
    tree.render(&mut Text::plain(&mut drawn)).unwrap();
    let drawn = String::from_utf8(drawn).unwrap();
    assert_eq!(
        drawn,
        "www.x.test. IN A, from the root's servers that 127.0.0.1 names\n\
         └─ test.  signatures not looked at\n   \
            ├─ dead.  NO ADDRESS: not found\n   \
            ├─ ns1. 127.0.0.1 (glue)  refers to x.test.  DIFFERS from the others\n   \
            ├─ ns2. 127.0.0.1 (glue)  refers to x.test.\n   \
            ├─ ns3. 127.0.0.1 (glue)  refers to x.test.\n   \
            └─ x.test.  signatures not looked at\n      \
               ├─ a. 127.0.0.1 (glue)  aa answer\n      \
               └─ www.x.test. 60 IN A 192.0.2.1\n"
    );
}

#[test]
fn a_hostile_referral_has_nobody_asked_without_end() {
    let names: Vec<String> = (0..100).map(|number| format!("x. NS ns{}.", number % 90)).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let mut referral = message(&[], &names);
    referral.additional = vec![Record { owner: name("NS1."), ..record_of(Type::A, &[192, 0, 2, 1]) }; 1000];
    let servers = next(&referral).unwrap().servers;
    assert_eq!((servers.len(), servers[1].1.len(), servers[2].1.len()), (MOST_SERVERS, MOST_ADDRESSES, 0));
    referral.authority = vec![referral.authority.remove(0); 5];
    assert_eq!(next(&referral).unwrap().servers.len(), 1, "named five times");
}
