//! Pings: when to send the next, which probe an answer is about, and what it all comes to. Owns no socket and reads no clock.

pub mod report;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use self::report::{Outage, Report, Told};
use crate::answer::Says;
use crate::answer::{Answer, Moment};
use crate::icmp::Kind;
use crate::statistics::RoundTrips;

/// How many probes an answer may still be about: as many as sequence numbers tell apart.
const WINDOW: usize = 1 << 16;
/// How long the answer to a probe is waited for where the next one is sent as soon as it is there: 100 probes a second without
/// any answers, as ping(8) has it.
const FLOOD: Duration = Duration::from_millis(10);
/// How many outages are listed, and from how many senders errors are.
const LISTED: usize = 1000;
/// How long the last answers are waited for at least, once some came.
const LINGER: Duration = Duration::from_secs(1);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// To whom.
    pub target: IpAddr,
    /// How many probes; with a deadline, how many answers.
    pub count: Option<u64>,
    /// From one to the next; zero is as soon as the one before is answered.
    pub interval: Duration,
    /// How many go out at once at first; with an interval of zero, how many are under way.
    pub preload: u32,
    /// How long the last answers are waited for, if none came before.
    pub wait: Duration,
    /// When it ends in any case, since the start.
    pub deadline: Option<Duration>,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Todo {
    /// Send this probe, and say so with [`Pings::sent`] or [`Pings::failed`].
    Send {
        /// Which one, from 1.
        number: u64,
        /// The same as it stands in the packet.
        seq: u16,
        /// The one before, if there is no answer to it yet.
        missing: Option<u64>,
    },
    /// Wait for answers until then, since the start.
    Wait(Duration),
    /// It is over.
    End,
}

/// What an answer turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heard {
    /// About which probe.
    pub number: u64,
    /// The round trip.
    pub rtt: Duration,
    /// Whether it came from the host itself.
    pub arrived: bool,
    /// Whether the probe had been answered before.
    pub duplicate: bool,
    /// Whether a later probe was answered before.
    pub reordered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Pending,
    Answered,
    Failed,
}

#[derive(Clone, Copy, Debug)]
struct Slot {
    sent: Moment,
    state: State,
}

/// The dialogue.
#[derive(Debug)]
pub struct Pings {
    config: Config,
    /// Probes that were sent or could not be sent; the number of the last.
    sent: u64,
    /// Those of them that the system refused.
    refused: u64,
    /// The last ones, the newest at the end.
    window: VecDeque<Slot>,
    pending: usize,
    next_send: Duration,
    last_sent: Duration,
    received: u64,
    duplicates: u64,
    reordered: u64,
    damaged: u64,
    errors: u64,
    highest: u64,
    trips: RoundTrips,
    ttls: BTreeSet<u8>,
    told: BTreeMap<(IpAddr, String), u64>,
    outages: Outages,
}

impl Pings {
    /// A dialogue that begins at once.
    pub fn new(config: Config) -> Self {
        Self {
            config,
            sent: 0,
            refused: 0,
            window: VecDeque::new(),
            pending: 0,
            next_send: Duration::ZERO,
            last_sent: Duration::ZERO,
            received: 0,
            duplicates: 0,
            reordered: 0,
            damaged: 0,
            errors: 0,
            highest: 0,
            trips: RoundTrips::default(),
            ttls: BTreeSet::new(),
            told: BTreeMap::new(),
            outages: Outages::default(),
        }
    }

    /// What is to be done at `now`, since the start.
    pub fn next(&mut self, now: Duration) -> Todo {
        if self.config.deadline.is_some_and(|deadline| now >= deadline) || self.is_satisfied() {
            return Todo::End;
        }
        if self.has_sent_all() {
            let until = self.last_sent.saturating_add(self.linger());
            if self.pending == 0 || now >= until {
                return Todo::End;
            }
            return Todo::Wait(self.not_after_deadline(until));
        }
        let due = self.due();
        if now < due {
            return Todo::Wait(self.not_after_deadline(due));
        }
        let number = self.sent + 1;
        let preload = u64::from(self.config.preload);
        if number >= preload {
            self.next_send = now.max(self.next_send.saturating_add(self.config.interval));
        }
        // Of what has just gone out with others nobody expects an answer yet.
        let due = self.window.back().filter(|slot| slot.state == State::Pending && number > preload);
        let missing = due.map(|_| self.sent);
        Todo::Send { number, seq: wire(number), missing }
    }

