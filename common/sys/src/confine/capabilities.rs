//! Capabilities, and the user of a set-user-ID start.
//!
//! # Source
//! capabilities(7), capget(2).

use std::io;

use crate::error::check;

/// A capability by its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capability(pub u32);

impl Capability {
    /// Passes over the permissions of files.
    pub const DAC_OVERRIDE: Self = Self(1);
    /// Reads what others may not.
    pub const DAC_READ_SEARCH: Self = Self(2);
    /// Binds to ports below 1024.
    pub const NET_BIND_SERVICE: Self = Self(10);
    /// Changes interfaces and sockets of others.
    pub const NET_ADMIN: Self = Self(12);
    /// Makes raw and packet sockets.
    pub const NET_RAW: Self = Self(13);
    /// Sees the descriptors of others' processes.
    pub const SYS_PTRACE: Self = Self(19);

    /// As in capabilities(7).
    pub fn name(self) -> &'static str {
        match self {
            Self::DAC_OVERRIDE => "CAP_DAC_OVERRIDE",
            Self::DAC_READ_SEARCH => "CAP_DAC_READ_SEARCH",
            Self::NET_BIND_SERVICE => "CAP_NET_BIND_SERVICE",
            Self::NET_ADMIN => "CAP_NET_ADMIN",
            Self::NET_RAW => "CAP_NET_RAW",
            Self::SYS_PTRACE => "CAP_SYS_PTRACE",
            _ => "another capability",
        }
    }

    fn bit(self) -> u64 {
        1_u64.checked_shl(self.0).unwrap_or(0)
    }
}

/// _LINUX_CAPABILITY_VERSION_3: 64 bits in two halves.
const VERSION_3: u32 = 0x2008_0522;

#[repr(C)]
struct Header {
    version: u32,
    pid: i32,
}

#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Half {
    effective: u32,
    permitted: u32,
    inheritable: u32,
}

/// Drops every capability of this thread but those in `keeps`, from the bounding set too, and becomes the user who started it
/// if that is another. Returns how many were held and are no more.
///
/// # Errors
/// What the first call that failed said; those after it are tried all the same.
pub(super) fn drop_all_but(keeps: &[Capability]) -> io::Result<u32> {
    drop_sets(keeps, drop_from_bounding_set)
}

/// As [`drop_all_but`], but leaves the bounding set, which takes a call for each capability: for who can run no program.
pub(super) fn drop_held() -> io::Result<u32> {
    drop_sets(&[], || Ok(()))
}

fn drop_sets(keeps: &[Capability], bound: impl FnOnce() -> io::Result<()>) -> io::Result<u32> {
    let kept = keeps.iter().fold(0, |mask, capability| mask | capability.bit());
    let mut held = sets()?;
    let permitted = join(held.map(|half| half.permitted));
    let goes = permitted & !kept;
    // Before the capability to do so goes, with its user perhaps: nothing that is run gets any back.
    let bounded = if goes == 0 { Ok(()) } else { bound() };
    let user = become_who_started_us();
    if goes == 0 && matches!(user, Ok(false)) {
        return Ok(0);
    }
    for (half, kept) in held.iter_mut().zip(split(kept)) {
        half.permitted &= kept;
        // What set-user-ID has taken away when the user went does not come back.
        half.effective = half.permitted;
        half.inheritable = 0;
    }
    let header = Header { version: VERSION_3, pid: 0 };
    // SAFETY: capset reads the header and two halves, which is what version 3 has.
    check_long(unsafe { libc::syscall(libc::SYS_capset, &raw const header, held.as_ptr()) })?;
    user?;
    bounded?;
    Ok(goes.count_ones())
}

fn sets() -> io::Result<[Half; 2]> {
    let mut header = Header { version: VERSION_3, pid: 0 };
    let mut halves = [Half::default(); 2];
    // SAFETY: capget writes the two halves of version 3, and the version into the header if it knows none such.
    check_long(unsafe { libc::syscall(libc::SYS_capget, &raw mut header, halves.as_mut_ptr()) })?;
    Ok(halves)
}

/// No program is run that could gain any, kept ones included. A bounding set that cannot be made smaller is none of our doing: only
/// who has CAP_SETPCAP may.
fn drop_from_bounding_set() -> io::Result<()> {
    for number in 0..u64::BITS {
        let zero: libc::c_ulong = 0;
        // SAFETY: this prctl takes numbers and no pointers.
        let dropped = unsafe { libc::prctl(libc::PR_CAPBSET_DROP, libc::c_ulong::from(number), zero, zero, zero) };
        if let Err(error) = check(dropped) {
            return match error.raw_os_error() {
                // The first that this kernel does not know.
                Some(libc::EINVAL | libc::EPERM) => Ok(()),
                _ => Err(error),
            };
        }
    }
    Ok(())
}

/// After a set-user-ID start the real user is who called. Returns whether there was another.
fn become_who_started_us() -> io::Result<bool> {
    // SAFETY: these calls take nothing and cannot fail.
    let (uid, euid, gid, egid) = unsafe { (libc::getuid(), libc::geteuid(), libc::getgid(), libc::getegid()) };
    if egid != gid {
        // SAFETY: three numbers. The saved one goes too, so that there is no way back.
        check(unsafe { libc::setresgid(gid, gid, gid) })?;
    }
    if euid == uid {
        return Ok(false);
    }
    // Capabilities that are kept survive a change of user only with this, until the next execve(2).
    let (one, zero): (libc::c_ulong, libc::c_ulong) = (1, 0);
    // SAFETY: this prctl takes numbers and no pointers.
    check(unsafe { libc::prctl(libc::PR_SET_KEEPCAPS, one, zero, zero, zero) })?;
    // SAFETY: three numbers.
    check(unsafe { libc::setresuid(uid, uid, uid) })?;
    Ok(true)
}

fn join([low, high]: [u32; 2]) -> u64 {
    u64::from(low) | u64::from(high) << 32
}

fn split(mask: u64) -> [u32; 2] {
    [u32::try_from(mask & u64::from(u32::MAX)).unwrap_or(0), u32::try_from(mask >> 32).unwrap_or(0)]
}

fn check_long(returned: libc::c_long) -> io::Result<()> {
    if returned == -1 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
