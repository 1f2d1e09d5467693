//! ports beside ss, on sockets in every state that two ends on one host can hold.

use std::collections::BTreeSet;
use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::Value;
use socket2::Socket;
use sockeye_test_support::{Case, Net, run, wait_until};

use crate::ports_sockets::{connected, tcp};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports::lists_what_ss_lists", &["ss"], lists_what_ss_lists),
        Case::new("ports::names_the_services_that_ss_names", &["ss"], names_the_services_that_ss_names),
        Case::new("ports::tells_wildcards_apart", &[], tells_wildcards_apart),
        Case::new("ports::shows_what_is_only_bound", &[], shows_what_is_only_bound),
        Case::new("ports::hides_owners_and_says_so", &[], hides_owners_and_says_so),
        Case::new("ports::names_a_forgotten_htons", &[], names_a_forgotten_htons),
        Case::new("ports::an_empty_namespace_is_an_answer", &[], an_empty_namespace),
    ]
}

fn listener(addr: SocketAddr, backlog: i32) -> Socket {
    let socket = tcp(addr);
    socket.bind(&addr.into()).unwrap();
    socket.listen(backlog).unwrap();
    socket
}

fn local(socket: &Socket) -> SocketAddr {
    socket.local_addr().unwrap().as_socket().unwrap()
}

/// Every state that two ends hold by themselves, over one family.
fn population(loopback: &str) -> Vec<Socket> {
    let any: SocketAddr = format!("{loopback}:0").parse().unwrap();
    let server = listener(any, 64);
    let at = local(&server);
    let pair = || (connected(at), server.accept().unwrap().0);

    let open = pair();
    open.0.send(&[7; 1000]).unwrap();
    let half_closed = pair();
    half_closed.0.shutdown(std::net::Shutdown::Write).unwrap();
    let (ended, other) = pair();
    ended.shutdown(std::net::Shutdown::Write).unwrap();
    // The end of file is there: the FIN has come, and closing now is the orderly second half.
    assert_eq!(other.recv(&mut [std::mem::MaybeUninit::uninit(); 1]).unwrap(), 0);
    drop(other);
    drop(ended);

    // A listener whose queue is full drops the SYN of the next.
    let full = listener(any, 1);
    let waiting = [connected(local(&full)), connected(local(&full))];
    let unanswered = tcp(at);
    unanswered.set_nonblocking(true).unwrap();
    assert!(unanswered.connect(&local(&full).into()).is_err(), "it cannot be connected at once");

    let device = tcp(any);
    device.bind_device(Some(b"lo")).unwrap();
    device.bind(&any.into()).unwrap();
    device.listen(3).unwrap();

    let datagrams: Socket = UdpSocket::bind(any).unwrap().into();
    let tied: Socket = UdpSocket::bind(any).unwrap().into();
    tied.connect(&local(&datagrams).into()).unwrap();
    tied.send(b"unread").unwrap();

    let mut all = vec![server, open.0, open.1, half_closed.0, half_closed.1, full, unanswered, device, datagrams, tied];
    all.extend(waiting);
    all
}

/// A line of either tool: protocol, state, queues, local, peer, and by which descriptors this process holds it.
type Row = (String, String, String, String, String, String, BTreeSet<u32>);

/// What ss calls a state, in the words of ports.
fn state_of_ss(protocol: &str, state: &str) -> String {
    match (protocol, state) {
        ("udp", "ESTAB") => "connected",
        (_, "ESTAB") => "ESTABLISHED",
        (_, "UNCONN") => "unconnected",
        (_, "SYN-RECV") => "SYN-RECEIVED",
        (_, same) => same,
    }
    .to_owned()
}

/// The descriptors in `users:(("name",pid=7,fd=3),...)`.
fn fds_of_ss(users: &str) -> BTreeSet<u32> {
    let own = format!("pid={},fd=", std::process::id());
    users.split('(').filter_map(|user| user.split_once(&own)?.1.split(')').next()?.parse().ok()).collect()
}

/// The descriptors in `name[7] fd 3 4, other[8] fd 5`.
fn fds_of_ports(owner: &str) -> BTreeSet<u32> {
    let own = format!("[{}] fd ", std::process::id());
    let fds = owner.split(", ").find_map(|owner| Some(owner.split_once(&own)?.1.to_owned())).unwrap_or_default();
    fds.split_whitespace().map(|fd| fd.parse().unwrap()).collect()
}

/// The fields of a line and, as one, what is behind the first six.
fn cut(line: &str) -> (Vec<String>, String) {
    let mut words = line.split_whitespace();
    let first: Vec<String> = words.by_ref().take(6).map(str::to_owned).collect();
    assert_eq!(first.len(), 6, "{line:?}");
    (first, words.collect::<Vec<_>>().join(" "))
}

fn rows(lines: &str, read: impl Fn([String; 6], &str) -> Row) -> Vec<Row> {
    let mut rows: Vec<Row> = lines
        .lines()
        .map(|line| {
            let (fields, rest) = cut(line);
            read(fields.try_into().unwrap(), &rest)
        })
        .collect();
    rows.sort();
    rows
}

