//! The search through the descriptors of every process.
//!
//! Processes come and go while it runs: one that is gone is passed over, and so is one that we may not look into. Both
//! are counted.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc, in threads")]

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

use sockeye_cli::escape::escape_octets;

use crate::cli::WantedOwners;
use crate::explain::OwnerSearch;
use crate::owners::{Holders, Holding, socket_inode};

/// More do not help: the kernel's own locks become the limit.
const MAX_THREADS: usize = 8;
/// "No such process": what /proc answers for one that ends while it is read.
const ESRCH: i32 = 3;
/// A thread costs about as much as looking into so many small processes.
const PROCESSES_PER_THREAD: usize = 16;

/// And about as much as reading so many descriptors.
const DESCRIPTORS_PER_THREAD: u64 = 500;

/// Looks for the holders of the sockets with these inodes, which are in order and without doubles.
pub(super) fn search(inodes: &[u32], wanted: WantedOwners) -> (Holders, OwnerSearch) {
    let mut summary = OwnerSearch { wanted: inodes.len(), ..OwnerSearch::default() };
    if inodes.is_empty() {
        return (Holders::default(), summary);
    }
    let pids = process_ids();
    summary.listed = pids.len();
    // Where a mount option of /proc hides other users' processes, the first process is among the hidden.
    let hidden = !pids.contains(&1);
    let common = Common::new(Path::new("/proc"), inodes, &pids, wanted);
    let threads = threads_for(&pids);
    let parts: Vec<Part> = thread::scope(|scope| {
        // A thread that cannot be had is done without; this one always works.
        let helpers: Vec<_> =
            (1..threads).filter_map(|_| thread::Builder::new().spawn_scoped(scope, || common.work()).ok()).collect();
        summary.threads = helpers.len() + 1;
        let own = common.work();
        helpers.into_iter().filter_map(|helper| helper.join().ok()).chain([own]).collect()
    });
    let mut holdings = Vec::new();
    let mut commands = HashMap::new();
    for part in parts {
        holdings.extend(part.holdings);
        commands.extend(part.commands);
        summary.processes += part.processes;
        summary.descriptors += part.descriptors;
        summary.denied += part.denied;
        summary.gone += part.gone;
        summary.unread += part.unread;
        summary.stopped_early |= part.stopped_early;
    }
    let incomplete = summary.denied > 0 || summary.unread > 0 || hidden;
    let holders = Holders::new(holdings, commands, incomplete);
    summary.found = holders.held();
    (holders, summary)
}

/// How many threads pay for themselves.
fn threads_for(pids: &[u32]) -> usize {
    let most =
        thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MAX_THREADS).min(pids.len().max(1));
    let by_processes = pids.len() / PROCESSES_PER_THREAD + 1;
    if by_processes >= most {
        return most;
    }
    // There may be few and large ones. Since Linux 6.2 the length of the folder is the number of descriptors in it.
    let descriptors = |pid: &u32| fs::metadata(format!("/proc/{pid}/fd")).map_or(0, |folder| folder.len());
    let descriptors: u64 = pids.iter().map(descriptors).sum();
    let by_descriptors = usize::try_from(descriptors / DESCRIPTORS_PER_THREAD).unwrap_or(usize::MAX);
    by_processes.max(by_descriptors).min(most)
}

/// The processes of this PID namespace.
fn process_ids() -> Vec<u32> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok()).collect()
}

/// What the threads share.
struct Common<'a> {
    /// Where the processes are listed.
    proc: &'a Path,
    /// In order.
    inodes: &'a [u32],
    pids: &'a [u32],
    /// The process that nobody has taken yet.
    next: AtomicUsize,
    /// Of each inode: whether a holder has been found.
    found: Vec<AtomicBool>,
    /// How many inodes have none.
    missing: AtomicUsize,
    wanted: WantedOwners,
}

/// What one thread found.
#[derive(Default)]
struct Part {
    holdings: Vec<Holding>,
    commands: HashMap<u32, String>,
    processes: usize,
    descriptors: usize,
    denied: usize,
    gone: usize,
    unread: usize,
    stopped_early: bool,
}

impl Part {
    /// Counts a process whose descriptors could not be read.
    fn passed_over(&mut self, error: &io::Error) {
        match error.kind() {
            io::ErrorKind::PermissionDenied => self.denied += 1,
            io::ErrorKind::NotFound => self.gone += 1,
            _ if error.raw_os_error() == Some(ESRCH) => self.gone += 1,
            _ => self.unread += 1,
        }
    }
}

impl<'a> Common<'a> {
    fn new(proc: &'a Path, inodes: &'a [u32], pids: &'a [u32], wanted: WantedOwners) -> Self {
        Self {
            proc,
            inodes,
            pids,
            next: AtomicUsize::new(0),
            found: inodes.iter().map(|_| AtomicBool::new(false)).collect(),
            missing: AtomicUsize::new(inodes.len()),
            wanted,
        }
    }

