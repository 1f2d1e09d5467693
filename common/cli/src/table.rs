//! Tables for people, by comfy-table. Not for the path that prints a hundred thousand rows.
//!
//! What comfy-table is needed for is a table that does not fit, or has more than ASCII in it. The others are laid out here, which
//! a test holds to what it makes of them: it takes ten times as long, a tenth of a call of url.

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
        self.plain_lines(width).unwrap_or_else(|| self.arranged_lines(width))
    }

    /// The lines of a table of printable ASCII in which nothing needs to be broken; `None` for another one.
    fn plain_lines(&self, width: Option<u16>) -> Option<Vec<String>> {
        let mut widths = vec![1; self.headings.len()];
        for row in std::iter::once(&self.headings).chain(&self.rows) {
            if row.len() > widths.len() {
                return None;
            }
            for (cell, widest) in row.iter().zip(&mut widths) {
                if !cell.bytes().all(|octet| matches!(octet, b' '..=b'~')) || (width.is_some() && cell.len() > FOLD) {
                    return None;
                }
                *widest = cell.len().max(*widest);
            }
        }
        let cells: usize = widths.iter().map(|widest| widest + PADDING).sum();
        let total = if self.rules == Rules::Lines { cells + widths.len() + 1 } else { cells };
        if self.rows.is_empty() || total > usize::from(width.unwrap_or(u16::MAX)) {
            return None;
        }
        let row = |cells: &Vec<String>| self.plain_row(cells, &widths);
        if self.rules == Rules::Blank {
            return Some(std::iter::once(&self.headings).chain(&self.rows).map(row).collect());
        }
        let mut lines = Vec::with_capacity(self.rows.len() + 4);
        lines.push(rule(&widths, ["┌", "─", "┬", "┐"]));
        lines.push(row(&self.headings));
        lines.push(rule(&widths, ["╞", "═", "╪", "╡"]));
        lines.extend(self.rows.iter().map(row));
        lines.push(rule(&widths, ["└", "─", "┴", "┘"]));
        Some(lines)
    }

    fn plain_row(&self, cells: &[String], widths: &[usize]) -> String {
        let mut line = String::with_capacity(widths.iter().map(|widest| widest + PADDING + '│'.len_utf8()).sum());
        for (column, widest) in widths.iter().enumerate() {
            let cell = cells.get(column).map_or("", String::as_str);
            if self.rules == Rules::Lines {
                line.push_str(if column == 0 { "│ " } else { "┆ " });
            }
            let blanks = " ".repeat(widest - cell.len().min(*widest));
            let (before, after) =
                if self.right.contains(&column) { (blanks.as_str(), "") } else { ("", blanks.as_str()) };
            line.extend([before, cell, after, if self.rules == Rules::Lines { " " } else { "  " }]);
        }
        if self.rules == Rules::Lines {
            line.push('│');
        } else {
            line.truncate(line.trim_end().len());
        }
        line
    }

    fn arranged_lines(&self, width: Option<u16>) -> Vec<String> {
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

/// A line between rows: its left end, what it is made of, its crossings with the lines between columns, and its right end.
fn rule(widths: &[usize], [left, line, crossing, right]: [&str; 4]) -> String {
    let cells: Vec<String> = widths.iter().map(|widest| line.repeat(widest + PADDING)).collect();
    [left, &cells.join(crossing), right].concat()
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
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_fits_is_laid_out_as_comfy_table_does_without_a_limit(
            headings in prop::collection::vec("[ -~]{0,6}", 1..5),
            rows in prop::collection::vec(prop::collection::vec("[ -~]{0,8}|[a-z]{2,5}( [a-z]{1,4}){0,3}", 0..5), 0..4),
            right in prop::collection::vec(0..5_usize, 0..3),
            blank in any::<bool>(),
            width in prop::option::of(1..60_u16),
        ) {
            let mut table = Table::new(if blank { Rules::Blank } else { Rules::Lines }, headings.iter().map(String::as_str));
            for row in &rows {
                table.row(row);
            }
            table.right(&right);
            if let Some(lines) = table.plain_lines(width) {
                prop_assert!(lines.iter().all(|line| line.chars().count() <= usize::from(width.unwrap_or(u16::MAX))));
                prop_assert_eq!(lines, table.arranged_lines(None));
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_comfy_table() {
        let plain = |cell: &str, width| Table::new(Rules::Lines, ["a"]).row([cell]).plain_lines(width);
        assert_eq!(
            plain("b", Some(5)),
            Some(["┌───┐", "│ a │", "╞═══╡", "│ b │", "└───┘"].map(str::to_owned).to_vec())
        );
        assert_eq!((plain("b", Some(4)), plain("ü", None), plain("b\nc", None)), (None, None, None));
        assert_eq!(plain(&"b".repeat(FOLD + 1), Some(u16::MAX)), None);
    }

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
