//! One query's line to a server: a datagram and its answers, or a connection and its messages.

#![expect(clippy::disallowed_methods, reason = "the shell: the clock")]

mod http;
mod quic;
mod stream;
mod tcp;
mod tls;
mod verify;

use std::io::{self, Read};
use std::net::SocketAddr;
use std::time::Instant;

use socket2::{Protocol, Socket, Type};

use self::http::Http;
use self::quic::Quic;
use self::stream::Stream;
use self::tcp::time_left;
use crate::doh::{Broken, Refused, Request, http3};
use crate::exchange::Ask;
use crate::options::Lookup;
use crate::transport::{self, Timing, TlsFailure, Transport};

/// The largest message there is, in octets.
const MAX_MESSAGE: usize = 65535;
/// The protocol of DNS over TLS (RFC 7858, section 7.1 of RFC 8310).
const ALPN_DOT: &[u8] = b"dot";
/// HTTP/2 over TLS (RFC 9113, section 3.2).
const ALPN_H2: &[u8] = b"h2";
/// DNS over QUIC (RFC 9250, section 4.1.1), and HTTP/3 (RFC 9114, section 3.1).
const ALPN_DOQ: &[u8] = b"doq";
const ALPN_H3: &[u8] = b"h3";
/// `DOQ_NO_ERROR` (RFC 9250, section 4.3) and `H3_NO_ERROR` (RFC 9114, section 8.1).
const DOQ_NO_ERROR: u32 = 0;
const H3_NO_ERROR: u32 = 0x100;

/// What came of waiting.
#[derive(Clone, Debug)]
pub(super) enum Heard {
    Datagram(SocketAddr, Vec<u8>),
    Message(Vec<u8>),
    TimedOut,
    SetupFailed(String),
    Failed(String),
    TlsFailed(TlsFailure),
    /// HTTP went well, but there is no message in it.
    HttpRefused(Refused),
}

/// Opens lines, with what is worth keeping from one query to the next.
#[derive(Default)]
pub(super) struct Dialler {
    source: Option<SocketAddr>,
    /// `+keepopen`
    keep_open: bool,
    setup: Option<tls::Setup>,
    kept: Option<Kept>,
}

/// A connection that waits for the next query.
struct Kept {
    way: Way,
    peer: SocketAddr,
    transport: Transport,
    tls: transport::Tls,
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
    way: Way,
    peer: SocketAddr,
    transport: Transport,
    /// The connection broke when the query was sent.
    broken: Option<io::Error>,
    started: Instant,
    sent: Instant,
    timing: Timing,
}

enum Way {
    Datagrams(Socket),
    /// Each message behind its length.
    Messages(Stream),
    /// Each message in a request of its own.
    Http(Box<Http>),
    /// One message on a stream of QUIC, behind its length.
    Quic(Box<Quic>),
    /// One message in a request of HTTP/3.
    Http3(Box<Quic>),
}

impl Dialler {
    pub(super) fn new(source: Option<SocketAddr>, keep_open: bool) -> Self {
        Self { source, keep_open, ..Self::default() }
    }

    /// Opens a socket of its own, so that the source port is a fresh one, or takes the connection that was kept, and
    /// sends the query.
    pub(super) fn open(&mut self, ask: &Ask, lookup: &Lookup) -> Result<Line, Heard> {
        let mut line = match self.kept.take().filter(|kept| kept.is_for(ask, lookup)) {
            Some(kept) => Line::new(kept.way, ask, Instant::now()),
            None => self.dial(ask, lookup)?,
        };
        line.send(ask, lookup);
        Ok(line)
    }

    /// Keeps the line for the next query to the same server, if that was asked for.
    pub(super) fn keep(&mut self, line: Line, lookup: &Lookup) {
        if self.keep_open && line.transport.can_be_kept() {
            let Line { way, peer, transport, .. } = line;
            self.kept = Some(Kept { way, peer, transport, tls: lookup.tls.clone() });
        }
    }

