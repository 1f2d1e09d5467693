//! Tables for people, by comfy-table. Not for the path that prints a hundred thousand rows.

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Width, presets};

/// What lies between the cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rules {
    /// Two blanks and nothing else: for listings that other tools cut apart.
    #[default]
    Blank,
    /// Lines around and between the columns: for a table that is the answer.
    Lines,
}

/// After how many octets a cell is folded on a terminal, which would wrap it anyhow: comfy-table's time grows with the
/// square of a word's length, and a URL of 100,000 octets is one word.
const FOLD: usize = 1024;

/// The blanks of a cell, before and after what it says together.
const PADDING: usize = 2;

/// A table in the making. Cells hold plain text: whatever came from outside has been escaped before.
#[derive(Clone, Debug)]
pub struct Table {
    rules: Rules,
    headings: Vec<String>,
    rows: Vec<Vec<String>>,
    right: Vec<usize>,
}

impl Table {
    /// An empty table with a heading row.
    pub fn new<'a>(rules: Rules, headings: impl IntoIterator<Item = &'a str>) -> Self {
        let headings = headings.into_iter().map(str::to_owned).collect();
        Self { rules, headings, rows: Vec::new(), right: Vec::new() }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the columns with these indices flush right: numbers, which no line is narrow enough to break.
    pub fn right(&mut self, columns: &[usize]) -> &mut Self {
        self.right.extend_from_slice(columns);
        self
    }

    /// The lines, no wider than `width` columns if that is given. No line ends in blanks.
    pub fn lines(&self, width: Option<u16>) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table.load_style(match self.rules {
            Rules::Blank => presets::NOTHING,
            Rules::Lines => presets::UTF8_FULL_CONDENSED,
        });
        table.set_header(&self.headings);
        for row in &self.rows {
            table.add_row(row.iter().map(|cell| if width.is_some() { folded(cell) } else { cell.clone() }));
        }
        if self.rules == Rules::Blank {
            for column in table.column_iter_mut() {
                column.set_padding((0, 2));
            }
        }
        for column in &self.right {
            let widest = self.rows.iter().filter_map(|row| row.get(*column)).map(|cell| cell.chars().count()).max();
            let least = u16::try_from(widest.unwrap_or_default() + PADDING).unwrap_or(u16::MAX);
            if let Some(column) = table.column_mut(*column) {
                column.set_cell_alignment(CellAlignment::Right);
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
            }
        }
        if let Some(width) = width {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect()
    }
}

/// `cell` with line ends where one of its lines is longer than [`FOLD`].
fn folded(cell: &str) -> String {
    let mut folded = String::with_capacity(cell.len() + cell.len() / FOLD);
    let mut line = 0;
    for character in cell.chars() {
        if line + character.len_utf8() > FOLD {
            folded.push('\n');
            line = 0;
        }
        line = if character == '\n' { 0 } else { line + character.len_utf8() };
        folded.push(character);
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blank_rules_leave_two_blanks_and_no_tail() {
        let mut table = Table::new(Rules::Blank, ["Proto", "Port"]);
        table.row(["tcp", "80"]).row(["udp", "5353"]).right(&[1]);
        assert_eq!(table.lines(None), ["Proto  Port", "tcp      80", "udp    5353"]);
    }

    #[test]
    fn a_long_cell_is_folded_for_a_terminal_and_whole_elsewhere() {
        let long = "ü".repeat(FOLD * 3);
        assert_eq!(folded(&long).replace('\n', ""), long);
        assert!(folded(&long).lines().all(|line| line.len() <= FOLD));
        assert_eq!(folded("short\nlines"), "short\nlines");
        let mut table = Table::new(Rules::Blank, ["a"]);
        table.row([long.clone()]);
        assert_eq!(table.lines(None)[1], long);
    }

    #[test]
    fn a_narrow_terminal_wraps_instead_of_overflowing() {
        let mut table = Table::new(Rules::Lines, ["a", "b"]);
        table.row(["x".repeat(60), "y".repeat(60)]);
        assert!(table.lines(Some(40)).iter().all(|line| line.chars().count() <= 40));
    }

    /// A count that is broken apart reads as two other counts.
    #[test]
    fn a_narrow_terminal_breaks_headings_and_no_number() {
        for rules in [Rules::Lines, Rules::Blank] {
            let mut table = Table::new(rules, ["protocol", "good", "unverified", "illegal", "partial"]);
            table.row(["ip", "4000000", "0", "1234", "17"]).right(&[1, 2, 3, 4]);
            let lines = table.lines(Some(40));
            assert!(lines.iter().all(|line| line.chars().count() <= 40), "{lines:#?}");
            let row = lines.iter().find(|line| line.contains("ip")).unwrap();
            assert!(row.contains("4000000") && row.contains("1234"), "{lines:#?}");
        }
    }
}
