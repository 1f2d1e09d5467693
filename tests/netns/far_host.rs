//! A host behind a TUN device that plays TCP from a script: it leaves a socket of this host in whichever state is wanted.
//!
//! What it does with a connection is in the number of its port. It keeps nothing in mind: every answer follows from the
//! segment that came.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use sockeye_common::checksum::{self, PseudoHeader};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::tun::Tun;
use sockeye_sys::{interface, link};
use std::os::fd::AsFd as _;

const INTERFACE: &str = "far0";
const TCP: u8 = 6;
/// Its first sequence number.
const ISS: u32 = 1000;

const FIN: u8 = 0x01;
const SYN: u8 = 0x02;
const RST: u8 = 0x04;
const ACK: u8 = 0x10;

/// Answers nothing.
pub(crate) const SILENT: u16 = 1;
/// Takes the connection, then answers nothing: neither data nor FIN is acknowledged.
pub(crate) const DEAF: u16 = 2;
/// Acknowledges data and FIN, and closes not.
pub(crate) const HALF: u16 = 3;
/// Answers a FIN with one of its own, as if both had closed at once, and never acknowledges ours.
pub(crate) const CROSSING: u16 = 4;
/// Acknowledges a FIN and closes in the same segment.
pub(crate) const POLITE: u16 = 5;
/// Closes as soon as the connection is there, and then answers nothing.
pub(crate) const FIRST: u16 = 6;
/// Acknowledges everything and leaves no room for more: a window of zero.
pub(crate) const FULL: u16 = 7;

/// The host. It is gone when this is dropped.
pub(crate) struct FarHost {
    tun: Arc<Tun>,
    stop: Arc<AtomicBool>,
    player: Option<JoinHandle<()>>,
}

/// This host's address on the link to it.
pub(crate) fn here(v6: bool) -> IpAddr {
    if v6 { Ipv6Addr::new(0xfd09, 0, 0, 0, 0, 0, 0, 1).into() } else { Ipv4Addr::new(10, 9, 0, 1).into() }
}

/// Its address.
pub(crate) fn there(v6: bool) -> IpAddr {
    if v6 { Ipv6Addr::new(0xfd09, 0, 0, 0, 0, 0, 0, 2).into() } else { Ipv4Addr::new(10, 9, 0, 2).into() }
}

impl FarHost {
    /// Makes the device in this namespace, and plays.
    pub(crate) fn start() -> Self {
        let tun = Arc::new(Tun::create(INTERFACE).unwrap());
        link::add_address(INTERFACE, here(false), 24).unwrap();
        link::add_address(INTERFACE, here(true), 64).unwrap();
        interface::bring_up(INTERFACE).unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let (device, ended) = (Arc::clone(&tun), Arc::clone(&stop));
        let player = thread::spawn(move || play(&device, &ended));
        Self { tun, stop, player: Some(player) }
    }

    /// Sends a SYN from its `port`. Only if the port is [`HALF`] does it acknowledge what comes back.
    pub(crate) fn call(&self, port: u16, to: SocketAddr) {
        let segment = Segment {
            from: SocketAddr::new(there(to.is_ipv6()), port),
            to,
            seq: ISS,
            ack: 0,
            flags: SYN,
            window: u16::MAX,
            data: 0,
        };
        self.tun.send(&segment.packet()).unwrap();
    }
}

impl Drop for FarHost {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(player) = self.player.take() {
            let _ = player.join();
        }
    }
}

fn play(tun: &Tun, stop: &AtomicBool) {
    let mut buffer = vec![0; 65_536];
    while !stop.load(Ordering::Relaxed) {
        let mut fds = [PollFd::new(tun.as_fd(), Events::IN)];
        if poll(&mut fds, Some(Duration::from_millis(50))).unwrap_or(0) == 0 {
            continue;
        }
        let Ok(length) = tun.receive(&mut buffer) else { return };
        if let Some(answer) = Segment::parse(&buffer[..length]).and_then(|segment| segment.answer()) {
            let _ = tun.send(&answer.packet());
        }
    }
}

/// A TCP segment without its data.
#[derive(Clone, Copy, Debug)]
struct Segment {
    from: SocketAddr,
    to: SocketAddr,
    seq: u32,
    ack: u32,
    flags: u8,
    window: u16,
    /// How many octets of data it has, or had.
    data: u32,
}

