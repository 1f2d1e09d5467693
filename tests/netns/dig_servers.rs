//! dig beside the real dig on other servers than BIND's: nsd, which is an authority, and unbound, which resolves.

use std::path::Path;

use sockeye_test_support::{Background, Case, Net, peer, run, wait_until};

use crate::dig::{answers, command_lines, compare, own_etc, vectors, words};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_servers::same_as_dig_on_nsd", &["dig", "nsd"], same_on_nsd),
        Case::new("dig_servers::same_as_dig_on_unbound", &["dig", "nsd", "unbound"], same_on_unbound),
    ]
}

/// The zones of tests/vectors/dns, which named serves too.
const ZONES: [(&str, &str); 4] = [
    (".", "root.zone"),
    ("lab.test", "lab.test.zone"),
    ("2.0.192.in-addr.arpa", "192.0.2.zone"),
    ("8.b.d.0.1.0.0.2.ip6.arpa", "2001-db8.zone"),
];

/// Starts nsd with the zones at these addresses and this port.
fn start_nsd(folder: &Path, addresses: &[&str], port: u16) -> Background {
    let addresses: String = addresses.iter().flat_map(|address| [" ip-address: ", address, "\n"]).collect();
    let mut conf = format!(
        "server:\n{addresses} port: {port}\n username: \"\"\n chroot: \"\"\n zonesdir: \"{0}\"\n pidfile: \"\"\n database: \"\"\n\
         logfile: \"{0}/nsd.log\"\n xfrdfile: \"\"\n zonelistfile: \"{0}/zone.list\"\n server-count: 1\n round-robin: no\n\
         minimal-responses: no\n rrl-ratelimit: 0\n identity: \"nsd-lab\"\n version: \"sockeye-nsd\"\n nsid: \"ascii_ns-lab\"\n\
         remote-control:\n control-enable: no\n",
        folder.display()
    );
    for (zone, file) in ZONES {
        conf.extend(["zone:\n name: \"", zone, "\"\n zonefile: \"", file, "\"\n"]);
    }
    std::fs::write(folder.join("nsd.conf"), conf).unwrap();
    let mut command = peer("nsd");
    command.args(["-d", "-c", "nsd.conf"]).current_dir(folder);
    Background::spawn(command)
}

/// The folder with the zones, and resolv.conf and hosts in place of the machine's.
fn folder(net: &Net) -> std::path::PathBuf {
    let folder = net.dir().join("servers");
    std::fs::create_dir(&folder).unwrap();
    for entry in std::fs::read_dir(vectors()).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.join(path.file_name().unwrap())).unwrap();
    }
    own_etc(&folder);
    folder
}

/// The lines that named is asked, and some of which other servers make something else.
fn lines() -> Vec<Vec<String>> {
    let mut lines = command_lines("same-as-dig-on-named.txt");
    // Hundreds of questions at once are more than nsd answers one client.
    lines.retain(|line| line.len() < 60);
    for line in [
        "@127.0.0.1 +nsid +dnssec lab.test soa",
        "@127.0.0.1 id.server ch txt",
        "@127.0.0.1 hostname.bind ch txt +short",
        "@127.0.0.1 authors.bind ch txt",
        "@127.0.0.1 +edns=100 web.lab.test",
        "@127.0.0.1 +ednsopt=65001:ff web.lab.test",
        "@127.0.0.1 +opcode=update lab.test soa",
        "@127.0.0.1 +qr +nsid +subnet=192.0.2.0/24 +padding=64 web.lab.test",
        "@127.0.0.1 +tcp +keepalive web.lab.test",
        "@127.0.0.1 +zflag +cdflag web.lab.test",
        "@127.0.0.1 nosuch.refused.test",
    ] {
        lines.push(words(line));
    }
    lines
}

fn same_on_nsd(net: &Net) {
    let folder = folder(net);
    let _nsd = start_nsd(&folder, &["127.0.0.1", "::1"], 53);
    wait_until("nsd answers", answers);
    compare(&lines());
}

/// unbound asks an nsd at another port and shows the TTLs that it got, so that time does not show.
fn same_on_unbound(net: &Net) {
    let folder = folder(net);
    let _nsd = start_nsd(&folder, &["127.0.0.2"], 5353);
    let mut conf = format!(
        "server:\n interface: 127.0.0.1\n interface: ::1\n port: 53\n username: \"\"\n chroot: \"\"\n directory: \"{0}\"\n\
         pidfile: \"\"\n use-syslog: no\n logfile: \"{0}/unbound.log\"\n do-daemonize: no\n num-threads: 1\n\
         module-config: \"iterator\"\n serve-original-ttl: yes\n rrset-roundrobin: no\n minimal-responses: no\n\
         do-not-query-localhost: no\n access-control: 127.0.0.0/8 allow\n access-control: ::1 allow\n\
         local-zone: \"test.\" nodefault\n local-zone: \"2.0.192.in-addr.arpa.\" nodefault\n\
         local-zone: \"8.b.d.0.1.0.0.2.ip6.arpa.\" nodefault\n identity: \"unbound-lab\"\n version: \"sockeye-unbound\"\n\
         nsid: \"ascii_ns-lab\"\n",
        folder.display()
    );
    // The servers that the zones name are unbound itself.
    for (zone, _) in ZONES {
        conf.extend(["stub-zone:\n name: \"", zone, "\"\n stub-addr: 127.0.0.2@5353\n"]);
    }
    std::fs::write(folder.join("unbound.conf"), conf).unwrap();
    let mut command = peer("unbound");
    command.args(["-d", "-c", "unbound.conf"]).current_dir(&folder);
    let _unbound = Background::spawn(command);
    // It tells nobody what it has not been asked to find out.
    wait_until("unbound answers", || {
        run(peer("dig").args(["@127.0.0.1", "+short", "+tries=1", ".", "soa"])).out().contains("ns.lab.test")
    });
    let lines = lines();
    // What came first into the cache decides what comes along: each line is asked once before it is compared.
    for line in &lines {
        run(peer("dig").args(line));
    }
    compare(&lines);
}
