//! What a command line says, in the same words for every dialect.

use std::time::Duration;

use sockeye_cli::Presentation;

use crate::port::PortSpec;

/// A whole command line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// How things are shown.
    pub presentation: Presentation,
    /// Which side of the conversation we are.
    pub role: Role,
    /// What carries it.
    pub transport: Transport,
    /// Which address family names are resolved to.
    pub family: FamilyChoice,
    /// Nothing is resolved, forwards or backwards (`-n`).
    pub numeric: bool,
    /// Say what happens (`-v`).
    pub verbose: bool,
    /// The longest wait for a connection, and for anything to move on it (`-w`).
    pub timeout: Option<Duration>,
    /// Shut down the sending direction when the input ends (`-N`).
    pub shutdown_at_eof: bool,
    /// Leave this long after the input has ended (`-q`).
    pub quit_after_eof: Option<Duration>,
}

/// Which side we are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// The one that connects.
    Connect {
        /// A name or an address.
        host: String,
        /// One after the other.
        ports: Vec<PortSpec>,
        /// The local address (`-s`), as it was given.
        local_host: Option<String>,
        /// The local port (`-p`), as it was given.
        local_port: Option<String>,
    },
    /// The one that waits.
    Listen {
        /// Where; every address if not given.
        host: Option<String>,
        /// A port or the name of a service.
        port: String,
        /// Wait for the next peer when one has left (`-k`).
        keep_open: bool,
    },
}

/// What carries the conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// An octet stream.
    Tcp,
    /// Datagrams.
    Udp,
}

impl Transport {
    /// As the older tool writes it in its messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "tcp",
            Self::Udp => "udp",
        }
    }
}

/// `-4`, `-6` or neither.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FamilyChoice {
    /// Whatever the name resolves to.
    #[default]
    Any,
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
}