    fn dial(&mut self, ask: &Ask, lookup: &Lookup) -> Result<Line, Heard> {
        // Wrong files are told before anything is connected.
        let alpn = match ask.transport {
            Transport::Tls => Some(ALPN_DOT),
            Transport::HttpsPost | Transport::HttpsGet => Some(ALPN_H2),
            Transport::Quic => Some(ALPN_DOQ),
            Transport::Https3 => Some(ALPN_H3),
            _ => None,
        };
        let setup = alpn.map(|alpn| self.tls_setup(ask, lookup, alpn)).transpose().map_err(Heard::TlsFailed)?;
        if let (Transport::Quic | Transport::Https3, Some(setup)) = (ask.transport, &setup) {
            return self.dial_quic(ask, setup);
        }
        let mut line = Line::connect(ask, self.source)?;
        line.way = match line.way {
            Way::Messages(mut stream) => {
                if let Some(setup) = setup {
                    let connected = Instant::now();
                    stream = secure(stream, &setup, ask)?;
                    line.timing.tls = Some(connected.elapsed());
                }
                if ask.transport.is_http() { Way::Http(Box::new(Http::new(stream))) } else { Way::Messages(stream) }
            }
            other => other,
        };
        Ok(line)
    }

    fn dial_quic(&self, ask: &Ask, setup: &tls::Setup) -> Result<Line, Heard> {
        let started = Instant::now();
        let server_streams = if ask.transport == Transport::Quic { 0 } else { quic::HTTP3_STREAMS };
        let quic = Quic::connect(ask.server.addr, self.source, setup, server_streams, ask.until).map_err(|error| {
            setup.verifier.refused().map_or_else(
                || Heard::SetupFailed(reason(&error)),
                |reason| Heard::TlsFailed(TlsFailure::Certificate { reason }),
            )
        })?;
        let quic = Box::new(quic);
        let way = if ask.transport == Transport::Quic { Way::Quic(quic) } else { Way::Http3(quic) };
        let mut line = Line::new(way, ask, started);
        line.timing.tls = Some(started.elapsed());
        Ok(line)
    }

    /// Certificates are read once for queries that want the same.
    fn tls_setup(&mut self, ask: &Ask, lookup: &Lookup, alpn: &'static [u8]) -> Result<tls::Setup, TlsFailure> {
        if let Some(setup) = self.setup.as_ref().filter(|setup| setup.is_for(&lookup.tls, ask, alpn)) {
            return Ok(setup.clone());
        }
        Ok(self.setup.insert(tls::Setup::new(&lookup.tls, ask, alpn)?).clone())
    }
}

impl Kept {
    fn is_for(&self, ask: &Ask, lookup: &Lookup) -> bool {
        self.peer == ask.server.addr && self.transport == ask.transport && self.tls == lookup.tls
    }
}

impl Line {
    fn new(way: Way, ask: &Ask, started: Instant) -> Self {
        Self {
            way,
            peer: ask.server.addr,
            transport: ask.transport,
            broken: None,
            started,
            sent: started,
            timing: Timing::default(),
        }
    }

    fn connect(ask: &Ask, source: Option<SocketAddr>) -> Result<Self, Heard> {
        let (started, peer) = (Instant::now(), ask.server.addr);
        let failed = |error: io::Error| Heard::SetupFailed(reason(&error));
        if ask.transport == Transport::Udp {
            let socket = tcp::open(peer, source, Type::DGRAM, Protocol::UDP, ask.until).map_err(failed)?;
            return Ok(Self::new(Way::Datagrams(socket), ask, started));
        }
        let stream = Stream::connect(peer, source, ask.until).map_err(failed)?;
        let mut line = Self::new(Way::Messages(stream), ask, started);
        line.timing.connect = Some(started.elapsed());
        Ok(line)
    }

    /// Sends the query. What goes wrong is told by [`Self::hear`].
    fn send(&mut self, ask: &Ask, lookup: &Lookup) {
        self.sent = Instant::now();
        let sent = match &mut self.way {
            Way::Datagrams(socket) => send_datagram(socket, &ask.octets),
            Way::Messages(stream) => stream.send_message(&ask.octets, ask.until),
            Way::Http(http) => http.send(&request(ask, lookup), ask.until),
            Way::Quic(quic) => stream::framed(&ask.octets).and_then(|octets| quic.send(&octets)),
            Way::Http3(quic) => {
                quic.announce(&http3::control()).and_then(|()| quic.send(&http3::request(&request(ask, lookup))))
            }
        };
        self.broken = sent.err();
    }

    /// When the query went out, behind all handshakes, and how long each part took.
    pub(super) fn clock(&self) -> (Instant, Timing) {
        (self.sent, self.timing)
    }

