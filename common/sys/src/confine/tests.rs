//! On threads of their own, which are confined instead of the test: what is confined stays so.

#![expect(clippy::disallowed_methods, reason = "what is refused is tried")]

use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd as _, FromRawFd as _, OwnedFd};
use std::os::linux::net::SocketAddrExt as _;
use std::os::unix::net::{SocketAddr as UnixAddr, UnixDatagram};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use super::*;

/// What `tried` says on a thread that has entered `profile`.
fn within<T: Send + 'static>(profile: Profile, tried: impl FnOnce() -> T + Send + 'static) -> T {
    let confined = std::thread::spawn(move || {
        let confinement = profile.enter();
        assert_eq!(missing(&confinement), Vec::<String>::new());
        tried()
    });
    confined.join().unwrap()
}

/// What did not take hold. Landlock may be missing, where nobody says that all has to be there.
fn missing(confinement: &Confinement) -> Vec<String> {
    let is_required = std::env::var_os("SOCKEYE_REQUIRE").is_some();
    confinement.gaps().into_iter().filter(|gap| is_required || !gap.starts_with("Landlock")).collect()
}

fn socket(family: i32, socktype: i32) -> io::Result<()> {
    // SAFETY: three numbers.
    let made = check(unsafe { libc::socket(family, socktype | libc::SOCK_CLOEXEC, 0) })?;
    // SAFETY: the descriptor is ours and nobody else knows it.
    unsafe { libc::close(made) };
    Ok(())
}

/// Not there, so that one that is not refused ends no test.
fn exec() -> Option<i32> {
    Command::new("/nowhere/at/all").exec().raw_os_error()
}

fn status(field: &str) -> String {
    let status = fs::read_to_string("/proc/thread-self/status").unwrap();
    status.lines().find_map(|line| line.strip_prefix(field)).unwrap().trim().to_owned()
}

#[test]
fn nothing_means_nothing() {
    assert_eq!(exec(), Some(libc::ENOENT), "not confined yet");
    within(Profile::default(), || {
        assert_eq!(exec(), Some(libc::EPERM));
        assert_eq!(File::open("/proc/version").unwrap_err().raw_os_error(), Some(libc::EPERM));
        assert_eq!(fs::read_dir("/").unwrap_err().raw_os_error(), Some(libc::EPERM));
        assert_eq!(File::create("/tmp/nothing").unwrap_err().raw_os_error(), Some(libc::EPERM));
        for family in [libc::AF_INET, libc::AF_INET6, libc::AF_UNIX, libc::AF_NETLINK, libc::AF_PACKET] {
            assert_eq!(socket(family, libc::SOCK_DGRAM).unwrap_err().raw_os_error(), Some(libc::EPERM), "{family}");
        }
        assert!(Command::new("true").spawn().is_err(), "no process");
        // What the work itself needs goes on.
        let (reader, writer) = io::pipe().unwrap();
        drop((reader, writer));
        assert_eq!(std::thread::spawn(|| vec![1_u8; 1 << 22].len()).join().unwrap(), 1 << 22);
        // Its thread is confined too.
        assert_eq!(std::thread::spawn(exec).join().unwrap(), Some(libc::EPERM));
    });
}

#[test]
fn what_a_profile_names_can_be_done() {
    let sockets = vec![SocketKind::new(libc::AF_INET, libc::SOCK_DGRAM)];
    let profile = Profile { reads: Reads::Anything, sockets, ..Profile::default() };
    within(profile, || {
        assert_eq!(status("Seccomp:"), "2");
        assert_eq!(status("NoNewPrivs:"), "1");
        for set in ["CapInh:", "CapPrm:", "CapEff:", "CapAmb:"] {
            assert_eq!(u64::from_str_radix(&status(set), 16), Ok(0), "{set}");
        }
        socket(libc::AF_INET, libc::SOCK_DGRAM).unwrap();
        assert_eq!(socket(libc::AF_INET, libc::SOCK_STREAM).unwrap_err().raw_os_error(), Some(libc::EPERM));
        assert!(File::create("/tmp/nothing").is_err());
        assert_eq!(exec(), Some(libc::EPERM));
    });
}

