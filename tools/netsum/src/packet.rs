//! The checksums of one packet, each ready to be worked out.

use std::fmt;
use std::io;
use std::net::IpAddr;

use serde::{Serialize, Serializer};
use sockeye_capture::layers::{Checksum, Layer, Presence, Stop};
use sockeye_capture::{Frame, LinkType, dissect};
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::hex_text::{self, TextError};

use crate::form::{Form, RAW, octets};
use crate::headers::Headers;
use crate::subject::Subject;
use crate::verdict::{self, Check};
use crate::why::{self, Flows};

/// Octets of an Ethernet header.
const ETHERNET_LEN: usize = 14;

/// What a packet begins with, and how that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Start {
    /// The link type.
    pub link_type: LinkType,
    /// What it was guessed from; nothing where it was said.
    pub guess: Option<Guess>,
}

/// Why a packet is taken for what it is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guess {
    /// Its first digit is the version, and its length fits.
    Ip {
        /// 4 or 6.
        version: u8,
    },
    /// It begins like no IP packet.
    NotIp,
}

impl Start {
    /// What `octets` begin with, by the looks of them.
    pub fn guess(octets: &[u8]) -> Self {
        let version = octets.first().map_or(0, |first| first >> 4);
        let length = |at: usize| match octets.get(at..).and_then(<[u8]>::first_chunk) {
            Some(length) => usize::from(u16::from_be_bytes(*length)),
            None => usize::MAX,
        };
        // Ethernet addresses may begin with 4 or 6 too: a type of IP behind them decides.
        let is_ethernet = matches!(length(12), 0x0800 | 0x86dd) && {
            let version = octets.get(ETHERNET_LEN).map_or(0, |first| first >> 4);
            matches!(version, 4 | 6)
        };
        let fits = match version {
            4 => octets.first().is_some_and(|first| first & 0xf >= 5) && !is_ethernet,
            6 => length(4).saturating_add(40) <= octets.len() || !is_ethernet,
            _ => false,
        };
        if fits {
            Self { link_type: LinkType::RAW, guess: Some(Guess::Ip { version }) }
        } else {
            Self { link_type: LinkType::ETHERNET, guess: Some(Guess::NotIp) }
        }
    }
}

/// Octets that were given as a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given {
    /// They stood there as they are.
    Octets(Vec<u8>),
    /// As hex, in one dump or several.
    Hex(Vec<Vec<u8>>),
    /// They are a capture, which has packets in it.
    Capture,
}

impl Given {
    /// What `octets` are: a text of hex, or a packet as it is.
    ///
    /// # Errors
    /// [`TextError`] if it is text, but not hex.
    pub fn read(octets: Vec<u8>) -> Result<Self, TextError> {
        // The magic numbers of pcap in both orders and of pcapng.
        if let [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0x4d, 0x3c, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0x3c, 0x4d, ..]
        | [0x0a, 0x0d, 0x0d, 0x0a, ..] = octets[..]
        {
            return Ok(Self::Capture);
        }
        let is_text = |octet: &u8| matches!(octet, b' '..=b'~' | b'\t' | b'\r' | b'\n');
        if !octets.iter().all(is_text) {
            return Ok(Self::Octets(octets));
        }
        let text = String::from_utf8_lossy(&octets);
        hex_text::parse(&hex_text::packets_only(&text))
            .map(|dumps| Self::Hex(dumps.into_iter().map(|dump| dump.octets).collect()))
    }
}

