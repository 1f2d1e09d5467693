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
                text.line(match no_close_messages_because {
                    None => "close messages: each socket that the kernel destroys is told of at once".to_owned(),
                    Some(why) => format!("no close messages: {why}"),
                })?;
                match no_trace_events_because {
                    None => text
                        .line("trace events: each change of a TCP state is stamped by the kernel; no state is missed unless they are lost"),
                    Some(why) => {
                        text.line(format!("no trace events: {why}"))?;
                        text.line(format!(
                            "  states shorter than {} may be missed{}",
                            span(*moving_every_us),
                            if why == UNTRACED { "" } else { "; as root none of TCP is, unless events are lost" }
                        ))
                    }
                }
            }
            Self::Resolution { moving_every_us, all_every_us } => listed(text, *moving_every_us, *all_every_us),
        }
    }
}

fn listed(text: &mut Text<'_>, moving: Micros, all: Micros) -> io::Result<()> {
    if moving == all {
        return text.line(format!("all sockets are listed every {}", span(all)));
    }
    text.line(format!(
        "connections that open or close are listed every {}, all sockets every {}, so that it takes little of a processor",
        span(moving),
        span(all)
    ))
}
