//! What is doubtful about a list of sockets.

/// What is to be said of how a list came, on standard error.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Doubts {
    /// The kernel said each time that a list changed while it was read: a socket may be missing, or there twice.
    pub interrupted: bool,
    /// What `/proc/net` was read instead of.
    instead: Option<Instead>,
}

/// Lists that were read because the kernel did not answer.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Instead {
    /// The kernel's words.
    answer: String,
    /// Below `/proc/net`.
    files: Vec<String>,
}

impl Doubts {
    /// Nothing, or that the list changed each time.
    pub fn of(interrupted: bool) -> Self {
        Self { interrupted, ..Self::default() }
    }

    /// A list of `/proc/net` was read because of this answer.
    pub fn read_instead(&mut self, file: &str, answer: &str) {
        let instead = self.instead.get_or_insert_with(|| Instead { answer: answer.to_owned(), files: Vec::new() });
        instead.files.push(file.to_owned());
    }

    /// What the kernel answered where `/proc/net` was read instead.
    pub fn unanswered(&self) -> Option<&str> {
        self.instead.as_ref().map(|instead| instead.answer.as_str())
    }

    /// Takes in what is doubtful about another part of the list.
    pub fn absorb(&mut self, other: Self) {
        self.interrupted |= other.interrupted;
        if let Some(Instead { answer, files }) = other.instead {
            for file in files {
                self.read_instead(&file, &answer);
            }
        }
    }

    /// All that is to be said, in one sentence.
    pub fn sentence(&self) -> Option<String> {
        self.notes().reduce(|all, note| format!("{all}; {note}"))
    }

    /// The sentences about it.
    pub fn notes(&self) -> impl Iterator<Item = String> {
        let changed = "the list changed each time that it was read: a socket may be missing, or there twice";
        let instead = self.instead.as_ref().map(|Instead { answer, files }| {
            format!(
                "{answer}: read from /proc/net ({}), which may miss sockets or have them twice, and tells no cookie, no bound \
                 device, no limit of an accept queue, no peer of a Unix-domain socket, and not whether [::] takes IPv4",
                files.join(" ")
            )
        });
        self.interrupted.then(|| changed.to_owned()).into_iter().chain(instead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_doubtful_is_told_once() {
        let mut doubts = Doubts::default();
        assert_eq!((doubts.notes().count(), doubts.unanswered()), (0, None));
        doubts.read_instead("tcp", "socket AF_NETLINK: Operation not permitted");
        let mut other = Doubts { interrupted: true, ..Doubts::default() };
        other.read_instead("tcp6", "something else");
        doubts.absorb(other);
        let notes: Vec<String> = doubts.notes().collect();
        let [changed, instead] = notes.as_slice() else { panic!("{notes:?}") };
        assert_eq!(changed, "the list changed each time that it was read: a socket may be missing, or there twice");
        assert_eq!(doubts.sentence(), Some(format!("{changed}; {instead}")));
        let start = "socket AF_NETLINK: Operation not permitted: read from /proc/net (tcp tcp6), which may miss ";
        assert!(instead.starts_with(start), "{instead}");
    }
}
