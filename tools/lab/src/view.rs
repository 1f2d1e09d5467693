//! What happened, shown: functions of the records and of the lab file, and of nothing else.
//!
//! - [`ladder`]: frames between hosts, on a terminal
//! - [`html`]: the whole run as one page
//! - [`capture`]: frames as a pcapng file
//! - `columns`, `ends`, `times`: what ladders of both kinds have in common

pub mod capture;
mod columns;
mod ends;
pub mod html;
pub mod ladder;
mod times;

use std::collections::BTreeMap;

use sockeye_common::escape::escape_controls;

use crate::filter::Filter;
use crate::frames::Annotated;
use crate::record::{Micros, Record, What};

/// How many lines say what sockets a host has had from before.
const MOST_EARLIER: usize = 4;

/// Which records a ladder shows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection<'a> {
    /// Those of this step; all steps without.
    pub step: Option<usize>,
    /// Frames of this link; of all without.
    pub link: Option<&'a str>,
    /// Frames that it means; all without.
    pub filter: Option<&'a Filter>,
    /// Whether commands, what they print and what is typed into them stand between the frames.
    pub talk: bool,
}

impl Selection<'_> {
    /// Whether a record of this step is one of them.
    pub fn has_step(&self, step: usize) -> bool {
        self.step.is_none_or(|wanted| wanted == step)
    }

    /// Whether it shows this frame.
    pub fn has_frame(&self, frame: &Annotated<'_>) -> bool {
        self.has_step(frame.step)
            && self.link.is_none_or(|link| frame.frame.link == link)
            && self.filter.is_none_or(|filter| filter.matches(frame))
    }
}

/// Seconds with six decimals: Wireshark's.
pub fn seconds(at_us: Micros) -> String {
    let (sign, micros) = (if at_us < 0 { "-" } else { "" }, at_us.unsigned_abs());
    format!("{sign}{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

/// How long something took, in the unit that suits it.
pub fn duration(micros: u64) -> String {
    let (whole, rest) = (micros / 1000, micros % 1000 / 100);
    match micros {
        0..1_000 => format!("{micros} µs"),
        1_000..100_000 if rest > 0 => format!("{whole}.{rest} ms"),
        1_000..1_000_000 => format!("{whole} ms"),
        _ => format!("{}.{:02} s", micros / 1_000_000, micros % 1_000_000 / 10_000),
    }
}

/// What a record that is no frame says in a line: of which node it is, if it is of one, and the words, made safe.
pub fn event_words(record: &Record) -> Option<(Option<&str>, String)> {
    let (node, words) = match &record.what {
        What::Command { node, line, background, .. } => {
            (Some(node), format!("$ {}{}", escape_controls(line), if *background { " &" } else { "" }))
        }
        What::Line { node, label, text, .. } => {
            (Some(node), format!("{}: {}", escape_controls(label), escape_controls(text)))
        }
        What::Typed { node, label, text: Some(text) } => {
            (Some(node), format!("{} < {}", escape_controls(label), escape_controls(text)))
        }
        What::Typed { node, label, text: None } => (Some(node), format!("{} < end of input", escape_controls(label))),
        What::Signalled { node, label, signal } => (Some(node), format!("SIG{signal} to {}", escape_controls(label))),
        What::Ended { node, label, status } => {
            (Some(node), format!("{} ends, status {status}", escape_controls(label)))
        }
        What::Fault { subject, text } => (None, format!("{}: {}", escape_controls(subject), escape_controls(text))),
        What::LeftOut(left_out) => (left_out.node.as_ref(), escape_controls(&left_out.words())),
        What::Clock { .. } => (None, "the clock is set to zero".to_owned()),
        What::State { .. } => return state_words(record).map(|(node, words)| (Some(node), words)),
        _ => return None,
    };
    Some((node.map(String::as_str), words))
}

/// What a change of a socket's state says: of which node, and the words.
pub fn state_words(record: &Record) -> Option<(&str, String)> {
    let What::State { node, protocol, local, peer, to, .. } = &record.what else { return None };
    let place = if peer.starts_with('*') || peer.ends_with(":*") {
        port_of(local).to_owned()
    } else {
        format!("{}→{}", port_of(local), port_of(peer))
    };
    let words = match (protocol.as_str(), to) {
        (_, Some(to)) => to.clone(),
        ("tcp", None) => "CLOSED".to_owned(),
        _ => "closed".to_owned(),
    };
    Some((node, escape_controls(&format!("{words} {place}"))))
}

/// The last change of each socket before the step, of those that are still there, in the order of time.
fn earlier_states<'a>(records: &'a [Record], selection: &Selection<'_>) -> Vec<&'a Record> {
    let before = |record: &&Record| selection.step.is_some_and(|step| record.step < step);
    let mut last: BTreeMap<(&str, u64), (usize, &Record)> = BTreeMap::new();
    for (place, record) in records.iter().take_while(before).enumerate() {
        if let What::State { node, cookie, .. } = &record.what {
            last.insert((node, *cookie), (place, record));
        }
    }
    let mut there: Vec<(usize, &Record)> = last.into_values().collect();
    there.retain(|(_, record)| matches!(record.what, What::State { to: Some(_), .. }));
    there.sort_by_key(|(place, _)| *place);
    there.into_iter().map(|(_, record)| record).collect()
}

/// Those of a node in words; of many the first, and how many more there are.
fn earlier_words(earlier: &[&Record], node: &str) -> Vec<String> {
    let all = earlier.iter().filter_map(|record| state_words(record)).filter(|(of, _)| *of == node);
    let mut words: Vec<String> = all.map(|(_, words)| words).collect();
    let count = words.len();
    if count > MOST_EARLIER {
        words.truncate(MOST_EARLIER - 1);
        words.push(format!("and {} more", count - words.len()));
    }
    words
}

/// The port of an endpoint, with its colon.
fn port_of(endpoint: &str) -> &str {
    endpoint.rfind(':').and_then(|at| endpoint.get(at..)).unwrap_or(endpoint)
}
