//! The filter of system calls: a [`Profile`] as a program of the classic BPF, and seccomp(2).
//!
//! The verdicts of all calls are cut into ranges of numbers with the same verdict, and the program looks for the range by
//! halves: the kernel runs it once for every number when it takes it, and compiles it, so that its length is what it costs.
//!
//! # Source
//! seccomp(2); Linux, Documentation/userspace-api/seccomp_filter.rst.

use std::io;

use libc::sock_filter;

use super::calls::{Argument, END, Verdict, verdicts};
use super::{Profile, SocketKind};

/// AUDIT_ARCH_*: which architecture's numbers a call has.
#[cfg(target_arch = "x86_64")]
const ARCHITECTURE: Option<u32> = Some(0xc000_003e);
#[cfg(all(target_arch = "aarch64", target_endian = "little"))]
const ARCHITECTURE: Option<u32> = Some(0xc000_00b7);
#[cfg(target_arch = "riscv64")]
const ARCHITECTURE: Option<u32> = Some(0xc000_00f3);
/// Elsewhere the numbers, or the order of clone(2)'s arguments, were not looked at.
#[cfg(not(any(
    target_arch = "x86_64",
    all(target_arch = "aarch64", target_endian = "little"),
    target_arch = "riscv64"
)))]
const ARCHITECTURE: Option<u32> = None;

/// Where `struct seccomp_data` has what is judged.
const NUMBER_AT: u32 = 0;
const ARCHITECTURE_AT: u32 = 4;
const ARGUMENTS_AT: u32 = 16;

const LOAD: u16 = 0x20;
const AND: u16 = 0x54;
const JUMP: u16 = 0x05;
const JUMP_IF_EQUAL: u16 = 0x15;
const JUMP_IF_AT_LEAST: u16 = 0x35;
const JUMP_IF_ANY_BIT: u16 = 0x45;
const RETURN: u16 = 0x06;

const ALLOW: u32 = 0x7fff_0000;
const ERRNO: u32 = 0x0005_0000;
const EPERM: u32 = ERRNO | 0x01;
const ENOSYS: u32 = ERRNO | 0x26;

const SET_MODE_FILTER: libc::c_uint = 1;
/// Kernels before 5.16 otherwise run every filtered process without speculative loads, for the sake of code that it may have
/// been given to run. We run none.
const SPEC_ALLOW: libc::c_uint = 1 << 2;

/// Flags of socket(2) in its type.
const SOCKET_TYPE: u32 = 0xf;
/// O_ACCMODE, O_CREAT, O_TRUNC, O_APPEND and what makes O_TMPFILE of O_DIRECTORY: none of them where nothing is written.
const WRITING: u32 = 0o3 | 0o100 | 0o1000 | 0o2000 | 0o20_000_000;
/// AT_REMOVEDIR.
const FOLDER: u32 = 0x200;
/// MSG_FASTOPEN.
const CONNECTING: u32 = 0x2000_0000;
/// CLONE_NEWNS and its kin.
const NEW_NAMESPACES: u32 = 0x7e02_0000 | 0x80;
const THREAD: u32 = 0x0001_0000;
/// TIOCSTI and TIOCLINUX, which type into a terminal as if its user had; TIOCSETD, which puts a driver of the kernel between
/// it and who reads; TIOCSCTTY and TIOCSPGRP, by which it signals others; FIOSETOWN and SIOCSPGRP, as `SIGNALLING`.
const REQUESTS: [u32; 7] = [0x5412, 0x541c, 0x5423, 0x540e, 0x5410, 0x8901, 0x8902];
/// F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE and F_NOTIFY: a descriptor that is ready sends a signal to whom they name.
const SIGNALLING: [u32; 5] = [8, 10, 15, 1024, 1026];
/// PROT_EXEC.
const EXECUTABLE: u32 = 4;
/// PR_SET_PDEATHSIG, PR_SET_NAME, PR_GET_NAME, PR_CAPBSET_READ, PR_SET_TIMERSLACK, PR_GET_TIMERSLACK, PR_SET_NO_NEW_PRIVS,
/// PR_GET_NO_NEW_PRIVS, PR_CAP_AMBIENT and PR_SET_VMA, by which glibc names its memory.
const OWN_THREAD: [u32; 10] = [1, 15, 16, 23, 29, 30, 38, 39, 47, 0x5356_4d41];

