//! Every kind of check passes where it should, and a wrong one of every kind fails and says what is there.

use super::*;
use crate::frames::sample;
use crate::language::parse;
use crate::record::{Fate, Frame, Kept, LeftOut};

const LAB: &str = "\
experiment sample
title Sample
host alice bob
link alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/24
step One
  bob& nc -l 7000
  alice$ dig bob
  alice$ [other] dig bob
  alice& url x
step Two
  alice$ [late] nc bob 7000
  expect It is so
";

/// What is judged at the end of step two.
fn verdict(check: &str, records: &[Record], divisor: u32) -> Verdict {
    let text = format!("{LAB}    {check}\n");
    let lab = parse(&text).unwrap_or_else(|mistakes| panic!("{check}: {mistakes:?}"));
    let written = lab.steps[1].expectations[0].checks[0].to_string();
    assert!(parse(&format!("{LAB}    {written}\n")).is_ok_and(|again| again == lab), "{check} is written as {written}");
    judge(&lab, 2, records, divisor).remove(0)
}

fn record(ms: i64, step: usize, what: What) -> Record {
    Record { at_us: ms * 1000, step, what }
}

fn command(node: &str, label: &str) -> What {
    What::Command { node: node.into(), label: label.into(), line: label.into(), pid: 7, background: true }
}

fn part(node: &str, label: &str, text: &str, ended: bool) -> What {
    What::Line { node: node.into(), label: label.into(), text: text.into(), ended }
}

fn line(node: &str, label: &str, text: &str) -> What {
    part(node, label, text, true)
}

fn ended(node: &str, label: &str, status: i32) -> What {
    What::Ended { node: node.into(), label: label.into(), status }
}

fn state(local: &str, from: Option<&str>, to: Option<&str>) -> What {
    What::State {
        node: "bob".into(),
        protocol: "tcp".into(),
        local: local.into(),
        peer: "*:*".into(),
        from: from.map(str::to_owned),
        to: to.map(str::to_owned),
        cookie: 1,
    }
}

/// What happened in both steps.
fn records() -> Vec<Record> {
    let mut records = vec![
        record(0, 1, command("alice", "nc")),
        record(1, 1, line("alice", "nc", "of an older process")),
        record(2, 1, command("bob", "nc")),
        record(3, 1, line("alice", "nc", "of an older process")),
        record(4, 1, part("bob", "nc", "Bound on ", false)),
        record(5, 1, line("bob", "nc", "0.0.0.0 7000")),
        record(6, 1, line("bob", "nc", "rtt min/avg/max = 1,045.5/2/3 ms, offset -4 ms")),
        record(13_000, 1, line("bob", "nc", "message AAAA")),
        record(14_000, 1, line("bob", "nc", "message BBBB")),
        record(14_001, 1, state("0.0.0.0:7000", None, Some("LISTEN"))),
        record(14_002, 1, state("10.0.0.2:7000", None, Some("SYN_RECV"))),
        record(14_003, 1, state("10.0.0.2:7000", Some("SYN_RECV"), Some("ESTABLISHED"))),
        record(14_004, 1, state("10.0.0.2:7000", Some("ESTABLISHED"), None)),
        record(15_000, 1, command("alice", "dig")),
        record(15_001, 1, line("alice", "dig", "10.0.0.2  ")),
        record(15_002, 1, ended("alice", "dig", 1)),
        record(15_003, 1, command("alice", "other")),
        record(15_004, 1, line("alice", "other", "10.0.0.2")),
        record(15_005, 1, line("alice", "other", "")),
        record(15_006, 1, ended("alice", "other", 0)),
        record(15_007, 1, command("alice", "url")),
        record(15_008, 1, line("alice", "url", "10.0.0.3")),
    ];
    let mut frames = vec![(20, 1, sample::udp(true, 53, b"old"))];
    let octets = sample::connection();
    frames.extend((30..).zip(octets.iter().cloned()).map(|(ms, octets)| (ms, 2, octets)));
    // Sent again after 200, 400 and 800 ms.
    let data = octets[3].clone();
    frames.extend([1000, 1200, 1600, 2400].map(|ms| (ms, 2, data.clone())));
    for (number, (ms, step, octets)) in (1..).zip(frames) {
        let from = if octets.get(11) == Some(&1) { "alice" } else { "bob" };
        let frame = Frame {
            number,
            link: "alice-bob".into(),
            from: from.into(),
            to: String::new(),
            arrived_us: None,
            fate: Fate::Arrived,
            octets,
        };
        records.push(record(16_000 + ms, step, What::Frame(frame)));
    }
    records
}

#[track_caller]
fn holds(check: &str, found: &str) {
    let verdict = verdict(check, &records(), 1);
    assert!(verdict.passed && verdict.settled, "{check}: {verdict:?}");
    assert!(verdict.found.clone().unwrap_or_default().contains(found), "{check}: {verdict:?}");
}

