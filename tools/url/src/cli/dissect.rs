//! `url URL...` on the command line.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::Failure;

use super::text;
use crate::models::Choice;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct DissectArgs {
    /// The URLs to take apart
    #[arg(value_name = "URL", required = true)]
    urls: Vec<OsString>,
    /// Ask getaddrinfo(3) for the addresses of each host
    #[arg(long)]
    resolve: bool,
    /// By which standard: both in the table, whatwg in JSON unless told
    #[arg(long, value_name = "MODEL", value_enum)]
    model: Option<Choice>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissect {
    /// The URLs.
    pub urls: Vec<String>,
    /// Whether getaddrinfo(3) is asked for their addresses.
    pub resolve: bool,
    /// By which standard; `None` for what suits the output.
    pub model: Option<Choice>,
}

impl DissectArgs {
    /// The first URL.
    pub(super) fn first_word(&self) -> Option<&str> {
        self.urls.first().and_then(|url| url.to_str())
    }

    /// What they ask for.
    ///
    /// # Errors
    /// [`Failure`] that names the first URL that is not UTF-8, before anything is done.
    pub(super) fn job(self) -> Result<Dissect, Failure> {
        if self.resolve && self.model == Some(Choice::Rfc3986) {
            return Err(Failure::usage("--resolve takes the host as WHATWG URL reads it: not with --model rfc3986"));
        }
        let urls = self.urls.into_iter().map(text).collect::<Result<_, _>>()?;
        Ok(Dissect { urls, resolve: self.resolve, model: self.model })
    }
}
