//! ports why beside the kernel: every row of the bind matrix, in a namespace where nobody else binds anything.

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use serde_json::{Value, json};
use socket2::{Domain, Protocol, Socket, Type};
use sockeye_sys::{interface, link, namespace};
use sockeye_test_support::{Background, Case, Net, Run, run, wait_until};

use crate::ports_free::leave_time_wait;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports_why::every_row_of_the_bind_matrix", &[], every_row_of_the_bind_matrix),
        Case::new("ports_why::time_wait_and_what_the_closed_socket_had_set", &[], time_wait),
        Case::new("ports_why::addresses_that_cannot_be_bound", &[], addresses_that_cannot_be_bound),
        Case::new("ports_why::trials_leave_no_mark", &[], trials_leave_no_mark),
        Case::new("ports_why::another_user", &[], another_user),
        Case::new("ports_why::ports_used_up", &[], ports_used_up),
        Case::new("ports_why::a_forgotten_htons_is_named", &[], a_forgotten_htons),
        Case::new("ports_why::free_destroys_what_no_process_has", &[], free_destroys_what_no_process_has),
        Case::new("ports_why::reach_says_from_where", &[], reach_says_from_where),
        Case::new("ports_why::another_namespace_has_it", &[], another_namespace_has_it),
        Case::new("ports_why::reach_beyond_addresses", &["nft"], reach_beyond_addresses),
        Case::new("ports_why::options_of_another_process", &["sleep"], options_of_another_process),
        Case::new("ports_why::explain_says_which_number_it_took", &["sleep"], explain_says_which_number_it_took),
        Case::new("ports_why::options_of_another_namespace", &[], options_of_another_namespace),
    ]
}

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Set {
    pub(crate) udp: bool,
    pub(crate) reuse_address: bool,
    pub(crate) reuse_port: bool,
    pub(crate) v6only: bool,
    pub(crate) device: Option<&'static str>,
}

pub(crate) const PLAIN: Set = Set { udp: false, reuse_address: false, reuse_port: false, v6only: false, device: None };
pub(crate) const REUSE: Set = Set { reuse_address: true, ..PLAIN };
pub(crate) const SHARE: Set = Set { reuse_port: true, ..PLAIN };
pub(crate) const BOTH: Set = Set { reuse_address: true, reuse_port: true, ..PLAIN };
pub(crate) const V6ONLY: Set = Set { v6only: true, ..PLAIN };
pub(crate) const UDP: Set = Set { udp: true, ..PLAIN };

/// The kernel's own answer.
pub(crate) fn bound(addr: &str, set: Set) -> io::Result<Socket> {
    let addr: SocketAddr = addr.parse().unwrap();
    let kind = if set.udp { (Type::DGRAM, Protocol::UDP) } else { (Type::STREAM, Protocol::TCP) };
    let socket = Socket::new(Domain::for_address(addr), kind.0, Some(kind.1))?;
    if addr.is_ipv6() {
        socket.set_only_v6(set.v6only)?;
    }
    socket.set_reuse_address(set.reuse_address)?;
    socket.set_reuse_port(set.reuse_port)?;
    if let Some(device) = set.device {
        socket.bind_device(Some(device.as_bytes()))?;
    }
    socket.bind(&addr.into())?;
    Ok(socket)
}

pub(crate) fn listener(addr: &str, set: Set) -> Socket {
    let socket = bound(addr, set).unwrap();
    socket.listen(5).unwrap();
    socket
}

pub(crate) fn connected(to: &str) -> Socket {
    let to: SocketAddr = to.parse().unwrap();
    let socket = Socket::new(Domain::for_address(to), Type::STREAM, Some(Protocol::TCP)).unwrap();
    socket.connect(&to.into()).unwrap();
    socket
}

fn asked(net: &Net, addr: &str, set: Set, more: &[&str]) -> Command {
    let mut command = net.tool("ports");
    command.args(["why", addr]).args(more);
    for (on, option) in
        [(set.udp, "-u"), (set.reuse_address, "--reuseaddr"), (set.reuse_port, "--reuseport"), (set.v6only, "--v6only")]
    {
        if on {
            command.arg(option);
        }
    }
    command.args(set.device.iter().flat_map(|device| ["--device", device]));
    command
}

pub(crate) fn answers(told: &Run) -> Vec<Value> {
    let lines = told.out();
    let objects = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    objects.filter(|object| object["type"] == "result").map(|mut object| object["data"].take()).collect()
}

pub(crate) fn asked_with_trial(net: &Net, addr: &str, set: Set) -> Value {
    answers(&run(&mut asked(net, addr, set, &["--json"]))).remove(0)
}

