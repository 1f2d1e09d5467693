//! A network, drawn with characters: a line of boxes where it is one and fits, otherwise a tree.

use crate::model::{Conditions, End, Link, Medium, Network, NodeKind};
use crate::written::listed;

/// How many characters lie between interfaces, and how many of its line are seen beside the name of a link.
const SLACK: usize = 2;

/// The lines of a drawing, no wider than `columns` if that can be.
pub fn draw(network: &Network, columns: usize) -> Vec<String> {
    let mut lines = match line(network).map(|stations| boxes(network, &stations)) {
        Some(lines) if lines.iter().all(|line| width(line) <= columns) => lines,
        _ => tree(network),
    };
    let wires: Vec<_> = network.links.iter().filter_map(wire).collect();
    if !wires.is_empty() {
        lines.push(String::new());
        lines.extend(wires);
    }
    lines
}

fn width(text: &str) -> usize {
    text.chars().count()
}

/// A node of a line, and the link to the next: its number, and whether it is drawn from its second end to its first.
struct Station<'a> {
    node: &'a str,
    next: Option<(&'a Link, bool)>,
}

/// The nodes from one end of the network to the other, if it is a line.
fn line(network: &Network) -> Option<Vec<Station<'_>>> {
    let degree = |node: &str| network.links.iter().flat_map(|link| &link.ends).filter(|end| end.node == node).count();
    // The first node is the left one if it can be.
    let mut at = network.nodes.iter().map(|node| node.name.as_str()).find(|node| degree(node) == 1)?;
    let mut stations: Vec<Station<'_>> = Vec::new();
    let mut came = None;
    loop {
        if stations.iter().any(|station| station.node == at) {
            return None;
        }
        let mut ways = network
            .links
            .iter()
            .enumerate()
            .filter(|(index, link)| Some(*index) != came && link.ends.iter().any(|end| end.node == at));
        let way = ways.next();
        if ways.next().is_some() {
            return None;
        }
        let Some((index, link)) = way else {
            stations.push(Station { node: at, next: None });
            return (stations.len() == network.nodes.len()).then_some(stations);
        };
        let [left, right] = &link.ends;
        let turned = left.node != at;
        stations.push(Station { node: at, next: Some((link, turned)) });
        came = Some(index);
        at = if turned { &left.node } else { &right.node };
    }
}

/// Boxes in a row: interfaces above the lines between them, addresses below.
fn boxes(network: &Network, stations: &[Station<'_>]) -> Vec<String> {
    let mut rows = vec![String::new(); 3];
    let mut column = 0;
    for station in stations {
        let name = station.node;
        let edge = "─".repeat(width(name) + 2);
        let (left, right) = (if column == 0 { "│" } else { "┤" }, if station.next.is_some() { "├" } else { "│" });
        for (row, text) in
            rows.iter_mut().zip([format!("┌{edge}┐"), format!("{left} {name} {right}"), format!("└{edge}┘")])
        {
            pad(row, column);
            row.push_str(&text);
        }
        let box_wide = width(name) + 4;
        if let Some(kind) = kind(network, name) {
            put(&mut rows, 3, column + box_wide.saturating_sub(width(kind)) / 2, kind);
        }
        column += box_wide;
        let Some((link, turned)) = station.next else { continue };
        let [near, far] = &link.ends;
        let (near, far) = if turned { (far, near) } else { (near, far) };
        let label = named(link);
        let addresses = [addresses(near), addresses(far)];
        let longest = addresses.iter().flatten().map(|text| width(text)).max().unwrap_or(0);
        let interfaces = width(&near.interface) + width(&far.interface);
        // One more than the longest address: those of the right end stand further to the right.
        let wide = (interfaces + SLACK).max(longest + 1).max(width(&label) + 2 + SLACK) + 2;
        let between = wide - 2 - width(&near.interface) - width(&far.interface);
        put(&mut rows, 0, column, &format!(" {}{}{} ", near.interface, " ".repeat(between), far.interface));
        put(&mut rows, 1, column, &centred(&label, wide, stroke(link)));
        let [near, far] = addresses;
        let count = near.len();
        for (row, address) in near.into_iter().enumerate() {
            put(&mut rows, row + 2, column + 1, &address);
        }
        for (row, address) in far.into_iter().enumerate() {
            put(&mut rows, row + 2 + count, column + wide - 1 - width(&address), &address);
        }
        column += wide;
    }
    rows.into_iter().map(|row| row.trim_end().to_owned()).collect()
}

/// Writes `text` at a column that is free, in a row that may be new.
fn put(rows: &mut Vec<String>, row: usize, column: usize, text: &str) {
    while rows.len() <= row {
        rows.push(String::new());
    }
    if let Some(row) = rows.get_mut(row) {
        pad(row, column);
        row.push_str(text);
    }
}

fn pad(row: &mut String, column: usize) {
    let missing = column.saturating_sub(width(row));
    row.extend(std::iter::repeat_n(' ', missing));
}

fn centred(label: &str, wide: usize, stroke: &str) -> String {
    if label.is_empty() {
        return stroke.repeat(wide);
    }
    let free = wide.saturating_sub(width(label) + 2);
    format!("{} {label} {}", stroke.repeat(free / 2), stroke.repeat(free - free / 2))
}

/// What each line of a link is made of.
fn stroke(link: &Link) -> &'static str {
    match link.medium {
        Medium::Cable => "─",
        Medium::Wire(_) => "═",
    }
}

