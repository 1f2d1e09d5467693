//! Which socket tables, families and states a line of ss's options is about.
//!
//! A table is a kind of socket: TCP, Unix datagrams. Each belongs to one family or two, and each has states that are
//! listed where no state is asked for.

use sockeye_sys::set_operations;
use sockeye_sys::sock_diag::StateMask;

/// A set of tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tables(u16);

set_operations!(Tables);

macro_rules! tables {
    ($($name:ident = $bit:literal;)*) => {
        impl Tables {
            $(
                #[doc = concat!("`", stringify!($name), "` alone.")]
                pub const $name: Self = Self(1 << $bit);
            )*
        }
    };
}

tables! {
    NETLINK = 0;
    PACKET_RAW = 1;
    PACKET_DGRAM = 2;
    UNIX_STREAM = 3;
    UNIX_DGRAM = 4;
    UNIX_SEQPACKET = 5;
    RAW = 6;
    UDP = 7;
    TCP = 8;
    MPTCP = 9;
    DCCP = 10;
    SCTP = 11;
    VSOCK_STREAM = 12;
    VSOCK_DGRAM = 13;
    TIPC = 14;
    XDP = 15;
}

impl Tables {
    /// No table.
    pub const NONE: Self = Self(0);
    /// Every table.
    pub const ALL: Self = Self(u16::MAX);
    /// Those of the Internet families.
    pub const INET: Self = Self(Self::RAW.0 | Self::UDP.0 | Self::TCP.0 | Self::MPTCP.0 | Self::DCCP.0 | Self::SCTP.0);
    /// Those of Unix-domain sockets.
    pub const UNIX: Self = Self(Self::UNIX_STREAM.0 | Self::UNIX_DGRAM.0 | Self::UNIX_SEQPACKET.0);
    /// Those of packet sockets.
    pub const PACKET: Self = Self(Self::PACKET_RAW.0 | Self::PACKET_DGRAM.0);
    /// Those of vsock.
    pub const VSOCK: Self = Self(Self::VSOCK_STREAM.0 | Self::VSOCK_DGRAM.0);

    /// Whether all of `other` is in it.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether there is more than one.
    pub fn are_several(self) -> bool {
        self.0.count_ones() > 1
    }

    /// Each of them alone, in the order in which ss lists them.
    pub fn each(self) -> impl Iterator<Item = Self> {
        (0..u16::BITS).map(|bit| Self(1 << bit)).filter(move |table| self.has(*table))
    }

    /// The families that these tables belong to.
    fn families(self) -> Families {
        let mut families = Families::NONE;
        for (family, tables) in FAMILIES.into_iter().map(|family| (family, family.tables())) {
            if self.intersects(tables) {
                families |= family;
            }
        }
        families
    }

    /// Whether they belong to any of these families.
    pub fn is_of(self, families: Families) -> bool {
        self.families().intersects(families)
    }

    /// What is listed of them where no state is asked for.
    fn default_states(self) -> StateMask {
        let of = |tables: Self, states| if self.intersects(tables) { states } else { StateMask::EMPTY };
        // ss's own of a family without connections.
        let tipc = CONNECTIONS | StateMask::LISTEN | StateMask::CLOSED;
        let without = Self::UDP | Self::RAW;
        let closed = Self::PACKET | Self::NETLINK | Self::XDP;
        let others = Self(!(without.0 | closed.0 | Self::TIPC.0));
        let tables = of(without, StateMask::ESTABLISHED) | of(closed, StateMask::CLOSED) | of(others, CONNECTIONS);
        tables | of(Self::TIPC, tipc)
    }

    /// The tables that a word of `-A` stands for.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "all" => Self::ALL,
            "inet" => Self::INET,
            "tcp" => Self::TCP,
            "mptcp" => Self::MPTCP,
            "udp" => Self::UDP,
            "raw" => Self::RAW,
            "unix" => Self::UNIX,
            "unix_stream" | "u_str" => Self::UNIX_STREAM,
            "unix_dgram" | "u_dgr" => Self::UNIX_DGRAM,
            "unix_seqpacket" | "u_seq" => Self::UNIX_SEQPACKET,
            "packet" => Self::PACKET,
            "packet_raw" | "p_raw" => Self::PACKET_RAW,
            "packet_dgram" | "p_dgr" => Self::PACKET_DGRAM,
            "netlink" => Self::NETLINK,
            "dccp" => Self::DCCP,
            "sctp" => Self::SCTP,
            "vsock" => Self::VSOCK,
            "vsock_stream" | "v_str" => Self::VSOCK_STREAM,
            "vsock_dgram" | "v_dgr" => Self::VSOCK_DGRAM,
            "tipc" => Self::TIPC,
            "xdp" => Self::XDP,
            _ => return None,
        })
    }
}

/// A set of address families.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Families(u8);

set_operations!(Families);

