//! What a command line means, here and in the other netcats (`--what`). The tables of letters are those by which lines
//! are read, and the sentences those of `--help`, so that neither can say something else than what happens.

use std::io;

use clap::CommandFactory;
use serde::Serialize;
use sockeye_cli::escape::{escape, shell_word};
use sockeye_cli::output::Role;
use sockeye_cli::{Render, Text};

use crate::cli::Args;
use crate::cli::letters::{Letter, table};
use crate::options::Dialect;

/// The long options that ncat 7.93 has itself.
const NCATS: [&str; 48] = [
    "allow",
    "allowfile",
    "append-output",
    "broker",
    "chat",
    "crlf",
    "delay",
    "deny",
    "denyfile",
    "exec",
    "help",
    "hex-dump",
    "idle-timeout",
    "keep-open",
    "listen",
    "lua-exec",
    "max-conns",
    "no-shutdown",
    "nodns",
    "nsock-engine",
    "output",
    "proxy",
    "proxy-auth",
    "proxy-dns",
    "proxy-type",
    "recv-only",
    "sctp",
    "send-only",
    "sh-exec",
    "source",
    "source-port",
    "ssl",
    "ssl-alpn",
    "ssl-cert",
    "ssl-ciphers",
    "ssl-key",
    "ssl-servername",
    "ssl-trustfile",
    "ssl-verify",
    "telnet",
    "udp",
    "unixsock",
    "verbose",
    "version",
    "vsock",
    "wait",
    "ipv4",
    "ipv6",
];

const DIALECTS: [Dialect; 3] = [Dialect::OpenBsd, Dialect::Ncat, Dialect::Traditional];

/// The name of the tool whose dialect it is.
fn tool(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::OpenBsd => "OpenBSD nc",
        Dialect::Ncat => "ncat",
        Dialect::Traditional => "traditional nc",
    }
}

/// A line, word by word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct What {
    /// Whose line it was taken for.
    pub dialect: &'static str,
    /// Its words.
    pub words: Vec<Word>,
    /// The same line for each of the netcats.
    pub same: Vec<Same>,
    /// What is different although the words are the same.
    pub notes: Vec<String>,
}

/// One option with its value, or one operand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Word {
    /// As it was written, by itself.
    pub text: String,
    /// The long option that it stands for, if it is one that is known here.
    pub long: Option<String>,
    /// What it means here.
    pub meaning: String,
    /// What it means to others, if that is something else.
    pub elsewhere: Vec<String>,
}

/// A line in another dialect.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Same {
    /// Whose it is.
    pub tool: &'static str,
    /// The line.
    pub line: String,
    /// What that tool has no option for.
    pub missing: Vec<String>,
}

/// One option as it was read.
struct Found {
    long: String,
    value: Option<String>,
}

struct Reader<'a> {
    dialect: Dialect,
    help: Vec<(String, String, bool)>,
    rest: std::collections::VecDeque<&'a str>,
    words: Vec<Word>,
    found: Vec<Found>,
    operands: Vec<String>,
}

