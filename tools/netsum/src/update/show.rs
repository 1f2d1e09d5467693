//! An update on paper: a [`Report`] as text, and as a table.

use std::io;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};

use super::{Report, Step};
use crate::form::Form;
use crate::worksheet::fold_words;

impl Report {
    fn title(&self) -> String {
        let title = self.protocol.and_then(Form::named).map_or("", |form| form.title);
        let gap = if title.is_empty() { "" } else { " " };
        format!("{title}{gap}checksum {}", self.stored_octets)
    }

    fn table(&self, rules: Rules) -> Table {
        let mut table = Table::new(rules, ["changed", "m", "m'", "HC", "~HC + ~m + m'", "total", "folded", "HC'"]);
        table.right(&[5]);
        for step in &self.steps {
            let Step { what, old, new, checksum_before, total, checksum_after, .. } = step;
            table.row([
                what.clone(),
                format!("{old:04x}"),
                format!("{new:04x}"),
                format!("{checksum_before:04x}"),
                format!("{:04x} + {:04x} + {new:04x}", !checksum_before, !old),
                format!("{total:04x}"),
                format!("{:04x}", !checksum_after),
                format!("{checksum_after:04x}"),
            ]);
        }
        table
    }

    fn conclusion(&self, text: &mut Text<'_>) -> io::Result<()> {
        for what in &self.not_covered {
            text.prose("Not covered  ", &format!("{what}: no part of what this checksum covers"))?;
        }
        if self.was_absent {
            text.prose("None         ", "0000 says that no checksum was computed, and stays")?;
        } else if !self.steps.is_empty() {
            text.prose("Equation 3   ", &format!("HC' = ~(~HC + ~m + m') = {} (RFC 1624)", self.by_equation_3()))?;
            let differs = if self.equation_2 == self.by_equation_3_number() {
                "the same here".to_owned()
            } else {
                "the other zero, which only octets that are all zero have".to_owned()
            };
            let equation = format!("HC' = HC + m + ~m' = {:04x} (RFC 1141): {differs}", self.equation_2);
            text.prose("Equation 2   ", &equation)?;
        }
        if self.zero_became_all_ones {
            text.prose("Zero         ", "0000 would mean \"no checksum\", so ffff is sent")?;
        }
        if let Some(recomputed) = self.recomputed {
            let words = if recomputed == self.calculated { "the same" } else { "not the same: the old one was wrong" };
            text.prose("Recomputed   ", &format!("{recomputed:04x}: {words}"))?;
        }
        let checksum = text.paint(Role::Strong, &self.calculated_octets);
        text.line(format!("Checksum     {checksum}"))
    }

    /// What equation 3 came to, before the rule for zero.
    pub(super) fn by_equation_3_number(&self) -> u16 {
        self.steps.last().map_or(self.stored, |step| step.checksum_after)
    }

    fn by_equation_3(&self) -> String {
        format!("{:04x}", self.by_equation_3_number())
    }

    fn show(&self, rules: Rules, text: &mut Text<'_>) -> io::Result<()> {
        let title = text.paint(Role::Strong, &self.title());
        text.line(title)?;
        if !self.steps.is_empty() {
            let lines = self.table(rules).lines(text.width().map(|width| width.saturating_sub(2)));
            for line in lines {
                text.line(format!("  {line}"))?;
            }
        }
        for fold in self.steps.iter().flat_map(|step| &step.folds) {
            text.line(format!("Fold         {}", fold_words(*fold)))?;
        }
        self.conclusion(text)
    }
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        self.show(Rules::Blank, text)
    }
}

/// A [`Report`] with its steps as a table.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct Tables<'a>(pub &'a Report);

impl Render for Tables<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        self.0.show(Rules::Lines, text)
    }
}
