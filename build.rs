//! How the executables are linked for a release; only their layout depends on it, never what they do.
//!
//! - What a plain call of dig or url runs lies together (`tools/dig/order.ld`, `tools/url/order.ld`): the kernel maps 64 KiB
//!   around each page that is touched, and the few hundred functions of a call lie in all of the megabytes otherwise.
//! - Relative relocations are packed (`.relr.dyn`, a tenth of the octets that the loader would read), where the C library
//!   of this host, which the executables are linked to, can read that: glibc since 2.36.
//! - url lies at a fixed address: to relocate the eleven pages of tables with pointers in them is a fifteenth of a call. The stack,
//!   the heap and the libraries stay where chance puts them, and url has no unsafe code of its own that could be led astray.
//! - url has the unwinder of libgcc in itself: to look up and map libgcc_s.so is a tenth of a call that takes a millisecond.
//!   (Its licence, GPL with the GCC Runtime Library Exception, allows that.)

#![expect(clippy::disallowed_methods, reason = "a build script: the environment is how cargo talks to it")]

use std::env;
use std::path::Path;
use std::process::Command;

/// Whose functions lie in an order of their own, `tools/TOOL/order.ld`.
const ORDERED: [&str; 2] = ["dig", "url"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for tool in ORDERED {
        println!("cargo::rerun-if-changed=tools/{tool}/order.ld");
    }
    if variable("PROFILE") != "release" || variable("CARGO_CFG_TARGET_OS") != "linux" {
        return;
    }
    // GNU ld and LLD read linker scripts that only insert something; another linker may not, and does without.
    if !another_linker(&variable("CARGO_ENCODED_RUSTFLAGS")) {
        let root = variable("CARGO_MANIFEST_DIR");
        for tool in ORDERED {
            println!("cargo::rustc-link-arg-bin={tool}=-Wl,-T,{root}/tools/{tool}/order.ld");
        }
    }
    if variable("CARGO_CFG_TARGET_ENV") == "gnu" && variable("HOST") == variable("TARGET") {
        // A static executable has libgcc's unwinder, and starts by code that relocates itself.
        if variable("CARGO_CFG_TARGET_FEATURE").split(',').any(|feature| feature == "crt-static") {
            return;
        }
        if packs_relocations() {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
        println!("cargo::rustc-link-arg-bin=url=-no-pie");
        if let Some(unwinder) = static_unwinder() {
            println!("cargo::rustc-link-arg-bin=url=-Wl,--push-state,--whole-archive,{unwinder},--pop-state");
        }
    }
}

fn variable(name: &str) -> String {
    env::var(name).unwrap_or_default()
}

/// Whether the flags of rustc name a linker other than GNU ld and LLD.
fn another_linker(flags: &str) -> bool {
    flags.split("-fuse-ld=").skip(1).any(|linker| !linker.starts_with("lld") && !linker.starts_with("bfd"))
}

/// The unwinder of libgcc as an archive, where the C compiler here has it.
fn static_unwinder() -> Option<String> {
    let said = Command::new("cc").arg("-print-file-name=libgcc_eh.a").output().ok()?;
    let path = String::from_utf8(said.stdout).ok()?.trim().to_owned();
    // A compiler that has no such file says the bare name.
    (path.starts_with('/') && !path.contains(',') && Path::new(&path).is_file()).then_some(path)
}

/// Whether the C library here is a glibc of 2.36 or later. One that nobody can ask is taken for an older one.
fn packs_relocations() -> bool {
    let Ok(said) = Command::new("getconf").arg("GNU_LIBC_VERSION").output() else { return false };
    let said = String::from_utf8_lossy(&said.stdout);
    let mut parts = said.trim().trim_start_matches("glibc ").split('.').map_while(|part| part.parse::<u32>().ok());
    matches!((parts.next(), parts.next()), (Some(major), Some(minor)) if (major, minor) >= (2, 36))
}
