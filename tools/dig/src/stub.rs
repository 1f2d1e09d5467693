//! resolv.conf(5) as the C library reads it, which is not how dig does, and the names that come of a name.

use std::net::{IpAddr, Ipv6Addr};

/// What glibc takes from the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StubConf {
    /// `nameserver`, the first three: address, and the scope as it was written.
    pub servers: Vec<(IpAddr, Option<String>)>,
    /// The search list.
    pub search: Vec<String>,
    /// Where the search list comes from.
    pub search_from: SearchFrom,
    /// `options ndots:N`: names with fewer dots are searched for before they are taken as they are.
    pub ndots: usize,
    /// `options timeout:N`, in seconds.
    pub timeout_s: u32,
    /// `options attempts:N`
    pub attempts: u32,
    /// `options no-tld-query`: a name without a dot is not tried as it is.
    pub no_tld_query: bool,
}

/// Where the search list comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SearchFrom {
    /// `LOCALDOMAIN` of the environment.
    Environment,
    /// A `search` or `domain` line: the last one.
    File,
    /// The host's own name, behind its first dot.
    HostName,
}

/// glibc looks at no more servers.
const MAX_SERVERS: usize = 3;
const MAX_NDOTS: usize = 15;
const MAX_TIMEOUT_S: u32 = 30;
const MAX_ATTEMPTS: u32 = 5;

impl Default for StubConf {
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            search: Vec::new(),
            search_from: SearchFrom::HostName,
            ndots: 1,
            timeout_s: 5,
            attempts: 2,
            no_tld_query: false,
        }
    }
}

/// What beside the file has a say.
#[derive(Clone, Debug, Default)]
pub struct Surroundings<'a> {
    /// `LOCALDOMAIN`
    pub localdomain: Option<&'a str>,
    /// `RES_OPTIONS`
    pub res_options: Option<&'a str>,
    /// gethostname(2)
    pub host_name: String,
}

/// Reads the text of the file.
///
/// A keyword counts only at the very start of a line, and a comment too: what stands behind a server's address is left
/// alone, but a blank in front of `nameserver` hides the line.
///
/// # Source
/// resolv.conf(5).
pub fn parse(text: &str, around: &Surroundings<'_>) -> StubConf {
    let mut conf = StubConf::default();
    let mut search: Option<Vec<String>> = None;
    for line in text.lines() {
        let (keyword, rest) = line.split_once([' ', '\t']).unwrap_or((line, ""));
        match keyword {
            "nameserver" if conf.servers.len() < MAX_SERVERS => conf.servers.extend(server(rest)),
            "search" => search = Some(words(rest)).filter(|names| !names.is_empty()).or(search),
            "domain" => {
                let name = rest.split_ascii_whitespace().next();
                search = name.map(|name| vec![name.to_owned()]).or(search);
            }
            "options" => options(&mut conf, rest),
            _ => {}
        }
    }
    options(&mut conf, around.res_options.unwrap_or_default());
    let own = || around.host_name.split_once('.').map(|(_, domain)| vec![domain.to_owned()]).unwrap_or_default();
    (conf.search, conf.search_from) = match (around.localdomain, search) {
        (Some(names), _) => (words(names), SearchFrom::Environment),
        (None, Some(names)) => (names, SearchFrom::File),
        (None, None) => (own(), SearchFrom::HostName),
    };
    conf
}

fn words(text: &str) -> Vec<String> {
    text.split_ascii_whitespace().map(str::to_owned).collect()
}

fn server(rest: &str) -> Option<(IpAddr, Option<String>)> {
    let word = rest.split_ascii_whitespace().next()?;
    if let Ok(addr) = word.parse::<IpAddr>() {
        return Some((addr, None));
    }
    let (addr, scope) = word.split_once('%')?;
    addr.parse::<Ipv6Addr>().ok().map(|addr| (addr.into(), Some(scope.to_owned())))
}

fn options(conf: &mut StubConf, text: &str) {
    for word in text.split_ascii_whitespace() {
        let (name, value) = word.split_once(':').unwrap_or((word, ""));
        let value = value.parse::<u32>().ok();
        match (name, value) {
            ("ndots", Some(value)) => conf.ndots = usize::try_from(value).unwrap_or(MAX_NDOTS).min(MAX_NDOTS),
            ("timeout", Some(value)) => conf.timeout_s = value.min(MAX_TIMEOUT_S),
            ("attempts", Some(value)) => conf.attempts = value.min(MAX_ATTEMPTS),
            ("no-tld-query", _) => conf.no_tld_query = true,
            _ => {}
        }
    }
}

