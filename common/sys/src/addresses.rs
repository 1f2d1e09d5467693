//! The addresses that this host has, over rtnetlink(7): what the kernel takes source addresses from.
//!
//! Everything is about the network namespace of the calling thread.

use std::io;
use std::net::IpAddr;

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::{Reader, Truncated};

use crate::error::CallError;
use crate::netlink::{self, Builder, Listed, NLM_F_REQUEST, Socket};
use crate::registry::flags;

const RTM_NEWADDR: u16 = 20;
const RTM_GETADDR: u16 = 22;
const RTM_GETLINK: u16 = 18;

const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const IFA_LABEL: u16 = 3;
const IFA_BROADCAST: u16 = 4;
const IFA_CACHEINFO: u16 = 6;
const IFA_FLAGS: u16 = 8;

/// The length of struct ifaddrmsg.
const IFADDRMSG_LEN: usize = 8;

flags! {
    /// What the kernel thinks of an address.
    ///
    /// # Source
    /// Linux, include/uapi/linux/if_addr.h.
    AddressFlags(u32) {
        /// A temporary address of RFC 8981; of IPv4, a secondary one.
        TEMPORARY = 0x01, "IFA_F_TEMPORARY";
        /// Not asked about on the link before it is used.
        NODAD = 0x02, "IFA_F_NODAD";
        /// Used before it is known to be nobody else's: RFC 4429.
        OPTIMISTIC = 0x04, "IFA_F_OPTIMISTIC";
        /// Somebody else's: not used.
        DADFAILED = 0x08, "IFA_F_DADFAILED";
        /// A home address of RFC 6275.
        HOMEADDRESS = 0x10, "IFA_F_HOMEADDRESS";
        /// No longer for new connections: its preferred lifetime is over.
        DEPRECATED = 0x20, "IFA_F_DEPRECATED";
        /// Not yet known to be nobody else's.
        TENTATIVE = 0x40, "IFA_F_TENTATIVE";
        /// For ever.
        PERMANENT = 0x80, "IFA_F_PERMANENT";
        /// Temporary ones are made beside it.
        MANAGETEMPADDR = 0x100, "IFA_F_MANAGETEMPADDR";
        /// Brought no route to its network with it.
        NOPREFIXROUTE = 0x200, "IFA_F_NOPREFIXROUTE";
        /// Groups are joined with it.
        MCAUTOJOIN = 0x400, "IFA_F_MCAUTOJOIN";
        /// Made as RFC 7217 says: the same on the same network, and another on every other.
        STABLE_PRIVACY = 0x800, "IFA_F_STABLE_PRIVACY";
    }
}

/// An address of an interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InterfaceAddress {
    /// The address.
    pub addr: IpAddr,
    /// How many bits of it are the network's.
    pub prefix_length: u8,
    /// The index of the interface.
    pub index: u32,
    /// What the kernel thinks of it.
    pub flags: AddressFlags,
}

/// An address of an interface, with what the kernel says of it besides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRow {
    /// The address.
    pub own: InterfaceAddress,
    /// The address of the other end of a point-to-point link.
    pub peer: Option<IpAddr>,
    /// The broadcast address that was set, of IPv4.
    pub broadcast: Option<IpAddr>,
    /// How far it means this host, as the kernel counts: RT_SCOPE_UNIVERSE is 0, RT_SCOPE_LINK 253, RT_SCOPE_HOST 254.
    pub scope: u8,
    /// For how long it is for new connections, in seconds; `None` is for ever.
    pub preferred: Option<u32>,
    /// For how long it is this host's, in seconds; `None` is for ever.
    pub valid: Option<u32>,
}

/// Every IPv4 and IPv6 address of this host.
///
/// # Errors
/// [`CallError`] if the kernel cannot be asked.
///
/// # Source
/// rtnetlink(7), RTM_GETADDR.
pub fn addresses() -> Result<Listed<InterfaceAddress>, CallError> {
    each(&mut |found, payload| found.extend(parse(payload).ok().flatten().map(|row| row.own)))
}

/// The same with all that the kernel says of each.
///
/// # Errors
/// As [`addresses`].
pub fn rows() -> Result<Listed<AddressRow>, CallError> {
    each(&mut |found, payload| found.extend(parse(payload).ok().flatten()))
}

/// The labels of IPv4 addresses, as they come: the name of the interface, or one of its own that begins so (`eth0:1`).
///
/// # Errors
/// [`CallError`] if the kernel cannot be asked.
///
/// # Source
/// rtnetlink(7), IFA_LABEL.
pub fn labels() -> Result<Listed<String>, CallError> {
    each(&mut |found, payload| {
        let attributes = payload.get(IFADDRMSG_LEN..).unwrap_or_default();
        let labels = netlink::attributes(attributes).filter(|(kind, _)| *kind == IFA_LABEL);
        found.extend(labels.map(|(_, label)| String::from_utf8_lossy(label).trim_end_matches('\0').to_owned()));
    })
}

/// Hands out each ifaddrmsg with its attributes, for what is to be kept of it.
fn each<T>(take: &mut dyn FnMut(&mut Vec<T>, &[u8])) -> Result<Listed<T>, CallError> {
    let mut socket = Socket::open(libc::NETLINK_ROUTE)?;
    socket.dump("RTM_GETADDR", "every interface", RTM_GETADDR, IFADDRMSG_LEN, RTM_NEWADDR, take)
}

