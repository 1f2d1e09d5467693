//! `addr vlsm`: subnets of different sizes in one network, the largest first, so that none is cut in two by the boundary of another.

use std::io;

use serde::Serialize;
use sockeye_cli::escape::escape;
use sockeye_cli::output::Role;
use sockeye_cli::{Failure, Output, Render, Status, Text};
use sockeye_common::number::grouped;
use sockeye_common::prefix::Prefix;

use super::split::bits_for;
use super::{Row, network_argument};
use crate::bits;
use crate::cidr::{self, Run};
use crate::cli::Vlsm;
use crate::explain::Event;
use crate::sheet::Sheet;

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Want {
    /// Its name.
    pub name: String,
    /// How many hosts; `None` if the length was given.
    pub hosts: Option<u128>,
    /// How many bits are the hosts'.
    pub bits: u8,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The network.
    pub network: String,
    /// The subnets in the order of their addresses.
    pub subnets: Vec<Subnet>,
    /// What is left.
    pub left: Vec<String>,
    /// How many addresses that is, in decimal.
    pub left_addresses: String,
}

/// One subnet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subnet {
    /// Its name: as given, or which of the sizes it is.
    pub name: String,
    /// How many hosts were asked for.
    pub hosts: Option<u128>,
    /// The network.
    #[serde(flatten)]
    pub row: Row,
    /// How many addresses for hosts are to spare, in decimal.
    pub spare: Option<String>,
}

/// How many addresses of a network are not for hosts: of IPv4 the network and the broadcast address, of IPv6 the first.
fn besides(whole: Prefix) -> u8 {
    if whole.first().is_ipv4() { 2 } else { 1 }
}

/// Reads a size: `500`, `lan=500`, `/26`, `lan=/26`.
///
/// # Errors
/// What is wrong with it.
pub fn want(text: &str, index: usize, whole: Prefix) -> Result<Want, String> {
    let (name, size) = match text.rsplit_once('=') {
        Some((name, size)) if !name.is_empty() => (name.to_owned(), size),
        Some(_) => return Err("a name is missing before =".to_owned()),
        None => (format!("{}", index + 1), text),
    };
    let number =
        |text: &str| text.bytes().all(|digit| digit.is_ascii_digit()).then(|| text.parse::<u128>().ok()).flatten();
    if let Some(length) = size.strip_prefix('/') {
        let length = number(length).and_then(|length| u8::try_from(length).ok());
        let length = length.filter(|length| *length <= whole.width()).ok_or("no length of a prefix behind /")?;
        return Ok(Want { name, hosts: None, bits: whole.width() - length });
    }
    let hosts = number(size).ok_or("a number of hosts is wanted, as 500 or lan=500, or a length, as /26")?;
    if hosts == 0 {
        return Err("no hosts: nothing to plan".to_owned());
    }
    // A host by itself has a /30 of IPv4 with the two that are not for hosts, as a router beside it would need.
    let bits = bits_for(hosts.saturating_add(besides(whole).into()));
    Ok(Want { name, hosts: Some(hosts), bits })
}

/// Where each subnet lies, and what is left.
pub type Placed = (Vec<(Want, Prefix)>, Vec<Prefix>);

/// Places the subnets, the largest first, those alike in the order in which they were asked for.
///
/// # Errors
/// How many addresses are wanted, if those are more than there are.
pub fn place(whole: Prefix, wants: &[Want]) -> Result<Placed, String> {
    let mut order: Vec<&Want> = wants.iter().collect();
    order.sort_by_key(|want| std::cmp::Reverse(want.bits));
    let mut placed = Vec::new();
    let mut next = Some(bits::number(whole.first()));
    let last = bits::number(whole.last());
    for want in order {
        let length = whole.width().checked_sub(want.bits).filter(|length| *length >= whole.length());
        let fits = length.zip(next.filter(|next| *next <= last));
        let Some(prefix) = fits.and_then(|(length, next)| Prefix::new(bits::address(whole.first(), next), length))
        else {
            return Err(needed(wants));
        };
        next = bits::number(prefix.last()).checked_add(1);
        placed.push((want.clone(), prefix));
    }
    let family = whole.first();
    let left = next.filter(|next| *next <= last).and_then(|next| Run::new(bits::address(family, next), whole.last()));
    let left = left.map(|run| cidr::blocks(run).iter().map(|block| block.prefix).collect()).unwrap_or_default();
    Ok((placed, left))
}

