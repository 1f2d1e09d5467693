//! What an experiment is: for `lab list`, `lab show` and `lab check`.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::{as_written, escape, shell_word};
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::words::counted;

use crate::draw::draw;
use crate::language::Mistake;
use crate::model::{Action, Lab, Step};
use crate::placeholder::{Part, parts, seconds};
use crate::report::{COLUMNS, WIDEST, wrapped};

/// How far the network is indented.
const INDENT: usize = 2;

/// An experiment of the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "experiment")]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// What it is.
    pub title: String,
    /// How many steps it has.
    pub steps: usize,
    /// How many things must be seen.
    pub checks: usize,
    /// What to type.
    pub command: String,
    /// How wide the names of the list are.
    #[serde(skip)]
    pub column: usize,
}

impl Listed {
    /// An experiment that `lab run` knows.
    pub fn of(lab: &Lab, column: usize) -> Self {
        let checks = lab.steps.iter().map(|step| step.expectations.len()).sum();
        let command = format!("lab run {}", lab.name);
        Self { name: lab.name.clone(), title: lab.title.clone(), steps: lab.steps.len(), checks, command, column }
    }
}

impl Render for Listed {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let blanks = " ".repeat(self.column.saturating_sub(self.name.chars().count()) + 2);
        let name = text.paint(Role::Strong, &self.name);
        text.prose(&format!("{name}{blanks}"), &self.title)
    }
}

/// An experiment, told to whoever wants to do it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "record", rename = "show")]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub title: String,
    /// What is done.
    pub what: String,
    /// Why it is worth doing.
    pub why: String,
    /// The network, drawn; a string for each line.
    pub network: Vec<String>,
    /// What is done.
    pub steps: Vec<ShownStep>,
    /// The question of the course.
    pub question: String,
    /// Its answer, if it was asked for.
    pub answer: Option<String>,
    /// Where to read more.
    pub see: Vec<String>,
    /// As what it was asked for.
    #[serde(skip)]
    asked: String,
    /// The first host, for who wants to do it by hand.
    #[serde(skip)]
    host: String,
}

/// A step of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShownStep {
    /// What is asked or done.
    pub title: String,
    /// Why.
    pub why: String,
    /// What is typed and done, as a lab file has it.
    pub actions: Vec<String>,
    /// What must be seen, if the answer was asked for.
    pub expects: Option<Vec<String>>,
    /// Which of the actions are commands.
    #[serde(skip)]
    typed: Vec<bool>,
}

impl Shown {
    /// `lab`, which was asked for by a name or a file, with or without its answers, for so many columns.
    pub fn of(lab: &Lab, asked: &str, answer: bool, columns: Option<u16>) -> Self {
        Self {
            name: lab.name.clone(),
            title: lab.title.clone(),
            what: lab.what.clone(),
            why: lab.why.clone(),
            network: draw(&lab.network, columns.map_or(COLUMNS, usize::from).saturating_sub(INDENT)),
            steps: lab.steps.iter().map(|step| ShownStep::of(step, answer)).collect(),
            question: lab.question.clone(),
            answer: answer.then(|| lab.answer.clone()),
            see: lab.see.clone(),
            asked: asked.to_owned(),
            host: lab.network.nodes.first().map(|node| node.name.clone()).unwrap_or_default(),
        }
    }
}

impl ShownStep {
    fn of(step: &Step, answer: bool) -> Self {
        let expects = answer.then(|| step.expectations.iter().map(|expectation| expectation.says.clone()).collect());
        let is_typed = |action: &Action| matches!(action, Action::Run(..) | Action::Start(..) | Action::Until(..));
        // A ladder is drawn by who runs it: there is nothing to do.
        let actions: Vec<_> = step.actions.iter().filter(|action| !matches!(action, Action::Ladder(..))).collect();
        Self {
            title: step.title.clone(),
            why: step.why.clone(),
            actions: actions.iter().map(|action| by_hand(&action.to_string())).collect(),
            expects,
            typed: actions.into_iter().map(is_typed).collect(),
        }
    }

    fn render(&self, number: usize, text: &mut Text<'_>) -> io::Result<()> {
        text.blank()?;
        heading(text, &format!("{number}. {}", self.title))?;
        prose(text, "", &self.why)?;
        for (action, typed) in self.actions.iter().zip(&self.typed) {
            let role = if *typed { Role::Strong } else { Role::Dim };
            let action = text.paint(role, &as_written(action));
            text.line(format!("    {action}"))?;
        }
        for says in self.expects.iter().flatten() {
            prose(text, "  → ", says)?;
        }
        Ok(())
    }
}

impl Render for Shown {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        heading(text, &format!("{}: {}", self.name, self.title))?;
        prose(text, "", &self.what)?;
        if !self.why.is_empty() {
            text.blank()?;
            prose(text, "", &self.why)?;
        }
        text.blank()?;
        for line in &self.network {
            text.line(format!("  {}", as_written(line)).trim_end())?;
        }
        for (index, step) in self.steps.iter().enumerate() {
            step.render(index + 1, text)?;
        }
        for (heading, words) in [("Question", Some(&self.question)), ("Answer", self.answer.as_ref())] {
            if let Some(words) = words.filter(|words| !words.is_empty()) {
                text.blank()?;
                let heading = text.paint(Role::Heading, heading);
                text.line(heading)?;
                prose(text, "", words)?;
            }
        }
        if !self.see.is_empty() || self.asked != "-" {
            text.blank()?;
        }
        if !self.see.is_empty() {
            prose(text, "", &format!("Read more: {}", self.see.join(", ")))?;
        }
        // Standard input is read by now.
        if self.asked == "-" {
            return Ok(());
        }
        let (asked, host) = (shell_word(&self.asked), &self.host);
        prose(text, "", &format!("Run it: `lab run {asked}`; do it by hand: `lab shell {asked} {host}`"))
    }
}

