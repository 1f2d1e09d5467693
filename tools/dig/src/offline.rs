//! Messages that are not asked for but given: hex digits, a file, a frame of a capture.
//!
//! [`hex_text`] reads the dumps that xxd, od, hexdump -C, tcpdump, tshark and `+wire` write, [`capture`] finds the messages
//! of a capture. Nothing here opens a file.

use std::net::SocketAddr;

use sockeye_capture::layers::Presence;
use sockeye_capture::{Frame, Header, LinkType, Timestamp, dissect};
use sockeye_common::hex_text;

use crate::message::Message;
use crate::transport::Transport;

pub mod capture;
pub mod shown;

/// What `+decode` names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Given {
    /// Where the octets are.
    pub source: Source,
    /// `+frame=N`: which frame of a capture, or which of several messages, counted from 1; `None` shows the only one, and
    /// lists them if there are several.
    pub frame: Option<u64>,
}

/// Where the octets of a message are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// `+decode=HEX`: in the line itself.
    Line(String),
    /// `+decode=@FILE`; `-` is standard input.
    File(String),
}

/// A message and where it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The frame in which it begins, or which of several messages it is; from 1.
    pub number: u64,
    /// Its octets, as far as they are there.
    pub octets: Vec<u8>,
    /// How many octets of it are not there: the capture was cut short.
    pub missing: usize,
    /// How it travelled, if that is known.
    pub origin: Option<Origin>,
}

/// How a message of a capture travelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who sent it.
    pub src: SocketAddr,
    /// To whom.
    pub dst: SocketAddr,
    /// UDP or TCP.
    pub transport: Transport,
    /// When it was seen.
    pub time: Option<Timestamp>,
}

/// What the first octets of a file say that it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A pcap or pcapng file.
    Capture,
    /// Something packed with gzip or Zstandard.
    Packed,
    /// Anything else: octets, or hex as text.
    Octets,
}

/// How many octets [`kind`] wants to see.
pub const KIND_LEN: usize = 4;

/// What a file is, by its first four octets.
///
/// # Source
/// draft-ietf-opsawg-pcap section 4 for the four magic numbers, draft-ietf-opsawg-pcapng section 4.1; RFC 1952 section 2.3,
/// of whose three octets the last one keeps a message with the id 0x1f8b apart (it would be an inverse query); RFC 8878
/// sections 3.1.1 and 3.1.2.
pub fn kind(start: &[u8]) -> Kind {
    match start {
        [0xa1, 0xb2, 0xc3, 0xd4, ..]
        | [0xd4, 0xc3, 0xb2, 0xa1, ..]
        | [0xa1, 0xb2, 0x3c, 0x4d, ..]
        | [0x4d, 0x3c, 0xb2, 0xa1, ..]
        | [0x0a, 0x0d, 0x0d, 0x0a, ..] => Kind::Capture,
        [0x1f, 0x8b, 8, ..] | [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Kind::Packed,
        _ => Kind::Octets,
    }
}

/// The messages of a file that is no capture: of text in hex, or of the octets themselves. `frame` is the one that is
/// wanted: it counts where the text has packets.
///
/// # Errors
/// [`hex_text::TextError`] if it is text, but not hex.
pub fn messages(octets: &[u8], frame: Option<u64>) -> Result<Vec<Item>, hex_text::TextError> {
    // A header has zeros where the counts are; a text has none.
    let is_text = |octet: &u8| matches!(octet, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    match std::str::from_utf8(octets) {
        Ok(text) if octets.iter().all(is_text) => text_messages(text, frame),
        _ => Ok(numbered(split(octets))),
    }
}

/// The messages of a text in hex: of its packets, if tcpdump or tshark wrote it, or what it has itself.
///
/// # Errors
/// [`hex_text::TextError`]
pub fn text_messages(text: &str, frame: Option<u64>) -> Result<Vec<Item>, hex_text::TextError> {
    let dumps = hex_text::parse(text)?;
    let link_types: Option<Vec<LinkType>> = dumps.iter().map(link_type).collect();
    let Some(link_types) = link_types else {
        return Ok(numbered(dumps.iter().flat_map(|dump| split(&dump.octets))));
    };
    let mut finder = capture::Finder::new(frame);
    let mut found = Vec::new();
    for ((dump, link_type), number) in dumps.iter().zip(link_types).zip(1..) {
        let octets = dump.octets.as_slice();
        let original_len = octets.len();
        let frame = Frame {
            number,
            timestamp: None,
            interface: 0,
            link_type,
            original_len,
            octets,
            file_offset: 0,
            fcs_len: 0,
        };
        finder.frame(&frame, &mut |item| found.push(item));
    }
    finder.end(&mut |item| found.push(item));
    Ok(found)
}

fn numbered(found: impl IntoIterator<Item = Vec<u8>>) -> Vec<Item> {
    (1..).zip(found).map(|(number, octets)| Item { number, octets, missing: 0, origin: None }).collect()
}

/// What a dumped packet begins with: tcpdump -x writes it from its IP header on, with -xx and tshark from its link layer
/// on. `None` for a dump that is no packet but a message.
fn link_type(dump: &hex_text::Dump) -> Option<LinkType> {
    let octets = dump.octets.as_slice();
    if !dump.is_packet && is_whole(octets) {
        return None;
    }
    [LinkType::RAW, LinkType::ETHERNET].into_iter().find(|link_type| {
        dissect(*link_type, octets, octets.len()).any(|layer| {
            matches!(layer.header, Header::Udp(_) | Header::Tcp(_))
                && !layer.quoted
                && layer.payload.presence == Presence::Whole
        })
    })
}

/// Octets as one message, or as the messages of a stream, each behind its length, if they are that to the last octet.
fn split(octets: &[u8]) -> Vec<Vec<u8>> {
    if !is_whole(octets)
        && let Some(messages) = framed(octets)
    {
        return messages;
    }
    vec![octets.to_vec()]
}

/// Whether this is a message from the first octet to the last.
fn is_whole(octets: &[u8]) -> bool {
    Message::parse(octets).is_ok_and(|message| message.fault.is_none() && message.unread == 0)
}

/// # Source
/// RFC 1035 section 4.2.2.
fn framed(octets: &[u8]) -> Option<Vec<Vec<u8>>> {
    let mut messages = Vec::new();
    let mut rest = octets;
    while !rest.is_empty() {
        let (length, behind) = rest.split_first_chunk::<2>()?;
        let (message, behind) = behind.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        // Shorter ones are no messages, and then this is no stream of them.
        if message.len() < crate::header::LEN {
            return None;
        }
        messages.push(message.to_vec());
        rest = behind;
    }
    Some(messages).filter(|messages| !messages.is_empty())
}

#[cfg(test)]
mod tests;
