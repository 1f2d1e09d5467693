//! `netsum udp`, `tcp`, `icmp` and the others: a checksum worked out by hand from typed fields.

use std::ffi::OsString;
use std::net::{IpAddr, Ipv4Addr};

use clap::Args;
use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_common::addr::{Endpoint, Host, Service};

use super::values::{fragment, group, hex, message_rest, number, protocol, tcp_flags};
use crate::data::Source;
use crate::form::Form;
use crate::typed::{Header, Ip, Tcp, Typed};

/// How a working is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Style {
    /// As a worksheet.
    #[default]
    Worksheet,
    /// As tables.
    Tables,
    /// The checksum alone.
    Quiet,
}

#[derive(Args, Clone, Copy, Debug)]
pub(super) struct StyleArgs {
    /// Print the checksum and nothing else
    #[arg(short, long, conflicts_with_all = ["explain", "json", "table"])]
    pub(super) quiet: bool,
    /// Print the sum as a table
    #[arg(long, conflicts_with = "json")]
    pub(super) table: bool,
}

impl StyleArgs {
    pub(super) fn read(self) -> Style {
        match self {
            Self { quiet: true, .. } => Style::Quiet,
            Self { table: true, .. } => Style::Tables,
            _ => Style::Worksheet,
        }
    }

    /// The option that is given, which no other form of output goes with.
    pub(super) fn option(self) -> Option<&'static str> {
        match self.read() {
            Style::Quiet => Some("--quiet"),
            Style::Tables => Some("--table"),
            Style::Worksheet => None,
        }
    }
}

/// Two endpoints and data.
#[derive(Args, Debug)]
pub(super) struct EndpointsArgs {
    /// Source address and port: 10.0.0.1:5000 or [fd00::1]:5000
    #[arg(value_name = "SRC:PORT")]
    source: String,
    /// Destination address and port, of the same family
    #[arg(value_name = "DST:PORT")]
    destination: String,
    /// What it carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing.
    /// text: in front takes the rest as it stands, whatever it begins with
    #[arg(value_name = "DATA")]
    data: OsString,
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

#[derive(Args, Debug)]
pub(super) struct UdpArgs {
    #[command(flatten)]
    pub(super) ends: EndpointsArgs,
    /// Compute a jumbogram, whose Length is 0, where there is too much data for a datagram over IPv6
    #[arg(long)]
    jumbo: bool,
}

#[derive(Args, Debug)]
pub(super) struct UdpLiteArgs {
    #[command(flatten)]
    pub(super) ends: EndpointsArgs,
    /// How many octets are covered, the 8 of the header included; 0 is all of them
    #[arg(long, value_name = "OCTETS", default_value = "0", value_parser = number::<u16>)]
    coverage: u16,
}

#[derive(Args, Debug)]
pub(super) struct TcpArgs {
    #[command(flatten)]
    pub(super) ends: EndpointsArgs,
    /// Sequence Number
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = number::<u32>)]
    seq: u32,
    /// Acknowledgment Number
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = number::<u32>)]
    ack: u32,
    /// Control bits: names with commas (syn,ack), letters (SA), a number, or none
    #[arg(long, value_name = "FLAGS", default_value = "ack", value_parser = tcp_flags)]
    flags: u8,
    /// Window
    #[arg(long, value_name = "OCTETS", default_value = "65535", value_parser = number::<u16>)]
    window: u16,
    /// Urgent Pointer
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = number::<u16>)]
    urgent: u16,
    /// Options, in words of four octets: 020405b4 for a maximum segment size of 1460
    #[arg(long, value_name = "HEX", default_value = "", value_parser = hex, hide_default_value = true)]
    options: Octets,
    /// Compute a segment that is larger than any packet but a jumbogram
    #[arg(long)]
    jumbo: bool,
}

/// Octets of an option, so that clap does not take them for several.
type Octets = std::sync::Arc<[u8]>;

#[derive(Args, Debug)]
pub(super) struct SctpArgs {
    /// Source address and port: 10.0.0.1:5000 or [fd00::1]:5000. The address is not part of the CRC
    #[arg(value_name = "SRC:PORT")]
    source: String,
    /// Destination address and port, of the same family
    #[arg(value_name = "DST:PORT")]
    destination: String,
    /// The chunks, each filled up to words of four octets: text as it stands, hex:0100.., @FILE, or - for standard input
    #[arg(value_name = "CHUNKS")]
    chunks: OsString,
    /// Verification Tag
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = number::<u32>)]
    tag: u32,
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

#[derive(Args, Debug)]
pub(super) struct IcmpArgs {
    /// What follows the 8 octets of the header: text as it stands, hex:4142, @FILE, or - for standard input
    #[arg(value_name = "DATA", default_value = "", hide_default_value = true)]
    data: OsString,
    /// Type
    #[arg(long = "type", value_name = "NUMBER", default_value = "8", value_parser = number::<u8>)]
    kind: u8,
    /// Code
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = number::<u8>)]
    code: u8,
    /// The four octets behind the checksum: of an echo, identifier and sequence number
    #[arg(long, value_name = "HEX", default_value = "00000000", value_parser = message_rest)]
    rest: [u8; 4],
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

