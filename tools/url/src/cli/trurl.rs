//! The command line of the `trurl` dialect.

mod help;
#[cfg(test)]
mod tests;

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use sockeye_cli::{Exit, Invocation, Presentation, Status};

use super::{Job, Options};
use crate::change::spec::Trim;
use crate::curl::Rules;
use crate::template::{HostForm, How};
use crate::trurl::Request;
use crate::trurl::work::{Plan, Trouble};

/// What the line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trurl {
    /// `--url-file`. It is opened before anything else is said, and the URLs of the line are not looked at then.
    pub file: Option<Vec<u8>>,
    /// What is to be done, or why nothing is.
    pub request: Result<Request, Trouble>,
}

/// A wrong `--append`.
const APPEND: Status = Status(2);
/// An option without its argument.
const MISSING: Status = Status(3);
/// A wrong option, or two that do not go together.
const FLAG: Status = Status(4);
/// A wrong `--trim`.
const TRIM: Status = Status(8);
/// A wrong `--replace`.
const REPLACE: Status = Status(12);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Does {
    Append,
    AcceptSpace,
    AsIdn,
    Curl,
    DefaultPort,
    UrlFile,
    Get,
    Help,
    Iterate,
    Json,
    KeepPort,
    NoGuessScheme,
    Punycode,
    Qtrim,
    QuerySeparator,
    Quiet,
    Redirect,
    Replace(bool),
    Set,
    SortQuery,
    Trim,
    Url,
    Urlencode,
    Version,
    Verify,
}

/// Every option: its letter, if it has one, and whether it has an argument.
const KNOWN: &[(&str, Option<u8>, bool, Does)] = &[
    ("append", Some(b'a'), true, Does::Append),
    ("accept-space", None, false, Does::AcceptSpace),
    ("as-idn", None, false, Does::AsIdn),
    ("curl", None, false, Does::Curl),
    ("default-port", None, false, Does::DefaultPort),
    ("url-file", Some(b'f'), true, Does::UrlFile),
    ("get", Some(b'g'), true, Does::Get),
    ("help", Some(b'h'), false, Does::Help),
    ("iterate", None, true, Does::Iterate),
    ("json", None, false, Does::Json),
    ("keep-port", None, false, Does::KeepPort),
    ("no-guess-scheme", None, false, Does::NoGuessScheme),
    ("punycode", None, false, Does::Punycode),
    ("qtrim", None, true, Does::Qtrim),
    ("query-separator", None, true, Does::QuerySeparator),
    ("quiet", None, false, Does::Quiet),
    ("redirect", None, true, Does::Redirect),
    ("replace", None, true, Does::Replace(false)),
    ("replace-append", None, true, Does::Replace(true)),
    ("set", Some(b's'), true, Does::Set),
    ("sort-query", None, false, Does::SortQuery),
    ("trim", None, true, Does::Trim),
    ("url", None, true, Does::Url),
    ("urlencode", None, false, Does::Urlencode),
    ("version", Some(b'v'), false, Does::Version),
    ("verify", None, false, Does::Verify),
];

/// Reads the line as trurl does: options are spelled in full, and what begins with no hyphen is a URL.
///
/// # Errors
/// [`Exit`] with the text of `--help` or `--version`.
pub(super) fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let mut reader = Reader::default();
    let args: Vec<Vec<u8>> = invocation.args.iter().cloned().map(OsString::into_vec).collect();
    let request = match reader.all(&args) {
        Ok(Some(text)) if reader.file.is_none() => {
            return Err(Exit::Text { text: text.to_owned(), on_stderr: false, status: Status::YES });
        }
        // With a file that cannot be opened trurl does not come as far as its help.
        Ok(_) => Ok(reader.request),
        Err(trouble) => Err(trouble),
    };
    let job = Job::Trurl(Box::new(Trurl { file: reader.file, request }));
    Ok(Options { presentation: Presentation::default(), job })
}

#[derive(Default)]
struct Reader {
    file: Option<Vec<u8>>,
    has_separator: bool,
    request: Request,
}

impl Default for Request {
    fn default() -> Self {
        let plan = Plan {
            rules: Rules::default(),
            verify: false,
            redirect: None,
            sets: Vec::new(),
            iterates: Vec::new(),
            segments: Vec::new(),
            trims: Vec::new(),
            replaces: Vec::new(),
            pairs: Vec::new(),
            sort: false,
            separator: b'&',
        };
        Self { urls: Vec::new(), plan, get: None, json: false, how: How::default(), keep_port: false, quiet: false }
    }
}

fn wrong(status: Status, message: &str) -> Trouble {
    Trouble::new(status, message)
}

fn quoting(status: Status, what: &str, text: &[u8]) -> Trouble {
    Trouble::new(status, [what.as_bytes(), text].concat())
}

