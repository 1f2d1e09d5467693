//! nc on loopback, against the standard library's sockets and against itself.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::AsRawFd;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use socket2::SockRef;
use sockeye_test_support::{Background, DEADLINE, Run, run, run_with_input, wait_until};

use crate::netcat::{listening_at as listening, nc, port_of};

/// What is only ever read from a file of this test.
fn octets(len: usize, seed: u64) -> Vec<u8> {
    let mut state = seed;
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    std::iter::repeat_with(next).take(len).collect()
}

fn sha256(octets: &[u8]) -> Vec<u8> {
    Sha256::digest(octets).to_vec()
}

/// Reads to the end, or panics when that takes too long.
fn read_to_end(stream: &mut TcpStream) -> Vec<u8> {
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    let mut octets = Vec::new();
    stream.read_to_end(&mut octets).unwrap();
    octets
}

fn accept(listener: &TcpListener) -> TcpStream {
    listener.set_nonblocking(true).unwrap();
    let mut accepted = None;
    wait_until("nc connects", || {
        accepted = listener.accept().ok();
        accepted.is_some()
    });
    let (stream, _) = accepted.unwrap();
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

fn udp_peer() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    (socket, port)
}

/// The next datagram: its length, cut to the room, and its sender.
fn receive(peer: &UdpSocket, room: &mut [u8]) -> (usize, SocketAddr) {
    loop {
        match peer.recv_from(room) {
            // A call with a timeout is not restarted after a signal, whatever the signal was for.
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            received => return received.unwrap(),
        }
    }
}

/// The kinds of the JSON events on standard error, in their order; everything else there must not be.
fn events(run: &Run) -> Vec<serde_json::Value> {
    run.err()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}\n{}", run.story())))
        .inspect(|line: &serde_json::Value| assert_eq!(line["schema"], "nc/1"))
        .map(|line| line["data"].clone())
        .collect()
}

#[test]
fn a_wrong_line_ends_with_one_and_names_the_tool_as_it_was_called() {
    run(&mut nc(&[])).status(1).stdout_is("").stderr_has("usage: nc [-46bCDdFhklNnrStUuvz]");
    run(&mut nc(&["127.0.0.1"])).status(1).stderr_is("nc: missing port number\n");
    run(&mut nc(&["-lk"])).status(1).stderr_is("nc: missing port number\n");
    run(&mut nc(&["-v", "127.0.0.1", "foo"])).status(1).stderr_is("nc: port number invalid: foo\n");
    run(&mut nc(&["-n", "localhost", "80"]))
        .status(1)
        .stderr_is("nc: getaddrinfo for host \"localhost\" port 80: Name or service not known\n");
    run(&mut nc(&["-4", "::1", "5001"]))
        .status(1)
        .stderr_is("nc: getaddrinfo for host \"::1\" port 5001: Address family for hostname not supported\n");
    run(&mut nc(&["-l", "foo"])).status(1).stderr_is("nc: getaddrinfo: Servname not supported for ai_socktype\n");
    run(&mut nc(&["-s", "::1", "127.0.0.1", "80"]))
        .status(1)
        .stderr_is("nc: getaddrinfo: Address family for hostname not supported\n");

    let folder = std::env::temp_dir().join(format!("sockeye-nc-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let called = folder.join("netcat");
    symlink(sockeye_test_support::tools_dir().join("nc"), &called).unwrap();
    let renamed = run(Command::new(&called).arg("127.0.0.1"));
    std::fs::remove_dir_all(&folder).unwrap();
    renamed.status(1).stderr_is("netcat: missing port number\n");
}

#[test]
fn short_help_is_on_standard_error() {
    run(&mut nc(&["-h"])).status(0).stdout_is("").stderr_has("usage: nc ").stderr_has("\t\t-w timeout\t");
}

#[test]
fn a_refused_connection_is_told_only_to_who_asked() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let said = format!("nc: connect to 127.0.0.1 port {port} (tcp) failed: Connection refused\n");
    run(&mut nc(&["-v", "127.0.0.1", &port])).status(1).stderr_is(&said);
    run(&mut nc(&["127.0.0.1", &port])).status(1).stdout_is("").stderr_is("");
}

#[test]
fn a_bind_error_names_the_address() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = taken.local_addr().unwrap();
    run(&mut nc(&["-l", "127.0.0.1", &addr.port().to_string()]))
        .status(1)
        .stderr_is(&format!("nc: bind {addr}: Address already in use\n"));
}

