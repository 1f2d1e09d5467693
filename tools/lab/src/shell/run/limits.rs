//! How much is kept of what happens in a run: what prints or sends for ever must not take all of the memory.
//!
//! What comes when there is no more room is read all the same, so that nobody waits for lab, and only counted. It is
//! decided where it comes in, on the threads that read: nothing piles up on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Room for so many things and so many octets.
#[derive(Debug)]
pub struct Room {
    count: Gauge,
    octets: Gauge,
}

#[derive(Debug)]
struct Gauge {
    used: AtomicU64,
    most: u64,
}

impl Gauge {
    const fn new(most: u64) -> Self {
        Self { used: AtomicU64::new(0), most }
    }

    /// Whether there is room for `more`. It counts as used even if not: where there was none, there shall be none for
    /// something smaller that comes later.
    fn take(&self, more: u64) -> bool {
        self.used.fetch_add(more, Ordering::Relaxed).saturating_add(more) <= self.most
    }

    fn give_back(&self, less: u64) {
        self.used.fetch_sub(less.min(self.used.load(Ordering::Relaxed)), Ordering::Relaxed);
    }
}

impl Room {
    /// What processes print in a run.
    pub const fn for_output() -> Self {
        Self { count: Gauge::new(50_000), octets: Gauge::new(16 << 20) }
    }

    /// What one process prints.
    const fn for_process() -> Self {
        Self { count: Gauge::new(10_000), octets: Gauge::new(1 << 20) }
    }

    /// What is sent over links in a run.
    pub const fn for_frames() -> Self {
        Self { count: Gauge::new(20_000), octets: Gauge::new(32 << 20) }
    }

    /// The changes of sockets in a run.
    pub const fn for_states() -> Self {
        Self { count: Gauge::new(20_000), octets: Gauge::new(u64::MAX) }
    }

    /// Whether there is room for one more thing of so many octets.
    pub fn take(&self, octets: usize) -> bool {
        let octets = self.octets.take(wide(octets));
        self.count.take(1) && octets
    }

    fn has(&self, lines: u64, octets: usize) -> bool {
        let octets = self.octets.take(wide(octets));
        self.count.take(lines) && octets
    }

    /// Forgets what was kept, in lines and octets.
    pub fn give_back(&self, lines: u64, octets: usize) {
        self.count.give_back(lines);
        self.octets.give_back(wide(octets));
    }
}

/// What was left out so far. Counted on one thread, read on another.
#[derive(Debug, Default)]
pub struct Tally {
    count: AtomicU64,
    octets: AtomicU64,
}

impl Tally {
    /// Counts so many things with so many octets.
    pub fn add(&self, count: u64, octets: usize) {
        self.count.fetch_add(count, Ordering::Relaxed);
        self.octets.fetch_add(wide(octets), Ordering::Relaxed);
    }

    /// The number of things, and of octets.
    pub fn read(&self) -> (u64, u64) {
        (self.count.load(Ordering::Relaxed), self.octets.load(Ordering::Relaxed))
    }
}

/// A line is kept up to here, in octets.
const LINE: usize = 1 << 16;

/// Decides what is kept of what a process prints.
#[derive(Debug)]
pub struct Intake {
    own: Room,
    run: Arc<Room>,
    left_out: Arc<Tally>,
    /// How much of the line that has no end yet was kept.
    line: usize,
    full: bool,
}

impl Intake {
    /// That of a new process of a run that has this room.
    pub fn new(run: Arc<Room>, left_out: Arc<Tally>) -> Self {
        Self { own: Room::for_process(), run, left_out, line: 0, full: false }
    }

    /// Returns what is to be kept of `octets`, which came next, and counts the rest.
    pub fn take(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut kept = Vec::new();
        let mut rest = octets;
        while !rest.is_empty() && !self.full {
            let len = rest.iter().position(|octet| *octet == b'\n').map_or(rest.len(), |at| at + 1);
            let (piece, behind) = rest.split_at_checked(len).unwrap_or((rest, &[]));
            if self.keep(piece, &mut kept) {
                rest = behind;
            }
        }
        if !rest.is_empty() {
            self.left_out.add(line_ends(rest), rest.len());
        }
        kept
    }

