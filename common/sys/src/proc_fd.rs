//! Folders whose entries are numbers, and the links in them: `/proc`, `/proc/PID/task`, `/proc/PID/fd`.
//!
//! For those who read a hundred thousand of them: a folder is opened once, its numbers come in large batches, and a link
//! is asked for by its number from there. Nothing is allocated for an entry, and no path is walked twice.

use std::fmt::Write as _;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::path::Path;

use crate::error::{check, check_len, retry};
use crate::path::c_path;

/// As many octets as one call to getdents64(2) fills.
const BATCH: usize = 32 * 1024;
/// Where the length of an entry is, in octets from its start: behind the inode number and the offset.
const LENGTH_AT: usize = 16;
/// Where the name of an entry is: behind its length and type.
const NAME_AT: usize = 19;

/// An open folder.
#[derive(Debug)]
pub struct Folder {
    fd: OwnedFd,
}

/// Where a link points to, as far as it is short.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    octets: [u8; Self::LONGEST],
    len: usize,
}

/// The batch of entries that [`Folder::numbers`] reads into, for one folder after the other.
#[derive(Debug)]
pub struct Batch(Vec<u8>);

impl Folder {
    /// Opens a folder.
    ///
    /// # Errors
    /// What open(2) says: ENOENT and ESRCH for a process that has ended, EACCES for one that we may not trace.
    pub fn open(path: &Path) -> io::Result<Self> {
        let path = c_path(path)?;
        // SAFETY: the path is a NUL-terminated string.
        let opened =
            || check(unsafe { libc::open(path.as_ptr(), libc::O_RDONLY | libc::O_DIRECTORY | libc::O_CLOEXEC) });
        let fd = retry(opened)?;
        // SAFETY: the descriptor is new and nobody else's.
        Ok(Self { fd: unsafe { OwnedFd::from_raw_fd(fd) } })
    }

    /// Appends the entries whose names are numbers, in the order of the folder. Others are passed over.
    ///
    /// To be called once: a folder is read to its end.
    ///
    /// # Errors
    /// What getdents64(2) says: ENOENT if the process has ended.
    pub fn numbers(&self, batch: &mut Batch, numbers: &mut Vec<u32>) -> io::Result<()> {
        loop {
            let buffer = batch.0.as_mut_slice();
            let read = || {
                // SAFETY: the buffer is writable for the length given.
                let filled = unsafe {
                    libc::syscall(libc::SYS_getdents64, self.fd.as_raw_fd(), buffer.as_mut_ptr(), buffer.len())
                };
                check_len(libc::ssize_t::try_from(filled).unwrap_or(-1))
            };
            let filled = retry(read)?;
            if filled == 0 {
                return Ok(());
            }
            numbers.extend(names(buffer.get(..filled).unwrap_or_default()).filter_map(number));
        }
    }

    /// Where the link with a number for a name points to. One that is longer than [`Link::LONGEST`] is cut off there.
    ///
    /// # Errors
    /// What readlinkat(2) says: ENOENT if the descriptor was closed meanwhile.
    pub fn link(&self, number: u32) -> io::Result<Link> {
        let mut name = Name::default();
        // Ten digits are the most.
        let _ = write!(name, "{number}");
        let mut octets = [0; Link::LONGEST];
        let read = || {
            // SAFETY: the name ends in NUL, since its last octet is never written, and the buffer is writable for the
            // length given.
            check_len(unsafe {
                libc::readlinkat(
                    self.fd.as_raw_fd(),
                    name.octets.as_ptr().cast(),
                    octets.as_mut_ptr().cast(),
                    octets.len(),
                )
            })
        };
        let len = retry(read)?;
        Ok(Link { octets, len })
    }
}

impl Link {
    /// Longer ones are cut off: `socket:[4294967295]` is a third of it.
    pub const LONGEST: usize = 64;

    /// What the link holds.
    pub fn octets(&self) -> &[u8] {
        self.octets.get(..self.len).unwrap_or_default()
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self(vec![0; BATCH])
    }
}

/// A number as a NUL-terminated name.
#[derive(Default)]
struct Name {
    octets: [u8; 12],
    len: usize,
}

impl std::fmt::Write for Name {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.len.saturating_add(text.len());
        // The last octet stays NUL.
        let room = self.octets.get_mut(self.len..end).filter(|_| end < 12).ok_or(std::fmt::Error)?;
        room.copy_from_slice(text.as_bytes());
        self.len = end;
        Ok(())
    }
}

