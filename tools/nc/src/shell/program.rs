//! Programs for connections (`-e`, `-c`): each gets the connection as its standard input and output.

#![expect(clippy::disallowed_methods, reason = "the shell: runs processes")]

use std::net::SocketAddr;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, PidfdFlags, pidfd_open};
use socket2::Socket;
use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Status};
use sockeye_sys::poll::{Events, PollFd, poll};

use super::connect::local_addr;
use super::listen::{announce, try_accept};
use super::serve::{has_room_for_worker, is_shortage};
use super::stdio::Speaker;
use super::wire::Wire;
use super::{FAILED, Session};
use crate::explain::Event;
use crate::options::{Listen, Model, Program};
use crate::program;

/// So many programs at once if `--max-conns` says nothing, as ncat has it.
const AT_ONCE: usize = 100;

/// When descriptors are short, how often accept(2) is tried again.
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// The local address and the peer of a connection, if they are IP addresses.
type Ends = (Option<SocketAddr>, Option<SocketAddr>);

/// A program that runs, and the descriptor that is ready when it has ended.
struct Running {
    child: Child,
    ended: OwnedFd,
}

impl Session<'_, '_> {
    /// Runs `program` on a connection, whatever is between it and the socket, and waits for its end.
    pub(super) fn run_program_on(&mut self, program: &Program, mut wire: Wire) -> Result<(), Failure> {
        if wire.tls().is_none() {
            return wire.into_socket().map_or(Ok(()), |socket| self.run_program(program, socket));
        }
        // The program speaks to us, and we speak TLS.
        let failed = |error: std::io::Error| Failure::call(FAILED, "socketpair", "the program", &error);
        let (ours, theirs) = UnixStream::pair().map_err(failed)?;
        ours.set_nonblocking(true).map_err(failed)?;
        let ends = (local_addr(wire.socket()), wire.socket().peer_addr().ok().and_then(|addr| addr.as_socket()));
        let mut child = self.spawn_between(program, theirs.into(), ends)?;
        let outcome = self.converse_for(&mut wire, ours.into(), Speaker::Program);
        // Its end of the pair is closed: it has every reason to end.
        let ended = child.wait().map_err(|error| Failure::call(FAILED, "waitpid", child.id(), &error))?;
        self.program_ended(child.id(), ended);
        outcome
    }

    /// Runs `program` on a connection, and waits for its end.
    pub(super) fn run_program(&mut self, program: &Program, socket: Socket) -> Result<(), Failure> {
        let mut child = self.spawn(program, socket)?;
        let ended = child.wait().map_err(|error| Failure::call(FAILED, "waitpid", child.id(), &error))?;
        self.program_ended(child.id(), ended);
        Ok(())
    }

    /// Starts `program` with the connection as its standard input and output.
    fn spawn(&mut self, program: &Program, socket: Socket) -> Result<Child, Failure> {
        let peer = socket.peer_addr().ok().and_then(|addr| addr.as_socket());
        let ends = (local_addr(&socket), peer);
        self.spawn_between(program, socket, ends)
    }

    /// The same, where `socket` is not the connection between `ends`.
    fn spawn_between(&mut self, program: &Program, socket: Socket, ends: Ends) -> Result<Child, Failure> {
        let argv = program::argv(program).map_err(|_| Failure::new(FAILED, "-e: no program is named"))?;
        let Some((file, args)) = argv.split_first() else {
            return Err(Failure::new(FAILED, "-e: no program is named"));
        };
        let (local, peer) = ends;
        let environment = program::environment(self.options.transport, local, peer);
        let failed = |error| Failure::call(FAILED, "exec", escape(file), &error);
        // Programs expect reads and writes that wait.
        socket.set_nonblocking(false).map_err(failed)?;
        let output = socket.try_clone().map_err(failed)?;
        let mut command = Command::new(file);
        command.args(args).envs(environment);
        command.stdin(Stdio::from(OwnedFd::from(socket))).stdout(Stdio::from(OwnedFd::from(output)));
        sockeye_sys::signals::restore_sigchld().map_err(failed)?;
        let child = command.spawn().map_err(failed)?;
        let pid = child.id();
        self.explain(|| Event::Program { pid, argv: argv.clone() });
        Ok(child)
    }

