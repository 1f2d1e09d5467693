//! What is shown of pings.

use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::words::counted;

use crate::answer::{Answer, Says, links_back};
use crate::show;
use crate::statistics::Summary;

/// A run of probes without an answer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Outage {
    /// Its first probe.
    pub first_seq: u64,
    /// How many.
    pub probes: u64,
    /// When that was sent, since the start.
    pub at_s: f64,
    /// Until the next probe that was answered.
    pub length_s: f64,
}

/// An error that came, and how often.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Told {
    /// Who sent it.
    pub from: IpAddr,
    /// What it says.
    pub words: String,
    /// How often.
    pub times: u64,
}

/// What it came to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "record", rename = "summary")]
pub struct Report {
    /// To whom.
    pub target: IpAddr,
    /// Probes that went out.
    pub sent: u64,
    /// Probes that this system did not take.
    pub refused: u64,
    /// Answers of the host, without duplicates.
    pub received: u64,
    /// Probes without one.
    pub lost: u64,
    /// The same of a hundred.
    pub lost_percent: f64,
    /// Answers to probes that had been answered.
    pub duplicates: u64,
    /// Answers that were overtaken by one to a later probe.
    pub reordered: u64,
    /// Answers with other data than was sent.
    pub damaged: u64,
    /// ICMP errors.
    pub errors: u64,
    /// From the start to the end.
    pub elapsed_s: f64,
    /// The round trips.
    pub rtt: Option<Summary>,
    /// The times without an answer, the first thousand.
    pub outages: Vec<Outage>,
    /// How many there were.
    pub outage_count: u64,
    /// All of them together.
    pub outage_total_s: f64,
    /// The longest.
    pub outage_longest_s: f64,
    /// TTLs or hop limits that answers came with.
    pub ttls: Vec<u8>,
    /// The errors, by sender.
    pub told: Vec<Told>,
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(format!("--- {}", self.target))?;
        let mut counts = vec![format!("{} sent", self.sent), format!("{} received", self.received)];
        let role = if self.lost == 0 { Role::Good } else { Role::Bad };
        if self.sent > 0 {
            counts.push(text.paint(role, &format!("{} % lost", show::short(self.lost_percent))));
        }
        for (count, what) in [
            (self.duplicates, "duplicate"),
            (self.reordered, "out of order"),
            (self.damaged, "damaged"),
            (self.refused, "refused by this system"),
        ] {
            if count > 0 {
                counts.push(text.paint(Role::Warning, &format!("{count} {what}")));
            }
        }
        counts.push(format!("in {:.3} s", self.elapsed_s));
        text.line(counts.join(", "))?;
        if let Some(rtt) = self.rtt {
            text.line(format!(
                "rtt min/avg/max/mdev {}/{}/{}/{} ms, median {}, p95 {}, jitter {}",
                show::ms(rtt.min_us),
                show::ms(rtt.avg_us),
                show::ms(rtt.max_us),
                show::ms(rtt.mdev_us),
                show::ms(rtt.median_us),
                show::ms(rtt.p95_us),
                show::ms(rtt.jitter_us)
            ))?;
        }
        // Where nothing came at all, the line above has said it.
        if self.outage_total_s > 0.0 && self.received > 0 {
            let times = if self.outage_count == 1 { "once".to_owned() } else { format!("{} times", self.outage_count) };
            text.line(format!(
                "no answer {times}, {:.3} s in all, {:.3} s at most",
                self.outage_total_s, self.outage_longest_s
            ))?;
        }
        for Told { from, words, times } in &self.told {
            text.line(format!("{times} x {words}, said by {from}"))?;
        }
        for ttl in &self.ttls {
            let links = links_back(*ttl);
            let routers = match links {
                1 => "no router".to_owned(),
                2 => "1 router".to_owned(),
                links => format!("{} routers", links - 1),
            };
            text.line(format!("answers came with TTL {ttl}: {routers} on the way back, if it began as usual"))?;
        }
        Ok(())
    }
}

/// What it came to so far: what SIGQUIT asks for.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "record", rename = "so_far")]
pub struct SoFar {
    /// Probes that went out.
    pub sent: u64,
    /// Answers of the host, without duplicates.
    pub received: u64,
    /// Probes without one, of a hundred.
    pub lost_percent: f64,
    /// The round trips.
    pub rtt: Option<Summary>,
}

impl SoFar {
    /// That of a report in the middle of a run.
    pub fn of(report: &Report) -> Self {
        let Report { sent, received, lost_percent, rtt, .. } = *report;
        Self { sent, received, lost_percent, rtt }
    }

