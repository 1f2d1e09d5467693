//! What a lab that was killed has left, and its removal.
//!
//! Its processes, if there was no PID namespace for them, and its working folder. Networks vanish with the processes that
//! are in them. A working folder is locked for as long as its lab lives, by whichever way that ends.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::pidfd::PidFd;
use sockeye_sys::process;

use super::folder;
use super::run::nursery::MARK;
use crate::left::{Left, Swept};

/// For how long processes are looked for that those have started which were just being killed.
const ROUNDS: Duration = Duration::from_secs(5);

/// Removes what labs that were killed have left, or only says what that is.
///
/// # Errors
/// [`Failure`] if a thing cannot be removed.
pub fn clean(dry_run: bool, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut swept = Swept { removed: !dry_run, ..Swept::default() };
    let found = marked(is_dead);
    swept.processes = found.len();
    for (pid, _) in &found {
        let command = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        output.result(&Left::Process { pid: *pid, command: command.trim().to_owned() })?;
    }
    if !dry_run {
        end_processes(is_dead);
    }
    for path in dead_folders() {
        output.result(&Left::Folder { path: path.display().to_string() })?;
        swept.folders += 1;
        if !dry_run {
            fs::remove_dir_all(&path).map_err(|error| Failure::call(Status::HOST, "remove", path.display(), &error))?;
        }
    }
    output.result(&swept)?;
    Ok(Status::YES)
}

/// Whether the lab with this working folder has ended. One with other temporary files is looked for where those are.
fn is_dead(folder: &OsStr) -> bool {
    let path = Path::new(folder);
    folder::is_name(path) && path.parent() == Some(&folder::temporary()) && !folder::is_alive(path)
}

/// The folders of labs that have ended without removing them. Other users' are theirs.
fn dead_folders() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder::temporary()) else { return Vec::new() };
    let mut folders: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir()))
        .map(|entry| entry.path())
        .filter(|path| folder::is_name(path) && folder::is_ours(path) && !folder::is_alive(path))
        .collect();
    folders.sort();
    folders
}

/// Kills every process whose mark `is_meant`, and those that they start meanwhile.
pub fn end_processes(is_meant: impl Fn(&OsStr) -> bool) {
    let start = Instant::now();
    loop {
        let found = marked(&is_meant);
        if found.is_empty() || start.elapsed() > ROUNDS {
            return;
        }
        for (_, handle) in &found {
            // It may have ended by itself.
            let _ = handle.signal(process::signal_number("KILL").unwrap_or_default());
        }
        std::thread::yield_now();
    }
}

/// The processes whose mark `is_meant`. This one is not among them.
fn marked(is_meant: impl Fn(&OsStr) -> bool) -> Vec<(u32, PidFd)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let numbers = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let others = numbers.filter(|pid| *pid != std::process::id());
    let found = others.filter_map(|pid| {
        // Opened before the look: if the number is another's by then, the mark is too.
        let handle = PidFd::open(pid).ok()?;
        mark(pid).filter(|mark| is_meant(mark)).map(|_| (pid, handle))
    });
    found.collect()
}

/// The mark of a process, if it has one and we may see it. One that has ended has none.
fn mark(pid: u32) -> Option<OsString> {
    let environment = fs::read(format!("/proc/{pid}/environ")).ok()?;
    let name = format!("{MARK}=");
    let value = environment.split(|octet| *octet == 0).find_map(|variable| variable.strip_prefix(name.as_bytes()))?;
    Some(OsStr::from_bytes(value).to_owned())
}