/// It does not hold. `settled`: and never will.
#[track_caller]
fn fails(check: &str, settled: bool, found: &str) {
    let verdict = verdict(check, &records(), 1);
    assert!(!verdict.passed, "{check}: {verdict:?}");
    assert_eq!(verdict.settled, settled, "{check}: {verdict:?}");
    let told = verdict.found.unwrap();
    assert!(told.contains(found), "{check}: {told}");
}

#[test]
fn lines_are_counted_in_their_time() {
    holds("nc prints \"Bound on\" \"7000\"", "Bound on 0.0.0.0 7000");
    holds("nc prints \"message\" x2", "message AAAA");
    holds("nc prints \"message\" x2..3", "message AAAA");
    holds("nc prints \"message\" x1 from 14 s to 20 s", "message BBBB at 14.000 s");
    holds("nc prints \"older\" x0", "");
    holds("nc prints \"offset -4\"", "");
    fails("nc prints \"message\" x0", true, "nc prints \"message\" x0: seen twice, as in message AAAA");
    fails("nc prints \"message\" x1", true, "seen twice");
    fails("nc prints \"message\" x3", false, "seen only twice: message AAAA");
    fails("nc prints \"message CCCC\"", false, "not seen; its last line is \"message BBBB\"");
    fails("nc prints \"message AAA\"", false, "not seen");
    fails("nc prints \"700\"", false, "not seen");
    fails("nc prints \"AAAA\" \"BBBB\"", false, "not seen");
    fails("nc prints \"message\" from 0 s to 12.9 s", false, "message AAAA came at 13.000 s");
    fails("late prints \"x\"", false, "it printed nothing");
    let fast = verdict("nc prints \"message\" x1 from 140 s to 150 s", &records(), 10);
    assert!(fast.passed, "{fast:?}");
    let exact = verdict("nc prints \"message\" x1 from 14 s! to 140 s", &records(), 10);
    assert!(exact.passed, "{exact:?}");
}

#[test]
fn times_before_the_clock_are_of_no_span() {
    let mut records = records();
    for check in ["nc prints \"message\" from 0 s to 60 s", "frames alice-bob tcp syn from 0 s to 60 s"] {
        assert!(verdict(check, &records, 1).passed, "{check}");
    }
    records.push(record(0, 2, What::Clock { was_us: 1_000 }));
    for check in ["nc prints \"message\" from 0 s to 60 s", "frames alice-bob tcp syn from 0 s to 60 s"] {
        let verdict = verdict(check, &records, 1);
        assert!(!verdict.passed && !verdict.settled, "{check}: {verdict:?}");
    }
    assert!(verdict("nc prints \"message\"", &records, 1).passed);
    records.push(record(5, 2, line("bob", "nc", "message CCCC")));
    assert!(verdict("nc prints \"message\" x1 from 0 s to 60 s", &records, 1).passed);
}

#[test]
fn ends_are_compared() {
    holds("dig status 1", "dig ended with status 1");
    holds("dig status not 0", "");
    holds("nc running", "nc still runs");
    fails("dig status 0", true, "dig status 0: it ended with status 1");
    fails("dig status not 1", true, "it ended with status 1");
    fails("nc status 0", false, "it still runs");
    fails("late status 0", false, "it was not started");
    fails("dig running", true, "it ended with status 1");
    fails("late running", false, "it was not started");
}

#[test]
fn words_numbers_and_whole_outputs_are_compared() {
    holds("dig last \"10.0.0.2\"", "10.0.0.2");
    fails("dig last \"10.0.0.3\"", true, "the last word is 10.0.0.2");
    fails("nc last \"AAAA\"", false, "the last word is BBBB");
    fails("late last \"x\"", false, "it printed nothing");
    holds("nc value \"rtt min/avg/max\" 1000..1100", "rtt");
    holds("nc value \"offset\" ..0", "");
    fails("nc value \"rtt min/avg/max\" 45..60", false, "it is 1045.5");
    fails("nc value \"offset\" 4", false, "it is -4");
    fails("nc value \"loss\" 0..", false, "not seen; its last line is");
    fails("dig value \"loss\" 0..", true, "not seen");
    holds("same dig other", "10.0.0.2");
    fails("same dig url", false, "dig has \"10.0.0.2\" where url has \"10.0.0.3\"");
    fails("same dig nc", false, "dig has");
    fails("same dig late", false, "dig has 1 lines, late has 0");
}

