//! `ports explain`: what a state means, and what the sockets of a port or process say of themselves.
//!
//! - [`machine`]: the transitions of TCP, and their drawing
//! - [`facts`]: what queues, timers and counters say, in sentences
//! - [`report`]: both as data and text

pub mod facts;
pub mod machine;
pub mod report;

use sockeye_cli::{Failure, Output, Status};
use sockeye_common::addr::Host;
use sockeye_sys::Protocol;
use sockeye_sys::sock_diag::Extensions;

use crate::cli::explain::What;
use crate::cli::{Explain, WantedOwners};
use crate::explain::Event;
use crate::owners::{Owner, push_owners};
use crate::record::Record;
use crate::shell;
use crate::shell::settings::{self, Without};
use crate::socket::Socket;
use crate::state::State;
use crate::target::Target;
use crate::wait::takes_address;
use crate::why::{all_sockets, link_of};
use report::{Drawing, Machine, SocketLesson, StateLesson};

/// Runs `ports explain`.
///
/// # Errors
/// [`Failure`] if the kernel does not list the sockets, or standard output does not take the result.
pub fn run(job: &Explain, output: &mut Output<'_>) -> Result<Status, Failure> {
    shell::confine::to_listing(false, output)?;
    match &job.what {
        What::Machine => {
            let sockets = all_sockets(Extensions::EMPTY, output)?;
            let present = present(&sockets);
            output.result(&Machine { kind: "machine", transitions: &machine::TRANSITIONS, present })?;
            Ok(Status::YES)
        }
        What::State(state) => {
            let sockets = all_sockets(Extensions::EMPTY, output)?;
            let count = sockets.iter().filter(|socket| socket.state == *state).count();
            output.result(&StateLesson::new(*state, count, job.drawing))?;
            Ok(Status::YES)
        }
        What::Port { target, bare } => port(job, target, *bare, output),
        What::Process(pid) => {
            let sockets = all_sockets(Extensions::INFO | Extensions::SKMEMINFO, output)?;
            lessons(job, sockets, Some(*pid), output)
        }
    }
}

/// Explains the sockets that have a port.
fn port(job: &Explain, target: &Target, bare: bool, output: &mut Output<'_>) -> Result<Status, Failure> {
    let protocols = [Protocol::TCP, Protocol::UDP].into_iter();
    let asked = protocols.filter(|protocol| target.protocol.is_none_or(|only| only == *protocol));
    let ports: Vec<(Protocol, u16)> =
        asked.filter_map(|protocol| Some((protocol, shell::port_of(target, protocol)?))).collect();
    let Some((_, port)) = ports.first() else {
        let of = target.protocol.map_or("", |protocol| if protocol == Protocol::UDP { "UDP " } else { "TCP " });
        return Err(Failure::usage(format!("{}: neither a state nor a {of}service of /etc/services", target.service))
            .hint("ports explain shows the states"));
    };
    let link = link_of(target.host.as_ref())?;
    let mut sockets = all_sockets(Extensions::INFO | Extensions::SKMEMINFO, output)?;
    sockets.retain(|socket| socket.shares_link(link) && is_of(socket, target, &ports));
    let also = bare.then(|| u32::from(*port)).filter(|pid| settings::process_exists(*pid));
    if sockets.is_empty() {
        return nothing(target, *port, also, output);
    }
    let status = lessons(job, sockets, None, output)?;
    if let Some(pid) = also {
        output.note(format!("{pid} was taken for a port; there is a process {pid} too: ports explain pid:{pid}"));
    }
    Ok(status)
}

/// Whether a socket has one of these ports at either end, and the address if one was given.
fn is_of(socket: &Socket, target: &Target, ports: &[(Protocol, u16)]) -> bool {
    let address = target.host.as_ref().and_then(Host::ip);
    ports.iter().filter(|(protocol, _)| *protocol == socket.protocol).any(|(_, port)| {
        let is_local = socket.local.port() == *port && address.is_none_or(|address| takes_address(socket, address));
        let is_peer = socket.has_peer()
            && socket.peer.port() == *port
            && address.is_none_or(|address| socket.peer.ip().to_canonical() == address.to_canonical());
        is_local || is_peer
    })
}

/// Says that there is nothing to explain, and what may have been meant.
fn nothing(target: &Target, port: u16, process: Option<u32>, output: &mut Output<'_>) -> Result<Status, Failure> {
    output.flush()?;
    let end = target.host.as_ref().map_or_else(|| format!("port {port}"), |_| target.words());
    let (protocol, suffix) = match target.protocol {
        None => ("TCP or UDP", ""),
        Some(Protocol::UDP) => ("UDP", "/udp"),
        Some(_) => ("TCP", "/tcp"),
    };
    let asked = target.host.as_ref().map_or_else(|| port.to_string(), |_| target.words());
    let hint = process.map_or_else(
        || format!("ports why {asked}{suffix} says whether it is to be had"),
        |pid| format!("process {pid} exists: ports explain pid:{pid}"),
    );
    output.note(format!("no {protocol} socket here has {end} ({hint})"));
    Ok(Status::NO)
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
            return holds_none(pid, output);
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
        let are = if more == 1 { "is" } else { "are" };
        output.note(format!("{more} more {are} not explained (--limit N explains more)"));
    }
    Ok(Status::YES)
}

/// Says why a process was not found with a socket.
fn holds_none(pid: u32, output: &mut Output<'_>) -> Result<Status, Failure> {
    output.flush()?;
    let why = match settings::without_sockets(pid) {
        Without::Process => "does not exist".to_owned(),
        Without::Permission => {
            return Err(Failure::host(format!("process {pid} may not be looked into")).hint("try as root"));
        }
        Without::Namespace => format!("is in another network namespace: nsenter -t {pid} -n ports explain pid:{pid}"),
        Without::Socket => "has no TCP or UDP socket".to_owned(),
    };
    output.note(format!("process {pid} {why}"));
    Ok(Status::NO)
}
