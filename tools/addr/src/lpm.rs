//! `addr lpm`: which route of a table a packet takes, and why not the others.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::fmt::Write as _;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::addr::IpText;
use sockeye_common::prefix::Prefix;

use crate::bits;
use crate::cli::Lpm;
use crate::explain::Event;
use crate::given::parse_ip;
use crate::plan::{wrong, wrong_line};
use crate::route::{self, Route, Table};
use crate::shell::Lines;

/// A table that is looked up by destination: one search, and then from each network to the one around it.
#[derive(Debug)]
pub struct Index {
    /// Sorted by destination, what is larger before what is in it; then by metric, and then by line.
    routes: Vec<Route>,
    /// Of the first route to each destination: where it stands, and which of these is the destination around it.
    destinations: Vec<Destination>,
    /// Where in these to search for an IPv4 address that begins with certain bits, and for an IPv6 address.
    buckets: [Buckets; 2],
}

/// The parts of a sorted list by the first bits of addresses, so that a search needs not go through all of a large table.
#[derive(Debug, Default)]
struct Buckets {
    /// For each value of the first bits the place of the first destination with these or higher ones; one more at the end. None
    /// for a table that is small.
    starts: Vec<usize>,
}

/// A destination of some routes.
#[derive(Clone, Copy, Debug)]
struct Destination {
    prefix: Prefix,
    /// The first of its routes.
    start: usize,
    /// The smallest destination that has all of this one.
    around: Option<usize>,
}

impl Buckets {
    /// How many first bits.
    const BITS: u8 = 16;
    /// With fewer destinations a search of all is as fast.
    const WORTH_IT: usize = 4096;

    /// Those of the family of `family`, of a sorted list.
    fn new(destinations: &[Destination], family: IpAddr) -> Self {
        if destinations.len() < Self::WORTH_IT {
            return Self::default();
        }
        let before = |of: &Destination| of.prefix.first().is_ipv4() && family.is_ipv6();
        let mut next = destinations.partition_point(before);
        let own = |of: &&Destination| of.prefix.first().is_ipv4() == family.is_ipv4();
        let mut starts = Vec::with_capacity((1 << Self::BITS) + 1);
        for bits in 0..1_u128 << Self::BITS {
            starts.push(next);
            let rest = destinations.get(next..).unwrap_or_default().iter().take_while(own);
            next += rest.take_while(|of| Self::first_bits(of.prefix.first()) == bits).count();
        }
        starts.push(next);
        Self { starts }
    }

    fn first_bits(addr: IpAddr) -> u128 {
        bits::number(addr) >> (bits::width(addr) - Self::BITS)
    }

    /// Between which places the destinations are that begin with the same bits as `addr`.
    fn around(&self, addr: IpAddr, all: usize) -> Range<usize> {
        let bucket = usize::try_from(Self::first_bits(addr)).unwrap_or(usize::MAX);
        match (self.starts.get(bucket), self.starts.get(bucket.saturating_add(1))) {
            (Some(start), Some(end)) => *start..*end,
            _ => 0..all,
        }
    }
}

impl Index {
    /// Makes a table ready.
    pub fn new(mut routes: Vec<Route>) -> Self {
        // Of one destination the lowest metric wins, and then the line that came first.
        routes.sort_unstable_by_key(|route| (route.prefix, route.metric, route.line));
        let mut destinations: Vec<Destination> = Vec::new();
        let mut open: Vec<(usize, Prefix)> = Vec::new();
        for (start, route) in routes.iter().enumerate() {
            let prefix = route.prefix;
            if destinations.last().is_some_and(|before| before.prefix == prefix) {
                continue;
            }
            while open.pop_if(|(_, larger)| !larger.covers(prefix)).is_some() {}
            let around = open.last().map(|(index, _)| *index);
            open.push((destinations.len(), prefix));
            destinations.push(Destination { prefix, start, around });
        }
        let family = |addr| Buckets::new(&destinations, addr);
        let buckets = [family(Ipv4Addr::UNSPECIFIED.into()), family(Ipv6Addr::UNSPECIFIED.into())];
        Self { routes, destinations, buckets }
    }

