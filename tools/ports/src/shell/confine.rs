//! What a listing gives up before it asks anything: [`sockeye_sys::confine`].
//!
//! The kernel's answers are its own words, but the names in them (of processes, paths, hosts) are chosen by others. A listing of
//! other network namespaces enters them one after the other, and is not confined; nor is what takes copies of others' descriptors
//! (`why`, `options`), or writes a file (`ss -D`).

use sockeye_cli::{Confined, Failure, Output};
use sockeye_sys::confine::{Capability, INTERFACE_NAMES, NETLINK, Profile, Reads, Removes};

use crate::explain::Event;

/// For a listing, in which hosts and services perhaps have names.
fn profile(names: bool) -> Profile {
    let profile = Profile {
        reads: Reads::Anything,
        sockets: vec![NETLINK, INTERFACE_NAMES],
        binds: true,
        sees_processes: true,
        // To see what others' processes have open, and all that the kernel says of a socket.
        keeps: vec![
            Capability::DAC_OVERRIDE,
            Capability::DAC_READ_SEARCH,
            Capability::NET_ADMIN,
            Capability::SYS_PTRACE,
        ],
        ..Profile::default()
    };
    if names { profile.with_names() } else { profile }
}

/// Gives up what a listing does not need, in which `names` are perhaps looked up.
///
/// # Errors
/// [`Failure`] if standard output does not take the explanation.
pub fn to_listing(names: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    let confined = Confined::enter(&profile(names));
    output.event(&Event::Confined(Box::new(confined)))
}

/// Gives up what a watch does not need, whose sources are open and which has one thread yet: an instance of the kernel's trace, if
/// it has one, is removed at its end.
pub(super) fn to_watch(is_traced: bool) -> Confined {
    Confined::enter(&watch_profile(is_traced))
}

fn watch_profile(is_traced: bool) -> Profile {
    let removes = if is_traced { Removes::Folders } else { Removes::Nothing };
    Profile { removes, ..profile(false) }
}

#[cfg(test)]
mod tests {
    use sockeye_test_support::confined::refused;

    use super::*;

    #[test]
    fn a_listing_asks_the_kernel_and_reads() {
        let never = ["exec", "signal", "write", "make", "remove", "stream", "datagram", "unix", "packet", "connect"];
        assert_eq!(refused(&profile(false)), never);
        assert_eq!(refused(&watch_profile(false)), never);
        // The instance is a folder, and no file goes.
        assert_eq!(refused(&watch_profile(true)), never);
        assert_eq!(refused(&profile(true)), ["exec", "signal", "write", "make", "remove", "packet"]);
    }
}
