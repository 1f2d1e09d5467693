//! The lines of a batch file: each is read as the command line is, on top of what that said.

use super::{Asked, Draft, Resolve, Said};
use crate::options::{Batch, Globals, Lookup, Options, Plan};

/// What the lines of a batch start from.
///
/// Options of a line that dig holds once for the whole run, such as `+short`, `-p` and `+time`, stay for the lines behind it.
/// The others end with their line.
#[derive(Clone, Debug)]
pub struct Defaults {
    globals: Globals,
    lookup: Lookup,
    said: Said,
    /// The banner has been made: those of further lines are shorter.
    greeted: bool,
    /// Addresses that the last `@` had.
    addresses: usize,
    question_said: bool,
    comments_said: bool,
}

impl Draft<'_> {
    pub(super) fn batch_plan(&mut self, file: String) -> Plan {
        let defaults = Defaults {
            globals: self.globals.clone(),
            lookup: self.default.clone(),
            said: self.default_said,
            greeted: self.greeted,
            addresses: self.addresses,
            question_said: self.question_said,
            comments_said: self.comments_said,
        };
        let lookups = std::mem::take(&mut self.lookups).into_iter().map(|spoken| spoken.lookup).collect();
        Plan::Batch(Box::new(Batch { file, globals: self.globals.clone(), lookups, defaults }))
    }
}

impl Defaults {
    /// What holds for the next line as far as it does not say otherwise.
    pub fn globals(&self) -> &Globals {
        &self.globals
    }

    /// The lookup of the next line as far as it does not say otherwise.
    pub fn lookup(&self) -> &Lookup {
        &self.lookup
    }

    /// Whether lines of a name alone have a banner, and the first one if it has not been made.
    pub fn greet(&mut self, name: &str) -> (bool, Option<String>) {
        let first = !std::mem::replace(&mut self.greeted, true) && self.globals.banner;
        let made = first.then(|| super::greeting(&format!(" {name}"), Some(self.addresses), self.globals.short));
        (self.globals.banner, made)
    }

    /// The banner of a line of that name alone, unless it is the first line.
    pub fn later_banner(name: &str) -> String {
        super::greeting(&format!(" {name}"), None, false)
    }

    /// Reads a line.
    ///
    /// # Errors
    /// [`Asked`] if the line asks for a text. A wrong line is [`Plan::Refuse`].
    pub fn read(&mut self, words: &[String], resolve: Resolve<'_>) -> Result<Options, Asked> {
        let mut draft = Draft::new(words, resolve);
        draft.in_batch = true;
        draft.later = self.greeted;
        draft.globals = Globals { greeting: None, ..self.globals.clone() };
        draft.default = self.lookup.clone();
        draft.default_said = self.said;
        draft.addresses = self.addresses;
        draft.question_said = self.question_said;
        draft.comments_said = self.comments_said;
        let plan = draft.read(words);
        self.globals = draft.globals.clone();
        self.addresses = draft.addresses;
        self.greeted = true;
        draft.options(plan)
    }
}
