//! ports watch and ports log on lives of connections that the test leads step by step.

use std::fs;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::Value;
use sockeye_sys::sock_diag::{Request, SockDiag, SocketId};
use sockeye_sys::tracefs::TraceFs;
use sockeye_sys::{Family, Protocol, TcpState};
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
    ]
}

/// Where the kernel has no tracing for us, there is nothing to be tried; where all is required, there must be.
fn has_traces() -> bool {
    let there = TraceFs::open();
    assert!(there.is_ok() || std::env::var_os("SOCKEYE_REQUIRE").is_none(), "{there:?}");
    there.is_ok()
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
    if !has_traces() {
        return;
    }
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let watch = begun(net.tool("ports"), &["watch", "-t"]);
        let listener = TcpListener::bind(address).unwrap();
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
    watch.wait_for_stdout(&format!("{local} <- {here}  new: ESTABLISHED"));
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
    if !has_traces() {
        return;
    }
    let watch = begun(net.tool("ports"), &["watch", "-t"]);
    assert!(TcpStream::connect("127.0.0.1:9").is_err());
    watch.wait_for_stdout("-> 127.0.0.1:9  receives RST: NO_SOCKET");
    watch.wait_for_stdout("-> 127.0.0.1:9  SYN-SENT -> closed after ");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let mut client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    let here = client.local_addr().unwrap();
    watch.wait_for_stdout(&format!("{here} -> ")).wait_for_stdout("SYN-SENT -> ESTABLISHED");
    client.write_all(b"unread").unwrap();
    wait_until("it has come", || server.peek(&mut [0]).is_ok_and(|len| len == 1));
    // What was not read is lost: the peer is told by RST.
    drop(server);
    watch.wait_for_stdout("receives RST").wait_for_stdout("ESTABLISHED -> closed after ");
}

fn the_instance_is_removed(net: &Net) {
    if !has_traces() {
        return;
    }
    let fs = TraceFs::open().unwrap();
    let instance = |pid: u32| fs.path(&format!("instances/sockeye-{pid}"));
    for (number, signal, status) in [(2, "-INT", 130), (15, "-TERM", 143), (1, "-HUP", 129)] {
        // Who runs the tests under nohup(1) has HUP ignored in every child, and watch goes on then as it should.
        if is_ignored(number) {
            continue;
        }
        let watch = begun(net.tool("ports"), &["watch"]);
        let pid = watch.pid();
        assert!(instance(pid).is_dir());
        run(Command::new("kill").args([signal, &pid.to_string()])).status(0);
        watch.wait().status(status);
        assert!(!instance(pid).exists());
    }
    let watch = begun(net.tool("ports"), &["watch"]);
    let pid = watch.pid();
    watch.kill();
    assert!(instance(pid).is_dir(), "nobody can do anything about SIGKILL");
    run(net.tool("ports").args(["watch", "--duration", "0.05"])).status(0);
    assert!(!instance(pid).exists(), "the next one can");
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
    log.wait_for_stdout("\"type\":\"result\"");
    let out = log.kill().out();
    let line = out.lines().find(|line| line.contains("\"result\"")).unwrap();
    let closed = &serde_json::from_str::<Value>(line).unwrap()["data"];
    assert_eq!((&closed["sent_octets"], &closed["acked_octets"]), (&13.into(), &13.into()), "{closed:#}");
    assert!(
        closed["retransmits"].as_u64() > Some(0) && closed["retransmitted_octets"].as_u64() > Some(0),
        "{closed:#}"
    );
}
