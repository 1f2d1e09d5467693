//! Sockets that are destroyed: those that `ss -K` destroys, and word of others, for `ss -E`.

use std::io;
use std::os::fd::AsFd as _;
use std::time::Duration;

use sockeye_cli::{Failure, Status};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::sock_diag::{Closing, Closings, InetSocket, SockDiag, Wanted};

use crate::entry::Entry;
use crate::kind::Kind;
use crate::socket::Socket;
use crate::state::State;

/// Destroys sockets and returns those that were, and the first failure: the others are destroyed all the same. What is gone
/// already, or what the kernel does not destroy, is left out.
///
/// # Errors
/// [`Failure`] if the kernel cannot be asked.
pub fn destroy(entries: Vec<Entry>) -> Result<(Vec<Entry>, Option<Failure>), Failure> {
    // ENOENT, EOPNOTSUPP.
    const PASSED_OVER: [i32; 2] = [2, 95];
    const EPERM: i32 = 1;
    let mut failed = None;
    let mut diag = SockDiag::open().map_err(|error| Failure::host(error.to_string()))?;
    let mut destroyed = Vec::new();
    for entry in entries {
        let Some(socket) = entry.as_inet().filter(|socket| matches!(socket.kind, Kind::Tcp | Kind::Udp)) else {
            continue;
        };
        match diag.destroy(&socket.id()) {
            Ok(()) => destroyed.push(entry),
            Err(error) if error.errno().is_some_and(|errno| PASSED_OVER.contains(&errno)) => {}
            Err(error) => {
                failed.get_or_insert_with(|| {
                    let failure = Failure::host(error.to_string());
                    if error.errno() == Some(EPERM) { failure.hint("needs CAP_NET_ADMIN") } else { failure }
                });
            }
        }
    }
    Ok((destroyed, failed))
}

/// Word of sockets that were destroyed.
#[derive(Debug)]
pub struct Endings(Closings);

impl Endings {
    /// Starts to listen.
    ///
    /// # Errors
    /// [`Failure`] if the kernel does not tell.
    pub fn open(wanted: Wanted) -> Result<Self, Failure> {
        Closings::open(wanted).map(Self).map_err(|error| Failure::host(error.to_string()))
    }

    /// Waits for the next; `None` if some were lost.
    ///
    /// # Errors
    /// [`Failure`] if the kernel cannot be understood, or nobody reads standard output any more.
    pub fn wait(&mut self) -> Result<Option<Entry>, Failure> {
        loop {
            match self.0.next(Some(Duration::ZERO)).map_err(|error| Failure::host(error.to_string()))? {
                Some(Closing::Socket(row)) => {
                    if let Some(entry) = ended(*row) {
                        return Ok(Some(entry));
                    }
                }
                Some(Closing::Lost) => return Ok(None),
                None => self.sleep()?,
            }
        }
    }

    fn sleep(&self) -> Result<(), Failure> {
        let stdout = io::stdout();
        // Asked for nothing, it still tells that nobody reads.
        let mut fds = [PollFd::new(self.0.as_fd(), Events::IN), PollFd::new(stdout.as_fd(), Events::EMPTY)];
        poll(&mut fds, None).map_err(|error| Failure::call(Status::HOST, "poll", "the sources", &error))?;
        let [_, stdout] = fds;
        if stdout.ready().is_empty() { Ok(()) } else { Err(Failure::ClosedPipe) }
    }
}

/// What the kernel says of a socket as it frees it. In a listing TCP's CLOSED is what is only bound; here it is what was.
fn ended(mut row: InetSocket) -> Option<Entry> {
    let kind = Kind::of_protocol(row.protocol)?;
    // The kernel takes off the one that it counts in every socket once too often.
    if row.wqueue == u32::MAX {
        row.wqueue = 0;
    }
    let state = row.state;
    let mut socket = Socket::new(kind, row, true);
    if kind.has_tcp_states() {
        socket.state = State::Tcp(state);
    }
    Some(Entry::Inet(socket))
}

#[cfg(test)]
mod tests {
    use sockeye_sys::{Protocol, TcpState};

    use super::*;

    #[test]
    fn what_has_ended_is_closed_and_had_a_peer() {
        let row = |protocol| {
            let (local, peer) = ("127.0.0.1:80".parse().unwrap(), "127.0.0.1:4000".parse().unwrap());
            InetSocket { wqueue: u32::MAX, ..InetSocket::bare(protocol, TcpState::Closed, local, peer) }
        };
        let Some(Entry::Inet(tcp)) = ended(row(Protocol::TCP)) else { panic!("TCP is told") };
        assert_eq!((tcp.state, tcp.has_peer(), tcp.send_queue), (State::Tcp(TcpState::Closed), true, 0));
        let Some(Entry::Inet(udp)) = ended(row(Protocol::UDP)) else { panic!("UDP is told") };
        assert_eq!((udp.state, udp.send_queue), (State::Unconnected, 0));
    }
}
