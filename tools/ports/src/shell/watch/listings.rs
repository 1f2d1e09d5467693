//! Which listings a watch asks for, and when each is due.
#![expect(clippy::disallowed_methods, reason = "the shell: reads the kernel's counters")]

use std::fs;

use sockeye_sys::sock_diag::{DumpError, Request, SockDiag, StateMask};
use sockeye_sys::{Family, Protocol, clock};

use super::{Setup, model, refused};
use crate::watch::notice::Micros;
use crate::watch::pace::Pace;
use crate::watch::timeline::{MOVING, SETTLED, Scope, Timeline};
use sockeye_cli::Failure;

/// Of a processor, how much each kind of listing may take: one part in so many. Together less than 4 %.
const LISTENERS_SHARE: u64 = 500;
const MOVING_SHARE: u64 = 80;
const SETTLED_SHARE: u64 = 80;
const WAITING_SHARE: u64 = 300;
const DATAGRAMS_SHARE: u64 = 300;
/// A listing that takes longer is not made while the kernel's counters say that nothing has been opened.
const DEAR: Micros = 1_000;
/// But once in so long it is, or less often where it would take more than one part in so many of a processor: it is only
/// for what is bound and nothing else.
const NOW_AND_THEN: Micros = 1_000_000;
const NOW_AND_THEN_SHARE: u64 = 200;

/// The counters of this network namespace.
const COUNTERS: &str = "/proc/thread-self/net/snmp";

/// One kind of listing.
#[derive(Debug)]
struct Listing {
    scope: Scope,
    pace: Pace,
    /// Whether the filter's program runs: who listens is to be known of every port.
    filtered: bool,
    /// What the last one took.
    cost: Micros,
    /// When it last began.
    began: Micros,
    /// How many connections had been opened then.
    opened: Option<u64>,
}

/// All of them.
#[derive(Debug)]
pub(super) struct Listings {
    all: Vec<Listing>,
    /// What the kernel leaves out of its listings.
    bytecode: Vec<u8>,
}

impl Listings {
    /// What `setup` asks for. TIME-WAIT is nothing to those who wait for the end only, and there may be very many. With
    /// trace events, only what these do not tell of need be listed so often as somebody asked for.
    pub(super) fn new(setup: &Setup, ends_only: bool, traces: bool, bytecode: Vec<u8>) -> Self {
        let interval = super::micros(setup.interval);
        let mut all = Vec::new();
        let mut add = |family, protocol, states, share, kept: bool| {
            all.push(Listing {
                scope: Scope { family, protocol, states },
                pace: Pace::new(interval, (!kept).then_some(share)),
                filtered: states != StateMask::LISTEN,
                cost: 0,
                began: 0,
                opened: None,
            });
        };
        if setup.tcp {
            let family = match (setup.ipv4, setup.ipv6) {
                (true, true) => Family::UNSPEC,
                (true, false) => Family::INET,
                _ => Family::INET6,
            };
            let kept = setup.interval_is_kept;
            add(family, Protocol::TCP, StateMask::LISTEN, LISTENERS_SHARE, kept);
            add(family, Protocol::TCP, MOVING, MOVING_SHARE, kept && !traces);
            add(family, Protocol::TCP, SETTLED, SETTLED_SHARE, kept && !traces);
            if !ends_only {
                add(family, Protocol::TCP, StateMask::TIME_WAIT, WAITING_SHARE, false);
            }
        }
        let connected_or_not = StateMask::ESTABLISHED.union(StateMask::CLOSED);
        for (wanted, family) in [(setup.ipv4, Family::INET), (setup.ipv6, Family::INET6)] {
            if setup.udp && wanted {
                add(family, Protocol::UDP, connected_or_not, DATAGRAMS_SHARE, setup.interval_is_kept);
            }
        }
        Self { all, bytecode }
    }

    /// When the next is due.
    pub(super) fn due(&self) -> Micros {
        self.all.iter().map(|listing| listing.pace.due()).min().unwrap_or(Micros::MAX)
    }

    /// Every one is due now: what was counted on did not come.
    pub(super) fn at_once(&mut self) {
        for listing in &mut self.all {
            listing.pace.at_once();
            listing.opened = None;
        }
    }

