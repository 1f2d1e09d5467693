//! What must be seen.

use super::lines::Statement;
use super::words::{Word, Words};
use super::{Mistake, Place, network, values};
use crate::filter::Filter;
use crate::model::{Check, Network};

/// What begins a check that is not about a process; no process is called so.
pub(super) const KEYWORDS: [&str; 6] = ["frames", "first", "gaps", "numbers", "state", "same"];

/// The states of a socket, by the kernel's names; CLOSED where it is gone.
const STATES: [&str; 15] = [
    "CLOSED",
    "CLOSE",
    "LISTEN",
    "SYN_SENT",
    "SYN_RECV",
    "ESTABLISHED",
    "FIN_WAIT1",
    "FIN_WAIT2",
    "CLOSE_WAIT",
    "LAST_ACK",
    "CLOSING",
    "TIME_WAIT",
    "BOUND",
    "connected",
    "unconnected",
];

/// How much a ratio may differ from two if nothing else is said.
const TOLERANCE: f64 = 0.25;

/// Looks a process up.
type Label<'a> = dyn Fn(&str, Place) -> Result<String, Mistake> + 'a;

/// Reads one check.
pub(super) fn check(statement: &Statement<'_>, network: &Network, label: &Label<'_>) -> Result<Check, Mistake> {
    let head = statement.head();
    let mut words = Words::of(statement)?;
    let check = match head.text {
        "frames" => {
            let ever = words.take("ever");
            let link = network::link_called(&mut words, network)?.name.clone();
            let filter = filter(&mut words, &["from"], network)?;
            let (count, span) = values::count_and_span(&mut words)?;
            Check::Frames { link, filter, ever, count, span }
        }
        "first" => {
            let link = network::link_called(&mut words, network)?.name.clone();
            let earlier = filter(&mut words, &["before"], network)?;
            words.expect("before")?;
            Check::Before { link, filter: earlier, other: filter(&mut words, &[], network)? }
        }
        "gaps" => gaps(&mut words, network)?,
        "numbers" => {
            let link = network::link_called(&mut words, network)?.name.clone();
            let filter = filter(&mut words, &["add"], network)?;
            words.expect("add")?;
            words.expect("up")?;
            Check::Numbers { link, filter }
        }
        "state" => state(&mut words, network)?,
        "same" => Check::Same(process(&mut words, label)?, process(&mut words, label)?),
        _ => of_process(head.text, head.place, &mut words, label)?,
    };
    words.end()?;
    Ok(check)
}

fn process(words: &mut Words<'_>, label: &Label<'_>) -> Result<String, Mistake> {
    let word = words.next("the label of a process")?;
    label(word.text, word.place)
}

/// `nc prints "..."`, `nc status 0`, `nc running`, `nc last "..."`, `nc value "..." 1..2`.
fn of_process(head: &str, place: Place, words: &mut Words<'_>, label: &Label<'_>) -> Result<Check, Mistake> {
    const EXPECTED: &str = "prints, status, running, last or value";
    let label = label(head, place)?;
    let what = words.next(EXPECTED)?;
    Ok(match what.text {
        "prints" => {
            let mut texts = vec![words.string("what a line must have")?];
            while let Some(text) = words.string_if_any()? {
                texts.push(text);
            }
            let (count, span) = values::count_and_span(words)?;
            Check::Prints { label, words: texts, count, span }
        }
        "status" => {
            let equal = !words.take("not");
            let status = words.next("an exit status from 0 to 255")?;
            let number: u8 =
                values::plain(status.text).ok_or_else(|| status.instead_of("an exit status from 0 to 255"))?;
            Check::Status { label, status: i32::from(number), equal }
        }
        "running" => Check::Running(label),
        "last" => Check::LastWord(label, words.string("the last word")?),
        "value" => {
            let after = words.string("the words before the number")?;
            Check::Value { label, after, range: range(words.next("a range such as 45..60")?)? }
        }
        _ => return Err(what.instead_of(EXPECTED)),
    })
}

