//! What nc shows and keeps of what goes past: --segments, -o, --hex-dump, --escape; and --delay, -C, -i, -t.

use std::fs;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, UdpSocket};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use sockeye_test_support::{Background, DEADLINE, run, run_with_input};

use crate::netcat::nc;

/// A file of this test alone, removed with it.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        Self(std::env::temp_dir().join(format!("sockeye-{name}-{}", std::process::id())))
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn text(&self) -> String {
        fs::read_to_string(&self.0).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A listener that sends `reply` when it has read `question`, and then ends.
fn server(question: &'static str, reply: &'static [u8]) -> (std::thread::JoinHandle<()>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut heard = vec![0; question.len()];
        stream.read_exact(&mut heard).unwrap();
        assert_eq!(heard, question.as_bytes());
        stream.write_all(reply).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        let mut rest = Vec::new();
        stream.read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"");
    });
    (thread, port)
}

#[test]
fn each_read_of_a_stream_is_a_line() {
    let (thread, port) = server("question\n", b"\x1b[2Janswer\n");
    let run = run_with_input(&mut nc(&["-N", "--segments", "127.0.0.1", &port]), b"question\n");
    run.status(0).stdout_is(b"\x1b[2Janswer\n");
    let said = run.err();
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 2, "{said}");
    assert!(lines[0].ends_with(&format!("> 127.0.0.1:{port} 9 octets \"question\\n\"")), "{said}");
    assert!(lines[1].ends_with(&format!("< 127.0.0.1:{port} 11 octets \"\\x1b[2Janswer\\n\"")), "{said}");
    thread.join().unwrap();

    let (thread, port) = server("question\n", b"answer\n");
    run_with_input(&mut nc(&["-N", "--json", "--segments", "127.0.0.1", &port]), b"question\n")
        .stderr_has(r#"{"event":"segment","way":"in","peer":"127.0.0.1:"#)
        .stderr_has(r#""length_octets":7,"cut_octets":0,"preview":"\"answer\\n\"""#);
    thread.join().unwrap();
}

#[test]
fn each_datagram_is_a_line_with_its_sender_and_what_was_lost_of_it() {
    for address in ["127.0.0.1", "::1"] {
        let listener = Background::spawn(nc(&["-lukvn", "--segments", "--read-size", "50", address, "0"]));
        listener.wait_for_stderr("Bound on");
        let said = String::from_utf8(listener.stderr_so_far()).unwrap();
        let port: u16 = said.trim_end().rsplit(' ').next().unwrap().parse().unwrap();
        let sender = UdpSocket::bind((address, 0)).unwrap();
        sender.connect((address, port)).unwrap();
        sender.send(&[b'A'; 100]).unwrap();
        sender.send(b"").unwrap();
        sender.send(b"short").unwrap();
        listener.wait_for_stdout("short");
        let from = sender.local_addr().unwrap();
        let run = listener.kill();
        run.stderr_has(&format!("< {from} 50 octets of 100, 50 lost \"AAAAAAAAAAAAAAAAAAAAAAAA\"..."));
        run.stderr_has(&format!("< {from} 0 octets \"\"")).stderr_has(&format!("< {from} 5 octets \"short\""));
        run.stderr_has("a datagram of 100 octets was cut to 50: 50 are lost");
    }
}

#[test]
fn the_files_are_ncats() {
    let (raw, hex) = (Scratch::new("raw"), Scratch::new("hex"));
    for append in [false, true, false] {
        let (thread, port) = server("hello out\n", b"in\0\x01");
        let mut args = vec!["-N", "-o", raw.path(), "--hex-dump", hex.path(), "127.0.0.1", &port];
        if append {
            args.insert(0, "--append-output");
        }
        // In nc's own dialect -o is a letter without a meaning of OpenBSD's.
        run_with_input(&mut nc(&args), b"hello out\n").status(0).stderr_is("").stdout_is(b"in\0\x01");
        thread.join().unwrap();
        let times = if append { 2 } else { 1 };
        assert_eq!(raw.text(), "hello out\nin\0\x01".repeat(times));
        let dump = "0000   68 65 6c 6c 6f 20 6f 75  74 0a                    hello.out.      \n\
                    0000   69 6e 00 01                                       in..            \n";
        assert_eq!(hex.text(), dump.repeat(times));
    }
    let (thread, port) = server("ab", b"cd");
    run_with_input(&mut nc(&["--compat=traditional", "-o", hex.path(), "-q", "0", "127.0.0.1", &port]), b"ab");
    let _ = thread.join();
    assert!(hex.text().starts_with("> 00000000 61 62 "), "{}", hex.text());
}

/// A copy that is not whole is an error, and says how far it came.
#[test]
fn a_file_that_takes_no_more_ends_the_conversation() {
    for option in ["-o", "--hex-dump"] {
        let (thread, port) = server("question", b"answer");
        let run = run_with_input(&mut nc(&["-N", option, "/dev/full", "127.0.0.1", &port]), b"question");
        run.status(1).stderr_has(&format!("{option} /dev/full: No space left on device, after 0 octets"));
        let _ = thread.join();
        run_with_input(&mut nc(&[option, "/nonexistent/file", "127.0.0.1", "9"]), b"")
            .status(1)
            .stderr_has("/nonexistent/file: No such file or directory");
    }
}

#[test]
fn a_listener_keeps_one_file_for_all_its_clients() {
    let raw = Scratch::new("all");
    let listener = Background::spawn(nc(&["-lkvn", "-d", "-o", raw.path(), "127.0.0.1", "0"]));
    listener.wait_for_stderr("Listening on");
    let said = String::from_utf8(listener.stderr_so_far()).unwrap();
    let port = said.trim_end().rsplit(' ').next().unwrap().to_owned();
    for text in ["first ", "second"] {
        run_with_input(&mut nc(&["-N", "127.0.0.1", &port]), text.as_bytes()).status(0);
        listener.wait_for_stdout(text);
    }
    listener.kill();
    assert_eq!(raw.text(), "first second");
}

/// script(1) gives nc a terminal.
#[test]
fn control_octets_are_visible_on_a_terminal_and_untouched_elsewhere() {
    let reply = "caf\u{e9}\x1b[31m\ttab\n".as_bytes();
    for (escape, shown) in [("--escape", "caf\u{e9}\\x1b[31m\ttab"), ("-n", "caf\u{e9}\x1b[31m\ttab")] {
        let (thread, port) = server("", reply);
        let nc = sockeye_test_support::tools_dir().join("nc");
        let line = format!("{} -d -n {escape} 127.0.0.1 {port}", nc.display());
        let mut script = Command::new("script");
        script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null());
        let out = run(&mut script).out();
        assert!(out.contains(shown), "{escape}: {out:?}");
        thread.join().unwrap();
    }
    let (thread, port) = server("", reply);
    run(&mut nc(&["-d", "--escape", "127.0.0.1", &port])).stdout_is(reply);
    thread.join().unwrap();
}

