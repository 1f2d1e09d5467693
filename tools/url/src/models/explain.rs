//! The working of RFC 3986 and of the comparison, as data.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use super::{Agreement, Comparison, HostOf, Purpose, Row, purpose, report};
use crate::report::cut;
use crate::rfc3986::normalise::Rule;
use crate::rfc3986::reading::{Kind, Reading};
use crate::rfc3986::{Fault, ZoneForm};
use crate::spans::Span;

/// One step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The readers do not go to the same host.
    HostDiffers {
        /// Of which URL, where there are two.
        #[serde(skip_serializing_if = "Option::is_none")]
        url: Option<String>,
        /// Where each goes.
        hosts: Vec<HostOf>,
        /// Why.
        why: String,
    },
    /// What the text is by RFC 3986.
    ReferenceKind {
        /// That.
        kind: Kind,
    },
    /// Whether it locates or names.
    PurposeTold {
        /// That.
        purpose: Purpose,
        /// Its scheme.
        scheme: Option<String>,
        /// Its path.
        path: String,
    },
    /// What curl takes a text without a scheme for.
    Guessed {
        /// That.
        guess: String,
    },
    /// A component follows a rule of RFC 3986's appendix A.
    RuleMatched {
        /// Which.
        component: &'static str,
        /// Where it stands.
        span: Span,
        /// As it stands.
        text: String,
        /// The rule.
        rule: &'static str,
        /// The section that has it.
        section: &'static str,
    },
    /// A zone, which RFC 3986 does not have.
    ZoneFound {
        /// Where it stands.
        span: Span,
        /// How it is written.
        form: ZoneForm,
    },
    /// RFC 3986 refuses the text.
    Refused {
        /// Where and why.
        fault: Fault,
    },
    /// A step of RFC 3986's normalisation changed something.
    NormalisedBy {
        /// Which step.
        rule: Rule,
        /// Where it is specified.
        source: &'static str,
        /// The text after it.
        result: String,
    },
    /// The standards do not make the same of a component.
    ReadOtherwise {
        /// What each makes of it, and why.
        #[serde(flatten)]
        row: Row,
    },
}

impl Event {
    /// The steps of a comparison but for its warning, which comes first of all.
    pub fn of(comparison: &Comparison) -> Vec<Self> {
        let mut events = Self::of_reading(&comparison.rfc3986);
        events.extend(comparison.guess.iter().map(|guess| Self::Guessed { guess: guess.clone() }));
        let rows = comparison.components.iter().filter(|row| row.agreement == Agreement::Different);
        events.extend(rows.map(|row| Self::ReadOtherwise { row: row.clone() }));
        events
    }

    /// The steps of RFC 3986.
    pub fn of_reading(reading: &Reading) -> Vec<Self> {
        let mut events: Vec<_> = reading.fault.iter().map(|fault| Self::Refused { fault: fault.clone() }).collect();
        // What the grammar refuses is no URI of any kind, but for one with a zone.
        if !reading.is_taken() {
            return events;
        }
        events.push(Self::ReferenceKind { kind: reading.kind });
        events.extend(Self::of_rules(reading));
        let scheme = reading.scheme.as_ref().map(|scheme| scheme.text.to_ascii_lowercase());
        events.push(Self::PurposeTold { purpose: purpose(reading), scheme, path: reading.path.text.clone() });
        let steps = reading.steps.iter();
        events.extend(steps.map(|step| Self::NormalisedBy {
            rule: step.rule,
            source: step.source,
            result: step.result.clone(),
        }));
        events
    }

    fn of_rules(reading: &Reading) -> Vec<Self> {
        let mut events = Vec::new();
        for (component, part) in reading.components() {
            let Some(part) = part else { continue };
            let rule = reading.rule(component);
            events.push(match (section(component), reading.zone_form) {
                (Some(section), _) => {
                    Self::RuleMatched { component, span: part.span, text: part.text.clone(), rule, section }
                }
                (None, Some(form)) => Self::ZoneFound { span: part.span, form },
                (None, None) => continue,
            });
        }
        events
    }