fn rows_of_ss(net: &Net, args: &str) -> Vec<Row> {
    let told = run(net.peer("ss").arg(args));
    told.status(0);
    // ss names the protocol only where there may be two.
    let prefix = match (args.contains('t'), args.contains('u')) {
        (true, false) => "tcp ",
        (false, true) => "udp ",
        _ => "",
    };
    let lines: Vec<String> = told.out().lines().map(|line| format!("{prefix}{line}")).collect();
    rows(&lines.join("\n"), |[protocol, state, recv, send, local, peer], users| {
        let state = state_of_ss(&protocol, &state);
        (protocol, state, recv, send, local, peer, fds_of_ss(users))
    })
}

fn rows_of_ports(net: &Net, args: &str) -> Vec<Row> {
    let told = run(net.tool("ports").arg(args));
    told.status(0);
    let all = rows(&told.out(), |[protocol, state, recv, send, local, peer], owner| {
        let protocol = protocol.trim_end_matches('6').to_owned();
        // ss writes the zone behind the bracket.
        let outside = |end: String| match end.split_once("%lo]") {
            Some((address, port)) => format!("{address}]%lo{port}"),
            None => end,
        };
        (protocol, state, recv, send, outside(local), outside(peer), fds_of_ports(owner))
    });
    // ss lists these only from 7.1 on.
    all.into_iter().filter(|row| row.1 != "BOUND").collect()
}

fn lists_what_ss_lists(net: &Net) {
    let mut held = population("127.0.0.1");
    held.extend(population("[::1]"));
    let settled = ["FIN-WAIT-2", "CLOSE-WAIT", "TIME-WAIT", "SYN-SENT"];
    wait_until("every state is there", || {
        let rows = rows_of_ports(net, "-tanH");
        settled.iter().all(|state| rows.iter().filter(|row| row.1 == *state).count() == 2)
    });
    // -a, what is left without it, what waits, and each protocol and family.
    for args in ["-Htuanp", "-Htunp", "-Htulnp", "-Huanp", "-Htanp4", "-Htanp6"] {
        let (ours, theirs) = (rows_of_ports(net, args), rows_of_ss(net, args));
        assert_eq!(ours, theirs, "{args}");
        assert!(!ours.is_empty(), "{args} shows nothing");
    }
    let all = rows_of_ports(net, "-Htuanp");
    let states: BTreeSet<&str> = all.iter().map(|row| row.1.as_str()).collect();
    let expected =
        ["LISTEN", "ESTABLISHED", "FIN-WAIT-2", "CLOSE-WAIT", "TIME-WAIT", "SYN-SENT", "connected", "unconnected"];
    assert_eq!(states, BTreeSet::from(expected));
    let full = all.iter().filter(|row| row.1 == "LISTEN" && (row.2.as_str(), row.3.as_str()) == ("2", "1"));
    assert_eq!(full.count(), 2, "one full queue a family: {all:#?}");
    // Each socket of ours is in the list by its descriptor, exactly once.
    for socket in &held {
        let fd = u32::try_from(std::os::fd::AsRawFd::as_raw_fd(socket)).unwrap();
        assert_eq!(all.iter().filter(|row| row.6.contains(&fd)).count(), 1, "descriptor {fd}");
    }
}

fn names_the_services_that_ss_names(net: &Net) {
    let _web = listener("127.0.0.1:80".parse().unwrap(), 5);
    let _name_server = UdpSocket::bind("[::1]:53").unwrap();
    let _nameless = listener("127.0.0.1:7030".parse().unwrap(), 5);
    let locals = |args: &str| -> Vec<String> {
        let (ours, theirs) = (rows_of_ports(net, args), rows_of_ss(net, args));
        assert_eq!(ours, theirs, "{args}");
        ours.into_iter().map(|row| row.4).collect()
    };
    assert_eq!(locals("-Htuln"), ["127.0.0.1:7030", "127.0.0.1:80", "[::1]:53"]);
    // Not every machine has the list of services, and ss then has no names either.
    let known = fs::read_to_string("/etc/services").is_ok_and(|text| text.contains("\nhttp"));
    assert!(known || std::env::var_os("SOCKEYE_REQUIRE").is_none(), "install netbase: /etc/services has no names");
    if known {
        let mut named = locals("-Htul");
        named.sort();
        assert_eq!(named, ["127.0.0.1:7030", "127.0.0.1:http", "[::1]:domain"]);
    }
}

