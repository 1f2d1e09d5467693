//! The tour: the experiment that shows every tool of the suite at work.
//!
//! Where hosts can be made it is the experiment of that name in the catalog; elsewhere both hosts are this machine, and a
//! file of its own is read, with ports that are free.

use std::net::Ipv4Addr;

use sockeye_common::checksum::{PseudoHeader, udp_transmitted};

use crate::language;
use crate::model::Lab;
use crate::stage::Ports;

/// The name by which it is asked for.
pub const NAME: &str = "tour";

/// What Alice sends.
const DATA: &str = "ABCDE";

/// The file of the tour on the loopback interface.
const LOOPBACK: &str = include_str!("tour/loopback.lab");

/// What to try when it is over, and what for.
pub const NEXT: &[(&str, &str)] = &[
    ("lab list", "the experiments of the course; `lab show NAME` and `lab run NAME` for one of them"),
    ("lab run tour --html tour.html", "the same as a page, with every frame drawn"),
    ("lab shell tour", "a shell on Alice's host, to try things by hand"),
    ("netsum udp 10.0.0.1:5000 10.0.0.2:6000 ABCDEUQUQUQ", "is its checksum the same, as some courses say?"),
    ("nc -l -v 127.0.0.1 7000 --explain", "a server; then `nc 127.0.0.1 7000` in another terminal"),
    ("ports -t -l -n -p", "what listens on this machine, and whose it is"),
    ("url 'http://[fe80::1%25eth0]:8080/a/../b?q=x+y#z'", "what browsers make of a harder one"),
    ("dig +gai localhost", "what your programs get for a name"),
];

/// The tour on the loopback interface, on these ports.
pub fn on_loopback(ports: Ports) -> Lab {
    let text = LOOPBACK
        .replace("@udp-from@", &ports.alice_udp.to_string())
        .replace("@udp-to@", &ports.bob_udp.to_string())
        .replace("@udp-to-hex@", &format!("{:04x}", ports.bob_udp))
        .replace("@tcp@", &ports.bob_tcp.to_string())
        .replace("@checksum@", &format!("{:04x}", checksum(ports)));
    // A test reads the file: it has no mistakes.
    language::parse(&text).unwrap_or_default()
}

/// The checksum that Alice's datagram must carry: what theory says, without asking any tool.
///
/// # Source
/// RFC 768, "Fields".
fn checksum(ports: Ports) -> u16 {
    const UDP: u8 = 17;
    const HEADER_LEN: u16 = 8;
    let (src, dst) = (Ipv4Addr::LOCALHOST, Ipv4Addr::LOCALHOST);
    let length = u16::try_from(DATA.len()).unwrap_or(u16::MAX).saturating_add(HEADER_LEN);
    let mut sum = PseudoHeader::V4 { src, dst, protocol: UDP, length }.sum();
    sum.add_u16(ports.alice_udp).add_u16(ports.bob_udp).add_u16(length).add(DATA.as_bytes());
    udp_transmitted(sum.checksum())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog;
    use crate::model::{Action, Check};

    const PORTS: Ports = Ports { alice_udp: 40001, bob_udp: 40002, bob_tcp: 40003 };

    fn typed(lab: &Lab) -> Vec<String> {
        let lines = lab.steps.iter().flat_map(|step| &step.actions).filter_map(|action| match action {
            Action::Run(command, _) | Action::Start(command) => Some(command.line.clone()),
            _ => None,
        });
        lines.collect()
    }

    #[test]
    fn both_have_the_same_steps_but_for_the_wire() {
        let hosts = catalog::find(NAME).unwrap().lab().unwrap();
        let loopback = on_loopback(PORTS);
        let titles = |lab: &Lab| lab.steps.iter().map(|step| step.title.clone()).collect::<Vec<_>>();
        let mut expected = titles(&hosts);
        expected.retain(|title| title != "Compare with what was on the wire");
        assert_eq!(titles(&loopback), expected);
        assert_eq!(expected.len(), 7);
        assert!(typed(&hosts).contains(&"netsum udp 10.0.0.1:5000 10.0.0.2:6000 ABCDE".to_owned()));
    }

    #[test]
    fn no_name_is_ever_looked_up() {
        for lab in [catalog::find(NAME).unwrap().lab().unwrap(), on_loopback(PORTS)] {
            let typed = typed(&lab);
            assert!(typed.iter().all(|line| !line.contains("localhost")), "{typed:?}");
            assert!(typed.iter().filter(|line| line.contains("nc ")).all(|line| line.contains(" -n ")), "{typed:?}");
        }
    }

    #[test]
    fn nothing_is_left_to_be_put_in_place_and_the_checksum_is_worked_out() {
        let lab = on_loopback(PORTS);
        assert!(!format!("{lab:?}").contains('@'), "{lab:?}");
        // 7f00 + 0001 + 7f00 + 0001 + 0011 + 000d, 9c41 + 9c42 + 000d, 4142 + 4344 + 4500, added by hand.
        let is_it = |check: &Check| matches!(check, Check::LastWord(label, word) if label == "sum" && word == "ffc6");
        let checks = lab.steps.iter().flat_map(|step| &step.expectations).flat_map(|expectation| &expectation.checks);
        assert_eq!(checks.filter(|check| is_it(check)).count(), 1, "{:04x}", checksum(PORTS));
    }
}
