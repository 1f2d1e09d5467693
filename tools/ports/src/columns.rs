//! The columns of a listing: their names, their headings, and what must be asked for to fill them.
//!
//! - [`cell`]: what stands in a column of one row
//! - [`sort`]: rows in the order of a column

pub mod cell;
pub mod sort;

use std::fmt;
use std::ops::Range;

use sockeye_cli::escape::escape;

/// What a column needs besides the plain list of the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// The processes that hold the socket.
    Owners,
    /// The names of users.
    Users,
    /// The row with its extensions, none in particular: what the kernel adds unasked.
    Details,
    /// TCP_INFO.
    Info,
    /// The congestion control.
    Congestion,
    /// Memory figures and drops.
    Memory,
    /// The TOS octet and the traffic class.
    Tos,
    /// Paths of control groups.
    Cgroups,
}

/// Whether a column holds numbers, which stand flush right and are sorted by their value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Content {
    Text,
    Number,
}

/// What is said of a column.
struct Spec {
    name: &'static str,
    /// In the first line of CSV: with the unit of its numbers.
    header: &'static str,
    heading: &'static str,
    content: Content,
    needs: Needs,
    about: &'static str,
}

macro_rules! columns {
    ($($variant:ident: $name:literal, $header:literal, $heading:literal, $content:ident, $needs:ident, $about:literal;)*) => {
        /// A column.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Column {
            $(#[doc = $about] $variant,)*
        }

        impl Column {
            /// Every column, in the order of the help.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            fn spec(self) -> &'static Spec {
                match self {
                    $(Self::$variant => {
                        const SPEC: Spec = Spec {
                            name: $name,
                            header: $header,
                            heading: $heading,
                            content: Content::$content,
                            needs: Needs::$needs,
                            about: $about,
                        };
                        &SPEC
                    })*
                }
            }
        }
    };
}

