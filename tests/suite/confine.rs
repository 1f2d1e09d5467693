//! Tools at work, and what the kernel says of them: filtered, without a way to new privileges, and without capabilities.

use std::fs;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::process::{Command, Stdio};

use sockeye_test_support::confined::{status_of_threads, wait_until_confined};
use sockeye_test_support::{Background, DEADLINE, run, run_with_input, tool, wait_until};

use crate::netcat::{listening, nc};

#[test]
fn nc_with_a_client_and_before_one() {
    for args in [&["-k"][..], &["-k", "--app", "echo"], &["-k", "--app", "echo", "--serve", "fork"], &["--broker"]] {
        let (listener, port) = listening(args);
        wait_until_confined(listener.pid());
        let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
        client.write_all(b"hello\n").unwrap();
        wait_until_confined(listener.pid());
        // A child stays for as long as it has a client, and holds the standard streams open.
        drop(client);
        listener.kill();
    }
    let (listener, port) = listening(&[]);
    // Whoever waits for one client has its socket, and no capability any more.
    wait_until("the capabilities are dropped", || status_of_threads(listener.pid(), "CapEff") == ["0000000000000000"]);
    let client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    wait_until_confined(listener.pid());
    drop(client);
    listener.wait().status(0);
}

#[test]
fn nc_with_a_server() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let client = Background::spawn(nc(&["-n", "127.0.0.1", &port]));
    let (mut stream, _) = server.accept().unwrap();
    wait_until_confined(client.pid());
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    stream.write_all(b"hello").unwrap();
    client.wait_for_stdout("hello");
    client.kill();
}

/// A program inherits what its parent gave up, and is not to.
#[test]
fn nc_that_runs_programs_is_as_it_was() {
    let own = status_of_threads(std::process::id(), "Seccomp").swap_remove(0);
    let (listener, port) = listening(&["-c", "grep Seccomp: /proc/self/status"]);
    let mut said = String::new();
    TcpStream::connect(("127.0.0.1", port)).unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(said, format!("Seccomp:\t{own}\n"));
    listener.wait().status(0);
}

#[test]
fn nc_says_what_it_gave_up() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    let text = run_with_input(&mut nc(&["-nN", "--explain", "--recv-only", "-w1", "127.0.0.1", &port]), b"");
    text.stderr_has("confined: it can use what is open and nothing else (seccomp");
    let json = run_with_input(&mut nc(&["-nN", "--json", "--recv-only", "-w1", "127.0.0.1", &port]), b"");
    json.stderr_has(r#""event":"confined","allows":[],"seccomp":true,"#);
}

/// A server that never answers, and its address.
fn silent() -> (UdpSocket, String) {
    let server = UdpSocket::bind("127.0.0.1:0").unwrap();
    server.set_read_timeout(Some(DEADLINE)).unwrap();
    let port = server.local_addr().unwrap().port().to_string();
    (server, port)
}

#[test]
fn dig_that_waits_for_its_answer() {
    for dialect in ["dig", "host"] {
        let (server, port) = silent();
        let mut command = tool("dig");
        if dialect == "host" {
            std::os::unix::process::CommandExt::arg0(&mut command, "host");
            command.args(["-W", "60", "-p", &port, "www.example", "127.0.0.1"]);
        } else {
            command.args(["@127.0.0.1", "-p", &port, "+time=60", "www.example"]);
        }
        let dig = Background::spawn(command);
        // It is confined before anybody can answer.
        server.recv(&mut [0; 512]).unwrap();
        wait_until_confined(dig.pid());
        dig.kill();
    }
}

#[test]
fn dig_says_what_it_gave_up() {
    let mut decode = tool("dig");
    decode.args(["--explain", "+decode=000081800000000000000000"]);
    run(&mut decode).stdout_has("confined: it can use what is open and nothing else (seccomp");
}

#[test]
fn hop_that_pings() {
    let (server, port) = silent();
    let mut command = tool("hop");
    command.args(["ping", "-U", "-p", &port, "127.0.0.1"]);
    let hop = Background::spawn(command);
    server.recv(&mut [0; 512]).unwrap();
    wait_until_confined(hop.pid());
    hop.kill();
}

#[test]
fn netsum_that_reads_a_capture() {
    for command in ["verify", "frame"] {
        let mut netsum = tool("netsum");
        netsum.args([command, "-"]).args((command == "frame").then_some("1"));
        let netsum = Background::spawn(netsum);
        wait_until_confined(netsum.pid());
        netsum.kill();
    }
}

/// What a pipe holds at least.
const PAGE: usize = 4096;

