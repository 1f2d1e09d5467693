//! What a socket needs of a URL: the host, the port, and the addresses, as far as they are known without asking anyone.

use std::net::{IpAddr, SocketAddr};

use serde::Serialize;
use sockeye_common::addr::{Endpoint, Host, IpText, Zone};
use sockeye_common::sockaddr::Sockaddr;
use sockeye_common::{hex, special};

use crate::dissect::{Dissection, HostKind};
use crate::percent;
use crate::scheme::{self, Transport};
use crate::spans::SchemeKind;

/// What a program would hand to getaddrinfo(3) and connect(2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Socket {
    /// The name, in ASCII, or the address with its zone and without brackets.
    pub host: String,
    /// In host order; `None` if neither the URL nor its scheme has one.
    pub port: Option<u16>,
    /// What carries the scheme; `None` if the scheme is not known.
    pub transport: Option<Transport>,
    /// Whether the host is an address, so that no resolver is needed.
    pub numeric: bool,
    /// Whether the addresses come from getaddrinfo(3).
    pub resolved: bool,
    /// Whether getaddrinfo(3) was asked and gave none: the error that goes with it says why.
    #[serde(skip)]
    pub failed: bool,
    /// Known at once for an address, and otherwise only after resolving.
    pub addresses: Vec<Address>,
}

/// An address to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Address {
    /// RFC 5952 text, with the zone.
    pub address: String,
    /// AF_INET or AF_INET6.
    pub family: &'static str,
    /// The socket address in hexadecimal; `None` without a port, or with a zone whose index must be looked up.
    pub sockaddr: Option<String>,
    /// What IANA reserved the address for.
    pub special: Option<Special>,
    /// The address itself, for those who lay it out.
    #[serde(skip)]
    pub socket_addr: Option<SocketAddr>,
}

/// A row of IANA's special-purpose registries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Special {
    /// The name in the registry.
    pub name: &'static str,
    /// The range: `10.0.0.0/8`.
    pub prefix: String,
    /// Where it is specified.
    pub source: &'static str,
}

impl Special {
    /// The most specific range that `addr` is in.
    pub fn of(addr: IpAddr) -> Option<Self> {
        special::lookup(addr).map(|range| Self {
            name: range.name,
            prefix: range.prefix.to_string(),
            source: range.rfc,
        })
    }
}

impl Address {
    /// An address that is a number, its zone perhaps not.
    fn numeric(host: &Host, port: Option<u16>) -> Option<Self> {
        let socket_addr = port.and_then(|port| Endpoint::new(host.clone(), port).numeric());
        let mut address = Self::of_ip(host.ip()?, socket_addr);
        address.address = host.to_string();
        Some(address)
    }

    /// An address with everything that connect(2) takes.
    pub fn of_socket_addr(addr: SocketAddr) -> Self {
        let mut address = Self::of_ip(addr.ip(), Some(addr));
        address.address = Endpoint::from(addr).host.to_string();
        address
    }

    fn of_ip(ip: IpAddr, socket_addr: Option<SocketAddr>) -> Self {
        Self {
            address: IpText(ip).to_string(),
            family: if ip.is_ipv4() { "AF_INET" } else { "AF_INET6" },
            sockaddr: socket_addr.map(|addr| hex::encode(&Sockaddr::from(addr).emit())),
            special: Special::of(ip),
            socket_addr,
        }
    }
}

impl Socket {
    /// The transport as people write it.
    pub fn transport_words(&self) -> &'static str {
        match self.transport {
            Some(Transport::Tcp) => "TCP",
            Some(Transport::Udp) => "UDP",
            None => "a transport that the scheme does not tell",
        }
    }

    /// What getaddrinfo(3) would be asked, as C writes it.
    pub fn question(&self) -> String {
        match self.port {
            Some(port) => format!("getaddrinfo(\"{}\", \"{port}\")", self.host),
            None => format!("getaddrinfo(\"{}\", NULL)", self.host),
        }
    }
}

/// Why a URL without a [`Socket`] has none.
pub(crate) fn why_none(url: &Dissection) -> &'static str {
    match url.host_kind {
        HostKind::Empty | HostKind::None => "the URL has no host to connect to",
        _ if url.scheme_kind == SchemeKind::File => "a file URL does not say how to connect to its host",
        _ => "the host is no name and no address that a resolver takes",
    }
}

/// What a socket needs for this URL, or `None` if it has no host to connect to.
pub(crate) fn of(url: &Dissection) -> Option<Socket> {
    if url.scheme_kind == SchemeKind::File {
        return None;
    }
    let host = host(url)?;
    let scheme = scheme::lookup(url.scheme.value.as_deref()?);
    let port = url.effective_port.number;
    let addresses: Vec<Address> = Address::numeric(&host, port).into_iter().collect();
    Some(Socket {
        host: host.to_string(),
        port,
        transport: scheme.map(|scheme| scheme.transport),
        numeric: host.ip().is_some(),
        resolved: false,
        failed: false,
        addresses,
    })
}

fn host(url: &Dissection) -> Option<Host> {
    let value = url.host.value.as_deref()?;
    match url.host_kind {
        HostKind::Domain => Some(Host::Name(value.to_owned())),
        HostKind::Ipv4 => Some(Host::V4(value.parse().ok()?)),
        HostKind::Ipv6 => {
            let addr = value.trim_start_matches('[').trim_end_matches(']').parse().ok()?;
            let zone: Option<Zone> = url.zone.value.as_deref().and_then(|zone| zone.parse().ok());
            Some(Host::V6 { addr, zone })
        }
        // The standard does not look into it; whoever connects will, and takes it for a name or an address.
        HostKind::Opaque => str::from_utf8(&percent::decode(value)).ok()?.parse().ok(),
        HostKind::Empty | HostKind::None => None,
    }
}
