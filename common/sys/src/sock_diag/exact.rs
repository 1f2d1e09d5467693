//! One socket by its ends: a question that costs the kernel a look into its hash table, not a walk through it.

use std::io;

use super::destroy::SocketId;
use super::parse::parse_batch;
use super::row::InetSocket;
use super::{SOCK_DIAG_BY_FAMILY, SockDiag};
use crate::error::CallError;
use crate::netlink;

/// The cookie in a [`SocketId`] that stands for any.
///
/// # Source
/// Linux, include/uapi/linux/inet_diag.h, `INET_DIAG_NOCOOKIE`.
pub const ANY_COOKIE: u64 = u64::MAX;

impl SockDiag {
    /// The connection with these ends, TIME-WAIT and half-open ones included; `None` if there is none.
    ///
    /// The kernel looks up a connection as if a segment had come: where there is none, a listener on the local port may
    /// be what it finds.
    ///
    /// # Errors
    /// [`CallError`] if the kernel cannot be asked.
    pub fn find(&mut self, id: &SocketId) -> Result<Option<InetSocket>, CallError> {
        let fail = |call| move |error| CallError::new(call, "NETLINK_SOCK_DIAG", error);
        self.socket.send(&id.message(SOCK_DIAG_BY_FAMILY, netlink::NLM_F_REQUEST)).map_err(fail("send"))?;
        let batch = self.socket.receive().map_err(fail("recv"))?;
        let mut found = None;
        let end = parse_batch(batch, id.protocol, &mut |row| found = Some(row))
            .map_err(|fault| fail("recv")(io::Error::new(io::ErrorKind::InvalidData, fault)))?;
        match end.finished {
            // Not there, or another cookie.
            Some(libc::ENOENT | libc::ESTALE | 0) | None => Ok(found),
            Some(errno) => Err(fail("find")(io::Error::from_raw_os_error(errno))),
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "what is looked for must be there")]

    use std::net::{TcpListener, TcpStream};

    use super::*;
    use crate::numbers::{Family, Protocol, TcpState};
    use crate::sock_diag::{Request, StateMask};

    #[test]
    fn both_families_of_tcp_are_listed_in_one_walk() {
        let listeners = ["127.0.0.1:0", "[::1]:0"].map(|end| TcpListener::bind(end).unwrap());
        let mut diag = SockDiag::open().unwrap();
        let request = Request { states: StateMask::LISTEN, ..Request::new(Family::UNSPEC, Protocol::TCP) };
        let mut rows = Vec::new();
        diag.dump(&request, &mut |row| rows.push(row)).unwrap();
        for (listener, family) in listeners.iter().zip([Family::INET, Family::INET6]) {
            let local = listener.local_addr().unwrap();
            let row = rows.iter().find(|row| row.local == local).unwrap();
            assert_eq!((row.family, row.protocol, row.state), (family, Protocol::TCP, TcpState::Listen));
        }
    }

    #[test]
    fn a_connection_is_found_by_its_ends_and_its_cookie() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (local, peer) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
        let mut diag = SockDiag::open().unwrap();
        let any =
            SocketId { family: Family::INET, protocol: Protocol::TCP, local, peer, interface: 0, cookie: ANY_COOKIE };
        let found = diag.find(&any).unwrap().unwrap();
        assert_eq!((found.local, found.peer, found.state), (local, peer, TcpState::Established));
        let named = SocketId::from(&found);
        assert_eq!(diag.find(&named).unwrap().map(|row| row.inode), Some(found.inode));
        let other = SocketId { cookie: found.cookie ^ 1 << 33, ..named };
        assert_eq!(diag.find(&other).unwrap(), None, "the high half counts too");
        let nobody = SocketId { local: peer, peer: "127.0.0.1:1".parse().unwrap(), ..named };
        assert_eq!(diag.find(&nobody).unwrap(), None);
    }
}