/// Says what `args` mean to `dialect`.
pub fn what(dialect: Dialect, args: &[String]) -> What {
    let command = Args::command();
    let help = command
        .get_arguments()
        .filter_map(|arg| {
            let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
            Some((arg.get_long()?.to_owned(), help, arg.get_action().takes_values()))
        })
        .collect();
    let rest = args.iter().map(String::as_str).collect();
    let mut reader = Reader { dialect, help, rest, words: Vec::new(), found: Vec::new(), operands: Vec::new() };
    reader.read();
    let same = DIALECTS.iter().map(|other| reader.line_for(*other)).collect();
    let notes = reader.notes();
    What { dialect: tool(dialect), words: reader.words, same, notes }
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(word) = self.rest.pop_front() {
            if word == "--" {
                self.words.push(Word::new(word, "what follows are operands"));
                for operand in std::mem::take(&mut self.rest) {
                    self.operand(operand);
                }
            } else if let Some(long) = word.strip_prefix("--") {
                self.long(word, long);
            } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
                self.letters(letters);
            } else {
                self.operand(word);
            }
        }
    }

    fn operand(&mut self, operand: &str) {
        let listens = self.found.iter().any(|found| found.long == "listen");
        let is_number = operand.starts_with(|first: char| first.is_ascii_digit()) && !operand.contains(['.', ':']);
        let meaning = match (listens, is_number) {
            (_, true) => "a port, or a range of ports",
            (true, false) => "where to listen: an address, a name, or the name of a service",
            (false, false) if self.operands.is_empty() => "where to connect to: a name, an address, or with -U a path",
            (false, false) => "the name of a service",
        };
        self.words.push(Word::new(operand, meaning));
        self.operands.push(operand.to_owned());
    }

    fn help(&self, long: &str) -> Option<&(String, String, bool)> {
        let exact = self.help.iter().find(|(name, ..)| name == long);
        let mut like = self.help.iter().filter(|(name, ..)| name.starts_with(long));
        exact.or_else(|| like.next().filter(|_| like.next().is_none()))
    }

    fn long(&mut self, word: &str, long: &str) {
        let (name, value) = match long.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (long, None),
        };
        let Some((name, help, takes_value)) = self.help(name).cloned() else {
            self.words.push(Word::new(word, "no such option here"));
            return;
        };
        let value = if takes_value { value.or_else(|| self.rest.pop_front().map(str::to_owned)) } else { None };
        let text = value.as_ref().map_or_else(|| format!("--{name}"), |value| format!("--{name} {value}"));
        let mut elsewhere = Vec::new();
        for other in DIALECTS.into_iter().filter(|other| *other != self.dialect) {
            match spelling(other, &name) {
                Some(spelling) if spelling == format!("--{name}") => {}
                Some(spelling) => elsewhere.push(format!("{}: {spelling}", tool(other))),
                None => elsewhere.push(format!("{}: has no such option", tool(other))),
            }
        }
        self.words.push(Word { text, long: Some(name.clone()), meaning: help, elsewhere });
        self.found.push(Found { long: name, value });
    }

    fn letters(&mut self, letters: &str) {
        let mut rest = letters.chars();
        while let Some(letter) = rest.next() {
            let found = find(self.dialect, letter);
            // A letter of another dialect is read as that has it, so that the rest of the line comes out right.
            let foreign = DIALECTS.into_iter().find_map(|other| find(other, letter).map(|found| (other, found)));
            let takes_value = found.or(foreign.map(|(_, found)| found)).is_some_and(|found| found.has_value);
            let value = takes_value.then(|| {
                let glued: String = rest.by_ref().collect();
                if glued.is_empty() { self.rest.pop_front().unwrap_or_default().to_owned() } else { glued }
            });
            let text = value.as_ref().map_or_else(|| format!("-{letter}"), |value| format!("-{letter} {value}"));
            let word = match (found, foreign) {
                (Some(found), _) => {
                    let meaning = self.help(found.long).map(|(_, help, _)| help.clone()).unwrap_or_default();
                    self.found.push(Found { long: found.long.to_owned(), value });
                    let elsewhere = self.elsewhere(letter, found.long);
                    Word { text, long: Some(found.long.to_owned()), meaning, elsewhere }
                }
                (None, Some((other, found))) => {
                    let help = self.help(found.long).map(|(_, help, _)| help.clone()).unwrap_or_default();
                    let meaning = format!("no such letter here; {}'s -{letter} is --{} here", tool(other), found.long);
                    self.found.push(Found { long: found.long.to_owned(), value });
                    Word { text, long: None, meaning, elsewhere: vec![format!("{}: {help}", tool(other))] }
                }
                (None, None) => Word::new(&text, "no netcat that is known here has this letter"),
            };
            self.words.push(word);
        }
    }

    /// What `letter`, which is `long` here, is to the others, if it is not the same.
    fn elsewhere(&self, letter: char, long: &str) -> Vec<String> {
        let others = DIALECTS.into_iter().filter(|other| *other != self.dialect);
        others
            .filter_map(|other| {
                let spelled = spelling(other, long);
                let instead = spelled.as_ref().map_or_else(
                    || "which it has no option for".to_owned(),
                    |spelling| format!("which is {spelling} there"),
                );
                match find(other, letter) {
                    Some(found) if found.long == long => None,
                    Some(found) => {
                        let help = self.help(found.long).map_or("", |(_, help, _)| help.as_str());
                        Some(format!("{}: -{letter} is something else: {help}; {instead}", tool(other)))
                    }
                    None => Some(format!("{}: no such letter; {instead}", tool(other))),
                }
            })
            .collect()
    }

    fn has(&self, long: &str) -> bool {
        self.found.iter().any(|found| found.long == long)
    }

    /// The whole line for `other`.
    fn line_for(&self, other: Dialect) -> Same {
        let mut line = vec![if other == Dialect::Ncat { "ncat" } else { "nc" }.to_owned()];
        let mut missing = Vec::new();
        for Found { long, value } in &self.found {
            // The older ones shut down never, ncat always, unless told otherwise.
            if (other == Dialect::Ncat && long == "shutdown") || (other != Dialect::Ncat && long == "no-shutdown") {
                continue;
            }
            match spelling(other, long) {
                Some(spelling) => {
                    line.push(spelling);
                    line.extend(value.iter().map(|value| shell_word(value).into_owned()));
                }
                None => missing.push(format!("--{long}")),
            }
        }
        let talks = !self.has("scan") && !self.has("udp");
        let from_ncat = self.dialect == Dialect::Ncat;
        if talks && other == Dialect::Ncat && !from_ncat && !self.has("shutdown") && !self.has("quit") {
            line.push("--no-shutdown".to_owned());
        }
        if talks && other == Dialect::OpenBsd && from_ncat && !self.has("no-shutdown") && !self.has("listen") {
            line.push("-N".to_owned());
        }
        // Hobbit's wants the port of a listener behind -p.
        let port_behind = other == Dialect::Traditional && self.has("listen") && !self.has("source-port");
        if let Some((port, hosts)) = self.operands.split_last().filter(|_| port_behind) {
            line.push(format!("-p {}", shell_word(port)));
            line.extend(hosts.iter().map(|host| format!("-s {}", shell_word(host))));
        } else {
            line.extend(self.operands.iter().map(|operand| shell_word(operand).into_owned()));
        }
        Same { tool: tool(other), line: line.join(" "), missing }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.has("listen") && self.has("keep-open") {
            notes.push("-k: OpenBSD nc serves one client after the other, ncat all of them at once".to_owned());
        }
        if self.has("listen") && self.operands.len() < 2 {
            notes.push("without an address, ncat listens on IPv6 and IPv4, the others on IPv4 alone".to_owned());
        }
        if (self.has("exec") || self.has("sh-exec")) && self.has("listen") && self.operands.len() < 2 {
            notes.push("everybody who reaches a network address of this host can use the program".to_owned());
        }
        if self.has("scan") && self.has("udp") {
            notes.push("a UDP port that is silent is open or filtered: OpenBSD nc calls it open".to_owned());
        }
        notes
    }
}

