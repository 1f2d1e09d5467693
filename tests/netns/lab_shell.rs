//! lab shell on a terminal, its ends, and those who joined; and what verify says where nothing can be done.

use std::fs;
use std::io::Write as _;
use std::process::Command;

use rustix::process::{Pid, Signal, kill_process};
use sockeye_sys::lock;
use sockeye_test_support::{Background, Case, Net, is_root, run, run_with_input, tools_dir, wait_until};

/// Ctrl-C and Ctrl-D.
const INTERRUPT: &str = "\x03";
const END: &str = "\x04";

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("lab_shell::on_a_terminal", &["script"], |net| {
            for shell in ["/bin/sh", "/bin/bash"] {
                on_a_terminal(net, shell);
            }
        }),
        Case::new("lab_shell::ends_with_its_input", &["script"], |net| {
            let mut terminal = terminal(net, "/bin/sh", "lab shell ./hands.lab bob; echo ended $?");
            terminal.wait_for_stdout("bob$ ");
            type_into(&mut terminal, END);
            terminal.wait_for_stdout("ended 0");
            terminal.wait().status(0);
            nothing_is_left(net);
        }),
        Case::new("lab_shell::a_kill_ends_those_who_joined", &[], a_kill_ends_those_who_joined),
        Case::new("lab_shell::nobody_is_led_into_the_network_of_another_user", &["ip"], |net| {
            // Without real root there is no other user to be.
            if !is_root() {
                net.lacks("only root can be another user");
            }
            written(net);
            let theirs = net.dir().join("sockeye-lab-1-2");
            fs::create_dir(&theirs).unwrap();
            let pid = std::process::id();
            let session = format!(r#"{{"experiment":"hands","user_namespace":false,"hosts":{{"alice":{pid}}}}}"#);
            fs::write(theirs.join("session.json"), session).unwrap();
            std::os::unix::fs::symlink(net.dir().join("hands.lab"), theirs.join("alice.shell.rc")).unwrap();
            std::os::unix::fs::chown(&theirs, Some(65_534), None).unwrap();
            // As a lab that lives.
            let folder = fs::File::open(&theirs).unwrap();
            lock::lock(&folder).unwrap();
            let mut command = net.tool("lab");
            prepared(command.args(["shell", "./hands.lab"]), net);
            let told = run_with_input(&mut command, b"ip -brief address show dev eth0\n");
            told.status(0).stdout_has("10.0.0.1/24").stderr_is("");
            assert!(fs::read_to_string(net.dir().join("hands.lab")).unwrap().starts_with("experiment hands"));
            fs::remove_dir_all(&theirs).unwrap();
            nothing_is_left(net);
        }),
        Case::new("lab_shell::a_signal_before_there_is_a_shell_ends_it", &[], |net| {
            let cables = (0..40).map(|n| format!("link alice:e{n} 10.0.{n}.1/24 -- bob:e{n} 10.0.{n}.2/24 as l{n}\n"));
            let text = format!(
                "experiment many\ntitle Many\nhost alice bob\n{}step One\n  alice$ nc\n",
                cables.collect::<String>()
            );
            fs::write(net.dir().join("many.lab"), text).unwrap();
            let mut command = net.tool("lab");
            prepared(command.args(["shell", "./many.lab"]), net);
            // Its input stays open: nothing else ends it.
            let shell = Background::spawn(command);
            wait_until("its folder is there", || has_folder(net));
            let pid = Pid::from_raw(shell.pid().cast_signed()).unwrap();
            kill_process(pid, Signal::TERM).unwrap();
            shell.wait();
            nothing_is_left(net);
        }),
        Case::new("lab_shell::verify_skips_what_is_impossible_if_told_to", &["unshare"], |net| {
            let verify = |arguments: &str| {
                // Limits count per user namespace: this one is ours, and nobody else's.
                let limits = "echo 0 >/proc/sys/user/max_user_namespaces && echo 0 >/proc/sys/user/max_net_namespaces";
                let line = format!("{limits} && exec {}/lab verify ./hands.lab {arguments}", tools_dir().display());
                written(net);
                let mut command = net.peer("unshare");
                command.args(["--user", "--map-root-user", "sh", "-c", &line]);
                run(prepared(&mut command, net))
            };
            verify("").status(1).stdout_has("cannot be done here: ./hands.lab\n").stdout_has("0 of 1 experiments");
            verify("--skip-impossible").status(0).stdout_has("cannot be done here: ./hands.lab\n");
        }),
    ]
}