const FAMILIES: [Families; 8] = [
    Families::INET,
    Families::INET6,
    Families::PACKET,
    Families::UNIX,
    Families::NETLINK,
    Families::VSOCK,
    Families::TIPC,
    Families::XDP,
];

impl Families {
    /// No family.
    pub const NONE: Self = Self(0);
    /// IPv4.
    pub const INET: Self = Self(1);
    /// IPv6.
    pub const INET6: Self = Self(2);
    /// Packet sockets, which ss calls `link`.
    pub const PACKET: Self = Self(4);
    /// Unix-domain sockets.
    pub const UNIX: Self = Self(8);
    /// Netlink.
    pub const NETLINK: Self = Self(16);
    /// Vsock.
    pub const VSOCK: Self = Self(32);
    /// TIPC.
    pub const TIPC: Self = Self(64);
    /// XDP.
    pub const XDP: Self = Self(128);

    /// Whether all of `other` is in it.
    pub fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The tables that belong to these families.
    fn tables(self) -> Tables {
        let mut tables = Tables::NONE;
        for (family, its) in [
            (Self::INET, Tables::INET),
            (Self::INET6, Tables::INET),
            (Self::PACKET, Tables::PACKET),
            (Self::UNIX, Tables::UNIX),
            (Self::NETLINK, Tables::NETLINK),
            (Self::VSOCK, Tables::VSOCK),
            (Self::TIPC, Tables::TIPC),
            (Self::XDP, Tables::XDP),
        ] {
            if self.has(family) {
                tables |= its;
            }
        }
        tables
    }

    /// The family that a word of `-f` stands for.
    pub fn named(word: &str) -> Option<Self> {
        Some(match word {
            "inet" => Self::INET,
            "inet6" => Self::INET6,
            "link" => Self::PACKET,
            "unix" => Self::UNIX,
            "netlink" => Self::NETLINK,
            "vsock" => Self::VSOCK,
            "tipc" => Self::TIPC,
            "xdp" => Self::XDP,
            _ => return None,
        })
    }
}

/// All but LISTEN, CLOSED, TIME-WAIT, SYN-RECEIVED and what is only bound.
pub const CONNECTIONS: StateMask = StateMask::ESTABLISHED
    .union(StateMask::SYN_SENT)
    .union(StateMask::FIN_WAIT_1)
    .union(StateMask::FIN_WAIT_2)
    .union(StateMask::CLOSE_WAIT)
    .union(StateMask::LAST_ACK)
    .union(StateMask::CLOSING);

/// ss's words for a choice of states that excludes itself.
pub const NO_STATES: &str = "no socket states to show with such filter.";

/// What is chosen so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    tables: Tables,
    families: Families,
    states: StateMask,
    /// Neither a table nor a family was named.
    untouched: bool,
    /// `-A` was given.
    queried: bool,
    /// The families that the filter names, if it names any.
    only: Families,
    /// The family that was named last.
    last: Families,
}

impl Default for Choice {
    fn default() -> Self {
        Self {
            tables: Tables::NONE,
            families: Families::NONE,
            states: StateMask::EMPTY,
            untouched: true,
            queried: false,
            only: Families::NONE,
            last: Families::NONE,
        }
    }
}

/// What is chosen in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chosen {
    /// Which tables.
    pub tables: Tables,
    /// Which families.
    pub families: Families,
    /// Which states.
    pub states: StateMask,
    /// Whether rows say of which table they are.
    pub several: bool,
}

impl Choice {
    /// Takes in tables, with the states that are listed of them.
    pub fn add_tables(&mut self, tables: Tables) {
        self.tables |= tables;
        self.states |= tables.default_states();
        self.untouched = false;
    }

    /// `-A` begins a choice of its own: tables that were named before the first one are forgotten, and of all that is
    /// listed then, connections are.
    pub fn query(&mut self) {
        if !self.queried {
            self.tables = Tables::NONE;
        }
        self.queried = true;
        self.untouched = false;
    }

    /// Takes out tables.
    pub fn remove_tables(&mut self, tables: Tables) {
        self.tables = self.tables.without(tables);
        self.untouched = false;
    }

    /// Takes in families, with the states that are listed of them.
    pub fn add_families(&mut self, families: Families) {
        self.families |= families;
        self.last = families;
        // Of both Internet families together those of TCP are listed.
        self.states |= families.tables().default_states();
        self.untouched = false;
    }

    /// A filter named addresses of these families: of the tables that are chosen, only what belongs to them is listed.
    pub fn only_families(&mut self, families: Families) {
        self.only = families;
    }

