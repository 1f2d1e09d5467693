//! Scripted listings, close messages and trace events.

use std::net::SocketAddr;

use sockeye_sys::Family;

use super::*;
use crate::samples::socket;
use crate::watch::chain::{Ends, PATIENCE};

const HERE: &str = "127.0.0.1:80";
const THERE: &str = "127.0.0.1:5000";
const TCP4: Scope = Scope { family: Family::INET, protocol: Protocol::TCP, states: StateMask::ALL };
const UDP4: Scope = Scope { family: Family::INET, protocol: Protocol::UDP, states: StateMask::ALL };

fn tcp(cookie: u64, state: TcpState, local: &str, peer: &str) -> Socket {
    let mut socket = Socket { cookie, ..socket(Protocol::TCP, state, local, peer) };
    if state == TcpState::TimeWait {
        socket.timer = Timer { kind: TimerKind::TimeWait, retransmits: 0, expires_ms: 60_000 };
        socket.inode = None;
    }
    socket
}

fn connection(cookie: u64, state: TcpState) -> Socket {
    tcp(cookie, state, HERE, THERE)
}

/// A timeline with a clock, and a kernel that answers as the script says.
struct Script {
    timeline: Timeline,
    now: Micros,
    /// What the kernel has at the moment.
    here: Vec<Socket>,
    scope: Scope,
}

impl Script {
    fn new(traces: bool, here: &[Socket]) -> Self {
        let mut script = Self { timeline: Timeline::new(traces), now: 1_000_000, here: here.to_vec(), scope: TCP4 };
        script.list(false);
        script.timeline.start();
        assert!(script.settle().is_empty(), "what was there is not told of");
        script
    }

    fn list(&mut self, interrupted: bool) {
        self.timeline.begin();
        for socket in self.here.clone() {
            if self.scope.covers(&socket) {
                self.timeline.row(socket, self.now);
            }
        }
        self.timeline.end(&self.scope, interrupted, self.now, self.now);
    }

    /// What happened, each in one word or two.
    fn settle(&mut self) -> Vec<String> {
        for _ in 0..9 {
            let questions = self.timeline.settle(self.now);
            if questions.is_empty() {
                break;
            }
            for question in questions {
                let asked = Key::of(&question.socket);
                let any = question.ended.is_some() || question.socket.cookie == 0;
                let same = |socket: &&Socket| any || socket.cookie == question.socket.cookie;
                let found = self.here.iter().filter(same).find(|socket| Key::of(socket) == asked).cloned();
                self.timeline.answer(&question, found, self.now);
            }
        }
        self.timeline.take().iter().map(told).collect()
    }

    /// So much later the kernel has these, and lists them.
    fn after(&mut self, micros: Micros, here: &[Socket]) -> Vec<String> {
        self.now += micros;
        self.here = here.to_vec();
        self.list(false);
        self.settle()
    }

    fn trace(&mut self, at: Micros, address: u64, ends: (&str, &str), step: Step) {
        let end = |text: &str| text.parse::<SocketAddr>().unwrap();
        let ends = Ends { family: Family::INET, local: end(ends.0), peer: end(ends.1) };
        self.timeline.traced(Traced { at, address, ends, cookie: None, step });
    }
}

fn told(notice: &Notice) -> String {
    let name = |state: Option<State>| state.and_then(State::name).unwrap_or("-");
    let what = match &notice.what {
        What::Changed { from, to, lasted } => {
            let lasted = match lasted {
                Lasted::Unknown => String::new(),
                Lasted::For(micros, _) => format!(" {micros}"),
                Lasted::AtLeast(micros, _) => format!(" >{micros}"),
            };
            format!("{} {}{lasted}", name(*from), name(*to))
        }
        What::Retransmitted { timeouts } => format!("retransmit {timeouts:?}"),
        What::ResetSent { reason } => format!("rst out {reason:?}"),
        What::ResetReceived { reason } => format!("rst in {reason:?}"),
        What::StillWaiting => "waits".to_owned(),
    };
    format!("{} {what}", notice.seen.at)
}

/// The notices themselves.
fn notices(script: &mut Script) -> Vec<Notice> {
    script.list(false);
    while !script.timeline.settle(script.now).is_empty() {}
    script.timeline.take()
}

fn state(from: TcpState, to: TcpState) -> Step {
    Step::State { from, to }
}

