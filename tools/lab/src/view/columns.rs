//! Which nodes have a column in a ladder, and in which order.

use super::Selection;
use crate::frames::Annotated;
use crate::model::Lab;
use crate::record::{Record, What};

/// With more nodes than this the order is that of the lab file: no terminal has room for their columns.
const MOST: usize = 12;

/// The ends of the links, and the hosts of which something is shown; who has a link to whom stands beside him, as far as
/// that can be.
pub(super) fn columns<'a>(
    records: &'a [Record],
    frames: &[&Annotated<'a>],
    lab: &'a Lab,
    selection: &Selection<'_>,
) -> Vec<&'a str> {
    let events =
        records.iter().filter(|record| selection.has_step(record.step)).filter_map(|record| match &record.what {
            What::State { node, .. } => Some(node.as_str()),
            What::Command { node, .. } | What::Line { node, .. } | What::Typed { node, .. } if selection.talk => {
                Some(node.as_str())
            }
            _ => None,
        });
    let ends = frames.iter().flat_map(|frame| [frame.frame.from.as_str(), frame.frame.to.as_str()]);
    let shown: Vec<&str> = ends.chain(events).collect();
    let known = lab.network.nodes.iter().map(|node| node.name.as_str());
    let mut nodes: Vec<&str> = known.filter(|node| shown.contains(node)).collect();
    for node in shown {
        if !nodes.contains(&node) {
            nodes.push(node);
        }
    }
    arranged(nodes, lab)
}

/// The same nodes with shorter links: one after another is put where that shortens them most.
fn arranged<'a>(mut nodes: Vec<&'a str>, lab: &Lab) -> Vec<&'a str> {
    if nodes.len() > MOST {
        return nodes;
    }
    let mut length = total(&nodes, lab);
    while let Some((shorter, better)) = moves(&nodes).map(|moved| (total(&moved, lab), moved)).min_by_key(|(it, _)| *it)
        && shorter < length
    {
        (length, nodes) = (shorter, better);
    }
    nodes
}

/// Every order that differs by the place of one node.
fn moves<'n, 'a>(nodes: &'n [&'a str]) -> impl Iterator<Item = Vec<&'a str>> + use<'n, 'a> {
    nodes.iter().enumerate().flat_map(move |(from, node)| {
        (0..nodes.len()).map(move |to| {
            let others = nodes.iter().enumerate().filter(|(place, _)| *place != from).map(|(_, other)| *other);
            let (before, behind): (Vec<_>, Vec<_>) = others.enumerate().partition(|(place, _)| *place < to);
            let names = |part: Vec<(usize, &'a str)>| part.into_iter().map(|(_, name)| name);
            names(before).chain([*node]).chain(names(behind)).collect()
        })
    })
}

/// How many columns all links go over.
fn total(nodes: &[&str], lab: &Lab) -> usize {
    let place = |node: &str| nodes.iter().position(|known| *known == node);
    let lengths = lab.network.links.iter().filter_map(|link| {
        let [one, other] = &link.ends;
        Some(place(&one.node)?.abs_diff(place(&other.node)?))
    });
    lengths.sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(network: &str) -> String {
        let text = format!("experiment x\ntitle x\n{network}\nstep x\n  a$ ports\n");
        let lab = crate::language::parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        let nodes = lab.network.nodes.iter().map(|node| node.name.as_str()).collect();
        arranged(nodes, &lab).join(" ")
    }

    #[test]
    fn neighbours_stand_beside_each_other() {
        let line = "host a b\nrouter r q\nlink a:e0 -- r:e0\nlink r:e1 -- q:e0\nlink q:e1 -- b:e0";
        assert_eq!(order(line), "a r q b");
        let star = "host a b c d\nswitch s\nlink a:e0 -- s:p1\nlink b:e0 -- s:p2\nlink c:e0 -- s:p3\nlink d:e0 -- s:p4";
        assert_eq!(order(star), "a b s c d");
        assert_eq!(order("host a b\nlink b:e0 -- a:e0"), "a b");
    }
}