    /// What an address in a filter starts with if it says no family: that of the family which was named last.
    pub fn family_of_addresses(&self) -> Option<&'static str> {
        Some(match self.last {
            Families::INET => "inet:",
            Families::INET6 => "inet6:",
            Families::PACKET => "link:",
            Families::UNIX => "unix:",
            Families::NETLINK => "netlink:",
            Families::VSOCK => "vsock:",
            _ => return None,
        })
    }

    /// Whether nothing was named.
    pub fn is_untouched(&self) -> bool {
        self.untouched
    }

    /// Makes both sides fit: a table without a family takes its own, a family without a table all of its own.
    /// `states` are those that were asked for.
    ///
    /// # Errors
    /// What there is nothing of.
    pub fn finish(mut self, states: StateMask) -> Result<Chosen, &'static str> {
        if self.untouched {
            self.query();
            self.tables = Tables::ALL;
        }
        if !states.is_empty() {
            self.states = states;
        } else if self.queried {
            self.states = CONNECTIONS;
        }
        for table in self.tables.each() {
            if !table.families().intersects(self.families) {
                self.families |= table.families();
            }
        }
        for family in FAMILIES.into_iter().filter(|family| self.families.has(*family)) {
            if !family.tables().intersects(self.tables) {
                self.tables |= family.tables();
            }
        }
        let Self { tables, mut families, states, only, .. } = self;
        if !only.is_empty() {
            families = only;
        }
        match () {
            () if tables.is_empty() => Err("no socket tables to show with such filter."),
            () if families.is_empty() => Err("no families to show with such filter."),
            () if states.is_empty() => Err(NO_STATES),
            () => Ok(Chosen { tables, families, states, several: tables.are_several() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(choose: impl FnOnce(&mut Choice)) -> (Tables, Families, StateMask) {
        let mut choice = Choice::default();
        choose(&mut choice);
        let Chosen { tables, families, states, .. } = choice.finish(StateMask::EMPTY).unwrap();
        (tables, families, states)
    }

    const IP: Families = Families(3);

    #[test]
    fn tables_bring_their_families_and_states_and_families_their_tables() {
        assert_eq!(chosen(|choice| choice.add_tables(Tables::TCP)), (Tables::TCP, IP, CONNECTIONS));
        assert_eq!(chosen(|choice| choice.add_tables(Tables::UDP)), (Tables::UDP, IP, StateMask::ESTABLISHED));
        assert_eq!(chosen(|choice| choice.add_families(Families::INET6)), (Tables::INET, Families::INET6, CONNECTIONS));
        assert_eq!(
            chosen(|choice| choice.add_families(Families::PACKET)),
            (Tables::PACKET, Families::PACKET, StateMask::CLOSED)
        );
        let mixed = chosen(|choice| {
            choice.add_tables(Tables::TCP);
            choice.add_families(Families::UNIX);
        });
        assert_eq!(mixed, (Tables::TCP | Tables::UNIX, IP | Families::UNIX, CONNECTIONS));
        let narrow = chosen(|choice| {
            choice.add_tables(Tables::TCP);
            choice.add_families(Families::INET);
        });
        assert_eq!(narrow, (Tables::TCP, Families::INET, CONNECTIONS));
        assert_eq!(chosen(|_| {}), (Tables::ALL, Families(u8::MAX), CONNECTIONS));
    }

    #[test]
    fn the_first_query_forgets_the_tables_before_it_and_asks_for_connections() {
        let chosen = chosen(|choice| {
            choice.add_tables(Tables::RAW);
            choice.add_families(Families::UNIX);
            choice.query();
            choice.add_tables(Tables::UDP);
            choice.query();
            choice.add_tables(Tables::PACKET_RAW);
        });
        let families = IP | Families::UNIX | Families::PACKET;
        assert_eq!(chosen, (Tables::UDP | Tables::PACKET_RAW | Tables::UNIX, families, CONNECTIONS));
    }

    #[test]
    fn addresses_take_families_away_and_bring_no_tables() {
        let tcp = chosen(|choice| {
            choice.add_tables(Tables::TCP);
            choice.only_families(Families::UNIX);
        });
        assert_eq!(tcp, (Tables::TCP, Families::UNIX, CONNECTIONS));
        let both = chosen(|choice| {
            choice.add_tables(Tables::TCP);
            choice.add_families(Families::UNIX);
            choice.only_families(Families::UNIX);
        });
        assert_eq!(both, (Tables::TCP | Tables::UNIX, Families::UNIX, CONNECTIONS));
        assert_eq!(
            chosen(|choice| choice.only_families(Families::PACKET)),
            (Tables::ALL, Families::PACKET, CONNECTIONS)
        );
    }

    #[test]
    fn nothing_left_is_said() {
        let mut choice = Choice::default();
        choice.add_tables(Tables::TCP);
        choice.remove_tables(Tables::TCP);
        assert_eq!(choice.finish(StateMask::EMPTY), Err("no socket tables to show with such filter."));
    }

    #[test]
    fn every_word_of_dash_a_is_a_table() {
        let words = ["tcp", "udp", "raw", "mptcp", "dccp", "sctp"];
        let tables = words.into_iter().filter_map(Tables::named).fold(Tables::NONE, Tables::union);
        assert_eq!(Some(tables), Tables::named("inet"));
        assert_eq!(Tables::named("u_str"), Tables::named("unix_stream"));
        assert_eq!(Tables::named("TCP"), None);
    }
}
