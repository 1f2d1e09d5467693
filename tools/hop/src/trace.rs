//! A trace: which probe goes out next, which hop an answer belongs to, when there is nothing more to ask. Owns no socket and
//! reads no clock.

pub mod mtu;
pub mod notes;
pub mod report;

use std::collections::HashMap;
use std::net::IpAddr;
use std::time::Duration;

use self::mtu::{Search, Step};
use self::report::{Hop, HopMtu, Outcome};
use crate::answer::{Answer, Moment, Says};
use crate::icmp::Class;
use crate::options::Wait;

/// No answer is waited for less than this, however fast others came: machines are busy at times.
const LEAST_WAIT: Duration = Duration::from_millis(500);

/// How many packets of one size have to vanish before it counts as too long.
const HUNT_TRIES: usize = 2;

/// After answers that do not tell which probe they are about: stragglers are let go by.
const QUIET: Duration = Duration::from_millis(500);

/// What is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Config {
    /// To whom.
    pub target: IpAddr,
    /// The first TTL.
    pub first: u8,
    /// The last TTL.
    pub most: u8,
    /// Probes a hop.
    pub queries: u8,
    /// Probes under way at the same time.
    pub parallel: u8,
    /// How long an answer is waited for.
    pub wait: Wait,
    /// With how many octets the search for the path MTU begins, if there is to be one.
    pub mtu: Option<u32>,
    /// Whether probes are never fragmented, so that nothing gets over a link they are too long for.
    pub whole: bool,
}

/// What is to be done next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Todo {
    /// Send this probe, and say so with [`Trace::sent`] or [`Trace::failed`].
    Send {
        /// Its number in the packet.
        seq: u16,
        /// Its TTL.
        ttl: u8,
        /// The octets of the whole packet, where the path MTU is searched for.
        size: Option<u32>,
    },
    /// Wait for answers until then, since the start.
    Wait(Duration),
    /// It is over.
    End,
}

#[derive(Clone, Debug)]
enum State {
    Unsent,
    Flying(Moment),
    Done(Outcome),
}

#[derive(Debug)]
struct Row {
    ttl: u8,
    probes: Vec<State>,
    mtu: Vec<HopMtu>,
}

impl Row {
    fn is_done(&self) -> bool {
        self.probes.iter().all(|probe| matches!(probe, State::Done(_)))
    }

    /// Whether nobody answered.
    fn is_silent(&self) -> bool {
        self.probes.iter().all(|probe| matches!(probe, State::Done(Outcome::Silent)))
    }

    fn answers(&self) -> impl Iterator<Item = &Answer> {
        self.probes.iter().filter_map(|probe| outcome(probe).and_then(Outcome::answer))
    }

    /// The longest round trip of those that were answered.
    fn rtt(&self) -> Option<Duration> {
        self.probes.iter().filter_map(|probe| outcome(probe).and_then(Outcome::rtt)).max()
    }
}

fn outcome(state: &State) -> Option<&Outcome> {
    match state {
        State::Done(outcome) => Some(outcome),
        _ => None,
    }
}

/// A refusal that came after its hop was shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Late {
    /// That hop.
    pub ttl: u8,
    /// The refusal.
    pub answer: Answer,
}

/// The dialogue.
#[derive(Debug)]
pub struct Trace {
    config: Config,
    rows: Vec<Row>,
    /// Which probe a number is about.
    places: HashMap<u16, (usize, usize)>,
    /// When it was sent.
    moments: HashMap<u16, Moment>,
    last_seq: u16,
    /// The hop behind which there is nothing to ask.
    last_ttl: u8,
    parallel: usize,
    /// Nothing is sent before.
    quiet_until: Duration,
    /// Whether answers did not tell which probe they are about.
    ambiguous: bool,
    /// Rows that have been handed out.
    shown: usize,
    search: Option<Search>,
    /// The row for which it is tried whether only long packets vanish.
    hunting: Option<usize>,
    /// The first row for which it was not.
    hunted: usize,
    late: Option<Late>,
}

