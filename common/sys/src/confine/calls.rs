//! System calls by what they are for.
//!
//! What is in none of these lists and has a number that was known when they were written is refused: programs to run, other
//! processes, mounts, namespaces, modules, keys, BPF, and the like.

use libc::c_long;

use super::{Profile, Reads, Removes};

/// What becomes of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is done.
    Allowed,
    /// EPERM.
    Refused,
    /// ENOSYS: whoever asks has another way, which can be judged by its arguments.
    Absent,
    /// It depends on the arguments.
    Judged(Argument),
}

/// Which argument decides, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    /// socket(2): the family and the type.
    SocketKind,
    /// clone(2): a thread, and no process.
    Thread,
    /// clone(2): a thread or a process, and no namespace.
    Process,
    /// open(2) and openat(2): nothing is written. The flags are the argument of this number.
    ReadOnly(u32),
    /// ioctl(2): no octet is typed into a terminal for others to read, and nobody is signalled.
    Request,
    /// fcntl(2): nobody is signalled when a descriptor is ready.
    Command,
    /// socketpair(2): Unix-domain sockets, whose two ends are ours.
    Pair,
    /// sendto(2), sendmsg(2) and sendmmsg(2): to who is connected, or by datagrams. With MSG_FASTOPEN they are connect(2), which neither
    /// its own verdict nor Landlock sees; a listening socket that is shut down can do so, too. The flags are the argument of this number.
    Send(u32),
    /// mmap(2) and mprotect(2): memory that holds no instructions.
    Data,
    /// unlinkat(2): an empty folder, and no file.
    Folder,
    /// The first argument is this process, or zero.
    OwnProcess,
    /// prctl(2): what concerns the thread that asks.
    OwnThread,
}

/// The first number that was not known when the lists were written.
pub(super) const END: usize = 463;

/// Since 424 a call has the same number everywhere; the libc crate does not have all of these for every C library.
const IO_URING_SETUP: c_long = 425;
const PIDFD_OPEN: c_long = 434;
const CLONE3: c_long = 435;
const CLOSE_RANGE: c_long = 436;
const OPENAT2: c_long = 437;
const FACCESSAT2: c_long = 439;
const EPOLL_PWAIT2: c_long = 441;
const FUTEX_WAITV: c_long = 449;
const MAP_SHADOW_STACK: c_long = 453;
const FUTEX_WAKE: c_long = 454;
const FUTEX_WAIT: c_long = 455;
const FUTEX_REQUEUE: c_long = 456;
const MSEAL: c_long = 462;
pub(super) const LANDLOCK_CREATE_RULESET: c_long = 444;
pub(super) const LANDLOCK_ADD_RULE: c_long = 445;
pub(super) const LANDLOCK_RESTRICT_SELF: c_long = 446;

