//! Sockets as lines that a person can read, and that other tools can cut apart.
//!
//! Each socket is one line as long as the lines fit. On a terminal that is too narrow for that, the owner, and after it
//! the peer, moves to a line of its own below: nothing is cut off and no address is broken.

use std::io::{self, Write as _};

use sockeye_cli::output::{Render, Role, Text};
use sockeye_cli::table::{Rules, Table};

use crate::endpoint;
use crate::names::Names;
use crate::owners::{self, Holders, Ownership};
use crate::record::Record;
use crate::socket::Socket;

const HEADINGS: [&str; 7] = ["Proto", "State", "Recv-Q", "Send-Q", "Local", "Peer", "Owner"];
/// The columns of numbers.
const RIGHT: [usize; 2] = [2, 3];
/// Blanks between two columns.
const GAP: usize = 2;
/// Blanks before a line that belongs to the one above it.
const INDENT: usize = 7;
/// Up to here a table is laid out in memory for the terminal; longer ones are written as they come.
const TABLE_ROWS: usize = 1000;

/// What is listed.
#[derive(Clone, Copy, Debug)]
pub struct Listing<'a> {
    /// In the order of the lines.
    pub sockets: &'a [Socket],
    /// Names for numbers.
    pub names: &'a Names,
    /// Who holds what, if that was asked for.
    pub holders: Option<&'a Holders>,
    /// Whether a line of headings stands first.
    pub headings: bool,
}

impl<'a> Listing<'a> {
    /// The sockets one by one, as objects.
    pub fn records(&self) -> impl Iterator<Item = Record<'a>> {
        self.sockets.iter().map(|socket| Record::new(socket, self.names, self.holders))
    }
}

impl Render for Listing<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let layout = self.layout(text.width().map(usize::from));
        if layout.limit.is_none() && text.width().is_some() && self.sockets.len() <= TABLE_ROWS {
            self.table(text)
        } else {
            self.stream(&layout, text)
        }
    }
}

/// How wide the columns are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Layout {
    widths: [usize; 7],
    /// The width of the terminal, where some row does not fit.
    limit: Option<usize>,
}

/// The texts of one row; used again for the next.
#[derive(Clone, Debug, Default)]
struct Cells {
    proto: &'static str,
    state: String,
    recv: String,
    send: String,
    local: String,
    peer: String,
    owner: String,
}

impl Cells {
    fn fields(&self) -> [&str; 7] {
        [self.proto, &self.state, &self.recv, &self.send, &self.local, &self.peer, &self.owner]
    }

    fn fill(&mut self, socket: &Socket, listing: &Listing<'_>) {
        self.fill_all_but_owner(socket, listing);
        self.owner.clear();
        if let Some(holders) = listing.holders {
            match holders.ownership(socket.inode) {
                Ownership::Held => owners::push_owners(&mut self.owner, holders.of(socket.inode)),
                Ownership::Nobody => self.owner.push('-'),
                Ownership::Hidden => self.owner.push('?'),
            }
        }
    }

    fn fill_all_but_owner(&mut self, socket: &Socket, listing: &Listing<'_>) {
        let texts = [&mut self.state, &mut self.recv, &mut self.send, &mut self.local, &mut self.peer];
        texts.into_iter().for_each(String::clear);
        self.proto = socket.kind.label(socket.family);
        match socket.state.name() {
            Some(name) => self.state.push_str(name),
            None => self.state.push_str(&socket.state.number().to_string()),
        }
        push_number(&mut self.recv, socket.recv_queue);
        push_number(&mut self.send, socket.send_queue);
        endpoint::push_local(&mut self.local, socket, listing.names);
        endpoint::push_peer(&mut self.peer, socket, listing.names);
    }
}

fn push_number(text: &mut String, number: u32) {
    use std::fmt::Write as _;
    // Writing to a String cannot fail.
    let _ = write!(text, "{number}");
}

