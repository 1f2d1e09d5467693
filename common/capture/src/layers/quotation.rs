//! What ICMP errors quote of the packet that they complain about, and the structure behind it.

use sockeye_common::checksum::verify;

use super::{Algorithm, Extent, Header, Icmp, Layer, Layers, Next, Presence, Protocol, Stop, Summed, Zero};

const ERROR_LEN: usize = 8;
const EXTENSIONS_LEN: usize = 4;
/// Where older senders put the structure, without saying so: RFC 4884 section 5.5.
const LEGACY_QUOTED_LEN: u16 = 128;

impl Layers<'_> {
    /// An error message at the cursor: eight octets, and a quotation.
    ///
    /// # Source
    /// RFC 792; RFC 4443 section 3; RFC 4884 section 4 for the length, which is in words of four octets in ICMP and of
    /// eight in ICMPv6.
    #[cold]
    #[inline(never)]
    pub(super) fn icmp_error(&mut self, header: Header, icmp: &Icmp) -> Layer {
        let segment = icmp.upper.segment;
        let Some(&[_, _, _, _, length6, length4, ..]) = self.peek(ERROR_LEN) else {
            return self.conclude(EXTENSIONS_LEN, header, segment);
        };
        let layer = self.conclude(ERROR_LEN, header, segment);
        let declared = match (&header, icmp.icmp_type) {
            (Header::Icmp(_), 3 | 11 | 12) => u16::from(length4) * 4,
            (Header::Icmpv6(_), 1 | 3) => u16::from(length6) * 8,
            _ => 0,
        };
        self.at = segment.start.saturating_add(ERROR_LEN);
        let start = self.at;
        let quoted_len = if declared > 0 {
            Some(declared).filter(|_| self.has_extensions(declared))
        } else {
            Some(LEGACY_QUOTED_LEN).filter(|len| self.has_legacy_extensions(*len))
        };
        if let Some(len) = quoted_len {
            self.at = start.saturating_add(len.into());
            self.next = Next::IcmpExtensions(len);
        } else {
            if declared > 0 {
                self.narrow(start, declared.into());
            }
            self.next = Next::Quotation;
        }
        layer
    }

    /// Whether an extension structure of version 2 stands behind a quotation of `len` octets.
    fn has_extensions(&self, len: u16) -> bool {
        let mut behind = self.clone();
        behind.at = self.at.saturating_add(len.into());
        matches!(behind.peek(EXTENSIONS_LEN), Some([first, ..]) if first >> 4 == 2)
    }

    /// Whether there is one although no length says so, which only its checksum can tell.
    fn has_legacy_extensions(&self, len: u16) -> bool {
        let start = self.at.saturating_add(len.into());
        match self.octets.get(start..self.end) {
            Some(structure @ [0x20, 0, high, low, ..]) => (*high, *low) != (0, 0) && verify(structure),
            _ => false,
        }
    }

    /// The structure's header, RFC 4884 section 7, behind a quotation of `back` octets to which the walk returns.
    pub(super) fn icmp_extensions(&mut self, back: u16) -> Option<Layer> {
        let [_, _, high, low] = *self.fixed("ICMP extension structure", EXTENSIONS_LEN)? else { return None };
        let covered = self.rest(self.at);
        // A fragment of the message ends anywhere.
        let presence = if self.network.fragment.is_some() { Presence::Fragment } else { covered.presence };
        let covered = Extent { presence, ..covered };
        let mut upper = self.describe(0);
        upper.segment = covered;
        let summed = Summed {
            protocol: Protocol::IcmpExt,
            algorithm: Algorithm::Internet,
            at: 2,
            stored: u16::from_be_bytes([high, low]).into(),
            covered_len: covered.len,
            presence,
            left_out: None,
            pseudo_len: None,
            zero: Zero::Absent,
            ports: None,
            upper,
        };
        let layer = self.conclude(EXTENSIONS_LEN, Header::Summed(summed), covered);
        self.narrow(self.at, 0);
        self.at = self.at.saturating_sub(back.into());
        self.next = Next::Quotation;
        Some(layer)
    }

    /// The quotation: an IP packet of which no more is there than its sender kept, mostly.
    pub(super) fn quotation(&mut self) -> Option<Layer> {
        self.quoted = true;
        self.beyond = Presence::Quoted;
        match self.fixed("quoted IP", 1)? {
            [first] if matches!(first >> 4, 4 | 6) => self.ip(),
            _ => self.stop_at(Stop::Payload),
        }
    }
}
