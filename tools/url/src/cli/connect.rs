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
    /// Ask no resolver: only what the URL says
    #[arg(long)]
    no_resolve: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connect {
    /// The URL.
    pub url: String,
    /// Whether getaddrinfo(3) is asked for its addresses.
    pub resolve: bool,
}

impl ConnectArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// [`Failure`] if the URL is not UTF-8.
    pub(super) fn job(self) -> Result<Connect, Failure> {
        Ok(Connect { url: text(self.url)?, resolve: !self.no_resolve })
    }
}