/// The names in a batch of entries. What is not laid out as it should be ends them.
///
/// # Source
/// getdents64(2), `struct linux_dirent64`.
fn names(mut batch: &[u8]) -> impl Iterator<Item = &[u8]> {
    std::iter::from_fn(move || {
        let len = batch.get(LENGTH_AT..)?.first_chunk().map(|octets| u16::from_ne_bytes(*octets))?;
        // One that is too short for a name would keep us here for ever.
        let (entry, rest) = batch.split_at_checked(usize::from(len).max(NAME_AT))?;
        batch = rest;
        entry.get(NAME_AT..)?.split(|octet| *octet == 0).next()
    })
}

/// The number that a name is: digits alone.
fn number(name: &[u8]) -> Option<u32> {
    if name.is_empty() {
        return None;
    }
    name.iter().try_fold(0_u32, |number, octet| {
        let digit = char::from(*octet).to_digit(10)?;
        number.checked_mul(10)?.checked_add(digit)
    })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::disallowed_methods, reason = "the links must be of what the test has opened")]

    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, symlink};

    use proptest::prelude::*;

    use super::*;

    fn entry(len: u16, name: &[u8]) -> Vec<u8> {
        let mut octets = vec![0; LENGTH_AT];
        octets.extend(len.to_ne_bytes());
        octets.push(10);
        octets.extend(name);
        octets.resize(octets.len().max(usize::from(len)), 0);
        octets
    }

    #[test]
    fn entries_end_where_their_length_says() {
        let batch = [entry(24, b".\0"), entry(24, b"12\0xy"), entry(32, b"1234567890\0")].concat();
        let found: Vec<&[u8]> = names(&batch).collect();
        assert_eq!(found, [&b"."[..], b"12", b"1234567890"]);
        // A length of nothing, or beyond the end.
        assert_eq!(names(&entry(0, b"1\0")).count(), 1);
        assert_eq!(names(&[entry(24, b"1\0"), entry(24, b"2\0")[..20].to_vec()].concat()).count(), 1);
        assert_eq!(names(&[]).count(), 0);
    }

    #[test]
    fn only_digits_are_a_number() {
        for (name, expected) in [
            ("0", Some(0)),
            ("4294967295", Some(u32::MAX)),
            ("4294967296", None),
            ("", None),
            ("+1", None),
            ("1x", None),
        ] {
            assert_eq!(number(name.as_bytes()), expected, "{name}");
        }
    }

    #[test]
    fn the_links_of_this_process_are_of_what_it_has_open() {
        let file = fs::File::open("/proc/self/stat").unwrap();
        let (socket, _other) = std::os::unix::net::UnixStream::pair().unwrap();
        let folder = Folder::open(Path::new("/proc/self/fd")).unwrap();
        let mut numbers = Vec::new();
        folder.numbers(&mut Batch::default(), &mut numbers).unwrap();
        let fd = |fd: i32| u32::try_from(fd).unwrap();
        assert!(numbers.contains(&fd(file.as_raw_fd())) && numbers.contains(&fd(socket.as_raw_fd())), "{numbers:?}");
        let inode = fs::metadata(format!("/proc/self/fd/{}", socket.as_raw_fd())).unwrap().ino();
        let link = folder.link(fd(socket.as_raw_fd())).unwrap();
        assert_eq!(link.octets(), format!("socket:[{inode}]").as_bytes());
        assert_eq!(folder.link(u32::MAX).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(Folder::open(Path::new("/proc/self/stat")).unwrap_err().raw_os_error(), Some(libc::ENOTDIR));
    }

    #[test]
    fn many_entries_come_in_several_batches_and_a_long_link_is_cut() {
        let path = std::env::temp_dir().join(format!("sockeye-sys-links-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir(&path).unwrap();
        for number in 0..300 {
            symlink("socket:[1]", path.join(number.to_string())).unwrap();
        }
        symlink("x".repeat(Link::LONGEST + 1), path.join("300")).unwrap();
        symlink("socket:[1]", path.join("none")).unwrap();
        let folder = Folder::open(&path).unwrap();
        let mut numbers = Vec::new();
        folder.numbers(&mut Batch(vec![0; 256]), &mut numbers).unwrap();
        numbers.sort_unstable();
        assert_eq!(numbers, (0..=300).collect::<Vec<u32>>());
        assert_eq!(folder.link(300).unwrap().octets(), "x".repeat(Link::LONGEST).as_bytes());
        fs::remove_dir_all(&path).unwrap();
    }

    proptest! {
        #[test]
        fn no_batch_can_make_it_panic_or_run_for_ever(octets in proptest::collection::vec(any::<u8>(), 0..300)) {
            prop_assert!(names(&octets).count() <= octets.len() / NAME_AT);
        }
    }
}
