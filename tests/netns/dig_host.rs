//! The `host` dialect beside BIND's host: the same text, messages and statuses, on named and on a server that
//! misbehaves.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use sockeye_test_support::{Case, Net, Run, peer, run, tool};

use crate::dig::{all_same, command_lines, faulty, shown, start_named, words};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_host::same_as_host_on_named", &["host", "named"], same_on_named),
        Case::new("dig_host::same_as_host_on_a_faulty_server", &["host"], same_on_faulty),
        Case::new("dig_host::the_search_list", &["host", "named"], search_list),
        Case::new("dig_host::explains_and_json", &["named"], explains_and_json),
    ]
}

/// Ours by the name that makes it speak so.
struct Ours(PathBuf);

impl Ours {
    fn new(folder: &Path) -> Self {
        let path = folder.join("host");
        std::os::unix::fs::symlink(tool("dig").get_program(), &path).unwrap();
        Self(path)
    }

    fn run(&self, line: &[String]) -> Run {
        run(Command::new(&self.0).args(line))
    }
}

/// Both streams and the status. The servers that `-C` asks answer in the order that they like.
fn told(line: &[String], run: &Run) -> String {
    let text = shown(run);
    if !line.iter().any(|word| word.starts_with("-C")) {
        return text;
    }
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines.join("\n")
}

/// Runs every line with both, several at a time, and compares text, messages and status.
fn compare(folder: &Path, lines: &[Vec<String>]) {
    let ours = Ours::new(folder);
    all_same(lines, |line| {
        // Its messages start with argv[0].
        let theirs = told(line, &run(peer("host").arg0("host").args(line)));
        let ours = told(line, &ours.run(line));
        (theirs != ours).then(|| format!("=== host {}\n{theirs}\n{ours}", line.join(" ")))
    });
}

fn same_on_named(net: &Net) {
    let _named = start_named(net);
    let lines = command_lines("same-as-host-on-named.txt");
    assert!(lines.len() >= 200, "{} command lines", lines.len());
    compare(net.dir(), &lines);
}

fn same_on_faulty(net: &Net) {
    faulty::start();
    let lines = command_lines("same-as-host-on-a-faulty-server.txt");
    assert!(lines.len() >= 200, "{} command lines", lines.len());
    compare(net.dir(), &lines);
}

/// What resolv.conf says about names, time and servers.
fn search_list(net: &Net) {
    let _named = start_named(net);
    let file = net.dir().join("named/resolv.conf");
    for (index, text) in [
        "search lab.test a.test\nnameserver 127.0.0.1\nnameserver 127.0.0.1\n",
        "nameserver 127.0.0.5\nnameserver 127.0.0.1\nsearch lab.test\n",
        "search lab.test\noptions ndots:3 attempts:4 timeout:1\nnameserver 127.0.0.1\n",
        "nameserver 127.0.0.1\n",
        "nameserver 127.0.0.1\ndomain lab.test\n",
        "nameserver 127.0.0.1\nsearch a..b\n",
        "nameserver 127.0.0.1\nsearch . lab.test\n",
        "search lab.test\n",
    ]
    .into_iter()
    .enumerate()
    {
        std::fs::write(&file, text).unwrap();
        let lines = [
            "-v nosuch",
            "-v web",
            "-v -t A web.lab.test",
            "-v -t A x.y",
            "-v -N 1 -t A x.y",
            "-v -t A x.",
            "-t A bogus..name",
            "-v -T -t A web",
            "-t A -p 9 web",
            "-v loop",
            "-v -s loop",
        ];
        let folder = net.dir().join(index.to_string());
        std::fs::create_dir(&folder).unwrap();
        compare(&folder, &lines.map(words));
    }
}

fn explains_and_json(net: &Net) {
    let _named = start_named(net);
    let ours = Ours::new(net.dir());
    let told = ours.run(&words("--explain web"));
    told.status(0);
    told.stdout_has("web.lab.test has address 192.0.2.80\n");
    told.stdout_has(";; explain: asking 127.0.0.1:53, from the nameserver lines of /etc/resolv.conf\n");
    let json = ours.run(&words("web --json"));
    json.status(0);
    let types: Vec<Value> = json
        .out()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["data"]["message"]["QTYPE"].clone())
        .collect();
    assert_eq!(types, [1, 28, 15].map(Value::from));
    ours.run(&words("--help")).status(0).stdout_has("Usage: host [-aCdilrTvVw]").stdout_has("--explain");
    ours.run(&words("--version")).status(0).stdout_has("prints as host 9.18");
    ours.run(&words("--color=purple web")).status(1).stderr_has("host: --color takes auto, always or never");
}
