//! dig beside the real dig: the same text and the same statuses, on a real named and on a server that misbehaves.

use std::net::UdpSocket;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use serde_json::Value;
use sockeye_sys::namespace;
use sockeye_test_support::{Background, Case, Net, Run, peer, run, tool, wait_until};

pub(crate) mod faulty;
mod normal;
pub(crate) mod scripted;

pub(crate) use normal::normalised;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig::same_as_dig_on_named", &["dig", "named"], same_on_named),
        Case::new("dig::same_as_dig_with_a_search_list", &["dig", "named"], same_with_a_search_list),
        Case::new("dig::the_options_of_digrc", &["dig", "named"], digrc),
        Case::new("dig::colours_only_where_wanted", &["named"], colours),
        Case::new("dig::statuses_that_tell_the_answer", &["named"], statuses),
        Case::new("dig::same_as_dig_on_a_faulty_server", &["dig"], same_on_faulty),
        Case::new("dig::gai_is_what_python_gets", &["named", "python3"], gai_is_what_python_gets),
        Case::new("dig::gai_statuses", &["named"], gai_statuses),
        Case::new("dig::explains_what_came", &["named"], explains),
        Case::new("dig::json_of_answers_and_faults", &["named"], json),
        Case::new("dig::json_of_a_faulty_server", &[], json_of_faulty),
        Case::new("dig::explains_an_alias_that_leads_away", &[], explains_an_alias_that_leads_away),
        Case::new("dig::a_server_by_name", &["dig", "named", "ip"], server_by_name),
        Case::new("dig::the_servers_of_resolv_conf", &["dig", "named"], resolv_conf),
    ]
}

/// The files that named reads, and resolv.conf and hosts.
pub(crate) fn vectors() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/dns"))
}

/// Starts named at 127.0.0.1:53 and `[::1]:53` with the zones of tests/vectors/dns, and puts a resolv.conf and a hosts
/// file of the test's own over those in /etc, for this thread and all that it starts.
///
/// named ends when the value is dropped.
pub(crate) fn start_named(net: &Net) -> Background {
    start_named_as(net, |_| {})
}

/// As [`start_named`], with a folder that the test has changed.
pub(crate) fn start_named_as(net: &Net, change: impl FnOnce(&Path)) -> Background {
    let folder = net.dir().join("named");
    std::fs::create_dir(&folder).unwrap();
    for entry in std::fs::read_dir(vectors()).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    change(&folder);
    own_etc(&folder);
    let mut command = peer("named");
    command.args(["-c", "named.conf", "-f", "-n", "1"]).current_dir(&folder);
    let server = Background::spawn(command);
    wait_until("named answers", answers);
    server
}

pub(crate) fn own_etc(folder: &Path) {
    namespace::unshare_mount().unwrap();
    for file in ["resolv.conf", "hosts"] {
        namespace::bind_mount(folder.join(file), Path::new("/etc").join(file)).unwrap();
    }
}

/// Whether the server at 127.0.0.1:53 knows the root's SOA record: every zone is loaded then.
pub(crate) fn answers() -> bool {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
    socket.connect("127.0.0.1:53").unwrap();
    let mut answer = [0; 512];
    socket.send(b"\0\x01\0\0\0\x01\0\0\0\0\0\0\0\0\x06\0\x01").is_ok()
        && socket.recv(&mut answer).is_ok_and(|length| length > 12 && answer[3].is_multiple_of(16) && answer[7] == 1)
}

/// The command lines of a file: words between blanks, single quotes around words with blanks.
pub(crate) fn command_lines(file: &str) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(vectors().join(file)).unwrap();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with("# ")).map(words).collect()
}

pub(crate) fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, piece) in line.split('\'').enumerate() {
        if index % 2 == 1 {
            words.push(piece.to_owned());
        } else {
            words.extend(piece.split_ascii_whitespace().map(str::to_owned));
        }
    }
    words
}

/// Runs every line with both, several at a time, and compares text, messages and status.
pub(crate) fn compare(lines: &[Vec<String>]) {
    compare_at_home(lines, Path::new("/nonexistent"));
}

