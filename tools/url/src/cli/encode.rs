//! `url encode` and `url decode` on the command line.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::Failure;

use crate::encode::Set;

/// The arguments of `url encode`.
#[derive(Args, Debug)]
pub(super) struct EncodeArgs {
    /// The text; - for standard input
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: OsString,
    /// Which octets are encoded
    #[arg(short, long, value_enum, value_name = "SET", default_value = "component")]
    set: Set,
    /// Characters of ASCII to leave as they are all the same
    #[arg(short, long, value_name = "CHARS", allow_hyphen_values = true, value_parser = ascii)]
    keep: Option<String>,
    /// Instead, a host or the host of a URL in Punycode
    #[arg(short, long, conflicts_with_all = ["set", "keep"])]
    punycode: bool,
    /// Each line of standard input by itself
    #[arg(short, long)]
    lines: bool,
}

/// The arguments of `url decode`.
#[derive(Args, Debug)]
pub(super) struct DecodeArgs {
    /// The text; - for standard input
    #[arg(value_name = "TEXT", allow_hyphen_values = true)]
    text: OsString,
    /// Leave what this set encodes; in a form, + is a blank too
    #[arg(short, long, value_enum, value_name = "SET")]
    set: Option<Set>,
    /// Characters of ASCII to leave encoded
    #[arg(short, long, value_name = "CHARS", allow_hyphen_values = true, value_parser = ascii)]
    keep: Option<String>,
    /// Instead, a host or the host of a URL in Unicode
    #[arg(short, long, conflicts_with_all = ["set", "keep"])]
    unicode: bool,
    /// Each line of standard input by itself
    #[arg(short, long)]
    lines: bool,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// The text, which need not be UTF-8; `-` for standard input.
    pub text: OsString,
    /// Which octets.
    pub set: Option<Set>,
    /// But for these.
    pub keep: Vec<u8>,
    /// Whether it is a name that is wanted, and how.
    pub name: Option<Name>,
    /// Whether each line is a text.
    pub lines: bool,
}

/// How a name outside ASCII is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Name {
    /// `xn--..`: as it is resolved.
    Punycode,
    /// As it is read.
    Unicode,
}

impl EncodeArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// [`Failure`] for lines of what is no standard input.
    pub(super) fn job(self) -> Result<Code, Failure> {
        let Self { text, set, keep, punycode, lines } = self;
        let name = punycode.then_some(Name::Punycode);
        Code { text, set: Some(set), keep: keep.unwrap_or_default().into_bytes(), name, lines }.checked()
    }
}

impl DecodeArgs {
    /// What they ask for.
    ///
    /// # Errors
    /// As [`EncodeArgs::job`].
    pub(super) fn job(self) -> Result<Code, Failure> {
        let Self { text, set, keep, unicode, lines } = self;
        let name = unicode.then_some(Name::Unicode);
        Code { text, set, keep: keep.unwrap_or_default().into_bytes(), name, lines }.checked()
    }
}

impl Code {
    fn checked(self) -> Result<Self, Failure> {
        if self.lines && self.text != "-" {
            return Err(Failure::usage("--lines takes the lines of standard input").hint("- in place of the text"));
        }
        Ok(self)
    }
}

/// Characters that can be kept: half a character outside ASCII is no text.
fn ascii(text: &str) -> Result<String, String> {
    match text.chars().find(|character| !character.is_ascii()) {
        None => Ok(text.to_owned()),
        Some(other) => Err(format!("{other} is not of ASCII, and all else is encoded")),
    }
}
