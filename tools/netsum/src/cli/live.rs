//! `netsum verify --live`: which interface, and until when.

use std::time::Duration;

use clap::Args;
use sockeye_cli::values::{MONTH_S, number, seconds};

#[derive(Args, Debug)]
#[command(next_help_heading = "Live capture")]
pub(super) struct LiveArgs {
    /// Judge the frames of an interface when they pass, instead of a file's; any is all interfaces. Needs CAP_NET_RAW
    #[arg(long, value_name = "IFACE", conflicts_with = "files")]
    live: Option<String>,
    /// End after so many frames
    #[arg(short, long, value_name = "N", requires = "live", conflicts_with = "files", value_parser = number::<u64>(1..))]
    count: Option<u64>,
    /// End after so many seconds, which may have a fraction
    #[arg(long, value_name = "N", requires = "live", conflicts_with = "files", value_parser = seconds(0.001..=MONTH_S))]
    seconds: Option<Duration>,
    /// Also judge frames to other hosts that reach the interface
    #[arg(long, requires = "live", conflicts_with = "files")]
    promiscuous: bool,
}

/// An interface to be watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    /// Its name, or `any`.
    pub interface: String,
    /// How many frames are wanted, if not all.
    pub count: Option<u64>,
    /// How long, if there is an end.
    pub time: Option<Duration>,
    /// Whether frames to other hosts are wanted too.
    pub promiscuous: bool,
}

impl LiveArgs {
    /// Whether an interface is named.
    pub(super) const fn is_some(&self) -> bool {
        self.live.is_some()
    }

    /// What it asks for, if anything.
    pub(super) fn read(self) -> Option<Live> {
        let Self { live, count, seconds, promiscuous } = self;
        live.map(|interface| Live { interface, count, time: seconds, promiscuous })
    }
}
