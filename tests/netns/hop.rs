//! hop over four hosts in a line, as root and as somebody without a privilege, beside the real ping, traceroute and tracepath.

use serde_json::Value;
use sockeye_test_support::{Background, Case, Net, run, wait_until};

use crate::hop_line::{FAMILIES, Line, USERS, User, allow_icmp, far, hops, nft, set};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("hop::trace_every_way", &["setpriv"], trace_every_way),
        Case::new("hop::ping_every_way", &["setpriv"], ping_every_way),
        Case::new("hop::icmp_that_is_not_allowed", &["setpriv"], icmp_that_is_not_allowed),
        Case::new("hop::icmp_for_a_group", &["setpriv"], icmp_for_a_group),
        Case::new("hop::the_way_and_the_pings", &[], the_way_and_the_pings),
        Case::new("hop::same_as_traceroute", &["traceroute"], same_as_traceroute),
        Case::new("hop::same_as_tracepath", &["tracepath", "setpriv"], same_as_tracepath),
        Case::new("hop::same_as_ping", &["ping", "nft"], same_as_ping),
        Case::new("hop::path_mtu", &["setpriv", "ip"], path_mtu),
        Case::new("hop::mtu_black_hole", &["setpriv", "ip", "nft"], mtu_black_hole),
        Case::new("hop::too_long", &["setpriv", "ip"], too_long),
        Case::new("hop::unreachables", &["setpriv", "nft"], unreachables),
        Case::new("hop::half_is_lost", &["setpriv", "nft"], half_is_lost),
        Case::new("hop::an_outage", &["nft"], an_outage),
        Case::new("hop::a_silent_router_and_a_black_hole", &["setpriv", "nft"], a_silent_router_and_a_black_hole),
        Case::new("hop::a_refusal_that_few_probes_get", &["nft"], a_refusal_that_few_probes_get),
        Case::new("hop::a_host_that_is_down", &["setpriv"], a_host_that_is_down),
        Case::new("hop::a_loop", &["ip"], a_loop),
        Case::new("hop::open_and_answering", &["setpriv"], open_and_answering),
        Case::new("hop::flow_and_ports", &["setpriv", "nft"], flow_and_ports),
        Case::new("hop::ttl_of_pings", &["setpriv"], ttl_of_pings),
        Case::new("hop::sources", &["setpriv"], sources),
        Case::new("hop::names_of_routers", &[], names_of_routers),
        Case::new("hop::another_way_back", &[], another_way_back),
        Case::new("hop::type_of_service", &[], type_of_service),
        Case::new("hop::fragments", &["setpriv", "ip"], fragments),
        Case::new("hop::explained", &["setpriv"], explained),
    ]
}

/// Patience: no answer is late only because this machine is busy.
const PATIENT: [&str; 2] = ["-w", "30,0,0"];

