//! Pings of hop as they begin, go on and end, beside the real ping.

use crate::hop_line::{FAMILIES, Line, USERS, User, allow_icmp, far, nft, set};
use sockeye_test_support::{Background, Case, Net, is_root, run, wait_until};
use std::process::Command;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("hop_ping::interrupted", &[], interrupted),
        Case::new("hop_ping::asked_how_far_it_is", &["ping"], asked_how_far_it_is),
        Case::new("hop_ping::to_all", &["ping"], to_all),
        Case::new("hop_ping::several_at_once", &["setpriv", "ping"], several_at_once),
        Case::new("hop_ping::a_flood", &["setpriv", "nft"], a_flood),
        Case::new("hop_ping::interrupted_in_the_background", &[], interrupted_in_the_background),
        Case::new("hop_ping::deadline_and_count", &["nft"], deadline_and_count),
        Case::new("hop_ping::what_cannot_be_sent", &[], what_cannot_be_sent),
    ]
}

fn interrupted(net: &Net) {
    sockeye_sys::signals::restore_sigint().unwrap();
    let line = Line::new();
    for (args, wait, status) in [
        (&["ping", "-i", "0.01", "10.0.3.2"][..], "seq=3 ", 0),
        // In the middle of a long wait.
        (&["ping", "-i", "1000", "10.0.3.2"], "seq=1 ", 0),
        // Nobody is there: the router's error comes after seconds.
        (&["ping", "-i", "0.01", "10.0.3.99"], "no answer yet", 1),
        (&["trace", "-w", "50,0,0", "10.0.3.99"], " 2  10.0.2.2", 1),
        (&["10.0.3.99"], " 2  10.0.2.2", 1),
    ] {
        let child = Background::spawn(line.hop(net, User::Root, args));
        child.wait_for_stdout(wait);
        child.signal("INT");
        let told = child.wait();
        told.status(status);
        if args[0] == "ping" {
            told.stdout_has(" % lost, in ");
        } else {
            assert!(!told.out().contains("ping 10.0.3.99"), "{}", told.story());
        }
    }
}

/// SIGQUIT has a line on standard error, as with ping(8), and pings go on.
fn asked_how_far_it_is(net: &Net) {
    let line = Line::new();
    let ours = line.hop(net, User::Root, &["ping", "-i", "0.2", "10.0.3.2"]);
    let mut theirs = net.peer("ping");
    theirs.args(["-n", "-i", "0.2", "10.0.3.2"]);
    sockeye_sys::namespace::command_in(&mut theirs, &line.a).unwrap();
    for (command, third, fields) in [(ours, "seq=3 ", "seq="), (theirs, "icmp_seq=3 ", "icmp_seq=")] {
        let child = Background::spawn(command);
        child.wait_for_stdout(third);
        // Both wait for the next one for longer than hop looks for signals.
        child.signal("QUIT");
        child.wait_for_stderr(" ms\n");
        let before = String::from_utf8(child.stdout_so_far()).unwrap().matches(fields).count();
        wait_until("it goes on", || String::from_utf8(child.stdout_so_far()).unwrap().matches(fields).count() > before);
        child.signal("INT");
        let told = child.wait();
        told.status(0);
        let said = told.err();
        let (counts, times) =
            said.trim().split_once(" packets, 0% loss, min/avg/ewma/max = ").unwrap_or_else(|| panic!("{said}"));
        assert!(counts.split_once('/').is_some_and(|(received, sent)| received <= sent), "{said}");
        assert_eq!(times.trim_end_matches(" ms").split('/').count(), 4, "{said}");
    }
    let child = Background::spawn(line.hop(net, User::Root, &["ping", "-i", "0.01", "--json", "10.0.3.2"]));
    child.wait_for_stdout("\"seq\":3,");
    child.signal("QUIT");
    child.wait_for_stdout("\"record\":\"so_far\",\"sent\":");
}

/// A broadcast address is pinged only if that is wanted, and everybody there may answer.
fn to_all(net: &Net) {
    let line = Line::new();
    line.r1.run(|| set(&[("ipv4/icmp_echo_ignore_broadcasts", "0")])).unwrap();
    let told = run(line.hop(net, User::Root, &["ping", "-c", "1", "10.0.1.255"]).arg("-n"));
    told.status(4).stderr_has("10.0.1.255: Permission denied (to a broadcast address goes only ping -b;");
    line.peer(net, "ping", &["-b", "-c", "1", "10.0.1.255"]);
    let told = line.told(net, User::Root, &["ping", "-b", "-c", "1", "-W", "30", "10.0.1.255"]);
    let answer = told.status(0).one("answer");
    assert_eq!((&answer["from"], &answer["arrived"]), (&"10.0.1.2".into(), &true.into()), "{answer}");
    run(&mut line.hop(net, User::Root, &["ping", "-b", "-c", "1", "fd00:1::2"])).status(2).stderr_has("-b is for IPv4");
}

fn several_at_once(net: &Net) {
    let line = Line::new();
    allow_in(&line);
    // So much time would pass between two of them otherwise that none would follow.
    for user in USERS {
        let told = line.told(net, user, &["ping", "-l", "3", "-c", "3", "-i", "1000", "-W", "30", "10.0.3.2"]);
        let summary = told.status(0).one("summary");
        assert_eq!((&summary["sent"], &summary["received"]), (&3.into(), &3.into()), "{summary}");
    }
    let told = run(&mut line.hop(net, User::Nobody, &["ping", "-l", "4", "-c", "1", "10.0.3.2"]));
    told.status(2).stderr_has("-l above 3 is for root: 4");
    let told = line.told(net, User::Root, &["ping", "-T", "-p", "9", "-l", "64", "-c", "64", "-i", "1000", "10.0.3.2"]);
    assert_eq!(told.status(0).one("summary")["received"], 64);
}

