//! ports why, wait, reach and options on what this process holds.

use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;

use serde_json::Value;
use socket2::{Domain, Socket, Type};
use sockeye_test_support::{Background, Run, run, tool};

fn results(told: &Run) -> Vec<Value> {
    let lines = told.out();
    let objects = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    objects.filter(|object| object["type"] == "result").map(|mut object| object["data"].take()).collect()
}

#[test]
fn why_names_the_holder_and_what_helps() {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    let told = run(tool("ports").args(["why", &port, "127.0.0.1"]));
    told.status(1).stdout_has(&format!("bind 127.0.0.1:{port} (tcp): EADDRINUSE: Address already in use\n"));
    told.stdout_has(&format!("[{}] fd ", std::process::id())).stdout_has("it listens: ");
    told.stdout_has("bind 127.0.0.2 instead (tried: works)\n").stdout_has("the rules and a trial bind agree\n");
    let told = run(tool("ports").args(["why", &format!("127.0.0.1:{port}"), "--json"]));
    let answer = results(told.status(1)).remove(0);
    let owners = answer["holders"][0]["owners"].as_array().unwrap();
    assert!(owners.iter().any(|owner| owner["pid"] == std::process::id()), "{answer:#}");
    let dry = run(tool("ports").args(["why", &port, "127.0.0.1", "--no-trial", "--explain"]));
    dry.status(1).stdout_has("by the rules alone, nothing was bound\n").stdout_has("rules: bind 127.0.0.1:");
    assert!(!dry.out().contains("tried: "), "{}", dry.story());
}

#[test]
fn why_asks_twice_where_no_address_is_given() {
    let held = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port().to_string();
    let answers = results(run(tool("ports").args(["why", &port, "--json"])).status(1));
    let asked: Vec<&str> = answers.iter().filter_map(|answer| answer["local_address"].as_str()).collect();
    assert_eq!(asked, ["0.0.0.0", "::"]);
    let told = run(tool("ports").args(["why", &port]));
    told.stdout_has("  as above\n");
}

#[test]
fn why_says_udp_and_refuses_contradictions() {
    let held = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = held.local_addr().unwrap().port();
    let told = run(tool("ports").args(["why", &format!("{port}/udp"), "127.0.0.1"]));
    told.status(1).stdout_has(&format!("bind 127.0.0.1:{port} (udp): EADDRINUSE"));
    let reuse = run(tool("ports").args(["why", &port.to_string(), "-u", "127.0.0.1", "--reuseaddr"]));
    reuse.status(1).stdout_has("two share a port only if both set the same option for reuse\n");
    // A trial that would share the port is not made.
    let shared = Socket::new(Domain::IPV4, Type::DGRAM, None).unwrap();
    shared.set_reuse_address(true).unwrap();
    shared.bind(&"127.0.0.1:0".parse::<SocketAddr>().unwrap().into()).unwrap();
    let port = shared.local_addr().unwrap().as_socket().unwrap().port().to_string();
    let told = run(tool("ports").args(["why", &port, "-u", "127.0.0.1", "--reuseaddr"]));
    told.status(0).stdout_has("by the rules alone: a trial bind would take datagrams from the other socket\n");
    for (args, refused) in [
        (&["why", "53/udp", "-t"][..], "the port says one protocol and the options another"),
        (&["why", "53/sctp"], "neither tcp nor udp"),
        (&["why", "80", "localhost"], "names are not resolved"),
        (&["why", "no-such-service"], "/etc/services has no such service"),
        (&["why", "127.0.0.1:80", "127.0.0.1"], "the address stands twice"),
        (&["why", "80", "127.0.0.1", "--v6only"], "an IPv4 socket has no IPV6_V6ONLY"),
        (&["why", "80", "--device", "no-such-interface"], "no such interface"),
        (&["why", "80", ""], "\"\": the host is missing"),
        (&["why", "80", "--device", ""], "\"\": there is no such interface"),
        (&["why", "80", "--device", "0"], "0: there is no such interface"),
        (&["why", "80", "--device", "2147483000"], "2147483000: there is no such interface"),
        (&["why"], "PORT"),
    ] {
        run(tool("ports").args(args)).status(2).stdout_is("").stderr_has(refused);
    }
}

