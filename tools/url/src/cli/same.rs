//! `url same` on the command line.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::Failure;

use super::text;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct SameArgs {
    /// A URL
    #[arg(value_name = "A")]
    first: OsString,
    /// The URL to compare it with
    #[arg(value_name = "B")]
    second: OsString,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Same {
    /// A URL.
    pub first: String,
    /// The URL to compare it with.
    pub second: String,
}

impl SameArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// [`Failure`] if one of them is not UTF-8.
    pub(super) fn job(self) -> Result<Same, Failure> {
        Ok(Same { first: text(self.first)?, second: text(self.second)? })
    }
}
