//! A shell on a host of an experiment, to do it by hand; a second one, from another terminal, joins the first one's network.
//!
//! The first makes the network and, on each host, a process that only waits. Where these are, it says in a file of its
//! working folder; the second finds it there, moves to where that process is, and starts a shell.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use serde::{Deserialize, Serialize};
use sockeye_cli::escape::shell_word;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::pidfd::PidFd;
use sockeye_sys::{namespace, process, signals};

use super::folder::{self, Folder};
use super::network::{Network, Setup};
use super::run::nursery::{MARK, Nursery};
use super::tools::Tools;
use super::{ANCHOR, enter};
use crate::explain::Event;
use crate::model::{Lab, NodeKind};
use crate::story::Begins;

/// The file of a working folder that says who is where.
const FILE: &str = "session.json";
/// What a shell reads first.
const RC: &str = "shell.rc";
/// What a waiting process says when it is there.
pub(super) const READY: &str = "ready";

/// Whom a second shell may join.
#[derive(Debug, Serialize, Deserialize)]
struct Session {
    experiment: String,
    /// Whether the network is inside a user namespace.
    user_namespace: bool,
    /// The process that waits on each host.
    hosts: BTreeMap<String, u32>,
}

/// Opens a shell on a host of `lab`: in the network that is there already, or in one that ends with it.
///
/// # Errors
/// [`Failure`] if there is no such host, or if this machine cannot do it.
pub fn shell(lab: &Lab, host: Option<&str>, seed: u64, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut hosts = lab.network.nodes.iter().filter(|node| node.kind != NodeKind::Switch);
    let found = match host {
        Some(name) => hosts.find(|node| node.name == name),
        None => hosts.next(),
    };
    let Some(node) = found else {
        let names: Vec<_> = lab.network.nodes.iter().map(|node| node.name.as_str()).collect();
        let wanted = host.unwrap_or_default();
        return Err(Failure::usage(format!("{wanted}: no host of {} ({})", lab.name, names.join(", "))));
    };
    let tools = Tools::find(output)?;
    match running(&lab.name) {
        Some((folder, session)) => join(&folder, &session, &node.name, &tools, output),
        None => open(lab, &node.name, seed, &tools, output),
    }
}

/// The session of that experiment that is there already.
fn running(experiment: &str) -> Option<(PathBuf, Session)> {
    folder::living().into_iter().find_map(|folder| {
        let text = fs::read_to_string(folder.join(FILE)).ok()?;
        let session: Session = serde_json::from_str(&text).ok()?;
        (session.experiment == experiment).then_some((folder, session))
    })
}

/// Makes the network and opens the first shell.
fn open(lab: &Lab, host: &str, seed: u64, tools: &Tools, output: &mut Output<'_>) -> Result<Status, Failure> {
    let entered = enter(output)?;
    let hearing = pass_signals_on()?;
    let folder = Folder::create()?;
    let mut nursery = Nursery::open(folder.path(), true)?;
    let setup = Setup { seed, folder: Some(folder.path().to_owned()), on_frame: None };
    let network = output.narrate(|explain: &mut dyn FnMut(Event)| Network::build(&lab.network, &setup, explain))??;
    let mut session =
        Session { experiment: lab.name.clone(), user_namespace: entered.user_namespace, hosts: BTreeMap::new() };
    for node in network.hosts() {
        let anchor = anchor(&network, &node.name, &nursery)?;
        session.hosts.insert(node.name.clone(), anchor.id());
        nursery.keep(anchor);
    }
    let text = serde_json::to_string(&session).map_err(|error| Failure::host(error.to_string()))?;
    write(&folder.path().join(FILE), &text)?;
    let (name, title) = (lab.name.clone(), lab.title.clone());
    let hosts = entered.says;
    let what = how_to_go_on(lab, host);
    output.result(&Begins { name, title, what, loopback: false, hosts, hint: None, seed, divisor: 1, fast: false })?;
    output.flush()?;
    let (mut command, on_terminal) = command(folder.path(), host, tools)?;
    let adopted = network.host(host)?.adopt(&mut command);
    adopted.map_err(|error| Failure::host(error.to_string()))?;
    let mut child =
        nursery.spawn(command).map_err(|error| Failure::call(Status::HOST, "start", "the shell", &error))?;
    let status = ended(&mut child, &hearing, on_terminal)?;
    // In this order: what runs, where it runs, its files.
    drop(nursery);
    drop(network);
    drop(folder);
    Ok(status)
}

/// What a person may want to type next.
fn how_to_go_on(lab: &Lab, host: &str) -> String {
    let others = lab.network.nodes.iter().filter(|node| node.name != host && node.kind != NodeKind::Switch);
    let others: Vec<_> = others.map(|node| format!("`lab shell {} {}`", shell_word(&lab.name), node.name)).collect();
    let join = match others.as_slice() {
        [] => String::new(),
        [one] => format!("In another terminal, {one} gets onto the other host. "),
        many => format!("In other terminals, {} get onto the other hosts. ", many.join(", ")),
    };
    format!("This is a shell on {host}. {join}When this shell ends, the network is gone.")
}

/// Starts the process of a host whose place others take.
fn anchor(network: &Network, host: &str, nursery: &Nursery) -> Result<Child, Failure> {
    let failed = |error: io::Error| Failure::call(Status::HOST, "start", "/proc/self/exe", &error);
    let mut command = Command::new("/proc/self/exe");
    command.arg0("lab").arg(ANCHOR).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    network.host(host)?.adopt(&mut command).map_err(|error| failed(error.into()))?;
    let mut child = nursery.spawn(command).map_err(failed)?;
    let mut said = String::new();
    if let Some(pipe) = child.stdout.take() {
        BufReader::new(pipe).read_line(&mut said).map_err(failed)?;
    }
    if said.trim() == READY { Ok(child) } else { Err(Failure::host(format!("host {host}: {}", said.trim()))) }
}

