//! Generated files are what their sources say: man pages and completion scripts.
//!
//! `SOCKEYE_BLESS=1 cargo test --test suite generated` writes them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::Command;
use sockeye_cli::completions;

// The list of tools is in tests/tools.rs.
use crate::tools;

/// The names by which tools are other tools, and the tool of each.
const DIALECTS: [(&str, &str); 6] =
    [("netcat", "nc"), ("ncat", "nc"), ("host", "dig"), ("trurl", "url"), ("ss", "ports"), ("netstat", "ports")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compares `content` with the file, or writes it when blessing. Returns what is wrong.
fn check(path: &Path, content: &str) -> Option<String> {
    if std::env::var_os("SOCKEYE_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
    let found = fs::read_to_string(path).unwrap_or_default();
    (found != content).then(|| format!("{} is stale", path.display()))
}

/// Files below `folder` that no tool generates.
fn strangers(folder: &Path, known: &BTreeSet<PathBuf>, found: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            strangers(&path, known, found);
        } else if !known.contains(&path) {
            found.push(format!("{} belongs to no tool", path.display()));
        }
    }
}

#[test]
fn generated_files_are_current() {
    let mut wrong = Vec::new();
    let mut known = BTreeSet::new();
    for (name, command, manual) in tools::all() {
        let page = root().join(format!("man/{name}.1"));
        wrong.extend(check(&page, &manual.page(&command)));
        known.insert(page);
        for shell in completions::SHELLS {
            let script = root().join("completions").join(completions::path(name, shell));
            wrong.extend(check(&script, &completions::script(&command, shell).expect("a shell of SHELLS")));
            known.insert(script);
        }
    }
    // The page of a dialect is that of its tool. Not by a symbolic link, which not every way of copying a tree keeps.
    for (name, tool) in DIALECTS {
        let page = root().join(format!("man/{name}.1"));
        wrong.extend(check(&page, &format!(".so man1/{tool}.1\n")));
        known.insert(page);
    }
    strangers(&root().join("man"), &known, &mut wrong);
    strangers(&root().join("completions"), &known, &mut wrong);
    assert!(wrong.is_empty(), "{}\nrun: SOCKEYE_BLESS=1 cargo test --test suite generated", wrong.join("\n"));
}

#[test]
fn every_manual_is_complete() {
    for (name, command, manual) in tools::all() {
        assert_eq!(command.get_name(), name);
        assert!(!manual.examples.is_empty(), "{name}: a manual without EXAMPLES");
        assert!(manual.exit_status.iter().any(|(status, _)| *status == 0), "{name}: EXIT STATUS without 0");
        assert!(manual.exit_status.len() >= 2, "{name}: EXIT STATUS tells no failure");
        let mut command = command;
        command.build();
        check_help(name, &command);
    }
}

fn check_help(name: &str, command: &Command) {
    for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
        assert!(arg.get_help().is_some(), "{name}: {} has no help", arg.get_id());
    }
    for sub in command.get_subcommands() {
        check_help(name, sub);
    }
}
