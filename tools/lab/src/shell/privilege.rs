//! Whether this machine lets us make hosts, and in which way.
//!
//! A process that has moved into a user namespace cannot come back, and some systems let it in and then allow nothing in
//! there. So a process of its own tries first (`lab probe`), and makes the whole network; what it says decides.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use serde_json::Value;
use sockeye_capture::live::Live;
use sockeye_sys::{CallError, NetNs, namespace};

use super::network::Network;
use crate::explain::Event;
use crate::topology::PAIR;

/// The number of EINVAL.
const EINVAL: i32 = 22;
/// How long a thread that has ended may still be counted by the kernel.
const THREAD_GRACE: Duration = Duration::from_secs(2);

/// Moves this process to where network namespaces can be made. Returns whether that is a user namespace.
///
/// # Errors
/// [`CallError`] if the system allows neither.
pub fn take() -> Result<bool, CallError> {
    if NetNs::create().is_ok() {
        return Ok(false);
    }
    enter_user_namespace().map(|()| true)
}

/// Moves this process into a user namespace of its own, which one thread alone can do.
///
/// # Errors
/// [`CallError`] if the system does not allow it.
pub fn enter_user_namespace() -> Result<(), CallError> {
    let start = Instant::now();
    loop {
        match namespace::unshare_user_and_net() {
            // The thread that tried to make a namespace has been joined, and the kernel may not have noticed.
            Err(error) if error.errno() == Some(EINVAL) && start.elapsed() < THREAD_GRACE => thread::yield_now(),
            other => return other,
        }
    }
}

/// Makes the network of the tour and forgets it: what `lab probe` does.
pub fn probe() -> Event {
    let tried = take().and_then(|user_namespace| {
        let network = Network::build(&PAIR, &mut |_| {})?;
        Ok((user_namespace, network))
    });
    let outcome = match tried {
        Ok((user_namespace, network)) => can_capture(&network).map(|()| user_namespace),
        Err(error) => Err(error.to_string()),
    };
    match outcome {
        Ok(user_namespace) => Event::Privilege { namespaces: true, user_namespace, refusal: None },
        Err(refusal) => Event::Privilege { namespaces: false, user_namespace: false, refusal: Some(refusal) },
    }
}

fn can_capture(network: &Network) -> Result<(), String> {
    let bob = network.host("bob").map_err(|error| error.to_string())?;
    let opened = bob.run(|| Live::open("eth0", Duration::ZERO, sockeye_capture::Timestamp::default).map(drop));
    match opened {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(error.to_string()),
        Err(error) => Err(error.to_string()),
    }
}

/// Asks `lab probe`.
pub fn ask() -> Event {
    let refused =
        |refusal: String| Event::Privilege { namespaces: false, user_namespace: false, refusal: Some(refusal) };
    let said = Command::new("/proc/self/exe").arg0("lab").args(["probe", "--json"]).stdin(Stdio::null()).output();
    let answer = match &said {
        Ok(output) => serde_json::from_slice::<Value>(&output.stdout).ok(),
        Err(error) => return refused(format!("start /proc/self/exe: {error}")),
    };
    let field = |name: &str| answer.as_ref().and_then(|answer| answer.get("data")?.get(name).cloned());
    let flag = |name| field(name).and_then(|value| value.as_bool()).unwrap_or(false);
    if flag("namespaces") {
        return Event::Privilege { namespaces: true, user_namespace: flag("user_namespace"), refusal: None };
    }
    let refusal = field("refusal").and_then(|value| value.as_str().map(str::to_owned));
    refused(refusal.unwrap_or_else(|| "the attempt ended without an answer".to_owned()))
}

/// What helps where hosts cannot be made.
pub fn advice() -> &'static str {
    let setting = |path: &str| -> io::Result<String> { Ok(fs::read_to_string(path)?.trim().to_owned()) };
    let is = |path: &str, value: &str| setting(path).is_ok_and(|found| found == value);
    let inside_container = ["/.dockerenv", "/run/.containerenv"].iter().any(|path| fs::exists(path).unwrap_or(false));
    if is("/proc/sys/user/max_user_namespaces", "0") {
        "To get two hosts and a capture: sudo sysctl user.max_user_namespaces=10000, or run lab as root."
    } else if is("/proc/sys/kernel/unprivileged_userns_clone", "0") {
        "To get two hosts and a capture: sudo sysctl kernel.unprivileged_userns_clone=1, or run lab as root."
    } else if is("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1") {
        "To get two hosts and a capture: sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0, or run lab as root."
    } else if inside_container {
        "To get two hosts and a capture: start the container with --privileged, or run lab outside of it."
    } else {
        "To get two hosts and a capture: run lab as root, or where user namespaces are allowed."
    }
}
