//! `+decode`: reads what is given and shows the messages in it.

#![expect(clippy::disallowed_methods, reason = "the shell: the file")]

use std::fs::File;
use std::io::{self, Read};

use sockeye_capture::unpack::UnpackError;
use sockeye_capture::{StreamReader, Timestamp, Unpacked};
use sockeye_cli::{Failure, Output, Status};
use sockeye_sys::local_time;

use super::confine::{confine, for_what_is_given};
use super::{ANSWERED, show, unix_s};
use crate::annotate::{Annotation, Direction, Wire};
use crate::exchange::Answer;
use crate::message::Message;
use crate::offline::capture::Finder;
use crate::offline::shown::{self, Listed};
use crate::offline::{self, Given, Item, Kind, Source};
use crate::options::{Globals, Lookup};
use crate::{meaning, outcome, printer, yaml};

/// A message breaks, or there is none.
const BROKEN: Status = Status(1);
/// As dig says it of a batch file.
const NO_FILE: Status = Status(8);
/// The most that is read of a file that is no capture, in octets.
const MAX_FILE: u64 = 1 << 26;

/// Shows the message, or the messages, or the list of them.
pub(super) fn run(
    globals: &Globals,
    lookup: &Lookup,
    given: &Given,
    output: &mut Output<'_>,
) -> Result<Status, Failure> {
    let mut showing = Showing { globals, lookup, given, several: false, shown: 0, status: ANSWERED };
    match &given.source {
        Source::Line(text) => {
            confine(&for_what_is_given(), output)?;
            let items =
                offline::text_messages(text, given.frame).map_err(|error| showing.failure(&error.to_string()))?;
            showing.all(&items, output)?;
        }
        Source::File(path) if path == "-" => {
            confine(&for_what_is_given(), output)?;
            showing.stream(io::stdin().lock(), output)?;
        }
        Source::File(path) => {
            let file = File::open(path).map_err(|error| Failure::call(NO_FILE, "open", path, &error))?;
            confine(&for_what_is_given(), output)?;
            showing.stream(file, output)?;
        }
    }
    if showing.shown == 0 {
        let what = match given.frame {
            Some(frame) => format!("no DNS message begins in frame {frame}"),
            None => "no DNS message (on other ports than 53, 5353 and 5355 one is found with +frame=N)".to_owned(),
        };
        return Err(showing.failure(&what));
    }
    output.flush()?;
    Ok(showing.status)
}

struct Showing<'a> {
    globals: &'a Globals,
    lookup: &'a Lookup,
    given: &'a Given,
    /// There may be others: which it is has to be told.
    several: bool,
    shown: u64,
    status: Status,
}

