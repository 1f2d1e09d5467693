//! Whether what was seen is what theory says.
//!
//! - [`output`]: what processes printed, and how they ended
//! - [`network`]: frames and states of sockets;  [`numbers`]: the sequence numbers of TCP
//! - [`incomplete`]: what can be said where not all was kept

pub mod incomplete;
pub mod network;
pub mod numbers;
pub mod output;
#[cfg(test)]
mod tests;

use crate::frames::{Annotated, annotate};
use crate::model::{Check, Count, Expectation, Lab, Span, Time};
use crate::record::{Micros, Record, What};

/// What became of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What theory says.
    pub check: String,
    /// Whether it was seen.
    pub passed: bool,
    /// The lines, numbers or frames that show it; where it was not seen, which check failed and what was there in its place.
    pub found: Option<String>,
    /// Whether nothing that may still happen makes it pass: who waits for it can end that. What passed is settled too.
    pub settled: bool,
}

impl Verdict {
    /// The same as a record's content.
    pub fn record(self) -> What {
        What::Verdict { check: self.check, passed: self.passed, found: self.found }
    }
}

/// What was found for one check.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Finding {
    holds: bool,
    /// Whether it can no longer hold; without meaning where it does.
    settled: bool,
    /// What shows it, or what was there in its place; empty if there is nothing to show.
    found: String,
}

impl Finding {
    fn good(found: impl Into<String>) -> Self {
        Self { holds: true, settled: true, found: found.into() }
    }

    /// It does not hold, and may still.
    fn not_yet(found: impl Into<String>) -> Self {
        Self { holds: false, settled: false, found: found.into() }
    }

    /// It does not hold, and never will.
    fn never(found: impl Into<String>) -> Self {
        Self { holds: false, settled: true, found: found.into() }
    }
}

/// Judges what a step (from 1) expects by everything that was seen up to now. Times are divided by `divisor`, as the run
/// divided them.
pub fn judge(lab: &Lab, step: usize, records: &[Record], divisor: u32) -> Vec<Verdict> {
    let Some(expectations) = step.checked_sub(1).and_then(|index| lab.steps.get(index)).map(|step| &step.expectations)
    else {
        return Vec::new();
    };
    let frames = if needs_frames(lab, step) { annotate(records, lab) } else { Vec::new() };
    let begun = records.iter().rposition(|record| matches!(record.what, What::Clock { .. })).unwrap_or(0);
    let scene = Scene { records, begun, frames: &frames, step, divisor };
    expectations.iter().map(|expectation| scene.verdict(expectation)).collect()
}

/// Whether a step (from 1) expects something of frames.
pub fn needs_frames(lab: &Lab, step: usize) -> bool {
    let expectations = step.checked_sub(1).and_then(|index| lab.steps.get(index)).map(|step| &step.expectations);
    expectations.into_iter().flatten().flat_map(|expectation| &expectation.checks).any(|check| {
        matches!(
            check,
            Check::Frames { .. }
                | Check::Before { .. }
                | Check::Doubling { .. }
                | Check::Spaced { .. }
                | Check::Numbers { .. }
        )
    })
}

/// Everything by which a check is judged.
#[derive(Clone, Copy, Debug)]
struct Scene<'a> {
    records: &'a [Record],
    /// Where the clock was set to zero last. Only what comes after it has a time that can be compared.
    begun: usize,
    frames: &'a [Annotated<'a>],
    step: usize,
    divisor: u32,
}

