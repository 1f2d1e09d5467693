//! Sockets as lines that a person can read, and that other tools can cut apart.
//!
//! Each socket is one line as long as the lines fit. On a terminal that is too narrow for that, the last columns, and a
//! long peer, move to lines of their own below: nothing is cut off and no address is broken.
//!
//! - [`order`]: which row stands where
//! - [`info`]: TCP_INFO and memory in words
//! - [`csv`]: for other programs

pub mod csv;
pub mod info;
pub mod order;

use std::io::{self, Write as _};

use sockeye_cli::output::{Render, Role, Text};
use sockeye_sys::TcpState;

use crate::columns::Column;
use crate::columns::cell::{Context, Reader, Row, columns_of};
use crate::entry::Entry;
use crate::listing::order::Place;
use crate::owners;
use crate::record::Record;
use crate::state::State;

/// Blanks between two columns.
const GAP: usize = 2;
/// Blanks before a line that belongs to the one above it.
const INDENT: usize = 7;
/// An address and a port that are shorter than this are not moved away for other columns.
const LEAST_END: usize = 21;

/// The sockets of one network namespace.
#[derive(Clone, Copy, Debug)]
pub struct Section<'a> {
    /// In any order.
    pub entries: &'a [Entry],
    /// What they have in common.
    pub context: Context<'a>,
}

/// What is listed.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// The namespaces.
    pub sections: &'a [Section<'a>],
    /// The rows in the order of the lines.
    pub places: &'a [Place],
    /// What is shown of each.
    pub columns: &'a [Column],
    /// Whether a line of headings stands first.
    pub headings: bool,
    /// Whether each socket is one line even on a terminal, however long.
    pub one_line: bool,
}

impl<'a> Listing<'a> {
    /// The rows, in the order of the lines.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        self.places.iter().filter_map(|place| place.row(self.sections))
    }

    /// The sockets, in the order in which they lie: a hundred thousand are many lines of cache.
    pub fn entries(&self) -> impl Iterator<Item = &'a Entry> {
        self.sections.iter().flat_map(|section| section.entries)
    }

    /// The sockets one by one, as objects.
    pub fn records(&self) -> impl Iterator<Item = Record<'a>> {
        self.rows().map(|row| Record::of(row.entry, row.context))
    }
}

impl Render for Listing<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let limit = text.width().map(usize::from).filter(|_| !self.one_line);
        let layout = self.layout(limit);
        let mut line = String::new();
        if self.headings {
            layout.push_headings(&mut line);
            text.line(text.paint(Role::Heading, &line))?;
        }
        let colour = text.has_colour();
        let mut cells = vec![String::new(); layout.columns.len()];
        for row in self.rows() {
            for (cell, column) in cells.iter_mut().zip(&layout.columns) {
                cell.clear();
                column.push(cell, &row, Reader::Person);
                if cell.is_empty() {
                    cell.push('-');
                }
            }
            line.clear();
            layout.push_row(&mut line, &cells, &|state: &str, line: &mut String| match role(row.entry.state()) {
                Some(role) if colour => line.push_str(&text.paint(role, state)),
                _ => line.push_str(state),
            });
            for column in &layout.long {
                push_long(&mut line, *column, &row, layout.limit);
            }
            text.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

/// The colour of a state: what is well, what needs a look, what is past.
fn role(state: State) -> Option<Role> {
    match state {
        State::Tcp(TcpState::Listen) | State::Listening => Some(Role::Strong),
        State::Tcp(TcpState::Established) | State::Connected | State::Association(3) => Some(Role::Good),
        State::Tcp(TcpState::CloseWait | TcpState::SynSent | TcpState::SynReceived | TcpState::BoundInactive)
        | State::Connecting
        | State::Association(_) => Some(Role::Warning),
        State::Tcp(_) | State::Closing => Some(Role::Dim),
        State::Unconnected => None,
    }
}

/// Where the columns stand.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Layout {
    /// Those of the row.
    columns: Vec<Column>,
    widths: Vec<usize>,
    /// How many of them stand in the first line of each row, if they fit there.
    inline: usize,
    /// Those on lines of their own below.
    long: Vec<Column>,
    /// The width of the terminal, where there is one.
    limit: Option<usize>,
}

