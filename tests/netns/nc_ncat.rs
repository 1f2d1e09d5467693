//! The dialect of ncat beside ncat itself: the same lines, the same words and statuses.

use std::io::{Read, Write};
use std::net::{TcpStream, UdpSocket};
use std::os::unix::process::CommandExt;
use std::process::Stdio;

use sockeye_test_support::{Background, Case, DEADLINE, Net, Run, is_listening, run, run_with_input, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("nc_ncat::says_what_ncat_says", &["ncat", "ip"], same_words),
        Case::new("nc_ncat::listens_as_ncat_does", &["ncat"], same_listeners),
        Case::new("nc_ncat::ends_with_its_input_as_ncat_does", &["ncat"], same_ends_of_datagrams),
        Case::new("nc_ncat::ends_a_server_as_ncat_does", &["ncat"], same_ends_of_servers),
        Case::new("nc_ncat::is_a_proxy_as_ncat_is", &["ncat"], same_proxies),
    ]
}

/// Standard error without what cannot be the same: who we are, how long it took, and ports that the system chose.
fn words(run: &Run) -> String {
    let line = |line: &str| -> Option<String> {
        if line.starts_with("Ncat: Version") {
            return None;
        }
        let line = line.split(" seconds.").next().unwrap_or(line);
        let line = line.rsplit_once("received in ").map_or(line, |(before, _)| before);
        let line = line.rsplit_once("Connection from 127.0.0.1:").map_or(line, |(before, _)| before);
        Some(line.to_owned())
    };
    run.err().lines().filter_map(line).collect::<Vec<_>>().join("\n")
}

fn both(net: &Net, line: &str) -> [Run; 2] {
    let args = || line.split_whitespace();
    let mut ours = net.tool("nc");
    ours.arg0("ncat").args(args()).stdin(Stdio::null());
    let mut theirs = net.peer("ncat");
    theirs.args(args()).stdin(Stdio::null());
    [run(&mut ours), run(&mut theirs)]
}

fn same_words(net: &Net) {
    for line in [
        "link add v0 type veth peer name v1",
        "addr add 10.8.0.1/24 dev v0",
        "link set v0 up",
        "link set v1 up",
        "neigh add 10.8.0.2 lladdr 02:00:00:00:00:02 dev v0",
    ] {
        net.ip(line);
    }
    let listeners = [&["127.0.0.1", "5001"][..], &["-U", "here"]].map(|at| {
        let mut listener = net.peer("ncat");
        listener.args(["-l", "-k", "--recv-only"]).args(at);
        Background::spawn(listener)
    });
    wait_until("both listen", || is_listening(5001) && net.dir().join("here").exists());
    let mut different = Vec::new();
    for line in [
        "127.0.0.1 5999",
        "-v 127.0.0.1 5999",
        "-z 127.0.0.1 5999",
        "-zv 127.0.0.1 5999",
        "-v 10.9.9.9 80",
        "-v -w 300ms 10.8.0.2 80",
        "-w 300ms 10.8.0.2 80",
        "-6 -v ::1 5999",
        "nosuch.invalid 80",
        "-n nosuch 80",
        "-v -z 127.0.0.1 5001",
        "-v --send-only 127.0.0.1 5001",
        "-v -s 127.0.0.1 --send-only 127.0.0.1 5001",
        "-v -i 300ms --recv-only 127.0.0.1 5001",
        "-i 300ms --recv-only 127.0.0.1 5001",
        "-l 127.0.0.1 5001",
        "-v -l 127.0.0.1 5001",
        "-l 10.9.9.9 5002",
        "-l nosuch.invalid 5002",
        "-U /nonexistent/socket",
        "-v -u --send-only 127.0.0.1 5998",
        "-v --send-only -U here",
        "127.0.0.1 70000",
        "127.0.0.1 5001x",
        "127.0.0.1 1-",
        "-p 70000 127.0.0.1 5001",
        "-l 70000",
        "-i 0 127.0.0.1 5001",
        "-w abc 127.0.0.1 5001",
        "-d 0s 127.0.0.1 5001",
        "--allow 192.0.2.0/24 127.0.0.1 5001",
        "--chat 127.0.0.1 5001",
        "--broker 127.0.0.1 5001",
        "--nsock-engine epoll 127.0.0.1 5999",
        "--nsock-engine nosuch 127.0.0.1 5999",
        "-p x 127.0.0.1 5001",
        "-s nosuchname 127.0.0.1 5001",
        "-u -s nosuchname -p 9 127.0.0.1 5001",
        "-z -s nosuchname 127.0.0.1 5001",
        "127.0.0.1 nosuchport",
        "-z 127.0.0.1 nosuchport",
        "-l 127.0.0.1 nosuchport",
        "--vsock 2 x",
        "-t -z 127.0.0.1 5001",
        "--proxy 127.0.0.1:5999 127.0.0.1 5001",
        "-v --proxy 127.0.0.1:5999 --proxy-type socks5 127.0.0.1 5001",
        "--proxy nosuch.invalid:1 127.0.0.1 5001",
        // Not -s and -p with an address or port that cannot be had: ncat goes on with another, and ours does not.
    ] {
        let [ours, theirs] = both(net, line);
        if (words(&ours), ours.status) != (words(&theirs), theirs.status) {
            different.push(format!("== {line}\nours {}theirs {}", ours.story(), theirs.story()));
        }
    }
    assert!(different.is_empty(), "{}", different.join("\n"));
    drop(listeners);
}

