//! Show each change of state as it happens.
//!
//! - [`timeline`]: from listings, close messages and trace events to what happened
//! - [`chain`], [`ring`]: trace events, and how they come out of the kernel's ring buffer
//! - [`pace`]: how often the kernel is asked
//! - [`notice`], [`mod@line`], [`layout`], [`when`]: what happened, as text and as JSON
//! - [`footer`]: the countdown on a terminal
//! - [`explain`]: the working

pub mod chain;
pub mod explain;
pub mod footer;
mod key;
pub mod layout;
pub mod line;
pub mod losses;
pub mod notice;
pub mod pace;
pub mod ring;
pub mod timeline;
pub mod when;

use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::local_time;

use self::explain::{Event, Loss};
use self::footer::{Footer, countdown};
use self::line::Line;
use self::notice::{Micros, Notice, Seen, SeenBy, What};
use self::when::Stamp;
use crate::cli::{WantedOwners, Watch};
use crate::explain::Event::Confined;
use crate::filter::{Facts, Filter};
use crate::names::Names;
use crate::shell::filter::prepare;
use crate::shell::watch::{End, Watcher, is_terminal, learn_interface};

/// As the resolution has to change by before it is told of again.
const TELL_FACTOR: Micros = 2;

/// Runs `ports watch`.
///
/// # Errors
/// [`Failure`] if the kernel does not list sockets, or standard output takes nothing.
pub fn run(job: &Watch, output: &mut Output<'_>) -> Result<Status, Failure> {
    let filter = prepare(&job.setup.query, output)?;
    let owners = if output.is_json() { WantedOwners::All } else { WantedOwners::First };
    let (mut watcher, sources) = Watcher::open(&job.setup, &filter, false, owners)?;
    output.event(&Confined(Box::new(sources.confined.clone())))?;
    let mut told = watcher.resolution();
    output.event(&Event::watching(&sources, told))?;
    output.flush()?;
    let mut names = Names::default();
    let mut left = job.count.unwrap_or(u64::MAX);
    let mut footer = Footer::new(is_terminal() && !output.is_json());
    let mut reminder = Reminder::new(job.countdown_us, watcher.now());
    loop {
        let mut round = watcher.round()?;
        reminder.remind(&watcher, &mut round.notices);
        for notice in round.notices.iter().filter(|notice| notice.is_wanted(&filter)) {
            footer.clear(output)?;
            show(notice, &watcher, &mut names, output)?;
            left = left.saturating_sub(1);
            if left == 0 {
                lost(&watcher.losses(true), output)?;
                output.flush()?;
                return Ok(Status::YES);
            }
        }
        let losses = watcher.losses(round.end.is_some());
        if !losses.is_empty() {
            footer.clear(output)?;
            lost(&losses, output)?;
        }
        let resolution = watcher.resolution();
        if changed(told.1, resolution.1) || changed(told.0, resolution.0) {
            told = resolution;
            if output.is_explained() {
                footer.clear(output)?;
            }
            output.event(&Event::Resolution { moving_every_us: told.0, all_every_us: told.1 })?;
        }
        if footer.is_possible() {
            footer.show(next_end(&watcher, &filter, &mut names, output), output)?;
        }
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

/// Says what did not reach us: among the results where these are JSON, and in any case on standard error.
///
/// # Errors
/// [`Failure`] if standard output does not take it, or what is before it.
pub fn lost(losses: &[Loss], output: &mut Output<'_>) -> Result<(), Failure> {
    for loss in losses {
        if output.is_json() {
            output.step(loss)?;
        }
        output.flush()?;
        output.note(loss.words());
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
    let stamp = stamp(watcher.wall(notice.seen.at));
    let owners = watcher.owners(notice.socket.inode);
    output.step(&Line { notice, stamp: &stamp, names, owners })
}

/// How long the next TIME-WAIT has left that the filter wants.
fn next_end(watcher: &Watcher, filter: &Filter, names: &mut Names, output: &Output<'_>) -> Option<String> {
    let wanted = || {
        let all = watcher.waiting().map(|(socket, _, left)| (socket, left));
        all.filter(|(socket, _)| filter.matches(*socket, &Facts::default()))
    };
    if let Some((socket, _)) = wanted().min_by_key(|(_, left)| *left) {
        learn_interface(names, socket);
    }
    countdown(wanted(), names, usize::from(output.width().unwrap_or(80)))
}

fn changed(told: Micros, now: Micros) -> bool {
    now > told.saturating_mul(TELL_FACTOR) || now < told / TELL_FACTOR
}

/// Says every so often how long each TIME-WAIT goes on.
struct Reminder {
    every: Option<Micros>,
    due: Micros,
}

impl Reminder {
    fn new(every: Option<Micros>, now: Micros) -> Self {
        Self { every, due: now.saturating_add(every.unwrap_or(Micros::MAX)) }
    }

    fn remind(&mut self, watcher: &Watcher, notices: &mut Vec<Notice>) {
        let now = watcher.now();
        let Some(every) = self.every.filter(|_| self.due <= now) else { return };
        self.due = now.saturating_add(every);
        let mut waiting: Vec<_> = watcher.waiting().collect();
        waiting.sort_by_key(|(_, _, left)| *left);
        notices.extend(waiting.into_iter().map(|(socket, opened, left)| {
            let mut socket = socket.clone();
            socket.timer.expires_ms = u32::try_from(left / 1_000).unwrap_or(u32::MAX);
            Notice { seen: Seen::between(now, now, SeenBy::Listing), socket, opened, what: What::StillWaiting }
        }));
    }
}