/// The beginning of a character is shown too when the connection breaks behind it.
#[test]
fn a_character_that_is_cut_off_is_shown() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        // What is left unread makes it a RST.
        stream.peek(&mut [0; 1]).unwrap();
        stream.write_all(b"caf\xc3").unwrap();
    });
    let nc = sockeye_test_support::tools_dir().join("nc");
    let line = format!("printf x | {} --escape 127.0.0.1 {port}", nc.display());
    let mut script = Command::new("script");
    script.args(["-qec", &line, "/dev/null"]).stdin(Stdio::null());
    let out = run(&mut script).out();
    assert!(out.contains("caf\\xc3"), "{out:?}");
    thread.join().unwrap();
}

/// Not earlier than asked for; how much later is the machine's business.
#[test]
fn the_delay_is_before_what_goes_out_and_before_what_is_shown() {
    let (thread, port) = server("ab", b"cd");
    let start = Instant::now();
    run_with_input(&mut nc(&["-N", "--delay", "300ms", "127.0.0.1", &port]), b"ab").status(0).stdout_is("cd");
    assert!(start.elapsed() >= Duration::from_millis(600));
    thread.join().unwrap();
}

/// The time of -w is for a silent network, not for our own pace.
#[test]
fn a_pace_that_is_slower_than_the_timeout_loses_nothing() {
    let paced = |options: &[&str], expected| {
        let (thread, port) = server(expected, b"ok");
        let mut command = nc(&["-N", "-w", "1", "127.0.0.1", &port]);
        run_with_input(command.args(options), b"a\nb\n").status(0).stderr_is("").stdout_is("ok");
        thread.join().unwrap();
    };
    // The server has a whole second to answer, all of them at once.
    std::thread::scope(|scope| {
        scope.spawn(|| paced(&["-i", "1500ms"], "a\nb\n"));
        scope.spawn(|| paced(&["--delay", "1500ms"], "a\nb\n"));
        scope.spawn(|| paced(&["--generate", "1x2@1500ms"], "AB"));
    });
}

