//! Answers each datagram in capitals, or not at all.

use std::mem::MaybeUninit;
use std::net::SocketAddr;

use rustix::net::RecvFlags;
use socket2::Type;
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::random::Random;

use super::{bound, ready, show};
use crate::apps::report::Report;

/// The longest datagram.
const ROOM: usize = 65_535;

/// Serves until a signal ends it.
///
/// # Errors
/// [`Failure`] if the address cannot be had.
pub fn run(addr: SocketAddr, loss: f64, seed: u64, output: &mut Output<'_>) -> Result<Status, Failure> {
    let socket = bound(addr, Type::DGRAM)?;
    ready("upper-lossy", "udp", &socket, output)?;
    let mut random = Random::new(seed);
    let mut room = vec![MaybeUninit::new(0_u8); ROOM];
    loop {
        let received = rustix::net::recvfrom(&socket, &mut room[..], RecvFlags::empty());
        let (datagram, peer) = match received {
            Ok(((datagram, _), _, peer)) => (datagram, peer.and_then(|peer| SocketAddr::try_from(peer).ok())),
            // An ICMP error about an answer that nobody took is not about the next question.
            Err(rustix::io::Errno::CONNREFUSED | rustix::io::Errno::INTR) => continue,
            Err(error) => return Err(Failure::call(Status::NETWORK, "recvfrom", addr, &error.into())),
        };
        let Some(peer) = peer else { continue };
        let answered = random.unit() >= loss;
        let text = String::from_utf8_lossy(datagram).trim_end().to_owned();
        if answered {
            let upper = datagram.to_ascii_uppercase();
            // Nobody may be there any more to take it; that is not this server's trouble.
            let _ = socket.send_to(&upper, &peer.into());
        }
        show(&Report::Datagram { peer: peer.to_string(), text, answered }, output)?;
    }
}
