//! `ports why` on the command line.

use clap::Args;
use sockeye_cli::Exit;

/// The arguments.
#[derive(Args, Debug)]
pub struct WhyArgs {}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {}

impl WhyArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub fn job(self) -> Result<Why, Exit> {
        Ok(Why {})
    }
}