/// The name of a link where its ends do not tell it.
fn named(link: &Link) -> String {
    let [left, right] = &link.ends;
    let told = link.name == format!("{}-{}", left.node, right.node);
    if told { String::new() } else { link.name.clone() }
}

/// A node with what it is, unless it is a host.
fn titled(network: &Network, name: &str) -> String {
    kind(network, name).map_or_else(|| name.to_owned(), |kind| format!("{name} ({kind})"))
}

/// What a node is, unless it is a host.
fn kind(network: &Network, name: &str) -> Option<&'static str> {
    match network.nodes.iter().find(|node| node.name == name)?.kind {
        NodeKind::Host => None,
        NodeKind::Router => Some("router"),
        NodeKind::Switch => Some("switch"),
    }
}

fn addresses(end: &End) -> Vec<String> {
    let mut texts: Vec<_> = end.addresses.iter().map(ToString::to_string).collect();
    texts.extend(end.mtu.map(|mtu| format!("mtu {mtu}")));
    texts
}

/// Every node under the one from which it is reached; a node that is reached a second time has no more lines.
fn tree(network: &Network) -> Vec<String> {
    let mut lines = Vec::new();
    let mut drawn: Vec<&str> = Vec::new();
    let mut used: Vec<usize> = Vec::new();
    for node in &network.nodes {
        if !drawn.contains(&node.name.as_str()) {
            lines.push(titled(network, &node.name));
            drawn.push(&node.name);
            branches(network, &node.name, "", &mut drawn, &mut used, &mut lines);
        }
    }
    lines
}

fn branches<'n>(
    network: &'n Network,
    node: &str,
    indent: &str,
    drawn: &mut Vec<&'n str>,
    used: &mut Vec<usize>,
    lines: &mut Vec<String>,
) {
    let is_free = |used: &[usize], index: usize, link: &Link| {
        !used.contains(&index) && link.ends.iter().any(|end| end.node == node)
    };
    // Where the last branch begins, which is known only when there is no other: a ring may come back to this node.
    let mut newest = lines.len();
    while let Some((index, link)) = network.links.iter().enumerate().find(|(index, link)| is_free(used, *index, link)) {
        used.push(index);
        let [left, right] = &link.ends;
        let (near, far) = if left.node == node { (left, right) } else { (right, left) };
        let again = drawn.contains(&far.node.as_str());
        let label = named(link);
        let middle = if label.is_empty() { String::new() } else { format!(" {label} ") };
        let stroke = stroke(link).repeat(2);
        let seen = if again { " (above)" } else { "" };
        let to = titled(network, &far.node);
        newest = lines.len();
        lines.push(format!("{indent}├─ {} {stroke}{middle}{stroke} {} {to}{seen}", at(near), at(far)));
        if !again {
            drawn.push(&far.node);
            branches(network, &far.node, &format!("{indent}│  "), drawn, used, lines);
        }
    }
    for line in lines.iter_mut().skip(newest) {
        if let Some(rest) = line.strip_prefix(indent) {
            let (corner, rest) = match rest.strip_prefix('├') {
                Some(rest) => ("└", rest),
                None => (" ", rest.strip_prefix('│').unwrap_or(rest)),
            };
            *line = format!("{indent}{corner}{rest}");
        }
    }
}

