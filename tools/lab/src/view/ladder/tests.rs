use super::*;
use crate::filter::Filter;
use crate::frames::sample::{arp, connection, lab, run, sent, udp};
use crate::model::Signal;
use crate::record::{Fate, What};

fn drawn(records: &[Record], columns: u16) -> Vec<String> {
    Ladder::new(records, &lab(), &Selection::default(), Some(columns)).lines()
}

fn state(ms: i64, node: &str, to: &str) -> Record {
    let what = What::State {
        node: node.into(),
        protocol: "tcp".into(),
        local: "10.0.0.2:7000".into(),
        peer: "*:*".into(),
        from: None,
        to: Some(to.into()),
        cookie: 1,
    };
    Record { at_us: ms * 1000, step: 1, what }
}

#[test]
fn a_connection() {
    let mut records = vec![state(0, "bob", "LISTEN")];
    records.extend(run(connection()));
    let shown = drawn(&records, 72);
    assert_eq!(
        shown[..7],
        [
            "            alice                                                   bob",
            "        10.0.0.1:40000                                     10.0.0.2:7000",
            "   0.000000   │                                         LISTEN :7000 │",
            "   0.001000   │──────────────────── SYN, seq 0 ─────────────────────▶│",
            "   0.002000   │◀─────────────── SYN+ACK, seq 0, ack 1 ───────────────│",
            "   0.003000   │─────────────────── ACK 1 (opens) ───────────────────▶│",
            "   0.004000   │────────── 5 octets \"ABCDE\", seq 1, ack 1 ───────────▶│",
        ]
    );
    assert_eq!(shown.len(), 12);
}

#[test]
fn a_lost_frame_ends_in_a_cross_and_a_second_one_is_dashed() {
    let mut records = run([udp(true, 6000, b"a"), connection()[0].clone(), connection()[0].clone()]);
    if let What::Frame(frame) = &mut records[0].what {
        frame.fate = Fate::Lost;
        frame.arrived_us = None;
    }
    if let What::Frame(frame) = &mut records[2].what {
        frame.arrived_us = Some(3_000 + 25_100);
    }
    let shown = drawn(&records, 90).join("\n");
    assert!(shown.contains("UDP to 6000, 1 octet \"a\" (lost) ") && shown.contains("─×  "), "{shown}");
    assert!(shown.contains("╌ SYN, seq 0 (retransmission) · 25.1 ms ╌"), "{shown}");
    assert!(shown.ends_with("× lost, ╌ sent again, · how long it took"), "{shown}");
}

/// All that can stand in records, with text that would harm a terminal.
fn everything() -> Vec<Record> {
    let evil = "\u{1b}[2J\r\n<script>\u{202e}你好 \u{0301}".repeat(3);
    let mut records = run(connection());
    records.extend([
        sent(20, 20, arp(1)),
        sent(21, 21, arp(2)),
        sent(22, 22, udp(true, 53, evil.as_bytes())),
        sent(23, 23, udp(false, 6000, &[0; 1400])),
        state(24, "bob", &evil),
        state(25, "mallory", "LISTEN"),
    ]);
    let (node, label, text) = ("alice".to_owned(), "nc".to_owned(), evil);
    let whats = [
        What::Command { node: node.clone(), label: label.clone(), line: text.clone(), pid: 1, background: true },
        What::Line { node: node.clone(), label: label.clone(), text: text.clone(), ended: true },
        What::Typed { node: node.clone(), label: label.clone(), text: Some(text.clone()) },
        What::Typed { node: node.clone(), label: label.clone(), text: None },
        What::Signalled { node: node.clone(), label: label.clone(), signal: Signal::Kill },
        What::Ended { node, label, status: 1 },
        What::Fault { subject: text.clone(), text },
    ];
    records.extend(whats.into_iter().map(|what| Record { at_us: 26_000, step: 1, what }));
    records
}

#[test]
fn nothing_is_wider_than_the_terminal_and_nothing_acts_on_it() {
    let records = everything();
    for talk in [false, true] {
        for columns in 1..=140_u16 {
            let selection = Selection { talk, ..Selection::default() };
            let ladder = Ladder::new(&records, &lab(), &selection, Some(columns));
            for line in ladder.lines() {
                assert!(line.chars().count() <= usize::from(columns), "{columns}: {line}");
                assert!(!line.chars().any(sockeye_common::escape::acts), "{columns}: {line:?}");
            }
        }
    }
}

#[test]
fn every_frame_is_shown_once_and_its_arrow_points_the_right_way() {
    let records = run(connection());
    let frames: Vec<_> = records.iter().filter(|record| matches!(record.what, What::Frame(_))).collect();
    for columns in [60, 80, 100, 132] {
        let shown = drawn(&records, columns);
        let arrows: Vec<&String> = shown.iter().filter(|line| line.contains(['▶', '◀'])).collect();
        assert_eq!(arrows.len(), frames.len(), "{columns}");
        for (line, record) in arrows.iter().zip(&frames) {
            let What::Frame(frame) = &record.what else { continue };
            let head = if frame.from == "alice" { "▶│" } else { "│◀" };
            assert!(line.contains(head), "{line}");
            assert!(line.contains(&seconds(record.at_us)), "{line}");
        }
    }
    // Too narrow for columns: a list.
    let shown = drawn(&records, 30).join(" ");
    assert_eq!(shown.matches("alice → bob").count() + shown.matches("bob → alice").count(), frames.len(), "{shown}");
}

