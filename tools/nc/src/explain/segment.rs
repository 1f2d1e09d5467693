//! A read or a datagram in events (`--segments`).

use serde::Serialize;

use crate::address::Address;
use crate::dump::Way;

/// What went past at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// `in` or `out`.
    pub way: &'static str,
    /// From whom or to whom, if it is known.
    pub peer: Option<Address>,
    /// How many octets.
    pub length_octets: usize,
    /// How many more of a datagram did not fit (MSG_TRUNC).
    pub cut_octets: usize,
    /// Its first octets, made visible.
    pub preview: String,
}

impl Segment {
    /// `octets` that went past.
    pub fn new(way: Way, peer: Option<Address>, octets: &[u8], cut_octets: usize) -> Self {
        let way = match way {
            Way::Out => "out",
            Way::In => "in",
        };
        Self { way, peer, length_octets: octets.len(), cut_octets, preview: crate::dump::preview(octets) }
    }

    /// In one line.
    pub fn line(&self) -> String {
        let Self { way, peer, length_octets, cut_octets, preview } = self;
        let sign = if *way == "out" { '>' } else { '<' };
        let peer = peer.as_ref().map_or_else(String::new, |peer| format!(" {peer}"));
        let cut = match cut_octets {
            0 => String::new(),
            cut => format!(" of {}, {cut} lost", length_octets.saturating_add(*cut)),
        };
        format!("{sign}{peer} {length_octets} octets{cut} {preview}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_segment_says_what_was_lost_of_it() {
        let peer = Address::Inet("127.0.0.1:7".parse().unwrap());
        let segment = Segment::new(Way::In, Some(peer), b"hello", 50);
        assert_eq!(segment.line(), "< 127.0.0.1:7 5 octets of 55, 50 lost \"hello\"");
        assert_eq!(Segment::new(Way::Out, None, b"", 0).line(), "> 0 octets \"\"");
    }
}
