use proptest::prelude::*;

use super::Direction::{Inbound, Outbound};
use super::*;

const CAPACITY: usize = 8;

fn start() -> Instant {
    // Any instant will do; the core itself never asks for one.
    #[expect(clippy::disallowed_methods, reason = "a starting point for made-up times")]
    Instant::now()
}

fn relay(policy: Policy, now: Instant) -> Relay {
    Relay::new(policy, CAPACITY, CAPACITY, now)
}

fn put(relay: &mut Relay, direction: Direction, octets: &[u8], now: Instant) {
    relay.room(direction)[..octets.len()].copy_from_slice(octets);
    relay.filled(direction, octets.len(), now);
}

fn take(relay: &mut Relay, direction: Direction, now: Instant) -> Vec<u8> {
    let octets = relay.pending(direction).to_vec();
    relay.drained(direction, octets.len(), now);
    octets
}

#[test]
fn each_direction_ends_on_its_own_in_both_orders() {
    let now = start();
    for (first, second) in [(Outbound, Inbound), (Inbound, Outbound)] {
        let mut relay = relay(Policy::default(), now);
        relay.source_ended(first, now);
        assert!(!relay.can_read(first));
        assert_eq!(relay.next(now), Next::Wait(None), "{first:?} alone is no end");
        put(&mut relay, second, b"late", now);
        relay.source_ended(second, now);
        assert_eq!(relay.next(now), Next::Wait(None), "what was read is still to be written");
        assert_eq!(take(&mut relay, second, now), b"late");
        assert_eq!(relay.next(now), Next::Done(End::BothEnded));
    }
}

#[test]
fn a_listener_that_only_sends_waits_for_its_input() {
    let now = start();
    let policy = Policy { leave_with_peer: true, drop_received: true, ..Policy::default() };
    let mut relay = relay(policy, now);
    assert_eq!(relay.next(now), Next::Wait(None), "the peer is there");
    put(&mut relay, Outbound, b"x", now);
    assert_eq!(take(&mut relay, Outbound, now), b"x");
    assert_eq!(relay.next(now + QUIET), Next::Wait(None), "quiet, and still there");
    relay.source_ended(Inbound, now);
    assert_eq!(relay.next(now + QUIET), Next::Done(End::PeerEnded));
}

#[test]
fn the_sending_direction_is_shut_down_once_and_only_when_everything_is_sent() {
    let now = start();
    let mut relay = relay(Policy { shutdown_at_eof: true, ..Policy::default() }, now);
    put(&mut relay, Outbound, b"abc", now);
    relay.source_ended(Outbound, now);
    assert_eq!(relay.next(now), Next::Wait(None));
    relay.drained(Outbound, 2, now);
    assert_eq!(relay.next(now), Next::Wait(None));
    relay.drained(Outbound, 1, now);
    assert_eq!(relay.next(now), Next::ShutdownWrite);
    assert_eq!(relay.next(now), Next::Wait(None));
    relay.source_ended(Inbound, now);
    assert_eq!(relay.next(now), Next::Done(End::BothEnded));
}

#[test]
fn without_an_input_the_sending_direction_is_shut_down_at_the_first_answer() {
    let now = start();
    for (shutdown_at_answer, then) in [(true, Next::ShutdownWrite), (false, Next::Wait(None))] {
        let policy = Policy { ignore_input: true, shutdown_at_eof: true, shutdown_at_answer, ..Policy::default() };
        let mut relay = relay(policy, now);
        assert_eq!(relay.next(now), Next::Wait(None), "a peer that is silent may wait for the answer to nothing");
        put(&mut relay, Inbound, b"banner", now);
        assert_eq!(relay.next(now), then);
        assert_eq!(relay.next(now), Next::Wait(None));
        assert_eq!(take(&mut relay, Inbound, now), b"banner");
        relay.source_ended(Inbound, now);
        assert_eq!(relay.next(now), Next::Done(End::PeerEnded));
    }
}

#[test]
fn a_listener_leaves_with_its_peer_but_not_while_the_input_flows() {
    let mut now = start();
    let policy = Policy { leave_with_peer: true, ..Policy::default() };
    let mut nothing_to_say = relay(policy, now);
    nothing_to_say.source_ended(Inbound, now);
    assert_eq!(nothing_to_say.next(now), Next::Done(End::PeerEnded));

    let mut relay = relay(policy, now);
    put(&mut relay, Outbound, b"x", now);
    relay.source_ended(Inbound, now);
    assert_eq!(take(&mut relay, Outbound, now), b"x");
    for _ in 0..5 {
        let Next::Wait(Some(until)) = relay.next(now) else { panic!("the input may be at work") };
        now = until.checked_sub(Duration::from_millis(1)).unwrap();
        assert!(relay.can_read(Outbound));
        put(&mut relay, Outbound, b"x", now);
        assert_eq!(relay.next(now), Next::Wait(None), "the peer is slow, and that is no reason to leave");
        assert_eq!(take(&mut relay, Outbound, now), b"x");
    }
    assert_eq!(relay.next(now + QUIET), Next::Done(End::PeerEnded));
}

