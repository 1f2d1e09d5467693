//! `addr split`: a network cut into equal ones.

use serde::Serialize;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Status};
use sockeye_common::number::grouped;
use sockeye_common::prefix::Prefix;

use super::{Row, network_argument};
use crate::bits;
use crate::cidr;
use crate::cli::Split;
use crate::explain::Event;

/// More than so many are not listed unless `--limit` says so.
const MANY: u128 = 65_536;

/// One of the networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
struct Part {
    /// Which of them, from 0.
    index: u64,
    #[serde(flatten)]
    row: Row,
}

/// How long the parts are when there are to be `count` of them at least; `None` if the family has not so many bits.
pub fn length_for(whole: Prefix, count: u128) -> Option<u8> {
    let bits = bits_for(count);
    whole.length().checked_add(bits).filter(|length| *length <= whole.width())
}

/// How many bits number `count` things.
pub fn bits_for(count: u128) -> u8 {
    let bits = u128::BITS - count.saturating_sub(1).leading_zeros();
    u8::try_from(bits).unwrap_or(u8::MAX)
}

/// Cuts a network.
///
/// # Errors
/// [`Failure`] if it cannot be cut so, or standard output does not take the parts.
pub fn run(job: &Split, output: &mut Output<'_>) -> Result<Status, Failure> {
    let whole = network_argument(&job.network)?;
    let (length, wanted) = match (job.count, job.prefix) {
        (Some(0), _) => return Err(Failure::usage("-n 0: a network is cut into one part at least")),
        (Some(count), _) => {
            let length = length_for(whole, count).ok_or_else(|| {
                Failure::new(Status::NO, format!("{whole} has not the bits to number {count} networks"))
            })?;
            (length, Some(count))
        }
        (None, Some(length)) if length > whole.width() => {
            return Err(Failure::usage(format!("-p {length}: the address has {} bits", whole.width())));
        }
        (None, Some(length)) if length < whole.length() => {
            let failure = Failure::usage(format!("-p {length}: larger than {whole} itself"));
            return Err(failure.hint("addr supernet goes that way"));
        }
        (None, Some(length)) => (length, None),
        (None, None) => return Err(Failure::usage("say -n COUNT or -p PREFIX")),
    };
    let between = length - whole.length();
    let made = 1_u128.checked_shl(u32::from(between));
    if job.limit.is_none() && made.is_none_or(|made| made > MANY) {
        let made = grouped(&bits::power_of_two(between));
        let refused = format!("{whole} makes {made} networks of /{length}");
        return Err(Failure::usage(refused).hint("say how many of them to list with --limit"));
    }
    let event = Event::Divided {
        wanted,
        bits: between,
        made: bits::power_of_two(between),
        from: whole.length(),
        to: length,
        step: bits::power_of_two(whole.width() - length),
    };
    output.event(&event)?;
    list(whole, length, job.limit.unwrap_or(u64::MAX), wanted, output)?;
    Ok(Status::YES)
}

/// Lists the parts, each as soon as it is known: there may be any number of them.
fn list(whole: Prefix, length: u8, limit: u64, wanted: Option<u128>, output: &mut Output<'_>) -> Result<(), Failure> {
    let parts = (0_u64..limit).zip(cidr::split(whole, length));
    if output.is_json() {
        for (index, prefix) in parts {
            output.list("", [Part { index, row: Row::of(prefix) }])?;
        }
        return Ok(());
    }
    let bits = length - whole.length();
    let made = bits::power_of_two(bits);
    let strong = output.paint(Role::Strong, &whole.to_string());
    let each = bits::power_of_two(whole.width() - length);
    let asked = match wanted {
        Some(wanted) if wanted.to_string() != made => {
            format!(" ({} are wanted, and powers of two are to be had)", grouped(&wanted.to_string()))
        }
        _ => String::new(),
    };
    let (made, each) = (grouped(&made), bits::addresses(&each));
    output.raw(format!("{strong} in {made} of /{length}, each of {each}{asked}\n").as_bytes())?;
    let v4 = whole.first().is_ipv4();
    let (network, last) = if v4 { (18, 15) } else { (22, 15) };
    let heading = format!("  {:<network$}  {:<last$}  {:<last$}  broadcast", "network", "first usable", "last usable");
    let heading = if v4 { heading } else { format!("  {:<network$}  usable", "network") };
    output.raw(format!("{}\n", output.paint(Role::Dim, &heading)).as_bytes())?;
    for (_, prefix) in parts {
        let Row { network: text, first_usable, last_usable, broadcast, .. } = Row::of(prefix);
        let line = if v4 {
            let broadcast = broadcast.as_deref().unwrap_or("-");
            format!("  {text:<network$}  {first_usable:<last$}  {last_usable:<last$}  {broadcast}\n")
        } else {
            format!("  {text:<network$}  {first_usable} to {last_usable}\n")
        };
        output.raw(line.as_bytes())?;
    }
    if u128::from(limit) < 1_u128.checked_shl(u32::from(bits)).unwrap_or(u128::MAX) {
        let limit = grouped(&limit.to_string());
        output.raw(format!("  and so on: {limit} of {made} are shown\n").as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_take_the_power_of_two_above() {
        for (count, bits) in [(1, 0), (2, 1), (3, 2), (4, 2), (5, 3), (1 << 64, 64), (u128::MAX, 128)] {
            assert_eq!(bits_for(count), bits, "{count}");
        }
        let whole = network_argument("10.0.0.0/30").unwrap();
        assert_eq!((length_for(whole, 4), length_for(whole, 5)), (Some(32), None));
    }
}