fn tells_wildcards_apart(net: &Net) {
    let dual = tcp("[::]:0".parse().unwrap());
    dual.set_only_v6(false).unwrap();
    dual.bind(&"[::]:7001".parse::<SocketAddr>().unwrap().into()).unwrap();
    dual.listen(5).unwrap();
    let v6only = tcp("[::]:0".parse().unwrap());
    v6only.set_only_v6(true).unwrap();
    v6only.bind(&"[::]:7002".parse::<SocketAddr>().unwrap().into()).unwrap();
    v6only.listen(5).unwrap();
    let _v4 = listener("0.0.0.0:7003".parse().unwrap(), 5);
    let client = connected("127.0.0.1:7001".parse().unwrap());
    let client_port = local(&client).port();
    let (_server, _) = dual.accept().unwrap();

    let told = run(net.tool("ports").arg("-tlnH"));
    told.status(0);
    let ends: Vec<Vec<String>> = told
        .out()
        .lines()
        .map(|line| cut(line).0)
        .map(|fields| vec![fields[0].clone(), fields[4].clone(), fields[5].clone()])
        .collect();
    assert_eq!(
        ends,
        [["tcp6", "*:7001", "*:*"], ["tcp6", "[::]:7002", "[::]:*"], ["tcp", "0.0.0.0:7003", "0.0.0.0:*"]],
        "{}",
        told.story()
    );
    let told = run(net.tool("ports").arg("-tnH6"));
    told.status(0);
    let fields = cut(told.out().lines().next().unwrap()).0;
    assert_eq!(fields[4..], ["[::ffff:127.0.0.1]:7001".to_owned(), format!("[::ffff:127.0.0.1]:{client_port}")]);
    assert_eq!(told.out().lines().count(), 1, "the client's end is of the IPv4 family: {}", told.story());
}

fn shows_what_is_only_bound(net: &Net) {
    let bound = tcp("127.0.0.1:0".parse().unwrap());
    bound.bind(&"127.0.0.1:7010".parse::<SocketAddr>().unwrap().into()).unwrap();
    let told = run(net.tool("ports").arg("-tanH"));
    told.status(0);
    if kernel() < (6, 8) {
        // Then only -a's other states are listed, and there are none.
        told.stdout_is("");
        return;
    }
    let fields = cut(told.out().lines().next().unwrap_or_default()).0;
    assert_eq!(fields, ["tcp", "BOUND", "-", "-", "127.0.0.1:7010", "0.0.0.0:*"]);
    run(net.tool("ports").arg("-tlnH")).status(0).stdout_is("");
    run(net.tool("ports").arg("-tnH")).status(0).stdout_is("");
}

/// The kernel's version: which states it lists depends on it.
fn kernel() -> (u32, u32) {
    let release = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap();
    let mut numbers =
        release.split(|character: char| !character.is_ascii_digit()).map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}

fn hides_owners_and_says_so(net: &Net) {
    const NOBODY: u32 = 65_534;
    let _held = listener("127.0.0.1:7020".parse().unwrap(), 5);
    let pid = std::process::id();
    let seen = run(net.tool("ports").arg("-tlnpH"));
    seen.status(0).stderr_is("").stdout_has(&format!("[{pid}] fd "));

    let map = fs::read_to_string("/proc/self/uid_map").unwrap();
    let users: u64 = map.split_whitespace().nth(2).unwrap().parse().unwrap();
    if users <= u64::from(NOBODY) {
        // A user namespace of our own has no other user; where everything is required, it must not come to that.
        assert!(std::env::var_os("SOCKEYE_REQUIRE").is_none(), "run as root: there is no other user to be");
        return;
    }
    // The folder of the executable may be closed to others.
    let copy = net.dir().join("ports");
    // Copied by another process: a child of another test might still hold ours open for writing ("text file busy").
    run(Command::new("cp").arg(net.tool("ports").get_program()).arg(&copy)).status(0);
    let as_nobody = || {
        let mut command = Command::new(&copy);
        command.uid(NOBODY).gid(NOBODY).current_dir("/");
        command
    };
    let hidden = run(as_nobody().arg("-tlnpH"));
    let fields = cut(hidden.status(0).out().trim_end()).1;
    assert_eq!(fields, "?", "{}", hidden.story());
    hidden.stderr_has("ports: no owner found for 1 socket: ");
    hidden.stderr_has(" (try as root)\n");
    let hidden = run(as_nobody().args(["-tlnp", "--json"]));
    let object: Value = serde_json::from_str(hidden.out().trim_end()).unwrap();
    assert_eq!(object["data"]["owners_hidden"], true, "{}", hidden.story());
    // Who does not ask for owners is not told about them.
    run(as_nobody().arg("-tlnH")).status(0).stderr_is("");
}

fn names_a_forgotten_htons(net: &Net) {
    let right = listener("127.0.0.1:8080".parse().unwrap(), 3);
    run(net.tool("ports").arg("-tln")).status(0).stderr_is("");
    let wrong = listener("127.0.0.1:36895".parse().unwrap(), 3);
    let hint = "ports: port 36895 is 8080 without htons(), on a little-endian host: was that meant?\n";
    run(net.tool("ports").arg("-tln")).status(0).stderr_is(hint);
    run(net.tool("ports").args(["-tln", "sport = :8080"])).status(0).stderr_is("");
    drop((right, wrong));
}

fn an_empty_namespace(net: &Net) {
    run(net.tool("ports").arg("-anpH")).status(0).stdout_is("").stderr_is("");
    run(net.tool("ports").args(["-an", "--json"])).status(0).stdout_is("").stderr_is("");
    let headings = "Proto  State  Recv-Q  Send-Q  Local  Peer\n";
    run(net.tool("ports").arg("-an")).status(0).stdout_is(headings).stderr_is("");
}
