//! Each statement is read, and each mistake is told where it is.

use std::time::Duration;

use super::*;
use crate::filter::Filter;
use crate::model::{
    Action, Address, Check, Command, Condition, Conditions, Count, End, Medium, NodeKind, Route, Setting, Signal, Span,
    Time,
};

const NETWORK: &str = "\
experiment udp-loss
title   Ten messages and a cut
host    alice bob
router  r1 r2
switch  s1
link    alice:eth0 10.0.1.1/24 fd00:1::1/64 -- r1:eth0 10.0.1.254/24 mtu 1400
link    r1:eth1 10.0.2.1/24 == r2:eth0 10.0.2.2/24 as middle delay 25 ms jitter 2 ms loss 10 % duplicate 1 %
        reorder 1% rate 2 Mbit/s queue 20 from r2 loss 50 %
link    r2:eth1 -- s1:p1          # a cable to the switch
";

/// The lab of `NETWORK`, `more` and one step with `inside`.
fn with(more: &str, inside: &str) -> Result<Lab, Vec<Mistake>> {
    let step = format!("  {}\n", inside.replace('\n', "\n  "));
    parse(&format!("{NETWORK}{more}step Something is done\n{step}"))
}

#[track_caller]
fn lab(more: &str, inside: &str) -> Lab {
    with(more, inside).unwrap_or_else(|mistakes| panic!("{mistakes:?}"))
}

fn scaled(ms: u64) -> Time {
    Time { duration: Duration::from_millis(ms), scaled: true }
}

fn exact(ms: u64) -> Time {
    Time { scaled: false, ..scaled(ms) }
}

fn command(node: &str, label: &str, line: &str) -> Command {
    Command { node: node.into(), label: label.into(), line: line.into(), unprivileged: false }
}

#[test]
fn the_words_about_an_experiment_are_prose() {
    let text = "\
# A comment
experiment three-4
title Knock, knock
what  One line
      and another.

      A new paragraph, with a # in it.
      # not this
why   Bob's reason
question Why?
answer  Because: \"so\".
see   RFC 768; udp(7) ;
fast  10
host  a
watch none
step  Look # hard
  a$ ports
";
    let lab = parse(text).unwrap();
    assert_eq!((lab.name.as_str(), lab.title.as_str(), lab.fast), ("three-4", "Knock, knock", 10));
    assert_eq!(lab.what, "One line and another.\n\nA new paragraph, with a # in it.");
    assert_eq!((lab.why.as_str(), lab.question.as_str()), ("Bob's reason", "Why?"));
    assert_eq!(lab.answer, "Because: \"so\".");
    assert_eq!(lab.see, ["RFC 768", "udp(7)"]);
    assert_eq!(lab.network.watched, Vec::<String>::new());
    assert_eq!(lab.steps[0].title, "Look # hard");
}

