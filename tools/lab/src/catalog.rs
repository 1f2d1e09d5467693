//! The experiments that lab brings with it, in the order of the course.

use crate::language::{self, Mistake};
use crate::model::Lab;

/// A lab file that lab brings with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// By what it is asked for; its file is this with `.lab`.
    pub name: &'static str,
    /// What is in the file.
    pub text: &'static str,
}

impl Entry {
    /// The experiment in it.
    ///
    /// # Errors
    /// The mistakes in its file: there are none, which a test proves.
    pub fn lab(self) -> Result<Lab, Vec<Mistake>> {
        language::parse(self.text)
    }
}

/// The file of this name.
macro_rules! entry {
    ($name:literal) => {
        Entry { name: $name, text: include_str!(concat!("../experiments/", $name, ".lab")) }
    };
}

/// All of them. One line each.
#[rustfmt::skip]
pub const EXPERIMENTS: &[Entry] = &[
    entry!("tour"),
    entry!("knock-knock"),
    entry!("tcp-states"),
    entry!("bind-listen-accept"),
    entry!("simultaneous-open"),
    entry!("udp-clients"),
    entry!("errors"),
    entry!("byte-order"),
    entry!("checksum"),
    entry!("concurrency"),
    entry!("udp-loss"),
    entry!("udp-truncation"),
    entry!("tcp-streaming"),
    entry!("fast-retransmit"),
    entry!("partial-io"),
    entry!("udp-ping"),
    entry!("dns"),
    entry!("url-to-page"),
    entry!("subnets"),
    entry!("path"),
    entry!("tls"),
];

/// The experiment with this name.
pub fn find(name: &str) -> Option<Entry> {
    EXPERIMENTS.iter().copied().find(|entry| entry.name == name)
}

/// The one whose name is most like `name`, if one is.
pub fn nearest(name: &str) -> Option<&'static str> {
    let distance = |entry: &Entry| distance(entry.name, name);
    EXPERIMENTS.iter().min_by_key(|entry| distance(entry)).filter(|entry| distance(entry) <= 3).map(|entry| entry.name)
}

/// How many letters must be inserted, removed or replaced to make one word of the other.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (index, letter) in one.chars().enumerate() {
        let mut diagonal = index;
        let mut left = index + 1;
        for (cell, theirs) in row.iter_mut().skip(1).zip(other.chars()) {
            let replaced = diagonal + usize::from(letter != theirs);
            diagonal = *cell;
            left = replaced.min(left + 1).min(diagonal + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = index + 1;
        }
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, Check};

    #[test]
    fn every_experiment_is_read_and_complete() {
        assert!(!EXPERIMENTS.is_empty());
        for entry in EXPERIMENTS {
            let name = entry.name;
            let lab = entry.lab().unwrap_or_else(|mistakes| panic!("{name}.lab:{}", mistakes[0]));
            assert_eq!(lab.name, name, "{name}.lab says another name");
            for (what, text) in
                [("what", &lab.what), ("why", &lab.why), ("question", &lab.question), ("answer", &lab.answer)]
            {
                assert!(!text.is_empty(), "{name}.lab has no {what}");
            }
            assert!(!lab.see.is_empty(), "{name}.lab does not say where to read more");
            assert!(lab.steps.iter().all(|step| !step.why.is_empty()), "{name}.lab: a step without a why");
            let checks = lab.steps.iter().flat_map(|step| &step.expectations).count();
            assert!(checks >= lab.steps.len(), "{name}.lab: {} steps and {checks} checks", lab.steps.len());
        }
    }

    #[test]
    fn whatever_is_left_of_a_file_is_read_or_its_mistakes_are_in_it() {
        for entry in EXPERIMENTS {
            let lines: Vec<&str> = entry.text.lines().collect();
            // Each line left out, cut in its middle, and moved to the left edge.
            for (index, line) in lines.iter().enumerate().step_by(7) {
                let middle = line.char_indices().nth(line.chars().count() / 2).map_or(0, |(at, _)| at);
                for changed in ["", &line[..middle], line.trim_start()] {
                    let mut lines = lines.clone();
                    lines[index] = changed;
                    let text = lines.join("\n");
                    for mistake in language::parse(&text).err().unwrap_or_default() {
                        let line = text.lines().nth(mistake.line - 1).unwrap_or_else(|| panic!("{mistake}"));
                        assert!((1..=line.chars().count() + 1).contains(&mistake.column), "{mistake} in {line:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn no_name_is_there_twice_and_a_mistyped_one_is_guessed() {
        for (index, entry) in EXPERIMENTS.iter().enumerate() {
            assert!(EXPERIMENTS.iter().skip(index + 1).all(|other| other.name != entry.name));
            assert_eq!(find(entry.name), Some(*entry));
        }
        assert_eq!(find("byte-ordre"), None);
        assert_eq!(nearest("byte-ordre"), Some("byte-order"));
        assert_eq!(nearest("eror"), Some("errors"));
        assert_eq!(nearest("quite-another"), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn no_experiment_is_true_by_itself() {
        for entry in EXPERIMENTS {
            let lab = entry.lab().unwrap();
            // Without a single record: nothing was done, so at most what must not be seen holds.
            for (index, step) in lab.steps.iter().enumerate() {
                let verdicts = crate::judge::judge(&lab, index + 1, &[], 1);
                for (verdict, expectation) in verdicts.iter().zip(&step.expectations) {
                    let only_absence = expectation.checks.iter().all(|check| match check {
                        Check::Prints { count, .. } | Check::Frames { count, .. } => count.least == 0,
                        _ => false,
                    });
                    assert_eq!(verdict.passed, only_absence, "{}: {}", entry.name, verdict.check);
                }
            }
            let runs = lab.steps.iter().flat_map(|step| &step.actions);
            assert!(runs.into_iter().any(|action| matches!(action, Action::Run(..) | Action::Start(..))));
        }
    }
}
