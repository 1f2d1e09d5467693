//! Man pages: the options from clap, everything else from a [`Manual`].
//!
//! Prose is plain text with four marks: words in backquotes are literal, a line that starts with a dash and a blank is an
//! item of a list, a line that starts with two blanks keeps its columns, and a blank line ends a paragraph.

use std::fmt::Write as _;

use clap::Command;
use clap_mangen::Man;

/// The day that man pages carry.
pub const DATE: &str = "2026-11-20";

/// What a man page says beyond the options.
#[derive(Clone, Copy, Debug)]
pub struct Manual {
    /// What the tool does, in a few words: behind the dash in NAME.
    pub summary: &'static str,
    /// One call form a line, without the tool's name.
    pub synopsis: &'static [&'static str],
    /// DESCRIPTION.
    pub description: &'static str,
    /// Sections named after tasks, between the options and the examples.
    pub sections: &'static [(&'static str, &'static str)],
    /// EXAMPLES. A test runs every one.
    pub examples: &'static [Example],
    /// EXIT STATUS.
    pub exit_status: &'static [(u8, &'static str)],
    /// CAVEATS.
    pub caveats: &'static str,
    /// STANDARDS.
    pub standards: &'static str,
    /// SEE ALSO: `nc(1)`.
    pub see_also: &'static [&'static str],
}

/// A command line that a user may type as it stands.
#[derive(Clone, Copy, Debug)]
pub struct Example {
    /// What it is for. What all examples need stands in a paragraph before the first one.
    pub says: &'static str,
    /// Shell lines. A test runs them with `sh`, in a network namespace with only a loopback interface and in an empty
    /// directory; what needs a peer starts it itself.
    pub command: &'static str,
    /// A text that the output contains, on either stream.
    pub shows: &'static str,
    /// The exit status.
    pub status: u8,
}

