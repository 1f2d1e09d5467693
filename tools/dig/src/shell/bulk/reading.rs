//! What the lines of the file become.

use std::sync::Arc;

use sockeye_cli::{Failure, Output, Status};

use super::super::{ANSWERED, key, refuse, resolve, tell};
use super::kind::Kind;
use super::lines::Next;
use super::workers::{Look, Said};
use super::{Banner, Engine, Job, Preface};
use crate::batch;
use crate::options::{Batch, Globals, Lookup, Plan};

impl Engine<'_, '_> {
    /// Reads the first line before anything is asked, as dig does, and loads the key. Gives the status if the run ends here.
    pub(super) fn read_first_line(&mut self, batch: &Batch) -> Result<Option<Status>, Failure> {
        loop {
            match self.lines.next() {
                Next::Line => break,
                Next::Wait => {
                    if let Some(signal) = self.wait()? {
                        return Ok(Some(Status(128 + signal)));
                    }
                }
                Next::End => {
                    self.ended = true;
                    break;
                }
            }
        }
        let mut plan = None;
        if !self.ended {
            let words = batch::words(self.lines.line());
            let options = self.defaults.read_first(&words, !batch.lookups.is_empty(), &mut resolve);
            if let Some(preface) = Preface::of(&options) {
                preface.say(self.output)?;
            }
            plan = Some(options.plan);
        }
        match &plan {
            Some(Plan::Refuse(refusal)) => return refuse(refusal, self.output).map(Some),
            Some(Plan::Tell(asked)) => return tell(*asked, self.output).map(Some),
            Some(Plan::Skip(why)) => self.output.stderr_line(why),
            _ => {}
        }
        self.key = key::load(self.defaults.globals(), self.output)?;
        let holds = self.defaults.globals().clone();
        self.enqueue_all(&Globals { greeting: batch.globals.greeting.clone(), ..holds }, &batch.lookups, None)?;
        if let Some(Plan::Lookups(globals, lookups)) = &plan {
            self.enqueue_all(globals, lookups, None)?;
        }
        Ok(None)
    }

    pub(super) fn read_line(&mut self) -> Result<(), Failure> {
        if let Some(progress) = &self.progress {
            progress.position(self.lines.taken());
        }
        if let Some(name) = batch::plain_name(self.lines.line()) {
            let name = name.to_owned();
            return self.plain_line(name);
        }
        let words = batch::words(self.lines.line());
        let options = self.defaults.read(&words, &mut resolve);
        self.plain = None;
        // A key that comes now comes too late.
        self.key.is_unusable |= self.key.key.is_none() && self.defaults.globals().key_text.is_some();
        let preface = Preface::of(&options);
        let said = |end: &dyn Fn(&mut Output<'_>) -> Result<Status, Failure>| {
            Said::capture(Look::of(self.output), |output| {
                preface.as_ref().map_or(Ok(()), |preface| preface.say(output))?;
                end(output)
            })
            .unwrap_or_default()
        };
        let said = match &options.plan {
            Plan::Lookups(globals, lookups) => return self.enqueue_all(globals, lookups, preface),
            Plan::Refuse(refusal) => said(&|output| refuse(refusal, output)),
            Plan::Tell(asked) => said(&|output| tell(*asked, output)),
            Plan::Skip(why) => {
                let mut said = said(&|output| {
                    output.stderr_line(why);
                    Ok(ANSWERED)
                });
                // It was no lookup.
                said.status = None;
                let number = self.line_up.number();
                return self.say(number, said);
            }
            // A line cannot ask for anything else.
            _ => return Ok(()),
        };
        self.ended = true;
        self.stop_at(said)
    }

    /// Queues the lookups of a line.
    fn enqueue_all(
        &mut self,
        globals: &Globals,
        lookups: &[Lookup],
        mut preface: Option<Box<Preface>>,
    ) -> Result<(), Failure> {
        let mut globals = globals.clone();
        for lookup in lookups {
            self.enqueue(&globals, lookup, preface.take())?;
            globals.greeting = None;
        }
        Ok(())
    }

    /// A line with a name alone: nothing of it has to be read twice.
    fn plain_line(&mut self, name: String) -> Result<(), Failure> {
        let banner = match self.defaults.greet(&name) {
            (_, Some(made)) => Banner::Made(made),
            (true, None) => Banner::OfName,
            (false, None) => Banner::None,
        };
        if self.plain.is_none() {
            let kind = Kind::new(self.defaults.globals(), self.defaults.lookup(), self.cookie, &self.key, self.output)?;
            self.plain = Some(kind);
        }
        let Some(kind) = self.plain.clone() else { return Ok(()) };
        let number = self.line_up.number();
        self.ready.push_back(Job { number, kind, name, banner, preface: None, notices: String::new() });
        Ok(())
    }

    fn enqueue(&mut self, globals: &Globals, lookup: &Lookup, preface: Option<Box<Preface>>) -> Result<(), Failure> {
        let banner = globals.greeting.clone().map_or(Banner::None, Banner::Made);
        let common = (Globals { greeting: None, ..globals.clone() }, Lookup { name: String::new(), ..lookup.clone() });
        let kind = match self.last.take().filter(|kind| kind.is_for(&common.0, &common.1)) {
            Some(kind) => kind,
            None => Kind::new(&common.0, &common.1, self.cookie, &self.key, self.output)?,
        };
        self.last = Some(Arc::clone(&kind));
        let number = self.line_up.number();
        self.ready.push_back(Job { number, kind, name: lookup.name.clone(), banner, preface, notices: String::new() });
        Ok(())
    }
}
