//! The EXAMPLES of every man page, run as they stand.

use std::process::Command;

use sockeye_test_support::{Case, Net, run, tools_dir};

use crate::tools;

pub(crate) fn tests() -> Vec<Case> {
    let mut cases = Vec::new();
    for (tool, _, manual) in tools::all() {
        for (index, example) in manual.examples.iter().enumerate() {
            let peers: &[&str] = if tool == "dig" { &["named"] } else { &[] };
            cases.push(Case::new(format!("manual::{tool}_{}", index + 1), peers, move |net| {
                // dig's examples ask a server on the loopback address and read a resolv.conf that names it.
                let _server = (tool == "dig").then(|| crate::dig::start_named(net));
                let told = run(&mut shell(net, example.command));
                told.status(i32::from(example.status));
                let all = told.out() + &told.err();
                assert!(!example.shows.is_empty(), "an example that shows nothing proves nothing");
                assert!(all.contains(example.shows), "expected {:?}\n{}", example.shows, told.story());
            }));
        }
    }
    cases
}

/// A shell in the test's own folder that finds our executables first.
fn shell(net: &Net, line: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", line]).current_dir(net.dir()).env("LC_ALL", "C.UTF-8").env("TZ", "UTC").env_remove("CARGO");
    command.env("PATH", format!("{}:/usr/sbin:/usr/bin:/sbin:/bin", tools_dir().display()));
    command
}
