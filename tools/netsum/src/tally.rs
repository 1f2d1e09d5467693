//! The count of verdicts over a capture.

use std::collections::BTreeMap;
use std::io;

use serde::ser::SerializeStruct;
use serde::{Serialize, Serializer};
use sockeye_capture::LinkType;
use sockeye_capture::layers::{Presence, Stop};
use sockeye_cli::output::Role;
use sockeye_cli::table::{Rules, Table};
use sockeye_cli::{Render, Text};
use sockeye_common::words::counted;

use crate::protocol::Protocol;
use crate::reassembly::Outcome;
use crate::verdict::{Check, Verdict};
use crate::why::Reason;

/// What was found in a capture.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Frames read.
    pub frames: u64,
    /// Frames without a checksum that was found: ARP, for one.
    pub frames_without: u64,
    /// Frames that the capture cut off before a header was complete.
    pub headers_truncated: u64,
    /// Frames with a header that contradicts itself or what encloses it.
    pub headers_malformed: u64,
    /// Frames of link types that are not read.
    pub unread: BTreeMap<LinkType, u64>,
    /// What became of fragments.
    pub reassembly: Outcome,
    /// Frames that the kernel dropped because they were not fetched in time, of a live capture.
    pub kernel_drops: Option<u64>,
    counts: Counts,
    /// The verdicts on what ICMP errors quote: no receiver of this capture's frames looks at those.
    quoted: [u64; Verdict::ALL.len()],
    /// What was found behind verdicts, by its code: its name, and how often.
    reasons: BTreeMap<&'static str, (&'static str, u64)>,
}

/// A count for each protocol and verdict, in the order of their declarations.
type Counts = [[u64; Verdict::ALL.len()]; Protocol::ALL.len()];

impl Tally {
    /// Counts a checksum.
    #[inline]
    pub fn check(&mut self, check: &Check) {
        if !check.quoted {
            self.plain(check.protocol, check.verdict);
        } else if let Some(count) = self.quoted.get_mut(check.verdict as usize) {
            increment(count);
        }
    }

    /// Counts one of `protocol` that is not quoted.
    #[inline]
    pub fn plain(&mut self, protocol: Protocol, verdict: Verdict) {
        let counts = self.counts.get_mut(protocol as usize);
        if let Some(count) = counts.and_then(|counts| counts.get_mut(verdict as usize)) {
            increment(count);
        }
    }

    /// Counts a frame that has checksums and in which nothing is amiss.
    #[inline]
    pub fn plain_frame(&mut self) {
        increment(&mut self.frames);
    }

    /// Counts the most likely reason of one.
    pub fn reason(&mut self, reason: &Reason) {
        increment(&mut self.reasons.entry(reason.code()).or_insert((reason.name(), 0)).1);
    }

    /// Counts a frame in which `found` checksums were found, and the walk through which ended with `stop`.
    pub fn frame(&mut self, link_type: LinkType, found: u64, stop: Stop) {
        increment(&mut self.frames);
        if found == 0 {
            increment(&mut self.frames_without);
        }
        match stop {
            Stop::LinkType(_) => increment(self.unread.entry(link_type).or_default()),
            Stop::Truncated { presence: Presence::Cut, .. } => increment(&mut self.headers_truncated),
            // Nothing is wrong with a fragment, or a quotation, that ends inside a header.
            Stop::Truncated { presence: Presence::Fragment | Presence::Quoted, .. } => {}
            Stop::Truncated { .. } | Stop::Malformed { .. } | Stop::TooDeep => increment(&mut self.headers_malformed),
            _ => {}
        }
    }

