use super::*;
use crate::gai_conf;
use crate::rfc6724::Source;
use crate::stub;

/// What a host with one source of each kind would find.
fn found(conf: &str, sources: Vec<Option<Addresses>>, answer: Addresses) -> Found {
    let line = nsswitch::parse(conf);
    let services = line.services.clone().into_iter().zip(sources);
    let sources = services.map(|(service, answer)| SourceFound {
        service,
        installed: answer.is_some(),
        answer,
        took: Duration::from_micros(5),
    });
    let file = "/etc/x";
    let destinations = answer.as_ref().map(|listed| listed.addresses.clone()).unwrap_or_default();
    let destinations =
        destinations.into_iter().map(|addr| Destination { addr: addr.0.ip(), source: Some(source(addr)) });
    Found {
        name: "web".to_owned(),
        numeric: false,
        hosts: File { path: file, error: None, content: hosts::parse("") },
        sources: sources.collect(),
        nsswitch: File { path: file, error: None, content: line },
        switchable: true,
        resolv_conf: File { path: file, error: None, content: stub::parse("", &stub::Surroundings::default()) },
        servers: (Vec::new(), true),
        dig_servers: Vec::new(),
        names: Vec::new(),
        silent: Vec::new(),
        answer_took: Duration::from_secs(20),
        destinations: destinations.collect(),
        answer,
        gai_conf: File { path: file, error: None, content: gai_conf::parse("", Policy::libc()) },
        configured: (true, true),
        nscd: false,
        views: Vec::new(),
    }
}

fn source(addr: Addr) -> Source {
    let prefix_length = if addr.0.is_ipv4() { 24 } else { 64 };
    Source { addr: addr.0.ip(), prefix_length, index: None, deprecated: false, home: false, tunnel: false }
}

#[expect(clippy::unnecessary_wraps, reason = "the counterpart of failed")]
fn listed(addresses: &[&str]) -> Addresses {
    let addresses = addresses.iter().map(|addr| Addr(SocketAddr::new(addr.parse().unwrap(), 0)));
    Ok(Listed { addresses: addresses.collect(), canonname: None })
}

fn failed(code: i32, name: &'static str) -> Addresses {
    Err(ShownError { code, name: Some(name), text: String::new(), errno: None })
}

fn kinds(found: &Found) -> Vec<&'static str> {
    judge(found).disagreements.iter().map(|row| row.kind).collect()
}

#[test]
fn the_walk_ends_where_the_file_says() {
    let answers =
        || vec![Some(failed(-2, "EAI_NONAME")), None, Some(failed(-3, "EAI_AGAIN")), Some(listed(&["192.0.2.1"]))];
    let reached = |conf: &str| {
        let report = judge(&found(conf, answers(), listed(&["192.0.2.1"])));
        let sources = report.nsswitch.sources.iter().filter(|source| source.reached);
        (sources.map(|source| source.name.clone()).collect::<Vec<_>>().join(" "), report.winner.unwrap().source)
    };
    assert_eq!(reached("hosts: a b c d"), ("a b c d".to_owned(), Some("d".to_owned())));
    for (conf, sources) in [
        ("hosts: a [NOTFOUND=return] b c d", "a"),
        ("hosts: a b [UNAVAIL=return] c d", "a b"),
        ("hosts: a b c [TRYAGAIN=return] d", "a b c"),
        ("hosts: a b c [!UNAVAIL=return] d", "a b c"),
    ] {
        // getaddrinfo has the address all the same: from no source that was seen.
        assert_eq!(reached(conf), (sources.to_owned(), None), "{conf}");
    }
}

#[test]
fn later_sources_that_would_say_otherwise() {
    let two = vec![Some(listed(&["192.0.2.1"])), Some(listed(&["192.0.2.2"]))];
    assert_eq!(kinds(&found("hosts: resolve dns", two.clone(), listed(&["192.0.2.1"]))), ["sources"]);
    // The hosts file against the DNS has a sentence of its own.
    assert!(kinds(&found("hosts: files dns", two.clone(), listed(&["192.0.2.1"]))).is_empty());
    assert_eq!(kinds(&found("hosts: files dns", two, listed(&["192.0.2.9"]))), ["not_its_source"]);
}

#[test]
fn orders_that_no_rule_makes_and_addresses_without_a_way() {
    let answer = || listed(&["192.0.2.1", "2001:db8::1"]);
    let mut wrong = found("hosts: dns", vec![Some(answer())], answer());
    assert_eq!(kinds(&wrong)[0], "order");
    assert_eq!(judge(&wrong).getaddrinfo.addresses[0].before_next.as_ref().unwrap().rule, None);
    wrong.gai_conf.content = gai_conf::parse("precedence ::ffff:0:0/96 100\n", Policy::libc());
    assert_eq!(kinds(&wrong), ["gai_conf"]);
    for destination in &mut wrong.destinations {
        destination.source = None;
    }
    assert_eq!(kinds(&wrong), ["unreachable", "gai_conf"]);
}

#[test]
fn who_was_waited_for_is_told() {
    use sockeye_cli::{Render, Text};
    let mut waited = found("hosts: files dns", vec![None, Some(failed(-3, "EAI_AGAIN"))], failed(-3, "EAI_AGAIN"));
    waited.sources[1].took = Duration::from_millis(20_030);
    let server = "192.0.2.53:53".parse().unwrap();
    waited.silent.push(Silent { server, questions: 8, waited_us: 20_030_000 });
    waited.silent.push(Silent { server: "192.0.2.54:53".parse().unwrap(), questions: 1, waited_us: 5_000_000 });
    let mut octets = Vec::new();
    judge(&waited).render(&mut Text::plain(&mut octets)).unwrap();
    let text = String::from_utf8(octets).unwrap();
    for line in [
        "   dns: that took 20.0 s\n",
        "   192.0.2.53:53 was silent: 8 questions without an answer, 20.0 s of waiting\n",
        "   192.0.2.54:53 was silent: 1 question without an answer, 5.0 s of waiting\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    assert!(!text.contains("files: that took"), "{text}");
}

#[cfg(target_env = "gnu")]
#[test]
fn where_glibc_is_older_than_the_rfc() {
    let answer = || listed(&["fd00::1", "192.0.2.1"]);
    assert_eq!(kinds(&found("hosts: dns", vec![Some(answer())], answer())), ["rfc6724"]);
}

#[test]
fn what_comes_from_outside_does_not_act_on_the_terminal() {
    use sockeye_cli::{Render, Text};
    let mut hostile = found("hosts: a\u{1b}[2J", vec![Some(listed(&["192.0.2.1"]))], listed(&["192.0.2.1"]));
    hostile.name = "w\u{1b}[2Jeb".to_owned();
    hostile.answer.as_mut().unwrap().canonname = Some("\u{9b}2J".to_owned());
    hostile.hosts.content = hosts::parse("192.0.2.7 w\u{1b}[2Jeb\n");
    let mut octets = Vec::new();
    judge(&hostile).render(&mut Text::plain(&mut octets)).unwrap();
    let text = String::from_utf8(octets).unwrap();
    assert!(!text.chars().any(|character| character.is_control() && character != '\n'), "{text:?}");
}