/// Memory, time, threads, signals, and descriptors that are open: none of it reaches beyond this process and its descriptors.
///
/// Each gap between their numbers costs two instructions: some are here for their neighbours' sake, and what is harmless but
/// never called is not.
const ALWAYS: &[c_long] = &[
    // Descriptors.
    libc::SYS_read,
    libc::SYS_write,
    libc::SYS_readv,
    libc::SYS_writev,
    libc::SYS_pread64,
    libc::SYS_pwrite64,
    libc::SYS_preadv,
    libc::SYS_pwritev,
    libc::SYS_preadv2,
    libc::SYS_pwritev2,
    libc::SYS_lseek,
    libc::SYS_close,
    CLOSE_RANGE,
    libc::SYS_dup,
    libc::SYS_dup3,
    libc::SYS_flock,
    libc::SYS_fsync,
    libc::SYS_fdatasync,
    libc::SYS_ftruncate,
    libc::SYS_fallocate,
    libc::SYS_sync_file_range,
    libc::SYS_sendfile,
    libc::SYS_splice,
    libc::SYS_copy_file_range,
    libc::SYS_pipe2,
    libc::SYS_eventfd2,
    libc::SYS_epoll_create1,
    libc::SYS_epoll_ctl,
    libc::SYS_epoll_pwait,
    EPOLL_PWAIT2,
    libc::SYS_ppoll,
    libc::SYS_pselect6,
    // What a file is. fstat(3) is one of these with an empty path.
    libc::SYS_fstat,
    libc::SYS_newfstatat,
    libc::SYS_statx,
    // Sockets that are there.
    libc::SYS_getsockname,
    libc::SYS_getpeername,
    libc::SYS_getsockopt,
    libc::SYS_setsockopt,
    libc::SYS_recvfrom,
    libc::SYS_recvmsg,
    libc::SYS_recvmmsg,
    libc::SYS_shutdown,
    // Memory.
    libc::SYS_brk,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_msync,
    libc::SYS_mlock2,
    libc::SYS_membarrier,
    MAP_SHADOW_STACK,
    // Time.
    libc::SYS_clock_gettime,
    libc::SYS_clock_getres,
    libc::SYS_clock_nanosleep,
    libc::SYS_nanosleep,
    libc::SYS_gettimeofday,
    libc::SYS_getitimer,
    libc::SYS_setitimer,
    libc::SYS_times,
    // Threads and signals.
    libc::SYS_futex,
    libc::SYS_set_robust_list,
    libc::SYS_get_robust_list,
    libc::SYS_set_tid_address,
    libc::SYS_rseq,
    libc::SYS_sched_yield,
    libc::SYS_sched_getaffinity,
    libc::SYS_getcpu,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigpending,
    libc::SYS_rt_sigsuspend,
    libc::SYS_rt_sigtimedwait,
    libc::SYS_sigaltstack,
    libc::SYS_restart_syscall,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_wait4,
    // Who and where we are.
    libc::SYS_getpid,
    libc::SYS_getppid,
    libc::SYS_gettid,
    libc::SYS_getpgid,
    libc::SYS_getsid,
    libc::SYS_getuid,
    libc::SYS_geteuid,
    libc::SYS_getgid,
    libc::SYS_getegid,
    libc::SYS_getresuid,
    libc::SYS_getresgid,
    libc::SYS_getgroups,
    libc::SYS_capget,
    libc::SYS_getrusage,
    libc::SYS_sysinfo,
    libc::SYS_uname,
    libc::SYS_umask,
    libc::SYS_getrandom,
    // What can only make it less.
    libc::SYS_capset,
    libc::SYS_seccomp,
    LANDLOCK_CREATE_RULESET,
    LANDLOCK_ADD_RULE,
    LANDLOCK_RESTRICT_SELF,
];

/// Calls of the first days, which newer architectures do without.
#[cfg(target_arch = "x86_64")]
const ALWAYS_HERE: &[c_long] = &[
    libc::SYS_stat,
    libc::SYS_lstat,
    libc::SYS_dup2,
    libc::SYS_pipe,
    libc::SYS_poll,
    libc::SYS_select,
    libc::SYS_epoll_wait,
    libc::SYS_eventfd,
    libc::SYS_time,
    libc::SYS_alarm,
    libc::SYS_pause,
    libc::SYS_getpgrp,
    libc::SYS_arch_prctl,
    libc::SYS_getrlimit,
];
#[cfg(not(target_arch = "x86_64"))]
const ALWAYS_HERE: &[c_long] = &[];

/// Judged by their arguments whatever the profile.
const JUDGED: &[(c_long, Argument)] = &[
    (libc::SYS_ioctl, Argument::Request),
    (libc::SYS_fcntl, Argument::Command),
    (libc::SYS_tgkill, Argument::OwnProcess),
    (libc::SYS_tkill, Argument::OwnProcess),
    (libc::SYS_prlimit64, Argument::OwnProcess),
    (libc::SYS_prctl, Argument::OwnThread),
    (libc::SYS_sendto, Argument::Send(3)),
    (libc::SYS_sendmsg, Argument::Send(2)),
    (libc::SYS_sendmmsg, Argument::Send(3)),
];

/// What has another way: clone(2) and openat(2) show the filter their flags, which these keep behind a pointer; and what C libraries
/// of the time to come may try first, which take EPERM for a fault of their own.
const ABSENT: &[c_long] =
    &[CLONE3, OPENAT2, FACCESSAT2, IO_URING_SETUP, FUTEX_WAITV, FUTEX_WAKE, FUTEX_WAIT, FUTEX_REQUEUE, MSEAL];

/// What modules of the C library may wait and speak to services by, beside what they read.
const MODULES: &[c_long] = &[
    libc::SYS_memfd_create,
    libc::SYS_signalfd4,
    libc::SYS_timerfd_create,
    libc::SYS_timerfd_settime,
    libc::SYS_timerfd_gettime,
    libc::SYS_inotify_init1,
];

/// What makes memory that may hold instructions, as that of a module.
const MAPS: &[c_long] = &[libc::SYS_mmap, libc::SYS_mprotect];

/// To look at names in a file system.
const READS: &[c_long] = &[
    libc::SYS_faccessat,
    libc::SYS_readlinkat,
    libc::SYS_getdents64,
    libc::SYS_getcwd,
    libc::SYS_statfs,
    libc::SYS_fstatfs,
    libc::SYS_fadvise64,
];
#[cfg(target_arch = "x86_64")]
const READS_HERE: &[c_long] = &[libc::SYS_access, libc::SYS_readlink, libc::SYS_getdents];
#[cfg(not(target_arch = "x86_64"))]
const READS_HERE: &[c_long] = &[];

