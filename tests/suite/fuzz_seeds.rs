//! Seeds of the fuzz targets: what stands in the tests, in the form that each target reads.
//!
//! They are not kept: `tests/fuzz/build` has this test write them, with `SOCKEYE_SEEDS=FOLDER`, so that a vector that is
//! added to a test is a seed at the next run. Here it is held that each target has some.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

mod literals;
mod recipes;

/// More than this is no seed, but a load.
const LONGEST: usize = 1 << 14;
/// As many as a target gets.
const MOST: usize = 500;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The targets that there are.
fn targets() -> BTreeSet<String> {
    let files = fs::read_dir(root().join("tests/fuzz/fuzz_targets")).unwrap().map(|entry| entry.unwrap().path());
    files.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// The seeds of a target, each once; of too many, some of everywhere.
fn seeds(make: fn() -> Vec<Vec<u8>>) -> BTreeSet<Vec<u8>> {
    let all: BTreeSet<Vec<u8>> = make().into_iter().filter(|seed| !seed.is_empty() && seed.len() <= LONGEST).collect();
    let step = all.len().div_ceil(MOST).max(1);
    all.into_iter().step_by(step).collect()
}

/// The words of seeds that are text, for a dictionary: without a sanitizer, libFuzzer does not see what they are compared
/// with.
fn words(seeds: &BTreeSet<Vec<u8>>) -> BTreeSet<String> {
    let texts = seeds.iter().filter_map(|seed| std::str::from_utf8(seed).ok());
    let words =
        texts.flat_map(|text| text.split(|character: char| !character.is_ascii_alphanumeric() && character != '-'));
    words.filter(|word| (2..=24).contains(&word.len())).map(str::to_owned).take(100_000).collect()
}

fn write(folder: &Path, name: &str, seeds: &BTreeSet<Vec<u8>>) {
    let own = folder.join("seeds").join(name);
    fs::create_dir_all(&own).unwrap();
    let file = |number: usize| own.join(format!("{number:04}"));
    for (number, seed) in seeds.iter().enumerate() {
        if fs::read(file(number)).ok().as_ref() != Some(seed) {
            fs::write(file(number), seed).unwrap();
        }
    }
    // Those of an earlier time.
    for path in (seeds.len()..=MOST).map(file).filter(|path| path.exists()) {
        fs::remove_file(path).unwrap();
    }
    let dictionary = folder.join("words");
    fs::create_dir_all(&dictionary).unwrap();
    let words: Vec<String> = words(seeds).iter().take(3000).map(|word| format!("\"{word}\"")).collect();
    // libFuzzer refuses an empty one.
    if words.is_empty() {
        let _ = fs::remove_file(dictionary.join(name));
    } else {
        fs::write(dictionary.join(name), words.join("\n")).unwrap();
    }
}

#[test]
fn every_target_has_seeds_and_is_built() {
    let known: BTreeSet<String> = recipes::RECIPES.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(known, targets(), "fuzz targets, and what is known of their seeds");
    let manifest = fs::read_to_string(root().join("tests/fuzz/Cargo.toml")).unwrap();
    let built: BTreeSet<String> = manifest
        .lines()
        .filter_map(|line| Some(line.strip_prefix("path = \"fuzz_targets/")?.strip_suffix(".rs\"")?.to_owned()))
        .collect();
    assert_eq!(built, targets(), "fuzz targets, and what their manifest builds");
    let page = fs::read_to_string(root().join("docs/fuzzing.md")).unwrap();
    let folder = std::env::var_os("SOCKEYE_SEEDS").map(PathBuf::from);
    for (name, make) in recipes::RECIPES {
        let seeds = seeds(*make);
        assert!(seeds.len() >= 2, "{name} has {} seeds", seeds.len());
        assert!(page.contains(&format!("| `{name}` |")), "docs/fuzzing.md does not say what {name} is");
        if let Some(folder) = &folder {
            write(folder, name, &seeds);
        }
    }
}
