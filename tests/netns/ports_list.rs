//! ports on sockets of every kind, and in other network namespaces.

use std::net::{SocketAddr, SocketAddrV6, TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;
use socket2::{Domain, Protocol, Socket, Type};
use sockeye_test_support::{Background, Case, Net, Run, run, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports_list::shows_every_kind", &[], shows_every_kind),
        Case::new("ports_list::filters_as_ss_does", &["ss"], filters_as_ss_does),
        Case::new("ports_list::looks_into_another_namespace", ELSEWHERE, looks_into_another_namespace),
        Case::new("ports_list::passes_over_what_is_gone", ELSEWHERE, passes_over_what_is_gone),
        Case::new("ports_list::names_what_an_address_is_bound_to", &["ip"], names_what_an_address_is_bound_to),
        Case::new("ports_list::names_control_groups", &[], names_control_groups),
        Case::new("ports_list::asks_for_names_only_where_it_is_told_to", &["unshare", "mount"], asks_for_names),
        Case::new("ports_list::says_what_proc_does_not_tell", &["python3"], says_what_proc_does_not_tell),
    ]
}

fn rows(net: &Net, args: &[&str]) -> Vec<Value> {
    let told = run(net.tool("ports").arg("--json").args(args));
    told.status(0);
    told.out().lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["data"].take()).collect()
}

fn shows_every_kind(net: &Net) {
    let _tcp = TcpListener::bind("127.0.0.1:7101").unwrap();
    let _udp = UdpSocket::bind("[::1]:7102").unwrap();
    let _raw = Socket::new(Domain::IPV4, Type::RAW, Some(Protocol::from(89))).unwrap();
    let path = net.dir().join("a.sock");
    let _unix = UnixDatagram::bind(&path).unwrap();
    let bound = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).unwrap();
    bound.bind_device(Some(b"lo")).unwrap();
    bound.bind(&"127.0.0.1:7103".parse::<SocketAddr>().unwrap().into()).unwrap();
    bound.listen(3).unwrap();

    let all = rows(net, &["-A", "all", "-anp"]);
    let netids: Vec<&str> = all.iter().map(|row| row["netid"].as_str().unwrap()).collect();
    for expected in ["tcp", "udp6", "raw", "u_dgr", "nl"] {
        assert!(netids.contains(&expected), "no {expected} in {netids:?}");
    }
    let only = |args: &[&str], netid: &str| {
        let rows = rows(net, args);
        assert!(!rows.is_empty() && rows.iter().all(|row| row["netid"] == netid), "{args:?}: {rows:#?}");
        rows
    };
    assert_eq!(only(&["-wan"], "raw").len(), 1);
    only(&["-uan6"], "udp6");
    let unix = rows(net, &["-xanp"]);
    let own: Vec<&Value> = unix.iter().filter(|row| row["local_name"].as_str() == path.to_str()).collect();
    assert_eq!(own.len(), 1, "{unix:#?}");
    assert_eq!((own[0]["local_name_kind"].as_str(), own[0]["local_name_hex"].as_str()), (Some("path"), None));
    assert_eq!(own[0]["owners"][0]["pid"], std::process::id());
    let told = run(net.tool("ports").args(["-tlnH", "-o", "local,interface,limit"]));
    told.status(0).stdout_has("127.0.0.1%lo:7103  lo").stdout_has("127.0.0.1:7101     -");
    let summary = &rows(net, &["-s"])[0];
    assert_eq!(summary["sockets"].as_u64(), Some(all.len() as u64), "{summary:#}");
}

fn filters_as_ss_does(net: &Net) {
    let _sockets: Vec<TcpListener> = (7110..7120).map(|port| TcpListener::bind(("127.0.0.1", port)).unwrap()).collect();
    for filter in [
        "sport = :7111",
        "sport >= :7113 and sport < :7116",
        "src 127.0.0.0/8 and not sport = :7111",
        "state listening ( sport = :7112 or sport = :7118 )",
    ] {
        // ss leaves out the column of states where only one is asked for.
        let locals = |lines: String| {
            let local =
                |line: &str| line.split_whitespace().find(|word| word.starts_with("127.0.0.1:")).map(str::to_owned);
            let mut ends: Vec<Option<String>> = lines.lines().map(local).collect();
            ends.sort();
            ends
        };
        let ours = locals(run(net.tool("ports").arg("-tanH").args(filter.split(' '))).status(0).out());
        let theirs = locals(run(net.peer("ss").arg("-tanH").args(filter.split(' '))).status(0).out());
        assert_eq!(ours, theirs, "{filter}");
        assert!(!ours.is_empty(), "{filter}");
    }
    // As ss's manual says, and ss does not do.
    let mixed = run(net.tool("ports").args(["-tanH", "sport = :7111 or sport = :7112 and src 10.0.0.1"]));
    assert_eq!(mixed.status(0).out().lines().count(), 1, "{}", mixed.story());
    mixed.stderr_has("ports: filter: and binds closer than or: ");
    run(net.tool("ports").args(["-t", "sport = :71x1"])).status(2).stdout_is("").stderr_has("filter, column ");
}

