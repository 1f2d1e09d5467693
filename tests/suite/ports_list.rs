//! What ports shows of a socket, and how it is asked for.

use std::collections::BTreeSet;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::net::UnixListener;

use serde_json::{Value, json};
use sockeye_test_support::{run, tool};

use crate::ports::{listed, the_one};

/// A connection over loopback: the listener's port and both ends, the client's first.
fn connection() -> (TcpListener, TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let client = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (server, _) = listener.accept().unwrap();
    (listener, client, server)
}

fn port(socket: &TcpStream) -> u16 {
    socket.local_addr().unwrap().port()
}

/// The client's end of a connection, by both ports: another test's connection to another server may have the client's.
fn filter(client: &TcpStream, server: &TcpStream) -> String {
    format!("sport = :{} dport = :{}", port(client), port(server))
}

/// The lines of a run, without headings.
fn lines(args: &[&str]) -> Vec<String> {
    let run = run(tool("ports").arg("-H").args(args));
    run.status(0);
    run.out().lines().map(str::to_owned).collect()
}

/// Every name of a member, also of those inside.
fn members(value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                names.insert(name.clone());
                members(value, names);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| members(value, names)),
        _ => {}
    }
}

#[test]
fn the_man_page_names_every_member_and_every_column() {
    let (_listener, _client, _server) = connection();
    let page =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/man/ports.1")).unwrap().replace("\\-", "-");
    let mut names = BTreeSet::new();
    let mut line = vec!["-A", "all", "-anpemio", "--netns", "all"];
    let unshared = |line: &[&str]| run(tool("ports").arg("--json").args(line));
    // Whoever may not enter other namespaces asks about the own one.
    if unshared(&line).stdout.is_empty() {
        line.truncate(3);
    }
    for args in [&line[..], &["-s"]] {
        for row in &listed(args) {
            members(row, &mut names);
        }
    }
    for expected in ["tcp_info", "rtt_us", "rmem_octets", "expires_ms", "orphans", "kinds", "local_name"] {
        assert!(names.contains(expected), "{expected} is not there: {names:?}");
    }
    for name in names {
        // Registry values are the same everywhere.
        let common = ["code", "name", "index"].contains(&name.as_str());
        assert!(common || page.contains(&format!("\\fB{name}\\fR")), "{name} is not in the man page");
    }
}

#[test]
fn every_member_is_there_whatever_was_asked_for() {
    let (_listener, client, server) = connection();
    let plain = listed(&["-tn"]);
    let full = listed(&["-tnpemi"]);
    let (plain, full) = (
        the_one(&plain, "tcp", port(&client), Some(port(&server))),
        the_one(&full, "tcp", port(&client), Some(port(&server))),
    );
    let keys = |row: &Value| row.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(keys(plain), keys(full));
    for asked in ["owners", "user", "memory", "tcp_info", "congestion", "drops_packets"] {
        assert!(plain[asked].is_null() && !full[asked].is_null(), "{asked}: {plain:#} {full:#}");
    }
    assert!(full["tcp_info"]["rtt_us"].as_u64().unwrap() > 0);
    assert!(full["tcp_info"]["options"].as_array().unwrap().contains(&json!("sack")));
}

#[test]
fn timers_and_columns_behind_o() {
    let (_listener, client, server) = connection();
    let filter = filter(&client, &server);
    let (client, server) = (port(&client), port(&server));
    // From habit: timers, and a filter behind them.
    let timers =
        run(tool("ports").args(["-tano", "sport", "=", &format!(":{client}"), "dport", "=", &format!(":{server}")]));
    let out = timers.out();
    assert_eq!(out.lines().next().unwrap().split_whitespace().last(), Some("Timer"), "{}", timers.story());
    assert_eq!(out.lines().count(), 2, "{}", timers.story());
    let chosen = lines(&["-tn", "-o", "local_port,peer_port,state", &filter]);
    let words: Vec<Vec<&str>> = chosen.iter().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(words, [[client.to_string().as_str(), &server.to_string(), "ESTABLISHED"]]);
    let added = lines(&["-tn", "-o", "+mss,congestion", &filter]);
    assert_eq!(added[0].split_whitespace().count(), 8, "{added:?}");
    assert_eq!(lines(&["-tn", "-o=state", &filter]), ["ESTABLISHED"]);
    let help = run(tool("ports").args(["-o", "help"]));
    help.status(0).stdout_has("congestion control\n");
    assert_eq!(help.out(), run(tool("ports").arg("--columns")).out());
    let marked =
        "ports: -o, column 7: no column stat (state is one; ports -o help lists them)\n  state,stat\n        ^^^^\n";
    run(tool("ports").args(["-o", "state,stat"])).status(2).stdout_is("").stderr_is(marked);
    let marked = "ports: filter, column 23: no service is called nosuch\n  state listening sport :nosuch\n                        ^^^^^^^\n";
    run(tool("ports").args(["-a", "state", "listening", "sport", ":nosuch"])).status(2).stdout_is("").stderr_is(marked);
}

