//! host's command line: letters, then a name or an address, then a server.
//!
//! The line is read twice, as host does: first for what ends it at once, then for what it asks.

use std::net::IpAddr;

use sockeye_cli::{Presentation, Status};

use super::{Listing, Request, Settings};
use crate::args::{Resolve, VERSION, color_when};
use crate::options::{Cookie, Flags, Globals, Lookup, Options, Plan, Refusal, Server};
use crate::registry::Type;
use crate::reverse;

/// The letters that take a value.
const VALUED: &str = "cmNpRtW";
/// The letters that take none. `-D` is not documented and not here.
const SWITCHES: &str = "aACdilnrsTUvVw46";
/// How often host asks, unless `-R` says otherwise.
const TRIES: u32 = 2;

const USAGE: &str = "\
Usage: host [-aCdilrTvVw] [-c class] [-N ndots] [-t type] [-W time]
            [-R number] [-m flag] [-p port] hostname [server]
       -a is equivalent to -v -t ANY
       -A is like -a but omits RRSIG, NSEC, NSEC3
       -c specifies query class for non-IN data
       -C compares SOA records on authoritative nameservers
       -d is equivalent to -v
       -l lists all hosts in a domain, using AXFR
       -m set memory debugging flag (trace|record|usage)
       -N changes the number of dots allowed before root lookup is done
       -p specifies the port on the server to query
       -r disables recursive processing
       -R specifies number of retries for UDP packets
       -s a SERVFAIL response should stop query
       -t specifies the query type
       -T enables TCP/IP mode
       -U enables UDP mode
       -v enables verbose output
       -V print version number and exit
       -w specifies to wait forever for a reply
       -W specifies how long to wait for a reply
       -4 use IPv4 query transport only
       -6 use IPv6 query transport only";

/// A text that was asked for instead of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The text, line ends included.
    pub text: String,
    /// It goes to standard error.
    pub on_stderr: bool,
}

/// Reads a line.
///
/// # Errors
/// [`Asked`] if a text was asked for. A wrong line is not an error but [`Request::Refuse`].
pub fn parse(args: &[String], resolve: Resolve<'_>) -> Result<Options, Asked> {
    let mut presentation = Presentation::default();
    let request = match long_options(args, &mut presentation)? {
        Err(refusal) => Request::Refuse(refusal),
        Ok(args) => match read(&args, resolve) {
            Ok(settings) => Request::Ask(Box::new(settings)),
            Err(Stop::Asked(asked)) => return Err(asked),
            Err(Stop::Refused(refusal)) => Request::Refuse(refusal),
        },
    };
    Ok(Options { presentation, warnings: Vec::new(), preamble: String::new(), plan: Plan::Host(request) })
}

/// How reading a line ends early.
enum Stop {
    Refused(Refusal),
    Asked(Asked),
}

impl Stop {
    fn refused(stderr: Vec<String>, message: Option<String>, status: u8) -> Self {
        Self::Refused(Refusal { stdout: String::new(), stderr, message, status: Status(status) })
    }

    fn fatal(message: impl Into<String>, status: u8) -> Self {
        Self::refused(Vec::new(), Some(message.into()), status)
    }

    /// What is wrong, and how it is right.
    fn usage(wrong: Option<String>) -> Self {
        let usage = USAGE.lines().map(str::to_owned);
        Self::refused(wrong.map(|wrong| format!("host: {wrong}")).into_iter().chain(usage).collect(), None, 1)
    }

    /// host has a line end of its own in these, and another one for every message.
    fn invalid(what: &str, text: &str) -> Self {
        Self::refused(vec![format!("host: invalid {what}: {text}"), String::new()], None, 2)
    }
}

/// Takes out the long options that every tool of the suite has. host itself has none, so that they may stand anywhere
/// in front of a `--`.
fn long_options(args: &[String], presentation: &mut Presentation) -> Result<Result<Vec<String>, Refusal>, Asked> {
    let mut rest = args.iter();
    let mut others = Vec::new();
    while let Some(word) = rest.next() {
        match word.as_str() {
            "--" => {
                others.push(word.clone());
                others.extend(rest.by_ref().cloned());
            }
            "--explain" => presentation.explain = true,
            "--json" => presentation.json = true,
            "--help" => return Err(help()),
            "--version" => {
                let text = format!("host {} (Sockeye; prints as host 9.18)\n", env!("CARGO_PKG_VERSION"));
                return Err(Asked { text, on_stderr: false });
            }
            "--color" => match rest.next().and_then(|when| color_when(when)) {
                Some(when) => presentation.color = when,
                None => return Ok(Err(wrong_color())),
            },
            word => match word.strip_prefix("--color=") {
                None => others.push(word.to_owned()),
                Some(when) => match color_when(when) {
                    Some(when) => presentation.color = when,
                    None => return Ok(Err(wrong_color())),
                },
            },
        }
    }
    Ok(Ok(others))
}

