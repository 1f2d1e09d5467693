//! What was sent over cables: every frame once, at the end at which it was sent, with the kernel's time.
//!
//! A packet socket sees an outgoing frame before the call that sent it returns. So everything that was sent before
//! [`Taps::take`] is in what it returns.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{SockFilter, SockRef};
use sockeye_cli::{Failure, Status};
use sockeye_sys::packet_ring::{PacketRing, Size};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::{CallError, interface};

use super::super::network::Host;
use super::clock::{Moment, wall_offset};
use super::limits::{Room, Tally};

/// Room for more than a thousand full frames at each end, until the thread gets its turn.
const RING: Size = Size { block_len: 1 << 16, blocks: 32, retire: Duration::from_millis(1) };
/// A frame that this host sends: PACKET_OUTGOING of linux/if_packet.h.
const OUTGOING: u8 = 4;
/// What a filter finds the kind of a packet with: SKF_AD_OFF and SKF_AD_PKTTYPE of linux/filter.h.
const PACKET_TYPE: u32 = (-0x1000_i32 + 4).cast_unsigned();
/// How long a block may take to be handed over; it is looked at again then.
const TURN: Duration = Duration::from_millis(5);
/// The kernel hands over a block within milliseconds; who waits for longer waits for nothing.
const LONGEST: Duration = Duration::from_secs(5);

/// A frame, as it was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// When it was sent.
    pub at: Moment,
    /// By which tap.
    pub tap: usize,
    /// The octets, from the Ethernet header on.
    pub octets: Vec<u8>,
}

/// The taps of all cables. Dropping them ends the capture.
#[derive(Debug)]
pub struct Taps {
    shared: Arc<Mutex<Shared>>,
    /// The thread ends when this is closed.
    _stop: PipeWriter,
}

#[derive(Debug)]
struct Shared {
    taps: Vec<Tap>,
    seen: Vec<Seen>,
    /// For all that is seen in a run.
    room: Arc<Room>,
}

#[derive(Debug)]
struct Tap {
    ring: PacketRing,
    /// How many frames were taken out of it, incoming ones too.
    taken: u64,
    /// For how many the kernel had no room in the ring.
    dropped: u64,
    /// What of its link is not kept.
    left_out: Arc<Tally>,
}

impl Taps {
    /// Taps these ends: a host and its interface, and where to count what `room` has no place for.
    ///
    /// # Errors
    /// [`Failure`] if no packet socket can be had there.
    pub fn open<'a>(
        ends: impl IntoIterator<Item = (&'a Host, &'a str, Arc<Tally>)>,
        room: Arc<Room>,
    ) -> Result<Self, Failure> {
        let failed = |error: CallError| Failure::host(error.to_string());
        let mut shared = Shared { taps: Vec::new(), seen: Vec::new(), room };
        let mut copies = Vec::new();
        for (host, name, left_out) in ends {
            let open = || PacketRing::open(interface::index(name)?, name, false, RING);
            let ring = host.run(open).map_err(failed)?.map_err(failed)?;
            let copy = ring.as_fd().try_clone_to_owned();
            copies.push(copy.map_err(|error| Failure::call(Status::HOST, "dup", "a packet socket", &error))?);
            only_outgoing(&ring, name)?;
            shared.taps.push(Tap { ring, taken: 0, dropped: 0, left_out });
        }
        let shared = Arc::new(Mutex::new(shared));
        let (stopped, stop) =
            io::pipe().map_err(|error| Failure::call(Status::HOST, "pipe", "for the taps", &error))?;
        let filled = Arc::clone(&shared);
        let failed = |error: io::Error| Failure::call(Status::HOST, "clone", "a thread", &error);
        thread::Builder::new().name("taps".into()).spawn(move || keep(&filled, &copies, &stopped)).map_err(failed)?;
        Ok(Self { shared, _stop: stop })
    }

    /// The frames since this was called last; all that were sent before this call are among them.
    pub fn take(&self) -> Vec<Seen> {
        let mut shared = lock(&self.shared);
        shared.flush();
        std::mem::take(&mut shared.seen)
    }
}

/// Lets the ring have what this end sends alone: what it receives, the other end has sent.
fn only_outgoing(ring: &PacketRing, name: &str) -> Result<(), Failure> {
    let instruction = |code: u32, k, jt, jf| SockFilter::new(u16::try_from(code).unwrap_or(0), jt, jf, k);
    let program = [
        instruction(libc::BPF_LD | libc::BPF_W | libc::BPF_ABS, PACKET_TYPE, 0, 0),
        instruction(libc::BPF_JMP | libc::BPF_JEQ | libc::BPF_K, OUTGOING.into(), 0, 1),
        instruction(libc::BPF_RET | libc::BPF_K, u32::MAX, 0, 0),
        instruction(libc::BPF_RET | libc::BPF_K, 0, 0, 0),
    ];
    let failed = |error: io::Error| Failure::call(Status::HOST, "setsockopt SO_ATTACH_FILTER", name, &error);
    SockRef::from(ring).attach_filter(&program).map_err(failed)
}

fn lock(shared: &Mutex<Shared>) -> MutexGuard<'_, Shared> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

fn keep(shared: &Mutex<Shared>, sockets: &[OwnedFd], stop: &PipeReader) {
    loop {
        let mut fds: Vec<_> = sockets.iter().map(|socket| PollFd::new(socket.as_fd(), Events::IN)).collect();
        fds.push(PollFd::new(stop.as_fd(), Events::IN));
        if poll(&mut fds, None).is_err() || fds.last().is_some_and(|stop| !stop.ready().is_empty()) {
            return;
        }
        lock(shared).drain();
    }
}

impl Shared {
    fn drain(&mut self) {
        let offset = wall_offset();
        let room = &self.room;
        for (tap, Tap { ring, taken, left_out, .. }) in self.taps.iter_mut().enumerate() {
            // An interface that went down leaves an error, and comes up again by itself.
            let _ = ring.take_error();
            // Once round: where frames come as fast as they are taken out, the others have their turn too.
            for _ in 0..RING.blocks {
                let Some(block) = ring.block() else { break };
                for frame in block.frames() {
                    *taken = taken.saturating_add(1);
                    if frame.packet_type != OUTGOING {
                        continue;
                    }
                    if !room.take(frame.octets.len()) {
                        left_out.add(1, frame.octets.len());
                        continue;
                    }
                    let wall = u64::from(frame.seconds) * 1_000_000 + u64::from(frame.nanoseconds / 1_000);
                    self.seen.push(Seen { at: wall.saturating_sub(offset), tap, octets: frame.octets.to_vec() });
                }
            }
        }
    }

    /// Waits until the kernel has handed over every frame that it has counted up to now.
    fn flush(&mut self) {
        let start = Instant::now();
        let counted: Vec<u64> = self.taps.iter_mut().map(Tap::counted).collect();
        loop {
            self.drain();
            let missing = self.taps.iter().zip(&counted).find(|(tap, counted)| tap.taken < **counted);
            let Some((tap, _)) = missing else { return };
            if start.elapsed() > LONGEST {
                return;
            }
            let mut fds = [PollFd::new(tap.ring.as_fd(), Events::IN)];
            if poll(&mut fds, Some(TURN)).is_err() {
                return;
            }
        }
    }
}

impl Tap {
    /// How many frames the kernel has put into the ring. Those for which it had no room there are left out.
    fn counted(&mut self) -> u64 {
        let Ok(counted) = self.ring.statistics() else { return 0 };
        self.left_out.add(counted.drops.saturating_sub(self.dropped), 0);
        self.dropped = counted.drops;
        counted.frames.saturating_sub(counted.drops)
    }
}
