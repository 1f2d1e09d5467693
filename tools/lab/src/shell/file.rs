//! Lab files, and the experiments that lab brings with it.

use std::fs;
use std::io::{self, Read as _};
use std::path::Path;

use sockeye_cli::{Failure, Status};

use crate::catalog;
use crate::language;
use crate::model::Lab;
use crate::show::Told;

/// A lab file is no longer than this, in octets: nobody writes a longer one.
const LONGEST: u64 = 1 << 20;

/// The experiment of this name; what has a slash or a dot in it is a file.
///
/// # Errors
/// [`Failure`]: there is no such experiment, the file cannot be read, or it has mistakes.
pub fn load(experiment: &str) -> Result<Lab, Failure> {
    let mistaken = |name: &str, text: &str, mistakes: &[language::Mistake]| match mistakes.split_first() {
        None => Failure::usage(format!("{name}: it cannot be read")),
        Some((first, rest)) => {
            let Told { text: line, .. } = Told::of(name, text, first);
            let at = line.char_indices().nth(first.column.saturating_sub(1)).map_or(line.len(), |(at, _)| at);
            let failure = Failure::usage(format!("{name}:{first}")).pointing(&line, at..at);
            if rest.is_empty() { failure } else { failure.hint(format!("`lab check` tells {} more", rest.len())) }
        }
    };
    if let Some(entry) = catalog::find(experiment) {
        return entry.lab().map_err(|mistakes| mistaken(entry.name, entry.text, &mistakes));
    }
    if !experiment.contains(['/', '.']) && !Path::new(experiment).exists() && experiment != "-" {
        let failure = Failure::usage(format!("there is no experiment {experiment:?}"));
        return Err(match catalog::nearest(experiment) {
            Some(nearest) => failure.hint(format!("did you mean {nearest}? `lab list` lists them all")),
            None => failure.hint("`lab list` lists them all"),
        });
    }
    let (name, text) = read(Path::new(experiment))?;
    language::parse(&text).map_err(|mistakes| mistaken(&name, &text, &mistakes))
}

/// The name and the text of a lab file; `-` is standard input.
///
/// # Errors
/// [`Failure`] if it cannot be read, or is not a text.
pub fn read(path: &Path) -> Result<(String, String), Failure> {
    let (name, read) = if path == Path::new("-") {
        ("standard input".to_owned(), read_some(io::stdin().lock()))
    } else {
        (path.display().to_string(), fs::File::open(path).and_then(read_some))
    };
    let text = read.map_err(|error| Failure::call(Status::USAGE, "read", &name, &error))?;
    Ok((name, text))
}

/// The mark with which some editors begin a text in UTF-8.
const MARK: &str = "\u{feff}";

fn read_some(file: impl io::Read) -> io::Result<String> {
    let mut octets = Vec::new();
    if file.take(LONGEST + 1).read_to_end(&mut octets)? as u64 > LONGEST {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "a lab file has 1 MiB at most"));
    }
    let wrong = |at: usize, what: &str| {
        let line = octets.get(..at).unwrap_or_default().split(|octet| *octet == b'\n').count();
        Err(io::Error::new(io::ErrorKind::InvalidData, format!("line {line} has {what}")))
    };
    let text = match str::from_utf8(&octets) {
        Ok(text) => text,
        Err(error) => return wrong(error.valid_up_to(), "an octet that is not UTF-8"),
    };
    match text.find('\0') {
        Some(at) => wrong(at, "an octet with the value 0, which no text has"),
        None => Ok(text.strip_prefix(MARK).unwrap_or(text).to_owned()),
    }
}
