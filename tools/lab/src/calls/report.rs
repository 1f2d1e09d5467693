//! A call and what it returned, as strace(1) would show it.

use std::fmt::Write as _;
use std::io;
use std::net::SocketAddr;

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};
use sockeye_common::hex;
use sockeye_common::sockaddr::Sockaddr;

/// How many octets of a text are shown.
const SHOWN: usize = 32;

/// A call that has returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Called {
    /// Always `call`.
    pub record: &'static str,
    /// The call with its arguments: `bind(3, 0.0.0.0:7000)`.
    pub call: String,
    /// What it returned; null for what is no call.
    pub returned: Option<i64>,
    /// Why it failed.
    pub errno: Option<Errno>,
    /// What it told, in words: an address, the value of an option.
    pub told: Option<String>,
    /// The octets that it took or brought.
    pub octets: Option<Hex>,
    /// How long it took, in microseconds.
    pub took_us: u64,
}

/// An error number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Errno {
    /// The number.
    pub code: i32,
    /// Its name in C.
    pub name: Option<&'static str>,
    /// What strerror(3) says.
    pub text: String,
}

/// Octets, in hexadecimal where they are serialised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hex(pub Vec<u8>);

impl Serialize for Hex {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex::encode(&self.0))
    }
}

impl Called {
    /// What stands behind the call on its line: ` = 4, 10.0.0.1:40000`.
    pub fn result(&self) -> String {
        let mut text = String::new();
        if let Some(returned) = self.returned {
            // Writing to a String cannot fail.
            let _ = write!(text, " = {returned}");
        }
        if let Some(Errno { code, name, text: words }) = &self.errno {
            let name = name.map_or_else(|| code.to_string(), str::to_owned);
            let _ = write!(text, " {name} ({words})");
        }
        if let Some(told) = &self.told {
            text.push_str(told);
        }
        text
    }
}

impl Render for Called {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(format!("{}{}", self.call, self.result()))
    }
}

/// What lies behind a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The structure that the kernel is given, or gave.
    Sockaddr {
        /// The address as text.
        addr: String,
        /// Its octets.
        octets: String,
        /// Its fields.
        fields: Vec<Field>,
    },
    /// What an option is for.
    Option {
        /// Its name in C.
        name: &'static str,
        /// What it is for.
        meaning: &'static str,
    },
    /// What an error means.
    Errno {
        /// Its name in C.
        name: &'static str,
        /// What it means.
        meaning: &'static str,
    },
    /// In which state a TCP socket is now.
    State {
        /// The descriptor.
        fd: i32,
        /// The state.
        state: String,
    },
    /// The script is over, and the kernel closes what is open.
    Left {
        /// The descriptors.
        fds: Vec<i32>,
    },
}

/// A field of a structure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name in C.
    pub name: &'static str,
    /// Where it begins, in octets.
    pub offset: usize,
    /// Its octets.
    pub octets: String,
    /// What they mean.
    pub meaning: String,
}

impl Event {
    /// A socket address, field by field.
    pub fn sockaddr(addr: SocketAddr) -> Self {
        let sockaddr = Sockaddr::from(addr);
        let fields = sockaddr.fields().into_iter().map(|field| Field {
            name: field.name,
            offset: field.offset,
            octets: hex::spaced(&field.octets),
            meaning: field.meaning,
        });
        Self::Sockaddr { addr: addr.to_string(), octets: hex::encode(&sockaddr.emit()), fields: fields.collect() }
    }
}

impl Render for Event {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::Sockaddr { fields, .. } => fields.iter().try_for_each(|field| {
                let Field { name, offset, octets, meaning } = field;
                dim(text, &format!("{offset:>2} {name:<14} {octets}  {meaning}"))
            }),
            Self::Option { name, meaning } | Self::Errno { name, meaning } => dim(text, &format!("{name}: {meaning}")),
            Self::State { fd, state } => dim(text, &format!("socket {fd} is in {state}")),
            Self::Left { fds } => {
                let fds: Vec<_> = fds.iter().map(ToString::to_string).collect();
                dim(text, &format!("the process ends, and the kernel closes {}", fds.join(", ")))
            }
        }
    }
}

fn dim(text: &mut Text<'_>, words: &str) -> io::Result<()> {
    let line = text.paint(Role::Dim, &format!("    {words}"));
    text.line(line)
}

/// Octets as a script, and C, write them.
pub fn quote(octets: &[u8]) -> String {
    let mut text = String::from("\"");
    for octet in octets {
        match octet {
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'"' | b'\\' => {
                text.push('\\');
                text.push(char::from(*octet));
            }
            b' '..=b'~' => text.push(char::from(*octet)),
            _ => {
                // Writing to a String cannot fail.
                let _ = write!(text, "\\x{octet:02x}");
            }
        }
    }
    text.push('"');
    text
}

/// The first of `octets` as [`quote`] writes them, and dots where there are more.
pub fn excerpt(octets: &[u8]) -> String {
    match octets.get(..SHOWN) {
        Some(first) if octets.len() > SHOWN => quote(first) + "...",
        _ => quote(octets),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_reads_as_strace_shows_it() {
        let called = Called {
            record: "call",
            call: "connect(3, 10.0.0.2:7000)".to_owned(),
            returned: Some(-1),
            errno: Some(Errno { code: 111, name: Some("ECONNREFUSED"), text: "Connection refused".to_owned() }),
            told: None,
            octets: None,
            took_us: 7,
        };
        assert_eq!(called.result(), " = -1 ECONNREFUSED (Connection refused)");
        let unknown = Errno { code: 999, name: None, text: "Unknown error 999".to_owned() };
        let unknown = Called { errno: Some(unknown), ..called.clone() };
        assert_eq!(unknown.result(), " = -1 999 (Unknown error 999)");
        let json = serde_json::to_value(Called { octets: Some(Hex(b"AB".to_vec())), ..called }).unwrap();
        assert_eq!((&json["octets"], &json["errno"]["name"]), (&"4142".into(), &"ECONNREFUSED".into()));
    }

    #[test]
    fn octets_are_shown_so_that_a_terminal_stays_as_it_is() {
        assert_eq!(quote(b"a\n\x1b[m\"\\\xff"), r#""a\n\x1b[m\"\\\xff""#);
        assert_eq!(excerpt(&[b'A'; 33]), format!("\"{}\"...", "A".repeat(32)));
        assert_eq!(excerpt(&[b'A'; 32]), format!("\"{}\"", "A".repeat(32)));
    }

    #[test]
    fn a_sockaddr_has_its_port_in_network_order() {
        let Event::Sockaddr { octets, fields, .. } = Event::sockaddr("10.0.0.2:8080".parse().unwrap()) else {
            panic!()
        };
        assert_eq!(&octets[4..16], "1f900a000002");
        assert_eq!((fields[1].name, fields[1].octets.as_str()), ("sin_port", "1f 90"));
    }
}
