use proptest::prelude::*;

use super::*;
use crate::options::{Cookie, Flags};

/// Knows one name with two addresses, and every address.
fn resolve(text: &str, _: &Globals) -> Result<Vec<SocketAddr>, String> {
    if text == "two" {
        return Ok(vec!["[::1]:0".parse().unwrap(), "127.0.0.1:0".parse().unwrap()]);
    }
    text.parse().map(|addr: IpAddr| vec![SocketAddr::new(addr, 0)]).map_err(|_| "not found".to_owned())
}

fn options(line: &str) -> Options {
    let args: Vec<String> = line.split_ascii_whitespace().map(str::to_owned).collect();
    parse(&args, "", &mut resolve)
}

fn lookups(line: &str) -> (Globals, Vec<Lookup>) {
    match options(line).plan {
        Plan::Lookups(globals, lookups) => (globals, lookups),
        other => panic!("{line}: {other:?}"),
    }
}

fn one(line: &str) -> Lookup {
    let (_, mut lookups) = lookups(line);
    assert_eq!(lookups.len(), 1, "{line}");
    lookups.remove(0)
}

fn refusal(line: &str) -> Refusal {
    match options(line).plan {
        Plan::Refuse(refusal) => refusal,
        other => panic!("{line}: {other:?}"),
    }
}

#[test]
fn a_word_is_a_type_a_class_or_a_name_by_what_it_says() {
    for line in ["lab.test mx ch", "ch mx lab.test", "mx lab.test ch", "-q lab.test -t mx -c ch", "-tmx -cch lab.test"]
    {
        let lookup = one(line);
        assert_eq!((lookup.name.as_str(), lookup.qtype, lookup.qclass), ("lab.test", Type::MX, Class::CH), "{line}");
    }
    assert_eq!(one("-q mx").name, "mx");
    assert_eq!(one("type65280 lab.test").qtype, Type(65280));
    let root = one("");
    assert_eq!((root.name.as_str(), root.qtype), (".", Type::NS));
    assert_eq!(one("-t mx").qtype, Type::NS, "without a name dig asks for the root's servers whatever was said");
    // Behind -t and -c a word is a name.
    assert_eq!(lookups("-t mx a").1[0].name, "a");
}

#[test]
fn options_behind_a_name_are_its_own() {
    let (_, all) = lookups("+norec one.test +tcp two.test mx three.test +rec");
    let seen: Vec<_> =
        all.iter().map(|lookup| (lookup.name.as_str(), lookup.tcp, lookup.flags.rd, lookup.qtype)).collect();
    assert_eq!(
        seen,
        [
            ("one.test", Some(true), false, Type::A),
            ("two.test", None, false, Type::MX),
            ("three.test", None, true, Type::A)
        ]
    );
}

#[test]
fn servers_of_the_line() {
    let lookup = one("@127.0.0.1 @two lab.test");
    let written: Vec<_> = lookup.servers.iter().map(|server| server.written.as_str()).collect();
    assert_eq!(written, ["127.0.0.1", "two", "two"]);
    let (globals, _) = lookups("@127.0.0.1 @two lab.test");
    assert!(globals.greeting.unwrap().ends_with("; (2 servers found)\n;; global options: +cmd\n"), "the last @ counts");
    let (globals, _) = lookups("lab.test @127.0.0.1");
    assert!(!globals.greeting.unwrap().contains("found"), "what stands behind the name came too late");
    assert_eq!(one("@two -4 lab.test").servers.len(), 1);
    for (line, message) in [
        ("@nosuch a.b", "couldn't get address for 'nosuch': not found"),
        ("@ a.b", "couldn't get address for '': not found"),
        ("-4 @::1 a.b", "couldn't get address for '::1': address family not supported"),
        ("@::1 -b 127.0.0.1 @::1 a.b", "couldn't get address for '::1': address family not supported"),
        ("-4 -6 a.b", "only one of -4 and -6 allowed"),
        ("-46 a.b", "only one of -4 and -6 allowed"),
        ("-b 300.1 a.b", "invalid address 300.1"),
        ("a.b ixfr=3x", "Couldn't parse serial number"),
        ("+compare -k file a.b", "+compare asks unsigned: leave out -k and -y"),
        ("+decode=12 -f file", "+decode does not go with -f"),
    ] {
        let refused = refusal(line);
        assert_eq!((refused.message.as_deref(), refused.status), (Some(message), Status(1)), "{line}");
    }
}

