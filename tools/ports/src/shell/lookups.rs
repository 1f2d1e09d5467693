//! Files that have names for numbers.
#![expect(clippy::disallowed_methods, reason = "the shell: reads files")]

use std::fs;

use crate::names::Names;

/// The list of users.
///
/// # Source
/// passwd(5).
const USERS: &str = "/etc/passwd";
/// Takes in the names of users. A missing list is an empty one.
pub fn add_users(names: &mut Names) {
    if let Ok(database) = fs::read(USERS) {
        names.add_users(&database);
    }
}

/// Takes in the paths of these control groups.
pub fn add_cgroups(names: &mut Names, ids: &[u64]) {
    for (id, path) in super::cgroups::paths(ids.iter().copied().collect()) {
        names.add_cgroup(id, &path);
    }
}
