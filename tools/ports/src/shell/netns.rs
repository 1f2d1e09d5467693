//! Network namespaces: which there are, and what to do in them.
//!
//! They come and go while they are listed: one that is gone is passed over, one that may not be entered is counted.
#![expect(clippy::disallowed_methods, reason = "the shell: namespaces are files")]

use std::collections::HashSet;
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use sockeye_cli::escape::escape;
use sockeye_cli::{Failure, Status};
use sockeye_sys::{CallError, NetNs};

use crate::netns::{Left, OWN, WANTED, Wanted};

/// Where `ip netns` keeps them, by name.
///
/// # Source
/// ip-netns(8).
const NAMED: &str = "/run/netns";
/// The namespace of this thread.
const OWN_FILE: &str = "/proc/thread-self/ns/net";
/// "No such process": what /proc answers for one that ends while it is read.
const ESRCH: i32 = 3;
/// "Invalid argument": what setns(2) answers for a file that is no namespace (any more).
const EINVAL: i32 = 22;

/// A namespace that may be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it is called: safe for a terminal.
    pub name: String,
    /// Its file; `None` is the one that we are in.
    path: Option<PathBuf>,
}

impl Place {
    /// Whether it is the one that we are in.
    pub fn is_ours(&self) -> bool {
        self.path.is_none()
    }

    /// Calls `work` in it.
    ///
    /// # Errors
    /// [`CallError`] if it is gone or may not be entered.
    pub fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> Result<T, CallError> {
        match &self.path {
            None => Ok(work()),
            Some(path) => NetNs::open(path)?.run(work),
        }
    }
}

/// The namespaces that are wanted, each once, and what had to be left out already.
///
/// # Errors
/// [`Failure`] if one that was named is not there.
pub fn places(wanted: &[Wanted]) -> Result<(Vec<Place>, Left), Failure> {
    let mut places = Vec::new();
    let mut left = Left::default();
    let mut seen = HashSet::new();
    for one in wanted {
        let (name, path) = match one {
            Wanted::Name(name) => (escape(name).into_owned(), Path::new(NAMED).join(name)),
            Wanted::Pid(pid) => (format!("pid:{pid}"), of_process(&pid.to_string())),
            Wanted::Path(path) => (escape(path).into_owned(), PathBuf::from(path)),
            Wanted::Own => (OWN.to_owned(), PathBuf::from(OWN_FILE)),
            Wanted::All => {
                all(&mut places, &mut seen, &mut left);
                continue;
            }
        };
        let id = identity(&path).map_err(|error| {
            // A process may have ended meanwhile; a name or a path that is not there was never right.
            let mistyped = error.kind() == io::ErrorKind::NotFound && matches!(one, Wanted::Name(_) | Wanted::Path(_));
            let status = if mistyped { Status::USAGE } else { Status::HOST };
            Failure::call(status, "open", escape(&path.to_string_lossy()), &error).hint(WANTED)
        })?;
        if seen.insert(id) {
            places.push(Place { name, path: Some(path) });
        }
    }
    Ok((places, left))
}

fn of_process(pid: &str) -> PathBuf {
    Path::new("/proc").join(pid).join("ns/net")
}

fn all(places: &mut Vec<Place>, seen: &mut HashSet<(u64, u64)>, left: &mut Left) {
    let named: Vec<(String, PathBuf, (u64, u64))> = names()
        .into_iter()
        .filter_map(|name| {
            let path = Path::new(NAMED).join(&name);
            let id = identity(&path).ok()?;
            Some((escape(&name).into_owned(), path, id))
        })
        .collect();
    match identity(Path::new(OWN_FILE)) {
        Ok(own) if seen.insert(own) => {
            let name = named.iter().find(|(.., id)| *id == own).map_or(OWN, |(name, ..)| name);
            places.push(Place { name: name.to_owned(), path: None });
        }
        Ok(_) => {}
        // To look around here, nothing must be entered.
        Err(_) => {
            left.unlisted = true;
            places.push(Place { name: OWN.to_owned(), path: None });
        }
    }
    for (name, path, id) in named {
        if seen.insert(id) {
            places.push(Place { name, path: Some(path) });
        }
    }
    for pid in processes() {
        let path = of_process(&pid.to_string());
        match identity(&path) {
            Ok(id) if seen.insert(id) => places.push(Place { name: format!("pid:{pid}"), path: Some(path) }),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => left.processes += 1,
            // It is in one that is listed already, or has ended.
            Ok(_) | Err(_) => {}
        }
    }
}

/// The names that `ip netns` knows, in order. None where there is no such folder.
fn names() -> Vec<String> {
    let entries = fs::read_dir(NAMED).into_iter().flatten().flatten();
    let mut names: Vec<String> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort_unstable();
    names
}

/// The processes, in order: a namespace is called by the oldest that is in it.
fn processes() -> Vec<u32> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut pids: Vec<u32> = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    pids.sort_unstable();
    pids
}

/// What tells two namespaces apart.
///
/// # Source
/// namespaces(7): device and inode of the file.
fn identity(path: &Path) -> io::Result<(u64, u64)> {
    fs::metadata(path).map(|file| (file.dev(), file.ino()))
}

/// Whether a namespace that could not be entered is gone, or was none.
pub fn is_gone(error: &CallError) -> bool {
    error.kind() == io::ErrorKind::NotFound || matches!(error.errno(), Some(ESRCH | EINVAL))
}

/// Whether what was named is there and is something else.
pub fn is_none(error: &CallError) -> bool {
    error.errno() == Some(EINVAL)
}
