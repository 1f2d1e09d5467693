//! `url connect` on the command line.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::Failure;

use super::text;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct ConnectArgs {
    /// The URL
    #[arg(value_name = "URL")]
    url: OsString,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// The URL.
    pub url: String,
}

impl ConnectArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// [`Failure`] if the URL is not UTF-8.
    pub(super) fn job(self) -> Result<Connect, Failure> {
        Ok(Connect { url: text(self.url)? })
    }
}
