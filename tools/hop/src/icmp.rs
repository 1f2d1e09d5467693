//! ICMP and ICMPv6 types and codes: their names, what they mean for a probe, and the marks of traceroute(8).

use serde::{Serialize, Serializer};

use crate::options::Family;

/// A type of ICMP or ICMPv6 with its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Kind {
    /// Which of the two protocols.
    pub family: Family,
    /// The type.
    pub icmp_type: u8,
    /// The code.
    pub code: u8,
}

/// What a message means for a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The answer to an echo request.
    EchoReply,
    /// The TTL ran out.
    TimeExceeded,
    /// It cannot be delivered.
    Unreachable,
    /// It came to the host, where nobody listens at that port or to that protocol.
    NoListener,
    /// It is too long for a link.
    TooBig,
    /// Another error.
    Error,
    /// No error: a request, or a message of another protocol.
    Other,
}

/// Type, name, and the names of its codes.
type Row = (u8, &'static str, &'static [(u8, &'static str)]);

/// # Source
/// RFC 792; RFC 1122 section 3.2.2.1; RFC 1812 section 5.2.7.1; IANA, "ICMP Type Numbers".
const V4: &[Row] = &[
    (0, "echo reply", &[]),
    (
        3,
        "destination unreachable",
        &[
            (0, "network unreachable"),
            (1, "host unreachable"),
            (2, "protocol unreachable"),
            (3, "port unreachable"),
            (4, "fragmentation needed"),
            (5, "source route failed"),
            (6, "network unknown"),
            (7, "host unknown"),
            (8, "source host isolated"),
            (9, "network administratively prohibited"),
            (10, "host administratively prohibited"),
            (11, "network unreachable for this type of service"),
            (12, "host unreachable for this type of service"),
            (13, "communication administratively prohibited"),
            (14, "host precedence violation"),
            (15, "precedence cutoff"),
        ],
    ),
    (4, "source quench", &[]),
    (5, "redirect", &[]),
    (8, "echo request", &[]),
    (11, "time exceeded", &[(0, "TTL exceeded in transit"), (1, "fragment reassembly time exceeded")]),
    (
        12,
        "parameter problem",
        &[(0, "pointer indicates the error"), (1, "missing a required option"), (2, "bad length")],
    ),
];

/// # Source
/// RFC 4443 sections 3 and 4; RFC 8883; IANA, "ICMPv6 type Numbers".
const V6: &[Row] = &[
    (
        1,
        "destination unreachable",
        &[
            (0, "no route to destination"),
            (1, "communication administratively prohibited"),
            (2, "beyond scope of source address"),
            (3, "address unreachable"),
            (4, "port unreachable"),
            (5, "source address failed policy"),
            (6, "reject route to destination"),
            (7, "error in source routing header"),
            (8, "headers too long"),
        ],
    ),
    (2, "packet too big", &[]),
    (3, "time exceeded", &[(0, "hop limit exceeded in transit"), (1, "fragment reassembly time exceeded")]),
    (
        4,
        "parameter problem",
        &[
            (0, "erroneous header field"),
            (1, "unrecognized next header"),
            (2, "unrecognized option"),
            (3, "incomplete header chain"),
        ],
    ),
    (128, "echo request", &[]),
    (129, "echo reply", &[]),
];

impl Kind {
    fn row(self) -> Option<&'static Row> {
        let rows = match self.family {
            Family::Ipv4 => V4,
            Family::Ipv6 => V6,
        };
        rows.iter().find(|(number, ..)| *number == self.icmp_type)
    }

    /// The type in words, if it has a name.
    pub fn type_name(self) -> Option<&'static str> {
        self.row().map(|(_, name, _)| *name)
    }

    /// The code in words, if it has a name.
    pub fn code_name(self) -> Option<&'static str> {
        let (_, _, codes) = self.row()?;
        codes.iter().find(|(code, _)| *code == self.code).map(|(_, name)| *name)
    }

    /// The whole in words: those of the code where there are some.
    pub fn words(self) -> String {
        match (self.code_name(), self.type_name()) {
            (Some(code), _) => code.to_owned(),
            (None, Some(name)) if self.code == 0 => name.to_owned(),
            (None, Some(name)) => format!("{name}, code {}", self.code),
            (None, None) => format!("type {}, code {}", self.icmp_type, self.code),
        }
    }

    /// What it means for a probe.
    pub fn class(self) -> Class {
        match (self.family, self.icmp_type, self.code) {
            (Family::Ipv4, 0, _) | (Family::Ipv6, 129, _) => Class::EchoReply,
            (Family::Ipv4, 11, 0) | (Family::Ipv6, 3, 0) => Class::TimeExceeded,
            (Family::Ipv4, 3, 2 | 3) | (Family::Ipv6, 1, 4) | (Family::Ipv6, 4, 1) => Class::NoListener,
            (Family::Ipv4, 3, 4) | (Family::Ipv6, 2, _) => Class::TooBig,
            (Family::Ipv4, 3, _) | (Family::Ipv6, 1, _) => Class::Unreachable,
            (Family::Ipv4, 4 | 11 | 12, _) => Class::Error,
            (Family::Ipv6, number, _) if number < 128 => Class::Error,
            _ => Class::Other,
        }
    }

    /// The mark that traceroute(8) puts behind a time: `!H`, `!X`, `!F-1400`. None where it puts none.
    pub fn mark(self, mtu: Option<u32>) -> Option<String> {
        let mark = match (self.family, self.icmp_type, self.code) {
            (Family::Ipv4, 3, 0 | 6 | 8 | 11) | (Family::Ipv6, 1, 0) => "!N",
            (Family::Ipv4, 3, 1 | 7 | 12) | (Family::Ipv6, 1, 3) => "!H",
            (Family::Ipv4, 3, 2) | (Family::Ipv6, 4, 1) => "!P",
            (Family::Ipv4, 3, 5) | (Family::Ipv6, 1, 2) => "!S",
            (Family::Ipv4, 3, 9 | 10 | 13) | (Family::Ipv6, 1, 1 | 5 | 6) => "!X",
            (Family::Ipv4, 3, 14) => "!V",
            (Family::Ipv4, 3, 15) => "!C",
            (Family::Ipv4, 3, 3) | (Family::Ipv6, 1, 4) => return None,
            _ if self.class() == Class::TooBig => {
                return Some(mtu.map_or_else(|| "!F".to_owned(), |mtu| format!("!F-{mtu}")));
            }
            _ => match self.class() {
                Class::Unreachable => return Some(format!("!<{}>", self.code)),
                Class::Error => return Some(format!("!<{}-{}>", self.icmp_type, self.code)),
                _ => return None,
            },
        };
        Some(mark.to_owned())
    }

    /// What it says to somebody who asks why, in a sentence.
    pub fn meaning(self) -> &'static str {
        match self.class() {
            Class::EchoReply => "the host answers",
            Class::TimeExceeded => "the hops that the probe was given were used up at this router, which threw it away",
            Class::TooBig => "the next link carries no packet that long, and the probe may not be fragmented",
            Class::NoListener => "the probe came to the host, where nothing listens there",
            Class::Unreachable => match (self.family, self.code) {
                (Family::Ipv4, 0 | 6 | 11) | (Family::Ipv6, 0) => "this router has no route for it",
                (Family::Ipv4, 1 | 7 | 12) | (Family::Ipv6, 3) => {
                    "most often this router is next to the host, which answers no ARP or neighbour discovery"
                }
                (Family::Ipv4, 9 | 10 | 13) | (Family::Ipv6, 1 | 5 | 6) => "a rule of this router or host forbids it",
                _ => "it cannot be delivered",
            },
            Class::Error => "something about the probe is not as it should be",
            Class::Other => "no answer to a probe",
        }
    }
}

