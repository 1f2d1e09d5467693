//! Actions and checks as a lab file has them, for whoever reads what is done and what failed.

use std::fmt;
use std::time::Duration;

use crate::filter::Filter;
use crate::language::label_of;
use crate::model::{Action, Check, Command, Condition, Count, Route, Setting, Signal, Span, Time};
use crate::placeholder::seconds;

/// A command as it is typed, with its label if it is not the one that it has by itself.
struct Typed<'a>(&'a Command, bool);

impl fmt::Display for Typed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Command { node, label, line, unprivileged }, background) = self;
        let prompt = match (background, unprivileged) {
            (false, false) => "$",
            (false, true) => "%",
            (true, false) => "&",
            (true, true) => "&%",
        };
        let named = if *label == label_of(line) { String::new() } else { format!("[{label}] ") };
        write!(f, "{node}{prompt} {named}{line}")
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Run(command, _) => Typed(command, false).fmt(f),
            Self::Start(command) => Typed(command, true).fmt(f),
            Self::Until(command, words, _) => {
                write!(f, "until {} shows", Typed(command, false))?;
                words.iter().try_for_each(|word| write!(f, " {word:?}"))
            }
            Self::Await(label, text, _) => write!(f, "await {label} {text:?}"),
            Self::Wait(label, _) => write!(f, "wait {label}"),
            Self::Type(label, text) => write!(f, "type {label} {text:?}"),
            Self::EndInput(label) => write!(f, "eof {label}"),
            Self::Signal(label, signal) => write!(f, "signal {label} {signal}"),
            Self::Clock => f.write_str("clock"),
            Self::At(time) => write!(f, "at {time}"),
            Self::Pause(time) => write!(f, "pause {time}"),
            Self::Cut(link) => write!(f, "cut {link}"),
            Self::Restore(link) => write!(f, "restore {link}"),
            Self::Wire(link, from, conditions) => {
                let from = from.as_ref().map(|from| format!(" from {from}")).unwrap_or_default();
                write!(f, "wire {link}{from}")?;
                conditions.iter().try_for_each(|condition| write!(f, " {condition}"))
            }
            Self::Interface(node, interface, up) => write!(f, "{} {node}:{interface}", if *up { "up" } else { "down" }),
            Self::Set(Setting { node, name, value }) if value.contains(' ') => write!(f, "set {node} {name}={value:?}"),
            Self::Set(Setting { node, name, value }) => write!(f, "set {node} {name}={value}"),
            Self::Route(route, add) => write!(f, "{} {route}", if *add { "route" } else { "unroute" }),
            Self::Address(node, interface, address, add) => {
                write!(f, "{} {node}:{interface} {address}", if *add { "address" } else { "unaddress" })
            }
            Self::Ladder(link, filter) => {
                let link = link.as_ref().map(|link| format!(" {link}")).unwrap_or_default();
                write!(f, "ladder{link}{}", Words(filter))
            }
        }
    }
}

impl fmt::Display for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.node, self.way())
    }
}

impl Route {
    /// Where to and by which way, without the node: `default via 10.0.1.254`.
    pub fn way(&self) -> String {
        let to = self.to.map_or_else(|| "default".to_owned(), |to| to.to_string());
        let via = self.via.map(|via| format!(" via {via}")).unwrap_or_default();
        let dev = self.interface.as_ref().map(|interface| format!(" dev {interface}")).unwrap_or_default();
        format!("{to}{via}{dev}")
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delay(time) => write!(f, "delay {}", short(*time)),
            Self::Jitter(time) => write!(f, "jitter {}", short(*time)),
            Self::Loss(part) => write!(f, "loss {} %", percent(*part)),
            Self::Duplication(part) => write!(f, "duplicate {} %", percent(*part)),
            Self::Reordering(part) => write!(f, "reorder {} %", percent(*part)),
            Self::Rate(Some(rate)) => write!(f, "rate {}", rate_text(*rate)),
            Self::Rate(None) => f.write_str("rate unlimited"),
            Self::Queue(frames) => write!(f, "queue {frames}"),
        }
    }
}