    /// When the next probe is to be sent.
    fn due(&self) -> Duration {
        let preload = usize::try_from(self.config.preload).unwrap_or(usize::MAX);
        let under_way = || self.window.iter().rev().take(preload).filter(|slot| slot.state == State::Pending).count();
        let waits = self.config.interval.is_zero() && self.window.len() >= preload && under_way() >= preload;
        if waits { self.last_sent.saturating_add(FLOOD) } else { self.next_send }
    }

    fn has_sent_all(&self) -> bool {
        // With a deadline, -c counts answers.
        self.config.deadline.is_none() && self.config.count.is_some_and(|count| self.sent >= count)
    }

    fn is_satisfied(&self) -> bool {
        self.config.deadline.is_some() && self.config.count.is_some_and(|count| self.received >= count)
    }

    fn not_after_deadline(&self, time: Duration) -> Duration {
        self.config.deadline.map_or(time, |deadline| deadline.min(time))
    }

    /// How long after the last probe its answer is waited for: where answers came, not much longer than those took.
    fn linger(&self) -> Duration {
        match self.trips.longest() {
            Some(longest) => longest.saturating_mul(2).max(LINGER).min(self.config.wait),
            None => self.config.wait,
        }
    }

    /// The next probe has been sent.
    pub fn sent(&mut self, at: Moment) {
        self.push(Slot { sent: at, state: State::Pending });
        self.pending += 1;
    }

    /// The system did not take the next probe. A flood does not try again at once: a queue that is full wants time.
    pub fn failed(&mut self, at: Moment) {
        if self.config.interval.is_zero() {
            self.next_send = self.next_send.max(at.since_start.saturating_add(FLOOD));
        }
        self.push(Slot { sent: at, state: State::Failed });
        self.refused += 1;
    }

    fn push(&mut self, slot: Slot) {
        self.sent += 1;
        self.last_sent = slot.sent.since_start;
        self.window.push_back(slot);
        if self.window.len() > WINDOW
            && let Some(old) = self.window.pop_front()
        {
            self.pending -= usize::from(old.state == State::Pending);
            self.outages.settle(self.sent - WINDOW as u64, old);
        }
    }

    /// An answer came. Without a sequence number it is about the oldest probe that has none. `None` if it is about none.
    pub fn heard(&mut self, seq: Option<u16>, answer: &Answer, came: &Moment) -> Option<Heard> {
        let first = self.sent + 1 - self.window.len() as u64;
        let number = match seq {
            Some(seq) => self.sent.checked_sub(wire(self.sent).wrapping_sub(seq).into())?,
            None => first + self.window.iter().position(|slot| slot.state == State::Pending)? as u64,
        };
        let place = usize::try_from(number.checked_sub(first)?).ok()?;
        let slot = self.window.get_mut(place)?;
        let arrived = answer.arrived(self.config.target);
        let rtt = slot.sent.until(came);
        let duplicate = slot.state == State::Answered;
        if slot.state == State::Pending {
            self.pending -= 1;
        }
        if arrived {
            slot.state = State::Answered;
        } else if slot.state == State::Pending {
            slot.state = State::Failed;
        }
        let reordered = arrived && !duplicate && number < self.highest;
        if arrived {
            self.count_reply(answer, rtt, number, duplicate, reordered);
        } else {
            self.count_error(answer);
        }
        Some(Heard { number, rtt, arrived, duplicate, reordered })
    }

    fn count_reply(&mut self, answer: &Answer, rtt: Duration, number: u64, duplicate: bool, reordered: bool) {
        self.damaged += u64::from(answer.is_damaged());
        self.ttls.extend(answer.ttl);
        if duplicate {
            self.duplicates += 1;
            return;
        }
        self.received += 1;
        self.reordered += u64::from(reordered);
        self.highest = self.highest.max(number);
        self.trips.add(rtt);
    }

    fn count_error(&mut self, answer: &Answer) {
        self.errors += 1;
        let words = match answer.says {
            Says::Icmp { kind, .. } => Kind::words(kind),
            _ => "an answer".to_owned(),
        };
        if self.told.len() < LISTED || self.told.contains_key(&(answer.from, words.clone())) {
            *self.told.entry((answer.from, words)).or_default() += 1;
        }
    }

    /// How many answers came so far, without duplicates.
    pub fn received(&self) -> u64 {
        self.received
    }

    /// Whether as much came as was asked for: with a count and a deadline, that many answers; otherwise one.
    pub fn is_success(&self) -> bool {
        match (self.config.count, self.config.deadline) {
            (Some(count), Some(_)) => self.received >= count,
            _ => self.received > 0,
        }
    }

