//! `netsum solve`: what may be attached to data, or put into it, so that its checksum stays or becomes another.
//!
//! - [`problem`]: the residue that is wanted, and the checksum that comes out
//! - [`sums`]: counting suffixes, walking through them, drawing them
//! - [`set`]: the octets that they consist of
//! - [`big`]: numbers of 512 bits
//! - [`report`], [`explain`], [`show`]: what is said of it

pub mod big;
pub mod explain;
pub mod problem;
pub mod report;
pub mod set;
pub mod show;
pub mod sums;

use std::cmp::Ordering;

use sockeye_cli::{Failure, Output, Status};
use sockeye_common::checksum;

use crate::cli::{Place, Solve, Suffixes};
use crate::form::octets;
use crate::reason::Reason;
use crate::set_apart;
use crate::shell;
use crate::typed::Typed;
use explain::{Event, Worked};
use problem::{Carrier, Problem};
use report::{Half, Suffix, Summary, Tally, Word};
use show::argument;
use sockeye_common::random::Random;
use sums::{Sums, Walk};

/// Finds what `job` asks for.
///
/// # Errors
/// [`Failure`] if the data cannot be read or is too long, or if standard output does not take the result.
pub fn run(job: &Solve, output: &mut Output<'_>) -> Result<Status, Failure> {
    let limit = limit(job);
    let data = shell::load(job.data.clone(), limit)?;
    shell::confine::confine_briefly(output)?;
    let longest = match &job.place {
        Place::Suffix(suffixes) => *suffixes.lengths.end(),
        Place::Word { inserted, .. } => usize::from(*inserted) * 2,
    };
    job.carrier.check_length("DATA", data.len(), limit)?;
    if data.len().saturating_add(longest) > limit {
        return Err(Failure::usage(format!(
            "{} of data and {longest} more are more than {} can carry ({limit})",
            octets(data.len()),
            job.carrier.name()
        )));
    }
    if job.zone_left_out {
        output.event(&Reason::ZoneLeftOut)?;
    }
    let problem = pose(job, data)?;
    match &job.place {
        Place::Suffix(suffixes) => solve_suffixes(&problem, suffixes, job.quiet, output),
        Place::Word { at, inserted } => solve_word(&problem, *at, *inserted, job.quiet, output),
    }
}

/// The most octets that DATA and what is put to it may have.
fn limit(job: &Solve) -> usize {
    let over_v4 = job.typed.as_ref().is_some_and(|typed| typed.addrs.is_some_and(|(src, _)| src.is_ipv4()));
    // IPv4 counts its own header in the length, IPv6 does not.
    job.carrier.max_data().saturating_sub(if over_v4 { 20 } else { 0 })
}

/// The checksum of the packet around `data`.
fn checksum_in(typed: &Typed, data: &[u8]) -> Result<u16, Failure> {
    let subject = typed.subject(data).map_err(|error| Failure::usage(error.to_string()))?;
    Ok(u16::try_from(subject.work(&mut |_| {}).calculated).unwrap_or(0))
}

/// The problem, with the checksum that the data has now where that can be known.
fn pose(job: &Solve, data: Vec<u8>) -> Result<Problem, Failure> {
    let alone = job.carrier == Carrier::Raw && job.from.is_none();
    let now = match (job.from, &job.typed) {
        (Some(from), _) => Some(from),
        (None, Some(typed)) => Some(checksum_in(typed, &data)?),
        (None, None) => alone.then(|| checksum::compute(&data)),
    };
    Ok(Problem { data, carrier: job.carrier, now, wanted: job.wanted, alone })
}

