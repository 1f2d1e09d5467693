//! What one checksum covers, cut into the parts that a worksheet shows, and the checksum worked out from it.

use std::net::IpAddr;
use std::ops::Range;

use serde::{Serialize, Serializer};
use sockeye_capture::layers::{Algorithm, Zero};
use sockeye_common::addr::IpText;
use sockeye_common::checksum::{PseudoHeader, udp_transmitted};

use crate::crc::Division;
use crate::form::{Form, algorithm_name, digits, length_meaning, octets, protocol_title};
use crate::reason::{Family, Reason};
use crate::verdict::{Check, Verdict};
use crate::why;
use crate::working::{Field, Part, Section, Working};

/// What a checksum covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The header that holds it.
    pub form: &'static Form,
    /// Source and destination, where they are known.
    pub addrs: Option<(IpAddr, IpAddr)>,
    /// Source and destination port, where there are some.
    pub ports: Option<(u16, u16)>,
    /// The pseudo-header, where there is one.
    pub pseudo_header: Option<PseudoHeader>,
    /// Header and data, what is left out included.
    pub octets: Vec<u8>,
    /// How many of them are the header.
    pub header_len: usize,
    /// Where the checksum's field is in them; octets without a field have none.
    pub field: Option<usize>,
    /// What a zero in the field says.
    pub zero: Zero,
    /// Which of them are not covered. Both ends are even, or the end is that of all.
    pub left_out: Option<Range<usize>>,
    /// The field that was found in a packet.
    pub stored: Option<Stored>,
}

/// A checksum that stands in a packet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The frame's number; the first is 1.
    pub frame: u64,
    /// Where the field is, in octets from the start of the frame.
    pub offset: usize,
    /// What it holds, as a number in network order.
    pub value: u32,
    /// What it is worth.
    pub verdict: Verdict,
    /// What reproduces it if it is not right, the most likely first.
    pub why: Vec<why::Reason>,
}

/// A checksum with all its working.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What this record is.
    pub record: &'static str,
    /// The number of the frame that it was found in.
    pub frame: Option<u64>,
    /// Where the field is in that frame.
    pub offset_octets: Option<usize>,
    /// Whose checksum it is.
    pub protocol: &'static str,
    /// How it is computed.
    pub algorithm: &'static str,
    /// The address that the packet comes from.
    pub src_addr: Option<String>,
    /// The port that it comes from.
    pub src_port: Option<u16>,
    /// The address that it goes to.
    pub dst_addr: Option<String>,
    /// The port that it goes to.
    pub dst_port: Option<u16>,
    /// Header and data, in octets.
    pub length_octets: usize,
    /// The addition, or the division.
    #[serde(flatten)]
    pub steps: Steps,
    /// Whether the complement was zero and goes out as all ones.
    pub zero_became_all_ones: bool,
    /// What stands in the Checksum field, as a number in network order.
    pub calculated: u32,
    /// The same as it is sent, first octet first: `f752`.
    pub calculated_octets: String,
    /// The number that a little-endian host has loaded before ntohs(3).
    pub calculated_little_endian: u32,
    /// What the field of the frame holds.
    pub stored: Option<u32>,
    /// The same as it is sent.
    pub stored_octets: Option<String>,
    /// What that is worth.
    pub verdict: Option<Verdict>,
    /// What reproduces what the field holds if it is not right, the most likely first.
    #[serde(serialize_with = "as_entries")]
    pub why: Vec<why::Reason>,
}

fn as_entries<S: Serializer>(why: &[why::Reason], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(why.iter().map(why::Entry))
}

/// How a checksum was worked out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Steps {
    /// By adding words.
    Sum(Working),
    /// By dividing octets.
    Crc(Division),
}

impl Steps {
    /// What was summed or divided.
    pub fn sections(&self) -> &[Section] {
        match self {
            Self::Sum(working) => &working.sections,
            Self::Crc(division) => &division.sections,
        }
    }
}

impl Subject {
    /// The same as it was found in a packet and judged.
    #[must_use]
    pub fn stored(self, check: &Check, why: Vec<why::Reason>) -> Self {
        let Check { frame, offset, stored: value, verdict, .. } = *check;
        Self { stored: Some(Stored { frame, offset, value, verdict, why }), ..self }
    }

