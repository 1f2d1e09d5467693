//! A working folder that is gone afterwards.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};
use std::{env, fs, io, process};

use sockeye_cli::{Failure, Status};

/// How many names are tried before giving up.
const TRIES: u32 = 100;

/// A folder of this run's own. Dropping it removes it with all that is in it.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
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
            let name = format!("sockeye-lab-{}-{}", process::id(), since.subsec_nanos().wrapping_add(tried));
            let path = env::temp_dir().join(name);
            // Nobody else's: create_dir makes it or fails.
            match fs::create_dir(&path) {
                Ok(()) => return Ok(Self { path }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && tried < TRIES => tried += 1,
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

impl Drop for Folder {
    fn drop(&mut self) {
        // There is nobody to tell, and nothing else to be done.
        let _ = fs::remove_dir_all(&self.path);
    }
}