#[test]
fn a_selection_leaves_out_what_is_not_asked_for() {
    let mut records = run(connection());
    records.extend(run([udp(true, 6000, b"a")]));
    let filter = Filter::parse("tcp syn").unwrap();
    let selection = Selection { filter: Some(&filter), ..Selection::default() };
    let shown = Ladder::new(&records, &lab(), &selection, Some(80)).lines();
    assert_eq!(shown.len(), 4, "{shown:?}");
    let selection = Selection { step: Some(2), ..Selection::default() };
    assert!(Ladder::new(&records, &lab(), &selection, Some(80)).lines().iter().all(String::is_empty));
    let selection = Selection { link: Some("r1-r2"), ..Selection::default() };
    assert!(Ladder::new(&records, &lab(), &selection, Some(80)).lines().iter().all(String::is_empty));
}

#[test]
fn several_connections_are_told_apart() {
    let other: Vec<Vec<u8>> = connection()
        .into_iter()
        .map(|mut octets| {
            let from_alice = octets[11] == 1;
            let at = if from_alice { 34 } else { 36 };
            octets[at + 1] ^= 1;
            octets
        })
        .collect();
    let shown = drawn(&run(connection().into_iter().chain(other)), 100).join("\n");
    // The tenth of each says what it stands for.
    assert_eq!((shown.matches("[1] ").count(), shown.matches("[2] ").count()), (10, 10), "{shown}");
    assert!(shown.ends_with("[1] alice:40000 – bob:7000\n            [2] alice:40001 – bob:7000"), "{shown}");
}

#[test]
fn times_go_on_where_the_clock_is_set_in_between() {
    let mut records = run(connection());
    let clock = Record { at_us: 0, step: 1, what: What::Clock { was_us: 5_500 } };
    for record in records.iter_mut().skip(5) {
        record.at_us -= 5_500;
    }
    records.insert(5, clock.clone());
    let shown = drawn(&records, 72);
    let times: Vec<&str> = shown.iter().skip(2).filter_map(|line| line.split_whitespace().next()).collect();
    assert_eq!(times[..7], ["-0.004500", "-0.003500", "-0.002500", "-0.001500", "-0.000500", "0.000000", "0.000500"]);
    assert!(shown[7].contains("the clock is set to zero"), "{shown:#?}");
    // Nothing stands before it.
    records.splice(..6, [clock]);
    assert!(!drawn(&records, 72).concat().contains("the clock"));
}

#[test]
fn a_long_ladder_is_shown_without_its_middle() {
    let records = |count: u16| (1..=count).map(|number| sent(number.into(), number.into(), udp(true, number, b"a")));
    let shown = drawn(&records(200).collect::<Vec<_>>(), 80).join("\n");
    assert!(shown.matches('▶').count() == 200 && !shown.contains('⋮'), "{shown}");
    let mut long: Vec<Record> = records(1_000).collect();
    long.insert(500, state(500, "bob", "LISTEN"));
    long.insert(
        500,
        Record { at_us: 500_000, step: 1, what: What::Fault { subject: "wire".into(), text: "cut".into() } },
    );
    let shown = drawn(&long, 80).join("\n");
    assert_eq!(shown.matches('▶').count(), FIRST + LAST);
    assert!(shown.contains("⋮ 820 more frames, until 0.940000: --pcap has all"), "{shown}");
    assert!(shown.contains("UDP to 120,") && shown.contains("UDP to 941,") && shown.contains("wire: cut"), "{shown}");
    assert!(!shown.contains("UDP to 121,") && !shown.contains("UDP to 940,") && !shown.contains("LISTEN"), "{shown}");
}

#[test]
fn less_of_the_data_is_shown_where_all_of_it_does_not_fit() {
    let records = run([udp(true, 6000, b"abcdefghijklmnopqrstuvwxyz")]);
    let shown = |columns| drawn(&records, columns).swap_remove(2);
    assert!(shown(80).contains("─ UDP to 6000, 26 octets \"abcdefghijklmnopqrstuvwx\"… ─"));
    assert!(shown(60).contains("─ UDP to 6000, 26 octets \"abcdefghij\"… ─"), "{}", shown(60));
}

#[test]
fn sockets_from_before_stand_above_the_first_row() {
    let socket = |cookie: u64, to: Option<&str>| {
        let mut record = state(0, "bob", "LISTEN");
        if let What::State { cookie: of, to: now, .. } = &mut record.what {
            (*of, *now) = (cookie, to.map(str::to_owned));
        }
        record
    };
    let mut records = vec![socket(9, Some("LISTEN")), socket(3, Some("SYN_RECV")), socket(4, Some("LAST_ACK"))];
    records.extend([socket(3, Some("ESTABLISHED")), socket(4, None)]);
    records.extend(run(connection()).into_iter().map(|record| Record { step: 2, ..record }));
    let selection = Selection { step: Some(2), ..Selection::default() };
    let shown = |records: &[Record]| Ladder::new(records, &lab(), &selection, Some(72)).lines();
    let blank = |words: &str| format!("              │{words:>53} │");
    let drawn = shown(&records);
    assert_eq!(drawn[2..4], [blank("LISTEN :7000"), blank("ESTABLISHED :7000")]);
    assert!(drawn[4].contains("SYN, seq 0"), "{drawn:#?}");
    records.splice(..0, (20..30).map(|cookie| socket(cookie, Some("CLOSE_WAIT"))));
    let drawn = shown(&records);
    assert_eq!(drawn[5..7], [blank("and 9 more"), drawn[6].clone()]);
    assert!(drawn[6].contains("SYN, seq 0"), "{drawn:#?}");
}

#[test]
fn words_are_broken_where_they_must() {
    assert_eq!(broken("one two three", 7), ["one two", "three"]);
    assert_eq!(broken("unbreakable", 4), ["unbr", "eaka", "ble"]);
    assert_eq!(broken("", 4), [""]);
    assert_eq!(narrow("é你\u{301}\n"), "é\\u{4f60}\\u{301}\\n");
}
