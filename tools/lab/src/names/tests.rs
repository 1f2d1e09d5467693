use std::net::IpAddr;

use hickory_proto::rr::RData;
use hickory_proto::rr::rdata::NS;

use super::resolver::{QUESTIONS, Resolver, STEPS};
use super::*;

const ROOT: &str = "$ORIGIN .
@ 86400 IN SOA a.root. admin.root. 1 60 60 60 60
@ 86400 IN NS a.root.
a.root. 86400 IN A 10.0.0.1
example. 86400 IN NS ns.example.
ns.example. 86400 IN A 10.0.0.2
net. 86400 IN NS ns.example.
";
const EXAMPLE: &str = "$ORIGIN example.
@ 3600 IN SOA ns admin 1 60 60 60 5
@ 3600 IN NS ns
ns 3600 IN A 10.0.0.2
www 30 IN CNAME www.cdn
www.cdn 20 IN CNAME edge.net.
shop 3600 IN NS ns.shop
ns.shop 3600 IN A 10.0.0.3
a.b 60 IN A 10.0.0.9
loop 60 IN CNAME loop
big 60 IN TXT \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\" \"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb\" \"cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\"
";
const NET: &str = "$ORIGIN net.
@ 3600 IN SOA ns.example. admin.example. 1 60 60 60 5
@ 3600 IN NS ns.example.
edge 10 IN A 10.0.0.80
";
const SHOP: &str = "$ORIGIN shop.example.
@ 3600 IN SOA ns admin 1 60 60 60 5
@ 3600 IN NS ns
www 20 IN A 10.0.0.77
";

fn name(text: &str) -> Name {
    Name::from_ascii(text).unwrap()
}

fn question(text: &str, kind: RecordType) -> Query {
    Query::query(name(text), kind)
}

fn addresses(found: &Found) -> Vec<String> {
    let address = |record: &Record| match &record.data {
        RData::A(addr) => Some(addr.0.to_string()),
        _ => None,
    };
    found.answers.iter().filter_map(address).collect()
}

#[test]
fn a_zone_answers_refers_and_says_that_there_is_nothing() {
    let zone = Zone::parse(EXAMPLE).unwrap();
    let ask = |text: &str, kind| zone.look_up(&name(text), kind);
    let own = ask("ns.example.", RecordType::A);
    assert!(own.authoritative && addresses(&own) == ["10.0.0.2"]);

    let below = ask("www.shop.example.", RecordType::A);
    assert!(!below.authoritative && below.answers.is_empty());
    assert_eq!((below.authorities[0].record_type(), below.additionals.len()), (RecordType::NS, 1));

    let chain = ask("WWW.example.", RecordType::A);
    assert!(chain.authoritative && chain.answers.len() == 2, "two aliases, and the rest elsewhere: {chain:?}");

    let nothing = ask("none.example.", RecordType::A);
    assert_eq!((nothing.code, nothing.authorities[0].ttl), (Code::NxDomain, 5));
    for empty in [ask("ns.example.", RecordType::AAAA), ask("b.example.", RecordType::A)] {
        assert_eq!((empty.code, empty.authorities[0].record_type()), (Code::NoError, RecordType::SOA));
    }
    assert!(ask("loop.example.", RecordType::A).answers.len() <= 16);
}

#[test]
fn a_wrong_zone_is_told() {
    assert_eq!(Zone::parse("www.example. 60 IN A 10.0.0.1\n").unwrap_err(), "it has no SOA record");
    let stranger = EXAMPLE.to_owned() + "www.other. 60 IN A 10.0.0.1\n";
    assert_eq!(Zone::parse(&stranger).unwrap_err(), "www.other. is not in example.");
    assert!(Zone::parse("www.example. 60 IN A 10.0.0\n").is_err());
    assert_eq!(Resolver::new(". 60 IN NS a.root.\n").unwrap_err(), "it has no address");
}

/// Three servers, and who was asked what.
fn internet() -> impl FnMut(IpAddr, &Query) -> Option<Message> {
    let server = |texts: &[&str]| texts.iter().map(|text| Zone::parse(text).unwrap()).collect::<Vec<_>>();
    let servers = [("10.0.0.1", server(&[ROOT])), ("10.0.0.2", server(&[EXAMPLE, NET])), ("10.0.0.3", server(&[SHOP]))];
    move |addr, query| {
        let (_, zones) = servers.iter().find(|(of, _)| *of == addr.to_string())?;
        let mut request = Message::query();
        request.add_query(query.clone());
        let octets = answer(&request, query, look_up(zones, query)?, false, false)?;
        Message::from_vec(&octets).ok()
    }
}

