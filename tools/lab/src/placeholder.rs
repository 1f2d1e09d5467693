//! What stands in braces in command lines and texts: `{2 s}`, `{pcap alice-bob}`, `{dir}`.

use std::time::Duration;

use crate::model::Time;

/// The units of times, in seconds.
pub const TIME_UNITS: [(&str, f64); 4] = [("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0)];

/// Times are no longer than this, in seconds: a day.
const LONGEST_S: f64 = 86_400.0;

/// A part of a text.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Part<'a> {
    /// As it is; also braces in which none of the others stands.
    Text(&'a str),
    /// A time, which is written as seconds, scaled as every time.
    Time(Time),
    /// Braces with a number and a unit of time, as they are, that are no time: `{+5 s}`, `{1e9 s}`.
    NoTime(&'a str),
    /// The path of a pcapng file with what was on this link up to now.
    Pcap(&'a str),
    /// The working folder.
    Folder,
}

/// The parts of a text, each with its place in octets.
pub fn parts(text: &str) -> Vec<(usize, Part<'_>)> {
    let mut parts = Vec::new();
    // Where the part that is only text began, and from where to look for a brace.
    let (mut begun, mut from) = (0, 0);
    while let Some(open) = text.get(from..).and_then(|rest| rest.find('{')).map(|at| from + at) {
        let inside = text.get(open + 1..).and_then(|rest| rest.split_once('}')).map(|(inside, _)| inside);
        let braces = inside.and_then(|inside| text.get(open..=open + inside.len() + 1));
        match inside.zip(braces).and_then(|(inside, braces)| Some((braces, part(inside, braces)?))) {
            None => from = open + 1,
            Some((braces, part)) => {
                push_text(&mut parts, text, begun, open);
                parts.push((open, part));
                from = open + braces.len();
                begun = from;
            }
        }
    }
    push_text(&mut parts, text, begun, text.len());
    parts
}

fn push_text<'a>(parts: &mut Vec<(usize, Part<'a>)>, text: &'a str, from: usize, to: usize) {
    if let Some(text) = text.get(from..to).filter(|text| !text.is_empty()) {
        parts.push((from, Part::Text(text)));
    }
}

fn part<'a>(inside: &'a str, braces: &'a str) -> Option<Part<'a>> {
    if inside == "dir" {
        return Some(Part::Folder);
    }
    if let Some(link) = inside.strip_prefix("pcap ") {
        return Some(Part::Pcap(link.trim()));
    }
    let (number, unit) = inside.split_once(' ')?;
    let (unit, scaled) = unit.strip_suffix('!').map_or((unit, true), |unit| (unit, false));
    let (_, factor) = TIME_UNITS.iter().find(|(name, _)| *name == unit)?;
    let seconds = number.parse::<f64>().ok()? * factor;
    let is_plain = number.bytes().all(|octet| octet.is_ascii_digit() || octet == b'.');
    let duration = time(seconds).filter(|_| is_plain);
    Some(duration.map_or(Part::NoTime(braces), |duration| Part::Time(Time { duration, scaled })))
}

/// So many seconds, unless they are more than a day.
pub fn time(seconds: f64) -> Option<Duration> {
    Duration::try_from_secs_f64(seconds).ok().filter(|_| seconds <= LONGEST_S)
}

/// A time as seconds, as `sleep`(1) and the options of the suite's tools read it: `0.2`, `7`.
pub fn seconds(duration: Duration) -> String {
    let mut text = format!("{:.6}", duration.as_secs_f64());
    text.truncate(text.trim_end_matches('0').trim_end_matches('.').len());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_means_something_is_taken_out() {
        let line = "nc -i {2 s} -r {pcap a-b} {dir}/x awk '{print $1}' {200 ms!} {x";
        let found: Vec<_> = parts(line).into_iter().map(|(_, part)| part).collect();
        let time = |ms, scaled| Part::Time(Time { duration: Duration::from_millis(ms), scaled });
        assert_eq!(
            found,
            [
                Part::Text("nc -i "),
                time(2000, true),
                Part::Text(" -r "),
                Part::Pcap("a-b"),
                Part::Text(" "),
                Part::Folder,
                Part::Text("/x awk '{print $1}' "),
                time(200, false),
                Part::Text(" {x"),
            ]
        );
        for (at, part) in parts(line) {
            if let Part::Text(text) = part {
                assert_eq!(line.get(at..at + text.len()), Some(text));
            }
        }
    }

    #[test]
    fn what_is_no_time_in_a_statement_is_none_in_braces() {
        for wrong in ["{1e15 s}", "{+5 s}", "{1e-300 s}", "{-1 s}", "{86401 s}", "{1441 min!}", "{inf s}"] {
            assert_eq!(parts(wrong), [(0, Part::NoTime(wrong))]);
        }
        let day = Time { duration: Duration::from_secs(86_400), scaled: true };
        assert_eq!(parts("{86400 s}"), [(0, Part::Time(day))]);
        for text in ["{print s}", "{1.2.3 s}", "{5 km}", "{5}"] {
            assert_eq!(parts(text), [(0, Part::Text(text))]);
        }
    }

    #[test]
    fn times_are_seconds() {
        for (ms, text) in [(200, "0.2"), (7000, "7"), (0, "0"), (10, "0.01")] {
            assert_eq!(seconds(Duration::from_millis(ms)), text);
        }
    }
}
