//! Confinement as root, whose capabilities go, and where the kernel does not have what it takes.

use std::fs;
use std::io::{Read, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::PathBuf;
use std::process::Command;

use sockeye_test_support::confined::{status_of_threads, wait_until_confined};
use sockeye_test_support::{Background, Case, Net, Run, run, wait_until};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("confine::raw_and_packet_sockets_stay_and_their_capabilities_go", &[], raw_and_packet_sockets),
        Case::new("confine::a_low_port_stays_and_its_capability_goes", &[], a_low_port),
        Case::new("confine::a_set_user_id_start_ends_with_who_started_it", &["setpriv"], a_set_user_id_start),
        Case::new("confine::capabilities_of_a_file_go", &["setpriv", "setcap"], capabilities_of_a_file),
        Case::new("confine::a_scan_is_confined_before_its_first_port", &["ip"], a_scan),
        Case::new("confine::a_watch_is_confined", &[], a_watch),
        Case::new("confine::a_socket_file_goes_and_nothing_else_does", &[], a_socket_file),
        Case::new("confine::root_reads_the_files_of_others", &["setpriv"], files_of_others),
        Case::new("confine::who_is_a_proxy_for_others_keeps_no_capability", &[], a_proxy_for_others),
        Case::new("confine::an_old_kernel_is_no_reason_to_stop", &["python3"], an_old_kernel),
    ]
}

fn raw_and_packet_sockets(net: &Net) {
    for line in [&["hop", "ping", "--icmp", "127.0.0.1"][..], &["hop", "ping", "-T", "-p", "9", "127.0.0.1"]] {
        let mut hop = net.tool(line[0]);
        hop.args(&line[1..]);
        let hop = Background::spawn(hop);
        hop.wait_for_stdout("seq=1").wait_for_stdout("seq=2");
        wait_until_confined(hop.pid());
        hop.kill();
    }
    let mut netsum = net.tool("netsum");
    netsum.args(["verify", "--live", "lo"]);
    let netsum = Background::spawn(netsum);
    netsum.wait_for_stderr("listening on lo");
    wait_until_confined(netsum.pid());
    UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"seen", "127.0.0.1:9").unwrap();
    netsum.wait_for_stdout("127.0.0.1");
    netsum.kill();
}

fn a_low_port(net: &Net) {
    let mut nc = net.tool("nc");
    nc.args(["-lkn", "127.0.0.1", "80"]);
    let nc = Background::spawn(nc);
    wait_until_confined(nc.pid());
    drop(TcpStream::connect("127.0.0.1:80").unwrap());
    wait_until_confined(nc.pid());
    nc.kill();
}

/// A copy of a tool that every user may run.
fn copied(net: &Net, name: &str, mode: &str) -> PathBuf {
    fs::set_permissions(net.dir(), fs::Permissions::from_mode(0o755)).unwrap();
    let copy = net.dir().join(name);
    // Not by this process: what it forks meanwhile would hold the file open, and "Text file busy" follows.
    run(Command::new("install").args(["-m", mode]).arg(net.tool(name).get_program()).arg(&copy)).status(0);
    copy
}

fn a_set_user_id_start(net: &Net) {
    let hop = copied(net, "hop", "4755");
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&hop).args(["ping", "--icmp", "127.0.0.1"]);
    let hop = Background::spawn(command);
    hop.wait_for_stdout("seq=1");
    wait_until_confined(hop.pid());
    for ids in ["Uid", "Gid"] {
        assert_eq!(status_of_threads(hop.pid(), ids), ["65534\t65534\t65534\t65534"], "{ids}");
    }
    hop.kill();
}

/// Installed as ping often is: with the one capability, for every user.
fn capabilities_of_a_file(net: &Net) {
    for (name, capability, args) in [
        ("hop", "cap_net_raw+ep", &["ping", "--icmp", "127.0.0.1"][..]),
        ("netsum", "cap_net_raw+ep", &["verify", "--live", "lo"]),
        ("nc", "cap_net_bind_service+ep", &["-lkn", "127.0.0.1", "81"]),
        ("ports", "cap_net_admin+ep", &["watch", "-t"]),
    ] {
        let copy = copied(net, name, "755");
        run(Command::new("setcap").arg(capability).arg(&copy)).status(0);
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"]).arg(&copy).args(args);
        let tool = Background::spawn(command);
        // Without the capability it would have ended, and never be confined; of ports it stays.
        if name == "ports" {
            let all = |field, wanted: &str| status_of_threads(tool.pid(), field).iter().all(|value| value == wanted);
            wait_until("ports is confined", || all("Seccomp", "2"));
            assert!(all("CapPrm", &format!("{:016x}", 1 << 12)));
        } else {
            wait_until_without_privileges(tool.pid());
        }
        tool.kill();
    }
}

/// As `wait_until_confined`, but for the bounding set, which takes CAP_SETPCAP to make it smaller.
fn wait_until_without_privileges(pid: u32) {
    wait_until("the process is confined", || status_of_threads(pid, "Seccomp").iter().all(|mode| mode == "2"));
    for set in ["CapEff", "CapPrm", "CapInh", "CapAmb"] {
        assert!(status_of_threads(pid, set).iter().all(|held| held == "0000000000000000"), "{set}");
    }
}

