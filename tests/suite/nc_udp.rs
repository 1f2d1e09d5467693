//! nc and datagrams: what one is, what becomes of it, and what is said about it.

use std::io::Write;
use std::net::UdpSocket;

use sockeye_test_support::{Background, DEADLINE, run, run_with_input, wait_until};

use crate::netcat::nc;

fn peer() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    (socket, port)
}

/// A UDP port of this host on which nobody listens.
fn closed_port() -> String {
    peer().1
}

fn listening(args: &[&str]) -> (Background, String) {
    let mut command = nc(args);
    command.args(["-luvn", "127.0.0.1", "0"]);
    let listener = Background::spawn(command);
    wait_until("the listener says where", || listener.stderr_so_far().contains(&b'\n'));
    let said = String::from_utf8(listener.stderr_so_far()).unwrap();
    let port = said.lines().next().unwrap().rsplit(' ').next().unwrap().to_owned();
    (listener, port)
}

/// The datagrams that come, as many as are expected.
fn datagrams(socket: &UdpSocket, count: usize) -> Vec<String> {
    let mut room = vec![0; 65_536];
    let mut next = || {
        let (len, _) = socket.recv_from(&mut room).unwrap();
        String::from_utf8(room[..len].to_vec()).unwrap()
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn datagram_says_what_one_is() {
    for (cut, input, expected) in [
        ("line", &b"one\n\ntwo\nlast"[..], &["one", "", "two", "last"][..]),
        ("4", b"0123456789", &["0123", "4567", "89"]),
        ("file", b"one\ntwo\n", &["one\ntwo\n"]),
        ("file", b"", &[""]),
        ("read", b"one\ntwo\n", &["one\ntwo\n"]),
    ] {
        let (socket, port) = peer();
        run_with_input(&mut nc(&["-u", "-q0", "--datagram", cut, "127.0.0.1", &port]), input).status(0).stderr_is("");
        assert_eq!(datagrams(&socket, expected.len()), expected, "{cut}");
    }
    let (_socket, port) = peer();
    run_with_input(&mut nc(&["-u", "-q0", "--datagram", "file", "127.0.0.1", &port]), &vec![b'x'; 70_000])
        .status(1)
        .stderr_has("--datagram file: longer than a datagram can be, 65507 octets");
    run_with_input(&mut nc(&["-u", "--datagram", "65508", "127.0.0.1", &port]), b"x")
        .status(1)
        .stderr_has("--datagram 65508: longer than a datagram can be, 65507 octets");
    run(&mut nc(&["--datagram", "line", "127.0.0.1", "1"])).status(1).stderr_has("must use -u");
    run(&mut nc(&["-u", "--datagram", "0", "127.0.0.1", "1"])).status(1).stderr_has("datagram size");
}

#[test]
fn read_size_cuts_a_datagram_and_says_how_much_is_lost() {
    let (listener, port) = listening(&["--read-size", "50"]);
    let (socket, _) = peer();
    socket.send_to(&[b'x'; 100], format!("127.0.0.1:{port}")).unwrap();
    listener.wait_for_stderr("a datagram of 100 octets was cut to 50: 50 are lost\n");
    listener.wait_for_stdout(&"x".repeat(50));
    listener.kill().stdout_is("x".repeat(50));
}

#[test]
fn status_says_closed_answered_or_silent() {
    let closed = closed_port();
    // A second datagram meets the answer to the first.
    run_with_input(&mut nc(&["-u", "-w5", "--status", "--datagram", "line", "127.0.0.1", &closed]), b"x\n")
        .status(3)
        .stderr_has("Connection refused");
    run_with_input(&mut nc(&["-u", "-v", "-w5", "127.0.0.1", &closed]), b"x")
        .status(1)
        .stderr_has("closed: ICMP port unreachable came back (ECONNREFUSED)");
    run_with_input(&mut nc(&["-u", "-w5", "127.0.0.1", &closed]), b"x").status(0).stderr_is("");

    let (_silent, port) = peer();
    run_with_input(&mut nc(&["-uv", "-q0.2", "--status", "127.0.0.1", &port]), b"hello")
        .status(5)
        .stderr_has("silent: sent 1 datagrams (5 octets), and nothing came back");

    let (socket, port) = peer();
    let client =
        std::thread::spawn(move || run_with_input(&mut nc(&["-uv", "-q3", "--status", "127.0.0.1", &port]), b"ping"));
    let mut room = [0; 16];
    let (_, from) = socket.recv_from(&mut room).unwrap();
    socket.send_to(b"pong", from).unwrap();
    client.join().unwrap().status(0).stdout_is("pong").stderr_has("answered: sent 1 datagrams (4 octets), received 1");

    let (_silent, port) = peer();
    run_with_input(&mut nc(&["-u", "-q0", "--explain", "127.0.0.1", &port]), b"hello")
        .status(0)
        .stderr_has("SO_RCVBUF");
    run(&mut nc(&["--status", "127.0.0.1", "1"])).status(1).stderr_has("--status: only for a client with -u");
}

#[test]
fn datagrams_of_a_stopped_listener_are_counted_as_lost() {
    let (listener, port) = listening(&[]);
    let (socket, _) = peer();
    let at = format!("127.0.0.1:{port}");
    socket.send_to(b"first", &at).unwrap();
    listener.wait_for_stdout("first");
    listener.signal("STOP");
    for _ in 0..20_000 {
        socket.send_to(&[b'x'; 1400], &at).unwrap();
    }
    listener.signal("CONT");
    // The count comes with a datagram that found room behind the loss.
    wait_until("the loss is told", || {
        socket.send_to(b"again", &at).unwrap();
        String::from_utf8_lossy(&listener.stderr_so_far()).contains("so far): the receive buffer was full")
    });

    listener.kill();
}

#[test]
fn reply_answers_the_last_each_or_one_named_peer() {
    let ((one, one_port), (two, two_port)) = (peer(), peer());
    let named = format!("127.0.0.1:{one_port}");
    for (reply, to_one, to_two) in [("last", &[][..], &["hi"][..]), ("each", &["hi"], &["hi"]), (&*named, &["hi"], &[])]
    {
        let (mut listener, port) = listening(&["-k", "--reply", reply]);
        let at = format!("127.0.0.1:{port}");
        one.send_to(b"a", &at).unwrap();
        listener.wait_for_stdout("a");
        two.send_to(b"b", &at).unwrap();
        listener.wait_for_stdout("ab");
        if reply != named {
            listener.wait_for_stderr(&format!("Connection received on 127.0.0.1 {one_port}\n"));
            listener.wait_for_stderr(&format!("Connection received on 127.0.0.1 {two_port}\n"));
        }
        listener.stdin.as_mut().unwrap().write_all(b"hi").unwrap();
        assert_eq!(datagrams(&one, to_one.len()), to_one, "{reply}");
        assert_eq!(datagrams(&two, to_two.len()), to_two, "{reply}");
        for socket in [&one, &two] {
            socket.set_nonblocking(true).unwrap();
            assert!(socket.recv_from(&mut [0; 8]).is_err(), "{reply}: somebody else was answered");
            socket.set_nonblocking(false).unwrap();
        }
        listener.kill().stdout_is("ab");
    }
    run(&mut nc(&["-luk", "--reply", "nobody", "127.0.0.1", "0"])).status(1).stderr_has("--reply nobody: not last");
    run(&mut nc(&["-lu", "--reply", "last", "127.0.0.1", "0"])).status(1).stderr_has("must use -l -u -k");
}