/// Asks the kernel and ports, with and without a trial, and holds them to each other. Returns the answer with a trial.
#[track_caller]
pub(crate) fn same(net: &Net, addr: &str, set: Set, expected: &str) -> Value {
    let kernel = bound(addr, set).err().and_then(|error| error.raw_os_error());
    let told = run(&mut asked(net, addr, set, &["--json"]));
    told.status(i32::from(kernel.is_some()));
    let answer = answers(&told).remove(0);
    let named = answer["errno"]["name"].as_str().unwrap_or("ok");
    assert_eq!(
        (answer["errno"]["code"].as_i64(), named),
        (kernel.map(i64::from), expected),
        "{addr} {set:?}\n{answer:#}"
    );
    let rules = answers(&run(&mut asked(net, addr, set, &["--json", "--no-trial"]))).remove(0);
    assert_eq!(rules["trial"], Value::Null);
    assert_eq!(rules["predicted"], answer["predicted"], "the trial changes no rule");
    if rules["predicted"] == "unsure" {
        assert_eq!((&rules["succeeds"], &rules["agree"]), (&Value::Null, &Value::Null));
    } else {
        assert_eq!(rules["errno"], answer["errno"], "the rules alone: {addr} {set:?}\n{rules:#}");
        // Beside a live UDP socket nothing is tried with the options for reuse.
        let tried = answer["trial"]["outcome"] != "not_tried";
        assert_eq!(answer["agree"], if tried { json!(true) } else { Value::Null }, "{answer:#}");
    }
    answer
}

pub(crate) fn is_sure(answer: &Value) {
    assert_ne!(answer["predicted"], "unsure", "{answer:#}");
}

/// The address with a port that no earlier row had: a child of another test may hold a copy of a closed socket for a moment.
fn at(addr: &str, port: u16) -> String {
    addr.replace(":5000", &format!(":{port}"))
}

fn every_row_of_the_bind_matrix(net: &Net) {
    const IN_USE: &str = "EADDRINUSE";
    for (port, holder) in [(5000, PLAIN), (5001, REUSE), (5002, SHARE)] {
        let _holder = listener(&at("127.0.0.1:5000", port), holder);
        let shared = if holder.reuse_port { "ok" } else { IN_USE };
        for (addr, set, expected) in [
            ("127.0.0.1:5000", PLAIN, IN_USE),
            ("0.0.0.0:5000", PLAIN, IN_USE),
            ("127.0.0.1:5000", REUSE, IN_USE),
            ("0.0.0.0:5000", REUSE, IN_USE),
            ("127.0.0.1:5000", SHARE, shared),
            ("[::]:5000", PLAIN, IN_USE),
            ("[::]:5000", SHARE, shared),
            ("[::ffff:127.0.0.1]:5000", PLAIN, IN_USE),
            ("127.0.0.2:5000", PLAIN, "ok"),
            ("[::]:5000", V6ONLY, "ok"),
            ("[::1]:5000", PLAIN, "ok"),
            ("127.0.0.1:5000", UDP, "ok"),
        ] {
            is_sure(&same(net, &at(addr, port), set, expected));
        }
    }
    let _dual = listener("[::]:5003", PLAIN);
    for addr in ["127.0.0.1:5003", "0.0.0.0:5003", "[::1]:5003", "[::]:5003"] {
        is_sure(&same(net, addr, PLAIN, IN_USE));
    }
    let _only = listener("[::]:5004", V6ONLY);
    is_sure(&same(net, "0.0.0.0:5004", PLAIN, "ok"));
    is_sure(&same(net, "[::1]:5004", PLAIN, IN_USE));
    // Bound and no more: other listers say that the port is free.
    for (addr, holder, with_reuse) in [("127.0.0.1:5005", PLAIN, IN_USE), ("127.0.0.1:5006", REUSE, "ok")] {
        let _bound = bound(addr, holder).unwrap();
        is_sure(&same(net, addr, PLAIN, IN_USE));
        is_sure(&same(net, addr, REUSE, with_reuse));
    }
    let _server = listener("127.0.0.1:6000", REUSE);
    // The port of a client: bound before connect(2), and chosen by it.
    for (at, holder, with_reuse) in [("127.0.0.1:5010", PLAIN, IN_USE), ("127.0.0.1:5011", REUSE, "ok")] {
        let client = bound(at, holder).unwrap();
        client.connect(&"127.0.0.1:6000".parse::<SocketAddr>().unwrap().into()).unwrap();
        is_sure(&same(net, at, PLAIN, IN_USE));
        is_sure(&same(net, at, REUSE, with_reuse));
    }
    let client = connected("127.0.0.1:6000");
    let chosen = client.local_addr().unwrap().as_socket().unwrap().to_string();
    let answer = same(net, &chosen, REUSE, IN_USE);
    assert!(answer["advice"].as_array().unwrap().iter().any(|help| help["help"] == "reserve"), "{answer:#}");
    // A connection outlives its listener.
    let own = listener("127.0.0.1:5012", PLAIN);
    let _near = connected("127.0.0.1:5012");
    let _accepted = own.accept().unwrap();
    drop(own);
    is_sure(&same(net, "127.0.0.1:5012", REUSE, IN_USE));
    // Two UDP sockets.
    for (port, holder, set) in [(5020, PLAIN, PLAIN), (5021, PLAIN, REUSE), (5022, REUSE, PLAIN)] {
        let addr = at("127.0.0.1:5000", port);
        let _held = bound(&addr, Set { udp: true, ..holder }).unwrap();
        is_sure(&same(net, &addr, Set { udp: true, ..set }, IN_USE));
    }
    for (port, both) in [(5023, REUSE), (5024, SHARE)] {
        let both = Set { udp: true, ..both };
        let addr = at("127.0.0.1:5000", port);
        let _held = bound(&addr, both).unwrap();
        // A trial would take datagrams from it.
        let answer = asked_with_trial(net, &addr, both);
        assert_eq!(
            (&answer["trial"]["outcome"], &answer["succeeds"]),
            (&json!("not_tried"), &json!(true)),
            "{answer:#}"
        );
        bound(&addr, both).unwrap();
    }
}

