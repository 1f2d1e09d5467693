//! Why a text is no address, host, port or endpoint.

use std::fmt;
use std::net::Ipv4Addr;

use super::{Host, Service};
use crate::escape::{escape, quoted};

/// Why a text was refused: what is wrong, where, and what would be right if that can be told.
///
/// It prints on one line, to stand behind `tool: subject: `.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddrError {
    /// Where, in characters from 0, from the start of the text that was parsed.
    pub position: usize,
    /// What is wrong.
    pub fault: Fault,
    /// What to write instead: `[::1]:80`.
    pub instead: Option<String>,
}

/// A part of an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The host.
    Host,
    /// What stands between two dots of a host name.
    Label,
    /// The port or service.
    Port,
    /// The zone of an IPv6 address.
    Zone,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// Nothing stands where a part must stand.
    Missing {
        /// Which part.
        part: Part,
    },
    /// A character that the part cannot have.
    Forbidden {
        /// Which part.
        part: Part,
        /// The character.
        character: char,
    },
    /// More characters than the part may have.
    TooLong {
        /// Which part.
        part: Part,
        /// How many it has.
        length: usize,
        /// How many it may have.
        limit: usize,
    },
    /// A host name that begins with a hyphen, as an option does.
    HyphenFirst,
    /// Two dots side by side, or one in front.
    EmptyLabel,
    /// A dotted quad with a number above 255.
    OctetTooLarge {
        /// The number.
        found: String,
    },
    /// A dotted quad with a number that some read in octal.
    LeadingZero {
        /// The number.
        found: String,
    },
    /// A dotted quad with a dot that has no number on one side.
    OctetMissing,
    /// Numbers and dots, but not four of them, or not all decimal.
    NotDottedQuad {
        /// How many numbers there are.
        count: usize,
        /// Which address inet_aton(3) would read here.
        inet_aton: Option<Ipv4Addr>,
    },
    /// A port above 65535.
    PortTooLarge {
        /// The number.
        found: String,
    },
    /// Neither a number nor the name of a service: `-1`, `8.0`.
    NotAPort {
        /// The text.
        found: String,
    },
    /// A port where only a host may stand.
    PortNotWanted,
    /// A character that no IPv6 address has.
    NotHex {
        /// The character.
        character: char,
    },
    /// Two colons or more, without brackets, around a character that no IPv6 address has: `host:80:90`.
    ColonsAround {
        /// The character.
        character: char,
    },
    /// A group of an IPv6 address with more than four digits.
    GroupTooLong {
        /// The group.
        found: String,
    },
    /// Too few groups, or too many.
    GroupCount {
        /// How many there are; a dotted quad is two.
        count: usize,
        /// Whether a `::` stands among them.
        gap: bool,
    },
    /// More than one `::`.
    SecondGap,
    /// A single colon at the start or the end.
    LoneColon,
    /// A dotted quad that is not the last group.
    QuadNotLast,
    /// A `[` without its `]`.
    Unclosed,
    /// Brackets around something else than an IPv6 address.
    BracketsNotV6,
    /// Something else than `:` after `]`.
    AfterBracket,
    /// A zone behind something else than an IPv6 address.
    ZoneNotV6,
}

impl AddrError {
    /// A fault at an octet of `text`.
    pub(super) fn at(text: &str, octet: usize, fault: Fault) -> Self {
        let position = text.char_indices().take_while(|(start, _)| *start < octet).count();
        Self { position, fault, instead: None }
    }

    /// The same error, seen from the start of `before` and what follows it.
    pub(super) fn after(mut self, before: &str) -> Self {
        self.position += before.chars().count();
        self
    }

    /// The same error of a bare IPv6 address, with the advice to bracket `host` if `host` and `port` make an endpoint.
    pub(super) fn or_brackets(mut self, host: &str, port: &str) -> Self {
        if host.parse::<Host>().is_ok() && port.parse::<Service>().is_ok() {
            self.instead = Some(format!("[{host}]:{port}"));
        } else if let Fault::NotHex { character } = self.fault {
            self.fault = Fault::ColonsAround { character };
        }
        self
    }
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Host => "host",
            Self::Label => "label",
            Self::Port => "port",
            Self::Zone => "zone",
        })
    }
}

