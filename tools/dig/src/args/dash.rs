//! Options with one dash.

use std::net::{IpAddr, SocketAddr};

use super::{Asked, Draft, Stop, number, qtype};
use crate::registry::Class;

impl Draft<'_> {
    /// Reads `-4` and `-6` ahead of everything: they say which addresses a server in front of them may have.
    pub(super) fn families(&mut self, args: &[String]) -> Result<(), Stop> {
        let mut words = args.iter();
        while let Some(word) = words.next() {
            let Some(mut rest) = word.strip_prefix('-').filter(|option| !option.starts_with('-')) else { continue };
            while let Some((letter @ ('4' | '6' | 'h' | 'r' | 'v'), behind)) = split_letter(rest) {
                self.family(letter)?;
                rest = behind;
            }
            if matches!(rest, "b" | "c" | "p" | "q" | "t" | "x") {
                words.next();
            }
        }
        Ok(())
    }

    fn family(&mut self, letter: char) -> Result<(), Stop> {
        match letter {
            '4' => self.globals.ipv6 = false,
            '6' => self.globals.ipv4 = false,
            _ => {}
        }
        if self.globals.ipv4 || self.globals.ipv6 {
            Ok(())
        } else {
            Err(Stop::fatal("only one of -4 and -6 allowed", 1))
        }
    }

    /// Reads one option. Says whether it took the next word as its value.
    pub(super) fn dash(&mut self, option: &str, next: Option<&str>) -> Result<bool, Stop> {
        let mut rest = option;
        // Letters without a value may stand together.
        while let Some((letter @ ('4' | '6' | 'h' | 'r' | 'v'), behind)) = split_letter(rest) {
            asked(letter)?;
            rest = behind;
            if rest.is_empty() {
                return Ok(false);
            }
        }
        let invalid = || Stop::invalid_option(&format!("-{rest}"));
        let (letter @ ('b' | 'c' | 'p' | 'q' | 't' | 'x'), inline) = split_letter(rest).ok_or_else(invalid)? else {
            return Err(invalid());
        };
        let (value, took) = if inline.is_empty() { (next.ok_or_else(invalid)?, true) } else { (inline, false) };
        self.valued(letter, value)?;
        Ok(took)
    }

    fn valued(&mut self, letter: char, value: &str) -> Result<(), Stop> {
        match letter {
            'b' => {
                let source = source(value)?;
                // A socket of one family cannot ask the other.
                self.globals.ipv4 = source.is_ipv4();
                self.globals.ipv6 = source.is_ipv6();
                self.globals.source = Some(source);
            }
            'c' => {
                self.open = false;
                match value.parse::<Class>() {
                    Ok(qclass) => self.set_class(qclass),
                    Err(_) => self.warnings.push(format!(";; Warning, ignoring invalid class {value}")),
                }
            }
            'p' => {
                let port = number(value, u16::MAX.into(), "port number", 1)?;
                self.globals.port = u16::try_from(port).unwrap_or_default();
            }
            'q' => self.new_lookup(value.to_owned()),
            't' => {
                self.open = false;
                match qtype(value)? {
                    Some(qtype) => self.set_type(qtype),
                    None => self.warnings.push(format!(";; Warning, ignoring invalid type {value}")),
                }
            }
            _ => self.new_reverse_lookup(value),
        }
        Ok(())
    }
}

/// -4 and -6 were read ahead. -r: no ~/.digrc is read anyway.
fn asked(letter: char) -> Result<(), Stop> {
    match letter {
        'h' => Err(Stop::Asked(Asked::Help)),
        'v' => Err(Stop::Asked(Asked::Version)),
        _ => Ok(()),
    }
}

fn split_letter(text: &str) -> Option<(char, &str)> {
    let mut characters = text.chars();
    characters.next().map(|letter| (letter, characters.as_str()))
}

/// `address[#port]`
fn source(value: &str) -> Result<SocketAddr, Stop> {
    let (addr, port) = match value.split_once('#') {
        Some((addr, port)) => (addr, number(port, u16::MAX.into(), "port number", 1)?),
        None => (value, 0),
    };
    let addr: IpAddr = addr.parse().map_err(|_| Stop::fatal(format!("invalid address {addr}"), 1))?;
    Ok(SocketAddr::new(addr, u16::try_from(port).unwrap_or_default()))
}