#[derive(Args, Debug)]
pub(super) struct Icmpv6Args {
    /// Source address
    #[arg(value_name = "SRC")]
    source: String,
    /// Destination address
    #[arg(value_name = "DST")]
    destination: String,
    /// What follows the 8 octets of the header: text as it stands, hex:4142, @FILE, or - for standard input
    #[arg(value_name = "DATA", default_value = "", hide_default_value = true)]
    data: OsString,
    /// Type
    #[arg(long = "type", value_name = "NUMBER", default_value = "128", value_parser = number::<u8>)]
    kind: u8,
    /// Code
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = number::<u8>)]
    code: u8,
    /// The four octets behind the checksum: of an echo, identifier and sequence number
    #[arg(long, value_name = "HEX", default_value = "00000000", value_parser = message_rest)]
    rest: [u8; 4],
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

#[derive(Args, Debug)]
pub(super) struct IgmpArgs {
    /// Group Address; 0.0.0.0 for a general query
    #[arg(value_name = "GROUP", value_parser = group)]
    group: Ipv4Addr,
    /// What follows: text as it stands, hex:4142, @FILE, or - for standard input
    #[arg(value_name = "DATA", default_value = "", hide_default_value = true)]
    data: OsString,
    /// Type: 0x11 query, 0x16 report, 0x17 leave
    #[arg(long = "type", value_name = "NUMBER", default_value = "0x16", value_parser = number::<u8>)]
    kind: u8,
    /// Max Resp Time, in tenths of a second
    #[arg(long, value_name = "TENTHS", default_value = "0", value_parser = number::<u8>)]
    max_resp: u8,
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

#[derive(Args, Debug)]
pub(super) struct IpArgs {
    /// Source address
    #[arg(value_name = "SRC")]
    source: String,
    /// Destination address
    #[arg(value_name = "DST")]
    destination: String,
    /// Type of Service: DSCP and ECN
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = number::<u8>)]
    tos: u8,
    /// Total Length, header included; without it, that of the header
    #[arg(long, value_name = "OCTETS", value_parser = number::<u16>)]
    length: Option<u16>,
    /// Identification
    #[arg(long, value_name = "NUMBER", default_value = "0", value_parser = number::<u16>)]
    id: u16,
    /// df, mf, both with a comma, or none
    #[arg(long, value_name = "FLAGS", default_value = "none", value_parser = fragment::flags)]
    flags: u16,
    /// Fragment Offset in octets, a multiple of 8
    #[arg(long, value_name = "OCTETS", default_value = "0", value_parser = fragment::offset)]
    offset: u16,
    /// Time to Live
    #[arg(long, value_name = "NUMBER", default_value = "64", value_parser = number::<u8>)]
    ttl: u8,
    /// Protocol: a number, or udp, tcp, icmp and the like
    #[arg(long, value_name = "PROTOCOL", default_value = "udp", value_parser = protocol)]
    protocol: u8,
    /// Options, in words of four octets
    #[arg(long, value_name = "HEX", default_value = "", value_parser = hex, hide_default_value = true)]
    options: Octets,
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

#[derive(Args, Debug)]
pub(super) struct RawArgs {
    /// The octets: text as it stands, hex:4142, @FILE, or - for standard input
    #[arg(value_name = "DATA")]
    data: OsString,
    /// Compute SCTP's CRC32c instead of the sum
    #[arg(long)]
    crc32c: bool,
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

/// A checksum to be computed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compute {
    /// The packet, all but its data.
    pub typed: Typed,
    /// Whether an address had a zone, which is not summed.
    pub zone_left_out: bool,
    /// Where its data is.
    pub data: Source,
    /// How it is shown.
    pub style: Style,
}

/// Two addresses with what stands behind them, and whether one had a zone.
pub(super) struct Ends {
    pub(super) addrs: (IpAddr, IpAddr),
    pub(super) ports: (u16, u16),
    pub(super) zone: bool,
}

impl Ends {
    /// Addresses with ports.
    pub(super) fn with_ports(source: &str, destination: &str) -> Result<Self, Failure> {
        let (src, src_port, src_zone) = endpoint("source", source)?;
        let (dst, dst_port, dst_zone) = endpoint("destination", destination)?;
        Ok(Self { addrs: (src, dst), ports: (src_port, dst_port), zone: src_zone || dst_zone })
    }

    /// Addresses alone.
    fn bare(source: &str, destination: &str) -> Result<Self, Failure> {
        let (src, src_zone) = address("source", source)?;
        let (dst, dst_zone) = address("destination", destination)?;
        Ok(Self { addrs: (src, dst), ports: (0, 0), zone: src_zone || dst_zone })
    }
}

