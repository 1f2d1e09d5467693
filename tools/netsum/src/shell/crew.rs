//! Threads that share a capture: they read by turns, and judge side by side what they read.
//!
//! Who has read a batch lets the next one read and judges his own, which is still in the cache of his processor. What comes of it
//! goes to one place, in the order of the capture.
#![expect(clippy::disallowed_methods, reason = "the shell: starts threads")]

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Mutex, PoisonError};
use std::thread;

use sockeye_capture::{Batch, CaptureError, StreamReader, Unpacked};

/// Batches that a thread has at a time: one that it reads or judges, and one whose results are being taken.
const LOADS: usize = 2;

/// More than these would wait for each other to read.
const MAX_THREADS: usize = 4;

/// How many threads may share a capture: as many as there are processors for, within reason.
pub fn size() -> usize {
    thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS)
}

/// A batch of frames and what was found in it.
#[derive(Debug, Default)]
pub struct Load<T> {
    /// The frames.
    pub batch: Batch,
    /// How many octets of the file had been used when it was read.
    pub position: u64,
    /// What was found.
    pub found: T,
    /// Its place in the order of the capture.
    place: u64,
    /// Whose it is.
    thread: usize,
}

/// The right to read, which is one thread's at a time.
struct Turn<'a, R> {
    reader: &'a mut StreamReader<Unpacked<R>>,
    /// How many batches have been read.
    read: u64,
    is_over: bool,
    fault: Option<CaptureError>,
}

impl<R: Read> Turn<'_, R> {
    /// Reads into `load`; `false` if there is nothing more to be had.
    fn take<T>(&mut self, load: &mut Load<T>) -> bool {
        if self.is_over {
            return false;
        }
        match self.reader.next_batch(&mut load.batch) {
            Ok(true) => {
                load.position = self.reader.stream().position();
                load.place = self.read;
                self.read = self.read.saturating_add(1);
                return true;
            }
            Ok(false) => {}
            Err(fault) => self.fault = Some(fault),
        }
        self.is_over = true;
        false
    }
}

/// Has `threads` threads judge the batches that `reader` has, and hands each to `take`, in order. What is left when it returns
/// does not fit into a batch, or is the end.
///
/// # Errors
/// What `take` says, at once. A fault of the capture, when all before it has been taken, is inside the result.
pub fn share<R: Read + Send, T: Default + Send, E>(
    reader: &mut StreamReader<Unpacked<R>>,
    threads: usize,
    judge: impl Fn(&Batch, &mut T) + Sync,
    mut take: impl FnMut(&Load<T>) -> Result<(), E>,
) -> Result<Result<(), CaptureError>, E> {
    let turn = Mutex::new(Turn { reader, read: 0, is_over: false, fault: None });
    thread::scope(|scope| {
        let (done, judged) = mpsc::channel();
        let mut homes = Vec::new();
        for thread in 0..threads {
            let (home, free) = mpsc::channel();
            for _ in 0..LOADS {
                // Its receiver is here.
                let _ = home.send(Load { thread, ..Load::default() });
            }
            let (turn, judge, done) = (&turn, &judge, done.clone());
            let work = move || work(turn, &free, judge, &done);
            if thread::Builder::new().name("judge".to_owned()).spawn_scoped(scope, work).is_ok() {
                homes.push(home);
            } else {
                break;
            }
        }
        drop(done);
        // Returning drops the homes: then every thread is out of loads, and ends.
        in_order(&judged, &homes, &mut take)
    })?;
    let fault = turn.into_inner().unwrap_or_else(PoisonError::into_inner).fault;
    Ok(fault.map_or(Ok(()), Err))
}

/// What one thread does.
fn work<R: Read, T>(
    turn: &Mutex<Turn<'_, R>>,
    free: &Receiver<Load<T>>,
    judge: &impl Fn(&Batch, &mut T),
    done: &Sender<Load<T>>,
) {
    while let Ok(mut load) = free.recv() {
        if !turn.lock().unwrap_or_else(PoisonError::into_inner).take(&mut load) {
            return;
        }
        judge(&load.batch, &mut load.found);
        if done.send(load).is_err() {
            return;
        }
    }
}

/// Takes what was judged in the order in which it was read, and sends the loads home.
fn in_order<T, E>(
    judged: &Receiver<Load<T>>,
    homes: &[Sender<Load<T>>],
    take: &mut impl FnMut(&Load<T>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut early, mut next) = (BTreeMap::new(), 0_u64);
    for load in judged {
        early.insert(load.place, load);
        while let Some(load) = early.remove(&next) {
            take(&load)?;
            next = next.saturating_add(1);
            if let Some(home) = homes.get(load.thread) {
                // A thread that has seen the end needs it no more.
                let _ = home.send(load);
            }
        }
    }
    Ok(())
}
