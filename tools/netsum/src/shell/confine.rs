//! What a run gives up once its capture is open: [`sockeye_sys::confine`].

use std::ffi::OsString;

use sockeye_cli::{Confined, Failure, Output};
use sockeye_sys::confine::{Capability, INTERFACE_NAMES, NETLINK, Profile};

use super::crew;
use crate::explain::Event;

/// For captures that are open: nothing more is needed.
pub fn with_what_is_open() -> Profile {
    Profile::default()
}

/// For captures that are opened one after the other.
pub fn with_files(files: &[OsString]) -> Profile {
    // The number of processors that we may use is in files, too, and is remembered.
    let _ = crew::size();
    Profile::default().with_files(files.iter().filter(|file| *file != "-").map(Into::into).collect())
}

/// For a copy that gets its name when it is complete, by root in others' folders too.
pub fn with_a_copy() -> Profile {
    Profile { renames: true, keeps: vec![Capability::DAC_OVERRIDE], ..Profile::default() }
}

/// For an interface that is listened to: by netlink it is asked what became of it when no more comes.
pub fn with_an_interface() -> Profile {
    let sockets = vec![INTERFACE_NAMES, NETLINK];
    Profile { sockets, binds: true, ..Profile::default() }
}

/// Gives up what `profile` does not name.
///
/// # Errors
/// [`Failure`] if standard output does not take the explanation.
pub fn confine(profile: &Profile, output: &mut Output<'_>) -> Result<(), Failure> {
    let confined = Confined::enter(profile);
    output.event(&Event::Confined(Box::new(confined)))
}

/// Gives up everything where the data is here, typed or read, and the arithmetic is over within a millisecond.
///
/// # Errors
/// [`Failure`] if standard output does not take the explanation.
pub fn confine_briefly(output: &mut Output<'_>) -> Result<(), Failure> {
    output.event(&Event::Confined(Box::new(Confined::enter_briefly())))
}

#[cfg(test)]
mod tests {
    use sockeye_test_support::confined::refused;

    use super::*;

    #[test]
    fn with_its_capture_it_can_do_nothing_else() {
        assert_eq!(refused(&with_what_is_open()).len(), 14);
        let mut all = refused(&with_what_is_open());
        all.retain(|name| !["netlink", "bind"].contains(name));
        assert_eq!(refused(&with_an_interface()), all);
    }

    #[test]
    fn a_copy_is_named_and_no_other_file_opened() {
        let mut all = refused(&with_what_is_open());
        all.retain(|name| *name != "remove");
        assert_eq!(refused(&with_a_copy()), all);
    }

    #[test]
    fn of_several_files_those_alone_are_read() {
        let others = refused(&with_files(&["/proc/uptime".into(), "-".into()]));
        // Without Landlock any file is read.
        assert!(others.len() == 14 || others.len() == 12, "{others:?}");
        let these = refused(&with_files(&["/proc/version".into()]));
        assert!(!these.contains(&"read") && these.contains(&"write") && these.contains(&"connect"), "{these:?}");
    }
}
