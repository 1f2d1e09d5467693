//! dig +compare beside getent, python and a name server that keeps a list: what programs get, in which order, and why.

use std::collections::BTreeSet;
use std::net::UdpSocket;
use std::path::Path;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use sockeye_sys::namespace;
use sockeye_test_support::{Case, Net, Run, peer, run, tool};

use crate::dig::start_named;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_compare::the_table_of_the_reference", &["named", "getent", "ip"], the_table),
        Case::new("dig_compare::other_programs_get_what_getent_prints", &["named", "getent", "ip"], other_programs),
        Case::new("dig_compare::the_order_is_python_s_and_each_step_has_a_rule", &["python3", "ip"], the_order),
        Case::new("dig_compare::the_sources_of_nsswitch_conf", &["named", "getent"], sources),
        Case::new("dig_compare::the_names_of_the_search_list", &["getent"], search_list),
        Case::new("dig_compare::every_source_is_waited_for_at_once", &["ip"], at_once),
        Case::new("dig_compare::who_was_silent_is_told", &[], silent),
        Case::new("dig_compare::explains_each_step", &["named"], explains),
        Case::new("dig_compare::every_field_is_always_there", &["named"], every_field),
    ]
}

fn dig(args: &[&str]) -> Run {
    run(tool("dig").args(args).env("LC_ALL", "C"))
}

fn compare(line: &str) -> Value {
    let mut args = vec!["--json", "+compare"];
    args.extend(line.split(' '));
    let told = dig(&args);
    let value: Value = serde_json::from_str(&told.out()).unwrap_or_else(|error| panic!("{error}: {}", told.story()));
    assert_eq!((&value["schema"], &value["type"]), (&"dig/1".into(), &"result".into()));
    assert_eq!(value["data"]["kind"], "compare");
    value["data"].clone()
}

/// The texts of a list of JSON.
fn texts(list: &Value) -> Vec<String> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap().to_owned()).collect()
}

/// The addresses of getaddrinfo in its order.
fn order(data: &Value) -> Vec<String> {
    let addresses = data["getaddrinfo"]["addresses"].as_array().unwrap();
    addresses.iter().map(|row| row["address"].as_str().unwrap().to_owned()).collect()
}

fn kinds(data: &Value) -> Vec<String> {
    let all = data["disagreements"].as_array().unwrap();
    all.iter().map(|row| row["kind"].as_str().unwrap().to_owned()).collect()
}

/// Puts a file of the test's own over one in /etc, for this thread and all that it starts.
fn over_etc(net: &Net, name: &str, text: &str) {
    let file = net.dir().join(format!("own-{name}"));
    std::fs::write(&file, text).unwrap();
    namespace::bind_mount(&file, Path::new("/etc").join(name)).unwrap();
}

/// Changes a file that already lies over one in /etc.
fn change(net: &Net, name: &str, text: &str) {
    std::fs::write(net.dir().join(name), text).unwrap();
}

const HOSTS: &str = "\
127.0.0.1\tlocalhost
::1\t\tlocalhost ip6-localhost
192.0.2.201\tweb.lab.test web
192.0.2.204\tonlyhosts.lab.test
";

