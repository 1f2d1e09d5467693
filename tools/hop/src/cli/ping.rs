//! `hop ping` on the command line.

use std::net::IpAddr;
use std::time::Duration;

use clap::Args;
use sockeye_cli::Failure;
use sockeye_cli::values::{MONTH_S, number, seconds};

use super::{CommonArgs, check_source, values};
use crate::options::{Common, Family, Flow, Fragment, OWN_SOCKETS, Ping, Protocol};

/// Octets of data that ping(8) sends.
const PAYLOAD: u16 = 56;
const INTERVAL: Duration = Duration::from_secs(1);
const WAIT: Duration = Duration::from_secs(10);

/// The arguments.
#[derive(Args, Debug)]
pub(super) struct PingArgs {
    /// Send ICMP echo requests, and nothing else if the system refuses
    #[arg(long, group = "protocol")]
    icmp: bool,
    /// Send UDP datagrams; an ICMP port unreachable of the host counts as an answer
    #[arg(short = 'U', long, group = "protocol")]
    udp: bool,
    /// Open TCP connections; a refusal counts as an answer
    #[arg(short = 'T', long, group = "protocol")]
    tcp: bool,
    /// End after this many probes
    #[arg(short, long, value_name = "COUNT", value_parser = number::<u64>(1..))]
    count: Option<u64>,
    /// Seconds between probes: 1 if nothing is said; less than 0.002 is for root, and 0 is as fast as -f
    #[arg(short, long, value_name = "SECONDS", value_parser = seconds(0.0..=MONTH_S))]
    interval: Option<Duration>,
    /// Send the next probe as soon as the one before is answered, or after 10 ms, and show the summary only; for root
    #[arg(short, long)]
    flood: bool,
    /// Send this many probes at once at first; more than 3 is for root
    #[arg(short = 'l', long, value_name = "COUNT", default_value_t = 1, value_parser = number::<u32>(1..=65_536))]
    preload: u32,
    /// Let probes go to a broadcast address, from where many may answer
    #[arg(short = 'b', long)]
    broadcast: bool,
    /// Seconds to wait for the last answers
    #[arg(short = 'W', long = "wait", value_name = "SECONDS", default_value = "10", value_parser = seconds(0.0..=MONTH_S))]
    wait: Duration,
    /// End after this many seconds; with -c, wait for that many answers
    #[arg(short = 'w', long, value_name = "SECONDS", value_parser = seconds(0.0..=MONTH_S))]
    deadline: Option<Duration>,
    /// Octets of data behind the ICMP or UDP header: 56 if nothing is said
    #[arg(short = 's', long = "payload", value_name = "OCTETS", value_parser = number::<u16>(0..=65_507))]
    payload: Option<u16>,
    /// TTL of IPv4, hop limit of IPv6
    #[arg(short, long, value_name = "HOPS", value_parser = number::<u8>(1..))]
    ttl: Option<u8>,
    /// What becomes of probes that are longer than a link carries
    #[arg(short = 'M', long = "fragment", value_enum, value_name = "HOW")]
    fragment: Option<Fragment>,
    /// Send from this address, or by this interface
    #[arg(short = 'I', long, value_name = "ADDRESS|INTERFACE")]
    source: Option<String>,
    /// Show the summary only
    #[arg(short, long)]
    quiet: bool,
    /// Begin each line with the time, in seconds since 1970
    #[arg(short = 'D', long)]
    timestamps: bool,
    #[command(flatten)]
    common: CommonArgs,
    /// The host: a name or an address
    host: String,
}

impl PingArgs {
    fn protocol(&self) -> Option<Protocol> {
        match (self.icmp || self.broadcast, self.udp, self.tcp) {
            (true, ..) => Some(Protocol::Icmp),
            (_, true, _) => Some(Protocol::Udp),
            (.., true) => Some(Protocol::Tcp),
            _ => None,
        }
    }

    /// Who is at a broadcast address answers echo requests, if anything.
    fn check_broadcast(&self, family: Option<Family>) -> Result<(), Failure> {
        if self.broadcast && (self.udp || self.tcp) {
            return Err(Failure::usage("-b needs ICMP"));
        }
        if self.broadcast && family == Some(Family::Ipv6) {
            return Err(Failure::usage("-b is for IPv4").hint("ff02::1%eth0 is all nodes of a link of IPv6"));
        }
        Ok(())
    }

    /// What they ask for.
    pub(super) fn job(self) -> Result<Ping, Failure> {
        let mut common = self.common.common(&self.host, self.protocol())?;
        common.fragment = self.fragment;
        common.broadcast = self.broadcast;
        self.check_broadcast(common.family)?;
        let own_sockets = self.tcp || self.udp && common.flow == Flow::Vary;
        if own_sockets && self.preload > OWN_SOCKETS {
            return Err(Failure::usage(format!("-l above {OWN_SOCKETS} needs ICMP, or UDP of one flow")));
        }
        match self.source.as_deref().map(|source| (source, source.parse::<IpAddr>())) {
            Some((_, Ok(addr))) => common.source = Some(addr),
            Some((name, Err(_))) => common.interface = Some(values::interface(name)?),
            None => {}
        }
        check_source(&common)?;
        if self.payload.is_some() && self.tcp {
            return Err(Failure::usage("-s needs UDP or ICMP").hint("a connection begins with a segment without data"));
        }
        if self.deadline == Some(Duration::ZERO) {
            return Err(Failure::usage("-w 0 leaves no time to send anything"));
        }
        Ok(Ping {
            common,
            count: self.count,
            interval: self.interval.unwrap_or(if self.flood { Duration::ZERO } else { INTERVAL }),
            wait: self.wait,
            deadline: self.deadline,
            payload: self.payload.unwrap_or(PAYLOAD),
            ttl: self.ttl,
            preload: self.preload,
            quiet: self.quiet || self.flood,
            stamps: self.timestamps,
        })
    }
}

/// So many pings with nothing else asked for.
pub(super) fn plain(common: Common, count: u64) -> Ping {
    Ping {
        common,
        count: Some(count),
        interval: INTERVAL,
        wait: WAIT,
        deadline: None,
        payload: PAYLOAD,
        ttl: None,
        preload: 1,
        quiet: false,
        stamps: false,
    }
}
