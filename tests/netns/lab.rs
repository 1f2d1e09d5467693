//! lab makes two hosts, as root and as an ordinary user, and what it captured is what tshark sees.

use std::fs;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::Value;
use sockeye_sys::interface;
use sockeye_test_support::{Case, Net, Run, is_root, run, tools_dir};

const NOBODY: u32 = 65534;

/// Two hosts, and a server that listens.
const BRIEF: &str = r#"experiment brief
title Connections that do not last
host alice bob
link alice:eth0 10.0.0.1/24 -- bob:eth0 10.0.0.2/24
step Connect and close
  bob& [server] lab calls 'socket tcp; bind 10.0.0.2:7000; listen 20; wait'
  await server "wait"
  alice& [client] lab calls
"#;

/// A connection that is closed as soon as it is there.
const CONNECTS: &str = r#"  type client "socket tcp; bind 10.0.0.1:PORT; connect 10.0.0.2:7000\n"
  await client "connect(3, 10.0.0.2:7000) = 0"
  type client "close\n"
  await client "close(3) = 0"
"#;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("lab::tour_as_root", &[], |net| {
            let told = run(&mut lab(net, &["tour", "--json", "--explain"]));
            two_hosts(&told);
            nothing_is_left(net);
        }),
        Case::new("lab::tour_as_an_ordinary_user", &[], |net| {
            let bin = net.tools_for_everybody();
            let mut command = Command::new(bin.join("lab"));
            command.args(["tour", "--json", "--explain"]);
            // Without real root this harness is in a user namespace, and so an ordinary user already.
            if is_root() {
                command.uid(NOBODY).gid(NOBODY);
            }
            let told = run(prepared(&mut command, net));
            if told.out().contains("\"loopback\":true") && std::env::var_os("SOCKEYE_REQUIRE").is_none() {
                // This system allows no user namespaces: then that is said, and what to do about it.
                let stage = &records(&told, "experiment")[0];
                assert!(stage["hosts"].as_str().unwrap().contains("does not let lab make two hosts"), "{stage:#}");
                assert!(stage["hint"].as_str().unwrap().contains("run lab as root"), "{stage:#}");
                net.lacks("this system allows no user namespaces");
            }
            two_hosts(&told);
            assert_eq!(records(&told, "experiment")[0]["hosts"].as_str().unwrap().contains("without root"), is_root());
            nothing_is_left(net);
        }),
        Case::new("lab::refused_namespaces_are_said", &["unshare"], |net| {
            // Limits count per user namespace: this one is ours, and nobody else's.
            let limits = "echo 0 >/proc/sys/user/max_user_namespaces && echo 0 >/proc/sys/user/max_net_namespaces";
            let line = format!("{limits} && cd {} && ./lab tour --json && ./lab probe --json", tools_dir().display());
            let mut command = net.peer("unshare");
            command.args(["--user", "--map-root-user", "sh", "-c", &line]);
            let told = run(prepared(&mut command, net));
            // That of probe.
            told.status(1);
            let stage = &records(&told, "experiment")[0];
            assert_eq!(stage["loopback"], true, "{stage:#}");
            assert!(stage["hosts"].as_str().unwrap().contains("No space left on device"), "{stage:#}");
            assert!(stage["hint"].as_str().unwrap().contains("sysctl user.max_user_namespaces"), "{stage:#}");
        }),
        Case::new("lab::tshark_sees_the_same_datagram", &["tshark"], |net| {
            run(&mut lab(net, &["tour", "--pcap", "sent.pcap"])).status(0).stdout_has("checks passed");
            let fields =
                ["ip.src", "ip.dst", "udp.srcport", "udp.dstport", "udp.checksum", "udp.checksum.status", "data"];
            let mut tshark = net.peer("tshark");
            tshark.args(["-r", "sent.pcap", "-o", "udp.check_checksum:TRUE", "-T", "fields", "-E", "separator=,"]);
            // Port 6000 is X11's: the data is to be shown as it is.
            tshark.args(["--disable-protocol", "x11", "-Y", "udp.dstport == 6000"]);
            for field in fields {
                tshark.args(["-e", field]);
            }
            run(&mut tshark).status(0).stdout_is("10.0.0.1,10.0.0.2,5000,6000,0xf752,1,4142434445\n");
        }),
        Case::new("lab::a_state_that_was_waited_for_is_seen", &[], |net| {
            // None of them lasts until the next look of those that come every 10 ms.
            let actions: String = (40_000..40_010).map(|port| CONNECTS.replace("PORT", &port.to_string())).collect();
            let checks = (40_000..40_010)
                .map(|port| format!("    state alice :{port} passes ESTABLISHED\n"))
                .collect::<Vec<_>>()
                .concat();
            fs::write(net.dir().join("brief.lab"), format!("{BRIEF}{actions}  expect All are seen\n{checks}")).unwrap();
            run(&mut lab(net, &["run", "brief.lab"])).status(0).stdout_has("✓ All are seen");
        }),
        Case::new("lab::a_capture_that_cannot_be_kept_is_an_error", &[], |net| {
            let told = run(&mut lab(net, &["tour", "--pcap", "no/such/folder.pcap"]));
            told.status(4).stderr_has("lab: open no/such/folder.pcap: No such file or directory");
        }),
    ]
}

fn lab(net: &Net, args: &[&str]) -> Command {
    let mut command = net.tool("lab");
    command.args(args);
    prepared(&mut command, net);
    command
}

/// Temporary files go where [`nothing_is_left`] looks.
fn prepared<'a>(command: &'a mut Command, net: &Net) -> &'a mut Command {
    command.current_dir(net.dir()).env("TMPDIR", net.dir()).env_remove("CARGO")
}

fn objects(run: &Run) -> Vec<Value> {
    run.out().lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{}", run.story()))).collect()
}

fn records(run: &Run, record: &str) -> Vec<Value> {
    objects(run).into_iter().map(|mut object| object["data"].take()).filter(|data| data["record"] == record).collect()
}

/// The whole tour was seen, with the course's example on the wire.
#[track_caller]
fn two_hosts(told: &Run) {
    told.status(0).stderr_is("");
    assert_eq!(records(told, "experiment")[0]["loopback"], false);
    assert_eq!(records(told, "step").len(), 8);
    let verdicts = records(told, "verdict");
    assert!(verdicts.len() == 21 && verdicts.iter().all(|verdict| verdict["passed"] == true), "{verdicts:#?}");
    let sums = records(told, "line").into_iter().filter(|line| line["label"] == "verify");
    assert!(sums.into_iter().any(|line| line["text"].as_str().unwrap().contains("f752")), "{}", told.story());
}

/// Interfaces and files are gone; tests of lab_clean look for processes.
#[track_caller]
fn nothing_is_left(net: &Net) {
    assert!(interface::index("eth0").is_err(), "a cable is left");
    let names = fs::read_dir(net.dir()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let left: Vec<String> = names.filter(|name| name.starts_with("sockeye-lab")).collect();
    assert!(left.is_empty(), "{left:?}");
}
