use std::collections::HashMap;

use sockeye_cli::Output;
use sockeye_cli::output::Terminal;
use sockeye_sys::sock_diag::{InetSocket, SkMemInfo, Timer, TimerKind};
use sockeye_sys::{Protocol, TcpState};

use super::order::places;
use super::*;
use crate::columns::sort;
use crate::details::Details;
use crate::names::Names;
use crate::owners::{Holders, Holding};
use crate::samples::socket;
use crate::socket::Socket;

const PLAIN: [Column; 6] = [Column::Proto, Column::State, Column::RecvQ, Column::SendQ, Column::Local, Column::Peer];
const OWNED: [Column; 7] =
    [Column::Proto, Column::State, Column::RecvQ, Column::SendQ, Column::Local, Column::Peer, Column::Owner];

fn entries() -> Vec<Entry> {
    let listener = socket(Protocol::TCP, TcpState::Listen, "127.0.0.1:22", "0.0.0.0:0");
    let open = socket(
        Protocol::TCP,
        TcpState::Established,
        "[2001:db8:1111:2222:3333:4444:5555:6666]:40000",
        "[2001:db8:1111:2222:3333:4444:5555:7777]:443",
    );
    let ended = socket(Protocol::TCP, TcpState::TimeWait, "127.0.0.1:22", "127.0.0.1:5000");
    let timer = Timer { kind: TimerKind::TimeWait, retransmits: 0, expires_ms: 43_200 };
    [
        Socket { inode: None, timer, ..ended },
        Socket { inode: Some(8), recv_queue: 100_000, ..open },
        Socket { inode: Some(7), send_queue: 128, ..listener },
        Socket { inode: Some(9), ..socket(Protocol::UDP, TcpState::Closed, "0.0.0.0:53", "0.0.0.0:0") },
    ]
    .map(Entry::Inet)
    .into()
}

fn holders() -> Holders {
    let holding = |inode, pid, fd| Holding { inode, pid, fd };
    let commands: HashMap<u32, String> = [(812, "sshd".to_owned()), (4000, "b c".to_owned())].into();
    Holders::new(vec![holding(7, 812, 3), holding(8, 812, 4), holding(8, 4000, 4)], commands, true)
}

/// What a listing of these columns looks like on a terminal of that width, or in a pipe.
fn shown(entries: &[Entry], columns: &[Column], sort: &str, width: Option<u16>) -> String {
    let (names, holders) = (Names::default(), holders());
    let context = Context { names: &names, holders: Some(&holders), netns: None };
    let sections = [Section { entries, context }];
    let sort = if sort.is_empty() { Vec::new() } else { sort::parse(sort).unwrap() };
    let places = places(&sections, &sort);
    let listing = Listing { sections: &sections, places: &places, columns, headings: true, one_line: false };
    let mut octets = Vec::new();
    let terminal = Terminal { width, stdout_is_terminal: width.is_some(), ..Terminal::default() };
    let mut output = Output::new("ports", terminal, &mut octets, io::sink());
    output.list(&listing, listing.records()).unwrap();
    output.flush().unwrap();
    drop(output);
    String::from_utf8(octets).unwrap()
}

#[test]
fn one_line_a_socket_where_nothing_limits_it() {
    let shown = shown(&entries(), &OWNED, "", None);
    let cut: Vec<Vec<&str>> = shown.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(cut[0], ["Proto", "State", "Recv-Q", "Send-Q", "Local", "Peer", "Owner"]);
    assert_eq!(cut[1], ["tcp", "LISTEN", "0", "128", "127.0.0.1:22", "0.0.0.0:*", "sshd[812]", "fd", "3"]);
    assert_eq!(cut[2][..3], ["tcp6", "ESTABLISHED", "100000"]);
    assert_eq!(cut[2][6..], ["sshd[812]", "fd", "4,", "\"b", "c\"[4000]", "fd", "4"]);
    assert_eq!(cut[3], ["tcp", "TIME-WAIT", "0", "0", "127.0.0.1:22", "127.0.0.1:5000", "-"]);
    assert_eq!(cut[4], ["udp", "unconnected", "0", "0", "0.0.0.0:53", "0.0.0.0:*", "?"]);
    assert_eq!(cut.len(), 5);
    assert!(shown.lines().all(|line| line == line.trim_end()), "no line ends in blanks");
}

