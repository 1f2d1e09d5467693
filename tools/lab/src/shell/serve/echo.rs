//! A process for each client, and the ways to learn that one has ended.

use std::io::{PipeReader, Read};
use std::mem::MaybeUninit;
use std::net::SocketAddr;
use std::os::fd::AsFd;

use rustix::process::{WaitOptions, waitpid};
use socket2::{Socket, Type};
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::poll::{Events, PollFd, poll};
use sockeye_sys::{fork, signals};

use super::{accepted, bound, ready, show};
use crate::apps::Model;
use crate::apps::report::Report;

/// Octets that a child reads at once.
const ROOM: usize = 1 << 14;

/// Serves until a signal ends it.
///
/// # Errors
/// [`Failure`] if the address cannot be had, or there are no more processes.
pub fn run(addr: SocketAddr, model: Model, quiet: bool, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut listener = Some(bound(addr, Type::STREAM)?);
    let failed = |error| Failure::call(Status::HOST, "sigaction", "SIGCHLD", &error);
    let caught = match model {
        Model::Sigchld | Model::SigchldOnce => Some(signals::catch_children().map_err(failed)?),
        Model::Zombies | Model::Waitpid => {
            signals::restore_sigchld().map_err(failed)?;
            None
        }
        Model::Ignored => {
            signals::ignore_sigchld().map_err(failed)?;
            None
        }
    };
    if let Some(listener) = &listener {
        ready("echo", "tcp", listener, output)?;
    }
    // The child alone takes it away.
    while let Some(waiting) = &listener {
        let signals = wait(waiting, caught.as_ref(), addr)?;
        if signals > 0 {
            reap(if model == Model::SigchldOnce { signals } else { usize::MAX }, quiet, output)?;
            continue;
        }
        let Some((client, peer)) = accepted(waiting, addr)? else { continue };
        // Before the fork: when this client is served, those that came with it may leave at once.
        if model == Model::Waitpid {
            reap(usize::MAX, quiet, output)?;
        }
        // What is buffered would be written by the child too.
        output.flush()?;
        let pid = fork::fork(|| {
            // Else the port would stay taken for as long as the child lives.
            drop(listener.take());
            serve(&client)
        })
        .map_err(|error| Failure::call(Status::HOST, "fork", &peer, &error))?;
        drop(client);
        if !quiet {
            show(&Report::Child { pid, peer }, output)?;
        }
    }
    Ok(Status::YES)
}

/// Waits for a client, or for a child that has ended: how many signals said that.
fn wait(listener: &Socket, caught: Option<&PipeReader>, addr: SocketAddr) -> Result<usize, Failure> {
    let Some(mut pipe) = caught else { return Ok(0) };
    let mut fds = [PollFd::new(listener.as_fd(), Events::IN), PollFd::new(pipe.as_fd(), Events::IN)];
    poll(&mut fds, None).map_err(|error| Failure::call(Status::HOST, "poll", addr, &error))?;
    let [_, child] = fds;
    if child.ready().is_empty() {
        return Ok(0);
    }
    // One octet for one signal.
    let mut signals = [0; 64];
    pipe.read(&mut signals).map_err(|error| Failure::call(Status::HOST, "read", "the signals", &error))
}

/// Takes away children that have ended, so many at most.
fn reap(most: usize, quiet: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    for _ in 0..most {
        let Ok(Some((pid, _))) = waitpid(None, WaitOptions::NOHANG) else { break };
        if !quiet {
            show(&Report::Reaped { pid: pid.as_raw_nonzero().get().unsigned_abs() }, output)?;
        }
    }
    Ok(())
}

/// The child: echoes until its client has said everything.
fn serve(client: &Socket) -> i32 {
    let mut room = vec![MaybeUninit::new(0_u8); ROOM];
    loop {
        let octets = match rustix::net::recv(client, &mut room[..], rustix::net::RecvFlags::empty()) {
            Ok(((octets, _), _)) if !octets.is_empty() => octets,
            Err(rustix::io::Errno::INTR) => continue,
            Ok(_) => return 0,
            Err(_) => return 1,
        };
        let mut rest: &[u8] = octets;
        while !rest.is_empty() {
            match client.send(rest) {
                Ok(sent) => rest = rest.get(sent..).unwrap_or_default(),
                Err(_) => return 1,
            }
        }
    }
}
