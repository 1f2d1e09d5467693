//! Transaction signatures and zone transfers beside the real dig: on a real named, and on a server that misbehaves.

use sockeye_test_support::{Case, Net};

use super::dig::{command_lines, compare};

mod server;

pub(crate) fn tests() -> Vec<Case> {
    vec![
        Case::new("dig_xfr::keys_same_as_dig", &["dig"], keys),
        Case::new("dig_xfr::signatures_same_as_dig", &["dig"], signatures),
    ]
}

/// Key files of every kind, in the folder of the test.
fn keys(net: &Net) {
    server::write_keys(net.dir());
    server::start();
    let lines = command_lines("same-as-dig-keys.txt");
    assert!(lines.len() >= 60, "{} command lines", lines.len());
    compare(&at(net, lines));
}

/// A server that signs, and that signs wrong.
fn signatures(net: &Net) {
    server::write_keys(net.dir());
    server::start();
    let lines = command_lines("same-as-dig-signatures.txt");
    assert!(lines.len() >= 40, "{} command lines", lines.len());
    compare(&at(net, lines));
}

/// The lines with `DIR` for the folder of the test.
fn at(net: &Net, lines: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let folder = net.dir().display().to_string();
    lines.into_iter().map(|line| line.into_iter().map(|word| word.replace("DIR", &folder)).collect()).collect()
}
