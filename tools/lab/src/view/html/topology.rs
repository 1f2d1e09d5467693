//! The network as a picture.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;

use super::text;
use crate::model::{End, Link, Medium, Network, NodeKind};
use crate::written::listed;

/// The width and height of a node, and the distances between two, in pixels.
const NODE: (usize, usize) = (110, 46);
const STEP: (usize, usize) = (320, 120);
const MARGIN: usize = 20;

/// Draws it: neighbours stand next to each other, from the first node on.
pub(super) fn svg(network: &Network) -> String {
    let picture = Picture::new(network);
    let (width, height) = picture.size();
    let mut svg =
        format!("<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" role=\"img\" aria-label=\"the network\">");
    for link in &network.links {
        picture.link(&mut svg, link);
    }
    for node in &network.nodes {
        picture.node(&mut svg, &node.name, node.kind);
    }
    svg.push_str("</svg>");
    svg
}

/// Where each node is: columns by the distance from the first one, what no link reaches in columns behind.
struct Picture<'a> {
    places: BTreeMap<&'a str, (usize, usize)>,
    /// How many nodes each column has.
    rows: BTreeMap<usize, usize>,
}

impl<'a> Picture<'a> {
    fn new(network: &'a Network) -> Self {
        let mut picture = Self { places: BTreeMap::new(), rows: BTreeMap::new() };
        for node in &network.nodes {
            let free = picture.rows.keys().max().map_or(0, |last| last + 1);
            let mut queue = VecDeque::from_iter(picture.place(&node.name, free));
            while let Some((name, column)) = queue.pop_front() {
                for link in &network.links {
                    let [near, far] = &link.ends;
                    for (here, there) in [(near, far), (far, near)] {
                        if here.node == name {
                            queue.extend(picture.place(&there.node, column + 1));
                        }
                    }
                }
            }
        }
        picture
    }

    /// Gives a node the next place of a column, unless it has one.
    fn place(&mut self, name: &'a str, column: usize) -> Option<(&'a str, usize)> {
        if self.places.contains_key(name) {
            return None;
        }
        let row = self.rows.entry(column).or_insert(0);
        self.places.insert(name, (column, *row));
        *row += 1;
        Some((name, column))
    }

    fn most(&self) -> usize {
        self.rows.values().copied().max().unwrap_or(1)
    }

    fn size(&self) -> (usize, usize) {
        let columns = self.rows.len().max(1);
        (MARGIN * 2 + NODE.0 + (columns - 1) * STEP.0, MARGIN * 2 + NODE.1 + self.most().saturating_sub(1) * STEP.1)
    }

    /// The middle of a node. A column with fewer nodes stands at the middle of the others.
    fn center(&self, name: &str) -> (usize, usize) {
        let (column, row) = self.places.get(name).copied().unwrap_or_default();
        let short = self.most() - self.rows.get(&column).copied().unwrap_or(1);
        (MARGIN + NODE.0 / 2 + column * STEP.0, MARGIN + NODE.1 / 2 + row * STEP.1 + short * STEP.1 / 2)
    }

    fn node(&self, svg: &mut String, name: &str, kind: NodeKind) {
        let (x, y) = self.center(name);
        let (radius, kind) = match kind {
            NodeKind::Host => (6, ""),
            NodeKind::Router => (NODE.1 / 2, "router"),
            NodeKind::Switch => (0, "switch"),
        };
        let (left, top) = (x - NODE.0 / 2, y - NODE.1 / 2);
        let name_y = if kind.is_empty() { y + 5 } else { y };
        let _ = write!(
            svg,
            "<rect class=\"node\" x=\"{left}\" y=\"{top}\" width=\"{}\" height=\"{}\" rx=\"{radius}\"/>\
             <text x=\"{x}\" y=\"{name_y}\" text-anchor=\"middle\" font-size=\"15\" font-weight=\"600\">{}</text>",
            NODE.0,
            NODE.1,
            text(name)
        );
        if !kind.is_empty() {
            let y = y + 15;
            let _ = write!(
                svg,
                "<text class=\"soft\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" font-size=\"11\">{kind}</text>"
            );
        }
    }

    fn link(&self, svg: &mut String, link: &Link) {
        let [first, second] = &link.ends;
        let swapped = self.center(&first.node) > self.center(&second.node);
        let (near, far) = if swapped { (second, first) } else { (first, second) };
        let ((from_x, from_y), (to_x, to_y)) = (self.center(&near.node), self.center(&far.node));
        let class = if matches!(link.medium, Medium::Wire(_)) { "wire faulty" } else { "wire" };
        let _ = write!(svg, "<path class=\"{class}\" d=\"M{from_x} {from_y}L{to_x} {to_y}\"/>");
        if from_x == to_x {
            return;
        }
        let (start, end) = (from_x + NODE.0 / 2 + 5, to_x - NODE.0 / 2 - 5);
        ends(svg, near, (start, between(from_y, to_y, 2)), "start");
        ends(svg, far, (end, between(from_y, to_y, 6)), "end");
        let middle = (usize::midpoint(from_x, to_x), usize::midpoint(from_y, to_y));
        for (number, words) in link_words(link).iter().enumerate() {
            let _ = write!(
                svg,
                "<text class=\"soft halo\" x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"11\">{}</text>",
                middle.0,
                middle.1 + 15 + number * 13,
                text(words)
            );
        }
    }
}

/// So many eighths of the way from one to the other.
fn between(from: usize, to: usize, eighths: usize) -> usize {
    if to >= from { from + (to - from) * eighths / 8 } else { from - (from - to) * eighths / 8 }
}

/// The interface and the addresses of an end, above the line.
fn ends(svg: &mut String, end: &End, (x, y): (usize, usize), anchor: &str) {
    let addresses = end.addresses.iter().map(ToString::to_string);
    let interface = match end.mtu {
        Some(mtu) => format!("{} MTU {mtu}", end.interface),
        None => end.interface.clone(),
    };
    let lines: Vec<String> = std::iter::once(interface).chain(addresses).collect();
    for (number, words) in lines.iter().rev().enumerate() {
        let class = if number + 1 == lines.len() { "soft halo" } else { "halo" };
        let _ = write!(
            svg,
            "<text class=\"{class}\" x=\"{x}\" y=\"{}\" text-anchor=\"{anchor}\" font-size=\"11\">{}</text>",
            y.saturating_sub(7 + number * 13),
            text(words)
        );
    }
}

/// The name of a link that has one of its own, and what a wire does.
fn link_words(link: &Link) -> Vec<String> {
    let [near, far] = &link.ends;
    let plain = format!("{}-{}", near.node, far.node);
    let mut lines: Vec<String> = Vec::new();
    if link.name != plain {
        lines.push(link.name.clone());
    }
    if let Medium::Wire([there, back]) = &link.medium {
        if there == back {
            lines.push(listed(&there.faults()));
        } else {
            lines.push(format!("→ {}", listed(&there.faults())));
            lines.push(format!("← {}", listed(&back.faults())));
        }
    }
    lines.retain(|line| !line.is_empty());
    lines
}
