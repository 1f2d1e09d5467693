//! The listing on the command line.

use std::ffi::OsString;

use clap::Args;
use sockeye_cli::{Exit, Failure};
use sockeye_sys::sock_diag::{Extensions, StateMask};

use crate::columns::sort::{self, SortBy};
use crate::columns::{self, Column, Needs, UnknownColumn};
use crate::filter::{self, Query};
use crate::kind::{Kind, Kinds};
use crate::netns::{self, Wanted};
use crate::selection::{Selection, Which};

/// The options of a listing.
#[derive(Args, Debug)]
pub(super) struct ListArgs {
    /// TCP sockets (without any kind: TCP and UDP)
    #[arg(short, long, help_heading = "Which sockets")]
    tcp: bool,
    /// UDP sockets
    #[arg(short, long, help_heading = "Which sockets")]
    udp: bool,
    /// UDP-Lite sockets
    #[arg(short = 'U', long, help_heading = "Which sockets")]
    udplite: bool,
    /// Raw sockets
    #[arg(short = 'w', long, help_heading = "Which sockets")]
    raw: bool,
    /// Ping sockets: ICMP echo without privilege
    #[arg(long, help_heading = "Which sockets")]
    ping: bool,
    /// Multipath TCP connections
    #[arg(short = 'M', long, help_heading = "Which sockets")]
    mptcp: bool,
    /// SCTP endpoints and associations
    #[arg(short = 'S', long, help_heading = "Which sockets")]
    sctp: bool,
    /// DCCP sockets
    #[arg(short = 'd', long, help_heading = "Which sockets")]
    dccp: bool,
    /// Unix-domain sockets
    #[arg(short = 'x', long, help_heading = "Which sockets")]
    unix: bool,
    /// Packet sockets: frames of an interface
    #[arg(short = '0', long, help_heading = "Which sockets")]
    packet: bool,
    /// Netlink sockets
    #[arg(long, help_heading = "Which sockets")]
    netlink: bool,
    /// Sockets between a virtual machine and its host
    #[arg(long, help_heading = "Which sockets")]
    vsock: bool,
    /// Kinds by name, with commas: tcp, udp, raw, inet, unix, packet, netlink, vsock, all
    #[arg(short = 'A', long, value_name = "KINDS", alias = "socket", help_heading = "Which sockets")]
    query: Option<String>,
    /// A family: inet, inet6, unix, link, netlink, vsock
    #[arg(short = 'f', long, value_name = "FAMILY", help_heading = "Which sockets")]
    family: Option<FamilyWord>,
    /// Sockets of the IPv4 family (without -4 and -6: both)
    #[arg(short = '4', long, help_heading = "Which sockets")]
    ipv4: bool,
    /// Sockets of the IPv6 family, those that carry IPv4 included
    #[arg(short = '6', long, help_heading = "Which sockets")]
    ipv6: bool,
    /// Those that wait for peers: LISTEN, and sockets without states that are not connected
    #[arg(short, long, help_heading = "Which sockets")]
    listening: bool,
    /// All states, also listening, only bound, half-open and TIME-WAIT; wins over -l
    #[arg(short, long, help_heading = "Which sockets")]
    all: bool,
    /// TCP sockets that have a port and neither listen nor connect
    #[arg(short = 'B', long, alias = "bound-inactive", help_heading = "Which sockets")]
    bound: bool,
    /// Look into another network namespace: its name, a process in it, its file, or all; may be given again
    #[arg(short = 'N', long = "netns", value_name = "NAMESPACE", alias = "net", help_heading = "Which sockets")]
    netns: Vec<String>,
    /// Ports as numbers, not as the names of services(5). Addresses are always numbers
    #[arg(short, long, help_heading = "What is shown")]
    numeric: bool,
    /// Ask for the names of the peers' hosts: this may send questions to name servers
    #[arg(short, long, help_heading = "What is shown")]
    resolve: bool,
    /// Every process and descriptor that holds the socket
    #[arg(short, long, aliases = ["program", "programs"], help_heading = "What is shown")]
    processes: bool,
    /// One owner a socket, and no further search once each has one; implies -p
    #[arg(long, help_heading = "What is shown")]
    first_owner: bool,
    /// Timers; with a list such as local,peer,state these columns, with +timer,rtt these too (-o help lists them)
    #[arg(
        short = 'o',
        value_name = "COLUMNS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = TIMERS,
        help_heading = "What is shown"
    )]
    output: Option<String>,
    /// Timers, as -o alone
    #[arg(long, alias = "options", help_heading = "What is shown")]
    timers: bool,
    /// Columns, as -o; without a list, say which there are
    #[arg(
        long,
        value_name = "COLUMNS",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "help",
        conflicts_with = "output",
        help_heading = "What is shown"
    )]
    columns: Option<String>,
    /// User, inode and cookie
    #[arg(short, long, alias = "extend", help_heading = "What is shown")]
    extended: bool,
    /// Memory in use, its limits, and drops
    #[arg(short, long, help_heading = "What is shown")]
    memory: bool,
    /// What TCP knows of the connection: times, windows, what was sent and received
    #[arg(short, long, help_heading = "What is shown")]
    info: bool,
    /// One line a socket on a terminal too, however long
    #[arg(short = 'O', long, alias = "oneline", help_heading = "What is shown")]
    one_line: bool,
    /// Order by columns, such as state,-recvq; - puts the greatest first
    #[arg(long, value_name = "COLUMNS", allow_hyphen_values = true, help_heading = "What is shown")]
    sort: Option<String>,
    /// Leave out the line of headings
    #[arg(short = 'H', long, help_heading = "What is shown")]
    no_header: bool,
    /// How many sockets there are of each kind, family and state, instead of a list
    #[arg(
        short,
        long,
        conflicts_with_all = ["processes", "first_owner", "output", "columns", "timers", "extended", "memory", "info", "sort", "resolve", "csv"],
        help_heading = "What is shown"
    )]
    summary: bool,
    /// Print comma-separated values
    #[arg(long, conflicts_with = "json", help_heading = "Output")]
    csv: bool,
    /// Which of them, in the language of ss(8): state established '( sport = :80 or dst 10/8 )'
    #[arg(value_name = "FILTER")]
    filter: Vec<String>,
}

