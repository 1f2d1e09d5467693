//! Scans: nc -z over TCP and UDP on loopback.

use std::net::{TcpListener, UdpSocket};
use std::process::Command;
use std::time::{Duration, Instant};

use sockeye_test_support::{Background, DEADLINE, Run, run};

use crate::netcat::nc;

/// A listener and its port.
fn listener() -> (TcpListener, u16) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    (listener, port)
}

/// A TCP port that nobody listens on and that the system gives to nobody else: bound, and not listening.
fn closed() -> (socket2::Socket, u16) {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.bind(&"127.0.0.1:0".parse::<std::net::SocketAddr>().unwrap().into()).unwrap();
    let port = socket.local_addr().unwrap().as_socket().unwrap().port();
    (socket, port)
}

fn refused(port: u16, transport: &str) -> String {
    format!("nc: connect to 127.0.0.1 port {port} ({transport}) failed: Connection refused\n")
}

fn succeeded(port: u16, transport: &str) -> String {
    format!("Connection to 127.0.0.1 {port} port [{transport}/*] succeeded!\n")
}

/// The results on standard output: port and state.
fn states(run: &Run) -> Vec<(u64, String)> {
    run.out()
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .inspect(|line| assert_eq!((&line["schema"], &line["type"]), (&"nc/1".into(), &"result".into())))
        .map(|line| (line["data"]["port"].as_u64().unwrap(), line["data"]["state"].as_str().unwrap().to_owned()))
        .collect()
}

#[test]
fn open_and_closed_ports_are_told_in_the_order_given() {
    let ((_open, open), (_closed, closed)) = (listener(), closed());
    let (open_text, closed_text) = (open.to_string(), closed.to_string());
    let scan = run(&mut nc(&["-nzv", "127.0.0.1", &closed_text, &open_text, &closed_text]));
    let expected = format!("{}{}{}", refused(closed, "tcp"), succeeded(open, "tcp"), refused(closed, "tcp"));
    scan.status(0).stdout_is("").stderr_is(&expected);
    run(&mut nc(&["-nzv", "127.0.0.1", &closed_text])).status(1).stderr_is(&refused(closed, "tcp"));
    run(&mut nc(&["-nz", "127.0.0.1", &closed_text])).status(1).stdout_is("").stderr_is("");
    run(&mut nc(&["-nz", "--errors", "127.0.0.1", &closed_text])).status(1).stderr_is(&refused(closed, "tcp"));
    run(&mut nc(&["-nz", "127.0.0.1", &open_text])).status(0).stdout_is("").stderr_is("");
}

#[test]
fn an_interval_paces_a_scan() {
    let (_closed, port) = closed();
    let port = port.to_string();
    let start = Instant::now();
    run(&mut nc(&["-nz", "-i", "100ms", "127.0.0.1", &port, &port, &port])).status(1);
    // Only the lower bound: two pauses between three ports.
    assert!(start.elapsed() >= Duration::from_millis(200));
}

#[test]
fn a_connection_to_ourselves_is_not_an_open_port() {
    // -p makes certain what otherwise happens by chance.
    let (socket, port) = closed();
    drop(socket);
    let port = port.to_string();
    run(&mut nc(&["-nz", "--explain", "-p", &port, "127.0.0.1", &port]))
        .status(1)
        .stderr_has("is closed: we met ourselves");
}

#[test]
fn udp_ports_are_closed_open_or_silent() {
    let silent = UdpSocket::bind("127.0.0.1:0").unwrap();
    let silent_port = silent.local_addr().unwrap().port();
    let closed = {
        // Bound to another address, so that nobody gets the port, and nobody is there at 127.0.0.1.
        let socket = UdpSocket::bind("127.0.0.2:0").unwrap();
        (socket.local_addr().unwrap().port(), socket)
    };
    let answering = UdpSocket::bind("127.0.0.1:0").unwrap();
    let answering_port = answering.local_addr().unwrap().port();
    answering.set_read_timeout(Some(DEADLINE)).unwrap();
    let texts = [silent_port, closed.0, answering_port].map(|port| port.to_string());
    let [silent_text, closed_text, answering_text] = &texts;

    let mut command = nc(&["-nzu", "--json", "-w", "20", "127.0.0.1", answering_text, closed_text]);
    command.arg("--status");
    let scan = Background::spawn(command);
    let mut room = [7; 8];
    let (len, peer) = answering.recv_from(&mut room).unwrap();
    assert_eq!((len, room[0]), (1, 0), "the probe is one octet, zero");
    answering.send_to(b"", peer).unwrap();
    let scan = scan.wait();
    scan.status(0);
    let expected = [(u64::from(answering_port), "open".to_owned()), (u64::from(closed.0), "closed".to_owned())];
    assert_eq!(states(&scan), expected);

    let scan = run(&mut nc(&["-nzuv", "-w", "200ms", "127.0.0.1", silent_text, closed_text]));
    scan.status(0).stderr_is(&format!("{}{}", succeeded(silent_port, "udp"), refused(closed.0, "udp")));
    run(&mut nc(&["-nzu", "127.0.0.1", closed_text])).status(1).stderr_is("");
    let args = |port| ["-nzu", "-w", "200ms", "--status", "--explain", "127.0.0.1", port];
    run(&mut nc(&args(silent_text))).status(5).stderr_has(" is open or filtered: no answer in time");
    run(&mut nc(&args(closed_text))).status(3).stderr_has(" is closed (ECONNREFUSED)");
}

#[test]
fn few_descriptors_make_a_scan_slower_and_not_wrong() {
    let sockets: Vec<_> = (0..30).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let ports: Vec<String> = sockets.iter().map(|socket| socket.local_addr().unwrap().port().to_string()).collect();
    let limited = format!("ulimit -n 16; exec \"$0\" -nzu --json -w 100ms 127.0.0.1 {}", ports.join(" "));
    let scan = run(Command::new("sh").args(["-c", &limited]).arg(sockeye_test_support::tools_dir().join("nc")));
    scan.status(0);
    assert_eq!(states(&scan).iter().filter(|(_, state)| state == "open_or_filtered").count(), 30);
}

#[test]
fn what_a_scan_cannot_do_is_refused() {
    for option in ["-e cat", "-c cat", "-F", "--generate 1x1", "--segments", "-o file"] {
        let mut command = nc(&["-z", "127.0.0.1", "1"]);
        let run = run(command.args(option.split(' ')));
        let name = option.split(' ').next().unwrap();
        run.status(1).stderr_is(&format!("nc: cannot use -z and {name}: a scan has no conversation\n"));
    }
    run(&mut nc(&["-lz", "80"])).status(1).stderr_is("nc: cannot use -z and -l\n");
}
