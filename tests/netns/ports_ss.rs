//! The `ss` dialect beside ss 6.1, on a zoo of sockets of every kind.
//!
//! Rows are compared word by word: ss fills lines up with blanks, ours do not. What must differ from one run to the next
//! (times, the listers' own sockets) is taken out of both; where ours is right and ss is not, the reason stands beside it.

mod ends;
mod zoo;

use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use socket2::Socket;
use sockeye_test_support::{Background, Case, Net, Run, run, tool, wait_until};

use crate::ports_sockets::{connected, listener, tcp};
use ends::destroys_and_tells;
use zoo::Zoo;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("ports_ss::every_option_shows_what_ss_shows", &["ss"], every_option),
        Case::new("ports_ss::errors_and_statuses", &["ss"], errors_and_statuses),
        Case::new("ports_ss::owners_and_hostile_names", &["ss"], owners),
        Case::new("ports_ss::departs_where_ss_is_wrong", &["ss"], departures),
        Case::new("ports_ss::packet_tables", &["ss"], packet_tables),
        Case::new("ports_ss::counts_this_namespace_alone", &["ss"], summary),
        Case::new("ports_ss::narrow_terminals", &[], narrow_terminals),
        Case::new("ports_ss::filters", &["ss"], filters),
        Case::new("ports_ss::dumps_to_a_file_that_ss_reads", &["ss"], dump_to_file),
        Case::new("ports_ss::destroys_and_tells", &[], destroys_and_tells),
        Case::new("ports_ss::looks_into_other_namespaces", &[], namespaces),
    ]
}

/// Ours by the name that makes it speak so.
struct Ours(PathBuf);

impl Ours {
    fn new(net: &Net) -> Self {
        let path = net.dir().join("ss");
        std::os::unix::fs::symlink(tool("ports").get_program(), &path).unwrap();
        Self(path)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.0);
        command.env("LC_ALL", "C.UTF-8");
        command
    }

    fn run(&self, words: &[&str]) -> Run {
        run(self.command().args(words))
    }
}

fn theirs(net: &Net, words: &[&str]) -> Run {
    run(net.peer("ss").args(words))
}

/// A line of options as a shell splits it, where nothing is quoted but by `'`.
fn words(line: &str) -> Vec<&str> {
    let quoted = line.split('\'').enumerate();
    quoted
        .flat_map(|(index, part)| if index % 2 == 1 { vec![part] } else { part.split_whitespace().collect() })
        .collect()
}

/// A line without what differs from one moment to the next.
fn still(line: &str) -> String {
    const MOVING: [&str; 15] = [
        "lastsnd:",
        "lastrcv:",
        "lastack:",
        "busy:",
        "rwnd_limited:",
        "sndbuf_limited:",
        "rto:",
        "backoff:",
        "bytes_sent:",
        "bytes_retrans:",
        "segs_out:",
        "segs_in:",
        "data_segs_out:",
        "data_segs_in:",
        "retrans:",
    ];
    let words = line.split_whitespace().filter(|word| !MOVING.iter().any(|moving| word.starts_with(moving)));
    // ss has the device of a file wrong: another test looks at it.
    let words = words.filter(|word| !word.starts_with("dev:"));
    let still = words.map(|word| match (word.strip_prefix("timer:("), word.rsplit_once(",d")) {
        // Kind, time, count.
        (Some(timer), _) => format!("timer:({}", timer.split(',').next().unwrap_or_default()),
        // The drops grow while a SYN comes again and again.
        (_, Some((memory, _))) if memory.starts_with("skmem:(") => format!("{memory})"),
        _ => word.to_owned(),
    });
    still.collect::<Vec<_>>().join(" ")
}

/// What a run printed, as lines of words. Each lister also lists the socket by which it asks.
fn lines(run: &Run) -> Vec<String> {
    let own = |line: &str| line.contains(" tcpdiag:") || line.contains(" 4:");
    let mut lines: Vec<String> = run
        .out()
        .lines()
        .filter(|line| !own(line))
        // One of ss's headings lacks a blank.
        .map(|line| still(&line.replace("PortProcess", "Port Process")))
        .filter(|line| !line.is_empty())
        .collect();
    // ss leaves out what is only bound; so does our zoo.
    if let Some(first) = lines.first_mut().filter(|first| first.ends_with("Peer Address:Port")) {
        // Its last heading is cut off where nothing is below.
        first.push_str(" Process");
    }
    lines
}

