//! What a scheme says of the rest: the schemes whose path is no path, or whose host is no host to connect to.
//!
//! - [`mailto`]: RFC 6068; [`data`]: RFC 2397; [`urn`]: RFC 8141
//! - here: file (RFC 8089), blob (File API) and tel (RFC 3966)

pub mod data;
pub mod mailto;
pub mod urn;

use std::io;

use serde::Serialize;
use sockeye_cli::Text;
use sockeye_cli::escape::escape_controls;
use sockeye_cli::table::{Rules, Table};
use url::Url;

use crate::departure;
use crate::percent;
use crate::report::cell;
use crate::rfc3986::Components;
use crate::spans::{SchemeKind, is_drive_letter, significant};

/// The row of a path as Windows writes it.
const WINDOWS: &str = "in Windows";

/// What a scheme says of the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "scheme", rename_all = "lowercase")]
pub enum Specific {
    /// Addresses and headers.
    Mailto(mailto::Mailto),
    /// A media type and the content itself.
    Data(data::Data),
    /// A name in a namespace.
    Urn(urn::Urn),
    /// A file, here or on a host.
    File(File),
    /// An object that a page has made.
    Blob(Blob),
    /// A telephone number.
    Tel(Tel),
}

/// A file.
///
/// # Source
/// RFC 8089 section 2 and appendices D and E.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct File {
    /// The host that has it; `None` if that is this one.
    pub host: Option<String>,
    /// The path, decoded, as this system writes it.
    pub path: String,
    /// The drive of a path of Windows.
    pub drive: Option<char>,
    /// As Windows writes it, where there is a drive or a host.
    pub windows: Option<String>,
}

/// An object that a page has made.
///
/// # Source
/// File API, section 8.3.2, "generate a new blob URL"; WHATWG URL section 4.7 for the origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Blob {
    /// What stands behind `blob:`.
    pub inner: String,
    /// The origin of that, if it is of a web server.
    pub origin: Option<String>,
    /// Its last segment.
    pub identifier: String,
}

/// A telephone number.
///
/// # Source
/// RFC 3966 section 3.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Tel {
    /// As it stands.
    pub number: String,
    /// Without what only makes it easier to read.
    pub digits: String,
    /// Whether it is valid everywhere: it begins with `+`.
    pub global: bool,
    /// `;ext=1` and the like.
    pub parameters: Vec<Pair>,
    /// What RFC 3966 does not allow.
    pub faults: Vec<String>,
}

/// A name and its value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pair {
    /// Decoded.
    pub name: String,
    /// Decoded; empty where there is none.
    pub value: String,
}

/// Whether a scheme, in lower case, says anything of the rest.
pub fn is_known(scheme: &str) -> bool {
    matches!(scheme, "mailto" | "data" | "urn" | "file" | "blob" | "tel")
}

/// Whether a scheme, in lower case, is one of addresses that no host is reached by: people write them to each other.
pub fn is_address(scheme: &str) -> bool {
    matches!(scheme, "mailto" | "tel")
}

/// What the scheme of `input` says of the rest; `None` for a scheme that says nothing more.
pub fn of(input: &str) -> Option<Specific> {
    let text = significant(input.trim_matches(|character: char| character <= ' '));
    let mut uri = Components::of(&text);
    let scheme = uri.scheme.as_deref()?.to_ascii_lowercase();
    if scheme == "file" {
        // A backslash is a slash here, also before the host.
        let end = text.find(['?', '#']).unwrap_or(text.len());
        uri = Components::of(&text.get(..end).unwrap_or_default().replace('\\', "/"));
    }
    Some(match scheme.as_str() {
        "mailto" => Specific::Mailto(mailto::read(&uri)),
        "data" => Specific::Data(data::read(&uri)),
        "urn" => Specific::Urn(urn::read(&uri)),
        "file" => Specific::File(file(&uri)),
        "blob" => Specific::Blob(blob(&uri)),
        "tel" => Specific::Tel(tel(&uri)),
        _ => return None,
    })
}

/// `text` with percent-encoding undone; U+FFFD for what is not UTF-8. A `+` is a plus.
fn decoded(text: &str) -> String {
    String::from_utf8_lossy(&percent::decode(text)).into_owned()
}

fn file(uri: &Components) -> File {
    // A name for this system, and for Windows, has neither dot segments nor a bar behind its drive.
    let path = departure::path(SchemeKind::File, &uri.path);
    let host = uri.host.as_deref().map(decoded);
    let host = host.filter(|host| !host.is_empty() && !host.eq_ignore_ascii_case("localhost"));
    let path = decoded(&path);
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let drive = if is_drive_letter(first) { first.chars().next() } else { None };
    let windows = match (drive, &host) {
        (Some(_), None) => Some(path.trim_start_matches('/').replace('/', "\\")),
        (_, Some(host)) => Some(format!("\\\\{host}{}", path.replace('/', "\\"))),
        (None, None) => None,
    };
    File { host, path, drive, windows }
}

