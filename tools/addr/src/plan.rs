//! Networks cut, joined and compared: `addr split`, `vlsm`, `range`, `supernet`, `overlap`.

pub mod join;
pub mod overlap;
pub mod range;
pub mod split;
pub mod vlsm;

use std::ffi::OsString;

use serde::Serialize;
use sockeye_cli::escape::escape_octets;
use sockeye_cli::{Failure, Status};
use sockeye_common::addr::IpText;
use sockeye_common::prefix::Prefix;

use crate::bits;
use crate::given::{Fault, Network, parse_network};
use crate::network;
use crate::shell::Lines;

/// A network in a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The network.
    pub network: String,
    /// The first address that a host may have.
    pub first_usable: String,
    /// The last.
    pub last_usable: String,
    /// The broadcast address, where there is one.
    pub broadcast: Option<String>,
    /// The mask.
    pub mask: String,
    /// How many addresses a host may have, in decimal.
    pub usable: String,
}

impl Row {
    /// What is said of a network in a list.
    pub fn of(prefix: Prefix) -> Self {
        let (first, last) = network::usable(prefix);
        let text = |addr| IpText(addr).to_string();
        Self {
            network: prefix.to_string(),
            first_usable: text(first),
            last_usable: text(last),
            broadcast: network::broadcast(prefix).map(text),
            mask: text(prefix.mask()),
            usable: bits::count(bits::number(first), bits::number(last)),
        }
    }
}

/// Reads a network of the command line.
///
/// # Errors
/// [`Failure`]: the command line is wrong.
pub fn network_argument(text: &str) -> Result<Prefix, Failure> {
    block(text).map_err(|fault| wrong(text, &fault))
}

/// A network as a block of addresses. A zone would be passed over: the same block on two interfaces is two networks.
fn block(text: &str) -> Result<Prefix, Fault> {
    match parse_network(text)? {
        Network { zone: Some(_), .. } => Err(Fault::Zone),
        Network { prefix, .. } => Ok(prefix),
    }
}

/// The networks of the command line and of files, a line each.
///
/// # Errors
/// [`Failure`] for the first that is none, with its file and line: half of the networks would give a wrong answer.
pub(crate) fn networks(texts: &[String], files: &[OsString]) -> Result<Vec<Prefix>, Failure> {
    let mut networks = Vec::new();
    for text in texts {
        networks.push(network_argument(text)?);
    }
    for file in files {
        let mut lines = Lines::open(file)?;
        let name = lines.name.clone();
        while let Some((number, line)) = lines.next_line()? {
            let text = String::from_utf8_lossy(line);
            networks.push(block(&text).map_err(|fault| wrong_line(&name, number, line, &fault))?);
        }
    }
    Ok(networks)
}

/// How much of a text that is nothing is shown, in octets: a line of a file may have any length.
const SHOWN: usize = 200;

/// A text, or how it starts if it is long, safe for a terminal.
pub(crate) fn shown(text: &[u8]) -> String {
    match text.get(..SHOWN) {
        // The rest of a character that is cut in two is left out.
        Some(start) => {
            escape_octets(start.utf8_chunks().next().map_or(start, |chunk| {
                let whole = chunk.valid().as_bytes();
                if start.len() - whole.len() < 4 { whole } else { start }
            })) + "..."
        }
        None => escape_octets(text),
    }
}

/// What a line of a file that is wrong comes to.
pub(crate) fn wrong_line(file: &str, number: u64, line: &[u8], fault: &Fault) -> Failure {
    failure(Status::USAGE, &format!("{file}:{number}: "), line, fault)
}

/// What a text that is wrong comes to on the command line.
pub fn wrong(text: &str, fault: &Fault) -> Failure {
    failure(Status::USAGE, "", text.as_bytes(), fault)
}

/// What is wrong with a text in that place, and what to do about it.
pub(crate) fn failure(status: Status, place: &str, text: &[u8], fault: &Fault) -> Failure {
    let failure = Failure::new(status, format!("{place}\"{}\": {fault}", shown(text)));
    match fault.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
