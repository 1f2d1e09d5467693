//! The policy table: precedence, label and scope of an address.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Scope, Source};

/// Whose rules to follow where they differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// The RFC's.
    Rfc6724,
    /// glibc's: a longest matching prefix counts the whole address, of IPv4 only within the subnet of the source; and an
    /// IPv4-mapped IPv6 address is global whatever is in it.
    Glibc,
}

/// A prefix and what addresses in it have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// The prefix; IPv4 is `::ffff:a.b.c.d`.
    pub prefix: Ipv6Addr,
    /// How many bits of it count.
    pub length: u8,
    /// Precedence, label, or scope.
    pub value: u32,
}

impl Row {
    /// `40 (::/0)`
    pub fn shown(&self) -> String {
        format!("{} ({})", self.value, self)
    }

    fn contains(&self, addr: Ipv6Addr) -> bool {
        let mask = u128::MAX.checked_shl(128_u32.saturating_sub(self.length.into())).unwrap_or(0);
        self.prefix.to_bits() & mask == addr.to_bits() & mask
    }
}

/// The prefix: `::ffff:0:0/96`.
impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.prefix.to_ipv4_mapped(), self.length) {
            (Some(Ipv4Addr::UNSPECIFIED), 96) => f.write_str("::ffff:0:0/96"),
            (_, length) => write!(f, "{}/{length}", self.prefix),
        }
    }
}

/// Prefixes and their values. The longest that contains an address counts, of equals the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    rows: Vec<Row>,
    /// What an address has that no prefix contains.
    rest: Row,
}

impl Table {
    /// A table; `rest` is for addresses that are in no row.
    pub fn new(rows: Vec<Row>, rest: u32) -> Self {
        Self { rows, rest: Row { prefix: Ipv6Addr::UNSPECIFIED, length: 0, value: rest } }
    }

    /// The row that counts for an address.
    pub fn row(&self, addr: Ipv6Addr) -> Row {
        let matching = self.rows.iter().filter(|row| row.contains(addr));
        // The last of several maxima is what max_by_key returns; the first is what counts.
        matching.rev().max_by_key(|row| row.length).copied().unwrap_or(self.rest)
    }
}

/// Everything that the rules look up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Precedences.
    pub precedences: Table,
    /// Labels.
    pub labels: Table,
    /// Scopes of IPv4 addresses.
    pub scopes_v4: Table,
    /// Whose rules.
    pub dialect: Dialect,
}

const fn row(groups: [u16; 3], length: u8, value: u32) -> Row {
    let [a, b, c] = groups;
    Row { prefix: Ipv6Addr::new(a, b, 0, 0, 0, c, 0, 0), length, value }
}

const fn loopback(value: u32) -> Row {
    Row { prefix: Ipv6Addr::LOCALHOST, length: 128, value }
}

const fn scope_v4(high: u16, length: u8, scope: Scope) -> Row {
    Row { prefix: Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, 0), length, value: scope.0 as u32 }
}

/// IPv4 addresses.
const V4: [u16; 3] = [0, 0, 0xffff];
const SIX_TO_FOUR: [u16; 3] = [0x2002, 0, 0];
const TEREDO: [u16; 3] = [0x2001, 0, 0];
const UNIQUE_LOCAL: [u16; 3] = [0xfc00, 0, 0];
const SITE_LOCAL: [u16; 3] = [0xfec0, 0, 0];
const V4_COMPATIBLE: [u16; 3] = [0, 0, 0];
const SIX_BONE: [u16; 3] = [0x3ffe, 0, 0];

impl Policy {
    /// The default table of RFC 6724.
    ///
    /// # Source
    /// RFC 6724 section 2.1; sections 3.1 and 3.2 for scopes.
    pub fn rfc6724() -> Self {
        let rows = [
            (loopback(0), 50, 0),
            (row(V4, 96, 0), 35, 4),
            (row(SIX_TO_FOUR, 16, 0), 30, 2),
            (row(TEREDO, 32, 0), 5, 5),
            (row(UNIQUE_LOCAL, 7, 0), 3, 13),
            (row(V4_COMPATIBLE, 96, 0), 1, 3),
            (row(SITE_LOCAL, 10, 0), 1, 11),
            (row(SIX_BONE, 16, 0), 1, 12),
        ];
        let table = |value: fn(&(Row, u32, u32)) -> u32| -> Vec<Row> {
            rows.iter().map(|all| Row { value: value(all), ..all.0 }).collect()
        };
        Self {
            precedences: Table::new(table(|all| all.1), 40),
            labels: Table::new(table(|all| all.2), 1),
            scopes_v4: Table::new(Self::default_scopes_v4(), Scope::GLOBAL.0.into()),
            dialect: Dialect::Rfc6724,
        }
    }