fn blob(uri: &Components) -> Blob {
    let inner = Components { scheme: None, fragment: None, ..uri.clone() };
    // As it stands: the pieces are put together for a path, and this is a URL.
    let inner = format!("{}{}", inner.path, inner.query.map(|query| format!("?{query}")).unwrap_or_default());
    let identifier = inner.rsplit('/').next().unwrap_or_default().to_owned();
    Blob { origin: web_origin(&inner), identifier, inner }
}

/// The origin of a URL inside a blob URL, if that is of a web server.
///
/// Not by the crate's `origin` of the whole, which follows `blob:blob:..` as deep as it goes, on the stack.
///
/// # Source
/// WHATWG URL, section 4.7, "origin".
pub(crate) fn web_origin(inner: &str) -> Option<String> {
    let url = Url::parse(inner).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
    Some(url.origin().ascii_serialization())
}

fn tel(uri: &Components) -> Tel {
    let mut pieces = uri.path.split(';');
    let number = decoded(pieces.next().unwrap_or_default());
    let pair = |piece: &str| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        Pair { name: decoded(name), value: decoded(value) }
    };
    let parameters: Vec<Pair> = pieces.map(pair).collect();
    let digits: String = number.chars().filter(|character| !matches!(character, '-' | '.' | '(' | ')')).collect();
    let global = digits.starts_with('+');
    let mut faults = Vec::new();
    let local = |character: char| character.is_ascii_hexdigit() || matches!(character, '*' | '#');
    let plain = match digits.strip_prefix('+') {
        Some(rest) => rest.chars().all(|digit| digit.is_ascii_digit()) && !rest.is_empty(),
        None => digits.chars().all(local) && !digits.is_empty(),
    };
    if !plain {
        faults.push("a number has digits, and - . ( ) to make it easier to read".to_owned());
    }
    if !global && !parameters.iter().any(|pair| pair.name.eq_ignore_ascii_case("phone-context")) {
        faults.push("a number without + needs ;phone-context= to say where it is valid".to_owned());
    }
    Tel { number, digits, global, parameters, faults }
}

/// What equivalent names have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Equivalence {
    /// By which rule.
    pub rung: &'static str,
    /// Where that is specified.
    pub source: &'static str,
    /// The one of them that stands for all.
    pub text: String,
}

impl Specific {
    /// What the URI has in common with others that are the same by its scheme, where that says so of a URI without faults.
    pub fn equivalence(&self, fragment: Option<String>) -> Option<Equivalence> {
        if !self.faults().is_empty() {
            return None;
        }
        match self {
            Self::Urn(urn) => {
                let text = urn.assigned_name.clone();
                Some(Equivalence { rung: "URN", source: "RFC 8141 section 3.1", text })
            }
            Self::Mailto(mailto) => {
                let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
                let text = mailto.canonical() + &fragment;
                Some(Equivalence { rung: "mailto", source: "RFC 6068 section 2", text })
            }
            _ => None,
        }
    }

    /// The specification.
    pub fn source(&self) -> &'static str {
        match self {
            Self::Mailto(_) => "RFC 6068",
            Self::Data(_) => "RFC 2397",
            Self::Urn(_) => "RFC 8141",
            Self::File(_) => "RFC 8089",
            Self::Blob(_) => "File API",
            Self::Tel(_) => "RFC 3966",
        }
    }

    /// What there is, each with its name.
    fn rows(&self) -> Vec<(String, String)> {
        let row = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        match self {
            Self::Mailto(mailto) => mailto.rows(),
            Self::Data(data) => data.rows(),
            Self::Urn(urn) => urn.rows(),
            Self::File(file) => {
                let mut rows = vec![row("host", file.host.as_deref().unwrap_or("this one")), row("path", &file.path)];
                rows.extend(file.drive.map(|drive| row("drive", &drive.to_string())));
                rows.extend(file.windows.as_ref().map(|windows| row(WINDOWS, windows)));
                rows
            }
            Self::Blob(blob) => vec![
                row("inner URL", &blob.inner),
                row("origin", blob.origin.as_deref().unwrap_or("opaque: of its own")),
                row("identifier", &blob.identifier),
            ],
            Self::Tel(tel) => {
                let mut rows = vec![row(if tel.global { "global number" } else { "local number" }, &tel.digits)];
                rows.extend(tel.parameters.iter().map(|pair| row(&pair.name, &pair.value)));
                rows
            }
        }
    }

    /// What the specification does not allow.
    pub fn faults(&self) -> &[String] {
        match self {
            Self::Mailto(mailto) => &mailto.faults,
            Self::Data(data) => &data.faults,
            Self::Urn(urn) => &urn.faults,
            Self::Tel(tel) => &tel.faults,
            Self::File(_) | Self::Blob(_) => &[],
        }
    }

    /// Shows it as a table.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut table = Table::new(Rules::Lines, ["Part", self.source()]);
        for (name, value) in self.rows() {
            // To be pasted: a backslash is one.
            let value = if name == WINDOWS { escape_controls(&value).into() } else { cell(Some(&value)) };
            table.row([cell(Some(&name)), value]);
        }
        text.table(&table)?;
        for fault in self.faults() {
            text.prose(&format!("{}: ", self.source()), fault)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
