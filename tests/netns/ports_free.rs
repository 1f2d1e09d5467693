//! ports free on a terminal: what is asked, and what each answer does.

use std::io::Write as _;

use sockeye_sys::{interface, link};
use sockeye_test_support::{Background, Case, Net, Run, run, tools_dir, wait_until};

use crate::ports_why::{PLAIN, REUSE, bound, connected, listener};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports_free::asks_before_it_destroys", &["script", "env"], asks),
        Case::new("ports_free::what_came_while_it_asked_is_left_alone", &["script", "env"], came_meanwhile),
        Case::new("ports_free::an_address_of_a_link_is_that_links", &[], of_a_link),
    ]
}

/// Leaves a TIME-WAIT at `at`, and nothing else there.
pub(crate) fn leave_time_wait(net: &Net, at: &str) {
    let before = time_waits(net, at);
    let server = listener(at, REUSE);
    let client = connected(at);
    let (accepted, _) = server.accept().unwrap();
    drop(server);
    // This side closes first.
    drop(accepted);
    drop(client);
    // A child of another test may hold a copy of the listener for a moment.
    wait_until("TIME-WAIT alone", || {
        let shown = run(net.tool("ports").args(["free", at, "-n"])).out();
        time_waits(net, at) == before + 1 && !shown.contains("stays")
    });
}

fn time_waits(net: &Net, at: &str) -> usize {
    run(net.tool("ports").args(["free", at, "-n"])).out().matches(" TIME-WAIT, ends by itself in ").count()
}

/// Asks on a terminal, waits for the question, and gives `keys` to it.
fn asked(net: &Net, at: &str, meanwhile: impl FnOnce(), keys: &[u8]) -> Run {
    let mut command = net.peer("script");
    // Whoever runs the tests in the background ignores SIGINT, and that is inherited.
    let line = format!("env --default-signal=INT {}/ports free {at}", tools_dir().display());
    command.args(["-e", "-q", "-c", &line, "/dev/null"]);
    let mut terminal = Background::spawn(command);
    terminal.wait_for_stdout("? [y/N] ");
    meanwhile();
    let stdin = terminal.stdin.as_mut().unwrap();
    stdin.write_all(keys).unwrap();
    stdin.flush().unwrap();
    terminal.wait()
}

fn asks(net: &Net) {
    // Each has a port of its own, so that none has long to live on: TIME-WAIT is over after 60 s.
    let mut ports = 5000..;
    let mut fresh = || {
        let at = format!("127.0.0.1:{}", ports.next().unwrap());
        leave_time_wait(net, &at);
        at
    };
    // ^C, ^D, and the terminal's Return; what is not a yes is a no.
    for (keys, status) in [(&b"\x03"[..], 130), (b"\x04", 1), (b"\r", 1), (b"n\r", 1), (b"yess\r", 1), (b"\xff\r", 1)] {
        let at = fresh();
        let told = asked(net, &at, || {}, keys);
        told.status(status).stdout_has(&format!("{at} - 127.0.0.1:")).stdout_has(" TIME-WAIT, ends by itself in ");
        told.stdout_has("destroy 1 socket? [y/N] ");
        if status == 1 {
            told.stdout_has("nothing was destroyed");
        }
        assert!(!told.out().contains("destroyed 1"), "{}", told.story());
        assert_eq!(time_waits(net, &at), 1, "after {keys:?}");
    }
    for yes in [b"y\r".as_slice(), b"yes\r", b"YES\r", b" y \r"] {
        let at = fresh();
        let told = asked(net, &at, || {}, yes);
        told.status(0).stdout_has("destroyed 1 of 1 socket\r\n").stdout_has(" at 127.0.0.1 is ");
        assert_eq!(time_waits(net, &at), 0, "after {yes:?}");
    }
}

fn came_meanwhile(net: &Net) {
    let at = "127.0.0.1:5000";
    leave_time_wait(net, at);
    let told = asked(net, at, || leave_time_wait(net, at), b"y\r");
    told.status(1).stdout_has("destroy 1 socket? ").stdout_has("destroyed 1 of 1 socket\r\n");
    told.stdout_has("  stays: ").stdout_has("came meanwhile: it was not shown, and is left alone");
    assert_eq!(time_waits(net, at), 1, "what was not shown is there still");
}

fn of_a_link(net: &Net) {
    link::create_veth("here", "there", None).unwrap();
    for name in ["here", "there"] {
        interface::bring_up(name).unwrap();
    }
    // The same address on both: bind(2) and SOCK_DESTROY tell them apart by the interface.
    for name in ["here", "there"] {
        link::add_address(name, "fe80::5".parse().unwrap(), 64).unwrap();
    }
    let index = interface::index("here").unwrap();
    let own = format!("[fe80::5%{index}]:5000");
    wait_until("the address may be used", || bound(&own, PLAIN).is_ok());
    let _held = listener(&own, PLAIN);
    let there = run(net.tool("ports").args(["free", "[fe80::5%there]:5000", "-n"]));
    there.status(0).stdout_is("port 5000 at fe80::5%there is free: nothing is in the way at that address\n");
    let here = run(net.tool("ports").args(["free", "[fe80::5%here]:5000", "-n"]));
    here.status(1).stdout_has("stays: ").stdout_has("[fe80::5%here]:5000 LISTEN");
    run(net.tool("ports").args(["free", "[fe80::5%nosuch]:5000"]))
        .status(2)
        .stderr_has("nosuch: there is no such interface");
    for (command, zone, status) in
        [("explain", "here", 0), ("explain", "there", 1), ("backlog", "here", 0), ("backlog", "there", 1)]
    {
        run(net.tool("ports").args([command, &format!("[fe80::5%{zone}]:5000")])).status(status);
    }
}
