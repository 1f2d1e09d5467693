//! `ports why` on the command line.

use clap::Args;
use sockeye_cli::values::number;
use sockeye_cli::{Exit, Failure};
use sockeye_common::addr::Host;
use sockeye_sys::Protocol;

use crate::target::Target;

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct WhyArgs {
    /// The port, by number or by service name; 0 for one that the kernel chooses. Also 53/udp, 127.0.0.1:8080
    #[arg(value_name = "PORT")]
    port: Target,
    /// The address to bind, as in 127.0.0.1, ::1 or fe80::1%eth0 (default: every address, of IPv4 and of both families)
    #[arg(value_name = "ADDR")]
    addr: Option<String>,
    /// TCP: the default
    #[arg(short, long, conflicts_with = "udp")]
    tcp: bool,
    /// UDP
    #[arg(short, long)]
    udp: bool,
    /// As if SO_REUSEADDR were set before bind
    #[arg(long)]
    reuseaddr: bool,
    /// As if SO_REUSEPORT were set before bind
    #[arg(long)]
    reuseport: bool,
    /// As if IPV6_V6ONLY were set before bind
    #[arg(long)]
    v6only: bool,
    /// As if SO_BINDTODEVICE were set to this interface before bind
    #[arg(long, value_name = "INTERFACE")]
    device: Option<String>,
    /// Judge by the list of sockets alone, and bind nothing
    #[arg(long)]
    no_trial: bool,
    /// How many sockets are shown; those that differ in the peer alone count as one. JSON has all
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = number::<usize>(..))]
    limit: usize,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The port.
    pub target: Target,
    /// TCP or UDP.
    pub protocol: Protocol,
    /// Whether the protocol was said, or is the default.
    pub protocol_said: bool,
    /// The address; `None` for every address.
    pub host: Option<Host>,
    /// `SO_REUSEADDR`.
    pub reuse_address: bool,
    /// `SO_REUSEPORT`.
    pub reuse_port: bool,
    /// `IPV6_V6ONLY`.
    pub v6only: bool,
    /// `SO_BINDTODEVICE`.
    pub device: Option<String>,
    /// Whether sockets may be bound to see what the kernel says.
    pub trial: bool,
    /// How many sockets are shown.
    pub limit: usize,
}

impl WhyArgs {
    /// Checks the arguments.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong.
    pub(super) fn job(self) -> Result<Why, Exit> {
        let protocol = self.port.protocol(self.tcp, self.udp)?;
        let protocol_said = self.tcp || self.udp || self.port.protocol.is_some();
        let host = match (self.addr.as_deref(), &self.port.host) {
            (Some(_), Some(_)) => return Err(Failure::usage("the address stands twice").into()),
            (None | Some("*"), None) => None,
            (None, Some(host)) => Some(host.clone()),
            (Some(text), None) => {
                Some(text.parse::<Host>().map_err(|error| Failure::usage(format!("{}: {error}", super::shown(text))))?)
            }
        };
        match &host {
            Some(Host::Name(name)) => {
                let refused = format!("{name}: a name, and bind(2) takes an address");
                return Err(Failure::usage(refused)
                    .hint("for localhost 127.0.0.1 or ::1; names are not resolved")
                    .into());
            }
            Some(Host::V4(_)) if self.v6only => {
                return Err(Failure::usage("--v6only: an IPv4 socket has no IPV6_V6ONLY").into());
            }
            _ => {}
        }
        Ok(Why {
            target: self.port,
            protocol,
            protocol_said,
            host,
            reuse_address: self.reuseaddr,
            reuse_port: self.reuseport,
            v6only: self.v6only,
            device: self.device,
            trial: !self.no_trial,
            limit: self.limit,
        })
    }
}
