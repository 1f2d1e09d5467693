//! What becomes of sockets as they come: they are kept, or counted and forgotten.

use sockeye_sys::sock_diag::InetSocket;

use crate::details::{Details, Packer};
use crate::entry::Entry;
use crate::kind::Kind;
use crate::socket::Socket;

/// Gives back what a list brought: one that changed while it was read is asked for again.
pub trait Rewind {
    /// Where a list began.
    type Mark;

    /// Where the next socket will be.
    fn mark(&mut self) -> Self::Mark;

    /// Gives back what came since then.
    fn rewind(&mut self, mark: &Self::Mark);
}

impl<T> Rewind for Vec<T> {
    type Mark = usize;

    fn mark(&mut self) -> usize {
        self.len()
    }

    fn rewind(&mut self, mark: &usize) {
        self.truncate(*mark);
    }
}

/// Takes sockets one by one.
pub trait Gather: Rewind + Send + Sized {
    /// Takes a socket of the Internet families. `attributes` are what the kernel sent behind the row, where that is wanted.
    fn inet(&mut self, kind: Kind, row: InetSocket, attributes: Option<&[u8]>);

    /// Takes any socket.
    fn take(&mut self, entry: Entry);

    /// One that has taken nothing and would do the same.
    #[must_use]
    fn another(&self) -> Self;

    /// Takes in what another one took.
    fn absorb(&mut self, other: Self);
}

/// Keeps every socket.
#[derive(Default)]
pub struct Rows {
    entries: Vec<Entry>,
    /// The attributes of the last entries.
    packer: Packer,
}

impl Rows {
    /// The sockets, in the order in which they came.
    pub fn finish(mut self) -> Vec<Entry> {
        self.settle();
        self.entries
    }

    /// Gives the last entries their attributes.
    fn settle(&mut self) {
        let start = self.entries.len().saturating_sub(self.packer.len());
        if self.packer.is_empty() {
            return;
        }
        let entries = self.entries.get_mut(start..).unwrap_or_default();
        for (entry, packed) in entries.iter_mut().zip(self.packer.finish()) {
            if let Entry::Inet(socket) = entry {
                socket.details = Some(Details::Packed(packed));
            }
        }
    }
}

impl Rewind for Rows {
    type Mark = usize;

    fn mark(&mut self) -> usize {
        self.settle();
        self.entries.len()
    }

    fn rewind(&mut self, mark: &usize) {
        self.settle();
        self.entries.truncate(*mark);
    }
}

impl Gather for Rows {
    fn inet(&mut self, kind: Kind, row: InetSocket, attributes: Option<&[u8]>) {
        let Some(attributes) = attributes else { return self.take(Entry::Inet(Socket::new(kind, row, false))) };
        self.entries.push(Entry::Inet(Socket::new(kind, row, false)));
        self.packer.push(attributes);
        if self.packer.is_full() {
            self.settle();
        }
    }

    fn take(&mut self, entry: Entry) {
        self.settle();
        self.entries.push(entry);
    }

    fn another(&self) -> Self {
        Self::default()
    }

    fn absorb(&mut self, other: Self) {
        self.settle();
        let mut others = other.finish();
        // The longer of two long lists stays where it is.
        if self.entries.is_empty() {
            self.entries = others;
        } else {
            self.entries.append(&mut others);
        }
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::{Protocol, TcpState};

    use super::*;

    #[test]
    fn each_row_gets_the_attributes_that_came_with_it() {
        let end = |port: u16| format!("127.0.0.1:{port}").parse().unwrap();
        let row = |port| InetSocket::bare(Protocol::TCP, TcpState::Established, end(port), end(9));
        // INET_DIAG_TOS.
        let tos = |tos: u8| [&5_u16.to_ne_bytes()[..], &5_u16.to_ne_bytes(), &[tos, 0, 0, 0]].concat();
        let mut rows = Rows::default();
        rows.inet(Kind::Tcp, row(1000), None);
        for number in 0..200 {
            rows.inet(Kind::Tcp, row(u16::from(number)), Some(&tos(number)));
        }
        let mark = rows.mark();
        rows.inet(Kind::Tcp, row(7), Some(&tos(1)));
        rows.rewind(&mark);
        let mut other = rows.another();
        other.inet(Kind::Tcp, row(300), Some(&tos(99)));
        rows.absorb(other);
        let told: Vec<(u16, Option<u8>)> = rows
            .finish()
            .iter()
            .filter_map(Entry::as_inet)
            .map(|socket| (socket.local.port(), socket.details().and_then(|row| row.tos)))
            .collect();
        let mut expected = vec![(1000, None)];
        expected.extend((0..200_u8).map(|number| (u16::from(number), Some(number))));
        expected.push((300, Some(99)));
        assert_eq!(told, expected);
    }
}