impl EndpointsArgs {
    fn read(&self, jumbo: bool, header: impl FnOnce((u16, u16)) -> Header) -> Result<Compute, Failure> {
        let ends = Ends::with_ports(&self.source, &self.destination)?;
        let header = header(ends.ports);
        compute(Some(ends), header, jumbo, &self.data, self.style)
    }
}

impl UdpArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        self.ends.read(self.jumbo, |ports| Header::Udp { ports })
    }
}

impl UdpLiteArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        self.ends.read(false, |ports| Header::UdpLite { ports, coverage: self.coverage })
    }
}

impl TcpArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        self.ends.read(self.jumbo, |ports| {
            Header::Tcp(Tcp {
                ports,
                sequence: self.seq,
                acknowledgment: self.ack,
                flags: self.flags,
                window: self.window,
                urgent: self.urgent,
                options: self.options.to_vec(),
            })
        })
    }
}

impl SctpArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        let ends = Ends::with_ports(&self.source, &self.destination)?;
        let header = Header::Sctp { ports: ends.ports, tag: self.tag };
        compute(Some(ends), header, false, &self.chunks, self.style)
    }
}

impl IcmpArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        compute(None, message("icmp", self.kind, self.code, self.rest)?, false, &self.data, self.style)
    }
}

impl Icmpv6Args {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        let ends = Ends::bare(&self.source, &self.destination)?;
        compute(Some(ends), message("icmpv6", self.kind, self.code, self.rest)?, false, &self.data, self.style)
    }
}

impl IgmpArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        compute(None, message("igmp", self.kind, self.max_resp, self.group.octets())?, false, &self.data, self.style)
    }
}

impl IpArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        let header = Header::Ip(Ip {
            tos: self.tos,
            total_length: self.length,
            identification: self.id,
            fragment: self.flags | self.offset,
            ttl: self.ttl,
            protocol: self.protocol,
            options: self.options.to_vec(),
        });
        compute(Some(Ends::bare(&self.source, &self.destination)?), header, false, &OsString::new(), self.style)
    }
}

impl RawArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Compute, Failure> {
        compute(None, Header::Raw { crc32c: self.crc32c }, false, &self.data, self.style)
    }
}

fn message(name: &str, kind: u8, code: u8, rest: [u8; 4]) -> Result<Header, Failure> {
    let form = Form::named(name).ok_or_else(|| Failure::usage(format!("{name}: no such header")))?;
    Ok(Header::Message { form, kind, code, rest })
}

fn compute(
    ends: Option<Ends>,
    header: Header,
    jumbo: bool,
    data: &OsString,
    style: StyleArgs,
) -> Result<Compute, Failure> {
    let zone_left_out = ends.as_ref().is_some_and(|ends| ends.zone);
    let typed = Typed { addrs: ends.map(|ends| ends.addrs), header, jumbo };
    // Before data is read: a terminal would wait for it in vain.
    typed.check().map_err(|error| Failure::usage(error.to_string()))?;
    Ok(Compute { typed, zone_left_out, data: source("data", data)?, style: style.read() })
}

/// What an argument says about data.
pub(super) fn source(what: &str, argument: &OsString) -> Result<Source, Failure> {
    Source::parse(argument)
        .map_err(|error| Failure::usage(format!("{what} \"{}\": {error}", escape(&argument.to_string_lossy()))))
}

/// A numeric address and port, and whether a zone stood behind the address.
fn endpoint(what: &str, text: &str) -> Result<(IpAddr, u16, bool), Failure> {
    let wrong = |why: String| Failure::usage(format!("{what} \"{}\": {why}", escape(text)));
    let endpoint: Endpoint = text.parse().map_err(|error| wrong(format!("{error}")))?;
    let addr: IpAddr = endpoint.host.ip().ok_or_else(|| wrong(NO_NAME.to_owned()))?;
    let port = match endpoint.port {
        Some(Service::Number(port)) => port,
        Some(Service::Name(_)) => return Err(wrong("the port must be a number (0 to 65535)".to_owned())),
        None => return Err(wrong(missing_port(addr))),
    };
    Ok((addr, port, has_zone(&endpoint.host)))
}

/// A numeric address, and whether a zone stood behind it.
fn address(what: &str, text: &str) -> Result<(IpAddr, bool), Failure> {
    let wrong = |why: String| Failure::usage(format!("{what} \"{}\": {why}", escape(text)));
    let endpoint: Endpoint = text.parse().map_err(|error| wrong(format!("{error}")))?;
    let addr: IpAddr = endpoint.host.ip().ok_or_else(|| wrong(NO_NAME.to_owned()))?;
    if endpoint.port.is_some() {
        return Err(wrong("an address without a port is wanted here".to_owned()));
    }
    Ok((addr, has_zone(&endpoint.host)))
}

const NO_NAME: &str = "a name, and nothing is resolved here: give the address as a number";

fn has_zone(host: &Host) -> bool {
    matches!(host, Host::V6 { zone: Some(_), .. })
}

fn missing_port(addr: IpAddr) -> String {
    format!("the port is missing: write {}", std::net::SocketAddr::new(addr, 5000))
}