    /// What it came to at `now`, since the start.
    pub fn report(&self, now: Duration) -> Report {
        let mut outages = self.outages.clone();
        let first = self.sent + 1 - self.window.len() as u64;
        for (number, slot) in (first..).zip(&self.window) {
            outages.settle(number, *slot);
        }
        // What was lost last was lost until now, or until the next would have been sent.
        let interval = if self.config.interval.is_zero() { FLOOD } else { self.config.interval };
        outages.close(now.min(self.last_sent.saturating_add(interval)));
        let on_wire = self.sent - self.refused;
        #[expect(clippy::cast_precision_loss, reason = "a share in percent needs no more digits")]
        let lost_percent = match on_wire {
            0 => 0.0,
            on_wire => (on_wire - self.received.min(on_wire)) as f64 * 100.0 / on_wire as f64,
        };
        Report {
            target: self.config.target,
            sent: on_wire,
            refused: self.refused,
            received: self.received,
            lost: on_wire - self.received.min(on_wire),
            lost_percent: (lost_percent * 1000.0).round() / 1000.0,
            duplicates: self.duplicates,
            reordered: self.reordered,
            damaged: self.damaged,
            errors: self.errors,
            elapsed_s: now.as_secs_f64(),
            rtt: self.trips.summary(),
            outages: outages.list,
            outage_count: outages.count,
            outage_total_s: outages.total.as_secs_f64(),
            outage_longest_s: outages.longest.as_secs_f64(),
            ttls: self.ttls.iter().copied().collect(),
            told: self
                .told
                .iter()
                .map(|((from, words), times)| Told { from: *from, words: words.clone(), times: *times })
                .collect(),
        }
    }
}

/// A number as it stands in a packet.
#[expect(clippy::cast_possible_truncation, reason = "sequence numbers go round")]
fn wire(number: u64) -> u16 {
    number as u16
}

/// Runs of probes without an answer: each lasts from its first probe to the next that was answered, as fping(8) `-o` has it.
#[derive(Clone, Debug, Default)]
struct Outages {
    list: Vec<Outage>,
    count: u64,
    total: Duration,
    longest: Duration,
    /// Number and time of the first probe of the present run, and how many.
    open: Option<(u64, Duration, u64)>,
}

impl Outages {
    fn settle(&mut self, number: u64, slot: Slot) {
        let at = slot.sent.since_start;
        match (slot.state, &mut self.open) {
            (State::Answered, _) => self.close(at),
            (_, Some((.., probes))) => *probes += 1,
            (_, open @ None) => *open = Some((number, at, 1)),
        }
    }

