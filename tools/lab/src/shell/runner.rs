//! Performs the actions of an experiment and collects what can be seen.

use std::collections::BTreeMap;
use std::path::PathBuf;

use sockeye_cli::{Failure, Output};

use super::capture::Capture;
use super::folder::Folder;
use super::network::Network;
use super::process::{DEADLINE, Processes, Vain};
use super::tools::Tools;
use crate::experiment::{Action, CommandLine, Label, Sign, Step, Transcript, judge};
use crate::explain::Event;
use crate::report::{Scene, StepReport, expand_tabs};
use crate::stage::Kind;

/// The blanks before what a tool prints.
const INDENT: u16 = 2;
/// Narrower tables break addresses apart, which nobody could check then.
const NARROWEST: u16 = 78;

/// An experiment that is being run. Dropping it ends its processes and removes its files.
#[derive(Debug)]
pub struct Runner {
    // In this order they are dropped: what runs, then where it runs.
    processes: Processes,
    capture: Option<Capture>,
    network: Network,
    folder: Folder,
    tools: Tools,
    started: BTreeMap<Label, Started>,
    transcripts: BTreeMap<Label, Transcript>,
    kind: Kind,
    keep: Option<PathBuf>,
    captured: bool,
}

/// A command that was started.
#[derive(Clone, Debug)]
struct Started {
    number: usize,
    line: CommandLine,
}

/// Why an action was not performed.
enum Stop {
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

impl Runner {
    /// Makes ready. From here on, signals that would end this process come out of [`Runner::perform`].
    ///
    /// # Errors
    /// [`Failure`] if there is no room for temporary files, or no descriptors.
    pub fn new(
        network: Network,
        tools: Tools,
        kind: Kind,
        keep: Option<PathBuf>,
        width: Option<u16>,
    ) -> Result<Self, Failure> {
        let columns = width.map(|width| width.saturating_sub(INDENT).max(NARROWEST));
        Ok(Self {
            processes: Processes::new(columns)?,
            capture: None,
            network,
            folder: Folder::create()?,
            tools,
            started: BTreeMap::new(),
            transcripts: BTreeMap::new(),
            kind,
            keep,
            captured: false,
        })
    }

    /// Whether a capture was written.
    pub fn has_captured(&self) -> bool {
        self.captured
    }

    /// Performs a step and judges it.
    ///
    /// # Errors
    /// [`Failure`] if lab cannot go on. What the tools did wrong is in the report.
    pub fn perform(&mut self, number: usize, step: &Step, output: &mut Output<'_>) -> Result<StepReport, Failure> {
        let mut scenes = Vec::new();
        let mut broke = None;
        for action in &step.actions {
            let ended = output.narrate(|explain| self.act(action, &mut scenes, explain))?;
            // Where we were told to end, what a tool did because of it is no finding.
            if let Some(stop) = self.processes.stopped() {
                return Err(stop);
            }
            match ended {
                Ok(()) => {}
                Err(Stop::Broke(why)) => {
                    broke = Some(why);
                    break;
                }
                Err(Stop::Failed(failure)) => return Err(failure),
            }
        }
        let checks = step.expectations.iter().map(|expectation| judge(expectation, &self.transcripts)).collect();
        let (why, notice) = (step.why.clone(), step.notice.clone());
        Ok(StepReport { number, title: step.title, why, scenes, notice, checks, broke })
    }

