//! `netsum same`: two payloads to be compared.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::Failure;

use super::compute::source;
use crate::data::Source;
use crate::solve::problem::Carrier;

#[derive(Args, Debug)]
pub(super) struct SameArgs {
    /// One payload, written as DATA: text as it stands, hex:4142, @FILE, or - for standard input
    #[arg(value_name = "A")]
    a: OsString,
    /// The other one
    #[arg(value_name = "B")]
    b: OsString,
    /// What carries them: how often their lengths are summed depends on it
    #[arg(long, value_enum, value_name = "PROTOCOL", default_value = "udp", hide_possible_values = true)]
    protocol: Carrier,
    /// Print nothing: the exit status tells
    #[arg(short, long, conflicts_with_all = ["explain", "json"])]
    pub(super) quiet: bool,
}

/// Two payloads to be compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Same {
    /// Where the one is.
    pub a: Source,
    /// Where the other is.
    pub b: Source,
    /// What carries them.
    pub carrier: Carrier,
    /// Print nothing.
    pub quiet: bool,
}

impl SameArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Same, Failure> {
        let (a, b) = (source("A", &self.a)?, source("B", &self.b)?);
        if a == Source::Stdin && b == Source::Stdin {
            return Err(Failure::usage("A and B are both standard input, which can be read once"));
        }
        Ok(Same { a, b, carrier: self.protocol, quiet: self.quiet })
    }
}