impl Trace {
    /// A dialogue that begins at once.
    pub fn new(config: Config) -> Self {
        let rows = (config.first..=config.most).map(|ttl| Row {
            ttl,
            probes: vec![State::Unsent; config.queries.into()],
            mtu: Vec::new(),
        });
        let search = config.mtu.map(|size| Search::new(size, config.target.is_ipv4()));
        Self {
            rows: rows.collect(),
            places: HashMap::new(),
            moments: HashMap::new(),
            last_seq: 0,
            last_ttl: config.most,
            // Each size is found from what the one before met.
            parallel: if search.is_some() { 1 } else { config.parallel.max(1).into() },
            quiet_until: Duration::ZERO,
            ambiguous: false,
            shown: 0,
            search,
            hunting: None,
            hunted: 0,
            late: None,
            config,
        }
    }

    /// What is to be done at `now`, since the start.
    pub fn next(&mut self, now: Duration) -> Todo {
        self.expire(now);
        self.hunt();
        let flying = self.flying().count();
        if flying < self.parallel
            && let Some((row, probe)) = self.unsent()
        {
            if now < self.quiet_until {
                return Todo::Wait(self.quiet_until);
            }
            return self.send(row, probe);
        }
        match self.flying().map(|(row, sent)| self.deadline(row, sent)).min() {
            Some(deadline) => Todo::Wait(deadline),
            None => Todo::End,
        }
    }

    /// The rows that count: none behind the last hop.
    fn wanted(&self) -> impl Iterator<Item = (usize, &Row)> {
        self.rows.iter().enumerate().filter(|(_, row)| row.ttl <= self.last_ttl)
    }

    fn flying(&self) -> impl Iterator<Item = (usize, Moment)> {
        self.wanted().flat_map(|(index, row)| {
            row.probes.iter().filter_map(move |probe| match probe {
                State::Flying(sent) => Some((index, *sent)),
                _ => None,
            })
        })
    }

    fn unsent(&self) -> Option<(usize, usize)> {
        self.wanted().find_map(|(index, row)| {
            let probe = row.probes.iter().position(|probe| matches!(probe, State::Unsent))?;
            Some((index, probe))
        })
    }

    fn send(&mut self, row: usize, probe: usize) -> Todo {
        // Zero is what an empty field would be.
        self.last_seq = self.last_seq.checked_add(1).unwrap_or(1);
        self.places.insert(self.last_seq, (row, probe));
        let ttl = self.rows.get(row).map_or(self.config.most, |row| row.ttl);
        Todo::Send { seq: self.last_seq, ttl, size: self.search.as_ref().map(Search::size) }
    }

    fn probe(&mut self, seq: u16) -> Option<&mut State> {
        let (row, probe) = self.places.get(&seq)?;
        self.rows.get_mut(*row)?.probes.get_mut(*probe)
    }

    /// This probe has been sent.
    pub fn sent(&mut self, seq: u16, at: Moment) {
        if let Some(probe) = self.probe(seq) {
            *probe = State::Flying(at);
            self.moments.insert(seq, at);
        }
    }

    /// The system did not take this probe. `mtu` is the one that it exceeds, if that is why.
    pub fn failed(&mut self, seq: u16, cause: &str, mtu: Option<u32>) {
        if let (Some(search), Some(mtu)) = (&mut self.search, mtu)
            && search.shrink(mtu)
        {
            let Some((row, _)) = self.places.get(&seq).copied() else { return };
            let size = search.size();
            if let Some(row) = self.rows.get_mut(row) {
                row.mtu.push(HopMtu { mtu_octets: size, from: None, silent: false });
            }
            return;
        }
        if let Some(probe) = self.probe(seq) {
            *probe = State::Done(Outcome::NotSent { cause: cause.to_owned() });
        }
        // What it does not take for this hop it will not take for the next.
        let row = self.places.get(&seq).and_then(|(row, _)| self.rows.get(*row));
        let hopeless =
            |row: &&Row| row.probes.iter().all(|probe| matches!(probe, State::Done(Outcome::NotSent { .. })));
        if let Some(ttl) = row.filter(hopeless).map(|row| row.ttl) {
            self.last_ttl = self.last_ttl.min(ttl);
        }
    }