/// Has the kernel judge every call of this thread from now on. Returns the length of the program.
///
/// # Errors
/// EINVAL or ENOSYS if the kernel has no filters, `Unsupported` on an architecture whose numbers are not known here, and
/// whatever a container makes of seccomp(2).
pub(super) fn install(profile: &Profile) -> io::Result<usize> {
    let Some(architecture) = ARCHITECTURE else { return Err(io::ErrorKind::Unsupported.into()) };
    let mut program = program(profile, architecture, std::process::id());
    let len = program.len();
    let program = libc::sock_fprog {
        len: u16::try_from(len).map_err(|_| io::ErrorKind::InvalidInput)?,
        filter: program.as_mut_ptr(),
    };
    match set_filter(SPEC_ALLOW, &program) {
        // Before Linux 4.17 the flag is unknown.
        Err(error) if error.raw_os_error() == Some(libc::EINVAL) => set_filter(0, &program)?,
        other => other?,
    }
    Ok(len)
}

fn set_filter(flags: libc::c_uint, program: &libc::sock_fprog) -> io::Result<()> {
    // SAFETY: the kernel reads `len` instructions, which live until it is back.
    let set = unsafe { libc::syscall(libc::SYS_seccomp, SET_MODE_FILTER, flags, std::ptr::from_ref(program)) };
    match set {
        0 => Ok(()),
        _ => Err(io::Error::last_os_error()),
    }
}

/// The whole program.
fn program(profile: &Profile, architecture: u32, pid: u32) -> Vec<sock_filter> {
    let verdicts = verdicts(profile);
    let mut ranges: Vec<(u32, Verdict)> = Vec::new();
    for (number, verdict) in (0..).zip(verdicts) {
        if ranges.last().is_none_or(|(_, last)| *last != verdict) {
            ranges.push((number, verdict));
        }
    }
    // Numbers of kernels to come, and those of the x32 interface.
    ranges.push((u32::try_from(END).unwrap_or(u32::MAX), Verdict::Absent));
    let mut program = vec![
        load(ARCHITECTURE_AT),
        instruction(JUMP_IF_EQUAL, architecture, 1, 0),
        // A call by the table of another architecture, as by `int 0x80`: it has other numbers.
        returns(ENOSYS),
        load(NUMBER_AT),
    ];
    let sockets: Vec<SocketKind> = profile.distinct_sockets().copied().collect();
    let mut reversed = Vec::with_capacity(512);
    search(&ranges, &|verdict| leaf(verdict, &sockets, pid), &mut reversed);
    program.extend(reversed.into_iter().rev());
    program
}

/// Finds the range of the number by halves. The code is written from its end, so that each jump knows how much it passes over: every
/// run of a tool waits for this.
fn search(ranges: &[(u32, Verdict)], leaf: &dyn Fn(Verdict) -> Vec<sock_filter>, reversed: &mut Vec<sock_filter>) {
    let (low, high) = ranges.split_at(ranges.len() / 2);
    let Some((middle, verdict)) = high.first() else { return reversed.push(returns(EPERM)) };
    if low.is_empty() {
        return reversed.extend(leaf(*verdict).into_iter().rev());
    }
    search(high, leaf, reversed);
    let end = reversed.len();
    search(low, leaf, reversed);
    let low_len = reversed.len() - end;
    // A conditional jump goes no further than 255 instructions.
    if let Ok(over) = u8::try_from(low_len) {
        reversed.push(instruction(JUMP_IF_AT_LEAST, *middle, over, 0));
    } else {
        let over = u32::try_from(low_len).unwrap_or(u32::MAX);
        reversed.extend([instruction(JUMP, over, 0, 0), instruction(JUMP_IF_AT_LEAST, *middle, 0, 1)]);
    }
}

