//! A URL taken apart, with all that is known of it: tables, JSON or steps.

use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Output, Status};

use crate::base::Resolution;
use crate::cli::Dissect;
use crate::dissect::{self, Dissection, HostKind, Malformed};
use crate::explain::Event;
use crate::models::report::{Alone, Refused};
use crate::models::{self, Choice, Purpose};
use crate::refusal::{About, Refusal, quoted};
use crate::rfc3986::Fault;
use crate::rfc3986::reading::Reading;
use crate::{shell, socket};

/// Takes a URL apart and shows all that is known of it. `shown` says whether something was shown before. What went wrong
/// comes back.
///
/// # Errors
/// [`Failure`] if the output cannot be written.
pub fn one(text: &str, job: &Dissect, shown: &mut bool, output: &mut Output<'_>) -> Result<Option<Refusal>, Failure> {
    let model = job.model_for(output);
    let Some(base) = job.base_to_show() else {
        return match model {
            Choice::Rfc3986 => read(text, None, shown, output),
            _ => dissect(text, None, job, shown, output),
        };
    };
    match resolved(base, text, Some(model)) {
        Ok((url, resolution)) if model == Choice::Rfc3986 => read(&url, Some(resolution), shown, output),
        Ok((url, resolution)) => dissect(&url, Some(resolution), job, shown, output),
        Err(refusal) => {
            if let Some(resolution) = refusal.about.resolution.as_ref().filter(|_| !output.is_json()) {
                apart(shown, output)?;
                output.result(resolution.as_ref())?;
            }
            Ok(Some(*refusal))
        }
    }
}

/// What `text` is against `base` by a model, WHATWG's unless told, and how it came to be.
///
/// # Errors
/// [`Refusal`] where that model does not resolve it.
pub(crate) fn resolved(base: &str, text: &str, model: Option<Choice>) -> Result<(String, Resolution), Box<Refusal>> {
    let resolution = Resolution::of(base, text);
    let by_model = if model == Some(Choice::Rfc3986) { &resolution.rfc3986 } else { &resolution.whatwg };
    if let Some(url) = by_model.url.clone() {
        return Ok((url, resolution));
    }
    let why = by_model.refused.as_deref().unwrap_or_default();
    let failure = format!("{} cannot be resolved against {}: {why}", quoted(text, 0), quoted(base, 0));
    let Refusal { failure, about } = Refusal::new(text, Failure::usage(failure));
    Err(Box::new(Refusal { failure, about: About { resolution: Some(Box::new(resolution)), ..about } }))
}

impl Dissect {
    /// What a URL is resolved against when it is shown: what was changed has been before.
    pub(crate) fn base_to_show(&self) -> Option<&str> {
        self.base.as_deref().filter(|_| self.edits.is_none())
    }

    /// Both standards, but for a program only WHATWG unless it asked for more.
    pub(crate) fn model_for(&self, output: &Output<'_>) -> Choice {
        self.model.unwrap_or(if output.is_json() && !output.is_explained() { Choice::Whatwg } else { Choice::Both })
    }
}

/// An empty line between two URLs.
fn apart(shown: &mut bool, output: &mut Output<'_>) -> Result<(), Failure> {
    if std::mem::replace(shown, true) && !output.is_json() {
        output.raw(b"\n")?;
    }
    Ok(())
}

