use std::time::Duration;

use super::*;
use crate::options::{Connect, Dialect, FamilyChoice, Listen, Role, Transport};
use crate::port::PortSpec;

fn invocation(line: &[&str]) -> Invocation {
    Invocation { name: "nc".into(), args: line.iter().map(Into::into).collect() }
}

fn options(line: &[&str]) -> Options {
    parse(&invocation(line), None).unwrap_or_else(|exit| panic!("{line:?}: {exit:?}"))
}

/// What is printed, and the status.
fn refused(line: &[&str]) -> (String, u8) {
    match parse(&invocation(line), None).expect_err(&format!("{line:?}")) {
        Exit::Failure(failure) => (format!("nc: {failure}\n"), failure.status().0),
        Exit::Text { text, on_stderr, status } => {
            assert!(on_stderr, "{line:?}");
            (text, status.0)
        }
    }
}

fn connect(options: &Options) -> (&str, &[PortSpec], Option<&str>, Option<&str>) {
    match &options.role {
        Role::Connect(Connect { host, ports, local_host, local_port, .. }) => {
            (host, ports, local_host.as_deref(), local_port.as_deref())
        }
        other => panic!("{other:?}"),
    }
}

fn listen(options: &Options) -> (Option<&str>, &str, bool) {
    match &options.role {
        Role::Listen(listen) => {
            let Listen { host, port, keep_open, .. } = &**listen;
            (host.as_deref(), port, *keep_open)
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn options_may_stand_anywhere_and_together() {
    let plain = options(&["127.0.0.1", "5001"]);
    assert_eq!(connect(&plain), ("127.0.0.1", &[PortSpec::Range(5001, 5001)][..], None, None));
    assert_eq!((plain.verbose, plain.numeric, plain.transport), (0, false, Transport::Tcp));
    let behind = options(&["127.0.0.1", "22", "-nvu", "-w1", "-6"]);
    assert_eq!((behind.verbose, behind.numeric, behind.transport), (1, true, Transport::Udp));
    assert_eq!((behind.connect_timeout, behind.family), (Some(Duration::from_secs(1)), FamilyChoice::V6));
    let local = options(&["-vp", "4000", "-s::1", "::1", "http", "8000-8002"]);
    let ports = [PortSpec::Name("http".into()), PortSpec::Range(8000, 8002)];
    assert_eq!(connect(&local), ("::1", &ports[..], Some("::1"), Some("4000")));
    assert_eq!(connect(&options(&["--", "-x", "1"])).0, "-x");
    assert_eq!(options(&["-4", "-6", "-vv", "-v", "h", "1"]).family, FamilyChoice::V6);
    assert_eq!(options(&["-64", "-w1", "-w2", "h", "1"]).family, FamilyChoice::V4);
    assert_eq!(options(&["-w1", "-w", "2", "h", "1"]).idle_timeout, Some(Duration::from_secs(2)));
}

#[test]
fn listening_in_three_ways() {
    assert_eq!(listen(&options(&["-l", "5003"])), (None, "5003", false));
    assert_eq!(listen(&options(&["-lvp", "5003"])), (None, "5003", false));
    assert_eq!(listen(&options(&["-klv", "127.0.0.1", "5003"])), (Some("127.0.0.1"), "5003", true));
    assert_eq!(listen(&options(&["-l", "-s", "::1", "-p", "5003"])), (Some("::1"), "5003", false));
    assert_eq!(listen(&options(&["5003", "-l"])), (None, "5003", false));
}

#[test]
fn the_end_of_the_input() {
    let end = |line: &[&str]| {
        let options = options(line);
        (options.traffic.shutdown_at_eof, options.traffic.quit_after_eof)
    };
    assert_eq!(end(&["h", "1"]), (false, None));
    assert_eq!(end(&["-N", "h", "1"]), (true, None));
    assert_eq!(end(&["-q0", "h", "1"]), (true, Some(Duration::ZERO)));
    assert_eq!(end(&["-q", "-1", "h", "1"]), (false, None));
    assert_eq!(end(&["-q-5", "h", "1"]), (false, None));
    assert_eq!(end(&["-q", "250ms", "h", "1"]), (true, Some(Duration::from_millis(250))));
}

/// Each row as OpenBSD nc (Debian 1.219-1) says it, with our options in the usage text.
#[test]
fn wrong_lines_are_refused_in_openbsd_words() {
    for (line, said) in [
        (&["127.0.0.1"][..], "nc: missing port number\n"),
        (&["-l"], "nc: missing port number\n"),
        (&["-lk"], "nc: missing port number\n"),
        (&["-ls", "127.0.0.1"], "nc: missing port number\n"),
        (&["-k", "127.0.0.1", "5001"], "nc: must use -l with -k\n"),
        (&["-l", "--chat", "-i", "1", "5001"], "nc: cannot use -i with --chat\n"),
        (
            &["--generate", "1x1", "--recv-only", "h", "1"],
            "nc: cannot use --recv-only with --generate: standard input is not read\n",
        ),
        (&["-v", "127.0.0.1", "0"], "nc: port number too small: 0\n"),
        (&["-v", "127.0.0.1", "65536"], "nc: port number too large: 65536\n"),
        (&["-v", "127.0.0.1", ""], "nc: port number invalid: \n"),
        (&["-w", "abc", "127.0.0.1", "5001"], "nc: timeout invalid: abc\n"),
        (&["-w", "", "127.0.0.1", "5001"], "nc: timeout invalid: \n"),
        (&["-w", "-5", "127.0.0.1", "5001"], "nc: timeout too small: -5\n"),
        (&["-w99999999999", "127.0.0.1", "5001"], "nc: timeout too large: 99999999999\n"),
        (&["-q", "abc", "127.0.0.1", "5001"], "nc: quit timer invalid: abc\n"),
        (&["-q", "2147483648", "127.0.0.1", "5001"], "nc: quit timer too large: 2147483648\n"),
        (&["-i", "4294967296", "127.0.0.1", "5001"], "nc: interval too large: 4294967296\n"),
    ] {
        assert_eq!(refused(line), (said.to_owned(), 1), "{line:?}");
    }
    for (line, first) in [
        (&[][..], ""),
        (&["-k"], ""),
        (&["-l", "1", "2", "3"], ""),
        (&["-l", "-p", "5003", "5004"], ""),
        (&["-l", "-s", "127.0.0.1", "5003"], ""),
        (&["-l", "-p", "5003", "127.0.0.1"], ""),
        (&["-Y", "127.0.0.1", "1"], "nc: invalid option -- 'Y'\n"),
        (&["-vY", "127.0.0.1", "1"], "nc: invalid option -- 'Y'\n"),
        (&["--foo"], "nc: unrecognized option '--foo'\n"),
        (&["-w"], "nc: option requires an argument -- 'w'\n"),
        (&["127.0.0.1", "1", "-vp"], "nc: option requires an argument -- 'p'\n"),
        (&["-\u{1b}", "1"], "nc: invalid option -- '\\'\n"),
    ] {
        assert_eq!(refused(line), (format!("{first}{USAGE}"), 1), "{line:?}");
    }
    assert_eq!(refused(&["--color", "blue", "h", "1"]).1, 1);
}

#[test]
fn help_is_on_standard_error_as_openbsd_has_it_and_long_help_is_not() {
    let (text, status) = refused(&["-h"]);
    assert_eq!(status, 0);
    assert!(text.contains(USAGE) && text.contains("-q secs"), "{text}");
    for (line, shows) in [("--help", "--explain"), ("--version", "nc 0.1.0\n")] {
        match parse(&invocation(&[line]), None).unwrap_err() {
            Exit::Text { text, on_stderr: false, status: Status::YES } => assert!(text.contains(shows), "{text}"),
            other => panic!("{other:?}"),
        }
    }
}

fn under(name: &str, compat: Option<&str>, line: &[&str]) -> Result<Options, Exit> {
    parse(&Invocation { name: name.into(), args: line.iter().map(Into::into).collect() }, compat)
}

#[test]
fn the_dialect_comes_from_the_name_the_environment_or_the_first_option() {
    for (name, compat, line, dialect) in [
        ("nc", None, &["h", "1"][..], Dialect::OpenBsd),
        ("netcat", None, &["h", "1"], Dialect::OpenBsd),
        ("anything", None, &["h", "1"], Dialect::OpenBsd),
        ("ncat", None, &["h", "1"], Dialect::Ncat),
        ("ncat", Some("openbsd"), &["h", "1"], Dialect::OpenBsd),
        ("nc", Some("ncat"), &["--compat=traditional", "h", "1"], Dialect::Traditional),
        ("nc", None, &["--compat", "ncat", "h", "1"], Dialect::Ncat),
    ] {
        assert_eq!(under(name, compat, line).unwrap().dialect, dialect, "{name} {compat:?} {line:?}");
    }
    assert!(under("nc", None, &["--compat=gnu", "h", "1"]).is_err());
    assert!(under("nc", None, &["h", "1", "--compat=ncat"]).is_err(), "only as the first option");
    assert!(under("nc", Some("gnu"), &["h", "1"]).is_err());
}

/// Letters that clash, and the defaults that differ.
#[test]
fn ncats_letters_and_defaults() {
    let ncat = under("ncat", None, &["-i", "2", "h"]).unwrap();
    assert_eq!((ncat.idle_timeout, ncat.traffic.interval), (Some(Duration::from_secs(2)), None));
    assert_eq!(ncat.connect_timeout, Some(Duration::from_secs(10)), "ncat gives up after ten seconds");
    assert_eq!(under("ncat", None, &["-zu", "h"]).unwrap().connect_timeout, None, "a scan's own time for datagrams");
    assert!(ncat.traffic.shutdown_at_eof, "ncat ends its direction with the input");
    assert_eq!(connect(&ncat), ("h", &[PortSpec::Range(31337, 31337)][..], None, None));
    assert!(!under("ncat", None, &["--no-shutdown", "h"]).unwrap().traffic.shutdown_at_eof);
    assert_eq!(listen(&under("ncat", None, &["-l"]).unwrap()), (None, "31337", false));
    assert_eq!(listen(&under("ncat", None, &["-l", "host"]).unwrap()), (Some("host"), "31337", false));
    assert_eq!(listen(&under("ncat", None, &["-lk", "-p", "80", "host"]).unwrap()), (Some("host"), "80", true));
    assert_eq!(listen(&under("ncat", None, &["--broker"]).unwrap()).1, "31337", "a broker is a listener");
    let proxy = ["-l", "--proxy-type", "http", "80"];
    assert!(listen(&under("ncat", None, &proxy).unwrap()).2, "ncat's proxy serves one client after the other");
    assert!(!listen(&under("nc", None, &proxy).unwrap()).2);
    assert!(under("nc", None, &["--broker", "h", "1"]).is_err());
    let nc = under("nc", None, &["-i", "2", "-m", "9", "-d", "h", "1"]).unwrap();
    assert_eq!((nc.traffic.interval, nc.socket.min_ttl), (Some(Duration::from_secs(2)), Some(9)));
    assert!(nc.traffic.ignore_input && nc.idle_timeout.is_none());
    let traditional = under("nc", Some("traditional"), &["-k", "h", "1"]).unwrap();
    assert!(traditional.socket.keepalive && traditional.traffic.leave_with_peer);
}

/// What the older tool keeps in seconds is not cut to what fits into milliseconds.
#[test]
fn long_times_of_q_and_i() {
    let traffic = under("nc", None, &["-q", "2147483647", "-i", "4294967295", "h", "1"]).unwrap().traffic;
    let seconds = (traffic.quit_after_eof.unwrap().as_secs(), traffic.interval.unwrap().as_secs());
    assert_eq!(seconds, (2_147_483_647, 4_294_967_295));
}

/// A client of ncat's that sends datagrams ends with its input, unless an option asks for more.
#[test]
fn the_end_of_the_input_of_ncats_datagrams() {
    let quit = |name: &str, line: &[&str]| under(name, None, line).unwrap().traffic.quit_after_eof;
    for line in [&["-u", "h"][..], &["-u", "--no-shutdown", "h"], &["-u", "-i", "1", "h"], &["-U", "-u", "path"]] {
        assert_eq!(quit("ncat", line), Some(Duration::ZERO), "{line:?}");
    }
    for line in [
        &["h"][..],
        &["-lu"],
        &["-u", "-q", "-1", "h"],
        &["-u", "-e", "cat", "h"],
        &["-u", "--receive-limit", "1", "h"],
        &["-u", "--expect", "h"],
        &["-u", "--status", "h"],
    ] {
        assert_eq!(quit("ncat", line), None, "{line:?}");
    }
    assert_eq!(quit("ncat", &["-u", "-q", "2", "h"]), Some(Duration::from_secs(2)));
    assert_eq!(quit("nc", &["-u", "h", "1"]), None);
}

/// `--help` of a dialect has its letters and no others, each in front of what it is read as.
#[test]
fn the_help_of_a_dialect_has_its_letters() {
    for (name, compat) in [("nc", "openbsd"), ("ncat", "ncat"), ("nc", "traditional")] {
        let Err(Exit::Text { text, .. }) = under(name, Some(compat), &["--help"]) else { panic!("{compat}") };
        let shown: Vec<(char, &str)> = text
            .lines()
            .filter_map(|line| line.trim_start().strip_prefix('-'))
            .filter_map(|line| line.split_once(", --"))
            .map(|(letter, rest)| (letter.chars().next().unwrap(), rest.split([' ', '.']).next().unwrap()))
            .collect();
        let dialect = under(name, Some(compat), &["h", "1"]).unwrap().dialect;
        let mut known: Vec<_> = letters::table(dialect).iter().map(|letter| (letter.letter, letter.long)).collect();
        let mut shown = shown;
        shown.sort_unstable();
        known.sort_unstable();
        assert_eq!(shown, known, "{compat}\n{text}");
    }
}

/// As ncat 7.93 says it.
#[test]
fn wrong_lines_in_ncats_words() {
    let usage = "Ncat: Try `--help' or man(1) ncat for more information, usage options and help. QUITTING.\n";
    for (line, said) in [
        (&["-Y", "x"][..], format!("ncat: invalid option -- 'Y'\n{usage}")),
        (&["-w"], format!("ncat: option requires an argument -- 'w'\n{usage}")),
        (&["--foo"], format!("ncat: unrecognized option '--foo'\n{usage}")),
        (&[], "Ncat: You must specify a host to connect to. QUITTING.\n".to_owned()),
        (&["-l", "--chat", "--interval", "1"], "Ncat: cannot use --interval with --chat. QUITTING.\n".to_owned()),
        (&["-k", "h", "1"], "Ncat: Invalid option combination: `--keep-open' with connect. QUITTING.\n".to_owned()),
        (
            &["--max-conns", "1", "h", "1"],
            "Ncat: Invalid option combination: `--max-conns' with connect. QUITTING.\n".to_owned(),
        ),
        (
            &["--deny", "192.0.2.1", "h"],
            "Ncat: Invalid option combination: allow/deny with connect. QUITTING.\n".to_owned(),
        ),
        (&["-l", "--proxy", "h", "1"], "Ncat: Invalid option combination: --proxy and -l. QUITTING.\n".to_owned()),
        (&["-l", "h", "1", "2"], "Ncat: Got more than one port specification: 1 2. QUITTING.\n".to_owned()),
        (&["-l", "-p", "1", "h", "2"], "Ncat: Got more than one port specification: 1 2. QUITTING.\n".to_owned()),
        (&["-i", "0", "h"], time_refused("-i timeout", "0")),
        (&["-w", "abc", "h"], time_refused("-w timeout", "abc")),
        (&["-d", "0ms", "h"], time_refused("-d delay", "0ms")),
    ] {
        match under("ncat", None, line).unwrap_err() {
            Exit::Text { text, on_stderr: true, status: Status(2) } => assert_eq!(text, said, "{line:?}"),
            other => panic!("{line:?}: {other:?}"),
        }
    }
}

/// ncat's sentence about a time.
fn time_refused(what: &str, text: &str) -> String {
    format!("Ncat: Invalid {what} \"{text}\" (must be greater than 0 and less than 2147483s). QUITTING.\n")
}

/// A unique beginning of a long option is enough, as getopt_long(3) has it.
#[test]
fn long_options_may_be_cut_short() {
    assert!(under("ncat", None, &["--recv", "h", "1"]).unwrap().traffic.recv_only);
    assert_eq!(
        under("nc", None, &["--source-p", "7", "h", "1"]).ok().map(|options| connect(&options).3.map(str::to_owned)),
        Some(Some("7".into()))
    );
}
