//! The command line of the `ss` dialect.

mod help;

use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure, Invocation, Status};
use sockeye_sys::sock_diag::StateMask;

use super::getopt::{self, Given, Known, switch, valued};
use super::{Job, Options, text};
use crate::ss::tables::{Choice, Families, Tables};

/// How ss ends where the line is wrong.
const WRONG: Status = Status(255);

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ss {
    /// Which sockets, as far as options say.
    pub choice: Choice,
    /// The states that `-a`, `-l` or `-B` ask for; none if none of them is given.
    pub states: StateMask,
    /// What is shown of each.
    pub show: Show,
    /// What is to be done.
    pub action: Action,
    /// Look into this namespace.
    pub namespace: Option<String>,
    /// The words of the filter on the line.
    pub filter: Vec<String>,
    /// The file with more of them; `-` is standard input.
    pub filter_file: Option<String>,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// List sockets.
    List,
    /// Print how many there are; list them too if any were chosen.
    Summary,
    /// Print each as it is destroyed.
    Events,
    /// Destroy them, and print those that were.
    Kill,
    /// Write what the kernel said to this file; `-` is standard output.
    Dump(String),
}

/// What is shown of a socket.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Show {
    /// `-n`: ports and protocols as numbers, and bandwidth exactly.
    pub numeric: bool,
    /// `-r`: names of hosts.
    pub resolve: bool,
    /// `-o`: timers.
    pub timers: bool,
    /// `-e`: user, inode, cookie and more.
    pub extended: bool,
    /// `-m`: memory.
    pub memory: bool,
    /// `-p`: who holds it.
    pub processes: bool,
    /// `-T`: which threads.
    pub threads: bool,
    /// `-i`: what TCP knows.
    pub info: bool,
    /// `--tos`: type of service, class, priority.
    pub tos: bool,
    /// `--cgroup`: the control group.
    pub cgroup: bool,
    /// `--inet-sockopt`: options of the socket.
    pub sockopt: bool,
    /// `-b`: the classic BPF filter of a packet socket.
    pub bpf: bool,
    /// `-O`: all of a socket on one line.
    pub oneline: bool,
    /// `-H`: no headings.
    pub no_header: bool,
    /// `-Q`: no queues.
    pub no_queues: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Help,
    Version,
    Numeric,
    Resolve,
    All,
    Listening,
    BoundInactive,
    Options,
    Extended,
    Memory,
    Processes,
    Threads,
    Info,
    TipcInfo,
    Summary,
    Tos,
    Cgroup,
    Bpf,
    Events,
    Context,
    Net,
    Table(Tables),
    Family(Families),
    FamilyNamed,
    Kill,
    NoHeader,
    NoQueues,
    Oneline,
    SockOpt,
    Query,
    Dump,
    Filter,
}

/// Every option of ss 6.1, and two of 7.1.
const KNOWN: &[Known<Does>] = &[
    switch(Does::Help, 'h', "help"),
    switch(Does::Version, 'V', "version"),
    switch(Does::Version, 'v', "version"),
    switch(Does::Numeric, 'n', "numeric"),
    switch(Does::Resolve, 'r', "resolve"),
    switch(Does::All, 'a', "all"),
    switch(Does::Listening, 'l', "listening"),
    switch(Does::BoundInactive, 'B', "bound-inactive"),
    switch(Does::Options, 'o', "options"),
    switch(Does::Extended, 'e', "extended"),
    switch(Does::Memory, 'm', "memory"),
    switch(Does::Processes, 'p', "processes"),
    switch(Does::Threads, 'T', "threads"),
    switch(Does::Info, 'i', "info"),
    switch(Does::TipcInfo, ' ', "tipcinfo"),
    switch(Does::Summary, 's', "summary"),
    switch(Does::Tos, ' ', "tos"),
    switch(Does::Cgroup, ' ', "cgroup"),
    switch(Does::Bpf, 'b', "bpf"),
    switch(Does::Events, 'E', "events"),
    switch(Does::Context, 'Z', "context"),
    switch(Does::Context, 'z', "contexts"),
    valued(Does::Net, 'N', "net"),
    switch(Does::Family(Families::INET), '4', "ipv4"),
    switch(Does::Family(Families::INET6), '6', "ipv6"),
    switch(Does::Family(Families::PACKET), '0', "packet"),
    switch(Does::Table(Tables::TCP), 't', "tcp"),
    switch(Does::Table(Tables::MPTCP), 'M', "mptcp"),
    switch(Does::Table(Tables::SCTP), 'S', "sctp"),
    switch(Does::Table(Tables::UDP), 'u', "udp"),
    switch(Does::Table(Tables::DCCP), 'd', "dccp"),
    switch(Does::Table(Tables::RAW), 'w', "raw"),
    switch(Does::Family(Families::UNIX), 'x', "unix"),
    switch(Does::Family(Families::TIPC), ' ', "tipc"),
    switch(Does::Family(Families::VSOCK), ' ', "vsock"),
    switch(Does::Family(Families::XDP), ' ', "xdp"),
    valued(Does::FamilyNamed, 'f', "family"),
    switch(Does::Kill, 'K', "kill"),
    switch(Does::NoHeader, 'H', "no-header"),
    switch(Does::NoQueues, 'Q', "no-queues"),
    switch(Does::Oneline, 'O', "oneline"),
    switch(Does::SockOpt, ' ', "inet-sockopt"),
    valued(Does::Query, 'A', "query"),
    valued(Does::Query, ' ', "socket"),
    valued(Does::Dump, 'D', "diag"),
    valued(Does::Filter, 'F', "filter"),
];