fn assert_same(net: &Net, ours: &Ours, line: &str) {
    assert_eq!(difference(net, ours, line), "");
}

/// The lines that only one of both prints, each time that they are asked. What moves between two runs (a timer, the child of
/// another test that holds our descriptors until it is another program) is no difference.
fn difference(net: &Net, ours: &Ours, line: &str) -> String {
    const TIMES: u32 = 50;
    let mut differing = String::new();
    for _ in 0..TIMES {
        differing = difference_once(net, ours, line);
        if differing.is_empty() {
            break;
        }
    }
    differing
}

fn difference_once(net: &Net, ours: &Ours, line: &str) -> String {
    let words = words(line);
    let (here, there) = (ours.run(&words), theirs(net, &words));
    let (of_ours, of_theirs) = (lines(&here), lines(&there));
    // Netlink sockets come in the order of a hash table that changes with each lister.
    let only = |one: &[String], other: &[String], mark: &str| -> Vec<String> {
        let mut left = other.to_vec();
        let mut only = Vec::new();
        for line in one {
            match left.iter().position(|other| other == line) {
                Some(at) => drop(left.remove(at)),
                None => only.push(format!("{mark} {line}")),
            }
        }
        only
    };
    let mut differing = only(&of_ours, &of_theirs, "ours:");
    differing.extend(only(&of_theirs, &of_ours, "ss:  "));
    if (here.status, here.err()) != (there.status, String::new()) {
        differing.push(here.story());
    }
    if differing.is_empty() { String::new() } else { format!("ss {line}\n{}\n", differing.join("\n")) }
}

/// Options, alone and together. Where a filter stands, ss and we agree on its meaning.
const LINES: &[&str] = &[
    "",
    "-a",
    "-l",
    "-n",
    "-an",
    "-H",
    "-t",
    "-ta",
    "-tan",
    "-tln",
    "-tal",
    "-u",
    "-ua",
    "-uan",
    "-ul",
    "-w",
    "-wa",
    "-wan",
    "-x",
    "-xa",
    "-xl",
    "-xan",
    "-0",
    "-0a",
    "-0an",
    "-M",
    "-Ma",
    "-S",
    "-Sa",
    "-d",
    "-da",
    "--tipc",
    "--tipc -a",
    "--xdp",
    "--xdp -a",
    "--vsock",
    "--vsock -a",
    "-4",
    "-4a",
    "-6",
    "-6a",
    "-t4",
    "-tu",
    "-tua",
    "-tx",
    "-0t",
    "-tw",
    "-f inet",
    "-f inet6 -a",
    "-f link",
    "-f unix -a",
    "-f netlink",
    "-f netlink -a",
    "-f netlink -an",
    "-f vsock",
    "-f tipc",
    "-f xdp",
    "-A all",
    "-A all -a",
    "-A inet",
    "-A tcp,udp -a",
    "-A 'all,!tcp' -a",
    "-A unix_dgram -a",
    "-A u_str,u_seq -a",
    "-A packet",
    "-A packet -a",
    "-A udp",
    "-A raw -a",
    "-A netlink",
    "-A mptcp -a",
    "--socket tcp",
    "--query=udp -a",
    "-w -A udp",
    "-t -x -A raw -0",
    "-A tcp -u -A udp",
    "-t --tipc",
    "-tap",
    "-xap",
    "-0ap",
    "-tao",
    "-tae",
    "-uae",
    "-xae",
    "-0ae",
    "-f netlink -ae",
    "-Mae",
    "-tam",
    "-uam",
    "-xam",
    "-0am",
    "-f netlink -am",
    "-Mam",
    "-tai",
    "-tani",
    "-uai",
    "-Mai",
    "-xai",
    "-taneomi",
    "-taneimpO",
    "-uaeomO",
    "-0aeO",
    "-xaeO",
    "-tab",
    "-0ab",
    "-ta --tos",
    "-ua --tos",
    "-ta --cgroup",
    "-ta --inet-sockopt",
    "-taO --inet-sockopt",
    "-taeim --inet-sockopt --tos",
    "-tar",
    "-uar",
    "--tcp --all --numeric",
    "--unix --liste",
    "--ipv4 --tcp --extended",
    "--mem --options -ta",
    "--oneline --info -ta",
    "--no-header -ta",
    "--packet",
    "--raw --all",
];

