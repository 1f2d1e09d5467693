//! A server's clients in events.

use serde::Serialize;

use crate::address::Address;

/// What a client did, or what was done with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Client {
    /// Its number, in the order in which they came; 0 if it has none.
    pub client: u64,
    /// Its address.
    pub peer: Address,
    /// What it was.
    #[serde(flatten)]
    pub did: Did,
}

/// See [`Client`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Did {
    /// Octets came from it.
    Sent {
        /// How many.
        length_octets: usize,
    },
    /// Octets went to it.
    Took {
        /// How many.
        length_octets: usize,
        /// How many wait until it takes more.
        left_octets: usize,
    },
    /// A datagram was not answered: its sender is a service that would answer the answer.
    NotAnswered {
        /// Its length.
        length_octets: usize,
    },
    /// It may not connect: `--allow`, `--deny`.
    Denied,
    /// Its FIN came, or its close_notify.
    Ended,
    /// It is served by a process or a thread of its own.
    Given {
        /// `process` or `thread`.
        to: &'static str,
        /// The process, or the number of the thread.
        number: u64,
    },
    /// The connection is closed.
    Left {
        /// Why.
        why: String,
        /// Octets that came from it.
        received_octets: u64,
        /// Octets that went to it.
        sent_octets: u64,
    },
}

impl Client {
    /// In one line.
    pub(super) fn line(&self) -> String {
        let Self { client, peer, did } = self;
        let did = match did {
            Did::Sent { length_octets } => format!("sent {length_octets} octets"),
            Did::Took { length_octets, left_octets: 0 } => format!("took {length_octets} octets"),
            Did::Took { length_octets, left_octets } => {
                format!("took {length_octets} octets, {left_octets} wait for it")
            }
            Did::NotAnswered { length_octets } => format!(
                "sent a datagram of {length_octets} octets from the port of a service that would answer the answer"
            ),
            Did::Denied => "was not let in: --allow or --deny says so".to_owned(),
            Did::Ended => "sends no more".to_owned(),
            Did::Given { to, number } => format!("is served by {to} {number}"),
            Did::Left { why, received_octets, sent_octets } => {
                format!("left, {why}: it sent {received_octets} octets and took {sent_octets}")
            }
        };
        if *client == 0 { format!("{peer} {did}") } else { format!("client {client}, {peer}, {did}") }
    }
}