    /// An answer came. Without a number it is about the only probe under way; if there are several, they are asked again one
    /// by one. Says of which TTL it is, if it counts.
    pub fn heard(&mut self, seq: Option<u16>, answer: &Answer, came: &Moment) -> Option<u8> {
        let seq = match seq {
            Some(seq) => seq,
            None => self.only_one(came)?,
        };
        let (index, _) = *self.places.get(&seq)?;
        let ttl = self.rows.get(index)?.ttl;
        if let Says::Icmp { kind, mtu_octets } = answer.says
            && kind.class() == Class::TooBig
            && self.search.is_some()
            && matches!(self.probe_state(seq), Some(State::Flying(_)))
        {
            return self.shrink(seq, index, answer, mtu_octets.unwrap_or(0)).then_some(ttl);
        }
        let rtt = self.moments.get(&seq)?.until(came);
        if index < self.shown {
            self.come_late(ttl, answer);
            return None;
        }
        let probe = self.probe(seq)?;
        // Late is better than never, as long as nobody has seen the star.
        if !matches!(probe, State::Flying(_) | State::Done(Outcome::Silent)) {
            return None;
        }
        *probe = State::Done(Outcome::Answered { answer: answer.clone(), rtt });
        if self.is_end(answer) {
            self.last_ttl = self.last_ttl.min(ttl);
        }
        if self.hunting == Some(index)
            && let Some(search) = &mut self.search
        {
            let step = search.passed();
            self.step(index, step);
        }
        Some(ttl)
    }

    /// Whether no later hop can answer to such probes.
    fn is_end(&self, answer: &Answer) -> bool {
        answer.is_final() || (self.config.whole && answer.is_too_big())
    }

    /// An answer about a hop that has been shown without it. A refusal ends the trace nevertheless: there is nothing behind it.
    fn come_late(&mut self, ttl: u8, answer: &Answer) {
        let told = self.shown.checked_sub(1).and_then(|last| self.rows.get(last)).map(|row| row.ttl);
        if let Some(last) = told
            && self.late.is_none()
            && self.last_ttl > last
            && self.is_end(answer)
            && !answer.arrived(self.config.target)
        {
            self.late = Some(Late { ttl, answer: answer.clone() });
            self.last_ttl = last;
        }
    }

    /// The refusal that came after its hop was shown, if one ended the trace.
    pub fn late(&self) -> Option<&Late> {
        self.late.as_ref()
    }

    /// A router that is seen at one hop and refuses to pass probes on refuses those of the very next hop. If only a later one
    /// got its refusal, because routers limit how many errors they send, it stands there. `None` as long as that is open.
    fn pull_refusal(&mut self) -> Option<()> {
        let Some(row) = self.rows.get(self.shown).filter(|row| row.ttl < self.last_ttl && row.is_silent()) else {
            return Some(());
        };
        let (first, last_ttl) = (row.ttl, self.last_ttl);
        let Some(last) = self.rows.iter().find(|row| row.ttl == last_ttl) else { return Some(()) };
        let refuses = |answer: &&Answer| self.is_end(answer) && !answer.arrived(self.config.target);
        let Some(from) = last.answers().find(refuses).map(|answer| answer.from) else { return Some(()) };
        let is_seen = self.rows.iter().take(self.shown).flat_map(Row::answers).any(|answer| answer.from == from);
        let mut between = self.rows.iter().filter(|row| (first..last_ttl).contains(&row.ttl));
        if !is_seen || between.any(|row| row.answers().next().is_some()) {
            return Some(());
        }
        if !last.is_done() {
            return None;
        }
        let probes = last.probes.clone();
        self.rows.get_mut(self.shown)?.probes = probes;
        self.last_ttl = first;
        Some(())
    }

    /// Looks whether long packets vanish behind a hop that answered to them, or goes on with that.
    fn hunt(&mut self) {
        let Some(search) = &mut self.search else { return };
        let Some(row) = self.rows.get(self.shown) else { return };
        if !row.is_silent() {
            return;
        }
        let step = if self.hunting.is_some() {
            search.vanished()
        } else {
            let before = self.shown.checked_sub(1).and_then(|before| self.rows.get(before));
            let answered = before.is_some_and(|row| row.rtt().is_some());
            if self.hunted > self.shown || !answered || !search.hunt() {
                return;
            }
            self.hunted = self.shown + 1;
            Step::Try
        };
        self.step(self.shown, step);
    }

    /// The next step of a hunt.
    fn step(&mut self, index: usize, step: Step) {
        let (queries, size) = (usize::from(self.config.queries), self.search.as_ref().map_or(0, Search::size));
        let Some(row) = self.rows.get_mut(index) else { return };
        row.probes = match step {
            // A packet may be lost for other reasons.
            Step::Try => vec![State::Unsent; queries.min(HUNT_TRIES)],
            Step::Found => {
                row.mtu.push(HopMtu { mtu_octets: size, from: None, silent: true });
                vec![State::Unsent; queries]
            }
            Step::Neither => vec![State::Done(Outcome::Silent); queries],
        };
        self.hunting = (step == Step::Try).then_some(index);
        // What is still under way is of another size.
        self.places.retain(|_, (row, _)| *row != index);
    }