/// What `-o` without a list stands for: no column has this name.
const TIMERS: &str = "-";

/// An address family as ss and netstat call it.
#[derive(clap::ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
enum FamilyWord {
    /// IPv4
    Inet,
    /// IPv6
    Inet6,
    /// Unix domain
    Unix,
    /// Frames of interfaces
    Link,
    /// Netlink
    Netlink,
    /// Between a virtual machine and its host
    Vsock,
}

/// A listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct List {
    /// Which sockets.
    pub selection: Selection,
    /// In which other namespaces; none is the own alone.
    pub netns: Vec<Wanted>,
    /// Which of them.
    pub query: Query,
    /// Whether ports stay numbers.
    pub numeric: bool,
    /// Whether the names of hosts are asked for.
    pub resolve: bool,
    /// Whether owners are wanted, and which.
    pub owners: Option<WantedOwners>,
    /// What is shown of each.
    pub columns: Vec<Column>,
    /// In which order; none is that of a listing.
    pub sort: Vec<SortBy>,
    /// Whether a line of headings stands first.
    pub headings: bool,
    /// Whether each socket is one line, however long.
    pub one_line: bool,
    /// What becomes of them.
    pub form: Form,
}

/// What becomes of the sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A list, for people or as JSON.
    Lines,
    /// A list of comma-separated values.
    Csv,
    /// Counts.
    Summary,
}

/// Which owners are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WantedOwners {
    /// Every process that holds the socket: each must be looked into.
    All,
    /// Any one: the search ends when each socket has it.
    First,
}

impl List {
    /// Whether a column, or an order, needs this.
    pub fn needs(&self, needs: Needs) -> bool {
        self.columns.iter().copied().chain(self.sort.iter().map(|by| by.column)).any(|column| column.needs() == needs)
    }
}

/// Puts the list of columns that is a word of its own behind its `-o`: `-tano local,peer` becomes `-tano=local,peer`.
///
/// A word that is no list stays where it is: then `-o` means timers, as in ss and netstat.
pub(super) fn attach_columns(args: &[OsString]) -> Vec<OsString> {
    let mut attached: Vec<OsString> = Vec::with_capacity(args.len());
    let mut only_words = false;
    for arg in args {
        let list = arg.to_str().filter(|word| !only_words && columns::is_list(word));
        match (list, attached.last_mut()) {
            (Some(list), Some(option)) if takes_columns(option) => {
                option.push("=");
                option.push(list);
            }
            _ => attached.push(arg.clone()),
        }
        only_words |= arg == "--";
    }
    attached
}

/// `--columns`, or short options of which the last is `-o` and none takes what stands behind it.
fn takes_columns(option: &OsString) -> bool {
    let Some(option) = option.to_str() else { return false };
    if option == "--columns" {
        return true;
    }
    let letters = option.strip_prefix('-').and_then(|letters| letters.strip_suffix('o'));
    letters.is_some_and(|letters| {
        letters.chars().all(|letter| letter.is_ascii_alphanumeric() && !['A', 'f', 'N'].contains(&letter))
    })
}