/// reference/dig.md section 6, row by row.
fn the_table(net: &Net) {
    let _named = start_named(net);
    change(net, "named/hosts", HOSTS);
    net.ip("addr add 192.0.2.9/24 dev lo");
    let web = compare("web.lab.test");
    assert_eq!(order(&web), ["192.0.2.201"]);
    assert_eq!(kinds(&web), ["hosts_and_dns", "getent_hosts"], "{web}");
    assert_eq!(
        web["disagreements"][0]["sentence"],
        "the hosts file says 192.0.2.201 (line 3), DNS says 192.0.2.80, 2001:db8::80: programs get 192.0.2.201, dig shows \
         192.0.2.80, 2001:db8::80"
    );
    assert!(
        web["disagreements"][1]["sentence"].as_str().unwrap().starts_with("`getent hosts` says 2001:db8::80 where ")
    );
    assert_eq!((&web["winner"]["source"], &web["winner"]["address"]), (&"files".into(), &"192.0.2.201".into()));
    assert_eq!(web["hosts"]["lines"][0]["line"], 3);
    assert_eq!(web["nsswitch"]["sources"][1]["reached"], false);
    // The same addresses by themselves: three answers for one name.
    let said = |source: usize| {
        let mut said = texts(&web["nsswitch"]["sources"][source]["addresses"]);
        said.sort();
        said
    };
    assert_eq!(
        (said(0), said(1)),
        (vec!["192.0.2.201".to_owned()], vec!["192.0.2.80".to_owned(), "2001:db8::80".to_owned()])
    );

    let only = compare("onlyhosts.lab.test");
    assert_eq!(only["getaddrinfo"]["canonname"], "onlyhosts.lab.test");
    assert_eq!(only["resolver"]["names"][0]["a"]["outcome"], "nx_domain");
    assert_eq!(kinds(&only), ["hosts_and_dns"]);

    let mail = compare("mail");
    assert_eq!(mail["getaddrinfo"]["canonname"], "mail.lab.test");
    assert_eq!(mail["resolver"]["names"][0]["qname"], "mail.lab.test.");
    assert_eq!(mail["resolver"]["names"][0]["aaaa"]["records"][0]["ttl_s"], 3600);
    let as_it_is = &mail["resolver"]["names"][1];
    assert_eq!((&as_it_is["qname"], &as_it_is["tried"]), (&"mail.".into(), &false.into()));
    assert_eq!(kinds(&mail)[0], "search_list");
    // One family has no address: rule 1, as libc and the kernel see it.
    assert_eq!(order(&mail), ["192.0.2.25", "2001:db8::25"]);
    assert_eq!(mail["getaddrinfo"]["addresses"][0]["before_next"]["rule"], 1);

    for (line, status, error) in [
        ("mail.", 22, "EAI_NONAME"),
        ("nosuch.lab.test", 22, "EAI_NONAME"),
        ("lab.test", 25, "EAI_NODATA"),
        ("two.lab.test. +family=inet6", 25, "EAI_NODATA"),
        ("dark.lab.test", 23, "EAI_AGAIN"),
        ("refused.test", 23, "EAI_AGAIN"),
        ("192.0.2.1 +family=inet6", 29, "EAI_ADDRFAMILY"),
    ] {
        let data = compare(line);
        assert_eq!(data["getaddrinfo"]["error"]["name"], error, "{line}");
        assert_eq!(data["winner"], Value::Null);
        dig(&[&["+compare"], &line.split(' ').collect::<Vec<_>>()[..]].concat())
            .status(status)
            .stdout_has(&format!(";; Programs get nothing: {error} (-{}): ", status - 20));
    }
    // What getaddrinfo calls by one word, DNS calls by several.
    let outcome = |name: &str| compare(name)["resolver"]["names"][0]["a"].clone();
    assert_eq!(outcome("lab.test")["outcome"], "no_data");
    assert_eq!(outcome("lab.test")["negative_ttl_s"], 300);
    assert_eq!(outcome("nosuch.lab.test")["outcome"], "nx_domain");
    assert_eq!(outcome("dark.lab.test")["rcode"]["name"], "SERVFAIL");
    assert_eq!(outcome("refused.test")["rcode"]["name"], "REFUSED");
    assert_eq!(outcome("loop.lab.test")["outcome"], "loop");
    assert_eq!(outcome("a..b")["outcome"], "bad_name");

    let mapped = compare("two.lab.test +family=inet6 +gai=v4mapped");
    let mut addresses = order(&mapped);
    addresses.sort();
    assert_eq!(addresses, ["::ffff:192.0.2.1", "::ffff:192.0.2.2"]);
    let alias = compare("alias.lab.test");
    assert_eq!(alias["getaddrinfo"]["canonname"], "web.lab.test");
    assert_eq!(alias["resolver"]["names"][0]["a"]["aliases"][1][1], "web.lab.test.");
    let old_form = compare("0x7f.1");
    assert_eq!((order(&old_form), &old_form["numeric"]), (vec!["127.0.0.1".to_owned()], &true.into()));
    assert_eq!(kinds(&compare("b\u{fc}cher.lab.test")), ["idn"]);
}

/// Addresses of the first column of getent, each once.
fn getent(program: &str, name: &str) -> Vec<String> {
    let mut line = program.split(' ');
    let told = run(peer(line.next().unwrap()).args(line).arg(name));
    let mut addresses: Vec<String> = Vec::new();
    for line in told.out().lines() {
        let address = line.split_ascii_whitespace().next().unwrap().to_owned();
        if !addresses.contains(&address) {
            addresses.push(address);
        }
    }
    assert_eq!(told.status == 0, !addresses.is_empty(), "{}", told.story());
    addresses
}

