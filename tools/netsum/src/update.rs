//! A checksum brought up to date after a few words changed, without summing the rest again.

use std::fmt;
use std::io;
use std::net::IpAddr;

use serde::Serialize;
use sockeye_capture::Frame;
use sockeye_capture::layers::{Algorithm, Zero};
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::checksum::{PseudoHeader, fold};

use crate::cli::{UpdateJob, WorkingStyle};
use crate::form::{Form, Pseudo, digits, octets};
use crate::packet::{Given, Item, Start, items};
use crate::shell;
use crate::subject::Subject;
use crate::typed::MAX_DATA;
use crate::working::{Fold, folds};
use crate::worksheet::fold_words;

/// What changed in a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What it is, in the RFCs' words: `Source Address`.
    pub what: What,
    /// The octets that were there, an even number of them.
    pub old: Vec<u8>,
    /// The octets that are there now, as many.
    pub new: Vec<u8>,
}

/// Which part of a packet changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// TTL, the high octet of its word.
    Ttl,
    /// Identification.
    Identification,
    /// Source Address.
    Source,
    /// Destination Address.
    Destination,
    /// Source Port.
    SourcePort,
    /// Destination Port.
    DestinationPort,
    /// Octets that all the checksums cover.
    Octets,
}

impl What {
    /// Its name in the RFCs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ttl => "Time to Live",
            Self::Identification => "Identification",
            Self::Source => "Source Address",
            Self::Destination => "Destination Address",
            Self::SourcePort => "Source Port",
            Self::DestinationPort => "Destination Port",
            Self::Octets => "word",
        }
    }
}

impl Change {
    /// Whether the checksum of `form` covers what changed; one without a form covers everything.
    pub fn concerns(&self, form: Option<&Form>) -> bool {
        let Some(form) = form else { return true };
        let is_v4 = self.old.len() == 4;
        match self.what {
            What::Ttl | What::Identification => form.name == "ip",
            What::Source | What::Destination if form.name == "ip" => is_v4,
            What::Source | What::Destination => match form.pseudo {
                Pseudo::Always => true,
                Pseudo::OverV6 => !is_v4,
                Pseudo::Never => false,
            },
            What::SourcePort | What::DestinationPort => form.has_ports,
            What::Octets => true,
        }
    }

    /// The words that changed, with what to call each.
    fn words(&self) -> Vec<(String, u16, u16)> {
        let word = |octets: &[u8]| octets.iter().fold(0_u16, |word, octet| word << 8 | u16::from(*octet));
        let count = self.old.chunks(2).len();
        let pairs = self.old.chunks(2).zip(self.new.chunks(2)).enumerate();
        let name = |index: usize| match count {
            1 => self.what.name().to_owned(),
            _ => format!("{} {}/{count}", self.what.name(), index.saturating_add(1)),
        };
        pairs.map(|(index, (old, new))| (name(index), word(old), word(new))).collect()
    }
}

/// A checksum that is to be brought up to date.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Old {
    /// Whose it is, if that was said.
    pub form: Option<&'static Form>,
    /// What the field held.
    pub checksum: u16,
}

/// One word, changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// What changed.
    pub what: String,
    /// The word that was there: m.
    pub old: u16,
    /// The word that is there now: m'.
    pub new: u16,
    /// The checksum before: HC.
    pub checksum_before: u16,
    /// ~HC + ~m + m', before the fold.
    pub total: u64,
    /// The folds.
    pub folds: Vec<Fold>,
    /// The checksum afterwards: HC'.
    pub checksum_after: u16,
    /// What equation 2 makes of the same: HC + m + ~m'.
    pub equation_2: u16,
}

