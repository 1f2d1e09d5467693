//! `ports log` on the command line.

use clap::Args;
use sockeye_cli::Exit;

use super::stream::StreamArgs;
use crate::shell::watch::Setup;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct LogArgs {
    #[command(flatten)]
    stream: StreamArgs,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Log {
    /// What is watched.
    pub setup: Setup,
    /// After how many lines it ends.
    pub count: Option<u64>,
}

impl LogArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub(super) fn job(self) -> Result<Log, Exit> {
        let count = self.stream.count;
        Ok(Log { setup: self.stream.setup(None, false)?, count })
    }
}
