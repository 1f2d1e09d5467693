//! Frames from an interface of this host, through a packet socket. Needs CAP_NET_RAW.
//!
//! [`Live`] is pnet_datalink's channel, for little traffic; [`ring`] is a ring of our own for much of it.
//!
//! The interface is looked up in the network namespace of the calling thread. On loopback every frame is seen twice,
//! once leaving and once arriving: pnet does not say which, and drops no direction. A VLAN tag that the kernel took off
//! is not put back. Frames leaving a host that offloads checksums carry partial ones.

pub mod ring;

use std::time::Duration;
use std::{fmt, io};

use pnet_datalink::{Channel, Config, DataLinkReceiver, NetworkInterface};

use crate::frame::{Frame, Timestamp};
use crate::link_type::LinkType;
use sockeye_common::errno::cause;
use sockeye_sys::CallError;
use sockeye_sys::interface::InterfaceFlags;
use sockeye_sys::links::{Link, links};

/// Room for one frame: more than the largest that segmentation offload builds (BIG TCP, 512 KiB).
const BUFFER_LEN: usize = 1 << 20;

/// An open capture on one interface.
pub struct Live<C> {
    receiver: Box<dyn DataLinkReceiver>,
    interface: String,
    link_type: LinkType,
    clock: C,
    frames: u64,
    octets: u64,
}

impl<C: FnMut() -> Timestamp> Live<C> {
    /// Opens `interface`. [`Live::next_frame`] waits at most `timeout` at a time; each frame gets the time of `clock`.
    ///
    /// # Errors
    /// [`LiveError`] if there is no such interface, if it is down, or if there is no permission.
    pub fn open(interface: &str, timeout: Duration, clock: C) -> Result<Self, LiveError> {
        let found = find(interface)?;
        if !found.flags.contains(InterfaceFlags::UP) {
            return Err(LiveError::Down { interface: interface.to_owned() });
        }
        let link_type = link_type(found.flags);
        // Who only receives binds by the index.
        let found = NetworkInterface {
            name: found.name,
            description: String::new(),
            index: found.index,
            mac: None,
            ips: Vec::new(),
            flags: found.flags.0,
        };
        // Room for one octet, not none: pnet divides its write buffer by the size of a frame.
        let config = Config {
            read_buffer_size: BUFFER_LEN,
            write_buffer_size: 1,
            read_timeout: Some(timeout),
            ..Config::default()
        };
        let failed = |source| LiveError::Open { interface: interface.to_owned(), source };
        let Channel::Ethernet(_, receiver) = pnet_datalink::channel(&found, config).map_err(failed)? else {
            return Err(failed(io::ErrorKind::Unsupported.into()));
        };
        Ok(Self { receiver, interface: interface.to_owned(), link_type, clock, frames: 0, octets: 0 })
    }

    /// What the frames of the interface start with.
    pub fn link_type(&self) -> LinkType {
        self.link_type
    }

    /// The next frame; `None` if none came within the timeout, after which it may be asked again.
    ///
    /// # Errors
    /// [`LiveError::Down`] if the interface went down, [`LiveError::NoSuchInterface`] if it went away, [`LiveError::Read`]
    /// for anything else.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, LiveError> {
        let octets = match self.receiver.next() {
            Ok(octets) => octets,
            // After a signal the caller decides whether to go on.
            Err(fault)
                if matches!(
                    fault.kind(),
                    io::ErrorKind::TimedOut | io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock
                ) =>
            {
                return Ok(None);
            }
            Err(source) => return Err(failure(&self.interface, source)),
        };
        self.frames = self.frames.saturating_add(1);
        let file_offset = self.octets;
        self.octets = self.octets.saturating_add(crate::decoder::wide(octets.len()));
        Ok(Some(Frame {
            number: self.frames,
            timestamp: Some((self.clock)()),
            interface: 0,
            link_type: self.link_type,
            original_len: octets.len(),
            octets,
            file_offset,
            fcs_len: 0,
        }))
    }
}

impl<C> fmt::Debug for Live<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Live")
            .field("interface", &self.interface)
            .field("link_type", &self.link_type)
            .finish_non_exhaustive()
    }
}

/// Asks the kernel for it: pnet takes a list that could not be had for an empty one.
fn find(name: &str) -> Result<Link, LiveError> {
    let listed = links().map_err(|error| LiveError::Unlisted { interface: name.to_owned(), error })?.rows;
    match listed.iter().find(|link| link.name == name) {
        Some(found) => Ok(found.clone()),
        None => Err(LiveError::NoSuchInterface {
            interface: name.to_owned(),
            known: listed.into_iter().map(|link| link.name).collect(),
        }),
    }
}

