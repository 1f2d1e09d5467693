//! What is done to octets on their way: line ends (`-C`), Telnet (`-t`), control octets (`--escape`). All go on across
//! reads.

use sockeye_cli::escape::escape_octets;

/// Turns each line feed into carriage return and line feed, and leaves those that have one as they are.
#[derive(Clone, Copy, Debug, Default)]
pub struct Crlf {
    after_cr: bool,
}

impl Crlf {
    /// `octets` as they go out.
    pub fn apply(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(octets.len().saturating_add(16));
        for octet in octets {
            if *octet == b'\n' && !self.after_cr {
                out.push(b'\r');
            }
            self.after_cr = *octet == b'\r';
            out.push(*octet);
        }
        out
    }
}

/// Makes visible what a terminal would act on (`--escape`), and leaves line feeds, tabs and text in UTF-8 as they are,
/// also if a character comes in two reads.
#[derive(Clone, Debug, Default)]
pub struct Escape {
    /// The beginning of a character.
    begun: Vec<u8>,
}

impl Escape {
    /// `octets` as they can be shown.
    pub fn apply(&mut self, octets: &[u8]) -> Vec<u8> {
        let mut all = std::mem::take(&mut self.begun);
        all.extend(octets);
        if let Err(error) = std::str::from_utf8(&all)
            && error.error_len().is_none()
        {
            self.begun = all.split_off(error.valid_up_to());
        } else if let Some(last) = all.utf8_chunks().last()
            && let Err(error) = std::str::from_utf8(last.invalid())
            && error.error_len().is_none()
        {
            // What is wrong before does not hide that the last character is only begun.
            self.begun = all.split_off(all.len() - last.invalid().len());
        }
        Self::visible(&all)
    }

    /// What was left of a character whose end did not come.
    pub fn rest(&mut self) -> Vec<u8> {
        Self::visible(&std::mem::take(&mut self.begun))
    }

    fn visible(octets: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(octets.len());
        for part in octets.split_inclusive(|octet| matches!(octet, b'\n' | b'\t')) {
            let (text, end) = match part.split_last() {
                Some((b'\n' | b'\t', text)) => (text, part.get(text.len()..).unwrap_or_default()),
                _ => (part, &[][..]),
            };
            out.extend(escape_octets(text).into_bytes());
            out.extend(end);
        }
        out
    }
}

/// Interpret As Command, and what may follow it (RFC 854).
const IAC: u8 = 255;
const DONT: u8 = 254;
const DO: u8 = 253;
const WONT: u8 = 252;
const WILL: u8 = 251;
const SB: u8 = 250;
const SE: u8 = 240;

/// Takes Telnet's commands out of what a server sends, and refuses every option that it offers or asks for.
///
/// # Source
/// RFC 854 (commands), RFC 855 (options and subnegotiation).
#[derive(Clone, Copy, Debug, Default)]
pub struct Telnet {
    state: TelnetState,
}

#[derive(Clone, Copy, Debug, Default)]
enum TelnetState {
    #[default]
    Data,
    Command,
    Option(u8),
    Subnegotiation,
    SubnegotiationCommand,
}

impl Telnet {
    /// The data in `octets`, and what is to be answered.
    pub fn apply(&mut self, octets: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let (mut data, mut answer) = (Vec::with_capacity(octets.len()), Vec::new());
        for octet in octets.iter().copied() {
            self.state = match (self.state, octet) {
                (TelnetState::Data, IAC) => TelnetState::Command,
                (TelnetState::Data, octet) => {
                    data.push(octet);
                    TelnetState::Data
                }
                // Twice is an octet of data.
                (TelnetState::Command, IAC) => {
                    data.push(IAC);
                    TelnetState::Data
                }
                (TelnetState::Command, DO | DONT | WILL | WONT) => TelnetState::Option(octet),
                (TelnetState::Command, SB) => TelnetState::Subnegotiation,
                (TelnetState::Option(verb), option) => {
                    match verb {
                        DO => answer.extend([IAC, WONT, option]),
                        WILL => answer.extend([IAC, DONT, option]),
                        // A refusal needs no answer, and one would go round for ever.
                        _ => {}
                    }
                    TelnetState::Data
                }
                (TelnetState::Subnegotiation, IAC) => TelnetState::SubnegotiationCommand,
                // Any other command is two octets long.
                (TelnetState::Command, _) | (TelnetState::SubnegotiationCommand, SE) => TelnetState::Data,
                (TelnetState::Subnegotiation | TelnetState::SubnegotiationCommand, _) => TelnetState::Subnegotiation,
            };
        }
        (data, answer)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn line_feeds_get_a_carriage_return_once() {
        for (octets, expected) in
            [(&b"a\nb\n"[..], &b"a\r\nb\r\n"[..]), (b"a\r\n\n", b"a\r\n\r\n"), (b"\r\r\n\r", b"\r\r\n\r"), (b"", b"")]
        {
            assert_eq!(Crlf::default().apply(octets), expected);
        }
    }

    /// RFC 854: DO ECHO and WILL SUPPRESS-GO-AHEAD are refused; WONT and DONT are not answered.
    #[test]
    fn options_are_refused_and_commands_taken_out() {
        let mut telnet = Telnet::default();
        let octets = [b'a', IAC, DO, 1, b'b', IAC, WILL, 3, IAC, WONT, 5, IAC, DONT, 5, IAC, IAC, IAC, 241, b'c'];
        let (data, answer) = telnet.apply(&octets);
        assert_eq!(data, [b'a', b'b', IAC, b'c']);
        assert_eq!(answer, [IAC, WONT, 1, IAC, DONT, 3]);
        let (data, answer) = telnet.apply(&[IAC, SB, 24, 1, IAC, IAC, b'x', IAC, SE, b'd']);
        assert_eq!((data, answer), (vec![b'd'], vec![]));
    }

    proptest! {
        #[test]
        fn where_reads_are_cut_changes_nothing(octets: Vec<u8>, cut: usize) {
            let cut = cut % (octets.len() + 1);
            let (mut whole, mut parts) = (Telnet::default(), Telnet::default());
            let expected = whole.apply(&octets);
            let (mut data, mut answer) = parts.apply(&octets[..cut]);
            let rest = parts.apply(&octets[cut..]);
            data.extend(rest.0);
            answer.extend(rest.1);
            prop_assert_eq!((data, answer), expected);
            let (mut whole, mut parts) = (Crlf::default(), Crlf::default());
            let mut cut_lines = parts.apply(&octets[..cut]);
            cut_lines.extend(parts.apply(&octets[cut..]));
            prop_assert_eq!(cut_lines, whole.apply(&octets));
        }
    }
}
