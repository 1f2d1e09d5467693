//! Rows in the order of a column.

use std::cmp::Ordering;
use std::net::{IpAddr, SocketAddr};
use std::ops::Range;

use super::cell::{Reader, Row};
use super::{Column, UnknownColumn, words};

/// A column to sort by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortBy {
    /// The column.
    pub column: Column,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// Reads a list such as `state,-recvq`, where `-` puts the greatest first.
///
/// # Errors
/// [`UnknownColumn`] with the first word that names none.
pub fn parse(list: &str) -> Result<Vec<SortBy>, UnknownColumn> {
    let word = |(word, span): (&str, Range<usize>)| {
        let (descending, name) = word.strip_prefix('-').map_or((false, word), |name| (true, name));
        let unknown = || UnknownColumn { list: list.to_owned(), span: span.end - name.len()..span.end };
        Ok(SortBy { column: Column::named(name).ok_or_else(unknown)?, descending })
    };
    words(list).map(word).collect()
}

/// What a cell is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// By value.
    Number(u64),
    /// By address, then by port.
    End(IpAddr, u16),
    /// By its letters.
    Text(String),
}

impl SortBy {
    /// The key of a row; `None` for a cell that is empty.
    pub fn key(&self, row: &Row<'_>) -> Option<Key> {
        let end = |end: SocketAddr| Key::End(end.ip(), end.port());
        match self.column {
            column if column.is_number() => column.number(row).map(Key::Number),
            Column::Local | Column::LocalAddress if row.inet().is_some() => row.inet().map(|socket| end(socket.local)),
            Column::Peer | Column::PeerAddress if row.inet().is_some() => row.inet_peer().map(end),
            Column::State => Some(Key::Number(row.entry.state().rank().into())),
            Column::Timer => Column::Expires.number(row).map(Key::Number),
            Column::Pid => {
                let first = row.context.holders.and_then(|holders| holders.of(row.entry.inode()).next());
                first.map(|owner| Key::Number(owner.pid.into()))
            }
            column => {
                let mut text = String::new();
                column.push(&mut text, row, Reader::Program);
                (!text.is_empty()).then_some(Key::Text(text))
            }
        }
    }

    /// The order of two keys. Empty cells come last, whichever way the others go.
    pub fn compare(&self, one: Option<&Key>, other: Option<&Key>) -> Ordering {
        match (one, other) {
            (Some(one), Some(other)) if self.descending => other.cmp(one),
            (Some(one), Some(other)) => one.cmp(other),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_of_columns_to_sort_by() {
        let by = |column, descending| SortBy { column, descending };
        assert_eq!(parse("state,-recvq"), Ok(vec![by(Column::State, false), by(Column::RecvQ, true)]));
        assert_eq!(parse("state,-size").unwrap_err().word(), "size");
        assert!(parse("").is_err());
    }

    #[test]
    fn what_is_empty_comes_last_either_way() {
        let key = |number| Some(Key::Number(number));
        for descending in [false, true] {
            let by = SortBy { column: Column::Rtt, descending };
            let mut keys = [None, key(1), key(3), None, key(2)];
            keys.sort_by(|one, other| by.compare(one.as_ref(), other.as_ref()));
            let expected = if descending { [3, 2, 1] } else { [1, 2, 3] };
            assert_eq!(keys[..3], expected.map(key));
        }
    }
}
