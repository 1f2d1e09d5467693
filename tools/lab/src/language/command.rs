//! What is typed on a node, and what it is called.

use std::time::Duration;

use super::lines::{Piece, Statement};
use super::network::one_of;
use super::words::Words;
use super::{Mistake, values};
use crate::model::{Command, Network, Time};
use crate::placeholder;

/// The tools of the suite: the first of them on a line gives the command its label.
const TOOLS: [&str; 8] = ["nc", "dig", "url", "netsum", "ports", "lab", "addr", "hop"];

/// What a command is done with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    /// Whether it goes on while others run: `&`.
    pub(super) background: bool,
    /// Whether it runs without any capability: `%`.
    pub(super) unprivileged: bool,
}

/// Takes a word such as `alice$` apart.
fn prompt(head: &str) -> Option<(&str, Prompt)> {
    let (node, background, unprivileged) = if let Some(node) = head.strip_suffix("&%") {
        (node, true, true)
    } else if let Some(node) = head.strip_suffix('$') {
        (node, false, false)
    } else if let Some(node) = head.strip_suffix('%') {
        (node, false, true)
    } else {
        (head.strip_suffix('&')?, true, false)
    };
    values::is_name(node).then_some((node, Prompt { background, unprivileged }))
}

/// Whether a statement that begins so is a command.
pub(super) fn is_command(head: &str) -> bool {
    prompt(head).is_some()
}

