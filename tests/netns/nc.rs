//! nc beside OpenBSD nc: the same words and statuses, and each at the other end of the other.

use std::fs::File;
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};

use sha2::{Digest, Sha256};
use socket2::{Domain, Socket, Type};
use sockeye_test_support::{Background, Case, Net, Run, peer, run, run_with_input, tool, wait_until};

const PEERS: &[&str] = &["nc.openbsd"];
/// Larger than every buffer between two processes.
const LARGE: usize = 64 << 20;

pub(crate) fn tests() -> Vec<Case> {
    let mut cases = vec![
        Case::new("nc::says_what_openbsd_says_as_a_client", PEERS, same_words_as_a_client),
        Case::new("nc::says_what_openbsd_says_as_a_listener", PEERS, same_words_as_a_listener),
        Case::new("nc::says_what_openbsd_says_when_time_is_up", PEERS, same_words_when_time_is_up),
        Case::new("nc::tries_every_address_of_a_name", PEERS, every_address_of_a_name),
        Case::new("nc::the_system_chooses_no_port_that_was_asked_for", PEERS, local_address_and_port),
        Case::new("nc::no_connection_to_itself", &[], no_connection_to_itself),
        Case::new("nc::errors_are_told_on_request", &[], told_on_request),
        Case::new("nc::dual_stack_listener", PEERS, dual_stack),
        Case::new("nc::udp_both_ways", PEERS, udp_both_ways),
        Case::new("nc::udp_listener_hears_every_openbsd_client", PEERS, udp_keep_open),
        Case::new("nc::a_refused_connection_is_told_on_a_terminal", &["script"], told_on_a_terminal),
        Case::new("nc::a_low_port_needs_a_privilege_and_says_which", &["setpriv"], low_port),
        Case::new("nc::a_stopped_reader_holds_nothing_up_for_ever", PEERS, stopped_reader),
    ];
    for family in [V4, V6] {
        for (client, server) in [(OURS, OURS), (OURS, THEIRS), (THEIRS, OURS)] {
            let title = |what: &str| format!("nc::{what}_{}_{}_{}", family.name, client.name, server.name);
            cases.push(Case::new(title("sends"), PEERS, move |net| sends(net, family, client, server)));
            cases.push(Case::new(title("receives"), PEERS, move |net| receives(net, family, client, server)));
            cases.push(Case::new(title("both_at_once"), PEERS, move |net| both_at_once(net, family, client, server)));
        }
    }
    cases
}

#[derive(Clone, Copy)]
struct Family {
    name: &'static str,
    addr: &'static str,
}

const V4: Family = Family { name: "ipv4", addr: "127.0.0.1" };
const V6: Family = Family { name: "ipv6", addr: "::1" };

#[derive(Clone, Copy)]
struct Who {
    name: &'static str,
    command: fn() -> Command,
}

const OURS: Who = Who { name: "ours", command: || tool("nc") };
const THEIRS: Who = Who {
    name: "openbsd",
    command: || {
        // Its messages start with argv[0].
        let mut command = peer("nc.openbsd");
        command.arg0("nc");
        command
    },
};

impl Who {
    fn nc(self, args: &[&str]) -> Command {
        let mut command = (self.command)();
        command.args(args);
        command
    }

    /// A listener that is ready.
    fn listen(self, args: &[&str]) -> Background {
        let listener = Background::spawn(self.nc(args));
        listening(&listener);
        listener
    }
}

/// Waits until a listener with `-v` says that it is ready.
fn listening(listener: &Background) {
    wait_until("the listener is ready", || {
        let said = listener.stderr_so_far();
        let said = String::from_utf8_lossy(&said);
        ["Listening on", "Bound on", "getnameinfo"].iter().any(|ready| said.contains(ready)) && said.ends_with('\n')
    });
}

/// Octets that compress to nothing, in a file of the test.
fn large_file(net: &Net, name: &str) -> File {
    let path = net.dir().join(name);
    let mut state = 0x9e37_79b9_7f4a_7c15_u64 ^ u64::from(name.as_bytes()[0]);
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_le_bytes()
    };
    let octets: Vec<u8> = std::iter::repeat_with(next).take(LARGE / 8).flatten().collect();
    std::fs::write(&path, octets).unwrap();
    File::open(&path).unwrap()
}

