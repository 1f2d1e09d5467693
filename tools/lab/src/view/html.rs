//! A run as one page: what was done, what was sent, and whether it is what theory says. It needs nothing but itself.
//!
//! - `topology`: the network;  `ladder`: the frames of a step

mod ladder;
mod topology;

use std::collections::BTreeSet;
use std::fmt::Write as _;

use sockeye_common::escape::escape_controls;
use sockeye_common::words::counted;

use super::times::on_one_clock;
use super::{Selection, event_words, seconds};
use crate::frames::{Annotated, annotate};
use crate::model::{Action, Lab, Step};
use crate::record::{Record, What, in_its_place};
use crate::report::abridged;

#[cfg(test)]
mod tests;

const STYLE: &str = include_str!("html/style.css");
/// A ladder with more frames is folded away at first.
const LONG: usize = 120;

/// No browser likes a step with more: of so many frames the first and the last are shown.
const MOST: usize = 1_000;
/// Nor a page with more in all its steps, since each takes some thousand octets: then every long step has its share, and no less
/// than that.
const PAGE: usize = 2_000;
const LEAST: usize = 20;

/// Hosts stand side by side if no line of theirs is longer.
const SIDE_BY_SIDE: usize = 56;

/// What the page says besides what is in the records and the lab file.
#[derive(Clone, Copy, Debug, Default)]
pub struct Facts<'a> {
    /// The seed of the chances of the wires.
    pub seed: u64,
    /// By how much times were divided.
    pub divisor: u32,
    /// Whether the answer is on it.
    pub answer: bool,
    /// Which lab made it.
    pub version: &'a str,
}

/// The page of a run.
pub fn page(records: &[Record], lab: &Lab, facts: &Facts<'_>) -> String {
    let records = &*on_one_clock(records);
    let frames = annotate(records, lab);
    let steps = records.iter().map(|record| record.step).max().unwrap_or(0);
    let mut page = Page { records, lab, frames: &frames, most: MOST, html: String::new() };
    page.most = page.share(steps);
    page.head(facts);
    page.network();
    page.contents(steps);
    for number in 1..=steps {
        page.step(number);
    }
    page.tail(facts);
    page.html
}

/// Text for a page: nothing in it is markup, and nothing in it acts.
pub fn text(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for character in escape_controls(words).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

struct Page<'a> {
    records: &'a [Record],
    lab: &'a Lab,
    frames: &'a [Annotated<'a>],
    /// How many frames a ladder has at most.
    most: usize,
    html: String,
}

/// Writing to a String cannot fail.
macro_rules! put {
    ($page:expr, $($arg:tt)*) => { let _ = writeln!($page.html, $($arg)*); };
}

impl<'a> Page<'a> {
    fn head(&mut self, facts: &Facts<'_>) {
        let title = text(if self.lab.title.is_empty() { &self.lab.name } else { &self.lab.title });
        put!(self, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">");
        put!(self, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">");
        put!(self, "<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<h1>{title}</h1>");
        let (held, all, broke) = self.score(None);
        let (class, words) = match (held == all, broke) {
            (_, true) => ("badge no", "not done to its end".to_owned()),
            (true, _) => ("badge", format!("{held} of {all} checks hold")),
            (false, _) => ("badge no", format!("{held} of {all} checks hold")),
        };
        let mut about = format!("Experiment <code>{}</code>, seed {}", text(&self.lab.name), facts.seed);
        if facts.divisor > 1 {
            let _ = write!(about, ", times divided by {}", facts.divisor);
        }
        put!(self, "<p class=\"facts\">{about} <span class=\"{class}\">{words}</span></p>");
        self.prose(&self.lab.what, "");
        if !self.lab.why.is_empty() {
            self.prose(&self.lab.why, "why");
        }
        put!(self, "</header>");
    }

