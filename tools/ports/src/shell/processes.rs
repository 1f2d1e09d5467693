//! The search through the descriptors of every process.
//!
//! Processes come and go while it runs: one that is gone is passed over, and so is one that we may not look into. Both
//! are counted. The threads take process by process; one with many descriptors is only listed then, and afterwards its
//! links are read by all of them.
#![expect(clippy::disallowed_methods, reason = "the shell: reads /proc, in threads")]

use std::collections::HashMap;
use std::fs;
use std::io;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use sockeye_cli::escape::escape_octets;
use sockeye_sys::proc_fd::{Batch, Folder};

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
/// A process with more descriptors than this is shared among the threads, so many at a time.
const SHARE: usize = 512;
/// So many shared processes at most: the folder of each stays open meanwhile.
const MOST_SHARED: usize = 64;

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
    let mut parts = in_threads(threads_for(&pids), &|| common.work());
    summary.threads = parts.len();
    let large = common.take_large();
    if !large.is_empty() {
        parts.extend(in_threads(summary.threads, &|| common.share(&large)));
        parts.push(outcome(&large));
    }
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

/// Does the same work in so many threads, of which this is one. One that cannot be had is done without.
fn in_threads(threads: usize, work: &(dyn Fn() -> Part + Sync)) -> Vec<Part> {
    thread::scope(|scope| {
        let helpers: Vec<_> =
            (1..threads).filter_map(|_| thread::Builder::new().spawn_scoped(scope, work).ok()).collect();
        let own = work();
        helpers.into_iter().filter_map(|helper| helper.join().ok()).chain([own]).collect()
    })
}

/// How many threads pay for themselves.
fn threads_for(pids: &[u32]) -> usize {
    let most = thread::available_parallelism().map_or(1, std::num::NonZero::get).min(MAX_THREADS);
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
    let mut pids = Vec::new();
    let _ = Folder::open(Path::new("/proc")).and_then(|proc| proc.numbers(&mut Batch::default(), &mut pids));
    pids
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
    /// Of each inode: whether a holder has been found. Empty where all are wanted.
    found: Vec<AtomicBool>,
    /// How many inodes have none.
    missing: AtomicUsize,
    /// The processes whose links are read together.
    large: Mutex<Vec<Large>>,
}

