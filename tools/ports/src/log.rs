//! Show each connection as it closes.

pub mod closed;

use sockeye_cli::{Failure, Output, Status};

use self::closed::{Closed, is_shown};
use crate::cli::{Log, WantedOwners};
use crate::explain::Event::Confined;
use crate::filter::{Facts, Filter};
use crate::names::Names;
use crate::shell::filter::prepare;
use crate::shell::watch::{Close, Watcher, closing, learn_interface};
use crate::socket::Socket;
use crate::watch::explain::Event;
use crate::watch::{ended, lost, stamp};

/// Runs `ports log`.
///
/// # Errors
/// [`Failure`] if the kernel tells of no closed sockets, or standard output takes nothing.
pub fn run(job: &Log, output: &mut Output<'_>) -> Result<Status, Failure> {
    let filter = prepare(&job.setup.query, output)?;
    let owners = if output.is_json() { WantedOwners::All } else { WantedOwners::First };
    let (mut watcher, sources) = Watcher::open(&job.setup, &filter, true, owners)?;
    output.event(&Confined(Box::new(sources.confined.clone())))?;
    if let Some(why) = &sources.no_closes {
        return Err(Failure::host(why.clone()).hint("close messages need Linux 4.3 with sock_diag"));
    }
    output.event(&Event::watching(&sources, watcher.resolution()))?;
    output.flush()?;
    let mut names = Names::default();
    let mut left = job.count.unwrap_or(u64::MAX);
    loop {
        let round = watcher.round()?;
        for close in round.closes.iter().filter(|close| is_shown(close)) {
            let socket = before(close);
            if !is_wanted(&socket, &filter) {
                continue;
            }
            learn_interface(&mut names, &socket);
            let stamp = stamp(watcher.wall(close.at));
            let owners = watcher.owners(close.past.and_then(|past| past.inode));
            output.step(&Closed { close, socket: &socket, stamp: &stamp, names: &names, owners })?;
            left = left.saturating_sub(1);
            if left == 0 {
                lost(&watcher.losses(true), output)?;
                output.flush()?;
                return Ok(Status::YES);
            }
        }
        lost(&watcher.losses(round.end.is_some()), output)?;
        output.flush()?;
        if let Some(end) = round.end {
            return ended(end);
        }
    }
}

/// The socket as it was before its end.
fn before(close: &Close) -> Socket {
    let socket = closing(close.row.clone());
    let state = close.past.map_or(socket.state, |past| past.state);
    let (local, peer) = closed::ends_before(close);
    Socket { state, local, peer, uid: None, ..socket }
}

fn is_wanted(socket: &Socket, filter: &Filter) -> bool {
    filter.matches(socket, &Facts::default())
}
