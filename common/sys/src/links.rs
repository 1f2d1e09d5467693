//! The interfaces of this host, over rtnetlink(7).
//!
//! Everything is about the network namespace of the calling thread.

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::{Reader, Truncated};

use crate::error::CallError;
use crate::interface::InterfaceFlags;
use crate::netlink::{self, Listed, Socket};

const RTM_NEWLINK: u16 = 16;
const RTM_GETLINK: u16 = 18;

const IFLA_ADDRESS: u16 = 1;
const IFLA_BROADCAST: u16 = 2;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_OPERSTATE: u16 = 16;
const IFLA_PROP_LIST: u16 = 52;
const IFLA_ALT_IFNAME: u16 = 53;

/// The length of struct ifinfomsg.
const IFINFOMSG_LEN: usize = 16;

/// An interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Its index.
    pub index: u32,
    /// Its name. Octets that are not UTF-8 have U+FFFD in their place.
    pub name: String,
    /// Its other names.
    pub other_names: Vec<String>,
    /// What kind of hardware it is: ARPHRD_ETHER is 1, ARPHRD_LOOPBACK 772.
    pub hardware_type: u16,
    /// What it is and does.
    pub flags: InterfaceFlags,
    /// Its largest packet, in octets.
    pub mtu: Option<u32>,
    /// Its link-layer address: six octets where that is a MAC address, none where it has no such address.
    pub address: Vec<u8>,
    /// The link-layer address of everybody on it.
    pub broadcast: Vec<u8>,
    /// Its state by RFC 2863, as the kernel counts: 2 is down, 6 up.
    pub operstate: Option<u8>,
}

/// Every interface, by its index.
///
/// # Errors
/// [`CallError`] if the kernel cannot be asked.
///
/// # Source
/// rtnetlink(7), RTM_GETLINK.
pub fn links() -> Result<Listed<Link>, CallError> {
    let mut socket = Socket::open(libc::NETLINK_ROUTE)?;
    let take = &mut |found: &mut Vec<Link>, payload: &[u8]| found.extend(parse(payload));
    let mut found = socket.dump("RTM_GETLINK", "every interface", RTM_GETLINK, IFINFOMSG_LEN, RTM_NEWLINK, take)?;
    found.rows.sort_by_key(|link| link.index);
    Ok(found)
}

/// Reads an ifinfomsg and its attributes, the payload of RTM_NEWLINK.
///
/// # Errors
/// [`Truncated`] if the structure is cut short. Attributes end where one cannot be read.
pub fn parse(payload: &[u8]) -> Result<Link, Truncated> {
    let mut reader = Reader::new(payload);
    reader.skip(2, "ifi_family")?;
    let hardware_type = reader.u16_in(ByteOrder::HOST, "ifi_type")?;
    let index = reader.u32_in(ByteOrder::HOST, "ifi_index")?;
    let flags = InterfaceFlags(reader.u32_in(ByteOrder::HOST, "ifi_flags")?);
    reader.skip(4, "ifi_change")?;
    let mut link = Link {
        index,
        name: String::new(),
        other_names: Vec::new(),
        hardware_type,
        flags,
        mtu: None,
        address: Vec::new(),
        broadcast: Vec::new(),
        operstate: None,
    };
    for (kind, value) in netlink::attributes(reader.rest()) {
        match kind {
            IFLA_IFNAME => link.name = text(value),
            IFLA_PROP_LIST => {
                let names = netlink::attributes(value).filter(|(kind, _)| *kind == IFLA_ALT_IFNAME);
                link.other_names.extend(names.map(|(_, name)| text(name)));
            }
            IFLA_ADDRESS => link.address = value.to_vec(),
            IFLA_BROADCAST => link.broadcast = value.to_vec(),
            IFLA_MTU => link.mtu = value.try_into().ok().map(u32::from_ne_bytes),
            IFLA_OPERSTATE => link.operstate = value.first().copied(),
            _ => {}
        }
    }
    Ok(link)
}

fn text(value: &[u8]) -> String {
    String::from_utf8_lossy(value).trim_end_matches('\0').to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn loopback_is_listed() {
        let index = crate::interface::index("lo").unwrap();
        let links = links().unwrap().rows;
        let lo = links.iter().find(|link| link.name == "lo").unwrap();
        assert_eq!((lo.index, lo.hardware_type, lo.address.as_slice()), (index, 772, &[0; 6][..]));
        assert!(lo.flags.contains(InterfaceFlags::LOOPBACK) && lo.mtu.unwrap() >= 1500 && lo.operstate.is_some());
    }

    proptest! {
        #[test]
        fn no_octets_panic(octets: Vec<u8>) {
            let _ = parse(&octets);
        }
    }
}
