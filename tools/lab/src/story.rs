//! An experiment as a person follows it: what is typed, what comes of it, and what it shows, as it happens.

use std::collections::BTreeMap;
use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape_controls;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Text};

use crate::frames::words::addr_text;
use crate::frames::{Annotated, annotate};
use crate::model::Lab;
use crate::record::{Record, What, in_its_place};
use crate::report::{COLUMNS, WIDEST, abridged, expand_tabs, wrapped};
use crate::view::ladder::Ladder;

/// Tells an experiment to a person, record by record, or whole as JSON Lines at its end.
#[derive(Debug, Default)]
pub struct Story {
    /// Whether times are shown: from where the experiment's clock was started.
    timed: bool,
    /// Whose output was shown last.
    speaker: Option<(String, String)>,
    /// What each process was started with: `nc -u 10.0.0.2 6000`, and whether it goes on while others run.
    typed: BTreeMap<(String, String), (String, bool)>,
}

impl Story {
    /// A story that has not begun.
    pub fn new() -> Self {
        Self::default()
    }

    /// Shows times from here on: the experiment's clock was started.
    pub fn show_times(&mut self) {
        self.timed = true;
    }

    /// Tells what happened.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take it.
    pub fn tell(&mut self, record: &Record, output: &mut Output<'_>) -> Result<(), Failure> {
        if output.is_json() {
            // All at once at the end, when it is in order.
            return Ok(());
        }
        let told = self.told(record, output);
        output.raw(told.as_bytes())?;
        // It shall be seen when it happens.
        output.flush()
    }

    /// Shows frames between hosts.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take it.
    pub fn ladder(&mut self, ladder: &Ladder, output: &mut Output<'_>) -> Result<(), Failure> {
        self.speaker = None;
        output.raw(b"\n")?;
        output.result(&Drawn { ladder })?;
        output.flush()
    }

    /// Tells what to look at.
    ///
    /// # Errors
    /// [`Failure`] if standard output does not take it.
    pub fn notice(&mut self, notice: &str, output: &mut Output<'_>) -> Result<(), Failure> {
        self.speaker = None;
        if output.is_json() {
            return Ok(());
        }
        let told = if notice.is_empty() { "\n".to_owned() } else { format!("\n{}", prose(notice, output)) };
        output.raw(told.as_bytes())
    }

    fn told(&mut self, record: &Record, output: &Output<'_>) -> String {
        let time = if self.timed && record.at_us >= 0 {
            output.paint(Role::Dim, &format!("{:>7.2} s ", seconds(record.at_us)))
        } else {
            String::new()
        };
        let dim = |words: String| format!("  {time}{}\n", output.paint(Role::Dim, &words));
        match &record.what {
            What::Step { title, why } => {
                self.speaker = None;
                let title = output.paint(Role::Heading, &format!("{}. {}", record.step, safe(title)));
                format!("\n{title}\n{}", prose(why, output))
            }
            What::Command { node, label, line, background, .. } => {
                let process = (node.clone(), label.clone());
                self.speaker = Some(process.clone());
                self.typed.insert(process, (safe(line), *background));
                let prompt = output.paint(Role::Dim, &format!("{node}$"));
                let end = if *background { output.paint(Role::Dim, " &") } else { String::new() };
                format!("\n  {prompt} {}{end}\n", output.paint(Role::Strong, &safe(line)))
            }
            What::Line { node, label, text, .. } => {
                let goes_on = self.goes_on(node, label, output);
                let line = format!("  {time}{}", safe(&expand_tabs(text)));
                format!("{goes_on}{}\n", line.trim_end())
            }
            What::Typed { node, label, text } => {
                let of = name(node, label);
                dim(match text {
                    Some(text) => format!("typed into {of}: {}", safe(text)),
                    None => format!("the input of {of} is at its end"),
                })
            }
            What::Signalled { node, label, signal } => dim(format!("SIG{signal} is sent to {}", name(node, label))),
            What::Ended { node, label, status } => {
                let background =
                    self.typed.get(&(node.clone(), label.clone())).is_some_and(|(_, background)| *background);
                if *status == 0 && !background {
                    return String::new();
                }
                dim(format!("{} ended with status {status}", name(node, label)))
            }
            What::Fault { subject, text } => {
                let line = format!("{}: {}", safe(subject), safe(text));
                format!("\n  {time}{}\n", output.paint(Role::Warning, &line))
            }
            What::Verdict { check, passed: true, .. } => {
                format!("  {} {}\n", output.paint(Role::Good, "✓"), safe(check))
            }
            What::Verdict { check, found, .. } => {
                let line = format!("  ✗ {}: {}", safe(check), safe(&in_its_place(found.as_deref())));
                format!("{}\n", output.paint(Role::Bad, &line))
            }
            What::Broke { why } => format!("{}\n", output.paint(Role::Bad, &format!("  ✗ {}", safe(why)))),
            What::LeftOut(left_out) => {
                self.speaker = None;
                format!("\n  {}\n", output.paint(Role::Warning, &safe(&left_out.words())))
            }
            What::Clock { .. } if self.timed => dim("the clock is set to zero".to_owned()),
            // Those are shown where somebody asks for them.
            What::Frame(_) | What::State { .. } | What::Clock { .. } => String::new(),
        }
    }

