//! `netsum packet` and `netsum frame`: packets that are there already.

use std::ffi::OsString;

use clap::Args;
use sockeye_capture::LinkType;
use sockeye_cli::Failure;
use sockeye_cli::values::number;

use super::compute::{Style, StyleArgs, source};
use crate::data::Source;
use crate::packet::link_type;

#[derive(Args, Debug)]
pub(super) struct PacketArgs {
    /// The packet in hex, as bare digits or as a dump of tcpdump -x, xxd or Wireshark; @FILE for the same from a file, which
    /// may also hold the packet as it is; - for standard input
    #[arg(value_name = "HEX")]
    packet: OsString,
    /// What it begins with: ethernet, raw (IP), sll, sll2, null, loop, ppp, pppoe, or a LINKTYPE_ number. Without it, IP if it begins
    /// like IP, and Ethernet if not
    #[arg(long, value_name = "TYPE", value_parser = link_type)]
    link: Option<LinkType>,
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

#[derive(Args, Debug)]
pub(super) struct FrameArgs {
    /// A pcap or pcapng file, or - for standard input
    #[arg(value_name = "FILE")]
    file: OsString,
    /// The frame's number, as Wireshark, tcpdump and netsum verify count: the first is 1
    #[arg(value_name = "NUMBER", value_parser = number::<u64>(1..))]
    number: u64,
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

/// A packet whose checksums are to be worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PacketJob {
    /// Where it is.
    pub source: Source,
    /// What it begins with, if that was said.
    pub link_type: Option<LinkType>,
    /// How it is shown.
    pub style: Style,
}

/// A frame of a capture whose checksums are to be worked out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameJob {
    /// The capture; `-` is standard input.
    pub file: OsString,
    /// The frame's number.
    pub number: u64,
    /// How it is shown.
    pub style: Style,
}

impl PacketArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<PacketJob, Failure> {
        // Bare digits are text to Source, and a dump is taken apart later, wherever it comes from.
        let hexadecimal = self.packet.to_str().and_then(|text| text.strip_prefix("hex:")).map(OsString::from);
        let source = source("packet", &hexadecimal.unwrap_or_else(|| self.packet.clone()))?;
        Ok(PacketJob { source, link_type: self.link, style: self.style.read() })
    }
}

impl FrameArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> FrameJob {
        FrameJob { file: self.file.clone(), number: self.number, style: self.style.read() }
    }
}
