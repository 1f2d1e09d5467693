//! The filter of ports beside ss: many queries over the same sockets, and a table of where ss is not to be followed.

use std::net::{SocketAddr, UdpSocket};
use std::process::Command;

use socket2::{Domain, Protocol, Socket, Type};
use sockeye_test_support::{Background, Case, Net, run, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports_filter::finds_what_ss_finds", &["ss", "ip"], finds_what_ss_finds),
        Case::new("ports_filter::finds_what_ss_should_find", &["ss", "ip"], finds_what_ss_should_find),
        Case::new("ports_filter::finds_what_ss_cannot_ask_for", &["ss", "ip"], finds_what_ss_cannot_ask_for),
        Case::new("ports_filter::names_are_looked_up_here", &["ip"], names_are_looked_up_here),
        Case::new("ports_filter::names_are_taken_as_they_are_shown", &["python3"], names_are_taken_as_they_are_shown),
    ]
}

fn tcp(addr: SocketAddr) -> Socket {
    Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP)).unwrap()
}

fn listener(addr: &str, prepare: impl Fn(&Socket)) -> Socket {
    let addr: SocketAddr = addr.parse().unwrap();
    let socket = tcp(addr);
    prepare(&socket);
    socket.bind(&addr.into()).unwrap();
    socket.listen(16).unwrap();
    socket
}

/// A connection from a port that is chosen here, or by the kernel, and its accepted end.
fn pair(server: &Socket, to: &str, from: Option<&str>) -> (Socket, Socket) {
    let to: SocketAddr = to.parse().unwrap();
    let client = tcp(to);
    if let Some(from) = from {
        client.bind(&from.parse::<SocketAddr>().unwrap().into()).unwrap();
    }
    // While the kernel works its routes over, one that was there may be missing for a moment.
    wait_until(&format!("{to} can be connected to"), || client.connect(&to.into()).is_ok());
    (client, server.accept().unwrap().0)
}

/// Sockets of both families in many states, at known addresses and ports.
fn zoo(net: &Net) -> Vec<Socket> {
    for addr in ["fd99::2/64", "10.1.2.3/8"] {
        net.ip(&format!("addr add {addr} dev lo nodad"));
    }
    // The kernel adds the routes of an address a little later than the address.
    wait_until("every address can be reached", || {
        ["10.1.2.3:9", "[fd99::2]:9", "[::1]:9", "127.0.0.1:9"].iter().all(|to| {
            let any = if to.starts_with('[') { "[::]:0" } else { "0.0.0.0:0" };
            UdpSocket::bind(any).unwrap().connect(to).is_ok()
        })
    });
    let plain = |addr| listener(addr, |_| {});
    let v4 = plain("127.0.0.1:7004");
    let v6 = plain("[::1]:7004");
    let dual = listener("[::]:7005", |socket| socket.set_only_v6(false).unwrap());
    let net10 = plain("10.1.2.3:7006");
    let unique = plain("[fd99::2]:7007");
    let any = plain("0.0.0.0:22");
    let device = listener("127.0.0.1:7008", |socket| socket.bind_device(Some(b"lo")).unwrap());
    let mut all = Vec::new();
    for (client, server) in [
        pair(&v4, "127.0.0.1:7004", None),
        pair(&v4, "127.0.0.1:7004", Some("127.0.0.1:40000")),
        pair(&net10, "10.1.2.3:7006", Some("10.1.2.3:5000")),
        pair(&v6, "[::1]:7004", None),
        pair(&dual, "127.0.0.1:7005", None),
        pair(&unique, "[fd99::2]:7007", Some("[fd99::2]:1023")),
        pair(&device, "127.0.0.1:7008", None),
    ] {
        all.extend([client, server]);
    }
    let half_closed = pair(&v6, "[::1]:7004", Some("[::1]:40002"));
    half_closed.0.shutdown(std::net::Shutdown::Write).unwrap();
    let (ended, other) = pair(&v4, "127.0.0.1:7004", Some("127.0.0.1:40001"));
    ended.shutdown(std::net::Shutdown::Write).unwrap();
    // The FIN has come: closing now is the orderly second half, and this end is left in TIME-WAIT.
    assert_eq!(other.recv(&mut [std::mem::MaybeUninit::uninit(); 1]).unwrap(), 0);
    drop((other, ended));
    let name_server: Socket = UdpSocket::bind("0.0.0.0:53").unwrap().into();
    let tied = UdpSocket::bind("127.0.0.1:0").unwrap();
    tied.connect("127.0.0.1:53").unwrap();
    all.extend([v4, v6, dual, net10, unique, any, device, half_closed.0, half_closed.1, name_server, tied.into()]);
    wait_until("every state is there", || {
        ["state time-wait sport 40001", "state fin-wait-2 sport 40002", "state close-wait dport 40002"]
            .iter()
            .all(|query| ours(net, query).len() == 1)
    });
    all
}

