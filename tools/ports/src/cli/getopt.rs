//! Command lines as getopt_long(3) reads them: letters in clusters, long options that may be cut short, options behind
//! operands. The options of every tool of the suite are read here too: a dialect has them beside its own.

use std::ffi::OsString;

use sockeye_cli::Presentation;
use sockeye_cli::escape::{escape, escape_octets};
use sockeye_cli::options::ColorWhen;

/// An option that is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Known<T> {
    /// What it does. Two names for one thing do not contradict each other.
    pub(super) does: T,
    /// The letter, or a blank where there is none.
    pub(super) letter: char,
    /// The long name.
    pub(super) long: &'static str,
    /// Whether it takes a value.
    pub(super) valued: bool,
}

/// An option without a value.
pub(super) const fn switch<T: Copy>(does: T, letter: char, long: &'static str) -> Known<T> {
    Known { does, letter, long, valued: false }
}

/// An option with a value.
pub(super) const fn valued<T: Copy>(does: T, letter: char, long: &'static str) -> Known<T> {
    Known { does, letter, long, valued: true }
}

/// One option of a line, with its value if it takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given<T> {
    pub(super) does: T,
    pub(super) value: String,
}

/// What a line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line<T> {
    /// What is asked for, in its order.
    pub(super) given: Vec<Given<T>>,
    /// What is no option.
    pub(super) operands: Vec<String>,
    /// What the options of the suite say.
    pub(super) presentation: Presentation,
}

/// The options of the suite. They may not be cut short: what the dialect understands stays as it is understood there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ours {
    Explain,
    Json,
    Color,
}

const OURS: [Known<Ours>; 3] =
    [switch(Ours::Explain, ' ', "explain"), switch(Ours::Json, ' ', "json"), valued(Ours::Color, ' ', "color")];

/// Reads a line.
///
/// # Errors
/// What is wrong, in getopt_long's words; and which argument is no text, of which a file would get another name.
pub(super) fn read<T: Copy + PartialEq>(args: &[OsString], known: &[Known<T>]) -> Result<Line<T>, String> {
    let text = |arg: &OsString| {
        let not = || format!("argument {} is not UTF-8", escape_octets(arg.as_encoded_bytes()));
        arg.to_str().map(str::to_owned).ok_or_else(not)
    };
    let args = args.iter().map(text).collect::<Result<Vec<String>, _>>()?;
    let mut line = Line { given: Vec::new(), operands: Vec::new(), presentation: Presentation::default() };
    let mut rest = args.iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            line.operands.extend(rest.by_ref().cloned());
        } else if let Some(long) = word.strip_prefix("--") {
            long_option(long, known, &mut rest, &mut line)?;
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            cluster(letters, known, &mut rest, &mut line.given)?;
        } else {
            line.operands.push(word.clone());
        }
    }
    Ok(line)
}

fn long_option<'a, T: Copy + PartialEq>(
    word: &str,
    known: &[Known<T>],
    rest: &mut impl Iterator<Item = &'a String>,
    line: &mut Line<T>,
) -> Result<(), String> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    if let Some(option) = OURS.into_iter().find(|option| option.long == name) {
        let value = value_of(&option, value, rest)?;
        match option.does {
            Ours::Explain => line.presentation.explain = true,
            Ours::Json => line.presentation.json = true,
            Ours::Color => line.presentation.color = color(&value)?,
        }
        return Ok(());
    }
    let option = find(name, known)?;
    let value = value_of(option, value, rest)?;
    line.given.push(Given { does: option.does, value });
    Ok(())
}

/// The value behind an option, or behind its `=`.
fn value_of<'a, T>(
    option: &Known<T>,
    value: Option<&str>,
    rest: &mut impl Iterator<Item = &'a String>,
) -> Result<String, String> {
    match (option.valued, value) {
        (true, Some(value)) => Ok(value.to_owned()),
        (true, None) => rest.next().cloned().ok_or_else(|| format!("option '--{}' requires an argument", option.long)),
        (false, Some(_)) => Err(format!("option '--{}' doesn't allow an argument", option.long)),
        (false, None) => Ok(String::new()),
    }
}

/// The option of this name, or the one that the name is the beginning of.
fn find<'k, T: PartialEq>(name: &str, known: &'k [Known<T>]) -> Result<&'k Known<T>, String> {
    if let Some(option) = known.iter().find(|option| option.long == name) {
        return Ok(option);
    }
    let begins = || known.iter().filter(|option| option.long.starts_with(name));
    let shown = escape(name);
    match begins().next() {
        None => Err(format!("unrecognized option '--{shown}'")),
        Some(first) if begins().all(|option| option.does == first.does) => Ok(first),
        Some(_) => {
            let possible: Vec<String> = begins().map(|option| format!("'--{}'", option.long)).collect();
            Err(format!("option '--{shown}' is ambiguous; possibilities: {}", possible.join(" ")))
        }
    }
}

