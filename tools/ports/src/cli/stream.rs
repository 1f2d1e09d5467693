//! What `ports watch` and `ports log` have in common on the command line.

use std::time::Duration;

use clap::Args;
use sockeye_cli::Exit;
use sockeye_cli::values::{MONTH_S, number, seconds};

use crate::filter;
use crate::shell::watch::Setup;

/// How often the sockets are listed where nobody says so.
const INTERVAL: Duration = Duration::from_millis(50);

/// Which sockets, and for how long.
#[derive(Args, Debug)]
pub(super) struct StreamArgs {
    /// TCP sockets (without -t and -u: both)
    #[arg(short, long)]
    tcp: bool,
    /// UDP sockets
    #[arg(short, long)]
    udp: bool,
    /// Sockets of the IPv4 family (without -4 and -6: both)
    #[arg(short = '4', long)]
    ipv4: bool,
    /// Sockets of the IPv6 family
    #[arg(short = '6', long)]
    ipv6: bool,
    /// End after so many lines
    #[arg(short, long, value_name = "N", value_parser = number::<u64>(1..))]
    pub(super) count: Option<u64>,
    /// End after so many seconds, which may have a fraction
    #[arg(long, value_name = "SECONDS", value_parser = seconds(0.001..=MONTH_S))]
    duration: Option<Duration>,
    /// Only these sockets: ss's filter language, as in `sport = :80 or dst 10.0.0.0/8`
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
}

impl StreamArgs {
    /// What is watched.
    pub(super) fn setup(self, interval: Option<Duration>, trace: bool) -> Result<Setup, Exit> {
        let query = filter::parse(&self.filter)?;
        // Neither of a pair is both of it.
        let pair = |one: bool, other: bool| (one || !other, other || !one);
        let (tcp, udp) = pair(self.tcp, self.udp);
        let (ipv4, ipv6) = pair(self.ipv4, self.ipv6);
        let interval_is_kept = interval.is_some();
        let interval = interval.unwrap_or(INTERVAL);
        Ok(Setup { tcp, udp, ipv4, ipv6, interval, interval_is_kept, trace, duration: self.duration, query })
    }
}