fn with<'a>(args: &[&'a str], more: &[&'a str]) -> Vec<&'a str> {
    [args, more].concat()
}

fn trace_every_way(net: &Net) {
    let line = Line::new();
    for (user, v6) in USERS.into_iter().flat_map(|user| FAMILIES.map(|v6| (user, v6))) {
        for protocol in ["-U", "-T", "-I"] {
            if protocol == "-I" && user == User::Nobody {
                continue;
            }
            for flow in ["--flow=fixed", "--flow=vary"] {
                let told = line.told(net, user, &with(&["trace", protocol, flow, far(v6)], &PATIENT));
                told.status(0);
                assert_eq!(told.path(), hops(v6), "{user:?} {protocol} {flow}\n{}", told.0.story());
                let summary = told.one("trace");
                assert_eq!((&summary["arrived"], &summary["hops"]), (&true.into(), &3.into()), "{summary}");
                assert_eq!(summary["notes"], Value::Array(Vec::new()), "{summary}");
                let back: Vec<Value> = told.records("hop").iter().map(|hop| hop["links_back"].clone()).collect();
                assert!(back.iter().all(Value::is_null), "the way back is as long: {back:?}");
            }
        }
    }
}

fn ping_every_way(net: &Net) {
    let line = Line::new();
    for (user, v6) in USERS.into_iter().flat_map(|user| FAMILIES.map(|v6| (user, v6))) {
        for (protocol, says, ttl) in
            [("--icmp", "echo", Value::from(62)), ("-U", "icmp", 62.into()), ("-T", "refused", Value::Null)]
        {
            if protocol == "--icmp" && user == User::Nobody {
                continue;
            }
            let told = line.told(net, user, &["ping", protocol, "-c", "3", "-i", "0.01", "-W", "30", far(v6)]);
            told.status(0);
            let answers = told.records("answer");
            for (answer, seq) in answers.iter().zip(1..) {
                assert_eq!((&answer["says"], &answer["seq"]), (&says.into(), &seq.into()), "{answer}");
                assert_eq!((&answer["from"], &answer["ttl"]), (&far(v6).into(), &ttl), "{answer}");
                assert!(answer["rtt_us"].as_f64().unwrap() > 0.0 && answer["arrived"] == true, "{answer}");
            }
            let summary = told.one("summary");
            assert_eq!((answers.len(), &summary["received"], &summary["lost"]), (3, &3.into(), &0.into()), "{summary}");
        }
    }
}

fn icmp_that_is_not_allowed(net: &Net) {
    let line = Line::new();
    let hint = "sysctl net.ipv4.ping_group_range=\"0 2147483647\"";
    let args = ["ping", "-c", "1", "10.0.3.2"];
    let told = run(&mut line.hop(net, User::Nobody, &args));
    told.status(0).stdout_has("ping 10.0.3.2: UDP port 33434").stdout_has("1 sent, 1 received");
    told.stderr_has("hop: socket(AF_INET, SOCK_DGRAM, IPPROTO_ICMP): Permission denied; UDP is sent in its place")
        .stderr_has(hint);
    for args in [&["ping", "--icmp", "-c", "1", "10.0.3.2"][..], &["trace", "-I", "10.0.3.2"]] {
        let told = run(&mut line.hop(net, User::Nobody, args));
        told.status(4).stdout_is("").stderr_has("IPPROTO_ICMP): Permission denied (root may; ").stderr_has(hint);
    }
}

fn icmp_for_a_group(net: &Net) {
    let line = Line::new();
    line.a.run(allow_icmp).unwrap();
    for (user, v6) in USERS.into_iter().flat_map(|user| FAMILIES.map(|v6| (user, v6))) {
        let told = line.told(net, user, &with(&["trace", "-I", "--explain", far(v6)], &PATIENT));
        told.status(0);
        assert_eq!(told.path(), hops(v6), "{}", told.0.story());
        assert!(told.0.out().contains(r#""socktype":"SOCK_DGRAM","protocol":"IPPROTO_ICMP"#), "{}", told.0.story());
        assert!(!told.0.out().contains("SOCK_RAW"), "{}", told.0.story());
        let told = line.told(net, user, &["ping", "-c", "2", "-i", "0.01", "-W", "30", far(v6)]);
        assert_eq!(told.status(0).one("summary")["received"], 2);
    }
}

fn the_way_and_the_pings(net: &Net) {
    let line = Line::new();
    let told = line.told(net, User::Root, &["10.0.3.2"]);
    told.status(0);
    assert_eq!(told.path(), hops(false));
    assert_eq!(told.one("summary")["received"], 4);
    assert_eq!(told.records("start").len(), 2);
}

/// The addresses in the second column of traceroute and in that of tracepath, a line a hop.
fn second_column(told: &str) -> Vec<String> {
    let hop = |line: &str| {
        let mut words = line.split_whitespace();
        let number = words.next()?.trim_end_matches(':').parse::<u8>().ok()?;
        Some((number, words.next()?.to_owned()))
    };
    let mut hops: Vec<(u8, String)> = told.lines().filter_map(hop).collect();
    hops.dedup();
    hops.into_iter().map(|(_, addr)| addr).collect()
}

fn same_as_traceroute(net: &Net) {
    let line = Line::new();
    for v6 in FAMILIES {
        for protocol in ["-U", "-I", "-T"] {
            let theirs = line.peer(net, "traceroute", &["-n", "-q", "1", "-w", "30,0,0", protocol, far(v6)]);
            let ours = line.told(net, User::Root, &with(&["trace", "-q", "1", protocol, far(v6)], &PATIENT));
            assert_eq!(ours.path(), second_column(&theirs.out()), "{}", theirs.story());
        }
    }
}

fn same_as_tracepath(net: &Net) {
    let line = Line::new();
    for v6 in FAMILIES {
        let theirs = line.peer(net, "tracepath", &["-n", far(v6)]);
        let ours = line.told(net, User::Nobody, &with(&["trace", "--mtu", "-q", "1", far(v6)], &PATIENT));
        assert_eq!(ours.path(), second_column(&theirs.out()), "{}", theirs.story());
        let mtu = ours.one("trace")["path_mtu_octets"].to_string();
        assert!(theirs.out().contains(&format!("Resume: pmtu {mtu} hops 3 back 3")), "{mtu}\n{}", theirs.story());
    }
}

fn same_as_ping(net: &Net) {
    let line = Line::new();
    // Every other echo request is lost, whoever sends it.
    nft(
        net,
        &line.r1,
        "add table ip t; add chain ip t c { type filter hook forward priority 0; }; add rule ip t c icmp type echo-request numgen inc mod 2 0 drop",
    );
    let mut command = net.peer("ping");
    command.args(["-n", "-c", "6", "-i", "0.05", "10.0.3.2"]);
    let theirs = run(sockeye_sys::namespace::command_in(&mut command, &line.a).unwrap());
    theirs.status(0).stdout_has("6 packets transmitted, 3 received, 50% packet loss");
    let ours = line.told(net, User::Root, &["ping", "-c", "6", "-i", "0.05", "10.0.3.2"]);
    let summary = ours.status(0).one("summary");
    assert_eq!(
        (&summary["sent"], &summary["received"], &summary["lost_percent"]),
        (&6.into(), &3.into(), &50.0.into())
    );
    let ttls = format!("[{}]", theirs.out().split("ttl=").nth(1).unwrap().split(' ').next().unwrap());
    assert_eq!(summary["ttls"].to_string(), ttls, "{}", theirs.story());
}

/// Sets the MTU of both ends of the link between the routers and of that behind them.
fn narrow(net: &Net, line: &Line) {
    for (host, interface, mtu) in [
        (&line.r1, "right", "1450"),
        (&line.r2, "left", "1450"),
        (&line.r2, "right", "1400"),
        (&line.b, "left", "1400"),
    ] {
        let mut command = net.peer("ip");
        command.args(["link", "set", interface, "mtu", mtu]);
        run(sockeye_sys::namespace::command_in(&mut command, host).unwrap()).status(0);
    }
}

fn path_mtu(net: &Net) {
    let line = Line::new();
    narrow(net, &line);
    for (user, v6) in USERS.into_iter().flat_map(|user| FAMILIES.map(|v6| (user, v6))) {
        for protocol in ["-U", "-I"] {
            if protocol == "-I" && user == User::Nobody {
                continue;
            }
            let told = line.told(net, user, &with(&["trace", "--mtu", protocol, far(v6)], &PATIENT));
            told.status(0);
            assert_eq!(told.path(), hops(v6), "{}", told.0.story());
            let mtus: Vec<(Value, Value)> = told
                .records("hop")
                .iter()
                .map(|hop| (hop["mtu"][0]["mtu_octets"].clone(), hop["mtu"][0]["from"].clone()))
                .collect();
            let [first, second, _] = hops(v6);
            let expected = [(1500.into(), Value::Null), (1450.into(), first.into()), (1400.into(), second.into())];
            assert_eq!(mtus, expected, "{user:?} {protocol}\n{}", told.0.story());
            assert_eq!(told.one("trace")["path_mtu_octets"], 1400);
        }
    }
    let text = run(&mut line.hop(net, User::Root, &with(&["trace", "--mtu", "10.0.3.2"], &PATIENT)));
    text.status(0).stdout_has(" 2  MTU 1450 says 10.0.1.2  10.0.2.2  ").stdout_has("\npath MTU 1400 octets\n");
}

fn mtu_black_hole(net: &Net) {
    let line = Line::new();
    narrow(net, &line);
    // The second router says no word of what is too long for its link.
    nft(
        net,
        &line.r2,
        "add table ip t; add chain ip t c { type filter hook output priority 0; }; add rule ip t c icmp type destination-unreachable drop",
    );
    let told = line.told(net, User::Nobody, &["trace", "--mtu", "-q", "1", "-w", "2,0,0", "10.0.3.2"]);
    assert_eq!(told.status(0).path(), hops(false), "{}", told.0.story());
    let found = serde_json::json!({ "mtu_octets": 1400, "from": null, "silent": true });
    assert_eq!(told.records("hop")[2]["mtu"][0], found, "{}", told.0.story());
    let summary = told.one("trace");
    assert_eq!((&summary["path_mtu_octets"], &summary["notes"][0]["note"]), (&1400.into(), &"black_hole".into()));
}

fn too_long(net: &Net) {
    let line = Line::new();
    narrow(net, &line);
    for (user, protocol) in [(User::Root, "--icmp"), (User::Root, "-U"), (User::Nobody, "-U")] {
        // 1444 octets of data make packets of 1472, too long for the second link; 1473 of data are too many for the first.
        for (payload, mtu, from) in [("1444", 1450, Some("10.0.1.2")), ("1473", 1500, None)] {
            // What this host learns of the path it would remember for the next one.
            let args = ["ping", protocol, "-M", "probe", "-c", "1", "-W", "30", "-s", payload, "10.0.3.2"];
            let told = line.told(net, user, &args);
            told.status(1);
            let record = if from.is_some() { "answer" } else { "not_sent" };
            let answer = told.one(record);
            assert_eq!(answer["mtu_octets"], mtu, "{}", told.0.story());
            let summary = told.one("summary");
            let (sent, refused) = if from.is_some() { (1, 0) } else { (0, 1) };
            assert_eq!((&summary["sent"], &summary["refused"]), (&sent.into(), &refused.into()), "{summary}");
            if let Some(from) = from {
                assert_eq!((&answer["from"], &answer["arrived"]), (&from.into(), &false.into()), "{answer}");
                assert_eq!(answer["icmp"]["code"]["name"], "fragmentation needed", "{answer}");
            }
        }
    }
    let text = run(&mut line.hop(net, User::Root, &["trace", "-F", "-q1", "-w", "30", "--size", "1472", "10.0.3.2"]));
    text.status(1)
        .stdout_has(" 2  10.0.1.2  ")
        .stdout_has(" !F-1450\n")
        .stdout_has("10.0.1.2 says: fragmentation needed; ");
    assert!(!text.out().contains("\n 3 "), "nothing gets further: {}", text.story());
}

fn unreachables(net: &Net) {
    let line = Line::new();
    let table = "type filter hook forward priority 0;";
    for family in ["ip", "ip6"] {
        nft(net, &line.r2, &format!("add table {family} t; add chain {family} t c {{ {table} }}"));
    }
    for (v6, with, code, mark) in [
        (false, "icmp type net-unreachable", 0, "!N"),
        (false, "icmp type host-unreachable", 1, "!H"),
        (false, "icmp type prot-unreachable", 2, "!P"),
        (false, "icmp type port-unreachable", 3, ""),
        (false, "icmp type net-prohibited", 9, "!X"),
        (false, "icmp type host-prohibited", 10, "!X"),
        (false, "icmp type admin-prohibited", 13, "!X"),
        (true, "icmpv6 type no-route", 0, "!N"),
        (true, "icmpv6 type admin-prohibited", 1, "!X"),
        (true, "icmpv6 type addr-unreachable", 3, "!H"),
        (true, "icmpv6 type port-unreachable", 4, ""),
        (true, "icmpv6 type policy-fail", 5, "!X"),
        (true, "icmpv6 type reject-route", 6, "!X"),
    ] {
        let family = if v6 { "ip6" } else { "ip" };
        nft(
            net,
            &line.r2,
            &format!("flush chain {family} t c; add rule {family} t c {family} daddr {} reject with {with}", far(v6)),
        );
        for (user, protocol) in
            [(User::Root, "-I"), (User::Root, "-U"), (User::Nobody, "-U"), (User::Root, "-T"), (User::Nobody, "-T")]
        {
            let told = line.told(net, user, &["trace", protocol, "-q", "1", "-w", "30", far(v6)]);
            told.status(1);
            let last = told.records("hop").pop().unwrap();
            let answer = &last["probes"][0]["answer"];
            assert_eq!((&last["ttl"], &answer["from"]), (&3.into(), &hops(v6)[1].into()), "{with}\n{}", told.0.story());
            assert_eq!(answer["icmp"]["code"]["code"], code, "{with}\n{}", told.0.story());
            assert_eq!(told.one("trace")["notes"][0]["note"], "ended", "{}", told.0.story());
        }
        let text = run(&mut line.hop(net, User::Nobody, &["trace", "-q", "1", "-w", "30", far(v6)]));
        let end = if mark.is_empty() { " ms\n".to_owned() } else { format!(" ms {mark}\n") };
        text.status(1).stdout_has(&end).stdout_has(&format!("{} says: ", hops(v6)[1]));
        // It is not the host that says so.
        let told = line.told(net, User::Nobody, &["ping", "-U", "-c", "1", "-W", "30", far(v6)]);
        let summary = told.status(1).one("summary");
        assert_eq!((&summary["errors"], &summary["received"]), (&1.into(), &0.into()), "{summary}");
        assert_eq!(summary["told"][0]["from"], hops(v6)[1]);
    }
}

fn half_is_lost(net: &Net) {
    let line = Line::new();
    nft(
        net,
        &line.r2,
        "add table ip t; add chain ip t c { type filter hook forward priority 0; }; add rule ip t c udp dport 33434 numgen inc mod 2 0 drop",
    );
    for user in USERS {
        let told = line.told(net, user, &["ping", "-U", "-c", "8", "-i", "0.01", "-W", "5", "10.0.3.2"]);
        let summary = told.status(0).one("summary");
        assert_eq!((&summary["sent"], &summary["received"], &summary["lost"]), (&8.into(), &4.into(), &4.into()));
        let outages = summary["outages"].as_array().unwrap();
        let seqs: Vec<u64> = outages.iter().map(|outage| outage["first_seq"].as_u64().unwrap()).collect();
        assert_eq!(seqs, [1, 3, 5, 7], "{summary}");
        assert!(summary["outage_longest_s"].as_f64().unwrap() > 0.0);
        // Four of the eight were still unanswered when the next was sent, and that was said.
        let missing: Vec<Value> = told.records("no_answer_yet").iter().map(|record| record["seq"].clone()).collect();
        assert!(missing.len() >= 4 - 1 && missing.contains(&1.into()), "{missing:?}");
    }
}

fn an_outage(net: &Net) {
    let line = Line::new();
    let table = "add table ip t; add chain ip t c { type filter hook forward priority 0; }";
    nft(net, &line.r1, table);
    let child = Background::spawn({
        let mut command = line.hop(net, User::Root, &["ping", "-i", "0.02", "10.0.3.2"]);
        command.env("LC_ALL", "C.UTF-8");
        command
    });
    child.wait_for_stdout("seq=3 ");
    nft(net, &line.r1, "add rule ip t c ip daddr 10.0.3.2 drop");
    child.wait_for_stdout("no answer yet");
    nft(net, &line.r1, "flush chain ip t c");
    let so_far = String::from_utf8_lossy(&child.stdout_so_far()).matches("octets from").count();
    wait_until("it answers again", || {
        String::from_utf8_lossy(&child.stdout_so_far()).matches("octets from").count() > so_far + 2
    });
    child.signal("INT");
    let told = child.wait();
    told.status(0).stdout_has("\nno answer ").stdout_has(" s at most\n");
}

fn a_silent_router_and_a_black_hole(net: &Net) {
    let line = Line::new();
    let table = "add table ip t; add chain ip t c { type filter hook HOOK priority 0; }; add rule ip t c RULE drop";
    nft(net, &line.r1, &table.replace("HOOK", "output").replace("RULE", "icmp type time-exceeded"));
    for user in USERS {
        let told = line.told(net, user, &["trace", "-w", "2,0,0", "10.0.3.2"]);
        told.status(0);
        assert_eq!(told.path(), ["*", "10.0.2.2", "10.0.3.2"]);
        assert_eq!(told.one("trace")["notes"][0]["note"], "silent_routers");
    }
    let text = run(&mut line.hop(net, User::Root, &["trace", "-w", "2,0,0", "-q", "2", "10.0.3.2"]));
    text.status(0)
        .stdout_has("\n 1  *  *\n")
        .stdout_has("  * at hop 1: silent, but later hops answer, so it passes probes on.");
    nft(net, &line.r2, &table.replace("HOOK", "forward").replace("RULE", "ip daddr 10.0.3.2"));
    let told = line.told(net, User::Nobody, &["trace", "-f", "2", "-m", "4", "-q", "1", "-w", "2,0,0", "10.0.3.2"]);
    told.status(1);
    assert_eq!(told.path(), ["10.0.2.2", "*", "*"]);
    let note = told.one("trace")["notes"][0].clone();
    assert_eq!((&note["note"], &note["last"], &note["ttl"]), (&"silent_end".into(), &"10.0.2.2".into(), &2.into()));
    let told = line.told(net, User::Nobody, &["ping", "-U", "-c", "2", "-i", "0.01", "-W", "0.2", "10.0.3.2"]);
    assert_eq!(told.status(1).one("summary")["lost_percent"], 100.0);
}

fn a_refusal_that_few_probes_get(net: &Net) {
    let line = Line::new();
    // As if the second router, which limits its errors, had none left for the first probes.
    nft(
        net,
        &line.r2,
        "add table ip t; add chain ip t c { type filter hook forward priority 0; }; \
         add rule ip t c ip daddr 10.0.3.2 ip ttl < 5 drop; \
         add rule ip t c ip daddr 10.0.3.2 reject with icmp type host-unreachable",
    );
    let told = line.told(net, User::Root, &["trace", "-q", "1", "-w", "10,0,0", "10.0.3.2"]);
    assert_eq!(told.status(1).path(), ["10.0.1.2", "10.0.2.2", "10.0.2.2"], "{}", told.0.story());
    let notes = told.one("trace")["notes"].clone();
    assert_eq!((notes.as_array().map(Vec::len), &notes[0]["note"]), (Some(1), &"ended".into()), "{notes}");
}

/// Who is next to a host that is not there says so after three seconds without an answer to ARP or neighbour discovery: a router,
/// or this host itself. Each trace has a host of its own, as the kernel remembers for a while who is not there.
fn a_host_that_is_down(net: &Net) {
    let line = Line::new();
    let mut running = Vec::new();
    let ways = [(User::Root, "-I"), (User::Root, "-U"), (User::Nobody, "-U"), (User::Root, "-T"), (User::Nobody, "-T")];
    for ((number, (user, protocol)), v6) in (101..).zip(ways).flat_map(|way| FAMILIES.map(|v6| (way, v6))) {
        for (network, says) in [(3, hops(v6)[1]), (1, if v6 { "fd00:1::1" } else { "10.0.1.1" })] {
            let host = if v6 { format!("fd00:{network}::{number}") } else { format!("10.0.{network}.{number}") };
            let args = ["trace", protocol, "-q", "1", "-w", "30,0,0", "-m", "4", &host];
            running.push((host.clone(), says, network, Background::spawn(line.hop(net, user, &args))));
        }
    }
    for (host, says, network, child) in running {
        let told = child.wait();
        told.status(1).stdout_has(&format!("\n {network}  {says}  ")).stdout_has(" ms !H\n");
        assert!(!told.out().contains(" *"), "{host}: {}", told.story());
    }
    // A connection that nobody has answered yet is not given up for the next one: each is told.
    let told = line.told(net, User::Nobody, &["ping", "-T", "-c", "3", "-i", "0.1", "-W", "30", "10.0.3.99"]);
    assert_eq!(told.status(1).one("summary")["told"][0]["times"], 3, "{}", told.0.story());
}

fn a_loop(net: &Net) {
    let line = Line::new();
    let mut command = net.peer("ip");
    command.args(["route", "replace", "10.0.9.0/24", "via", "10.0.2.2"]);
    run(sockeye_sys::namespace::command_in(&mut command, &line.r1).unwrap()).status(0);
    let mut command = net.peer("ip");
    command.args(["route", "replace", "10.0.9.0/24", "via", "10.0.2.1"]);
    run(sockeye_sys::namespace::command_in(&mut command, &line.r2).unwrap()).status(0);
    line.r2.run(|| set(&[("ipv4/conf/all/send_redirects", "0"), ("ipv4/conf/left/send_redirects", "0")])).unwrap();
    let told = line.told(net, User::Root, &with(&["trace", "-m", "5", "-q", "1", "10.0.9.1"], &PATIENT));
    told.status(1);
    let notes = told.one("trace")["notes"].clone();
    assert_eq!(notes[0]["note"], "loop", "{}", told.0.story());
    assert_eq!(notes[1]["note"], "too_far", "{}", told.0.story());
}

fn open_and_answering(net: &Net) {
    let line = Line::new();
    let mut server = net.tool("nc");
    server.args(["-u", "-l", "-k", "--app", "echo", "10.0.3.2", "7007"]);
    sockeye_sys::namespace::command_in(&mut server, &line.b).unwrap();
    let _echo = Background::spawn(server);
    let mut server = net.tool("nc");
    server.args(["-l", "-k", "--app", "discard", "10.0.3.2", "7008"]);
    sockeye_sys::namespace::command_in(&mut server, &line.b).unwrap();
    let _open = Background::spawn(server);
    for user in USERS {
        // Until the server is there, the answer is an ICMP error.
        let told = sockeye_test_support::run_until(
            || line.hop(net, user, &["ping", "--json", "-U", "-p", "7007", "-c", "1", "-W", "30", "10.0.3.2"]),
            |told| told.out().contains(r#""says":"datagram""#),
        );
        told.status(0).stdout_has(r#""octets":56,"intact":true,"icmp":null,"mtu_octets":null,"ttl":62"#);
        let told = sockeye_test_support::run_until(
            || line.hop(net, user, &["ping", "-T", "-p", "7008", "-c", "2", "-i", "0.01", "-W", "30", "10.0.3.2"]),
            |told| told.out().contains("connected to"),
        );
        told.status(0).stdout_has("connected to 10.0.3.2: seq=2 ");
        let told = line.told(net, user, &with(&["trace", "-T", "-p", "7008", "10.0.3.2"], &PATIENT));
        assert_eq!(told.status(0).path(), hops(false));
        let last = told.records("hop").pop().unwrap();
        assert_eq!(last["probes"][0]["answer"]["says"], "connected", "{last}");
    }
}

/// Counts the flows that pass the second router.
fn flows(net: &Net, line: &Line, protocol: &str) -> usize {
    let mut command = net.peer("nft");
    command.args(["-j", "list", "set", "ip", "t", protocol]);
    let told = run(sockeye_sys::namespace::command_in(&mut command, &line.r2).unwrap());
    let listed: Value = serde_json::from_str(&told.status(0).out()).unwrap();
    listed["nftables"][1]["set"]["elem"].as_array().map_or(0, Vec::len)
}

fn flow_and_ports(net: &Net) {
    let line = Line::new();
    nft(
        net,
        &line.r2,
        "add table ip t; \
         add set ip t seen_udp { type inet_service . inet_service; flags dynamic; }; \
         add set ip t seen_tcp { type inet_service . inet_service; flags dynamic; }; \
         add chain ip t c { type filter hook forward priority 0; }; \
         add rule ip t c ip daddr 10.0.3.2 udp dport != 0 update @seen_udp { udp sport . udp dport }; \
         add rule ip t c ip daddr 10.0.3.2 tcp dport != 0 update @seen_tcp { tcp sport . tcp dport }",
    );
    let fresh = || nft(net, &line.r2, "flush set ip t seen_udp; flush set ip t seen_tcp");
    for user in USERS {
        for (protocol, name) in [("-U", "seen_udp"), ("-T", "seen_tcp")] {
            for (flow, many) in [("--flow=fixed", false), ("--flow=vary", true)] {
                fresh();
                line.told(net, user, &with(&["trace", protocol, flow, "10.0.3.2"], &PATIENT)).status(0);
                let count = flows(net, &line, name);
                assert!(if many { count >= 3 } else { count == 1 }, "{user:?} {protocol} {flow}: {count} flows");
            }
            fresh();
            let args =
                ["ping", protocol, "--sport", "4242", "-p", "4343", "-c", "2", "-i", "0.01", "-W", "30", "10.0.3.2"];
            assert_eq!(line.told(net, user, &args).status(0).one("summary")["received"], 2, "{protocol}");
            let mut command = net.peer("nft");
            command.args(["list", "set", "ip", "t", name]);
            run(sockeye_sys::namespace::command_in(&mut command, &line.r2).unwrap()).stdout_has("{ 4242 . 4343 }");
        }
    }
}

fn ttl_of_pings(net: &Net) {
    let line = Line::new();
    for (user, v6) in USERS.into_iter().flat_map(|user| FAMILIES.map(|v6| (user, v6))) {
        let told = line.told(net, user, &["ping", "-U", "-t", "2", "-c", "1", "-W", "30", far(v6)]);
        let answer = told.status(1).one("answer");
        assert_eq!((&answer["from"], &answer["arrived"]), (&hops(v6)[1].into(), &false.into()), "{answer}");
        assert_eq!(answer["icmp"]["type"]["name"], "time exceeded", "{answer}");
        assert_eq!(answer["quoted_ttl"], if user == User::Root { Value::from(1) } else { Value::Null }, "{answer}");
    }
}

fn sources(net: &Net) {
    let line = Line::new();
    line.a.run(|| link_address("right", "10.0.1.77")).unwrap();
    for user in USERS {
        for source in [["-s", "10.0.1.77"], ["-i", "right"]] {
            let told = line.told(net, user, &with(&["trace", source[0], source[1], "10.0.3.2"], &PATIENT));
            assert_eq!(told.status(0).path(), hops(false));
        }
        for source in ["10.0.1.77", "right"] {
            let args = ["ping", "-U", "-I", source, "--explain", "-c", "1", "-W", "30", "10.0.3.2"];
            let told = run(&mut line.hop(net, user, &args));
            let from = if source == "right" { "10.0.1.1:" } else { "10.0.1.77:" };
            told.status(0).stdout_has(&format!("connect 10.0.3.2:33434 from {from}"));
        }
        run(&mut line.hop(net, user, &["ping", "-U", "-I", "nowhere0", "-c", "1", "10.0.3.2"]))
            .status(4)
            .stderr_has("nowhere0: No such device");
        run(&mut line.hop(net, user, &["ping", "-U", "-I", "10.9.9.9", "-c", "1", "10.0.3.2"]))
            .status(4)
            .stderr_has("bind 10.9.9.9: Cannot assign requested address");
    }
}

fn link_address(interface: &str, addr: &str) {
    sockeye_sys::link::add_address(interface, addr.parse().unwrap(), 24).unwrap();
}

fn names_of_routers(net: &Net) {
    let line = Line::new();
    for (name, content) in
        [("hosts", "10.0.1.2 near.lab.test\n10.0.3.2 far.lab.test\n"), ("nsswitch.conf", "hosts: files\n")]
    {
        std::fs::write(net.dir().join(name), content).unwrap();
    }
    sockeye_sys::namespace::unshare_mount().unwrap();
    sockeye_sys::namespace::bind_mount(net.dir().join("hosts"), "/etc/hosts").unwrap();
    if std::fs::exists("/etc/nsswitch.conf").unwrap() {
        sockeye_sys::namespace::bind_mount(net.dir().join("nsswitch.conf"), "/etc/nsswitch.conf").unwrap();
    }
    let args = with(&["trace", "--names", "-q", "1", "far.lab.test"], &PATIENT);
    run(&mut line.hop(net, User::Root, &args))
        .status(0)
        .stdout_has("trace to far.lab.test (10.0.3.2): ")
        .stdout_has("\n 1  near.lab.test (10.0.1.2)  ")
        .stdout_has("\n 2  10.0.2.2  ")
        .stdout_has("\n 3  far.lab.test (10.0.3.2)  ");
    let args = with(&["trace", "-n", "-q", "1", "far.lab.test"], &PATIENT);
    run(&mut line.hop(net, User::Root, &args)).status(0).stdout_has("\n 1  10.0.1.2  ");
    run(&mut line.hop(net, User::Root, &["ping", "--names", "-c", "1", "far.lab.test"]))
        .status(0)
        .stdout_has("64 octets from far.lab.test (10.0.3.2): seq=1 ");
}

fn another_way_back(net: &Net) {
    let line = Line::new();
    // As if its answers came over four links more: they begin with 60 instead of 64.
    line.r2.run(|| set(&[("ipv4/ip_default_ttl", "60")])).unwrap();
    let told = line.told(net, User::Root, &with(&["trace", "-q", "1", "10.0.3.2"], &PATIENT));
    let back: Vec<Value> = told.status(0).records("hop").iter().map(|hop| hop["links_back"].clone()).collect();
    assert_eq!(back, [Value::Null, 6.into(), Value::Null]);
    let text = run(&mut line.hop(net, User::Root, &with(&["trace", "-q", "1", "10.0.3.2"], &PATIENT)));
    text.status(0).stdout_has("  asymm 6\n");
    // The host is three hops away: that it answers to five says nothing about the way back.
    let told = line.told(net, User::Root, &with(&["trace", "-q", "1", "-f", "5", "10.0.3.2"], &PATIENT));
    assert_eq!((told.status(0).path(), &told.one("hop")["links_back"]), (vec!["10.0.3.2".to_owned()], &Value::Null));
}

fn type_of_service(net: &Net) {
    let line = Line::new();
    for v6 in FAMILIES {
        for protocol in ["-U", "-I"] {
            let args = with(&["trace", protocol, "-q", "1", "--tos", "0xb8", "--explain", far(v6)], &PATIENT);
            let told = line.told(net, User::Root, &args);
            // What each router quotes of the probe.
            told.status(0);
            assert!(told.0.out().contains(r#""tos":184,"#), "{}", told.0.story());
            assert!(!told.0.out().contains(r#""tos":0,"#), "{}", told.0.story());
        }
    }
}

fn fragments(net: &Net) {
    let line = Line::new();
    narrow(net, &line);
    for user in USERS {
        let ping = |how: &str, count: &str| {
            line.told(
                net,
                user,
                &["ping", "-U", "-M", how, "-c", count, "-i", "0.05", "-W", "30", "-s", "1444", "10.0.3.2"],
            )
        };
        // Routers may fragment it.
        assert_eq!(ping("dont", "1").status(0).one("summary")["received"], 1);
        // A router refuses the first. Then this host knows the path and fragments; fragments may be fragmented again.
        assert_eq!(ping("want", "3").status(0).one("summary")["errors"], i32::from(user == User::Root));
        // By now it refuses by itself.
        assert_eq!(ping("do", "1").status(1).one("not_sent")["mtu_octets"], 1450);
    }
}

fn explained(net: &Net) {
    let line = Line::new();
    let told = run(&mut line.hop(net, User::Root, &["trace", "-q", "1", "-w", "30", "--explain", "10.0.3.2"]));
    told.status(0)
        .stdout_has("| socket(AF_INET, SOCK_RAW, IPPROTO_ICMP): ok\n")
        .stdout_has("| setsockopt IP_RECVERR = 1: ")
        .stdout_has("| probe 2: IPv4 TTL 2, UDP ")
        .stdout_has("| 10.0.2.2 about probe 2, by the raw socket: ICMP type 11 code 0, TTL exceeded in transit: ")
        .stdout_has("; came with TTL 63; quotes 10.0.1.1 to 10.0.3.2, TTL 1, 60 octets, UDP ");
    let told = run(&mut line.hop(net, User::Nobody, &["trace", "-q", "1", "-w", "30", "--explain", "fd00:3::2"]));
    told.status(0).stdout_has("| socket(AF_INET6, SOCK_RAW, IPPROTO_ICMPV6): Operation not permitted\n").stdout_has(
        "| fd00:2::2 about probe 2, by the queue of errors: ICMP type 3 code 0, hop limit exceeded in transit: ",
    );
    let told = run(&mut line.hop(net, User::Nobody, &["ping", "-T", "-c", "1", "-W", "30", "--explain", "10.0.3.2"]));
    told.status(0)
        .stdout_has("| probe 1: IPv4 TTL of the system, TCP ")
        .stdout_has("by connect: RST: nobody listens there");
}
