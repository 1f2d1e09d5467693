//! Which network namespaces are listed.

use crate::explain::counted;

/// What the namespace that we are in is called, if it has no name.
pub const OWN: &str = "this";

/// What `--netns` takes, in words.
pub const WANTED: &str = "--netns takes a name of ip-netns(8), a process number, a path, or all";

/// A namespace as the command line names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// By its name for ip-netns(8).
    Name(String),
    /// That of a process.
    Pid(u32),
    /// By its file.
    Path(String),
    /// The one that we are in.
    Own,
    /// Every one that has a name or a process.
    All,
}

impl Wanted {
    /// Reads what stands behind `--netns`: also what a listing calls a namespace. `None` for nothing.
    pub fn parse(word: &str) -> Option<Self> {
        let pid = word.strip_prefix("pid:").unwrap_or(word);
        Some(match pid.parse() {
            _ if word.is_empty() => return None,
            _ if word == "all" => Self::All,
            _ if word == OWN => Self::Own,
            Ok(pid) => Self::Pid(pid),
            Err(_) if word.contains('/') => Self::Path(word.to_owned()),
            Err(_) => Self::Name(word.to_owned()),
        })
    }
}

/// What could not be listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Left {
    /// Namespaces that may not be entered.
    pub namespaces: usize,
    /// Processes whose namespace may not be known.
    pub processes: usize,
    /// Whether there is no /proc to look for processes in.
    pub unlisted: bool,
}

impl Left {
    /// The sentence about it, if there is anything to say.
    pub fn sentence(&self) -> Option<String> {
        let namespaces = || counted(self.namespaces, "network namespace", "network namespaces");
        let processes = || counted(self.processes, "process", "processes");
        match (self.namespaces, self.processes) {
            (0, 0) if self.unlisted => Some(
                "/proc is not mounted: only our own network namespace, and those with a name, are known".to_owned(),
            ),
            (0, 0) => None,
            (0, _) => Some(format!("no permission to see the network namespaces of {}", processes())),
            (_, 0) => Some(format!("no permission to enter {}", namespaces())),
            (_, _) => Some(format!("no permission to enter {}, nor to see those of {}", namespaces(), processes())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_a_process_a_path_or_all() {
        let read = |word| Wanted::parse(word).unwrap();
        assert_eq!(read("all"), Wanted::All);
        assert_eq!(read("812"), Wanted::Pid(812));
        assert_eq!(read("/proc/1/ns/net"), Wanted::Path("/proc/1/ns/net".to_owned()));
        assert_eq!(read("r1"), Wanted::Name("r1".to_owned()));
        assert_eq!(read("99999999999"), Wanted::Name("99999999999".to_owned()));
        // As a listing calls them.
        assert_eq!((read("pid:812"), read("this")), (Wanted::Pid(812), Wanted::Own));
        assert_eq!(read("pid:x"), Wanted::Name("pid:x".to_owned()));
        assert_eq!(Wanted::parse(""), None);
    }

    #[test]
    fn what_was_left_out_is_told() {
        let said = |namespaces, processes| Left { namespaces, processes, unlisted: false }.sentence();
        assert_eq!(said(0, 0), None);
        assert!(Left { unlisted: true, ..Left::default() }.sentence().unwrap().starts_with("/proc is not mounted"));
        assert_eq!(said(2, 0).unwrap(), "no permission to enter 2 network namespaces");
        assert_eq!(said(0, 1).unwrap(), "no permission to see the network namespaces of 1 process");
        assert!(said(1, 3).unwrap().ends_with("1 network namespace, nor to see those of 3 processes"));
    }
}
