//! The forgotten htons(3): a server that listens on 36895 where 8080 was meant.
//!
//! Pure arithmetic, and a short list: any port may be what was meant, so only the swaps of ports that people choose by hand
//! are worth a word.

use std::fmt;
use std::ops::RangeInclusive;

use serde::Serialize;
use sockeye_sys::{Protocol, TcpState};

use crate::socket::Socket;
use crate::state::State;

/// Ports that exercises, examples and lab servers use, and those of the services that are written first.
///
/// None of their swaps is itself a port that people choose.
const MEANT: [u16; 24] = [
    53, 80, 443, 1234, 3000, 3490, 4000, 4444, 5000, 5555, 6000, 6667, 7000, 7777, 8000, 8001, 8080, 8081, 8443, 8888,
    9000, 9001, 9999, 12345,
];

/// What `net.ipv4.ip_local_port_range` is where nobody changed it.
///
/// # Source
/// ip(7), `ip_local_port_range`.
pub const DEFAULT_EPHEMERAL: RangeInclusive<u16> = 32_768..=60_999;

/// Which end of a socket has the port.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// The one here: bind(2) got it.
    Local,
    /// The other one: connect(2) got it.
    Peer,
}

/// A port whose two octets seem to stand in the wrong order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Swapped {
    /// Which end of the socket.
    pub end: End,
    /// The port as the network has it.
    pub found: u16,
    /// The port that was probably meant.
    pub meant: u16,
}

impl fmt::Display for Swapped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} is {} without htons()", self.found, self.meant)
    }
}

/// The port that `port` becomes if its octets go out in the order of a little-endian host.
pub fn swapped(port: u16) -> u16 {
    port.swap_bytes()
}

/// The port that was probably meant where `found` is used.
pub fn meant(found: u16) -> Option<u16> {
    let meant = swapped(found);
    MEANT.contains(&meant).then_some(meant)
}

/// Whether a port of this socket looks as if htons(3) was forgotten.
///
/// Only ports that somebody chose are looked at: of a TCP socket that listens or is only bound its own, of one in SYN-SENT
/// its target. A UDP socket may have got its port by itself, and so may its peer: there, ports from the range that the kernel
/// takes them from (`ephemeral`) say nothing.
pub fn hint(socket: &Socket, ephemeral: &RangeInclusive<u16>) -> Option<Swapped> {
    let chosen = |port: u16| (!ephemeral.contains(&port)).then_some(port);
    let (local, peer) = (socket.local.port(), socket.peer.port());
    let ports = match (socket.protocol, socket.state) {
        (_, State::Tcp(TcpState::Listen | TcpState::BoundInactive)) => [Some((End::Local, local)), None],
        (_, State::Tcp(TcpState::SynSent)) => [Some((End::Peer, peer)), None],
        (Protocol::UDP, State::Unconnected | State::Connected) => {
            [chosen(local).map(|port| (End::Local, port)), chosen(peer).map(|port| (End::Peer, port))]
        }
        _ => [None, None],
    };
    ports.into_iter().flatten().find_map(|(end, found)| Some(Swapped { end, found, meant: meant(found)? }))
}

#[cfg(test)]
mod tests {
    use sockeye_common::order::htons;

    use super::*;
    use crate::samples::socket;

    fn told(protocol: Protocol, state: TcpState, local: &str, peer: &str) -> Option<(End, u16)> {
        hint(&socket(protocol, state, local, peer), &DEFAULT_EPHEMERAL).map(|swapped| (swapped.end, swapped.meant))
    }

    #[test]
    fn the_swap_is_what_bind_does_with_host_order_on_a_little_endian_host() {
        for (meant, found) in [(80, 20_480), (443, 47_873), (8080, 36_895), (5000, 34_835), (12_345, 14_640)] {
            assert_eq!((swapped(meant), super::meant(found)), (found, Some(meant)));
        }
        assert_eq!(htons(8080).octets(), 36_895_u16.to_le_bytes(), "htons() is what was forgotten");
    }

    #[test]
    fn nothing_is_said_of_a_port_that_people_choose() {
        for port in MEANT.into_iter().chain([22, 25, 631, 3306, 5432, 6379, 10_000, 4135]) {
            assert_eq!(meant(port), None, "{port}");
        }
        for port in MEANT {
            assert!(swapped(port) >= 1024, "{port}: binding its swap would need privilege, and fail in another way");
        }
    }

    #[test]
    fn a_listener_a_bound_socket_and_a_target() {
        let tcp = |state, local, peer| told(Protocol::TCP, state, local, peer);
        assert_eq!(tcp(TcpState::Listen, "0.0.0.0:36895", "0.0.0.0:0"), Some((End::Local, 8080)));
        assert_eq!(tcp(TcpState::Closed, "[::1]:20480", "[::]:0"), Some((End::Local, 80)));
        assert_eq!(tcp(TcpState::SynSent, "10.0.0.1:40000", "10.0.0.2:36895"), Some((End::Peer, 8080)));
        // The kernel chose the port of a client, also where it happens to be a swap.
        assert_eq!(tcp(TcpState::SynSent, "10.0.0.1:36895", "10.0.0.2:80"), None);
        assert_eq!(tcp(TcpState::Established, "10.0.0.1:36895", "10.0.0.2:80"), None);
        assert_eq!(tcp(TcpState::Listen, "0.0.0.0:8080", "0.0.0.0:0"), None);
    }

    #[test]
    fn of_udp_only_what_the_kernel_does_not_choose() {
        let udp = |state, local, peer| told(Protocol::UDP, state, local, peer);
        assert_eq!(udp(TcpState::Closed, "0.0.0.0:14640", "0.0.0.0:0"), Some((End::Local, 12_345)));
        assert_eq!(udp(TcpState::Closed, "0.0.0.0:36895", "0.0.0.0:0"), None);
        assert_eq!(udp(TcpState::Established, "10.0.0.1:40000", "10.0.0.2:14640"), Some((End::Peer, 12_345)));
        assert_eq!(udp(TcpState::Established, "10.0.0.1:40000", "10.0.0.2:36895"), None);
    }

    #[test]
    fn it_is_said_in_one_line() {
        let swapped = Swapped { end: End::Local, found: 36_895, meant: 8080 };
        assert_eq!(swapped.to_string(), "36895 is 8080 without htons()");
    }
}