    fn work(&self) -> Part {
        let mut part = Part::default();
        while let Some(pid) = self.pids.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.is_enough() {
                part.stopped_early = true;
                break;
            }
            let before = part.holdings.len();
            match self.look_into(*pid, &mut part) {
                Ok(()) => part.processes += 1,
                Err(error) => part.passed_over(&error),
            }
            if part.holdings.len() > before {
                part.commands.insert(*pid, command(*pid));
            }
        }
        part
    }

    fn is_enough(&self) -> bool {
        self.wanted == WantedOwners::First && self.missing.load(Ordering::Relaxed) == 0
    }

    /// Reads the descriptors of one process.
    ///
    /// Its first thread may have ended before the others, as with pthread_exit(3) in main(): then it shows none, and to
    /// those who are not root denies even that. Those of the other threads are the process's then.
    fn look_into(&self, pid: u32, part: &mut Part) -> io::Result<()> {
        let process = self.proc.join(pid.to_string());
        let before = part.descriptors;
        let read = self.descriptors(&process.join("fd"), pid, part);
        if part.descriptors > before || !is_zombie(&process) {
            return read;
        }
        let own = OsString::from(pid.to_string());
        let threads = fs::read_dir(process.join("task")).into_iter().flatten().flatten();
        for thread in threads.filter(|thread| thread.file_name() != own) {
            if self.descriptors(&thread.path().join("fd"), pid, part).is_ok() && part.descriptors > before {
                return Ok(());
            }
        }
        read
    }

    /// Reads one folder of descriptors. One that is closed meanwhile is passed over.
    fn descriptors(&self, folder: &Path, pid: u32, part: &mut Part) -> io::Result<()> {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let link = match fs::read_link(entry.path()) {
                Ok(link) => link,
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
                Err(_) => continue,
            };
            part.descriptors += 1;
            let held = socket_inode(link.as_os_str().as_bytes()).and_then(|inode| self.mark(inode).then_some(inode));
            let fd = entry.file_name().to_str().and_then(|fd| fd.parse().ok());
            if let (Some(inode), Some(fd)) = (held, fd) {
                part.holdings.push(Holding { inode, pid, fd });
                if self.is_enough() {
                    part.stopped_early = true;
                    break;
                }
            }
        }
        Ok(())
    }

    /// Whether a holder of this inode is wanted; then it counts as found.
    fn mark(&self, inode: u32) -> bool {
        let Some(found) = self.inodes.binary_search(&inode).ok().and_then(|index| self.found.get(index)) else {
            return false;
        };
        let first = !found.swap(true, Ordering::Relaxed);
        if first {
            self.missing.fetch_sub(1, Ordering::Relaxed);
        }
        first || self.wanted == WantedOwners::All
    }
}

/// Whether the first thread of a process has ended: the letter behind the name, which may hold brackets itself.
///
/// # Source
/// proc_pid_stat(5).
fn is_zombie(process: &Path) -> bool {
    let stat = fs::read(process.join("stat")).unwrap_or_default();
    stat.rsplit(|octet| *octet == b')').next().is_some_and(|rest| rest.starts_with(b" Z"))
}

/// The name of a process, made safe for a terminal. Empty if it is gone.
fn command(pid: u32) -> String {
    let octets = fs::read(format!("/proc/{pid}/comm")).unwrap_or_default();
    // The kernel ends it with one line feed; any other is part of the name.
    escape_octets(octets.strip_suffix(b"\n").unwrap_or(&octets))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_gone_counts_as_gone() {
        let mut part = Part::default();
        // EACCES, EPERM; ENOENT, ESRCH; EMFILE, ENFILE, ENOMEM.
        for errno in [13, 1, 2, 3, 24, 23, 12] {
            part.passed_over(&io::Error::from_raw_os_error(errno));
        }
        assert_eq!((part.denied, part.gone, part.unread), (2, 2, 3));
    }

    #[test]
    fn a_process_whose_first_thread_has_ended_still_holds_its_sockets() {
        use std::os::unix::fs::symlink;

        let proc = std::env::temp_dir().join(format!("sockeye-ports-proc-{}", std::process::id()));
        let _ = fs::remove_dir_all(&proc);
        for folder in ["7/fd", "7/task/7/fd", "7/task/8/fd", "7/task/9/fd"] {
            fs::create_dir_all(proc.join(folder)).unwrap();
        }
        fs::write(proc.join("7/stat"), "7 (a) b) Z 1 7").unwrap();
        // Threads share their descriptors: each is one, however many threads show it.
        for thread in [8, 9] {
            symlink("socket:[4711]", proc.join(format!("7/task/{thread}/fd/3"))).unwrap();
        }
        let common = Common::new(&proc, &[4711], &[7, 10], WantedOwners::All);
        let part = common.work();
        assert_eq!(part.holdings, [Holding { inode: 4711, pid: 7, fd: 3 }]);
        assert_eq!((part.processes, part.gone, part.denied, part.descriptors), (1, 1, 0, 1));
        fs::remove_dir_all(&proc).unwrap();
    }
}