#[test]
fn frames_are_counted_in_their_step() {
    holds("frames alice-bob tcp syn x2", "frame 2 at 16.030 s, alice to ");
    holds("frames alice-bob udp x0", "");
    holds("frames ever alice-bob udp x1", "frame 1");
    holds("frames alice-bob tcp data from 16 s to 17 s x2", "frame 5");
    fails("frames alice-bob udp", false, "no such frame among 13");
    fails("frames alice-bob tcp syn x1", true, "seen twice");
    fails("frames alice-bob tcp rst x1", false, "frames alice-bob tcp rst x1: no such frame");
    fails("frames alice-bob tcp syn from 17 s to 20 s", false, "frame 2 at 16.030 s");
    fails("frames ever alice-bob udp x2", false, "seen only once");
}

#[test]
fn the_order_of_frames_is_compared() {
    holds("first alice-bob tcp syn !ack before tcp fin", "before");
    fails("first alice-bob tcp fin before tcp syn", true, "came before");
    fails("first alice-bob tcp rst before tcp syn", false, "tcp rst: no such frame");
    fails("first alice-bob tcp syn before tcp rst", false, "tcp rst: no such frame");
}

#[test]
fn gaps_double_or_not() {
    holds("gaps alice-bob tcp retransmission double within 10 % at least 2", "gaps of 0.200 s, 0.400 s, 0.800 s");
    fails("gaps alice-bob tcp retransmission double at least 3", false, "gaps of 0.200 s");
    fails("gaps alice-bob tcp data double within 10 %", true, "gaps of 0.967 s");
    fails("gaps alice-bob tcp rst double", false, "no such frame");
}

#[test]
fn gaps_are_of_a_time_or_not() {
    holds("gaps alice-bob tcp retransmission of 400 ms within 100 % at least 3", "gaps of 0.200 s, 0.400 s, 0.800 s");
    holds("gaps alice-bob tcp data of 967 ms! within 80 %", "gaps of 0.967 s");
    fails("gaps alice-bob tcp retransmission of 200 ms", true, "gaps of 0.200 s, 0.400 s");
    fails("gaps alice-bob tcp syn of 1 ms at least 2", false, "gaps of 0.001 s");
    fails("gaps alice-bob tcp rst of 1 s", false, "no such frame");
    let fast = |check| verdict(check, &records(), 10).passed;
    assert!(fast("gaps alice-bob tcp syn of 10 ms"));
    assert!(!fast("gaps alice-bob tcp syn of 10 ms!"));
}

/// The frames of this connection and nothing else.
fn connection(frames: impl IntoIterator<Item = Vec<u8>>) -> Vec<Record> {
    let mut records = sample::run(frames);
    for record in &mut records {
        record.step = 2;
    }
    records
}

#[test]
fn numbers_add_up_or_not() {
    let check = |frames: &[Vec<u8>]| verdict("numbers alice-bob tcp add up", &connection(frames.to_vec()), 1);
    let whole = sample::connection();
    let good = check(&whole);
    let found = "alice's numbers end with 6, and 7 is waited for, bob's numbers end with 1, and 2 is waited for";
    assert!(good.passed && good.found.as_deref() == Some(found), "{good:?}");
    // Sent again: nothing new.
    assert!(check(&[&whole[..4], &whole[3..]].concat()).passed);
    // A segment is missing, of data or the last one.
    let wrong = check(&[&whole[..3], &whole[5..]].concat());
    assert!(!wrong.passed && wrong.settled, "{wrong:?}");
    assert!(wrong.found.unwrap().ends_with("alice has sent nothing with number 1 yet"));
    for few in [&whole[..4], &whole[..8], &whole[..1]] {
        let open = check(few);
        assert!(!open.passed && !open.settled, "{open:?}");
    }
    // What was never sent is acknowledged, and what was acknowledged no more.
    for ack in [8, 3] {
        let acks = sample::segment(false, sample::ACK, 1, ack, b"");
        let wrong = check(&[&whole[..5], &[acks], &whole[5..]].concat());
        assert!(!wrong.passed && wrong.settled, "{wrong:?}");
        assert!(wrong.found.unwrap().ends_with("alice has sent octets up to number 5"));
    }
    // Without its SYN a connection has no number to begin with.
    let late = check(&whole[3..]);
    assert!(!late.passed && !late.settled, "{late:?}");
}

#[test]
fn states_that_nobody_was_in() {
    holds("state bob :7000 never TIME_WAIT CLOSE_WAIT", "seen were LISTEN, SYN_RECV, ESTABLISHED, CLOSED");
    holds("state bob never TIME_WAIT", "");
    fails("state bob :7000 never TIME_WAIT SYN_RECV", true, "SYN_RECV was seen: LISTEN, SYN_RECV");
    fails("state bob :7001 never TIME_WAIT", false, "no socket was seen");
    fails("state alice never TIME_WAIT", false, "no socket was seen");
}

