//! `+watch`: waits for the TTL to end, with a countdown on a terminal.

#![expect(clippy::disallowed_methods, reason = "the shell: clocks")]

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use sockeye_cli::{Failure, Output};
use sockeye_sys::local_time;

use super::dialogue::Outcome;
use super::{ANSWERED, NO_ANSWER, Session, seconds};
use crate::options::{Lookup, Server};
use crate::outcome;
use crate::watch::{Change, Watch};

impl Session<'_> {
    pub(super) fn watch(
        &mut self,
        lookup: &Lookup,
        servers: &[Server],
        rounds: Option<u32>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        let mut watch = Watch::default();
        loop {
            let task = self.new_task(lookup, servers.to_vec())?;
            let outcome = self.hold(lookup, task, output)?;
            let message = match &outcome {
                Outcome::Answer(answer) => Some(&answer.message),
                _ => None,
            };
            self.status = match message {
                Some(message) if self.globals.status => outcome::status(message),
                Some(_) => ANSWERED,
                None => NO_ANSWER,
            };
            let time = local_time::format(i64::from(seconds().unwrap_or_default()), "%H:%M:%S").unwrap_or_default();
            let round = watch.take(message, time);
            if output.is_json() || round.event != Change::Same {
                output.step(&round)?;
            }
            output.flush()?;
            if rounds.is_some_and(|rounds| watch.rounds() >= rounds) {
                return Ok(());
            }
            wait(round.ttl_s, &lookup.name);
        }
    }
}

/// Waits so many seconds, and says on a terminal how many are left.
fn wait(seconds: u32, name: &str) {
    let mut stderr = std::io::stderr();
    let shown = stderr.is_terminal();
    for left in (1..=seconds).rev() {
        if shown {
            let name = sockeye_cli::escape::escape(name);
            // Nobody has to see it.
            let _ = write!(stderr, "\r\x1b[K{name}: {left} s");
            let _ = stderr.flush();
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    if shown {
        let _ = write!(stderr, "\r\x1b[K");
        let _ = stderr.flush();
    }
}
