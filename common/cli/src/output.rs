//! The one door to standard output: text, tables, JSON Lines, explanations.
//!
//! The core of a tool hands over values that are [`Serialize`] and [`Render`]; whether they become text, JSON Lines or
//! nothing is decided here and nowhere else.

use std::io::{self, BufWriter, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::escape::escape_controls;
use crate::failure::Failure;
use crate::options::Presentation;
use crate::table::Table;

/// A value that can be shown to a person.
pub trait Render {
    /// Writes the value as lines of text.
    ///
    /// # Errors
    /// Whatever the writer says.
    fn render(&self, text: &mut Text<'_>) -> io::Result<()>;
}

impl Render for str {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line(self)
    }
}

/// What a piece of text is, for colouring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A heading.
    Heading,
    /// The part that the eye should find.
    Strong,
    /// Good news: open, valid, established.
    Good,
    /// Bad news: refused, wrong, lost.
    Bad,
    /// Worth a look.
    Warning,
    /// Surroundings.
    Dim,
}

impl Role {
    fn paint(self, colour: bool, words: &str) -> String {
        if !colour {
            return words.to_owned();
        }
        let style = self.style();
        format!("{style}{words}{style:#}")
    }

    fn style(self) -> Style {
        let colour = |colour: AnsiColor| Style::new().fg_color(Some(colour.into()));
        match self {
            Self::Heading => Style::new().bold().underline(),
            Self::Strong => Style::new().bold(),
            Self::Good => colour(AnsiColor::Green),
            Self::Bad => colour(AnsiColor::Red).bold(),
            Self::Warning => colour(AnsiColor::Yellow),
            Self::Dim => Style::new().dimmed(),
        }
    }
}

/// Where a [`Render`] writes.
pub struct Text<'w> {
    writer: &'w mut dyn Write,
    colour: bool,
    width: Option<u16>,
}

impl<'w> Text<'w> {
    /// Text without colour and without a width, for tests and for texts that go into other texts.
    pub fn plain(writer: &'w mut dyn Write) -> Self {
        Self { writer, colour: false, width: None }
    }

    /// Writes a line.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn line(&mut self, line: impl AsRef<str>) -> io::Result<()> {
        self.writer.write_all(line.as_ref().as_bytes())?;
        self.writer.write_all(b"\n")
    }

    /// Writes an empty line.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn blank(&mut self) -> io::Result<()> {
        self.writer.write_all(b"\n")
    }

    /// Writes prose behind `lead`, broken between words where the terminal ends and indented by as much as `lead` is long.
    /// Where there is no terminal it is one line. A word that is longer than a line has one of its own. Both may be painted.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn prose(&mut self, lead: &str, words: &str) -> io::Result<()> {
        if self.width.is_none() {
            self.writer.write_all(lead.as_bytes())?;
            return self.line(words);
        }
        let indent = columns_of(lead);
        let limit = self.width.map_or(usize::MAX, usize::from);
        let mut line = lead.to_owned();
        let mut columns = indent;
        let mut fresh = true;
        for word in words.split(' ') {
            let length = columns_of(word);
            if !fresh && columns.saturating_add(1).saturating_add(length) > limit {
                self.line(&line)?;
                line = " ".repeat(indent);
                columns = indent;
                fresh = true;
            }
            if !fresh {
                line.push(' ');
                columns += 1;
            }
            line.push_str(word);
            columns += length;
            fresh = false;
        }
        self.line(line)
    }

    /// Writes a table, no wider than the terminal if this is one.
    ///
    /// # Errors
    /// Whatever the writer says.
    pub fn table(&mut self, table: &Table) -> io::Result<()> {
        table.write(self.width, self.writer)
    }

    /// `words` in the colour of their role, or as they are where there is no colour.
    pub fn paint(&self, role: Role, words: &str) -> String {
        role.paint(self.colour, words)
    }

    /// Whether [`Self::paint`] does anything: hot paths save themselves the call.
    pub fn has_colour(&self) -> bool {
        self.colour
    }

    /// The columns of the terminal, or `None` where nothing limits a line.
    pub fn width(&self) -> Option<u16> {
        self.width
    }
}

