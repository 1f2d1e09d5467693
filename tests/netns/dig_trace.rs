//! `+trace` and `+nssearch` beside the real dig, in a small Internet of named's own: root, top level and zones, with
//! servers that refuse, are silent, are not there, have no address, or refer to the wrong place.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::net::{TcpListener, UdpSocket};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::sync::Mutex;

use sockeye_test_support::{Background, Case, Net, peer, run, tool};

use crate::dig::{shown, start_named_as, words};

mod odd;

pub(crate) fn tests() -> Vec<Case> {
    let peers = &["dig", "named", "ip"];
    vec![
        Case::new("dig_trace::same_as_dig", peers, |net| same_as_dig(net, "same-as-dig.txt")),
        Case::new("dig_trace::same_as_dig_on_odd_servers", peers, same_on_odd_servers),
        Case::new("dig_trace::nssearch_is_the_same_as_dig", peers, |net| same_as_dig(net, "nssearch-same-as-dig.txt")),
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
    for last in 1..=19 {
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

/// Without what differs from run to run: times, what is left of a cached record's TTL, and which of two twins answered.
fn settled(text: &str) -> String {
    let mut settled = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        for (one, other) in TWINS {
            line = line.replace(one, other);
        }
        for unit in [" ms", " us"] {
            for end in ["", "."] {
                let end = format!("{unit}{end}");
                if let Some((before, took)) = line.strip_suffix(&end).and_then(|line| line.rsplit_once(" in "))
                    && took.bytes().all(|octet| octet.is_ascii_digit())
                {
                    line = format!("{before} in TIME{end}");
                }
            }
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
    assert!(lines.len() >= 30, "{} command lines", lines.len());
    compare(&lines);
}

fn same_on_odd_servers(net: &Net) {
    let _internet = start(net);
    let traces = odd::labels().map(|label| format!("+nocmd +nodnssec +trace www.{label}.odd.test"));
    let searches = ["twobad", "soa", "gone2", "none"].map(|label| format!("+nssearch @127.0.0.14 x.{label}.odd.test"));
    let roots = (14..=19).map(|last| format!("@127.0.0.{last} +nocmd +trace nodata.test"));
    let lines: Vec<String> = traces.chain(searches).chain(roots).collect();
    compare(&lines.iter().map(String::as_str).collect::<Vec<_>>());
}

fn compare(lines: &[&str]) {
    let next = Mutex::new(lines.iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let Some(line) = next.lock().unwrap().next() else { return };
                    let (theirs, ours) = both(line);
                    if theirs != ours {
                        wrong.lock().unwrap().push(format!("=== dig {line}\n{theirs:#?}\n{ours:#?}"));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap().join("\n").replace("\\n", "\n").replace("\\t", "\t");
    assert!(wrong.is_empty(), "theirs first:\n{wrong}");
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
