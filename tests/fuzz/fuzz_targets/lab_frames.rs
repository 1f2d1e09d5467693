//! Frames of an experiment: whatever is in them, they are named, dissected, drawn and filtered without a panic, and
//! nothing of them acts on a terminal or is markup on a page.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sockeye_cli::escape::acts;
use sockeye_lab::filter::Filter;
use sockeye_lab::frames::annotate;
use sockeye_lab::language::parse;
use sockeye_lab::model::Lab;
use sockeye_lab::record::{Fate, Frame, Record, What};
use sockeye_lab::view::Selection;
use sockeye_lab::view::html::{Facts, page};
use sockeye_lab::view::ladder::Ladder;

static LAB: LazyLock<Lab> = LazyLock::new(|| {
    let text = "experiment e\ntitle t\nhost alice bob\nlink alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/24\n\nstep s\n  alice$ true\n";
    parse(text).expect("it is well written")
});
static FILTERS: LazyLock<Vec<Filter>> = LazyLock::new(|| {
    let words = [
        "tcp syn !ack",
        "dns request",
        "arp target=10.0.0.2",
        "seq>5 window<9",
        "icmp quoted port=9 mtu>1",
        "says=\"a\" data=\"a\"",
    ];
    words.iter().map(|text| Filter::parse(text).expect("it is well written")).collect()
});

/// Each frame has three octets in front: how long it is, and how it went.
fn records(mut octets: &[u8]) -> Vec<Record> {
    let mut records = Vec::new();
    while let Some((&[high, low, how], rest)) = octets.split_first_chunk::<3>() {
        let len = usize::from(u16::from_be_bytes([high, low])).min(rest.len());
        let (frame, rest) = rest.split_at(len);
        octets = rest;
        let at_us = i64::try_from(records.len()).unwrap_or(0) * 1000;
        let fates = [Fate::Arrived, Fate::Lost, Fate::Cut, Fate::QueueFull, Fate::Duplicate];
        let fate = fates[usize::from(how >> 1) % fates.len()];
        let ends = ["alice", "bob"];
        let from = usize::from(how & 1);
        let what = What::Frame(Frame {
            number: u64::try_from(records.len()).unwrap_or(0) + 1,
            link: "alice-bob".into(),
            from: ends[from].into(),
            to: ends[1 - from].into(),
            arrived_us: (!fate.is_lost()).then(|| at_us + i64::from(how) * 100),
            fate,
            octets: frame.to_vec(),
        });
        records.push(Record { at_us, step: 1, what });
        if records.len() == 40 {
            break;
        }
    }
    records
}

fuzz_target!(|octets: &[u8]| {
    let records = records(octets);
    let frames = annotate(&records, &LAB);
    assert_eq!(frames.len(), records.len());
    for frame in &frames {
        assert!(!frame.words().chars().any(acts), "{:?}", frame.words());
        for filter in FILTERS.iter() {
            filter.matches(frame);
        }
    }
    let columns = u16::from(octets.first().copied().unwrap_or(80));
    let ladder = Ladder::new(&records, &LAB, &Selection::default(), Some(columns));
    let mut drawn = Vec::new();
    sockeye_cli::Render::render(&ladder, &mut sockeye_cli::Text::plain(&mut drawn)).expect("a vector takes all");
    let drawn = String::from_utf8(drawn).expect("a ladder is text");
    for line in drawn.lines() {
        assert!(line.chars().count() <= usize::from(columns) && !line.chars().any(acts), "{columns}: {line:?}");
    }
    let page = page(&records, &LAB, &Facts { seed: 1, divisor: 1, answer: true, version: "1" });
    assert!(!page.chars().any(|character| character != '\n' && acts(character)));
    assert_eq!(page.matches("<details class=\"frame\"").count(), records.len());
    assert!(!page.contains("<script"));
});