#[test]
fn listings_alone_show_each_change_and_how_long_the_state_before_lasted() {
    let mut script = Script::new(false, &[connection(1, TcpState::Established)]);
    assert_eq!(script.after(50_000, &[connection(1, TcpState::Established)]), [""; 0]);
    assert_eq!(
        script.after(50_000, &[connection(1, TcpState::CloseWait)]),
        ["1100000 ESTABLISHED CLOSE-WAIT >100000"],
        "it was open before the watch began"
    );
    assert_eq!(script.after(2_000_000, &[connection(1, TcpState::LastAck)]), ["3100000 CLOSE-WAIT LAST-ACK 2000000"]);
    assert_eq!(script.after(1_000, &[]), ["3101000 LAST-ACK - 1000"]);
    assert_eq!(script.after(50_000, &[]), [""; 0], "once");
}

#[test]
fn time_wait_ends_when_its_time_is_over_and_not_when_a_listing_lacks_it() {
    let mut script = Script::new(false, &[connection(1, TcpState::FinWait2)]);
    assert_eq!(script.after(50_000, &[connection(1, TcpState::TimeWait)]), ["1050000 FIN-WAIT-2 TIME-WAIT >50000"]);
    assert_eq!(script.timeline.next_end(), Some(61_050_000));
    assert_eq!(script.timeline.waiting().map(|(_, _, due)| due).collect::<Vec<_>>(), [61_050_000]);
    // A dump that missed it, while it is there: the kernel is asked.
    script.now += 50_000;
    script.timeline.begin();
    script.timeline.end(&TCP4, false, script.now, script.now);
    assert_eq!(script.settle(), [""; 0]);
    // Its time is over, and nothing has been listed since.
    script.now = 61_050_000;
    script.here.clear();
    assert_eq!(script.settle(), ["61050000 TIME-WAIT - 60000000"]);
    assert_eq!(script.timeline.waiting().count(), 0);
}

#[test]
fn a_time_wait_that_is_prolonged_goes_on() {
    let mut script = Script::new(false, &[connection(1, TcpState::TimeWait)]);
    script.now = 61_000_000;
    // An old segment came and started it again.
    assert_eq!(script.settle(), [""; 0]);
    assert_eq!(script.timeline.next_end(), Some(121_000_000));
}

#[test]
fn an_interrupted_dump_proves_nothing_by_what_it_lacks() {
    let mut script = Script::new(false, &[tcp(1, TcpState::Listen, HERE, "0.0.0.0:0")]);
    for _ in 0..3 {
        script.timeline.begin();
        script.timeline.end(&TCP4, true, script.now, script.now);
        assert_eq!(script.settle(), [""; 0]);
    }
    // Twice a whole one: a listener cannot be asked for by its ends.
    assert_eq!(script.after(50_000, &[]), [""; 0]);
    assert_eq!(script.after(50_000, &[]), ["1100000 LISTEN - >100000"]);
}

#[test]
fn a_listing_of_what_moves_lacks_what_is_open() {
    let mut script = Script::new(false, &[connection(1, TcpState::SynSent)]);
    script.scope = Scope { states: MOVING, ..TCP4 };
    assert_eq!(script.after(50_000, &[connection(1, TcpState::Established)]), ["1050000 SYN-SENT ESTABLISHED >50000"]);
    assert_eq!(script.after(50_000, &[connection(1, TcpState::Established)]), [""; 0]);
    // Its end shows in no such listing; the close message has it.
    script.here.clear();
    script.now += 50_000;
    script.timeline.closed(connection(1, TcpState::Closed), script.now);
    assert_eq!(script.settle(), ["1150000 ESTABLISHED - 100000"]);
}

#[test]
fn a_close_message_before_time_wait_is_no_end() {
    let mut script = Script::new(false, &[connection(1, TcpState::Established)]);
    script.here = vec![connection(1, TcpState::TimeWait)];
    script.now += 7;
    script.timeline.closed(connection(1, TcpState::Closed), script.now);
    assert_eq!(script.settle(), ["1000007 ESTABLISHED TIME-WAIT >7"]);
    // Nobody had asked for the cookie of this one: what follows it got one of its own.
    let mut script = Script::new(false, &[connection(1, TcpState::Established)]);
    script.here = vec![connection(2, TcpState::TimeWait)];
    script.timeline.closed(connection(1, TcpState::Closed), script.now);
    assert_eq!(script.settle(), ["1000000 ESTABLISHED TIME-WAIT >0"]);
    assert_eq!(script.after(50_000, &[connection(2, TcpState::TimeWait)]), [""; 0]);
    assert_eq!(script.after(50_000, &[]), ["1100000 TIME-WAIT - 100000"]);
}

