//! A scan as a state machine without I/O: what to probe next, what is in flight, and results in the order of the ports.
//!
//! Each port is asked at one address of the host after the other, until one has it open. Ports are asked at the same
//! time, as many as the limit allows, and told in their order.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use serde::Serialize;

/// How a scan goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// The most probes in flight.
    pub parallel: usize,
    /// The pause behind each port; with one, ports are asked one at a time.
    pub interval: Option<Duration>,
    /// How long a probe waits for its answer; without it, as long as the kernel tries.
    pub timeout: Option<Duration>,
}

/// One question: is this port open at this address?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Probe {
    /// Which of the ports.
    pub port: usize,
    /// Which of the addresses.
    pub addr: usize,
}

/// What became of a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// The connection was made, or a datagram came back.
    Open,
    /// Nothing listens there: RST, or ICMP port unreachable.
    Closed,
    /// We connected to ourselves: our own port was the one that we asked for, so nobody else has it.
    OurOwn,
    /// No answer in time.
    Silent,
    /// The error number of what went wrong instead.
    Failed(i32),
}

/// A verdict in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Somebody is there.
    Open,
    /// Nobody is.
    Closed,
    /// A filter drops our SYN, or nobody has the address.
    Filtered,
    /// UDP: somebody takes datagrams and does not answer, or a filter drops them. Nobody can tell from here.
    OpenOrFiltered,
    /// The network says that it cannot be reached.
    Unreachable,
}

impl Verdict {
    /// What that says of the port.
    pub fn state(self, datagrams: bool) -> State {
        match (self, datagrams) {
            (Self::Open, _) => State::Open,
            (Self::Closed | Self::OurOwn, _) => State::Closed,
            (Self::Silent, true) => State::OpenOrFiltered,
            (Self::Silent, false) | (Self::Failed(libc::ETIMEDOUT), _) => State::Filtered,
            (Self::Failed(_), _) => State::Unreachable,
        }
    }

    /// What the kernel would say of it.
    pub fn error(self) -> Option<io::Error> {
        let number = match self {
            Self::Open => return None,
            Self::Closed | Self::OurOwn => libc::ECONNREFUSED,
            Self::Silent => libc::EINPROGRESS,
            Self::Failed(number) => number,
        };
        Some(io::Error::from_raw_os_error(number))
    }
}

impl State {
    /// What it means, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Open => "somebody listens there and answered",
            Self::Closed => "the host is there, and nobody listens on this port",
            Self::Filtered => "no answer in time: a filter drops the SYN, or nobody is there",
            Self::OpenOrFiltered => {
                "no answer in time: somebody took the datagram and was silent, or a filter dropped it"
            }
            Self::Unreachable => "the network says that it cannot be reached",
        }
    }

    /// The word of it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Closed => "closed",
            Self::Filtered => "filtered",
            Self::OpenOrFiltered => "open or filtered",
            Self::Unreachable => "unreachable",
        }
    }
}

/// One address of a port, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Which of the addresses.
    pub addr: usize,
    /// What became of it.
    pub verdict: Verdict,
    /// How long that took.
    pub took: Duration,
}

/// A port that is finished: what became of each address that was tried, the last one decisive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finished {
    /// The number of the port.
    pub port: u16,
    /// In the order in which they were tried; never empty.
    pub tried: Vec<Tried>,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Start this probe.
    Start(Probe),
    /// The time of this probe is over: look a last time, and judge it.
    Expired(Probe),
    /// Wait for an answer, until this time at most.
    Wait(Option<Instant>),
    /// Every port is finished.
    Done,
}

/// A port on its way.
#[derive(Clone, Debug, Default)]
struct Slot {
    tried: Vec<Tried>,
    /// The address in flight, and since when.
    flying: Option<(usize, Instant)>,
    done: bool,
}