    /// The routes that match, the one that wins first.
    ///
    /// Every destination with the address begins no later than it does, and holds what begins between the two: so the last that begins
    /// no later is in all of them.
    pub fn matches(&self, addr: IpAddr) -> impl Iterator<Item = &Route> {
        let host = Prefix::host(addr);
        let [v4, v6] = &self.buckets;
        let near = if addr.is_ipv4() { v4 } else { v6 }.around(addr, self.destinations.len());
        let among = self.destinations.get(near.clone()).unwrap_or_default();
        let last = (near.start + among.partition_point(|destination| destination.prefix <= host)).checked_sub(1);
        let from_inside = std::iter::successors(last, |index| self.destinations.get(*index)?.around);
        let found = from_inside.filter_map(move |index| {
            let Destination { prefix, start, .. } = self.destinations.get(index)?;
            let end = self.destinations.get(index + 1).map_or(self.routes.len(), |next| next.start);
            self.routes.get(*start..end).filter(|_| prefix.contains(addr))
        });
        found.flatten()
    }
}

/// What becomes of one address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Report<'a> {
    /// The address.
    address: String,
    /// The route that wins; `None` if none matches.
    winner: Option<&'a Route>,
    /// Why the packet is not sent though a route wins: unreachable, prohibit, blackhole or throw.
    refused: Option<&'static str>,
    /// Whether that is the default route.
    default_route: bool,
    /// The others that match, with what they lose by.
    losers: Vec<Loser<'a>>,
    /// How many routes the table has.
    routes_total: usize,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Loser<'a> {
    #[serde(flatten)]
    route: &'a Route,
    /// Why it does not win.
    why: String,
}

/// Looks addresses up.
///
/// # Errors
/// [`Failure`] with the status of the first address that has no route, or of the first fault.
pub fn run(job: &Lpm, output: &mut Output<'_>) -> Result<Status, Failure> {
    let mut failed = None;
    let index = Index::new(read(job, &mut failed, output)?);
    for text in &job.addresses {
        let addr = parse_ip(text).map_err(|fault| wrong(text, &fault))?;
        look(addr, &index, &mut failed, output)?;
    }
    for file in &job.files {
        let mut lines = Lines::open(file)?;
        let name = lines.name.clone();
        while let Some((number, line)) = lines.next_line()? {
            match parse_ip(&String::from_utf8_lossy(line)) {
                Ok(addr) => look(addr, &index, &mut failed, output)?,
                Err(fault) => {
                    output.failure(&wrong_line(&name, number, line, &fault));
                    failed.get_or_insert(Status::USAGE);
                }
            }
        }
    }
    failed.map_or(Ok(Status::YES), |status| Err(Failure::Silent(status)))
}

/// The table. A line of it that is none is told of, and the others count.
fn read(job: &Lpm, failed: &mut Option<Status>, output: &mut Output<'_>) -> Result<Vec<Route>, Failure> {
    let mut table = Table::default();
    for (text, number) in job.routes.iter().zip(1..) {
        if text.split_once('=').is_none_or(|(_, via)| via.trim().is_empty()) {
            let failure = Failure::usage(format!("--route \"{}\": it does not say where to", escape(text)));
            return Err(failure.hint("as in --route 10.0.0.0/8=192.0.2.1"));
        }
        table.push(
            route::parse_option(text, number).map_err(|fault| wrong(text.split('=').next().unwrap_or(text), &fault))?,
        );
    }
    if let Some(path) = &job.table {
        let mut lines = Lines::open(path)?;
        let name = lines.name.clone();
        while let Some((number, line)) = lines.next_line()? {
            let text = String::from_utf8_lossy(line);
            match route::parse(&text, number) {
                Ok(line) => table.push(line),
                Err(fault) => {
                    let dest = text.split_whitespace().next().unwrap_or_default();
                    output.failure(&wrong_line(&name, number, dest.as_bytes(), &fault));
                    failed.get_or_insert(Status::USAGE);
                }
            }
        }
    }
    Ok(table.finish())
}