/// How many addresses the sizes take together, in decimal.
fn needed(wants: &[Want]) -> String {
    let sum = wants.iter().try_fold(0_u128, |sum, want| sum.checked_add(1_u128.checked_shl(u32::from(want.bits))?));
    sum.map_or_else(|| "2^128 or more".to_owned(), |sum| grouped(&sum.to_string()))
}

/// Plans.
///
/// # Errors
/// [`Failure`] if the sizes do not fit, or standard output does not take the plan.
pub fn run(job: &Vlsm, output: &mut Output<'_>) -> Result<Status, Failure> {
    let whole = network_argument(&job.network)?;
    let wants = job.sizes.iter().enumerate().map(|(index, text)| {
        want(text, index, whole).map_err(|why| Failure::usage(format!("\"{}\": {why}", escape(text))))
    });
    let wants: Vec<Want> = wants.collect::<Result<_, _>>()?;
    let available = bits::power_of_two(whole.width() - whole.length());
    let mut sized: Vec<&Want> = wants.iter().collect();
    sized.sort_by_key(|want| std::cmp::Reverse(want.bits));
    for want in sized {
        if let Some(hosts) = want.hosts {
            output.event(&Event::Sized {
                name: want.name.clone(),
                hosts,
                besides: besides(whole),
                bits: want.bits,
                length: whole.width().checked_sub(want.bits),
            })?;
        }
    }
    let (placed, left) = place(whole, &wants).map_err(|needed| {
        let refused = format!("{whole} has {}, and the subnets take {needed}", bits::addresses(&available));
        // What a plan adds to two hosts, a link between two routers can do without.
        let link = whole.first().is_ipv4() && wants.iter().any(|want| want.hosts.is_some_and(|hosts| hosts <= 2));
        let link = if link { "; a link between two can be a /31 (RFC 3021), written /31" } else { "" };
        Failure::new(Status::NO, refused).hint(format!("each takes a power of two{link}"))
    })?;
    let runs = cidr::runs(&left);
    let plan = Plan {
        network: whole.to_string(),
        subnets: placed.into_iter().map(|(want, prefix)| subnet(want, prefix)).collect(),
        left: left.iter().map(Prefix::to_string).collect(),
        left_addresses: runs.first().map_or_else(|| "0".to_owned(), |run| run.count()),
    };
    output.result(&plan)?;
    Ok(Status::YES)
}

fn subnet(want: Want, prefix: Prefix) -> Subnet {
    let row = Row::of(prefix);
    let spare = want.hosts.and_then(|hosts| Some(row.usable.parse::<u128>().ok()?.checked_sub(hosts)?.to_string()));
    Subnet { name: want.name, hosts: want.hosts, row, spare }
}

