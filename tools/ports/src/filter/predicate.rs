//! The tests of a query as they are written: numbers where numbers stand, names where names stand.

use std::fmt;

use sockeye_sys::Family;
use sockeye_sys::sock_diag::StateMask;

use super::host::HostPattern;
use super::lexer;

/// Which end of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Here: `src`, `sport`.
    Local,
    /// There: `dst`, `dport`.
    Peer,
    /// One of both: `host`, `port`.
    Either,
}

/// How a number is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// `=`, `==`, `eq`, or nothing.
    Equal,
    /// `!=`, `ne`, `neq`.
    Unequal,
    /// `<`, `lt`.
    Below,
    /// `<=`, `le`, `leq`.
    AtMost,
    /// `>`, `gt`.
    Above,
    /// `>=`, `ge`, `geq`.
    AtLeast,
}

impl Relation {
    /// The relation that a word stands for.
    pub(super) fn from_word(word: &str) -> Option<Self> {
        Some(match word.to_ascii_lowercase().as_str() {
            "eq" => Self::Equal,
            "ne" | "neq" => Self::Unequal,
            "lt" => Self::Below,
            "le" | "leq" => Self::AtMost,
            "gt" => Self::Above,
            "ge" | "geq" => Self::AtLeast,
            _ => return None,
        })
    }

    /// The numbers up to `last` that stand in this relation to `value`, and whether they are the ones or the others.
    pub(super) fn range(self, value: u64, last: u64) -> (Option<(u64, u64)>, bool) {
        match self {
            Self::Equal => (Some((value, value)), true),
            Self::Unequal => (Some((value, value)), false),
            Self::Below => (value.checked_sub(1).map(|most| (0, most.min(last))), true),
            Self::AtMost => (Some((0, value.min(last))), true),
            Self::Above => (value.checked_add(1).filter(|least| *least <= last).map(|least| (least, last)), true),
            Self::AtLeast => (Some((value, last)).filter(|_| value <= last), true),
        }
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Equal => "=",
            Self::Unequal => "!=",
            Self::Below => "<",
            Self::AtMost => "<=",
            Self::Above => ">",
            Self::AtLeast => ">=",
        })
    }
}

/// A port, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortPattern {
    /// `*`, or nothing behind an address.
    Any,
    /// A number, or two with a hyphen.
    Range(u16, u16),
    /// The name of a service.
    Name(String),
}

impl fmt::Display for PortPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("*"),
            Self::Range(first, last) if first == last => write!(f, "{first}"),
            Self::Range(first, last) => write!(f, "{first}-{last}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// A number that a socket, or a process that holds it, has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The number of a process that holds it.
    Pid,
    /// The user that made it.
    Uid,
    /// What joins it to descriptors.
    Inode,
    /// Octets that were not read.
    RecvQueue,
    /// Octets that were not acknowledged.
    SendQueue,
}

impl Field {
    fn word(self) -> &'static str {
        match self {
            Self::Pid => "pid",
            Self::Uid => "uid",
            Self::Inode => "inode",
            Self::RecvQueue => "rcvq",
            Self::SendQueue => "sndq",
        }
    }
}

