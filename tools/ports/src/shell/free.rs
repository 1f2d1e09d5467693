//! Asking the user, and the kernel to destroy sockets.
#![expect(clippy::disallowed_methods, reason = "the shell: reads an answer from the terminal")]

use std::io::{self, BufRead as _, IsTerminal as _};

use sockeye_cli::Failure;
use sockeye_sys::sock_diag::SockDiag;

use crate::socket::Socket;

/// "No such file or directory": the socket has ended meanwhile.
const ENOENT: i32 = 2;

/// Asks a question on the terminal; `None` if there is none to answer.
pub fn ask(question: &str, show: &mut dyn FnMut(&str)) -> Option<bool> {
    let stdin = io::stdin();
    if !stdin.is_terminal() || !io::stderr().is_terminal() {
        return None;
    }
    show(question);
    let mut answer = Vec::new();
    // What cannot be read is no yes.
    let read = stdin.lock().read_until(b'\n', &mut answer).is_ok();
    Some(read && matches!(answer.trim_ascii(), b"y" | b"Y" | b"yes" | b"Yes" | b"YES"))
}

/// Destroys them one by one and returns how many it were; one that has ended meanwhile is no failure.
///
/// # Errors
/// [`Failure`] at the first that the kernel refuses to destroy.
pub fn destroy(sockets: &[Socket]) -> Result<usize, Failure> {
    let mut diag = SockDiag::open().map_err(|error| Failure::host(error.to_string()))?;
    let mut destroyed = 0;
    for socket in sockets {
        match diag.destroy(&socket.id()) {
            Ok(()) => destroyed += 1,
            Err(error) if error.errno() == Some(ENOENT) => {}
            Err(error) => {
                let failure = Failure::host(error.to_string());
                return Err(match error.kind() {
                    io::ErrorKind::PermissionDenied => failure.hint("needs CAP_NET_ADMIN: try as root"),
                    io::ErrorKind::Unsupported => failure.hint("this kernel was built without INET_DIAG_DESTROY"),
                    _ => failure,
                });
            }
        }
    }
    Ok(destroyed)
}