fn sha256(path: &Path) -> Vec<u8> {
    Sha256::digest(std::fs::read(path).unwrap()).to_vec()
}

#[track_caller]
fn same_file(net: &Net, one: &str, other: &str) {
    let lengths = [one, other].map(|name| std::fs::metadata(net.dir().join(name)).unwrap().len());
    assert_eq!(lengths[0], lengths[1], "{one} and {other} differ in length");
    assert_eq!(sha256(&net.dir().join(one)), sha256(&net.dir().join(other)), "{one} and {other} differ");
}

/// Starts `command` between two files; standard error is collected.
fn between(mut command: Command, input: Stdio, net: &Net, output: &str) -> Background {
    let output = File::create(net.dir().join(output)).unwrap();
    command.stdin(input).stdout(output).stderr(Stdio::piped());
    Background::spawn_as_it_is(command)
}

/// The client has the file.
fn sends(net: &Net, family: Family, client: Who, server: Who) {
    let file = large_file(net, "sent");
    let listener = between(server.nc(&["-lvn", family.addr, "5001"]), Stdio::null(), net, "got");
    listening(&listener);
    between(client.nc(&["-N", family.addr, "5001"]), file.into(), net, "nothing").wait().status(0).stderr_is("");
    listener.wait().status(0);
    same_file(net, "sent", "got");
}

/// The server has the file, and the client's input is open for as long as it has not come.
fn receives(net: &Net, family: Family, client: Who, server: Who) {
    let file = large_file(net, "sent");
    let listener = between(server.nc(&["-Nlvn", family.addr, "5001"]), file.into(), net, "nothing");
    listening(&listener);
    let mut receiver = between(client.nc(&[family.addr, "5001"]), Stdio::piped(), net, "got");
    wait_for_length(net, "got");
    assert!(receiver.is_running(), "the client stays until its input ends");
    drop(receiver.stdin.take());
    receiver.wait().status(0).stderr_is("");
    listener.wait().status(0);
    same_file(net, "sent", "got");
}

/// Both have one. OpenBSD's listener leaves when its peer has ended, so that the client must not end first.
fn both_at_once(net: &Net, family: Family, client: Who, server: Who) {
    let file = large_file(net, "back");
    drop(large_file(net, "there"));
    let listener = between(server.nc(&["-Nlvn", family.addr, "5001"]), file.into(), net, "got there");
    listening(&listener);
    let mut sender = between(client.nc(&["-N", family.addr, "5001"]), Stdio::piped(), net, "got back");
    let mut stdin = sender.stdin.take().unwrap();
    let there = std::fs::read(net.dir().join("there")).unwrap();
    let writer = std::thread::spawn(move || {
        stdin.write_all(&there).unwrap();
        stdin
    });
    wait_for_length(net, "got back");
    drop(writer.join().unwrap());
    sender.wait().status(0).stderr_is("");
    listener.wait().status(0);
    same_file(net, "there", "got there");
    same_file(net, "back", "got back");
}

fn wait_for_length(net: &Net, name: &str) {
    let path = net.dir().join(name);
    let expected = u64::try_from(LARGE).unwrap();
    wait_until("everything has come", || std::fs::metadata(&path).is_ok_and(|file| file.len() >= expected));
}

/// Runs the same line with both and expects the same words, and the same status.
#[track_caller]
fn same(args: &[&str], input: &[u8]) {
    let [ours, theirs] = [OURS, THEIRS].map(|who| run_with_input(&mut who.nc(args), input));
    assert_eq!(
        (ours.err(), ours.out(), ours.status),
        (theirs.err(), theirs.out(), theirs.status),
        "nc {}",
        args.join(" ")
    );
}

