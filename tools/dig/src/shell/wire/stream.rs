//! A connection with or without TLS, and the messages on it, each behind its length.

#![expect(clippy::disallowed_methods, reason = "the shell: when the first octet came")]

use std::io::{self, Read, Write};
use std::net::SocketAddr;
use std::time::Instant;

use super::tcp::Tcp;
use super::tls::{Setup, TlsStream};

/// A connection.
pub(super) enum Stream {
    Plain(Tcp),
    Tls(Box<TlsStream>),
}

impl Stream {
    pub(super) fn connect(peer: SocketAddr, source: Option<SocketAddr>, until: Instant) -> io::Result<Self> {
        Tcp::connect(peer, source, until).map(Self::Plain)
    }

    /// Puts TLS on it and waits for the handshake.
    pub(super) fn secure(self, setup: &Setup, until: Instant) -> io::Result<Self> {
        match self {
            Self::Plain(tcp) => TlsStream::handshake(tcp, setup, until).map(|stream| Self::Tls(Box::new(stream))),
            secure @ Self::Tls(_) => Ok(secure),
        }
    }

    /// The protocol that the server has chosen in TLS.
    pub(super) fn alpn(&self) -> Option<&[u8]> {
        match self {
            Self::Plain(_) => None,
            Self::Tls(tls) => tls.alpn(),
        }
    }

    /// Some octets; none at the end.
    pub(super) fn read(&mut self, buffer: &mut [u8], until: Instant) -> io::Result<usize> {
        match self {
            Self::Plain(tcp) => tcp.until(until).read(buffer),
            Self::Tls(tls) => tls.read(buffer, until),
        }
    }

    pub(super) fn write_all(&mut self, octets: &[u8], until: Instant) -> io::Result<()> {
        match self {
            Self::Plain(tcp) => tcp.until(until).write_all(octets),
            Self::Tls(tls) => tls.write_all(octets, until),
        }
    }

    /// Sends a message behind its length (RFC 1035, section 4.2.2; RFC 7766, section 8).
    pub(super) fn send_message(&mut self, octets: &[u8], until: Instant) -> io::Result<()> {
        // One segment: some servers expect the message right behind its length.
        self.write_all(&framed(octets)?, until)
    }

    /// Waits for a whole message, and notes when its first octet came.
    pub(super) fn message(&mut self, until: Instant, first: &mut Option<Instant>) -> io::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.read_exact(&mut length, until, first)?;
        let mut octets = vec![0; usize::from(u16::from_be_bytes(length))];
        self.read_exact(&mut octets, until, first)?;
        Ok(octets)
    }

    /// As [`Read::read_exact`], with a deadline for all of it and not for each read.
    fn read_exact(&mut self, buffer: &mut [u8], until: Instant, first: &mut Option<Instant>) -> io::Result<()> {
        let mut rest = buffer;
        while !rest.is_empty() {
            match self.read(rest, until)? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                got => rest = rest.get_mut(got..).unwrap_or_default(),
            }
            first.get_or_insert_with(Instant::now);
        }
        Ok(())
    }
}

/// A message behind its length.
pub(super) fn framed(octets: &[u8]) -> io::Result<Vec<u8>> {
    let length = u16::try_from(octets.len()).map_err(|_| io::ErrorKind::InvalidInput)?;
    let mut framed = length.to_be_bytes().to_vec();
    framed.extend_from_slice(octets);
    Ok(framed)
}

/// The first message of a stream that has ended.
pub(super) fn unframed(octets: &[u8]) -> io::Result<Vec<u8>> {
    let (length, rest) = octets.split_first_chunk().ok_or(io::ErrorKind::UnexpectedEof)?;
    let message = rest.get(..u16::from_be_bytes(*length).into()).ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(message.to_vec())
}
