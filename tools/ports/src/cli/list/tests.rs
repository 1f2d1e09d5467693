use sockeye_cli::Invocation;

use super::*;
use crate::cli::{self, Job};

fn parsed(args: &[&str]) -> Result<List, String> {
    let invocation = Invocation { name: "ports".into(), args: args.iter().map(Into::into).collect() };
    let parsed = cli::parse(&invocation).map(|options| match options.job {
        Job::List(list) => *list,
        other => panic!("{other:?}"),
    });
    parsed.map_err(|exit| match exit {
        Exit::Failure(failure) => failure.to_string(),
        Exit::Text { text, .. } => text,
    })
}

fn kinds(args: &[&str]) -> Kinds {
    parsed(args).unwrap().selection.kinds
}

fn names(args: &[&str]) -> Vec<&'static str> {
    parsed(args).unwrap().columns.into_iter().map(Column::name).collect()
}

const PLAIN: [&str; 6] = ["proto", "state", "recvq", "sendq", "local", "peer"];

#[test]
fn no_selector_is_tcp_and_udp_of_both_families() {
    let both = Selection::new(Kinds::TCP_UDP);
    assert_eq!(parsed(&[]).unwrap().selection, both);
    assert_eq!(parsed(&["-tu46"]).unwrap().selection, both);
    assert_eq!(parsed(&["-u6"]).unwrap().selection, Selection { kinds: Kinds::of(Kind::Udp), ipv4: false, ..both });
}

#[test]
fn kinds_without_connections_are_listed_without_a_state() {
    for line in [&["-0"][..], &["-f", "link"], &["--netlink"], &["-f", "netlink"], &["-l0"], &["-A", "tcp,packet"]] {
        assert!(parsed(line).unwrap().selection.stateless, "{line:?}");
    }
    assert!(!parsed(&["-x"]).unwrap().selection.stateless && !parsed(&["-B0"]).unwrap().selection.stateless);
}

#[test]
fn a_namespace_needs_a_name() {
    assert!(parsed(&["-N", ""]).unwrap_err().contains("no network namespace has an empty name"));
    assert_eq!(parsed(&["-N", "pid:7", "-N", "this"]).unwrap().netns, [Wanted::Pid(7), Wanted::Own]);
}

#[test]
fn clusters_from_habit() {
    let habit = parsed(&["-tulnp"]).unwrap();
    assert_eq!(
        (habit.selection.states, habit.numeric, habit.owners),
        (Which::Listening.mask(), true, Some(WantedOwners::All))
    );
    assert_eq!(parsed(&["-tulanp"]).unwrap().selection.states, Which::All.mask());
    assert_eq!(parsed(&["-alnp"]).unwrap().selection.states, Which::All.mask(), "whatever the order");
    assert_eq!(parsed(&["-tt", "-nn", "-t"]), parsed(&["-tn"]), "said twice is said");
    assert_eq!(parsed(&["--programs"]), parsed(&["-p"]), "netstat's word");
    assert!(!parsed(&["-H"]).unwrap().headings);
    assert_eq!(parsed(&["-p", "--first-owner"]).unwrap().owners, Some(WantedOwners::First));
    assert_eq!(parsed(&["-tB"]).unwrap().selection.states, StateMask::BOUND_INACTIVE);
    assert!(parsed(&["-tlB"]).unwrap().selection.states.contains(StateMask::LISTEN | StateMask::BOUND_INACTIVE));
}

#[test]
fn every_kind_has_an_option_and_a_word() {
    for (option, word, expected) in [
        ("-t", "tcp", Kinds::of(Kind::Tcp)),
        ("-u", "udp", Kinds::of(Kind::Udp)),
        ("--udplite", "udplite", Kinds::of(Kind::UdpLite)),
        ("-w", "raw", Kinds::of(Kind::Raw)),
        ("--ping", "ping", Kinds::of(Kind::Ping)),
        ("-M", "mptcp", Kinds::of(Kind::Mptcp)),
        ("-S", "sctp", Kinds::of(Kind::Sctp)),
        ("-d", "dccp", Kinds::of(Kind::Dccp)),
        ("-x", "unix", Kinds::UNIX),
        ("-0", "packet", Kinds::PACKET),
        ("--netlink", "netlink", Kinds::NETLINK),
        ("--vsock", "vsock", Kinds::VSOCK),
    ] {
        assert_eq!(kinds(&[option]), expected, "{option}");
        assert_eq!(kinds(&["-A", word]), expected, "{word}");
    }
    assert_eq!(kinds(&["-A", "all"]).iter().count(), Kind::ALL.len());
    assert_eq!(kinds(&["-A", "unix_stream,v_dgr"]).iter().collect::<Vec<_>>(), [Kind::UnixStream, Kind::VsockDgram]);
    assert!(kinds(&["-A", "inet"]).iter().all(Kind::is_inet));
    assert_eq!(kinds(&["-xp", "-t"]), Kinds::UNIX | Kinds::of(Kind::Tcp));
    assert_eq!(kinds(&["-f", "link"]), Kinds::PACKET);
    let inet6 = parsed(&["-f", "inet6"]).unwrap().selection;
    assert_eq!((inet6.ipv4, inet6.ipv6, inet6.kinds), (false, true, Kinds::TCP_UDP));
    assert!(parsed(&["-A", "tcp,"]).is_err_and(|said| said.contains("called \"\" (")));
    assert!(
        parsed(&["-A", "tcp,x25\u{1b}"])
            .unwrap_err()
            .starts_with("-A, column 5: no kind of socket is called x25\\x1b (tcp, ")
    );
}

