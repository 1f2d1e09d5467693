//! The short letters of each dialect, as long options.
//!
//! A dialect is a table. [`translate`] reads argv as getopt(3) does, with that table, and gives back the same line in long
//! options, which are the same in every dialect.

use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

use crate::options::Dialect;

/// One short letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Letter {
    /// The letter.
    pub letter: char,
    /// The long option that it stands for, without its dashes.
    pub long: &'static str,
    /// It takes a value.
    pub has_value: bool,
}

const fn flag(letter: char, long: &'static str) -> Letter {
    Letter { letter, long, has_value: false }
}

const fn value(letter: char, long: &'static str) -> Letter {
    Letter { letter, long, has_value: true }
}

/// OpenBSD's nc, Debian's patches included. `-c`, `-e`, `-g`, `-G` and `-o` are free there and mean what they mean elsewhere.
const OPENBSD: &[Letter] = &[
    flag('4', "ipv4"),
    flag('6', "ipv6"),
    flag('b', "broadcast"),
    flag('C', "crlf"),
    value('c', "sh-exec"),
    flag('D', "debug-socket"),
    flag('d', "no-stdin"),
    value('e', "exec"),
    flag('F', "pass-socket"),
    value('G', "source-route-pointer"),
    value('g', "source-route"),
    flag('h', "summary"),
    value('I', "receive-buffer"),
    value('i', "interval"),
    flag('k', "keep-open"),
    flag('l', "listen"),
    value('M', "ttl"),
    value('m', "min-ttl"),
    flag('N', "shutdown"),
    flag('n', "nodns"),
    value('O', "send-buffer"),
    value('o', "output"),
    value('P', "proxy-user"),
    value('p', "source-port"),
    value('q', "quit"),
    flag('r', "shuffle"),
    flag('S', "tcp-md5"),
    value('s', "source"),
    value('T', "tos"),
    flag('t', "telnet"),
    flag('U', "unixsock"),
    flag('u', "udp"),
    value('V', "routing-table"),
    flag('v', "verbose"),
    value('W', "receive-limit"),
    value('w', "timeout"),
    value('X', "proxy-protocol"),
    value('x', "proxy-address"),
    flag('Z', "dccp"),
    flag('z', "scan"),
];

/// Nmap's ncat, the `-q` of its newest included.
const NCAT: &[Letter] = &[
    flag('4', "ipv4"),
    flag('6', "ipv6"),
    flag('C', "crlf"),
    value('c', "sh-exec"),
    value('d', "delay"),
    value('e', "exec"),
    value('G', "source-route-pointer"),
    value('g', "source-route"),
    flag('h', "help"),
    value('i', "idle-timeout"),
    flag('k', "keep-open"),
    flag('l', "listen"),
    value('m', "max-conns"),
    flag('n', "nodns"),
    value('o', "output"),
    value('p', "source-port"),
    value('q', "quit"),
    value('s', "source"),
    flag('t', "telnet"),
    flag('U', "unixsock"),
    flag('u', "udp"),
    flag('v', "verbose"),
    value('w', "wait"),
    value('x', "hex-dump"),
    flag('z', "scan"),
];

/// Hobbit's nc 1.10.
const TRADITIONAL: &[Letter] = &[
    flag('b', "broadcast"),
    flag('C', "crlf"),
    value('c', "sh-exec"),
    value('e', "exec"),
    value('G', "source-route-pointer"),
    value('g', "source-route"),
    flag('h', "summary"),
    value('i', "interval"),
    flag('k', "keepalive"),
    flag('l', "listen"),
    flag('n', "nodns"),
    value('o', "hex-dump"),
    value('p', "source-port"),
    value('q', "quit"),
    flag('r', "shuffle"),
    value('s', "source"),
    value('T', "tos"),
    flag('t', "telnet"),
    flag('u', "udp"),
    flag('v', "verbose"),
    value('w', "timeout"),
    flag('z', "scan"),
];

/// A line that getopt(3) refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LetterError {
    /// The dialect has no such letter.
    Unknown(char),
    /// The letter needs a value, and nothing follows.
    NoValue(char),
}

