//! Which options do not go with which: nothing is taken and then left alone.
//!
//! dig's options go with each other as they do in dig. This is about those that dig does not have, and only about what
//! stands on the line: what `~/.digrc` says gives way.

use super::{Draft, Stop};
use crate::options::Lookup;
use crate::registry::Type;
use crate::transport::Transport;

/// An option that dig does not have, what it does not go with, and why.
struct Row {
    option: &'static str,
    /// What shapes dig's text does not go with it.
    own_form: bool,
    others: &'static [&'static [&'static str]],
    why: &'static str,
}

/// What shapes dig's text, without `+cmd`: where there is no banner, none is printed.
pub(super) const TEXT: &[&str] = &[
    "short",
    "yaml",
    "multiline",
    "rrcomments",
    "crypto",
    "ttlid",
    "ttlunits",
    "class",
    "split",
    "unknownformat",
    "expandaaaa",
    "identify",
    "qr",
    "onesoa",
    "all",
    "comments",
    "question",
    "answer",
    "authority",
    "additional",
    "stats",
    "compat",
];

/// What is on unless it is turned off: then turning it off is what was said.
const ON_BY_DEFAULT: &[&str] =
    &["crypto", "ttlid", "class", "all", "comments", "question", "answer", "authority", "additional", "stats"];

/// What else could be done with a name than to ask for it.
const OTHER_WAYS: &[&str] = &["trace", "nssearch", "dns64prefix", "tree", "diff", "watch", "validate"];

const ROWS: &[Row] = &[
    Row {
        option: "gai",
        own_form: true,
        others: &[OTHER_WAYS, &["wire", "timing", "status", "decode", "frame", "bulk", "parallel", "@"]],
        why: "the C library is asked, and no name server",
    },
    Row {
        option: "compare",
        own_form: true,
        others: &[OTHER_WAYS, &["wire", "timing", "status", "decode", "frame", "bulk", "parallel", "service"]],
        why: "every source is asked for the addresses of one name",
    },
    Row {
        option: "decode",
        own_form: false,
        others: &[OTHER_WAYS, &["timing", "bulk", "parallel", "identify", "qr", "onesoa", "@"]],
        why: "nobody is asked",
    },
    Row {
        option: "tree",
        own_form: true,
        others: &[&["nssearch", "dns64prefix", "diff", "watch", "validate", "wire", "timing"]],
        why: "a tree of servers is printed, and no messages",
    },
    Row {
        option: "diff",
        own_form: true,
        others: &[&["trace", "dns64prefix", "watch", "validate", "wire", "timing", "status"]],
        why: "the differences are printed, and no messages",
    },
    Row {
        option: "watch",
        own_form: true,
        others: &[&["trace", "nssearch", "dns64prefix", "validate", "timing", "bulk", "parallel"]],
        why: "the changes are printed, and no messages",
    },
    Row { option: "validate", own_form: false, others: &[&["trace", "nssearch"]], why: "one answer is judged" },
    Row {
        option: "timing",
        own_form: false,
        others: &[&["short", "nssearch", "dns64prefix"]],
        why: "the times stand below a whole answer",
    },
    // What else shapes dig's text has no effect on JSON, and may stand in a habit.
    Row {
        option: "json",
        own_form: false,
        others: &[&["short", "yaml"]],
        why: "JSON has the whole message, in one form",
    },
    Row { option: "json", own_form: false, others: &[&["qr"]], why: "the octets of a query are shown by +wire" },
    Row {
        option: "yaml",
        own_form: false,
        others: &[&["explain", "wire", "timing", "validate"]],
        why: "it would be no YAML any more; --json has all of it",
    },
];

/// The options that are nothing without another one.
const HINTS: &[&str] = &["family", "socktype", "protocol", "service", "flags"];

impl Draft<'_> {
    /// Keeps in mind that an option stood on the line.
    pub(super) fn mark(&mut self, option: &'static str, on: bool) {
        if self.config {
            return;
        }
        // Words about splitting are a change in either direction.
        if option == "split" || on != ON_BY_DEFAULT.contains(&option) {
            self.marks.insert(option);
        } else {
            self.marks.remove(option);
        }
    }

