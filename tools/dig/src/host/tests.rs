use super::args::parse;
use super::*;
use crate::args::Resolve;
use crate::options::{Options, Plan};
use crate::registry::Class;

fn resolve() -> impl FnMut(&str, &Globals) -> Result<Vec<std::net::SocketAddr>, String> {
    |written, _| match written.parse::<std::net::IpAddr>() {
        Ok(addr) => Ok(vec![(addr, 0).into()]),
        Err(_) => Err("not found".to_owned()),
    }
}

fn read(line: &str) -> Request {
    let args: Vec<String> = line.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let mut resolve = resolve();
    let resolve: Resolve<'_> = &mut resolve;
    match parse(&args, resolve) {
        Ok(Options { plan: Plan::Host(request), .. }) => request,
        other => panic!("{line}: {other:?}"),
    }
}

fn settings(line: &str) -> Settings {
    match read(line) {
        Request::Ask(settings) => *settings,
        Request::Refuse(refusal) => panic!("{line}: {refusal:?}"),
    }
}

fn refusal(line: &str) -> (Vec<String>, Option<String>, u8) {
    match read(line) {
        Request::Refuse(refusal) => (refusal.stderr, refusal.message, refusal.status.0),
        Request::Ask(settings) => panic!("{line}: {settings:?}"),
    }
}

#[test]
fn letters_and_what_they_ask() {
    let plain = settings("web");
    assert_eq!((plain.lookup.qtype, plain.defaults, plain.searched, plain.verbose), (Type::A, true, true, false));
    assert_eq!((plain.lookup.tries, plain.lookup.edns, plain.lookup.flags.ad), (Some(2), None, false));
    let any = settings("-a web");
    assert_eq!((any.lookup.qtype, any.lookup.tcp, any.defaults, any.verbose), (Type::ANY, None, false, true));
    assert_eq!(settings("-t ANY web").lookup.tcp, Some(true));
    assert_eq!(settings("-U -t ANY web").lookup.tcp, Some(false));
    assert_eq!(settings("-t ANY -U web").lookup.tcp, Some(false));
    assert_eq!(settings("-l -U lab.test").lookup.tcp, Some(true));
    assert_eq!(settings("-rvtMX -p5300 -W 0 -R0 web ::1").lookup.qtype, Type::MX);
    let all = settings("-rvtMX -p5300 -W 0 -R0 -N -1 web ::1");
    assert!(all.verbose && !all.lookup.flags.rd);
    assert_eq!((all.globals.port, all.globals.timeout_s, all.globals.ndots), (5300, Some(1), Some(0)));
    assert_eq!((all.lookup.tries, all.lookup.servers[0].written.as_str()), (Some(2), "::1"));
    assert_eq!(settings("-p 70000 web").globals.port, 4464);
    assert_eq!(settings("-c ch web").lookup.qclass, Class::CH);
    assert_eq!(settings("-t IXFR=7 web").lookup.ixfr_serial, 7);
    assert_eq!(settings("-- -v").lookup.name, "-v");
    assert!(settings("-C web").compare);
}

#[test]
fn what_a_transfer_shows() {
    for (line, shown, hidden) in [
        ("-l lab", vec![Type::A, Type::NS, Type::PTR], vec![Type::MX, Type::SOA]),
        ("-l -t MX lab", vec![Type::MX], vec![Type::A]),
        ("-t MX -l lab", vec![Type::MX], vec![Type::A]),
        ("-l -t ANY lab", vec![Type::A], vec![Type::AAAA, Type::MX]),
        ("-l -a lab", vec![Type::MX, Type(46)], vec![]),
        ("-l -A lab", vec![Type::MX], vec![Type(46), Type(47), Type(50)]),
        ("-t AXFR lab", vec![Type::MX, Type::AXFR], vec![]),
        ("-t MX lab", vec![Type::MX, Type::A], vec![]),
    ] {
        let settings = settings(line);
        assert!(shown.iter().all(|rtype| settings.shows(settings.lookup.qtype, *rtype)), "{line}");
        assert!(!hidden.iter().any(|rtype| settings.shows(settings.lookup.qtype, *rtype)), "{line}");
    }
    assert_eq!(settings("-l -t MX lab").lookup.qtype, Type::AXFR);
}

