//! The language of lab files: text to a [`Lab`].
//!
//! - `lines`: physical lines to statements and blocks, by their indentation
//! - `words`: the words of a statement, each with its place
//! - `values`: times, parts, rates, addresses
//! - `network`: the statements before the steps
//! - `steps`: the steps; `command`: what is typed on a node; `checks`: what must be seen
//!
//! All that can be known from the text is checked here: a lab that was read names no node, link, interface or process that
//! it does not have.

mod checks;
mod command;
mod lines;
mod network;
mod steps;
#[cfg(test)]
mod tests;
mod values;
mod words;

pub(crate) use command::label_of;

use std::fmt;

use serde::Serialize;

use crate::model::Lab;
use lines::Statement;
use words::Words;

/// So many mistakes are told at most; what follows is rarely news.
const MOST_TOLD: usize = 20;

/// A mistake in a lab file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mistake {
    /// The line, from 1.
    pub line: usize,
    /// The column, in characters from 1.
    pub column: usize,
    /// What was expected there and what stands there.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.line, self.column, self.message)
    }
}

/// A place in a file: line and column, in characters from 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Place {
    line: usize,
    column: usize,
}

impl Place {
    /// A mistake here.
    fn wrong(self, message: impl Into<String>) -> Mistake {
        Mistake { line: self.line, column: self.column, message: message.into() }
    }
}

/// Reads a lab file.
///
/// # Errors
/// Its mistakes, in the order of their lines, and at least one. Steps are read only if there is none before them.
pub fn parse(text: &str) -> Result<Lab, Vec<Mistake>> {
    let mut mistakes = Vec::new();
    let statements = lines::statements(text, &mut mistakes);
    let mut reader = Reader { lab: Lab { fast: 1, ..Lab::default() }, said: Vec::new(), watch: false };
    for statement in statements.iter().filter(|statement| statement.head().text != "step") {
        if let Err(mistake) = reader.statement(statement) {
            mistakes.push(mistake);
        }
    }
    if mistakes.is_empty() {
        mistakes.extend(reader.missing(&statements));
    }
    if mistakes.is_empty() {
        let mut steps = steps::Steps::new(&reader.lab.network);
        for statement in statements.iter().filter(|statement| statement.head().text == "step") {
            steps.step(statement);
        }
        (reader.lab.steps, mistakes) = steps.finish();
    }
    if mistakes.is_empty() {
        return Ok(reader.lab);
    }
    mistakes.sort_by_key(|mistake| (mistake.line, mistake.column));
    mistakes.truncate(MOST_TOLD);
    Err(mistakes)
}

/// The words with which statements begin, outside of steps and in them, and checks about the network.
pub fn statements() -> impl Iterator<Item = &'static str> {
    let network = ["host", "router", "switch", "link", "route", "set", "file"];
    ONCE.into_iter().chain(network).chain(steps::STATEMENTS).chain(checks::KEYWORDS)
}

/// Statements that may be said once.
const ONCE: [&str; 9] = ["experiment", "title", "what", "why", "question", "answer", "see", "fast", "watch"];

/// Reads what stands outside of steps.
struct Reader {
    lab: Lab,
    /// The statements of [`ONCE`] that were read, and where.
    said: Vec<(&'static str, usize)>,
    /// Whether it is said which hosts are watched.
    watch: bool,
}

impl Reader {
    fn statement(&mut self, statement: &Statement<'_>) -> Result<(), Mistake> {
        let head = statement.head();
        if let Some(once) = ONCE.into_iter().find(|once| *once == head.text) {
            if let Some((_, line)) = self.said.iter().find(|(said, _)| *said == once) {
                return Err(head.place.wrong(format!("{once} is said already, in line {line}")));
            }
            self.said.push((once, head.place.line));
        }
        match head.text {
            "title" => self.lab.title = statement.prose("the title")?,
            "what" => self.lab.what = statement.prose("what is done")?,
            "why" => self.lab.why = statement.prose("why it is done")?,
            "question" => self.lab.question = statement.prose("the question")?,
            "answer" => self.lab.answer = statement.prose("the answer")?,
            "see" => {
                let text = statement.prose("where to read more, such as RFC 768; udp(7)")?;
                self.lab.see = text.split(';').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect();
            }
            _ => return self.words(head.text, statement),
        }
        Ok(())
    }

    fn words(&mut self, head: &str, statement: &Statement<'_>) -> Result<(), Mistake> {
        let mut words = Words::of(statement)?;
        let network = &mut self.lab.network;
        match head {
            "experiment" => self.lab.name = values::experiment_name(&mut words)?,
            "fast" => self.lab.fast = values::divisor(&mut words)?,
            "host" | "router" | "switch" => network::nodes(head, &mut words, network)?,
            "link" => network::link(&mut words, network)?,
            "route" => {
                let route = network::route(&mut words, network)?;
                network.routes.push(route);
            }
            "set" => {
                let setting = network::setting(&mut words, network)?;
                network.settings.push(setting);
            }
            "file" => network::file(&mut words, network)?,
            "watch" => {
                self.watch = true;
                network::watch(&mut words, network)?;
            }
            _ => {
                let place = statement.head().place;
                let only_in_step = command::is_command(head) || steps::STATEMENTS.contains(&head);
                return Err(place.wrong(if only_in_step {
                    format!("{head} belongs into a step: indent it under the line that begins with step")
                } else {
                    format!(
                        "expected experiment, title, what, why, question, answer, see, fast, host, router, switch, link, \
                         route, set, file, watch or step, found {head:?}"
                    )
                }));
            }
        }
        words.end()
    }

    /// What every lab needs and this one does not have.
    fn missing(&mut self, statements: &[Statement<'_>]) -> Vec<Mistake> {
        let end = statements.last().map_or(Place { line: 1, column: 1 }, |last| last.head().place);
        let has = |head: &str| statements.iter().any(|statement| statement.head().text == head);
        let wanted = [
            ("experiment", "the file has no line `experiment NAME`"),
            ("title", "the file has no line `title ...`"),
            ("host", "the file has no line `host NAME`: there is nowhere to type a command"),
            ("step", "the file has no line `step ...`: nothing would be done"),
        ];
        if !self.watch {
            let hosts = network::hosts(&self.lab.network);
            self.lab.network.watched = if hosts.len() <= 2 { hosts } else { Vec::new() };
        }
        wanted.iter().filter(|(head, _)| !has(head)).map(|(_, message)| end.wrong(*message)).collect()
    }
}
