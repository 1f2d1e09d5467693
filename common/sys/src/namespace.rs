//! Network namespaces: making them, entering them, and starting programs inside.
//!
//! A network namespace belongs to a thread. [`NetNs`] keeps one alive; [`NetNs::run`] works in it without changing the
//! calling thread.
#![expect(clippy::disallowed_methods, reason = "namespaces are files under /proc")]

use std::ffi::CStr;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;

use crate::error::{CallError, check};
use crate::interface;
use crate::path::c_path;

/// The network namespace of the calling thread, by its file.
const OWN: &str = "/proc/thread-self/ns/net";

/// Moves the process into a new user namespace, in which it is root, and a new network namespace.
///
/// For those who are not root: the user and group become 0 in there, and map to what they were. The loopback interface
/// is down: [`interface::bring_up`].
///
/// To be called while the process has a single thread; the kernel refuses otherwise.
///
/// # Errors
/// [`CallError`] naming `unshare` (EPERM or ENOSPC where the administrator allows no user namespaces, EINVAL if there
/// are more threads) or the file under `/proc/self` that could not be written.
///
/// # Source
/// user_namespaces(7), "Defining user and group ID mappings".
pub fn unshare_user_and_net() -> Result<(), CallError> {
    // SAFETY: neither call takes an argument or can fail.
    let (uid, gid) = unsafe { (libc::geteuid(), libc::getegid()) };
    unshare(libc::CLONE_NEWUSER | libc::CLONE_NEWNET, "CLONE_NEWUSER|CLONE_NEWNET")?;
    // Without this, a user without privilege may not map groups (since Linux 3.19).
    match write("/proc/self/setgroups", "deny") {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write("/proc/self/uid_map", &format!("0 {uid} 1"))?;
    write("/proc/self/gid_map", &format!("0 {gid} 1"))
}

/// Moves the calling thread, and no other, into a new network namespace, whose loopback interface is down.
///
/// # Errors
/// [`CallError`] with EPERM without CAP_SYS_ADMIN.
pub fn unshare_net() -> Result<(), CallError> {
    unshare(libc::CLONE_NEWNET, "CLONE_NEWNET")
}

/// Moves the calling thread, and no other, into a new mount namespace from which no mount gets back.
///
/// The thread also gets a working directory and root of its own.
///
/// # Errors
/// [`CallError`] with EPERM without CAP_SYS_ADMIN.
///
/// # Source
/// mount_namespaces(7), "Shared subtrees".
pub fn unshare_mount() -> Result<(), CallError> {
    unshare(libc::CLONE_NEWNS, "CLONE_NEWNS")?;
    // Most systems share their mounts: a bind in here would show outside too.
    mount(None, c"/", libc::MS_REC | libc::MS_PRIVATE).map_err(|error| CallError::new("mount", "/ as private", error))
}

/// Has the programs that the calling thread starts, and no other's, live in a new PID namespace. The first is its PID 1;
/// when that ends, the kernel kills all others. The thread can start no thread any more.
///
/// # Errors
/// [`CallError`] with EPERM without CAP_SYS_ADMIN, ENOSPC where the administrator allows no more.
///
/// # Source
/// pid_namespaces(7).
pub fn unshare_pid() -> Result<(), CallError> {
    unshare(libc::CLONE_NEWPID, "CLONE_NEWPID")
}

/// Mounts a `/proc` that shows the processes of the caller's PID namespace. To be called after [`unshare_mount`] of the
/// caller or its parent.
///
/// # Errors
/// [`CallError`] with EPERM in a user namespace whose creator does not see all of `/proc`: in many containers.
pub fn mount_proc() -> Result<(), CallError> {
    let flags = libc::MS_NOSUID | libc::MS_NODEV | libc::MS_NOEXEC;
    // SAFETY: three NUL-terminated strings; the data of proc may be null.
    check(unsafe { libc::mount(c"proc".as_ptr(), c"/proc".as_ptr(), c"proc".as_ptr(), flags, std::ptr::null()) })
        .map_err(|error| CallError::new("mount", "proc at /proc", error))?;
    Ok(())
}

/// Makes the file or directory `src` appear at `dst`, which must exist: a hosts file over `/etc/hosts`.
///
/// To be called after [`unshare_mount`], or the whole machine sees it.
///
/// # Errors
/// [`CallError`] naming both paths.
pub fn bind_mount(src: impl AsRef<Path>, dst: impl AsRef<Path>) -> Result<(), CallError> {
    let (src, dst) = (src.as_ref(), dst.as_ref());
    let fail = |error| CallError::new("mount", format!("{} at {}", src.display(), dst.display()), error);
    let (source, target) = (c_path(src).map_err(fail)?, c_path(dst).map_err(fail)?);
    mount(Some(&source), &target, libc::MS_BIND).map_err(fail)
}

/// A mount that needs no type and no data: a bind, or a change of what is mounted, which has no source either.
fn mount(source: Option<&CStr>, target: &CStr, flags: libc::c_ulong) -> io::Result<()> {
    let source = source.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: the target, and the source if there is one, are NUL-terminated strings; type and data are not looked at.
    check(unsafe { libc::mount(source, target.as_ptr(), std::ptr::null(), flags, std::ptr::null()) }).map(drop)
}

fn unshare(flags: libc::c_int, names: &'static str) -> Result<(), CallError> {
    // SAFETY: unshare takes no pointers. None of the flags used here separates file descriptors or memory.
    check(unsafe { libc::unshare(flags) }).map_err(|error| CallError::new("unshare", names, error))?;
    Ok(())
}

fn write(path: &'static str, text: &str) -> Result<(), CallError> {
    fs::write(path, text).map_err(|error| CallError::new("write", path, error))
}

/// A network namespace, kept alive for as long as this value lives.
#[derive(Debug)]
pub struct NetNs {
    fd: OwnedFd,
}

impl NetNs {
    /// Makes a new one, with its loopback interface up. The calling thread stays where it is.
    ///
    /// # Errors
    /// [`CallError`] with EPERM without CAP_SYS_ADMIN.
    pub fn create() -> Result<Self, CallError> {
        in_thread(|| {
            unshare_net()?;
            interface::bring_up("lo")?;
            Self::current()
        })
    }

    /// That of the calling thread.
    ///
    /// # Errors
    /// [`CallError`] if `/proc` is not there.
    pub fn current() -> Result<Self, CallError> {
        Self::open(OWN)
    }

    /// That of a file: `/run/netns/NAME`, `/proc/PID/ns/net`.
    ///
    /// # Errors
    /// [`CallError`] if the file cannot be opened. Whether it is a namespace shows only when it is entered.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, CallError> {
        let path = path.as_ref();
        let file = File::open(path).map_err(|error| CallError::new("open", path.display().to_string(), error))?;
        Ok(Self { fd: file.into() })
    }

    /// Another handle of the same namespace.
    ///
    /// # Errors
    /// [`CallError`] if there are no more file descriptors.
    pub fn try_clone(&self) -> Result<Self, CallError> {
        let fd = self.fd.try_clone().map_err(|error| CallError::new("dup", "network namespace", error))?;
        Ok(Self { fd })
    }

    /// Moves the calling thread, and no other, into it. Sockets stay in the namespace that they were made in.
    ///
    /// # Errors
    /// [`CallError`] with EPERM without CAP_SYS_ADMIN, EINVAL if the file is no network namespace.
    pub fn enter(&self) -> Result<(), CallError> {
        set_ns(self.as_fd()).map_err(|error| CallError::new("setns", "network namespace", error))
    }

    /// Calls `work` in it, on a thread made for that, and returns what it returns.
    ///
    /// # Errors
    /// [`CallError`] if the namespace cannot be entered; `work` is not called then.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, CallError> {
        in_thread(|| self.enter().map(|()| work()))
    }
}

