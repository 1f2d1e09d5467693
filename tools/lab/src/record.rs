//! What happened in an experiment, in the order of time: the one list from which the terminal, the JSON Lines, the page
//! and the checks all take what they show.

use serde::Serialize;
use sockeye_common::words::counted;

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
    /// From here on times count from now: this is the zero of the clock.
    Clock {
        /// What the clock showed until now: with this taken off, times of what comes before are comparable with later ones.
        was_us: Micros,
    },
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
        /// The state before: `SYN_SENT`; of a UDP socket `connected` or `unconnected`.
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
    /// In this step there was more than is kept.
    LeftOut(LeftOut),
}

/// The words for what was there in the place of what a step must have shown.
pub fn in_its_place(found: Option<&str>) -> String {
    found.map_or_else(|| "nothing shows it".to_owned(), |found| format!("found {found}"))
}

/// What was seen and is not among the records: more came than is kept of a process, or of a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Of what there was more.
    pub kind: Kept,
    /// Where; null for frames.
    pub node: Option<String>,
    /// Which process; null for what no process printed.
    pub label: Option<String>,
    /// Which link; null for what was not sent.
    pub link: Option<String>,
    /// How many.
    pub count: u64,
    /// How many octets they had; null where that is not known.
    pub octets: Option<u64>,
}

/// What there may be too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kept {
    /// Lines of a process.
    Lines,
    /// Frames on a link.
    Frames,
    /// Changes of the states of sockets.
    States,
}

impl LeftOut {
    /// The same in words, which are not made safe.
    pub fn words(&self) -> String {
        let Self { kind, node, label, link, count, octets } = self;
        let more = |what| counted(*count, what);
        let size = octets.map(|octets| format!(" ({octets} octets)")).unwrap_or_default();
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let what = match (kind, octets) {
            (Kept::Lines, Some(octets)) if *count == 0 => {
                format!("{}'s {} printed {octets} octets more in a long line", text(node), text(label))
            }
            (Kept::Lines, _) => format!("{}'s {} printed {} more{size}", text(node), text(label), more("line")),
            (Kept::Frames, _) => format!("{} more went over {}{size}", more("frame"), text(link)),
            (Kept::States, _) => format!("{} more of sockets were seen", more("change")),
        };
        format!("{what}: lab did not keep so much")
    }
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
    /// When it arrived, on the clock by which it was sent; null if it did not.
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
