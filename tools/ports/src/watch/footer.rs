//! The line below the others on a terminal, in which the time of TIME-WAIT runs down.

use std::fmt::Write as _;

use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output};

use super::notice::Micros;
use crate::endpoint::{push_local, push_peer};
use crate::names::Names;
use crate::socket::Socket;

/// Takes back what stands on the last line of a terminal.
const CLEAR_LINE: &[u8] = b"\r\x1b[K";

/// The line.
#[derive(Debug)]
pub struct Footer {
    /// What stands there.
    shown: Option<String>,
    possible: bool,
}

impl Footer {
    /// One that is shown, or never.
    pub fn new(possible: bool) -> Self {
        Self { shown: None, possible }
    }

    /// Whether it is shown at all.
    pub fn is_possible(&self) -> bool {
        self.possible
    }

    /// Takes it back, so that another line can be written.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take it.
    pub fn clear(&mut self, output: &mut Output<'_>) -> Result<(), Failure> {
        if self.shown.take().is_some() { output.raw(CLEAR_LINE) } else { Ok(()) }
    }

    /// Shows what is to be shown now.
    ///
    /// # Errors
    /// As [`Self::clear`].
    pub fn show(&mut self, line: Option<String>, output: &mut Output<'_>) -> Result<(), Failure> {
        let Some(line) = line else { return self.clear(output) };
        if self.shown.as_ref() == Some(&line) {
            return Ok(());
        }
        self.clear(output)?;
        let painted = output.paint(Role::Dim, &line);
        self.shown = Some(line);
        output.raw(painted.as_bytes())
    }
}

/// How long the next of these sockets has left. A line that wraps could not be taken back: it is shorter where `width`
/// is small, and without ends rather than with parts of them.
pub fn countdown<'a>(
    waiting: impl Iterator<Item = (&'a Socket, Micros)>,
    names: &Names,
    width: usize,
) -> Option<String> {
    let (mut next, mut count) = (None::<(&Socket, Micros)>, 0_usize);
    for (socket, left) in waiting {
        count = count.saturating_add(1);
        if next.is_none_or(|(_, least)| left < least) {
            next = Some((socket, left));
        }
    }
    let (socket, left) = next?;
    let seconds = left.div_ceil(1_000_000);
    let mut line = "TIME-WAIT ".to_owned();
    push_local(&mut line, socket, names);
    line.push_str(" - ");
    push_peer(&mut line, socket, names);
    // Writing to a String cannot fail.
    let _ = write!(line, ": {seconds} s left");
    if count > 1 {
        let _ = write!(line, ", and {} more", count.saturating_sub(1));
    }
    let short = format!("{count} in TIME-WAIT, the next has {seconds} s left");
    [line, short, format!("{seconds} s")].into_iter().find(|line| line.chars().count() < width)
}

#[cfg(test)]
mod tests {
    use sockeye_sys::{Protocol, TcpState};

    use super::*;
    use crate::samples::socket;

    #[test]
    fn no_end_is_cut() {
        let waits = socket(Protocol::TCP, TcpState::TimeWait, "127.0.0.1:80", "127.0.0.1:5000");
        let all = [(&waits, 59_000_001), (&waits, 1_500_000)];
        let shown = |width| countdown(all.into_iter(), &Names::default(), width);
        assert_eq!(shown(80).as_deref(), Some("TIME-WAIT 127.0.0.1:80 - 127.0.0.1:5000: 2 s left, and 1 more"));
        assert_eq!(shown(60).as_deref(), Some("2 in TIME-WAIT, the next has 2 s left"));
        assert_eq!(shown(10).as_deref(), Some("2 s"));
        assert_eq!(shown(3), None);
        assert_eq!(countdown(std::iter::empty(), &Names::default(), 80), None);
    }
}