/// Counts suffixes, and lists the first or some of them.
fn solve_suffixes(
    problem: &Problem,
    asked: &Suffixes,
    quiet: bool,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    let sums = Sums::new(asked.set.octets.clone(), *asked.lengths.end());
    let mut summary = summarize(problem, asked, &sums);
    let first = summary.suffixes.iter().find(|tally| !tally.count_digits.is_zero());
    let first = first.and_then(|tally| walk(problem, &sums, tally.length_octets).next());
    let status = if first.is_some() { Status::YES } else { Status::NO };
    if quiet {
        list_quietly(problem, asked, &sums, &summary, output)?;
        return Ok(status);
    }
    explain(problem, &summary, first.as_deref(), output)?;
    if output.is_json() {
        for tally in &summary.suffixes {
            list(problem, asked, &sums, tally, output)?;
        }
        output.result(&summary)?;
    } else {
        // One of each length has room in the table.
        if asked.most == 1 {
            summary.first = Some(if asked.seed.is_some() { "sample" } else { "first" });
            for tally in &mut summary.suffixes {
                tally.first = solutions(problem, asked, &sums, tally.length_octets).next();
            }
        }
        output.result(&summary)?;
        for tally in summary.suffixes.iter().filter(|tally| asked.most > 1 && !tally.count_digits.is_zero()) {
            output.raw(heading(asked, tally).as_bytes())?;
            list(problem, asked, &sums, tally, output)?;
        }
    }
    let checksum = first.and_then(|first| problem.checksum_with(&first));
    remark(problem, checksum, output)?;
    Ok(status)
}

fn list(
    problem: &Problem,
    asked: &Suffixes,
    sums: &Sums,
    tally: &Tally,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    for suffix in solutions(problem, asked, sums, tally.length_octets) {
        output.result(&Suffix::of(problem, suffix))?;
    }
    Ok(())
}

/// The suffixes alone, or their numbers alone, a line each.
fn list_quietly(
    problem: &Problem,
    asked: &Suffixes,
    sums: &Sums,
    summary: &Summary,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    for tally in &summary.suffixes {
        if asked.most == 0 {
            output.raw(format!("{}\n", tally.count_digits.digits()).as_bytes())?;
        }
        for suffix in solutions(problem, asked, sums, tally.length_octets) {
            output.raw(format!("{}\n", argument(&suffix)).as_bytes())?;
        }
    }
    Ok(())
}

/// The line above a list.
fn heading(asked: &Suffixes, tally: &Tally) -> String {
    let (most, count, k) = (asked.most, tally.count_digits, tally.length_octets);
    match (asked.seed, count.exact_in_json()) {
        (Some(seed), _) => format!("\n{most} of them with k = {k}, drawn with seed {seed}:\n"),
        (None, Some(1)) => format!("\nThe only one with k = {k}:\n"),
        (None, Some(all)) if all <= most => format!("\nAll {count} with k = {k}:\n"),
        (None, _) => format!("\nThe first {most} with k = {k}:\n"),
    }
}

fn summarize(problem: &Problem, asked: &Suffixes, sums: &Sums) -> Summary {
    let suffixes = asked
        .lengths
        .clone()
        .map(|length| Tally::of(length, sums.count(problem.task(length)), sums.octets().len()))
        .collect();
    Summary {
        record: "summary",
        protocol: problem.carrier,
        lengths_summed: problem.carrier.lengths(),
        data_length_octets: problem.data.len(),
        first_half: Half::at(problem.data.len()),
        checksum: problem.now,
        wanted: problem.wanted,
        residue: problem.change(),
        set: asked.set.name.clone(),
        set_octets: sums.octets().len(),
        seed: asked.seed,
        suffixes,
        subject: report::subject(&problem.data),
        first: None,
    }
}

/// All suffixes of one length, in order.
fn walk<'a>(problem: &Problem, sums: &'a Sums, length: usize) -> Walk<'a> {
    Walk::new(sums, problem.task(length), problem.starts_high())
}

/// The suffixes of one length that are listed.
fn solutions<'a>(
    problem: &Problem,
    asked: &Suffixes,
    sums: &'a Sums,
    length: usize,
) -> Box<dyn Iterator<Item = Vec<u8>> + 'a> {
    let most = usize::try_from(asked.most).unwrap_or(usize::MAX);
    let Some(seed) = asked.seed else { return Box::new(walk(problem, sums, length).take(most)) };
    let (task, starts_high) = (problem.task(length), problem.starts_high());
    let mut random = Random::new(seed);
    Box::new((0..most).map_while(move |_| sums.sample(task, starts_high, &mut || random.draw())))
}

