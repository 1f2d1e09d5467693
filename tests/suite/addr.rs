//! addr, as its user sees it: addresses and networks, one and many, JSON, failures and statuses.

use std::fs;

use serde_json::{Value, json};
use sockeye_test_support::{Run, run, run_with_input, tool};

pub(crate) fn addr(args: &[&str]) -> Run {
    run(tool("addr").args(args))
}

/// The results of a run with `--json`.
pub(crate) fn results(run: &Run) -> Vec<Value> {
    let lines = run.out();
    let values = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    values.filter(|value| value["type"] == "result").map(|value| value["data"].clone()).collect()
}

fn json(args: &[&str]) -> Value {
    let run = run(tool("addr").args(args).arg("--json"));
    run.status(0).stderr_is("");
    let mut results = results(&run);
    assert_eq!(results.len(), 1, "{}", run.story());
    results.remove(0)
}

#[test]
fn an_address_in_every_notation_with_the_calls_side_by_side() {
    let little = cfg!(target_endian = "little");
    let (read, order, family) = if little {
        ("0x0100007f = 16777343", "little-endian", "02 00")
    } else {
        ("0x7f000001 = 2130706433", "big-endian", "00 02")
    };
    addr(&["127.1"]).status(0).stderr_is("").stdout_is(format!(
        "\
127.0.0.1  IPv4, Loopback
  given as  127.1 (numbers as inet_aton(3) reads them)
  decimal   2130706433
  hex       0x7f000001
  octal     017700000001
  short     127.1
  binary    01111111.00000000.00000000.00000001
  octets    7f 00 00 01  (network order)
  no ntohl  {read}  (as this {order} host reads it)
  reverse   1.0.0.127.in-addr.arpa
  class     A: networks of /8, until CIDR came in 1993
  special   127.0.0.0/8 Loopback (RFC 1122 section 3.2.1.3)
            source no, destination no, forwardable no, global no, reserved by IP yes
  in IPv6   ::ffff:127.0.0.1  (mapped)
The C library reads \"127.1\"
  inet_aton          127.0.0.1  the last of two parts fills three octets
  inet_pton AF_INET  refused    2 parts: four octets and nothing else
  getaddrinfo        127.0.0.1  reads IPv4 as inet_aton does
  ! The calls differ: a program that checks with one and connects with another is a hole.
struct sockaddr_in, 16 octets
  offset  field       octets                   meaning
       0  sin_family  {family}                    AF_INET = 2 (host order, {order})
       2  sin_port    00 00                    0 (network order)
       4  sin_addr    7f 00 00 01              127.0.0.1 (network order)
       8  sin_zero    00 00 00 00 00 00 00 00  padding
"
    ));
}

#[test]
fn a_network_with_its_boundary_drawn() {
    addr(&["192.0.2.33/27"]).status(0).stderr_is("").stdout_is(
        "\
192.0.2.33/27  IPv4 network, Documentation (TEST-NET-1)
  address    192.0.2.33       11000000.00000000.00000010.001|00001
  mask       255.255.255.224  11111111.11111111.11111111.111|00000
  wildcard   0.0.0.31         00000000.00000000.00000000.000|11111
  network    192.0.2.32       11000000.00000000.00000010.001|00000
  broadcast  192.0.2.63       11000000.00000000.00000010.001|11111
  role       a host's
  usable     192.0.2.33 to 192.0.2.62
  addresses  2^5 = 32
  for hosts  30
  mask       /27 = 0xffffffe0
  class      C: networks of /24, until CIDR came in 1993
  special    192.0.2.0/24 Documentation (TEST-NET-1) (RFC 5737)
             source no, destination no, forwardable no, global no, reserved by IP no
  reverse    2.0.192.in-addr.arpa
  delegated  32/27.2.0.192.in-addr.arpa
  before it  192.0.2.0/27
  behind it  192.0.2.64/27
  half of    192.0.2.0/26
  note       less than a zone of the DNS: its names are delegated by CNAME records (RFC 2317)
",
    );
}