const RENAMES: &[c_long] = &[libc::SYS_renameat2, libc::SYS_linkat, libc::SYS_unlinkat];
#[cfg(target_arch = "x86_64")]
const RENAMES_HERE: &[c_long] = &[libc::SYS_rename, libc::SYS_renameat, libc::SYS_link, libc::SYS_unlink];
#[cfg(target_arch = "aarch64")]
const RENAMES_HERE: &[c_long] = &[38 /* renameat, which the libc crate leaves out */];
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const RENAMES_HERE: &[c_long] = &[];

/// unlink(2) and rmdir(2) where they are calls of their own.
#[cfg(target_arch = "x86_64")]
const REMOVES_FILES_HERE: &[c_long] = &[libc::SYS_unlink];
#[cfg(target_arch = "x86_64")]
const REMOVES_FOLDERS_HERE: &[c_long] = &[libc::SYS_rmdir];
#[cfg(not(target_arch = "x86_64"))]
const REMOVES_FILES_HERE: &[c_long] = &[];
#[cfg(not(target_arch = "x86_64"))]
const REMOVES_FOLDERS_HERE: &[c_long] = &[];

/// fork(2) where it is a call of its own: not every C library goes by clone(2).
#[cfg(target_arch = "x86_64")]
const FORKS_HERE: &[c_long] = &[libc::SYS_fork];
#[cfg(not(target_arch = "x86_64"))]
const FORKS_HERE: &[c_long] = &[];

/// open(2) in its forms, and which argument has the flags.
#[cfg(target_arch = "x86_64")]
const OPENS: &[(c_long, u32)] = &[(libc::SYS_openat, 2), (libc::SYS_open, 1)];
#[cfg(not(target_arch = "x86_64"))]
const OPENS: &[(c_long, u32)] = &[(libc::SYS_openat, 2)];

/// The verdict about each call, by its number.
pub(super) fn verdicts(profile: &Profile) -> [Verdict; END] {
    let mut verdicts = [Verdict::Refused; END];
    let mut set = |numbers: &[c_long], verdict| {
        for number in numbers {
            if let Some(slot) = usize::try_from(*number).ok().and_then(|number| verdicts.get_mut(number)) {
                *slot = verdict;
            }
        }
    };
    set(ALWAYS, Verdict::Allowed);
    set(ALWAYS_HERE, Verdict::Allowed);
    set(ABSENT, Verdict::Absent);
    for (number, argument) in JUDGED {
        set(&[*number], Verdict::Judged(*argument));
    }
    let clone = if profile.forks { Argument::Process } else { Argument::Thread };
    set(&[libc::SYS_clone], Verdict::Judged(clone));
    set(MAPS, if profile.modules { Verdict::Allowed } else { Verdict::Judged(Argument::Data) });
    if profile.removes == Removes::Folders {
        set(&[libc::SYS_unlinkat], Verdict::Judged(Argument::Folder));
    }
    if profile.modules {
        set(&[libc::SYS_socketpair], Verdict::Judged(Argument::Pair));
    }
    let mut allow = |wanted: bool, numbers: &[c_long]| {
        if wanted {
            set(numbers, Verdict::Allowed);
        }
    };
    allow(profile.connects, &[libc::SYS_connect]);
    allow(profile.binds, &[libc::SYS_bind]);
    allow(profile.listens, &[libc::SYS_listen]);
    allow(profile.accepts, &[libc::SYS_accept4, libc::SYS_accept]);
    allow(profile.modules, MODULES);
    allow(profile.forks, &[PIDFD_OPEN, libc::SYS_waitid]);
    allow(profile.forks, FORKS_HERE);
    allow(profile.removes != Removes::Nothing, REMOVES_FOLDERS_HERE);
    let removes_files = matches!(profile.removes, Removes::Beneath(_));
    allow(removes_files, &[libc::SYS_unlinkat]);
    allow(removes_files, REMOVES_FILES_HERE);
    allow(profile.renames, RENAMES);
    allow(profile.renames, RENAMES_HERE);
    let reads = profile.reads != Reads::Nothing;
    allow(reads, READS);
    allow(reads, READS_HERE);
    if reads {
        for (number, flags) in OPENS {
            set(&[*number], Verdict::Judged(Argument::ReadOnly(*flags)));
        }
    }
    if !profile.sockets.is_empty() {
        set(&[libc::SYS_socket], Verdict::Judged(Argument::SocketKind));
    }
    verdicts
}
