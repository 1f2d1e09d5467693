use std::time::Duration;

use super::*;
use crate::options::{Connect, FamilyChoice, Listen, Role, Transport};
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
        (&["-v", "127.0.0.1", "0"], "nc: port number too small: 0\n"),
        (&["-v", "127.0.0.1", "65536"], "nc: port number too large: 65536\n"),
        (&["-v", "127.0.0.1", ""], "nc: port number invalid: \n"),
        (&["-w", "abc", "127.0.0.1", "5001"], "nc: timeout invalid: abc\n"),
        (&["-w", "", "127.0.0.1", "5001"], "nc: timeout invalid: \n"),
        (&["-w", "-5", "127.0.0.1", "5001"], "nc: timeout too small: -5\n"),
        (&["-w99999999999", "127.0.0.1", "5001"], "nc: timeout too large: 99999999999\n"),
        (&["-q", "abc", "127.0.0.1", "5001"], "nc: quit timer invalid: abc\n"),
        (&["-q", "99999999999", "127.0.0.1", "5001"], "nc: quit timer too large: 99999999999\n"),
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
