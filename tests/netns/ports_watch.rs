//! ports watch and ports log on lives of connections that the test leads step by step.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream, UdpSocket};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;
use sockeye_sys::namespace::NetNs;
use sockeye_sys::sock_diag::{Request, SockDiag, SocketId};
use sockeye_sys::tracefs::TraceFs;
use sockeye_sys::{Family, Protocol, TcpState, interface};
use sockeye_test_support::{Background, Case, Net, run, wait_until};

const NOBODY: u32 = 65_534;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports_watch::every_state_as_root", &[], every_state_as_root),
        Case::new("ports_watch::without_privilege_what_lasts", &[], without_privilege),
        Case::new("ports_watch::time_wait_over", &[], time_wait_over),
        Case::new("ports_watch::refusals_and_resets", &[], refusals_and_resets),
        Case::new("ports_watch::the_instance_is_removed", &[], the_instance_is_removed),
        Case::new("ports_watch::retransmissions", &["nft"], retransmissions),
        Case::new("ports_watch::lost_close_messages_are_counted", &[], lost_close_messages),
        Case::new("ports_watch::lost_trace_events_are_counted", &[], lost_trace_events),
        Case::new("ports_watch::a_countdown", &["script"], a_countdown),
        Case::new("ports_watch::another_namespace_with_the_same_ends", &[], another_namespace),
    ]
}

/// Where the kernel has no tracing for us, there is nothing to be tried.
fn needs_traces(net: &Net) {
    if let Err(error) = TraceFs::open() {
        net.lacks(error.to_string());
    }
}

/// A port of this test, and of this run of the tests: the kernel chooses the same ports for the same ends in every namespace,
/// and trace events name none, so that two tests that run at the same time must have ends of their own.
fn own_port(number: u16) -> u16 {
    10_000 + 10 * u16::try_from(std::process::id() % 2_000).unwrap() + number
}

fn begun(mut command: Command, args: &[&str]) -> Background {
    command.args(args).arg("--explain");
    let started = if args.contains(&"--json") { "\"event\":\"watching\"" } else { "at the start" };
    let background = Background::spawn(command);
    background.wait_for_stdout(started);
    background
}

/// A connection that is led from its beginning to its end; the watch sees each step before the next.
fn life(listener: &TcpListener, seen: impl Fn(&str)) {
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let (here, there) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
    let (mine, other) = (format!("{here} -> {there}"), format!("{there} <- {here}"));
    seen(&format!("{mine}  "));
    seen(&format!("{other}  "));
    client.shutdown(Shutdown::Write).unwrap();
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    seen(&format!("{other}  ESTABLISHED -> CLOSE-WAIT"));
    seen("-> FIN-WAIT-2");
    drop(server);
    seen(&format!("{mine}  FIN-WAIT-2 -> TIME-WAIT"));
    seen(&format!("{other}  ")); // and its end:
    seen("-> closed");
}

/// The states of one end, in the order of the lines.
fn states(told: &str, ends: &str) -> Vec<String> {
    let lines = told.lines().filter_map(|line| line.split_once(ends)?.1.trim_start().split(" after ").next());
    lines.map(|change| change.split("  ").next().unwrap_or_default().to_owned()).collect()
}

fn every_state_as_root(net: &Net) {
    needs_traces(net);
    let port = own_port(0);
    for address in ["127.0.0.1", "::1"] {
        let filter = format!("sport = :{port} or dport = :{port}");
        let watch = begun(net.tool("ports"), &["watch", "-t", &filter]);
        let listener = TcpListener::bind((address, port)).unwrap();
        let local = listener.local_addr().unwrap();
        watch.wait_for_stdout(&format!("{local}  new: LISTEN"));
        life(&listener, |text| {
            watch.wait_for_stdout(text);
        });
        drop(listener);
        watch.wait_for_stdout("LISTEN -> closed after ");
        let told = watch.kill();
        let out = told.out();
        let own = format!("[{}]", std::process::id());
        assert!(out.lines().any(|line| line.contains("new: LISTEN") && line.ends_with(&own)), "{}", told.story());
        let client = states(&out, &format!("-> {local}  "));
        assert_eq!(
            client,
            [
                "new: SYN-SENT",
                "SYN-SENT -> ESTABLISHED",
                "ESTABLISHED -> FIN-WAIT-1",
                "FIN-WAIT-1 -> FIN-WAIT-2",
                "FIN-WAIT-2 -> TIME-WAIT"
            ],
            "{}",
            told.story()
        );
        let server: Vec<String> = out
            .lines()
            .filter(|line| line.contains(&format!("{local} <- ")))
            .filter_map(|line| line.split("  ").nth(1)?.split(" after ").next().map(str::to_owned))
            .collect();
        assert_eq!(
            server,
            [
                "new: SYN-RECEIVED",
                "SYN-RECEIVED -> ESTABLISHED",
                "ESTABLISHED -> CLOSE-WAIT",
                "CLOSE-WAIT -> LAST-ACK",
                "LAST-ACK -> closed"
            ],
            "{}",
            told.story()
        );
    }
}

