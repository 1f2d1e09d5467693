//! What a process gives up once its sockets and files are open: programs, files, sockets, privileges.
//!
//! A [`Profile`] says what is still needed. [`Profile::enter`] has the kernel refuse the rest from then on, for the thread that
//! calls it and for all that it starts: what reads octets from outside is to be one thread when it enters.
//!
//! - seccomp(2) judges each system call by its number and its arguments (`filter`, `calls`). What is refused fails with
//!   EPERM, as it might without: a library that can do without a call goes on without it.
//! - Landlock judges files by where they are, and says again what no path, port or signal may be (`landlock`).
//! - Limits refuse every new descriptor, where a filter would cost more than the whole run (`limits`, [`enter_briefly`]).
//! - Capabilities are dropped, from the bounding set too, and the user of a set-user-ID start (`capabilities`).
//!
//! Each of these may be missing, on an old kernel or in a container, and none of them is needed for the work: the
//! [`Confinement`] says which took hold.

mod calls;
mod capabilities;
mod filter;
mod landlock;
mod limits;

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

pub use self::capabilities::Capability;
use crate::error::{cause, check};

/// What a process may still do. The default is nothing but to use what is open.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Profile {
    /// Which files may be opened for reading.
    pub reads: Reads,
    /// What may be removed.
    pub removes: Removes,
    /// Files may be renamed, linked and removed. Landlock has no rule for a link to a file without a name, so that it is left out.
    pub renames: bool,
    /// The C library may load modules, which are code, and speak to services by Unix-domain sockets.
    pub modules: bool,
    /// What socket(2) may make.
    pub sockets: Vec<SocketKind>,
    /// connect(2).
    pub connects: bool,
    /// The ports of others that TCP may be connected to; empty is any. Held by Landlock alone, since version 4.
    pub tcp_ports: Vec<u16>,
    /// bind(2).
    pub binds: bool,
    /// listen(2).
    pub listens: bool,
    /// accept(2).
    pub accepts: bool,
    /// Processes may be made, and waited for by a descriptor. They are confined as this one, and can run no program either.
    pub forks: bool,
    /// What /proc says of other processes is needed. Landlock hides it, so that it is left out.
    pub sees_processes: bool,
    /// Capabilities that are kept, if they were there.
    pub keeps: Vec<Capability>,
}

/// Which files may be opened for reading.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Reads {
    /// None.
    #[default]
    Nothing,
    /// These, and what is beneath them. Without Landlock it is any.
    Beneath(Vec<PathBuf>),
    /// Any that the user may read.
    Anything,
}

/// What may be removed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Removes {
    /// Nothing.
    #[default]
    Nothing,
    /// Folders that are empty, and no file.
    Folders,
    /// What is in these folders: the files, and the folders that are empty. Without Landlock it is anything.
    Beneath(Vec<PathBuf>),
}

/// What socket(2) is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SocketKind {
    /// AF_INET and the like.
    pub family: i32,
    /// SOCK_STREAM and the like; `None` is any, with any protocol.
    pub socktype: Option<i32>,
}

impl SocketKind {
    /// Sockets of `family` and any type.
    pub const fn family(family: i32) -> Self {
        Self { family, socktype: None }
    }

    /// Sockets of `family` and one type; of the Internet families TCP and UDP, whose types others share.
    pub const fn new(family: i32, socktype: i32) -> Self {
        Self { family, socktype: Some(socktype) }
    }
}

impl fmt::Display for SocketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        crate::Family(self.family).fmt(f)?;
        match self.socktype {
            Some(socktype) => write!(f, " {}", crate::SockType(socktype)),
            None => Ok(()),
        }
    }
}

/// By what the C library asks for the name of an interface, which is in an address of its link (`fe80::1%eth0`).
pub const INTERFACE_NAMES: SocketKind = SocketKind::new(libc::AF_UNIX, libc::SOCK_DGRAM);

/// Questions to the kernel: about interfaces and addresses (rtnetlink(7)), and sockets (sock_diag(7)). Not to its packet filters, keys
/// and other subsystems that speak netlink(7).
pub const NETLINK: SocketKind = SocketKind::family(libc::AF_NETLINK);

