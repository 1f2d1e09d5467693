//! Where a crew has its batches from: a stream, of which one reads at a time, or a file, of which each reads a piece.

use std::io::Read;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use sockeye_capture::{Batch, CaptureError, Course, ReadAt, StreamReader};

/// What a batch is in its capture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Its number, from 0.
    pub number: u64,
    /// How many octets of the file had been used when it was found.
    pub position: u64,
}

/// Batches of a capture, for whoever asks. What is left when there are no more does not fit into a batch, or is the end.
pub trait Supply: Sync {
    /// Replaces what is in `batch` by the next frames; `None` if there is nothing more to be had.
    fn fetch(&self, batch: &mut Batch) -> Option<Place>;
}

/// A stream: who has read a batch lets the next one read.
pub struct Stream<'a, R>(Mutex<Turn<'a, R>>, fn(&R) -> u64);

struct Turn<'a, R> {
    reader: &'a mut StreamReader<R>,
    /// How many batches have been read.
    read: u64,
    is_over: bool,
    fault: Option<CaptureError>,
}

impl<'a, R: Read> Stream<'a, R> {
    /// What `reader` has; `position` says how much of the file has been used for it.
    pub const fn new(reader: &'a mut StreamReader<R>, position: fn(&R) -> u64) -> Self {
        Self(Mutex::new(Turn { reader, read: 0, is_over: false, fault: None }), position)
    }

    /// The fault of the capture at which it ended.
    pub fn into_fault(self) -> Option<CaptureError> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner).fault
    }
}

impl<R: Read + Send> Supply for Stream<'_, R> {
    fn fetch(&self, batch: &mut Batch) -> Option<Place> {
        let mut turn = lock(&self.0);
        if turn.is_over {
            return None;
        }
        match turn.reader.next_batch(batch) {
            Ok(true) => {
                let place = Place { number: turn.read, position: self.1(turn.reader.stream()) };
                turn.read = turn.read.saturating_add(1);
                return Some(place);
            }
            Ok(false) => {}
            Err(fault) => turn.fault = Some(fault),
        }
        turn.is_over = true;
        None
    }
}

/// A file: each reads a piece of its own, so that the kernel's copying is shared too, and waits for the one before him only to
/// learn where the first frame in it begins.
pub struct Pieces {
    read_at: Arc<ReadAt>,
    first: u64,
    len: usize,
    claimed: AtomicU64,
    way: Mutex<Way>,
    moved: Condvar,
}

struct Way {
    course: Course,
    /// In how many pieces the frames have been found.
    found: u64,
    is_over: bool,
}

impl Pieces {
    /// What lies on `course`, read by `read_at`.
    pub fn new(course: Course, read_at: Arc<ReadAt>) -> Self {
        let (first, len) = course.next_piece();
        let way = Mutex::new(Way { course, found: 0, is_over: false });
        Self { read_at, first, len, claimed: AtomicU64::new(0), way, moved: Condvar::new() }
    }

    /// The course, to be gone on from where this has ended.
    pub fn into_course(self) -> Course {
        self.way.into_inner().unwrap_or_else(PoisonError::into_inner).course
    }
}

impl Supply for Pieces {
    fn fetch(&self, batch: &mut Batch) -> Option<Place> {
        let number = self.claimed.fetch_add(1, Ordering::Relaxed);
        let len = u64::try_from(self.len).unwrap_or(u64::MAX);
        batch.load(self.first.saturating_add(number.saturating_mul(len)), self.len, &*self.read_at);
        let mut way = self
            .moved
            .wait_while(lock(&self.way), |way| way.found != number && !way.is_over)
            .unwrap_or_else(PoisonError::into_inner);
        let has_found = !way.is_over && way.course.find(batch);
        way.found = way.found.saturating_add(1);
        way.is_over = !has_found;
        let place = Place { number, position: way.course.position() };
        drop(way);
        self.moved.notify_all();
        has_found.then_some(place)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