#[test]
fn nodes_links_and_what_belongs_to_them_are_the_network() {
    let more = "\
route alice default via 10.0.1.254
route r1 10.0.3.0/24 via 10.0.2.2
route alice 10.9.0.0/16 dev eth0
route alice fd00:9::/64 via fd00:1::2 dev eth0
set   bob net.ipv4.tcp_max_syn_backlog=4
set   bob net.ipv4.ip_local_port_range=\"40000 40002\"
file  alice /etc/hosts \"10.0.0.2 bob\\n\"
      \"\\t\\\"\\\\\\x41\"
";
    let network = lab(more, "alice$ ports").network;
    let kinds: Vec<_> = network.nodes.iter().map(|node| (node.name.as_str(), node.kind)).collect();
    assert_eq!(
        kinds,
        [
            ("alice", NodeKind::Host),
            ("bob", NodeKind::Host),
            ("r1", NodeKind::Router),
            ("r2", NodeKind::Router),
            ("s1", NodeKind::Switch)
        ]
    );
    let address = |addr: &str, prefix| Address { addr: addr.parse().unwrap(), prefix };
    let [cable, wire, port] = network.links.as_slice() else { panic!("{:?}", network.links) };
    assert_eq!(cable.name, "alice-r1");
    assert_eq!(cable.medium, Medium::Cable);
    let alice = End {
        node: "alice".into(),
        interface: "eth0".into(),
        addresses: vec![address("10.0.1.1", 24), address("fd00:1::1", 64)],
        mtu: None,
    };
    assert_eq!(cable.ends[0], alice);
    assert_eq!(cable.ends[1].mtu, Some(1400));
    assert_eq!(wire.name, "middle");
    let conditions = Conditions {
        delay: Duration::from_millis(25),
        jitter: Duration::from_millis(2),
        loss: 0.1,
        duplication: 0.01,
        reordering: 0.01,
        rate: Some(2_000_000),
        queue: 20,
        cut: false,
    };
    assert_eq!(wire.medium, Medium::Wire([conditions, Conditions { loss: 0.5, ..conditions }]));
    assert_eq!((port.name.as_str(), &port.ends[1].addresses), ("r2-s1", &Vec::new()));
    let route = |node: &str, to, via: Option<&str>, interface: Option<&str>| Route {
        node: node.into(),
        to,
        via: via.map(|via| via.parse().unwrap()),
        interface: interface.map(Into::into),
    };
    assert_eq!(
        network.routes,
        [
            route("alice", None, Some("10.0.1.254"), None),
            route("r1", Some(address("10.0.3.0", 24)), Some("10.0.2.2"), None),
            route("alice", Some(address("10.9.0.0", 16)), None, Some("eth0")),
            route("alice", Some(address("fd00:9::", 64)), Some("fd00:1::2"), Some("eth0")),
        ]
    );
    let setting = |name: &str, value: &str| Setting { node: "bob".into(), name: name.into(), value: value.into() };
    assert_eq!(
        network.settings,
        [setting("net.ipv4.tcp_max_syn_backlog", "4"), setting("net.ipv4.ip_local_port_range", "40000 40002")]
    );
    assert_eq!(network.files[0].text, "10.0.0.2 bob\n\t\"\\A");
    assert_eq!(network.watched, ["alice", "bob"], "two hosts are watched, routers are not");
    assert_eq!(lab("watch r1 bob\n", "alice$ ports").network.watched, ["r1", "bob"]);
    assert_eq!(lab("host carol\n", "alice$ ports").network.watched, Vec::<String>::new());
}

#[test]
fn commands_have_a_node_a_label_a_time_and_rights() {
    let actions = &lab(
        "",
        "bob& nc -u -l 6000   # waits\n\
         bob&% [server] lab serve upper\n\
         alice$ printf 'A # B' | nc -u 10.0.0.2 6000\n\
         alice% [within 60 s] nc -l 80\n\
         alice$ [client within 2 min] sh -c 'sleep {2 s}; /usr/bin/nc bob 7000'\n\
         alice$ [it] [ -f x ]\n\
         alice$ X=1 cat a \\\n   b\n",
    )
    .steps[0]
        .actions;
    let ordinary = |command: Command| Command { unprivileged: true, ..command };
    assert_eq!(
        actions.as_slice(),
        [
            Action::Start(command("bob", "nc", "nc -u -l 6000")),
            Action::Start(ordinary(command("bob", "server", "lab serve upper"))),
            Action::Run(command("alice", "nc", "printf 'A # B' | nc -u 10.0.0.2 6000"), exact(30_000)),
            Action::Run(ordinary(command("alice", "nc", "nc -l 80")), exact(60_000)),
            Action::Run(command("alice", "client", "sh -c 'sleep {2 s}; /usr/bin/nc bob 7000'"), exact(120_000)),
            Action::Run(command("alice", "it", "[ -f x ]"), exact(30_000)),
            Action::Run(command("alice", "cat", "X=1 cat a \\ b"), exact(30_000)),
        ]
    );
}

