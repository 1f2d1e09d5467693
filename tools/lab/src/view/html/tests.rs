use super::*;
use crate::frames::sample::{arp, connection, lab, run, sent, udp};
use crate::model::{Address, Conditions, End, Link, Medium, Node, NodeKind, Route, Setting};
use crate::record::{Fate, Frame, Kept, LeftOut};

/// What no page may have as it is.
const EVIL: &str = "\u{1b}[2J<script>alert(\"1\")</script>&'\u{202e}";

fn evil() -> String {
    EVIL.to_owned()
}

/// Three steps with everything that can stand in records.
fn everything() -> (Vec<Record>, Lab) {
    let mut lab = lab();
    lab.title = evil();
    lab.what = format!("{EVIL}\n\n{EVIL}");
    lab.why = evil();
    lab.question = evil();
    lab.answer = format!("the answer {EVIL}");
    lab.see = vec![evil()];
    lab.steps[0].notice = evil();
    lab.network.settings.push(Setting { node: "alice".into(), name: evil(), value: evil() });
    lab.network.routes.push(Route { node: "bob".into(), to: None, via: None, interface: Some(evil()) });
    let mut records = vec![at(0, What::Step { title: evil(), why: evil() })];
    records.extend(run(connection()));
    records.extend([sent(20, 20, arp(1)), sent(21, 21, udp(true, 53, EVIL.as_bytes()))]);
    let mut slow = sent(22, 22, udp(false, 6000, EVIL.as_bytes()));
    if let What::Frame(frame) = &mut slow.what {
        frame.arrived_us = Some(47_000);
    }
    let mut lost = sent(23, 23, udp(true, 6000, b"lost"));
    if let What::Frame(frame) = &mut lost.what {
        (frame.arrived_us, frame.fate) = (None, Fate::Lost);
    }
    records.extend([slow, lost]);
    let (node, label) = ("alice".to_owned(), evil());
    let whats = [
        What::Command { node: node.clone(), label: label.clone(), line: evil(), pid: 1, background: true },
        What::Line { node: node.clone(), label: label.clone(), text: evil(), ended: true },
        What::Typed { node: node.clone(), label: label.clone(), text: Some(evil()) },
        What::Typed { node: node.clone(), label: label.clone(), text: None },
        What::Ended { node: node.clone(), label, status: 1 },
        What::Fault { subject: evil(), text: evil() },
        What::State {
            node,
            protocol: "tcp".into(),
            local: evil(),
            peer: evil(),
            from: None,
            to: Some(evil()),
            cookie: 1,
        },
        What::Verdict { check: evil(), passed: true, found: Some(evil()) },
        What::Verdict { check: evil(), passed: false, found: Some(evil()) },
        What::Verdict { check: evil(), passed: false, found: None },
        What::Broke { why: evil() },
        What::LeftOut(LeftOut {
            kind: Kept::Lines,
            node: Some("alice".into()),
            label: Some(evil()),
            link: None,
            count: 2,
            octets: Some(4),
        }),
        What::LeftOut(LeftOut {
            kind: Kept::Frames,
            node: None,
            label: None,
            link: Some(evil()),
            count: 3,
            octets: None,
        }),
    ];
    records.extend(whats.into_iter().map(|what| at(30, what)));
    (records, lab)
}

fn at(ms: i64, what: What) -> Record {
    Record { at_us: ms * 1000, step: 1, what }
}

fn facts(answer: bool) -> Facts<'static> {
    Facts { seed: 1, divisor: 1, answer, version: "lab 1" }
}

#[test]
fn what_is_not_kept_is_said() {
    let (records, lab) = everything();
    let page = page(&records, &lab, &facts(true));
    assert_eq!(page.matches("printed 2 lines more (4 octets): lab did not keep so much").count(), 1);
    // Above what was typed, and in the ladder.
    assert_eq!(page.matches("3 frames more went over").count(), 2);
}

#[test]
fn nothing_acts_and_nothing_is_markup_that_was_text() {
    let (records, lab) = everything();
    let page = page(&records, &lab, &facts(true));
    assert!(!page.contains("<script") && !page.contains("alert(\"1\")"), "{page}");
    assert!(!page.chars().any(|character| character != '\n' && sockeye_common::escape::acts(character)));
    // Nothing of it is somewhere else.
    assert!(
        !page.contains("http://") && !page.contains("https://") && !page.contains("src=") && !page.contains("url(")
    );
}