#[test]
fn every_way_to_write_a_mask_is_the_same_network() {
    for args in [
        &["192.0.2.33/27"][..],
        &["192.0.2.33/255.255.255.224"],
        &["192.0.2.33", "255.255.255.224"],
        &["192.0.2.33", "0xffffffe0"],
        &["192.0.2.33/0xffffffe0"],
        &["192.0.2.33/0.0.0.31"],
        &["192.0.2.33 255.255.255.224"],
        &["0xc0000221/27"],
    ] {
        let found = json(args);
        assert_eq!((&found["network"], &found["address"]), (&"192.0.2.32/27".into(), &"192.0.2.33".into()), "{args:?}");
    }
    addr(&["192.0.2.33/0.0.0.31"]).stdout_has("given as a wildcard");
    // By itself it is an address, and so are two that are no mask together.
    assert_eq!(json(&["255.255.255.0"])["as_mask"], 24);
    let two = addr(&["192.0.2.33", "10.0.0.1", "--json"]);
    assert_eq!(results(&two).len(), 2);
    // Behind a network, or another mask, a mask is an address.
    assert_eq!(results(&addr(&["10.0.0.0/8", "255.0.0.0", "--json"])).len(), 2);
}

#[test]
fn octal_is_told_and_warned_of() {
    let found = json(&["010.0.0.1"]);
    assert_eq!((&found["text"], &found["readings"]["differ"]), (&"8.0.0.1".into(), &true.into()));
    assert_eq!(found["readings"]["calls"][0]["why"], "010 octal");
    assert_eq!(
        found["readings"]["calls"][1],
        json!({"call": "inet_pton AF_INET", "address": null, "why": "010: no leading zero"})
    );
    assert_eq!(json(&["10.0.0.1"])["readings"]["differ"], false);
}

#[test]
fn every_field_is_there_whatever_the_address_has() {
    let keys = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let full = json(&["[fe80::5054:ff:fe12:3456%1]:80"]);
    for text in ["10.0.0.1", "ff02::1", "::ffff:192.0.2.1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "0x1"] {
        assert_eq!(keys(&json(&[text])), keys(&full), "{text}");
    }
    assert_eq!((&full["zone"], &full["port"]), (&"1".into(), &80.into()));
    assert_eq!(full["mac"], "52:54:00:12:34:56");
    assert_eq!(full["solicited_node"], "ff02::1:ff12:3456");
    let fields = full["sockaddr"]["fields"].as_array().unwrap();
    assert_eq!((fields.len(), &fields[1]["octets"], &fields[4]["offset"]), (5, &"00 50".into(), &24.into()));
    let network = json(&["10.0.0.0/8"]);
    for text in ["::/0", "10.0.0.0/31", "8.b.d.0.1.0.0.2.ip6.arpa"] {
        assert_eq!(keys(&json(&[text])), keys(&network), "{text}");
    }
    assert_eq!(json(&["::/0"])["addresses"], "340282366920938463463374607431768211456");
    assert_eq!(json(&["2001:db8::/64"])["addresses"], "18446744073709551616");
    let mac = json(&["52:54:00:12:34:56"]);
    assert_eq!(keys(&json(&["50-54-00-ff-fe-12-34-56"])), keys(&mac));
    assert_eq!((&mac["group"], &mac["local"], &mac["first_octet"]), (&false.into(), &true.into(), &"01010010".into()));
}

#[test]
fn what_is_inside_an_address_is_found() {
    for (text, kind, v4) in [
        ("::ffff:192.0.2.1", "IPv4-mapped", "192.0.2.1"),
        ("2002:c000:201::1", "6to4", "192.0.2.1"),
        ("64:ff9b::c000:201", "NAT64", "192.0.2.1"),
        ("2001:0:4136:e378:8000:63bf:3fff:fdd2", "Teredo", "192.0.2.45"),
    ] {
        let found = json(&[text]);
        assert_eq!((&found["embedded"]["kind"], &found["embedded"]["v4"]), (&kind.into(), &v4.into()), "{text}");
        addr(&[text]).status(0).stdout_has(&format!("IPv4 inside  {v4}"));
    }
}

