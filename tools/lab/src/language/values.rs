//! Times, parts, rates, counts, addresses and names.

use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use super::words::{Word, Words};
use super::{Mistake, Place};
use crate::model::{Address, Condition, Count, Span, Time};
use crate::placeholder::{self, TIME_UNITS};

/// The units of rates, in bits per second.
const RATE_UNITS: [(&str, f64); 4] = [("bit/s", 1.0), ("kbit/s", 1e3), ("Mbit/s", 1e6), ("Gbit/s", 1e9)];

/// The longest name of an interface: IFNAMSIZ without the zero octet.
const LONGEST_INTERFACE: usize = 15;

const A_TIME: &str = "a time such as 7 s or 200 ms";

/// The name of an experiment: lower-case letters, digits and hyphens, so that it is a good file name.
pub(super) fn experiment_name(words: &mut Words<'_>) -> Result<String, Mistake> {
    const EXPECTED: &str = "a name of lower-case letters, digits and hyphens";
    let word = words.next(EXPECTED)?;
    let is_good = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '-';
    if word.text.chars().all(is_good) && !word.text.starts_with('-') {
        Ok(word.text.to_owned())
    } else {
        Err(word.instead_of(EXPECTED))
    }
}

/// By how much `--fast` divides times.
pub(super) fn divisor(words: &mut Words<'_>) -> Result<u32, Mistake> {
    const EXPECTED: &str = "a number from 1 to 1000";
    let word = words.next(EXPECTED)?;
    plain(word.text).filter(|number| (1..=1000).contains(number)).ok_or_else(|| word.instead_of(EXPECTED))
}

/// Whether a node, link or label may be called so: letters, digits, `_`, `-` and `.`.
pub(super) fn is_name(text: &str) -> bool {
    text.chars().next().is_some_and(|first| first.is_ascii_alphanumeric())
        && text.chars().all(|character| character.is_ascii_alphanumeric() || "_-.".contains(character))
}

/// Whether an interface may be called so.
pub(super) fn is_interface(text: &str) -> bool {
    is_name(text) && text.len() <= LONGEST_INTERFACE && text != "lo"
}

/// A number with a unit behind it: `7 s`, `7s`.
fn measure(words: &mut Words<'_>, expected: &str, units: &[(&str, f64)]) -> Result<(f64, bool), Mistake> {
    let word = words.next(expected)?;
    let digits = word.text.find(|character: char| !character.is_ascii_digit() && character != '.');
    let (number, joined) = digits.and_then(|at| word.text.split_at_checked(at)).unwrap_or((word.text, ""));
    let number: f64 = number.parse().map_err(|_| word.instead_of(expected))?;
    let unit = if joined.is_empty() { words.next(expected)?.text } else { joined };
    let (unit, exact) = unit.strip_suffix('!').map_or((unit, false), |unit| (unit, true));
    let factor = units.iter().find(|(name, _)| *name == unit).map(|(_, factor)| *factor);
    match factor {
        Some(factor) => Ok((number * factor, exact)),
        None => Err(word.place.wrong(format!("expected {expected}, found the unit {unit:?}"))),
    }
}

/// A time; with `!` it is never scaled.
pub(super) fn time(words: &mut Words<'_>) -> Result<Time, Mistake> {
    let place = words.place();
    let (seconds, exact) = measure(words, A_TIME, &TIME_UNITS)?;
    let duration = placeholder::time(seconds).ok_or_else(|| place.wrong("no time is longer than a day"))?;
    Ok(Time { duration, scaled: !exact })
}

/// `within 3 s`, if it stands here: how long something is waited for. That is never scaled, as no machine is faster for it.
pub(super) fn limit(words: &mut Words<'_>, otherwise: Duration) -> Result<Time, Mistake> {
    if !words.take("within") {
        return Ok(Time { duration: otherwise, scaled: false });
    }
    Ok(Time { scaled: false, ..time(words)? })
}

/// A time of the wire, which is never scaled.
fn delay(words: &mut Words<'_>) -> Result<Duration, Mistake> {
    Ok(time(words)?.duration)
}

/// `10 %` as 0.1.
pub(super) fn part(words: &mut Words<'_>) -> Result<f64, Mistake> {
    const EXPECTED: &str = "a part such as 10 %";
    let word = words.peek();
    let (part, exact) = measure(words, EXPECTED, &[("%", 0.01)])?;
    match word {
        Some(word) if exact || part > 1.0 => Err(word.place.wrong("expected a part of 0 % to 100 %")),
        _ => Ok(part),
    }
}

/// A whole number.
pub(super) fn whole(words: &mut Words<'_>, expected: &str) -> Result<u64, Mistake> {
    let word = words.next(expected)?;
    plain(word.text).ok_or_else(|| word.instead_of(expected))
}

/// A number that is digits alone: `parse` would take a sign.
pub(super) fn plain<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok().filter(|_| text.bytes().all(|octet| octet.is_ascii_digit()))
}

