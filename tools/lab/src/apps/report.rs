//! What servers and clients show while they work.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::{Render, Text};

use super::ping::{Statistics, milliseconds};

/// Something that a server or a client did or saw.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Report {
    /// A server is there for clients.
    Ready {
        /// Which one.
        app: &'static str,
        /// Where.
        addr: String,
        /// Over what.
        transport: &'static str,
    },
    /// A request was answered.
    Request {
        /// Whose.
        peer: String,
        /// Its first line.
        line: String,
        /// The status code of the answer.
        status: u16,
        /// How many octets the answer has.
        octets: usize,
    },
    /// A connection came to nothing.
    Broken {
        /// Whose.
        peer: String,
        /// Why.
        why: String,
    },
    /// A handshake of TLS succeeded.
    Secured {
        /// With whom.
        peer: String,
        /// The version.
        version: String,
        /// The cipher suite.
        suite: String,
    },
    /// A question came to a name server.
    Asked {
        /// From whom.
        peer: String,
        /// The name.
        qname: String,
        /// The type.
        qtype: String,
        /// `udp` or `tcp`.
        transport: &'static str,
        /// Whether the server is asked to find the answer wherever it is.
        recursion_desired: bool,
    },
    /// Another name server was asked.
    Upstream {
        /// Which one.
        server: String,
        /// The name.
        qname: String,
        /// The type.
        qtype: String,
        /// What it said, in words.
        outcome: String,
    },
    /// A datagram came.
    Datagram {
        /// From whom.
        peer: String,
        /// What is in it.
        text: String,
        /// Whether it was answered.
        answered: bool,
    },
    /// A child has a client.
    Child {
        /// Its process.
        pid: u32,
        /// The client.
        peer: String,
    },
    /// waitpid(2) has told how a child ended.
    Reaped {
        /// Its process.
        pid: u32,
    },
    /// A line of a conversation.
    Said {
        /// `server` or `client`.
        who: &'static str,
        /// What.
        text: String,
    },
    /// A question over UDP, and what became of it.
    Ping {
        /// Its number, from 1.
        number: u32,
        /// How long the answer took, in microseconds; null if none came in time.
        rtt_us: Option<u64>,
        /// The answer, or why there is none.
        text: String,
    },
    /// An answer whose time was over.
    Late {
        /// To which question.
        number: u32,
    },
    /// An answer to a question that was not asked yet: one that somebody else asked from this port before.
    Stray {
        /// To which question.
        number: u32,
    },
    /// What came of all of them.
    Statistics(Statistics),
    /// What a server takes.
    Census(Census),
    /// What came of many clients at once.
    Load(Load),
}

/// What came of many clients at once.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Load {
    /// What the server is called in a table; null if there is none.
    pub name: Option<String>,
    /// How many there were.
    pub clients: u32,
    /// How many got all of their answers.
    pub served: u32,
    /// How many did not.
    pub failed: u32,
    /// Why the first of them did not.
    pub why: Option<String>,
    /// How many were served at the same time at most.
    pub at_once: u32,
    /// From the first connect to the last close, in microseconds.
    pub took_us: u64,
    /// What the server took while most were served; null if it is not a process that can be seen from here.
    pub server: Option<Census>,
}

