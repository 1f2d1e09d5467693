//! `+gai`: the C library is asked.

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::addrinfo::{self, AddrInfo, AiFlags};
use sockeye_sys::gai::GaiError;
use sockeye_sys::nameinfo::{self, NiFlags};
use sockeye_sys::{Family, locale};

use super::route;
use crate::gai::report::Shown;
use crate::gai::{self, Report, Request};

/// The flags that speak of the locale's characters.
const AI_LOCALE: AiFlags = AiFlags::IDN.union(AiFlags::CANONIDN);

pub(super) fn run(request: &Request, output: &mut Output<'_>) -> Result<Status, Failure> {
    super::confine::confine(&super::confine::for_the_library(), output)?;
    output.narrate(|explain| request.explain(explain))?;
    let (report, status) = match request {
        Request::Forward { node, service, hints } => {
            if hints.flags.intersects(AI_LOCALE) {
                locale::adopt_characters();
            }
            let (node, service) = (node.as_deref(), service.as_deref());
            forward(request, node, service, Some(hints), &addrinfo::lookup(node, service, hints), output)?
        }
        Request::Bare { node, service } => {
            let (node, service) = (node.as_deref(), service.as_deref());
            forward(request, node, service, None, &addrinfo::lookup_without_hints(node, service), output)?
        }
        Request::Reverse { addr, flags } => {
            if flags.contains(NiFlags::IDN) {
                locale::adopt_characters();
            }
            let answer = nameinfo::nameinfo(addr, *flags);
            output.event(&gai::explain_name(request, &answer))?;
            let status = answer.as_ref().err().map_or(0, gai::exit_status);
            (Report::reverse(*addr, *flags, gai::surprises_of_name(*flags), &answer), status)
        }
    };
    output.result(&Shown { report: &report })?;
    Ok(Status(status))
}

type Answer = Result<Vec<AddrInfo>, GaiError>;

fn forward(
    request: &Request,
    node: Option<&str>,
    service: Option<&str>,
    hints: Option<&addrinfo::Hints>,
    answer: &Answer,
    output: &mut Output<'_>,
) -> Result<(Report, u8), Failure> {
    if output.is_explained() {
        output.narrate(|explain| gai::explain_entries(request, answer, explain))?;
        explain_order(answer.as_deref().unwrap_or_default(), output)?;
    }
    let status = answer.as_ref().err().map_or(0, gai::exit_status);
    let warnings = gai::surprises(node, service, hints, answer);
    Ok((Report::forward(node.map(str::to_owned), service.map(str::to_owned), hints, warnings, answer), status))
}

/// Why each address comes before the next: as the kernel and gai.conf see it now, a moment after the C library did.
fn explain_order(entries: &[AddrInfo], output: &mut Output<'_>) -> Result<(), Failure> {
    let mut addresses: Vec<_> = Vec::new();
    for entry in entries.iter().filter(|entry| matches!(entry.family, Family::INET | Family::INET6)) {
        if !addresses.contains(&entry.addr) {
            addresses.push(entry.addr);
        }
    }
    if addresses.len() < 2 {
        return Ok(());
    }
    let host = route::Host::look();
    let destinations: Vec<_> = addresses.iter().map(|addr| host.destination(*addr)).collect();
    let policy = route::gai_conf().content.policy;
    output.narrate(|explain| gai::explain_order(&policy, &destinations, explain))
}
