//! `ss -K` and `ss -E`: sockets that are destroyed, and the ends that are told.

use std::io::{BufRead as _, BufReader};
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use socket2::{Domain, Socket, Type};
use sockeye_test_support::{Background, Net, wait_until};

use super::Ours;
use crate::ports_sockets::{connected, listener, port_of, tcp};

/// As `ss -E | head -1` does, although nothing happens any more.
fn ends_when_nobody_reads(ours: &Ours) {
    let (reader, writer) = std::io::pipe().unwrap();
    let mut command = ours.command();
    command.arg("-E").stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
    let mut events = Background::spawn_as_it_is(command);
    let mut heading = String::new();
    BufReader::new(reader).read_line(&mut heading).unwrap();
    assert!(heading.contains("Peer Address:Port"), "{heading}");
    wait_until("ss sees that nobody reads", || !events.is_running());
    events.wait().status(0).stderr_is("");
}

pub(super) fn destroys_and_tells(net: &Net) {
    let ours = Ours::new(net);
    let server = listener("127.0.0.1:7100", 5);
    let pairs: Vec<_> =
        (0..2).map(|_| (connected("127.0.0.1:7100".parse().unwrap()), server.accept().unwrap().0)).collect();
    let port = port_of(&pairs[0].0).to_string();
    let mut command = ours.command();
    command.arg("-Etn");
    let events = Background::spawn(command);
    // The headings come first, and what happens comes at once, into a pipe too.
    events.wait_for_stdout("Peer Address:Port");
    let killed = ours.run(&["-KtnpH", "sport", "=", &format!(":{port}")]);
    killed.status(0).stderr_is("");
    let words: Vec<String> = killed.out().split_whitespace().map(str::to_owned).collect();
    assert_eq!(words[..5], ["ESTAB", "0", "0", &format!("127.0.0.1:{port}"), "127.0.0.1:7100"], "{}", killed.story());
    assert!(words[5].starts_with("users:(("), "{}", killed.story());
    assert_eq!(
        pairs[0].0.send(b"x").unwrap_err().kind(),
        std::io::ErrorKind::ConnectionAborted,
        "its owner is told so"
    );
    let left = ours.run(&["-tnH"]).out();
    assert!(!left.contains(&port) && left.lines().count() == 2, "{left}");
    // Word of it comes when the last that held it lets go.
    drop(pairs);
    events.wait_for_stdout(&format!("127.0.0.1:{port}"));
    events.kill();
    told_as_they_end(&ours);
    ends_when_nobody_reads(&ours);
    // What the kernel does not destroy is not listed as destroyed: ss lists it all the same.
    let _ends = UnixStream::pair().unwrap();
    ours.run(&["-KxH"]).status(0).stdout_is("");
    for words in ["-Ex", "-Ew"] {
        ours.run(&[words]).status(255).stderr_is("ss: only the ends of TCP and UDP sockets are told\n");
    }
    // What may be read in two ways destroys nothing.
    let mixed = ours.run(&["-Ktl", "sport = :1 or sport = :7100 and src 127.0.0.1"]);
    mixed.status(255).stdout_is("").stderr_has("nothing destroyed: and binds closer than or");
    // What cannot be destroyed is said after all the others were.
    let bad = Socket::new(Domain::IPV4, Type::STREAM, Some(262.into()));
    if let Ok(bad) = bad {
        bad.bind(&"127.0.0.1:7101".parse::<SocketAddr>().unwrap().into()).unwrap();
        bad.listen(1).unwrap();
        let run = ours.run(&["-Ktln"]);
        run.stdout_has("Local Address:Port").stdout_has("127.0.0.1:7100");
        assert!(!run.err().contains("CAP_NET_ADMIN"), "{}", run.story());
    }
}

/// How a connection, one that never was, and a UDP socket are told.
fn told_as_they_end(ours: &Ours) {
    let mut command = ours.command();
    command.args(["-Etui", "--json", "dport = :7110 or sport = :7111"]);
    let records = Background::spawn(command);
    let mut command = ours.command();
    command.args(["-HEtuin", "dport = :7110 or sport = :7111"]);
    let lines = Background::spawn(command);
    let server = listener("127.0.0.1:7110", 5);
    let whole = |background: &Background| {
        let mut text = String::from_utf8(background.stdout_so_far()).unwrap();
        text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
        text
    };
    let find = |text: &str, key: &str, value: u64, netid: &str| {
        let ends = text.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["data"].clone());
        ends.into_iter().find(|end| end[key] == value && end["netid"] == netid)
    };
    let below = |text: &str, local: &str| {
        let mut lines = text.lines().map(str::to_owned);
        lines.find(|line| line.starts_with("tcp") && line.split_whitespace().nth(4) == Some(local))?;
        lines.next()
    };
    let (mut client, mut datagrams, mut line, mut bound) = (None, None, None, None);
    // Neither says from when it listens: what ends is ended again until both have heard of each.
    wait_until("both hear of each", || {
        let connection = connected("127.0.0.1:7110".parse().unwrap());
        drop((server.accept().unwrap(), connection));
        let only_bound = tcp("127.0.0.1:0".parse().unwrap());
        only_bound.bind(&"127.0.0.1:7111".parse::<SocketAddr>().unwrap().into()).unwrap();
        drop(only_bound);
        drop(UdpSocket::bind("127.0.0.1:7111").unwrap());
        let (records, lines) = (whole(&records), whole(&lines));
        client = find(&records, "peer_port", 7110, "tcp");
        datagrams = find(&records, "local_port", 7111, "udp");
        line = lines.lines().find(|line| line.starts_with("udp")).map(str::to_owned);
        bound = below(&lines, "127.0.0.1:7111");
        client.is_some() && datagrams.is_some() && line.is_some() && bound.is_some()
    });
    assert_eq!(client.unwrap()["state"], serde_json::json!({"code": 7, "name": "CLOSED"}));
    assert_eq!(datagrams.unwrap()["send_queue_octets"], 0);
    let line = line.unwrap();
    assert_eq!(line.split_whitespace().take(4).collect::<Vec<_>>(), ["udp", "UNCONN", "0", "0"], "{line}");
    // One that was never connected has nothing behind it that was last.
    let info = bound.unwrap();
    assert!(info.contains("rto:") && !info.contains("lastsnd"), "{info}");
}
