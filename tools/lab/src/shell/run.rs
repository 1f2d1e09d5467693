//! Performs an experiment: the network, the processes, the captures, the timeline, and the judge at each step's end.
//!
//! - [`nursery`], [`processes`]: what runs, and that nothing outlives the experiment
//! - [`taps`], [`states`]: what was sent, and what became of sockets
//! - [`clock`], [`journal`]: when, and in which order
//! - [`limits`], [`left_out`]: how much is kept of all that, and what is said of the rest
//! - [`actions`]: what a step does

pub mod actions;
pub mod clock;
pub mod journal;
pub mod left_out;
pub mod limits;
pub mod nursery;
pub mod processes;
pub mod states;
pub mod taps;

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::signals;

use super::folder::Folder;
use super::network::{Network, Setup};
use super::tools::Tools;
use super::wire::Passed;
use crate::explain::Event;
use crate::judge::{Verdict, judge, needs_frames};
use crate::model::{Action, Lab, Medium, Step, Time};
use crate::record::{Fate, Frame, Record, What};
use crate::story::{Finished, Story};
use crate::view::ladder::Ladder;
use crate::view::{self, Selection};
use clock::{Clock, Moment, now};
use journal::Journal;
use left_out::{Ledger, Links};
use limits::{Room, Tally};
use nursery::Nursery;
use processes::{Line, News, Processes};
use states::States;
use taps::Taps;

/// How wide what a tool prints may be: the same everywhere, so that what is seen does not depend on a terminal. With the
/// blanks before it, it is 100.
const TOOL_COLUMNS: u16 = 98;
/// For how long after its actions a step is looked at again before it is said that something was not seen: what was sent
/// may not have arrived, and on a machine with other work to do may not even have been looked at.
const SETTLE: Duration = Duration::from_secs(3);
/// How long between two looks then.
const LOOK: Duration = Duration::from_millis(20);

/// After how long at most what happens in a pause is shown.
const SHOWN: Duration = Duration::from_millis(100);

/// How an experiment is to be performed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manner {
    /// By how much times are divided.
    pub divisor: u32,
    /// Whether less time was asked for.
    pub fast: bool,
    /// From where the chances of the wires come.
    pub seed: u64,
    /// Whether to go on after a step that failed.
    pub keep_going: bool,
    /// Whether all hosts are this machine.
    pub loopback: bool,
}

/// Why an action was not performed.
#[derive(Debug)]
pub enum Stop {
    /// Something that the tools did not do: the experiment has failed.
    Broke(String),
    /// Something that keeps lab from going on.
    Failed(Failure),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// An experiment that is being performed. Dropping it ends its processes and removes its network and its files.
#[derive(Debug)]
pub struct Run<'lab> {
    // In this order they are dropped: what runs, what watches it, where it runs, its files.
    processes: Processes,
    states: Option<States>,
    taps: Option<Taps>,
    network: Network,
    folder: Folder,
    lab: &'lab Lab,
    manner: Manner,
    /// What each tap is at: link, from, to.
    ends: Vec<(String, String, String)>,
    passed: Receiver<Passed>,
    clock: Clock,
    journal: Journal,
    /// The frames of each link that are not kept.
    links: Links,
    /// For the frames of all of them.
    room: Arc<Room>,
    states_left_out: Arc<Tally>,
    ledger: Ledger,
    /// Processes whose lines are kept back: only the last of several tries is shown.
    quiet: BTreeMap<usize, Vec<(Moment, What)>>,
    /// What has happened since it was last shown.
    fresh: Vec<(Moment, What)>,
    verdicts: usize,
    /// Whether a step could not be done to its end.
    broken: bool,
    failed: Vec<String>,
}

