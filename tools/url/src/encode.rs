//! `url encode` and `url decode`: percent-encoding by a chosen set, and names in Punycode and Unicode.

use std::ffi::OsString;
use std::io;
use std::os::unix::ffi::OsStringExt;

use clap::ValueEnum;
use serde::Serialize;
use sockeye_cli::escape::{acts, escape, escape_octets};
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::hex;
use url::Host;

use crate::cli::{Code, Name};
use crate::dissect::{HostKind, dissect};
use crate::{many, percent, shell};

/// Which octets are encoded.
///
/// # Source
/// WHATWG URL, section 1.3, where each set but the first has all of the one before it; RFC 3986 section 2.3.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Set {
    /// Controls, and all outside ASCII
    C0Control,
    /// Also blank, quotation mark, < > and backquote
    Fragment,
    /// C0-control and blank, quotation mark, # < >
    Query,
    /// Query and apostrophe
    SpecialQuery,
    /// Query and ? ^ { } and backquote
    Path,
    /// Path and / : ; = @ [ ] | and backslash
    Userinfo,
    /// Userinfo and dollar, % & + and comma
    Component,
    /// Component and ! ( ) ~ and apostrophe, and a blank is +
    Form,
    /// All but letters, digits and - . _ ~ (RFC 3986)
    Unreserved,
}

impl Set {
    /// Whether the set has `octet`.
    pub fn has(self, octet: u8) -> bool {
        if octet <= 0x1f || octet > 0x7e {
            return true;
        }
        let inner = |set: Self| set.has(octet);
        match self {
            Self::C0Control => false,
            Self::Fragment => matches!(octet, b' ' | b'"' | b'<' | b'>' | b'`'),
            Self::Query => matches!(octet, b' ' | b'"' | b'#' | b'<' | b'>'),
            Self::SpecialQuery => inner(Self::Query) || octet == b'\'',
            Self::Path => inner(Self::Query) || matches!(octet, b'?' | b'^' | b'`' | b'{' | b'}'),
            Self::Userinfo => {
                inner(Self::Path) || matches!(octet, b'/' | b':' | b';' | b'=' | b'@' | b'['..=b']' | b'|')
            }
            Self::Component => inner(Self::Userinfo) || matches!(octet, b'$'..=b'&' | b'+' | b','),
            Self::Form => inner(Self::Component) || matches!(octet, b'!' | b'\''..=b')' | b'~'),
            Self::Unreserved => !(octet.is_ascii_alphanumeric() || matches!(octet, b'-' | b'.' | b'_' | b'~')),
        }
    }
}

/// Encodes `octets`: those of `set` but for those in `keep`, and a blank as `+` in a form.
pub fn encode(octets: &[u8], set: Set, keep: &[u8]) -> String {
    let mut text = String::with_capacity(octets.len());
    for octet in octets {
        match *octet {
            // Outside ASCII nothing can be kept: half a character is no text.
            kept if kept.is_ascii() && keep.contains(&kept) => text.push(char::from(kept)),
            b' ' if set == Set::Form => text.push('+'),
            other if set.has(other) => percent::push_escape(other, &mut text),
            other => text.push(char::from(other)),
        }
    }
    text
}

/// Decodes `octets`: every `%XX`, or with a `set` those that it does not have and that are not in `keep`; `+` is a blank
/// in a form. A `%` without two digits behind it stays.
pub fn decode(octets: &[u8], set: Option<Set>, keep: &[u8]) -> Vec<u8> {
    let form = set == Some(Set::Form);
    let mut decoded = Vec::with_capacity(octets.len());
    let mut rest = octets;
    while let [first, after @ ..] = rest {
        rest = after;
        let pair = if *first == b'%' { percent::hex_pair(after) } else { None };
        match pair {
            Some((octet, after_pair)) => {
                let stays = keep.contains(&octet) || set.is_some_and(|set| !form && set.has(octet));
                let escape = octets_of_escape(*first, after);
                decoded.extend_from_slice(if stays { &escape } else { std::slice::from_ref(&octet) });
                rest = after_pair;
            }
            None if form && *first == b'+' => decoded.push(b' '),
            None => decoded.push(*first),
        }
    }
    decoded
}

/// `%XX` as it stands.
fn octets_of_escape(sign: u8, after: &[u8]) -> [u8; 3] {
    match after {
        [high, low, ..] => [sign, *high, *low],
        _ => [sign; 3],
    }
}

/// A text and what was made of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Coded {
    /// The text before, if it is UTF-8.
    pub text: Option<String>,
    /// Before, in hexadecimal.
    pub octets: String,
    /// After, if it is UTF-8.
    pub result: Option<String>,
    /// After, in hexadecimal.
    pub result_octets: String,
    #[serde(skip)]
    raw: Vec<u8>,
    #[serde(skip)]
    ends: End,
}

/// What follows a text that is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// A line feed.
    Line,
    /// One on a terminal: in a pipe it would be an octet too many for whoever decodes it.
    LineOnTerminal,
    /// Nothing.
    Nothing,
}