impl Word {
    fn new(text: &str, meaning: &str) -> Self {
        Self { text: text.to_owned(), long: None, meaning: meaning.to_owned(), elsewhere: Vec::new() }
    }
}

/// What a letter that `dialect` does not have means to others, and how it is written here.
pub fn equivalent(dialect: Dialect, letter: char) -> Option<String> {
    let others = DIALECTS.into_iter().filter(|other| *other != dialect);
    others
        .filter_map(|other| Some((other, find(other, letter)?)))
        .map(|(other, found)| format!("{}'s -{letter} is --{} here", tool(other), found.long))
        .next()
}

/// Long options of GNU netcat, which nobody else has, and of this one.
const GNUS: [(&str, &str); 8] = [
    ("close", "-N"),
    ("dont-resolve", "-n"),
    ("hexdump", "--hex-dump"),
    ("local-port", "-p"),
    ("randomize", "-r"),
    ("tcp", "what happens without -u"),
    ("tunnel", "-l -c 'nc HOST PORT'"),
    ("zero", "-z"),
];

/// How a long option of another netcat is written here.
pub fn equivalent_long(argument: &str) -> Option<String> {
    let name = argument.trim_start_matches('-').split('=').next()?;
    let (name, here) = GNUS.iter().find(|(gnus, _)| *gnus == name)?;
    Some(format!("GNU netcat's --{name} is {here} here"))
}

fn find(dialect: Dialect, letter: char) -> Option<&'static Letter> {
    table(dialect).iter().find(|known| known.letter == letter)
}

/// How `dialect`'s own tool writes the option, if it has it.
fn spelling(dialect: Dialect, long: &str) -> Option<String> {
    // These letters are free in OpenBSD's nc, which refuses them; only here do they mean what they mean to others.
    let ours = |letter: char| dialect == Dialect::OpenBsd && "cegGo".contains(letter);
    let letter = table(dialect).iter().find(|known| known.long == long && !ours(known.letter));
    match (letter, dialect) {
        (Some(known), _) => Some(format!("-{}", known.letter)),
        (None, Dialect::Ncat) if long == "timeout" => Some("-w".to_owned()),
        (None, Dialect::Ncat) if long == "no-stdin" => Some("--recv-only".to_owned()),
        (None, Dialect::OpenBsd | Dialect::Traditional) if long == "wait" => Some("-w".to_owned()),
        (None, Dialect::Ncat) => NCATS.contains(&long).then(|| format!("--{long}")),
        (None, _) => None,
    }
}

