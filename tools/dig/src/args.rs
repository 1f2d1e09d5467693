//! dig's command line: `@server`, names, types and classes in any order, `-x` and `+x` options between them.
//!
//! clap describes the same options for help, man page and completions (see [`crate::cli`]), but cannot read this
//! grammar: a word is a type, a class or a name by what it says, and options behind a name belong to that name.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::net::{IpAddr, SocketAddr};
use std::os::unix::ffi::OsStrExt as _;

use sockeye_cli::options::ColorWhen;
use sockeye_cli::{Presentation, Status};
use sockeye_common::words::counted;

use crate::gai;
use crate::offline::Source;
use crate::options::{Globals, Lookup, Options, Plan, Refusal, Server};
use crate::registry::{Class, Type};
use crate::reverse;

pub mod batch;
mod dash;
mod given;
mod pairs;
mod plus;
mod values;

/// What stands in the banner where dig has its version.
///
/// One word that starts as the version whose output this is, so that what reads banners goes on reading them.
pub const VERSION: &str = concat!("9.18-sockeye-", env!("CARGO_PKG_VERSION"));

/// What is said when a class is given for the second time.
const EXTRA_CLASS: &str = ";; Warning, extra class option\n";

/// Finds the addresses of a server that the line names, of the families that the options allow; the port in them does
/// not count.
///
/// # Errors
/// dig's words for why there is none.
pub type Resolve<'a> = &'a mut dyn FnMut(&str, &Globals) -> Result<Vec<SocketAddr>, String>;

/// A word of the command line as text.
///
/// Octets that are no text, and characters that a terminal acts on, become `\DDD`: in a name that is the same octet, and
/// the banner, which repeats the line, shows it.
pub fn argument(word: &OsStr) -> String {
    let mut text = String::new();
    for chunk in word.as_bytes().utf8_chunks() {
        for character in chunk.valid().chars() {
            if sockeye_common::escape::acts(character) {
                push_octets(&mut text, character.encode_utf8(&mut [0; 4]).as_bytes());
            } else {
                text.push(character);
            }
        }
        push_octets(&mut text, chunk.invalid());
    }
    text
}

fn push_octets(text: &mut String, octets: &[u8]) {
    for octet in octets {
        // A backslash in front already says that the octet is meant as it is.
        if text.bytes().rev().take_while(|octet| *octet == b'\\').count() % 2 == 1 {
            text.pop();
        }
        // Writing to a String cannot fail.
        let _ = write!(text, "\\{octet:03}");
    }
}

/// A text that was asked for instead of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// `-h`, `--help`
    Help,
    /// `-v`: dig's version line, on standard error as dig 9.18 has it.
    Version,
    /// `--version`
    LongVersion,
}

/// How reading a line ends early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    Refused(Refusal),
    Asked(Asked),
    /// An option without a value that it needs, or with one that it cannot have: [`Stop::invalid_option`] as written.
    Missing,
    /// A line of a batch that dig passes over, and why.
    Skip(String),
}

impl Stop {
    /// An option that dig does not know: `Invalid option: +x` and the usage lines.
    pub(crate) fn invalid_option(option: &str) -> Self {
        match Self::usage() {
            Self::Refused(mut refusal) => {
                refusal.stderr.insert(0, format!("Invalid option: {option}"));
                Self::Refused(refusal)
            }
            other => other,
        }
    }

    /// The usage lines alone.
    pub(crate) fn usage() -> Self {
        let stderr = [
            "Usage:  dig [@global-server] [domain] [q-type] [q-class] {q-opt}",
            "            {global-d-opt} host [@local-server] {local-d-opt}",
            "            [ host [@local-server] {local-d-opt} [...]]",
            "",
            "Use \"dig -h\" (or \"dig -h | more\") for complete list of options",
        ];
        let stderr = stderr.into_iter().map(str::to_owned).collect();
        Self::Refused(Refusal { stdout: String::new(), stderr, message: None, status: Status(1) })
    }