fn explain(problem: &Problem, summary: &Summary, first: Option<&[u8]>, output: &mut Output<'_>) -> Result<(), Failure> {
    if !output.is_explained() {
        return Ok(());
    }
    let half = summary.first_half;
    let longest = summary.suffixes.last().map_or(0, |tally| tally.length_octets);
    output.narrate(|explain| {
        explain(Event::LengthsSummed { protocol: problem.carrier, times: problem.carrier.lengths() });
        explain(Event::Halves { data_length_octets: problem.data.len(), first_half: half });
        change(problem, explain);
        explain(Event::Counted { length_octets: longest, set_octets: summary.set_octets });
        if let Some(first) = first {
            explain(Event::Worked(Worked::of(problem.carrier, first, half)));
            explain(Event::parity_trap(first, half));
        }
    })?;
    set_apart(output)
}

/// What the sum must gain, if the checksum is to be another.
fn change(problem: &Problem, explain: &mut dyn FnMut(Event)) {
    if let (Some(now), Some(wanted)) = (problem.now, problem.wanted) {
        explain(Event::Change { now, wanted, gain: problem.change() });
    }
}

/// Says where 0000 and ffff are not the same after all: in a text always, as the result looks wrong without it.
fn remark(problem: &Problem, checksum: Option<u16>, output: &mut Output<'_>) -> Result<(), Failure> {
    let event = match (problem.wanted, checksum) {
        (Some(wanted), Some(checksum)) if wanted != checksum => {
            Event::OtherZero { protocol: problem.carrier, wanted, checksum }
        }
        (None, Some(0)) if problem.is_of_zeros() => Event::SumOfZeros,
        _ => return Ok(()),
    };
    if output.is_json() { output.event(&event) } else { output.step(&event) }
}

/// Finds the words at an offset.
fn solve_word(
    problem: &Problem,
    at: usize,
    inserted: bool,
    quiet: bool,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    let words = problem.words(at, inserted).ok_or_else(|| past_the_end(at, inserted, problem.data.len()))?;
    let words: Vec<Word> = words.into_iter().map(|word| Word::of(problem, at, inserted, word)).collect();
    if quiet {
        for word in &words {
            output.raw(format!("{}\n", argument(&word.octets)).as_bytes())?;
        }
        return Ok(Status::YES);
    }
    output.narrate(|explain| {
        change(problem, explain);
        if inserted {
            explain(Event::LengthsSummed { protocol: problem.carrier, times: problem.carrier.lengths() });
        }
        if !at.is_multiple_of(2) {
            explain(Event::WordAcross { offset_octets: at });
        }
        if words.len() > 1 {
            explain(Event::TwoZeros);
        }
    })?;
    set_apart(output)?;
    if !output.is_json() {
        let goal = report::goal(problem.now, problem.wanted);
        let answers = if words.len() > 1 { "two words can" } else { "one word can" };
        output.raw(format!("{}: {answers} {goal}\n", report::subject(&problem.data)).as_bytes())?;
    }
    for word in &words {
        output.result(word)?;
    }
    let other = words.iter().filter_map(|word| word.checksum).rfind(|checksum| Some(*checksum) != problem.wanted);
    remark(problem, other, output)?;
    Ok(Status::YES)
}

/// What to say of an offset behind which data of `len` octets has no word.
fn past_the_end(at: usize, inserted: bool, len: usize) -> Failure {
    let has = octets(len);
    if inserted {
        return Failure::usage(format!("--at {at}: the data has {has}"));
    }
    let failure = Failure::usage(format!("--at {at}: two octets from there reach past the end, the data has {has}"));
    match at.cmp(&len) {
        Ordering::Less => failure.hint("--insert puts them in, in front of the octet there"),
        Ordering::Equal => failure.hint("--insert puts them in, behind the last octet"),
        Ordering::Greater => failure,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::typed::Header;

    /// The checksum of a UDP datagram, as `netsum udp` computes it.
    pub(crate) fn datagram(src: &str, dst: &str, data: &[u8]) -> u16 {
        let addrs = Some((src.parse().unwrap(), dst.parse().unwrap()));
        checksum_in(&Typed { addrs, header: Header::Udp { ports: (5000, 6000) }, jumbo: false }, data).unwrap()
    }

    #[test]
    fn the_datagrams_of_the_reference() {
        assert_eq!(datagram("10.0.0.1", "10.0.0.2", b"ABCDEQUQUQU"), 0xf752);
        assert_eq!(datagram("fd00::1", "fd00::2", b"ABCDEUQUQUQ"), 0x1d45);
    }
}
