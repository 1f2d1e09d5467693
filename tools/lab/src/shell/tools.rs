//! Where the other tools are.
//!
//! They lie beside `lab` when the suite is installed. After `cargo run --bin lab` they do not: cargo builds that one
//! executable alone. Its libraries are all built by then, so that the others are only to be linked; lab asks the same
//! cargo to do it, with the same profile, into the same folder, and without the network.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use sockeye_cli::{Failure, Output, Status};

/// The tools that an experiment may run.
pub const NAMES: [&str; 7] = ["url", "dig", "nc", "ports", "netsum", "addr", "hop"];

/// The file by which cargo marks the root of a target folder.
const TARGET_MARK: &str = "CACHEDIR.TAG";

/// The folder with the tools.
#[derive(Debug)]
pub struct Tools {
    folder: PathBuf,
}

impl Tools {
    /// Finds the tools, or has them built where lab was started by `cargo run`.
    ///
    /// # Errors
    /// [`Failure`] if one is missing, with what to do.
    pub fn find(output: &mut Output<'_>) -> Result<Self, Failure> {
        let executable =
            env::current_exe().map_err(|error| Failure::call(Status::HOST, "readlink", "/proc/self/exe", &error))?;
        let folder = executable.parent().unwrap_or_else(|| Path::new("/")).to_owned();
        let missing = |name: &str| format!("{name}: not in {}", folder.display());
        match (first_missing(&folder), Cargo::around(&folder)) {
            // cargo knows which of them are older than their sources, and needs no time where none is.
            (lacking, Some(cargo)) => cargo.build(lacking.is_none(), output)?,
            (Some(name), None) => return Err(Failure::host(missing(name)).hint(advice(&folder))),
            (None, None) => {}
        }
        if let Some(name) = first_missing(&folder) {
            return Err(Failure::host(missing(name)).hint("cargo did not build it there"));
        }
        Ok(Self { folder })
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

fn first_missing(folder: &Path) -> Option<&'static str> {
    NAMES.into_iter().find(|name| !folder.join(name).is_file())
}

fn advice(folder: &Path) -> String {
    match Target::of(folder) {
        Some(target) => format!("build all of them: cargo build {}", target.profile_args().join(" ")),
        None => "install all tools of the suite into one folder: cargo install --path . --locked".to_owned(),
    }
}

/// The cargo that started us.
struct Cargo {
    program: OsString,
    manifest: PathBuf,
    target: Target,
}

impl Cargo {
    /// The one of `cargo run`, if we were built by it.
    fn around(folder: &Path) -> Option<Self> {
        let program = env::var_os("CARGO")?;
        let manifest = Path::new(&env::var_os("CARGO_MANIFEST_DIR")?).join("Cargo.toml");
        let target = Target::of(folder)?;
        manifest.is_file().then_some(Self { program, manifest, target })
    }

    /// Builds the tools. Where they are all there, only those whose sources are newer, and without a word.
    fn build(&self, quiet: bool, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut args = self.target.profile_args();
        args.push("--bins".to_owned());
        let typed = format!("cargo build {}", args.join(" "));
        if quiet {
            args.push("--quiet".to_owned());
        } else {
            output.stderr_line(format!("lab: building the tools that it runs: {typed}"));
        }
        let mut command = Command::new(&self.program);
        command.arg("build").args(args).arg("--offline").arg("--manifest-path").arg(&self.manifest);
        command.arg("--target-dir").arg(&self.target.root);
        // What `cargo run` has set for us is not what the user has set.
        for (name, _) in env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("CARGO_PKG_") || name_text.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&name);
            }
        }
        command.env_remove("LD_LIBRARY_PATH").env_remove("DYLD_FALLBACK_LIBRARY_PATH");
        // Its progress is on standard error, where ours would be.
        let status = command.stdin(Stdio::null()).stdout(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(Failure::host(format!("{typed}: {status}"))),
            Err(error) => Err(Failure::call(Status::HOST, "start", Path::new(&self.program).display(), &error)),
        }
    }
}

/// A folder of cargo's with executables in it: `target/release`, `target/x86_64-unknown-linux-musl/debug`.
#[derive(Debug, PartialEq, Eq)]
struct Target {
    root: PathBuf,
    triple: Option<String>,
    profile: String,
}

impl Target {
    fn of(folder: &Path) -> Option<Self> {
        let name = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
        let (parent, profile) = (folder.parent()?, name(folder)?);
        let is_root = |path: &Path| path.join(TARGET_MARK).is_file();
        if is_root(parent) {
            return Some(Self { root: parent.to_owned(), triple: None, profile });
        }
        let root = parent.parent().filter(|root| is_root(root))?;
        Some(Self { root: root.to_owned(), triple: Some(name(parent)?), profile })
    }

    fn profile_args(&self) -> Vec<String> {
        let mut args = match self.profile.as_str() {
            "release" => vec!["--release".to_owned()],
            // The profile is called dev, its folder debug.
            "debug" => Vec::new(),
            other => vec!["--profile".to_owned(), other.to_owned()],
        };
        if let Some(triple) = &self.triple {
            args.extend(["--target".to_owned(), triple.clone()]);
        }
        args
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::shell::folder::Folder;

    #[test]
    fn a_target_folder_is_known_by_its_mark() {
        let folder = Folder::create().unwrap();
        let release = folder.path().join("release");
        assert_eq!(Target::of(&release), None);
        fs::write(folder.path().join(TARGET_MARK), "").unwrap();
        assert_eq!(Target::of(&release).unwrap().profile_args(), ["--release"]);
        let musl = Target::of(&folder.path().join("x86_64-unknown-linux-musl/debug")).unwrap();
        assert_eq!(musl.profile_args(), ["--target", "x86_64-unknown-linux-musl"]);
        assert_eq!(musl.root, folder.path());
        let custom = Target::of(&folder.path().join("dist")).unwrap();
        assert_eq!(custom.profile_args(), ["--profile", "dist"]);
    }

    #[test]
    fn the_first_missing_tool_is_named() {
        let folder = Folder::create().unwrap();
        assert_eq!(first_missing(folder.path()), Some("url"));
        for name in NAMES {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert_eq!(first_missing(folder.path()), None);
        fs::remove_file(folder.path().join("dig")).unwrap();
        assert_eq!(first_missing(folder.path()), Some("dig"));
    }
}