columns! {
    Netns: "netns", "netns", "Netns", Text, Nothing, "network namespace";
    Proto: "proto", "proto", "Proto", Text, Nothing, "protocol, with a 6 for sockets of the IPv6 family";
    Family: "family", "family", "Family", Text, Nothing, "address family";
    State: "state", "state", "State", Text, Nothing, "state";
    RecvQ: "recvq", "recv_queue", "Recv-Q", Number, Nothing, "receive queue; of a listener, connections that wait for accept";
    SendQ: "sendq", "send_queue", "Send-Q", Number, Nothing, "send queue; of a listener, how many may wait";
    Local: "local", "local", "Local", Text, Nothing, "the end here: address and port";
    LocalAddress: "local_address", "local_address", "Local-Address", Text, Nothing, "its address alone";
    LocalPort: "local_port", "local_port", "Local-Port", Number, Nothing, "its port alone";
    Peer: "peer", "peer", "Peer", Text, Nothing, "the other end: address and port";
    PeerAddress: "peer_address", "peer_address", "Peer-Address", Text, Nothing, "its address alone";
    PeerPort: "peer_port", "peer_port", "Peer-Port", Number, Nothing, "its port alone";
    Owner: "owner", "owner", "Owner", Text, Owners, "every process that holds the socket, with pid and descriptors";
    Pid: "pid", "pid", "Pid", Text, Owners, "their process numbers";
    Process: "process", "process", "Process", Text, Owners, "their names";
    Fd: "fd", "fd", "Fd", Text, Owners, "their descriptors";
    User: "user", "user", "User", Text, Users, "the user that made the socket, by name";
    Uid: "uid", "uid", "Uid", Number, Nothing, "the user that made the socket, by number";
    Inode: "inode", "inode", "Inode", Number, Nothing, "joins the socket to descriptors of processes";
    Cookie: "cookie", "cookie", "Cookie", Number, Nothing, "names the socket for as long as this kernel runs";
    Timer: "timer", "timer", "Timer", Text, Nothing, "what the kernel waits for, until when, after how many times";
    Expires: "expires", "expires_ms", "Expires-ms", Number, Nothing, "until that timer expires, in milliseconds";
    Retransmits: "retransmits", "retransmits", "Retransmits", Number, Nothing, "how often that timer has expired";
    Interface: "interface", "interface", "Interface", Text, Nothing, "the interface that the socket is bound to";
    Scope: "scope", "scope", "Scope", Text, Nothing, "the zone of a link-local address";
    V6only: "v6only", "v6only", "V6only", Text, Nothing, "whether an IPv6 socket that waits refuses IPv4";
    DualStack: "dualstack", "dualstack", "Dual-Stack", Text, Nothing, "whether it waits on every address of both families";
    BacklogFill: "fill", "backlog_fill", "Fill", Number, Nothing, "of a listener: connections that wait for accept";
    BacklogLimit: "limit", "backlog_limit", "Limit", Number, Nothing, "of a listener: how many may wait";
    Drops: "drops", "drops_packets", "Drops", Number, Memory, "packets dropped at this socket; of a listener, connections";
    Memory: "memory", "memory", "Memory", Text, Memory, "memory in use and its limits, in octets";
    RmemAlloc: "rmem", "rmem_octets", "Rmem", Number, Memory, "memory of the receive queue";
    Rcvbuf: "rcvbuf", "rcvbuf_octets", "Rcvbuf", Number, Memory, "its limit, SO_RCVBUF";
    WmemAlloc: "wmem", "wmem_octets", "Wmem", Number, Memory, "memory of what has been handed to the layer below";
    Sndbuf: "sndbuf", "sndbuf_octets", "Sndbuf", Number, Memory, "the limit of the send queue, SO_SNDBUF";
    FwdAlloc: "fwd_alloc", "fwd_alloc_octets", "Fwd-Alloc", Number, Memory, "memory set aside for later";
    WmemQueued: "wmem_queued", "wmem_queued_octets", "Wmem-Queued", Number, Memory, "memory of the send queue";
    Optmem: "optmem", "optmem_octets", "Optmem", Number, Memory, "memory of options and filters";
    BacklogMemory: "backlog", "backlog_octets", "Backlog", Number, Memory, "memory of packets that came while the socket was in use";
    Info: "info", "info", "Info", Text, Info, "what TCP knows of the connection, in words";
    Congestion: "congestion", "congestion", "Congestion", Text, Congestion, "congestion control";
    Rtt: "rtt", "rtt_us", "Rtt-us", Number, Info, "round-trip time, in microseconds";
    Rttvar: "rttvar", "rttvar_us", "Rttvar-us", Number, Info, "its mean deviation";
    MinRtt: "min_rtt", "min_rtt_us", "Min-Rtt-us", Number, Info, "the least round-trip time";
    Rto: "rto", "rto_us", "Rto-us", Number, Info, "retransmission timeout";
    Cwnd: "cwnd", "cwnd_segments", "Cwnd", Number, Info, "congestion window, in segments";
    Ssthresh: "ssthresh", "ssthresh_segments", "Ssthresh", Number, Info, "slow start threshold, in segments";
    Mss: "mss", "mss_octets", "Mss", Number, Info, "segment size for sending, in octets";
    Pmtu: "pmtu", "pmtu_octets", "Pmtu", Number, Info, "path MTU, in octets";
    SndWnd: "snd_wnd", "snd_wnd_octets", "Snd-Wnd", Number, Info, "the peer's window, in octets";
    RcvWnd: "rcv_wnd", "rcv_wnd_octets", "Rcv-Wnd", Number, Info, "our window, in octets";
    BytesSent: "bytes_sent", "bytes_sent", "Bytes-Sent", Number, Info, "octets sent, those sent again included";
    BytesAcked: "bytes_acked", "bytes_acked", "Bytes-Acked", Number, Info, "octets sent and acknowledged";
    BytesReceived: "bytes_received", "bytes_received", "Bytes-Received", Number, Info, "octets received";
    BytesRetrans: "bytes_retrans", "bytes_retrans", "Bytes-Retrans", Number, Info, "octets sent again";
    SegsOut: "segs_out", "segs_out", "Segs-Out", Number, Info, "segments sent";
    SegsIn: "segs_in", "segs_in", "Segs-In", Number, Info, "segments received";
    Retrans: "retrans", "retrans_segments", "Retrans", Number, Info, "segments sent again in all";
    Unacked: "unacked", "unacked_segments", "Unacked", Number, Info, "segments in flight";
    Lost: "lost", "lost_segments", "Lost", Number, Info, "of them, held for lost";
    DeliveryRate: "delivery_rate", "delivery_rate_octets_per_s", "Delivery-Rate", Number, Info, "what reaches the peer, in octets per second";
    PacingRate: "pacing_rate", "pacing_rate_octets_per_s", "Pacing-Rate", Number, Info, "how fast it may be sent, in octets per second";
    LastSent: "last_sent", "last_sent_ms", "Last-Sent-ms", Number, Info, "since data was last sent";
    LastReceived: "last_received", "last_received_ms", "Last-Recv-ms", Number, Info, "since data last came";
    Tos: "tos", "tos", "Tos", Number, Tos, "TOS octet of IPv4";
    Tclass: "tclass", "tclass", "Tclass", Number, Tos, "traffic class of IPv6";
    Mark: "mark", "mark", "Mark", Number, Details, "SO_MARK; only root is told";
    Cgroup: "cgroup", "cgroup", "Cgroup", Text, Cgroups, "control group, by path";
    CgroupId: "cgroup_id", "cgroup_id", "Cgroup-Id", Number, Details, "control group, by number";
    Ulp: "ulp", "ulp", "Ulp", Text, Info, "what sits between TCP and the process: tls, mptcp";
    Shutdown: "shutdown", "shutdown", "Shutdown", Text, Details, "which directions shutdown has closed";
}

