//! The language of `--get`: text with components in braces, as trurl has it.
//!
//! A [`Template`] is compiled once and filled for every URL. What it takes from a URL comes through [`Parts`], which
//! appends octets to the line that is being written: filling allocates nothing of its own.
//!
//! # Source
//! trurl(1), "--get"; where the manual is silent, what trurl 0.16.1 does.

mod compile;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::Ipv4Addr;

use sockeye_cli::escape::escape_octets;

use crate::percent;

/// A compiled `--get`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    pieces: Vec<Piece>,
    /// Whether what was decoded is shown with nothing in it that ends the line or acts on a terminal.
    visible: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Literal(Vec<u8>),
    Component {
        component: Component,
        how: How,
        strict: bool,
        must: bool,
    },
    Query {
        key: Vec<u8>,
        all: bool,
        encoded: bool,
    },
    /// Here the template is wrong. What stands before it has been written when trurl comes to it.
    Fault(Fault),
}

/// What a template can ask of a URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// What [`Parts`] has.
    Part(Part),
    /// `{path:N}`: a segment of the path, from 1, or from the end with -1.
    Segment(i32),
    /// `{host:N}`: a label of a name, counted likewise.
    Label(i32),
    /// `{port:explicit}`: `yes` or `no`.
    PortExplicit,
    /// `{file}`: the last segment of the path, if it is not empty.
    File,
    /// `{extension}`: what follows the last dot of that, if it is not the first character.
    Extension,
}

/// A part of a URL by trurl's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names of RFC 3986 and trurl")]
pub enum Part {
    Url,
    Scheme,
    User,
    Password,
    /// What follows a semicolon in the userinfo of an IMAP URL.
    Options,
    Host,
    Port,
    Path,
    Query,
    Fragment,
    /// The zone of an IPv6 address, without its `%`.
    Zoneid,
}

impl Part {
    /// All of them, in trurl's order.
    pub const ALL: [Self; 11] = [
        Self::Url,
        Self::Scheme,
        Self::User,
        Self::Password,
        Self::Options,
        Self::Host,
        Self::Port,
        Self::Path,
        Self::Query,
        Self::Fragment,
        Self::Zoneid,
    ];

    /// Its name in templates and options.
    pub fn name(self) -> &'static str {
        match self {
            Self::Url => "url",
            Self::Scheme => "scheme",
            Self::User => "user",
            Self::Password => "password",
            Self::Options => "options",
            Self::Host => "host",
            Self::Port => "port",
            Self::Path => "path",
            Self::Query => "query",
            Self::Fragment => "fragment",
            Self::Zoneid => "zoneid",
        }
    }

    /// The part of that name, which is in lower case.
    pub fn named(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|part| part.name().as_bytes() == name)
    }
}

/// In which form a component is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// `url:`: percent-encoded, as it stands in the URL.
    pub encoded: bool,
    /// `default:`: the scheme's port where the URL has none, and in the URL even where it is the scheme's.
    pub default_port: bool,
    /// `puny:` or `idn:`.
    pub host: HostForm,
    /// `--keep-port`: a URL shows a port that was given, be it the scheme's own.
    pub keep_port: bool,
    /// `must:`: a whole URL shows an empty query and fragment too.
    pub empty: bool,
}

/// In which form a name is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum HostForm {
    /// As the URL has it.
    #[default]
    AsIs,
    /// In ASCII.
    Punycode,
    /// In Unicode.
    Unicode,
}

/// A URL that a template can be filled with.
pub trait Parts {
    /// Appends a part to `line`, percent-encoded as it stands in the URL. Returns `false`, and appends nothing, where
    /// the URL has no such part. Of `how` only the port and the form of the host matter here.
    fn append(&self, part: Part, how: How, line: &mut Vec<u8>) -> bool;

    /// The query without its question mark, percent-encoded.
    fn query(&self) -> Option<&[u8]>;

    /// What stands between the pairs of the query.
    fn separator(&self) -> u8 {
        b'&'
    }

    /// Whether the port stands in the URL as it was given, be it the scheme's own.
    fn has_explicit_port(&self) -> bool;
}

impl Template {
    /// Reads a template in trurl's language. `defaults` are what options ask for all components; `puny:` and
    /// `idn:` win over [`HostForm::Unicode`].
    ///
    /// A fault of the template is part of it: trurl writes what stands before, and then fails.
    pub fn trurl(text: &[u8], defaults: How) -> Self {
        Self { pieces: compile::pieces(text, defaults, false), visible: false }
    }

