//! A condition as a filter of the kernel's trace events, so that those of other sockets take no room in the buffer.
//!
//! Only ports are tested: everything else passes, and [`Filter::matches`] decides about it later.
//!
//! # Source
//! Linux, Documentation/trace/events.rst, section 5.

use std::ops::RangeInclusive;

use super::condition::{Condition, Filter, Side, Test};
use super::tree::Tree;

/// The kernel takes no filter that is longer than a page.
const LENGTH_LIMIT: usize = 4_000;

impl Filter {
    /// What lets every event pass of a socket that the filter may want, `None` if that is every event.
    ///
    /// `ephemeral` are the ports that the kernel chooses: a connection has none yet when it is asked for. One that has
    /// failed has forgotten its peer's.
    pub fn trace_filter(&self, ephemeral: &RangeInclusive<u16>) -> Option<String> {
        text(&self.condition, true, ephemeral).filter(|text| text.len() <= LENGTH_LIMIT)
    }
}

/// What holds at least where the condition does, or where it does not; `None` if that may be everywhere.
fn text(condition: &Condition, wanted: bool, ephemeral: &RangeInclusive<u16>) -> Option<String> {
    let (parts, all) = match condition {
        Tree::Leaf(Test::Ports { side, first, last }) => return Some(ports(*side, *first, *last, wanted, ephemeral)),
        Tree::Leaf(_) => return None,
        Tree::Not(part) => return text(part, !wanted, ephemeral),
        Tree::All(parts) => (parts, wanted),
        Tree::Any(parts) => (parts, !wanted),
    };
    let mut texts = parts.iter().map(|part| text(part, wanted, ephemeral));
    let texts: Vec<String> = if all { texts.flatten().collect() } else { texts.by_ref().collect::<Option<_>>()? };
    (!texts.is_empty()).then(|| format!("({})", texts.join(if all { " && " } else { " || " })))
}

fn ports(side: Side, first: u16, last: u16, wanted: bool, ephemeral: &RangeInclusive<u16>) -> String {
    let name = if side == Side::Local { "sport" } else { "dport" };
    let may_be_chosen = match (side, wanted) {
        (Side::Local, true) => first <= *ephemeral.end() && last >= *ephemeral.start(),
        _ => true,
    };
    let unknown = if may_be_chosen { format!("{name} == 0 || ") } else { String::new() };
    match (wanted, first == last) {
        (true, true) => format!("({unknown}{name} == {first})"),
        (true, false) => format!("({unknown}({name} >= {first} && {name} <= {last}))"),
        (false, _) => format!("({unknown}{name} < {first} || {name} > {last})"),
    }
}

#[cfg(test)]
mod tests {
    use sockeye_sys::sock_diag::StateMask;

    use super::*;

    fn port(side: Side, first: u16, last: u16) -> Condition {
        Tree::Leaf(Test::Ports { side, first, last })
    }

    fn of(condition: Condition) -> Option<String> {
        Filter { states: None, condition }.trace_filter(&(32_768..=60_999))
    }

    #[test]
    fn ports_are_tested_and_everything_else_passes() {
        let (local, peer) = (port(Side::Local, 80, 80), port(Side::Peer, 8080, 8090));
        let peers = "(dport == 0 || (dport >= 8080 && dport <= 8090))";
        assert_eq!(of(local.clone()).as_deref(), Some("(sport == 80)"));
        assert_eq!(of(port(Side::Local, 40_000, 40_000)).as_deref(), Some("(sport == 0 || sport == 40000)"));
        let either = Tree::Any(vec![local.clone(), peer.clone()]);
        assert_eq!(of(either.clone()), Some(format!("((sport == 80) || {peers})")));
        let neither = of(Tree::Not(Box::new(either)));
        let (not_local, not_peer) =
            ("(sport == 0 || sport < 80 || sport > 80)", "(dport == 0 || dport < 8080 || dport > 8090)");
        assert_eq!(neither, Some(format!("({not_local} && {not_peer})")));
        let state = || Tree::Leaf(Test::States(StateMask::ESTABLISHED));
        assert_eq!(of(Tree::All(vec![state(), local.clone()])).as_deref(), Some("((sport == 80))"));
        assert_eq!(of(Tree::Any(vec![state(), local.clone()])), None);
        assert_eq!(of(Tree::Not(Box::new(Tree::All(vec![state(), local])))), None);
        assert_eq!((of(state()), of(Tree::constant(true)), of(Tree::constant(false))), (None, None, None));
        let many = Tree::Any((1..500).map(|number| port(Side::Local, number, number)).collect());
        assert_eq!(of(many), None, "too long for the kernel");
    }
}
