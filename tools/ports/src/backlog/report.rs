//! What `ports backlog` says, as data and as text.

use std::io;

use serde::Serialize;
use sockeye_cli::output::{Render, Role, Text};
use sockeye_cli::table::{Rules, Table};

use super::counters::Counters;
use super::gauge::{Change, Gauge, Level};
use crate::endpoint;
use crate::names::Names;
use crate::owners::{Holders, Ownership, push_owners};
use crate::record::Record;
use crate::shell::clock::Moment;
use crate::socket::protocol_label;

/// How many characters a full bar has.
const BAR: u64 = 10;

/// A listener, as an object.
#[derive(Clone, Debug, Serialize)]
pub struct Row<'a> {
    kind: &'static str,
    socket: Record<'a>,
    #[serde(flatten)]
    level: Level,
    full: bool,
}

/// Every listener, once.
#[derive(Clone, Copy, Debug)]
pub struct Gauges<'a> {
    /// In the order of the lines.
    pub gauges: &'a [Gauge],
    /// Names for numbers.
    pub names: &'a Names,
    /// Who listens.
    pub holders: &'a Holders,
}

impl<'a> Gauges<'a> {
    /// The listeners one by one.
    pub fn rows(&self) -> impl Iterator<Item = Row<'a>> {
        self.gauges.iter().map(|gauge| {
            let level = gauge.level();
            let socket = Record::new(&gauge.socket, self.names, Some(self.holders));
            Row { kind: "listener", socket, level, full: level.is_full() }
        })
    }
}

impl Render for Gauges<'_> {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let mut table = Table::new(Rules::Blank, ["Listener", "Waiting", "Fill", "Half-open", "Dropped", "Owner"]);
        table.right(&[1, 3, 4]);
        for gauge in self.gauges {
            let level = gauge.level();
            let mut owner = String::new();
            match self.holders.ownership(gauge.socket.inode) {
                Ownership::Held => push_owners(&mut owner, self.holders.of(gauge.socket.inode)),
                Ownership::Nobody => owner.push('-'),
                Ownership::Hidden => owner.push('?'),
            }
            table.row([
                end(gauge, self.names),
                format!("{} of {}", level.waiting_connections, level.limit_connections),
                bar(level),
                level.half_open_connections.to_string(),
                level.drops_segments.map_or_else(|| "?".to_owned(), |drops| drops.to_string()),
                owner,
            ]);
        }
        text.table(&table)
    }
}

/// The end that listens: that it is one of TCP goes without saying.
fn end(gauge: &Gauge, names: &Names) -> String {
    let mut end = String::new();
    endpoint::push_local(&mut end, &gauge.socket, names);
    end
}

fn local(gauge: &Gauge, names: &Names) -> String {
    format!("{} {}", protocol_label(gauge.socket.protocol, gauge.socket.family), end(gauge, names))
}

/// `####......`, `FULL`. A queue that is not empty has one mark at least, and only a full one is full.
fn bar(level: Level) -> String {
    if level.is_full() {
        return "##### FULL".to_owned();
    }
    let (waiting, room) = (u64::from(level.waiting_connections), u64::from(level.limit_connections) + 1);
    let marks = usize::try_from((waiting * BAR).div_ceil(room)).unwrap_or_default();
    (0..BAR).zip(std::iter::repeat_n('#', marks).chain(std::iter::repeat('.'))).map(|(_, mark)| mark).collect()
}

/// The counters of the namespace.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Totals {
    kind: &'static str,
    #[serde(flatten)]
    counters: Counters,
}

impl From<Counters> for Totals {
    fn from(counters: Counters) -> Self {
        Self { kind: "counters", counters }
    }
}

impl Render for Totals {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let Counters { listen_overflows, listen_drops, syn_queue_drops, syn_cookies_sent } = self.counters;
        let number = |count: Option<u64>| count.map_or_else(|| "?".to_owned(), |count| count.to_string());
        text.line("This network namespace, since it was made:")?;
        text.line(format!(
            "  ListenOverflows {}  ListenDrops {}  TCPReqQFullDrop {}  TCPReqQFullDoCookies {}",
            number(listen_overflows),
            number(listen_drops),
            number(syn_queue_drops),
            number(syn_cookies_sent)
        ))
    }
}

/// The counters of the namespace that have grown, as that is seen.
#[derive(Clone, Debug, Serialize)]
pub struct CountersSeen {
    kind: &'static str,
    change: &'static str,
    /// Seconds since 1970, with microseconds behind the point.
    time_unix_s: f64,
    before: Counters,
    after: Counters,
    #[serde(skip)]
    clock: String,
}

impl CountersSeen {
    /// What has changed between two looks, if anything.
    pub fn new(before: Counters, after: Counters, moment: &Moment) -> Option<Self> {
        let time_unix_s = moment.since_1970.as_secs_f64();
        let clock = moment.clock.clone();
        (before != after).then_some(Self { kind: "change", change: "counted", time_unix_s, before, after, clock })
    }

    fn sentence(&self) -> String {
        let (before, after) = (self.before, self.after);
        let more = [
            ("ListenOverflows", before.listen_overflows, after.listen_overflows),
            ("ListenDrops", before.listen_drops, after.listen_drops),
            ("TCPReqQFullDrop", before.syn_queue_drops, after.syn_queue_drops),
            ("TCPReqQFullDoCookies", before.syn_cookies_sent, after.syn_cookies_sent),
        ];
        let grown = more.into_iter().filter_map(|(name, before, after)| {
            let more = after?.checked_sub(before?).filter(|more| *more > 0)?;
            Some(format!("{name} {more} more"))
        });
        grown.collect::<Vec<_>>().join(", ")
    }
}