#[test]
fn kinds_of_sockets_are_named_once() {
    let kinds = [SocketKind::new(libc::AF_UNIX, libc::SOCK_DGRAM), INTERFACE_NAMES, NETLINK];
    let mut profile = Profile { sockets: kinds.to_vec(), ..Profile::default() };
    assert_eq!(profile.allows(), ["make sockets of AF_UNIX SOCK_DGRAM; AF_NETLINK"]);
    profile.sockets.extend([SocketKind::family(libc::AF_UNIX); 2]);
    assert_eq!(profile.allows(), ["make sockets of AF_NETLINK; AF_UNIX"]);
}

#[test]
fn files_are_told_apart_by_where_they_are() {
    let profile = Profile { reads: Reads::Beneath(vec!["/proc/version".into(), "/etc".into()]), ..Profile::default() };
    let has_landlock = std::thread::spawn(|| Profile::default().enter().landlock.is_ok()).join().unwrap();
    within(profile, move || {
        File::open("/proc/version").unwrap();
        File::open("/etc/passwd").unwrap();
        // By Landlock: seccomp(2) does not see paths.
        let other = File::open("/proc/uptime").err().and_then(|error| error.raw_os_error());
        assert_eq!(other, has_landlock.then_some(libc::EACCES));
    });
}

/// A new folder with a file in it and an empty folder.
fn furnished(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("sockeye-confine-{name}-{}", std::process::id()));
    fs::create_dir_all(folder.join("empty")).unwrap();
    File::create(folder.join("file")).unwrap();
    folder
}

#[test]
fn what_is_removed_is_told_apart_by_what_and_where_it_is() {
    let [ours, others] = ["ours", "others"].map(furnished);
    let remove = |folder: &std::path::Path| {
        [fs::remove_file(folder.join("file")), fs::remove_dir(folder.join("empty"))]
            .map(|removed| removed.err().and_then(|error| error.raw_os_error()))
    };
    let has_landlock = std::thread::spawn(|| Profile::default().enter().landlock.is_ok()).join().unwrap();
    if has_landlock {
        let profile = Profile { removes: Removes::Beneath(vec![ours.clone()]), ..Profile::default() };
        assert_eq!(profile.allows(), [format!("remove what is in {}", ours.display())]);
        let folders = [ours.clone(), others.clone()];
        let said = within(profile, move || folders.map(|folder| remove(&folder)));
        assert_eq!(said, [[None; 2], [Some(libc::EACCES); 2]]);
    }
    let profile = Profile { removes: Removes::Folders, ..Profile::default() };
    assert_eq!(profile.allows(), ["remove empty folders"]);
    let folder = others.clone();
    assert_eq!(within(profile, move || remove(&folder)), [Some(libc::EPERM), None]);
    for folder in [ours, others] {
        fs::remove_dir_all(folder).unwrap();
    }
}

/// A pipe is in no folder, and no reason to do without rules for the rest.
#[test]
fn a_pipe_is_read_by_its_path() {
    let (reader, mut writer) = io::pipe().unwrap();
    io::Write::write_all(&mut writer, b"through").unwrap();
    drop(writer);
    let path = PathBuf::from(format!("/dev/fd/{}", reader.as_raw_fd()));
    let profile = Profile::default().with_files(vec![path.clone(), "/proc/version".into()]);
    let has_landlock = std::thread::spawn(|| Profile::default().enter().landlock.is_ok()).join().unwrap();
    within(profile, move || {
        assert_eq!(fs::read_to_string(path).unwrap(), "through");
        File::open("/proc/version").unwrap();
        assert_eq!(File::open("/proc/uptime").is_err(), has_landlock);
    });
}

/// Where a profile names ports and Landlock knows none, that is a gap.
#[test]
fn ports_that_nobody_holds_are_told() {
    let gaps = |landlock, names_ports| {
        let confinement = Confinement {
            no_new_privs: Ok(()),
            seccomp: Ok(Some(1)),
            landlock: Ok(landlock),
            names_ports,
            limits: Ok(false),
            capabilities: Ok(0),
        };
        confinement.gaps()
    };
    assert_eq!(gaps(Some(3), true), ["ports of TCP: Landlock 3 knows none"]);
    for (landlock, names_ports) in [(Some(3), false), (Some(4), true), (None, true)] {
        assert_eq!(gaps(landlock, names_ports), Vec::<String>::new(), "{landlock:?} {names_ports}");
    }
}