#[test]
fn addresses_are_asked_for_by_their_reverse_names() {
    let v4 = settings("-t A -a 192.0.2.80");
    assert_eq!((v4.lookup.name.as_str(), v4.lookup.qtype), ("80.2.0.192.in-addr.arpa.", Type::PTR));
    assert!(!v4.searched && !v4.defaults);
    assert!(settings("2001:db8::80").lookup.name.ends_with("8.b.d.0.1.0.0.2.ip6.arpa"));
    assert!(settings("192.0.2").searched);
}

#[test]
fn wrong_lines() {
    let (stderr, message, status) = refusal("-z web");
    assert_eq!((stderr[0].as_str(), message, status), ("host: illegal option -- z", None, 1));
    assert_eq!(stderr[1], "Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]");
    assert_eq!(refusal("-t").0[0], "host: option requires an argument -- t");
    assert_eq!(refusal("-").0[0], "host: illegal option -- -");
    assert!(refusal("").0[0].starts_with("Usage: host "));
    assert_eq!(refusal("-t nosuch web"), (vec!["host: invalid type: nosuch".into(), String::new()], None, 2));
    assert_eq!(refusal("-c 1 web").2, 2);
    assert_eq!(refusal("-4 -6 -z").1.unwrap(), "only one of -4 and -6 allowed");
    let message = Some("couldn't get address for 'x': not found".to_owned());
    assert_eq!(refusal("web x"), (vec![], message.clone(), 1));
    assert_eq!(refusal("-l web x"), (vec![], message, 3));
    assert_eq!(refusal("-4 web ::1").1.unwrap(), "couldn't get address for '::1': address family not supported");
}

#[test]
fn names_that_stand_for_the_one_that_was_written() {
    let list = |name: &str, searched, ndots| -> Vec<(String, Origin)> {
        let domains = ["a.test".to_owned(), "b.test".to_owned()];
        tries(name, searched, &domains, ndots).into_iter().map(|next| (next.name, next.from)).collect()
    };
    let as_it_is = |name: &str, from| vec![(name.to_owned(), from)];
    assert_eq!(list("x.y", true, None), as_it_is("x.y", Origin::LineInVain));
    assert_eq!(list("x.", true, None), as_it_is("x.", Origin::LineInVain));
    assert_eq!(list("x.", true, Some(3)), as_it_is("x.", Origin::Line));
    assert_eq!(list("x", false, None), as_it_is("x", Origin::Line));
    let both = [("x.a.test.".to_owned(), Origin::List), ("x.b.test.".to_owned(), Origin::List)];
    assert_eq!(list("x", true, None), [both.as_slice(), &[("x".to_owned(), Origin::Line)]].concat());
    let escaped = list(r"x\.y", true, None);
    assert_eq!(escaped[0], (r"x\.y".to_owned(), Origin::LineFirst));
    assert_eq!(escaped[1..].last(), Some(&(r"x\.y.b.test.".to_owned(), Origin::Line)));
    assert_eq!(escaped.len(), 3);
    assert_eq!(tries("x", true, &[], None)[0].from, Origin::Line);
}

#[test]
fn a_lookup_begins_anew() {
    let server = "192.0.2.53:53".parse().unwrap();
    let refused = Event::CommunicationsError { server, reason: "connection refused".into() };
    let mut datagrams = Beginnings::new(2, Transport::Udp);
    assert!(!datagrams.begins(Transport::Udp), "it has begun");
    datagrams.note(&refused);
    assert!(!datagrams.begins(Transport::Udp), "only sent again");
    datagrams.note(&Event::Truncated);
    assert!(datagrams.begins(Transport::Tcp));
    let mut stream = Beginnings::new(2, Transport::Tcp);
    stream.note(&refused);
    assert!(stream.begins(Transport::Tcp));
    stream.note(&refused);
    assert!(!stream.begins(Transport::Tcp), "the next server");
}