#[test]
fn states_are_seen_in_their_order() {
    holds("state bob :7000 passes ESTABLISHED CLOSED", "ESTABLISHED, CLOSED");
    fails("state bob :7000 passes CLOSED LISTEN", false, "no LISTEN there");
    holds("state bob :7000 passes LISTEN SYN_RECV ESTABLISHED", "LISTEN, SYN_RECV, ESTABLISHED");
    holds("state bob passes LISTEN ESTABLISHED", "");
    holds("state bob 10.0.0.2:7000 passes ESTABLISHED", "");
    fails(
        "state bob :7000 passes ESTABLISHED LISTEN",
        false,
        "no LISTEN there: seen were LISTEN, SYN_RECV, ESTABLISHED, CLOSED",
    );
    fails("state bob :7000 passes CLOSE_WAIT", false, "no CLOSE_WAIT there");
    fails("state bob 10.0.0.2:7000 passes LISTEN", false, "no LISTEN there");
    fails("state bob :700 passes LISTEN", false, "no LISTEN: no socket was seen");
    fails("state alice passes LISTEN", false, "no socket was seen");
}

#[test]
fn all_checks_of_an_expectation_must_hold() {
    let text = format!("{LAB}    dig status 1\n    nc running\n    dig status 0\n");
    let lab = parse(&text).unwrap();
    let verdict = judge(&lab, 2, &records(), 1).remove(0);
    assert_eq!((verdict.passed, verdict.check.as_str()), (false, "It is so"));
    assert_eq!(verdict.found.as_deref(), Some("dig status 0: it ended with status 1"));
    let good = parse(&text.replace("status 0", "status not 0")).unwrap();
    let verdict = judge(&good, 2, &records(), 1).remove(0);
    assert_eq!(verdict.found.as_deref(), Some("dig ended with status 1; nc still runs; dig ended with status 1"));
    assert_eq!(judge(&good, 1, &records(), 1), []);
    assert_eq!(judge(&good, 0, &records(), 1), []);
    assert_eq!(judge(&good, 9, &records(), 1), []);
}

#[test]
fn a_word_ends_where_letters_and_digits_end() {
    for (line, word) in
        [("10.0.0.2:7000 x", ":7000"), ("tcp 7000", "7000"), ("a,b", ","), ("Größe", "Größe"), ("x=5", "=5")]
    {
        assert!(has_word(line, word), "{word} in {line}");
    }
    for (line, word) in [("10.0.0.2:70001", ":7000"), ("17000", "7000"), ("x", ""), ("refused", "refuse")] {
        assert!(!has_word(line, word), "{word} in {line}");
    }
}

fn left_out(kind: Kept, of: &str) -> What {
    let process = (kind == Kept::Lines).then(|| of.to_owned());
    let link = (kind == Kept::Frames).then(|| of.to_owned());
    What::LeftOut(LeftOut {
        kind,
        node: process.as_ref().map(|_| "bob".to_owned()),
        label: process,
        link,
        count: 7,
        octets: Some(70),
    })
}

#[test]
fn what_was_not_kept_may_have_been_anything() {
    let with = |what: &What| {
        let mut records = records();
        records.push(record(20_000, 2, what.clone()));
        records
    };
    let lines = left_out(Kept::Lines, "nc");
    let frames = left_out(Kept::Frames, "alice-bob");
    // What was seen was seen, and that there was no more of it, or nothing else, nobody knows.
    let rows: [(&str, &What, bool); 13] = [
        ("nc prints \"message\"", &lines, true),
        ("nc prints \"message\" x1..", &lines, true),
        ("nc prints \"message\" x2", &lines, false),
        ("nc prints \"ghost\" x0", &lines, false),
        ("nc last \"BBBB\"", &lines, false),
        ("nc value \"max =\" 1000..2000", &lines, false),
        ("dig prints \"10.0.0.2\" x1", &lines, true),
        ("frames alice-bob tcp syn", &frames, true),
        ("frames alice-bob udp x0", &frames, false),
        ("first alice-bob tcp syn before tcp fin", &frames, false),
        ("gaps alice-bob tcp data of 967 ms! within 80 %", &frames, false),
        ("state bob :7000 passes SYN_RECV ESTABLISHED", &left_out(Kept::States, ""), true),
        ("state bob :7000 never TIME_WAIT", &left_out(Kept::States, ""), false),
    ];
    for (check, what, still) in rows {
        assert!(verdict(check, &records(), 1).passed, "{check}");
        let judged = verdict(check, &with(what), 1);
        assert_eq!(judged.passed, still, "{check}: {judged:?}");
        // Nothing comes any more that is kept.
        assert!(judged.settled, "{check}");
        let found = judged.found.unwrap_or_default();
        assert_eq!(found.contains("7 ") && found.contains("lab did not keep so much"), !still, "{check}: {found}");
    }
    let missing = verdict("nc prints \"ghost\"", &with(&lines), 1);
    assert!(!missing.passed && missing.settled, "{missing:?}");
}
