//! Servers: a page, names, capitals, and a process for each client.
//!
//! - [`http`], [`tls`]: a web server, and its certificates
//! - [`dns`]: a name server
//! - [`lossy`]: datagrams in capitals, some of which are lost
//! - [`echo`]: children, and who waits for them

pub mod dns;
pub mod echo;
pub mod http;
pub mod lossy;
pub mod tls;

use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};
use sockeye_cli::{Failure, Output, Status};

use crate::apps::Serve;
use crate::apps::report::Report;

/// Connections that may wait for accept(2).
const BACKLOG: i32 = 4096;

/// Serves until a signal ends it.
///
/// # Errors
/// [`Failure`] if the address cannot be had, or what is served cannot be read.
pub fn run(serve: &Serve, output: &mut Output<'_>) -> Result<Status, Failure> {
    match serve {
        Serve::Http { addr, page, tls } => http::run(*addr, page.as_deref(), tls.as_ref(), output),
        Serve::Dns(dns) => dns::run(dns, output),
        Serve::UpperLossy { addr, loss, seed } => lossy::run(*addr, *loss, *seed, output),
        Serve::Echo { addr, model, quiet } => echo::run(*addr, *model, *quiet, output),
    }
}

/// A socket that is bound, and listens if it is one of TCP.
fn bound(addr: SocketAddr, kind: Type) -> Result<Socket, Failure> {
    let failed = |call, error| Failure::call(Status::HOST, call, addr, &error);
    let socket = Socket::new(Domain::for_address(addr), kind, None).map_err(|error| failed("socket", error))?;
    if kind == Type::STREAM {
        socket.set_reuse_address(true).map_err(|error| failed("setsockopt SO_REUSEADDR", error))?;
    }
    socket.bind(&addr.into()).map_err(|error| {
        let privileged = error.raw_os_error() == Some(libc::EACCES);
        let failure = failed("bind", error);
        if privileged { failure.hint("ports below 1024 need CAP_NET_BIND_SERVICE; take another") } else { failure }
    })?;
    if kind == Type::STREAM {
        socket.listen(BACKLOG).map_err(|error| failed("listen", error))?;
    }
    Ok(socket)
}

/// The client that comes next, and the text of its address: none, if it has gone again or a signal came in between.
fn accepted(listener: &Socket, addr: SocketAddr) -> Result<Option<(Socket, String)>, Failure> {
    match listener.accept() {
        Ok((client, peer)) => Ok(Some((client, peer_text(&peer)))),
        Err(error) if matches!(error.raw_os_error(), Some(libc::ECONNABORTED | libc::EINTR)) => Ok(None),
        Err(error) => Err(Failure::call(Status::HOST, "accept", addr, &error)),
    }
}

/// The client that comes next, which is not waited for for ever when it says or reads nothing.
fn accepted_for(
    listener: &Socket,
    addr: SocketAddr,
    patience: Duration,
) -> Result<Option<(TcpStream, String)>, Failure> {
    Ok(accepted(listener, addr)?.map(|(client, peer)| {
        // Without it the server is only less robust.
        let _ = client.set_read_timeout(Some(patience));
        let _ = client.set_write_timeout(Some(patience));
        (TcpStream::from(client), peer)
    }))
}

/// Says that clients may come. The port is the one that the kernel chose, if it was zero.
fn ready(app: &'static str, transport: &'static str, socket: &Socket, output: &mut Output<'_>) -> Result<(), Failure> {
    show(&Report::Ready { app, addr: local(socket), transport }, output)
}

fn local(socket: &Socket) -> String {
    let addr = socket.local_addr().ok().and_then(|addr| addr.as_socket());
    addr.map_or_else(|| "?".to_owned(), |addr| addr.to_string())
}

/// Shows something at once: a server may be waiting for a long time after it.
pub(super) fn show(report: &Report, output: &mut Output<'_>) -> Result<(), Failure> {
    output.result(report)?;
    output.flush()
}

/// The text of a peer.
fn peer_text(peer: &socket2::SockAddr) -> String {
    peer.as_socket().map_or_else(|| "?".to_owned(), |peer| peer.to_string())
}