/// What a server and its children take.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Census {
    /// How many processes it is.
    pub processes: u32,
    /// How many threads they have.
    pub threads: u32,
    /// How many more have ended and are zombies.
    pub zombies: u32,
    /// Their memory, in KiB, without what is mapped from files; what is shared counts in parts (Pss_Anon).
    pub memory_kib: u64,
    /// Their open descriptors.
    pub descriptors: u32,
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::Ready { app, addr, transport } => text.line(format!("{app}: waiting on {addr} ({transport})")),
            Self::Request { peer, line, status, octets } => {
                text.line(format!("{peer} \"{}\" {status}, {octets} octets", escape(line)))
            }
            Self::Broken { peer, why } => text.line(format!("{peer} got nothing: {}", escape(why))),
            Self::Secured { peer, version, suite } => text.line(format!("{peer} speaks {version}, {suite}")),
            Self::Asked { peer, qname, qtype, transport, recursion_desired } => {
                let how = if *recursion_desired { ", recursion desired" } else { "" };
                text.line(format!("{peer} asks {} {qtype} over {transport}{how}", escape(qname)))
            }
            Self::Upstream { server, qname, qtype, outcome } => {
                text.line(format!("  asking {server} for {} {qtype}: {}", escape(qname), escape(outcome)))
            }
            Self::Datagram { peer, text: words, answered } => {
                let became = if *answered { "answered" } else { "lost" };
                text.line(format!("{peer} \"{}\" {became}", escape(words)))
            }
            Self::Child { pid, peer } => text.line(format!("process {pid} has {peer}")),
            Self::Reaped { pid } => text.line(format!("process {pid} has ended, and waitpid took it away")),
            Self::Said { who, text: words } => text.line(format!("{who}: {}", escape(words))),
            Self::Ping { number, rtt_us: Some(rtt), text: words } => {
                text.line(format!("{number}: \"{}\" rtt {} ms", escape(words), milliseconds(*rtt)))
            }
            Self::Ping { number, rtt_us: None, text: words } => text.line(format!("{number}: {}", escape(words))),
            Self::Late { number } => text.line(format!("{number}: an answer came too late")),
            Self::Stray { number } => {
                text.line(format!("{number}: an answer to what was not asked yet, for who had this port before"))
            }
            Self::Statistics(all) => statistics(all, text),
            Self::Census(census) => render_census(census, text),
            Self::Load(load) => render_load(load, text),
        }
    }
}

fn statistics(all: &Statistics, text: &mut Text<'_>) -> io::Result<()> {
    let Statistics { sent, received, late, loss_basis_points, rtt_min_us, rtt_avg_us, rtt_max_us } = all;
    let lost = sent.saturating_sub(*received);
    let (whole, part) = (loss_basis_points / 100, loss_basis_points % 100);
    text.line(format!("{sent} sent, {received} answered, {lost} lost ({whole}.{part:02} %), {late} of them late"))?;
    if let (Some(min), Some(avg), Some(max)) = (rtt_min_us, rtt_avg_us, rtt_max_us) {
        let [min, avg, max] = [min, avg, max].map(|us| milliseconds(*us));
        text.line(format!("rtt min {min} ms"))?;
        text.line(format!("rtt avg {avg} ms"))?;
        text.line(format!("rtt max {max} ms"))?;
    }
    Ok(())
}

fn render_load(load: &Load, text: &mut Text<'_>) -> io::Result<()> {
    let Load { name, clients, served, failed, why, at_once, took_us, server } = load;
    if let Some(name) = name {
        return render_row(name, load, text);
    }
    text.line(format!("clients {clients}, served {served}, failed {failed}"))?;
    if let Some(why) = why {
        text.line(format!("the first that failed: {}", escape(why)))?;
    }
    text.line(format!("served at once {at_once}"))?;
    text.line(format!("time {} ms", milliseconds(*took_us)))?;
    server.as_ref().map_or(Ok(()), |census| render_census(census, text))
}

/// A line of a table, each number with what it counts: so lines of several servers can be put together, and sorted.
fn render_row(name: &str, load: &Load, text: &mut Text<'_>) -> io::Result<()> {
    let name = format!("{} for {}", escape(name), load.clients);
    let taken = load.server.as_ref().map_or_else(String::new, |census| {
        let Census { processes, threads, memory_kib, .. } = census;
        let (process, thread) = (plural(*processes, "process", "processes"), plural(*threads, "thread", "threads"));
        format!(" {processes:>5} {process:<9} {threads:>5} {thread:<7} {memory_kib:>7} KiB")
    });
    let failed = match load.failed {
        0 => String::new(),
        failed => format!(" {failed} failed: {}", escape(load.why.as_deref().unwrap_or("?"))),
    };
    text.line(format!("{name:<22} {:>10} ms {:>5} at once{taken}{failed}", milliseconds(load.took_us), load.at_once))
}

fn plural<'a>(number: u32, one: &'a str, more: &'a str) -> &'a str {
    if number == 1 { one } else { more }
}

fn render_census(census: &Census, text: &mut Text<'_>) -> io::Result<()> {
    let Census { processes, threads, zombies, memory_kib, descriptors } = census;
    text.line(format!("server processes {processes}"))?;
    text.line(format!("server threads {threads}"))?;
    text.line(format!("server zombies {zombies}"))?;
    text.line(format!("server memory {memory_kib} KiB"))?;
    text.line(format!("server descriptors {descriptors}"))
}
