//! What the pages in docs/ say about the tools is so.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use sockeye_test_support::{run, tool};

fn page(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn the_plan_of_a_term_has_every_experiment() {
    let page = page("teaching.md");
    let rows = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").nth(1)?.strip_prefix('`')?.strip_suffix('`'));
    let planned: BTreeSet<String> = rows.map(str::to_owned).collect();
    let told = run(tool("lab").args(["list", "--json"]));
    let told = String::from_utf8(told.status(0).stdout.clone()).unwrap();
    let records = told.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let known: BTreeSet<String> =
        records.filter_map(|record| record["data"]["name"].as_str().map(str::to_owned)).collect();
    assert_eq!(planned, known);
}