    fn act(&mut self, action: &Action, scenes: &mut Vec<Scene>, explain: &mut dyn FnMut(Event)) -> Result<(), Stop> {
        match action {
            Action::Run(label, line) => {
                let started = self.start(label, line, explain)?;
                let ended = self.processes.await_end(started.number);
                self.show(label, &started, false, scenes);
                self.ended(label, &started, ended, "its end", scenes, explain)
            }
            Action::Start(label, line, ready) => {
                let started = self.start(label, line, explain)?;
                self.await_sign(label, &started, ready, false, scenes)
            }
            Action::Await(label, sign) => {
                let started = self.find(label)?;
                self.await_sign(label, &started, sign, true, scenes)
            }
            Action::EndInput(label) => {
                let started = self.find(label)?;
                self.processes.end_input(started.number);
                let ended = self.processes.await_end(started.number);
                self.show(label, &started, true, scenes);
                self.ended(label, &started, ended, "its end after the end of its input", scenes, explain)
            }
            Action::Kill(label) => {
                let started = self.find(label)?;
                let pid = self.processes.pid(started.number);
                if let Some(status) = self.processes.kill(started.number) {
                    explain(Event::Ended { tool: started.line.tool, pid, status });
                }
                Ok(())
            }
            Action::Capture { host, interface, port } => {
                self.capture = Some(Capture::start(self.network.host(host)?, interface, *port)?);
                explain(Event::Capturing { host, interface, port: *port });
                Ok(())
            }
            Action::WriteCapture(name) => {
                let Some(capture) = self.capture.take() else { return Ok(()) };
                let captured = capture.finish()?;
                captured.write(&self.folder.path().join(name))?;
                if let Some(path) = &self.keep {
                    captured.write(path)?;
                }
                self.captured = true;
                explain(Event::Captured { frames: captured.frames, file: (*name).to_owned() });
                Ok(())
            }
        }
    }

    fn start(&mut self, label: Label, line: &CommandLine, explain: &mut dyn FnMut(Event)) -> Result<Started, Failure> {
        let executable = self.tools.path(line.tool);
        let host = self.network.host(line.host)?;
        let (number, pid) = self.processes.start(host, &executable, line, self.folder.path())?;
        explain(Event::Started { host: line.host, tool: line.tool, pid });
        let started = Started { number, line: line.clone() };
        self.started.insert(label, started.clone());
        self.transcripts.insert(label, Transcript::default());
        Ok(started)
    }

    fn find(&self, label: Label) -> Result<Started, Failure> {
        let unknown = || Failure::host(format!("experiment: {label} was never started"));
        self.started.get(label).cloned().ok_or_else(unknown)
    }

    fn await_sign(
        &mut self,
        label: Label,
        started: &Started,
        sign: &Sign,
        continued: bool,
        scenes: &mut Vec<Scene>,
    ) -> Result<(), Stop> {
        let seen = self.processes.await_sign(started.number, sign);
        self.show(label, started, continued, scenes);
        let tool = started.line.tool;
        seen.map_err(|vain| match vain {
            Vain::Late => Stop::Broke(format!("{tool} did not print {sign} within {} s", DEADLINE.as_secs())),
            Vain::Ended(status) => Stop::Broke(format!("{tool} ended with status {status} and did not print {sign}")),
            Vain::Stopped(failure) => Stop::Failed(failure),
        })
    }

    /// Keeps the status of a command that was to end.
    fn ended(
        &mut self,
        label: Label,
        started: &Started,
        ended: Result<i32, Vain>,
        what: &str,
        scenes: &mut [Scene],
        explain: &mut dyn FnMut(Event),
    ) -> Result<(), Stop> {
        let tool = started.line.tool;
        match ended {
            Ok(status) | Err(Vain::Ended(status)) => {
                explain(Event::Ended { tool, pid: self.processes.pid(started.number), status });
                if let Some(transcript) = self.transcripts.get_mut(label) {
                    transcript.status = Some(status);
                }
                if let Some(scene) = scenes.last_mut().filter(|scene| scene.command == started.line.typed()) {
                    scene.status = Some(status);
                }
                Ok(())
            }
            Err(Vain::Late) => Err(Stop::Broke(format!("{tool}: waited {} s in vain for {what}", DEADLINE.as_secs()))),
            Err(Vain::Stopped(failure)) => Err(Stop::Failed(failure)),
        }
    }

    /// Shows what a command has printed since it was last shown. A command that goes on without a word is no scene.
    fn show(&mut self, label: Label, started: &Started, continued: bool, scenes: &mut Vec<Scene>) {
        let line = &started.line;
        let kept = |text: &str| -> String {
            let text = expand_tabs(text);
            match &line.only {
                Some(part) => text.split_inclusive('\n').filter(|line| line.contains(part)).collect(),
                None => text,
            }
        };
        let output = kept(&self.processes.news(started.number));
        if let Some(transcript) = self.transcripts.get_mut(label) {
            transcript.text = kept(&self.processes.printed(started.number));
        }
        if continued && output.is_empty() {
            return;
        }
        let host = (self.kind == Kind::Namespaces).then_some(line.host);
        scenes.push(Scene { host, command: line.typed(), continued, output, status: None });
    }
}
