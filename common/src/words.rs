//! Words that the texts of every tool have in common.

use std::fmt::Display;

/// A number of things: `1 octet`, `2 octets`, `0 addresses`. Of many, a thing that ends in `s` gets `es`.
pub fn counted<N: Copy + Display + PartialEq + From<u8>>(number: N, thing: &str) -> String {
    let ending = match thing {
        _ if number == N::from(1) => "",
        _ if thing.ends_with('s') => "es",
        _ => "s",
    };
    format!("{number} {thing}{ending}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_one_and_the_others_are_many() {
        assert_eq!([0_u8, 1, 2].map(|number| counted(number, "octet")), ["0 octets", "1 octet", "2 octets"]);
        assert_eq!([1_usize, 7].map(|number| counted(number, "address")), ["1 address", "7 addresses"]);
        assert_eq!(counted(-1_i64, "day"), "-1 days");
    }
}
