//! `netsum solve`: what keeps or forces a checksum.

use std::ffi::OsString;
use std::ops::RangeInclusive;

use clap::Args;
use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_common::number::four_hexadecimal;

use super::compute::{Ends, source};
use super::values::number;
use crate::data::Source;
use crate::solve::problem::Carrier;
use crate::solve::set::Set;
use crate::solve::sums::MAX_LEN;
use crate::typed::{Header, Typed};

/// How many suffixes are listed if only one length is asked for.
const LISTED: u64 = 10;

#[derive(Args, Debug)]
pub(super) struct SolveArgs {
    /// What the packet carries: text as it stands, hex:4142, @FILE, or - for standard input; "" for nothing
    #[arg(value_name = "DATA")]
    data: OsString,
    /// Suffixes of K octets, or of each length from one to another: 6, 1-8; up to 64
    #[arg(short = 'k', long, value_name = "K", default_value = "1-8")]
    length: String,
    /// Octets that a suffix may have: printable, upper, lower, alpha, alnum, digits, any, hex:2d2e, or characters, among
    /// which A-F is a range
    #[arg(long, value_name = "SET", default_value = "printable")]
    set: OsString,
    /// List the first N suffixes of each length, in lexicographic order [default: 10 of one length, 1 of several]
    #[arg(short = 'n', long, value_name = "N", value_parser = number::<u64>)]
    number: Option<u64>,
    /// Only count
    #[arg(long, conflicts_with_all = ["number", "sample"])]
    count: bool,
    /// Draw suffixes at random instead of listing the first, each as likely as the other; one seed draws the same ones
    #[arg(long, value_name = "SEED", value_parser = number::<u64>)]
    sample: Option<u64>,
    /// What carries DATA: how often its length is summed depends on it
    #[arg(long, value_enum, value_name = "PROTOCOL", default_value = "udp", hide_possible_values = true)]
    protocol: Carrier,
    /// Source address and port of a UDP datagram, so that its checksum is known
    #[arg(long, value_name = "SRC:PORT", requires = "dst")]
    src: Option<String>,
    /// Destination address and port
    #[arg(long, value_name = "DST:PORT", requires = "src")]
    dst: Option<String>,
    /// The checksum that the packet has now, in hex, where it is known from elsewhere
    #[arg(long, value_name = "CHECKSUM", conflicts_with = "src")]
    from: Option<String>,
    /// Make this the checksum, in hex, instead of keeping the one that it has
    #[arg(long, value_name = "CHECKSUM")]
    force: Option<String>,
    /// Overwrite the two octets at this offset of DATA, from 0, instead of attaching a suffix
    #[arg(
        long,
        value_name = "OFFSET",
        value_parser = number::<usize>,
        conflicts_with_all = ["length", "set", "number", "count", "sample"]
    )]
    at: Option<usize>,
    /// Insert two octets there instead of overwriting
    #[arg(long, requires = "at")]
    insert: bool,
    /// Print the suffixes or words and nothing else, as DATA is written; with --count the numbers
    #[arg(short, long, conflicts_with_all = ["explain", "json"])]
    pub(super) quiet: bool,
}

/// What is to be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Solve {
    /// Where the data is.
    pub data: Source,
    /// What carries it.
    pub carrier: Carrier,
    /// The datagram around it, where that is known.
    pub typed: Option<Typed>,
    /// Whether an address of that had a zone, which is not summed.
    pub zone_left_out: bool,
    /// The checksum now, as the user says.
    pub from: Option<u16>,
    /// The checksum that is wanted; none if it is to stay.
    pub wanted: Option<u16>,
    /// Where octets are put.
    pub place: Place,
    /// Print the answers alone.
    pub quiet: bool,
}

/// Where octets are put.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Behind the data.
    Suffix(Suffixes),
    /// Into it.
    Word {
        /// At this offset.
        at: usize,
        /// In front of the octet there, instead of over it.
        inserted: bool,
    },
}

/// Which suffixes are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suffixes {
    /// Their lengths.
    pub lengths: RangeInclusive<usize>,
    /// What they consist of.
    pub set: Set,
    /// How many of each length are listed at most.
    pub most: u64,
    /// The seed, if they are drawn and not the first.
    pub seed: Option<u64>,
}