fn cluster<'a, T: Copy>(
    letters: &str,
    known: &[Known<T>],
    rest: &mut impl Iterator<Item = &'a String>,
    given: &mut Vec<Given<T>>,
) -> Result<(), String> {
    let mut letters = letters.chars();
    while let Some(letter) = letters.next() {
        let option = known.iter().find(|option| option.letter == letter && letter != ' ').ok_or_else(|| {
            let shown = letter.to_string();
            format!("invalid option -- '{}'", escape(&shown))
        })?;
        let mut value = String::new();
        if option.valued {
            letters.as_str().clone_into(&mut value);
            letters = "".chars();
            if value.is_empty() {
                let missing = || format!("option requires an argument -- '{letter}'");
                value = rest.next().cloned().ok_or_else(missing)?;
            }
        }
        given.push(Given { does: option.does, value });
    }
    Ok(())
}

/// The value of `--color`.
///
/// # Errors
/// What is wrong with it.
fn color(when: &str) -> Result<ColorWhen, String> {
    match when {
        "auto" => Ok(ColorWhen::Auto),
        "always" => Ok(ColorWhen::Always),
        "never" => Ok(ColorWhen::Never),
        _ => Err("--color takes auto, always or never".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn known(does: u8, letter: char, long: &'static str, valued: bool) -> Known<u8> {
        Known { does, letter, long, valued }
    }

    const KNOWN: &[Known<u8>] = &[
        known(1, 't', "tcp", false),
        known(2, ' ', "tipc", false),
        known(3, ' ', "tipcinfo", false),
        known(4, 'A', "query", true),
        known(4, ' ', "socket", true),
        known(5, 'e', "extended", false),
        known(6, 'E', "events", false),
    ];
    fn told(line: &[&str]) -> String {
        let args: Vec<OsString> = line.iter().map(Into::into).collect();
        match read(&args, KNOWN) {
            Err(wrong) => wrong,
            Ok(Line { given, operands, presentation }) => {
                let mut words: Vec<String> =
                    given.iter().map(|given| format!("{}{}", given.does, given.value)).collect();
                words.extend(presentation.explain.then(|| "explain".to_owned()));
                words.extend((presentation.color == ColorWhen::Never).then(|| "never".to_owned()));
                format!("{} | {}", words.join(" "), operands.join(" "))
            }
        }
    }

    #[test]
    fn what_is_no_text_is_refused_and_not_changed() {
        use std::os::unix::ffi::OsStringExt as _;
        let args = ["-A".into(), OsString::from_vec(b"/tmp/\xff".to_vec())];
        assert_eq!(read(&args, KNOWN).unwrap_err(), "argument /tmp/\\xff is not UTF-8");
    }

    #[test]
    fn as_getopt_long_reads_them() {
        for (line, expected) in [
            (&["-te"][..], "1 5 | "),
            (&["-tAall,!tcp", "x"], "1 4all,!tcp | x"),
            (&["-tA", "all"], "1 4all | "),
            (&["a", "-t", "b", "--", "-t"], "1 | a b -t"),
            (&["-"], " | -"),
            (&["--tipc", "--tipci", "--tc"], "2 3 1 | "),
            (&["--quer=x", "--so", "y"], "4x 4y | "),
            (&["--explain", "--ext", "--ex"], "5 5 explain | "),
            (&["--color", "never", "--color=never", "x"], "never | x"),
            (&["--color=pink"], "--color takes auto, always or never"),
            (&["--color"], "option '--color' requires an argument"),
            (&["--json=1"], "option '--json' doesn't allow an argument"),
            (&["--expl"], "unrecognized option '--expl'"),
            (&["--e"], "option '--e' is ambiguous; possibilities: '--extended' '--events'"),
            (&["--t"], "option '--t' is ambiguous; possibilities: '--tcp' '--tipc' '--tipcinfo'"),
            (&["--nope\u{1b}"], "unrecognized option '--nope\\x1b'"),
            (&["-ty"], "invalid option -- 'y'"),
            (&["- "], "invalid option -- ' '"),
            (&["-A"], "option requires an argument -- 'A'"),
            (&["--que"], "option '--query' requires an argument"),
            (&["--tcp=1"], "option '--tcp' doesn't allow an argument"),
        ] {
            assert_eq!(told(line), expected, "{line:?}");
        }
    }
}