/// A process with many descriptors, which have been listed.
struct Large {
    pid: u32,
    folder: Folder,
    descriptors: Vec<u32>,
    /// The descriptor that nobody has taken yet.
    next: AtomicUsize,
    /// It became somebody else's meanwhile.
    denied: AtomicBool,
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
        let one_is_enough = wanted == WantedOwners::First;
        Self {
            proc,
            inodes,
            pids,
            next: AtomicUsize::new(0),
            found: if one_is_enough { inodes.iter().map(|_| AtomicBool::new(false)).collect() } else { Vec::new() },
            missing: AtomicUsize::new(inodes.len()),
            large: Mutex::default(),
        }
    }

    /// Reads one process after the other. The links of the large ones are left for [`Self::share`].
    fn work(&self) -> Part {
        let mut part = Part::default();
        let (mut batch, mut descriptors) = (Batch::default(), Vec::new());
        while let Some(pid) = self.pids.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.is_enough() {
                part.stopped_early = true;
                break;
            }
            descriptors.clear();
            let folder = match self.list(*pid, &mut batch, &mut descriptors) {
                Ok(folder) => folder,
                Err(error) => {
                    part.passed_over(&error);
                    continue;
                }
            };
            let Some(folder) = self.put_aside(*pid, folder, &mut descriptors) else {
                part.commands.insert(*pid, command(*pid).unwrap_or_default());
                continue;
            };
            let before = part.holdings.len();
            match self.read(*pid, &folder, &descriptors, &mut part) {
                Ok(_) => part.processes += 1,
                Err(error) => part.passed_over(&error),
            }
            if part.holdings.len() > before {
                part.commands.insert(*pid, command(*pid).unwrap_or_default());
            }
        }
        part
    }

    fn is_enough(&self) -> bool {
        !self.found.is_empty() && self.missing.load(Ordering::Relaxed) == 0
    }

    /// Lists the descriptors of one process.
    ///
    /// Its first thread may have ended before the others, as with pthread_exit(3) in main(): then it shows none, and to
    /// those who are not root denies even that. Those of the other threads are the process's then.
    fn list(&self, pid: u32, batch: &mut Batch, descriptors: &mut Vec<u32>) -> io::Result<Folder> {
        let process = self.proc.join(pid.to_string());
        let listed = numbers(&process.join("fd"), batch, descriptors);
        if !descriptors.is_empty() || !is_zombie(&process) {
            return listed;
        }
        let task = process.join("task");
        let mut threads = Vec::new();
        let _ = numbers(&task, batch, &mut threads);
        for thread in threads.into_iter().filter(|thread| *thread != pid) {
            let folder = numbers(&task.join(thread.to_string()).join("fd"), batch, descriptors);
            if folder.is_ok() && !descriptors.is_empty() {
                return folder;
            }
            descriptors.clear();
        }
        listed
    }

    /// Keeps a large process for all threads; any other is given back.
    fn put_aside(&self, pid: u32, folder: Folder, descriptors: &mut Vec<u32>) -> Option<Folder> {
        if descriptors.len() <= SHARE {
            return Some(folder);
        }
        let mut large = self.large.lock().unwrap_or_else(PoisonError::into_inner);
        if large.len() >= MOST_SHARED {
            return Some(folder);
        }
        let (descriptors, next) = (std::mem::take(descriptors), AtomicUsize::new(0));
        large.push(Large { pid, folder, descriptors, next, denied: AtomicBool::new(false) });
        None
    }

    fn take_large(&self) -> Vec<Large> {
        std::mem::take(&mut *self.large.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the links of large processes, together with the other threads.
    fn share(&self, large: &[Large]) -> Part {
        let mut part = Part::default();
        for process in large {
            loop {
                let start = process.next.fetch_add(SHARE, Ordering::Relaxed);
                let end = process.descriptors.len().min(start.saturating_add(SHARE));
                let Some(descriptors) = process.descriptors.get(start..end).filter(|some| !some.is_empty()) else {
                    break;
                };
                match self.read(process.pid, &process.folder, descriptors, &mut part) {
                    Ok(ControlFlow::Continue(())) => {}
                    Ok(ControlFlow::Break(())) => return part,
                    Err(_) => {
                        process.denied.store(true, Ordering::Relaxed);
                        break;
                    }
                }
            }
        }
        part
    }

    /// Reads the links of some descriptors, until it is enough. One that is closed meanwhile is passed over.
    ///
    /// # Errors
    /// That the process has become one that we may not look into.
    fn read(&self, pid: u32, folder: &Folder, descriptors: &[u32], part: &mut Part) -> io::Result<ControlFlow<()>> {
        for fd in descriptors {
            if self.is_enough() {
                part.stopped_early = true;
                return Ok(ControlFlow::Break(()));
            }
            let link = match folder.link(*fd) {
                Ok(link) => link,
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => return Err(error),
                Err(_) => continue,
            };
            part.descriptors += 1;
            let Some(inode) = socket_inode(link.octets()).filter(|inode| self.is_wanted(*inode)) else { continue };
            part.holdings.push(Holding { inode, pid, fd: *fd });
        }
        Ok(ControlFlow::Continue(()))
    }

    /// Whether a holder of this inode is wanted. Where one is enough, it has it then.
    fn is_wanted(&self, inode: u32) -> bool {
        let Ok(index) = self.inodes.binary_search(&inode) else { return false };
        let Some(found) = self.found.get(index) else { return true };
        let first = !found.swap(true, Ordering::Relaxed);
        if first {
            self.missing.fetch_sub(1, Ordering::Relaxed);
        }
        first
    }
}

/// How it ended with the large processes.
fn outcome(large: &[Large]) -> Part {
    let denied = large.iter().filter(|process| process.denied.load(Ordering::Relaxed)).count();
    Part { processes: large.len() - denied, denied, ..Part::default() }
}

/// Opens a folder and appends the numbers that are listed in it.
fn numbers(path: &Path, batch: &mut Batch, numbers: &mut Vec<u32>) -> io::Result<Folder> {
    let folder = Folder::open(path)?;
    folder.numbers(batch, numbers)?;
    Ok(folder)
}

/// Whether the first thread of a process has ended: the letter behind the name, which may hold brackets itself.
///
/// # Source
/// proc_pid_stat(5).
fn is_zombie(process: &Path) -> bool {
    let stat = fs::read(process.join("stat")).unwrap_or_default();
    stat.rsplit(|octet| *octet == b')').next().is_some_and(|rest| rest.starts_with(b" Z"))
}

/// The name of a process or thread, made safe for a terminal; `None` if it is gone.
pub(super) fn command(pid: u32) -> Option<String> {
    let octets = fs::read(format!("/proc/{pid}/comm")).ok()?;
    // The kernel ends it with one line feed; any other is part of the name.
    Some(escape_octets(octets.strip_suffix(b"\n").unwrap_or(&octets)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;
    use std::path::PathBuf;

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

    /// A folder that looks like /proc, with these empty folders in it.
    fn proc(name: &str, folders: &[&str]) -> PathBuf {
        let proc = std::env::temp_dir().join(format!("sockeye-ports-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&proc);
        for folder in folders {
            fs::create_dir_all(proc.join(folder)).unwrap();
        }
        proc
    }

    #[test]
    fn the_links_of_a_large_process_are_read_by_all_threads_and_each_once() {
        let proc = proc("large", &["5/fd", "6/fd"]);
        let count = u32::try_from(3 * SHARE + 7).unwrap();
        for fd in 0..count {
            symlink(format!("socket:[{}]", 1000 + fd), proc.join(format!("5/fd/{fd}"))).unwrap();
        }
        symlink("socket:[1000]", proc.join("6/fd/0")).unwrap();
        symlink("pipe:[1001]", proc.join("6/fd/1")).unwrap();
        let inodes: Vec<u32> = (1000..1000 + count).collect();
        let common = Common::new(&proc, &inodes, &[5, 6], WantedOwners::All);
        let own = common.work();
        assert_eq!((own.processes, own.descriptors), (1, 2));
        assert_eq!(own.holdings, [Holding { inode: 1000, pid: 6, fd: 0 }]);
        let large = common.take_large();
        let parts = in_threads(3, &|| common.share(&large));
        assert_eq!(parts.len(), 3);
        let mut holdings: Vec<Holding> = parts.into_iter().flat_map(|part| part.holdings).collect();
        holdings.sort_unstable();
        let each: Vec<Holding> = (0..count).map(|fd| Holding { inode: 1000 + fd, pid: 5, fd }).collect();
        assert_eq!(holdings, each);
        assert_eq!(outcome(&large).processes, 1);
        fs::remove_dir_all(&proc).unwrap();
    }

    #[test]
    fn where_one_owner_is_enough_nothing_is_read_behind_the_last() {
        let proc = proc("first", &["5/fd", "6/fd", "7/fd"]);
        for link in ["5/fd/0", "6/fd/0"] {
            symlink("socket:[11]", proc.join(link)).unwrap();
        }
        symlink("socket:[12]", proc.join("6/fd/1")).unwrap();
        let found = |wanted| {
            let part = Common::new(&proc, &[11, 12], &[5, 6, 7], wanted).work();
            let mut found: Vec<(u32, u32)> = part.holdings.iter().map(|held| (held.inode, held.pid)).collect();
            found.sort_unstable();
            (found, part.processes, part.stopped_early)
        };
        assert_eq!(found(WantedOwners::First), (vec![(11, 5), (12, 6)], 2, true));
        assert_eq!(found(WantedOwners::All), (vec![(11, 5), (11, 6), (12, 6)], 3, false));
        symlink("socket:[11]", proc.join("5/fd/1")).unwrap();
        let read = |wanted| Common::new(&proc, &[11], &[5, 6, 7], wanted).work().descriptors;
        assert_eq!((read(WantedOwners::First), read(WantedOwners::All)), (1, 4));
        fs::remove_dir_all(&proc).unwrap();
    }

    #[test]
    fn a_process_whose_first_thread_has_ended_still_holds_its_sockets() {
        let proc = proc("zombie", &["7/fd", "7/task/7/fd", "7/task/8/fd", "7/task/9/fd"]);
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