/// How many columns `text` takes: what changes its colour takes none.
fn columns_of(text: &str) -> usize {
    let mut columns = 0_usize;
    let mut rest = text.chars();
    while let Some(char) = rest.next() {
        if char == '\u{1b}' {
            // What `paint` writes ends in m.
            rest.by_ref().find(|char| *char == 'm');
        } else {
            columns = columns.saturating_add(1);
        }
    }
    columns
}

impl Write for Text<'_> {
    fn write(&mut self, octets: &[u8]) -> io::Result<usize> {
        self.writer.write(octets)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// The kind of a JSON line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Result,
    Event,
    Error,
}

#[derive(Serialize)]
struct Envelope<'a, T: ?Sized> {
    schema: &'a str,
    #[serde(rename = "type")]
    kind: Kind,
    data: &'a T,
}

#[derive(Serialize)]
struct ErrorData<'a> {
    message: String,
    hint: Option<&'a str>,
    exit_status: u8,
}

/// Where explanations go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExplainTo {
    /// Among the results: the usual place.
    Stdout,
    /// Beside them, for a tool whose standard output carries something else (nc's relay).
    Stderr,
}

/// What can be known about the standard streams before the options are read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Terminal {
    /// Colour on standard output.
    pub stdout_colour: bool,
    /// Colour on standard error.
    pub stderr_colour: bool,
    /// Standard output is a terminal, and every result is flushed to it at once.
    pub stdout_is_terminal: bool,
    /// Columns of that terminal.
    pub width: Option<u16>,
}

/// The door. One per run.
pub struct Output<'a> {
    tool: String,
    schema: String,
    presentation: Presentation,
    explain_to: ExplainTo,
    terminal: Terminal,
    stdout: BufWriter<Box<dyn Write + 'a>>,
    stderr: Box<dyn Write + 'a>,
    /// A write that failed where no error could be returned; reported by the next call that can.
    fault: Option<io::Error>,
}

impl<'a> Output<'a> {
    /// A door to the given streams. `tool` is the name that messages start with and that schemas are made of.
    pub fn new(tool: &str, terminal: Terminal, stdout: impl Write + 'a, stderr: impl Write + 'a) -> Self {
        Self {
            tool: tool.to_owned(),
            schema: format!("{tool}/1"),
            presentation: Presentation::default(),
            explain_to: ExplainTo::Stdout,
            terminal,
            stdout: BufWriter::with_capacity(64 * 1024, Box::new(stdout)),
            stderr: Box::new(stderr),
            fault: None,
        }
    }

    /// Sets how things are shown, once the options are known.
    pub fn present(&mut self, presentation: Presentation, explain_to: ExplainTo) -> &mut Self {
        self.presentation = presentation;
        self.explain_to = explain_to;
        self
    }

    /// The name that messages start with: a dialect is called as the user called it, the schema stays the tool's.
    pub fn rename(&mut self, tool: &str) -> &mut Self {
        tool.clone_into(&mut self.tool);
        self
    }

    /// Whether results are JSON Lines.
    pub fn is_json(&self) -> bool {
        self.presentation.json
    }

    /// Whether the working is shown. For work that is only done to be shown; never for what a result says.
    pub fn is_explained(&self) -> bool {
        self.presentation.explain
    }

    /// The columns of the terminal, or `None` where nothing limits a line.
    pub fn width(&self) -> Option<u16> {
        self.terminal.width
    }

    /// Whether standard output has colour.
    pub fn has_colour(&self) -> bool {
        self.terminal.stdout_colour
    }

    /// `words` in the colour of their role, for [`Self::raw`]; as they are where there is no colour.
    pub fn paint(&self, role: Role, words: &str) -> String {
        role.paint(self.terminal.stdout_colour, words)
    }

