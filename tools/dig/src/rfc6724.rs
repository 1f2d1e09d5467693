//! In which order a program tries the addresses of a name: destination address selection.
//!
//! # Source
//! RFC 6724 section 6 (RFC 3484 before it); gai.conf(5) for what glibc lets an administrator change.

use std::cmp::Ordering;
use std::net::{IpAddr, Ipv6Addr};

use serde::Serialize;

mod policy;
#[cfg(test)]
mod tests;

pub use policy::{Dialect, Policy, Row, Table};

/// An address that a name has, with what the kernel would send from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Destination {
    /// Where to.
    pub addr: IpAddr,
    /// Where from; `None` if the kernel knows no way there.
    pub source: Option<Source>,
}

/// The address that the kernel would send from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// The address.
    pub addr: IpAddr,
    /// How many bits of it are the network's; zero if that is not known.
    pub prefix_length: u8,
    /// The index of its interface, if that is known.
    pub index: Option<u32>,
    /// Its preferred lifetime is over.
    pub deprecated: bool,
    /// It is a home address (RFC 6275).
    pub home: bool,
    /// Its interface wraps packets into other packets.
    pub tunnel: bool,
}

/// How far an address reaches, as in multicast: 2 on the link, 5 in the site, 14 everywhere.
///
/// # Source
/// RFC 6724 section 3.1, RFC 4291 section 2.7.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Scope(pub u8);

impl Scope {
    /// On one link.
    pub const LINK_LOCAL: Self = Self(2);
    /// In one site.
    pub const SITE_LOCAL: Self = Self(5);
    /// Everywhere.
    pub const GLOBAL: Self = Self(14);

    /// Its name.
    pub fn name(self) -> &'static str {
        match self.0 {
            1 => "interface-local",
            2 => "link-local",
            3 => "realm-local",
            4 => "admin-local",
            5 => "site-local",
            8 => "organization-local",
            14 => "global",
            _ => "unassigned",
        }
    }

    /// The scope of an IPv6 address.
    pub fn of_v6(addr: Ipv6Addr) -> Self {
        let [first, second, ..] = addr.octets();
        if first == 0xff {
            Self(second & 0x0f)
        } else if addr.is_loopback() || addr.is_unicast_link_local() {
            Self::LINK_LOCAL
        } else if first == 0xfe && second & 0xc0 == 0xc0 {
            Self::SITE_LOCAL
        } else {
            Self::GLOBAL
        }
    }
}

/// What decides between two destinations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rule {
    /// 1
    AvoidUnusable,
    /// 2
    MatchingScope,
    /// 3
    AvoidDeprecated,
    /// 4
    HomeAddress,
    /// 5
    MatchingLabel,
    /// 6
    HigherPrecedence,
    /// 7
    NativeTransport,
    /// 8
    SmallerScope,
    /// 9
    LongestPrefix,
    /// 10
    Unchanged,
}

/// All of them, in order.
pub const RULES: [Rule; 10] = [
    Rule::AvoidUnusable,
    Rule::MatchingScope,
    Rule::AvoidDeprecated,
    Rule::HomeAddress,
    Rule::MatchingLabel,
    Rule::HigherPrecedence,
    Rule::NativeTransport,
    Rule::SmallerScope,
    Rule::LongestPrefix,
    Rule::Unchanged,
];

impl Rule {
    /// Its number in RFC 6724 section 6.
    pub fn number(self) -> u8 {
        RULES.iter().zip(1..).find(|(rule, _)| **rule == self).map_or(10, |(_, number)| number)
    }

