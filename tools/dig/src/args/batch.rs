//! The lines of a batch file: each is read as the command line is, on top of what that said.

use std::collections::BTreeSet;

use sockeye_cli::Presentation;

use super::{Draft, Resolve, Said, Stop};
use crate::options::{Batch, Globals, Lookup, Options, Plan};

/// What the lines of a batch start from.
///
/// Options of a line that dig holds once for the whole run, such as `+short`, `-p` and `+time`, stay for the lines behind it.
/// The others end with their line. The first line is read before anything is asked: what it says of the whole run holds for
/// the names of the command line as well.
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
    /// The options of the command line, without those that belong to `-f`.
    marks: BTreeSet<&'static str>,
}

impl Draft<'_> {
    pub(super) fn batch_plan(&mut self, file: String) -> Plan {
        let defaults = Defaults {
            globals: self.globals.clone(),
            lookup: self.default.clone(),
            said: self.default_said,
            greeted: self.introduced,
            addresses: self.addresses,
            question_said: self.question_said,
            comments_said: self.comments_said,
            marks: self.marks.iter().copied().filter(|option| !matches!(*option, "bulk" | "parallel")).collect(),
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
        let first = self.globals.banner && !std::mem::replace(&mut self.greeted, true);
        let made = first.then(|| super::greeting(&format!(" {name}"), Some(self.addresses), self.globals.short));
        (self.globals.banner, made)
    }

    /// The banner of a line of that name alone, unless it is the first line.
    pub fn later_banner(name: &str) -> String {
        super::greeting(&format!(" {name}"), None, false)
    }

    /// Reads the first line. `named` says that the command line has names: one without asks for nothing then.
    pub fn read_first(&mut self, words: &[String], named: bool, resolve: Resolve<'_>) -> Options {
        self.read_as(words, named, resolve)
    }

    /// Reads a line behind the first. A domain to search is too late there, dig has looked at it already.
    pub fn read(&mut self, words: &[String], resolve: Resolve<'_>) -> Options {
        let domain = self.globals.domain.clone();
        let mut options = self.read_as(words, false, resolve);
        if let Plan::Lookups(globals, _) = &mut options.plan {
            globals.domain.clone_from(&domain);
        }
        self.globals.domain = domain;
        options
    }

    fn read_as(&mut self, words: &[String], named: bool, resolve: Resolve<'_>) -> Options {
        let mut draft = Draft::new(words, resolve);
        draft.in_batch = true;
        draft.introduced = self.greeted;
        draft.named = named;
        draft.globals = Globals { greeting: None, ..self.globals.clone() };
        draft.default = self.lookup.clone();
        draft.default_said = self.said;
        draft.addresses = self.addresses;
        draft.question_said = self.question_said;
        draft.comments_said = self.comments_said;
        draft.marks.clone_from(&self.marks);
        let mut plan = draft.read(words);
        if draft.presentation != Presentation::default() && plan.is_ok() {
            plan = Err(Stop::fatal(
                "+json, +explain and --color hold for a whole run and do not belong into a batch file",
                1,
            ));
        }
        self.globals = draft.globals.clone();
        self.addresses = draft.addresses;
        self.greeted = draft.introduced;
        draft.options(plan)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::args::parse;
    use crate::batch::{plain_name, words};

    fn defaults(line: &str) -> Defaults {
        let args: Vec<String> = line.split(' ').chain(["-f", "-"]).map(str::to_owned).collect();
        match parse(&args, "", &mut |_, _| Ok(Vec::new())).plan {
            Plan::Batch(batch) => batch.defaults,
            other => panic!("{other:?}"),
        }
    }

    fn lookups(defaults: &mut Defaults, line: &str) -> (Globals, Vec<Lookup>) {
        match defaults.read(&words(line.as_bytes()), &mut |_, _| Ok(Vec::new())).plan {
            Plan::Lookups(globals, lookups) => (globals, lookups),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_dig_holds_once_stays_and_the_rest_goes() {
        let mut defaults = defaults("+noquestion");
        let (globals, first) = lookups(&mut defaults, "+short +tries=1 -p 54 +time=2 a.b +tcp c.d MX -f other");
        assert!(globals.short && !first[0].show.question);
        assert_eq!((first.len(), first[0].tries, first[0].tcp), (2, Some(1), None), "+tcp is nothing in a batch");
        let (globals, second) = lookups(&mut defaults, "e.f");
        assert_eq!((globals.short, globals.port, globals.timeout_s), (true, 54, Some(2)));
        assert_eq!((second[0].tries, second[0].qtype), (None, crate::registry::Type::A));
        let (_, none) = lookups(&mut defaults, "");
        assert_eq!((none[0].name.as_str(), none[0].qtype), (".", crate::registry::Type::NS));
    }

    proptest! {
        /// A line of a plain name is not read as other lines are: it must come to the same.
        #[test]
        fn a_plain_line_is_its_name_and_the_defaults(
            lines in proptest::collection::vec("[ \t]{0,2}[a-zA-Z0-9_]{1,8}(\\.[a-zA-Z0-9-]{1,8}){1,3}\\.?[ \t]{0,2}", 1..4),
            options in prop_oneof![Just("+nocmd"), Just("+cmd"), Just("+short"), Just("-t MX"), Just("-p 54 +norec")],
        ) {
            let mut quick = defaults(options);
            let mut slow = quick.clone();
            for line in lines {
                let name = plain_name(line.as_bytes()).expect("it is one");
                let (globals, read) = lookups(&mut slow, &line);
                prop_assert_eq!(&read, &[Lookup { name: name.to_owned(), ..quick.lookup().clone() }]);
                prop_assert_eq!(&Globals { greeting: None, ..globals.clone() }, quick.globals());
                let banner = match quick.greet(name) {
                    (_, Some(made)) => Some(made),
                    (wanted, None) => wanted.then(|| Defaults::later_banner(name)),
                };
                prop_assert_eq!(globals.greeting, banner);
            }
        }
    }
}