/// A name to ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The name with its dot at the end.
    pub name: String,
    /// The name of the search list that was put behind it; `None` if the name is taken as it is.
    pub suffix: Option<String>,
}

impl StubConf {
    /// The names that come of a name, in the order in which glibc asks for them until one has an address.
    ///
    /// # Source
    /// resolv.conf(5): `search`, `ndots`.
    pub fn candidates(&self, name: &str) -> Vec<Candidate> {
        let as_it_is = || Candidate { name: absolute(name), suffix: None };
        if name.ends_with('.') {
            return vec![as_it_is()];
        }
        let dots = name.matches('.').count();
        let mut candidates = Vec::new();
        let mut tried_as_it_is = dots >= self.ndots;
        if tried_as_it_is {
            candidates.push(as_it_is());
        }
        for suffix in &self.search {
            let suffix = suffix.trim_start_matches('.');
            if suffix.is_empty() {
                // The root in the list is the name as it is.
                if !tried_as_it_is {
                    candidates.push(as_it_is());
                }
                tried_as_it_is = true;
                continue;
            }
            let name = absolute(&format!("{name}.{suffix}"));
            candidates.push(Candidate { name, suffix: Some(suffix.to_owned()) });
        }
        if !tried_as_it_is && (dots > 0 || !self.no_tld_query) {
            candidates.push(as_it_is());
        }
        candidates
    }
}

fn absolute(name: &str) -> String {
    if name.ends_with('.') { name.to_owned() } else { format!("{name}.") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(text: &str, name: &str) -> Vec<String> {
        let around = Surroundings { host_name: "box.own.test".to_owned(), ..Surroundings::default() };
        parse(text, &around).candidates(name).into_iter().map(|candidate| candidate.name).collect()
    }

    #[test]
    fn the_names_that_come_of_a_name() {
        for (text, name, tried) in [
            ("search lab.test x.test\n", "mail", "mail.lab.test. mail.x.test. mail."),
            ("search lab.test x.test\n", "mail.", "mail."),
            ("search lab.test\n", "a.b", "a.b. a.b.lab.test."),
            ("search lab.test\noptions ndots:2\n", "a.b", "a.b.lab.test. a.b."),
            ("search lab.test\noptions ndots:0\n", "a", "a. a.lab.test."),
            ("search lab.test .\n", "a", "a.lab.test. a."),
            ("search . lab.test\n", "a", "a. a.lab.test."),
            ("search lab.test\noptions no-tld-query\n", "a", "a.lab.test."),
            ("search lab.test\noptions no-tld-query ndots:2\n", "a.b", "a.b.lab.test. a.b."),
            ("search a.test\ndomain b.test\n", "x", "x.b.test. x."),
            ("", "x", "x.own.test. x."),
        ] {
            assert_eq!(names(text, name).join(" "), tried, "{text}{name}");
        }
    }

    #[test]
    fn what_glibc_reads_otherwise_than_dig() {
        let text = " nameserver 192.0.2.1\nnameserver 192.0.2.2 # the one\nnameserver\t::1\n#nameserver 192.0.2.3\n\
                    nameserver bogus\nnameserver fe80::1%lo\nnameserver 192.0.2.4\noptions ndots:99 timeout:99 attempts:9\n";
        let conf = parse(text, &Surroundings::default());
        let servers: Vec<String> = conf.servers.iter().map(|(addr, _)| addr.to_string()).collect();
        assert_eq!(servers, ["192.0.2.2", "::1", "fe80::1"]);
        assert_eq!(conf.servers[2].1.as_deref(), Some("lo"));
        assert_eq!((conf.ndots, conf.timeout_s, conf.attempts), (15, 30, 5));
        let around = Surroundings {
            localdomain: Some("c.test d.test"),
            res_options: Some("ndots:3"),
            host_name: "h.x.test".to_owned(),
        };
        let conf = parse("search a.test\noptions ndots:2\n", &around);
        assert_eq!((conf.search.join(" ").as_str(), conf.ndots), ("c.test d.test", 3));
        assert_eq!(conf.search_from, SearchFrom::Environment);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "((nameserver|options|search|domain)[ \t]|ndots:|[ \t\n%#;:a-f0-9.]|\\PC){0,40}", name in "[a-z.]{0,8}") {
            let conf = parse(&text, &Surroundings::default());
            let names = conf.candidates(&name);
            prop_assert!(names.iter().all(|candidate| candidate.name.ends_with('.')));
            prop_assert_eq!(names.iter().filter(|candidate| candidate.suffix.is_none()).count() <= 1, true);
        }
    }
}