impl fmt::Display for AddrError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let position = self.position + 1;
        match &self.fault {
            Fault::Missing { part } => write!(f, "the {part} is missing")?,
            Fault::Forbidden { part, character } => {
                write!(f, "{} at position {position} cannot be part of a {part}", quoted(*character))?;
            }
            Fault::TooLong { part, length, limit } => {
                write!(f, "the {part} at position {position} has {length} characters, and {limit} are allowed")?;
            }
            Fault::HyphenFirst => f.write_str("a host name does not begin with a hyphen")?,
            Fault::EmptyLabel => write!(f, "a label is missing at position {position}")?,
            Fault::OctetTooLarge { found } => write!(f, "{found} is more than an octet holds")?,
            Fault::LeadingZero { found } => {
                write!(f, "{found} has a leading zero, which some read as octal and some as decimal")?;
            }
            Fault::OctetMissing => write!(f, "not a dotted quad: a number is missing at position {position}")?,
            Fault::NotDottedQuad { count, inet_aton } => {
                match count {
                    1 => f.write_str("not a dotted quad: one number instead of four")?,
                    4 => f.write_str("not a dotted quad: its numbers are not all decimal")?,
                    _ => write!(f, "not a dotted quad: {count} numbers instead of four")?,
                }
                if let Some(addr) = inet_aton {
                    write!(f, " (inet_aton reads {addr})")?;
                }
            }
            Fault::PortTooLarge { found } => write!(f, "{found} is more than a port holds (65535)")?,
            Fault::NotAPort { found } => {
                write!(f, "\"{}\" is neither a port number nor a service name", escape(found))?;
            }
            Fault::PortNotWanted => write!(f, "a port, at position {position}, where only a host may stand")?,
            Fault::NotHex { character } => {
                write!(f, "{} at position {position} cannot be part of an IPv6 address", quoted(*character))?;
            }
            Fault::ColonsAround { character } => {
                let part = format!("{} at position {position} cannot be part of one", quoted(*character));
                write!(f, "two colons or more make an IPv6 address, and {part}")?;
            }
            Fault::GroupTooLong { found } => write!(f, "{found} has more than the four digits of an IPv6 group")?,
            Fault::GroupCount { count, gap: true } => {
                write!(f, "{count} groups and \"::\" are more than the eight of an IPv6 address")?;
            }
            Fault::GroupCount { count: 1, gap: false } => {
                f.write_str("one group and no \"::\" where an IPv6 address has eight")?;
            }
            Fault::GroupCount { count, gap: false } if *count < 8 => {
                write!(f, "{count} groups and no \"::\" where an IPv6 address has eight")?;
            }
            Fault::GroupCount { count, gap: false } => write!(f, "{count} groups where an IPv6 address has eight")?,
            Fault::SecondGap => write!(f, "\"::\" at position {position} is the second, and an address has one")?,
            Fault::LoneColon => write!(f, "a group is missing at the colon at position {position}")?,
            Fault::QuadNotLast => write!(f, "the dotted quad at position {position} is not the end of the address")?,
            Fault::Unclosed => f.write_str("\"[\" has no \"]\"")?,
            Fault::BracketsNotV6 => f.write_str("only an IPv6 address stands in brackets")?,
            Fault::AfterBracket => write!(f, "\":\" and a port, or nothing, must follow \"]\" at position {position}")?,
            Fault::ZoneNotV6 => write!(f, "only an IPv6 address has a zone, and \"%\" is at position {position}")?,
        }
        self.instead.as_ref().map_or(Ok(()), |instead| write!(f, "; write {}", escape(instead)))
    }
}

impl std::error::Error for AddrError {}