fn time_wait(net: &Net) {
    for (port, holder) in [(5000, PLAIN), (5001, REUSE), (5002, SHARE), (5003, BOTH)] {
        let at = format!("127.0.0.1:{port}");
        let server = listener(&at, holder);
        let client = connected(&at);
        let (accepted, _) = server.accept().unwrap();
        drop(server);
        // This side closes first.
        drop(accepted);
        drop(client);
        wait_until("TIME-WAIT", || {
            run(net.tool("ports").args(["-tanH", "-4"]))
                .out()
                .lines()
                .any(|line| line.contains("TIME-WAIT") && line.contains(&format!("{at} ")))
        });
        let answer = same(net, &at, PLAIN, "EADDRINUSE");
        is_sure(&answer);
        assert!((1..=60_000).contains(&answer["until_ms"].as_u64().unwrap()), "{answer:#}");
        assert_eq!(answer["holders"][0]["owners"], json!([]));
        is_sure(&same(net, &format!("0.0.0.0:{port}"), PLAIN, "EADDRINUSE"));
        is_sure(&same(net, &format!("127.0.0.2:{port}"), PLAIN, "ok"));
        // Only with what the closed socket had set too, which no list shows: the trial does.
        let (reuse, share) = (
            if holder.reuse_address { "ok" } else { "EADDRINUSE" },
            if holder.reuse_port { "ok" } else { "EADDRINUSE" },
        );
        assert_eq!(same(net, &at, REUSE, reuse)["predicted"], "unsure");
        assert_eq!(same(net, &at, SHARE, share)["predicted"], "unsure");
        let helps = |name: &str| answer["advice"].as_array().unwrap().iter().any(|help| help["help"] == name);
        assert_eq!(
            (helps("reuse_address"), helps("reuse_port")),
            (holder.reuse_address, holder.reuse_port),
            "{answer:#}"
        );
        assert!(helps("wait") && helps("free"), "{answer:#}");
        assert_eq!(helps("reuse_in_server"), !holder.reuse_address, "what it has set already is no advice: {answer:#}");
    }
}

fn addresses_that_cannot_be_bound(net: &Net) {
    link::create_veth("outside", "far", None).unwrap();
    let outside = |set| Set { device: Some("outside"), ..set };
    for (addr, set, expected) in [
        // A scope takes the place of SO_BINDTODEVICE.
        ("[fe80::1%1]:5000", outside(PLAIN), "EADDRNOTAVAIL"),
        ("[ff02::1%1]:5000", outside(UDP), "ok"),
        ("[ff02::1]:5000", outside(UDP), "ok"),
        ("10.9.9.9:5000", PLAIN, "EADDRNOTAVAIL"),
        ("[2001:db8::1]:5000", PLAIN, "EADDRNOTAVAIL"),
        ("[::ffff:10.9.9.9]:5000", PLAIN, "EADDRNOTAVAIL"),
        ("[::ffff:127.0.0.1]:5000", V6ONLY, "EINVAL"),
        ("[fe80::1]:5000", PLAIN, "EINVAL"),
        ("[fe80::1%1]:5000", PLAIN, "EADDRNOTAVAIL"),
        ("[fe80::1%77]:5000", PLAIN, "ENODEV"),
        ("[ff02::1]:5000", PLAIN, "EINVAL"),
        ("[ff02::1]:5000", UDP, "EINVAL"),
        ("[ff02::1%1]:5000", UDP, "ok"),
        ("224.0.0.1:5000", UDP, "ok"),
        ("255.255.255.255:5000", UDP, "ok"),
        ("127.255.255.1:5000", PLAIN, "ok"),
    ] {
        is_sure(&same(net, addr, set, expected));
    }
    let told = run(&mut asked(net, "10.9.9.9:5000", PLAIN, &[]));
    told.status(1).stdout_has("bind 10.9.9.9:5000 (tcp): EADDRNOTAVAIL: Cannot assign requested address\n");
    told.stdout_has("  no interface of this host has 10.9.9.9\n").stdout_has("bind 127.0.0.1 instead (tried: works)\n");
    assert!(told.out().contains("ip_nonlocal_bind=1\n"), "{}", told.story());
    freebind_is_not_enough(net);
    fs::write("/proc/sys/net/ipv4/ip_nonlocal_bind", "1").unwrap();
    is_sure(&same(net, "10.9.9.9:5000", PLAIN, "ok"));
}

/// A bind with SO_REUSEPORT that works beside a socket without it makes Linux let others pass, too: no trial may be one.
fn trials_leave_no_mark(net: &Net) {
    let _held = bound("127.0.0.1:5000", REUSE).unwrap();
    for _ in 0..2 {
        let told = run(&mut asked(net, "5000", SHARE, &[]));
        told.status(1).stdout_has("bind 0.0.0.0:5000 (tcp, SO_REUSEPORT): EADDRINUSE");
        told.stdout_has("bind [::]:5000 (tcp6, SO_REUSEPORT): EADDRINUSE");
        told.stdout_has("set SO_REUSEADDR").stdout_has("bind 127.0.0.2 instead (tried: works)\n");
    }
    is_sure(&same(net, "0.0.0.0:5000", SHARE, "EADDRINUSE"));
    let _other = bound("[::1]:5001", PLAIN).unwrap();
    let told = run(&mut asked(net, "5001", SHARE, &[]));
    told.status(1).stdout_has("bind 0.0.0.0:5001 (tcp, SO_REUSEPORT): works");
    told.stdout_has("bind [::]:5001 (tcp6, SO_REUSEPORT): EADDRINUSE");
}

