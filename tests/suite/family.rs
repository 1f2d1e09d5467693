//! What every tool of the suite does alike.

use std::fs::OpenOptions;
use std::process::{Command, Stdio};

use sockeye_test_support::{Background, run, tool, tools_dir, wait_until};

use crate::tools;

/// Each tool with a call that succeeds anywhere and prints something on standard output.
const CALLS: &[(&str, &[&str])] = &[
    ("nc", &["--help"]),
    ("dig", &["+gai", "127.0.0.1"]),
    ("url", &["http://127.0.0.1:8080/a?b=c#d"]),
    ("netsum", &["udp", "10.0.0.1:5000", "10.0.0.2:6000", "ABCDE"]),
    ("ports", &["-a", "-n"]),
    ("addr", &["127.0.0.1"]),
    ("hop", &["ping", "-U", "-p", "9", "-c", "1", "127.0.0.1"]),
    ("lab", &["list"]),
];

#[test]
fn every_tool_has_help_and_version() {
    for (name, _) in CALLS {
        let help = run(tool(name).arg("--help"));
        help.status(0)
            .stderr_is("")
            .stdout_has("Usage:")
            .stdout_has("--explain")
            .stdout_has("--json")
            .stdout_has("--color");
        let version = run(tool(name).arg("--version"));
        version.status(0).stderr_is("").stdout_has(env!("CARGO_PKG_VERSION")).stdout_has(name);
    }
}

#[test]
fn an_unknown_long_option_is_one_failure_that_names_the_tool() {
    for (name, _) in CALLS {
        let wrong = run(tool(name).arg("--no-such-option"));
        assert!(wrong.status == 1 || wrong.status == 2, "{}", wrong.story());
        assert!(wrong.stdout.is_empty(), "{}", wrong.story());
        assert!(wrong.err().contains("no-such-option") || wrong.err().contains("'-'"), "{}", wrong.story());
    }
}

#[test]
fn a_full_disk_is_an_error_and_not_a_success() {
    for (name, args) in CALLS {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let run = tool(name).args(*args).stdin(Stdio::null()).stdout(full).stderr(Stdio::piped()).output().unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(said.contains("No space left on device"), "{name}: {said:?}");
        assert_eq!(run.status.code(), Some(4), "{name} on a full disk");
    }
}

#[test]
fn a_closed_standard_output_is_an_error_and_not_a_success() {
    for (name, args) in CALLS {
        let path = tools_dir().join(name);
        let line = format!("exec {} {} >&-", path.display(), args.join(" "));
        let run = run(Command::new("sh").args(["-c", &line.replace('?', "\\?").replace('#', "\\#")]));
        run.stderr_has("Bad file descriptor").status(4);
    }
}

