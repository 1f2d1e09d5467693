//! A packet socket whose frames come through a ring that is shared with the kernel: packet(7), TPACKET_V3.
//!
//! The kernel fills a block with frames and hands it over when it is full or has waited long enough; [`PacketRing::block`]
//! lends it out, and gives it back when it is dropped. No frame is copied on its way, and no call is made for each.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::ptr::NonNull;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sockeye_common::order::ByteOrder;
use sockeye_common::wire::{Reader, Truncated};

use crate::error::{CallError, check};
use crate::registry::flags;
use crate::socket::{option, option_octets, socklen};

/// Where `block_status` is in struct `tpacket_block_desc`.
const STATUS_AT: usize = 8;
/// The length of struct `tpacket3_hdr`, behind which struct `sockaddr_ll` follows.
const FRAME_HEADER_LEN: usize = 48;
/// The frame that the kernel wants told, though version 3 packs them: any that divides the block.
const NOMINAL_FRAME_LEN: u32 = 2048;

flags! {
    /// What the kernel says of a frame.
    ///
    /// # Source
    /// Linux, include/uapi/linux/if_packet.h, TP_STATUS_.
    FrameStatus(u32) {
        /// Its checksum is left to the interface that is to send it.
        CHECKSUM_PENDING = libc::TP_STATUS_CSUMNOTREADY, "CSUMNOTREADY";
        /// The VLAN tag that was taken off is known.
        VLAN = libc::TP_STATUS_VLAN_VALID, "VLAN_VALID";
        /// And so is its EtherType.
        VLAN_TPID = libc::TP_STATUS_VLAN_TPID_VALID, "VLAN_TPID_VALID";
        /// The interface has found its checksum right.
        CHECKSUM_VALID = libc::TP_STATUS_CSUM_VALID, "CSUM_VALID";
    }
}

/// The size of a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Octets of a block: a multiple of the page size. No frame is kept beyond one block.
    pub block_len: u32,
    /// How many blocks.
    pub blocks: u32,
    /// After how long a block is handed over that is not full.
    pub retire: Duration,
}

/// What the kernel has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Statistics {
    /// Frames that came, those that were dropped included.
    pub frames: u64,
    /// Frames for which the ring had no room.
    pub drops: u64,
}

/// A packet socket with its ring.
#[derive(Debug)]
pub struct PacketRing {
    socket: OwnedFd,
    memory: Memory,
    size: Size,
    next: usize,
    statistics: Statistics,
}

impl PacketRing {
    /// Opens a packet socket on the interface with that `index`, or on all of them for 0; `subject` is what errors call it.
    ///
    /// # Errors
    /// [`CallError`] with EPERM without CAP_NET_RAW, ENETDOWN if the interface is down, ENODEV if it is gone, ENOMEM or
    /// EINVAL if there can be no such ring.
    ///
    /// # Source
    /// packet(7); Linux, Documentation/networking/packet_mmap.rst.
    pub fn open(index: u32, subject: &str, promiscuous: bool, size: Size) -> Result<Self, CallError> {
        let fail = |call| move |error| CallError::new(call, subject, error);
        // Protocol 0: nothing comes before the ring stands.
        // SAFETY: socket takes no pointers.
        let fd = check(unsafe { libc::socket(libc::AF_PACKET, libc::SOCK_RAW | libc::SOCK_CLOEXEC, 0) })
            .map_err(fail("socket"))?;
        // SAFETY: the descriptor is new and nobody else's.
        let socket = unsafe { OwnedFd::from_raw_fd(fd) };
        set(&socket, libc::PACKET_VERSION, &libc::tpacket_versions::TPACKET_V3).map_err(fail("PACKET_VERSION"))?;
        let request = libc::tpacket_req3 {
            tp_block_size: size.block_len,
            tp_block_nr: size.blocks,
            tp_frame_size: NOMINAL_FRAME_LEN,
            tp_frame_nr: size.block_len / NOMINAL_FRAME_LEN * size.blocks,
            tp_retire_blk_tov: u32::try_from(size.retire.as_millis()).unwrap_or(u32::MAX),
            tp_sizeof_priv: 0,
            tp_feature_req_word: 0,
        };
        set(&socket, libc::PACKET_RX_RING, &request).map_err(fail("PACKET_RX_RING"))?;
        let len = wide(size.block_len).saturating_mul(wide(size.blocks));
        let memory = Memory::map(socket.as_fd(), len).map_err(fail("mmap"))?;
        if promiscuous {
            let membership = libc::packet_mreq {
                mr_ifindex: index.cast_signed(),
                mr_type: u16::try_from(libc::PACKET_MR_PROMISC).unwrap_or(0),
                mr_alen: 0,
                mr_address: [0; 8],
            };
            set(&socket, libc::PACKET_ADD_MEMBERSHIP, &membership).map_err(fail("PACKET_ADD_MEMBERSHIP"))?;
        }
        bind(&socket, index).map_err(fail("bind"))?;
        Ok(Self { socket, memory, size, next: 0, statistics: Statistics::default() })
    }