    /// Its name there.
    pub fn name(self) -> &'static str {
        match self {
            Self::AvoidUnusable => "avoid unusable destinations",
            Self::MatchingScope => "prefer matching scope",
            Self::AvoidDeprecated => "avoid deprecated addresses",
            Self::HomeAddress => "prefer home addresses",
            Self::MatchingLabel => "prefer matching label",
            Self::HigherPrecedence => "prefer higher precedence",
            Self::NativeTransport => "prefer native transport",
            Self::SmallerScope => "prefer smaller scope",
            Self::LongestPrefix => "use longest matching prefix",
            Self::Unchanged => "otherwise, leave the order unchanged",
        }
    }

    /// What the rule says of two destinations: `Less` if `a` comes first.
    fn apply(self, policy: &Policy, a: &Destination, b: &Destination) -> Ordering {
        /// The one of which it is true comes first.
        fn wanted(a: bool, b: bool) -> Ordering {
            b.cmp(&a)
        }
        let (from_a, from_b) = match (self, a.source, b.source) {
            (Self::AvoidUnusable, from_a, from_b) => return wanted(from_a.is_some(), from_b.is_some()),
            (Self::HigherPrecedence, ..) => {
                return policy.precedence(b.addr).value.cmp(&policy.precedence(a.addr).value);
            }
            (Self::SmallerScope, ..) => return policy.scope(a.addr).cmp(&policy.scope(b.addr)),
            (Self::Unchanged, ..) => return Ordering::Equal,
            (_, Some(from_a), Some(from_b)) => (from_a, from_b),
            // Rule 1 has told them apart, or both have no source to compare.
            _ => return Ordering::Equal,
        };
        match self {
            Self::MatchingScope => {
                let matches = |to: IpAddr, from: IpAddr| policy.scope(to) == policy.scope(from);
                wanted(matches(a.addr, from_a.addr), matches(b.addr, from_b.addr))
            }
            Self::AvoidDeprecated => wanted(!from_a.deprecated, !from_b.deprecated),
            Self::HomeAddress => wanted(from_a.home, from_b.home),
            Self::MatchingLabel => {
                let matches = |to: IpAddr, from: IpAddr| policy.label(to).value == policy.label(from).value;
                wanted(matches(a.addr, from_a.addr), matches(b.addr, from_b.addr))
            }
            // One interface is one transport.
            Self::NativeTransport if from_a.index == from_b.index => Ordering::Equal,
            Self::NativeTransport => wanted(!from_a.tunnel, !from_b.tunnel),
            Self::LongestPrefix if a.addr.is_ipv4() == b.addr.is_ipv4() => {
                policy.common_prefix(b.addr, &from_b).cmp(&policy.common_prefix(a.addr, &from_a))
            }
            _ => Ordering::Equal,
        }
    }

    /// Why `first` comes before `second` by this rule, with the values that were compared.
    pub fn reason(self, policy: &Policy, first: &Destination, second: &Destination) -> String {
        let (a, b) = (first.addr, second.addr);
        let source = |to: &Destination| to.source.map_or("nothing".to_owned(), |source| source.addr.to_string());
        match self {
            Self::AvoidUnusable => {
                format!("the kernel has no way to {b}, and would send to {a} from {}", source(first))
            }
            Self::MatchingScope => {
                let scope = |addr| policy.scope(addr).name();
                let from = second.source.map_or("none", |source| scope(source.addr));
                format!(
                    "{a} is {} as its source {} is; {b} is {}, its source {} is {from}",
                    scope(a),
                    source(first),
                    scope(b),
                    source(second)
                )
            }
            Self::AvoidDeprecated => format!("the source {} of {b} is deprecated", source(second)),
            Self::HomeAddress => format!("the source {} of {a} is a home address, that of {b} is none", source(first)),
            Self::MatchingLabel => {
                let label = |addr: IpAddr| policy.label(addr).value;
                let from = second.source.map_or(0, |source| label(source.addr));
                format!(
                    "{a} has label {} as its source {} has; {b} has label {}, its source {} has {from}",
                    label(a),
                    source(first),
                    label(b),
                    source(second)
                )
            }
            Self::HigherPrecedence => {
                let (high, low) = (policy.precedence(a), policy.precedence(b));
                format!("{a} has precedence {}, {b} only {}", high.shown(), low.shown())
            }
            Self::NativeTransport => format!("the source {} of {b} is on a tunnel", source(second)),
            Self::SmallerScope => {
                format!("{a} is {}, {b} is {}", policy.scope(a).name(), policy.scope(b).name())
            }
            Self::LongestPrefix => {
                let bits = |to: &Destination| to.source.map_or(0, |source| policy.common_prefix(to.addr, &source));
                format!(
                    "{a} and its source {} begin with {} bits alike, {b} and its source {} with {}",
                    source(first),
                    bits(first),
                    source(second),
                    bits(second)
                )
            }
            Self::Unchanged => "no rule tells them apart, so they stay as they were found".to_owned(),
        }
    }
}

/// Which of two destinations comes first, and by which rule.
///
/// `Less` if `a` does; `Equal` only by [`Rule::Unchanged`].
pub fn compare(policy: &Policy, a: &Destination, b: &Destination) -> (Ordering, Rule) {
    for rule in RULES {
        let ordering = rule.apply(policy, a, b);
        if ordering != Ordering::Equal {
            return (ordering, rule);
        }
    }
    (Ordering::Equal, Rule::Unchanged)
}

/// The destinations in the order in which they are to be tried. Those that no rule tells apart stay as they are.
///
/// By insertion: a policy table can be written under which the rules contradict each other (rule 9 compares within a
/// family only), and no order is then right, but none may panic either. Names have few addresses.
pub fn sorted(policy: &Policy, destinations: &[Destination]) -> Vec<Destination> {
    let mut sorted: Vec<Destination> = Vec::with_capacity(destinations.len());
    for destination in destinations {
        let place = sorted
            .iter()
            .rposition(|earlier| compare(policy, earlier, destination).0 != Ordering::Greater)
            .map_or(0, |earlier| earlier.saturating_add(1));
        sorted.insert(place.min(sorted.len()), *destination);
    }
    sorted
}