/// Starts a tool whose standard output takes nothing as long as nobody reads, so that it stays where it first writes: in the
/// call that does so, or by its own will.
fn stuck(mut command: Command, waits: bool) -> (Background, io::PipeReader) {
    let (reader, mut writer) = io::pipe().unwrap();
    rustix::pipe::fcntl_setpipe_size(&writer, PAGE).unwrap();
    writer.write_all(&[b' '; PAGE]).unwrap();
    rustix::io::ioctl_fionbio(&writer, !waits).unwrap();
    command.stdin(Stdio::null()).stdout(writer).stderr(Stdio::piped());
    (Background::spawn_as_it_is(command), reader)
}

/// Waits until the limits of a process allow no new descriptor, and looks at the rest.
#[track_caller]
fn wait_until_confined_briefly(line: &str, pid: u32) {
    let is_zero = |name: &str| {
        let limits = fs::read_to_string(format!("/proc/{pid}/limits")).unwrap();
        let line = limits.lines().find_map(|line| line.strip_prefix(name)).unwrap();
        line.split_whitespace().take(2).eq(["0", "0"])
    };
    wait_until(&format!("no descriptor is allowed: {line}"), || is_zero("Max open files"));
    assert!(is_zero("Max processes"));
    assert_eq!(status_of_threads(pid, "NoNewPrivs"), ["1"]);
    for set in ["CapEff", "CapPrm", "CapInh", "CapAmb"] {
        assert_eq!(status_of_threads(pid, set), ["0000000000000000"], "{set}");
    }
}

/// A filter would cost them more than their work.
#[test]
fn what_is_over_at_once() {
    for line in [
        "url http://h/",
        "url --json http://h/ http://i/",
        "url -g {host} http://h/",
        "url --csv http://h/",
        "url same http://h/ http://i/",
        "url diff http://h/ http://i/",
        "url connect --no-resolve http://h/",
        "url encode /",
        "url decode %2f",
        "trurl http://h/",
        "trurl --json http://h/",
        "addr 192.0.2.1",
        "addr order 1",
        "addr split 192.0.2.0/24 -n 4",
        "addr vlsm 192.0.2.0/24 100",
        "addr supernet 192.0.2.0/24",
        "addr range 192.0.2.1 192.0.2.9",
        "addr overlap ::/0 ::1",
        "addr same ::1 ::2",
        "addr lpm --route ::/0=::1 ::2",
        "addr mac 52:54:00:12:34:56",
        "addr special ::1",
        "lab check docs/lost.lab",
        "netsum raw 0102",
        "netsum update 66c9 --ttl 64:63",
        "netsum same 0102 0201",
    ] {
        let mut words = line.split(' ');
        let name = words.next().unwrap();
        let mut command = tool(if name == "trurl" { "url" } else { name });
        std::os::unix::process::CommandExt::arg0(&mut command, name);
        command.args(words);
        let (tool, reader) = stuck(command, true);
        wait_until_confined_briefly(line, tool.pid());
        drop(reader);
        assert_eq!(tool.wait().err(), "", "{line}");
    }
}

/// Standard output may not block, by the will of another process that has it too: a wait for it needs no descriptor.
#[test]
fn what_is_over_at_once_waits_for_its_reader() {
    for (name, line) in
        [("url", "http://h/"), ("addr", "192.0.2.1"), ("lab", "check docs/lost.lab"), ("netsum", "raw 0102")]
    {
        let command = || {
            let mut command = tool(name);
            command.args(line.split(' '));
            command
        };
        let expected = run(&mut command());
        let (tool, mut reader) = stuck(command(), false);
        wait_until_confined_briefly(line, tool.pid());
        reader.read_exact(&mut [0; PAGE]).unwrap();
        let mut came = String::new();
        reader.read_to_string(&mut came).unwrap();
        assert_eq!(came, expected.out(), "{name} {line}");
        tool.wait().status(0).stderr_is("");
    }
}

#[test]
fn addr_that_reads_lines() {
    let addr = Background::spawn({
        let mut addr = tool("addr");
        addr.args(["-f", "-"]);
        addr
    });
    wait_until_confined(addr.pid());
    addr.kill();
}

#[test]
fn url_that_reads_lines() {
    let url = Background::spawn({
        let mut url = tool("url");
        url.args(["-f", "-"]);
        url
    });
    wait_until_confined(url.pid());
    url.kill();
}