    /// Adds what was found in another capture.
    pub fn add(&mut self, other: &Self) {
        let Self {
            frames,
            frames_without,
            headers_truncated,
            headers_malformed,
            unread,
            reassembly,
            kernel_drops,
            counts,
            quoted,
            reasons,
        } = other;
        self.reassembly.add(reassembly);
        self.kernel_drops = match (self.kernel_drops, kernel_drops) {
            (Some(sum), Some(more)) => Some(sum.saturating_add(*more)),
            (known, None) => known,
            (None, known) => *known,
        };
        for (sum, more) in [
            (&mut self.frames, frames),
            (&mut self.frames_without, frames_without),
            (&mut self.headers_truncated, headers_truncated),
            (&mut self.headers_malformed, headers_malformed),
        ] {
            *sum = sum.saturating_add(*more);
        }
        for (link_type, more) in unread {
            let sum = self.unread.entry(*link_type).or_default();
            *sum = sum.saturating_add(*more);
        }
        let sums = self.counts.iter_mut().flatten().chain(&mut self.quoted);
        for (sum, more) in sums.zip(counts.iter().flatten().chain(quoted)) {
            *sum = sum.saturating_add(*more);
        }
        for (code, (name, more)) in reasons {
            let (_, sum) = self.reasons.entry(code).or_insert((name, 0));
            *sum = sum.saturating_add(*more);
        }
    }

    /// How many checksums of `protocol` got `verdict`, without those that are only quoted.
    pub fn count(&self, protocol: Protocol, verdict: Verdict) -> u64 {
        self.counts.get(protocol as usize).and_then(|counts| counts.get(verdict as usize)).copied().unwrap_or(0)
    }

    /// How many checksums got `verdict`, without those that are only quoted.
    pub fn verdicts(&self, verdict: Verdict) -> u64 {
        Protocol::ALL.iter().map(|protocol| self.count(*protocol, verdict)).sum()
    }

    /// How many checksums that are only quoted got `verdict`.
    pub fn quoted(&self, verdict: Verdict) -> u64 {
        self.quoted.get(verdict as usize).copied().unwrap_or(0)
    }

    /// How many checksums there are, quoted ones included.
    pub fn checksums(&self) -> u64 {
        self.counts.iter().flatten().chain(&self.quoted).sum()
    }

    /// How many checksums a receiver would not accept: not those that are only quoted.
    pub fn damaged(&self) -> u64 {
        damage().map(|verdict| self.verdicts(verdict)).sum()
    }

    /// How many would not be accepted of those that are only quoted.
    fn quoted_damaged(&self) -> u64 {
        damage().map(|verdict| self.quoted(verdict)).sum()
    }

    /// `5 bad, 1 illegal`: what there is of each that a receiver would not accept.
    fn damage_words(&self) -> String {
        let counts = damage().map(|verdict| (self.verdicts(verdict), verdict.name()));
        let words: Vec<String> =
            counts.filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}")).collect();
        words.join(", ")
    }

    /// The protocols that were met.
    fn protocols(&self) -> impl Iterator<Item = Protocol> {
        Protocol::ALL
            .into_iter()
            .filter(|protocol| Verdict::ALL.iter().any(|verdict| self.count(*protocol, *verdict) > 0))
    }

    /// The reasons, the most frequent first.
    fn render_reasons(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut reasons: Vec<_> = self.reasons.values().collect();
        // Stable: equal ones stay in the order of their codes.
        reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        for (name, count) in reasons {
            text.prose(&format!("{count:12}  "), name)?;
        }
        Ok(())
    }

    /// What is worth knowing beside the table, a sentence each.
    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        if self.verdicts(Verdict::Partial).saturating_add(self.quoted(Verdict::Partial)) > 0 {
            remarks.push(
                "partial: seen on the sending host before its network interface computed the rest; not damage"
                    .to_owned(),
            );
        }
        let bad = self.quoted_damaged();
        if bad > 0 {
            remarks.push(format!("{bad} bad in what ICMP errors quote, not counted as bad: nobody receives those"));
        }
        self.reassembly.remark(&mut remarks);
        if let Some(drops) = self.kernel_drops {
            remarks.push(match drops {
                0 => "no frame dropped by the kernel".to_owned(),
                _ => format!("{} dropped by the kernel, which nobody fetched in time", frames(drops)),
            });
        }
        let others: u64 = self.unread.values().sum();
        if self.frames_without > others {
            remarks.push(format!("{} without a checksum that is judged here", frames(self.frames_without - others)));
        }
        if self.headers_truncated > 0 {
            remarks.push(format!("{} cut off inside a header by the snapshot length", frames(self.headers_truncated)));
        }
        if self.headers_malformed > 0 {
            remarks.push(format!("{} with a header that contradicts itself", frames(self.headers_malformed)));
        }
        for (link_type, count) in &self.unread {
            remarks.push(format!("{} of link type {link_type}, which is not read", frames(*count)));
        }
        remarks
    }
}

