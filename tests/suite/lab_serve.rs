//! The servers and clients of lab, on the loopback interface.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use sockeye_test_support::{Background, Run, run, run_with_input, tool, wait_until};

/// A server of lab on a port that the kernel chose, and where it is.
fn serve(args: &[&str]) -> (Background, String) {
    let mut lab = tool("lab");
    lab.arg("serve").args(args);
    let server = Background::spawn(lab);
    server.wait_for_stdout(")\n");
    let said = String::from_utf8(server.stdout_so_far()).unwrap();
    let addr = said.split(" waiting on ").nth(1).unwrap().split(' ').next().unwrap().to_owned();
    (server, addr)
}

fn client(args: &[&str]) -> Run {
    run(tool("lab").arg("client").args(args))
}

fn ask(addr: &str, request: &str) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn a_page_is_served_to_one_client_after_another() {
    let (server, addr) = serve(&["http", "127.0.0.1:0"]);
    let answer = ask(&addr, "GET / HTTP/1.0\r\n\r\n");
    assert!(answer.starts_with("HTTP/1.0 200 OK\r\n") && answer.contains("\r\n\r\n<!DOCTYPE html>"), "{answer}");
    assert!(ask(&addr, "GET /no HTTP/1.0\r\n\r\n").starts_with("HTTP/1.0 404 "));
    assert!(ask(&addr, "GET / HTTP/1.0").starts_with("HTTP/1.0 200 "), "a head that the end of the input ends");
    assert_eq!(ask(&addr, ""), "");
    server.wait_for_stdout("\"GET / HTTP/1.0\" 200, ").wait_for_stdout("\"GET /no HTTP/1.0\" 404, ");
    server.wait_for_stdout(" got nothing: it closed without a request\n");
}

#[test]
fn a_page_comes_from_a_file_and_a_missing_one_is_named() {
    let file = std::env::temp_dir().join(format!("sockeye-test-page-{}", std::process::id()));
    fs::write(&file, "mine").unwrap();
    let (_server, addr) = serve(&["http", "127.0.0.1:0", "--page", file.to_str().unwrap()]);
    assert!(ask(&addr, "GET / HTTP/1.0\r\n\r\n").ends_with("\r\n\r\nmine"));
    fs::remove_file(&file).unwrap();
    let told = run(tool("lab").args(["serve", "http", "127.0.0.1:0", "--page"]).arg(&file));
    told.status(2).stderr_has("read ").stderr_has("No such file or directory");
}

#[test]
fn each_certificate_is_right_or_wrong_as_asked() {
    let authority = std::env::temp_dir().join(format!("sockeye-test-authority-{}", std::process::id()));
    let path = authority.to_str().unwrap();
    for (certificate, name, status, says) in [
        ("valid", "bob.example", 0, ""),
        ("valid", "alice.example", 1, "is not for alice.example but for bob.example"),
        ("expired", "bob.example", 1, "a certificate has expired"),
        ("wrong-name", "bob.example", 1, "is not for bob.example but for somebody-else.example"),
        ("self-signed", "bob.example", 1, "has an unknown issuer"),
    ] {
        let (server, addr) =
            serve(&["http", "127.0.0.1:0", "--tls", certificate, "--name", "bob.example", "--authority", path]);
        let port = addr.rsplit(':').next().unwrap();
        let mut nc = tool("nc");
        nc.args(["--ssl", "--ssl-verify", "--ssl-trustfile", path, "--ssl-servername", name, "127.0.0.1", port]);
        let told = run_with_input(&mut nc, b"GET / HTTP/1.0\r\n\r\n");
        told.status(status).stderr_has(says);
        if status == 0 {
            told.stdout_has("HTTP/1.0 200 OK\r\n");
            server.wait_for_stdout(" speaks TLSv1_3, ").wait_for_stdout("\"GET / HTTP/1.0\" 200");
        } else {
            server.wait_for_stdout(" got nothing: received fatal alert: ");
        }
    }
    fs::remove_file(&authority).unwrap();
}