    /// Works the checksum out, telling every step.
    ///
    /// # Source
    /// [`Form::source`]; RFC 8200 section 8.1 for the pseudo-header of IPv6.
    pub fn work(&self, explain: &mut dyn FnMut(Reason)) -> Report {
        self.explain_what_is_covered(explain);
        let report = self.compute(explain);
        if let (Some(stored_octets), Some(verdict)) = (report.stored_octets.clone(), report.verdict) {
            explain(Reason::Compared { stored_octets, calculated_octets: report.calculated_octets.clone(), verdict });
        }
        for reason in &report.why {
            explain(Reason::Reproduced { reason: reason.clone() });
        }
        report
    }

    fn compute(&self, explain: &mut dyn FnMut(Reason)) -> Report {
        let sections = self.sections();
        match self.form.algorithm {
            Algorithm::Internet => {
                let working = Working::of(sections);
                explain_sum(&working, explain);
                let transmitted = udp_transmitted(working.complement);
                let all_ones = working.complement == 0 && self.zero != Zero::Counts;
                if working.complement == 0 {
                    explain(match self.zero {
                        Zero::Counts => Reason::ZeroStays { protocol: self.form.title },
                        Zero::Absent => Reason::ZeroBecameAllOnes,
                        Zero::Forbidden => Reason::ZeroForbidden { protocol: self.form.title },
                    });
                }
                let checksum = if all_ones { transmitted } else { working.complement };
                self.report(Steps::Sum(working), checksum.into(), checksum.swap_bytes().into(), all_ones)
            }
            Algorithm::Crc32c => {
                let division = Division::of(sections);
                explain(Reason::crc_table());
                explain(Reason::CrcDivided { remainder: division.remainder, complement: division.complement });
                let (checksum, little_endian) = (division.complement.swap_bytes(), division.complement);
                self.report(Steps::Crc(division), checksum, little_endian, false)
            }
        }
    }

    fn report(&self, steps: Steps, checksum: u32, little_endian: u32, zero_became_all_ones: bool) -> Report {
        let algorithm = self.form.algorithm;
        Report {
            record: "working",
            frame: self.stored.as_ref().map(|stored| stored.frame),
            offset_octets: self.stored.as_ref().map(|stored| stored.offset),
            protocol: self.form.name,
            algorithm: algorithm_name(algorithm),
            src_addr: self.addrs.map(|(src, _)| IpText(src).to_string()),
            src_port: self.ports.map(|(src, _)| src),
            dst_addr: self.addrs.map(|(_, dst)| IpText(dst).to_string()),
            dst_port: self.ports.map(|(_, dst)| dst),
            length_octets: self.octets.len(),
            steps,
            zero_became_all_ones,
            calculated: checksum,
            calculated_octets: digits(algorithm, checksum),
            calculated_little_endian: little_endian,
            stored: self.stored.as_ref().map(|stored| stored.value),
            stored_octets: self.stored.as_ref().map(|stored| digits(algorithm, stored.value)),
            verdict: self.stored.as_ref().map(|stored| stored.verdict),
            why: self.stored.as_ref().map_or_else(Vec::new, |stored| stored.why.clone()),
        }
    }

    fn explain_what_is_covered(&self, explain: &mut dyn FnMut(Reason)) {
        let Form { title, unit, source, alone, .. } = *self.form;
        match &self.pseudo_header {
            Some(pseudo) => {
                let family = match pseudo {
                    PseudoHeader::V4 { .. } => Family::V4,
                    PseudoHeader::V6 { .. } => Family::V6,
                };
                let length_octets = pseudo.octets().len();
                let has_ports = self.form.has_ports;
                explain(Reason::PseudoHeader { family, length_octets, protocol: title, unit, has_ports, source });
                self.explain_pseudo_header(pseudo, explain);
            }
            None => explain(Reason::NoPseudoHeader { protocol: title, why: alone }),
        }
        if let Some(left_out) = &self.left_out {
            let covered_octets = self.octets.len().saturating_sub(left_out.len());
            explain(Reason::LeftOut { protocol: title, covered_octets, length_octets: self.octets.len() });
        }
        if self.field.is_some() {
            explain(Reason::FieldCountsAsZero);
        }
    }