impl Outcome {
    fn add(&mut self, other: &Self) {
        let Self { whole, fragments, spoilt, dropped, incomplete, unusable_fragments } = *other;
        for (sum, more) in [
            (&mut self.whole, whole),
            (&mut self.fragments, fragments),
            (&mut self.spoilt, spoilt),
            (&mut self.dropped, dropped),
            (&mut self.incomplete, incomplete),
            (&mut self.unusable_fragments, unusable_fragments),
        ] {
            *sum = sum.saturating_add(more);
        }
    }

    /// A sentence for each thing that happened.
    fn remark(&self, remarks: &mut Vec<String>) {
        let datagrams = |count| counted(count, "datagram");
        if self.whole > 0 {
            remarks.push(format!("{} put together from {} fragments", datagrams(self.whole), self.fragments));
        }
        for (count, what) in [
            (self.incomplete, "of which fragments are missing"),
            (self.spoilt, "with fragments that overlap or contradict each other: a receiver discards it"),
            (self.dropped, "given up because too many fragments waited for others"),
        ] {
            if count > 0 {
                remarks.push(format!("{} {what}", datagrams(count)));
            }
        }
        if self.unusable_fragments > 0 {
            let fragments = counted(self.unusable_fragments, "fragment");
            remarks.push(format!("{fragments} not captured whole, or of an impossible length"));
        }
    }
}

/// The verdicts on what a receiver would not accept.
fn damage() -> impl Iterator<Item = Verdict> {
    Verdict::ALL.into_iter().filter(|verdict| verdict.is_damage())
}

fn increment(count: &mut u64) {
    *count = count.saturating_add(1);
}

/// A number of frames in words.
fn frames(count: u64) -> String {
    counted(count, "frame")
}

