//! `std::net::SocketAddr` to the kernel's sockaddr and back.

use std::ffi::CStr;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use crate::numbers::Family;

/// A sockaddr_in or sockaddr_in6 in memory that a call can be pointed at.
pub(crate) enum RawSockaddr {
    V4(libc::sockaddr_in),
    V6(libc::sockaddr_in6),
}

impl RawSockaddr {
    pub(crate) fn as_ptr(&self) -> *const libc::sockaddr {
        match self {
            Self::V4(raw) => std::ptr::from_ref(raw).cast(),
            Self::V6(raw) => std::ptr::from_ref(raw).cast(),
        }
    }

    pub(crate) fn len(&self) -> libc::socklen_t {
        let len = match self {
            Self::V4(_) => size_of::<libc::sockaddr_in>(),
            Self::V6(_) => size_of::<libc::sockaddr_in6>(),
        };
        libc::socklen_t::try_from(len).unwrap_or(0)
    }
}

impl From<&SocketAddr> for RawSockaddr {
    fn from(addr: &SocketAddr) -> Self {
        match addr {
            SocketAddr::V4(addr) => Self::V4(libc::sockaddr_in {
                sin_family: family(Family::INET),
                sin_port: addr.port().to_be(),
                sin_addr: libc::in_addr { s_addr: u32::from_ne_bytes(addr.ip().octets()) },
                sin_zero: [0; 8],
            }),
            SocketAddr::V6(addr) => Self::V6(libc::sockaddr_in6 {
                sin6_family: family(Family::INET6),
                sin6_port: addr.port().to_be(),
                sin6_flowinfo: addr.flowinfo(),
                sin6_addr: libc::in6_addr { s6_addr: addr.ip().octets() },
                sin6_scope_id: addr.scope_id(),
            }),
        }
    }
}

fn family(family: Family) -> libc::sa_family_t {
    libc::sa_family_t::try_from(family.0).unwrap_or_default()
}

/// The address that the octets of a sockaddr hold: `None` for families other than IPv4 and IPv6 and for short ones.
pub(crate) fn parse(octets: &[u8]) -> Option<SocketAddr> {
    let mut reader = Reader::new(octets);
    let family = reader.u16_in(ByteOrder::HOST, "sa_family").ok()?;
    let port = reader.u16("sin_port").ok()?;
    match Family(family.into()) {
        Family::INET => {
            let addr: [u8; 4] = reader.array("sin_addr").ok()?;
            Some(SocketAddrV4::new(addr.into(), port).into())
        }
        Family::INET6 => {
            // std passes sin6_flowinfo through in whatever order it is, and so do we.
            let flowinfo = reader.u32_in(ByteOrder::HOST, "sin6_flowinfo").ok()?;
            let addr: [u8; 16] = reader.array("sin6_addr").ok()?;
            let scope_id = reader.u32_in(ByteOrder::HOST, "sin6_scope_id").ok()?;
            Some(SocketAddrV6::new(Ipv6Addr::from(addr), port, flowinfo, scope_id).into())
        }
        _ => None,
    }
}

/// Text from libc. What is not UTF-8 becomes `\DDD` per octet, as RFC 1035 section 5.1 writes octets that are not text.
///
/// Names come from hosts files and from the network and can hold any octet but NUL. Nothing is lost this way, and the
/// result is still to be escaped before it goes to a terminal.
pub(crate) fn text(octets: &CStr) -> String {
    let mut text = String::new();
    for chunk in octets.to_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|octet| format!("\\{octet:03}")));
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn octets(raw: &RawSockaddr) -> Vec<u8> {
        let len = usize::try_from(raw.len()).unwrap();
        // SAFETY: `raw` is a live sockaddr structure of `len` octets without padding.
        unsafe { std::slice::from_raw_parts(raw.as_ptr().cast::<u8>(), len) }.to_vec()
    }

    #[test]
    fn the_octets_of_sockaddr_in() {
        let raw = RawSockaddr::from(&"127.0.0.1:8080".parse().unwrap());
        assert_eq!(octets(&raw)[2..], [0x1f, 0x90, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
    }

    #[test]
    fn octets_that_are_not_utf8_are_kept_as_numbers() {
        assert_eq!(text(c"b\xfccher.test"), "b\\252cher.test");
        assert_eq!(text(c"bücher.test"), "bücher.test");
    }

    proptest! {
        #[test]
        fn there_and_back(addr: SocketAddr) {
            prop_assert_eq!(parse(&octets(&RawSockaddr::from(&addr))), Some(addr));
        }

        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = parse(&octets);
        }
    }
}
