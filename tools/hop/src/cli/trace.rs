//! `hop trace` on the command line.

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use sockeye_cli::Failure;
use sockeye_cli::values::number;

use super::{CommonArgs, check_source, values, without_fragments};
use crate::options::{Common, Protocol, Trace, Wait};

const MOST: u8 = 30;
const QUERIES: u8 = 3;
const PARALLEL: u8 = 16;

/// How long an answer is waited for if nothing else is said.
pub(super) const WAIT: Wait = Wait { most: Duration::from_secs(5), here: 3.0, near: 10.0 };

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct TraceArgs {
    /// Send ICMP echo requests
    #[arg(short = 'I', long, group = "protocol")]
    icmp: bool,
    /// Send UDP datagrams, which is what happens if nothing is said
    #[arg(short = 'U', long, group = "protocol")]
    udp: bool,
    /// Open TCP connections
    #[arg(short = 'T', long, group = "protocol")]
    tcp: bool,
    /// Probes a hop
    #[arg(short, long, value_name = "COUNT", default_value_t = QUERIES, value_parser = number::<u8>(1..=10))]
    queries: u8,
    /// The last hop to ask, 255 at most
    #[arg(short, long, value_name = "HOPS", default_value_t = MOST, value_parser = number::<u8>(1..))]
    max: u8,
    /// The first hop to ask
    #[arg(short, long, value_name = "HOPS", default_value_t = 1, value_parser = number::<u8>(1..))]
    first: u8,
    /// Probes under way at the same time, 16 at most
    #[arg(short = 'N', long, value_name = "COUNT", default_value_t = PARALLEL, value_parser = number::<u8>(1..=16))]
    parallel: u8,
    /// Seconds to wait for an answer; HERE times the round trip of the same hop and NEAR times that of a later one at most
    #[arg(short, long, value_name = "MAX[,HERE[,NEAR]]", default_value = "5,3,10", value_parser = values::wait)]
    wait: Wait,
    /// Octets of a whole packet: 60, and 80 over IPv6
    #[arg(long, value_name = "OCTETS", value_parser = number::<u16>(28..), conflicts_with = "mtu")]
    size: Option<u16>,
    /// Find the path MTU: the longest packets, never fragmented, one after the other
    #[arg(long)]
    mtu: bool,
    /// Never fragment probes
    #[arg(short = 'F', long)]
    dont_fragment: bool,
    /// Send from this address
    #[arg(short, long, value_name = "ADDRESS", value_parser = values::address)]
    source: Option<IpAddr>,
    /// Send by this interface
    #[arg(short, long, value_name = "INTERFACE")]
    interface: Option<String>,
    #[command(flatten)]
    common: CommonArgs,
    /// The host: a name or an address
    host: String,
}

impl TraceArgs {
    fn protocol(&self) -> Protocol {
        match (self.icmp, self.tcp) {
            (true, _) => Protocol::Icmp,
            (_, true) => Protocol::Tcp,
            _ => Protocol::Udp,
        }
    }

    /// What they ask for.
    pub(super) fn job(self) -> Result<Trace, Failure> {
        let mut common = self.common.common(&self.host, Some(self.protocol()))?;
        common.fragment = without_fragments(self.dont_fragment);
        common.source = self.source;
        common.interface = self.interface.as_deref().map(values::interface).transpose()?;
        if self.first > self.max {
            return Err(Failure::usage(format!("the first hop, {}, is behind the last, {}", self.first, self.max)));
        }
        check_source(&common)?;
        if self.size.is_some() && self.tcp {
            return Err(
                Failure::usage("--size needs UDP or ICMP").hint("a connection begins with a segment without data")
            );
        }
        if self.mtu && self.tcp {
            return Err(Failure::usage("--mtu needs UDP or ICMP").hint("a segment without data is never too long"));
        }
        Ok(Trace {
            common,
            first: self.first,
            most: self.max,
            queries: self.queries,
            parallel: self.parallel,
            wait: self.wait,
            size: self.size,
            mtu: self.mtu,
        })
    }
}

/// A trace with nothing else asked for.
pub(super) fn plain(common: Common) -> Trace {
    Trace {
        common: Common { protocol: Some(Protocol::Udp), ..common },
        first: 1,
        most: MOST,
        queries: QUERIES,
        parallel: PARALLEL,
        wait: WAIT,
        size: None,
        mtu: false,
    }
}