impl Showing<'_> {
    fn source(&self) -> &str {
        match &self.given.source {
            Source::Line(_) => "command line",
            Source::File(path) if path == "-" => "standard input",
            Source::File(path) => path,
        }
    }

    fn failure(&self, what: &str) -> Failure {
        Failure::new(BROKEN, format!("{}: {what}", self.source()))
    }

    /// What a file says, unpacked on the way if it is packed.
    fn stream(&mut self, mut stream: impl Read, output: &mut Output<'_>) -> Result<(), Failure> {
        let start = self.start(&mut stream)?;
        if offline::kind(&start) != Kind::Packed {
            return self.content(start, stream, output);
        }
        let mut unpacked = Unpacked::new(start.as_slice().chain(stream));
        let start = self.start(&mut unpacked)?;
        self.content(start, unpacked, output)
    }

    /// The first octets: those that tell what it is.
    fn start(&self, stream: &mut impl Read) -> Result<Vec<u8>, Failure> {
        let mut start = Vec::with_capacity(offline::KIND_LEN);
        let limit = u64::try_from(offline::KIND_LEN).unwrap_or(u64::MAX);
        stream.take(limit).read_to_end(&mut start).map_err(|error| self.unread(&error))?;
        Ok(start)
    }

    fn content(&mut self, mut start: Vec<u8>, stream: impl Read, output: &mut Output<'_>) -> Result<(), Failure> {
        match offline::kind(&start) {
            Kind::Capture => self.capture(start.as_slice().chain(stream), output),
            Kind::Packed => Err(self.failure("packed twice: unpack it once first")),
            Kind::Octets => {
                stream.take(MAX_FILE).read_to_end(&mut start).map_err(|error| self.unread(&error))?;
                let items =
                    offline::messages(&start, self.given.frame).map_err(|error| self.failure(&error.to_string()))?;
                self.all(&items, output)
            }
        }
    }

    /// Octets that did not come, or are not what they were packed from.
    fn unread(&self, error: &io::Error) -> Failure {
        match UnpackError::of(error) {
            Some(fault) => self.failure(&fault.to_string()),
            None => Failure::call(NO_FILE, "read", self.source(), error),
        }
    }

    /// The messages of a capture as they are found: it may be larger than memory.
    fn capture(&mut self, stream: impl Read, output: &mut Output<'_>) -> Result<(), Failure> {
        self.several = true;
        let mut reader = StreamReader::new(stream);
        let mut finder = Finder::new(self.given.frame);
        let mut found = Vec::new();
        let fault = loop {
            match reader.next_frame() {
                Ok(Some(frame)) => finder.frame(&frame, &mut |item| found.push(item)),
                Ok(None) => break None,
                Err(fault) => break Some(fault),
            }
            self.each(&std::mem::take(&mut found), output)?;
        };
        finder.end(&mut |item| found.push(item));
        self.each(&found, output)?;
        match fault {
            Some(fault) => Err(self.failure(&fault.to_string())),
            None => Ok(()),
        }
    }

    /// The messages of what is no capture.
    fn all(&mut self, items: &[Item], output: &mut Output<'_>) -> Result<(), Failure> {
        self.several = items.len() > 1 || items.iter().any(|item| item.origin.is_some());
        let wanted = |item: &&Item| self.given.frame.is_none_or(|frame| frame == item.number);
        let items: Vec<Item> = items.iter().filter(wanted).cloned().collect();
        self.each(&items, output)
    }

    fn each(&mut self, items: &[Item], output: &mut Output<'_>) -> Result<(), Failure> {
        for item in items {
            self.shown = self.shown.saturating_add(1);
            if self.several && self.given.frame.is_none() && !output.is_json() {
                let time = item.origin.and_then(|origin| origin.time).and_then(precise);
                output.list(&Listed { item, time }, std::iter::empty::<()>())?;
            } else {
                self.message(item, output)?;
            }
        }
        Ok(())
    }

    fn message(&mut self, item: &Item, output: &mut Output<'_>) -> Result<(), Failure> {
        let lookup = self.lookup;
        if lookup.wire {
            let (peer, transport) = item.origin.map(|origin| (origin.src, origin.transport)).unzip();
            let annotation = Annotation::new(&item.octets);
            output.step(&Wire { direction: Direction::Given, peer, transport, annotation })?;
        }
        let Ok(message) = Message::parse(&item.octets) else {
            self.status = BROKEN;
            let text = ";; Warning: short (< header size) message received\n";
            return show(output, text, &shown::Result::new(self.source(), item, None));
        };
        self.status = match &message {
            message if !message.is_well_formed() || message.unread > 0 => BROKEN,
            message if self.globals.status => outcome::status(message),
            _ => self.status,
        };
        let answer = shown::as_answer(self.source(), item, message);
        if output.is_explained() {
            meaning::explain(&answer, unix_s(), &mut |event| output.event(&event))?;
        }
        let text = if output.is_json() { String::new() } else { self.text(item, &answer) };
        show(output, &text, &shown::Result::new(self.source(), item, Some(&answer.message)))
    }
}

impl Showing<'_> {
    fn text(&self, item: &Item, answer: &Answer) -> String {
        let Self { globals, lookup, .. } = self;
        let mut text = String::new();
        if globals.yaml {
            text += &yaml::message(
                &shown::passage(item, answer),
                &answer.message,
                &lookup.show,
                globals.short,
                globals.compat,
            );
        }
        if globals.short {
            return text + &printer::short(&lookup.show.style, &answer.message);
        }
        if !globals.yaml {
            text += &shown::text(lookup, answer);
            if lookup.show.stats {
                let when = item.origin.and_then(|origin| origin.time).and_then(when);
                text += &shown::footer(self.source(), item, self.several, when.as_deref());
            }
        }
        text
    }
}

fn when(time: Timestamp) -> Option<String> {
    local_time::format(time.seconds, "%a %b %d %H:%M:%S %Z %Y")
}

fn precise(time: Timestamp) -> Option<String> {
    let seconds = local_time::format(time.seconds, "%Y-%m-%d %H:%M:%S")?;
    Some(format!("{seconds}.{:06}", time.nanoseconds / 1000))
}