impl Coded {
    fn new(before: &[u8], raw: Vec<u8>, ends: End) -> Self {
        let text = |octets: &[u8]| str::from_utf8(octets).ok().map(str::to_owned);
        Self {
            text: text(before),
            octets: hex::encode(before),
            result: text(&raw),
            result_octets: hex::encode(&raw),
            raw,
            ends,
        }
    }
}

impl Render for Coded {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let on_terminal = text.width().is_some();
        // A terminal obeys what it is sent.
        if on_terminal {
            io::Write::write_all(text, harmless(&self.raw).as_bytes())?;
        } else {
            io::Write::write_all(text, &self.raw)?;
        }
        match self.ends {
            End::LineOnTerminal if !on_terminal => Ok(()),
            End::Line | End::LineOnTerminal => io::Write::write_all(text, b"\n"),
            End::Nothing => Ok(()),
        }
    }
}

/// `octets` without what a terminal would obey.
pub(crate) fn harmless(octets: &[u8]) -> String {
    let Ok(text) = str::from_utf8(octets) else { return escape_octets(octets) };
    let shown = |character: char| match character {
        '\n' | '\t' => character.to_string(),
        obeyed if acts(obeyed) => escape(&obeyed.to_string()).into_owned(),
        other => other.to_string(),
    };
    text.chars().map(shown).collect()
}

/// Encodes the text that was given.
///
/// # Errors
/// [`Failure`] if standard input cannot be read, a name cannot be a host, or the output cannot be written.
pub fn run_encode(job: &Code, output: &mut Output<'_>) -> Result<Status, Failure> {
    let set = job.set.unwrap_or(Set::Component);
    each(job, output, End::LineOnTerminal, |octets| match job.name {
        Some(_) => named(octets, Name::Punycode),
        None => Ok(encode(octets, set, &job.keep).into_bytes()),
    })
}

/// Decodes the text that was given.
///
/// # Errors
/// As [`run_encode`].
pub fn run_decode(job: &Code, output: &mut Output<'_>) -> Result<Status, Failure> {
    each(job, output, End::Nothing, |octets| match job.name {
        Some(_) => named(octets, Name::Unicode),
        None => Ok(decode(octets, job.set, &job.keep)),
    })
}

/// Does `work` for the text, or for each line of it. A text on the command line is shown on a line of its own; one from
/// standard input ends with `end` and nothing more. A line that is bad is told of, and the others go on.
fn each(
    job: &Code,
    output: &mut Output<'_>,
    end: End,
    work: impl Fn(&[u8]) -> Result<Vec<u8>, Failure>,
) -> Result<Status, Failure> {
    if job.text != "-" {
        let octets = OsString::into_vec(job.text.clone());
        output.result(&Coded::new(&octets, work(&octets)?, End::Line))?;
        return Ok(Status::YES);
    }
    let octets = shell::standard_input()?;
    if !job.lines {
        output.result(&Coded::new(&octets, work(&octets)?, end))?;
        return Ok(Status::YES);
    }
    let mut status = Status::YES;
    for (line, number) in octets.split_inclusive(|octet| *octet == b'\n').zip(1_u64..) {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        match work(line) {
            Ok(coded) => output.result(&Coded::new(line, coded, End::Line))?,
            Err(failure) => {
                status = Status::NO;
                output.failure(&many::at(format_args!("standard input:{number}: "), failure));
            }
        }
    }
    if status == Status::YES { Ok(status) } else { Err(Failure::Silent(status)) }
}

/// A host, or the host of a URL, in Punycode or in Unicode.
fn named(octets: &[u8], name: Name) -> Result<Vec<u8>, Failure> {
    let text = str::from_utf8(octets).map_err(|error| {
        Failure::usage(format!("\"{}\": not UTF-8 at octet {}", escape_octets(octets), error.valid_up_to()))
    })?;
    let converted = |host: &str| {
        convert(host, name).ok_or_else(|| Failure::usage(format!("\"{}\": invalid domain name", escape(host))))
    };
    if !text.contains("://") {
        return converted(text).map(String::into_bytes);
    }
    let url = dissect(text, &mut |_| {})?;
    let span = url.host.span.filter(|_| url.host_kind == HostKind::Domain);
    let (Some(span), Some(host)) = (span, url.host.value.as_deref()) else { return Ok(octets.to_vec()) };
    let before = text.get(..span.start).unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    Ok(format!("{before}{}{after}", converted(host)?).into_bytes())
}

/// A domain in Punycode or in Unicode; an address stays. `None` if it can be neither.
///
/// # Source
/// UTS #46, by WHATWG URL section 3.3; an address is one by section 3.5.
fn convert(host: &str, name: Name) -> Option<String> {
    let parsed = Host::parse(host).ok()?;
    let Host::Domain(ascii) = &parsed else { return Some(host.to_owned()) };
    match name {
        Name::Punycode => Some(ascii.clone()),
        Name::Unicode => {
            let (unicode, valid) = idna::domain_to_unicode(ascii);
            valid.is_ok().then_some(unicode)
        }
    }
}

#[cfg(test)]
mod tests;
