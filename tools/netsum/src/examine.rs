//! `netsum packet` and `netsum frame`: every checksum of one packet, worked out.

use std::io;

use serde::{Serialize, Serializer};
use sockeye_capture::Frame;
use sockeye_cli::{Failure, Output, Render, Status, Text};

use crate::cli::{FrameJob, PacketJob, WorkingStyle};
use crate::headers::Headers;
use crate::listing::{Row, remark};
use crate::packet::{Called, Given, Heading, Item, Start, Summary, items, why_none};
use crate::reason::Reason;
use crate::shell::confine::{self, confine};
use crate::shell::{self, Capture};
use crate::typed::MAX_DATA;
use crate::verdict::Check;
use crate::why;
use crate::worksheet::render_why;

/// Works out the checksums of a packet that is given as hex or as it is.
///
/// # Errors
/// [`Failure`] if it is no packet, or has no checksum.
pub fn packet(job: &PacketJob, output: &mut Output<'_>) -> Result<Status, Failure> {
    let octets = shell::load(job.source.clone(), MAX_DATA)?;
    confine(&confine::with_what_is_open(), output)?;
    let given = Given::read(octets).map_err(|error| Failure::usage(format!("packet: {error}")))?;
    let packets = match given {
        Given::Octets(octets) => vec![octets],
        Given::Hex(packets) => packets,
        Given::Capture => {
            return Err(
                Failure::usage("packet: this is a capture").hint("netsum frame FILE NUMBER shows one of its frames")
            );
        }
    };
    let called = if packets.len() > 1 { Called::NthPacket } else { Called::Packet };
    let mut status = Status::YES;
    for (octets, number) in packets.iter().zip(1..) {
        let start = match job.link_type {
            Some(link_type) => Start { link_type, guess: None },
            None => Start::guess(octets),
        };
        let frame = Frame {
            number,
            timestamp: None,
            interface: 0,
            link_type: start.link_type,
            original_len: octets.len(),
            octets,
            file_offset: 0,
            fcs_len: 0,
        };
        let of_this = examine(&frame, called, start, job.style, output)?;
        status = if status == Status::YES { of_this } else { status };
    }
    Ok(status)
}

/// Works out the checksums of one frame of a capture.
///
/// # Errors
/// [`Failure`] if there is no such frame, or it has no checksum.
pub fn frame(job: &FrameJob, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut capture = Capture::open(&job.file)?;
    confine(&confine::with_what_is_open(), output)?;
    let mut last = 0;
    loop {
        let frame = match capture.reader.next_frame() {
            Ok(Some(frame)) => frame,
            Ok(None) => return Err(no_such_frame(&capture.name, job.number, last)),
            Err(error) => return Err(capture.failure(&error)),
        };
        last = frame.number;
        if last == job.number {
            let start = Start { link_type: frame.link_type, guess: None };
            return examine(&frame, Called::Frame, start, job.style, output);
        }
    }
}

fn no_such_frame(name: &str, wanted: u64, last: u64) -> Failure {
    let has = match last {
        0 => "no frames".to_owned(),
        1 => "one frame".to_owned(),
        last => format!("{last} frames"),
    };
    Failure::usage(format!("{name}: it has {has}, and none with number {wanted}"))
}

fn examine(
    frame: &Frame<'_>,
    called: Called,
    start: Start,
    style: WorkingStyle,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    let (items, stop) = items(frame);
    let summary = Summary {
        called,
        frame: frame.number,
        original_len: frame.original_len,
        captured_len: frame.octets.len(),
        start,
        checksums: items.len(),
        headers: Headers::of(frame),
    };
    if style != WorkingStyle::Quiet {
        output.result(&summary)?;
    }
    if items.is_empty() {
        return Err(Failure::usage(format!("{}: no checksum in it: {}", called.words(frame.number), why_none(stop))));
    }
    for (index, item) in items.iter().enumerate() {
        if style != WorkingStyle::Quiet && !output.is_json() {
            let gap = if index > 0 { "\n" } else { "" };
            let line = Heading(item).line(|role, words| output.paint(role, words));
            output.raw(format!("{gap}{line}\n").as_bytes())?;
        }
        show(item, style, output)?;
    }
    let is_damaged = items.iter().any(|item| item.check().verdict.is_damage());
    Ok(if is_damaged { Status::NO } else { Status::YES })
}

fn show(item: &Item, style: WorkingStyle, output: &mut Output<'_>) -> Result<(), Failure> {
    match item {
        Item::Whole(subject, _) => crate::show(subject, style, output),
        Item::Partly(check, why) => show_partly(check, why, style, output),
    }
}

/// A checksum that cannot be worked out, because not all that it covers is there.
fn show_partly(
    check: &Check,
    why: &[why::Reason],
    style: WorkingStyle,
    output: &mut Output<'_>,
) -> Result<(), Failure> {
    if style == WorkingStyle::Quiet {
        return output.raw(b"-\n");
    }
    output.event(&Reason::Incomplete { verdict: check.verdict })?;
    for reason in why {
        output.event(&Reason::Reproduced { reason: reason.clone() })?;
    }
    output.result(&Partly { check, why })
}

/// What is left to say of such a checksum.
struct Partly<'a> {
    check: &'a Check,
    why: &'a [why::Reason],
}

impl Serialize for Partly<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Row { check: *self.check, why: self.why.to_vec(), whole: None }.serialize(serializer)
    }
}

impl Render for Partly<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let remark = remark(self.check).map_or(String::new(), |remark| format!(" ({remark})"));
        let (stored, verdict) = (self.check.digits(self.check.stored), self.check.verdict.name());
        text.line(format!("Stored      {stored}: {verdict}{remark}"))?;
        render_why(self.why, text)
    }
}