/// Why a read failed: of an interface that went down pnet says only that poll(2) reported the unexpected.
#[cold]
fn failure(interface: &str, source: io::Error) -> LiveError {
    let interface = interface.to_owned();
    match find(&interface) {
        Ok(found) if !found.flags.contains(InterfaceFlags::UP) => LiveError::Down { interface },
        // That the kernel cannot be asked what became of the interface is not why it broke off.
        Ok(_) | Err(LiveError::Unlisted { .. }) => LiveError::Read { interface, source },
        Err(gone) => gone,
    }
}

/// Ethernet, or raw IP on an interface without link layer, such as a TUN or WireGuard one.
///
/// Such an interface is point-to-point and asks nobody for addresses.
fn link_type(flags: InterfaceFlags) -> LinkType {
    let has_none = flags.contains(InterfaceFlags::POINTOPOINT) && flags.contains(InterfaceFlags::NOARP);
    if has_none { LinkType::RAW } else { LinkType::ETHERNET }
}

/// Why an interface cannot be captured from.
#[derive(Debug)]
#[non_exhaustive]
pub enum LiveError {
    /// No interface of that name in this network namespace.
    NoSuchInterface {
        /// The name asked for.
        interface: String,
        /// Those that there are.
        known: Vec<String>,
    },
    /// The kernel does not say which interfaces there are.
    Unlisted {
        /// The name asked for.
        interface: String,
        /// What the call said.
        error: CallError,
    },
    /// The interface is not up, so that no frames come.
    Down {
        /// The interface.
        interface: String,
    },
    /// The packet socket could not be opened or bound.
    Open {
        /// The interface.
        interface: String,
        /// What the call said.
        source: io::Error,
    },
    /// Reading failed.
    Read {
        /// The interface.
        interface: String,
        /// What the call said.
        source: io::Error,
    },
}

impl fmt::Display for LiveError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoSuchInterface { interface, known } => {
                write!(f, "capture on {interface}: no such interface (there are: {})", known.join(", "))
            }
            Self::Unlisted { interface, error } => write!(f, "capture on {interface}: {error}"),
            Self::Open { interface, source } => {
                write!(f, "capture on {interface}: {}", cause(source))?;
                if source.kind() == io::ErrorKind::PermissionDenied {
                    write!(f, " (needs CAP_NET_RAW: run as root, or grant it with `setcap cap_net_raw+ep PROGRAM`)")?;
                }
                Ok(())
            }
            Self::Down { interface } => write!(f, "capture on {interface}: the interface is down"),
            Self::Read { interface, source } => write!(f, "capture on {interface}: read: {}", cause(source)),
        }
    }
}

impl std::error::Error for LiveError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::NoSuchInterface { .. } | Self::Down { .. } => None,
            Self::Unlisted { error, .. } => Some(error),
            Self::Open { source, .. } | Self::Read { source, .. } => Some(source),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interface_that_does_not_exist_is_named_beside_those_that_do() {
        let fault = Live::open("no/such", Duration::ZERO, Timestamp::default).unwrap_err();
        let LiveError::NoSuchInterface { interface, known } = &fault else { panic!("{fault:?}") };
        assert_eq!(interface, "no/such");
        assert!(known.iter().any(|name| name == "lo"), "{known:?}");
        assert!(fault.to_string().starts_with("capture on no/such: no such interface (there are: "), "{fault}");
    }

    #[test]
    fn a_refusal_says_how_to_grant_it() {
        let refusal = |source| LiveError::Open { interface: "eth0".into(), source }.to_string();
        assert_eq!(
            refusal(io::Error::from_raw_os_error(1)),
            "capture on eth0: Operation not permitted (needs CAP_NET_RAW: run as root, or grant it with `setcap cap_net_raw+ep PROGRAM`)"
        );
        assert_eq!(refusal(io::Error::from_raw_os_error(100)), "capture on eth0: Network is down");
    }

    #[test]
    fn only_an_interface_without_link_layer_gives_raw_packets() {
        // IFF_UP with: POINTOPOINT, NOARP, MULTICAST as of tun; LOOPBACK; BROADCAST; POINTOPOINT of a USB network card.
        for (flags, expected) in [
            (0x10d1, LinkType::RAW),
            (0x0049, LinkType::ETHERNET),
            (0x1043, LinkType::ETHERNET),
            (0x0051, LinkType::ETHERNET),
        ] {
            assert_eq!(link_type(InterfaceFlags(flags)), expected, "{flags:#x}");
        }
    }
}
