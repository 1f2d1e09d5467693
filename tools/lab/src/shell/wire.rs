//! A wire of our own between two interfaces: what one sends the other receives, late, twice or not at all, as it is told.
//!
//! A thread for each wire waits for frames and for the time of the next one; [`crate::wire`] decides what becomes of them.
//!
//! - `port`: the two interfaces, and how frames get out of them and in

mod port;

use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Read as _, Write as _};
use std::os::fd::AsFd as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use sockeye_cli::{Failure, Status};
use sockeye_common::random::Random;
use sockeye_sys::clock;
use sockeye_sys::poll::{Events, PollFd, poll};

use super::network::Host;
use crate::model::{Condition, Conditions, Link};
use crate::record::Fate;
use crate::wire::{self, Direction};
use port::Port;

/// No frame is longer.
const FRAME: usize = 65_536;
/// How many frames are fetched from one end before the other has its turn.
const BATCH: usize = 32;

/// How often frames are fetched where all that were sent before are meant: as many as the queue of an interface has.
const TURNS: usize = 320;

/// Who is told of each frame. Called on the threads of the wires: it must not wait.
pub type OnFrame = Arc<dyn Fn(Passed) + Send + Sync>;

/// A frame, when its fate is known. The second of a frame that was doubled comes as one of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passed {
    /// The link.
    pub link: Arc<str>,
    /// The node that sent it.
    pub from: Arc<str>,
    /// The node to which it went.
    pub to: Arc<str>,
    /// When it was sent.
    pub sent: Instant,
    /// When it arrived; `None` if it did not.
    pub arrived: Option<Instant>,
    /// What became of it.
    pub fate: Fate,
    /// The octets, from the Ethernet header on.
    pub octets: Vec<u8>,
}

/// A wire that works. Dropping it ends it, and its interfaces.
#[derive(Debug)]
pub struct Wire {
    shared: Arc<Shared>,
    wake: PipeWriter,
    carrier: Option<JoinHandle<()>>,
}

/// What the thread of a wire and those who change it both need.
struct Shared {
    name: Arc<str>,
    nodes: [Arc<str>; 2],
    ports: [Port; 2],
    /// The frames that go in at each end.
    directions: Mutex<[Direction; 2]>,
    /// When the time of the directions began.
    epoch: Instant,
    ended: AtomicBool,
    on_frame: Option<OnFrame>,
}

impl fmt::Debug for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shared").field("name", &self.name).field("ports", &self.ports).finish_non_exhaustive()
    }
}

/// Lays a wire: makes both interfaces, which are down, and carries frames between them.
///
/// # Errors
/// [`Failure`] with the call.
pub(super) fn lay(
    link: &Link,
    hosts: [&Host; 2],
    conditions: [Conditions; 2],
    seed: u64,
    on_frame: Option<OnFrame>,
) -> Result<Wire, Failure> {
    let failed =
        |call| move |error: io::Error| Failure::call(Status::HOST, call, format!("wire {}", link.name), &error);
    let ports = port::open(hosts, link.ends.each_ref().map(|end| end.interface.as_str()))
        .map_err(|error| Failure::host(format!("wire {}: {error}", link.name)))?;
    let mut seeds = seeds(seed, &link.name);
    let shared = Arc::new(Shared {
        name: link.name.as_str().into(),
        nodes: link.ends.each_ref().map(|end| end.node.as_str().into()),
        ports,
        directions: Mutex::new(conditions.map(|conditions| Direction::new(seeds.draw(), conditions))),
        epoch: Instant::now(),
        ended: AtomicBool::new(false),
        on_frame,
    });
    let (reader, wake) = io::pipe().map_err(failed("pipe"))?;
    let carried = Arc::clone(&shared);
    let carrier = thread::Builder::new()
        .name(format!("wire {}", link.name))
        .spawn(move || carry(&carried, reader))
        .map_err(failed("clone"))?;
    Ok(Wire { shared, wake, carrier: Some(carrier) })
}

/// Each wire has chances of its own, whatever other wires there are.
fn seeds(seed: u64, name: &str) -> Random {
    name.bytes().fold(Random::new(seed), |mut random, octet| Random::new(random.draw() ^ u64::from(octet)))
}

impl Wire {
    /// Cuts the wire, or restores it.
    pub fn cut(&self, cut: bool) {
        self.at_both([true; 2], |direction, now, out| direction.cut(cut, now, out));
    }

    /// Changes the conditions from each end that is meant.
    pub fn change(&self, meant: [bool; 2], conditions: &[Condition]) {
        self.at_both(meant, |direction, now, out| direction.change(conditions, now, out));
    }

    /// Takes what was sent before this call, and stops the wire for as long as what is returned lives.
    pub fn hold(&self) -> Held<'_> {
        Held { shared: &self.shared, directions: self.shared.caught_up() }
    }

    /// Whether its ends are TAP devices; otherwise they are veth pairs.
    pub fn is_tap(&self) -> bool {
        self.shared.ports.iter().all(|port| matches!(port, Port::Tap(_)))
    }

    fn at_both(
        &self,
        meant: [bool; 2],
        mut change: impl FnMut(&mut Direction, Duration, &mut dyn FnMut(wire::Passed)),
    ) {
        let mut told = Vec::new();
        // What was sent before the change meets the wire as it was then.
        let mut directions = self.shared.caught_up();
        let now = self.shared.epoch.elapsed();
        for (end, direction) in directions.iter_mut().enumerate().filter(|(end, _)| meant.get(*end) == Some(&true)) {
            change(direction, now, &mut |passed| told.push(self.shared.deliver(end, passed)));
        }
        // Before anybody else looks: a frame is on the wire, or has been told of.
        self.shared.tell(told);
        drop(directions);
        // What happens next may be earlier now. The pipe is full only if the thread will look anyway.
        let _ = (&self.wake).write_all(&[0]);
    }
}