#[test]
fn an_authority_is_known_by_its_key_and_not_by_its_name() {
    let file = |of: &str| std::env::temp_dir().join(format!("sockeye-test-{of}-{}", std::process::id()));
    let (known, unknown) = (file("known"), file("unknown"));
    let secure = ["http", "127.0.0.1:0", "--tls", "valid", "--name", "bob.example"];
    let (_known, _) = serve(&[&secure[..], &["--authority", known.to_str().unwrap()]].concat());
    for (issuer, says) in [
        ("Somebody", "has an unknown issuer: CN=Somebody"),
        ("The authority of this lab", "was not signed by the CN=The authority of this lab that is trusted"),
    ] {
        let more = ["--issuer", issuer, "--authority", unknown.to_str().unwrap()];
        let (_server, addr) = serve(&[&secure[..], &more].concat());
        let port = addr.rsplit(':').next().unwrap();
        for (trusted, status, says) in [(&known, 1, says), (&unknown, 0, "")] {
            let mut nc = tool("nc");
            nc.args(["--ssl", "--ssl-verify", "--ssl-trustfile"]).arg(trusted);
            nc.args(["--ssl-servername", "bob.example", "127.0.0.1", port]);
            run_with_input(&mut nc, b"GET / HTTP/1.0\r\n\r\n").status(status).stderr_has(says);
        }
    }
    fs::remove_file(&known).unwrap();
    fs::remove_file(&unknown).unwrap();
}

#[test]
fn datagrams_are_answered_in_capitals_and_a_part_is_lost_the_same_in_each_run() {
    let (server, addr) = serve(&["upper-lossy", "127.0.0.1:0", "--loss", "0"]);
    let told = client(&["udp-ping", &addr, "--count", "3", "--timeout", "20"]);
    told.status(0)
        .stdout_has("1: \"PING 1\" rtt ")
        .stdout_has("3 sent, 3 answered, 0 lost (0.00 %)")
        .stdout_has("rtt avg ");
    server.wait_for_stdout(" \"ping 3\" answered\n");

    let (_server, addr) = serve(&["upper-lossy", "127.0.0.1:0", "--loss", "100"]);
    let told = client(&["udp-ping", &addr, "--count", "2", "--timeout", "0.02"]);
    told.status(1).stdout_has("2: no answer within 20ms\n").stdout_has("2 sent, 0 answered, 2 lost (100.00 %)");
    assert!(!told.out().contains("rtt"), "{}", told.story());

    let fates = |seed: &str| {
        let (server, addr) = serve(&["upper-lossy", "127.0.0.1:0", "--seed", seed]);
        let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
        for number in 1..=300 {
            socket.send_to(format!("ping {number}").as_bytes(), &addr).unwrap();
            server.wait_for_stdout(&format!("\"ping {number}\" "));
        }
        let said = String::from_utf8(server.stdout_so_far()).unwrap();
        said.lines().map(|line| line.ends_with(" lost")).collect::<Vec<_>>()
    };
    let first = fates("1");
    let lost = first.iter().filter(|lost| **lost).count();
    assert!((70..130).contains(&lost), "{lost}");
    assert_eq!(fates("1"), first);
    assert_ne!(fates("2"), first);
}

#[test]
fn an_answer_that_comes_too_late_is_told_and_counts_as_lost() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap().to_string();
    let mut lab = tool("lab");
    lab.args(["client", "udp-ping", &addr, "--count", "2", "--timeout", "0.2"]);
    let pinging = Background::spawn(lab);
    let mut room = [0; 100];
    let (len, peer) = server.recv_from(&mut room).unwrap();
    assert_eq!(&room[..len], b"ping 1");
    pinging.wait_for_stdout("1: no answer within 200ms\n");
    server.send_to(b"PING 1", peer).unwrap();
    // The second question may be out already, or not yet; its answer comes behind the late one.
    let (len, _) = server.recv_from(&mut room).unwrap();
    assert_eq!(&room[..len], b"ping 2");
    let told = pinging.wait();
    told.status(1)
        .stdout_has("1: an answer came too late\n")
        .stdout_has("2 sent, 0 answered, 2 lost (100.00 %), 1 of them late\n");
}

