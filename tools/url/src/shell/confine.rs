//! What a run gives up before it looks at the first URL: [`sockeye_sys::confine`].
//!
//! A run over the command line opens nothing and is over within a millisecond: it does without a filter of system calls, which
//! would be the most expensive part of it.

use std::ffi::OsString;

use sockeye_cli::{Confined, Failure, Output};
use sockeye_sys::confine::Profile;

use super::crew;
use crate::explain::Event;

/// For the lines of these files, whose hosts are perhaps to be looked up.
fn profile(files: &[OsString], resolves: bool) -> Profile {
    let profile = Profile::default().with_files(files.iter().filter(|file| *file != "-").map(Into::into).collect());
    if resolves { profile.with_names() } else { profile }
}

/// Gives up what the lines of `files` do not need.
///
/// # Errors
/// [`Failure`] if standard output does not take the explanation.
pub fn to_files(files: &[OsString], resolves: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    // The number of processors that we may use is in files, too, and is remembered.
    let _ = crew::hands();
    let confined = Confined::enter(&profile(files, resolves));
    output.event(&Event::Confined(Box::new(confined)))
}

/// Gives up everything for the URLs of the command line, unless their hosts are to be looked up.
pub fn to_the_line(resolves: bool) -> Confined {
    if resolves { Confined::enter(&Profile::default().with_names()) } else { Confined::enter_briefly() }
}

/// Gives up everything where the other tool, which has no explanation, has its file open or needs none.
pub fn to_what_is_open(is_file: bool) {
    let _ = if is_file { Confined::enter(&Profile::default()) } else { Confined::enter_briefly() };
}

#[cfg(test)]
mod tests {
    use sockeye_test_support::confined::refused;

    use super::*;

    #[test]
    fn lines_are_read_and_nothing_else_is_done() {
        assert_eq!(refused(&profile(&["-".into()], false)).len(), 14);
        let these = refused(&profile(&["/proc/version".into()], false));
        let never = [
            "exec", "signal", "write", "make", "remove", "stream", "datagram", "unix", "netlink", "packet", "connect",
            "bind",
        ];
        assert!(!these.contains(&"read") && never.iter().all(|name| these.contains(name)), "{these:?}");
        let resolves = refused(&profile(&[], true));
        assert_eq!(resolves, ["exec", "signal", "write", "make", "remove", "packet"]);
    }
}