fn every_option(net: &Net) {
    let _zoo = Zoo::new(net);
    let ours = Ours::new(net);
    settle(&ours);
    let differing: String = LINES.iter().map(|line| difference(net, &ours, line)).collect();
    assert!(differing.is_empty(), "{differing}");
    // Netids, states and headings are only where there may be several.
    assert!(ours.run(&["-ua"]).out().starts_with("State "));
    assert!(ours.run(&["-u"]).out().starts_with("Recv-Q "));
}

/// Waits until every connection is in the state in which it stays.
fn settle(ours: &Ours) {
    let expected = ["FIN-WAIT-2", "CLOSE-WAIT", "TIME-WAIT", "SYN-SENT"];
    wait_until("every state is there", || {
        let told = ours.run(&["-tanH"]).out();
        expected.iter().all(|state| told.lines().filter(|line| line.starts_with(state)).count() == 2)
    });
}

fn errors_and_statuses(net: &Net) {
    let ours = Ours::new(net);
    for line in [
        "-y",
        "--foo",
        "--e",
        "-f",
        "-f foo",
        "--family",
        "--tcp=3",
        "-A foo",
        "-A ''",
        "-t -A '!tcp'",
        "-f help",
        "-h",
        "-V",
        "-v",
        "-N /nonexistent/namespace",
        "-Z",
        "-z",
        "--version",
        "--help",
        "-F /nonexistent",
        "-s -F /nonexistent",
    ] {
        let words = words(line);
        let (here, there) = (ours.run(&words), theirs(net, &words));
        assert_eq!(here.status, there.status, "ss {line}\n{}\n{}", here.story(), there.story());
        // A usage text of 60 lines says less than a hint.
        assert!(here.err().lines().count() <= 1, "{}", here.story());
        let first = |run: &Run| run.err().lines().next().unwrap_or_default().to_owned();
        if ["-y", "--foo", "--e", "-f", "--family", "--tcp=3"].contains(&line) {
            assert_eq!(
                first(&here),
                format!("{} (see ss --help)", first(&there).replace("/usr/bin/", "")),
                "ss {line}"
            );
        }
        if line == "-t -A '!tcp'" {
            assert_eq!(first(&here), first(&there));
        }
    }
    ours.run(&["--color=blue"]).status(255).stderr_is("ss: --color takes auto, always or never (see ss --help)\n");
    let told = ours.run(&["-tan", "--json"]);
    told.status(0).stdout_is("").stderr_is("");
    for line in ["-h", "-V", "-f help", "-tan"] {
        let mut full = Command::new("sh");
        full.arg("-c").arg(format!("\"$0\" {line} >/dev/full")).arg(ours.command().get_program());
        run(&mut full).status(4).stderr_is("ss: write standard output: No space left on device\n");
    }
    let _server = listener("127.0.0.1:7001", 5);
    ours.run(&["-tan", "--explain", "sport", "=", ":7001"])
        .status(0)
        .stdout_has("filter: sport = :7001\n")
        .stdout_has("S_COND port 7001, else refuse\n")
        .stdout_has("asked NETLINK_SOCK_DIAG for AF_INET tcp")
        .stdout_has("LISTEN (1): waits for connections");
    let first = |run: &Run| run.out().split(' ').take(3).map(|word| word.trim_end().to_owned()).collect::<Vec<_>>();
    assert_eq!(first(&ours.run(&["-V"])), first(&theirs(net, &["-V"])));
}

/// Several holders, several descriptors, threads, and names that look like something else.
fn owners(net: &Net) {
    let server = listener("127.0.0.1:7060", 5);
    let second = server.try_clone().unwrap();
    let ours = Ours::new(net);
    assert_same(net, &ours, "-tlnp");
    let fds: Vec<i32> = [&server, &second].into_iter().map(std::os::fd::AsRawFd::as_raw_fd).collect();
    let users = ours.run(&["-tlnpH"]).out();
    for fd in fds {
        assert!(users.contains(&format!("pid={},fd={fd})", std::process::id())), "{users}");
    }
    // A child that inherits it and calls itself names.
    let child = hostile_child(server.try_clone().unwrap());
    let told = ours.run(&["-tlnpH"]);
    let pid = child.pid();
    assert!(told.out().contains(&format!("(\"a) b \\\"(c\\x1b\",pid={pid},fd=0)")), "{}", told.story());
    ours.run(&["-tlnTH"]).stdout_has(&format!("\",pid={pid},tid={pid},fd=0)"));
    // ss ends the name at its first bracket.
    theirs(net, &["-tlnpH"]).stdout_has(&format!("(\"a\",pid={pid},fd=0)"));
    drop(child);
}