#[test]
fn an_answer_to_who_had_the_port_before_is_nobodys() {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap().to_string();
    let mut lab = tool("lab");
    lab.args(["client", "udp-ping", &addr, "--count", "1", "--timeout", "20"]);
    let pinging = Background::spawn(lab);
    let (_, peer) = server.recv_from(&mut [0; 100]).unwrap();
    server.send_to(b"PING 4", peer).unwrap();
    server.send_to(b"PING 1", peer).unwrap();
    let told = pinging.wait();
    told.status(0)
        .stdout_has("4: an answer to what was not asked yet, for who had this port before\n1: \"PING 1\" rtt ")
        .stdout_has("1 sent, 1 answered, 0 lost (0.00 %), 0 of them late\n");
}

#[test]
fn a_port_where_nobody_is_answers_by_icmp() {
    client(&["udp-ping", "127.0.77.1:9", "--count", "1", "--timeout", "20"])
        .status(1)
        .stdout_has("1: Connection refused\n");
}

#[test]
fn a_joke_is_heard_to_its_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let mut lab = tool("lab");
    lab.args(["client", "knock-knock", &addr]);
    let hearing = Background::spawn(lab);
    let (mut stream, _) = listener.accept().unwrap();
    let mut heard = |say: &str, expected: &str| {
        stream.write_all(say.as_bytes()).unwrap();
        let mut room = vec![0; expected.len()];
        stream.read_exact(&mut room).unwrap();
        assert_eq!(String::from_utf8(room).unwrap(), expected);
    };
    heard("Knock! Knock!\n", "Who's there?\n");
    heard("Boo\n", "Boo who?\n");
    heard("No need to cry! Want another? (y/n)\n", "n\n");
    stream.write_all(b"Bye.\n").unwrap();
    let told = hearing.wait();
    told.status(0).stdout_has("server: Boo\nclient: Boo who?\n").stdout_has("server: Bye.\n");

    let mut lab = tool("lab");
    lab.args(["client", "knock-knock", &addr]);
    let hearing = Background::spawn(lab);
    drop(listener.accept().unwrap());
    hearing.wait().status(3).stderr_has("closed the connection before the joke was over");

    let mut lab = tool("lab");
    lab.args(["client", "knock-knock", &addr]);
    let hearing = Background::spawn(lab);
    let mut stream = listener.accept().unwrap().0;
    stream.write_all(&vec![b'x'; 65_536]).unwrap();
    hearing.wait().status(3).stderr_has("sent a line of more than 65536 octets");
}

fn census(told: &Run) -> Value {
    let line: Value = serde_json::from_str(told.out().lines().next().unwrap()).unwrap();
    line["data"].clone()
}

/// The children of a process in this state.
fn children(pid: u32, state: char) -> usize {
    let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap();
    children.split_whitespace().filter(|child| is_in_state(child, state)).count()
}

#[test]
fn who_waits_for_children_decides_whether_they_stay() {
    for (model, left) in [("zombies", 5), ("waitpid", 5), ("sigchld", 0), ("ignored", 0)] {
        let (server, addr) = serve(&["echo", "127.0.0.1:0", "--model", model]);
        let told = client(&["load", &addr, "--clients", "5", "--stay", "100", "--limit", "100", "--json"]);
        told.status(0);
        let load = census(&told);
        assert_eq!((&load["served"], &load["failed"]), (&5.into(), &0.into()), "{load}");
        // All the children that are not taken away become zombies, sooner or later.
        if left == 0 {
            wait_until("no child", || children(server.pid(), 'Z') + children(server.pid(), 'S') == 0);
        } else {
            wait_until("all the zombies", || children(server.pid(), 'Z') == left);
        }
        if model == "waitpid" {
            client(&["load", &addr, "--clients", "1", "--limit", "100"]).status(0);
            wait_until("one zombie", || children(server.pid(), 'Z') == 1);
        }
    }
}

/// What /proc/PID/stat says of a process.
fn is_in_state(pid: &str, state: char) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with(state))
}

fn signal(pid: u32, signal: Signal) {
    kill_process(Pid::from_raw(pid.cast_signed()).unwrap(), signal).unwrap();
}

