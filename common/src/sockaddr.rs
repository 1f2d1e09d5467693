//! The octets that bind(2), connect(2) and their kin take: Linux's sockaddr structures, field by field.
//!
//! The layouts are those of Linux on every architecture: the family in host order, ports and addresses in network
//! order, and the scope id, which is an interface index, in host order again.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV4, SocketAddrV6};

use crate::addr::{Endpoint, IpText, mapped_v4};
use crate::hex;
use crate::layout::{Field, Layout};
use crate::order::{ByteOrder, Net16, Net32, htons, ntohl, ntohs};
use crate::wire::{Reader, Truncated, Writer};

#[cfg(test)]
mod tests;
mod unix;

pub use unix::{PathError, SUN_PATH_LEN, SockaddrUn, UnixName};

/// AF_UNSPEC of Linux.
pub const AF_UNSPEC: u16 = 0;
/// AF_UNIX of Linux.
pub const AF_UNIX: u16 = 1;
/// AF_INET of Linux.
pub const AF_INET: u16 = 2;
/// AF_INET6 of Linux.
pub const AF_INET6: u16 = 10;

/// The size of sockaddr_in, in octets.
pub const SOCKADDR_IN_LEN: usize = 16;
/// The size of sockaddr_in6, in octets.
pub const SOCKADDR_IN6_LEN: usize = 28;
/// The size of sockaddr_un, in octets. An address may be shorter, and is one longer as the kernel returns the longest.
pub const SOCKADDR_UN_LEN: usize = 110;

/// An IPv4 socket address, as it lies in memory.
///
/// # Source
/// ip(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SockaddrIn {
    /// sin_port.
    pub port: Net16,
    /// sin_addr.
    pub addr: Net32,
    /// sin_zero, which Linux neither reads nor requires to be zero.
    pub zero: [u8; 8],
}

/// An IPv6 socket address, as it lies in memory.
///
/// # Source
/// RFC 3493 section 3.3, ipv6(7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SockaddrIn6 {
    /// sin6_port.
    pub port: Net16,
    /// sin6_flowinfo: the flow label in the low 20 bits, the traffic class in the eight above.
    pub flowinfo: Net32,
    /// sin6_addr.
    pub addr: Ipv6Addr,
    /// sin6_scope_id, in host order: an interface index, or 0.
    pub scope_id: u32,
}

/// A socket address of any family.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Sockaddr {
    /// AF_INET.
    V4(SockaddrIn),
    /// AF_INET6.
    V6(SockaddrIn6),
    /// AF_UNIX.
    Unix(SockaddrUn),
    /// Any other family, kept as it is.
    Other {
        /// sa_family.
        family: u16,
        /// What follows sa_family.
        data: Vec<u8>,
    },
}

impl Sockaddr {
    /// Reads the octets of a socket address, all of them: as many as the length that goes with it says.
    ///
    /// Every prefix of a sockaddr_in or sockaddr_in6 is an error. A sockaddr_un is as long as its path, so that each
    /// prefix of at least the family is one too, of another name.
    ///
    /// # Errors
    /// - [`SockaddrError::Truncated`] if the family's structure is longer than the input.
    /// - [`SockaddrError::TooLong`] if it is shorter.
    pub fn parse(input: &[u8]) -> Result<Self, SockaddrError> {
        let mut reader = Reader::new(input);
        let family = reader.u16_in(ByteOrder::HOST, "sa_family")?;
        match family {
            AF_INET => {
                let parsed = SockaddrIn {
                    port: Net16::from_octets(reader.array("sin_port")?),
                    addr: Net32::from_octets(reader.array("sin_addr")?),
                    zero: reader.array("sin_zero")?,
                };
                ended(&reader, "sockaddr_in", SOCKADDR_IN_LEN)?;
                Ok(Self::V4(parsed))
            }
            AF_INET6 => {
                let parsed = SockaddrIn6 {
                    port: Net16::from_octets(reader.array("sin6_port")?),
                    flowinfo: Net32::from_octets(reader.array("sin6_flowinfo")?),
                    addr: Ipv6Addr::from(reader.array::<16>("sin6_addr")?),
                    scope_id: reader.u32_in(ByteOrder::HOST, "sin6_scope_id")?,
                };
                ended(&reader, "sockaddr_in6", SOCKADDR_IN6_LEN)?;
                Ok(Self::V6(parsed))
            }
            AF_UNIX => SockaddrUn::from_sun_path(reader.rest()).map(Self::Unix).ok_or(SockaddrError::TooLong {
                structure: "sockaddr_un",
                expected: SOCKADDR_UN_LEN,
                found: input.len(),
            }),
            _ => Ok(Self::Other { family, data: reader.rest().to_vec() }),
        }
    }