fn allow_in(line: &Line) {
    line.a.run(allow_icmp).unwrap();
}

fn a_flood(net: &Net) {
    let line = Line::new();
    for v6 in FAMILIES {
        line.told(net, User::Root, &["ping", "-c", "1", "-W", "30", far(v6)]).status(0);
        // At one a second it would take hours.
        let told = line.told(net, User::Root, &["ping", "-f", "-c", "5000", far(v6)]);
        let summary = told.status(0).one("summary");
        assert_eq!((&summary["sent"], &summary["received"]), (&5000.into(), &5000.into()), "{summary}");
        assert!(told.records("answer").is_empty());
        let told = line.told(net, User::Root, &["ping", "-i", "0", "-c", "5", far(v6)]);
        assert_eq!(told.status(0).records("answer").len(), 5, "each is shown");
    }
    // Where it is always time for the next probe, a signal ends it nevertheless.
    let child = Background::spawn(line.hop(net, User::Root, &["ping", "-i", "0", "10.0.3.2"]));
    child.wait_for_stdout("seq=1000 ");
    child.signal("INT");
    child.wait().status(0).stdout_has(" 0 % lost, in ");
    // Without answers it goes on, at a hundred a second.
    nft(
        net,
        &line.r1,
        "add table ip t; add chain ip t c { type filter hook forward priority 0; }; add rule ip t c icmp type echo-request drop",
    );
    let told = line.told(net, User::Root, &["ping", "-f", "-c", "5", "-W", "0.1", "10.0.3.2"]);
    let summary = told.status(1).one("summary");
    assert!(summary["sent"] == 5 && summary["elapsed_s"].as_f64().unwrap() >= 0.04, "{summary}");
    if is_root() {
        for flood in [&["-f"][..], &["-i", "0"], &["-i", "0.0019"]] {
            let args = [&["ping", "-U", "-c", "1"][..], flood, &["10.0.3.2"]].concat();
            let told = run(&mut line.hop(net, User::Nobody, &args));
            told.status(2).stdout_is("").stderr_has("for root (seconds between probes are 0.002 at least)");
        }
    }
}

/// A shell without job control has Ctrl-C ignored by what it puts into the background; scripts end ping(8) by that signal all the same.
fn interrupted_in_the_background(net: &Net) {
    let line = Line::new();
    for v6 in FAMILIES {
        line.told(net, User::Root, &["ping", "-c", "1", "-W", "30", far(v6)]).status(0);
    }
    let tool = sockeye_test_support::tools_dir().join("hop");
    for args in ["ping -i 0.01 10.0.3.2", "ping -U -i 0.01 fd00:3::2"] {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("trap '' INT; exec {} {args}", tool.display())]);
        sockeye_sys::namespace::command_in(&mut shell, &line.a).unwrap();
        let child = Background::spawn(shell);
        child.wait_for_stdout("seq=3 ");
        child.signal("INT");
        child.wait().status(0).stdout_has(" 0 % lost, in ");
    }
}

fn deadline_and_count(net: &Net) {
    let line = Line::new();
    nft(
        net,
        &line.r1,
        "add table ip t; add chain ip t c { type filter hook forward priority 0; }; add rule ip t c icmp type echo-request numgen inc mod 2 0 drop",
    );
    // With a deadline, -c counts answers: two of four or more probes.
    let told = line.told(net, User::Root, &["ping", "-c", "2", "-w", "50", "-i", "0.01", "10.0.3.2"]);
    let summary = told.status(0).one("summary");
    assert_eq!(summary["received"], 2);
    assert!(summary["sent"].as_u64().unwrap() >= 4, "{summary}");
    nft(net, &line.r1, "flush chain ip t c; add rule ip t c icmp type echo-request drop");
    let told = line.told(net, User::Root, &["ping", "-c", "2", "-w", "0.3", "-i", "0.05", "10.0.3.2"]);
    told.status(1);
    let told = line.told(net, User::Root, &["ping", "-q", "-w", "0.2", "-i", "0.05", "10.0.3.2"]);
    told.status(1);
    assert!(told.records("answer").is_empty() && told.records("no_answer_yet").is_empty());
}

fn what_cannot_be_sent(net: &Net) {
    for args in [
        &["ping", "-c", "1"][..],
        &["ping", "-U", "-c", "1"],
        &["ping", "-T", "-c", "1"],
        &["trace"],
        &["trace", "-I"],
        &["trace", "-T"],
    ] {
        for host in ["192.0.2.1", "2001:db8::1"] {
            let told = run(net.tool("hop").args(args).arg(host));
            told.status(3).stderr_has(&format!("{host}: Network is unreachable (this host has no route to it)"));
        }
    }
    for host in ["224.0.0.1", "ff02::1%lo"] {
        run(net.tool("hop").args(["ping", "-T", "-c", "1", host]))
            .status(3)
            .stderr_has("and this is a multicast address");
    }
    run(net.tool("hop").args(["ping", "-c", "1", "no-such-host.invalid"]))
        .status(3)
        .stderr_has("no-such-host.invalid: ");
    run(net.tool("hop").args(["ping", "-6", "-c", "1", "127.0.0.1"])).status(3).stderr_has("127.0.0.1: ");
}