    /// The next block, if the kernel has handed it over. When it has not, poll(2) says when: the socket becomes readable.
    pub fn block(&mut self) -> Option<Block<'_>> {
        let start = self.next.checked_mul(wide(self.size.block_len))?;
        let status = self.memory.status(start)?;
        if status.load(Ordering::Acquire) & libc::TP_STATUS_USER == 0 {
            return None;
        }
        self.next = if self.next.saturating_add(1) < wide(self.size.blocks) { self.next + 1 } else { 0 };
        let octets = self.memory.behind_status(start, wide(self.size.block_len))?;
        Some(Block { status, octets })
    }

    /// What the kernel has counted since the socket was opened.
    ///
    /// # Errors
    /// Whatever getsockopt(2) says; nothing is known to.
    pub fn statistics(&mut self) -> io::Result<Statistics> {
        let octets = option_octets(
            &self.socket,
            libc::SOL_PACKET,
            libc::PACKET_STATISTICS,
            size_of::<libc::tpacket_stats_v3>(),
        )?;
        let (words, _) = octets.as_chunks::<4>();
        // struct tpacket_stats_v3: tp_packets, tp_drops, tp_freeze_q_cnt. The kernel begins anew with each look.
        if let [frames, drops, ..] = words {
            self.statistics.frames = self.statistics.frames.saturating_add(u32::from_ne_bytes(*frames).into());
            self.statistics.drops = self.statistics.drops.saturating_add(u32::from_ne_bytes(*drops).into());
        }
        Ok(self.statistics)
    }

    /// The error that waits at the socket, if one does: ENETDOWN when the interface went down.
    ///
    /// # Errors
    /// That error.
    pub fn take_error(&self) -> io::Result<()> {
        let error = option(&self.socket, libc::SOL_SOCKET, libc::SO_ERROR)?;
        if error == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(error)) }
    }
}

impl AsFd for PacketRing {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn set<T>(socket: &OwnedFd, name: libc::c_int, value: &T) -> io::Result<()> {
    // SAFETY: the value is readable for the length that is said.
    check(unsafe {
        libc::setsockopt(
            socket.as_raw_fd(),
            libc::SOL_PACKET,
            name,
            std::ptr::from_ref(value).cast(),
            socklen(size_of::<T>()),
        )
    })
    .map(drop)
}

pub(crate) fn bind(socket: &OwnedFd, index: u32) -> io::Result<()> {
    // SAFETY: all zeros is a valid sockaddr_ll.
    let mut address: libc::sockaddr_ll = unsafe { std::mem::zeroed() };
    address.sll_family = u16::try_from(libc::AF_PACKET).unwrap_or(0);
    address.sll_protocol = u16::try_from(libc::ETH_P_ALL).unwrap_or(0).to_be();
    address.sll_ifindex = index.cast_signed();
    // SAFETY: the address is a whole sockaddr_ll.
    check(unsafe {
        libc::bind(socket.as_raw_fd(), (&raw const address).cast(), socklen(size_of::<libc::sockaddr_ll>()))
    })
    .map(drop)
}

fn wide(len: u32) -> usize {
    usize::try_from(len).unwrap_or(usize::MAX)
}

/// The ring, mapped into this process.
#[derive(Debug)]
struct Memory {
    start: NonNull<u8>,
    len: usize,
}

// SAFETY: nothing in the mapping belongs to a thread; access goes through `PacketRing`, which is borrowed for it.
unsafe impl Send for Memory {}

impl Memory {
    fn map(socket: BorrowedFd<'_>, len: usize) -> io::Result<Self> {
        // SAFETY: no address is asked for, so that no other mapping is touched; the descriptor is a packet socket's.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_SHARED,
                socket.as_raw_fd(),
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let start = NonNull::new(start.cast::<u8>()).ok_or(io::ErrorKind::OutOfMemory)?;
        Ok(Self { start, len })
    }

    /// Whose the block is that starts `start` octets in.
    fn status(&self, start: usize) -> Option<&AtomicU32> {
        let at = start.checked_add(STATUS_AT)?;
        if at.checked_add(4)? > self.len || !at.is_multiple_of(4) {
            return None;
        }
        // SAFETY: four octets inside the mapping, which is aligned to a page, and lives as long as `self`. The kernel
        // writes them too: that is why they are atomic.
        Some(unsafe { AtomicU32::from_ptr(self.start.as_ptr().add(at).cast()) })
    }

