//! Steps: what is done, and what must be seen.

use std::time::Duration;

use super::command::{self, check_placeholders, command, is_command};
use super::lines::Statement;
use super::words::Words;
use super::{Mistake, checks, network, values};
use crate::model::{Action, Expectation, Link, Medium, Network, Signal, Step};

/// What may stand in a step, beside commands.
pub(super) const STATEMENTS: [&str; 24] = [
    "why",
    "notice",
    "expect",
    "await",
    "until",
    "wait",
    "type",
    "eof",
    "signal",
    "clock",
    "at",
    "pause",
    "cut",
    "restore",
    "wire",
    "down",
    "up",
    "set",
    "route",
    "unroute",
    "address",
    "unaddress",
    "ladder",
    "step",
];

/// How long a command may run that says nothing else.
const RUN: Duration = Duration::from_secs(30);
/// How long something is awaited if nothing else is said.
const AWAIT: Duration = Duration::from_secs(10);

/// Reads the steps one after another.
pub(super) struct Steps<'n> {
    network: &'n Network,
    done: Vec<Step>,
    /// The commands so far.
    labels: Vec<String>,
    mistakes: Vec<Mistake>,
}

impl<'n> Steps<'n> {
    /// Begins.
    pub(super) fn new(network: &'n Network) -> Self {
        Self { network, done: Vec::new(), labels: Vec::new(), mistakes: Vec::new() }
    }

    /// What was read.
    pub(super) fn finish(self) -> (Vec<Step>, Vec<Mistake>) {
        (self.done, self.mistakes)
    }

    /// Reads a step.
    pub(super) fn step(&mut self, statement: &Statement<'_>) {
        let mut step = Step::default();
        match statement.prose("what is done, in a few words") {
            Ok(title) => step.title = title,
            Err(mistake) => self.mistakes.push(mistake),
        }
        for inner in &statement.block {
            if let Err(mistake) = self.inside(inner, &mut step) {
                self.mistakes.push(mistake);
            }
        }
        if step.actions.is_empty() && step.expectations.is_empty() && self.mistakes.is_empty() {
            self.mistakes.push(statement.head().place.wrong("the step does nothing: indent what belongs to it"));
        }
        self.done.push(step);
    }

    fn inside(&mut self, statement: &Statement<'_>, step: &mut Step) -> Result<(), Mistake> {
        let head = statement.head();
        let once = |there: &str| {
            if there.is_empty() { Ok(()) } else { Err(head.place.wrong(format!("{} is said already", head.text))) }
        };
        match head.text {
            "why" => {
                once(&step.why)?;
                step.why = statement.prose("why this is done")?;
            }
            "notice" => {
                once(&step.notice)?;
                step.notice = statement.prose("what to look at")?;
            }
            "expect" => {
                let says = statement.prose("what theory says, in a sentence")?;
                let expectation = self.expectation(says, statement)?;
                step.expectations.push(expectation);
            }
            text if is_command(text) => {
                let (command, prompt, limit) = command(&statement.pieces, RUN, self.network)?;
                self.labels.push(command.label.clone());
                let action = if prompt.background { Action::Start(command) } else { Action::Run(command, limit) };
                step.actions.push(action);
            }
            "until" => {
                let (pieces, mut words) = command::until(statement)?;
                let (command, prompt, _) = command(&pieces, RUN, self.network)?;
                if prompt.background {
                    return Err(head.place.wrong("expected a command that ends: `$` in place of `&`"));
                }
                let mut shows = vec![words.string("what a line must have")?];
                while let Some(word) = words.string_if_any()? {
                    shows.push(word);
                }
                let limit = values::limit(&mut words, AWAIT)?;
                words.end()?;
                self.labels.push(command.label.clone());
                step.actions.push(Action::Until(command, shows, limit));
            }
            text => {
                // What is typed may name captures as well.
                statement.rest().into_iter().try_for_each(|piece| check_placeholders(piece, self.network))?;
                let mut words = Words::of(statement)?;
                let Some(action) = self.action(text, &mut words)? else {
                    return Err(head.place.wrong(format!(
                        "expected a command such as alice$ ..., or {}, found {text:?}",
                        network::one_of(STATEMENTS.iter().copied().filter(|name| *name != "step"), "")
                    )));
                };
                words.end()?;
                step.actions.push(action);
            }
        }
        Ok(())
    }

    fn expectation(&mut self, says: String, statement: &Statement<'_>) -> Result<Expectation, Mistake> {
        let mut expectation = Expectation { says, checks: Vec::new() };
        for inner in &statement.block {
            match checks::check(inner, self.network, &|label, place| self.label(label, place)) {
                Ok(check) => expectation.checks.push(check),
                Err(mistake) => self.mistakes.push(mistake),
            }
        }
        if statement.block.is_empty() {
            let place = statement.head().place;
            return Err(place.wrong("nothing is checked: indent the checks under the line that begins with expect"));
        }
        Ok(expectation)
    }

