//! A trace instance of our own: a ring buffer in which nobody else's events are, and which nobody else misses.
#![expect(clippy::disallowed_methods, reason = "the shell: the trace file system is files")]

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use sockeye_sys::tracefs::TraceFs;

use crate::watch::chain::Traced;
use crate::watch::notice::Micros;
use crate::watch::ring::{EVENTS, Formats, format, overwritten, page};

/// The start of the name of our instances; the process id follows.
const PREFIX: &str = "sockeye-";
/// For each processor, in KiB. An event takes less than 100 octets.
const BUFFER_KIB: &str = "1024";
/// As large as the pages of any Linux.
const PAGE_LEN: usize = 64 * 1024;
/// `O_NONBLOCK` of Linux on every architecture but three that have no Rust.
const O_NONBLOCK: i32 = 0o4000;
/// How many pages of one processor a drain reads at most, so that it ends under any load.
const PAGES: usize = 1024;

/// The instance. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Instance {
    folder: PathBuf,
    /// One for each processor.
    pipes: Vec<File>,
    /// Switches all events off, for the end: by then no file may be opened for writing any more.
    switch: Option<File>,
    formats: Formats,
    buffer: Vec<u8>,
    /// Read, but perhaps not in order yet: another processor may have stamped an earlier one meanwhile.
    held: Vec<Traced>,
    /// How many the kernel had overwritten when that was last asked.
    overwritten: u64,
    /// The folder is in it.
    _fs: TraceFs,
}

impl Instance {
    /// Makes the instance and switches its events on, those that `filter` lets pass if there is one.
    ///
    /// # Errors
    /// What cannot be done, with its path: without root, or where the kernel has no tracing.
    pub(super) fn open(filter: Option<&str>) -> Result<Self, String> {
        let fs = TraceFs::open().map_err(|error| error.to_string())?;
        let instances = fs.path("instances");
        remove_leftovers(&instances);
        let folder = instances.join(format!("{PREFIX}{}", std::process::id()));
        fs::create_dir(&folder).map_err(|error| told("mkdir", &folder, &error))?;
        // From here on it is removed whatever happens.
        let mut instance = Self {
            folder,
            pipes: Vec::new(),
            switch: None,
            formats: Formats::new(),
            buffer: vec![0; PAGE_LEN],
            held: Vec::new(),
            overwritten: 0,
            _fs: fs,
        };
        instance.set_up(filter)?;
        Ok(instance)
    }

    fn set_up(&mut self, filter: Option<&str>) -> Result<(), String> {
        self.write("trace_clock", "mono")?;
        self.write("buffer_size_kb", BUFFER_KIB)?;
        for (folder, name) in EVENTS {
            let event = format!("events/{folder}/{name}");
            // Older kernels have fewer.
            let Ok(text) = fs::read_to_string(self.folder.join(&event).join("format")) else { continue };
            if let Some((id, format)) = format(&text) {
                if let Some(filter) = filter.filter(|_| format.has_ports()) {
                    // Without it more comes than is wanted.
                    let _ = self.write(&format!("{event}/filter"), filter);
                }
                self.formats.insert(id, format);
                self.write(&format!("{event}/enable"), "1")?;
            }
        }
        let switch = self.folder.join("events/enable");
        let opened = OpenOptions::new().write(true).open(&switch).map_err(|error| told("open", &switch, &error))?;
        self.switch = Some(opened);
        let processors = self.folder.join("per_cpu");
        let listed = fs::read_dir(&processors).map_err(|error| told("open", &processors, &error))?;
        for processor in listed.flatten() {
            let path = processor.path().join("trace_pipe_raw");
            let pipe = OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(&path);
            self.pipes.push(pipe.map_err(|error| told("open", &path, &error))?);
        }
        Ok(())
    }

    fn write(&self, file: &str, text: &str) -> Result<(), String> {
        let path = self.folder.join(file);
        fs::write(&path, text).map_err(|error| told("write", &path, &error))
    }

    /// Hands over the events that were stamped before `until`, in order. If some were lost, returns how many, as far as the
    /// kernel tells.
    ///
    /// `until` must not be later than the start of the call.
    #[expect(clippy::option_option, reason = "whether some were lost, and whether it is known how many")]
    pub(super) fn drain(&mut self, until: Micros, each: &mut dyn FnMut(Traced)) -> Option<Option<u64>> {
        let mut lost = false;
        for pipe in &mut self.pipes {
            for _ in 0..PAGES {
                match pipe.read(&mut self.buffer) {
                    Ok(0) => break,
                    Ok(len) => {
                        let octets = self.buffer.get(..len).unwrap_or_default();
                        lost |= page(octets, &self.formats, &mut |event| self.held.push(event));
                    }
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    // Nothing there, or nothing to be had: the next drain sees.
                    Err(_) => break,
                }
            }
        }
        self.held.sort_by_key(|event| event.at);
        let ready = self.held.partition_point(|event| event.at < until);
        self.held.drain(..ready).for_each(each);
        if lost { self.count_lost() } else { None }
    }

    /// A page that says that something is missing before it was counted with the first of its kind, perhaps.
    #[expect(clippy::option_option, reason = "whether some were lost, and whether it is known how many")]
    fn count_lost(&mut self) -> Option<Option<u64>> {
        let listed = fs::read_dir(self.folder.join("per_cpu")).into_iter().flatten().flatten();
        let mut counts = listed.map(|processor| overwritten(&fs::read_to_string(processor.path().join("stats")).ok()?));
        let all = counts.try_fold(0_u64, |all, count| Some(all.saturating_add(count?)));
        let Some(all) = all else { return Some(None) };
        let fresh = all.saturating_sub(std::mem::replace(&mut self.overwritten, all));
        (fresh > 0).then_some(Some(fresh))
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // An instance of which something is open cannot be removed.
        self.pipes.clear();
        if let Some(mut switch) = self.switch.take() {
            let _ = switch.write_all(b"0");
        }
        let _ = fs::remove_dir(&self.folder);
    }
}

/// Removes the instances of processes that were killed. One that is in use, perhaps by a process that this PID
/// namespace does not show, cannot be removed.
fn remove_leftovers(instances: &Path) {
    for instance in fs::read_dir(instances).into_iter().flatten().flatten() {
        let name = instance.file_name();
        let pid = name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.parse::<u32>().ok());
        if pid.is_some_and(|pid| pid == std::process::id() || !Path::new(&format!("/proc/{pid}")).exists()) {
            let _ = fs::remove_dir(instance.path());
        }
    }
}

fn told(call: &str, path: &Path, error: &io::Error) -> String {
    // The way to it is a descriptor's; the user knows it as what it is.
    let shown = path.display().to_string();
    let inside = shown.split_once("/instances").map_or(shown.as_str(), |(_, inside)| inside);
    format!("{call} /sys/kernel/tracing/instances{inside}: {}", sockeye_cli::failure::errno_text(error))
}
