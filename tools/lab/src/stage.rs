//! Where an experiment takes place: what the machine allows, who the hosts are, which ports are used.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

use crate::model::{Address, End, Link, Medium, Network, Node, NodeKind};
use serde::{Deserialize, Serialize};

/// What this machine allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Privilege {
    /// Whether hosts can be made out of network namespaces.
    pub namespaces: bool,
    /// Whether that takes a user namespace, as for everybody but root.
    pub user_namespace: bool,
    /// What the system said, if it cannot be done.
    pub refusal: Option<String>,
    /// What helps then.
    pub hint: Option<String>,
    /// What cannot be had between hosts, and why: a switch, a wire.
    #[serde(default)]
    pub missing: Vec<String>,
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.refusal, self.user_namespace) {
            (Some(refusal), _) => write!(f, "hosts cannot be made here: {refusal}")?,
            (None, true) => write!(f, "hosts can be made here, inside a user namespace (CLONE_NEWUSER|CLONE_NEWNET)")?,
            (None, false) => f.write_str("hosts can be made here (CLONE_NEWNET)")?,
        }
        self.missing.iter().try_for_each(|missing| write!(f, "; not to be had: {missing}"))
    }
}

/// The ports of the tour on the loopback interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Ports {
    /// From which Alice sends her datagram.
    pub alice_udp: u16,
    /// On which Bob waits for datagrams.
    pub bob_udp: u16,
    /// On which Bob waits for connections.
    pub bob_tcp: u16,
}

impl Ports {
    /// Ports to try on a machine that others use too, best first. With the pid as `seed`, two runs at one time begin
    /// with different ones.
    ///
    /// They lie below the range from which Linux takes a port for whoever asks for none (ip(7), ip_local_port_range), so
    /// that no client's socket gets one between the look whether it is free and its use.
    pub fn candidates(seed: u32) -> impl Iterator<Item = Self> {
        const FIRST: u16 = 20_000;
        const TRIPLES: u16 = 4_000;
        let start = u16::try_from(seed % u32::from(TRIPLES)).unwrap_or_default();
        (0..TRIPLES).map(move |index| {
            let first = FIRST + (start + index) % TRIPLES * 3;
            Self { alice_udp: first, bob_udp: first + 1, bob_tcp: first + 2 }
        })
    }
}

const ALICE: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const BOB: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 2);

/// Alice and Bob, and one cable.
pub fn pair() -> Network {
    let node = |name: &str| Node { name: name.to_owned(), kind: NodeKind::Host };
    let end = |name: &str, v4: Ipv4Addr, last: u16| End {
        node: name.to_owned(),
        interface: "eth0".to_owned(),
        addresses: vec![
            Address { addr: v4.into(), prefix: 24 },
            Address { addr: Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last).into(), prefix: 64 },
        ],
        mtu: None,
    };
    Network {
        nodes: vec![node("alice"), node("bob")],
        links: vec![Link {
            name: "alice-bob".to_owned(),
            ends: [end("alice", ALICE, 1), end("bob", BOB, 2)],
            medium: Medium::Cable,
        }],
        ..Network::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_at_one_time_try_different_ports_that_no_client_gets() {
        let all = |ports: Ports| [ports.alice_udp, ports.bob_udp, ports.bob_tcp];
        let first = |seed| all(Ports::candidates(seed).next().unwrap());
        assert!(!first(7).iter().any(|port| first(8).contains(port)));
        assert_eq!(first(7), first(4007));
        let mut every: Vec<u16> = Ports::candidates(3999).flat_map(all).collect();
        assert!(every.iter().all(|port| (20_000..32_000).contains(port)));
        every.sort_unstable();
        every.dedup();
        assert_eq!(every.len(), 12_000);
    }
}