fn other_programs(net: &Net) {
    let _named = start_named(net);
    change(net, "named/hosts", HOSTS);
    for address in [None, Some("addr add 192.0.2.9/24 dev lo"), Some("-6 addr add 2001:db8::9/64 dev lo nodad")] {
        if let Some(address) = address {
            net.ip(address);
        }
        for name in ["web.lab.test", "mail", "onlyhosts.lab.test", "alias.lab.test", "localhost", "nosuch", "lab.test"]
        {
            let data = compare(name);
            for view in data["views"].as_array().unwrap() {
                let program = view["program"].as_str().unwrap();
                let (mut ours, mut theirs) = (texts(&view["addresses"]), getent(program, name));
                if program == "getent hosts" {
                    // In the order of the source, which is no order.
                    ours.sort();
                    theirs.sort();
                }
                assert_eq!(ours, theirs, "{program} {name} {address:?}");
            }
        }
        // Which programs get less, by which families this host has.
        let addrconfig = kinds(&compare("mail")).iter().filter(|kind| *kind == "addrconfig").count();
        assert_eq!(addrconfig, [2, 2, 0][address.map_or(0, |line| if line.starts_with("-6") { 2 } else { 1 })]);
    }
}

const PYTHON: &str = "
import socket, sys
for row in socket.getaddrinfo(sys.argv[1], None, type=socket.SOCK_STREAM):
    print(row[4][0])
";

/// One of each kind that the tables tell apart.
const DESTINATIONS: [&str; 13] = [
    "2001:db8::80",
    "192.0.2.80",
    "2001:db8:1::80",
    "198.51.100.7",
    "fd00:1::80",
    "10.9.8.7",
    "2002:c000:201::1",
    "127.0.0.5",
    "::1",
    "fec0::80",
    "2001::80",
    "169.254.3.4",
    "192.0.2.10",
];