/// The scan. Owns no socket and never reads a clock.
#[derive(Debug)]
pub struct Scan {
    ports: Vec<u16>,
    addrs: usize,
    /// A silent probe is a success: UDP, where nobody has to answer.
    silence_is_enough: bool,
    rules: Rules,
    slots: Vec<Slot>,
    /// The first port that was never asked.
    fresh: usize,
    /// Probes whose turn comes before fresh ports.
    again: VecDeque<Probe>,
    flying: usize,
    /// When probes expire, the first one first; the wait is the same for all.
    deadlines: VecDeque<(Instant, Probe)>,
    not_before: Option<Instant>,
    /// The first port that was not told.
    untold: usize,
}

impl Scan {
    /// A scan of `ports`, each at up to `addrs` addresses. With `silence_is_enough` a silent address is not followed by
    /// the next one.
    pub fn new(ports: Vec<u16>, addrs: usize, silence_is_enough: bool, rules: Rules) -> Self {
        let slots = vec![Slot::default(); ports.len()];
        // Paced means one at a time: two at once would not be a pause.
        let parallel = if rules.interval.is_some() { 1 } else { rules.parallel.max(1) };
        Self {
            ports,
            addrs,
            silence_is_enough,
            rules: Rules { parallel, ..rules },
            slots,
            fresh: 0,
            again: VecDeque::new(),
            flying: 0,
            deadlines: VecDeque::new(),
            not_before: None,
            untold: 0,
        }
    }

    /// The number of a probe's port.
    pub fn port(&self, probe: Probe) -> u16 {
        self.ports.get(probe.port).copied().unwrap_or(0)
    }

    /// What to do at `now`.
    pub fn next(&mut self, now: Instant) -> Next {
        if let Some(probe) = self.expired(now) {
            return Next::Expired(probe);
        }
        if self.addrs == 0 || self.untold >= self.ports.len() {
            return Next::Done;
        }
        let paused = self.not_before.filter(|until| *until > now);
        if self.flying < self.rules.parallel
            && let Some(probe) = self.take(paused.is_some())
        {
            if let Some(slot) = self.slots.get_mut(probe.port) {
                slot.flying = Some((probe.addr, now));
            }
            self.flying = self.flying.saturating_add(1);
            if let Some(deadline) = self.rules.timeout.and_then(|timeout| now.checked_add(timeout)) {
                self.deadlines.push_back((deadline, probe));
            }
            return Next::Start(probe);
        }
        let deadline = self.deadlines.front().map(|(deadline, _)| *deadline);
        match [deadline, paused].into_iter().flatten().min() {
            None if self.flying == 0 => Next::Done,
            until => Next::Wait(until),
        }
    }

    /// The next probe: another address of a port comes before another port, and does not wait for the pause.
    fn take(&mut self, paused: bool) -> Option<Probe> {
        if let Some(probe) = self.again.pop_front() {
            return Some(probe);
        }
        if paused || self.fresh >= self.ports.len() {
            return None;
        }
        let probe = Probe { port: self.fresh, addr: 0 };
        self.fresh = self.fresh.saturating_add(1);
        Some(probe)
    }

    /// The first probe whose time is over. Forgets those that were answered before.
    fn expired(&mut self, now: Instant) -> Option<Probe> {
        while let Some((deadline, probe)) = self.deadlines.front().copied() {
            // A probe that was put back and started again has a later deadline behind this one.
            let since = self.slots.get(probe.port).and_then(|slot| slot.flying).filter(|(addr, _)| *addr == probe.addr);
            let its_own = since.and_then(|(_, since)| since.checked_add(self.rules.timeout?)) == Some(deadline);
            if its_own && deadline > now {
                return None;
            }
            self.deadlines.pop_front();
            if its_own {
                return Some(probe);
            }
        }
        None
    }

