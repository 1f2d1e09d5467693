//! ports watch and ports log on loopback: what needs no namespace of its own. Every watch is about ports of its own test.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::process::Stdio;

use serde_json::Value;
use sockeye_test_support::{Background, run, tool};

/// A watch that has begun.
fn begun(args: &[&str]) -> Background {
    let mut command = tool("ports");
    command.args(args).arg("--explain");
    let background = Background::spawn(command);
    background.wait_for_stdout("at the start");
    background
}

fn pair(listener: &TcpListener) -> (TcpStream, TcpStream) {
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (client, listener.accept().unwrap().0)
}

#[test]
fn a_connection_and_the_end_of_its_listener() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let watch = begun(&["watch", "-t", &format!("sport = :{port}")]);
    let (client, server) = pair(&listener);
    let peer = client.local_addr().unwrap().port();
    let ends = format!("127.0.0.1:{port} <- 127.0.0.1:{peer}  ");
    watch.wait_for_stdout(&ends).wait_for_stdout("ESTABLISHED");
    client.shutdown(Shutdown::Write).unwrap();
    watch.wait_for_stdout(&format!("{ends}ESTABLISHED -> CLOSE-WAIT after "));
    drop(server);
    watch.wait_for_stdout(" -> closed after ");
    drop(listener);
    watch.wait_for_stdout(&format!("127.0.0.1:{port}  LISTEN -> closed after more than "));
    let told = watch.kill();
    assert!(!told.out().contains(&format!("127.0.0.1:{peer} -> ")), "the other end passes no filter: {}", told.story());
}

#[test]
fn json_has_every_field_and_the_time_in_order() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let mut command = tool("ports");
    command.args(["watch", "-u", "-c", "2", "--json", "--explain", &format!("sport = :{port}")]);
    let watch = Background::spawn(command);
    watch.wait_for_stdout("\"event\":\"watching\"");
    socket.connect("127.0.0.1:9").unwrap();
    watch.wait_for_stdout("\"connected\"");
    drop(socket);
    let told = watch.wait();
    told.status(0);
    let results: Vec<Value> = told
        .out()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .filter(|object| object["type"] == "event" && object["data"]["event"] == "changed")
        .map(|mut object| object["data"].take())
        .collect();
    assert_eq!(results.len(), 2, "{}", told.story());
    let [changed, closed] = &results[..] else { panic!("{}", told.story()) };
    assert_eq!(
        (&changed["from_state"]["name"], &changed["to_state"]["name"]),
        (&"unconnected".into(), &"connected".into())
    );
    assert_eq!(changed["seen_by"], "listing");
    assert!(changed["time_error_us"].as_u64() > Some(0) && changed["duration_error_us"].is_u64(), "{changed:#}");
    let owner = &changed["owners"][0];
    assert_eq!((&owner["pid"], owner["fd"].is_u64()), (&std::process::id().into(), true), "{changed:#}");
    assert!(changed["duration_us"].is_null() && changed["duration_at_least_us"].is_u64(), "{changed:#}");
    assert_eq!((&closed["from_state"]["name"], &closed["to_state"]), (&"connected".into(), &Value::Null));
    assert_eq!(closed["seen_by"], "close_message");
    assert!(closed["duration_us"].is_u64(), "{closed:#}");
    assert!(closed["monotonic_us"].as_u64() > changed["monotonic_us"].as_u64());
    assert_eq!(changed["local_port"], port);
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(changed), keys(closed), "every field is always there");
    let time = changed["time"].as_str().unwrap();
    assert!(time.len() == 27 && time.ends_with('Z'), "{time}");
}

#[test]
fn it_ends_by_itself_and_by_a_signal() {
    run(tool("ports").args(["watch", "--duration", "0.05", "sport = :1 and sport = :2"])).status(0).stdout_is("");
    run(tool("ports").args(["log", "--duration", "0.05", "sport = :1 and sport = :2"])).status(0).stdout_is("");
    // Whoever started the tests in the background may have told them to ignore it.
    sockeye_sys::signals::restore_sigint().unwrap();
    for (command, signal, status) in [("watch", "INT", 130), ("watch", "TERM", 143), ("log", "INT", 130)] {
        let background = begun(&[command, "sport = :1 and sport = :2"]);
        background.signal(signal);
        background.wait().status(status).stderr_is("");
    }
}

#[test]
fn it_ends_when_nobody_reads_though_nothing_happens() {
    for command in ["watch", "log"] {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let mut ports = tool("ports");
        ports.args([command, "--explain", "sport = :1 and sport = :2"]);
        ports.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
        let background = Background::spawn_as_it_is(ports);
        // It has begun.
        assert_eq!(reader.read(&mut [0]).unwrap(), 1);
        drop(reader);
        background.wait().status(0).stderr_is("");
    }
}

