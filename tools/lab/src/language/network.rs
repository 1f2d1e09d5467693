//! The statements that say what the network is.

use super::Mistake;
use super::values::{self, is_interface, is_name};
use super::words::{Word, Words, unquoted};
use crate::model::{Conditions, End, File, Link, Medium, Network, Node, NodeKind, Route, Setting};

/// Words that begin statements, so that no node, link or process is called so.
const RESERVED: [&str; 13] =
    ["host", "router", "switch", "link", "none", "from", "to", "via", "dev", "default", "as", "within", "before"];

/// The names of all hosts, without routers and switches.
pub(super) fn hosts(network: &Network) -> Vec<String> {
    network.nodes.iter().filter(|node| node.kind == NodeKind::Host).map(|node| node.name.clone()).collect()
}

/// `host alice bob`, `router r1`, `switch s1`.
pub(super) fn nodes(kind: &str, words: &mut Words<'_>, network: &mut Network) -> Result<(), Mistake> {
    let kind = match kind {
        "host" => NodeKind::Host,
        "router" => NodeKind::Router,
        _ => NodeKind::Switch,
    };
    loop {
        let word = words.next("a name")?;
        if !is_name(word.text) || RESERVED.contains(&word.text) {
            return Err(word.instead_of("a name of letters, digits and hyphens"));
        }
        if network.nodes.iter().any(|node| node.name == word.text) {
            return Err(word.place.wrong(format!("there is a node {} already", word.text)));
        }
        network.nodes.push(Node { name: word.text.to_owned(), kind });
        if words.peek().is_none() {
            return Ok(());
        }
    }
}

/// The node that is named here.
pub(super) fn node<'n>(words: &mut Words<'_>, network: &'n Network) -> Result<&'n Node, Mistake> {
    let word = words.next("a node")?;
    node_called(word.text, word, network)
}

fn node_called<'n>(name: &str, word: Word<'_>, network: &'n Network) -> Result<&'n Node, Mistake> {
    network.nodes.iter().find(|node| node.name == name).ok_or_else(|| {
        let nodes = network.nodes.iter().map(|node| node.name.as_str());
        word.place.wrong(format!("there is no node {name:?}: expected {}", one_of(nodes, "a node, which `host` makes")))
    })
}