    /// The octets, to be passed to a socket call with their number.
    pub fn emit(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.u16_in(ByteOrder::HOST, self.family());
        match self {
            Self::V4(SockaddrIn { port, addr, zero }) => {
                writer.octets(&port.octets()).octets(&addr.octets()).octets(zero);
            }
            Self::V6(SockaddrIn6 { port, flowinfo, addr, scope_id }) => {
                writer.octets(&port.octets()).octets(&flowinfo.octets()).octets(&addr.octets());
                writer.u32_in(ByteOrder::HOST, *scope_id);
            }
            Self::Unix(unix) => {
                writer.octets(unix.sun_path());
            }
            Self::Other { data, .. } => {
                writer.octets(data);
            }
        }
        writer.into_octets()
    }

    /// sa_family, in host order.
    pub fn family(&self) -> u16 {
        match self {
            Self::V4(_) => AF_INET,
            Self::V6(_) => AF_INET6,
            Self::Unix(_) => AF_UNIX,
            Self::Other { family, .. } => *family,
        }
    }

    /// The fields by their names in C, each with its octets and what they mean.
    pub fn fields(&self) -> Vec<Field> {
        let family = ByteOrder::HOST.u16_octets(self.family());
        let meaning = format!("{} (host order, {})", FamilyText(self.family()), ByteOrder::HOST.name());
        let layout = Layout::new();
        let layout = match self {
            Self::V4(SockaddrIn { port, addr, zero }) => layout
                .field("sin_family", &family, meaning)
                .field("sin_port", &port.octets(), port_meaning(*port))
                .field("sin_addr", &addr.octets(), format!("{} (network order)", v4(*addr)))
                .field("sin_zero", zero, if *zero == [0; 8] { "padding" } else { "padding, not zeroed" }),
            Self::V6(SockaddrIn6 { port, flowinfo, addr, scope_id }) => layout
                .field("sin6_family", &family, meaning)
                .field("sin6_port", &port.octets(), port_meaning(*port))
                .field("sin6_flowinfo", &flowinfo.octets(), flowinfo_meaning(*flowinfo))
                .field("sin6_addr", &addr.octets(), v6_meaning(*addr))
                .field("sin6_scope_id", &ByteOrder::HOST.u32_octets(*scope_id), scope_meaning(*scope_id)),
            Self::Unix(unix) => {
                layout.field("sun_family", &family, meaning).field("sun_path", unix.sun_path(), unix.name().meaning())
            }
            Self::Other { data, .. } => {
                layout.field("sa_family", &family, meaning).field("sa_data", data, "not taken apart")
            }
        };
        layout.into_fields()
    }

    /// The address and port, if the family is AF_INET or AF_INET6.
    pub fn socket_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::V4(addr) => Some(SocketAddr::V4((*addr).into())),
            Self::V6(addr) => Some(SocketAddr::V6((*addr).into())),
            Self::Unix(_) | Self::Other { .. } => None,
        }
    }
}

/// Refuses octets after the structure.
fn ended(reader: &Reader<'_>, structure: &'static str, expected: usize) -> Result<(), SockaddrError> {
    if reader.is_empty() {
        return Ok(());
    }
    Err(SockaddrError::TooLong { structure, expected, found: reader.input().len() })
}

fn v4(addr: Net32) -> Ipv4Addr {
    Ipv4Addr::from(addr.octets())
}

fn port_meaning(port: Net16) -> String {
    format!("{} (network order)", ntohs(port))
}

fn flowinfo_meaning(flowinfo: Net32) -> String {
    let bits = ntohl(flowinfo);
    if bits == 0 {
        return "0 (network order)".to_owned();
    }
    format!("flow label {:#07x}, traffic class {:#04x} (network order)", bits & 0xf_ffff, bits >> 20 & 0xff)
}

