//! Which processes hold a socket.

use std::collections::HashMap;

use serde::Serialize;

/// One descriptor of one process that refers to a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Holding {
    /// The socket.
    pub inode: u32,
    /// The process.
    pub pid: u32,
    /// The descriptor.
    pub fd: u32,
}

/// A process that holds a socket, as it is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Owner<'a> {
    /// The process.
    pub pid: u32,
    /// The descriptor.
    pub fd: u32,
    /// `/proc/PID/comm`, made safe for a terminal. A process may set it to anything.
    #[serde(flatten, serialize_with = "crate::command::flat")]
    pub command: &'a str,
}

/// The same, kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The process.
    pub pid: u32,
    /// The descriptor.
    pub fd: u32,
    /// As [`Owner::command`].
    #[serde(flatten, serialize_with = "crate::command::flat")]
    pub command: String,
}

impl From<Owner<'_>> for Held {
    fn from(Owner { pid, fd, command }: Owner<'_>) -> Self {
        Self { pid, fd, command: command.to_owned() }
    }
}

/// What a search through the processes found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holders {
    /// In order of inode, process and descriptor.
    holdings: Vec<Holding>,
    commands: HashMap<u32, String>,
    /// Some processes could not be looked into: a socket without a holder may have one there.
    incomplete: bool,
}

/// Who holds a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// At least these.
    Held,
    /// Nobody: TIME-WAIT, an orphan, a connection that waits for accept(2), or a socket of another PID namespace.
    Nobody,
    /// A process that we may not look into.
    Hidden,
}

impl Holders {
    /// Puts together what the threads of a search found.
    pub fn new(mut holdings: Vec<Holding>, commands: HashMap<u32, String>, incomplete: bool) -> Self {
        holdings.sort_unstable();
        holdings.dedup();
        Self { holdings, commands, incomplete }
    }

    /// Every holder of a socket, by process and descriptor.
    pub fn of(&self, inode: Option<u32>) -> impl Iterator<Item = Owner<'_>> {
        let start = inode.map_or(self.holdings.len(), |inode| self.holdings.partition_point(|held| held.inode < inode));
        let from = self.holdings.get(start..).unwrap_or_default().iter();
        // There are few of each: the last is found without another search.
        from.take_while(move |holding| Some(holding.inode) == inode).map(|holding| Owner {
            pid: holding.pid,
            fd: holding.fd,
            command: self.commands.get(&holding.pid).map_or("", String::as_str),
        })
    }

    /// Who holds the socket with this inode.
    pub fn ownership(&self, inode: Option<u32>) -> Ownership {
        match inode {
            Some(_) if self.of(inode).next().is_some() => Ownership::Held,
            Some(_) if self.incomplete => Ownership::Hidden,
            _ => Ownership::Nobody,
        }
    }

    /// Whether a socket without a holder may have one that we may not see.
    pub fn hides(&self, inode: Option<u32>) -> bool {
        self.incomplete && self.ownership(inode) == Ownership::Hidden
    }

    /// How many different sockets have a holder.
    pub fn held(&self) -> usize {
        self.holdings.chunk_by(|one, next| one.inode == next.inode).count()
    }
}

/// The socket that a link in `/proc/PID/fd` points to: `socket:[4711]`.
///
/// # Source
/// proc_pid_fd(5).
pub fn socket_inode(link: &[u8]) -> Option<u32> {
    let digits = link.strip_prefix(b"socket:[")?.strip_suffix(b"]")?;
    if !digits.first()?.is_ascii_digit() {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// Appends the holders as text: `nc[812] fd 3`, several descriptors of one process together.
pub fn push_owners<'a>(text: &mut String, owners: impl Iterator<Item = Owner<'a>>) {
    let mut before = None;
    for owner in owners {
        let fd = owner.fd.to_string();
        if before == Some(owner.pid) {
            text.push(' ');
            text.push_str(&fd);
            continue;
        }
        if before.is_some() {
            text.push_str(", ");
        }
        push_command(text, owner.command);
        text.push('[');
        text.push_str(&owner.pid.to_string());
        text.push_str("] fd ");
        text.push_str(&fd);
        before = Some(owner.pid);
    }
}

/// What [`push_owners`] wrote, owner by owner: cut at the commas that are not part of a name in quotes.
pub fn each_owner(text: &str) -> impl Iterator<Item = &str> {
    outside_quotes(text, ',').map(str::trim_start)
}

/// A text cut where `cut` stands outside names in quotes.
pub(crate) fn outside_quotes(text: &str, cut: char) -> impl Iterator<Item = &str> {
    let (mut quoted, mut escaped) = (false, false);
    let between = move |character: char| {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = quoted,
            '"' => quoted = !quoted,
            _ => {}
        }
        character == cut && !quoted
    };
    text.split(between)
}