/// What somebody types who does it by hand: times in full, and names of files that are easy to think of.
fn by_hand(action: &str) -> String {
    let parts = parts(action).into_iter().map(|(_, part)| match part {
        Part::Text(text) | Part::NoTime(text) => text.to_owned(),
        Part::Time(time) => seconds(time.duration),
        Part::Pcap(link) => format!("{link}.pcap"),
        Part::Folder => ".".to_owned(),
    });
    parts.collect()
}

/// A title, in as many lines as it needs.
fn heading(text: &mut Text<'_>, words: &str) -> io::Result<()> {
    let columns = text.width().map_or(COLUMNS, usize::from).min(WIDEST);
    for line in wrapped(&as_written(words), columns) {
        let line = text.paint(Role::Heading, &line);
        text.line(line)?;
    }
    Ok(())
}

/// Paragraphs behind `lead`, broken into lines that fit.
fn prose(text: &mut Text<'_>, lead: &str, words: &str) -> io::Result<()> {
    let columns = text.width().map_or(COLUMNS, usize::from).min(WIDEST);
    let indent = lead.chars().count();
    for (index, paragraph) in words.split("\n\n").filter(|paragraph| !paragraph.is_empty()).enumerate() {
        if index > 0 {
            text.blank()?;
        }
        for (index, line) in wrapped(&as_written(paragraph), columns.saturating_sub(indent)).iter().enumerate() {
            let lead = if index == 0 { lead.to_owned() } else { " ".repeat(indent) };
            text.line(format!("{lead}{line}"))?;
        }
    }
    Ok(())
}

/// A lab file without a mistake.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "lab_file")]
pub struct Checked {
    /// The file.
    pub file: String,
    /// The experiment in it.
    pub name: String,
    /// How many hosts, routers and switches it has.
    pub nodes: usize,
    /// How many steps.
    pub steps: usize,
    /// How many things must be seen.
    pub checks: usize,
}

impl Render for Checked {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (nodes, steps) = (counted(self.nodes, "node"), counted(self.steps, "step"));
        let checks = counted(self.checks, "expectation");
        text.line(format!("{}: {} is well written: {nodes}, {steps}, {checks}", as_written(&self.file), self.name))
    }
}

/// A mistake in a lab file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "mistake")]
pub struct Told {
    /// The file.
    pub file: String,
    /// What is wrong and where.
    #[serde(flatten)]
    pub mistake: Mistake,
    /// The line in which it is.
    pub text: String,
}

impl Told {
    /// A mistake in `file`, which has this text.
    pub fn of(file: &str, text: &str, mistake: &Mistake) -> Self {
        let line = text.lines().nth(mistake.line.saturating_sub(1)).unwrap_or_default();
        Self { file: file.to_owned(), mistake: mistake.clone(), text: line.to_owned() }
    }
}

impl std::fmt::Display for Told {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = self.text.replace('\t', " ");
        let before: String = text.chars().take(self.mistake.column.saturating_sub(1)).collect();
        let shown = as_written(&text);
        // Where something in the line is made visible, it is in this part too.
        let before = if shown == text { before } else { escape(&before).into_owned() };
        // A width of a format has sixteen bits, and a line may be longer.
        let blanks = " ".repeat(before.chars().count());
        writeln!(f, "{}:{}", as_written(&self.file), as_written(&self.mistake.to_string()))?;
        write!(f, "  {shown}\n  {blanks}^")
    }
}

impl Render for Told {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAB: &str = "\
experiment small
title Small
what This is done.

     And this.
why  Because.
question What is seen?
answer A port.
see RFC 768; udp(7)
host a
step Look
  why To see.
  a$ ports
  a& [other] nc -l -i {1500 ms} -x {dir}/x 7000
  type other \"x\\n\"
  ladder
  expect A port is seen
    ports prints \"x\"
";

    fn shown(value: &impl Render) -> String {
        let mut octets = Vec::new();
        value.render(&mut Text::plain(&mut octets)).unwrap();
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn an_experiment_is_told_and_its_answer_only_if_asked() {
        let lab = crate::language::parse(LAB).unwrap();
        assert_eq!(
            shown(&Shown::of(&lab, "small", false, None)),
            "\
small: Small
This is done.

And this.

Because.

  a

1. Look
To see.
    a$ ports
    a& [other] nc -l -i 1.5 -x ./x 7000
    type other \"x\\n\"

Question
What is seen?

Read more: RFC 768, udp(7)
Run it: `lab run small`; do it by hand: `lab shell small a`
"
        );
        let told = shown(&Shown::of(&lab, "-", true, None));
        assert!(told.contains("\\n\"\n  → A port is seen\n"), "{told}");
        assert!(told.contains("\nAnswer\nA port.\n") && !told.contains("Run it"), "{told}");
        assert!(!serde_json::to_string(&Shown::of(&lab, "small", false, None)).unwrap().contains("is seen\""));
    }

    #[test]
    fn a_mistake_is_shown_with_its_line() {
        let told = Told::of("x.lab", "a\n\tb\u{1b} c\n", &Mistake { line: 2, column: 5, message: "no".into() });
        assert_eq!(shown(&told), "x.lab:2:5: no\n   b\\x1b c\n         ^\n");
        let long = "a".repeat(70_000);
        let told = Told::of("x.lab", &long, &Mistake { line: 1, column: 70_001, message: "no".into() });
        assert_eq!(shown(&told), format!("x.lab:1:70001: no\n  {long}\n  {}^\n", " ".repeat(70_000)));
    }
}
