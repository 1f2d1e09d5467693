//! What is not kept, told: one record for each process and each link in each step, with how much it was.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Run;
use super::clock::{Moment, now};
use super::journal::Journal;
use super::limits::Tally;
use crate::record::{Kept, LeftOut, What};

/// What was left out where, up to now.
#[derive(Debug, Default)]
pub struct Ledger {
    pages: BTreeMap<Source, Page>,
}

/// Where there may be too much.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Source {
    Process(usize),
    Link(String),
    States,
}

/// How much was left out of one source.
#[derive(Clone, Copy, Debug, Default)]
struct Page {
    /// When the step began.
    before: (u64, u64),
    now: (u64, u64),
    /// Where that of this step stands in the journal.
    place: Option<usize>,
}

impl Ledger {
    /// Notes how much was left out since the run began.
    fn note(&mut self, source: Source, sum: (u64, u64), words: LeftOut, journal: &mut Journal) {
        if sum == (0, 0) {
            return;
        }
        let page = self.pages.entry(source).or_default();
        if sum == page.now {
            return;
        }
        page.now = sum;
        let (count, octets) = (sum.0.saturating_sub(page.before.0), sum.1.saturating_sub(page.before.1));
        let what = LeftOut { count, octets: words.octets.map(|_| octets), ..words };
        page.place = Some(journal.put(page.place, now(), What::LeftOut(what)));
    }

    /// Begins to count anew: a step is over. Returns the places of what was left out in it.
    fn turn(&mut self) -> Vec<usize> {
        let turned = self.pages.values_mut().filter_map(|page| {
            page.before = page.now;
            page.place.take()
        });
        turned.collect()
    }
}

impl Run<'_> {
    /// Puts what was left out up to now into the journal.
    pub(super) fn note_left_out(&mut self) {
        let nothing = LeftOut { kind: Kept::Lines, node: None, label: None, link: None, count: 0, octets: Some(0) };
        for index in 0..self.processes.count() {
            let Some(process) = self.processes.get(index) else { continue };
            let (node, label) = (Some(process.node.clone()), Some(process.label.clone()));
            let words = LeftOut { node, label, ..nothing.clone() };
            self.ledger.note(Source::Process(index), process.left_out.read(), words, &mut self.journal);
        }
        for (link, tally) in &self.links {
            let words = LeftOut { kind: Kept::Frames, link: Some(link.clone()), ..nothing.clone() };
            self.ledger.note(Source::Link(link.clone()), tally.read(), words, &mut self.journal);
        }
        let words = LeftOut { kind: Kept::States, octets: None, ..nothing };
        self.ledger.note(Source::States, self.states_left_out.read(), words, &mut self.journal);
    }

    /// What was left out in the step that is over: to be shown.
    pub(super) fn left_out_in_step(&mut self) -> Vec<(Moment, What)> {
        self.note_left_out();
        let places = self.ledger.turn();
        places.into_iter().filter_map(|place| self.journal.at(place)).collect()
    }
}

/// The tallies of links, by name.
pub type Links = BTreeMap<String, Arc<Tally>>;