impl AsFd for NetNs {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fd.as_fd()
    }
}

/// Calls `work` on a thread of its own, so that what it changes about its thread ends with it. A panic goes on here.
fn in_thread<T: Send>(work: impl FnOnce() -> Result<T, CallError> + Send) -> Result<T, CallError> {
    thread::scope(|scope| {
        let thread = thread::Builder::new()
            .spawn_scoped(scope, work)
            .map_err(|error| CallError::new("clone", "a thread", error))?;
        thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn set_ns(fd: BorrowedFd<'_>) -> io::Result<()> {
    // SAFETY: setns takes no pointers.
    check(unsafe { libc::setns(fd.as_raw_fd(), libc::CLONE_NEWNET) }).map(drop)
}

/// Makes `command` start its program in `netns`. The program inherits no handle of it.
///
/// # Errors
/// [`CallError`] if there are no more file descriptors. Whether the namespace can be entered shows when `command` is
/// spawned.
pub fn command_in<'a>(command: &'a mut Command, netns: &NetNs) -> Result<&'a mut Command, CallError> {
    let netns = netns.try_clone()?;
    // SAFETY: between fork and exec the closure makes one system call on a descriptor that it owns, and allocates nothing.
    Ok(unsafe { command.pre_exec(move || set_ns(netns.as_fd())) })
}

/// Makes `command` start its program in a mount namespace of its own, in which each of `files` (where it is, where it
/// appears) covers what is there on this machine. Nobody else sees that.
///
/// # Errors
/// [`CallError`] if a path has a NUL. Whether it can be done shows when `command` is spawned: it takes CAP_SYS_ADMIN, and
/// both files must exist.
///
/// # Source
/// mount_namespaces(7).
pub fn command_with_files<'a>(
    command: &'a mut Command,
    files: &[(PathBuf, PathBuf)],
) -> Result<&'a mut Command, CallError> {
    let path = |path: &Path| c_path(path).map_err(|error| CallError::new("mount", path.display().to_string(), error));
    let mut mounts = Vec::new();
    for (source, target) in files {
        mounts.push((path(source)?, path(target)?));
    }
    // SAFETY: between fork and exec the closure makes system calls on strings that it owns, and allocates nothing.
    Ok(unsafe {
        command.pre_exec(move || {
            check(libc::unshare(libc::CLONE_NEWNS))?;
            mount(None, c"/", libc::MS_REC | libc::MS_PRIVATE)?;
            for (source, target) in &mounts {
                mount(Some(source), target, libc::MS_BIND)?;
            }
            Ok(())
        })
    })
}