    fn probe_state(&self, seq: u16) -> Option<&State> {
        let (row, probe) = self.places.get(&seq)?;
        self.rows.get(*row)?.probes.get(*probe)
    }

    /// A router says that the probe is too long: the same hop is asked again with less.
    fn shrink(&mut self, seq: u16, row: usize, answer: &Answer, mtu: u32) -> bool {
        let Some(search) = &mut self.search else { return false };
        if !search.shrink(mtu) {
            return false;
        }
        let size = search.size();
        if let Some(row) = self.rows.get_mut(row) {
            row.mtu.push(HopMtu { mtu_octets: size, from: Some(answer.from), silent: false });
            if self.hunting.take().is_some() {
                row.probes = vec![State::Unsent; self.config.queries.into()];
            }
        }
        if let Some(probe) = self.probe(seq) {
            *probe = State::Unsent;
        }
        self.places.remove(&seq);
        true
    }

    /// The number of the only probe under way. If there are several, all of them are forgotten and asked again.
    fn only_one(&mut self, came: &Moment) -> Option<u16> {
        let flying: Vec<u16> = self
            .places
            .iter()
            .filter(|(seq, _)| matches!(self.probe_state(**seq), Some(State::Flying(_))))
            .map(|(seq, _)| *seq)
            .collect();
        if let [only] = flying[..] {
            return Some(only);
        }
        if flying.is_empty() {
            return None;
        }
        self.ambiguous = true;
        self.parallel = 1;
        self.quiet_until = came.since_start.saturating_add(QUIET);
        for seq in flying {
            if let Some(probe) = self.probe(seq) {
                *probe = State::Unsent;
            }
            self.places.remove(&seq);
        }
        None
    }

    /// Until when the answer to a probe of `row` is waited for.
    fn deadline(&self, row: usize, sent: Moment) -> Duration {
        let Wait { most, here, near } = self.config.wait;
        let own = self.rows.get(row).and_then(Row::rtt).filter(|_| here > 0.0).map(|rtt| rtt.mul_f64(here));
        let later = || {
            let behind = self.rows.get(row.saturating_add(1)..).unwrap_or_default();
            behind.iter().find_map(Row::rtt).filter(|_| near > 0.0).map(|rtt| rtt.mul_f64(near))
        };
        let shorter = own.or_else(later).map(|shorter| shorter.max(LEAST_WAIT));
        sent.since_start.saturating_add(shorter.map_or(most, |shorter| shorter.min(most)))
    }

    fn expire(&mut self, now: Duration) {
        let late: Vec<(usize, usize)> = self
            .rows
            .iter()
            .enumerate()
            .flat_map(|(index, row)| row.probes.iter().enumerate().map(move |(probe, state)| (index, probe, state)))
            .filter_map(|(index, probe, state)| match state {
                State::Flying(sent) if self.deadline(index, *sent) <= now => Some((index, probe)),
                _ => None,
            })
            .collect();
        for (row, probe) in late {
            if let Some(state) = self.rows.get_mut(row).and_then(|row| row.probes.get_mut(probe)) {
                *state = State::Done(Outcome::Silent);
            }
        }
    }

    /// The next hop of which all is known, in their order, each once.
    pub fn hop(&mut self) -> Option<Hop> {
        self.pull_refusal()?;
        let row = self.rows.get(self.shown).filter(|row| row.ttl <= self.last_ttl && row.is_done())?;
        self.shown += 1;
        Some(Hop {
            ttl: row.ttl,
            probes: row.probes.iter().filter_map(outcome).cloned().collect(),
            mtu: row.mtu.clone(),
        })
    }

    /// Whether answers did not tell which probe they are about, so that probes had to go one by one.
    pub fn was_ambiguous(&self) -> bool {
        self.ambiguous
    }

    /// The longest packet that went through, in octets, where that was searched for.
    pub fn mtu(&self) -> Option<u32> {
        self.search.as_ref().map(Search::size)
    }
}

#[cfg(test)]
mod tests;
