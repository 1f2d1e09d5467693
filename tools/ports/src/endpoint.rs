//! Both ends of a socket as text, so that what differs looks different.

use std::fmt::Write as _;
use std::net::SocketAddr;

use sockeye_common::addr::IpText;

use crate::names::Names;
use crate::socket::Socket;

/// Appends the local end: `127.0.0.1:22`, `[fe80::1%eth0]:22`, `0.0.0.0%eth0:22`, `*:22` for every address of both
/// families, `[::]:22` for every address of IPv6 alone.
///
/// What stands behind the `%` is the interface that the socket is bound to, which for a link-local address is also its
/// zone.
pub fn push_local(text: &mut String, socket: &Socket, names: &Names) {
    push_end(text, socket, socket.local, socket.interface, names);
}

/// Appends the other end; `*` is any port.
pub fn push_peer(text: &mut String, socket: &Socket, names: &Names) {
    let zone = match socket.peer {
        SocketAddr::V6(peer) if peer.scope_id() != 0 => Some(peer.scope_id()),
        _ => None,
    };
    push_end(text, socket, socket.peer, zone, names);
}

fn push_end(text: &mut String, socket: &Socket, end: SocketAddr, zone: Option<u32>, names: &Names) {
    // Writing to a String cannot fail.
    let ip = end.ip();
    if ip.is_unspecified() && socket.is_dual_stack_wildcard() {
        text.push('*');
        push_zone(text, zone, names);
    } else if ip.is_ipv4() {
        let _ = write!(text, "{ip}");
        push_zone(text, zone, names);
    } else {
        let _ = write!(text, "[{}", IpText(ip));
        push_zone(text, zone, names);
        text.push(']');
    }
    text.push(':');
    match (end.port(), names.service(socket.protocol, end.port())) {
        (0, _) => text.push('*'),
        (_, Some(service)) => text.push_str(service),
        (port, None) => {
            let _ = write!(text, "{port}");
        }
    }
}

fn push_zone(text: &mut String, zone: Option<u32>, names: &Names) {
    let Some(index) = zone else { return };
    let _ = match names.interface(index) {
        Some(name) => write!(text, "%{name}"),
        None => write!(text, "%{index}"),
    };
}

#[cfg(test)]
mod tests {
    use sockeye_sys::{Family, Protocol, TcpState};

    use super::*;
    use crate::samples::socket;
    use crate::state::State;

    fn shown(socket: &Socket) -> (String, String) {
        let mut names = Names::default();
        names.add_interface(2, "eth0");
        names.add_services(b"ssh 22/tcp\n");
        let (mut local, mut peer) = (String::new(), String::new());
        push_local(&mut local, socket, &names);
        push_peer(&mut peer, socket, &names);
        (local, peer)
    }

    fn listener(local: &str, v6only: Option<bool>) -> Socket {
        let peer = if local.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
        Socket { v6only, ..socket(Protocol::TCP, TcpState::Listen, local, peer) }
    }

    #[test]
    fn wildcards_of_one_family_and_of_both() {
        let pair = |local: &str, peer: &str| (local.to_owned(), peer.to_owned());
        assert_eq!(shown(&listener("0.0.0.0:80", None)), pair("0.0.0.0:80", "0.0.0.0:*"));
        assert_eq!(shown(&listener("[::]:80", Some(false))), pair("*:80", "*:*"));
        assert_eq!(shown(&listener("[::]:80", Some(true))), pair("[::]:80", "[::]:*"));
        assert_eq!(shown(&listener("[::1]:80", Some(false))), pair("[::1]:80", "[::]:*"));
    }

    #[test]
    fn mapped_addresses_stay_ipv6() {
        let mapped = socket(Protocol::TCP, TcpState::Established, "[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]:4000");
        assert_eq!(mapped.family, Family::INET6);
        assert_eq!(shown(&mapped), ("[::ffff:127.0.0.1]:80".to_owned(), "[::ffff:127.0.0.1]:4000".to_owned()));
    }

    #[test]
    fn zones_and_bound_devices() {
        let mut local = socket(Protocol::TCP, TcpState::Established, "[fe80::1%2]:80", "[fe80::2%2]:4000");
        local.interface = Some(2);
        assert_eq!(shown(&local), ("[fe80::1%eth0]:80".to_owned(), "[fe80::2%eth0]:4000".to_owned()));
        let bound = Socket { interface: Some(2), ..listener("0.0.0.0:80", None) };
        assert_eq!(shown(&bound).0, "0.0.0.0%eth0:80");
        let bound = Socket { interface: Some(9), ..listener("[::]:80", Some(false)) };
        assert_eq!(shown(&bound).0, "*%9:80", "an interface without a name keeps its number");
    }

    #[test]
    fn services_by_name_unless_they_were_not_taken_in() {
        assert_eq!(shown(&listener("127.0.0.1:22", None)).0, "127.0.0.1:ssh");
        let udp = socket(Protocol::UDP, TcpState::Closed, "127.0.0.1:22", "0.0.0.0:0");
        assert_eq!(udp.state, State::Unconnected);
        assert_eq!(shown(&udp).0, "127.0.0.1:22");
    }
}
