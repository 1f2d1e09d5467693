//! `ports backlog`: a queue that fills, overflows and is emptied.

use std::io::Read;
use std::net::{SocketAddr, TcpStream};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt as _;
use std::process::Stdio;

use serde_json::Value;
use socket2::{Domain, Socket, Type};
use sockeye_test_support::{Background, Case, Net, run, tools_dir, wait_until};

use crate::far_host::{self, FarHost, HALF, SILENT};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports::backlog_shows_a_full_queue", &[], a_full_queue),
        Case::new("ports::backlog_follows_what_changes", &[], follows_what_changes),
        Case::new("ports::backlog_ends_on_a_signal", &["env"], ends_on_a_signal),
        Case::new("ports::backlog_counts_what_the_namespace_drops", &[], counts_drops),
        Case::new("ports::backlog_of_nothing_is_an_answer", &[], nothing_listens),
        Case::new("ports::what_goes_on_ends_when_nobody_reads", &[], nobody_reads),
    ]
}

fn listener(addr: SocketAddr, backlog: i32) -> (Socket, SocketAddr) {
    let socket = Socket::new(Domain::for_address(addr), Type::STREAM, None).unwrap();
    socket.bind(&addr.into()).unwrap();
    socket.listen(backlog).unwrap();
    let at = socket.local_addr().unwrap().as_socket().unwrap();
    (socket, at)
}

fn gauge(net: &Net, port: u16) -> Value {
    let told = run(net.tool("ports").args(["backlog", &port.to_string(), "--json"]));
    told.status(0);
    serde_json::from_str::<Value>(told.out().lines().next().unwrap()).unwrap()["data"].take()
}

fn a_full_queue(net: &Net) {
    let far = FarHost::start();
    for v6 in [false, true] {
        let (server, at) = listener(SocketAddr::new(far_host::here(v6), 0), 2);
        far.call(SILENT, at);
        wait_until("one is half-open", || gauge(net, at.port())["half_open_connections"] == 1);
        far.call(HALF, at);
        let clients = [TcpStream::connect(at).unwrap(), TcpStream::connect(at).unwrap()];
        wait_until("the queue is full", || gauge(net, at.port())["full"] == true);
        let shown = gauge(net, at.port());
        assert_eq!((&shown["waiting_connections"], &shown["limit_connections"]), (&3.into(), &2.into()), "{shown}");
        let before = shown["drops_segments"].as_u64().unwrap();
        // Not the port that called: of that there is a connection.
        far.call(HALF + 1000, at);
        wait_until("the SYN is dropped", || gauge(net, at.port())["drops_segments"].as_u64().unwrap() > before);
        let told = run(net.tool("ports").args(["backlog", &at.port().to_string()]));
        told.status(0).stdout_has("##### FULL").stdout_has(&format!("[{}] fd ", std::process::id()));
        assert!(!told.out().contains("ListenOverflows 0 "), "{}", told.story());
        for _ in 0..3 {
            server.accept().unwrap();
        }
        assert_eq!(gauge(net, at.port())["waiting_connections"], 0);
        drop(clients);
    }
}

fn follows_what_changes(net: &Net) {
    let (server, at) = listener("127.0.0.1:0".parse().unwrap(), 2);
    let mut command = net.tool("ports");
    command.args(["backlog", "--follow", "--interval", "0.005", "--count", "3", &at.port().to_string()]);
    let follower = Background::spawn(command);
    follower.wait_for_stdout("since it was made");
    let client = TcpStream::connect(at).unwrap();
    follower.wait_for_stdout("  ####......  waiting 0 -> 1, backlog 2");
    server.accept().unwrap();
    follower.wait_for_stdout("waiting 1 -> 0, backlog 2");
    drop(server);
    let told = follower.wait();
    told.status(0).stdout_has("listens no more").stderr_is("");
    drop(client);

    let mut command = net.tool("ports");
    command.args(["backlog", "-f", "--interval", "0.005", "--count", "1", "--json"]);
    let follower = Background::spawn(command);
    follower.wait_for_stdout("\"counters\"");
    let (_server, at) = listener("[::1]:0".parse().unwrap(), 7);
    let told = follower.wait();
    told.status(0);
    let last: Value = serde_json::from_str(told.out().lines().last().unwrap()).unwrap();
    assert_eq!(last["type"], "event");
    let data = &last["data"];
    assert_eq!((&data["change"], &data["local"]), (&"appeared".into(), &format!("tcp6 {at}").into()), "{data}");
    assert_eq!(data["after"]["limit_connections"], 7);
    assert!(data["before"].is_null());
}