#[test]
fn every_action_is_read() {
    let started = "bob& nc -l 7000\n";
    let reads = |line: &str| lab("", &format!("{started}{line}")).steps[0].actions[1].clone();
    let text = |text: &str| text.to_owned();
    let setting = Setting { node: "bob".into(), name: "net.ipv4.tcp_syn_retries".into(), value: "2".into() };
    let route = Route { node: "alice".into(), to: None, via: Some("10.0.1.254".parse().unwrap()), interface: None };
    let address = Address { addr: "10.0.0.9".parse().unwrap(), prefix: 24 };
    let filter = |text: &str| Filter::parse(text).unwrap();
    let rows = [
        ("await nc \"Bound on\"", Action::Await(text("nc"), text("Bound on"), exact(10_000))),
        ("await nc \"x\" within 3 s", Action::Await(text("nc"), text("x"), exact(3000))),
        (
            "until bob$ ports -tan shows \":7000\" \"ESTAB\"",
            Action::Until(command("bob", "ports", "ports -tan"), vec![text(":7000"), text("ESTAB")], exact(10_000)),
        ),
        (
            "until bob$ [it] ports -tan\n   shows \"x\" within 1 min",
            Action::Until(command("bob", "it", "ports -tan"), vec![text("x")], exact(60_000)),
        ),
        ("type nc \"knock \\\"knock\\\"\\r\\n\"", Action::Type(text("nc"), text("knock \"knock\"\r\n"))),
        ("eof nc", Action::EndInput(text("nc"))),
        ("signal nc KILL", Action::Signal(text("nc"), Signal::Kill)),
        ("signal nc SIGSTOP", Action::Signal(text("nc"), Signal::Stop)),
        ("wait nc within 200 ms", Action::Wait(text("nc"), exact(200))),
        ("clock", Action::Clock),
        ("at 7 s", Action::At(scaled(7000))),
        ("at 7 s!", Action::At(exact(7000))),
        ("pause 1.5s", Action::Pause(scaled(1500))),
        ("cut middle", Action::Cut(text("middle"))),
        ("restore middle", Action::Restore(text("middle"))),
        (
            "wire middle from r1 loss 30 % delay 5 ms rate unlimited",
            Action::Wire(
                text("middle"),
                Some(text("r1")),
                vec![Condition::Loss(0.3), Condition::Delay(Duration::from_millis(5)), Condition::Rate(None)],
            ),
        ),
        ("wire middle queue 3", Action::Wire(text("middle"), None, vec![Condition::Queue(3)])),
        ("down r1:eth0", Action::Interface(text("r1"), text("eth0"), false)),
        ("up r1:eth0", Action::Interface(text("r1"), text("eth0"), true)),
        ("set bob net.ipv4.tcp_syn_retries=2", Action::Set(setting)),
        ("route alice default via 10.0.1.254", Action::Route(route.clone(), true)),
        ("unroute alice default via 10.0.1.254", Action::Route(route, false)),
        ("address alice:eth0 10.0.0.9/24", Action::Address(text("alice"), text("eth0"), address, true)),
        ("unaddress alice:eth0 10.0.0.9/24", Action::Address(text("alice"), text("eth0"), address, false)),
        ("ladder", Action::Ladder(None, Filter::default())),
        ("ladder middle", Action::Ladder(Some(text("middle")), Filter::default())),
        ("ladder middle tcp port=7000", Action::Ladder(Some(text("middle")), filter("tcp port=7000"))),
        ("ladder tcp", Action::Ladder(None, filter("tcp"))),
    ];
    for (line, action) in rows {
        assert_eq!(reads(line), action, "{line}");
        let written = action.to_string();
        let again = reads(&written);
        // Who reads it wants to know what is done; how long it may take and its label are not shown.
        assert_eq!(again.to_string(), written, "{line}");
        assert!(line.starts_with(written.split(' ').next().unwrap()), "{line} is written as {written}");
    }
}