    /// Reads a template in the language of `url`: trurl's, and segments, labels, the explicit port, file and extension.
    ///
    /// What was decoded is shown as the suite shows text from outside: controls and what is not UTF-8 as `\n` or `\xNN`.
    ///
    /// # Errors
    /// The first [`Fault`] of the template.
    pub fn parse(text: &[u8], defaults: How) -> Result<Self, Fault> {
        let pieces = compile::pieces(text, defaults, true);
        match pieces.last() {
            Some(Piece::Fault(fault)) => Err(fault.clone()),
            _ => Ok(Self { pieces, visible: true }),
        }
    }

    /// The components that are asked for in this form of the host.
    pub fn asks_for(&self, form: HostForm) -> impl Iterator<Item = Part> {
        self.pieces.iter().filter_map(move |piece| match piece {
            Piece::Component { component: Component::Part(part @ (Part::Host | Part::Url)), how, .. } => {
                (how.host == form).then_some(*part)
            }
            _ => None,
        })
    }

    /// Appends a line for `url`, without a line end, to `line`. What could not be shown is told to `note`.
    ///
    /// # Errors
    /// The [`Fault`] that ends it. What was written so far stays in `line`, as trurl prints it.
    pub fn fill<P: Parts + ?Sized>(
        &self,
        url: &P,
        line: &mut Vec<u8>,
        note: &mut dyn FnMut(Note),
    ) -> Result<(), Fault> {
        for piece in &self.pieces {
            match piece {
                Piece::Literal(octets) => line.extend_from_slice(octets),
                Piece::Component { component, how, strict, must } => {
                    let start = line.len();
                    if !component.append(url, *how, line) {
                        line.truncate(start);
                        if *must {
                            return Err(Fault::Missing(component.to_string()));
                        }
                        if *strict {
                            note(Note::Missing(*component));
                        }
                    } else if how.encoded || !component.is_decoded() {
                    } else if self.visible {
                        percent::decode_in_place(line, start);
                        show_from(line, start);
                    } else if let Err(undecodable) = decode_from(line, start, *component) {
                        if *strict {
                            return Err(Fault::Undecodable(component.to_string()));
                        }
                        note(undecodable);
                    }
                }
                Piece::Query { key, all, encoded } => {
                    let start = line.len();
                    append_values(url, key, *all, *encoded, line);
                    if self.visible && !encoded {
                        show_from(line, start);
                    }
                }
                Piece::Fault(fault) => return Err(fault.clone()),
            }
        }
        Ok(())
    }
}

/// Makes what was appended visible: a line stays one, and nothing in it acts on a terminal. A backslash becomes two.
fn show_from(line: &mut Vec<u8>, start: usize) {
    let plain = |octet: &u8| matches!(octet, b' '..=b'~') && *octet != b'\\';
    let Some(decoded) = line.get(start..).filter(|decoded| !decoded.iter().all(plain)) else { return };
    let shown = escape_octets(decoded);
    line.truncate(start);
    line.extend_from_slice(shown.as_bytes());
}

/// Undoes the encoding of what was appended. A NUL can be shown in no text: then nothing is.
fn decode_from(line: &mut Vec<u8>, start: usize, component: Component) -> Result<(), Note> {
    percent::decode_in_place(line, start);
    if line.get(start..).is_some_and(|decoded| decoded.contains(&0)) {
        line.truncate(start);
        return Err(Note::Undecodable(component));
    }
    Ok(())
}

impl Component {
    /// Whether percent-encoding is undone for display: never in a whole URL.
    fn is_decoded(self) -> bool {
        self != Self::Part(Part::Url)
    }

    fn append<P: Parts + ?Sized>(self, url: &P, how: How, line: &mut Vec<u8>) -> bool {
        match self {
            Self::Part(part) => url.append(part, how, line),
            Self::PortExplicit => {
                line.extend_from_slice(if url.has_explicit_port() { b"yes" } else { b"no" });
                true
            }
            Self::Segment(index) => narrow(url, Part::Path, how, line, |path| nth(path, segments(path)?, b'/', index)),
            Self::Label(index) => narrow(url, Part::Host, how, line, |host| {
                if is_address(host) {
                    return None;
                }
                nth(host, 0, b'.', index)
            }),
            Self::File => narrow(url, Part::Path, how, line, |path| {
                let (start, end) = nth(path, segments(path)?, b'/', -1)?;
                (start < end).then_some((start, end))
            }),
            Self::Extension => narrow(url, Part::Path, how, line, |path| {
                let (start, end) = nth(path, segments(path)?, b'/', -1)?;
                let dot = path.get(start..end)?.iter().rposition(|octet| *octet == b'.').filter(|dot| *dot > 0)?;
                Some((start.checked_add(dot)?.checked_add(1)?, end)).filter(|(start, end)| start < end)
            }),
        }
    }
}