#[test]
fn abbreviations_as_dig_takes_them() {
    // The shortest that dig 9.18 takes, and one letter less.
    for (shortest, too_short) in [
        ("+aa", "+a"),
        ("+add", "+a"),
        ("+al", "+a"),
        ("+an", "+a"),
        ("+au", "+a"),
        ("+ba", "+b"),
        ("+bu", "+b"),
        ("+cd", "+c"),
        ("+cl", "+c"),
        ("+cm", "+c"),
        ("+com", "+c"),
        ("+co", "+c"),
        ("+dnss", "+dns"),
        ("+do", "+d"),
        ("+edns", "+edn"),
        ("+nsi", "+ns"),
        ("+qr", "+q"),
        ("+qu", "+q"),
        ("+ra", "+r"),
        ("+rd", "+r"),
        ("+rec", "+re"),
        ("+ret=1", "+re=1"),
        ("+shor", "+sho"),
        ("+st", "+s"),
        ("+tcf", "+tc"),
        ("+tcp", "+tc"),
        ("+ti=1", "+t=1"),
        ("+tri=1", "+tr=1"),
        ("+ttl", "+tt"),
    ] {
        lookups(&format!("{shortest} a.b"));
        let refused = refusal(&format!("{too_short} a.b"));
        let word = too_short.split('=').next().unwrap();
        assert_eq!(refused.stderr[0], format!("Invalid option: {word}"));
        assert_eq!((refused.stderr.len(), refused.status), (6, Status(1)));
    }
    assert!(one("+v a.b").tcp == Some(true) && one("+i a.b").ignore_truncation);
}

#[test]
fn numbers_are_refused_half_on_each_stream() {
    for (line, stdout, message, status) in [
        ("-p 70000 a.b", "invalid port number '70000': out of range\n", "Couldn't parse port number", 1),
        ("-p x a.b", "invalid port number 'x': not a valid number\n", "Couldn't parse port number", 1),
        ("-p -1 a.b", "invalid port number '-1': not a valid number\n", "Couldn't parse port number", 1),
        ("+time=x a.b", "invalid timeout 'x': not a valid number\n", "Couldn't parse timeout", 10),
        ("+time=65536 a.b", "invalid timeout '65536': out of range\n", "Couldn't parse timeout", 10),
        ("+bufsize=65536 a.b", "invalid buffer size '65536': out of range\n", "Couldn't parse buffer size", 10),
        ("+tries=4294967296 a.b", "invalid tries '4294967296': out of range\n", "Couldn't parse tries", 10),
        ("+retry=x a.b", "invalid retries 'x': not a valid number\n", "Couldn't parse retries", 10),
        ("+edns=256 a.b", "invalid edns '256': out of range\n", "Couldn't parse edns", 10),
        (
            "+time=99999999999999999999999 a.b",
            "invalid timeout '99999999999999999999999': out of range\n",
            "Couldn't parse timeout",
            10,
        ),
    ] {
        let refused = refusal(line);
        assert_eq!((refused.stdout.as_str(), refused.message.as_deref()), (stdout, Some(message)), "{line}");
        assert_eq!(refused.status, Status(status), "{line}");
    }
}