/// Makes the kernel kill the program that `command` starts (SIGKILL) when the thread that spawned it ends.
///
/// The *thread*: spawn from one that lives as long as the program shall, not from a worker. A program that is set-user-ID
/// or has file capabilities, such as ping, loses the order when it starts, and children of the program never have it.
///
/// # Source
/// PR_SET_PDEATHSIG(2const).
pub fn die_with_parent(command: &mut Command) -> &mut Command {
    // The kernel reads a long.
    const SIGNAL: libc::c_ulong = libc::SIGKILL.cast_unsigned() as libc::c_ulong;
    let parent = std::process::id();
    // SAFETY: between fork and exec the closure makes two system calls without pointers, and allocates nothing.
    unsafe {
        command.pre_exec(move || {
            check(libc::prctl(libc::PR_SET_PDEATHSIG, SIGNAL))?;
            // The parent may have died before the order was given. From another PID namespace it reads as 0.
            let found = u32::try_from(libc::getppid()).unwrap_or(0);
            if found == parent || found == 0 { Ok(()) } else { Err(io::Error::from_raw_os_error(libc::ESRCH)) }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::process::Stdio;
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_is_no_namespace_is_not_entered() {
        let error = NetNs::open("/no/such/file").unwrap_err();
        assert_eq!(error.to_string(), "open /no/such/file: No such file or directory");
        let error = NetNs::open("/dev/null").unwrap().run(|| ()).unwrap_err();
        assert_eq!((error.call, error.errno()), ("setns", Some(libc::EINVAL)));
    }

    #[test]
    fn a_path_with_a_nul_is_refused_before_the_kernel_sees_it() {
        let error = bind_mount("/etc/ho\0sts", "/etc/hosts").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput);
    }

    #[test]
    fn a_child_dies_with_the_thread_that_spawned_it() {
        // cat waits for as long as its input is open, and ends with status 0 when it is closed.
        let spawn = || die_with_parent(Command::new("cat").stdin(Stdio::piped())).spawn().unwrap();
        let mut child = thread::scope(|scope| scope.spawn(spawn).join().unwrap());
        let input = child.stdin.take();
        let (sender, receiver) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(move || sender.send(child.wait().unwrap()));
            let status = receiver.recv_timeout(Duration::from_secs(60));
            drop(input);
            assert_eq!(status.unwrap().signal(), Some(libc::SIGKILL));
        });
    }
}
