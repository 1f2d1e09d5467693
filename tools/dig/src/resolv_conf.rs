//! resolv.conf(5): which servers to ask when the line names none.

use std::net::IpAddr;

/// dig looks at no more servers.
const MAX_SERVERS: usize = 3;
/// dig searches in no more domains.
const MAX_SEARCH: usize = 8;

/// What dig takes from the file. The search list is used with `+search` only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ResolvConf {
    /// `nameserver`, in order: the text and the address that it is.
    pub servers: Vec<(String, IpAddr, Option<String>)>,
    /// `search`, or the one name of `domain`.
    pub search: Vec<String>,
    /// `options ndots:N`
    pub ndots: Option<u32>,
    /// `options attempts:N`
    pub attempts: Option<u32>,
    /// `options timeout:N`, in seconds.
    pub timeout_s: Option<u32>,
}

/// A server that is no address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// Which line, from 1.
    pub line: usize,
}

/// Reads the text of the file.
///
/// Comments start with `#` or `;`, keywords that are unknown here are left alone.
///
/// # Errors
/// [`Malformed`] if a `nameserver` line has no address.
///
/// # Source
/// resolv.conf(5).
pub fn parse(text: &str) -> Result<ResolvConf, Malformed> {
    let mut conf = ResolvConf::default();
    for (index, line) in text.lines().enumerate() {
        let line = line.split(['#', ';']).next().unwrap_or_default();
        let mut words = line.split_ascii_whitespace();
        match words.next() {
            Some("nameserver") => {
                let malformed = Malformed { line: index + 1 };
                let written = words.next().ok_or(malformed.clone())?;
                let (addr, zone) = match written.split_once('%') {
                    Some((addr, zone)) => (addr, Some(zone.to_owned())),
                    None => (written, None),
                };
                let addr: IpAddr = addr.parse().map_err(|_| malformed)?;
                if conf.servers.len() < MAX_SERVERS {
                    conf.servers.push((written.to_owned(), addr, zone));
                }
            }
            Some("search") => conf.search = words.take(MAX_SEARCH).map(str::to_owned).collect(),
            Some("domain") => conf.search = words.next().map(str::to_owned).into_iter().collect(),
            Some("options") => words.for_each(|word| option(&mut conf, word)),
            _ => {}
        }
    }
    Ok(conf)
}

fn option(conf: &mut ResolvConf, word: &str) {
    let Some((name, value)) = word.split_once(':') else { return };
    let value = value.parse().ok();
    match name {
        "ndots" => conf.ndots = value,
        "attempts" => conf.attempts = value,
        "timeout" => conf.timeout_s = value,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_the_manual_page_allows() {
        let conf = parse(
            "# made by hand\nsearch lab.test example.com ; two\nnameserver 127.0.0.1\n\tnameserver\t::1 # v6\n\
             nameserver fe80::1%lo\noptions ndots:2 timeout:1 attempts:4 rotate edns0\nsortlist 10.0.0.0\n",
        )
        .unwrap();
        assert_eq!(conf.search, ["lab.test", "example.com"]);
        assert_eq!(conf.servers[0], ("127.0.0.1".into(), "127.0.0.1".parse().unwrap(), None));
        assert_eq!(conf.servers[1].0, "::1");
        assert_eq!(conf.servers[2], ("fe80::1%lo".into(), "fe80::1".parse().unwrap(), Some("lo".into())));
        assert_eq!((conf.ndots, conf.timeout_s, conf.attempts), (Some(2), Some(1), Some(4)));
        assert_eq!(parse("").unwrap(), ResolvConf::default());
    }

    /// Seen with dig 9.18.49.
    #[test]
    fn three_servers_and_eight_domains() {
        let conf = parse(&("nameserver 192.0.2.1\n".repeat(4) + "search a b c d e f g h i\n")).unwrap();
        assert_eq!((conf.servers.len(), conf.search.join(" ").as_str()), (3, "a b c d e f g h"));
        let bogus = "nameserver ::1\n".repeat(3) + "nameserver bogus\n";
        assert_eq!(parse(&bogus), Err(Malformed { line: 4 }), "what is not used is read");
    }

    #[test]
    fn a_server_that_is_no_address() {
        assert_eq!(parse("\nnameserver bogus\n"), Err(Malformed { line: 2 }));
        assert_eq!(parse("nameserver\n"), Err(Malformed { line: 1 }));
        assert_eq!(parse("nameserver 127.0.0.1#53\n").unwrap().servers.len(), 1, "a comment begins there");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "(nameserver|options|search|domain|[ \\t\\n:%#;a-f0-9.]|\\PC){0,40}") {
            let _ = parse(&text);
        }
    }
}