/// Other words for a column.
const ALIASES: &[(&str, Column)] = &[
    ("netid", Column::Proto),
    ("recv_queue", Column::RecvQ),
    ("send_queue", Column::SendQ),
    ("program", Column::Process),
    ("cong", Column::Congestion),
    ("users", Column::Owner),
    ("backlog_fill", Column::BacklogFill),
    ("backlog_limit", Column::BacklogLimit),
];

impl Column {
    /// The word that chooses it.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// What stands above it in CSV.
    pub fn header(self) -> &'static str {
        self.spec().header
    }

    /// What stands above it in text.
    pub fn heading(self) -> &'static str {
        self.spec().heading
    }

    /// Whether it holds numbers.
    pub fn is_number(self) -> bool {
        self.spec().content == Content::Number
    }

    /// What must be asked for to fill it.
    pub fn needs(self) -> Needs {
        self.spec().needs
    }

    /// What it shows.
    pub fn about(self) -> &'static str {
        self.spec().about
    }

    /// The column of that name, of one of its other names, or of its header in CSV.
    pub fn named(name: &str) -> Option<Self> {
        let own = |column: &&Self| column.name() == name || column.header() == name;
        Self::ALL
            .iter()
            .find(own)
            .copied()
            .or_else(|| ALIASES.iter().find(|(alias, _)| *alias == name).map(|(_, column)| *column))
    }

    /// Whether it is an end of a socket: what grows and shrinks with the terminal.
    pub fn is_end(self) -> bool {
        matches!(self, Self::Local | Self::Peer | Self::LocalAddress | Self::PeerAddress)
    }

    /// Whether a person reads it better on lines of its own below the row.
    pub fn is_long(self) -> bool {
        matches!(self, Self::Info | Self::Memory)
    }
}

/// A word that is no column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownColumn {
    /// The list.
    pub list: String,
    /// The octets of the word in it.
    pub span: Range<usize>,
}

impl UnknownColumn {
    /// The word.
    pub fn word(&self) -> &str {
        self.list.get(self.span.clone()).unwrap_or_default()
    }

    /// Where it is, in characters from 1.
    pub fn place(&self) -> usize {
        self.list.get(..self.span.start).unwrap_or_default().chars().count() + 1
    }

    /// The column that may have been meant: of which a letter or two are otherwise.
    pub fn meant(&self) -> Option<Column> {
        let distances = Column::ALL.iter().map(|column| (distance(self.word(), column.name()), *column));
        let nearest = distances.min_by_key(|(distance, _)| *distance)?;
        (nearest.0 <= 2 && nearest.0 < self.word().len()).then_some(nearest.1)
    }
}

/// How many letters must be put in, left out, changed or swapped with the next to make one word of the other.
///
/// # Source
/// The optimal string alignment distance.
pub(crate) fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    let mut last = None;
    for (letter, number) in one.chars().zip(1..) {
        let mut next = vec![number];
        let mut last_of_other = None;
        for (at, letter_of_other) in other.iter().enumerate() {
            let of = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX / 2);
            let changed = of(&row, at) + usize::from(letter != *letter_of_other);
            let mut least = changed.min(of(&row, at + 1) + 1).min(of(&next, at) + 1);
            if last == Some(*letter_of_other) && last_of_other == Some(letter) {
                least = least.min(at.checked_sub(1).map_or(usize::MAX, |at| of(&before, at) + 1));
            }
            next.push(least);
            last_of_other = Some(*letter_of_other);
        }
        before = std::mem::replace(&mut row, next);
        last = Some(letter);
    }
    row.last().copied().unwrap_or_default()
}

