//! Programs for connections (`-e`, `-c`): each gets the connection as its standard input and output.

#![expect(clippy::disallowed_methods, reason = "the shell: runs processes")]

use std::net::SocketAddr;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};

use socket2::Socket;
use sockeye_cli::Failure;
use sockeye_cli::escape::escape;

use super::connect::local_addr;
use super::stdio::Speaker;
use super::wire::Wire;
use super::{FAILED, Session};
use crate::explain::Event;
use crate::options::{Listen, Program};
use crate::program;

/// The local address and the peer of a connection, if they are IP addresses.
type Ends = (Option<SocketAddr>, Option<SocketAddr>);

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
    pub(super) fn spawn(&mut self, program: &Program, socket: Socket) -> Result<Child, Failure> {
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