impl Segment {
    fn parse(packet: &[u8]) -> Option<Self> {
        let number = |at: usize| Some(u32::from_be_bytes(packet.get(at..at + 4)?.try_into().ok()?));
        let port = |at: usize| Some(u16::from_be_bytes(packet.get(at..at + 2)?.try_into().ok()?));
        let (header, from, to): (usize, IpAddr, IpAddr) = match packet.first()? >> 4 {
            4 if packet.get(9) == Some(&TCP) => {
                let header = usize::from(packet[0] & 0xf) * 4;
                (header, Ipv4Addr::from(number(12)?).into(), Ipv4Addr::from(number(16)?).into())
            }
            6 if packet.get(6) == Some(&TCP) => {
                let address = |at: usize| Some(Ipv6Addr::from(<[u8; 16]>::try_from(packet.get(at..at + 16)?).ok()?));
                (40, address(8)?.into(), address(24)?.into())
            }
            _ => return None,
        };
        let offset = usize::from(packet.get(header + 12)? >> 4) * 4;
        Some(Self {
            from: SocketAddr::new(from, port(header)?),
            to: SocketAddr::new(to, port(header + 2)?),
            seq: number(header + 4)?,
            ack: number(header + 8)?,
            flags: *packet.get(header + 13)?,
            window: port(header + 14)?,
            data: u32::try_from(packet.len().checked_sub(header + offset)?).ok()?,
        })
    }

    /// What the script says to it, if anything.
    fn answer(&self) -> Option<Self> {
        let port = self.to.port();
        let has = |flag: u8| self.flags & flag != 0;
        let window = if port == FULL { 0 } else { u16::MAX };
        let reply = |seq: u32, ack: u32, flags: u8| {
            Some(Self { from: self.to, to: self.from, seq, ack, flags, window, data: 0 })
        };
        let behind = self.seq.wrapping_add(self.data);
        let opening = self.ack == ISS.wrapping_add(1);
        match port {
            _ if has(RST) => None,
            SILENT => None,
            // It called: the answer to its SYN.
            HALF if has(SYN) && has(ACK) => reply(self.ack, behind.wrapping_add(1), ACK),
            _ if has(SYN) && has(ACK) => None,
            _ if has(SYN) => reply(ISS, self.seq.wrapping_add(1), SYN | ACK),
            FIRST if opening && !has(FIN) && self.data == 0 => reply(self.ack, behind, FIN | ACK),
            DEAF | FIRST => None,
            CROSSING if has(FIN) => reply(self.ack, behind, FIN | ACK),
            POLITE if has(FIN) => reply(self.ack, behind.wrapping_add(1), FIN | ACK),
            _ if has(FIN) => reply(self.ack, behind.wrapping_add(1), ACK),
            _ if self.data > 0 => reply(self.ack, behind, ACK),
            _ => None,
        }
    }

    /// As an IP packet, with both checksums.
    fn packet(&self) -> Vec<u8> {
        let mut tcp = Vec::with_capacity(20);
        tcp.extend(self.from.port().to_be_bytes());
        tcp.extend(self.to.port().to_be_bytes());
        tcp.extend(self.seq.to_be_bytes());
        tcp.extend(self.ack.to_be_bytes());
        tcp.extend([5 << 4, self.flags]);
        tcp.extend(self.window.to_be_bytes());
        tcp.extend([0; 4]);
        let (pseudo, mut packet) = match (self.from.ip(), self.to.ip()) {
            (IpAddr::V4(src), IpAddr::V4(dst)) => {
                let mut ip = vec![0x45, 0, 0, 40, 0, 0, 0x40, 0, 64, TCP, 0, 0];
                ip.extend(src.octets());
                ip.extend(dst.octets());
                let sum = checksum::compute(&ip);
                ip[10..12].copy_from_slice(&sum.to_be_bytes());
                (PseudoHeader::V4 { src, dst, protocol: TCP, length: 20 }, ip)
            }
            (IpAddr::V6(src), IpAddr::V6(dst)) => {
                let mut ip = vec![0x60, 0, 0, 0, 0, 20, TCP, 64];
                ip.extend(src.octets());
                ip.extend(dst.octets());
                (PseudoHeader::V6 { src, dst, length: 20, next_header: TCP }, ip)
            }
            mixed => panic!("{mixed:?}"),
        };
        let sum = !pseudo.sum().add(&tcp).folded();
        tcp[16..18].copy_from_slice(&sum.to_be_bytes());
        packet.extend(tcp);
        packet
    }
}
