//! `url same`: the ladder of comparison, rung by rung, from the texts themselves to what both standards make of them.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::{escape, escape_controls};
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Failure, Output, Render, Status, Text};

use crate::cli::Same;
use crate::dissect::{Dissection, Malformed, dissect};
use crate::models::warning::HostWarning;
use crate::refusal::Refusal;
use crate::rfc3986::normalise::Rule;
use crate::rfc3986::{Components, parse};
use crate::specific;

/// Whether two texts are the same URL, and from which rung on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ladder {
    /// A URL.
    pub first: String,
    /// The URL that it was compared with.
    pub second: String,
    /// Of which of them readers go to different hosts.
    pub host_warnings: Vec<HostWarning>,
    /// Whether they are the same by any rung.
    pub same: bool,
    /// The first rung by which they are; `None` if there is none.
    pub rung: Option<&'static str>,
    /// Where that is specified.
    pub source: Option<&'static str>,
    /// The rungs up to that one, or all.
    pub rungs: Vec<Rung>,
}

/// One rung: a comparison after one more step of normalisation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// Its name.
    pub rung: &'static str,
    /// Where it is specified.
    pub source: &'static str,
    /// Whether the two are the same by it; `None` if the standard refuses one of them.
    pub same: Option<bool>,
    /// The first after the step, or why it is refused.
    pub first: String,
    /// The second likewise.
    pub second: String,
}

/// One step, where the working is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The two were compared.
    Compared {
        /// By which rung, and how they look there.
        #[serde(flatten)]
        rung: Rung,
    },
}

/// Compares.
///
/// # Errors
/// [`Failure`] if neither standard takes one of the two, or if the output cannot be written.
pub fn run(job: &Same, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut ladder = match compare(&job.first, &job.second) {
        Ok(ladder) => ladder,
        Err(malformed) => return Refusal::from(malformed).end(output),
    };
    for warning in &mut ladder.host_warnings {
        warning.tell(output, true)?;
    }
    for rung in &ladder.rungs {
        output.event(&Event::Compared { rung: rung.clone() })?;
    }
    output.result(&ladder)?;
    Ok(if ladder.same { Status::YES } else { Status::NO })
}

/// Climbs the ladder until the two are the same.
///
/// # Errors
/// [`Malformed`] if neither standard takes one of the two.
///
/// # Source
/// RFC 3986 section 6.2; then WHATWG URL section 4.6, "equivalence".
pub fn compare(first: &str, second: &str) -> Result<Ladder, Malformed> {
    let whatwg = [first, second].map(|text| dissect(text, &mut |_| {}));
    let rfc3986 = [first, second].map(|text| parse(text).map(|reference| Components::of_cut(text, &reference.cut)));
    for (by_whatwg, by_rfc3986) in whatwg.iter().zip(&rfc3986) {
        if let (Err(malformed), Err(_)) = (by_whatwg, by_rfc3986) {
            return Err(malformed.clone());
        }
    }
    let mut rungs = vec![Rung {
        rung: "simple string",
        source: "RFC 3986 section 6.2.1",
        same: Some(first == second),
        first: first.to_owned(),
        second: second.to_owned(),
    }];
    let by_scheme = rfc3986.iter().all(Result::is_ok).then(|| scheme_rung(first, second)).flatten();
    rungs.extend(rfc3986_rungs(rfc3986));
    rungs.extend(by_scheme);
    let [a, b] = &whatwg;
    rungs.push(Rung {
        rung: "WHATWG",
        source: "WHATWG URL section 4.6",
        same: a
            .as_ref()
            .ok()
            .zip(b.as_ref().ok())
            .map(|(a, b)| a.normalised == b.normalised && a.zone.value == b.zone.value),
        first: shown(a),
        second: shown(b),
    });
    let reached = rungs.iter().position(|rung| rung.same == Some(true));
    rungs.truncate(reached.map_or(rungs.len(), |reached| reached + 1));
    let rung = rungs.last().filter(|rung| rung.same == Some(true));
    Ok(Ladder {
        first: first.to_owned(),
        second: second.to_owned(),
        host_warnings: HostWarning::of_pair(first, second),
        same: rung.is_some(),
        rung: rung.map(|rung| rung.rung),
        source: rung.map(|rung| rung.source),
        rungs,
    })
}