#[test]
fn what_the_query_options_set() {
    let lookup = one("+aa +cd +tcflag +ra +z +noad +norec +dnssec +nsid +bufsize=512 +cookie=0011 +tries=0 +vc a.b");
    let flags = Flags { aa: true, tc: true, rd: false, ra: true, z: true, ad: false, cd: true };
    assert_eq!(lookup.flags, flags);
    assert_eq!((lookup.dnssec, lookup.nsid, lookup.udp_size, lookup.tries), (true, true, Some(512), Some(1)));
    assert_eq!(lookup.cookie, Cookie::Given("0011".into()));
    assert_eq!(one("+noedns a.b").edns, None);
    assert_eq!(one("+noedns +cookie a.b").edns, Some(0), "a cookie needs EDNS");
    assert_eq!(one("+edns=5 a.b").edns, Some(5));
    assert_eq!(one("+retry=1 a.b").tries, Some(2));
    assert_eq!(one("a.b any").tcp, Some(true));
    assert_eq!(one("a.b any +notcp").tcp, Some(false));
    assert_eq!(one("+notcp a.b any").tcp, Some(false));
    let (globals, all) = lookups("+short a.b");
    assert!(globals.short && globals.greeting.is_none() && all[0].show.answer && !all[0].show.comments);
    let (globals, _) = lookups("-p053 +time=0 -b 127.0.0.7#5353 a.b");
    assert_eq!((globals.port, globals.timeout_s, globals.allows("::1".parse().unwrap())), (53, Some(1), false));
    assert_eq!(globals.source, Some("127.0.0.7:5353".parse().unwrap()));
}

#[test]
fn what_is_no_option_is_refused() {
    for option in [
        "-Z",
        "-",
        "+TCP",
        "+nobufsize",
        "+notries=1",
        "+time",
        "+time=",
        "--nosuch",
        "--color",
        "+co1",
        "+id",
        "+ndots",
        "+domain",
        "+opcode=",
        "+padding",
        "+subnet",
        "+https=x",
        "+https=/a?b",
        "+tls-certfile",
        "+tls-hostname=",
        "+nosplit=4",
        "+keep",
        "-k",
        "-f",
        "-y",
        "+watch=x1 +",
        "+parallel",
    ] {
        let refused = refusal(&format!("a.b {option}"));
        let said = refused.stderr.first().map_or("", String::as_str);
        assert!(said.starts_with("Invalid option: ") || option.starts_with("+watch"), "{option}: {refused:?}");
    }
}

#[test]
fn warnings_do_not_stop_the_line() {
    let options = options("-t bar -c foo a.b +");
    assert_eq!(
        options.warnings,
        [";; Warning, ignoring invalid type bar\n", ";; Warning, ignoring invalid class foo\n"]
    );
    assert_eq!(options.preamble, ";; Invalid option \n");
    assert_eq!(self::options("a.b mx a in ch").warnings.len(), 2);
    let extra = ";; Warning, extra class option\n";
    assert_eq!(self::options("a.b ch -c foo").warnings, [extra, ";; Warning, ignoring invalid class foo\n"]);
}

#[test]
fn octets_that_are_no_text_stay_the_same_octets_in_a_name() {
    use std::os::unix::ffi::OsStrExt as _;
    let argument = |octets: &[u8]| argument(OsStr::from_bytes(octets));
    assert_eq!(argument(b"plain.test"), "plain.test");
    assert_eq!(argument("b\u{fc}cher".as_bytes()), "b\u{fc}cher");
    for octets in [&b"\xff\xfe.b"[..], b"\x1b[2Jx", b"a\\\x1bb", b"a\\\\\x1bb", b"\xc2\x9b", b"\x7f", b"\xe2\x80\xaeb"]
    {
        let text = argument(octets);
        assert!(!text.chars().any(char::is_control), "{text:?}");
        let name: crate::name::Name = text.parse().unwrap();
        let mut meant: Vec<u8> = Vec::new();
        let mut escaped = false;
        for octet in octets {
            escaped = *octet == b'\\' && !escaped;
            if !escaped && *octet != b'.' {
                meant.push(*octet);
            }
        }
        assert_eq!(name.labels().collect::<Vec<_>>().concat(), meant, "{text:?}");
    }
}

#[test]
fn the_suites_own_options_in_both_spellings() {
    for line in ["a.b --explain --json --color always", "+explain +json --color=always a.b"] {
        let presentation = options(line).presentation;
        assert!(presentation.explain && presentation.json, "{line}");
        assert_eq!(presentation.color, ColorWhen::Always);
    }
    for (line, asked) in
        [("-h", Asked::Help), ("--help", Asked::Help), ("-4v", Asked::Version), ("--version", Asked::LongVersion)]
    {
        assert!(matches!(options(line).plan, Plan::Tell(told) if told == asked), "{line}");
    }
}