#[test]
fn what_was_never_listed_came_and_went_and_is_told_of_once() {
    let mut script = Script::new(false, &[]);
    script.timeline.closed(connection(9, TcpState::Closed), 1_000_001);
    script.timeline.closed(connection(9, TcpState::Closed), 1_000_002);
    assert_eq!(script.settle(), ["1000001 - -"]);
    script.scope = UDP4;
    let udp = Socket { cookie: 10, ..socket(Protocol::UDP, TcpState::Closed, "127.0.0.1:53", "0.0.0.0:0") };
    assert_eq!(script.after(50_000, std::slice::from_ref(&udp)), ["1050000 - unconnected"]);
    script.timeline.closed(udp.clone(), 1_060_000);
    assert_eq!(script.settle(), ["1060000 unconnected - 10000"]);
    assert_eq!(script.after(50_000, &[udp]), [""; 0], "a dump that was older than the message");
}

#[test]
fn without_close_messages_the_listing_finds_the_end() {
    // They were lost, or the kernel has none.
    let mut script = Script::new(false, &[connection(1, TcpState::Established)]);
    assert_eq!(script.after(50_000, &[]), ["1050000 ESTABLISHED - >50000"]);
}

#[test]
fn the_same_ends_again_are_another_socket() {
    let mut script = Script::new(false, &[connection(1, TcpState::Established)]);
    let told = script.after(50_000, &[connection(2, TcpState::Established)]);
    assert_eq!(told, ["1050000 - ESTABLISHED", "1050000 ESTABLISHED - >50000"]);
    assert_eq!(script.after(50_000, &[connection(2, TcpState::CloseWait)]), ["1100000 ESTABLISHED CLOSE-WAIT 50000"]);
}

#[test]
fn trace_events_give_the_listing_its_times() {
    let mut script = Script::new(true, &[]);
    let listener = tcp(1, TcpState::Listen, HERE, "0.0.0.0:0");
    script.trace(1_000_100, 0xa, (HERE, "0.0.0.0:0"), state(TcpState::Closed, TcpState::Listen));
    assert_eq!(script.after(50_000, std::slice::from_ref(&listener)), ["1000100 - LISTEN"]);
    // A whole handshake between two listings; the client has no port at first. The two processors' events come as they
    // were read: not in order.
    script.trace(1_060_030, 0xc, (HERE, THERE), state(TcpState::Listen, TcpState::SynReceived));
    script.trace(1_060_035, 0xc, (HERE, THERE), state(TcpState::SynReceived, TcpState::Established));
    script.trace(1_060_025, 0xb, (THERE, HERE), state(TcpState::SynSent, TcpState::Established));
    script.trace(1_060_000, 0xb, ("127.0.0.1:0", HERE), state(TcpState::Closed, TcpState::SynSent));
    let ends = [connection(3, TcpState::Established), tcp(2, TcpState::Established, THERE, HERE)];
    let here = [vec![listener.clone()], ends.to_vec()].concat();
    assert_eq!(
        script.after(50_000, &here),
        [
            "1060000 - SYN-SENT",
            "1060025 SYN-SENT ESTABLISHED 25",
            "1060030 - SYN-RECEIVED",
            "1060035 SYN-RECEIVED ESTABLISHED 5"
        ]
    );
    assert_eq!(script.after(50_000, &here), [""; 0], "nothing twice");
}

#[test]
fn what_the_trace_calls_closed_is_time_wait_where_the_listing_says_so() {
    let client = |state| tcp(2, state, THERE, HERE);
    let mut script = Script::new(true, &[client(TcpState::FinWait2)]);
    script.trace(1_000_010, 0xb, (THERE, HERE), state(TcpState::FinWait2, TcpState::Closed));
    assert_eq!(script.after(50_000, &[client(TcpState::TimeWait)]), ["1000010 FIN-WAIT-2 TIME-WAIT >10"]);
    script.timeline.closed(client(TcpState::Closed), 1_050_000);
    assert_eq!(script.settle(), [""; 0], "the full socket is gone, the connection is not");
}

#[test]
fn a_life_between_two_listings_is_known_by_its_close_message() {
    let mut script = Script::new(true, &[]);
    for (at, from, to) in [
        (1, TcpState::SynSent, TcpState::Established),
        (2, TcpState::Established, TcpState::CloseWait),
        (3, TcpState::CloseWait, TcpState::LastAck),
        (4, TcpState::LastAck, TcpState::Closed),
    ] {
        script.trace(1_000_000 + at, 0xb, (THERE, HERE), state(from, to));
    }
    // The kernel may have forgotten the peer by then.
    let told = tcp(7, TcpState::Closed, THERE, "0.0.0.0:0");
    script.timeline.closed(told, 1_000_020);
    assert_eq!(
        script.settle(),
        [
            "1000001 SYN-SENT ESTABLISHED >0",
            "1000002 ESTABLISHED CLOSE-WAIT 1",
            "1000003 CLOSE-WAIT LAST-ACK 1",
            "1000004 LAST-ACK - 1"
        ]
    );
}

