//! ports finds what this process, and a child of it, holds.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::{Value, json};
use sockeye_test_support::{Background, run, tool, wait_until};

/// The result objects of one run.
pub(crate) fn listed(args: &[&str]) -> Vec<Value> {
    let run = run(tool("ports").arg("--json").args(args));
    run.status(0);
    let lines = run.out();
    let objects = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    objects.filter(|object| object["type"] == "result").map(|mut object| object["data"].take()).collect()
}

/// The one socket of that protocol and local and peer port.
#[track_caller]
pub(crate) fn the_one<'a>(rows: &'a [Value], protocol: &str, local: u16, peer: Option<u16>) -> &'a Value {
    let found: Vec<&Value> = rows
        .iter()
        .filter(|row| {
            row["protocol"]["name"] == protocol && row["local_port"] == local && row["peer_port"] == json!(peer)
        })
        .collect();
    assert_eq!(found.len(), 1, "{protocol} {local} {peer:?}: {found:#?}");
    found[0]
}

/// The descriptors by which this process holds it. Another test's child may hold it too, between fork and exec.
fn own_fds(row: &Value) -> BTreeSet<u64> {
    let owners = row["owners"].as_array().expect("owners were asked for");
    let own = owners.iter().filter(|owner| owner["pid"] == std::process::id());
    own.map(|owner| owner["fd"].as_u64().unwrap()).collect()
}

#[track_caller]
fn is_held_by(row: &Value, socket: &impl AsRawFd) {
    let fd = u64::try_from(socket.as_raw_fd()).unwrap();
    assert_eq!(own_fds(row), BTreeSet::from([fd]), "{row:#}");
}

/// Waits until the end of a connection with these ports is in that state.
#[track_caller]
fn wait_for_state(local: u16, peer: u16, state: &str) {
    wait_until(&format!("{local} is in {state}"), || {
        let rows = listed(&["-tan"]);
        rows.iter().any(|row| row["local_port"] == local && row["peer_port"] == peer && row["state"]["name"] == state)
    });
}

#[test]
fn a_connection_from_listen_to_time_wait() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let client_port = client.local_addr().unwrap().port();
    client.write_all(b"seven octets"[..7].as_ref()).unwrap();

    let rows = listed(&["-tanp"]);
    let waiting = the_one(&rows, "tcp", port, None);
    assert_eq!(waiting["state"], json!({"code": 10, "name": "LISTEN"}));
    assert_eq!((&waiting["accept_queue_connections"], &waiting["recv_queue_octets"]), (&json!(1), &Value::Null));
    assert_eq!(waiting["local_address"], "127.0.0.1");
    assert_eq!(waiting["family"], json!({"code": 2, "name": "AF_INET"}));
    is_held_by(waiting, &listener);
    let not_accepted = the_one(&rows, "tcp", port, Some(client_port));
    assert_eq!(not_accepted["state"]["name"], "ESTABLISHED");
    assert_eq!((&not_accepted["inode"], &not_accepted["recv_queue_octets"]), (&Value::Null, &json!(7)));
    assert_eq!(not_accepted["owners"], json!([]), "nobody has accepted it yet");

    let (server, _) = listener.accept().unwrap();
    let rows = listed(&["-tnp"]);
    assert!(rows.iter().all(|row| row["state"]["name"] != "LISTEN"), "without -a and -l no listener");
    is_held_by(the_one(&rows, "tcp", client_port, Some(port)), &client);
    let accepted = the_one(&rows, "tcp", port, Some(client_port));
    is_held_by(accepted, &server);
    assert_eq!(accepted["cookie"], not_accepted["cookie"], "the same socket all the time");

    client.shutdown(std::net::Shutdown::Write).unwrap();
    wait_for_state(port, client_port, "CLOSE-WAIT");
    // Not before its FIN has been acknowledged, which the server's end may put off.
    wait_for_state(client_port, port, "FIN-WAIT-2");
    drop(server);
    drop(client);
    // Data was left unread, so the server's end went with RST: a second, orderly one.
    let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let client_port = client.local_addr().unwrap().port();
    let (server, _) = listener.accept().unwrap();
    drop(client);
    wait_for_state(port, client_port, "CLOSE-WAIT");
    drop(server);
    wait_for_state(client_port, port, "TIME-WAIT");
    let rows = listed(&["-tanp"]);
    let ended = the_one(&rows, "tcp", client_port, Some(port));
    assert_eq!((&ended["inode"], &ended["uid"], &ended["owners"]), (&Value::Null, &Value::Null, &json!([])));
    assert!((1..=60_000).contains(&ended["expires_ms"].as_u64().unwrap()), "{ended:#}");
}