/// A line of the table in docs/confinement.md: whose, and what is run.
const LINES: [&str; 37] = [
    "nc -nN 127.0.0.1 PORT",
    "nc -z -n 127.0.0.1 PORT",
    "nc -zu -n 127.0.0.1 PORT",
    "nc -z 127.0.0.1 PORT",
    "nc -lkn 127.0.0.1 0",
    "nc -lkv 127.0.0.1 0",
    "dig @127.0.0.1 -p PORT www.example",
    "dig @127.0.0.1 -p PORT -b 127.0.0.1 www.example",
    "dig @127.0.0.1 -p PORT +tls www.example",
    "dig @127.0.0.1 -p PORT +tls-ca www.example",
    "dig @127.0.0.1 -p PORT +tls-ca=FILE www.example",
    "dig @127.0.0.1 -p PORT +trace www.example",
    "dig @127.0.0.1 -p PORT -f -",
    "dig +decode=000081800000000000000000",
    "dig +gai localhost",
    "url http://h/",
    "url --resolve http://127.0.0.1/",
    "url -f FILE",
    "url -f -",
    "addr 192.0.2.1",
    "addr fe80::1%lo",
    "addr -f FILE",
    "addr if",
    "addr port 80",
    "netsum raw 0102",
    "netsum packet 4500001400000000400100007f0000017f000001",
    "netsum verify -",
    "netsum verify FILE FILE",
    "hop ping -c 1 -U -p PORT 127.0.0.1",
    "hop ping -c 1 -T -p PORT 127.0.0.1",
    "hop trace -m 1 127.0.0.1",
    "hop trace -m 1 --names 127.0.0.1",
    "ports -tln",
    "ports -tlr",
    "ports free -n 9",
    "ss -tln",
    "netstat -tln",
];

/// What `--explain` says of the confinement of `line`: what is allowed, and by what.
fn confinement_of(line: &str, port: u16, file: &str) -> (String, &'static str) {
    let mut words = line.split(' ');
    let name = words.next().unwrap();
    let mut command = tool(if ["ss", "netstat"].contains(&name) { "ports" } else { name });
    std::os::unix::process::CommandExt::arg0(&mut command, name);
    command.arg("--explain");
    // The server is silent, and dig shows what it has to say when it gives up.
    command.args(["+time=1", "+tries=1"].iter().filter(|_| name == "dig"));
    command.args(words.map(|word| word.replace("PORT", &port.to_string()).replace("FILE", file)));
    let mut tool = Background::spawn(command);
    drop(tool.stdin.take());
    let (nothing, something) = ("it can use what is open and nothing else (", "beside the use of what is open it can ");
    let mut said = String::new();
    wait_until(&format!("{line} is confined"), || {
        said = String::from_utf8_lossy(&[tool.stdout_so_far(), tool.stderr_so_far()].concat()).into_owned();
        [nothing, something].iter().any(|words| said.split(words).nth(1).is_some_and(|rest| rest.contains('\n')))
    });
    tool.kill();
    let line = said.lines().find(|line| line.contains(nothing) || line.contains(something)).unwrap();
    let means = if line.contains("limits") { "limits" } else { "filter" };
    let allows = line.split(something).nth(1).map_or("nothing", |rest| rest.split(" (").next().unwrap());
    (allows.replace(file, "FILE").replace(&format!("port {port} "), "port PORT "), means)
}

/// The table in docs/confinement.md is what the tools say of themselves. SOCKEYE_BLESS=1 writes it anew.
#[test]
fn the_page_says_what_is_left() {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = server.local_addr().unwrap().port();
    let dir = std::env::temp_dir().join(format!("sockeye-confine-{}", std::process::id()));
    fs::create_dir_all(&dir).unwrap();
    let file = dir.join("lines");
    fs::write(&file, "").unwrap();
    let row = |line: &&str| {
        let (allows, means) = confinement_of(line, port, file.to_str().unwrap());
        format!("| `{line}` | {allows} | {means} |\n")
    };
    let heading = "| line | may still | held by |\n| --- | --- | --- |\n".to_owned();
    let table = std::iter::once(heading).chain(LINES.iter().map(row)).collect::<String>();
    fs::remove_dir_all(&dir).unwrap();
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/confinement.md");
    let page = fs::read_to_string(&path).unwrap();
    let (start, end) = ("<!-- table -->\n", "<!-- end -->");
    let (before, rest) = page.split_once(start).unwrap();
    let (written, after) = rest.split_once(end).unwrap();
    if std::env::var_os("SOCKEYE_BLESS").is_some() {
        fs::write(&path, [before, start, &table, end, after].concat()).unwrap();
    } else {
        assert_eq!(written, table, "SOCKEYE_BLESS=1 writes it anew");
    }
}
