//! `netsum udp`: a checksum worked out by hand.

use std::ffi::OsString;
use std::net::{IpAddr, SocketAddr};

use clap::Args;
use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_common::addr::{Endpoint, Host, Service};

use crate::data::Source;
use crate::udp::DatagramError;

#[derive(Args, Debug)]
pub(super) struct UdpArgs {
    /// Source address and port: 10.0.0.1:5000 or [fd00::1]:5000
    #[arg(value_name = "SRC:PORT")]
    source: String,
    /// Destination address and port, of the same family
    #[arg(value_name = "DST:PORT")]
    destination: String,
    /// What the datagram carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing.
    /// text: in front takes the rest as it stands, whatever it begins with
    #[arg(value_name = "DATA")]
    data: OsString,
    /// Print the checksum and nothing else
    #[arg(short, long, conflicts_with_all = ["explain", "json"])]
    pub(super) quiet: bool,
}

/// A checksum to be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Udp {
    /// Where the datagram comes from.
    pub src: SocketAddr,
    /// Where it goes.
    pub dst: SocketAddr,
    /// Whether an address had a zone, which is not summed.
    pub zone_left_out: bool,
    /// Where its data is.
    pub data: Source,
    /// Print the checksum alone.
    pub quiet: bool,
}

impl UdpArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Udp, Failure> {
        let (src, src_zone) = endpoint("source", &self.source)?;
        let (dst, dst_zone) = endpoint("destination", &self.destination)?;
        // Before data is read: a terminal would wait for it in vain.
        if src.is_ipv4() != dst.is_ipv4() {
            return Err(Failure::usage(DatagramError::Families { src, dst }.to_string()));
        }
        let data = Source::parse(&self.data)
            .map_err(|error| Failure::usage(format!("data \"{}\": {error}", escape(&self.data.to_string_lossy()))))?;
        Ok(Udp { src, dst, zone_left_out: src_zone || dst_zone, data, quiet: self.quiet })
    }
}

/// A numeric address and port, and whether a zone stood behind the address.
fn endpoint(what: &str, text: &str) -> Result<(SocketAddr, bool), Failure> {
    let wrong = |why: String| Failure::usage(format!("{what} \"{}\": {why}", escape(text)));
    let endpoint: Endpoint = text.parse().map_err(|error| wrong(format!("{error}")))?;
    let addr: IpAddr = endpoint
        .host
        .ip()
        .ok_or_else(|| wrong("a name, and nothing is resolved here: give the address as a number".to_owned()))?;
    let port = match endpoint.port {
        Some(Service::Number(port)) => port,
        Some(Service::Name(_)) => return Err(wrong("the port must be a number (0 to 65535)".to_owned())),
        None => return Err(wrong(missing_port(addr))),
    };
    let zone = matches!(endpoint.host, Host::V6 { zone: Some(_), .. });
    Ok((SocketAddr::new(addr, port), zone))
}

fn missing_port(addr: IpAddr) -> String {
    format!("the port is missing: write {}", SocketAddr::new(addr, 5000))
}
