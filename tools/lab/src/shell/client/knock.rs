//! Hears a joke to its end.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};

use socket2::Type;
use sockeye_cli::{Failure, Output, Status};

use super::connected;
use crate::apps::joke::{Listener, Reply};
use crate::apps::report::Report;
use crate::shell::serve::show;

/// Talks to the server until the joke is over.
///
/// # Errors
/// [`Failure`] if the server cannot be reached, or goes away in the middle.
pub fn run(addr: SocketAddr, jokes: u32, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut server = TcpStream::from(connected(addr, Type::STREAM)?);
    let broken = |call, error| Failure::call(Status::NETWORK, call, addr, &error);
    let mut lines = BufReader::new(server.try_clone().map_err(|error| broken("dup", error))?);
    let mut listener = Listener::new(jokes);
    loop {
        let mut line = Vec::new();
        if lines.read_until(b'\n', &mut line).map_err(|error| broken("recv", error))? == 0 {
            return Err(Failure::network(format!("{addr} closed the connection before the joke was over")));
        }
        let line = String::from_utf8_lossy(&line).trim_end().to_owned();
        show(&Report::Said { who: "server", text: line.clone() }, output)?;
        match listener.hear(&line) {
            Reply::Over => return Ok(Status::YES),
            Reply::Listen => {}
            Reply::Say(text) => {
                server.write_all(format!("{text}\n").as_bytes()).map_err(|error| broken("send", error))?;
                show(&Report::Said { who: "client", text }, output)?;
            }
        }
    }
}
