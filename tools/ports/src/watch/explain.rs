//! The working of a watch: where its news comes from, and what it may miss.

use std::io;

use serde::Serialize;
use sockeye_cli::output::{Render, Text};

use super::notice::Micros;
use super::when::span;
use crate::explain::counted;
use crate::shell::watch::Sources;

/// One step of the working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The watch has begun.
    Watching {
        /// Sockets that were there, and are not told of.
        sockets: usize,
        /// How often those are listed whose state changes soon.
        moving_every_us: Micros,
        /// How often all are.
        all_every_us: Micros,
        /// Whether the kernel tells of each socket that it destroys.
        close_messages: bool,
        /// Why not.
        no_close_messages_because: Option<String>,
        /// Whether the kernel stamps each change of a state.
        trace_events: bool,
        /// Why not.
        no_trace_events_because: Option<String>,
    },
    /// There are more or fewer sockets than before, so that they are listed less or more often.
    Resolution {
        /// How often those are listed whose state changes soon.
        moving_every_us: Micros,
        /// How often all are.
        all_every_us: Micros,
    },
}

/// What did not reach us, or what is no longer followed: it is told whether the working is shown or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Loss {
    /// Messages of the kernel, or events.
    Lost {
        /// What.
        what: Lost,
        /// How many; null if the kernel does not say.
        count: Option<u64>,
    },
    /// Sockets in TIME-WAIT: there were too many, and of these the end is not told.
    NotFollowed {
        /// How many since the start.
        sockets: u64,
    },
}

/// What was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lost {
    /// The kernel's messages about sockets that it destroyed: their buffer was full.
    CloseMessages,
    /// Trace events: the ring buffer was full. Some may have been of other namespaces.
    TraceEvents,
    /// Trace events that nothing showed to be of this namespace: there was no room to keep more of them.
    UnmatchedTraceEvents,
}

impl Loss {
    /// As a line on standard error.
    pub fn words(self) -> String {
        let number = |count: Option<u64>, one: &str, many: &str| match count {
            None => format!("some {many} were lost"),
            Some(1) => format!("1 {one} was lost"),
            Some(count) => format!("{count} {many} were lost"),
        };
        match self {
            Self::Lost { what: Lost::CloseMessages, count } => {
                let lost = number(count, "close message", "close messages");
                format!("{lost}: too many came at once (ENOBUFS); what is closed shows in the next listing")
            }
            Self::Lost { what: Lost::TraceEvents, count } => {
                let lost = number(count, "trace event", "trace events");
                format!("{lost}, perhaps of other namespaces: too many came at once")
            }
            Self::Lost { what: Lost::UnmatchedTraceEvents, count } => {
                let lost = number(count, "trace event", "trace events");
                format!("{lost}: too many come from other network namespaces (--no-trace does without them)")
            }
            Self::NotFollowed { sockets } => {
                format!("too many sockets are in TIME-WAIT: of {sockets} so far the end is not told")
            }
        }
    }
}

impl Render for Loss {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(self.words())
    }
}

/// Why there is no trace where none was wanted.
pub const UNTRACED: &str = "not asked for";

impl Event {
    /// The start.
    pub fn watching(sources: &Sources, resolution: (Micros, Micros)) -> Self {
        Self::Watching {
            sockets: sources.sockets,
            moving_every_us: resolution.0,
            all_every_us: resolution.1,
            close_messages: sources.no_closes.is_none(),
            no_close_messages_because: sources.no_closes.clone(),
            trace_events: sources.no_trace.is_none(),
            no_trace_events_because: sources.no_trace.clone(),
        }
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::Watching {
                sockets,
                moving_every_us,
                all_every_us,
                no_close_messages_because,
                no_trace_events_because,
                ..
            } => {
                text.line(format!("{} here at the start", counted(*sockets, "socket", "sockets")))?;
                listed(text, *moving_every_us, *all_every_us)?;
                text.prose(
                    "",
                    &no_close_messages_because.as_ref().map_or_else(
                        || "close messages: each socket that the kernel destroys is told of at once".to_owned(),
                        |why| format!("no close messages: {why}"),
                    ),
                )?;
                let Some(why) = no_trace_events_because else {
                    let words =
                        "each change of a TCP state is stamped by the kernel; no state is missed unless they are lost";
                    return text.prose("trace events: ", words);
                };
                text.line(format!("no trace events: {why}"))?;
                let more = if why == UNTRACED { "" } else { "; as root none of TCP is, unless events are lost" };
                text.prose("  ", &format!("states shorter than {} may be missed{more}", span(*moving_every_us)))
            }
            Self::Resolution { moving_every_us, all_every_us } => listed(text, *moving_every_us, *all_every_us),
        }
    }
}

fn listed(text: &mut Text<'_>, moving: Micros, all: Micros) -> io::Result<()> {
    if moving == all {
        return text.line(format!("all sockets are listed every {}", span(all)));
    }
    let words = format!(
        "connections that open or close are listed every {}, all sockets every {}, so that it takes little of a processor",
        span(moving),
        span(all)
    );
    text.prose("", &words)
}
