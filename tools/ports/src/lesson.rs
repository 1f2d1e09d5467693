//! `ports explain`: what a state means, and what the sockets of a port or process say of themselves.
//!
//! - [`machine`]: the transitions of TCP, and their drawing
//! - [`facts`]: what queues, timers and counters say, in sentences
//! - [`report`]: both as data and text

pub mod facts;
pub mod machine;
pub mod report;

use sockeye_cli::{Failure, Output, Status};
use sockeye_common::addr::{Host, Service};
use sockeye_sys::Protocol;
use sockeye_sys::sock_diag::{Extensions, StateMask};

use crate::cli::explain::What;
use crate::cli::{Explain, WantedOwners};
use crate::entry::Entry;
use crate::explain::Event;
use crate::kind::Kinds;
use crate::owners::{Owner, push_owners};
use crate::record::Record;
use crate::selection::Selection;
use crate::shell;
use crate::shell::settings::{self, Without};
use crate::socket::Socket;
use crate::state::State;
use crate::target::Target;
use crate::wait::takes_address;
use crate::why::link_of;
use report::{Drawing, Machine, SocketLesson, StateLesson};

/// Runs `ports explain`.
///
/// # Errors
/// [`Failure`] if the kernel does not list the sockets, or standard output does not take the result.
pub fn run(job: &Explain, output: &mut Output<'_>) -> Result<Status, Failure> {
    shell::confine::to_listing(false, output)?;
    match &job.what {
        What::Machine => {
            let sockets = dump(Extensions::EMPTY, output)?;
            let present = present(&sockets);
            output.result(&Machine { kind: "machine", transitions: &machine::TRANSITIONS, present })?;
            Ok(Status::YES)
        }
        What::State(state) => {
            let sockets = dump(Extensions::EMPTY, output)?;
            let count = sockets.iter().filter(|socket| socket.state == *state).count();
            output.result(&StateLesson::new(*state, count, job.drawing))?;
            Ok(Status::YES)
        }
        What::Port(target) => {
            let protocols = [Protocol::TCP, Protocol::UDP];
            let ports = protocols.map(|protocol| shell::port_of(target, protocol));
            let Some(port) = ports.into_iter().flatten().next() else {
                return Err(Failure::usage(format!(
                    "{}: neither a state nor a service of /etc/services",
                    target.service
                ))
                .hint("ports explain shows the states"));
            };
            let link = link_of(target.host.as_ref())?;
            let mut sockets = dump(Extensions::INFO | Extensions::SKMEMINFO, output)?;
            sockets.retain(|socket| socket.shares_link(link) && is_of(socket, target, ports, protocols));
            let also = process_too(target);
            if sockets.is_empty() {
                let end = target.host.as_ref().map_or_else(|| format!("port {port}"), |_| target.words());
                return nothing(&format!("no TCP or UDP socket here has {end}"), port, output);
            }
            let status = lessons(job, sockets, None, output)?;
            if let Some(pid) = also {
                output
                    .note(format!("{pid} was taken for a port; there is a process {pid} too: ports explain pid:{pid}"));
            }
            Ok(status)
        }
        What::Process(pid) => {
            let sockets = dump(Extensions::INFO | Extensions::SKMEMINFO, output)?;
            lessons(job, sockets, Some(*pid), output)
        }
    }
}

/// Whether a socket has one of these ports, by protocol, at either end, and the address if one was given.
fn is_of(socket: &Socket, target: &Target, ports: [Option<u16>; 2], protocols: [Protocol; 2]) -> bool {
    let wanted = protocols.into_iter().zip(ports).any(|(protocol, port)| {
        let address = target.host.as_ref().and_then(Host::ip);
        let is_local =
            Some(socket.local.port()) == port && address.is_none_or(|address| takes_address(socket, address));
        let is_peer = socket.has_peer()
            && Some(socket.peer.port()) == port
            && address.is_none_or(|address| socket.peer.ip().to_canonical() == address.to_canonical());
        socket.protocol == protocol && (is_local || is_peer)
    });
    wanted && target.protocol.is_none_or(|protocol| protocol == socket.protocol)
}

