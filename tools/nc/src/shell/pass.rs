//! `-F`: the connected socket goes to the program at the other end of standard output.

#![expect(clippy::disallowed_methods, reason = "the shell: sends over standard output")]

use std::io::{self, IoSlice, IsTerminal};
use std::mem::MaybeUninit;
use std::os::fd::AsFd;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use socket2::{Domain, SockRef};
use sockeye_cli::{Failure, Status};
use sockeye_sys::poll::{Events, PollFd, poll};

use super::stdio::{retry, unless_not_ready};
use super::wire::Wire;
use super::{FAILED, Session};
use crate::explain::Event;

/// What the descriptor travels with: a stream carries none without data. Its receivers expect this.
const COMPANION: &[u8] = b"\0";

/// Before anything is connected: whether standard output can carry a descriptor at all.
pub(super) fn check() -> Result<(), Failure> {
    let stdout = io::stdout();
    if stdout.is_terminal() {
        return Err(Failure::new(FAILED, "Cannot pass file descriptor to tty"));
    }
    match SockRef::from(&stdout).domain() {
        Ok(Domain::UNIX) => Ok(()),
        _ => Err(failed(&io::Error::from_raw_os_error(libc::ENOTSOCK))
            .hint("-F needs a Unix-domain socket as standard output, which ssh(1) makes with ProxyUseFdpass")),
    }
}

fn failed(error: &io::Error) -> Failure {
    Failure::call(FAILED, "sendmsg", "standard output", error)
}

impl Session<'_, '_> {
    /// Passes the socket on (SCM_RIGHTS, unix(7)). What is done with it from then on is the receiver's.
    pub(super) fn pass_socket(&mut self, wire: &Wire) -> Result<Status, Failure> {
        // The flag belongs to the open socket, not to our descriptor: the receiver would have it too.
        wire.socket().set_nonblocking(false).map_err(|error| failed(&error))?;
        let stdout = io::stdout();
        let fds = [wire.fd()];
        loop {
            let sent = retry(|| {
                let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
                let mut control = SendAncillaryBuffer::new(&mut space);
                if !control.push(SendAncillaryMessage::ScmRights(&fds)) {
                    return Err(io::ErrorKind::OutOfMemory.into());
                }
                sendmsg(&stdout, &[IoSlice::new(COMPANION)], &mut control, SendFlags::NOSIGNAL).map_err(Into::into)
            });
            if unless_not_ready(sent).map_err(|error| failed(&error))?.is_some() {
                break;
            }
            poll(&mut [PollFd::new(stdout.as_fd(), Events::OUT)], None).map_err(|error| failed(&error))?;
        }
        self.explain(|| Event::SocketPassed { peer: wire.peer_text() });
        Ok(Status::YES)
    }
}