    /// What glibc has without a gai.conf: the precedences of RFC 3484, and labels of its own.
    ///
    /// # Source
    /// gai.conf(5), and the comments of the gai.conf that glibc comes with.
    pub fn glibc() -> Self {
        Self {
            precedences: Table::new(Self::glibc_precedences(), 40),
            labels: Table::new(Self::glibc_labels(), 1),
            scopes_v4: Table::new(Self::default_scopes_v4(), Scope::GLOBAL.0.into()),
            dialect: Dialect::Glibc,
        }
    }

    fn glibc_precedences() -> Vec<Row> {
        vec![loopback(50), row(SIX_TO_FOUR, 16, 30), row(V4_COMPATIBLE, 96, 20), row(V4, 96, 10)]
    }

    fn glibc_labels() -> Vec<Row> {
        vec![
            loopback(0),
            row(SIX_TO_FOUR, 16, 2),
            row(V4_COMPATIBLE, 96, 3),
            row(V4, 96, 4),
            row(SITE_LOCAL, 10, 5),
            row(UNIQUE_LOCAL, 7, 6),
            row(TEREDO, 32, 7),
        ]
    }

    fn default_scopes_v4() -> Vec<Row> {
        vec![scope_v4(0xa9fe, 112, Scope::LINK_LOCAL), scope_v4(0x7f00, 104, Scope::LINK_LOCAL)]
    }

    /// What the C library of this machine has by default.
    pub fn libc() -> Self {
        if cfg!(target_env = "gnu") { Self::glibc() } else { Self::rfc6724() }
    }

    /// The precedence of an address, and the row that says so.
    pub fn precedence(&self, addr: IpAddr) -> Row {
        self.precedences.row(as_v6(addr))
    }

    /// The label of an address, and the row that says so.
    pub fn label(&self, addr: IpAddr) -> Row {
        self.labels.row(as_v6(addr))
    }

    /// The scope of an address.
    pub fn scope(&self, addr: IpAddr) -> Scope {
        let v4 =
            |addr: Ipv4Addr| Scope(u8::try_from(self.scopes_v4.row(addr.to_ipv6_mapped()).value).unwrap_or(u8::MAX));
        match addr {
            IpAddr::V4(addr) => v4(addr),
            IpAddr::V6(addr) => match addr.to_ipv4_mapped() {
                Some(inner) if self.dialect == Dialect::Rfc6724 => v4(inner),
                _ => Scope::of_v6(addr),
            },
        }
    }

    /// How many bits the destination and its source have in common from the left, as far as they count.
    pub fn common_prefix(&self, to: IpAddr, from: &Source) -> u32 {
        let (bits, width) = match (to, from.addr) {
            (IpAddr::V4(to), IpAddr::V4(from)) => ((to.to_bits() ^ from.to_bits()).leading_zeros(), 32),
            (to, from) => ((as_v6(to).to_bits() ^ as_v6(from).to_bits()).leading_zeros(), 128),
        };
        let known = if from.prefix_length == 0 { None } else { Some(u32::from(from.prefix_length)) };
        match self.dialect {
            // The interface's half of the address says nothing about nearness.
            Dialect::Rfc6724 => bits.min(known.unwrap_or(width / 2)),
            // Where the subnet is not known, it is the address alone.
            Dialect::Glibc if width == 32 && bits < known.unwrap_or(32) => 0,
            Dialect::Glibc => bits,
        }
    }
}

fn as_v6(addr: IpAddr) -> Ipv6Addr {
    match addr {
        IpAddr::V4(addr) => addr.to_ipv6_mapped(),
        IpAddr::V6(addr) => addr,
    }
}