/// The process with the same number, where a bare number was taken for a port.
fn process_too(target: &Target) -> Option<u32> {
    match (&target.service, &target.host, target.protocol) {
        (Service::Number(port), None, None) => Some(u32::from(*port)).filter(|pid| settings::process_exists(*pid)),
        _ => None,
    }
}

/// Says that there is nothing to explain, and what may have been meant.
fn nothing(message: &str, port: u16, output: &mut Output<'_>) -> Result<Status, Failure> {
    output.flush()?;
    let hint = if settings::process_exists(u32::from(port)) {
        format!("process {port} exists: ports explain pid:{port}")
    } else {
        format!("ports why {port} says whether it is to be had")
    };
    output.note(format!("{message} ({hint})"));
    Ok(Status::NO)
}

/// Every TCP and UDP socket of this namespace, in the order of a listing.
fn dump(extensions: Extensions, output: &mut Output<'_>) -> Result<Vec<Socket>, Failure> {
    let selection = Selection { states: StateMask::ALL, extensions, ..Selection::new(Kinds::TCP_UDP) };
    let survey = output.narrate(|explain: &mut dyn FnMut(Event)| shell::survey(&selection, explain))??;
    survey.doubts.notes().for_each(|note| output.note(note));
    let mut sockets: Vec<Socket> = survey
        .entries
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Inet(socket) => Some(socket),
            _ => None,
        })
        .collect();
    sockets.sort_unstable_by(Socket::listing_order);
    Ok(sockets)
}

/// The different states of these sockets, in the order of a listing.
fn present(sockets: &[Socket]) -> Vec<State> {
    let mut states: Vec<State> = Vec::new();
    for socket in sockets {
        if !states.contains(&socket.state) {
            states.push(socket.state);
        }
    }
    states.sort_by_key(|state| state.rank());
    states
}

/// Explains sockets one by one: all of these, or those that one process holds.
fn lessons(
    job: &Explain,
    mut sockets: Vec<Socket>,
    pid: Option<u32>,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    let (holders, search) = shell::holders(&sockets, WantedOwners::All);
    output.event(&Event::OwnersSearched(search))?;
    if let Some(pid) = pid {
        sockets.retain(|socket| holders.of(socket.inode).any(|owner| owner.pid == pid));
        if sockets.is_empty() {
            output.flush()?;
            let why = match settings::without_sockets(pid) {
                Without::Process => "does not exist".to_owned(),
                Without::Permission => {
                    return Err(Failure::host(format!("process {pid} may not be looked into")).hint("try as root"));
                }
                Without::Namespace => {
                    format!("is in another network namespace: nsenter -t {pid} -n ports explain pid:{pid}")
                }
                Without::Socket => "has no TCP or UDP socket".to_owned(),
            };
            output.note(format!("process {pid} {why}"));
            return Ok(Status::NO);
        }
    }
    let names = shell::names(&sockets, true);
    let limits = settings::limits();
    for (index, socket) in sockets.iter().take(job.limit).enumerate() {
        let owners: Vec<Owner<'_>> = holders.of(socket.inode).collect();
        let mut shown = String::new();
        push_owners(&mut shown, owners.iter().copied());
        let known = !holders.hides(socket.inode);
        let facts = facts::facts(socket, known.then_some(&owners), limits);
        let record = Record::new(socket, &names, Some(&holders));
        if index > 0 && !output.is_json() {
            output.raw(b"\n")?;
        }
        output.result(&SocketLesson::new(socket, &names, record, &shown, facts))?;
    }
    let more = sockets.len().saturating_sub(job.limit);
    sockets.truncate(job.limit);
    let present = present(&sockets);
    if job.drawing && !output.is_json() && present.iter().any(|state| matches!(state, State::Tcp(_))) {
        output.result(&Drawing { present })?;
    }
    output.flush()?;
    crate::note_hidden(&sockets, &holders, &search, output);
    if more > 0 {
        output.note(format!("{more} more are not explained (--limit N explains more)"));
    }
    Ok(Status::YES)
}