/// What acts on a terminal, in every place where a word of ours is read.
#[test]
fn hostile_words_are_escaped_once_in_every_error() {
    let commands = ["why", "wait", "free", "reach", "options", "explain", "backlog", "watch", "log"];
    let words = [
        "\u{1b}[2J",
        "80/\u{1b}",
        "\u{1b}:80",
        "[::1%\u{1b}]:80",
        "[fe80::1%\u{202e}]:80",
        "http\u{202e}",
        "80:\u{1b}",
        "1.2.3.\u{9b}:80",
        "::\u{1b}",
        "pid:\u{1b}",
        "7/\u{1b}",
        ":\u{9b}",
    ];
    let options = [
        "why 80 --device",
        "why 80",
        "wait 80 --state",
        "wait 80 --timeout",
        "backlog -f --interval",
        "explain --limit",
    ];
    let lines = commands.iter().chain(&options).flat_map(|line| words.map(|word| (*line, word)));
    for (line, word) in lines {
        let told = run(tool("ports").args(line.split(' ')).arg(word).arg("--color=never"));
        told.status(2).stdout_is("");
        let said = told.err();
        assert!(said.chars().all(|character| character == '\n' || !character.is_control() && character != '\u{202e}'));
        let forms = ["\\x1b", "\\u{202e}", "\\u{9b}"];
        assert!(forms.iter().any(|form| said.contains(form)), "{line} {word:?}: {said}");
        assert!(!said.contains("\\\\") && !said.contains("\\u{1b}"), "{line} {word:?}: {said}");
    }
}

/// A process may call itself anything: the name goes into every answer, and acts in none.
#[test]
fn a_hostile_name_is_harmless_in_every_answer() {
    let folder = std::env::temp_dir().join(format!("sockeye-suite-ports-why-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let link = folder.join("x\"[1] fd 9\u{1b}]");
    let _ = std::fs::remove_file(&link);
    std::os::unix::fs::symlink("/bin/sleep", &link).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port().to_string();
    let mut command = std::process::Command::new(&link);
    command.arg0("sleep").arg("600").stdin(OwnedFd::from(listener));
    let child = Background::spawn_as_it_is(command);
    let pid = child.pid();
    let (of_pid, of_fd) = (format!("pid:{pid}"), format!("{pid}/0"));
    for line in [
        &["why", &port][..],
        &["why", &port, "--explain"],
        &["reach", "-t"],
        &["free", &port],
        &["options", &of_fd],
        &["explain", &of_pid],
        &["explain", &port],
        &["backlog", &port],
        &["-tlnp"],
    ] {
        let told = run(tool("ports").args(line));
        told.stdout_has(&format!("\"x\\\"[1] fd 9\\x1b]\"[{pid}] fd 0"));
        assert!(told.stdout.iter().all(|octet| *octet == b'\n' || !octet.is_ascii_control()), "{}", told.story());
    }
    drop(child);
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn wait_returns_when_somebody_listens_and_when_nobody_has_the_port() {
    let bound = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = bound.local_addr().unwrap().port();
    let told = run(tool("ports").args(["wait", &port.to_string(), "--explain"]));
    told.status(0)
        .stdout_has(&format!("port {port} is LISTEN after "))
        .stdout_has(&format!("  127.0.0.1:{port} LISTEN\n"));
    told.stdout_has("asked NETLINK_SOCK_DIAG once\n");
    let elsewhere = run(tool("ports").args(["wait", &format!("127.0.0.2:{port}"), "--timeout", "0.05", "--json"]));
    let answer = results(elsewhere.status(1)).remove(0);
    assert_eq!((&answer["reached"], &answer["sockets"]), (&Value::Bool(false), &Value::Array(Vec::new())));
    assert!(answer["waited_ms"].as_u64().unwrap() >= 50, "{answer:#}");
    let mut command = tool("ports");
    command.args(["wait", &format!("127.0.0.1:{port}"), "--state", "free", "--json"]);
    let mut waiting = Background::spawn(command);
    assert!(waiting.is_running(), "it is held");
    drop(bound);
    let answer = results(waiting.wait().status(0)).remove(0);
    assert_eq!((&answer["reached"], &answer["until"]), (&Value::Bool(true), &Value::from("free")));
    run(tool("ports").args(["wait", "80", "--state", "frob"])).status(2).stderr_has("one of listen, bound,");
    for timeout in ["-1", "+1", "inf", "1e19", "nan", "x"] {
        let refused = run(tool("ports").args(["wait", "80", "--timeout", timeout]));
        refused.status(2).stderr_has("a number of seconds from 0 to 2678400 is wanted");
    }
    for (args, refused) in [
        (&["wait", "80/udp", "--state", "time-wait"][..], "UDP has no such state"),
        (&["wait", "0"], "no socket has port 0"),
        (&["wait", "[fe80::1%nosuch]:80"], "nosuch: there is no such interface"),
    ] {
        run(tool("ports").args(args)).status(2).stdout_is("").stderr_has(refused);
    }
}
