//! The tour: one datagram from its URL to the wire, with every tool of the suite.

use crate::experiment::{Action, CommandLine, Expectation, Input, Sign, Step};
use crate::stage::{Kind, Stage};

/// The name by which it is asked for.
pub const NAME: &str = "tour";

/// What it is, in a sentence.
pub const SUMMARY: &str =
    "one datagram from its URL to the wire, its checksum worked out and verified, and a TCP connection";

/// What Alice sends.
pub const DATA: &str = "ABCDE";

/// The file that the capture is written to.
pub const CAPTURE: &str = "capture.pcap";

/// What to try when it is over.
pub const NEXT: &[(&str, &str)] = &[
    ("netsum udp 10.0.0.1:5000 10.0.0.2:6000 ABCDEUQUQUQ", "is its checksum the same, as some courses say?"),
    ("nc -l -v 127.0.0.1 7000 --explain", "a server; then `nc 127.0.0.1 7000` in another terminal"),
    ("ports -t -l -n -p", "what listens on this machine, and whose it is"),
    ("url 'http://[fe80::1%25eth0]:8080/a/../b?q=x+y#z'", "what browsers make of a harder one"),
    ("dig +gai localhost", "what your programs get for a name"),
    ("lab tour --json", "all of this as JSON Lines; --pcap FILE keeps the capture"),
];

/// The steps, for the hosts and ports of `stage`.
pub fn steps(stage: &Stage) -> Vec<Step> {
    let mut steps = vec![dissect(stage), resolve(stage), listen(stage), socket(stage), send(stage), sum(stage)];
    // On loopback nothing was captured: a packet socket there needs root.
    if stage.kind == Kind::Namespaces {
        steps.push(verify(stage));
    }
    steps.push(connection(stage));
    steps
}

/// On a machine with other users, their sockets are left out.
fn only(stage: &Stage, port: u16) -> Option<String> {
    (stage.kind == Kind::Loopback).then(|| format!(":{port}"))
}

fn dissect(stage: &Stage) -> Step {
    let (bob, port) = (stage.bob, stage.ports.bob_udp);
    Step {
        title: "Take a URL apart",
        why: "A URL says whom to talk to and what to ask for. A socket needs only the first: a host and a port.".into(),
        actions: vec![Action::Run(
            "url",
            CommandLine::new("alice", "url", format!("http://{bob}:{port}/hello?x=1#top")),
        )],
        notice: "The fragment (#top) never leaves the browser, the path and query travel as data, and host and port \
                 become the address of a socket."
            .into(),
        expectations: vec![
            Expectation::line("the host is Bob's address", "url", ["host", &bob.to_string()]),
            Expectation::line("the port is the one in the URL", "url", ["port", &port.to_string()]),
            Expectation::status("url could read it", "url", 0),
        ],
    }
}

fn resolve(stage: &Stage) -> Step {
    let bob = stage.bob;
    Step {
        title: "Ask getaddrinfo(3) for the address",
        why: "Programs do not fill a sockaddr by hand: getaddrinfo(3) makes one from a host's name or number.".into(),
        actions: vec![Action::Run("dig", CommandLine::new("alice", "dig", format!("+gai {bob}")))],
        notice: "A number is not looked up anywhere: it is only laid out, octet by octet, in network order.".into(),
        expectations: vec![
            Expectation::line("the answer is Bob's address", "dig", ["AF_INET", "SOCK_DGRAM", &bob.to_string()]),
            Expectation::status("getaddrinfo answered", "dig", 0),
        ],
    }
}

fn listen(stage: &Stage) -> Step {
    let (bob, port) = (stage.bob, stage.ports.bob_udp);
    Step {
        title: "Bob waits for a datagram",
        why: "A UDP server is a socket that is bound to a port: there is no listen(2) and no accept(2).".into(),
        actions: vec![Action::Start(
            "listener",
            CommandLine::new("bob", "nc", format!("-u -l -n -v {bob} {port}")),
            Sign::Line(format!("Bound on {bob} {port}")),
        )],
        notice: "nc says \"Bound\", not \"Listening\": from now on the kernel keeps what comes in for this port."
            .into(),
        expectations: vec![Expectation::line("Bob's socket is bound", "listener", ["Bound", &format!("{bob} {port}")])],
    }
}

