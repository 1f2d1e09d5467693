//! Each step of a comparison in one sentence.

use crate::explain::Event;
use crate::gai;
use crate::nsswitch::{self, Reaction};
use crate::stub::SearchFrom;

use super::{Found, walk};

/// What each file and source has to do with the name.
pub fn explain(found: &Found, explain: &mut dyn FnMut(Event)) {
    let mut say = |about, fact: String| explain(Event::Compared { about, fact });
    if found.numeric {
        say("host", "the name is an address in numbers, which is looked up nowhere".to_owned());
    } else {
        hosts(found, &mut say);
        sources(found, &mut say);
        search(found, &mut say);
    }
    configured(found, &mut say);
    policy(found, &mut say);
    gai::explain_order(&found.gai_conf.content.policy, &found.destinations, explain);
}

type Say<'a> = &'a mut dyn FnMut(&'static str, String);

fn hosts(found: &Found, say: Say<'_>) {
    let lines = found.hosts.content.lines.len();
    let about = found.hosts.content.about(&found.name).count();
    say("hosts", format!("{} has {lines} lines that count, {about} of them about {}", found.hosts.path, found.name));
    for line in &found.hosts.content.ignored {
        say("hosts", format!("line {line} has no address and name that the C library understands"));
    }
}

fn sources(found: &Found, say: Say<'_>) {
    if !found.switchable {
        say(
            "nsswitch",
            "this C library has no name service switch: it reads the hosts file, then asks the DNS".to_owned(),
        );
        return;
    }
    let line = &found.nsswitch.content;
    let services: Vec<String> = line.services.iter().map(|service| service.name.clone()).collect();
    let from = match line.number {
        Some(number) => format!("line {number} of {}", found.nsswitch.path),
        None => format!("{} has no hosts line, so glibc's default holds", found.nsswitch.path),
    };
    say("nsswitch", format!("the sources in their order are {} ({from})", services.join(", ")));
    let walk = walk(found);
    for (source, (reached, status, then)) in found.sources.iter().zip(walk.steps) {
        let name = &source.service.name;
        let asks = nsswitch::describe(name).unwrap_or("what it asks is not known here");
        let came = match status {
            _ if !source.installed => "its module is not installed".to_owned(),
            Some(status) => format!("by itself it says {}", status.name()),
            None => "it cannot be asked by itself".to_owned(),
        };
        let then = match (reached, then) {
            (false, _) => "the C library does not come to it",
            (true, Some(Reaction::Return)) => "the asking ends here",
            (true, Some(Reaction::Continue)) => "the next one is asked",
            (true, Some(Reaction::Merge)) => "merging is for groups only: getaddrinfo fails",
            (true, None) => "what follows is not known",
        };
        say("source", format!("{name}: {asks}; {came}; {then}"));
    }
}

fn search(found: &Found, say: Say<'_>) {
    let conf = &found.resolv_conf.content;
    let dots = found.name.matches('.').count();
    let from = match conf.search_from {
        SearchFrom::Environment => "LOCALDOMAIN",
        SearchFrom::File => found.resolv_conf.path,
        SearchFrom::HostName => "the host's own name",
    };
    let first = if found.name.ends_with('.') {
        "a dot at the end: no search".to_owned()
    } else if dots >= conf.ndots {
        format!("dots: {dots}, ndots: {}: as it is first, then with the search list", conf.ndots)
    } else {
        format!("dots: {dots}, ndots: {}: with the search list first, then as it is", conf.ndots)
    };
    say("search", format!("the list is \"{}\" ({from}); {first}", conf.search.join(" ")));
    for name in &found.names {
        let qname = &name.candidate.name;
        let fact = match (name.tried, name.ends_search()) {
            (true, true) => format!("{qname} ends the search"),
            (true, false) => format!("{qname} has no address, the search goes on"),
            (false, _) if name.a.is_some() => format!("{qname} is not tried; asked because dig asks for it"),
            (false, _) => format!("{qname} is not tried"),
        };
        say("dns", fact);
    }
}

fn configured(found: &Found, say: Say<'_>) {
    let has = |yes: bool| if yes { "an address" } else { "no address" };
    let (v4, v6) = found.configured;
    say(
        "host",
        format!("beside loopback it has {} of IPv4 and {} of IPv6: that is what AI_ADDRCONFIG asks", has(v4), has(v6)),
    );
}

fn policy(found: &Found, say: Say<'_>) {
    let conf = &found.gai_conf.content;
    if conf.replaced.is_empty() {
        say("policy", format!("{} changes nothing: the C library's own table holds", found.gai_conf.path));
    } else {
        say("policy", format!("{} replaces the tables of {}", found.gai_conf.path, conf.replaced.join(" and ")));
    }
    for line in &conf.ignored {
        say("policy", format!("line {line} of {} means nothing", found.gai_conf.path));
    }
}