/// Takes a URL apart by WHATWG URL, and shows what RFC 3986 makes of it beside that if both are wanted.
fn dissect(
    text: &str,
    resolution: Option<Resolution>,
    job: &Dissect,
    shown: &mut bool,
    output: &mut Output<'_>,
) -> Result<Option<Refusal>, Failure> {
    let mut events = Vec::new();
    let explained = output.is_explained();
    let mut dissected =
        if explained { dissect::dissect(text, &mut |event| events.push(event)) } else { dissect::of(text) };
    let compares = job.model_for(output) == Choice::Both;
    let mut models = compares.then(|| Box::new(models::compare(text, dissected.as_ref())));
    if let Some(models) = &mut models {
        (models.in_full, models.warned) = (job.model.is_some(), output.is_explained());
    }
    let refused_but_read = models.as_ref().is_some_and(|models| {
        !output.is_json() && (models.host_warning.is_some() || (job.model.is_some() && models.rfc3986.is_taken()))
    });
    if dissected.is_ok() || output.is_explained() || refused_but_read {
        apart(shown, output)?;
    }
    for event in resolution.iter().flat_map(Resolution::events) {
        output.event(&event)?;
    }
    if let Some((hosts, why)) = models.as_ref().and_then(|models| Some((&models.hosts, models.host_warning.as_ref()?)))
    {
        output.event(&models::explain::Event::HostDiffers { url: None, hosts: hosts.clone(), why: why.clone() })?;
    }
    // With addresses from getaddrinfo(3) the steps that do without it would contradict what follows.
    let superseded = |event: &Event| job.resolve && matches!(event, Event::WouldResolve { .. } | Event::LaidOut { .. });
    for event in events.iter().filter(|event| !superseded(event)) {
        output.event(event)?;
    }
    for event in models.iter().filter(|_| explained).flat_map(|models| models::explain::Event::of(models)) {
        output.event(&event)?;
    }
    match dissected {
        Ok(ref mut dissection) => {
            // An explanation changes no result.
            dissection.models = models.filter(|_| job.model.is_some() || !output.is_json());
            dissection.resolution = resolution.map(Box::new);
            show(dissection, job.resolve, output)
        }
        Err(malformed) => {
            let mut kept = None;
            match models {
                Some(models) if refused_but_read => {
                    let fault = malformed.fault.clone();
                    output.result(&Refused { input: text.to_owned(), whatwg_fault: fault, models })?;
                }
                models => kept = models.filter(|_| job.model.is_some()),
            }
            let Refusal { failure, about } = Refusal::from(told(malformed));
            let resolution = resolution.map(Box::new);
            Ok(Some(Refusal { failure, about: About { models: kept, resolution, ..about } }))
        }
    }
}

/// A fault, with what a text is that lacks nothing but a base.
fn told(malformed: Malformed) -> Malformed {
    if malformed.span.is_some() || malformed.purpose() != Some(Purpose::Reference) {
        return malformed;
    }
    let fault = format!("{}; without protocol and resource name this is a URI, not a URL", malformed.fault);
    Malformed { fault, ..malformed }
}

/// Reads a URI reference by RFC 3986 alone.
fn read(
    text: &str,
    resolution: Option<Resolution>,
    shown: &mut bool,
    output: &mut Output<'_>,
) -> Result<Option<Refusal>, Failure> {
    let reading = Reading::of(text);
    if reading.is_taken() || output.is_explained() {
        apart(shown, output)?;
    }
    for event in resolution.iter().flat_map(Resolution::events) {
        output.event(&event)?;
    }
    for event in models::explain::Event::of_reading(&reading) {
        output.event(&event)?;
    }
    if let Some(fault) = &reading.fault {
        let Refusal { failure, about } = Refusal::new(text, refused_by_rfc3986(text, fault));
        let resolution = resolution.map(Box::new);
        return Ok(Some(Refusal { failure, about: About { resolution, ..about } }));
    }
    let purpose = models::purpose(&reading);
    output.result(&Alone { input: text.to_owned(), model: "rfc3986", purpose, reading, resolution })?;
    Ok(None)
}

/// That RFC 3986 does not take `text`.
pub(crate) fn refused_by_rfc3986(text: &str, fault: &Fault) -> Failure {
    Failure::usage(format!("{}: {fault}", quoted(text, fault.octet)))
}

/// Shows a URL, with its addresses if they are wanted; what went wrong in finding them comes back.
fn show(dissection: &mut Dissection, resolve: bool, output: &mut Output<'_>) -> Result<Option<Refusal>, Failure> {
    let failure = if resolve { with_addresses(dissection, output)? } else { None };
    output.result(&*dissection)?;
    Ok(failure.map(|failure| Refusal::new(&dissection.input, failure)))
}

fn with_addresses(dissection: &mut Dissection, output: &mut Output<'_>) -> Result<Option<Failure>, Failure> {
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