#[test]
fn both_directions_at_once_arrive_whole_and_in_order() {
    let (there, back) = (octets(8 << 20, 1), octets(9 << 20, 2));
    let (mut listener, port) = listening(&["-N"]);
    let mut stdin = listener.stdin.take().unwrap();
    let sent = back.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&sent));
    let client = run_with_input(&mut nc(&["-N", "127.0.0.1", &port]), &there);
    writer.join().unwrap().unwrap();
    let listener = listener.wait();
    client.status(0).stderr_is("");
    listener.status(0);
    assert_eq!(sha256(&client.stdout), sha256(&back));
    assert_eq!(sha256(&listener.stdout), sha256(&there));
}

#[test]
fn the_client_ends_first_and_the_peer_goes_on() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let mut client = Background::spawn(nc(&["-N", "127.0.0.1", &port]));
    client.stdin.take().unwrap().write_all(b"request").unwrap();
    let mut stream = accept(&server);
    assert_eq!(read_to_end(&mut stream), b"request");
    stream.write_all(b"reply after your end").unwrap();
    client.wait_for_stdout("reply after your end");
    assert!(client.is_running(), "only one direction has ended");
    drop(stream);
    client.wait().status(0).stdout_is("reply after your end").stderr_is("");
}

/// A server that greets first and leaves with its client, as FTP and SMTP servers do, is not waited for for ever.
#[test]
fn a_client_without_input_ends_its_direction_at_the_first_answer() {
    for ending in ["-N", "-q1"] {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port().to_string();
        let client = Background::spawn(nc(&["-d", ending, "127.0.0.1", &port]));
        let mut stream = accept(&server);
        stream.write_all(b"220 hello\r\n").unwrap();
        assert_eq!(read_to_end(&mut stream), b"", "{ending}");
        stream.write_all(b"221 bye\r\n").unwrap();
        drop(stream);
        client.wait().status(0).stdout_is("220 hello\r\n221 bye\r\n").stderr_is("");
    }
}

#[test]
fn the_peer_ends_first_and_the_client_goes_on() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let mut client = Background::spawn(nc(&["--explain", "127.0.0.1", &port]));
    let mut stream = accept(&server);
    stream.write_all(b"greeting").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    client.wait_for_stderr("the peer has ended");
    let large = octets(3 << 20, 3);
    let mut stdin = client.stdin.take().unwrap();
    let sent = large.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&sent));
    assert_eq!(sha256(&read_to_end(&mut stream)), sha256(&large));
    writer.join().unwrap().unwrap();
    client.wait().status(0).stdout_is("greeting");
}

#[test]
fn a_listener_sends_everything_to_a_client_that_has_ended() {
    // OpenBSD nc cuts this off after the first buffer.
    let large = octets(5 << 20, 4);
    let (mut listener, port) = listening(&[]);
    let mut stdin = listener.stdin.take().unwrap();
    let sent = large.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&sent));
    let mut client = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    // An input that has brought nothing when the peer ends keeps nobody: the first octet says that it has.
    let mut first = [0];
    client.read_exact(&mut first).unwrap();
    client.shutdown(std::net::Shutdown::Write).unwrap();
    let rest = read_to_end(&mut client);
    writer.join().unwrap().unwrap();
    assert_eq!(sha256(&[&first[..], &rest].concat()), sha256(&large));
    listener.wait().status(0);
}

#[test]
fn a_listener_leaves_with_its_peer_although_its_input_is_open() {
    let (mut listener, port) = listening(&[]);
    let stdin = listener.stdin.take().unwrap();
    run_with_input(&mut nc(&["-N", "127.0.0.1", &port]), b"hello").status(0);
    listener.wait().status(0).stdout_is("hello");
    drop(stdin);
}

#[test]
fn a_listener_without_k_refuses_the_next_client() {
    let (mut listener, port) = listening(&[]);
    let first = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    listener.wait_for_stderr("Connection received on 127.0.0.1 ");
    run(&mut nc(&["-v", "127.0.0.1", &port])).status(1).stderr_has("Connection refused");
    assert!(listener.is_running());
    drop(first);
    listener.wait().status(0);
}

