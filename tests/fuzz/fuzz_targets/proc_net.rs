//! The lists of /proc/net: none panics, no line is two rows, and what is shown of them does not act on a terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sockeye_cli::escape::acts;
use sockeye_cli::{Render, Text};
use sockeye_ports::backlog::counters::Counters;
use sockeye_ports::kind::Kind;
use sockeye_ports::netstat::groups::{self, Groups};
use sockeye_ports::netstat::lore::{self, Lore};
use sockeye_ports::netstat::statistics::{self, Statistics};
use sockeye_ports::netstat::{interfaces, routes, unix};
use sockeye_ports::{owners, proc_net};

fn shown(what: &dyn Render) {
    let mut text = Vec::new();
    what.render(&mut Text::plain(&mut text)).expect("a vector takes all");
    let text = String::from_utf8(text).expect("what is shown is text");
    assert!(!text.chars().any(|character| character != '\n' && acts(character)), "{text:?}");
}

fuzz_target!(|octets: &[u8]| {
    let text = String::from_utf8_lossy(octets);
    let lines = octets.split(|octet| *octet == b'\n').count();
    for kind in [Kind::Tcp, Kind::Udp, Kind::UdpLite, Kind::Raw, Kind::Ping] {
        assert!(proc_net::inet(kind, octets).count() <= lines);
    }
    for row in proc_net::unix(octets) {
        let mut line = String::new();
        unix::push(&mut line, &row, None, &Lore::default());
        assert!(!line.chars().any(acts), "{line:?}");
    }
    assert!(lore::references(octets).count() <= lines);
    Counters::parse(&text);
    for list in [groups::parse_ipv4(&text), groups::parse_ipv6(&text)] {
        assert!(list.len() <= lines);
        shown(&Groups { list, ..Groups::default() });
    }
    for counters in [statistics::parse_pairs(&text), statistics::parse_lines(&text)] {
        shown(&Statistics(counters));
    }
    assert!(interfaces::parse(&text).len() <= lines);
    assert!(routes::parse_ipv4(&text).len() <= lines && routes::parse_ipv6(&text).len() <= lines);
    for line in octets.split(|octet| *octet == b'\n') {
        let _ = owners::socket_inode(line);
    }
});