#[test]
fn the_events_of_another_namespace_are_not_told_of() {
    let here = [connection(1, TcpState::Established)];
    let mut script = Script::new(true, &here);
    // The very same ends, elsewhere.
    script.trace(1_000_010, 0xf, (HERE, THERE), state(TcpState::Established, TcpState::CloseWait));
    script.trace(1_000_020, 0xe, ("10.0.0.1:1", "10.0.0.2:2"), state(TcpState::Established, TcpState::CloseWait));
    assert_eq!(script.after(50_000, &here), [""; 0]);
    assert_eq!(script.after(50_000, &here), [""; 0]);
    assert_eq!(script.after(PATIENCE + 50_000, &here), [""; 0]);
    // They have been forgotten: what the listing shows later is not theirs.
    let told = script.after(50_000, &[connection(1, TcpState::CloseWait)]);
    assert_eq!(told, [format!("{} ESTABLISHED CLOSE-WAIT >{}", script.now, script.now - 1_000_000)]);
}

#[test]
fn of_two_sockets_with_the_same_ends_at_the_same_time_the_listing_tells() {
    let mut script = Script::new(true, &[]);
    for (at, address) in [(10, 0xb), (20, 0xc)] {
        script.trace(1_000_000 + at, address, ("127.0.0.1:0", HERE), state(TcpState::Closed, TcpState::SynSent));
        script.trace(1_000_005 + at, address, (THERE, HERE), state(TcpState::SynSent, TcpState::Established));
    }
    let client = |state| tcp(2, state, THERE, HERE);
    let there = [client(TcpState::Established)];
    assert_eq!(script.after(50_000, &there), ["1050000 - ESTABLISHED"]);
    script.trace(1_060_000, 0xc, (THERE, HERE), state(TcpState::Established, TcpState::FinWait1));
    assert_eq!(script.after(50_000, &there), [""; 0]);
    assert_eq!(script.after(50_000, &[client(TcpState::CloseWait)]), ["1150000 ESTABLISHED CLOSE-WAIT 100000"]);
}

#[test]
fn one_after_the_other_may_have_the_same_ends() {
    let mut script = Script::new(true, &[]);
    script.trace(1_000_010, 0xb, (THERE, HERE), state(TcpState::SynSent, TcpState::Established));
    script.trace(1_000_020, 0xb, (THERE, HERE), state(TcpState::Established, TcpState::Closed));
    script.trace(1_000_030, 0xc, (THERE, HERE), state(TcpState::SynSent, TcpState::Established));
    let there = [tcp(2, TcpState::Established, THERE, HERE)];
    assert_eq!(script.after(50_000, &there)[..1], ["1000010 SYN-SENT ESTABLISHED >0"]);
}

#[test]
fn a_socket_whose_address_is_known_has_no_events_from_another() {
    let mut script = Script::new(true, &[]);
    script.trace(1_000_010, 0xb, (THERE, HERE), state(TcpState::SynSent, TcpState::Established));
    let client = |state| tcp(2, state, THERE, HERE);
    let seen = script.after(50_000, &[client(TcpState::Established)]);
    assert_eq!(seen, ["1000010 SYN-SENT ESTABLISHED >0"]);
    for (at, address) in [(1_050_010, 0xc), (1_050_020, 0xb)] {
        script.trace(at, address, (THERE, HERE), state(TcpState::Established, TcpState::CloseWait));
    }
    let seen = script.after(50_000, &[client(TcpState::CloseWait)]);
    assert_eq!(seen, ["1050020 ESTABLISHED CLOSE-WAIT 50010"]);
}

#[test]
fn the_end_of_a_listener_is_not_that_of_connections_to_such_a_port_elsewhere() {
    let listener = tcp(9, TcpState::Listen, HERE, "0.0.0.0:0");
    let mut script = Script::new(true, &[listener]);
    script.trace(1_000_010, 0xf, (HERE, THERE), state(TcpState::CloseWait, TcpState::LastAck));
    script.trace(1_000_020, 0xf, (HERE, THERE), state(TcpState::LastAck, TcpState::Closed));
    script.timeline.closed(tcp(9, TcpState::Closed, HERE, "0.0.0.0:0"), 1_000_040);
    assert_eq!(script.settle(), ["1000040 LISTEN - >40"]);
}

#[test]
fn a_refused_connection_and_why() {
    let mut script = Script::new(true, &[]);
    let nobody = ("127.0.0.1:9", THERE);
    let client = (THERE, "127.0.0.1:9");
    script.trace(1_000_000, 0xb, ("127.0.0.1:0", "127.0.0.1:9"), state(TcpState::Closed, TcpState::SynSent));
    script.trace(1_000_010, 0, nobody, Step::ResetSent { reason: Some("NO_SOCKET".to_owned()) });
    script.trace(1_000_020, 0xb, client, Step::ResetReceived { reason: None });
    script.trace(1_000_030, 0xb, client, state(TcpState::SynSent, TcpState::Closed));
    script.timeline.closed(tcp(7, TcpState::Closed, THERE, "127.0.0.1:0"), 1_000_040);
    assert_eq!(script.settle(), ["1000000 - SYN-SENT", "1000020 rst in Some(\"NO_SOCKET\")", "1000030 SYN-SENT - 30"]);
}

