//! QUIC without a runtime: quinn's state machine, driven by one socket until its one request is answered.

#![expect(clippy::disallowed_methods, reason = "the shell: the socket and the clock")]

use std::io::{self, Read};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use bytes::{Bytes, BytesMut};
use quinn_proto::crypto::rustls::QuicClientConfig;
use quinn_proto::{
    ClientConfig, Connection, ConnectionError, ConnectionHandle, DatagramEvent, Dir, Endpoint, EndpointConfig, Event,
    ReadError, StreamId, TransportConfig, VarInt,
};
use socket2::{Protocol, Socket, Type};

use super::tcp::{open, time_left};
use super::tls::Setup;

/// The largest datagram there is, in octets.
const ROOM: usize = 65535;
/// How much of a stream the server may send before it is read, in octets: a message and more.
const STREAM_WINDOW: u32 = 128 * 1024;
/// The same for all streams together. Nobody reads those that the server opens: what it says there is kept until the end.
const WINDOW: u32 = 4 * STREAM_WINDOW;
/// What an HTTP/3 server opens: control, and QPACK in both directions (RFC 9114, section 6.2). DNS over QUIC has none.
pub(super) const HTTP3_STREAMS: u8 = 3;

/// A connection that carries one request.
pub(super) struct Quic {
    socket: Socket,
    peer: SocketAddr,
    endpoint: Endpoint,
    handle: ConnectionHandle,
    connection: Connection,
    lost: Option<ConnectionError>,
    stream: Option<StreamId>,
    /// What of the request the peer has not yet taken.
    rest: Vec<u8>,
    room: Vec<u8>,
}

impl Quic {
    /// Connects, and waits for the handshake. The server may open so many streams that only it writes.
    pub(super) fn connect(
        peer: SocketAddr,
        source: Option<SocketAddr>,
        setup: &Setup,
        server_streams: u8,
        until: Instant,
    ) -> io::Result<Self> {
        let socket = open(peer, source, Type::DGRAM, Protocol::UDP, until)?;
        let crypto = QuicClientConfig::try_from(Arc::clone(&setup.config)).map_err(io::Error::other)?;
        let mut endpoint = Endpoint::new(Arc::new(EndpointConfig::default()), None, false, None);
        let name = setup.name.to_str();
        let mut config = ClientConfig::new(Arc::new(crypto));
        config.transport_config(Arc::new(limits(server_streams)));
        let (handle, connection) = endpoint.connect(Instant::now(), config, peer, &name).map_err(io::Error::other)?;
        let mut quic = Self {
            socket,
            peer,
            endpoint,
            handle,
            connection,
            lost: None,
            stream: None,
            rest: Vec::new(),
            room: vec![0; ROOM],
        };
        while quic.connection.is_handshaking() {
            quic.turn(until)?;
        }
        // A connection that was lost is not shaking hands any more either.
        quic.transmit()?;
        quic.lost.take().map_or(Ok(quic), |error| Err(lost(error)))
    }

    /// Opens a stream that only we write, and leaves it open.
    pub(super) fn announce(&mut self, octets: &[u8]) -> io::Result<()> {
        let stream = self.connection.streams().open(Dir::Uni).ok_or_else(no_stream)?;
        // A few octets: they fit into what every peer takes.
        self.connection.send_stream(stream).write(octets).map_err(io::Error::other)?;
        Ok(())
    }

    /// Opens a stream for a request, and closes our side of it.
    pub(super) fn send(&mut self, octets: &[u8]) -> io::Result<()> {
        self.stream = Some(self.connection.streams().open(Dir::Bi).ok_or_else(no_stream)?);
        self.rest = octets.to_vec();
        self.write();
        self.transmit()
    }

    /// All that the server sends on the stream, `limit` octets at most, and notes when the first of them came.
    pub(super) fn response(
        &mut self,
        limit: usize,
        until: Instant,
        first: &mut Option<Instant>,
    ) -> io::Result<Vec<u8>> {
        let mut octets = Vec::new();
        while !self.read(&mut octets)? {
            if octets.len() > limit {
                return Err(io::ErrorKind::InvalidData.into());
            }
            if !octets.is_empty() {
                first.get_or_insert_with(Instant::now);
            }
            self.turn(until)?;
        }
        Ok(octets)
    }

    /// Closes the connection with a code of the application.
    pub(super) fn close(&mut self, code: u32) {
        self.connection.close(Instant::now(), VarInt::from_u32(code), Bytes::new());
        // Nobody waits for what becomes of it.
        let _ = self.transmit();
    }

    /// Writes as much as the peer takes.
    fn write(&mut self) {
        let Some(stream) = self.stream.filter(|_| !self.rest.is_empty()) else { return };
        let mut stream = self.connection.send_stream(stream);
        match stream.write(&self.rest) {
            Ok(taken) => drop(self.rest.drain(..taken)),
            Err(quinn_proto::WriteError::Blocked) => {}
            // The peer may have answered, and want no more of it.
            Err(_) => self.rest.clear(),
        }
        if self.rest.is_empty() {
            let _ = stream.finish();
        }
    }