#[test]
fn a_client_stays_until_its_input_ends() {
    let now = start();
    let mut relay = relay(Policy::default(), now);
    relay.source_ended(Inbound, now);
    assert_eq!(relay.next(now + Duration::from_secs(3600)), Next::Wait(None));
    relay.peer_takes_no_more(now);
    assert_eq!(relay.next(now), Next::Done(End::PeerEnded));
}

#[test]
fn the_time_of_q_begins_with_the_end_of_the_input_and_loses_nothing() {
    let now = start();
    let wait = Duration::from_secs(2);
    let policy = Policy { shutdown_at_eof: true, quit_after_eof: Some(wait), ..Policy::default() };
    let mut relay = relay(policy, now);
    assert_eq!(relay.next(now), Next::Wait(None));
    relay.source_ended(Outbound, now);
    assert_eq!(relay.next(now), Next::ShutdownWrite);
    assert_eq!(relay.next(now), Next::Wait(Some(now + wait)));
    put(&mut relay, Inbound, b"reply", now);
    assert_eq!(relay.next(now + wait), Next::Wait(None), "a reply that has arrived is written first");
    assert_eq!(take(&mut relay, Inbound, now), b"reply");
    assert_eq!(relay.next(now + wait), Next::Done(End::QuitAfterEof));
}

#[test]
fn the_time_of_w_begins_again_with_everything_that_moves() {
    let now = start();
    let idle = Duration::from_secs(1);
    let mut relay = relay(Policy { idle: Some(idle), ..Policy::default() }, now);
    assert_eq!(relay.next(now), Next::Wait(Some(now + idle)));
    let later = now + idle / 2;
    put(&mut relay, Inbound, b"x", later);
    assert_eq!(relay.next(later + idle), Next::Wait(None), "only our own reader is slow");
    take(&mut relay, Inbound, later);
    assert_eq!(relay.next(now + idle), Next::Wait(Some(later + idle)));
    assert_eq!(relay.next(later + idle), Next::Done(End::Idle));
    relay.filled(Inbound, 0, later + idle);
    assert!(matches!(relay.next(later + idle), Next::Wait(_)), "an empty datagram moves too, and ends nothing");
}

#[test]
fn a_reader_that_went_away_ends_the_conversation_when_the_input_is_quiet() {
    let now = start();
    let mut relay = relay(Policy::default(), now);
    put(&mut relay, Inbound, b"x", now);
    relay.output_gone(now);
    assert!(!relay.can_write(Inbound));
    put(&mut relay, Outbound, b"y", now);
    assert_eq!(relay.next(now + QUIET), Next::Wait(None));
    take(&mut relay, Outbound, now);
    assert_eq!(relay.next(now + QUIET), Next::Done(End::OutputGone));
}

#[test]
fn what_comes_for_nobody_is_dropped_so_that_the_peer_goes_on_taking() {
    let mut now = start();
    let mut relay = relay(Policy::default(), now);
    put(&mut relay, Inbound, b"x", now);
    relay.output_gone(now);
    put(&mut relay, Outbound, b"question", now);
    for _ in 0..3 {
        now += QUIET;
        assert!(relay.can_read(Inbound), "the peer must get rid of its answers");
        put(&mut relay, Inbound, b"answer", now);
        assert!(!relay.can_write(Inbound));
        assert_eq!(relay.next(now), Next::Wait(None), "the question is not out yet");
    }
    assert_eq!(take(&mut relay, Outbound, now), b"question");
    put(&mut relay, Inbound, b"answer", now + QUIET / 2);
    assert_eq!(relay.next(now + QUIET), Next::Done(End::OutputGone), "answers for nobody keep nobody");
    assert_eq!(relay.counts(Inbound), (25, 0));
}

#[test]
fn what_came_before_a_loss_is_still_written() {
    let now = start();
    let mut relay = relay(Policy::default(), now);
    put(&mut relay, Inbound, b"x", now);
    put(&mut relay, Outbound, b"lost", now);
    assert!(relay.can_write(Outbound));
    relay.connection_lost(now);
    assert_eq!(relay.next(now), Next::Wait(None));
    assert!(!relay.can_write(Outbound));
    assert_eq!(take(&mut relay, Inbound, now), b"x");
    assert_eq!(relay.next(now), Next::Done(End::ConnectionLost));
}

