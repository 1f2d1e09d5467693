//! Frames, and the states of sockets.

use super::{Finding, Scene, at, counted};
use crate::filter::Filter;
use crate::frames::Annotated;
use crate::model::{Count, Span, Time};
use crate::record::{Micros, What};

impl<'a> Scene<'a> {
    /// The frames of this kind: of this step, or of all.
    pub(super) fn meant(&self, link: &str, filter: &Filter, ever: bool) -> Vec<&'a Annotated<'a>> {
        let meant = |frame: &&Annotated<'_>| {
            frame.frame.link == link && (ever || frame.step == self.step) && filter.matches(frame)
        };
        self.frames.iter().filter(meant).collect()
    }

    pub(super) fn frames(&self, link: &str, filter: &Filter, ever: bool, count: Count, span: Option<Span>) -> Finding {
        let meant = self.meant(link, filter, ever);
        let begun = self.first_frame_of_the_clock();
        let in_time: Vec<_> =
            meant.iter().filter(|frame| self.is_in(frame.at_us, frame.frame.number >= begun, span)).collect();
        let shown = in_time.first().map(|frame| told(frame));
        counted(in_time.len(), count, shown, || match meant.first() {
            Some(frame) => format!("{} was not in that time", told(frame)),
            None => self.what_there_is(link, ever),
        })
    }

    /// The number of the first frame after the clock was set to zero.
    fn first_frame_of_the_clock(&self) -> u64 {
        let numbers = self.records.iter().skip(self.begun).filter_map(|record| match &record.what {
            What::Frame(frame) => Some(frame.number),
            _ => None,
        });
        numbers.min().unwrap_or(u64::MAX)
    }

    /// What was on a link in place of what was looked for.
    pub(super) fn what_there_is(&self, link: &str, ever: bool) -> String {
        let frames = self.meant(link, &Filter::default(), ever);
        match frames.as_slice() {
            [] => "nothing was sent there".to_owned(),
            [one] => format!("no such frame; there is {}", told(one)),
            [.., last] => format!("no such frame among {}; the last is {}", frames.len(), told(last)),
        }
    }

    pub(super) fn before(&self, link: &str, filter: &Filter, other: &Filter) -> Finding {
        let earlier = self.meant(link, filter, false);
        let later = self.meant(link, other, false);
        match (earlier.first(), later.first()) {
            (Some(earlier), Some(later)) if earlier.frame.number < later.frame.number => {
                Finding::good(format!("{} before {}", told(earlier), told(later)))
            }
            (Some(earlier), Some(later)) => Finding::never(format!("{} came before {}", told(later), told(earlier))),
            (None, _) => Finding::not_yet(format!("{filter}: {}", self.what_there_is(link, false))),
            (Some(_), None) => Finding::not_yet(format!("{other}: {}", self.what_there_is(link, false))),
        }
    }

    pub(super) fn doubling(&self, link: &str, filter: &Filter, tolerance: f64, least: u64) -> Finding {
        let gaps = self.gaps(link, filter);
        #[expect(clippy::cast_precision_loss, reason = "microseconds of an experiment are far fewer than 2^52")]
        let ratios: Vec<f64> =
            gaps.iter().zip(gaps.iter().skip(1)).map(|(gap, next)| *next as f64 / *gap as f64).collect();
        self.regular(link, &gaps, &ratios, 2.0, tolerance, least)
    }

    pub(super) fn spaced(&self, link: &str, filter: &Filter, time: Time, tolerance: f64, least: u64) -> Finding {
        let gaps = self.gaps(link, filter);
        #[expect(clippy::cast_precision_loss, reason = "microseconds of an experiment are far fewer than 2^52")]
        let (lengths, time) = (gaps.iter().map(|gap| *gap as f64).collect::<Vec<_>>(), self.micros(time) as f64);
        self.regular(link, &gaps, &lengths, time, tolerance, least)
    }

    /// The times between frames of this kind in this step.
    fn gaps(&self, link: &str, filter: &Filter) -> Vec<Micros> {
        let times: Vec<Micros> = self.meant(link, filter, false).iter().map(|frame| frame.at_us).collect();
        times.iter().zip(times.iter().skip(1)).map(|(one, next)| next - one).collect()
    }

    /// Whether `least` values or more are there, each about `wanted`. They come from these gaps.
    fn regular(&self, link: &str, gaps: &[Micros], values: &[f64], wanted: f64, tolerance: f64, least: u64) -> Finding {
        let shown: Vec<String> = gaps.iter().map(|gap| at(*gap)).collect();
        let shown =
            if shown.is_empty() { self.what_there_is(link, false) } else { format!("gaps of {}", shown.join(", ")) };
        if !values.iter().all(|value| (value / wanted - 1.0).abs() <= tolerance) {
            Finding::never(shown)
        } else if u64::try_from(values.len()).unwrap_or(u64::MAX) < least {
            Finding::not_yet(shown)
        } else {
            Finding::good(shown)
        }
    }

    pub(super) fn states(&self, node: &str, endpoint: &str, states: &[String]) -> Finding {
        let seen = self.seen(node, endpoint);
        let mut rest = seen.iter();
        let missing = states.iter().find(|state| !rest.any(|seen| seen == state));
        match missing {
            None => Finding::good(states.join(", ")),
            Some(state) if seen.is_empty() => Finding::not_yet(format!("no {state}: no socket was seen")),
            Some(state) => Finding::not_yet(format!("no {state} there: seen were {}", seen.join(", "))),
        }
    }

    pub(super) fn never(&self, node: &str, endpoint: &str, states: &[String]) -> Finding {
        let seen = self.seen(node, endpoint);
        match states.iter().find(|state| seen.contains(&state.as_str())) {
            Some(state) => Finding::never(format!("{state} was seen: {}", seen.join(", "))),
            None if seen.is_empty() => Finding::not_yet("no socket was seen"),
            None => Finding::good(format!("seen were {}", seen.join(", "))),
        }
    }

    /// The states of the sockets that have this in one of their addresses, in the order of time.
    fn seen(&self, node: &str, endpoint: &str) -> Vec<&'a str> {
        let mut seen: Vec<&str> = Vec::new();
        for record in self.records {
            let What::State { node: at, protocol, local, peer, from, to, .. } = &record.what else { continue };
            if at != node || !(is_end(local, endpoint) || is_end(peer, endpoint)) {
                continue;
            }
            let gone = (to.is_none() && protocol == "tcp").then_some(GONE);
            // A state is told twice if it is where one change ends and the next begins.
            for state in [from.as_deref(), to.as_deref(), gone].into_iter().flatten() {
                if seen.last() != Some(&state) {
                    seen.push(state);
                }
            }
        }
        seen
    }
}

/// The state of a TCP socket that the kernel lists no more.
const GONE: &str = "CLOSED";

/// A frame in a few words.
pub(super) fn told(frame: &Annotated<'_>) -> String {
    format!(
        "frame {} at {}, {} to {}: {}",
        frame.frame.number,
        at(frame.at_us),
        frame.frame.from,
        frame.frame.to,
        frame.words()
    )
}

/// Whether an endpoint such as `10.0.0.2:7000` has this in it: `:700` is not in it.
fn is_end(text: &str, part: &str) -> bool {
    part.is_empty() || super::has_word(text, part)
}