/// Reads an ifaddrmsg and its attributes, the payload of RTM_NEWADDR; `None` for families other than IPv4 and IPv6.
///
/// # Errors
/// [`Truncated`] if the structure is cut short. Attributes end where one cannot be read.
pub fn parse(payload: &[u8]) -> Result<Option<AddressRow>, Truncated> {
    let mut reader = Reader::new(payload);
    let family = reader.u8("ifa_family")?;
    let prefix_length = reader.u8("ifa_prefixlen")?;
    let short_flags = reader.u8("ifa_flags")?;
    let scope = reader.u8("ifa_scope")?;
    let index = reader.u32_in(ByteOrder::HOST, "ifa_index")?;
    let (mut local, mut address, mut broadcast, mut flags) = (None, None, None, u32::from(short_flags));
    let (mut preferred, mut valid) = (None, None);
    for (kind, value) in netlink::attributes(reader.rest()) {
        match kind {
            IFA_LOCAL => local = ip(family, value),
            IFA_ADDRESS => address = ip(family, value),
            IFA_BROADCAST => broadcast = ip(family, value),
            IFA_FLAGS => flags = value.try_into().map_or(flags, u32::from_ne_bytes),
            // struct ifa_cacheinfo begins with the two lifetimes; all ones is for ever.
            IFA_CACHEINFO => {
                let mut cache = Reader::new(value);
                let mut lifetime = |name| cache.u32_in(ByteOrder::HOST, name).ok().filter(|left| *left != u32::MAX);
                (preferred, valid) = (lifetime("ifa_prefered"), lifetime("ifa_valid"));
            }
            _ => {}
        }
    }
    // On a point-to-point link IFA_ADDRESS is the other end's.
    let addr = local.or(address);
    let peer = address.filter(|address| local.is_some_and(|local| local != *address));
    Ok(addr.map(|addr| {
        let own = InterfaceAddress { addr, prefix_length, index, flags: AddressFlags(flags) };
        AddressRow { own, peer, broadcast, scope, preferred, valid }
    }))
}

fn ip(family: u8, octets: &[u8]) -> Option<IpAddr> {
    match libc::c_int::from(family) {
        libc::AF_INET => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        libc::AF_INET6 => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
        _ => None,
    }
}

/// The hardware type of the interface with that index: `ARPHRD_ETHER` is 1, `ARPHRD_SIT` is 776.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface.
///
/// # Source
/// rtnetlink(7), struct ifinfomsg; Linux, include/uapi/linux/if_arp.h.
pub fn hardware_type(index: u32) -> Result<u16, CallError> {
    let mut message = Builder::new(RTM_GETLINK, NLM_F_REQUEST);
    // struct ifinfomsg: family, padding, type, index, flags, change.
    message.u32(0).u32(index).u32(0).u32(0);
    let subject = format!("interface {index}");
    let link = Socket::open(libc::NETLINK_ROUTE)?.ask("RTM_GETLINK", &subject, &message.finish())?;
    let mut reader = Reader::new(&link);
    let read = reader.skip(2, "ifi_family").and_then(|()| reader.u16_in(ByteOrder::HOST, "ifi_type"));
    read.map_err(|fault| CallError::new("RTM_GETLINK", subject, io::Error::new(io::ErrorKind::InvalidData, fault)))
}

/// Whether packets through such an interface travel inside other packets: RFC 6724 section 6, rule 7.
///
/// # Source
/// Linux, include/uapi/linux/if_arp.h: `ARPHRD_TUNNEL`, `ARPHRD_TUNNEL6`, `ARPHRD_SIT`.
pub fn is_tunnel(hardware_type: u16) -> bool {
    matches!(hardware_type, 768 | 769 | 776)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn loopback_is_listed() {
        let lo = crate::interface::index("lo").unwrap();
        let found = addresses().unwrap().rows;
        let loopback = found.iter().find(|row| row.addr == IpAddr::from([127, 0, 0, 1])).unwrap();
        assert_eq!((loopback.index, loopback.prefix_length), (lo, 8));
        assert!(loopback.flags.contains(AddressFlags::PERMANENT));
        // ARPHRD_LOOPBACK.
        assert_eq!(hardware_type(lo).unwrap(), 772);
        assert!(!is_tunnel(772));
        assert!(labels().unwrap().rows.contains(&"lo".to_owned()));
        assert_eq!(hardware_type(u32::MAX / 2).unwrap_err().errno(), Some(libc::ENODEV));
    }

    #[test]
    fn the_longer_flags_and_the_own_end_count() {
        let mut octets = vec![2, 24, 0x80, 0];
        octets.extend(7_u32.to_ne_bytes());
        for (kind, value) in [(IFA_ADDRESS, [10, 0, 0, 2]), (IFA_LOCAL, [10, 0, 0, 1])] {
            octets.extend(8_u16.to_ne_bytes());
            octets.extend(kind.to_ne_bytes());
            octets.extend(value);
        }
        octets.extend(8_u16.to_ne_bytes());
        octets.extend(IFA_FLAGS.to_ne_bytes());
        octets.extend(0x120_u32.to_ne_bytes());
        octets.extend(20_u16.to_ne_bytes());
        octets.extend(IFA_CACHEINFO.to_ne_bytes());
        for number in [50, u32::MAX, 0, 0] {
            octets.extend(number.to_ne_bytes());
        }
        let all = parse(&octets).unwrap().unwrap();
        assert_eq!((all.peer, all.broadcast, all.scope), ("10.0.0.2".parse().ok(), None, 0));
        assert_eq!((all.preferred, all.valid), (Some(50), None));
        let row = all.own;
        assert_eq!((row.addr, row.prefix_length, row.index), ("10.0.0.1".parse().unwrap(), 24, 7));
        assert_eq!(row.flags, AddressFlags(0x120));
        assert!(row.flags.contains(AddressFlags::DEPRECATED));
        assert_eq!(row.flags.unnamed(), AddressFlags::EMPTY);
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = parse(&octets);
        }
    }
}