/// A listener on the port is in the way once the address is of no matter any more.
fn freebind_is_not_enough(net: &Net) {
    let held = listener("0.0.0.0:5001", PLAIN);
    let addr: SocketAddr = "10.9.9.9:5001".parse().unwrap();
    let free = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).unwrap();
    free.set_freebind_v4(true).unwrap();
    assert_eq!(free.bind(&addr.into()).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    let told = run(&mut asked(net, "10.9.9.9:5001", PLAIN, &[]));
    told.status(1).stdout_has("; not enough alone, for then a socket that has the port is in the way (EADDRINUSE)\n");
    let out = told.out();
    let (reason, socket) = (out.find("no interface of this host").unwrap(), out.find("0.0.0.0:5001 LISTEN").unwrap());
    assert!(reason < socket, "the reason stands first\n{out}");
    // A child of another test has a copy of it until exec, and would have to be stopped too.
    told.stdout_has(&format!("(kill {})", std::process::id()));
    drop(held);
}

const NOBODY: u32 = 65_534;

/// Our executable, for a user who may not look into our folders; `None` where there is no other user to be.
pub(crate) fn as_nobody(net: &Net) -> Option<Command> {
    let map = fs::read_to_string("/proc/self/uid_map").unwrap();
    let users: u64 = map.split_whitespace().nth(2).unwrap().parse().unwrap();
    if users <= u64::from(NOBODY) {
        assert!(std::env::var_os("SOCKEYE_REQUIRE").is_none(), "run as root: there is no other user to be");
        return None;
    }
    let copy = net.dir().join("ports");
    if !copy.exists() {
        // Copied by another process: a child of another test might still hold ours open for writing ("text file busy").
        run(Command::new("cp").arg(net.tool("ports").get_program()).arg(&copy)).status(0);
    }
    let mut command = Command::new(copy);
    command.uid(NOBODY).gid(NOBODY).current_dir("/");
    Some(command)
}

fn another_user(net: &Net) {
    let Some(mut low) = as_nobody(net) else { net.lacks("there is no other user to be") };
    let told = run(low.args(["why", "80", "127.0.0.1", "--json"]));
    told.status(1);
    let answer = answers(&told).remove(0);
    assert_eq!((&answer["errno"]["name"], &answer["agree"]), (&json!("EACCES"), &json!(true)), "{answer:#}");
    let helps: Vec<&str> =
        answer["advice"].as_array().unwrap().iter().filter_map(|help| help["help"].as_str()).collect();
    assert_eq!(helps, ["capability", "lower_limit", "port"]);
    // The address comes before the privilege over IPv4, behind it over IPv6.
    for (addr, expected) in [("10.9.9.9", "EADDRNOTAVAIL"), ("2001:db8::1", "EACCES")] {
        let told = run(as_nobody(net).unwrap().args(["why", "80", addr, "--json"]));
        let answer = answers(&told).remove(0);
        assert_eq!((&answer["errno"]["name"], &answer["agree"]), (&json!(expected), &json!(true)), "{answer:#}");
    }
    fs::write("/proc/sys/net/ipv4/ip_unprivileged_port_start", "80").unwrap();
    run(as_nobody(net).unwrap().args(["why", "80", "127.0.0.1"])).status(0);
    // SO_REUSEPORT is for one user, and ours is another.
    let _held = listener("127.0.0.1:5000", SHARE);
    let told = run(as_nobody(net).unwrap().args(["why", "5000", "127.0.0.1", "--reuseport", "--json"]));
    told.status(1);
    let answer = answers(&told).remove(0);
    assert_eq!((&answer["errno"]["name"], &answer["agree"]), (&json!("EADDRINUSE"), &json!(true)), "{answer:#}");
    assert_eq!(answer["holders"][0]["owners_hidden"], true);
    let told = run(as_nobody(net).unwrap().args(["why", "5000", "127.0.0.1"]));
    told.stdout_has("process hidden, uid 0").stdout_has("ask again as root");
    // What it has set cannot be read: only the trial knows.
    let _bound = bound("127.0.0.1:5001", REUSE).unwrap();
    let told = run(as_nobody(net).unwrap().args(["why", "5001", "127.0.0.1", "--reuseaddr", "--json"]));
    let answer = answers(&told).remove(0);
    assert_eq!((&answer["predicted"], &answer["succeeds"]), (&json!("unsure"), &json!(true)), "{answer:#}");
}