/// What [`elsewhere`] needs.
const ELSEWHERE: &[&str] = &["unshare", "python3"];

/// A process in a namespace of its own that listens on a port.
fn elsewhere(net: &Net, port: u16) -> Background {
    let mut command = net.peer("unshare");
    command.args(["-n", "python3", "-c"]);
    command.arg(format!(
        "import socket,sys\ns=socket.socket()\ns.bind(('0.0.0.0',{port}))\ns.listen(4)\nprint('up',flush=True)\nsys.stdin.read()\n"
    ));
    Background::spawn(command)
}

fn looks_into_another_namespace(net: &Net) {
    let other = elsewhere(net, 7130);
    let pid = other.pid().to_string();
    let listens = |args: &[&str]| rows(net, args).into_iter().find(|row| row["local_port"] == 7130);
    wait_until("the other namespace has its listener", || {
        let told = run(net.tool("ports").args(["-tln", "--netns", &pid]));
        told.out().contains(":7130")
    });
    assert_eq!(listens(&["-tln"]), None, "it is not in ours");
    let path = format!("/proc/{pid}/ns/net");
    for (wanted, name) in [(pid.as_str(), format!("pid:{pid}")), (path.as_str(), path.clone())] {
        let row = listens(&["-tlnp", "--netns", wanted]).unwrap();
        assert_eq!((row["netns"].as_str(), &row["owners"][0]["pid"]), (Some(name.as_str()), &other.pid().into()));
    }
    let all = listens(&["-tlnp", "--netns", "all"]).unwrap();
    assert_eq!(all["netns"], format!("pid:{pid}"));
    let told = run(net.tool("ports").args(["-tlnH", "--netns", "all"]));
    told.status(0).stdout_has(&format!("pid:{pid}"));
    // What a listing calls them can be asked for.
    for label in [format!("pid:{pid}"), "this".to_owned()] {
        run(net.tool("ports").args(["-tanH", "--netns", &label])).status(0);
    }
    run(net.tool("ports").args(["-tln", "--netns", "/dev/null"]))
        .status(2)
        .stdout_is("")
        .stderr_has("/dev/null is no network namespace");
    for wrong in ["", "/nosuch/file", "no-such-name"] {
        run(net.tool("ports").args(["-tln", "--netns", wrong])).status(2).stdout_is("").stderr_has("ip-netns(8)");
    }
}

fn passes_over_what_is_gone(net: &Net) {
    let held = TcpListener::bind("127.0.0.1:7140").unwrap();
    // They come and go while the namespaces are listed: each listing has ours, once.
    for _ in 0..10 {
        let passing: Vec<Background> = (0..3).map(|_| elsewhere(net, 7141)).collect();
        let told = std::thread::scope(|scope| {
            let ending = scope.spawn(move || drop(passing));
            let told = run(net.tool("ports").args(["-tln", "--json", "--netns", "all"]));
            ending.join().unwrap();
            told
        });
        let ours = told.out().lines().filter(|line| line.contains("\"local_port\":7140")).count();
        assert_eq!(told.status(0).out().lines().filter(|line| line.contains("\"error\"")).count(), 0);
        assert_eq!(ours, 1, "{}", told.story());
    }
    drop(held);
}

