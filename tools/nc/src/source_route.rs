//! `-g`: a loose source route of IPv4.

use std::net::Ipv4Addr;

/// So many hops fit, with the destination behind them, into the 40 octets that a header has for options.
pub(crate) const MOST_HOPS: usize = 8;
/// Where the first address stands in the option, counted from 1: the only place from which Linux takes a route.
pub(crate) const FIRST_POINTER: u8 = 4;

/// Why there is no such thing.
pub(crate) const NOT_IN_IPV6: &str = "-g: IPv6 has no source routes any more (RFC 5095)";

const NO_OPERATION: u8 = 1;
const LOOSE_SOURCE_ROUTE: u8 = 131;

/// What IP_OPTIONS wants for a route over `hops`. Linux sends to the first of them, moves the others up, and puts the
/// destination behind them itself.
///
/// # Source
/// RFC 791 section 3.1; ip(7).
pub(crate) fn option(hops: &[Ipv4Addr]) -> Vec<u8> {
    let addresses = hops.iter().take(MOST_HOPS).flat_map(Ipv4Addr::octets).collect::<Vec<_>>();
    // Type, length and pointer count as well.
    let length = u8::try_from(addresses.len().saturating_add(3)).unwrap_or(u8::MAX);
    // The first makes the addresses stand at multiples of four.
    let mut octets = vec![NO_OPERATION, LOOSE_SOURCE_ROUTE, length, FIRST_POINTER];
    octets.extend(addresses);
    octets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_option_is_that_of_rfc_791_and_fits() {
        let hops = [Ipv4Addr::new(192, 0, 2, 1), Ipv4Addr::new(198, 51, 100, 2)];
        assert_eq!(option(&hops), [1, 131, 11, 4, 192, 0, 2, 1, 198, 51, 100, 2]);
        let most = option(&[Ipv4Addr::LOCALHOST; 20]);
        assert_eq!((most.len(), most[2]), (36, 35));
    }
}