fn ports_used_up(net: &Net) {
    let range = "/proc/sys/net/ipv4/ip_local_port_range";
    fs::write(range, "40000 40002").unwrap();
    let told = run(net.tool("ports").args(["why", "0", "127.0.0.1", "--json"]));
    told.status(0);
    let found = &answers(&told)[0]["range"];
    assert_eq!((&found["first"], &found["last"], &found["free"]), (&json!(40_000), &json!(40_002), &json!(3)));
    // Three ports, two connections to one place.
    let _server = listener("127.0.0.1:6000", PLAIN);
    let clients = [connected("127.0.0.1:6000"), connected("127.0.0.1:6000")];
    let third = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).unwrap();
    let full = third.connect(&"127.0.0.1:6000".parse::<SocketAddr>().unwrap().into()).unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::AddrNotAvailable);
    let told = run(net.tool("ports").args(["why", "0", "127.0.0.1"]));
    told.stdout_has("most go to 127.0.0.1:6000: 2 of 2 possible connections");
    told.stdout_has("the next connect() there fails with EADDRNOTAVAIL")
        .stdout_has("whether it finds the last one is chance");
    // Nothing is left of a range that ends where the two are.
    let mut taken: Vec<u16> = clients.iter().map(local_port).collect();
    taken.sort_unstable();
    assert_eq!(taken[1] - taken[0], 1, "{taken:?}");
    fs::write(range, format!("{} {}", taken[0], taken[1])).unwrap();
    let refused = bound("127.0.0.1:0", PLAIN).unwrap_err();
    assert_eq!(refused.kind(), io::ErrorKind::AddrInUse);
    let told = run(net.tool("ports").args(["why", "0", "127.0.0.1", "--json"]));
    told.status(1);
    let answer = answers(&told).remove(0);
    assert_eq!((&answer["errno"]["name"], &answer["agree"]), (&json!("EADDRINUSE"), &json!(true)), "{answer:#}");
    assert_eq!(answer["advice"][0]["help"], "widen_range");
}

fn local_port(socket: &Socket) -> u16 {
    socket.local_addr().unwrap().as_socket().unwrap().port()
}

fn a_forgotten_htons(net: &Net) {
    let _held = listener("0.0.0.0:36895", PLAIN);
    let told = run(net.tool("ports").args(["why", "8080"]));
    let pid = std::process::id();
    told.status(0).stdout_has(&format!("[{pid}] fd ")).stdout_has(" has port 36895: that is 8080 without htons()\n");
    run(net.tool("ports").args(["why", "36895"])).status(1).stdout_has("perhaps 8080 is meant");
}

fn free_destroys_what_no_process_has(net: &Net) {
    let at = "127.0.0.1:5000";
    let server = listener(at, PLAIN);
    let client = connected(at);
    let (accepted, _) = server.accept().unwrap();
    drop(server);
    drop(accepted);
    drop(client);
    let free = |args: &[&str]| run(net.tool("ports").args(["free", "5000"]).args(args));
    // A child of another test may still hold a copy of the listener.
    wait_until("TIME-WAIT alone", || {
        let shown = free(&["-n"]).out();
        shown.contains("TIME-WAIT") && !shown.contains("stays")
    });
    free(&[]).status(2).stdout_is("").stderr_has("there is no terminal to ask on (--yes destroys without asking");
    free(&["-n"]).status(1).stdout_has("would destroy 1 socket:\n").stdout_has(" TIME-WAIT, ends by itself in ");
    if let Some(mut nobody) = as_nobody(net) {
        let denied = run(nobody.args(["free", "5000", "--yes"]));
        denied.status(4).stderr_has("Operation not permitted (needs CAP_NET_ADMIN: try as root)");
    }
    assert_eq!(bound(at, REUSE).unwrap_err().kind(), io::ErrorKind::AddrInUse);
    // Elsewhere there is nothing to destroy.
    run(net.tool("ports").args(["free", "127.0.0.2:5000", "--yes"]))
        .status(0)
        .stdout_is("port 5000 at 127.0.0.2 is free: nothing is in the way at that address\n");
    for wildcard in ["0.0.0.0:5000", "[::]:5000"] {
        run(net.tool("ports").args(["free", wildcard, "-n"])).status(1).stdout_has("would destroy 1 socket:\n");
    }
    run(net.tool("ports").args(["free", "0"])).status(2).stderr_has("no socket has port 0");
    free(&["--yes"]).status(0).stdout_has("destroyed 1 of 1 socket\n").stdout_has("port 5000 is free\n");
    let at = "127.0.0.1:5000";
    let server = listener(at, PLAIN);
    // What a process holds stays, and is named.
    let held = free(&["--yes", "--json"]);
    let answer = answers(held.status(1)).remove(0);
    assert_eq!((&answer["free"], &answer["destroyed"]), (&json!(false), &json!(0)), "{answer:#}");
    assert_eq!(answer["stays"][0]["fate"], "held", "{answer:#}");
    // A child of another test may hold a copy of it for a moment.
    let named = format!("let it close, or kill {}\n", std::process::id());
    wait_until("this process alone holds it", || free(&["--yes"]).out().contains(&named));
    server.listen(5).unwrap();
    // An orphan: the process is done, the other side is not.
    let client = connected(at);
    let port = local_port(&client).to_string();
    let (_open, _) = server.accept().unwrap();
    drop(client);
    let orphan = || run(net.tool("ports").args(["free", &port, "--dry-run"]));
    wait_until("FIN-WAIT-2", || orphan().out().contains("FIN-WAIT-2"));
    run(net.tool("ports").args(["free", &port, "--yes"])).status(0).stdout_has("destroyed 1 of 1 socket\n");
    run(net.tool("ports").args(["free", &port]))
        .status(0)
        .stdout_is(format!("port {port} is free: no socket has it\n"));
    run(net.tool("ports").args(["free", "53/udp"])).status(2).stderr_has("UDP leaves nothing behind");
}

