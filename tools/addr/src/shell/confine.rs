//! What a run gives up before it looks at what it was given: [`sockeye_sys::confine`].
//!
//! Most runs are over the command line, open nothing and are over within a millisecond: they do without a filter of system calls,
//! which would be the most expensive part of them.

use std::ffi::OsString;

use sockeye_cli::{Confined, Failure, Output};
use sockeye_sys::confine::{INTERFACE_NAMES, NETLINK, Profile};

use crate::cli::Job;
use crate::explain::Event;

/// What a job still needs; `None` if that is nothing, and it will not be long.
fn profile(job: &Job) -> Option<Profile> {
    match job {
        // Services have their names of the C library.
        Job::Port(_) => Some(Profile::default().with_names()),
        Job::Interfaces(_) => {
            Some(Profile { sockets: vec![NETLINK, INTERFACE_NAMES], binds: true, ..Profile::default() })
        }
        Job::Show(job) => {
            let has_zone = job.texts.iter().any(|text| is_zoned(text.as_encoded_bytes()));
            (has_zone || !job.files.is_empty()).then(|| with_files(&job.files))
        }
        Job::Same(job) => {
            [&job.first, &job.second].iter().any(|text| is_zoned(text.as_bytes())).then(|| with_files(&[]))
        }
        Job::Lpm(job) => {
            let files: Vec<_> = job.table.iter().chain(&job.files).cloned().collect();
            (!files.is_empty()).then(|| with_files(&files))
        }
        Job::Supernet(job) => (!job.files.is_empty()).then(|| with_files(&job.files)),
        Job::Overlap(job) => (!job.files.is_empty()).then(|| with_files(&job.files)),
        Job::Order(_) | Job::Split(_) | Job::Vlsm(_) | Job::Range(_) | Job::Registry(_) => None,
    }
}

/// For the lines of these files, in which an interface may be named.
fn with_files(files: &[OsString]) -> Profile {
    let files = files.iter().filter(|file| *file != "-").map(Into::into).collect();
    Profile { sockets: vec![INTERFACE_NAMES], ..Profile::default() }.with_files(files)
}

/// Whether there is a zone behind an address: an interface by its name.
fn is_zoned(text: &[u8]) -> bool {
    text.contains(&b'%')
}

/// Gives up what `job` does not need.
///
/// # Errors
/// [`Failure`] if standard output does not take the explanation.
pub fn to_job(job: &Job, output: &mut Output<'_>) -> Result<(), Failure> {
    let confined = profile(job).map_or_else(Confined::enter_briefly, |profile| Confined::enter(&profile));
    output.event(&Event::Confined(Box::new(confined)))
}

#[cfg(test)]
mod tests {
    use sockeye_cli::Invocation;
    use sockeye_test_support::confined::refused;

    use super::*;

    fn of(line: &str) -> Option<Profile> {
        let args = line.split(' ').map(Into::into).collect();
        profile(&crate::cli::parse(&Invocation { name: "addr".into(), args }).unwrap().job)
    }

    const EVERYTHING: usize = 14;

    #[test]
    fn what_is_on_the_line_needs_nothing() {
        for line in [
            "192.0.2.1",
            "order 1",
            "split 10.0.0.0/8 -n 4",
            "range 10.0.0.1",
            "special",
            "same ::1 ::2",
            "mac 0:1:2:3:4:5",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }

    #[test]
    fn names_of_interfaces_are_looked_up_and_nothing_else_is_done() {
        for line in ["fe80::1%lo", "same fe80::1%lo fe80::2%lo", "-f -", "supernet -f -", "lpm - 192.0.2.1"] {
            assert_eq!(refused(&of(line).unwrap()).len(), EVERYTHING, "{line}");
        }
    }

    #[test]
    fn files_are_read_and_no_others() {
        let these = refused(&of("-f /proc/version").unwrap());
        let never =
            ["exec", "signal", "write", "make", "remove", "stream", "datagram", "netlink", "packet", "connect", "bind"];
        assert!(!these.contains(&"read") && never.iter().all(|name| these.contains(name)), "{these:?}");
        let others = refused(&of("overlap -f /proc/uptime ::1").unwrap());
        // Without Landlock any file is read.
        assert!(others.len() == EVERYTHING || others.len() == EVERYTHING - 2, "{others:?}");
    }

    #[test]
    fn the_kernel_is_asked_for_its_interfaces_and_the_c_library_for_services() {
        let mut interfaces = refused(&of("if").unwrap());
        interfaces.retain(|name| !["exec", "signal", "read", "list", "write", "make", "remove"].contains(name));
        assert_eq!(interfaces, ["stream", "datagram", "unix", "packet", "connect"]);
        assert_eq!(refused(&of("port http").unwrap()), ["exec", "signal", "write", "make", "remove", "packet"]);
    }
}
