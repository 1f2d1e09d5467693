//! From the text of a template to its pieces.

use super::{Component, Fault, HostForm, How, Part, Piece};

/// The pieces of `text`; if it is wrong, up to where it is, and the fault last.
pub(super) fn pieces(text: &[u8], defaults: How, own: bool) -> Vec<Piece> {
    let mut pieces = Pieces::default();
    // The first opening character that is not escaped decides between braces and brackets for all of the template.
    let mut opening = None;
    // Where nothing closes a component, nothing closes one that begins later.
    let mut unclosed = false;
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match *first {
            b'\\' => rest = escaped(after, &mut pieces),
            open @ (b'{' | b'[') if *opening.get_or_insert(open) == open => {
                if let [second, after @ ..] = after
                    && *second == open
                {
                    pieces.literal(open);
                    rest = after;
                } else if !unclosed && let Some(length) = after.iter().position(|octet| *octet == closing(open)) {
                    let (inner, after) = after.split_at(length);
                    rest = after.get(1..).unwrap_or_default();
                    let piece = component(inner, defaults, own).unwrap_or_else(|wrong| {
                        // Where no component is named trurl quotes all that follows.
                        let behind = if matches!(wrong, Wrong::Empty) { rest } else { &[] };
                        let quoted = [&[open], inner, &[closing(open)], behind].concat();
                        Piece::Fault(wrong.fault(|| String::from_utf8_lossy(&quoted).into_owned()))
                    });
                    let ends = matches!(piece, Piece::Fault(_));
                    pieces.done.push(piece);
                    if ends {
                        break;
                    }
                } else {
                    unclosed = true;
                    pieces.literal(open);
                }
            }
            other => pieces.literal(other),
        }
    }
    pieces.done
}

#[derive(Default)]
struct Pieces {
    done: Vec<Piece>,
}

impl Pieces {
    fn literal(&mut self, octet: u8) {
        if let Some(Piece::Literal(octets)) = self.done.last_mut() {
            octets.push(octet);
        } else {
            self.done.push(Piece::Literal(vec![octet]));
        }
    }
}

fn closing(open: u8) -> u8 {
    if open == b'{' { b'}' } else { b']' }
}

/// What follows a backslash. Any other character than these keeps it.
fn escaped<'a>(after: &'a [u8], pieces: &mut Pieces) -> &'a [u8] {
    let [letter, rest @ ..] = after else {
        pieces.literal(b'\\');
        return after;
    };
    match *letter {
        b'n' => pieces.literal(b'\n'),
        b'r' => pieces.literal(b'\r'),
        b't' => pieces.literal(b'\t'),
        plain @ (b'\\' | b'{' | b'[') => pieces.literal(plain),
        other => {
            pieces.literal(b'\\');
            pieces.literal(other);
        }
    }
    rest
}

enum Wrong {
    Empty,
    Syntax,
    Unknown(String),
    Exclusive(&'static str, &'static str),
}

impl Wrong {
    fn fault(self, quoted: impl FnOnce() -> String) -> Fault {
        match self {
            Self::Empty | Self::Syntax => Fault::Syntax(quoted()),
            Self::Unknown(name) => Fault::Unknown(name),
            Self::Exclusive(second, first) => Fault::Exclusive(second, first),
        }
    }
}

/// What stands between the braces: qualifiers in any order, each as often as one likes, and a component.
fn component(inner: &[u8], defaults: How, own: bool) -> Result<Piece, Wrong> {
    let mut how = How { host: HostForm::AsIs, ..defaults };
    let (mut strict, mut must) = (false, false);
    let mut rest = inner;
    if let [b':', after @ ..] = rest {
        how.encoded = true;
        rest = after;
    }
    while let Some(colon) = rest.iter().position(|octet| *octet == b':') {
        let (word, after) = rest.split_at(colon);
        let after = after.get(1..).unwrap_or_default();
        match word {
            b"url" => how.encoded = true,
            b"default" => how.default_port = true,
            b"strict" => strict = true,
            b"must" => must = true,
            b"puny" if how.host == HostForm::Unicode => return Err(Wrong::Exclusive("puny", "idn")),
            b"puny" => how.host = HostForm::Punycode,
            b"idn" if how.host == HostForm::Punycode => return Err(Wrong::Exclusive("idn", "puny")),
            b"idn" => how.host = HostForm::Unicode,
            b"query" | b"query-all" => {
                return Ok(Piece::Query { key: after.to_vec(), all: word != b"query", encoded: how.encoded });
            }
            _ if own => break,
            _ => return Err(Wrong::Syntax),
        }
        rest = after;
    }
    if rest.is_empty() {
        return Err(Wrong::Empty);
    }
    how.empty |= must;
    // --punycode wins over idn: as well.
    if how.host == HostForm::AsIs || defaults.host == HostForm::Punycode {
        how.host = defaults.host;
    }
    let component = if own { own_component(rest)? } else { trurl_component(rest)? };
    Ok(Piece::Component { component, how, strict, must })
}

fn trurl_component(name: &[u8]) -> Result<Component, Wrong> {
    Part::named(name).map(Component::Part).ok_or_else(|| Wrong::Unknown(String::from_utf8_lossy(name).into_owned()))
}

/// A component that trurl does not have, or one that it has.
fn own_component(name: &[u8]) -> Result<Component, Wrong> {
    let Some(colon) = name.iter().position(|octet| *octet == b':') else {
        return match name {
            b"file" => Ok(Component::File),
            b"extension" => Ok(Component::Extension),
            _ => trurl_component(name),
        };
    };
    let (word, index) = name.split_at(colon);
    let index = index.get(1..).unwrap_or_default();
    let number = || {
        let number = str::from_utf8(index).ok()?.parse::<i32>().ok()?;
        (number != 0).then_some(number)
    };
    match word {
        b"path" => number().map(Component::Segment),
        b"host" => number().map(Component::Label),
        b"port" if index == b"explicit" => Some(Component::PortExplicit),
        _ => None,
    }
    .ok_or(Wrong::Syntax)
}
