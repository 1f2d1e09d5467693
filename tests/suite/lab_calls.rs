//! Socket calls as `lab calls` makes them.

use std::sync::atomic::{AtomicU8, Ordering};

use serde_json::Value;
use sockeye_test_support::{Run, run, run_with_input, tool};

#[track_caller]
fn calls(script: &str) -> Run {
    run(tool("lab").args(["calls", script]))
}

fn json(script: &str) -> Vec<Value> {
    let told = run(tool("lab").args(["calls", "--json", script]));
    told.status(0).stderr_is("");
    told.out().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["data"].clone()).collect()
}

/// A loopback address that no other test has, so that its ports are free.
fn own_addr() -> String {
    static COUNT: AtomicU8 = AtomicU8::new(1);
    let [.., high, low] = std::process::id().to_be_bytes();
    format!("127.{high}.{low}.{}", COUNT.fetch_add(1, Ordering::Relaxed))
}

/// A script with a listener and a client of it, which are 3 and 4.
fn joined(rest: &str) -> String {
    let addr = own_addr();
    format!("socket tcp; setsockopt reuseaddr; bind {addr}:7000; listen; socket tcp; connect {addr}:7000; {rest}")
}

#[test]
fn a_conversation_reads_as_strace_shows_it() {
    let told = calls(&joined(
        "listener accept; send \"ABC\\n\"; shutdown wr; on 4 recv 100; on 4 recv 100; on 4 send 100x; recv 40; on 4 close",
    ));
    told.status(0)
        .stderr_is("")
        .stdout_has("socket(AF_INET, SOCK_STREAM, 0) = 3\n")
        .stdout_has("setsockopt(3, SO_REUSEADDR, 1) = 0\n")
        .stdout_has("listen(3, 5) = 0\n")
        .stdout_has("socket(AF_INET, SOCK_STREAM, 0) = 4\nconnect(4, 127.")
        .stdout_has("accept(3) = 5, 127.")
        .stdout_has("send(5, \"ABC\\n\", 4) = 4\nshutdown(5, SHUT_WR) = 0\nrecv(4, 100) = 4 \"ABC\\n\"\n")
        .stdout_has("recv(4, 100) = 0 (end of file)\n")
        .stdout_has("send(4, \"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\"..., 100) = 100\nrecv(5, 40) = 40 \"AAAA")
        .stdout_has("close(4) = 0\n");
}

#[test]
fn a_call_that_fails_is_a_result_and_ends_the_run_only_with_stop() {
    let script = "socket udp; listen 5; getsockname";
    let told = calls(script);
    told.status(0)
        .stderr_is("")
        .stdout_has("listen(3, 5) = -1 EOPNOTSUPP (Operation not supported)\ngetsockname(3) = 0, 0.0.0.0:0\n");
    let stopped = run(tool("lab").args(["calls", "--stop", script]));
    stopped.status(1).stderr_is("");
    assert!(!stopped.out().contains("getsockname"), "{}", stopped.story());
}

#[test]
fn nobody_listens_until_listen_and_bound_twice_is_refused() {
    let script = joined("").replace("listen; ", "");
    calls(&script).status(0).stdout_has("= -1 ECONNREFUSED (Connection refused)\n");
    let told = calls(&joined("socket tcp; getsockopt info; getsockopt error; on 3 getsockopt acceptconn"));
    told.status(0)
        .stdout_has("getsockopt(5, TCP_INFO) = 0, CLOSED\n")
        .stdout_has("getsockopt(5, SO_ERROR) = 0, 0 (no error)\n");
    told.stdout_has("getsockopt(3, SO_ACCEPTCONN) = 0, 1\n");
}

#[test]
fn what_waits_is_seen_waiting_and_a_line_lets_it_go_on() {
    let mut lab = tool("lab");
    lab.args(["calls", "wait; socket tcp; wait; wait"]);
    run_with_input(&mut lab, b"\ngo\n").status(0).stdout_is(
        "wait: a line came\nsocket(AF_INET, SOCK_STREAM, 0) = 3\nwait: a line came\nwait: the input has ended\n",
    );
}

#[test]
fn without_a_script_each_line_of_the_input_is_one() {
    let mut lab = tool("lab");
    lab.arg("calls");
    let told = run_with_input(&mut lab, b"socket udp\nfoo 3\nrecv 5 dontwait; close\n");
    told.status(2)
        .stdout_is("socket(AF_INET, SOCK_DGRAM, 0) = 3\nrecv(3, 5, MSG_DONTWAIT) = -1 EAGAIN (Resource temporarily unavailable)\nclose(3) = 0\n")
        .stderr_is("lab: there is no such call\n  foo 3\n  ^^^\n");
    // Nor does a mistyped descriptor close the sockets that are there.
    let mut lab = tool("lab");
    lab.arg("calls");
    run_with_input(&mut lab, b"listen\nsocket udp\non 9 close\nclose\n")
        .status(2)
        .stdout_is("socket(AF_INET, SOCK_DGRAM, 0) = 3\nclose(3) = 0\n")
        .stderr_has("lab: no socket is open: begin with `socket tcp`\n")
        .stderr_has("lab: on 9: the script has no socket with this descriptor\n");
}

