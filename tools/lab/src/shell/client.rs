//! Clients: of a joke, of a server that loses datagrams, and many at once.
//!
//! - [`knock`]: hears a joke
//! - [`ping`]: measures round-trip times over UDP
//! - [`load`]: many clients at once; [`census`]: what the server takes meanwhile

pub mod census;
pub mod knock;
pub mod load;
pub mod ping;

use std::net::SocketAddr;

use socket2::{Domain, Socket, Type};
use sockeye_cli::{Failure, Output, Status};

use crate::apps::Client;
use crate::apps::report::Report;

/// Does what the client is for.
///
/// # Errors
/// [`Failure`] if the server cannot be reached.
pub fn run(client: &Client, output: &mut Output<'_>) -> Result<Status, Failure> {
    match client {
        Client::KnockKnock { addr, jokes } => knock::run(*addr, *jokes, output),
        Client::UdpPing { addr, count, timeout, interval } => ping::run(*addr, *count, *timeout, *interval, output),
        Client::Census { addr } => {
            let found = census::count(&census::servers(*addr)).ok_or_else(|| {
                Failure::network(format!("{addr}: nobody listens there, or it is not in this network or not ours"))
            })?;
            output.result(&Report::Census(found)).map(|()| Status::YES)
        }
        Client::Load(crowd) => load::run(crowd, output),
    }
}

/// A socket that is connected.
fn connected(addr: SocketAddr, kind: Type) -> Result<Socket, Failure> {
    let socket = Socket::new(Domain::for_address(addr), kind, None)
        .map_err(|error| Failure::call(Status::HOST, "socket", addr, &error))?;
    socket.connect(&addr.into()).map_err(|error| Failure::call(Status::NETWORK, "connect", addr, &error))?;
    Ok(socket)
}
