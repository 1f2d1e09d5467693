//! Both ends of a socket as text, so that what differs looks different.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use sockeye_cli::escape::escape_octets;
use sockeye_common::addr::IpText;
use sockeye_sys::sock_diag::UnixName;

use crate::columns::cell::push_number;
use crate::entry::Address;
use crate::names::Names;
use crate::owners::{push_command, push_quoted};
use crate::socket::Socket;

/// Appends the local end: `127.0.0.1:22`, `[fe80::1%eth0]:22`, `0.0.0.0%eth0:22`, `*:22` for every address of both
/// families, `[::]:22` for every address of IPv6 alone.
///
/// What stands behind the `%` is the interface that the socket is bound to, which for a link-local address is also its
/// zone.
pub fn push_local(text: &mut String, socket: &Socket, names: &Names) {
    push_end(text, socket, socket.local, None, socket.interface, names);
}

/// Appends the other end, with the name of its host if that is known; `*` is any port.
pub fn push_peer(text: &mut String, socket: &Socket, names: &Names) {
    if !socket.has_peer() {
        let any = if socket.peer.is_ipv4() { IpAddr::V4(Ipv4Addr::UNSPECIFIED) } else { Ipv6Addr::UNSPECIFIED.into() };
        return push_end(text, socket, SocketAddr::new(any, 0), None, None, names);
    }
    let zone = match socket.peer {
        SocketAddr::V6(peer) if peer.scope_id() != 0 => Some(peer.scope_id()),
        _ => None,
    };
    push_end(text, socket, socket.peer, names.host(socket.peer.ip()), zone, names);
}

fn push_end(text: &mut String, socket: &Socket, end: SocketAddr, host: Option<&str>, zone: Option<u32>, names: &Names) {
    match (end.ip(), host) {
        (ip, _) if ip.is_unspecified() && socket.is_dual_stack_wildcard() => {
            text.push('*');
            push_zone(text, zone, names);
        }
        (_, Some(name)) => text.push_str(name),
        (IpAddr::V4(address), None) => {
            push_ipv4(text, address);
            push_zone(text, zone, names);
        }
        (IpAddr::V6(address), None) => {
            // Writing to a String cannot fail.
            let _ = write!(text, "[{}", IpText(address.into()));
            push_zone(text, zone, names);
            text.push(']');
        }
    }
    text.push(':');
    match (end.port(), names.service(socket.protocol, end.port())) {
        (0, _) => text.push('*'),
        (_, Some(service)) => text.push_str(service),
        (port, None) => push_number(text, port.into()),
    }
}

/// The four octets, without the formatting machinery: most ends of a long listing are such.
fn push_ipv4(text: &mut String, address: Ipv4Addr) {
    for (index, octet) in address.octets().into_iter().enumerate() {
        if index > 0 {
            text.push('.');
        }
        push_number(text, octet.into());
    }
}

/// Appends an end that is not of the Internet families; nothing where there is none.
///
/// A Unix-domain name and the inode that joins it to its peer, `/run/a.sock:4711`, with an `@` before the names of the
/// abstract name space and a `*` for a socket without a name; `ip:eth0` for a packet socket, `route:812` for a netlink
/// one, `3:5000` for vsock.
pub fn push_other(text: &mut String, end: Address<'_>, names: &Names) {
    // Writing to a String cannot fail.
    let _ = match end {
        Address::Unix { name, inode } => {
            match name {
                Some(name) => push_unix_name(text, name),
                None => text.push('*'),
            }
            inode.map_or(Ok(()), |inode| write!(text, ":{inode}"))
        }
        Address::Packet { protocol, interface } => {
            push_ether_type(text, protocol);
            text.push(':');
            match (interface, interface.and_then(|index| names.interface(index))) {
                (None, _) => write!(text, "*"),
                (Some(_), Some(name)) => write!(text, "{name}"),
                (Some(index), None) => write!(text, "{index}"),
            }
        }
        Address::Netlink { protocol, portid } => {
            match netlink_protocol(protocol) {
                Some(name) => text.push_str(name),
                None => push_number(text, protocol.into()),
            }
            if portid == 0 { write!(text, ":kernel") } else { write!(text, ":{portid}") }
        }
        Address::Vsock { cid, port } => {
            push_or_any(text, cid);
            text.push(':');
            push_or_any(text, port);
            Ok(())
        }
        Address::Inet { .. } | Address::None => Ok(()),
    };
}

