//! addr against Python's ipaddress module, and against the C library as Python calls it, over generated texts.

use std::fmt::Write as _;
use std::process::Command;

use sockeye_test_support::{Case, Net, run, run_with_input};

pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("addr::networks_are_python_s", &["python3"], networks_are_python_s),
        Case::new("addr::addresses_are_the_c_library_s", &["python3"], addresses_are_the_c_library_s),
        Case::new("addr::no_text_is_read_otherwise_than_by_the_c_library", &["python3"], no_text_is_read_otherwise),
        Case::new("addr::ranges_splits_and_joins_are_python_s", &["python3"], ranges_splits_and_joins),
        Case::new("addr::lpm_reads_what_ip_route_prints", &["ip"], lpm_reads_what_ip_route_prints),
        Case::new("addr::if_says_what_ip_address_says", &["ip"], if_says_what_ip_address_says),
    ]
}

/// The same numbers in every run: what fails can be tried again.
struct Numbers(u64);

impl Numbers {
    /// Xorshift, whose low bits are mixed well enough for texts.
    fn next(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below
    }

    fn v4(&mut self) -> String {
        // Few and many ones, so that the ends of the family are met.
        let octet = |numbers: &mut Self| match numbers.next(4) {
            0 => 0,
            1 => 255,
            _ => numbers.next(256),
        };
        (0..4).map(|_| octet(self).to_string()).collect::<Vec<_>>().join(".")
    }

    fn v6(&mut self) -> String {
        let group = |numbers: &mut Self| match numbers.next(3) {
            0 => numbers.next(0x1_0000),
            1 => numbers.next(16),
            _ => 0,
        };
        (0..8).map(|_| format!("{:x}", group(self))).collect::<Vec<_>>().join(":")
    }
}

/// What Python prints for these lines on its standard input.
fn python(net: &Net, script: &str, input: &str) -> String {
    let told = run_with_input(net.peer("python3").args(["-c", script]), input.as_bytes());
    told.status(0).stderr_is("");
    told.out()
}

#[track_caller]
fn alike(input: &str, ours: &str, theirs: &str) {
    assert_eq!(ours.lines().count(), theirs.lines().count(), "{ours}");
    for ((line, ours), theirs) in input.lines().zip(ours.lines()).zip(theirs.lines()) {
        assert_eq!(ours, theirs, "{line}");
    }
}

fn networks_are_python_s(net: &Net) {
    const SCRIPT: &str = r#"
import ipaddress, socket, sys
for line in sys.stdin:
    interface = ipaddress.ip_interface(line.strip())
    network = interface.network
    hosts = network.num_addresses
    first, last = network[0], network[-1]
    # Python's own is_multicast looks at the first and the last address, too.
    groups = network.is_multicast
    if network.max_prefixlen - network.prefixlen > 1 and not groups:
        hosts -= 2 if network.version == 4 else 1
        first, last = network[1], network[-2] if network.version == 4 else last
    broadcast = network.broadcast_address if network.version == 4 and network.prefixlen < 31 and not groups else ""
    family = socket.AF_INET if network.version == 4 else socket.AF_INET6
    text = lambda a: socket.inet_ntop(family, a.packed) if a != "" else ""
    print(text(network[0]) + "/" + str(network.prefixlen), text(network.netmask), text(network.hostmask), text(broadcast),
          text(network[0]), text(network[-1]), text(first), text(last), network.num_addresses, hosts, sep="\t")
"#;
    let mut numbers = Numbers(0x5eed);
    let mut input = String::new();
    for _ in 0..2000 {
        let (v4, length) = (numbers.v4(), numbers.next(33));
        writeln!(input, "{v4}/{length}").unwrap();
        let (v6, length) = (numbers.v6(), numbers.next(129));
        writeln!(input, "{v6}/{length}").unwrap();
    }
    let template = "{network}\\t{mask}\\t{wildcard}\\t{broadcast}\\t{first}\\t{last}\\t{first_usable}\\t{last_usable}\\t{addresses}\\t{usable}";
    let ours = run_with_input(net.tool("addr").args(["-f", "-", "--get", template]), input.as_bytes());
    ours.status(0).stderr_is("");
    alike(&input, &ours.out(), &python(net, SCRIPT, &input));
}