fn look(addr: IpAddr, index: &Index, failed: &mut Option<Status>, output: &mut Output<'_>) -> Result<(), Failure> {
    if output.is_explained() {
        let mut routes: Vec<&Route> =
            index.routes.iter().filter(|route| route.prefix.first().is_ipv4() == addr.is_ipv4()).collect();
        routes.sort_by_key(|route| (std::cmp::Reverse(route.prefix.length()), route.line));
        output.event(&Event::looked_up(addr))?;
        for route in routes {
            output.event(&Event::compared(addr, route.prefix))?;
        }
    }
    let report = report(addr, index);
    if report.winner.is_none() || report.refused.is_some() {
        failed.get_or_insert(Status::NO);
    }
    output.result(&report)
}

fn report(addr: IpAddr, index: &Index) -> Report<'_> {
    // What is not for an ordinary packet comes last, and before that the tables come in the order in which the kernel asks them.
    let mut matches: Vec<&Route> = index.matches(addr).collect();
    matches.sort_by_key(|route| (route.aside.is_some(), route.table));
    let mut ordinary = matches.iter().copied().filter(|route| route.aside.is_none());
    let mut winner = ordinary.next();
    // One that throws leaves the search to the next table, if that has any.
    while let Some(thrown) = winner.filter(|route| route.throws())
        && let Some(next) = ordinary.find(|route| route.table > thrown.table)
    {
        winner = Some(next);
    }
    let others = matches.into_iter().filter(|route| winner.is_none_or(|winner| winner.line != route.line));
    let losers = others.map(|route| Loser { route, why: why(route, winner) }).collect();
    Report {
        address: IpText(addr).to_string(),
        losers,
        refused: winner.and_then(Route::refusal),
        default_route: winner.is_some_and(|winner| winner.prefix.length() == 0),
        winner,
        routes_total: index.routes.len(),
    }
}

fn why(route: &Route, winner: Option<&Route>) -> String {
    if let Some(aside) = &route.aside {
        return aside.clone();
    }
    // Without a winner all others are set aside.
    let Some(winner) = winner else { return String::new() };
    match route.table.cmp(&winner.table) {
        Ordering::Greater => return "in a table that is asked later".to_owned(),
        Ordering::Less if route.throws() => return "ends the search of its table: the next one is asked".to_owned(),
        Ordering::Less => return "in a table whose search has ended".to_owned(),
        Ordering::Equal => {}
    }
    let shorter = winner.prefix.length().saturating_sub(route.prefix.length());
    match shorter {
        0 if route.metric > winner.metric => {
            format!("the same prefix, and metric {} > {}", route.metric, winner.metric)
        }
        0 => format!("the same prefix and metric: line {} came first", winner.line),
        1 => format!("1 bit shorter than /{}", winner.prefix.length()),
        bits => format!("{bits} bits shorter than /{}", winner.prefix.length()),
    }
}

impl Render for Report<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Some(winner) = &self.winner else {
            let bad = text.paint(Role::Bad, "no route");
            let what = if self.losers.is_empty() { "matches" } else { "is for an ordinary packet to it" };
            text.line(format!(
                "{}  {bad}: none of {} {what} (Network is unreachable)",
                self.address, self.routes_total
            ))?;
            return self.losers(text);
        };
        let strong = text.paint(Role::Strong, &winner.prefix.to_string());
        let note = match self.losers.as_slice() {
            _ if !self.default_route => "",
            [] => "  (default route: nothing else matches)",
            _ => "  (default route)",
        };
        let via = escape(&winner.via).into_owned();
        text.line(format!("{}  {strong}  {via}{note}", self.address).trim_end())?;
        if let Some(refused) = self.refused {
            text.prose("  ", refused)?;
        }
        self.losers(text)
    }
}

