//! In what the sources differ, in plain sentences.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde::Serialize;

use super::{Addr, Addresses, Found, NameFound, Outcome, ViewFound, Walk, decision};
use crate::gai::report::ShownError;
use crate::nsswitch::Reaction;
use crate::rfc6724::{self, Policy};

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Disagreement {
    /// Its kind, for scripts.
    pub kind: &'static str,
    /// What differs, and what follows.
    pub sentence: String,
}

fn say(kind: &'static str, sentence: impl Into<String>) -> Disagreement {
    Disagreement { kind, sentence: sentence.into() }
}

/// Every difference that was found, the weightiest first.
pub(super) fn disagreements(found: &Found, walk: &Walk) -> Vec<Disagreement> {
    let mut said = Vec::new();
    if found.numeric {
        return said;
    }
    said.extend(unreadable_switch(found));
    said.extend(hosts_and_dns(found));
    said.extend(search_list(found));
    said.extend(idn(found));
    said.extend(sources(found, walk));
    said.extend(servers(found));
    said.extend(other_programs(found));
    said.extend(order(found));
    said
}

/// The name as dig asks for it.
fn as_dig_asks(found: &Found) -> Option<&NameFound> {
    found.names.iter().find(|name| name.candidate.suffix.is_none())
}

fn list<T: ToString>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}

fn set(addresses: &[Addr]) -> BTreeSet<IpAddr> {
    addresses.iter().map(|addr| addr.0.ip()).collect()
}

/// What an answer of the C library says, in words.
fn got(answer: &Addresses) -> String {
    match answer {
        Ok(listed) => list(&listed.addresses),
        Err(error) => short(error),
    }
}

fn short(error: &ShownError) -> String {
    format!("nothing ({})", error.name.unwrap_or("EAI_?"))
}

/// What the DNS says of a name, in words: its addresses, or the kind of no.
fn dns_says(name: &NameFound) -> String {
    let addresses = name.addresses();
    if !addresses.is_empty() {
        return list(addresses);
    }
    let mut kinds: Vec<String> = Vec::new();
    for answer in name.answers() {
        let silent = answer.outcome == Outcome::Silence;
        let answer = if silent { format!("nothing ({answer})") } else { answer.to_string() };
        if !kinds.contains(&answer) {
            kinds.push(answer);
        }
    }
    if kinds.is_empty() { "nothing".to_owned() } else { kinds.join(" and ") }
}

fn unreadable_switch(found: &Found) -> Option<Disagreement> {
    let line = &found.nsswitch.content;
    line.malformed.then(|| {
        let path = found.nsswitch.path;
        let number = line.number.unwrap_or_default();
        say("nsswitch_malformed", format!("line {number} of {path} cannot be read, so glibc finds no name at all"))
    })
}

fn hosts_and_dns(found: &Found) -> Option<Disagreement> {
    let lines: Vec<_> = found.hosts.content.about(&found.name).collect();
    let name = as_dig_asks(found).filter(|_| !lines.is_empty())?;
    let hosts: BTreeSet<IpAddr> = lines.iter().map(|line| line.addr).collect();
    if hosts == name.addresses() {
        return None;
    }
    let numbers = list(lines.iter().map(|line| line.number));
    let plural = if lines.len() == 1 { "line" } else { "lines" };
    let (hosts, dns) = (list(hosts), dns_says(name));
    let programs = got(&found.answer);
    Some(say(
        "hosts_and_dns",
        format!(
            "the hosts file says {hosts} ({plural} {numbers}), DNS says {dns}: programs get {programs}, dig shows {dns}"
        ),
    ))
}

fn search_list(found: &Found) -> Option<Disagreement> {
    let by_suffix = found.names.iter().find(|name| name.tried && !name.addresses().is_empty())?;
    let suffix = by_suffix.candidate.suffix.as_ref()?;
    let as_it_is = as_dig_asks(found)?;
    let (name, dns) = (&by_suffix.candidate.name, dns_says(as_it_is));
    Some(say(
        "search_list",
        format!(
            "by the search list ({suffix}) the name is {name} in DNS; dig asks for {} as it is and shows {dns} (dig +search \
             asks as programs do)",
            as_it_is.candidate.name
        ),
    ))
}

