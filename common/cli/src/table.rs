//! Tables for people, by comfy-table. Not for the path that prints a hundred thousand rows.
//!
//! What comfy-table is needed for is a table that does not fit, or has more than ASCII in it. The others are laid out here, which
//! a test holds to what it makes of them: it takes ten times as long, a tenth of a call of url.

use std::io::{self, Write};

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

/// What rules and blanks are cut from: so many of one character.
const DASHES: &str = "────────────────────────────────";
const DOUBLE: &str = "════════════════════════════════";
const BLANKS: &str = "                                ";

/// A table in the making. Cells hold plain text: whatever came from outside has been escaped before.
#[derive(Clone, Debug)]
pub struct Table {
    rules: Rules,
    /// The cells, headings first, one behind the other.
    text: String,
    /// Where each cell ends in `text`.
    ends: Vec<usize>,
    /// How many cells there are up to the end of each row; the headings are the first row.
    rows: Vec<usize>,
    right: Vec<usize>,
    /// Whether the rows stand one below the other where the columns have no room.
    lists: bool,
}

impl Table {
    /// An empty table with a heading row.
    pub fn new<'a>(rules: Rules, headings: impl IntoIterator<Item = &'a str>) -> Self {
        // What a small table takes, at once.
        let (text, ends, rows) = (String::with_capacity(512), Vec::with_capacity(64), Vec::with_capacity(16));
        let mut table = Self { rules, text, ends, rows, right: Vec::new(), lists: false };
        table.row(headings);
        table
    }

    /// Adds a row.
    pub fn row(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) -> &mut Self {
        for cell in cells {
            self.text.push_str(cell.as_ref());
            self.ends.push(self.text.len());
        }
        self.rows.push(self.ends.len());
        self
    }

    /// Sets the columns with these indices flush right: numbers, which no line is narrow enough to break.
    pub fn right(&mut self, columns: &[usize]) -> &mut Self {
        self.right.extend_from_slice(columns);
        self
    }

    /// Sets the cells of a row one below the other where the terminal is too narrow even for the words of the headings.
    pub fn list_if_narrow(&mut self) -> &mut Self {
        self.lists = true;
        self
    }

    /// The lines, no wider than `width` columns if that is given. No line ends in blanks.
    pub fn lines(&self, width: Option<u16>) -> Vec<String> {
        match self.plain(width).or_else(|| self.listed(width)) {
            Some(text) => text.lines().map(str::to_owned).collect(),
            None => self.arranged_lines(width),
        }
    }

    /// Writes the lines.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn write(&self, width: Option<u16>, to: &mut dyn Write) -> io::Result<()> {
        match self.plain(width).or_else(|| self.listed(width)) {
            Some(text) => to.write_all(text.as_bytes()),
            None => self.arranged_lines(width).iter().try_for_each(|line| writeln!(to, "{line}")),
        }
    }

    /// The cells of each row, the headings first.
    fn each_row(&self) -> impl Iterator<Item = impl Iterator<Item = &str>> {
        let mut from = 0;
        let mut first = 0;
        self.rows.iter().map(move |last| {
            let ends = self.ends.get(first..*last).unwrap_or_default();
            let mut start = from;
            (first, from) = (*last, ends.last().copied().unwrap_or(from));
            ends.iter().map(move |end| self.text.get(std::mem::replace(&mut start, *end)..*end).unwrap_or_default())
        })
    }

    fn columns(&self) -> usize {
        self.rows.first().copied().unwrap_or_default()
    }

    /// The lines of a table of printable ASCII in which nothing needs to be broken; `None` for another one.
    fn plain(&self, width: Option<u16>) -> Option<String> {
        if self.rows.len() < 2 || !self.text.bytes().all(|octet| matches!(octet, b' '..=b'~')) {
            return None;
        }
        let mut widths = vec![1; self.columns()];
        for row in self.each_row() {
            for (column, cell) in row.enumerate() {
                let widest = widths.get_mut(column)?;
                if width.is_some() && cell.len() > FOLD {
                    return None;
                }
                *widest = cell.len().max(*widest);
            }
        }
        let cells: usize = widths.iter().map(|widest| widest + PADDING).sum();
        let total = if self.rules == Rules::Lines { cells + widths.len() + 1 } else { cells };
        if total > usize::from(width.unwrap_or(u16::MAX)) {
            return None;
        }
        // Of what a line with rules is made of, dashes have the most octets.
        let mut text = String::with_capacity((total * '─'.len_utf8() + 1) * 3 + (total + 16) * self.rows.len());
        if self.rules == Rules::Lines {
            push_rule(&mut text, &widths, DASHES, ["┌", "┬", "┐"]);
        }
        for (index, row) in self.each_row().enumerate() {
            self.push_row(&mut text, row, &widths);
            if index == 0 && self.rules == Rules::Lines {
                push_rule(&mut text, &widths, DOUBLE, ["╞", "╪", "╡"]);
            }
        }
        if self.rules == Rules::Lines {
            push_rule(&mut text, &widths, DASHES, ["└", "┴", "┘"]);
        }
        Some(text)
    }

    fn push_row<'a>(&self, text: &mut String, mut cells: impl Iterator<Item = &'a str>, widths: &[usize]) {
        let lines = self.rules == Rules::Lines;
        for (column, widest) in widths.iter().enumerate() {
            let cell = cells.next().unwrap_or_default();
            if lines {
                text.push_str(if column == 0 { "│ " } else { "┆ " });
            }
            let blanks = widest - cell.len().min(*widest);
            if self.right.contains(&column) {
                push_run(text, BLANKS, blanks);
                text.push_str(cell);
            } else {
                text.push_str(cell);
                push_run(text, BLANKS, blanks);
            }
            text.push_str(if lines { " " } else { "  " });
        }
        if lines {
            text.push('│');
        } else {
            text.truncate(text.trim_end_matches(' ').len());
        }
        text.push('\n');
    }

    /// The rows as lists: a line a cell, behind its heading, and an empty line between two rows. `None` where columns have room.
    fn listed(&self, width: Option<u16>) -> Option<String> {
        let width = usize::from(width.filter(|_| self.lists)?);
        let headings: Vec<&str> = self.each_row().next()?.collect();
        let least: usize = headings.iter().map(|heading| longest_word(heading) + PADDING + 1).sum();
        if least < width {
            return None;
        }
        let widest = headings.iter().map(|heading| columns_at_most(heading)).max()? + PADDING;
        // Beside its heading a cell needs room too; below it there is more.
        let beside = widest + PADDING * 4 <= width;
        let indent = if beside { widest } else { PADDING };
        let mut text = String::new();
        for (index, row) in self.each_row().skip(1).enumerate() {
            text.push_str(if index > 0 { "\n" } else { "" });
            for (heading, cell) in headings.iter().zip(row).filter(|(_, cell)| !cell.is_empty()) {
                text.push_str(heading);
                if beside {
                    push_run(&mut text, BLANKS, indent - columns_at_most(heading));
                } else {
                    break_line(&mut text, indent);
                }
                push_broken(&mut text, cell, indent, width);
            }
        }
        Some(text)
    }

    fn arranged_lines(&self, width: Option<u16>) -> Vec<String> {
        let mut table = comfy_table::Table::new();
        table.load_style(match self.rules {
            Rules::Blank => presets::NOTHING,
            Rules::Lines => presets::UTF8_FULL_CONDENSED,
        });
        let mut widest = vec![0; self.columns()];
        for (index, row) in self.each_row().enumerate() {
            if index == 0 {
                table.set_header(row);
                continue;
            }
            let row: Vec<&str> = row.collect();
            for (cell, widest) in row.iter().zip(&mut widest) {
                *widest = cell.chars().count().max(*widest);
            }
            table.add_row(row.into_iter().map(|cell| if width.is_some() { folded(cell) } else { cell.to_owned() }));
        }
        if self.rules == Rules::Blank {
            for column in table.column_iter_mut() {
                column.set_padding((0, 2));
            }
        }
        let headings = self.each_row().take(usize::from(self.lists)).flatten();
        for (heading, column) in headings.zip(table.column_iter_mut()) {
            let least = u16::try_from(longest_word(heading) + PADDING).unwrap_or(u16::MAX);
            column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(least)));
        }
        for column in &self.right {
            let widest = widest.get(*column).copied().unwrap_or_default();
            let least = u16::try_from(widest + PADDING).unwrap_or(u16::MAX);
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

/// A line between rows: of `dashes`, with its left end, its crossings with the lines between columns, and its right end.
fn push_rule(text: &mut String, widths: &[usize], dashes: &str, [left, crossing, right]: [&str; 3]) {
    for (column, widest) in widths.iter().enumerate() {
        text.push_str(if column == 0 { left } else { crossing });
        push_run(text, dashes, widest + PADDING);
    }
    text.push_str(right);
    text.push('\n');
}

/// `count` of the one character that `run` is made of.
fn push_run(text: &mut String, run: &str, mut count: usize) {
    let octets = run.chars().next().map_or(1, char::len_utf8);
    let most = run.len() / octets;
    while count > 0 {
        let some = count.min(most);
        text.push_str(run.get(..some * octets).unwrap_or_default());
        count -= some;
    }
}

/// How many columns `text` takes, or fewer: a character outside ASCII is taken for a wide one.
fn columns_at_most(text: &str) -> usize {
    text.chars().map(|character| if character.is_ascii() { 1 } else { 2 }).sum()
}

/// How many columns the longest word takes, one at least.
fn longest_word(text: &str) -> usize {
    text.split(' ').map(columns_at_most).max().unwrap_or_default().max(1)
}

fn break_line(text: &mut String, indent: usize) {
    text.push('\n');
    push_run(text, BLANKS, indent);
}

/// `cell`, which begins in column `indent`, in lines of `width` columns: broken between words where that can be.
fn push_broken(text: &mut String, cell: &str, indent: usize, width: usize) {
    let room = width.saturating_sub(indent).max(2);
    let mut used = 0;
    for (index, word) in cell.split(' ').enumerate() {
        if index > 0 && used + 1 + columns_at_most(word) <= room {
            text.push(' ');
            used += 1;
        } else if index > 0 {
            break_line(text, indent);
            used = 0;
        }
        for character in word.chars() {
            let columns = if character.is_ascii() { 1 } else { 2 };
            if used + columns > room {
                break_line(text, indent);
                used = 0;
            }
            text.push(character);
            used += columns;
        }
    }
    text.push('\n');
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
            if let Some(text) = table.plain(width) {
                let lines: Vec<String> = text.lines().map(str::to_owned).collect();
                prop_assert!(lines.iter().all(|line| line.chars().count() <= usize::from(width.unwrap_or(u16::MAX))));
                prop_assert_eq!(lines, table.arranged_lines(None));
            }
        }
    }

    #[test]
    fn what_is_not_plain_is_left_to_comfy_table() {
        let plain = |cell: &str, width| Table::new(Rules::Lines, ["a"]).row([cell]).plain(width);
        assert_eq!(plain("b", Some(5)).as_deref(), Some("┌───┐\n│ a │\n╞═══╡\n│ b │\n└───┘\n"));
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

    #[test]
    fn where_the_headings_have_no_room_a_row_is_a_list() {
        let mut table = Table::new(Rules::Lines, ["Component", "In the input", "Notes"]);
        table.row(["scheme", "https", "special: needs a host"]).row(["path", "/0123456789/0123456789", ""]);
        assert!(table.lines(Some(30)).concat().contains('┆'), "only where that was asked for");
        table.list_if_narrow();
        let table_of_29 = table.lines(Some(29)).join("\n");
        assert!(table_of_29.contains("│ Component ┆ In    ┆ Notes │"), "{table_of_29}");
        assert!(table_of_29.lines().all(|line| line.chars().count() <= 29), "{table_of_29}");
        assert_eq!(
            table.lines(Some(28)).join("\n"),
            "Component     scheme\nIn the input  https\nNotes         special: needs\n              a host\n\n\
             Component     path\nIn the input  /0123456789/01\n              23456789"
        );
        assert_eq!(
            table.lines(Some(18)).join("\n"),
            "Component\n  scheme\nIn the input\n  https\nNotes\n  special: needs a\n  host\n\n\
             Component\n  path\nIn the input\n  /0123456789/0123\n  456789"
        );
        let wide = Table::new(Rules::Lines, ["Component"]).row(["例".repeat(20)]).list_if_narrow().lines(Some(10));
        assert!(wide.iter().all(|line| line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>() <= 10));
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