/// The rungs of RFC 3986, or one that says what it refuses.
fn rfc3986_rungs(pair: [Result<Components, crate::rfc3986::Fault>; 2]) -> Vec<Rung> {
    match pair {
        [Ok(mut first), Ok(mut second)] => {
            let rung = |rule: Rule| {
                rule.apply(&mut first);
                rule.apply(&mut second);
                let (first, second) = (first.to_string(), second.to_string());
                Rung { rung: rule.words(), source: rule.source(), same: Some(first == second), first, second }
            };
            Rule::ALL.into_iter().map(rung).collect()
        }
        pair => {
            let [first, second] = pair.map(|side| match side {
                Ok(uri) => uri.to_string(),
                Err(fault) => format!("refused: {fault}"),
            });
            vec![Rung { rung: "RFC 3986", source: "RFC 3986 appendix A", same: None, first, second }]
        }
    }
}

/// The rung of a scheme that says which of its names are one; `None` for another, or for two schemes.
fn scheme_rung(first: &str, second: &str) -> Option<Rung> {
    let [first, second] = [first, second].map(|text| specific::of(text)?.equivalence(Components::of(text).fragment));
    let (first, second) = first.zip(second).filter(|(first, second)| first.rung == second.rung)?;
    let same = Some(first.text == second.text);
    Some(Rung { rung: first.rung, source: first.source, same, first: first.text, second: second.text })
}

fn shown(dissected: &Result<Dissection, Malformed>) -> String {
    match dissected {
        Ok(url) => url.with_zone().into_owned(),
        Err(malformed) => format!("refused: {}", malformed.fault),
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self::Compared { rung: Rung { rung, source, same, first, second } } = self;
        let lead = text.paint(Role::Dim, &format!("{rung:<16}"));
        match same {
            Some(true) => text.line(format!("{lead} both are {} ({source})", escape(first))),
            Some(false) => text.line(format!("{lead} {} is not {} ({source})", escape(first), escape(second))),
            // A refusal quotes text that is escaped already.
            None => text.line(format!("{lead} {} | {} ({source})", escape_controls(first), escape_controls(second))),
        }
    }
}

