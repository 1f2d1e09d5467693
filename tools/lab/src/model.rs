//! An experiment, as a lab file says it: the network, the steps, and what must be seen.
//!
//! It is read from text, performed by the shell, and what was seen is compared with what it says.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use serde::Serialize;

use crate::filter::Filter;

/// A whole experiment.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lab {
    /// The name by which it is asked for: `udp-loss`.
    pub name: String,
    /// What it is, in a line.
    pub title: String,
    /// What is done, in a paragraph or more.
    pub what: String,
    /// Why it is worth doing.
    pub why: String,
    /// The question of the course.
    pub question: String,
    /// Its answer.
    pub answer: String,
    /// Where to read more: `RFC 768`, `udp(7)`.
    pub see: Vec<String>,
    /// By how much `--fast` may divide its times; 1 where they are those of a kernel or a standard.
    pub fast: u32,
    /// The hosts and what lies between them.
    pub network: Network,
    /// What is done, in this order.
    pub steps: Vec<Step>,
}

/// Hosts and links, as a description.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Network {
    /// The hosts, routers and switches.
    pub nodes: Vec<Node>,
    /// The links between them.
    pub links: Vec<Link>,
    /// Routes beyond those that addresses bring with them.
    pub routes: Vec<Route>,
    /// Kernel settings of single hosts.
    pub settings: Vec<Setting>,
    /// Files that a host has instead of those of the machine: `/etc/hosts`, `/etc/resolv.conf`.
    pub files: Vec<File>,
    /// Whose sockets are watched for changes of state.
    pub watched: Vec<String>,
}

/// What a network namespace stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// What it does with what is not for it.
    pub kind: NodeKind,
}

/// What a node does with packets that are not for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NodeKind {
    /// Drops them.
    Host,
    /// Forwards them by their IP address.
    Router,
    /// Forwards frames by their MAC address; it has no address of its own.
    Switch,
}

/// What two interfaces are connected by.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// Its name: given, or `alice-bob` after its ends.
    pub name: String,
    /// Its ends.
    pub ends: [End; 2],
    /// What it is made of.
    pub medium: Medium,
}

/// What a link is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Medium {
    /// A veth pair: the kernel carries frames at once.
    Cable,
    /// lab itself carries the frames between two TAP interfaces, with these faults from each end.
    Wire([Conditions; 2]),
}

/// How a wire treats the frames that go in at one end. The default is a perfect one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Conditions {
    /// How long every frame takes.
    #[serde(rename = "delay_us", serialize_with = "microseconds")]
    pub delay: Duration,
    /// By how much, at most and evenly spread, the delay of a frame is longer or shorter.
    #[serde(rename = "jitter_us", serialize_with = "microseconds")]
    pub jitter: Duration,
    /// The part of the frames that is lost, 0 to 1.
    pub loss: f64,
    /// The part that arrives twice.
    pub duplication: f64,
    /// The part that overtakes: it goes without delay.
    pub reordering: f64,
    /// Bits a second, frame headers included; unlimited without.
    #[serde(rename = "rate_bits_per_second")]
    pub rate: Option<u64>,
    /// How many frames may wait for their turn under `rate`; more are dropped. 0 is 1,000, as a Linux interface has it.
    #[serde(rename = "queue_frames")]
    pub queue: u32,
    /// Nothing gets through.
    pub cut: bool,
}

impl Conditions {
    /// Changes one of them.
    pub fn apply(&mut self, condition: Condition) {
        match condition {
            Condition::Delay(delay) => self.delay = delay,
            Condition::Jitter(jitter) => self.jitter = jitter,
            Condition::Loss(part) => self.loss = part,
            Condition::Duplication(part) => self.duplication = part,
            Condition::Reordering(part) => self.reordering = part,
            Condition::Rate(rate) => self.rate = rate,
            Condition::Queue(frames) => self.queue = frames,
        }
    }

    /// Those that make it other than a perfect wire, in the order of the manual.
    pub fn faults(&self) -> Vec<Condition> {
        let Self { delay, jitter, loss, duplication, reordering, rate, queue, cut: _ } = *self;
        let all = [
            (!delay.is_zero()).then_some(Condition::Delay(delay)),
            (!jitter.is_zero()).then_some(Condition::Jitter(jitter)),
            (loss > 0.0).then_some(Condition::Loss(loss)),
            (duplication > 0.0).then_some(Condition::Duplication(duplication)),
            (reordering > 0.0).then_some(Condition::Reordering(reordering)),
            rate.map(|rate| Condition::Rate(Some(rate))),
            (queue > 0).then_some(Condition::Queue(queue)),
        ];
        all.into_iter().flatten().collect()
    }
}