#[test]
fn options_datagrams_queues_and_timeouts() {
    let told = calls(
        "socket udp; bind 127.0.0.1:0; getsockname; setsockopt rcvtimeo 10 ms; getsockopt rcvtimeo; recvfrom 5; \
         setsockopt linger 0; getsockopt linger; poll in 1 ms; poll out; nonblock on; recv 5; nonblock off; socket tcp6; \
         setsockopt v6only; getsockopt v6only; close; close",
    );
    told.status(0)
        .stdout_has("bind(3, 127.0.0.1:0) = 0\ngetsockname(3) = 0, 127.0.0.1:")
        .stdout_has("getsockopt(3, SO_RCVTIMEO) = 0, 1")
        .stdout_has("recvfrom(3, 5) = -1 EAGAIN")
        .stdout_has("setsockopt(3, SO_LINGER, 0ns) = 0\ngetsockopt(3, SO_LINGER) = 0, 0ns\n")
        .stdout_has("poll(3, POLLIN, 1) = 0 (timeout)\npoll(3, POLLOUT, -1) = 1 (POLLOUT)\n")
        .stdout_has("fcntl(3, F_SETFL, O_NONBLOCK) = 0\nrecv(3, 5) = -1 EAGAIN")
        .stdout_has("getsockopt(4, IPV6_V6ONLY) = 0, 1\nclose(4) = 0\nclose(3) = 0\n");
    let told =
        calls(&joined("listener accept; on 4 write-until-full; on 4 siocoutq; on 5 siocinq; repeat 2 { getpeername }"));
    told.status(0)
        .stdout_has(" octets, then EAGAIN (Resource temporarily unavailable)\n")
        .stdout_has("ioctl(4, SIOCOUTQ) = 0, ");
    assert_eq!(told.out().matches("getpeername(5) = 0, 127.").count(), 2);
}

#[test]
fn the_working_has_the_sockaddr_the_meaning_and_the_state() {
    let told = run(tool("lab").args(["calls", "--explain", &joined("")]));
    told.status(0)
        .stdout_has("    socket 3 is in LISTEN\n")
        .stdout_has("    SO_REUSEADDR: bind(2) does not mind connections in TIME-WAIT\n")
        .stdout_has(" sin_port       1b 58  7000 (network order)\n")
        .stdout_has(" (network order)\n     8 sin_zero ")
        .stdout_has("    socket 4 is in ESTABLISHED\n")
        .stdout_has("    the process ends, and the kernel closes 3, 4\n");
    let told = run(tool("lab").args(["calls", "--explain", "socket tcp; bind 192.0.2.1:80"]));
    told.status(0).stdout_has("    EADDRNOTAVAIL: no interface here has this address\n");
}

#[test]
fn a_port_in_host_order_is_another_port() {
    // 6992 is 0x1b50, and 0x501b is 20507.
    if cfg!(target_endian = "little") {
        let addr = own_addr();
        let told = calls(&format!("socket udp; bind {addr}:6992 hostorder"));
        told.status(0).stdout_is(format!("socket(AF_INET, SOCK_DGRAM, 0) = 3\nbind(3, {addr}:20507) = 0\n"));
    }
}

#[test]
fn json_has_each_call_with_its_error_and_octets() {
    let called = json("socket udp; bind 192.0.2.1:80; sendto 127.0.0.1:1 AB; pause 1 ms");
    let names: Vec<_> = called.iter().map(|call| call["call"].as_str().unwrap()).collect();
    assert_eq!(names[..2], ["socket(AF_INET, SOCK_DGRAM, 0)", "bind(3, 192.0.2.1:80)"]);
    assert_eq!(called[1]["returned"], -1);
    assert_eq!(
        called[1]["errno"],
        serde_json::json!({"code": 99, "name": "EADDRNOTAVAIL", "text": "Cannot assign requested address"})
    );
    assert_eq!((&called[2]["octets"], &called[2]["returned"]), (&"4142".into(), &2.into()));
    assert_eq!(called[3]["returned"], Value::Null);
    assert!(called.iter().all(|call| call["record"] == "call" && call["took_us"].is_u64()));
}

#[test]
fn a_wrong_script_is_pointed_at() {
    calls("socket tcp; bnd :80")
        .status(2)
        .stdout_is("")
        .stderr_is("lab: there is no such call\n  socket tcp; bnd :80\n              ^^^\n");
    calls("close").status(2).stderr_is("lab: no socket is open: begin with `socket tcp`\n");
    calls("socket tcp; on 9 close").status(2).stderr_has("on 9: the script has no socket with this descriptor");
    calls("socket tcp; listener close").status(2).stderr_has("listener: no socket listens");
    run(tool("lab").args(["calls", "socket tcp", "close"])).status(0).stdout_has("close(3) = 0\n");
}