/// ipcalc, sipcalc, subnetcalc, grepcidr, netmask and ip name none of these.
#[test]
fn the_ranges_that_other_tools_do_not_name() {
    for (text, name) in [
        ("100.64.0.1", "Shared Address Space"),
        ("192.0.2.1", "Documentation (TEST-NET-1)"),
        ("198.18.0.1", "Benchmarking"),
        ("192.88.99.1", "Deprecated (6to4 Relay Anycast)"),
        ("2001:db8::1", "Documentation"),
        ("3fff::1", "Documentation"),
        ("64:ff9b::1", "IPv4-IPv6 Translat."),
        ("64:ff9b:1::1", "IPv4-IPv6 Translat."),
        ("2002::1", "6to4"),
        ("100::1", "Discard-Only Address Block"),
        ("100:0:0:1::1", "Dummy IPv6 Prefix"),
        ("5f00::1", "Segment Routing (SRv6) SIDs"),
    ] {
        assert_eq!(json(&[text])["special"]["name"], name, "{text}");
    }
    assert_eq!(results(&addr(&["special", "--json"])).len(), 26 + 25 + 2);
    addr(&["special"]).status(0).stdout_has("100.64.0.0/10       y  y  y  n  n  Shared Address Space (RFC 6598)");
    addr(&["special", "8.8.8.8"]).status(1).stdout_is("8.8.8.8/32: in no special-purpose range\n");
}

#[test]
fn the_rules_of_small_networks() {
    addr(&["192.0.2.1/31"]).stdout_has("RFC 3021").stdout_has("for hosts  2");
    addr(&["255.255.255.255/32"])
        .stdout_has("usable     255.255.255.255 to 255.255.255.255")
        .stdout_has("for hosts  1\n");
    addr(&["2001:db8::/127"]).stdout_has("RFC 6164").stdout_has("for hosts  2");
    addr(&["::1/128"]).stdout_has("for hosts  1\n").stdout_has("a /128 is one address");
    addr(&["10.0.0.0/24"]).stdout_has("the address of the network: no host has it");
    addr(&["10.0.0.255/24"]).stdout_has("the broadcast address: no host has it");
}

#[test]
fn the_arithmetic_is_shown_when_asked_for() {
    addr(&["192.0.2.33/27", "--explain"]).status(0).stdout_has(
        "       address  192.0.2.33       11000000 00000000 00000010 00100001
  AND  mask     255.255.255.224  11111111 11111111 11111111 11100000
  =    network  192.0.2.32       11000000 00000000 00000010 00100000
",
    );
    addr(&["192.0.2.33", "--explain"]).stdout_has(
        "  192  x 2^24  =  3221225472
    0  x 2^16  =           0
    2  x 2^8   =         512
   33  x 2^0   =          33
       sum     =  3221226017
",
    );
    addr(&["0x7f.010.258", "--explain"]).stdout_has("  010   octal, 0 in front         = 8    08\n");
    addr(&["2130706433", "--explain"]).stdout_has("  2130706433  / 256 =  8323072  rest    1\n");
    addr(&["192.0.2.33", "--explain"]).stdout_has("  192  = 128 + 64  11000000\n");
    addr(&["2001:0:0:1:0:0:0:1", "--explain"]).stdout_has("2001:0:0:1::1                            groups 5 to 7");
    addr(&["2001:db8::1", "--explain"]).stdout_has("  its last 24 bits  000000000000000000000001\n");
    addr(&["224.128.0.1", "--explain"]).stdout_has("  its last 23 bits  00000000000000000000001\n");
    addr(&["same", "0x7f.1", "127.0.0.1", "--explain"]).status(0).stdout_has("hexadecimal, 0x in front  = 127  7f\n");
    addr(&["52:54:00:12:34:56", "--explain"]).stdout_has("01010010 = 52\n").stdout_has("01010000 = 50\n");
    let events = addr(&["192.0.2.33/27", "--explain", "--json"]).out();
    for event in ["and", "or", "counted"] {
        assert!(events.contains(&format!("\"event\":\"{event}\"")), "{events}");
    }
}