/// A file that is opened must not come to be standard error, where messages go.
#[test]
fn closed_standard_descriptors_are_occupied() {
    let folder = std::env::temp_dir().join(format!("sockeye-family-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let folder = std::fs::canonicalize(&folder).unwrap();
    let path = folder.join("fifo");
    run(Command::new("mkfifo").arg(&path)).status(0);
    let both = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let line = format!("exec {} --get '{{host}}' -f {} <&- 2>&-", tools_dir().join("url").display(), path.display());
    let mut command = Command::new("sh");
    command.args(["-c", &line]).stdout(Stdio::piped());
    let child = Background::spawn_as_it_is(command);
    let link = |fd: u32| std::fs::read_link(format!("/proc/{}/fd/{fd}", child.pid())).unwrap_or_default();
    wait_until("it reads the FIFO", || (0..100).any(|fd| link(fd) == path));
    assert_eq!((link(0).to_str(), link(2).to_str()), (Some("/dev/null"), Some("/dev/null")));
    drop(both);
    std::fs::remove_dir_all(&folder).unwrap();
    child.wait().status(0);
}

#[test]
fn a_closed_pipe_ends_quietly() {
    for (name, args) in CALLS {
        // The reader is gone before the tool writes: a pipe whose reading end is closed.
        let mut child =
            tool(name).args(*args).stdin(Stdio::null()).stdout(closed_pipe()).stderr(Stdio::piped()).spawn().unwrap();
        let mut said = String::new();
        std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
        let status = child.wait().unwrap();
        assert!(said.is_empty(), "{name}: {said:?}");
        assert!(status.success(), "{name}: {status}");
    }
}

fn closed_pipe() -> std::io::PipeWriter {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    writer
}

#[test]
fn json_lines_have_the_envelope() {
    for (name, args) in CALLS.iter().filter(|(name, _)| *name != "nc") {
        let json = run(tool(name).args(*args).arg("--json"));
        json.status(0);
        assert!(!json.stdout.is_empty(), "{}", json.story());
        for line in json.out().lines() {
            let value: serde_json::Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
            assert_eq!(value["schema"], format!("{name}/1"), "{line}");
            assert!(["result", "event", "error"].contains(&value["type"].as_str().unwrap()), "{line}");
            assert!(value["data"].is_object(), "{line}");
            assert_eq!(value.as_object().unwrap().len(), 3, "{line}");
        }
    }
}

#[test]
fn explain_adds_events_and_changes_no_result() {
    for (name, args) in CALLS.iter().filter(|(name, _)| !["nc", "ports", "hop"].contains(name)) {
        let plain = run(tool(name).args(*args).arg("--json"));
        let explained = run(tool(name).args(*args).args(["--json", "--explain"]));
        let results = |run: &sockeye_test_support::Run, kind: &str| -> Vec<String> {
            run.out().lines().filter(|line| line.contains(&format!("\"type\":\"{kind}\""))).map(str::to_owned).collect()
        };
        assert_eq!(results(&plain, "result"), results(&explained, "result"), "{name}");
        assert!(results(&plain, "event").is_empty(), "{}", plain.story());
        assert!(!results(&explained, "event").is_empty(), "{}", explained.story());
    }
}

#[test]
fn no_colour_in_a_pipe_and_colour_on_request_only() {
    for (name, args) in CALLS {
        let plain = run(tool(name).args(*args));
        assert!(!plain.stdout.contains(&0x1b), "{}", plain.story());
        let never = run(tool(name).args(*args).arg("--color=never"));
        assert!(!never.stdout.contains(&0x1b), "{}", never.story());
    }
    for (name, args) in CALLS.iter().filter(|(name, _)| *name != "nc") {
        let always = run(tool(name).args(*args).arg("--color=always"));
        assert!(always.stdout.contains(&0x1b), "{}", always.story());
        let json = run(tool(name).args(*args).args(["--color=always", "--json"]));
        assert!(!json.stdout.contains(&0x1b), "{}", json.story());
    }
}

/// A text that a tool is to show is asked about, and "it is none" is the answer no; one that a command reckons with
/// was promised to be one, and its line is wrong.
#[test]
fn what_is_asked_about_is_answered_and_what_is_promised_is_usage() {
    for (name, asked, promised) in [
        ("addr", &["1.2.3.400"][..], &["same", "1.2.3.400", "1.2.3.4"][..]),
        ("addr", &["mac", "1.2.3.4"], &["eui64", "1.2.3.4"]),
        ("addr", &["192.0.2.0/33"], &["split", "192.0.2.0/33", "-n", "2"]),
        ("addr", &["port", "65536"], &["lpm", "--route", "10.0.0.0/8=a", "1.2.3.400"]),
        ("url", &["http://[::1"], &["same", "http://[::1", "http://1.2.3.4/"]),
    ] {
        run(tool(name).args(asked)).status(1);
        run(tool(name).args(promised)).status(2).stdout_is("");
    }
}

#[test]
fn an_interrupt_ends_with_130() {
    // Whoever started the tests in the background may have told them to ignore it.
    sockeye_sys::signals::restore_sigint().unwrap();
    let waiting: [(&str, &[&str]); 2] = [("nc", &["-lvn", "127.0.0.1", "0"]), ("netsum", &["verify", "-"])];
    for (name, args) in waiting {
        let mut command = tool(name);
        command.args(args);
        let child = Background::spawn(command);
        let exe = std::fs::canonicalize(tools_dir().join(name)).unwrap();
        let link = format!("/proc/{}/exe", child.pid());
        wait_until("it has begun", || std::fs::read_link(&link).is_ok_and(|path| path == exe));
        child.signal("INT");
        child.wait().status(130);
    }
}

/// What readline makes of `netsum --color=al` and a tab: three words, and the last is to be completed.
#[test]
fn bash_completes_a_value_behind_an_equals_sign() {
    for (name, _) in CALLS {
        let script = format!("{}/completions/bash/{name}", env!("CARGO_MANIFEST_DIR"));
        let line = "source \"$1\"; COMP_WORDS=(\"$2\" --color = al); COMP_CWORD=3; \"_$2\" \"$2\" al =; echo \"${COMPREPLY[@]}\"";
        run(Command::new("bash").args(["-c", line, "-", &script, name])).status(0).stdout_is("always\n").stderr_is("");
    }
}

/// What the standard library and clap say of numbers, times and addresses: neither the range nor what was wanted.
const FOREIGN: [&str; 8] = [
    "invalid digit",
    "invalid float",
    "number too large",
    "number too small",
    "cannot parse",
    "invalid IP",
    "provided string was not",
    " is not in ",
];

#[test]
fn what_is_wrong_with_a_value_is_said_in_our_words() {
    let mut refused = 0;
    for (name, command, _) in tools::all() {
        refused += refuse_values(&command, &command, &[name]);
    }
    assert!(refused > 300, "only {refused} values were refused");
}

/// Gives wrong values to all options and operands of a command and of those below it. Returns how many were refused.
fn refuse_values(tool: &clap::Command, command: &clap::Command, path: &[&str]) -> usize {
    const WRONG: [&str; 6] = ["x1z", "", "+1", "0", "1e19", "340282366920938463463374607431768211456"];
    let mut refused = 0;
    for arg in command.get_arguments().filter(|arg| arg.get_action().takes_values()) {
        for value in WRONG {
            let given = match (arg.get_long(), arg.get_short()) {
                (Some(long), _) => vec![format!("--{long}={value}")],
                (None, Some(short)) => vec![format!("-{short}"), value.to_owned()],
                (None, None) => vec![value.to_owned(); 3],
            };
            let line = path.iter().map(ToString::to_string).chain(given);
            let Err(error) = tool.clone().try_get_matches_from(line) else { continue };
            let said = error.to_string();
            let foreign = FOREIGN.iter().find(|foreign| said.contains(**foreign));
            assert_eq!(foreign, None, "{}: {said}", path.join(" "));
            refused += usize::from(error.kind() == clap::error::ErrorKind::ValueValidation);
        }
    }
    for below in command.get_subcommands() {
        refused += refuse_values(tool, below, &[path, &[below.get_name()]].concat());
    }
    refused
}