fn wrong_color() -> Refusal {
    let message = Some("--color takes auto, always or never".to_owned());
    Refusal { stdout: String::new(), stderr: Vec::new(), message, status: Status(1) }
}

fn help() -> Asked {
    let text = format!(
        "{USAGE}\n\nAs every tool of Sockeye:\n       --explain shows what is done\n       --json prints JSON lines\n       \
         --color auto, always or never\n       --help, --version\n"
    );
    Asked { text, on_stderr: false }
}

/// One letter of the line, with its value.
type Letter<'a> = (char, &'a str);

fn read(args: &[String], resolve: Resolve<'_>) -> Result<Settings, Stop> {
    let (letters, operands) = split(args)?;
    let mut draft = Draft::new();
    for (letter, value) in letters {
        draft.letter(letter, value)?;
    }
    let mut operands = operands.iter();
    let Some(name) = operands.next() else { return Err(Stop::usage(None)) };
    if let Some(server) = operands.next() {
        draft.server(server, resolve)?;
    }
    draft.name(name);
    Ok(draft.settings)
}

/// The letters and the words behind them. What ends the line at once ends it here.
fn split(args: &[String]) -> Result<(Vec<Letter<'_>>, &[String]), Stop> {
    let mut letters = Vec::new();
    let mut rest = args;
    let (mut ipv4, mut ipv6) = (false, false);
    while let Some((word, behind)) = rest.split_first() {
        let Some(group) = word.strip_prefix('-') else { break };
        rest = behind;
        if group == "-" {
            break;
        }
        if group.is_empty() {
            return Err(Stop::usage(Some("illegal option -- -".to_owned())));
        }
        let mut group = group.chars();
        while let Some(letter) = group.next() {
            let mut value = "";
            if VALUED.contains(letter) {
                value = group.as_str();
                group = "".chars();
                if value.is_empty() {
                    let missing = || Stop::usage(Some(format!("option requires an argument -- {letter}")));
                    let (next, behind) = rest.split_first().ok_or_else(missing)?;
                    value = next;
                    rest = behind;
                }
            } else if !SWITCHES.contains(letter) {
                return Err(Stop::usage(Some(format!("illegal option -- {letter}"))));
            }
            match letter {
                'V' => return Err(Stop::Asked(Asked { text: format!("host {VERSION}\n"), on_stderr: true })),
                '4' => ipv4 = true,
                '6' => ipv6 = true,
                _ => {}
            }
            if ipv4 && ipv6 {
                return Err(Stop::fatal("only one of -4 and -6 allowed", 1));
            }
            letters.push((letter, value));
        }
    }
    Ok((letters, rest))
}

/// A line while it is read.
struct Draft {
    settings: Settings,
    tries: u32,
    /// `-T` or `-U`: a type has no say in it any more.
    transport_said: bool,
}

impl Draft {
    fn new() -> Self {
        let lookup = Lookup {
            flags: Flags { aa: false, tc: false, rd: true, ra: false, z: false, ad: false, cd: false },
            edns: None,
            cookie: Cookie::No,
            best_effort: false,
            fail: false,
            ..Lookup::default()
        };
        let settings = Settings {
            globals: Globals { explicit_port: true, ..Globals::default() },
            lookup,
            verbose: false,
            defaults: true,
            listing: Listing::Hosts,
            without_signatures: false,
            compare: false,
            searched: false,
            wrong: 1,
        };
        Self { settings, tries: TRIES, transport_said: false }
    }

    fn letter(&mut self, letter: char, value: &str) -> Result<(), Stop> {
        let settings = &mut self.settings;
        match letter {
            '4' => settings.globals.ipv6 = false,
            '6' => settings.globals.ipv4 = false,
            'a' | 'A' => {
                settings.without_signatures |= letter == 'A';
                settings.verbose = true;
                settings.defaults = false;
                settings.listing = Listing::Everything;
                self.qtype(Type::ANY);
            }
            'C' => {
                settings.compare = true;
                settings.defaults = false;
                settings.lookup.qclass = crate::registry::Class::IN;
                // Behind -l too.
                settings.lookup.qtype = Type::NS;
            }
            'c' => {
                settings.lookup.qclass = value.parse().map_err(|_| Stop::invalid("class", value))?;
                settings.defaults = false;
            }
            'd' | 'v' => settings.verbose = true,
            'l' => {
                settings.lookup.tcp = Some(true);
                settings.lookup.qtype = Type::AXFR;
                settings.wrong = 3;
            }
            'N' => settings.globals.ndots = Some(u32::try_from(integer(value)).unwrap_or(0)),
            'p' => settings.globals.port = low_half(integer(value)),
            'R' => self.tries = u32::try_from(integer(value)).unwrap_or(0).saturating_add(1).max(2),
            'r' => settings.lookup.flags.rd = false,
            's' => settings.lookup.fail = true,
            'T' | 'U' => {
                settings.lookup.tcp = Some(letter == 'T');
                self.transport_said = true;
            }
            't' => self.said_type(value)?,
            'W' => settings.globals.timeout_s = Some(u32::try_from(integer(value)).unwrap_or(1).max(1)),
            'w' => settings.globals.timeout_s = Some(u32::MAX),
            // -i and -n are what host does anyway, and there is no memory of its own to show with -m.
            _ => {}
        }
        Ok(())
    }