impl<'lab> Run<'lab> {
    /// Makes the network of `lab` and begins to watch it.
    ///
    /// # Errors
    /// [`Failure`] if this machine cannot do that.
    pub fn open(lab: &'lab Lab, manner: Manner, tools: &Tools, output: &mut Output<'_>) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::call(Status::HOST, "sigaction", "SIGINT, SIGTERM, SIGHUP", &error);
        // From here on there is something to take away before the end.
        let caught = signals::catch_endings().map_err(failed)?;
        let folder = Folder::create()?;
        let links: Links = lab.network.links.iter().map(|link| (link.name.clone(), Arc::default())).collect();
        let room = Arc::new(Room::for_frames());
        let (told, passed) = mpsc::channel();
        let (for_wires, of_wires) = (Arc::clone(&room), links.clone());
        let on_frame = Arc::new(move |frame: Passed| {
            if for_wires.take(frame.octets.len()) {
                // Nobody listens any more when the experiment is over.
                let _ = told.send(frame);
            } else if let Some(tally) = of_wires.get(&*frame.link) {
                tally.add(1, frame.octets.len());
            }
        });
        let setup = Setup { seed: manner.seed, folder: Some(folder.path().to_owned()), on_frame: Some(on_frame) };
        // Before any other thread: what it moves elsewhere is what is started from it.
        let nursery = Nursery::open(folder.path(), !manner.loopback)?;
        let network = if manner.loopback {
            Network::loopback(&lab.network)
        } else {
            output.narrate(|explain: &mut dyn FnMut(Event)| Network::build(&lab.network, &setup, explain))??
        };
        let processes = Processes::new(nursery, caught, folder.path(), tools.folder(), TOOL_COLUMNS)?;
        let mut run = Self {
            processes,
            states: None,
            taps: None,
            network,
            folder,
            lab,
            manner,
            ends: Vec::new(),
            passed,
            clock: Clock::start(),
            journal: Journal::default(),
            links,
            room,
            states_left_out: Arc::default(),
            ledger: Ledger::default(),
            quiet: BTreeMap::new(),
            fresh: Vec::new(),
            verdicts: 0,
            broken: false,
            failed: Vec::new(),
        };
        run.watch()?;
        Ok(run)
    }

    /// Taps the cables and begins the timeline of the sockets.
    fn watch(&mut self) -> Result<(), Failure> {
        if !self.manner.loopback {
            let mut taps = Vec::new();
            for link in self.lab.network.links.iter().filter(|link| link.medium == Medium::Cable) {
                let [near, far] = &link.ends;
                for (here, there) in [(near, far), (far, near)] {
                    let tally = self.links.get(&link.name).cloned().unwrap_or_default();
                    taps.push((self.network.host(&here.node)?, here.interface.as_str(), tally));
                    self.ends.push((link.name.clone(), here.node.clone(), there.node.clone()));
                }
            }
            self.taps = Some(Taps::open(taps, Arc::clone(&self.room))?);
            let watched = self.lab.network.watched.iter().map(|name| self.network.host(name));
            let watched = watched.collect::<Result<Vec<_>, _>>()?;
            if !watched.is_empty() {
                let left_out = Arc::clone(&self.states_left_out);
                self.states = Some(States::watch(watched, self.processes.sender(), left_out)?);
            }
        }
        Ok(())
    }

    /// Performs all steps.
    ///
    /// # Errors
    /// [`Failure`] if lab cannot go on, or was told to end. What the tools did wrong is in what is returned.
    pub fn perform(&mut self, story: &mut Story, output: &mut Output<'_>) -> Result<Finished, Failure> {
        let mut left_out = 0;
        for (index, step) in self.lab.steps.iter().enumerate() {
            if self.broken && !self.manner.keep_going {
                left_out += 1;
            } else {
                self.step(index + 1, step, story, output)?;
            }
        }
        let experiment = self.lab.name.clone();
        Ok(Finished { experiment, checks: self.verdicts, failed: self.failed.clone(), steps_left_out: left_out })
    }

    /// Performs a step and judges it.
    fn step(&mut self, number: usize, step: &Step, story: &mut Story, output: &mut Output<'_>) -> Result<(), Failure> {
        let begins = What::Step { title: step.title.clone(), why: step.why.clone() };
        let at = now();
        self.journal.begin(at, begins.clone());
        story.tell(&self.record(number, at, begins), output)?;
        let mut broke = None;
        for action in &step.actions {
            let done = match action {
                Action::At(time) => self.wait_told(self.clock.zero(), *time, number, story, output),
                Action::Pause(time) => self.wait_told(now(), *time, number, story, output),
                _ => self.act(action),
            };
            if let Action::Run(command, _) = action {
                self.foreground_first(&command.label);
            }
            self.tell(number, story, output)?;
            match action {
                Action::Clock => story.show_times(),
                Action::Ladder(link, filter) if done.is_ok() && !output.is_json() => {
                    let selection =
                        Selection { step: Some(number), link: link.as_deref(), filter: Some(filter), talk: false };
                    let records = self.records();
                    story.ladder(&Ladder::new(&records, self.lab, &selection, output.width()), output)?;
                }
                _ => {}
            }
            match done {
                Ok(()) => {}
                Err(Stop::Broke(why)) => {
                    broke = Some(why);
                    break;
                }
                Err(Stop::Failed(failure)) => return Err(failure),
            }
        }
        let seen = match &broke {
            None => self.settle(number)?,
            Some(_) => self.seen(number).map(|records| judge(self.lab, number, &records, self.manner.divisor))?,
        };
        self.tell_rests();
        let left_out = self.left_out_in_step();
        self.fresh.extend(left_out);
        self.tell(number, story, output)?;
        story.notice(&step.notice, output)?;
        for verdict in seen {
            self.verdicts += 1;
            if !verdict.passed {
                self.failed.push(verdict.check.clone());
            }
            self.conclude(number, verdict.record(), story, output)?;
        }
        if let Some(why) = &broke {
            self.failed.push(why.clone());
            self.conclude(number, What::Broke { why: why.clone() }, story, output)?;
        }
        self.broken |= broke.is_some();
        Ok(())
    }

    /// Notes what a step came to, and shows it.
    fn conclude(
        &mut self,
        number: usize,
        what: What,
        story: &mut Story,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let at = now();
        self.journal.push(at, what.clone());
        story.tell(&self.record(number, at, what), output)
    }

    /// Waits until so long after `from`, and shows what happens meanwhile.
    fn wait_told(
        &mut self,
        from: Moment,
        time: Time,
        number: usize,
        story: &mut Story,
        output: &mut Output<'_>,
    ) -> Result<(), Stop> {
        let until = from.saturating_add(clock::micros(time.at(self.manner.divisor)));
        loop {
            let left = Duration::from_micros(until.saturating_sub(now()));
            if left.is_zero() {
                return Ok(());
            }
            self.wait(left.min(SHOWN), |_| None::<()>)?;
            self.tell(number, story, output)?;
        }
    }

    /// Has what a command has printed shown before what others printed while it ran.
    fn foreground_first(&mut self, of: &str) {
        let is_its = |what: &What| match what {
            What::Command { label, .. } | What::Line { label, .. } | What::Ended { label, .. } => label == of,
            _ => false,
        };
        self.fresh.sort_by_key(|(_, what)| !is_its(what));
    }

    /// Shows what has happened since this was called last.
    fn tell(&mut self, number: usize, story: &mut Story, output: &mut Output<'_>) -> Result<(), Failure> {
        for (at, what) in std::mem::take(&mut self.fresh) {
            story.tell(&self.record(number, at, what), output)?;
        }
        Ok(())
    }

    /// All that has happened, in order.
    pub fn records(&self) -> Vec<Record> {
        self.journal.records(&self.clock)
    }

    /// What was sent over a link, or over all, up to when frames were fetched last: a pcapng file.
    ///
    /// # Errors
    /// [`Failure`] if it cannot be made.
    pub fn capture_of(&self, link: Option<&str>) -> Result<Vec<u8>, Failure> {
        // A capture has one clock: that of the first zero.
        let clock = self.clock.without_resets();
        let records = self.journal.records(&clock);
        let subject = link.unwrap_or("all links");
        view::capture::pcapng(&records, self.lab, link, clock.time_of_zero())
            .map_err(|error| Failure::call(Status::HOST, "capture", subject, &error))
    }

    fn record(&self, step: usize, at: Moment, what: What) -> Record {
        Record { at_us: self.clock.shows(at), step, what }
    }

    /// Judges what a step has shown. Where something is missing that may still come, waits for it, but not for long.
    fn settle(&mut self, number: usize) -> Result<Vec<Verdict>, Failure> {
        let start = Instant::now();
        loop {
            let records = self.seen(number)?;
            let verdicts = judge(self.lab, number, &records, self.manner.divisor);
            if verdicts.iter().all(|verdict| verdict.settled) || start.elapsed() > SETTLE {
                return Ok(verdicts);
            }
            self.wait(LOOK, |_| None::<()>).map_err(failure_of)?;
        }
    }

    /// Fetches everything that has happened up to now.
    fn look(&mut self) -> Result<(), Failure> {
        if let Some(states) = &self.states {
            states.look();
        }
        while let Some(news) = self.processes.waiting_news() {
            self.note(news).map_err(failure_of)?;
        }
        self.fetch_frames();
        self.note_left_out();
        Ok(())
    }

    /// The same, and returns it in order, to be judged by step `number`: with the frames that are on wires, which were sent as
    /// well, if it judges frames.
    fn seen(&mut self, number: usize) -> Result<Vec<Record>, Failure> {
        self.look()?;
        if !needs_frames(self.lab, number) {
            return Ok(self.records());
        }
        let (passed, journal, clock) = (&self.passed, &mut self.journal, &self.clock);
        let under_way = self.network.under_way(|| fetch_passed(passed, journal, clock));
        let sent = |passed: Passed| (self.clock.moment(passed.sent), frame(passed));
        Ok(self.journal.records_with(&self.clock, under_way.into_iter().map(sent).collect()))
    }

    /// Puts the frames that were sent up to now into the journal.
    pub fn fetch_frames(&mut self) {
        for seen in self.taps.as_ref().map(Taps::take).unwrap_or_default() {
            let Some((link, from, to)) = self.ends.get(seen.tap).cloned() else { continue };
            let frame = Frame { number: 0, link, from, to, arrived_us: None, fate: Fate::Arrived, octets: seen.octets };
            // A cable takes no time.
            self.journal.push_frame(seen.at, Some(seen.at), frame);
        }
        fetch_passed(&self.passed, &mut self.journal, &self.clock);
    }

    /// Waits until `done` finds what it looks for, for so long at most. `None` if it did not.
    fn wait<T>(&mut self, within: Duration, mut done: impl FnMut(&mut Self) -> Option<T>) -> Result<Option<T>, Stop> {
        let start = Instant::now();
        loop {
            if let Some(value) = done(self) {
                return Ok(Some(value));
            }
            let left = within.saturating_sub(start.elapsed());
            if let Some(news) = self.processes.next_news(left) {
                self.note(news)?;
            }
            // Also where there are always news: who prints for ever is not waited for for ever.
            if left.is_zero() {
                return Ok(done(self));
            }
        }
    }

    /// Takes note of something that happened.
    fn note(&mut self, news: News) -> Result<(), Stop> {
        match news {
            News::Printed(index, at, octets) => {
                for line in self.processes.printed(index, at, &octets) {
                    self.printed(index, line);
                }
            }
            News::Ended(index, at, status) => {
                if let Some(line) = self.processes.get_mut(index).and_then(processes::Process::rest) {
                    self.printed(index, line);
                }
                if let Some(process) = self.processes.get_mut(index) {
                    process.end(at, status);
                    let (node, label) = (process.node.clone(), process.label.clone());
                    self.happened(Some(index), at, What::Ended { node, label, status });
                }
            }
            News::State(at, what) => self.journal.push(at, what),
            News::Signal(number) => return Err(Stop::Failed(Failure::Silent(Status(number.saturating_add(128))))),
        }
        Ok(())
    }

    fn printed(&mut self, index: usize, line: Line) {
        let Some(process) = self.processes.get(index) else { return };
        let (node, label) = (process.node.clone(), process.label.clone());
        let Line { at, text, ended } = line;
        self.happened(Some(index), at, What::Line { node, label, text, ended });
    }

    /// Shows the lines that have no end yet: a prompt, a text without a line end.
    fn tell_rests(&mut self) {
        for index in 0..self.processes.count() {
            if let Some(line) = self.processes.get_mut(index).and_then(processes::Process::rest) {
                self.printed(index, line);
            }
        }
    }

    /// Notes and shows what happened; what a quiet process did is kept back.
    fn happened(&mut self, index: Option<usize>, at: Moment, what: What) {
        if let Some(kept) = index.and_then(|index| self.quiet.get_mut(&index)) {
            kept.push((at, what));
            return;
        }
        self.journal.push(at, what.clone());
        self.fresh.push((at, what));
    }
}

/// Puts the frames into the journal of which it is known what became of them on a wire.
fn fetch_passed(known: &Receiver<Passed>, journal: &mut Journal, clock: &Clock) {
    while let Ok(passed) = known.try_recv() {
        let arrived = passed.arrived.map(|arrived| clock.moment(arrived));
        journal.push_frame(clock.moment(passed.sent), arrived, frame(passed));
    }
}

/// A frame of a wire, as a record has it. Its number is not known yet.
fn frame(passed: Passed) -> Frame {
    Frame {
        number: 0,
        link: passed.link.to_string(),
        from: passed.from.to_string(),
        to: passed.to.to_string(),
        arrived_us: None,
        fate: passed.fate,
        octets: passed.octets,
    }
}

fn failure_of(stop: Stop) -> Failure {
    match stop {
        Stop::Failed(failure) => failure,
        Stop::Broke(why) => Failure::host(why),
    }
}