/// Runs a command where a filter of system calls refuses sockets of sock_diag, as sandboxes do.
fn without_sock_diag(net: &Net, args: &[&str]) -> Run {
    // BPF over struct seccomp_data: socket(AF_NETLINK, .., NETLINK_SOCK_DIAG) fails with EPERM.
    const SCRIPT: &str = "
import ctypes, os, struct, sys
number = {'x86_64': 41, 'aarch64': 198, 'riscv64': 198}[os.uname().machine]
def op(code, jt, jf, k): return struct.pack('=HBBI', code, jt, jf, k)
load, equal, end = 0x20, 0x15, 0x06
ops = [op(load, 0, 0, 0), op(equal, 0, 4, number), op(load, 0, 0, 16), op(equal, 0, 2, 16),
       op(load, 0, 0, 32), op(equal, 1, 0, 4), op(end, 0, 0, 0x7fff0000), op(end, 0, 0, 0x00050001)]
code = ctypes.create_string_buffer(b''.join(ops))
program = ctypes.create_string_buffer(struct.pack('=HxxxxxxQ', len(ops), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, program, 0, 0) == 0, os.strerror(ctypes.get_errno())
os.execv(sys.argv[1], sys.argv[1:])
";
    let ports = net.tool("ports");
    let mut command = Command::new("python3");
    run(command.args(["-c", SCRIPT]).arg(ports.get_program()).args(args).current_dir(net.dir()))
}

fn says_what_proc_does_not_tell(net: &Net) {
    let held = TcpListener::bind("127.0.0.1:7160").unwrap();
    let dual = TcpListener::bind("[::]:7161").unwrap();
    let told = without_sock_diag(net, &["-tlnp"]);
    told.status(0).stderr_has("Operation not permitted: read from /proc/net (tcp tcp6), which may miss sockets");
    let line = |port: &str| -> Vec<String> {
        let out = told.out();
        let line = out.lines().find(|line| line.contains(port)).unwrap_or_else(|| panic!("{}", told.story()));
        line.split_whitespace().map(str::to_owned).collect()
    };
    assert_eq!(line(":7160")[..6], ["tcp", "LISTEN", "0", "-", "127.0.0.1:7160", "0.0.0.0:*"]);
    assert_eq!(line(":7161")[..6], ["tcp6", "LISTEN", "0", "-", "[::]:7161", "[::]:*"]);
    let told = without_sock_diag(net, &["-tln", "--json"]);
    let row = told
        .out()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["data"].clone())
        .find(|row| row["local_port"] == 7161);
    let row = row.unwrap_or_else(|| panic!("{}", told.story()));
    for unknown in ["cookie", "accept_queue_limit_connections", "v6only", "dual_stack"] {
        assert_eq!(row[unknown], Value::Null, "{unknown} of {row}");
    }
    assert_eq!(row["accept_queue_connections"], 0, "/proc tells this");
    // What cannot be done without it says so.
    without_sock_diag(net, &["backlog"])
        .status(4)
        .stdout_is("")
        .stderr_has("/proc/net does not tell how many connections may wait");
    without_sock_diag(net, &["-s"]).status(0).stdout_has("2 LISTEN").stderr_has("read from /proc/net (");
    without_sock_diag(net, &["why", "7160"]).status(1).stderr_has("read from /proc/net (tcp tcp6 udp udp6)");
    drop((held, dual));
}

fn names_what_an_address_is_bound_to(net: &Net) {
    for line in [
        "link add va0 type veth peer name vb0",
        "link set va0 up",
        "link set vb0 up",
        "addr add fe80::77/64 dev va0 nodad",
    ] {
        net.ip(line);
    }
    let index = std::fs::read_to_string("/proc/thread-self/net/if_inet6").unwrap();
    let line = index.lines().find(|line| line.starts_with("fe800000000000000000000000000077")).unwrap();
    let scope = u32::from_str_radix(line.split_whitespace().nth(1).unwrap(), 16).unwrap();
    let listen = |addr: SocketAddr, only: bool, device: Option<&[u8]>| {
        let socket = Socket::new(Domain::for_address(addr), Type::STREAM, Some(Protocol::TCP)).unwrap();
        if addr.is_ipv6() {
            socket.set_only_v6(only).unwrap();
        }
        socket.bind_device(device).unwrap();
        socket.bind(&addr.into()).unwrap();
        socket.listen(3).unwrap();
        socket
    };
    let link = SocketAddrV6::new("fe80::77".parse().unwrap(), 7171, 0, scope).into();
    let _held = [
        listen(link, true, None),
        listen("[::]:7172".parse().unwrap(), false, None),
        listen("[::]:7173".parse().unwrap(), true, None),
        listen("[::ffff:127.0.0.1]:7174".parse().unwrap(), false, None),
        listen("[::]:7175".parse().unwrap(), false, Some(b"lo")),
        listen("0.0.0.0:7176".parse().unwrap(), false, Some(b"va0")),
    ];
    let told =
        run(net.tool("ports").args(["-tlnH", "-o=local,proto,interface,scope,v6only,dualstack", "--sort=local_port"]));
    let lines: Vec<String> =
        told.status(0).out().lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let expected = [
        "[fe80::77%va0]:7171 tcp6 va0 va0 yes no",
        "*:7172 tcp6 - - no yes",
        "[::]:7173 tcp6 - - yes no",
        "[::ffff:127.0.0.1]:7174 tcp6 - - no no",
        "*%lo:7175 tcp6 lo - no yes",
        "0.0.0.0%va0:7176 tcp va0 - - -",
    ];
    assert_eq!(lines, expected, "{}", told.story());
}