impl Manual {
    /// The page in man(7) form.
    pub fn page(&self, command: &Command) -> String {
        let mut command = command.clone();
        command.build();
        let name = command.get_name().to_owned();
        let version = command.get_version().unwrap_or_default().to_owned();
        let mut page = Page::default();
        page.macro_line(&format!(r#".TH {} 1 {DATE} "Sockeye {version}" "Sockeye Manual""#, name.to_uppercase()));
        page.section("NAME");
        page.macro_line(&format!("{name} \\- {}", escape(self.summary)));
        page.section("SYNOPSIS");
        for (index, form) in self.synopsis.iter().enumerate() {
            if index > 0 {
                page.macro_line(".br");
            }
            page.macro_line(&format!("\\fB{name}\\fR {}", synopsis(form)));
        }
        page.section("DESCRIPTION");
        page.prose(self.description);
        page.section("OPTIONS");
        page.macro_line(&options(&command));
        Self::subcommands(&command, &mut page);
        for (heading, prose) in self.sections {
            page.section(&heading.to_uppercase());
            page.prose(prose);
        }
        self.tail(&mut page);
        page.roff
    }

    fn subcommands(command: &Command, page: &mut Page) {
        let shown = || command.get_subcommands().filter(|sub| sub.get_name() != "help" && !sub.is_hide_set());
        if shown().next().is_none() {
            return;
        }
        page.section("COMMANDS");
        for sub in shown() {
            let usage = sub.clone().render_usage().to_string();
            let usage = usage.strip_prefix("Usage: ").unwrap_or(&usage);
            page.macro_line(&format!(".SS \"{}\"", escape(usage)));
            if let Some(about) = sub.get_long_about().or(sub.get_about()) {
                page.prose(&about.to_string());
            }
            // Options that every tool has stand once, above.
            let own = sub
                .clone()
                .mut_args(|arg| if arg.is_global_set() || arg.get_id() == "help" { arg.hide(true) } else { arg });
            let text = options(&own);
            if !text.trim().is_empty() {
                page.macro_line(&text);
            }
        }
    }

    fn tail(&self, page: &mut Page) {
        page.section("EXIT STATUS");
        for (status, meaning) in self.exit_status {
            page.item(&status.to_string(), meaning);
        }
        page.section("EXAMPLES");
        for (index, example) in self.examples.iter().enumerate() {
            if index > 0 {
                page.macro_line(".PP");
            }
            page.prose(example.says);
            page.columns(&escape(example.command));
        }
        for (heading, prose) in [("CAVEATS", self.caveats), ("STANDARDS", self.standards)] {
            if !prose.is_empty() {
                page.section(heading);
                page.prose(prose);
            }
        }
        page.section("SEE ALSO");
        let pages: Vec<String> = self
            .see_also
            .iter()
            .map(|page| {
                page.split_once('(').map_or((*page).to_owned(), |(name, rest)| format!("\\fB{name}\\fR({rest}"))
            })
            .collect();
        page.macro_line(&pages.join(",\n"));
    }
}

/// The options of `command` as clap_mangen writes them, without what mandoc objects to.
fn options(command: &Command) -> String {
    let mut roff = Vec::new();
    // Writing to a Vec cannot fail.
    let _ = Man::new(command.clone()).render_options_section(&mut roff);
    let roff = String::from_utf8_lossy(&roff);
    // Its prologue defines Aq and its own heading; both stand in the page already or are written otherwise.
    let mut text = String::new();
    let mut lines = roff.lines().filter(|line| !line.starts_with(".ie ") && !line.starts_with(".el ")).peekable();
    while let Some(line) = lines.next() {
        if line.starts_with(".SH ") {
            if let Some(own) = line.strip_prefix(".SH ").filter(|own| *own != "OPTIONS") {
                let _ = writeln!(text, ".SS {own}");
            }
            continue;
        }
        // ".br", an empty line, ".br": clap_mangen's paragraph before the possible values.
        if line == ".br" || line.is_empty() {
            while lines.next_if(|next| *next == ".br" || next.is_empty()).is_some() {}
            if lines.peek().is_some_and(|next| !next.starts_with(".TP") && !next.starts_with(".SH")) {
                text.push_str(".sp\n");
            }
            continue;
        }
        text.push_str(&bold(&line.replace("\\*(Aq", "\\(aq").replace('`', BACKQUOTE)));
        text.push('\n');
    }
    text.trim_end().to_owned()
}

/// A call form: brackets and dots upright, option letters bold, capitals italic.
fn synopsis(form: &str) -> String {
    let mut roff = String::new();
    let mut word = String::new();
    for character in form.chars().chain(std::iter::once(' ')) {
        if character.is_alphanumeric() || matches!(character, '-' | '_' | '+' | '@') {
            word.push(character);
            continue;
        }
        if !word.is_empty() {
            let font = if word.chars().any(char::is_lowercase) || word.starts_with(['-', '+']) { 'B' } else { 'I' };
            let _ = write!(roff, "\\f{font}{}\\fR", escape(&word));
            word.clear();
        }
        roff.push(character);
    }
    roff.trim_end().to_owned()
}

/// What a backquote becomes to be safe for roff.
const BACKQUOTE: &str = "\\(ga";

/// Text made safe for roff: its own escape character, and dashes that stay dashes.
fn escape(text: &str) -> String {
    text.replace('\\', "\\e")
        .replace('-', "\\-")
        .replace('\'', "\\(aq")
        .replace('`', BACKQUOTE)
        .replace('^', "\\(ha")
        .replace('~', "\\(ti")
}

/// Words in backquotes, which are safe for roff already, in bold.
fn bold(roff: &str) -> String {
    let mut bold = String::new();
    for (index, piece) in roff.split(BACKQUOTE).enumerate() {
        if index > 0 {
            bold.push_str(if index % 2 == 1 { "\\fB" } else { "\\fR" });
        }
        bold.push_str(piece);
    }
    bold
}

/// How an item of a list begins once it is safe for roff.
const ITEM: &str = "\\- ";

#[derive(Default)]
struct Page {
    roff: String,
}

impl Page {
    fn macro_line(&mut self, line: &str) {
        self.roff.push_str(line);
        self.roff.push('\n');
    }

    fn section(&mut self, heading: &str) {
        self.macro_line(&format!(".SH \"{heading}\""));
    }

    fn item(&mut self, term: &str, meaning: &str) {
        self.macro_line(".TP");
        self.macro_line(&format!("\\fB{}\\fR", escape(term)));
        self.text(meaning);
    }

    /// One run of words, and the items of a list.
    fn text(&mut self, words: &str) {
        for line in bold(&escape(words)).lines() {
            let line = line.trim();
            let item = line.strip_prefix(ITEM);
            if item.is_some() {
                self.macro_line(".IP \\(bu 2");
            }
            self.line(item.unwrap_or(line));
        }
    }

    /// Lines that are not filled.
    fn columns(&mut self, roff: &str) {
        self.macro_line(".PP\n.RS 4\n.nf");
        for line in roff.lines() {
            self.line(line);
        }
        self.macro_line(".fi\n.RE");
    }

    /// A line of text: a dot in the first column would be a macro.
    fn line(&mut self, roff: &str) {
        let guard = if roff.starts_with(['.', '\'']) { "\\&" } else { "" };
        self.macro_line(&format!("{guard}{roff}"));
    }

    fn prose(&mut self, prose: &str) {
        for (index, paragraph) in prose.trim_matches('\n').split("\n\n").enumerate() {
            let lines: Vec<&str> = paragraph.lines().collect();
            if lines.iter().all(|line| line.starts_with("  ")) {
                let lines: Vec<&str> = lines.iter().map(|line| line.strip_prefix("  ").unwrap_or(line)).collect();
                self.columns(&bold(&escape(&lines.join("\n"))));
            } else {
                // A list begins a paragraph by itself.
                if index > 0 && !paragraph.starts_with("- ") {
                    self.macro_line(".PP");
                }
                self.text(paragraph);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction};

    use super::*;

    const MANUAL: Manual = Manual {
        summary: "does a thing",
        synopsis: &["[-l] [-p PORT] HOST", "verify FILE..."],
        description: "First `-l` paragraph.\n\nSecond.\n .a third line\n\n  literal -x\n  .dot",
        sections: &[("Listening", "How to listen.")],
        examples: &[Example { says: "Try it:", command: "tool -l | head -1", shows: "x", status: 0 }],
        exit_status: &[(0, "yes"), (2, "usage")],
        caveats: "",
        standards: "RFC 768.",
        see_also: &["nc(1)", "dig(1)"],
    };

    fn prose(text: &str) -> String {
        let mut page = Page::default();
        page.prose(text);
        page.roff
    }

    #[test]
    fn a_line_with_a_dash_is_an_item_and_what_follows_a_list_is_a_paragraph() {
        assert_eq!(
            prose("Two:\n\n- `-k`: one.\n- two - or more\n\nBehind."),
            "Two:\n.IP \\(bu 2\n\\fB\\-k\\fR: one.\n.IP \\(bu 2\ntwo \\- or more\n.PP\nBehind.\n"
        );
    }

    #[test]
    fn words_in_backquotes_are_bold_in_columns_and_in_options_and_stay_in_commands() {
        assert_eq!(
            prose("  `-a`  takes `x`\n  b     \\(ga ~"),
            ".PP\n.RS 4\n.nf\n\\fB\\-a\\fR  takes \\fBx\\fR\nb     \\e(ga \\(ti\n.fi\n.RE\n"
        );
        let examples = &[Example { says: "With a server.\n\nSo:", command: "echo `id`", shows: "0", status: 0 }];
        let command = Command::new("tool").arg(Arg::new("FILTER").help("As in `dst ::1`"));
        let page = Manual { examples, ..MANUAL }.page(&command);
        assert!(page.contains("\nAs in \\fBdst ::1\\fR\n") && page.contains("\necho \\(gaid\\(ga\n"), "{page}");
        assert!(page.contains(".SH \"EXAMPLES\"\nWith a server.\n.PP\nSo:\n"), "{page}");
    }

    #[test]
    fn the_page_has_every_part_once_and_no_bare_dash() {
        let command = Command::new("tool")
            .version("1.0")
            .arg(Arg::new("listen").short('l').long("listen").action(ArgAction::SetTrue).help("Listen: don't connect"))
            .arg(Arg::new("when").long("color").value_parser(["auto", "never"]).help("Colour"))
            .subcommand(Command::new("verify").about("Judges it").arg(Arg::new("FILE").required(true).help("A file")));
        let page = MANUAL.page(&command);
        for part in [
            "NAME",
            "SYNOPSIS",
            "DESCRIPTION",
            "OPTIONS",
            "COMMANDS",
            "LISTENING",
            "EXIT STATUS",
            "EXAMPLES",
            "STANDARDS",
        ] {
            assert_eq!(page.matches(&format!(".SH \"{part}\"\n")).count(), 1, "{part}\n{page}");
        }
        assert!(!page.contains("CAVEATS"));
        assert!(page.starts_with(".TH TOOL 1 2026-11-20 \"Sockeye 1.0\""));
        assert!(page.contains("\\fBtool\\fR [\\fB\\-l\\fR] [\\fB\\-p\\fR \\fIPORT\\fR] \\fIHOST\\fR\n"), "{page}");
        assert!(page.contains("literal \\-x\n\\&.dot"));
        assert!(page.contains("Second.\n\\&.a third line\n"), "{page}");
        assert!(page.contains("tool verify <FILE>") && page.contains("\\fBnc\\fR(1),\n\\fBdig\\fR(1)"), "{page}");
        assert!(!page.contains("\n\n"), "an empty line is not roff\n{page}");
    }
}