fn addresses_are_the_c_library_s(net: &Net) {
    const SCRIPT: &str = r#"
import ipaddress, socket, sys
for line in sys.stdin:
    address = ipaddress.ip_address(line.strip())
    family = socket.AF_INET if address.version == 4 else socket.AF_INET6
    expanded = address.exploded if address.version == 6 else ""
    print(socket.inet_ntop(family, address.packed), int(address), address.packed.hex(), expanded, address.reverse_pointer, sep="\t")
"#;
    let mut numbers = Numbers(0xadd7);
    let mut input = String::new();
    for _ in 0..2000 {
        writeln!(input, "{}\n{}", numbers.v4(), numbers.v6()).unwrap();
        // The forms with an IPv4 address at their end, which the text of an address depends on.
        let prefix = ["::", "::ffff:", "64:ff9b::", "::ffff:0:"][usize::try_from(numbers.next(4)).unwrap()];
        writeln!(input, "{prefix}{}", numbers.v4()).unwrap();
    }
    let ours = run_with_input(
        net.tool("addr").args(["-f", "-", "--get", "{text}\\t{decimal}\\t{hex}\\t{expanded}\\t{reverse}"]),
        input.as_bytes(),
    );
    ours.status(0).stderr_is("");
    alike(&input, &ours.out(), &python(net, SCRIPT, &input));
}

fn no_text_is_read_otherwise(net: &Net) {
    const SCRIPT: &str = r#"
import socket, sys
def ask(call):
    try:
        return call()
    except OSError:
        return ""
for line in sys.stdin:
    text = line.rstrip("\n")
    aton = ask(lambda: socket.inet_ntoa(socket.inet_aton(text)))
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    pton = ask(lambda: socket.inet_ntop(family, socket.inet_pton(family, text)))
    known = ask(lambda: socket.getaddrinfo(text.encode(), None, 0, socket.SOCK_STREAM, 0, socket.AI_NUMERICHOST)[0][4][0])
    print(text, aton, pton, known.split("%")[0], sep="\t")
"#;
    let mut numbers = Numbers(0xa70);
    let mut input = String::new();
    for _ in 0..4000 {
        let parts: Vec<String> = (0..=numbers.next(4))
            .map(|_| {
                let most = [10, 300, 70_000, 20_000_000, 5_000_000_000][usize::try_from(numbers.next(5)).unwrap()];
                let number = numbers.next(most);
                match numbers.next(6) {
                    0 => format!("0x{number:x}"),
                    1 => format!("0{number:o}"),
                    2 => format!("0{number}"),
                    3 if number.is_multiple_of(16) => String::new(),
                    _ => number.to_string(),
                }
            })
            .collect();
        let text = parts.join(".");
        if !text.is_empty() {
            writeln!(input, "{text}").unwrap();
        }
        let mut v6 = numbers.v6();
        match numbers.next(4) {
            0 => v6 = v6.replacen(":0:", "::", 1),
            1 => v6 = format!("::{}", numbers.v4()),
            2 => v6.truncate(usize::try_from(numbers.next(12)).unwrap() + 4),
            _ => {}
        }
        if v6.contains(':') {
            writeln!(input, "{v6}").unwrap();
        }
    }
    let theirs = python(net, SCRIPT, &input);
    let ours = run_with_input(
        net.tool("addr").args(["-f", "-", "--get", "{input}\\t{aton}\\t{pton}\\t{getaddrinfo}\\t{kind}\\t{text}"]),
        input.as_bytes(),
    );
    assert!(ours.status == 1, "some are no addresses\n{}", ours.story());
    let mut read = std::collections::HashMap::new();
    for line in ours.out().lines() {
        let cells: Vec<&str> = line.split('\t').collect();
        read.insert(cells[0].to_owned(), cells.iter().map(|cell| (*cell).to_owned()).collect::<Vec<_>>());
    }
    let (mut taken, mut refused) = (0, 0);
    for line in theirs.lines() {
        let [text, aton, pton, known] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("{line}") };
        match read.get(text).map(|cells| (cells, cells[4].as_str())) {
            Some((cells, "address")) => {
                assert_eq!([aton, pton, known], [&cells[1], &cells[2], &cells[3]], "{text}");
                let meant = [known, pton, aton].into_iter().find(|found| !found.is_empty());
                // Numbers of more than 32 bits are nothing to the C library.
                assert_eq!(meant.unwrap_or(&cells[5]), cells[5], "{text}");
                taken += 1;
            }
            // Twelve digits, or six octets of two digits each: no address to anybody else either.
            Some((_, "mac" | "eui64")) | None => {
                assert_eq!([aton, pton, known], ["", "", ""], "{text}");
                refused += 1;
            }
            Some(other) => panic!("{text}: {other:?}"),
        }
    }
    assert!(taken > 1000 && refused > 500, "{taken} taken, {refused} refused: the texts prove little");
}

