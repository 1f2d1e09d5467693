//! A working folder that is gone afterwards.

use std::fs::File;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, io, path, process};

use sockeye_cli::{Failure, Status};
use sockeye_sys::lock;

/// How many names are tried before giving up.
const TRIES: u32 = 100;
/// What every name begins with; two numbers follow.
const PREFIX: &str = "sockeye-lab-";

/// A folder of this run's own. Dropping it removes it with all that is in it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    /// The folder itself, locked: by that the living are told from the dead.
    _lock: File,
}

impl Folder {
    /// Makes one where temporary files go.
    ///
    /// # Errors
    /// [`Failure`] that names the path.
    pub fn create() -> Result<Self, Failure> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let mut tried = 0;
        loop {
            let name = format!("{PREFIX}{}-{}", process::id(), since.subsec_nanos().wrapping_add(tried));
            let path = temporary().join(name);
            tried += 1;
            // Nobody else's: create_dir makes it or fails. `lab clean` may find it before it is locked, and remove it.
            match fs::create_dir(&path).and_then(|()| locked(&path)) {
                Ok(lock) => return Ok(Self { path, _lock: lock }),
                Err(error)
                    if matches!(error.kind(), io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound)
                        && tried < TRIES => {}
                Err(error) => {
                    let failure = Failure::call(Status::HOST, "mkdir", path.display(), &error);
                    return Err(failure.hint("set TMPDIR to a folder in which you may make files"));
                }
            }
        }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Where temporary files go: TMPDIR, as seen from everywhere, or /tmp if it is empty.
pub fn temporary() -> PathBuf {
    let folder = env::temp_dir();
    // Without a current folder there is only what was said.
    path::absolute(&folder).unwrap_or(if folder.as_os_str().is_empty() { PathBuf::from("/tmp") } else { folder })
}

fn locked(path: &Path) -> io::Result<File> {
    let folder = File::open(path)?;
    lock::lock(&folder)?;
    // Whoever removed it meanwhile had not seen the lock.
    fs::metadata(path)?;
    Ok(folder)
}

/// Whether a path is that of a working folder.
pub fn is_name(path: &Path) -> bool {
    let numbers = path.file_name().and_then(|name| name.to_str()?.strip_prefix(PREFIX)?.split_once('-'));
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit());
    numbers.is_some_and(|(first, second)| is_number(first) && is_number(second))
}

/// Whether the lab that made this folder still runs. What cannot be looked at is left alone.
pub fn is_alive(path: &Path) -> bool {
    match File::open(path) {
        Ok(folder) => !lock::try_lock(&folder).unwrap_or(false),
        Err(error) => error.kind() != io::ErrorKind::NotFound,
    }
}

/// Whether a folder belongs to the user that this process runs as.
fn is_own(path: &Path) -> bool {
    let own = fs::metadata("/proc/self").ok().map(|process| process.uid());
    // Not that of what a link leads to: anybody can make one.
    let owner = fs::symlink_metadata(path).ok().filter(fs::Metadata::is_dir).map(|folder| folder.uid());
    own.is_some() && owner == own
}

/// Whether this process may remove a folder: its user's own, and for root those of all.
pub fn is_ours(path: &Path) -> bool {
    fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) || is_own(path)
}

/// The folders of the labs of this user that run. Not even root believes what is in those of others.
pub fn living() -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(temporary()) else { return Vec::new() };
    let paths = entries.flatten().map(|entry| entry.path());
    paths.filter(|path| is_name(path) && is_own(path) && is_alive(path)).collect()
}

impl Drop for Folder {
    fn drop(&mut self) {
        // There is nobody to tell, and nothing else to be done.
        let _ = fs::remove_dir_all(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_lives_as_long_as_its_lab() {
        let folder = Folder::create().unwrap();
        let path = folder.path().to_owned();
        assert!(is_name(&path) && is_ours(&path) && is_alive(&path));
        assert!(living().contains(&path));
        drop(folder);
        assert!(!path.exists() && !is_alive(&path));
    }

    #[test]
    fn other_folders_are_left_alone() {
        for other in ["/tmp/sockeye-lab-1", "/tmp/sockeye-lab-a-1", "/tmp/sockeye-lab-1-", "/tmp/sockeye-test-lab-1-2"]
        {
            assert!(!is_name(Path::new(other)), "{other}");
        }
        assert!(is_name(Path::new("/tmp/sockeye-lab-12-345")));
    }
}
