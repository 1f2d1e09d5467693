//! `ports watch` on the command line.

use clap::Args;
use sockeye_cli::Exit;

/// The arguments.
#[derive(Args, Debug)]
pub struct WatchArgs {}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {}

impl WatchArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub fn job(self) -> Result<Watch, Exit> {
        Ok(Watch {})
    }
}
