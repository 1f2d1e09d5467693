//! What labs that were killed have left: what `lab clean` answers.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::{Render, Text};
use sockeye_common::words::counted;

/// Something that was left.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
pub enum Left {
    /// A process.
    Process {
        /// Its number.
        pid: u32,
        /// What it runs.
        command: String,
    },
    /// A working folder.
    Folder {
        /// Its path.
        path: String,
    },
}

impl Render for Left {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        match self {
            Self::Process { pid, command } => text.line(format!("process {pid} ({})", escape(command))),
            Self::Folder { path } => text.line(format!("folder {}", escape(path))),
        }
    }
}

/// All of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(tag = "record", rename = "swept")]
pub struct Swept {
    /// How many processes there were.
    pub processes: usize,
    /// How many folders there were.
    pub folders: usize,
    /// Whether they were removed, and not only found.
    pub removed: bool,
}

impl Render for Swept {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        if self.processes == 0 && self.folders == 0 {
            return text.line("Nothing was left.");
        }
        let done = if self.removed { "removed" } else { "would be removed" };
        let (processes, folders) = (counted(self.processes, "process"), counted(self.folders, "folder"));
        text.line(format!("{done}: {processes}, {folders}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_is_counted() {
        let shown = |swept: Swept| {
            let mut octets = Vec::new();
            swept.render(&mut Text::plain(&mut octets)).unwrap();
            String::from_utf8(octets).unwrap()
        };
        assert_eq!(shown(Swept { removed: true, ..Swept::default() }), "Nothing was left.\n");
        let some = Swept { processes: 2, folders: 1, removed: true };
        assert_eq!(shown(some), "removed: 2 processes, 1 folder\n");
        assert_eq!(shown(Swept { removed: false, ..some }), "would be removed: 2 processes, 1 folder\n");
    }
}