/// A process with a listener as its standard input, and a name with brackets, a quotation mark and an escape.
fn hostile_child(listener: Socket) -> Background {
    let mut command = Command::new("/bin/sh");
    command.arg("-c").arg("printf 'a) b \"(c\\033' > /proc/$$/comm; echo named; exec 3<&-; while :; do sleep 60; done");
    let listener: std::os::fd::OwnedFd = listener.into();
    command.stdin(Stdio::from(listener)).stdout(Stdio::piped());
    let child = Background::spawn_as_it_is(command);
    child.wait_for_stdout("named");
    child
}

fn departures(net: &Net) {
    let ours = Ours::new(net);
    // What is only bound is listed, as by ss 7.1; -B lists it alone.
    let bound = tcp("127.0.0.1:0".parse().unwrap());
    bound.bind(&"127.0.0.1:7070".parse::<SocketAddr>().unwrap().into()).unwrap();
    if ours.run(&["-tanH"]).out().contains("7070") {
        assert_eq!(still(&ours.run(&["-tanH"]).out()), "UNCONN 0 0 127.0.0.1:7070 0.0.0.0:*");
        assert_eq!(still(&ours.run(&["-HB"]).out()), "tcp 0 0 127.0.0.1:7070 0.0.0.0:*");
    }
    ours.run(&["-tnH"]).stdout_is("");
    ours.run(&["-tlnH"]).stdout_is("");
    theirs(net, &["-tanH"]).stdout_is("");
    // It is UNCONN, and so it is asked for; ss has none of them anywhere.
    let lists = |filter: &[&str]| {
        let line: Vec<&str> = ["-tnH"].into_iter().chain(filter.iter().copied()).collect();
        theirs(net, &line).stdout_is("");
        ours.run(&line).out().contains("127.0.0.1:7070")
    };
    let known = ours.run(&["-tanH"]).out().contains("7070");
    for group in ["all", "big", "closed", "close", "unconnected"] {
        assert_eq!((lists(&["state", group]), lists(&["exclude", group])), (known, false), "{group}");
    }
    for group in ["connected", "synchronized", "bucket", "established", "listening"] {
        assert_eq!((lists(&["state", group]), lists(&["exclude", group])), (false, known), "{group}");
    }
    // No queues.
    ours.run(&["-tanQ"]).stdout_has("State  Local Address:Port");
    // A SYN without an answer was sent, but no data: nothing was ever last.
    let full = listener("127.0.0.1:7071", 0);
    let _waiting = connected("127.0.0.1:7071".parse().unwrap());
    let unanswered = tcp("127.0.0.1:0".parse().unwrap());
    unanswered.set_nonblocking(true).unwrap();
    assert!(unanswered.connect(&full.local_addr().unwrap()).is_err());
    let told = |run: Run| {
        let out = run.out();
        let below = out.lines().skip_while(|line| !line.starts_with("SYN-SENT")).nth(1);
        below.unwrap_or_default().to_owned()
    };
    let (here, there) = (told(ours.run(&["-tani"])), told(theirs(net, &["-tani"])));
    assert!(here.contains("mss:") && !here.contains("lastsnd:"), "{here}");
    assert!(there.contains("lastsnd:"), "{there}");
    // The device of a Unix-domain socket's file, as stat(1) has it.
    let path = net.dir().join("device");
    let _file = UnixListener::bind(&path).unwrap();
    let device = std::os::unix::fs::MetadataExt::dev(&fs::metadata(&path).unwrap());
    let (major, minor) = (device >> 8 & 0xfff, device & 0xff | device >> 12 & 0xf_ff00);
    ours.run(&["-xle"]).stdout_has(&format!("dev:{major}/{minor}"));
}