impl Listing<'_> {
    fn columns(&self) -> usize {
        if self.holders.is_some() { 7 } else { 6 }
    }

    fn layout(&self, limit: Option<usize>) -> Layout {
        let columns = self.columns();
        let gaps = GAP * columns.saturating_sub(1);
        // The last column is never filled up: without a limit nobody wants to know how wide the owners are.
        let mut widths = self.widths([usize::MAX; 7], limit.is_some());
        let Some(limit) = limit.filter(|limit| widths.iter().take(columns).sum::<usize>() + gaps > *limit) else {
            return Layout { widths, limit: None };
        };
        // A few long ends shall not push all others apart: each side gets half of what is left. What peers leave of
        // theirs goes to the owners, or else to the local ends. Rows with longer ones go on below.
        let [proto, state, recv, send, ..] = widths;
        let left = limit.saturating_sub(proto + state + recv + send + 5 * GAP);
        let mut caps = [usize::MAX; 7];
        let [.., peer_cap, _] = &mut caps;
        *peer_cap = left / 2;
        let [.., peer, _] = self.widths(caps, false);
        let [.., local_cap, _, _] = &mut caps;
        *local_cap = if self.holders.is_some() { left / 2 } else { left.saturating_sub(peer) };
        widths = self.widths(caps, false);
        Layout { widths, limit: Some(limit) }
    }

    /// The width of each column, where what is wider than its cap does not count.
    fn widths(&self, caps: [usize; 7], owners: bool) -> [usize; 7] {
        let mut widths = if self.headings { HEADINGS.map(str::len) } else { [0; 7] };
        let mut cells = Cells::default();
        for socket in self.sockets {
            if owners {
                cells.fill(socket, self);
            } else {
                cells.fill_all_but_owner(socket, self);
            }
            for ((width, cap), field) in widths.iter_mut().zip(caps).zip(cells.fields()) {
                let columns = columns_of(field);
                if columns <= cap {
                    *width = (*width).max(columns);
                }
            }
        }
        widths
    }

    /// For people, where every row fits: laid out by comfy-table.
    fn table(&self, text: &mut Text<'_>) -> io::Result<()> {
        let columns = self.columns();
        let mut table = Table::new(Rules::Blank, HEADINGS.into_iter().take(columns));
        table.right(&RIGHT);
        let mut cells = Cells::default();
        for socket in self.sockets {
            cells.fill(socket, self);
            table.row(cells.fields().into_iter().take(columns));
        }
        let mut lines = table.lines(None).into_iter();
        if let Some(headings) = lines.next()
            && self.headings
        {
            text.line(text.paint(Role::Heading, &headings))?;
        }
        lines.try_for_each(|line| text.line(line))
    }

    /// For pipes, for very many rows, and for terminals that are too narrow: nothing is kept but the widths.
    fn stream(&self, layout: &Layout, text: &mut Text<'_>) -> io::Result<()> {
        let columns = self.columns();
        let mut line = String::new();
        if self.headings {
            push_line(&mut line, &HEADINGS, &layout.widths, columns);
            if layout.limit.is_some_and(|limit| line.len() > limit) {
                // Then no owner stands in the row either.
                line.clear();
                push_line(&mut line, &HEADINGS, &layout.widths, 6);
            }
            text.line(text.paint(Role::Heading, &line))?;
        }
        let mut cells = Cells::default();
        for socket in self.sockets {
            cells.fill(socket, self);
            line.clear();
            match layout.limit {
                None => {
                    push_line(&mut line, &cells.fields(), &layout.widths, columns);
                    line.push('\n');
                }
                Some(limit) => push_broken(&mut line, socket, &cells, &layout.widths, columns, limit),
            }
            text.write_all(line.as_bytes())?;
        }
        Ok(())
    }
}

fn push_line(line: &mut String, fields: &[&str; 7], widths: &[usize; 7], columns: usize) {
    for (index, (field, width)) in fields.iter().zip(widths).take(columns).enumerate() {
        if index > 0 {
            push_blanks(line, GAP);
        }
        let blanks = width.saturating_sub(columns_of(field));
        if RIGHT.contains(&index) {
            push_blanks(line, blanks);
            line.push_str(field);
        } else {
            line.push_str(field);
            // No line ends in blanks.
            if index + 1 < columns {
                push_blanks(line, blanks);
            }
        }
    }
}

/// A row with what does not fit on lines of its own below: the owners, and the peer where an end is too long.
fn push_broken(line: &mut String, socket: &Socket, cells: &Cells, widths: &[usize; 7], columns: usize, limit: usize) {
    let [.., local, peer, _] = widths;
    let ends_fit = columns_of(&cells.local) <= *local && columns_of(&cells.peer) <= *peer;
    let before_owner = widths.iter().take(6).map(|width| width + GAP).sum::<usize>();
    let owner_fits = ends_fit && before_owner + columns_of(&cells.owner) <= limit;
    let inline = match (ends_fit, owner_fits) {
        (false, _) => 5,
        (true, false) => 6,
        (true, true) => columns,
    };
    push_line(line, &cells.fields(), widths, inline);
    line.push('\n');
    if !ends_fit && socket.has_peer() {
        push_blanks(line, INDENT);
        line.push_str("peer ");
        line.push_str(&cells.peer);
        line.push('\n');
    }
    if inline < columns && !matches!(cells.owner.as_str(), "" | "-") {
        push_wrapped(line, &cells.owner, limit);
    }
}

fn push_blanks(line: &mut String, count: usize) {
    line.extend(std::iter::repeat_n(' ', count));
}

/// How many columns a text takes, where every character takes one: what is outside ASCII stands only in names.
fn columns_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// The owners over as many lines as they need, broken between two of them.
fn push_wrapped(below: &mut String, text: &str, limit: usize) {
    let mut column = INDENT + "owner".len();
    push_blanks(below, INDENT);
    below.push_str("owner");
    for (index, owner) in owners::each_owner(text).enumerate() {
        if index > 0 {
            below.push(',');
            column += 1;
        }
        if index > 0 && column + 1 + columns_of(owner) >= limit {
            below.push('\n');
            column = INDENT + "owner".len();
            push_blanks(below, column);
        }
        below.push(' ');
        below.push_str(owner);
        column += 1 + columns_of(owner);
    }
    below.push('\n');
}

#[cfg(test)]
mod tests;