fn same_listeners(net: &Net) {
    for line in ["-lv 5003", "-lv4 5003", "-lv6 5003", "-lv 127.0.0.1 5003", "-lvu 127.0.0.1 5003"] {
        let mut said = Vec::new();
        for (tool, name) in [(net.tool("nc"), "ncat"), (net.peer("ncat"), "ncat")] {
            let mut command = tool;
            command.arg0(name).args(line.split_whitespace());
            let listener = Background::spawn(command);
            let (address, ready) = match line {
                "-lv6 5003" => ("::1", ":::5003\n"),
                "-lv 127.0.0.1 5003" | "-lvu 127.0.0.1 5003" => ("127.0.0.1", "127.0.0.1:5003\n"),
                // Two sockets are announced one by one: the IPv4 one may come second.
                _ => ("127.0.0.1", "0.0.0.0:5003\n"),
            };
            listener.wait_for_stderr(ready);
            let udp = line.contains('u');
            let mut client = net.tool("nc");
            client.args([if udp { "-uq0" } else { "-N" }, address, "5003"]);
            run_with_input(&mut client, b"hello").status(0);
            listener.wait_for_stdout("hello");
            listener.wait_for_stderr("Connection from");
            let run = if udp { listener.kill() } else { listener.wait() };
            said.push(words(&run).replace("::1:", "::1 "));
        }
        let without_port =
            |said: &String| said.lines().filter(|line| !line.contains("::1 ")).collect::<Vec<_>>().join("\n");
        assert_eq!(without_port(&said[0]), without_port(&said[1]), "{line}");
    }
}

/// A UDP client: to somebody who never answers, and to nobody.
fn same_ends_of_datagrams(net: &Net) {
    let silent = UdpSocket::bind("127.0.0.1:5004").unwrap();
    silent.set_read_timeout(Some(DEADLINE)).unwrap();
    for (line, input) in [
        ("-v -u --no-shutdown 127.0.0.1 5004", &b""[..]),
        ("-u 127.0.0.1 5004", b"a"),
        ("-v -u -i 20s 127.0.0.1 5004", b"b"),
        ("-v -u -d 50ms 127.0.0.1 5004", b"c"),
        ("-v -u 127.0.0.1 5998", b"a"),
        ("-u 127.0.0.1 5998", b"a"),
    ] {
        let mut said = Vec::new();
        for tool in [net.tool("nc"), net.peer("ncat")] {
            let mut command = tool;
            command.arg0("ncat").args(line.split_whitespace());
            let run = run_with_input(&mut command, input);
            said.push((words(&run), run.status, run.out()));
            if line.ends_with(" 5004") && !input.is_empty() {
                let mut room = [0; 16];
                let (len, _) = silent.recv_from(&mut room).unwrap();
                assert_eq!(&room[..len], input, "{line}");
            }
        }
        assert_eq!(said[0], said[1], "{line}");
    }
}

/// A server with an input that goes on, and with one that ends while a client is there.
fn same_ends_of_servers(net: &Net) {
    for line in ["-l -i 200ms", "-l --send-only", "-l -k --send-only"] {
        let mut said = Vec::new();
        for tool in [net.tool("nc"), net.peer("ncat")] {
            let mut command = tool;
            command.arg0("ncat").args(line.split_whitespace()).args(["127.0.0.1", "5007"]);
            let mut server = Background::spawn(command);
            let mut input = server.stdin.take();
            // Before anybody is there.
            input.as_mut().unwrap().write_all(b"early").unwrap();
            wait_until("it listens", || is_listening(5007));
            let mut client = TcpStream::connect(("127.0.0.1", 5007)).unwrap();
            client.set_read_timeout(Some(DEADLINE)).unwrap();
            let mut first = [0; 5];
            client.read_exact(&mut first).unwrap();
            assert_eq!(&first, b"early", "{line}");
            if line.contains("--send-only") {
                input = None;
            }
            let mut rest = String::new();
            client.read_to_string(&mut rest).unwrap();
            let run = server.wait();
            drop(input);
            said.push((words(&run), run.status, rest));
        }
        assert_eq!(said[0], said[1], "{line}");
    }
}

/// A proxy serves one client after the other, without `-k`.
fn same_proxies(net: &Net) {
    let mut server = net.peer("ncat");
    server.args(["-l", "-k", "-e", "/bin/echo hello", "127.0.0.1", "5005"]);
    let server = Background::spawn(server);
    wait_until("it listens", || is_listening(5005));
    for tool in [net.tool("nc"), net.peer("ncat")] {
        let mut proxy = tool;
        proxy.arg0("ncat").args(["-l", "--proxy-type", "http", "127.0.0.1", "5006"]);
        let proxy = Background::spawn(proxy);
        wait_until("it listens", || is_listening(5006));
        for _ in 0..3 {
            let mut client = net.tool("nc");
            client.args(["-d", "-X", "connect", "-x", "127.0.0.1:5006", "127.0.0.1", "5005"]);
            run(&mut client).status(0).stdout_is("hello\n");
        }
        proxy.kill();
    }
    server.kill();
}