impl Scene<'_> {
    fn verdict(&self, expectation: &Expectation) -> Verdict {
        let findings: Vec<_> = expectation.checks.iter().map(|check| (check, self.find(check))).collect();
        let failed: Vec<_> = findings.iter().filter(|(_, finding)| !finding.holds).collect();
        let passed = failed.is_empty();
        let shown: Vec<String> = if passed {
            findings.iter().map(|(_, finding)| finding.found.clone()).filter(|found| !found.is_empty()).collect()
        } else {
            failed.iter().map(|(check, finding)| format!("{check}: {}", finding.found)).collect()
        };
        let found = if shown.is_empty() { None } else { Some(shown.join("; ")) };
        let settled = passed || failed.iter().any(|(_, finding)| finding.settled);
        Verdict { check: expectation.says.clone(), passed, found, settled }
    }

    fn find(&self, check: &Check) -> Finding {
        let finding = self.find_in_what_was_kept(check);
        match self.left_out(check) {
            Some(left_out) => finding.with(check, &left_out),
            None => finding,
        }
    }

    fn find_in_what_was_kept(&self, check: &Check) -> Finding {
        match check {
            Check::Prints { label, words, count, span } => self.prints(label, words, *count, *span),
            Check::Status { label, status, equal } => self.status(label, *status, *equal),
            Check::Running(label) => self.running(label),
            Check::LastWord(label, word) => self.last_word(label, word),
            Check::Value { label, after, range } => self.value(label, after, *range),
            Check::Frames { link, filter, ever, count, span } => self.frames(link, filter, *ever, *count, *span),
            Check::Before { link, filter, other } => self.before(link, filter, other),
            Check::Doubling { link, filter, tolerance, least } => self.doubling(link, filter, *tolerance, *least),
            Check::Spaced { link, filter, time, tolerance, least } => {
                self.spaced(link, filter, *time, *tolerance, *least)
            }
            Check::Numbers { link, filter } => self.numbers(link, filter),
            Check::States { node, endpoint, states } => self.states(node, endpoint, states),
            Check::Never { node, endpoint, states } => self.never(node, endpoint, states),
            Check::Same(one, other) => self.same(one, other),
        }
    }

    /// Whether something lies in the span, if there is one: by its time, and whether that is of the clock that counts.
    fn is_in(&self, at_us: Micros, counts: bool, span: Option<Span>) -> bool {
        span.is_none_or(|span| counts && (self.micros(span.from)..=self.micros(span.to)).contains(&at_us))
    }

    /// A time as this run has it.
    fn micros(&self, time: Time) -> Micros {
        Micros::try_from(time.at(self.divisor).as_micros()).unwrap_or(Micros::MAX)
    }
}

/// Compares how many there are with how many there must be. `shown` is the first of them, `otherwise` what is there if there
/// are too few.
fn counted(number: usize, count: Count, shown: Option<String>, otherwise: impl FnOnce() -> String) -> Finding {
    let number = u64::try_from(number).unwrap_or(u64::MAX);
    if number > count.most {
        Finding::never(format!("seen {}, as in {}", times(number), shown.unwrap_or_default()))
    } else if number < count.least {
        match shown {
            Some(shown) => Finding::not_yet(format!("seen only {}: {shown}", times(number))),
            None => Finding::not_yet(otherwise()),
        }
    } else {
        Finding::good(shown.unwrap_or_default())
    }
}

fn times(number: u64) -> String {
    match number {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        number => format!("{number} times"),
    }
}

/// A time of the clock, as it is shown.
fn at(at_us: Micros) -> String {
    let ms = at_us / 1000;
    format!("{}{}.{:03} s", if at_us < 0 { "-" } else { "" }, (ms / 1000).abs(), (ms % 1000).abs())
}

/// Whether `word` stands in `line` and does not go on: port 600 is not in `10.0.0.2:6000`.
pub fn has_word(line: &str, word: &str) -> bool {
    word_positions(line, word).next().is_some()
}

/// Where `word` stands in `line`, in octets from its start. Where a word begins or ends with a letter or digit, none may stand
/// before or after it; `:7000` may follow a digit.
pub fn word_positions<'a>(line: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    let joins = |one: Option<char>, other: Option<char>| {
        one.is_some_and(char::is_alphanumeric) && other.is_some_and(char::is_alphanumeric)
    };
    line.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = line.get(..*at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !word.is_empty() && !joins(before, word.chars().next()) && !joins(word.chars().next_back(), after)
    })
}