fn same_words_as_a_client(_: &Net) {
    let mut server = THEIRS.listen(&["-lkvn", "127.0.0.1", "5001"]);
    let _ssh = THEIRS.listen(&["-lkvn", "127.0.0.1", "22"]);
    let _v6 = THEIRS.listen(&["-lkvn", "::1", "5001"]);
    for line in [
        "-vN 127.0.0.1 5001",
        "-N 127.0.0.1 5001",
        "-vN localhost 5001",
        "-vnN 127.0.0.1 5001",
        "-vN 127.0.0.1 22",
        "-vN 127.0.0.1 ssh",
        "-vnN 127.0.0.1 22",
        "-vN 127.1 5001",
        "-vN 127.0.0.1 +5001",
        "-vN ::1 5001",
        "-6vN 0:0:0:0:0:0:0:1 5001",
        "127.0.0.1 -vN 5001",
        "127.0.0.1 5001 -vN",
        "-vN -s 127.0.0.1 127.0.0.1 5001",
        "-vN 127.0.0.1 5001 22",
        "-vN 127.0.0.1 5000-5001",
        "-v 127.0.0.1 5999",
        "127.0.0.1 5999",
        "-v localhost 5999",
        "-v ::1 5999",
        "-v 127.0.0.1 http",
        "-v 10.8.8.8 80",
        "10.8.8.8 80",
        "-v no.such.invalid 80",
        "no.such.invalid 80",
        "-nv localhost 80",
        "-4v ::1 5001",
        "-6v 127.0.0.1 5001",
        "-4 -6 -v 127.0.0.1 5001",
        "-s bogus 127.0.0.1 5001",
        "-s ::1 -v 127.0.0.1 5001",
        "-p foo 127.0.0.1 5001",
        "127.0.0.1",
        "-l",
        "-lk",
        "-k 127.0.0.1 5001",
        "-v 127.0.0.1 0",
        "-v 127.0.0.1 65536",
        "-v 127.0.0.1 foo",
        "-v 127.0.0.1 1-70000",
        "-v 127.0.0.1 5001 extra",
        "-w abc 127.0.0.1 5001",
        "-w -5 127.0.0.1 5001",
        "-w 99999999999 127.0.0.1 5001",
        "-q abc 127.0.0.1 5001",
        "-q 99999999999 127.0.0.1 5001",
        "-l foo",
        "-l 127.0.0.1 foo",
        "-l nosuch.invalid 5003",
        "-4l ::1 5003",
    ] {
        same(&line.split(' ').collect::<Vec<_>>(), b"x");
    }
    same(&["-v", "127.0.0.1", ""], b"");
    same(&["-v", "", "5999"], b"");
    same(&["-v", "127.0.0.1", " 5999"], b"");
    same(&["-w", "\t1", "-v", "127.0.0.1", "5999"], b"");
    // An address with a scope is written as it was given.
    same(&["-v", "fe80::1%lo", "5999"], b"");
    assert!(server.is_running());
    // The usage text shows the options that there are; the line above it and the status are the same.
    for line in ["", "-Y 127.0.0.1 1", "-vY", "-w", "-k", "-l 1 2 3", "-l -p 5003 5004", "-l -s 127.0.0.1 5003"] {
        let args: Vec<&str> = line.split(' ').filter(|word| !word.is_empty()).collect();
        let [ours, theirs] = [OURS, THEIRS].map(|who| run(&mut who.nc(&args)));
        let before = |run: &Run| run.err().split("usage: nc [").next().unwrap().to_owned();
        assert!(ours.err().contains("usage: nc ["), "{}", ours.story());
        assert_eq!((before(&ours), ours.status), (before(&theirs), theirs.status), "nc {line}");
    }
}

/// What a listener and its clients said, without the ports that the system chose.
fn heard(who: Who, args: &[&str], clients: &[&[&str]], end: bool) -> (String, Vec<u8>, i32) {
    let mut listener = who.listen(args);
    drop(listener.stdin.take());
    let mut expected = 0;
    for client in clients {
        let told = run_with_input(&mut THEIRS.nc(client), b"hello\n");
        assert_eq!(told.status, 0, "{}", told.story());
        expected += 6;
        wait_until("the listener has it", || listener.stdout_so_far().len() >= expected);
    }
    let run = if end { listener.wait() } else { listener.kill() };
    let lines = run.err().lines().map(without_port).collect::<Vec<_>>().join("\n");
    (lines, run.stdout, run.status)
}

/// Replaces the port at the end of a line, if the system has chosen it.
fn without_port(line: &str) -> String {
    match line.rsplit_once(' ') {
        Some((before, port)) if port.parse::<u16>().is_ok_and(|port| port >= 10_000) => format!("{before} PORT"),
        _ => line.to_owned(),
    }
}

