//! A frame header by header, for who wants to see what its octets say.

use sockeye_capture::Header;
use sockeye_capture::layers::{Fragment, protocol};

use super::Annotated;
use super::application::{Application, TlsRecord};
use super::flow::Segment;
use super::packet::{Body, Flags, Packet, Stored, Tcp};
use super::words::{addr_text, icmp_name, mac_text, options_words};

/// A header and its fields by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderView {
    /// What it is: `TCP`.
    pub name: String,
    /// Where it is in the frame, and how long, in octets.
    pub place: (usize, usize),
    /// Its fields, in order; nothing in them is made safe for a terminal or a page.
    pub fields: Vec<(&'static str, String)>,
}

impl Annotated<'_> {
    /// Its headers, from the outside in.
    pub fn headers(&self) -> Vec<HeaderView> {
        let mut views = self.packet.headers(self.segment.as_ref());
        if let Some(quoted) = &self.packet.quoted {
            views.extend(quoted.headers(None).into_iter().map(|mut view| {
                view.name = format!("{}, quoted", view.name);
                view
            }));
        }
        views
    }
}

impl Packet {
    fn headers(&self, segment: Option<&Segment>) -> Vec<HeaderView> {
        let mut views: Vec<HeaderView> = Vec::new();
        for layer in &self.layers {
            let (name, fields) = match &layer.header {
                Header::Ethernet(ethernet) => (
                    "Ethernet",
                    vec![
                        ("Destination", mac_text(ethernet.dst)),
                        ("Source", mac_text(ethernet.src)),
                        ("Type", ether_type(ethernet.ether_type)),
                    ],
                ),
                Header::Ipv4(ip) => (
                    "IPv4",
                    vec![
                        ("Source Address", ip.src.to_string()),
                        ("Destination Address", ip.dst.to_string()),
                        ("Time to Live", ip.ttl.to_string()),
                        ("Protocol", protocol_name(ip.protocol)),
                        ("Total Length", format!("{} octets", ip.total_length)),
                        ("Identification", format!("0x{:04x}", ip.identification)),
                        ("Fragment", fragment(ip.fragment, self.ip.is_some_and(|ip| ip.dont_fragment))),
                        ("Header Checksum", format!("{:04x}", ip.checksum)),
                    ],
                ),
                Header::Ipv6(ip) => (
                    "IPv6",
                    vec![
                        ("Source Address", addr_text(ip.src.into())),
                        ("Destination Address", addr_text(ip.dst.into())),
                        ("Hop Limit", ip.hop_limit.to_string()),
                        ("Next Header", protocol_name(ip.next_header)),
                        ("Payload Length", format!("{} octets", ip.payload_length)),
                    ],
                ),
                Header::Extension(extension) => (
                    "IPv6 extension header",
                    vec![
                        ("Next Header", protocol_name(extension.next_header)),
                        ("Fragment", fragment(extension.fragment, true)),
                    ],
                ),
                Header::Udp(udp) => (
                    "UDP",
                    vec![
                        ("Source Port", udp.src_port.to_string()),
                        ("Destination Port", udp.dst_port.to_string()),
                        ("Length", format!("{} octets", udp.length)),
                        ("Checksum", self.checksum.map_or_else(String::new, Stored::words)),
                    ],
                ),
                Header::Tcp(_) => ("TCP", self.tcp().map(|tcp| self.tcp_fields(tcp, segment)).unwrap_or_default()),
                Header::Icmp(icmp) => ("ICMP", self.icmp_fields(icmp.icmp_type, icmp.code)),
                Header::Icmpv6(icmp) => ("ICMPv6", self.icmp_fields(icmp.icmp_type, icmp.code)),
                _ => continue,
            };
            views.push(HeaderView { name: name.to_owned(), place: (layer.offset, layer.header_len), fields });
        }
        views.extend(self.rest());
        views
    }

    fn tcp_fields(&self, tcp: &Tcp, segment: Option<&Segment>) -> Vec<(&'static str, String)> {
        let with = |relative: Option<u32>, absolute: u32| match relative {
            Some(relative) => format!("{relative} (in the frame: {absolute})"),
            None => absolute.to_string(),
        };
        let mut fields = vec![
            ("Source Port", tcp.src_port.to_string()),
            ("Destination Port", tcp.dst_port.to_string()),
            ("Sequence Number", with(segment.map(|segment| segment.sequence), tcp.sequence)),
        ];
        if tcp.flags.has(Flags::ACK) {
            let relative = segment.map(|segment| segment.acknowledgment);
            fields.push(("Acknowledgment Number", with(relative, tcp.acknowledgment)));
        }
        fields.push(("Flags", tcp.flags.names()));
        fields.push((
            "Window",
            match segment {
                Some(segment) if segment.window != u32::from(tcp.window) => {
                    format!("{} octets (in the frame: {})", segment.window, tcp.window)
                }
                _ => format!("{} octets", tcp.window),
            },
        ));
        fields.push(("Checksum", self.checksum.map_or_else(String::new, Stored::words)));
        if !tcp.options.is_empty() {
            fields.push(("Options", options_words(&tcp.options)));
        }
        fields
    }

