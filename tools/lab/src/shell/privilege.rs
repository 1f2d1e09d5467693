//! Whether this machine lets us make hosts, and in which way.
//!
//! A process that has moved into a user namespace cannot come back, and some systems let it in and then allow nothing in
//! there. So a process of its own tries first (`lab probe`), and makes the whole network; what it says decides.

use std::os::unix::process::CommandExt;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, io, thread};

use serde::Deserialize;
use sockeye_capture::live::Live;
use sockeye_cli::failure::errno_text;
use sockeye_sys::{CallError, NetNs, namespace};

use super::network::{Network, Setup};
use crate::model::{Conditions, Medium, Node, NodeKind};
use crate::stage::{Privilege, pair};

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

/// Makes the network of the tour, and one with each thing that experiments use, and forgets them: what `lab probe` does. This process cannot do much else afterwards.
pub fn probe() -> Privilege {
    let tried = take().map_err(|error| error.to_string()).and_then(|user_namespace| {
        let network = Network::build(&pair(), &Setup::default(), &mut |_| {}).map_err(|failure| failure.to_string())?;
        Ok((user_namespace, network))
    });
    let outcome = tried.and_then(|(user_namespace, network)| can_capture(&network).map(|()| user_namespace));
    match outcome {
        Ok(user_namespace) => {
            Privilege { namespaces: true, user_namespace, missing: missing(), ..Privilege::default() }
        }
        Err(refusal) => refused(refusal),
    }
}

fn refused(refusal: String) -> Privilege {
    Privilege { refusal: Some(refusal), hint: Some(advice().to_owned()), ..Privilege::default() }
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

/// What experiments use besides hosts and cables, and this system does not have.
fn missing() -> Vec<String> {
    let with = |medium, kind| {
        let mut network = pair();
        network.links.iter_mut().for_each(|link| link.medium = medium);
        network.nodes.push(Node { name: "third".to_owned(), kind });
        Network::build(&network, &Setup::default(), &mut |_| {}).map(drop)
    };
    let wire = Medium::Wire([Conditions::default(); 2]);
    [
        ("a wire", with(wire, NodeKind::Host)),
        ("a switch", with(Medium::Cable, NodeKind::Switch)),
        ("a router", with(Medium::Cable, NodeKind::Router)),
    ]
    .into_iter()
    .filter_map(|(what, built)| built.err().map(|failure| format!("{what} ({failure})")))
    .collect()
}

/// Asks `lab probe`.
pub fn ask() -> Privilege {
    #[derive(Deserialize)]
    struct Line {
        data: Privilege,
    }
    let said = Command::new("/proc/self/exe").arg0("lab").args(["probe", "--json"]).stdin(Stdio::null()).output();
    match said {
        Ok(output) => match serde_json::from_slice::<Line>(&output.stdout) {
            Ok(line) => line.data,
            Err(_) => refused(format!("lab probe: {}", output.status)),
        },
        // Nothing was refused: there is no memory, or no descriptor, or no process left.
        Err(error) => {
            Privilege { refusal: Some(format!("start /proc/self/exe: {}", errno_text(&error))), ..Privilege::default() }
        }
    }
}

/// What helps where hosts cannot be made.
fn advice() -> &'static str {
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
