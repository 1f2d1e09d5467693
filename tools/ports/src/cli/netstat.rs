//! The command line of the `netstat` dialect.

mod help;
#[cfg(test)]
mod tests;

use std::time::Duration;

use sockeye_cli::escape::escape;
use sockeye_cli::{Exit, Failure, Invocation, Status};

use super::getopt::{self, Given, Known, switch, valued};
use super::{Job, Options, text};
use crate::kind::Kind;
use crate::selection::Which;

/// How netstat ends where the line is wrong.
const WRONG: Status = Status(3);
/// How it ends where it cannot do what is asked for.
const UNABLE: Status = Status(1);

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Netstat {
    /// What is to be printed.
    pub display: Display,
    /// Which tables of routes: `-F`, `-C`.
    pub tables: RouteTables,
    /// The kinds of Internet sockets that were asked for by name; none stands for all of them.
    pub kinds: Vec<Kind>,
    /// Whether IPv4 was asked for.
    pub ipv4: bool,
    /// Whether IPv6 was asked for.
    pub ipv6: bool,
    /// Whether Unix-domain sockets were asked for.
    pub unix: bool,
    /// In which states.
    pub which: Which,
    /// What is shown of each.
    pub detail: Detail,
    /// Print it again after this time, for ever.
    pub every: Option<Duration>,
    /// What stands on the line and is no option. netstat takes no notice of it.
    pub operands: Vec<String>,
}

/// The tables of routes that are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RouteTables {
    /// `-F`: the routes themselves; without `-C`, always.
    pub routes: bool,
    /// `-C`: the cache, which is empty since Linux 3.6.
    pub cache: bool,
    /// `-6` stands before `-4`, so that its tables do.
    pub ipv6_first: bool,
}

/// What netstat prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Display {
    /// Sockets.
    Sockets,
    /// `-r`: routes.
    Routes,
    /// `-i`: interfaces.
    Interfaces,
    /// `-g`: multicast groups.
    Groups,
    /// `-s`: counters.
    Statistics,
}

/// What is shown of a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Detail {
    /// `-n`, `--numeric-hosts`: addresses as numbers.
    pub numeric_hosts: bool,
    /// `-n`, `--numeric-ports`: ports as numbers.
    pub numeric_ports: bool,
    /// `-n`, `--numeric-users`: users as numbers.
    pub numeric_users: bool,
    /// `-e`: how often it was given.
    pub extended: u8,
    /// `-p`: who holds a socket.
    pub programs: bool,
    /// `-o`: timers.
    pub timers: bool,
    /// `-W`: nothing is cut short.
    pub wide: bool,
    /// `-v`: what this kernel does not list is named.
    pub verbose: bool,
}

impl Netstat {
    /// Whether Internet sockets are listed: unless only others were asked for.
    pub fn wants_internet(&self) -> bool {
        !self.kinds.is_empty() || self.ipv4 || self.ipv6 || !self.unix
    }

    /// Whether Unix-domain sockets are listed: if they, or nothing at all, were asked for.
    pub fn wants_unix(&self) -> bool {
        self.unix || (self.kinds.is_empty() && !self.ipv4 && !self.ipv6)
    }

