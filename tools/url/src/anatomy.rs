//! `url URL...`: each URL taken apart, one after the other.

use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Output, Status};

use crate::cli::Dissect;
use crate::dissect::{self, Dissection, HostKind, Malformed};
use crate::explain::Event;
use crate::{shell, socket};

/// Takes each URL apart. One that is malformed or cannot be resolved is told of, and the others go on.
///
/// # Errors
/// [`Failure`] with the status of the first URL that failed, or if the output cannot be written.
pub fn run(job: &Dissect, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut failed = None;
    let mut shown = false;
    for text in &job.urls {
        let mut events = Vec::new();
        let dissected = dissect::dissect(text, &mut |event| events.push(event));
        let shows = dissected.is_ok() || output.is_explained();
        if shown && shows && !output.is_json() {
            output.raw(b"\n")?;
        }
        shown |= shows;
        // With addresses from getaddrinfo(3) the steps that do without it would contradict what follows.
        let superseded =
            |event: &Event| job.resolve && matches!(event, Event::WouldResolve { .. } | Event::LaidOut { .. });
        for event in events.iter().filter(|event| !superseded(event)) {
            output.event(event)?;
        }
        let failure = match dissected {
            Ok(dissection) => show(dissection, job.resolve, output)?,
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