/// Appends a part, and leaves of it what `choose` points at.
fn narrow<P: Parts + ?Sized>(
    url: &P,
    part: Part,
    how: How,
    line: &mut Vec<u8>,
    choose: impl FnOnce(&[u8]) -> Option<(usize, usize)>,
) -> bool {
    let base = line.len();
    let Some((start, end)) = Some(url.append(part, how, line))
        .filter(|there| *there)
        .and_then(|_| line.get(base..))
        .and_then(choose)
        .and_then(|(start, end)| Some((base.checked_add(start)?, base.checked_add(end)?)))
        .filter(|(start, end)| start <= end && *end <= line.len())
    else {
        line.truncate(base);
        return false;
    };
    line.truncate(end);
    line.drain(base..start);
    true
}

/// Where the first segment of a path begins. An opaque path has none.
fn segments(path: &[u8]) -> Option<usize> {
    path.starts_with(b"/").then_some(1)
}

/// Where the piece of that number stands: from 1, or from the end with -1.
fn nth(text: &[u8], from: usize, separator: u8, index: i32) -> Option<(usize, usize)> {
    let rest = text.get(from..)?;
    let skip = usize::try_from(index.unsigned_abs().checked_sub(1)?).ok()?;
    let piece = |piece: &[u8], start: usize| Some((start, start.checked_add(piece.len())?));
    let mut start = from;
    if index > 0 {
        for (number, text) in rest.split(|octet| *octet == separator).enumerate() {
            if number == skip {
                return piece(text, start);
            }
            start = start.checked_add(text.len())?.checked_add(1)?;
        }
        return None;
    }
    let mut end = text.len();
    for (number, text) in rest.rsplit(|octet| *octet == separator).enumerate() {
        start = end.checked_sub(text.len())?;
        if number == skip {
            return piece(text, start);
        }
        end = start.checked_sub(1)?;
    }
    None
}

fn is_address(host: &[u8]) -> bool {
    host.starts_with(b"[") || str::from_utf8(host).is_ok_and(|host| host.parse::<Ipv4Addr>().is_ok())
}

/// Appends the value of the first pair of that name, or of all of them with blanks between.
fn append_values<P: Parts + ?Sized>(url: &P, key: &[u8], all: bool, encoded: bool, line: &mut Vec<u8>) {
    let separator = url.separator();
    let mut first = true;
    for pair in url.query().unwrap_or_default().split(|octet| *octet == separator) {
        // The name ends at the first equals sign once it is decoded, as trurl has it.
        let Some(value) = percent::strip_form_prefix(pair, key).and_then(|rest| percent::strip_form_prefix(rest, b"="))
        else {
            continue;
        };
        if !first {
            line.push(b' ');
        }
        first = false;
        if encoded {
            line.extend_from_slice(value);
        } else {
            // trurl's own way to show a NUL here.
            line.extend(percent::form_octets(value).map(|octet| if octet == 0 { b'.' } else { octet }));
        }
        if !all {
            return;
        }
    }
}

impl fmt::Display for Component {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Part(part) => f.write_str(part.name()),
            Self::Segment(index) => write!(f, "path:{index}"),
            Self::Label(index) => write!(f, "host:{index}"),
            Self::PortExplicit => f.write_str("port:explicit"),
            Self::File => f.write_str("file"),
            Self::Extension => f.write_str("extension"),
        }
    }
}

/// Why a component is left out. Shown in trurl's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// It has a NUL.
    Undecodable(Component),
    /// `strict:`, and the URL has it not.
    Missing(Component),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Undecodable(component) => {
                write!(f, "URL decode error, most likely because of rubbish in the input ({component})")
            }
            Self::Missing(component) => write!(f, "No {component} part in the URL ({component})"),
        }
    }
}

/// Why a template cannot be filled. Shown in trurl's words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// What stands in braces is no component with qualifiers.
    Syntax(String),
    /// No component has this name.
    Unknown(String),
    /// Both `puny:` and `idn:` are there: the one that came second, and the first.
    Exclusive(&'static str, &'static str),
    /// `must:`, and the URL has it not.
    Missing(String),
    /// `strict:`, and it cannot be decoded.
    Undecodable(String),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Syntax(text) => write!(f, "Bad --get syntax: {text}"),
            Self::Unknown(name) => write!(f, "\"{name}\" is not a recognized URL component"),
            Self::Exclusive(second, first) => write!(f, "{second} modifier is mutually exclusive with {first}"),
            Self::Missing(component) => write!(f, "missing must:{component}"),
            Self::Undecodable(component) => write!(f, "problems URL decoding {component}"),
        }
    }
}

impl std::error::Error for Fault {}