    /// Which families: neither named is both of them.
    pub fn families(&self) -> (bool, bool) {
        (self.ipv4 || !self.ipv6, self.ipv6 || !self.ipv4)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Does {
    Help,
    Version,
    Display(Display),
    Groups,
    Kind(Kind),
    Ipv4,
    Ipv6,
    Unix,
    Family,
    Unsupported(&'static str),
    Masquerade,
    Cache,
    Fib,
    Context,
    Symbolic,
    Verbose,
    Wide,
    Numeric,
    NumericHosts,
    NumericPorts,
    NumericUsers,
    Extend,
    Programs,
    Timers,
    Continuous,
    Listening,
    All,
}

/// Every option of net-tools 2.10.
const KNOWN: &[Known<Does>] = &[
    switch(Does::Version, 'V', "version"),
    switch(Does::Help, 'h', "help"),
    switch(Does::Display(Display::Routes), 'r', "route"),
    switch(Does::Display(Display::Interfaces), 'i', "interfaces"),
    switch(Does::Groups, 'g', "groups"),
    switch(Does::Display(Display::Statistics), 's', "statistics"),
    switch(Does::Masquerade, 'M', "masquerade"),
    switch(Does::Kind(Kind::Tcp), 't', "tcp"),
    switch(Does::Kind(Kind::Udp), 'u', "udp"),
    switch(Does::Kind(Kind::UdpLite), 'U', "udplite"),
    switch(Does::Kind(Kind::Sctp), 'S', "sctp"),
    switch(Does::Kind(Kind::Raw), 'w', "raw"),
    switch(Does::Unix, 'x', "unix"),
    switch(Does::Ipv4, '4', "inet"),
    switch(Does::Ipv4, ' ', "ip"),
    switch(Does::Ipv4, ' ', "tcpip"),
    switch(Does::Ipv6, '6', "inet6"),
    valued(Does::Family, 'A', "protocol"),
    switch(Does::Unsupported("ax25"), ' ', "ax25"),
    switch(Does::Unsupported("ipx"), ' ', "ipx"),
    switch(Does::Unsupported("netrom"), ' ', "netrom"),
    switch(Does::Unsupported("rose"), ' ', "rose"),
    switch(Does::Unsupported("x25"), ' ', "x25"),
    switch(Does::Unsupported("ddp"), ' ', "ddp"),
    switch(Does::Unsupported("l2cap"), '2', "l2cap"),
    switch(Does::Unsupported("rfcomm"), 'f', "rfcomm"),
    switch(Does::Unsupported("bluetooth"), ' ', "bluetooth"),
    switch(Does::Unsupported("ddp"), ' ', "appletalk"),
    switch(Does::Listening, 'l', "listening"),
    switch(Does::All, 'a', "all"),
    switch(Does::Programs, 'p', "programs"),
    switch(Does::Extend, 'e', "extend"),
    switch(Does::Timers, 'o', "timers"),
    switch(Does::Numeric, 'n', "numeric"),
    switch(Does::NumericHosts, ' ', "numeric-hosts"),
    switch(Does::NumericPorts, ' ', "numeric-ports"),
    switch(Does::NumericUsers, ' ', "numeric-users"),
    switch(Does::Symbolic, 'N', "symbolic"),
    switch(Does::Wide, 'W', "wide"),
    switch(Does::Verbose, 'v', "verbose"),
    switch(Does::Continuous, 'c', "continuous"),
    switch(Does::Fib, 'F', "fib"),
    switch(Does::Cache, 'C', "cache"),
    switch(Does::Context, 'Z', "context"),
];

/// Reads a line of the dialect.
///
/// # Errors
/// [`Exit`] if the run ends here.
pub(super) fn parse(invocation: &Invocation) -> Result<Options, Exit> {
    let line = getopt::read(&invocation.args, KNOWN).map_err(wrong)?;
    let mut draft = Draft::default();
    line.given.into_iter().try_for_each(|given| draft.take(given))?;
    let job = draft.finish(line.operands)?;
    Ok(Options { presentation: line.presentation, job: Job::Netstat(Box::new(job)) })
}

fn wrong(message: impl Into<String>) -> Exit {
    Failure::new(WRONG, message).hint("see netstat --help").into()
}

fn unable(message: impl Into<String>) -> Exit {
    Failure::new(UNABLE, message).into()
}

#[derive(Default)]
struct Draft {
    display: Option<Display>,
    groups: bool,
    fib: bool,
    cache: bool,
    kinds: Vec<Kind>,
    ipv4: bool,
    ipv6: bool,
    ipv6_first: bool,
    unix: bool,
    listening: bool,
    all: bool,
    symbolic: bool,
    detail: Detail,
    continuous: bool,
}

impl Draft {
    fn take(&mut self, Given { does, value }: Given<Does>) -> Result<(), Exit> {
        let detail = &mut self.detail;
        match does {
            Does::Help => return Err(text(help::text())),
            Does::Version => return Err(text(help::version())),
            Does::Display(_) if self.display.is_some() => {
                return Err(wrong("only one of -r, -i and -s can be printed, and once"));
            }
            Does::Display(display) => self.display = Some(display),
            Does::Groups => self.groups = true,
            Does::Kind(kind) if self.kinds.contains(&kind) => {}
            Does::Kind(kind) => self.kinds.push(kind),
            Does::Ipv4 => self.ipv4 = true,
            Does::Ipv6 => self.add_ipv6(),
            Does::Unix => self.unix = true,
            Does::Family => return value.split(',').try_for_each(|name| self.family(name)),
            Does::Unsupported(family) => {
                return Err(unable(format!("{family}: sockets of this family are not listed")));
            }
            Does::Masquerade => {
                return Err(unable(
                    "Linux lists masqueraded connections no more: see conntrack -L, or nft list ruleset",
                ));
            }
            Does::Cache => self.cache = true,
            Does::Fib => self.fib = true,
            // netstat says the same where there is no SELinux, which this one does not know at all.
            Does::Context => return Err(unable("SELinux contexts are not shown")),
            Does::Symbolic => self.symbolic = true,
            Does::Verbose => detail.verbose = true,
            Does::Wide => detail.wide = true,
            Does::Numeric => {
                (detail.numeric_hosts, detail.numeric_ports, detail.numeric_users) = (true, true, true);
            }
            Does::NumericHosts => detail.numeric_hosts = true,
            Does::NumericPorts => detail.numeric_ports = true,
            Does::NumericUsers => detail.numeric_users = true,
            Does::Extend => detail.extended = detail.extended.saturating_add(1),
            Does::Programs => detail.programs = true,
            Does::Timers => detail.timers = true,
            Does::Continuous => self.continuous = true,
            Does::Listening => self.listening = true,
            Does::All => self.all = true,
        }
        Ok(())
    }

    fn add_ipv6(&mut self) {
        self.ipv6_first |= !self.ipv4;
        self.ipv6 = true;
    }

    /// One name behind `-A`.
    fn family(&mut self, name: &str) -> Result<(), Exit> {
        match name {
            "inet" | "ip" | "tcpip" => self.ipv4 = true,
            "inet6" | "ip6" => self.add_ipv6(),
            "unix" => self.unix = true,
            _ => {
                let shown = escape(name);
                return Err(unable(format!("unknown address family '{shown}': inet, inet6 or unix")));
            }
        }
        Ok(())
    }

    fn finish(self, mut operands: Vec<String>) -> Result<Netstat, Exit> {
        let Self { display, groups, fib, cache, kinds, ipv4, ipv6, ipv6_first, unix, .. } = self;
        let Self { listening, all, symbolic, mut detail, continuous, .. } = self;
        let every = if continuous { Some(delay(&mut operands)?) } else { None };
        let which = match (all, listening) {
            (true, _) => Which::All,
            (false, true) => Which::Listening,
            (false, false) => Which::Connections,
        };
        // Beside another table, netstat forgets -g.
        let display = display.unwrap_or(if groups { Display::Groups } else { Display::Sockets });
        // netstat takes -N for no names of hosts there, and for nothing elsewhere.
        detail.numeric_hosts |= symbolic && display == Display::Routes;
        if display == Display::Routes && unix {
            return Err(wrong("unix: no routes lead to this family"));
        }
        let tables = RouteTables { routes: fib || !cache, cache, ipv6_first };
        Ok(Netstat { display, tables, kinds, ipv4, ipv6, unix, which, detail, every, operands })
    }
}

/// How long `-c` waits: a second, or as many as a number on the line says.
fn delay(operands: &mut Vec<String>) -> Result<Duration, Exit> {
    let number = operands.first().and_then(|operand| operand.parse::<u32>().ok());
    match number {
        Some(0) => Err(wrong("-c 0: wait at least one second")),
        Some(seconds) => {
            operands.remove(0);
            Ok(Duration::from_secs(seconds.into()))
        }
        None => Ok(Duration::from_secs(1)),
    }
}
