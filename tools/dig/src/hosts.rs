//! hosts(5): which lines name an address for a name.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A line of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Which, from 1.
    pub number: usize,
    /// The address.
    pub addr: IpAddr,
    /// The canonical name.
    pub canonical: String,
    /// Its other names.
    pub aliases: Vec<String>,
}

impl Line {
    /// Whether the line is about that name: letters of any case, a dot at the end counts.
    pub fn names(&self, name: &str) -> bool {
        self.canonical.eq_ignore_ascii_case(name) || self.aliases.iter().any(|alias| alias.eq_ignore_ascii_case(name))
    }
}

/// What the file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hosts {
    /// The lines with an address and a name.
    pub lines: Vec<Line>,
    /// Lines that the C library does not understand and leaves alone, from 1: no address, or one with a scope.
    pub ignored: Vec<usize>,
}

impl Hosts {
    /// The lines about a name, in order.
    pub fn about<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Line> {
        self.lines.iter().filter(move |line| line.names(name))
    }
}

/// Reads the text of the file.
///
/// # Source
/// hosts(5).
pub fn parse(text: &str) -> Hosts {
    let mut hosts = Hosts::default();
    for (number, line) in (1..).zip(text.lines()) {
        let words = line.split('#').next().unwrap_or_default();
        let mut words = words.split_ascii_whitespace();
        let Some(addr) = words.next() else { continue };
        let addr = addr.parse::<Ipv4Addr>().map(IpAddr::from).or_else(|_| addr.parse::<Ipv6Addr>().map(IpAddr::from));
        match (addr, words.next()) {
            (Ok(addr), Some(canonical)) => {
                let aliases = words.map(str::to_owned).collect();
                hosts.lines.push(Line { number, addr, canonical: canonical.to_owned(), aliases });
            }
            _ => hosts.ignored.push(number),
        }
    }
    hosts
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_lines_about_a_name() {
        let hosts = parse(
            "127.0.0.1\tlocalhost\n# 192.0.2.1 web\n192.0.2.201 web.lab.test WEB # web2\n\n::1 web\nnonsense web\n\
             fe80::1%eth0 web\n192.0.2.9\n",
        );
        let numbers = |name| hosts.about(name).map(|line| line.number).collect::<Vec<_>>();
        assert_eq!(numbers("web"), [3, 5]);
        assert_eq!(numbers("Web.Lab.Test"), [3]);
        assert_eq!(numbers("web2"), [0_usize; 0]);
        assert_eq!(numbers("web."), [0_usize; 0], "a name with its dot is another one to glibc");
        assert_eq!(hosts.ignored, [6, 7, 8]);
        assert_eq!(hosts.lines[1].canonical, "web.lab.test");
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "([0-9a-f:.%]{0,9}[ \t]*[a-z.]{0,4}[ #\t\n\r]|\\PC){0,40}", name in "[a-z.]{0,4}") {
            let hosts = parse(&text);
            prop_assert!(hosts.about(&name).count() <= hosts.lines.len());
            prop_assert!(hosts.lines.iter().all(|line| line.number <= text.lines().count()));
        }
    }
}
