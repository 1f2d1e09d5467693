//! Files that are written at the end of a run: opened before it, so that nobody waits for what cannot be kept.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use sockeye_cli::{Failure, Status};

/// A file that is to be written. What was there before stays until then; where nothing was there and nothing is written,
/// nothing is left.
#[derive(Debug)]
pub struct Kept {
    path: PathBuf,
    file: File,
    /// It was not there before, and nothing was written to it.
    vain: bool,
}

impl Kept {
    /// Opens the file at `path`.
    ///
    /// # Errors
    /// [`Failure`] that names it.
    pub fn open(path: &Path) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::call(Status::HOST, "open", path.display(), &error);
        let (file, vain) = match File::create_new(path) {
            Ok(file) => (file, true),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                (OpenOptions::new().write(true).truncate(false).open(path).map_err(failed)?, false)
            }
            Err(error) => return Err(failed(error)),
        };
        Ok(Self { path: path.to_owned(), file, vain })
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`Failure`] that names it.
    pub fn write(mut self, octets: &[u8]) -> Result<(), Failure> {
        self.replace(octets).map_err(|error| Failure::call(Status::HOST, "write", self.path.display(), &error))?;
        self.vain = false;
        Ok(())
    }

    fn replace(&mut self, octets: &[u8]) -> io::Result<()> {
        // A pipe or a device has no length.
        if self.file.metadata()?.is_file() {
            self.file.set_len(0)?;
        }
        self.file.write_all(octets)
    }
}

impl Drop for Kept {
    fn drop(&mut self) {
        if self.vain {
            // Whoever has removed it already has done the same.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A folder with a file of each link.
#[derive(Debug)]
pub struct Captures {
    files: Vec<(String, Kept)>,
    // Dropped after the files in it.
    _folder: Folder,
}

/// A folder that is removed again if it was made here and nothing is in it.
#[derive(Debug)]
struct Folder {
    path: PathBuf,
    made_here: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.made_here {
            // One with files in it stays.
            let _ = fs::remove_dir(&self.path);
        }
    }
}

impl Captures {
    /// Makes the folder, if it is not there, and a file in it for each link.
    ///
    /// # Errors
    /// [`Failure`] that names what cannot be made.
    pub fn open<'a>(folder: &Path, links: impl IntoIterator<Item = &'a str>) -> Result<Self, Failure> {
        let failed = |error: io::Error| Failure::call(Status::HOST, "mkdir", folder.display(), &error);
        let made_here = !folder.exists();
        fs::create_dir_all(folder).map_err(failed)?;
        let made = Folder { path: folder.to_owned(), made_here };
        let kept = |link: &str| Ok((link.to_owned(), Kept::open(&folder.join(format!("{link}.pcapng")))?));
        let files = links.into_iter().map(kept).collect::<Result<_, Failure>>()?;
        Ok(Self { files, _folder: made })
    }

    /// Writes what `capture` says was sent over each link.
    ///
    /// # Errors
    /// [`Failure`] that names the file.
    pub fn write(self, mut capture: impl FnMut(&str) -> Result<Vec<u8>, Failure>) -> Result<(), Failure> {
        self.files.into_iter().try_for_each(|(link, file)| file.write(&capture(&link)?))
    }
}