    /// A zone transfer stays one, whatever is said behind it.
    fn qtype(&mut self, qtype: Type) {
        let lookup = &mut self.settings.lookup;
        if lookup.qtype != Type::AXFR {
            lookup.qtype = qtype;
        }
    }

    fn said_type(&mut self, text: &str) -> Result<(), Stop> {
        let serial = text.get(..5).filter(|start| start.eq_ignore_ascii_case("ixfr=")).and_then(|_| text.get(5..));
        let qtype = match serial {
            Some(_) => Type::IXFR,
            None => text.parse().map_err(|_| Stop::invalid("type", text))?,
        };
        self.qtype(qtype);
        let settings = &mut self.settings;
        settings.defaults = false;
        let over_tcp = match qtype {
            Type::AXFR => {
                settings.listing = Listing::Everything;
                settings.verbose = true;
                settings.lookup.tcp = Some(true);
                return Ok(());
            }
            Type::IXFR => {
                settings.lookup.ixfr_serial = u32::try_from(integer(serial.unwrap_or_default())).unwrap_or(0);
                settings.listing = Listing::Of(qtype);
                settings.lookup.tcp = Some(true);
                return Ok(());
            }
            Type::ANY => {
                // Without a type of its own a listing is one of addresses then.
                if settings.listing == Listing::Hosts {
                    settings.listing = Listing::Of(Type::A);
                }
                true
            }
            other => {
                settings.listing = Listing::Of(other);
                false
            }
        };
        if over_tcp && !self.transport_said {
            settings.lookup.tcp = Some(true);
        }
        Ok(())
    }

    fn server(&mut self, written: &str, resolve: Resolve<'_>) -> Result<(), Stop> {
        let settings = &mut self.settings;
        let wrong = settings.wrong;
        let fatal = |why: &str| Stop::fatal(format!("couldn't get address for '{written}': {why}"), wrong);
        if written.is_empty() {
            return Err(fatal("not found"));
        }
        let mut found = resolve(written, &settings.globals).map_err(|why| fatal(&why))?;
        match written.parse::<IpAddr>() {
            Ok(IpAddr::V6(_)) if !settings.globals.ipv6 => return Err(fatal("address family not supported")),
            // An IPv4 address is taken with -6 too, and left out when it comes to asking.
            Ok(_) => {}
            Err(_) => found.retain(|addr| settings.globals.allows(addr.ip())),
        }
        if found.is_empty() {
            return Err(fatal("not found"));
        }
        settings.lookup.servers = found.into_iter().map(|addr| Server { addr, written: written.to_owned() }).collect();
        Ok(())
    }

    /// The name, or the reverse name of an address: then the type is PTR, whatever was said.
    fn name(&mut self, written: &str) {
        let settings = &mut self.settings;
        settings.lookup.tries = Some(self.tries);
        if written.parse::<IpAddr>().is_ok() {
            settings.lookup.name = reverse::name(written);
            settings.lookup.qtype = Type::PTR;
            settings.defaults = false;
        } else {
            written.clone_into(&mut settings.lookup.name);
            settings.searched = true;
        }
        settings.globals.search = settings.searched;
        if settings.lookup.qtype == Type::AXFR {
            settings.lookup.tcp = Some(true);
        }
    }
}

/// A number as C's atoi() reads it: as far as there are digits, and the low 32 bits of it.
fn integer(text: &str) -> i32 {
    let text = text.trim_start_matches([' ', '\t', '\n', '\u{b}', '\u{c}', '\r']);
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut value = 0_i64;
    for digit in digits.bytes().map_while(|octet| char::from(octet).to_digit(10)) {
        value = value.saturating_mul(10).saturating_add(sign * i64::from(digit));
    }
    let [.., a, b, c, d] = value.to_be_bytes();
    i32::from_be_bytes([a, b, c, d])
}

fn low_half(value: i32) -> u16 {
    let [.., high, low] = value.to_be_bytes();
    u16::from_be_bytes([high, low])
}