#[test]
fn a_resolver_finds_its_way_and_remembers_it() {
    let mut resolver = Resolver::new(". 60 IN NS a.root.\na.root. 60 IN A 10.0.0.1\n").unwrap();
    let mut net = internet();
    let mut asked = Vec::new();
    let mut ask = |resolver: &mut Resolver, text: &str, kind, now| {
        asked.clear();
        let found = resolver.resolve(&question(text, kind), now, &mut |addr, query| {
            asked.push(addr.to_string());
            net(addr, query)
        });
        (found, asked.clone())
    };
    let (found, asked) = ask(&mut resolver, "www.shop.example.", RecordType::A, 0);
    assert_eq!(
        (addresses(&found), asked),
        (vec!["10.0.0.77".to_owned()], ["10.0.0.1", "10.0.0.2", "10.0.0.3"].map(str::to_owned).to_vec())
    );
    assert!(!found.authoritative);
    let (found, asked) = ask(&mut resolver, "www.shop.example.", RecordType::A, 7);
    assert_eq!((found.answers[0].ttl, asked.len()), (13, 0), "the TTL counts down, and nobody is asked");
    let (found, asked) = ask(&mut resolver, "www.shop.example.", RecordType::A, 20);
    assert_eq!((found.answers[0].ttl, asked), (20, vec!["10.0.0.3".to_owned()]), "the servers are known for longer");

    let (found, asked) = ask(&mut resolver, "www.example.", RecordType::A, 30);
    assert_eq!(addresses(&found), ["10.0.0.80"]);
    assert_eq!(found.answers.len(), 3, "two aliases and an address");
    assert_eq!(asked, ["10.0.0.2", "10.0.0.1", "10.0.0.2"], "the address of the server of net is known");

    let (found, asked) = ask(&mut resolver, "none.example.", RecordType::A, 40);
    assert_eq!((found.code, asked.len()), (Code::NxDomain, 1));
    let (found, asked) = ask(&mut resolver, "none.example.", RecordType::A, 44);
    assert_eq!((found.code, found.authorities[0].ttl, asked.len()), (Code::NxDomain, 1, 0));
    let (_, asked) = ask(&mut resolver, "none.example.", RecordType::A, 45);
    assert_eq!(asked.len(), 1);
    let (found, _) = ask(&mut resolver, "loop.example.", RecordType::A, 50);
    assert_eq!(found.code, Code::ServFail);
    let (found, _) = ask(&mut resolver, "www.other.", RecordType::A, 50);
    assert_eq!(found.code, Code::NxDomain, "the root knows no other");
}

#[test]
fn a_long_answer_over_udp_is_truncated_and_its_octets_end_there() {
    let zone = Zone::parse(EXAMPLE).unwrap();
    let query = question("big.example.", RecordType::TXT);
    let mut request = Message::query();
    request.add_query(query.clone());
    let found = zone.look_up(query.name(), query.query_type());
    let short = answer(&request, &query, found.clone(), false, true).unwrap();
    let parsed = Message::from_vec(&short).unwrap();
    assert!(parsed.metadata.truncation && parsed.answers.is_empty() && short.len() < 50);
    let long = answer(&request, &query, found, false, false).unwrap();
    let parsed = Message::from_vec(&long).unwrap();
    assert!(!parsed.metadata.truncation && long.len() > 512);
    assert!(read(&long).is_none(), "an answer is no question");
    assert!(read(&request.to_vec().unwrap()).is_some());
    for len in 0..long.len() {
        let _ = read(&long[..len]);
    }
}

/// A root that answers everything with servers without addresses, whose names lie in the zone that they serve.
#[test]
fn answers_without_an_end_come_to_one() {
    for (servers, labels) in [(20, 1), (60, 1), (60, 40), (2000, 1)] {
        let mut resolver = Resolver::new(". 60 IN NS a.root.\na.root. 60 IN A 10.0.0.1\n").unwrap();
        let zone = name(&"x.".repeat(labels));
        let records = |labels| {
            let owner = zone.trim_to(labels);
            (0..servers).map(move |number| {
                let server = name(&format!("n{number}.{owner}"));
                Record::from_rdata(owner.clone(), 3600, RData::NS(NS(server)))
            })
        };
        let mut asked = 0;
        let mut ask = |_: IpAddr, query: &Query| {
            asked += 1;
            let mut message = Message::response(0, OpCode::Query);
            // One label deeper with each answer, so that there are more and more zones to begin from.
            message.authorities = records(1 + asked % labels).collect();
            message.add_query(query.clone());
            Some(message)
        };
        let found = resolver.resolve(&question(&format!("www.{zone}"), RecordType::A), 0, &mut ask);
        assert_eq!(found.code, Code::ServFail);
        assert!(asked <= QUESTIONS as usize, "{asked} questions");
        let most = STEPS as usize + servers;
        assert!(resolver.steps() as usize <= most, "{servers} servers, {labels} labels: {} steps", resolver.steps());
    }
}