fn without_privilege(net: &Net) {
    let copy = net.dir().join("ports");
    run(Command::new("cp").arg(net.tool("ports").get_program()).arg(&copy)).status(0);
    let map = fs::read_to_string("/proc/self/uid_map").unwrap();
    let users: u64 = map.split_whitespace().nth(2).unwrap().parse().unwrap();
    let mut command = Command::new(&copy);
    command.current_dir("/").env("TZ", "UTC");
    if users > u64::from(NOBODY) {
        command.uid(NOBODY).gid(NOBODY);
    }
    let watch = begun(command, &["watch", "-t", "--no-trace"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let local = listener.local_addr().unwrap();
    watch.wait_for_stdout(&format!("{local}  new: LISTEN"));
    let client = TcpStream::connect(local).unwrap();
    let (server, _) = listener.accept().unwrap();
    let here = client.local_addr().unwrap();
    watch.wait_for_stdout(&format!("{here} -> {local}  new: ESTABLISHED"));
    // Its beginning may have been listed, too.
    watch.wait_for_stdout(&format!("{local} <- {here}  ")).wait_for_stdout("ESTABLISHED");
    client.shutdown(Shutdown::Write).unwrap();
    watch.wait_for_stdout(&format!("{local} <- {here}  ESTABLISHED -> CLOSE-WAIT after "));
    // Its FIN may be acknowledged late, or between two listings.
    watch.wait_for_stdout("-> FIN-WAIT-2 after ");
    drop(server);
    watch.wait_for_stdout("-> TIME-WAIT after ");
    watch.wait_for_stdout(&format!("{local} <- {here}  CLOSE-WAIT -> "));
    watch.wait_for_stdout("-> closed after ");
}

fn time_wait_over(net: &Net) {
    let watch = begun(net.tool("ports"), &["watch", "-t", "--no-trace", "state time-wait"]);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let here = client.local_addr().unwrap();
    drop(client);
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    drop(server);
    watch.wait_for_stdout(&format!("{here} -> ")).wait_for_stdout("TIME-WAIT");
    // Sixty seconds are too long for a test.
    let mut diag = SockDiag::open().unwrap();
    let mut waiting = None;
    diag.dump(&Request::new(Family::INET, Protocol::TCP), &mut |row| {
        if row.state == TcpState::TimeWait {
            waiting = Some(SocketId::from(&row));
        }
    })
    .unwrap();
    diag.destroy(&waiting.unwrap()).unwrap();
    watch.wait_for_stdout("  TIME-WAIT over after ");
    let told = watch.kill();
    let lines: Vec<String> =
        told.out().lines().filter(|line| line.contains(&here.to_string())).map(str::to_owned).collect();
    assert_eq!(lines.len(), 2, "its beginning and its end, and nothing else: {}", told.story());
}

fn refusals_and_resets(net: &Net) {
    needs_traces(net);
    let there = format!("127.0.0.1:{}", own_port(1));
    let watch = begun(net.tool("ports"), &["watch", "-t", &format!("sport = :{0} or dport = :{0}", own_port(1))]);
    assert!(TcpStream::connect(&there).is_err());
    watch.wait_for_stdout(&format!("-> {there}  receives RST: NO_SOCKET"));
    watch.wait_for_stdout(&format!("-> {there}  SYN-SENT -> closed after "));
    let listener = TcpListener::bind(&there).unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    let here = client.local_addr().unwrap();
    watch.wait_for_stdout(&format!("{here} -> ")).wait_for_stdout("SYN-SENT -> ESTABLISHED");
    client.write_all(b"unread").unwrap();
    wait_until("it has come", || server.peek(&mut [0]).is_ok_and(|len| len == 1));
    // What was not read is lost: the peer is told by RST.
    drop(server);
    watch.wait_for_stdout("receives RST").wait_for_stdout("ESTABLISHED -> closed after ");
    // The kernel closes the socket first, and sends the reset then.
    watch.wait_for_stdout(&format!("{here}  sends RST: "));
}

fn the_instance_is_removed(net: &Net) {
    needs_traces(net);
    let fs = TraceFs::open().unwrap();
    let instance = |pid: u32| fs.path(&format!("instances/sockeye-{pid}"));
    for (number, signal, status) in [(2, "INT", 130), (15, "TERM", 143), (1, "HUP", 129)] {
        // Who runs the tests under nohup(1) has HUP ignored in every child, and watch goes on then as it should.
        if is_ignored(number) {
            continue;
        }
        let watch = begun(net.tool("ports"), &["watch"]);
        let pid = watch.pid();
        assert!(instance(pid).is_dir());
        watch.signal(signal);
        watch.wait().status(status);
        assert!(!instance(pid).exists());
    }
    let watch = begun(net.tool("ports"), &["watch", "sport = :7403 or dport = :7403"]);
    let pid = watch.pid();
    // The kernel answers one read(2) and no second.
    let mut octets = [0; 256];
    let mut file = fs::File::open(instance(pid).join("events/sock/inet_sock_set_state/filter")).unwrap();
    let len = file.read(&mut octets).unwrap();
    let taken = String::from_utf8_lossy(&octets[..len]);
    drop(file);
    assert_eq!(taken.trim(), "((sport == 7403) || (dport == 0 || dport == 7403))", "the events of others take no room");
    watch.kill();
    assert!(instance(pid).is_dir(), "nobody can do anything about SIGKILL");
    run(net.tool("ports").args(["watch", "--duration", "0.05"])).status(0);
    assert!(!instance(pid).exists(), "the next one can");
}

/// What is wanted of every `lost` event about this, all together.
fn lost(told: &str, what: &str) -> u64 {
    let events = told.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let lost = events.filter(|object| object["data"]["event"] == "lost" && object["data"]["what"] == what);
    lost.map(|object| object["data"]["count"].as_u64().unwrap()).sum()
}

fn lost_close_messages(net: &Net) {
    for command in ["watch", "log"] {
        let watch = begun(net.tool("ports"), &[command, "-u", "--json", "sport = :1 and sport = :2"]);
        // It does not read: whatever its buffer can hold, more closes than that.
        watch.signal("STOP");
        wait_until("messages are thrown away", || {
            for _ in 0..1000 {
                drop(UdpSocket::bind("127.0.0.1:0").unwrap());
            }
            dropped() > 0
        });
        watch.signal("CONT");
        watch.wait_for_stdout("\"what\":\"close_messages\"");
        watch.wait_for_stderr("lost: too many came at once (ENOBUFS)");
        let told = watch.kill();
        assert!(lost(&told.out(), "close_messages") > 0, "{}", told.story());
    }
}

/// How many messages the netlink sockets of this namespace have thrown away.
fn dropped() -> u64 {
    let table = fs::read_to_string("/proc/thread-self/net/netlink").unwrap();
    let rows = table.lines().skip(1).map(|row| row.split_whitespace().nth(8).unwrap());
    rows.map(|drops| drops.parse::<u64>().unwrap()).sum()
}

fn lost_trace_events(net: &Net) {
    needs_traces(net);
    let there = format!("127.0.0.1:{}", own_port(2));
    let filter = format!("sport = :{0} or dport = :{0}", own_port(2));
    let watch = begun(net.tool("ports"), &["watch", "-t", "--json", &filter, "state close-wait"]);
    watch.signal("STOP");
    let fs = TraceFs::open().unwrap();
    let instance = fs.path(&format!("instances/sockeye-{}", watch.pid()));
    // The watches of other tests see these events too, and shall not lose any.
    fs::write(instance.join("buffer_size_kb"), "8").unwrap();
    let processors = instance.join("per_cpu");
    wait_until("events are overwritten", || {
        for _ in 0..20 {
            TcpStream::connect(&there).unwrap_err();
        }
        overwritten(&processors) > 0
    });
    watch.signal("CONT");
    watch.wait_for_stdout("\"what\":\"trace_events\"");
    watch.wait_for_stderr("lost, perhaps of other namespaces");
    let told = watch.kill();
    assert!(lost(&told.out(), "trace_events") > 0, "{}", told.story());
}

fn overwritten(processors: &Path) -> u64 {
    let stats =
        fs::read_dir(processors).unwrap().map(|one| fs::read_to_string(one.unwrap().path().join("stats")).unwrap());
    let count = |stats: String| stats.lines().find_map(|line| line.strip_prefix("overrun: ")?.parse::<u64>().ok());
    stats.map(|stats| count(stats).unwrap()).sum()
}

fn a_countdown(net: &Net) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let (here, there) = (client.local_addr().unwrap(), client.peer_addr().unwrap());
    drop(client);
    assert_eq!(server.read(&mut [0]).unwrap(), 0);
    drop(server);
    let mut json = net.tool("ports");
    json.args(["watch", "-t", "--no-trace", "--json", "--countdown", "0.02", "-c", "2", "state time-wait"]);
    let told = run(&mut json);
    let left: Vec<u64> = told
        .status(0)
        .out()
        .lines()
        .map(|line| {
            let waits = &serde_json::from_str::<Value>(line).unwrap()["data"];
            assert_eq!((&waits["event"], &waits["local_port"]), (&"time_wait".into(), &here.port().into()));
            waits["expires_ms"].as_u64().unwrap()
        })
        .collect();
    assert!(left[0] <= 60_000 && left[1] < left[0], "{left:?}");
    let mut text = net.tool("ports");
    text.args(["watch", "-t", "--no-trace", "--countdown", "0.02", "-c", "1", "state time-wait"]);
    let told = run(&mut text);
    let line = told.status(0).out();
    assert!(line.contains(&format!("{here} -> {there}  TIME-WAIT (")) && line.contains(" s left)"), "{line}");
    // On a terminal, the last line changes by itself.
    let watch = format!("{} watch -t --no-trace state time-wait", net.tool("ports").get_program().display());
    let mut terminal = net.peer("script");
    terminal.args(["-qefc", &watch, "/dev/null"]).env("TERM", "dumb").env("COLUMNS", "80");
    let terminal = Background::spawn_as_it_is(piped(terminal));
    terminal.wait_for_stdout(&format!("TIME-WAIT {here} - {there}: "));
    terminal.wait_for_stdout("\r\u{1b}[K");
    terminal.kill();
}

fn piped(mut command: Command) -> Command {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn another_namespace(net: &Net) {
    needs_traces(net);
    let other = NetNs::create().unwrap();
    other.run(|| interface::bring_up("lo").unwrap()).unwrap();
    let local = format!("127.0.0.1:{}", own_port(3));
    let watch = begun(net.tool("ports"), &["watch", "-t", &format!("sport = :{0} or dport = :{0}", own_port(3))]);
    let life = || {
        let listener = TcpListener::bind(&local).unwrap();
        let client = TcpStream::connect(&local).unwrap();
        let (mut server, _) = listener.accept().unwrap();
        client.shutdown(Shutdown::Write).unwrap();
        assert_eq!(server.read(&mut [0]).unwrap(), 0);
        (listener, client, server)
    };
    // There first, and here while it still is there.
    let there = other.run(life).unwrap();
    let here = life();
    let port = here.1.local_addr().unwrap().port();
    watch.wait_for_stdout(&format!("127.0.0.1:{port} -> {local}  FIN-WAIT-1 -> FIN-WAIT-2"));
    drop(there);
    drop(here);
    watch.wait_for_stdout("LISTEN -> closed");
    let told = watch.kill();
    let (out, listens) = (told.out(), format!("{local}  new: LISTEN"));
    assert_eq!(out.matches(&listens).count(), 1, "{}", told.story());
    assert_eq!(out.matches("new: SYN-SENT").count(), 1, "{}", told.story());
    assert_eq!(out.matches("SYN-RECEIVED -> ESTABLISHED").count(), 1, "{}", told.story());
}

fn is_ignored(signal: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap();
    u64::from_str_radix(mask.trim(), 16).unwrap() & (1 << (signal - 1)) != 0
}

fn retransmissions(net: &Net) {
    let nft = |script: &str| run(net.peer("nft").arg(script)).status(0).clone();
    let log = begun(net.tool("ports"), &["log", "-t", "--json", "dport = :7100"]);
    let watch = begun(net.tool("ports"), &["watch", "-t", "--no-trace", "dport = :7100"]);
    let listener = TcpListener::bind("127.0.0.1:7100").unwrap();
    let mut client = TcpStream::connect("127.0.0.1:7100").unwrap();
    let (mut server, _) = listener.accept().unwrap();
    watch.wait_for_stdout("new: ESTABLISHED");
    // Not the output hook: what cannot leave this host was never sent.
    nft("add table ip t; add chain ip t c { type filter hook input priority 0; }; add rule ip t c tcp dport 7100 drop");
    client.write_all(b"lost at first").unwrap();
    watch.wait_for_stdout("  retransmits in ESTABLISHED, timeout ");
    nft("delete table ip t");
    let mut got = [0; 13];
    server.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"lost at first");
    drop(server);
    assert_eq!(client.read(&mut [0]).unwrap(), 0);
    drop(client);
    log.wait_for_stdout("\"event\":\"closed\"");
    let out = log.kill().out();
    let line = out.lines().find(|line| line.contains("\"event\":\"closed\"")).unwrap();
    let closed = &serde_json::from_str::<Value>(line).unwrap()["data"];
    assert_eq!((&closed["sent_octets"], &closed["acked_octets"]), (&13.into(), &13.into()), "{closed:#}");
    assert!(
        closed["retransmits"].as_u64() > Some(0) && closed["retransmitted_octets"].as_u64() > Some(0),
        "{closed:#}"
    );
}
