//! Frames through a ring that is shared with the kernel: none is lost at half a million a second, drops are counted, and
//! the kernel's knowledge comes along: the direction, a VLAN tag that was taken off, a checksum that is not yet there.

use std::io;
use std::ops::ControlFlow;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use sockeye_sys::CallError;
use sockeye_sys::interface::InterfaceFlags;
use sockeye_sys::packet_ring::{FrameStatus, PacketRing, RingFrame, Size, Statistics};

use super::{LiveError, failure, find};
use crate::frame::{Frame, Timestamp};
use crate::link_type::LinkType;

/// 16 MiB: a quarter of a second of frames of 100 octets at 600,000 a second. A block holds any frame but the largest that
/// segmentation offload can be told to build (BIG TCP), which are cut.
const SIZE: Size = Size { block_len: 512 << 10, blocks: 32, retire: Duration::from_millis(50) };

/// ARPHRD_ types of Linux, include/uapi/linux/if_arp.h: frames of loopback have an Ethernet header too.
const ARPHRD_ETHER: u16 = 1;
const ARPHRD_LOOPBACK: u16 = 772;
/// No link layer: IP as it is.
const ARPHRD_RAWIP: u16 = 519;
const ARPHRD_NONE: u16 = 0xfffe;
/// The PACKET_ type of what this host sends.
const PACKET_OUTGOING: u8 = 4;
/// Where the tag of a VLAN stands in an Ethernet header.
const TAG_AT: usize = 12;
const TPID_8021Q: u16 = 0x8100;

/// What the kernel knows of a frame beside its octets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The index of the interface.
    pub interface: u32,
    /// Whether this host sends it.
    pub outgoing: bool,
    /// Whether its transport checksum is left to the interface that is to send it.
    pub checksum_pending: bool,
}

/// An open capture on one interface, or on all of them.
#[derive(Debug)]
pub struct Ring {
    socket: PacketRing,
    interface: String,
    frames: u64,
    octets: u64,
    /// A frame whose header is not the kernel's.
    rebuilt: Vec<u8>,
}

impl Ring {
    /// The name that means every interface.
    pub const ANY: &'static str = "any";

    /// Opens `interface`; with `promiscuous` also for frames to other hosts.
    ///
    /// # Errors
    /// [`LiveError`] if there is no such interface, if it is down, or if there is no permission.
    pub fn open(interface: &str, promiscuous: bool) -> Result<Self, LiveError> {
        let index = if interface == Self::ANY {
            0
        } else {
            let found = find(interface)?;
            if !found.flags.contains(InterfaceFlags::UP) {
                return Err(LiveError::Down { interface: interface.to_owned() });
            }
            found.index
        };
        let socket = PacketRing::open(index, interface, promiscuous, SIZE)
            .map_err(|CallError { source, .. }| LiveError::Open { interface: interface.to_owned(), source })?;
        Ok(Self { socket, interface: interface.to_owned(), frames: 0, octets: 0, rebuilt: Vec::new() })
    }

