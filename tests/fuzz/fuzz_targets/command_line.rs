//! The command lines of all tools and of the older ones that they stand for: none panics, and a refusal says something.
//!
//! The first octet says by which name a tool is called; the arguments stand on lines of their own.
#![no_main]

use std::ffi::OsString;
use std::os::unix::ffi::OsStringExt;

use libfuzzer_sys::fuzz_target;
use sockeye_cli::{Exit, Invocation, Tool};

/// Where a seed's first octet says which: add new ones at the end.
const NAMES: [&str; 14] =
    ["addr", "dig", "hop", "lab", "nc", "netsum", "ports", "url", "netcat", "ncat", "host", "trurl", "ss", "netstat"];

fn read<T: Tool>(invocation: &Invocation) {
    match T::parse(invocation) {
        Err(Exit::Text { text, .. }) => assert!(text.is_empty() || text.ends_with('\n'), "{text:?}"),
        Err(Exit::Failure(failure)) => assert!(!failure.to_string().is_empty()),
        Ok(_) => {}
    }
}

fuzz_target!(|octets: &[u8]| {
    let Some((name, line)) = octets.split_first() else { return };
    let name = NAMES[usize::from(*name) % NAMES.len()];
    let args = if line.is_empty() { Vec::new() } else { line.split(|octet| *octet == b'\n').collect() };
    // argv has no NUL in it.
    let args =
        args.into_iter().map(|arg| OsString::from_vec(arg.iter().copied().filter(|octet| *octet != 0).collect()));
    let invocation = Invocation { name: name.to_owned(), args: args.collect() };
    match name {
        "addr" => read::<sockeye_addr::Addr>(&invocation),
        "dig" | "host" => read::<sockeye_dig::Dig>(&invocation),
        "hop" => read::<sockeye_hop::Hop>(&invocation),
        "lab" => read::<sockeye_lab::Lab>(&invocation),
        "netsum" => read::<sockeye_netsum::Netsum>(&invocation),
        "ports" | "ss" | "netstat" => read::<sockeye_ports::Ports>(&invocation),
        "url" | "trurl" => read::<sockeye_url::Url>(&invocation),
        _ => read::<sockeye_nc::Nc>(&invocation),
    }
});
