//! `netsum verify`: captures to be judged.

use std::ffi::OsString;

use clap::Args;
use clap::builder::PossibleValuesParser;
use sockeye_cli::Presentation;

use super::live::{Live, LiveArgs};
use crate::listing::Extent;
use crate::only::Only;
use crate::verdict::Verdict;

#[derive(Args, Debug)]
pub(super) struct VerifyArgs {
    /// Pcap or pcapng files, which may be compressed with gzip or zstd; - is standard input
    #[arg(value_name = "FILE", required_unless_present = "live")]
    files: Vec<OsString>,
    /// List every checksum, however many there are
    #[arg(short, long, conflicts_with = "summary")]
    all: bool,
    /// List no checksum, only the table of counts
    #[arg(short, long)]
    summary: bool,
    /// List only checksums with these verdicts, of these protocols: bad,illegal, or bad,udp for what is both. The table and
    /// the exit status are of all
    #[arg(
        long,
        value_name = "VERDICT|PROTOCOL",
        value_delimiter = ',',
        hide_possible_values = true,
        value_parser = PossibleValuesParser::new(Only::words()),
        conflicts_with_all = ["all", "summary"]
    )]
    only: Vec<String>,
    /// Print a line per checksum and nothing else: frame, protocol, octet offset of the field, stored, calculated or -,
    /// verdict, with tabs between them
    #[arg(long, conflicts_with_all = ["all", "summary", "json", "explain"])]
    pub(super) tsv: bool,
    /// With --tsv, put the name of the file in front of each line
    #[arg(short = 'H', long, requires = "tsv")]
    with_filename: bool,
    #[command(flatten)]
    live: LiveArgs,
}

/// Captures to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verify {
    /// The files; `-` is standard input.
    pub files: Vec<OsString>,
    /// An interface to be watched instead.
    pub live: Option<Live>,
    /// What is shown of it.
    pub style: Style,
}

/// What is shown of each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Lines for a person or JSON, and the summary.
    Listing(Extent),
    /// Lines with tabs, and nothing else.
    Tsv {
        /// Whether the file's name stands in front of each.
        with_filename: bool,
        /// Which have one.
        only: Only,
    },
}

impl Style {
    /// Whether it has the reasons behind verdicts.
    pub const fn has_reasons(self) -> bool {
        matches!(self, Self::Listing(_))
    }

    /// Whether a large capture's listing says no more of a plain frame with `verdict` than a count or a line with tabs. Its
    /// other checksum is good.
    pub fn is_brief_about(self, verdict: Verdict) -> bool {
        match self {
            Self::Listing(Extent::Fitting) => verdict == Verdict::Good,
            Self::Listing(Extent::Only(only)) => !only.has(verdict) && !only.has(Verdict::Good),
            Self::Listing(_) => true,
            Self::Tsv { only, .. } => only.is_all() || (!only.has(verdict) && !only.has(Verdict::Good)),
        }
    }
}

impl VerifyArgs {
    /// What it asks for.
    pub(super) fn read(self, presentation: Presentation) -> Verify {
        let only = Only::of(&self.only);
        let style = match self {
            Self { tsv: true, with_filename, .. } => Style::Tsv { with_filename, only },
            _ if !only.is_all() => Style::Listing(Extent::Only(only)),
            Self { summary: true, .. } => Style::Listing(Extent::Nothing),
            // A program wants all, a working belongs to a line, and nobody watches for what is held back.
            _ if self.all || presentation.json || presentation.explain || self.live.is_some() => {
                Style::Listing(Extent::All)
            }
            _ => Style::Listing(Extent::Fitting),
        };
        Verify { files: self.files, live: self.live.read(), style }
    }
}
