//! The kernel's messages about sockets that it destroys.

use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use sockeye_sys::sock_diag::{Closing, Closings, InetSocket, Wanted};

/// How many messages a drain takes at most, so that it ends under any load.
///
/// The rest waits in the kernel, so that what is held here at once is bounded too.
const MOST: usize = 5_000;

/// The messages.
#[derive(Debug)]
pub(super) struct Closes {
    closings: Closings,
    /// How many the kernel had thrown away when that was last asked.
    dropped: u32,
}

impl Closes {
    pub(super) fn open(wanted: Wanted) -> Result<Self, String> {
        Ok(Self { closings: Closings::open(wanted).map_err(|error| error.to_string())?, dropped: 0 })
    }

    /// Hands over those that are there. If some were lost, returns how many, as far as the kernel tells.
    #[expect(clippy::option_option, reason = "whether some were lost, and whether it is known how many")]
    pub(super) fn drain(&mut self, row: &mut dyn FnMut(InetSocket)) -> Option<Option<u64>> {
        let mut lost = false;
        for _ in 0..MOST {
            match self.closings.next(Some(Duration::ZERO)) {
                Ok(Some(Closing::Socket(socket))) => row(*socket),
                Ok(Some(Closing::Lost)) => lost = true,
                // What is wrong with it now is wrong with it the next time too, and the listing goes on.
                Ok(None) | Err(_) => break,
            }
        }
        let Some(dropped) = self.closings.dropped() else { return lost.then_some(None) };
        // More may be thrown away after the kernel has said so once.
        let fresh = dropped.wrapping_sub(std::mem::replace(&mut self.dropped, dropped));
        (fresh > 0).then_some(Some(fresh.into()))
    }
}

impl AsFd for Closes {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.closings.as_fd()
    }
}