#[test]
fn with_k_the_next_client_waits_for_its_turn() {
    let (mut listener, port) = listening(&["-k"]);
    let stdin = listener.stdin.take();
    let mut first = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let mut second = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    second.write_all(b"second").unwrap();
    first.write_all(b"first").unwrap();
    listener.wait_for_stdout("first");
    drop(first);
    listener.wait_for_stdout("firstsecond");
    drop(second);
    drop(stdin);
    assert!(listener.is_running(), "it waits for a third");
    listener.kill().stdout_is("firstsecond");
}

#[test]
fn with_k_a_reset_is_told_and_the_next_client_is_served() {
    let (listener, port) = listening(&["-k"]);
    let mut first = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    first.write_all(b"first").unwrap();
    listener.wait_for_stdout("first");
    // A close that lingers for no time sends a RST.
    SockRef::from(&first).set_linger(Some(Duration::ZERO)).unwrap();
    drop(first);
    listener.wait_for_stderr("Connection reset by peer");
    let mut second = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    second.write_all(b"second").unwrap();
    listener.wait_for_stdout("firstsecond");
}

#[test]
fn a_reset_is_an_error_that_says_how_much_had_arrived() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap();
    let mut client = Background::spawn(nc(&["127.0.0.1", &addr.port().to_string()]));
    let mut stdin = client.stdin.take().unwrap();
    stdin.write_all(b"never read").unwrap();
    let mut stream = accept(&server);
    // The octets must be here before the socket is closed: a close with unread octets sends a RST.
    stream.peek(&mut [0; 1]).unwrap();
    stream.write_all(b"hello").unwrap();
    client.wait_for_stdout("hello");
    drop(stream);
    client
        .wait()
        .status(1)
        .stdout_is("hello")
        .stderr_is(&format!("nc: recv {addr}: Connection reset by peer (received 5 octets, sent 10)\n"));
}

#[test]
fn octets_that_a_peer_which_has_ended_did_not_take_are_an_error() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap();
    let mut client = Background::spawn(nc(&["-N", "--explain", "127.0.0.1", &addr.port().to_string()]));
    let mut stdin = client.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&octets(64 << 20, 12)));
    let mut stream = accept(&server);
    // The FIN comes first, in order, and the RST only when more arrives.
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    client.wait_for_stderr("the peer has ended");
    stream.read_exact(&mut vec![0; 1 << 20]).unwrap();
    drop(stream);
    let _ = writer.join().unwrap();
    let run = client.wait();
    run.status(1).stderr_has(&format!("nc: send {addr}: ")).stderr_has("(received 0 octets, sent ");
    assert_eq!(run.err().matches("has ended: its FIN came").count(), 1, "an error is no FIN\n{}", run.story());
}

#[test]
fn a_last_line_that_nobody_took_is_an_error_although_the_input_is_open() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap();
    let mut client = Background::spawn(nc(&["--explain", "127.0.0.1", &addr.port().to_string()]));
    let mut stdin = client.stdin.take().unwrap();
    drop(accept(&server));
    client.wait_for_stderr("the peer has ended");
    stdin.write_all(b"too late").unwrap();
    client.wait().status(1).stderr_has(&format!("nc: send {addr}: Broken pipe (received 0 octets, sent 8)"));
}

