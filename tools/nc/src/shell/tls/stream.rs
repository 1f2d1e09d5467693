//! TLS over a socket that does not block.

use std::io::{self, Read, Write};
use std::net::Shutdown;

use rustls::Connection;
use socket2::Socket;
use sockeye_sys::poll::Events;

use crate::shell::stdio::{retry, unless_not_ready};
use crate::shell::wire::Received;

/// Octets that one read takes from the socket: four records.
const RAW_LEN: usize = 1 << 16;
/// The most that is encrypted before the socket has taken all of it.
const CHUNK_LEN: usize = 1 << 18;

/// A TLS connection and its socket.
pub(in crate::shell) struct Stream {
    socket: Socket,
    connection: Connection,
    /// What came from the socket, and how much of it waits to be decrypted.
    raw: Vec<u8>,
    raw_start: usize,
    raw_end: usize,
    /// Octets that are decrypted and were not handed out.
    plaintext: usize,
    /// Octets that [`Self::send`] has encrypted and not yet admitted, because the socket has not taken all of them.
    encrypted: usize,
    /// An error behind octets that had to be handed out first.
    fault: Option<io::Error>,
    /// After an error nothing more can be read.
    broken: bool,
    close: Close,
}

/// How far the end of our direction is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Close {
    Open,
    /// close_notify is on its way; a FIN follows.
    Closing,
    Closed,
}

impl Stream {
    pub(in crate::shell) fn new(socket: Socket, mut connection: Connection) -> Self {
        // `send` limits what is encrypted ahead.
        connection.set_buffer_limit(None);
        Self {
            socket,
            connection,
            raw: vec![0; RAW_LEN],
            raw_start: 0,
            raw_end: 0,
            plaintext: 0,
            encrypted: 0,
            fault: None,
            broken: false,
            close: Close::Open,
        }
    }

    pub(in crate::shell) fn socket(&self) -> &Socket {
        &self.socket
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.connection
    }

    pub(in crate::shell) fn is_handshaking(&self) -> bool {
        self.connection.is_handshaking()
    }

    /// TLS has its own reasons to read and to write: a handshake, a new key, a close_notify.
    pub(in crate::shell) fn interest(&self, reads: bool, writes: bool) -> Events {
        let handshaking = self.connection.is_handshaking();
        let reads = if handshaking { self.connection.wants_read() } else { reads };
        let writes = (writes && !handshaking) || self.connection.wants_write();
        let reads = if reads { Events::IN } else { Events::EMPTY };
        reads | if writes { Events::OUT } else { Events::EMPTY }
    }

    pub(in crate::shell) fn holds_input(&self) -> bool {
        self.plaintext > 0 || self.raw_start < self.raw_end || self.fault.is_some()
    }

    /// Goes on with the handshake as far as the socket lets it. True when it is complete.
    pub(super) fn handshake(&mut self) -> io::Result<bool> {
        loop {
            self.flush()?;
            if !self.connection.is_handshaking() {
                return Ok(!self.connection.wants_write());
            }
            match self.fill()? {
                None => return Ok(false),
                Some(0) => {
                    let message = "the peer closed the connection during the handshake";
                    return Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
                }
                Some(_) => self.decrypt()?,
            }
        }
    }