/// Where the second hierarchy of control groups is mounted, if it is.
fn cgroups() -> Option<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap();
    let line = mounts.lines().find(|line| line.split(' ').nth(2) == Some("cgroup2"))?;
    line.split(' ').nth(1).map(PathBuf::from)
}

fn names_control_groups(net: &Net) {
    let _held = TcpListener::bind("127.0.0.1:7180").unwrap();
    let row = &rows(net, &["-tln", "-o=+cgroup"])[0];
    // A kernel without control groups tells none; a mount that is not there, or is another's, has no path.
    let Some(root) = cgroups() else { net.ignored("no second hierarchy of control groups is mounted") };
    let Some(id) = row["cgroup"]["id"].as_u64() else { net.ignored("the kernel tells no control group") };
    let Some(path) = row["cgroup"]["path"].as_str() else { net.ignored("the control group is not in the mount") };
    let folder = root.join(path.trim_start_matches('/'));
    assert_eq!(std::fs::metadata(&folder).unwrap().ino(), id, "{}", folder.display());
    let found = run(net.tool("ports").args(["-tlnH", "-o=cgroup,cgroup_id", "cgroup", path]));
    let cells: Vec<String> = found.status(0).out().split_whitespace().map(str::to_owned).collect();
    assert_eq!(cells, [path.to_owned(), id.to_string()], "{}", found.story());
    run(net.tool("ports").args(["-tlnH", "cgroup", "!=", path])).status(0).stdout_is("");
}

fn asks_for_names(net: &Net) {
    let (hosts, order) = (net.dir().join("hosts"), net.dir().join("nsswitch.conf"));
    std::fs::write(&hosts, "127.0.0.1 here.test\n127.0.0.77 far.test\n").unwrap();
    // Without a name server, which nobody shall be kept waiting for.
    std::fs::write(&order, "hosts: files\n").unwrap();
    let server = TcpListener::bind("127.0.0.77:7190").unwrap();
    let _client = TcpStream::connect("127.0.0.77:7190").unwrap();
    let _accepted = server.accept().unwrap();
    let told = |args: &[&str]| {
        let script =
            "mount --bind \"$1\" /etc/hosts && mount --bind \"$2\" /etc/nsswitch.conf && shift 2 && exec \"$@\"";
        let mut command = net.peer("unshare");
        command.args(["--mount", "sh", "-c", script, "sh"]).arg(&hosts).arg(&order);
        run(command.arg(net.tool("ports").get_program()).args(args))
    };
    let cells = |args: &[&str]| -> Vec<String> {
        told(args).status(0).stderr_is("").out().lines().map(str::to_owned).collect()
    };
    let filter = "dport 7190";
    assert_eq!(cells(&["-tnrH", "-o=peer", filter]), ["far.test:7190"]);
    assert_eq!(cells(&["-tnH", "-o=peer", filter]), ["127.0.0.77:7190"], "nothing is asked unless it is wanted");
    assert_eq!(cells(&["-trH", "-o=peer_address", filter]), ["127.0.0.77"], "an address is one");
    let row = told(&["-tnr", "--json", filter]);
    let row: Value = serde_json::from_str(row.status(0).out().trim_end()).unwrap();
    assert_eq!((&row["data"]["peer_host"], &row["data"]["peer_address"]), (&"far.test".into(), &"127.0.0.77".into()));
}
