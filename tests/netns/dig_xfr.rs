//! Transaction signatures and zone transfers beside the real dig: on a real named, and on a server that misbehaves.

use sockeye_test_support::{Background, Case, Net, peer, run, run_with_input, wait_until};

use super::dig::{command_lines, compare, words};

mod server;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_xfr::keys_same_as_dig", &["dig"], keys),
        Case::new("dig_xfr::signatures_same_as_dig", &["dig"], signatures),
        Case::new("dig_xfr::transfers_same_as_dig", &["dig"], transfers),
        Case::new("dig_xfr::named_signs_and_transfers", &["dig", "named", "nsupdate"], named),
    ]
}

/// Key files of every kind, in the folder of the test.
fn keys(net: &Net) {
    server::write_keys(net.dir());
    server::start();
    let lines = command_lines("same-as-dig-keys.txt");
    assert!(lines.len() >= 60, "{} command lines", lines.len());
    compare(&at(net, lines));
}

/// A server that signs, and that signs wrong.
fn signatures(net: &Net) {
    server::write_keys(net.dir());
    server::start();
    let lines = command_lines("same-as-dig-signatures.txt");
    assert!(lines.len() >= 40, "{} command lines", lines.len());
    compare(&at(net, lines));
}

/// A server that transfers zones, and breaks off in every way.
fn transfers(net: &Net) {
    server::write_keys(net.dir());
    server::start();
    let lines = command_lines("same-as-dig-transfers.txt");
    assert!(lines.len() >= 80, "{} command lines", lines.len());
    compare(&at(net, lines));
}

const ALGORITHMS: [&str; 6] = ["md5", "sha1", "sha224", "sha256", "sha384", "sha512"];
const SECRET: &str = "c2VjcmV0c2VjcmV0c2VjcmV0";

/// A real named with a key of every algorithm, a zone with a journal and one of many messages.
fn named(net: &Net) {
    let _named = start(net);
    let mut lines: Vec<String> = Vec::new();
    for algorithm in ALGORITHMS {
        let key = |secret: &str| format!("-y hmac-{algorithm}:{algorithm}-key:{secret}");
        for what in ["small.test SOA", "small.test AXFR", "big.test AXFR +nostats +noanswer", "small.test IXFR=2"] {
            lines.push(format!("@127.0.0.1 {what} {}", key(SECRET)));
        }
        lines.push(format!("@127.0.0.1 small.test AXFR {}", key("b3RoZXI=b3RoZXI=")));
        lines.push(format!("@127.0.0.1 small.test AXFR {}", key("b3RoZXJzZWNyZXQh")));
        lines.push(format!("@127.0.0.1 small.test SOA {} +fuzztime", key(SECRET)));
        lines.push(format!("@127.0.0.1 small.test SOA -y hmac-{algorithm}:sha256-key:{SECRET}"));
        lines.push(format!("@127.0.0.1 small.test SOA -y hmac-{algorithm}-120:{algorithm}-key:{SECRET}"));
    }
    for line in [
        "small.test AXFR",
        "nosuch.test AXFR",
        "small.test SOA",
        "open.test AXFR",
        "open.test IXFR=1",
        "open.test IXFR=3",
    ] {
        lines.push(format!("@127.0.0.1 {line}"));
    }
    for line in [
        "IXFR=1 +notcp",
        "IXFR=2 +notcp +short",
        "IXFR=9",
        "AXFR +onesoa",
        "IXFR=2 +multiline",
        "AXFR +comments +question",
    ] {
        lines.push(format!("@127.0.0.1 open.test {line}"));
    }
    for line in ["small.test SOA +nocomments", "small.test SOA +noadditional", "small.test AXFR +noadditional"] {
        lines.push(format!("@127.0.0.1 {line} -y hmac-sha256:sha256-key:{SECRET}"));
    }
    let in_yaml: Vec<String> = lines.iter().map(|line| format!("+yaml {line}")).collect();
    lines.extend(in_yaml);
    compare(&lines.iter().map(|line| words(line)).collect::<Vec<_>>());
}

fn start(net: &Net) -> Background {
    let folder = net.dir().join("named");
    std::fs::create_dir(&folder).unwrap();
    let mut conf = String::from(
        "options { directory \".\"; listen-on port 53 { 127.0.0.1; }; listen-on-v6 { none; }; pid-file none; session-keyfile none;\n\
         managed-keys-directory \".\"; dnssec-validation no; recursion no; notify no; };\n\
         controls { };\nlogging { category default { null; }; category unmatched { null; }; };\n",
    );
    for algorithm in ALGORITHMS {
        conf.extend(["key ", algorithm, "-key { algorithm hmac-", algorithm, "; secret \"", SECRET, "\"; };\n"]);
    }
    let keys: String = ALGORITHMS.iter().flat_map(|algorithm| ["key ", algorithm, "-key; "]).collect();
    for (zone, who) in [("small", keys.as_str()), ("big", &keys), ("open", "any; ")] {
        let allowed = ["; allow-transfer { ", who, "}; allow-update { any; }; };\n"].concat();
        conf.extend(["zone ", zone, ".test { type primary; file \"", zone, ".zone\"", &allowed]);
        let mut text =
            String::from("$TTL 300\n@ SOA ns r 1 2 3 4 5\n NS ns\nns A 192.0.2.1\na TXT \"x y\"\nb A 192.0.2.2\n");
        if zone == "big" {
            text.extend((0..20_000).map(|number| format!("host{number} A 192.0.2.7\n")));
        }
        std::fs::write(folder.join(format!("{zone}.zone")), text).unwrap();
    }
    std::fs::write(folder.join("named.conf"), conf).unwrap();
    let mut command = peer("named");
    command.args(["-c", "named.conf", "-f", "-n", "1"]).current_dir(&folder);
    let server = Background::spawn(command);
    wait_until("named answers", || {
        let told = run(peer("dig").args(["-r", "+time=1", "+tries=1", "+short", "@127.0.0.1", "open.test", "SOA"]));
        told.out().starts_with("ns.open.test.")
    });
    // Three differences in the journal of each zone that takes them.
    for zone in ["open", "small"] {
        for change in ["update add c.{}.test 300 A 192.0.2.3", "update del b.{}.test", "update add d.{}.test 300 TXT d"]
        {
            let script = format!("server 127.0.0.1\nzone {zone}.test\n{}\nsend\n", change.replace("{}", zone));
            run_with_input(&mut peer("nsupdate"), script.as_bytes()).status(0);
        }
    }
    server
}

/// The lines with `DIR` for the folder of the test.
fn at(net: &Net, lines: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let folder = net.dir().display().to_string();
    lines.into_iter().map(|line| line.into_iter().map(|word| word.replace("DIR", &folder)).collect()).collect()
}
