//! What the integration tests share.
//!
//! - [`tool`] and [`peer`]: commands that run our executables and the tools that we replace
//! - [`run`], [`run_until`], [`run_with_input`], [`Run`]: one run with a deadline, and what became of it
//! - [`Background`]: a process beside the test, killed with it
//! - [`confined`]: what a confined thread is refused, and whether a process is confined
//! - [`harness`]: tests that each have a network namespace of their own
//!
//! Everything panics with the whole story when an expectation is not met: that is how a test fails.
#![forbid(unsafe_code)]
#![expect(
    clippy::disallowed_methods,
    clippy::panic,
    clippy::expect_used,
    reason = "support for tests: it runs processes, and a panic is a failed expectation"
)]

pub mod background;
pub mod confined;
pub mod harness;
mod run;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

pub use background::Background;
pub use harness::{Case, Net, is_root};
pub use run::{Run, run, run_until, run_with_input};

/// How long anything may take before a test gives up on it. Generous: these machines are slow and noisy.
pub const DEADLINE: Duration = Duration::from_secs(60);

/// The folder with the executables that this test run built.
pub fn tools_dir() -> PathBuf {
    let exe = std::env::current_exe().expect("a test knows its own path");
    // target/<profile>/deps/<test>-<hash>
    exe.parent().and_then(Path::parent).expect("a test lies in target/<profile>/deps").to_owned()
}

/// A command that runs our `name`, with an environment in which nothing of the user's changes the output.
pub fn tool(name: &str) -> Command {
    let path = tools_dir().join(name);
    assert!(path.exists(), "{} is not built: run the tests from the root of the workspace", path.display());
    let mut command = Command::new(path);
    // Without CARGO, lab runs the executables that are there and has none built.
    command
        .env_remove("CARGO")
        .env_remove("NO_COLOR")
        .env("LC_ALL", "C.UTF-8")
        .env("TZ", "UTC")
        .env("HOME", "/nonexistent");
    command
}

/// Where the real `name` is installed, or `None`. Never our own executable of that name.
pub fn peer_path(name: &str) -> Option<PathBuf> {
    ["/usr/bin", "/bin", "/usr/sbin", "/sbin", "/usr/local/bin"]
        .iter()
        .map(|folder| Path::new(folder).join(name))
        .find(|path| path.exists())
}

/// A command that runs the real `name`, in the environment that [`tool`] gives ours.
pub fn peer(name: &str) -> Command {
    let path = peer_path(name).unwrap_or_else(|| panic!("the peer {name} is not installed: name it in the Case"));
    let mut command = Command::new(path);
    command.env("LC_ALL", "C.UTF-8").env("TZ", "UTC").env("HOME", "/nonexistent");
    command
}

/// Whether somebody listens at this TCP port of IPv4, in the network namespace of this thread.
pub fn is_listening(port: u16) -> bool {
    let table = std::fs::read_to_string("/proc/thread-self/net/tcp").unwrap_or_default();
    table.contains(&format!(":{port:04X} 00000000:0000 0A"))
}

/// Waits until `condition` holds.
///
/// # Panics
/// If it does not within [`DEADLINE`].
pub fn wait_until(what: &str, mut condition: impl FnMut() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < DEADLINE, "waited {DEADLINE:?} in vain until {what}");
        // A poll interval, not a guess at how long the thing takes.
        std::thread::sleep(Duration::from_millis(5));
    }
}
