//! Every experiment sees what theory says, and none would if theory said something else.
//!
//! Each step gets the opposite of each of its checks as well. The experiment is run once: all of its own checks hold, and
//! none of the others.

use std::fs;
use std::time::Duration;

use serde_json::Value;
use sockeye_lab::catalog::{EXPERIMENTS, Entry};
use sockeye_lab::filter::Filter;
use sockeye_lab::model::{Check, Count, Step, Time};
use sockeye_test_support::{Case, Net, run};

/// By this the opposites are known.
const OPPOSITE: &str = "The opposite:";

pub(crate) fn tests() -> Vec<Case> {
    let case = |entry: &'static Entry| {
        Case::new(format!("lab_mutants::{}", entry.name.replace('-', "_")), &[], |net| opposites_fail(*entry, net))
    };
    EXPERIMENTS.iter().map(case).collect()
}

fn opposites_fail(entry: Entry, net: &Net) {
    let file = net.dir().join("mutant.lab");
    fs::write(&file, with_opposites(entry)).unwrap();
    let mut command = net.tool("lab");
    command.args(["run", "--fast", "--json", "mutant.lab"]);
    command.current_dir(net.dir()).env("TMPDIR", net.dir()).env_remove("CARGO");
    let told = run(&mut command);
    told.status(1);
    let verdicts: Vec<Value> = told
        .out()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["data"].take())
        .filter(|data| data["record"] == "verdict")
        .collect();
    let (opposite, own): (Vec<_>, Vec<_>) =
        verdicts.iter().partition(|verdict| verdict["check"].as_str().unwrap().starts_with(OPPOSITE));
    let lab = entry.lab().unwrap();
    assert_eq!(own.len(), lab.steps.iter().map(|step| step.expectations.len()).sum::<usize>(), "{}", told.story());
    for verdict in own {
        assert_eq!(verdict["passed"], true, "{verdict:#}\n{}", told.story());
    }
    assert!(opposite.len() >= lab.steps.len(), "{} opposites in {} steps", opposite.len(), lab.steps.len());
    for verdict in opposite {
        assert_eq!(verdict["passed"], false, "{verdict:#}\n{}", told.story());
        // It names the check that failed, as it is written.
        let says = verdict["check"].as_str().unwrap().trim_start_matches(OPPOSITE).trim();
        let found = verdict["found"].as_str().unwrap();
        let words = |text: &str| text.split_whitespace().take(2).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(found), words(says), "{verdict:#}");
    }
}

/// The text of an experiment, with the opposite of each check at the end of its step.
fn with_opposites(entry: Entry) -> String {
    let lab = entry.lab().unwrap();
    let mut steps = lab.steps.iter().enumerate();
    let is_last = |index: usize| index + 1 == lab.steps.len();
    let mut text = String::new();
    let mut open: Option<String> = None;
    for line in entry.text.lines() {
        // What stands at the left edge ends a step.
        if line.starts_with(|first: char| !first.is_whitespace() && first != '#') {
            text.push_str(&open.take().unwrap_or_default());
        }
        if line.starts_with("step ") {
            let (index, step) = steps.next().unwrap();
            open = Some(opposites(step, is_last(index)));
        }
        text.push_str(line);
        text.push('\n');
    }
    text + &open.unwrap_or_default()
}

/// The opposites of the checks of a step. Those for which lab waits are only in the last one: waiting takes its time.
fn opposites(step: &Step, last: bool) -> String {
    let checks = step.expectations.iter().flat_map(|expectation| &expectation.checks);
    let opposites = checks.filter_map(opposite).filter(|(_, waits)| last || !waits);
    opposites.map(|(check, _)| format!("  expect {OPPOSITE} {check}\n    {check}\n")).collect::<Vec<_>>().concat()
}

/// What does not hold if `check` does, and whether that might change while one waits.
fn opposite(check: &Check) -> Option<(Check, bool)> {
    Some(match check.clone() {
        Check::Prints { label, words, count, span } => {
            let (count, waits) = other(count)?;
            (Check::Prints { label, words, count, span }, waits)
        }
        Check::Frames { link, filter, ever, count, span } => {
            let (count, waits) = other(count)?;
            (Check::Frames { link, filter, ever, count, span }, waits)
        }
        Check::Status { label, status, equal } => (Check::Status { label, status, equal: !equal }, false),
        Check::Running(label) => (Check::Status { label, status: 255, equal: true }, true),
        Check::LastWord(label, word) => (Check::LastWord(label, word + "x"), true),
        Check::Value { label, after, range: (least, most) } => {
            let range =
                if most.is_finite() { (most + 0.001, f64::INFINITY) } else { (f64::NEG_INFINITY, least - 0.001) };
            (Check::Value { label, after, range }, true)
        }
        Check::Before { link, filter, other } => (Check::Before { link, filter: other, other: filter }, false),
        Check::Doubling { link, filter, tolerance, .. } => {
            (Check::Doubling { link, filter, tolerance, least: 1000 }, true)
        }
        // No gap is as long as that.
        Check::Spaced { link, filter, tolerance, least, .. } => {
            let time = Time { duration: Duration::from_secs(3600), scaled: false };
            (Check::Spaced { link, filter, time, tolerance, least }, false)
        }
        // Without the segments that carry octets those behind them begin with a number that nobody has sent.
        Check::Numbers { link, filter } => {
            let filter = Filter::parse(&format!("{} !data", filter.text)).unwrap();
            (Check::Numbers { link, filter }, false)
        }
        Check::States { node, endpoint, states } => (Check::Never { node, endpoint, states }, false),
        Check::Never { node, endpoint, states } => (Check::States { node, endpoint, states }, true),
        // That two outputs are not the same cannot be said.
        Check::Same(..) => return None,
    })
}

/// The numbers that are not meant; some of them.
fn other(Count { least, most }: Count) -> Option<(Count, bool)> {
    match (least, most) {
        (0, u64::MAX) => None,
        (0, most) => Some((Count { least: most + 1, most: u64::MAX }, true)),
        (least, _) => Some((Count { least: 0, most: least - 1 }, false)),
    }
}