#[test]
fn a_text_that_is_no_address_is_told_of_and_the_others_go_on() {
    let told = addr(&["256.0.0.1", "127.1", "example.com", "10/8", "--get", "{text}"]);
    told.status(1).stdout_is("127.0.0.1\n");
    told.stderr_has("addr: \"256.0.0.1\": ")
        .stderr_has("\"example.com\": no address, no network")
        .stderr_has("(write four octets: 10.0.0.0/8)");
    let file = b"# a comment\n\n192.0.2.1   # with another\n192.0.2.0 255.255.255.0\nno-address\n\xff\n::1\n";
    let told = run_with_input(tool("addr").args(["-f", "-", "--get", "{kind} {text}"]), file);
    told.status(1).stdout_is("address 192.0.2.1\nnetwork 192.0.2.0/24\naddress ::1\n");
    told.stderr_has("standard input:5: \"no-address\"").stderr_has("standard input:6: \"\\xff\": not UTF-8");
    let told = run_with_input(tool("addr").args(["-f", "-", "--json"]), b"1.2.3.4\nx\n");
    told.status(1);
    let error: Value = serde_json::from_str(told.out().lines().last().unwrap()).unwrap();
    assert_eq!((&error["type"], &error["data"]["exit_status"]), (&"error".into(), &1.into()));
}

#[test]
fn wrong_lines_end_with_2_and_a_file_that_is_not_there_too() {
    for (args, words) in [
        (&[][..], "no address given"),
        (&["--get", "{nope}", "::1"], "no field \"nope\" (the fields are input, kind, text"),
        (&["--get", "{text", "::1"], "a { is not closed"),
        (&["-f", "/no/such/file"], "open /no/such/file: No such file or directory"),
        (&["10.0.0.1", "split"], "split is a command"),
        (&["port"], "<PORT>..."),
        (&["split", "10.0.0.0/8", "-n", "2", "-p", "9"], "cannot be used"),
        (&["split", "10.0.0.0/33", "-n", "2"], "a prefix of 33 bits"),
        (&["range", "10.0.0.1"], "FIRST-LAST"),
        (&["range", "10.0.0.2-10.0.0.1"], "the first is behind the last"),
        (&["supernet", "10.0.0.0/8", "::/0"], "two families"),
        (&["range", "10.0.0.1-20"], "write the last address whole"),
        (&["range", "10.0.0.1", "::1"], "two families"),
        (&["lpm", "--route", "x=y", "10.0.0.1"], "\"x\""),
        (&["lpm", "--route", "10.0.0.0/8", "10.0.0.1"], "does not say where to"),
        (&["lpm", "--route", "10.0.0.0/8=", "10.0.0.1"], "does not say where to"),
        (&["eui64", "x"], "neither a MAC address"),
    ] {
        addr(args).status(2).stdout_is("").stderr_has(words);
    }
}

#[test]
fn a_line_of_get_has_what_is_asked_for() {
    let all = addr(&[
        "--get",
        "{kind}|{text}|{length}|{mac}|{v4}|{reverse}|{special}|{rfc}|{scope}",
        "192.0.2.33/27",
        "ff02::fb",
    ]);
    all.status(0).stdout_is(
        "network|192.0.2.33/27|27|||2.0.192.in-addr.arpa|Documentation (TEST-NET-1)|RFC 5737|\n\
         address|ff02::fb||33:33:00:00:00:fb||b.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.0.f.f.ip6.arpa|Multicast|RFC 4291 section 2.7|Link-Local\n",
    );
    addr(&["--get", "{aton}\\t{pton}\\t{getaddrinfo}{{", "0x7f.1"]).stdout_is("127.0.0.1\t\t127.0.0.1{\n");
    addr(&["--get", "{sockaddr}", "[::1]:8080"]).stdout_has("1f9000000000");
}

