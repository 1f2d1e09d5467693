//! What has happened so far, until it is in order: lines, frames and states come from different threads, each with its
//! own time.

use super::clock::{Clock, Moment};
use crate::record::{Frame, Record, What};

/// Everything that happened, and when.
#[derive(Debug, Default)]
pub struct Journal {
    entries: Vec<Entry>,
    /// When each step began.
    steps: Vec<Moment>,
}

#[derive(Clone, Debug)]
struct Entry {
    at: Moment,
    what: What,
    arrived: Option<Moment>,
}

impl Journal {
    /// Notes that the next step begins.
    pub fn begin(&mut self, at: Moment, what: What) {
        self.steps.push(at);
        self.push(at, what);
    }

    /// Notes that something happened.
    pub fn push(&mut self, at: Moment, what: What) {
        self.entries.push(Entry { at, what, arrived: None });
    }

    /// Notes that a frame was sent; its number is not known yet.
    pub fn push_frame(&mut self, sent: Moment, arrived: Option<Moment>, frame: Frame) {
        self.entries.push(Entry { at: sent, what: What::Frame(frame), arrived });
    }

    /// Notes something that goes on: it takes the place of what was noted as `place` before, if that is not `None`. Returns
    /// its place.
    pub fn put(&mut self, place: Option<usize>, at: Moment, what: What) -> usize {
        let entry = Entry { at, what, arrived: None };
        if let Some((place, known)) = place.and_then(|place| Some((place, self.entries.get_mut(place)?))) {
            *known = entry;
            return place;
        }
        self.entries.push(entry);
        self.entries.len().saturating_sub(1)
    }

    /// What was noted there.
    pub fn at(&self, place: usize) -> Option<(Moment, What)> {
        self.entries.get(place).map(|entry| (entry.at, entry.what.clone()))
    }

    /// All of it, in the order of time, the frames numbered in that order.
    pub fn records(&self, clock: &Clock) -> Vec<Record> {
        self.records_with(clock, Vec::new())
    }

    /// The same, and frames of which nobody knows yet whether they arrive.
    pub fn records_with(&self, clock: &Clock, under_way: Vec<(Moment, Frame)>) -> Vec<Record> {
        let under_way: Vec<Entry> =
            under_way.into_iter().map(|(at, frame)| Entry { at, what: What::Frame(frame), arrived: None }).collect();
        let mut entries: Vec<&Entry> = self.entries.iter().chain(&under_way).collect();
        // What happened at one moment stays in the order in which it was told.
        entries.sort_by_key(|entry| entry.at);
        let mut frames = 0;
        let in_order = entries.into_iter().map(|entry| {
            let mut what = entry.what.clone();
            if let What::Frame(frame) = &mut what {
                frames += 1;
                frame.number = frames;
                // On the clock by which it was sent, even if that is set to zero meanwhile.
                let on_its_way = |arrived: Moment| i64::try_from(arrived.saturating_sub(entry.at)).unwrap_or(i64::MAX);
                frame.arrived_us =
                    entry.arrived.map(|arrived| clock.shows(entry.at).saturating_add(on_its_way(arrived)));
            }
            let step = self.steps.iter().filter(|begun| **begun <= entry.at).count();
            Record { at_us: clock.shows(entry.at), step, what }
        });
        in_order.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Fate;

    #[test]
    fn what_came_late_is_put_where_it_happened() {
        let clock = Clock::start();
        let zero = clock.zero();
        let frame = |from: &str| Frame {
            number: 0,
            link: "alice-bob".into(),
            from: from.into(),
            to: String::new(),
            arrived_us: None,
            fate: Fate::Arrived,
            octets: Vec::new(),
        };
        let step = |title: &str| What::Step { title: title.into(), why: String::new() };
        let mut journal = Journal::default();
        journal.begin(zero + 10, step("one"));
        journal.push_frame(zero + 30, Some(zero + 35), frame("bob"));
        journal.push_frame(zero + 20, None, frame("alice"));
        journal.begin(zero + 40, step("two"));
        journal.push_frame(zero + 39, Some(zero + 41), frame("carol"));
        let told: Vec<_> = journal
            .records(&clock)
            .into_iter()
            .map(|record| match record.what {
                What::Frame(frame) => (record.at_us, record.step, frame.from, frame.number, frame.arrived_us),
                What::Step { title, .. } => (record.at_us, record.step, title, 0, None),
                _ => unreachable!(),
            })
            .collect();
        let expected = [
            (10, 1, "one", 0, None),
            (20, 1, "alice", 1, None),
            (30, 1, "bob", 2, Some(35)),
            (39, 1, "carol", 3, Some(41)),
            (40, 2, "two", 0, None),
        ];
        assert_eq!(told, expected.map(|(at, step, who, number, arrived)| (at, step, who.to_owned(), number, arrived)));
    }

    #[test]
    fn a_frame_arrives_on_the_clock_by_which_it_was_sent() {
        let mut clock = Clock::start();
        let sent = clock.zero();
        while super::super::clock::now() <= sent {}
        assert!(clock.reset() > 0);
        let frame = Frame {
            number: 0,
            link: String::new(),
            from: String::new(),
            to: String::new(),
            arrived_us: None,
            fate: Fate::Arrived,
            octets: Vec::new(),
        };
        let mut journal = Journal::default();
        journal.push_frame(sent, Some(sent + 1_000_000), frame);
        let records = journal.records(&clock);
        let What::Frame(Frame { arrived_us, .. }) = &records[0].what else { panic!("{records:?}") };
        assert_eq!((records[0].at_us, *arrived_us), (0, Some(1_000_000)));
    }
}