fn the_order(net: &Net) {
    namespace::unshare_mount().unwrap();
    // The same addresses in several orders: what no rule tells apart stays as the hosts file has it.
    let mut hosts = String::new();
    for shift in 0..DESTINATIONS.len() {
        for index in 0..DESTINATIONS.len() {
            // Seven and thirteen have no common divisor: every address comes once.
            let address = DESTINATIONS[(index * 7 + shift) % DESTINATIONS.len()];
            hosts.extend([address, "\tmany", &shift.to_string(), "\n"]);
        }
    }
    over_etc(net, "hosts", &hosts);
    over_etc(net, "nsswitch.conf", "hosts: files\n");
    over_etc(net, "resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
    over_etc(net, "gai.conf", "");
    let mut rules: Vec<u64> = Vec::new();
    for step in [
        "",
        "addr add 192.0.2.9/24 dev lo",
        "-6 addr add 2001:db8::9/64 dev lo nodad",
        "-6 addr change 2001:db8::9/64 dev lo nodad preferred_lft 0 valid_lft forever",
        "-6 addr change 2001:db8::9/64 dev lo nodad preferred_lft forever valid_lft forever",
        "-6 addr add fd00:1::9/64 dev lo nodad",
        "route add default dev lo",
        "-6 route add default dev lo",
        "-6 addr add 2002:c000:201::9/48 dev lo nodad",
    ] {
        if !step.is_empty() {
            net.ip(step);
        }
        for conf in [
            "",
            "precedence ::ffff:0:0/96 100\n",
            "label ::1/128 0\nlabel ::/0 1\nlabel fd00::/8 9\nlabel ::ffff:0:0/96 1\nprecedence fd00::/8 60\nprecedence ::ffff:0:0/96 7\n",
            "scopev4 ::ffff:10.0.0.0/104 5\nscopev4 127.0.0.0/8 14\n",
        ] {
            change(net, "own-gai.conf", conf);
            for shift in (0..DESTINATIONS.len()).step_by(3) {
                let name = format!("many{shift}");
                let data = compare(&name);
                let python = run(peer("python3").args(["-c", PYTHON, &name]));
                let expected: Vec<String> = python.out().lines().map(str::to_owned).collect();
                assert_eq!(order(&data), expected, "{step} {conf} {name}");
                let addresses = data["getaddrinfo"]["addresses"].as_array().unwrap();
                let (last, others) = addresses.split_last().unwrap();
                assert_eq!(last["before_next"], Value::Null);
                for (row, next) in others.iter().zip(&addresses[1..]) {
                    let rule = row["before_next"]["rule"].as_u64();
                    let rule = rule.unwrap_or_else(|| panic!("{step} {conf} {name}: no rule for {row}"));
                    let place = |row: &Value| hosts.find(&format!("{}\t{name}\n", row["address"].as_str().unwrap()));
                    assert!(rule != 10 || place(row) < place(next), "{step} {conf} {name}: {row}");
                    rules.push(rule);
                }
            }
        }
    }
    rules.sort_unstable();
    rules.dedup();
    // Without tunnels and home addresses those two rules have nothing to say.
    assert_eq!(rules, [1, 2, 3, 5, 6, 8, 9, 10], "a rule that is never used is not tested");
}

fn sources(net: &Net) {
    let _named = start_named(net);
    change(net, "named/hosts", HOSTS);
    over_etc(net, "nsswitch.conf", "");
    let shown = |data: &Value| -> Vec<(String, bool, String)> {
        let sources = data["nsswitch"]["sources"].as_array().unwrap();
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        sources
            .iter()
            .map(|row| (text(&row["name"]), row["reached"].as_bool().unwrap(), text(&row["status"])))
            .collect()
    };
    for (conf, name, sources, winner, kind) in [
        ("", "web.lab.test", "files+success dns-success", Some("files"), "hosts_and_dns"),
        ("hosts: dns files\n", "web.lab.test", "dns+success files-success", Some("dns"), "hosts_and_dns"),
        ("hosts: files\nhosts: dns\n", "web.lab.test", "dns+success", Some("dns"), "hosts_and_dns"),
        ("hosts: files [NOTFOUND=return] dns\n", "mail", "files+notfound dns-success", None, "asking_ends"),
        ("hosts: files [!SUCCESS=return] dns\n", "mail", "files+notfound dns-success", None, "asking_ends"),
        (
            "hosts: nosuchmodule files dns\n",
            "mail",
            "nosuchmodule+unavail files+notfound dns+success",
            Some("dns"),
            "not_installed",
        ),
        ("hosts: nosuchmodule [UNAVAIL=return] dns\n", "mail", "nosuchmodule+unavail dns-success", None, "asking_ends"),
        ("hosts: files [NOTFOUND=bogus] dns\n", "mail", "", None, "nsswitch_malformed"),
        ("hosts: files\n# hosts: dns\n", "mail", "files+notfound", None, ""),
        ("hosts: files # dns\n", "mail", "files+notfound #+unavail dns+success", Some("dns"), "comment"),
    ] {
        change(net, "own-nsswitch.conf", conf);
        let data = compare(name);
        let told: Vec<String> = shown(&data)
            .iter()
            .map(|(name, reached, status)| format!("{name}{}{status}", if *reached { "+" } else { "-" }))
            .collect();
        assert_eq!(told.join(" "), sources, "{conf}");
        assert_eq!(data["winner"]["source"].as_str(), winner, "{conf}{data}");
        assert!(kind.is_empty() || kinds(&data).contains(&kind.to_owned()), "{conf}{data}");
        // getent walks along the sources as getaddrinfo does.
        assert_eq!(getent("getent ahosts", name).is_empty(), winner.is_none(), "{conf}");
        for row in data["nsswitch"]["sources"].as_array().unwrap() {
            let service = row["name"].as_str().unwrap();
            if row["installed"] == true {
                let mut theirs = getent(&format!("getent -s {service} ahosts"), name);
                let mut ours = texts(&row["addresses"]);
                // With AI_ADDRCONFIG on a host with nothing but loopback: both families.
                theirs.sort();
                ours.sort();
                assert_eq!(ours, theirs, "{conf} {service}");
            }
        }
    }
}

/// Answers every query with NXDOMAIN and keeps its name.
///
/// Queries for a name that begins with `silent` get no answer.
fn name_keeper() -> Arc<Mutex<Vec<String>>> {
    let socket = UdpSocket::bind("127.0.0.1:53").unwrap();
    let names = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&names);
    std::thread::spawn(move || {
        let mut message = [0; 1500];
        while let Ok((length, from)) = socket.recv_from(&mut message) {
            let mut name = String::new();
            let mut rest = &message[12..length];
            while let Some((count, tail)) = rest.split_first().filter(|(count, _)| **count > 0) {
                let (label, tail) = tail.split_at(usize::from(*count));
                name.extend([&*String::from_utf8_lossy(label), "."]);
                rest = tail;
            }
            // The header and the question, as an answer with nothing behind.
            let end = length - rest.len() + 5;
            let mut answer = message[..end].to_vec();
            answer[2] |= 0x84;
            answer[3] = 0x83;
            answer[6..12].fill(0);
            let is_silent = name.starts_with("silent");
            // Before the answer: whoever has it may look at once.
            kept.lock().unwrap().push(name);
            if !is_silent {
                let _ = socket.send_to(&answer, from);
            }
        }
    });
    names
}