/// What is done about one call.
fn leaf(verdict: Verdict, sockets: &[SocketKind], pid: u32) -> Vec<sock_filter> {
    let refused_if = |jump, bits| vec![instruction(jump, bits, 0, 1), returns(EPERM), returns(ALLOW)];
    let with_argument = |number, rest: Vec<sock_filter>| {
        let mut code = vec![load(argument(number))];
        code.extend(rest);
        code
    };
    match verdict {
        Verdict::Allowed => vec![returns(ALLOW)],
        Verdict::Refused => vec![returns(EPERM)],
        Verdict::Absent => vec![returns(ENOSYS)],
        Verdict::Judged(Argument::SocketKind) => socket_kinds(sockets),
        Verdict::Judged(Argument::Thread) => {
            with_argument(0, vec![instruction(JUMP_IF_ANY_BIT, THREAD, 1, 0), returns(EPERM), returns(ALLOW)])
        }
        Verdict::Judged(Argument::Process) => with_argument(0, refused_if(JUMP_IF_ANY_BIT, NEW_NAMESPACES)),
        Verdict::Judged(Argument::ReadOnly(flags)) => with_argument(flags, refused_if(JUMP_IF_ANY_BIT, WRITING)),
        Verdict::Judged(Argument::Request) => with_argument(1, none_of(&REQUESTS)),
        Verdict::Judged(Argument::Command) => with_argument(1, none_of(&SIGNALLING)),
        Verdict::Judged(Argument::Pair) => {
            with_argument(0, vec![equal(libc::AF_UNIX, 1, 0), returns(EPERM), returns(ALLOW)])
        }
        Verdict::Judged(Argument::Send(flags)) => with_argument(flags, refused_if(JUMP_IF_ANY_BIT, CONNECTING)),
        Verdict::Judged(Argument::Data) => with_argument(2, refused_if(JUMP_IF_ANY_BIT, EXECUTABLE)),
        Verdict::Judged(Argument::Folder) => with_argument(2, one_of(&[FOLDER])),
        Verdict::Judged(Argument::OwnProcess) => with_argument(0, one_of(&[0, pid])),
        Verdict::Judged(Argument::OwnThread) => with_argument(0, one_of(&OWN_THREAD)),
    }
}

/// The family, and where only one is wanted the type.
fn socket_kinds(kinds: &[SocketKind]) -> Vec<sock_filter> {
    let mut code = Vec::new();
    for kind in kinds {
        code.push(load(argument(0)));
        let Some(socktype) = kind.socktype else {
            code.extend(match kind.family {
                libc::AF_NETLINK => netlink_protocols(),
                family => vec![equal(family, 0, 1), returns(ALLOW)],
            });
            continue;
        };
        let allow = match usual_protocol(kind.family, socktype) {
            Some(protocol) => vec![load(argument(2)), equal(0, 1, 0), equal(protocol, 0, 1), returns(ALLOW)],
            None => vec![returns(ALLOW)],
        };
        // Four instructions at most.
        let over = u8::try_from(allow.len()).unwrap_or(u8::MAX);
        code.extend([
            equal(kind.family, 0, over.saturating_add(3)),
            load(argument(1)),
            instruction(AND, SOCKET_TYPE, 0, 0),
            equal(socktype, 0, over),
        ]);
        code.extend(allow);
    }
    code.push(returns(EPERM));
    code
}

/// Of the kernel's subsystems those that are asked: interfaces and sockets. Behind the others, such as nf_tables, is much code that a
/// user without privileges reaches in a namespace alone.
fn netlink_protocols() -> Vec<sock_filter> {
    vec![
        equal(libc::AF_NETLINK, 0, 5),
        load(argument(2)),
        equal(libc::NETLINK_ROUTE, 1, 0),
        equal(libc::NETLINK_SOCK_DIAG, 0, 1),
        returns(ALLOW),
        returns(EPERM),
    ]
}

