//! One component of a URL: what stands in the input, what the parser made of it, and what that changed.

use std::borrow::Cow;

use serde::Serialize;

use crate::percent;
use crate::spans::{Span, is_ignored, significant};

/// A component. Everything is `None`, and nothing changed, where the URL has none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Component {
    /// Where it stands in the input; empty where only its delimiter does. `None` too where that cannot be told.
    pub span: Option<Span>,
    /// As it stands there.
    pub text: Option<String>,
    /// As the parser's normalised URL has it; `None` if that has left it out.
    pub value: Option<String>,
    /// The value with percent-encoding undone; `None` if that is not UTF-8.
    pub decoded: Option<String>,
    /// The same in hexadecimal, if it is not UTF-8.
    pub decoded_octets: Option<String>,
    /// What made the value differ from the text.
    pub changes: Vec<Change>,
}

/// What normalisation did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// Tabs and line ends were removed.
    TabsRemoved,
    /// Letters became lower case.
    Lowercased,
    /// Characters were percent-encoded.
    PercentEncoded,
    /// Percent-encoding was undone.
    PercentDecoded,
    /// A name outside ASCII became its Punycode form, or other characters were mapped (UTS #46).
    Idna,
    /// A number of another base, of fewer than four parts, or with a dot at its end became a dotted quad.
    Ipv4Number,
    /// An IPv6 address got the text that the standard gives it: RFC 5952, but never with a dotted quad.
    Ipv6Text,
    /// The zone was taken off.
    ZoneRemoved,
    /// localhost became the empty host of a file URL.
    LocalhostRemoved,
    /// The host gave way to a drive letter.
    DriveLetter,
    /// The default port was left out.
    DefaultPort,
    /// Leading zeros went.
    LeadingZeros,
    /// An empty component, with its delimiter, was left out.
    EmptyRemoved,
    /// Backslashes became slashes.
    Backslashes,
    /// Dot segments were resolved.
    DotSegments,
    /// The slash of an empty path was added.
    SlashAdded,
    /// Something else.
    Rewritten,
}

impl Change {
    /// What was done, in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::TabsRemoved => "tabs and line ends removed",
            Self::Lowercased => "lower-cased",
            Self::PercentEncoded => "percent-encoded",
            Self::PercentDecoded => "percent-decoded",
            Self::Idna => "to ASCII by IDNA (UTS #46)",
            Self::Ipv4Number => "IPv4 number to dotted quad",
            Self::Ipv6Text => "IPv6 as WHATWG URL section 3.6 writes it",
            Self::ZoneRemoved => "zone taken off",
            Self::LocalhostRemoved => "localhost left out",
            Self::DriveLetter => "drive letter",
            Self::DefaultPort => "default port left out",
            Self::LeadingZeros => "leading zeros dropped",
            Self::EmptyRemoved => "empty, left out",
            Self::Backslashes => "backslashes to slashes",
            Self::DotSegments => "dot segments resolved",
            Self::SlashAdded => "slash added",
            Self::Rewritten => "rewritten",
        }
    }
}

/// `value` with percent-encoding undone, or that in hexadecimal if it is not UTF-8.
pub(crate) fn decoded(value: &str) -> (Option<String>, Option<String>) {
    match percent::decode(value) {
        Cow::Borrowed(_) => (Some(value.to_owned()), None),
        Cow::Owned(octets) => match String::from_utf8(octets) {
            Ok(text) => (Some(text), None),
            Err(error) => (None, Some(sockeye_common::hex::encode(error.as_bytes()))),
        },
    }
}

impl Component {
    /// The component at `span` that the parser made `value` of. What changed is to be [noted](Self::changed).
    pub fn new(input: &str, span: Option<Span>, value: Option<&str>) -> Self {
        let (decoded, decoded_octets) = value.map(decoded).unwrap_or_default();
        let text = span.map(|span| span.of(input).to_owned());
        Self {
            span,
            value: value.map(str::to_owned),
            decoded,
            decoded_octets,
            changes: text.iter().filter(|text| text.contains(is_ignored)).map(|_| Change::TabsRemoved).collect(),
            text,
        }
    }

    /// Whether the URL has it, be it empty, or the parser added it.
    pub fn is_there(&self) -> bool {
        self.span.is_some() || self.value.is_some()
    }

    /// Notes what was done to it.
    #[must_use]
    pub fn changed(mut self, change: Change, was: bool) -> Self {
        if was && !self.changes.contains(&change) {
            self.changes.push(change);
        }
        self
    }

    /// Notes that it was rewritten if it differs from its text and nothing noted so far says why.
    #[must_use]
    pub fn accounted_for(self) -> Self {
        let differs = self.differs();
        let unexplained = self.changes.is_empty();
        self.changed(Change::Rewritten, differs && unexplained)
    }

    /// Whether the value is another than the text.
    pub fn differs(&self) -> bool {
        self.text.is_some() && self.text != self.value
    }

    /// The text without what is removed before parsing.
    pub fn significant(&self) -> Cow<'_, str> {
        self.text.as_deref().map(significant).unwrap_or_default()
    }

    /// Drops the span and the text: it cannot be told where this stands.
    pub(crate) fn forget_span(&mut self) {
        self.span = None;
        self.text = None;
    }
}