    /// Takes what has come on the stream. Says whether that is all.
    fn read(&mut self, octets: &mut Vec<u8>) -> io::Result<bool> {
        let Some(stream) = self.stream else { return Ok(true) };
        let mut stream = self.connection.recv_stream(stream);
        let mut chunks = stream.read(true).map_err(io::Error::other)?;
        let ended = loop {
            match chunks.next(ROOM) {
                Ok(Some(chunk)) => octets.extend_from_slice(&chunk.bytes),
                Ok(None) => break Ok(true),
                Err(ReadError::Blocked) => break Ok(false),
                Err(error @ ReadError::Reset(_)) => break Err(io::Error::other(error)),
            }
        };
        let _ = chunks.finalize();
        ended
    }

    /// Sends what there is to send, and waits for a datagram or for a timer.
    fn turn(&mut self, until: Instant) -> io::Result<()> {
        self.write();
        self.transmit()?;
        if let Some(error) = self.lost.take() {
            return Err(lost(error));
        }
        let timer = self.connection.poll_timeout();
        let wait = timer.map_or(until, |timer| timer.min(until));
        match self.receive(wait) {
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                let now = Instant::now();
                if timer.is_some_and(|timer| timer <= now) {
                    self.connection.handle_timeout(now);
                }
                time_left(until).map(|_| ())
            }
            done => done,
        }
    }

    fn transmit(&mut self) -> io::Result<()> {
        self.follow();
        let mut octets = Vec::new();
        while let Some(transmit) = self.connection.poll_transmit(Instant::now(), 1, &mut octets) {
            self.socket.send(octets.get(..transmit.size).unwrap_or_default())?;
            octets.clear();
        }
        self.follow();
        Ok(())
    }

    /// Carries events between the connection and its endpoint.
    fn follow(&mut self) {
        while let Some(event) = self.connection.poll_endpoint_events() {
            if let Some(event) = self.endpoint.handle_event(self.handle, event) {
                self.connection.handle_event(event);
            }
        }
        while let Some(event) = self.connection.poll() {
            if let Event::ConnectionLost { reason } = event {
                self.lost = Some(reason);
            }
        }
    }

    /// Takes one datagram.
    fn receive(&mut self, until: Instant) -> io::Result<()> {
        self.socket.set_read_timeout(Some(time_left(until)?))?;
        let got = match self.socket.read(&mut self.room) {
            Ok(got) => got,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Err(io::ErrorKind::TimedOut.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(error),
        };
        let datagram = BytesMut::from(self.room.get(..got).unwrap_or_default());
        let mut octets = Vec::new();
        match self.endpoint.handle(Instant::now(), self.peer, None, None, datagram, &mut octets) {
            Some(DatagramEvent::ConnectionEvent(_, event)) => self.connection.handle_event(event),
            Some(DatagramEvent::Response(transmit)) => {
                self.socket.send(octets.get(..transmit.size).unwrap_or_default())?;
            }
            Some(DatagramEvent::NewConnection(_)) | None => {}
        }
        self.follow();
        Ok(())
    }
}

/// What bounds the memory that a server can fill. By itself quinn lets it open 200 streams of 1.2 MB each.
fn limits(server_streams: u8) -> TransportConfig {
    let mut limits = TransportConfig::default();
    limits
        .max_concurrent_bidi_streams(VarInt::from_u32(0))
        .max_concurrent_uni_streams(server_streams.into())
        .stream_receive_window(VarInt::from_u32(STREAM_WINDOW))
        .receive_window(VarInt::from_u32(WINDOW))
        .datagram_receive_buffer_size(None);
    limits
}

fn no_stream() -> io::Error {
    io::Error::other("the server allows no stream")
}

/// A lost connection as an error of a socket, where there is one like it.
fn lost(error: ConnectionError) -> io::Error {
    let kind = match &error {
        error if is_about_tls(error) => io::ErrorKind::Other,
        ConnectionError::TimedOut => io::ErrorKind::TimedOut,
        ConnectionError::Reset => io::ErrorKind::ConnectionReset,
        ConnectionError::ConnectionClosed(_) | ConnectionError::ApplicationClosed(_) => io::ErrorKind::UnexpectedEof,
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}

/// Whether one side has ended the connection because of TLS (RFC 9001, section 4.8).
pub(super) fn is_about_tls(error: &ConnectionError) -> bool {
    let code = match error {
        ConnectionError::TransportError(error) => error.code,
        ConnectionError::ConnectionClosed(close) => close.error_code,
        _ => return false,
    };
    (0x100..0x200).contains(&u64::from(code))
}