    /// Shows a result.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take it.
    pub fn result<R: Render + Serialize + ?Sized>(&mut self, result: &R) -> Result<(), Failure> {
        let written = if self.presentation.json {
            envelope(&mut self.stdout, &self.schema, Kind::Result, result)
        } else {
            let terminal = self.terminal;
            let mut text = Text { writer: &mut self.stdout, colour: terminal.stdout_colour, width: terminal.width };
            result.render(&mut text)
        };
        self.wrote(written)
    }

    /// Shows a list: as one text, or as one JSON object an item. The items are not touched unless they are shown.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take it.
    pub fn list<R: Render + ?Sized, I: Serialize>(
        &mut self,
        list: &R,
        items: impl IntoIterator<Item = I>,
    ) -> Result<(), Failure> {
        let written = if self.presentation.json {
            items.into_iter().try_for_each(|item| envelope(&mut self.stdout, &self.schema, Kind::Result, &item))
        } else {
            let terminal = self.terminal;
            list.render(&mut Text { writer: &mut self.stdout, colour: terminal.stdout_colour, width: terminal.width })
        };
        self.wrote(written)
    }

    /// Shows one step of the working, if that was asked for.
    ///
    /// # Errors
    /// [`Failure`] if the stream does not take it.
    pub fn event<E: Render + Serialize + ?Sized>(&mut self, event: &E) -> Result<(), Failure> {
        let written = self.write_event(event);
        self.wrote(written)
    }

    /// Shows one step of the working that an option of its own asked for, whether explanations were or not.
    ///
    /// # Errors
    /// [`Failure`] if the stream does not take it.
    pub fn step<E: Render + Serialize + ?Sized>(&mut self, step: &E) -> Result<(), Failure> {
        let explain = std::mem::replace(&mut self.presentation.explain, true);
        let written = self.write_event(step);
        self.presentation.explain = explain;
        self.wrote(written)
    }

    /// Runs `work` with a sink for the steps of its working.
    ///
    /// # Errors
    /// [`Failure`] if the stream did not take one of them; `work` is run to its end nevertheless.
    pub fn narrate<E: Render + Serialize, T>(
        &mut self,
        work: impl FnOnce(&mut dyn FnMut(E)) -> T,
    ) -> Result<T, Failure> {
        let value = work(&mut |event: E| {
            if self.fault.is_none()
                && let Err(error) = self.write_event(&event)
            {
                self.fault = Some(error);
            }
        });
        self.wrote(Ok(()))?;
        Ok(value)
    }

    /// Writes octets that are already in their final form: hot paths, and texts that must match to the octet.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take them.
    pub fn raw(&mut self, octets: &[u8]) -> Result<(), Failure> {
        let written = self.stdout.write_all(octets);
        self.wrote(written)
    }

    /// Writes `tool: message` on standard error: a warning, or a failure after which the run goes on.
    ///
    /// It is one line in which nothing acts on a terminal, whatever file or host name stands in it.
    pub fn note(&mut self, message: impl AsRef<str>) {
        let line = format!("{}: {}", self.tool, escape_controls(message.as_ref()));
        self.stderr_line(line);
    }

    /// Writes text, or octets, on standard error as they are, without a line end of their own.
    pub fn stderr_text(&mut self, text: impl AsRef<[u8]>) {
        // Nobody is left to tell when it is gone.
        let _ = self.stderr.write_all(text.as_ref());
    }

    /// Writes a line on standard error as it is: the texts of the tools that we replace.
    pub fn stderr_line(&mut self, line: impl AsRef<str>) {
        // In one write, so that the lines of several processes stay whole. Nobody is left to tell when it is gone.
        let _ = self.stderr.write_all(format!("{}\n", line.as_ref()).as_bytes());
    }