/// Protocol, local and peer of each row. ss leaves the state out where all rows have one.
fn rows(lines: &str) -> Vec<String> {
    let mut rows: Vec<String> = lines
        .lines()
        // ss lists what is only bound from 7.1 on.
        .filter(|line| (line.starts_with("tcp") || line.starts_with("udp")) && !line.contains(" BOUND "))
        .map(|line| {
            let fields: Vec<&str> = line.split_whitespace().collect();
            let ends = fields.len().checked_sub(2).unwrap_or_else(|| panic!("{line:?}"));
            format!("{} {}", fields[0].trim_end_matches('6'), fields[ends..].join(" "))
        })
        .collect();
    rows.sort();
    rows
}

/// What ports finds. The kernel must take the program, or nobody would know that it says the same.
fn ours(net: &Net, query: &str) -> Vec<String> {
    let told = run(net.tool("ports").args(["-Htuan", "--explain", query]));
    told.status(0);
    assert!(!told.out().contains("does not take the program"), "{}", told.story());
    rows(&told.out())
}

/// What ss finds, or `None` if it does not understand.
fn theirs(net: &Net, query: &str) -> Option<Vec<String>> {
    let mut words: Vec<&str> = vec!["-Htuan"];
    // ss takes states only as words of their own.
    let (states, expression) = query.split_once(" ; ").unwrap_or(("", query));
    words.extend(states.split_whitespace());
    words.extend((!expression.is_empty()).then_some(expression));
    let told = run(net.peer("ss").args(words));
    if told.err().contains("ss: ") || told.err().contains("Usage") || told.err().contains("Error") {
        return None;
    }
    Some(rows(&told.out()))
}

/// Queries that both read alike. What stands before a semicolon are states, which ss wants as words of their own.
const ALIKE: &[&str] = &[
    "sport = :7004",
    "sport :7004",
    "sport = 7004",
    "sport eq :7004",
    "sport != :7004",
    "sport neq :7004",
    "dport = :7004",
    "sport < :1024",
    "sport lt :1023",
    "sport <= :1023",
    "sport > :7004",
    "sport gt :7005",
    "sport >= :7005",
    "dport ge :7005",
    "dport leq :7005",
    "sport = :ssh",
    "sport = :domain",
    "src 127.0.0.1",
    "src = 127.0.0.1",
    "src 127.0.0.0/8",
    "src 10/8",
    "src 10.1/16",
    "src 10.0.0.0/8",
    "dst 10.1.2.3:7006",
    "dst 127.0.0.1:7004",
    "src [::1]:7004",
    "src [fd99::2]",
    "src inet6:fd99::/16",
    "src [::1]",
    "dst [::ffff:127.0.0.1]",
    "src 0.0.0.0",
    "src 0.0.0.0/0",
    "src *:7004",
    "dst :7004",
    "src :22",
    "dev = lo",
    "dev != lo",
    "dev = 1",
    "fwmark = 0",
    "fwmark = 1",
    "fwmark != 0x1/0x3",
    "not sport = :7004",
    "! sport = :7004",
    "not ( sport = :7004 or dport = :7004 )",
    "sport = :7004 or dport = :7004",
    "sport = :7004 | dport = :7004",
    "sport = :7004 || dport = :7004",
    "sport = :7004 and dst 127.0.0.1",
    "sport = :7004 & dst 127.0.0.1",
    "sport = :7004 && dst 127.0.0.1",
    "sport = :7004 dst 127.0.0.1",
    "sport = :7004 and dst 127.0.0.1 or dport = :7006",
    "sport = :7004 or ( dport = :7004 and src 127.0.0.1:40000 )",
    "( sport = :7004 or dport = :7004 ) and src 127.0.0.1:40000",
    "( ( sport >= :7004 ) and ( sport <= :7006 ) )",
    "not src 127.0.0.1 and not src [::1]",
    "autobound",
    "autobound and dst 127.0.0.1",
    "state established ; ",
    "state established ; sport = :7004",
    "state established ; sport = :7004 or dport = :7004",
    "state time-wait ; ",
    "state fin-wait-2 state close-wait ; ",
    "state listening ; sport > :22",
    "exclude listening ; ",
    "excl listening exclude established ; ",
    "state connected ; ",
    "state synchronized ; sport != :7004",
    "state bucket ; ",
    "state big ; ",
    "state closed ; ",
    "state unconnected ; sport = :53",
    "state all ; dst 127.0.0.1",
];