impl Report<'_> {
    /// The other routes that match, a line each.
    fn losers(&self, text: &mut Text<'_>) -> io::Result<()> {
        let rows: Vec<(String, Cow<'_, str>, &str)> = self
            .losers
            .iter()
            .map(|Loser { route, why }| (route.prefix.to_string(), escape(&route.via), why.as_str()))
            .collect();
        // As a sheet has them, without a sheet: a list of a million addresses has millions of these.
        let networks = rows.iter().map(|(network, _, _)| network.len()).max().unwrap_or_default();
        let vias = rows.iter().map(|(_, via, _)| via.chars().count()).max().unwrap_or_default();
        let loses = text.paint(Role::Dim, "loses");
        let mut lead = String::new();
        for (network, via, why) in &rows {
            lead.clear();
            // Writing to a String cannot fail. A width of a format has sixteen bits, and a line of a file may be longer.
            let blanks = " ".repeat(vias.saturating_sub(via.chars().count()));
            let _ = write!(lead, "  {loses}  {network:<networks$}  {via}{blanks}  ");
            // A type of service or a table stands in it as the file has it.
            text.prose(&lead, &escape(why))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn index(routes: &[&str]) -> Index {
        let mut table = Table::default();
        for (text, number) in routes.iter().zip(1..) {
            table.push(route::parse_option(text, number).unwrap());
        }
        Index::new(table.finish())
    }

    /// What `ip route` printed.
    fn printed(lines: &[&str]) -> Index {
        let mut table = Table::default();
        for (line, number) in lines.iter().zip(1..) {
            table.push(route::parse(line, number).unwrap());
        }
        Index::new(table.finish())
    }

    #[test]
    fn the_longest_wins_and_then_the_metric() {
        let all = index(&[
            "default=r0",
            "10.0.0.0/8=r8",
            "10.1.0.0/16=far metric 200",
            "10.1.0.0/16=near metric 100",
            "10.1.0.0/16=second metric 100",
            "::/0=v6",
        ]);
        let found = report("10.1.2.3".parse().unwrap(), &all);
        assert_eq!(found.winner.unwrap().via, "near metric 100");
        let losers: Vec<String> = found.losers.iter().map(|loser| loser.why.clone()).collect();
        assert_eq!(
            losers,
            [
                "the same prefix and metric: line 4 came first",
                "the same prefix, and metric 200 > 100",
                "8 bits shorter than /16",
                "16 bits shorter than /16",
            ]
        );
        assert!(report("192.0.2.1".parse().unwrap(), &all).default_route);
        assert_eq!(report("2001:db8::1".parse().unwrap(), &all).winner.unwrap().via, "v6");
        let none = index(&["10.0.0.0/8=r8"]);
        assert_eq!(report("192.0.2.1".parse().unwrap(), &none).winner, None);
        assert_eq!(report("::1".parse().unwrap(), &none).winner, None);
    }

    #[test]
    fn a_way_that_is_longer_than_a_width_of_a_format_is_shown() {
        let via = "a".repeat(70_000);
        let all = index(&["10.0.0.0/8=r8", &format!("10.0.0.0/7={via}"), "0.0.0.0/0=r0"]);
        let mut written = Vec::new();
        report("10.1.2.3".parse().unwrap(), &all).render(&mut Text::plain(&mut written)).unwrap();
        let shown = String::from_utf8(written).unwrap();
        assert!(shown.contains(&format!("  loses  10.0.0.0/7  {via}  1 bit")));
        assert!(shown.contains(&format!("  loses  0.0.0.0/0   r0{}  8 bits", " ".repeat(69_998))));
    }

    #[test]
    fn what_is_not_for_ordinary_packets_loses_and_what_refuses_is_told() {
        let lines = [
            "10.9.0.0/16 tos 0x10 via 10.0.0.2 dev p1",
            "10.9.0.0/16 via 10.0.0.3 dev p1",
            "10.9.1.0/24 via 10.0.0.4 dev p1 table 100",
            "throw 10.8.0.0/16",
            "local 10.7.0.0/16 dev lo table local",
            "10.7.1.0/24 via 10.0.0.5 dev p1",
            "10.6.0.0/16 via 10.0.0.6 dev p2 table 100",
        ];
        let all = printed(&lines);
        let found = report("10.9.1.1".parse().unwrap(), &all);
        assert_eq!(found.winner.as_ref().unwrap().line, 2, "what Linux takes");
        let whys: Vec<&str> = found.losers.iter().map(|loser| loser.why.as_str()).collect();
        assert!(whys[0].contains("table 100") && whys[1].contains("0x10"), "{whys:?}");
        assert!(report("10.8.1.1".parse().unwrap(), &all).refused.unwrap().contains("Network is unreachable"));
        let local = report("10.7.1.1".parse().unwrap(), &all);
        assert_eq!((local.winner.unwrap().line, local.losers[0].why.as_str()), (5, "in a table that is asked later"));
        let other = report("10.6.1.1".parse().unwrap(), &all);
        assert!(other.winner.is_none() && other.losers.len() == 1);
    }

    #[test]
    fn behind_a_route_that_throws_the_next_table_is_asked() {
        let all = printed(&[
            "10.5.0.0/16 via 10.0.0.7 dev p1",
            "throw 10.5.1.0/24",
            "10.0.0.0/8 via 10.0.0.8 dev p1 table default",
        ]);
        let found = report("10.5.1.1".parse().unwrap(), &all);
        let whys: Vec<&str> = found.losers.iter().map(|loser| loser.why.as_str()).collect();
        assert_eq!((found.winner.unwrap().line, found.refused), (3, None));
        assert_eq!(whys, ["ends the search of its table: the next one is asked", "in a table whose search has ended"]);
        assert_eq!(report("10.5.2.1".parse().unwrap(), &all).winner.unwrap().line, 1);
    }

    #[test]
    fn no_rule_leads_ipv6_to_the_table_default() {
        let all = printed(&[
            "2001:db8::/32 dev p1 metric 1024",
            "fd00::/16 dev p1 table default metric 1024",
            "default dev p1 table 253",
        ]);
        for (addr, losers) in [("fd00::1", 2), ("2002::1", 1)] {
            let found = report(addr.parse().unwrap(), &all);
            assert_eq!((found.winner, found.losers.len()), (None, losers), "{addr}");
            assert!(found.losers[0].why.contains("table default, to which only a rule leads"), "{addr}");
        }
    }

    /// A table that is large enough to be searched by its first bits: at each end of each part, and where nothing is.
    #[test]
    fn a_large_table_is_searched_in_parts() {
        let v4 = (0..6000_u32).map(|index| (IpAddr::from(Ipv4Addr::from_bits(index << 18)), 16 + (index % 9) as u8));
        let v6 = (0..100_u128).map(|index| (IpAddr::from(Ipv6Addr::from_bits(index << 113)), 20 + (index % 9) as u8));
        let ends = ["0.0.0.0", "255.255.255.255", "::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"];
        let ends = ends.map(|addr| (addr.parse().unwrap(), 3));
        let all = v4.chain(v6).chain(ends).zip(1..);
        let routes: Vec<Route> = all
            .map(|((addr, length), line)| Route::new(Prefix::new(addr, length).unwrap(), String::new(), 0, line))
            .collect();
        let index = Index::new(routes.clone());
        assert!(index.buckets.iter().all(|buckets| buckets.starts.len() == 65_537));
        for addr in routes.iter().step_by(7).flat_map(|route| [route.prefix.first(), route.prefix.last()]) {
            let beside = bits::address(addr, bits::number(addr).wrapping_add(1) & bits::highest(addr));
            for addr in [addr, beside] {
                let mut naive: Vec<&Route> = routes.iter().filter(|route| route.prefix.contains(addr)).collect();
                naive.sort_by_key(|route| (std::cmp::Reverse(route.prefix.length()), route.metric, route.line));
                assert_eq!(index.matches(addr).collect::<Vec<_>>(), naive, "{addr}");
            }
        }
    }

    proptest! {
        /// Against the plainest reading of the rule: try every route.
        #[test]
        fn as_the_naive_search(
            routes in prop::collection::vec((any::<[u8; 2]>(), 0_u8..=32, 0_u32..3), 0..40),
            octets in prop::collection::vec(any::<[u8; 2]>(), 1..10),
        ) {
            let addr = |[a, b]: [u8; 2]| IpAddr::V4(Ipv4Addr::new(a & 3, b & 3, a, b));
            let routes: Vec<Route> = routes.into_iter().zip(1..).map(|((octets, length, metric), line)| {
                Route::new(Prefix::new(addr(octets), length).unwrap(), String::new(), metric, line)
            }).collect();
            let index = Index::new(routes.clone());
            for octets in octets {
                let addr = addr(octets);
                let mut naive: Vec<&Route> = routes.iter().filter(|route| route.prefix.contains(addr)).collect();
                naive.sort_by_key(|route| (std::cmp::Reverse(route.prefix.length()), route.metric, route.line));
                prop_assert_eq!(index.matches(addr).collect::<Vec<_>>(), naive);
            }
        }
    }
}