fn ranges_splits_and_joins(net: &Net) {
    const SCRIPT: &str = r#"
import ipaddress, sys
for line in sys.stdin:
    words = line.split()
    if words[0] == "range":
        found = ipaddress.summarize_address_range(*map(ipaddress.ip_address, words[1:]))
    elif words[0] == "split":
        found = ipaddress.ip_network(words[1]).subnets(new_prefix=int(words[2]))
    else:
        found = ipaddress.collapse_addresses(map(ipaddress.ip_network, words[1:]))
    print(" ".join(map(str, found)))
"#;
    let mut numbers = Numbers(0x1234_5678);
    let mut input = String::new();
    let mut ours = String::new();
    for turn in 0..60 {
        let (line, args, field) = match turn % 3 {
            0 => {
                let first = numbers.next(1 << 31);
                let most = 1 << (numbers.next(30) + 1);
                let last = first + numbers.next(most);
                let [first, last] =
                    [first, last].map(|bits| std::net::Ipv4Addr::from_bits(u32::try_from(bits).unwrap()).to_string());
                (format!("range {first} {last}"), vec!["range".to_owned(), first, last], "networks")
            }
            1 => {
                let length = numbers.next(20) + 40;
                let whole = format!("2001:db8:{:x}::/{length}", numbers.next(256) << 8);
                let whole = strict(net, &whole);
                let longer = length + numbers.next(5);
                let args = vec!["split".to_owned(), whole.clone(), "-p".to_owned(), longer.to_string()];
                (format!("split {whole} {longer}"), args, "network")
            }
            _ => {
                let networks: Vec<String> = (0..=numbers.next(8))
                    .map(|_| {
                        strict(
                            net,
                            &format!("10.0.{}.{}/{}", numbers.next(4), numbers.next(256), numbers.next(10) + 22),
                        )
                    })
                    .collect();
                let args = ["supernet".to_owned()].into_iter().chain(networks.iter().cloned()).collect();
                (format!("join {}", networks.join(" ")), args, "aggregate")
            }
        };
        writeln!(input, "{line}").unwrap();
        let told = run(net.tool("addr").args(&args).arg("--json"));
        told.status(0).stderr_is("");
        let found: Vec<String> = told
            .out()
            .lines()
            .flat_map(|line| {
                let data: serde_json::Value = serde_json::from_str(line).unwrap();
                match &data["data"][field] {
                    serde_json::Value::Array(networks) => {
                        networks.iter().map(|network| network.as_str().unwrap().to_owned()).collect()
                    }
                    network => vec![network.as_str().unwrap().to_owned()],
                }
            })
            .collect();
        writeln!(ours, "{}", found.join(" ")).unwrap();
    }
    alike(&input, &ours, &python(net, SCRIPT, &input));
}

/// The network without host bits, as Python wants it.
fn strict(net: &Net, network: &str) -> String {
    run(net.tool("addr").args(["--get", "{network}", network])).status(0).out().trim().to_owned()
}

fn lpm_reads_what_ip_route_prints(net: &Net) {
    let script = "ip link add lab0 type veth peer name lab1 && ip addr add 10.0.0.1/24 dev lab0 && ip addr add fd00:1::1/64 dev lab0 nodad && \
ip link set lab0 up && ip link set lab1 up && ip route add default via 10.0.0.254 && ip route add 10.1.0.0/16 via 10.0.0.2 && \
ip route add 10.1.2.0/24 via 10.0.0.3 metric 50 && ip route add unreachable 10.9.0.0/16 && ip -6 route add default via fd00:1::2 && \
ip -6 route add fd00:2::/48 via fd00:1::3 && ip route add 10.8.0.0/16 tos 0x10 via 10.0.0.2 && ip route add 10.8.0.0/16 via 10.0.0.3 && \
ip route add throw 10.7.0.0/16";
    run(Command::new("sh").args(["-c", script])).status(0);
    for (family, addr, expected) in [
        ("-4", "10.1.2.9", "10.1.2.0/24"),
        ("-4", "10.1.3.9", "10.1.0.0/16"),
        ("-4", "10.0.0.77", "10.0.0.0/24"),
        ("-4", "192.0.2.1", "0.0.0.0/0"),
        ("-4", "10.9.1.1", "10.9.0.0/16"),
        ("-4", "10.8.1.1", "10.8.0.0/16"),
        ("-4", "10.7.1.1", "10.7.0.0/16"),
        ("-6", "fd00:2::1", "fd00:2::/48"),
        ("-6", "fd00:1::77", "fd00:1::/64"),
        ("-6", "2001:db8::1", "::/0"),
    ] {
        let table = run(net.peer("ip").args([family, "route"]));
        table.status(0);
        let told = run_with_input(net.tool("addr").args(["lpm", "-", addr, "--json"]), &table.stdout);
        let found: serde_json::Value = serde_json::from_str(told.out().trim()).unwrap();
        told.status(i32::from(!found["data"]["refused"].is_null())).stderr_is("");
        assert_eq!(found["data"]["winner"]["prefix"], expected, "{addr}\n{}", table.out());
        // The kernel agrees: what it would send through is in the route that wins.
        let kernel = run(net.peer("ip").args([family, "route", "get", addr]));
        let via = found["data"]["winner"]["via"].as_str().unwrap().to_owned();
        if let Some((_, rest)) = via.split_once("via ") {
            let gateway = rest.split(' ').next().unwrap();
            kernel.status(0).stdout_has(&format!("via {gateway} "));
        } else if via.contains("unreachable") || via.contains("throw") {
            assert!(!found["data"]["refused"].is_null(), "{}", told.story());
            assert_ne!(kernel.status, 0, "{}", kernel.story());
        } else {
            assert!(!kernel.out().contains(" via "), "{}", kernel.story());
        }
    }
}