    /// The heading of what a process prints after another has spoken.
    fn goes_on(&mut self, node: &str, label: &str, output: &Output<'_>) -> String {
        let process = (node.to_owned(), label.to_owned());
        if self.speaker.as_ref() == Some(&process) {
            return String::new();
        }
        let line = self.typed.get(&process).map_or(label, |(line, _)| line.as_str());
        let line = abridged(line);
        self.speaker = Some(process);
        format!("\n  {}\n", output.paint(Role::Dim, &format!("{node}'s {line} goes on:")))
    }
}

fn name(node: &str, label: &str) -> String {
    format!("{node}'s {}", safe(label))
}

/// Writes everything as JSON Lines.
///
/// # Errors
/// [`Failure`] if standard output does not take it.
pub fn tell_all(records: &[Record], lab: &Lab, output: &mut Output<'_>) -> Result<(), Failure> {
    let frames = annotate(records, lab);
    let mut frames = frames.iter().peekable();
    records.iter().try_for_each(|record| {
        let frame =
            frames.next_if(|frame| matches!(&record.what, What::Frame(sent) if std::ptr::eq(frame.frame, sent)));
        output.result(&Shown { record, read: frame.map(Read::of) })
    })
}

/// A ladder, as text: as JSON there are the records that it is of.
#[derive(Serialize)]
struct Drawn<'a> {
    #[serde(skip)]
    ladder: &'a Ladder,
}

impl Render for Drawn<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        self.ladder.render(text)
    }
}

/// A record among the results.
#[derive(Serialize)]
struct Shown<'a> {
    #[serde(flatten)]
    record: &'a Record,
    #[serde(flatten)]
    read: Option<Read>,
}

/// What the octets of a frame say.
#[derive(Serialize)]
struct Read {
    /// Who sent it: the address in its IP header, or the sender's in ARP.
    src: Option<String>,
    /// To whom: the address in its IP header, or the target's in ARP.
    dst: Option<String>,
    /// What it is, in the words of a ladder.
    says: String,
}

impl Read {
    fn of(frame: &Annotated<'_>) -> Self {
        let [src, dst] = frame.packet.addresses().map_or([None, None], |ends| ends.map(|addr| Some(addr_text(addr))));
        Self { src, dst, says: frame.words() }
    }
}

impl Render for Shown<'_> {
    fn render(&self, _: &mut Text<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// An experiment begins.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "record", rename = "experiment")]
pub struct Begins {
    /// Its name.
    pub name: String,
    /// What it is.
    pub title: String,
    /// What is done.
    pub what: String,
    /// Whether all hosts are this machine, and nothing is captured.
    pub loopback: bool,
    /// What its hosts are, in a sentence.
    pub hosts: String,
    /// What to do to get more than this machine allows now.
    pub hint: Option<String>,
    /// The seed of the chances of its wires.
    pub seed: u64,
    /// By how much its times are divided.
    pub divisor: u32,
    /// Whether it was asked to take less time.
    pub fast: bool,
}

impl Begins {
    /// What became of the wish to take less time.
    fn pace(&self) -> Option<String> {
        match (self.fast, self.divisor) {
            (false, _) => None,
            (true, ..=1) => Some("--fast changes nothing: these times may not be shortened.".to_owned()),
            (true, divisor) => {
                Some(format!("--fast: the times of this experiment are divided by {divisor}, where they may be."))
            }
        }
    }
}

impl Render for Begins {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let columns = text.width().map_or(COLUMNS, usize::from).min(WIDEST);
        for line in wrapped(&safe(&self.title), columns) {
            let line = text.paint(Role::Heading, &line);
            text.line(line)?;
        }
        let pace = self.pace();
        for paragraph in self
            .what
            .split("\n\n")
            .chain([self.hosts.as_str()])
            .chain(pace.as_deref())
            .chain(self.hint.as_deref())
            .filter(|words| !words.is_empty())
        {
            for line in wrapped(&safe(paragraph), columns) {
                text.line(line)?;
            }
        }
        Ok(())
    }
}

