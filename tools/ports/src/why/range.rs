//! Ports that the kernel chooses: for bind(2) to port 0, and for connect(2) without bind.
//!
//! # Source
//! ip(7), `ip_local_port_range` and `ip_local_reserved_ports`; Linux, `inet_csk_find_open_port()`, `__inet_hash_connect()`.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::ops::RangeInclusive;

use serde::Serialize;
use sockeye_sys::{Protocol, TcpState};

use crate::socket::Socket;
use crate::state::State;
use crate::why::rules::{Conflict, Holder, Question, conflict};

/// How full the range is from which the kernel chooses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Range {
    /// The first port.
    pub first: u16,
    /// The last port.
    pub last: u16,
    /// Ports in it that the kernel never chooses (`ip_local_reserved_ports`).
    pub reserved: usize,
    /// Ports in it that some socket has.
    pub in_use: usize,
    /// Ports that are left for bind(2).
    pub free: usize,
    /// The kernel looks at an even number of ports for TCP: one of an odd range is left out, which one is chance.
    pub one_by_chance: bool,
    /// The destination that takes most of them, and how many connections go there. TCP only.
    pub busiest: Option<Busiest>,
}

/// A destination with many connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Busiest {
    /// Where.
    pub peer: SocketAddr,
    /// Connections to there, TIME-WAIT included, whose port is of the range.
    pub connections: usize,
    /// How many connect(2) can make to one destination.
    pub limit: usize,
}

impl Busiest {
    /// Whether connect(2) there fails with EADDRNOTAVAIL, unless it can take over a TIME-WAIT.
    pub fn is_full(&self) -> bool {
        self.connections >= self.limit
    }
}

/// The sockets with a port of `ephemeral` that bind(2) of `question` cannot be given: a port is taken only for the addresses
/// that its socket has. SO_REUSEADDR and SO_REUSEPORT do not help where the kernel chooses for TCP.
pub fn taking<'a>(
    question: &Question,
    uid: u32,
    sockets: &'a [Socket],
    ephemeral: &RangeInclusive<u16>,
) -> impl Iterator<Item = &'a Socket> {
    let plain = match question.protocol {
        Protocol::TCP => Question { reuse_address: false, reuse_port: false, ..*question },
        _ => *question,
    };
    let own =
        move |socket: &&Socket| socket.protocol == plain.protocol && ephemeral.clone().contains(&socket.local.port());
    sockets.iter().filter(own).filter(move |socket| {
        let holder = Holder { socket: (*socket).clone(), reuse: None, v6only: socket.v6only };
        !matches!(conflict(&plain, &holder, uid), Conflict::No(_))
    })
}

/// Counts the ports of `ephemeral` that `sockets` have, for the addresses of `question`.
pub fn count(
    question: &Question,
    uid: u32,
    sockets: &[Socket],
    ephemeral: &RangeInclusive<u16>,
    reserved: &[RangeInclusive<u16>],
) -> Range {
    let protocol = question.protocol;
    let is_reserved = |port: &u16| reserved.iter().any(|range| range.contains(port));
    let used: BTreeSet<u16> = taking(question, uid, sockets, ephemeral).map(|socket| socket.local.port()).collect();
    let mut peers: BTreeMap<SocketAddr, usize> = BTreeMap::new();
    let own = |socket: &&Socket| socket.protocol == protocol && ephemeral.contains(&socket.local.port());
    for socket in sockets.iter().filter(own) {
        if socket.state == State::Tcp(TcpState::SynReceived) {
            continue;
        }
        if protocol == Protocol::TCP && socket.has_peer() {
            *peers.entry(socket.peer).or_default() += 1;
        }
    }
    let all = ephemeral.clone().count();
    let reserved_here = ephemeral.clone().filter(is_reserved).count();
    let in_use = used.iter().filter(|port| !is_reserved(port)).count();
    let busiest = peers.into_iter().max_by_key(|(_, connections)| *connections);
    Range {
        first: *ephemeral.start(),
        last: *ephemeral.end(),
        reserved: reserved_here,
        in_use,
        free: all.saturating_sub(reserved_here).saturating_sub(in_use),
        one_by_chance: protocol == Protocol::TCP && all > 1 && all % 2 == 1,
        busiest: busiest.map(|(peer, connections)| {
            // connect(2) walks over an even number of ports.
            let limit = if all > 1 { all & !1 } else { all };
            Busiest { peer, connections, limit: limit.saturating_sub(reserved_here) }
        }),
    }
}

