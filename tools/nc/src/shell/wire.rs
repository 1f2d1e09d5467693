//! The connection: a TCP stream, or a UDP socket that sends to one peer.

use std::io::{self, Read};
use std::net::{Shutdown, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd};

use socket2::Socket;
use sockeye_sys::socket::{Datagram, output_queue, receive_datagram};

use crate::shell::stdio::{retry, unless_not_ready};

/// Total Length of IPv4, 65535, counts its own 20 octets of header and the 8 of UDP (RFC 791, RFC 768).
const UDP_OVER_IPV4_LEN: usize = 65_507;
/// Payload Length of IPv6, 65535, counts only UDP's 8 (RFC 8200).
const UDP_OVER_IPV6_LEN: usize = 65_527;

/// A socket that does not block, and who is at its other end.
pub(super) enum Wire {
    /// An octet stream.
    Stream {
        /// Connected.
        socket: Socket,
        /// To whom.
        peer: SocketAddr,
    },
    /// Datagrams.
    Datagrams {
        /// Connected, if there is a peer.
        socket: Socket,
        /// To whom; `None` takes datagrams from everybody and sends none.
        peer: Option<SocketAddr>,
    },
}

/// What a read brought.
pub(super) enum Received {
    /// Nothing yet.
    NotReady,
    /// The peer's FIN.
    End,
    /// So many octets of a stream.
    Octets(usize),
    /// A datagram.
    Datagram(Datagram),
}

impl Wire {
    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Stream { socket, .. } | Self::Datagrams { socket, .. } => socket.as_fd(),
        }
    }

    /// The peer for messages.
    pub(super) fn peer_text(&self) -> String {
        match self {
            Self::Stream { peer, .. } | Self::Datagrams { peer: Some(peer), .. } => peer.to_string(),
            Self::Datagrams { peer: None, .. } => "everybody".to_owned(),
        }
    }

    /// Whether each write is a datagram and each read brings one.
    pub(super) fn keeps_boundaries(&self) -> bool {
        matches!(self, Self::Datagrams { .. })
    }

    /// The longest payload that one datagram carries to the peer; a stream has none.
    pub(super) fn longest_datagram(&self) -> Option<usize> {
        match self {
            Self::Stream { .. } => None,
            Self::Datagrams { peer: Some(SocketAddr::V6(peer)), .. } if peer.ip().to_ipv4_mapped().is_none() => {
                Some(UDP_OVER_IPV6_LEN)
            }
            Self::Datagrams { .. } => Some(UDP_OVER_IPV4_LEN),
        }
    }

    /// Whether `peer` is somebody else than the one that this conversation is with.
    pub(super) fn is_stranger(&self, sender: Option<SocketAddr>) -> bool {
        match (self, sender) {
            // The same address may be written in two ways: scope ids and flow labels do not make another peer.
            (Self::Datagrams { peer: Some(peer), .. }, Some(sender)) => {
                (peer.ip(), peer.port()) != (sender.ip(), sender.port())
            }
            _ => false,
        }
    }

    /// The name of the call that [`Self::receive`] makes.
    pub(super) fn receive_call(&self) -> &'static str {
        if self.keeps_boundaries() { "recvmsg" } else { "recv" }
    }

    pub(super) fn receive(&self, room: &mut [u8]) -> io::Result<Received> {
        match self {
            Self::Stream { socket, .. } => {
                let mut socket = socket;
                Ok(match unless_not_ready(retry(|| socket.read(room)))? {
                    None => Received::NotReady,
                    Some(0) => Received::End,
                    Some(len) => Received::Octets(len),
                })
            }
            Self::Datagrams { socket, .. } => {
                Ok(unless_not_ready(receive_datagram(socket, room))?.map_or(Received::NotReady, Received::Datagram))
            }
        }
    }

    /// Sends what can be sent without waiting: of a stream a part, of datagrams all of it as one.
    pub(super) fn send(&self, octets: &[u8]) -> io::Result<Option<usize>> {
        let (Self::Stream { socket, .. } | Self::Datagrams { socket, .. }) = self;
        unless_not_ready(retry(|| socket.send(octets)))
    }

    /// Why poll(2) reports an error, if nobody was told yet.
    pub(super) fn take_error(&self) -> io::Result<Option<io::Error>> {
        let (Self::Stream { socket, .. } | Self::Datagrams { socket, .. }) = self;
        socket.take_error()
    }

    /// Octets, and the FIN, that were sent and not acknowledged. UDP acknowledges nothing.
    pub(super) fn unacknowledged(&self) -> usize {
        match self {
            Self::Stream { socket, .. } => output_queue(socket).unwrap_or(0),
            Self::Datagrams { .. } => 0,
        }
    }

    /// Ends the sending direction. UDP has nothing that a peer could see of it.
    pub(super) fn shutdown_write(&self) -> io::Result<()> {
        match self {
            Self::Stream { socket, .. } => socket.shutdown(Shutdown::Write),
            Self::Datagrams { .. } => Ok(()),
        }
    }
}
