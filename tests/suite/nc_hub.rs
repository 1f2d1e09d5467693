//! nc --broker, --chat, and many clients at the standard streams.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::process::{Command, Stdio};

use sockeye_test_support::{Background, tool, wait_until};

use crate::netcat::{connect, listening, port_of};

fn command(args: &[&str]) -> Command {
    let mut command = tool("nc");
    command.args(args).args(["-lvn", "127.0.0.1", "0"]);
    command
}

fn spawn(args: &[&str]) -> Background {
    let mut command = tool("nc");
    command.args(args);
    Background::spawn(command)
}

fn expect(stream: &mut TcpStream, text: &str) {
    let mut room = vec![0; text.len()];
    stream.read_exact(&mut room).unwrap();
    assert_eq!(String::from_utf8_lossy(&room), text);
}

/// Clients that the server has let in: it has told each of them something.
fn two_in_a_chat(port: u16) -> (TcpStream, TcpStream) {
    let first = "<announce> 127.0.0.1 is connected as <user1>.\n<announce> already connected: nobody.\n";
    let second = "<announce> 127.0.0.1 is connected as <user2>.\n<announce> already connected: 127.0.0.1 as <user1>.\n";
    let mut one = connect(port);
    expect(&mut one, first);
    let mut two = connect(port);
    expect(&mut two, second);
    expect(&mut one, second);
    (one, two)
}

#[test]
fn a_chat_says_who_says_what_as_ncats_does() {
    let (listener, port) = listening(&["--chat"]);
    let (mut one, mut two) = two_in_a_chat(port);
    one.write_all(b"hello\nall\n").unwrap();
    expect(&mut two, "<user1> hello\n<user1> all\n");
    one.write_all(b"\x1b[2Jcleared\x07\r\n").unwrap();
    expect(&mut two, "<user1> \\033[2Jcleared\\007\r\n");
    two.write_all(b"hi\n").unwrap();
    expect(&mut one, "<user2> hi\n");
    drop(two);
    expect(&mut one, "<announce> <user2> is disconnected.\n");
    listener.kill().stdout_is("");
}

#[test]
fn a_broker_passes_on_what_one_says_and_what_its_own_input_says() {
    let (mut broker, port) = listening(&["--broker"]);
    let mut writer = broker.stdin.take().unwrap();
    let mut streams: Vec<TcpStream> = (0..3).map(|_| connect(port)).collect();
    wait_until("all are in", || {
        String::from_utf8(broker.stderr_so_far()).unwrap().matches("Connection received").count() == 3
    });
    streams[0].write_all(b"from the first").unwrap();
    expect(&mut streams[1], "from the first");
    expect(&mut streams[2], "from the first");
    writer.write_all(b"from the host").unwrap();
    for stream in &mut streams {
        expect(stream, "from the host");
    }
    // The end of the input changes nothing for a broker.
    drop(writer);
    streams[2].write_all(b"still").unwrap();
    expect(&mut streams[0], "still");
    broker.kill().stdout_is("");
}

/// One who does not read is turned out, and the others hear everything.
#[test]
fn a_client_that_does_not_read_is_turned_out_of_a_broker() {
    let (listener, port) = listening(&["--broker"]);
    let (mut speaker, mut hearer, deaf) = (connect(port), connect(port), connect(port));
    wait_until("all are in", || {
        String::from_utf8(listener.stderr_so_far()).unwrap().matches("Connection received").count() == 3
    });
    let len = 32 << 20;
    let hearing = std::thread::spawn(move || {
        let mut heard = vec![0; len];
        hearer.read_exact(&mut heard).unwrap();
        heard.iter().all(|octet| *octet == b'x')
    });
    let chunk = vec![b'x'; 1 << 16];
    // Faster than anybody reads: who reads at all is waited for.
    for _ in 0..len / chunk.len() {
        speaker.write_all(&chunk).unwrap();
    }
    listener.wait_for_stderr("turned out: it did not read");
    assert!(hearing.join().unwrap());
    drop(deaf);
    listener.kill();
}

#[test]
fn a_broker_takes_more_clients_than_select_could() {
    let (listener, port) = listening(&["--broker"]);
    let mut streams: Vec<TcpStream> = (0..1200).map(|_| connect(port)).collect();
    wait_until("all are in", || {
        String::from_utf8(listener.stderr_so_far()).unwrap().matches("Connection received").count() == 1200
    });
    streams[0].write_all(b"to all").unwrap();
    for stream in &mut streams[1..] {
        expect(stream, "to all");
    }
    listener.kill();
}

#[test]
fn many_clients_share_the_standard_streams() {
    for args in [&["--compat=ncat", "-k"][..], &["-k", "--max-conns", "5"], &["--serve", "event"]] {
        let (mut server, port) = listening(args);
        let mut writer = server.stdin.take().unwrap();
        let (mut one, mut two) = (connect(port), connect(port));
        one.write_all(b"from one\n").unwrap();
        server.wait_for_stdout("from one\n");
        two.write_all(b"from two\n").unwrap();
        server.wait_for_stdout("from two\n");
        writer.write_all(b"to both").unwrap();
        expect(&mut one, "to both");
        expect(&mut two, "to both");
        one.shutdown(Shutdown::Write).unwrap();
        assert_eq!(one.read(&mut [0]).unwrap(), 0, "a client that ends is let go");
        drop(writer);
        if args[0] == "--compat=ncat" {
            assert_eq!(two.read(&mut [0]).unwrap(), 0, "ncat shuts down when its input ends");
        }
        two.write_all(b"more").unwrap();
        server.wait_for_stdout("more");
        server.kill().stdout_is("from one\nfrom two\nmore");
    }
}

