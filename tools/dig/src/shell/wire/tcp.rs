//! A connection whose reads and writes end at a deadline, not each after a while of its own.

#![expect(clippy::disallowed_methods, reason = "the shell: sockets and the time that is left")]

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use socket2::{Domain, Protocol, Socket, Type};

/// A connected socket.
pub(super) struct Tcp {
    socket: Socket,
}

impl Tcp {
    pub(super) fn connect(peer: SocketAddr, source: Option<SocketAddr>, until: Instant) -> io::Result<Self> {
        let socket = open(peer, source, Type::STREAM, Protocol::TCP, until)?;
        // What goes out is a whole turn of the dialogue: nothing is worth waiting for the last one's acknowledgement.
        socket.set_tcp_nodelay(true)?;
        Ok(Self { socket })
    }

    /// Acknowledges what comes at once. A server that has sent something after the handshake (tickets, settings) may
    /// wait for that before it sends the answer (Nagle).
    pub(super) fn hurry(&self) {
        // Without it everything only takes longer.
        let _ = self.socket.set_tcp_quickack(true);
    }

    /// This socket until then, as [`Read`] and [`Write`].
    pub(super) fn until(&mut self, until: Instant) -> Until<'_> {
        Until { socket: &mut self.socket, until }
    }
}

/// A socket with the time until which it may be waited for.
pub(super) struct Until<'a> {
    socket: &'a mut Socket,
    until: Instant,
}

impl Read for Until<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.socket.set_read_timeout(Some(time_left(self.until)?))?;
            match self.socket.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                // The kernel's timer may run out a little before ours.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                done => return done,
            }
        }
    }
}

impl Write for Until<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        loop {
            self.socket.set_write_timeout(Some(time_left(self.until)?))?;
            match self.socket.write(octets) {
                Err(error) if matches!(error.kind(), io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock) => {}
                done => return done,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Makes, binds and connects a socket.
pub(super) fn open(
    peer: SocketAddr,
    source: Option<SocketAddr>,
    kind: Type,
    protocol: Protocol,
    until: Instant,
) -> io::Result<Socket> {
    let socket = Socket::new(Domain::for_address(peer), kind, Some(protocol))?;
    if let Some(source) = source {
        socket.bind(&source.into())?;
    }
    // A connected datagram socket hears that nobody listens, and nobody else.
    socket.connect_timeout(&peer.into(), time_left(until)?)?;
    Ok(socket)
}

/// What is left until then.
///
/// # Errors
/// [`io::ErrorKind::TimedOut`] if nothing is: a timeout of zero would mean none to the kernel.
pub(super) fn time_left(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}