#[test]
fn udp_sockets_with_and_without_a_peer() {
    let open = UdpSocket::bind("127.0.0.1:0").unwrap();
    let tied = UdpSocket::bind("127.0.0.1:0").unwrap();
    tied.connect(open.local_addr().unwrap()).unwrap();
    let (open_port, tied_port) = (open.local_addr().unwrap().port(), tied.local_addr().unwrap().port());
    let rows = listed(&["-uanp"]);
    assert!(rows.iter().all(|row| row["protocol"]["name"] == "udp"));
    let unconnected = the_one(&rows, "udp", open_port, None);
    assert_eq!(unconnected["state"], json!({"code": 7, "name": "unconnected"}));
    is_held_by(unconnected, &open);
    let connected = the_one(&rows, "udp", tied_port, Some(open_port));
    assert_eq!(connected["state"], json!({"code": 1, "name": "connected"}));
    is_held_by(connected, &tied);
    // A TCP connection of another test may have the same number, be it as what TIME-WAIT keeps.
    let is_it = |row: &Value, port: u16| {
        row["local_port"] == port && row["protocol"]["name"] == "udp" && row["local_address"] == "127.0.0.1"
    };
    let has = |args: &[&str], port: u16| listed(args).iter().any(|row| is_it(row, port));
    assert!(has(&["-uln"], open_port) && !has(&["-uln"], tied_port));
    assert!(has(&["-un"], tied_port) && !has(&["-un"], open_port));
    assert!(!has(&["-tan"], tied_port) && !has(&["-uan6"], tied_port));
}

#[test]
fn every_holder_is_named_and_a_hostile_name_is_made_harmless() {
    // The name of a process is that of its executable: a link will do.
    let name = "a) b (c\n\u{1b}[2J";
    let folder = std::env::temp_dir().join(format!("sockeye-suite-ports-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let link = folder.join(name);
    let _ = fs::remove_file(&link);
    std::os::unix::fs::symlink("/bin/sleep", &link).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let mut command = Command::new(&link);
    command.arg0("sleep").arg("600").stdin(OwnedFd::from(listener.try_clone().unwrap()));
    let child = Background::spawn_as_it_is(command);
    let pid = child.pid();

    let rows = listed(&["-tlnp"]);
    let row = the_one(&rows, "tcp", port, None);
    let owners = row["owners"].as_array().unwrap();
    let childs: Vec<&Value> = owners.iter().filter(|owner| owner["pid"] == pid).collect();
    assert_eq!(childs, [&json!({"pid": pid, "fd": 0, "command": name, "command_hex": null})]);
    is_held_by(row, &listener);

    let shown = run(tool("ports").args(["-tlnpH"]));
    shown.status(0).stdout_has(&format!("\"a) b (c\\n\\x1b[2J\"[{pid}] fd 0"));
    assert!(shown.stdout.iter().all(|octet| *octet == b'\n' || !octet.is_ascii_control()));

    let rows = listed(&["-tln", "--first-owner"]);
    assert_eq!(the_one(&rows, "tcp", port, None)["owners"].as_array().unwrap().len(), 1);
    drop(child);
    let _ = fs::remove_dir_all(&folder);
}

#[test]
fn headings_and_lines_for_a_pipe() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let shown = run(tool("ports").args(["-tlnp"]));
    let out = shown.out();
    let mut lines = out.lines();
    let headings: Vec<&str> = lines.next().unwrap().split_whitespace().collect();
    assert_eq!(headings, ["Proto", "State", "Recv-Q", "Send-Q", "Local", "Peer", "Owner"]);
    let local = format!("127.0.0.1:{port}");
    let own: Vec<Vec<&str>> = lines
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields: &Vec<&str>| fields.get(4) == Some(&local.as_str()))
        .collect();
    assert_eq!(own.len(), 1, "{}", shown.story());
    assert_eq!(own[0][..3], ["tcp", "LISTEN", "0"]);
    assert_eq!(own[0][5], "0.0.0.0:*");
    // A child that another test has just forked holds the socket too, until it executes its program.
    let pid = format!("[{}]", std::process::id());
    assert!(own[0][6..].iter().any(|word| word.contains(&pid)), "{}", shown.story());
    drop(listener);
}

#[test]
fn the_working_is_shown_before_and_the_states_behind() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let told = run(tool("ports").args(["-tln4p", "--explain"]));
    told.status(0).stdout_has("asked NETLINK_SOCK_DIAG for AF_INET tcp: LISTEN (0x400), extensions 0x0\n");
    let out = told.out();
    let at = |text: &str| out.find(text).unwrap_or_else(|| panic!("no {text:?}\n{}", told.story()));
    assert!(at("in /proc/PID/fd with ") < at("Proto") && at("Proto") < at("\nLISTEN ("));
    assert!(!out.contains("AF_INET6"), "only what was asked for");
    let rows = run(tool("ports").args(["-tln4", "--explain", "--json"]));
    rows.stdout_has(r#""type":"event","data":{"event":"dumped","protocol":{"code":6,"name":"tcp"}"#);
    rows.stdout_has(r#""event":"state_means","state":{"code":10,"name":"LISTEN"}"#);
    drop(listener);
}

#[test]
fn a_wrong_line_is_refused_before_anything_is_listed() {
    let refused = run(tool("ports").args(["-t", "state", "establisht"]));
    refused.status(2).stdout_is("").stderr_has("ports: filter, column 7: ");
    run(tool("ports").arg("--frob")).status(2).stdout_is("").stderr_has("'--frob'");
    run(tool("ports").arg("--help")).status(0).stdout_has("--listening").stderr_is("");
}

#[test]
fn a_standard_output_that_takes_nothing_is_an_error() {
    for redirection in [">&-", "1</dev/null", ">/dev/full"] {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("exec \"$0\" -tln {redirection}")).arg(tool("ports").get_program());
        let refused = run(&mut shell);
        refused.status(4).stderr_has("ports: write standard output: ");
    }
}
