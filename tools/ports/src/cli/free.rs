//! `ports free` on the command line.

use clap::Args;
use sockeye_cli::{Exit, Failure};
use sockeye_common::addr::Service;
use sockeye_sys::Protocol;

use crate::target::Target;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct FreeArgs {
    /// The local port, by number or by service name. Also 127.0.0.1:8080
    #[arg(value_name = "PORT")]
    port: Target,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Show what would be destroyed, and destroy nothing
    #[arg(short = 'n', long, conflicts_with = "yes")]
    dry_run: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Free {
    /// The port.
    pub target: Target,
    /// Whether the user need not be asked.
    pub yes: bool,
    /// Whether nothing is destroyed.
    pub dry_run: bool,
}

impl FreeArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub(super) fn job(self) -> Result<Free, Exit> {
        if self.port.protocol == Some(Protocol::UDP) {
            let refused = Failure::usage("UDP leaves nothing behind: who has the port is a process");
            return Err(refused.hint("see ports why PORT/udp").into());
        }
        if self.port.service == Service::Number(0) {
            let refused = Failure::usage("no socket has port 0: in bind(2) it asks the kernel for a free port");
            return Err(refused.hint("see ports why 0").into());
        }
        self.port.refuse_name()?;
        Ok(Free { target: self.port, yes: self.yes, dry_run: self.dry_run })
    }
}