/// A plain name as it is; one with blanks, brackets or quotes in quotes, so that it cannot be taken for two owners.
pub(crate) fn push_command(text: &mut String, command: &str) {
    let plain = |character: char| character.is_alphanumeric() || "._-+/:@#~".contains(character);
    if !command.is_empty() && command.chars().all(plain) {
        return text.push_str(command);
    }
    push_quoted(text, command);
}

/// A name in quotes.
pub(crate) fn push_quoted(text: &mut String, name: &str) {
    text.push('"');
    text.push_str(&name.replace('"', "\\\""));
    text.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holders(incomplete: bool) -> Holders {
        let holding = |inode, pid, fd| Holding { inode, pid, fd };
        // As two threads would bring them: out of order, and one twice.
        let found = vec![holding(9, 20, 4), holding(7, 11, 3), holding(7, 10, 5), holding(7, 10, 3), holding(7, 11, 3)];
        let commands = [(10, "nginx"), (11, "a) b (c"), (20, "")].map(|(pid, name)| (pid, name.to_owned()));
        Holders::new(found, commands.into(), incomplete)
    }

    fn text(holders: &Holders, inode: u32) -> String {
        let mut text = String::new();
        push_owners(&mut text, holders.of(Some(inode)));
        text
    }

    #[test]
    fn every_holder_of_a_socket_is_named_once() {
        assert_eq!(text(&holders(false), 7), r#"nginx[10] fd 3 5, "a) b (c"[11] fd 3"#);
        assert_eq!(text(&holders(false), 9), r#"""[20] fd 4"#);
        assert_eq!(text(&holders(false), 8), "");
        assert_eq!(holders(false).held(), 2);
    }

    #[test]
    fn a_name_cannot_pretend_to_be_another_owner() {
        let mut shown = String::new();
        push_owners(&mut shown, [Owner { pid: 1, fd: 2, command: r#"x"[9] fd 1, "#.trim() }].into_iter());
        assert_eq!(shown, r#""x\"[9] fd 1,"[1] fd 2"#);
    }

    #[test]
    fn a_comma_in_a_name_is_not_between_two_owners() {
        // As they come: escaped, so that a backslash in a name stands doubled.
        let names = ["a, b[9] fd 1", r#"x", y"#, r"z\\", "", "plain", r"\\, \\"];
        let mut shown = String::new();
        push_owners(&mut shown, (0..).zip(names).map(|(pid, command)| Owner { pid, fd: 2, command }));
        let each: Vec<&str> = each_owner(&shown).collect();
        let expected = [
            r#""a, b[9] fd 1"[0] fd 2"#,
            r#""x\", y"[1] fd 2"#,
            r#""z\\"[2] fd 2"#,
            r#"""[3] fd 2"#,
            "plain[4] fd 2",
            r#""\\, \\"[5] fd 2"#,
        ];
        assert_eq!(each, expected);
    }

    #[test]
    fn a_sentence_is_not_cut_within_a_name() {
        let words: Vec<&str> = outside_quotes(r#"stop "a \" b" (kill 7)"#, ' ').collect();
        assert_eq!(words, ["stop", r#""a \" b""#, "(kill", "7)"]);
    }

    #[test]
    fn hidden_only_where_something_could_be() {
        assert_eq!(holders(true).ownership(Some(7)), Ownership::Held);
        assert_eq!(holders(true).ownership(Some(8)), Ownership::Hidden);
        assert_eq!([7, 8].map(|inode| holders(true).hides(Some(inode))), [false, true]);
        assert_eq!([7, 8].map(|inode| holders(false).hides(Some(inode))), [false, false]);
        assert_eq!(holders(false).ownership(Some(8)), Ownership::Nobody);
        assert_eq!(holders(true).ownership(None), Ownership::Nobody, "TIME-WAIT has no owner to hide");
    }

    #[test]
    fn only_sockets_have_socket_inodes() {
        assert_eq!(socket_inode(b"socket:[4711]"), Some(4711));
        for other in [
            &b"pipe:[4711]"[..],
            b"socket:[]",
            b"socket:[x]",
            b"socket:[-1]",
            b"socket:[+1]",
            b"socket:[4294967296]",
            b"",
        ] {
            assert_eq!(socket_inode(other), None);
        }
    }
}