impl ListArgs {
    /// The first word that is no option.
    pub(super) fn first_word(&self) -> Option<&str> {
        self.filter.first().map(String::as_str)
    }

    /// Checks the options.
    ///
    /// # Errors
    /// [`Exit`] if they are wrong, or ask for the list of columns.
    pub(super) fn job(self) -> Result<List, Exit> {
        let columns = self.columns()?;
        let sort = self.sort.as_deref().map(sort::parse).transpose().map_err(|fault| refused("--sort", &fault))?;
        let owners = match (self.first_owner, self.processes) {
            (true, _) => Some(WantedOwners::First),
            (false, true) => Some(WantedOwners::All),
            (false, false) => None,
        };
        let form = match (self.csv, self.summary) {
            (true, _) => Form::Csv,
            (_, true) => Form::Summary,
            _ => Form::Lines,
        };
        let mut list = List {
            selection: self.selection()?,
            netns: self.netns.iter().map(|word| namespace(word)).collect::<Result<_, _>>()?,
            query: filter::parse(&self.filter)?,
            numeric: self.numeric,
            resolve: self.resolve,
            owners,
            columns,
            sort: sort.unwrap_or_default(),
            headings: !self.no_header,
            one_line: self.one_line,
            form,
        };
        if list.owners.is_none() && list.needs(Needs::Owners) {
            list.owners = Some(WantedOwners::All);
        }
        list.selection.extensions = extensions(&list);
        Ok(list)
    }

    fn columns(&self) -> Result<Vec<Column>, Exit> {
        let mut default = Vec::new();
        if !self.netns.is_empty() {
            default.push(Column::Netns);
        }
        default.extend([Column::Proto, Column::State, Column::RecvQ, Column::SendQ, Column::Local, Column::Peer]);
        // The inodes of Unix-domain sockets, by which those are joined that have no names.
        if self.csv && self.unix {
            default.extend([Column::LocalPort, Column::PeerPort]);
        }
        let list = self.output.as_deref().or(self.columns.as_deref());
        let further = [
            (self.timers || list == Some(TIMERS), &[Column::Timer][..]),
            (self.extended, &[Column::User, Column::Inode, Column::Cookie]),
            (self.processes || self.first_owner, &[Column::Owner]),
            (self.memory, &[Column::Memory]),
            (self.info, &[Column::Info]),
        ];
        let further: Vec<Column> =
            further.into_iter().filter(|(wanted, _)| *wanted).flat_map(|(_, columns)| columns).copied().collect();
        default.extend(&further);
        match list.filter(|list| *list != TIMERS) {
            None => Ok(default),
            Some("help") => Err(super::text(columns::help())),
            Some(list) => {
                let mut columns = columns::parse(list, &default).map_err(|fault| refused("-o", &fault))?;
                // Each option adds what it says, also to a list.
                columns.extend(
                    further
                        .into_iter()
                        .filter(|column| !list.starts_with('+') && !columns.contains(column))
                        .collect::<Vec<_>>(),
                );
                Ok(columns)
            }
        }
    }