    /// `probe` has its verdict.
    pub fn judged(&mut self, probe: Probe, verdict: Verdict, now: Instant) {
        let Some(slot) = self.slots.get_mut(probe.port) else { return };
        let Some((_, since)) = slot.flying.take().filter(|(addr, _)| *addr == probe.addr) else { return };
        self.flying = self.flying.saturating_sub(1);
        slot.tried.push(Tried { addr: probe.addr, verdict, took: now.saturating_duration_since(since) });
        let enough = verdict == Verdict::Open || (verdict == Verdict::Silent && self.silence_is_enough);
        let next = probe.addr.saturating_add(1);
        if !enough && next < self.addrs {
            self.again.push_back(Probe { addr: next, ..probe });
            return;
        }
        slot.done = true;
        self.not_before = self.rules.interval.and_then(|interval| now.checked_add(interval));
    }

    /// There was no descriptor or port left for `probe`: it comes again when another probe has ended.
    ///
    /// False if none is in flight: then nothing would ever free one, and the lack is the answer.
    pub fn put_back(&mut self, probe: Probe) -> bool {
        if self.flying <= 1 {
            return false;
        }
        if let Some(slot) = self.slots.get_mut(probe.port) {
            slot.flying = None;
        }
        self.flying = self.flying.saturating_sub(1);
        self.rules.parallel = self.flying;
        self.again.push_front(probe);
        true
    }

    /// The next port in their order, if it is finished.
    pub fn finished(&mut self) -> Option<Finished> {
        let slot = self.slots.get_mut(self.untold).filter(|slot| slot.done)?;
        let tried = std::mem::take(&mut slot.tried);
        let port = self.ports.get(self.untold).copied()?;
        self.untold = self.untold.saturating_add(1);
        Some(Finished { port, tried })
    }
}