/// Each once, in the order in which they came.
fn taken(names: &Mutex<Vec<String>>) -> Vec<String> {
    let mut once: Vec<String> = Vec::new();
    for name in names.lock().unwrap().drain(..) {
        if !once.contains(&name) {
            once.push(name);
        }
    }
    once
}

fn search_list(net: &Net) {
    namespace::unshare_mount().unwrap();
    over_etc(net, "hosts", "127.0.0.1 localhost\n");
    over_etc(net, "nsswitch.conf", "hosts: dns\n");
    over_etc(net, "resolv.conf", "");
    let names = name_keeper();
    for (conf, localdomain) in [
        ("nameserver 127.0.0.1\nsearch a.test b.test\n", None),
        ("nameserver 127.0.0.1 # here\ndomain d.test\n", None),
        ("nameserver 127.0.0.1\nsearch a.test\ndomain d.test\n", None),
        ("nameserver 127.0.0.1\nsearch a.test\noptions ndots:2\n", None),
        ("nameserver 127.0.0.1\nsearch a.test\noptions ndots:0\n", None),
        ("nameserver 127.0.0.1\nsearch a.test .\n", None),
        ("nameserver 127.0.0.1\nsearch . a.test\n", None),
        ("nameserver 127.0.0.1\nsearch a.test\noptions no-tld-query\n", None),
        ("nameserver 127.0.0.1\nsearch a.test b.test c.test d.test e.test f.test g.test h.test\n", None),
        ("nameserver 127.0.0.1\nsearch a.test\n", Some("x.test y.test")),
        ("nameserver 127.0.0.1\n search a.test\nsearch\n", None),
        ("nameserver 127.0.0.1\nsearch a.test.\n", None),
        ("nameserver 127.0.0.1\nsearch a.test b.test\noptions timeout:1 attempts:1\n", None),
        ("", None),
    ] {
        // Silence is waited for, once with one try of a second.
        let silent: &[&str] = if conf.contains("attempts:1") { &["silent", "silent.x"] } else { &[] };
        change(net, "own-resolv.conf", conf);
        for name in ["host", "host.x", "host.x.y", "host.", "host.x."].iter().chain(silent) {
            let with = |command: &mut std::process::Command| {
                match localdomain {
                    Some(list) => command.env("LOCALDOMAIN", list),
                    None => command.env_remove("LOCALDOMAIN"),
                };
                run(command)
            };
            with(peer("getent").args(["ahosts", *name])).status(2);
            let expected = taken(&names);
            let told = with(tool("dig").args(["--json", "+compare", *name]));
            // Ours, and then what the C library asked for us.
            taken(&names);
            let data: Value = serde_json::from_str(&told.out()).unwrap();
            let tried: Vec<String> = data["data"]["resolver"]["names"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|row| row["tried"] == true)
                .map(|row| row["qname"].as_str().unwrap().to_owned())
                .collect();
            assert_eq!(tried, expected, "{conf}{name}");
        }
    }
}

/// A server that answers nobody before it has heard all of them: dig over two sockets, getaddrinfo, the five ways in which
/// other programs call it, and the DNS by itself.
fn at_once(net: &Net) {
    namespace::unshare_mount().unwrap();
    over_etc(net, "hosts", "127.0.0.1 localhost\n");
    over_etc(net, "nsswitch.conf", "hosts: files dns\n");
    // Whoever asks when another has given up comes too late.
    over_etc(net, "resolv.conf", "nameserver 127.0.0.1\noptions timeout:30 attempts:1\n");
    // Without them AI_ADDRCONFIG asks nobody.
    net.ip("addr add 192.0.2.9/24 dev lo");
    net.ip("-6 addr add 2001:db8::9/64 dev lo nodad");
    let server = UdpSocket::bind("127.0.0.1:53").unwrap();
    std::thread::spawn(move || {
        let (mut asked, mut ports) = (Vec::new(), BTreeSet::new());
        let mut query = [0; 512];
        while let Ok((length, from)) = server.recv_from(&mut query) {
            asked.push((query[..length].to_vec(), from));
            ports.insert(from.port());
            if ports.len() < 9 {
                continue;
            }
            for (mut answer, to) in asked.drain(..) {
                // NXDOMAIN, and no record of EDNS behind the question.
                answer[2] |= 0x80;
                answer[3] = 0x83;
                answer[11] = 0;
                let end = 12 + answer[12..].iter().position(|octet| *octet == 0).unwrap() + 5;
                server.send_to(&answer[..end], to).unwrap();
            }
        }
    });
    let data = compare("host.");
    assert_eq!(data["getaddrinfo"]["error"]["name"], "EAI_NONAME", "{data}");
    assert_eq!(data["nsswitch"]["sources"][1]["status"], "notfound", "{data}");
    assert_eq!(data["resolver"]["names"][0]["a"]["outcome"], "nx_domain", "{data}");
    assert_eq!(data["resolver"]["silent"], serde_json::json!([]), "{data}");
    for view in data["views"].as_array().unwrap() {
        assert_eq!(view["error"]["name"], "EAI_NONAME", "{view}");
    }
}