#[test]
fn what_the_c_library_is_asked() {
    use sockeye_sys::addrinfo::AiFlags;
    use sockeye_sys::nameinfo::NiFlags;
    use sockeye_sys::{Family, Protocol, SockType};
    let plan =
        options("+gai=passive,canonname web.lab.test +family=inet6 +socktype=stream +protocol=tcp +service=http").plan;
    let Plan::AddressInfo(gai::Request::Forward { node, service, hints }) = plan else { panic!("{plan:?}") };
    assert_eq!((node.as_deref(), service.as_deref()), (Some("web.lab.test"), Some("http")));
    assert_eq!(hints.flags, AiFlags::PASSIVE | AiFlags::CANONNAME);
    assert_eq!((hints.family, hints.socktype, hints.protocol), (Family::INET6, SockType::STREAM, Protocol::TCP));
    let plan = options("-x 192.0.2.80 +gai=namereqd +service=53").plan;
    let Plan::AddressInfo(gai::Request::Reverse { addr, flags }) = plan else { panic!("{plan:?}") };
    assert_eq!((addr, flags), ("192.0.2.80:53".parse().unwrap(), NiFlags::NAMEREQD));
    let plan = options("+gai=AI_ALL,0x4000,idn +family=99 +socktype=SOCK_RAW +protocol=132 x").plan;
    let Plan::AddressInfo(gai::Request::Forward { hints, .. }) = plan else { panic!("{plan:?}") };
    assert_eq!(hints.flags, AiFlags::ALL | AiFlags::IDN | AiFlags(0x4000));
    assert_eq!((hints.family, hints.socktype, hints.protocol), (Family(99), SockType::RAW, Protocol::SCTP));
    let plan = options("+gai=nohints x").plan;
    assert!(matches!(plan, Plan::AddressInfo(gai::Request::Bare { .. })), "{plan:?}");
    let plan = options("+gai=NI_DGRAM -x fe80::1%3").plan;
    let Plan::AddressInfo(gai::Request::Reverse { addr, flags }) = plan else { panic!("{plan:?}") };
    assert_eq!((addr.to_string().as_str(), flags), ("[fe80::1%3]:0", NiFlags::DGRAM));
    for line in [
        "+gai=nosuch x",
        "+gai +family=inet9 x",
        "+gai +service x",
        "+gai -x nonsense",
        "+gai one.test two.test",
        "+gai x AAAA",
        "+gai=nohints,all x",
        "+gai=nohints +family=inet x",
        "+gai=ai_ x",
    ] {
        assert!(refusal(line).message.is_some(), "{line}");
    }
}

#[test]
fn dig_takes_a_hundred_options_of_edns() {
    let line = |count: usize| "+ednsopt=65001:00 ".repeat(count) + "x.test";
    assert_eq!(one(&line(100)).edns_options.len(), 100);
    let refused = refusal(&line(101));
    assert_eq!((refused.message.as_deref(), refused.status), (Some("too many ednsopts"), Status(1)));
}

proptest! {
    #[test]
    fn no_line_panics(args in proptest::collection::vec("[-+@=a-z0-9 .:#\\\\]{0,12}|\\PC{0,6}", 0..6)) {
        let _ = parse(&args, "", &mut resolve);
    }
}

/// Help, completions and man page know every option of the table, and the table every option that they tell of.
#[test]
fn every_option_is_told_of() {
    let manual: String = crate::manual::MANUAL.sections.iter().map(|(_, text)| *text).collect();
    let told: String = crate::cli::SWITCHES.iter().chain(crate::cli::VALUED).flat_map(|row| [row.0, row.1]).collect();
    for name in plus::names() {
        assert!(
            manual.contains(&format!("+{name}")) || manual.contains(&format!("]{name}")),
            "+{name} in the man page"
        );
        let abandoned = ["dscp", "mapped", "sigchase", "topdown", "trusted-key", "unexpected"].contains(&name);
        assert!(abandoned || told.contains(name), "+{name} in the help");
    }
    for (name, _) in crate::cli::SWITCHES {
        let behind = if *name == "+bulk" { "-f -" } else { "a.b" };
        assert!(!matches!(options(&format!("{name} {behind}")).plan, Plan::Refuse(_)), "{name}");
    }
}
