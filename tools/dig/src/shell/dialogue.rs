//! The dialogue with the servers from the first query to its end: one at a time, or several side by side.

#![expect(clippy::disallowed_methods, reason = "the shell: clocks")]

use std::net::SocketAddr;
use std::sync::{Mutex, mpsc};
use std::time::Instant;

use sockeye_cli::Failure;

use super::wire::{self, Dialler};
use super::{NO_ANSWER, id};
use crate::exchange::{Answer, Ask, BadPacket, Exchange, Input, Step, Task};
use crate::explain::Event;
use crate::options::Lookup;

/// How a dialogue ended.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Answer(Box<Answer>),
    BadPacket(Box<BadPacket>),
    /// dig leaves it at that, and this is why.
    Dropped(&'static str),
    GaveUp,
}

/// What happens on the way.
#[derive(Clone, Copy, Debug)]
pub(super) enum Told<'a> {
    /// Facts; the dialogue may have been given up behind the last of them.
    Events { events: &'a [Event], gave_up: bool },
    /// This is to be asked.
    Asking(&'a Ask),
    /// There is a connection, and this goes out.
    Sending(&'a Ask),
    /// This came back.
    Received(&'a Ask, &'a [u8]),
    /// This was answered, and the server wants to be asked otherwise.
    Answered(&'a Answer),
}

/// Asks until somebody answers or nobody is left.
pub(super) fn hold(
    task: Task,
    lookup: &Lookup,
    dialler: &mut Dialler,
    tell: &mut dyn FnMut(Told<'_>) -> Result<(), Failure>,
) -> Result<Outcome, Failure> {
    let mut exchange = Exchange::new(task, Instant::now());
    let mut events = Vec::new();
    let mut step = exchange.start(id()?, Instant::now(), &mut |event| events.push(event));
    let mut asked: Option<Ask> = None;
    let mut line: Option<wire::Line> = None;
    let mut dropped = "the message that came was not an answer to the query";
    loop {
        if let Step::ShowAndAsk(answer, _) = &step {
            // Before anything is said about asking again.
            tell(Told::Answered(answer))?;
        }
        let gave_up = matches!(step, Step::GiveUp { in_setup: false });
        tell(Told::Events { events: &events, gave_up })?;
        events.clear();
        let heard = match step {
            Step::Ask(ask) | Step::ShowAndAsk(_, ask) => {
                tell(Told::Asking(&ask))?;
                line = None;
                let ask = asked.insert(ask);
                let opened = dialler.open(ask, lookup);
                // Without a connection nothing is sent.
                if !matches!(opened, Err(wire::Heard::SetupFailed(_) | wire::Heard::TlsFailed(_))) {
                    tell(Told::Sending(ask))?;
                }
                match opened {
                    Ok(opened) => line.insert(opened).hear(ask.until),
                    Err(heard) => heard,
                }
            }
            Step::Wait(until) => match line.as_mut() {
                Some(line) => line.hear(until),
                None => wire::Heard::TimedOut,
            },
            Step::Answer(answer) => {
                if let Some(line) = line.take() {
                    dialler.keep(line, lookup);
                }
                return Ok(Outcome::Answer(answer));
            }
            Step::ShowAndWait(answer, until) => {
                tell(Told::Answered(&answer))?;
                step = Step::Wait(until);
                continue;
            }
            Step::BadPacket(packet) => return Ok(Outcome::BadPacket(packet)),
            Step::Dropped => return Ok(Outcome::Dropped(dropped)),
            Step::GiveUp { .. } => return Ok(Outcome::GaveUp),
        };
        if let (Some(octets), Some(ask)) = (heard.octets(), &asked) {
            tell(Told::Received(ask, octets))?;
        }
        if let Some(line) = &line {
            let (sent, timing) = line.clock();
            exchange.clocked(sent, timing);
        }
        if matches!(heard, wire::Heard::TlsFailed(_)) {
            dropped = "there is no TLS with the server";
        }
        step = exchange.handle(&input(&heard), id()?, Instant::now(), &mut |event| events.push(event));
    }
}

fn input(heard: &wire::Heard) -> Input<'_> {
    match heard {
        wire::Heard::Datagram(from, octets) => Input::Datagram(*from, octets),
        wire::Heard::Message(octets) => Input::Message(octets),
        wire::Heard::TimedOut => Input::TimedOut,
        wire::Heard::SetupFailed(reason) => Input::SetupFailed(reason),
        wire::Heard::Failed(reason) => Input::Failed(reason),
        wire::Heard::HttpRefused(refused) => Input::HttpRefused(refused.status),
        wire::Heard::TlsFailed(failure) => Input::TlsFailed(failure),
    }
}

/// What one of several dialogues has to say.
#[derive(Debug)]
pub(super) enum Word {
    /// Facts.
    Events(Vec<Event>),
    /// There is a connection, and this goes out.
    Sending(Ask),
    /// This came back.
    Received(Ask, Vec<u8>),
    /// This was answered, and the server wants to be asked otherwise.
    Answered(Box<Answer>),
    /// It is over.
    Ended(Result<Outcome, Failure>),
}

impl Word {
    fn new(told: Told<'_>) -> Option<Self> {
        match told {
            Told::Events { events, .. } => Some(Self::Events(events.to_vec())),
            Told::Asking(_) => None,
            Told::Sending(ask) => Some(Self::Sending(ask.clone())),
            Told::Received(ask, octets) => Some(Self::Received(ask.clone(), octets.to_vec())),
            Told::Answered(answer) => Some(Self::Answered(Box::new(answer.clone()))),
        }
    }
}

/// How many dialogues are held at once: enough for every zone, and no more threads than a hostile referral may cause.
const AT_ONCE: usize = 32;

/// Holds all dialogues side by side and hands on what each of them says, by its place in `tasks`, as it comes.
pub(super) fn hold_all(
    tasks: Vec<Task>,
    lookup: &Lookup,
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
                let mut dialler = Dialler::new(source, false);
                // The lock is held for the blink of taking one, and nothing in it can panic.
                while let Some((place, task)) = queue.lock().ok().and_then(|mut queue| queue.next()) {
                    let outcome = hold(task, lookup, &mut dialler, &mut |told| {
                        let Some(word) = Word::new(told) else { return Ok(()) };
                        // Nobody listens any more after a failure: the dialogue is over then.
                        sender.send((place, word)).map_err(|_| Failure::Silent(NO_ANSWER))
                    });
                    if sender.send((place, Word::Ended(outcome))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        receiver.into_iter().try_for_each(|(place, word)| hear(place, word))
    })
}