    /// The same with other words behind the tool's name.
    fn with_message(self, message: String) -> Self {
        match self {
            Self::Refused(refusal) => Self::Refused(Refusal { message: Some(message), ..refusal }),
            other => other,
        }
    }

    /// `dig: message`
    pub(crate) fn fatal(message: impl Into<String>, status: u8) -> Self {
        let message = Some(message.into());
        Self::Refused(Refusal { stdout: String::new(), stderr: Vec::new(), message, status: Status(status) })
    }
}

/// Reads a number as dig does, and says what is wrong as dig does: half on each stream.
pub(crate) fn number(text: &str, max: u32, what: &str, status: u8) -> Result<u32, Stop> {
    let is_number = !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
    let fault = match text.parse::<u64>().ok().filter(|_| is_number) {
        Some(value) if value <= u64::from(max) => return Ok(u32::try_from(value).unwrap_or(max)),
        Some(_) => "out of range",
        // More digits than any number here has.
        None if is_number => "out of range",
        None => "not a valid number",
    };
    Err(refused_number(what, text, fault, status))
}

fn refused_number(what: &str, text: &str, fault: &str, status: u8) -> Stop {
    Stop::Refused(Refusal {
        stdout: format!("invalid {what} '{text}': {fault}\n"),
        stderr: Vec::new(),
        message: Some(format!("Couldn't parse {what}")),
        status: Status(status),
    })
}

/// A line while it is read.
pub(crate) struct Draft<'a> {
    globals: Globals,
    /// What a new lookup starts from: the options in front of the first name.
    default: Lookup,
    lookups: Vec<Spoken>,
    /// What was said of the default's type and class.
    default_said: Said,
    /// Bare words may still be types and classes: not after `-t` or `-c`.
    open: bool,
    presentation: Presentation,
    gai: gai::Draft,
    warnings: Vec<String>,
    preamble: String,
    /// Addresses that the last `@` had: the banner tells.
    addresses: usize,
    /// The first name of this line has been there.
    greeted: bool,
    /// A banner has been made, by this line or by one before it: further ones are shorter.
    introduced: bool,
    /// The words as the banner shows them, and which of them is read at the moment.
    line: Vec<String>,
    at: usize,
    /// Which of -4 and -6 this line has.
    families: (bool, bool),
    resolve: Resolve<'a>,
    /// Bare words are no names: what is read is `~/.digrc`.
    config: bool,
    /// What `-f` named.
    batch: Option<String>,
    /// This is a line of a batch file.
    in_batch: bool,
    /// A line without a name asks for nothing: there are names already.
    named: bool,
    /// `+question` and `+comments` in front of the first name: transfers have neither unless it was said.
    question_said: bool,
    comments_said: bool,
    /// `+decode` and `+frame`.
    decode: Option<Source>,
    frame: Option<u64>,
    /// The options on the line, as far as they do not go with all others.
    marks: BTreeSet<&'static str>,
}

/// A lookup, and what was said about it.
struct Spoken {
    lookup: Lookup,
    said: Said,
}

#[derive(Clone, Copy, Debug, Default)]
struct Said {
    qtype: bool,
    qclass: bool,
}

/// Reads a line. `digrc` is the text of `~/.digrc`, empty if there is none; `-r` leaves it out.
///
/// A wrong line is [`Plan::Refuse`].
pub fn parse(args: &[String], digrc: &str, resolve: Resolve<'_>) -> Options {
    let mut draft = Draft::new(args, resolve);
    let plan = draft.read_all(args, digrc);
    draft.options(plan)
}

/// The words of a line of `~/.digrc`.
fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split([' ', '\t', '\r', '\n']).filter(|word| !word.is_empty())
}

