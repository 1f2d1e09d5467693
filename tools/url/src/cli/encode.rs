//! `url encode` on the command line.

use std::ffi::OsString;

use clap::Args;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct EncodeArgs {
    /// The text; - for standard input
    #[arg(value_name = "TEXT")]
    text: OsString,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encode {
    /// The text, which need not be UTF-8; `-` for standard input.
    pub text: OsString,
}

impl EncodeArgs {
    /// What they ask for.
    pub(super) fn job(self) -> Encode {
        Encode { text: self.text }
    }
}