impl Render for Plan {
    fn render(&self, text: &mut Text<'_>) -> io::Result<()> {
        let strong = text.paint(Role::Strong, &self.network);
        text.line(format!("{strong}, the largest subnet first"))?;
        let mut sheet = Sheet::new(2);
        sheet.headings(["name", "hosts", "spare", "network", "usable"]).right(&[1, 2]);
        for Subnet { name, hosts, row, spare } in &self.subnets {
            let hosts = hosts.map_or_else(|| "-".to_owned(), |hosts| hosts.to_string());
            let usable = format!("{} to {}", row.first_usable, row.last_usable);
            sheet.row([&escape(name), hosts.as_str(), spare.as_deref().unwrap_or("-"), &row.network, &usable]);
        }
        for (index, left) in self.left.iter().enumerate() {
            sheet.row([if index == 0 { "left" } else { "" }, "", "", left, ""]);
        }
        sheet.render(text)?;
        match self.left_addresses.as_str() {
            "0" => text.line("  Nothing is left."),
            "1" => text.line("  1 address is left."),
            left => text.line(format!("  {} are left.", bits::addresses(left))),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::cidr::Relation;

    fn plan(network: &str, sizes: &[&str]) -> Result<String, String> {
        let whole = network_argument(network).unwrap();
        let wants: Vec<Want> =
            sizes.iter().enumerate().map(|(index, size)| want(size, index, whole)).collect::<Result<_, _>>()?;
        let (placed, left) = place(whole, &wants)?;
        let placed: Vec<String> = placed.iter().map(|(want, prefix)| format!("{}:{prefix}", want.name)).collect();
        Ok(format!("{} | {}", placed.join(" "), left.iter().map(Prefix::to_string).collect::<Vec<_>>().join(" ")))
    }

    #[test]
    fn right_where_ipcalc_is_wrong() {
        // ipcalc 0.42 gives the sixty hosts a /27, which has thirty.
        assert!(
            plan("10.0.0.0/8", &["500", "60", "20"])
                .unwrap()
                .starts_with("1:10.0.0.0/23 2:10.0.2.0/26 3:10.0.2.64/27 | 10.0.2.96/27")
        );
    }

    #[test]
    fn the_largest_first_whatever_the_order() {
        assert_eq!(
            plan("192.0.2.0/24", &["a=2", "b=100", "c=/26"]).unwrap(),
            "b:192.0.2.0/25 c:192.0.2.128/26 a:192.0.2.192/30 | 192.0.2.196/30 192.0.2.200/29 192.0.2.208/28 192.0.2.224/27"
        );
        assert_eq!(plan("192.0.2.0/24", &["254"]).unwrap(), "1:192.0.2.0/24 | ");
        assert_eq!(plan("192.0.2.0/24", &["255"]).unwrap_err(), "512");
        assert_eq!(plan("192.0.2.0/24", &["100", "100", "1"]).unwrap_err(), "260");
        assert_eq!(plan("192.0.2.0/24", &["/24", "/32"]).unwrap_err(), "257");
        assert_eq!(plan("8000::/1", &["/0"]).unwrap_err(), "2^128 or more");
        assert_eq!(plan("255.255.255.0/24", &["/25", "/25"]).unwrap(), "1:255.255.255.0/25 2:255.255.255.128/25 | ");
        assert_eq!(plan("2001:db8::/48", &["/64", "3"]).unwrap().split(' ').next(), Some("1:2001:db8::/64"));
        assert_eq!(plan("::/0", &["/0"]).unwrap(), "1:::/0 | ");
        for wrong in ["0", "x", "a=", "=5", "/33", "-1", "a=/"] {
            assert!(plan("10.0.0.0/8", &[wrong]).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn a_plan_is_disjoint_and_whole(sizes in prop::collection::vec(1_u32..600, 1..20)) {
            let whole = network_argument("10.0.0.0/20").unwrap();
            let wants: Vec<Want> = sizes.iter().enumerate().map(|(index, size)| want(&size.to_string(), index, whole).unwrap()).collect();
            let total: u128 = wants.iter().map(|want| 1_u128 << want.bits).sum();
            match place(whole, &wants) {
                Ok((placed, left)) => {
                    prop_assert!(total <= 4096);
                    let all: Vec<Prefix> = placed.iter().map(|(_, prefix)| *prefix).chain(left).collect();
                    prop_assert_eq!(cidr::aggregate(&all), vec![whole]);
                    for (index, prefix) in all.iter().enumerate() {
                        prop_assert!(all[..index].iter().all(|other| Relation::of(*prefix, *other) == Relation::Disjoint));
                    }
                    for (want, prefix) in placed {
                        let usable: u128 = Row::of(prefix).usable.parse().unwrap();
                        let hosts = want.hosts.unwrap();
                        prop_assert!(usable >= hosts, "enough");
                        prop_assert!(prefix.length() >= 30 || usable / 2 < hosts + 1, "and not twice as many");
                    }
                }
                Err(needed) => prop_assert!(total > 4096 && needed == grouped(&total.to_string())),
            }
        }
    }
}