/// The words of a list, each with where it stands.
pub(crate) fn words(list: &str) -> impl Iterator<Item = (&str, Range<usize>)> {
    let mut start = 0;
    list.split(',').map(move |word| {
        let span = start..start + word.len();
        start = span.end + 1;
        (word, span)
    })
}

impl fmt::Display for UnknownColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.word().is_empty() {
            f.write_str("a column without a name")
        } else {
            write!(f, "no column {}", escape(self.word()))
        }
    }
}

impl std::error::Error for UnknownColumn {}

/// Reads a list such as `local,peer,state`; with `+` in front, what it names comes behind `default`.
///
/// A column that is named twice stands where it was named first.
///
/// # Errors
/// [`UnknownColumn`] with the first word that names none.
pub fn parse(list: &str, default: &[Column]) -> Result<Vec<Column>, UnknownColumn> {
    let (mut columns, rest) = match list.strip_prefix('+') {
        Some(rest) => (default.to_vec(), rest),
        None => (Vec::new(), list),
    };
    let before = list.len() - rest.len();
    for (word, span) in words(rest.trim_end_matches(',')) {
        let unknown = || UnknownColumn { list: list.to_owned(), span: before + span.start..before + span.end };
        let column = Column::named(word).ok_or_else(unknown)?;
        if !columns.contains(&column) {
            columns.push(column);
        }
    }
    Ok(columns)
}

/// Whether a word behind a bare `-o` is a list of columns: it has a comma, or a plus in front, or asks for help.
///
/// A single name is not: `ports -to state established` means timers and a filter.
pub fn is_list(word: &str) -> bool {
    let letters = |character: char| character.is_ascii_alphanumeric() || "_,+".contains(character);
    word == "help" || word.starts_with('+') || (word.contains(',') && word.chars().all(letters))
}

/// Every column with what it shows, a line each.
pub fn help() -> String {
    let mut text = String::new();
    let width = Column::ALL.iter().map(|column| column.name().len()).max().unwrap_or_default();
    for column in Column::ALL {
        use fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{:width$}  {}", column.name(), column.about());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_column_is_found_by_its_name_and_no_two_share_one() {
        let mut names: Vec<&str> = Column::ALL.iter().map(|column| column.name()).collect();
        names.extend(ALIASES.iter().map(|(alias, _)| *alias));
        for column in Column::ALL {
            assert_eq!(Column::named(column.name()), Some(*column));
            assert_eq!(Column::named(column.header()), Some(*column));
            assert!(!column.heading().contains(' '), "a heading is one word: {}", column.heading());
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert!(help().lines().all(|line| line.len() <= 80), "{}", help());
    }

    #[test]
    fn a_list_replaces_or_adds() {
        let default = [Column::State, Column::Local];
        assert_eq!(parse("local,peer,local", &default), Ok(vec![Column::Local, Column::Peer]));
        assert_eq!(parse("+timer,local", &default), Ok(vec![Column::State, Column::Local, Column::Timer]));
        assert_eq!(parse("rtt_us,", &default), Ok(vec![Column::Rtt]));
        assert_eq!(parse("state,stat\u{1b}", &default).unwrap_err().to_string(), "no column stat\\x1b");
        assert_eq!(parse("state,,local", &default).unwrap_err().to_string(), "a column without a name");
    }

    #[test]
    fn a_word_that_is_no_column_is_found_where_it_stands_and_what_may_be_meant() {
        let told = |list: &str| {
            let unknown = parse(list, &[]).unwrap_err();
            (unknown.place(), unknown.word().to_owned(), unknown.meant())
        };
        assert_eq!(told("local,pear,state"), (7, "pear".to_owned(), Some(Column::Peer)));
        assert_eq!(told("+timer,loacl"), (8, "loacl".to_owned(), Some(Column::Local)));
        assert_eq!(told("state,,local"), (7, String::new(), None));
        assert_eq!(told("x"), (1, "x".to_owned(), None));
        assert_eq!(
            [("", "ab"), ("ab", "ba"), ("kitten", "sitting")].map(|(one, other)| distance(one, other)),
            [2, 1, 3]
        );
    }

    #[test]
    fn a_filter_word_is_no_list() {
        for list in ["local,peer", "+timer", "help", "state,", "+nonsense", "a,b"] {
            assert!(is_list(list), "{list}");
        }
        for word in ["state", "cgroup", "established", "sport", ":80,81", "(", "-tan", "10.0.0.1,x"] {
            assert!(!is_list(word), "{word}");
        }
    }
}
