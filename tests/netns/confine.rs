//! Confinement as root, whose capabilities go, and where the kernel does not have what it takes.

use std::fs;
use std::io::Read;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::PermissionsExt as _;
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
