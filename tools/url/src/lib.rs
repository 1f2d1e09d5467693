//! Takes URLs apart: every component with its span in the input, what the parser made of it, and what a socket needs.
//!
//! - [`dissect`]: from a text to a [`dissect::Dissection`]; the core
//! - [`spans`]: where the components stand in the input
//! - [`whatwg`]: the `url` crate, which decides what is a URL and normalises it
//! - [`departure`]: where that crate is known to depart from the standard
//! - [`component`], [`query`], [`percent`]: a component, the query's parameters, percent-encoding
//! - [`scheme`], [`socket`]: default ports and transports; what connect(2) would get
//! - [`explain`]: the working as data; [`report`]: the tables
//! - [`shell`]: getaddrinfo(3), where the user asked for it
//! - [`cli`], [`manual`]: the options and the man page
#![forbid(unsafe_code)]

pub mod cli;
pub mod component;
pub mod departure;
pub mod dissect;
pub mod explain;
pub mod manual;
pub mod percent;
pub mod query;
pub mod report;
pub mod scheme;
pub mod shell;
pub mod socket;
pub mod spans;
pub mod whatwg;

use clap::CommandFactory;
use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure, Invocation, Manual, Output, Presentation, Status, Tool, parse_clap};

use crate::cli::Options;
use crate::dissect::{Dissection, HostKind, Malformed};
use crate::explain::Event;

/// The tool `url`.
#[derive(Debug)]
pub struct Url;

impl Tool for Url {
    const NAME: &'static str = "url";
    type Options = Options;

    fn command() -> clap::Command {
        Options::command()
    }

    fn manual() -> Manual {
        manual::MANUAL
    }

    fn parse(invocation: &Invocation) -> Result<Options, Exit> {
        parse_clap(invocation)
    }

    fn presentation(options: &Options) -> Presentation {
        options.presentation
    }

    fn run(options: &Options, output: &mut Output<'_>) -> Result<Status, Failure> {
        run(options, output)
    }
}

/// Takes each URL apart. One that is malformed or cannot be resolved is told of, and the others go on.
///
/// # Errors
/// [`Failure`] with the status of the first URL that failed, or if the output cannot be written.
pub fn run(options: &Options, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut failed = None;
    let mut shown = false;
    for text in options.texts()? {
        let mut events = Vec::new();
        let dissected = dissect::dissect(text, &mut |event| events.push(event));
        let shows = dissected.is_ok() || output.is_explained();
        if shown && shows && !output.is_json() {
            output.raw(b"\n")?;
        }
        shown |= shows;
        // With addresses from getaddrinfo(3) the steps that do without it would contradict what follows.
        let superseded =
            |event: &Event| options.resolve && matches!(event, Event::WouldResolve { .. } | Event::LaidOut { .. });
        for event in events.iter().filter(|event| !superseded(event)) {
            output.event(event)?;
        }
        let failure = match dissected {
            Ok(dissection) => show(dissection, options.resolve, output)?,
            Err(malformed) => Some(malformed.into()),
        };
        if let Some(failure) = failure {
            output.failure(&failure);
            failed.get_or_insert(failure.status());
        }
    }
    failed.map_or(Ok(Status::YES), |status| Err(Failure::Silent(status)))
}

/// Shows a URL, with its addresses if they are wanted; what went wrong in finding them comes back.
fn show(mut dissection: Dissection, resolve: bool, output: &mut Output<'_>) -> Result<Option<Failure>, Failure> {
    let failure = if resolve { resolved(&mut dissection, output)? } else { None };
    output.result(&dissection)?;
    Ok(failure)
}

fn resolved(dissection: &mut Dissection, output: &mut Output<'_>) -> Result<Option<Failure>, Failure> {
    let Some(socket) = &mut dissection.socket else { return Ok(unresolvable(dissection)) };
    if let Err(failure) = shell::resolve(socket) {
        socket.failed = true;
        return Ok(Some(failure));
    }
    output.event(&Event::Resolved { call: socket.question(), count: socket.addresses.len() })?;
    output.narrate(|explain| Event::of_addresses(&socket.addresses, explain))?;
    Ok(None)
}

/// A host that no resolver can be asked for; a URL without a host has nothing to resolve, and that is no failure.
fn unresolvable(dissection: &Dissection) -> Option<Failure> {
    let host = dissection.host.value.as_deref().filter(|_| dissection.host_kind == HostKind::Opaque)?;
    Some(Failure::new(Status::NETWORK, format!("\"{}\": {}", escape(host), socket::why_none(dissection))))
}

impl From<Malformed> for Failure {
    fn from(malformed: Malformed) -> Self {
        let failure = Self::usage(malformed.to_string());
        match malformed.hint {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