/// Appends the name of a Unix-domain socket, in quotation marks if it has blanks in it, or is a path that begins with the
/// sign of abstract names.
pub fn push_unix_name(text: &mut String, name: &UnixName) {
    let shown = match name {
        UnixName::Path(path) if path.starts_with(b"@") => return push_path_with_sign(text, path),
        UnixName::Path(path) => escape_octets(path),
        UnixName::Abstract(name) => format!("@{}", escape_octets(name)),
    };
    push_command(text, &shown);
}

/// A path that begins with the sign of abstract names: these stand in quotes only if they must, and then it does not begin
/// with the bare sign.
fn push_path_with_sign(text: &mut String, path: &[u8]) {
    let shown = escape_octets(path);
    let mut name = String::new();
    push_command(&mut name, &shown);
    match shown.strip_prefix('@') {
        Some(rest) if name != shown => push_quoted(text, &format!("\\x40{rest}")),
        _ => push_quoted(text, &shown),
    }
}

fn push_or_any(text: &mut String, number: u32) {
    if number == u32::MAX { text.push('*') } else { push_number(text, number.into()) }
}

/// # Source
/// IEEE 802 numbers; ETH_P_ALL is Linux's own.
fn push_ether_type(text: &mut String, protocol: u16) {
    let _ = match protocol {
        0 => write!(text, "none"),
        3 => write!(text, "all"),
        0x0800 => write!(text, "ip"),
        0x0806 => write!(text, "arp"),
        0x86dd => write!(text, "ipv6"),
        0x88cc => write!(text, "lldp"),
        0x888e => write!(text, "eapol"),
        other => write!(text, "{other:#06x}"),
    };
}

/// # Source
/// netlink(7); Linux, include/uapi/linux/netlink.h.
fn netlink_protocol(protocol: u8) -> Option<&'static str> {
    Some(match protocol {
        0 => "route",
        2 => "usersock",
        4 => "sock_diag",
        5 => "nflog",
        6 => "xfrm",
        7 => "selinux",
        8 => "iscsi",
        9 => "audit",
        10 => "fib_lookup",
        11 => "connector",
        12 => "netfilter",
        15 => "uevent",
        16 => "generic",
        18 => "scsi",
        19 => "ecryptfs",
        20 => "rdma",
        21 => "crypto",
        22 => "smc",
        _ => return None,
    })
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
    fn what_is_only_bound_has_no_peer_any_more() {
        let failed = socket(Protocol::TCP, TcpState::Closed, "127.0.0.1:4000", "127.0.0.1:0");
        assert_eq!(shown(&failed), ("127.0.0.1:4000".to_owned(), "0.0.0.0:*".to_owned()));
        let ended = socket(Protocol::TCP, TcpState::Closed, "[::1]:4000", "[::1]:80");
        assert_eq!((shown(&ended).1.as_str(), ended.has_peer()), ("[::]:*", false));
    }

    #[test]
    fn mapped_addresses_stay_ipv6() {
        let mapped = socket(Protocol::TCP, TcpState::Established, "[::ffff:127.0.0.1]:80", "[::ffff:127.0.0.1]:4000");
        assert_eq!(mapped.family, Family::INET6);
        assert_eq!(shown(&mapped), ("[::ffff:127.0.0.1]:80".to_owned(), "[::ffff:127.0.0.1]:4000".to_owned()));
    }

    #[test]
    fn a_path_is_not_taken_for_an_abstract_name() {
        let shown = |name: UnixName| {
            let mut text = String::new();
            push_other(&mut text, Address::Unix { name: Some(&name), inode: Some(7) }, &Names::default());
            text
        };
        assert_eq!(shown(UnixName::Path(b"/run/x"[..].into())), "/run/x:7");
        assert_eq!(shown(UnixName::Abstract(b"foo"[..].into())), "@foo:7");
        assert_eq!(shown(UnixName::Path(b"@foo"[..].into())), "\"@foo\":7");
        assert_eq!(shown(UnixName::Abstract(b"a b"[..].into())), "\"@a b\":7");
        assert_eq!(shown(UnixName::Path(b"@a b"[..].into())), "\"\\x40a b\":7", "as quotes alone would say nothing");
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
