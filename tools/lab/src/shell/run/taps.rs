//! What was sent over cables: every frame once, at the end at which it was sent, with the kernel's time.
//!
//! A packet socket sees an outgoing frame before the call that sent it returns. So everything that was sent before
//! [`Taps::take`] is in what it returns.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd as _, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use sockeye_cli::{Failure, Status};
use sockeye_sys::packet_ring::{PacketRing, Size};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::{CallError, interface};

use super::super::network::Host;
use super::clock::{Moment, wall_offset};

/// Room for more than a thousand full frames at each end, until the thread gets its turn.
const RING: Size = Size { block_len: 1 << 16, blocks: 32, retire: Duration::from_millis(1) };
/// A frame that this host sends: PACKET_OUTGOING of linux/if_packet.h.
const OUTGOING: u8 = 4;
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

#[derive(Debug, Default)]
struct Shared {
    rings: Vec<Ring>,
    seen: Vec<Seen>,
}

#[derive(Debug)]
struct Ring {
    ring: PacketRing,
    /// How many frames were taken out of it, incoming ones too.
    taken: u64,
}

impl Taps {
    /// Taps these ends: a host and its interface.
    ///
    /// # Errors
    /// [`Failure`] if no packet socket can be had there.
    pub fn open<'a>(ends: impl IntoIterator<Item = (&'a Host, &'a str)>) -> Result<Self, Failure> {
        let failed = |error: CallError| Failure::host(error.to_string());
        let mut shared = Shared::default();
        let mut copies = Vec::new();
        for (host, name) in ends {
            let open = || PacketRing::open(interface::index(name)?, name, false, RING);
            let ring = host.run(open).map_err(failed)?.map_err(failed)?;
            let copy = ring.as_fd().try_clone_to_owned();
            copies.push(copy.map_err(|error| Failure::call(Status::HOST, "dup", "a packet socket", &error))?);
            shared.rings.push(Ring { ring, taken: 0 });
        }
        let shared = Arc::new(Mutex::new(shared));
        let (stopped, stop) = io::pipe().map_err(|error| Failure::call(Status::HOST, "pipe", "", &error))?;
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
        for (tap, Ring { ring, taken }) in self.rings.iter_mut().enumerate() {
            // An interface that went down leaves an error, and comes up again by itself.
            let _ = ring.take_error();
            while let Some(block) = ring.block() {
                for frame in block.frames() {
                    *taken = taken.saturating_add(1);
                    if frame.packet_type != OUTGOING {
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
        let counted: Vec<u64> = self.rings.iter_mut().map(Ring::counted).collect();
        loop {
            self.drain();
            let missing = self.rings.iter().zip(&counted).position(|(ring, counted)| ring.taken < *counted);
            let Some(ring) = missing.and_then(|at| self.rings.get(at)) else { return };
            if start.elapsed() > LONGEST {
                return;
            }
            let mut fds = [PollFd::new(ring.ring.as_fd(), Events::IN)];
            if poll(&mut fds, Some(TURN)).is_err() {
                return;
            }
        }
    }
}

impl Ring {
    /// How many frames the kernel has put into the ring.
    fn counted(&mut self) -> u64 {
        self.ring.statistics().map_or(0, |counted| counted.frames.saturating_sub(counted.drops))
    }
}
