//! Who holds the sockets that are watched.

use std::collections::HashMap;

use sockeye_sys::clock;

use super::super::processes;
use crate::cli::WantedOwners;
use crate::owners::Held;
use crate::watch::notice::Micros;

/// How many processes' descriptors are read is bounded by time: one part in so many.
const SHARE: u64 = 50;
/// As many sockets as are remembered.
const MOST: usize = 20_000;

/// Who holds what, as far as anybody has looked.
#[derive(Debug)]
pub(super) struct Owners {
    /// By inode; empty if nobody was found.
    known: HashMap<u32, Vec<Held>>,
    /// To be looked for when there is time.
    wanted: Vec<u32>,
    which: WantedOwners,
    due: Micros,
}

impl Owners {
    /// Every holder, or the first that is found.
    pub(super) fn new(which: WantedOwners) -> Self {
        Self { known: HashMap::new(), wanted: Vec::new(), which, due: 0 }
    }

    /// Who holds the socket with this inode; `None` if nobody has looked.
    pub(super) fn of(&self, inode: u32) -> Option<&[Held]> {
        self.known.get(&inode).map(Vec::as_slice)
    }

    /// Looks for the holders of those that nobody has looked for, all in one search, unless the last one was dear and is
    /// not long ago.
    pub(super) fn learn(&mut self, inodes: &[u32], now: Micros) {
        let room = MOST.saturating_sub(self.wanted.len());
        self.wanted.extend(inodes.iter().filter(|inode| !self.known.contains_key(inode)).take(room));
        if self.wanted.is_empty() || now < self.due {
            return;
        }
        let mut wanted = std::mem::take(&mut self.wanted);
        wanted.sort_unstable();
        wanted.dedup();
        if self.known.len() > MOST {
            self.known.clear();
        }
        let (holders, _) = processes::search(&wanted, self.which);
        for inode in wanted {
            self.known.insert(inode, holders.of(Some(inode)).map(Into::into).collect());
        }
        let cost = clock::monotonic_us().saturating_sub(now);
        self.due = now.saturating_add(cost.saturating_mul(SHARE));
    }
}