    /// What it is about, where that stands, and what there is to say.
    fn words(&self) -> (&'static str, Option<Span>, String) {
        match self {
            Self::HostDiffers { why, .. } => ("host", None, why.clone()),
            Self::ReferenceKind { kind } => ("rfc3986", None, kind.words().to_owned()),
            Self::PurposeTold { purpose, scheme, path } => {
                ("uri, url", None, purpose_words(*purpose, scheme.as_deref().unwrap_or_default(), path))
            }
            Self::Guessed { guess } => ("guess", None, guess_words(guess)),
            Self::RuleMatched { component, span, text, rule, section } => {
                let follows =
                    format!("\"{}\" follows the rule {rule} (RFC 3986 section {section})", escape(&cut(text)));
                (component, Some(*span), follows)
            }
            Self::ZoneFound { span, form: ZoneForm::Rfc6874 } => (
                "zone",
                Some(*span),
                "behind %25 as RFC 6874 wrote it; RFC 9844 took that back, and the grammar of RFC 3986 refuses it"
                    .to_owned(),
            ),
            Self::ZoneFound { span, form: ZoneForm::Rfc9844 } => (
                "zone",
                Some(*span),
                "behind a bare %, as users type it (RFC 9844); RFC 3986 has no zones, and its grammar refuses it"
                    .to_owned(),
            ),
            Self::Refused { fault } => ("rfc3986", None, format!("refused: {fault}")),
            Self::NormalisedBy { rule, source, result } => {
                ("rfc3986", None, format!("normalised by {}: {} ({source})", rule.words(), escape(&cut(result))))
            }
            Self::ReadOtherwise { row } => {
                let value = |value: Option<&str>| {
                    value.map_or("nothing".to_owned(), |value| format!("\"{}\"", escape(&cut(value))))
                };
                let (ours, theirs) = (value(row.whatwg.as_deref()), value(row.rfc3986.as_deref()));
                let why = row.why.join("; ");
                (row.component, None, format!("WHATWG {ours}, RFC 3986 {theirs}: {why}"))
            }
        }
    }
}

/// The section of RFC 3986 that has the rules of a component; it has none of zones.
fn section(component: &str) -> Option<&'static str> {
    Some(match component {
        "scheme" => "3.1",
        "userinfo" => "3.2.1",
        "host" => "3.2.2",
        "port" => "3.2.3",
        "path" => "3.3",
        "query" => "3.4",
        "fragment" => "3.5",
        _ => return None,
    })
}

/// What is made of a text that has no scheme.
pub(super) fn guess_words(guess: &str) -> String {
    format!("curl takes it for {}; a browser's address bar tries https first, or searches for it", escape(guess))
}

/// Whether this is a URL, and why.
fn purpose_words(purpose: Purpose, scheme: &str, path: &str) -> String {
    let scheme = escape(scheme);
    match purpose {
        Purpose::Locates if path.is_empty() => format!(
            "\"{scheme}\" is the protocol, and the resource is the host's root: a URI that says where is a URL (RFC 3986 section 1.1.3)"
        ),
        Purpose::Locates => format!(
            "\"{scheme}\" is the protocol and \"{}\" the resource's name: a URI that says where is a URL (RFC 3986 section 1.1.3)",
            escape(&cut(path))
        ),
        Purpose::Names => format!(
            "without protocol and resource name this is a URI, not a URL: \"{scheme}\" names and does not say where (RFC 3986 section 1.1.3)"
        ),
        Purpose::Reference => "without protocol and resource name this is a URI, not a URL: strictly a URI reference, which only a base completes (RFC 3986 section 4.1)".to_owned(),
    }
}

/// Says of what is no URL that it is none.
pub(crate) fn render_purpose(text: &mut Text<'_>, purpose: Purpose, reading: &Reading) -> io::Result<()> {
    let scheme = reading.scheme.as_ref().map(|scheme| scheme.text.to_ascii_lowercase()).unwrap_or_default();
    render_not_a_url(text, purpose, &scheme)
}

/// Says of what is no URL that it is none, by its scheme in lower case.
pub(crate) fn render_not_a_url(text: &mut Text<'_>, purpose: Purpose, scheme: &str) -> io::Result<()> {
    match purpose {
        Purpose::Locates => Ok(()),
        Purpose::Names | Purpose::Reference => text.prose("URI, URL: ", &purpose_words(purpose, scheme, "")),
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if let Self::HostDiffers { url, hosts, why } = self {
            return report::render_warning(text, url.as_deref(), hosts, why);
        }
        let (topic, span, words) = self.words();
        let span = span.map(|span| span.to_string()).unwrap_or_default();
        let lead = text.paint(Role::Dim, &format!("{topic:<10} {span:>8}"));
        text.line(format!("{lead}  {words}"))
    }
}
