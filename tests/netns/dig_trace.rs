//! `+trace` and `+nssearch` beside the real dig, in a small Internet of named's own: root, top level and zones, with
//! servers that refuse, are silent, are not there, have no address, or refer to the wrong place.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::process::CommandExt as _;
use std::path::Path;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use sockeye_test_support::{Background, Case, Net, peer, run, tool, tools_dir};

use crate::dig::{all_same, shown, start_named_as, words};

mod odd;

pub(crate) fn tests() -> Vec<Case> {
    let peers = &["dig", "named", "ip"];
    vec![
        Case::new("dig_trace::same_as_dig", peers, |net| same_as_dig(net, "same-as-dig.txt")),
        Case::new("dig_trace::same_as_dig_on_odd_servers", peers, same_on_odd_servers),
        Case::new("dig_trace::nssearch_is_the_same_as_dig", peers, |net| same_as_dig(net, "nssearch-same-as-dig.txt")),
        Case::new("dig_trace::dns64prefix_is_the_same_as_dig", peers, |net| same_as_dig(net, "dns64-same-as-dig.txt")),
        Case::new("dig_trace::a_tree_of_every_case", &["named", "ip"], tree),
        Case::new("dig_trace::a_tree_as_json", &["named", "ip"], tree_as_json),
        Case::new("dig_trace::diff_of_servers", &["named", "ip"], diff),
        Case::new("dig_trace::watch_tells_of_changes", &["named", "ip"], watch),
        Case::new("dig_trace::watch_is_interrupted", &["named", "ip"], watch_is_interrupted),
        Case::new("dig_trace::nssearch_of_one_server", &["named", "ip"], nssearch_of_one_server),
    ]
}

fn vectors() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/dns-trace"))
}

/// Zones that say which servers they have, as the servers at 127.0.0.6 and 127.0.0.7 tell it.
///
/// g and h answer, r and q refuse, b fails, s is silent, at c nobody listens, n has no address.
const SETS: &[&str] = &["g", "gh", "gr", "gs", "gc", "gn", "gb", "n", "s", "qr", "rs", "rc", "sc", "ghr", "ghs", "ghc"];

/// Everything that answers, until this is dropped.
struct Internet {
    _named: Background,
    _silent: (UdpSocket, TcpListener),
}

fn start(net: &Net) -> Internet {
    for last in 1..=20 {
        run(peer("ip").args(["addr", "add", &format!("127.0.0.{last}/32"), "dev", "lo"]));
    }
    // A server that hears everything and says nothing.
    let silent = (UdpSocket::bind("127.0.0.10:53").unwrap(), TcpListener::bind("127.0.0.10:53").unwrap());
    odd::start();
    let named = start_named_as(net, |folder| {
        for entry in std::fs::read_dir(vectors()).unwrap() {
            let path = entry.unwrap().path();
            std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
        }
        let mut conf = String::new();
        for set in SETS {
            let mut zone = format!("$TTL 300\n@ SOA ns1.zone.test. host-{set}.zone.test. 5 7200 3600 1209600 300\n");
            for server in set.chars() {
                writeln!(zone, "@ NS {}.zone.test.", server_name(server)).unwrap();
            }
            std::fs::write(folder.join(format!("{set}.set")), zone).unwrap();
            writeln!(conf, "zone \"{set}.sets\" {{ type primary; file \"{set}.set\"; }};").unwrap();
        }
        std::fs::write(folder.join("sets.conf"), conf).unwrap();
    });
    // What the resolver has to find out first may take longer than what it knows.
    run(tool("dig").args(["+trace", "www.zone.test"])).status(0);
    Internet { _named: named, _silent: silent }
}

fn server_name(letter: char) -> &'static str {
    match letter {
        'g' => "ns1",
        'h' => "ns2",
        'r' => "ns-refuse",
        'q' => "ns-refuse2",
        'b' => "ns-broken",
        's' => "ns-silent",
        'c' => "ns-closed",
        _ => "ns-nodata",
    }
}

/// Pairs of servers that are the same: which of them is asked is chance.
const TWINS: &[(&str, &str)] = &[
    ("127.0.0.3#53(b.root-servers.test)", "127.0.0.2#53(a.root-servers.test)"),
    ("127.0.0.5#53(ns2.test)", "127.0.0.4#53(ns1.test)"),
    ("127.0.0.7#53(ns2.zone.test)", "127.0.0.6#53(ns1.zone.test)"),
    ("from server 127.0.0.7 ", "from server 127.0.0.6 "),
];