    fn icmp_fields(&self, icmp_type: u8, code: u8) -> Vec<(&'static str, String)> {
        let mut fields = vec![("Type", icmp_type.to_string()), ("Code", code.to_string())];
        if let Body::Icmp(icmp) = &self.body {
            let [high, low, third, fourth] = icmp.rest;
            if icmp.echo(self.is_v6()).is_some() {
                fields.push(("Identifier", u16::from_be_bytes([high, low]).to_string()));
                fields.push(("Sequence Number", u16::from_be_bytes([third, fourth]).to_string()));
            } else {
                fields.push(("Meaning", icmp_name(icmp, self.is_v6())));
            }
        }
        fields.push(("Checksum", self.checksum.map_or_else(String::new, Stored::words)));
        fields
    }

    /// What stands behind the headers that the dissector knows.
    fn rest(&self) -> Option<HeaderView> {
        let place = (self.payload.start, self.payload.len());
        if let Body::Arp(arp) = &self.body {
            let operation = match arp.operation {
                1 => "1 (request)".to_owned(),
                2 => "2 (reply)".to_owned(),
                other => other.to_string(),
            };
            let fields = vec![
                ("Operation", operation),
                ("Sender", format!("{} {}", arp.sender, mac_text(arp.sender_mac))),
                ("Target", format!("{} {}", arp.target, mac_text(arp.target_mac))),
            ];
            return Some(HeaderView { name: "ARP".to_owned(), place: (14, 28), fields });
        }
        let (name, fields) = match self.application.as_ref() {
            Some(Application::Dns(dns)) => {
                let [answers, authorities, additional] = dns.counts;
                let mut flags = vec![if dns.response { "response" } else { "query" }];
                let known = [
                    (dns.authoritative, "authoritative"),
                    (dns.truncated, "truncated"),
                    (dns.recursion_desired, "recursion desired"),
                ];
                flags.extend(known.into_iter().filter(|(set, _)| *set).map(|(_, name)| name));
                (
                    "DNS",
                    vec![
                        ("ID", dns.id.to_string()),
                        ("Flags", flags.join(", ")),
                        ("Response Code", dns.rcode_name()),
                        ("Question", format!("{} {}", dns.name.as_deref().unwrap_or("none"), dns.type_name())),
                        ("Records", format!("{answers} answer, {authorities} authority, {additional} additional")),
                    ],
                )
            }
            Some(Application::Tls(records)) => {
                ("TLS", records.iter().map(|record: &TlsRecord| ("Record", record.words())).collect())
            }
            Some(Application::Http { line, .. }) => ("HTTP", vec![("First line", line.clone())]),
            None if self.payload.is_empty() => return None,
            None => ("Data", vec![("Length", format!("{} octets", self.payload.len()))]),
        };
        Some(HeaderView { name: name.to_owned(), place, fields })
    }
}

impl Stored {
    fn words(self) -> String {
        let verdict = match (self.absent, self.good) {
            (true, _) => "there is none",
            (_, Some(true)) => "right",
            (_, Some(false)) => "wrong",
            (_, None) => "not all of what it covers is here",
        };
        format!("{:04x} ({verdict})", self.value)
    }
}

fn ether_type(number: u16) -> String {
    let name = match number {
        0x0800 => " (IPv4)",
        0x0806 => " (ARP)",
        0x86dd => " (IPv6)",
        _ => "",
    };
    format!("0x{number:04x}{name}")
}

fn protocol_name(number: u8) -> String {
    let name = match number {
        protocol::ICMP => " (ICMP)",
        protocol::TCP => " (TCP)",
        protocol::UDP => " (UDP)",
        protocol::ICMPV6 => " (ICMPv6)",
        protocol::HOP_BY_HOP => " (Hop-by-Hop Options)",
        protocol::FRAGMENT => " (Fragment)",
        _ => "",
    };
    format!("{number}{name}")
}

fn fragment(fragment: Option<Fragment>, dont: bool) -> String {
    match fragment {
        Some(fragment) if fragment.more => format!("from octet {}, more follow", fragment.offset),
        Some(fragment) => format!("from octet {}, the last", fragment.offset),
        None if dont => "whole, and may not be cut".to_owned(),
        None => "whole".to_owned(),
    }
}
