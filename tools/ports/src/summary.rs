//! How many sockets a network namespace has: counted from its own list, never from figures of the whole host.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_sys::sock_diag::InetSocket;
use sockeye_sys::{Family, TcpState};

use crate::entry::Entry;
use crate::filter::{Facts, Filter};
use crate::gather::{Gather, Rewind};
use crate::kind::Kind;
use crate::socket::Socket;
use crate::state::State;

/// The sockets of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Count {
    kind: &'static str,
    sockets: usize,
    /// Null outside the Internet families.
    ipv4: Option<usize>,
    ipv6: Option<usize>,
    /// By name, in the order of a listing.
    states: Vec<StateCount>,
    /// Closed by their processes, and still there: TIME-WAIT is counted apart.
    orphans: usize,
    /// Connections that wait for accept(2).
    not_accepted: usize,
    /// Null where the kernel tells of no socket.
    memory_octets: Option<u64>,
}

/// The sockets in one state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct StateCount {
    state: State,
    sockets: usize,
}

/// What a network namespace has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Summary<'a> {
    /// Null where only the own is asked for.
    netns: Option<&'a str>,
    sockets: usize,
    /// Null where the kernel tells of no socket.
    memory_octets: Option<u64>,
    kinds: Vec<Count>,
    /// Whether a line of headings stands above the kinds.
    #[serde(skip)]
    headings: bool,
}

/// Sockets that were counted and not kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts(BTreeMap<Kind, Count>);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, entry: &Entry) {
        self.0.entry(entry.kind()).or_default().add(entry);
    }

    /// Counts what others have counted.
    pub fn absorb(&mut self, other: Self) {
        for (kind, count) in other.0 {
            self.0.entry(kind).or_default().absorb(count);
        }
    }
}

/// Counts what a filter wants, and forgets it: a namespace may have more sockets than there is memory for.
#[derive(Clone, Debug)]
pub struct Tally<'a> {
    filter: &'a Filter,
    facts: Facts<'a>,
    /// What has been counted.
    pub counts: Counts,
}

impl<'a> Tally<'a> {
    /// One that has counted nothing.
    pub fn new(filter: &'a Filter, facts: Facts<'a>) -> Self {
        Self { filter, facts, counts: Counts::default() }
    }
}

impl Rewind for Tally<'_> {
    type Mark = Counts;

    fn mark(&mut self) -> Counts {
        self.counts.clone()
    }

    fn rewind(&mut self, mark: &Counts) {
        self.counts.clone_from(mark);
    }
}

impl Gather for Tally<'_> {
    fn inet(&mut self, kind: Kind, mut row: InetSocket, attributes: Option<&[u8]>) {
        if let Some(attributes) = attributes {
            row.read_attributes(attributes);
        }
        self.take(Entry::Inet(Socket::new(kind, row, attributes.is_some())));
    }

    fn take(&mut self, entry: Entry) {
        if self.filter.matches(&entry, &self.facts) {
            self.counts.add(&entry);
        }
    }

    fn another(&self) -> Self {
        Self::new(self.filter, self.facts)
    }

    fn absorb(&mut self, other: Self) {
        self.counts.absorb(other.counts);
    }
}

impl<'a> Summary<'a> {
    /// What has been counted, in the order of a listing.
    pub fn new(netns: Option<&'a str>, counts: &Counts, headings: bool) -> Self {
        let kinds = counts.0.iter();
        let mut kinds: Vec<Count> = kinds.map(|(kind, count)| Count { kind: kind.netid(), ..count.clone() }).collect();
        for count in &mut kinds {
            count.states.sort_by_key(|state| state.state.rank());
        }
        let memory_octets = kinds.iter().filter_map(|count| count.memory_octets).reduce(u64::saturating_add);
        Self { netns, sockets: kinds.iter().map(|count| count.sockets).sum(), memory_octets, kinds, headings }
    }
}

