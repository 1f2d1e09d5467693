//! `+decode` and `+frame`: messages that are given.

use super::{Draft, Stop, number};
use crate::offline::{Given, Source};
use crate::options::Plan;

impl Draft<'_> {
    /// Reads one of the two; `false` if it is neither.
    pub(super) fn given(&mut self, name: &str, on: bool, value: Option<&str>) -> Result<bool, Stop> {
        match (name, value.filter(|_| on)) {
            ("decode", Some(text)) => {
                let source = match text.strip_prefix('@') {
                    Some("") => return Err(Stop::fatal("+decode=@ takes a file, or - for standard input", 1)),
                    Some(path) => Source::File(path.to_owned()),
                    None => Source::Line(text.to_owned()),
                };
                self.decode = Some(source);
            }
            ("decode", None) if on => return Err(Stop::fatal("+decode takes hex digits or @FILE", 1)),
            ("frame", Some(text)) => self.frame = Some(u64::from(number(text, u32::MAX, "frame", 10)?.max(1))),
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// What to do if a message was given.
    pub(super) fn given_plan(&mut self) -> Result<Option<Plan>, Stop> {
        let frame = self.frame;
        if self.decode.is_some() && self.batch.is_some() {
            return Err(Stop::fatal("+decode does not go with -f", 1));
        }
        let Some(source) = self.decode.take() else {
            return if frame.is_some() { Err(Stop::fatal("+frame belongs to +decode", 1)) } else { Ok(None) };
        };
        if self.in_batch {
            return Err(Stop::fatal("+decode does not belong into a batch file", 1));
        }
        if let Some(spoken) = self.lookups.first() {
            return Err(Stop::fatal(format!("+decode asks nobody: '{}' is one name too many", spoken.lookup.name), 1));
        }
        let lookup = Box::new(self.default.clone());
        Ok(Some(Plan::Decode(self.globals.clone(), lookup, Given { source, frame })))
    }
}