/// Reads `ip_local_reserved_ports`: `8080,9148-9150`.
pub fn reserved(text: &str) -> Vec<RangeInclusive<u16>> {
    let each = text.trim().split(',').filter_map(|part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    each.collect()
}

/// The setting that reserves `port` besides what is reserved, as sysctl(8) takes it.
pub fn with_reserved(reserved: &[RangeInclusive<u16>], port: u16) -> String {
    let each = reserved.iter().map(|ports| match (ports.start(), ports.end()) {
        (first, last) if first == last => format!("{first},"),
        (first, last) => format!("{first}-{last},"),
    });
    format!("net.ipv4.ip_local_reserved_ports={}{port}", each.collect::<String>())
}

/// Reads `ip_local_port_range`: two numbers.
pub fn ephemeral(text: &str) -> Option<RangeInclusive<u16>> {
    let mut words = text.split_whitespace();
    Some(words.next()?.parse().ok()?..=words.next()?.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples::socket;

    fn asked(protocol: Protocol, addr: &str) -> Question {
        let addr = addr.parse().unwrap();
        Question { protocol, addr, v6only: false, reuse_address: false, reuse_port: false, device: None }
    }

    #[test]
    fn a_port_is_taken_for_its_address_alone() {
        let bound = |local: &str| socket(Protocol::TCP, TcpState::Closed, local, "0.0.0.0:0");
        let sockets = [bound("127.0.0.1:40000"), bound("127.0.0.1:40001"), bound("10.0.0.1:40001")];
        let free = |addr: &str| count(&asked(Protocol::TCP, addr), 0, &sockets, &(40_000..=40_003), &[]).free;
        assert_eq!((free("127.0.0.1:0"), free("10.0.0.1:0"), free("127.0.0.2:0"), free("0.0.0.0:0")), (2, 3, 4, 2));
        assert_eq!(free("[::1]:0"), 4);
    }

    #[test]
    fn the_settings_as_the_kernel_writes_them() {
        assert_eq!(ephemeral("32768\t60999\n"), Some(32_768..=60_999));
        assert_eq!(ephemeral("x"), None);
        assert_eq!(reserved("8080,9148-9150\n"), [8080..=8080, 9148..=9150]);
        assert_eq!(reserved("\n"), []);
        let setting = |text: &str| with_reserved(&reserved(text), 40_000);
        assert_eq!(setting("\n"), "net.ipv4.ip_local_reserved_ports=40000");
        assert_eq!(setting("8080,9148-9150\n"), "net.ipv4.ip_local_reserved_ports=8080,9148-9150,40000");
    }

    #[test]
    fn a_port_counts_once_and_a_request_not_at_all() {
        let tcp = |state, local: &str, peer: &str| socket(Protocol::TCP, state, local, peer);
        let sockets = [
            tcp(TcpState::Listen, "0.0.0.0:40000", "0.0.0.0:0"),
            tcp(TcpState::Established, "10.0.0.1:40000", "10.0.0.2:50000"),
            tcp(TcpState::SynReceived, "10.0.0.1:40001", "10.0.0.2:50001"),
            tcp(TcpState::TimeWait, "10.0.0.1:40002", "10.0.0.2:80"),
            tcp(TcpState::Established, "10.0.0.1:22", "10.0.0.2:80"),
            socket(Protocol::UDP, TcpState::Closed, "0.0.0.0:40003", "0.0.0.0:0"),
        ];
        let range =
            count(&asked(Protocol::TCP, "0.0.0.0:0"), 0, &sockets, &(40_000..=40_009), &[40_009..=40_009, 1..=5]);
        assert_eq!((range.reserved, range.in_use, range.free), (1, 2, 7));
        assert_eq!(count(&asked(Protocol::UDP, "0.0.0.0:0"), 0, &sockets, &(40_000..=40_009), &[]).in_use, 1);
    }

    #[test]
    fn three_ports_make_two_connections_to_one_place() {
        // Tried on Linux 6.18: the third connect(2) fails with EADDRNOTAVAIL.
        let to = |port: u16| socket(Protocol::TCP, TcpState::Established, &format!("10.0.0.1:{port}"), "10.0.0.2:80");
        let range = count(&asked(Protocol::TCP, "10.0.0.1:0"), 0, &[to(40_000), to(40_002)], &(40_000..=40_002), &[]);
        let busiest = range.busiest.unwrap();
        assert_eq!((busiest.connections, busiest.limit, busiest.is_full()), (2, 2, true));
        // bind(2) to port 0 may find the third, or not.
        assert_eq!((range.free, range.one_by_chance), (1, true));
    }
}
