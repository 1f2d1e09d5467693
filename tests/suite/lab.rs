//! lab runs the other tools, judges what they print, and leaves nothing behind.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use sockeye_test_support::{Background, Run, run, run_with_input, tool, tools_dir, wait_until};

const TOOLS: [&str; 7] = ["url", "dig", "nc", "ports", "netsum", "addr", "hop"];

/// A folder with lab and the other tools in it, some of them replaced, and one for temporary files.
struct Bench {
    root: PathBuf,
}

impl Bench {
    fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let root = std::env::temp_dir().join(format!("sockeye-test-lab-{}-{number}", std::process::id()));
        fs::create_dir_all(root.join("tmp")).unwrap();
        fs::create_dir_all(root.join("bin")).unwrap();
        // Not by this process: what it forks meanwhile would hold the file open, and "Text file busy" follows.
        run(Command::new("cp").arg(tools_dir().join("lab")).arg(root.join("bin/lab"))).status(0);
        Self { root }
    }

    fn with_tools(self) -> Self {
        for name in TOOLS {
            symlink(tools_dir().join(name), self.root.join("bin").join(name)).unwrap();
        }
        self
    }

    /// Puts a shell script in the place of a tool.
    fn with_script(self, name: &str, script: &str) -> Self {
        let path = self.root.join("bin").join(name);
        let _ = fs::remove_file(&path);
        write_script(&path, script);
        self
    }

    fn lab(&self, args: &[&str]) -> Command {
        let mut command = Command::new(self.root.join("bin/lab"));
        command.args(args).env("TMPDIR", self.root.join("tmp")).env_remove("CARGO").env_remove("SOCKEYE_COLUMNS");
        command
    }

    #[track_caller]
    fn nothing_is_left(&self) {
        let left: Vec<_> = fs::read_dir(self.root.join("tmp")).unwrap().map(|entry| entry.unwrap().path()).collect();
        assert!(left.is_empty(), "left behind: {left:?}");
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.root);
    }
}

fn write_script(path: &Path, script: &str) {
    let mut install = Command::new("install");
    install.args(["-m", "755", "/dev/stdin"]).arg(path);
    run_with_input(&mut install, format!("#!/bin/sh\n{script}\n").as_bytes()).status(0);
}

/// The data of the results with this `record`.
fn records(run: &Run, record: &str) -> Vec<Value> {
    let all = run.out();
    let lines = all.lines().map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|_| panic!("{line}")));
    lines.filter(|line| line["data"]["record"] == record).map(|line| line["data"].clone()).collect()
}

fn exists(pid: u64) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn the_list_has_the_tour() {
    run(tool("lab").arg("list")).status(0).stdout_has("tour ").stderr_is("");
}

#[test]
fn wrong_lines_are_named() {
    run(&mut tool("lab")).status(2).stderr_has("lab: ").stderr_has("(see lab --help)").stdout_is("");
    run(tool("lab").arg("travel")).status(2).stderr_has("unrecognized subcommand 'travel'").stdout_is("");
    run(tool("lab").args(["tour", "--loopback", "--pcap", "x"]))
        .status(2)
        .stderr_has("cannot be used with")
        .stdout_is("");
    run(tool("lab").args(["tour", "somewhere"])).status(2).stderr_has("somewhere").stdout_is("");
    run(tool("lab").arg("--a\nb"))
        .status(2)
        .stderr_is("lab: unexpected argument '--a\\nb' found (see lab --help)\n")
        .stdout_is("");
}

#[test]
fn the_tour_on_loopback_passes_every_check() {
    let bench = Bench::new().with_tools();
    let told = run(&mut bench.lab(&["tour", "--loopback", "--json"]));
    told.status(0).stderr_is("");
    assert_eq!(records(&told, "step").len(), 7);
    let verdicts = records(&told, "verdict");
    assert!(verdicts.len() == 17 && verdicts.iter().all(|verdict| verdict["passed"] == true), "{verdicts:#?}");
    assert_eq!(records(&told, "experiment")[0]["loopback"], true);
    // Below those that Linux gives to clients: they would take one of these in the middle of the tour.
    let sent = records(&told, "command").into_iter().find(|command| command["label"] == "sender").unwrap();
    let line = sent["line"].as_str().unwrap().to_owned();
    let ports: Vec<u16> = line.split(' ').filter_map(|word| word.parse().ok()).filter(|port| *port > 0).collect();
    assert!(ports.len() == 2 && ports.iter().all(|port| (1024..32_768).contains(port)), "{line}");
    let finished = &records(&told, "finished")[0];
    assert_eq!((&finished["failed"], &finished["checks"]), (&serde_json::json!([]), &serde_json::json!(17)));
    bench.nothing_is_left();
}