fn same_words_as_a_listener(_: &Net) {
    let (v4, v6): (&[&str], &[&str]) = (&["-N", "127.0.0.1", "5003"], &["-N", "::1", "5003"]);
    let udp: &[&str] = &["-u", "-q0", "127.0.0.1", "5003"];
    for (args, clients, end) in [
        (&["-lv", "127.0.0.1", "5003"][..], &[v4][..], true),
        (&["-lvn", "127.0.0.1", "5003"], &[v4], true),
        (&["-lv", "localhost", "5003"], &[v4], true),
        (&["-lvn", "5003"], &[v4], true),
        (&["-lv", "5003"], &[v4], true),
        (&["-lvp", "5003"], &[v4], true),
        (&["-lvn", "-s", "127.0.0.1", "-p", "5003"], &[v4], true),
        (&["-lvn", "::1", "5003"], &[v6], true),
        (&["-6lvn", "5003"], &[v6], true),
        (&["-6lvn", "5003"], &[v4], true),
        (&["-lkvn", "127.0.0.1", "5003"], &[v4, v4, v4], false),
        (&["-luvn", "127.0.0.1", "5003"], &[udp], false),
        (&["-luv", "127.0.0.1", "5003"], &[udp], false),
        (&["-luvn", "-w1", "127.0.0.1", "5003"], &[udp], true),
        (&["-lukvn", "127.0.0.1", "5003"], &[udp, udp], false),
    ] {
        let [ours, theirs] = [OURS, THEIRS].map(|who| heard(who, args, clients, end));
        assert_eq!(ours, theirs, "nc {}", args.join(" "));
    }
}

/// A port that answers no SYN: its queue is full.
fn silent_port() -> (Socket, Vec<Socket>, String) {
    let listener = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let any: std::net::SocketAddr = "127.0.0.1:0".parse().unwrap();
    listener.bind(&any.into()).unwrap();
    listener.listen(0).unwrap();
    let addr = listener.local_addr().unwrap();
    let waiting = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    waiting.connect(&addr).unwrap();
    let port = addr.as_socket().unwrap().port().to_string();
    (listener, vec![waiting], port)
}

fn same_words_when_time_is_up(_: &Net) {
    let (_listener, _waiting, port) = silent_port();
    same(&["-v", "-w", "1", "127.0.0.1", &port], b"");
    same(&["-w", "1", "127.0.0.1", &port], b"");
    let _server = THEIRS.listen(&["-lkvn", "127.0.0.1", "5001"]);
    same(&["-v", "-w", "1", "127.0.0.1", "5001"], b"");
    same(&["-w", "0", "127.0.0.1", "5001"], b"");
    same(&["-u", "-w", "1", "127.0.0.1", "5999"], b"x");
}

fn every_address_of_a_name(net: &Net) {
    // The name of the loopback interface may be IPv4, IPv6 or both here: whatever it is, OpenBSD's way is ours.
    same(&["-v", "localhost", "5999"], b"");
    let server = OURS.listen(&["-lvn", "127.0.0.1", "5004"]);
    let client = run_with_input(net.tool("nc").args(["-vN", "localhost", "5004"]), b"by name");
    client.status(0).stderr_has("Connection to localhost (127.0.0.1) 5004 port [tcp/*] succeeded!\n");
    server.wait().status(0).stdout_is("by name");
}

/// With one local port to choose from, TCP comes out at itself: nobody listens there. Whoever asks for that port gets it.
fn no_connection_to_itself(_: &Net) {
    std::fs::write("/proc/sys/net/ipv4/ip_local_port_range", "40000 40001").unwrap();
    for _ in 0..10 {
        run_with_input(&mut OURS.nc(&["-vN", "127.0.0.1", "40000"]), b"x")
            .status(1)
            .stdout_is("")
            .stderr_has("refused");
    }
    run_with_input(&mut OURS.nc(&["-N", "-p", "5000", "127.0.0.1", "5000"]), b"echo").status(0).stdout_is("echo");
}

/// Without a terminal and without `-v`, a script hears of it only if it asks.
fn told_on_request(_: &Net) {
    run(&mut OURS.nc(&["127.0.0.1", "5999"])).status(1).stderr_is("");
    run(&mut OURS.nc(&["--errors", "127.0.0.1", "5999"]))
        .status(1)
        .stderr_is("nc: connect to 127.0.0.1 port 5999 (tcp) failed: Connection refused\n");
}

