//! Networks cut, joined and compared: `addr split`, `vlsm`, `range`, `supernet`, `overlap`.

pub mod join;
pub mod overlap;
pub mod range;
pub mod split;
pub mod vlsm;

use std::ffi::OsString;

use serde::Serialize;
use sockeye_cli::Failure;
use sockeye_cli::escape::{escape, escape_octets};
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
pub fn network_argument(text: &str) -> Result<Network, Failure> {
    parse_network(text).map_err(|fault| wrong(text, &fault))
}

/// The networks of the command line and of files, a line each.
///
/// # Errors
/// [`Failure`] for the first that is none, with its file and line: half of the networks would give a wrong answer.
pub(crate) fn networks(texts: &[String], files: &[OsString]) -> Result<Vec<Prefix>, Failure> {
    let mut networks = Vec::new();
    for text in texts {
        networks.push(network_argument(text)?.prefix);
    }
    for file in files {
        let mut lines = Lines::open(file)?;
        let name = lines.name.clone();
        while let Some((number, line)) = lines.next_line()? {
            let text = String::from_utf8_lossy(line);
            let network = parse_network(&text)
                .map_err(|fault| Failure::usage(format!("{name}:{number}: \"{}\": {fault}", escape_octets(line))))?;
            networks.push(network.prefix);
        }
    }
    Ok(networks)
}

/// What a text that is wrong comes to on the command line.
pub fn wrong(text: &str, fault: &Fault) -> Failure {
    let failure = Failure::usage(format!("\"{}\": {fault}", escape(text)));
    match fault.hint() {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
