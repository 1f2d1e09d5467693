//! What the kernel would do with an address, and what this host has: the values that order addresses.

#![expect(clippy::disallowed_methods, reason = "the shell: sockets that send nothing, and /etc/gai.conf")]

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use sockeye_sys::addresses::{self, AddressFlags, InterfaceAddress};

use crate::compare::File;
use crate::gai_conf::{self, GaiConf};
use crate::rfc6724::{Destination, Policy, Source};

/// Where glibc looks for changes to the order of addresses.
const GAI_CONF: &str = "/etc/gai.conf";

/// gai.conf, or what holds without it: most systems have none.
pub(super) fn gai_conf() -> File<GaiConf> {
    let text = std::fs::read(GAI_CONF);
    let error =
        text.as_ref().err().map(|error| format!("open {GAI_CONF}: {}", sockeye_cli::failure::errno_text(error)));
    let content = gai_conf::parse(&String::from_utf8_lossy(&text.unwrap_or_default()), Policy::libc());
    File { path: GAI_CONF, error, content }
}

/// The addresses of this host.
pub(super) struct Host {
    addresses: Vec<InterfaceAddress>,
}

impl Host {
    /// Asks the kernel. A kernel that does not say leaves flags and prefix lengths unknown, as does one whose list changes too often
    /// of what it has missed.
    pub(super) fn look() -> Self {
        Self { addresses: addresses::addresses().map(|listed| listed.rows).unwrap_or_default() }
    }

    /// The address with what the kernel would send from.
    pub(super) fn destination(&self, to: SocketAddr) -> Destination {
        let source = source(to).map(|from| self.source(from));
        Destination { addr: to.ip(), source }
    }

    /// Whether this host has an address of the family beside loopback: what `AI_ADDRCONFIG` asks.
    pub(super) fn is_configured(&self, ipv4: bool) -> bool {
        let of_family = |row: &&InterfaceAddress| row.addr.is_ipv4() == ipv4;
        let loopback = [IpAddr::from(Ipv4Addr::LOCALHOST), IpAddr::from(Ipv6Addr::LOCALHOST)];
        self.addresses.iter().filter(of_family).any(|row| !loopback.contains(&row.addr))
    }

    fn source(&self, from: IpAddr) -> Source {
        // On a host without an IPv6 address beside loopback glibc, seen with 2.36, knows prefix lengths and flags of none.
        let looked = !cfg!(target_env = "gnu") || self.is_configured(false);
        let row = self.addresses.iter().find(|row| looked && row.addr == from);
        let flags = row.map_or(AddressFlags::EMPTY, |row| row.flags);
        let hardware = row.and_then(|row| addresses::hardware_type(row.index).ok());
        Source {
            addr: from,
            prefix_length: row.map_or(0, |row| row.prefix_length),
            index: row.map(|row| row.index),
            deprecated: flags.contains(AddressFlags::DEPRECATED),
            home: flags.contains(AddressFlags::HOMEADDRESS),
            tunnel: hardware.is_some_and(addresses::is_tunnel),
        }
    }
}

/// The address that the kernel would send from. Connecting a datagram socket asks for a route and sends nothing.
fn source(to: SocketAddr) -> Option<IpAddr> {
    let any: IpAddr = if to.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
    socket.connect(to).ok()?;
    socket.local_addr().ok().map(|addr| addr.ip())
}
