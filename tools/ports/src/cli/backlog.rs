//! `ports backlog` on the command line.

use std::time::Duration;

use clap::Args;
use sockeye_cli::values::{MONTH_S, number, seconds};
use sockeye_cli::{Exit, Failure};
use sockeye_sys::Protocol;

use crate::target::Target;

/// The longest time between two looks, in seconds.
const HOUR_S: f64 = 3600.0;

/// The arguments.
#[derive(Args, Debug)]
pub struct BacklogArgs {
    /// Only listeners on these ports: 80, http, 127.0.0.1:80
    #[arg(value_name = "PORT")]
    ports: Vec<Target>,
    /// Go on, and show each change as it is seen
    #[arg(short, long)]
    follow: bool,
    /// Look every so many seconds, which may have a fraction
    #[arg(long, value_name = "SECONDS", default_value = "0.2", requires = "follow", value_parser = seconds(0.001..=HOUR_S))]
    interval: Duration,
    /// End after so many changes
    #[arg(long, value_name = "N", requires = "follow", value_parser = number::<u64>(1..))]
    count: Option<u64>,
    /// End after so many seconds
    #[arg(long, value_name = "SECONDS", requires = "follow", value_parser = seconds(0.0..=MONTH_S))]
    duration: Option<Duration>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backlog {
    /// Only these ports; all if there is none.
    pub ports: Vec<Target>,
    /// Whether and how to go on.
    pub follow: Option<Follow>,
}

/// How to go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Follow {
    /// Between two looks.
    pub interval: Duration,
    /// The changes after which it ends.
    pub count: Option<u64>,
    /// The time after which it ends.
    pub duration: Option<Duration>,
}

impl BacklogArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if a port is one of UDP, or has a name for its address.
    pub fn job(self) -> Result<Backlog, Exit> {
        let follow =
            self.follow.then_some(Follow { interval: self.interval, count: self.count, duration: self.duration });
        for port in &self.ports {
            if port.protocol == Some(Protocol::UDP) {
                return Err(Failure::usage("UDP has no accept queue").hint("ports -ulm shows its drops").into());
            }
            port.refuse_name()?;
        }
        Ok(Backlog { ports: self.ports, follow })
    }
}
