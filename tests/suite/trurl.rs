//! url, called trurl: what trurl 0.16.1 does, as `tests/vectors/trurl/record` has recorded it.

use std::collections::BTreeMap;
use std::os::unix::process::CommandExt as _;
use std::process::Command;
use std::{fs, iter};

use serde_json::Value;
use sockeye_test_support::{Run, run, run_with_input, tool};

/// A command line, what it gets on standard input, and what came of it.
#[derive(Clone, PartialEq, Eq)]
struct Record {
    args: Vec<Vec<u8>>,
    stdin: Vec<u8>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
    /// Negative where a signal ended it.
    status: i64,
}

/// What a record is found by: the arguments and standard input.
type Line = (Vec<Vec<u8>>, Vec<u8>);

/// A character is an octet, as in ISO 8859-1.
fn octets(text: &Value) -> Vec<u8> {
    text.as_str().unwrap().chars().map(|octet| u8::try_from(u32::from(octet)).unwrap()).collect()
}

impl Record {
    fn of(record: &Value) -> Self {
        Self {
            args: record["args"].as_array().unwrap().iter().map(octets).collect(),
            stdin: octets(&record["stdin"]),
            stdout: octets(&record["stdout"]),
            stderr: octets(&record["stderr"]),
            status: record["status"].as_i64().unwrap(),
        }
    }

    /// What `command` does with the same line.
    fn again(&self, command: &mut Command) -> Self {
        use std::os::unix::ffi::OsStrExt as _;
        let done =
            run_with_input(command.args(self.args.iter().map(|arg| std::ffi::OsStr::from_bytes(arg))), &self.stdin);
        Self { status: done.status.into(), stdout: done.stdout, stderr: done.stderr, ..self.clone() }
    }

    fn shown(&self) -> String {
        let text = |octets: &[u8]| String::from_utf8_lossy(octets).into_owned();
        let args: Vec<String> = self.args.iter().map(|arg| text(arg)).collect();
        format!("{args:?}: {:?} {:?} {}", text(&self.stdout), text(&self.stderr), self.status)
    }
}

fn lines(file: &str) -> Vec<Value> {
    let path = format!("{}/tests/vectors/trurl/{file}", env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.starts_with('#')).map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn recorded() -> (String, Vec<Record>) {
    let lines = lines("recorded");
    (lines[0]["version"].as_str().unwrap().to_owned(), lines[1..].iter().map(Record::of).collect())
}

fn trurl() -> Command {
    let mut command = tool("url");
    command.arg0("trurl");
    command
}

fn called(args: &[&str]) -> Run {
    run(trurl().args(args))
}

/// Every line that was recorded gives the same octets and the same status, but for those in `departures`, which say what
/// comes instead and why.
#[test]
fn every_recorded_line_is_answered_as_trurl_does() {
    let departures: BTreeMap<Line, (Record, String)> = lines("departures")
        .iter()
        .map(|line| {
            let ours = Record::of(line);
            ((ours.args.clone(), ours.stdin.clone()), (ours, line["why"].as_str().unwrap().to_owned()))
        })
        .collect();
    let (_, records) = recorded();
    assert!(records.len() > 1300, "{}", records.len());
    let mut departed = 0;
    let mut wrong = Vec::new();
    for theirs in &records {
        let ours = theirs.again(&mut trurl());
        let expected = match departures.get(&(theirs.args.clone(), theirs.stdin.clone())) {
            None => theirs,
            Some((expected, why)) => {
                departed += 1;
                assert!(expected != theirs && !why.is_empty(), "no departure: {}", theirs.shown());
                expected
            }
        };
        if ours != *expected {
            wrong.push(format!("expected {}\nfound    {}", expected.shown(), ours.shown()));
        }
    }
    assert_eq!(departed, departures.len(), "a departure that is about no recorded line");
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), records.len(), wrong.join("\n"));
}

/// Where the reference itself is installed it still does what was recorded.
#[test]
fn the_installed_trurl_does_what_was_recorded() {
    let (version, records) = recorded();
    let installed = Command::new("trurl").arg("--version").output();
    let said = installed.map(|said| String::from_utf8_lossy(&said.stdout).into_owned()).unwrap_or_default();
    if said.lines().next() != Some(&*version) {
        // Another libcurl is another parser.
        eprintln!("not compared: {version} is not installed, but {said:?}");
        return;
    }
    for record in records.iter().filter(|record| record.status >= 0) {
        let again = record.again(&mut Command::new("trurl"));
        assert!(again == *record, "recorded {}\nfound    {}", record.shown(), again.shown());
    }
}

#[test]
fn one_replacement_that_appends_makes_all_append() {
    let prints = |args: &[&str], text: &str| {
        run(tool("url").arg0("trurl").args(args)).status(0).stderr_is("").stdout_is(text);
    };
    prints(&["--replace", "A=1", "--replace-append", "a=9", "http://h/"], "http://h/?A=1&a=9\n");
    prints(&["--replace", "A=1", "--replace", "a=9", "http://h/?a"], "http://h/?a=9\n");
    // Where nothing is to be replaced there are no parameters.
    let bare = "[\n  {\n    \"url\": \"http://h/\",\n    \"parts\": {\n      \"scheme\": \"http\",\n      \"host\": \"h\",\n      \
                \"path\": \"/\"\n    }\n  }\n]\n";
    prints(&["--json", "--replace", "x", "http://h/"], bare);
}

#[test]
fn help_and_version_are_those_of_trurl() {
    let help = called(&["--help"]);
    help.status(0).stderr_is("").stdout_has("Usage: trurl [options] [URL]\n");
    let (version, _) = recorded();
    called(&["-v"]).status(0).stdout_has(&version);
    // A file that is not there comes first.
    called(&["-f", "/nonexistent/urls", "--nope"])
        .status(1)
        .stderr_is("trurl error: --url-file /nonexistent/urls not found\ntrurl error: Try trurl -h for help\n");
}

#[test]
fn a_million_octets_are_a_url() {
    let long: String = iter::once("http://a/").chain(iter::repeat_n("b", 100_000)).collect();
    called(&[&long, "--get", "{host}"]).status(0).stdout_is("a\n");
}