fn idn(found: &Found) -> Option<Disagreement> {
    let asked = as_dig_asks(found)?;
    let differs = !found.name.is_ascii() && found.answer.is_err() && !asked.addresses().is_empty();
    differs.then(|| {
        let (name, dns) = (&asked.candidate.name, dns_says(asked));
        say("idn", format!("in DNS the name is {name}, which has {dns}; the C library encodes names only with AI_IDN"))
    })
}

fn sources(found: &Found, walk: &Walk) -> Vec<Disagreement> {
    let mut said = Vec::new();
    for (source, step) in found.sources.iter().zip(&walk.steps) {
        let name = &source.service.name;
        if name.contains('#') {
            said.push(say(
                "comment",
                "to glibc there is no comment behind the hosts line: # and the words behind it are sources",
            ));
        } else if !source.installed {
            said.push(say(
                "not_installed",
                format!("{name} is in nsswitch.conf, but libnss_{name}.so.2 is not installed"),
            ));
        }
        // An answer is the ordinary end, and told by the others.
        if let (true, Some(status), Some(Reaction::Return)) = step
            && walk.winner.is_none()
        {
            let behind: Vec<&str> = found
                .sources
                .iter()
                .skip_while(|other| other.service.name != *name)
                .skip(1)
                .map(|other| other.service.name.as_str())
                .collect();
            if !behind.is_empty() {
                let (actions, behind) = (&source.service, behind.join(", "));
                let status = status.name();
                said.push(say(
                    "asking_ends",
                    format!("\"{actions}\" ends the asking with {status}: {behind} is not asked"),
                ));
            }
        }
    }
    let Some(winner) = walk.winner.and_then(|index| found.sources.get(index)) else { return said };
    let own = winner.answer.as_ref().and_then(|answer| answer.as_ref().ok());
    let addresses = found.answer.as_ref().map(|listed| set(&listed.addresses)).unwrap_or_default();
    if own.is_some_and(|own| set(&own.addresses) != addresses) {
        let (name, cache) = (&winner.service.name, if found.nscd { " (nscd, a cache, is asked first)" } else { "" });
        let programs = got(&found.answer);
        said.push(say(
            "not_its_source",
            format!("getaddrinfo says {programs}, but {name} by itself says otherwise{cache}"),
        ));
    }
    // What later sources would have said. The hosts file against the DNS has its own sentence.
    for other in found.sources.iter().skip(walk.winner.map_or(0, |index| index.saturating_add(1))) {
        let pair = [winner.service.name.as_str(), other.service.name.as_str()];
        if let Some(Ok(listed)) = &other.answer
            && set(&listed.addresses) != addresses
            && pair != ["files", "dns"]
        {
            let [first, second] = pair;
            let (ours, theirs) = (got(&found.answer), list(&listed.addresses));
            said.push(say("sources", format!("{first} answers first with {ours}; {second} would say {theirs}")));
        }
    }
    said
}

fn servers(found: &Found) -> Option<Disagreement> {
    let libc: Vec<IpAddr> = found.resolv_conf.content.servers.iter().map(|server| server.0).collect();
    if found.servers.1 || libc == found.dig_servers || found.resolv_conf.error.is_some() {
        return None;
    }
    // Without any both ask this host, dig by both families.
    if libc.is_empty() && found.dig_servers.iter().all(IpAddr::is_loopback) {
        return None;
    }
    let shown = |list: &[IpAddr]| if list.is_empty() { "this host".to_owned() } else { self::list(list) };
    let (libc, dig) = (shown(&libc), shown(&found.dig_servers));
    Some(say(
        "servers",
        format!("the C library reads the servers {libc} in {}, dig reads {dig}", found.resolv_conf.path),
    ))
}

