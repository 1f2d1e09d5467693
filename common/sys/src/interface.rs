//! Network interfaces by name and index: their flags and offloads, through ioctl(2).
//!
//! Everything is about the network namespace of the calling thread.

use std::ffi::{CStr, CString, c_char};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use crate::error::{CallError, check};
use crate::registry::flags;
use crate::sockaddr;

/// ethtool's "compute checksums when sending".
const ETHTOOL_STXCSUM: u32 = 0x17;
/// ethtool's "cut what is longer than a frame when sending".
const ETHTOOL_SGSO: u32 = 0x24;

flags! {
    /// What an interface is and does.
    ///
    /// # Source
    /// netdevice(7), `SIOCGIFFLAGS`.
    InterfaceFlags(u32) {
        /// It is up.
        UP = 0x1, "IFF_UP";
        /// It has a broadcast address.
        BROADCAST = 0x2, "IFF_BROADCAST";
        /// Its driver was asked for messages.
        DEBUG = 0x4, "IFF_DEBUG";
        /// It is the loopback interface.
        LOOPBACK = 0x8, "IFF_LOOPBACK";
        /// It has one other end.
        POINTOPOINT = 0x10, "IFF_POINTOPOINT";
        /// Without trailers, which nobody has any more.
        NOTRAILERS = 0x20, "IFF_NOTRAILERS";
        /// It can carry packets.
        RUNNING = 0x40, "IFF_RUNNING";
        /// Without ARP.
        NOARP = 0x80, "IFF_NOARP";
        /// It takes every packet.
        PROMISC = 0x100, "IFF_PROMISC";
        /// It takes every multicast packet.
        ALLMULTI = 0x200, "IFF_ALLMULTI";
        /// The master of a load balancer.
        MASTER = 0x400, "IFF_MASTER";
        /// A slave of one.
        SLAVE = 0x800, "IFF_SLAVE";
        /// It can carry multicast.
        MULTICAST = 0x1000, "IFF_MULTICAST";
        /// Its addresses go when it goes down.
        DYNAMIC = 0x8000, "IFF_DYNAMIC";
    }
}

/// The flags of `interface`, and its largest packet in octets.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface.
///
/// # Source
/// netdevice(7), `SIOCGIFFLAGS`, `SIOCGIFMTU`.
pub fn flags_and_mtu(interface: &str) -> Result<(InterfaceFlags, u32), CallError> {
    let socket = control_socket(interface)?;
    let flags = flags(&socket, interface)?;
    let mut request = request("SIOCGIFMTU", interface)?;
    // SAFETY: SIOCGIFMTU reads ifr_name and writes ifr_mtu of a whole ifreq.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFMTU as _, &raw mut request) })
        .map_err(|error| CallError::new("SIOCGIFMTU", interface, error))?;
    // SAFETY: the call above has just written ifru_mtu.
    let mtu = unsafe { request.ifr_ifru.ifru_mtu };
    Ok((InterfaceFlags(flags.cast_unsigned().into()), mtu.cast_unsigned()))
}

/// The index of the interface `name`.
///
/// # Errors
/// [`CallError`] with ENODEV if there is none of that name.
pub fn index(name: &str) -> Result<u32, CallError> {
    let fail = |error| CallError::new("if_nametoindex", name, error);
    let c_name = CString::new(name).map_err(|error| fail(error.into()))?;
    // SAFETY: the name is a NUL-terminated string.
    match unsafe { libc::if_nametoindex(c_name.as_ptr()) } {
        0 => Err(fail(io::Error::last_os_error())),
        index => Ok(index),
    }
}

/// The name of the interface with that index, if there is one. Octets that are not UTF-8 are `\DDD`.
pub fn name(index: u32) -> Option<String> {
    let mut name = [0_u8; libc::IFNAMSIZ];
    // SAFETY: the buffer has the IF_NAMESIZE octets that the call may write.
    let found = unsafe { libc::if_indextoname(index, name.as_mut_ptr().cast::<c_char>()) };
    if found.is_null() { None } else { CStr::from_bytes_until_nul(&name).ok().map(sockaddr::text) }
}

/// Brings `interface` up, as `ip link set dev INTERFACE up` does.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// netdevice(7).
pub fn bring_up(interface: &str) -> Result<(), CallError> {
    set_flags(interface, |flags| flags | libc::IFF_UP)
}

/// Takes `interface` down. Linux forgets its global IPv6 addresses and the routes through it.
///
/// # Errors
/// As [`bring_up`].
pub fn take_down(interface: &str) -> Result<(), CallError> {
    set_flags(interface, |flags| flags & !libc::IFF_UP)
}

fn flags(socket: &OwnedFd, interface: &str) -> Result<libc::c_short, CallError> {
    let mut request = request("SIOCGIFFLAGS", interface)?;
    // SAFETY: SIOCGIFFLAGS reads ifr_name and writes ifr_flags of a whole ifreq.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCGIFFLAGS as _, &raw mut request) })
        .map_err(|error| CallError::new("SIOCGIFFLAGS", interface, error))?;
    // SAFETY: the call above has just written ifru_flags.
    Ok(unsafe { request.ifr_ifru.ifru_flags })
}

fn set_flags(interface: &str, change: impl FnOnce(libc::c_int) -> libc::c_int) -> Result<(), CallError> {
    let socket = control_socket(interface)?;
    let flags = flags(&socket, interface)?;
    let mut request = request("SIOCSIFFLAGS", interface)?;
    // The change is of one bit that fits.
    request.ifr_ifru.ifru_flags = libc::c_short::try_from(change(flags.into())).unwrap_or(flags);
    // SAFETY: SIOCSIFFLAGS only reads a whole ifreq.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFFLAGS as _, &raw mut request) })
        .map_err(|error| CallError::new("SIOCSIFFLAGS", interface, error))?;
    Ok(())
}

