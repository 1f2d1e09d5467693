//! Tests that each have a network namespace of their own.
//!
//! A test runs in a thread that has left the machine's network: it sees one loopback interface, which is up, and
//! whatever it makes. Processes that it starts are in the same namespace. As root the thread makes the namespace;
//! otherwise the whole harness first moves into a user namespace, where the system allows that.
//!
//! What is missing, a peer or a privilege, makes a test *ignored with the reason*; with `SOCKEYE_REQUIRE=1`, as in CI,
//! it makes it fail. A test that finds out only while it runs says so with [`Net::lacks`].
//!
//! These tests share a machine, its daemons and the kernel's timers with each other. `SOCKEYE_TRIES=2`, as in CI, lets a
//! test that failed run once more, in a new namespace: it says so on standard error, with the failure, and the last run
//! counts.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{fs, panic, thread};

use libtest_mimic::{Arguments, Completion, Failed, Trial};
use sockeye_sys::{interface, namespace};

/// What a test sees of its surroundings.
#[derive(Debug)]
pub struct Net {
    dir: PathBuf,
    peers: &'static [&'static str],
}

/// What a test ends with that cannot be done here: the reason, and whether that may be in CI.
struct Lacking {
    reason: String,
    allowed: bool,
}

impl Net {
    /// A folder of the test's own, empty at the start and removed at the end. Anybody may enter it.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Our tool `name`, started in [`Net::dir`].
    pub fn tool(&self, name: &str) -> Command {
        let mut command = crate::tool(name);
        command.current_dir(&self.dir);
        command
    }

    /// The real `name`, started in [`Net::dir`].
    ///
    /// # Panics
    /// If the [`Case`] does not name it: where it is missing, the test would fail instead of being ignored.
    #[track_caller]
    pub fn peer(&self, name: &str) -> Command {
        assert!(self.peers.contains(&name), "the Case does not name its peer {name}");
        let mut command = crate::peer(name);
        command.current_dir(&self.dir);
        command
    }

    /// Runs ip(8) with these words in the network namespace of the test.
    ///
    /// # Panics
    /// If it does not do what was said.
    #[track_caller]
    pub fn ip(&self, line: &str) {
        crate::run(self.peer("ip").args(line.split_whitespace())).status(0);
    }

    /// Copies of all our tools where every user may run them.
    pub fn tools_for_everybody(&self) -> PathBuf {
        let bin = self.dir.join("bin");
        let tools = ["lab", "url", "dig", "nc", "ports", "netsum", "addr", "hop"];
        // Not by this process: what it forks meanwhile would hold the files open, and "Text file busy" follows.
        let mut install = Command::new("install");
        install.arg("-D").arg("-t").arg(&bin).args(tools.map(|name| crate::tools_dir().join(name)));
        crate::run(&mut install).status(0);
        bin
    }

    /// Ends the test: ignored with this reason, and a failure under `SOCKEYE_REQUIRE=1`.
    pub fn lacks(&self, reason: impl Into<String>) -> ! {
        panic::resume_unwind(Box::new(Lacking { reason: reason.into(), allowed: false }))
    }

    /// Ends the test: ignored with this reason, in CI too, as with a kernel that has not what is tested.
    pub fn ignored(&self, reason: impl Into<String>) -> ! {
        panic::resume_unwind(Box::new(Lacking { reason: reason.into(), allowed: true }))
    }
}

impl Drop for Net {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

/// Whether this process is root on the machine, and not only in a user namespace.
pub fn is_root() -> bool {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap_or_default();
    map.split_whitespace().last() == Some("4294967295")
}

/// One test.
pub struct Case {
    name: String,
    peers: &'static [&'static str],
    body: Box<dyn Fn(&Net) + Send + Sync>,
}

impl Case {
    /// A test that needs these peers. It fails by a panic.
    pub fn new(
        name: impl Into<String>,
        peers: &'static [&'static str],
        body: impl Fn(&Net) + Send + Sync + 'static,
    ) -> Self {
        Self { name: name.into(), peers, body: Box::new(body) }
    }
}