/// One test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Predicate {
    /// `state X`, `exclude X`, and several of them side by side.
    State {
        /// What they come to.
        states: StateMask,
        /// As they are written.
        text: String,
    },
    /// `src`, `dst`, `host`.
    Host {
        /// Whose.
        end: End,
        /// Whether it is that one, or another.
        equal: bool,
        /// Which.
        host: HostPattern,
    },
    /// `sport`, `dport`, `port`.
    Port {
        /// Whose.
        end: End,
        /// How it is compared.
        relation: Relation,
        /// With what.
        port: PortPattern,
    },
    /// `dev`: the interface that the socket is bound to.
    Device {
        /// Whether it is that one, or another, or none.
        equal: bool,
        /// A name or an index; zero is none.
        device: String,
    },
    /// `fwmark`.
    Mark {
        /// Whether it is that one, or another.
        equal: bool,
        /// What is left of the mark under the mask.
        mark: u32,
        /// The bits that count.
        mask: u32,
    },
    /// `cgroup`.
    Cgroup {
        /// Whether it is that one, or another.
        equal: bool,
        /// Below the cgroup2 file system.
        path: String,
    },
    /// `autobound`: the kernel chose the local port.
    Autobound,
    /// `pid`, `uid`, `inode`, `rcvq`, `sndq`.
    Number {
        /// Which.
        field: Field,
        /// How it is compared.
        relation: Relation,
        /// With what.
        value: u64,
    },
    /// `user`.
    User {
        /// Whether it is that one, or another.
        equal: bool,
        /// By name.
        user: String,
    },
    /// `process`: the name of a process that holds the socket.
    Process {
        /// Whether it is such, or another.
        equal: bool,
        /// A name, perhaps with `*`, `?` and `[..]`.
        pattern: String,
    },
    /// `family`, `inet`, `inet6`.
    Family {
        /// Whether it is that one, or another.
        equal: bool,
        /// Of the socket, not of the addresses that it carries.
        family: Family,
    },
}

/// A test and the octets of the query where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    /// The test.
    pub predicate: Predicate,
    /// Where.
    pub span: std::ops::Range<usize>,
    /// The octets of its last word: the address, the number, the name.
    pub value: std::ops::Range<usize>,
}

impl Predicate {
    /// Whether ss has it too.
    pub(super) fn is_known_to_ss(&self) -> bool {
        let port = |port: &PortPattern| !matches!(port, PortPattern::Range(first, last) if first != last);
        match self {
            Self::Device { .. } | Self::Mark { .. } | Self::Cgroup { .. } | Self::Autobound => true,
            Self::Host { end, .. } => *end != End::Either,
            Self::Port { end, port: pattern, .. } => *end != End::Either && port(pattern),
            Self::State { .. }
            | Self::Number { .. }
            | Self::User { .. }
            | Self::Process { .. }
            | Self::Family { .. } => false,
        }
    }
}

impl fmt::Display for Term {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.predicate.fmt(f)
    }
}

impl fmt::Display for Predicate {
    /// The one way to write it, of all that there are.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = |equal: bool| if equal { Relation::Equal } else { Relation::Unequal };
        match self {
            Self::State { text, .. } => f.write_str(text),
            Self::Host { end, equal, host } => {
                let word = match end {
                    End::Local => "src",
                    End::Peer => "dst",
                    End::Either => "host",
                };
                write!(f, "{word} {} {host}", sign(*equal))
            }
            Self::Port { end, relation, port } => {
                let word = match end {
                    End::Local => "sport",
                    End::Peer => "dport",
                    End::Either => "port",
                };
                write!(f, "{word} {relation} :{port}")
            }
            Self::Device { equal, device } => write!(f, "dev {} {}", sign(*equal), Quoted(device)),
            Self::Mark { equal, mark, mask: u32::MAX } => write!(f, "fwmark {} {mark:#x}", sign(*equal)),
            Self::Mark { equal, mark, mask } => write!(f, "fwmark {} {mark:#x}/{mask:#x}", sign(*equal)),
            Self::Cgroup { equal, path } => write!(f, "cgroup {} {}", sign(*equal), Quoted(path)),
            Self::Autobound => f.write_str("autobound"),
            Self::Number { field, relation, value } => write!(f, "{} {relation} {value}", field.word()),
            Self::User { equal, user } => write!(f, "user {} {}", sign(*equal), Quoted(user)),
            Self::Process { equal, pattern } => write!(f, "process {} {}", sign(*equal), Quoted(pattern)),
            Self::Family { equal, family } => {
                let word = if *family == Family::INET { "inet" } else { "inet6" };
                write!(f, "family {} {word}", sign(*equal))
            }
        }
    }
}

/// A text in quotes where it would be taken apart without them.
///
/// Quotation marks only where they must be: behind a backslash the second may be taken for a part of the name.
pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if lexer::is_bare_word(self.0) {
            return f.write_str(self.0);
        }
        let mark = if self.0.contains('"') { '\'' } else { '"' };
        write!(f, "{mark}{}{mark}", self.0)
    }
}
