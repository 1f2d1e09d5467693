//! Landlock: rules about files, TCP ports and signals that a process makes for itself.
//!
//! # Source
//! landlock(7), landlock_create_ruleset(2), landlock_add_rule(2), landlock_restrict_self(2).

use std::ffi::CString;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use super::calls::{
    LANDLOCK_ADD_RULE as ADD_RULE, LANDLOCK_CREATE_RULESET as CREATE_RULESET, LANDLOCK_RESTRICT_SELF as RESTRICT_SELF,
};
use super::{Profile, Reads, Removes};
use crate::error::check;

const CREATE_RULESET_VERSION: u32 = 1;
const RULE_PATH_BENEATH: u32 = 1;
const RULE_NET_PORT: u32 = 2;

const READ_FILE: u64 = 1 << 2;
const READ_DIR: u64 = 1 << 3;
const REMOVE_DIR: u64 = 1 << 4;
const REMOVE_FILE: u64 = 1 << 5;
const MAKE_SOCK: u64 = 1 << 9;

/// What each version of the interface can refuse about files: the count of the rights that it knows, all of the lowest bits.
const FILE_RIGHTS: [(u32, u32); 4] = [(5, 16), (3, 15), (2, 14), (1, 13)];
/// The first version with rights about TCP, and those.
const TCP_SINCE: u32 = 4;
const BIND_TCP: u64 = 1 << 0;
const CONNECT_TCP: u64 = 1 << 1;
/// The first version with scopes: abstract Unix-domain sockets and processes outside are out of reach.
const SCOPES_SINCE: u32 = 6;
const SCOPE_ABSTRACT_UNIX: u64 = 1 << 0;
const SCOPE_SIGNAL: u64 = 1 << 1;

/// `struct landlock_ruleset_attr`. A kernel takes fields that it does not know while they are zero.
#[repr(C)]
#[derive(Debug, PartialEq, Eq)]
struct Ruleset {
    files: u64,
    tcp: u64,
    scoped: u64,
}

/// `struct landlock_path_beneath_attr`.
#[repr(C, packed)]
struct PathBeneath {
    allowed: u64,
    parent: i32,
}

/// `struct landlock_net_port_attr`.
#[repr(C)]
struct NetPort {
    allowed: u64,
    port: u64,
}

/// Restricts this thread to what `profile` says of files, TCP and processes. Returns the version of the interface.
///
/// # Errors
/// ENOSYS if the kernel does not have Landlock, EOPNOTSUPP if it is switched off; EMFILE, ENFILE or ENOMEM if there is no room for a
/// rule. Nothing is restricted then.
pub(super) fn restrict(profile: &Profile) -> io::Result<u32> {
    let none: *const Ruleset = std::ptr::null();
    // SAFETY: with this flag the call takes no attributes and returns a number.
    let version = unsafe { libc::syscall(CREATE_RULESET, none, 0_usize, CREATE_RULESET_VERSION) };
    let version = u32::try_from(version).map_err(|_| io::Error::last_os_error())?;
    let ruleset = Ruleset::of(profile, version);
    // SAFETY: the kernel reads as many octets as the structure has.
    let made = unsafe { libc::syscall(CREATE_RULESET, &raw const ruleset, size_of::<Ruleset>(), 0_u32) };
    let made = check(i32::try_from(made).unwrap_or(-1))?;
    // SAFETY: the descriptor is new and ours.
    let made = unsafe { OwnedFd::from_raw_fd(made) };
    if let Reads::Beneath(paths) = &profile.reads {
        for path in paths {
            // A right about folders is refused of what is none.
            allow_beneath(&made, path, if path.is_dir() { READ_FILE | READ_DIR } else { READ_FILE })?;
        }
    }
    if let Removes::Beneath(paths) = &profile.removes {
        for path in paths {
            allow_beneath(&made, path, REMOVE_FILE | REMOVE_DIR)?;
        }
    }
    if ruleset.tcp & CONNECT_TCP != 0 && profile.connects {
        for port in &profile.tcp_ports {
            allow_connecting(&made, *port)?;
        }
    }
    // SAFETY: a descriptor and flags.
    let restricted = unsafe { libc::syscall(RESTRICT_SELF, made.as_raw_fd(), 0_u32) };
    check(i32::try_from(restricted).unwrap_or(-1))?;
    Ok(version)
}

/// Whether there are rules about ports.
pub(super) fn knows_tcp(version: u32) -> bool {
    version >= TCP_SINCE
}

