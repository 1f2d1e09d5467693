//! What is shown of a trace.

use std::io;
use std::net::IpAddr;
use std::time::Duration;

use serde::ser::SerializeStruct as _;
use serde::{Serialize, Serializer};
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::words::counted;

use super::notes::Note;
use crate::answer::{Answer, Says, links_back};
use crate::icmp::Class;
use crate::show;

/// What became of a probe.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// Somebody answered.
    Answered {
        /// What came.
        answer: Answer,
        /// The round trip.
        rtt: Duration,
    },
    /// Nobody did.
    Silent,
    /// This system did not take it.
    NotSent {
        /// Why.
        cause: String,
    },
}

impl Outcome {
    /// The round trip.
    pub fn rtt(&self) -> Option<Duration> {
        match self {
            Self::Answered { rtt, .. } => Some(*rtt),
            _ => None,
        }
    }

    /// The answer.
    pub fn answer(&self) -> Option<&Answer> {
        match self {
            Self::Answered { answer, .. } => Some(answer),
            _ => None,
        }
    }
}

impl Serialize for Outcome {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Outcome", 4)?;
        object.serialize_field(
            "outcome",
            match self {
                Self::Answered { .. } => "answered",
                Self::Silent => "silent",
                Self::NotSent { .. } => "not_sent",
            },
        )?;
        object.serialize_field("rtt_us", &self.rtt().map(show::us))?;
        object.serialize_field("answer", &self.answer())?;
        object.serialize_field(
            "cause",
            &match self {
                Self::NotSent { cause } => Some(cause),
                _ => None,
            },
        )?;
        object.end()
    }
}

/// A link that carries less than a probe was long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct HopMtu {
    /// What was tried next, in octets: what was told, where that makes sense.
    pub mtu_octets: u32,
    /// Who told it; null is this host, or nobody.
    pub from: Option<IpAddr>,
    /// Whether nobody told it: longer packets just vanish.
    pub silent: bool,
}

/// A hop of which all is known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hop {
    /// How far it is.
    pub ttl: u8,
    /// What became of its probes.
    pub probes: Vec<Outcome>,
    /// Links that were found to carry less.
    pub mtu: Vec<HopMtu>,
}

impl Hop {
    /// Who answered, each once, in the order of the probes.
    pub fn senders(&self) -> Vec<IpAddr> {
        let mut senders = Vec::new();
        for answer in self.probes.iter().filter_map(Outcome::answer) {
            if !senders.contains(&answer.from) {
                senders.push(answer.from);
            }
        }
        senders
    }

    /// How many probes nobody answered.
    pub fn silent(&self) -> usize {
        self.probes.iter().filter(|probe| **probe == Outcome::Silent).count()
    }

    /// How many links the answers came over, where that differs from the way there: by their TTLs.
    pub fn other_way_back(&self, target: IpAddr, first: u8) -> Option<u8> {
        // A host that answers to the first TTL may be nearer than that.
        let is_sure = self.ttl > first || first == 1;
        // Who cannot pass a probe on says so a hop before the TTL would have run out.
        let passed = |answer: &&Answer| match answer.says {
            Says::Icmp { kind, .. } if kind.class() == Class::TimeExceeded => true,
            _ => is_sure && answer.arrived(target),
        };
        let answers = self.probes.iter().filter_map(Outcome::answer).filter(passed);
        answers.filter_map(|answer| answer.ttl).map(links_back).find(|links| *links != self.ttl)
    }
}

/// An address with its name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// The address.
    pub addr: IpAddr,
    /// The name that the resolver has for it.
    pub name: String,
}

/// How wide an address is on a terminal, so that times stand below each other: most of both families are no longer.
fn column(addr: IpAddr) -> usize {
    if addr.is_ipv4() { 15 } else { 24 }
}

/// A hop as a line.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "record", rename = "hop")]
pub struct Line {
    /// The hop.
    #[serde(flatten)]
    pub hop: Hop,
    /// Names of its senders, if asked for.
    pub names: Vec<Named>,
    /// How many links its answers came over, where that differs from the way there.
    pub links_back: Option<u8>,
}