    /// How many checks hold, of how many; and whether a step broke.
    fn score(&self, step: Option<usize>) -> (usize, usize, bool) {
        let of_step = self.records.iter().filter(|record| step.is_none_or(|step| record.step == step));
        of_step.fold((0, 0, false), |(held, all, broke), record| match record.what {
            What::Verdict { passed, .. } => (held + usize::from(passed), all + 1, broke),
            What::Broke { .. } => (held, all, true),
            _ => (held, all, broke),
        })
    }

    fn prose(&mut self, words: &str, class: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        for paragraph in words.split("\n\n").filter(|paragraph| !paragraph.trim().is_empty()) {
            put!(self, "<p{class}>{}</p>", text(paragraph.trim()));
        }
    }

    fn network(&mut self) {
        if self.lab.network.nodes.is_empty() {
            return;
        }
        put!(self, "<section>\n<h2>The network</h2>\n<figure>{}</figure>", topology::svg(&self.lab.network));
        let network = &self.lab.network;
        let mut rows = Vec::new();
        for route in &network.routes {
            let to = route.to.map_or_else(|| "everywhere else".to_owned(), |to| to.to_string());
            let by = match (route.via, &route.interface) {
                (Some(via), _) => format!("via {via}"),
                (None, Some(interface)) => format!("by {interface}"),
                (None, None) => String::new(),
            };
            rows.push(("route", &route.node, format!("to {to} {by}")));
        }
        for setting in &network.settings {
            rows.push(("setting", &setting.node, format!("{} = {}", setting.name, setting.value)));
        }
        for file in &network.files {
            rows.push(("file", &file.node, format!("{}: {}", file.path, file.text.trim_end())));
        }
        if !rows.is_empty() {
            put!(self, "<table>");
            for (kind, node, words) in rows {
                put!(self, "<tr><th>{}</th><td>{kind}</td><td><code>{}</code></td></tr>", text(node), text(&words));
            }
            put!(self, "</table>");
        }
        put!(self, "</section>");
    }

    fn contents(&mut self, steps: usize) {
        if steps < 2 {
            return;
        }
        put!(self, "<nav>\n<h2>The steps</h2>\n<ol class=\"steps\">");
        for number in 1..=steps {
            let (held, all, broke) = self.score(Some(number));
            let mark = if held == all && !broke { "✓" } else { "✗" };
            let title = self.title(number);
            put!(self, "<li>{mark} <a href=\"#step{number}\">{number}. {}</a></li>", text(&title));
        }
        put!(self, "</ol>\n</nav>");
    }

    fn title(&self, number: usize) -> String {
        let begins = self.records.iter().find_map(|record| match &record.what {
            What::Step { title, .. } if record.step == number => Some(title.clone()),
            _ => None,
        });
        begins.unwrap_or_else(|| "Without a title".to_owned())
    }

    fn step(&mut self, number: usize) {
        let title = self.title(number);
        put!(self, "<section class=\"step\" id=\"step{number}\">\n<h2><span>{number}</span>{}</h2>", text(&title));
        let records = self.records;
        for record in records.iter().filter(|record| record.step == number) {
            if let What::Step { why, .. } = &record.what {
                self.prose(why, "why");
            }
        }
        self.talk(number);
        self.ladders(number);
        let script = number.checked_sub(1).and_then(|index| self.lab.steps.get(index));
        if let Some(Step { notice, .. }) = script
            && !notice.is_empty()
        {
            put!(self, "<div class=\"notice\">");
            self.prose(notice, "");
            put!(self, "</div>");
        }
        self.verdicts(number);
        put!(self, "</section>");
    }

