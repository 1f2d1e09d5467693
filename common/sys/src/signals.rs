//! What a signal does to this process.

use std::io::{self, PipeReader};
use std::os::fd::{AsRawFd, IntoRawFd};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use crate::error::check;

/// The signals by which a user or a system ends a process: SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal went away).
pub const ENDINGS: [i32; 3] = [libc::SIGINT, libc::SIGTERM, libc::SIGHUP];

/// The signal by which a user asks a program how far it is (Ctrl-\).
pub const QUIT: i32 = libc::SIGQUIT;

/// The writing end of the pipe of [`catch_endings`].
static CAUGHT: AtomicI32 = AtomicI32::new(-1);
/// Whether [`catch_endings`] has caught them.
static CATCHES_ENDINGS: AtomicBool = AtomicBool::new(false);
/// The first of [`ENDINGS`] that came since; 0 if none did.
static ENDED_BY: AtomicI32 = AtomicI32::new(0);

/// Makes the signals of [`ENDINGS`] readable instead of deadly: each comes out of the pipe as one octet, its number.
///
/// For those who have something to take away before they end. Signals that were ignored stay ignored, as under
/// nohup(1); programs that are started from here get the usual dispositions back.
///
/// # Errors
/// If there are no more file descriptors.
pub fn catch_endings() -> io::Result<PipeReader> {
    let reader = catch(&ENDINGS)?;
    CATCHES_ENDINGS.store(true, Ordering::Release);
    Ok(reader)
}

/// Whether [`catch_endings`] keeps these signals from ending the process: then whatever waits has to ask for [`ended_by`].
pub fn catches_endings() -> bool {
    CATCHES_ENDINGS.load(Ordering::Acquire)
}

/// The first signal of [`ENDINGS`] that was caught, whether or not it has been read from the pipe.
pub fn ended_by() -> Option<u8> {
    u8::try_from(ENDED_BY.load(Ordering::Acquire)).ok().filter(|number| *number != 0)
}

/// Gives those of [`ENDINGS`] that [`catch_endings`] has made readable their usual effect again.
///
/// # Errors
/// Whatever sigaction(2) says; nothing is known to.
pub fn release_endings() -> io::Result<()> {
    for signal in ENDINGS {
        if disposition(signal)? == pass_on as extern "C" fn(libc::c_int) as libc::sighandler_t {
            set_disposition(signal, libc::SIG_DFL)?;
        }
    }
    CATCHES_ENDINGS.store(false, Ordering::Release);
    Ok(())
}

/// Sends `signal` to this process. If it is deadly and not blocked, this does not return.
pub fn raise(signal: i32) {
    // SAFETY: raise takes no pointers. What a number that is no signal says does not matter: nothing happens then.
    unsafe { libc::raise(signal) };
}

/// Makes SIGQUIT come out of the pipe of [`catch_endings`], too, whatever the shell that started the process had decided.
///
/// # Errors
/// Whatever sigaction(2) says; nothing is known to.
pub fn catch_quit_too() -> io::Result<()> {
    set_disposition(QUIT, pass_on as extern "C" fn(libc::c_int) as libc::sighandler_t)
}

/// Makes SIGCHLD readable: an octet comes out of the pipe when children have ended. Several that end close together may
/// be one octet, so that waitpid(2) is to be asked until it has no more.
///
/// Not together with [`catch_endings`]: there is one pipe for a process.
///
/// # Errors
/// If there are no more file descriptors.
pub fn catch_children() -> io::Result<PipeReader> {
    restore_sigchld()?;
    catch(&[libc::SIGCHLD])
}

fn catch(signals: &[i32]) -> io::Result<PipeReader> {
    let (reader, writer) = io::pipe()?;
    // SAFETY: fcntl with F_SETFL takes no pointers. A full pipe must not stop the handler.
    check(unsafe { libc::fcntl(writer.as_raw_fd(), libc::F_SETFL, libc::O_NONBLOCK) })?;
    // Never closed: a handler may be about to write to it.
    CAUGHT.store(writer.into_raw_fd(), Ordering::Release);
    for signal in signals {
        if disposition(*signal)? != libc::SIG_IGN {
            set_disposition(*signal, pass_on as extern "C" fn(libc::c_int) as libc::sighandler_t)?;
        }
    }
    Ok(reader)
}

