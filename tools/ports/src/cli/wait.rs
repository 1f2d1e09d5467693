//! `ports wait` on the command line.

use std::time::Duration;

use clap::Args;
use sockeye_cli::values::{MONTH_S, seconds};
use sockeye_cli::{Exit, Failure};
use sockeye_common::addr::Service;
use sockeye_sys::Protocol;

use crate::target::Target;
use crate::wait::Until;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct WaitArgs {
    /// The local port, by number or by service name. Also 53/udp, 127.0.0.1:8080
    #[arg(value_name = "PORT")]
    port: Target,
    /// TCP: the default
    #[arg(short, long, conflicts_with = "udp")]
    tcp: bool,
    /// UDP
    #[arg(short, long)]
    udp: bool,
    /// The state to wait for: listen, established, time-wait and so on; gone: no process has the port; free: no socket has it
    #[arg(short, long, value_name = "STATE", default_value = "listen")]
    state: Until,
    /// Give up after so many seconds, which may have a fraction
    #[arg(long, value_name = "SECONDS", value_parser = seconds(0.0..=MONTH_S), allow_hyphen_values = true)]
    timeout: Option<Duration>,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The port.
    pub target: Target,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// What ends the wait.
    pub until: Until,
    /// When it is given up.
    pub timeout: Option<Duration>,
}

impl WaitArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub(super) fn job(self) -> Result<Wait, Exit> {
        let protocol = self.port.protocol(self.tcp, self.udp)?;
        self.port.refuse_name()?;
        if self.port.service == Service::Number(0) {
            return Err(Failure::usage("no socket has port 0: bind(2) with it takes another").into());
        }
        if !self.state.exists(protocol) {
            let refused = format!("--state {}: UDP has no such state", self.state.label(protocol));
            return Err(Failure::usage(refused).hint("unconnected, connected, gone or free").into());
        }
        Ok(Wait { target: self.port, protocol, until: self.state, timeout: self.timeout })
    }
}