    fn program_ended(&mut self, pid: u32, ended: std::process::ExitStatus) {
        let (exit_status, signal) = (ended.code(), ended.signal());
        self.explain(|| Event::ProgramEnded { pid, exit_status, signal });
    }

    /// The same of a proxy for everybody.
    pub(super) fn warn_of_open_proxy(&mut self) {
        if std::io::IsTerminal::is_terminal(&std::io::stderr()) {
            self.warn("--proxy-type: everybody who reaches a network address of this host can use the proxy (--proxy-auth, --allow or an address limits that)");
        }
    }

    /// Who can reach a listener without an address runs our program: somebody who sits there is told.
    pub(super) fn warn_of_open_program(&mut self, listen: &Listen) {
        if listen.host.is_none() && std::io::IsTerminal::is_terminal(&std::io::stderr()) {
            self.warn("-e: everybody who reaches a network address of this host can use the program (give an address, such as 127.0.0.1, to limit that)");
        }
    }
}

/// A program for each connection, many at once; every one that has ended is waited for at once, so that no zombie stays.
pub(super) fn serve(
    session: &mut Session<'_, '_>,
    listen: &Listen,
    program: &Program,
    listener: Socket,
) -> Result<Status, Failure> {
    let limit = if listen.model == Some(Model::Iterative) { 1 } else { listen.max_conns.unwrap_or(AT_ONCE) };
    let mut listener = Some(listener);
    let mut accepted = 0;
    // There are no more descriptors: until when nobody is accepted.
    let mut short = false;
    let mut running: Vec<Running> = Vec::new();
    loop {
        if listen.max_clients.is_some_and(|most| accepted >= most) {
            listener = None;
        }
        if listener.is_none() && running.is_empty() {
            return Ok(Status::YES);
        }
        // Who comes when all places are taken waits in the backlog.
        let takes_more = running.len() < limit && !short;
        let first = match &listener {
            Some(listener) if takes_more => PollFd::new(listener.as_fd(), Events::IN),
            _ => PollFd::idle(),
        };
        let mut fds: Vec<PollFd<'_>> = std::iter::once(first)
            .chain(running.iter().map(|running| PollFd::new(running.ended.as_fd(), Events::IN)))
            .collect();
        poll(&mut fds, short.then_some(TRY_AGAIN))
            .map_err(|error| Failure::call(FAILED, "poll", "the listening socket", &error))?;
        let mut ready = fds.iter().map(|fd| !fd.ready().is_empty()).collect::<Vec<_>>().into_iter();
        let somebody_came = ready.next().unwrap_or(false);
        for (mut program, ended) in std::mem::take(&mut running).into_iter().zip(ready) {
            if !ended {
                running.push(program);
            } else if listen.leave_zombies {
                session.say(format!("process {} has ended and is a zombie", program.child.id()));
            } else if let Ok(status) = program.child.wait() {
                session.program_ended(program.child.id(), status);
            }
        }
        let told = std::mem::take(&mut short);
        let Some(listener) = listener.as_ref().filter(|_| somebody_came) else { continue };
        let came = match has_room_for_worker(listener).and_then(|()| try_accept(session, listener)) {
            Err(error) if is_shortage(&error) => {
                short = true;
                if !told {
                    let (why, busy) = (sockeye_cli::failure::errno_text(&error), running.len());
                    session.warn(format!("accept: {why}: {busy} clients are served, and others wait"));
                }
                None
            }
            other => other.map_err(|error| Failure::call(FAILED, "accept", "a connection", &error))?,
        };
        if let Some((socket, peer)) = came {
            accepted += 1;
            announce(session, &peer);
            match session.spawn(program, socket).and_then(watch) {
                Ok(started) => running.push(started),
                // The next one may have better luck: a limit of processes, say.
                Err(failure) => session.output.failure(&failure),
            }
        }
    }
}

/// Takes hold of a child's end.
fn watch(child: Child) -> Result<Running, Failure> {
    let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let ended = pid.ok_or(rustix::io::Errno::SRCH).and_then(|pid| pidfd_open(pid, PidfdFlags::empty()));
    let ended = ended.map_err(|error| Failure::call(FAILED, "pidfd_open", child.id(), &error.into()))?;
    Ok(Running { child, ended })
}