#[test]
fn the_tour_as_text_shows_commands_outputs_and_checks() {
    let told = run(Bench::new().with_tools().lab(&["tour", "--loopback"]).env("SOCKEYE_COLUMNS", "80"));
    told.status(0)
        .stdout_has("On the loopback interface alone, as you asked.")
        .stdout_has("  alice$ printf ABCDE | nc -u ")
        .stdout_has("  ✓ Bob got ABCDE\n")
        .stdout_has("checks passed")
        .stdout_has("What to try next\n");
    assert!(!told.out().contains('✗'), "{}", told.story());
}

#[test]
fn a_tool_that_computes_wrongly_fails_the_tour() {
    let bench = Bench::new().with_tools().with_script("netsum", "echo 'Checksum    dead'");
    let told = run(&mut bench.lab(&["tour", "--loopback"]));
    told.status(1).stdout_has("✗ the checksum is ").stdout_has("dead").stdout_has("tour: 1 failed:\n").stderr_is("");
    let told = run(&mut bench.lab(&["tour", "--loopback", "--json"]));
    let failed = records(&told.status(1).clone(), "finished")[0]["failed"].clone();
    assert_eq!(failed.as_array().unwrap().len(), 1, "{failed}");
    bench.nothing_is_left();
}

#[test]
fn a_socket_that_is_not_listed_fails_the_tour() {
    let bench = Bench::new().with_tools().with_script("ports", "echo 'udp 127.0.0.1:1 nc'");
    let told = run(&mut bench.lab(&["tour", "--loopback"]));
    told.status(1).stdout_has("✗ Bob's nc holds the UDP socket: ");
}

#[test]
fn a_tool_that_does_not_do_its_part_ends_the_tour() {
    let bench = Bench::new().with_tools().with_script("nc", "echo 'nc: out of order' >&2; exit 7");
    let told = run(&mut bench.lab(&["tour", "--loopback"]));
    told.status(1)
        .stdout_has("nc: out of order")
        .stdout_has("✗ listener ended with status 7 and did not print \"Bound on")
        .stderr_is("");
    assert!(!told.out().contains("Alice sends"), "{}", told.story());
    bench.nothing_is_left();
}

#[test]
fn what_a_tool_prints_does_not_act_on_the_terminal() {
    let bench = Bench::new().with_tools().with_script("dig", "printf 'a\\033[2Jb\\n'");
    let told = run(&mut bench.lab(&["tour", "--loopback"]));
    told.status(1).stdout_has("a\\x1b[2Jb");
    assert!(!told.stdout.contains(&0x1b), "{}", told.story());
}

#[test]
fn a_missing_tool_is_named_with_what_to_do() {
    let told = run(&mut Bench::new().lab(&["tour"]));
    told.status(4).stdout_is("").stderr_has("lab: url: not in ").stderr_has("cargo install --path . --locked");
}

#[test]
fn without_a_place_for_files_the_way_out_is_named() {
    let bench = Bench::new().with_tools();
    let told = run(bench.lab(&["tour", "--loopback"]).env("TMPDIR", bench.root.join("nowhere")));
    told.status(4)
        .stdout_is("")
        .stderr_has("/nowhere/sockeye-lab-")
        .stderr_has("No such file or directory (set TMPDIR ");
}

/// A folder as cargo leaves it after `cargo run --release --bin lab`, and a cargo that builds the rest.
#[test]
fn missing_tools_are_built_by_the_cargo_that_started_lab() {
    let bench = Bench::new();
    let release = bench.root.join("target/release");
    fs::create_dir_all(&release).unwrap();
    fs::write(bench.root.join("target/CACHEDIR.TAG"), "").unwrap();
    fs::write(bench.root.join("Cargo.toml"), "").unwrap();
    fs::rename(bench.root.join("bin/lab"), release.join("lab")).unwrap();
    let cargo = bench.root.join("cargo");
    let built = TOOLS.map(|name| format!("ln -s {0}/{name} {1}/{name}", tools_dir().display(), release.display()));
    write_script(&cargo, &format!("echo \"$@\" > {}/asked\n{}", bench.root.display(), built.join("\n")));
    let lab = || {
        let mut command = Command::new(release.join("lab"));
        command.args(["tour", "--loopback"]).env("CARGO", &cargo).env("CARGO_MANIFEST_DIR", &bench.root);
        command
    };
    run(&mut lab()).status(0).stderr_is("lab: building the tools that it runs: cargo build --release --bins\n");
    let asked = fs::read_to_string(bench.root.join("asked")).unwrap();
    assert!(asked.starts_with("build --release --bins --offline --manifest-path "), "{asked}");
    assert!(asked.contains(&format!("--target-dir {}/target", bench.root.display())), "{asked}");
    // Now that all are there, cargo is still asked: it knows what is older than its sources.
    write_script(&cargo, &format!("echo \"$@\" > {}/asked", bench.root.display()));
    run(&mut lab()).status(0).stderr_is("");
    let asked = fs::read_to_string(bench.root.join("asked")).unwrap();
    assert!(asked.starts_with("build --release --bins --quiet --offline "), "{asked}");

    fs::remove_file(release.join("nc")).unwrap();
    write_script(&cargo, "exit 101");
    run(&mut lab()).status(4).stdout_is("").stderr_has("cargo build --release --bins: exit status: 101");
}