/// A wire that is stopped for a moment.
pub struct Held<'a> {
    shared: &'a Shared,
    directions: MutexGuard<'a, [Direction; 2]>,
}

impl Held<'_> {
    /// The frames that have not come out: those about which nobody has been told.
    pub fn under_way(&self) -> impl Iterator<Item = Passed> {
        self.directions.iter().enumerate().flat_map(move |(end, direction)| {
            direction.under_way().map(move |(sent, fate, octets)| {
                let (from, to) = self.shared.ways(end);
                let (link, sent) = (Arc::clone(&self.shared.name), self.shared.epoch + sent);
                Passed { link, from, to, sent, arrived: None, fate, octets: octets.to_vec() }
            })
        })
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::Release);
        let _ = (&self.wake).write_all(&[0]);
        if let Some(carrier) = self.carrier.take() {
            let _ = carrier.join();
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, [Direction; 2]> {
        self.directions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The directions, with all frames in them that were sent before this call.
    fn caught_up(&self) -> MutexGuard<'_, [Direction; 2]> {
        let mut directions = self.lock();
        let mut buffer = vec![0; FRAME];
        for _ in 0..TURNS {
            if self.turn(&mut directions, &mut buffer, [true; 2]) == 0 {
                break;
            }
        }
        directions
    }

    /// Lets a frame that came in at `end` come out at the other, if it shall, and says what became of it.
    fn deliver(&self, end: usize, passed: wire::Passed) -> Passed {
        let wire::Passed { sent, due, mut fate, octets } = passed;
        let now = Instant::now();
        let [first, second] = &self.ports;
        let out = if end == 0 { second } else { first };
        let (from, to) = self.ways(end);
        let mut arrived = due.map(|_| now);
        // An interface that is down takes nothing.
        if arrived.is_some() && out.send(&octets).is_err() {
            (arrived, fate) = (None, Fate::Lost);
        }
        let link = Arc::clone(&self.name);
        Passed { link, from, to, sent: self.epoch + sent, arrived, fate, octets }
    }

    /// From which node a frame comes that goes in at this end, and to which it goes.
    fn ways(&self, end: usize) -> (Arc<str>, Arc<str>) {
        let [near, far] = &self.nodes;
        let (from, to) = if end == 0 { (near, far) } else { (far, near) };
        (Arc::clone(from), Arc::clone(to))
    }

    /// Takes the frames that are there at the ends that are ready, lets happen what is due, and tells of it. Returns how many
    /// frames were taken.
    fn turn(&self, directions: &mut [Direction; 2], buffer: &mut [u8], ready: [bool; 2]) -> usize {
        let (mut told, mut taken) = (Vec::new(), 0);
        for (end, (direction, ready)) in directions.iter_mut().zip(ready).enumerate() {
            let mut out = |passed| told.push(self.deliver(end, passed));
            if ready && let Some(port) = self.ports.get(end) {
                fetch(port, buffer, |frame| {
                    taken += 1;
                    direction.send(frame.to_vec(), self.epoch.elapsed(), &mut out);
                });
            }
            direction.advance(self.epoch.elapsed(), &mut out);
        }
        self.tell(told);
        taken
    }

    fn tell(&self, told: Vec<Passed>) {
        if let Some(on_frame) = &self.on_frame {
            told.into_iter().for_each(&**on_frame);
        }
    }

    /// How long nothing happens on the wire by itself; `None` if it is empty.
    fn idle(&self) -> Option<Duration> {
        let next = self.lock().iter().filter_map(Direction::next).min()?;
        Some(next.saturating_sub(self.epoch.elapsed()))
    }
}

/// Carries frames until the wire ends.
fn carry(shared: &Shared, mut wake: PipeReader) {
    clock::wake_on_time();
    let mut buffer = vec![0; FRAME];
    while !shared.ended.load(Ordering::Acquire) {
        let [first, second] = &shared.ports;
        let idle = shared.idle();
        let mut fds = [first.as_fd(), second.as_fd(), wake.as_fd()].map(|fd| PollFd::new(fd, Events::IN));
        if poll(&mut fds, idle).is_err() {
            return;
        }
        let [first, second, woken] = fds.map(|fd| !fd.ready().is_empty());
        if woken && wake.read(&mut [0; 64]).is_err() {
            return;
        }
        // Told of under the lock: a frame is on the wire, or has been told of.
        shared.turn(&mut shared.lock(), &mut buffer, [first, second]);
    }
}

/// Takes the frames that are there, but not too many.
fn fetch(port: &Port, buffer: &mut [u8], mut take: impl FnMut(&[u8])) {
    for _ in 0..BATCH {
        // That there is none, and that the interface is down, are both no reason to do anything.
        let Some(frame) = port.receive(buffer).ok().and_then(|len| buffer.get(..len)) else { return };
        take(frame);
    }
}