    fn explain_pseudo_header(&self, pseudo: &PseudoHeader, explain: &mut dyn FnMut(Reason)) {
        if let PseudoHeader::V6 { src, dst, .. } = pseudo
            && src.to_ipv4_mapped().is_some()
            && dst.to_ipv4_mapped().is_some()
        {
            explain(Reason::MappedAddresses);
        }
        if self.form.place("Length").is_none() {
            return;
        }
        match u16::try_from(self.octets.len()) {
            Ok(length) => explain(Reason::LengthTwice { length, protocol: self.form.title }),
            Err(_) => explain(Reason::Jumbogram { length_octets: self.octets.len() }),
        }
    }

    /// The parts in the order in which they are summed.
    fn sections(&self) -> Vec<Section> {
        let mut zeroed = self.octets.clone();
        let field = self.field.map_or(0..0, |at| at..at.saturating_add(self.form.algorithm.width()));
        if let Some(field) = zeroed.get_mut(field) {
            field.fill(0);
        }
        let length = zeroed.len();
        let mut sections: Vec<Section> = self.pseudo_header.iter().map(|pseudo| self.pseudo_section(pseudo)).collect();
        let header_len = self.header_len.min(length);
        let left_out = self.left_out.clone().unwrap_or(length..length);
        let header = zeroed.get(..header_len.min(left_out.start)).unwrap_or_default();
        if !header.is_empty() {
            let stored = self.stored.as_ref().map(|stored| stored.value);
            let title = format!("{} header ({})", self.form.title, octets(header.len()));
            sections.push(Section::of_fields(Part::Header, title, self.form.fields(header, length, stored)));
        }
        let before = zeroed.get(header.len()..left_out.start).unwrap_or_default();
        let out = zeroed.get(left_out.clone()).unwrap_or_default();
        let behind = zeroed.get(left_out.end..).unwrap_or_default();
        let data = if self.form.name == "sctp" { "Chunks" } else { "Data" };
        // A datagram without data says so.
        if !before.is_empty() || (out.is_empty() && self.form.name != "ip") {
            sections.push(Section::of_data(format!("{data} ({})", octets(before.len())), before.to_vec()));
        }
        if !out.is_empty() {
            sections.push(Section::left_out(format!("Not covered ({})", octets(out.len())), out.to_vec()));
        }
        if !behind.is_empty() {
            sections.push(Section::of_data(format!("{data} ({})", octets(behind.len())), behind.to_vec()));
        }
        sections
    }

    fn pseudo_section(&self, pseudo: &PseudoHeader) -> Section {
        let (version, source) = match pseudo {
            PseudoHeader::V4 { .. } => ("IPv4", self.form.source),
            PseudoHeader::V6 { .. } => ("IPv6", "RFC 8200 section 8.1"),
        };
        let mut fields: Vec<Field> = pseudo.fields().into_iter().map(Field::from).collect();
        for field in &mut fields {
            match (field.name, &field.octets[..]) {
                ("Protocol" | "Next Header", [number]) => {
                    if let Some(title) = protocol_title(*number) {
                        field.meaning = format!("{} ({title})", field.meaning);
                    }
                }
                ("Length" | "Upper-Layer Packet Length", _) => {
                    // Of UDP-Lite, it is not what is covered that is counted.
                    let length = usize::try_from(pseudo.length()).unwrap_or(usize::MAX);
                    field.meaning = length_meaning(length, self.header_len);
                }
                _ => {}
            }
        }
        let mut section = Section::of_fields(Part::PseudoHeader, "", fields);
        section.title =
            format!("{version} pseudo-header ({}, summed but never sent; {source})", octets(section.octets.len()));
        section
    }
}

fn explain_sum(working: &Working, explain: &mut dyn FnMut(Reason)) {
    if let Some(octet) = working.words.last().filter(|word| word.padded).and_then(|word| word.octets.first()) {
        explain(Reason::Padded { octet: *octet });
    }
    explain(Reason::Carried { carries: working.carries() });
    explain(Reason::order_independence(working));
    explain(Reason::Complemented { folded: working.folded, complement: working.complement });
}