fn ends_on_a_signal(net: &Net) {
    let (_server, at) = listener("127.0.0.1:0".parse().unwrap(), 2);
    for json in [false, true] {
        // Whoever runs the tests in the background ignores SIGINT, and that is inherited.
        let mut command = net.peer("env");
        command.arg("--default-signal=INT").arg(tools_dir().join("ports")).args([
            "backlog",
            "-f",
            "--interval",
            "0.005",
        ]);
        command.args(json.then_some("--json"));
        let follower = Background::spawn(command);
        follower.wait_for_stdout(if json { "listen_overflows" } else { "since it was made" });
        let client = TcpStream::connect(at).unwrap();
        follower.wait_for_stdout(if json { "\"moved\"" } else { "waiting " });
        follower.signal("INT");
        let told = follower.wait();
        told.status(130).stderr_is("");
        assert!(told.out().ends_with('\n'), "{}", told.story());
        if json {
            let kinds: Vec<Value> = told.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            assert!(
                kinds
                    .iter()
                    .all(|line| line["type"] == if line["data"]["kind"] == "change" { "event" } else { "result" })
            );
        }
        drop(client);
    }
}

/// The counters are those of the namespace, and so is what they grow by.
fn counts_drops(net: &Net) {
    let far = FarHost::start();
    let (_server, at) = listener(SocketAddr::new(far_host::here(false), 0), 0);
    let totals = |json: &str| serde_json::from_str::<Value>(json.lines().last().unwrap()).unwrap()["data"].take();
    let before = totals(&run(net.tool("ports").args(["backlog", "--json"])).out());
    assert_eq!((&before["kind"], &before["listen_overflows"]), (&"counters".into(), &0.into()), "{before}");
    let mut command = net.tool("ports");
    command.args(["backlog", "-f", "--interval", "0.005", "--json"]);
    let follower = Background::spawn(command);
    follower.wait_for_stdout("\"counters\"");
    let _client = TcpStream::connect(at).unwrap();
    wait_until("the queue is full", || gauge(net, at.port())["full"] == true);
    far.call(SILENT, at);
    follower.wait_for_stdout("\"counted\"");
    let told = follower.kill();
    let lines: Vec<Value> = told.out().lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    let counted = lines.iter().find(|line| line["data"]["change"] == "counted").unwrap();
    assert_eq!(counted["type"], "event", "{counted}");
    let (before, after) = (&counted["data"]["before"], &counted["data"]["after"]);
    assert!(before["listen_overflows"] == 0 && after["listen_overflows"].as_u64() > Some(0), "{counted}");
}

fn nothing_listens(net: &Net) {
    run(net.tool("ports").arg("backlog"))
        .status(1)
        .stdout_is("")
        .stderr_has("nothing listens on TCP in this network namespace");
    run(net.tool("ports").args(["backlog", "80", "81"])).status(1).stderr_has("nothing listens on TCP port 80 or 81");
    run(net.tool("ports").args(["backlog", "--interval", "0.005"])).status(2);
    for wrong in ["0", "0.0009", "3601", "5ms"] {
        let refused = run(net.tool("ports").args(["backlog", "-f", "--interval", wrong]));
        refused.status(2).stderr_has("a number of seconds from 0.001 to 3600 is wanted");
    }
    let waiting = run(net.tool("ports").args(["backlog", "80", "-f", "--duration", "0.01"]));
    waiting.status(0).stderr_is("ports: nothing listens on TCP port 80 yet\n");
    assert!(!waiting.out().contains("Listener"), "{}", waiting.story());
    // A listener on every address is one on each.
    let _every = std::net::TcpListener::bind("0.0.0.0:80").unwrap();
    run(net.tool("ports").args(["backlog", "127.0.0.1:80"])).status(0).stdout_has("0.0.0.0:80");
    run(net.tool("ports").args(["explain", "127.0.0.1:80"])).status(0).stdout_has("0.0.0.0:80");
    run(net.tool("ports").args(["backlog", "[::1]:80"])).status(1).stderr_has("nothing listens on TCP [::1]:80");
    for (target, told) in [
        ("[::1]:80", "no TCP or UDP socket here has [::1]:80 (ports why [::1]:80 says whether it is to be had)"),
        (
            "127.0.0.1:1",
            "no TCP or UDP socket here has 127.0.0.1:1 (ports why 127.0.0.1:1 says whether it is to be had)",
        ),
        ("80/udp", "no UDP socket here has port 80 (ports why 80/udp says whether it is to be had)"),
    ] {
        run(net.tool("ports").args(["explain", target])).status(1).stdout_is("").stderr_is(&format!("ports: {told}\n"));
    }
}

/// A pipe says so by an error, a socket by a hang-up.
fn nobody_reads(net: &Net) {
    for (name, args) in [("ports", ["backlog", "-f", "--interval", "3600"]), ("netstat", ["-t", "-n", "-c", "3600"])] {
        let (pipe_reader, pipe_writer) = std::io::pipe().unwrap();
        let (reader, writer) = UnixStream::pair().unwrap();
        let pairs: [(Box<dyn Read>, OwnedFd); 2] =
            [(Box::new(pipe_reader), pipe_writer.into()), (Box::new(reader), writer.into())];
        for (mut reader, writer) in pairs {
            let mut command = net.tool("ports");
            command.arg0(name).args(args).stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
            let mut running = Background::spawn_as_it_is(command);
            assert_ne!(reader.read(&mut [0; 4096]).unwrap(), 0, "{name}");
            drop(reader);
            wait_until("it sees that nobody reads", || !running.is_running());
            running.wait().status(0);
        }
    }
}