    /// What was typed on each host and what came of it.
    fn talk(&mut self, number: usize) {
        let of_step = |record: &&Record| record.step == number;
        let lines: Vec<(&Record, Option<&str>, String)> = self
            .records
            .iter()
            .filter(of_step)
            .filter(|record| !matches!(record.what, What::State { .. } | What::Clock { .. }))
            .filter_map(|record| event_words(record).map(|(node, words)| (record, node, words)))
            .collect();
        for (record, _, words) in lines.iter().filter(|(_, node, _)| node.is_none()) {
            put!(self, "<p class=\"fault\">{} s: {}</p>", seconds(record.at_us), text(words));
        }
        let hosts: Vec<&str> = self.lab.network.nodes.iter().map(|node| node.name.as_str()).collect();
        let speaks = |host: &&str| lines.iter().any(|(_, node, _)| *node == Some(*host));
        let hosts: Vec<&str> = hosts.into_iter().filter(speaks).collect();
        if hosts.is_empty() {
            return;
        }
        let widest = lines.iter().map(|(_, _, words)| words.chars().count()).max().unwrap_or(0);
        put!(self, "<div class=\"hosts{}\">", if widest > SIDE_BY_SIDE { " wide" } else { "" });
        for host in hosts {
            put!(self, "<div class=\"host\">\n<h3>{}</h3>", text(host));
            let of_host = lines.iter().filter(|(_, node, _)| *node == Some(host)).map(|(record, ..)| *record);
            for (label, did) in by_process(of_host) {
                put!(self, "<div class=\"talk mono\">");
                if let Some(first) = did.first().filter(|first| !matches!(first.what, What::Command { .. })) {
                    let line = abridged(&self.command(first, host, label));
                    put!(self, "<div class=\"end\">{} goes on:</div>", text(&line));
                }
                for record in did {
                    self.line(record);
                }
                put!(self, "</div>");
            }
            put!(self, "</div>");
        }
        put!(self, "</div>");
    }

    /// With what a process was started that did something here.
    fn command(&self, did: &Record, host: &str, name: &str) -> String {
        let earlier = self.records.iter().take_while(|record| !std::ptr::eq(*record, did));
        let commands = earlier.filter_map(|record| match &record.what {
            What::Command { node, label, line, .. } if node == host && label == name => Some(line.clone()),
            _ => None,
        });
        commands.last().unwrap_or_else(|| name.to_owned())
    }

    fn line(&mut self, record: &Record) {
        let (class, words) = match &record.what {
            What::Command { node, line, background, .. } => {
                ("command", format!("{node}$ {line}{}", if *background { " &" } else { "" }))
            }
            What::Line { text, .. } => ("", text.clone()),
            What::Typed { text: Some(text), .. } => ("typed", format!("❯ {}", text.trim_end_matches('\n'))),
            What::Typed { text: None, .. } => ("typed", "❯ end of input".to_owned()),
            What::Signalled { signal, .. } => ("typed", format!("⚡ SIG{signal}")),
            What::Ended { status, .. } => ("end", format!("ends with status {status}")),
            What::LeftOut(left_out) => ("end", left_out.words()),
            _ => return,
        };
        let words = text(&crate::report::expand_tabs(&words));
        let time = seconds(record.at_us);
        put!(self, "<div class=\"row\"><time>{time}</time><div class=\"{class}\">{words}</div></div>");
    }