/// The link type that is called `text`: its registered name in either case, a common name of it, or its number.
///
/// # Errors
/// What is possible, in words.
pub fn link_type(text: &str) -> Result<LinkType, String> {
    let common = match text.to_ascii_lowercase().as_str() {
        "ethernet" | "eth" => Some(LinkType::ETHERNET),
        "ip" => Some(LinkType::RAW),
        "sll" => Some(LinkType::LINUX_SLL),
        "sll2" => Some(LinkType::LINUX_SLL2),
        "pppoe" => Some(LinkType::PPP_ETHER),
        _ => None,
    };
    let numbered = || text.parse().ok().map(LinkType);
    // RAW has several numbers in files; the registered one is meant.
    let raw = text.eq_ignore_ascii_case("raw").then_some(LinkType::RAW);
    common.or(raw).or_else(|| LinkType::named(text)).or_else(numbered).ok_or_else(|| {
        "ethernet, raw (IP without a link layer), sll, sll2, null, loop, ppp, pppoe and the like are wanted, or a \
         LINKTYPE_ number"
            .to_owned()
    })
}

/// A checksum of a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// All that it covers is there.
    Whole(Box<Subject>, Check),
    /// It is not; with the reasons for its verdict.
    Partly(Check, Vec<why::Reason>),
}

impl Item {
    /// The checksum as `verify` judges it.
    pub const fn check(&self) -> &Check {
        match self {
            Self::Whole(_, check) | Self::Partly(check, _) => check,
        }
    }
}

/// Every checksum of `frame`, from the outside in, and why there are no more headers.
pub fn items(frame: &Frame<'_>) -> (Vec<Item>, Stop) {
    let mut layers = dissect(frame.link_type, frame.octets, frame.original_len);
    let mut items = Vec::new();
    // No other packets of its flows are known.
    let mut reasons = why::explain(frame, &Flows::default()).into_iter();
    for layer in layers.by_ref() {
        let Some(checksum) = layer.checksum() else { continue };
        let checksum = verdict::settle(frame.octets, checksum);
        let check = verdict::check(frame, &layer, &checksum);
        let why = reasons.next().unwrap_or_default();
        items.push(match subject(frame.octets, &layer, &checksum, &check) {
            Some(subject) => Item::Whole(Box::new(subject.stored(&check, why)), check),
            None => Item::Partly(check, why),
        });
    }
    (items, layers.stop())
}

/// What `checksum` covers; `None` if that is not all there, or its field is not in it.
fn subject(frame: &[u8], layer: &Layer, checksum: &Checksum, check: &Check) -> Option<Subject> {
    let covered = checksum.covered;
    if covered.presence != Presence::Whole {
        return None;
    }
    let octets = covered.of(frame).to_vec();
    let field = checksum.offset.checked_sub(covered.start)?;
    octets.get(field..field.checked_add(checksum.algorithm.width())?)?;
    let form = Form::named(checksum.protocol.name()).unwrap_or(&RAW);
    // Of some headers the walk reads only the beginning.
    let header_len = layer.header_len.max(form.fixed_len()).min(octets.len()) & !1;
    let left_out = checksum.left_out.and_then(|(start, len)| {
        let start = start.checked_sub(covered.start)?;
        let end = start.checked_add(len)?;
        octets.get(start..end).map(|_| start..end)
    });
    let unknown = IpAddr::V4(std::net::Ipv4Addr::UNSPECIFIED);
    Some(Subject {
        form,
        addrs: (check.addrs != (unknown, unknown)).then_some(check.addrs),
        ports: check.ports,
        pseudo_header: checksum.pseudo_header,
        octets,
        header_len,
        field: Some(field),
        zero: checksum.zero,
        left_out,
        stored: None,
    })
}

/// What a packet is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Called {
    /// A frame of a capture, by its number.
    Frame,
    /// The only packet that was given.
    Packet,
    /// One of several, by its number.
    NthPacket,
}

impl Called {
    /// The words for it, inside a sentence.
    pub fn words(self, number: u64) -> String {
        match self {
            Self::Frame => format!("frame {number}"),
            Self::Packet => "the packet".to_owned(),
            Self::NthPacket => format!("packet {number}"),
        }
    }
}

/// What is known of a packet before its checksums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// What it is called.
    pub called: Called,
    /// The frame's number; the first is 1.
    pub frame: u64,
    /// How many octets it had on the wire.
    pub original_len: usize,
    /// How many of them are there.
    pub captured_len: usize,
    /// What it begins with.
    pub start: Start,
    /// How many checksums were found.
    pub checksums: usize,
    /// Its headers.
    pub headers: Headers,
}