impl<'a> Draft<'a> {
    fn new(args: &[String], resolve: Resolve<'a>) -> Self {
        Self {
            globals: Globals::default(),
            default: Lookup::default(),
            lookups: Vec::new(),
            default_said: Said::default(),
            open: true,
            presentation: Presentation::default(),
            gai: gai::Draft::default(),
            warnings: Vec::new(),
            preamble: String::new(),
            addresses: 0,
            greeted: false,
            introduced: false,
            line: args.to_vec(),
            at: 0,
            families: (false, false),
            resolve,
            config: false,
            batch: None,
            in_batch: false,
            named: false,
            question_said: false,
            comments_said: false,
            decode: None,
            frame: None,
            marks: BTreeSet::new(),
        }
    }

    fn options(self, plan: Result<Plan, Stop>) -> Options {
        let plan = match plan {
            Ok(plan) => plan,
            Err(Stop::Refused(refusal)) => Plan::Refuse(refusal),
            Err(Stop::Asked(asked)) => Plan::Tell(asked),
            Err(Stop::Skip(why)) => Plan::Skip(why),
            // Every option that misses a value has been named by now.
            Err(Stop::Missing) => Plan::Tell(Asked::Help),
        };
        Options { presentation: self.presentation, warnings: self.warnings, preamble: self.preamble, plan }
    }
}