/// Who binds to a port makes no socket file, and reaches nobody by an abstract name.
#[test]
fn sockets_of_the_internet_are_no_way_to_others() {
    let path = std::env::temp_dir().join(format!("sockeye-confine-socket-{}", std::process::id()));
    let name = format!("sockeye-confine-{}", std::process::id());
    let address = UnixAddr::from_abstract_name(&name).unwrap();
    let receiver = UnixDatagram::bind_addr(&address).unwrap();
    let profile = Profile { sockets: vec![INTERFACE_NAMES], connects: true, binds: true, ..Profile::default() };
    let version = std::thread::spawn(|| Profile::default().enter().landlock.ok().flatten()).join().unwrap();
    let place = path.clone();
    within(profile, move || {
        let bound = UnixDatagram::bind(&place).err().and_then(|error| error.raw_os_error());
        assert_eq!(bound, version.map(|_| libc::EACCES));
        let sent = UnixDatagram::unbound().unwrap().send_to_addr(b"x", &address);
        assert_eq!(sent.is_err(), version.is_some_and(|version| version >= 6), "{sent:?}");
    });
    drop(receiver);
    let _ = fs::remove_file(path);
}

#[test]
fn capabilities_are_kept_by_name() {
    let profile = Profile { reads: Reads::Anything, keeps: vec![Capability::NET_RAW], ..Profile::default() };
    let before = u64::from_str_radix(&status("CapPrm:"), 16).unwrap();
    within(profile, move || {
        let raw = 1 << Capability::NET_RAW.0;
        assert_eq!(u64::from_str_radix(&status("CapEff:"), 16).unwrap(), before & raw);
    });
}

/// What a name needs of the C library goes on, and a program does not.
#[test]
fn names_are_resolved_within() {
    within(Profile::default().with_names(), || {
        let hints = crate::addrinfo::Hints {
            flags: crate::addrinfo::AiFlags::EMPTY,
            family: crate::Family::UNSPEC,
            socktype: crate::SockType::STREAM,
            protocol: crate::Protocol::TCP,
        };
        assert!(!crate::addrinfo::lookup(Some("localhost"), Some("http"), &hints).unwrap().is_empty());
        assert_eq!(exec(), Some(libc::EPERM));
    });
}

#[test]
fn entered_twice_it_only_becomes_less() {
    let reads = Profile { reads: Reads::Anything, ..Profile::default() };
    within(reads.clone(), move || {
        File::open("/proc/version").unwrap();
        assert!(missing(&Profile::default().enter()).is_empty());
        assert!(File::open("/proc/version").is_err());
        assert!(missing(&reads.enter()).is_empty());
        assert!(File::open("/proc/version").is_err());
    });
}

/// A call by its number, and what it says: its error, or 0.
fn raw(number: libc::c_long, arguments: [libc::c_long; 4]) -> i32 {
    let [first, second, third, fourth] = arguments;
    // SAFETY: what is called here writes to no memory of ours: the arguments are numbers and null pointers.
    let said = unsafe { libc::syscall(number, first, second, third, fourth) };
    if said == -1 { io::Error::last_os_error().raw_os_error().unwrap_or(0) } else { 0 }
}