/// The names of what there is, or what there should be.
pub(super) fn one_of<'n>(names: impl Iterator<Item = &'n str>, otherwise: &str) -> String {
    let names: Vec<_> = names.collect();
    match names.split_last() {
        None => otherwise.to_owned(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// `link alice:eth0 10.0.1.1/24 -- r1:eth0 10.0.1.254/24`, `link ... == ... as middle delay 25 ms`.
pub(super) fn link(words: &mut Words<'_>, network: &mut Network) -> Result<(), Mistake> {
    let left = end(words, network)?;
    let medium = words.next("-- (a cable) or == (a wire)")?;
    let is_wire = match medium.text {
        "--" => false,
        "==" => true,
        _ => return Err(medium.instead_of("an address such as 10.0.0.1/24, mtu, or -- (a cable), or == (a wire)")),
    };
    let right_place = words.place();
    let right = end(words, network)?;
    if (&left.node, &left.interface) == (&right.node, &right.interface) {
        return Err(right_place.wrong("both ends are the same interface"));
    }
    let mut name = format!("{}-{}", left.node, right.node);
    let mut named = right_place;
    let mut conditions = [Conditions::default(); 2];
    let mut from = None;
    while let Some(word) = words.peek() {
        if words.take("as") {
            let word = words.next("a name")?;
            if !is_name(word.text) || RESERVED.contains(&word.text) {
                return Err(word.instead_of("a name of letters, digits and hyphens"));
            }
            word.text.clone_into(&mut name);
            named = word.place;
        } else if !is_wire {
            return Err(
                word.instead_of("`as NAME` or the end of the statement; only a wire (==) has delay, loss and rate")
            );
        } else if words.take("from") {
            let node = words.next("a node at an end of this wire")?;
            let at = [&left, &right].iter().position(|end| end.node == node.text);
            from = Some(at.ok_or_else(|| node.instead_of(format!("{} or {}", left.node, right.node)))?);
        } else if let Some(condition) = values::condition(words)? {
            for (index, end) in conditions.iter_mut().enumerate() {
                if from.is_none_or(|from| from == index) {
                    end.apply(condition);
                }
            }
        } else {
            return Err(word.instead_of("an address, as, from, delay, jitter, loss, duplicate, reorder, rate or queue"));
        }
    }
    if network.links.iter().any(|link| link.name == name) {
        return Err(named.wrong(format!("there is a link {name} already: name this one with `as NAME`")));
    }
    let medium = if is_wire { Medium::Wire(conditions) } else { Medium::Cable };
    network.links.push(Link { name, ends: [left, right], medium });
    Ok(())
}

/// `alice:eth0 10.0.1.1/24 fd00:1::1/64 mtu 1400`.
fn end(words: &mut Words<'_>, network: &Network) -> Result<End, Mistake> {
    let (node, interface, word) = node_and_interface(words, network)?;
    if network.links.iter().flat_map(|link| &link.ends).any(|end| end.node == node.name && end.interface == interface) {
        return Err(word.place.wrong(format!("{} is plugged in already", word.text)));
    }
    let mut addresses = Vec::new();
    while let Some(word) = words.peek().filter(|word| word.text.contains('/')) {
        words.take(word.text);
        let address = values::address(word)?;
        if node.kind == NodeKind::Switch {
            return Err(word.place.wrong("a switch has no addresses"));
        }
        if addresses.contains(&address) {
            return Err(word.place.wrong(format!("{address} is said already")));
        }
        addresses.push(address);
    }
    let mtu = if words.take("mtu") { Some(mtu(words)?) } else { None };
    Ok(End { node: node.name.clone(), interface: interface.to_owned(), addresses, mtu })
}

/// The longest packet of an interface, in octets. RFC 791, section 3.2: no module of IPv4 may have a lower one than 68.
fn mtu(words: &mut Words<'_>) -> Result<u32, Mistake> {
    const EXPECTED: &str = "the longest packet in octets, 68 to 65535";
    let word = words.next(EXPECTED)?;
    values::plain(word.text).filter(|octets| (68..=65_535).contains(octets)).ok_or_else(|| word.instead_of(EXPECTED))
}

/// `alice:eth0`, the interface of which may be new.
fn node_and_interface<'a, 'n>(
    words: &mut Words<'a>,
    network: &'n Network,
) -> Result<(&'n Node, &'a str, Word<'a>), Mistake> {
    const EXPECTED: &str = "a node and its interface, such as alice:eth0";
    let word = words.next(EXPECTED)?;
    let (name, interface) = word.text.split_once(':').ok_or_else(|| word.instead_of(EXPECTED))?;
    let node = node_called(name, word, network)?;
    if is_interface(interface) {
        Ok((node, interface, word))
    } else {
        Err(word.instead_of("an interface of 15 letters and digits at most, and not lo"))
    }
}

/// `alice:eth0`, which a link has.
pub(super) fn interface<'a>(words: &mut Words<'a>, network: &Network) -> Result<(String, &'a str), Mistake> {
    let (node, interface, word) = node_and_interface(words, network)?;
    check_interface(&node.name, interface, word, network)?;
    Ok((node.name.clone(), interface))
}

fn check_interface(node: &str, interface: &str, word: Word<'_>, network: &Network) -> Result<(), Mistake> {
    let there = || network.links.iter().flat_map(|link| &link.ends).filter(|end| end.node == node);
    if there().any(|end| end.interface == interface) {
        return Ok(());
    }
    let names = one_of(there().map(|end| end.interface.as_str()), "a link, which `link` makes");
    Err(word.place.wrong(format!("{node} has no interface {interface:?}: expected {names}")))
}

/// The link that is named here.
pub(super) fn link_called<'n>(words: &mut Words<'_>, network: &'n Network) -> Result<&'n Link, Mistake> {
    let word = words.next("a link")?;
    network.links.iter().find(|link| link.name == word.text).ok_or_else(|| {
        let links = network.links.iter().map(|link| link.name.as_str());
        let links = one_of(links, "a link, which `link` makes");
        word.place.wrong(format!("there is no link {:?}: expected {links}", word.text))
    })
}

/// `alice default via 10.0.1.254`, `r1 10.0.3.0/24 via 10.0.2.2`, `alice 10.9.0.0/16 dev eth0`.
pub(super) fn route(words: &mut Words<'_>, network: &Network) -> Result<Route, Mistake> {
    let node = node(words, network)?.name.clone();
    let to = words.next("default or a network such as 10.0.3.0/24")?;
    let to = if to.text == "default" { None } else { Some(values::network(to)?) };
    let mut route = Route { node, to, via: None, interface: None };
    if words.peek().is_none() {
        return Err(words.place().wrong("expected `via ADDRESS` or `dev INTERFACE`, found the end of the statement"));
    }
    while let Some(word) = words.peek() {
        if words.take("via") {
            let word = words.next("the address of a neighbour")?;
            let via = values::ip(word.text, word.place)?;
            if route.to.is_some_and(|to| to.addr.is_ipv4() != via.is_ipv4()) {
                return Err(word.place.wrong("the network and its neighbour are of different families"));
            }
            route.via = Some(via);
        } else if words.take("dev") {
            let word = words.next("an interface")?;
            check_interface(&route.node, word.text, word, network)?;
            route.interface = Some(word.text.to_owned());
        } else {
            return Err(word.instead_of("via or dev"));
        }
    }
    Ok(route)
}

/// `bob net.ipv4.tcp_max_syn_backlog=4`.
pub(super) fn setting(words: &mut Words<'_>, network: &Network) -> Result<Setting, Mistake> {
    const EXPECTED: &str = "a kernel setting such as net.ipv4.tcp_max_syn_backlog=4";
    let node = node(words, network)?.name.clone();
    let word = words.next(EXPECTED)?;
    let (name, value) = word.text.split_once('=').ok_or_else(|| word.instead_of(EXPECTED))?;
    // Only of the network: the other settings are not of a namespace, but of the whole machine.
    let known = name.starts_with("net.") || name.starts_with("offload.");
    if !known || !name.split('.').all(is_name) {
        return Err(
            word.instead_of("a setting that begins with net., with dots between its words, or offload.INTERFACE")
        );
    }
    let place = super::Place { column: word.place.column + name.chars().count() + 1, ..word.place };
    let value = if value.starts_with('"') { unquoted(value, place)? } else { value.to_owned() };
    if value.is_empty() || value.contains(char::is_control) {
        return Err(place.wrong("expected a value"));
    }
    if name.starts_with("offload.") && !["on", "off"].contains(&value.as_str()) {
        return Err(place.wrong("expected on or off"));
    }
    Ok(Setting { node, name: name.to_owned(), value })
}

/// `alice /etc/hosts "10.0.0.2 bob\n" ...`.
pub(super) fn file(words: &mut Words<'_>, network: &mut Network) -> Result<(), Mistake> {
    let node = node(words, network)?.name.clone();
    let word = words.next("a path such as /etc/hosts")?;
    let is_plain = word.text.split('/').skip(1).all(|part| !part.is_empty() && part != "." && part != "..");
    if !word.text.starts_with('/') || !is_plain || word.text.contains(['"', '\\']) {
        return Err(word.instead_of("a path such as /etc/hosts"));
    }
    let path = word.text.to_owned();
    if network.files.iter().any(|file| (&file.node, &file.path) == (&node, &path)) {
        return Err(word.place.wrong(format!("{path} of {node} is said already")));
    }
    let mut text = words.string("what is in the file")?;
    while let Some(more) = words.string_if_any()? {
        text.push_str(&more);
    }
    network.files.push(File { node, path, text });
    Ok(())
}

/// `watch alice bob`, `watch none`.
pub(super) fn watch(words: &mut Words<'_>, network: &mut Network) -> Result<(), Mistake> {
    if words.take("none") {
        return Ok(());
    }
    loop {
        let name = node(words, network)?.name.clone();
        if !network.watched.contains(&name) {
            network.watched.push(name);
        }
        if words.peek().is_none() {
            return Ok(());
        }
    }
}
