//! What lab does behind an experiment, as data.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::model::Address;
use crate::stage::Privilege;

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
        host: String,
    },
    /// A cable was plugged in: a veth pair.
    Plugged {
        /// The host.
        host: String,
        /// The interface there.
        interface: String,
        /// Its addresses.
        addresses: Vec<Address>,
        /// Whether the host computes its checksums itself, so that a capture shows what a real wire would carry.
        tx_checksum_offload: bool,
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
        };
        let line = text.paint(Role::Dim, &format!("lab: {words}"));
        text.line(line)
    }
}
