//! What the pages in docs/ say about the tools is so.

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sockeye_test_support::{run, tool};

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_plan_of_a_term_has_every_experiment() {
    let page = page("teaching.md");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1)?.strip_prefix('`')?.strip_suffix('`'));
    let planned: BTreeSet<String> = rows.map(str::to_owned).collect();
    let told = run(tool("lab").args(["list", "--json"]));
    let told = String::from_utf8(told.status(0).stdout.clone()).unwrap();
    let records = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let known: BTreeSet<String> =
        records.filter_map(|record| record["data"]["name"].as_str().map(str::to_owned)).collect();
    assert_eq!(planned, known);
}

/// A page about a tool that ours replaces.
struct Migration {
    /// The name of both, and of the page.
    name: &'static str,
    /// Our executable.
    tool: &'static str,
    /// What is put behind an option to see that the parser takes it, and nothing more.
    help: &'static str,
    /// How a line with an option that is missing ends.
    refused: i32,
}

const MIGRATIONS: &[Migration] = &[
    Migration { name: "trurl", tool: "url", help: "-h", refused: 4 },
    Migration { name: "ss", tool: "ports", help: "-h", refused: 1 },
    Migration { name: "netstat", tool: "ports", help: "-h", refused: 1 },
    Migration { name: "nc", tool: "nc", help: "-h", refused: 1 },
    Migration { name: "ncat", tool: "nc", help: "-h", refused: 2 },
    Migration { name: "dig", tool: "dig", help: "-h", refused: 1 },
    Migration { name: "host", tool: "dig", help: "--help", refused: 1 },
];

/// A row of the table: each spelling of the option, what is said of it, and why.
struct Row {
    spellings: Vec<String>,
    verdict: String,
    reason: String,
}

/// What stands between backquotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('`').skip(1).step_by(2)
}

impl Migration {
    fn page(&self) -> String {
        page(&format!("migration/{}.md", self.name))
    }

    /// Ours, by the name that it is called.
    fn command(&self) -> Command {
        let mut command = tool(self.tool);
        command.arg0(self.name);
        command
    }

    fn rows(&self) -> Vec<Row> {
        let page = self.page();
        let rows = page.lines().filter_map(|line| line.strip_prefix("| `")).map(|line| {
            let line = format!("`{line}");
            let cells: Vec<&str> = line.split('|').map(str::trim).collect();
            let [option, verdict, reason, ""] = cells.as_slice() else { panic!("{}: {line}", self.name) };
            let spellings = quoted(option).map(str::to_owned).collect();
            Row { spellings, verdict: (*verdict).to_owned(), reason: (*reason).to_owned() }
        });
        rows.collect()
    }
}

/// The option without its value: `-s host=x` is `-s`, `--net=lab` is `--net`.
fn bare(spelling: &str) -> &str {
    let end = spelling.find([' ', '=', '[', ',']).unwrap_or(spelling.len());
    &spelling[..end]
}

/// The options that a help text has at the head of a column.
fn options(help: &str) -> BTreeSet<String> {
    let words = help.split([' ', '\n', '\t', ',', '[', '(', ')', ';']);
    let is_option = |word: &&str| {
        let name = word.trim_start_matches(['-', '+']);
        let dashes = word.len() - name.len();
        let lower = name.chars().all(|letter| letter == '-' || letter.is_ascii_lowercase() || letter.is_ascii_digit());
        let letter = name.len() == 1 && name.chars().all(|letter| letter.is_ascii_alphanumeric());
        match dashes {
            1 if word.starts_with('+') => lower && !name.is_empty(),
            1 => letter,
            _ => dashes == 2 && lower && !name.is_empty(),
        }
    };
    words.map(bare).map(|word| word.trim_end_matches('.')).filter(is_option).map(str::to_owned).collect()
}

#[test]
fn migration_pages_say_of_each_option_what_the_parser_does() {
    for migration in MIGRATIONS {
        let Migration { name, help, refused, .. } = migration;
        let mut seen = BTreeSet::new();
        let rows = migration.rows();
        assert!(rows.len() > 20, "{name}: {} rows", rows.len());
        for Row { spellings, verdict, reason } in rows {
            assert_eq!(verdict == "same", reason.is_empty(), "{name} {spellings:?}: a reason, unless it is the same");
            for spelling in spellings {
                assert!(seen.insert(bare(&spelling).to_owned()), "{name} {spelling}: twice");
                let mut command = migration.command();
                command.args(spelling.split(' '));
                let status = match verdict.as_str() {
                    "same" | "different" => run(command.arg(help)).status,
                    "missing" => run(&mut command).status - refused,
                    _ => panic!("{name} {spelling}: {verdict}"),
                };
                assert_eq!(status, 0, "{name} {spelling}: {verdict}");
            }
        }
    }
}

#[test]
fn migration_pages_have_every_option_of_the_help() {
    for migration in MIGRATIONS {
        let page = migration.page();
        let named: BTreeSet<&str> = quoted(&page).map(bare).collect();
        let help = run(migration.command().arg(migration.help));
        let help = String::from_utf8([help.status(0).stdout.clone(), help.stderr.clone()].concat()).unwrap();
        let options = options(&help);
        assert!(options.len() > 20, "{}: {options:?}", migration.name);
        let left: Vec<&String> = options.iter().filter(|option| !named.contains(option.as_str())).collect();
        assert!(left.is_empty(), "{}: {left:?}", migration.name);
    }
}