/// The letters of `dialect`.
pub fn table(dialect: Dialect) -> &'static [Letter] {
    match dialect {
        Dialect::OpenBsd => OPENBSD,
        Dialect::Ncat => NCAT,
        Dialect::Traditional => TRADITIONAL,
    }
}

/// Turns every short letter of `args` into its long option. What is long already, and operands, stay as they are.
///
/// `takes_value` says whether a long option that stands alone takes the next argument as its value.
///
/// # Errors
/// [`LetterError`] for the first letter that the dialect does not have, or that lacks its value.
pub fn translate(
    dialect: Dialect,
    args: &[OsString],
    takes_value: impl Fn(&str) -> bool,
) -> Result<Vec<OsString>, LetterError> {
    let mut translated = Vec::with_capacity(args.len());
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let octets = arg.as_bytes();
        if octets == b"--" {
            translated.push(arg.clone());
            translated.extend(rest.by_ref().cloned());
        } else if let Some(long) = octets.strip_prefix(b"--") {
            translated.push(arg.clone());
            if takes_value(&String::from_utf8_lossy(long)) {
                translated.extend(rest.next().cloned());
            }
        } else if octets.len() > 1 && octets.starts_with(b"-") {
            cluster(dialect, arg, &mut rest, &mut translated)?;
        } else {
            translated.push(arg.clone());
        }
    }
    Ok(translated)
}

/// `-lvp 80`, `-w1`: letters behind one dash, of which the last may have a value.
fn cluster<'a>(
    dialect: Dialect,
    arg: &OsStr,
    rest: &mut impl Iterator<Item = &'a OsString>,
    translated: &mut Vec<OsString>,
) -> Result<(), LetterError> {
    let mut letters = arg.as_bytes().get(1..).unwrap_or_default();
    while let Some((first, behind)) = letters.split_first() {
        letters = behind;
        let character = char::from(*first);
        let found = table(dialect).iter().find(|letter| letter.letter == character);
        let Letter { long, has_value, .. } = found.ok_or(LetterError::Unknown(character))?;
        let mut option = format!("--{long}").into_bytes();
        if *has_value {
            let value = match letters {
                [] => rest.next().ok_or(LetterError::NoValue(character))?.as_bytes(),
                value => value,
            };
            option.push(b'=');
            option.extend_from_slice(value);
            letters = &[];
        }
        translated.push(OsString::from_vec(option));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(dialect: Dialect, words: &str) -> Result<String, LetterError> {
        let args: Vec<OsString> = words.split(' ').map(Into::into).collect();
        let takes_value = |long: &str| long == "proxy";
        let translated = translate(dialect, &args, takes_value)?;
        Ok(translated.iter().map(|arg| arg.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_letter_means_what_its_dialect_says() {
        for (dialect, words, long) in [
            (Dialect::OpenBsd, "-lvp 80 -w1 h", "--listen --verbose --source-port=80 --timeout=1 h"),
            (Dialect::OpenBsd, "-i 1 -d -m 2 -x a:1", "--interval=1 --no-stdin --min-ttl=2 --proxy-address=a:1"),
            (Dialect::Ncat, "-i 1 -d 2 -m 3 -x f", "--idle-timeout=1 --delay=2 --max-conns=3 --hex-dump=f"),
            (Dialect::Traditional, "-k -o f", "--keepalive --hex-dump=f"),
            (Dialect::OpenBsd, "h -z -- -v - x", "h --scan -- -v - x"),
            (Dialect::OpenBsd, "--proxy -v -v", "--proxy -v --verbose"),
            (Dialect::OpenBsd, "-", "-"),
        ] {
            assert_eq!(line(dialect, words).as_deref(), Ok(long), "{words}");
        }
        assert_eq!(line(Dialect::OpenBsd, "-vY"), Err(LetterError::Unknown('Y')));
        assert_eq!(line(Dialect::Ncat, "-vw"), Err(LetterError::NoValue('w')));
    }

    #[test]
    fn no_letter_stands_twice_in_a_table() {
        for dialect in [Dialect::OpenBsd, Dialect::Ncat, Dialect::Traditional] {
            let letters = table(dialect);
            for (index, letter) in letters.iter().enumerate() {
                assert!(letters.iter().skip(index + 1).all(|other| other.letter != letter.letter), "{letter:?}");
            }
        }
    }
}
