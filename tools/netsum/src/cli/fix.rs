//! `netsum fix`: a capture to be repaired.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::values::number;
use sockeye_cli::{Failure, Presentation};

use crate::fix::frame::{Damage, Plan};

#[derive(Args, Debug)]
pub(super) struct FixArgs {
    /// A pcap or pcapng file, which may be compressed with gzip or zstd; - is standard input
    #[arg(value_name = "IN")]
    input: OsString,
    /// The file to write, in place of an older one; - is standard output
    #[arg(value_name = "OUT")]
    out: OsString,
    /// Complete partial checksums too, which a sender left to its network interface
    #[arg(long, conflicts_with = "make_bad")]
    fill_partial: bool,
    /// Repair the packets too that ICMP errors quote
    #[arg(long, conflicts_with = "make_bad")]
    quoted: bool,
    /// Damage good checksums instead, for an exercise: all, or about one in N. They are listed
    #[arg(
        long,
        value_name = "N",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "1",
        value_parser = number::<u64>(1..)
    )]
    make_bad: Option<u64>,
    /// What decides which ones, and how: the same number damages the same file in the same way
    #[arg(long, value_name = "NUMBER", default_value_t = 1, requires = "make_bad", value_parser = number::<u64>(..))]
    seed: u64,
    /// List each checksum that is rewritten
    #[arg(short, long)]
    verbose: bool,
}

/// A capture to be repaired.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is read; `-` is standard input.
    pub input: OsString,
    /// What is written; `-` is standard output.
    pub out: OsString,
    /// What is done.
    pub plan: Plan,
    /// Whether each rewritten checksum is listed.
    pub verbose: bool,
}

impl FixArgs {
    /// What it asks for.
    pub(super) fn read(self, presentation: Presentation) -> Result<Fix, Failure> {
        if self.out == "-" {
            let other = match presentation {
                Presentation { json: true, .. } => Some("--json"),
                Presentation { explain: true, .. } => Some("--explain"),
                _ if self.verbose => Some("--verbose"),
                _ => None,
            };
            if let Some(other) = other {
                let said = format!("OUT is -, and {other} needs standard output too");
                return Err(Failure::usage(said).hint("see netsum fix --help"));
            }
        }
        let damage = self.make_bad.map(|one_in| Damage { one_in, seed: self.seed });
        let plan = Plan { fill_partial: self.fill_partial, quoted: self.quoted, damage };
        Ok(Fix { input: self.input, out: self.out, plan, verbose: self.verbose || damage.is_some() })
    }
}