#[test]
fn retransmissions_once_whoever_tells_of_them() {
    let waiting = |timeouts| {
        let timer = Timer { kind: TimerKind::Retransmission, retransmits: timeouts, expires_ms: 100 };
        Socket { timer, ..connection(1, TcpState::Established) }
    };
    let mut script = Script::new(false, &[waiting(0)]);
    assert_eq!(script.after(50_000, &[waiting(1)]), ["1050000 retransmit Some(1)"]);
    assert_eq!(script.after(50_000, &[waiting(1)]), [""; 0]);
    assert_eq!(script.after(50_000, &[waiting(2)]), ["1150000 retransmit Some(2)"]);
    let mut script = Script::new(true, &[waiting(0)]);
    script.trace(1_000_500, 0xb, (HERE, THERE), Step::Retransmitted { state: TcpState::Established });
    assert_eq!(script.after(50_000, &[waiting(1)]), ["1000500 retransmit None"]);
}

#[test]
fn a_port_that_somebody_listens_on_is_where_connections_are_accepted() {
    let listener = tcp(1, TcpState::Listen, HERE, "0.0.0.0:0");
    let mut script = Script::new(false, std::slice::from_ref(&listener));
    script.now += 50_000;
    script.here = vec![listener, connection(2, TcpState::Established), tcp(3, TcpState::Established, THERE, HERE)];
    script.list(false);
    script.timeline.settle(script.now);
    let notices = script.timeline.take();
    let accepted: Vec<_> = notices.iter().map(|notice| (notice.socket.cookie, notice.opened.is_accepted())).collect();
    assert_eq!(accepted, [(2, true), (3, false)]);
}

#[test]
fn a_closed_connection_that_lives_on_in_fin_wait_2_is_one_life() {
    // The small socket that the kernel leaves has the timer of TIME-WAIT, and perhaps another cookie.
    let left = |cookie| {
        let timer = Timer { kind: TimerKind::TimeWait, retransmits: 0, expires_ms: 59_000 };
        Socket { timer, inode: None, ..connection(cookie, TcpState::FinWait2) }
    };
    for cookie in [1, 2] {
        let mut script = Script::new(false, &[connection(1, TcpState::FinWait2)]);
        script.here = vec![left(cookie)];
        script.timeline.closed(connection(1, TcpState::Closed), script.now);
        assert_eq!(script.settle(), [""; 0], "cookie {cookie}");
        assert_eq!(script.after(50_000, &[left(cookie)]), [""; 0]);
        let told = script.after(50_000, &[connection(cookie, TcpState::TimeWait)]);
        assert_eq!(told, ["1100000 FIN-WAIT-2 TIME-WAIT >100000"]);
        // Nothing but its beginning between two listings.
        let mut script = Script::new(false, &[]);
        script.here = vec![left(cookie)];
        script.timeline.closed(connection(1, TcpState::Closed), script.now);
        assert_eq!(script.settle(), ["1000000 - FIN-WAIT-2"], "cookie {cookie}");
        assert_eq!(script.after(50_000, &[left(cookie)]), [""; 0]);
    }
}

#[test]
fn what_a_listing_knew_is_remembered_until_the_close_message() {
    let mut script = Script::new(false, &[]);
    script.after(50_000, &[connection(1, TcpState::Established)]);
    assert_eq!(script.after(2_000_000, &[]), ["3050000 ESTABLISHED - 2000000"]);
    let past = script.timeline.past(&tcp(1, TcpState::Closed, HERE, "127.0.0.1:0")).unwrap();
    let until = Seen { at: 3_050_000, early: 2_000_000, by: SeenBy::Listing };
    assert_eq!((past.first, past.until, past.older), (1_050_000, Some(until), false));
    assert_eq!((past.state, past.peer), (State::Tcp(TcpState::Established), THERE.parse().unwrap()));
}

#[test]
fn a_connection_that_was_received_was_opened_by_the_peer() {
    let mut script = Script::new(false, &[]);
    script.now += 50_000;
    script.here = vec![connection(2, TcpState::NewSynReceived)];
    script.list(false);
    script.timeline.settle(script.now);
    let notices = script.timeline.take();
    assert_eq!(notices.iter().map(|notice| notice.opened.is_accepted()).collect::<Vec<_>>(), [true]);
}