/// ss lists both where it is asked for one.
fn packet_tables(net: &Net) {
    let ours = Ours::new(net);
    let _zoo = Zoo::new(net);
    let both = lines(&theirs(net, &["-aH", "-A", "packet_raw"]));
    let mut each = Vec::new();
    for (table, netid) in [("packet_raw", "p_raw"), ("p_dgr", "p_dgr")] {
        let lines = lines(&ours.run(&["-aH", "-A", table]));
        let expected = ours.run(&["-0aH"]).out().lines().filter(|line| line.starts_with(netid)).count();
        assert!(expected > 0 && lines.len() == expected, "{table}: {lines:?}");
        each.extend(lines);
    }
    each.sort();
    let mut both = both;
    both.sort();
    assert_eq!(each, both);
}

fn summary(net: &Net) {
    let ours = Ours::new(net);
    // Other namespaces have sockets too; ss calls them all this one's.
    ours.run(&["-s"]).status(0).stdout_has("TCP:   0 (estab 0, closed 0, orphaned 0, timewait 0)\n");
    let server = listener("127.0.0.1:7080", 5);
    let client = connected("127.0.0.1:7080".parse().unwrap());
    let _accepted = server.accept().unwrap();
    let _six = listener("[::1]:7080", 5);
    let _udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let told = ours.run(&["-s"]);
    told.stdout_has("TCP:   4 (estab 2, closed 0, orphaned 0, timewait 0)\n");
    // The table is right in ss too.
    let table = |run: &Run| run.out().lines().skip(2).map(still).collect::<Vec<_>>();
    assert_eq!(table(&told), table(&theirs(net, &["-s"])), "{}", told.story());
    // Those of earlier processes are counted until the kernel has freed them; one of its own is none.
    let settled = || fs::read_to_string("/proc/thread-self/net/sockstat").unwrap().starts_with("sockets: used 5\n");
    wait_until("this test has the only sockets", settled);
    ours.run(&["-s"]).stdout_has("Total: 5\n");
    drop(client);
    let both = ours.run(&["-s", "-tln"]);
    both.stdout_has("127.0.0.1:7080");
    let json = ours.run(&["-s", "--json"]).out();
    let object: serde_json::Value = serde_json::from_str(json.trim_end()).unwrap();
    assert_eq!(object["data"]["tcp"]["ipv6"], 1, "{json}");
}

fn narrow_terminals(net: &Net) {
    let ours = Ours::new(net);
    let _server = listener("127.0.0.1:7090", 5);
    let _six = listener("[::1]:7090", 5);
    let wide = ours.run(&["-tlnpe"]).out();
    assert!(wide.lines().all(|line| !line.ends_with(' ')), "{wide:?}");
    let narrow = || run(ours.command().env("SOCKEYE_COLUMNS", "80").args(["-tlnpeim"]));
    let told = narrow();
    assert!(told.out().lines().all(|line| line.chars().count() <= 80), "{}", told.story());
    // Also where nothing but the lines below are too long, and not at all where one line is asked for.
    let below = run(ours.command().env("SOCKEYE_COLUMNS", "80").args(["-tlni"]));
    assert!(below.out().lines().all(|line| line.chars().count() <= 80), "{}", below.story());
    let one = run(ours.command().env("SOCKEYE_COLUMNS", "80").args(["-tlnOpeim"]));
    assert_eq!(one.out().lines().count(), 3, "{}", one.story());
    let words = |run: &Run| run.out().split_whitespace().collect::<String>().replace("Process", "");
    // The child of another test holds our listeners until it is another program.
    wait_until("nothing is lost", || words(&narrow()) == words(&ours.run(&["-tlnpeim"])));
}