/// Puts `ports` into a random order; `random` gives any number, all of them as likely.
///
/// # Source
/// The shuffle of Fisher and Yates, as Knuth has it: The Art of Computer Programming, volume 2, algorithm 3.4.2P.
pub fn shuffle(ports: &mut [u16], mut random: impl FnMut() -> u64) {
    for last in (1..ports.len()).rev() {
        let bound = u64::try_from(last).unwrap_or(u64::MAX).saturating_add(1);
        // A port list is so much shorter than 2^64 that the remainder is as good as even.
        let other = random().checked_rem(bound).and_then(|index| usize::try_from(index).ok()).unwrap_or(last);
        ports.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "a time is needed to count from")]

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);
    const WIDE: Rules = Rules { parallel: 100, interval: None, timeout: Some(SECOND) };

    fn probe(port: usize, addr: usize) -> Probe {
        Probe { port, addr }
    }

    fn verdicts(finished: &Finished) -> (u16, Vec<Verdict>) {
        (finished.port, finished.tried.iter().map(|tried| tried.verdict).collect())
    }

    #[test]
    fn results_come_in_the_order_of_the_ports_whoever_answers_first() {
        let now = Instant::now();
        let mut scan = Scan::new(vec![10, 20, 30], 1, false, WIDE);
        for port in 0..3 {
            assert_eq!(scan.next(now), Next::Start(probe(port, 0)));
        }
        assert_eq!(scan.next(now), Next::Wait(Some(now + SECOND)));
        scan.judged(probe(2, 0), Verdict::Open, now);
        scan.judged(probe(1, 0), Verdict::Closed, now);
        assert_eq!(scan.finished(), None);
        assert_eq!(scan.next(now + SECOND), Next::Expired(probe(0, 0)));
        scan.judged(probe(0, 0), Verdict::Silent, now + SECOND);
        let told: Vec<_> = std::iter::from_fn(|| scan.finished()).map(|port| verdicts(&port)).collect();
        let expected = [(10, Verdict::Silent), (20, Verdict::Closed), (30, Verdict::Open)];
        assert_eq!(told, expected.map(|(port, verdict)| (port, vec![verdict])));
        assert_eq!(scan.next(now + SECOND), Next::Done);
    }

    #[test]
    fn the_next_address_is_asked_until_one_is_open() {
        let now = Instant::now();
        let mut scan = Scan::new(vec![10], 3, false, WIDE);
        for (addr, verdict) in [(0, Verdict::Closed), (1, Verdict::Open)] {
            assert_eq!(scan.next(now), Next::Start(probe(0, addr)));
            scan.judged(probe(0, addr), verdict, now);
        }
        assert_eq!(verdicts(&scan.finished().unwrap()), (10, vec![Verdict::Closed, Verdict::Open]));
        assert_eq!(scan.next(now), Next::Done);
    }

    #[test]
    fn silence_ends_the_search_only_where_nobody_has_to_answer() {
        let now = Instant::now();
        for (datagrams, tried) in [(true, 1), (false, 2)] {
            let mut scan = Scan::new(vec![10], 2, datagrams, WIDE);
            for late in 0..tried {
                let Next::Start(asked) = scan.next(now + SECOND * late) else { panic!("{late}") };
                assert_eq!(scan.next(now + SECOND * (late + 1)), Next::Expired(asked));
                scan.judged(asked, Verdict::Silent, now + SECOND * (late + 1));
            }
            assert_eq!(scan.finished().unwrap().tried.len(), tried as usize);
        }
        assert_eq!(Verdict::Silent.state(true), State::OpenOrFiltered);
        assert_eq!(Verdict::Silent.state(false), State::Filtered);
    }

    #[test]
    fn an_interval_paces_ports_and_not_addresses() {
        let now = Instant::now();
        let mut scan = Scan::new(vec![10, 20], 2, false, Rules { interval: Some(SECOND), ..WIDE });
        for addr in 0..2 {
            assert_eq!(scan.next(now), Next::Start(probe(0, addr)));
            scan.judged(probe(0, addr), Verdict::Closed, now);
        }
        assert!(matches!(scan.next(now), Next::Wait(Some(until)) if until == now + SECOND));
        assert_eq!(scan.next(now + SECOND), Next::Start(probe(1, 0)));
        assert_eq!(scan.next(now + SECOND), Next::Wait(Some(now + 2 * SECOND)), "one at a time");
        scan.judged(probe(1, 0), Verdict::Open, now + SECOND);
        assert_eq!(std::iter::from_fn(|| scan.finished()).count(), 2);
        assert_eq!(scan.next(now + SECOND), Next::Done, "no pause behind the last one");
    }

    #[test]
    fn a_probe_that_found_no_room_comes_again_and_fewer_fly() {
        let now = Instant::now();
        let mut scan = Scan::new(vec![10, 20, 30], 1, false, WIDE);
        assert_eq!(scan.next(now), Next::Start(probe(0, 0)));
        assert_eq!(scan.next(now), Next::Start(probe(1, 0)));
        assert!(scan.put_back(probe(1, 0)));
        assert!(matches!(scan.next(now), Next::Wait(_)));
        scan.judged(probe(0, 0), Verdict::Closed, now);
        assert_eq!(scan.next(now + SECOND / 2), Next::Start(probe(1, 0)));
        assert!(!scan.put_back(probe(1, 0)), "nothing else is in flight that could make room");
        let deadline = now + SECOND / 2 + SECOND;
        assert_eq!(scan.next(now + SECOND), Next::Wait(Some(deadline)), "its time runs from its second start");
        assert_eq!(scan.next(deadline), Next::Expired(probe(1, 0)));
    }

    #[test]
    fn a_shuffle_keeps_every_port_and_uses_the_numbers() {
        let mut ports: Vec<u16> = (1..=100).collect();
        let mut state = 1_u64;
        shuffle(&mut ports, || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            state >> 33
        });
        assert_ne!(ports, (1..=100).collect::<Vec<_>>());
        ports.sort_unstable();
        assert_eq!(ports, (1..=100).collect::<Vec<_>>());
        shuffle(&mut [], || 0);
    }
}
