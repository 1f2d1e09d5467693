//! What happened in an experiment, in the order of time: the one list from which the terminal, the JSON Lines, the page
//! and the checks all take what they show.

use serde::Serialize;

use crate::model::Signal;

/// Microseconds on the experiment's clock; before `clock` was said, since its start.
pub type Micros = i64;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// When.
    pub at_us: Micros,
    /// In which step, from 1; 0 while the network is made.
    pub step: usize,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum What {
    /// A step began.
    Step {
        /// Its title.
        title: String,
        /// Why it is done.
        why: String,
    },
    /// A command was typed.
    Command {
        /// Where.
        node: String,
        /// What it is called.
        label: String,
        /// The line.
        line: String,
        /// Its process number.
        pid: u32,
        /// Whether it goes on while others run.
        background: bool,
    },
    /// A process printed a line, or a part of one that was not ended.
    Line {
        /// Where.
        node: String,
        /// Which process.
        label: String,
        /// What it printed, without the line end.
        text: String,
        /// Whether the line end came.
        ended: bool,
    },
    /// Something was typed into a process.
    Typed {
        /// Where.
        node: String,
        /// Into which process.
        label: String,
        /// What; null for the end of the input.
        text: Option<String>,
    },
    /// A signal was sent to a process.
    Signalled {
        /// Where.
        node: String,
        /// Which process.
        label: String,
        /// Which signal.
        signal: Signal,
    },
    /// A process ended.
    Ended {
        /// Where.
        node: String,
        /// Which process.
        label: String,
        /// Its exit status, or 128 and the number of the signal that ended it.
        status: i32,
    },
    /// From here on times count from now: this is the zero of the clock, and times of what comes before it are not
    /// comparable with later ones.
    Clock,
    /// A frame was sent.
    Frame(Frame),
    /// A socket changed its state, appeared (`from` is null) or disappeared (`to` is null).
    State {
        /// Where.
        node: String,
        /// `tcp`, `udp`.
        protocol: String,
        /// Its local endpoint, `10.0.0.2:7000`.
        local: String,
        /// Its peer, `*:*` where there is none.
        peer: String,
        /// The state before: `SYN_SENT`.
        from: Option<String>,
        /// The state now.
        to: Option<String>,
        /// By what the kernel knows the socket.
        cookie: u64,
    },
    /// Something was done to the network.
    Fault {
        /// The link or interface.
        subject: String,
        /// In words: `cut`, `restored`, `loss 10 %`.
        text: String,
    },
    /// What a step must have shown.
    Verdict {
        /// What theory says.
        check: String,
        /// Whether it was seen.
        passed: bool,
        /// What shows it; where it was not seen, what was there in its place.
        found: Option<String>,
    },
    /// A step could not be done to its end.
    Broke {
        /// Why.
        why: String,
    },
}

/// A frame on a link.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Frame {
    /// From 1, over all links, in the order in which they were sent.
    pub number: u64,
    /// The link.
    pub link: String,
    /// From which node.
    pub from: String,
    /// To which.
    pub to: String,
    /// When it arrived; null if it did not.
    pub arrived_us: Option<Micros>,
    /// What became of it.
    pub fate: Fate,
    /// The octets, from the Ethernet header on.
    #[serde(serialize_with = "hex")]
    pub octets: Vec<u8>,
}

/// What became of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It arrived.
    Arrived,
    /// The wire lost it, as it was told to.
    Lost,
    /// The wire was cut.
    Cut,
    /// Too many were waiting for their turn.
    QueueFull,
    /// It is the second of a frame that the wire doubled.
    Duplicate,
}

impl Fate {
    /// Whether it did not arrive.
    pub const fn is_lost(self) -> bool {
        matches!(self, Self::Lost | Self::Cut | Self::QueueFull)
    }
}

fn hex<S: serde::Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&sockeye_common::hex::encode(octets))
}
