//! The sockets that queries go out on: a few for each server, each with a port of its own, replaced after some time.
//!
//! A socket for each query, as dig has it, would cost more than the query. Whoever wants to slip in an answer has to guess
//! the port of one of them and the id, and both are the system's random choice.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use socket2::SockRef;

/// How many sockets take turns for one server.
const ROTATION: usize = 4;
/// After how many queries a socket is replaced.
const USES: u32 = 4096;
/// Room for answers that come while we are busy, in octets.
const RECEIVE_BUFFER: usize = 4 << 20;

/// A socket that is connected to a server.
pub(super) struct Line {
    pub(super) udp: UdpSocket,
    server: SocketAddr,
    uses: u32,
    /// How many queries on it wait for their answer.
    pub(super) waiting: usize,
    /// It gets no further queries, and goes when nothing waits any more.
    retired: bool,
}

/// All of them; the index of each is the number by which the window knows it.
#[derive(Default)]
pub(super) struct Sockets {
    lines: Vec<Option<Line>>,
    source: Option<SocketAddr>,
    rotations: Vec<(SocketAddr, Vec<u16>, usize)>,
}

impl Sockets {
    /// The next socket to that server, from that address of ours if there is one.
    pub(super) fn next(&mut self, server: SocketAddr, source: Option<SocketAddr>) -> io::Result<u16> {
        if self.source != source {
            self.source = source;
            self.rotations.clear();
            for line in self.lines.iter_mut().flatten() {
                line.retired = true;
            }
            self.close_retired();
        }
        let place = self.rotations.iter().position(|(addr, ..)| *addr == server).unwrap_or_else(|| {
            self.rotations.push((server, Vec::new(), 0));
            self.rotations.len() - 1
        });
        let Some((_, numbers, turn)) = self.rotations.get_mut(place) else { return Err(io::ErrorKind::Other.into()) };
        *turn = (*turn + 1) % ROTATION;
        let turn = *turn;
        if let Some(number) = numbers.get(turn).copied() {
            let line = self.lines.get_mut(usize::from(number)).and_then(Option::as_mut);
            match line.filter(|line| line.uses < USES) {
                Some(_) => return Ok(number),
                None => self.retire(number),
            }
        }
        let number = self.open(server)?;
        if let Some((_, numbers, _)) = self.rotations.get_mut(place) {
            match numbers.get_mut(turn) {
                Some(old) => *old = number,
                None => numbers.push(number),
            }
        }
        Ok(number)
    }

    fn open(&mut self, server: SocketAddr) -> io::Result<u16> {
        let any: SocketAddr = match server {
            SocketAddr::V4(_) => (Ipv4Addr::UNSPECIFIED, 0).into(),
            SocketAddr::V6(_) => (Ipv6Addr::UNSPECIFIED, 0).into(),
        };
        let udp = UdpSocket::bind(self.source.unwrap_or(any))?;
        udp.connect(server)?;
        udp.set_nonblocking(true)?;
        // The system gives what it allows; the window is small enough for less.
        let _ = SockRef::from(&udp).set_recv_buffer_size(RECEIVE_BUFFER);
        let line = Line { udp, server, uses: 0, waiting: 0, retired: false };
        let place = self.lines.iter().position(Option::is_none).unwrap_or_else(|| {
            self.lines.push(None);
            self.lines.len() - 1
        });
        if let Some(empty) = self.lines.get_mut(place) {
            *empty = Some(line);
        }
        u16::try_from(place).map_err(|_| io::ErrorKind::QuotaExceeded.into())
    }

    /// The socket of that number.
    pub(super) fn get(&self, number: u16) -> Option<&Line> {
        self.lines.get(usize::from(number))?.as_ref()
    }

    /// All sockets on which an answer is waited for.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (u16, &Line)> {
        let numbered = self.lines.iter().enumerate();
        numbered.filter_map(|(number, line)| {
            let line = line.as_ref().filter(|line| line.waiting > 0)?;
            Some((u16::try_from(number).ok()?, line))
        })
    }

    /// So many queries went out on it.
    pub(super) fn sent(&mut self, number: u16, count: usize) {
        if let Some(line) = self.lines.get_mut(usize::from(number)).and_then(Option::as_mut) {
            line.waiting += count;
            line.uses = line.uses.saturating_add(u32::try_from(count).unwrap_or(u32::MAX));
        }
    }

    /// One of its queries waits no longer.
    pub(super) fn done(&mut self, number: u16) {
        let Some(place) = self.lines.get_mut(usize::from(number)) else { return };
        let Some(line) = place.as_mut() else { return };
        line.waiting = line.waiting.saturating_sub(1);
        if line.retired && line.waiting == 0 {
            *place = None;
        }
    }

    /// It gets no more queries.
    pub(super) fn retire(&mut self, number: u16) {
        if let Some(line) = self.lines.get_mut(usize::from(number)).and_then(Option::as_mut) {
            line.retired = true;
            line.uses = u32::MAX;
        }
        self.close_retired();
    }

    fn close_retired(&mut self) {
        for place in &mut self.lines {
            if place.as_ref().is_some_and(|line| line.retired && line.waiting == 0) {
                *place = None;
            }
        }
    }
}

impl Line {
    /// Whom it is connected to.
    pub(super) fn server(&self) -> SocketAddr {
        self.server
    }
}