fn socket(stage: &Stage) -> Step {
    let (bob, port) = (stage.bob, stage.ports.bob_udp);
    Step {
        title: "See the socket in the kernel",
        why: "Whether a program waits where it should is the first question when nothing arrives. The kernel knows."
            .into(),
        actions: vec![Action::Run("ports", CommandLine::new("bob", "ports", "-u -a -n -p").only(only(stage, port)))],
        notice: "The socket has a local address and no peer: anybody may send to it.".into(),
        expectations: vec![Expectation::line(
            "Bob's nc holds the UDP socket",
            "ports",
            ["udp", &format!("{bob}:{port}"), "nc"],
        )],
    }
}

fn send(stage: &Stage) -> Step {
    let (alice, bob, ports) = (stage.alice, stage.bob, stage.ports);
    let line = format!("-u -n -q 0 -p {} --explain {bob} {}", ports.alice_udp, ports.bob_udp);
    let mut actions = vec![
        Action::Run("sender", CommandLine::new("alice", "nc", line).reading(Input::Text(DATA))),
        Action::Await("listener", Sign::Text(DATA.into())),
        Action::Kill("listener"),
    ];
    if stage.kind == Kind::Namespaces {
        actions.insert(0, Action::Capture { host: "bob", interface: "eth0", port: ports.bob_udp });
        actions.push(Action::WriteCapture(CAPTURE));
    }
    Step {
        title: "Alice sends five octets",
        why: "What a client does, call by call, with the sockaddr of each call as it lies in memory.".into(),
        actions,
        notice: format!(
            "The port {} is {:04x} in the sockaddr: network order, as htons(3) gives it, has the high octet first.",
            ports.bob_udp, ports.bob_udp
        ),
        expectations: vec![
            Expectation::line(format!("Bob got {DATA}"), "listener", [DATA]),
            Expectation::line(
                "it came from Alice's address and port",
                "listener",
                ["Connection received on", &format!("{alice} {}", ports.alice_udp)],
            ),
            Expectation::line(
                "the port went into the sockaddr in network order",
                "sender",
                ["sin_port", &format!("{:04x}", ports.bob_udp), &ports.bob_udp.to_string()],
            ),
            Expectation::status("the sender saw no error", "sender", 0),
        ],
    }
}

fn sum(stage: &Stage) -> Step {
    let (alice, bob, ports) = (stage.alice, stage.bob, stage.ports);
    let checksum = format!("{:04x}", stage.checksum(DATA));
    let line = format!("udp {alice}:{} {bob}:{} {DATA}", ports.alice_udp, ports.bob_udp);
    Step {
        title: "Work out its checksum by hand",
        why: "UDP sums the pseudo-header, its own header and the data as 16-bit words in ones' complement.".into(),
        actions: vec![Action::Run("sum", CommandLine::new("alice", "netsum", line))],
        notice: "Every carry is added back in at the low end, and the sender transmits the complement.".into(),
        expectations: vec![
            Expectation::last_word(format!("the checksum is {checksum}"), "sum", checksum),
            Expectation::status("netsum computed it", "sum", 0),
        ],
    }
}

fn verify(stage: &Stage) -> Step {
    let (alice, bob, ports) = (stage.alice, stage.bob, stage.ports);
    let checksum = format!("{:04x}", stage.checksum(DATA));
    let flow = format!("{alice}:{} > {bob}:{}", ports.alice_udp, ports.bob_udp);
    Step {
        title: "Compare with what was on the wire",
        why: format!(
            "While Alice sent, lab captured what came in at Bob's eth0 (UDP port {}) and wrote {CAPTURE}.",
            ports.bob_udp
        ),
        actions: vec![Action::Run("verify", CommandLine::new("bob", "netsum", format!("verify {CAPTURE}")))],
        notice: format!("The kernel put {checksum} into the datagram: the very checksum of the step before."),
        expectations: vec![
            Expectation::line(
                format!("the datagram carried {checksum}, and that is right"),
                "verify",
                ["udp", &checksum, "good", &flow],
            ),
            Expectation::line(
                "the checksum of its IPv4 header is right too",
                "verify",
                ["ip", "good", &format!("{alice} > {bob}")],
            ),
            Expectation::status("netsum found nothing bad", "verify", 0),
        ],
    }
}