impl Render for CountersSeen {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let sentence = text.paint(Role::Warning, &self.sentence());
        text.line(format!("{}  this namespace  {sentence}", self.clock))
    }
}

/// A change, as it is seen.
#[derive(Clone, Debug, Serialize)]
pub struct Seen {
    kind: &'static str,
    change: &'static str,
    /// Seconds since 1970, with microseconds behind the point.
    time_unix_s: f64,
    local: String,
    cookie: u64,
    /// Null of a listener that appeared.
    before: Option<Level>,
    /// Null of a listener that is gone.
    after: Option<Level>,
    #[serde(skip)]
    clock: String,
}

impl Seen {
    /// A change that was seen at a moment.
    pub fn new(change: &Change<'_>, names: &Names, moment: &Moment) -> Self {
        let (name, gauge, before, after) = match change {
            Change::Appeared(gauge) => ("appeared", gauge, None, Some(gauge.level())),
            Change::Moved { gauge, before } => ("moved", gauge, Some(*before), Some(gauge.level())),
            Change::Gone(gauge) => ("gone", gauge, Some(gauge.level()), None),
        };
        let (local, cookie) = (local(gauge, names), gauge.socket.cookie);
        let time_unix_s = moment.since_1970.as_secs_f64();
        Self { kind: "change", change: name, time_unix_s, local, cookie, before, after, clock: moment.clock.clone() }
    }

    fn sentence(&self) -> String {
        let (before, after) = match (self.before, self.after) {
            (None, Some(level)) => return format!("listens, backlog {}", level.limit_connections),
            (Some(before), Some(after)) => (before, after),
            (_, None) => return "listens no more".to_owned(),
        };
        let mut parts = Vec::new();
        if before.waiting_connections != after.waiting_connections {
            let full = if after.is_full() { ": FULL" } else { "" };
            parts.push(format!(
                "waiting {} -> {}, backlog {}{full}",
                before.waiting_connections, after.waiting_connections, after.limit_connections
            ));
        }
        if before.limit_connections != after.limit_connections {
            parts.push(format!("backlog {} -> {}", before.limit_connections, after.limit_connections));
        }
        if before.half_open_connections != after.half_open_connections {
            parts.push(format!("half-open {} -> {}", before.half_open_connections, after.half_open_connections));
        }
        if let (Some(before), Some(after)) = (before.drops_segments, after.drops_segments)
            && before != after
        {
            // The kernel's counter wraps.
            parts.push(format!("dropped {} more", after.wrapping_sub(before)));
        }
        parts.join(", ")
    }
}

impl Render for Seen {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let full = self.after.is_some_and(Level::is_full);
        let sentence = self.sentence();
        let shown = if full { text.paint(Role::Bad, &sentence) } else { sentence };
        let bar = self.after.map_or_else(String::new, |level| format!("{}  ", bar(level)));
        text.line(format!("{}  {}  {bar}{shown}", self.clock, self.local))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_says_how_full_it_is() {
        let level = |waiting_connections, limit_connections| Level {
            waiting_connections,
            limit_connections,
            ..Level::default()
        };
        assert_eq!(bar(level(0, 127)), "..........");
        assert_eq!(bar(level(1, 127)), "#.........");
        assert_eq!(bar(level(64, 127)), "#####.....");
        assert_eq!(bar(level(127, 127)), "##########");
        assert_eq!(bar(level(128, 127)), "##### FULL");
        assert_eq!(bar(level(0, u32::MAX)), "..........");
        assert_eq!(bar(level(1, 0)), "##### FULL");
    }

    #[test]
    fn counters_that_grew_are_named() {
        let before = Counters { listen_overflows: Some(3), listen_drops: Some(9), ..Counters::default() };
        let after = Counters { listen_overflows: Some(5), listen_drops: Some(9), syn_queue_drops: Some(1), ..before };
        let moment = Moment { since_1970: std::time::Duration::ZERO, clock: String::new() };
        let seen = |after| CountersSeen::new(before, after, &moment).map(|seen| seen.sentence());
        assert_eq!(seen(after).unwrap(), "ListenOverflows 2 more", "what was not known before did not grow");
        assert_eq!(seen(before), None);
    }

    #[test]
    fn a_change_says_what_changed() {
        let before =
            Level { waiting_connections: 0, limit_connections: 3, half_open_connections: 0, drops_segments: Some(1) };
        let after = Level { waiting_connections: 4, half_open_connections: 2, drops_segments: Some(10), ..before };
        let seen = |before, after| Seen {
            kind: "change",
            change: "moved",
            time_unix_s: 0.0,
            local: String::new(),
            cookie: 1,
            before,
            after,
            clock: String::new(),
        };
        assert_eq!(
            seen(Some(before), Some(after)).sentence(),
            "waiting 0 -> 4, backlog 3: FULL, half-open 0 -> 2, dropped 9 more"
        );
        assert_eq!(seen(None, Some(before)).sentence(), "listens, backlog 3");
        assert_eq!(seen(Some(before), None).sentence(), "listens no more");
    }
}
