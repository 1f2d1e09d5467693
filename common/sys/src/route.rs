//! Routes over rtnetlink(7), without iproute2.
//!
//! Everything is about the main table of the network namespace of the calling thread.

use std::fmt;
use std::net::IpAddr;

use crate::error::CallError;
use crate::interface;
use crate::netlink::{Builder, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, Socket};

const RTM_NEWROUTE: u16 = 24;
const RTM_DELROUTE: u16 = 25;

const RTA_DST: u16 = 1;
const RTA_OIF: u16 = 4;
const RTA_GATEWAY: u16 = 5;

/// Made by an administrator.
const RTPROT_STATIC: u8 = 4;
const RTN_UNICAST: u8 = 1;
/// Of what is at the other end of the link itself.
const RT_SCOPE_LINK: u8 = 253;
/// In a deletion: of any scope.
const RT_SCOPE_NOWHERE: u8 = 255;

/// A route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Route<'a> {
    /// Where to: a network and the length of its prefix in bits. Zero bits are everywhere.
    pub to: (IpAddr, u8),
    /// Through which neighbour, of the same family.
    pub via: Option<IpAddr>,
    /// Through which interface; without, that by which the neighbour is reached.
    pub interface: Option<&'a str>,
}

impl fmt::Display for Route<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (network, prefix) = self.to;
        write!(f, "{network}/{prefix}")?;
        if let Some(via) = self.via {
            write!(f, " via {via}")?;
        }
        match self.interface {
            Some(interface) => write!(f, " dev {interface}"),
            None => Ok(()),
        }
    }
}

/// Adds a route.
///
/// # Errors
/// [`CallError`] with EEXIST if there is one to that network, ENETUNREACH or EHOSTUNREACH if the neighbour is not on a
/// link of this host, ENETDOWN if the interface is down, EINVAL if bits are set behind the prefix, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7), RTM_NEWROUTE.
pub fn add(route: &Route<'_>) -> Result<(), CallError> {
    let scope = if route.via.is_none() && route.to.0.is_ipv4() { RT_SCOPE_LINK } else { libc::RT_SCOPE_UNIVERSE };
    let flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    request(RTM_NEWROUTE, flags, "RTM_NEWROUTE", route, [RTPROT_STATIC, scope, RTN_UNICAST])
}

/// Removes a route, whoever made it.
///
/// # Errors
/// [`CallError`] with ESRCH if there is none like it, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7), RTM_DELROUTE.
pub fn remove(route: &Route<'_>) -> Result<(), CallError> {
    request(RTM_DELROUTE, NLM_F_REQUEST | NLM_F_ACK, "RTM_DELROUTE", route, [0, RT_SCOPE_NOWHERE, 0])
}

fn request(
    kind: u16,
    flags: u16,
    call: &'static str,
    route: &Route<'_>,
    [protocol, scope, unicast]: [u8; 3],
) -> Result<(), CallError> {
    let (network, prefix) = route.to;
    let family = if network.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    let mut message = Builder::new(kind, flags);
    // struct rtmsg: family, lengths of the prefixes of destination and source, type of service, table, protocol, scope,
    // type, flags.
    message.u8(u8::try_from(family).unwrap_or(0)).u8(prefix).u8(0).u8(0);
    message.u8(libc::RT_TABLE_MAIN).u8(protocol).u8(scope).u8(unicast).u32(0);
    if prefix > 0 {
        address(&mut message, RTA_DST, network);
    }
    if let Some(via) = route.via {
        address(&mut message, RTA_GATEWAY, via);
    }
    if let Some(name) = route.interface {
        message.attribute(RTA_OIF, &interface::index(name)?.to_ne_bytes());
    }
    Socket::open(libc::NETLINK_ROUTE)?.request(call, &route.to_string(), &message.finish())
}

fn address(message: &mut Builder, attribute: u16, addr: IpAddr) {
    match addr {
        IpAddr::V4(addr) => message.attribute(attribute, &addr.octets()),
        IpAddr::V6(addr) => message.attribute(attribute, &addr.octets()),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_prints_as_it_is_typed() {
        let to = (IpAddr::from([10, 0, 3, 0]), 24);
        let via = Some(IpAddr::from([10, 0, 2, 2]));
        assert_eq!(Route { to, via, interface: None }.to_string(), "10.0.3.0/24 via 10.0.2.2");
        assert_eq!(Route { to, via: None, interface: Some("eth0") }.to_string(), "10.0.3.0/24 dev eth0");
    }
}
