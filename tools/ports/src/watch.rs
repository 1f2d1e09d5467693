//! Show each change of state as it happens.
//!
//! - [`timeline`]: from listings, close messages and trace events to what happened
//! - [`chain`], [`ring`]: trace events, and how they come out of the kernel's ring buffer
//! - [`pace`]: how often the kernel is asked
//! - [`notice`], [`mod@line`], [`when`]: what happened, as text and as JSON
//! - [`explain`]: the working

pub mod chain;
pub mod explain;
mod key;
pub mod line;
pub mod notice;
pub mod pace;
pub mod ring;
pub mod timeline;
pub mod when;

use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::local_time;

use self::explain::Event;
use self::line::{Line, ends};
use self::notice::{Micros, Notice};
use self::when::Stamp;
use crate::cli::Watch;
use crate::names::Names;
use crate::shell::filter::prepare;
use crate::shell::watch::{End, Watcher, is_terminal, learn_interface};

/// Takes back what stands on the last line of a terminal.
const CLEAR_LINE: &[u8] = b"\r\x1b[K";
/// As the resolution has to change by before it is told of again.
const TELL_FACTOR: Micros = 2;

/// Runs `ports watch`.
///
/// # Errors
/// [`Failure`] if the kernel does not list sockets, or standard output takes nothing.
pub fn run(job: &Watch, output: &mut Output<'_>) -> Result<Status, Failure> {
    let filter = prepare(&job.setup.query, output)?;
    let (mut watcher, sources) = Watcher::open(&job.setup, &filter, false)?;
    let mut told = watcher.resolution();
    output.event(&Event::watching(&sources, told))?;
    output.flush()?;
    let mut names = Names::default();
    let mut left = job.count.unwrap_or(u64::MAX);
    let mut footer = Footer { shown: None, possible: is_terminal() && !output.is_json() };
    loop {
        let round = watcher.round()?;
        for notice in round.notices.iter().filter(|notice| notice.is_wanted(&filter)) {
            footer.clear(output)?;
            show(notice, &watcher, &mut names, output)?;
            left = left.saturating_sub(1);
            if left == 0 {
                output.flush()?;
                return Ok(Status::YES);
            }
        }
        if round.closes_lost || round.traces_lost {
            footer.clear(output)?;
            lost(round.closes_lost, round.traces_lost, output)?;
        }
        let resolution = watcher.resolution();
        if changed(told.1, resolution.1) || changed(told.0, resolution.0) {
            told = resolution;
            if output.is_explained() {
                footer.clear(output)?;
            }
            output.event(&Event::Resolution { moving_every_us: told.0, all_every_us: told.1 })?;
        }
        footer.show(&watcher, &mut names, output)?;
        output.flush()?;
        if let Some(end) = round.end {
            footer.clear(output)?;
            return ended(end);
        }
    }
}

/// What a watch that came to its end returns.
///
/// # Errors
/// [`Failure::ClosedPipe`] if nobody reads.
pub fn ended(end: End) -> Result<Status, Failure> {
    match end {
        End::Time => Ok(Status::YES),
        End::Signal(number) => Err(Failure::Silent(Status(128_u8.saturating_add(number)))),
        End::Unread => Err(Failure::ClosedPipe),
    }
}

/// Says what did not reach us. What was lost may show in the listings.
///
/// # Errors
/// [`Failure`] if standard output does not take what is before it.
pub fn lost(closes: bool, traces: bool, output: &mut Output<'_>) -> Result<(), Failure> {
    if closes || traces {
        output.flush()?;
    }
    if closes {
        output.note("some close messages were lost: too many came at once (ENOBUFS)");
    }
    if traces {
        output.note("some trace events were lost, perhaps of other namespaces: too many came at once");
    }
    Ok(())
}

/// The time of day where the user is.
pub fn stamp(wall: u64) -> Stamp {
    let seconds = i64::try_from(wall / 1_000_000).unwrap_or(i64::MAX);
    Stamp::new(wall, local_time::format(seconds, "%H:%M:%S").as_deref())
}

fn show(notice: &Notice, watcher: &Watcher, names: &mut Names, output: &mut Output<'_>) -> Result<(), Failure> {
    learn_interface(names, &notice.socket);
    let stamp = stamp(watcher.wall(notice.at));
    let owner = watcher.owner(notice.socket.inode);
    output.result(&Line { notice, stamp: &stamp, names, owner })
}

fn changed(told: Micros, now: Micros) -> bool {
    now > told.saturating_mul(TELL_FACTOR) || now < told / TELL_FACTOR
}

/// The line below the others on a terminal, in which the time of TIME-WAIT runs down.
struct Footer {
    /// What stands there.
    shown: Option<String>,
    possible: bool,
}

impl Footer {
    fn clear(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.shown.take().is_some() { output.raw(CLEAR_LINE) } else { Ok(()) }
    }

    fn show(&mut self, watcher: &Watcher, names: &mut Names, output: &mut Output<'_>) -> Result<(), Failure> {
        if !self.possible {
            return Ok(());
        }
        let Some((socket, left)) = watcher.waiting().min_by_key(|(_, left)| *left) else { return self.clear(output) };
        learn_interface(names, socket);
        let more = watcher.waiting().count().saturating_sub(1);
        let others = if more == 0 { String::new() } else { format!(", and {more} more") };
        let seconds = left.div_ceil(1_000_000);
        let line = format!("TIME-WAIT {}: {seconds} s left{others}", ends(socket, false, names).replace(" -> ", " - "));
        // A line that wraps cannot be taken back.
        let width = usize::from(output.width().unwrap_or(80)).saturating_sub(1);
        let line: String = line.chars().take(width).collect();
        if self.shown.as_ref() == Some(&line) {
            return Ok(());
        }
        self.clear(output)?;
        let painted = output.paint(Role::Dim, &line);
        self.shown = Some(line);
        output.raw(painted.as_bytes())
    }
}