/// Reads a line of the dialect.
///
/// # Errors
/// [`Exit`] if the run ends here.
pub(super) fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let line = getopt::read(&invocation.args, KNOWN).map_err(wrong)?;
    let mut draft = Draft::default();
    line.given.into_iter().try_for_each(|given| draft.take(given))?;
    let job = Ss { filter: line.operands, ..draft.0 };
    Ok(Options { presentation: line.presentation, job: Job::Ss(Box::new(job)) })
}

fn wrong(message: impl Into<String>) -> Exit {
    Failure::new(WRONG, message).hint("see ss --help").into()
}

struct Draft(Ss);

impl Default for Draft {
    fn default() -> Self {
        let job = Ss {
            choice: Choice::default(),
            states: StateMask::EMPTY,
            show: Show::default(),
            action: Action::List,
            namespace: None,
            filter: Vec::new(),
            filter_file: None,
        };
        Self(job)
    }
}

impl Draft {
    fn take(&mut self, Given { does, value }: Given<Does>) -> Result<(), Exit> {
        let Self(job) = self;
        let show = &mut job.show;
        match does {
            Does::Help => return Err(text(help::text())),
            Does::Version => return Err(text(help::version())),
            Does::Numeric => show.numeric = true,
            Does::Resolve => show.resolve = true,
            Does::All => job.states = StateMask::ALL,
            Does::Listening => job.states = StateMask::LISTEN | StateMask::CLOSED,
            Does::BoundInactive => job.states = StateMask::BOUND_INACTIVE,
            Does::Options => show.timers = true,
            Does::Extended => (show.timers, show.extended) = (true, true),
            Does::Memory => show.memory = true,
            Does::Processes => show.processes = true,
            Does::Threads => (show.processes, show.threads) = (true, true),
            Does::Info => show.info = true,
            // There is nothing of TIPC to show.
            Does::TipcInfo => {}
            Does::Summary => job.action = Action::Summary,
            Does::Tos => show.tos = true,
            Does::Cgroup => show.cgroup = true,
            Does::Bpf => (show.timers, show.bpf) = (true, true),
            Does::Events => job.action = Action::Events,
            // ss says the same and ends so where there is no SELinux, which this one does not know at all.
            Does::Context => return Err(Failure::new(Status(1), "SELinux contexts are not shown").into()),
            Does::Net => job.namespace = Some(value),
            Does::Table(table) => job.choice.add_tables(table),
            Does::Family(family) => job.choice.add_families(family),
            Does::FamilyNamed => job.choice.add_families(family(&value)?),
            Does::Kill => job.action = Action::Kill,
            Does::NoHeader => show.no_header = true,
            Does::NoQueues => show.no_queues = true,
            Does::Oneline => show.oneline = true,
            Does::SockOpt => show.sockopt = true,
            Does::Query => query(&mut job.choice, &value)?,
            Does::Dump => job.action = Action::Dump(value),
            Does::Filter if job.filter_file.is_some() => return Err(wrong("more than one filter file")),
            Does::Filter => job.filter_file = Some(value),
        }
        Ok(())
    }
}

fn family(name: &str) -> Result<Families, Exit> {
    if name == "help" {
        return Err(text(help::text()));
    }
    Families::named(name).ok_or_else(|| {
        let shown = escape(name);
        wrong(format!("\"{shown}\" is an invalid family: inet, inet6, link, unix, netlink, vsock, tipc or xdp"))
    })
}

/// `-A tcp,udp`, `-A 'all,!tcp'`.
fn query(choice: &mut Choice, words: &str) -> Result<(), Exit> {
    choice.query();
    for word in words.split(',') {
        let (name, wanted) = word.strip_prefix('!').map_or((word, true), |name| (name, false));
        let tables = Tables::named(name).ok_or_else(|| {
            let shown = escape(name);
            wrong(format!("\"{shown}\" is an illegal socket table: all, inet, tcp, udp, unix, packet and so on"))
        })?;
        if wanted {
            choice.add_tables(tables);
        } else {
            choice.remove_tables(tables);
        }
    }
    Ok(())
}