/// Reads a command that stands at the beginning of `pieces`: `alice$ [client within 60 s] nc -v bob 7000`.
///
/// # Errors
/// [`Mistake`]: what is wrong with the node, the brackets or the line.
pub(super) fn command(
    pieces: &[Piece<'_>],
    otherwise: Duration,
    network: &Network,
) -> Result<(Command, Prompt, Time), Mistake> {
    let beginning = pieces.first().map(|piece| piece.place).unwrap_or_default();
    let mut pieces: Vec<_> = pieces.iter().copied().filter(|piece| !piece.text.is_empty()).collect();
    let Some(first) = pieces.first_mut() else {
        return Err(beginning.wrong("expected a command, found the end of the statement"));
    };
    let head = Piece { text: first.text.split_whitespace().next().unwrap_or(""), ..*first };
    let Some((node, prompt)) = prompt(head.text) else {
        return Err(head.place.wrong(format!("expected a node and its prompt, such as alice$, found {:?}", head.text)));
    };
    if !network.nodes.iter().any(|known| known.name == node) {
        let nodes = one_of(network.nodes.iter().map(|node| node.name.as_str()), "a node");
        return Err(head.place.wrong(format!("there is no node {node:?}: expected {nodes}")));
    }
    *first = first.after(head.text.len());
    let mut limit = Time { duration: otherwise, scaled: false };
    let mut label = None;
    let mut label_place = None;
    // `[ -f x ]` is a command.
    if first.text.starts_with('[') && !first.text.starts_with("[ ") {
        let Some((inside, _)) = first.text.split_once(']') else {
            return Err(first.place.wrong("expected a closing bracket"));
        };
        label_place = Some(first.after(1).place);
        (label, limit) = brackets(first.after(1), inside.len() - 1, limit, prompt)?;
        *first = first.after(inside.len() + 1);
    }
    let place = first.place;
    let mut line = String::new();
    for piece in &pieces {
        let said = without_comment(piece.text);
        if !said.is_empty() {
            line.push_str(if line.is_empty() { "" } else { " " });
            line.push_str(said);
        }
        check_placeholders(*piece, network)?;
    }
    if line.is_empty() {
        return Err(place.wrong("expected a command, found the end of the statement"));
    }
    let label = label.unwrap_or_else(|| label_of(&line));
    if super::checks::KEYWORDS.contains(&label.as_str()) || !values::is_name(&label) {
        let place = label_place.unwrap_or(place);
        return Err(place.wrong(format!("{label:?} is no good label: name it, as in `{} [NAME] ...`", head.text)));
    }
    Ok((Command { node: node.to_owned(), label, line, unprivileged: prompt.unprivileged }, prompt, limit))
}

/// `client within 60 s`, in brackets.
fn brackets(
    inside: Piece<'_>,
    length: usize,
    otherwise: Time,
    prompt: Prompt,
) -> Result<(Option<String>, Time), Mistake> {
    let piece = Piece { text: inside.text.get(..length).unwrap_or("").trim_end(), ..inside };
    let mut words = Words::of_pieces(&[piece], piece.place)?;
    let label = match words.peek() {
        Some(word) if word.text != "within" => {
            words.take(word.text);
            if !values::is_name(word.text) {
                return Err(word.instead_of("a label of letters, digits and hyphens"));
            }
            Some(word.text.to_owned())
        }
        _ => None,
    };
    if prompt.background && words.peek().is_some() {
        return Err(words.place().wrong("expected a closing bracket: a command that goes on has no time"));
    }
    let limit = values::limit(&mut words, otherwise.duration)?;
    words.end()?;
    Ok((label, limit))
}

/// The line up to a `#` that begins a word outside of quotation marks, as a shell reads it.
fn without_comment(line: &str) -> &str {
    let mut quote = None;
    let mut before = ' ';
    for (at, character) in line.char_indices() {
        match (quote, character) {
            (None, '#') if before.is_whitespace() => return line.get(..at).unwrap_or(line).trim_end(),
            (None, '\'' | '"') if before != '\\' => quote = Some(character),
            (Some(open), _) if open == character && (before != '\\' || open == '\'') => quote = None,
            _ => {}
        }
        // Two backslashes are one, which hides nothing.
        before = if before == '\\' && character == '\\' { ' ' } else { character };
    }
    line
}

/// What a command is called if it has no name: the first tool of the suite on its line, otherwise its first word.
pub(crate) fn label_of(line: &str) -> String {
    let words = line.split(|character: char| character.is_whitespace() || ";|&()'\"<>".contains(character));
    let names: Vec<_> = words
        .filter(|word| !word.is_empty() && !word.contains('='))
        .map(|word| word.rsplit('/').next().unwrap_or(word))
        .collect();
    let tool = names.iter().find(|name| TOOLS.contains(name)).or(names.first());
    tool.map_or_else(String::new, |name| (*name).to_owned())
}

/// `{pcap LINK}` must name a link, and a time in braces be one.
pub(super) fn check_placeholders(piece: Piece<'_>, network: &Network) -> Result<(), Mistake> {
    for (at, part) in placeholder::parts(piece.text) {
        if let placeholder::Part::NoTime(braces) = part {
            let place = piece.after(at).place;
            return Err(place.wrong(format!("expected a time of a day at most, such as {{2 s}}, found {braces}")));
        }
        if let placeholder::Part::Pcap(link) = part
            && !network.links.iter().any(|known| known.name == link)
        {
            let links = one_of(network.links.iter().map(|link| link.name.as_str()), "a link");
            let place = piece.after(at).place;
            return Err(place.wrong(format!("there is no link {link:?}: expected {links}")));
        }
    }
    Ok(())
}

/// `until alice$ LINE shows "TEXT" "TEXT" within 10 s`: the command, and the words after `shows`.
///
/// # Errors
/// [`Mistake`] if it has no `shows`.
pub(super) fn until<'a>(statement: &Statement<'a>) -> Result<(Vec<Piece<'a>>, Words<'a>), Mistake> {
    const SHOWS: &str = " shows ";
    let mut pieces = statement.rest();
    let found = pieces.iter().enumerate().rev().find_map(|(index, piece)| {
        let at = piece.text.rfind(SHOWS).map(|at| at + 1).or_else(|| piece.text.starts_with("shows ").then_some(0))?;
        Some((index, at))
    });
    let Some((index, at)) = found else {
        let place = pieces.last().map_or(statement.head().place, |piece| piece.place);
        return Err(place.wrong("expected `shows` and what a line must have, in quotation marks"));
    };
    let mut shown = pieces.split_off(index);
    if let Some(first) = shown.first_mut() {
        pieces.push(Piece { text: first.text.get(..at).unwrap_or("").trim_end(), ..*first });
        *first = first.after(at);
    }
    let mut words = Words::of_pieces(&shown, statement.head().place)?;
    words.expect("shows")?;
    Ok((pieces, words))
}
