//! How full each listener is.

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use sockeye_sys::{Family, TcpState};

use crate::socket::Socket;
use crate::state::State;

/// A listener and what waits at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gauge {
    /// The listener.
    pub socket: Socket,
    /// Connections whose last ACK has not come.
    pub half_open: u32,
}

/// What of a gauge changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Level {
    /// Connections that wait for accept(2).
    pub waiting_connections: u32,
    /// The backlog, as listen(2) and `net.core.somaxconn` made it. The kernel lets one more wait.
    pub limit_connections: u32,
    /// Connections whose last ACK has not come.
    pub half_open_connections: u32,
    /// Segments that the listener dropped since it listens; null where the kernel does not say.
    pub drops_segments: Option<u32>,
}

impl Level {
    /// Whether the kernel lets no more wait.
    pub fn is_full(self) -> bool {
        self.waiting_connections > self.limit_connections
    }
}

impl Gauge {
    /// What it shows.
    pub fn level(&self) -> Level {
        Level {
            waiting_connections: self.socket.recv_queue,
            limit_connections: self.socket.send_queue,
            half_open_connections: self.half_open,
            drops_segments: self.socket.details().and_then(|row| row.skmeminfo?.drops),
        }
    }
}

/// The listeners among `sockets`, in the order of a listing, each with the requests among `sockets` that are its.
pub fn gauges(sockets: Vec<Socket>) -> Vec<Gauge> {
    let (listeners, others): (Vec<Socket>, Vec<Socket>) =
        sockets.into_iter().partition(|socket| socket.state == State::Tcp(TcpState::Listen));
    let mut gauges: Vec<Gauge> = listeners.into_iter().map(|socket| Gauge { socket, half_open: 0 }).collect();
    gauges.sort_unstable_by(|one, other| one.socket.listing_order(&other.socket));
    for request in others.iter().filter(|socket| socket.state == State::Tcp(TcpState::SynReceived)) {
        let nearest = gauges.iter_mut().filter_map(|gauge| Some((fit(&gauge.socket, request)?, gauge)));
        if let Some((_, gauge)) = nearest.max_by_key(|(fit, _)| *fit) {
            gauge.half_open += 1;
        }
    }
    gauges
}

/// How well a listener fits a request that came: the kernel takes the most special one. `None` if it does not fit.
fn fit(listener: &Socket, request: &Socket) -> Option<u8> {
    if listener.local.port() != request.local.port() || listener.protocol != request.protocol {
        return None;
    }
    let device = match listener.interface {
        None => 0,
        Some(index) if request.interface == Some(index) => 4,
        Some(_) => return None,
    };
    let (here, came) = (plain(listener.local), plain(request.local));
    let address = match here {
        _ if here == came => 2,
        IpAddr::V4(any) if any.is_unspecified() && came.is_ipv4() => 1,
        IpAddr::V6(any) if any.is_unspecified() && came.is_ipv6() => 1,
        IpAddr::V6(any) if any.is_unspecified() && listener.family == Family::INET6 => {
            (listener.v6only != Some(true)).then_some(0)?
        }
        _ => return None,
    };
    Some(device + address)
}

/// The address without the mapping: a request for IPv4 at an IPv6 listener is listed either way.
fn plain(address: SocketAddr) -> IpAddr {
    address.ip().to_canonical()
}

/// What is different at a listener since the last look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change<'a> {
    /// It was not there.
    Appeared(&'a Gauge),
    /// It shows something else.
    Moved {
        /// As it is now.
        gauge: &'a Gauge,
        /// What it showed before.
        before: Level,
    },
    /// It is there no more.
    Gone(&'a Gauge),
}

/// What is different between two looks, in the order of the second; what is gone comes last.
pub fn changes<'a>(before: &'a [Gauge], after: &'a [Gauge]) -> Vec<Change<'a>> {
    let find = |gauges: &'a [Gauge], cookie| gauges.iter().find(|gauge| gauge.socket.cookie == cookie);
    let mut changes = Vec::new();
    for gauge in after {
        match find(before, gauge.socket.cookie) {
            None => changes.push(Change::Appeared(gauge)),
            Some(old) if old.level() != gauge.level() => changes.push(Change::Moved { gauge, before: old.level() }),
            Some(_) => {}
        }
    }
    changes.extend(before.iter().filter(|old| find(after, old.socket.cookie).is_none()).map(Change::Gone));
    changes
}

#[cfg(test)]
mod tests {
    use sockeye_sys::Protocol;

    use super::*;
    use crate::samples::socket;

    fn listener(local: &str, cookie: u64) -> Socket {
        Socket { cookie, send_queue: 3, ..socket(Protocol::TCP, TcpState::Listen, local, "0.0.0.0:0") }
    }

    fn request(local: &str) -> Socket {
        Socket { cookie: 99, ..socket(Protocol::TCP, TcpState::NewSynReceived, local, "192.0.2.9:5000") }
    }

    fn half_open(gauges: &[Gauge]) -> Vec<(String, u32)> {
        gauges.iter().map(|gauge| (gauge.socket.local.to_string(), gauge.half_open)).collect()
    }

    #[test]
    fn a_request_belongs_to_the_most_special_listener() {
        let sockets = vec![
            listener("0.0.0.0:80", 1),
            listener("127.0.0.1:80", 2),
            Socket { v6only: Some(false), ..listener("[::]:81", 3) },
            Socket { interface: Some(4), ..listener("0.0.0.0:80", 5) },
            request("127.0.0.1:80"),
            request("192.0.2.1:80"),
            request("192.0.2.1:81"),
            request("[::ffff:192.0.2.1]:81"),
            Socket { interface: Some(4), ..request("192.0.2.1:80") },
            request("192.0.2.1:82"),
        ];
        let mut found = half_open(&gauges(sockets));
        found.sort();
        let expected = [("0.0.0.0:80", 1), ("0.0.0.0:80", 1), ("127.0.0.1:80", 1), ("[::]:81", 2)];
        assert_eq!(found, expected.map(|(local, count)| (local.to_owned(), count)));
    }

    #[test]
    fn a_v6only_listener_takes_no_request_of_ipv4() {
        let only = Socket { v6only: Some(true), ..listener("[::]:81", 3) };
        assert_eq!(half_open(&gauges(vec![only, request("192.0.2.1:81")])), [("[::]:81".to_owned(), 0)]);
    }

    #[test]
    fn full_is_one_more_than_the_backlog() {
        let level = |waiting_connections| Level { waiting_connections, limit_connections: 3, ..Level::default() };
        assert!(!level(3).is_full());
        assert!(level(4).is_full());
    }

    #[test]
    fn changes_are_told_once() {
        let before = gauges(vec![listener("0.0.0.0:80", 1), listener("0.0.0.0:81", 2)]);
        let full = Socket { recv_queue: 4, ..listener("0.0.0.0:80", 1) };
        let after = gauges(vec![full, listener("0.0.0.0:82", 3)]);
        let changes = changes(&before, &after);
        assert_eq!(changes.len(), 3, "{changes:?}");
        assert!(
            matches!(&changes[0], Change::Moved { gauge, before } if gauge.socket.cookie == 1 && before.waiting_connections == 0)
        );
        assert!(matches!(changes[1], Change::Appeared(gauge) if gauge.socket.cookie == 3));
        assert!(matches!(changes[2], Change::Gone(gauge) if gauge.socket.cookie == 2));
        assert!(super::changes(&after, &after).is_empty());
    }
}