/// The protocol besides zero that a socket of the Internet families may have whose type is named: TCP or UDP. With others, such as
/// SCTP, socket(2) loads modules into the kernel.
fn usual_protocol(family: i32, socktype: i32) -> Option<i32> {
    match (family, socktype) {
        (libc::AF_INET | libc::AF_INET6, libc::SOCK_STREAM) => Some(libc::IPPROTO_TCP),
        (libc::AF_INET | libc::AF_INET6, libc::SOCK_DGRAM) => Some(libc::IPPROTO_UDP),
        _ => None,
    }
}

fn one_of(values: &[u32]) -> Vec<sock_filter> {
    let mut code = Vec::new();
    for value in values {
        code.extend([instruction(JUMP_IF_EQUAL, *value, 0, 1), returns(ALLOW)]);
    }
    code.push(returns(EPERM));
    code
}

fn none_of(values: &[u32]) -> Vec<sock_filter> {
    let mut code = Vec::new();
    for value in values {
        code.extend([instruction(JUMP_IF_EQUAL, *value, 0, 1), returns(EPERM)]);
    }
    code.push(returns(ALLOW));
    code
}

/// Where the low half of an argument is. All that are judged are of 32 bits, and the kernel looks at no more of them either.
fn argument(number: u32) -> u32 {
    ARGUMENTS_AT.saturating_add(number.saturating_mul(8))
}

fn load(at: u32) -> sock_filter {
    instruction(LOAD, at, 0, 0)
}

fn returns(action: u32) -> sock_filter {
    instruction(RETURN, action, 0, 0)
}

fn equal(value: i32, then: u8, otherwise: u8) -> sock_filter {
    instruction(JUMP_IF_EQUAL, u32::from_ne_bytes(value.to_ne_bytes()), then, otherwise)
}

fn instruction(code: u16, k: u32, jt: u8, jf: u8) -> sock_filter {
    sock_filter { code, jt, jf, k }
}

#[cfg(test)]
mod tests {
    use libc::c_long;
    use proptest::prelude::*;

    use super::*;
    use crate::confine::{Reads, Removes};

    const HERE: u32 = 0xc000_003e;
    const PID: u32 = 4711;

    /// What the kernel does with the program.
    fn run(program: &[sock_filter], architecture: u32, number: u32, arguments: [u32; 4]) -> u32 {
        let [first, second, third, fourth] = arguments;
        let (mut at, mut held) = (0, 0);
        loop {
            let sock_filter { code, jt, jf, k } = program[at];
            at += 1;
            let mut jump = |yes: bool| at += usize::from(if yes { jt } else { jf });
            match code {
                LOAD => {
                    let data = [number, architecture, 0, 0, first, 0, second, 0, third, 0, fourth, 0];
                    held = *data.get(k as usize / 4).unwrap();
                }
                AND => held &= k,
                JUMP => at += k as usize,
                JUMP_IF_EQUAL => jump(held == k),
                JUMP_IF_AT_LEAST => jump(held >= k),
                JUMP_IF_ANY_BIT => jump(held & k != 0),
                RETURN => return k,
                other => panic!("no such instruction: {other:#x}"),
            }
        }
    }

    fn call(profile: &Profile, number: c_long, [first, second, third]: [u32; 3]) -> u32 {
        run(&program(profile, HERE, PID), HERE, u32::try_from(number).unwrap(), [first, second, third, 0])
    }

    fn some_profile() -> impl Strategy<Value = Profile> {
        let reads = prop_oneof![Just(Reads::Nothing), Just(Reads::Anything), Just(Reads::Beneath(Vec::new()))];
        let removes = prop_oneof![Just(Removes::Nothing), Just(Removes::Folders), Just(Removes::Beneath(Vec::new()))];
        let sockets = proptest::collection::vec((0..45, proptest::option::of(1..6)), 0..20);
        let flags = proptest::array::uniform8(any::<bool>());
        (reads, removes, flags, sockets).prop_map(
            |(reads, removes, [modules, renames, connects, binds, listens, accepts, forks, sees], sockets)| {
                let sockets = sockets.into_iter().map(|(family, socktype)| SocketKind { family, socktype }).collect();
                Profile {
                    reads,
                    removes,
                    renames,
                    modules,
                    sockets,
                    connects,
                    binds,
                    listens,
                    accepts,
                    forks,
                    sees_processes: sees,
                    tcp_ports: Vec::new(),
                    keeps: Vec::new(),
                }
            },
        )
    }