fn reach_says_from_where(net: &Net) {
    link::create_veth("outside", "far", None).unwrap();
    for (addr, prefix) in [("10.1.2.3", 24), ("203.0.113.9", 24), ("2a00:1450::9", 64)] {
        link::add_address("outside", addr.parse().unwrap(), prefix).unwrap();
    }
    interface::bring_up("outside").unwrap();
    let silent = run(net.tool("ports").arg("reach"));
    silent
        .status(0)
        .stdout_is("")
        .stderr_has("nothing listens on TCP in this network namespace, and no UDP socket takes");
    let _near = listener("127.0.0.1:5001", PLAIN);
    let nothing = run(net.tool("ports").args(["reach", "--exposed"]));
    nothing.status(1).stdout_is("").stderr_is("ports: this machine alone reaches what listens: 1 socket\n");
    for (only, says) in [("-u", "no UDP socket takes datagrams from anybody"), ("-t", "")] {
        let told = run(net.tool("ports").args(["reach", only]));
        told.status(0).stderr_has(says);
        assert_eq!((told.stdout.is_empty(), told.stderr.is_empty()), (only == "-u", only == "-t"), "{}", told.story());
    }
    let _private = listener("10.1.2.3:5002", PLAIN);
    let _dual = listener("[::]:5003", PLAIN);
    let _v4 = listener("0.0.0.0:5004", PLAIN);
    let _datagrams = bound("0.0.0.0:5005", UDP).unwrap();
    let found = answers(run(net.tool("ports").args(["reach", "--json"])).status(0));
    let exposure = |port: u16| {
        let row = found.iter().find(|row| row["local_port"] == port).unwrap();
        let ways: Vec<&str> =
            row["ways"].as_array().unwrap().iter().filter_map(|way| way["address"].as_str()).collect();
        (row["exposure"].as_str().unwrap().to_owned(), ways.join(" "))
    };
    assert_eq!(exposure(5001), ("machine".to_owned(), "127.0.0.1".to_owned()));
    assert_eq!(exposure(5002), ("private".to_owned(), "10.1.2.3".to_owned()));
    let (dual, ways) = exposure(5003);
    assert_eq!(dual, "everyone");
    for addr in ["127.0.0.1", "10.1.2.3", "203.0.113.9", "::1", "2a00:1450::9"] {
        assert!(ways.split(' ').any(|way| way == addr), "{addr}: {ways}");
    }
    assert_eq!(found.first().map(|row| &row["local_port"]), Some(&json!(5003)), "the widest first");
    // 203.0.113.0/24 is for documentation: nobody outside has a route to it.
    let (v4, ways) = exposure(5004);
    assert_eq!(v4, "private");
    assert!(!ways.contains(':'), "{ways}");
    assert_eq!(exposure(5005).0, "private");
    let told = run(net.tool("ports").args(["reach", "-t", "--exposed"]));
    told.status(0)
        .stdout_has("everyone")
        .stdout_has("outside 2a00:1450::9")
        .stderr_has("as far as addresses go: no table of nftables or iptables is loaded here");
    assert!(!told.out().contains("5001") && !told.out().contains("5005"), "{}", told.story());
}

fn explain_says_which_number_it_took(net: &Net) {
    let explain = |number: &str| run(net.tool("ports").args(["explain", "--no-drawing", number]));
    explain("1").status(1).stdout_is("").stderr_has("port 1 (process 1 exists: ports explain pid:1)\n");
    let _held = listener("127.0.0.1:1", PLAIN);
    let told = explain("1");
    told.status(0).stdout_has("LISTEN  tcp 127.0.0.1:1 ");
    told.stderr_has("ports: 1 was taken for a port; there is a process 1 too: ports explain pid:1\n");
    for meant in [":1", "*:1", "1/tcp", "127.0.0.1:1"] {
        explain(meant).status(0).stderr_is("");
    }
    let server = server_elsewhere(net, "5000", || {});
    explain(&format!("pid:{}", server.pid()))
        .status(1)
        .stderr_has(&format!("process {} is in another network namespace: nsenter -t ", server.pid()));
    if let Some(mut nobody) = as_nobody(net) {
        let told = run(nobody.args(["explain", "pid:1"]));
        told.status(4).stderr_is("ports: process 1 may not be looked into (try as root)\n");
    }
    let mut sleep = net.peer("sleep");
    sleep.arg("600");
    let silent = Background::spawn(sleep);
    let said = format!("ports: process {} has no TCP or UDP socket\n", silent.pid());
    explain(&format!("pid:{}", silent.pid())).status(1).stdout_is("").stderr_is(&said);
    explain(&format!("pid:{}", std::process::id())).status(0).stdout_has("tcp 127.0.0.1:1 ").stderr_is("");
    // No port has that number.
    explain("8388608").status(1).stdout_is("").stderr_is("ports: process 8388608 does not exist\n");
}

