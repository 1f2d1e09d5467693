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
pub(super) fn mount() -> Option<PathBuf> {
    mounted_at(&fs::read("/proc/self/mounts").ok()?)
}

/// # Source
/// proc_pid_mounts(5), fstab(5).
fn mounted_at(mounts: &[u8]) -> Option<PathBuf> {
    mounts.split(|octet| *octet == b'\n').find_map(|line| {
        let mut fields = line.split(|octet| *octet == b' ');
        let root = fields.nth(1)?;
        (fields.next()? == b"cgroup2").then(|| OsString::from_vec(root.to_vec()).into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cgroup2_may_be_mounted_anywhere() {
        let mounts = b"tmpfs /sys/fs/cgroup tmpfs rw 0 0\ntmpfs /a\xff tmpfs rw 0 0\n\
                       cgroup /sys/fs/cgroup/cpu cgroup rw 0 0\n\
                       cgroup2 /sys/fs/cgroup/unified cgroup2 rw 0 0\n";
        assert_eq!(mounted_at(mounts), Some("/sys/fs/cgroup/unified".into()));
        assert_eq!(mounted_at(b"x /cgroup2 ext4 rw 0 0\n"), None);
    }
}