    fn selection(&self) -> Result<Selection, Exit> {
        let flags = [
            (self.tcp, Kinds::of(Kind::Tcp)),
            (self.udp, Kinds::of(Kind::Udp)),
            (self.udplite, Kinds::of(Kind::UdpLite)),
            (self.raw, Kinds::of(Kind::Raw)),
            (self.ping, Kinds::of(Kind::Ping)),
            (self.mptcp, Kinds::of(Kind::Mptcp)),
            (self.sctp, Kinds::of(Kind::Sctp)),
            (self.dccp, Kinds::of(Kind::Dccp)),
            (self.unix, Kinds::UNIX),
            (self.packet, Kinds::PACKET),
            (self.netlink, Kinds::NETLINK),
            (self.vsock, Kinds::VSOCK),
        ];
        let mut kinds =
            flags.into_iter().filter(|(wanted, _)| *wanted).fold(Kinds::NONE, |all, (_, kinds)| all | kinds);
        if let Some(query) = &self.query {
            for (word, span) in columns::words(query) {
                let place = query.get(..span.start).unwrap_or_default().chars().count() + 1;
                kinds |= kinds_named(word).map_err(|words| no_kind(place, &words).pointing(query, span))?;
            }
        }
        let (mut ipv4, mut ipv6) = (self.ipv4, self.ipv6);
        match self.family {
            Some(FamilyWord::Inet) => ipv4 = true,
            Some(FamilyWord::Inet6) => ipv6 = true,
            Some(FamilyWord::Unix) => kinds |= Kinds::UNIX,
            Some(FamilyWord::Link) => kinds |= Kinds::PACKET,
            Some(FamilyWord::Netlink) => kinds |= Kinds::NETLINK,
            Some(FamilyWord::Vsock) => kinds |= Kinds::VSOCK,
            None => {}
        }
        if kinds.is_empty() {
            // A summary of a part would pass for the whole.
            kinds = if self.summary { Kind::ALL.into_iter().collect() } else { Kinds::TCP_UDP };
        }
        let states = match (self.all, self.listening, self.bound) {
            (true, ..) => Which::All.mask(),
            (false, true, true) => Which::Listening.mask().union(StateMask::BOUND_INACTIVE),
            (false, true, false) => Which::Listening.mask(),
            (false, false, true) => StateMask::BOUND_INACTIVE,
            (false, false, false) if self.summary => Which::All.mask(),
            (false, false, false) => Which::Connections.mask(),
        };
        // What is asked for by its kind and can have no peer would never be there.
        let stateless = kinds.intersects(Kinds::STATELESS) && !self.bound;
        // Neither of a pair is both of it.
        Ok(Selection { ipv4: ipv4 || !ipv6, ipv6: ipv6 || !ipv4, states, stateless, ..Selection::new(kinds) })
    }
}

fn namespace(word: &str) -> Result<Wanted, Exit> {
    let nothing = || Failure::usage("--netns: no network namespace has an empty name").hint(netns::WANTED);
    Wanted::parse(word).ok_or_else(|| nothing().into())
}

fn no_kind(place: usize, words: &str) -> Failure {
    Failure::usage(format!("-A, column {place}: {words}"))
        .hint("tcp, udp, udplite, raw, ping, mptcp, sctp, dccp, inet, unix, packet, netlink, vsock or all")
}

/// The kinds that a word of `-A` stands for.
fn kinds_named(word: &str) -> Result<Kinds, String> {
    let inet = || Kind::ALL.into_iter().filter(|kind| kind.is_inet()).collect();
    Ok(match word {
        "all" => Kind::ALL.into_iter().collect(),
        "inet" => inet(),
        "ping" => Kinds::of(Kind::Ping),
        "unix" => Kinds::UNIX,
        "unix_stream" => Kinds::of(Kind::UnixStream),
        "unix_dgram" => Kinds::of(Kind::UnixDgram),
        "unix_seqpacket" => Kinds::of(Kind::UnixSeqpacket),
        "packet" => Kinds::PACKET,
        "packet_raw" => Kinds::of(Kind::PacketRaw),
        "packet_dgram" => Kinds::of(Kind::PacketDgram),
        "netlink" => Kinds::NETLINK,
        "vsock" => Kinds::VSOCK,
        "vsock_stream" => Kinds::of(Kind::VsockStream),
        "vsock_dgram" => Kinds::of(Kind::VsockDgram),
        other => match Kind::from_netid(other).filter(|kind| kind.netid() == other) {
            Some(kind) => Kinds::of(kind),
            None => {
                return Err(format!("no kind of socket is called {}", super::shown(other)));
            }
        },
    })
}

/// What must be asked for to fill the columns.
fn extensions(list: &List) -> Extensions {
    let needs = [
        (Needs::Info, Extensions::INFO | Extensions::CONG),
        (Needs::Congestion, Extensions::CONG),
        (Needs::Memory, Extensions::SKMEMINFO),
        (Needs::Tos, Extensions::TOS | Extensions::TCLASS),
        // Rows are kept whole where any extension is asked for: this one is short, and comes unasked.
        (Needs::Details, Extensions::SHUTDOWN),
        (Needs::Cgroups, Extensions::SHUTDOWN),
    ];
    let summary = if list.form == Form::Summary { Extensions::SKMEMINFO } else { Extensions::EMPTY };
    needs.into_iter().filter(|(needs, _)| list.needs(*needs)).fold(summary, |all, (_, extensions)| all | extensions)
}

fn refused(option: &str, fault: &UnknownColumn) -> Exit {
    let hint = match fault.meant() {
        Some(meant) => format!("{} is one; ports -o help lists them", meant.name()),
        None => "ports -o help lists them".to_owned(),
    };
    let message = format!("{option}, column {}: {fault}", fault.place());
    Failure::usage(message).hint(hint).pointing(&fault.list, fault.span.clone()).into()
}

#[cfg(test)]
mod tests;