impl Listing<'_> {
    fn layout(&self, limit: Option<usize>) -> Layout {
        let below = |column: &Column| limit.is_some() && column.is_long();
        let (long, columns): (Vec<Column>, Vec<Column>) = self.columns.iter().partition(|column| below(column));
        let inline = columns.len();
        let mut layout = Layout { widths: Vec::new(), columns, inline, long, limit };
        // The last column is never filled up: without a limit nobody wants to know how wide it is.
        let measured = if limit.is_some() { inline } else { inline.saturating_sub(1) };
        layout.widths = self.widths(&layout.columns, measured, None);
        let Some(limit) = limit.filter(|limit| layout.width_of(inline) > *limit) else { return layout };
        // A few long ends shall not push all others apart: the ends share what the columns before the last of them leave.
        let ends = layout.columns.iter().filter(|column| column.is_end()).count();
        if let Some(last) = layout.columns.iter().rposition(|column| column.is_end()) {
            let others = layout.columns.iter().zip(&layout.widths).take(last + 1);
            let fixed: usize = others.filter(|(column, _)| !column.is_end()).map(|(_, width)| width + GAP).sum();
            let left = limit.saturating_sub(fixed + GAP * ends.saturating_sub(1));
            let cap = (left / ends.max(1)).max(LEAST_END);
            layout.widths = self.widths(&layout.columns, measured, Some(cap));
        }
        layout.inline = (1..=inline).rev().find(|count| layout.width_of(*count) <= limit).unwrap_or(1);
        layout
    }

    /// The width of each column, where an end that is wider than its cap does not count.
    fn widths(&self, columns: &[Column], measured: usize, cap: Option<usize>) -> Vec<usize> {
        let heading = |column: &Column| if self.headings { column.heading().len() } else { 1 };
        let mut widths: Vec<usize> = columns.iter().map(heading).collect();
        let mut scratch = String::new();
        // In the order in which they lie, as in Self::entries.
        let rows = self
            .sections
            .iter()
            .flat_map(|section| section.entries.iter().map(|entry| Row::new(entry, section.context)));
        for row in rows {
            for (width, column) in widths.iter_mut().zip(columns).take(measured) {
                let found = column.width(&row, &mut scratch);
                if found > *width && cap.is_none_or(|cap| !column.is_end() || found <= cap) {
                    *width = found;
                }
            }
        }
        widths
    }
}

impl Layout {
    /// How wide the first columns are together.
    fn width_of(&self, count: usize) -> usize {
        self.widths.iter().take(count).sum::<usize>() + GAP * count.saturating_sub(1)
    }

    /// How many columns have a heading. The last may stand in some rows only; where its heading fits, it says what that is.
    fn headed(&self) -> usize {
        let last = self.columns.get(self.inline).map_or(usize::MAX, |column| column.heading().len());
        let fits = self.inline + 1 == self.columns.len()
            && self.limit.is_some_and(|limit| self.width_of(self.inline) + GAP + last <= limit);
        if fits { self.columns.len() } else { self.inline }
    }

    fn push_headings(&self, line: &mut String) {
        let shown = self.headed();
        for (index, column) in self.columns.iter().enumerate().take(shown) {
            let width = if index + 1 == shown && !column.is_number() { 0 } else { self.width(index) };
            push_cell(line, index, column.is_number(), width, columns_of(column.heading()), |line| {
                line.push_str(column.heading());
            });
        }
    }

    fn width(&self, index: usize) -> usize {
        self.widths.get(index).copied().unwrap_or_default()
    }

    /// A row, with what does not fit on lines of its own below.
    fn push_row(&self, line: &mut String, cells: &[String], paint_state: &dyn Fn(&str, &mut String)) {
        let (count, headed) = (cells.len(), self.headed());
        let (mut used, mut shown) = (0, 0);
        for (index, (column, cell)) in self.columns.iter().zip(cells).enumerate() {
            let (width, found) = (self.width(index), columns_of(cell));
            let gap = if index > 0 { GAP } else { 0 };
            if let Some(limit) = self.limit {
                let last = index + 1 == count;
                let aligned = index < self.inline && found <= width;
                // A cell that is too wide may still have room, and then ends the line.
                let room = (index < self.inline || last) && used + gap + found <= limit;
                // Nothing, under no heading, would be a riddle.
                let riddle = index >= headed && cell == "-";
                if riddle || !aligned && !(room && (last || column.is_end())) {
                    break;
                }
            }
            let ends = index + 1 == count || found > width;
            push_cell(
                line,
                index,
                column.is_number(),
                if ends && !column.is_number() { 0 } else { width },
                found,
                |line| {
                    if *column == Column::State { paint_state(cell, line) } else { line.push_str(cell) }
                },
            );
            used += gap + width.max(found);
            shown = index + 1;
            if self.limit.is_some() && found > width {
                break;
            }
        }
        // No line ends in blanks.
        line.truncate(line.trim_end_matches(' ').len());
        line.push('\n');
        if let Some(limit) = self.limit {
            self.push_below(line, cells, shown, limit);
        }
    }

