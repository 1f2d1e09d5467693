//! Where the processes of an experiment live, so that none outlives it.
//!
//! They are put into a PID namespace with an init of our own. When that is killed, or dies with lab, the kernel kills all
//! others, children of children included. Where the system allows no such thing, lab becomes the parent of orphans, and
//! at the end looks for processes that carry its mark in their environment.

use std::io::{self, BufRead as _, BufReader};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::{namespace, process, signals};

use super::super::clean;
use super::super::session::{READY, wait_here};

/// The variable by which the processes of an experiment are known: the working folder of the lab that started them.
pub const MARK: &str = "SOCKEYE_LAB";

/// A command to be started, and where to say what became of it.
type Order = (Command, Sender<io::Result<Child>>);

/// Starts processes, and ends all of them when it is dropped.
#[derive(Debug)]
pub struct Nursery {
    orders: Option<Sender<Order>>,
    /// The init of the PID namespace.
    init: Option<Child>,
    /// It ends when this is closed.
    keep: Option<ChildStdin>,
    folder: PathBuf,
    /// Children that nobody else waits for.
    kept: Vec<Child>,
}

impl Nursery {
    /// A nursery for the processes of the experiment whose working folder is `folder`.
    ///
    /// # Errors
    /// [`Failure`] if there are no more threads.
    pub fn open(folder: &Path, separate: bool) -> Result<Self, Failure> {
        let mut nursery = Self { orders: None, init: None, keep: None, folder: folder.to_owned(), kept: Vec::new() };
        if separate && let Ok(mut init) = nursery.start(namespaces)? {
            nursery.keep = init.stdin.take();
            nursery.init = Some(init);
            return Ok(nursery);
        }
        process::adopt_orphans().map_err(|error| Failure::host(error.to_string()))?;
        nursery.start(|| Ok(()))?.map_err(|error| Failure::host(error.to_string()))?;
        Ok(nursery)
    }

    /// Starts the thread from which all processes are started: what belongs to a thread is done to it by `prepare`.
    fn start<T: Send + 'static>(
        &mut self,
        prepare: impl FnOnce() -> io::Result<T> + Send + 'static,
    ) -> Result<io::Result<T>, Failure> {
        let (orders, received) = mpsc::channel();
        let (told, tell) = mpsc::channel();
        let work = move || match prepare() {
            Ok(value) => {
                if told.send(Ok(value)).is_ok() {
                    serve(&received);
                }
            }
            Err(error) => drop(told.send(Err(error))),
        };
        let failed = |error: io::Error| Failure::call(Status::HOST, "clone", "a thread", &error);
        thread::Builder::new().name("nursery".into()).spawn(work).map_err(failed)?;
        let prepared = tell.recv().unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()));
        self.orders = Some(orders);
        Ok(prepared)
    }

    /// Starts a command. It gets the mark, and dies with lab.
    ///
    /// # Errors
    /// What the system says.
    pub fn spawn(&self, mut command: Command) -> io::Result<Child> {
        command.env(MARK, &self.folder);
        let (answer, answered) = mpsc::channel();
        let gone = || io::Error::from(io::ErrorKind::BrokenPipe);
        self.orders.as_ref().ok_or_else(gone)?.send((command, answer)).map_err(|_| gone())?;
        answered.recv().map_err(|_| gone())?
    }

    /// Leaves a child to be waited for at the end.
    pub fn keep(&mut self, child: Child) {
        self.kept.push(child);
    }

    fn wait_for_kept(&mut self) {
        for child in &mut self.kept {
            // It has been killed with the others; this lets go of its number.
            let _ = child.wait();
        }
    }
}

fn serve(orders: &Receiver<Order>) {
    while let Ok((mut command, answer)) = orders.recv() {
        let started = command.spawn();
        // The pipes that the command holds are to be closed before anybody reads from the other end.
        drop(command);
        // Nobody waits for it if the experiment is over.
        let _ = answer.send(started);
    }
}

impl Drop for Nursery {
    fn drop(&mut self) {
        if let Some(mut init) = self.init.take() {
            // What fails here has ended by itself. The kernel lets init go when all others have been waited for.
            let _ = init.kill();
            self.wait_for_kept();
            let _ = init.wait();
        } else {
            clean::end_processes(|folder| folder == self.folder.as_os_str());
            self.wait_for_kept();
        }
    }
}

/// Moves the calling thread's future children into a PID namespace with a `/proc` of its own. Returns their init.
fn namespaces() -> io::Result<Child> {
    namespace::unshare_mount()?;
    namespace::unshare_pid()?;
    let mut command = Command::new("/proc/self/exe");
    command.arg0("lab").arg(super::super::INIT).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    // Ctrl-C is for lab, which ends the others in order.
    command.process_group(0);
    let mut init = namespace::die_with_parent(&mut command).spawn()?;
    let mut said = String::new();
    if let Some(pipe) = init.stdout.take() {
        BufReader::new(pipe).read_line(&mut said)?;
    }
    if said.trim() == READY {
        return Ok(init);
    }
    let _ = init.kill();
    let _ = init.wait();
    Err(io::Error::other(said))
}

/// What the init does: mounts `/proc`, says so, and waits for the end of its input.
///
/// # Errors
/// [`Failure`] if there can be no `/proc`.
pub fn init(output: &mut Output<'_>) -> Result<(), Failure> {
    let failed = |error: io::Error| Failure::call(Status::HOST, "sigaction", "SIGCHLD", &error);
    // Orphans become its children, and vanish when they end.
    signals::ignore_sigchld().map_err(failed)?;
    namespace::mount_proc().map_err(|error| Failure::host(error.to_string()))?;
    wait_here(output)
}
