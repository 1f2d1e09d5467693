//! The commands of addr: byte order, plans, routes, interfaces.

use serde_json::{Value, json};
use sockeye_test_support::{run, run_with_input, tool};

use crate::addr::{addr, results};

fn texts(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

#[test]
fn a_port_without_htons() {
    let told = addr(&["port", "8080"]);
    told.status(0).stderr_is("").stdout_has("hex            0x1f90").stdout_has("as sent        1f 90");
    if cfg!(target_endian = "little") {
        told.stdout_has("in this host   90 1f").stdout_has("you get 36895 (0x901f)");
    }
    addr(&["port", "8080", "--explain"]).stdout_has("31 x 256^1 + 144 = 8080").stdout_has("144 x 256^1 + 31 = 36895");
    let found = &results(&addr(&["port", "0x50", "--json"]))[0];
    assert_eq!((&found["port"], &found["network_octets"]), (&80.into(), &"00 50".into()));
    let told = addr(&["port", "65536", "no-such-service-at-all", "22"]);
    told.status(1).stderr_has("port \"65536\": more than 65535").stderr_has("neither a number nor a service");
    told.stdout_has("as sent        00 16");
}

#[test]
fn numbers_both_ways() {
    addr(&["order", "0x12345678"]).status(0).stdout_has("12 34 56 78").stdout_has("2018915346 = 0x78563412");
    let found = &results(&addr(&["order", "1", "--bits", "64", "--json"]))[0];
    assert_eq!((&found["bits"], &found["swapped"]), (&64.into(), &"72057594037927936".into()));
    addr(&["order", "65536", "--bits", "16"]).status(1).stderr_has("more than 16 bits");
    addr(&["order", "x"]).status(1).stderr_has("a number is wanted");
}

#[test]
fn equal_parts() {
    let told = addr(&["split", "192.0.2.0/24", "-n", "3"]);
    told.status(0).stdout_has("in 4 of /26, each of 64 addresses (3 are wanted").stdout_has("192.0.2.192/26");
    let parts = results(&addr(&["split", "2001:db8::/32", "-p", "34", "--json"]));
    let networks: Vec<&str> = parts.iter().map(|part| part["network"].as_str().unwrap()).collect();
    assert_eq!(networks, ["2001:db8::/34", "2001:db8:4000::/34", "2001:db8:8000::/34", "2001:db8:c000::/34"]);
    assert_eq!(parts[3]["index"], 3);
    addr(&["split", "10.0.0.0/30", "-n", "5"]).status(1).stderr_has("has not the bits");
    addr(&["split", "10.0.0.0/24", "-p", "23"]).status(2).stderr_has("larger than 10.0.0.0/24 itself");
    addr(&["split", "10.0.0.0/24", "-p", "33"]).status(2);
    addr(&["split", "10.0.0.0/24", "-n", "0"]).status(2);
    addr(&["split", "::/0", "-p", "128"])
        .status(2)
        .stderr_has("340,282,366,920,938,463,463,374,607,431,768,211,456 networks");
    let few = addr(&["split", "::/0", "-p", "128", "--limit", "2"]);
    few.status(0)
        .stdout_has("::1/128")
        .stdout_has("2 of 340,282,366,920,938,463,463,374,607,431,768,211,456 are shown");
    addr(&["split", "10.0.0.0/24", "-n", "5", "--explain"])
        .stdout_has("wanted                 5\n")
        .stdout_has("3, since 2^3 = 8")
        .stdout_has("24 + 3 = 27")
        .stdout_has("32 behind the one before");
    // Who gives a length wants no number of them, of which there may be one more than 128 bits hold.
    let by_length = addr(&["split", "::/0", "-p", "128", "--limit", "1", "--explain"]);
    by_length
        .status(0)
        .stdout_has("How long the subnets are\n  bits that number them  128, since 2^128 = 340282366920938");
}

/// ipcalc 0.42 gives the sixty hosts a /27, which has thirty.
#[test]
fn a_plan_with_the_largest_first() {
    let plan = &results(&addr(&["vlsm", "10.0.0.0/8", "500", "60", "20", "--json"]))[0];
    let networks: Vec<&str> =
        plan["subnets"].as_array().unwrap().iter().map(|subnet| subnet["network"].as_str().unwrap()).collect();
    assert_eq!(networks, ["10.0.0.0/23", "10.0.2.0/26", "10.0.2.64/27"]);
    assert_eq!(plan["left_addresses"], (16_777_216 - 512 - 64 - 32).to_string());
    let told = addr(&["vlsm", "10.0.0.0/23", "small=2", "lan=200", "tail=/29"]);
    told.status(0).stdout_has("lan      200     54  10.0.0.0/24").stdout_has("tail       -      -  10.0.1.0/29");
    told.stdout_has("small      2      0  10.0.1.8/30");
    addr(&["vlsm", "10.0.0.0/24", "200", "100"]).status(1).stderr_has("has 256 addresses, and the subnets take 384");
    addr(&["vlsm", "10.0.0.0/24", "x"]).status(2).stderr_has("a number of hosts is wanted");
    addr(&["vlsm", "10.0.0.0/22", "lan=500", "--explain"])
        .stdout_has("lan: 500 + 2 = 502 addresses; 2^8 = 256 is too few, 2^9 = 512 is enough: /23");
    addr(&["vlsm", "10.0.0.0/22", "10000000000", "--explain"])
        .status(1)
        .stdout_has("2^34 = 17179869184 is enough, and more than all addresses\n");
    addr(&["vlsm", "10.0.0.0/24", "/25", "/25"]).stdout_has("Nothing is left.");
}

#[test]
fn ranges_and_supernets() {
    let found = &results(&addr(&["range", "192.0.2.5-192.0.2.20", "--json"]))[0];
    assert_eq!(
        texts(&found["networks"]),
        ["192.0.2.5/32", "192.0.2.6/31", "192.0.2.8/29", "192.0.2.16/30", "192.0.2.20/32"]
    );
    assert_eq!(found["addresses"], "16");
    addr(&["range", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"]).status(0).stdout_has("\n  ::/0\n");
    addr(&["range", "192.0.2.5", "192.0.2.6", "--explain"]).stdout_has("0 zeros at the end, room for 2^1: 2^0");
    let found = &results(&addr(&["supernet", "10.0.1.0/24", "10.0.2.0/24", "--json"]))[0];
    assert_eq!(
        (&found["supernet"], &found["exact"], &found["beyond_addresses"]),
        (&"10.0.0.0/22".into(), &false.into(), &"512".into())
    );
    assert_eq!(texts(&found["beyond"]), ["10.0.0.0/24", "10.0.3.0/24"]);
    assert_eq!(texts(&found["aggregate"]), ["10.0.1.0/24", "10.0.2.0/24"]);
    let file = run_with_input(tool("addr").args(["supernet", "10.0.0.0/24", "-f", "-"]), b"10.0.1.0/24 # next\n");
    file.status(0).stdout_has("10.0.0.0/23  exactly");
    let file = run_with_input(tool("addr").args(["overlap", "-f", "-"]), b"10.0.0.0/8\n10.0.0.0/33\n");
    file.status(2).stdout_is("").stderr_has("standard input:2: \"10.0.0.0/33\"");
    addr(&["overlap", "10.0.0.0/8"]).status(2).stderr_has("two networks at least");
    addr(&["supernet", "10.0.0.0/24", "10.0.1.0/24"]).stdout_is("10.0.0.0/23  exactly the addresses of the 2\n");
    addr(&["supernet", "10.0.1.0/24", "10.0.2.0/24", "--explain"])
        .stdout_has("10.0.1.0/24  00001010.00000000.000000|01.00000000");
}

#[test]
fn who_overlaps_and_who_is_near() {
    addr(&["overlap", "10.0.0.0/8", "10.1.0.0/16", "192.168.0.0/16"])
        .status(0)
        .stdout_is("10.0.0.0/8  contains  10.1.0.0/16  65,536 in common\n");
    addr(&["overlap", "10.0.0.0/9", "10.128.0.0/9"])
        .status(1)
        .stdout_has("is disjoint from")
        .stdout_has("no two overlap");
    let found = &results(&addr(&["overlap", "-a", "10.0.0.0/8", "::/0", "10.0.0.0/8", "--json"]))[0];
    let relations: Vec<&str> =
        found["pairs"].as_array().unwrap().iter().map(|pair| pair["relation"].as_str().unwrap()).collect();
    assert_eq!(relations, ["disjoint", "equal", "disjoint"]);
    addr(&["overlap", "10.0.0.0/8", "10.1.0.0/16", "--explain"])
        .stdout_has("10.0.0.0/8         00001010|00000000.00000000.00000000  8 alike: matches");
    addr(&["same", "127.1", "127.0.0.1"]).status(0).stdout_has("The same address.");
    addr(&["same", "10.0.0.1/24", "10.0.0.2/24"]).status(0).stdout_has("by ARP");
    addr(&["same", "2001:db8::1/64", "2001:db8::2"]).status(0).stdout_has("by neighbour discovery");
    let wrong = addr(&["same", "10.0.0.1/16", "10.0.1.2/24"]);
    wrong
        .status(1)
        .stdout_has("10.0.1.2  puts itself in 10.0.1.0/24\n            and the other in 10.0.0.0/24: another network");
    wrong.stdout_has("Only one thinks so: 10.0.0.1 asks for 10.0.1.2 by ARP");
    addr(&["same", "::ffff:192.0.2.1", "192.0.2.1"]).status(1).stdout_has("one is the IPv4-mapped form of the other");
}

#[test]
fn the_longest_match_and_what_the_others_lose_by() {
    let routes = ["--route", "default=r0", "--route", "10.0.0.0/8=r1", "--route", "10.1.0.0/16=r2"];
    let told = run(tool("addr").arg("lpm").args(routes).args(["10.1.2.3", "192.0.2.1"]));
    told.status(0).stdout_is(
        "\
10.1.2.3  10.1.0.0/16  r2
  loses  10.0.0.0/8  r1  8 bits shorter than /16
  loses  0.0.0.0/0   r0  16 bits shorter than /16
192.0.2.1  0.0.0.0/0  r0  (default route: nothing else matches)
",
    );
    addr(&["lpm", "--route", "default=r0", "--route", "default=r1 metric 5", "192.0.2.1"]).status(0).stdout_is(
        "\
192.0.2.1  0.0.0.0/0  r0  (default route)
  loses  0.0.0.0/0  r1 metric 5  the same prefix, and metric 5 > 0
",
    );
    addr(&["lpm", "--route", "10.0.0.0/8=r1", "192.0.2.1"]).status(1).stdout_has("no route: none of 1 matches");
    addr(&["lpm", "--route", "10.0.0.0/8=r1 tos 0x10", "10.1.2.3"]).status(1).stdout_has(
        "no route: none of 1 is for an ordinary packet to it (Network is unreachable)\n  loses  10.0.0.0/8",
    );
    let table = b"default via 10.0.0.1 dev eth0 metric 100\nnonsense here\n10.1.0.0/16 via 10.0.0.2 dev eth0\n";
    let told = run_with_input(tool("addr").args(["lpm", "-", "10.1.1.1", "--json"]), table);
    // A line that is none is told of, and the answer given nevertheless.
    told.status(2).stderr_has("standard input:2: \"nonsense\"");
    let found = &results(&told)[0];
    assert_eq!(
        found["winner"],
        json!({"prefix": "10.1.0.0/16", "via": "via 10.0.0.2 dev eth0", "metric": 0, "line": 3})
    );
    assert_eq!(found["losers"][0]["why"], "16 bits shorter than /16");
    let told = run_with_input(tool("addr").args(["lpm", "--route", "::/0=v6", "-f", "-"]), b"2001:db8::1\nx\n");
    told.status(2).stdout_has("2001:db8::1  ::/0  v6").stderr_has("standard input:2: \"x\": no address");
    addr(&["lpm", "--route", "10.0.0.0/8=a", "10.1.2.3", "--explain"])
        .stdout_has("10.0.0.0/8         00001010|00000000.00000000.00000000  8 alike: matches");
    for args in [&["lpm", "-"][..], &["lpm", "-", "-f", "-"], &["lpm"]] {
        addr(args).status(2);
    }
}

#[test]
fn interfaces_and_link_layer_addresses() {
    let lo = &results(&addr(&["if", "lo", "--json"]))[0];
    assert_eq!((&lo["name"], &lo["hardware"]["code"]), (&"lo".into(), &772.into()));
    assert!(texts(&lo["flags"]).contains(&"IFF_LOOPBACK"));
    let own = |text: &str| lo["addresses"].as_array().unwrap().iter().any(|row| row["address"] == text);
    assert!(own("127.0.0.1"), "{lo}");
    addr(&["if", "no-such-interface"]).status(1).stderr_has("no-such-interface: no such interface");
    addr(&["mac", "525400123456"]).status(0).stdout_has("52:54:00:12:34:56  MAC address (EUI-48)");
    addr(&["mac", "52:54:00:ff:fe:12:34:56"]).status(0).stdout_has("MAC inside   52:54:00:12:34:56");
    addr(&["mac", "10.0.0.1"]).status(1).stderr_has("neither a MAC address nor an EUI-64");
    let told = addr(&["eui64", "52-54-00-12-34-56", "2001:db8:1:2::/64", "fd00::/48", "--explain"]);
    told.status(0).stdout_has("2001:db8:1:2:5054:ff:fe12:3456").stdout_has("fd00::5054:ff:fe12:3456");
    told.stdout_has("the universal/local bit is turned");
    addr(&["eui64", "52:54:00:12:34:56", "10.0.0.0/8"]).status(2).stderr_has("a network of IPv6");
}

#[test]
fn zones_and_broadcast_addresses_are_not_passed_over() {
    addr(&["same", "fe80::1%1", "fe80::1%lo"]).status(0).stdout_has("The same address.");
    addr(&["same", "fe80::1%lo", "fe80::1%nope"])
        .status(1)
        .stdout_has("fe80::1%lo and fe80::1%nope")
        .stdout_has("two interfaces");
    let wrong = addr(&["same", "10.0.0.127/24", "10.0.0.1/25"]);
    wrong.status(1).stdout_has("TCP works in neither direction");
    let families = addr(&["same", "10.0.0.1/24", "2001:db8::1/64"]);
    families.status(1).stdout_has("Two families");
    assert!(!families.out().contains("2001:d00::"), "a mask of IPv4 on an address of IPv6");
}

#[test]
fn routes_that_refuse_and_routes_for_others() {
    let table = b"10.9.0.0/16 tos 0x10 via 10.0.0.2 dev p1\n10.9.0.0/16 via 10.0.0.3 dev p1\nthrow 10.8.0.0/16\n";
    let told = run_with_input(tool("addr").args(["lpm", "-", "10.9.1.1"]), table);
    told.status(0)
        .stdout_has("10.9.1.1  10.9.0.0/16  via 10.0.0.3")
        .stdout_has("only for packets of type of service 0x10");
    run_with_input(tool("addr").args(["lpm", "-", "10.8.1.1"]), table).status(1).stdout_has("Network is unreachable");
}

#[test]
fn an_eui_64_has_its_bit_turned() {
    let told = addr(&["eui64", "00:11:22:33:44:55:66:77", "2001:db8::/64", "--explain"]);
    told.status(0).stdout_has("fe80::211:2233:4455:6677").stdout_has("2001:db8::211:2233:4455:6677");
    told.stdout_has("U/L 0: universal").stdout_has("00000010 = 02");
    addr(&["mac", "52:54:00:12:34:56"])
        .stdout_has("EUI-64       52-54-00-ff-fe-12-34-56")
        .stdout_has("5054:00ff:fe12:3456");
}

#[test]
fn reverse_zones_that_are_not_shown_are_counted() {
    let told = addr(&["95.145.94.240/17"]);
    told.status(0).stdout_has("and 120 more, to 127.145.95.in-addr.arpa");
    let told = addr(&["95.145.94.240/17", "--json"]);
    assert_eq!(results(&told)[0]["reverse_zones"].as_array().unwrap().len(), 128);
}

#[test]
fn one_is_one_and_large_numbers_are_grouped() {
    addr(&["range", "10.0.0.1-10.0.0.1"]).status(0).stdout_has("1 address, 1 network\n");
    addr(&["range", "10.0.0.2-10.0.0.3", "--explain"]).status(0).stdout_has("1 zero at the end");
    addr(&["overlap", "10.0.0.0/8", "11.0.0.0/8"]).status(1).stdout_has("(1 pair)");
    let split = addr(&["split", "2001:db8::/32", "-p", "64", "--limit", "1"]);
    split.status(0).stdout_has("4,294,967,296 of /64, each of 18,446,744,073,709,551,616 addresses");
}

#[test]
fn what_would_be_passed_over_is_refused() {
    for args in [
        &["range", "10.0.0.1:80-10.0.0.5"][..],
        &["lpm", "--route", "10.0.0.0/8=a", "10.1.1.1:80"],
        &["same", "10.0.0.1:80", "10.0.0.1:81"],
        &["split", "10.0.0.0:80", "-n", "1"],
    ] {
        addr(args).status(2).stdout_is("").stderr_has("an address without a port is wanted");
    }
    for args in [
        &["range", "fe80::1%lo-fe80::5%lo"][..],
        &["lpm", "--route", "fe80::/64=a", "fe80::1%lo"],
        &["overlap", "fe80::%lo/64", "fe80::%eth9/64"],
        &["supernet", "fe80::%lo/64"],
        &["special", "fe80::1%lo"],
    ] {
        addr(args).status(2).stdout_is("").stderr_has("an address without a zone is wanted (leave out");
    }
}

#[test]
fn many_networks_are_compared_and_no_more_pairs_listed_than_asked_for() {
    // Without pairs that overlap: as fast as sorting.
    let apart: Vec<String> = (0..20_000_u32).map(|index| format!("10.{}.{}.0/24", index >> 8, index & 255)).collect();
    let apart = apart.join("\n");
    run_with_input(tool("addr").args(["overlap", "-f", "-"]), apart.as_bytes())
        .status(1)
        .stdout_is("no two overlap (199,990,000 pairs)\n");
    let alike = "10.0.0.0/8\n".repeat(400);
    let told = run_with_input(tool("addr").args(["overlap", "-f", "-"]), alike.as_bytes());
    told.status(0).stdout_has("and so on: 65,536 of 79,800 are shown (--limit)");
    let told = run_with_input(tool("addr").args(["overlap", "-f", "-", "--limit", "2", "--json"]), alike.as_bytes());
    let found = &results(told.status(0))[0];
    assert_eq!((found["pairs"].as_array().unwrap().len(), &found["overlapping_total"]), (2, &79_800.into()));
    addr(&["overlap", "-a", "--limit", "1", "10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8"])
        .status(1)
        .stdout_has("and so on: 1 of 3 are shown")
        .stdout_has("no two overlap (3 pairs)");
}

#[test]
fn nobody_is_asked_for_a_group_or_for_loopback() {
    addr(&["same", "224.0.0.1/24", "224.0.0.2/24"]).status(1).stdout_has("224.0.0.1 is a group's address");
    addr(&["same", "ff02::1/64", "ff02::2/64"]).status(1).stdout_has("is a group's address");
    addr(&["same", "127.0.0.1/8", "10.0.0.1/8"]).status(1).stdout_has("127.0.0.1 is loopback");
    addr(&["same", "127.0.0.1/8", "127.0.0.2/8"]).status(0).stdout_has("Both are loopback");
}

#[test]
fn a_group_makes_no_address() {
    for mac in ["01:00:5e:01:02:03", "01-00-5e-ff-fe-01-02-03"] {
        addr(&["eui64", mac, "2001:db8::/64"]).status(1).stdout_has("none: a group has no interface").stderr_is("");
        addr(&["mac", mac]).status(0);
    }
}

#[test]
fn a_port_is_a_number_or_a_name() {
    for port in ["", " 80", "+80", "-", "0x+50", "0x"] {
        addr(&["port", "--", port]).status(1).stdout_is("").stderr_has("neither a number nor a service");
    }
    addr(&["port", "0x10000"]).status(1).stdout_is("").stderr_has("more than 65535");
    assert_eq!(results(&addr(&["port", "0X50", "--json"]))[0]["port"], 80);
}

#[test]
fn what_is_shown_first_has_no_empty_line_before_it() {
    let told = addr(&["port", "0x10000", "80"]);
    assert!(told.status(1).stdout.starts_with(b"port 80"), "{}", told.story());
    let told = addr(&["order", "x", "1"]);
    assert!(told.status(1).stdout.starts_with(b"1 "), "{}", told.story());
}

#[test]
fn a_row_of_a_registry_says_what_it_is_told_of() {
    let rows = results(addr(&["special", "8.8.8.8", "10.0.0.1", "192.168.0.0/16", "--json"]).status(1));
    let asked: Vec<&str> = rows.iter().map(|row| row["asked"].as_str().unwrap()).collect();
    assert_eq!(asked, ["10.0.0.1/32", "192.168.0.0/16"]);
    assert_eq!(results(&addr(&["special", "--json"]))[0]["asked"], Value::Null);
    // One that is no network is told of before anything is shown.
    addr(&["special", "10.0.0.1", "x"]).status(2).stdout_is("");
}

#[test]
fn what_does_not_fit_is_said_in_plain_numbers() {
    addr(&["vlsm", "10.0.0.0/31", "2"])
        .status(1)
        .stderr_has("10.0.0.0/31 has 2 addresses, and the subnets take 4")
        .stderr_has("a link between two can be a /31 (RFC 3021)");
    addr(&["vlsm", "10.0.0.0/32", "5"])
        .status(1)
        .stderr_has("has 1 address, ")
        .stderr_has("(each takes a power of two)");
    addr(&["vlsm", "10.0.0.0/30", "/31", "/32"]).status(0).stdout_has("1 address is left.");
    addr(&["supernet", "10.0.0.0/32", "10.0.0.2/31"]).stdout_has("takes in 1 address that is in none of them");
}