/// A number of a registry with its name, as JSON has it.
#[derive(Serialize)]
struct Coded {
    code: u8,
    name: Option<&'static str>,
}

impl Serialize for Kind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Both {
            #[serde(rename = "type")]
            icmp_type: Coded,
            code: Coded,
        }
        Both {
            icmp_type: Coded { code: self.icmp_type, name: self.type_name() },
            code: Coded { code: self.code, name: self.code_name() },
        }
        .serialize(serializer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn v4(icmp_type: u8, code: u8) -> Kind {
        Kind { family: Family::Ipv4, icmp_type, code }
    }

    fn v6(icmp_type: u8, code: u8) -> Kind {
        Kind { family: Family::Ipv6, icmp_type, code }
    }

    #[test]
    fn marks_are_those_of_traceroute() {
        // traceroute(8), "LIST OF AVAILABLE METHODS" and above: what stands behind a time.
        for (kind, mark) in [
            (v4(3, 0), "!N"),
            (v4(3, 1), "!H"),
            (v4(3, 2), "!P"),
            (v4(3, 5), "!S"),
            (v4(3, 13), "!X"),
            (v4(3, 14), "!V"),
            (v4(3, 15), "!C"),
            (v4(3, 77), "!<77>"),
            (v6(1, 0), "!N"),
            (v6(1, 3), "!H"),
            (v6(1, 1), "!X"),
            (v6(4, 0), "!<4-0>"),
        ] {
            assert_eq!(kind.mark(None).as_deref(), Some(mark), "{kind:?}");
        }
        assert_eq!(v4(3, 4).mark(Some(1400)).as_deref(), Some("!F-1400"));
        assert_eq!(v6(2, 0).mark(None).as_deref(), Some("!F"));
        for kind in [v4(11, 0), v4(3, 3), v6(3, 0), v6(1, 4), v4(0, 0)] {
            assert_eq!(kind.mark(None), None, "{kind:?}");
        }
    }

    #[test]
    fn every_kind_has_a_class_and_words() {
        assert_eq!((v4(11, 0).class(), v6(3, 0).class()), (Class::TimeExceeded, Class::TimeExceeded));
        assert_eq!((v4(3, 3).class(), v6(1, 4).class()), (Class::NoListener, Class::NoListener));
        assert_eq!((v4(8, 0).class(), v6(128, 0).class()), (Class::Other, Class::Other));
        assert_eq!(v4(3, 13).words(), "communication administratively prohibited");
        assert_eq!(v4(3, 99).words(), "destination unreachable, code 99");
        assert_eq!(v6(200, 1).words(), "type 200, code 1");
        for family in [Family::Ipv4, Family::Ipv6] {
            for icmp_type in 0..=255 {
                for code in 0..=20 {
                    let kind = Kind { family, icmp_type, code };
                    assert!(!kind.words().is_empty() && !kind.meaning().is_empty());
                    let is_error = matches!(kind.class(), Class::Unreachable | Class::TooBig | Class::Error);
                    assert!(kind.mark(None).is_some() || !is_error, "{kind:?}");
                }
            }
        }
    }
}
