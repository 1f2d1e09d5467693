use super::*;
use crate::rdata::Rdata;
use crate::registry::Class;
use crate::span::Span;

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// A record without a message around it: `owner NS target`, or `owner SOA`, or `owner A`.
fn record(text: &str) -> Record {
    let words: Vec<&str> = text.split(' ').collect();
    let rtype = words[1].parse().unwrap();
    let rdata = match words.get(2) {
        Some(target) => name(target).as_wire().to_vec(),
        None if rtype == Type::SOA => [&[0; 2][..], &[0; 20]].concat(),
        None => vec![192, 0, 2, 1],
    };
    Record { owner: name(words[0]), ..record_of(rtype, &rdata) }
}

/// A record of the root with that rdata.
pub(crate) fn record_of(rtype: Type, rdata: &[u8]) -> Record {
    let rdata = Rdata::parse(rdata, Span { offset: 0, length: rdata.len() }, rtype, Class::IN).unwrap();
    Record { owner: Name::root(), rtype, class: Class::IN, ttl: 60, rdata, owner_span: Span::default() }
}

pub(crate) fn message(answer: &[&str], authority: &[&str]) -> Message {
    let mut message = Message::parse(&[0; header::LEN]).unwrap();
    message.answer = answer.iter().map(|text| record(text)).collect();
    message.authority = authority.iter().map(|text| record(text)).collect();
    message.header.ancount = u16::try_from(answer.len()).unwrap();
    message
}

fn shown(items: &[Item]) -> String {
    let word = |item: &Item| match item {
        Item::Server(name) => name.to_string(),
        other => format!("{other:?}"),
    };
    items.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// A walk that stands at the servers of `zone`.
fn at(zone: &str) -> Walk {
    let mut walk = Walk::new();
    walk.follow(&message(&[&format!("{zone} NS ns.")], &[]));
    walk
}

#[test]
fn the_root_s_servers_are_in_the_answer_or_else_in_the_authority() {
    // Each row was given to dig 9.18 by a server that says what it is told.
    for (answer, authority, servers) in [
        (&[". NS a.", ". NS b."][..], &[][..], "a. b."),
        (&[], &[". NS a."], "a."),
        (&["test. NS a."], &[], "a."),
        (&[". NS a."], &["test. NS b."], "a."),
        (&[". A"], &[". NS a."], "a."),
        (&[], &[], ""),
    ] {
        assert_eq!(shown(&Walk::new().follow(&message(answer, authority))), servers);
    }
}

#[test]
fn referrals_that_dig_follows_and_those_that_it_does_not() {
    for (authority, items, zone) in [
        (&["x.test. NS a.", "x.test. NS b."][..], "a. b.", "x.test."),
        (&["X.TEST. NS a."], "a.", "X.TEST."),
        (&["other.test. NS a."], "a.", "other.test."),
        (&["test. NS a.", "test. NS b."], "Horizontal a. b.", "test."),
        (&[". NS a."], "Bad", "test."),
        (&["xtest. NS a.", ". NS b.", "x.test. NS c."], "Bad c.", "x.test."),
        (&["arpa. NS a.", "test. NS b.", "y.xtest. NS c."], "Bad Horizontal b.", "test."),
        (&["x.test. NS a.", "y.x.test. NS b."], "a. b.", "x.test."),
        (&["test. SOA", "x.test. NS a."], "", "test."),
        (&["x.test. NS a.", "test. SOA", "x.test. NS b."], "a.", "x.test."),
        (&["zz. A", "x.test. NS a."], "a.", "x.test."),
    ] {
        let mut walk = at("test.");
        assert_eq!(shown(&walk.follow(&message(&[], authority))), items, "{authority:?}");
        assert_eq!(walk.zone().to_string(), zone, "{authority:?}");
    }
    assert_eq!(shown(&at("test.").follow(&message(&["x.test. A"], &["x.test. NS a."]))), "", "an answer ends the walk");
    assert_eq!(shown(&at("test.").follow(&message(&["x.test. NS a."], &[]))), "", "also one about servers");
}

#[test]
fn a_circle_ends() {
    let mut walk = at("test.");
    for _ in 1..MOST_REFERRALS {
        assert_eq!(shown(&walk.follow(&message(&[], &["test. NS a."]))), "Horizontal a.");
    }
    assert_eq!(shown(&walk.follow(&message(&[], &["test. NS a."]))), "Horizontal TooMany");
}

#[test]
fn of_the_root_no_more_servers_are_asked_than_dig_asks() {
    let many = [". NS a."; 30];
    assert_eq!(Walk::new().follow(&message(&many, &[])).len(), nssearch::MOST);
    assert_eq!(Walk::new().follow(&message(&[], &many)).len(), nssearch::MOST);
    assert_eq!(at("test.").follow(&message(&[], &["x.test. NS a."; 30])).len(), 30);
}

#[test]
fn the_servers_of_a_zone() {
    for (answer, authority, expected) in [
        (&["x.test. NS a.", "x.test. NS b."][..], &["test. NS c."][..], "a. b."),
        (&["x.test. A"], &["test. NS c."], "c."),
        (&[], &["test. SOA", "test. NS c."], ""),
    ] {
        let names: Vec<String> =
            nssearch::servers(&message(answer, authority)).iter().map(ToString::to_string).collect();
        assert_eq!(names.join(" "), expected);
    }
}

#[test]
fn what_a_referral_is() {
    assert!(is_referral(&message(&[], &["x.test. NS a."])));
    assert!(!is_referral(&message(&[], &["test. SOA", "x.test. NS a."])));
    assert!(!is_referral(&message(&["x.test. A"], &["x.test. NS a."])));
    let mut authoritative = message(&[], &["x.test. NS a."]);
    authoritative.header.set(header::AA, true);
    assert!(!is_referral(&authoritative));
}
