//! Both ends of a socket as every source tells them.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use sockeye_sys::Protocol;

use crate::socket::Socket;

/// Both ends, without zones and with mapped addresses as IPv4: trace events know no others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Key {
    protocol: Protocol,
    local: (IpAddr, u16),
    peer: (IpAddr, u16),
}

impl Key {
    /// Of these ends.
    pub fn new(protocol: Protocol, local: SocketAddr, peer: SocketAddr) -> Self {
        let end = |end: SocketAddr| (end.ip().to_canonical(), end.port());
        Self { protocol, local: end(local), peer: end(peer) }
    }

    /// Of a socket.
    pub fn of(socket: &Socket) -> Self {
        Self::new(socket.protocol, socket.local, socket.peer)
    }

    /// The same connection as its other end has it.
    pub fn mirrored(self) -> Self {
        Self { local: self.peer, peer: self.local, ..self }
    }

    /// The protocol and the port here: what is left when the kernel has forgotten the rest.
    pub fn without_peer(self) -> Self {
        let nowhere = (IpAddr::V4(Ipv4Addr::UNSPECIFIED), 0);
        Self { protocol: self.protocol, local: (nowhere.0, self.local.1), peer: nowhere }
    }

    /// Whether it has a local port: a connection that is only asked for has none yet.
    pub fn is_whole(self) -> bool {
        self.local.1 != 0
    }
}