/// By what code that a peer has smuggled in would go on: each call with arguments for which it says something else otherwise.
fn ways_out() -> Vec<(&'static str, i32, i32)> {
    let own = libc::c_long::from(std::process::id());
    let page = 4096;
    let executable = libc::c_long::from(libc::PROT_READ | libc::PROT_EXEC);
    let anonymous = libc::c_long::from(libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
    let number = libc::c_long::from;
    vec![
        ("memory that can be run", raw(libc::SYS_mmap, [0, page, executable, anonymous]), libc::EPERM),
        ("memory made so", raw(libc::SYS_mprotect, [0, 0, executable, 0]), libc::EPERM),
        ("a file in memory", raw(libc::SYS_memfd_create, [0, 0, 0, 0]), libc::EPERM),
        ("io_uring", raw(libc::SYS_io_uring_setup, [0, 0, 0, 0]), libc::ENOSYS),
        ("another's memory", raw(libc::SYS_process_vm_readv, [own, 0, 0, 0]), libc::EPERM),
        ("a signal", raw(libc::SYS_kill, [own, 0, 0, 0]), libc::EPERM),
        ("a signal to a thread", raw(libc::SYS_tgkill, [1, 1, 0, 0]), libc::EPERM),
        ("a signal by readiness", raw(libc::SYS_fcntl, [0, number(libc::F_SETOWN), own, 0]), libc::EPERM),
        ("keys typed for others", raw(libc::SYS_ioctl, [-1, 0x5412, 0, 0]), libc::EPERM),
        ("dumps of this process", raw(libc::SYS_prctl, [number(libc::PR_SET_DUMPABLE), 1, 0, 0]), libc::EPERM),
        ("a pair of sockets", raw(libc::SYS_socketpair, [number(libc::AF_UNIX), 1, 0, 0]), libc::EPERM),
        ("keys of the kernel", raw(libc::SYS_keyctl, [0, -3, 0, 0]), libc::EPERM),
        ("programs in the kernel", raw(libc::SYS_bpf, [-1, 0, 0, 0]), libc::EPERM),
        ("namespaces", raw(libc::SYS_unshare, [0, 0, 0, 0]), libc::EPERM),
        ("shared memory", raw(libc::SYS_shmget, [0, 0, 0, 0]), libc::EPERM),
        ("clone3", raw(libc::SYS_clone3, [0, 0, 0, 0]), libc::ENOSYS),
    ]
}

#[test]
fn code_from_a_peer_has_no_way_on() {
    for (name, said, refused) in ways_out() {
        assert_ne!(said, refused, "{name}: not confined yet");
    }
    within(Profile::default(), || {
        for (name, said, refused) in ways_out() {
            assert_eq!(said, refused, "{name}");
        }
    });
}

/// A socket of TCP that listens at a port of loopback.
fn listening() -> (OwnedFd, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener.into(), port)
}

/// Sends an octet to a port of loopback by a TCP socket without connect(2).
fn send_without_connecting(socket: &OwnedFd, port: u16) -> i32 {
    let to = libc::sockaddr_in {
        sin_family: libc::sa_family_t::try_from(libc::AF_INET).unwrap(),
        sin_port: port.to_be(),
        sin_addr: libc::in_addr { s_addr: u32::from(std::net::Ipv4Addr::LOCALHOST).to_be() },
        sin_zero: [0; 8],
    };
    let len = libc::socklen_t::try_from(size_of_val(&to)).unwrap();
    let flags = libc::MSG_FASTOPEN | libc::MSG_NOSIGNAL;
    // SAFETY: the call reads one octet, and the address with its length.
    let sent =
        unsafe { libc::sendto(socket.as_raw_fd(), [0_u8].as_ptr().cast(), 1, flags, (&raw const to).cast(), len) };
    if sent == -1 { io::Error::last_os_error().raw_os_error().unwrap() } else { 0 }
}

/// What listens is a socket like others once it is shut down, and sendto(2) connects it.
#[test]
fn a_listener_is_no_way_to_others() {
    let ((_elsewhere, port), (before, _), (inside, _)) = (listening(), listening(), listening());
    let send = move |socket: &OwnedFd| {
        // SAFETY: two numbers.
        check(unsafe { libc::shutdown(socket.as_raw_fd(), libc::SHUT_RD) }).unwrap();
        send_without_connecting(socket, port)
    };
    // The administrator may have switched it off (net.ipv4.tcp_fastopen).
    assert!([0, libc::EOPNOTSUPP].contains(&send(&before)));
    assert_eq!(within(Profile { accepts: true, ..Profile::default() }, move || send(&inside)), libc::EPERM);
}