    /// Hands the frames that are there to `each`, until it breaks: at most as many as the ring holds, so that the caller
    /// gets to look at other things while more come. Waits for none: the socket is readable when there are some. On loopback
    /// a frame was seen leaving before it arrives, and is handed over once.
    ///
    /// # Errors
    /// [`LiveError::Down`] if the interface went down, [`LiveError::NoSuchInterface`] if it went away, [`LiveError::Read`]
    /// for anything else; after the frames that came before.
    pub fn drain<B>(
        &mut self,
        each: &mut dyn FnMut(&Frame<'_>, Seen) -> ControlFlow<B>,
    ) -> Result<Option<B>, LiveError> {
        for _ in 0..SIZE.blocks {
            let Some(block) = self.socket.block() else { break };
            for raw in block.frames() {
                let outgoing = raw.packet_type == PACKET_OUTGOING;
                if outgoing && raw.hardware == ARPHRD_LOOPBACK {
                    continue;
                }
                self.frames = self.frames.saturating_add(1);
                let (link_type, octets, added) = link_layer(&raw, &mut self.rebuilt);
                let frame = Frame {
                    number: self.frames,
                    timestamp: Some(Timestamp { seconds: raw.seconds.into(), nanoseconds: raw.nanoseconds }),
                    interface: raw.interface,
                    link_type,
                    original_len: raw.original_len.saturating_add_signed(added).max(octets.len()),
                    octets,
                    file_offset: self.octets,
                    fcs_len: 0,
                };
                let seen = Seen {
                    interface: raw.interface,
                    outgoing,
                    checksum_pending: raw.status.contains(FrameStatus::CHECKSUM_PENDING),
                };
                if let ControlFlow::Break(value) = each(&frame, seen) {
                    return Ok(Some(value));
                }
                self.octets = self.octets.saturating_add(crate::decoder::wide(octets.len()));
            }
        }
        match self.socket.take_error() {
            Ok(()) => Ok(None),
            Err(source) => Err(failure(&self.interface, source)),
        }
    }

    /// How many frames came since the beginning, and how many of them the ring had no room for.
    ///
    /// # Errors
    /// Whatever getsockopt(2) says.
    pub fn statistics(&mut self) -> io::Result<Statistics> {
        self.socket.statistics()
    }
}

impl AsFd for Ring {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

/// The frame as a capture file has it, and how much longer it became: with its VLAN tag, or behind a Linux cooked header
/// where the link layer is none that is read here.
fn link_layer<'a>(raw: &RingFrame<'a>, rebuilt: &'a mut Vec<u8>) -> (LinkType, &'a [u8], isize) {
    rebuilt.clear();
    match raw.hardware {
        ARPHRD_ETHER | ARPHRD_LOOPBACK if raw.status.contains(FrameStatus::VLAN) => {
            let Some((addresses, rest)) = raw.octets.split_at_checked(TAG_AT) else {
                return (LinkType::ETHERNET, raw.octets, 0);
            };
            let tpid = if raw.status.contains(FrameStatus::VLAN_TPID) { raw.vlan_tpid } else { TPID_8021Q };
            rebuilt.extend_from_slice(addresses);
            rebuilt.extend_from_slice(&tpid.to_be_bytes());
            rebuilt.extend_from_slice(&raw.vlan_tci.to_be_bytes());
            rebuilt.extend_from_slice(rest);
            (LinkType::ETHERNET, rebuilt, 4)
        }
        ARPHRD_ETHER | ARPHRD_LOOPBACK => (LinkType::ETHERNET, raw.octets, 0),
        ARPHRD_NONE | ARPHRD_RAWIP => (LinkType::RAW, raw.octets, 0),
        _ => {
            // Protocol, reserved, interface, ARPHRD_, packet type, length of the address, which is left out.
            rebuilt.extend_from_slice(&raw.protocol.to_be_bytes());
            rebuilt.extend_from_slice(&[0; 2]);
            rebuilt.extend_from_slice(&raw.interface.to_be_bytes());
            rebuilt.extend_from_slice(&raw.hardware.to_be_bytes());
            rebuilt.push(raw.packet_type);
            rebuilt.extend_from_slice(&[0; 9]);
            let header = isize::try_from(rebuilt.len()).unwrap_or(0);
            rebuilt.extend_from_slice(raw.octets.get(raw.link_len..).unwrap_or_default());
            (LinkType::LINUX_SLL2, rebuilt, header.saturating_sub_unsigned(raw.link_len))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: RingFrame<'static> = RingFrame {
        octets: b"ddddddssssss\x08\x00data",
        link_len: 14,
        original_len: 18,
        seconds: 1,
        nanoseconds: 2,
        status: FrameStatus::EMPTY,
        vlan_tci: 0x2005,
        vlan_tpid: 0x88a8,
        protocol: 0x0800,
        interface: 3,
        hardware: ARPHRD_ETHER,
        packet_type: 0,
    };

    #[test]
    fn a_tag_that_was_taken_off_is_put_back() {
        let mut rebuilt = Vec::new();
        for (status, octets, added) in [
            (FrameStatus::EMPTY, &b"ddddddssssss\x08\x00data"[..], 0),
            (FrameStatus::VLAN, b"ddddddssssss\x81\x00\x20\x05\x08\x00data", 4),
            (FrameStatus::VLAN | FrameStatus::VLAN_TPID, b"ddddddssssss\x88\xa8\x20\x05\x08\x00data", 4),
        ] {
            let raw = RingFrame { status, ..FRAME };
            assert_eq!(link_layer(&raw, &mut rebuilt), (LinkType::ETHERNET, octets, added));
        }
        let raw = RingFrame { status: FrameStatus::VLAN, octets: b"short", ..FRAME };
        assert_eq!(link_layer(&raw, &mut rebuilt), (LinkType::ETHERNET, &b"short"[..], 0));
    }

    #[test]
    fn other_link_layers_are_cooked() {
        let mut rebuilt = Vec::new();
        let raw = RingFrame { hardware: 512, link_len: 14, ..FRAME };
        let cooked = b"\x08\x00\0\0\0\0\0\x03\x02\x00\0\0\0\0\0\0\0\0\0\0data";
        assert_eq!(link_layer(&raw, &mut rebuilt), (LinkType::LINUX_SLL2, &cooked[..], 6));
        let raw = RingFrame { hardware: ARPHRD_NONE, link_len: 0, octets: b"\x45", ..FRAME };
        assert_eq!(link_layer(&raw, &mut rebuilt), (LinkType::RAW, &b"\x45"[..], 0));
    }

    #[test]
    fn an_interface_that_does_not_exist_is_named() {
        let fault = Ring::open("no/such", false).unwrap_err();
        assert!(fault.to_string().starts_with("capture on no/such: no such interface (there are: "), "{fault}");
    }
}