#[test]
fn what_tcp_knows_is_one_line_in_a_pipe_and_more_on_a_terminal() {
    let (_listener, client, server) = connection();
    let filter = filter(&client, &server);
    let piped = run(tool("ports").args(["-tnim", &filter]));
    assert_eq!(piped.out().lines().count(), 2, "{}", piped.story());
    piped.stdout_has("drops 0").stdout_has("; window ").stdout_has("; sent 0  acknowledged ");
    let shown = run(tool("ports").args(["-tnim", &filter]).env("SOCKEYE_COLUMNS", "80"));
    let out = shown.out();
    assert!(out.lines().count() > 5 && out.lines().all(|line| line.chars().count() <= 80), "{}", shown.story());
    shown
        .stdout_has("\n       rtt ")
        .stdout_has("\n       memory receive ")
        .stdout_has("\n       options timestamps, sack");
    let one = run(tool("ports").args(["-tnimO", &filter]).env("SOCKEYE_COLUMNS", "80"));
    assert_eq!(one.out().lines().count(), 2, "{}", one.story());
}

#[test]
fn comma_separated_values_have_a_header_and_crlf() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = socket.local_addr().unwrap().port();
    let filter = format!("sport = :{port}");
    let told = run(tool("ports").args(["-uanp", "--csv", "-o", "proto,local,rtt,fd,owner", &filter]));
    let out = told.status(0).out();
    let mut lines = out.split("\r\n");
    assert_eq!(lines.next(), Some("proto,local,rtt_us,fd,owner"), "{}", told.story());
    let row = lines.next().unwrap();
    assert!(row.starts_with(&format!("udp,127.0.0.1:{port},,")), "{row}");
    assert!(row.contains(&format!("[{}] fd ", std::process::id())), "{row}");
    assert_eq!((lines.next(), lines.next()), (Some(""), None));
    let bare = run(tool("ports").args(["-uanH", "--csv", "-o=state", &filter]));
    bare.stdout_is("unconnected\r\n");
}

#[test]
fn rows_in_the_order_that_was_asked_for() {
    let sockets: Vec<UdpSocket> = (0..5).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    let mut ports: Vec<u16> = sockets.iter().map(|socket| socket.local_addr().unwrap().port()).collect();
    ports.sort_unstable();
    let terms: Vec<String> = ports.iter().map(|port| format!("sport = :{port}")).collect();
    let of = |sort: &str| lines(&["-uan", "-o=local_port", "--sort", sort, &terms.join(" or ")]);
    assert_eq!(of("local_port"), ports.iter().map(u16::to_string).collect::<Vec<_>>());
    ports.reverse();
    assert_eq!(of("-local_port"), ports.iter().map(u16::to_string).collect::<Vec<_>>());
    run(tool("ports").args(["--sort", "size"])).status(2).stderr_has("--sort, column 1: no column size");
}