/// Whether `interface` leaves the checksums of what it sends to hardware.
///
/// On a veth there is none: while this is on, captures show UDP and TCP checksums that were never finished.
///
/// # Errors
/// [`CallError`] with ENODEV, EPERM without CAP_NET_ADMIN, EOPNOTSUPP if the driver has no such switch.
///
/// # Source
/// Linux, include/uapi/linux/ethtool.h, ETHTOOL_STXCSUM.
pub fn set_tx_checksum_offload(interface: &str, on: bool) -> Result<(), CallError> {
    set_ethtool(interface, ETHTOOL_STXCSUM, on, "ETHTOOL_STXCSUM")
}

/// Whether `interface` may be handed TCP segments and UDP datagrams that are longer than a frame, to be cut at the last moment.
///
/// # Errors
/// As [`set_tx_checksum_offload`].
///
/// # Source
/// Linux, include/uapi/linux/ethtool.h, ETHTOOL_SGSO.
pub fn set_segmentation_offload(interface: &str, on: bool) -> Result<(), CallError> {
    set_ethtool(interface, ETHTOOL_SGSO, on, "ETHTOOL_SGSO")
}

/// How many frames may wait to be sent by `interface`.
///
/// # Errors
/// [`CallError`] with ENODEV if there is no such interface, EPERM without CAP_NET_ADMIN.
///
/// # Source
/// netdevice(7), `SIOCSIFTXQLEN`.
pub fn set_queue_len(interface: &str, frames: u32) -> Result<(), CallError> {
    let socket = control_socket(interface)?;
    let mut request = request("SIOCSIFTXQLEN", interface)?;
    // ifr_qlen is the same int as ifr_metric, and has no name of its own in libc.
    request.ifr_ifru.ifru_metric = i32::try_from(frames).unwrap_or(i32::MAX);
    // SAFETY: SIOCSIFTXQLEN only reads a whole ifreq.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCSIFTXQLEN as _, &raw mut request) })
        .map_err(|error| CallError::new("SIOCSIFTXQLEN", interface, error))?;
    Ok(())
}

/// struct ethtool_value.
#[repr(C)]
struct EthtoolValue {
    cmd: u32,
    data: u32,
}

fn set_ethtool(interface: &str, cmd: u32, on: bool, call: &'static str) -> Result<(), CallError> {
    let socket = control_socket(interface)?;
    let mut value = EthtoolValue { cmd, data: on.into() };
    let mut request = request(call, interface)?;
    request.ifr_ifru.ifru_data = (&raw mut value).cast();
    // SAFETY: ifr_data points to a whole ethtool_value that outlives the call, which is what `cmd` reads.
    check(unsafe { libc::ioctl(socket.as_raw_fd(), libc::SIOCETHTOOL as _, &raw mut request) })
        .map_err(|error| CallError::new(call, interface, error))?;
    Ok(())
}

/// An ifreq for `interface`, zeros otherwise.
pub(crate) fn request(call: &'static str, interface: &str) -> Result<libc::ifreq, CallError> {
    // SAFETY: all zeros is a valid ifreq: an empty name, and zeros in every member of the union.
    let mut request: libc::ifreq = unsafe { std::mem::zeroed() };
    // One octet is for the NUL; a name that is longer, or has one inside, would be cut to that of another interface.
    if interface.len() >= libc::IFNAMSIZ || interface.contains('\0') {
        return Err(CallError::new(call, interface, io::Error::from_raw_os_error(libc::ENODEV)));
    }
    for (to, from) in request.ifr_name.iter_mut().zip(interface.bytes()) {
        *to = c_char::from_ne_bytes([from]);
    }
    Ok(request)
}

/// Any socket will do for these calls: it only says which network namespace is meant.
fn control_socket(interface: &str) -> Result<OwnedFd, CallError> {
    // SAFETY: socket takes no pointers.
    let fd = check(unsafe { libc::socket(libc::AF_INET, libc::SOCK_DGRAM | libc::SOCK_CLOEXEC, 0) })
        .map_err(|error| CallError::new("socket", interface, error))?;
    // SAFETY: the descriptor is new and nobody else's.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_has_an_index_and_the_index_its_name() {
        let lo = index("lo").unwrap();
        assert_eq!(name(lo).as_deref(), Some("lo"));
        assert_eq!(index("no-such-if").unwrap_err().errno(), Some(libc::ENODEV));
        assert_eq!(name(u32::MAX), None);
    }

    #[test]
    fn loopback_says_that_it_is_loopback() {
        let (flags, mtu) = flags_and_mtu("lo").unwrap();
        assert!(flags.contains(InterfaceFlags::LOOPBACK) && !flags.intersects(InterfaceFlags::BROADCAST), "{flags:?}");
        assert!(mtu >= 1500, "{mtu}");
        assert_eq!(flags_and_mtu("no-such-if").unwrap_err().errno(), Some(libc::ENODEV));
    }

    #[test]
    fn names_that_are_too_long_or_hold_a_nul_are_no_interface() {
        assert_eq!(bring_up("an-interface-name-of-32-octets--").unwrap_err().errno(), Some(libc::ENODEV));
        assert!(index("lo\0x").is_err());
        assert_eq!(bring_up("lo\0x").unwrap_err().errno(), Some(libc::ENODEV));
    }
}