    /// Waits for the next datagram or message, until then at most.
    pub(super) fn hear(&mut self, until: Instant) -> Heard {
        let heard = match self.broken.take() {
            Some(error) => Err(error),
            None => self.receive(until),
        };
        heard.unwrap_or_else(|error| match error.kind() {
            io::ErrorKind::TimedOut | io::ErrorKind::WouldBlock => Heard::TimedOut,
            _ => Heard::Failed(reason(&error)),
        })
    }

    fn receive(&mut self, until: Instant) -> io::Result<Heard> {
        let mut first = None;
        let heard = match &mut self.way {
            Way::Datagrams(socket) => Heard::Datagram(self.peer, datagram(socket, until)?),
            Way::Messages(stream) => Heard::Message(stream.message(until, &mut first)?),
            Way::Http(http) => {
                http.response(until, &mut first)?.message().map_or_else(Heard::HttpRefused, Heard::Message)
            }
            Way::Quic(quic) => {
                let octets = quic.response(MAX_MESSAGE + 2, until, &mut first)?;
                quic.close(DOQ_NO_ERROR);
                Heard::Message(stream::unframed(&octets)?)
            }
            Way::Http3(quic) => {
                let octets = quic.response(http3::MAX_RESPONSE, until, &mut first)?;
                quic.close(H3_NO_ERROR);
                let response = http3::response(&octets).map_err(io::Error::other)?;
                response.message().map_or_else(Heard::HttpRefused, Heard::Message)
            }
        };
        let now = Instant::now();
        self.timing.first = first.unwrap_or(now).saturating_duration_since(self.sent);
        self.timing.whole = now.saturating_duration_since(self.started);
        Ok(heard)
    }
}

/// Puts TLS on a connection. Where dig has no words for a broken handshake, it has some for HTTP's.
fn secure(stream: Stream, setup: &tls::Setup, ask: &Ask) -> Result<Stream, Heard> {
    let stream = stream.secure(setup, ask.until).map_err(|error| match tls::why_not(&error) {
        TlsFailure::Handshake { .. } if ask.transport.is_http() => {
            let in_tls = error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>);
            Heard::SetupFailed(if in_tls { "TLS error".to_owned() } else { reason(&error) })
        }
        failure => Heard::TlsFailed(failure),
    })?;
    if ask.transport.is_http() && stream.alpn() != Some(ALPN_H2) {
        return Err(Heard::SetupFailed("ALPN for HTTP/2 failed".to_owned()));
    }
    Ok(stream)
}

/// The request for an answer, to the server as it was written.
fn request(ask: &Ask, lookup: &Lookup) -> Request {
    let (written, port) = (&ask.server.written, ask.server.addr.port());
    let authority = if written.contains(':') {
        // A scope means nothing to the other side (RFC 6874, section 1).
        format!("[{}]:{port}", written.split_once('%').map_or(written.as_str(), |(addr, _)| addr))
    } else {
        format!("{written}:{port}")
    };
    let path = lookup.https.as_ref().map_or("/", |https| https.path.as_str());
    let get = matches!(ask.transport, Transport::HttpsGet | Transport::HttpGet);
    let plain = matches!(ask.transport, Transport::HttpPost | Transport::HttpGet);
    Request::new(&ask.octets, !plain, get, &authority, path)
}

/// A signal that comes while the queue is full says nothing about the server.
fn send_datagram(socket: &Socket, octets: &[u8]) -> io::Result<()> {
    loop {
        match socket.send(octets) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            sent => return sent.map(drop),
        }
    }
}

fn datagram(socket: &mut Socket, until: Instant) -> io::Result<Vec<u8>> {
    let mut octets = vec![0; MAX_MESSAGE];
    loop {
        socket.set_read_timeout(Some(time_left(until)?))?;
        match socket.read(&mut octets) {
            Ok(length) => {
                octets.truncate(length);
                return Ok(octets);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}

/// dig's word for an error.
fn reason(error: &io::Error) -> String {
    // After the handshake TLS has no words of its own in dig.
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<rustls::Error>) {
        return "end of file".to_owned();
    }
    if error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<Broken>) {
        return "unexpected error".to_owned();
    }
    let lost = error.get_ref().and_then(|inner| inner.downcast_ref());
    if lost.is_some_and(quic::is_about_tls) {
        return "TLS error".to_owned();
    }
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
        io::ErrorKind::NotFound => "file not found",
        _ => "failure",
    };
    word.to_owned()
}