impl Render for Tally {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if self.checksums() > 0 {
            let headings = std::iter::once("protocol").chain(Verdict::ALL.iter().map(|verdict| verdict.name()));
            let mut table = Table::new(Rules::Lines, headings);
            for protocol in self.protocols() {
                let counts = Verdict::ALL.iter().map(|verdict| self.count(protocol, *verdict).to_string());
                table.row(std::iter::once(protocol.name().to_owned()).chain(counts));
            }
            let totals = Verdict::ALL.iter().map(|verdict| self.verdicts(*verdict).to_string());
            table.row(std::iter::once("all".to_owned()).chain(totals));
            if self.quoted.iter().any(|count| *count > 0) {
                let quoted = Verdict::ALL.iter().map(|verdict| self.quoted(*verdict).to_string());
                table.row(std::iter::once("quoted".to_owned()).chain(quoted));
            }
            table.right(&[1, 2, 3, 4, 5, 6]);
            text.table(&table)?;
        }
        self.render_reasons(text)?;
        for remark in self.remarks() {
            text.prose("", &remark)?;
        }
        let (role, answer) = match self.damaged() {
            0 if self.checksums() == 0 => (Role::Warning, "no checksum found".to_owned()),
            0 => (Role::Good, "nothing bad".to_owned()),
            _ => (Role::Bad, self.damage_words()),
        };
        let answer = text.paint(role, &answer);
        text.prose("", &format!("{}, {}: {answer}", frames(self.frames), counted(self.checksums(), "checksum")))
    }
}

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Unread {
            link_type: Named,
            frames: u64,
        }
        #[derive(Serialize)]
        struct Named {
            code: u16,
            name: Option<&'static str>,
        }
        let protocols: BTreeMap<_, BTreeMap<_, _>> = Protocol::ALL
            .into_iter()
            .map(|protocol| {
                let counts = Verdict::ALL.iter().map(|verdict| (verdict.name(), self.count(protocol, *verdict)));
                (protocol.name(), counts.collect())
            })
            .collect();
        let verdicts: BTreeMap<_, _> =
            Verdict::ALL.iter().map(|verdict| (verdict.name(), self.verdicts(*verdict))).collect();
        let quoted: BTreeMap<_, _> =
            Verdict::ALL.iter().map(|verdict| (verdict.name(), self.quoted(*verdict))).collect();
        let unread: Vec<Unread> = self
            .unread
            .iter()
            .map(|(link_type, frames)| Unread {
                link_type: Named { code: link_type.0, name: link_type.name() },
                frames: *frames,
            })
            .collect();
        let reasons: BTreeMap<_, _> = self.reasons.iter().map(|(code, (_, count))| (code, count)).collect();
        let mut data = serializer.serialize_struct("Tally", 14)?;
        data.serialize_field("record", "summary")?;
        data.serialize_field("frames", &self.frames)?;
        data.serialize_field("checksums", &self.checksums())?;
        data.serialize_field("verdicts", &verdicts)?;
        data.serialize_field("protocols", &protocols)?;
        data.serialize_field("reasons", &reasons)?;
        data.serialize_field("quoted", &quoted)?;
        data.serialize_field("quoted_bad", &self.quoted_damaged())?;
        data.serialize_field("reassembly", &self.reassembly)?;
        data.serialize_field("kernel_drops", &self.kernel_drops)?;
        data.serialize_field("frames_without_checksum", &self.frames_without)?;
        data.serialize_field("frames_with_truncated_header", &self.headers_truncated)?;
        data.serialize_field("frames_with_malformed_header", &self.headers_malformed)?;
        data.serialize_field("frames_not_read", &unread)?;
        data.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    fn check(protocol: Protocol, verdict: Verdict) -> Check {
        Check { protocol, ..samples::check(1, verdict) }
    }

    #[test]
    fn every_frame_is_accounted_for() {
        let cut = |presence| Stop::Truncated { header: "UDP", offset: 34, needed: 8, available: 4, presence };
        let mut tally = Tally::default();
        tally.frame(LinkType::ETHERNET, 2, Stop::Payload);
        tally.frame(LinkType::ETHERNET, 0, Stop::EtherType(0x0806));
        tally.frame(LinkType::ETHERNET, 1, cut(Presence::Cut));
        tally.frame(LinkType::ETHERNET, 1, cut(Presence::Inconsistent));
        tally.frame(LinkType::ETHERNET, 1, cut(Presence::Fragment));
        tally.frame(LinkType::IEEE802_11, 0, Stop::LinkType(LinkType::IEEE802_11));
        for verdict in [Verdict::Good, Verdict::Illegal, Verdict::Partial, Verdict::Good] {
            tally.check(&check(Protocol::Udp, verdict));
        }
        assert_eq!((tally.frames, tally.checksums(), tally.damaged()), (6, 4, 1));
        assert_eq!((tally.count(Protocol::Udp, Verdict::Good), tally.verdicts(Verdict::Good)), (2, 2));
        assert_eq!(tally.damage_words(), "1 illegal");
        for verdict in [Verdict::Bad, Verdict::Illegal, Verdict::Good] {
            tally.check(&Check { quoted: true, ..check(Protocol::Udp, verdict) });
        }
        assert_eq!((tally.checksums(), tally.damaged(), tally.quoted_damaged()), (7, 1, 2));
        assert_eq!((tally.verdicts(Verdict::Bad), tally.quoted(Verdict::Bad)), (0, 1));
        tally.kernel_drops = Some(0);
        let mut twice = tally.clone();
        twice.add(&tally);
        assert_eq!((twice.frames, twice.checksums(), twice.damaged(), twice.frames_without), (12, 14, 2, 4));
        assert_eq!(twice.quoted_damaged(), 4);
        assert_eq!((twice.headers_truncated, twice.headers_malformed), (2, 2));
        assert_eq!(twice.unread.get(&LinkType::IEEE802_11), Some(&2));
        assert_eq!(
            tally.remarks(),
            [
                "partial: seen on the sending host before its network interface computed the rest; not damage",
                "2 bad in what ICMP errors quote, not counted as bad: nobody receives those",
                "no frame dropped by the kernel",
                "1 frame without a checksum that is judged here",
                "1 frame cut off inside a header by the snapshot length",
                "1 frame with a header that contradicts itself",
                "1 frame of link type IEEE802_11, which is not read",
            ]
        );
    }
}
