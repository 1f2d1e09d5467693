//! A checksum brought up to date after a few words changed, without summing the rest again.
//!
//! - [`change`]: what changed, from the command line
//! - [`reason`]: why the steps are what they are
//! - [`show`]: the steps on paper

pub mod change;
pub mod reason;
pub mod show;

use serde::Serialize;
use sockeye_capture::Frame;
use sockeye_capture::layers::{Algorithm, Zero};
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::checksum::{PseudoHeader, fold};

use self::change::{Change, What};
use self::reason::Reason;
use self::show::Tables;
use crate::cli::{UpdateJob, WorkingStyle};
use crate::form::{Form, digits};
use crate::packet::{Given, Item, Start, items};
use crate::shell;
use crate::subject::Subject;
use crate::typed::MAX_DATA;
use crate::working::{Fold, folds};

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

/// Brings the checksums that `job` names up to date, or those of its packet.
///
/// # Errors
/// [`Failure`] if the packet is none, or is not what the changes say it was; or if there is nothing but old checksums to
/// print, and all stay as they are.
pub fn run(job: &UpdateJob, output: &mut Output<'_>) -> Result<Status, Failure> {
    let packet = job.packet.as_ref().map(|source| shell::load(source.clone(), MAX_DATA)).transpose()?;
    shell::confine::confine_briefly(output)?;
    let afresh = packet.map_or(Ok(Vec::new()), |packet| recompute(job, &packet))?;
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
    }
}