/// Conditions in a line.
pub fn listed(conditions: &[Condition]) -> String {
    conditions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// A part of a hundred, without what the arithmetic of the machine puts behind it: 0.07 times 100 is 7.000000000000001 there.
fn percent(part: f64) -> f64 {
    (part * 1e8).round() / 1e6
}

/// A rate in the largest unit in which it has three decimals at most.
fn rate_text(rate: u64) -> String {
    let units = [("Gbit/s", 1_000_000_000), ("Mbit/s", 1_000_000), ("kbit/s", 1_000)];
    let unit = units.into_iter().find(|(_, factor)| rate >= *factor && rate.is_multiple_of(factor / 1_000));
    let Some((unit, factor)) = unit else { return format!("{rate} bit/s") };
    let text = format!("{}.{:03}", rate / factor, rate % factor / (factor / 1_000));
    format!("{} {unit}", text.trim_end_matches('0').trim_end_matches('.'))
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Int => "INT",
            Self::Term => "TERM",
            Self::Kill => "KILL",
            Self::Stop => "STOP",
            Self::Cont => "CONT",
        })
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prints { label, words, count, span } => {
                write!(f, "{label} prints")?;
                for word in words {
                    write!(f, " {word:?}")?;
                }
                write!(f, "{count}{}", Within(*span))
            }
            Self::Status { label, status, equal } => {
                write!(f, "{label} status {}{status}", if *equal { "" } else { "not " })
            }
            Self::Running(label) => write!(f, "{label} running"),
            Self::LastWord(label, word) => write!(f, "{label} last {word:?}"),
            Self::Value { label, after, range: (least, most) } => {
                write!(f, "{label} value {after:?} ")?;
                if least.total_cmp(most).is_eq() {
                    return write!(f, "{least}");
                }
                if least.is_finite() {
                    write!(f, "{least}")?;
                }
                f.write_str("..")?;
                if most.is_finite() { write!(f, "{most}") } else { Ok(()) }
            }
            Self::Frames { link, filter, ever, count, span } => {
                let ever = if *ever { "ever " } else { "" };
                write!(f, "frames {ever}{link}{}{count}{}", Words(filter), Within(*span))
            }
            Self::Before { link, filter, other } => write!(f, "first {link}{} before{}", Words(filter), Words(other)),
            Self::Doubling { link, filter, tolerance, least } => {
                write!(f, "gaps {link}{} double within {} % at least {least}", Words(filter), percent(*tolerance))
            }
            Self::Spaced { link, filter, time, tolerance, least } => {
                let words = Words(filter);
                write!(f, "gaps {link}{words} of {time} within {} % at least {least}", percent(*tolerance))
            }
            Self::Numbers { link, filter } => write!(f, "numbers {link}{} add up", Words(filter)),
            Self::States { node, endpoint, states } => {
                write!(f, "state {node}{} passes {}", Endpoint(endpoint), states.join(" "))
            }
            Self::Never { node, endpoint, states } => {
                write!(f, "state {node}{} never {}", Endpoint(endpoint), states.join(" "))
            }
            Self::Same(one, other) => write!(f, "same {one} {other}"),
        }
    }
}

impl fmt::Display for Count {
    /// With a blank before it; nothing for the count that needs not be written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.least, self.most) {
            (1, u64::MAX) => Ok(()),
            (least, u64::MAX) => write!(f, " x{least}.."),
            (least, most) if least == most => write!(f, " x{least}"),
            (least, most) => write!(f, " x{least}..{most}"),
        }
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", short(self.duration), if self.scaled { "" } else { "!" })
    }
}

/// A duration in the unit in which people say it: `200 ms`, `7 s`.
fn short(duration: Duration) -> String {
    match duration {
        long if long.is_zero() || long >= Duration::from_secs(1) => format!("{} s", seconds(long)),
        short => format!("{} ms", seconds(short.saturating_mul(1000))),
    }
}

/// Part of an endpoint, with a blank before it if there is one.
struct Endpoint<'a>(&'a str);

impl fmt::Display for Endpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() { Ok(()) } else { write!(f, " {}", self.0) }
    }
}

/// A filter, with a blank before it if it has words.
struct Words<'a>(&'a Filter);

impl fmt::Display for Words<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.text.is_empty() { Ok(()) } else { write!(f, " {}", self.0.text) }
    }
}

/// ` from 12 s to 14 s`, or nothing.
struct Within(Option<Span>);

impl fmt::Display for Within {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |span| write!(f, " from {} to {}", span.from, span.to))
    }
}

impl fmt::Display for Filter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_and_parts_are_as_people_write_them() {
        let rates = [
            (1_500_000, "rate 1.5 Mbit/s"),
            (2_000_000, "rate 2 Mbit/s"),
            (64_000, "rate 64 kbit/s"),
            (1_234_567, "rate 1234.567 kbit/s"),
            (500, "rate 500 bit/s"),
            (1_000_001, "rate 1000.001 kbit/s"),
            (10_000_000_000, "rate 10 Gbit/s"),
            (u64::MAX, "rate 18446744073709551.615 kbit/s"),
        ];
        for (rate, text) in rates {
            assert_eq!(Condition::Rate(Some(rate)).to_string(), text);
        }
        let parts = (0..=100).map(|percent| Condition::Loss(f64::from(percent) * 0.01).to_string());
        for (percent, text) in parts.enumerate() {
            assert_eq!(text, format!("loss {percent} %"));
        }
        assert_eq!(Condition::Duplication(0.333 * 0.01).to_string(), "duplicate 0.333 %");
    }
}
