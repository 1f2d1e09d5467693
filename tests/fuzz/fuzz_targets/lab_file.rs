//! Lab files: no text panics, a mistake is where the text is, and what was read is shown, drawn and judged without a panic.
//!
//! Behind a NUL stands what was seen: an octet for what it is, one for whose it is, one for its length.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_lab::draw::draw;
use sockeye_lab::judge::judge;
use sockeye_lab::language::parse;
use sockeye_lab::model::{Action, Command, Lab};
use sockeye_lab::record::{Fate, Frame, Record, What};

/// All commands of the lab as they were begun.
fn begun<'a>(lab: &'a Lab) -> Vec<&'a Command> {
    let actions = lab.steps.iter().flat_map(|step| &step.actions);
    let command = |action: &'a Action| match action {
        Action::Run(command, _) | Action::Start(command) | Action::Until(command, ..) => Some(command),
        _ => None,
    };
    actions.filter_map(command).collect()
}

fn seen(lab: &Lab, mut octets: &[u8]) -> Vec<Record> {
    let commands = begun(lab);
    let began = |command: &&Command| What::Command {
        node: command.node.clone(),
        label: command.label.clone(),
        line: command.line.clone(),
        pid: 1,
        background: true,
    };
    let mut records: Vec<Record> =
        commands.iter().map(|command| Record { at_us: 0, step: 1, what: began(command) }).collect();
    let (mut step, mut at_us) = (1, 0);
    while let Some((&[kind, whose, len], rest)) = octets.split_first_chunk::<3>() {
        let (content, rest) = rest.split_at(usize::from(len).min(rest.len()));
        octets = rest;
        at_us += i64::from(kind >> 3) * 1000;
        let command = usize::from(whose).checked_rem(commands.len()).map(|index| commands[index]);
        let link = usize::from(whose >> 1).checked_rem(lab.network.links.len()).map(|index| &lab.network.links[index]);
        let what = match (kind & 7, command, link) {
            (0..=2, Some(Command { node, label, .. }), _) => What::Line {
                node: node.clone(),
                label: label.clone(),
                text: String::from_utf8_lossy(content).replace('\n', " "),
                ended: kind & 7 != 0,
            },
            (3, Some(Command { node, label, .. }), _) => {
                What::Ended { node: node.clone(), label: label.clone(), status: len.into() }
            }
            (4, ..) => {
                step += 1;
                What::Clock { was_us: std::mem::take(&mut at_us) }
            }
            (5.., _, Some(link)) => {
                let ends = if whose & 1 == 0 { [0, 1] } else { [1, 0] };
                What::Frame(Frame {
                    number: u64::try_from(records.len()).expect("there are not that many") + 1,
                    link: link.name.clone(),
                    from: link.ends[ends[0]].node.clone(),
                    to: link.ends[ends[1]].node.clone(),
                    arrived_us: (kind & 7 != 7).then_some(at_us + 10),
                    fate: if kind & 7 == 7 { Fate::Lost } else { Fate::Arrived },
                    octets: content.to_vec(),
                })
            }
            _ => continue,
        };
        records.push(Record { at_us, step, what });
    }
    records
}

fuzz_target!(|octets: &[u8]| {
    let (text, rest) = octets.split_at(octets.iter().position(|octet| *octet == 0).unwrap_or(octets.len()));
    let text = String::from_utf8_lossy(text);
    match parse(&text) {
        Err(mistakes) => {
            assert!(!mistakes.is_empty());
            for mistake in mistakes {
                assert!(!mistake.message.is_empty());
                let line =
                    text.lines().nth(mistake.line.checked_sub(1).expect("lines are counted from 1")).unwrap_or("");
                let columns = line.chars().count() + 1;
                assert!((1..=columns).contains(&mistake.column), "{mistake} in {line:?}");
            }
        }
        Ok(lab) => {
            assert!(lab.fast > 0 && !lab.steps.is_empty());
            draw(&lab.network, 80);
            let records = seen(&lab, rest.get(1..).unwrap_or_default());
            for (index, step) in lab.steps.iter().enumerate() {
                for action in &step.actions {
                    assert!(!action.to_string().is_empty());
                }
                for verdict in judge(&lab, index + 1, &records, lab.fast) {
                    assert!(!verdict.check.is_empty() && !(verdict.passed && !verdict.settled), "{verdict:?}");
                }
            }
        }
    }
});
