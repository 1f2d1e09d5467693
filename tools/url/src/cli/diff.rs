//! `url diff` on the command line.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::Failure;

use super::text;
use crate::models::Choice;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct DiffArgs {
    /// A URL
    #[arg(value_name = "A")]
    first: OsString,
    /// The URL to compare it with
    #[arg(value_name = "B")]
    second: OsString,
    /// By which standard they are read and normalised: whatwg or rfc3986
    #[arg(long, value_name = "MODEL", value_enum, default_value = "whatwg")]
    model: Choice,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diff {
    /// A URL.
    pub first: String,
    /// The URL to compare it with.
    pub second: String,
    /// By which standard.
    pub model: Choice,
}

impl DiffArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// [`Failure`] if one of them is not UTF-8, or the model is both.
    pub(super) fn job(self) -> Result<Diff, Failure> {
        if self.model == Choice::Both {
            return Err(Failure::usage("diff compares by one standard: --model whatwg or --model rfc3986"));
        }
        Ok(Diff { first: text(self.first)?, second: text(self.second)?, model: self.model })
    }
}