#[test]
fn a_receiver_of_everybody_never_reads_its_input() {
    let now = start();
    let mut relay = relay(Policy { ignore_input: true, ..Policy::default() }, now);
    assert!(!relay.can_read(Outbound));
    assert_eq!(relay.next(now), Next::Wait(None));
}

/// One thing that a driver may be able to do next.
#[derive(Clone, Copy, Debug)]
enum Move {
    Read(Direction, usize),
    Write(Direction, usize),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let direction = || prop_oneof![Just(Outbound), Just(Inbound)];
    let one = prop_oneof![
        (direction(), 0..=CAPACITY).prop_map(|(direction, len)| Move::Read(direction, len)),
        (direction(), 0..=CAPACITY).prop_map(|(direction, len)| Move::Write(direction, len)),
    ];
    proptest::collection::vec(one, 0..400)
}

/// A source of octets and a sink of them.
struct Ends {
    source: Vec<u8>,
    read: usize,
    sink: Vec<u8>,
}

impl Ends {
    fn new(source: Vec<u8>) -> Self {
        Self { source, read: 0, sink: Vec::new() }
    }

    /// A short read of at most `len` octets, or the end of the file.
    fn read(&mut self, relay: &mut Relay, direction: Direction, len: usize, now: Instant) {
        if !relay.can_read(direction) {
            assert!(relay.room(direction).is_empty(), "what is not drained must not be overwritten");
            return;
        }
        let rest = &self.source[self.read..];
        if rest.is_empty() {
            relay.source_ended(direction, now);
            return;
        }
        let len = len.clamp(1, rest.len().min(CAPACITY));
        relay.room(direction)[..len].copy_from_slice(&rest[..len]);
        relay.filled(direction, len, now);
        self.read += len;
    }

    /// A short write of at most `len` octets.
    fn write(&mut self, relay: &mut Relay, direction: Direction, len: usize, now: Instant) {
        if relay.can_write(direction) {
            let pending = relay.pending(direction);
            let some = pending[..len.min(pending.len())].to_vec();
            relay.drained(direction, some.len(), now);
            self.sink.extend(some);
        }
    }
}

proptest! {
    /// Whatever the order in which the four ends are ready, and however short reads and writes are: every octet arrives
    /// once and in order, the FIN goes out behind the last one, and the conversation ends exactly when both have ended.
    #[test]
    fn nothing_is_lost_doubled_or_reordered(
        outbound: Vec<u8>,
        inbound: Vec<u8>,
        moves in moves(),
        shutdown_at_eof: bool,
    ) {
        let now = start();
        let mut relay = relay(Policy { shutdown_at_eof, ..Policy::default() }, now);
        let mut ends = [(Outbound, Ends::new(outbound)), (Inbound, Ends::new(inbound))];
        let mut shutdowns = 0;
        // The random part, and then both directions to their end.
        let finish = (0..).flat_map(|_| {
            [Outbound, Inbound].into_iter().flat_map(|side| [Move::Read(side, CAPACITY), Move::Write(side, CAPACITY)])
        });
        for one in moves.into_iter().chain(finish) {
            match relay.next(now) {
                Next::Done(end) => {
                    prop_assert_eq!(end, End::BothEnded);
                    break;
                }
                Next::ShutdownWrite => {
                    shutdowns += 1;
                    let (_, ends) = &ends[0];
                    prop_assert_eq!(&ends.sink, &ends.source, "the FIN goes out behind the last octet");
                }
                Next::Wait(deadline) => prop_assert_eq!(deadline, None),
            }
            let open = ends.iter().any(|(side, ends)| relay.source_is_open(*side) || ends.sink != ends.source);
            prop_assert!(open, "it goes on although both have ended");
            for (side, ends) in &mut ends {
                match one {
                    Move::Read(direction, len) if direction == *side => ends.read(&mut relay, direction, len, now),
                    Move::Write(direction, len) if direction == *side => ends.write(&mut relay, direction, len, now),
                    _ => {}
                }
            }
        }
        for (side, ends) in &ends {
            prop_assert_eq!(&ends.sink, &ends.source, "{:?}", side);
            let count = u64::try_from(ends.source.len()).unwrap();
            prop_assert_eq!(relay.counts(*side), (count, count));
        }
        prop_assert!(shutdowns <= usize::from(shutdown_at_eof));
    }
}

