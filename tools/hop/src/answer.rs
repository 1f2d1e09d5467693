//! What came back for a probe.

use std::net::IpAddr;
use std::time::Duration;

use serde::{Serialize, Serializer};

use crate::extension::Object;
use crate::icmp::{Class, Kind};

/// A point in time by two clocks: the wall clock is the one by which the kernel stamps what arrives, and may be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    /// Since the run began; never goes back.
    pub since_start: Duration,
    /// Since 1970-01-01T00:00:00Z, if known.
    pub wall: Option<Duration>,
}

impl Moment {
    /// From `self` to `later`: by the wall clock, whose stamps come from the kernel, as long as it goes with the other one.
    pub fn until(&self, later: &Self) -> Duration {
        let steady = later.since_start.saturating_sub(self.since_start);
        match (self.wall, later.wall) {
            // The kernel stamps a packet before this process gets to look at its clock.
            (Some(sent), Some(came)) => came.checked_sub(sent).filter(|stamped| *stamped <= steady).unwrap_or(steady),
            _ => steady,
        }
    }
}

/// What an answer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Says {
    /// An echo reply.
    Echo {
        /// The octets of the ICMP message.
        octets: usize,
        /// Whether its data is what was sent.
        intact: bool,
    },
    /// A datagram.
    Datagram {
        /// The octets of its data.
        octets: usize,
        /// Whether it is what was sent; a server may well say something else.
        intact: bool,
    },
    /// A connection was opened.
    Connected,
    /// A connection was refused with a TCP reset.
    Refused,
    /// An ICMP error.
    Icmp {
        /// Type and code.
        kind: Kind,
        /// The MTU that it tells, in octets.
        mtu_octets: Option<u32>,
    },
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Who sent it.
    pub from: IpAddr,
    /// What it says.
    pub says: Says,
    /// TTL or hop limit of the packet that brought it.
    pub ttl: Option<u8>,
    /// TTL or hop limit of the probe when it got there, if the answer quotes it.
    pub quoted_ttl: Option<u8>,
    /// What a router added.
    pub extensions: Vec<Object>,
}

impl Serialize for Answer {
    /// Every field in every answer: null where it says nothing of the kind.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Flat<'a> {
            from: IpAddr,
            says: &'static str,
            octets: Option<usize>,
            intact: Option<bool>,
            icmp: Option<Kind>,
            mtu_octets: Option<u32>,
            ttl: Option<u8>,
            quoted_ttl: Option<u8>,
            extensions: &'a [Object],
        }
        let (says, data, icmp, mtu_octets) = match self.says {
            Says::Echo { octets, intact } => ("echo", Some((octets, intact)), None, None),
            Says::Datagram { octets, intact } => ("datagram", Some((octets, intact)), None, None),
            Says::Connected => ("connected", None, None, None),
            Says::Refused => ("refused", None, None, None),
            Says::Icmp { kind, mtu_octets } => ("icmp", None, Some(kind), mtu_octets),
        };
        let (octets, intact) = data.unzip();
        let Self { from, ttl, quoted_ttl, .. } = *self;
        let extensions = &self.extensions;
        Flat { from, says, octets, intact, icmp, mtu_octets, ttl, quoted_ttl, extensions }.serialize(serializer)
    }
}

impl Answer {
    /// Whether it shows that the probe came to `target`.
    pub fn arrived(&self, target: IpAddr) -> bool {
        match self.says {
            Says::Echo { .. } | Says::Datagram { .. } | Says::Connected | Says::Refused => true,
            Says::Icmp { kind, .. } => kind.class() == Class::NoListener && self.from == target,
        }
    }

    /// Whether no later hop can answer.
    pub fn is_final(&self) -> bool {
        match self.says {
            Says::Icmp { kind, .. } => !matches!(kind.class(), Class::TimeExceeded | Class::TooBig),
            _ => true,
        }
    }

    /// Whether it says that the probe is too long for a link.
    pub fn is_too_big(&self) -> bool {
        matches!(self.says, Says::Icmp { kind, .. } if kind.class() == Class::TooBig)
    }