/// A checksum with every step of its update.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What this record is.
    pub record: &'static str,
    /// Whose checksum it is, if that was said.
    pub protocol: Option<&'static str>,
    /// What the field held.
    pub stored: u16,
    /// The same as it is sent.
    pub stored_octets: String,
    /// Each word that it covers and that changed.
    pub steps: Vec<Step>,
    /// What changed and is not covered.
    pub not_covered: Vec<&'static str>,
    /// Whether the field said that no checksum was computed, which no update changes.
    pub was_absent: bool,
    /// Whether the result was zero and goes out as all ones.
    pub zero_became_all_ones: bool,
    /// What stands in the field now.
    pub calculated: u16,
    /// The same as it is sent.
    pub calculated_octets: String,
    /// What all steps by equation 2 end in.
    pub equation_2: u16,
    /// The checksum summed afresh over the changed packet, where that was given.
    pub recomputed: Option<u16>,
}

impl Old {
    /// Applies `changes`, telling every step.
    ///
    /// # Source
    /// RFC 1624 section 3, equation 3; equation 2 is that of RFC 1141, which goes wrong where the sum becomes zero.
    pub fn update(self, changes: &[Change], recomputed: Option<u16>) -> Report {
        let zero = self.form.map_or(Zero::Counts, |form| form.zero);
        let was_absent = zero != Zero::Counts && self.checksum == 0;
        let mut steps = Vec::new();
        let mut not_covered = Vec::new();
        let (mut checksum, mut equation_2) = (self.checksum, self.checksum);
        for change in changes {
            if !change.concerns(self.form) {
                not_covered.push(change.what.name());
                continue;
            }
            for (what, old, new) in change.words().into_iter().filter(|_| !was_absent) {
                let total = u64::from(!checksum).saturating_add((!old).into()).saturating_add(new.into());
                let (folds, folded) = folds(total);
                equation_2 = by_equation_2(equation_2, old, new);
                let checksum_before = checksum;
                checksum = !folded;
                steps.push(Step {
                    what,
                    old,
                    new,
                    checksum_before,
                    total,
                    folds,
                    checksum_after: checksum,
                    equation_2: by_equation_2(checksum_before, old, new),
                });
            }
        }
        let zero_became_all_ones = zero != Zero::Counts && !was_absent && checksum == 0;
        if zero_became_all_ones {
            checksum = 0xffff;
        }
        let algorithm = Algorithm::Internet;
        Report {
            record: "update",
            protocol: self.form.map(|form| form.name),
            stored: self.checksum,
            stored_octets: digits(algorithm, self.checksum.into()),
            steps,
            not_covered,
            was_absent,
            zero_became_all_ones,
            calculated: checksum,
            calculated_octets: digits(algorithm, checksum.into()),
            equation_2,
            recomputed,
        }
    }
}

/// HC + m + ~m'.
fn by_equation_2(checksum: u16, old: u16, new: u16) -> u16 {
    fold(u64::from(checksum).saturating_add(old.into()).saturating_add((!new).into()))
}

impl Report {
    fn title(&self) -> String {
        let title = self.protocol.and_then(Form::named).map_or("", |form| form.title);
        let gap = if title.is_empty() { "" } else { " " };
        format!("{title}{gap}checksum {}", self.stored_octets)
    }

    fn table(&self, rules: Rules) -> Table {
        let mut table = Table::new(rules, ["changed", "m", "m'", "HC", "~HC + ~m + m'", "total", "folded", "HC'"]);
        table.right(&[5]);
        for step in &self.steps {
            let Step { what, old, new, checksum_before, total, checksum_after, .. } = step;
            table.row([
                what.clone(),
                format!("{old:04x}"),
                format!("{new:04x}"),
                format!("{checksum_before:04x}"),
                format!("{:04x} + {:04x} + {new:04x}", !checksum_before, !old),
                format!("{total:04x}"),
                format!("{:04x}", !checksum_after),
                format!("{checksum_after:04x}"),
            ]);
        }
        table
    }

