//! Control groups by number.
#![expect(clippy::disallowed_methods, reason = "the shell: reads folders")]

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// Deeper than anybody nests them.
const MAX_DEPTH: usize = 32;

/// The paths of these control groups below the mount of the second hierarchy, in octets as they are; the root is `/`.
/// Those that are gone, or are not seen from here, are left out.
///
/// # Source
/// cgroups(7), "Cgroups v2": each group is a folder, and its number is that of the folder.
pub(super) fn paths(mut missing: HashSet<u64>) -> Vec<(u64, Vec<u8>)> {
    let mut found = Vec::new();
    if missing.is_empty() {
        return found;
    }
    let Some(root) = mount() else { return found };
    let mut folders = vec![(root, Vec::new(), 0)];
    while let Some((folder, path, depth)) = folders.pop() {
        if let Ok(metadata) = fs::metadata(&folder)
            && missing.remove(&metadata.ino())
        {
            let shown = if path.is_empty() { b"/".to_vec() } else { path.clone() };
            found.push((metadata.ino(), shown));
        }
        if missing.is_empty() || depth == MAX_DEPTH {
            continue;
        }
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                let mut below = path.clone();
                below.push(b'/');
                below.extend(OsString::into_vec(entry.file_name()));
                folders.push((entry.path(), below, depth + 1));
            }
        }
    }
    found
}

/// Where the second hierarchy is mounted.
///
/// # Source
/// proc_pid_mountinfo(5).
fn mount() -> Option<PathBuf> {
    let mounts = fs::read_to_string("/proc/self/mountinfo").ok()?;
    let line =
        mounts.lines().find(|line| line.split_once(" - ").is_some_and(|(_, kind)| kind.starts_with("cgroup2 ")))?;
    line.split(' ').nth(4).map(PathBuf::from)
}
