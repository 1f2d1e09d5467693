//! Every state of TCP, over both families, held by a host that plays TCP from a script.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::net::{IpAddr, Shutdown, SocketAddr, TcpListener, TcpStream};

use serde_json::Value;
use socket2::{Domain, Socket, Type};
use sockeye_test_support::{Case, Net, Run, run, run_until, wait_until};

use crate::far_host::{self, CROSSING, DEAF, FIRST, FULL, FarHost, HALF, POLITE, SILENT};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports::every_state_is_listed_and_ss_agrees", &["ss"], every_state),
        Case::new("ports::every_state_is_explained_by_its_numbers", &[], explained),
    ]
}

/// The sockets of one family, and the state in which each must be: by local port.
struct Zoo {
    here: IpAddr,
    expected: BTreeMap<u16, &'static str>,
    /// What keeps them there.
    sockets: Vec<Socket>,
    /// The local port of each that the tests ask for.
    by_name: BTreeMap<&'static str, u16>,
}

impl Zoo {
    fn add(&mut self, name: &'static str, state: &'static str, port: u16) {
        self.expected.insert(port, state);
        self.by_name.insert(name, port);
    }

    fn port(&self, name: &str) -> u16 {
        self.by_name[name]
    }
}

fn connected(v6: bool, port: u16) -> TcpStream {
    TcpStream::connect(SocketAddr::new(far_host::there(v6), port)).unwrap()
}

/// Only while the far host plays.
fn zoo(v6: bool) -> Zoo {
    let mut zoo =
        Zoo { here: far_host::here(v6), expected: BTreeMap::new(), sockets: Vec::new(), by_name: BTreeMap::new() };
    let here = SocketAddr::new(far_host::here(v6), 0);
    let keep = |zoo: &mut Zoo, name, state, stream: TcpStream| {
        zoo.add(name, state, stream.local_addr().unwrap().port());
        zoo.sockets.push(stream.into());
    };

    let bound = Socket::new(Domain::for_address(here), Type::STREAM, None).unwrap();
    bound.bind(&here.into()).unwrap();
    zoo.add("bound", "BOUND", bound.local_addr().unwrap().as_socket().unwrap().port());
    zoo.sockets.push(bound);

    let calling = Socket::new(Domain::for_address(here), Type::STREAM, None).unwrap();
    calling.set_nonblocking(true).unwrap();
    let silent = SocketAddr::new(far_host::there(v6), SILENT);
    assert!(calling.connect(&silent.into()).is_err(), "nobody answers");
    zoo.add("syn-sent", "SYN-SENT", calling.local_addr().unwrap().as_socket().unwrap().port());
    zoo.sockets.push(calling);

    // Unread by the far side: the retransmission timer runs.
    let mut open = connected(v6, DEAF);
    open.write_all(b"hello").unwrap();
    keep(&mut zoo, "unanswered", "ESTABLISHED", open);
    let mut full = connected(v6, FULL);
    full.write_all(b"hello").unwrap();
    full.write_all(b"more").unwrap();
    keep(&mut zoo, "full", "ESTABLISHED", full);

    for (name, state, port) in
        [("fin-wait-1", "FIN-WAIT-1", DEAF), ("fin-wait-2", "FIN-WAIT-2", HALF), ("closing", "CLOSING", CROSSING)]
    {
        let ended = connected(v6, port);
        ended.shutdown(Shutdown::Write).unwrap();
        keep(&mut zoo, name, state, ended);
    }
    for (name, state, port) in
        [("orphan-1", "FIN-WAIT-1", DEAF), ("orphan-2", "FIN-WAIT-2", HALF), ("time-wait", "TIME-WAIT", POLITE)]
    {
        let closed = connected(v6, port);
        zoo.add(name, state, closed.local_addr().unwrap().port());
        drop(closed);
    }
    for (name, state) in [("close-wait", "CLOSE-WAIT"), ("last-ack", "LAST-ACK")] {
        let ended = connected(v6, FIRST);
        // The FIN has come.
        assert_eq!(std::io::Read::read(&mut &ended, &mut [0]).unwrap(), 0);
        if state == "LAST-ACK" {
            ended.shutdown(Shutdown::Write).unwrap();
        }
        keep(&mut zoo, name, state, ended);
    }
    zoo
}

/// Local port and state of every TCP socket, as `ports` lists them.
fn listed(net: &Net) -> Vec<Value> {
    let told = run(net.tool("ports").args(["-tan", "--json"]));
    told.status(0);
    rows(&told)
}

fn rows(told: &Run) -> Vec<Value> {
    told.out().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["data"].take()).collect()
}

fn rows_at(rows: &[Value], here: IpAddr, port: u16) -> impl Iterator<Item = &Value> {
    // The other family may use the same numbers.
    rows.iter().filter(move |row| row["local_port"] == port && row["local_address"] == here.to_string())
}