fn microseconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u64(u64::try_from(duration.as_micros()).unwrap_or(u64::MAX))
}

/// Where a link is plugged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The node.
    pub node: String,
    /// The interface of that node.
    pub interface: String,
    /// Its addresses, IPv4 and IPv6.
    pub addresses: Vec<Address>,
    /// `mtu 1200`: the longest IP packet that it sends, in octets; 1,500 without.
    pub mtu: Option<u32>,
}

/// An address and the length of its prefix in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Address {
    /// The address.
    pub addr: IpAddr,
    /// How many of its first bits name the network.
    pub prefix: u8,
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.addr, self.prefix)
    }
}

impl Serialize for Address {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A route of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// The node.
    pub node: String,
    /// Where to, or `None` for everywhere else (a default route, of the family of `via`).
    pub to: Option<Address>,
    /// Through which neighbour.
    pub via: Option<IpAddr>,
    /// Through which interface, where there is no neighbour to name.
    pub interface: Option<String>,
}

/// A kernel setting of one node: `net.ipv4.tcp_syn_retries` and its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    /// The node.
    pub node: String,
    /// The name, with dots, as `sysctl(8)` has it.
    pub name: String,
    /// The value.
    pub value: String,
}

/// A file that the processes of one node see in place of the machine's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// The node.
    pub node: String,
    /// The path: `/etc/hosts`.
    pub path: String,
    /// What is in it.
    pub text: String,
}

/// One step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Step {
    /// What is asked or done, in a few words.
    pub title: String,
    /// Why, in a sentence or two; may be empty.
    pub why: String,
    /// What is done, in this order.
    pub actions: Vec<Action>,
    /// What to look at; may be empty.
    pub notice: String,
    /// What must be seen.
    pub expectations: Vec<Expectation>,
}

/// A time of an experiment. `--fast` divides it by [`Lab::fast`] where it is `scaled`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Time {
    /// As written.
    pub duration: Duration,
    /// Whether `--fast` may shorten it; `7 s!` may not be shortened.
    pub scaled: bool,
}

impl Time {
    /// How long it is when times are divided by `divisor`.
    pub fn at(self, divisor: u32) -> Duration {
        if self.scaled { self.duration / divisor.max(1) } else { self.duration }
    }
}

/// A command as it is typed on a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    /// The node.
    pub node: String,
    /// By what the steps and checks call it.
    pub label: String,
    /// The line, with `{2 s}` in it where a time is to be scaled and `{pcap LINK}` where a capture is wanted.
    pub line: String,
    /// Whether it runs without any capability, as for an ordinary user.
    pub unprivileged: bool,
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// `alice$ LINE`: runs a command to its end, for so long at most.
    Run(Command, Time),
    /// `alice& LINE`: starts a command that goes on.
    Start(Command),
    /// `until alice$ LINE shows TEXT`: runs a command again and again until a line of what it prints has these words.
    Until(Command, Vec<String>, Time),
    /// `await LABEL TEXT`: waits until a process has printed this since the last `await` on it found something.
    Await(String, String, Time),
    /// `wait LABEL`: waits for the end of a process.
    Wait(String, Time),
    /// `type LABEL TEXT`: writes to the standard input of a process.
    Type(String, String),
    /// `eof LABEL`: ends the standard input of a process.
    EndInput(String),
    /// `signal LABEL NAME`: sends a signal: TERM, KILL, STOP, CONT, INT.
    Signal(String, Signal),
    /// `clock`: from here on, times count from now.
    Clock,
    /// `at 7 s`: waits until this time of the clock.
    At(Time),
    /// `pause 2 s`: waits so long.
    Pause(Time),
    /// `cut LINK`: a wire lets nothing through; the interfaces stay up.
    Cut(String),
    /// `restore LINK`: ends that.
    Restore(String),
    /// `wire LINK [from NODE] delay 5 ms loss 10 % ...`: changes a wire while it works; at one end, or at both.
    Wire(String, Option<String>, Vec<Condition>),
    /// `down NODE:INTERFACE`, `up NODE:INTERFACE`.
    Interface(String, String, bool),
    /// `set NODE NAME=VALUE`: a kernel setting.
    Set(Setting),
    /// `route NODE ...` (true) and `unroute NODE ...`.
    Route(Route, bool),
    /// `address NODE:INTERFACE ADDRESS/PREFIX` (true) and `unaddress ...`.
    Address(String, String, Address, bool),
    /// `ladder [LINK] [FILTER]`: shows the frames of this step so far as a ladder.
    Ladder(Option<String>, Filter),
}

