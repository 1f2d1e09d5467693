//! Threads that share a capture: each fetches a batch of frames and judges it while it is still in the cache of his processor.
//! What comes of it goes to one place, in the order of the capture.
#![expect(clippy::disallowed_methods, reason = "the shell: starts threads")]

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;

use sockeye_capture::Batch;

use super::supply::{Place, Supply};

/// Batches that a thread has at a time: one that it fetches or judges, and one whose results are being taken.
const LOADS: usize = 2;

/// More than these would wait for each other.
const MAX_THREADS: usize = 4;

/// How many threads may share a capture: as many as there are processors for, within reason.
pub fn size() -> usize {
    static SIZE: OnceLock<usize> = OnceLock::new();
    *SIZE.get_or_init(|| thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS))
}

/// A batch of frames and what was found in it.
#[derive(Debug, Default)]
pub struct Load<T> {
    /// The frames.
    pub batch: Batch,
    /// Where in the capture they are.
    pub place: Place,
    /// What was found.
    pub found: T,
    /// Whose it is.
    thread: usize,
}

/// Has `threads` threads judge the batches that `supply` has, and hands each to `take`, in order.
///
/// # Errors
/// What `take` says, at once.
pub fn share<T: Default + Send, E>(
    supply: &impl Supply,
    threads: usize,
    judge: impl Fn(&Batch, &mut T) + Sync,
    mut take: impl FnMut(&Load<T>) -> Result<(), E>,
) -> Result<(), E> {
    thread::scope(|scope| {
        let (done, judged) = mpsc::channel();
        let mut homes = Vec::new();
        for thread in 0..threads {
            let (home, free) = mpsc::channel();
            for _ in 0..LOADS {
                // Its receiver is here.
                let _ = home.send(Load { thread, ..Load::default() });
            }
            let (judge, done) = (&judge, done.clone());
            let work = move || work(supply, &free, judge, &done);
            if thread::Builder::new().name("judge".to_owned()).spawn_scoped(scope, work).is_ok() {
                homes.push(home);
            } else {
                break;
            }
        }
        drop(done);
        // Returning drops the homes: then every thread is out of loads, and ends.
        in_order(&judged, &homes, &mut take)
    })
}

/// What one thread does.
fn work<T>(supply: &impl Supply, free: &Receiver<Load<T>>, judge: &impl Fn(&Batch, &mut T), done: &Sender<Load<T>>) {
    while let Ok(mut load) = free.recv() {
        let Some(place) = supply.fetch(&mut load.batch) else { return };
        load.place = place;
        judge(&load.batch, &mut load.found);
        if done.send(load).is_err() {
            return;
        }
    }
}

/// Takes what was judged in the order of the capture, and sends the loads home.
fn in_order<T, E>(
    judged: &Receiver<Load<T>>,
    homes: &[Sender<Load<T>>],
    take: &mut impl FnMut(&Load<T>) -> Result<(), E>,
) -> Result<(), E> {
    let (mut early, mut next) = (BTreeMap::new(), 0_u64);
    for load in judged {
        early.insert(load.place.number, load);
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
