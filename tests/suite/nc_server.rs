//! nc as a server for many clients: --app, --serve and their limits.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::process::Command;
use std::time::Duration;

use sockeye_test_support::{Background, DEADLINE, run, wait_until};

use crate::netcat::{connect, listening, nc, port_of};

fn echo(stream: &mut TcpStream, octets: &[u8]) {
    stream.write_all(octets).unwrap();
    let mut back = vec![0; octets.len()];
    stream.read_exact(&mut back).unwrap();
    assert_eq!(back, octets);
}

fn rest(mut stream: &TcpStream) -> String {
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

fn whole(port: u16, question: &str) -> String {
    let mut stream = connect(port);
    stream.write_all(question.as_bytes()).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    rest(&stream)
}

#[test]
fn one_process_echoes_to_hundreds_at_once() {
    let (listener, port) = listening(&["-k", "--app", "echo"]);
    let mut streams: Vec<TcpStream> = (0..500).map(|_| connect(port)).collect();
    for (stream, number) in streams.iter_mut().zip(0..) {
        echo(stream, format!("client {number}").as_bytes());
    }
    let children = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", listener.pid())).unwrap();
    assert_eq!(children, "");
    // In the other order, and to those whose input has ended.
    for stream in streams.iter_mut().rev() {
        stream.write_all(b"last").unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        assert_eq!(rest(stream), "last");
    }
    listener.kill();
}

/// What the server cannot send it keeps, and reads no more meanwhile: nothing is lost, and nobody else waits.
#[test]
fn a_client_that_does_not_read_loses_nothing_and_stops_nobody() {
    let (listener, port) = listening(&["-k", "--app", "upper"]);
    let slow = connect(port);
    let len = 32 << 20;
    let mut writer = slow.try_clone().unwrap();
    let writing = std::thread::spawn(move || {
        let chunk = vec![b'a'; 1 << 20];
        for _ in 0..len / chunk.len() {
            writer.write_all(&chunk).unwrap();
        }
        writer.shutdown(Shutdown::Write).unwrap();
    });
    for _ in 0..20 {
        echo(&mut connect(port), b"OTHERS");
    }
    let back = rest(&slow);
    assert!(back.len() == len && back.bytes().all(|octet| octet == b'A'), "{}", back.len());
    writing.join().unwrap();
    listener.kill();
}

#[test]
fn a_reset_ends_only_the_client_that_sent_it() {
    let (listener, port) = listening(&["-k", "--app", "echo"]);
    let mut other = connect(port);
    echo(&mut other, b"before");
    let rude = connect(port);
    socket2::SockRef::from(&rude).set_linger(Some(Duration::ZERO)).unwrap();
    drop(rude);
    listener.wait_for_stderr("Connection reset by peer");
    echo(&mut other, b"after");
    listener.kill();
}

#[test]
fn daytime_chargen_and_discard_are_those_of_the_rfcs() {
    let (listener, port) = listening(&["-k", "--max-clients", "2", "--app", "daytime"]);
    for question in ["", "what time is it?"] {
        let said = whole(port, question);
        assert!(said.ends_with("-UTC\r\n") && said.matches(", ").count() == 2, "{said}");
    }
    listener.wait().status(0);

    let (listener, port) = listening(&["-k", "--app", "chargen"]);
    let mut stream = connect(port);
    stream.shutdown(Shutdown::Write).unwrap();
    let mut pattern = vec![0; 95 * 74 * 100];
    stream.read_exact(&mut pattern).unwrap();
    assert_eq!(pattern[..95 * 74], pattern[99 * 95 * 74..], "the pattern begins again after 95 lines");
    listener.kill();

    let (listener, port) = listening(&["--app", "discard"]);
    assert_eq!(whole(port, "into the void"), "");
    listener.wait().status(0);
}

#[test]
fn the_joke_is_told_and_over_when_nobody_wants_another() {
    let (listener, port) = listening(&["--app", "knock-knock"]);
    let said = whole(port, "Who's there?\nLettuce who?\nn\n");
    assert_eq!(said.lines().count(), 4, "{said}");
    assert!(said.starts_with("Knock! Knock!\nLettuce\n") && said.ends_with("Bye.\n"), "{said}");
    listener.wait().status(0);
}

#[test]
fn every_model_serves_and_says_by_whom() {
    for (model, by) in [("iterative", ""), ("event", ""), ("fork", "is served by process"), ("thread", "thread 2")] {
        let (listener, port) = listening(&["--serve", model, "--max-clients", "3", "--app", "upper"]);
        for _ in 0..3 {
            assert_eq!(whole(port, "some words\n"), "SOME WORDS\n", "{model}");
        }
        listener.wait().status(0).stderr_has(by);
    }
}

/// Only the iterative server has the second client wait for the first.
#[test]
fn the_iterative_server_has_clients_wait_and_the_others_do_not() {
    for (model, waits) in [("iterative", true), ("fork", false), ("thread", false), ("event", false)] {
        let (listener, port) = listening(&["--serve", model, "--app", "echo"]);
        let mut first = connect(port);
        echo(&mut first, b"first");
        let mut second = connect(port);
        if waits {
            second.write_all(b"second").unwrap();
            second.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
            second.read(&mut [0; 6]).unwrap_err();
            drop(first);
            second.set_read_timeout(Some(DEADLINE)).unwrap();
            second.read_exact(&mut [0; 6]).unwrap();
        } else {
            echo(&mut second, b"second");
            // Children outlive their parent for as long as they have clients.
            drop(first);
        }
        drop(second);
        listener.kill();
    }
}

fn zombies(parent: u32) -> usize {
    let children = std::fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap();
    let is_zombie = |pid: &&str| {
        let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
        status.lines().any(|line| line.starts_with("State:\tZ"))
    };
    children.split_whitespace().filter(is_zombie).count()
}

#[test]
fn children_are_reaped_unless_zombies_are_asked_for() {
    for (extra, expected) in [(&["--no-reap"][..], 3), (&[][..], 0)] {
        for service in [["--app", "echo"], ["-e", "/bin/cat"]] {
            let (listener, port) = listening(&[&["-k", "--serve", "fork"], extra, &service].concat());
            for _ in 0..3 {
                assert_eq!(whole(port, "x"), "x");
            }
            let children = || {
                let id = listener.pid();
                std::fs::read_to_string(format!("/proc/{id}/task/{id}/children")).unwrap().split_whitespace().count()
            };
            wait_until("the children end", || zombies(listener.pid()) == expected && children() == expected);
            listener.kill();
        }
    }
}

#[test]
fn the_listener_lets_in_no_more_than_it_may() {
    let (listener, port) = listening(&["-k", "--max-conns", "2", "--app", "echo"]);
    let (mut first, mut second, mut third) = (connect(port), connect(port), connect(port));
    echo(&mut first, b"1");
    echo(&mut second, b"2");
    third.write_all(b"3").unwrap();
    third.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    third.read(&mut [0]).unwrap_err();
    drop(second);
    third.set_read_timeout(Some(DEADLINE)).unwrap();
    third.read_exact(&mut [0]).unwrap();
    listener.kill();

    // Who comes after the last is refused, not left to wait.
    let (listener, port) = listening(&["--max-clients", "1", "--app", "echo"]);
    let mut only = connect(port);
    echo(&mut only, b"x");
    wait_until("the port is closed", || TcpStream::connect(("127.0.0.1", port)).is_err());
    drop(only);
    listener.wait().status(0);
}

/// Without a limit of its own: that of the system. The server raises the soft limit, so that the hard one is set here.
#[test]
fn a_server_short_of_descriptors_says_so_and_goes_on_when_one_is_free() {
    for service in ["--app echo", "--serve thread --app echo", "--serve fork --app echo", "-e /bin/cat"] {
        let mut command = Command::new("/bin/sh");
        command.args(["-c", &format!("ulimit -n 24; exec \"$0\" -l -k -vn {service} 127.0.0.1 0")]);
        command.arg(sockeye_test_support::tools_dir().join("nc"));
        let listener = Background::spawn(command);
        let port = port_of(&listener);
        let mut streams: Vec<TcpStream> = (0..40).map(|_| connect(port)).collect();
        for stream in &mut streams {
            stream.write_all(b"x").unwrap();
        }
        listener.wait_for_stderr("Too many open files");
        // Each that leaves makes room for others, until all have had their turn.
        for stream in &mut streams {
            let mut back = [0];
            stream.read_exact(&mut back).unwrap();
            stream.shutdown(Shutdown::Both).unwrap();
        }
        let said = String::from_utf8(listener.stderr_so_far()).unwrap();
        let times = said.matches("Too many open files").count();
        assert!(times < 20, "said {times} times: {said}");
        listener.kill();
    }
}

#[test]
fn a_quiet_client_is_let_go_after_the_time_of_w() {
    for model in ["event", "thread", "fork"] {
        let (listener, port) = listening(&["-w", "1", "--serve", model, "--max-clients", "1", "--app", "echo"]);
        let mut stream = connect(port);
        echo(&mut stream, b"x");
        assert_eq!(rest(&stream), "", "{model}");
        listener.wait().status(0);
    }
}

#[test]
fn tls_clients_are_served_at_once_and_a_silent_one_holds_nobody_up() {
    for model in ["event", "thread", "fork"] {
        let (listener, port) = listening(&["--ssl", "--serve", model, "--app", "upper"]);
        let silent = connect(port);
        for _ in 0..2 {
            let mut client = nc(&["-N", "--ssl", "--no-ssl-verify", "127.0.0.1", &port.to_string()]);
            sockeye_test_support::run_with_input(&mut client, b"over tls").status(0).stdout_is("OVER TLS");
        }
        // A child holds the standard streams for as long as it waits for it.
        drop(silent);
        listener.kill();
    }
}

/// The service has said everything before the keys are agreed on.
#[test]
fn a_service_that_speaks_first_does_so_over_tls() {
    for model in ["event", "iterative", "thread", "fork"] {
        let (listener, port) = listening(&["--ssl", "--serve", model, "--max-clients", "2", "--app", "daytime"]);
        for _ in 0..2 {
            let mut client = nc(&["-d", "--ssl", "--no-ssl-verify", "127.0.0.1", &port.to_string()]);
            run(&mut client).status(0).stdout_has("-UTC\r\n");
        }
        listener.wait().status(0);
    }
}

fn ask(socket: &UdpSocket, question: &[u8]) -> Vec<u8> {
    socket.set_read_timeout(Some(DEADLINE)).unwrap();
    socket.send(question).unwrap();
    let mut room = [0; 2048];
    let len = socket.recv(&mut room).unwrap();
    room[..len].to_vec()
}

fn client_of(port: u16) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(("127.0.0.1", port)).unwrap();
    socket
}