impl Serialize for Summary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Code {
            code: u16,
            name: Option<&'static str>,
        }
        #[derive(Serialize)]
        struct Data<'a> {
            record: &'static str,
            frame: u64,
            length_octets: usize,
            captured_octets: usize,
            link_type: Code,
            link_type_guessed: bool,
            checksums: usize,
            headers: &'a Headers,
        }
        let link_type = self.start.link_type;
        Data {
            record: "packet",
            frame: self.frame,
            length_octets: self.original_len,
            captured_octets: self.captured_len,
            link_type: Code { code: link_type.0, name: link_type.name() },
            link_type_guessed: self.start.guess.is_some(),
            checksums: self.checksums,
            headers: &self.headers,
        }
        .serialize(serializer)
    }
}

impl Render for Summary {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self { called, frame, original_len, captured_len, start, .. } = *self;
        let captured =
            if captured_len < original_len { format!(", {captured_len} of them captured") } else { String::new() };
        let taken = match start.guess {
            None => start.link_type.to_string(),
            Some(Guess::Ip { version }) => {
                format!(
                    "taken for IPv{version} without a link layer: its first digit is {version} (--link says otherwise)"
                )
            }
            Some(Guess::NotIp) => "taken for Ethernet: it begins like no IP packet (--link says otherwise)".to_owned(),
        };
        let called = match called {
            Called::Frame => format!("Frame {frame}"),
            Called::Packet => "The packet".to_owned(),
            Called::NthPacket => format!("Packet {frame}"),
        };
        text.prose("", &format!("{called}: {}{captured}, {taken}", octets(original_len)))?;
        text.blank()?;
        if self.headers.is_empty() {
            return Ok(());
        }
        self.headers.render(text)?;
        text.blank()
    }
}

/// The line above one checksum's working.
#[derive(Clone, Copy, Debug)]
pub struct Heading<'a>(pub &'a Item);

impl fmt::Display for Heading<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let check = self.0.check();
        let title = Form::named(check.protocol.name()).map_or(check.protocol.name(), |form| form.title);
        write!(f, "{title} checksum at octet {} of the frame, {}", check.offset, check.flow())
    }
}

impl Heading<'_> {
    /// The line as it is shown.
    pub fn line(&self, paint: impl Fn(Role, &str) -> String) -> String {
        format!("{}\n", paint(Role::Heading, &self.to_string()))
    }
}