    /// Says that something failed: the sentence on standard error and, with JSON, an error object among the results.
    pub fn failure(&mut self, failure: &Failure) {
        let Failure::Fault { status, message, hint, excerpt } = failure else { return };
        if self.presentation.json {
            let data = ErrorData { message: message.clone(), hint: hint.as_deref(), exit_status: status.0 };
            let written = match self.explain_to {
                ExplainTo::Stdout => envelope(&mut self.stdout, &self.schema, Kind::Error, &data),
                ExplainTo::Stderr => return drop(envelope(&mut self.stderr, &self.schema, Kind::Error, &data)),
            };
            if let Err(error) = written {
                self.fault.get_or_insert(error);
            }
        }
        // Results and errors keep their order when both streams are one terminal.
        if let Err(error) = self.stdout.flush() {
            self.fault.get_or_insert(error);
        }
        self.note(failure.to_string());
        if let Some(lines) = excerpt {
            self.stderr_text(lines);
        }
    }

    /// Hands everything to the system.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take it, or did not take something before.
    pub fn flush(&mut self) -> Result<(), Failure> {
        if let Some(error) = self.fault.take() {
            return Err(Failure::from_stdout(&error));
        }
        self.stdout.flush().map_err(|error| Failure::from_stdout(&error))
    }

    fn write_event<E: Render + Serialize + ?Sized>(&mut self, event: &E) -> io::Result<()> {
        if !self.presentation.explain {
            return Ok(());
        }
        match self.explain_to {
            ExplainTo::Stdout => {
                let colour = self.terminal.stdout_colour;
                show_event(&mut self.stdout, &self.schema, self.presentation.json, colour, self.terminal.width, event)
            }
            ExplainTo::Stderr => {
                // Unbuffered: shown at once, and in one write, so that the lines of several processes stay whole.
                let mut shown = Vec::new();
                let colour = self.terminal.stderr_colour;
                show_event(&mut shown, &self.schema, self.presentation.json, colour, self.terminal.width, event)?;
                // Standard output is what counts; a lost explanation must not end a transfer.
                let _ = self.stderr.write_all(&shown);
                Ok(())
            }
        }
    }

    fn wrote(&mut self, written: io::Result<()>) -> Result<(), Failure> {
        if let Some(error) = self.fault.take() {
            return Err(Failure::from_stdout(&error));
        }
        written.map_err(|error| Failure::from_stdout(&error))?;
        if self.terminal.stdout_is_terminal { self.flush() } else { Ok(()) }
    }
}

fn show_event<E: Render + Serialize + ?Sized>(
    writer: &mut dyn Write,
    schema: &str,
    json: bool,
    colour: bool,
    width: Option<u16>,
    event: &E,
) -> io::Result<()> {
    if json { envelope(writer, schema, Kind::Event, event) } else { event.render(&mut Text { writer, colour, width }) }
}