/// Runs the tests; a `main` returns what this returns.
pub fn run(cases: Vec<Case>) -> ExitCode {
    let mut arguments = Arguments::from_args();
    let required = std::env::var_os("SOCKEYE_REQUIRE").is_some_and(|value| value != "0");
    // A user namespace must be entered while there is one thread.
    let privilege = if arguments.list { Ok(()) } else { take_privilege() };
    // Listed or filtered-out tests run nothing; the rest share the machine with each other's gigabytes.
    arguments.test_threads.get_or_insert(thread::available_parallelism().map_or(2, usize::from).min(4));
    let trials = cases
        .into_iter()
        .map(|case| {
            let privilege = privilege.clone();
            Trial::ignorable_test(case.name.clone(), move || judge(case, &privilege, required))
        })
        .collect();
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Makes sure that this process may make network namespaces.
fn take_privilege() -> Result<(), String> {
    if thread::spawn(namespace::unshare_net).join().is_ok_and(|made| made.is_ok()) {
        return Ok(());
    }
    namespace::unshare_user_and_net()
        .map_err(|error| format!("neither root nor allowed to make a user namespace: {error}"))
}

fn judge(case: Case, privilege: &Result<(), String>, required: bool) -> Result<Completion, Failed> {
    let missing: Vec<&str> = case.peers.iter().copied().filter(|peer| crate::peer_path(peer).is_none()).collect();
    let reason = match privilege {
        Err(reason) => Some(reason.clone()),
        Ok(()) if !missing.is_empty() => Some(format!("not installed: {}", missing.join(", "))),
        Ok(()) => None,
    };
    if let Some(reason) = reason {
        return impossible(Lacking { reason, allowed: !required });
    }
    let case = Arc::new(case);
    for _ in 1..tries() {
        match inside(&case, required) {
            Ok(completion) => return Ok(completion),
            Err(failed) => {
                let story = failed.message().unwrap_or_default();
                let mut log = io::stderr().lock();
                let _ = writeln!(log, "{} failed, and is run once more. It said:\n{story}", case.name);
            }
        }
    }
    inside(&case, required)
}

/// What becomes of a test that cannot be done here.
fn impossible(lacking: Lacking) -> Result<Completion, Failed> {
    let Lacking { reason, allowed } = lacking;
    if allowed { Ok(Completion::ignored_with(reason)) } else { Err(Failed::from(format!("required, but {reason}"))) }
}

/// How often a test may run until it holds.
fn tries() -> u32 {
    std::env::var("SOCKEYE_TRIES").ok().and_then(|tries| tries.parse().ok()).unwrap_or(1)
}

/// Runs the body in a thread of its own: a namespace belongs to a thread, and ends with it.
fn inside(case: &Arc<Case>, required: bool) -> Result<Completion, Failed> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("sockeye-test-{}-{number}", std::process::id()));
    let left = dir.clone();
    let case = Arc::clone(case);
    let ended = thread::Builder::new()
        .name(case.name.clone())
        .spawn(move || {
            fs::create_dir_all(&dir).unwrap_or_else(|error| panic!("mkdir {}: {error}", dir.display()));
            open_to_all(&dir);
            let net = Net { dir, peers: case.peers };
            namespace::unshare_net().unwrap_or_else(|error| panic!("a network namespace: {error}"));
            interface::bring_up("lo").unwrap_or_else(|error| panic!("the loopback interface: {error}"));
            panic::catch_unwind(panic::AssertUnwindSafe(|| (case.body)(&net)))
        })
        .map(thread::JoinHandle::join);
    match ended {
        Ok(Ok(Ok(()))) if left.exists() => Err(Failed::from(format!("{} could not be removed", left.display()))),
        Ok(Ok(Ok(()))) => Ok(Completion::Completed),
        Ok(Ok(Err(payload)) | Err(payload)) => match payload.downcast::<Lacking>() {
            Ok(lacking) => impossible(Lacking { allowed: lacking.allowed || !required, ..*lacking }),
            Err(payload) => Err(Failed::from(said(payload.as_ref()))),
        },
        Err(error) => Err(Failed::from(format!("start a thread: {error}"))),
    }
}

fn open_to_all(dir: &Path) {
    use std::os::unix::fs::PermissionsExt;
    // Peers such as named give up root and must still write here.
    let _ = fs::set_permissions(dir, fs::Permissions::from_mode(0o1777));
}

fn said(payload: &(dyn std::any::Any + Send)) -> String {
    payload
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| payload.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_else(|| "a panic without a message".to_owned())
}