/// The same, where `~` is `home`.
fn compare_at_home(lines: &[Vec<String>], home: &Path) {
    all_same(lines, |line| {
        // Its messages start with argv[0].
        let theirs = run(peer("dig").arg0("dig").args(line).env("HOME", home));
        let ours = run(tool("dig").args(line).env("HOME", home));
        let (theirs, ours) = (shown(&theirs), shown(&ours));
        (theirs != ours).then(|| format!("=== dig {}\n{theirs}\n{ours}", line.join(" ")))
    });
}

/// How often a line is asked before its difference counts: whether a server that hangs up is seen as the end of the
/// file or as a reset is a race that either may win.
const RUNS: usize = 3;

/// Holds that no line has a difference in each of [`RUNS`] runs, several at a time. A difference begins with what the
/// real dig says.
pub(crate) fn all_same<Line: Sync>(lines: &[Line], difference: impl Fn(&Line) -> Option<String> + Sync) {
    let next = Mutex::new(lines.iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(line) = next.lock().unwrap().next() else { return };
                    let stories: Vec<String> = (0..RUNS).map_while(|_| difference(line)).collect();
                    if stories.len() == RUNS {
                        wrong.lock().unwrap().extend(stories.into_iter().next_back());
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {} differ, theirs first:\n{}", wrong.len(), lines.len(), wrong.join("\n"));
}

/// Both streams and the status, without what differs from run to run.
pub(crate) fn shown(run: &Run) -> String {
    format!("{}--- stderr\n{}--- status {}\n", normalised(&run.stdout), normalised(&run.stderr), run.status)
}

fn same_on_named(net: &Net) {
    let _named = start_named(net);
    let lines = command_lines("same-as-dig-on-named.txt");
    assert!(lines.len() >= 60, "{} command lines", lines.len());
    compare(&lines);
}

fn same_with_a_search_list(net: &Net) {
    let _named = start_named(net);
    let conf = "search nosuch.lab.test web.lab.test lab.test\nnameserver 127.0.0.1\n";
    std::fs::write(net.dir().join("named/resolv.conf"), conf).unwrap();
    let lines = command_lines("same-as-dig-with-a-search-list.txt");
    assert!(lines.len() >= 25, "{} command lines", lines.len());
    compare(&lines);
    // dig goes no further than to the eighth.
    let conf = "search a.test b.test c.test d.test e.test f.test g.test h.test lab.test\nnameserver 127.0.0.1\n";
    std::fs::write(net.dir().join("named/resolv.conf"), conf).unwrap();
    compare(&["-r +showsearch +noall +question web", "-r +search +short web"].map(words));
    // A server that is not there uses up its tries with the first name.
    for options in ["", "options attempts:2\n"] {
        let conf = format!("search nosuch.lab.test lab.test\nnameserver 127.0.0.9\nnameserver 127.0.0.1\n{options}");
        std::fs::write(net.dir().join("named/resolv.conf"), conf).unwrap();
        compare(&["-r +search web", "-r +search nosuchx", "-r +search +tries=2 +short web"].map(words));
    }
}

/// Each text of `~/.digrc` with a few lines: options in front of the names, types, and names that are none.
fn digrc(net: &Net) {
    let _named = start_named(net);
    let lines: Vec<Vec<String>> =
        ["web.lab.test", "-r web.lab.test", "web.lab.test +answer -r", "-ru lab.test mx", "-x 192.0.2.80 +short"]
            .iter()
            .map(|line| words(line))
            .collect();
    for text in [
        "+noall +question\n",
        "+noall +question\n+qr\n",
        "foo.test mx\n+noall +question",
        "-t mx\n",
        "# comment +short\n; x +nocmd\n",
        "+bogus\n",
        "\"+noall\" +question\n",
        "@127.0.0.1\n\t+nostats\n\n   \n",
        "+split=3\n",
        "+edns= +split=8\n",
        "-4\n-6\n",
        "-4 -6\n",
        "-Z\n",
        "-v -Z\n",
        "--foo\n",
    ] {
        std::fs::write(net.dir().join(".digrc"), text).unwrap();
        compare_at_home(&lines, net.dir());
    }
}

/// Colours are between dig's octets, and only where they are wanted.
fn colours(net: &Net) {
    let _named = start_named(net);
    let plain = dig(&["nosuch.lab.test"]);
    assert!(!plain.out().contains('\u{1b}'), "{}", plain.story());
    let coloured = dig(&["nosuch.lab.test", "--color=always"]).out();
    assert!(coloured.contains("\u{1b}[1m\u{1b}[31mNXDOMAIN\u{1b}[0m"), "{coloured}");
    let mut stripped = String::new();
    for (index, piece) in coloured.split('\u{1b}').enumerate() {
        stripped += if index == 0 { piece } else { piece.split_once('m').unwrap().1 };
    }
    assert_eq!(normalised(stripped.replace(" --color=always", "").as_bytes()), normalised(&plain.stdout));
}

/// `+status`: what the answer was, as the exit status.
fn statuses(net: &Net) {
    let _named = start_named(net);
    for (line, status) in [
        ("web.lab.test", 0),
        ("alias.lab.test AAAA", 0),
        ("web.lab.test MX", 2),
        ("loop.lab.test", 4),
        ("nosuch.lab.test", 3),
        ("away.lab.test", 3),
        ("host.child.lab.test", 4),
        ("refused.test", 5),
        ("-p 9 +tries=1 web.lab.test", 9),
    ] {
        dig(&[&["+status"], line.split(' ').collect::<Vec<_>>().as_slice()].concat()).status(status);
        dig(&[&["+nostatus"], line.split(' ').collect::<Vec<_>>().as_slice()].concat()).status(if status == 9 {
            9
        } else {
            0
        });
    }
}

fn same_on_faulty(_: &Net) {
    faulty::start();
    let lines = command_lines("same-as-dig-on-a-faulty-server.txt");
    assert!(lines.len() >= 60, "{} command lines", lines.len());
    compare(&lines);
}

pub(crate) fn dig(args: &[&str]) -> Run {
    run(tool("dig").args(args))
}

/// What python prints for the same hints: family, type, protocol, canonical name, address, port, scope.
const PYTHON: &str = "
import socket, sys
host, service, family, kind, flags = sys.argv[1:6]
for f, t, p, c, a in socket.getaddrinfo(host, service or None, getattr(socket, family), int(kind), 0, int(flags)):
    print(f.name, t.name if t else 0, {6: 'IPPROTO_TCP', 17: 'IPPROTO_UDP', 0: '0'}[p], a[0], a[1], c)
";

fn gai_is_what_python_gets(net: &Net) {
    let _named = start_named(net);
    for (host, service, family, kind, flags, options) in [
        ("web.lab.test", "", "AF_UNSPEC", "0", "0", "+gai"),
        ("web.lab.test", "443", "AF_INET", "1", "0", "+gai +family=inet +socktype=stream +service=443"),
        ("alias.lab.test", "53", "AF_INET6", "2", "2", "+gai=canonname +family=inet6 +socktype=dgram +service=53"),
        ("onlyhosts", "", "AF_UNSPEC", "1", "2", "+gai=canonname +socktype=stream"),
        ("localhost", "80", "AF_UNSPEC", "1", "0", "+gai +socktype=stream +service=80"),
        ("two.lab.test", "", "AF_INET6", "1", "24", "+gai=v4mapped,all +family=inet6 +socktype=stream"),
        ("::", "9", "AF_UNSPEC", "0", "5", "+gai=passive,numerichost +service=9"),
    ] {
        let python = run(peer("python3").args(["-c", PYTHON, host, service, family, kind, flags]));
        python.status(0);
        let mut line: Vec<&str> = options.split(' ').collect();
        line.push(host);
        let told = dig(&line);
        told.status(0);
        let entries: Vec<String> =
            told.out().lines().filter(|line| !line.starts_with(";;")).map(without_sockaddr).collect();
        let expected: Vec<String> = python.out().lines().map(|line| line.trim_end().to_owned()).collect();
        assert_eq!(entries, expected, "{options} {host}\n{}", told.story());
    }
}

/// An entry as [`PYTHON`] prints it.
fn without_sockaddr(line: &str) -> String {
    let words: Vec<&str> = line.split_ascii_whitespace().filter(|word| !word.starts_with("sockaddr=")).collect();
    words.iter().map(|word| word.strip_prefix("canonname=").unwrap_or(word)).collect::<Vec<_>>().join(" ")
}

fn gai_statuses(net: &Net) {
    let _named = start_named(net);
    for (line, status, text) in [
        ("+gai nosuch.lab.test", 22, ";; EAI_NONAME (-2): "),
        ("+gai lab.test", 25, ";; EAI_NODATA (-5): "),
        ("+gai +family=inet6 1.2.3.4", 29, ";; EAI_ADDRFAMILY (-9): "),
        ("+gai=canonname", 22, ";; EAI_NONAME (-2): "),
        ("+gai=namereqd -x 192.0.2.99", 22, ";; EAI_NONAME (-2): "),
        ("+gai -x 192.0.2.80", 0, "host \"web.lab.test\""),
        ("+gai=numericserv,numerichost -x 192.0.2.80 +service=53", 0, "service \"53\""),
        ("+gai=passive +service=80 +socktype=stream", 0, "AF_INET  SOCK_STREAM IPPROTO_TCP  0.0.0.0 80 "),
    ] {
        dig(&line.split(' ').collect::<Vec<_>>()).status(status).stdout_has(text);
    }
    // The octets of a sockaddr_in6: family in host order, port 0x0050, flow 0, address, scope 0.
    dig(&["+gai", "+socktype=stream", "+service=80", "2001:db8::80"])
        .stdout_has("0050000000002001 0db8".replace(' ', "").as_str())
        .stdout_has("00800000");
}

fn explains(net: &Net) {
    let _named = start_named(net);
    for (line, sentence) in [
        ("web.lab.test", "asking 127.0.0.1:53, from the nameserver lines of /etc/resolv.conf"),
        ("@::1 web.lab.test", "asking [::1]:53, as the command line says"),
        ("web.lab.test", "aa is set: the server is an authority"),
        ("nosuch.lab.test", "nosuch.lab.test. does not exist, with any type; caches may remember that for 300 s"),
        (
            "web.lab.test MX",
            "NODATA: web.lab.test. exists, but has no record of this type; caches may remember that for 300 s",
        ),
        ("alias.lab.test", "chain.lab.test. is an alias (CNAME) of web.lab.test."),
        ("away.lab.test", "nosuch.lab.test. does not exist, with any type"),
        ("loop.lab.test", "the aliases lead back to loop.lab.test.: a loop"),
        ("loop.lab.test", "loop2.lab.test. is an alias (CNAME) of loop.lab.test."),
        ("host.child.lab.test +norec", "a referral: the servers of child.lab.test. know, ask ns.child.lab.test."),
        ("long.lab.test TXT", "tc is set: the answer did not fit into a datagram; asking again over TCP"),
        ("refused.test", "status REFUSED: the server will not answer this, or not to us"),
        ("refused.test", "extended error 18 (Prohibited)"),
        ("@127.0.0.1 -p 9 +tries=1 web.lab.test", "127.0.0.1:9 refused: nothing listens on that port"),
    ] {
        let mut args: Vec<&str> = line.split(' ').collect();
        args.extend(["+noall", "+explain"]);
        dig(&args).stdout_has(&format!(";; explain: {sentence}"));
    }
    // What is explained is beside dig's text and changes none of it.
    let plain = normalised(&dig(&["web.lab.test"]).stdout);
    let explained = dig(&["web.lab.test", "+explain"]);
    let rest: String = explained.out().split_inclusive('\n').filter(|line| !line.starts_with(";; explain: ")).collect();
    assert_eq!(normalised(rest.replace(" +explain", "").as_bytes()), plain);
}

fn json(net: &Net) {
    let _named = start_named(net);
    let value = |args: &[&str], status: i32| -> Value {
        let told = dig(args);
        told.status(status);
        serde_json::from_str(told.out().lines().next().unwrap())
            .unwrap_or_else(|error| panic!("{error}: {}", told.story()))
    };
    let answer = value(&["+json", "unknown.lab.test", "ANY"], 0);
    let data = &answer["data"];
    assert_eq!((&answer["schema"], &answer["type"]), (&"dig/1".into(), &"result".into()));
    assert_eq!((&data["transport"], &data["server_port"]), (&"tcp".into(), &53.into()), "{data}");
    assert_eq!(data["rcode"], serde_json::json!({"code": 0, "name": "NOERROR"}));
    assert_eq!(data["cookie"], "good");
    assert_eq!(data["message"]["ANCOUNT"], 3);
    assert_eq!((&data["message"]["QNAME"], &data["message"]["QTYPE"]), (&"unknown.lab.test.".into(), &255.into()));
    let record = &data["message"]["answerRRs"][0];
    assert_eq!(
        *record,
        serde_json::json!({"NAME": "unknown.lab.test.", "TYPE": 65280, "TYPEname": "TYPE65280", "CLASS": 1,
            "CLASSname": "IN", "TTL": 3600, "RDLENGTH": 8, "RDATAHEX": "0102030405060708"})
    );
    assert_eq!(data["kind"], "answer");
    let no_zone = value(&["--json", "+nssearch", "web.lab.test"], 0);
    assert_eq!(no_zone["data"]["message"], "'web.lab.test' has no NS records: it is no zone's apex");
    let mx = value(&["--json", "lab.test", "MX"], 0);
    assert_eq!(mx["data"]["message"]["answerRRs"][0]["rdataMX"], "10 mail.lab.test.");
    let refused = value(&["--json", "@127.0.0.1", "-p", "9", "+tries=1", "a.b"], 9);
    assert_eq!((&refused["type"], &refused["data"]["exit_status"]), (&"error".into(), &9.into()));
    let bad = value(&["--json", "a..b"], 10);
    assert_eq!(bad["data"]["message"], "'a..b' is not a legal name (empty label)");
}

/// Whatever comes, one object says so, and a result has the same names each time.
fn json_of_faulty(_: &Net) {
    faulty::start();
    let value = |args: &[&str]| -> Value {
        let told = dig(&[&["--json", "@127.0.0.1", "-p", "5300", "-q"], args].concat());
        told.status(0);
        serde_json::from_str(&told.out()).unwrap_or_else(|error| panic!("{error}: {}", told.story()))
    };
    let names = |value: &Value| value["data"].as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let good = value(&["good."]);
    let unreadable = value(&["badlabel."]);
    assert_eq!(names(&good), names(&unreadable));
    assert_eq!((&good["data"]["message_hex"], &unreadable["data"]["message"]), (&Value::Null, &Value::Null));
    assert_eq!(unreadable["data"]["fault"]["kind"], "bad_label_type");
    assert_eq!(unreadable["data"]["message_hex"].as_str().unwrap()[4..8], *"8580");
    let dropped = value(&["wrongq.", "+tcp"]);
    assert_eq!(dropped["data"]["message"], "the message that came was not an answer to the query");
    let signed = value(&["tsig0."]);
    assert_eq!(signed["data"]["message"]["additionalRRs"][0]["TYPEname"], "TSIG");
    dig(&["@127.0.0.1", "-p", "5300", "-q", "tsig0."])
        .stdout_has(";; TSIG PSEUDOSECTION:\nkey.\t\t\t0\tANY\tTSIG\thmac-sha256. 1 300 4 YWJjZA== ");
}

/// The alias leads out of what the server knows: not a NODATA about the other name.
fn explains_an_alias_that_leads_away(_: &Net) {
    faulty::start();
    let told = dig(&["@127.0.0.1", "-p", "5300", "+explain", "-q", "elsewhere."]);
    told.stdout_has(";; explain: of other. this server says nothing: ask for that name");
    assert!(!told.out().contains("NODATA"), "{}", told.story());
}

/// A server's name with addresses of both families, on a host that has an address of one.
fn server_by_name(net: &Net) {
    let _named = start_named(net);
    run(peer("ip").args(["-6", "addr", "add", "2001:db8::9/64", "dev", "lo", "nodad"])).status(0);
    let lines = ["@ns.lab.test web.lab.test", "@localhost web.lab.test", "-4 @localhost a.b", "-6 @ns.lab.test a.b"];
    compare(&lines.map(words));
}

fn resolv_conf(net: &Net) {
    let _named = start_named(net);
    // The file that lies over /etc/resolv.conf: to write to it is enough.
    let file = net.dir().join("named/resolv.conf");
    let lines: Vec<Vec<String>> = ["web.lab.test", "-4 web.lab.test", "-6 web.lab.test", "+tries=1 web.lab.test"]
        .iter()
        .map(|line| words(line))
        .collect();
    for text in [
        "nameserver 127.0.0.1\n",
        "nameserver 127.0.0.5\nnameserver ::1\n",
        "# none\n",
        "search x.test\noptions attempts:1 timeout:2\nnameserver 127.0.0.5\n",
        "nameserver 127.0.0.1 # the one\n",
        "nameserver bogus\nnameserver 127.0.0.1\n",
        "nameserver 127.0.0.5\nnameserver 127.0.0.6\nnameserver 127.0.0.7\nnameserver 127.0.0.1\n",
    ] {
        std::fs::write(&file, text).unwrap();
        compare(&lines);
    }
}
