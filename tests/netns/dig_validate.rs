//! `dig +validate`: on a tree of signed zones, beside what BIND's delv says of the same names.

use std::path::Path;
use std::process::Command;

use serde_json::Value;
use sockeye_test_support::{Background, Case, Net, Run, peer, run, tool, wait_until};

pub(crate) fn tests() -> Vec<Case> {
    vec![Case::new("dig_validate::as_delv_says", &["named", "delv", "dnssec-keygen", "dnssec-signzone"], as_delv_says)]
}

/// A signed root and under it a zone that is signed, one whose record was changed, one whose signatures have expired,
/// and one that is not signed.
const ZONES: [&str; 4] = ["signed", "changed", "expired", "plain"];

fn made(command: &mut Command) -> String {
    let run = run(command);
    run.status(0);
    run.out()
}

/// Makes the zones and their keys in `folder`; the root's key is in the file `anchor`, and as delv wants it in `keys`.
fn sign(folder: &Path) {
    let write = |file: &str, text: &str| std::fs::write(folder.join(file), text).unwrap();
    let read = |file: &str| std::fs::read_to_string(folder.join(file)).unwrap();
    let mut root = "$TTL 60\n@ SOA ns.signed. h.signed. 1 3600 900 604800 300\n@ NS ns.signed.\n".to_owned();
    let mut conf =
        "options { directory \".\"; recursion no; listen-on-v6 { none; }; pid-file none; session-keyfile none; };\n\
                    controls {};\nzone \".\" { type primary; file \"root\"; };\n"
            .to_owned();
    for zone in ZONES {
        let text = format!(
            "$TTL 60\n@ SOA ns.{zone}. h.{zone}. 1 3600 900 604800 300\n@ NS ns\nns A 127.0.0.1\nweb A 192.0.2.1\nalias CNAME web\n"
        );
        write(&format!("{zone}.db"), &text);
        root.extend([zone, ". NS ns.", zone, ".\nns.", zone, ". A 127.0.0.1\n"]);
        conf.extend(["zone \"", zone, "\" { type primary; file \"", zone, "\"; };\n"]);
        if zone == "plain" {
            write(zone, &text);
            continue;
        }
        keys(folder, zone);
        let mut signer = peer("dnssec-signzone");
        signer.current_dir(folder).args(["-P", "-q", "-S", "-o", zone, "-f", zone]);
        if zone == "expired" {
            signer.args(["-s", "20200101000000", "-e", "20200201000000"]);
        }
        made(signer.arg(format!("{zone}.db")));
        root += &read(&format!("dsset-{zone}."));
    }
    let changed = read("changed").replace("192.0.2.1", "192.0.2.66");
    write("changed", &changed);
    write("root.db", &root);
    let ksk = keys(folder, ".");
    made(peer("dnssec-signzone").current_dir(folder).args(["-P", "-q", "-S", "-o", ".", "-f", "root", "root.db"]));
    let key = read(&format!("{ksk}.key"));
    let key = key.lines().find(|line| line.contains(" DNSKEY ")).unwrap();
    write("anchor", &format!("{key}\n"));
    let words: Vec<&str> = key.split_ascii_whitespace().collect();
    let delv =
        format!("trust-anchors {{ \".\" static-key {} \"{}\"; }};\n", words[3..6].join(" "), words[6..].concat());
    write("keys", &delv);
    write("named.conf", &conf);
}

/// A key that signs keys and one that signs the rest; the name of the first.
fn keys(folder: &Path, zone: &str) -> String {
    let keygen = |more: &[&str]| {
        let mut command = peer("dnssec-keygen");
        made(command.current_dir(folder).args(["-q", "-a", "ECDSAP256SHA256"]).args(more).arg(zone)).trim().to_owned()
    };
    keygen(&[]);
    keygen(&["-f", "KSK"])
}

fn dig(folder: &Path, args: &[&str]) -> Run {
    run(tool("dig").current_dir(folder).args(["@127.0.0.1", "+validate=anchor"]).args(args))
}

fn as_delv_says(net: &Net) {
    let folder = net.dir().join("zones");
    std::fs::create_dir(&folder).unwrap();
    sign(&folder);
    let mut command = peer("named");
    command.args(["-c", "named.conf", "-f", "-n", "1"]).current_dir(&folder);
    let _named = Background::spawn(command);
    wait_until("named answers", || {
        run(tool("dig").args(["@127.0.0.1", "+short", "+tries=1", "signed", "soa"])).out().contains("h.signed")
    });
    for (name, verdict, delv) in [
        ("web.signed", "secure", "; fully validated"),
        ("alias.signed", "secure", "; fully validated"),
        ("nosuch.signed", "secure", "; negative response, fully validated"),
        ("web.changed", "bogus", ";; resolution failed: RRSIG failed to verify"),
        ("ns.changed", "secure", "; fully validated"),
        ("web.expired", "bogus", ";; resolution failed: broken trust chain"),
        ("web.plain", "insecure", "; unsigned answer"),
    ] {
        let theirs = run(peer("delv").current_dir(&folder).args(["@127.0.0.1", "-a", "keys", name, "A"]));
        assert!((theirs.out() + &theirs.err()).contains(delv), "{name}: {}", theirs.story());
        let ours = dig(&folder, &["--json", name]);
        let last: Value = serde_json::from_str(ours.out().lines().last().unwrap()).unwrap();
        assert_eq!(last["data"]["kind"], "validation");
        assert_eq!(last["data"]["verdict"], verdict, "{name}: {}", ours.story());
    }
    let told = dig(&folder, &["+noall", "+answer", "web.signed"]);
    told.status(0).stdout_has("web.signed.\t\t60\tIN\tA\t192.0.2.1\n;; VALIDATION:\n; web.signed. A: secure: ");
    told.stdout_has(" (KSK, ECDSAP256SHA256, a trust anchor)").stdout_has(") is the digest of a key below");
    dig(&folder, &["web.expired"]).stdout_has("until 20200201000000, which is past");
    // To a script a bogus answer is a failure; to somebody who asks for no status it is an answer.
    dig(&folder, &["web.changed", "+status"]).status(4);
    dig(&folder, &["web.changed"]).status(0);
    // The root of this tree is not the Internet's.
    run(tool("dig").args(["@127.0.0.1", "+validate", "web.signed"])).status(0).stdout_has(": BOGUS: ");
    run(tool("dig").args(["@127.0.0.1", "+validate=/nonexistent", "web.signed"]))
        .status(1)
        .stderr_is("dig: read trust anchors /nonexistent: No such file or directory\n");
}