/// One change of the [`Conditions`] of a wire.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Condition {
    /// See [`Conditions::delay`].
    Delay(Duration),
    /// See [`Conditions::jitter`].
    Jitter(Duration),
    /// See [`Conditions::loss`].
    Loss(f64),
    /// See [`Conditions::duplication`].
    Duplication(f64),
    /// See [`Conditions::reordering`].
    Reordering(f64),
    /// See [`Conditions::rate`].
    Rate(Option<u64>),
    /// See [`Conditions::queue`].
    Queue(u32),
}

/// A signal that an experiment may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Signal {
    /// Ctrl-C.
    Int,
    /// Please end.
    Term,
    /// The end.
    Kill,
    /// Do nothing for now.
    Stop,
    /// Go on.
    Cont,
}

/// What theory says, and where it shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Expectation {
    /// In a sentence.
    pub says: String,
    /// All of these must hold.
    pub checks: Vec<Check>,
}

/// How often something must have been seen: from, to (inclusive).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// At least.
    pub least: u64,
    /// At most.
    pub most: u64,
}

/// A span of the experiment's clock: from, to (inclusive). Scaled like every time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Not before.
    pub from: Time,
    /// Not after.
    pub to: Time,
}

/// One thing that can be compared.
#[derive(Clone, Debug, PartialEq)]
pub enum Check {
    /// `LABEL prints "W" "W" [xN..M] [from T to T]`: so many lines (default 1 or more) have all of these words, printed in
    /// that time. `x0` says that none does.
    Prints {
        /// Whose lines.
        label: String,
        /// What a line must have, each as [`crate::judge::has_word`] finds it.
        words: Vec<String>,
        /// How many lines.
        count: Count,
        /// When.
        span: Option<Span>,
    },
    /// `LABEL status N`, `LABEL status not N`: ended with this exit status (128 and the signal if a signal ended it).
    Status {
        /// Whose.
        label: String,
        /// Which.
        status: i32,
        /// Whether it must be this one, or any other.
        equal: bool,
    },
    /// `LABEL running`: has not ended when the step is over.
    Running(String),
    /// `LABEL last "WORD"`: the last word that it printed.
    LastWord(String, String),
    /// `LABEL value "WORDS" N..M`: the number after these words in its output lies there.
    Value {
        /// Whose output.
        label: String,
        /// The words before the number.
        after: String,
        /// The least and the greatest.
        range: (f64, f64),
    },
    /// `frames [ever] LINK FILTER xN..M [from T to T]`: so many frames of this kind went in at an end of this link in this
    /// step, or ever; lost ones too.
    Frames {
        /// The link.
        link: String,
        /// Which frames.
        filter: Filter,
        /// Whether those of earlier steps count too.
        ever: bool,
        /// How many.
        count: Count,
        /// When they were sent.
        span: Option<Span>,
    },
    /// `first LINK FILTER before FILTER`: in this step, the first frame of one kind was sent before the first of the other; both exist.
    Before {
        /// The link.
        link: String,
        /// The earlier.
        filter: Filter,
        /// The later.
        other: Filter,
    },
    /// `gaps LINK FILTER double [within N %] [at least N]`: each time between two such frames of this step is about
    /// twice the one before.
    Doubling {
        /// The link.
        link: String,
        /// Which frames.
        filter: Filter,
        /// By how much a ratio may differ from 2, as a part of it.
        tolerance: f64,
        /// How many ratios there must be at least.
        least: u64,
    },
    /// `gaps LINK FILTER of T [within N %] [at least N]`: each time between two such frames of this step is about this.
    Spaced {
        /// The link.
        link: String,
        /// Which frames.
        filter: Filter,
        /// How long.
        time: Time,
        /// By how much one may differ, as a part of it.
        tolerance: f64,
        /// How many times there must be at least.
        least: u64,
    },
    /// `numbers LINK FILTER add up`: in these TCP connections, from their SYN up to now, each segment begins with the number
    /// behind the octets before it, and all of them are acknowledged.
    Numbers {
        /// The link.
        link: String,
        /// Which frames.
        filter: Filter,
    },
    /// `state NODE [LOCAL] passes LISTEN ESTABLISHED ...`: a socket of this node, with this text in its local or remote
    /// address if there is one, was seen in these states, in this order (others may lie between).
    States {
        /// The node.
        node: String,
        /// `:7000`, or empty.
        endpoint: String,
        /// The states, as the kernel names them: `SYN_SENT`. `CLOSED` is a TCP socket that is gone.
        states: Vec<String>,
    },
    /// `state NODE [LOCAL] never CLOSE_WAIT ...`: such sockets were seen, and none of them in one of these states.
    Never {
        /// The node.
        node: String,
        /// `:7000`, or empty.
        endpoint: String,
        /// The states.
        states: Vec<String>,
    },
    /// `same LABEL LABEL`: both printed the same.
    Same(String, String),
}