impl Line {
    fn name(&self, addr: IpAddr) -> Option<&str> {
        self.names.iter().find(|known| known.addr == addr).map(|known| known.name.as_str())
    }
}

impl Render for Line {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut line = format!("{:>2}", self.hop.ttl);
        for mtu in &self.hop.mtu {
            let from = match (mtu.from, mtu.silent) {
                (Some(from), _) => format!("says {from}"),
                (None, false) => "says this host".to_owned(),
                (None, true) => "says nobody".to_owned(),
            };
            line.push_str(&text.paint(Role::Warning, &format!("  MTU {} {from}", mtu.mtu_octets)));
        }
        let mut last = None;
        for probe in &self.hop.probes {
            match probe {
                Outcome::Silent => line.push_str(&text.paint(Role::Dim, "  *")),
                Outcome::NotSent { cause } => line.push_str(&text.paint(Role::Bad, &format!("  not sent: {cause}"))),
                Outcome::Answered { answer, rtt } => {
                    if last != Some(answer.from) {
                        let mut from = show::named(answer.from, self.name(answer.from));
                        // The first one only: what follows is wherever the times before it end.
                        if last.is_none() && text.width().is_some() {
                            from = format!("{from:<0$}", column(answer.from));
                        }
                        line.push_str("  ");
                        line.push_str(&text.paint(Role::Strong, &from));
                        last = Some(answer.from);
                    }
                    line.push_str("  ");
                    line.push_str(&show::ms(show::us(*rtt)));
                    line.push_str(" ms");
                    match answer.says {
                        Says::Connected => line.push_str(" open"),
                        Says::Refused => line.push_str(" refused"),
                        _ => {}
                    }
                    if let Some(mark) = answer.mark() {
                        line.push_str(&text.paint(Role::Bad, &format!(" {mark}")));
                    }
                }
            }
        }
        if let Some(links) = self.links_back {
            line.push_str(&text.paint(Role::Dim, &format!("  asymm {links}")));
        }
        text.line(line)?;
        let mut shown = Vec::new();
        for object in self.hop.probes.iter().filter_map(Outcome::answer).flat_map(|answer| &answer.extensions) {
            if !shown.contains(&object) {
                text.line(format!("    {}", escape(&object.to_string())))?;
                shown.push(object);
            }
        }
        Ok(())
    }
}

/// The line above all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "start")]
pub struct Start {
    /// As typed.
    pub host: String,
    /// To whom.
    pub target: IpAddr,
    /// What probes are made of.
    pub protocol: &'static str,
    /// To which port.
    pub port: Option<u16>,
    /// The last TTL.
    pub max_hops: u8,
    /// Whether each probe waits for the one before.
    pub one_by_one: bool,
    /// Octets of a whole packet; the first one, where the path MTU is searched for.
    pub packet_octets: u32,
}

impl Render for Start {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let host = show::host(&self.host, self.target);
        let port = self.port.map_or_else(String::new, |port| format!(" port {port}"));
        let alone = if self.one_by_one { ", one probe at a time" } else { "" };
        let Self { protocol, max_hops, packet_octets, .. } = self;
        let hops = counted(u64::from(*max_hops), "hop");
        text.line(format!("trace to {host}: {protocol}{port}, {packet_octets} octets, {hops} at most{alone}"))
    }
}

/// What it came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "trace")]
pub struct Summary {
    /// To whom.
    pub target: IpAddr,
    /// Whether a probe came there.
    pub arrived: bool,
    /// At which TTL, if so.
    pub hops: Option<u8>,
    /// The longest packet that goes through, where that was searched for and a probe arrived.
    pub path_mtu_octets: Option<u32>,
    /// What there is to say about it.
    pub notes: Vec<Note>,
}

impl Render for Summary {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if let Some(mtu) = self.path_mtu_octets {
            text.line(format!("path MTU {mtu} octets"))?;
        }
        for note in &self.notes {
            text.prose("  ", &note.to_string())?;
        }
        Ok(())
    }
}