/// A tour that is stopped in the middle: dig never ends.
fn stuck() -> (Bench, Background, u64) {
    let bench = Bench::new().with_tools();
    let pid_file = bench.root.join("pid");
    let script = format!("echo $$ > {0}.new; mv {0}.new {0}; exec tail -f /dev/null", pid_file.display());
    let bench = bench.with_script("dig", &script);
    // Whoever started the tests in the background may have told them to ignore it.
    sockeye_sys::signals::restore_sigint().unwrap();
    let lab = Background::spawn(bench.lab(&["tour", "--loopback"]));
    wait_until("dig runs", || pid_file.exists());
    let pid = fs::read_to_string(&pid_file).unwrap().trim().parse().unwrap();
    assert!(exists(pid));
    (bench, lab, pid)
}

#[test]
fn after_ctrl_c_nothing_is_left() {
    for (name, status) in [("INT", 130), ("TERM", 143)] {
        let (bench, lab, dig) = stuck();
        lab.signal(name);
        let told = lab.wait();
        told.status(status).stderr_is("");
        // It has been killed: whoever got it when lab ended has still to wait for it.
        wait_until(&format!("{name}: dig is gone"), || !exists(dig));
        bench.nothing_is_left();
    }
}

#[test]
fn after_a_kill_no_process_goes_on() {
    let (_bench, lab, dig) = stuck();
    lab.kill();
    wait_until("dig is gone", || !exists(dig));
}

#[test]
fn a_reader_that_goes_away_ends_the_tour_quietly() {
    let bench = Bench::new().with_tools();
    let line = format!("{}/bin/lab tour --loopback --explain | head -n 1", bench.root.display());
    let mut shell = Command::new("bash");
    shell.args(["-c", &format!("set -o pipefail; {line}")]).env("TMPDIR", bench.root.join("tmp")).env_remove("CARGO");
    run(&mut shell).status(0).stdout_has("lab: tools: in ").stderr_is("");
    bench.nothing_is_left();
}

/// A lab file without a mistake.
const SMALL: &str = "\
experiment small
title Small
question What is seen?
answer A port.
host alice bob
link alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/24
step Look
  alice$ ports
  expect A port is seen
    ports status 0
";

#[test]
fn every_experiment_of_the_list_can_be_shown() {
    let names: Vec<_> = records(&run(tool("lab").args(["list", "--json"])), "experiment")
        .iter()
        .filter(|listed| listed["command"].as_str().unwrap().starts_with("lab run "))
        .map(|listed| listed["name"].as_str().unwrap().to_owned())
        .collect();
    assert!(!names.is_empty());
    for name in names {
        let shown = run(tool("lab").args(["show", &name, "--json"]));
        shown.status(0).stderr_is("");
        let shown = &records(&shown, "show")[0];
        assert_eq!(shown["name"], *name);
        assert!(shown["answer"].is_null() && shown["steps"][0]["expects"].is_null(), "{name} tells its answer");
        let answered = run(tool("lab").args(["show", &name, "--answer", "--json"]));
        answered.status(0);
        let answered = &records(&answered, "show")[0];
        assert!(!answered["answer"].as_str().unwrap().is_empty(), "{name}");
        assert!(answered["steps"][0]["expects"].is_array(), "{name}");
        assert!(run(tool("lab").args(["show", &name])).status(0).out().contains("\nQuestion\n"), "{name}");
    }
}

#[test]
fn a_lab_file_is_shown_with_its_network_and_its_answer_only_if_asked() {
    let shown = run_with_input(tool("lab").args(["show", "-"]), SMALL.as_bytes());
    shown.status(0).stderr_is("");
    let network = "  ┌───────┐ eth0    eth0 ┌─────┐\n  │ alice ├──────────────┤ bob │\n";
    shown.stdout_has(network).stdout_has("1. Look\n    alice$ ports\n").stdout_has("Question\nWhat is seen?\n");
    assert!(!shown.out().contains("A port"), "{}", shown.out());
    run_with_input(tool("lab").args(["show", "--answer", "-"]), SMALL.as_bytes())
        .status(0)
        .stdout_has("  → A port is seen\n")
        .stdout_has("Answer\nA port.\n");
}

