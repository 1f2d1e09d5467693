//! Sockets that the tests of several dialects list.

use std::mem::MaybeUninit;
use std::net::{Shutdown, SocketAddr};

use socket2::{Domain, Protocol, Socket, TcpKeepalive, Type};
use sockeye_test_support::wait_until;

pub(crate) fn tcp(at: SocketAddr) -> Socket {
    Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP)).unwrap()
}

/// A listener; one of IPv6 takes IPv4 too, unless the system says otherwise.
pub(crate) fn listener(at: &str, backlog: i32) -> Socket {
    let at: SocketAddr = at.parse().unwrap();
    let socket = tcp(at);
    socket.bind(&at.into()).unwrap();
    socket.listen(backlog).unwrap();
    socket
}

/// A listener of IPv6 alone.
pub(crate) fn listener_v6only(at: &str, backlog: i32) -> Socket {
    let at: SocketAddr = at.parse().unwrap();
    let socket = tcp(at);
    socket.set_only_v6(true).unwrap();
    socket.bind(&at.into()).unwrap();
    socket.listen(backlog).unwrap();
    socket
}

/// A connection. The kernel gives a new address its routes by and by.
pub(crate) fn connected(to: SocketAddr) -> Socket {
    let mut connected = None;
    wait_until("a connection", || {
        let socket = tcp(to);
        connected = socket.connect(&to.into()).is_ok().then_some(socket);
        connected.is_some()
    });
    connected.unwrap()
}

/// Connections to `to`, where `server` listens: one with 1,000 octets that nobody has read and a keepalive timer, one that is
/// half closed, one in TIME-WAIT. What is given back holds them.
pub(crate) fn connections(server: &Socket, to: SocketAddr) -> Vec<Socket> {
    let pair = || (connected(to), server.accept().unwrap().0);
    let open = pair();
    open.0.send(&[7; 1000]).unwrap();
    open.0.set_tcp_keepalive(&TcpKeepalive::new()).unwrap();
    let half = pair();
    half.0.shutdown(Shutdown::Write).unwrap();
    let (ended, other) = pair();
    ended.shutdown(Shutdown::Write).unwrap();
    // The end of file is there: the FIN has come, and closing now is the orderly second half.
    assert_eq!(other.recv(&mut [MaybeUninit::uninit(); 1]).unwrap(), 0);
    drop(other);
    drop(ended);
    vec![open.0, open.1, half.0, half.1]
}

pub(crate) fn port_of(socket: &Socket) -> u16 {
    socket.local_addr().ok().and_then(|addr| addr.as_socket()).map_or(0, |addr| addr.port())
}