#[test]
fn tcp_is_connected_to_ports_that_are_named() {
    let ((_named, named), (_other, other)) = (listening(), listening());
    let sockets = [libc::SOCK_STREAM, libc::SOCK_DGRAM].map(|socktype| SocketKind::new(libc::AF_INET, socktype));
    let profile =
        Profile { sockets: sockets.into(), connects: true, binds: true, tcp_ports: vec![named], ..Profile::default() };
    assert!(profile.allows().contains(&format!("connect, of TCP to port {named} alone")));
    let version = std::thread::spawn(|| Profile::default().enter().landlock.ok().flatten()).join().unwrap();
    within(profile, move || {
        let at = |port| SocketAddr::from(([127, 0, 0, 1], port));
        TcpStream::connect(at(named)).unwrap();
        // By Landlock: seccomp(2) does not see addresses.
        let refused = TcpStream::connect(at(other)).err().and_then(|error| error.raw_os_error());
        assert_eq!(refused, version.is_some_and(|version| version >= 4).then_some(libc::EACCES));
        // SAFETY: three numbers.
        let socket = check(unsafe { libc::socket(libc::AF_INET, libc::SOCK_STREAM | libc::SOCK_CLOEXEC, 0) }).unwrap();
        // SAFETY: the descriptor is new and ours.
        let socket = unsafe { OwnedFd::from_raw_fd(socket) };
        assert_eq!(send_without_connecting(&socket, other), libc::EPERM);
        UdpSocket::bind(at(0)).unwrap().connect(at(other)).unwrap();
    });
}

/// The numbers of other tables are not a way around the filter: getpid(2) is asked for.
#[cfg(target_arch = "x86_64")]
#[test]
fn other_tables_of_calls_are_absent() {
    within(Profile::default(), || {
        const X32: libc::c_long = 0x4000_0000;
        assert_eq!(raw(libc::SYS_getpid, [0; 4]), 0);
        assert_eq!(raw(X32 | libc::SYS_getpid, [0; 4]), libc::ENOSYS);
        let said: i32;
        // SAFETY: getpid(2) of the 32-bit table, which takes nothing and writes nowhere. A kernel without that table ends the
        // process by a signal, which no filter could, so that the test is about kernels that have it.
        unsafe {
            std::arch::asm!("int 0x80", inlateout("eax") 20 => said, out("r8") _, out("r9") _, out("r10") _, out("r11") _);
        };
        assert_eq!(said, -libc::ENOSYS);
    });
}

/// The limits are those of the whole process: in a process of its own.
#[test]
fn a_brief_run_makes_no_descriptor_and_runs_nothing() {
    const CHILD: &str = "SOCKEYE_CONFINED_BRIEFLY";
    if std::env::var_os(CHILD).is_none() {
        let name = "confine::tests::a_brief_run_makes_no_descriptor_and_runs_nothing";
        let mut test = Command::new(std::env::current_exe().unwrap());
        let ended = test.args(["--exact", name, "--nocapture"]).env(CHILD, "1").output().unwrap();
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stdout));
        return;
    }
    let confinement = enter_briefly();
    assert_eq!(missing(&confinement), Vec::<String>::new());
    let errno = |error: io::Error| error.raw_os_error();
    assert_eq!(errno(File::open("/proc/version").unwrap_err()), Some(libc::EMFILE));
    assert_eq!(errno(File::create("/tmp/nothing").unwrap_err()), Some(libc::EMFILE));
    assert_eq!(errno(io::pipe().unwrap_err()), Some(libc::EMFILE));
    for family in [libc::AF_INET, libc::AF_INET6, libc::AF_UNIX, libc::AF_NETLINK] {
        assert_eq!(errno(socket(family, libc::SOCK_DGRAM).unwrap_err()), Some(libc::EMFILE), "{family}");
    }
    assert!(Command::new("/bin/true").spawn().is_err(), "no process");
    if confinement.landlock.is_ok() {
        // It would end with 1.
        assert_eq!(errno(Command::new("/bin/false").exec()), Some(libc::EACCES));
        assert_eq!(errno(fs::remove_dir("/proc").unwrap_err()), Some(libc::EACCES));
    }
    assert_eq!(vec![1_u8; 1 << 22].len(), 1 << 22);
}