fn finds_what_ss_finds(net: &Net) {
    let _held = zoo(net);
    let mut found = 0;
    for query in ALIKE {
        let expected = theirs(net, query).unwrap_or_else(|| panic!("ss does not understand {query}"));
        assert_eq!(ours(net, &query.replace(';', " ")), expected, "{query}");
        found += usize::from(!expected.is_empty());
    }
    assert!(found > ALIKE.len() - 4, "nearly all of them must find something: {found}");
}

/// A query, how many sockets of the zoo it should find and why ss does not: how many it finds, or that it refuses.
const NOT_ALIKE: &[(&str, usize, Option<usize>, &str)] = &[
    ("(sport = :7006)", 2, None, "ss needs blanks around brackets"),
    ("sport=:7006", 2, None, "ss needs blanks around operators"),
    ("dst fd99::2", 2, None, "ss reads the host fd99: and port 2"),
    ("src [fd99::]/16", 3, None, "ss wants inet6:fd99::/16"),
    ("src ::ffff:127.0.0.1", 1, None, "ss reads 127.0.0.1 as a port"),
    ("sport = :7006 & state established", 1, None, "ss takes states only before the expression"),
    ("sport 7005-7006", 4, None, "a range is ours"),
    ("sport = :7006 or dport = :7006 and src 127.0.0.1", 2, Some(0), "ss reads from left to right, against its manual"),
];

fn finds_what_ss_should_find(net: &Net) {
    let _held = zoo(net);
    for (query, wanted, of_ss, why) in NOT_ALIKE {
        let found = ours(net, query);
        assert_eq!(found.len(), *wanted, "{query}: {why}: {found:#?}");
        assert_eq!(theirs(net, query).map(|rows| rows.len()), *of_ss, "ss has learned: {query}: {why}");
    }
    // Both halves are all: ss asks the kernel for its flag and itself for the range, and joins them with an and.
    let all = ours(net, "");
    let mut halves = ours(net, "autobound");
    halves.extend(ours(net, "not autobound"));
    halves.sort();
    assert_eq!(halves, all);
    let of_ss = theirs(net, "autobound").unwrap().len() + theirs(net, "not autobound").unwrap().len();
    assert!(of_ss < theirs(net, "").unwrap().len(), "ss has learned to negate autobound");
    // Chosen by bind(2) though the kernel might have; accepted on a port outside the range.
    assert_eq!(ours(net, "not autobound and src 127.0.0.1:40000").len(), 1);
    assert_eq!(ours(net, "not autobound and state established and sport 7006").len(), 1);

    let told = run(net.tool("ports").args(["-Htuan", "sport = :7006 or dport = :7006 and src 127.0.0.1"]));
    told.status(0).stderr_is(
        "ports: filter: and binds closer than or: read as sport = :7006 or (dport = :7006 and src = 127.0.0.1); ss reads \
         from left to right, as (sport = :7006 or dport = :7006) and src = 127.0.0.1 (brackets make it plain)\n",
    );
}

/// A query of ours, and what says the same to ss.
const ELSEWISE: &[(&str, &str)] = &[
    ("sport = :7004 & state established", "state established ; sport = :7004"),
    ("src != 127.0.0.1", "not src 127.0.0.1"),
    ("state listening or state time-wait", "state listening state time-wait ; "),
    ("not state established", "exclude established ; "),
    ("state FIN_WAIT2", "state fin-wait-2 ; "),
    ("port 7004", "sport = :7004 or dport = :7004"),
    (":7004", "sport = :7004 or dport = :7004"),
    ("port != 7004", "not ( sport = :7004 or dport = :7004 )"),
    ("host 10.1.2.3", "src 10.1.2.3 or dst 10.1.2.3"),
    ("sport 7005-7007", "sport >= :7005 and sport <= :7007"),
    ("sport != 7005-7007", "not ( sport >= :7005 and sport <= :7007 )"),
    ("src fd99::/16", "src inet6:fd99::/16"),
    ("src [fd99::2]:7007", "src [fd99::2]:7007"),
    ("dst fd99::2", "dst [fd99::2]"),
];