#[test]
fn o_is_timers_unless_a_list_stands_behind_it() {
    let with = |more: &[&'static str]| [&PLAIN[..], more].concat();
    for habit in [&["-tano"][..], &["-to", "-n"], &["-ton"], &["-t", "--timers"], &["-t", "--options"], &["-o"]] {
        assert_eq!(names(habit), with(&["timer"]), "{habit:?}");
    }
    let filtered = parsed(&["-to", "state", "established"]).unwrap();
    assert_eq!((filtered.columns.len(), filtered.query.text.as_str()), (7, "state established"));
    for list in [&["-tano", "local,rtt"][..], &["-o=local,rtt"], &["--columns", "local,rtt,"], &["--columns=local,rtt"]]
    {
        assert_eq!(names(list), ["local", "rtt"], "{list:?}");
    }
    assert_eq!(names(&["-o", "+rtt,cwnd"]), with(&["rtt", "cwnd"]));
    assert_eq!(names(&["-o=state"]), ["state"], "one column");
    assert_eq!(
        parsed(&["-o", "local,statt"]).unwrap_err(),
        "-o, column 7: no column statt (state is one; ports -o help lists them)"
    );
    for asked in [&["-o", "help"][..], &["--columns"], &["--columns=help"]] {
        assert!(parsed(asked).unwrap_err().contains("congestion control\n"), "{asked:?}");
    }
    // What stands behind -A, -f and -N belongs to them.
    assert!(takes_columns(&"-tano".into()) && !takes_columns(&"-No".into()) && !takes_columns(&"--info".into()));
}

#[test]
fn options_add_columns_and_ask_for_what_they_need() {
    let all = parsed(&["-tanpemio"]).unwrap();
    assert_eq!(
        names(&["-tanpemio"]),
        [&PLAIN[..], &["timer", "user", "inode", "cookie", "owner", "memory", "info"]].concat()
    );
    assert!(all.selection.extensions.contains(Extensions::INFO | Extensions::CONG | Extensions::SKMEMINFO));
    assert_eq!(parsed(&["-tanpo"]).unwrap().selection.extensions, Extensions::EMPTY, "rows stay small");
    assert_eq!(parsed(&["-o=rtt"]).unwrap().selection.extensions, Extensions::INFO | Extensions::CONG);
    assert_eq!(parsed(&["--sort", "-drops"]).unwrap().selection.extensions, Extensions::SKMEMINFO);
    assert_eq!(parsed(&["-o=pid"]).unwrap().owners, Some(WantedOwners::All));
    assert_eq!(parsed(&["-o=local", "-e"]).unwrap().columns.len(), 4);
    assert_eq!(parsed(&["--netns", "all", "-N", "7"]).unwrap().netns, [Wanted::All, Wanted::Pid(7)]);
    assert_eq!(names(&["-N", "a"])[0], "netns");
}

#[test]
fn what_makes_no_sense_together_is_refused() {
    for line in [&["-s", "-p"][..], &["-s", "--csv"], &["--csv", "--json"], &["-o", "--columns=pid"], &["-s", "-o"]] {
        assert!(parsed(line).unwrap_err().contains("cannot be used with"), "{line:?}");
    }
    let summary = parsed(&["-s"]).unwrap();
    assert_eq!((summary.form, summary.selection.kinds.iter().count()), (Form::Summary, Kind::ALL.len()));
    assert_eq!(parsed(&["-su4"]).unwrap().selection.kinds, Kinds::of(Kind::Udp));
    let states = |args| parsed(args).unwrap().selection.states;
    assert_eq!([&["-s"][..], &["-sal"]].map(states), [Which::All.mask(); 2]);
    assert_eq!([&["-sl"][..], &["-sB"]].map(states), [Which::Listening.mask(), StateMask::BOUND_INACTIVE]);
}

#[test]
fn what_is_no_option_is_a_filter() {
    let query = |args: &[&str]| parsed(args).unwrap().query;
    assert!(query(&["-tanp"]).is_empty());
    assert_eq!(query(&["-tn", "sport", "=", ":80", "-a"]).text, "sport = :80", "options may stand behind it");
    assert_eq!(
        query(&["-t", "( sport = :80 or dst 10.0.0.0/8 ) and state established"]).states,
        Some(StateMask::ESTABLISHED)
    );
    let fault = parsed(&["-t", "sport = :80\u{1b}", "and"]).unwrap_err();
    assert!(fault.contains("filter, column ") && !fault.contains('\u{1b}'), "{fault}");
}