    fn conclusion(&self, text: &mut Text<'_>) -> io::Result<()> {
        for what in &self.not_covered {
            text.prose("Not covered  ", &format!("{what}: no part of what this checksum covers"))?;
        }
        if self.was_absent {
            text.prose("None         ", "0000 says that no checksum was computed, and stays")?;
        } else if !self.steps.is_empty() {
            text.prose("Equation 3   ", &format!("HC' = ~(~HC + ~m + m') = {} (RFC 1624)", self.by_equation_3()))?;
            let differs = if self.equation_2 == self.by_equation_3_number() {
                "the same here".to_owned()
            } else {
                "the other zero, which only octets that are all zero have".to_owned()
            };
            let equation = format!("HC' = HC + m + ~m' = {:04x} (RFC 1141): {differs}", self.equation_2);
            text.prose("Equation 2   ", &equation)?;
        }
        if self.zero_became_all_ones {
            text.prose("Zero         ", "0000 would mean \"no checksum\", so ffff is sent")?;
        }
        if let Some(recomputed) = self.recomputed {
            let words = if recomputed == self.calculated { "the same" } else { "not the same: the old one was wrong" };
            text.prose("Recomputed   ", &format!("{recomputed:04x}: {words}"))?;
        }
        let checksum = text.paint(Role::Strong, &self.calculated_octets);
        text.line(format!("Checksum     {checksum}"))
    }

    /// What equation 3 came to, before the rule for zero.
    fn by_equation_3_number(&self) -> u16 {
        self.steps.last().map_or(self.stored, |step| step.checksum_after)
    }

    fn by_equation_3(&self) -> String {
        format!("{:04x}", self.by_equation_3_number())
    }

    fn show(&self, rules: Rules, text: &mut Text<'_>) -> io::Result<()> {
        let title = text.paint(Role::Strong, &self.title());
        text.line(title)?;
        if !self.steps.is_empty() {
            let lines = self.table(rules).lines(text.width().map(|width| width.saturating_sub(2)));
            for line in lines {
                text.line(format!("  {line}"))?;
            }
        }
        for fold in self.steps.iter().flat_map(|step| &step.folds) {
            text.line(format!("Fold         {}", fold_words(*fold)))?;
        }
        self.conclusion(text)
    }
}

impl Render for Report {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        self.show(Rules::Blank, text)
    }
}

/// A [`Report`] with its steps as a table.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(transparent)]
pub struct Tables<'a>(pub &'a Report);

impl Render for Tables<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        self.0.show(Rules::Lines, text)
    }
}

/// A fact about an update that the bare numbers do not tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Reason {
    /// What the equation does.
    Difference,
    /// Equation 2 came to the other zero.
    OtherZero,
    /// The high octet of a word changed, and the low one is not known.
    HalfWord,
    /// No checksum was computed.
    Absent,
}

impl Reason {
    /// What there is to say about an update.
    pub fn of(report: &Report) -> Vec<Self> {
        let mut reasons = vec![Self::Difference];
        if report.steps.iter().any(|step| step.what == What::Ttl.name()) {
            reasons.push(Self::HalfWord);
        }
        if report.was_absent {
            reasons.push(Self::Absent);
        } else if report.equation_2 != report.by_equation_3_number() {
            reasons.push(Self::OtherZero);
        }
        reasons
    }
}

impl Render for Reason {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let (about, words) = match self {
            Self::Difference => (
                "difference",
                "the sum is ~HC; taking m out is adding ~m, its complement, and m' goes in: whoever changes a word needs \
                 none of the others (RFC 1624 section 3)",
            ),
            Self::OtherZero => (
                "equation 2",
                "HC + m + ~m' works with the checksum instead of the sum and comes to ffff where the sum of the packet \
                 calls for 0000: ones' complement has two zeros, and the sum of a packet that is not all zeros is never \
                 the zero whose complement is ffff (RFC 1624 section 2)",
            ),
            Self::HalfWord => (
                "half a word",
                "TTL is the high octet of a word whose low octet is the Protocol: that is the same before and after, and \
                 cancels out, so that 00 stands for it here",
            ),
            Self::Absent => (
                "none",
                "0000 in UDP over IPv4 says that the sender computed no checksum: there is nothing to bring up to date (RFC \
                 768)",
            ),
        };
        let about = text.paint(Role::Dim, &format!("{about}:"));
        text.prose(&format!("{about} "), words)
    }
}

