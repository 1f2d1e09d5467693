//! Which sockets a listing is about, and the netlink requests that bring them.

use sockeye_sys::Family;
use sockeye_sys::sock_diag::{Extensions, Request, StateMask};

use crate::kind::{Kind, Kinds};

/// Which states are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Which {
    /// Connections, from the first SYN to the last ACK, and sockets of other kinds that have a peer: what ss lists
    /// without an option.
    #[default]
    Connections,
    /// What waits for peers: LISTEN, and sockets of other kinds that are not connected.
    Listening,
    /// Everything, also what is only bound, half-open or in TIME-WAIT.
    All,
}

impl Which {
    /// The state bits that this stands for.
    pub const fn mask(self) -> StateMask {
        match self {
            Self::All => StateMask::ALL,
            Self::Listening => StateMask::LISTEN.union(StateMask::CLOSED),
            Self::Connections => StateMask::ESTABLISHED
                .union(StateMask::SYN_SENT)
                .union(StateMask::FIN_WAIT_1)
                .union(StateMask::FIN_WAIT_2)
                .union(StateMask::CLOSE_WAIT)
                .union(StateMask::LAST_ACK)
                .union(StateMask::CLOSING),
        }
    }
}

/// Which sockets are listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selection {
    /// Of these kinds.
    pub kinds: Kinds,
    /// Of the Internet kinds: sockets of the IPv4 family.
    pub ipv4: bool,
    /// Of the Internet kinds: sockets of the IPv6 family, those that carry IPv4 in mapped addresses included.
    pub ipv6: bool,
    /// In these states. [`StateMask::CLOSED`] is what is not connected, of kinds that have no other state for it.
    pub states: StateMask,
    /// Kinds that have no states are listed whatever `states` says: they would never be connections.
    pub stateless: bool,
    /// With these extensions, of the Internet kinds. Where there are any, each row is kept whole.
    pub extensions: Extensions,
    /// Of the Internet kinds only those that this program of the kernel's lets pass; empty for all. It may be left out
    /// where the kernel does not take it: who gives it looks at each row again.
    pub bytecode: Vec<u8>,
}

impl Selection {
    /// Connections of these kinds, over both families, without extensions.
    pub const fn new(kinds: Kinds) -> Self {
        Self {
            kinds,
            ipv4: true,
            ipv6: true,
            states: Which::Connections.mask(),
            stateless: false,
            extensions: Extensions::EMPTY,
            bytecode: Vec::new(),
        }
    }

    /// The requests for sockets of the Internet families, one per kind and family, in the order of the listing.
    pub fn requests(&self) -> Vec<(Kind, Request)> {
        let families = [(self.ipv4, Family::INET), (self.ipv6, Family::INET6)];
        let mut requests = Vec::with_capacity(4);
        for kind in self.kinds.iter() {
            let states = self.states_of(kind);
            let Some(protocol) = kind.protocol().filter(|_| !states.is_empty()) else { continue };
            for (_, family) in families.into_iter().filter(|(wanted, _)| *wanted) {
                let (extensions, bytecode) = (self.extensions, self.bytecode.clone());
                requests.push((kind, Request { family, protocol, states, extensions, bytecode }));
            }
        }
        requests
    }

    /// The state bits that mean anything for a kind.
    ///
    /// TCP's listeners are asked for by the LISTEN bit alone: then the kernel does not walk through the connections. What
    /// is in no table has no row, so that CLOSED asks for nothing.
    pub fn states_of(&self, kind: Kind) -> StateMask {
        let meant = match kind {
            _ if kind.has_tcp_states() && self.states == StateMask::ALL => StateMask::ALL,
            _ if kind.has_tcp_states() => StateMask::ALL.without(StateMask::CLOSED),
            Kind::Udp | Kind::UdpLite | Kind::Raw | Kind::Ping => StateMask::ESTABLISHED.union(StateMask::CLOSED),
            _ if self.stateless && Kinds::STATELESS.contains(kind) => return StateMask::CLOSED,
            Kind::PacketRaw | Kind::PacketDgram | Kind::Netlink => StateMask::CLOSED,
            _ => StateMask::ALL,
        };
        StateMask(self.states.0 & meant.0)
    }

    /// Whether a socket of this kind, whose state has this bit, belongs to the listing.
    pub fn wants(&self, kind: Kind, state: StateMask) -> bool {
        self.kinds.contains(kind) && self.states_of(kind).intersects(state)
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::Protocol;

    use super::*;

    fn all() -> Selection {
        Selection { states: Which::All.mask(), ..Selection::new(Kinds::TCP_UDP) }
    }

    #[test]
    fn one_request_per_protocol_and_family() {
        let asked: Vec<_> = all().requests().iter().map(|(_, request)| (request.protocol, request.family)).collect();
        assert_eq!(
            asked,
            [
                (Protocol::TCP, Family::INET),
                (Protocol::TCP, Family::INET6),
                (Protocol::UDP, Family::INET),
                (Protocol::UDP, Family::INET6)
            ]
        );
        let narrow = Selection { kinds: Kinds::of(Kind::Udp), ipv4: false, ..all() }.requests();
        assert_eq!(narrow.len(), 1);
        assert_eq!((narrow[0].1.protocol, narrow[0].1.family), (Protocol::UDP, Family::INET6));
        assert_eq!(Selection::new(Kinds::UNIX).requests(), [], "they are asked for otherwise");
    }

    #[test]
    fn states_are_those_that_ss_lists() {
        // ss.c: SS_ALL, SS_CONN; -l is LISTEN and CLOSE, of which TCP has only the first.
        let masks = |which: Which| {
            let requests = Selection { states: which.mask(), ..all() }.requests();
            (requests[0].1.states.0, requests[2].1.states.0)
        };
        assert_eq!(masks(Which::All), (0x3ffe, 0x82));
        assert_eq!(masks(Which::Listening), (1 << 10, 1 << 7));
        assert_eq!(masks(Which::Connections), (0x0b36, 1 << 1));
    }

    #[test]
    fn states_that_a_kind_does_not_have_ask_for_nothing() {
        let listening = Selection { states: StateMask::LISTEN, ..all() };
        assert_eq!(listening.requests().len(), 2, "TCP over both families, and no UDP");
        assert!(listening.wants(Kind::Tcp, StateMask::LISTEN) && !listening.wants(Kind::Udp, StateMask::CLOSED));
        let packet = Selection { kinds: Kinds::PACKET, ..all() };
        assert!(packet.wants(Kind::PacketRaw, StateMask::CLOSED) && !packet.wants(Kind::Tcp, StateMask::LISTEN));
    }

    #[test]
    fn what_never_has_a_peer_is_no_connection_and_can_be_listed_all_the_same() {
        let connections = Selection::new(Kinds::STATELESS);
        assert!(!connections.wants(Kind::PacketRaw, StateMask::CLOSED), "as ss has it with -A");
        let always = Selection { stateless: true, ..connections };
        assert!(always.wants(Kind::PacketRaw, StateMask::CLOSED) && always.wants(Kind::Netlink, StateMask::CLOSED));
        let udp = Selection { kinds: Kinds::TCP_UDP, ..always };
        assert!(!udp.wants(Kind::Udp, StateMask::CLOSED), "these have states");
    }
}
