//! `ports watch` on the command line.

use std::time::Duration;

use clap::Args;
use sockeye_cli::Exit;
use sockeye_cli::values::{MONTH_S, seconds};

use super::stream::StreamArgs;
use crate::shell::watch::Setup;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    stream: StreamArgs,
    /// List the sockets so often, whatever it costs; without it every 0.05 s, and less often where that takes much of a
    /// processor
    #[arg(long, value_name = "SECONDS", value_parser = seconds(0.001..=MONTH_S))]
    interval: Option<Duration>,
    /// Say every so many seconds how long each TIME-WAIT goes on
    #[arg(long, value_name = "SECONDS", value_parser = seconds(0.001..=MONTH_S))]
    countdown: Option<Duration>,
    /// Use no trace events, even as root
    #[arg(long)]
    no_trace: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// What is watched.
    pub setup: Setup,
    /// After how many lines it ends.
    pub count: Option<u64>,
    /// How often it says what is left of each TIME-WAIT, in microseconds.
    pub countdown_us: Option<u64>,
}

impl WatchArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub(super) fn job(self) -> Result<Watch, Exit> {
        let count = self.stream.count;
        let countdown_us = self.countdown.map(|every| u64::try_from(every.as_micros()).unwrap_or(u64::MAX));
        Ok(Watch { setup: self.stream.setup(self.interval, !self.no_trace)?, count, countdown_us })
    }
}
