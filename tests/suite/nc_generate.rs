//! nc --generate and --expect; and datagrams from a pipe that keeps their boundaries.

use std::io::Write;
use std::net::UdpSocket;
use std::os::fd::OwnedFd;
use std::process::Stdio;
use std::time::{Duration, Instant};

use rustix::pipe::{PipeFlags, pipe_with};
use sockeye_test_support::{Background, DEADLINE, run};

use crate::netcat::{listening_at as listening, nc};

fn sink() -> (UdpSocket, String) {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = socket.local_addr().unwrap().port().to_string();
    (socket, port)
}

fn heard(socket: &UdpSocket) -> Vec<u8> {
    let mut room = [0; 4096];
    let len = socket.recv(&mut room).unwrap();
    room[..len].to_vec()
}

#[test]
fn each_message_is_a_datagram() {
    let (socket, port) = sink();
    let start = Instant::now();
    run(&mut nc(&["-u", "-q0", "--generate", "12x3@100ms", "127.0.0.1", &port])).status(0);
    assert!(start.elapsed() >= Duration::from_millis(200), "two pauses");
    assert_eq!([heard(&socket), heard(&socket), heard(&socket)], [b"1/3 AAAAAAAA", b"2/3 BBBBBBBB", b"3/3 CCCCCCCC"]);
    run(&mut nc(&["-u", "-q0", "--generate", "3x2", "127.0.0.1", &port])).status(0);
    assert_eq!([heard(&socket), heard(&socket)], [b"AAA", b"BBB"]);
}

#[test]
fn everything_that_comes_is_accounted_for_over_datagrams() {
    let (listener, port) = listening(&["-u", "--expect"]);
    run(&mut nc(&["-u", "-q0", "--generate", "1400x200", "127.0.0.1", &port])).status(0);
    // It knows by itself when all have come.
    listener.wait().status(0).stderr_has(": 200 of 200 messages, 0 lost, 0 duplicated, 0 reordered, 0 truncated\n");
}

#[test]
fn what_is_lost_doubled_mixed_up_and_cut_is_told_and_is_a_failure() {
    let (listener, port) = listening(&["-u", "--expect", "--read-size", "10", "-w", "2"]);
    let sender = UdpSocket::bind("127.0.0.1:0").unwrap();
    sender.connect(format!("127.0.0.1:{port}")).unwrap();
    for message in ["1/5 A", "3/5 C", "2/5 B", "3/5 C", "5/5 EEEEEEEEEEEE"] {
        sender.send(message.as_bytes()).unwrap();
    }
    let line = format!(
        "nc: from {}: 4 of 5 messages, 1 lost (4), 1 duplicated, 1 reordered, 1 truncated\n",
        sender.local_addr().unwrap()
    );
    listener.wait().status(1).stderr_has(&line);
}

#[test]
fn over_a_stream_messages_are_not_reads() {
    let (listener, port) = listening(&["--expect"]);
    run(&mut nc(&["-N", "--generate", "1000x500", "127.0.0.1", &port])).status(0);
    let run = listener.wait();
    run.status(0).stderr_has(": 500 of 500 messages, 0 lost").stderr_has("500000 octets came in ");
    assert_eq!(run.stdout.len(), 500_000);
}

#[test]
fn nothing_is_a_failure_too() {
    let (listener, port) = listening(&["--expect"]);
    drop(std::net::TcpStream::connect(format!("127.0.0.1:{port}")).unwrap());
    listener.wait().status(1).stderr_has("--expect: nothing came");
}

#[test]
fn the_account_is_json_too() {
    let (listener, port) = listening(&["-u", "--expect"]);
    run(&mut nc(&["-u", "-q0", "--json", "--generate", "20x2", "127.0.0.1", &port])).status(0);
    listener.wait().status(0).stderr_has("2 of 2 messages");
    let taken = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    drop(taken);
    let listener = Background::spawn(nc(&["-lu", "--json", "--expect", "127.0.0.1", &port]));
    listener.wait_for_stderr(r#""event":"bound""#);
    run(&mut nc(&["-u", "-q0", "--generate", "20x2", "127.0.0.1", &port])).status(0);
    listener.wait().status(0).stderr_has(r#""event":"account","sender":"127.0.0.1:"#).stderr_has(
        r#""received":2,"expected":2,"lost":0,"lost_numbers":[],"duplicated":0,"reordered":0,"truncated":0"#,
    );
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (line, why) in [
        ("--generate 0x3 127.0.0.1 9", "a message has 1 to"),
        ("-u --generate 65508x1 127.0.0.1 9", "a message has 1 to 65507 octets"),
        ("--generate 5 127.0.0.1 9", "not of the form SIZExCOUNT"),
        ("-u --datagram line --generate 5x5 127.0.0.1 9", "cannot use --datagram with --generate"),
        ("-d --generate 5x5 127.0.0.1 9", "cannot use -d with --generate"),
        ("-l -k --expect 9", "cannot use -k with --expect"),
    ] {
        run(&mut nc(&line.split(' ').collect::<Vec<_>>())).status(1).stderr_has(why);
    }
}

/// O_DIRECT: each write to the pipe is one read, and one datagram, however many are there at once.
#[test]
fn a_packet_mode_pipe_keeps_datagrams_apart() {
    let (socket, port) = sink();
    let (reader, writer) = pipe_with(PipeFlags::DIRECT | PipeFlags::CLOEXEC).unwrap();
    let mut writer = std::fs::File::from(writer);
    let mut command = nc(&["-u", "-q0", "127.0.0.1", &port]);
    command.stdin(Stdio::from(reader as OwnedFd)).stdout(Stdio::piped()).stderr(Stdio::piped());
    let sender = Background::spawn_as_it_is(command);
    for number in 0..100_u8 {
        writer.write_all(&vec![number; usize::from(number) + 1]).unwrap();
    }
    drop(writer);
    sender.wait().status(0);
    for number in 0..100_u8 {
        assert_eq!(heard(&socket), vec![number; usize::from(number) + 1]);
    }
}
