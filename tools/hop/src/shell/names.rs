//! Names: that of the host, and on request those of routers.

use std::collections::HashMap;
use std::net::{IpAddr, SocketAddr};

use sockeye_cli::Failure;
use sockeye_cli::escape::escape;
use sockeye_sys::addrinfo::{self, Hints};
use sockeye_sys::nameinfo::{NiFlags, nameinfo};
use sockeye_sys::{Family as AddressFamily, SockType};

use crate::explain::Event;
use crate::options::{Common, Family};
use crate::show;

/// The first address of the host in the family that was asked for, or that of the source address.
pub(super) fn resolve(common: &Common) -> Result<(SocketAddr, Vec<Event>), Failure> {
    let family = match common.family.or(common.source.map(Family::of)) {
        Some(Family::Ipv4) => AddressFamily::INET,
        Some(Family::Ipv6) => AddressFamily::INET6,
        None => AddressFamily::UNSPEC,
    };
    let hints = Hints { family, socktype: SockType::DGRAM, ..Hints::default() };
    let entries =
        addrinfo::lookup(Some(&common.host), None, &hints).map_err(|error| no_address(common, &error.to_string()))?;
    let first = entries.first().ok_or_else(|| Failure::network(format!("{}: no address", escape(&common.host))))?;
    let mut events = Vec::new();
    if common.host.parse::<IpAddr>().is_err() {
        let addrs = entries.iter().map(|entry| entry.addr.ip()).collect();
        events.push(Event::Resolved { host: common.host.clone(), addrs });
    }
    // The kernel takes "no address" as this host, and answers from the loopback address.
    let mut target = first.addr;
    // An IPv4 address in the notation of IPv6 is one of IPv4: no packet of IPv6 goes there.
    let plain = target.ip().to_canonical();
    if plain.is_ipv4() && family == AddressFamily::INET6 {
        return Err(Failure::network(format!("{}: stands for {plain}, which no IPv6 goes to", escape(&common.host))));
    }
    target.set_ip(show::loopback_for_none(plain));
    Ok((target, events))
}

fn no_address(common: &Common, error: &str) -> Failure {
    if common.host.is_empty() {
        return Failure::usage("the host is an empty text");
    }
    let failure = Failure::network(format!("{}: {error}", escape(&common.host)));
    match common.source {
        Some(source) => failure.hint(format!("the source {source} wants {}", Family::of(source).name())),
        None => failure,
    }
}

/// The names of addresses, each asked for once.
#[derive(Debug, Default)]
pub(super) struct Names {
    wanted: bool,
    known: HashMap<IpAddr, Option<String>>,
}

impl Names {
    pub(super) fn new(wanted: bool) -> Self {
        Self { wanted, known: HashMap::new() }
    }

    /// The name of `addr`, if names are wanted and it has one.
    pub(super) fn of(&mut self, addr: IpAddr) -> Option<String> {
        if !self.wanted {
            return None;
        }
        let ask = || nameinfo(&SocketAddr::new(addr, 0), NiFlags::NAMEREQD).ok().map(|info| info.host);
        self.known.entry(addr).or_insert_with(ask).clone()
    }
}