    proptest! {
        /// The program says of every number what the table says, whatever the profile, and never runs past its end.
        #[test]
        fn the_program_is_the_table(profile in some_profile(), arguments in any::<[u32; 4]>()) {
            let program = program(&profile, HERE, PID);
            prop_assert!(program.len() <= 4096, "BPF_MAXINSNS");
            for (number, verdict) in (0..).zip(verdicts(&profile)) {
                let said = run(&program, HERE, number, arguments);
                match verdict {
                    Verdict::Allowed => prop_assert_eq!(said, ALLOW),
                    Verdict::Refused => prop_assert_eq!(said, EPERM),
                    Verdict::Absent => prop_assert_eq!(said, ENOSYS),
                    Verdict::Judged(_) => prop_assert!(said == ALLOW || said == EPERM),
                }
            }
        }

        /// No profile lets a program be run, another process be touched, or a namespace be entered.
        #[test]
        fn some_calls_no_profile_allows(profile in some_profile(), arguments in any::<[u32; 3]>()) {
            let never = [
                libc::SYS_execve, libc::SYS_execveat, libc::SYS_ptrace, libc::SYS_process_vm_readv, libc::SYS_kill,
                libc::SYS_mount, libc::SYS_setns, libc::SYS_unshare, libc::SYS_bpf, libc::SYS_init_module, libc::SYS_setuid,
                libc::SYS_io_uring_setup, libc::SYS_clone3, libc::SYS_openat2, libc::SYS_pidfd_send_signal, libc::SYS_keyctl,
                libc::SYS_perf_event_open, libc::SYS_userfaultfd, libc::SYS_chroot, libc::SYS_open_by_handle_at,
            ];
            for number in never {
                prop_assert_ne!(call(&profile, number, arguments), ALLOW, "{}", number);
            }
        }

        #[test]
        fn numbers_of_kernels_to_come_and_of_other_tables_are_absent(number in u32::try_from(END).unwrap().., other in any::<u32>()) {
            let program = program(&Profile::default(), HERE, PID);
            prop_assert_eq!(run(&program, HERE, number, [0; 4]), ENOSYS);
            prop_assert_eq!(run(&program, if other == HERE { 0 } else { other }, 1, [0; 4]), ENOSYS);
        }
    }

    #[test]
    fn sockets_are_judged_by_family_and_type() {
        let inet = u32::try_from(libc::AF_INET).unwrap();
        let stream = u32::try_from(libc::SOCK_STREAM | libc::SOCK_CLOEXEC | libc::SOCK_NONBLOCK).unwrap();
        let raw = u32::try_from(libc::SOCK_RAW).unwrap();
        let sockets = vec![SocketKind::family(libc::AF_UNIX), SocketKind::new(libc::AF_INET, libc::SOCK_STREAM)];
        let profile = Profile { sockets, ..Profile::default() };
        assert_eq!(call(&profile, libc::SYS_socket, [inet, stream, 0]), ALLOW);
        assert_eq!(call(&profile, libc::SYS_socket, [inet, raw, 0]), EPERM);
        let protocols = [libc::IPPROTO_TCP, libc::IPPROTO_SCTP, libc::IPPROTO_MPTCP]
            .map(|protocol| u32::try_from(protocol).unwrap());
        assert_eq!(
            protocols.map(|protocol| call(&profile, libc::SYS_socket, [inet, stream, protocol])),
            [ALLOW, EPERM, EPERM]
        );
        assert_eq!(call(&profile, libc::SYS_socket, [1, raw, 0]), ALLOW);
        assert_eq!(call(&profile, libc::SYS_socket, [17, raw, 0]), EPERM);
        assert_eq!(call(&Profile::default(), libc::SYS_socket, [inet, stream, 0]), EPERM);
    }