/// Nobody answers, so that the scan stays where it is.
fn a_scan(net: &Net) {
    for line in [
        "link add dead type veth peer name end",
        "addr add 192.0.2.1/24 dev dead",
        "link set dead up",
        "link set end up",
    ] {
        net.ip(line);
    }
    let mut nc = net.tool("nc");
    nc.args(["-nz", "-w", "60", "192.0.2.2", "9"]);
    let nc = Background::spawn(nc);
    wait_until("nc is confined", || status_of_threads(nc.pid(), "Seccomp") == ["2"]);
    nc.kill();
}

/// A watch has a thread for signals, which is confined as the one that reads.
fn a_watch(net: &Net) {
    for command in ["watch", "log"] {
        let mut ports = net.tool("ports");
        ports.args([command, "-t", "--explain"]);
        let ports = Background::spawn(ports);
        ports.wait_for_stdout("confined: beside the use of what is open it can read files");
        assert!(status_of_threads(ports.pid(), "Seccomp").iter().all(|mode| mode == "2"));
        let listener = TcpListener::bind("127.0.0.1:82").unwrap();
        drop(TcpStream::connect("127.0.0.1:82").unwrap());
        drop(listener);
        ports.wait_for_stdout("127.0.0.1:82");
        ports.kill();
    }
}

/// Its file has to go in the end, for which there is a thread that waits for signals: it is confined too.
fn a_socket_file(net: &Net) {
    let (server, own) = (net.dir().join("server"), net.dir().join("own"));
    let receiver = UnixDatagram::bind(&server).unwrap();
    for named in [true, false] {
        let mut nc = net.tool("nc");
        nc.arg("-uU");
        if named {
            nc.arg("-s").arg(&own);
        }
        nc.arg(&server);
        let nc = Background::spawn(nc);
        nc.stdin.as_ref().unwrap().write_all(b"hello\n").unwrap();
        let mut octets = [0; 16];
        let (count, from) = receiver.recv_from(&mut octets).unwrap();
        assert_eq!(octets[..count], *b"hello\n");
        let path = from.as_pathname().unwrap().to_owned();
        assert!(!named || path == own, "{}", path.display());
        assert_eq!(status_of_threads(nc.pid(), "Seccomp"), ["2", "2"], "one reads, one waits for signals");
        let held = status_of_threads(nc.pid(), "CapEff");
        // CAP_DAC_OVERRIDE: the folder may be somebody else's.
        assert_eq!(held, ["0000000000000002", "0000000000000002"]);
        nc.signal("TERM");
        nc.wait().status(143);
        assert!(!path.exists(), "{}", path.display());
        assert!(named || !path.parent().unwrap().exists(), "{}", path.display());
    }
    // A stream has no file of its own, and nothing is removed.
    let stream = net.dir().join("stream");
    let listener = UnixListener::bind(&stream).unwrap();
    let mut nc = net.tool("nc");
    nc.args(["-U", "--explain"]).arg(&stream);
    let nc = Background::spawn(nc);
    let (client, _) = listener.accept().unwrap();
    nc.wait_for_stderr("confined: it can use what is open and nothing else (");
    wait_until_confined(nc.pid());
    drop(client);
    nc.kill();
    // Nor does who waits for its first datagram keep anything.
    let mut nc = net.tool("nc");
    nc.arg("-luU").arg(net.dir().join("waiting"));
    let nc = Background::spawn(nc);
    wait_until("the capabilities are dropped", || status_of_threads(nc.pid(), "CapEff") == ["0000000000000000"]);
    nc.kill();
}

/// Nobody but their owner may read them, and root: by a capability, which must not have gone by then.
fn files_of_others(net: &Net) {
    fs::set_permissions(net.dir(), fs::Permissions::from_mode(0o755)).unwrap();
    let private = net.dir().join("private");
    fs::create_dir(&private).unwrap();
    let file = |name: &str, octets: &[u8]| {
        let path = private.join(name);
        fs::write(&path, octets).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        std::os::unix::fs::chown(&path, Some(65534), Some(65534)).unwrap();
        path
    };
    let lines = file("lines", b"192.0.2.1\n");
    let urls = file("urls", b"http://h/\n");
    // A header of pcap, with nothing behind it.
    let header = [&[0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0][..], &[0; 8], &[0, 0, 4, 0, 1, 0, 0, 0]].concat();
    let capture = file("capture", &header);
    let key = file("key", b"key \"k.example\" { algorithm hmac-sha256; secret \"c2VjcmV0\"; };\n");
    fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
    std::os::unix::fs::chown(&private, Some(65534), Some(65534)).unwrap();

    run(net.tool("addr").arg("-f").arg(&lines)).status(0).stdout_has("192.0.2.1");
    run(net.tool("url").arg("-f").arg(&urls)).status(0).stdout_has("http");
    run(net.tool("netsum").arg("verify").args([&capture, &capture])).status(0).stderr_is("");
    // The copy gets its name in a folder that is not root's.
    run(net.tool("netsum").arg("fix").args([&capture, &private.join("copy")])).status(0);
    assert!(private.join("copy").exists());
    // A line of a batch with a key of its own is asked with it, or not at all.
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let batch = net.dir().join("batch");
    fs::write(&batch, format!("-k {} www.example\n", key.display())).unwrap();
    let mut dig = net.tool("dig");
    dig.args(["@127.0.0.1", "-p", &port, "+tries=1", "-f"]).arg(&batch);
    let dig = Background::spawn(dig);
    let mut query = [0; 512];
    let (count, _) = server.recv_from(&mut query).unwrap();
    let name = b"\x01k\x07example\0";
    assert!(query[..count].windows(name.len()).any(|octets| octets == name), "the query is signed");
    dig.kill();
}

