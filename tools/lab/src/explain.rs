//! What lab does behind an experiment, as data.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::stage::Privilege;
use crate::topology::Address;

/// Something that lab did or found out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// What this machine allows.
    Privilege(Privilege),
    /// Where the tools are that will be run.
    Tools {
        /// The folder.
        folder: String,
    },
    /// A host was made: a network namespace with its loopback interface up.
    Host {
        /// Its name.
        host: &'static str,
    },
    /// A cable was plugged in: a veth pair.
    Plugged {
        /// The host.
        host: &'static str,
        /// The interface there.
        interface: &'static str,
        /// Its addresses.
        addresses: Vec<Address>,
        /// Whether the host computes its checksums itself, so that a capture shows what a real wire would carry.
        tx_checksum_offload: bool,
    },
    /// A process was started.
    Started {
        /// On which host.
        host: &'static str,
        /// The tool.
        tool: &'static str,
        /// Its process number.
        pid: u32,
    },
    /// A process has ended.
    Ended {
        /// The tool.
        tool: &'static str,
        /// Its process number.
        pid: u32,
        /// Its exit status, or 128 and the number of the signal that ended it.
        status: i32,
    },
    /// A capture was begun.
    Capturing {
        /// On which host.
        host: &'static str,
        /// On which of its interfaces.
        interface: &'static str,
        /// UDP datagrams from or to this port are kept.
        port: u16,
    },
    /// A capture was written.
    Captured {
        /// How many frames it has.
        frames: usize,
        /// The file.
        file: String,
    },
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let words = match self {
            Self::Privilege(privilege) => privilege.to_string(),
            Self::Tools { folder } => format!("tools: in {}", escape(folder)),
            Self::Host { host } => format!("host {host}: a network namespace, its lo up"),
            Self::Plugged { host, interface, addresses, tx_checksum_offload } => format!(
                "{host} {interface}: an end of a veth pair, {}; checksums are computed by {}",
                addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
                if *tx_checksum_offload { "nobody (offload)" } else { "the host (offload off)" }
            ),
            Self::Started { host, tool, pid } => format!("{host}: {tool} is process {pid}"),
            Self::Ended { tool, pid, status } => format!("{tool}, process {pid}, ended with status {status}"),
            Self::Capturing { host, interface, port } => {
                format!("{host} {interface}: a packet socket keeps UDP from and to port {port}")
            }
            Self::Captured { frames, file } => {
                format!("{}: {frames} {}", escape(file), if *frames == 1 { "frame" } else { "frames" })
            }
        };
        let line = text.paint(Role::Dim, &format!("lab: {words}"));
        text.line(line)
    }
}
