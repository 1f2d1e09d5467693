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
use crate::socket::{Socket, protocol_label};

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
        let mut cells = Cells::default();
        let widths = self.widths(&mut cells);
        let columns = self.columns();
        let shape = Shape::fitting(&widths, columns, text.width().map(usize::from));
        if text.width().is_some() && self.sockets.len() <= TABLE_ROWS {
            self.table(shape, text)
        } else {
            self.stream(shape, &widths, text)
        }
    }
}

/// How much of a socket stands on its first line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// All of it.
    OneLine { columns: usize },
    /// All but the owner.
    OwnerBelow,
    /// Neither peer nor owner.
    PeerBelow,
}

impl Shape {
    fn fitting(widths: &[usize; 7], columns: usize, limit: Option<usize>) -> Self {
        let needs =
            |columns: usize| widths.iter().take(columns).sum::<usize>().saturating_add(GAP * columns.saturating_sub(1));
        let fits = |columns| limit.is_none_or(|limit| needs(columns) <= limit);
        if fits(columns) {
            Self::OneLine { columns }
        } else if columns > 6 && fits(6) {
            Self::OwnerBelow
        } else {
            Self::PeerBelow
        }
    }

    /// How many columns the first line has.
    fn columns(self) -> usize {
        match self {
            Self::OneLine { columns } => columns,
            Self::OwnerBelow => 6,
            Self::PeerBelow => 5,
        }
    }
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
        let texts = [&mut self.state, &mut self.recv, &mut self.send, &mut self.local, &mut self.peer, &mut self.owner];
        texts.into_iter().for_each(String::clear);
        self.proto = protocol_label(socket.protocol, socket.family);
        match socket.state.name() {
            Some(name) => self.state.push_str(name),
            None => self.state.push_str(&socket.state.number().to_string()),
        }
        push_number(&mut self.recv, socket.recv_queue);
        push_number(&mut self.send, socket.send_queue);
        endpoint::push_local(&mut self.local, socket, listing.names);
        endpoint::push_peer(&mut self.peer, socket, listing.names);
        if let Some(holders) = listing.holders {
            match holders.ownership(socket.inode) {
                Ownership::Held => owners::push_owners(&mut self.owner, holders.of(socket.inode)),
                Ownership::Nobody => self.owner.push('-'),
                Ownership::Hidden => self.owner.push('?'),
            }
        }
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

    fn widths(&self, cells: &mut Cells) -> [usize; 7] {
        let mut widths = if self.headings { HEADINGS.map(str::len) } else { [0; 7] };
        for socket in self.sockets {
            cells.fill(socket, self);
            for (width, field) in widths.iter_mut().zip(cells.fields()) {
                *width = (*width).max(columns_of(field));
            }
        }
        widths
    }

    /// For people: laid out by comfy-table.
    fn table(&self, shape: Shape, text: &mut Text<'_>) -> io::Result<()> {
        let columns = shape.columns();
        let mut table = Table::new(Rules::Blank, HEADINGS.into_iter().take(columns));
        table.right(&RIGHT);
        let mut cells = Cells::default();
        let mut below = Vec::with_capacity(self.sockets.len());
        for socket in self.sockets {
            cells.fill(socket, self);
            table.row(cells.fields().into_iter().take(columns));
            below.push(below_line(shape, socket, &cells, text.width()));
        }
        // Without a limit every row is one line: the shape has made sure that it fits, or that nothing else would.
        let mut lines = table.lines(None).into_iter();
        if let Some(headings) = lines.next()
            && self.headings
        {
            text.line(text.paint(Role::Heading, &headings))?;
        }
        for (line, below) in lines.zip(below) {
            text.line(line)?;
            text.write_all(below.as_bytes())?;
        }
        Ok(())
    }

    /// For pipes and for very many rows: nothing is kept but the widths.
    fn stream(&self, shape: Shape, widths: &[usize; 7], text: &mut Text<'_>) -> io::Result<()> {
        let columns = shape.columns();
        let mut line = String::new();
        if self.headings {
            push_line(&mut line, &HEADINGS, widths, columns);
            text.line(text.paint(Role::Heading, &line))?;
        }
        let mut cells = Cells::default();
        for socket in self.sockets {
            cells.fill(socket, self);
            line.clear();
            push_line(&mut line, &cells.fields(), widths, columns);
            line.push('\n');
            if shape.columns() < self.columns() {
                line.push_str(&below_line(shape, socket, &cells, text.width()));
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

fn push_blanks(line: &mut String, count: usize) {
    line.extend(std::iter::repeat_n(' ', count));
}

/// How many columns a text takes, where every character takes one: what is outside ASCII stands only in names.
fn columns_of(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { text.chars().count() }
}

/// What did not fit, as lines below the socket's own: the peer if there is one, and the owners if there are any.
fn below_line(shape: Shape, socket: &Socket, cells: &Cells, limit: Option<u16>) -> String {
    let mut below = String::new();
    if shape == Shape::PeerBelow && socket.has_peer() {
        push_blanks(&mut below, INDENT);
        below.push_str("peer ");
        below.push_str(&cells.peer);
        below.push('\n');
    }
    if !matches!(shape, Shape::OneLine { .. }) && !matches!(cells.owner.as_str(), "" | "-") {
        push_wrapped(&mut below, &cells.owner, limit.map_or(usize::MAX, usize::from));
    }
    below
}

/// The owners over as many lines as they need, broken between two of them.
fn push_wrapped(below: &mut String, owners: &str, limit: usize) {
    let mut column = INDENT + "owner".len();
    push_blanks(below, INDENT);
    below.push_str("owner");
    for (index, owner) in owners.split(", ").enumerate() {
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
