//! The names of hosts, asked for in threads and not for ever.
#![expect(clippy::disallowed_methods, reason = "the shell: threads and a clock")]

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use sockeye_sys::nameinfo::{NiFlags, nameinfo};

/// So many are asked for at once: each may wait for a name server.
const MAX_THREADS: usize = 16;
/// After that, the names that have come must do.
const PATIENCE: Duration = Duration::from_secs(5);

/// The names of these hosts, and how many had not been answered when the time was up.
pub fn hosts(addresses: Vec<IpAddr>) -> (Vec<(IpAddr, String)>, usize) {
    let deadline = Instant::now() + PATIENCE;
    let wanted = addresses.len();
    let addresses: Arc<[IpAddr]> = addresses.into();
    let next = Arc::new(AtomicUsize::new(0));
    let (sender, receiver) = mpsc::channel();
    for _ in 0..wanted.min(MAX_THREADS) {
        let (addresses, next, sender) = (Arc::clone(&addresses), Arc::clone(&next), sender.clone());
        // Nobody waits for it: getnameinfo(3) cannot be interrupted, and the end of the run ends it.
        let spawned = thread::Builder::new().spawn(move || {
            while let Some(address) = addresses.get(next.fetch_add(1, Ordering::Relaxed)) {
                let flags = NiFlags::NAMEREQD | NiFlags::NUMERICSERV;
                let name = nameinfo(&SocketAddr::new(*address, 0), flags).ok().map(|answer| answer.host);
                if sender.send((*address, name)).is_err() {
                    break;
                }
            }
        });
        if spawned.is_err() {
            break;
        }
    }
    drop(sender);
    let (mut names, mut answered) = (Vec::new(), 0);
    while let Ok((address, name)) = receiver.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
        answered += 1;
        names.extend(name.map(|name| (address, name)));
    }
    (names, wanted.saturating_sub(answered))
}
