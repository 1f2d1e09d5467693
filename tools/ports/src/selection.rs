//! Which sockets a listing is about, and the netlink requests that bring them.

use sockeye_sys::sock_diag::{Extensions, Request, StateMask};
use sockeye_sys::{Family, Protocol};

/// Which states are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Connections, from the first SYN to the last ACK, and connected UDP sockets: what ss lists without an option.
    #[default]
    Connections,
    /// What waits for peers: LISTEN, and UDP sockets that are not connected.
    Listening,
    /// Everything, also what is only bound, half-open or in TIME-WAIT.
    All,
}

/// Which sockets are listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Selection {
    /// TCP.
    pub tcp: bool,
    /// UDP.
    pub udp: bool,
    /// Sockets of the IPv4 family.
    pub ipv4: bool,
    /// Sockets of the IPv6 family, those that carry IPv4 in mapped addresses included.
    pub ipv6: bool,
    /// Their states.
    pub which: Which,
}

impl Selection {
    /// The requests, one per protocol and family, in the order of the listing.
    pub fn requests(&self) -> Vec<Request> {
        let protocols = [(self.tcp, Protocol::TCP), (self.udp, Protocol::UDP)];
        let families = [(self.ipv4, Family::INET), (self.ipv6, Family::INET6)];
        let mut requests = Vec::with_capacity(4);
        for (_, protocol) in protocols.into_iter().filter(|(wanted, _)| *wanted) {
            for (_, family) in families.into_iter().filter(|(wanted, _)| *wanted) {
                let states = states(protocol, self.which);
                requests.push(Request { family, protocol, states, extensions: Extensions::EMPTY });
            }
        }
        requests
    }
}

/// The state bits that `which` stands for.
///
/// Listeners are asked for by the LISTEN bit alone: then the kernel does not walk through the connections.
fn states(protocol: Protocol, which: Which) -> StateMask {
    match (protocol, which) {
        (Protocol::TCP, Which::All) => StateMask::ALL,
        (Protocol::TCP, Which::Listening) => StateMask::LISTEN,
        (Protocol::TCP, Which::Connections) => StateMask::ESTABLISHED
            .union(StateMask::SYN_SENT)
            .union(StateMask::FIN_WAIT_1)
            .union(StateMask::FIN_WAIT_2)
            .union(StateMask::CLOSE_WAIT)
            .union(StateMask::LAST_ACK)
            .union(StateMask::CLOSING),
        (_, Which::All) => StateMask::ESTABLISHED.union(StateMask::CLOSED),
        (_, Which::Listening) => StateMask::CLOSED,
        (_, Which::Connections) => StateMask::ESTABLISHED,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Selection = Selection { tcp: true, udp: true, ipv4: true, ipv6: true, which: Which::All };

    #[test]
    fn one_request_per_protocol_and_family() {
        let asked: Vec<_> = BOTH.requests().iter().map(|request| (request.protocol, request.family)).collect();
        assert_eq!(
            asked,
            [
                (Protocol::TCP, Family::INET),
                (Protocol::TCP, Family::INET6),
                (Protocol::UDP, Family::INET),
                (Protocol::UDP, Family::INET6)
            ]
        );
        let narrow = Selection { tcp: false, ipv4: false, ..BOTH }.requests();
        assert_eq!(narrow.len(), 1);
        assert_eq!((narrow[0].protocol, narrow[0].family), (Protocol::UDP, Family::INET6));
    }

    #[test]
    fn states_are_those_that_ss_lists() {
        // ss.c: SS_ALL, SS_CONN; -l is LISTEN and CLOSE, and only UDP sockets are listed as CLOSE.
        let masks = |which| {
            let requests = Selection { which, ..BOTH }.requests();
            (requests[0].states.0, requests[2].states.0)
        };
        assert_eq!(masks(Which::All), (0x3ffe, 0x82));
        assert_eq!(masks(Which::Listening), (1 << 10, 1 << 7));
        assert_eq!(masks(Which::Connections), (0x0b36, 1 << 1));
    }
}
