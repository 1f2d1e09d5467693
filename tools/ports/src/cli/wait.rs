//! `ports wait` on the command line.

use clap::Args;
use sockeye_cli::Exit;

/// The arguments.
#[derive(Args, Debug)]
pub struct WaitArgs {}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {}

impl WaitArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub fn job(self) -> Result<Wait, Exit> {
        Ok(Wait {})
    }
}
