//! Four hosts in a line, over which hop is tried: a - r1 - r2 - b, IPv4 and IPv6.

use std::fs;
use std::net::IpAddr;
use std::process::Command;

use serde_json::Value;
use sockeye_sys::route::{self, Route};
use sockeye_sys::{NetNs, interface, link, namespace};
use sockeye_test_support::{DEADLINE, Net, Run, is_root, run, tools_dir};

/// Who runs hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum User {
    Root,
    /// Somebody without a privilege.
    Nobody,
}

pub(crate) const USERS: [User; 2] = [User::Root, User::Nobody];
/// IPv4, and IPv6.
pub(crate) const FAMILIES: [bool; 2] = [false, true];

/// The hosts.
pub(crate) struct Line {
    pub(crate) a: NetNs,
    pub(crate) r1: NetNs,
    pub(crate) r2: NetNs,
    pub(crate) b: NetNs,
}

/// The far end.
pub(crate) fn far(v6: bool) -> &'static str {
    if v6 { "fd00:3::2" } else { "10.0.3.2" }
}

/// Who answers at each hop.
pub(crate) fn hops(v6: bool) -> [&'static str; 3] {
    if v6 { ["fd00:1::2", "fd00:2::2", "fd00:3::2"] } else { ["10.0.1.2", "10.0.2.2", "10.0.3.2"] }
}

impl Line {
    pub(crate) fn new() -> Self {
        let [a, r1, r2, b] = [(); 4].map(|()| NetNs::create().unwrap());
        for (number, left, right) in [(1, &a, &r1), (2, &r1, &r2), (3, &r2, &b)] {
            left.run(|| link::create_veth("right", "left", Some(right))).unwrap().unwrap();
            for (host, name, last) in [(left, "right", 1), (right, "left", 2)] {
                host.run(|| {
                    link::add_address(name, IpAddr::from([10, 0, number, last]), 24).unwrap();
                    let v6 = format!("fd00:{number}::{last}").parse().unwrap();
                    link::add_address(name, v6, 64).unwrap();
                    interface::bring_up(name).unwrap();
                })
                .unwrap();
            }
            for (host, name) in [(left, "right"), (right, "left")] {
                host.run(|| link::wait_until_running(name, DEADLINE)).unwrap().unwrap();
            }
        }
        for host in [&r1, &r2] {
            host.run(|| set(&[("ipv4/ip_forward", "1"), ("ipv6/conf/all/forwarding", "1")])).unwrap();
        }
        for host in [&a, &r1, &r2, &b] {
            // Routers that answer every probe: their limits are Linux's own, and no test is about them.
            let free = [("ipv4/icmp_ratelimit", "0"), ("ipv4/icmp_ratemask", "0"), ("ipv6/icmp/ratelimit", "0")];
            host.run(|| set(&free)).unwrap();
        }
        for (host, to, via) in [
            (&a, "10.0.0.0/16", "10.0.1.2"),
            (&r1, "10.0.3.0/24", "10.0.2.2"),
            (&r2, "10.0.1.0/24", "10.0.2.1"),
            (&b, "10.0.0.0/16", "10.0.3.1"),
            (&a, "fd00::/16", "fd00:1::2"),
            (&r1, "fd00:3::/64", "fd00:2::2"),
            (&r2, "fd00:1::/64", "fd00:2::1"),
            (&b, "fd00::/16", "fd00:3::1"),
        ] {
            host.run(|| add_route(to, via)).unwrap();
        }
        Self { a, r1, r2, b }
    }

    /// hop at the left end.
    pub(crate) fn hop(&self, net: &Net, user: User, args: &[&str]) -> Command {
        let mut command = as_user(net, user);
        command.args(args);
        namespace::command_in(&mut command, &self.a).unwrap();
        command
    }

    /// What hop told with `--json`.
    pub(crate) fn told(&self, net: &Net, user: User, args: &[&str]) -> Told {
        Told(run(self.hop(net, user, args).arg("--json")))
    }

    /// A real tool at the left end.
    pub(crate) fn peer(&self, net: &Net, name: &str, args: &[&str]) -> Run {
        let mut command = net.peer(name);
        command.args(args);
        run(namespace::command_in(&mut command, &self.a).unwrap()).status(0).clone()
    }
}

fn add_route(to: &str, via: &str) {
    let (network, length) = to.split_once('/').unwrap();
    let to = (network.parse().unwrap(), length.parse().unwrap());
    route::add(&Route { to, via: Some(via.parse().unwrap()), interface: None }).unwrap();
}

/// Settings of the network namespace of this thread.
pub(crate) fn set(settings: &[(&str, &str)]) {
    for (name, value) in settings {
        fs::write(format!("/proc/sys/net/{name}"), value).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Lets every group of this network namespace send ICMP. A user namespace without root has but one.
pub(crate) fn allow_icmp() {
    set(&[("ipv4/ping_group_range", if is_root() { "0 2147483647" } else { "0 0" })]);
}

/// A packet filter in `host`.
pub(crate) fn nft(net: &Net, host: &NetNs, script: &str) {
    let mut command = net.peer("nft");
    command.arg(script);
    run(namespace::command_in(&mut command, host).unwrap()).status(0);
}

/// hop, as `user`.
pub(crate) fn as_user(net: &Net, user: User) -> Command {
    if user == User::Root {
        return net.tool("hop");
    }
    let bin = net.dir().join("hop");
    if !bin.exists() {
        // Where any user may run it. Not by this process: what it forks meanwhile would hold the file open.
        run(Command::new("cp").arg(tools_dir().join("hop")).arg(&bin)).status(0);
    }
    let mut command = net.peer("setpriv");
    if is_root() {
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    } else {
        // In a user namespace there is no other user, but root without a capability is as good.
        command.args(["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]);
    }
    command.arg(&bin);
    command
}

/// What hop told, as records.
pub(crate) struct Told(pub(crate) Run);

impl Told {
    #[track_caller]
    pub(crate) fn status(&self, status: i32) -> &Self {
        self.0.status(status);
        self
    }

    /// Those records.
    pub(crate) fn records(&self, record: &str) -> Vec<Value> {
        let lines: Vec<Value> = self
            .0
            .out()
            .lines()
            .map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{}", self.0.story())))
            .collect();
        lines.into_iter().map(|mut line| line["data"].take()).filter(|data| data["record"] == record).collect()
    }

    /// The one record of that kind.
    #[track_caller]
    pub(crate) fn one(&self, record: &str) -> Value {
        let mut records = self.records(record);
        assert_eq!(records.len(), 1, "{record}\n{}", self.0.story());
        records.remove(0)
    }

    /// Who answered at each hop; nobody is `*`, and several are joined.
    pub(crate) fn path(&self) -> Vec<String> {
        self.records("hop")
            .iter()
            .map(|hop| {
                let mut from: Vec<&str> = hop["probes"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|probe| probe["answer"]["from"].as_str().unwrap_or("*"))
                    .collect();
                from.dedup();
                from.join(",")
            })
            .collect()
    }
}