    /// A process that was started before this place. After other mistakes nobody can tell.
    fn label(&self, label: &str, place: super::Place) -> Result<String, Mistake> {
        if self.labels.iter().any(|known| known == label) || !self.mistakes.is_empty() {
            return Ok(label.to_owned());
        }
        let mut labels: Vec<_> = self.labels.iter().map(String::as_str).collect();
        labels.sort_unstable();
        labels.dedup();
        let known = network::one_of(labels.into_iter(), "one that was started before");
        Err(place.wrong(format!("there is no process {label:?} here: expected {known}")))
    }

    fn process(&self, words: &mut Words<'_>) -> Result<String, Mistake> {
        let word = words.next("the label of a process")?;
        self.label(word.text, word.place)
    }

    fn action(&self, head: &str, words: &mut Words<'_>) -> Result<Option<Action>, Mistake> {
        Ok(Some(match head {
            "await" => {
                let label = self.process(words)?;
                let text = words.string("what is awaited")?;
                Action::Await(label, text, values::limit(words, AWAIT)?)
            }
            "wait" => Action::Wait(self.process(words)?, values::limit(words, AWAIT)?),
            "type" => Action::Type(self.process(words)?, words.string("what is typed")?),
            "eof" => Action::EndInput(self.process(words)?),
            "signal" => Action::Signal(self.process(words)?, signal(words)?),
            "clock" => Action::Clock,
            "at" => Action::At(values::time(words)?),
            "pause" => Action::Pause(values::time(words)?),
            _ => return self.network_action(head, words),
        }))
    }

    fn network_action(&self, head: &str, words: &mut Words<'_>) -> Result<Option<Action>, Mistake> {
        Ok(Some(match head {
            "cut" => Action::Cut(self.wire(words)?.name.clone()),
            "restore" => Action::Restore(self.wire(words)?.name.clone()),
            "wire" => self.change(words)?,
            "down" | "up" => {
                let (node, interface) = network::interface(words, self.network)?;
                Action::Interface(node, interface.to_owned(), head == "up")
            }
            "set" => Action::Set(network::setting(words, self.network)?),
            "route" | "unroute" => Action::Route(network::route(words, self.network)?, head == "route"),
            "address" | "unaddress" => {
                let (node, interface) = network::interface(words, self.network)?;
                let address = values::address(words.next("an address and its prefix length, such as 10.0.1.1/24")?)?;
                Action::Address(node, interface.to_owned(), address, head == "address")
            }
            "ladder" => {
                let is_link =
                    words.peek().is_some_and(|word| self.network.links.iter().any(|link| link.name == word.text));
                let link = if is_link { Some(network::link_called(words, self.network)?.name.clone()) } else { None };
                Action::Ladder(link, checks::filter(words, &[], self.network)?)
            }
            _ => return Ok(None),
        }))
    }

    /// A link that can be cut and slowed.
    fn wire(&self, words: &mut Words<'_>) -> Result<&'n Link, Mistake> {
        let place = words.place();
        let link = network::link_called(words, self.network)?;
        match link.medium {
            Medium::Wire(_) => Ok(link),
            Medium::Cable => {
                Err(place.wrong(format!("{} is a cable (--): only a wire (==) can be changed", link.name)))
            }
        }
    }

    /// `wire middle from r1 loss 30 % delay 5 ms`.
    fn change(&self, words: &mut Words<'_>) -> Result<Action, Mistake> {
        let link = self.wire(words)?;
        let mut from = None;
        if words.take("from") {
            let node = words.next("a node at an end of this wire")?;
            if !link.ends.iter().any(|end| end.node == node.text) {
                let nodes = network::one_of(link.ends.iter().map(|end| end.node.as_str()), "");
                return Err(node.instead_of(nodes));
            }
            from = Some(node.text.to_owned());
        }
        let mut conditions = Vec::new();
        while let Some(condition) = values::condition(words)? {
            conditions.push(condition);
        }
        if conditions.is_empty() {
            return Err(words.place().wrong("expected delay, jitter, loss, duplicate, reorder, rate or queue"));
        }
        Ok(Action::Wire(link.name.clone(), from, conditions))
    }
}

fn signal(words: &mut Words<'_>) -> Result<Signal, Mistake> {
    let word = words.next("INT, TERM, KILL, STOP or CONT")?;
    Ok(match word.text.strip_prefix("SIG").unwrap_or(word.text) {
        "INT" => Signal::Int,
        "TERM" => Signal::Term,
        "KILL" => Signal::Kill,
        "STOP" => Signal::Stop,
        "CONT" => Signal::Cont,
        _ => return Err(word.instead_of("INT, TERM, KILL, STOP or CONT")),
    })
}