/// Without what differs from run to run and is no time: what is left of a cached record's TTL, and which of two twins answered.
fn settled(text: &str) -> String {
    let mut settled = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        for (one, other) in TWINS {
            line = line.replace(one, other);
        }
        // The resolver adds to its answer what it has come to know.
        if let Some((_, rest)) = line.split_once(" bytes from 127.0.0.1#53") {
            line = format!(";; Received SIZE bytes from 127.0.0.1#53{rest}");
        }
        let cached =
            line.starts_with(".\t") || line.starts_with("a.root-servers") || line.starts_with("b.root-servers");
        if cached && let Some((owner, rest)) = line.split_once('\t') {
            line = format!("{owner} TTL {}", rest.trim_start_matches(|c: char| c == '\t' || c.is_ascii_digit()));
        }
        settled += &line;
        settled.push('\n');
    }
    settled
}

/// How often a line is run whose course is chance: of two ways, one is left out by all of these once in 16,000 times.
const OFTEN: usize = 15;

/// Runs the lines of a file with both. One that starts with `% ` takes one of several ways, by chance: the same ways
/// are seen with both. One that starts with `& ` says the same lines in any order.
fn same_as_dig(net: &Net, file: &str) {
    let _internet = start(net);
    let text = std::fs::read_to_string(vectors().join(file)).unwrap();
    let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert!(lines.len() >= 12, "{} command lines", lines.len());
    compare(&lines);
}

fn same_on_odd_servers(net: &Net) {
    let _internet = start(net);
    let traces = odd::labels().map(|label| format!("+nocmd +nodnssec +trace www.{label}.odd.test"));
    let searches = ["twobad", "soa", "gone2", "none"].map(|label| format!("+nssearch @127.0.0.14 x.{label}.odd.test"));
    let many = ["& +nssearch @127.0.0.14 x.many.odd.test", "& @127.0.0.21 +nocmd +tries=1 +trace nodata.test"];
    let roots = (14..=19).map(|last| format!("@127.0.0.{last} +nocmd +trace nodata.test"));
    let many = many.map(str::to_owned);
    let lines: Vec<String> = traces.chain(searches).chain(roots).chain(many).collect();
    compare(&lines.iter().map(String::as_str).collect::<Vec<_>>());
}

fn compare(lines: &[&str]) {
    all_same(lines, |line| {
        let (theirs, ours) = both(line);
        let story = || format!("=== dig {line}\n{theirs:#?}\n{ours:#?}").replace("\\n", "\n").replace("\\t", "\t");
        (theirs != ours).then(story)
    });
}

/// What dig and we print, each as the set of ways that were seen.
fn both(line: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let (times, sorted, line) = match line.split_at_checked(2) {
        Some(("% ", line)) => (OFTEN, false, line),
        Some(("& ", line)) => (1, true, line),
        _ => (1, false, line),
    };
    let args = words(line);
    let told = |text: String| {
        let mut lines: Vec<String> = settled(&text).lines().map(str::to_owned).collect();
        if sorted {
            lines.sort();
        }
        lines.join("\n")
    };
    let (mut theirs, mut ours) = (BTreeSet::new(), BTreeSet::new());
    for _ in 0..times {
        theirs.insert(told(shown(&run(peer("dig").arg0("dig").args(&args)))));
        ours.insert(told(shown(&run(tool("dig").args(&args)))));
        if theirs == ours && theirs.len() > 1 {
            break;
        }
    }
    (theirs, ours)
}

/// dig 9.18 does not wait for the answer of a zone's only server, and says that nobody could be reached.
fn nssearch_of_one_server(net: &Net) {
    let _internet = start(net);
    let said = run(tool("dig").args(["@127.0.0.6", "+nssearch", "g.sets"]));
    said.status(0).stdout_has("SOA ns1.zone.test. host-g.zone.test. 5 7200 3600 1209600 300 from server 127.0.0.6 in ");
    let said = run(tool("dig").args(["@127.0.0.6", "+nssearch", "+timeout=1", "s.sets"]));
    said.status(9)
        .stdout_is(";; communications error to 127.0.0.10#53: timed out\n;; NS servers could not be reached\n");
}