    /// The ladders that a step asks for; none where it asks for none.
    fn asked(&self, number: usize) -> Vec<Selection<'a>> {
        let script = number.checked_sub(1).and_then(|index| self.lab.steps.get(index));
        let asked = script.into_iter().flat_map(|step| &step.actions).filter_map(|action| match action {
            Action::Ladder(link, filter) => {
                Some(Selection { step: Some(number), link: link.as_deref(), filter: Some(filter), talk: false })
            }
            _ => None,
        });
        asked.collect()
    }

    /// How many frames a ladder may have, so that the page has no more than it should: all where that is enough.
    fn share(&self, steps: usize) -> usize {
        let whole = |step| Selection { step: Some(step), ..Selection::default() };
        let selections = (1..=steps).flat_map(|step| self.asked(step).into_iter().chain([whole(step)]));
        let count = |selection: Selection<'_>| self.frames.iter().filter(|frame| selection.has_frame(frame)).count();
        let mut counts: Vec<usize> = selections.map(count).collect();
        counts.sort_unstable();
        let mut left = PAGE;
        for (place, count) in counts.iter().enumerate() {
            let share = left / (counts.len() - place);
            if *count > share {
                return share.clamp(LEAST, MOST);
            }
            left -= count;
        }
        MOST
    }

    /// The ladders that the step asks for, or one of all its frames; and every frame header by header.
    fn ladders(&mut self, number: usize) {
        let most = self.most;
        let frames: Vec<&Annotated<'_>> = self.frames.iter().filter(|frame| frame.step == number).collect();
        let mut selections = self.asked(number);
        if selections.is_empty() {
            selections.push(Selection { step: Some(number), ..Selection::default() });
        }
        let mut shown: BTreeSet<u64> = ends_of(&frames, most).map(|frame| frame.frame.number).collect();
        for selection in &selections {
            let all: Vec<&Annotated<'_>> = frames.iter().copied().filter(|frame| selection.has_frame(frame)).collect();
            let chosen: Vec<&Annotated<'_>> = ends_of(&all, most).collect();
            shown.extend(chosen.iter().map(|frame| frame.frame.number));
            let Some(drawn) = ladder::svg(self.records, &chosen, self.lab, selection) else { continue };
            let long = chosen.len() > LONG;
            if long {
                put!(self, "<details><summary>A ladder of {}</summary>", shown_of(all.len(), most));
            }
            put!(self, "<figure>{drawn}{}</figure>", ladder::legend(self.records, &chosen, self.lab, selection));
            if long {
                put!(self, "</details>");
            }
        }
        if frames.is_empty() {
            return;
        }
        put!(self, "<details class=\"headers\"><summary>{}, header by header</summary>", shown_of(frames.len(), most));
        for frame in frames.iter().filter(|frame| shown.contains(&frame.frame.number)) {
            self.headers(frame);
        }
        put!(self, "</details>");
    }

    fn headers(&mut self, annotated: &Annotated<'_>) {
        let frame = annotated.frame;
        put!(
            self,
            "<details class=\"frame\" id=\"f{}\"><summary><span class=\"no\">{}</span> {} {} → {} ({}): {}</summary>\n<table>",
            frame.number,
            frame.number,
            seconds(annotated.at_us),
            text(&frame.from),
            text(&frame.to),
            text(&frame.link),
            text(&annotated.words())
        );
        for view in annotated.headers() {
            let (offset, len) = view.place;
            put!(
                self,
                "<tr class=\"layer\"><th>{}</th><td>octets {offset} to {}</td></tr>",
                text(&view.name),
                (offset + len).saturating_sub(1)
            );
            for (name, value) in view.fields {
                put!(self, "<tr><th>{name}</th><td>{}</td></tr>", text(&value));
            }
        }
        put!(self, "</table>\n<pre>{}</pre>\n</details>", text_lines(&dump(&frame.octets)));
    }

    fn verdicts(&mut self, number: usize) {
        let records = self.records;
        let of_step: Vec<&What> =
            records.iter().filter(|record| record.step == number).map(|record| &record.what).collect();
        if !of_step.iter().any(|what| matches!(what, What::Verdict { .. } | What::Broke { .. })) {
            return;
        }
        put!(self, "<ul class=\"verdicts\">");
        for what in of_step {
            match what {
                What::Verdict { check, passed, found } => {
                    let class = if *passed { "" } else { " class=\"no\"" };
                    let found = match (found, passed) {
                        (Some(found), true) => format!("<span class=\"found\">{}</span>", text(found)),
                        (None, true) => String::new(),
                        (_, false) => {
                            format!("<span class=\"found\">{}</span>", text(&in_its_place(found.as_deref())))
                        }
                    };
                    put!(self, "<li{class}>{}{found}</li>", text(check));
                }
                What::Broke { why } => {
                    put!(self, "<li class=\"no\">{}</li>", text(why));
                }
                _ => {}
            }
        }
        put!(self, "</ul>");
    }

    fn tail(&mut self, facts: &Facts<'_>) {
        if !self.lab.question.is_empty() {
            put!(self, "<section class=\"step\">\n<h2>Question</h2>");
            self.prose(&self.lab.question, "");
            if facts.answer && !self.lab.answer.is_empty() {
                put!(self, "<h3>Answer</h3>\n<div class=\"answer\">");
                self.prose(&self.lab.answer, "");
                put!(self, "</div>");
            } else {
                put!(self, "<div class=\"lines\" aria-label=\"room for the answer\">{}</div>", "<div></div>".repeat(6));
            }
            put!(self, "</section>");
        }
        let see = &self.lab.see;
        let more = if see.is_empty() { String::new() } else { format!(" See also: {}.", text(&see.join("; "))) };
        let made = format!("<code>lab run {}</code>", text(&self.lab.name));
        put!(self, "<footer>Made by {made} ({}).{more}</footer>\n</body>\n</html>", text(facts.version));
    }
}