#[test]
fn a_listener_that_is_shut_down_lives_on_and_one_that_is_closed_does_not() {
    let listener = |state| tcp(1, state, HERE, "0.0.0.0:0");
    let silent = |script: &mut Script| {
        script.after(50_000, &[listener(TcpState::Listen)]);
        script.trace(1_050_010, 0xa, (HERE, "0.0.0.0:0"), state(TcpState::Listen, TcpState::Closed));
        script.now = 1_060_000;
    };
    let mut script = Script::new(true, &[listener(TcpState::Listen)]);
    silent(&mut script);
    // The kernel finds no listener there any more.
    script.here.clear();
    assert_eq!(script.settle(), [""; 0]);
    let told = script.after(40_000, &[listener(TcpState::Closed)]);
    assert_eq!(told, ["1100000 LISTEN BOUND >100000"]);
    let mut script = Script::new(true, &[listener(TcpState::Listen)]);
    silent(&mut script);
    script.timeline.closed(listener(TcpState::Closed), 1_060_000);
    assert_eq!(script.settle(), ["1050010 LISTEN - >50010"], "the message says that, and the stamp when");
}

#[test]
fn a_duration_between_two_listings_has_a_bound() {
    let mut script = Script::new(false, &[]);
    let mut list = |now: Micros, ended: Micros, state: TcpState| {
        script.timeline.begin();
        script.timeline.row(connection(1, state), now);
        script.timeline.end(&TCP4, false, now, ended);
        script.timeline.settle(ended);
        script.timeline.take()
    };
    // The first listing was at 1 s; the second took 3 ms.
    let [new] = &list(1_050_000, 1_053_000, TcpState::Established)[..] else { panic!() };
    assert_eq!(new.seen, Seen { at: 1_053_000, early: 53_000, by: SeenBy::Listing });
    assert_eq!(list(1_100_000, 1_103_000, TcpState::Established), []);
    let [changed] = &list(1_150_000, 1_153_000, TcpState::CloseWait)[..] else { panic!() };
    assert_eq!(changed.seen, Seen { at: 1_153_000, early: 53_000, by: SeenBy::Listing });
    let What::Changed { lasted, .. } = changed.what else { panic!() };
    assert_eq!(lasted, Lasted::For(100_000, 53_000));
    // It was seen in CLOSE-WAIT at 1.15 s, and then the kernel told of its end.
    script.now = 1_170_000;
    script.timeline.closed(connection(1, TcpState::Closed), script.now);
    script.timeline.settle(script.now).iter().for_each(|question| script.timeline.answer(question, None, script.now));
    let [closed] = &script.timeline.take()[..] else { panic!() };
    assert_eq!(closed.seen, Seen { at: 1_170_000, early: 17_000, by: SeenBy::CloseMessage });
    let What::Changed { lasted, .. } = closed.what else { panic!() };
    assert_eq!(lasted, Lasted::For(17_000, 53_000));
}

#[test]
fn the_reason_of_a_reset_is_not_that_of_an_earlier_connection() {
    let reason = |text: &str| Some(text.to_owned());
    let client = (THERE, HERE);
    let mut script = Script::new(true, &[]);
    // A reset that nobody received.
    script.trace(1_000_000, 0, (HERE, THERE), Step::ResetSent { reason: reason("OLD") });
    // The same ends again; the reset comes from another machine.
    script.trace(1_000_100, 0xb, client, state(TcpState::Closed, TcpState::SynSent));
    script.trace(1_000_110, 0xb, client, Step::ResetReceived { reason: None });
    script.trace(1_000_120, 0xb, client, state(TcpState::SynSent, TcpState::Closed));
    script.timeline.closed(tcp(7, TcpState::Closed, THERE, HERE), 1_000_130);
    assert_eq!(script.settle(), ["1000100 - SYN-SENT", "1000110 rst in None", "1000120 SYN-SENT - 20"]);
    // Where its beginning was not seen, a reset of long ago is none of it.
    let mut script = Script::new(true, &[tcp(8, TcpState::Established, THERE, HERE)]);
    script.trace(1_000_000, 0, (HERE, THERE), Step::ResetSent { reason: reason("OLD") });
    script.trace(3_000_000, 0xb, client, Step::ResetReceived { reason: None });
    script.trace(3_000_010, 0xb, client, state(TcpState::Established, TcpState::Closed));
    script.now = 3_000_100;
    script.timeline.closed(tcp(8, TcpState::Closed, THERE, HERE), 3_000_100);
    assert_eq!(script.settle(), ["3000000 rst in None", "3000010 ESTABLISHED - >2000010"]);
}