fn if_says_what_ip_address_says(net: &Net) {
    let script = "ip link add lab0 address 02:00:5e:10:00:01 type veth peer name lab1 && ip addr add 10.0.0.5/24 brd + dev lab0 && \
ip addr add 192.0.2.1 peer 192.0.2.2/32 dev lab0 && ip addr add 2001:db8::5/64 dev lab0 nodad && ip link set lab0 mtu 1400 up && ip link set lab1 up";
    run(Command::new("sh").args(["-c", script])).status(0);
    let told = run(net.tool("addr").args(["if", "lab0", "--json"]));
    told.status(0).stderr_is("");
    let ours: serde_json::Value = serde_json::from_str(told.out().trim()).unwrap();
    let ours = &ours["data"];
    let theirs: serde_json::Value =
        serde_json::from_str(&run(net.peer("ip").args(["-j", "address", "show", "lab0"])).status(0).out()).unwrap();
    let theirs = &theirs[0];
    assert_eq!(
        (&ours["index"], &ours["mtu_octets"], &ours["mac"]),
        (&theirs["ifindex"], &theirs["mtu"], &theirs["address"])
    );
    let own = |text: &str| {
        let rows = ours["addresses"].as_array().unwrap();
        rows.iter().find(|row| row["address"] == text).unwrap_or_else(|| panic!("{text}\n{}", told.story())).clone()
    };
    let first = own("10.0.0.5");
    assert_eq!((&first["prefix_length"], &first["broadcast"]), (&24.into(), &"10.0.0.255".into()));
    assert_eq!(
        (&own("192.0.2.1")["peer"], &own("192.0.2.1")["network"]),
        (&"192.0.2.2".into(), &"192.0.2.2/32".into())
    );
    assert_eq!((&own("2001:db8::5")["scope"], &own("2001:db8::5")["of_mac"]), (&"global".into(), &false.into()));
    if_has_flags_and_lifetimes(net);
    run(net.tool("addr").args(["if", "nope"])).status(1).stderr_has("nope: no such interface (there are lo");
}

/// What `ip address` says in words of its own: `nodad`, `mngtmpaddr`, `noprefixroute`, `deprecated`, `valid_lft`.
fn if_has_flags_and_lifetimes(net: &Net) {
    let script = "ip addr add 2001:db8:1::1/64 dev lab0 nodad noprefixroute && ip addr add 2001:db8:2::1/64 dev lab0 nodad home mngtmpaddr && \
ip addr add 2001:db8:3::1/64 dev lab0 nodad preferred_lft 0 valid_lft 1000 && ip addr add 10.0.0.6/24 dev lab0 && \
ip link property add dev lab0 altname a-name-that-is-longer-than-sixteen";
    run(Command::new("sh").args(["-c", script])).status(0);
    let told = run(net.tool("addr").args(["if", "a-name-that-is-longer-than-sixteen", "--json"]));
    let ours: serde_json::Value = serde_json::from_str(told.status(0).out().trim()).unwrap();
    let ours = &ours["data"];
    assert_eq!(ours["other_names"], serde_json::json!(["a-name-that-is-longer-than-sixteen"]));
    for (addr, flags) in [
        ("2001:db8:1::1", &["IFA_F_NODAD", "IFA_F_PERMANENT", "IFA_F_NOPREFIXROUTE"][..]),
        ("2001:db8:2::1", &["IFA_F_NODAD", "IFA_F_HOMEADDRESS", "IFA_F_PERMANENT", "IFA_F_MANAGETEMPADDR"]),
        ("2001:db8:3::1", &["IFA_F_NODAD", "IFA_F_DEPRECATED"]),
        ("10.0.0.6", &["IFA_F_SECONDARY", "IFA_F_PERMANENT"]),
    ] {
        let rows = ours["addresses"].as_array().unwrap();
        let row = rows.iter().find(|row| row["address"] == addr).unwrap_or_else(|| panic!("{}", told.story()));
        assert_eq!(row["flags"], serde_json::json!(flags), "{addr}");
        let dated = addr == "2001:db8:3::1";
        assert_eq!(row["preferred_s"].as_u64(), dated.then_some(0), "{addr}");
        assert_eq!(row["valid_s"].as_u64().is_some_and(|left| (1..=1000).contains(&left)), dated, "{addr}");
    }
}
