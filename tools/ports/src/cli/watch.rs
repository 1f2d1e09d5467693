//! `ports watch` on the command line.

use std::time::Duration;

use clap::Args;
use sockeye_cli::Exit;

use super::stream::StreamArgs;
use crate::shell::watch::Setup;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct WatchArgs {
    #[command(flatten)]
    stream: StreamArgs,
    /// List the sockets so often; longer where that would cost too much
    #[arg(long, value_name = "SECONDS", default_value = "0.05", value_parser = super::stream::seconds)]
    interval: Duration,
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
}

impl WatchArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub(super) fn job(self) -> Result<Watch, Exit> {
        let count = self.stream.count;
        Ok(Watch { setup: self.stream.setup(self.interval, !self.no_trace)?, count })
    }
}
