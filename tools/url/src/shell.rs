//! The only code that asks the system for anything: getaddrinfo(3) and standard input, and only where the user said so;
//! [`lines`] reads files, [`trurl`] as trurl reads them.
#![expect(clippy::disallowed_methods, reason = "the shell: reads standard input and the environment")]

pub mod confine;
pub mod counter;
pub mod crew;
pub mod lines;
pub mod trurl;

use std::io::{self, Read};

use sockeye_cli::{Failure, Status};
use sockeye_sys::addrinfo::{AiFlags, Hints, lookup};
use sockeye_sys::gai::GaiCode;
use sockeye_sys::{Family, Protocol, SockType};

use sockeye_cli::escape::escape;

use crate::scheme::Transport;
use crate::socket::{Address, Socket};

/// Asks getaddrinfo(3) for the addresses of `socket`, in libc's order.
///
/// # Errors
/// [`Failure`] that names the call, with the status for the network, or for this host if that is at fault.
pub fn resolve(socket: &mut Socket) -> Result<(), Failure> {
    let socktype = match socket.transport {
        Some(Transport::Udp) => SockType::DGRAM,
        Some(Transport::Tcp) | None => SockType::STREAM,
    };
    let hints = Hints { flags: AiFlags::EMPTY, family: Family::UNSPEC, socktype, protocol: Protocol::IP };
    let service = socket.port.map(|port| port.to_string());
    let answer = lookup(Some(&socket.host), service.as_deref(), &hints).map_err(|error| {
        let status = match error.code {
            GaiCode::MEMORY | GaiCode::SYSTEM => Status::HOST,
            _ => Status::NETWORK,
        };
        Failure::new(status, format!("{}: {} ({})", escape(&socket.question()), error.text(), error.name()))
    })?;
    socket.addresses = answer.into_iter().map(|entry| Address::of_socket_addr(entry.addr)).collect();
    socket.resolved = true;
    Ok(())
}

/// All of standard input.
///
/// # Errors
/// [`Failure`] that says why it cannot be read.
pub fn standard_input() -> Result<Vec<u8>, Failure> {
    let mut octets = Vec::new();
    io::stdin()
        .lock()
        .read_to_end(&mut octets)
        .map_err(|error| Failure::call(Status::HOST, "read", "standard input", &error))?;
    Ok(octets)
}

/// The variables of these names that are set, in their order. What is not UTF-8 has U+FFFD in its place.
pub fn environment(names: &[String]) -> Vec<(String, String)> {
    let set = |name: &String| Some((name.clone(), std::env::var_os(name)?.to_string_lossy().into_owned()));
    names.iter().filter_map(set).collect()
}