    /// How far apart they are now: those of the states that change soon, and those of all but TIME-WAIT.
    pub(super) fn resolution(&self) -> (Micros, Micros) {
        let lived = self.all.iter().filter(|listing| listing.scope.states != StateMask::TIME_WAIT);
        let moving = self.all.iter().filter(|listing| listing.scope.states == MOVING);
        let most = |apart: Option<Micros>| apart.unwrap_or(0);
        let all = most(lived.map(|listing| listing.pace.apart()).max());
        (moving.map(|listing| listing.pace.apart()).max().unwrap_or(all), all)
    }

    /// Whether sockets of this family and protocol are wanted.
    pub(super) fn has(&self, family: Family, protocol: Protocol) -> bool {
        self.all.iter().any(|listing| {
            listing.scope.protocol == protocol && [Family::UNSPEC, family].contains(&listing.scope.family)
        })
    }

    /// Makes those that are due.
    ///
    /// # Errors
    /// [`Failure`] if the kernel does not list TCP sockets.
    pub(super) fn run(&mut self, diag: &mut SockDiag, timeline: &mut Timeline) -> Result<(), Failure> {
        let now = clock::monotonic_us();
        let mut missing = Vec::new();
        // A connection that appears is to be known with its listener: those come first, and cost little.
        let tcp = |listing: &Listing| listing.scope.protocol == Protocol::TCP && listing.pace.due() <= now;
        let tcp_is_due = self.all.iter().any(tcp);
        for listing in &mut self.all {
            let is_due = listing.pace.due() <= now || (tcp_is_due && listing.scope.states == StateMask::LISTEN);
            if !is_due {
                continue;
            }
            if listing.can_be_put_off(now) {
                listing.pace.put_off(now);
                continue;
            }
            let bytecode = if listing.filtered { self.bytecode.clone() } else { Vec::new() };
            match listing.run(diag, timeline, bytecode) {
                Ok(()) => {}
                // A kernel without udp_diag still has TCP.
                Err(error) if error.is_unsupported() && listing.scope.protocol != Protocol::TCP => {
                    missing.push(listing.scope.protocol);
                }
                Err(error) => return Err(refused(&error)),
            }
        }
        self.all.retain(|listing| !missing.contains(&listing.scope.protocol));
        Ok(())
    }
}

impl Listing {
    /// Whether it would show nothing new: the kernel has opened no connection since the last one.
    fn can_be_put_off(&mut self, now: Micros) -> bool {
        if self.cost < DEAR || self.scope.states != SETTLED {
            return false;
        }
        let before = std::mem::replace(&mut self.opened, opened());
        let after = NOW_AND_THEN.max(self.cost.saturating_mul(NOW_AND_THEN_SHARE));
        before.is_some() && before == self.opened && now < self.began.saturating_add(after)
    }

    fn run(&mut self, diag: &mut SockDiag, timeline: &mut Timeline, bytecode: Vec<u8>) -> Result<(), DumpError> {
        let Scope { family, protocol, states } = self.scope;
        let request = Request { states, bytecode, ..Request::new(family, protocol) };
        let (started, before) = (clock::monotonic_us(), clock::thread_cpu_us());
        timeline.begin();
        let dumped = diag.dump(&request, &mut |row| timeline.row(model(row), started))?;
        timeline.end(&self.scope, dumped.interrupted, started, clock::monotonic_us());
        self.cost = clock::thread_cpu_us().saturating_sub(before);
        self.began = started;
        self.pace.ran(started, self.cost);
        Ok(())
    }
}

/// How many connections this network namespace has opened and accepted; `None` if the kernel does not say.
///
/// # Source
/// RFC 4022, tcpActiveOpens and tcpPassiveOpens; Linux, net/ipv4/proc.c.
fn opened() -> Option<u64> {
    let counters = fs::read_to_string(COUNTERS).ok()?;
    let mut lines = counters.lines().filter_map(|line| line.strip_prefix("Tcp: "));
    let (names, values) = (lines.next()?, lines.next()?);
    let wanted =
        names.split(' ').zip(values.split(' ')).filter(|(name, _)| ["ActiveOpens", "PassiveOpens"].contains(name));
    wanted.map(|(_, value)| value.parse::<u64>().ok()).sum()
}