/// What getaddrinfo(3) and getnameinfo(3) may make: questions over UDP and TCP, the way to nscd, systemd-resolved and others of
/// their kind, and the addresses of this host, by which answers are sorted.
pub const NAME_SOCKETS: [SocketKind; 6] = [
    SocketKind::new(libc::AF_INET, libc::SOCK_DGRAM),
    SocketKind::new(libc::AF_INET, libc::SOCK_STREAM),
    SocketKind::new(libc::AF_INET6, libc::SOCK_DGRAM),
    SocketKind::new(libc::AF_INET6, libc::SOCK_STREAM),
    SocketKind::family(libc::AF_UNIX),
    NETLINK,
];

impl Profile {
    /// The same, and these files may be read, or what is beneath them: by root also where others own them.
    #[must_use]
    pub fn with_files(mut self, files: Vec<PathBuf>) -> Self {
        if !files.is_empty() {
            self.keeps.push(Capability::DAC_READ_SEARCH);
            if self.reads != Reads::Anything {
                self.reads = Reads::Beneath(files);
            }
        }
        self
    }

    /// The same, and the C library may resolve names: which files it reads and whom it asks is up to /etc/nsswitch.conf and
    /// to modules that nobody knows here, so that it may read any file and connect to anybody.
    #[must_use]
    pub fn with_names(mut self) -> Self {
        self.reads = Reads::Anything;
        self.modules = true;
        self.sockets.extend(NAME_SOCKETS);
        // The netlink socket is bound.
        (self.connects, self.binds) = (true, true);
        self.tcp_ports.clear();
        self
    }

    /// What is allowed beside the use of what is open, in words.
    pub fn allows(&self) -> Vec<String> {
        let mut allows = Vec::new();
        match &self.reads {
            Reads::Nothing => {}
            Reads::Beneath(paths) => allows.extend(paths.iter().map(|path| format!("read {}", path.display()))),
            Reads::Anything => allows.push("read files".to_owned()),
        }
        let mut add = |is_allowed: bool, words: &str| allows.extend(is_allowed.then(|| words.to_owned()));
        match &self.removes {
            Removes::Nothing => {}
            Removes::Folders => add(true, "remove empty folders"),
            Removes::Beneath(paths) => {
                for path in paths {
                    add(true, &format!("remove what is in {}", path.display()));
                }
            }
        }
        add(self.renames, "rename and remove files");
        let sockets: Vec<String> = self.distinct_sockets().map(ToString::to_string).collect();
        add(!sockets.is_empty(), &format!("make sockets of {}", sockets.join("; ")));
        let ports: Vec<String> = self.tcp_ports.iter().map(u16::to_string).collect();
        let only = if ports.is_empty() { String::new() } else { format!(", of TCP to port {} alone", ports.join(" ")) };
        add(self.connects, &format!("connect{only}"));
        add(self.binds, "bind");
        add(self.listens, "listen");
        add(self.accepts, "accept");
        add(self.forks, "fork");
        let keeps: Vec<&str> = self.keeps.iter().map(|capability| capability.name()).collect();
        add(!keeps.is_empty(), &format!("use {}", keeps.join(" ")));
        allows
    }

    /// The kinds of sockets, each once, and none that another includes.
    fn distinct_sockets(&self) -> impl Iterator<Item = &SocketKind> {
        self.sockets
            .iter()
            .enumerate()
            .filter(|(index, kind)| {
                let any_type = SocketKind::family(kind.family);
                let includes = |(at, other): (usize, &SocketKind)| {
                    (other == *kind && at < *index) || (*other == any_type && **kind != any_type)
                };
                !self.sockets.iter().enumerate().any(includes)
            })
            .map(|(_, kind)| kind)
    }