impl Draft<'_> {
    /// `~/.digrc` first: each of its lines is a line of options, its names are nothing.
    fn read_all(&mut self, args: &[String], digrc: &str) -> Result<Plan, Stop> {
        let with_digrc = self.families(args)?;
        if with_digrc {
            self.config = true;
            for line in digrc.lines() {
                let words: Vec<String> = words(line).map(str::to_owned).collect();
                self.families(&words)?;
                self.each(&words)?;
                self.open = true;
            }
            self.config = false;
        }
        self.read(args)
    }

    fn read(&mut self, args: &[String]) -> Result<Plan, Stop> {
        self.families(args)?;
        self.each(args)?;
        self.check_pairs()?;
        if self.gai.asked() {
            return self.gai_plan();
        }
        if let Some(plan) = self.given_plan()? {
            return Ok(plan);
        }
        if let Some(file) = self.batch.take().filter(|_| !self.in_batch) {
            return Ok(self.batch_plan(file));
        }
        if self.lookups.is_empty() && !self.named {
            // `dig` alone asks for the root's servers, whatever type was said.
            self.default.qtype = Type::NS;
            self.new_lookup(".".to_owned());
            self.check_lookups()?;
        }
        let lookups = std::mem::take(&mut self.lookups).into_iter().map(|spoken| spoken.lookup).collect();
        Ok(Plan::Lookups(self.globals.clone(), lookups))
    }

    fn each(&mut self, args: &[String]) -> Result<(), Stop> {
        let mut rest = args;
        while let Some((word, behind)) = rest.split_first() {
            self.at = args.len().saturating_sub(rest.len());
            rest = behind;
            if let Some(server) = word.strip_prefix('@') {
                self.server(server)?;
            } else if let Some(option) = word.strip_prefix('+') {
                self.plus(option)?;
            } else if let Some(long) = word.strip_prefix("--") {
                rest = self.long(long, word, rest)?;
            } else if let Some(option) = word.strip_prefix('-') {
                let next = rest.first().map(String::as_str);
                if self.dash(option, next)? {
                    rest = rest.get(1..).unwrap_or_default();
                }
            } else {
                self.word(word)?;
            }
        }
        Ok(())
    }

    fn gai_plan(&mut self) -> Result<Plan, Stop> {
        let option = if self.gai.compares() { "compare" } else { "gai" };
        let mut lookups = self.lookups.iter();
        let node = lookups.next().map(|spoken| spoken.lookup.name.clone());
        if lookups.next().is_some() {
            return Err(Stop::fatal(format!("+{option} takes one name"), 1));
        }
        if self.default_said.qtype || self.lookups.iter().any(|spoken| spoken.said.qtype) {
            return Err(Stop::fatal(format!("+{option} takes no type: +family=inet or inet6 says which addresses"), 1));
        }
        if self.batch.is_some() || self.in_batch {
            return Err(Stop::fatal(format!("+{option} does not go with -f"), 1));
        }
        if self.gai.compares() {
            if self.globals.key_text.is_some() || self.globals.key_file.is_some() {
                return Err(Stop::fatal("+compare asks unsigned: leave out -k and -y", 1));
            }
            let hints = self.gai.compare_hints(node.as_deref()).map_err(|fault| Stop::fatal(fault, 1))?;
            let lookup = self.lookups.pop().map(|spoken| spoken.lookup).unwrap_or_default();
            return Ok(Plan::Compare(self.globals.clone(), Box::new(lookup), hints));
        }
        let (resolve, globals) = (&mut self.resolve, &self.globals);
        let mut scoped = |written: &str| resolve(written, globals).ok()?.into_iter().next();
        self.gai.request(node, &mut scoped).map(Plan::AddressInfo).map_err(|fault| Stop::fatal(fault, 1))
    }

    /// The lookup that an option behind a name belongs to, or what later ones start from.
    fn current(&mut self) -> &mut Lookup {
        self.lookups.last_mut().map_or(&mut self.default, |spoken| &mut spoken.lookup)
    }

    fn said(&mut self) -> &mut Said {
        self.lookups.last_mut().map_or(&mut self.default_said, |spoken| &mut spoken.said)
    }

    fn server(&mut self, written: &str) -> Result<(), Stop> {
        let in_batch = self.in_batch;
        let fatal = |why: &str| {
            let what = format!("couldn't get address for '{written}': {why}");
            if in_batch { Stop::Skip(what + ": skipping lookup") } else { Stop::fatal(what, 1) }
        };
        if written.is_empty() {
            return Err(fatal("not found"));
        }
        let mut found = (self.resolve)(written, &self.globals).map_err(|why| fatal(&why))?;
        match written.parse::<IpAddr>() {
            Ok(addr @ IpAddr::V6(_)) if !self.globals.allows(addr) => {
                return Err(fatal("address family not supported"));
            }
            // An IPv4 address is taken with -6 too, and left out when it comes to asking.
            Ok(_) => {}
            Err(_) => found.retain(|addr| self.globals.allows(addr.ip())),
        }
        if found.is_empty() {
            return Err(fatal("not found"));
        }
        self.addresses = found.len();
        self.mark("@", true);
        let servers = found.into_iter().map(|addr| Server { addr, written: written.to_owned() });
        self.current().servers.extend(servers);
        Ok(())
    }

    /// A bare word: a type, a class, or a name.
    fn word(&mut self, word: &str) -> Result<(), Stop> {
        if self.open {
            if word.eq_ignore_ascii_case("ixfr") {
                self.warnings.push(";; Warning, ixfr requires a serial number\n".to_owned());
                return Ok(());
            }
            if self.typed(word)? {
                return Ok(());
            }
            if let Ok(qclass) = word.parse::<Class>() {
                self.set_class(qclass);
                return Ok(());
            }
        }
        if !self.config {
            self.new_lookup(word.to_owned());
        }
        Ok(())
    }

    /// Takes a word that names a type. `IXFR=SERIAL` is one, IXFR alone is none.
    pub(crate) fn typed(&mut self, word: &str) -> Result<bool, Stop> {
        if let Some((_, serial)) = word.split_once('=').filter(|(start, _)| start.eq_ignore_ascii_case("ixfr")) {
            self.set_type(Type::IXFR);
            self.current().ixfr_serial = number(serial, u32::MAX, "serial number", 1)?;
            return Ok(true);
        }
        match word.parse() {
            Ok(Type::IXFR) | Err(_) => Ok(false),
            Ok(qtype) => {
                self.set_type(qtype);
                Ok(true)
            }
        }
    }

    fn set_type(&mut self, qtype: Type) {
        if std::mem::replace(&mut self.said().qtype, true) {
            self.warnings.push(";; Warning, extra type option\n".to_owned());
        }
        let (question, comments) = (self.question_said, self.comments_said);
        let lookup = self.current();
        lookup.qtype = qtype;
        match qtype {
            // Servers answer ANY over UDP with less, if at all.
            Type::ANY => {
                lookup.tcp.get_or_insert(true);
            }
            Type::AXFR | Type::IXFR => {
                lookup.show.question = question;
                lookup.show.comments = comments;
                if qtype == Type::IXFR {
                    lookup.tcp.get_or_insert(true);
                }
            }
            _ => {}
        }
    }

    fn set_class(&mut self, qclass: Class) {
        if std::mem::replace(&mut self.said().qclass, true) {
            self.warnings.push(EXTRA_CLASS.to_owned());
        }
        self.current().qclass = qclass;
    }

    fn new_lookup(&mut self, name: String) {
        if !self.greeted {
            self.greeted = true;
            if self.globals.banner {
                self.globals.greeting = Some(self.greeting());
                self.introduced = true;
            }
        }
        let lookup = Lookup { name, ..self.default.clone() };
        self.lookups.push(Spoken { lookup, said: self.default_said });
    }

    /// `-x`: the reverse name, and PTR unless the line says otherwise.
    fn new_reverse_lookup(&mut self, text: &str) {
        let said = self.default_said;
        self.gai.reverse = Some(text.to_owned());
        self.new_lookup(reverse::name(text));
        let lookup = self.current();
        if !said.qtype {
            lookup.qtype = Type::PTR;
        }
        if !said.qclass {
            lookup.qclass = Class::IN;
        }
    }

    fn greeting(&self) -> String {
        let line = self.line.iter().fold(String::new(), |line, word| line + " " + word);
        greeting(&line, (!self.introduced).then_some(self.addresses), self.globals.short)
    }

    /// The options that every tool of the suite has.
    fn long<'r>(&mut self, long: &str, word: &str, rest: &'r [String]) -> Result<&'r [String], Stop> {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (long, None),
        };
        match (name, value) {
            ("explain", None) => self.presentation.explain = true,
            ("json", None) => self.presentation.json = true,
            ("help", None) => return Err(Stop::Asked(Asked::Help)),
            ("version", None) => return Err(Stop::Asked(Asked::LongVersion)),
            ("color", Some(when)) => self.presentation.color = color(when)?,
            ("color", None) => {
                let (when, rest) = rest.split_first().ok_or_else(|| Stop::invalid_option(word))?;
                self.presentation.color = color(when)?;
                return Ok(rest);
            }
            _ => return Err(Stop::invalid_option(word)),
        }
        self.mark_own(name, true);
        Ok(rest)
    }
}

/// The banner for a line, which starts with a blank. Of the lines of a batch only the first one tells the rest: how many
/// addresses the last `@` had, and the options.
pub(crate) fn greeting(line: &str, first: Option<usize>, short: bool) -> String {
    let Some(addresses) = first else { return format!("; <<>> DiG {VERSION} <<>>{line}\n") };
    let mut text = format!("\n; <<>> DiG {VERSION} <<>>{line}\n");
    if addresses > 0 {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "; ({} found)", counted(addresses, "server"));
    }
    let short = if short { " +short" } else { "" };
    let _ = writeln!(text, ";; global options:{short} +cmd");
    text
}

fn color(when: &str) -> Result<ColorWhen, Stop> {
    color_when(when).ok_or_else(|| Stop::fatal(format!("--color '{when}' is not auto, always or never"), 1))
}

/// The word behind `--color`.
pub(crate) fn color_when(when: &str) -> Option<ColorWhen> {
    <ColorWhen as clap::ValueEnum>::from_str(when, false).ok()
}

#[cfg(test)]
mod tests;
