use super::*;

fn line(args: &[&str]) -> Result<Netstat, (String, u8)> {
    let invocation = Invocation { name: "netstat".into(), args: args.iter().map(Into::into).collect() };
    match parse(&invocation) {
        Ok(Options { job: Job::Netstat(job), .. }) => Ok(*job),
        Ok(other) => panic!("{other:?}"),
        Err(Exit::Failure(failure)) => Err((failure.to_string(), failure.status().0)),
        Err(Exit::Text { text, status, .. }) => Err((text, status.0)),
    }
}

#[test]
fn clusters_from_habit_in_any_order() {
    let natp = line(&["-natp"]).unwrap();
    assert_eq!((natp.kinds.as_slice(), natp.which), (&[Kind::Tcp][..], Which::All));
    assert!(natp.detail.programs && natp.detail.numeric_hosts && natp.detail.numeric_ports);
    assert_eq!(line(&["-patn"]), line(&["-natp"]));
    assert_eq!(line(&["--programs", "--all", "--tcp", "--numeric"]), line(&["-natp"]));
    assert_eq!(line(&["--prog", "--al", "--tcp", "-n", "--tcp"]), line(&["-natp"]), "cut short, and said twice");
    let plunt = line(&["-plunt"]).unwrap();
    assert_eq!((plunt.kinds.as_slice(), plunt.which), (&[Kind::Udp, Kind::Tcp][..], Which::Listening));
    assert_eq!(line(&["-tulpen"]).unwrap().detail.extended, 1);
    assert_eq!(line(&["-ee"]).unwrap().detail.extended, 2);
    assert_eq!(line(&["-al"]).unwrap().which, Which::All);
    assert!(line(&["-tanop"]).unwrap().detail.timers);
    let ports = line(&["-t", "--numeric-ports"]).unwrap().detail;
    assert!(ports.numeric_ports && !ports.numeric_hosts && !ports.numeric_users);
}

#[test]
fn which_sockets_as_netstat_decides() {
    for (args, internet, unix, families) in [
        (&[][..], true, true, (true, true)),
        (&["-t"], true, false, (true, true)),
        (&["-x"], false, true, (true, true)),
        (&["-tx"], true, true, (true, true)),
        (&["-4"], true, false, (true, false)),
        (&["-A", "inet6"], true, false, (false, true)),
        (&["-Ainet,inet6"], true, false, (true, true)),
        (&["--protocol=unix"], false, true, (true, true)),
        (&["-x", "--inet"], true, true, (true, false)),
        (&["-A", "inet6,unix", "-t"], true, true, (false, true)),
    ] {
        let job = line(args).unwrap();
        assert_eq!((job.wants_internet(), job.wants_unix(), job.families()), (internet, unix, families), "{args:?}");
    }
}

#[test]
fn displays_and_repetition() {
    assert_eq!(line(&["-rn"]).unwrap().display, Display::Routes);
    assert_eq!(line(&["-ia"]).unwrap().display, Display::Interfaces);
    assert_eq!(line(&["-t"]).unwrap().display, Display::Sockets);
    let tables = |args| line(&[args]).map(|job| (job.tables.routes, job.tables.cache)).unwrap();
    assert_eq!(["-r", "-rF", "-rC", "-rFC"].map(tables), [(true, false), (true, false), (false, true), (true, true)]);
    assert_eq!(line(&["-gg"]).unwrap().display, Display::Groups);
    assert_eq!(line(&["-gr"]).unwrap().display, Display::Routes, "as netstat");
    assert_eq!(line(&["-ct"]).unwrap().every, Some(Duration::from_secs(1)));
    let five = line(&["-tc", "5"]).unwrap();
    assert_eq!((five.every, five.operands), (Some(Duration::from_secs(5)), vec![]));
    assert_eq!(line(&["-t", "5"]).unwrap().operands, ["5"]);
}

#[test]
fn what_is_wrong_ends_as_netstat_ends() {
    for (args, words, status) in [
        (&["-Q"][..], "invalid option -- 'Q' (see netstat --help)", 3),
        (&["-?"], "invalid option -- '?' (see netstat --help)", 3),
        (&["-T"], "invalid option -- 'T' (see netstat --help)", 3),
        (&["--num"], "option '--num' is ambiguous", 3),
        (&["-ri"], "only one of -r, -i and -s", 3),
        (&["-rr"], "only one of -r, -i and -s", 3),
        (&["-rx"], "unix: no routes lead to this family", 3),
        (&["-tc", "0"], "-c 0: wait at least one second", 3),
        (&["--color", "x"], "--color takes auto, always or never", 3),
        (&["-A", "foo\u{1b}"], "unknown address family 'foo\\x1b'", 1),
        (&["-M"], "Linux lists masqueraded connections no more", 1),
        (&["-Z"], "SELinux contexts are not shown", 1),
        (&["--ipx"], "ipx: sockets of this family are not listed", 1),
        (&["-h"], "Usage: netstat", 0),
        (&["-V"], "net-tools 2.10 ", 0),
    ] {
        let (said, ended) = line(args).unwrap_err();
        assert!(said.starts_with(words), "{args:?}: {said}");
        assert_eq!(ended, status, "{args:?}");
    }
}