fn at(end: &End) -> String {
    let mut text = end.interface.clone();
    for address in addresses(end) {
        text.push(' ');
        text.push_str(&address);
    }
    text
}

/// What a wire does to frames, in a line.
fn wire(link: &Link) -> Option<String> {
    let Medium::Wire([left, right]) = link.medium else { return None };
    let [near, far] = &link.ends;
    let says = if left == right {
        conditions(&left)
    } else {
        format!("from {} {}; from {} {}", near.node, conditions(&left), far.node, conditions(&right))
    };
    Some(format!("{}: lab itself carries its frames; {says}", link.name))
}

fn conditions(conditions: &Conditions) -> String {
    let words = listed(&conditions.faults());
    if words.is_empty() { "perfect at first".to_owned() } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(network: &str, columns: usize) -> String {
        let text = format!("experiment x\ntitle x\n{network}\nstep x\n  a$ ports\n");
        let lab = crate::language::parse(&text).unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        draw(&lab.network, columns).join("\n")
    }

    #[test]
    fn two_hosts_are_two_boxes() {
        assert_eq!(drawn("host a\nhost bob", 80), "a\nbob");
        assert_eq!(
            drawn("host a bob\nlink bob:eth1 10.0.0.2/24 fd00::2/64 -- a:eth0 10.0.0.1/24", 80),
            "\
┌───┐ eth0    eth1 ┌─────┐
│ a ├──────────────┤ bob │
└───┘ 10.0.0.1/24  └─────┘
       10.0.0.2/24
        fd00::2/64"
        );
    }

    #[test]
    fn a_line_is_drawn_in_the_order_of_its_cables() {
        let network = "host a b\nrouter r\nlink r:e1 10.0.1.9/24 == b:e0 10.0.1.2/24 mtu 1400 as far delay 25 ms loss 10 %\n\
                       link a:e0 10.0.0.1/24 -- r:e0 10.0.0.9/24";
        assert_eq!(
            drawn(network, 80),
            "\
┌───┐ e0        e0 ┌───┐ e1        e0 ┌───┐
│ a ├──────────────┤ r ├════ far ═════┤ b │
└───┘ 10.0.0.1/24  └───┘ 10.0.1.9/24  └───┘
       10.0.0.9/24 router 10.0.1.2/24
                             mtu 1400

far: lab itself carries its frames; delay 25 ms, loss 10 %"
        );
        assert_eq!(
            drawn(network, 40),
            "\
a
└─ e0 10.0.0.1/24 ──── e0 10.0.0.9/24 r (router)
   └─ e1 10.0.1.9/24 ══ far ══ e0 10.0.1.2/24 mtu 1400 b

far: lab itself carries its frames; delay 25 ms, loss 10 %"
        );
    }

    #[test]
    fn what_is_no_line_is_a_tree() {
        let network = "host a b c\nswitch s\nlink s:p1 -- a:e0 10.0.0.1/24\nlink s:p2 -- b:e0\nlink b:e1 -- c:e1\n\
                       link c:e0 == s:p3 from c rate 2 Mbit/s queue 5";
        assert_eq!(
            drawn(network, 80),
            "\
a
└─ e0 10.0.0.1/24 ──── p1 s (switch)
   └─ p2 ──── e0 b
      └─ e1 ──── e1 c
         └─ e0 ════ p3 s (switch) (above)

c-s: lab itself carries its frames; from c rate 2 Mbit/s, queue 5; from s perfect at first"
        );
    }
}