impl Count {
    fn absorb(&mut self, other: Self) {
        let sum = |one: Option<usize>, other: Option<usize>| one.map(|one| one + other.unwrap_or(0)).or(other);
        self.sockets += other.sockets;
        self.ipv4 = sum(self.ipv4, other.ipv4);
        self.ipv6 = sum(self.ipv6, other.ipv6);
        for StateCount { state, sockets } in other.states {
            self.count_state(state, sockets);
        }
        self.orphans += other.orphans;
        self.not_accepted += other.not_accepted;
        self.memory_octets =
            [self.memory_octets, other.memory_octets].into_iter().flatten().reduce(u64::saturating_add);
    }

    fn count_state(&mut self, state: State, sockets: usize) {
        match self.states.iter_mut().find(|count| count.state == state) {
            Some(count) => count.sockets += sockets,
            None => self.states.push(StateCount { state, sockets }),
        }
    }

    fn add(&mut self, entry: &Entry) {
        self.sockets += 1;
        if entry.kind().is_inet() {
            let is_ipv6 = entry.family() == Family::INET6;
            *self.ipv4.get_or_insert(0) += usize::from(!is_ipv6);
            *self.ipv6.get_or_insert(0) += usize::from(is_ipv6);
        }
        let state = entry.state();
        self.count_state(state, 1);
        if entry.inode().is_none() {
            match state {
                State::Tcp(TcpState::Established | TcpState::CloseWait) => self.not_accepted += 1,
                State::Tcp(TcpState::FinWait1 | TcpState::FinWait2 | TcpState::Closing | TcpState::LastAck) => {
                    self.orphans += 1;
                }
                _ => {}
            }
        }
        if let Some(memory) = entry.skmeminfo() {
            let used = [memory.rmem_alloc, memory.wmem_queued.max(memory.wmem_alloc), memory.fwd_alloc, memory.optmem];
            let used: u64 = used.into_iter().map(u64::from).sum();
            self.memory_octets = Some(self.memory_octets.unwrap_or(0).saturating_add(used));
        }
    }

    /// What the states and queues say, in words.
    fn words(&self) -> String {
        let mut words: Vec<String> = Vec::new();
        for count in &self.states {
            let name = count.state.name().map_or_else(|| count.state.number().to_string(), str::to_owned);
            words.push(format!("{} {name}", count.sockets));
        }
        for (count, name) in [(self.orphans, "orphaned"), (self.not_accepted, "not yet accepted")] {
            if count > 0 {
                words.push(format!("{count} {name}"));
            }
        }
        words.join(", ")
    }
}

impl Render for Summary<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let name = self.netns.map_or_else(
            || "Sockets of this network namespace".to_owned(),
            |name| format!("Sockets of network namespace {name}"),
        );
        let memory = self.memory_octets.map(|octets| format!(", {octets} octets of memory")).unwrap_or_default();
        text.line(text.paint(Role::Strong, &format!("{name}: {}{memory}", self.sockets)))?;
        if self.kinds.is_empty() {
            return Ok(());
        }
        let rows: Vec<[String; 5]> = self
            .kinds
            .iter()
            .map(|count| {
                let or_none =
                    |number: Option<usize>| number.map_or_else(|| "-".to_owned(), |number| number.to_string());
                let memory = count.memory_octets.map_or_else(|| "-".to_owned(), |octets| octets.to_string());
                [count.kind.to_owned(), count.sockets.to_string(), or_none(count.ipv4), or_none(count.ipv6), memory]
            })
            .collect();
        let headings = ["Kind", "Sockets", "IPv4", "IPv6", "Memory"];
        let mut widths = headings.map(str::len);
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.len());
            }
        }
        let [kind, sockets, ipv4, ipv6, memory] = widths;
        let line = |cells: [&str; 5], last: &str| {
            let [name, count, v4, v6, octets] = cells;
            let line = format!("{name:kind$}  {count:>sockets$}  {v4:>ipv4$}  {v6:>ipv6$}  {octets:>memory$}  {last}");
            line.trim_end().to_owned()
        };
        if self.headings {
            text.line(text.paint(Role::Heading, &line(headings, "States")))?;
        }
        let indent = kind + sockets + ipv4 + ipv6 + memory + 10;
        for (row, count) in rows.iter().zip(&self.kinds) {
            let cells = [&row[0], &row[1], &row[2], &row[3], &row[4]].map(String::as_str);
            let mut words =
                folded(&count.words(), text.width().map(|width| usize::from(width).saturating_sub(indent))).into_iter();
            text.line(line(cells, &words.next().unwrap_or_default()))?;
            words.try_for_each(|more| text.line(format!("{:indent$}{more}", "")))?;
        }
        Ok(())
    }
}

