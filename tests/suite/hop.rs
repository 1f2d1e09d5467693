//! hop on the loopback address, without a privilege: UDP and TCP need none.
//!
//! Port 9 is where nobody listens, and no ephemeral port of another test.

use std::net::TcpListener;

use serde_json::Value;
use sockeye_test_support::{Run, run, tool};

fn hop(args: &[&str]) -> Run {
    run(tool("hop").args(args))
}

fn records(told: &Run, record: &str) -> Vec<Value> {
    let line = |line: &str| -> Value { serde_json::from_str(line).unwrap_or_else(|_| panic!("{}", told.story())) };
    told.out().lines().map(line).map(|mut line| line["data"].take()).filter(|data| data["record"] == record).collect()
}

#[test]
fn what_is_refused_is_refused_in_a_sentence() {
    for (args, said) in [
        (&[][..], "hop: no HOST (see hop --help)\n"),
        (&["ping", "-p", "80", "127.0.0.1"], "hop: ports are for UDP and TCP (add -U or -T)\n"),
        (&["trace", "-f", "3", "-m", "2", "127.0.0.1"], "hop: the first hop, 3, is behind the last, 2\n"),
        (&["ping", "-U", ""], "hop: the host is an empty text\n"),
        (
            &["trace", "-T", "--mtu", "127.0.0.1"],
            "hop: --mtu needs UDP or ICMP (a segment without data is never too long)\n",
        ),
    ] {
        hop(args).status(2).stdout_is("").stderr_is(said);
    }
    hop(&["trace", "-f", "127.0.0.1"]).status(2).stderr_has("invalid value '127.0.0.1' for '--first <HOPS>'");
}

#[test]
fn each_line_begins_with_the_time_if_asked_for() {
    let told = hop(&["ping", "-U", "-p", "9", "-D", "-c", "1", "127.0.0.1"]);
    let out = told.status(0).out();
    let stamped = out.lines().nth(1).unwrap();
    let stamp = stamped.strip_prefix('[').and_then(|rest| rest.split_once("] ")).unwrap().0;
    assert!(stamp.parse::<f64>().unwrap() > 1_700_000_000.0, "{stamped}");
    let told = hop(&["ping", "-U", "-p", "9", "-D", "-c", "1", "--json", "127.0.0.1"]);
    assert!(records(&told, "answer")[0]["wall_s"].as_f64().unwrap() > 1_700_000_000.0, "{}", told.story());
}

#[test]
fn quiet_is_the_summary_alone() {
    let told = hop(&["ping", "-U", "-p", "9", "-q", "-c", "2", "-i", "0.01", "127.0.0.1"]);
    let out = told.status(0).out();
    assert!(
        out.starts_with(
            "ping 127.0.0.1: UDP port 9, 56 octets of data\n--- 127.0.0.1\n2 sent, 2 received, 0 % lost, in "
        ),
        "{out}"
    );
    assert!(out.contains("\nrtt min/avg/max/mdev 0."), "{out}");
}

#[test]
fn every_answer_has_every_field() {
    let open = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = open.local_addr().unwrap().port().to_string();
    let fields = |args: &[&str]| -> Vec<String> {
        let told = hop(args);
        let answer = records(told.status(0), "answer").remove(0);
        answer.as_object().unwrap().keys().cloned().collect()
    };
    let udp = fields(&["ping", "--json", "-U", "-p", "9", "-c", "1", "127.0.0.1"]);
    assert_eq!(fields(&["ping", "--json", "-T", "-p", &port, "-c", "1", "127.0.0.1"]), udp);
    for field in ["from", "says", "octets", "intact", "icmp", "mtu_octets", "ttl", "quoted_ttl", "seq", "rtt_us"] {
        assert!(udp.iter().any(|known| known == field), "{field}: {udp:?}");
    }
}

#[test]
fn an_open_port_is_connected_to_and_a_closed_one_refuses() {
    let open = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = open.local_addr().unwrap().port().to_string();
    hop(&["ping", "-T", "-p", &port, "-c", "2", "-i", "0.01", "127.0.0.1"])
        .status(0)
        .stdout_has("connected to 127.0.0.1: seq=1 ")
        .stdout_has("connected to 127.0.0.1: seq=2 ");
    let told = hop(&["trace", "-T", "-p", &port, "-q", "1", "--json", "127.0.0.1"]);
    assert_eq!(records(told.status(0), "trace")[0]["hops"], 1);
    let trace = |port: &str| hop(&["trace", "-T", "-p", port, "-q", "1", "127.0.0.1"]);
    trace(&port).status(0).stdout_has(", one probe at a time\n").stdout_has(" ms open\n");
    trace("9").status(0).stdout_has(" ms refused\n");
    // The kernel takes "no address" as this host.
    hop(&["trace", "-U", "-p", "9", "-q", "1", "0.0.0.0"]).status(0).stdout_has("trace to 0.0.0.0 (127.0.0.1): ");
    hop(&["ping", "-T", "-p", "9", "-c", "1", "127.0.0.1"]).status(0).stdout_has("refused by 127.0.0.1: seq=1 ");
}

#[test]
fn a_hop_has_as_many_probes_as_asked_for() {
    for (count, parallel) in [("1", "1"), ("5", "2"), ("10", "16")] {
        let told = hop(&["trace", "-U", "-p", "9", "-q", count, "-N", parallel, "--json", "127.0.0.1"]);
        let hops = records(told.status(0), "hop");
        assert_eq!((hops.len(), hops[0]["probes"].as_array().unwrap().len().to_string()), (1, count.to_owned()));
    }
}

#[test]
fn sizes_are_as_asked_for() {
    let told = hop(&["trace", "-U", "-p", "9", "-q", "1", "--size", "99", "--explain", "--json", "127.0.0.1"]);
    // 99 octets less 20 of IP and 8 of UDP.
    told.status(0).stdout_has(r#""length_octets":71}"#).stdout_has(r#""packet_octets":99}"#);
    let told = hop(&["ping", "-U", "-p", "9", "-s", "0", "-c", "1", "--json", "127.0.0.1"]);
    assert_eq!(records(told.status(0), "summary")[0]["received"], 1, "{}", told.story());
}

#[test]
fn an_ipv4_address_in_the_notation_of_ipv6_is_one_of_ipv4() {
    for protocol in ["-U", "-T"] {
        hop(&["ping", protocol, "-p", "9", "-c", "1", "::ffff:127.0.0.1"])
            .status(0)
            .stdout_has("ping ::ffff:127.0.0.1 (127.0.0.1): ");
    }
    hop(&["trace", "-U", "-p", "9", "-q", "1", "::ffff:127.0.0.1"]).status(0).stdout_has("\n 1  127.0.0.1  ");
    hop(&["trace", "-6", "::ffff:127.0.0.1"]).status(3).stderr_has("stands for 127.0.0.1, which no IPv6 goes to");
}

#[test]
fn the_family_is_as_asked_for() {
    hop(&["ping", "-U", "-p", "9", "-4", "-c", "1", "localhost"]).status(0).stdout_has("ping localhost (127.0.0.1): ");
    hop(&["trace", "-U", "-p", "9", "-4", "-q", "1", "localhost"])
        .status(0)
        .stdout_has("trace to localhost (127.0.0.1): ");
    hop(&["ping", "-U", "-4", "-c", "1", "::1"]).status(3).stderr_has("hop: ::1: ");
}
