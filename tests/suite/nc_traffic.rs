//! How octets move: line ends, Telnet, pauses between lines, one direction only, limits.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use sockeye_test_support::{Background, DEADLINE, run, run_with_input};

use crate::netcat::nc;

fn server() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    (listener, port)
}

fn accepted(listener: &TcpListener) -> TcpStream {
    let (stream, _) = listener.accept().unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream
}

fn read_to_end(mut stream: &TcpStream) -> Vec<u8> {
    let mut octets = Vec::new();
    stream.read_to_end(&mut octets).unwrap();
    octets
}

#[test]
fn line_feeds_go_out_with_a_carriage_return() {
    let (listener, port) = server();
    let peer = std::thread::spawn(move || read_to_end(&accepted(&listener)));
    run_with_input(&mut nc(&["-CN", "127.0.0.1", &port]), b"a\nb\r\n\nc").status(0);
    assert_eq!(peer.join().unwrap(), b"a\r\nb\r\n\r\nc");
}

/// What a filter makes of a full buffer is longer than the buffer.
#[test]
fn a_filter_loses_nothing_of_megabytes() {
    let (listener, port) = server();
    let peer = std::thread::spawn(move || read_to_end(&accepted(&listener)));
    let lines = "\n".repeat(5 << 20);
    run_with_input(&mut nc(&["-CN", "127.0.0.1", &port]), lines.as_bytes()).status(0);
    assert!(peer.join().unwrap() == "\r\n".repeat(5 << 20).into_bytes(), "every line feed once");
}

#[test]
fn telnet_options_are_refused_once_and_do_not_reach_the_output() {
    let (listener, port) = server();
    let mut client = Background::spawn(nc(&["-t", "127.0.0.1", &port]));
    let mut stream = accepted(&listener);
    // DO 1, split between two reads; WILL 3; data with a doubled IAC.
    stream.write_all(&[255, 253]).unwrap();
    stream.write_all(&[1, b'h', b'i', 255, 251, 3, 255, 255]).unwrap();
    let mut answers = [0; 6];
    stream.read_exact(&mut answers).unwrap();
    assert_eq!(answers, [255, 252, 1, 255, 254, 3]);
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    drop(client.stdin.take());
    let told = client.wait();
    told.status(0);
    assert_eq!(told.stdout, [b'h', b'i', 255]);
}

#[test]
fn lines_are_paced() {
    let (listener, port) = server();
    let start = Instant::now();
    let peer = std::thread::spawn(move || {
        let mut stream = accepted(&listener);
        let mut reads = Vec::new();
        let mut room = [0; 100];
        loop {
            match stream.read(&mut room).unwrap() {
                0 => return reads,
                len => reads.push(room[..len].to_vec()),
            }
        }
    });
    run_with_input(&mut nc(&["-N", "-i", "200ms", "127.0.0.1", &port]), b"one\ntwo\nthree").status(0);
    // The only bound that a slow machine cannot break: it did not go faster than asked.
    assert!(start.elapsed() >= Duration::from_millis(400));
    assert_eq!(peer.join().unwrap(), [&b"one\n"[..], b"two\n", b"three"]);
}

#[test]
fn without_standard_input_the_client_listens() {
    let (listener, port) = server();
    let client = Background::spawn(nc(&["-d", "127.0.0.1", &port]));
    let mut stream = accepted(&listener);
    stream.write_all(b"hello").unwrap();
    drop(stream);
    client.wait().status(0).stdout_is("hello");
}

#[test]
fn only_sending_drops_what_comes_and_ends_with_the_input() {
    let (listener, port) = server();
    let peer = std::thread::spawn(move || {
        let mut stream = accepted(&listener);
        stream.write_all(b"nobody wants this").unwrap();
        // The server keeps its side open: the client does not wait for it, and may answer with a RST what it never read.
        let mut octets = Vec::new();
        let _ = stream.read_to_end(&mut octets);
        octets
    });
    run_with_input(&mut nc(&["--send-only", "127.0.0.1", &port]), b"sent").status(0).stdout_is("");
    assert_eq!(peer.join().unwrap(), b"sent");
}

