//! Options with one dash.

use std::net::{IpAddr, SocketAddr};

use super::{Asked, Draft, EXTRA_CLASS, Stop, number};
use crate::registry::Class;
use crate::tsig::key;

impl Draft<'_> {
    /// Reads `-4` and `-6` ahead of everything: they say which addresses a server in front of them may have.
    ///
    /// Says whether `~/.digrc` is to be read: `-r` is nowhere.
    pub(super) fn families(&mut self, args: &[String]) -> Result<bool, Stop> {
        let mut with_digrc = true;
        self.families = (false, false);
        let mut words = args.iter();
        while let Some(word) = words.next() {
            if let Some(long) = word.strip_prefix("--") {
                match long.split_once('=').map_or(long, |(name, _)| name) {
                    "color" if !long.contains('=') => drop(words.next()),
                    "explain" | "json" | "help" | "version" | "color" => {}
                    _ if self.config || self.in_batch => {}
                    _ => return Err(Stop::invalid_option(word)),
                }
                continue;
            }
            let Some(mut rest) = word.strip_prefix('-') else { continue };
            while let Some((letter, behind)) = split_letter(rest).filter(|(letter, _)| is_plain(*letter)) {
                with_digrc &= letter != 'r';
                self.family(letter)?;
                rest = behind;
            }
            let Some((letter, inline)) = split_letter(rest) else { continue };
            let has_value = is_valued(letter) && (!inline.is_empty() || words.next().is_some());
            if !has_value && !self.config && !self.in_batch {
                // Before anything else is looked at.
                return Err(Stop::invalid_option(&format!("-{rest}")));
            }
        }
        Ok(with_digrc)
    }

    fn family(&mut self, letter: char) -> Result<(), Stop> {
        match letter {
            '4' => self.families.0 = true,
            '6' => self.families.1 = true,
            _ => return Ok(()),
        }
        if self.families == (true, true) && !self.in_batch && !self.config {
            return Err(Stop::fatal("only one of -4 and -6 allowed", 1));
        }
        let (wanted, other, what) = match letter {
            '4' => (&self.globals.ipv4, &mut self.globals.ipv6, "IPv4"),
            _ => (&self.globals.ipv6, &mut self.globals.ipv4, "IPv6"),
        };
        if !wanted {
            // A line before this one ruled it out.
            return Err(Stop::fatal(format!("can't find {what} networking"), 1));
        }
        *other = false;
        Ok(())
    }

    /// Reads one option. Says whether it took the next word as its value.
    pub(super) fn dash(&mut self, option: &str, next: Option<&str>) -> Result<bool, Stop> {
        let mut rest = option;
        // Letters without a value may stand together.
        while let Some((letter, behind)) = split_letter(rest).filter(|(letter, _)| is_plain(*letter)) {
            self.plain(letter)?;
            rest = behind;
            if rest.is_empty() {
                return Ok(false);
            }
        }
        let invalid = || Stop::invalid_option(&format!("-{rest}"));
        let (letter, inline) = split_letter(rest).filter(|(letter, _)| is_valued(*letter)).ok_or_else(invalid)?;
        let (value, took) = if inline.is_empty() { (next.ok_or_else(invalid)?, true) } else { (inline, false) };
        self.valued(letter, value)?;
        Ok(took)
    }

    /// -4, -6 and -r were read ahead. -i and -n ask for what no name server has any more (ip6.int, bit-string labels), -m
    /// for reports on memory that dig itself prints only when it has lost some: they are taken, as dig does.
    fn plain(&mut self, letter: char) -> Result<(), Stop> {
        match letter {
            'h' => return Err(Stop::Asked(Asked::Help)),
            'u' => self.current().show.usec = true,
            'v' => return Err(Stop::Asked(Asked::Version)),
            _ => {}
        }
        Ok(())
    }

    fn valued(&mut self, letter: char, value: &str) -> Result<(), Stop> {
        match letter {
            'b' => {
                let source = source(value)?;
                if !self.globals.speaks(source.ip()) {
                    return Err(Stop::fatal(format!("invalid address {}", source.ip()), 1));
                }
                self.globals.source = Some(source);
            }
            'c' => {
                self.open = false;
                if let Ok(qclass) = value.parse::<Class>() {
                    self.set_class(qclass);
                } else {
                    if self.said().qclass {
                        self.warnings.push(EXTRA_CLASS.to_owned());
                    }
                    self.warnings.push(format!(";; Warning, ignoring invalid class {value}\n"));
                }
            }
            'p' => {
                let port = number(value, u16::MAX.into(), "port number", 1)?;
                self.globals.port = u16::try_from(port).unwrap_or_default();
                self.globals.explicit_port = true;
            }
            'f' => self.batch = Some(value.to_owned()),
            'k' => self.globals.key_file = Some(value.to_owned()),
            'y' => self.key(value)?,
            'q' => self.new_lookup(value.to_owned()),
            't' => {
                self.open = false;
                let said = self.said().qtype;
                let typed = self.typed(value)?;
                if self.config {
                    // dig forgets that -t stood in the file: -x on the line asks for PTR then.
                    self.said().qtype = said;
                }
                if !typed {
                    self.warnings.push(format!(";; Warning, ignoring invalid type {value}\n"));
                }
            }
            _ => self.new_reverse_lookup(value),
        }
        Ok(())
    }
}

impl Draft<'_> {
    /// `-y`
    fn key(&mut self, value: &str) -> Result<(), Stop> {
        let text = key::parse_line(value).ok_or_else(Stop::usage)?;
        text.spec().map_err(|fault| Stop::Refused(fault.refusal()))?;
        self.warnings.extend(text.warning().map(|warning| warning + "\n"));
        if !self.config {
            // In the word of the option, or in the one behind it.
            for word in self.line.iter_mut().skip(self.at).take(2).filter(|word| word.ends_with(value)) {
                *word = word.replacen(value, key::as_shown(value), 1);
            }
        }
        self.globals.key_text = Some(text);
        Ok(())
    }
}

/// Whether the letter takes no value.
fn is_plain(letter: char) -> bool {
    matches!(letter, '4' | '6' | 'h' | 'i' | 'm' | 'n' | 'r' | 'u' | 'v')
}

fn is_valued(letter: char) -> bool {
    matches!(letter, 'b' | 'c' | 'f' | 'k' | 'p' | 'q' | 't' | 'x' | 'y')
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
    let addr: IpAddr = addr.parse().map_err(|_| Stop::fatal(format!("invalid address {value}"), 1))?;
    Ok(SocketAddr::new(addr, u16::try_from(port).unwrap_or_default()))
}