#[test]
fn the_services_answer_datagrams_too() {
    for (app, question, answer) in
        [("echo", &b"hello"[..], &b"hello"[..]), ("echo", b"", b""), ("upper", b"abc", b"ABC")]
    {
        let (listener, port) = listening(&["-u", "-k", "--app", app]);
        for _ in 0..3 {
            assert_eq!(ask(&client_of(port), question), answer);
        }
        listener.kill();
    }
    let (listener, port) = listening(&["-u", "-k", "--app", "knock-knock"]);
    let (one, other) = (client_of(port), client_of(port));
    assert_eq!(ask(&one, b""), b"Knock! Knock!\n");
    assert_eq!(ask(&one, b"Who's there?\n"), b"Lettuce\n");
    assert_eq!(ask(&other, b"hello"), b"Knock! Knock!\n", "each has a joke of its own");
    assert!(ask(&one, b"Lettuce who?").ends_with(b"(y/n)\n"));
    listener.kill();
}

/// Without -k one peer is served, and its silence ends it.
#[test]
fn a_datagram_service_without_k_serves_who_came_first() {
    let (listener, port) = listening(&["-u", "-w", "1", "--app", "echo"]);
    let first = client_of(port);
    assert_eq!(ask(&first, b"first"), b"first");
    let second = client_of(port);
    second.set_read_timeout(Some(Duration::from_millis(100))).unwrap();
    second.send(b"second").unwrap();
    second.recv(&mut [0; 16]).unwrap_err();
    listener.wait().status(0);
}