/// `45..60`, `1.5..`, `..3`, or one number.
fn range(word: Word<'_>) -> Result<(f64, f64), Mistake> {
    let (least, most) = word.text.split_once("..").unwrap_or((word.text, word.text));
    let number = |text: &str, otherwise: f64| if text.is_empty() { Some(otherwise) } else { text.parse::<f64>().ok() };
    match (number(least, f64::NEG_INFINITY), number(most, f64::INFINITY)) {
        (Some(least), Some(most)) if least <= most && !word.text.is_empty() => Ok((least, most)),
        _ => Err(word.instead_of("a range such as 45..60")),
    }
}

/// `gaps middle tcp retransmission double within 30 % at least 3`, `gaps middle tcp syn of 1 s!`.
fn gaps(words: &mut Words<'_>, network: &Network) -> Result<Check, Mistake> {
    let link = network::link_called(words, network)?.name.clone();
    let filter = filter(words, &["double", "of"], network)?;
    let how = words.next("double or of")?;
    let time = match how.text {
        "double" => None,
        "of" => Some(values::time(words)?),
        _ => return Err(how.instead_of("double or of")),
    };
    let tolerance = if words.take("within") { values::part(words)? } else { TOLERANCE };
    let least = if words.take("at") {
        words.expect("least")?;
        values::whole(words, "how many times")?
    } else {
        1
    };
    Ok(match time {
        Some(time) => Check::Spaced { link, filter, time, tolerance, least },
        None => Check::Doubling { link, filter, tolerance, least },
    })
}

/// `state bob :7000 passes LISTEN ESTABLISHED`, `state bob :7000 never CLOSE_WAIT`.
fn state(words: &mut Words<'_>, network: &Network) -> Result<Check, Mistake> {
    let node = network::node(words, network)?.name.clone();
    let endpoint = match words.peek().filter(|word| !matches!(word.text, "passes" | "never")) {
        Some(word) => {
            words.take(word.text);
            word.text.to_owned()
        }
        None => String::new(),
    };
    let how = words.next("passes or never")?;
    let never = match how.text {
        "passes" => false,
        "never" => true,
        _ => return Err(how.instead_of("passes or never")),
    };
    let mut states = Vec::new();
    loop {
        let word = words.next("a state such as LISTEN")?;
        if !STATES.contains(&word.text) {
            return Err(word.instead_of(network::one_of(STATES.into_iter(), "")));
        }
        states.push(word.text.to_owned());
        if words.peek().is_none() {
            break;
        }
    }
    Ok(if never { Check::Never { node, endpoint, states } } else { Check::States { node, endpoint, states } })
}

/// The words of a filter: up to how often, to one of `ends`, or to the end of the statement.
pub(super) fn filter(words: &mut Words<'_>, ends: &[&str], network: &Network) -> Result<Filter, Mistake> {
    let mut text = String::new();
    let mut places = Vec::new();
    let start = words.place();
    while let Some(word) = words.peek().filter(|word| !values::is_count(word.text) && !ends.contains(&word.text)) {
        words.take(word.text);
        if !text.is_empty() {
            text.push(' ');
        }
        places.push((text.len(), word));
        text.push_str(word.text);
    }
    let filter = Filter::parse(&text).map_err(|wrong| {
        let found = places.iter().rev().find(|(at, _)| *at <= wrong.span.start);
        let place = found.map_or(start, |(at, word)| {
            let before = word.text.get(..wrong.span.start - at).unwrap_or("");
            Place { column: word.place.column + before.chars().count(), ..word.place }
        });
        place.wrong(wrong.message)
    })?;
    let is_known = |name: &&str| network.nodes.iter().any(|node| node.name == *name);
    match filter.nodes().find(|name| !is_known(name)) {
        None => {}
        Some(name) => {
            let nodes = network::one_of(network.nodes.iter().map(|node| node.name.as_str()), "a node");
            return Err(start.wrong(format!("there is no node {name:?}: expected {nodes}")));
        }
    }
    Ok(filter)
}