/// Jobs are the shell's own business, Ctrl-C ends them and nothing else, and the terminal is as it was afterwards.
fn on_a_terminal(net: &Net, shell: &str) {
    let mut terminal =
        terminal(net, shell, "lab shell ./hands.lab alice; echo ended $?; read line; echo \"got $line\"");
    terminal.wait_for_stdout("alice$ ");
    type_into(&mut terminal, "sh -c 'echo ready-$((40 + 2)); exec sleep 1000'\n");
    terminal.wait_for_stdout("ready-42");
    type_into(&mut terminal, INTERRUPT);
    type_into(&mut terminal, "echo status-$?; hop ping -c 1 10.0.0.2\n");
    terminal.wait_for_stdout("status-130").wait_for_stdout("1 received");
    type_into(&mut terminal, "exit 3\n");
    terminal.wait_for_stdout("ended 3");
    type_into(&mut terminal, "back\n");
    let said = terminal.wait_for_stdout("got back").stdout_so_far();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(!said.contains("tty process group") && !said.contains("no job control"), "{shell}: {said}");
    terminal.wait().status(0);
    nothing_is_left(net);
}

/// Who joins is in the network of the first, and goes with it, however that ends.
fn a_kill_ends_those_who_joined(net: &Net) {
    written(net);
    let shell = |host: &str| {
        let mut command = net.tool("lab");
        command.args(["shell", "./hands.lab", host]);
        prepared(&mut command, net);
        Background::spawn(command)
    };
    let mut first = shell("alice");
    type_into(&mut first, "echo first-$((40 + 2)); nc -l -n -v 7000\n");
    first.wait_for_stdout("first-42").wait_for_stderr("Listening on");
    let mut second = shell("bob");
    type_into(&mut second, "echo hello | nc -n -N 10.0.0.1 7000; echo second-$((40 + 2)); sleep 1000\n");
    first.wait_for_stdout("hello");
    second.wait_for_stdout("second-42").wait_for_stderr("joining the network of hands");
    first.kill();
    second.wait().status(137);
    wait_until("the folder is nobody's", || {
        let mut clean = net.tool("lab");
        run(prepared(clean.args(["clean", "--dry-run"]), net)).out().contains("1 folder")
    });
    let mut clean = net.tool("lab");
    run(prepared(clean.arg("clean"), net)).status(0).stdout_has("removed: 0 processes, 1 folder");
    nothing_is_left(net);
}

fn type_into(shell: &mut Background, text: &str) {
    shell.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
}

/// A line of a shell on a terminal of its own.
fn terminal(net: &Net, shell: &str, line: &str) -> Background {
    written(net);
    let mut command = net.peer("script");
    let line = format!("PATH={}:$PATH; {line}", tools_dir().display());
    command.args(["-e", "-q", "-c", &line, "/dev/null"]);
    prepared(&mut command, net).env("SHELL", shell).env("TERM", "dumb").env("HOME", net.dir());
    Background::spawn(command)
}

fn written(net: &Net) {
    let text = "experiment hands\ntitle By hand\nhost alice bob\nlink alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/24\n\
                step One\n  alice$ echo one\n";
    fs::write(net.dir().join("hands.lab"), text).unwrap();
}

fn prepared<'a>(command: &'a mut Command, net: &Net) -> &'a mut Command {
    command.current_dir(net.dir()).env("TMPDIR", net.dir()).env("SHELL", "/bin/sh").env_remove("CARGO")
}

/// Whether a working folder of lab is there.
fn has_folder(net: &Net) -> bool {
    let entries = fs::read_dir(net.dir()).unwrap();
    entries.into_iter().any(|entry| entry.unwrap().file_name().to_string_lossy().starts_with("sockeye-lab"))
}

#[track_caller]
fn nothing_is_left(net: &Net) {
    assert!(!has_folder(net), "{:?}", fs::read_dir(net.dir()).unwrap().collect::<Vec<_>>());
}