impl Render for What {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        for Word { text: word, meaning, elsewhere, .. } in &self.words {
            let word = text.paint(Role::Good, &escape(word));
            text.line(format!("{word}  {}", escape(meaning)))?;
            for other in elsewhere {
                text.line(format!("      {}", escape(other)))?;
            }
        }
        if self.words.is_empty() {
            return text.line("no words: the usage text");
        }
        text.blank()?;
        for Same { tool, line, missing } in &self.same {
            let missing = if missing.is_empty() { String::new() } else { format!("  (has no {})", missing.join(", ")) };
            text.line(format!("{tool:<15} {}{missing}", escape(line)))?;
        }
        for note in &self.notes {
            text.line(format!("note: {note}"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn asked(dialect: Dialect, line: &str) -> What {
        what(dialect, &line.split_whitespace().map(str::to_owned).collect::<Vec<_>>())
    }

    fn line(what: &What, tool: &str) -> String {
        what.same.iter().find(|same| same.tool == tool).unwrap().line.clone()
    }

    #[test]
    fn letters_that_mean_something_else_are_named() {
        let found = asked(Dialect::OpenBsd, "-d -i 2 host 80");
        assert_eq!(found.words[0].long.as_deref(), Some("no-stdin"));
        assert!(found.words[0].elsewhere[0].starts_with("ncat: -d is something else"), "{:?}", found.words[0]);
        assert!(found.words[0].elsewhere[0].ends_with("which is --recv-only there"));
        assert_eq!(found.words[1].text, "-i 2");
        assert!(found.words[1].elsewhere[0].contains("which it has no option for"));
        assert_eq!(line(&found, "OpenBSD nc"), "nc -d -i 2 host 80");
        assert_eq!(line(&found, "traditional nc"), "nc -i 2 host 80");
    }

    #[test]
    fn a_line_of_ncats_becomes_one_of_openbsds_and_back() {
        let found = asked(Dialect::Ncat, "-x dump.hex -w2s h 1");
        assert_eq!(found.words[0].text, "-x dump.hex");
        assert_eq!(found.words[0].long.as_deref(), Some("hex-dump"));
        assert_eq!(line(&found, "OpenBSD nc"), "nc -w 2s -N h 1");
        assert_eq!(found.same[0].missing, ["--hex-dump"]);
        assert_eq!(line(&found, "traditional nc"), "nc -o dump.hex -w 2s h 1");
        let found = asked(Dialect::OpenBsd, "-N -x proxy:1080 h 1");
        assert_eq!(line(&found, "ncat"), "ncat h 1");
    }

    #[test]
    fn a_famous_line_is_told_with_its_danger() {
        let found = asked(Dialect::OpenBsd, "-lvnp 4444 -e /bin/sh");
        let texts: Vec<&str> = found.words.iter().map(|word| word.text.as_str()).collect();
        assert_eq!(texts, ["-l", "-v", "-n", "-p 4444", "-e /bin/sh"]);
        assert_eq!(found.same[0].missing, ["--exec"]);
        assert_eq!(line(&found, "ncat"), "ncat -l -v -n -p 4444 -e /bin/sh --no-shutdown");
        assert!(found.notes.iter().any(|note| note.starts_with("everybody who reaches")));
    }

    #[test]
    fn foreign_letters_have_an_equivalent() {
        let found = asked(Dialect::Ncat, "-N h 1");
        assert_eq!(found.words[0].meaning, "no such letter here; OpenBSD nc's -N is --shutdown here");
        let found = asked(Dialect::OpenBsd, "-Y --nosuch h");
        assert!(found.words[0].meaning.starts_with("no netcat that is known"));
        assert_eq!(found.words[1].meaning, "no such option here");
    }

    #[test]
    fn every_option_of_every_dialect_has_a_sentence() {
        for dialect in DIALECTS {
            for letter in table(dialect) {
                let found = asked(dialect, &format!("-{} x", letter.letter));
                assert!(!found.words[0].meaning.is_empty(), "{dialect:?} {}", letter.letter);
            }
        }
    }

    #[test]
    fn what_a_shell_would_take_apart_is_quoted() {
        let args = ["-c".to_owned(), "echo it's".to_owned(), "h".to_owned(), "1".to_owned()];
        assert_eq!(line(&what(Dialect::Ncat, &args), "ncat"), r"ncat -c 'echo it'\''s' h 1");
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(words in prop::collection::vec("[-]{0,2}[a-zA-Z=]{0,6}|.{0,5}", 0..8)) {
            for dialect in DIALECTS {
                let _ = what(dialect, &words);
            }
        }
    }
}