fn finds_what_ss_cannot_ask_for(net: &Net) {
    let held = zoo(net);
    for (query, to_ss) in ELSEWISE {
        let expected = theirs(net, to_ss).unwrap_or_else(|| panic!("ss does not understand {to_ss}"));
        assert!(!expected.is_empty(), "{to_ss} finds nothing");
        assert_eq!(ours(net, query), expected, "{query}");
    }
    let all = ours(net, "");
    let here = std::process::id();
    // This process holds all but the TIME-WAIT.
    let pid = ours(net, &format!("pid {here}"));
    assert_eq!((pid.len(), all.len()), (held.len(), held.len() + 1));
    assert_eq!(ours(net, &format!("not pid {here}")).len(), 1);
    let name = std::fs::read_to_string("/proc/self/comm").unwrap();
    let name = name.trim_end();
    assert_eq!(ours(net, &format!("process '{name}'")), pid);
    assert_eq!(ours(net, &format!("process '{}*' and sport 22", &name[..1])), ["tcp 0.0.0.0:22 0.0.0.0:*"]);
    assert_eq!(ours(net, "process nobody-has-this"), Vec::<String>::new());
    let inode = std::fs::read_link(format!("/proc/self/fd/{}", std::os::fd::AsRawFd::as_raw_fd(&held[0]))).unwrap();
    let inode: String = inode.to_string_lossy().chars().filter(char::is_ascii_digit).collect();
    assert_eq!(ours(net, &format!("inode {inode}")).len(), 1);
    let mut families = ours(net, "inet");
    let v6 = ours(net, "family 6");
    assert!(v6.iter().any(|row| row.contains("[::ffff:127.0.0.1]:7005")), "a mapped address is of an IPv6 socket");
    families.extend(v6);
    families.sort();
    assert_eq!(families, all);
    // Of TIME-WAIT no user is known: it matches neither.
    assert_eq!(ours(net, "uid 0 or not uid 0"), ours(net, "not state time-wait"));
    // CLOSE-WAIT has the FIN to read.
    assert_eq!(ours(net, "rcvq > 0 and not state listening").len(), 1);
}

fn names_are_looked_up_here(net: &Net) {
    let _held = zoo(net);
    assert_eq!(ours(net, "src localhost and sport 7008").len(), 2);
    assert_eq!(ours(net, "dev lo").len(), 2);
    assert_eq!(ours(net, "user root or not user root"), ours(net, "not state time-wait"));
    for (query, told) in [
        (
            "sport 22 and dev nope",
            "ports: filter, column 18: no interface is called nope here\n  sport 22 and dev nope\n                   ^^^^\n",
        ),
        (
            "user nobody-is-called-so",
            "ports: filter, column 6: no user is called nobody-is-called-so in /etc/passwd\n  user nobody-is-called-so\n       ^^^^^^^^^^^^^^^^^^^\n",
        ),
        (
            "sport :no-such-service",
            "ports: filter, column 7: no service is called no-such-service\n  sport :no-such-service\n        ^^^^^^^^^^^^^^^^\n",
        ),
        (
            "sport =",
            "ports: filter, column 8: expected a port: a number, a range like 80-90, or the name of a service, \
                     found the end\n  sport =\n         ^\n",
        ),
    ] {
        run(net.tool("ports").args(["-ta", query])).status(2).stdout_is("").stderr_is(told);
    }
    // The words may come one by one, as a shell hands them over.
    let words = ["-Htan", "state", "listening", "(", "sport", "=", ":22", "or", "sport", "=", ":7008", ")"];
    assert_eq!(run(net.tool("ports").args(words)).status(0).out().lines().count(), 2);
    run(Command::new(net.tool("ports").get_program()).args(["-Htan", "sport", "1"])).status(0).stdout_is("");
}

fn names_are_taken_as_they_are_shown(net: &Net) {
    // A process by each name, which listens on a port and on a path by that name.
    let names = ["plain", "a) b (c", r#"x"[9] fd 1"#, r"b\\*[a]", "e\u{1b}[2J\u{200b}", "o'n or 'p", "c:\\"];
    let script = "
import socket, sys
name = sys.argv[1].encode()
open('/proc/self/comm', 'wb').write(name)
ports = socket.create_server(('127.0.0.1', 0))
path = socket.socket(socket.AF_UNIX)
path.bind(name)
path.listen()
print('up', flush=True)
sys.stdin.read()
";
    let processes: Vec<Background> = names
        .iter()
        .map(|name| {
            let mut command = Command::new("python3");
            command.args(["-c", script, name]).current_dir(net.dir());
            let process = Background::spawn(command);
            process.wait_for_stdout("up");
            process
        })
        .collect();
    for (option, word, column) in [("-tlH", "process", "process"), ("-xlH", "src", "local_address")] {
        let told = run(net.tool("ports").arg(option).arg(format!("-o={column}")));
        let mut shown: Vec<String> = told.status(0).out().lines().map(str::to_owned).collect();
        // Other namespaces have their own Unix-domain sockets, and so has this one none but these.
        shown.sort();
        assert_eq!(shown.len(), names.len(), "{}", told.story());
        for name in &shown {
            // A bare name of a path begins with neither / nor @.
            let value = if word == "src" { format!("unix:{name}") } else { name.clone() };
            let value = if name.starts_with('"') && word == "src" { format!("\"unix:{}", &name[1..]) } else { value };
            let found = run(net.tool("ports").args([option, &format!("-o={column}"), &format!("{word} {value}")]));
            found.status(0).stdout_is(format!("{name}\n")).stderr_is("");
        }
    }
    drop(processes);
}
