//! The language of `--get`: text with fields in braces.

use std::fmt;

/// The fields, with what they are. Of what a text has not, a field is empty.
pub const FIELDS: &[(&str, &str)] = &[
    ("input", "the text as it was given"),
    ("kind", "address, network, mac or eui64"),
    ("text", "the address or network as RFC 5952 writes it"),
    ("family", "AF_INET or AF_INET6"),
    ("address", "the address alone"),
    ("zone", "the zone of an IPv6 address"),
    ("port", "the port of a socket address"),
    ("decimal", "the number in decimal"),
    ("hex", "the octets in hexadecimal"),
    ("binary", "the bits"),
    ("expanded", "all digits of an IPv6 address"),
    ("reverse", "the name in the DNS, or the zone"),
    ("special", "the name of IANA's range"),
    ("rfc", "where that is specified"),
    ("scope", "the scope of an IPv6 address or a group"),
    ("v4", "the IPv4 address inside, or the address itself"),
    ("mac", "the MAC address, or that inside the address"),
    ("eui64", "the second half of an IPv6 address, or what a MAC address makes"),
    ("solicited_node", "the group for neighbour solicitations"),
    ("sockaddr", "the octets of the sockaddr in hexadecimal"),
    ("aton", "what inet_aton reads"),
    ("pton", "what inet_pton reads"),
    ("getaddrinfo", "what getaddrinfo reads"),
    ("network", "the network"),
    ("length", "the length of the prefix"),
    ("mask", "the mask"),
    ("wildcard", "the mask turned round"),
    ("broadcast", "the broadcast address"),
    ("first", "the first address"),
    ("last", "the last address"),
    ("first_usable", "the first address for a host"),
    ("last_usable", "the last address for a host"),
    ("addresses", "how many addresses"),
    ("usable", "how many for hosts"),
];

/// A compiled template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(String),
    Field(&'static str),
}

impl Template {
    /// Reads a template: `{field}`, `{{` for a brace, `\t`, `\n` and `\\`.
    ///
    /// # Errors
    /// [`Fault`] if there is no such field, or a brace is not closed.
    pub fn compile(text: &str) -> Result<Self, Fault> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut rest = text;
        while let Some(character) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix("{{") {
                literal.push('{');
                rest = after;
            } else if let Some(after) = rest.strip_prefix('{') {
                let (name, after) = after.split_once('}').ok_or(Fault::Open)?;
                let field = FIELDS.iter().find(|(field, _)| *field == name);
                let (field, _) = field.ok_or_else(|| Fault::Unknown(name.to_owned()))?;
                pieces.push(Piece::Literal(std::mem::take(&mut literal)));
                pieces.push(Piece::Field(field));
                rest = after;
            } else if let Some((escaped, after)) = ["\\t", "\\n", "\\\\"]
                .into_iter()
                .zip(["\t", "\n", "\\"])
                .find_map(|(mark, meant)| Some((meant, rest.strip_prefix(mark)?)))
            {
                literal.push_str(escaped);
                rest = after;
            } else {
                literal.push(character);
                rest = rest.get(character.len_utf8()..).unwrap_or_default();
            }
        }
        pieces.push(Piece::Literal(literal));
        Ok(Self { pieces })
    }

    /// Whether it asks for one of these fields.
    pub fn asks(&self, fields: &[&str]) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Field(field) if fields.contains(field)))
    }

    /// Adds the text with the fields filled in to `line`. `field` adds the one of that name, and nothing if there is none.
    pub fn fill(&self, line: &mut String, field: impl Fn(&str, &mut String)) {
        for piece in &self.pieces {
            match piece {
                Piece::Literal(text) => line.push_str(text),
                Piece::Field(name) => field(name, line),
            }
        }
    }
}

/// Why a text is no template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// There is no such field.
    Unknown(String),
    /// A brace is not closed.
    Open,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(f, "no field \"{}\"", sockeye_cli::escape::escape(name)),
            Self::Open => f.write_str("a { is not closed"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_braces_and_escapes() {
        let filled = |text| {
            Template::compile(text).map(|template| {
                let mut line = String::new();
                template.fill(&mut line, |name, line| {
                    if name != "zone" {
                        line.push_str(&name.to_uppercase());
                    }
                });
                line
            })
        };
        assert_eq!(filled("{text}\\t{{{hex}}\\n{zone}.\\\\").unwrap(), "TEXT\t{HEX}\n.\\");
        assert_eq!(filled("").unwrap(), "");
        assert_eq!(filled("{nope}").unwrap_err().to_string(), "no field \"nope\"");
        assert_eq!(filled("{text").unwrap_err(), Fault::Open);
        assert!(Template::compile("{aton}").unwrap().asks(&["aton", "pton"]));
    }
}
