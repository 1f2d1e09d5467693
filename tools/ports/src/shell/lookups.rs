//! Files that have names for numbers.
#![expect(clippy::disallowed_methods, reason = "the shell: reads files")]

use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{DirEntryExt as _, MetadataExt as _};
use std::path::Path;

use crate::names::Names;

/// The list of users.
///
/// # Source
/// passwd(5).
const USERS: &str = "/etc/passwd";
/// Where control groups are mounted.
///
/// # Source
/// cgroups(7).
const CGROUPS: &str = "/sys/fs/cgroup";
/// Deeper than anybody nests them.
const MAX_DEPTH: usize = 32;

/// Takes in the names of users. A missing list is an empty one.
pub fn add_users(names: &mut Names) {
    if let Ok(database) = fs::read(USERS) {
        names.add_users(&database);
    }
}

/// Takes in the paths of these control groups, which are in order.
pub fn add_cgroups(names: &mut Names, ids: &[u64]) {
    let root = Path::new(CGROUPS);
    if fs::metadata(root).is_ok_and(|folder| ids.binary_search(&folder.ino()).is_ok())
        && let Ok(folder) = fs::metadata(root)
    {
        names.add_cgroup(folder.ino(), b"/");
    }
    if !ids.is_empty() {
        walk(root, root, ids, names, 0);
    }
}

fn walk(root: &Path, folder: &Path, ids: &[u64], names: &mut Names, depth: usize) {
    if depth > MAX_DEPTH {
        return;
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if !entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            continue;
        }
        let path = entry.path();
        if ids.binary_search(&entry.ino()).is_ok()
            && let Ok(below) = path.strip_prefix(root)
        {
            let mut shown = b"/".to_vec();
            shown.extend_from_slice(below.as_os_str().as_bytes());
            names.add_cgroup(entry.ino(), &shown);
        }
        walk(root, &path, ids, names, depth + 1);
    }
}
