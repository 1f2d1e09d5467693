//! nc -e and -c: programs for connections.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use sockeye_test_support::{Background, DEADLINE, run, wait_until};

use crate::netcat::{connect, listening, nc};

fn text(mut stream: TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_program_has_the_connection_and_knows_its_ends() {
    let (listener, port) = listening(&["-e", "/usr/bin/env"]);
    let stream = connect(port);
    let local = stream.local_addr().unwrap().port();
    let told = text(stream);
    for line in [
        "NCAT_PROTO=TCP".to_owned(),
        "NCAT_REMOTE_ADDR=127.0.0.1".to_owned(),
        format!("NCAT_REMOTE_PORT={local}"),
        "NCAT_LOCAL_ADDR=127.0.0.1".to_owned(),
        format!("NCAT_LOCAL_PORT={port}"),
    ] {
        assert!(told.lines().any(|found| found == line), "{line}\n{told}");
    }
    listener.wait().status(0);
}

#[test]
fn the_shell_runs_a_line_and_reads_wait() {
    let (listener, port) = listening(&["-c", "read line; echo \"got $line\" | tr a-z A-Z"]);
    let mut stream = connect(port);
    stream.write_all(b"something\n").unwrap();
    assert_eq!(text(stream), "GOT SOMETHING\n");
    listener.wait().status(0);
}

#[test]
fn many_clients_have_programs_at_once_and_no_zombie_stays() {
    let (mut listener, port) = listening(&["-k", "--max-conns", "3", "-e", "/bin/cat"]);
    let mut streams: Vec<TcpStream> = (0..3).map(|_| connect(port)).collect();
    let echo = |stream: &mut TcpStream| {
        stream.write_all(b"echo").unwrap();
        let mut octets = [0; 4];
        stream.read_exact(&mut octets).unwrap();
        assert_eq!(&octets, b"echo");
    };
    streams.iter_mut().for_each(echo);
    // The fourth waits for a place.
    let mut fourth = connect(port);
    fourth.write_all(b"wait").unwrap();
    fourth.set_nonblocking(true).unwrap();
    let children = || std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", listener.pid())).unwrap();
    assert_eq!(children().split_whitespace().count(), 3);
    assert_eq!(fourth.read(&mut [0; 4]).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    streams.pop();
    fourth.set_nonblocking(false).unwrap();
    let mut octets = [0; 4];
    fourth.read_exact(&mut octets).unwrap();
    assert_eq!(&octets, b"wait");
    drop((streams, fourth));
    wait_until("every program was waited for", || children().trim().is_empty());
    assert!(listener.is_running());
}

#[test]
fn a_client_can_run_one_too() {
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port().to_string();
    let client = Background::spawn(nc(&["-e", "/bin/echo a\\ b  c", "127.0.0.1", &port]));
    let (stream, _) = peer.accept().unwrap();
    assert_eq!(text(stream), "a b c\n");
    client.wait().status(0);
}

#[test]
fn what_cannot_be_run_is_named() {
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port().to_string();
    run(&mut nc(&["-e", "/nonexistent/file x", "127.0.0.1", &port]))
        .status(1)
        .stderr_is("nc: exec /nonexistent/file: No such file or directory\n");
    run(&mut nc(&["-e", " ", "127.0.0.1", &port])).status(1).stderr_is("nc: -e: no program is named\n");
    run(&mut nc(&["-e", "a", "-c", "b", "127.0.0.1", &port])).status(1).stderr_is("nc: only one of -e and -c\n");
}

#[test]
fn the_working_names_the_process_and_its_end() {
    let (listener, port) = listening(&["--explain", "-c", "exit 3"]);
    drop(text(connect(port)));
    let told = listener.wait();
    told.status(0).stderr_has("has the connection: /bin/sh -c exit 3").stderr_has("has ended with status 3");
}

/// The program speaks in the clear, and nc speaks TLS for it: at either end, and for many clients.
#[test]
fn programs_behind_tls_hear_every_octet_and_both_ends() {
    let long: Vec<u8> = (0..3 << 20).map(|at: u32| u8::try_from(at % 251).unwrap()).collect();
    for args in [&["-e", "/bin/cat"][..], &["-k", "-e", "/bin/cat"], &["-k", "-c", "cat; exit 3"]] {
        let (listener, port) = listening(&[&["--ssl"], args].concat());
        for _ in 0..=usize::from(args[0] == "-k") {
            let port = port.to_string();
            let mut client = nc(&["-N", "--ssl", "--no-ssl-verify", "127.0.0.1", &port]);
            let run = sockeye_test_support::run_with_input(&mut client, &long);
            run.status(0).stderr_is("");
            assert!(run.stdout == long, "{} octets", run.stdout.len());
        }
        if args[0] == "-k" {
            listener.kill()
        } else {
            listener.wait()
        };
    }
    // At the client's end.
    let (listener, port) = listening(&["--ssl"]);
    let mut client = nc(&["--ssl", "--no-ssl-verify", "-c", "echo from a program"]);
    client.args(["127.0.0.1", &port.to_string()]);
    let client = Background::spawn(client);
    listener.wait().status(0).stdout_is("from a program\n");
    client.wait().status(0);
    // It is told with whom it talks.
    let (listener, port) = listening(&["--ssl", "-c", "echo $NCAT_REMOTE_ADDR $NCAT_PROTO"]);
    run(&mut nc(&["--ssl", "--no-ssl-verify", "127.0.0.1", &port.to_string()])).stdout_is("127.0.0.1 TCP\n");
    listener.wait().status(0);
}

/// What it leaves behind resets the sockets between it and nc, and that is no fault of the connection.
#[test]
fn programs_behind_tls_need_not_read_everything() {
    let all = (1..=60_000).map(|number| number.to_string()).collect::<Vec<_>>().join("\n") + "\n";
    for line in ["head -c 1 >/dev/null; seq 1 60000", "read line; seq 1 60000"] {
        let (listener, port) = listening(&["--ssl", "-c", line]);
        let mut client = nc(&["-N", "--ssl", "--no-ssl-verify", "127.0.0.1", &port.to_string()]);
        let run = sockeye_test_support::run_with_input(&mut client, b"some\nmore than is read");
        assert!(run.stdout == all.as_bytes(), "{line}: {} octets", run.stdout.len());
        run.status(0).stderr_is("");
        let told = listener.wait();
        assert!(!told.status(0).err().contains("reset"), "{}", told.err());
    }
}

/// A program that reads octet by octet would lose the rest of each datagram: dd(1) reads whole ones.
#[test]
fn programs_take_datagrams_too() {
    let mut command = nc(&["-luvn", "-c", "dd bs=64 count=1 2>/dev/null | tr a-z A-Z", "127.0.0.1", "0"]);
    command.stdin(std::process::Stdio::null());
    let listener = Background::spawn(command);
    listener.wait_for_stderr("Bound on");
    let said = String::from_utf8(listener.stderr_so_far()).unwrap();
    let port: u16 = said.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.send_to(b"this\n", ("127.0.0.1", port)).unwrap();
    let mut room = [0; 64];
    let len = socket.recv(&mut room).unwrap();
    assert_eq!(&room[..len], b"THIS\n");
    listener.wait().status(0);

    let port = socket.local_addr().unwrap().port().to_string();
    run(&mut nc(&["-u", "-c", "echo from the client", "127.0.0.1", &port])).status(0);
    let len = socket.recv(&mut room).unwrap();
    assert_eq!(&room[..len], b"from the client\n");
    run(&mut nc(&["-l", "-u", "-k", "-e", "cat", "7000"])).status(1).stderr_has("-e over datagrams with -k");
}
