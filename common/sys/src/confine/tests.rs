//! On threads of their own, which are confined instead of the test: what is confined stays so.

#![expect(clippy::disallowed_methods, reason = "what is refused is tried")]

use std::fs::{self, File};
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