#[test]
fn who_asks_once_for_each_signal_leaves_those_that_ended_together() {
    for (model, left) in [("sigchld-once", 4), ("sigchld", 0)] {
        let (server, addr) = serve(&["echo", "127.0.0.1:0", "--model", model, "--quiet"]);
        let mut clients: Vec<TcpStream> = (0..5).map(|_| TcpStream::connect(&addr).unwrap()).collect();
        for client in &mut clients {
            // The answer comes from the child: now there is one.
            client.write_all(b"x").unwrap();
            client.read_exact(&mut [0]).unwrap();
        }
        signal(server.pid(), Signal::STOP);
        // Until then it would still handle a signal, and be told of the next ones by another.
        wait_until("the server stops", || is_in_state(&server.pid().to_string(), 'T'));
        drop(clients);
        wait_until("all the zombies", || children(server.pid(), 'Z') == 5);
        signal(server.pid(), Signal::CONT);
        wait_until("those that stay", || children(server.pid(), 'Z') == left);
        // It works as before, and says nothing of all that.
        client(&["load", &addr, "--clients", "1", "--limit", "100"]).status(0);
        let said = String::from_utf8(server.stdout_so_far()).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
    }
}

#[test]
fn several_numbers_of_clients_make_a_table_and_stay_as_long_as_they_are_told() {
    let (_server, addr) = serve(&["echo", "127.0.0.1:0", "--quiet"]);
    let args = ["load", &addr, "--clients", "1,3", "--hold", "0.05", "--stay", "100", "--limit", "100"];
    let told = client(&[&args[..], &["--name", "forked"]].concat());
    told.status(0).stdout_has(" 1 at once     2 processes     2 threads ");
    told.stdout_has(" 3 at once     4 processes     4 threads ");
    let out = told.out();
    let lines: Vec<&str> = out.lines().collect();
    assert_eq!(lines.len(), 2, "{}", told.story());
    for (line, begins) in lines.iter().zip(["forked for 1 ", "forked for 3 "]) {
        assert!(line.starts_with(begins) && line.ends_with(" KiB"), "{}", told.story());
        let time: f64 = line.split_whitespace().nth(3).unwrap().parse().unwrap();
        assert!(time >= 50.0, "{line}");
    }
    // Without a name each number has its lines.
    client(&args).status(0).stdout_has("clients 1, served 1, failed 0\n").stdout_has("clients 3, served 3, failed 0\n");
    let told = client(&["load", "127.0.77.1:9", "--clients", "2", "--name", "nobody"]);
    told.status(1).stdout_has(" 0 at once 2 failed: talking: Connection refused\n");
}

#[test]
fn a_load_tells_what_the_server_takes_and_why_it_failed() {
    let (_server, addr) = serve(&["echo", "127.0.0.1:0"]);
    let told = client(&["load", &addr, "--clients", "3", "--stay", "100", "--limit", "100", "--json"]);
    let load = census(&told);
    assert_eq!((&load["at_once"], &load["served"]), (&3.into(), &3.into()), "{load}");
    let server = &load["server"];
    assert_eq!(
        (&server["processes"], &server["threads"], &server["zombies"]),
        (&4.into(), &4.into(), &0.into()),
        "{load}"
    );
    assert!(server["memory_kib"].as_u64().unwrap() > 0 && server["descriptors"].as_u64().unwrap() >= 16, "{load}");
    wait_until("the children are gone", || client(&["census", &addr]).out().contains("server processes 1\n"));
    client(&["census", &addr]).status(0).stdout_has("server memory ");
    client(&["census", "127.0.77.1:9"]).status(3).stderr_has("127.0.77.1:9: nobody listens there");
    let told = client(&["load", &addr, "--clients", "1", "--stay", "0"]);
    told.status(0).stdout_has("clients 1, served 1, failed 0\n").stdout_has("time ");

    let told = client(&["load", "127.0.77.1:9", "--clients", "2"]);
    told.status(1).stdout_has("served 0, failed 2\nthe first that failed: talking: Connection refused\n");
    assert!(!told.out().contains("server "), "{}", told.story());

    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = silent.local_addr().unwrap().to_string();
    let told = client(&["load", &addr, "--clients", "1", "--limit", "0.1"]);
    told.status(1).stdout_has("the first that failed: waiting for the server: Connection timed out\n");
}