    /// sendto(2) and its kin connect a TCP socket, a listening one that was shut down too, without connect(2).
    #[test]
    fn what_is_sent_connects_nothing() {
        let names = Profile::default().with_names();
        let fast_open = u32::try_from(libc::MSG_FASTOPEN | libc::MSG_NOSIGNAL).unwrap();
        let usual = u32::try_from(libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT).unwrap();
        for profile in [Profile::default(), Profile { connects: true, ..Profile::default() }, names] {
            let program = program(&profile, HERE, PID);
            for (number, flags_at) in [(libc::SYS_sendto, 3), (libc::SYS_sendmsg, 2), (libc::SYS_sendmmsg, 3)] {
                for (flags, verdict) in [(fast_open, EPERM), (usual, ALLOW)] {
                    let mut arguments = [!fast_open; 4];
                    arguments[flags_at] = flags;
                    assert_eq!(run(&program, HERE, u32::try_from(number).unwrap(), arguments), verdict, "{number}");
                }
            }
        }
    }

    #[test]
    fn netlink_is_for_interfaces_and_sockets() {
        let netlink = u32::try_from(libc::AF_NETLINK).unwrap();
        let inet6 = u32::try_from(libc::AF_INET6).unwrap();
        let raw = u32::try_from(libc::SOCK_RAW).unwrap();
        let profile = Profile::default().with_names();
        let protocols = [libc::NETLINK_ROUTE, libc::NETLINK_SOCK_DIAG, libc::NETLINK_NETFILTER, libc::NETLINK_XFRM];
        let verdicts = protocols
            .map(|protocol| call(&profile, libc::SYS_socket, [netlink, raw, u32::try_from(protocol).unwrap()]));
        assert_eq!(verdicts, [ALLOW, ALLOW, EPERM, EPERM]);
        // What stands behind it is still looked at.
        let sockets = vec![SocketKind::family(libc::AF_NETLINK), SocketKind::family(libc::AF_INET6)];
        let both = Profile { sockets, ..Profile::default() };
        assert_eq!(call(&both, libc::SYS_socket, [inet6, raw, 58]), ALLOW);
    }

    #[test]
    fn files_are_judged_by_how_they_are_opened() {
        let reads = Profile { reads: Reads::Anything, ..Profile::default() };
        let flags = |flags: i32| [0, 0, u32::try_from(flags).unwrap()];
        for (open, reading) in [
            (libc::O_RDONLY | libc::O_CLOEXEC | libc::O_DIRECTORY, ALLOW),
            (libc::O_PATH, ALLOW),
            (libc::O_WRONLY, EPERM),
            (libc::O_RDWR, EPERM),
            (libc::O_RDONLY | libc::O_CREAT, EPERM),
            (libc::O_RDONLY | libc::O_TRUNC, EPERM),
        ] {
            assert_eq!(call(&reads, libc::SYS_openat, flags(open)), reading, "{open:o}");
            assert_eq!(call(&Profile::default(), libc::SYS_openat, flags(open)), EPERM, "{open:o}");
        }
    }

    /// rmdir(3) is unlinkat(2) with AT_REMOVEDIR where it is no call of its own.
    #[test]
    fn who_removes_folders_removes_no_file() {
        let [nothing, folders, files] = [Removes::Nothing, Removes::Folders, Removes::Beneath(Vec::new())]
            .map(|removes| Profile { removes, ..Profile::default() });
        for (profile, file, folder) in [(nothing, EPERM, EPERM), (folders, EPERM, ALLOW), (files, ALLOW, ALLOW)] {
            for (flags, verdict) in [(0, file), (FOLDER, folder)] {
                assert_eq!(call(&profile, libc::SYS_unlinkat, [0, 0, flags]), verdict, "{profile:?} {flags:#x}");
            }
            #[cfg(target_arch = "x86_64")]
            for (number, verdict) in [(libc::SYS_unlink, file), (libc::SYS_rmdir, folder)] {
                assert_eq!(call(&profile, number, [0; 3]), verdict, "{profile:?} {number}");
            }
        }
    }

