//! Which experiments showed what theory says: what `lab verify` answers.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::{escape, escape_controls};
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

/// What became of an experiment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// Everything was seen.
    Passed,
    /// Something was not seen, or could not be done.
    Failed,
    /// This machine cannot do it.
    Impossible,
}

/// An experiment was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "verified")]
pub struct Verified {
    /// Its name, or its file.
    pub experiment: String,
    /// What became of it.
    pub outcome: Outcome,
    /// How many things had to be seen.
    pub checks: usize,
    /// What was not seen, or could not be done.
    pub failed: Vec<String>,
    /// How long it took.
    pub duration_ms: u64,
}

impl Render for Verified {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (role, word) = match self.outcome {
            Outcome::Passed => (Role::Good, "passed"),
            Outcome::Failed => (Role::Bad, "FAILED"),
            Outcome::Impossible => (Role::Warning, "cannot be done here"),
        };
        let word = text.paint(role, word);
        let (name, checks) = (escape(&self.experiment), self.checks);
        let unit = if checks == 1 { "check" } else { "checks" };
        text.line(format!("{name:<24} {checks:>3} {unit:<6} {:>6} s  {word}", tenths(self.duration_ms)))?;
        for what in &self.failed {
            let line = text.paint(role, &format!("  ✗ {}", escape_controls(what)));
            text.line(line)?;
        }
        Ok(())
    }
}

/// All experiments were run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "summary")]
pub struct Summary {
    /// How many passed.
    pub passed: usize,
    /// The names of those that failed.
    pub failed: Vec<String>,
    /// The names of those that this machine cannot do.
    pub impossible: Vec<String>,
    /// How long all of it took.
    pub duration_ms: u64,
}

impl Summary {
    /// Counts one more.
    pub fn count(&mut self, verified: &Verified) {
        match verified.outcome {
            Outcome::Passed => self.passed += 1,
            Outcome::Failed => self.failed.push(verified.experiment.clone()),
            Outcome::Impossible => self.impossible.push(verified.experiment.clone()),
        }
    }
}

impl Render for Summary {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let time = tenths(self.duration_ms);
        let all = self.passed + self.failed.len() + self.impossible.len();
        text.blank()?;
        let line = format!("{} of {all} experiments showed what theory says ({time} s).", self.passed);
        let role = if self.failed.is_empty() { Role::Good } else { Role::Bad };
        let line = text.paint(role, &line);
        text.line(line)?;
        for (what, names) in [("failed", &self.failed), ("cannot be done here", &self.impossible)] {
            if !names.is_empty() {
                text.line(format!("{what}: {}", escape(&names.join(", "))))?;
            }
        }
        Ok(())
    }
}

/// Seconds with one decimal.
fn tenths(milliseconds: u64) -> String {
    format!("{}.{}", milliseconds / 1000, milliseconds % 1000 / 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(value: &impl Render) -> String {
        let mut octets = Vec::new();
        value.render(&mut Text::plain(&mut octets)).unwrap();
        String::from_utf8(octets).unwrap()
    }

    fn verified(experiment: &str, outcome: Outcome, failed: &[&str]) -> Verified {
        let failed = failed.iter().map(ToString::to_string).collect();
        Verified { experiment: experiment.into(), outcome, checks: 12, failed, duration_ms: 1_249 }
    }

    #[test]
    fn each_has_a_line_and_what_failed_is_named() {
        let mut summary = Summary { duration_ms: 2_000, ..Summary::default() };
        let all = [
            verified("knock-knock", Outcome::Passed, &[]),
            verified("path", Outcome::Failed, &["three hops"]),
            verified("udp-loss", Outcome::Impossible, &["open /dev/net/tun: No such file or directory"]),
        ];
        for verified in &all {
            summary.count(verified);
        }
        assert_eq!(shown(&all[0]), "knock-knock               12 checks    1.2 s  passed\n");
        assert!(shown(&all[1]).ends_with("FAILED\n  ✗ three hops\n"));
        let one = Verified { checks: 1, ..all[0].clone() };
        assert_eq!(shown(&one), "knock-knock                1 check     1.2 s  passed\n");
        assert_eq!(
            shown(&summary),
            "\n1 of 3 experiments showed what theory says (2.0 s).\nfailed: path\ncannot be done here: udp-loss\n"
        );
    }
}
