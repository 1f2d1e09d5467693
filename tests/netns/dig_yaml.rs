//! `+yaml` beside the real dig's.

use sockeye_test_support::{Case, Net};

use crate::dig::{command_lines, compare, dig, faulty, start_named, words};

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_yaml::same_as_dig_on_named", &["dig", "named"], same_on_named),
        Case::new("dig_yaml::same_as_dig_on_a_faulty_server", &["dig"], same_on_faulty),
        Case::new("dig_yaml::what_9_20_writes_otherwise", &["named"], compat),
    ]
}

/// Lines of which only `+yaml` makes something of its own.
const ON_NAMED: &[&str] = &[
    "+qr web.lab.test",
    "+qr +norec +noedns alias.lab.test",
    "+qr +short alias.lab.test",
    "+nocomments +qr web.lab.test",
    "+noall +answer alias.lab.test",
    "+noall alias.lab.test",
    "+nostats +qr web.lab.test A lab.test MX",
    "+multiline lab.test SOA",
    "+tcp txt.lab.test TXT",
    "-6 @::1 web.lab.test +nottlid +noclass",
    "@::1 zeros.lab.test AAAA",
    "+expandaaaa web.lab.test AAAA",
    "+nosplit +unknownformat +nocrypto unknown.lab.test TYPE65282",
    "+split=16 unknown.lab.test TYPE65282",
    "+ttlunits +rrcomments lab.test SOA",
    "long.lab.test TXT",
    "+ignore long.lab.test TXT",
    "-b 127.0.0.2 web.lab.test",
    "-b 127.0.0.2#4444 web.lab.test",
    "-b 10.9.8.7 web.lab.test",
    "-u +qr web.lab.test",
    "-x 192.0.2.80 +zflag +qr",
    "+short +identify alias.lab.test",
    "+search +showsearch nosuch web",
    "+search nosuch",
    "+opcode=UPDATE +qr web.lab.test",
    "+opcode=7 +norec +qr web.lab.test",
    "+header-only +qr web.lab.test",
    "+ednsopt=14:00010002 +ednsopt=15:000141 +ednsflags=0x70 +coflag +dnssec +qr lab.test",
    "+ednsopt=16:0001 +ednsopt=17:0101 +qr .",
    "+ednsopt=9:ffffffff +qr .",
    "+ednsopt=1:000100000000000000000000000000000e10 +qr .",
    "+ednsopt=18:03616263036c616200 +qr .",
    "+subnet=0/0 +qr .",
    "+subnet=2001:db8::/32 +qr .",
    "it's.lab.test +qr",
    "+cmd web.lab.test +noadditional",
    "+noyaml web.lab.test",
    "+yaml web.lab.test +noyaml",
    "web.lab.test +stats",
    "@127.0.0.1 -p 9 +tries=1 a.b",
    "@127.0.0.1 -p 9 +tcp +tries=2 a.b",
    "@127.0.0.1 @::1 -p 9 +tries=1 a b",
    "-6 @127.0.0.1 web.lab.test",
    "a..b",
];

const ON_FAULTY: &[&str] = &[
    "rst. +tcp",
    "eof. +tcp +tries=2",
    "wrongq. +tcp",
    "onlywrongid. +tcp",
    "cutlen. +tcp",
    "cutmsg. +tcp",
    "silent. good.",
    "badcookie. +qr",
    "tc. +qr",
    "+edns=1 badvers. +qr",
    "+nobadcookie +cookie badcookie.",
    "+short edetext.",
];

/// What there is for dig's own text holds for its YAML too.
fn same_on_named(net: &Net) {
    let _named = start_named(net);
    let mut lines = command_lines("same-as-dig-on-named.txt");
    lines.extend(ON_NAMED.iter().map(|line| words(line)));
    assert!(lines.len() >= 200, "{} command lines", lines.len());
    compare(&lines.into_iter().map(|line| in_yaml(&[], line)).collect::<Vec<_>>());
}

fn same_on_faulty(_: &Net) {
    faulty::start();
    let server = ["@127.0.0.1", "-p", "5300", "+time=1", "+tries=1"];
    let mut lines: Vec<Vec<String>> = command_lines("same-as-dig-on-a-faulty-server.txt");
    lines.extend(ON_FAULTY.iter().map(|line| in_yaml(&server, words(line))));
    assert!(lines.len() >= 200, "{} command lines", lines.len());
    compare(&lines.into_iter().map(|line| in_yaml(&[], line)).collect::<Vec<_>>());
}

fn in_yaml(before: &[&str], line: Vec<String>) -> Vec<String> {
    let first = std::iter::once("+yaml").chain(before.iter().copied()).map(str::to_owned);
    first.chain(line).collect()
}

/// There is no dig 9.20 here to compare with: as seen from 9.20.27 (reference/dig.md, section 1).
fn compat(net: &Net) {
    let _named = start_named(net);
    faulty::start();
    let noq = ["@127.0.0.1", "-p", "5300", "noq."];
    dig(&[&["+compat=9.20"], &noq[..]].concat()).status(0).stdout_has(";; missing question section\n\n; <<>> DiG ");
    let old = dig(&noq).out();
    assert!(!old.contains("missing question"), "{old}");
    dig(&["+compat=9.20", "+keepalive", "+tcp", "web.lab.test"]).stdout_has("; TCP-KEEPALIVE: 30.0 secs\n");
    dig(&["+keepalive", "+tcp", "web.lab.test"]).stdout_has("; TCP KEEPALIVE: 30.0 secs\n");
    dig(&["+compat=9.20", "+yaml", "+keepalive", "+tcp", "web.lab.test"])
        .status(0)
        .stdout_has("          COOKIE:\n            CLIENT: ")
        .stdout_has("            STATUS: good\n          TCP-KEEPALIVE: 30.0 secs\n");
    dig(&["+compat=9.20", "+yaml", "+expire", "lab.test", "SOA"]).stdout_has("          EXPIRE: 1209600 # 2 weeks\n");
}