    /// The cells from `first` on, each with the name of its column, on as few lines as they need.
    fn push_below(&self, line: &mut String, cells: &[String], first: usize, limit: usize) {
        let mut used = 0;
        for (column, cell) in self.columns.iter().zip(cells).skip(first).filter(|(_, cell)| *cell != "-") {
            let name = column.name();
            let width = name.len() + 1 + columns_of(cell);
            if used > 0 && used + GAP + width <= limit {
                push_blanks(line, GAP);
                used += GAP + width;
            } else {
                if used > 0 {
                    line.push('\n');
                }
                push_blanks(line, INDENT);
                used = INDENT + width;
            }
            line.push_str(name);
            if *column == Column::Owner && used > limit {
                push_wrapped(line, INDENT + name.len(), cell, limit);
                used = limit;
            } else {
                line.push(' ');
                line.push_str(cell);
            }
        }
        if used > 0 {
            line.push('\n');
        }
    }
}

/// Appends a cell: flush right if it is a number, and filled up to `width`, which is zero for the end of a line.
fn push_cell(line: &mut String, index: usize, right: bool, width: usize, found: usize, push: impl FnOnce(&mut String)) {
    if index > 0 {
        push_blanks(line, GAP);
    }
    let blanks = width.saturating_sub(found);
    if right {
        push_blanks(line, blanks);
        push(line);
    } else {
        push(line);
        push_blanks(line, blanks);
    }
}

fn push_blanks(line: &mut String, count: usize) {
    const BLANKS: &str = "                                ";
    let mut left = count;
    while left > 0 {
        let now = left.min(BLANKS.len());
        line.push_str(BLANKS.get(..now).unwrap_or_default());
        left -= now;
    }
}

/// The owners over as many lines as they need, broken between two of them. `column` is where the first one starts.
fn push_wrapped(below: &mut String, indent: usize, text: &str, limit: usize) {
    let mut column = indent;
    for (index, owner) in owners::each_owner(text).enumerate() {
        if index > 0 {
            below.push(',');
            column += 1;
        }
        if index > 0 && column + 1 + columns_of(owner) >= limit {
            below.push('\n');
            column = indent;
            push_blanks(below, column);
        }
        below.push(' ');
        below.push_str(owner);
        column += 1 + columns_of(owner);
    }
}

/// What a person reads better below the row than in it.
fn push_long(line: &mut String, column: Column, row: &Row<'_>, limit: Option<usize>) {
    let lines = if column == Column::Info {
        row.tcp_info().map(|tcp| info::lines(tcp, row.congestion())).unwrap_or_default()
    } else {
        let mut text = format!("{} ", column.name());
        let empty = text.len();
        column.push(&mut text, row, Reader::Person);
        if text.len() > empty { vec![text] } else { Vec::new() }
    };
    for words in lines {
        push_words(line, &words, limit.unwrap_or(usize::MAX));
    }
}

/// A line of words with two blanks between them, broken there where it is too long.
fn push_words(line: &mut String, words: &str, limit: usize) {
    let mut used = 0;
    for word in words.split("  ") {
        let width = columns_of(word);
        if used > 0 && used + GAP + width <= limit {
            push_blanks(line, GAP);
            used += GAP + width;
        } else {
            // What goes on is set back a little, so that each subject starts where the eye looks for it.
            let indent = if used > 0 { INDENT + GAP } else { INDENT };
            if used > 0 {
                line.push('\n');
            }
            push_blanks(line, indent);
            used = indent + width;
        }
        line.push_str(word);
    }
    line.push('\n');
}

#[cfg(test)]
mod tests;
