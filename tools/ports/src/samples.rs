//! Sockets for the tests.

use std::net::SocketAddr;

use sockeye_sys::sock_diag::{Timer, TimerKind};
use sockeye_sys::{Family, Protocol, TcpState};

use crate::kind::Kind;
use crate::socket::Socket;
use crate::state::State;

/// A socket with nothing in it but its ends and its state.
pub(crate) fn socket(protocol: Protocol, state: TcpState, local: &str, peer: &str) -> Socket {
    let local: SocketAddr = local.parse().unwrap();
    Socket {
        kind: Kind::of_protocol(protocol).unwrap(),
        protocol,
        family: if local.is_ipv4() { Family::INET } else { Family::INET6 },
        state: State::of(protocol, state),
        local,
        peer: peer.parse().unwrap(),
        interface: None,
        recv_queue: 0,
        send_queue: 0,
        timer: Timer { kind: TimerKind::Off, retransmits: 0, expires_ms: 0 },
        uid: Some(0),
        inode: Some(1),
        cookie: 1,
        v6only: None,
        details: None,
    }
}
