//! The filter of a line: its words, those of a file, and what they say of tables and families.

use crate::filter::{Address, Expression, HostPattern, PortPattern, Predicate, Tree};
use crate::ss::tables::Families;

/// The words of a filter file: what ss reads of it is options' worth of a line, each line one word.
pub fn words_of_file(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect()
}

/// The words with the family before each address that has none, as `-x src PATTERN` means `unix:PATTERN`.
pub fn with_family(words: &[String], family: &str) -> Vec<String> {
    const PREFIXES: [&str; 6] = ["unix:", "link:", "netlink:", "vsock:", "inet:", "inet6:"];
    let mut behind_end = false;
    let mut written = Vec::new();
    for word in words.iter().flat_map(|word| word.split_whitespace()) {
        let bare = word.trim_start_matches(['(', '!']);
        let known = PREFIXES.iter().any(|prefix| bare.starts_with(prefix));
        match bare {
            "=" | "==" | "eq" if behind_end => written.push(word.to_owned()),
            _ if behind_end && !known => {
                behind_end = false;
                written.push(format!("{family}{word}"));
            }
            _ => {
                behind_end = matches!(bare, "src" | "dst");
                written.push(word.to_owned());
            }
        }
    }
    written
}

/// The families of the addresses in a query: sockets of others cannot match it. None if it has no address, or one that
/// others match too: `*`, or in a query with `not` an address without a word for its family.
pub fn families(expression: &Expression) -> Families {
    let mut families = Families::NONE;
    let mut others = false;
    let negates = negates(expression);
    expression.each_leaf(&mut |term| {
        if let Predicate::Host { host, .. } = &term.predicate {
            families |= match host {
                HostPattern::Inet { family: None, address, port } => {
                    others |= negates || (*address == Address::Any && *port == PortPattern::Any);
                    Families::INET | Families::INET6
                }
                HostPattern::Inet { family: Some(family), .. } if *family == sockeye_sys::Family::INET6 => {
                    Families::INET6
                }
                HostPattern::Inet { .. } => Families::INET,
                HostPattern::Unix(_) => Families::UNIX,
                HostPattern::Link { .. } => Families::PACKET,
                HostPattern::Netlink { .. } => Families::NETLINK,
                HostPattern::Vsock { .. } => Families::VSOCK,
            };
        }
    });
    if others { Families::NONE } else { families }
}

fn negates(expression: &Expression) -> bool {
    match expression {
        Tree::All(parts) | Tree::Any(parts) => parts.iter().any(negates),
        Tree::Not(_) => true,
        Tree::Leaf(term) => matches!(term.predicate, Predicate::Host { equal: false, .. }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn families_of(words: &[&str]) -> Families {
        families(&crate::filter::parse(words).unwrap().expression.unwrap())
    }

    #[test]
    fn addresses_tell_their_families() {
        assert_eq!(families_of(&["src 127.0.0.1"]), Families::INET | Families::INET6);
        assert_eq!(families_of(&["src unix:/run/*"]), Families::UNIX);
        assert_eq!(families_of(&["sport = :80"]), Families::NONE);
        assert_eq!(families_of(&["src *"]), Families::NONE);
        assert_eq!(families_of(&["src any or src unix:/run/*"]), Families::NONE);
        assert_eq!(families_of(&["not src 127.0.0.1"]), Families::NONE);
        assert_eq!(families_of(&["src != 127.0.0.1"]), Families::NONE);
        assert_eq!(families_of(&["not src inet:127.0.0.1"]), Families::INET);
        assert_eq!(families_of(&["src :80"]), Families::INET | Families::INET6);
        assert_eq!(families_of(&["src link:ip or dst inet6:[::1]"]), Families::PACKET | Families::INET6);
    }

    #[test]
    fn the_family_of_the_options_is_that_of_bare_addresses() {
        let words = |text: &str| vec![text.to_owned()];
        assert_eq!(with_family(&words("src /run/x"), "unix:"), ["src", "unix:/run/x"]);
        assert_eq!(
            with_family(&words("( src = a or dst unix:b )"), "unix:"),
            ["(", "src", "=", "unix:a", "or", "dst", "unix:b", ")"]
        );
        assert_eq!(with_family(&words("state all"), "unix:"), ["state", "all"]);
    }

    #[test]
    fn a_file_is_a_word_a_line() {
        assert_eq!(
            words_of_file("state established\n\n# remark\n sport = :22\n"),
            ["state established", "sport = :22"]
        );
    }
}
