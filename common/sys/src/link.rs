//! Links and addresses over rtnetlink(7): veth pairs between network namespaces, and bridges, without iproute2.
//!
//! Everything is about the network namespace of the calling thread; see [`NetNs::run`] for another.
#![expect(clippy::disallowed_methods, reason = "waiting for a link has a deadline")]

use std::io;
use std::net::IpAddr;
use std::os::fd::{AsFd, AsRawFd};
use std::time::{Duration, Instant};

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::Reader;

use crate::error::CallError;
use crate::interface;
use crate::namespace::NetNs;
use crate::netlink::{self, Builder, NLM_F_ACK, NLM_F_CREATE, NLM_F_EXCL, NLM_F_REQUEST, Socket};
use crate::poll::{Events, PollFd, poll};

const RTM_NEWLINK: u16 = 16;
const RTM_DELLINK: u16 = 17;
const RTM_GETLINK: u16 = 18;
const RTM_NEWADDR: u16 = 20;
const RTM_DELADDR: u16 = 21;
const RTM_NEWNEIGH: u16 = 28;

/// The multicast group of link changes.
const RTNLGRP_LINK: i32 = 1;
/// Linux 6.18 was seen to change the state of a veth without telling the group.
const LOOK_AGAIN: Duration = Duration::from_millis(20);

const IFF_UP: u32 = libc::IFF_UP.cast_unsigned();
const IFF_LOOPBACK: u32 = libc::IFF_LOOPBACK.cast_unsigned();
const IF_OPER_UP: u8 = 6;

const IFLA_ADDRESS: u16 = 1;
const IFLA_IFNAME: u16 = 3;
const IFLA_MTU: u16 = 4;
const IFLA_MASTER: u16 = 10;
const IFLA_OPERSTATE: u16 = 16;
const IFLA_LINKINFO: u16 = 18;
const IFLA_NET_NS_FD: u16 = 28;
const IFLA_INFO_KIND: u16 = 1;
const IFLA_INFO_DATA: u16 = 2;
const VETH_INFO_PEER: u16 = 1;
const IFLA_BR_MCAST_SNOOPING: u16 = 23;

const IFA_ADDRESS: u16 = 1;
const IFA_LOCAL: u16 = 2;
const NDA_DST: u16 = 1;
const NDA_LLADDR: u16 = 2;
/// Known for ever.
const NUD_PERMANENT: u16 = 0x80;
/// Usable at once, without duplicate address detection, which takes a second or two.
const IFA_F_NODAD: u8 = 0x02;

/// The length of struct ifinfomsg.
const IFINFOMSG_LEN: usize = 16;