/// An experiment is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "finished")]
pub struct Finished {
    /// Which experiment.
    pub experiment: String,
    /// How many things had to be seen.
    pub checks: usize,
    /// What was not seen, or could not be done.
    pub failed: Vec<String>,
    /// Whether a step was left out because one before it failed.
    pub steps_left_out: usize,
}

impl Render for Finished {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.blank()?;
        if self.failed.is_empty() {
            let line = match self.checks {
                0 => "Done. The lab file has no `expect`: nothing was judged.".to_owned(),
                1 => text.paint(Role::Good, "The check passed: what was seen is what theory says."),
                checks => {
                    let line = format!("All {checks} checks passed: what was seen is what theory says.");
                    text.paint(Role::Good, &line)
                }
            };
            return text.line(line);
        }
        let line = text.paint(Role::Bad, &format!("{}: {} failed:", self.experiment, self.failed.len()));
        text.line(line)?;
        for what in &self.failed {
            text.line(format!("  ✗ {}", safe(what)))?;
        }
        if self.steps_left_out > 0 {
            text.line(format!("{} further steps were left out (--keep-going does them)", self.steps_left_out))?;
        }
        Ok(())
    }
}

fn seconds(micros: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "shown with two digits")]
    let micros = micros as f64;
    micros / 1e6
}

/// Paragraphs, broken at the blanks into lines that fit.
fn prose(words: &str, output: &Output<'_>) -> String {
    let columns = output.width().map_or(COLUMNS, usize::from).min(WIDEST);
    let lines = words.split("\n\n").flat_map(|paragraph| wrapped(&safe(paragraph), columns));
    lines.map(|line| line + "\n").collect()
}

/// A backslash stays one: what is typed in a command, or was printed, is shown as it is.
fn safe(text: &str) -> String {
    escape_controls(text)
}

#[cfg(test)]
mod tests {
    use sockeye_cli::output::Terminal;

    use super::*;
    use crate::record::{Kept, LeftOut};

    /// What a story says of these records.
    fn told(records: &[(usize, What)]) -> String {
        let mut octets = Vec::new();
        let mut output = Output::new("lab", Terminal::default(), &mut octets, Vec::new());
        let mut story = Story::new();
        for (step, what) in records {
            story.tell(&Record { at_us: 1_500_000, step: *step, what: what.clone() }, &mut output).unwrap();
        }
        drop(output);
        String::from_utf8(octets).unwrap()
    }

    fn command(node: &str, label: &str, line: &str, background: bool) -> What {
        What::Command { node: node.into(), label: label.into(), line: line.into(), pid: 7, background }
    }

    fn line(node: &str, label: &str, text: &str) -> What {
        What::Line { node: node.into(), label: label.into(), text: text.into(), ended: true }
    }

    #[test]
    fn a_step_is_heading_reason_command_output_and_verdict() {
        let step = What::Step { title: "See the socket".into(), why: "Because.".into() };
        let good = What::Verdict { check: "bob waits".into(), passed: true, found: Some("udp 6000".into()) };
        let bad = What::Verdict { check: "bob waits".into(), passed: false, found: None };
        let records = [
            (3, step),
            (3, command("bob", "ports", "ports -u", false)),
            (3, line("bob", "ports", "udp\t6000")),
            (3, good),
            (3, bad),
        ];
        assert_eq!(
            told(&records),
            "\n3. See the socket\nBecause.\n\n  bob$ ports -u\n  udp     6000\n  ✓ bob waits\n  ✗ bob waits: nothing shows it\n"
        );
    }

    #[test]
    fn who_speaks_again_after_another_is_named() {
        let records = [
            (1, command("bob", "nc", "nc -l 1", true)),
            (1, command("alice", "nc", "nc bob 1", false)),
            (1, line("alice", "nc", "hello")),
            (1, line("bob", "nc", "there")),
            (1, line("bob", "nc", "you are")),
        ];
        let expected =
            "\n  bob$ nc -l 1 &\n\n  alice$ nc bob 1\n  hello\n\n  bob's nc -l 1 goes on:\n  there\n  you are\n";
        assert_eq!(told(&records), expected);
    }

