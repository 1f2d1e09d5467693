//! What a step does, action by action.

use std::time::Duration;
use std::{fs, io};

use sockeye_cli::{Failure, Status};

use super::clock::{micros, now};
use super::processes::Start;
use super::{Run, Stop};
use crate::judge::has_word;
use crate::model::{Action, Command, Setting, Signal, Time};
use crate::placeholder::{Part, parts, seconds};
use crate::record::What;
use crate::written::listed;

/// How long between two tries of `until`.
const AGAIN: Duration = Duration::from_millis(50);

/// How long a process may take to end that was killed.
const KILLED: Duration = Duration::from_secs(10);

impl Run<'_> {
    /// Performs an action.
    pub(super) fn act(&mut self, action: &Action) -> Result<(), Stop> {
        // What the action before this one has waited for is seen for certain, however short it lasts from here on.
        if let Some(states) = &self.states {
            states.look();
        }
        match action {
            Action::Run(command, within) => self.run(command, *within),
            Action::Start(command) => self.start(command, true, false).map(drop),
            Action::Until(command, words, within) => self.until(command, words, *within),
            Action::Await(label, text, within) => self.await_text(label, text, *within),
            Action::Wait(label, within) => self.await_end(label, *within),
            Action::Type(label, text) => self.write(label, text),
            Action::EndInput(label) => self.end_input(label),
            Action::Signal(label, signal) => self.signal(label, *signal),
            Action::Clock => {
                self.look()?;
                let was_us = self.clock.reset();
                self.happened(None, self.clock.zero(), What::Clock { was_us });
                Ok(())
            }
            Action::Ladder(..) => self.look().map_err(Stop::from),
            other => self.change(other),
        }
    }

    /// Does something to the network.
    fn change(&mut self, action: &Action) -> Result<(), Stop> {
        let at = now();
        let (subject, text) = match action {
            Action::Cut(link) => {
                self.network.cut(link)?;
                (link.clone(), "cut".to_owned())
            }
            Action::Restore(link) => {
                self.network.restore(link)?;
                (link.clone(), "restored".to_owned())
            }
            Action::Wire(link, from, conditions) => {
                self.network.change(link, from.as_deref(), conditions)?;
                let side = from.as_ref().map(|from| format!("from {from}: ")).unwrap_or_default();
                (link.clone(), format!("{side}{}", listed(conditions)))
            }
            Action::Interface(node, interface, up) => {
                self.network.interface(node, interface, *up)?;
                (format!("{node}:{interface}"), if *up { "up" } else { "down" }.to_owned())
            }
            Action::Set(setting) => {
                self.network.set(setting)?;
                let Setting { node, name, value } = setting;
                (node.clone(), format!("{name} = {value}"))
            }
            Action::Route(route, add) => {
                self.network.route(route, *add)?;
                (route.node.clone(), format!("{} {}", if *add { "route" } else { "no route" }, route.way()))
            }
            Action::Address(node, interface, address, add) => {
                self.network.address(node, interface, *address, *add)?;
                (format!("{node}:{interface}"), format!("{} {address}", if *add { "address" } else { "no address" }))
            }
            // Everything else was performed before.
            _ => return Ok(()),
        };
        self.happened(None, at, What::Fault { subject, text });
        Ok(())
    }

    /// Starts a command. A quiet one is not shown.
    fn start(&mut self, command: &Command, background: bool, quiet: bool) -> Result<usize, Stop> {
        let line = self.written(&command.line)?;
        let Command { node, label, unprivileged, .. } = command;
        let start = Start { node, label, line: &line, unprivileged: *unprivileged, typed: background };
        let at = now();
        let index = self.processes.start(self.network.host(node)?, &start)?;
        if quiet {
            self.quiet.insert(index, Vec::new());
        }
        let pid = self.processes.get(index).map_or(0, |process| process.pid);
        let (node, label) = (node.clone(), label.clone());
        self.happened(Some(index), at, What::Command { node, label, line, pid, background });
        Ok(index)
    }

    /// Runs a command to its end.
    fn run(&mut self, command: &Command, within: Time) -> Result<(), Stop> {
        let index = self.start(command, false, false)?;
        self.end_of(index, within.duration)
    }

    fn end_of(&mut self, index: usize, within: Duration) -> Result<(), Stop> {
        let ended = |run: &mut Self| run.processes.get(index)?.ended;
        if self.wait(within, ended)?.is_some() {
            return Ok(());
        }
        let label = self.processes.get(index).map(|process| process.label.clone()).unwrap_or_default();
        self.processes.signal(index, Signal::Kill);
        Err(Stop::Broke(format!("{label} did not end within {} s", seconds(within))))
    }

    /// Runs a command again and again until a line of what it prints has all of `words`.
    fn until(&mut self, command: &Command, words: &[String], within: Time) -> Result<(), Stop> {
        let deadline = now().saturating_add(micros(within.duration));
        loop {
            let index = self.start(command, false, true)?;
            let left = Duration::from_micros(deadline.saturating_sub(now())).max(AGAIN);
            let ended = self.end_of(index, left);
            let kept = self.quiet.remove(&index).unwrap_or_default();
            let found = kept.iter().any(
                |(_, what)| matches!(what, What::Line { text, .. } if words.iter().all(|word| has_word(text, word))),
            );
            if found || ended.is_err() || now() >= deadline {
                for (at, what) in kept {
                    self.happened(None, at, what);
                }
                ended?;
                if found {
                    return Ok(());
                }
                let (line, limit) = (&command.line, seconds(within.duration));
                return Err(Stop::Broke(format!("no line of `{line}` had {} within {limit} s", quoted(words))));
            }
            self.processes.forget(index);
            self.pause(AGAIN)?;
        }
    }

    /// Waits until a process has printed `text`, behind what was awaited before.
    fn await_text(&mut self, label: &str, text: &str, within: Time) -> Result<(), Stop> {
        let index = self.known(label)?;
        let mut looked = 0;
        let seen = |run: &mut Self| {
            let process = run.processes.get_mut(index)?;
            if process.find(text, &mut looked) { Some(Ok(())) } else { process.ended.map(|(_, status)| Err(status)) }
        };
        let seen = self.wait(within.duration, seen)?;
        self.tell_rests();
        let last = self.processes.get(index).and_then(super::processes::Process::last_line);
        let last = last.map(|line| format!("; its last line is {line:?}")).unwrap_or_default();
        match seen {
            Some(Ok(())) => Ok(()),
            Some(Err(status)) => {
                Err(Stop::Broke(format!("{label} ended with status {status} and did not print {text:?}{last}")))
            }
            None => {
                let limit = seconds(within.duration);
                Err(Stop::Broke(format!("{label} did not print {text:?} within {limit} s{last}")))
            }
        }
    }

    fn await_end(&mut self, label: &str, within: Time) -> Result<(), Stop> {
        let index = self.known(label)?;
        let ended = |run: &mut Self| run.processes.get(index)?.ended;
        match self.wait(within.duration, ended)? {
            Some(_) => Ok(()),
            None => Err(Stop::Broke(format!("{label} did not end within {} s", seconds(within.duration)))),
        }
    }

    fn write(&mut self, label: &str, text: &str) -> Result<(), Stop> {
        let index = self.known(label)?;
        let text = self.written(text)?;
        self.tell_rests();
        let at = now();
        if !self.processes.write(index, text.as_bytes()) {
            return Err(Stop::Broke(format!("{label} takes no input any more")));
        }
        let node = self.node(index);
        self.happened(Some(index), at, What::Typed { node, label: label.to_owned(), text: Some(text) });
        Ok(())
    }

    fn end_input(&mut self, label: &str) -> Result<(), Stop> {
        let index = self.known(label)?;
        self.tell_rests();
        let (at, node) = (now(), self.node(index));
        self.processes.end_input(index);
        self.happened(Some(index), at, What::Typed { node, label: label.to_owned(), text: None });
        Ok(())
    }

    fn signal(&mut self, label: &str, signal: Signal) -> Result<(), Stop> {
        let index = self.known(label)?;
        let (at, node) = (now(), self.node(index));
        if !self.processes.signal(index, signal) {
            return Err(Stop::Broke(format!("{label} has ended: there is nobody to signal")));
        }
        self.happened(Some(index), at, What::Signalled { node, label: label.to_owned(), signal });
        if signal == Signal::Kill {
            // Nothing survives it: what follows may count on that.
            self.wait(KILLED, |run| run.processes.get(index)?.ended)?;
        }
        Ok(())
    }

    fn pause(&mut self, time: Duration) -> Result<(), Stop> {
        self.wait(time, |_| None::<()>).map(drop)
    }

    fn known(&self, label: &str) -> Result<usize, Stop> {
        self.processes.by_label(label).ok_or_else(|| Stop::Broke(format!("{label} was never started")))
    }

    fn node(&self, index: usize) -> String {
        self.processes.get(index).map(|process| process.node.clone()).unwrap_or_default()
    }

    /// A text with its times, its folder and its captures in place of what stands for them.
    fn written(&mut self, text: &str) -> Result<String, Stop> {
        let mut written = String::new();
        for (_, part) in parts(text) {
            match part {
                Part::Text(text) | Part::NoTime(text) => written.push_str(text),
                Part::Time(time) => written.push_str(&seconds(time.at(self.manner.divisor))),
                Part::Folder => written.push_str(&self.folder.path().display().to_string()),
                Part::Pcap(link) => written.push_str(&self.capture(link)?),
            }
        }
        Ok(written)
    }

    /// Writes the capture of a link up to now into the working folder and returns the name of the file.
    fn capture(&mut self, link: &str) -> Result<String, Stop> {
        self.look()?;
        let name = format!("{link}.pcapng");
        let path = self.folder.path().join(&name);
        let failed = |error: io::Error| Failure::call(Status::HOST, "write", path.display(), &error);
        fs::write(&path, self.capture_of(Some(link))?).map_err(failed)?;
        Ok(name)
    }
}

fn quoted(words: &[String]) -> String {
    words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(" and ")
}