/// The input is a file that is longer than the queues: everybody gets all of it, at the pace of the slowest.
#[test]
fn a_long_input_reaches_everybody_and_turns_nobody_out() {
    let path = std::env::temp_dir().join(format!("sockeye-hub-{}", std::process::id()));
    std::fs::write(&path, vec![b'y'; 16 << 20]).unwrap();
    let mut server = command(&["--compat=ncat", "-k", "--delay-accept", "0.5"]);
    server.stdin(Stdio::from(std::fs::File::open(&path).unwrap())).stdout(Stdio::piped()).stderr(Stdio::piped());
    let server = Background::spawn_as_it_is(server);
    let port = port_of(&server);
    let mut slow = connect(port);
    let mut all = Vec::new();
    slow.read_to_end(&mut all).unwrap();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(all.len(), 16 << 20, "the input waits for the first client");
    assert!(all.iter().all(|octet| *octet == b'y'));
    server.kill();
}

/// A pipe that has ended before anybody is there: nothing of it is lost, and nobody waits for the processor meanwhile.
#[test]
fn an_input_from_before_the_first_client_is_not_lost() {
    for args in [&["--compat=ncat", "-k"][..], &["--compat=ncat", "-k", "--send-only"], &["--broker"]] {
        let (mut server, port) = listening(args);
        let mut writer = server.stdin.take().unwrap();
        writer.write_all(b"early").unwrap();
        drop(writer);
        let mut one = connect(port);
        expect(&mut one, "early");
        if args.contains(&"--send-only") {
            assert_eq!(one.read(&mut [0]).unwrap(), 0, "who only sends is over with the input");
            server.wait().status(0);
        } else if args.contains(&"-k") {
            // Who ends when we have ended has not lost its connection.
            one.shutdown(Shutdown::Write).unwrap();
            assert_eq!(one.read(&mut [0]).unwrap(), 0);
            drop(one);
            assert_eq!(connect(port).read(&mut [0]).unwrap(), 0, "who comes later gets the same end");
            let said = server.kill().err();
            assert!(!said.contains("not connected"), "{said}");
        } else {
            server.kill();
        }
    }
}

#[test]
fn what_needs_one_conversation_is_refused_with_many() {
    for (args, why) in [
        (&["--compat=ncat", "-l", "-k", "-C", "7000"][..], "cannot use -C with many clients at once"),
        (&["-l", "-k", "--max-conns", "3", "-W", "1", "7000"], "cannot use -W with many clients at once"),
        (&["-l", "-u", "--broker", "7000"], "--broker and --chat: datagrams have no connections"),
        (&["-l", "-C", "--chat", "7000"], "cannot use -C with --chat"),
    ] {
        let mut command = tool("nc");
        let status = if args[0] == "--compat=ncat" { 2 } else { 1 };
        sockeye_test_support::run(command.args(args)).status(status).stderr_has(why);
    }
}

/// With -6 or :: ncat takes IPv6 only; OpenBSD nc both.
#[test]
fn a_listener_with_6_takes_ipv4_but_for_ncat() {
    for (compat, line, ipv4) in [
        ("--compat=ncat", &["-6", "0"][..], false),
        ("--compat=ncat", &["::", "0"], false),
        ("--compat=openbsd", &["-6", "0"], true),
    ] {
        let listener = spawn(&[&[compat, "-lvn"], line].concat());
        let port = port_of(&listener);
        assert_eq!(TcpStream::connect(("127.0.0.1", port)).is_ok(), ipv4, "{compat} {line:?}");
        if !ipv4 {
            TcpStream::connect(("::1", port)).unwrap();
        }
        listener.wait().status(0);
    }
}

/// Without an address, ncat takes both families; OpenBSD nc IPv4.
#[test]
fn a_listener_in_ncats_dialect_takes_both_families() {
    for udp in [false, true] {
        let mut listener = tool("nc");
        listener.args(["--compat=ncat", "-lvn", "0", if udp { "-uk" } else { "-k" }]);
        let listener = Background::spawn(listener);
        let said = || String::from_utf8(listener.stderr_so_far()).unwrap();
        wait_until("it says where", || said().contains(" on ") && said().ends_with('\n'));
        let port = said().lines().find(|line| line.contains(" on ")).unwrap().rsplit(':').next().unwrap().to_owned();
        for address in ["127.0.0.1", "::1"] {
            let mut client = tool("nc");
            client.args(["-n", if udp { "-uq0" } else { "-N" }, address, &port]);
            sockeye_test_support::run_with_input(&mut client, address.as_bytes()).status(0);
            listener.wait_for_stdout(address);
        }
        let said = listener.kill().err();
        assert!(udp || (said.contains("127.0.0.1") && !said.contains("ffff")), "{said}");
    }
}