fn envelope<T: Serialize + ?Sized>(writer: &mut dyn Write, schema: &str, kind: Kind, data: &T) -> io::Result<()> {
    let mut line = crate::json::to_vec(&Envelope { schema, kind, data })?;
    line.push(b'\n');
    writer.write_all(&line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Answer {
        port: u16,
    }

    impl Render for Answer {
        fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
            let port = text.paint(Role::Good, &self.port.to_string());
            text.line(format!("port {port}"))
        }
    }

    fn shown(presentation: Presentation, colour: bool, explain_to: ExplainTo) -> (String, String) {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let terminal = Terminal { stdout_colour: colour, ..Terminal::default() };
        let mut output = Output::new("ports", terminal, &mut stdout, &mut stderr);
        output.present(presentation, explain_to);
        let doubled = output
            .narrate(|explain| {
                explain(Answer { port: 1 });
                2
            })
            .unwrap();
        output.result(&Answer { port: doubled }).unwrap();
        output.failure(&Failure::usage("port \"x\": not a number").hint("0 to 65535"));
        output.flush().unwrap();
        drop(output);
        (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
    }

    const PLAIN: Presentation = Presentation { explain: false, json: false, color: crate::options::ColorWhen::Never };

    #[test]
    fn text_json_and_explanations() {
        let said = "ports: port \"x\": not a number (0 to 65535)\n";
        assert_eq!(shown(PLAIN, false, ExplainTo::Stdout), ("port 2\n".into(), said.into()));
        let explained = Presentation { explain: true, ..PLAIN };
        assert_eq!(shown(explained, false, ExplainTo::Stdout).0, "port 1\nport 2\n");
        let (stdout, stderr) = shown(explained, false, ExplainTo::Stderr);
        assert_eq!((stdout.as_str(), stderr), ("port 2\n", format!("port 1\n{said}")));
        let (stdout, _) = shown(Presentation { json: true, ..explained }, false, ExplainTo::Stdout);
        assert_eq!(
            stdout,
            concat!(
                r#"{"schema":"ports/1","type":"event","data":{"port":1}}"#,
                "\n",
                r#"{"schema":"ports/1","type":"result","data":{"port":2}}"#,
                "\n",
                r#"{"schema":"ports/1","type":"error","data":{"message":"port \"x\": not a number","hint":"0 to 65535","exit_status":2}}"#,
                "\n"
            )
        );
    }

    #[test]
    fn a_name_in_a_failure_does_not_act_on_the_terminal() {
        let mut stderr = Vec::new();
        let mut output = Output::new("lab", Terminal::default(), io::sink(), &mut stderr);
        output.failure(&Failure::host("write a\u{1b}[2J\nb: No such file or directory"));
        output.note("C:\\x\u{9b}");
        drop(output);
        let said = String::from_utf8(stderr).unwrap();
        assert_eq!(said, "lab: write a\\x1b[2J\\nb: No such file or directory\nlab: C:\\x\\u{9b}\n");
    }

    #[test]
    fn a_list_is_one_text_or_one_object_an_item() {
        let shown = |presentation| {
            let mut stdout = Vec::new();
            let mut output = Output::new("ports", Terminal::default(), &mut stdout, io::sink());
            output.present(presentation, ExplainTo::Stdout);
            output.list("all of it", [1, 2]).unwrap();
            output.flush().unwrap();
            drop(output);
            String::from_utf8(stdout).unwrap()
        };
        assert_eq!(shown(PLAIN), "all of it\n");
        let item = |data| format!("{{\"schema\":\"ports/1\",\"type\":\"result\",\"data\":{data}}}\n");
        assert_eq!(shown(Presentation { json: true, ..PLAIN }), item(1) + &item(2));
    }

    #[test]
    fn colour_only_where_allowed() {
        assert_eq!(shown(PLAIN, true, ExplainTo::Stdout).0, "port \u{1b}[32m2\u{1b}[0m\n");
    }

    #[test]
    fn prose_ends_where_the_terminal_does_and_colour_takes_no_place() {
        let mut written = Vec::new();
        let mut text = Text { writer: &mut written, colour: true, width: Some(12) };
        let lead = text.paint(Role::Dim, "of:");
        let strong = text.paint(Role::Strong, "bold");
        text.prose(&format!("{lead} "), &format!("a {strong} one and_a_long_word on")).unwrap();
        let lines = "\u{1b}[2mof:\u{1b}[0m a \u{1b}[1mbold\u{1b}[0m\n    one\n    and_a_long_word\n    on\n";
        assert_eq!(String::from_utf8(written).unwrap(), lines);
    }

    struct Broken(i32);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::Error::from_raw_os_error(self.0))
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_closed_pipe_and_a_full_disk_are_told_apart_even_from_a_narration() {
        for (errno, quiet) in [(32, true), (28, false)] {
            let mut output = Output::new("ports", Terminal::default(), Broken(errno), Vec::new());
            output.present(Presentation { explain: true, ..PLAIN }, ExplainTo::Stdout);
            // Larger than the buffer, so that the write happens inside the narration.
            let failure = output.narrate(|explain| (0..20_000).for_each(|_| explain(Answer { port: 1 }))).unwrap_err();
            assert_eq!(matches!(failure, Failure::ClosedPipe), quiet, "{failure}");
        }
    }
}