/// Reads the tags as a strict reader does.
#[test]
fn every_element_is_closed() {
    const EMPTY: [&str; 2] = ["meta", "!DOCTYPE"];
    let (records, lab) = everything();
    let page = page(&records, &lab, &facts(true));
    let mut open: Vec<String> = Vec::new();
    let mut rest = page.as_str();
    while let Some(start) = rest.find('<') {
        let tag = &rest[start + 1..];
        let end = tag.find('>').expect("a tag has an end");
        let inner = &tag[..end];
        let name: String =
            inner.trim_start_matches('/').chars().take_while(|c| !c.is_whitespace() && *c != '/').collect();
        if inner.starts_with('/') {
            assert_eq!(open.pop().as_deref(), Some(name.as_str()), "at {inner}");
        } else if !inner.ends_with('/') && !EMPTY.contains(&name.as_str()) {
            assert_eq!(inner.matches('"').count() % 2, 0, "{inner}");
            open.push(name);
        }
        rest = &tag[end + 1..];
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn every_frame_is_there_once_with_its_headers_and_once_in_the_ladder() {
    let (records, lab) = everything();
    let page = page(&records, &lab, &facts(false));
    for record in &records {
        if let What::Frame(Frame { number, .. }) = &record.what {
            assert_eq!(page.matches(&format!("id=\"f{number}\"")).count(), 1, "{number}");
            assert_eq!(page.matches(&format!("href=\"#f{number}\"")).count(), 1, "{number}");
        }
    }
}

/// The numbers behind `attribute` in each arrow.
fn arrows(page: &str) -> Vec<(i64, i64, i64, i64)> {
    page.split("class=\"arrow\" d=\"M")
        .skip(1)
        .filter_map(|path| {
            let path = path.split('"').next()?;
            let (from, to) = path.split_once('L')?;
            let pair = |text: &str| {
                let (x, y) = text.split_once(' ')?;
                Some((x.parse().ok()?, y.parse().ok()?))
            };
            let ((a, b), (c, d)) = (pair(from)?, pair(to)?);
            Some((a, b, c, d))
        })
        .collect()
}

#[test]
fn arrows_point_the_right_way_and_slope_by_the_time_they_take() {
    let mut records = run(connection());
    let lab = lab();
    for (arrow, record) in arrows(&page(&records, &lab, &facts(false))).iter().zip(&records) {
        let What::Frame(frame) = &record.what else { continue };
        let (from_x, from_y, to_x, to_y) = *arrow;
        assert_eq!(from_x < to_x, frame.from == "alice");
        assert_eq!(to_y - from_y, 6);
    }
    if let What::Frame(frame) = &mut records[0].what {
        // It arrives behind three others.
        frame.arrived_us = Some(4_500);
    }
    let drawn = arrows(&page(&records, &lab, &facts(false)));
    assert_eq!(drawn.len(), 9);
    let (_, from, _, to) = drawn[0];
    assert_eq!(to - from, 27 * 4);
    if let What::Frame(frame) = &mut records[0].what {
        frame.fate = Fate::Lost;
        frame.arrived_us = None;
    }
    let drawn = page(&records, &lab, &facts(false));
    let ((from, _, to, _), (_, _, whole, _)) = (arrows(&drawn)[0], arrows(&drawn)[2]);
    assert!(to < whole && from < to, "{from} {to} {whole}");
    assert!(drawn.contains("l12 12m0 -12l-12 12"), "a cross");
    assert!(drawn.contains("lost on the way"));
}

#[test]
fn a_clock_that_is_started_anew_does_not_turn_time_round() {
    let mut records = run(connection());
    for record in records.iter_mut().skip(4) {
        record.at_us -= 4_000;
    }
    let drawn = arrows(&page(&records, &lab(), &facts(false)));
    assert!(drawn.windows(2).all(|pair| pair[0].1 < pair[1].1), "{drawn:?}");
}

#[test]
fn the_answer_is_there_only_if_it_is_asked_for() {
    let (records, lab) = everything();
    assert!(page(&records, &lab, &facts(true)).contains("the answer "));
    let without = page(&records, &lab, &facts(false));
    assert!(!without.contains("the answer ") && without.contains("room for the answer"));
}

#[test]
fn the_verdict_counts() {
    let (records, lab) = everything();
    assert!(page(&records, &lab, &facts(false)).contains("badge no\">not done to its end"));
    let passed = [at(0, What::Verdict { check: "a".into(), passed: true, found: None })];
    assert!(page(&passed, &lab, &facts(false)).contains("\"badge\">1 of 1 checks hold"));
    let failed = [at(0, What::Verdict { check: "a".into(), passed: false, found: None })];
    assert!(page(&failed, &lab, &facts(false)).contains("badge no\">0 of 1 checks hold"));
}

#[test]
fn the_network_is_drawn_with_every_node_and_link() {
    let end = |node: &str, addr: [u8; 4]| End {
        node: node.into(),
        interface: "eth0".into(),
        addresses: vec![Address { addr: addr.into(), prefix: 24 }],
        mtu: (node == "carol").then_some(1200),
    };
    let mut lab = lab();
    let node = |name: &str, kind| Node { name: name.into(), kind };
    lab.network.nodes.extend([
        node("s1", NodeKind::Switch),
        node("r1", NodeKind::Router),
        node("carol", NodeKind::Host),
        node("alone", NodeKind::Host),
    ]);
    let there = Conditions { delay: std::time::Duration::from_millis(25), loss: 0.1, ..Conditions::default() };
    let wire = Medium::Wire([there, there]);
    let links = [("bob", "s1"), ("s1", "r1"), ("s1", "carol")];
    lab.network.links.extend(links.map(|(near, far)| Link {
        name: "middle".into(),
        ends: [end(near, [10, 0, 1, 1]), end(far, [10, 0, 1, 2])],
        medium: wire,
    }));
    let svg = topology::svg(&lab.network);
    assert_eq!(svg.matches("class=\"node\"").count(), 6);
    assert_eq!(svg.matches("class=\"wire\"").count() + svg.matches("class=\"wire faulty\"").count(), 4);
    assert!(svg.contains("delay 25 ms, loss 10 %") && svg.contains("router") && svg.contains("10.0.1.2/24"), "{svg}");
    assert_eq!(svg.matches("eth0 MTU 1200").count(), 1);
    // No two nodes stand at one place.
    let mut places: Vec<&str> =
        svg.split("<rect class=\"node\" ").skip(1).filter_map(|rect| rect.split(" width").next()).collect();
    places.sort_unstable();
    places.dedup();
    assert_eq!(places.len(), 6);
}

#[test]
fn octets_as_hex_and_text() {
    assert_eq!(
        dump(b"ABCDEFGHIJKLMNOP\n"),
        concat!(
            "0000  41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f 50  ABCDEFGHIJKLMNOP\n",
            "0010  0a                                               .\n"
        )
    );
}

#[test]
fn what_processes_print_at_once_stays_apart() {
    let line = |label: &str, text: &str| What::Line {
        node: "bob".into(),
        label: label.into(),
        text: text.into(),
        ended: true,
    };
    let command = |label: &str| What::Command {
        node: "bob".into(),
        label: label.into(),
        line: format!("run-{label}"),
        pid: 1,
        background: true,
    };
    let whats =
        [line("old", "0"), command("a"), command("b"), line("a", "1"), line("b", "2"), line("a", "3"), command("a")];
    let records: Vec<Record> = whats.into_iter().map(|what| at(1, what)).collect();
    let told: Vec<(&str, usize)> = by_process(records.iter()).iter().map(|(label, did)| (*label, did.len())).collect();
    assert_eq!(told, [("old", 1), ("a", 3), ("b", 2), ("a", 1)]);
    let page = page(&records, &lab(), &facts(false));
    assert_eq!(page.matches("class=\"talk mono\"").count(), 4);
    assert!(page.contains("old goes on:"));
}

/// The bars beside a host: where, and from where to where.
fn bars(page: &str) -> Vec<(i64, i64, i64)> {
    let number = |rect: &str, name: &str| -> i64 {
        let rest = rect.split(&format!("{name}=\"")).nth(1).unwrap();
        rest.split('"').next().unwrap().parse().unwrap()
    };
    let states = page.split("<g class=\"states\">").nth(1).unwrap().split("</g>").next().unwrap();
    let rects = states.split("<rect ").skip(1);
    rects.map(|rect| (number(rect, "x"), number(rect, "y"), number(rect, "y") + number(rect, " height"))).collect()
}

#[test]
fn sockets_from_before_are_named_above_the_first_frame() {
    let (node, protocol, local) = ("bob".to_owned(), "tcp".to_owned(), "10.0.0.2:7000".to_owned());
    let (peer, from, to) = ("*:*".to_owned(), None, Some("LISTEN".to_owned()));
    let mut records = vec![at(0, What::State { node, protocol, local, peer, from, to, cookie: 7 })];
    records.extend(run(connection()).into_iter().map(|record| Record { step: 2, ..record }));
    let page = page(&records, &lab(), &facts(false));
    let ladder = page.split("id=\"step2\"").nth(1).unwrap();
    assert_eq!(ladder.matches(">LISTEN :7000</text>").count(), 1, "{ladder}");
    // The bar begins above it, and the first arrow is drawn below.
    let words: i64 =
        ladder.split(">LISTEN :7000</text>").next().unwrap().rsplit(" y=\"").next().unwrap()[..2].parse().unwrap();
    let (_, bar, _) = bars(ladder)[0];
    let (_, arrow, _, _) = arrows(ladder)[0];
    assert!(bar < words && words < arrow - 10, "{bar} {words} {arrow}");
}

#[test]
fn no_bar_covers_another_that_goes_on() {
    let state = |ms: i64, cookie: u64, to: Option<&str>| {
        let (node, protocol, local) = ("bob".to_owned(), "tcp".to_owned(), "10.0.0.2:7000".to_owned());
        let (peer, from, to) = ("*:*".to_owned(), None, to.map(str::to_owned));
        at(ms, What::State { node, protocol, local, peer, from, to, cookie })
    };
    let mut records = vec![
        state(1, 11, Some("LISTEN")),
        state(2, 12, Some("LISTEN")),
        state(3, 11, None),
        state(4, 13, Some("TIME_WAIT")),
        state(5, 14, Some("TIME_WAIT")),
    ];
    records.extend(run(connection()).into_iter().map(|record| Record { at_us: record.at_us + 9_000, ..record }));
    let drawn = bars(&page(&records, &lab(), &facts(false)));
    assert_eq!(drawn.len(), 4);
    for (index, (x, from, until)) in drawn.iter().enumerate() {
        for (other, begins, ends) in &drawn[index + 1..] {
            assert!(x != other || until <= begins || ends <= from, "{drawn:?}");
        }
    }
}

#[test]
fn several_connections_and_who_sends_to_whom() {
    let mut records = run(connection());
    let page_of = |records: &[Record]| page(records, &lab(), &facts(false));
    let one = page_of(&records);
    assert!(one.contains(">10.0.0.1:40000</text>") && one.contains(">SYN, seq 0</text>"), "{one}");
    records.extend(run(connection().into_iter().map(|mut octets| {
        let at = if octets[29] == 1 { 34 } else { 36 };
        octets[at + 1] ^= 1;
        octets
    })));
    let two = page_of(&records);
    assert!(two.contains(">[2] SYN, seq 0</text>") && two.contains("<li>[2] alice:40001 – bob:7000</li>"), "{two}");
    let mut passed_on = run([udp(true, 6000, b"a")]);
    if let What::Frame(frame) = &mut passed_on[0].what {
        (frame.from, frame.to) = ("r1".to_owned(), "r2".to_owned());
    }
    let passed_on = page_of(&passed_on);
    assert!(passed_on.contains(">alice → bob: UDP to 6000, 1 octet &quot;a&quot;</text>"), "{passed_on}");
    assert!(passed_on.contains("<li>alice 10.0.0.1:40000</li><li>bob 10.0.0.2:6000</li>"), "{passed_on}");
}

#[test]
fn who_does_not_see_the_ladder_can_follow_it() {
    let page = page(&run(connection()), &lab(), &facts(false));
    // The links of what is one picture to a screen reader would be lost on it.
    assert!(
        page.contains("role=\"group\" aria-label=\"ladder of the frames between alice, bob, in the order of time\"")
    );
    assert!(page.contains("<a href=\"#f1\" aria-label=\"1. at 0.001000 s, alice to bob: SYN, seq 0\">"), "{page}");
}

#[test]
fn of_very_many_frames_the_first_and_the_last_are_shown() {
    let frames = |count: u16| (1..=count).map(|number| sent(number.into(), number.into(), udp(true, number, b"a")));
    let of = |count| page(&frames(count).collect::<Vec<_>>(), &lab(), &facts(false));
    let all = of(1_000);
    assert!(all.contains("A ladder of 1000 frames</summary>") && all.contains("id=\"f601\""));
    let many = of(1_200);
    assert!(
        many.contains("A ladder of 1200 frames, of which the first 600 and the last 400 are here (--pcap keeps all)")
    );
    assert_eq!(many.matches("<details class=\"frame\"").count(), 1_000);
    assert!(many.contains("href=\"#f600\"") && !many.contains("f601\"") && !many.contains("f800\""));
    assert!(many.contains("href=\"#f801\"") && many.contains("id=\"f1200\""));
}

#[test]
fn the_steps_of_a_long_run_share_the_page() {
    let octets: Vec<u8> = vec![b'a'; 64];
    let of = |steps: &[u16]| {
        let mut records = Vec::new();
        for (step, count) in (1..).zip(steps) {
            let number = u64::try_from(records.len()).unwrap();
            records.extend((1..=*count).map(|port| Record {
                step,
                ..sent(number + u64::from(port), i64::from(port), udp(true, port, &octets))
            }));
        }
        page(&records, &lab(), &facts(false))
    };
    let shown = |page: &str| page.matches("<details class=\"frame\"").count();
    // 20,000 frames are what a run keeps.
    let many = of(&[1_000; 20]);
    assert_eq!(shown(&many), 20 * 100);
    assert!(many.contains("1000 frames, of which the first 60 and the last 40 are here (--pcap keeps all)"));
    assert!(many.len() < 9_000_000, "{} octets", many.len());
    // Short steps are shown whole, and long ones get what those leave.
    let mixed = of(&[10, 990, 900, 900]);
    assert_eq!(shown(&mixed), 10 + 3 * 663);
    assert_eq!(shown(&of(&[900, 900])), 1_800);
    assert_eq!(shown(&of(&[60; 200])), 200 * 20, "so many at least");
}