fn local_address_and_port(_: &Net) {
    let server = THEIRS.listen(&["-lvn", "127.0.0.1", "5001"]);
    run_with_input(&mut OURS.nc(&["-N", "-s", "127.0.0.2", "-p", "4001", "127.0.0.1", "5001"]), b"x").status(0);
    server.wait().status(0).stderr_has("Connection received on 127.0.0.2 4001\n");
    let taken = TcpListener::bind("127.0.0.1:4002").unwrap();
    run(&mut OURS.nc(&["-s", "127.0.0.1", "-p", "4002", "127.0.0.1", "5001"]))
        .status(1)
        .stderr_is("nc: bind 127.0.0.1:4002: Address already in use\n");
    drop(taken);
    run(&mut OURS.nc(&["-l", "10.1.1.1", "5003"]))
        .status(1)
        .stderr_is("nc: bind 10.1.1.1:5003: Cannot assign requested address\n");
}

fn dual_stack(_: &Net) {
    let listener = OURS.listen(&["--explain", "-6lkvn", "5003"]);
    for addr in ["127.0.0.1", "::1"] {
        run_with_input(&mut THEIRS.nc(&["-N", addr, "5003"]), addr.as_bytes()).status(0);
        listener.wait_for_stdout(addr);
    }
    let heard = listener.kill();
    heard.stderr_has("setsockopt IPV6_V6ONLY = 0: :: takes IPv4 too");
    heard.stderr_has("Listening on :: 5003\n").stderr_has("Connection received on ::ffff:127.0.0.1 ");
    let listener = OURS.listen(&["-lvn", "5004"]);
    assert!(TcpStream::connect("[::1]:5004").is_err(), "without -6 only IPv4");
    drop(listener);
}

fn udp_both_ways(_: &Net) {
    for family in [V4, V6] {
        for (client, server) in [(OURS, THEIRS), (THEIRS, OURS), (OURS, OURS)] {
            let mut server = server.listen(&["-luvn", family.addr, "5002"]);
            let mut client = Background::spawn(client.nc(&["-u", family.addr, "5002"]));
            client.stdin.as_mut().unwrap().write_all(b"question\n").unwrap();
            server.wait_for_stdout("question\n");
            server.stdin.as_mut().unwrap().write_all(b"answer\n").unwrap();
            client.wait_for_stdout("answer\n");
        }
    }
}

fn udp_keep_open(_: &Net) {
    let listener = OURS.listen(&["-lukvn", "127.0.0.1", "5002"]);
    let one = |text: &str| {
        run_with_input(&mut THEIRS.nc(&["-u", "-q0", "127.0.0.1", "5002"]), text.as_bytes()).status(0);
        listener.wait_for_stdout(text);
    };
    one("first");
    one("second");
}

fn told_on_a_terminal(net: &Net) {
    let program = sockeye_test_support::tools_dir().join("nc");
    // script(1) gives it a terminal, and says what appeared there on its own standard output.
    let line = format!("{} 127.0.0.1 5999", program.display());
    let told = run(net.peer("script").args(["-e", "-q", "-c", &line, "/dev/null"]));
    told.status(1).stdout_has("nc: connect to 127.0.0.1 port 5999 (tcp) failed: Connection refused");
}

fn low_port(net: &Net) {
    // Root without this one capability: an ordinary user is another one only outside a user namespace.
    let mut command = net.peer("setpriv");
    command.arg("--bounding-set=-net_bind_service").arg(tool("nc").get_program()).args(["-l", "127.0.0.1", "80"]);
    run(&mut command)
        .status(1)
        .stderr_is("nc: bind 127.0.0.1:80: Permission denied (ports below 1024 need CAP_NET_BIND_SERVICE)\n");
}

fn stopped_reader(net: &Net) {
    for server in [OURS, THEIRS] {
        let file = large_file(net, "sent");
        let listener = between(server.nc(&["-lvn", "127.0.0.1", "5001"]), Stdio::null(), net, "got");
        listening(&listener);
        listener.signal("STOP");
        let sender = between(OURS.nc(&["--explain", "-N", "127.0.0.1", "5001"]), file.into(), net, "nothing");
        // Every buffer on the way is full now.
        sender.wait_for_stderr("are left\n");
        listener.signal("CONT");
        sender.wait().status(0);
        listener.wait().status(0);
        same_file(net, "sent", "got");
    }
}