/// What else decides who reaches a listener: groups that were joined, a bound device, and a firewall.
fn reach_beyond_addresses(net: &Net) {
    link::create_veth("outside", "far", None).unwrap();
    link::add_address("outside", "10.1.2.3".parse().unwrap(), 24).unwrap();
    interface::bring_up("outside").unwrap();
    let ways = |port: u16| {
        let found = answers(run(net.tool("ports").args(["reach", "--json"])).status(0));
        let row = found.iter().find(|row| row["local_port"] == port).unwrap_or_else(|| panic!("no {port}: {found:#?}"));
        let ways = row["ways"].as_array().unwrap().iter();
        let texts =
            ways.map(|way| format!("{} {}", way["interface"].as_str().unwrap(), way["address"].as_str().unwrap()));
        texts.collect::<Vec<_>>()
    };
    let everywhere = bound("0.0.0.0:5353", UDP).unwrap();
    assert_eq!(ways(5353), ["outside 10.1.2.3", "lo 127.0.0.1"]);
    let group = "239.1.2.3".parse().unwrap();
    everywhere.join_multicast_v4(&group, &"10.1.2.3".parse().unwrap()).unwrap();
    assert_eq!(ways(5353), ["outside 10.1.2.3", "outside 239.1.2.3", "lo 127.0.0.1"]);
    // A device bounds what leads to a socket.
    let near = bound("0.0.0.0:5354", UDP).unwrap();
    near.bind_device(Some(b"lo")).unwrap();
    assert_eq!(ways(5354), ["lo 127.0.0.1"]);
    let told = run(net.tool("ports").arg("reach"));
    told.status(0).stderr_has("as far as addresses go: no table of nftables or iptables is loaded here");
    run(net.peer("nft").arg("add table inet first")).status(0);
    run(net.peer("nft").arg("add table ip second")).status(0);
    let told = run(net.tool("ports").arg("reach"));
    let loaded = "2 tables of a firewall are loaded and not read, and may let less through (inet first, ip second)";
    told.status(0).stderr_has(loaded);
    if let Some(mut nobody) = as_nobody(net) {
        let told = run(nobody.arg("reach"));
        told.status(0).stderr_has("whether a firewall is loaded only root may see");
        told.stdout_has("udp   0.0.0.0:5353     ?\n").stderr_has("no owner found for 2 sockets");
    }
}

/// A server in a namespace of its own, as containers have them.
fn server_elsewhere(net: &Net, port: &str, prepare: impl FnOnce() + Send) -> Background {
    std::thread::scope(|scope| {
        let held = scope.spawn(|| {
            namespace::unshare_net().unwrap();
            interface::bring_up("lo").unwrap();
            prepare();
            let mut server = net.tool("nc");
            server.args(["-v", "-l", "127.0.0.1", port]);
            let server = Background::spawn(server);
            server.wait_for_stderr("Listening on");
            server
        });
        held.join().unwrap()
    })
}

/// Free here, and taken where a container is: the other tests' namespaces come and go meanwhile.
fn another_namespace_has_it(net: &Net) {
    let server = server_elsewhere(net, "5077", || {});
    let pid = server.pid();
    let told = run(net.tool("ports").args(["why", "5077", "127.0.0.1"]));
    told.status(0)
        .stdout_has(": works\n")
        .stdout_has(&format!("  in network namespace pid:{pid}: 127.0.0.1:5077 LISTEN, nc[{pid}] fd "));
    told.stdout_has("each network namespace has ports of its own: that is not in the way here\n");
    let answer = asked_with_trial(net, "127.0.0.1:5077", PLAIN);
    assert_eq!(answer["holders"], json!([]));
    let far = &answer["elsewhere"][0];
    assert_eq!((&far["netns"], &far["owners"][0]["pid"]), (&json!(format!("pid:{pid}")), &json!(pid)), "{answer:#}");
    // Neither the other protocol, nor what is here.
    assert_eq!(asked_with_trial(net, "127.0.0.1:5077", UDP)["elsewhere"], json!([]));
    let _held = listener("127.0.0.1:5078", PLAIN);
    let here = asked_with_trial(net, "127.0.0.1:5078", PLAIN);
    assert_eq!((here["holders"].as_array().unwrap().len(), &here["elsewhere"]), (1, &json!([])), "{here:#}");
    if let Some(mut nobody) = as_nobody(net) {
        let told = run(nobody.args(["why", "5077", "127.0.0.1"]));
        told.status(0).stderr_is("");
        assert!(!told.out().contains("network namespace"), "{}", told.story());
    }
    drop(server);
    assert_eq!(asked_with_trial(net, "127.0.0.1:5077", PLAIN)["elsewhere"], json!([]), "its namespace is gone");
}