/// Why something is no change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChangeError {
    /// There is no colon between old and new.
    NoColon,
    /// One half is not what it should be.
    Half {
        /// Which half.
        half: String,
        /// What was expected.
        wanted: &'static str,
    },
    /// The halves are not of one length.
    Lengths {
        /// The old one, in octets.
        old: usize,
        /// The new one, in octets.
        new: usize,
    },
    /// An odd number of octets, of which no word can be made.
    Odd {
        /// How many.
        length: usize,
    },
}

impl fmt::Display for ChangeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColon => f.write_str("OLD:NEW is wanted, with a colon between; IPv6 addresses in brackets"),
            Self::Half { half, wanted } => write!(f, "\"{half}\" is not {wanted}"),
            Self::Lengths { old, new } => write!(f, "{old} octets cannot become {new}: both must have one length"),
            Self::Odd { length } => {
                write!(f, "{} make no words: an even number is wanted, from an even place on", octets(*length))
            }
        }
    }
}

impl std::error::Error for ChangeError {}

/// Two addresses, `OLD:NEW`, those of IPv6 in brackets.
///
/// # Errors
/// [`ChangeError`]
pub fn addresses(text: &str) -> Result<(IpAddr, IpAddr), ChangeError> {
    let (old, new) = match text.split_once("]:") {
        Some((old, new)) => (old.strip_prefix('[').unwrap_or(old), new.trim_start_matches('[').trim_end_matches(']')),
        None => text.split_once(':').ok_or(ChangeError::NoColon)?,
    };
    let address = |half: &str| {
        let error =
            || ChangeError::Half { half: half.to_owned(), wanted: "an address (IPv6 in brackets: [OLD]:[NEW])" };
        half.parse::<IpAddr>().map_err(|_| error())
    };
    let (old, new) = (address(old)?, address(new)?);
    match (old.is_ipv4(), new.is_ipv4()) {
        (true, true) | (false, false) => Ok((old, new)),
        (old, _) => {
            let (old, new) = if old { (4, 16) } else { (16, 4) };
            Err(ChangeError::Lengths { old, new })
        }
    }
}

/// Brings the checksums that `job` names up to date, or those of its packet.
///
/// # Errors
/// [`Failure`] if the packet is none, or is not what the changes say it was; or if there is nothing but old checksums to
/// print, and all stay as they are.
pub fn run(job: &UpdateJob, output: &mut Output<'_>) -> Result<Status, Failure> {
    let afresh = match &job.packet {
        Some(source) => recompute(job, &shell::load(source.clone(), MAX_DATA)?)?,
        None => Vec::new(),
    };
    let known = |old: &Old| afresh.iter().find(|(known, _)| known.form == old.form).map(|(_, recomputed)| *recomputed);
    let reports: Vec<Report> = if job.olds.is_empty() {
        afresh.iter().map(|(old, recomputed)| old.update(&job.changes, Some(*recomputed))).collect()
    } else {
        job.olds.iter().map(|old| old.update(&job.changes, known(old))).collect()
    };
    // The checksum alone would look like a new one.
    if job.style == WorkingStyle::Quiet && reports.iter().all(|report| report.not_covered.len() == job.changes.len()) {
        let what: Vec<&str> = job.changes.iter().map(|change| change.what.name()).collect();
        return Err(Failure::usage(format!("nothing to update: no checksum here covers {}", what.join(" or "))));
    }
    for (index, report) in reports.iter().enumerate() {
        for reason in Reason::of(report) {
            output.event(&reason)?;
        }
        match job.style {
            WorkingStyle::Quiet => output.raw(format!("{}\n", report.calculated_octets).as_bytes())?,
            _ if output.is_json() => output.result(report)?,
            style => {
                if index > 0 || output.is_explained() {
                    output.raw(b"\n")?;
                }
                match style {
                    WorkingStyle::Tables => output.result(&Tables(report))?,
                    _ => output.result(report)?,
                }
            }
        }
    }
    Ok(Status::YES)
}

