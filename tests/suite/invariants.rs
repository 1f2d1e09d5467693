//! The invariants of ARCHITECTURE.md that the compiler does not hold.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every Rust source below `folder`.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The folders of the crates below `folder`, that one itself left out.
fn crates(folder: &str) -> Vec<PathBuf> {
    let folders = fs::read_dir(root().join(folder)).unwrap().map(|entry| entry.unwrap().path());
    folders.filter(|path| path.join("Cargo.toml").exists()).collect()
}

#[test]
fn only_sys_has_unsafe() {
    let mut checked = 0;
    for folder in ["tools", "tools/dig", "common"].into_iter().flat_map(crates).chain([root().join("common")]) {
        if folder.ends_with("common/sys") {
            continue;
        }
        let lib = fs::read_to_string(folder.join("src/lib.rs")).unwrap();
        assert!(lib.contains("#![forbid(unsafe_code)]"), "{} does not forbid unsafe code", folder.display());
        checked += 1;
    }
    assert_eq!(checked, 8 + 1 + 4, "eight tools, dig's judge, and four crates in common besides sys");
}

#[test]
fn every_crate_has_the_lints_and_the_licence_of_the_workspace() {
    let single = [root().to_owned(), root().join("common"), root().join("tests/support")];
    let mut checked = 0;
    for folder in ["tools", "tools/dig", "common"].into_iter().flat_map(crates).chain(single) {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        for line in ["[lints]\nworkspace = true", "license.workspace = true", "rust-version.workspace = true"] {
            assert!(manifest.contains(line), "{} lacks {line:?}", folder.display());
        }
        checked += 1;
    }
    assert_eq!(
        checked,
        8 + 1 + 5 + 2,
        "eight tools, dig's judge, five crates of common, the root and the support for tests"
    );
}

#[test]
fn no_tool_depends_on_another() {
    for folder in crates("tools") {
        let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap();
        let own = format!("sockeye-{}", folder.file_name().unwrap().to_str().unwrap());
        for other in crates("tools") {
            let other = format!("sockeye-{}", other.file_name().unwrap().to_str().unwrap());
            assert!(own == other || !manifest.contains(&other), "{own} depends on {other}");
        }
    }
}

#[test]
fn common_depends_on_nothing() {
    let manifest = fs::read_to_string(root().join("common/Cargo.toml")).unwrap();
    let dependencies = manifest.split("[dependencies]").nth(1).unwrap().split('[').next().unwrap();
    assert_eq!(dependencies.trim(), "");
}

#[test]
fn a_main_has_no_logic() {
    for folder in crates("tools") {
        let main = fs::read_to_string(folder.join("main.rs")).unwrap();
        let code = main.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("//")).count();
        assert!(code <= 3, "{}/main.rs has {code} lines", folder.display());
    }
}

#[test]
fn no_source_file_is_too_long_to_read() {
    let mut checked = 0;
    for folder in ["common", "tools", "tests"] {
        for path in sources(&root().join(folder)) {
            let lines = fs::read_to_string(&path).unwrap().lines().count();
            assert!(lines <= 800, "{} has {lines} lines: split it by concept", path.display());
            checked += 1;
        }
    }
    assert!(checked > 50, "only {checked} files were looked at");
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    let marks =
        [concat!("#[al", "low("), concat!("#![al", "low("), concat!("to", "do!("), concat!("unimple", "mented!(")];
    for folder in ["common", "tools", "tests"] {
        for path in sources(&root().join(folder)) {
            let text = fs::read_to_string(&path).unwrap();
            for mark in marks {
                assert!(!text.contains(mark), "{} has {mark}", path.display());
            }
        }
    }
}

#[test]
fn what_a_document_points_to_is_there() {
    let mut checked = 0;
    for folder in ["", "docs", "docs/migration", "packaging"] {
        let folder = root().join(folder);
        let files = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
        for page in files.filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
            let text = fs::read_to_string(&page).unwrap();
            let targets = text.split("](").skip(1).filter_map(|rest| rest.split([')', '#']).next());
            for target in targets.filter(|target| !target.is_empty() && !target.contains("://")) {
                assert!(folder.join(target).exists(), "{} points to {target}", page.display());
                checked += 1;
            }
        }
    }
    assert!(checked > 15, "only {checked} links were looked at");
}
