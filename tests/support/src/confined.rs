//! What a confined thread is refused: the very profile that a tool enters, and calls that it must not be able to make.

use std::fs::{self, File, OpenOptions};
use std::io;

use socket2::{Domain, SockAddr, Socket, Type};
use sockeye_sys::confine::Profile;

/// Something that a process can try: its name, and how.
type Attempt = (&'static str, fn() -> io::Result<()>);

/// CAP_SETPCAP.
const SETPCAP: u32 = 8;

/// Not there: what is not refused must do nothing.
const NOWHERE: &str = "/nowhere/at/all";

const ATTEMPTS: [Attempt; 14] = [
    ("exec", || Err(sockeye_sys::process::execute(c"/nowhere/at/all"))),
    ("signal", || sockeye_sys::process::signal_group(u32::MAX >> 1, 0).map_err(|error| error.source)),
    ("read", || File::open("/proc/version").map(drop)),
    ("list", || fs::read_dir("/").map(drop)),
    ("write", || OpenOptions::new().write(true).open("/dev/null").map(drop)),
    ("make", || OpenOptions::new().create(true).append(true).open(NOWHERE).map(drop)),
    ("remove", || fs::remove_file(NOWHERE)),
    ("stream", || Socket::new(Domain::IPV4, Type::STREAM, None).map(drop)),
    ("datagram", || Socket::new(Domain::IPV6, Type::DGRAM, None).map(drop)),
    ("unix", || Socket::new(Domain::UNIX, Type::STREAM, None).map(drop)),
    ("netlink", || Socket::new(Domain::from(16), Type::RAW, None).map(drop)),
    ("packet", || Socket::new(Domain::PACKET, Type::RAW, None).map(drop)),
    ("connect", || connect_nowhere(&unconfined_socket()?)),
    ("bind", || unconfined_socket()?.bind(&SockAddr::from(std::net::SocketAddr::from(([127, 0, 0, 1], 0))))),
];

/// A socket from before: a file that every test process may open.
fn unconfined_socket() -> io::Result<Socket> {
    SOCKET.with(Socket::try_clone)
}

thread_local! {
    static SOCKET: Socket = Socket::new(Domain::IPV4, Type::STREAM, None).expect("a TCP socket, before the confinement");
}

/// connect(2) with AF_UNSPEC takes a connection away where there is none: it says nothing to anybody.
fn connect_nowhere(socket: &Socket) -> io::Result<()> {
    rustix::net::connect_unspec(socket).map_err(Into::into)
}

/// The names of the attempts that a thread within `profile` is refused.
///
/// # Panics
/// If one of them is refused without it: then it would prove nothing.
pub fn refused(profile: &Profile) -> Vec<&'static str> {
    let before = refusals(None);
    // Who is not root makes no packet sockets anyway.
    assert!(before.iter().all(|name| *name == "packet"), "refused without confinement: {before:?}");
    refusals(Some(profile.clone()))
}

fn refusals(profile: Option<Profile>) -> Vec<&'static str> {
    let tried = std::thread::spawn(move || {
        SOCKET.with(|_| ());
        if let Some(profile) = profile {
            let gaps = profile.enter().gaps();
            // Landlock says again what seccomp(2) has said. Without it the rest is still to hold.
            let gaps: Vec<_> = gaps.iter().filter(|gap| !gap.starts_with("Landlock") || is_required()).collect();
            assert!(gaps.is_empty(), "{gaps:?}");
        }
        let is_refused = |attempt: &Attempt| {
            let errno = attempt.1().err().and_then(|error| error.raw_os_error());
            [Some(libc::EPERM), Some(libc::EACCES)].contains(&errno)
        };
        ATTEMPTS.iter().filter(|attempt| is_refused(attempt)).map(|(name, _)| *name).collect()
    });
    tried.join().expect("the confined thread lives")
}

fn is_required() -> bool {
    std::env::var_os("SOCKEYE_REQUIRE").is_some()
}

/// A field of /proc/PID/status, for every thread of the process but those that end meanwhile.
///
/// # Panics
/// If there is no such process or field.
pub fn status_of_threads(pid: u32, field: &str) -> Vec<String> {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("the process is there");
    let of = |task: fs::DirEntry| {
        let status = fs::read_to_string(task.path().join("status")).ok()?;
        let value = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
        Some(value.unwrap_or_else(|| panic!("no {field} in\n{status}")).trim().to_owned())
    };
    let found: Vec<String> = tasks.flatten().filter_map(of).collect();
    assert!(!found.is_empty(), "process {pid} has ended");
    found
}

/// Waits until every thread of `pid` is confined and holds no capability.
#[track_caller]
pub fn wait_until_confined(pid: u32) {
    let all = |field, wanted: &str| status_of_threads(pid, field).iter().all(|value| value == wanted);
    crate::wait_until("the process is confined", || all("Seccomp", "2"));
    assert!(all("NoNewPrivs", "1"), "NoNewPrivs of {pid}");
    let nothing = "0000000000000000";
    for set in ["CapEff", "CapPrm", "CapInh", "CapAmb"] {
        assert!(all(set, nothing), "{set} of {pid}: {:?}", status_of_threads(pid, set));
    }
    // Who has no CAP_SETPCAP cannot make it smaller, and needs not.
    let own = status_of_threads(std::process::id(), "CapEff");
    let has = own.iter().all(|set| u64::from_str_radix(set, 16).is_ok_and(|set| set & (1 << SETPCAP) != 0));
    assert!(!has || all("CapBnd", nothing), "CapBnd of {pid}: {:?}", status_of_threads(pid, "CapBnd"));
}
