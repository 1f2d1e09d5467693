//! Threads that share a long file by blocks, and hand back what becomes of each in the order of the file.
#![expect(clippy::disallowed_methods, reason = "a shell: starts threads")]

use std::collections::VecDeque;
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// More threads would wait for the one that writes.
const MOST: usize = 4;

/// How many blocks a thread has at a time: the one at work, and the one that waits.
const EACH: usize = 2;

/// How many threads there would be. One is none: whoever reads does the work himself.
pub fn hands() -> usize {
    static HANDS: OnceLock<usize> = OnceLock::new();
    *HANDS.get_or_init(|| thread::available_parallelism().map_or(1, usize::from).min(MOST))
}

/// Takes blocks from `next` until there are no more, has `work` done on each by a thread, and gives the results to `take` in the
/// order of the blocks. Memory is that of two blocks a thread, with their results.
///
/// # Errors
/// What `next` or `take` say: nothing is asked of them after that.
pub fn in_order<B: Send, R: Send, E>(
    mut next: impl FnMut() -> Result<Option<B>, E>,
    work: impl Fn(B) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), E>,
) -> Result<(), E> {
    thread::scope(|scope| {
        let mut crew: VecDeque<(SyncSender<B>, Receiver<R>)> = VecDeque::new();
        for _ in 0..hands() {
            let (give, blocks) = sync_channel::<B>(EACH);
            let (done, results) = sync_channel::<R>(EACH);
            let work = &work;
            scope.spawn(move || {
                // Whoever is gone wants no more of it.
                while let Ok(block) = blocks.recv()
                    && done.send(work(block)).is_ok()
                {}
            });
            crew.push_back((give, results));
        }
        // The blocks go round the threads, so the results come back by the same round.
        let mut on_the_way: VecDeque<usize> = VecDeque::new();
        let mut turn = 0;
        let result = |crew: &VecDeque<(SyncSender<B>, Receiver<R>)>, thread: usize| {
            crew.get(thread).and_then(|(_, results)| results.recv().ok())
        };
        while let Some(block) = next()? {
            if on_the_way.len() >= crew.len() * EACH
                && let Some(done) = on_the_way.pop_front().and_then(|thread| result(&crew, thread))
            {
                take(done)?;
            }
            // A thread ends only by a panic, which the scope passes on.
            let given = crew.get(turn).is_some_and(|(give, _)| give.send(block).is_ok());
            if !given {
                return Ok(());
            }
            on_the_way.push_back(turn);
            turn = (turn + 1) % crew.len().max(1);
        }
        while let Some(thread) = on_the_way.pop_front() {
            if let Some(done) = result(&crew, thread) {
                take(done)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_the_order_of_the_blocks() {
        let mut blocks = 0..1000_u64;
        let mut taken = Vec::new();
        let ended: Result<(), ()> = in_order(
            || Ok(blocks.next()),
            |block| {
                // Some take longer than others.
                (0..block % 7 * 1000).fold(block, |sum, number| std::hint::black_box(sum ^ number ^ number))
            },
            |result| {
                taken.push(result);
                Ok(())
            },
        );
        assert_eq!(ended, Ok(()));
        assert_eq!(taken, (0..1000).collect::<Vec<_>>());
    }

    #[test]
    fn an_error_of_either_end_ends_it() {
        let mut blocks = 0..100;
        let ended =
            in_order(|| blocks.next().filter(|block| *block < 50).map(Some).ok_or("read"), |block| block, |_| Ok(()));
        assert_eq!(ended, Err("read"));
        let mut endless = 0..;
        let ended =
            in_order(|| Ok(endless.next()), |block| block, |block| if block == 20 { Err("write") } else { Ok(()) });
        assert_eq!(ended, Err("write"));
    }
}