    /// Octets of the peer. Before the handshake is complete this goes on with it and brings none.
    pub(in crate::shell) fn receive(&mut self, room: &mut [u8]) -> io::Result<Received> {
        if let Some(fault) = self.fault.take() {
            return Err(fault);
        }
        if self.connection.is_handshaking() && !self.broken {
            let complete = self.handshake().inspect_err(|_| self.broken = true)?;
            if !complete {
                return Ok(Received::NotReady);
            }
        }
        let mut filled = 0;
        let end = loop {
            let rest = room.get_mut(filled..).unwrap_or_default();
            if rest.is_empty() {
                return Ok(Received::Octets(filled));
            }
            match self.connection.reader().read(rest) {
                Ok(0) => break Ok(Received::End),
                Ok(len) => {
                    self.plaintext = self.plaintext.saturating_sub(len);
                    filled += len;
                    continue;
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(_) if self.broken => break Ok(Received::End),
                Err(_) => {
                    self.broken = true;
                    let message = "truncated: the connection ended without close_notify";
                    break Err(io::Error::new(io::ErrorKind::UnexpectedEof, message));
                }
            }
            if self.broken {
                break Ok(Received::End);
            }
            match self.more(filled > 0) {
                Ok(true) => {}
                Ok(false) => break Ok(Received::NotReady),
                Err(error) => {
                    self.broken = true;
                    break Err(error);
                }
            }
        };
        match end {
            end if filled == 0 => end,
            // The next call says it again.
            Ok(_) => Ok(Received::Octets(filled)),
            Err(fault) => {
                self.fault = Some(fault);
                Ok(Received::Octets(filled))
            }
        }
    }

    /// Decrypts what is there, or reads and decrypts if nothing has been handed out yet. False if there is nothing.
    fn more(&mut self, some: bool) -> io::Result<bool> {
        if self.raw_start >= self.raw_end && (some || self.fill()?.is_none()) {
            return Ok(false);
        }
        self.decrypt()?;
        // An answer to what came: new keys, session tickets. A socket that takes nothing is told by `send`.
        let _ = self.flush();
        Ok(true)
    }

    /// One read from the socket, if all that came before has been decrypted.
    fn fill(&mut self) -> io::Result<Option<usize>> {
        if self.raw_start < self.raw_end {
            return Ok(Some(self.raw_end - self.raw_start));
        }
        let mut socket = &self.socket;
        let read = unless_not_ready(retry(|| socket.read(&mut self.raw)))?;
        if let Some(len) = read {
            (self.raw_start, self.raw_end) = (0, len);
        }
        Ok(read)
    }

    /// Gives the connection some of what came, or tells it that nothing more comes.
    fn decrypt(&mut self) -> io::Result<()> {
        let mut waiting = self.raw.get(self.raw_start..self.raw_end).unwrap_or_default();
        let len = self.connection.read_tls(&mut waiting)?;
        // After close_notify nothing is taken any more.
        self.raw_start = if len == 0 { self.raw_end } else { self.raw_start.saturating_add(len) };
        match self.connection.process_new_packets() {
            Ok(state) => {
                self.plaintext = state.plaintext_bytes_to_read();
                Ok(())
            }
            Err(error) => {
                // The alert that says why; the peer may be gone.
                let _ = self.flush();
                Err(io::Error::new(io::ErrorKind::InvalidData, error))
            }
        }
    }

    /// Encrypts and sends. Octets count as sent only when the socket has taken their records, so that whoever calls
    /// keeps them until then, and calls again with the same octets in front.
    pub(in crate::shell) fn send(&mut self, octets: &[u8]) -> io::Result<Option<usize>> {
        if self.connection.is_handshaking() && !self.handshake()? {
            return Ok(None);
        }
        if self.encrypted == 0 {
            self.flush()?;
            if self.connection.wants_write() {
                return Ok(None);
            }
            let chunk = octets.get(..CHUNK_LEN).unwrap_or(octets);
            self.encrypted = self.connection.writer().write(chunk)?;
        }
        self.flush()?;
        if self.connection.wants_write() || self.encrypted == 0 {
            return Ok(None);
        }
        Ok(Some(std::mem::take(&mut self.encrypted)))
    }

    /// Gives the socket what it takes of the records that wait.
    pub(in crate::shell) fn flush(&mut self) -> io::Result<()> {
        while self.connection.wants_write() {
            let mut socket = &self.socket;
            let connection = &mut self.connection;
            if unless_not_ready(retry(|| connection.write_tls(&mut socket)))?.is_none() {
                return Ok(());
            }
        }
        if self.close == Close::Closing {
            self.close = Close::Closed;
            self.socket.shutdown(Shutdown::Write)?;
        }
        Ok(())
    }

    /// Ends our direction: close_notify, and a FIN behind it.
    pub(in crate::shell) fn shutdown_write(&mut self) -> io::Result<()> {
        if self.close == Close::Open {
            self.connection.send_close_notify();
            self.close = Close::Closing;
        }
        self.flush()
    }

    /// Whether something of ours, close_notify perhaps, waits for the socket.
    pub(in crate::shell) fn is_flushed(&self) -> bool {
        !self.connection.wants_write()
    }
}