#[test]
fn a_file_goes_out_from_where_it_stands_and_is_left_where_it_was_read_to() {
    let path = std::env::temp_dir().join(format!("sockeye-nc-offset-{}", std::process::id()));
    let sent = octets(3 << 20, 14);
    std::fs::write(&path, &sent).unwrap();
    let mut file = std::fs::File::open(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    file.read_exact(&mut [0; 4321]).unwrap();
    // The second is one that splice(2) does not take.
    let virtual_file = std::fs::File::open("/proc/version").unwrap();
    let version = std::fs::read("/proc/version").unwrap();
    for (file, expected) in [(&mut file, &sent[4321..]), (&mut { virtual_file }, &version)] {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut command = nc(&["-N", "127.0.0.1", &server.local_addr().unwrap().port().to_string()]);
        command.stdin(file.try_clone().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let client = Background::spawn_as_it_is(command);
        assert_eq!(sha256(&read_to_end(&mut accept(&server))), sha256(expected));
        client.wait().status(0).stderr_is("");
        assert_eq!(file.read(&mut [0; 1]).unwrap(), 0, "whoever shares the file goes on behind it");
    }
}

#[test]
fn an_input_that_cannot_be_read_is_an_end() {
    // What nohup(1) makes of a terminal.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = nc(&["-N", "127.0.0.1", &server.local_addr().unwrap().port().to_string()]);
    let unreadable = std::fs::OpenOptions::new().write(true).open("/dev/null").unwrap();
    command.stdin(unreadable).stdout(Stdio::piped()).stderr(Stdio::piped());
    let client = Background::spawn_as_it_is(command);
    let mut stream = accept(&server);
    assert_eq!(read_to_end(&mut stream), b"");
    stream.write_all(b"hello").unwrap();
    drop(stream);
    client.wait().status(0).stdout_is("hello").stderr_is("");
}

#[test]
fn a_full_disk_is_an_error_and_the_connection_is_closed() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut command = nc(&["127.0.0.1", &server.local_addr().unwrap().port().to_string()]);
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    command.stdin(Stdio::piped()).stdout(full).stderr(Stdio::piped());
    let client = Background::spawn_as_it_is(command);
    let mut stream = accept(&server);
    stream.write_all(b"hello").unwrap();
    assert_eq!(read_to_end(&mut stream), b"");
    client.wait().status(1).stderr_is("nc: write standard output: No space left on device\n");
}

#[test]
fn a_closed_standard_output_is_an_error_and_a_closed_standard_input_is_an_end() {
    let program = sockeye_test_support::tools_dir().join("nc");
    let sh = |line: String| {
        let mut command = Command::new("sh");
        command.args(["-c", &line]);
        Background::spawn(command)
    };
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let client = sh(format!("exec {} 127.0.0.1 {port} >&-", program.display()));
    accept(&server).write_all(b"hello").unwrap();
    client.wait().status(1).stderr_is("nc: write standard output: Bad file descriptor\n");

    let client = sh(format!("exec {} -N 127.0.0.1 {port} <&-", program.display()));
    let mut stream = accept(&server);
    assert_eq!(read_to_end(&mut stream), b"", "the end of the input is the end of the connection");
    stream.write_all(b"hello").unwrap();
    drop(stream);
    client.wait().status(0).stdout_is("hello").stderr_is("");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = nc(&["127.0.0.1", &server.local_addr().unwrap().port().to_string()]);
    command.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped());
    let mut client = Background::spawn_as_it_is(command);
    let stdin = client.stdin.take();
    let mut stream = accept(&server);
    stream.write_all(b"hello").unwrap();
    reader.read_exact(&mut [0; 5]).unwrap();
    // Nothing more is sent: it must notice by itself, although its input is open.
    drop(reader);
    client.wait().status(0).stderr_is("");
    drop(stdin);
}

#[test]
fn a_reader_that_goes_away_does_not_stop_what_is_being_sent() {
    // The peer answers everything, and would take no more if nobody took its answers.
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = nc(&["-N", "127.0.0.1", &server.local_addr().unwrap().port().to_string()]);
    command.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped());
    let mut client = Background::spawn_as_it_is(command);
    let mut stream = accept(&server);
    let mut stdin = client.stdin.take().unwrap();
    stdin.write_all(b"?").unwrap();
    let echo = std::thread::spawn(move || {
        let mut answers = stream.try_clone().unwrap();
        let _ = std::io::copy(&mut stream, &mut answers);
    });
    let sent = octets(48 << 20, 10);
    reader.read_exact(&mut [0; 1]).unwrap();
    drop(reader);
    let writer = std::thread::spawn(move || stdin.write_all(&sent));
    wait_until("everything is sent", || writer.is_finished());
    writer.join().unwrap().unwrap();
    client.wait().status(0).stderr_is("");
    echo.join().unwrap();
}