#[test]
fn a_lab_file_is_checked_and_its_mistakes_are_pointed_at() {
    run_with_input(tool("lab").args(["check", "-"]), SMALL.as_bytes())
        .status(0)
        .stdout_is("standard input: small is well written: 2 nodes, 1 step, 1 expectation\n")
        .stderr_is("");
    let wrong = SMALL.replace("10.0.0.2/24", "10.0.0.2/33");
    run_with_input(tool("lab").args(["check", "-"]), wrong.as_bytes()).status(1).stderr_is("").stdout_is(
        "standard input:6:41: expected a prefix length of 0 to 32, found \"10.0.0.2/33\"\n  \
         link alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/33\n                                          ^\n",
    );
    let wrong = SMALL.replace("alice$", "dave$").replace("ports status 0", "nc status 0");
    let told = run_with_input(tool("lab").args(["check", "--json", "-"]), wrong.as_bytes());
    told.status(1);
    let mistakes = records(&told, "mistake");
    assert_eq!(mistakes.len(), 1, "what dave's command is called is not known: {mistakes:?}");
    assert_eq!((&mistakes[0]["line"], &mistakes[0]["column"]), (&8.into(), &3.into()));
    assert_eq!(mistakes[0]["text"], "  dave$ ports");
}

#[test]
fn an_experiment_that_is_not_there_is_a_usage_error_that_names_the_nearest() {
    for verb in ["show", "run"] {
        run(tool("lab").args([verb, "byte-ordre"])).status(2).stdout_is("").stderr_has("did you mean byte-order?");
        run(tool("lab").args([verb, "quite-another"])).status(2).stderr_has("`lab list` lists them all");
        run(tool("lab").args([verb, "./nowhere.lab"])).status(2).stderr_has("read ./nowhere.lab: No such file");
        let told = run_with_input(tool("lab").args([verb, "-"]), b"fly\nrun\n");
        told.status(2)
            .stdout_is("")
            .stderr_has("standard input:1:1: expected experiment")
            .stderr_has("`lab check` tells 1 more");
    }
    run(tool("lab").args(["check", "./nowhere.lab"])).status(2).stderr_has("read ./nowhere.lab: No such file");
}

/// A lab file that is well written.
const PLAIN: &str = "experiment plain\ntitle Plain\nhost alice\nstep One\n  alice$ printf 'a\\r\\n'\n";

#[test]
fn a_lab_file_is_a_text_whatever_its_line_ends() {
    let check = |octets: &[u8]| run_with_input(tool("lab").args(["check", "-"]), octets);
    let good = "standard input: plain is well written: 1 node, 1 step, 0 expectations\n";
    let (plain, marked) = (PLAIN.to_owned(), format!("\u{feff}{PLAIN}"));
    for text in [&plain, &marked, &plain.replace('\n', "\r\n")] {
        check(text.as_bytes()).status(0).stdout_is(good).stderr_is("");
    }
    let refused = |octets: &[u8], why: &str| {
        check(octets).status(2).stdout_is("").stderr_is(&format!("lab: read standard input: {why}\n"));
    };
    refused(&[PLAIN.as_bytes(), b"  alice$ echo \xff\n"].concat(), "line 6 has an octet that is not UTF-8");
    refused(
        &[PLAIN.as_bytes(), b"# 7\n  alice$ echo \0\n"].concat(),
        "line 7 has an octet with the value 0, which no text has",
    );
    refused(&b"# \n".repeat(400_000), "a lab file has 1 MiB at most");
}

#[test]
fn what_stands_in_a_lab_file_is_quoted_as_it_stands() {
    let bench = Bench::new();
    let file = bench.root.join("x.lab");
    let line = r"  type nc a\r\n b";
    fs::write(&file, format!("{PLAIN}{line}\n")).unwrap();
    for arguments in [["check"], ["run"]] {
        let told = run(tool("lab").args(arguments).arg(&file));
        assert!(format!("{}{}", told.out(), told.err()).contains(&format!("  {line}\n")), "{}", told.story());
    }
    fs::write(&file, PLAIN).unwrap();
    run(tool("lab").arg("show").arg(&file)).status(0).stdout_has(r"printf 'a\r\n'");
}

#[test]
fn standard_input_is_run_and_not_verified() {
    let told = run(tool("lab").args(["verify", "-"]));
    told.status(2).stdout_is("").stderr_has("lab: -: standard input is read once");
}