/// Anything that can happen to a conversation.
#[derive(Clone, Copy, Debug)]
enum Happening {
    Moved(Move),
    Ended(Direction),
    OutputGone,
    PeerTakesNoMore,
    ConnectionLost,
    Passed(u64),
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let direction = || prop_oneof![Just(Outbound), Just(Inbound)];
    let one = prop_oneof![
        8 => (direction(), 0..=CAPACITY).prop_map(|(side, len)| Happening::Moved(Move::Read(side, len))),
        8 => (direction(), 0..=CAPACITY).prop_map(|(side, len)| Happening::Moved(Move::Write(side, len))),
        4 => (0..400_u64).prop_map(Happening::Passed),
        1 => direction().prop_map(Happening::Ended),
        1 => Just(Happening::OutputGone),
        1 => Just(Happening::PeerTakesNoMore),
        1 => Just(Happening::ConnectionLost),
    ];
    proptest::collection::vec(one, 0..60)
}

fn policies() -> impl Strategy<Value = Policy> {
    let time = || proptest::option::of((0..500_u64).prop_map(Duration::from_millis));
    (any::<[bool; 4]>(), time(), time()).prop_map(
        |([ignore_input, shutdown_at_eof, shutdown_at_answer, leave_with_peer], quit_after_eof, idle)| Policy {
            ignore_input,
            shutdown_at_eof,
            shutdown_at_answer,
            quit_after_eof,
            idle,
            leave_with_peer,
            ..Policy::default()
        },
    )
}

fn happen(relay: &mut Relay, one: Happening, now: Instant) {
    match one {
        Happening::Moved(Move::Read(side, len)) if relay.can_read(side) => put(relay, side, &[7; CAPACITY][..len], now),
        Happening::Moved(Move::Write(side, len)) if relay.can_write(side) => {
            let len = len.min(relay.pending(side).len());
            relay.drained(side, len, now);
        }
        Happening::Ended(side) if relay.can_read(side) => relay.source_ended(side, now),
        Happening::Moved(_) | Happening::Passed(_) | Happening::Ended(_) => {}
        Happening::OutputGone => relay.output_gone(now),
        Happening::PeerTakesNoMore => relay.peer_takes_no_more(now),
        Happening::ConnectionLost => relay.connection_lost(now),
    }
}

proptest! {
    /// Whatever happens under whatever policy, a driver is never told to wait for nothing, and never to spin.
    #[test]
    fn it_neither_hangs_nor_spins(policy in policies(), happenings in happenings()) {
        let mut now = start();
        let mut relay = relay(policy, now);
        for one in happenings {
            let mut next = relay.next(now);
            if next == Next::ShutdownWrite {
                next = relay.next(now);
                prop_assert_ne!(next, Next::ShutdownWrite, "there is one FIN");
            }
            let movable = [Outbound, Inbound].iter().any(|side| relay.can_read(*side) || relay.can_write(*side));
            match next {
                Next::Wait(None) => prop_assert!(movable, "nothing can move, and no time is set"),
                Next::Wait(Some(until)) => {
                    prop_assert!(until > now, "a wait that is over is no wait");
                    match relay.next(until) {
                        Next::Wait(later) => prop_assert!(later.is_some_and(|later| later > until), "it would spin"),
                        Next::Done(_) | Next::ShutdownWrite => {}
                    }
                }
                Next::Done(_) => {
                    prop_assert!(matches!(relay.next(now), Next::Done(_)), "what is over stays over");
                    break;
                }
                Next::ShutdownWrite => {}
            }
            if let Happening::Passed(milliseconds) = one {
                now += Duration::from_millis(milliseconds);
            }
            happen(&mut relay, one, now);
        }
    }

    /// A loss on one side takes nothing from the other: what was read from the peer before is always written out.
    #[test]
    fn what_the_peer_said_is_written_before_any_end(happenings in happenings(), leave_with_peer: bool, quit: bool) {
        let mut now = start();
        let quit_after_eof = quit.then_some(Duration::ZERO);
        let mut relay = relay(Policy { quit_after_eof, leave_with_peer, ..Policy::default() }, now);
        let mut gone = false;
        for one in happenings {
            if let Next::Done(_) = relay.next(now) {
                let (read, written) = relay.counts(Inbound);
                prop_assert!(gone || read == written, "{} octets from the peer are lost", read - written);
                break;
            }
            gone |= matches!(one, Happening::OutputGone);
            if let Happening::Passed(milliseconds) = one {
                now += Duration::from_millis(milliseconds);
            }
            happen(&mut relay, one, now);
        }
    }
}