extern "C" fn pass_on(signal: libc::c_int) {
    if ENDINGS.contains(&signal) {
        let _ = ENDED_BY.compare_exchange(0, signal, Ordering::AcqRel, Ordering::Relaxed);
    }
    let number = signal.to_le_bytes();
    // SAFETY: errno is saved and restored for the code that was interrupted; write(2) may be called in a handler and
    // reads one octet of a live array. If nobody reads, there is nobody to tell.
    unsafe {
        let errno = *libc::__errno_location();
        let _ = libc::write(CAUGHT.load(Ordering::Acquire), number.as_ptr().cast(), 1);
        *libc::__errno_location() = errno;
    }
}

fn disposition(signal: libc::c_int) -> io::Result<libc::sighandler_t> {
    // SAFETY: all zeros is a valid sigaction, and a whole one to write the present action to; no new one is given.
    unsafe {
        let mut action: libc::sigaction = std::mem::zeroed();
        check(libc::sigaction(signal, std::ptr::null(), &raw mut action))?;
        Ok(action.sa_sigaction)
    }
}

/// Makes Ctrl-C end the process, whatever the shell that started it in the background had decided.
///
/// # Errors
/// Whatever sigaction(2) says; nothing is known to.
pub fn restore_sigint() -> io::Result<()> {
    set_disposition(libc::SIGINT, libc::SIG_DFL)
}

/// Has children wait until somebody asks how they ended, even if whoever started this process ignores SIGCHLD. That is
/// inherited, and then they vanish before waitpid(2) or pidfd_open(2) can find them.
///
/// # Errors
/// Whatever sigaction(2) says; nothing is known to.
pub fn restore_sigchld() -> io::Result<()> {
    set_disposition(libc::SIGCHLD, libc::SIG_DFL)
}

/// Has the kernel forget children as they end: nobody here asks how.
///
/// # Errors
/// Whatever sigaction(2) says; nothing is known to.
pub fn ignore_sigchld() -> io::Result<()> {
    set_disposition(libc::SIGCHLD, libc::SIG_IGN)
}

fn set_disposition(signal: libc::c_int, disposition: libc::sighandler_t) -> io::Result<()> {
    // SAFETY: all zeros is a valid sigaction: no handler, no flags, an empty mask.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = disposition;
    // SAFETY: the new action is a whole sigaction, the old one is not asked for. Its handler is none, or `pass_on`, which
    // does only what a handler may.
    check(unsafe { libc::sigaction(signal, &raw const action, std::ptr::null_mut()) }).map(drop)
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn a_caught_ending_is_its_number_and_an_ignored_one_stays_ignored() {
        set_disposition(libc::SIGTERM, libc::SIG_IGN).unwrap();
        set_disposition(libc::SIGHUP, libc::SIG_DFL).unwrap();
        let mut reader = catch_endings().unwrap();
        assert_eq!((catches_endings(), ended_by()), (true, None));
        for signal in [libc::SIGTERM, libc::SIGHUP] {
            raise(signal);
        }
        let mut number = [0];
        reader.read_exact(&mut number).unwrap();
        assert_eq!(i32::from(number[0]), libc::SIGHUP);
        assert_eq!(ended_by(), Some(number[0]));
        catch_quit_too().unwrap();
        // SAFETY: raise takes no pointers; the signal is not deadly now.
        assert_eq!(unsafe { libc::raise(QUIT) }, 0);
        reader.read_exact(&mut number).unwrap();
        assert_eq!(i32::from(number[0]), QUIT);
        assert_ne!(ended_by(), Some(number[0]), "a question is no ending");
        release_endings().unwrap();
        assert_eq!(disposition(libc::SIGHUP).unwrap(), libc::SIG_DFL);
        assert_eq!(disposition(libc::SIGTERM).unwrap(), libc::SIG_IGN);
    }
}
