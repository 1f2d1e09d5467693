//! What a process may do, and how it is told to end.

use std::ffi::CStr;
use std::io;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::ptr;

use crate::error::{CallError, check};

/// More capabilities than the kernel will ever know: it refuses the first that it does not (EINVAL).
const CAPABILITIES: libc::c_ulong = 64;

/// Makes `command` start its program without any capability, as for an ordinary user, whatever user it runs as: the
/// bounding set is emptied, so that neither user 0 nor a file's capabilities give any back.
///
/// # Source
/// capabilities(7), "Transformation of capabilities during execve()".
pub fn without_capabilities(command: &mut Command) -> &mut Command {
    // SAFETY: between fork and exec the closure makes system calls without pointers, and allocates nothing.
    unsafe {
        command.pre_exec(|| {
            for number in 0..CAPABILITIES {
                // The kernel reads longs.
                let zero: libc::c_ulong = 0;
                if let Err(error) = check(libc::prctl(libc::PR_CAPBSET_DROP, number, zero, zero, zero)) {
                    return if error.raw_os_error() == Some(libc::EINVAL) { Ok(()) } else { Err(error) };
                }
            }
            Ok(())
        })
    }
}

/// execve(2) without arguments and nothing else, and why it failed: `exec` of the standard library first gives SIGPIPE its default
/// action and empties the signal mask, for the whole process, and leaves it so where it fails.
pub fn execute(program: &CStr) -> io::Error {
    let (argv, envp) = ([program.as_ptr(), ptr::null()], [ptr::null()]);
    // SAFETY: both lists end with a null pointer, and what they point to outlives the call.
    unsafe { libc::execve(program.as_ptr(), argv.as_ptr(), envp.as_ptr()) };
    io::Error::last_os_error()
}

/// Whether the user who started this process is user 0.
pub fn is_superuser() -> bool {
    // SAFETY: getuid takes no arguments and cannot fail.
    unsafe { libc::getuid() == 0 }
}

/// Makes `command` start its program as a group of its own, to which the terminal listens, if standard input is one and listens
/// to this process now: a shell that was started so finds itself where it expects to be, whatever PID namespace it is in. When
/// it has ended, [`take_terminal`]. Returns whether that is so.
///
/// # Source
/// tcsetpgrp(3); credentials(7), "Process group and session".
pub fn with_terminal(command: &mut Command) -> bool {
    // SAFETY: both take numbers and no pointers.
    let listens = unsafe { libc::tcgetpgrp(libc::STDIN_FILENO) == libc::getpgrp() };
    if listens {
        // SAFETY: between fork and exec the closure makes system calls, and allocates nothing.
        unsafe {
            command.pre_exec(|| {
                check(libc::setpgid(0, 0))?;
                let_terminal_listen()
            });
        }
    }
    listens
}

/// Has the terminal, if standard input is one, listen to this process and its group again.
pub fn take_terminal() {
    // Where it is none there is nothing to take.
    let _ = let_terminal_listen();
}

/// Makes the calling process's group that in the foreground. A process that is not there yet is stopped for this unless it
/// blocks SIGTTOU.
fn let_terminal_listen() -> io::Result<()> {
    // SAFETY: sigemptyset makes a whole set of it before it is read; all pointers are to values that outlive the calls.
    unsafe {
        let mut set: libc::sigset_t = std::mem::zeroed();
        let mut before: libc::sigset_t = std::mem::zeroed();
        libc::sigemptyset(&raw mut set);
        libc::sigaddset(&raw mut set, libc::SIGTTOU);
        libc::pthread_sigmask(libc::SIG_BLOCK, &raw const set, &raw mut before);
        let done = check(libc::tcsetpgrp(libc::STDIN_FILENO, libc::getpgrp()));
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const before, ptr::null_mut());
        done.map(drop)
    }
}

/// Has this process become the parent of those of its descendants whose own parent ends, in place of PID 1.
///
/// # Errors
/// [`CallError`]; nothing is known to fail since Linux 3.4.
pub fn adopt_orphans() -> Result<(), CallError> {
    let (one, zero): (libc::c_ulong, libc::c_ulong) = (1, 0);
    // SAFETY: this prctl takes numbers and no pointers.
    check(unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, one, zero, zero, zero) })
        .map_err(|error| CallError::new("prctl", "PR_SET_CHILD_SUBREAPER", error))?;
    Ok(())
}

/// Has the kernel kill this process (SIGKILL) when the thread that started it ends.
///
/// # Errors
/// [`CallError`]; nothing is known to fail.
pub fn die_with_parent() -> Result<(), CallError> {
    let signal = libc::c_ulong::from(libc::SIGKILL.unsigned_abs());
    // SAFETY: this prctl takes numbers and no pointers.
    check(unsafe { libc::prctl(libc::PR_SET_PDEATHSIG, signal) })
        .map_err(|error| CallError::new("prctl", "PR_SET_PDEATHSIG", error))?;
    Ok(())
}

/// Sends `signal` to every process of the group that `leader` leads.
///
/// # Errors
/// [`CallError`] with ESRCH if there is none any more, EPERM if none of them is ours.
pub fn signal_group(leader: u32, signal: i32) -> Result<(), CallError> {
    let fail = |error| CallError::new("kill", format!("process group {leader}"), error);
    // Group 0 would be our own, group 1 everybody's.
    let group = libc::pid_t::try_from(leader).ok().filter(|group| *group > 1);
    let group = group.ok_or_else(|| fail(io::Error::from_raw_os_error(libc::ESRCH)))?;
    // SAFETY: kill takes two numbers.
    check(unsafe { libc::kill(-group, signal) }).map_err(fail)?;
    Ok(())
}

/// The number of a signal by its name without SIG, of those by which a program is told something.
pub fn signal_number(name: &str) -> Option<i32> {
    Some(match name {
        "HUP" => libc::SIGHUP,
        "INT" => libc::SIGINT,
        "KILL" => libc::SIGKILL,
        "TERM" => libc::SIGTERM,
        "STOP" => libc::SIGSTOP,
        "CONT" => libc::SIGCONT,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "processes are started to be told something")]

    use std::os::unix::process::ExitStatusExt as _;

    use super::*;

    #[test]
    fn a_group_is_told_and_no_other() {
        let mut sleeper = Command::new("sleep").arg("1000").process_group(0).spawn().unwrap();
        signal_group(sleeper.id(), libc::SIGTERM).unwrap();
        assert_eq!(sleeper.wait().unwrap().signal(), Some(libc::SIGTERM));
        for nobody in [0, 1, u32::MAX] {
            assert_eq!(signal_group(nobody, libc::SIGTERM).unwrap_err().errno(), Some(libc::ESRCH));
        }
    }

    #[test]
    fn a_program_without_capabilities_has_none() {
        let mut grep = Command::new("grep");
        grep.args(["-E", "^Cap(Prm|Eff|Bnd):", "/proc/self/status"]);
        match without_capabilities(&mut grep).output() {
            Ok(told) => {
                let told = String::from_utf8(told.stdout).unwrap();
                assert_eq!(told.matches("0000000000000000").count(), 3, "{told}");
            }
            // Only who has CAP_SETPCAP may drop any: an ordinary user has none to drop.
            Err(error) => assert_eq!(error.raw_os_error(), Some(libc::EPERM)),
        }
    }

    #[test]
    fn signals_by_name() {
        assert_eq!((signal_number("KILL"), signal_number("STOP")), (Some(9), Some(19)));
        assert_eq!(signal_number("SIGKILL"), None);
    }
}