#[test]
fn unix_sockets_have_names_and_their_peers() {
    let folder = std::env::temp_dir().join(format!("sockeye-suite-ports-list-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("a b\u{1b}.sock");
    let _ = std::fs::remove_file(&path);
    let listener = UnixListener::bind(&path).unwrap();
    let shown = format!("\"{}/a b\\x1b.sock\"", folder.display());
    let rows = lines(&["-xlnp"]);
    let own: Vec<&String> = rows.iter().filter(|row| row.contains(&shown)).collect();
    assert_eq!(own.len(), 1, "{rows:#?}");
    assert!(own[0].starts_with("u_str  listening") && own[0].contains(&format!("[{}] fd ", std::process::id())));
    let client = std::os::unix::net::UnixStream::connect(&path).unwrap();
    let (server, _) = listener.accept().unwrap();
    let rows = listed(&["-xan"]);
    let ends: Vec<&Value> = rows
        .iter()
        .filter(|row| {
            let is = |name: &str| row[name].as_str() == path.to_str();
            row["state"]["name"] == "connected" && (is("local_name") || is("peer_name"))
        })
        .collect();
    assert_eq!(ends.len(), 2, "{ends:#?}");
    assert_eq!(ends[0]["peer_inode"], ends[1]["inode"]);
    assert_eq!(ends[1]["peer_inode"], ends[0]["inode"]);
    drop((client, server));
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn colour_by_state_and_none_in_a_pipe() {
    let (_listener, client, server) = connection();
    let filter = filter(&client, &server);
    let painted = run(tool("ports").args(["-tnH", "--color=always", &filter]));
    painted.stdout_has("\u{1b}[32mESTABLISHED\u{1b}[0m  ");
    assert!(!run(tool("ports").args(["-tnH", &filter])).stdout.contains(&0x1b));
}

#[test]
fn a_command_is_no_filter_and_a_filter_no_command() {
    run(tool("ports").args(["-t", "why", "80"])).status(2).stdout_is("").stderr_has("ports: why is a command: ");
    run(tool("ports").args(["-t", "--", "why"])).status(2).stdout_is("");
    let (_listener, client, server) = connection();
    let told = run(tool("ports").args(["-n", "state", "established", &filter(&client, &server)]));
    assert_eq!(told.status(0).out().lines().count(), 2, "{}", told.story());
}

#[test]
fn a_summary_counts_what_is_listed() {
    let (_listener, _client, _server) = connection();
    let told = run(tool("ports").args(["-s", "-t"]));
    told.status(0).stdout_has("Sockets of this network namespace: ").stdout_has(" LISTEN");
    let rows = listed(&["-s", "-tu"]);
    let kinds = rows[0]["kinds"].as_array().unwrap();
    let tcp = kinds.iter().find(|kind| kind["kind"] == "tcp").unwrap();
    let states = tcp["states"].as_array().unwrap();
    let counted: u64 = states.iter().map(|state| state["sockets"].as_u64().unwrap()).sum();
    assert_eq!(tcp["sockets"].as_u64(), Some(counted));
    let established = states.iter().find(|state| state["state"]["name"] == "ESTABLISHED").unwrap();
    assert!(established["sockets"].as_u64().unwrap() >= 2);
    let bare = run(tool("ports").args(["-s", "-t", "-H"]));
    assert!(!bare.status(0).out().contains("Kind") && bare.out().contains("\ntcp "), "{}", bare.story());
    run(tool("ports").args(["-s", "--csv"])).status(2).stderr_has("cannot be used with");
}

#[test]
fn the_own_namespace_by_process() {
    let (_listener, client, server) = connection();
    let me = std::process::id().to_string();
    let told = run(tool("ports").args(["--json", "-tn", "--netns", &me]));
    if told.err().contains("setns") {
        // Without CAP_SYS_ADMIN not even the own can be entered, and that is said.
        told.status(4).stderr_has("setns network namespace: Operation not permitted");
        return;
    }
    let rows = listed(&["-tn", "--netns", &me]);
    assert_eq!(the_one(&rows, "tcp", port(&client), Some(port(&server)))["netns"], format!("pid:{me}"));
    run(tool("ports").args(["--netns", "no-such-namespace"]))
        .status(2)
        .stderr_has("open /run/netns/no-such-namespace: No such file or directory (--netns takes a name");
}

#[test]
fn csv_says_which_unix_domain_sockets_are_joined() {
    let (one, _other) = std::os::unix::net::UnixStream::pair().unwrap();
    let link = std::fs::read_link(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&one))).unwrap();
    let link = link.to_str().unwrap();
    let inode = link.strip_prefix("socket:[").unwrap().trim_end_matches(']');
    let told = run(tool("ports").args(["-xa", "--csv"]));
    told.status(0).stdout_has("proto,state,recv_queue,send_queue,local,peer,local_port,peer_port\r\n");
    let out = told.out();
    let ends = |line: &str| line.rsplit(',').take(2).map(str::to_owned).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = out.lines().map(ends).collect();
    let here = rows.iter().find(|row| row[1] == inode).unwrap_or_else(|| panic!("{inode}: {out}"));
    assert!(rows.iter().any(|row| row[1] == here[0] && row[0] == inode), "{out}");
}

#[test]
fn owners_break_between_names_where_the_terminal_ends() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let children: Vec<_> = (0..6)
        .map(|_| {
            let mut command = std::process::Command::new("sleep");
            command.arg("600").stdin(std::os::fd::OwnedFd::from(listener.try_clone().unwrap()));
            sockeye_test_support::Background::spawn_as_it_is(command)
        })
        .collect();
    for line in [&["reach"][..], &["explain", &port], &["why", &port, "127.0.0.1"]] {
        let told = run(tool("ports").env("SOCKEYE_COLUMNS", "80").args(line));
        for child in &children {
            told.stdout_has(&format!("sleep[{}] fd 0", child.pid()));
        }
        let out = told.out();
        let of_owners = out.lines().filter(|line| line.contains("sleep["));
        assert!(of_owners.clone().count() > 1, "{out}");
        of_owners.for_each(|line| assert!(line.chars().count() <= 80, "{line}"));
    }
}