impl SolveArgs {
    /// What it asks for.
    pub(super) fn read(&self) -> Result<Solve, Failure> {
        let from = self.from.as_deref().map(|text| checksum("--from", text)).transpose()?;
        let wanted = self.force.as_deref().map(|text| checksum("--force", text)).transpose()?;
        let (typed, zone_left_out) = self.typed()?.unzip();
        if from == Some(0) && self.protocol == Carrier::Udp {
            return Err(Failure::usage("--from 0000: a UDP datagram without a checksum has none to keep or to change"));
        }
        if wanted.is_some() && from.is_none() && typed.is_none() && self.protocol != Carrier::Raw {
            let known = if self.protocol == Carrier::Udp { "--src and --dst, or --from with" } else { "--from with" };
            let said = format!("--force: {} sums more than DATA", self.protocol.name());
            return Err(
                Failure::usage(said).hint(format!("give {known} the checksum that it has now, or --protocol raw"))
            );
        }
        let place = match self.at {
            Some(at) => Place::Word { at, inserted: self.insert },
            None => Place::Suffix(self.suffixes()?),
        };
        let data = source("data", &self.data)?;
        Ok(Solve {
            data,
            carrier: self.protocol,
            typed,
            zone_left_out: zone_left_out.unwrap_or(false),
            from,
            wanted,
            place,
            quiet: self.quiet,
        })
    }

    /// The datagram, and whether an address of it has a zone.
    fn typed(&self) -> Result<Option<(Typed, bool)>, Failure> {
        let (Some(src), Some(dst)) = (&self.src, &self.dst) else { return Ok(None) };
        if self.protocol != Carrier::Udp {
            let said = "--src: addresses and ports alone make a UDP checksum and no other";
            return Err(Failure::usage(said).hint("--from takes the checksum that the packet has now"));
        }
        let Ends { addrs, ports, zone } = Ends::with_ports(src, dst)?;
        let typed = Typed { addrs: Some(addrs), header: Header::Udp { ports }, jumbo: false };
        typed.check().map_err(|error| Failure::usage(error.to_string()))?;
        Ok(Some((typed, zone)))
    }

    fn suffixes(&self) -> Result<Suffixes, Failure> {
        let lengths = lengths(&self.length)?;
        let set = Set::parse(&self.set)
            .map_err(|error| Failure::usage(format!("--set \"{}\": {error}", escape(&self.set.to_string_lossy()))))?;
        let usual = if lengths.start() == lengths.end() { LISTED } else { 1 };
        let most = if self.count { 0 } else { self.number.unwrap_or(usual) };
        Ok(Suffixes { lengths, set, most, seed: self.sample })
    }
}

/// `6` or `1-8`.
fn lengths(text: &str) -> Result<RangeInclusive<usize>, Failure> {
    let wrong = |why: String| Failure::usage(format!("-k \"{}\": {why}", escape(text)));
    let length = |digits: &str| match number::<usize>(digits) {
        Ok(length @ 1..=MAX_LEN) => Ok(length),
        Ok(length) => Err(wrong(format!("{length} is not among 1 to {MAX_LEN}"))),
        Err(_) => Err(wrong(format!("a number from 1 to {MAX_LEN}, or two with a dash between them, is expected"))),
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let (first, last) = (length(first)?, length(last)?);
    if first > last {
        return Err(wrong("the range runs backwards".to_owned()));
    }
    Ok(first..=last)
}

/// A checksum as it is printed everywhere: `f752`, `0xf752`.
fn checksum(option: &str, text: &str) -> Result<u16, Failure> {
    four_hexadecimal(text)
        .ok_or_else(|| Failure::usage(format!("{option} \"{}\": not a checksum: one to four hex digits", escape(text))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_of_suffixes() {
        assert_eq!(lengths("6").unwrap(), 6..=6);
        assert_eq!(lengths("1-64").unwrap(), 1..=64);
        for (text, said) in [
            ("0", "0 is not among 1 to 64"),
            ("1-65", "65 is not among"),
            ("8-1", "runs backwards"),
            ("x", "a number from 1 to 64"),
            ("1-", "a number from 1 to 64"),
            ("+6", "a number from 1 to 64"),
            ("", "a number from 1 to 64"),
        ] {
            let error = lengths(text).unwrap_err().to_string();
            assert!(error.contains(said), "{text}: {error}");
        }
    }

    #[test]
    fn checksums() {
        for (text, value) in [("f752", 0xf752), ("0xF752", 0xf752), ("0", 0), ("12", 0x12)] {
            assert_eq!(checksum("--force", text).unwrap(), value);
        }
        for text in ["", "0x", "f7521", "+752", "g", "00000"] {
            assert!(checksum("--force", text).is_err(), "{text}");
        }
    }
}
