//! Tables for people, by comfy-table. Not for the path that prints a hundred thousand rows.

use comfy_table::{CellAlignment, ContentArrangement, presets};

/// What lies between the cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rules {
    /// Two blanks and nothing else: for listings that other tools cut apart.
    #[default]
    Blank,
    /// Lines around and between the columns: for a table that is the answer.
    Lines,
}

/// A table in the making. Cells hold plain text: whatever came from outside has been escaped before.
#[derive(Debug)]
pub struct Table {
    table: comfy_table::Table,
}

impl Table {
    /// An empty table with a heading row.
    pub fn new<'a>(rules: Rules, headings: impl IntoIterator<Item = &'a str>) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_style(match rules {
            Rules::Blank => presets::NOTHING,
            Rules::Lines => presets::UTF8_FULL_CONDENSED,
        });
        table.set_header(headings);
        if rules == Rules::Blank {
            for column in table.column_iter_mut() {
                column.set_padding((0, 2));
            }
        }
        Self { table }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl Into<String>>) -> &mut Self {
        self.table.add_row(cells.into_iter().map(Into::into).collect::<Vec<String>>());
        self
    }

    /// Sets the columns with these indices flush right: numbers.
    pub fn right(&mut self, columns: &[usize]) -> &mut Self {
        for column in columns {
            if let Some(column) = self.table.column_mut(*column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        self
    }

    /// The lines, no wider than `width` columns if that is given. No line ends in blanks.
    pub fn lines(&self, width: Option<u16>) -> Vec<String> {
        let mut table = self.table.clone();
        if let Some(width) = width {
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        table.lines().map(|line| line.trim_end().to_owned()).collect()
    }
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
    fn a_narrow_terminal_wraps_instead_of_overflowing() {
        let mut table = Table::new(Rules::Lines, ["a", "b"]);
        table.row(["x".repeat(60), "y".repeat(60)]);
        assert!(table.lines(Some(40)).iter().all(|line| line.chars().count() <= 40));
    }
}