    /// The octets of the block from behind its status to its end. The block must have been handed over.
    fn behind_status(&self, start: usize, block_len: usize) -> Option<&[u8]> {
        let at = start.checked_add(STATUS_AT)?.checked_add(4)?;
        let end = start.checked_add(block_len)?;
        if end > self.len || at > end {
            return None;
        }
        // SAFETY: inside the mapping, which lives as long as `self`; the kernel does not write to a block that it has
        // handed over, and the only octets of it that are written here, its status, are not in the slice.
        Some(unsafe { std::slice::from_raw_parts(self.start.as_ptr().add(at), end - at) })
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        // SAFETY: what was mapped, whole; no borrow of it is left.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
    }
}

/// A block of frames. The kernel gets it back when this is dropped.
#[derive(Debug)]
pub struct Block<'ring> {
    status: &'ring AtomicU32,
    /// From behind the status on.
    octets: &'ring [u8],
}

impl Block<'_> {
    /// Its frames in the order in which they came.
    pub fn frames(&self) -> Frames<'_> {
        Frames::of(self.octets)
    }
}

impl Drop for Block<'_> {
    fn drop(&mut self) {
        self.status.store(libc::TP_STATUS_KERNEL, Ordering::Release);
    }
}

/// One frame, as the kernel describes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingFrame<'block> {
    /// What was kept of it, from the link layer's header on.
    pub octets: &'block [u8],
    /// How many octets in front of the network layer's header.
    pub link_len: usize,
    /// How many octets it had on the wire.
    pub original_len: usize,
    /// Seconds since the epoch.
    pub seconds: u32,
    /// Nanoseconds below a second.
    pub nanoseconds: u32,
    /// What else the kernel knows.
    pub status: FrameStatus,
    /// The tag that was taken off, if `status` says so: priority, drop eligible, identifier.
    pub vlan_tci: u16,
    /// The EtherType of that tag, if `status` says so.
    pub vlan_tpid: u16,
    /// The EtherType of the frame, or one of Linux's own numbers.
    pub protocol: u16,
    /// The index of the interface.
    pub interface: u32,
    /// ARPHRD_ type of the interface.
    pub hardware: u16,
    /// PACKET_ type: 4 is what this host sends.
    pub packet_type: u8,
}

/// The frames of a block.
#[derive(Clone, Debug)]
pub struct Frames<'block> {
    /// From behind the block's status on.
    octets: &'block [u8],
    left: u32,
    /// Where the next frame's header is, from the start of the block.
    at: usize,
}

/// How many octets of the block are in front of the octets that [`Frames`] has.
const AHEAD: usize = STATUS_AT + 4;

impl<'block> Frames<'block> {
    fn of(octets: &'block [u8]) -> Self {
        let mut reader = Reader::new(octets);
        let header = (|| -> Result<(u32, u32), Truncated> {
            Ok((reader.u32_in(ByteOrder::HOST, "num_pkts")?, reader.u32_in(ByteOrder::HOST, "offset_to_first_pkt")?))
        })();
        let (left, first) = header.unwrap_or((0, 0));
        Self { octets, left, at: wide(first) }
    }

    /// The frame whose header is at the cursor, and how far the next one is from it.
    fn read(&self) -> Option<(RingFrame<'block>, usize)> {
        let start = self.at.checked_sub(AHEAD)?;
        let rest = self.octets.get(start..)?;
        let mut reader = Reader::new(rest);
        let mut u32_of = |field| reader.u32_in(ByteOrder::HOST, field).ok();
        let next = u32_of("tp_next_offset")?;
        let (seconds, nanoseconds) = (u32_of("tp_sec")?, u32_of("tp_nsec")?);
        let (kept, original_len) = (u32_of("tp_snaplen")?, u32_of("tp_len")?);
        let status = FrameStatus(u32_of("tp_status")?);
        let mac = reader.u16_in(ByteOrder::HOST, "tp_mac").ok()?;
        let net = reader.u16_in(ByteOrder::HOST, "tp_net").ok()?;
        reader.skip(4, "tp_rxhash").ok()?;
        let vlan_tci = reader.u32_in(ByteOrder::HOST, "tp_vlan_tci").ok()?;
        let vlan_tpid = reader.u16_in(ByteOrder::HOST, "tp_vlan_tpid").ok()?;
        let mut reader = Reader::new(rest.get(FRAME_HEADER_LEN..)?);
        reader.skip(2, "sll_family").ok()?;
        let protocol = reader.u16("sll_protocol").ok()?;
        let interface = reader.u32_in(ByteOrder::HOST, "sll_ifindex").ok()?;
        let hardware = reader.u16_in(ByteOrder::HOST, "sll_hatype").ok()?;
        let packet_type = reader.u8("sll_pkttype").ok()?;
        let octets = rest.get(usize::from(mac)..)?.get(..wide(kept))?;
        let frame = RingFrame {
            octets,
            link_len: usize::from(net.checked_sub(mac)?).min(octets.len()),
            original_len: wide(original_len),
            seconds,
            nanoseconds,
            status,
            vlan_tci: u16::try_from(vlan_tci & 0xffff).unwrap_or(0),
            vlan_tpid,
            protocol,
            interface,
            hardware,
            packet_type,
        };
        Some((frame, wide(next)))
    }
}