    /// The line of ping(8).
    pub fn line(&self) -> String {
        let Self { sent, received, lost_percent, rtt } = self;
        let rtt = rtt.map_or_else(String::new, |rtt| {
            let [min, avg, ewma, max] = [rtt.min_us, rtt.avg_us, rtt.ewma_us, rtt.max_us].map(show::ms);
            format!(", min/avg/ewma/max = {min}/{avg}/{ewma}/{max} ms")
        });
        format!("{received}/{sent} packets, {:.0}% loss{rtt}", lost_percent.floor())
    }
}

impl Render for SoFar {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(self.line())
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
    /// Octets of data.
    pub payload_octets: usize,
}

impl Render for Start {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Self { host, target, protocol, port, payload_octets } = self;
        let host = show::host(host, *target);
        let port = port.map_or_else(String::new, |port| format!(" port {port}"));
        let data = match u64::try_from(*payload_octets).unwrap_or(u64::MAX) {
            0 => String::new(),
            octets => format!(", {} of data", counted(octets, "octet")),
        };
        text.line(format!("ping {host}: {protocol}{port}{data}"))
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "record", rename = "answer")]
pub struct Line {
    /// Seconds since 1970, if asked for.
    pub wall_s: Option<f64>,
    /// Which probe.
    pub seq: u64,
    /// The answer.
    #[serde(flatten)]
    pub answer: Answer,
    /// The name of who sent it, if asked for.
    pub name: Option<String>,
    /// The round trip.
    pub rtt_us: f64,
    /// Whether it came from the host itself.
    pub arrived: bool,
    /// Whether the probe had been answered before.
    pub duplicate: bool,
    /// Whether a later probe was answered before.
    pub reordered: bool,
}

impl Render for Line {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let stamp = stamp(self.wall_s);
        let from = show::named(self.answer.from, self.name.as_deref());
        let seq = self.seq;
        let ttl = self.answer.ttl.map_or_else(String::new, |ttl| format!(" ttl={ttl}"));
        let time = format!(" time={} ms", show::ms(self.rtt_us));
        let mut line = match self.answer.says {
            Says::Echo { octets, .. } => format!("{octets} octets from {from}: seq={seq}{ttl}{time}"),
            Says::Datagram { octets, intact } => {
                let same = if intact { "" } else { ", other data than was sent" };
                format!("{octets} octets from {from}: seq={seq}{ttl}{time}{same}")
            }
            Says::Connected => format!("connected to {from}: seq={seq}{time}"),
            Says::Refused => format!("refused by {from}: seq={seq}{time}"),
            Says::Icmp { kind, mtu_octets } => {
                let mtu = mtu_octets.map_or_else(String::new, |mtu| format!(", MTU {mtu}"));
                let words = format!("{}{mtu}", kind.words());
                let words = if self.arrived { words } else { text.paint(Role::Bad, &words) };
                format!("{words}: from {from}: seq={seq}{ttl}{time}")
            }
        };
        for (is, what) in
            [(self.duplicate, "duplicate"), (self.reordered, "out of order"), (self.answer.is_damaged(), "damaged")]
        {
            if is {
                line.push_str(&text.paint(Role::Warning, &format!(" ({what})")));
            }
        }
        for object in &self.answer.extensions {
            line.push_str(" [");
            line.push_str(&escape(&object.to_string()));
            line.push(']');
        }
        text.line(format!("{stamp}{line}"))
    }
}

/// Nothing has come for a probe.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "record", rename = "no_answer_yet")]
pub struct Missing {
    /// Seconds since 1970, if asked for.
    pub wall_s: Option<f64>,
    /// Which probe.
    pub seq: u64,
}

impl Render for Missing {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let words = text.paint(Role::Warning, "no answer yet");
        text.line(format!("{}{words}: seq={}", stamp(self.wall_s), self.seq))
    }
}

/// A probe that this system did not take.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "record", rename = "not_sent")]
pub struct NotSent {
    /// Seconds since 1970, if asked for.
    pub wall_s: Option<f64>,
    /// Which probe.
    pub seq: u64,
    /// Why.
    pub cause: String,
    /// The MTU that it exceeds, if that is why.
    pub mtu_octets: Option<u32>,
}

impl Render for NotSent {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mtu = self.mtu_octets.map_or_else(String::new, |mtu| format!(" (MTU {mtu})"));
        let words = text.paint(Role::Bad, &format!("not sent: {}{mtu}", self.cause));
        text.line(format!("{}{words}: seq={}", stamp(self.wall_s), self.seq))
    }
}

fn stamp(wall_s: Option<f64>) -> String {
    wall_s.map_or_else(String::new, |seconds| format!("[{seconds:.6}] "))
}