#[test]
fn a_reset_that_is_sent_behind_the_end_is_told_of() {
    for later in [false, true] {
        let mut script = Script::new(true, &[connection(1, TcpState::Established)]);
        script.trace(1_000_010, 0xb, (HERE, THERE), state(TcpState::Established, TcpState::Closed));
        let reset = Step::ResetSent { reason: Some("TCP_ABORT_ON_CLOSE".to_owned()) };
        let closed = connection(1, TcpState::Closed);
        if later {
            // The kernel was read in between.
            script.timeline.closed(closed, 1_000_020);
            assert_eq!(script.settle(), ["1000010 ESTABLISHED - >10"]);
            script.trace(1_000_015, 0xb, (HERE, THERE), reset);
            assert_eq!(script.settle(), ["1000015 rst out Some(\"TCP_ABORT_ON_CLOSE\")"]);
        } else {
            script.trace(1_000_015, 0xb, (HERE, THERE), reset);
            script.timeline.closed(closed, 1_000_020);
            let told = ["1000010 ESTABLISHED - >10", "1000015 rst out Some(\"TCP_ABORT_ON_CLOSE\")"];
            assert_eq!(script.settle(), told);
        }
        assert_eq!(script.after(50_000, &[]), [""; 0]);
    }
}

#[test]
fn a_reset_may_come_in_before_it_is_noted_that_it_was_sent() {
    let mut script = Script::new(true, &[tcp(8, TcpState::Established, THERE, HERE)]);
    script.trace(1_000_010, 0xb, (THERE, HERE), Step::ResetReceived { reason: None });
    script.trace(1_000_011, 0xb, (THERE, HERE), state(TcpState::Established, TcpState::Closed));
    script.trace(1_000_020, 0, (HERE, THERE), Step::ResetSent { reason: Some("TCP_ABORT_ON_CLOSE".to_owned()) });
    script.timeline.closed(tcp(8, TcpState::Closed, THERE, HERE), 1_000_030);
    let told = ["1000010 rst in Some(\"TCP_ABORT_ON_CLOSE\")", "1000011 ESTABLISHED - >11"];
    assert_eq!(script.settle(), told);
}

#[test]
fn two_listings_of_one_round_do_not_turn_back_what_the_trace_tells() {
    let mut script = Script::new(true, &[]);
    script.trace(1_000_010, 0xc, (HERE, THERE), state(TcpState::Listen, TcpState::SynReceived));
    script.trace(1_000_020, 0xc, (HERE, THERE), state(TcpState::SynReceived, TcpState::Established));
    // Those that open are listed first, and then those that are open.
    for state in [TcpState::NewSynReceived, TcpState::Established] {
        script.timeline.begin();
        script.timeline.row(connection(2, state), 1_000_005);
        script.timeline.end(&Scope { states: state.into(), ..TCP4 }, false, 1_000_005, 1_000_030);
    }
    script.here = vec![connection(2, TcpState::Established)];
    assert_eq!(script.settle(), ["1000010 - SYN-RECEIVED", "1000020 SYN-RECEIVED ESTABLISHED 10"]);
}

#[test]
fn memory_that_is_used_again_is_another_socket() {
    let mut script = Script::new(true, &[]);
    let first = (THERE, HERE);
    let second = ("127.0.0.1:5001", HERE);
    for (at, ends) in [(1_000_000, first), (1_000_100, second)] {
        script.trace(at, 0xb, ends, state(TcpState::Closed, TcpState::SynSent));
        script.trace(at + 10, 0xb, ends, state(TcpState::SynSent, TcpState::Closed));
    }
    script.timeline.closed(tcp(7, TcpState::Closed, THERE, HERE), 1_000_200);
    script.timeline.closed(tcp(8, TcpState::Closed, "127.0.0.1:5001", HERE), 1_000_200);
    let told = ["1000000 - SYN-SENT", "1000010 SYN-SENT - 10", "1000100 - SYN-SENT", "1000110 SYN-SENT - 10"];
    assert_eq!(script.settle(), told);
}