#[test]
fn only_receiving_sends_nothing_and_ends_with_the_peer() {
    let (listener, port) = server();
    let mut client = Background::spawn(nc(&["--recv-only", "127.0.0.1", &port]));
    let mut stdin = client.stdin.take().unwrap();
    stdin.write_all(b"never sent").unwrap();
    let mut stream = accepted(&listener);
    stream.write_all(b"got").unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    client.wait().status(0).stdout_is("got");
    assert_eq!(read_to_end(&stream), b"");
    run(&mut nc(&["--send-only", "--recv-only", "127.0.0.1", &port])).status(1);
}

#[test]
fn a_limit_of_reads_ends_it() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = peer.local_addr().unwrap().port().to_string();
    let mut client = Background::spawn(nc(&["-u", "-W", "2", "127.0.0.1", &port]));
    client.stdin.as_mut().unwrap().write_all(b"go").unwrap();
    let (_, addr) = peer.recv_from(&mut [0; 10]).unwrap();
    for datagram in ["one ", "two ", "three "] {
        // The third may find nobody.
        let _ = peer.send_to(datagram.as_bytes(), addr);
    }
    client.wait().status(0).stdout_is("one two ");
    run(&mut nc(&["-W", "0", "127.0.0.1", &port])).status(1).stderr_is("nc: receive limit too small: 0\n");
}

#[test]
fn what_linux_has_not_and_what_is_left_out_is_refused_with_the_reason() {
    for (line, why) in [
        ("--lua-exec script.lua -l 7000", "--lua-exec: Lua scripts are left out on purpose"),
        ("-V 1 127.0.0.1 9", "no alternate routing table support available"),
        ("-Z 127.0.0.1 9", "-Z: this system has no DCCP"),
    ] {
        run(&mut nc(&line.split(' ').collect::<Vec<_>>())).status(1).stderr_has(why);
    }
}

/// What has no effect is said.
#[test]
fn what_is_taken_and_has_no_effect_is_told() {
    let args = ["-v", "-z", "--nsock-engine", "poll", "127.0.0.1", "9"];
    run(&mut nc(&args)).stderr_has("--nsock-engine poll has no effect: there is no nsock here");
    for (dialect, said) in [
        ("--compat=openbsd", "nc: --max-conns has no effect without -k"),
        (
            "--compat=ncat",
            "Ncat: Warning: Maximum connections ignored, since it does not take effect without -k or --broker.\n",
        ),
    ] {
        let listener = Background::spawn(nc(&[dialect, "-lv", "--max-conns", "5", "127.0.0.1", "0"]));
        listener.wait_for_stderr("Listening on ");
        listener.kill().stderr_has(said);
    }
}

#[test]
fn the_environment_chooses_the_dialect() {
    run(nc(&[]).env("NC_COMPAT", "ncat")).status(2).stderr_has("Ncat: You must specify a host");
    // A file that cannot be had is a wrong line to ncat.
    for (option, role) in [("-o", "-n"), ("--hex-dump", "-n"), ("--ssl-trustfile", "-n"), ("--allowfile", "-l")] {
        let file = "/no/such/file";
        run(nc(&[option, file, role, "127.0.0.1", "9"]).env("NC_COMPAT", "ncat")).status(2).stderr_has(file);
        run(&mut nc(&[option, file, role, "127.0.0.1", "9"])).status(1).stderr_has(file);
    }
    run(nc(&["--compat=openbsd"]).env("NC_COMPAT", "ncat")).status(1).stderr_has("usage: nc [-46");
}

/// The listener accepts and says nothing: --wait is over then, and --idle-timeout begins.
#[test]
fn the_idle_timeout_is_about_silence_and_wait_is_not() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    run(&mut nc(&["-d", "--idle-timeout", "200ms", "127.0.0.1", &port])).status(0);
    let mut waiting = Background::spawn(nc(&["-d", "-v", "--wait", "100ms", "127.0.0.1", &port]));
    waiting.wait_for_stderr("succeeded!");
    // Ten times as long, in which it must not end.
    let until = Instant::now() + Duration::from_secs(1);
    sockeye_test_support::wait_until("a second has passed", || Instant::now() >= until);
    assert!(waiting.is_running());
    waiting.kill();
}