fn v6_meaning(addr: Ipv6Addr) -> String {
    let text = IpText(addr.into());
    match mapped_v4(addr) {
        Some(inner) => format!("{text} (IPv4-mapped {inner})"),
        None => format!("{text} (network order)"),
    }
}

fn scope_meaning(scope_id: u32) -> String {
    match scope_id {
        0 => "0: no zone (host order)".to_owned(),
        index => format!("interface index {index} (host order)"),
    }
}

/// A family by its name in C if it is a common one, else by number.
struct FamilyText(u16);

impl fmt::Display for FamilyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match family_name(self.0) {
            Some(name) => write!(f, "{name} = {}", self.0),
            None => write!(f, "{}", self.0),
        }
    }
}

/// The name of an address family in C: `AF_INET`.
///
/// `None` for those that no Sockeye tool meets.
pub fn family_name(family: u16) -> Option<&'static str> {
    Some(match family {
        AF_UNSPEC => "AF_UNSPEC",
        AF_UNIX => "AF_UNIX",
        AF_INET => "AF_INET",
        AF_INET6 => "AF_INET6",
        16 => "AF_NETLINK",
        17 => "AF_PACKET",
        29 => "AF_CAN",
        30 => "AF_TIPC",
        31 => "AF_BLUETOOTH",
        38 => "AF_ALG",
        40 => "AF_VSOCK",
        44 => "AF_XDP",
        _ => return None,
    })
}

impl From<SocketAddrV4> for SockaddrIn {
    fn from(addr: SocketAddrV4) -> Self {
        Self { port: htons(addr.port()), addr: Net32::from_octets(addr.ip().octets()), zero: [0; 8] }
    }
}

impl From<SockaddrIn> for SocketAddrV4 {
    fn from(addr: SockaddrIn) -> Self {
        Self::new(v4(addr.addr), ntohs(addr.port))
    }
}

impl From<SocketAddrV6> for SockaddrIn6 {
    /// The standard library keeps sin6_flowinfo as it lies in memory, without ntohl(3).
    fn from(addr: SocketAddrV6) -> Self {
        Self {
            port: htons(addr.port()),
            flowinfo: Net32::from_octets(addr.flowinfo().to_ne_bytes()),
            addr: *addr.ip(),
            scope_id: addr.scope_id(),
        }
    }
}

impl From<SockaddrIn6> for SocketAddrV6 {
    fn from(addr: SockaddrIn6) -> Self {
        Self::new(addr.addr, ntohs(addr.port), addr.flowinfo.without_ntohl(), addr.scope_id)
    }
}

impl From<SocketAddr> for Sockaddr {
    fn from(addr: SocketAddr) -> Self {
        match addr {
            SocketAddr::V4(addr) => Self::V4(addr.into()),
            SocketAddr::V6(addr) => Self::V6(addr.into()),
        }
    }
}

impl From<SockaddrUn> for Sockaddr {
    fn from(addr: SockaddrUn) -> Self {
        Self::Unix(addr)
    }
}

impl fmt::Display for Sockaddr {
    /// `127.0.0.1:8080`, `[fe80::1%2]:80`, a path, `@name`, or `AF_NETLINK = 16: 00 00 ..`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(addr) => write!(f, "{}", SocketAddrV4::from(*addr)),
            Self::V6(addr) => write!(f, "{}", Endpoint::from(SocketAddr::V6((*addr).into()))),
            Self::Unix(unix) => write!(f, "{unix}"),
            Self::Other { family, data } if data.is_empty() => write!(f, "{}", FamilyText(*family)),
            Self::Other { family, data } => write!(f, "{}: {}", FamilyText(*family), hex::spaced(data)),
        }
    }
}

/// Why octets are no socket address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SockaddrError {
    /// The input ends within the structure.
    Truncated(Truncated),
    /// The input goes on after the structure. Lengths are in octets.
    TooLong {
        /// The structure.
        structure: &'static str,
        /// How long it is, or may be.
        expected: usize,
        /// How long the input is.
        found: usize,
    },
}

impl From<Truncated> for SockaddrError {
    fn from(truncated: Truncated) -> Self {
        Self::Truncated(truncated)
    }
}

impl fmt::Display for SockaddrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated(truncated) => write!(f, "{truncated}"),
            Self::TooLong { structure, expected, found } => {
                write!(f, "{found} octets are more than the {expected} of a {structure}")
            }
        }
    }
}

impl std::error::Error for SockaddrError {}
