//! What --explain and --json tell of a connection's life.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;

use serde_json::Value;
use sockeye_test_support::{Background, DEADLINE, Run, run, run_with_input, wait_until};

use crate::netcat::nc;

/// The events on standard error.
fn events(run: &Run) -> Vec<Value> {
    run.err()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {}", run.story())))
        .filter(|line| line["type"] == "event")
        .map(|line| line["data"].clone())
        .collect()
}

/// The TCP states that were told: when, and which.
fn states(events: &[Value]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = events.iter().filter(|event| event["event"] == "tcp_state");
    told.map(|event| (text(&event["when"]), text(&event["state"]))).collect()
}

#[test]
fn a_client_tells_the_states_around_connect_and_the_numbers_at_the_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        stream.write_all(b"pong!").unwrap();
        all
    });
    let client = run_with_input(&mut nc(&["-nN", "--json", "127.0.0.1", &port]), b"ping");
    client.status(0).stdout_is("pong!");
    assert_eq!(server.join().unwrap(), b"ping");
    let events = events(&client);
    let expected = [("before_connect", "CLOSED"), ("after_connect", "ESTABLISHED")];
    assert_eq!(states(&events), expected.map(|(when, state)| (when.to_owned(), state.to_owned())));
    let info = events.iter().find(|event| event["event"] == "tcp_info").unwrap();
    // Each FIN counts as an octet where the kernel counts it, hence the lower bounds.
    assert!(info["sent_octets"].as_u64().unwrap() >= 4 && info["received_octets"].as_u64().unwrap() >= 5, "{info}");
    assert!(info["rtt_us"].as_u64().unwrap() > 0, "{info}");
    assert_eq!(info["retransmitted_segments"], 0);
}

#[test]
fn a_refused_client_is_told_that_there_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    drop(listener);
    let client = run(&mut nc(&["-n", "--explain", "127.0.0.1", &port]));
    client.status(1).stderr_has("TCP state after connect is CLOSED: no connection at all");
}

#[test]
fn a_listener_tells_the_state_at_accept() {
    let listener = Background::spawn(nc(&["-lvn", "--explain", "127.0.0.1", "0"]));
    let port = || {
        let told = String::from_utf8(listener.stderr_so_far()).unwrap();
        let line = told.lines().find_map(|line| line.strip_prefix("Listening on 127.0.0.1 ").map(str::to_owned))?;
        line.parse::<u16>().ok()
    };
    wait_until("the listener says where", || port().is_some());
    drop(TcpStream::connect(("127.0.0.1", port().unwrap())).unwrap());
    // The client's FIN may have come before the accept.
    let told = listener.wait();
    told.status(0).stderr_has("TCP state after accept is ").stderr_has("TCP_INFO: state ");
}

/// An IPv4 client of a listener for both families must not get away without them.
#[test]
fn an_ipv6_socket_is_told_for_ipv4_too() {
    let run = run(&mut nc(&["-6", "--explain", "-T", "0x10", "-M", "9", "-m", "1", "::1", "1"]));
    for name in ["IPV6_TCLASS", "IP_TOS", "IPV6_UNICAST_HOPS", "IP_TTL", "IPV6_MINHOPCOUNT", "IP_MINTTL"] {
        run.stderr_has(name);
    }
}

#[test]
fn a_buffer_that_the_system_does_not_grant_is_said_under_v() {
    for (letter, limit) in [("-I", "rmem_max"), ("-O", "wmem_max")] {
        let most: usize =
            std::fs::read_to_string(format!("/proc/sys/net/core/{limit}")).unwrap().trim().parse().unwrap();
        let asked = (most + 4096).to_string();
        run(&mut nc(&["-v", letter, &asked, "127.0.0.1", "9"]))
            .stderr_has(&format!("{letter} {asked}: the system grants {most} octets (net.core.{limit})\n"));
        let granted = run(&mut nc(&["-v", letter, "65536", "127.0.0.1", "9"]));
        assert!(!granted.err().contains("the system grants"), "{}", granted.story());
    }
}

/// Whoever presses Ctrl-C instead of answering has a terminal that shows what is typed.
#[test]
fn the_terminal_is_as_it_was_when_a_signal_ends_the_question() {
    let nc = sockeye_test_support::tools_dir().join("nc");
    let mut script = Command::new("script");
    script.args([
        "-qec",
        &format!("trap : INT; {} -S 127.0.0.1 9; stty -a; echo that is all", nc.display()),
        "/dev/null",
    ]);
    let script = Background::spawn(script);
    script.wait_for_stdout("TCP MD5SIG password: ");
    script.stdin.as_ref().unwrap().write_all(b"\x03").unwrap();
    script.wait_for_stdout("that is all");
    let said = String::from_utf8(script.stdout_so_far()).unwrap();
    assert!(said.contains(" echo ") && !said.contains("-echo "), "{said}");
    script.kill();
}

/// script(1) gives each end a terminal, on which the password is asked for and not shown.
#[test]
fn signed_segments_are_heard_by_who_has_the_password() {
    let mut without = nc(&["-S", "127.0.0.1", "9"]);
    // No terminal: a session of its own has none.
    let mut alone = Command::new("setsid");
    alone.args(["-w"]).arg(without.get_program()).args(["-S", "127.0.0.1", "9"]);
    run(&mut alone).status(1).stderr_is("nc: Unable to read TCP MD5SIG password\n");
    run(without.args(["-u"])).status(1).stderr_has("-S: segments of a TCP conversation are signed");
    let nc = sockeye_test_support::tools_dir().join("nc");
    let terminal = |line: &str| {
        let mut script = Command::new("script");
        script.args(["-qec", &format!("{} {line}", nc.display()), "/dev/null"]);
        let script = Background::spawn(script);
        script.wait_for_stdout("TCP MD5SIG password: ");
        script.stdin.as_ref().unwrap().write_all(b"secret\n").unwrap();
        script
    };
    let listener = terminal("-lvn -S 127.0.0.1 0");
    listener.wait_for_stdout("Listening on 127.0.0.1 ");
    let said = String::from_utf8(listener.stdout_so_far()).unwrap();
    wait_until("the port is said", || String::from_utf8(listener.stdout_so_far()).unwrap().ends_with('\n'));
    let port = String::from_utf8(listener.stdout_so_far()).unwrap().trim_end().rsplit(' ').next().unwrap().to_owned();
    assert!(!said.contains("secret"), "{said}");
    // Without the signature the SYN is dropped.
    run(&mut self::nc(&["-v", "-w", "300ms", "127.0.0.1", &port])).status(1).stderr_has("timed out");
    let client = terminal(&format!("-n -S -N --explain 127.0.0.1 {port}"));
    client.wait_for_stdout("TCP_MD5SIG = 1");
    listener.wait_for_stdout("Connection received on 127.0.0.1");
    client.kill();
    listener.kill();
}