#[test]
fn every_check_is_read() {
    let reads = |line: &str| {
        let step = lab("", &format!("bob& nc -l 7000\nalice$ dig x\nexpect It is so\n  {line}")).steps[0].clone();
        assert_eq!(step.expectations[0].says, "It is so");
        step.expectations[0].checks[0].clone()
    };
    let text = |text: &str| text.to_owned();
    let filter = |text: &str| Filter::parse(text).unwrap();
    let any = Count { least: 1, most: u64::MAX };
    let prints = |words: &[&str], count, span| Check::Prints {
        label: text("nc"),
        words: words.iter().map(|word| text(word)).collect(),
        count,
        span,
    };
    let frames = |words: &str, count, span| Check::Frames {
        link: text("middle"),
        filter: filter(words),
        ever: false,
        count,
        span,
    };
    let span = Some(Span { from: scaled(12_000), to: exact(14_000) });
    let value = |range| Check::Value { label: text("nc"), after: text("rtt avg"), range };
    let rows = [
        ("nc prints \"Connection refused\"", prints(&["Connection refused"], any, None)),
        ("nc prints \"a\" \"b\" x0", prints(&["a", "b"], Count { least: 0, most: 0 }, None)),
        ("nc prints \"a\" x2..5 from 12 s to 14 s!", prints(&["a"], Count { least: 2, most: 5 }, span)),
        ("nc prints \"a\" x1..", prints(&["a"], any, None)),
        ("nc prints \"a\" x..4", prints(&["a"], Count { least: 0, most: 4 }, None)),
        ("nc status 1", Check::Status { label: text("nc"), status: 1, equal: true }),
        ("nc status not 0", Check::Status { label: text("nc"), status: 0, equal: false }),
        ("nc running", Check::Running(text("nc"))),
        ("nc last \"f752\"", Check::LastWord(text("nc"), text("f752"))),
        ("nc value \"rtt avg\" 45..60", value((45.0, 60.0))),
        ("nc value \"rtt avg\" 1.5..", value((1.5, f64::INFINITY))),
        ("nc value \"rtt avg\" 3", value((3.0, 3.0))),
        (
            "frames ever middle",
            Check::Frames { link: text("middle"), filter: filter(""), ever: true, count: any, span: None },
        ),
        ("frames middle tcp rst x1", frames("tcp rst", Count { least: 1, most: 1 }, None)),
        (
            "frames middle udp data=\"x1 from\" from=r1 x0 from 12 s to 14 s!",
            frames("udp data=\"x1 from\" from=r1", Count { least: 0, most: 0 }, span),
        ),
        (
            "first middle tcp syn !ack before tcp rst",
            Check::Before { link: text("middle"), filter: filter("tcp syn !ack"), other: filter("tcp rst") },
        ),
        (
            "gaps middle tcp retransmission double within 30 % at least 3",
            Check::Doubling { link: text("middle"), filter: filter("tcp retransmission"), tolerance: 0.3, least: 3 },
        ),
        (
            "gaps middle tcp double",
            Check::Doubling { link: text("middle"), filter: filter("tcp"), tolerance: 0.25, least: 1 },
        ),
        (
            "gaps middle tcp syn of 1 s! at least 2",
            Check::Spaced {
                link: text("middle"),
                filter: filter("tcp syn"),
                time: Time { duration: Duration::from_secs(1), scaled: false },
                tolerance: 0.25,
                least: 2,
            },
        ),
        (
            "numbers middle tcp port=7000 add up",
            Check::Numbers { link: text("middle"), filter: filter("tcp port=7000") },
        ),
        (
            "state bob :7000 never TIME_WAIT CLOSED",
            Check::Never {
                node: text("bob"),
                endpoint: text(":7000"),
                states: vec![text("TIME_WAIT"), text("CLOSED")],
            },
        ),
        (
            "state bob :7000 passes LISTEN ESTABLISHED",
            Check::States {
                node: text("bob"),
                endpoint: text(":7000"),
                states: vec![text("LISTEN"), text("ESTABLISHED")],
            },
        ),
        (
            "state bob passes TIME_WAIT",
            Check::States { node: text("bob"), endpoint: String::new(), states: vec![text("TIME_WAIT")] },
        ),
        ("same dig nc", Check::Same(text("dig"), text("nc"))),
    ];
    for (line, check) in rows {
        assert_eq!(reads(line), check, "{line}");
    }
}

