#![expect(clippy::disallowed_methods, reason = "a point in time to count from")]

use proptest::prelude::*;

use super::*;

const PATIENCE: Patience = Patience { servers: 2, tries: 3, timeout: Duration::from_secs(5) };

fn form() -> Form {
    // A query for the root's A record with an empty OPT record.
    let query = b"\0\0\x01\x20\0\x01\0\0\0\0\0\x01\0\0\x01\0\x01\0\0\x29\x04\xd0\0\0\0\0\0\0";
    Form::of_root(query).unwrap()
}

fn question(name: &str) -> Vec<u8> {
    let mut question = Vec::new();
    assert!(form().question(name, &mut question), "{name}");
    question
}

/// The answer to a query: the same with QR set.
fn answer(id: u16, question: &[u8]) -> Vec<u8> {
    let mut message = Vec::new();
    form().emit(id, question, &mut message);
    message[2] |= 0x80;
    message
}

#[test]
fn a_query_is_the_form_with_its_id_and_question() {
    let mut datagram = Vec::new();
    form().emit(0x1234, &question("a.Bc-_9."), &mut datagram);
    let expected = b"\x12\x34\x01\x20\0\x01\0\0\0\0\0\x01\x01a\x05Bc-_9\0\0\x01\0\x01\0\0\x29\x04\xd0\0\0\0\0\0\0";
    assert_eq!(datagram, expected);
    assert_eq!(question("."), b"\0\0\x01\0\x01");
    assert_eq!(question("a.b"), question("a.b."));
    let long = "x".repeat(64);
    let too_long = vec!["x".repeat(63); 4].join(".");
    for name in ["", "a..b", ".a", "a\\.b", "b\u{fc}", "a b", "*.x", &long, &too_long] {
        assert!(!form().question(name, &mut Vec::new()), "{name} needs more care");
    }
    assert_eq!(Form::of_root(b"short"), None);
}

#[test]
fn an_answer_is_known_by_socket_id_and_question() {
    let now = Instant::now();
    let mut window = Window::default();
    let first = window.start("first", &question("a.b"), PATIENCE, now);
    let second = window.start("second", &question("c.d"), PATIENCE, now);
    assert!(window.send(0, 7, now));
    assert!(!window.send(0, 7, now), "the id is out on that socket");
    assert_eq!(window.next_to_send(), Some(second), "and nothing has happened");
    assert!(window.send(1, 7, now), "on another one it may be");
    assert_eq!(window.arrival(0, &answer(7, &question("a.b"))), Arrival::Answer(first));
    assert_eq!(window.arrival(0, &answer(7, &question("A.B"))), Arrival::Answer(first), "the case does not count");
    assert_eq!(window.arrival(1, &answer(7, &question("a.b"))), Arrival::Odd(second), "another question");
    assert_eq!(window.arrival(0, &answer(8, &question("a.b"))), Arrival::Odd(first), "another id");
    assert_eq!(window.arrival(0, &answer(8, &question("c.d"))), Arrival::Stray, "asked on the other socket");
    assert_eq!(window.arrival(2, &answer(7, &question("a.b"))), Arrival::Stray);
    let good = answer(7, &question("a.b"));
    for (place, bit, why) in [(2, 0x02, "TC"), (2, 0x08, "opcode"), (3, 0x01, "FORMERR"), (5, 0x02, "QDCOUNT")] {
        let mut odd = good.clone();
        odd[place] ^= bit;
        assert_eq!(window.arrival(0, &odd), Arrival::Odd(first), "{why}");
    }
    for len in 0..good.len() {
        assert_ne!(window.arrival(0, &good[..len.min(20)]), Arrival::Answer(first), "cut in the question");
    }
    assert_eq!(window.finish(first).map(|flight| flight.job), Some("first"));
    assert_eq!(window.arrival(0, &good), Arrival::Stray, "twice");
    assert!(window.finish(first).is_none());
}

/// As dig: what is left of the tries on one server, then one for each further server.
#[test]
fn tries_and_servers_come_to_an_end() {
    let start = Instant::now();
    let mut window = Window::default();
    let ticket = window.start((), &question("a.b"), PATIENCE, start);
    let mut asked = Vec::new();
    let mut now = start;
    loop {
        assert!(window.send(0, 1, now));
        asked.push(window.get(ticket).unwrap().0.server);
        assert!(window.overdue(now + Duration::from_millis(4999)).is_empty());
        now += PATIENCE.timeout;
        assert_eq!(window.check_at(), Some(now));
        assert_eq!(window.overdue(now), [ticket]);
        if window.fail(ticket) == AfterFailure::GiveUp {
            break;
        }
    }
    assert_eq!(asked, [0, 0, 0, 1]);
    assert!(window.finish(ticket).is_some() && window.is_empty());
    assert_eq!((window.check_at(), window.next_to_send()), (None, None));
}

#[test]
fn a_wide_window_opens_with_the_answers() {
    let mut narrow = Opening::new(0);
    assert_eq!(narrow.width(), 1);
    narrow.lost();
    narrow.answered();
    assert_eq!(narrow.width(), 1);
    let mut wide = Opening::new(1000);
    assert_eq!(wide.width(), Opening::LEAST);
    (0..2000).for_each(|_| wide.answered());
    assert_eq!(wide.width(), 1000);
    wide.lost();
    assert_eq!(wide.width(), 500);
    (0..9).for_each(|_| wide.lost());
    assert_eq!(wide.width(), Opening::LEAST);
}