#[test]
fn what_cannot_be_watched_is_refused() {
    for (args, said) in [
        (["watch", "process = nginx"], "filter: processes are not to be had of sockets that come and go"),
        (["watch", "--interval=0"], "a number of seconds from 0.001 to 2678400 is wanted"),
        (["log", "--duration=x"], "a number of seconds from 0.001 to 2678400 is wanted"),
        (["watch", "sport ="], "expected a port"),
    ] {
        run(tool("ports").args(args)).status(2).stdout_is("").stderr_has(said);
    }
    run(tool("ports").args(["watch", "-c", "0"])).status(2);
    run(tool("ports").args(["backlog", "--follow", "--count", "0"]))
        .status(2)
        .stderr_has("a number from 1 on is wanted");
}

#[test]
fn the_octets_of_a_closed_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut command = tool("ports");
    command.args(["log", "-t", "-c", "1", "--json", "--explain", &format!("sport = :{port}")]);
    let log = Background::spawn(command);
    log.wait_for_stdout("\"event\":\"watching\"");
    let (mut client, mut server) = pair(&listener);
    client.write_all(&[7; 12_345]).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut got = Vec::new();
    assert_eq!(server.read_to_end(&mut got).unwrap(), 12_345);
    server.write_all(b"seven!!").unwrap();
    drop(server);
    got.clear();
    assert_eq!(client.read_to_end(&mut got).unwrap(), 7);
    let told = log.wait();
    told.status(0);
    let line = told.out().lines().last().unwrap().to_owned();
    let closed = &serde_json::from_str::<Value>(&line).unwrap()["data"];
    assert_eq!(
        (&closed["received_octets"], &closed["sent_octets"], &closed["acked_octets"], &closed["ended"]),
        (&12_345.into(), &7.into(), &7.into(), &"closed_by_peer_first".into()),
        "{closed:#}"
    );
    assert_eq!((&closed["event"], &closed["accepted_by"]), (&"closed".into(), &"listener".into()));
    assert_eq!(closed["received_may_count_fin"], false);
    assert_eq!((&closed["accepted"], &closed["retransmits"]), (&true.into(), &0.into()));
    assert_eq!(closed["peer_port"], client.local_addr().unwrap().port());
    assert_eq!(closed["tcp_info"]["tcpi_bytes_received"], 12_346, "the kernel counts the FIN");
}

#[test]
fn no_line_is_wider_than_the_terminal_and_no_address_is_cut() {
    let listener = TcpListener::bind("[::1]:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let filter = format!("sport = :{port} or dport = :{port}");
    let narrow = |args: &[&str]| {
        let mut command = tool("ports");
        command.env("SOCKEYE_COLUMNS", "60").args(args).args(["-t", "--explain", &filter]);
        let background = Background::spawn(command);
        background.wait_for_stdout("at the start");
        background
    };
    let (watch, log) = (narrow(&["watch"]), narrow(&["log"]));
    let (mut client, server) = pair(&listener);
    let peer = client.local_addr().unwrap();
    watch.wait_for_stdout(&format!("[::1]:{port} <- {peer}\n"));
    client.write_all(b"a few octets").unwrap();
    drop(client);
    log.wait_for_stdout(&format!("{peer} -> [::1]:{port}"));
    drop(server);
    log.wait_for_stdout(&format!("[::1]:{port} <- {peer}"));
    watch.wait_for_stdout("-> closed");
    for told in [watch.kill(), log.kill()] {
        let out = told.out();
        let lines: Vec<&str> =
            out.lines().skip_while(|line| !line.starts_with(|digit: char| digit.is_ascii_digit())).collect();
        let long: Vec<&&str> = lines.iter().filter(|line| line.chars().count() > 60).collect();
        assert!(
            long.is_empty() && lines.iter().any(|line| line.starts_with("             ")),
            "{long:?} {}",
            told.story()
        );
    }
}

#[test]
fn who_reset_a_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (mut client, server) = pair(&listener);
    client.write_all(b"hello").unwrap();
    while server.peek(&mut [0; 8]).unwrap() < 5 {}
    // Both are listed before anything happens to them.
    let mut command = tool("ports");
    command.args(["log", "-t", "-c", "2", "--json", "--explain", &format!("sport = :{port} or dport = :{port}")]);
    let log = Background::spawn(command);
    log.wait_for_stdout("\"event\":\"watching\"");
    drop(server);
    assert!(client.read(&mut [0]).is_err(), "reset, since not all was read there");
    drop(client);
    let told = log.wait();
    let objects = told.out().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>();
    let ended = |local: bool| {
        let of_end =
            |object: &&Value| object["data"]["event"] == "closed" && (object["data"]["local_port"] == port) == local;
        let closed = &objects.iter().find(of_end).unwrap_or_else(|| panic!("{}", told.story()))["data"];
        // A machine that stands still for long may have sent something again.
        let sure = closed["retransmits"] == 0;
        (if sure { closed["ended"].clone() } else { Value::Null }, closed["unread_octets"].clone(), sure)
    };
    let expected = |sure, name: &str| if sure { Value::from(name) } else { Value::Null };
    let (here, unread, sure) = ended(true);
    assert_eq!((here, unread), (expected(sure, "reset"), 5.into()), "{}", told.story());
    let (here, unread, sure) = ended(false);
    assert_eq!((here, unread), (expected(sure, "reset_by_peer"), 0.into()), "{}", told.story());
}