/// How many of at most so many are those at the beginning.
fn first_of(most: usize) -> usize {
    most * 3 / 5
}

/// The first and the last of many, at most so many; all of a few.
fn ends_of<'f, 'a>(frames: &'f [&'f Annotated<'a>], most: usize) -> impl Iterator<Item = &'f Annotated<'a>> {
    let first = first_of(most);
    let hidden = first..first + frames.len().saturating_sub(most);
    frames.iter().enumerate().filter(move |(place, _)| !hidden.contains(place)).map(|(_, frame)| *frame)
}

/// So many frames, and which of them are shown.
fn shown_of(count: usize, most: usize) -> String {
    if count <= most {
        return counted(count, "frame");
    }
    let (first, last) = (first_of(most), most - first_of(most));
    format!("{count} frames, of which the first {first} and the last {last} are here (--pcap keeps all)")
}

/// What each process did, in the order in which they were heard first. A label that is used again is another process.
fn by_process<'a>(records: impl Iterator<Item = &'a Record>) -> Vec<(&'a str, Vec<&'a Record>)> {
    let mut processes: Vec<(&str, Vec<&Record>)> = Vec::new();
    for record in records {
        let Some(label) = label_of(&record.what) else { continue };
        let begins = matches!(record.what, What::Command { .. });
        match processes.iter_mut().rev().find(|(known, _)| *known == label && !begins) {
            Some((_, did)) => did.push(record),
            None => processes.push((label, vec![record])),
        }
    }
    processes
}

/// Which process it is of.
fn label_of(what: &What) -> Option<&str> {
    match what {
        What::Command { label, .. }
        | What::Line { label, .. }
        | What::Typed { label, .. }
        | What::Signalled { label, .. }
        | What::Ended { label, .. } => Some(label),
        What::LeftOut(left_out) => left_out.label.as_deref(),
        _ => None,
    }
}

/// Lines of which each is made safe by itself.
fn text_lines(lines: &str) -> String {
    lines.lines().map(text).collect::<Vec<_>>().join("\n")
}

/// Octets as hex and as text, sixteen a line.
fn dump(octets: &[u8]) -> String {
    let mut dump = String::new();
    for (number, line) in octets.chunks(16).enumerate() {
        let hex: Vec<String> = line.iter().map(|octet| format!("{octet:02x}")).collect();
        let shown = |octet: &u8| if octet.is_ascii_graphic() || *octet == b' ' { char::from(*octet) } else { '.' };
        let ascii: String = line.iter().map(shown).collect();
        let _ = writeln!(dump, "{:04x}  {:<47}  {ascii}", number * 16, hex.join(" "));
    }
    dump
}
