//! What shows on a terminal and nowhere else. script(1) gives a command one, and prints what appeared on it.

use std::process::Command;

use sockeye_test_support::{Case, Net, Run, run, tools_dir};

use crate::captures::{pcap_of, specimens};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("terminal::colour_unless_no_color_is_set", &["script"], colour),
        Case::new("terminal::what_urls_hold_says_nothing_to_it", &["script"], trurl),
        Case::new("terminal::progress_of_long_work", &["script"], progress),
    ]
}

/// Runs `line` in a shell on a terminal.
fn on_terminal(net: &Net, line: &str, change: impl FnOnce(&mut Command)) -> Run {
    let mut command = net.peer("script");
    let line = format!("PATH={}:$PATH; {line}", tools_dir().display());
    command.args(["-e", "-q", "-c", &line, "/dev/null"]).env("TERM", "xterm").env_remove("NO_COLOR");
    change(&mut command);
    run(&mut command)
}

fn colour(net: &Net) {
    let line = "url http://127.0.0.1/";
    let coloured = |run: &Run| run.status(0).stdout.contains(&0x1b);
    let plain = on_terminal(net, line, |_| {});
    assert!(coloured(&plain), "{}", plain.story());
    let asked = on_terminal(net, line, |command| {
        command.env("NO_COLOR", "1");
    });
    assert!(!coloured(&asked), "{}", asked.story());
    let never = on_terminal(net, &format!("{line} --color=never"), |_| {});
    assert!(!coloured(&never), "{}", never.story());
}

/// trurl prints as it is what a list from anybody holds, and so does the dialect in a pipe.
fn trurl(net: &Net) {
    std::os::unix::fs::symlink(net.tool("url").get_program(), net.dir().join("trurl")).unwrap();
    let line = "./trurl --get '{path}' 'http://h/%1b[31m'; ./trurl 'javascript:\u{1b}[31m\u{202e}'";
    let shown = on_terminal(net, line, |_| {});
    shown
        .status(0)
        .stdout_has("/\\x1b[31m")
        .stdout_has("trurl note: Malformed input to a URL function [javascript:\\x1b[31m\\u{202e}]");
    assert!(!shown.stdout.contains(&0x1b), "{}", shown.story());
    let piped = on_terminal(net, "./trurl --get '{path}' 'http://h/%1b[31m' | cat", |_| {});
    assert!(piped.status(0).stdout.starts_with(b"/\x1b[31m"), "{}", piped.story());
}

fn progress(net: &Net) {
    // More frames than are read before there is anything to say.
    let specimens = specimens();
    let frames = vec![&specimens[0]; 70_000];
    std::fs::write(net.dir().join("large.pcap"), pcap_of(&frames, specimens[0].link_type)).unwrap();
    let shown = on_terminal(net, "netsum verify --summary large.pcap >summary", |_| {});
    shown.status(0).stdout_has("reading");
    let told = run(net.tool("netsum").args(["verify", "--summary", "large.pcap"]));
    told.status(0).stderr_is("");
    assert_eq!(std::fs::read(net.dir().join("summary")).unwrap(), told.stdout);
}