#[test]
fn a_narrow_terminal_moves_what_does_not_fit_below() {
    let expected = "\
Proto  State        Recv-Q  Send-Q  Local         Peer            Owner
tcp    LISTEN            0     128  127.0.0.1:22  0.0.0.0:*       sshd[812] fd 3
tcp6   ESTABLISHED  100000       0  [2001:db8:1111:2222:3333:4444:5555:6666]:40000
       peer [2001:db8:1111:2222:3333:4444:5555:7777]:443
       owner sshd[812] fd 4, \"b c\"[4000] fd 4
tcp    TIME-WAIT         0       0  127.0.0.1:22  127.0.0.1:5000  -
udp    unconnected       0       0  0.0.0.0:53    0.0.0.0:*       ?
";
    assert_eq!(shown(&entries(), &OWNED, "", Some(82)), expected);
    let expected = "\
Proto  State        Recv-Q  Send-Q  Local         Peer
tcp    LISTEN            0     128  127.0.0.1:22  0.0.0.0:*
       owner sshd[812] fd 3
";
    assert!(
        shown(&entries(), &OWNED, "", Some(66)).starts_with(expected),
        "{}",
        shown(&entries(), &OWNED, "", Some(66))
    );
}

#[test]
fn a_column_that_has_no_heading_has_no_dash_either() {
    let columns =
        [Column::Proto, Column::State, Column::RecvQ, Column::SendQ, Column::Local, Column::Peer, Column::Timer];
    let expected = "\
Proto  State        Recv-Q  Send-Q  Local         Peer
tcp    LISTEN            0     128  127.0.0.1:22  0.0.0.0:*
";
    for width in 64..=70 {
        let shown = shown(&entries(), &columns, "", Some(width));
        assert!(shown.lines().all(|line| !line.ends_with(" -")) && shown.starts_with(expected), "{width}\n{shown}");
        assert!(shown.contains("time-wait 43.2s\n"), "{width}\n{shown}");
    }
}

#[test]
fn every_line_fits_however_narrow_and_whatever_the_columns() {
    // No address is broken: the longest end, with what stands before it, needs 82.
    for width in [82, 100, 120, 200] {
        let lines = shown(&entries(), Column::ALL, "", Some(width));
        assert!(lines.lines().all(|line| columns_of(line) <= usize::from(width)), "{width}\n{lines}");
    }
}

#[test]
fn a_thousand_rows_are_like_one() {
    let one = socket(Protocol::UDP, TcpState::Closed, "127.0.0.1:9", "0.0.0.0:0");
    let many: Vec<Entry> = (0..=1000).map(|_| Entry::Inet(one.clone())).collect();
    let (all, fewer) = (shown(&many, &PLAIN, "", Some(80)), shown(&many[..1000], &PLAIN, "", Some(80)));
    assert_eq!(all.lines().count(), 1002);
    assert!(all.starts_with(&fewer));
}

#[test]
fn rows_in_the_order_of_a_column() {
    let of = |sort| {
        let shown = shown(&entries(), &[Column::State, Column::LocalPort], sort, None);
        shown.lines().skip(1).map(|line| line.split_whitespace().next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(of(""), ["LISTEN", "ESTABLISHED", "TIME-WAIT", "unconnected"]);
    assert_eq!(of("-local_port"), ["ESTABLISHED", "unconnected", "LISTEN", "TIME-WAIT"], "equals keep their order");
    assert_eq!(of("timer"), ["TIME-WAIT", "LISTEN", "ESTABLISHED", "unconnected"], "what has none comes last");
    assert_eq!(of("pid,-recvq"), ["ESTABLISHED", "LISTEN", "TIME-WAIT", "unconnected"]);
}

#[test]
fn timers_and_memory_in_words() {
    let mut entries = entries();
    let any = "127.0.0.1:22".parse().unwrap();
    let row = InetSocket::bare(Protocol::TCP, TcpState::TimeWait, any, any);
    let memory = SkMemInfo { rcvbuf: 131_072, sndbuf: 16_384, drops: Some(2), ..SkMemInfo::default() };
    for entry in &mut entries {
        if let Entry::Inet(socket) = entry {
            socket.details = Some(Details::Whole(Box::new(InetSocket { skmeminfo: Some(memory), ..row.clone() })));
        }
    }
    let columns = [Column::State, Column::Timer, Column::Drops, Column::Memory];
    let piped = shown(&entries, &columns, "", None);
    assert!(
        piped.contains("TIME-WAIT    time-wait 43.2s      2  receive 0/131072  send 0/16384  drops 2\n"),
        "{piped}"
    );
    let wide = shown(&entries, &columns, "", Some(80));
    assert!(
        wide.contains("TIME-WAIT    time-wait 43.2s      2\n       memory receive 0/131072  send 0/16384"),
        "{wide}"
    );
}

#[test]
fn many_owners_are_broken_between_two_of_them() {
    let mut below = String::new();
    push_wrapped(&mut below, 12, "alpha[1] fd 3, beta[2] fd 3, gamma[3] fd 3", 32);
    assert_eq!(below, " alpha[1] fd 3,\n             beta[2] fd 3,\n             gamma[3] fd 3");
    below.clear();
    // Broken inside the name, the second line would look like another owner.
    push_wrapped(&mut below, 12, "\"alpha, beta[2] fd 3\"[1] fd 3", 32);
    assert_eq!(below, " \"alpha, beta[2] fd 3\"[1] fd 3");
}