/// Filters on which ss and its manual agree.
const FILTERS: &[&str] = &[
    "-a src *",
    "-a dst any",
    "-a 'not src 127.0.0.1'",
    "-a 'not src inet:127.0.0.1'",
    "-txa src *server",
    "-0ta src link:*",
    "-x src inet:127.0.0.1",
    "-f link src netlink:*",
    "src netlink:rtnl",
    "-tan sport = :7001",
    "-tan 'sport = :7001 or dport = :7010'",
    "-tan 'dport gt :7000'",
    "-tan dst 127.0.0.1",
    "-tan dst 127.0.0.0/8",
    "-tan dst inet6:[::1]",
    "-tan src [::1]",
    "-tan src 127.0.0.1:7001",
    "-tan state established",
    "-tn state syn-recv",
    "-tn state syn-rcv",
    "-t exclude all",
    "-ta exclude all",
    "-tan src any",
    "-tan src all",
    "-tan dst default",
    "-tan src 127.0.0.1/255.0.0.0",
    "-tan src 127/8",
    "-tan 'sport neq :80'",
    "-tan 'sport geq :7001 and sport leq :7010'",
    "-tan '! sport = :80'",
    "-tan 'not ( sport = :80 or sport = :7001 )'",
    "-tan src *:80",
    "-tan src any:80",
    "-tan dst ::/0",
    "-tan src [::ffff:127.0.0.1]",
    "-tan dst inet6:*",
    "-tan autobound",
    "-tan dev 1",
    "-tan fwmark = 0x10/0x30",
    "-ua state unconnected",
    "-ua exclude closed",
    "-wa state closed",
    "-xa state unconnected",
    "-a src netlink:rtnl",
    "-xa dst unix:*",
    "-tan sport = 0x50",
    "-tan sport = :0x50",
    "-t src 'unix:*'",
    "-t src 'vsock:*'",
    "-tn state listening",
    "-tan state listening state time-wait",
    "-tan exclude listening exclude time-wait",
    "-n state time-wait",
    "-n state connected",
    "-n state synchronized",
    "-n state bucket",
    "-tan dev = lo",
    "-tan dev != lo",
    "-tan fwmark = 0x11",
    "-tan not dport = :7001",
    "-xa src unix:*server",
    "-xa src *server",
    "src unix:*server",
    "-0a src link:ip",
    "-a src link:ip",
    "-f link -a src ip",
    "-tan '( sport = :7001 and dst [::1] ) or sport = :80'",
    "-tn state established '( dport = :7001 or sport = :7001 )'",
    "-uan sport = :53",
    "-ua sport = :domain",
    "-f inet6 -an src [::1]:7001",
    "dst 127.0.0.1",
    "-4 dst 127.0.0.1 -n",
    "sport = :7001 -tan",
    "-tan sport = :7001 dst 127.0.0.1",
    "-tane sport = :7031",
    "-t state listening exclude established",
];

/// Some are wrong as a whole, and some hold a wrong value: ss ends with 255 and 1.
const WRONG_FILTERS: &[&str] = &[
    "state foo",
    "state",
    "sport =",
    "sport",
    "( sport = :80",
    "and sport = :80",
    "or",
    "( )",
    "not",
    "sport = :80-",
    "sport = :80 )",
    "sport = :80 and",
    "sport == ==",
    "sport = :nosuch",
    "sport > :70-80",
    "dev nosuch",
    "dev",
    "src 1.2.3.4/99",
    "src 1.2.3.4/255.0.255.0",
    "src link:foo",
    "fwmark = xx",
    "cgroup /nosuch",
    "bogus",
];

fn filters(net: &Net) {
    let _zoo = Zoo::new(net);
    let ours = Ours::new(net);
    settle(&ours);
    let differing: String = FILTERS.iter().map(|line| difference(net, &ours, line)).collect();
    assert!(differing.is_empty(), "{differing}");
    ours.run(&["-t", "state", "nosuch"]).status(255).stderr_has("nosuch");
    for filter in WRONG_FILTERS {
        let line: Vec<&str> = ["-t"].into_iter().chain(filter.split(' ')).collect();
        let (here, there) = (ours.run(&line), theirs(net, &line));
        assert_eq!(here.status, there.status, "{filter}: {}\n{}", here.story(), there.story());
    }
    // The words of a file come first; what the line says is meant too.
    let file = net.dir().join("filter");
    fs::write(&file, "( sport = :7001 or\nsport = :80 )\n").unwrap();
    let path = file.to_str().unwrap();
    assert_same(net, &ours, &format!("-tan -F {path}"));
    let established = ours.run(&["-tan", "-F", path, "state", "established", "-H"]);
    established.stdout_has("1000");
    // Where the queues come first they stand to the left, as those who cut fields by blanks expect.
    let out = established.out();
    assert!(out.lines().all(|line| line.starts_with(|first: char| first.is_ascii_digit())), "{out}");
    // `and` before `or`, as ss's manual says. ss reads from left to right, so that its filter needs the second bracket too.
    let mixed = ours.run(&["-tanH", "sport = :80 or sport = :7001 and dst [::1]"]);
    mixed.status(0).stdout_has("0.0.0.0:80").stderr_has("and binds closer than or");
    let plain = ours.run(&["-tanH", "sport = :80 or ( sport = :7001 and dst [::1] )"]);
    assert_eq!(mixed.out(), plain.out());
    plain.stderr_is("");
    assert_ne!(lines(&theirs(net, &["-tanH", "sport = :80 or sport = :7001 and dst [::1]"])), lines(&plain));
    // What ss stumbles over: no brackets around IPv6, no blanks around brackets.
    let both = |words: &[&str]| lines(&ours.run(words));
    assert_eq!(both(&["-tanH", "src ::1"]), both(&["-tanH", "src [::1]"]));
    assert_eq!(both(&["-tanH", "(sport = :7001)"]), both(&["-tanH", "sport = :7001"]));
    ours.run(&["-t", "sport == =="]).status(255).stderr_has("filter, column ");
    ours.run(&["-t", "sport = 99999"]).stderr_has("\n  sport = 99999\n          ^^^^^\n");
    ours.run(&["-t", "state foo"]).stderr_has("\n  state foo\n        ^^^\n");
}