fn silent(net: &Net) {
    namespace::unshare_mount().unwrap();
    over_etc(net, "hosts", "127.0.0.1 localhost\n");
    over_etc(net, "nsswitch.conf", "hosts: files dns\n");
    over_etc(net, "resolv.conf", "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n");
    let _server = UdpSocket::bind("127.0.0.1:53").unwrap();
    let data = compare("host.");
    let silent = data["resolver"]["silent"].as_array().unwrap();
    assert_eq!((silent.len(), &silent[0]["server"], &silent[0]["questions"]), (1, &"127.0.0.1:53".into(), &2.into()));
    let second = |took: &Value| took.as_u64().unwrap() >= 1_000_000;
    let sources = &data["nsswitch"]["sources"];
    assert!(second(&silent[0]["waited_us"]) && second(&sources[1]["took_us"]), "{data}");
    assert!(second(&data["getaddrinfo"]["took_us"]) && !sources[0]["took_us"].is_null(), "{data}");
    dig(&["+compare", "host."])
        .stdout_has("\n   127.0.0.1:53 was silent: 2 questions without an answer, ")
        .stdout_has("\n   dns: that took ");
}

fn explains(net: &Net) {
    let _named = start_named(net);
    for (line, fact) in [
        ("onlyhosts", "hosts: /etc/hosts has 3 lines that count, 1 of them about onlyhosts"),
        ("mail", "source: files: the hosts file; by itself it says NOTFOUND; the next one is asked"),
        ("mail", "search: the list is \"lab.test\" (/etc/resolv.conf); dots: 0, ndots: 1: with the search list first"),
        ("mail", "dns: mail.lab.test. ends the search"),
        ("mail", "dns: mail. is not tried; asked because dig asks for it"),
        ("mail", "host: beside loopback it has no address of IPv4 and no address of IPv6"),
        ("mail", "2001:db8::25 before 192.0.2.25 by rule 6, prefer higher precedence: "),
        ("mail", "asked 127.0.0.1:53 over UDP for mail.lab.test. IN AAAA"),
        ("::1", "host: the name is an address in numbers, which is looked up nowhere"),
    ] {
        dig(&["+compare", "+explain", line]).stdout_has(&format!(";; explain: {fact}"));
    }
    // Another server than resolv.conf's, and one that is not there.
    let data = compare("@127.0.0.1 -p 9 +tries=1 mail");
    assert_eq!(data["resolver"]["servers_from_command_line"], true);
    assert_eq!(data["resolver"]["names"][0]["a"]["error"], "connection refused");
    assert_eq!(data["resolver"]["names"][0]["a"]["outcome"], "silence");
    assert_eq!(data["nsswitch"]["sources"][1]["status"], "success", "the C library asks its own servers");
}

/// The names of every object, with those of the objects inside.
fn names(value: &Value) -> Vec<String> {
    let mut all = Vec::new();
    for (name, inside) in value.as_object().into_iter().flatten() {
        all.push(name.clone());
        if matches!(name.as_str(), "hosts" | "nsswitch" | "resolver" | "getaddrinfo" | "policy") {
            all.extend(names(inside).into_iter().map(|inner| format!("{name}.{inner}")));
        }
    }
    all
}

fn every_field(net: &Net) {
    let _named = start_named(net);
    let mail = names(&compare("mail"));
    for name in ["nosuch", "onlyhosts", "::1", "a..b"] {
        assert_eq!(names(&compare(name)), mail, "{name}");
    }
}
