//! Files of a host about names (resolv.conf, hosts, nsswitch.conf, gai.conf, services, passwd, protocols, networks): none
//! panics, what is read stands on a line of the text, and what is written from it is read as the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_dig::compare::letter;
use sockeye_dig::rfc6724::Policy;
use sockeye_dig::stub::{self, Surroundings};
use sockeye_dig::{gai_conf, hosts, nsswitch, resolv_conf};
use sockeye_ports::names::{Names, port_of, protocols};
use sockeye_ports::netstat::lore;
use sockeye_sys::Protocol;

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    let lines = text.lines().count();
    resolver(&text);
    let found = hosts::parse(&text);
    // Each is looked for in the whole file.
    for line in found.lines.iter().take(20) {
        assert!(text.lines().nth(line.number - 1).is_some_and(|text| text.contains(&line.canonical)));
        assert!(found.about(&line.canonical).any(|about| about == line));
    }
    assert!(found.ignored.iter().all(|number| (1..=lines).contains(number)));
    let line = nsswitch::parse(&text);
    assert!(line.number.is_none_or(|number| (1..=lines).contains(&number)));
    let written: Vec<String> = line.services.iter().map(ToString::to_string).collect();
    let again = nsswitch::parse(&format!("hosts: {}", written.join(" ")));
    assert!(line.malformed || again.services == line.services, "{written:?}");
    let conf = gai_conf::parse(&text, Policy::rfc6724());
    assert!(conf.ignored.iter().all(|number| (1..=lines).contains(number)));
    if let Some((answer, took)) = letter::read(&text) {
        let written = letter::write(&answer, took);
        assert_eq!(letter::read(&written).map(|(answer, took)| letter::write(&answer, took)), Some(written));
    }
    databases(octets);
});

fn resolver(text: &str) {
    if let Ok(conf) = resolv_conf::parse(text) {
        for (written, address, _) in &conf.servers {
            assert!(text.contains(written.as_str()), "{written} is not in the file, {address}");
        }
    }
    for (localdomain, res_options) in [(None, None), (Some(text), Some(text))] {
        let conf = stub::parse(text, &Surroundings { localdomain, res_options, host_name: "host.test".to_owned() });
        for name in ["a", "a.b", "a.b.", "", "."] {
            let candidates = conf.candidates(name);
            assert!(!candidates.is_empty() && candidates.len() <= conf.search.len() + 1, "{name:?}: {candidates:?}");
        }
    }
}

/// A port that is found by a name has a name.
fn databases(octets: &[u8]) {
    let mut names = Names::default();
    names.add_services(octets);
    names.add_users(octets);
    let words = octets.split(|octet| octet.is_ascii_whitespace()).filter_map(|word| std::str::from_utf8(word).ok());
    for word in words.take(20) {
        if let Some(port) = port_of(octets, Protocol::TCP, word) {
            assert!(names.service(Protocol::TCP, port).is_some(), "{word} is port {port}, which has no name");
        }
    }
    let most = octets.split(|octet| *octet == b'\n').count();
    assert!(protocols(octets).len() <= most && lore::networks(octets).count() <= most);
    lore::hosts(octets).for_each(drop);
}