fn rate(words: &mut Words<'_>) -> Result<Option<u64>, Mistake> {
    const EXPECTED: &str = "a rate such as 2 Mbit/s, or unlimited";
    if words.take("unlimited") {
        return Ok(None);
    }
    let place = words.place();
    let (bits, _) = measure(words, EXPECTED, &RATE_UNITS)?;
    if !(1.0..=1e12).contains(&bits) {
        return Err(place.wrong("expected a rate of 1 bit/s to 1000 Gbit/s"));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was compared with both ends above")]
    Ok(Some(bits.round() as u64))
}

/// One condition of a wire, if one stands here.
pub(super) fn condition(words: &mut Words<'_>) -> Result<Option<Condition>, Mistake> {
    let Some(word) = words.peek() else { return Ok(None) };
    if !["delay", "jitter", "loss", "duplicate", "reorder", "rate", "queue"].contains(&word.text) {
        return Ok(None);
    }
    words.take(word.text);
    Ok(Some(match word.text {
        "delay" => Condition::Delay(delay(words)?),
        "jitter" => Condition::Jitter(delay(words)?),
        "loss" => Condition::Loss(part(words)?),
        "duplicate" => Condition::Duplication(part(words)?),
        "reorder" => Condition::Reordering(part(words)?),
        "rate" => Condition::Rate(rate(words)?),
        _ => {
            let place = words.place();
            let frames = whole(words, "how many frames may wait")?;
            Condition::Queue(u32::try_from(frames).map_err(|_| place.wrong("expected fewer frames"))?)
        }
    }))
}

/// `x3`, `x2..5`, `x1..`, `x..4`, if one stands here; otherwise at least one.
fn count(words: &mut Words<'_>) -> Result<Count, Mistake> {
    let Some(word) = words.peek().filter(|word| is_count(word.text)) else {
        return Ok(Count { least: 1, most: u64::MAX });
    };
    words.take(word.text);
    let numbers = word.text.get(1..).unwrap_or("");
    let (least, most) = numbers.split_once("..").unwrap_or((numbers, numbers));
    let number = |text: &str, otherwise: u64| if text.is_empty() { Some(otherwise) } else { text.parse().ok() };
    match (number(least, 0), number(most, u64::MAX)) {
        (Some(least), Some(most)) if least <= most => Ok(Count { least, most }),
        _ => Err(word.instead_of("how often, such as x3, x2..5, x1.. or x0")),
    }
}

/// How often and when, in either order.
pub(super) fn count_and_span(words: &mut Words<'_>) -> Result<(Count, Option<Span>), Mistake> {
    if words.peek().is_some_and(|word| word.text == "from") {
        let span = span(words)?;
        return Ok((count(words)?, span));
    }
    Ok((count(words)?, span(words)?))
}

/// Whether this is how often something must be seen.
pub(super) fn is_count(text: &str) -> bool {
    text.strip_prefix('x').is_some_and(|rest| {
        rest.starts_with(|first: char| first.is_ascii_digit() || first == '.')
            && rest.chars().all(|character| character.is_ascii_digit() || character == '.')
    })
}

/// `from 12 s to 14 s`, if it stands here.
fn span(words: &mut Words<'_>) -> Result<Option<Span>, Mistake> {
    let place = words.place();
    if !words.take("from") {
        return Ok(None);
    }
    let from = time(words)?;
    words.expect("to")?;
    let to = time(words)?;
    if from.duration > to.duration {
        return Err(place.wrong("expected a time and a later one"));
    }
    Ok(Some(Span { from, to }))
}

/// An address and the length of its prefix.
pub(super) fn address(word: Word<'_>) -> Result<Address, Mistake> {
    const EXPECTED: &str = "an address and its prefix length, such as 10.0.1.1/24 or fd00::1/64";
    let Some((addr, prefix)) = word.text.split_once('/') else { return Err(word.instead_of(EXPECTED)) };
    let addr = ip(addr, word.place)?;
    let longest = if addr.is_ipv4() { 32 } else { 128 };
    let prefix: u8 = plain(prefix).ok_or_else(|| word.instead_of(EXPECTED))?;
    if prefix > longest {
        return Err(word.instead_of(format!("a prefix length of 0 to {longest}")));
    }
    Ok(Address { addr, prefix })
}

/// A network: an address whose bits after the prefix are zero. Without a prefix length, that address alone.
pub(super) fn network(word: Word<'_>) -> Result<Address, Mistake> {
    let network = if word.text.contains('/') {
        address(word)?
    } else {
        let addr = ip(word.text, word.place)?;
        Address { addr, prefix: if addr.is_ipv4() { 32 } else { 128 } }
    };
    let masked = masked(network);
    if masked.addr == network.addr {
        Ok(network)
    } else {
        Err(word.place.wrong(format!("{network} has bits after its prefix: expected {masked}")))
    }
}

fn masked(address: Address) -> Address {
    let addr = match address.addr {
        IpAddr::V4(addr) => {
            let mask = u32::MAX.checked_shl(32 - u32::from(address.prefix.min(32))).unwrap_or(0);
            IpAddr::from((addr.to_bits() & mask).to_be_bytes())
        }
        IpAddr::V6(addr) => {
            let mask = u128::MAX.checked_shl(128 - u32::from(address.prefix.min(128))).unwrap_or(0);
            IpAddr::from((addr.to_bits() & mask).to_be_bytes())
        }
    };
    Address { addr, ..address }
}

/// An IP address.
pub(super) fn ip(text: &str, place: Place) -> Result<IpAddr, Mistake> {
    text.parse().map_err(|_| place.wrong(format!("expected an IP address, found {text:?}")))
}