impl Ruleset {
    /// What is refused where no rule allows it.
    fn of(profile: &Profile, version: u32) -> Self {
        let known =
            FILE_RIGHTS.iter().find(|(since, _)| version >= *since).map_or(0, |(_, count)| (1_u64 << count) - 1);
        let mut files = known;
        if profile.reads == Reads::Anything {
            files &= !(READ_FILE | READ_DIR);
        }
        if profile.removes == Removes::Folders {
            files &= !REMOVE_DIR;
        }
        // A module may bind before it asks its service. Others bind to ports.
        let has_names = profile.binds && profile.modules;
        if has_names {
            files &= !MAKE_SOCK;
        }
        let mut tcp = 0;
        if knows_tcp(version) {
            tcp |= if profile.binds { 0 } else { BIND_TCP };
            tcp |= if profile.connects && profile.tcp_ports.is_empty() { 0 } else { CONNECT_TCP };
        }
        let mut scoped = 0;
        if version >= SCOPES_SINCE {
            scoped |= SCOPE_SIGNAL;
            scoped |= if has_names { 0 } else { SCOPE_ABSTRACT_UNIX };
        }
        Self { files, tcp, scoped }
    }
}

/// A path that is not there needs no rule: it cannot be opened either. What keeps this process from looking, as the limit of
/// descriptors does, says nothing about the path: without its rule it would be refused to who may open it. A pipe or a socket by its
/// descriptor (/dev/fd/63) is in no folder, and Landlock, which refuses the rule, does not refuse to open it.
fn allow_beneath(ruleset: &OwnedFd, path: &Path, allowed: u64) -> io::Result<()> {
    let name = CString::new(path.as_os_str().as_bytes()).map_err(|_| io::ErrorKind::InvalidInput)?;
    // SAFETY: the path ends with its NUL. O_PATH opens nothing but the place.
    let place = unsafe { libc::open(name.as_ptr(), libc::O_PATH | libc::O_CLOEXEC) };
    let place = match check(place) {
        Ok(place) => place,
        Err(error) if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM)) => {
            return Err(error);
        }
        Err(_) => return Ok(()),
    };
    // SAFETY: the descriptor is new and ours.
    let place = unsafe { OwnedFd::from_raw_fd(place) };
    let rule = PathBeneath { allowed, parent: place.as_raw_fd() };
    // SAFETY: the kernel reads one structure of this type.
    let added = unsafe { libc::syscall(ADD_RULE, ruleset.as_raw_fd(), RULE_PATH_BENEATH, &raw const rule, 0_u32) };
    match check(i32::try_from(added).unwrap_or(-1)) {
        Err(error) if error.raw_os_error() != Some(libc::EBADFD) => Err(error),
        _ => Ok(()),
    }
}

fn allow_connecting(ruleset: &OwnedFd, port: u16) -> io::Result<()> {
    let rule = NetPort { allowed: CONNECT_TCP, port: port.into() };
    // SAFETY: the kernel reads one structure of this type.
    let added = unsafe { libc::syscall(ADD_RULE, ruleset.as_raw_fd(), RULE_NET_PORT, &raw const rule, 0_u32) };
    check(i32::try_from(added).unwrap_or(-1)).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_is_asked_for_what_it_knows() {
        let nothing = Profile::default();
        let expected = [(1, 0x1fff, 0, 0), (2, 0x3fff, 0, 0), (3, 0x7fff, 0, 0), (4, 0x7fff, 3, 0), (5, 0xffff, 3, 0)];
        for (version, files, tcp, scoped) in expected {
            assert_eq!(Ruleset::of(&nothing, version), Ruleset { files, tcp, scoped }, "version {version}");
        }
        for version in [6, 7, 99] {
            assert_eq!(Ruleset::of(&nothing, version), Ruleset { files: 0xffff, tcp: 3, scoped: 3 });
        }
    }

    #[test]
    fn what_a_profile_needs_is_left_out() {
        let names = Profile::default().with_names();
        let Ruleset { files, tcp, scoped } = Ruleset::of(&names, 7);
        assert_eq!(files & (READ_FILE | READ_DIR | MAKE_SOCK), 0);
        assert_eq!((tcp, scoped), (0, SCOPE_SIGNAL));
        // Ports are named by rules, which need what has them to be refused first; before version 4 there are none.
        let ports = Profile { connects: true, binds: true, tcp_ports: vec![53], ..Profile::default() };
        assert_eq!([3, 4].map(|version| Ruleset::of(&ports, version).tcp), [0, CONNECT_TCP]);
        assert_eq!(Ruleset::of(&ports.with_names(), 7).tcp, 0);
        // Programs are refused whatever is needed.
        let folders = Profile { removes: Removes::Folders, ..Profile::default() };
        assert_eq!(Ruleset::of(&folders, 7).files, 0xffff & !REMOVE_DIR);
        for profile in [names, folders] {
            assert_eq!(Ruleset::of(&profile, 7).files & 1, 1);
        }
        // Who binds to ports makes no socket files, and speaks to no abstract socket.
        let binds = Profile { connects: true, binds: true, ..Profile::default() };
        assert_eq!(Ruleset::of(&binds, 7), Ruleset { files: 0xffff, tcp: 0, scoped: 3 });
    }
}
