//! Rows as columns: the same words as ss, separated by blanks, as wide as they need to be.
//!
//! The texts of all rows stand one behind the other in one buffer, since there may be a hundred thousand of them.

use std::io::{self, Write as _};

use sockeye_cli::output::{Render, Role, Text};

/// Netid, State, Recv-Q, Send-Q, both ends, what is known beyond them, and the lines below.
const CELLS: usize = 8;
/// The columns in front of the one that may be of any length.
const COLUMNS: usize = 6;
/// Where nothing limits them, columns stand this far apart.
const GAP: usize = 1;
/// What the lines below a row begin with is as wide as this.
const TAB: usize = 8;
const HEADINGS: [&str; 7] =
    ["Netid", "State", "Recv-Q", "Send-Q", "Local Address:Port", "Peer Address:Port", "Process"];

/// Which columns there are. The ends and what is behind them are always there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Columns {
    /// What kind of socket: where there may be several.
    pub netid: bool,
    /// Its state: where there may be several.
    pub state: bool,
    /// Both queues.
    pub queues: bool,
    /// A line of headings.
    pub headings: bool,
    /// All of a socket on one line, however narrow the terminal is.
    pub one_line: bool,
}

/// Rows that are being written.
#[derive(Debug)]
pub struct Sheet {
    columns: Columns,
    text: String,
    /// Where each cell ends, [`CELLS`] for a row.
    ends: Vec<usize>,
    /// How wide the columns are at least.
    floor: [usize; COLUMNS],
}

impl Sheet {
    /// Without rows.
    pub fn new(columns: Columns) -> Self {
        Self { columns, text: String::new(), ends: Vec::new(), floor: [0; COLUMNS] }
    }

    /// The row being written: text goes to its present cell.
    pub fn text(&mut self) -> &mut String {
        &mut self.text
    }

    /// Ends the present cell; the eighth ends the row.
    pub fn end_cell(&mut self) {
        self.ends.push(self.text.len());
    }

    /// A whole cell.
    pub fn cell(&mut self, text: &str) {
        self.text.push_str(text);
        self.end_cell();
    }

    /// A whole cell with a number in it.
    pub fn number(&mut self, number: u32) {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{number}");
        self.end_cell();
    }

    /// Forgets the rows and the headings, which have been written, and keeps the columns as wide as they were.
    pub fn go_on(&mut self) {
        self.floor = self.widths().0;
        self.columns.headings = false;
        self.text.clear();
        self.ends.clear();
    }

    fn shown(&self) -> [bool; COLUMNS] {
        let Columns { netid, state, queues, .. } = self.columns;
        [netid, state, queues, queues, true, true]
    }

    fn rows(&self) -> impl Iterator<Item = [&str; CELLS]> {
        let mut start = 0;
        self.ends.chunks_exact(CELLS).map(move |ends| {
            let mut cells = [""; CELLS];
            for (cell, end) in cells.iter_mut().zip(ends) {
                *cell = self.text.get(start..*end).unwrap_or_default();
                start = *end;
            }
            cells
        })
    }

    /// How wide each column is, and the longest line.
    fn widths(&self) -> ([usize; COLUMNS], usize) {
        let mut widths = self.floor;
        let (mut behind, mut longest_below) = (0, 0);
        if self.columns.headings {
            for (width, heading) in widths.iter_mut().zip(HEADINGS) {
                *width = heading.len();
            }
        }
        for row in self.rows() {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(columns_of(cell));
            }
            let [.., process, below] = row;
            behind = behind.max(columns_of(process));
            longest_below = below.lines().map(|line| TAB + columns_of(line.trim())).fold(longest_below, usize::max);
        }
        let shown = widths.iter().zip(self.shown()).filter(|(_, shown)| *shown);
        let front: usize = shown.map(|(width, _)| width + GAP).sum();
        (widths, (front + behind).max(longest_below))
    }
}

impl Render for Sheet {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (widths, longest) = self.widths();
        // On a terminal that is too narrow, what stands behind the ends goes on a line of its own.
        let limit = text.width().map(usize::from).filter(|limit| longest > *limit && !self.columns.one_line);
        let mut line = String::new();
        if self.columns.headings {
            self.push_row(&mut line, &HEADINGS, &widths);
            // The last heading is left out where nothing stands below it in any row.
            if limit.is_some_and(|limit| line.len() > limit) {
                line.truncate(line.trim_end_matches(" Process").trim_end().len());
            }
            text.line(text.paint(Role::Heading, &line))?;
        }
        for row in self.rows() {
            line.clear();
            let [front @ .., below] = row;
            match limit {
                None => self.push_row(&mut line, &front, &widths),
                Some(limit) => self.push_narrow(&mut line, &front, &widths, limit),
            }
            line.push('\n');
            match limit {
                None if below.is_empty() => {}
                None => {
                    line.push_str(below);
                    line.push('\n');
                }
                Some(limit) => below.lines().for_each(|below| push_wrapped(&mut line, below.trim(), limit)),
            }
            text.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

impl Sheet {
    fn push_row(&self, line: &mut String, cells: &[&str; 7], widths: &[usize; COLUMNS]) {
        // Numbers too stand to the left, as in ss: a line begins with a word even where the queues are its first.
        for ((cell, width), _) in cells.iter().zip(widths).zip(self.shown()).filter(|(_, shown)| *shown) {
            line.push_str(cell);
            push_blanks(line, width.saturating_sub(columns_of(cell)) + GAP);
        }
        let [.., process] = cells;
        line.push_str(process.trim_start());
        line.truncate(line.trim_end().len());
    }

    /// A row for a terminal that does not hold the longest: what does not fit stands below.
    fn push_narrow(&self, line: &mut String, cells: &[&str; 7], widths: &[usize; COLUMNS], limit: usize) {
        let [netid, state, recv, send, local, peer, process] = *cells;
        self.push_row(line, cells, widths);
        if columns_of(line) <= limit {
            return;
        }
        line.clear();
        self.push_row(line, &[netid, state, recv, send, local, peer, ""], widths);
        if columns_of(line) > limit {
            line.clear();
            self.push_row(line, &[netid, state, recv, send, local, "", ""], widths);
            line.push('\n');
            push_wrapped(line, &format!("peer {peer}"), limit);
            line.truncate(line.trim_end().len());
        }
        if !process.is_empty() {
            line.push('\n');
            push_wrapped(line, process, limit);
            line.truncate(line.trim_end().len());
        }
    }
}

/// Appends words over as many lines as they need, each behind a few blanks. Between `,` and `(` a word may be broken too.
fn push_wrapped(line: &mut String, words: &str, limit: usize) {
    const INDENT: usize = 6;
    let mut column = 0;
    for word in words.split_whitespace() {
        for (index, piece) in word.split_inclusive("),").enumerate() {
            let blank = usize::from(index == 0 && column > 0);
            let width = columns_of(piece);
            if column > 0 && INDENT + column + blank + width > limit {
                line.push('\n');
                column = 0;
            } else {
                push_blanks(line, blank);
                column += blank;
            }
            if column == 0 {
                push_blanks(line, INDENT);
            }
            line.push_str(piece);
            column += width;
        }
    }
    if column > 0 {
        line.push('\n');
    }
}

fn push_blanks(line: &mut String, count: usize) {
    line.extend(std::iter::repeat_n(' ', count));
}

fn columns_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}
