//! `-i`: the interfaces of `/proc/net/dev`.

use std::cmp::Ordering;
use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::{Render, Text};
use sockeye_sys::interface::InterfaceFlags;

use super::table::fields;

/// The letters of the flags in netstat's order.
///
/// # Source
/// netdevice(7); netstat(8).
const LETTERS: [(InterfaceFlags, char); 14] = [
    (InterfaceFlags::ALLMULTI, 'A'),
    (InterfaceFlags::BROADCAST, 'B'),
    (InterfaceFlags::DEBUG, 'D'),
    (InterfaceFlags::LOOPBACK, 'L'),
    (InterfaceFlags::MULTICAST, 'M'),
    (InterfaceFlags::DYNAMIC, 'd'),
    (InterfaceFlags::PROMISC, 'P'),
    (InterfaceFlags::NOTRAILERS, 'N'),
    (InterfaceFlags::NOARP, 'O'),
    (InterfaceFlags::POINTOPOINT, 'P'),
    (InterfaceFlags::SLAVE, 's'),
    (InterfaceFlags::MASTER, 'm'),
    (InterfaceFlags::RUNNING, 'R'),
    (InterfaceFlags::UP, 'U'),
];

/// What went through an interface in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Traffic {
    /// Octets.
    pub octets: u64,
    /// Packets.
    pub packets: u64,
    /// Of these, damaged.
    pub errors: u64,
    /// Lost for lack of room.
    pub dropped: u64,
    /// Lost because a queue of the hardware was full.
    pub overruns: u64,
}

/// An interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Interface {
    /// Its name, as the kernel has it.
    pub name: String,
    /// The largest packet.
    pub mtu_octets: u32,
    /// `IFF_` flags.
    pub flags: u32,
    /// What came.
    pub received: Traffic,
    /// What went.
    pub sent: Traffic,
}

/// The interfaces of `dev`, without what only ioctl(2) tells, in netstat's order: by name, numbers at the end by value.
///
/// # Source
/// proc_pid_net(5), `/proc/net/dev`.
pub fn parse(list: &str) -> Vec<Interface> {
    let row = |line: &str| {
        let (name, counters) = line.rsplit_once(':')?;
        let counters: Vec<u64> = fields(counters).map_while(|counter| counter.parse().ok()).collect();
        let traffic = |first: usize| {
            let counter = |place: usize| counters.get(first + place).copied();
            Some(Traffic {
                octets: counter(0)?,
                packets: counter(1)?,
                errors: counter(2)?,
                dropped: counter(3)?,
                overruns: counter(4)?,
            })
        };
        let name = name.trim_start().to_owned();
        Some(Interface { name, mtu_octets: 0, flags: 0, received: traffic(0)?, sent: traffic(8)? })
    };
    let mut interfaces: Vec<Interface> = list.lines().filter_map(row).collect();
    interfaces.sort_by(|one, other| by_name(&one.name, &other.name));
    interfaces
}

/// `eth2` before `eth10`.
fn by_name(one: &str, other: &str) -> Ordering {
    let split = |name: &str| {
        let stem = name.trim_end_matches(|character: char| character.is_ascii_digit()).to_owned();
        let number: u64 = name.get(stem.len()..).and_then(|digits| digits.parse().ok()).unwrap_or(0);
        (stem, number)
    };
    split(one).cmp(&split(other))
}

/// The table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interfaces {
    /// Its rows.
    pub list: Vec<Interface>,
    /// Labels of addresses. One that is not the name of an interface has a row too, without counters.
    pub labels: Vec<String>,
}

impl Interfaces {
    /// The labels that go with an interface, each once, in netstat's order.
    fn aliases(&self, interface: &Interface) -> Vec<&str> {
        let belongs = |label: &&str| label.split_once(':').is_some_and(|(name, _)| name == interface.name);
        let mut aliases: Vec<&str> = self.labels.iter().map(String::as_str).filter(belongs).collect();
        aliases.sort_by(|one, other| by_name(one, other));
        aliases.dedup();
        aliases
    }
}

impl Render for Interfaces {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        text.line("Kernel Interface table")?;
        text.line("Iface             MTU    RX-OK RX-ERR RX-DRP RX-OVR    TX-OK TX-ERR TX-DRP TX-OVR Flg")?;
        self.list.iter().try_for_each(|interface| {
            text.line(row(interface))?;
            self.aliases(interface).into_iter().try_for_each(|alias| text.line(alias_row(alias, interface)))
        })
    }
}

fn letters(flags: u32) -> String {
    let flags = InterfaceFlags(flags);
    let letters: String =
        LETTERS.into_iter().filter(|(flag, _)| flags.contains(*flag)).map(|(_, letter)| letter).collect();
    if letters.is_empty() { "[NO FLAGS]".to_owned() } else { letters }
}

/// The row of a label: the kernel counts nothing by it.
fn alias_row(alias: &str, interface: &Interface) -> String {
    const NOTHING: &str = "     - no statistics available -                       ";
    format!("{:<15} {:>5} {NOTHING} {}", escape(alias), interface.mtu_octets, letters(interface.flags))
}

fn row(Interface { name, mtu_octets, flags, received, sent }: &Interface) -> String {
    let (name, letters) = (escape(name), letters(*flags));
    format!(
        "{name:<15} {mtu_octets:>5} {:>8} {:>6} {:>6} {:<6} {:>8} {:>6} {:>6} {:>6} {letters}",
        received.packets,
        received.errors,
        received.dropped,
        received.overruns,
        sent.packets,
        sent.errors,
        sent.dropped,
        sent.overruns
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_as_netstat_prints_them() {
        // Linux 6.18; net-tools 2.10, by hand.
        let list = "Inter-|   Receive  |  Transmit\n face |bytes    packets errs drop fifo frame compressed multicast|bytes\n\
            veth10: 1 2 3 4 5 6 7 8 11 12 13 14 15 16 17 18\n\
            \x20   lo:    1612      23    0    0    0     0          0         0     1612      23    0    0    0     0       0          0\n\
            veth9:1 2 3 4 5 6 7 8 11 12 13 14 15 16 17 18\nbad: 1 2\n";
        let mut interfaces = parse(list);
        let names: Vec<&str> = interfaces.iter().map(|interface| interface.name.as_str()).collect();
        assert_eq!(names, ["lo", "veth9", "veth10"]);
        let flags = InterfaceFlags::UP | InterfaceFlags::LOOPBACK | InterfaceFlags::RUNNING;
        (interfaces[0].mtu_octets, interfaces[0].flags) = (65_536, flags.0);
        assert_eq!(
            row(&interfaces[0]),
            "lo              65536       23      0      0 0            23      0      0      0 LRU"
        );
        assert_eq!(
            row(&interfaces[1]),
            "veth9               0        2      3      4 5            12     13     14     15 [NO FLAGS]"
        );
        let labels = ["lo", "lo:10", "veth9:1", "lo:2", "lo:2", "lo2:1"].map(str::to_owned).to_vec();
        let table = Interfaces { list: interfaces, labels };
        assert_eq!(table.aliases(&table.list[0]), ["lo:2", "lo:10"]);
        assert_eq!(
            alias_row("lo:2", &table.list[0]),
            "lo:2            65536      - no statistics available -                        LRU"
        );
    }
}
