//! What processes printed, and how they ended.

use super::{Finding, Scene, at, counted, has_word, word_positions};
use crate::model::{Count, Span};
use crate::record::{Micros, What};

/// A line of a process, when its last part was printed, and whether that is a time of the clock that counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Printed {
    text: String,
    at_us: Micros,
    counts: bool,
}

/// How far a process is.
enum Life {
    /// Nothing was started with this label.
    Unborn,
    Running,
    Ended(i32),
}

impl<'a> Scene<'a> {
    /// The newest process with this label: which record says so, and where it runs.
    pub(super) fn process(&self, label: &str) -> Option<(usize, &'a str)> {
        self.records.iter().enumerate().rev().find_map(|(index, record)| match &record.what {
            What::Command { label: typed, node, .. } if typed == label => Some((index, node.as_str())),
            _ => None,
        })
    }

    /// What it printed, as lines. Parts of a line are put together.
    fn lines(&self, of: &str) -> Vec<Printed> {
        let Some((begun, at)) = self.process(of) else { return Vec::new() };
        let mut lines: Vec<Printed> = Vec::new();
        let mut open = false;
        for (index, record) in self.records.iter().enumerate().skip(begun) {
            let What::Line { node, label, text, ended } = &record.what else { continue };
            if label != of || node != at {
                continue;
            }
            match lines.last_mut().filter(|_| open) {
                Some(line) => {
                    line.text.push_str(text);
                    line.at_us = record.at_us;
                    line.counts = index >= self.begun;
                }
                None => {
                    lines.push(Printed { text: text.clone(), at_us: record.at_us, counts: index >= self.begun });
                }
            }
            open = !ended;
        }
        lines
    }

    fn life(&self, of: &str) -> Life {
        let Some((begun, at)) = self.process(of) else { return Life::Unborn };
        let ended = self.records.iter().skip(begun).find_map(|record| match &record.what {
            What::Ended { node, label, status } if label == of && node == at => Some(*status),
            _ => None,
        });
        ended.map_or(Life::Running, Life::Ended)
    }

    /// What is there in place of a line.
    fn last_line(&self, of: &str) -> String {
        let lines = self.lines(of);
        match lines.iter().rfind(|line| !line.text.trim().is_empty()) {
            Some(line) => format!("not seen; its last line is {:?}", line.text),
            None => "it printed nothing".to_owned(),
        }
    }

    pub(super) fn prints(&self, label: &str, words: &[String], count: Count, span: Option<Span>) -> Finding {
        let lines = self.lines(label);
        let with_words: Vec<_> =
            lines.iter().filter(|line| words.iter().all(|word| has_word(&line.text, word))).collect();
        let in_time: Vec<_> = with_words.iter().filter(|line| self.is_in(line.at_us, line.counts, span)).collect();
        let shown = in_time.first().map(|line| match span {
            Some(_) => format!("{} at {}", line.text, at(line.at_us)),
            None => line.text.clone(),
        });
        counted(in_time.len(), count, shown, || match with_words.first() {
            Some(line) => format!("{} came at {}", line.text, at(line.at_us)),
            None => self.last_line(label),
        })
    }

    pub(super) fn status(&self, label: &str, status: i32, equal: bool) -> Finding {
        match self.life(label) {
            Life::Unborn => Finding::not_yet("it was not started"),
            Life::Running => Finding::not_yet("it still runs"),
            Life::Ended(found) if (found == status) == equal => {
                Finding::good(format!("{label} ended with status {found}"))
            }
            Life::Ended(found) => Finding::never(format!("it ended with status {found}")),
        }
    }

    pub(super) fn running(&self, label: &str) -> Finding {
        match self.life(label) {
            Life::Unborn => Finding::not_yet("it was not started"),
            Life::Running => Finding::good(format!("{label} still runs")),
            Life::Ended(status) => Finding::never(format!("it ended with status {status}")),
        }
    }

    pub(super) fn last_word(&self, label: &str, word: &str) -> Finding {
        let lines = self.lines(label);
        let last = lines.iter().rev().find_map(|line| line.text.split_whitespace().next_back());
        match last {
            Some(last) if last == word => Finding::good(last),
            Some(last) => self.unless_over(label, format!("the last word is {last}")),
            None => self.unless_over(label, "it printed nothing".to_owned()),
        }
    }

    pub(super) fn value(&self, label: &str, after: &str, range: (f64, f64)) -> Finding {
        let lines = self.lines(label);
        let found = lines.iter().rev().find_map(|line| Some((number_after(&line.text, after)?, &line.text)));
        match found {
            Some((number, line)) if (range.0..=range.1).contains(&number) => Finding::good(line),
            Some((number, _)) => self.unless_over(label, format!("it is {number}")),
            None => self.unless_over(label, self.last_line(label)),
        }
    }

    pub(super) fn same(&self, one: &str, other: &str) -> Finding {
        let text = |label: &str| {
            let lines = self.lines(label).into_iter().map(|line| line.text.trim_end().to_owned());
            lines.filter(|line| !line.is_empty()).collect::<Vec<_>>()
        };
        let (left, right) = (text(one), text(other));
        let differs = left.iter().zip(&right).find(|(left, right)| left != right);
        match differs {
            Some((left, right)) => Finding::not_yet(format!("{one} has {left:?} where {other} has {right:?}")),
            None if left.len() == right.len() => Finding::good(left.first().cloned().unwrap_or_default()),
            None => Finding::not_yet(format!("{one} has {} lines, {other} has {}", left.len(), right.len())),
        }
    }

    /// What a process printed does not change any more once it has ended.
    fn unless_over(&self, label: &str, found: String) -> Finding {
        match self.life(label) {
            Life::Ended(_) => Finding::never(found),
            Life::Unborn | Life::Running => Finding::not_yet(found),
        }
    }
}

/// The first number after these words.
fn number_after(line: &str, words: &str) -> Option<f64> {
    let at = word_positions(line, words).next()?;
    let rest = line.get(at + words.len()..)?;
    let begin = rest.find(|character: char| character.is_ascii_digit())?;
    let digits: String = rest
        .get(begin..)?
        .chars()
        .take_while(|character| character.is_ascii_digit() || *character == '.' || *character == ',')
        .filter(|character| *character != ',')
        .collect();
    let number: f64 = digits.trim_end_matches('.').parse().ok()?;
    Some(if rest.get(..begin)?.ends_with('-') { -number } else { number })
}
