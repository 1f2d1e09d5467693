//! `netsum update`: checksums brought up to date.

use std::ffi::OsString;
use std::net::IpAddr;

use clap::Args;
use sockeye_capture::LinkType;
use sockeye_capture::layers::Algorithm;
use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_common::hex::decode;
use sockeye_common::number::behind_0x;

use super::compute::{Style, StyleArgs, source};
use super::values::number;
use crate::data::Source;
use crate::form::{FORMS, Form};
use crate::packet::link_type;
use crate::update::Old;
use crate::update::change::{Change, ChangeError, What, addresses};

#[derive(Args, Debug)]
pub(super) struct UpdateArgs {
    /// The old checksum in hex; with a protocol in front, ip:66c9 or udp:f752, only what that covers changes it. Without any,
    /// those of --packet
    #[arg(value_name = "CHECKSUM", value_parser = old, required_unless_present = "packet")]
    olds: Vec<Old>,
    /// TTL
    #[arg(long, value_name = "OLD:NEW", value_parser = ttl)]
    ttl: Option<Change>,
    /// Identification of IPv4
    #[arg(long, value_name = "OLD:NEW", value_parser = |text: &str| numbers(What::Identification, text))]
    id: Option<Change>,
    /// Source address; those of IPv6 in brackets
    #[arg(long, value_name = "OLD:NEW", value_parser = |text: &str| translated(What::Source, text))]
    src: Option<Change>,
    /// Destination address
    #[arg(long, value_name = "OLD:NEW", value_parser = |text: &str| translated(What::Destination, text))]
    dst: Option<Change>,
    /// Source port
    #[arg(long, value_name = "OLD:NEW", value_parser = |text: &str| numbers(What::SourcePort, text))]
    sport: Option<Change>,
    /// Destination port
    #[arg(long, value_name = "OLD:NEW", value_parser = |text: &str| numbers(What::DestinationPort, text))]
    dport: Option<Change>,
    /// A word of 16 bits in hex; may be given several times
    #[arg(long, value_name = "OLD:NEW", value_parser = word)]
    word: Vec<Change>,
    /// An even number of octets in hex, from an even place on; may be given several times
    #[arg(long, value_name = "OLD:NEW", value_parser = octets)]
    hex: Vec<Change>,
    /// The packet before the change, in hex, @FILE or -: its checksums are summed afresh as well
    #[arg(long, value_name = "HEX", conflicts_with_all = ["word", "hex"])]
    packet: Option<OsString>,
    /// What the packet begins with, as for netsum packet
    #[arg(long, value_name = "TYPE", value_parser = link_type, requires = "packet")]
    link: Option<LinkType>,
    #[command(flatten)]
    pub(super) style: StyleArgs,
}

/// Checksums that are to be brought up to date.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UpdateJob {
    /// The old ones.
    pub olds: Vec<Old>,
    /// What changed.
    pub changes: Vec<Change>,
    /// The packet before it changed.
    pub packet: Option<Source>,
    /// What that begins with, if that was said.
    pub link_type: Option<LinkType>,
    /// How it is shown.
    pub style: Style,
}

impl UpdateArgs {
    /// What it asks for.
    pub(super) fn read(self) -> Result<UpdateJob, Failure> {
        let single = [self.ttl, self.id, self.src, self.dst, self.sport, self.dport].into_iter().flatten();
        let changes: Vec<Change> = single.chain(self.word).chain(self.hex).collect();
        if changes.is_empty() {
            return Err(Failure::usage(
                "nothing has changed: --ttl, --id, --src, --dst, --sport, --dport, --word or --hex says what",
            )
            .hint("see netsum update --help"));
        }
        let packet = self.packet.map(|packet| source("packet", &packet)).transpose()?;
        Ok(UpdateJob { olds: self.olds, changes, packet, link_type: self.link, style: self.style.read() })
    }
}

fn old(text: &str) -> Result<Old, String> {
    let (name, digits) = text.split_once(':').map_or((None, text), |(name, digits)| (Some(name), digits));
    let known = |form: &&Form| form.algorithm == Algorithm::Internet;
    let form = match name.map(|name| (name, Form::named(name))) {
        None => None,
        Some(("sctp", _)) => return Err("a CRC32c is no sum: work it out again with netsum sctp".to_owned()),
        Some((_, Some(form))) => Some(form),
        Some((name, None)) => {
            let names: Vec<&str> = FORMS.iter().filter(known).map(|form| form.name).collect();
            return Err(format!("no protocol \"{}\": {} are known", escape(name), names.join(", ")));
        }
    };
    let digits = behind_0x(digits).unwrap_or(digits);
    let checksum = u16::from_str_radix(digits, 16).ok().filter(|_| digits.len() == 4 && !digits.starts_with('+'));
    Ok(Old { form, checksum: checksum.ok_or("four hexadecimal digits are wanted, as in f752 or udp:f752")? })
}

fn halves(text: &str) -> Result<(&str, &str), String> {
    text.split_once(':').ok_or_else(|| ChangeError::NoColon.to_string())
}

fn ttl(text: &str) -> Result<Change, String> {
    let (old, new) = halves(text)?;
    // The high octet of a word whose low one stays the same.
    Ok(Change { what: What::Ttl, old: vec![number(old)?, 0], new: vec![number(new)?, 0] })
}

fn numbers(what: What, text: &str) -> Result<Change, String> {
    let (old, new) = halves(text)?;
    let octets = |half: &str| number::<u16>(half).map(|number| number.to_be_bytes().to_vec());
    Ok(Change { what, old: octets(old)?, new: octets(new)? })
}

fn translated(what: What, text: &str) -> Result<Change, String> {
    let octets = |addr: IpAddr| match addr {
        IpAddr::V4(v4) => v4.octets().to_vec(),
        IpAddr::V6(v6) => v6.octets().to_vec(),
    };
    let (old, new) = addresses(text).map_err(|error| error.to_string())?;
    Ok(Change { what, old: octets(old), new: octets(new) })
}

fn octets(text: &str) -> Result<Change, String> {
    let (old, new) = halves(text)?;
    let octets = |half: &str| decode(half).map_err(|error| error.to_string());
    let (old, new) = (octets(old)?, octets(new)?);
    if old.len() != new.len() {
        return Err(ChangeError::Lengths { old: old.len(), new: new.len() }.to_string());
    }
    if old.len() % 2 == 1 || old.is_empty() {
        return Err(ChangeError::Odd { length: old.len() }.to_string());
    }
    Ok(Change { what: What::Octets, old, new })
}

fn word(text: &str) -> Result<Change, String> {
    octets(text)
        .ok()
        .filter(|change| change.old.len() == 2)
        .ok_or_else(|| "two words of four hexadecimal digits are wanted, OLD:NEW".to_owned())
}
