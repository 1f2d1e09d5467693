//! One dialogue with the servers from its first query to its end, for those who do more than print what came.

#![expect(clippy::disallowed_methods, reason = "the shell: clocks")]

use std::net::SocketAddr;
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use sockeye_cli::Failure;

use super::{id, wire};
use crate::exchange::{Answer, Ask, BadPacket, Exchange, Input, Step, Task};
use crate::explain::Event;

/// How a dialogue ended.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Answer(Box<Answer>),
    BadPacket(Box<BadPacket>),
    Dropped,
    GaveUp,
}

/// What happens on the way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told<'a> {
    /// Facts; the dialogue may have been given up behind the last of them.
    Events { events: &'a [Event], gave_up: bool },
    /// This goes out next.
    Sending(&'a Ask),
    /// This was answered, and the server wants to be asked otherwise.
    Answered(&'a Answer),
}

/// Asks until somebody answers or nobody is left.
pub(super) fn hold(
    task: Task,
    source: Option<SocketAddr>,
    tell: &mut dyn FnMut(Told<'_>) -> Result<(), Failure>,
) -> Result<Outcome, Failure> {
    let mut exchange = Exchange::new(task, Instant::now());
    let mut events = Vec::new();
    let mut step = exchange.start(id()?, Instant::now(), &mut |event| events.push(event));
    let mut line: Option<wire::Line> = None;
    loop {
        let gave_up = matches!(step, Step::GiveUp { in_setup: false });
        tell(Told::Events { events: &events, gave_up })?;
        events.clear();
        let heard = match step {
            Step::Ask(ask) => {
                tell(Told::Sending(&ask))?;
                match wire::Line::open(&ask, source) {
                    Ok(opened) => line.insert(opened).hear(ask.until),
                    Err(heard) => heard,
                }
            }
            Step::Wait(until) => match line.as_mut() {
                Some(line) => line.hear(until),
                None => wire::Heard::TimedOut,
            },
            Step::Answer(answer) => return Ok(Outcome::Answer(answer)),
            Step::ShowAndAsk(answer, ask) => {
                tell(Told::Answered(&answer))?;
                step = Step::Ask(ask);
                continue;
            }
            Step::BadPacket(packet) => return Ok(Outcome::BadPacket(packet)),
            Step::Dropped => return Ok(Outcome::Dropped),
            Step::GiveUp { .. } => return Ok(Outcome::GaveUp),
        };
        let input = match &heard {
            wire::Heard::Datagram(from, octets) => Input::Datagram(*from, octets),
            wire::Heard::Message(octets) => Input::Message(octets),
            wire::Heard::TimedOut => Input::TimedOut,
            wire::Heard::SetupFailed(reason) => Input::SetupFailed(reason),
            wire::Heard::Failed(reason) => Input::Failed(reason),
        };
        step = exchange.handle(&input, id()?, Instant::now(), &mut |event| events.push(event));
    }
}

/// What one of several dialogues has to say.
#[derive(Debug)]
pub(super) enum Word {
    /// Facts.
    Events(Vec<Event>),
    /// This goes out next.
    Sending(Ask),
    /// This was answered, and the server wants to be asked otherwise.
    Answered(Box<Answer>),
    /// It is over.
    Ended(Result<Outcome, Failure>),
}

/// How many dialogues are held at once: enough for every zone, and no more threads than a hostile referral may cause.
const AT_ONCE: usize = 32;

/// Holds all dialogues side by side and hands on what each of them says, by its place in `tasks`, as it comes.
pub(super) fn hold_all(
    tasks: Vec<Task>,
    source: Option<SocketAddr>,
    hear: &mut dyn FnMut(usize, Word) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let workers = tasks.len().min(AT_ONCE);
    let queue = Mutex::new(tasks.into_iter().enumerate());
    let (sender, receiver) = mpsc::channel();
    std::thread::scope(|scope| {
        for _ in 0..workers {
            let (sender, queue) = (sender.clone(), &queue);
            scope.spawn(move || {
                // The lock is held for the blink of taking one, and nothing in it can panic.
                while let Some((place, task)) = queue.lock().ok().and_then(|mut queue| queue.next()) {
                    let outcome = hold(task, source, &mut |told| {
                        let word = match told {
                            Told::Events { events, .. } => Word::Events(events.to_vec()),
                            Told::Sending(ask) => Word::Sending(ask.clone()),
                            Told::Answered(answer) => Word::Answered(Box::new(answer.clone())),
                        };
                        // Nobody listens any more after a failure: the dialogue is over then.
                        sender.send((place, word)).map_err(|_| Failure::Silent(super::NO_ANSWER))
                    });
                    if sender.send((place, Word::Ended(outcome))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        receiver.iter().try_for_each(|(place, word)| hear(place, word))
    })
}