impl Reader {
    /// The whole line; a text if that is all that is wanted.
    fn all(&mut self, args: &[Vec<u8>]) -> Result<Option<&'static str>, Trouble> {
        let mut rest = args;
        while let [arg, after @ ..] = rest {
            rest = after;
            match arg.as_slice() {
                b"--" => {
                    self.request.urls.extend(after.iter().cloned());
                    return Ok(None);
                }
                [b'-', ..] => {
                    let (does, value) = Self::option(arg, &mut rest)?;
                    match does {
                        Does::Help => return Ok(Some(help::HELP)),
                        Does::Version => return Ok(Some(help::VERSION)),
                        does => self.apply(does, value)?,
                    }
                }
                _ => self.request.urls.push(arg.clone()),
            }
        }
        Ok(None)
    }

    /// Which option, and its argument: behind `=`, behind the letter, or the next of the line.
    fn option<'a>(arg: &'a [u8], rest: &mut &'a [Vec<u8>]) -> Result<(Does, Option<&'a [u8]>), Trouble> {
        let equals = arg.iter().position(|octet| *octet == b'=').filter(|_| arg.starts_with(b"--"));
        let (flag, attached) = match (equals, arg) {
            (Some(at), _) => (arg.get(..at).unwrap_or_default(), arg.get(at.saturating_add(1)..)),
            (None, [b'-', letter, attached @ ..]) if *letter != b'-' && !attached.is_empty() => {
                (arg.get(..2).unwrap_or_default(), Some(attached))
            }
            _ => (arg, None),
        };
        let known = KNOWN.iter().find(|(long, letter, ..)| match flag {
            [b'-', b'-', name @ ..] => name == long.as_bytes(),
            [b'-', letter_given] => Some(*letter_given) == *letter,
            _ => false,
        });
        let unknown = || quoting(FLAG, "unknown option: ", flag);
        let Some((_, _, valued, does)) = known else { return Err(unknown()) };
        if !valued {
            return if attached.is_none() { Ok((*does, None)) } else { Err(unknown()) };
        }
        // Data to replace is taken from the next argument only.
        if matches!(does, Does::Replace(_)) && attached.is_some() {
            return Err(unknown());
        }
        let value = attached.or_else(|| {
            let (next, after) = rest.split_first()?;
            *rest = after;
            Some(next.as_slice())
        });
        match value {
            Some(value) => Ok((*does, Some(value))),
            None if matches!(does, Does::Replace(_)) => Err(wrong(REPLACE, "No data passed to replace component")),
            None => Err(quoting(MISSING, "Missing argument for ", flag)),
        }
    }

    fn apply(&mut self, does: Does, value: Option<&[u8]>) -> Result<(), Trouble> {
        let request = &mut self.request;
        let plan = &mut request.plan;
        let value = value.unwrap_or_default();
        match does {
            Does::Append => match (value.strip_prefix(b"path="), value.strip_prefix(b"query=")) {
                (Some(segment), _) => plan.segments.push(segment.to_vec()),
                (_, Some(pair)) => plan.pairs.push(pair.to_vec()),
                _ => return Err(quoting(APPEND, "--append unsupported component: ", value)),
            },
            Does::Trim => {
                let name = value.strip_prefix(b"query=");
                let name = name.ok_or_else(|| quoting(TRIM, "Unsupported trim component: ", value))?;
                plan.trims.push(Trim::new(name));
            }
            Does::Qtrim => plan.trims.push(Trim::new(value)),
            Does::Set => plan.sets.push(value.to_vec()),
            Does::Iterate => plan.iterates.push(value.to_vec()),
            Does::Replace(append) => plan.replaces.push((value.to_vec(), append)),
            Does::Redirect => once(&mut plan.redirect, value, "--redirect")?,
            Does::Get if request.json => return Err(exclusive("--get", "--json")),
            Does::Get => once(&mut request.get, value, "--get")?,
            Does::UrlFile => once(&mut self.file, value, "--url-file")?,
            Does::Url => request.urls.push(value.to_vec()),
            Does::QuerySeparator => {
                if std::mem::replace(&mut self.has_separator, true) {
                    return Err(wrong(FLAG, "only one --query-separator is supported"));
                }
                let [separator] = value else {
                    return Err(wrong(FLAG, "only single-letter query separators are supported"));
                };
                plan.separator = *separator;
            }
            does => return self.switch(does),
        }
        Ok(())
    }

    fn switch(&mut self, does: Does) -> Result<(), Trouble> {
        let request = &mut self.request;
        match does {
            Does::AcceptSpace => request.plan.rules.spaces = true,
            Does::Curl => request.plan.rules.any_scheme = false,
            Does::NoGuessScheme => request.plan.rules.guess_scheme = false,
            Does::SortQuery => request.plan.sort = true,
            Does::Verify => request.plan.verify = true,
            Does::Json if request.get.is_some() => return Err(exclusive("--json", "--get")),
            Does::Json => request.json = true,
            Does::KeepPort => request.keep_port = true,
            Does::Quiet => request.quiet = true,
            Does::Urlencode => request.how.encoded = true,
            Does::DefaultPort => request.how.default_port = true,
            Does::AsIdn if request.how.host == HostForm::Punycode => return Err(exclusive("--as-idn", "--punycode")),
            Does::AsIdn => request.how.host = HostForm::Unicode,
            Does::Punycode if request.how.host == HostForm::Unicode => return Err(exclusive("--punycode", "--as-idn")),
            Does::Punycode => request.how.host = HostForm::Punycode,
            _ => {}
        }
        Ok(())
    }
}

fn exclusive(second: &str, first: &str) -> Trouble {
    wrong(FLAG, &format!("{second} is mutually exclusive with {first}"))
}

fn once(slot: &mut Option<Vec<u8>>, value: &[u8], option: &str) -> Result<(), Trouble> {
    if slot.is_some() {
        return Err(wrong(FLAG, &format!("only one {option} is supported")));
    }
    *slot = Some(value.to_vec());
    Ok(())
}
