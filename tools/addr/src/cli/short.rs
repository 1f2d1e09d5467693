//! Lines that most calls are, read without clap.
//!
//! To describe every command to clap, and then to read one word by it, takes longer than to show an address. What is not as plain as
//! here goes to clap; a test holds both to the same options.

use std::ffi::OsString;

use sockeye_cli::Presentation;

use super::{COMMANDS, Job, Options, ShowArgs};

/// The options of a line of addresses and files, with `--json`, `--explain` or `--get`. `None` says nothing but that clap must read it.
pub(super) fn parse(args: &[OsString]) -> Option<Options> {
    let mut read = ShowArgs::default();
    let mut presentation = Presentation::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.to_str()? {
            "--json" if !presentation.json => presentation.json = true,
            "--explain" if !presentation.explain => presentation.explain = true,
            "-g" | "--get" if read.get.is_none() => read.get = Some(value(words.next()?)?),
            "-f" | "--file" => read.files.push(value(words.next()?)?.into()),
            plain if plain.is_empty() || plain.starts_with('-') || COMMANDS.contains(&plain) => return None,
            _ => read.texts.push(word.clone()),
        }
    }
    let job = read.job(presentation).ok()?;
    Some(Options { presentation, job: Job::Show(job) })
}

/// A value that cannot be taken for an option.
fn value(word: &OsString) -> Option<String> {
    let word = word.to_str()?;
    (word == "-" || !word.is_empty() && !word.starts_with('-')).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sockeye_cli::Invocation;

    use super::*;
    use crate::cli::by_clap;

    #[test]
    fn the_usual_lines_are_short() {
        for line in [&["127.1"][..], &["10.0.0.1", "255.0.0.0", "--json"], &["-f", "-", "--get", "{text}"]] {
            let args: Vec<OsString> = line.iter().map(Into::into).collect();
            assert!(parse(&args).is_some(), "{line:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn a_short_line_has_the_options_that_clap_reads(
            line in prop::collection::vec(
                prop::sample::select(vec![
                    "127.1", "::1/64", "", "-", "--", "--json", "--explain", "--get", "-g", "{text}", "{nope}", "-f", "--file", "/x",
                    "split", "port", "--color", "always", "-gx", "--get={text}", "-x",
                ]),
                0..6,
            ),
        ) {
            let args: Vec<OsString> = line.iter().map(Into::into).collect();
            if let Some(options) = parse(&args) {
                let invocation = Invocation { name: "addr".to_owned(), args };
                prop_assert_eq!(options, by_clap(&invocation).map_err(|refused| format!("{refused:?}")).unwrap());
            }
        }
    }
}
