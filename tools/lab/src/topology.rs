//! Hosts, links and addresses, as a description: what a network shall be, before anything is made.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde::{Serialize, Serializer};

/// A network to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Topology {
    /// The names of the hosts.
    pub hosts: &'static [&'static str],
    /// The cables between them.
    pub links: &'static [Link],
}

/// A cable between two hosts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its ends.
    pub ends: [End; 2],
}

/// Where a cable is plugged in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End {
    /// The host.
    pub host: &'static str,
    /// The interface of that host.
    pub interface: &'static str,
    /// What the interface is called by.
    pub addresses: &'static [Address],
}

/// An address and the length of its prefix in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub addr: IpAddr,
    /// How many of its first bits name the network.
    pub prefix: u8,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.addr, self.prefix)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

const fn v4(last: u8) -> Address {
    Address { addr: IpAddr::V4(Ipv4Addr::new(10, 0, 0, last)), prefix: 24 }
}

const fn v6(last: u16) -> Address {
    Address { addr: IpAddr::V6(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, last)), prefix: 64 }
}

/// Alice and Bob, and one cable.
pub const PAIR: Topology = Topology {
    hosts: &["alice", "bob"],
    links: &[Link {
        ends: [
            End { host: "alice", interface: "eth0", addresses: &[v4(1), v6(1)] },
            End { host: "bob", interface: "eth0", addresses: &[v4(2), v6(2)] },
        ],
    }],
};

impl Topology {
    /// The first address of a host.
    pub fn addr(&self, host: &str) -> Option<IpAddr> {
        let ends = self.links.iter().flat_map(|link| &link.ends);
        ends.filter(|end| end.host == host).find_map(|end| end.addresses.first()).map(|address| address.addr)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pair_is_that_of_the_course() {
        assert_eq!(PAIR.addr("alice"), Some([10, 0, 0, 1].into()));
        assert_eq!(PAIR.addr("bob"), Some([10, 0, 0, 2].into()));
        assert_eq!(PAIR.addr("carol"), None);
        assert_eq!(v6(2).to_string(), "fd00::2/64");
    }

    #[test]
    fn every_end_is_at_a_host_that_exists() {
        for end in PAIR.links.iter().flat_map(|link| &link.ends) {
            assert!(PAIR.hosts.contains(&end.host), "{end:?}");
        }
    }
}