#[test]
fn nothing_is_wider_than_a_terminal_of_80_columns() {
    let long = "2001:db8:1234:5678:9abc:def0:1234:5678";
    for args in [
        &["255.255.255.254", "--explain"][..],
        &["4294967294", "0xff.0377.65534", "--explain"],
        &[long, "--explain"],
        &["2001:db8:1234:5678:9abc:def0:1234:5678/61", "--explain"],
        &["64:ff9b::255.255.255.255", "ff7e:140:2001:db8::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2"],
        &["255.255.255.254/29", "--explain"],
        &["0.0.0.0/0", "::/0"],
        &["01:00:5e:7f:ff:fa", "--explain"],
        &["order", "0xfffffffffffffffe", "--explain"],
        &["vlsm", "10.0.0.0/8", "a-name-that-is-long=500000", "second=70000", "--explain"],
        &["same", "255.255.255.253/29", "255.255.255.1/16", "--explain"],
        &[
            "lpm",
            "--route",
            "0.0.0.0/0=via 255.255.255.254 dev a-long-interface",
            "--route",
            "255.255.255.0/24=b",
            "255.255.255.1",
            "--explain",
        ],
        &["supernet", "255.255.255.0/24", "192.0.0.0/8", "--explain"],
        &["special"],
        &["if"],
    ] {
        let told = run(tool("addr").args(args).env("SOCKEYE_COLUMNS", "80"));
        for line in told.out().lines() {
            assert!(line.chars().count() <= 80, "{args:?}: {} columns: {line}", line.chars().count());
        }
    }
}

