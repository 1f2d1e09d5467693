//! `ports free` on the command line.

use clap::Args;
use sockeye_cli::Exit;

/// The arguments.
#[derive(Args, Debug)]
pub struct FreeArgs {}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Free {}

impl FreeArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub fn job(self) -> Result<Free, Exit> {
        Ok(Free {})
    }
}