fn dump_to_file(net: &Net) {
    let _server = listener("127.0.0.1:7001", 5);
    let _six = listener("[::1]:7001", 6);
    let _client = connected("127.0.0.1:7001".parse().unwrap());
    let ours = Ours::new(net);
    let listed = lines(&ours.run(&["-tan"]));
    let path = net.dir().join("dump");
    let file = path.to_str().unwrap();
    ours.run(&["-ta", "-D", file]).status(0).stdout_is("").stderr_is("");
    let read = |mut command: Command, args: &[&str]| lines(&run(command.args(args).env("TCPDIAG_FILE", file)));
    // Both read what we wrote, and we read what ss writes. ss itself reads no farther than the end of the first dump.
    let four = listed.iter().filter(|line| !line.contains('[')).cloned().collect::<Vec<_>>();
    assert_eq!(read(net.peer("ss"), &["-tan"]), four);
    assert_eq!(read(ours.command(), &["-tan"]), listed);
    assert_eq!(read(ours.command(), &["-tlnH"]).len(), 2);
    assert_eq!(read(ours.command(), &["-tanH", "src [::1]"]).len(), 1);
    theirs(net, &["-ta", "-D", file]).status(0);
    assert_eq!(read(ours.command(), &["-tan"]), listed);
    let octets = ours.run(&["-ta", "-D", "-", "src", "[::1]"]);
    assert!(!octets.stdout.is_empty() && octets.stdout.len() < fs::read(&path).unwrap().len(), "{}", octets.story());
    ours.run(&["-u", "-D", file]).status(0).stderr_is("ss: tcpdiag dump requested and no tcp in filter.\n");
    ours.run(&["-ta", "-D", "/nonexistent/file"]).status(4).stderr_has("/nonexistent/file");
    fs::write(&path, [7; 30]).unwrap();
    assert_eq!(run(ours.command().args(["-tan"]).env("TCPDIAG_FILE", file)).status, 4);
    assert_eq!(run(ours.command().args(["-tan"]).env("TCPDIAG_FILE", "/dev/zero")).status, 4);
}

fn namespaces(net: &Net) {
    use std::os::fd::{AsFd as _, AsRawFd as _};
    let ours = Ours::new(net);
    let _here = listener("127.0.0.1:7001", 5);
    let there = sockeye_sys::NetNs::create().unwrap();
    let _other = there.run(|| listener("127.0.0.1:7002", 5)).unwrap();
    let path = format!("/proc/{}/fd/{}", std::process::id(), there.as_fd().as_raw_fd());
    let told = ours.run(&["-tlnH", "-N", &path]);
    told.status(0).stdout_has("127.0.0.1:7002");
    assert_eq!(told.out().lines().count(), 1, "{}", told.story());
    ours.run(&["-s", &format!("--net={path}")]).stdout_has("TCP:   1 (");
    ours.run(&["-N", "no-such-namespace"]).status(1).stderr_has("/run/netns/no-such-namespace");
    // Whoever may not enter it is told which.
    let mut nobody = ours.command();
    std::os::unix::process::CommandExt::uid(nobody.args(["-tln", "-N", "/proc/self/ns/net"]), 65_534);
    run(&mut nobody).status(1).stderr_has("network namespace /proc/self/ns/net: ").stderr_has("try as root");
}