    #[test]
    fn nothing_that_a_process_printed_acts_on_the_terminal() {
        let shown = told(&[(1, line("bob", "nc", "a\u{1b}[2Jb")), (1, line("bob", "nc", "c\rd"))]);
        assert!(shown.contains("  a\\x1b[2Jb\n  c\\rd\n"), "{shown}");
    }

    #[test]
    fn a_command_can_be_typed_as_it_is_shown() {
        let line = r"printf 'GET / HTTP/1.0\r\n\r\n' | nc bob 80";
        assert_eq!(told(&[(1, command("alice", "nc", line, false))]), format!("\n  alice$ {line}\n"));
    }

    #[test]
    fn what_is_not_kept_is_said() {
        let of_process = LeftOut {
            kind: Kept::Lines,
            node: Some("bob".into()),
            label: Some("y\u{1b}".into()),
            link: None,
            count: 2,
            octets: Some(4),
        };
        let of_link =
            LeftOut { kind: Kept::Frames, node: None, label: None, link: Some("a-b".into()), count: 1, octets: None };
        let shown = told(&[(1, What::LeftOut(of_process)), (1, What::LeftOut(of_link))]);
        let expected = "\n  bob's y\\x1b printed 2 lines more (4 octets): lab did not keep so much\n\
                        \n  1 frame more went over a-b: lab did not keep so much\n";
        assert_eq!(shown, expected);
    }

    fn rendered(what: &impl Render) -> String {
        let mut octets = Vec::new();
        what.render(&mut Text::plain(&mut octets)).unwrap();
        String::from_utf8(octets).unwrap()
    }

    #[test]
    fn that_times_are_shortened_is_said() {
        let begins = |fast, divisor| Begins {
            name: "x".into(),
            title: "X".into(),
            what: String::new(),
            loopback: false,
            hosts: "Hosts.".into(),
            hint: None,
            seed: 1,
            divisor,
            fast,
        };
        assert_eq!(rendered(&begins(false, 1)), "X\nHosts.\n");
        let shortened = "X\nHosts.\n--fast: the times of this experiment are divided by 4, where they may be.\n";
        assert_eq!(rendered(&begins(true, 4)), shortened);
        assert_eq!(
            rendered(&begins(true, 1)),
            "X\nHosts.\n--fast changes nothing: these times may not be shortened.\n"
        );
    }

    #[test]
    fn the_end_says_how_much_was_judged() {
        let end = |checks| {
            let failed = Vec::new();
            rendered(&Finished { experiment: "x".into(), checks, failed, steps_left_out: 0 })
        };
        assert_eq!(end(0), "\nDone. The lab file has no `expect`: nothing was judged.\n");
        assert_eq!(end(1), "\nThe check passed: what was seen is what theory says.\n");
        assert_eq!(end(2), "\nAll 2 checks passed: what was seen is what theory says.\n");
    }

    #[test]
    fn frames_say_what_they_are_in_json() {
        use sockeye_cli::Presentation;
        use sockeye_cli::output::ExplainTo;

        use crate::frames::sample::{arp, connection, lab, run};
        let mut records = run([arp(1)]);
        records.extend(run(connection()));
        let mut octets = Vec::new();
        let mut output = Output::new("lab", Terminal::default(), &mut octets, Vec::new());
        let json = Presentation { json: true, ..Presentation::default() };
        output.present(json, ExplainTo::Stdout);
        tell_all(&records, &lab(), &mut output).unwrap();
        drop(output);
        let told = String::from_utf8(octets).unwrap();
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 10);
        let arp = r#""src":"10.0.0.1","dst":"10.0.0.2","says":"ARP who has 10.0.0.2? Tell 10.0.0.1""#;
        assert!(lines[0].contains(arp) && lines[0].contains(r#""record":"frame""#), "{}", lines[0]);
        assert!(
            lines[2].contains(r#""src":"10.0.0.2","dst":"10.0.0.1","says":"SYN+ACK, seq 0, ack 1""#),
            "{}",
            lines[2]
        );
    }

    #[test]
    fn a_failure_is_named_at_the_end() {
        let failed = vec!["the checksum is f752".into()];
        let finished = Finished { experiment: "tour".into(), checks: 20, failed, steps_left_out: 2 };
        let mut octets = Vec::new();
        finished.render(&mut Text::plain(&mut octets)).unwrap();
        let expected =
            "\ntour: 1 failed:\n  ✗ the checksum is f752\n2 further steps were left out (--keep-going does them)\n";
        assert_eq!(String::from_utf8(octets).unwrap(), expected);
    }
}