#[test]
fn what_did_not_go_out_is_next_again() {
    let now = Instant::now();
    let mut window = Window::default();
    let tickets: Vec<Ticket> =
        ["a.b", "c.d", "e.f"].iter().map(|name| window.start(*name, &question(name), PATIENCE, now)).collect();
    for id in 0..3 {
        assert!(window.send(0, id, now));
    }
    window.unsend(tickets[2]);
    window.unsend(tickets[1]);
    assert_eq!(window.next_to_send(), Some(tickets[1]));
    assert_eq!(window.on_socket(0), [tickets[0]]);
    assert!(window.send(0, 1, now) && window.send(0, 2, now));
    assert_eq!(window.on_socket(0), tickets);
}

#[test]
fn the_line_up_has_room_for_so_much() {
    let mut line_up = LineUp::default();
    let (slow, fast) = (line_up.number(), line_up.number());
    line_up.put(fast, "big", LineUp::<&str>::ROOM);
    assert!(!line_up.has_room());
    assert_eq!(line_up.take(), None, "it is the slow one's turn");
    assert!(line_up.pass(slow) && !line_up.pass(slow));
    assert_eq!(line_up.take(), Some("big"));
    assert!(line_up.has_room());
}

/// What the network does next.
#[derive(Clone, Copy, Debug)]
enum Act {
    Start,
    Send,
    Answer(usize),
    Twice(usize),
    Wrong(usize),
    TimePasses,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        3 => Just(Act::Start),
        3 => Just(Act::Send),
        4 => any::<usize>().prop_map(Act::Answer),
        1 => any::<usize>().prop_map(Act::Twice),
        1 => any::<usize>().prop_map(Act::Wrong),
        1 => Just(Act::TimePasses),
    ];
    proptest::collection::vec(act, 0..300)
}

proptest! {
    /// Whatever is lost, late, doubled or wrong: each lookup ends once, and the results come out in order.
    #[test]
    fn nothing_is_lost_or_doubled(acts in acts(), ids in proptest::collection::vec(0..50_u16, 1..50)) {
        let mut now = Instant::now();
        let mut window = Window::default();
        let mut line_up = LineUp::default();
        let mut ids = ids.into_iter().cycle();
        // Queries on their way, and answered ones that may come again.
        let mut out: Vec<(u16, Vec<u8>, u64)> = Vec::new();
        let mut seen: Vec<(u16, Vec<u8>)> = Vec::new();
        let mut shown = Vec::new();
        let mut asked = 0;
        let mut end = |number: u64, line_up: &mut LineUp<u64>| {
            if line_up.pass(number) {
                shown.push(number);
            } else {
                line_up.put(number, number, 1);
            }
            while let Some(number) = line_up.take() {
                shown.push(number);
            }
        };
        // In the end everything is sent and times out.
        let rest = std::iter::repeat_n([Act::Send, Act::Send, Act::Send, Act::TimePasses], 400).flatten();
        for act in acts.into_iter().chain(rest) {
            match act {
                Act::Start => {
                    let number = line_up.number();
                    asked += 1;
                    window.start(number, &question(&format!("n{number}.x")), PATIENCE, now);
                }
                Act::Send => {
                    let (socket, id) = (u16::try_from(out.len() % 3).unwrap(), ids.next().unwrap());
                    let Some((flight, question)) = window.next_to_send().and_then(|next| window.get(next)) else { continue };
                    let query = (socket, answer(id, question), flight.job);
                    if window.send(socket, id, now) {
                        out.push(query);
                    }
                }
                Act::Answer(which) if !out.is_empty() => {
                    let (socket, octets, number) = out.swap_remove(which % out.len());
                    if let Arrival::Answer(ticket) = window.arrival(socket, &octets) {
                        let flight = window.finish(ticket).unwrap();
                        prop_assert_eq!(flight.job, number, "an answer is taken for its own question only");
                        end(flight.job, &mut line_up);
                        seen.push((socket, octets));
                    }
                }
                Act::Twice(which) if !seen.is_empty() => {
                    let (socket, octets) = &seen[which % seen.len()];
                    prop_assert!(!matches!(window.arrival(*socket, octets), Arrival::Answer(_)), "it was answered");
                }
                Act::Wrong(which) if !out.is_empty() => {
                    let (socket, mut octets, _) = out[which % out.len()].clone();
                    octets[13] ^= 1;
                    prop_assert!(!matches!(window.arrival(socket, &octets), Arrival::Answer(_)), "not the question");
                }
                Act::TimePasses => {
                    now += PATIENCE.timeout;
                    for ticket in window.overdue(now) {
                        if window.fail(ticket) == AfterFailure::GiveUp {
                            end(window.finish(ticket).unwrap().job, &mut line_up);
                        }
                    }
                }
                _ => {}
            }
        }
        prop_assert!(window.is_empty());
        prop_assert_eq!(shown, (0..asked).collect::<Vec<u64>>());
    }
}