#[test]
fn a_lossy_echo_loses_the_share_that_was_asked_for() {
    let (listener, port) = listening(&["-u", "-k", "--app", "lossy-echo=0.5"]);
    let socket = client_of(port);
    for number in 0..200_u8 {
        socket.send(&[number]).unwrap();
    }
    // It answers in order: behind an answer to this one, none of those comes.
    socket.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    let (mut back, mut answer) = (0, [0]);
    wait_until("the end is answered", || {
        socket.send(&[255]).unwrap();
        while socket.recv(&mut answer).is_ok() && answer != [255] {
            back += 1;
        }
        answer == [255]
    });
    assert!((60..140).contains(&back), "{back}");
    listener.kill();
}

#[test]
fn the_working_names_each_client() {
    let listener = Background::spawn(nc(&["--json", "-l", "--max-clients", "1", "--app", "echo", "127.0.0.1", "0"]));
    listener.wait_for_stderr(r#""event":"listen""#);
    let said = String::from_utf8(listener.stderr_so_far()).unwrap();
    let bound = said.split(r#""event":"bound","local":"127.0.0.1:"#).nth(1).unwrap();
    let port: u16 = bound.split('"').next().unwrap().parse().unwrap();
    // The call is told of before it is made.
    let row = format!(" 0100007F:{port:04X} 00000000:0000 0A ");
    wait_until("it listens", || std::fs::read_to_string("/proc/net/tcp").unwrap().contains(&row));
    whole(port, "hello");
    let run = listener.wait();
    run.status(0);
    for part in [
        r#""event":"client","client":1"#,
        r#""did":"sent","length_octets":5"#,
        r#""did":"took","length_octets":5,"left_octets":0"#,
        r#""did":"ended""#,
        r#""did":"left","why":"both directions have ended","received_octets":5,"sent_octets":5"#,
    ] {
        run.stderr_has(part);
    }
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (line, why) in [
        ("-l --serve thread -e cat 7000", "--serve thread with -e or -c"),
        ("-l --serve fork 7000", "--serve fork needs --app"),
        ("-l --no-reap --app echo 7000", "--no-reap needs --serve fork"),
        ("-l -C --app echo 7000", "cannot use -C with --app"),
        ("-l -W 3 -e cat 7000", "cannot use -W with -e or -c"),
        ("-l -u --max-conns 3 --app echo 7000", "--max-conns: datagrams have no connections"),
        ("-l --app nosuch 7000", "--app nosuch: unknown"),
        ("-l --app lossy-echo=2 7000", "not between 0 and 1"),
        ("--app echo 127.0.0.1 7000", "must use -l with --app"),
    ] {
        run(&mut nc(&line.split(' ').collect::<Vec<_>>())).status(1).stderr_has(why);
    }
    // An address that is taken says which, and to somebody who looks, who has it.
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    run(&mut nc(&["-l", "--app", "echo", "127.0.0.1", &port])).status(1).stderr_has("Address already in use");
    let pid = std::process::id();
    let udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let udp_port = udp.local_addr().unwrap().port().to_string();
    for (line, state) in [
        (&["-lv", "127.0.0.1", &port][..], ", in LISTEN"),
        (&["-lv", &port], ", in LISTEN"),
        (&["-luv", "127.0.0.1", &udp_port], ""),
    ] {
        run(&mut nc(line)).status(1).stderr_has(&format!("(process {pid}){state})"));
    }
    run(&mut nc(&["-l", "127.0.0.1", &port]))
        .stderr_is(&format!("nc: bind 127.0.0.1:{port}: Address already in use\n"));
}

/// nc, started by somebody who ignores SIGCHLD, which is inherited: the kernel then throws ended children away.
fn nc_of_a_careless_parent(args: &[&str]) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", "trap '' CHLD; exec \"$0\" \"$@\""]).arg(nc(&[]).get_program()).args(args);
    command.args(["-lvn", "127.0.0.1", "0"]);
    command
}

