//! `ports backlog` on the command line.

use clap::Args;
use sockeye_cli::Exit;

/// The arguments.
#[derive(Args, Debug)]
pub struct BacklogArgs {}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {}

impl BacklogArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub fn job(self) -> Result<Backlog, Exit> {
        Ok(Backlog {})
    }
}