fn tree(net: &Net) {
    let _internet = start(net);
    for (name, lines) in [
        (
            "www.zone.test",
            &[
                "└─ .  keys 59286 43554",
                "├─ a.root-servers.test. 127.0.0.2 (glue)  TIME  refers to test.",
                "└─ test.  signed: DS 55144 is of one of the keys 7998 55144",
                "├─ ns1.test. 127.0.0.4 (glue)  TIME  refers to zone.test.",
                "└─ zone.test.  unsigned, proven by NSEC3",
                "├─ ns2.zone.test. 127.0.0.7 (glue)  TIME  aa answer",
                "└─ www.zone.test. 300 IN A 192.0.2.80",
            ][..],
        ),
        ("www.sec.test", &["└─ sec.test.  signed: DS 4268 is of one of the keys 58016 4268"]),
        ("www.bogus.test", &["└─ bogus.test.  BROKEN: DS 27316 is of none of the keys 56038 65530"]),
        ("www.island.test", &["└─ island.test.  unsigned, proven by NSEC3, although it has the keys "]),
        ("www.refuse.test", &["└─ ns-refuse.zone.test. 127.0.0.9  TIME  REFUSED"]),
        ("www.broken.test", &["└─ ns1.zone.test. 127.0.0.6 (glue)  TIME  ERROR: SERVFAIL"]),
        ("www.closed.test", &["└─ ns-closed.zone.test. 127.0.0.99  NO ANSWER: connection refused"]),
        (
            "www.half.test",
            &["├─ ns-silent.zone.test. 127.0.0.10  NO ANSWER: timed out", "└─ www.half.test. 300 IN A 192.0.2.81"],
        ),
        ("www.gone.test", &["├─ ns.nowhere.test.  NO ADDRESS: not found"]),
        ("www.up.test", &["LAME: refers to test., which is not below"]),
        ("www.horizontal.test", &["LAME: refers to horizontal.test. again"]),
        ("differs.zone.test", &["├─ ns2.zone.test. 127.0.0.7 (glue)  TIME  aa answer  DIFFERS from the others"]),
        ("nosuch.test", &["└─ ns2.test. 127.0.0.5 (glue)  TIME  aa no such name (NXDOMAIN)"]),
        ("www.soans.odd.test", &["└─ ns-odd.zone.test. 127.0.0.14  TIME  LAME: knows nothing of the zone"]),
    ] {
        let said = run(tool("dig").args(["+trace", "+tree", "+timeout=1", name]));
        let drawn: String = said.out().lines().map(|line| without_time(line) + "\n").collect();
        for line in lines {
            assert!(drawn.contains(line), "no {line:?} in\n{}", said.story());
        }
    }
    run(tool("dig").args(["+tree", "www.zone.test"])).status(0);
    run(tool("dig").args(["+tree", "+status", "nosuch.test"])).status(3);
    run(tool("dig").args(["@127.0.0.99", "+tree", "www.zone.test"])).status(9);
}

/// The line with `TIME` for the one word and unit that is how long something took.
fn without_time(line: &str) -> String {
    let words: Vec<&str> = line.split("  ").collect();
    let settled = words.iter().map(|word| if word.ends_with(" ms") { "TIME" } else { word });
    settled.collect::<Vec<_>>().join("  ")
}

fn tree_as_json(net: &Net) {
    let _internet = start(net);
    let value = |name: &str| -> Value {
        let said = run(tool("dig").args(["+tree", "+json", "+timeout=1", name]));
        serde_json::from_str(&said.out()).unwrap_or_else(|error| panic!("{error}: {}", said.story()))
    };
    let signed = value("www.sec.test");
    assert_eq!((&signed["schema"], &signed["type"]), (&"dig/1".into(), &"result".into()));
    let data = &signed["data"];
    assert_eq!((&data["outcome"], &data["resolver"]), (&"answer".into(), &"127.0.0.1".into()), "{data}");
    let zones: Vec<&str> =
        data["zones"].as_array().unwrap().iter().map(|zone| zone["zone"].as_str().unwrap()).collect();
    assert_eq!(zones, [".", "test.", "sec.test."]);
    assert_eq!(data["zones"][2]["security"]["state"], "signed");
    assert_eq!(data["kind"], "tree");
    assert_eq!(data["zones"][2]["security"]["ds_key_tags"], serde_json::json!([4268]));
    let half = value("www.half.test");
    let servers = half["data"]["zones"][2]["servers"].as_array().unwrap();
    let names = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&servers[0]), names(&servers[1]), "every field, whatever came");
    let silent = servers.iter().find(|server| server["name"] == "ns-silent.zone.test.").unwrap();
    assert_eq!((&silent["verdict"], &silent["rtt_us"]), (&"unreachable".into(), &Value::Null));
}