    /// Gives up everything else, for this thread and those that it starts.
    ///
    /// Entered again, it can only become less.
    pub fn enter(&self) -> Confinement {
        let capabilities = with_those_before(capabilities::drop_all_but(&self.keeps));
        // Without it, only who has CAP_SYS_ADMIN may do what follows; with it, no program gives rights back.
        let no_new_privs = no_new_privs();
        let without_landlock = self.sees_processes || self.renames;
        let landlock = if without_landlock { Ok(None) } else { landlock::restrict(self).map(Some) };
        let seccomp = filter::install(self).map(Some);
        let names_ports = !self.tcp_ports.is_empty();
        Confinement { no_new_privs, seccomp, landlock, names_ports, limits: Ok(false), capabilities }
    }
}

/// Gives up everything but the use of what is open, for a process of one thread that is over within a millisecond.
///
/// A filter of system calls costs such a run more than its work: the kernel compiles it, and frees it while the process ends, by a
/// thread of its own that goes first. Instead there can be no new descriptor, which is what files and sockets are, and by an
/// ordinary user no new process; Landlock refuses programs and what is done to files by their paths.
pub fn enter_briefly() -> Confinement {
    let capabilities = with_those_before(capabilities::drop_held());
    let no_new_privs = no_new_privs();
    let landlock = landlock::restrict(&Profile::default()).map(Some);
    // Landlock's rules are a descriptor, too.
    let limits = limits::nothing_new().map(|()| true);
    Confinement { no_new_privs, seccomp: Ok(None), landlock, names_ports: false, limits, capabilities }
}

/// Gives up every capability but those in `keeps`, and the user of a set-user-ID start, and nothing else: for who has its
/// privileged socket, and is not yet where it can give up the rest, or for who needs some of them alone. How many that were, and
/// what cannot be dropped, is told when the rest is given up.
pub fn drop_privileges(keeps: &[Capability]) {
    let dropped = capabilities::drop_all_but(keeps).unwrap_or(0);
    DROPPED_BEFORE.fetch_add(dropped, Ordering::Relaxed);
}

/// How many capabilities went before the rest, and were not told of yet.
static DROPPED_BEFORE: AtomicU32 = AtomicU32::new(0);

fn with_those_before(dropped: io::Result<u32>) -> io::Result<u32> {
    dropped.map(|dropped| dropped.saturating_add(DROPPED_BEFORE.swap(0, Ordering::Relaxed)))
}

/// What took hold.
#[derive(Debug)]
pub struct Confinement {
    /// Programs that are run can gain nothing by it.
    pub no_new_privs: io::Result<()>,
    /// The filter of system calls, and how many instructions it has; `None` if the run does without.
    pub seccomp: io::Result<Option<usize>>,
    /// Landlock, and the version of its interface; `None` if the profile does without.
    pub landlock: io::Result<Option<u32>>,
    /// The profile names ports of TCP, which Landlock knows since its version 4.
    names_ports: bool,
    /// Whether the limits of the process refuse new descriptors and processes.
    pub limits: io::Result<bool>,
    /// How many capabilities were held and are no more.
    pub capabilities: io::Result<u32>,
}

impl Confinement {
    /// What did not take hold, in words; empty as a rule.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        if let Err(error) = &self.no_new_privs {
            gaps.push(format!("no_new_privs: {}", cause(error)));
        }
        if let Err(error) = &self.seccomp {
            gaps.push(format!("seccomp: {}", cause(error)));
        }
        match &self.landlock {
            Err(error) => gaps.push(format!("Landlock: {}", cause(error))),
            Ok(Some(version)) if self.names_ports && !landlock::knows_tcp(*version) => {
                gaps.push(format!("ports of TCP: Landlock {version} knows none"));
            }
            Ok(_) => {}
        }
        if let Err(error) = &self.limits {
            gaps.push(format!("limits: {}", cause(error)));
        }
        if let Err(error) = &self.capabilities {
            gaps.push(format!("capabilities: {}", cause(error)));
        }
        gaps
    }
}

fn no_new_privs() -> io::Result<()> {
    let (one, zero): (libc::c_ulong, libc::c_ulong) = (1, 0);
    // SAFETY: this prctl takes numbers and no pointers.
    check(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, one, zero, zero, zero) }).map(drop)
}

#[cfg(test)]
mod tests;
