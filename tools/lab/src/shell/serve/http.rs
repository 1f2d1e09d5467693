//! A web server with one page, one client after another.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::{ServerConfig, ServerConnection, StreamOwned};
use socket2::Type;
use sockeye_cli::failure::errno_text;
use sockeye_cli::{Failure, Output, Status};

use super::{accepted_for, bound, ready, show, tls};
use crate::apps::Tls;
use crate::apps::http::{HEAD_LIMIT, PAGE, Response, head_len, respond};
use crate::apps::report::Report;

/// How long a client may keep the others waiting.
const PATIENCE: Duration = Duration::from_secs(10);
/// Octets that are read at once.
const ROOM: usize = 4096;

/// Serves until a signal ends it.
///
/// # Errors
/// [`Failure`] if the address cannot be had, or the page not be read.
pub fn run(
    addr: SocketAddr,
    page: Option<&Path>,
    tls: Option<&Tls>,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    let page = match page {
        Some(path) => fs::read(path).map_err(|error| Failure::call(Status::USAGE, "read", path.display(), &error))?,
        None => PAGE.as_bytes().to_vec(),
    };
    let config = tls.map(tls::config).transpose()?;
    let listener = bound(addr, Type::STREAM)?;
    ready(if config.is_some() { "https" } else { "http" }, "tcp", &listener, output)?;
    loop {
        let Some((client, peer)) = accepted_for(&listener, addr, PATIENCE)? else { continue };
        let report = match &config {
            Some(config) => secured(client, config, &peer, &page, output)?,
            None => plain(client, &peer, &page),
        };
        show(&report, output)?;
    }
}

fn plain(mut client: TcpStream, peer: &str, page: &[u8]) -> Report {
    let answered = converse(&mut client, page);
    leave(&mut client);
    tell(peer, answered)
}

fn secured(
    client: TcpStream,
    config: &Arc<ServerConfig>,
    peer: &str,
    page: &[u8],
    output: &mut Output<'_>,
) -> Result<Report, Failure> {
    let connection =
        ServerConnection::new(Arc::clone(config)).map_err(|error| Failure::host(format!("TLS: {error}")))?;
    let mut stream = StreamOwned::new(connection, client);
    let shaken = loop {
        if !stream.conn.is_handshaking() {
            break Ok(());
        }
        match stream.conn.complete_io(&mut stream.sock) {
            Ok(_) => {}
            Err(error) => break Err(error),
        }
    };
    let answered = match shaken {
        Ok(()) => {
            let version = stream.conn.protocol_version().and_then(|version| version.as_str().map(str::to_owned));
            let suite =
                stream.conn.negotiated_cipher_suite().and_then(|suite| suite.suite().as_str().map(str::to_owned));
            let (version, suite) = (version.unwrap_or_default(), suite.unwrap_or_default());
            show(&Report::Secured { peer: peer.to_owned(), version, suite }, output)?;
            converse(&mut stream, page)
        }
        Err(error) => Err(error),
    };
    stream.conn.send_close_notify();
    // The peer may have gone already.
    let _ = stream.flush();
    leave(&mut stream.sock);
    Ok(tell(peer, answered))
}

/// Reads one request and answers it.
fn converse(stream: &mut (impl Read + Write), page: &[u8]) -> io::Result<Response> {
    let mut head = Vec::new();
    let mut room = [0; ROOM];
    let begun = Instant::now();
    while head_len(&head).is_none() && head.len() < HEAD_LIMIT {
        // Octet by octet a head may take as long as it likes.
        if begun.elapsed() > PATIENCE {
            return Err(io::ErrorKind::TimedOut.into());
        }
        let read = stream.read(&mut room)?;
        if read == 0 {
            break;
        }
        head.extend_from_slice(room.get(..read).unwrap_or_default());
    }
    if head.is_empty() {
        return Err(io::Error::other("it closed without a request"));
    }
    let response = respond(&head, page);
    stream.write_all(&response.octets)?;
    stream.flush()?;
    Ok(response)
}

/// Closes so that what was sent arrives: what the client still says is read, else the kernel would send a RST. Who never ends is
/// not listened to for ever.
fn leave(client: &mut TcpStream) {
    let _ = client.shutdown(Shutdown::Write);
    let mut room = [0; ROOM];
    let begun = Instant::now();
    while begun.elapsed() < PATIENCE && matches!(client.read(&mut room), Ok(1..)) {}
}

fn tell(peer: &str, answered: io::Result<Response>) -> Report {
    match answered {
        Ok(Response { line, status, octets }) => {
            Report::Request { peer: peer.to_owned(), line, status, octets: octets.len() }
        }
        Err(error) => Report::Broken { peer: peer.to_owned(), why: errno_text(&error) },
    }
}