/// What a process does that only waits.
///
/// # Errors
/// [`Failure`] if standard output does not take what it says.
pub fn wait_here(output: &mut Output<'_>) -> Result<(), Failure> {
    output.raw(format!("{READY}\n").as_bytes())?;
    output.flush()?;
    let mut buffer = [0; 64];
    let mut stdin = io::stdin().lock();
    while !matches!(stdin.read(&mut buffer), Ok(0) | Err(_)) {}
    Ok(())
}

/// Opens a shell in a network that is there already.
fn join(
    folder: &Path,
    session: &Session,
    host: &str,
    tools: &Tools,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    let failed = |error: sockeye_sys::CallError| Failure::host(error.to_string());
    let pid = session.hosts.get(host).ok_or_else(|| Failure::host(format!("{host}: not in the network that runs")))?;
    let anchor = PidFd::open(*pid).map_err(failed)?;
    output.note(format!("joining the network of {}, which ends with its first shell", session.experiment));
    // Asked for before the move: the folder may be another's from there.
    let (mut command, on_terminal) = command(folder, host, tools)?;
    anchor.join_namespaces(session.user_namespace).map_err(failed)?;
    let hearing = pass_signals_on()?;
    anchor.join_pid_namespace().map_err(failed)?;
    command.env(MARK, folder);
    namespace::die_with_parent(&mut command);
    let mut child = command.spawn().map_err(|error| Failure::call(Status::HOST, "start", "the shell", &error))?;
    ended(&mut child, &hearing, on_terminal)
}

/// The user's shell, with a prompt that says where it is, and the suite's tools before all others; and whether it is given the
/// terminal.
fn command(folder: &Path, host: &str, tools: &Tools) -> Result<(Command, bool), Failure> {
    let shell = std::env::var("SHELL").unwrap_or_default();
    let is_bash = Path::new(&shell).file_name().is_some_and(|name| name == "bash") && Path::new(&shell).is_file();
    let rc = folder.join(format!("{host}.{RC}"));
    let path = shell_word(&tools.folder().display().to_string()).into_owned();
    // What the user has set stays, but for the prompt: it is the only thing that tells the terminals apart.
    let own = if is_bash { "[ -f ~/.bashrc ] && . ~/.bashrc\nPROMPT_COMMAND=\n" } else { "" };
    write(&rc, &format!("{own}PATH={path}:$PATH\nPS1='{host}$ '\n"))?;
    let mut command = Command::new(if is_bash { shell.as_str() } else { "/bin/sh" });
    if is_bash {
        command.arg("--rcfile").arg(&rc);
    } else {
        command.env("ENV", &rc);
    }
    let known = std::env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(tools.folder().to_owned()).chain(std::env::split_paths(&known));
    command.env("PATH", std::env::join_paths(folders).unwrap_or(known)).current_dir(folder);
    let on_terminal = process::with_terminal(&mut command);
    Ok((command, on_terminal))
}

/// The shell that is to hear of signals.
#[derive(Debug, Default)]
struct Listener {
    shell: Option<PidFd>,
    /// A signal came that would have ended lab, before there was a shell.
    is_over: bool,
}

impl Listener {
    /// Tells the shell that its terminal has gone.
    fn hang_up(&self) {
        if let Some(shell) = &self.shell {
            // It may have ended by itself.
            let _ = shell.signal(process::signal_number("HUP").unwrap_or_default());
        }
    }
}

type Hearing = Arc<Mutex<Listener>>;

/// From here on Ctrl-C is for what runs in the shell; by other signals that would end lab, the shell is told that its
/// terminal has gone, as soon as there is one.
fn pass_signals_on() -> Result<Hearing, Failure> {
    let failed = |error: io::Error| Failure::call(Status::HOST, "sigaction", "SIGINT, SIGTERM, SIGHUP", &error);
    let mut caught = signals::catch_endings().map_err(failed)?;
    let hearing = Hearing::default();
    let shell = Arc::clone(&hearing);
    let told = move || {
        let interrupt = process::signal_number("INT").unwrap_or_default();
        let mut signal = [0];
        while caught.read_exact(&mut signal).is_ok() {
            if i32::from(signal[0]) != interrupt {
                let mut listener = shell.lock().unwrap_or_else(PoisonError::into_inner);
                listener.is_over = true;
                listener.hang_up();
            }
        }
    };
    thread::Builder::new().spawn(told).map_err(|error| Failure::call(Status::HOST, "clone", "a thread", &error))?;
    Ok(hearing)
}

/// Waits for the end of a shell, which hears of signals meanwhile.
fn ended(child: &mut Child, hearing: &Hearing, on_terminal: bool) -> Result<Status, Failure> {
    let shell = PidFd::open(child.id()).map_err(|error| Failure::host(error.to_string()))?;
    let mut listener = hearing.lock().unwrap_or_else(PoisonError::into_inner);
    listener.shell = Some(shell);
    if listener.is_over {
        listener.hang_up();
    }
    drop(listener);
    let ended = child.wait();
    if on_terminal {
        process::take_terminal();
    }
    let status = ended.map_or(0, |status| status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)));
    Ok(Status(u8::try_from(status).unwrap_or(Status::HOST.0)))
}

fn write(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::call(Status::HOST, "write", path.display(), &error))
}