impl Render for Ladder {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        for warning in &self.host_warnings {
            warning.render(text, true)?;
        }
        let mut table = Table::new(Rules::Lines, ["Rung", "Specified in", "Same"]);
        for Rung { rung, source, same, .. } in &self.rungs {
            let same = same.map_or("refused", |same| if same { "yes" } else { "no" });
            table.row([*rung, *source, same]);
        }
        text.table(&table)?;
        let last = |rung: &Rung| (escape(&rung.first).into_owned(), escape(&rung.second).into_owned());
        // The last that could be compared: what a standard refuses says nothing of it.
        let compared = self.rungs.iter().rev().find(|rung| rung.same.is_some());
        match (self.rung, compared.map(last)) {
            (Some("simple string"), _) => text.line("The same, octet by octet"),
            (Some(rung), Some((both, _))) => text.line(format!("The same from \"{rung}\" on: {both}")),
            (_, Some((first, second))) => {
                text.line("Different, at the end still:")?;
                text.line(format!("  {first}"))?;
                text.line(format!("  {second}"))?;
                for Rung { rung, first, second, .. } in self.rungs.iter().filter(|rung| rung.same.is_none()) {
                    let both = format!("{} | {}", escape_controls(first), escape_controls(second));
                    text.prose(&format!("{rung}: "), &both)?;
                }
                Ok(())
            }
            (_, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rung(first: &str, second: &str) -> Option<&'static str> {
        compare(first, second).unwrap().rung
    }

    #[test]
    fn each_rung_is_reached() {
        for (first, second, expected) in [
            ("http://h/", "http://h/", Some("simple string")),
            ("http://h/", "HTTP://H/", Some("case")),
            ("http://h/%3a", "http://h/%3A", Some("case")),
            ("http://[::1]/", "http://[0:0:0:0:0:0:0:1]/", Some("IPv6 text")),
            ("http://h/~a", "http://h/%7ea", Some("percent-encoding")),
            // RFC 3986 section 6.2.2: the two of its example.
            ("example://a/b/c/%7Bfoo%7D", "eXAMPLE://a/./b/../b/%63/%7bfoo%7d", Some("dot segments")),
            ("http://h", "http://h:80/", Some("scheme-based")),
            // RFC 8141 section 3.2: its first five examples, and those that differ.
            ("urn:example:a123,z456", "URN:example:a123,z456", Some("case")),
            ("urn:example:a123,z456", "urn:EXAMPLE:a123,z456", Some("URN")),
            ("urn:example:a123,z456?+abc", "urn:example:a123,z456?=xyz", Some("URN")),
            ("urn:example:a123,z456#789", "urn:example:a123,z456", Some("URN")),
            ("urn:example:a123%2Cz456", "URN:EXAMPLE:a123%2cz456", Some("URN")),
            ("urn:example:A123,z456", "urn:example:a123,z456", None),
            ("urn:example:a123,z456/foo", "urn:example:a123,z456/bar", None),
            ("urn:example:a123%2Cz456", "urn:example:a123,z456", None),
            ("urn:-:a", "urn:-:a#b", None),
            ("urn:example:a", "mailto:example:a", None),
            // RFC 6068 section 2: the three of its example; and RFC 5321 section 2.4.
            (
                "mailto:addr1@an.example,addr2@an.example",
                "mailto:?to=addr1@an.example,addr2@an.example",
                Some("mailto"),
            ),
            (
                "mailto:addr1@an.example?to=addr2@an.example",
                "mailto:?to=addr1@an.example,addr2@an.example",
                Some("mailto"),
            ),
            ("mailto:A@B.example?Subject=x", "mailto:A@b.example?subject=%78", Some("mailto")),
            ("mailto:A@b.example", "mailto:a@b.example", None),
            ("mailto:a@b.example?subject=x", "mailto:a@b.example?subject=X", None),
            ("mailto:a@b.example#x", "mailto:a@B.example", None),
            ("mailto:a", "mailto:?to=a", None),
            ("http://127.0.0.1/", "http://127.1/", Some("WHATWG")),
            ("http://h/a b", "http://h/a%20b", Some("WHATWG")),
            ("http:h", "http://h/", Some("WHATWG")),
            ("http://h/", "https://h/", None),
            ("http://h/", "http://h/?", None),
            ("http://h/#a", "http://h/#b", None),
            ("http://h/a%2Fb", "http://h/a/b", None),
            ("a/b", "a/b", Some("simple string")),
            ("a/./b", "a/b", None),
        ] {
            assert_eq!(rung(first, second), expected, "{first} {second}");
            assert_eq!(rung(second, first), expected, "{second} {first}");
        }
    }

    #[test]
    fn what_no_standard_takes_is_malformed() {
        assert!(compare("http://[", "http://h/").is_err());
        assert!(compare("http://h/", "a b").is_err());
        // One of them is enough.
        let ladder = compare("http://h/a b", "http://h/").unwrap();
        assert_eq!(ladder.rungs.iter().map(|rung| rung.same).collect::<Vec<_>>(), [Some(false), None, Some(false)]);
    }

    proptest! {
        #[test]
        fn a_url_is_the_same_as_itself_normalised(text in "(http|foo)://[a-zA-Z%.4]{1,6}(:[0-9]{0,2})?(/[a-zA-Z.%41]{0,4}){0,3}") {
            if let Ok(url) = dissect(&text, &mut |_| {}) {
                prop_assert!(compare(&text, &url.normalised).unwrap().same);
            }
        }
    }
}
