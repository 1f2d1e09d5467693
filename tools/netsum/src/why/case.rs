//! One checksum with all that the hypotheses ask about it.

use std::net::IpAddr;

use sockeye_capture::Frame;
use sockeye_capture::layers::{Algorithm, Checksum, Header, Layer, Protocol};
use sockeye_common::checksum::{PseudoHeader, Sum, plain_sum};

use super::arithmetic::{add, same, subtract};
use super::flows::{Endpoint, Flows};
use crate::verdict::{self, Check, Offload, Sums, Verdict};

/// The IP header that encloses a checksum.
#[derive(Clone, Copy, Debug)]
pub(super) struct Network {
    /// Where it starts.
    pub(super) offset: usize,
    /// The addresses that it has itself.
    pub(super) src: IpAddr,
    pub(super) dst: IpAddr,
}

impl Network {
    /// What `layer` says, if it is an IP header.
    pub(super) fn of(layer: &Layer) -> Option<Self> {
        let (src, dst) = match &layer.header {
            Header::Ipv4(ip) => (ip.src.into(), ip.dst.into()),
            Header::Ipv6(ip) => (ip.src.into(), ip.dst.into()),
            _ => return None,
        };
        Some(Self { offset: layer.offset, src, dst })
    }
}

/// A checksum, judged, with its surroundings.
#[derive(Clone, Debug)]
pub(super) struct Case<'a> {
    /// The frame.
    pub(super) octets: &'a [u8],
    /// Where it ends without a frame check sequence.
    pub(super) frame_end: usize,
    pub(super) layer: Layer,
    pub(super) checksum: Checksum,
    pub(super) check: Check,
    pub(super) network: Option<Network>,
    /// Whether the IP header's checksum and the transport's are off by the same amount.
    pub(super) is_off_together: bool,
    /// What the source may have been, by other flows to the destination, and the other way round.
    pub(super) former: (Vec<Endpoint>, Vec<Endpoint>),
}

impl<'a> Case<'a> {
    pub(super) fn new(
        frame: &Frame<'a>,
        layer: Layer,
        checksum: Checksum,
        network: Option<Network>,
        flows: &Flows,
    ) -> Self {
        let check = verdict::check(frame, &layer, &checksum);
        Self {
            octets: frame.octets,
            frame_end: frame.octets.len().saturating_sub(frame.fcs_len.into()),
            layer,
            checksum,
            former: if check.verdict == Verdict::Bad { flows.former(&check) } else { Default::default() },
            check,
            network,
            is_off_together: false,
        }
    }

    pub(super) fn is(&self, protocol: Protocol) -> bool {
        self.checksum.protocol == protocol
    }

    /// The sums, of an Internet checksum.
    pub(super) fn sums(&self) -> Option<Sums> {
        self.check.sums
    }

    /// What the field holds, of an Internet checksum.
    pub(super) fn stored(&self) -> Option<u16> {
        match self.checksum.algorithm {
            Algorithm::Internet => u16::try_from(self.checksum.stored).ok(),
            Algorithm::Crc32c => None,
        }
    }

    /// The sum that the stored checksum is the complement of.
    pub(super) fn claimed(&self) -> Option<u16> {
        self.stored().map(|stored| !stored)
    }

    /// What was summed more than what is there.
    pub(super) fn difference(&self) -> Option<u16> {
        Some(subtract(self.claimed()?, self.sums()?.covered))
    }

    /// Whether a sum of `extra` more than what is there gives what is stored.
    pub(super) fn is_explained_by(&self, extra: u16) -> bool {
        self.difference().is_some_and(|difference| same(difference, extra))
    }

    /// Whether `sum` gives what is stored.
    pub(super) fn is_complement_of(&self, sum: u16) -> bool {
        self.claimed().is_some_and(|claimed| same(claimed, sum))
    }

    /// The pseudo-header's length, in octets.
    pub(super) fn pseudo_len(&self) -> Option<usize> {
        match self.checksum.pseudo_header? {
            PseudoHeader::V4 { length, .. } => Some(length.into()),
            PseudoHeader::V6 { length, .. } => usize::try_from(length).ok(),
        }
    }

    /// Where what is covered ends.
    pub(super) fn end(&self) -> usize {
        self.checksum.covered.range().end
    }

    /// Whether what is covered has an octet without a second, which it returns.
    pub(super) fn lone(&self) -> Option<u8> {
        let covered = self.checksum.covered.of(self.octets);
        if covered.len() % 2 == 1 { covered.last().copied() } else { None }
    }

    /// The sum over what is covered, but up to `end`, the field counting as zero and the pseudo-header left out.
    pub(super) fn sum_to(&self, end: usize) -> Option<u16> {
        let field = self.checksum.offset;
        let before = self.octets.get(self.checksum.covered.start..field)?;
        let after = self.octets.get(field.checked_add(2)?..end)?;
        let sum = Sum::new().add(before).add(after).folded();
        Some(match self.left_out() {
            Some(left_out) => subtract(sum, Sum::new().add(left_out).folded()),
            None => sum,
        })
    }

    /// The same over all that is covered, pseudo-header included, as an adding machine does it.
    pub(super) fn plain_total(&self) -> Option<u64> {
        let field = self.checksum.offset;
        let before = self.octets.get(self.checksum.covered.start..field)?;
        let after = self.octets.get(field.checked_add(2)?..self.end())?;
        let pseudo = self.checksum.pseudo_header.map_or(0, |pseudo| plain_sum(&pseudo.octets()));
        let total = pseudo.checked_add(plain_sum(before))?.checked_add(plain_sum(after))?;
        total.checked_sub(self.left_out().map_or(0, plain_sum))
    }

    fn left_out(&self) -> Option<&'a [u8]> {
        let (start, len) = self.checksum.left_out?;
        self.octets.get(start..start.checked_add(len)?)
    }

    /// What a sender left that leaves the sum to its interface.
    pub(super) fn offload(&self) -> Option<Offload> {
        verdict::offload(self.sums()?, &self.checksum)
    }

    /// The sum with another pseudo-header.
    pub(super) fn with_pseudo(&self, pseudo: u16) -> Option<u16> {
        let sums = self.sums()?;
        Some(add(subtract(sums.covered, sums.pseudo_header.unwrap_or(0)), pseudo))
    }
}

/// Finds the IP headers whose checksums are off by as much as that of what they carry.
pub(super) fn relate(cases: &mut [Case<'_>]) {
    let off: Vec<_> = cases
        .iter()
        .map(|case| {
            let difference = case.difference().filter(|difference| !same(*difference, 0))?;
            Some((case.network?.offset, case.is(Protocol::Ip), difference))
        })
        .collect();
    for (case, own) in cases.iter_mut().zip(&off) {
        let Some((network, is_ip, difference)) = *own else { continue };
        case.is_off_together = off
            .iter()
            .flatten()
            .any(|(of, other_is_ip, amount)| *of == network && *other_is_ip != is_ip && same(*amount, difference))
            && (is_ip || case.checksum.pseudo_header.is_some());
    }
}
