//! `+watch`: waits for the TTL to end, with a countdown on a terminal.

#![expect(clippy::disallowed_methods, reason = "the shell: clocks")]

use std::io::{IsTerminal as _, Read as _, Write as _};
use std::sync::Once;
use std::time::Duration;

use sockeye_cli::{Failure, Output};
use sockeye_sys::{local_time, signals};

use super::dialogue::Outcome;
use super::{ANSWERED, NO_ANSWER, Session, unix_s};
use crate::options::{Lookup, Server};
use crate::outcome;
use crate::watch::{Change, Watch, When};

impl Session<'_> {
    pub(super) fn watch(
        &mut self,
        lookup: &Lookup,
        servers: &[Server],
        rounds: Option<u32>,
        output: &mut Output<'_>,
    ) -> Result<(), Failure> {
        end_cleanly()?;
        let question = self.new_task(lookup, servers.to_vec())?.query.question;
        let mut watch = Watch::new(question);
        loop {
            let task = self.new_task(lookup, servers.to_vec())?;
            let outcome = self.hold(lookup, task, output)?;
            let answer = match &outcome {
                Outcome::Answer(answer) => Some((answer.server.addr, &answer.message)),
                _ => None,
            };
            self.status = match answer {
                Some((_, message)) if self.globals.status => outcome::status(message),
                Some(_) => ANSWERED,
                None => NO_ANSWER,
            };
            let round = watch.take(answer, now());
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

fn now() -> When {
    let unix_s = unix_s();
    let time = local_time::format(i64::try_from(unix_s).unwrap_or_default(), "%Y-%m-%d %H:%M:%S");
    When { unix_s, time: time.unwrap_or_default() }
}

/// Has Ctrl-C and its kin end the watch as a shell reports it, without a countdown left behind. What was found out has
/// been written by then: every round is flushed.
fn end_cleanly() -> Result<(), Failure> {
    static ONCE: Once = Once::new();
    let mut caught = Ok(());
    ONCE.call_once(|| {
        caught = signals::catch_endings().and_then(|mut signals| {
            let wait = move || {
                let mut number = [0; 1];
                if signals.read_exact(&mut number).is_ok() {
                    wipe();
                    let [number] = number;
                    std::process::exit(128_i32.saturating_add(number.into()));
                }
            };
            std::thread::Builder::new().name("signals".to_owned()).spawn(wait).map(drop)
        });
    });
    caught.map_err(|error| Failure::call(NO_ANSWER, "sigaction", "SIGINT", &error))
}

/// Takes the countdown from the terminal, if there is one.
fn wipe() {
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        // Nobody has to see it.
        let _ = write!(stderr, "\r\x1b[K");
        let _ = stderr.flush();
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
    wipe();
}