/// The checksums of the packet that `octets` say, each with what it is after the changes, summed afresh.
fn recompute(job: &UpdateJob, octets: &[u8]) -> Result<Vec<(Old, u16)>, Failure> {
    let given = Given::read(octets.to_vec()).map_err(|error| Failure::usage(format!("--packet: {error}")))?;
    let packet = match given {
        Given::Octets(octets) => octets,
        Given::Hex(packets) => packets.into_iter().next().unwrap_or_default(),
        Given::Capture => return Err(Failure::usage("--packet: this is a capture, and one packet in hex is wanted")),
    };
    let link_type = job.link_type.unwrap_or_else(|| Start::guess(&packet).link_type);
    let frame = Frame {
        number: 1,
        timestamp: None,
        interface: 0,
        link_type,
        original_len: packet.len(),
        octets: &packet,
        file_offset: 0,
        fcs_len: 0,
    };
    let mut found = Vec::new();
    let (mut made, mut missed) = (Vec::new(), Vec::new());
    for item in items(&frame).0 {
        let Item::Whole(mut subject, check) = item else { continue };
        let Ok(checksum) = u16::try_from(check.stored) else { continue };
        if subject.form.algorithm != Algorithm::Internet {
            continue;
        }
        match job.changes.iter().try_for_each(|change| change.apply(&mut subject)) {
            Ok(()) => {
                let recomputed = u16::try_from(subject.work(&mut |_| ()).calculated).unwrap_or_default();
                let old = Old { form: Some(subject.form), checksum };
                // A checksum that the sender left out is not brought in by a change.
                let absent = check.verdict == crate::verdict::Verdict::None;
                found.push((old, if absent { 0 } else { recomputed }));
                made.extend(job.changes.iter().filter(|change| change.concerns(Some(subject.form))).map(|it| it.what));
            }
            // What is inside a tunnel has addresses of its own.
            Err(what) => missed.push(what),
        }
    }
    match missed.into_iter().find(|what| !made.contains(what)) {
        Some(what) => Err(Failure::usage(format!("--packet: its {} is not what the change says it was", what.name()))),
        None if found.is_empty() => {
            Err(Failure::usage("--packet: no checksum in it that a change could bring up to date"))
        }
        None => Ok(found),
    }
}

impl Change {
    /// Makes the change in `subject`, if its checksum covers it.
    ///
    /// # Errors
    /// What is not as the change says it was.
    fn apply(&self, subject: &mut Subject) -> Result<(), What> {
        if !self.concerns(Some(subject.form)) {
            return Ok(());
        }
        if matches!(self.what, What::Source | What::Destination) && subject.form.name != "ip" {
            return self.apply_to(subject.pseudo_header.as_mut().ok_or(self.what)?);
        }
        let (at, len) = subject.form.place(self.what.name()).ok_or(self.what)?;
        let field = subject.octets.get_mut(at..at.saturating_add(len)).ok_or(self.what)?;
        // Of TTL, the low octet of its word is not known.
        let (Some(old), Some(new)) = (self.old.get(..len), self.new.get(..len)) else { return Err(self.what) };
        if field != old {
            return Err(self.what);
        }
        field.copy_from_slice(new);
        Ok(())
    }

