//! Programs that have a conversation in place of the standard streams (`-e`, `-c`): what is run, and what it is told.

use std::net::SocketAddr;

use crate::options::{Program, Transport};

/// The file and the arguments of a command line.
///
/// `-e` separates words at spaces; a backslash takes the character behind it as it is, and quotation marks mean nothing.
/// `-c` is a line for the shell.
///
/// # Errors
/// [`EmptyCommand`] if there is no word.
pub fn argv(program: &Program) -> Result<Vec<String>, EmptyCommand> {
    let words = match program {
        Program::Shell(line) => return Ok(vec!["/bin/sh".to_owned(), "-c".to_owned(), line.clone()]),
        Program::Exec(line) => words(line),
    };
    if words.is_empty() { Err(EmptyCommand) } else { Ok(words) }
}

/// A command line without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EmptyCommand;

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        match character {
            ' ' => words.extend(word.take()),
            '\\' => word.get_or_insert_default().extend(characters.next()),
            character => word.get_or_insert_default().push(character),
        }
    }
    words.extend(word);
    words
}

/// The environment that tells a program with whom it talks, by ncat's names.
pub fn environment(
    transport: Transport,
    local: Option<SocketAddr>,
    peer: Option<SocketAddr>,
) -> Vec<(&'static str, String)> {
    let mut environment = vec![("NCAT_PROTO", transport.name().to_ascii_uppercase())];
    for (addr, host, port) in
        [(peer, "NCAT_REMOTE_ADDR", "NCAT_REMOTE_PORT"), (local, "NCAT_LOCAL_ADDR", "NCAT_LOCAL_PORT")]
    {
        environment.push((host, addr.map(|addr| addr.ip().to_canonical().to_string()).unwrap_or_default()));
        environment.push((port, addr.map(|addr| addr.port().to_string()).unwrap_or_default()));
    }
    environment
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What ncat 7.93 makes of it, as /bin/echo shows.
    #[test]
    fn words_are_separated_as_ncat_does() {
        for (line, expected) in [
            (r#"/bin/echo a  b "c d" e\ f"#, Ok(vec!["/bin/echo", "a", "b", "\"c", "d\"", "e f"])),
            (" cat ", Ok(vec!["cat"])),
            (r"a\\b", Ok(vec![r"a\b"])),
            (r"a\", Ok(vec!["a"])),
            ("", Err(EmptyCommand)),
            ("  ", Err(EmptyCommand)),
        ] {
            let expected = expected.map(|words| words.into_iter().map(str::to_owned).collect());
            assert_eq!(argv(&Program::Exec(line.to_owned())), expected, "{line}");
        }
        assert_eq!(argv(&Program::Shell("a | b".to_owned())).unwrap(), ["/bin/sh", "-c", "a | b"]);
    }

    #[test]
    fn the_environment_has_ncats_names() {
        let environment = environment(Transport::Tcp, "127.0.0.1:7".parse().ok(), "[::1]:9".parse().ok());
        for pair in [
            ("NCAT_PROTO", "TCP"),
            ("NCAT_REMOTE_ADDR", "::1"),
            ("NCAT_REMOTE_PORT", "9"),
            ("NCAT_LOCAL_ADDR", "127.0.0.1"),
            ("NCAT_LOCAL_PORT", "7"),
        ] {
            assert!(environment.iter().any(|(name, value)| (*name, value.as_str()) == pair), "{pair:?}");
        }
    }
}