#[test]
fn children_are_found_although_sigchld_was_ignored() {
    let listener = Background::spawn(nc_of_a_careless_parent(&["-e", "/bin/true"]));
    assert_eq!(rest(&connect(port_of(&listener))), "");
    listener.wait().status(0);

    let args = ["--serve", "fork", "--no-reap", "--app", "daytime"];
    let listener = Background::spawn(nc_of_a_careless_parent(&args));
    drop(connect(port_of(&listener)));
    let said = || String::from_utf8(listener.stderr_so_far()).unwrap();
    wait_until("a zombie is told of", || said().contains("has ended and is a zombie"));
    let line = said();
    let pid = line.split("is served by process ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    assert!(stat.contains(") Z "), "{stat}");
    listener.kill();
}

/// An octet now and then moves something, and is no handshake for all that.
#[test]
fn a_thread_does_not_wait_for_a_handshake_for_ever() {
    let args = ["--serve", "thread", "--max-clients", "1", "--ssl", "-w", "1", "--app", "echo"];
    let (listener, port) = listening(&args);
    let mut stream = connect(port);
    stream.set_read_timeout(Some(Duration::from_millis(50))).unwrap();
    // The beginning of a record of 4096 octets, of which few come.
    stream.write_all(&[0x16, 3, 1, 0x10, 0, 1, 0, 0x0f, 0xfc]).unwrap();
    wait_until("the server has let go", || {
        let read = stream.read(&mut [0]);
        stream.write_all(&[0]).is_err() || matches!(read, Ok(0))
    });
    listener.wait().status(0);
}
