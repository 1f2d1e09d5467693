//! `url URL...` on the command line.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::{Failure, Presentation};

use super::change::ChangeArgs;
use crate::change::edit::Edits;
use crate::csv::{self, Field};
use crate::models::Choice;
use crate::template::Template;

/// The arguments.
#[derive(Args, Debug, Default)]
pub(super) struct DissectArgs {
    /// The URLs to take apart
    #[arg(value_name = "URL", required_unless_present_any = ["files", "set", "url"])]
    pub(super) urls: Vec<OsString>,
    /// Take URLs from a file, one a line; - is standard input
    #[arg(short = 'f', long = "url-file", value_name = "FILE")]
    pub(super) files: Vec<OsString>,
    /// Print a line a URL by a template: {component} stands for a component
    #[arg(short = 'g', long, value_name = "TEMPLATE", help_heading = "Output", conflicts_with = "csv")]
    pub(super) get: Option<OsString>,
    /// Print comma-separated values, a line a URL
    #[arg(long, help_heading = "Output")]
    pub(super) csv: bool,
    /// The columns of --csv
    #[arg(long, value_name = "LIST", value_delimiter = ',', requires = "csv", help_heading = "Output")]
    fields: Vec<String>,
    /// Ask getaddrinfo(3) for the addresses of each host
    #[arg(long)]
    resolve: bool,
    /// By which standard: both in the table, whatwg in JSON unless told
    #[arg(long, value_name = "MODEL", value_enum)]
    model: Option<Choice>,
    /// Resolve each URL, which may be a relative reference, against this one first
    #[arg(long, value_name = "URL")]
    base: Option<OsString>,
    #[command(flatten)]
    changes: ChangeArgs,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dissect {
    /// The URLs.
    pub urls: Vec<OsString>,
    /// Whether a URL is made of components alone.
    pub makes: bool,
    /// Files of URLs, in their order, after those.
    pub files: Vec<OsString>,
    /// What is shown of each.
    pub form: Form,
    /// Whether getaddrinfo(3) is asked for their addresses.
    pub resolve: bool,
    /// By which standard; `None` for what suits the output.
    pub model: Option<Choice>,
    /// What the URLs are resolved against, before they are changed.
    pub base: Option<String>,
    /// What they are changed to first.
    pub edits: Option<Box<Edits>>,
    /// Whether a URL that is none ends the run.
    pub verify: bool,
}

/// What is shown of a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// All that is known: tables, or JSON.
    Whole,
    /// A line by a template.
    Get(Template),
    /// A line of these columns.
    Csv(Vec<Field>),
    /// The text that changes have made.
    Text,
}

impl DissectArgs {
    /// The first URL.
    pub(super) fn first_word(&self) -> Option<&str> {
        self.urls.first().and_then(|url| url.to_str())
    }

    /// What they ask for.
    ///
    /// # Errors
    /// [`Failure`] for a template or a column that is none, and for options that contradict each other.
    pub(super) fn job(self, presentation: Presentation) -> Result<Dissect, Failure> {
        if self.resolve && self.model == Some(Choice::Rfc3986) {
            return Err(Failure::usage("--resolve takes the host as WHATWG URL reads it: not with --model rfc3986"));
        }
        let edits = self.changes.edits(self.model, presentation)?;
        // What was changed, or is wanted in another form, is a line unless all that is known of it is asked for.
        let whole = presentation.json || presentation.explain || self.resolve || self.model == Some(Choice::Both);
        let line = !whole && (edits.is_some() || self.changes.shapes());
        let form = match (self.get, self.csv) {
            (Some(template), _) => {
                let template = Template::parse(template.as_encoded_bytes(), self.changes.how());
                Form::Get(template.map_err(|fault| Failure::usage(format!("--get: {fault}")))?)
            }
            (None, true) => Form::Csv(columns(&self.fields)?),
            (None, false) if line && self.model == Some(Choice::Rfc3986) && !self.changes.shapes() => Form::Text,
            (None, false) if line => {
                let whole = Template::parse(b"{url}", self.changes.how());
                Form::Get(whole.map_err(|fault| Failure::usage(fault.to_string()))?)
            }
            (None, false) => Form::Whole,
        };
        let option = match form {
            Form::Whole | Form::Text => None,
            Form::Get(_) if line => None,
            Form::Get(_) => Some("--get"),
            Form::Csv(_) => Some("--csv"),
        };
        let others = [
            ("--json", presentation.json),
            ("--explain", presentation.explain),
            ("--resolve", self.resolve),
            ("--model both", self.model == Some(Choice::Both)),
        ];
        if let (Some(option), Some((other, _))) = (option, others.into_iter().find(|(_, given)| *given)) {
            let refused = format!("{option} and {other} do not go together");
            return Err(Failure::usage(refused).hint(format!("{option} prints a line a URL and nothing else")));
        }
        let base = self.base.map(super::text).transpose()?;
        let verify = self.changes.verifies();
        let makes = self.urls.is_empty() && self.files.is_empty() && self.changes.url.is_empty();
        let urls = self.urls.into_iter().chain(self.changes.url).collect();
        let (files, resolve, model) = (self.files, self.resolve, self.model);
        Ok(Dissect { urls, makes, files, form, resolve, model, base, edits: edits.map(Box::new), verify })
    }
}

fn columns(names: &[String]) -> Result<Vec<Field>, Failure> {
    if names.is_empty() {
        return Ok(csv::USUAL.to_vec());
    }
    names.iter().map(|name| name.parse().map_err(|error| Failure::usage(format!("--fields: {error}")))).collect()
}