#[test]
fn a_step_has_words_and_blocks_at_any_depth() {
    let text = "\
experiment x
title x
host a
step One
\twhy Because
\t\tso.
\ta& nc -l 1

\texpect It runs
\t\tand runs
\t\tnc running
\tnotice Look
step Two
        expect It runs still
                nc running
                nc prints \"x\"
                  x0
";
    // A line under `expect` is a check: what continues its sentence must not stand there.
    let mistakes = parse(text).unwrap_err();
    assert_eq!((mistakes[0].line, mistakes[0].column), (10, 3), "{mistakes:?}");
    let lab = parse(&text.replace("\t\tand runs\n", "")).unwrap();
    let [one, two] = lab.steps.as_slice() else { panic!("{:?}", lab.steps) };
    assert_eq!((one.why.as_str(), one.notice.as_str(), one.expectations.len()), ("Because so.", "Look", 1));
    assert_eq!((two.actions.len(), two.expectations[0].checks.len()), (0, 2));
}

/// `line:column` of the first mistake and what it says.
fn mistake(more: &str, inside: &str) -> String {
    with(more, inside).map_or_else(|mistakes| mistakes[0].to_string(), |lab| panic!("{lab:?}"))
}

#[test]
fn mistakes_in_the_network_are_told_where_they_are() {
    let rows = [
        ("hosts carol", "10:1: expected experiment, title, what"),
        ("host alice", "10:6: there is a node alice already"),
        ("host", "10:1: expected a name, found the end of the statement"),
        ("host caro/l", "10:6: expected a name of letters"),
        ("host router", "10:6: expected a name of letters"),
        ("title again", "10:1: title is said already, in line 2"),
        ("why", "10:4: expected why it is done, found the end of the line"),
        ("fast 0", "10:6: expected a number from 1 to 1000, found \"0\""),
        ("link alice:eth1 10.0.0.1/24 - bob:eth0", "10:29: expected an address such as 10.0.0.1/24, mtu, or"),
        ("link alice:eth1 10.0.0.1/33 -- bob:eth0", "10:17: expected a prefix length of 0 to 32"),
        ("link alice:eth1 10.0.0/24 -- bob:eth0", "10:17: expected an IP address, found \"10.0.0\""),
        ("link alice:eth0 -- bob:eth0", "10:6: alice:eth0 is plugged in already"),
        ("link alice -- bob:eth0", "10:6: expected a node and its interface, such as alice:eth0"),
        ("link carol:eth0 -- bob:eth0", "10:6: there is no node \"carol\": expected alice, bob, r1, r2 or s1"),
        ("link alice:lo -- bob:eth0", "10:6: expected an interface of 15"),
        ("link alice:e mtu 67 -- bob:e", "10:18: expected the longest packet in octets, 68 to 65535, found \"67\""),
        ("link alice:e mtu +1500 -- bob:e", "10:18: expected the longest packet in octets"),
        ("link alice:e 10.0.0.1/+24 -- bob:e", "10:14: expected an address and its prefix length"),
        ("fast +2", "10:6: expected a number from 1 to 1000, found \"+2\""),
        ("link alice:e -- alice:e", "10:17: both ends are the same interface"),
        ("link alice:e -- bob:e delay 5 ms", "10:23: expected `as NAME` or the end of the statement; only a wire"),
        ("link alice:e == bob:e delay 5", "10:30: expected a time such as 7 s or 200 ms, found the end"),
        ("link alice:e == bob:e delay 5 h", "10:29: expected a time such as 7 s or 200 ms, found the unit \"h\""),
        ("link alice:e == bob:e delay x", "10:29: expected a time such as 7 s or 200 ms, found \"x\""),
        ("link alice:e == bob:e loss 110 %", "10:28: expected a part of 0 % to 100 %"),
        ("link alice:e == bob:e from r1 loss 1 %", "10:28: expected alice or bob, found \"r1\""),
        ("link alice:e == bob:e rate 0 bit/s", "10:28: expected a rate of 1 bit/s"),
        ("link alice:e == bob:e queue -1", "10:29: expected how many frames may wait, found \"-1\""),
        ("link alice:e == bob:e as middle", "10:26: there is a link middle already"),
        ("link alice:e 10.0.0.1/24 -- s1:p2 10.0.0.1/24", "10:35: a switch has no addresses"),
        ("route alice default", "10:20: expected `via ADDRESS` or `dev INTERFACE`"),
        (
            "route alice 10.0.0.1/24 via 10.0.1.254",
            "10:13: 10.0.0.1/24 has bits after its prefix: expected 10.0.0.0/24",
        ),
        ("route alice fd00::/8 via 10.0.1.254", "10:26: the network and its neighbour are of different"),
        ("route alice default dev eth7", "10:25: alice has no interface \"eth7\": expected eth0"),
        ("set bob kernel.hostname=x", "10:9: expected a setting that begins with net."),
        ("set bob offload.eth0=maybe", "10:22: expected on or off"),
        ("set bob net.ipv4.ip_forward", "10:9: expected a kernel setting such as"),
        ("set bob net.ipv4.ip_forward=", "10:29: expected a value"),
        ("set bob net/../x=1", "10:9: expected a setting that begins with net."),
        ("file bob hosts \"x\"", "10:10: expected a path such as /etc/hosts"),
        ("file bob /etc/../hosts \"x\"", "10:10: expected a path such as /etc/hosts"),
        ("file bob /etc/hosts x", "10:21: expected what is in the file in quotation marks, found \"x\""),
        ("file bob /etc/hosts \"x", "10:21: expected a closing quotation mark"),
        ("file bob /etc/hosts \"x\\q\"", "10:23: expected \\n, \\r"),
        ("file bob /etc/hosts \"x\\x8f\"", "10:23: expected \\n, \\r, \\t, \\0, \\\", \\\\ or \\xHH up to 7f"),
        ("file bob /etc/hosts \"x\"y", "10:24: expected a blank after the closing quotation mark"),
        ("watch carol", "10:7: there is no node \"carol\""),
        ("alice$ nc", "10:1: alice$ belongs into a step"),
        ("  host carol", "10:3: expected `as NAME` or the end of the statement; only a wire"),
    ];
    let found = rows.map(|(line, expected)| (line, expected, mistake(&format!("{line}\n"), "alice$ ports")));
    let wrong: Vec<_> = found.iter().filter(|(_, expected, found)| !found.starts_with(expected)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn mistakes_in_steps_are_told_where_they_are() {
    let rows = [
        ("carol$ nc", "12:3: there is no node \"carol\""),
        ("alice$", "12:9: expected a command, found the end"),
        ("alice$ # nothing", "12:10: expected a command, found the end"),
        ("alice$ [first] nc", "12:11: \"first\" is no good label"),
        ("type nc \"{pcap x}\"", "12:12: there is no link \"x\": expected alice-r1, middle or r2-s1"),
        ("alice$ [x nc", "12:10: expected a closing bracket"),
        ("alice$ [x y] nc", "12:13: expected the end of the statement, found \"y\""),
        ("alice& [x within 3 s] nc", "12:13: expected a closing bracket: a command that goes on has no time"),
        ("alice$ first", "12:10: \"first\" is no good label"),
        ("alice$ nc -r {pcap x}", "12:16: there is no link \"x\": expected alice-r1, middle or r2-s1"),
        ("alice$ sleep {1e15 s}", "12:16: expected a time of a day at most, such as {2 s}, found {1e15 s}"),
        ("alice$ sleep {+5 s}", "12:16: expected a time of a day at most"),
        ("until alice$ sleep {86401 s} shows \"x\"", "12:22: expected a time of a day at most"),
        ("type nc \"{1e-300 s}\"", "12:12: expected a time of a day at most"),
        ("pause +5 s", "12:9: expected a time such as 7 s or 200 ms, found \"+5\""),
        ("pause 86401 s", "12:9: no time is longer than a day"),
        ("await dig \"x\"", "12:9: there is no process \"dig\" here: expected nc"),
        ("await nc x", "12:12: expected what is awaited in quotation marks, found \"x\""),
        ("await nc \"x\" 3", "12:16: expected the end of the statement, found \"3\""),
        ("until bob$ ports", "12:9: expected `shows`"),
        ("until shows \"x\"", "12:9: expected a command, found the end"),
        ("until bob& ports shows \"x\"", "12:3: expected a command that ends"),
        ("until bob$ ports shows x", "12:26: expected what a line must have in quotation marks"),
        ("signal nc HUP", "12:13: expected INT, TERM, KILL, STOP or CONT, found \"HUP\""),
        ("cut alice-r1", "12:7: alice-r1 is a cable (--)"),
        ("cut x", "12:7: there is no link \"x\""),
        ("wire middle", "12:14: expected delay, jitter"),
        ("wire middle from bob loss 1 %", "12:20: expected r1 or r2, found \"bob\""),
        ("down alice:eth1", "12:8: alice has no interface \"eth1\": expected eth0"),
        ("fly", "12:3: expected a command such as alice$ ..., or why, notice"),
        ("expect It is so", "12:3: nothing is checked"),
        ("expect", "12:9: expected what theory says, in a sentence"),
        ("expect It is so\n  nc", "13:5: expected prints, status, running, last or value, found the end"),
        ("expect It is so\n  dig running", "13:5: there is no process \"dig\" here"),
        ("expect It is so\n  nc status 256", "13:15: expected an exit status"),
        ("expect It is so\n  nc status +1", "13:15: expected an exit status"),
        ("expect It is so\n  nc prints \"x\" x5..2", "13:19: expected how often"),
        ("expect It is so\n  nc prints \"x\" from 3 s to 2 s", "13:19: expected a time and a later one"),
        ("expect It is so\n  nc value \"x\" 3..2", "13:18: expected a range such as 45..60, found \"3..2\""),
        ("expect It is so\n  frames x tcp", "13:12: there is no link \"x\""),
        ("expect It is so\n  frames middle tcp from=carol", "13:19: there is no node \"carol\": expected alice"),
        ("expect It is so\n  frames middle tcp nonsense", "13:23: "),
        ("expect It is so\n  first middle tcp", "13:21: expected before, found the end"),
        ("expect It is so\n  gaps middle tcp", "13:20: expected double or of, found the end"),
        ("expect It is so\n  gaps middle tcp of x", "13:24: expected a time"),
        ("expect It is so\n  numbers middle tcp", "13:23: expected add, found the end"),
        ("expect It is so\n  numbers middle tcp add", "13:27: expected up, found the end"),
        ("expect It is so\n  state bob passes OPEN", "13:22: expected CLOSED, CLOSE, LISTEN"),
        ("expect It is so\n  state bob never", "13:20: expected a state such as LISTEN"),
        ("expect It is so\n  state bob :7000", "13:20: expected passes or never, found the end"),
        ("expect It is so\n  same nc", "13:12: expected the label of a process"),
        ("why a\nwhy b", "13:3: why is said already"),
        ("pause 2 s\n at 3 s", "13:4: expected the end of the statement, found \"at\""),
    ];
    let found = rows.map(|(lines, expected)| (lines, expected, mistake("", &format!("bob& nc -l 7000\n{lines}"))));
    let wrong: Vec<_> = found.iter().filter(|(_, expected, found)| !found.starts_with(expected)).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let found = parse(&format!("{NETWORK}step x\n    alice$ nc\n  alice$ nc\n")).unwrap_err();
    assert_eq!(found[0].to_string(), "12:3: indented less than the lines above it, and not under any other");
}

#[test]
fn all_mistakes_are_told_and_none_twice() {
    let found = with("", "await nc \"x\"\nbob& nc\nfly\nawait dig \"x\"\ncut x").unwrap_err();
    let lines: Vec<_> = found.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [11, 13, 15], "what is called `dig` nobody can know after a mistake: {found:?}");
    let found = parse("").unwrap_err();
    assert_eq!(found.len(), 4);
    assert_eq!(found[0].to_string(), "1:1: the file has no line `experiment NAME`");
    assert_eq!(parse(&"fly\n".repeat(50)).unwrap_err().len(), MOST_TOLD);
}