fn other_programs(found: &Found) -> Vec<Disagreement> {
    let mut said = Vec::new();
    let listed = match &found.answer {
        Ok(listed) => listed,
        Err(error) => return other_errors(found, error).into_iter().collect(),
    };
    let all = set(&listed.addresses);
    for view in &found.views {
        let theirs = view.answer.as_ref().map(|listed| set(&listed.addresses)).unwrap_or_default();
        let why = match view.program {
            "getent hosts" if !theirs.is_empty() && theirs != all => Some(why_getent_hosts(found, &theirs)),
            "getent ahosts" if theirs != all => why_addrconfig(found),
            "getent ahostsv4" if theirs.is_empty() && all.iter().any(IpAddr::is_ipv4) => why_addrconfig(found),
            "getent ahostsv6" if theirs.is_empty() && all.iter().any(IpAddr::is_ipv6) => why_addrconfig(found),
            _ => None,
        };
        if let Some(why) = why {
            let kind = if view.program == "getent hosts" { "getent_hosts" } else { "addrconfig" };
            let (theirs, ours) = (says(view), list(&listed.addresses));
            said.push(say(kind, format!("`{}` says {theirs} where getaddrinfo says {ours}: {why}", view.program)));
        }
    }
    said
}

/// A failure that programs are not told which ask for one family.
fn other_errors(found: &Found, ours: &ShownError) -> Option<Disagreement> {
    let is_no_name = |view: &&ViewFound| matches!(&view.answer, Err(error) if error.name == Some("EAI_NONAME"));
    let view = found.views.iter().find(is_no_name).filter(|_| ours.name == Some("EAI_AGAIN"))?;
    Some(say(
        "errors",
        format!(
            "`{}` says EAI_NONAME where getaddrinfo says EAI_AGAIN: for one family glibc tells of the last name of the search \
             list, which does not exist, and not of the failure before it",
            view.program
        ),
    ))
}

fn says(view: &ViewFound) -> String {
    got(&view.answer)
}

fn why_getent_hosts(found: &Found, theirs: &BTreeSet<IpAddr>) -> String {
    let only_v6 = theirs.iter().all(IpAddr::is_ipv6);
    let in_hosts = found.hosts.content.about(&found.name).count() > 0;
    let why = match (only_v6, in_hosts) {
        (true, true) => {
            "it asks for AF_INET6 first, and where the hosts file has no IPv6 address the next source answers"
        }
        (true, false) => "it asks for AF_INET6 first, and for AF_INET only if there is nothing",
        (false, _) => "it asks for one family at a time",
    };
    why.to_owned()
}

fn why_addrconfig(found: &Found) -> Option<String> {
    let families = match found.configured {
        (false, false) => "no address beside loopback",
        (false, true) => "no IPv4 address beside loopback",
        (true, false) => "no IPv6 address beside loopback",
        (true, true) => return None,
    };
    Some(format!("it asks with AI_ADDRCONFIG, and this host has {families}"))
}

fn order(found: &Found) -> Vec<Disagreement> {
    let mut said = Vec::new();
    let policy = &found.gai_conf.content.policy;
    let destinations = &found.destinations;
    if !destinations.is_empty() && destinations.iter().all(|destination| destination.source.is_none()) {
        said.push(say("unreachable", "the kernel has no way to any of the addresses: connect(2) fails at once"));
    }
    for pair in destinations.windows(2) {
        let [first, second] = pair else { continue };
        let decision = decision(policy, first, second);
        if decision.rule.is_none() {
            let (first, second, reason) = (first.addr, second.addr, decision.reason);
            said.push(say("order", format!("{first} comes before {second}, though {reason}")));
        }
    }
    let Some(first) = destinations.first().map(|destination| destination.addr) else { return said };
    let best = |policy: &Policy| rfc6724::sorted(policy, destinations).first().map(|destination| destination.addr);
    let without_file = best(&Policy::libc()).filter(|best| *best != first);
    if let Some(best) = without_file.filter(|_| !found.gai_conf.content.replaced.is_empty()) {
        let path = found.gai_conf.path;
        said.push(say("gai_conf", format!("{path} puts {first} first; without it {best} would be")));
    } else if let Some(best) = best(&Policy::rfc6724()).filter(|best| *best != first && policy == &Policy::libc()) {
        said.push(say(
            "rfc6724",
            format!(
                "{best} would be first by the table of RFC 6724; the C library goes by its own, and puts {first} first"
            ),
        ));
    }
    said
}
