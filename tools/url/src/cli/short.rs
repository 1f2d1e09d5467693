//! Lines that most calls are, read without clap.
//!
//! Describing every option of every command to clap, and then reading two words by it, is the greater part of a call that takes
//! one URL apart. What is not as plain as here goes to clap; a test holds both to the same options.

use std::ffi::{OsStr, OsString};

use sockeye_cli::Presentation;

use super::dissect::DissectArgs;
use super::{Job, Options, is_command};

/// The options of a line of URLs, files, and `--json`, `--csv` or `--get`. `None` says nothing but that clap must read it.
pub(super) fn parse(args: &[OsString]) -> Option<Options> {
    let mut read = DissectArgs::default();
    let mut presentation = Presentation::default();
    let mut words = args.iter();
    while let Some(word) = words.next() {
        match word.to_str()? {
            "--json" if !presentation.json => presentation.json = true,
            "--csv" if !read.csv => read.csv = true,
            "-g" | "--get" if read.get.is_none() => read.get = Some(value(words.next()?)?),
            "-f" | "--url-file" => read.files.push(value(words.next()?)?),
            plain if plain.is_empty() || plain.starts_with('-') || is_command(plain) => return None,
            _ => read.urls.push(word.clone()),
        }
    }
    let nothing = read.urls.is_empty() && read.files.is_empty();
    if nothing || (read.csv && read.get.is_some()) {
        return None;
    }
    let job = read.job(presentation).ok()?;
    Some(Options { presentation, job: Job::Dissect(job) })
}

/// A value that cannot be taken for an option.
fn value(word: &OsStr) -> Option<OsString> {
    let plain = word == "-" || !word.as_encoded_bytes().starts_with(b"-");
    (plain && !word.is_empty()).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;
    use proptest::prelude::*;
    use sockeye_cli::Invocation;

    use super::*;
    use crate::cli::{COMMANDS, Cli, by_clap};

    #[test]
    fn the_commands_are_those_that_clap_knows() {
        let command = Cli::command();
        let mut names: Vec<&str> = command.get_subcommands().map(clap::Command::get_name).collect();
        names.sort_unstable();
        assert_eq!(names, COMMANDS);
    }

    #[test]
    fn the_usual_lines_are_short() {
        for line in
            [&["http://h/"][..], &["--get", "{host}", "http://h/"], &["-f", "-", "--json"], &["--csv", "a:", "b:"]]
        {
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
                    "http://h/", "a:b", "", "-", "--", "--json", "--csv", "--get", "-g", "{host}", "{nope}", "-f", "--url-file", "/x",
                    "same", "connect", "--fields", "url", "--explain", "--color", "always", "--resolve", "-gx", "--get={url}", "-x",
                ]),
                0..6,
            ),
        ) {
            let args: Vec<OsString> = line.iter().map(Into::into).collect();
            if let Some(options) = parse(&args) {
                let invocation = Invocation { name: "url".to_owned(), args };
                prop_assert_eq!(options, by_clap(&invocation).map_err(|refused| format!("{refused:?}")).unwrap());
            }
        }
    }
}