#[test]
fn wrong_lines_are_named() {
    let serve = |args: &[&str]| run(tool("lab").arg("serve").args(args));
    serve(&[]).status(2).stderr_has("lab: ");
    serve(&["http", "bob:80"]).status(2).stderr_has("a number is needed here");
    serve(&["upper-lossy", "--loss", "101"]).status(2).stderr_has("0 to 100");
    serve(&["upper-lossy", "--loss", "+50"]).status(2).stderr_has("0 to 100");
    serve(&["upper-lossy", ":+12000"]).status(2).stderr_has("'[ADDR]'");
    serve(&["echo", "--model", "fast"]).status(2).stderr_has("zombies");
    serve(&["http", "--name", "x"]).status(2).stderr_has("--tls");
    serve(&["http", "--issuer", "x"]).status(2).stderr_has("--tls");
    serve(&["http", "--page", "/nosuch/x"]).status(2).stderr_has("read /nosuch/x: No such file or directory");
    serve(&["http", "--tls", "valid", "--name", "x.example", "--authority", "/nosuch/x"])
        .status(4)
        .stderr_has("write /nosuch/x: No such file or directory");
    serve(&["http", "192.0.2.1:80"]).status(4).stderr_has("bind 192.0.2.1:80: Cannot assign requested address");
    client(&["udp-ping", "10.0.0.1"]).status(2).stderr_has("a port is missing");
    client(&["load", "127.0.0.1:1", "--stay", "-1"]).status(2);
    client(&["udp-ping", "127.0.0.1:1", "--timeout", "99999999"])
        .status(2)
        .stderr_has("a number of seconds from 0 to 86400 is wanted");
}

#[test]
fn a_zone_is_served_over_udp_and_tcp() {
    let file = std::env::temp_dir().join(format!("sockeye-test-zone-{}", std::process::id()));
    let long = format!("\"{}\" ", "a".repeat(200)).repeat(4);
    let zone = format!(
        "$ORIGIN example.\n@ 60 SOA ns admin 1 60 60 60 5\n@ 60 NS ns\nns 60 A 10.0.0.2\nwww 60 CNAME ns\n\
         below 60 NS ns.below\nns.below 60 A 10.0.0.3\nlong 60 TXT {long}\n"
    );
    fs::write(&file, zone).unwrap();
    let (server, addr) = serve(&["dns", file.to_str().unwrap(), "--listen", "127.0.0.1:0"]);
    let port = addr.rsplit(':').next().unwrap().to_owned();
    let dig = |args: &[&str]| run(tool("dig").args(["@127.0.0.1", "-p", &port, "+norecurse"]).args(args));
    dig(&["www.example"]).status(0).stdout_has("flags: qr aa;").stdout_has("ANSWER: 2, AUTHORITY: 0");
    dig(&["x.below.example"]).status(0).stdout_has("flags: qr;").stdout_has("ns.below.example.\t60\tIN\tA\t10.0.0.3");
    dig(&["none.example"]).status(0).stdout_has("status: NXDOMAIN").stdout_has("example.\t\t5\tIN\tSOA\t");
    dig(&["other.test"]).status(0).stdout_has("status: REFUSED");
    dig(&["long.example", "TXT", "+noedns"])
        .status(0)
        .stdout_has("Truncated, retrying in TCP mode")
        .stdout_has("(TCP)");
    server.wait_for_stdout(" asks www.example. A over udp\n").wait_for_stdout(" asks long.example. TXT over tcp\n");

    fs::write(&file, "www.example. 60 A 10.0.0.1\n").unwrap();
    let serve = |args: &[&str]| run(tool("lab").args(["serve", "dns", "--listen", "127.0.0.1:0"]).args(args));
    serve(&[file.to_str().unwrap()]).status(2).stderr_has(": it has no SOA record");
    fs::remove_file(&file).unwrap();
    serve(&[file.to_str().unwrap()]).status(2).stderr_has("No such file or directory");
    serve(&[]).status(2).stderr_has("ZONEFILE");
}
