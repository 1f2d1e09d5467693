//! The options that change URLs, under trurl's names.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::{Failure, Presentation};

use crate::change::edit::{Edits, Set, Target, target_and_value};
use crate::change::spec::Trim;
use crate::models::Choice;
use crate::template::{HostForm, How};

/// The arguments.
#[derive(Args, Debug, Default)]
#[command(next_help_heading = "Changes")]
pub(super) struct ChangeArgs {
    /// Set a component: := takes the value as encoded already, ?= only where there is none
    #[arg(short, long, value_name = "COMPONENT=VALUE")]
    set: Vec<String>,
    /// Append a segment to the path, or a pair to the query
    #[arg(short, long, value_name = "path=SEGMENT|query=PAIR")]
    append: Vec<String>,
    /// Take away the pairs of the query of this name; * at its end stands for anything
    #[arg(long, value_name = "query=NAME")]
    trim: Vec<String>,
    /// The same without query=
    #[arg(long, value_name = "NAME")]
    qtrim: Vec<String>,
    /// Give the first pair of this name a value, and take away the others
    #[arg(long, value_name = "NAME=VALUE")]
    replace: Vec<String>,
    /// The same, and append the pair where there is none
    #[arg(long, value_name = "NAME=VALUE")]
    replace_append: Vec<String>,
    /// Go where this reference leads to from the URL
    #[arg(long, value_name = "URL")]
    redirect: Option<String>,
    /// Set a component to one value after the other: a URL each
    #[arg(long, value_name = "COMPONENT=VALUE VALUE...")]
    iterate: Vec<String>,
    /// Sort the pairs of the query
    #[arg(long)]
    sort_query: bool,
    /// What stands between the pairs of the query, in place of &
    #[arg(long, value_name = "CHARACTER")]
    query_separator: Option<String>,
    /// Show the scheme's port where the URL has none
    #[arg(long)]
    default_port: bool,
    /// Keep a port that is the scheme's own
    #[arg(long)]
    keep_port: bool,
    /// Show hosts in ASCII
    #[arg(long, conflicts_with = "as_idn")]
    punycode: bool,
    /// Show hosts in Unicode
    #[arg(long)]
    as_idn: bool,
    /// Show components percent-encoded
    #[arg(long)]
    urlencode: bool,
    /// Take blanks in URLs, and encode them
    #[arg(long)]
    accept_space: bool,
    /// Refuse schemes that libcurl does not know
    #[arg(long)]
    curl: bool,
    /// Guess no scheme: url never does
    #[arg(long)]
    no_guess_scheme: bool,
    /// Stop at the first malformed URL
    #[arg(long)]
    verify: bool,
    /// Print no notes: url never does
    #[arg(long)]
    quiet: bool,
    /// A URL, as if it stood alone
    #[arg(long, value_name = "URL")]
    pub(super) url: Vec<OsString>,
}

impl ChangeArgs {
    /// In which form components are shown.
    pub(super) fn how(&self) -> How {
        let host = match (self.punycode, self.as_idn) {
            (true, _) => HostForm::Punycode,
            (_, true) => HostForm::Unicode,
            _ => HostForm::AsIs,
        };
        How {
            encoded: self.urlencode,
            default_port: self.default_port,
            host,
            keep_port: self.keep_port,
            ..How::default()
        }
    }

    /// Whether a line is to be shown in a form of its own: then it is a line that is shown.
    pub(super) fn shapes(&self) -> bool {
        self.how() != How::default()
    }

    /// Whether to stop at the first URL that is none.
    pub(super) fn verifies(&self) -> bool {
        self.verify
    }

    /// What is to be changed; `None` if nothing is.
    ///
    /// # Errors
    /// [`Failure`] for what cannot be read, or not be done by this model.
    pub(super) fn edits(&self, model: Option<Choice>, presentation: Presentation) -> Result<Option<Edits>, Failure> {
        let wrong = |option: &str, why: String| Failure::usage(format!("--{option} {why}"));
        let plain = |spec: &str| Failure::usage(format!("--append \"{spec}\": only a path or a query is appended to"));
        let (mut segments, mut pairs) = (Vec::new(), Vec::new());
        for spec in &self.append {
            match spec.split_once('=') {
                Some(("path", segment)) => segments.push(segment.to_owned()),
                Some(("query", pair)) => pairs.push(pair.to_owned()),
                _ => return Err(plain(spec)),
            }
        }
        let mut trims: Vec<Trim> = self.qtrim.iter().map(|name| Trim::new(name.as_bytes())).collect();
        for spec in &self.trim {
            let name = spec.strip_prefix("query=");
            let name = name.ok_or_else(|| wrong("trim", format!("\"{spec}\": only pairs of the query are trimmed")))?;
            trims.push(Trim::new(name.as_bytes()));
        }
        let mut sets: Vec<Set> = Vec::new();
        for spec in &self.set {
            let (target, encode, if_absent, value) = target_and_value(spec).map_err(|why| wrong("set", why))?;
            if sets.iter().any(|set| set.target == target) {
                return Err(wrong("set", format!("{target}: more than once")));
            }
            sets.push(Set { target, value, encode, if_absent });
        }
        let mut iterates: Vec<(Target, bool, Vec<String>)> = Vec::new();
        for spec in &self.iterate {
            let (target, encode, if_absent, values) = target_and_value(spec).map_err(|why| wrong("iterate", why))?;
            if if_absent {
                return Err(wrong("iterate", format!("{target}: ?= is for --set alone")));
            }
            if sets.iter().any(|set| set.target == target) || iterates.iter().any(|(other, ..)| *other == target) {
                return Err(wrong("iterate", format!("{target}: more than once")));
            }
            iterates.push((target, encode, values.split(' ').map(str::to_owned).collect()));
        }
        let replaces = self.replace.iter().map(|data| (data.clone(), false));
        let replaces = replaces.chain(self.replace_append.iter().map(|data| (data.clone(), true))).collect();
        let separator = match self.query_separator.as_deref().map(str::as_bytes) {
            None => b'&',
            Some([separator]) => *separator,
            Some(_) => return Err(wrong("query-separator", "takes one ASCII character".to_owned())),
        };
        let edits = Edits {
            // What was changed by the one that browsers follow is shown by both.
            model: model.filter(|model| *model != Choice::Both).unwrap_or(Choice::Whatwg),
            redirect: self.redirect.clone(),
            sets,
            iterates,
            segments,
            trims,
            replaces,
            pairs,
            sort: self.sort_query,
            separator,
            only_curl: self.curl,
            spaces: self.accept_space,
        };
        let shown = presentation.json || presentation.explain || model == Some(Choice::Both);
        if shown && self.shapes() {
            return Err(Failure::usage("--json, --explain and --model both show components in every form"));
        }
        let nothing = Edits { model: edits.model, ..Edits::none() };
        Ok((edits != nothing).then_some(edits))
    }
}