#[test]
fn a_reader_that_goes_away_from_a_full_fifo_ends_it() {
    // Nobody reads the FIFO when nc starts, so that it cannot be opened a second time, and every write may wait.
    let folder = std::env::temp_dir().join(format!("sockeye-nc-fifo-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("fifo");
    run(Command::new("mkfifo").arg(&path)).status(0);
    let both = std::fs::OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let writer = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    drop(both);
    let mut command = nc(&["-lvn", "127.0.0.1", "0"]);
    command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
    let listener = Background::spawn_as_it_is(command);
    let port = port_of(&listener).to_string();
    let mut reader = std::fs::File::open(&path).unwrap();
    std::fs::remove_dir_all(&folder).unwrap();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    stream.write_all(&octets(1 << 20, 11)).unwrap();
    // The first octets are here, and more than the FIFO holds waits behind them.
    reader.read_exact(&mut [0; 1]).unwrap();
    wait_until("the FIFO is full", || waits_in_poll(listener.pid()));
    drop(reader);
    listener.wait().status(0);
}

/// Whether process `pid` sleeps.
fn waits_in_poll(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| rest.starts_with('S'))
}

#[test]
fn a_slow_reader_does_not_hold_up_the_other_direction() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let (mut reader, writer) = std::io::pipe().unwrap();
    let mut command = nc(&["-N", "127.0.0.1", &server.local_addr().unwrap().port().to_string()]);
    command.stdin(Stdio::piped()).stdout(writer).stderr(Stdio::piped());
    let mut client = Background::spawn_as_it_is(command);
    let mut stream = accept(&server);
    // More than every buffer on the way holds, and nobody reads it yet.
    let flood = octets(32 << 20, 5);
    let mut sender = stream.try_clone().unwrap();
    let sent = flood.clone();
    let flooding = std::thread::spawn(move || {
        sender.write_all(&sent).unwrap();
        sender.shutdown(std::net::Shutdown::Write).unwrap();
    });
    let request = octets(4 << 20, 6);
    let mut stdin = client.stdin.take().unwrap();
    let asked = request.clone();
    let asking = std::thread::spawn(move || stdin.write_all(&asked));
    assert_eq!(sha256(&read_to_end(&mut stream)), sha256(&request));
    asking.join().unwrap().unwrap();
    assert!(client.is_running() && !flooding.is_finished(), "the reader has not begun");
    let mut got = Vec::new();
    reader.read_to_end(&mut got).unwrap();
    flooding.join().unwrap();
    assert_eq!(sha256(&got), sha256(&flood));
    client.wait().status(0);
}

#[test]
fn standard_streams_that_others_share_stay_as_they_are() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let (mut output, our_output) = std::io::pipe().unwrap();
    let (our_input, input) = std::io::pipe().unwrap();
    let mut command = nc(&["127.0.0.1", &port]);
    command.stdin(our_input.try_clone().unwrap()).stdout(our_output.try_clone().unwrap()).stderr(Stdio::piped());
    let client = Background::spawn_as_it_is(command);
    let mut stream = accept(&server);
    stream.write_all(b"hello").unwrap();
    output.read_exact(&mut [0; 5]).unwrap();
    // These descriptors and those of the running client are the same open file descriptions.
    for fd in [our_output.as_raw_fd(), our_input.as_raw_fd()] {
        let info = std::fs::read_to_string(format!("/proc/self/fdinfo/{fd}")).unwrap();
        let flags = info.lines().find_map(|line| line.strip_prefix("flags:")).unwrap().trim();
        let nonblocking = i32::from_str_radix(flags, 8).unwrap() & 0o4000;
        assert_eq!(nonblocking, 0, "O_NONBLOCK was set for everybody: {flags}");
    }
    drop((client, input));
}

#[test]
fn q_leaves_although_the_peer_stays_and_not_too_early() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let sent = octets(1 << 20, 7);
    let input = sent.clone();
    let start = Instant::now();
    let client = std::thread::spawn(move || run_with_input(&mut nc(&["-q", "2", "127.0.0.1", &port]), &input));
    let mut stream = accept(&server);
    assert_eq!(sha256(&read_to_end(&mut stream)), sha256(&sent), "-q shuts down the sending direction too");
    stream.write_all(b"reply").unwrap();
    // OpenBSD nc would stay for as long as this stream is open.
    client.join().unwrap().status(0).stdout_is("reply");
    assert!(start.elapsed() >= Duration::from_secs(2));
    drop(stream);
}