/// Its clients are whoever comes; what it makes for them are sockets as everybody's.
fn a_proxy_for_others(net: &Net) {
    let mut nc = net.tool("nc");
    nc.args(["-lk", "--proxy-type", "http", "127.0.0.1", "83"]);
    let nc = Background::spawn(nc);
    wait_until_confined(nc.pid());
    let server = TcpListener::bind("127.0.0.1:84").unwrap();
    let mut client = TcpStream::connect("127.0.0.1:83").unwrap();
    client.write_all(b"CONNECT 127.0.0.1:84 HTTP/1.0\r\n\r\n").unwrap();
    let (mut accepted, _) = server.accept().unwrap();
    accepted.write_all(b"through").unwrap();
    drop(accepted);
    let mut said = String::new();
    client.read_to_string(&mut said).unwrap();
    assert!(said.ends_with("through"), "{said}");
    // Who serves a client holds the standard streams open until it has left.
    drop(client);
    nc.kill();
}

/// Runs a command where seccomp(2) and Landlock are refused with `errno`, as by a kernel without them or by a container.
fn without_confinement(net: &Net, errno: i32, tool: &str, args: &[&str]) -> Run {
    const SCRIPT: &str = "
import ctypes, os, struct, sys
number = {'x86_64': 317, 'aarch64': 277, 'riscv64': 277}[os.uname().machine]
def op(code, jt, jf, k): return struct.pack('=HBBI', code, jt, jf, k)
load, equal, end = 0x20, 0x15, 0x06
ops = [op(load, 0, 0, 0), op(equal, 2, 0, number), op(equal, 1, 0, 444),
       op(end, 0, 0, 0x7fff0000), op(end, 0, 0, 0x00050000 | int(sys.argv[1]))]
code = ctypes.create_string_buffer(b''.join(ops))
program = ctypes.create_string_buffer(struct.pack('=HxxxxxxQ', len(ops), ctypes.addressof(code)))
libc = ctypes.CDLL(None, use_errno=True)
assert libc.prctl(38, 1, 0, 0, 0) == 0
assert libc.prctl(22, 2, program, 0, 0) == 0, os.strerror(ctypes.get_errno())
os.execv(sys.argv[2], sys.argv[2:])
";
    let tool = net.tool(tool);
    let mut command = Command::new("python3");
    run(command.args(["-c", SCRIPT, &errno.to_string()]).arg(tool.get_program()).args(args).current_dir(net.dir()))
}

fn an_old_kernel(net: &Net) {
    for (errno, why) in [(38, "Function not implemented"), (1, "Operation not permitted"), (22, "Invalid argument")] {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = server.local_addr().unwrap().port().to_string();
        let answering = std::thread::spawn(move || {
            for _ in 0..2 {
                let (mut stream, _) = server.accept().unwrap();
                let _ = stream.read(&mut [0; 1]);
            }
        });
        let said = format!("not in force here: seccomp: {why}, Landlock: {why}\n");
        without_confinement(net, errno, "nc", &["-nvN", "127.0.0.1", &port]).status(0).stderr_has(&said);
        // Nobody asked.
        without_confinement(net, errno, "nc", &["-nN", "127.0.0.1", &port]).status(0).stderr_is("");
        answering.join().unwrap();
        let gaps = format!("not in force here: seccomp: {why}");
        let decode = &["--explain", "+decode=000081800000000000000000"];
        without_confinement(net, errno, "dig", decode).status(0).stdout_has(&gaps);
        without_confinement(net, errno, "ports", &["--explain", "-tln"]).status(0).stdout_has(&gaps);
        let landlock = format!("; not in force here: Landlock: {why})");
        for brief in [&["url", "http://h/"][..], &["addr", "192.0.2.1"], &["netsum", "raw", "0102"]] {
            let args: Vec<&str> = ["--explain"].iter().chain(&brief[1..]).copied().collect();
            let told = without_confinement(net, errno, brief[0], &args);
            told.status(0).stdout_has("nothing else (limits, no_new_privs").stdout_has(&landlock);
        }
        without_confinement(net, errno, "addr", &["--explain", "-f", "-"]).status(0).stdout_has(&gaps);
        without_confinement(net, errno, "hop", &["ping", "--explain", "-c1", "127.0.0.1"]).status(0).stdout_has(&gaps);
    }
}