fn connection(stage: &Stage) -> Step {
    let (alice, bob, port) = (stage.alice, stage.bob, stage.ports.bob_tcp);
    let listed =
        |label, host| Action::Run(label, CommandLine::new(host, "ports", "-t -a -n -p").only(only(stage, port)));
    Step {
        title: "Make a TCP connection, and end it",
        why: "TCP keeps a state at both ends. Bob listens, Alice connects, and Alice is the first to close.".into(),
        actions: vec![
            Action::Start(
                "server",
                CommandLine::new("bob", "nc", format!("-l -k -n -v {bob} {port}")),
                Sign::Line(format!("Listening on {bob} {port}")),
            ),
            Action::Start(
                "client",
                CommandLine::new("alice", "nc", format!("-N -n -v {bob} {port}")).reading(Input::Typed),
                Sign::Line("succeeded".into()),
            ),
            Action::Await("server", Sign::Line("Connection received".into())),
            listed("open", "bob"),
            Action::EndInput("client"),
            listed("closed", "alice"),
            Action::Kill("server"),
        ],
        notice:
            "One LISTEN socket stays for those who come later; each connection has its own. Who closes first waits \
                 in TIME-WAIT for a minute, so that no late segment reaches a later connection."
                .into(),
        expectations: vec![
            Expectation::line("Bob listens", "open", ["tcp", "LISTEN", &format!("{bob}:{port}")]),
            Expectation::line(
                "the connection is established",
                "open",
                ["tcp", "ESTABLISHED", &format!("{bob}:{port}"), &alice.to_string()],
            ),
            Expectation::line(
                "Alice waits after it",
                "closed",
                ["tcp", "TIME-WAIT", &alice.to_string(), &format!("{bob}:{port}")],
            ),
            Expectation::status("Alice's nc saw no error", "client", 0),
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::stage::Ports;
    use crate::topology::PAIR;

    fn stages() -> [Stage; 2] {
        let ports = Ports { alice_udp: 40001, bob_udp: 40002, bob_tcp: 40003 };
        [Stage::two_hosts(&PAIR).unwrap(), Stage::loopback(ports)]
    }

    #[test]
    fn every_step_checks_something_that_one_of_its_processes_shows() {
        for stage in stages() {
            let mut labels = BTreeSet::new();
            for step in steps(&stage) {
                for action in &step.actions {
                    if let Action::Run(label, line) | Action::Start(label, line, _) = action {
                        assert!(labels.insert(*label), "two processes are called {label}");
                        assert!(stage.kind == Kind::Loopback || PAIR.hosts.contains(&line.host), "{line:?}");
                    }
                }
                assert!(!step.expectations.is_empty(), "{} checks nothing", step.title);
                for expectation in &step.expectations {
                    assert!(labels.contains(expectation.of), "{expectation:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_started_is_also_ended() {
        for stage in stages() {
            let actions: Vec<Action> = steps(&stage).into_iter().flat_map(|step| step.actions).collect();
            for action in &actions {
                if let Action::Start(label, ..) = action {
                    let ends = |other: &&Action| matches!(other, Action::Kill(ended) | Action::EndInput(ended) if ended == label);
                    assert_eq!(actions.iter().filter(ends).count(), 1, "{label}");
                }
            }
        }
    }

    #[test]
    fn the_course_s_example_is_sent_and_no_name_is_ever_looked_up() {
        let typed: Vec<String> = steps(&stages()[0])
            .iter()
            .flat_map(|step| &step.actions)
            .filter_map(|action| match action {
                Action::Run(_, line) | Action::Start(_, line, _) => Some(line.typed()),
                _ => None,
            })
            .collect();
        assert!(typed.contains(&"netsum udp 10.0.0.1:5000 10.0.0.2:6000 ABCDE".to_owned()), "{typed:?}");
        assert!(typed.iter().all(|line| !line.contains("localhost")), "{typed:?}");
        assert!(typed.iter().filter(|line| line.contains("nc ")).all(|line| line.contains(" -n ")), "{typed:?}");
    }
}