#[test]
fn who_opened_a_connection_is_known_by_its_first_state() {
    // A client that is bound to a port on which somebody listens, too.
    let listener = tcp(1, TcpState::Listen, HERE, "0.0.0.0:0");
    let mut script = Script::new(false, std::slice::from_ref(&listener));
    script.now += 50_000;
    script.here = vec![listener.clone(), connection(2, TcpState::SynSent)];
    let opened = |told: Vec<Notice>| told.iter().map(|notice| notice.opened).collect::<Vec<_>>();
    assert_eq!(opened(notices(&mut script)), [Opened::Here]);
    script.now += 50_000;
    script.here = vec![listener, connection(2, TcpState::Established)];
    assert_eq!(opened(notices(&mut script)), [Opened::Here]);
    // nc -l closes its listener as soon as it has accepted.
    let mut script = Script::new(false, &[tcp(1, TcpState::Listen, HERE, "0.0.0.0:0")]);
    script.timeline.closed(tcp(1, TcpState::Closed, HERE, "0.0.0.0:0"), script.now);
    script.here.clear();
    script.settle();
    script.now += 50_000;
    script.here = vec![connection(2, TcpState::Established)];
    assert_eq!(opened(notices(&mut script)), [Opened::Listener]);
    // Traced, a listener need never have been seen.
    let mut script = Script::new(true, &[]);
    script.trace(1_000_010, 0xc, (HERE, THERE), state(TcpState::Listen, TcpState::SynReceived));
    script.trace(1_000_020, 0xc, (HERE, THERE), state(TcpState::SynReceived, TcpState::Established));
    script.now += 50_000;
    script.here = vec![connection(2, TcpState::Established)];
    assert_eq!(opened(notices(&mut script)), [Opened::ByPeer; 2]);
}

#[test]
fn the_end_of_who_has_its_memory_next_does_not_rename_a_socket() {
    let mut script = Script::new(true, &[]);
    let address = 0xb;
    script.trace(1_000_000, address, ("127.0.0.1:0", HERE), state(TcpState::Closed, TcpState::SynSent));
    script.trace(1_000_010, address, (THERE, HERE), state(TcpState::SynSent, TcpState::Closed));
    // Ends of refused connections, whose peers are forgotten: this one's, and that of one elsewhere to another port.
    for (at, cookie, local) in [(1_000_020, 2, THERE), (1_000_030, 3, "127.0.0.1:40999")] {
        let ends = Ends { family: Family::INET, local: local.parse().unwrap(), peer: "127.0.0.1:0".parse().unwrap() };
        script.timeline.traced(Traced { at, address, ends, cookie: Some(cookie), step: Step::Destroyed });
    }
    script.timeline.closed(tcp(2, TcpState::Closed, THERE, "127.0.0.1:0"), 1_000_040);
    assert_eq!(script.settle(), ["1000000 - SYN-SENT", "1000010 SYN-SENT - 10"]);
}

#[test]
fn the_cookie_tells_two_namespaces_apart() {
    let end = |text: &str| text.parse::<SocketAddr>().unwrap();
    let ends = Ends { family: Family::INET, local: end(HERE), peer: end(THERE) };
    for (cookie, told) in [(1, vec!["1000010 ESTABLISHED - >10"]), (2, vec!["1000040 ESTABLISHED - >40"])] {
        let mut script = Script::new(true, &[connection(1, TcpState::Established)]);
        script.trace(1_000_010, 0xb, (HERE, THERE), state(TcpState::Established, TcpState::Closed));
        script.timeline.traced(Traced {
            at: 1_000_011,
            address: 0xb,
            ends,
            cookie: Some(cookie),
            step: Step::Destroyed,
        });
        script.now = 1_000_040;
        script.here.clear();
        script.timeline.closed(connection(1, TcpState::Closed), 1_000_040);
        assert_eq!(script.settle(), told, "the same ends; in the second case elsewhere");
    }
}

#[test]
fn too_many_in_time_wait_are_not_followed_and_not_told_of_again() {
    let waiting = |cookie: u64, port: u16| tcp(cookie, TcpState::TimeWait, HERE, &format!("127.0.0.1:{port}"));
    let mut script = Script::new(false, &[]);
    script.timeline.most_waiting = 2;
    let all: Vec<Socket> = (1..=4).map(|cookie| waiting(cookie, 5_000 + u16::try_from(cookie).unwrap())).collect();
    let told = script.after(50_000, &all);
    assert_eq!(told, ["1050000 - TIME-WAIT"; 4], "each is told of once");
    assert_eq!((script.timeline.left_alone(), script.timeline.left_alone()), (2, 0));
    assert_eq!((script.timeline.len(), script.timeline.waiting().count()), (2, 2));
    assert_eq!(script.after(50_000, &all), [""; 0]);
    // A close message of one of them comes late.
    script.timeline.closed(Socket { state: State::Tcp(TcpState::Closed), ..all[3].clone() }, script.now);
    assert_eq!(script.settle(), [""; 0]);
    assert_eq!(script.after(50_000, &[]), ["1150000 TIME-WAIT - 100000"; 2]);
    assert!(script.timeline.unfollowed.is_empty(), "they are forgotten when the listing lacks them");
    // What was there at the start counts, too.
    let mut script = Script::new(false, &[]);
    script.timeline = Timeline::new(false);
    script.timeline.most_waiting = 1;
    script.here = all;
    script.list(false);
    script.timeline.start();
    assert_eq!((script.timeline.len(), script.timeline.left_alone()), (1, 3));
}