    /// Whether a router threw the probe away because its TTL ran out: only then it is certain how far that router is.
    pub fn is_expired(&self) -> bool {
        matches!(self.says, Says::Icmp { kind, .. } if kind.class() == Class::TimeExceeded)
    }

    /// Whether it shows that the way is as long as the TTL of its probe. Routers and hosts limit how many errors they send: one
    /// that refuses may have said nothing to probes with a smaller TTL, that came just as far.
    pub fn shows_distance(&self) -> bool {
        match self.says {
            Says::Icmp { kind, .. } if kind.class() != Class::EchoReply => {
                self.is_expired() || self.quoted_ttl == Some(1)
            }
            _ => true,
        }
    }

    /// Whether data came back other than it was sent.
    pub fn is_damaged(&self) -> bool {
        matches!(self.says, Says::Echo { intact: false, .. })
    }

    /// What stands behind a time: the mark of traceroute(8), if there is one; `!T0` where the TTL of the probe was another one
    /// than the 1 that a router counts down to 0, as Paris traceroute has it.
    pub fn mark(&self) -> Option<String> {
        match (self.says, self.quoted_ttl) {
            (Says::Icmp { kind, .. }, Some(ttl)) if kind.class() == Class::TimeExceeded && ttl != 1 => {
                Some(format!("!T{ttl}"))
            }
            (Says::Icmp { kind, mtu_octets }, _) => kind.mark(mtu_octets),
            _ => None,
        }
    }
}

/// The TTL that a packet probably began with: what systems use, the next above what is left.
pub fn initial_ttl(ttl: u8) -> u8 {
    match ttl {
        0..=32 => 32,
        33..=64 => 64,
        65..=128 => 128,
        129.. => 255,
    }
}

/// How many links a packet has come over, if it began with a usual TTL. A router counts when it passes a packet on, so that
/// the first link costs nothing.
pub fn links_back(ttl: u8) -> u8 {
    // 32 was Windows 95; today's small numbers come from 64 over a long way.
    let initial = if ttl <= 32 { 64 } else { initial_ttl(ttl) };
    initial - ttl + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(since_start_ms: u64, wall_ms: Option<u64>) -> Moment {
        Moment { since_start: Duration::from_millis(since_start_ms), wall: wall_ms.map(Duration::from_millis) }
    }

    #[test]
    fn a_clock_that_is_set_makes_no_round_trip() {
        let sent = at(100, Some(50_000));
        assert_eq!(sent.until(&at(110, Some(50_004))), Duration::from_millis(4), "the kernel's stamp");
        assert_eq!(sent.until(&at(110, Some(40_000))), Duration::from_millis(10), "set back meanwhile");
        assert_eq!(sent.until(&at(110, Some(60_000))), Duration::from_millis(10), "set forward meanwhile");
        assert_eq!(sent.until(&at(110, None)), Duration::from_millis(10));
        assert_eq!(sent.until(&at(90, None)), Duration::ZERO);
    }

    #[test]
    fn a_router_that_quotes_another_ttl_is_marked() {
        let kind = Kind { family: crate::options::Family::Ipv4, icmp_type: 11, code: 0 };
        let says = Says::Icmp { kind, mtu_octets: None };
        let mark = |quoted_ttl| {
            Answer { from: [192, 0, 2, 1].into(), says, ttl: None, quoted_ttl, extensions: Vec::new() }.mark()
        };
        assert_eq!((mark(None), mark(Some(1)), mark(Some(0))), (None, None, Some("!T0".to_owned())));
    }

    #[test]
    fn how_far_an_answer_came() {
        for (ttl, links) in [(64, 1), (62, 3), (255, 1), (250, 6), (128, 1), (120, 9), (10, 55)] {
            assert_eq!(links_back(ttl), links, "{ttl}");
        }
        for ttl in 0..=255 {
            assert!(initial_ttl(ttl) >= ttl && links_back(ttl) >= 1);
        }
    }
}
