//! Command lines as getopt_long(3) reads them: letters in clusters, long options that may be cut short, options behind
//! operands.

use sockeye_cli::escape::escape;
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

/// One option of a line, with its value if it takes one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Given<T> {
    pub(super) does: T,
    pub(super) value: String,
}

/// Reads a line: what is asked for in its order, and what is no option.
///
/// `exact` are options whose names may not be cut short.
///
/// # Errors
/// What is wrong, in getopt_long's words.
pub(super) fn read<T: Copy + PartialEq>(
    args: &[String],
    known: &[Known<T>],
    exact: &[Known<T>],
) -> Result<(Vec<Given<T>>, Vec<String>), String> {
    let (mut given, mut operands) = (Vec::new(), Vec::new());
    let mut rest = args.iter();
    while let Some(word) = rest.next() {
        if word == "--" {
            operands.extend(rest.by_ref().cloned());
        } else if let Some(long) = word.strip_prefix("--") {
            given.push(long_option(long, known, exact, &mut rest)?);
        } else if let Some(letters) = word.strip_prefix('-').filter(|letters| !letters.is_empty()) {
            cluster(letters, known, &mut rest, &mut given)?;
        } else {
            operands.push(word.clone());
        }
    }
    Ok((given, operands))
}

fn long_option<'a, T: Copy + PartialEq>(
    word: &str,
    known: &[Known<T>],
    exact: &[Known<T>],
    rest: &mut impl Iterator<Item = &'a String>,
) -> Result<Given<T>, String> {
    let (name, value) = word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
    let option = find(name, known, exact)?;
    let value = match (option.valued, value) {
        (true, Some(value)) => value.to_owned(),
        (true, None) => match rest.next() {
            Some(value) => value.clone(),
            None => return Err(format!("option '--{}' requires an argument", option.long)),
        },
        (false, Some(_)) => return Err(format!("option '--{}' doesn't allow an argument", option.long)),
        (false, None) => String::new(),
    };
    Ok(Given { does: option.does, value })
}

/// The option of this name, or the one that the name is the beginning of.
fn find<'k, T: PartialEq>(name: &str, known: &'k [Known<T>], exact: &'k [Known<T>]) -> Result<&'k Known<T>, String> {
    if let Some(option) = known.iter().chain(exact).find(|option| option.long == name) {
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
pub(super) fn color(when: &str) -> Result<ColorWhen, String> {
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
    const EXACT: &[Known<u8>] = &[known(9, ' ', "explain", false)];

    fn told(line: &[&str]) -> String {
        let args: Vec<String> = line.iter().map(|word| (*word).to_owned()).collect();
        match read(&args, KNOWN, EXACT) {
            Err(wrong) => wrong,
            Ok((given, operands)) => {
                let given: Vec<String> = given.iter().map(|given| format!("{}{}", given.does, given.value)).collect();
                format!("{} | {}", given.join(" "), operands.join(" "))
            }
        }
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
            (&["--explain", "--ext", "--ex"], "9 5 5 | "),
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
