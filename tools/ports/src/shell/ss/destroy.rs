//! Sockets that are destroyed: those that `ss -K` destroys, and word of others, for `ss -E`.

use sockeye_cli::Failure;
use sockeye_sys::Protocol;
use sockeye_sys::sock_diag::{Closing, Closings, SockDiag, SocketId, Wanted};

use crate::entry::Entry;
use crate::kind::Kind;
use crate::socket::Socket;

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
        match diag.destroy(&id(socket)) {
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

fn id(socket: &Socket) -> SocketId {
    SocketId {
        family: socket.family,
        protocol: if socket.kind == Kind::Tcp { Protocol::TCP } else { Protocol::UDP },
        local: socket.local,
        peer: socket.peer,
        interface: socket.interface.unwrap_or(0),
        cookie: socket.cookie,
    }
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
    /// [`Failure`] if the kernel cannot be understood.
    pub fn wait(&mut self) -> Result<Option<Entry>, Failure> {
        loop {
            match self.0.next(None).map_err(|error| Failure::host(error.to_string()))? {
                Some(Closing::Socket(row)) => {
                    if let Some(kind) = Kind::of_protocol(row.protocol) {
                        return Ok(Some(Entry::Inet(Socket::new(kind, *row, true))));
                    }
                }
                Some(Closing::Lost) => return Ok(None),
                None => {}
            }
        }
    }
}