#[test]
fn what_stands_in_a_file_does_not_act_on_the_terminal() {
    let folder = std::env::temp_dir().join(format!("sockeye-addr-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let table = folder.join("table");
    fs::write(
        &table,
        "10.0.0.0/8 via \u{1b}[2J evil\n10.0.0.0/9 dev a tos \u{1b}[2J\n10.0.0.0/9 dev a table \u{1b}[2J\n",
    )
    .unwrap();
    let told = addr(&["lpm", table.to_str().unwrap(), "10.0.0.1"]);
    told.status(0);
    assert!(!told.stdout.contains(&0x1b), "{}", told.story());
    let told = run_with_input(tool("addr").args(["-f", "-"]), b"\x1b[2J\nfe80::1%\x1b[2J\n");
    told.status(1);
    assert!(!told.stdout.contains(&0x1b) && !told.stderr.contains(&0x1b), "{}", told.story());
    // A zone may hold any character that is no blank: this one turns the rest of a line round.
    for args in
        [&["fe80::1%a\u{202e}b"][..], &["fe80::1%a\u{202e}b/64"], &["same", "fe80::1%a\u{202e}b/64", "fe80::2%c/64"]]
    {
        let told = addr(args);
        assert!(told.out().contains("fe80::1%a\\u{202e}b") && !told.out().contains('\u{202e}'), "{}", told.story());
    }
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn headings_and_notes_are_true_at_the_edges() {
    addr(&["8.8.8.8"]).status(0).stdout_has("64:ff9b::808:808  (NAT64)").stdout_has("2002:808:808::/48  (6to4)");
    addr(&["fec0::1"]).status(0).stdout_has("fec0::1  IPv6, site-local, deprecated (RFC 3879)");
    addr(&["4294967296"]).status(0).stdout_has("a number of more than 32 bits: IPv6");
    let groups = addr(&["224.0.0.5/24"]);
    for no in ["for hosts", "usable", "  broadcast "] {
        assert!(!groups.out().contains(no), "{no}: {}", groups.story());
    }
    groups
        .status(0)
        .stdout_has("a group's: no host has it")
        .stdout_has("class      D: multicast\n")
        .stdout_has("no network of hosts");
    addr(&["64:ff9b:1::1"]).stdout_has("RFC 8215, if its prefix has 96 bits");
    let long = run_with_input(tool("addr").args(["-f", "-"]), "1.2.3.4".repeat(100_000).as_bytes());
    long.status(1).stderr_has("...\": ");
    assert!(long.stderr.len() < 2000, "{} octets of message", long.stderr.len());
}

#[test]
fn what_a_text_is_not_is_said_in_its_own_words() {
    for (text, words) in [
        (" 192.0.2.1", "a blank stands before it"),
        ("http://192.0.2.1/", "a URL, and no address (url URL takes it apart)"),
        ("340282366920938463463374607431768211456", "a number of more than 128 bits"),
        ("0/0", "(write four octets: 0.0.0.0/0)"),
        ("10.1/16", "(write four octets: 10.1.0.0/16)"),
        ("192.0.2.1:80/24", "an address without a port is wanted"),
    ] {
        addr(&[text]).status(1).stdout_is("").stderr_has(words);
    }
    // A word that is meant for a mask is not passed over because it is a bad one.
    addr(&["192.0.2.1", "255.0.255.0"]).status(1).stdout_is("").stderr_has("a one behind a zero (bit 9");
}

#[test]
fn a_zone_without_an_interface_is_no_missing_zone() {
    addr(&["fe80::1%nope"]).status(0).stdout_has("0: no interface nope here");
    addr(&["fe80::1%25lo"]).status(0).stdout_has("no interface 25lo here").stdout_has("write %lo");
    addr(&["fe80::1"]).status(0).stdout_has("0: no zone");
    let report = json(&["[fe80::1%nope]:80"]);
    assert_eq!(report["sockaddr"]["fields"][4]["meaning"], "0: no interface nope here (host order)");
}

#[test]
fn what_is_inside_an_ipv6_address_is_said_as_it_is() {
    addr(&["::192.0.2.1"]).status(0).stdout_has("::192.0.2.1  IPv6, IPv4-compatible, deprecated (RFC 4291)");
    addr(&["2001:0:4136:e378:8000:63bf:3fff:fdd2"])
        .stdout_has("192.0.2.45, octets 12 to 15 (Teredo")
        .stdout_has("and port 40000 outside its NAT, octets 10 to 11; both are stored inverted")
        .stdout_has("Teredo server 65.54.227.120, octets 4 to 7");
    addr(&["64:ff9b::10.0.0.1"]).stdout_has("not allowed here: its prefix is for global addresses (RFC 6052");
    addr(&["2002:a00:1::1"]).stdout_has("not allowed here: 6to4 wants a global address");
}

#[test]
fn classes_and_classless_delegations_of_networks() {
    for network in ["0.0.0.0/0", "128.0.0.0/1"] {
        let told = addr(&[network]);
        assert!(!told.status(0).out().contains("class "), "{}", told.story());
        assert_eq!(json(&[network])["class"], Value::Null);
    }
    addr(&["192.0.2.40/27"]).status(0).stdout_has("delegated  32/27.2.0.192.in-addr.arpa");
    let named = json(&["32/27.2.0.192.in-addr.arpa"]);
    assert_eq!(
        (&named["network"], &named["classless_zone"]),
        (&"192.0.2.32/27".into(), &"32/27.2.0.192.in-addr.arpa".into())
    );
}

#[test]
fn a_line_without_an_end_is_not_held() {
    // 8 MiB of digits: told of by how it starts, and what follows it is read.
    let mut octets = vec![b'1'; 8 << 20];
    octets.extend(b"\n192.0.2.1\n");
    let told = run_with_input(tool("addr").args(["-f", "-", "--get", "{text}"]), &octets);
    told.status(1)
        .stdout_is("192.0.2.1\n")
        .stderr_has("standard input:1: \"111")
        .stderr_has("65536 octets: no address is as long");
}

#[test]
fn the_run_of_zeros_that_goes_is_named_as_what_it_is() {
    for (text, words) in [
        ("2001:db8:0:0:1:0:0:1", "groups 3 to 4, the first of the longest runs of zeros"),
        ("2001:0:0:1:0:0:0:1", "groups 5 to 7, the longest run of zeros"),
        ("2001:db8::1", "groups 3 to 7, the longest run of zeros"),
        ("::ffff:192.0.2.1", "groups 1 to 5, the longest run of zeros; the last two hold an IPv4 address"),
        ("2001:db8:0:1:1:1:1:1", "no two groups of zeros stand together"),
    ] {
        let told = addr(&[text, "--explain"]);
        assert!(told.status(0).out().lines().any(|line| line.ends_with(words)), "{}", told.story());
    }
}