impl<'block> Iterator for Frames<'block> {
    type Item = RingFrame<'block>;

    fn next(&mut self) -> Option<RingFrame<'block>> {
        self.left = self.left.checked_sub(1)?;
        let (frame, next) = self.read()?;
        self.at = self.at.saturating_add(next);
        Some(frame)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The block from behind its status on: `frames` of (kept octets, packet type), each with 14 octets of link header.
    fn block(frames: &[(&[u8], u8)]) -> Vec<u8> {
        const FIRST: usize = 48;
        let mut octets = Vec::new();
        for word in [u32::try_from(frames.len()).unwrap(), u32::try_from(FIRST).unwrap()] {
            octets.extend_from_slice(&word.to_ne_bytes());
        }
        octets.resize(FIRST - AHEAD, 0);
        for (data, packet_type) in frames {
            let len = u32::try_from(data.len()).unwrap();
            let next = (82 + len).next_multiple_of(8);
            let start = octets.len();
            for word in [next, 7, 9, len, len + 1, libc::TP_STATUS_VLAN_VALID] {
                octets.extend_from_slice(&word.to_ne_bytes());
            }
            octets.extend_from_slice(&82_u16.to_ne_bytes());
            octets.extend_from_slice(&96_u16.to_ne_bytes());
            octets.extend_from_slice(&[0; 4]);
            octets.extend_from_slice(&0x2005_u32.to_ne_bytes());
            octets.resize(start + FRAME_HEADER_LEN + 2, 0);
            octets.extend_from_slice(&0x0800_u16.to_be_bytes());
            octets.extend_from_slice(&3_u32.to_ne_bytes());
            octets.extend_from_slice(&1_u16.to_ne_bytes());
            octets.push(*packet_type);
            octets.resize(start + 82, 0);
            octets.extend_from_slice(data);
            octets.resize(start + usize::try_from(next).unwrap(), 0);
        }
        octets
    }

    #[test]
    fn the_frames_of_a_block() {
        let octets = block(&[(b"an Ethernet header and data", 4), (b"short", 0)]);
        let found: Vec<_> = Frames::of(&octets).collect();
        let [long, short] = &found[..] else { panic!("{found:?}") };
        assert_eq!((long.octets, long.link_len, long.original_len), (&b"an Ethernet header and data"[..], 14, 28));
        assert_eq!((long.seconds, long.nanoseconds, long.vlan_tci), (7, 9, 0x2005));
        assert!(long.status.contains(FrameStatus::VLAN) && !long.status.contains(FrameStatus::CHECKSUM_PENDING));
        assert_eq!((long.protocol, long.interface, long.hardware, long.packet_type), (0x0800, 3, 1, 4));
        assert_eq!((short.octets, short.link_len, short.packet_type), (&b"short"[..], 5, 0));
    }

    #[test]
    fn no_such_interface() {
        let size = Size { block_len: 1 << 16, blocks: 2, retire: Duration::from_millis(10) };
        let error = PacketRing::open(u32::MAX >> 1, "nowhere", false, size).unwrap_err();
        // Without the privilege it is refused before.
        assert!(matches!(error.errno(), Some(libc::ENODEV | libc::EPERM)), "{error}");
        assert!(error.to_string().contains(" nowhere: "), "{error}");
    }

    proptest! {
        #[test]
        fn no_block_panics(octets: Vec<u8>) {
            for frame in Frames::of(&octets).take(64) {
                prop_assert!(frame.link_len <= frame.octets.len());
            }
        }

        #[test]
        fn no_damage_panics(at: prop::sample::Index, octet: u8) {
            let mut octets = block(&[(b"an Ethernet header and data", 4), (b"short", 0)]);
            let at = at.index(octets.len());
            octets[at] = octet;
            prop_assert!(Frames::of(&octets).count() <= 2 || at < 4);
        }
    }
}
