//! Hears a joke to its end.

use std::io::{BufRead, BufReader, Read as _, Write};
use std::net::{SocketAddr, TcpStream};

use socket2::Type;
use sockeye_cli::{Failure, Output, Status};

use super::connected;
use crate::apps::joke::{Listener, Reply};
use crate::apps::report::Report;
use crate::shell::serve::show;

/// No line of a joke is longer, in octets.
const LINE: u64 = 1 << 16;

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
        match lines.by_ref().take(LINE).read_until(b'\n', &mut line).map_err(|error| broken("recv", error))? {
            0 => return Err(Failure::network(format!("{addr} closed the connection before the joke was over"))),
            _ if line.len() as u64 == LINE && !line.ends_with(b"\n") => {
                return Err(Failure::network(format!(
                    "{addr} sent a line of more than {LINE} octets: this is no joke"
                )));
            }
            _ => {}
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
