//! Values of options.

use std::net::IpAddr;

use sockeye_cli::Failure;
use sockeye_cli::values::{MONTH_S, seconds};

use crate::options::Wait;

/// An address, in numbers.
pub(super) fn address(text: &str) -> Result<IpAddr, String> {
    text.parse().map_err(|_| "an IPv4 or IPv6 address is wanted, such as 192.0.2.1".to_owned())
}

/// The name of an interface. The kernel would take an empty one for none.
pub(super) fn interface(name: &str) -> Result<String, Failure> {
    if name.is_empty() { Err(Failure::usage("the interface is an empty text")) } else { Ok(name.to_owned()) }
}

/// How long to wait: `MAX[,HERE[,NEAR]]`, as traceroute(8) has it.
pub(super) fn wait(text: &str) -> Result<Wait, String> {
    let mut parts = text.split(',');
    let most = seconds(0.0..=MONTH_S)(parts.next().unwrap_or_default())?;
    let mut factor = |otherwise: f64| match parts.next() {
        None => Ok(otherwise),
        Some(text) => match text.parse() {
            Ok(factor) if (0.0..=1e6).contains(&factor) => Ok(factor),
            _ => Err("HERE and NEAR are factors from 0 to 1000000".to_owned()),
        },
    };
    let (here, near) = (factor(super::trace::WAIT.here)?, factor(super::trace::WAIT.near)?);
    match parts.next() {
        Some(_) => Err("more than MAX,HERE,NEAR".to_owned()),
        None => Ok(Wait { most, here, near }),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_three_parts_of_a_wait() {
        assert_eq!(wait("2"), Ok(Wait { most: Duration::from_secs(2), ..super::super::trace::WAIT }));
        assert_eq!(wait("2,0,0").map(|wait| (wait.here, wait.near)), Ok((0.0, 0.0)));
        assert!(wait("2,-1").is_err() && wait("2,1,1,1").is_err() && wait("2,x").is_err());
        assert!(wait("").is_err() && wait("-1").is_err() && wait("3000000").is_err());
    }
}