    /// The same for an option that dig does not have, by the name that was read.
    pub(super) fn mark_own(&mut self, option: &str, on: bool) {
        let rest = ["explain", "wire", "status", "bulk", "parallel", "compat", "frame"];
        let known = ROWS.iter().map(|row| row.option).chain(rest).chain(HINTS.iter().copied());
        if let Some(option) = known.into_iter().find(|known| *known == option) {
            self.mark(option, on);
        }
    }

    /// Looks at the whole line.
    pub(super) fn check_pairs(&self) -> Result<(), Stop> {
        let said = |option: &str| self.marks.contains(option);
        for row in ROWS.iter().filter(|row| said(row.option)) {
            let text = TEXT.iter().filter(|_| row.own_form);
            // The queries of a watch go out one after the other, and can be shown.
            let mut others = row
                .others
                .iter()
                .copied()
                .flatten()
                .chain(text)
                .filter(|other| (row.option, **other) != ("watch", "qr"));
            if let Some(other) = others.find(|other| said(other)) {
                return Err(refused(row.option, other, row.why));
            }
        }
        if let Some(hint) = HINTS.iter().find(|hint| said(hint)).filter(|_| !self.gai.asked()) {
            return Err(Stop::fatal(format!("+{hint} belongs to +gai"), 1));
        }
        for option in ["bulk", "parallel"] {
            if said(option) && (self.batch.is_none() || self.in_batch) {
                return Err(Stop::fatal(format!("+{option} belongs to -f, on the command line"), 1));
            }
        }
        if said("watch") && (self.batch.is_some() || self.in_batch) {
            return Err(Stop::fatal("+watch does not go with -f", 1));
        }
        // Lines of a batch that are a name alone are not looked at by themselves.
        if self.batch.is_some() {
            self.check_lookup(&self.default)?;
        }
        self.check_lookups()
    }

    /// Looks at what each name, or the root in place of one, is asked for with.
    pub(super) fn check_lookups(&self) -> Result<(), Stop> {
        self.lookups.iter().try_for_each(|spoken| self.check_lookup(&spoken.lookup))
    }

    fn check_lookup(&self, lookup: &Lookup) -> Result<(), Stop> {
        let transport = Transport::of(lookup);
        if lookup.validate.is_some() && !matches!(transport, Transport::Udp | Transport::Tcp) {
            let transport = transport.name();
            let why = "hickory-resolver would ask for the name in the clear";
            return Err(Stop::fatal(format!("+validate does not go with {transport}: {why}"), 1));
        }
        if lookup.watch == Some(None) && self.lookups.len() > 1 {
            return Err(Stop::fatal("+watch goes on for ever: with several names it needs a number, +watch=N", 1));
        }
        let one_answer = [
            ("tree", lookup.tree),
            ("diff", self.globals.diff),
            ("watch", lookup.watch.is_some()),
            ("validate", lookup.validate.is_some()),
        ];
        match one_answer.into_iter().find(|(_, on)| *on) {
            Some((option, _)) if matches!(lookup.qtype, Type::AXFR | Type::IXFR) => {
                Err(Stop::fatal(format!("+{option} does not go with {}: a zone is no single answer", lookup.qtype), 1))
            }
            _ => Ok(()),
        }
    }
}

