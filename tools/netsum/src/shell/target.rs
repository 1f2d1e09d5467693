//! The file that a copy is written to: it is there as a whole or not at all.
//!
//! A regular file is written without a name, and gets one when it is complete, in the place of an older file if there is
//! one: after a full disk or an interrupt nothing is left of it, and the older file is as it was. Where the file system
//! knows no files without a name, it has one beside the other. Devices and pipes are written as they stand.
#![expect(clippy::disallowed_methods, reason = "the shell: files")]

use std::ffi::OsStr;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, linkat};
use sockeye_cli::{Failure, Status};

use super::shown;

/// What files may be read and written by, before the umask.
const MODE: u32 = 0o666;

/// A file that is being written.
#[derive(Debug)]
pub struct Target {
    file: File,
    name: String,
    /// Where it goes when it is complete; `None` if it is there already.
    place: Option<Place>,
}

#[derive(Debug)]
struct Place {
    path: PathBuf,
    /// Its name until then, beside the other.
    temporary: PathBuf,
    /// Whether it has that name already, or none.
    named: bool,
}

impl Target {
    /// Opens `path` for writing a copy of `input`, where `-` is standard input.
    ///
    /// # Errors
    /// [`Failure`] with the call and the file; or if both are the same file.
    pub fn open(path: &OsStr, input: &OsStr) -> Result<Self, Failure> {
        let name = shown(path);
        let failed = |call: &str, error: &io::Error| Failure::call(Status::USAGE, call, &name, error);
        let existing = fs::metadata(path);
        if let Err(error) = &existing
            && path.as_bytes().ends_with(b"/")
        {
            // Only a directory has such a name; the one that is meant is not there.
            return Err(failed("create", error));
        }
        let existing = existing.ok();
        if let Some(existing) = &existing {
            if is_same(existing, input) {
                let said = format!("{name}: OUT is the file that IN is: give it another name");
                return Err(Failure::usage(said));
            }
            if !existing.is_file() {
                let file = OpenOptions::new().write(true).open(path).map_err(|error| failed("open", &error))?;
                return Ok(Self { file, name, place: None });
            }
        }
        // What a link points to is replaced, not the link.
        let path = if existing.is_some() {
            fs::canonicalize(path).map_err(|error| failed("open", &error))?
        } else {
            path.into()
        };
        let (file, place) = create(path).map_err(|error| failed("create", &error))?;
        let target = Self { file, name: name.clone(), place: Some(place) };
        if let Some(existing) = existing {
            target.file.set_permissions(existing.permissions()).map_err(|error| failed("chmod", &error))?;
        }
        Ok(target)
    }

    /// Where it is written.
    pub const fn file(&mut self) -> &mut File {
        &mut self.file
    }

    /// What to say of a write that failed.
    pub fn failure(&self, error: &io::Error) -> Failure {
        Failure::call(Status::HOST, "write", &self.name, error)
    }

    /// The file is complete: it gets its name.
    ///
    /// # Errors
    /// [`Failure`] with the call and the file.
    pub fn commit(mut self) -> Result<(), Failure> {
        let Some(place) = &mut self.place else { return Ok(()) };
        let failed = |call: &str, error: &io::Error| Failure::call(Status::HOST, call, &self.name, error);
        if !place.named {
            let unnamed = format!("/proc/self/fd/{}", self.file.as_raw_fd());
            linkat(CWD, unnamed, CWD, &place.temporary, AtFlags::SYMLINK_FOLLOW)
                .map_err(|error| failed("link", &error.into()))?;
            place.named = true;
        }
        fs::rename(&place.temporary, &place.path).map_err(|error| failed("rename", &error))?;
        place.named = false;
        Ok(())
    }
}

impl Drop for Target {
    fn drop(&mut self) {
        if let Some(Place { temporary, named: true, .. }) = &self.place {
            // Nobody is left to tell.
            let _ = fs::remove_file(temporary);
        }
    }
}

/// A new file that will be `path`.
fn create(path: PathBuf) -> io::Result<(File, Place)> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let file_name = path.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_string_lossy().into_owned();
    // The beginning will do: a name that is as long as one may be has no room for more.
    let beginning: String = file_name.chars().take(50).collect();
    let temporary = folder.join(format!(".{beginning}.{}", std::process::id()));
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    // Without /proc it could not get its name.
    let unnamed = if Path::new("/proc/self/fd").exists() {
        rustix::fs::open(folder, flags, Mode::from_raw_mode(MODE)).map(File::from).ok()
    } else {
        None
    };
    let named = unnamed.is_none();
    let file = match unnamed {
        Some(file) => file,
        None => OpenOptions::new().write(true).create_new(true).mode(MODE).open(&temporary)?,
    };
    Ok((file, Place { path, temporary, named }))
}

fn is_same(existing: &Metadata, input: &OsStr) -> bool {
    let place = if input == "-" {
        rustix::fs::fstat(io::stdin()).ok().map(|stat| (stat.st_dev, stat.st_ino))
    } else {
        fs::metadata(input).ok().map(|input| (input.dev(), input.ino()))
    };
    // A device such as /dev/null may well be both.
    existing.is_file() && place == Some((existing.dev(), existing.ino()))
}