fn diff(net: &Net) {
    let _internet = start(net);
    let dig = |line: &str| run(tool("dig").args(line.split(' ').chain(["+diff", "+timeout=1", "+tries=1"])));
    dig("@127.0.0.6 @127.0.0.7 www.zone.test").status(0).stdout_has("asked of 2 servers: the same from all\n");
    let differs = dig("@127.0.0.6 @127.0.0.7 differs.zone.test");
    differs
        .status(1)
        .stdout_has("differs.zone.test. IN A, asked of 2 servers: they differ in records, TTL\n")
        .stdout_has("  ! differs.zone.test. A 192.0.2.2\n")
        .stdout_has("127.0.0.7#53(127.0.0.7)  NOERROR  qr aa rd  ttl 600  ");
    dig("@127.0.0.6 @127.0.0.7 zone.test SOA").status(1).stdout_has("they differ in records, serial\n");
    dig("+nssearch zone.test").status(1).stdout_has("#53(ns2.zone.test)  NOERROR  qr aa  ttl 300  serial 2026112102  ");
    dig("+nssearch zone.test MX").status(0).stdout_has("zone.test. IN MX, asked of 2 servers: the same from all\n");
    dig("@127.0.0.6 @127.0.0.9 www.zone.test").status(1).stdout_has("they differ in status, flags, records, TTL");
    dig("@127.0.0.6 @127.0.0.99 www.zone.test")
        .status(1)
        .stdout_has("they differ in status\n")
        .stdout_has("127.0.0.99#53(127.0.0.99)  connection refused\n");
    dig("@127.0.0.98 @127.0.0.99 www.zone.test").status(9);
    let json = dig("@127.0.0.6 @127.0.0.99 differs.zone.test +json");
    let value: Value = serde_json::from_str(&json.status(1).out()).unwrap();
    assert_eq!(value["data"]["kind"], "diff");
    assert_eq!(value["data"]["differences"], serde_json::json!(["status"]));
    assert_eq!(value["data"]["replies"][0]["ttl_s"], 300);
    assert_eq!(value["data"]["replies"][1]["failure"], "connection refused");
}

fn watch(net: &Net) {
    let _internet = start(net);
    // A record that holds for a second, and says each time how often it has been asked for.
    odd::start_counter();
    let said = run(tool("dig").args(["@127.0.0.21", "-p", "5353", "+watch=3", "count.test"]));
    let told: Vec<String> =
        said.status(0).out().lines().map(|line| line.splitn(3, ' ').nth(2).unwrap().to_owned()).collect();
    let expected =
        ["  count.test. A 192.0.2.1 (for 1 s)", "- count.test. A 192.0.2.1", "+ count.test. A 192.0.2.2 (for 1 s)"];
    assert_eq!(told, expected, "the third answer is as the second");
    let said = run(tool("dig").args(["@127.0.0.21", "-p", "5353", "+watch=2", "+json", "count.test"]));
    let events: Vec<Value> = said.out().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(events.len(), 2, "{}", said.story());
    assert_eq!((&events[0]["type"], &events[0]["data"]["event"]), (&"event".into(), &"first".into()));
    assert_eq!((&events[1]["data"]["round"], &events[1]["data"]["ttl_s"]), (&2.into(), &1.into()));
    let first = &events[0]["data"];
    for (member, value) in [("kind", "watch"), ("qname", "count.test."), ("server", "127.0.0.21")] {
        assert_eq!(first[member], value, "{first}");
    }
    assert_eq!((&first["qtype"]["name"], &first["server_port"]), (&"A".into(), &5353.into()));
    assert!(first["unix_s"].as_u64().unwrap() > 1_700_000_000, "{first}");
    run(tool("dig").args(["@127.0.0.99", "+watch=1", "+tries=1", "x"]))
        .status(9)
        .stdout_has(" x. A: nobody answered\n");
    run(tool("dig").args(["@127.0.0.4", "+watch=1", "nosuch.test", "MX"]))
        .stdout_has(" nosuch.test. MX: NXDOMAIN, no records (for ");
}

/// Ctrl-C ends it with the status that a shell gives, and what was found is there; no escape sequence without a terminal.
fn watch_is_interrupted(net: &Net) {
    let _internet = start(net);
    let mut command = peer("env");
    // Whoever runs the tests in the background ignores SIGINT, and that is inherited.
    command.arg("--default-signal=INT").arg(tools_dir().join("dig")).args(["@127.0.0.6", "+watch", "www.zone.test"]);
    let watch = Background::spawn(command);
    watch.wait_for_stdout(" s)\n");
    kill_process(Pid::from_raw(watch.pid().try_into().unwrap()).unwrap(), Signal::INT).unwrap();
    let told = watch.wait();
    told.status(130).stderr_is("");
    assert!(told.out().contains("www.zone.test. A ") && !told.out().contains('\x1b'), "{}", told.story());
}
