use std::collections::HashMap;

use sockeye_cli::Output;
use sockeye_cli::output::Terminal;
use sockeye_sys::sock_diag::{Timer, TimerKind};
use sockeye_sys::{Protocol, TcpState};

use super::*;
use crate::owners::Holding;
use crate::samples::socket;

fn sockets() -> Vec<Socket> {
    let listener = socket(Protocol::TCP, TcpState::Listen, "127.0.0.1:22", "0.0.0.0:0");
    let open = socket(
        Protocol::TCP,
        TcpState::Established,
        "[2001:db8:1111:2222:3333:4444:5555:6666]:40000",
        "[2001:db8:1111:2222:3333:4444:5555:7777]:443",
    );
    let ended = socket(Protocol::TCP, TcpState::TimeWait, "127.0.0.1:22", "127.0.0.1:5000");
    let mut sockets = vec![
        Socket { inode: None, timer: Timer { kind: TimerKind::TimeWait, retransmits: 0, expires_ms: 100 }, ..ended },
        Socket { inode: Some(8), recv_queue: 100_000, ..open },
        Socket { inode: Some(7), send_queue: 128, ..listener },
        Socket { inode: Some(9), ..socket(Protocol::UDP, TcpState::Closed, "0.0.0.0:53", "0.0.0.0:0") },
    ];
    sockets.sort_by(Socket::listing_order);
    sockets
}

fn holders() -> Holders {
    let holding = |inode, pid, fd| Holding { inode, pid, fd };
    let commands: HashMap<u32, String> = [(812, "sshd".to_owned()), (4000, "b c".to_owned())].into();
    Holders::new(vec![holding(7, 812, 3), holding(8, 812, 4), holding(8, 4000, 4)], commands, true)
}

fn on_terminal(listing: &Listing<'_>, width: u16) -> String {
    let mut octets = Vec::new();
    let terminal = Terminal { width: Some(width), stdout_is_terminal: true, ..Terminal::default() };
    let mut output = Output::new("ports", terminal, &mut octets, io::sink());
    output.list(listing, listing.records()).unwrap();
    output.flush().unwrap();
    drop(output);
    String::from_utf8(octets).unwrap()
}

#[test]
fn one_line_a_socket_where_nothing_limits_it() {
    let (sockets, names, holders) = (sockets(), Names::default(), holders());
    let listing = Listing { sockets: &sockets, names: &names, holders: Some(&holders), headings: true };
    let mut octets = Vec::new();
    listing.render(&mut Text::plain(&mut octets)).unwrap();
    let shown = String::from_utf8(octets).unwrap();
    let cut: Vec<Vec<&str>> = shown.lines().map(|line| line.split_whitespace().collect()).collect();
    assert_eq!(cut[0], HEADINGS);
    assert_eq!(cut[1], ["tcp", "LISTEN", "0", "128", "127.0.0.1:22", "0.0.0.0:*", "sshd[812]", "fd", "3"]);
    assert_eq!(cut[2][..3], ["tcp6", "ESTABLISHED", "100000"]);
    assert_eq!(cut[2][6..], ["sshd[812]", "fd", "4,", "\"b", "c\"[4000]", "fd", "4"]);
    assert_eq!(cut[3], ["tcp", "TIME-WAIT", "0", "0", "127.0.0.1:22", "127.0.0.1:5000", "-"]);
    assert_eq!(cut[4], ["udp", "unconnected", "0", "0", "0.0.0.0:53", "0.0.0.0:*", "?"]);
    assert_eq!(cut.len(), 5);
}

#[test]
fn the_table_and_the_stream_are_the_same_lines() {
    let shown = |write: &dyn Fn(&mut Text<'_>) -> io::Result<()>| {
        let mut octets = Vec::new();
        write(&mut Text::plain(&mut octets)).unwrap();
        String::from_utf8(octets).unwrap()
    };
    let (sockets, names, holders) = (sockets(), Names::default(), holders());
    for holders in [None, Some(&holders)] {
        for rows in 0..=sockets.len() {
            let listing = Listing { sockets: &sockets[..rows], names: &names, holders, headings: true };
            let table = shown(&|text| listing.table(text));
            assert_eq!(table, shown(&|text| listing.stream(&listing.layout(None), text)));
            assert!(table.lines().all(|line| line == line.trim_end()));
        }
    }
}

#[test]
fn a_narrow_terminal_moves_what_does_not_fit_below() {
    let (sockets, names, holders) = (sockets(), Names::default(), holders());
    let listing = Listing { sockets: &sockets, names: &names, holders: Some(&holders), headings: true };
    let expected = "\
Proto  State        Recv-Q  Send-Q  Local         Peer            Owner
tcp    LISTEN            0     128  127.0.0.1:22  0.0.0.0:*       sshd[812] fd 3
tcp6   ESTABLISHED  100000       0  [2001:db8:1111:2222:3333:4444:5555:6666]:40000
       peer [2001:db8:1111:2222:3333:4444:5555:7777]:443
       owner sshd[812] fd 4, \"b c\"[4000] fd 4
tcp    TIME-WAIT         0       0  127.0.0.1:22  127.0.0.1:5000  -
udp    unconnected       0       0  0.0.0.0:53    0.0.0.0:*       ?
";
    assert_eq!(on_terminal(&listing, 82), expected);
    let expected = "\
Proto  State        Recv-Q  Send-Q  Local         Peer
tcp    LISTEN            0     128  127.0.0.1:22  0.0.0.0:*
       owner sshd[812] fd 3
";
    assert!(on_terminal(&Listing { holders: Some(&holders), ..listing }, 68).starts_with(expected));
    let narrow = Listing { sockets: &sockets[..1], ..listing };
    assert_eq!(
        on_terminal(&narrow, 80),
        "Proto  State   Recv-Q  Send-Q  Local         Peer       Owner\n\
         tcp    LISTEN       0     128  127.0.0.1:22  0.0.0.0:*  sshd[812] fd 3\n"
    );
}

#[test]
fn many_owners_are_broken_between_two_of_them() {
    let mut below = String::new();
    push_wrapped(&mut below, "alpha[1] fd 3, beta[2] fd 3, gamma[3] fd 3", 32);
    assert_eq!(below, "       owner alpha[1] fd 3,\n             beta[2] fd 3,\n             gamma[3] fd 3\n");
    below.clear();
    // Broken inside the name, the second line would look like another owner.
    push_wrapped(&mut below, "\"alpha, beta[2] fd 3\"[1] fd 3", 32);
    assert_eq!(below, "       owner \"alpha, beta[2] fd 3\"[1] fd 3\n");
}

#[test]
fn a_thousand_rows_and_more_are_written_as_they_come() {
    let sockets: Vec<Socket> =
        (0..=1000).map(|_| socket(Protocol::UDP, TcpState::Closed, "127.0.0.1:9", "0.0.0.0:0")).collect();
    let names = Names::default();
    let all = Listing { sockets: &sockets, names: &names, holders: None, headings: true };
    let fewer = Listing { sockets: &sockets[..1000], ..all };
    let (all, fewer) = (on_terminal(&all, 80), on_terminal(&fewer, 80));
    assert_eq!(all.lines().count(), 1002);
    assert!(all.starts_with(&fewer));
}
