//! `ports reach` on the command line.

use clap::Args;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct ReachArgs {
    /// TCP listeners (without -t and -u: both)
    #[arg(short, long)]
    tcp: bool,
    /// UDP sockets that take datagrams from anybody
    #[arg(short, long)]
    udp: bool,
    /// Only what others can reach: status 1 if there is nothing
    #[arg(short, long)]
    exposed: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// TCP.
    pub tcp: bool,
    /// UDP.
    pub udp: bool,
    /// Whether what only this machine reaches is left out.
    pub exposed: bool,
}

impl ReachArgs {
    /// What they ask for.
    pub(super) fn job(self) -> Reach {
        let neither = !self.tcp && !self.udp;
        Reach { tcp: self.tcp || neither, udp: self.udp || neither, exposed: self.exposed }
    }
}