/// The defaults are those of the namespace that the socket is in, also where ours has others.
fn options_of_another_namespace(net: &Net) {
    // The file is that of the namespace of the thread that opens it.
    let hours = || fs::write("/proc/sys/net/ipv4/tcp_keepalive_time", "111").unwrap();
    let other = server_elsewhere(net, "5000", hours);
    let own = listener("127.0.0.1:5000", PLAIN);
    // Of this process by descriptor: the other tests in it have sockets in namespaces of their own.
    let own_fd = format!("{}/{}", std::process::id(), std::os::fd::AsRawFd::as_raw_fd(&own));
    let of = |whose: &str| {
        let told = run(net.tool("ports").args(["options", whose, "--json"]));
        let answer = answers(told.status(0)).into_iter().find(|answer| answer["local_port"] == 5000).unwrap();
        let idle = |option: &&Value| option["option"] == "TCP_KEEPIDLE";
        answer["options"].as_array().unwrap().iter().find(idle).unwrap().clone()
    };
    let shown = |option: &Value| (option["value"].clone(), option["default"].clone(), option["changed"].clone());
    assert_eq!(shown(&of(&own_fd)), (json!(7200), json!(7200), json!(false)));
    assert_eq!(
        shown(&of(&other.pid().to_string())),
        (json!(111), json!(111), json!(false)),
        "as that namespace is set"
    );
    drop(own);
    // Whoever may not enter it does not compare, and says so: nobody may look into root's process at all.
    if let Some(mut nobody) = as_nobody(net) {
        let denied = run(nobody.args(["options", &other.pid().to_string()]));
        denied.status(4).stdout_is("").stderr_has("Permission denied (");
    }
}

fn options_of_another_process(net: &Net) {
    let held = listener("127.0.0.1:5000", REUSE);
    held.set_keepalive(true).unwrap();
    held.set_linger(Some(std::time::Duration::from_secs(7))).unwrap();
    let (pid, fd) = (std::process::id(), std::os::fd::AsRawFd::as_raw_fd(&held));
    let whose = format!("{pid}/{fd}");
    let answer = answers(run(net.tool("ports").args(["options", &whose, "--json"])).status(0)).remove(0);
    let option = |name: &str| {
        let options = answer["options"].as_array().unwrap();
        options
            .iter()
            .find(|option| option["option"] == name)
            .unwrap_or_else(|| panic!("no {name}\n{answer:#}"))
            .clone()
    };
    for (name, value, changed) in [
        ("SO_REUSEADDR", json!(true), true),
        ("SO_REUSEPORT", json!(false), false),
        ("SO_ACCEPTCONN", json!(true), true),
        ("SO_KEEPALIVE", json!(true), true),
        ("SO_LINGER", json!(7), true),
        ("TCP_NODELAY", json!(false), false),
        ("O_NONBLOCK", json!(false), false),
        ("TCP_KEEPIDLE", json!(7200), false),
    ] {
        assert_eq!((&option(name)["value"], &option(name)["changed"]), (&value, &json!(changed)), "{name}");
    }
    assert_eq!((&answer["kind"], &answer["local_port"]), (&json!("tcp"), &json!(5000)), "{answer:#}");
    assert_eq!((&answer["local_address"], &answer["peer_port"]), (&json!("127.0.0.1"), &json!(null)), "{answer:#}");
    assert_eq!(answer["protocol"], json!({"code": 6, "name": "tcp"}), "{answer:#}");
    let told = run(net.tool("ports").args(["options", "--changed", ":5000"]));
    told.status(0).stdout_has(&format!("[{pid}] fd {fd}: tcp 127.0.0.1:5000")).stdout_has("* SO_KEEPALIVE");
    assert!(!told.out().contains("TCP_NODELAY"), "{}", told.story());
    run(net.tool("ports").args(["options", &pid.to_string()])).status(0).stdout_has(&format!("[{pid}] fd {fd}: tcp"));
    run(net.tool("ports").args(["options", ":5999"]))
        .status(1)
        .stdout_is("")
        .stderr_has(":5999: no TCP or UDP socket here has that port\n");
    run(net.tool("ports").args(["options", &format!("{pid}/9999")]))
        .status(1)
        .stderr_has(&format!("process {pid} has no descriptor 9999\n"));
    run(net.tool("ports").args(["options", &whose, "8388608/3"]))
        .status(4)
        .stdout_has(&format!("[{pid}] fd {fd}: tcp"))
        .stderr_has("pidfd_open process 8388608: No such process");
    // What there is nothing of, each by its own name.
    let silent = Background::spawn({
        let mut sleep = net.peer("sleep");
        sleep.arg("600");
        sleep
    });
    run(net.tool("ports").args(["options", &silent.pid().to_string()]))
        .status(1)
        .stdout_is("")
        .stderr_is(&format!("ports: process {} has no socket\n", silent.pid()));
    run(net.tool("ports").args(["options", &format!("{}/1", silent.pid())]))
        .status(1)
        .stderr_has(&format!("descriptor 1 of process {} is no socket: pipe:[", silent.pid()));
    leave_time_wait(net, "127.0.0.1:5001");
    run(net.tool("ports").args(["options", ":5001"]))
        .status(1)
        .stderr_has(":5001: 1 socket has that port, and no process: ports -tanp 'sport = :5001' shows them\n");
    run(net.tool("ports").args(["options", "x"])).status(2).stderr_has("neither PID, PID/FD nor :PORT");
    if let Some(mut nobody) = as_nobody(net) {
        let denied = run(nobody.args(["options", &whose]));
        denied.status(4).stdout_is("").stderr_has("Operation not permitted (");
    }
    if let Some(mut nobody) = as_nobody(net) {
        let denied = run(nobody.args(["options", ":5000"]));
        denied.status(4).stdout_is("").stderr_has("127.0.0.1:5000: held by a process that may not be looked into (");
    }
}