fn refused(option: &str, other: &str, why: &str) -> Stop {
    let no = if ON_BY_DEFAULT.contains(&other) { "no" } else { "" };
    let other = if other == "@" { "@SERVER".to_owned() } else { format!("+{no}{other}") };
    Stop::fatal(format!("+{option} does not go with {other}: {why}"), 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::parse;
    use crate::options::{Options, Plan};

    fn read(line: &str, digrc: &str) -> Options {
        let args: Vec<String> = line.split(' ').map(str::to_owned).collect();
        parse(&args, digrc, &mut |_, _| Ok(vec![([192, 0, 2, 1], 0).into()]))
    }

    fn refusal(line: &str) -> Option<String> {
        match read(line, "").plan {
            Plan::Refuse(refusal) => refusal.message,
            _ => None,
        }
    }

    #[test]
    fn every_row_is_refused_in_either_order_and_says_why() {
        for row in ROWS {
            let text = TEXT.iter().filter(|_| row.own_form && row.option != "watch");
            for other in row.others.iter().copied().flatten().chain(text) {
                let spelled = |option: &str| match option {
                    "@" => "@192.0.2.1".to_owned(),
                    "gai" | "json" | "tree" | "diff" | "compare" => format!("+{option}"),
                    "decode" => "+decode=00".to_owned(),
                    "watch" | "frame" | "parallel" | "split" => format!("+{option}=4"),
                    "compat" => "+compat=9.20".to_owned(),
                    "service" => "+service=1".to_owned(),
                    option if ON_BY_DEFAULT.contains(&option) => format!("+no{option}"),
                    option => format!("+{option}"),
                };
                let (one, other) = (spelled(row.option), spelled(other));
                for line in [format!("{one} {other} x.test"), format!("{other} {one} x.test")] {
                    let said = refusal(&line).unwrap_or_else(|| panic!("{line} is taken"));
                    assert!(said.contains(" does not go with "), "{line}: {said}");
                }
            }
        }
        assert_eq!(
            refusal("+tree +short x.test").unwrap(),
            "+tree does not go with +short: a tree of servers is printed, and no messages"
        );
        assert_eq!(
            refusal("+short +json x.test").unwrap(),
            "+json does not go with +short: JSON has the whole message, in one form"
        );
    }

    #[test]
    fn json_does_not_mind_how_text_would_look() {
        for option in TEXT.iter().filter(|option| !["short", "yaml", "qr"].contains(option)) {
            let no = if ON_BY_DEFAULT.contains(option) { "no" } else { "" };
            let value = match *option {
                "split" => "=4",
                "compat" => "=9.20",
                _ => "",
            };
            assert_eq!(refusal(&format!("+{no}{option}{value} +json x.test")), None, "{option}");
        }
    }

    #[test]
    fn what_is_nothing_by_itself() {
        for (line, said) in [
            ("+bulk x.test", "+bulk belongs to -f, on the command line"),
            ("+parallel=4 x.test", "+parallel belongs to -f, on the command line"),
            ("+family=inet x.test", "+family belongs to +gai"),
            ("+service=80 x.test", "+service belongs to +gai"),
            ("+watch -f -", "+watch does not go with -f"),
            ("+watch a.test b.test", "+watch goes on for ever: with several names it needs a number, +watch=N"),
            ("+validate x.test AXFR", "+validate does not go with AXFR: a zone is no single answer"),
            (
                "+tls x.test +validate",
                "+validate does not go with TLS: hickory-resolver would ask for the name in the clear",
            ),
            ("+tls +validate", "+validate does not go with TLS: hickory-resolver would ask for the name in the clear"),
            (
                "@192.0.2.1 +https +validate mx",
                "+validate does not go with HTTPS: hickory-resolver would ask for the name in the clear",
            ),
            (
                "+quic +validate -f -",
                "+validate does not go with QUIC: hickory-resolver would ask for the name in the clear",
            ),
            (
                "+validate x.test +https3",
                "+validate does not go with HTTP3: hickory-resolver would ask for the name in the clear",
            ),
            ("+diff x.test IXFR=1", "+diff does not go with IXFR: a zone is no single answer"),
        ] {
            assert_eq!(refusal(line).as_deref(), Some(said), "{line}");
        }
        // Without a name the root's name servers are asked for, whatever type was said.
        for line in ["+validate", "+tree axfr", "+tls mx", "+tls"] {
            assert_eq!(refusal(line), None, "{line}");
        }
        for line in ["+watch=2 a.test b.test", "+bulk -f -", "+family=inet +gai x.test", "+watch +qr x.test"] {
            assert_eq!(refusal(line), None, "{line}");
        }
    }

    #[test]
    fn what_was_taken_back_and_what_digrc_says_is_no_reason() {
        assert_eq!(refusal("+short +tree +noshort x.test"), None);
        assert_eq!(refusal("+noall +all +json x.test"), None);
        assert_eq!(refusal("+wire +yaml +nowire x.test"), None);
        assert!(matches!(read("+tree x.test", "+short +multiline").plan, Plan::Lookups(..)));
    }
}
