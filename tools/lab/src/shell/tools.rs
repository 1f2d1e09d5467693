//! Where the other tools are.
//!
//! They lie beside `lab` when the suite is installed. After `cargo run --bin lab` they do not: cargo builds that one
//! executable alone. Its libraries are all built by then, so that the others are only to be linked; lab asks the same
//! cargo to do it, with the same profile, into the same folder, and without the network.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;
use std::{env, fs, io};

use sockeye_cli::{Failure, Output, Status};

/// The tools that an experiment may run.
pub const NAMES: [&str; 5] = ["url", "dig", "nc", "ports", "netsum"];

/// A tool that is older than lab by more than this was built from older sources: one build links all of them in less.
const ONE_BUILD: Duration = Duration::from_secs(120);

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
        let wanting = wanting(&executable, &folder);
        if let Some(name) = wanting.first() {
            let missing = format!("{name}: not in {}", folder.display());
            match Cargo::around(&folder) {
                Some(cargo) => cargo.build(output)?,
                // Older than lab is good enough where nothing better can be made.
                None if is_complete(&folder) => {}
                None => return Err(Failure::host(missing).hint(advice(&folder))),
            }
            if !is_complete(&folder) {
                return Err(Failure::host(missing).hint("cargo did not build it there"));
            }
        }
        Ok(Self { folder })
    }

    /// The executable of a tool.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
}

/// The tools that are missing, or older than lab.
fn wanting(lab: &Path, folder: &Path) -> Vec<&'static str> {
    let modified = |path: &Path| -> io::Result<_> { fs::metadata(path)?.modified() };
    let lab_built = modified(lab);
    NAMES
        .into_iter()
        .filter(|name| match (modified(&folder.join(name)), &lab_built) {
            (Ok(tool), Ok(lab)) => lab.duration_since(tool).is_ok_and(|older| older > ONE_BUILD),
            (Ok(_), Err(_)) => false,
            (Err(_), _) => true,
        })
        .collect()
}

fn is_complete(folder: &Path) -> bool {
    NAMES.iter().all(|name| folder.join(name).is_file())
}

fn advice(folder: &Path) -> String {
    match Target::of(folder) {
        Some(target) => format!("build all of them: cargo build {}", target.profile_args().join(" ")),
        None => "install all tools of the suite into one folder: cargo install --path .".to_owned(),
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

    fn build(&self, output: &mut Output<'_>) -> Result<(), Failure> {
        let mut args = self.target.profile_args();
        args.push("--bins".to_owned());
        let typed = format!("cargo build {}", args.join(" "));
        output.stderr_line(format!("lab: building the tools that it runs: {typed}"));
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
    fn a_missing_tool_is_wanting_and_one_of_the_same_build_is_not() {
        let folder = Folder::create().unwrap();
        let lab = folder.path().join("lab");
        for name in NAMES.iter().chain(&["lab"]) {
            fs::write(folder.path().join(name), "").unwrap();
        }
        assert!(wanting(&lab, folder.path()).is_empty());
        fs::remove_file(folder.path().join("dig")).unwrap();
        assert_eq!(wanting(&lab, folder.path()), ["dig"]);
        let hour = std::time::SystemTime::now() - Duration::from_secs(3600);
        fs::File::options().write(true).open(folder.path().join("nc")).unwrap().set_modified(hour).unwrap();
        assert_eq!(wanting(&lab, folder.path()), ["dig", "nc"]);
    }
}