#[test]
fn w_ends_a_silent_connection_and_not_too_early() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let start = Instant::now();
    run(&mut nc(&["-w", "250ms", "127.0.0.1", &port])).status(0).stderr_is("");
    assert!(start.elapsed() >= Duration::from_millis(250));
    run(&mut nc(&["-w", "0", "127.0.0.1", &port])).status(0).stderr_is("");
}

#[test]
fn udp_one_read_is_one_datagram_and_nothing_is_injected() {
    let (peer, port) = udp_peer();
    let mut client = Background::spawn(nc(&["-uv", "127.0.0.1", &port]));
    client.wait_for_stderr(&format!("Connection to 127.0.0.1 {port} port [udp/*] succeeded!\n"));
    let mut stdin = client.stdin.take().unwrap();
    let mut room = vec![0; 70_000];
    for sent in [b"one".to_vec(), b"two".to_vec(), octets(60_000, 8)] {
        stdin.write_all(&sent).unwrap();
        let (len, _) = receive(&peer, &mut room);
        assert_eq!(room[..len], sent, "datagrams of {len} instead of {} octets", sent.len());
    }
    client.kill();
}

#[test]
fn udp_a_file_of_65000_octets_is_one_datagram_and_comes_whole() {
    let folder = std::env::temp_dir().join(format!("sockeye-nc-udp-{}", std::process::id()));
    let sent = octets(65_000, 9);
    std::fs::write(&folder, &sent).unwrap();
    let (listener, port) = listening(&["-u"]);
    let mut command = nc(&["-u", "-q0", "127.0.0.1", &port]);
    command.stdin(std::fs::File::open(&folder).unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Background::spawn_as_it_is(command).wait().status(0).stderr_is("");
    std::fs::remove_file(&folder).unwrap();
    wait_until("the datagram is here", || listener.stdout_so_far().len() >= sent.len());
    let run = listener.kill();
    assert_eq!(sha256(&run.stdout), sha256(&sent));
    assert!(!run.err().contains("cut"), "{}", run.story());
}

#[test]
fn udp_the_longest_datagrams_of_both_families_are_not_split() {
    for (addr, longest) in [("127.0.0.1", 65_507), ("::1", 65_527)] {
        let peer = match UdpSocket::bind((addr, 0)) {
            Ok(peer) => peer,
            // A host without IPv6; CI has it.
            Err(error) if std::env::var_os("SOCKEYE_REQUIRE").is_none() => {
                eprintln!("left out: bind {addr}: {error}");
                continue;
            }
            Err(error) => panic!("bind {addr}: {error}"),
        };
        peer.set_read_timeout(Some(DEADLINE)).unwrap();
        let path = std::env::temp_dir().join(format!("sockeye-nc-longest-{longest}-{}", std::process::id()));
        let sent = octets(longest, 13);
        std::fs::write(&path, &sent).unwrap();
        let mut command = nc(&["-u", "-q0", addr, &peer.local_addr().unwrap().port().to_string()]);
        command.stdin(std::fs::File::open(&path).unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Background::spawn_as_it_is(command).wait().status(0).stderr_is("");
        std::fs::remove_file(&path).unwrap();
        let mut room = vec![0; 70_000];
        let (len, _) = receive(&peer, &mut room);
        assert_eq!(len, longest);
        assert_eq!(sha256(&room[..len]), sha256(&sent));
    }
}

#[test]
fn udp_q_still_receives_the_reply() {
    let (peer, port) = udp_peer();
    let client = std::thread::spawn(move || run_with_input(&mut nc(&["-u", "-q3", "127.0.0.1", &port]), b"ping"));
    let mut room = [0; 16];
    let (len, from) = receive(&peer, &mut room);
    assert_eq!(&room[..len], b"ping");
    peer.send_to(b"pong", from).unwrap();
    client.join().unwrap().status(0).stdout_is("pong").stderr_is("");
}

#[test]
fn udp_an_empty_datagram_ends_nothing_and_a_stranger_is_not_the_peer() {
    let (mut listener, port) = listening(&["-u"]);
    let at = format!("127.0.0.1:{port}");
    let (peer, _) = udp_peer();
    peer.send_to(b"first", &at).unwrap();
    listener.wait_for_stdout("first");
    let (stranger, _) = udp_peer();
    stranger.send_to(b"STRANGER", &at).unwrap();
    peer.send_to(b"", &at).unwrap();
    peer.send_to(b"after", &at).unwrap();
    listener.wait_for_stdout("firstafter");
    listener.stdin.as_mut().unwrap().write_all(b"answer").unwrap();
    let mut room = [0; 16];
    let (len, _) = receive(&peer, &mut room);
    assert_eq!(&room[..len], b"answer");
    assert!(listener.is_running());
    listener.kill().stdout_is("firstafter");
}

#[test]
fn udp_with_k_everybody_is_heard() {
    let (listener, port) = listening(&["-uk"]);
    let at = format!("127.0.0.1:{port}");
    for text in ["a", "bc", "def"] {
        let (peer, _) = udp_peer();
        peer.send_to(text.as_bytes(), &at).unwrap();
        listener.wait_for_stdout(text);
    }
    let run = listener.kill();
    run.stdout_is("abcdef").stderr_is(&format!("Bound on 127.0.0.1 {port}\n"));
}

#[test]
fn udp_what_had_arrived_before_the_port_was_closed_is_written() {
    let (peer, port) = udp_peer();
    let mut client = Background::spawn(nc(&["-u", "127.0.0.1", &port]));
    let mut stdin = client.stdin.take().unwrap();
    stdin.write_all(b"question").unwrap();
    let (_, from) = receive(&peer, &mut [0; 16]);
    client.signal("STOP");
    for answer in ["one ", "two ", "three"] {
        peer.send_to(answer.as_bytes(), from).unwrap();
    }
    drop(peer);
    stdin.write_all(b"more").unwrap();
    client.signal("CONT");
    client.wait().status(0).stdout_is("one two three").stderr_is("");
}

#[test]
fn udp_a_closed_port_ends_it() {
    let (peer, port) = udp_peer();
    drop(peer);
    run_with_input(&mut nc(&["-u", "127.0.0.1", &port]), b"x").status(0).stderr_is("");
    run_with_input(&mut nc(&["-uv", "127.0.0.1", &port]), b"x").status(1).stderr_has("Connection refused");
}

#[test]
fn the_working_of_a_client_as_events() {
    let (listener, port) = listening(&["-N"]);
    let client = run_with_input(&mut nc(&["--json", "-vnN", "127.0.0.1", &port]), b"hello");
    client.status(0).stdout_is("");
    listener.wait().stdout_is("hello");
    let events = events(&client);
    let kinds: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    assert_eq!(kinds[..7], ["lookup", "found", "socket", "tcp_state", "connect", "tcp_state", "connected"]);
    assert_eq!(kinds.last(), Some(&"done"));
    for kind in ["read", "wrote", "ended", "shutdown"] {
        assert!(kinds.contains(&kind), "{kind} is not in {kinds:?}");
    }
    let connect = &events[4];
    let port_octets = format!("{:04x}", port.parse::<u16>().unwrap());
    assert_eq!(connect["sockaddr"]["fields"][1]["name"], "sin_port");
    assert_eq!(connect["sockaddr"]["fields"][1]["octets"], port_octets.as_str(), "network order");
    let done = events.last().unwrap();
    assert_eq!((done["sent_octets"].as_u64(), done["received_octets"].as_u64()), (Some(5), Some(0)));
    assert_eq!(done["why"], "both directions have ended");
}

#[test]
fn the_working_of_a_failure_says_what_it_means() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
    let refused = run(&mut nc(&["--explain", "127.0.0.1", &port]));
    refused.status(1).stdout_is("").stderr_has("Connection refused (ECONNREFUSED): somebody is there, and nothing");
}

#[test]
fn a_listener_explains_itself_on_standard_error() {
    let mut listener = Background::spawn(nc(&["--explain", "-lvn", "127.0.0.1", "0"]));
    listener.wait_for_stderr("listen, backlog 1").wait_for_stderr("Listening on 127.0.0.1 ");
    let said = String::from_utf8(listener.stderr_so_far()).unwrap();
    let sentence = said.lines().find(|line| line.starts_with("Listening on")).unwrap();
    let port = sentence.rsplit(' ').next().unwrap();
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    stream.write_all(b"hi").unwrap();
    listener.wait_for_stderr("accepted local 127.0.0.1:");
    drop(stream);
    drop(listener.stdin.take());
    listener.wait().status(0).stdout_is("hi").stderr_has("the peer has ended").stderr_has("over, ");
}