#[test]
fn a_delay_does_not_shorten_the_pause_between_lines() {
    let (thread, port) = server("a\nb\n", b"");
    let client = Background::spawn(nc(&["-N", "-i", "300ms", "--delay", "1ms", "--segments", "127.0.0.1", &port]));
    let mut stdin = client.stdin.as_ref().unwrap();
    // The pause begins behind this, and we may learn late of both lines.
    let start = Instant::now();
    stdin.write_all(b"a\n").unwrap();
    client.wait_for_stderr("> ");
    stdin.write_all(b"b\n").unwrap();
    client.wait_for_stderr("\"b\\n\"");
    assert!(start.elapsed() >= Duration::from_millis(300));
    client.kill();
    let _ = thread.join();
}

#[test]
fn a_datagram_after_a_silence_is_delayed_like_the_first() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = peer.local_addr().unwrap().port().to_string();
    let client = Background::spawn(nc(&["-u", "--delay", "200ms", "127.0.0.1", &port]));
    let mut room = [0; 9];
    for text in [b"a", b"b"] {
        peer.set_read_timeout(Some(DEADLINE)).unwrap();
        let start = Instant::now();
        client.stdin.as_ref().unwrap().write_all(text).unwrap();
        assert_eq!(peer.recv(&mut room).unwrap(), 1);
        assert!(start.elapsed() >= Duration::from_millis(200), "{text:?}");
        // A silence that is longer than the delay.
        peer.set_read_timeout(Some(Duration::from_millis(250))).unwrap();
        peer.recv(&mut room).unwrap_err();
    }
    client.kill();
}

/// An option that the server asks for behind our end cannot be refused any more, and that is no fault.
#[test]
fn telnet_goes_on_behind_our_own_end() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let thread = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(DEADLINE)).unwrap();
        let mut heard = Vec::new();
        stream.read_to_end(&mut heard).unwrap();
        assert_eq!(heard, b"login");
        stream.write_all(b"user\xff\xfd\x01:").unwrap();
    });
    let run = run_with_input(&mut nc(&["-N", "-t", "127.0.0.1", &port]), b"login");
    run.status(0).stderr_is("").stdout_is("user:");
    thread.join().unwrap();
}

#[test]
fn line_ends_pauses_and_telnet_work_over_datagrams() {
    let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
    peer.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = peer.local_addr().unwrap().port().to_string();
    let mut room = [0; 100];
    let mut hear = || peer.recv_from(&mut room).map(|(len, from)| (room[..len].to_vec(), from)).unwrap();
    run_with_input(&mut nc(&["-u", "-C", "-q0", "--datagram", "4", "127.0.0.1", &port]), b"ab\ncd\r\n").status(0);
    assert_eq!((hear().0, hear().0), (b"ab\r\nc".to_vec(), b"d\r\n".to_vec()));

    let start = Instant::now();
    let lines = &["-u", "-i", "200ms", "-q0", "--datagram", "line", "127.0.0.1", &port];
    run_with_input(&mut nc(lines), b"a\n\nc\n").status(0);
    assert_eq!((hear().0, hear().0, hear().0), (b"a".to_vec(), b"".to_vec(), b"c".to_vec()));
    assert!(start.elapsed() >= Duration::from_millis(400));

    let client = Background::spawn(nc(&["-u", "-t", "127.0.0.1", &port]));
    client.stdin.as_ref().unwrap().write_all(b"login").unwrap();
    let (_, from) = hear();
    // DO ECHO is refused by WONT ECHO, in a datagram of its own.
    peer.send_to(b"user\xff\xfd\x01:", from).unwrap();
    assert_eq!(hear().0, b"\xff\xfc\x01");
    client.wait_for_stdout("user:");
    client.kill().stdout_is("user:");
}

#[test]
fn a_stream_read_by_small_reads_and_limits() {
    let (thread, port) = server("x", b"0123456789");
    let run = run_with_input(&mut nc(&["-N", "--segments", "--read-size", "4", "127.0.0.1", &port]), b"x");
    run.status(0).stdout_is("0123456789");
    for line in ["4 octets \"0123\"", "4 octets \"4567\"", "2 octets \"89\""] {
        run.stderr_has(line);
    }
    thread.join().unwrap();
}

#[test]
fn what_would_be_ignored_is_refused() {
    for (line, why) in [
        ("--append-output 127.0.0.1 9", "--append-output needs -o or --hex-dump"),
        ("-z --escape 127.0.0.1 9", "cannot use -z and --escape"),
        ("-e cat -o x 127.0.0.1 9", "cannot use -o with -e or -c"),
        ("-l --send-only -e cat 9", "cannot use --send-only or --recv-only with -e"),
        ("--recv-only -c cat 127.0.0.1 9", "cannot use --send-only or --recv-only with -e"),
        ("-l --app echo --segments 9", "cannot use --segments with --app"),
    ] {
        run(&mut nc(&line.split(' ').collect::<Vec<_>>())).status(1).stderr_has(why);
    }
}
