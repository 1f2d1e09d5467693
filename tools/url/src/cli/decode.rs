//! `url decode` on the command line.

use std::ffi::OsString;

use clap::Args;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct DecodeArgs {
    /// The text; - for standard input
    #[arg(value_name = "TEXT")]
    text: OsString,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decode {
    /// The text, which need not be UTF-8; `-` for standard input.
    pub text: OsString,
}

impl DecodeArgs {
    /// What they ask for.
    pub(super) fn job(self) -> Decode {
        Decode { text: self.text }
    }
}