    #[test]
    fn threads_are_no_processes() {
        let forks = Profile { forks: true, ..Profile::default() };
        // As pthread_create(3), fork(3) and unshare(1) call it.
        for (flags, threads, processes) in [
            (0x003d_0f00, ALLOW, ALLOW),
            (0x0120_0011, EPERM, ALLOW),
            (0x1000_0011, EPERM, EPERM),
            (0x4000_0011, EPERM, EPERM),
        ] {
            assert_eq!(call(&Profile::default(), libc::SYS_clone, [flags, 0, 0]), threads, "{flags:#x}");
            assert_eq!(call(&forks, libc::SYS_clone, [flags, 0, 0]), processes, "{flags:#x}");
        }
    }

    /// Not every C library forks by clone(2), and none takes EPERM from a call that it tries first.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn other_c_libraries_have_their_way() {
        let forks = Profile { forks: true, ..Profile::default() };
        assert_eq!(call(&forks, libc::SYS_fork, [0; 3]), ALLOW);
        assert_eq!(call(&Profile::default(), libc::SYS_fork, [0; 3]), EPERM);
        // clone3, openat2, faccessat2, futex_waitv, futex_wake, futex_wait, futex_requeue and mseal.
        for number in [435, 437, 439, 449, 454, 455, 456, 462] {
            assert_eq!(call(&forks, number, [0; 3]), ENOSYS, "{number}");
        }
        // clock_gettime, gettimeofday, time and getcpu where there is no vDSO; map_shadow_stack.
        for number in [228, 96, 201, 309, 453] {
            assert_eq!(call(&Profile::default(), number, [0; 3]), ALLOW, "{number}");
        }
        // Modules of the C library, which come with names, may be loaded; elsewhere no memory holds instructions.
        let names = Profile::default().with_names();
        let reads = Profile { reads: Reads::Anything, ..Profile::default() };
        for (profile, verdict) in [(&names, ALLOW), (&reads, EPERM), (&forks, EPERM)] {
            for number in [libc::SYS_mmap, libc::SYS_mprotect] {
                assert_eq!(call(profile, number, [0, 0, EXECUTABLE]), verdict);
                assert_eq!(call(profile, number, [0, 0, 3]), ALLOW);
            }
        }
    }

    #[test]
    fn signals_and_limits_are_for_this_process() {
        for number in [libc::SYS_tgkill, libc::SYS_prlimit64] {
            assert_eq!(call(&Profile::default(), number, [PID, 0, 0]), ALLOW);
            assert_eq!(call(&Profile::default(), number, [1, 0, 0]), EPERM);
        }
        assert_eq!(call(&Profile::default(), libc::SYS_ioctl, [0, 0x5401, 0]), ALLOW);
        for request in [libc::TIOCSTI, libc::TIOCSETD, libc::TIOCSCTTY, libc::TIOCSPGRP] {
            let request = u32::try_from(request).unwrap();
            assert_eq!(call(&Profile::default(), libc::SYS_ioctl, [0, request, 0]), EPERM, "{request:#x}");
        }
        for command in [libc::F_SETOWN, 10 /* F_SETSIG */, libc::F_SETLEASE] {
            let command = u32::try_from(command).unwrap();
            assert_eq!(call(&Profile::default(), libc::SYS_fcntl, [0, command, 0]), EPERM, "{command}");
        }
        for command in [libc::F_GETFL, libc::F_SETFL, libc::F_DUPFD_CLOEXEC, libc::F_SETPIPE_SZ] {
            let command = u32::try_from(command).unwrap();
            assert_eq!(call(&Profile::default(), libc::SYS_fcntl, [0, command, 0]), ALLOW, "{command}");
        }
        assert_eq!(call(&Profile::default(), libc::SYS_prctl, [15, 0, 0]), ALLOW);
        assert_eq!(call(&Profile::default(), libc::SYS_prctl, [4, 1, 0]), EPERM);
    }
}
