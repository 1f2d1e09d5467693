//! nc --allow and --deny.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream, UdpSocket};

use socket2::{Domain, SockAddr, Socket, Type};
use sockeye_test_support::{Background, DEADLINE, run, wait_until};

use crate::netcat::{nc, port_of};

/// A listener on every address.
fn listening(args: &[&str]) -> (Background, u16) {
    let mut command = nc(args);
    command.args(["-lvn", "0"]);
    let listener = Background::spawn(command);
    let port = port_of(&listener);
    (listener, port)
}

/// Connects to 127.0.0.1 from another address of loopback.
fn connect_from(local: &str, port: u16) -> TcpStream {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let address = |host: &str, port| SockAddr::from(SocketAddr::new(host.parse().unwrap(), port));
    socket.bind(&address(local, 0)).unwrap();
    socket.connect(&address("127.0.0.1", port)).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

/// Whether the echo server of the other end answers, or closes instead.
fn is_let_in(local: &str, port: u16) -> bool {
    let mut stream = connect_from(local, port);
    let asked = stream.write_all(b"x");
    let mut back = [0];
    asked.is_ok() && matches!(stream.read(&mut back), Ok(1))
}

#[test]
fn the_lists_decide_who_is_served_by_tcp() {
    for (args, inside, outside) in [
        (&["--allow", "127.0.0.2"][..], "127.0.0.2", "127.0.0.1"),
        (&["--deny", "127.0.0.2"], "127.0.0.1", "127.0.0.2"),
        (&["--allow", "127.0.0.0/30,10.0.0.1"], "127.0.0.3", "127.0.0.4"),
        (&["--allow", "127.0.0.5-9"], "127.0.0.9", "127.0.0.10"),
        (&["--allow", "127.0.0.0/8", "--deny", "127.0.0.7", "--deny", "127.*.*.8"], "127.0.0.6", "127.0.0.8"),
    ] {
        let (listener, port) = listening(&[&["-k", "--app", "echo"], args].concat());
        for _ in 0..2 {
            assert!(!is_let_in(outside, port), "{args:?} {outside}");
            assert!(is_let_in(inside, port), "{args:?} {inside}");
        }
        listener.wait_for_stderr("New connection denied: not allowed");
        listener.kill();
    }
}

#[test]
fn a_name_in_a_list_is_looked_up_once() {
    let listener = Background::spawn(nc(&["-lkv", "--app", "echo", "--allow", "localhost/24", "127.0.0.1", "0"]));
    let said = || String::from_utf8(listener.stderr_so_far()).unwrap();
    wait_until("the listener says where", || said().contains("Listening on") && said().ends_with('\n'));
    let port = said().trim_end().rsplit(' ').next().unwrap().parse().unwrap();
    assert!(is_let_in("127.0.0.77", port) && !is_let_in("127.0.1.1", port));
    listener.kill();
}

/// Who is not let in does not count as the one client of a listener without -k, with a program or without.
#[test]
fn who_is_denied_does_not_end_the_listener() {
    for service in [&[][..], &["-e", "/bin/cat"], &["--app", "echo"], &["-6"]] {
        let (listener, port) = listening(&[&["--deny", "127.0.0.2"], service].concat());
        assert!(!is_let_in("127.0.0.2", port), "{service:?}");
        let mut stream = connect_from("127.0.0.1", port);
        stream.write_all(b"let in").unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        stream.read_to_end(&mut Vec::new()).unwrap();
        listener.wait().status(0);
    }
}

#[test]
fn the_lists_decide_over_datagrams_too() {
    let from = |local: &str, port: u16| {
        let socket = UdpSocket::bind((local, 0)).unwrap();
        socket.connect(("127.0.0.1", port)).unwrap();
        socket.send(local.as_bytes()).unwrap();
        socket
    };
    for args in [&["-k"][..], &["-w", "1"]] {
        let (listener, port) = listening(&[&["-u", "--deny", "127.0.0.2"], args].concat());
        let _first = from("127.0.0.2", port);
        let _second = from("127.0.0.3", port);
        listener.wait_for_stdout("127.0.0.3");
        listener.kill().stdout_is("127.0.0.3");
    }
}

#[test]
fn files_have_entries_and_errors_have_lines() {
    let path = std::env::temp_dir().join(format!("sockeye-access-{}", std::process::id()));
    let file = path.to_str().unwrap();
    std::fs::write(&path, "# these\n127.0.0.2 # and\n127.0.0.3\t127.0.0.4\n").unwrap();
    let (listener, port) = listening(&["-k", "--app", "echo", "--allowfile", file]);
    assert!(is_let_in("127.0.0.4", port) && !is_let_in("127.0.0.5", port));
    listener.kill();
    let (listener, port) = listening(&["-k", "--app", "echo", "--denyfile", file]);
    assert!(!is_let_in("127.0.0.4", port) && is_let_in("127.0.0.5", port));
    listener.kill();
    std::fs::write(&path, "127.0.0.1\n10.0.0.0/33\n").unwrap();
    run(&mut nc(&["-l", "--allowfile", file, "0"]))
        .status(1)
        .stderr_has(":2: 10.0.0.0/33: \"33\" is not a number of bits");
    std::fs::remove_file(&path).unwrap();
    run(&mut nc(&["-l", "--denyfile", file, "0"])).status(1).stderr_has("--denyfile").stderr_has("No such file");
    run(&mut nc(&["-l", "-n", "--allow", "nosuch.invalid", "0"])).status(1).stderr_has("--allow: nosuch.invalid: ");
    run(&mut nc(&["-l", "--allow", "1.2.3.999", "0"])).status(1).stderr_has("\"999\" is neither an octet");
}
