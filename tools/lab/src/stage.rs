//! Where an experiment takes place: what the machine allows, who the hosts are, which ports are used.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use serde::{Deserialize, Serialize};
use sockeye_common::checksum::{PseudoHeader, udp_transmitted};

use crate::topology::Topology;

/// What the hosts are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A network namespace each, and cables between them.
    Namespaces,
    /// All of them are this machine, and its loopback interface is what lies between them.
    Loopback,
}

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
}

impl fmt::Display for Privilege {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.refusal, self.user_namespace) {
            (Some(refusal), _) => write!(f, "hosts cannot be made here: {refusal}"),
            (None, true) => f.write_str("hosts can be made here, inside a user namespace (CLONE_NEWUSER|CLONE_NEWNET)"),
            (None, false) => f.write_str("hosts can be made here (CLONE_NEWNET)"),
        }
    }
}

/// The ports of the tour.
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
    /// Those of the course's example.
    pub const COURSE: Self = Self { alice_udp: 5000, bob_udp: 6000, bob_tcp: 7000 };

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

/// Where the tour takes place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage {
    /// What the hosts are made of.
    pub kind: Kind,
    /// Alice's address.
    pub alice: Ipv4Addr,
    /// Bob's address.
    pub bob: Ipv4Addr,
    /// The ports.
    pub ports: Ports,
}

impl Stage {
    /// Two hosts of `topology` with the course's ports, or `None` if one has no IPv4 address.
    pub fn two_hosts(topology: &Topology) -> Option<Self> {
        match (topology.addr("alice"), topology.addr("bob")) {
            (Some(IpAddr::V4(alice)), Some(IpAddr::V4(bob))) => {
                Some(Self { kind: Kind::Namespaces, alice, bob, ports: Ports::COURSE })
            }
            _ => None,
        }
    }

    /// This machine alone, with ports that are free on it.
    pub fn loopback(ports: Ports) -> Self {
        Self { kind: Kind::Loopback, alice: Ipv4Addr::LOCALHOST, bob: Ipv4Addr::LOCALHOST, ports }
    }

    /// The checksum that Alice's UDP datagram with this data must carry: what theory says, without asking any tool.
    ///
    /// # Source
    /// RFC 768, "Fields".
    pub fn checksum(&self, data: &str) -> u16 {
        const UDP: u8 = 17;
        const HEADER_LEN: u16 = 8;
        // The data are short words of ours.
        let length = u16::try_from(data.len()).unwrap_or(u16::MAX).saturating_add(HEADER_LEN);
        let mut sum = PseudoHeader::V4 { src: self.alice, dst: self.bob, protocol: UDP, length }.sum();
        sum.add_u16(self.ports.alice_udp).add_u16(self.ports.bob_udp).add_u16(length).add(data.as_bytes());
        udp_transmitted(sum.checksum())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topology::PAIR;

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

    #[test]
    fn the_course_s_two_datagrams_do_not_have_the_same_checksum() {
        let stage = Stage::two_hosts(&PAIR).unwrap();
        assert_eq!(stage.checksum("ABCDE"), 0xf752);
        assert_eq!(stage.checksum("ABCDEUQUQUQ"), 0x0347);
    }
}
