//! Two standards side by side, for a person.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};

use super::explain::render_purpose;
use super::{Agreement, Comparison, HostOf, Purpose, Row, purpose};
use crate::base::Resolution;
use crate::report::{cell, cut, render_cut, span_cell};
use crate::rfc3986::reading::Reading;

/// A text that RFC 3986 alone has read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Alone {
    /// As it was given.
    pub input: String,
    /// `rfc3986`.
    pub model: &'static str,
    /// Whether it is a URL in the strict sense.
    pub purpose: Purpose,
    /// What was read.
    #[serde(flatten)]
    pub reading: Reading,
    /// How it came out of a reference and a base, where a base was given.
    pub resolution: Option<Resolution>,
}

/// A text that WHATWG URL refuses, and what RFC 3986 makes of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refused {
    /// As it was given.
    pub input: String,
    /// Why WHATWG URL refuses it.
    pub whatwg_fault: String,
    /// The comparison.
    pub models: Box<Comparison>,
}

impl Render for Alone {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if let Some(resolution) = &self.resolution {
            resolution.render(text)?;
        }
        text.line(escape(&cut(&self.input)))?;
        render_reading(text, &self.reading)?;
        render_cut(text, std::iter::once(&*self.input))?;
        render_purpose(text, self.purpose, &self.reading)
    }
}

impl Render for Refused {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        self.models.render_warning(text)?;
        text.line(escape(&cut(&self.input)))?;
        if self.models.rfc3986.is_taken() {
            render_reading(text, &self.models.rfc3986)?;
            render_purpose(text, purpose(&self.models.rfc3986), &self.models.rfc3986)?;
        } else {
            self.models.render_rows(text)?;
        }
        text.prose("WHATWG: ", &format!("refused: {}", self.whatwg_fault))?;
        match &self.models.guess {
            Some(guess) => text.prose("Without a scheme ", &super::explain::guess_words(guess)),
            None => Ok(()),
        }
    }
}

/// The components by RFC 3986, and what normalisation makes of them.
fn render_reading(text: &mut Text<'_>, reading: &Reading) -> io::Result<()> {
    let mut table = Table::new(Rules::Lines, ["Component", "Octets", "In the input", "Normalised", "Rule"]);
    for (name, part) in reading.components() {
        if name == "zone" && part.is_none() {
            continue;
        }
        table.row([
            name.into(),
            span_cell(part.map(|part| part.span)),
            cell(part.map(|part| part.text.as_str())),
            cell(part.and_then(|part| part.normalised.as_deref())),
            part.map_or("", |_| reading.rule(name)).into(),
        ]);
    }
    text.table(table.list_if_narrow())?;
    for step in &reading.steps {
        text.line(format!("Normalised ({}, {}): {}", step.rule.words(), step.source, escape(&cut(&step.result))))?;
    }
    text.prose("RFC 3986: ", &reading.words())
}

impl Comparison {
    /// The warning that the readers do not go to the same host; nothing if they do or it was given already.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn render_warning(&self, text: &mut Text<'_>) -> io::Result<()> {
        match &self.host_warning {
            Some(why) if !self.warned => render_warning(text, None, &self.hosts, why),
            _ => Ok(()),
        }
    }

    /// Where the standards do not make the same of the text.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn render_rows(&self, text: &mut Text<'_>) -> io::Result<()> {
        let told = self.host_warning.is_some() && self.rfc3986.refuses_authority();
        if let Some(fault) = self.rfc3986.fault.as_ref().filter(|_| !told) {
            text.prose("RFC 3986: ", &format!("refused: {fault}"))?;
        }
        if self.rfc3986.zone_fault.is_some() {
            text.prose("RFC 3986: ", &self.rfc3986.words())?;
        }
        let shown = |row: &&Row| self.in_full || row.agreement == Agreement::Different;
        let rows: Vec<&Row> = self.components.iter().filter(shown).collect();
        let later: Vec<&str> = self.of(Agreement::Normalised).map(|row| row.component).collect();
        if self.rfc3986.is_taken() && self.of(Agreement::Different).next().is_none() {
            let once = match later.as_slice() {
                [] => String::new(),
                later => format!(", once normalised by its section 6.2 ({})", later.join(", ")),
            };
            text.prose("RFC 3986: ", &format!("the same{once}"))?;
        }
        if rows.is_empty() {
            return Ok(());
        }
        // RFC 3986 has no components of what it refuses; appendix B has.
        let other = if self.rfc3986.is_taken() { "RFC 3986" } else { "Delimiters alone" };
        let mut table = Table::new(Rules::Lines, ["Component", "", "WHATWG", other]);
        for row in &rows {
            let [whatwg, rfc3986] = [row.whatwg.as_deref(), row.rfc3986.as_deref()].map(cell);
            table.row([row.component, row.agreement.sign(), &whatwg, &rfc3986]);
        }
        text.table(&table)?;
        for (components, why) in reasons(&rows) {
            text.prose(&format!("{}: ", components.join(", ")), &escape(why))?;
        }
        Ok(())
    }

    fn of(&self, agreement: Agreement) -> impl Iterator<Item = &Row> {
        self.components.iter().filter(move |row| row.agreement == agreement)
    }
}

/// Each reason once, with the components that it holds for.
fn reasons<'a>(rows: &[&'a Row]) -> Vec<(Vec<&'static str>, &'a str)> {
    let mut reasons: Vec<(Vec<&'static str>, &str)> = Vec::new();
    for (component, why) in rows.iter().flat_map(|row| row.why.iter().map(|why| (row.component, why.as_str()))) {
        match reasons.iter_mut().find(|(_, known)| *known == why) {
            Some((components, _)) => components.push(component),
            None => reasons.push((vec![component], why)),
        }
    }
    reasons
}

impl Agreement {
    /// One character for a table.
    fn sign(self) -> &'static str {
        match self {
            Self::Same => "=",
            Self::Normalised => "~",
            Self::Different => "≠",
        }
    }
}

/// Which reader goes where, and why; of which URL, if there are more.
pub(super) fn render_warning(text: &mut Text<'_>, url: Option<&str>, hosts: &[HostOf], why: &str) -> io::Result<()> {
    let url = url.map_or("this URL".into(), escape);
    text.line(text.paint(Role::Bad, &format!("WARNING: the host depends on who reads {url}")))?;
    for host in hosts {
        let lead = format!("  {:<9} ", host.reader.name());
        match (&host.host, &host.refused) {
            (Some(name), _) => text.line(format!("{lead}{}", text.paint(Role::Strong, &escape(name))))?,
            (None, Some(refused)) => {
                text.prose(&lead, &format!("refuses it: {refused}"))?;
                if let Some(host) = &host.by_delimiters {
                    text.line(format!("{:12}(its delimiters alone would give {})", "", escape(host)))?;
                }
            }
            (None, None) => text.line(format!("{lead}no host"))?,
        }
    }
    text.prose("  because   ", why)
}