    fn close(&mut self, at: Duration) {
        let Some((first, since, probes)) = self.open.take() else { return };
        let length = at.saturating_sub(since);
        self.total = self.total.saturating_add(length);
        self.longest = self.longest.max(length);
        self.count += 1;
        if self.list.len() < LISTED {
            self.list.push(Outage {
                first_seq: first,
                probes,
                at_s: since.as_secs_f64(),
                length_s: length.as_secs_f64(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::options::Family;

    const TARGET: IpAddr = IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 2));

    fn config(count: Option<u64>, deadline_s: Option<u64>) -> Config {
        Config {
            target: TARGET,
            count,
            interval: Duration::from_secs(1),
            preload: 1,
            wait: Duration::from_secs(10),
            deadline: deadline_s.map(Duration::from_secs),
        }
    }

    fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn at(seconds: u64) -> Moment {
        Moment { since_start: s(seconds), wall: None }
    }

    fn reply() -> Answer {
        let says = Says::Echo { octets: 64, intact: true };
        Answer { from: TARGET, says, ttl: Some(62), quoted_ttl: None, extensions: Vec::new() }
    }

    fn unreachable() -> Answer {
        let kind = Kind { family: Family::Ipv4, icmp_type: 3, code: 1 };
        Answer { from: [192, 0, 2, 9].into(), says: Says::Icmp { kind, mtu_octets: None }, ..reply() }
    }

    /// Sends whatever is due at each full second.
    fn send(pings: &mut Pings, now: u64) -> Option<u16> {
        match pings.next(s(now)) {
            Todo::Send { seq, .. } => {
                pings.sent(at(now));
                Some(seq)
            }
            _ => None,
        }
    }

    #[test]
    fn one_a_second_and_an_end_when_all_are_answered() {
        let mut pings = Pings::new(config(Some(2), None));
        assert_eq!(send(&mut pings, 0), Some(1));
        assert_eq!(pings.next(s(0)), Todo::Wait(s(1)));
        assert!(pings.heard(Some(1), &reply(), &at(0)).unwrap().arrived);
        assert_eq!(pings.next(s(1)), Todo::Send { number: 2, seq: 2, missing: None });
        pings.sent(at(1));
        assert_eq!(pings.next(s(1)), Todo::Wait(s(2)), "a second is enough where answers take no time");
        pings.heard(Some(2), &reply(), &at(1)).unwrap();
        assert_eq!(pings.next(s(1)), Todo::End);
        let report = pings.report(s(1));
        assert_eq!((report.sent, report.received, report.lost, report.outages.len()), (2, 2, 0, 0));
        assert!(pings.is_success());
    }

    #[test]
    fn a_flood_goes_as_fast_as_answers_come() {
        let mut pings = Pings::new(Config { interval: Duration::ZERO, ..config(Some(3), None) });
        assert_eq!(send(&mut pings, 0), Some(1));
        assert_eq!(pings.next(s(0)), Todo::Wait(FLOOD), "a hundred a second where nothing answers");
        pings.heard(Some(1), &reply(), &at(0)).unwrap();
        assert_eq!(send(&mut pings, 0), Some(2));
        assert_eq!(pings.next(FLOOD), Todo::Send { number: 3, seq: 3, missing: Some(2) });
    }

    #[test]
    fn a_flood_gives_a_full_queue_time() {
        let mut pings = Pings::new(Config { interval: Duration::ZERO, ..config(Some(3), None) });
        assert!(matches!(pings.next(s(0)), Todo::Send { number: 1, .. }));
        pings.failed(at(0));
        assert_eq!(pings.next(s(0)), Todo::Wait(FLOOD));
        assert_eq!(pings.next(FLOOD), Todo::Send { number: 2, seq: 2, missing: None });
    }

    #[test]
    fn several_go_out_at_once_and_a_flood_has_as_many_under_way() {
        let mut pings = Pings::new(Config { preload: 3, ..config(Some(5), None) });
        for seq in 1..=3 {
            assert_eq!(pings.next(s(0)), Todo::Send { number: seq.into(), seq, missing: None });
            pings.sent(at(0));
        }
        assert_eq!(pings.next(s(0)), Todo::Wait(s(1)));
        assert_eq!(pings.next(s(1)), Todo::Send { number: 4, seq: 4, missing: Some(3) });
        let mut flood = Pings::new(Config { interval: Duration::ZERO, preload: 2, ..config(None, None) });
        assert_eq!((send(&mut flood, 0), send(&mut flood, 0)), (Some(1), Some(2)));
        assert_eq!(flood.next(s(0)), Todo::Wait(FLOOD));
        flood.heard(Some(1), &reply(), &at(0)).unwrap();
        assert_eq!(send(&mut flood, 0), Some(3), "one came, one goes");
        assert_eq!(flood.next(s(0)), Todo::Wait(FLOOD));
    }

    #[test]
    fn more_outages_than_are_listed_are_counted() {
        let mut pings = Pings::new(config(None, None));
        for now in 0..2_004 {
            let seq = send(&mut pings, now).unwrap();
            if seq.is_multiple_of(2) {
                pings.heard(Some(seq), &reply(), &at(now)).unwrap();
            }
        }
        let report = pings.report(s(2_004));
        assert_eq!((report.outages.len(), report.outage_count), (LISTED, 1_002));
    }

    #[test]
    fn silence_is_waited_for_and_told_before_the_next() {
        let mut pings = Pings::new(config(Some(2), None));
        send(&mut pings, 0);
        assert_eq!(pings.next(s(1)), Todo::Send { number: 2, seq: 2, missing: Some(1) });
        pings.sent(at(1));
        assert_eq!(pings.next(s(5)), Todo::Wait(s(11)));
        assert_eq!(pings.next(s(11)), Todo::End);
        let report = pings.report(s(11));
        assert_eq!((report.lost, report.lost_percent, report.outage_total_s), (2, 100.0, 2.0));
        assert!(!pings.is_success());
    }

    #[test]
    fn with_a_deadline_the_count_is_one_of_answers() {
        let mut pings = Pings::new(config(Some(1), Some(3)));
        send(&mut pings, 0);
        send(&mut pings, 1);
        assert_eq!(pings.next(s(1)), Todo::Wait(s(2)));
        send(&mut pings, 2);
        assert_eq!(pings.next(s(3)), Todo::End);
        assert!(!pings.is_success());
        pings.heard(Some(2), &reply(), &at(2));
        assert_eq!(pings.next(s(2)), Todo::End);
        assert!(pings.is_success());
    }

    #[test]
    fn duplicates_disorder_errors_and_outages() {
        let mut pings = Pings::new(config(None, None));
        for now in 0..8 {
            assert!(send(&mut pings, now).is_some());
        }
        let hear = |pings: &mut Pings, seq, answer: &Answer| pings.heard(Some(seq), answer, &at(8)).unwrap();
        assert!(!hear(&mut pings, 1, &reply()).duplicate);
        assert!(hear(&mut pings, 1, &reply()).duplicate);
        hear(&mut pings, 8, &reply());
        assert!(hear(&mut pings, 5, &reply()).reordered);
        let told = hear(&mut pings, 2, &unreachable());
        assert!(!told.arrived && !told.reordered);
        let damaged = Answer { says: Says::Echo { octets: 64, intact: false }, ..reply() };
        hear(&mut pings, 6, &damaged);
        let report = pings.report(s(8));
        assert_eq!((report.received, report.duplicates, report.reordered), (4, 1, 2));
        assert_eq!((report.damaged, report.errors, report.lost), (1, 1, 4));
        // 2, 3 and 4 from second 1 to 4, when 5 was sent; 7 from 6 to 7.
        let lengths: Vec<_> =
            report.outages.iter().map(|outage| (outage.first_seq, outage.probes, outage.length_s)).collect();
        assert_eq!(lengths, [(2, 3, 3.0), (7, 1, 1.0)]);
        assert_eq!((report.outage_total_s, report.outage_longest_s), (4.0, 3.0));
        assert_eq!(report.told[0].words, "host unreachable");
        assert_eq!(report.ttls, [62]);
    }

    #[test]
    fn an_answer_without_a_number_is_about_the_oldest() {
        let mut pings = Pings::new(config(None, None));
        assert_eq!(pings.heard(None, &reply(), &at(0)), None);
        assert_eq!(pings.heard(Some(1), &reply(), &at(0)), None, "nothing was sent");
        send(&mut pings, 0);
        send(&mut pings, 1);
        assert_eq!(pings.heard(None, &reply(), &at(1)).unwrap().number, 1);
        assert_eq!(pings.heard(None, &reply(), &at(1)).unwrap().number, 2);
        assert_eq!(pings.heard(Some(3), &reply(), &at(1)), None, "of the future");
    }

    proptest! {
        /// Whatever comes, nothing panics, every probe is counted once, and it ends.
        #[test]
        fn counts_add_up(
            count in 1_u64..200,
            steps in proptest::collection::vec((0_u64..3000, proptest::option::of(0_u16..220), any::<bool>()), 0..400),
        ) {
            let mut pings = Pings::new(Config { interval: Duration::from_millis(50), ..config(Some(count), None) });
            let mut now = Duration::ZERO;
            for (ms, seq, good) in steps {
                now += Duration::from_millis(ms);
                let moment = Moment { since_start: now, wall: None };
                if let Todo::Send { .. } = pings.next(now) {
                    pings.sent(moment);
                }
                pings.heard(seq, &if good { reply() } else { unreachable() }, &moment);
            }
            let report = pings.report(now);
            prop_assert!(report.sent <= count && report.received <= report.sent);
            prop_assert_eq!(report.lost + report.received, report.sent);
            prop_assert!(report.reordered <= report.received);
            let unanswered: u64 = report.outages.iter().map(|outage| outage.probes).sum();
            prop_assert_eq!(unanswered, report.lost);
            while pings.sent < count {
                now += Duration::from_secs(1);
                if let Todo::Send { .. } = pings.next(now) { pings.sent(Moment { since_start: now, wall: None }); }
            }
            prop_assert_eq!(pings.next(now + Duration::from_secs(60 * 60)), Todo::End);
        }

        /// Numbers go round, and the window with them.
        #[test]
        fn after_many_rounds_the_number_is_still_found(extra in 0_u64..200) {
            let mut pings = Pings::new(Config { interval: Duration::ZERO, ..config(None, None) });
            for _ in 0..(WINDOW as u64 + extra) {
                pings.sent(at(0));
            }
            let number = pings.sent - extra / 2;
            prop_assert_eq!(pings.heard(Some(wire(number)), &reply(), &at(0)).unwrap().number, number);
            prop_assert_eq!(pings.pending, WINDOW - 1);
        }
    }
}