/// A list of words with commas, cut behind a comma where it is too wide.
fn folded(words: &str, width: Option<usize>) -> Vec<String> {
    let width = width.unwrap_or(usize::MAX).max(20);
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_inclusive(", ") {
        match lines.last_mut() {
            Some(line) if line.len() + word.trim_end().len() <= width => line.push_str(word),
            _ => lines.push(word.to_owned()),
        }
    }
    for line in &mut lines {
        line.truncate(line.trim_end().len());
    }
    lines
}

#[cfg(test)]
mod tests {
    use sockeye_sys::Protocol;

    use super::*;

    /// INET_DIAG_SKMEMINFO with this in the receive queue.
    fn memory(rmem: u32) -> Vec<u8> {
        let words = [rmem, 0, 0, 0, 0, 0, 0];
        [32_u16.to_ne_bytes(), 7_u16.to_ne_bytes()]
            .concat()
            .into_iter()
            .chain(words.into_iter().flat_map(u32::to_ne_bytes))
            .collect()
    }

    fn row(state: TcpState, local: &str, inode: u32) -> InetSocket {
        let local = local.parse().unwrap();
        InetSocket { inode, ..InetSocket::bare(Protocol::TCP, state, local, local) }
    }

    #[test]
    fn what_is_counted_apart_and_together_is_the_same_and_can_be_taken_back() {
        let query = crate::filter::parse(&["sport != 9"]).unwrap();
        let filter = crate::shell::filter::resolve(&query).unwrap();
        let mut tally = Tally::new(&filter, Facts::default());
        let rows = [
            (TcpState::Established, "127.0.0.1:80", 7, Some(100)),
            (TcpState::Established, "[::1]:80", 0, Some(20)),
            (TcpState::Listen, "127.0.0.1:9", 8, Some(4000)),
            (TcpState::FinWait1, "127.0.0.1:81", 0, None),
        ];
        let take = |tally: &mut Tally<'_>, (state, local, inode, rmem): (TcpState, &str, u32, Option<u32>)| {
            tally.inet(Kind::Tcp, row(state, local, inode), rmem.map(memory).as_deref());
        };
        for one in &rows {
            take(&mut tally, *one);
        }
        let mark = tally.mark();
        take(&mut tally, rows[0]);
        tally.rewind(&mark);
        let (mut first, mut second) = (tally.another(), tally.another());
        take(&mut first, rows[3]);
        for one in &rows[..3] {
            take(&mut second, *one);
        }
        first.absorb(second);
        let told = Summary::new(None, &tally.counts, true);
        assert_eq!(told.kinds.iter().map(|count| (count.kind, count.sockets)).collect::<Vec<_>>(), [("tcp", 3)]);
        assert_eq!((told.sockets, told.memory_octets), (3, Some(120)));
        let [count] = told.kinds.as_slice() else { panic!("{told:?}") };
        assert_eq!((count.ipv4, count.ipv6, count.orphans, count.not_accepted), (Some(2), Some(1), 1, 1));
        assert_eq!(Summary::new(None, &first.counts, true), told);
    }
}