/// Makes a pair of interfaces: what one sends the other receives. Both are down.
///
/// `name` is in the network namespace of the calling thread, `peer` in `peer_netns`, or here too if that is `None`.
///
/// # Errors
/// [`CallError`] with EEXIST if a name is taken, EPERM without CAP_NET_ADMIN, EOPNOTSUPP if the kernel has no veth.
///
/// # Source
/// veth(4), rtnetlink(7).
pub fn create_veth(name: &str, peer: &str, peer_netns: Option<&NetNs>) -> Result<(), CallError> {
    for name in [name, peer] {
        // The kernel would take what is before a NUL for the name.
        if name.contains('\0') {
            return Err(CallError::new("RTM_NEWLINK", name, io::Error::from_raw_os_error(libc::EINVAL)));
        }
    }
    let mut message = Builder::new(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    message.octets(&[0; IFINFOMSG_LEN]).text(IFLA_IFNAME, name).nested(IFLA_LINKINFO, |info| {
        info.text(IFLA_INFO_KIND, "veth").nested(IFLA_INFO_DATA, |data| {
            data.nested(VETH_INFO_PEER, |other| {
                other.octets(&[0; IFINFOMSG_LEN]).text(IFLA_IFNAME, peer);
                if let Some(netns) = peer_netns {
                    other.attribute(IFLA_NET_NS_FD, &netns.as_fd().as_raw_fd().to_ne_bytes());
                }
            });
        });
    });
    request("RTM_NEWLINK", name, message)
}

/// Deletes an interface; of a veth pair, both.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface, EOPNOTSUPP if it is hardware, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7).
pub fn delete(name: &str) -> Result<(), CallError> {
    let mut message = Builder::new(RTM_DELLINK, NLM_F_REQUEST | NLM_F_ACK);
    message.octets(&ifinfomsg(interface::index(name)?));
    request("RTM_DELLINK", name, message)
}

/// Makes a bridge, which is down: a switch, as soon as it is up and interfaces are its ports ([`set_master`]). It knows
/// nothing of spanning trees: no loops; and it lets every port have every multicast, and sends nothing of its own.
///
/// # Errors
/// [`CallError`] with EEXIST if the name is taken, EPERM without CAP_NET_ADMIN, EOPNOTSUPP if the kernel has no bridges.
///
/// # Source
/// rtnetlink(7); Linux, Documentation/networking/bridge.rst.
pub fn create_bridge(name: &str) -> Result<(), CallError> {
    let mut message = Builder::new(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL);
    message.octets(&[0; IFINFOMSG_LEN]).text(IFLA_IFNAME, name).nested(IFLA_LINKINFO, |info| {
        info.text(IFLA_INFO_KIND, "bridge");
        info.nested(IFLA_INFO_DATA, |data| {
            data.attribute(IFLA_BR_MCAST_SNOOPING, &[0]);
        });
    });
    request("RTM_NEWLINK", name, message)
}

/// Makes `interface` a port of `bridge`.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7), IFLA_MASTER.
pub fn set_master(interface: &str, bridge: &str) -> Result<(), CallError> {
    change(interface, IFLA_MASTER, &interface::index(bridge)?.to_ne_bytes())
}

/// Gives `interface` the MAC address `addr`.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface, EADDRNOTAVAIL if it is no address of one interface, EPERM
/// without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7), IFLA_ADDRESS.
pub fn set_hardware_address(interface: &str, addr: [u8; 6]) -> Result<(), CallError> {
    change(interface, IFLA_ADDRESS, &addr)
}

/// Lets `interface` send IP packets of at most `mtu` octets.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface, EINVAL if it cannot have that, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7), IFLA_MTU.
pub fn set_mtu(interface: &str, mtu: u32) -> Result<(), CallError> {
    change(interface, IFLA_MTU, &mtu.to_ne_bytes())
}

/// Changes one attribute of an interface.
fn change(interface: &str, attribute: u16, value: &[u8]) -> Result<(), CallError> {
    let mut message = Builder::new(RTM_NEWLINK, NLM_F_REQUEST | NLM_F_ACK);
    message.octets(&ifinfomsg(interface::index(interface)?)).attribute(attribute, value);
    request("RTM_NEWLINK", interface, message)
}

/// Gives an interface an address; `prefix` is in bits. An IPv6 address is usable at once: nobody checks for duplicates.
///
/// # Errors
/// [`CallError`] with ENODEV, EEXIST if it has the address, EINVAL if `prefix` is too long, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7).
pub fn add_address(interface: &str, addr: IpAddr, prefix: u8) -> Result<(), CallError> {
    let flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL;
    change_address(RTM_NEWADDR, flags, "RTM_NEWADDR", interface, addr, prefix)
}

/// Takes an address from an interface, and with it the routes that came with it.
///
/// # Errors
/// [`CallError`] with ENODEV, EADDRNOTAVAIL if it has no such address, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7).
pub fn remove_address(interface: &str, addr: IpAddr, prefix: u8) -> Result<(), CallError> {
    change_address(RTM_DELADDR, NLM_F_REQUEST | NLM_F_ACK, "RTM_DELADDR", interface, addr, prefix)
}

fn change_address(
    kind: u16,
    message_flags: u16,
    call: &'static str,
    interface: &str,
    addr: IpAddr,
    prefix: u8,
) -> Result<(), CallError> {
    let index = interface::index(interface)?;
    let mut message = Builder::new(kind, message_flags);
    let (family, flags) = match addr {
        IpAddr::V4(_) => (libc::AF_INET, 0),
        IpAddr::V6(_) => (libc::AF_INET6, IFA_F_NODAD),
    };
    // struct ifaddrmsg: family, prefix length, flags, scope, index.
    message.u8(u8::try_from(family).unwrap_or(0)).u8(prefix).u8(flags).u8(libc::RT_SCOPE_UNIVERSE).u32(index);
    match addr {
        IpAddr::V4(addr) => message.attribute(IFA_LOCAL, &addr.octets()).attribute(IFA_ADDRESS, &addr.octets()),
        IpAddr::V6(addr) => message.attribute(IFA_LOCAL, &addr.octets()).attribute(IFA_ADDRESS, &addr.octets()),
    };
    request(call, &format!("{addr}/{prefix} dev {interface}"), message)
}

/// Lets this host know for ever that `addr` is behind the MAC address `hardware`: it does not ask by ARP or neighbour discovery.
///
/// # Errors
/// [`CallError`] with ENODEV, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// rtnetlink(7), RTM_NEWNEIGH.
pub fn add_neighbour(interface: &str, addr: IpAddr, hardware: [u8; 6]) -> Result<(), CallError> {
    let index = interface::index(interface)?;
    let mut message = Builder::new(RTM_NEWNEIGH, NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE);
    let family = if addr.is_ipv4() { libc::AF_INET } else { libc::AF_INET6 };
    // struct ndmsg: family, padding, index, state, flags, type.
    message.u8(u8::try_from(family).unwrap_or(0)).octets(&[0; 3]).u32(index).u16(NUD_PERMANENT).u8(0).u8(0);
    match addr {
        IpAddr::V4(addr) => message.attribute(NDA_DST, &addr.octets()),
        IpAddr::V6(addr) => message.attribute(NDA_DST, &addr.octets()),
    };
    message.attribute(NDA_LLADDR, &hardware);
    request("RTM_NEWNEIGH", &format!("{addr} dev {interface}"), message)
}

/// Whether `interface` can carry packets: it is up, and so is what it is connected to (`IF_OPER_UP`).
///
/// Asked for one interface, Linux (since 6.8) first catches up with its carrier.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface.
///
/// # Source
/// rtnetlink(7); RFC 2863 section 3.1.14 for the states.
pub fn is_running(interface: &str) -> Result<bool, CallError> {
    let mut message = Builder::new(RTM_GETLINK, NLM_F_REQUEST);
    message.octets(&ifinfomsg(interface::index(interface)?));
    let mut socket = Socket::open(libc::NETLINK_ROUTE)?;
    let link = socket.ask("RTM_GETLINK", interface, &message.finish())?;
    let mut reader = Reader::new(&link);
    // struct ifinfomsg: family, padding, type, index, then the flags.
    let flags = reader.skip(8, "ifinfomsg").and_then(|()| reader.u32_in(ByteOrder::HOST, "ifi_flags")).unwrap_or(0);
    // The loopback interface has no carrier: it never says more than "unknown".
    if flags & IFF_LOOPBACK != 0 {
        return Ok(flags & IFF_UP != 0);
    }
    let attributes = link.get(IFINFOMSG_LEN..).unwrap_or_default();
    Ok(netlink::attributes(attributes).any(|(kind, value)| kind == IFLA_OPERSTATE && value == [IF_OPER_UP]))
}

/// Waits until `interface` can carry packets ([`is_running`]).
///
/// A veth that was brought up a moment ago may not be able to: the kernel looks at its carrier when it has time, and
/// until then drops what IPv6 sends, so that the first connection through it takes a second longer.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface, ETIMEDOUT if `timeout` passes: the other end may be down.
///
/// # Source
/// rtnetlink(7): RTNLGRP_LINK tells of changes.
pub fn wait_until_running(interface: &str, timeout: Duration) -> Result<(), CallError> {
    let fail = |call| move |error| CallError::new(call, interface, error);
    // Listening before looking: no change can be missed in between.
    let mut changes = Socket::open(libc::NETLINK_ROUTE)?;
    changes.join(RTNLGRP_LINK).map_err(fail("NETLINK_ADD_MEMBERSHIP"))?;
    let deadline = Instant::now().checked_add(timeout);
    while !is_running(interface)? {
        let left = deadline.map_or(LOOK_AGAIN, |deadline| deadline.saturating_duration_since(Instant::now()));
        if left.is_zero() {
            return Err(fail("IF_OPER_UP")(io::Error::from_raw_os_error(libc::ETIMEDOUT)));
        }
        let mut fds = [PollFd::new(changes.as_fd(), Events::IN)];
        if poll(&mut fds, Some(left.min(LOOK_AGAIN))).map_err(fail("poll"))? > 0 {
            match changes.receive() {
                // ENOBUFS: there were more changes than the socket holds. Any change is a reason to look again.
                Err(error) if error.raw_os_error() != Some(libc::ENOBUFS) => return Err(fail("recv")(error)),
                _ => {}
            }
        }
    }
    Ok(())
}

/// struct ifinfomsg with nothing but the index.
fn ifinfomsg(index: u32) -> [u8; IFINFOMSG_LEN] {
    let [a, b, c, d] = index.to_ne_bytes();
    [0, 0, 0, 0, a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0]
}

fn request(call: &'static str, subject: &str, message: Builder) -> Result<(), CallError> {
    Socket::open(libc::NETLINK_ROUTE)?.request(call, subject, &message.finish())
}