/// Why no checksum was found where the walk through the headers ended.
pub fn why_none(stop: Stop) -> String {
    match stop {
        Stop::LinkType(link_type) => format!("frames of link type {link_type} are not read"),
        Stop::EtherType(ether_type) => format!("EtherType {ether_type:#06x} is not IP's"),
        Stop::Llc { .. } => "it is an IEEE 802.2 frame without IP".to_owned(),
        Stop::Family(family) => format!("address family {family} is not IP's"),
        Stop::PppProtocol(protocol) => format!("PPP protocol {protocol:#06x} is not IP's"),
        Stop::Truncated { header, offset, needed, available, .. } => {
            format!("the {header} header at octet {offset} needs {}, and {available} are there", octets(needed))
        }
        Stop::Malformed { header, field, offset, found } => {
            format!("the {header} header at octet {offset} says {found} in {field}, which none does")
        }
        _ => "none of its headers has one".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::verdict::Verdict;

    /// The datagram of reference/netsum.md, B1, as tcpdump -x and xxd write it, and as bare digits.
    const DUMPS: [&str; 3] = [
        "\t0x0000:  4500 0021 0001 0000 4011 66c9 0a00 0001\n\t0x0010:  0a00 0002 1388 1770 000d f752 4142 4344\n\
         \t0x0020:  45\n",
        "00000000: 4500 0021 0001 0000 4011 66c9 0a00 0001  E..!....@.f.....\n\
         00000010: 0a00 0002 1388 1770 000d f752 4142 4344  .......p...RABCD\n\
         00000020: 45                                       E\n",
        "450000210001000040 1166c90a0000010a000002 13881770000df752 4142434445",
    ];

    fn octets_of_it() -> Vec<u8> {
        sockeye_common::hex::decode("450000210001000040 1166c90a0000010a000002 13881770000df752 4142434445").unwrap()
    }

    fn frame(octets: &[u8], link_type: LinkType) -> Frame<'_> {
        let original_len = octets.len();
        Frame { number: 1, timestamp: None, interface: 0, link_type, original_len, octets, file_offset: 0, fcs_len: 0 }
    }

    #[test]
    fn dumps_are_packets() {
        for dump in DUMPS {
            assert_eq!(Given::read(dump.as_bytes().to_vec()), Ok(Given::Hex(vec![octets_of_it()])), "{dump}");
        }
        assert_eq!(Given::read(octets_of_it()), Ok(Given::Octets(octets_of_it())));
        assert_eq!(Given::read(vec![0xd4, 0xc3, 0xb2, 0xa1, 2]), Ok(Given::Capture));
        assert!(Given::read(b"a story".to_vec()).is_err());
    }

    #[test]
    fn what_a_packet_begins_with() {
        let ethernet = [&[0x45, 0, 0, 0, 0, 1, 0x60, 0, 0, 0, 0, 2, 8, 0][..], &octets_of_it()].concat();
        for (octets, start) in [
            (&octets_of_it()[..], (LinkType::RAW, Guess::Ip { version: 4 })),
            // Addresses that look like the beginning of an IPv4 header.
            (&ethernet, (LinkType::ETHERNET, Guess::NotIp)),
            (&[0x60; 48], (LinkType::RAW, Guess::Ip { version: 6 })),
            (&[0x41; 40], (LinkType::ETHERNET, Guess::NotIp)),
            (&[], (LinkType::ETHERNET, Guess::NotIp)),
        ] {
            assert_eq!(Start::guess(octets), Start { link_type: start.0, guess: Some(start.1) }, "{octets:02x?}");
        }
        for (text, number) in [("raw", 101), ("RAW", 101), ("ethernet", 1), ("EN10MB", 1), ("sll2", 276), ("239", 239)]
        {
            assert_eq!(link_type(text), Ok(LinkType(number)), "{text}");
        }
        assert!(link_type("wire").is_err() && link_type("65536").is_err());
    }

    #[test]
    fn both_checksums_of_a_datagram() {
        let octets = octets_of_it();
        let (items, _) = items(&frame(&octets, LinkType::RAW));
        let worked: Vec<(&str, u32, u32, Verdict)> = items
            .iter()
            .map(|item| {
                let Item::Whole(subject, check) = item else { panic!("whole") };
                (subject.form.name, check.stored, subject.work(&mut |_| ()).calculated, check.verdict)
            })
            .collect();
        assert_eq!(worked, [("ip", 0x66c9, 0x66c9, Verdict::Good), ("udp", 0xf752, 0xf752, Verdict::Good)]);
    }

    proptest! {
        /// The sheet and the judge never disagree, whatever the packet.
        #[test]
        fn the_sheet_and_the_judge_agree(mut octets: Vec<u8>, at: prop::sample::Index, octet: u8, as_it_is: bool) {
            if !as_it_is {
                let mut packet = octets_of_it();
                let at = at.index(packet.len());
                packet[at] = octet;
                octets = packet;
            }
            for link_type in [LinkType::RAW, LinkType::ETHERNET] {
                for item in items(&frame(&octets, link_type)).0 {
                    let Item::Whole(subject, check) = item else { continue };
                    let report = subject.work(&mut |_| ());
                    if let Some(calculated) = check.calculated {
                        prop_assert_eq!(report.calculated, calculated);
                    }
                }
            }
        }
    }
}
