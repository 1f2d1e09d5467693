//! gai.conf(5): what an administrator changes about the order of addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::rfc6724::{Policy, Row, Table};

/// What the file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GaiConf {
    /// The policy that comes of it.
    pub policy: Policy,
    /// Which defaults it replaces: `label`, `precedence`, `scopev4`.
    pub replaced: Vec<&'static str>,
    /// Lines that glibc does not understand and leaves alone, from 1.
    pub ignored: Vec<usize>,
}

/// Reads the text of the file, as a change to `default`.
///
/// One line of a kind replaces the whole default table of that kind; what no line then covers is as it is for `::/0` by
/// default. Of the table for labels `::/0` has 1, of that for precedences 40, of that for the scopes of IPv4 14.
///
/// # Source
/// gai.conf(5).
pub fn parse(text: &str, default: Policy) -> GaiConf {
    let (mut labels, mut precedences, mut scopes) = (Vec::new(), Vec::new(), Vec::new());
    let mut ignored = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let words = line.split('#').next().unwrap_or_default();
        let mut words = words.split_ascii_whitespace();
        let Some(keyword) = words.next() else { continue };
        let (prefix, value) = (words.next(), words.next());
        let (table, v4) = match keyword {
            "label" => (&mut labels, false),
            "precedence" => (&mut precedences, false),
            "scopev4" => (&mut scopes, true),
            // Whether the file is read again when it changes: of no weight for one question.
            "reload" => continue,
            _ => {
                ignored.push(number);
                continue;
            }
        };
        match prefix.zip(value).and_then(|(prefix, value)| row(prefix, value, v4)) {
            Some(row) => table.push(row),
            None => ignored.push(number),
        }
    }
    let mut conf = GaiConf { policy: default, replaced: Vec::new(), ignored };
    for (name, rows, table, rest) in [
        ("label", labels, &mut conf.policy.labels, 1),
        ("precedence", precedences, &mut conf.policy.precedences, 40),
        ("scopev4", scopes, &mut conf.policy.scopes_v4, 14),
    ] {
        if !rows.is_empty() {
            *table = Table::new(rows, rest);
            conf.replaced.push(name);
        }
    }
    conf
}

/// The largest value that glibc takes: INT_MAX.
const MAX: u32 = i32::MAX.cast_unsigned();

fn row(prefix: &str, value: &str, v4: bool) -> Option<Row> {
    let (addr, length) = match prefix.split_once('/') {
        Some((addr, length)) => (addr, Some(length.parse::<u8>().ok()?)),
        None => (prefix, None),
    };
    let value = value.parse::<u32>().ok().filter(|value| *value <= MAX)?;
    // The scopes of IPv4 may be written in either form.
    if let Some(addr) = addr.parse::<Ipv4Addr>().ok().filter(|_| v4) {
        let length = length.unwrap_or(32);
        return (length <= 32).then(|| Row { prefix: addr.to_ipv6_mapped(), length: length.saturating_add(96), value });
    }
    let prefix: Ipv6Addr = addr.parse().ok()?;
    let length = length.unwrap_or(128);
    let fits = if v4 { prefix.to_ipv4_mapped().is_some() && length >= 96 } else { true };
    (fits && length <= 128).then_some(Row { prefix, length, value })
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use proptest::prelude::*;

    use super::*;
    use crate::rfc6724::Scope;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn one_line_replaces_the_table_of_its_kind_and_no_other() {
        let conf = parse("# prefer IPv4\nprecedence ::ffff:0:0/96  100 # all of it\nreload yes\n", Policy::glibc());
        assert_eq!((conf.replaced, conf.ignored), (vec!["precedence"], vec![]));
        assert_eq!(conf.policy.precedence(ip("192.0.2.1")).value, 100);
        // ::1/128 had 50.
        assert_eq!(conf.policy.precedence(ip("::1")).value, 40);
        assert_eq!(conf.policy.labels, Policy::glibc().labels);
    }

    #[test]
    fn scopes_of_ipv4_in_both_forms() {
        let conf = parse("scopev4 ::ffff:10.0.0.0/104 5\nscopev4 172.16.0.0/12\t5\n", Policy::glibc());
        for (addr, scope) in [("10.1.2.3", 5), ("172.16.1.1", 5), ("192.0.2.1", 14), ("127.0.0.1", 14)] {
            assert_eq!(conf.policy.scope(ip(addr)), Scope(scope), "{addr}");
        }
    }

    #[test]
    fn lines_that_say_nothing() {
        let text = "label\nlabel ::/0\nlabel x 1\nlabel ::/129 1\nlabel ::/0 x\nlabels ::/0 1\nlabel ::/0 4294967295\n\
                    scopev4 ::/96 1\nscopev4 10.0.0.0/33 1\nprecedence 10.0.0.0/8 1\n";
        let conf = parse(text, Policy::glibc());
        assert_eq!(conf.ignored, (1..=10).collect::<Vec<_>>());
        assert_eq!(conf.policy, Policy::glibc());
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "((label|precedence|scopev4|reload)[ \t]+[0-9a-f:./]{0,12}[ \t]+[0-9]{0,11}\n|\\PC){0,12}") {
            let conf = parse(&text, Policy::glibc());
            for addr in ["::1", "10.0.0.1", "2001:db8::1"] {
                let _ = (conf.policy.scope(ip(addr)), conf.policy.label(ip(addr)).shown(), conf.policy.precedence(ip(addr)));
            }
        }
    }
}
