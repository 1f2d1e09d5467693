//! One query's socket: a datagram and its answers, or a connection and its messages.

#![expect(clippy::disallowed_methods, reason = "the shell: sockets and the time that is left")]

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, SockAddr, Socket, Type};

use crate::exchange::Ask;
use crate::explain::Transport;

/// The largest message there is, in octets.
const MAX_MESSAGE: usize = 65535;

/// What came of waiting.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    Datagram(SocketAddr, Vec<u8>),
    Message(Vec<u8>),
    TimedOut,
    SetupFailed(String),
    Failed(String),
}

impl Heard {
    /// The message, if one came.
    pub(super) fn octets(&self) -> Option<&[u8]> {
        match self {
            Self::Datagram(_, octets) | Self::Message(octets) => Some(octets),
            _ => None,
        }
    }
}

/// A socket on which a query went out.
pub(super) struct Line {
    socket: Socket,
    transport: Transport,
    peer: SocketAddr,
    /// The connection broke when the query was sent.
    broken: Option<String>,
}

impl Line {
    /// Opens a socket of its own, so that the source port is a fresh one, and sends the query.
    pub(super) fn open(ask: &Ask, source: Option<SocketAddr>) -> Result<Self, Heard> {
        let addr = ask.server.addr;
        let (kind, protocol) = match ask.transport {
            Transport::Udp => (Type::DGRAM, Protocol::UDP),
            _ => (Type::STREAM, Protocol::TCP),
        };
        let setup = || -> io::Result<Socket> {
            let socket = Socket::new(Domain::for_address(addr), kind, Some(protocol))?;
            if let Some(source) = source {
                socket.bind(&source.into())?;
            }
            // A connected datagram socket hears that nobody listens, and nobody else.
            connect(&socket, &addr.into(), ask.until)?;
            Ok(socket)
        };
        let socket = setup().map_err(|error| Heard::SetupFailed(reason(&error)))?;
        let mut line = Self { socket, transport: ask.transport, peer: addr, broken: None };
        line.broken = line.send(&ask.octets).err().map(|error| reason(&error));
        Ok(line)
    }

    fn send(&mut self, octets: &[u8]) -> io::Result<()> {
        match self.transport {
            Transport::Udp => self.socket.send(octets).map(|_| ()),
            _ => {
                let length = u16::try_from(octets.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
                // One segment: some servers expect the message right behind its length.
                let mut framed = length.to_be_bytes().to_vec();
                framed.extend_from_slice(octets);
                self.socket.write_all(&framed)
            }
        }
    }

    /// Waits for the next datagram or message, until then at most.
    pub(super) fn hear(&mut self, until: Instant) -> Heard {
        if let Some(reason) = self.broken.take() {
            return Heard::Failed(reason);
        }
        let heard = match self.transport {
            Transport::Udp => self.datagram(until).map(|octets| Heard::Datagram(self.peer, octets)),
            _ => self.message(until).map(Heard::Message),
        };
        heard.unwrap_or_else(|error| match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Heard::TimedOut,
            _ => Heard::Failed(reason(&error)),
        })
    }

    fn datagram(&mut self, until: Instant) -> io::Result<Vec<u8>> {
        let mut octets = vec![0; MAX_MESSAGE];
        self.set_timeout(until)?;
        let length = self.socket.read(&mut octets)?;
        octets.truncate(length);
        Ok(octets)
    }

    fn message(&mut self, until: Instant) -> io::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.read_exact(&mut length, until)?;
        let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
        self.read_exact(&mut octets, until)?;
        Ok(octets)
    }

    /// As [`Read::read_exact`], with a deadline for all of it and not for each read.
    fn read_exact(&mut self, buffer: &mut [u8], until: Instant) -> io::Result<()> {
        let mut rest = buffer;
        while !rest.is_empty() {
            self.set_timeout(until)?;
            match self.socket.read(rest) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(got) => rest = rest.get_mut(got..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn set_timeout(&self, until: Instant) -> io::Result<()> {
        let left = time_left(until).ok_or(io::ErrorKind::TimedOut)?;
        self.socket.set_read_timeout(Some(left))
    }
}

fn connect(socket: &Socket, addr: &SockAddr, until: Instant) -> io::Result<()> {
    let left = time_left(until).ok_or(io::ErrorKind::TimedOut)?;
    socket.connect_timeout(addr, left)
}

/// `None` when there is none: a timeout of zero would mean none to the kernel.
fn time_left(until: Instant) -> Option<Duration> {
    until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero())
}

/// dig's word for an error.
fn reason(error: &io::Error) -> String {
    let word = match error.kind() {
        io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => "timed out",
        io::ErrorKind::ConnectionRefused => "connection refused",
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "connection reset",
        io::ErrorKind::UnexpectedEof => "end of file",
        io::ErrorKind::NetworkUnreachable => "network unreachable",
        io::ErrorKind::HostUnreachable => "host unreachable",
        io::ErrorKind::AddrNotAvailable => "address not available",
        io::ErrorKind::AddrInUse => "address in use",
        io::ErrorKind::InvalidInput => "invalid file",
        io::ErrorKind::PermissionDenied => "permission denied",
        _ => "failure",
    };
    word.to_owned()
}