fn states_at(rows: &[Value], here: IpAddr, port: u16) -> Vec<String> {
    rows_at(rows, here, port).map(|row| row["state"]["name"].as_str().unwrap_or("?").to_owned()).collect()
}

fn settle(net: &Net, zoo: &Zoo) {
    let list = || {
        let mut command = net.tool("ports");
        command.args(["-tan", "--json"]);
        command
    };
    run_until(list, |told| {
        let rows = rows(told);
        zoo.expected.iter().all(|(port, state)| states_at(&rows, zoo.here, *port) == [*state])
    });
}

fn every_state(net: &Net) {
    let far = FarHost::start();
    let zoos = [zoo(false), zoo(true)];
    for zoo in &zoos {
        settle(net, zoo);
    }
    for v6 in [false, true] {
        let server = TcpListener::bind(SocketAddr::new(far_host::here(v6), 0)).unwrap();
        let at = server.local_addr().unwrap();
        far.call(HALF, at);
        far.call(SILENT, at);
        wait_until("a connection waits and one is half-open", || {
            let mut states = states_at(&listed(net), at.ip(), at.port());
            states.sort();
            states == ["ESTABLISHED", "LISTEN", "SYN-RECEIVED"]
        });
        let rows = listed(net);
        let waiting = rows_at(&rows, at.ip(), at.port()).find(|row| row["state"]["name"] == "ESTABLISHED").unwrap();
        assert!(waiting["inode"].is_null(), "nobody has accepted it: {waiting}");
        let listener = rows_at(&rows, at.ip(), at.port()).find(|row| row["state"]["name"] == "LISTEN").unwrap();
        assert_eq!(listener["accept_queue_connections"], 1, "{listener}");
        ss_agrees(net);
    }
    // The kernel counts down from 60 s, and tells what is left to the millisecond.
    let rows = listed(net);
    for zoo in &zoos {
        let port = zoo.port("time-wait");
        let row = rows_at(&rows, zoo.here, port).next().unwrap();
        let left = row["expires_ms"].as_u64().unwrap();
        assert!((1..=60_000).contains(&left), "{row}");
    }
}

/// Everything that ss lists, ports lists in the same state, and nothing else but what is only bound, which ss 6.1 has not.
fn ss_agrees(net: &Net) {
    let told = run(net.peer("ss").args(["-tanH"]));
    told.status(0);
    let mut theirs: Vec<(String, String, String)> = told
        .out()
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            let state = match words[0] {
                "ESTAB" => "ESTABLISHED",
                "SYN-RECV" => "SYN-RECEIVED",
                same => same,
            };
            (state.to_owned(), words[3].to_owned(), words[4].to_owned())
        })
        .filter(|(state, ..)| state != "UNCONN")
        .collect();
    let told = run(net.tool("ports").args(["-tanH"]));
    let mut ours: Vec<(String, String, String)> = told
        .out()
        .lines()
        .map(|line| {
            let words: Vec<&str> = line.split_whitespace().collect();
            (words[1].to_owned(), words[4].to_owned(), words[5].to_owned())
        })
        .filter(|(state, ..)| state != "BOUND")
        .collect();
    theirs.sort();
    ours.sort();
    assert_eq!(ours, theirs);
}

fn explained(net: &Net) {
    let _far = FarHost::start();
    for v6 in [false, true] {
        let zoo = zoo(v6);
        settle(net, &zoo);
        let pid = std::process::id();
        for (name, said) in [
            ("bound", "the process must listen(2), connect(2) or close(2)".to_owned()),
            ("syn-sent", "is out; the next goes in".to_owned()),
            ("unanswered", "5 octets not acknowledged by the peer".to_owned()),
            ("full", "the peer's window is closed: its process does not read".to_owned()),
            ("fin-wait-1", "Send-Q 1 is our FIN, not acknowledged yet".to_owned()),
            ("fin-wait-2", "still holds it: shutdown(2) closed our direction only".to_owned()),
            ("closing", "both sides closed at the same time".to_owned()),
            ("orphan-1", "an orphan: the process has closed it".to_owned()),
            ("orphan-2", "the kernel gives it up in".to_owned()),
            ("time-wait", "then the pair of addresses is free again".to_owned()),
            ("close-wait", format!("[{pid}] fd ")),
            ("last-ack", "the peer closed, then this side did".to_owned()),
        ] {
            let port = zoo.port(name).to_string();
            let state = format!("[{}]", zoo.expected[&zoo.port(name)]);
            // The acknowledgement that closes a window comes later than the connection; a timer may be about to go off.
            let explain = || {
                let mut command = net.tool("ports");
                command.args(["explain", &port]);
                command
            };
            run_until(explain, |told| told.out().contains(&said) && told.out().contains(&state)).status(0);
        }
    }
}