    fn apply_to(&self, pseudo: &mut PseudoHeader) -> Result<(), What> {
        let is_source = self.what == What::Source;
        match pseudo {
            PseudoHeader::V4 { src, dst, .. } => {
                let addr = if is_source { src } else { dst };
                let new = <[u8; 4]>::try_from(self.new.as_slice()).map_err(|_| self.what)?;
                if addr.octets() != self.old[..] {
                    return Err(self.what);
                }
                *addr = new.into();
            }
            PseudoHeader::V6 { src, dst, .. } => {
                let addr = if is_source { src } else { dst };
                let new = <[u8; 16]>::try_from(self.new.as_slice()).map_err(|_| self.what)?;
                if addr.octets() != self.old[..] {
                    return Err(self.what);
                }
                *addr = new.into();
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_common::checksum::{compute, update};

    use super::*;

    fn change(what: What, old: &[u8], new: &[u8]) -> Change {
        Change { what, old: old.to_vec(), new: new.to_vec() }
    }

    fn old(name: &str, checksum: u16) -> Old {
        Old { form: Form::named(name), checksum }
    }

    #[test]
    fn the_numbers_of_the_reference() {
        // reference/netsum.md, B1: TTL 64 to 63, and NAT of 10.0.0.1 to 192.168.1.1.
        let ttl = change(What::Ttl, &[64, 0], &[63, 0]);
        let nat = change(What::Source, &[10, 0, 0, 1], &[192, 168, 1, 1]);
        assert_eq!(old("ip", 0x66c9).update(std::slice::from_ref(&ttl), None).calculated, 0x67c9);
        assert_eq!(old("ip", 0x66c9).update(std::slice::from_ref(&nat), None).calculated, 0xaf20);
        assert_eq!(old("udp", 0xf752).update(std::slice::from_ref(&nat), None).calculated, 0x3faa);
        // ICMP over IPv4 covers no address, UDP no TTL.
        let icmp = old("icmp", 0x1234).update(&[nat.clone(), ttl.clone()], None);
        assert_eq!((icmp.calculated, icmp.not_covered), (0x1234, vec!["Source Address", "Time to Live"]));
        assert_eq!(old("udp", 0xf752).update(&[ttl, nat], None).calculated, 0x3faa);
    }

    #[test]
    fn rfc_1624_section_4() {
        let change = change(What::Octets, &[0x55, 0x55], &[0x32, 0x85]);
        let report = Old { form: None, checksum: 0xdd2f }.update(std::slice::from_ref(&change), None);
        assert_eq!((report.calculated, report.equation_2, report.zero_became_all_ones), (0x0000, 0xffff, false));
        assert_eq!(report.steps[0].total, 0xffff);
        assert!(Reason::of(&report).contains(&Reason::OtherZero));
        // UDP sends ffff for it, and leaves alone what was never computed.
        let udp = old("udp", 0xdd2f).update(std::slice::from_ref(&change), None);
        assert_eq!((udp.calculated, udp.zero_became_all_ones), (0xffff, true));
        let none = old("udp", 0).update(&[change], None);
        assert_eq!((none.calculated, none.was_absent, none.steps.len()), (0, true, 0));
    }

    #[test]
    fn pairs_of_addresses() {
        let pair = |text| addresses(text).map(|(old, new)| (old.to_string(), new.to_string()));
        assert_eq!(pair("10.0.0.1:10.0.0.2"), Ok(("10.0.0.1".to_owned(), "10.0.0.2".to_owned())));
        assert_eq!(pair("[fd00::1]:[fd00::2]"), Ok(("fd00::1".to_owned(), "fd00::2".to_owned())));
        assert_eq!(addresses("10.0.0.1"), Err(ChangeError::NoColon));
        assert_eq!(addresses("[::1]:10.0.0.1"), Err(ChangeError::Lengths { old: 16, new: 4 }));
        assert!(matches!(addresses("10.0.0.1:x"), Err(ChangeError::Half { .. })));
    }

    proptest! {
        #[test]
        fn step_by_step_equals_at_once_and_afresh(
            octets in prop::collection::vec(any::<u8>(), 4..64), new in prop::collection::vec(any::<u8>(), 2..64)
        ) {
            let mut octets = octets;
            octets.truncate(octets.len() / 2 * 2);
            // One word that stays is not zero, as in every real header.
            octets[0] |= 0x40;
            let len = new.len().min(octets.len() - 2) / 2 * 2;
            let (was, new) = (octets[2..2 + len].to_vec(), &new[..len]);
            let before = compute(&octets);
            octets[2..2 + len].copy_from_slice(new);
            let report = Old { form: None, checksum: before }.update(&[change(What::Octets, &was, new)], None);
            prop_assert_eq!(report.calculated, compute(&octets));
            for step in &report.steps {
                prop_assert_eq!(step.checksum_after, update(step.checksum_before, step.old, step.new));
            }
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = addresses(&text);
        }
    }
}