    /// Keeps a line, or a part of one, if there is room for it.
    fn keep(&mut self, piece: &[u8], kept: &mut Vec<u8>) -> bool {
        let (words, end) = match piece.strip_suffix(b"\n") {
            Some(words) => (words, &b"\n"[..]),
            None => (piece, &b""[..]),
        };
        let (words, beyond) = words.split_at_checked(LINE.saturating_sub(self.line)).unwrap_or((words, &[]));
        let (lines, octets) = (wide(end.len()), words.len() + end.len());
        if !(self.own.has(lines, octets) && self.run.has(lines, octets)) {
            self.full = true;
            return false;
        }
        self.line = if end.is_empty() { self.line + words.len() } else { 0 };
        if !beyond.is_empty() {
            self.left_out.add(0, beyond.len());
        }
        kept.extend_from_slice(words);
        kept.extend_from_slice(end);
        true
    }
}

/// How many lines end in it.
pub fn line_ends(octets: &[u8]) -> u64 {
    wide(octets.split(|octet| *octet == b'\n').count().saturating_sub(1))
}

fn wide(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is kept of `pieces`, and what was left out in lines and octets.
    fn taken(run: &Arc<Room>, pieces: &[&[u8]]) -> (Vec<u8>, (u64, u64)) {
        let left_out = Arc::new(Tally::default());
        let mut intake = Intake::new(Arc::clone(run), Arc::clone(&left_out));
        let kept = pieces.iter().flat_map(|piece| intake.take(piece)).collect();
        (kept, left_out.read())
    }

    fn run() -> Arc<Room> {
        Arc::new(Room::for_output())
    }

    #[test]
    fn what_a_usual_command_prints_is_kept_as_it_is() {
        let pieces: [&[u8]; 4] = [b"one\ntw", b"o\n\n", b"", b"\xffthree"];
        assert_eq!(taken(&run(), &pieces), (pieces.concat(), (0, 0)));
    }

    #[test]
    fn lines_without_end_are_counted_from_where_there_is_no_room() {
        let pieces = vec![&b"y\ny\ny\n"[..]; 5_000];
        let (kept, left_out) = taken(&run(), &pieces);
        assert_eq!((kept.len(), left_out), (20_000, (5_000, 10_000)));
        let (kept, left_out) = taken(&run(), &[&b"y\n".repeat(10_001)]);
        assert_eq!((kept.len(), left_out), (20_000, (1, 2)));
    }

    #[test]
    fn a_line_without_end_is_kept_to_some_length_and_what_follows_it_too() {
        let long = vec![b'x'; 40_000];
        let (kept, left_out) = taken(&run(), &[&long, &long, b"x\nshort\n"]);
        assert_eq!(left_out, (0, 80_001 - 65_536));
        assert!(kept.len() == 65_536 + 7 && kept.ends_with(b"x\nshort\n"), "{}", kept.len());
    }

    #[test]
    fn no_command_fills_the_memory_with_long_lines() {
        let line = [vec![0; 60_000], b"\n".to_vec()].concat();
        let (kept, left_out) = taken(&run(), &vec![line.as_slice(); 30]);
        assert_eq!((kept.len() / line.len(), left_out.0), (17, 13));
        assert_eq!(left_out.1, 13 * 60_001);
    }

    #[test]
    fn many_commands_share_the_room_of_the_run() {
        let run = run();
        let lines = b"y\n".repeat(10_000);
        for _ in 0..5 {
            assert_eq!(taken(&run, &[&lines]).1, (0, 0));
        }
        assert_eq!(taken(&run, &[&lines]), (Vec::new(), (10_000, 20_000)));
        // What nobody sees any more needs no room.
        run.give_back(60_000, 120_000);
        assert_eq!(taken(&run, &[&lines]).1, (0, 0));
    }

    #[test]
    fn frames_are_kept_by_number_and_by_size() {
        let frames = Room::for_frames();
        assert_eq!((0..60_000).filter(|_| frames.take(60)).count(), 20_000);
        let frames = Room::for_frames();
        assert_eq!((0..60_000).filter(|_| frames.take(9_014)).count(), (32 << 20) / 9_014);
    }
}
