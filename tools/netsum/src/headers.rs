//! What a frame is made of: its headers in the order in which they are sent, and where each stands.

use std::io;

use serde::Serialize;
use sockeye_capture::Frame;
use sockeye_capture::layers::{Ethernet, Header, Ipv4, Ipv6, Layer, Presence, dissect};
use sockeye_cli::Text;
use sockeye_cli::table::{Rules, Table};
use sockeye_common::addr::IpText;
use sockeye_common::hex;

use crate::form::{Form, octets};

/// Up to here the type of Ethernet is the length of an IEEE 802.3 frame.
const MAX_802_3_LEN: u16 = 1500;

/// The headers of a frame, and what they carry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Headers {
    spans: Vec<Span>,
    #[serde(skip)]
    ethernet: Option<Ethernet>,
}

/// A header, or the data behind the last one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Span {
    /// What it is.
    pub name: String,
    /// Where it begins, in octets from the start of the frame.
    pub offset_octets: usize,
    /// How long it is.
    pub length_octets: usize,
    /// From whom to whom, and what kind; null where that is not known.
    pub says: Option<String>,
}

impl Headers {
    /// Those of `frame`.
    pub fn of(frame: &Frame<'_>) -> Self {
        let mut headers = Self::default();
        let mut last: Option<Layer> = None;
        for layer in dissect(frame.link_type, frame.octets, frame.original_len) {
            if let (0, Header::Ethernet(ethernet)) = (layer.offset, layer.header) {
                headers.ethernet = Some(ethernet);
            }
            if layer.header_len > 0 {
                headers.spans.push(span(&layer));
            }
            last = Some(layer);
        }
        headers.spans.extend(last.as_ref().and_then(data));
        headers
    }

    /// Whether there is none, as where the link layer is not known.
    pub const fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// Writes them as a table, and the fields of Ethernet, which no checksum covers.
    ///
    /// # Errors
    /// What writing returns.
    pub fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut table = Table::new(Rules::Blank, ["octets", "length", "header", "what it says"]);
        table.right(&[1]);
        for span in &self.spans {
            let Span { name, offset_octets: start, length_octets, says } = span;
            let end = start.saturating_add(*length_octets);
            let says = says.clone().unwrap_or_default();
            table.row([format!("{start}..{end}"), length_octets.to_string(), name.clone(), says]);
        }
        render_table(&table, text)?;
        let Some(ethernet) = &self.ethernet else { return Ok(()) };
        text.blank()?;
        text.line("Ethernet header (14 octets)")?;
        let mut table = Table::new(Rules::Blank, ["octets", "field", "value"]);
        for (name, address) in [("Destination Address", ethernet.dst), ("Source Address", ethernet.src)] {
            table.row([hex::spaced(&address), name.to_owned(), mac(address)]);
        }
        let (name, value) = type_of(ethernet.ether_type);
        table.row([hex::spaced(&ethernet.ether_type.to_be_bytes()), name.to_owned(), value]);
        render_table(&table, text)
    }
}

fn render_table(table: &Table, text: &mut Text<'_>) -> io::Result<()> {
    for line in table.lines(text.width().map(|width| width.saturating_sub(2))) {
        text.line(format!("  {line}"))?;
    }
    Ok(())
}

fn span(layer: &Layer) -> Span {
    let (name, says) = words(&layer.header);
    let name = if layer.quoted { format!("{name}, quoted") } else { name };
    Span { name, offset_octets: layer.offset, length_octets: layer.header_len, says }
}

/// What stands behind the last header.
fn data(last: &Layer) -> Option<Span> {
    let carried = last.payload;
    if carried.len == 0 || carried.presence == Presence::Inconsistent {
        return None;
    }
    let says = match &last.header {
        Header::FragmentData(_) => Some("the rest of a packet in fragments".to_owned()),
        Header::Other(upper) => Some(format!("protocol {}", upper.protocol)),
        _ => None,
    };
    Some(Span { name: "data".to_owned(), offset_octets: carried.start, length_octets: carried.len, says })
}

/// What a header is, and what it says.
fn words(header: &Header) -> (String, Option<String>) {
    let (name, says) = match header {
        Header::Ethernet(ethernet) => {
            let (name, value) = type_of(ethernet.ether_type);
            let (src, dst) = (mac(ethernet.src), mac(ethernet.dst));
            ("Ethernet", Some(format!("{src} > {dst}, {name} {value}")))
        }
        Header::Vlan(vlan) => ("VLAN tag", Some(format!("VLAN {}", vlan.id))),
        Header::Snap { .. } => ("LLC and SNAP", None),
        Header::LinuxSll(_) => ("Linux cooked", None),
        Header::Loopback { .. } => ("loopback", None),
        Header::Pppoe { .. } => ("PPPoE", None),
        Header::Ppp { .. } => ("PPP", None),
        Header::Mpls(mpls) => ("MPLS", Some(format!("label {}", mpls.label))),
        Header::Ipv4(Ipv4 { src, dst, protocol, .. }) => {
            ("IPv4", Some(format!("{src} > {dst}, protocol {}", protocol_words(*protocol))))
        }
        Header::Ipv6(Ipv6 { src, dst, next_header, .. }) => {
            let (src, dst) = (IpText((*src).into()), IpText((*dst).into()));
            ("IPv6", Some(format!("{src} > {dst}, next header {}", protocol_words(*next_header))))
        }
        Header::Extension(extension) => ("extension header", Some(format!("kind {}", extension.kind))),
        Header::Udp(udp) => ("UDP", Some(format!("port {} > port {}", udp.src_port, udp.dst_port))),
        Header::Tcp(tcp) => ("TCP", Some(format!("port {} > port {}", tcp.src_port, tcp.dst_port))),
        Header::Icmp(icmp) => ("ICMP", Some(format!("type {}, code {}", icmp.icmp_type, icmp.code))),
        Header::Icmpv6(icmp) => ("ICMPv6", Some(format!("type {}, code {}", icmp.icmp_type, icmp.code))),
        Header::Gre(_) => ("GRE", None),
        Header::Carrier(carrier) => (carrier.name, None),
        Header::Summed(summed) => {
            let name = summed.protocol.name();
            (Form::named(name).map_or(name, |form| form.title), None)
        }
        _ => ("header", None),
    };
    (name.to_owned(), says)
}

/// `02:00:00:00:00:01`.
fn mac(octets: [u8; 6]) -> String {
    hex::spaced(&octets).replace(' ', ":")
}

fn protocol_words(number: u8) -> String {
    match crate::form::protocol_title(number) {
        Some(title) => format!("{number} ({title})"),
        None => number.to_string(),
    }
}

/// The last field of Ethernet: its name, and what it means.
fn type_of(ether_type: u16) -> (&'static str, String) {
    if ether_type <= MAX_802_3_LEN {
        return ("Length", octets(usize::from(ether_type)));
    }
    let name = match ether_type {
        0x0800 => " (IPv4)",
        0x0806 => " (ARP)",
        0x8100 => " (VLAN tag)",
        0x86dd => " (IPv6)",
        _ => "",
    };
    ("Type", format!("{ether_type:04x}{name}"))
}
